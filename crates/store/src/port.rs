//! The event port, each method led to the file that does it.

use async_trait::async_trait;
use dingce_app::ports::{
    ActMark, ActPage, ActQuery, Append, AppendError, Appended, ClearanceRow, Deadline, Destroy, EventQuery, EventStore,
    Head, HealError, Healed, IdempotencyRecord, KeptLeaf, LogEntry, LoggedHead, Lookup, LostEvents, Millis,
    OutboxMessage, PublishedEntry, Row, RowQuery, Snapshot, StoreError, StoredCheckpoint, StoredEvent, Table,
};
use dingce_domain::id::{CaseId, DraftId, EventId, StreamId, UnitId};

use crate::Store;

#[async_trait]
impl EventStore for Store {
    async fn append(&self, batch: Vec<Append>) -> Vec<Result<Appended, AppendError>> {
        self.append_batch(batch).await
    }

    async fn head(&self, stream: StreamId) -> Result<Option<Head>, StoreError> {
        self.gathered.head(stream).await
    }

    async fn events(&self, stream: StreamId, after: u64, limit: u64) -> Result<Vec<StoredEvent>, StoreError> {
        self.read_events(stream, after, limit).await
    }

    async fn find_events(
        &self,
        query: EventQuery,
        after: Option<(Millis, StreamId, u64)>,
        limit: u64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.read_timeline(query, after, limit).await
    }

    async fn acts(&self, query: &ActQuery, page: ActPage) -> Result<Vec<ActMark>, StoreError> {
        self.read_acts(query, page).await
    }

    async fn count_acts(&self, query: &ActQuery, until: Option<Millis>) -> Result<u64, StoreError> {
        self.number_of_acts(query, until).await
    }

    async fn events_at(&self, stream: StreamId, numbers: &[u64]) -> Result<Vec<StoredEvent>, StoreError> {
        self.read_events_at(stream, numbers).await
    }

    async fn known_at(&self, streams: &[StreamId], at: Millis) -> Result<Vec<(StreamId, u64)>, StoreError> {
        self.read_known_at(streams, at).await
    }

    async fn event(&self, event: EventId) -> Result<Option<StoredEvent>, StoreError> {
        self.read_event(event).await
    }

    async fn streams(&self, after: Option<StreamId>, limit: u64) -> Result<Vec<(StreamId, UnitId)>, StoreError> {
        self.read_streams(after, limit).await
    }

    async fn snapshot(&self, stream: StreamId) -> Result<Option<Snapshot>, StoreError> {
        self.read_snapshot(stream).await
    }

    async fn put_snapshot(&self, stream: StreamId, snapshot: Snapshot) -> Result<(), StoreError> {
        self.write_snapshot(stream, snapshot).await
    }

    async fn idempotency(
        &self,
        scope: &str,
        operation: &str,
        key: &str,
    ) -> Result<Option<IdempotencyRecord>, StoreError> {
        self.read_answer(scope, operation, key).await
    }

    async fn due(&self, now: Millis, limit: u64) -> Result<Vec<Deadline>, StoreError> {
        self.read_due(now, limit).await
    }

    async fn next_due(&self) -> Result<Option<Millis>, StoreError> {
        self.read_next_due().await
    }

    async fn pending_deadlines(&self, limit: u64) -> Result<Vec<Deadline>, StoreError> {
        self.read_pending_deadlines(limit).await
    }

    async fn drop_deadline(&self, stream: StreamId, clock: &str) -> Result<(), StoreError> {
        self.remove_deadline(stream, clock).await
    }

    async fn outbox(&self, limit: u64) -> Result<Vec<OutboxMessage>, StoreError> {
        self.read_outbox(limit).await
    }

    async fn outbox_done(&self, event: EventId, topic: &str) -> Result<(), StoreError> {
        self.finish_outbox(event, topic).await
    }

    async fn subject_key(&self, subject: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.read_subject_key(subject).await
    }

    async fn destroy(&self, what: &Destroy) -> Result<u64, StoreError> {
        self.destroy_subject(what).await
    }

    async fn clearance(&self, case: CaseId, draft: DraftId) -> Result<Option<ClearanceRow>, StoreError> {
        self.read_clearance(case, draft).await
    }

    async fn claimed(&self, organ: UnitId, kind: &str, name: &str) -> Result<Option<StreamId>, StoreError> {
        self.read_claim(organ, kind, name).await
    }

    async fn rows(&self, query: &RowQuery) -> Result<Vec<Row>, StoreError> {
        self.page(query).await
    }

    async fn count(&self, query: &RowQuery) -> Result<u64, StoreError> {
        self.count_rows(query).await
    }

    async fn replace_rows(&self, table: &'static Table, rows: Vec<Row>) -> Result<(), StoreError> {
        self.refill(table, rows).await
    }

    async fn all_deadlines(&self) -> Result<Vec<Deadline>, StoreError> {
        self.read_all_deadlines().await
    }

    async fn replace_deadlines(&self, deadlines: Vec<Deadline>) -> Result<(), StoreError> {
        self.refill_deadlines(deadlines).await
    }

    async fn lease(&self, holder: &str, now: Millis, until: Millis) -> Result<Option<u64>, StoreError> {
        self.take_lease(holder, now, until).await
    }

    async fn sequence(&self, epoch: u64, limit: u64) -> Result<u64, StoreError> {
        self.sequence_pending(epoch, limit).await
    }

    async fn log(&self, from: u64, limit: u64) -> Result<Vec<LogEntry>, StoreError> {
        self.read_log(from, limit).await
    }

    async fn log_size(&self) -> Result<u64, StoreError> {
        self.read_log_size().await
    }

    async fn log_place(&self, stream: StreamId, n: u64) -> Result<Option<u64>, StoreError> {
        self.read_log_place(stream, n).await
    }

    async fn log_leaves(&self, from: u64, limit: u64) -> Result<Vec<[u8; 32]>, StoreError> {
        self.read_log_leaves(from, limit).await
    }

    async fn heal(&self, epoch: u64, from: u64, entries: Vec<PublishedEntry>) -> Result<Healed, HealError> {
        self.heal_log(epoch, from, entries).await
    }

    async fn lost(&self) -> Result<Vec<LostEvents>, StoreError> {
        self.read_lost().await
    }

    async fn lost_of_kind(&self, kind: &str) -> Result<Vec<PublishedEntry>, StoreError> {
        self.read_lost_of_kind(kind).await
    }

    async fn logged_heads(&self) -> Result<(u64, Vec<LoggedHead>), StoreError> {
        self.read_logged_heads().await
    }

    async fn bring_back(&self, append: Append) -> Result<Appended, AppendError> {
        self.bring_events_back(append).await
    }

    async fn log_entries(&self, from: u64, limit: u64) -> Result<Vec<KeptLeaf>, StoreError> {
        self.read_log_entries(from, limit).await
    }

    async fn put_lookup(&self, lookup: &Lookup) -> Result<u64, StoreError> {
        self.write_lookup(lookup).await
    }

    async fn last_lookup(&self) -> Result<u64, StoreError> {
        Store::last_lookup(self).await
    }

    async fn lookups(
        &self,
        organ: Option<UnitId>,
        after: u64,
        until: u64,
        newest: u64,
    ) -> Result<Vec<Lookup>, StoreError> {
        self.read_lookups(organ, after, until, newest).await
    }

    async fn last_checkpoint(&self) -> Result<Option<StoredCheckpoint>, StoreError> {
        self.read_last_checkpoint().await
    }

    async fn checkpoint(&self, at: Millis, size_least: u64) -> Result<Option<StoredCheckpoint>, StoreError> {
        self.read_checkpoint(at, size_least).await
    }

    async fn put_checkpoint(&self, checkpoint: StoredCheckpoint) -> Result<bool, StoreError> {
        self.write_checkpoint(checkpoint).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.check_ready().await
    }
}
