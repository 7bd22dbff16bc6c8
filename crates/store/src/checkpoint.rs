//! Checkpoints of the log: its length and root at a moment, numbered without gaps, never going back in size or time.
//!
//! The number is the lock: of two nodes that record one at once, one finds the number taken and looks again. So the first
//! checkpoint at or after an instant is the same for whoever asks, as soon as there is one.

use dingce_app::ports::{KeptLeaf, Millis, StoreError, StoredCheckpoint};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QueryResult,
    Statement,
};

use crate::Store;
use crate::bind::{signed, unsigned};
use crate::entity::ledger::{log_checkpoint, log_entry, log_lost};
use crate::error::Doing;
use crate::read::hash;

impl Store {
    pub(crate) async fn read_log_place(
        &self,
        stream: dingce_domain::id::StreamId,
        n: u64,
    ) -> Result<Option<u64>, StoreError> {
        let doing = "looking up a place in the log";
        let (stream, n) = (stream.to_string(), signed(n)?);
        let found = log_entry::Entity::find()
            .filter(log_entry::Column::Stream.eq(&stream))
            .filter(log_entry::Column::N.eq(n))
            .one(&self.reader)
            .await
            .doing(doing)?;
        if let Some(row) = found {
            return unsigned(row.log_index).map(Some);
        }
        let lost = log_lost::Entity::find()
            .filter(log_lost::Column::Stream.eq(&stream))
            .filter(log_lost::Column::N.eq(n))
            .one(&self.reader)
            .await
            .doing(doing)?;
        lost.map(|row| unsigned(row.log_index)).transpose()
    }

    pub(crate) async fn read_log_leaves(&self, from: u64, limit: u64) -> Result<Vec<[u8; 32]>, StoreError> {
        let doing = "reading leaves of the log";
        let rows = self.log_columns("leaf_hash", from, limit, doing).await?;
        rows.iter().map(|row| hash(row.try_get_by_index(0).doing(doing)?)).collect()
    }

    pub(crate) async fn read_log_entries(&self, from: u64, limit: u64) -> Result<Vec<KeptLeaf>, StoreError> {
        let doing = "reading entries of the log";
        let rows = self.log_columns("leaf_hash, leaf", from, limit, doing).await?;
        let kept = |row: &QueryResult| {
            let leaf_hash = hash(row.try_get_by_index(0).doing(doing)?)?;
            Ok(KeptLeaf { leaf: row.try_get_by_index(1).doing(doing)?, leaf_hash })
        };
        rows.iter().map(kept).collect()
    }

    /// Columns of entries in the order of their places: of events that are there, and of those that are lost.
    async fn log_columns(
        &self,
        columns: &str,
        from: u64,
        limit: u64,
        doing: &str,
    ) -> Result<Vec<QueryResult>, StoreError> {
        let sql = format!(
            "SELECT {columns} FROM (\
                SELECT log_index, {columns} FROM log_entry JOIN events ON events.event = log_entry.event \
                WHERE log_index >= $1 AND log_index < $2 \
                UNION ALL SELECT log_index, {columns} FROM log_lost WHERE log_index >= $1 AND log_index < $2\
             ) AS entries ORDER BY log_index"
        );
        let values = [signed(from)?.into(), signed(from.saturating_add(limit))?.into()];
        let rows = self.reader.query_all_raw(Statement::from_sql_and_values(self.backend(), sql, values)).await;
        rows.doing(doing)
    }

    pub(crate) async fn read_last_checkpoint(&self) -> Result<Option<StoredCheckpoint>, StoreError> {
        let found = log_checkpoint::Entity::find()
            .order_by_desc(log_checkpoint::Column::Number)
            .one(&self.reader)
            .await
            .doing("reading the last checkpoint")?;
        found.map(stored).transpose()
    }

    pub(crate) async fn read_checkpoint(
        &self,
        at: Millis,
        size_least: u64,
    ) -> Result<Option<StoredCheckpoint>, StoreError> {
        let found = log_checkpoint::Entity::find()
            .filter(log_checkpoint::Column::RecordedAt.gte(at))
            .filter(log_checkpoint::Column::Size.gte(signed(size_least)?))
            .order_by_asc(log_checkpoint::Column::Number)
            .one(&self.reader)
            .await
            .doing("reading a checkpoint")?;
        found.map(stored).transpose()
    }

    pub(crate) async fn write_checkpoint(&self, checkpoint: StoredCheckpoint) -> Result<bool, StoreError> {
        let doing = "recording a checkpoint";
        let StoredCheckpoint { number, size, root, subtrees, recorded_at } = checkpoint;
        let (number, size) = (signed(number)?, signed(size)?);
        let row = log_checkpoint::Model { number, size, root: root.to_vec(), subtrees, recorded_at };
        match row.into_active_model().insert(&self.writer).await {
            Ok(_) => Ok(true),
            Err(error) => {
                // Another node was faster: the number is taken, or no longer the next one.
                let last = self.read_last_checkpoint().await?;
                let taken = last.is_some_and(|last| signed(last.number).is_ok_and(|known| known >= number));
                if taken { Ok(false) } else { Err(error).doing(doing) }
            }
        }
    }
}

fn stored(row: log_checkpoint::Model) -> Result<StoredCheckpoint, StoreError> {
    let log_checkpoint::Model { number, size, root, subtrees, recorded_at } = row;
    Ok(StoredCheckpoint { number: unsigned(number)?, size: unsigned(size)?, root: hash(root)?, subtrees, recorded_at })
}
