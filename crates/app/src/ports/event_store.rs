//! The event port: one transaction takes the events of several streams and everything that must be true with them.

use async_trait::async_trait;
use dingce_domain::id::{CaseId, DraftId, EventId, PersonId, PostId, StreamId, UnitId};

use super::rows::{Direction, Row, RowChange, RowQuery};

/// An instant as the store keeps it: milliseconds since 1970-01-01T00:00Z.
pub type Millis = i64;

/// One event on its way into the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Its id, unique over all streams.
    pub event: EventId,
    /// Its kind, e.g. `draft_version_added`.
    pub kind: String,
    /// Version of the kind's stored form, from 1.
    pub version: u16,
    /// Who acted; absent for clocks and for the anonymous public.
    pub actor: Option<PersonId>,
    /// In which post.
    pub post: Option<PostId>,
    /// Of which unit.
    pub unit: Option<UnitId>,
    /// In whose place, where the actor acted by delegation.
    pub acting_for: Option<PersonId>,
    /// Stage of the procedure.
    pub stage: Option<String>,
    /// Draft version the act is about.
    pub draft: Option<DraftId>,
    /// Draft version that the act tables or adopts; required by CHECK for such kinds, foreign key to the clearance.
    pub adopts_draft: Option<DraftId>,
    /// Opinion, position or conclusion code.
    pub opinion: Option<String>,
    /// When it happened, `YYYY-MM-DD`, for offline acts.
    pub occurred_on: Option<String>,
    /// When it was recorded.
    pub recorded_at: Millis,
    /// The stored form: envelope and open body as JSON.
    pub json: String,
    /// The canonical leaf.
    pub leaf: Vec<u8>,
    /// The leaf's hash.
    pub leaf_hash: [u8; 32],
    /// Key of the commitment to the open body, where the leaf holds a commitment and not a digest.
    pub body_key: Option<[u8; 32]>,
    /// The sealed body, where there is one.
    pub sealed: Option<SealedBody>,
}

/// A sealed body: encrypted under the key of one subject, erasable with that key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedBody {
    /// Whose key opens it.
    pub subject: String,
    /// The ciphertext, with its format byte and nonce.
    pub bytes: Vec<u8>,
    /// Key of the commitment to the plain text.
    pub commitment_key: [u8; 32],
}

/// One event as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// The stream.
    pub stream: StreamId,
    /// Its number in the stream, from 1.
    pub n: u64,
    /// All that was given.
    pub event: NewEvent,
}

/// Which conclusion cleared a draft for tabling and adoption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClearanceKind {
    /// Found lawful.
    Lawful,
    /// Exploratory reform: may be tabled, the legal risk stated openly.
    RiskStated,
    /// The reviewer confirmed that it does not differ in substance from a cleared version.
    Confirmed,
}

impl ClearanceKind {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lawful => "lawful",
            Self::RiskStated => "risk_stated",
            Self::Confirmed => "confirmed",
        }
    }
}

/// A row of the wall: this draft of this case may be tabled and adopted, because of that event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearanceRow {
    /// The case.
    pub case: CaseId,
    /// The draft version.
    pub draft: DraftId,
    /// The concluding or confirming event, in the same append.
    pub event: EventId,
    /// The conclusion.
    pub kind: ClearanceKind,
}

/// A durable timer: wake the stream at this instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// The stream to wake.
    pub stream: StreamId,
    /// Which clock of the stream.
    pub clock: String,
    /// When to wake it; absent while the due date is pending for want of calendar data.
    pub due_at: Option<Millis>,
}

/// A change to the timers of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeadlineChange {
    /// Set or move the timer of this clock.
    Set(Deadline),
    /// Remove it.
    Clear {
        /// The stream.
        stream: StreamId,
        /// Which clock.
        clock: String,
    },
}

/// A message for a process manager, delivered at least once after the commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxMessage {
    /// Its id: that of the event it follows from; also the idempotency key of what the manager does.
    pub event: EventId,
    /// Which process manager.
    pub topic: String,
    /// What to do, as JSON.
    pub payload: String,
}

/// What is to be destroyed of one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destroy {
    /// The stream that holds it.
    pub stream: StreamId,
    /// Number of its event there.
    pub n: u64,
    /// The subject.
    pub subject: String,
    /// Whether all that is sealed of it goes. Where only a text is masked, what was cached of the text goes.
    pub identity: bool,
}

/// The first answer to an accepted request, kept for its repetition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// Who asked: a person's id, or a form token of the public.
    pub scope: String,
    /// Which operation.
    pub operation: String,
    /// The key given.
    pub key: String,
    /// SHA-256 of the canonical input, lower-case hex.
    pub input_digest: String,
    /// The answer, as JSON.
    pub answer: String,
}

/// All that one act writes. One append writes one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    /// The stream.
    pub stream: StreamId,
    /// The organ the stream belongs to.
    pub organ: UnitId,
    /// The head that the act was decided on: number of the last event, 0 for a new stream.
    pub expected_n: u64,
    /// At least one event; they get the numbers from `expected_n + 1`.
    pub events: Vec<NewEvent>,
    /// Final values of read rows.
    pub rows: Vec<RowChange>,
    /// Timers.
    pub deadlines: Vec<DeadlineChange>,
    /// Messages.
    pub outbox: Vec<OutboxMessage>,
    /// The outbox message that this act answers, marked done in the same transaction.
    pub answers: Option<(EventId, String)>,
    /// Clearances that the events give.
    pub clearances: Vec<ClearanceRow>,
    /// Names that the stream claims for itself among those of its organ.
    pub claims: Vec<Claim>,
    /// The key of the request, where one was given.
    pub idempotency: Option<IdempotencyRecord>,
    /// Keys of new subjects, wrapped under the master key.
    pub subject_keys: Vec<(String, Vec<u8>)>,
}

/// A name that only one stream of an organ may bear. Claims are never given up, and no rebuild makes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// What kind of name.
    pub kind: &'static str,
    /// The name.
    pub name: String,
}

/// What an accepted append gives back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Number of the last event written.
    pub n: u64,
}

/// The constraint of [`AppendError::Refused`] where the message that the act answers is done already: somebody else has
/// answered it, so there is nothing left to write.
pub const OUTBOX_ANSWERED: &str = "outbox_answered";

/// The constraint of [`AppendError::Refused`] where another stream of the organ bears a name that the append claims.
pub const CLAIM_TAKEN: &str = "claim_taken";

/// The constraint of [`AppendError::Refused`] where events of the stream are lost: nothing is written to it until they are back.
pub const STREAM_HAS_LOST_EVENTS: &str = "stream_has_lost_events";

/// Why an append was not written.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Somebody else moved the stream's head.
    #[error("the stream moved on: expected head {expected}")]
    Conflict {
        /// The head that was expected.
        expected: u64,
    },
    /// The idempotency key is taken: the same request, or another, was accepted before.
    #[error("the idempotency key is already used")]
    KeyTaken,
    /// A constraint of the database refused it: the wall, or a duplicate.
    #[error("the database refused the write: {constraint}")]
    Refused {
        /// What it said.
        constraint: String,
    },
    /// The queue is full; nothing was written; try again later.
    #[error("too many writes are waiting")]
    Overloaded,
    /// The database could not be reached, or failed; the outcome may be unknown and is resolved by key.
    #[error("the database is unavailable")]
    Unavailable(#[source] StoreError),
}

/// An unexpected failure of the store.
#[derive(Debug, thiserror::Error)]
#[error("{doing}")]
pub struct StoreError {
    /// What was being done.
    pub doing: String,
    /// Why it failed.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl StoreError {
    /// A failure while doing something.
    pub fn new(doing: impl Into<String>, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { doing: doing.into(), source: source.into() }
    }
}

/// The head of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Number of the last event.
    pub n: u64,
    /// Its leaf hash.
    pub leaf_hash: [u8; 32],
}

/// A cached state of a stream; never the truth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Number of the last event in it.
    pub n: u64,
    /// Leaf hash of that event.
    pub leaf_hash: [u8; 32],
    /// Version of the shape; another one means replay.
    pub shape: u32,
    /// The state, as JSON without free text.
    pub json: String,
}

/// One entry of the global log: an event with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// Its place, from 0, without gaps.
    pub log_index: u64,
    /// The event.
    pub event: EventId,
    /// Its stream.
    pub stream: StreamId,
    /// Its number in the stream.
    pub n: u64,
    /// Its kind.
    pub kind: String,
}

/// A leaf as the database has it: its bytes, and the hash that was kept beside them when it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptLeaf {
    /// The bytes that are hashed.
    pub leaf: Vec<u8>,
    /// The hash kept beside them. Whether it is theirs, the reader looks.
    pub leaf_hash: [u8; 32],
}

impl AsRef<[u8]> for KeptLeaf {
    fn as_ref(&self) -> &[u8] {
        &self.leaf
    }
}

/// An entry as it was read back from the published log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedEntry {
    /// The event.
    pub event: EventId,
    /// Its stream.
    pub stream: StreamId,
    /// Its number in the stream.
    pub n: u64,
    /// Its kind.
    pub kind: String,
    /// Its leaf, and the leaf's hash.
    pub leaf: KeptLeaf,
}

/// What became of entries that were read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Healed {
    /// Events that the database has: they have their places again.
    pub placed: u64,
    /// Events that it has not: their leaves are kept in their places, and their streams are locked.
    pub lost: u64,
}

/// Why entries were not put back. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum HealError {
    /// The log has another length, or another sequencer writes it.
    #[error("expected the log to have {expected} entries and no other writer, but it was written meanwhile")]
    Moved {
        /// How many entries it had.
        expected: u64,
    },
    /// In the place of the entry's event stands another.
    #[error(
        "expected the database to have event {n} of {stream} as it was published, or not at all, but it has another in its place: it was          written to after an older state was restored"
    )]
    Other {
        /// The stream.
        stream: StreamId,
        /// The number.
        n: u64,
    },
    /// The database failed.
    #[error(transparent)]
    Unavailable(#[from] StoreError),
}

/// How far a stream has come in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedHead {
    /// The stream.
    pub stream: StreamId,
    /// Number of its last event that has a place in the log.
    pub n: u64,
    /// Leaf hash of that event.
    pub leaf_hash: [u8; 32],
}

/// That somebody looked something up. Its JSON is canonical and goes into the log as part of a root.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Lookup {
    /// Its number, from 1, without gaps; given by the store.
    pub number: u64,
    /// In which organ.
    pub organ: UnitId,
    /// When.
    pub at: Millis,
    /// Who.
    pub person: PersonId,
    /// In which post.
    pub post: PostId,
    /// What kind of look-up.
    pub kind: String,
    /// About what.
    pub subject: String,
}

/// Of a stream, what is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostEvents {
    /// The stream.
    pub stream: StreamId,
    /// Number of the first lost event.
    pub first: u64,
    /// Number of the last.
    pub last: u64,
}

/// How long the log was at a moment, and its root; with what the next one is computed from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// Its number, from 1, without gaps.
    pub number: u64,
    /// How many entries the log had.
    pub size: u64,
    /// RFC 6962 root over their leaf hashes.
    pub root: [u8; 32],
    /// Roots of the complete subtrees, greatest first, 32 bytes each.
    pub subtrees: Vec<u8>,
    /// When it was recorded; never before the one before it.
    pub recorded_at: Millis,
}

/// Which events to read for a timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventQuery {
    /// Those of one stream, in order.
    Stream(StreamId),
    /// Those of one person, in any stream, newest first.
    Actor(PersonId),
}

/// An act as the indexes of a trace tell it: everything but what was said and shown with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActMark {
    /// The stream.
    pub stream: StreamId,
    /// Its number in the stream.
    pub n: u64,
    /// Its kind.
    pub kind: String,
    /// Who acted.
    pub actor: Option<PersonId>,
    /// In whose place.
    pub acting_for: Option<PersonId>,
    /// In which post.
    pub post: Option<PostId>,
    /// Of which unit.
    pub unit: Option<UnitId>,
    /// Stage of the procedure.
    pub stage: Option<String>,
    /// Draft version.
    pub draft: Option<DraftId>,
    /// Opinion, position or conclusion code.
    pub opinion: Option<String>,
    /// When it happened, for offline acts.
    pub occurred_on: Option<String>,
    /// When it was recorded.
    pub recorded_at: Millis,
}

impl ActMark {
    /// Where it stands among the acts of a person or unit.
    pub const fn place(&self) -> ActPlace {
        (self.recorded_at, self.stream, self.n)
    }
}

/// Whose acts to trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActQuery {
    /// Those of one stream, by number.
    Stream(StreamId),
    /// What a person did in any post, and what others did in their place; of the streams of an organ.
    Person {
        /// Who.
        person: PersonId,
        /// The organ.
        organ: UnitId,
    },
    /// What people did for any of these units; of the streams of an organ.
    Units {
        /// Which, each once.
        units: Vec<UnitId>,
        /// The organ.
        organ: UnitId,
    },
}

/// Where an act stands: when it was recorded, its stream and its number.
pub type ActPlace = (Millis, StreamId, u64);

/// Which of the acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActPage {
    /// Only those recorded at or before this instant; all where absent.
    pub until: Option<Millis>,
    /// In which direction of time.
    pub direction: Direction,
    /// Beyond this place.
    pub after: Option<ActPlace>,
    /// How many at most.
    pub limit: u64,
}

/// Writes and reads events. Implemented by `store` for both databases.
#[async_trait]
pub trait EventStore: Send + Sync {
    /// Writes many appends, at most one a stream, in one transaction; each is accepted or refused on its own.
    async fn append(&self, batch: Vec<Append>) -> Vec<Result<Appended, AppendError>>;
    /// The head of a stream; `None` if it has no event.
    async fn head(&self, stream: StreamId) -> Result<Option<Head>, StoreError>;
    /// Events of a stream after number `after`, in order, `limit` at most.
    async fn events(&self, stream: StreamId, after: u64, limit: u64) -> Result<Vec<StoredEvent>, StoreError>;
    /// A page of events: of a stream after number `after`, or of a person recorded before `before`.
    async fn find_events(
        &self,
        query: EventQuery,
        after: Option<(Millis, StreamId, u64)>,
        limit: u64,
    ) -> Result<Vec<StoredEvent>, StoreError>;
    /// A page of acts, from an index alone: those of a stream by number, of a person or unit by the time of their record.
    async fn acts(&self, query: &ActQuery, page: ActPage) -> Result<Vec<ActMark>, StoreError>;
    /// How many acts there are, whatever the page.
    async fn count_acts(&self, query: &ActQuery, until: Option<Millis>) -> Result<u64, StoreError>;
    /// The events of a stream with these numbers, in order.
    async fn events_at(&self, stream: StreamId, numbers: &[u64]) -> Result<Vec<StoredEvent>, StoreError>;
    /// Number of the newest event of each stream that was recorded at or before an instant; nothing of a stream that had none.
    async fn known_at(&self, streams: &[StreamId], at: Millis) -> Result<Vec<(StreamId, u64)>, StoreError>;
    /// One event by id.
    async fn event(&self, event: EventId) -> Result<Option<StoredEvent>, StoreError>;
    /// All streams of the store after `after`, in order, `limit` at most.
    async fn streams(&self, after: Option<StreamId>, limit: u64) -> Result<Vec<(StreamId, UnitId)>, StoreError>;
    /// The snapshot of a stream.
    async fn snapshot(&self, stream: StreamId) -> Result<Option<Snapshot>, StoreError>;
    /// Keeps a snapshot; an older one never replaces a newer one.
    async fn put_snapshot(&self, stream: StreamId, snapshot: Snapshot) -> Result<(), StoreError>;
    /// The answer kept for a key.
    async fn idempotency(
        &self,
        scope: &str,
        operation: &str,
        key: &str,
    ) -> Result<Option<IdempotencyRecord>, StoreError>;
    /// Timers due at `now`, earliest first.
    async fn due(&self, now: Millis, limit: u64) -> Result<Vec<Deadline>, StoreError>;
    /// The earliest timer of all.
    async fn next_due(&self) -> Result<Option<Millis>, StoreError>;
    /// Timers that wait for calendar data.
    async fn pending_deadlines(&self, limit: u64) -> Result<Vec<Deadline>, StoreError>;
    /// Removes a timer that its stream no longer knows.
    async fn drop_deadline(&self, stream: StreamId, clock: &str) -> Result<(), StoreError>;
    /// Messages not yet answered, oldest first.
    async fn outbox(&self, limit: u64) -> Result<Vec<OutboxMessage>, StoreError>;
    /// Marks a message done for which there is nothing left to write.
    async fn outbox_done(&self, event: EventId, topic: &str) -> Result<(), StoreError>;
    /// Wrapped key of a subject; `None` if there is none or it was erased.
    async fn subject_key(&self, subject: &str) -> Result<Option<Vec<u8>>, StoreError>;
    /// Destroys what could confirm a guess of what an event held, the snapshot of its stream, and with `identity` the key of
    /// the subject and every body sealed under it, in one transaction; gives how many bodies went. Twice is as once.
    async fn destroy(&self, what: &Destroy) -> Result<u64, StoreError>;
    /// The clearance of a draft.
    async fn clearance(&self, case: CaseId, draft: DraftId) -> Result<Option<ClearanceRow>, StoreError>;
    /// The stream that bears a name of this kind in an organ.
    async fn claimed(&self, organ: UnitId, kind: &str, name: &str) -> Result<Option<StreamId>, StoreError>;

    /// Rows of a read table.
    async fn rows(&self, query: &RowQuery) -> Result<Vec<Row>, StoreError>;
    /// How many rows match, whatever the page.
    async fn count(&self, query: &RowQuery) -> Result<u64, StoreError>;
    /// Replaces the whole content of the read tables and timers of a stream list; only `rebuild` calls it.
    async fn replace_rows(&self, table: &'static super::rows::Table, rows: Vec<Row>) -> Result<(), StoreError>;
    /// All timers, for `rebuild --check`.
    async fn all_deadlines(&self) -> Result<Vec<Deadline>, StoreError>;
    /// Replaces all timers; only `rebuild` calls it.
    async fn replace_deadlines(&self, deadlines: Vec<Deadline>) -> Result<(), StoreError>;

    /// Takes or renews the sequencer's lease; `None` if another holder has it. Gives the epoch to write with.
    async fn lease(&self, holder: &str, now: Millis, until: Millis) -> Result<Option<u64>, StoreError>;
    /// Gives pending events their places in the log, `limit` at most, under this epoch; 0 if nothing waited.
    ///
    /// Safe with two sequencers: size and epoch are compared and swapped, so the one behind writes nothing.
    async fn sequence(&self, epoch: u64, limit: u64) -> Result<u64, StoreError>;
    /// Entries of the log from place `from`, in order.
    async fn log(&self, from: u64, limit: u64) -> Result<Vec<LogEntry>, StoreError>;
    /// How many entries the log has.
    async fn log_size(&self) -> Result<u64, StoreError>;
    /// Place in the log of an event, by its stream and number; `None` while it has none.
    async fn log_place(&self, stream: StreamId, n: u64) -> Result<Option<u64>, StoreError>;
    /// Leaf hashes of the log from place `from`, in order.
    async fn log_leaves(&self, from: u64, limit: u64) -> Result<Vec<[u8; 32]>, StoreError>;
    /// Leaves of the log from place `from`, in order, each with the hash kept beside it.
    async fn log_entries(&self, from: u64, limit: u64) -> Result<Vec<KeptLeaf>, StoreError>;
    /// Puts the next entries of the log back as they were published, `from` being its length, under this epoch. Events that are there get
    /// their places; of the others the leaves are kept in theirs, and their streams are locked.
    async fn heal(&self, epoch: u64, from: u64, entries: Vec<PublishedEntry>) -> Result<Healed, HealError>;
    /// Streams of which events are lost, in order.
    async fn lost(&self) -> Result<Vec<LostEvents>, StoreError>;
    /// The leaves of lost events of this kind, by stream and number.
    async fn lost_of_kind(&self, kind: &str) -> Result<Vec<PublishedEntry>, StoreError>;
    /// How long the log is, and how far each stream had come in it at that length, by the bytes of the stream's name.
    async fn logged_heads(&self) -> Result<(u64, Vec<LoggedHead>), StoreError>;
    /// Brings lost events of a stream back: all of the append, in one transaction, each in the place that its leaf kept. The stream is
    /// unlocked once none is lost.
    async fn bring_back(&self, append: Append) -> Result<Appended, AppendError>;
    /// Keeps a look-up under the next number, and gives that.
    async fn put_lookup(&self, lookup: &Lookup) -> Result<u64, StoreError>;
    /// Number of the last look-up; 0 where there is none.
    async fn last_lookup(&self) -> Result<u64, StoreError>;
    /// Look-ups after one number and up to another, of an organ where one is given; the newest `newest` of them, by number.
    async fn lookups(
        &self,
        organ: Option<UnitId>,
        after: u64,
        until: u64,
        newest: u64,
    ) -> Result<Vec<Lookup>, StoreError>;
    /// The newest checkpoint.
    async fn last_checkpoint(&self) -> Result<Option<StoredCheckpoint>, StoreError>;
    /// The first checkpoint recorded at or after `at` over at least `size_least` entries. Once there is one, it is always
    /// that one.
    async fn checkpoint(&self, at: Millis, size_least: u64) -> Result<Option<StoredCheckpoint>, StoreError>;
    /// Records the next checkpoint; `false` where its number is taken.
    async fn put_checkpoint(&self, checkpoint: StoredCheckpoint) -> Result<bool, StoreError>;
    /// Answers if the database can be reached and its schema is the one this program writes.
    async fn ready(&self) -> Result<(), StoreError>;
}
