//! The log, followed: everything that happened, in its one order, as far as a reader may see it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject};
use dingce_app::App;
use dingce_app::policy::Right;
use dingce_app::ports::LogEntry;
use dingce_app::read_rows::OrganRow;
use dingce_domain::id::{CaseId, StreamId, StreamKind};
use tokio::sync::watch;

use super::accountability::{AccountabilityFile, InspectionMandate, SupervisionNotice};
use super::adviser::{Adviser, Engagement};
use super::catalogue::Catalogue;
use super::determination::{Determination, PrintedAgenda};
use super::dossier::HistoricalDossier;
use super::erasure::Erasure;
use super::errors::Failure;
use super::hearing::Hearing;
use super::meeting::Meeting;
use super::parts::EventClock;
use super::proposal::Proposal;
use super::scope::Scope;
use super::secret::SecretStub;
use crate::convert::Long;

/// How often the log is looked at where this node writes nothing itself: the longest delay of a subscription.
const POLL: Duration = Duration::from_millis(500);

/// One entry of the log.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Change {
    /// Its place in the log, from 0; what `since` takes to go on is one more.
    pub log_index: Long,
    /// Id of the event.
    pub event_id: ID,
    /// Kind of the event, as stored.
    pub kind: String,
    /// The stream: id of the case, catalogue, consultation, directory, definition, dossier, register
    /// of legal bases, stub or entry of the register of erasures.
    pub stream: ID,
    /// Its number in the stream, from 1.
    pub n: Long,
}

#[ComplexObject]
impl Change {
    /// The clock that it is about; none for other events, and those of other streams than cases.
    async fn clock(&self, ctx: &Context<'_>) -> Result<Option<EventClock>> {
        let of_clock = self.kind.starts_with("clock_") || self.kind.starts_with("due_date_");
        if !of_clock || self.stream.parse::<CaseId>().is_err() {
            return Ok(None);
        }
        Ok(EventClock::of_event(Scope::of(ctx)?, &self.stream, self.n.0).await?)
    }
}

impl From<LogEntry> for Change {
    fn from(entry: LogEntry) -> Self {
        let LogEntry { log_index, event, stream, n, kind } = entry;
        Self {
            log_index: Long(log_index),
            event_id: event.to_string().into(),
            kind,
            stream: stream.to_string().into(),
            n: Long(n),
        }
    }
}

/// A part of the log.
#[derive(Debug, Clone, SimpleObject)]
pub struct ChangePage {
    /// Entries of streams that the reader may see, in order. May be empty although more follow.
    pub nodes: Vec<Change>,
    /// What to give as `since` to go on.
    pub next: Long,
    /// How many entries the log has. Where `next` is less, more follow at once.
    pub size: Long,
}

/// The entries from a place that the reader may see, and the place after the last one looked at.
///
/// # Errors
/// Where the store fails.
pub async fn visible(scope: &Scope, since: u64, limit: u64) -> Result<(Vec<Change>, u64), Failure> {
    // A place beyond the end is none: whoever asks for one goes on from the end.
    let size = scope.app.store().log_size().await.map_err(|error| scope.fail(error))?;
    let since = since.min(size);
    let entries = scope.app.store().log(since, limit).await.map_err(|error| scope.fail(error))?;
    let next = entries.last().map_or(since, |e| e.log_index + 1);
    let streams: std::collections::BTreeSet<StreamId> = entries.iter().map(|e| e.stream).collect();
    // Together, so that one statement a table answers for all of them.
    let seen = futures_util::future::try_join_all(
        streams.into_iter().map(|stream| async move { Ok::<_, Failure>((stream, may_see(scope, stream).await?)) }),
    );
    let seen: HashMap<StreamId, bool> = seen.await?.into_iter().collect();
    let visible = entries.into_iter().filter(|e| seen.get(&e.stream).copied().unwrap_or(false));
    Ok((visible.map(Change::from).collect(), next))
}

async fn may_see(scope: &Scope, stream: StreamId) -> Result<bool, Failure> {
    Ok(match stream.kind {
        StreamKind::Case => scope.case_row(stream).await?.is_some(),
        StreamKind::Consultation => scope.consultation_row(stream).await?.is_some(),
        StreamKind::Hearing => Hearing::find(scope, &stream.to_string()).await?.is_some(),
        StreamKind::Organisation => {
            let organ = scope.organ().await?;
            let own = scope.one::<OrganRow>(organ).await?.is_some_and(|row| row.organisation == stream.to_string());
            own && scope.app.allowed(&scope.hats().await?, Right::ReadDirectory)
        }
        // Published: what is in them is for everybody with a post.
        StreamKind::Definition => true,
        StreamKind::Catalogue => Catalogue::find(scope, &stream.to_string()).await?.is_some(),
        StreamKind::Meeting => Meeting::find(scope, &stream.to_string()).await?.is_some(),
        StreamKind::LegalBases => {
            let own = stream.value == scope.organ().await?.uuid();
            own && scope.app.allowed(&scope.hats().await?, Right::ReadLegalBases)
        }
        StreamKind::Dossier => HistoricalDossier::find(scope, &stream.to_string()).await?.is_some(),
        StreamKind::Proposal => Proposal::find(scope, &stream.to_string()).await?.is_some(),
        StreamKind::Determination => Determination::find(scope, &stream.to_string()).await?.is_some(),
        StreamKind::PrintedAgenda => PrintedAgenda::find(scope, &stream.to_string()).await?.is_some(),
        StreamKind::Adviser => Adviser::find(scope, &stream.to_string()).await?.is_some(),
        StreamKind::Engagement => Engagement::find(scope, &stream.to_string()).await?.is_some(),
        StreamKind::AccountabilityFile => AccountabilityFile::find(scope, &stream.to_string()).await?.is_some(),
        StreamKind::SupervisionNotice => SupervisionNotice::find(scope, &stream.to_string()).await?.is_some(),
        StreamKind::InspectionMandate => InspectionMandate::find(scope, &stream.to_string()).await?.is_some(),
        StreamKind::Erasure => Erasure::find(scope, &stream.to_string()).await?.is_some(),
        StreamKind::SecretStub => SecretStub::find(scope, &stream.to_string()).await?.is_some(),
        // Notes of the log are told with the log, not among the changes of an organ.
        StreamKind::LogNote => false,
    })
}

/// Tells all subscriptions of a node how long the log is. One task looks, however many listen.
#[derive(Default)]
pub struct Tail(Mutex<Option<watch::Receiver<u64>>>);

impl Tail {
    /// The length of the log, and every later one. Starts the task where it does not run.
    pub fn listen(&self, app: &Arc<App>) -> watch::Receiver<u64> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(receiver) = running.as_ref().filter(|r| r.has_changed().is_ok()) {
            return receiver.clone();
        }
        let (sender, receiver) = watch::channel(0);
        tokio::spawn(follow(Arc::downgrade(app), sender));
        *running = Some(receiver.clone());
        receiver
    }
}

/// Ends with the application; a failing store is asked again.
async fn follow(app: Weak<App>, sender: watch::Sender<u64>) {
    while let Some(app) = app.upgrade() {
        match app.store().log_size().await {
            Ok(size) => {
                sender.send_if_modified(|known| {
                    let grown = size > *known;
                    *known = size.max(*known);
                    grown
                });
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the log could not be followed; trying again");
            }
        }
        let app_writes = app.written();
        tokio::select! {
            () = app_writes => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
}
