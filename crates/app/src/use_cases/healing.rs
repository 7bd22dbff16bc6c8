//! Healing: a database that is older than its published log gets the log back from the published files, and lost events from a backup.
//!
//! What was published keeps its places for ever. So of an event that is lost the leaf goes back into its place: every proof holds again,
//! and the log goes on. Its stream is locked, because what would be written next would follow an event that nobody can read.

use std::collections::BTreeSet;

use dingce_domain::id::StreamId;
use dingce_domain::log_note::LogNoteEvent;
use dingce_ledger as ledger;
use jiff::Timestamp;
use ledger::tile::{TILE_WIDTH, TileId, TileLevel};

use crate::app::App;
use crate::envelope;
use crate::error::AppError;
use crate::load::advance;
use crate::ports::{
    Append, EventStore, HealError, Healed, KeptLeaf, LostEvents, PublishedEntry, StoreError, StoredEvent,
};
use crate::publisher::{PublishLogError, Publisher};
use crate::stream::{Loaded, Stream};
use crate::streams::by_kind;

/// Lost events of a stream that are read at once; a stream is brought back in one transaction.
const EVENTS: u64 = 1000;

/// What healing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogHealed {
    /// How many entries the database had.
    pub from: u64,
    /// How many it has now.
    pub to: u64,
    /// Of those put back, how many have their events.
    pub placed: u64,
    /// How many have not.
    pub lost: u64,
    /// How many streams are locked.
    pub streams: u64,
}

/// What came back from a backup.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LostReturned {
    /// Events that came back.
    pub events: u64,
    /// Streams that are whole again.
    pub streams: u64,
    /// Events that are lost still.
    pub lost: u64,
}

/// Why a log was not healed. What was put back before stays; it is run again.
#[derive(Debug, thiserror::Error)]
pub enum HealLogError {
    /// Nobody publishes this log, or nothing was ever signed.
    #[error("expected an anchor with a signed checkpoint to heal the log to, but there is none")]
    NothingSigned,
    /// A file of the log is missing or not of its form.
    #[error(
        "expected {path} in the folder of the log, whole, but it is missing or damaged: entries that neither the database nor the \
         folder holds are lost, and the log cannot go on under its name"
    )]
    File {
        /// Its path.
        path: String,
    },
    /// The entries do not have the root that was signed.
    #[error(
        "expected the entries of database and folder to have the root that was signed for {size}, but they have another: one of the two \
         was changed. `dingce ledger audit` names the first difference"
    )]
    Root {
        /// Over how many entries.
        size: u64,
    },
    /// The store refused.
    #[error("the entries were not put back")]
    Store(#[from] HealError),
    /// Anchor or folder failed.
    #[error("the log could not be read")]
    Log(#[from] PublishLogError),
    /// The note of it was not written.
    #[error("the log is healed, and the note of it could not be written")]
    Note(#[source] Box<AppError>),
}

/// Why the clock is not trusted.
#[derive(Debug, thiserror::Error)]
pub enum ClockError {
    /// It shows a time before acts that are on record.
    #[error(
        "expected a clock not before {recorded}, when the newest entry of the log was recorded, but it shows {now}: set it right. New acts \
         would bear an earlier time than older ones"
    )]
    Behind {
        /// What it shows.
        now: Timestamp,
        /// When the newest entry was recorded.
        recorded: Timestamp,
    },
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] StoreError),
}

impl From<StoreError> for HealLogError {
    fn from(error: StoreError) -> Self {
        Self::Log(error.into())
    }
}

impl App {
    /// Puts back what was published and the database no longer has, up to what was signed last. Gives `None` where nothing is missing.
    ///
    /// No server may run. All is read and held against the signed root before anything is written; what is written is written in
    /// parts, and running it again goes on where it broke off.
    ///
    /// # Errors
    /// [`HealLogError`].
    pub async fn heal_log(&self) -> Result<Option<LogHealed>, HealLogError> {
        let publisher = self.publisher.as_ref().ok_or(HealLogError::NothingSigned)?;
        let signed = publisher.anchored().await?.ok_or(HealLogError::NothingSigned)?;
        let (size, root) = (signed.claimed().size(), *signed.claimed().root());
        let from = self.store.log_size().await?;
        if from >= size {
            return Ok(None);
        }
        let mut edge = self.edge_of(from).await?;
        let mut at = from;
        while at < size {
            let entries = published(publisher, at, size).await?;
            at += entries.len() as u64;
            let hashes = entries.iter().map(|entry| ledger::Digest::from_bytes(entry.leaf.leaf_hash));
            edge.append(hashes).map_err(PublishLogError::from)?;
        }
        if edge.root() != root {
            return Err(HealLogError::Root { size });
        }
        // Nobody else may give places now: whoever held the lease before has another epoch.
        let epoch = self.store.lease(&self.node, i64::MAX, self.now().as_millisecond()).await?;
        let epoch = epoch.ok_or(HealError::Moved { expected: from })?;
        let mut healed = Healed::default();
        let mut at = from;
        while at < size {
            let entries = published(publisher, at, size).await?;
            let count = entries.len() as u64;
            let Healed { placed, lost } = self.store.heal(epoch, at, entries).await?;
            healed.placed += placed;
            healed.lost += lost;
            at += count;
        }
        let lost = self.store.lost().await?;
        let (streams, events) = (lost.len() as u64, count(&lost));
        let said = LogNoteEvent::Restored { from, to: size, lost: events, streams };
        self.write_new_note(said).await.map_err(|error| HealLogError::Note(Box::new(error)))?;
        Ok(Some(LogHealed { from, to: size, placed: healed.placed, lost: healed.lost, streams }))
    }

    /// Streams of which events are lost; nothing is written to them.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn lost_events(&self) -> Result<Vec<LostEvents>, StoreError> {
        self.store.lost().await
    }

    /// Brings lost events back from another store, a backup that was restored elsewhere: each as it was, where its leaf says so.
    ///
    /// What followed from them is computed anew; messages among streams go out again, which is harmless. Documents are not copied here.
    ///
    /// # Errors
    /// Where a store fails, or an event of the other is not of this program's form. What came back stays.
    pub async fn return_lost(&self, source: &dyn EventStore) -> Result<LostReturned, AppError> {
        let mut returned = LostReturned::default();
        for LostEvents { stream, first, last } in self.store.lost().await? {
            let mut found: Vec<StoredEvent> = Vec::new();
            while found.last().map_or(first - 1, |event| event.n) < last {
                let after = found.last().map_or(first - 1, |event| event.n);
                let page = source.events(stream, after, EVENTS.min(last - after)).await?;
                if page.is_empty() {
                    break;
                }
                found.extend(page);
            }
            let events = found.len() as u64;
            if events > 0 && self.bring_back(source, stream, found).await? {
                returned.events += events;
                returned.streams += u64::from(first - 1 + events == last);
            }
        }
        returned.lost = count(&self.store.lost().await?);
        if returned.events > 0 {
            let said = LogNoteEvent::EventsReturned { events: returned.events, lost: returned.lost };
            self.write_new_note(said).await?;
        }
        Ok(returned)
    }

    async fn bring_back(
        &self,
        source: &dyn EventStore,
        stream: StreamId,
        found: Vec<StoredEvent>,
    ) -> Result<bool, AppError> {
        let mut append = by_kind!(stream.kind, S => self.again::<S>(stream, found).await)?;
        let sealed = append.events.iter().filter_map(|event| event.sealed.as_ref());
        let subjects: BTreeSet<String> = sealed.map(|body| body.subject.clone()).collect();
        for subject in subjects {
            if self.store.subject_key(&subject).await?.is_none()
                && let Some(wrapped) = source.subject_key(&subject).await?
            {
                append.subject_keys.push((subject, wrapped));
            }
        }
        match self.store.bring_back(append).await {
            Ok(_) => Ok(true),
            Err(error) => {
                // The others come back all the same; this one stays locked.
                tracing::warn!(%stream, error = &error as &dyn std::error::Error, "lost events were not brought back");
                Ok(false)
            }
        }
    }

    /// Stored events as one append to what is there of their stream, with everything that follows from them.
    async fn again<S: Stream>(&self, stream: StreamId, found: Vec<StoredEvent>) -> Result<Append, AppError> {
        let id = S::id(stream);
        let mut state: Option<Loaded<S>> = self.load::<S>(id).await?.map(|loaded| loaded.as_ref().clone());
        let expected_n = state.as_ref().map_or(0, |loaded| loaded.tip.n);
        let (mut events, mut recorded) = (Vec::new(), Vec::new());
        for stored in found {
            let one = envelope::read::<S::Event>(&stored)?;
            state = Some(advance(id, state, &one, stored.event.leaf_hash)?);
            events.push(stored.event);
            recorded.push(one);
        }
        let after = state.ok_or_else(|| AppError::internal("bringing events back", "there are none"))?;
        let follows = S::follows(id, &after, &recorded);
        Ok(Append {
            stream,
            organ: after.tip.organ,
            expected_n,
            events,
            rows: follows.rows,
            deadlines: follows.deadlines,
            outbox: follows.outbox,
            answers: None,
            clearances: follows.clearances,
            claims: follows.claims,
            idempotency: None,
            subject_keys: Vec::new(),
        })
    }

    /// Holds the clock against the newest entry of the log: a clock that was set back would date new acts before old ones.
    ///
    /// # Errors
    /// [`ClockError::Behind`] where it shows a time more than five minutes before that entry.
    pub async fn check_clock(&self) -> Result<(), ClockError> {
        const TOLERATED_MS: i64 = 5 * 60 * 1000;
        let size = self.store.log_size().await?;
        let Some(last) = size.checked_sub(1) else { return Ok(()) };
        let Some(kept) = self.store.log_entries(last, 1).await?.pop() else { return Ok(()) };
        let Ok(leaf) = ledger::Leaf::parse(&kept.leaf) else { return Ok(()) };
        let Ok(recorded) = leaf.input().at.parse::<Timestamp>() else { return Ok(()) };
        let now = self.now();
        if now.as_millisecond() < recorded.as_millisecond() - TOLERATED_MS {
            return Err(ClockError::Behind { now, recorded });
        }
        Ok(())
    }
}

fn count(lost: &[LostEvents]) -> u64 {
    lost.iter().map(|lost| lost.last - lost.first + 1).sum()
}

/// Entries of the published log from a place on, to the end of the bundle.
async fn published(publisher: &Publisher, at: u64, size: u64) -> Result<Vec<PublishedEntry>, HealLogError> {
    let width = u64::from(TILE_WIDTH);
    let tile = TileId::in_tree(TileLevel::Entries, at / width, size);
    let path = tile.map(|tile| tile.to_string()).unwrap_or_default();
    let damaged = || HealLogError::File { path: path.clone() };
    let tile = tile.ok_or_else(damaged)?;
    let bytes = publisher.folder.get(&path).await?.ok_or_else(damaged)?;
    let entries = ledger::tile::decode_bundle(tile, &bytes).map_err(|_| damaged())?;
    let known = usize::try_from(at % width).unwrap_or(usize::MAX);
    entries.into_iter().skip(known).map(|leaf| entry(leaf).ok_or_else(damaged)).collect()
}

fn entry(bytes: &[u8]) -> Option<PublishedEntry> {
    let leaf = ledger::Leaf::parse(bytes).ok()?;
    let leaf_hash = *leaf.hash().as_bytes();
    let ledger::LeafInput { event, stream, n, k, .. } = leaf.into_input();
    let leaf = KeptLeaf { leaf: bytes.to_vec(), leaf_hash };
    Some(PublishedEntry { event: event.parse().ok()?, stream: stream.parse().ok()?, n, kind: k, leaf })
}
