//! An event store in memory, with the port's contract and with faults that a test orders.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use dingce_app::ports::*;
use dingce_domain::id::{CaseId, DraftId, EventId, StreamId, UnitId};
use tokio::sync::Semaphore;

/// What happens to the next append that is not yet faulted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Somebody else moved the head, as far as the answer says.
    Conflict,
    /// Nothing is written, and nobody knows.
    Lost,
    /// All is written, and nobody knows.
    AnswerLost,
}

#[derive(Default)]
struct Inner {
    events: BTreeMap<StreamId, Vec<StoredEvent>>,
    organs: BTreeMap<StreamId, UnitId>,
    rows: HashMap<&'static str, BTreeMap<Row, Row>>,
    deadlines: BTreeMap<(StreamId, String), Option<Millis>>,
    outbox: Vec<(OutboxMessage, bool)>,
    answers: HashMap<(String, String, String), IdempotencyRecord>,
    snapshots: HashMap<StreamId, Snapshot>,
    keys: HashMap<String, Vec<u8>>,
    pending: Vec<LogEntry>,
    log: Vec<LogEntry>,
    lookups: Vec<Lookup>,
    checkpoints: Vec<StoredCheckpoint>,
    lease: (u64, Option<(String, Millis)>),
    faults: VecDeque<Fault>,
    appends: usize,
    conflicts: usize,
}

/// The store. Share it between applications to have several nodes.
pub struct MemoryStore {
    inner: Mutex<Inner>,
    gate: Semaphore,
}

fn key_of(table: &Table, row: &Row) -> Row {
    table.key.iter().map(|name| row[table.position(name).expect("a key column")].clone()).collect()
}

impl MemoryStore {
    pub fn new() -> Self {
        Self { inner: Mutex::default(), gate: Semaphore::new(1) }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Orders faults for the next appends.
    pub fn fault(&self, faults: &[Fault]) {
        self.inner().faults.extend(faults);
    }

    /// Holds all appends back until the permit is dropped.
    pub async fn hold(&self) -> tokio::sync::SemaphorePermit<'_> {
        self.gate.acquire().await.expect("the gate is open")
    }

    /// Appends tried, and those that lost to another.
    pub fn tried(&self) -> (usize, usize) {
        let inner = self.inner();
        (inner.appends, inner.conflicts)
    }

    /// Changes one stored event, as a newer program or a hand would.
    pub fn alter(&self, stream: StreamId, n: u64, change: impl FnOnce(&mut StoredEvent)) {
        let mut inner = self.inner();
        let event = inner.events.get_mut(&stream).and_then(|all| all.iter_mut().find(|e| e.n == n));
        change(event.expect("such an event"));
    }

    /// Takes the last event of a stream away, as a failover to a copy that was behind does.
    pub fn lose_last(&self, stream: StreamId) {
        self.inner().events.get_mut(&stream).and_then(Vec::pop).expect("an event to lose");
    }

    /// Puts a message into the outbox, or opens one again.
    pub fn post(&self, message: OutboxMessage) {
        let mut inner = self.inner();
        match inner.outbox.iter_mut().find(|(m, _)| *m == message) {
            Some(known) => known.1 = false,
            None => inner.outbox.push((message, false)),
        }
    }

    /// Every message that was ever posted.
    pub fn posted(&self) -> Vec<OutboxMessage> {
        self.inner().outbox.iter().map(|(message, _)| message.clone()).collect()
    }

    /// Sets a timer without an event.
    pub fn leave_timer(&self, deadline: Deadline) {
        self.inner().deadlines.insert((deadline.stream, deadline.clock), deadline.due_at);
    }

    /// The stored snapshot with another shape and a state that is not true.
    pub fn spoil_snapshot(&self, stream: StreamId) {
        let mut inner = self.inner();
        let snapshot = inner.snapshots.get_mut(&stream).expect("a snapshot");
        snapshot.shape += 1;
    }

    /// Puts rows.
    pub fn put_rows(&self, changes: Vec<RowChange>) {
        let mut inner = self.inner();
        changes.into_iter().for_each(|change| inner.change(change));
    }

    /// All events of a stream.
    pub fn all(&self, stream: impl Into<StreamId>) -> Vec<StoredEvent> {
        self.inner().events.get(&stream.into()).cloned().unwrap_or_default()
    }
}

impl Inner {
    fn change(&mut self, change: RowChange) {
        match change {
            RowChange::Put { table, row } => {
                self.rows.entry(table.name).or_default().insert(key_of(table, &row), row);
            }
            RowChange::Remove { table, key } => {
                self.rows.entry(table.name).or_default().remove(&key);
            }
        }
    }

    fn append(&mut self, append: Append) -> Result<Appended, AppendError> {
        self.appends += 1;
        let fault = self.faults.pop_front();
        let conflict = AppendError::Conflict { expected: append.expected_n };
        let lost = || AppendError::Unavailable(StoreError::new("appending events", "the connection broke"));
        match fault {
            Some(Fault::Conflict) => return Err(conflict),
            Some(Fault::Lost) => return Err(lost()),
            Some(Fault::AnswerLost) | None => {}
        }
        let known = self.events.get(&append.stream).map_or(0, |all| all.len() as u64);
        if known != append.expected_n {
            self.conflicts += 1;
            return Err(conflict);
        }
        let key = |r: &IdempotencyRecord| (r.scope.clone(), r.operation.clone(), r.key.clone());
        if append.idempotency.as_ref().is_some_and(|r| self.answers.contains_key(&key(r))) {
            return Err(AppendError::KeyTaken);
        }
        if let Some((event, topic)) = &append.answers {
            let open = self.outbox.iter_mut().find(|(m, done)| m.event == *event && m.topic == *topic && !*done);
            let Some(open) = open else {
                return Err(AppendError::Refused { constraint: OUTBOX_ANSWERED.to_owned() });
            };
            open.1 = true;
        }
        self.organs.insert(append.stream, append.organ);
        for (event, n) in append.events.into_iter().zip(append.expected_n + 1..) {
            let (id, kind) = (event.event, event.kind.clone());
            self.pending.push(LogEntry { log_index: 0, event: id, stream: append.stream, n, kind });
            self.events.entry(append.stream).or_default().push(StoredEvent { stream: append.stream, n, event });
        }
        append.rows.into_iter().for_each(|change| self.change(change));
        for change in append.deadlines {
            match change {
                DeadlineChange::Set(d) => self.deadlines.insert((d.stream, d.clock), d.due_at),
                DeadlineChange::Clear { stream, clock } => self.deadlines.remove(&(stream, clock)),
            };
        }
        self.outbox.extend(append.outbox.into_iter().map(|message| (message, false)));
        self.answers.extend(append.idempotency.map(|record| (key(&record), record)));
        self.keys.extend(append.subject_keys);
        let n = self.events[&append.stream].len() as u64;
        if fault == Some(Fault::AnswerLost) { Err(lost()) } else { Ok(Appended { n }) }
    }

    fn timers(&self, which: impl Fn(Option<Millis>) -> bool) -> Vec<Deadline> {
        let all = self.deadlines.iter().filter(|(_, due_at)| which(**due_at));
        let mut timers: Vec<_> = all
            .map(|((stream, clock), due_at)| Deadline { stream: *stream, clock: clock.clone(), due_at: *due_at })
            .collect();
        timers.sort_by_key(|t| t.due_at);
        timers
    }
}

fn first<T>(list: Vec<T>, limit: u64) -> Vec<T> {
    list.into_iter().take(usize::try_from(limit).expect("a small limit")).collect()
}

#[async_trait]
impl EventStore for MemoryStore {
    async fn append(&self, batch: Vec<Append>) -> Vec<Result<Appended, AppendError>> {
        let _open = self.gate.acquire().await.expect("the gate is open");
        // Others run here: what was decided may be late by now.
        tokio::task::yield_now().await;
        let mut inner = self.inner();
        batch.into_iter().map(|append| inner.append(append)).collect()
    }

    async fn head(&self, stream: StreamId) -> Result<Option<Head>, StoreError> {
        let last = self.inner().events.get(&stream).and_then(|all| all.last().cloned());
        Ok(last.map(|e| Head { n: e.n, leaf_hash: e.event.leaf_hash }))
    }

    async fn events(&self, stream: StreamId, after: u64, limit: u64) -> Result<Vec<StoredEvent>, StoreError> {
        Ok(first(self.all(stream).into_iter().filter(|e| e.n > after).collect(), limit))
    }

    async fn find_events(
        &self,
        _query: EventQuery,
        _after: Option<(Millis, StreamId, u64)>,
        _limit: u64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        Err(StoreError::new("reading a timeline", "no test here asks for one"))
    }

    async fn acts(&self, _query: &ActQuery, _page: ActPage) -> Result<Vec<ActMark>, StoreError> {
        Err(StoreError::new("tracing acts", "no test here asks for them"))
    }

    async fn count_acts(&self, _query: &ActQuery, _until: Option<Millis>) -> Result<u64, StoreError> {
        Err(StoreError::new("counting acts", "no test here asks for them"))
    }

    async fn events_at(&self, stream: StreamId, numbers: &[u64]) -> Result<Vec<StoredEvent>, StoreError> {
        Ok(self.all(stream).into_iter().filter(|e| numbers.contains(&e.n)).collect())
    }

    async fn known_at(&self, _streams: &[StreamId], _at: Millis) -> Result<Vec<(StreamId, u64)>, StoreError> {
        Err(StoreError::new("asking what was known", "no test here asks for it"))
    }

    async fn event(&self, event: EventId) -> Result<Option<StoredEvent>, StoreError> {
        Ok(self.inner().events.values().flatten().find(|e| e.event.event == event).cloned())
    }

    async fn streams(&self, after: Option<StreamId>, limit: u64) -> Result<Vec<(StreamId, UnitId)>, StoreError> {
        let inner = self.inner();
        let later = inner.organs.iter().filter(|(stream, _)| after.is_none_or(|a| **stream > a));
        Ok(first(later.map(|(stream, organ)| (*stream, *organ)).collect(), limit))
    }

    async fn snapshot(&self, stream: StreamId) -> Result<Option<Snapshot>, StoreError> {
        Ok(self.inner().snapshots.get(&stream).cloned())
    }

    async fn put_snapshot(&self, stream: StreamId, snapshot: Snapshot) -> Result<(), StoreError> {
        let mut inner = self.inner();
        if inner.snapshots.get(&stream).is_none_or(|known| known.n <= snapshot.n) {
            inner.snapshots.insert(stream, snapshot);
        }
        Ok(())
    }

    async fn idempotency(
        &self,
        scope: &str,
        operation: &str,
        key: &str,
    ) -> Result<Option<IdempotencyRecord>, StoreError> {
        let key = (scope.to_owned(), operation.to_owned(), key.to_owned());
        Ok(self.inner().answers.get(&key).cloned())
    }

    async fn due(&self, now: Millis, limit: u64) -> Result<Vec<Deadline>, StoreError> {
        Ok(first(self.inner().timers(|due_at| due_at.is_some_and(|at| at <= now)), limit))
    }

    async fn next_due(&self) -> Result<Option<Millis>, StoreError> {
        Ok(self.inner().timers(|due_at| due_at.is_some()).first().and_then(|t| t.due_at))
    }

    async fn pending_deadlines(&self, limit: u64) -> Result<Vec<Deadline>, StoreError> {
        Ok(first(self.inner().timers(|due_at| due_at.is_none()), limit))
    }

    async fn drop_deadline(&self, stream: StreamId, clock: &str) -> Result<(), StoreError> {
        self.inner().deadlines.remove(&(stream, clock.to_owned()));
        Ok(())
    }

    async fn outbox(&self, limit: u64) -> Result<Vec<OutboxMessage>, StoreError> {
        let open: Vec<_> = self.inner().outbox.iter().filter(|(_, done)| !done).map(|(m, _)| m.clone()).collect();
        tokio::task::yield_now().await;
        Ok(first(open, limit))
    }

    async fn outbox_done(&self, event: EventId, topic: &str) -> Result<(), StoreError> {
        let mut inner = self.inner();
        let named = inner.outbox.iter_mut().filter(|(m, _)| m.event == event && m.topic == topic);
        named.for_each(|(_, done)| *done = true);
        Ok(())
    }

    async fn subject_key(&self, subject: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.inner().keys.get(subject).cloned())
    }

    async fn destroy(&self, what: &Destroy) -> Result<u64, StoreError> {
        let mut inner = self.inner();
        inner.snapshots.remove(&what.stream);
        let mut gone = 0;
        if !what.identity {
            return Ok(gone);
        }
        inner.keys.remove(&what.subject);
        for stored in inner.events.get_mut(&what.stream).into_iter().flatten() {
            if stored.event.sealed.take_if(|sealed| sealed.subject == what.subject).is_some() {
                gone += 1;
            }
        }
        Ok(gone)
    }

    async fn clearance(&self, _case: CaseId, _draft: DraftId) -> Result<Option<ClearanceRow>, StoreError> {
        Ok(None)
    }

    async fn claimed(&self, _organ: UnitId, _kind: &str, _name: &str) -> Result<Option<StreamId>, StoreError> {
        Ok(None)
    }

    async fn rows(&self, query: &RowQuery) -> Result<Vec<Row>, StoreError> {
        let at = |column: &str| query.table.position(column).expect("a column of the table");
        fn holds(filter: &Filter, row: &Row, at: &impl Fn(&str) -> usize) -> bool {
            match filter {
                Filter::Eq(column, value) => row[at(column)] == *value,
                Filter::In(column, values) => values.contains(&row[at(column)]),
                Filter::NotIn(column, values) => !values.contains(&row[at(column)]),
                Filter::AnyIn(columns, values) => columns.iter().any(|column| values.contains(&row[at(column)])),
                Filter::Lt(column, value) => row[at(column)] < *value,
                Filter::Ge(column, value) => row[at(column)] >= *value,
                Filter::Either(lists) => lists.iter().any(|list| list.iter().all(|filter| holds(filter, row, at))),
                Filter::Holds(column) => row[at(column)] == Value::Bool(true),
                Filter::Contains(column, text) => matches!(&row[at(column)], Value::Text(t) if t.contains(text)),
            }
        }
        let matches = |row: &Row| query.filters.iter().all(|filter| holds(filter, row, &at));
        let rows: Vec<Row> = self.inner().rows.get(query.table.name).map_or_else(Vec::new, |table| {
            let later = table.iter().filter(|(key, _)| query.after.as_ref().is_none_or(|after| *key > after));
            later.map(|(_, row)| row.clone()).filter(matches).collect()
        });
        Ok(first(rows, query.limit))
    }

    async fn count(&self, query: &RowQuery) -> Result<u64, StoreError> {
        Ok(self.rows(&RowQuery { limit: 1_000_000, ..query.clone() }).await?.len() as u64)
    }

    async fn replace_rows(&self, table: &'static Table, rows: Vec<Row>) -> Result<(), StoreError> {
        let rows = rows.into_iter().map(|row| (key_of(table, &row), row)).collect();
        self.inner().rows.insert(table.name, rows);
        Ok(())
    }

    async fn all_deadlines(&self) -> Result<Vec<Deadline>, StoreError> {
        Ok(self.inner().timers(|_| true))
    }

    async fn replace_deadlines(&self, deadlines: Vec<Deadline>) -> Result<(), StoreError> {
        self.inner().deadlines = deadlines.into_iter().map(|d| ((d.stream, d.clock), d.due_at)).collect();
        Ok(())
    }

    async fn lease(&self, holder: &str, now: Millis, until: Millis) -> Result<Option<u64>, StoreError> {
        let mut inner = self.inner();
        let (epoch, held) = inner.lease.clone();
        let epoch = match held {
            Some((other, _)) if other == holder => epoch,
            Some((_, end)) if end > now => return Ok(None),
            Some(_) | None => epoch + 1,
        };
        inner.lease = (epoch, Some((holder.to_owned(), until)));
        Ok(Some(epoch))
    }

    async fn sequence(&self, epoch: u64, limit: u64) -> Result<u64, StoreError> {
        let mut inner = self.inner();
        if inner.lease.0 != epoch {
            return Ok(0);
        }
        let taken = inner.pending.len().min(usize::try_from(limit).expect("a small limit"));
        for mut entry in inner.pending.drain(..taken).collect::<Vec<_>>() {
            entry.log_index = inner.log.len() as u64;
            inner.log.push(entry);
        }
        Ok(taken as u64)
    }

    async fn log(&self, from: u64, limit: u64) -> Result<Vec<LogEntry>, StoreError> {
        Ok(first(self.inner().log.iter().filter(|e| e.log_index >= from).cloned().collect(), limit))
    }

    async fn log_size(&self) -> Result<u64, StoreError> {
        Ok(self.inner().log.len() as u64)
    }

    async fn log_place(&self, stream: StreamId, n: u64) -> Result<Option<u64>, StoreError> {
        Ok(self.inner().log.iter().find(|e| (e.stream, e.n) == (stream, n)).map(|e| e.log_index))
    }

    async fn log_leaves(&self, from: u64, limit: u64) -> Result<Vec<[u8; 32]>, StoreError> {
        Ok(self.log_entries(from, limit).await?.into_iter().map(|kept| kept.leaf_hash).collect())
    }

    async fn log_entries(&self, from: u64, limit: u64) -> Result<Vec<KeptLeaf>, StoreError> {
        let log = self.log(from, limit).await?;
        let mut leaves = Vec::new();
        for entry in log {
            let StoredEvent { event, .. } = self.event(entry.event).await?.expect("a logged event");
            leaves.push(KeptLeaf { leaf: event.leaf, leaf_hash: event.leaf_hash });
        }
        Ok(leaves)
    }

    /// It is never restored from anything, so there is nothing to put back.
    async fn heal(&self, _epoch: u64, from: u64, _entries: Vec<PublishedEntry>) -> Result<Healed, HealError> {
        Err(HealError::Moved { expected: from })
    }

    async fn lost(&self) -> Result<Vec<LostEvents>, StoreError> {
        Ok(Vec::new())
    }

    async fn lost_of_kind(&self, _: &str) -> Result<Vec<PublishedEntry>, StoreError> {
        Ok(Vec::new())
    }

    async fn logged_heads(&self) -> Result<(u64, Vec<LoggedHead>), StoreError> {
        let size = self.log_size().await?;
        let mut heads = BTreeMap::new();
        for entry in self.log(0, size).await? {
            let StoredEvent { event, .. } = self.event(entry.event).await?.expect("a logged event");
            let head = LoggedHead { stream: entry.stream, n: entry.n, leaf_hash: event.leaf_hash };
            heads.insert(entry.stream.to_string(), head);
        }
        Ok((size, heads.into_values().collect()))
    }

    async fn bring_back(&self, _append: Append) -> Result<Appended, AppendError> {
        Err(AppendError::Refused { constraint: "nothing is lost".to_owned() })
    }

    async fn put_lookup(&self, lookup: &Lookup) -> Result<u64, StoreError> {
        let mut inner = self.inner();
        let number = inner.lookups.len() as u64 + 1;
        inner.lookups.push(Lookup { number, ..lookup.clone() });
        Ok(number)
    }

    async fn last_lookup(&self) -> Result<u64, StoreError> {
        Ok(self.inner().lookups.len() as u64)
    }

    async fn lookups(
        &self,
        organ: Option<UnitId>,
        after: u64,
        until: u64,
        newest: u64,
    ) -> Result<Vec<Lookup>, StoreError> {
        let wanted = |l: &&Lookup| l.number > after && l.number <= until && organ.is_none_or(|organ| l.organ == organ);
        let found: Vec<_> = self.inner().lookups.iter().filter(wanted).cloned().collect();
        Ok(found[found.len().saturating_sub(usize::try_from(newest).expect("a small number"))..].to_vec())
    }

    async fn last_checkpoint(&self) -> Result<Option<StoredCheckpoint>, StoreError> {
        Ok(self.inner().checkpoints.last().cloned())
    }

    async fn checkpoint(&self, at: Millis, size_least: u64) -> Result<Option<StoredCheckpoint>, StoreError> {
        Ok(self.inner().checkpoints.iter().find(|c| c.recorded_at >= at && c.size >= size_least).cloned())
    }

    async fn put_checkpoint(&self, checkpoint: StoredCheckpoint) -> Result<bool, StoreError> {
        let mut inner = self.inner();
        if checkpoint.number != inner.checkpoints.len() as u64 + 1 {
            return Ok(false);
        }
        inner.checkpoints.push(checkpoint);
        Ok(true)
    }

    async fn ready(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
