//! Destroying what was sealed of one subject.

use dingce_app::ports::{Destroy, StoreError};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement};

use crate::Store;
use crate::bind::{has_nul, signed};
use crate::entity::event::{sealed_bodies, subject_keys};
use crate::entity::work::{idempotency, snapshots};
use crate::error::Doing;

/// What stands in the place of the digest of an input that named somebody. No digest has this form, so the same request
/// sent again is refused as another one, and is never taken a second time.
const NO_DIGEST: &str = "erased";

impl Store {
    /// Destroys what could confirm a guess of what an event held, the snapshot of its stream, and with `identity` the key of
    /// the subject and every body sealed under it with the key of its commitment. Gives how many bodies went; twice is as
    /// once.
    ///
    /// On SQLite the deleted bytes are overwritten (`secure_delete`) and the write-ahead log is emptied before this returns. On
    /// PostgreSQL old row versions stay in the files until `VACUUM FULL`, and in its write-ahead log until that is recycled.
    ///
    /// # Errors
    /// If the database fails, or on SQLite if somebody reads so long that the write-ahead log cannot be emptied: then it is
    /// destroyed already, and the next call ends it.
    pub(crate) async fn destroy_subject(&self, what: &Destroy) -> Result<u64, StoreError> {
        let Destroy { stream, n, subject, identity } = what;
        if has_nul(subject) {
            return Ok(0);
        }
        let doing = "destroying what was sealed of a subject";
        self.reached("destroy");
        let tx = self.begin().await.doing(doing)?;
        let mut bodies = 0;
        if *identity {
            subject_keys::Entity::delete_by_id(subject.as_str()).exec(&tx).await.doing(doing)?;
            let own = sealed_bodies::Column::Subject.eq(subject.as_str());
            let gone = sealed_bodies::Entity::delete_many().filter(own).exec(&tx).await.doing(doing)?;
            bodies = gone.rows_affected;
        }
        let answers = idempotency::Entity::update_many()
            .col_expr(idempotency::Column::InputDigest, Expr::value(NO_DIGEST))
            .filter(idempotency::Column::Stream.eq(stream.to_string()))
            .filter(idempotency::Column::N.eq(signed(*n)?));
        answers.exec(&tx).await.doing(doing)?;
        snapshots::Entity::delete_by_id(stream.to_string()).exec(&tx).await.doing(doing)?;
        tx.commit().await.doing(doing)?;
        self.reached("destroyed");
        self.empty_write_ahead_log().await?;
        Ok(bodies)
    }

    /// Moves what the write-ahead log holds into the file and empties it: a page as it was before stands in it until then.
    async fn empty_write_ahead_log(&self) -> Result<(), StoreError> {
        if self.backend() != DbBackend::Sqlite {
            return Ok(());
        }
        let doing = "emptying the write-ahead log";
        let sql = Statement::from_string(DbBackend::Sqlite, "PRAGMA wal_checkpoint(TRUNCATE)");
        let rows = self.writer.query_all_raw(sql).await.doing(doing)?;
        let busy = rows.first().map(|row| row.try_get_by_index::<i64>(0)).transpose().doing(doing)?;
        match busy {
            Some(0) => Ok(()),
            _ => Err(StoreError::new(doing, "somebody is still reading from it")),
        }
    }
}
