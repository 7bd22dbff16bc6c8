//! The sequencer's side: the lease, and giving pending events their places in the global log.
//!
//! A business transaction leaves a row in `log_pending`; the sequencer moves it to `log_entry`. `events` itself is
//! never changed. Safety rests on one compare-and-swap of the log's size and epoch in the same transaction, not on
//! the lease, which only keeps two sequencers from working for nothing. A crash before the commit leaves everything
//! pending; a crash after it leaves a longer log and nothing to repair.
//!
//! Nothing here asks for ids greater than the last one seen: a row that was committed late is simply still pending
//! and is taken by a later batch. Within a stream the order follows `n`. A row can only be written after the row
//! before it was committed, so who sees `n + 1` sees `n` too, and a batch takes the rows of a stream from the
//! smallest on.

use std::collections::BTreeMap;

use dingce_app::ports::{LogEntry, Millis, StoreError};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Statement,
};

use crate::Store;
use crate::bind::{insert_all, placeholders, rows_per_statement, signed, unsigned};
use crate::entity::ledger::{log_entry, log_head, log_pending};
use crate::error::Doing;
use crate::read::parse;
use crate::rows::delete_keys;

/// Pending rows in the order of their places: by event, but never a later number of a stream before an earlier one.
///
/// The rank of a row is the smallest event id among it and the rows of its stream after it, so ranks never fall
/// along a stream, and any first part of the result holds a first part of each stream.
const NEXT: &str = "SELECT ranked.event, ranked.stream, ranked.n, events.kind FROM (
        SELECT event, stream, n, min(event) OVER (
            PARTITION BY stream ORDER BY n ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
        ) AS rank FROM log_pending
    ) AS ranked JOIN events ON events.stream = ranked.stream AND events.n = ranked.n
    ORDER BY ranked.rank, ranked.stream, ranked.n LIMIT $1";

#[derive(FromQueryResult)]
struct Pending {
    event: String,
    stream: String,
    n: i64,
    kind: String,
}

impl Store {
    pub(crate) async fn take_lease(&self, holder: &str, now: Millis, until: Millis) -> Result<Option<u64>, StoreError> {
        let sql = "UPDATE log_head SET epoch = CASE WHEN holder = $1 THEN epoch ELSE epoch + 1 END, \
                   holder = $1, lease_until = $2 \
                   WHERE id = 1 AND (holder IS NULL OR holder = $1 OR lease_until <= $3) RETURNING epoch";
        let values = [holder.into(), until.into(), now.into()];
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        let taken = self.writer.query_one_raw(statement).await.doing("taking the sequencer's lease")?;
        let Some(row) = taken else { return Ok(None) };
        unsigned(row.try_get_by_index(0).doing("taking the sequencer's lease")?).map(Some)
    }

    pub(crate) async fn sequence_pending(&self, epoch: u64, limit: u64) -> Result<u64, StoreError> {
        let doing = "giving events their places in the log";
        let (epoch, limit) = (signed(epoch)?, signed(limit)?);
        // Usually nothing waits; then the write lock is not taken. What arrives now is taken by the next batch.
        if log_pending::Entity::find().one(&self.reader).await.doing(doing)?.is_none() {
            return Ok(0);
        }
        let tx = self.begin().await.doing(doing)?;
        // The size is read before the pending rows: if another sequencer takes some of them in between, the size has
        // changed and the swap below fails.
        let head = log_head::Entity::find_by_id(1).one(&tx).await.doing(doing)?.ok_or("no head").doing(doing)?;
        let statement = Statement::from_sql_and_values(self.backend(), NEXT, [limit.into()]);
        let pending = Pending::find_by_statement(statement).all(&tx).await.doing(doing)?;
        if pending.is_empty() || head.epoch != epoch {
            tx.rollback().await.doing(doing)?;
            return Ok(0);
        }
        let size = head.size + pending.len() as i64;
        let swap = "UPDATE log_head SET size = $1 WHERE id = 1 AND size = $2 AND epoch = $3";
        let values = [size.into(), head.size.into(), epoch.into()];
        let swapped =
            tx.execute_raw(Statement::from_sql_and_values(self.backend(), swap, values)).await.doing(doing)?;
        if swapped.rows_affected() != 1 {
            tx.rollback().await.doing(doing)?;
            return Ok(0);
        }
        self.reached("places_swapped");
        whole(&tx, &pending).await?;
        let keys = pending.iter().map(|row| vec![row.event.clone().into()]).collect();
        let entries: Vec<_> = pending
            .into_iter()
            .zip(head.size..)
            .map(|(row, log_index)| {
                let Pending { event, stream, n, kind } = row;
                log_entry::Model { log_index, event, stream, n, kind }
            })
            .collect();
        let taken = entries.len() as u64;
        insert_all::<log_entry::Entity, _>(&tx, entries, None::<OnConflict>).await.doing(doing)?;
        self.reached("places_given");
        delete_keys(&tx, "log_pending", &["event"], keys).await.doing(doing)?;
        self.reached("places_before_commit");
        tx.commit().await.doing(doing)?;
        self.reached("places_after_commit");
        Ok(taken)
    }

    pub(crate) async fn read_log(&self, from: u64, limit: u64) -> Result<Vec<LogEntry>, StoreError> {
        let rows = log_entry::Entity::find()
            .filter(log_entry::Column::LogIndex.gte(signed(from)?))
            .order_by_asc(log_entry::Column::LogIndex)
            .limit(limit)
            .all(&self.reader)
            .await
            .doing("reading the log")?;
        let entry = |row: log_entry::Model| {
            let log_entry::Model { log_index, event, stream, n, kind } = row;
            let (log_index, n) = (unsigned(log_index)?, unsigned(n)?);
            Ok(LogEntry { log_index, event: parse(&event)?, stream: parse(&stream)?, n, kind })
        };
        rows.into_iter().map(entry).collect()
    }

    pub(crate) async fn read_log_size(&self) -> Result<u64, StoreError> {
        let head = log_head::Entity::find_by_id(1).one(&self.reader).await.doing("reading the size of the log")?;
        unsigned(head.ok_or("no head").doing("reading the size of the log")?.size)
    }
}

/// Refuses a batch that would leave out an event of a stream: then somebody removed a pending row by hand.
async fn whole(tx: &DatabaseTransaction, pending: &[Pending]) -> Result<(), StoreError> {
    let doing = "checking that the log leaves no event out";
    let backend = tx.get_database_backend();
    let mut next: BTreeMap<&str, i64> = pending.iter().map(|row| (row.stream.as_str(), 1)).collect();
    let streams: Vec<String> = next.keys().map(|stream| (*stream).to_owned()).collect();
    for chunk in streams.chunks(rows_per_statement(backend, 1)) {
        let places = placeholders(chunk.len(), 1);
        let sql = format!("SELECT stream, max(n) FROM log_entry WHERE stream IN (VALUES {places}) GROUP BY stream");
        let values = chunk.iter().map(|stream| sea_orm::Value::from(stream.clone()));
        for row in tx.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await.doing(doing)? {
            let stream: String = row.try_get_by_index(0).doing(doing)?;
            if let Some(next) = next.get_mut(stream.as_str()) {
                *next = row.try_get_by_index::<i64>(1).doing(doing)? + 1;
            }
        }
    }
    for row in pending {
        if let Some(expected) = next.get_mut(row.stream.as_str()) {
            if row.n != *expected {
                let missing = format!("event {expected} of {} is neither pending nor in the log", row.stream);
                return Err(StoreError::new(doing, missing));
            }
            *expected += 1;
        }
    }
    Ok(())
}
