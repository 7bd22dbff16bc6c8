//! SQLite databases for tests.

use tempfile::TempDir;

/// A fresh SQLite database that does not exist yet: the folder that holds it, and its URL.
///
/// The folder goes when the first value is dropped, so keep it as long as the database is in use.
///
/// # Panics
/// If no folder can be made.
pub fn database() -> (TempDir, String) {
    let folder = tempfile::Builder::new().prefix("dingce-").tempdir().expect("a folder for a database");
    let url = format!("sqlite://{}", folder.path().join("dingce.sqlite").display());
    (folder, url)
}
