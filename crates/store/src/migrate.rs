//! Migrations: numbered steps, each written once for each database, applied in order in one transaction.
//!
//! A database names its version in `schema_version`. Two programs that migrate at once wait for each other: SQLite's
//! write lock or an advisory lock of PostgreSQL is taken before the version is read. A crash leaves the old version
//! whole, because every step and the new number are committed together.

use dingce_app::ports::{StoreError, Table};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, Statement};

use crate::connect::{begin_write, migration_connection};
use crate::error::{Doing, OpenError};
use crate::options::StoreOptions;
use crate::{Store, tables};

struct Step {
    sqlite: &'static str,
    postgres: &'static str,
}

/// The steps; step `i` leads from version `i` to version `i + 1`.
const STEPS: &[Step] = &[
    Step {
        sqlite: include_str!("../migrations/0001.sqlite.sql"),
        postgres: include_str!("../migrations/0001.postgres.sql"),
    },
    Step {
        sqlite: include_str!("../migrations/0002.sqlite.sql"),
        postgres: include_str!("../migrations/0002.postgres.sql"),
    },
    Step {
        sqlite: include_str!("../migrations/0003.sqlite.sql"),
        postgres: include_str!("../migrations/0003.postgres.sql"),
    },
    Step {
        sqlite: include_str!("../migrations/0004.sqlite.sql"),
        postgres: include_str!("../migrations/0004.postgres.sql"),
    },
    Step {
        sqlite: include_str!("../migrations/0005.sqlite.sql"),
        postgres: include_str!("../migrations/0005.postgres.sql"),
    },
    Step {
        sqlite: include_str!("../migrations/0006.sqlite.sql"),
        postgres: include_str!("../migrations/0006.postgres.sql"),
    },
];

/// The schema version that this program writes.
pub const VERSION: u32 = STEPS.len() as u32;

/// Key of the advisory lock that migrations hold on PostgreSQL. Never change it: nodes of two releases must agree.
const LOCK: i64 = 0x6469_6e67_6365;

/// What a migration did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// The version before; 0 for an empty database.
    pub from: u32,
    /// The version now.
    pub to: u32,
    /// Read tables that are empty though there are events: they must be rebuilt before they are read.
    pub rebuild: Vec<String>,
}

impl Store {
    /// Brings a database to the schema that this program writes. Doing it twice, or on two nodes at once, is harmless.
    ///
    /// A SQLite file that does not exist is made. A read table whose description changed is made anew, empty, and
    /// reported in [`Migrated::rebuild`] until [`replace_rows`](dingce_app::ports::EventStore::replace_rows) fills it.
    ///
    /// # Errors
    /// [`OpenError::Newer`] for a database that a newer program wrote; nothing is changed then.
    pub async fn migrate(options: &StoreOptions) -> Result<Migrated, OpenError> {
        tables::check(&options.tables)?;
        let connection = migration_connection(&options.place()?).await?;
        let done = migrate_in(&connection, &options.tables).await;
        if let Err(error) = connection.close().await {
            tracing::warn!(%error, "the connection of the migration did not close");
        }
        done
    }

    /// Names of the read tables that must be rebuilt before they are read.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn needs_rebuild(&self) -> Result<Vec<String>, StoreError> {
        tables::needing_rebuild(&self.reader).await.doing("listing the read tables to rebuild")
    }
}

async fn migrate_in(connection: &DatabaseConnection, wanted: &[&'static Table]) -> Result<Migrated, OpenError> {
    let tx = begin_write(connection).await.doing("beginning the migration").map_err(OpenError::Migrate)?;
    if tx.get_database_backend() == DbBackend::Postgres {
        let lock =
            Statement::from_sql_and_values(DbBackend::Postgres, "SELECT pg_advisory_xact_lock($1)", [LOCK.into()]);
        tx.query_one_raw(lock).await.doing("waiting for another migration").map_err(OpenError::Migrate)?;
    }
    let from = version(&tx).await.map_err(OpenError::Migrate)?;
    if from > VERSION {
        return Err(OpenError::Newer { found: from, known: VERSION });
    }
    steps(&tx, from).await.map_err(OpenError::Migrate)?;
    let rebuild = tables::make(&tx, wanted).await.doing("making the read tables").map_err(OpenError::Migrate)?;
    tx.commit().await.doing("committing the migration").map_err(OpenError::Migrate)?;
    Ok(Migrated { from, to: VERSION, rebuild })
}

async fn steps(tx: &DatabaseTransaction, from: u32) -> Result<(), StoreError> {
    let backend = tx.get_database_backend();
    if from == 0 {
        let made = "CREATE TABLE schema_version (version bigint NOT NULL PRIMARY KEY);
             CREATE TABLE read_tables (name text NOT NULL PRIMARY KEY, shape text NOT NULL, rebuild bigint NOT NULL);";
        tx.execute_unprepared(made).await.doing("making schema_version")?;
    }
    for (number, step) in STEPS.iter().enumerate().skip(from as usize) {
        let sql = if backend == DbBackend::Sqlite { step.sqlite } else { step.postgres };
        tx.execute_unprepared(sql).await.doing(&format!("migrating to version {}", number + 1))?;
        let row = Statement::from_sql_and_values(
            backend,
            "INSERT INTO schema_version (version) VALUES ($1)",
            [(number as i64 + 1).into()],
        );
        tx.execute_raw(row).await.doing("writing the schema version")?;
    }
    Ok(())
}

/// Checks that the schema is the one this program writes.
pub(crate) async fn require_current(db: &DatabaseConnection, wanted: &[&'static Table]) -> Result<(), OpenError> {
    let found = version(db).await.map_err(OpenError::Connect)?;
    match found.cmp(&VERSION) {
        std::cmp::Ordering::Greater => return Err(OpenError::Newer { found, known: VERSION }),
        std::cmp::Ordering::Less => return Err(OpenError::Older { found, known: VERSION }),
        std::cmp::Ordering::Equal => {}
    }
    let tables = tables::differing(db, wanted).await.doing("comparing the read tables").map_err(OpenError::Connect)?;
    if tables.is_empty() { Ok(()) } else { Err(OpenError::OtherTables { tables }) }
}

/// The schema version of a database; 0 if it has none.
pub(crate) async fn version(db: &impl ConnectionTrait) -> Result<u32, StoreError> {
    let backend = db.get_database_backend();
    let known = match backend {
        DbBackend::Sqlite => "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'",
        _ => "SELECT count(*) FROM pg_class WHERE oid = to_regclass('schema_version')",
    };
    if number(db, known).await? == 0 {
        return Ok(0);
    }
    let found = number(db, "SELECT coalesce(max(version), 0) FROM schema_version").await?;
    u32::try_from(found).doing("reading the schema version")
}

async fn number(db: &impl ConnectionTrait, sql: &str) -> Result<i64, StoreError> {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    let row = row.doing("reading the schema version")?.ok_or("no row").doing("reading the schema version")?;
    row.try_get_by_index(0).doing("reading the schema version")
}
