//! A database that is older than its published log: entries put back in their places, and lost events brought back.
//!
//! What was published is never given another place. Of an event that the database has lost only the leaf is left, which is enough for
//! every proof and not for going on: its stream is locked (a trigger on `heads`) until a backup returns the event.

use std::collections::{BTreeMap, HashMap};

use dingce_app::ports::{
    Append, AppendError, Appended, HealError, Healed, KeptLeaf, LoggedHead, LostEvents, PublishedEntry, StoreError,
};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    Statement,
};

use crate::Store;
use crate::bind::{insert_all, placeholders, rows_per_statement, signed, unsigned};
use crate::entity::ledger::{log_entry, log_lost};
use crate::error::{Constraint, Doing, Failure};
use crate::read::{hash, parse};
use crate::rows::delete_keys;

/// The constraint of [`AppendError::Refused`] where what is brought back is not what was lost.
pub const NOT_WHAT_WAS_LOST: &str = "not_what_was_lost";

#[derive(FromQueryResult)]
struct Known {
    stream: String,
    n: i64,
    event: String,
    leaf_hash: Vec<u8>,
}

impl Store {
    pub(crate) async fn heal_log(
        &self,
        epoch: u64,
        from: u64,
        entries: Vec<PublishedEntry>,
    ) -> Result<Healed, HealError> {
        let doing = "putting entries of the log back";
        let tx = self.begin().await.doing(doing)?;
        let outcome = put_back(&tx, epoch, from, entries).await;
        match &outcome {
            Ok(_) => {
                self.reached("heal_before_commit");
                tx.commit().await.doing(doing)?;
                self.reached("heal_after_commit");
            }
            Err(_) => tx.rollback().await.doing(doing)?,
        }
        outcome
    }

    pub(crate) async fn read_lost(&self) -> Result<Vec<LostEvents>, StoreError> {
        let doing = "listing what is lost";
        let sql = "SELECT stream, min(n), max(n) FROM log_lost GROUP BY stream ORDER BY stream";
        let rows = self.reader.query_all_raw(Statement::from_string(self.backend(), sql)).await.doing(doing)?;
        rows.iter()
            .map(|row| {
                let number = |at| unsigned(row.try_get_by_index::<i64>(at).doing(doing)?);
                let stream: String = row.try_get_by_index(0).doing(doing)?;
                Ok(LostEvents { stream: parse(&stream)?, first: number(1)?, last: number(2)? })
            })
            .collect()
    }

    pub(crate) async fn read_lost_of_kind(&self, kind: &str) -> Result<Vec<PublishedEntry>, StoreError> {
        let query = log_lost::Entity::find().filter(log_lost::Column::Kind.eq(kind));
        let query = query.order_by_asc(log_lost::Column::Stream).order_by_asc(log_lost::Column::N);
        let rows = query.all(&self.reader).await.doing("listing what is lost")?;
        rows.into_iter()
            .map(|log_lost::Model { log_index: _, event, stream, n, kind, leaf, leaf_hash }| {
                let leaf = KeptLeaf { leaf, leaf_hash: hash(leaf_hash)? };
                Ok(PublishedEntry { event: parse(&event)?, stream: parse(&stream)?, n: unsigned(n)?, kind, leaf })
            })
            .collect()
    }

    /// Heads and what still waits for a place are read by one statement, which sees one moment. What is lost changes only while no
    /// server runs.
    pub(crate) async fn read_logged_heads(&self) -> Result<(u64, Vec<LoggedHead>), StoreError> {
        const HEADS: &str = "SELECT h.stream, coalesce(p.first - 1, h.n), coalesce(e.leaf_hash, h.leaf_hash), \
                (SELECT size FROM log_head WHERE id = 1) \
             FROM heads AS h \
             LEFT JOIN (SELECT stream, min(n) AS first FROM log_pending GROUP BY stream) AS p ON p.stream = h.stream \
             LEFT JOIN events AS e ON e.stream = h.stream AND e.n = p.first - 1 \
             WHERE p.first IS NULL OR p.first > 1";
        const LOST: &str = "SELECT stream, n, leaf_hash FROM log_lost AS l \
             WHERE n = (SELECT max(n) FROM log_lost WHERE stream = l.stream)";
        let doing = "reading how far each stream has come in the log";
        let lost = self.reader.query_all_raw(Statement::from_string(self.backend(), LOST)).await.doing(doing)?;
        let rows = self.reader.query_all_raw(Statement::from_string(self.backend(), HEADS)).await.doing(doing)?;
        let mut size = 0;
        let mut heads = BTreeMap::new();
        for (row, there) in rows.iter().map(|row| (row, true)).chain(lost.iter().map(|row| (row, false))) {
            let stream: String = row.try_get_by_index(0).doing(doing)?;
            let n = unsigned(row.try_get_by_index::<i64>(1).doing(doing)?)?;
            let leaf_hash = hash(row.try_get_by_index(2).doing(doing)?)?;
            if there {
                size = unsigned(row.try_get_by_index::<i64>(3).doing(doing)?)?;
            }
            heads.insert(stream.clone(), LoggedHead { stream: parse(&stream)?, n, leaf_hash });
        }
        Ok((size, heads.into_values().collect()))
    }

    pub(crate) async fn bring_events_back(&self, append: Append) -> Result<Appended, AppendError> {
        let broken = |error: DbErr| AppendError::Unavailable(StoreError::new("bringing lost events back", error));
        let tx = self.begin().await.map_err(broken)?;
        let done = self.return_events(&tx, &append).await;
        match done {
            Ok(()) => {
                tx.commit().await.map_err(broken)?;
                Ok(Appended { n: append.expected_n + append.events.len() as u64 })
            }
            Err(failure) => {
                tx.rollback().await.map_err(broken)?;
                Err(match failure {
                    Failure::Constraint(Constraint::Other(constraint)) => AppendError::Refused { constraint },
                    Failure::Constraint(_) => AppendError::Refused { constraint: "foreign key".to_owned() },
                    Failure::Transient(error) | Failure::Broken(error) => broken(error),
                })
            }
        }
    }

    /// The stream is unlocked for this transaction, written like any other, and locked again where more of it is lost.
    async fn return_events(&self, tx: &DatabaseTransaction, append: &Append) -> Result<(), Failure> {
        let not_lost = || Failure::Constraint(Constraint::Other(NOT_WHAT_WAS_LOST.to_owned()));
        let stream = append.stream.to_string();
        let lost = log_lost::Entity::find()
            .filter(log_lost::Column::Stream.eq(&stream))
            .order_by_asc(log_lost::Column::N)
            .all(tx)
            .await?;
        if append.events.is_empty() || lost.len() < append.events.len() {
            return Err(not_lost());
        }
        let mut places = HashMap::new();
        for ((event, n), lost) in append.events.iter().zip(append.expected_n as i64 + 1..).zip(&lost) {
            if lost.n != n || lost.event != event.event.to_string() || lost.leaf != event.leaf {
                return Err(not_lost());
            }
            places.insert(lost.event.clone(), lost.log_index);
        }
        let rest = lost[append.events.len()..].to_vec();
        log_lost::Entity::delete_many().filter(log_lost::Column::Stream.eq(&stream)).exec(tx).await?;
        if self.fill(tx, &[append]).await? != [true] {
            return Err(not_lost());
        }
        // They wait for a place as every new event does, and have one.
        let mut entries = Vec::new();
        for (event, n) in append.events.iter().zip(append.expected_n as i64 + 1..) {
            let id = event.event.to_string();
            let log_index = places.remove(&id).ok_or_else(not_lost)?;
            entries.push(log_entry::Model {
                log_index,
                event: id,
                stream: stream.clone(),
                n,
                kind: event.kind.clone(),
            });
        }
        let keys = entries.iter().map(|entry| vec![entry.event.clone().into()]).collect();
        insert_all::<log_entry::Entity, _>(tx, entries, None::<OnConflict>).await?;
        delete_keys(tx, "log_pending", &["event"], keys).await?;
        insert_all::<log_lost::Entity, _>(tx, rest, None::<OnConflict>).await?;
        Ok(())
    }
}

async fn put_back(
    tx: &DatabaseTransaction,
    epoch: u64,
    from: u64,
    entries: Vec<PublishedEntry>,
) -> Result<Healed, HealError> {
    let doing = "putting entries of the log back";
    let size = signed(from + entries.len() as u64)?;
    let swap = "UPDATE log_head SET size = $1 WHERE id = 1 AND size = $2 AND epoch = $3";
    let values = [size.into(), signed(from)?.into(), signed(epoch)?.into()];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), swap, values);
    if tx.execute_raw(statement).await.doing(doing)?.rows_affected() != 1 {
        return Err(HealError::Moved { expected: from });
    }
    let known = known(tx, &entries).await.doing(doing)?;
    let (mut placed, mut lost) = (Vec::new(), Vec::new());
    for (entry, log_index) in entries.into_iter().zip(signed(from)?..) {
        let PublishedEntry { event, stream, n, kind, leaf: KeptLeaf { leaf, leaf_hash } } = entry;
        let (event, name, number) = (event.to_string(), stream.to_string(), signed(n)?);
        match known.get(&(name.clone(), number)) {
            Some((there, hash)) if *there == event && *hash == leaf_hash => {
                placed.push(log_entry::Model { log_index, event, stream: name, n: number, kind });
            }
            Some(_) => return Err(HealError::Other { stream, n }),
            None => {
                let leaf_hash = leaf_hash.to_vec();
                lost.push(log_lost::Model { log_index, event, stream: name, n: number, kind, leaf, leaf_hash });
            }
        }
    }
    let healed = Healed { placed: placed.len() as u64, lost: lost.len() as u64 };
    let keys = placed.iter().map(|entry| vec![entry.event.clone().into()]).collect();
    insert_all::<log_entry::Entity, _>(tx, placed, None::<OnConflict>).await.doing(doing)?;
    delete_keys(tx, "log_pending", &["event"], keys).await.doing(doing)?;
    insert_all::<log_lost::Entity, _>(tx, lost, None::<OnConflict>).await.doing(doing)?;
    Ok(healed)
}

/// What stands where these entries' events would stand.
async fn known(
    tx: &DatabaseTransaction,
    entries: &[PublishedEntry],
) -> Result<HashMap<(String, i64), (String, Vec<u8>)>, DbErr> {
    let backend = tx.get_database_backend();
    let mut known = HashMap::new();
    for chunk in entries.chunks(rows_per_statement(backend, 2)) {
        let sql = format!(
            "SELECT stream, n, event, leaf_hash FROM events WHERE (stream, n) IN (VALUES {})",
            placeholders(chunk.len(), 2)
        );
        let values = chunk
            .iter()
            .flat_map(|entry| [sea_orm::Value::from(entry.stream.to_string()), sea_orm::Value::from(entry.n as i64)]);
        let statement = Statement::from_sql_and_values(backend, sql, values);
        for Known { stream, n, event, leaf_hash } in Known::find_by_statement(statement).all(tx).await? {
            known.insert((stream, n), (event, leaf_hash));
        }
    }
    Ok(known)
}
