//! How a store is opened.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use dingce_app::ports::Table;
use sea_orm::DbBackend;

use crate::error::OpenError;

/// Called with the name of each step of an append, so that a test can end the process there.
///
/// The steps, in order: `begin`, `heads`, `events`, `rows`, `before_commit`, `after_commit`; of places in the log
/// `places_swapped`, `places_given`, `places_before_commit` and `places_after_commit`; of healing `heal_before_commit` and
/// `heal_after_commit`.
pub type Fault = Arc<dyn Fn(&'static str) + Send + Sync>;

/// How a store is opened.
#[derive(Clone)]
pub struct StoreOptions {
    /// `sqlite:PATH`, `sqlite://PATH` or `postgres://…`. A path with `?` or `%` must be percent-encoded.
    pub url: String,
    /// The read tables that this program keeps.
    pub tables: Vec<&'static Table>,
    /// Most connections: to PostgreSQL in all, to SQLite for reading (there is one more, for writing).
    pub connections: u32,
    /// How long one call waits for a connection before it answers that the database is unavailable.
    pub connect_timeout: Duration,
    /// For tests only; absent in a running server.
    pub fault: Option<Fault>,
}

impl StoreOptions {
    /// The usual options for a database: 8 connections, 5 seconds of waiting.
    pub fn new(url: impl Into<String>, tables: Vec<&'static Table>) -> Self {
        Self { url: url.into(), tables, connections: 8, connect_timeout: Duration::from_secs(5), fault: None }
    }

    /// Which database the URL names.
    pub(crate) fn place(&self) -> Result<Place, OpenError> {
        Place::of(&self.url)
    }
}

impl std::fmt::Debug for StoreOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { url: _, tables, connections, connect_timeout, fault: _ } = self;
        // The URL may hold a password.
        f.debug_struct("StoreOptions")
            .field("tables", &tables.len())
            .field("connections", connections)
            .field("connect_timeout", connect_timeout)
            .finish_non_exhaustive()
    }
}

/// Where a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL database, by URL.
    Postgres(String),
}

impl Place {
    /// Reads a database URL.
    pub(crate) fn of(url: &str) -> Result<Self, OpenError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"));
        match path {
            Some(path) if !path.is_empty() && !path.contains('?') && path != ":memory:" => {
                let decoded = percent_decode(path).ok_or(OpenError::Url)?;
                Ok(Self::Sqlite(PathBuf::from(decoded)))
            }
            _ => Err(OpenError::Url),
        }
    }

    pub(crate) const fn backend(&self) -> DbBackend {
        match self {
            Self::Sqlite(_) => DbBackend::Sqlite,
            Self::Postgres(_) => DbBackend::Postgres,
        }
    }
}

/// Decodes `%XX`; `None` where a percent sign is not followed by two hex digits or the result is not UTF-8.
pub(crate) fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first == b'%' {
            bytes.push(hex::decode(tail.get(..2)?).ok()?[0]);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_file_or_a_server() {
        for (url, path) in [
            ("sqlite:dingce.sqlite", "dingce.sqlite"),
            ("sqlite:///var/lib/dingce.sqlite", "/var/lib/dingce.sqlite"),
            ("sqlite:/var/%e5%ae%9a.sqlite", "/var/定.sqlite"),
        ] {
            assert_eq!(Place::of(url).expect(url), Place::Sqlite(path.into()));
        }
        assert!(matches!(Place::of("postgres://a@b/c"), Ok(Place::Postgres(_))));
        for url in ["", "sqlite:", "sqlite::memory:", "mysql://a/b", "sqlite:a?mode=ro", "sqlite:%zz", "sqlite:%"] {
            assert!(matches!(Place::of(url), Err(OpenError::Url)), "{url}");
        }
    }
}
