//! Connections: one writer and a pool of readers on SQLite, one pool on PostgreSQL.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use dingce_app::ports::StoreError;
use sea_orm::sqlx::pool::PoolOptions;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{ConnectOptions, Connection, Database, Executor, Postgres, Sqlite};
use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};

use crate::error::{Doing, OpenError};
use crate::gather::Gathered;
use crate::options::{Fault, Place, StoreOptions};
use crate::{migrate, tables};

/// How long SQLite waits for the writer of another process before it answers "busy".
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Statements that a connection keeps prepared. A batch has a statement for each table and number of rows, some three hundred in all
/// for the 32 smallest numbers; with the usual hundred nearly every batch would be parsed anew.
const STATEMENTS: usize = 400;
/// A PostgreSQL connection that was idle for longer is tried before it is used.
const TRY_AFTER_IDLE: Duration = Duration::from_secs(5);
/// On PostgreSQL a lock is waited for 10 seconds, and a node that vanished in the middle of a transaction holds its
/// locks for a minute. A migration has no such limits: it waits for the other one.
const LIMITS: &str = "SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s'";

/// The event store: implements the application's event port on SQLite and PostgreSQL.
///
/// Cloning gives another handle to the same connections.
#[derive(Clone)]
pub struct Store {
    /// Where writes go. On SQLite this is the only connection that may write.
    pub(crate) writer: DatabaseConnection,
    /// Where reads go. On SQLite these connections refuse to write.
    pub(crate) reader: DatabaseConnection,
    pub(crate) place: Place,
    pub(crate) tables: Vec<&'static dingce_app::ports::Table>,
    pub(crate) fault: Option<Fault>,
    /// Small reads, made together.
    pub(crate) gathered: Arc<Gathered>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("backend", &self.place.backend()).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens a database whose schema is the one this program writes.
    ///
    /// # Errors
    /// [`OpenError::Older`] for an empty or older database and [`OpenError::OtherTables`] where a read table changed:
    /// run [`Store::migrate`] first. [`OpenError::Newer`] for a database that a newer program wrote: nothing helps
    /// but a newer program. [`OpenError::Connect`] where the database cannot be reached, or where the SQLite file
    /// does not exist.
    pub async fn open(options: StoreOptions) -> Result<Self, OpenError> {
        tables::check(&options.tables)?;
        let place = options.place()?;
        let (writer, reader) = match &place {
            Place::Sqlite(path) => {
                let existing = || sqlite_options(path).create_if_missing(false);
                let writer = sqlite_pool(existing(), 1, options.connect_timeout).await?;
                let reading = existing().pragma("query_only", "ON");
                (writer, sqlite_pool(reading, options.connections, options.connect_timeout).await?)
            }
            Place::Postgres(url) => {
                let pool = postgres_pool(url, options.connections, options.connect_timeout, LIMITS).await?;
                (pool.clone(), pool)
            }
        };
        let StoreOptions { url: _, tables, connections: _, connect_timeout: _, fault } = options;
        let gathered = Arc::new(Gathered::over(&reader, &tables));
        let store = Self { writer, reader, place, tables, fault, gathered };
        migrate::require_current(&store.reader, &store.tables).await?;
        Ok(store)
    }

    /// Closes all connections; calls that run are finished first.
    ///
    /// # Errors
    /// If a connection could not be closed.
    pub async fn close(self) -> Result<(), StoreError> {
        let Self { writer, reader, .. } = self;
        reader.close().await.doing("closing the readers")?;
        writer.close().await.doing("closing the writer")
    }

    pub(crate) const fn backend(&self) -> DbBackend {
        self.place.backend()
    }

    /// Begins a transaction that may write: on SQLite it takes the write lock at once.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        begin_write(&self.writer).await
    }

    /// Tells a test that a step was reached.
    pub(crate) fn reached(&self, step: &'static str) {
        if let Some(fault) = &self.fault {
            fault(step);
        }
    }
}

pub(crate) async fn begin_write(connection: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let immediate = Some(SqliteTransactionMode::Immediate);
    connection.begin_with_options(TransactionOptions { sqlite_transaction_mode: immediate, ..Default::default() }).await
}

/// One connection for a migration; makes the SQLite file if there is none.
pub(crate) async fn migration_connection(place: &Place) -> Result<DatabaseConnection, OpenError> {
    const WAIT: Duration = Duration::from_secs(30);
    match place {
        Place::Sqlite(path) => sqlite_pool(sqlite_options(path).create_if_missing(true), 1, WAIT).await,
        Place::Postgres(url) => postgres_pool(url, 1, WAIT, "").await,
    }
}

/// One more connection to an existing SQLite file, for copying it.
pub(crate) async fn copying_connection(path: &Path) -> Result<DatabaseConnection, OpenError> {
    sqlite_pool(sqlite_options(path).create_if_missing(false), 1, Duration::from_secs(30)).await
}

fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        // A row replaced by INSERT OR REPLACE meets the triggers against deletion.
        .pragma("recursive_triggers", "ON")
        // The bytes of an erased key are overwritten, not only forgotten.
        .pragma("secure_delete", "ON")
        // The pages that acts touch stay in memory (64 MiB), and go into the file in larger parts (32 MiB of log) than the usual 4 MiB: an
        // index page that a hundred acts change is then written there once.
        .pragma("cache_size", "-65536")
        .pragma("wal_autocheckpoint", "8192")
        .statement_cache_capacity(STATEMENTS)
        .disable_statement_logging()
}

async fn sqlite_pool(
    options: SqliteConnectOptions,
    connections: u32,
    wait: Duration,
) -> Result<DatabaseConnection, OpenError> {
    let pool = pool_options::<Sqlite>(connections, wait).idle_timeout(None).max_lifetime(None);
    let pool = pool.before_acquire(|connection, _| Box::pin(async move { Ok(is_at_rest(connection)) }));
    let pool = pool.connect_with(options).await.doing("opening the SQLite file").map_err(OpenError::Connect)?;
    Ok(DatabaseConnection::from(pool))
}

async fn postgres_pool(
    url: &str,
    connections: u32,
    wait: Duration,
    limits: &'static str,
) -> Result<DatabaseConnection, OpenError> {
    // The cause may repeat the URL with its password, so it is not kept.
    let options = PgConnectOptions::from_str(url).map_err(|_| OpenError::Url)?;
    let options = options.statement_cache_capacity(STATEMENTS).disable_statement_logging();
    let pool = pool_options::<Postgres>(connections, wait)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                // A commit is answered only when it is durable; a stricter setting of the server is left as it is.
                connection
                    .execute(
                        "SELECT set_config('synchronous_commit', 'on', false) \
                         WHERE current_setting('synchronous_commit') IN ('off', 'local')",
                    )
                    .await?;
                connection.execute("SET default_transaction_isolation = 'read committed'").await?;
                connection.execute(limits).await?;
                Ok(())
            })
        })
        .before_acquire(|connection, about| {
            Box::pin(async move {
                let answers = about.idle_for < TRY_AFTER_IDLE || connection.ping().await.is_ok();
                Ok(answers && is_at_rest(connection))
            })
        });
    let pool = pool.connect_with(options).await.doing("connecting to PostgreSQL").map_err(OpenError::Connect)?;
    Ok(DatabaseConnection::from(pool))
}

/// Whether no transaction is counted as open on a connection. Where SQLite takes one back by itself, as a commit that meets a full disk,
/// the library still counts it, and makes the next ones savepoints inside of it: an act would be answered that is not durable. Such a
/// connection is given up, and another is opened.
fn is_at_rest<C: Connection>(connection: &C) -> bool {
    !connection.is_in_transaction()
}

fn pool_options<DB: Database>(connections: u32, wait: Duration) -> PoolOptions<DB> {
    PoolOptions::new().max_connections(connections.max(1)).acquire_timeout(wait).test_before_acquire(false)
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, Statement};

    use super::*;

    async fn pragma(connection: &DatabaseConnection, name: &str) -> i64 {
        let asked = Statement::from_string(DbBackend::Sqlite, format!("PRAGMA {name}"));
        let row = connection.query_one_raw(asked).await.expect("asked").expect("a row");
        row.try_get_by_index(0).expect("a number")
    }

    #[tokio::test]
    async fn sqlite_is_durable_and_its_readers_cannot_write() {
        let (_folder, url) = dingce_testkit::sqlite::database();
        let options = StoreOptions::new(url, vec![]);
        Store::migrate(&options).await.expect("migrated");
        let store = Store::open(options).await.expect("opened");
        const FULL: i64 = 2;
        for (connection, query_only) in [(&store.writer, 0), (&store.reader, 1)] {
            assert_eq!(pragma(connection, "synchronous").await, FULL);
            assert_eq!(pragma(connection, "foreign_keys").await, 1);
            assert_eq!(pragma(connection, "recursive_triggers").await, 1);
            assert_eq!(pragma(connection, "busy_timeout").await, 5_000);
            assert_eq!(pragma(connection, "query_only").await, query_only);
        }
        let refused = store.reader.execute_unprepared("UPDATE log_head SET size = 5").await;
        refused.expect_err("a reader cannot write");
    }
}
