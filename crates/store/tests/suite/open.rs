//! Opening and migrating.

use dingce_app::ports::{AppendError, Column, ColumnType, EventStore, ReadRow, Table};
use dingce_store::migrate::VERSION;
use dingce_store::{OpenError, Store, StoreOptions};

use crate::support::{Db, TABLES, TownRow, append, event, on_both, stream};

on_both!(
    a_newer_database_is_refused_and_left_alone,
    migrating_again_changes_nothing,
    a_changed_read_table_is_made_anew,
);

/// The town of a later release: one more column.
static LATER_TOWN: Table = Table {
    name: "town",
    columns: &[
        Column { name: "id", kind: ColumnType::Text, nullable: false },
        Column { name: "mayor", kind: ColumnType::Text, nullable: true },
    ],
    key: &["id"],
    indexes: &[&["mayor"]],
    partial: &[],
};

async fn a_newer_database_is_refused_and_left_alone(db: Db) {
    db.sql("INSERT INTO schema_version (version) VALUES (7)").await.expect("a newer program migrated");
    let options = StoreOptions::new(&db.url, vec![&LATER_TOWN]);
    assert!(matches!(Store::open(options.clone()).await, Err(OpenError::Newer { found: 7, known: VERSION })));
    assert!(matches!(Store::migrate(&options).await, Err(OpenError::Newer { found: 7, known: VERSION })));
    db.sql("SELECT people FROM town").await.expect("the old table is still there");
}

async fn migrating_again_changes_nothing(db: Db) {
    db.one(append(stream(1), 0, vec![event("x")])).await.expect("written");
    let options = StoreOptions::new(&db.url, TABLES.to_vec());
    let again = Store::migrate(&options).await.expect("migrated");
    assert_eq!((again.from, again.to, again.rebuild), (VERSION, VERSION, vec![]));
    assert!(db.store.head(stream(1)).await.expect("a head").is_some());
}

async fn a_changed_read_table_is_made_anew(db: Db) {
    db.one(append(stream(1), 0, vec![event("x")])).await.expect("written");
    let options = StoreOptions::new(&db.url, vec![&LATER_TOWN]);
    assert!(matches!(Store::open(options.clone()).await, Err(OpenError::OtherTables { tables }) if tables == ["town"]));
    assert_eq!(Store::migrate(&options).await.expect("migrated").rebuild, ["town"]);
    assert_eq!(Store::migrate(&options).await.expect("migrated").rebuild, ["town"], "until it is filled");
    let later = Store::open(options).await.expect("opened");
    assert_eq!(later.needs_rebuild().await.expect("listed"), ["town"]);
    later.replace_rows(&LATER_TOWN, vec![]).await.expect("filled");
    assert_eq!(later.needs_rebuild().await.expect("listed"), Vec::<String>::new());
    db.store.ready().await.expect_err("the release before does not serve the other shape");
}

async fn two_nodes_migrate_at_once(url: String) {
    let options = StoreOptions::new(url, TABLES.to_vec());
    let empty = Store::open(options.clone()).await;
    assert!(matches!(empty, Err(OpenError::Older { found: 0, known: VERSION } | OpenError::Connect(_))), "{empty:?}");
    let nodes: Vec<_> = (0..4)
        .map(|_| {
            let options = options.clone();
            tokio::spawn(async move { Store::migrate(&options).await })
        })
        .collect();
    let mut first = 0;
    for node in nodes {
        let migrated = node.await.expect("a node").expect("migrated");
        assert_eq!(migrated.to, VERSION);
        assert!(migrated.rebuild.is_empty(), "an empty database has nothing to rebuild");
        first += usize::from(migrated.from == 0);
    }
    assert_eq!(first, 1, "one node does the work");
    Store::open(options).await.expect("opened").ready().await.expect("ready");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_migrate_at_once_on_sqlite() {
    let (_folder, url) = crate::support::sqlite_url().await;
    two_nodes_migrate_at_once(url).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_migrate_at_once_on_postgres() {
    two_nodes_migrate_at_once(crate::support::postgres_url().await.1).await;
}

#[tokio::test]
async fn a_table_that_cannot_be_is_refused() {
    static BAD: [Table; 5] = [
        Table { name: "events", columns: TownRow::TABLE.columns, key: &["id"], indexes: &[], partial: &[] },
        Table { name: "Town", columns: TownRow::TABLE.columns, key: &["id"], indexes: &[], partial: &[] },
        Table { name: "town", columns: TownRow::TABLE.columns, key: &[], indexes: &[], partial: &[] },
        Table { name: "town", columns: TownRow::TABLE.columns, key: &["people"], indexes: &[], partial: &[] },
        Table { name: "town", columns: TownRow::TABLE.columns, key: &["id"], indexes: &[&["colour"]], partial: &[] },
    ];
    let (_folder, url) = crate::support::sqlite_url().await;
    for table in &BAD {
        let refused = Store::migrate(&StoreOptions::new(&url, vec![table])).await;
        assert!(matches!(refused, Err(OpenError::Table { .. })), "{refused:?}");
    }
    let twice = Store::migrate(&StoreOptions::new(&url, vec![TownRow::TABLE, TownRow::TABLE])).await;
    assert!(matches!(twice, Err(OpenError::Table { .. })));
    assert!(matches!(Store::open(StoreOptions::new("mysql://a/b", vec![])).await, Err(OpenError::Url)));
}

/// The server ends every connection, as in a failover.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_connection_is_said_and_healed() {
    let db = Db::new(crate::support::postgres_url().await).await;
    db.one(append(stream(1), 0, vec![event("x")])).await.expect("written");
    for _ in 0..3 {
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        db.sql(end).await.expect("ended");
        let mut tries = 0;
        loop {
            let n = db.store.head(stream(1)).await.ok().flatten().map(|head| head.n);
            let answer = match n {
                Some(n) => db.one(append(stream(1), n, vec![event("y")])).await.map(|done| (n, done.n)),
                None => Err(AppendError::Overloaded),
            };
            match answer {
                Ok((before, after)) => break assert_eq!(after, before + 1),
                Err(AppendError::Unavailable(_) | AppendError::Overloaded) => tries += 1,
                Err(other) => panic!("{other:?}"),
            }
            assert!(tries < 20, "the store finds the database again");
        }
    }
    assert_eq!(db.store.head(stream(1)).await.expect("a head").expect("there").n, 4, "nothing was written twice");
}
