//! A store that stands between the application and the real one: it remembers what was appended and fails on request.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use dingce_app::ports::{
    ActMark, ActPage, ActQuery, Append, AppendError, Appended, ClearanceRow, Deadline, Destroy, EventQuery, EventStore,
    Head, HealError, Healed, IdempotencyRecord, KeptLeaf, LogEntry, LoggedHead, Lookup, LostEvents, Millis,
    OutboxMessage, PublishedEntry, Row, RowQuery, Snapshot, StoreError, StoredCheckpoint, StoredEvent, Table,
};
use dingce_domain::id::{CaseId, DraftId, EventId, StreamId, UnitId};

/// How the next append fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Somebody else moved the head first; nothing is written.
    Conflict,
    /// The database is gone before anything is written.
    LostBefore,
    /// The database is gone after all is written: the answer is lost, the write is not.
    LostAfter,
}

/// The store between.
pub struct Between {
    inner: Arc<dyn EventStore>,
    appends: Mutex<Vec<Append>>,
    failures: Mutex<VecDeque<Failure>>,
    lost_destructions: Mutex<VecDeque<Failure>>,
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().expect("no test panics while it holds this")
}

impl Between {
    /// Stands before a store.
    pub fn new(inner: Arc<dyn EventStore>) -> Arc<Self> {
        let (appends, failures, lost_destructions) = Default::default();
        Arc::new(Self { inner, appends, failures, lost_destructions })
    }

    /// Lets the next appends fail, in this order.
    pub fn fail(&self, failures: &[Failure]) {
        locked(&self.failures).extend(failures);
    }

    /// Lets the next destructions of sealed bodies fail, in this order. A conflict is a loss before anything is destroyed.
    pub fn fail_destroying(&self, failures: &[Failure]) {
        locked(&self.lost_destructions).extend(failures);
    }

    /// Failures that nothing met yet.
    pub fn failures_left(&self) -> usize {
        locked(&self.failures).len()
    }

    /// Everything that was given to append, also what failed.
    pub fn appended(&self) -> Vec<Append> {
        locked(&self.appends).clone()
    }
}

fn lost() -> AppendError {
    AppendError::Unavailable(StoreError::new("appending events", "the database is gone, as the test asked"))
}

#[async_trait]
impl EventStore for Between {
    async fn append(&self, batch: Vec<Append>) -> Vec<Result<Appended, AppendError>> {
        locked(&self.appends).extend(batch.iter().cloned());
        let failure = locked(&self.failures).pop_front();
        match failure {
            None => self.inner.append(batch).await,
            Some(Failure::Conflict) => {
                batch.iter().map(|a| Err(AppendError::Conflict { expected: a.expected_n })).collect()
            }
            Some(Failure::LostBefore) => batch.iter().map(|_| Err(lost())).collect(),
            Some(Failure::LostAfter) => self.inner.append(batch).await.into_iter().map(|_| Err(lost())).collect(),
        }
    }

    async fn head(&self, stream: StreamId) -> Result<Option<Head>, StoreError> {
        self.inner.head(stream).await
    }

    async fn events(&self, stream: StreamId, after: u64, limit: u64) -> Result<Vec<StoredEvent>, StoreError> {
        self.inner.events(stream, after, limit).await
    }

    async fn find_events(
        &self,
        query: EventQuery,
        after: Option<(Millis, StreamId, u64)>,
        limit: u64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.inner.find_events(query, after, limit).await
    }

    async fn acts(&self, query: &ActQuery, page: ActPage) -> Result<Vec<ActMark>, StoreError> {
        self.inner.acts(query, page).await
    }

    async fn count_acts(&self, query: &ActQuery, until: Option<Millis>) -> Result<u64, StoreError> {
        self.inner.count_acts(query, until).await
    }

    async fn events_at(&self, stream: StreamId, numbers: &[u64]) -> Result<Vec<StoredEvent>, StoreError> {
        self.inner.events_at(stream, numbers).await
    }

    async fn known_at(&self, streams: &[StreamId], at: Millis) -> Result<Vec<(StreamId, u64)>, StoreError> {
        self.inner.known_at(streams, at).await
    }

    async fn event(&self, event: EventId) -> Result<Option<StoredEvent>, StoreError> {
        self.inner.event(event).await
    }

    async fn streams(&self, after: Option<StreamId>, limit: u64) -> Result<Vec<(StreamId, UnitId)>, StoreError> {
        self.inner.streams(after, limit).await
    }

    async fn snapshot(&self, stream: StreamId) -> Result<Option<Snapshot>, StoreError> {
        self.inner.snapshot(stream).await
    }

    async fn put_snapshot(&self, stream: StreamId, snapshot: Snapshot) -> Result<(), StoreError> {
        self.inner.put_snapshot(stream, snapshot).await
    }

    async fn idempotency(
        &self,
        scope: &str,
        operation: &str,
        key: &str,
    ) -> Result<Option<IdempotencyRecord>, StoreError> {
        self.inner.idempotency(scope, operation, key).await
    }

    async fn due(&self, now: Millis, limit: u64) -> Result<Vec<Deadline>, StoreError> {
        self.inner.due(now, limit).await
    }

    async fn next_due(&self) -> Result<Option<Millis>, StoreError> {
        self.inner.next_due().await
    }

    async fn pending_deadlines(&self, limit: u64) -> Result<Vec<Deadline>, StoreError> {
        self.inner.pending_deadlines(limit).await
    }

    async fn drop_deadline(&self, stream: StreamId, clock: &str) -> Result<(), StoreError> {
        self.inner.drop_deadline(stream, clock).await
    }

    async fn outbox(&self, limit: u64) -> Result<Vec<OutboxMessage>, StoreError> {
        self.inner.outbox(limit).await
    }

    async fn outbox_done(&self, event: EventId, topic: &str) -> Result<(), StoreError> {
        self.inner.outbox_done(event, topic).await
    }

    async fn subject_key(&self, subject: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.subject_key(subject).await
    }

    async fn claimed(&self, organ: UnitId, kind: &str, name: &str) -> Result<Option<StreamId>, StoreError> {
        self.inner.claimed(organ, kind, name).await
    }

    async fn destroy(&self, what: &Destroy) -> Result<u64, StoreError> {
        let failure = locked(&self.lost_destructions).pop_front();
        let gone = || StoreError::new("destroying a sealed body", "the database is gone, as the test asked");
        match failure {
            None => self.inner.destroy(what).await,
            Some(Failure::Conflict | Failure::LostBefore) => Err(gone()),
            Some(Failure::LostAfter) => self.inner.destroy(what).await.and(Err(gone())),
        }
    }

    async fn clearance(&self, case: CaseId, draft: DraftId) -> Result<Option<ClearanceRow>, StoreError> {
        self.inner.clearance(case, draft).await
    }

    async fn rows(&self, query: &RowQuery) -> Result<Vec<Row>, StoreError> {
        self.inner.rows(query).await
    }

    async fn count(&self, query: &RowQuery) -> Result<u64, StoreError> {
        self.inner.count(query).await
    }

    async fn replace_rows(&self, table: &'static Table, rows: Vec<Row>) -> Result<(), StoreError> {
        self.inner.replace_rows(table, rows).await
    }

    async fn all_deadlines(&self) -> Result<Vec<Deadline>, StoreError> {
        self.inner.all_deadlines().await
    }

    async fn replace_deadlines(&self, deadlines: Vec<Deadline>) -> Result<(), StoreError> {
        self.inner.replace_deadlines(deadlines).await
    }

    async fn lease(&self, holder: &str, now: Millis, until: Millis) -> Result<Option<u64>, StoreError> {
        self.inner.lease(holder, now, until).await
    }

    async fn sequence(&self, epoch: u64, limit: u64) -> Result<u64, StoreError> {
        self.inner.sequence(epoch, limit).await
    }

    async fn log(&self, from: u64, limit: u64) -> Result<Vec<LogEntry>, StoreError> {
        self.inner.log(from, limit).await
    }

    async fn log_size(&self) -> Result<u64, StoreError> {
        self.inner.log_size().await
    }

    async fn log_place(&self, stream: StreamId, n: u64) -> Result<Option<u64>, StoreError> {
        self.inner.log_place(stream, n).await
    }

    async fn log_leaves(&self, from: u64, limit: u64) -> Result<Vec<[u8; 32]>, StoreError> {
        self.inner.log_leaves(from, limit).await
    }

    async fn heal(&self, epoch: u64, from: u64, entries: Vec<PublishedEntry>) -> Result<Healed, HealError> {
        self.inner.heal(epoch, from, entries).await
    }

    async fn lost(&self) -> Result<Vec<LostEvents>, StoreError> {
        self.inner.lost().await
    }

    async fn lost_of_kind(&self, kind: &str) -> Result<Vec<PublishedEntry>, StoreError> {
        self.inner.lost_of_kind(kind).await
    }

    async fn logged_heads(&self) -> Result<(u64, Vec<LoggedHead>), StoreError> {
        self.inner.logged_heads().await
    }

    async fn bring_back(&self, append: Append) -> Result<Appended, AppendError> {
        self.inner.bring_back(append).await
    }

    async fn log_entries(&self, from: u64, limit: u64) -> Result<Vec<KeptLeaf>, StoreError> {
        self.inner.log_entries(from, limit).await
    }

    async fn put_lookup(&self, lookup: &Lookup) -> Result<u64, StoreError> {
        self.inner.put_lookup(lookup).await
    }

    async fn last_lookup(&self) -> Result<u64, StoreError> {
        self.inner.last_lookup().await
    }

    async fn lookups(
        &self,
        organ: Option<UnitId>,
        after: u64,
        until: u64,
        newest: u64,
    ) -> Result<Vec<Lookup>, StoreError> {
        self.inner.lookups(organ, after, until, newest).await
    }

    async fn last_checkpoint(&self) -> Result<Option<StoredCheckpoint>, StoreError> {
        self.inner.last_checkpoint().await
    }

    async fn checkpoint(&self, at: Millis, size_least: u64) -> Result<Option<StoredCheckpoint>, StoreError> {
        self.inner.checkpoint(at, size_least).await
    }

    async fn put_checkpoint(&self, checkpoint: StoredCheckpoint) -> Result<bool, StoreError> {
        self.inner.put_checkpoint(checkpoint).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.inner.ready().await
    }
}
