//! Moving the heads of streams by compare-and-swap: who moves a head may write after it.

use std::collections::BTreeSet;

use dingce_app::ports::Append;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement, Value};

use crate::bind::{placeholders, rows_per_statement};

/// Moves the heads of a batch; gives the streams, as printed, whose head stood where it was expected.
///
/// Heads are locked in the order of their streams and existing ones before new ones, on every node alike, so two
/// batches never wait for each other in a circle.
pub(super) async fn move_all(tx: &DatabaseTransaction, batch: &[&Append]) -> Result<BTreeSet<String>, DbErr> {
    let mut moves: Vec<Move<'_>> = batch.iter().copied().filter_map(Move::of).collect();
    moves.sort_by(|a, b| a.stream.cmp(&b.stream));
    let (new, existing): (Vec<_>, Vec<_>) = moves.into_iter().partition(|one| one.append.expected_n == 0);
    let mut moved = BTreeSet::new();
    lock(tx, &existing).await?;
    for chunk in existing.chunks(rows_per_statement(tx.get_database_backend(), 4)) {
        let sql = format!(
            "WITH v (stream, expected, n, leaf_hash) AS (VALUES {}) \
             UPDATE heads SET n = v.n, leaf_hash = v.leaf_hash FROM v \
             WHERE heads.stream = v.stream AND heads.n = v.expected RETURNING heads.stream AS stream",
            placeholders(chunk.len(), 4)
        );
        let values = chunk.iter().flat_map(|one| {
            [
                one.stream.clone().into(),
                (one.append.expected_n as i64).into(),
                one.n.into(),
                one.leaf_hash.clone().into(),
            ]
        });
        collect(tx, sql, values.collect(), &mut moved).await?;
    }
    for chunk in new.chunks(rows_per_statement(tx.get_database_backend(), 4)) {
        let sql = format!(
            "INSERT INTO heads (stream, organ, n, leaf_hash) VALUES {} ON CONFLICT (stream) DO NOTHING RETURNING stream",
            placeholders(chunk.len(), 4)
        );
        let values = chunk.iter().flat_map(|one| {
            [one.stream.clone().into(), one.append.organ.to_string().into(), one.n.into(), one.leaf_hash.clone().into()]
        });
        collect(tx, sql, values.collect(), &mut moved).await?;
    }
    Ok(moved)
}

struct Move<'a> {
    append: &'a Append,
    stream: String,
    n: i64,
    leaf_hash: Vec<u8>,
}

impl<'a> Move<'a> {
    /// `None` for an append without events, which was refused before.
    fn of(append: &'a Append) -> Option<Self> {
        let last = append.events.last()?;
        let n = i64::try_from(append.expected_n + append.events.len() as u64).ok()?;
        Some(Self { append, stream: append.stream.to_string(), n, leaf_hash: last.leaf_hash.to_vec() })
    }
}

/// PostgreSQL locks rows in the order of the plan; `ORDER BY … FOR UPDATE` makes it the order of the streams.
async fn lock(tx: &DatabaseTransaction, existing: &[Move<'_>]) -> Result<(), DbErr> {
    if tx.get_database_backend() != DbBackend::Postgres || existing.len() < 2 {
        return Ok(());
    }
    for chunk in existing.chunks(rows_per_statement(DbBackend::Postgres, 1)) {
        let sql = format!(
            "SELECT stream FROM heads WHERE stream IN (VALUES {}) ORDER BY stream FOR UPDATE",
            placeholders(chunk.len(), 1)
        );
        let values = chunk.iter().map(|one| Value::from(one.stream.clone()));
        tx.query_all_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    }
    Ok(())
}

async fn collect(
    tx: &DatabaseTransaction,
    sql: String,
    values: Vec<Value>,
    moved: &mut BTreeSet<String>,
) -> Result<(), DbErr> {
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    for row in tx.query_all_raw(statement).await? {
        moved.insert(row.try_get_by_index(0)?);
    }
    Ok(())
}
