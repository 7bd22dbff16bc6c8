//! Copying out and back in.

use dingce_app::ports::{ClearanceKind, EventStore};
use dingce_store::Store;
use dingce_store::backup::BackupError;
use tempfile::TempDir;

use crate::support::{Db, append, clearing, draft, event, stream};

async fn a_copy_comes_back(db: Db, (_folder, empty): (Option<TempDir>, String)) {
    let copies = tempfile::tempdir().expect("a folder");
    let folder = copies.path().join("today");
    db.one(clearing(1, 0, draft(1), ClearanceKind::Lawful)).await.expect("written");
    db.one(append(stream(2), 0, vec![event("x"), event("y")])).await.expect("written");
    assert!(matches!(Store::restore_database(&empty, &folder).await, Err(BackupError::NoCopy { .. })));
    let copy = db.store.backup_database(&folder).await.expect("copied");
    assert!(copy.is_file());
    db.one(append(stream(2), 2, vec![event("after the copy")])).await.expect("written");
    assert!(matches!(db.store.backup_database(&folder).await, Err(BackupError::Exists { .. })));
    assert!(matches!(Store::restore_database(&db.url, &folder).await, Err(BackupError::NotEmpty)));

    Store::restore_database(&empty, &folder).await.expect("restored");
    let restored = Db::reopened(&empty).await;
    restored.store.ready().await.expect("ready");
    let was = db.store.events(stream(2), 0, 2).await.expect("events");
    assert_eq!(restored.store.events(stream(2), 0, 10).await.expect("events"), was);
    restored.one(append(stream(2), 2, vec![event("goes on")])).await.expect("written");
    restored.sql("DELETE FROM events").await.expect_err("the guards came back too");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_comes_back_on_sqlite() {
    a_copy_comes_back(Db::new(crate::support::sqlite_url().await).await, crate::support::sqlite_url().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_comes_back_on_postgres() {
    a_copy_comes_back(Db::new(crate::support::postgres_url().await).await, crate::support::postgres_url().await).await;
}
