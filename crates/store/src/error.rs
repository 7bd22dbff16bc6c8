//! What can go wrong: opening a store, and the classes of errors that a database gives.

use dingce_app::ports::StoreError;
use sea_orm::sqlx::error::{DatabaseError, Error as SqlxError};
use sea_orm::{DbErr, RuntimeErr};

/// Why a database cannot be opened, migrated or restored.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL names neither a SQLite file nor a PostgreSQL server.
    #[error("expected a database URL of the form sqlite:PATH or postgres://USER@HOST/DATABASE")]
    Url,
    /// The database cannot be reached.
    #[error("the database cannot be reached")]
    Connect(#[source] StoreError),
    /// A newer version of the program wrote this database. Nothing was changed.
    #[error(
        "the database has schema version {found}, but this program knows versions up to {known}; use a newer program"
    )]
    Newer {
        /// The version found.
        found: u32,
        /// The newest version this program knows.
        known: u32,
    },
    /// The database is empty or older than this program: it must be migrated first.
    #[error("the database has schema version {found}, but this program needs {known}; run the migration first")]
    Older {
        /// The version found; 0 for an empty database.
        found: u32,
        /// The version this program writes.
        known: u32,
    },
    /// Read tables have another shape than this program's: the database must be migrated first.
    #[error("read tables have another shape than this program's ({}); run the migration first", tables.join(", "))]
    OtherTables {
        /// Their names.
        tables: Vec<&'static str>,
    },
    /// The description of a read table cannot be a table.
    #[error("the read table {table} cannot be made: {problem}")]
    Table {
        /// Its name.
        table: &'static str,
        /// What is wrong.
        problem: &'static str,
    },
    /// The migration failed; it was undone.
    #[error("the migration failed")]
    Migrate(#[source] StoreError),
}

/// What an error of the database means for a write.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A constraint or trigger refused a row; the name or sentence of it. Repeating gives the same answer.
    Constraint(Constraint),
    /// Two transactions got in each other's way; repeating may succeed.
    Transient(DbErr),
    /// Connection, disk or anything else; the outcome of a commit may be unknown.
    Broken(DbErr),
}

/// A constraint that refused a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Constraint {
    /// The primary key of `idempotency`.
    IdempotencyKey,
    /// A foreign key that the database does not name.
    UnnamedForeignKey,
    /// Another, by name or in the database's words.
    Other(String),
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        let Some(database) = database_error(&error) else { return Self::Broken(error) };
        let code = database.code().unwrap_or_default();
        if let Ok(number) = code.parse::<u32>()
            && database.try_downcast_ref::<sea_orm::sqlx::sqlite::SqliteError>().is_some()
        {
            return match number & 0xff {
                19 => Self::Constraint(sqlite_constraint(number, database.message())),
                5 | 6 => Self::Transient(error),
                _ => Self::Broken(error),
            };
        }
        match code.as_ref() {
            "40001" | "40P01" => Self::Transient(error),
            "23505" if database.constraint() == Some("idempotency_pkey") => {
                Self::Constraint(Constraint::IdempotencyKey)
            }
            other if other.starts_with("23") || other.starts_with("22") || other == "P0001" => {
                let said = database.constraint().unwrap_or_else(|| database.message());
                Self::Constraint(Constraint::Other(said.to_owned()))
            }
            _ => Self::Broken(error),
        }
    }
}

/// SQLite names CHECK constraints and the columns of unique ones, but no foreign key.
fn sqlite_constraint(code: u32, message: &str) -> Constraint {
    const FOREIGN_KEY: u32 = 787;
    if code == FOREIGN_KEY {
        return Constraint::UnnamedForeignKey;
    }
    let said = message.split_once("constraint failed: ").map_or(message, |(_, what)| what);
    if said.starts_with("idempotency.") {
        return Constraint::IdempotencyKey;
    }
    Constraint::Other(said.to_owned())
}

fn database_error(error: &DbErr) -> Option<&dyn DatabaseError> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(source))
        | DbErr::Exec(RuntimeErr::SqlxError(source))
        | DbErr::Query(RuntimeErr::SqlxError(source)) => match source.as_ref() {
            SqlxError::Database(database) => Some(database.as_ref()),
            _ => None,
        },
        _ => None,
    }
}

/// Turns an error of the database into the port's, saying what was being done.
pub(crate) trait Doing<T> {
    /// Says what was being done.
    fn doing(self, what: &str) -> Result<T, StoreError>;
}

impl<T, E: Into<Box<dyn std::error::Error + Send + Sync>>> Doing<T> for Result<T, E> {
    fn doing(self, what: &str) -> Result<T, StoreError> {
        self.map_err(|error| StoreError::new(what, error))
    }
}
