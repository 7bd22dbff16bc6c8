//! Copying a database out and back in, with the databases' own means.
//!
//! SQLite writes a compact copy of one moment while it serves (`VACUUM INTO`); PostgreSQL's own `pg_dump` and
//! `pg_restore` are run. A copy appears under its name only when it is whole and durable.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};

use dingce_app::ports::StoreError;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tokio::process::Command;

use crate::Store;
use crate::connect::{copying_connection, migration_connection};
use crate::error::{Doing, OpenError};
use crate::options::{Place, percent_decode};

/// Why a database could not be copied out or back in.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A program of PostgreSQL is not installed.
    #[error("the program {program} was not found; install the Debian package postgresql-client")]
    ProgramMissing {
        /// Its name.
        program: &'static str,
    },
    /// A program of PostgreSQL failed.
    #[error("{program} failed: {said}")]
    ProgramFailed {
        /// Its name.
        program: &'static str,
        /// What it said.
        said: String,
    },
    /// The folder already holds a copy; nothing was overwritten.
    #[error("{} already exists; choose an empty folder", path.display())]
    Exists {
        /// The copy.
        path: PathBuf,
    },
    /// The folder holds no copy for this kind of database.
    #[error("{} does not exist", path.display())]
    NoCopy {
        /// What was looked for.
        path: PathBuf,
    },
    /// The database to restore into holds something; nothing was overwritten.
    #[error("the database is not empty; a copy is restored only into an empty one")]
    NotEmpty,
    /// The database cannot be reached.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Reading or writing failed.
    #[error("copying the database failed")]
    Failed(#[source] StoreError),
}

const SQLITE_COPY: &str = "database.sqlite";
const POSTGRES_COPY: &str = "database.pgdump";

impl Store {
    /// Copies the database into a folder, which is made if there is none; gives the file written.
    ///
    /// The copy is of one moment; the store goes on serving.
    ///
    /// # Errors
    /// [`BackupError::Exists`] if the folder holds a copy; [`BackupError::ProgramMissing`] where PostgreSQL's
    /// `pg_dump` is not installed.
    pub async fn backup_database(&self, folder: &Path) -> Result<PathBuf, BackupError> {
        std::fs::create_dir_all(folder).doing("making the folder").map_err(BackupError::Failed)?;
        let copy = folder.join(copy_name(&self.place));
        if copy.exists() {
            return Err(BackupError::Exists { path: copy });
        }
        let part = copy.with_extension("part");
        let _ = std::fs::remove_file(&part);
        match &self.place {
            Place::Sqlite(path) => {
                let into = part.to_string_lossy().into_owned();
                let vacuum = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO $1", [into.into()]);
                // Readers may not write, not even elsewhere, and the writer must not wait for the copy.
                let connection = copying_connection(path).await?;
                connection.execute_raw(vacuum).await.doing("copying the SQLite file").map_err(BackupError::Failed)?;
                connection.close().await.doing("copying the SQLite file").map_err(BackupError::Failed)?;
            }
            Place::Postgres(url) => {
                let file: OsString = [OsString::from("--file="), part.clone().into()].into_iter().collect();
                run("pg_dump", url, &["--format=custom".into(), file]).await?;
            }
        }
        keep(&part, &copy).doing("keeping the copy").map_err(BackupError::Failed)?;
        Ok(copy)
    }

    /// Brings the copy in a folder back, into a database that is empty or a SQLite file that does not exist.
    ///
    /// The restored database has the version it had; [`Store::open`] says if it must be migrated.
    ///
    /// # Errors
    /// [`BackupError::NotEmpty`], [`BackupError::NoCopy`], or [`BackupError::ProgramMissing`] where PostgreSQL's
    /// `pg_restore` is not installed.
    pub async fn restore_database(url: &str, folder: &Path) -> Result<(), BackupError> {
        let place = Place::of(url)?;
        let copy = folder.join(copy_name(&place));
        if !copy.is_file() {
            return Err(BackupError::NoCopy { path: copy });
        }
        match &place {
            Place::Sqlite(path) => {
                // A write-ahead log left beside the file would be played into the restored one.
                let beside = ["-wal", "-shm"].map(|end| PathBuf::from(format!("{}{end}", path.display())));
                if path.exists() || beside.iter().any(|path| path.exists()) {
                    return Err(BackupError::NotEmpty);
                }
                let part = path.with_extension("part");
                let copied = std::fs::copy(&copy, &part).and_then(|_| keep(&part, path));
                copied.doing("bringing the SQLite file back").map_err(BackupError::Failed)
            }
            Place::Postgres(url) => {
                require_empty(&place).await?;
                let asked = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"];
                let mut arguments: Vec<OsString> = asked.iter().map(OsString::from).collect();
                arguments.push(copy.into());
                run("pg_restore", url, &arguments).await
            }
        }
    }
}

const fn copy_name(place: &Place) -> &'static str {
    match place {
        Place::Sqlite(_) => SQLITE_COPY,
        Place::Postgres(_) => POSTGRES_COPY,
    }
}

/// Makes a finished file durable and then gives it its name.
fn keep(part: &Path, copy: &Path) -> std::io::Result<()> {
    File::open(part)?.sync_all()?;
    std::fs::rename(part, copy)?;
    match copy.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

async fn require_empty(place: &Place) -> Result<(), BackupError> {
    let connection = migration_connection(place).await?;
    let sql = "SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace \
               WHERE nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND relkind IN ('r', 'v', 'S')";
    let row = connection.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await;
    let row = row.doing("looking into the database").map_err(BackupError::Failed)?;
    let found = row.map_or(Ok(0), |row| row.try_get_by_index::<i64>(0));
    let found = found.doing("looking into the database").map_err(BackupError::Failed)?;
    let _ = connection.close().await;
    if found == 0 { Ok(()) } else { Err(BackupError::NotEmpty) }
}

/// Runs a program of PostgreSQL on a database. The password goes by environment: other users can read arguments.
async fn run(program: &'static str, url: &str, arguments: &[OsString]) -> Result<(), BackupError> {
    let path = find(program).ok_or(BackupError::ProgramMissing { program })?;
    let (url, password) = split_password(url);
    let mut command = Command::new(path);
    command.arg("--no-password").arg(format!("--dbname={url}")).args(arguments).kill_on_drop(true);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    let output = command.output().await.doing("running a program").map_err(BackupError::Failed)?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(BackupError::ProgramFailed { program, said })
}

/// The newest installed version first: it can read older servers, not the other way round.
fn find(program: &str) -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let number = |entry: &std::fs::DirEntry| entry.file_name().to_str()?.parse::<u32>().ok();
    let mut installed: Vec<(u32, PathBuf)> =
        versions.filter_map(|entry| Some((number(&entry)?, entry.path().join("bin")))).collect();
    installed.sort();
    let on_path = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let folders = installed.into_iter().rev().map(|(_, folder)| folder).chain(on_path.unwrap_or_default());
    folders.map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// Takes the password out of `scheme://user:password@host/…`.
fn split_password(url: &str) -> (String, Option<String>) {
    let whole = || (url.to_owned(), None);
    let Some((scheme, rest)) = url.split_once("://") else { return whole() };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let Some((user, host)) = authority.rsplit_once('@') else { return whole() };
    let Some((name, password)) = user.split_once(':') else { return whole() };
    let after = &rest[authority.len()..];
    match percent_decode(password) {
        Some(password) => (format!("{scheme}://{name}@{host}{after}"), Some(password)),
        None => whole(),
    }
}

#[cfg(test)]
mod tests {
    use super::split_password;

    #[test]
    fn the_password_leaves_the_url() {
        let split = split_password("postgres://dingce:a%40b@db.example:5432/dingce?sslmode=require");
        assert_eq!(split, ("postgres://dingce@db.example:5432/dingce?sslmode=require".into(), Some("a@b".into())));
        assert_eq!(split_password("postgres://a@b/c"), ("postgres://a@b/c".into(), None));
        assert_eq!(split_password("postgres://b/c"), ("postgres://b/c".into(), None));
    }
}
