//! The one road of every write: load, decide, append; again where another act came in between.

use std::sync::Arc;

use dingce_domain::code::Code;
use dingce_domain::consultation::Commenter;
use dingce_domain::id::{EventId, StreamId, UnitId};
use dingce_domain::occasion::{Actor, Manner, On};
use dingce_domain::rejection::Rejection;
use dingce_ledger as ledger;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::committer::Lane;
use crate::error::AppError;
use crate::ports::{AppendError, OUTBOX_ANSWERED, StoreError};
use crate::stream::{Loaded, Stream};

/// How often an act is decided anew when another one came in between.
const TRIES: u32 = 5;

/// The key under which a request may be repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// Who asks: a person's id, or a form token of the public.
    pub scope: String,
    /// Which operation.
    pub operation: String,
    /// The key given, 1 to 200 characters.
    pub key: String,
    /// Digest of the canonical input.
    pub input_digest: String,
}

impl RequestKey {
    /// The key of a request with this input.
    ///
    /// # Errors
    /// Where the key is empty, too long or holds control characters.
    pub fn new(
        scope: impl ToString,
        operation: impl ToString,
        key: &str,
        input: &impl Serialize,
    ) -> Result<Self, AppError> {
        dingce_domain::check::line("idempotency_key", key)?;
        let canonical = ledger::jcs::to_canonical(input)
            .map_err(|error| AppError::internal("writing a request as canonical JSON", error))?;
        Ok(Self {
            scope: scope.to_string(),
            operation: operation.to_string(),
            key: key.to_owned(),
            input_digest: ledger::sha256(&canonical).to_string(),
        })
    }
}

/// What an accepted act gives back; kept under the request's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The stream written.
    pub stream: StreamId,
    /// Number of its last event.
    pub n: u64,
    /// The events, with their kinds.
    pub events: Vec<(EventId, String)>,
    /// A code for the asker alone, e.g. the receipt of a comment.
    pub receipt: Option<String>,
}

/// One event that an act decided on.
pub(crate) struct Decided<E> {
    pub body: E,
    pub sealed: Option<Secret>,
}

/// What goes into a sealed body.
pub(crate) struct Secret {
    pub subject: String,
    pub plain: serde_json::Value,
}

impl Secret {
    /// Who of the public wrote something, sealed under a key of what they wrote; `None` where they gave nothing.
    pub(crate) fn of(subject: impl ToString, sender: &Commenter) -> Result<Option<Self>, AppError> {
        if *sender == Commenter::default() {
            return Ok(None);
        }
        let plain = serde_json::to_value(sender).map_err(|error| AppError::internal("sealing a body", error))?;
        Ok(Some(Self { subject: subject.to_string(), plain }))
    }
}

impl<E> From<E> for Decided<E> {
    fn from(body: E) -> Self {
        Self { body, sealed: None }
    }
}

/// Everything about an act but what it decides.
pub(crate) struct Writing<'a> {
    pub lane: &'a Lane,
    pub actor: Actor,
    pub manner: Manner,
    pub now: Timestamp,
    pub organ: UnitId,
    pub key: Option<RequestKey>,
    /// The message that it answers.
    pub answers: Option<(EventId, String)>,
    pub receipt: Option<String>,
}

impl App {
    /// What somebody writes here and now, or enters as an official.
    pub(crate) fn writing(&self, actor: Actor, manner: Manner, organ: UnitId, key: Option<RequestKey>) -> Writing<'_> {
        Writing { lane: &self.officials, actor, manner, now: self.now(), organ, key, answers: None, receipt: None }
    }

    /// What the system itself writes as the follow-up of another stream's event: the message that it answers.
    pub(crate) fn follow_up(&self, organ: UnitId, answers: (EventId, String)) -> Writing<'_> {
        Writing { answers: Some(answers), ..self.writing(Actor::System, Manner::Online, organ, None) }
    }

    /// The days of an act on a stream that has no definition.
    pub(crate) fn on(&self, manner: &Manner) -> On {
        let today = self.today();
        match manner {
            Manner::Online => On { today, day: today, offline: false },
            Manner::Offline { occurred_on, .. } => On { today, day: *occurred_on, offline: true },
        }
    }

    /// Decides and appends; again, up to five times, where the head moved in between.
    ///
    /// A refusal, a taken key and an unknown outcome are each held against the request's key before they are answered:
    /// the same request may have been accepted meanwhile, by this node or by another.
    pub(crate) async fn write<S, F>(&self, id: S::Id, writing: Writing<'_>, decide: F) -> Result<Done, AppError>
    where
        S: Stream,
        F: Fn(Option<&Loaded<S>>) -> Result<Vec<Decided<S::Event>>, AppError>,
    {
        self.write_on(id, None, writing, decide).await
    }

    /// As [`App::write`], first on a state that this request has loaded, if this node knows of no later one.
    ///
    /// Loading it held it against the store's head, and a second look a moment later would cost each act a round trip
    /// for nothing: an act decided on it is appended only if the head has not moved since, and a refusal is true of a
    /// state that the stream had while the request was under way. Every further try loads anew.
    pub(crate) async fn write_on<S, F>(
        &self,
        id: S::Id,
        mut seen: Option<Arc<Loaded<S>>>,
        writing: Writing<'_>,
        decide: F,
    ) -> Result<Done, AppError>
    where
        S: Stream,
        F: Fn(Option<&Loaded<S>>) -> Result<Vec<Decided<S::Event>>, AppError>,
    {
        let stream: StreamId = id.into();
        let key = writing.key.as_ref();
        let place = writing.lane.enter(stream).await?;
        let turn = self.turns.wait(stream).await;
        for tried in 1.. {
            let loaded = match seen.take().filter(|seen| self.is_latest_known(stream, &seen.tip)) {
                Some(seen) => Some(seen),
                None => self.load::<S>(id).await?,
            };
            let before = loaded.as_ref().map_or(0, |l| l.tip.n);
            let decided = match decide(loaded.as_deref()) {
                Err(refused @ AppError::Rejected(_)) => return self.first_answer(key).await?.ok_or(refused),
                decided => decided?,
            };
            if decided.is_empty() {
                return Ok(self.first_answer(key).await?.unwrap_or_else(|| nothing_new(stream, before)));
            }
            let (append, done, after) = self.prepare::<S>(id, loaded.as_deref(), decided, &writing)?;
            match writing.lane.commit(append).await {
                Ok(_) => {
                    let after = Arc::new(after);
                    self.remember(stream, &after);
                    drop((turn, place));
                    self.written.notify_waiters();
                    self.maybe_snapshot(stream, before, &after);
                    return Ok(done);
                }
                Err(AppendError::Conflict { .. }) if tried < TRIES => {}
                Err(AppendError::KeyTaken) => {
                    let missing = StoreError::new("reading a kept answer", "the key is taken, but has no answer yet");
                    return self.first_answer(key).await?.ok_or(AppError::Unavailable(missing));
                }
                Err(AppendError::Refused { constraint }) if constraint == OUTBOX_ANSWERED => {
                    return Ok(nothing_new(stream, before));
                }
                Err(AppendError::Unavailable(error)) => {
                    // The outcome may be unknown: if it was written after all, the key knows.
                    let Ok(Some(done)) = self.first_answer(key).await else { return Err(AppError::Unavailable(error)) };
                    self.written.notify_waiters();
                    return Ok(done);
                }
                Err(other) => return Err(other.into()),
            }
        }
        unreachable!("the loop returns at its last try")
    }

    /// The first answer, if this request was accepted before: use cases ask before their own checks, because what was
    /// accepted stays so, whoever lost a post or whatever moved on since.
    ///
    /// # Errors
    /// `KEY_REUSED` where the key was given with other input.
    pub(crate) async fn first_answer(&self, key: Option<&RequestKey>) -> Result<Option<Done>, AppError> {
        let Some(key) = key else { return Ok(None) };
        let Some(record) = self.store.idempotency(&key.scope, &key.operation, &key.key).await? else {
            return Ok(None);
        };
        if record.input_digest != key.input_digest {
            return Err(Rejection::new(Code::KeyReused).at("idempotency_key").given(&key.key).into());
        }
        serde_json::from_str(&record.answer)
            .map(Some)
            .map_err(|error| AppError::internal("reading a kept answer", error))
    }
}

fn nothing_new(stream: StreamId, n: u64) -> Done {
    Done { stream, n, events: Vec::new(), receipt: None }
}
