//! The global log: places without gaps, whoever sequences.

use std::collections::BTreeMap;

use dingce_app::ports::{EventStore, LogEntry};
use sea_orm::{ConnectionTrait, TransactionTrait};

use crate::support::{Db, append, event, event_id, event_with, on_both, stream};

on_both!(
    places_follow_the_streams,
    two_sequencers_at_once_give_each_place_once,
    a_lease_is_held_by_one,
    a_missing_pending_row_is_noticed,
);

async fn whole_log(db: &Db) -> Vec<LogEntry> {
    let log = db.store.log(0, 100_000).await.expect("the log");
    let mut last: BTreeMap<_, u64> = BTreeMap::new();
    for (at, entry) in log.iter().enumerate() {
        assert_eq!(entry.log_index, at as u64, "places have no gap");
        let before = last.insert(entry.stream, entry.n).unwrap_or(0);
        assert_eq!(entry.n, before + 1, "places follow the order of {}", entry.stream);
    }
    assert_eq!(db.store.log_size().await.expect("a size"), log.len() as u64);
    log
}

async fn places_follow_the_streams(db: Db) {
    // Ids that fall along the stream, as after a clock that stepped back: order by id alone would turn them around.
    for n in 0..6 {
        let falling = event_with(event_id(1_000 - 10 * u128::from(n)), "x");
        db.one(append(stream(1), n, vec![falling])).await.expect("written");
    }
    db.one(append(stream(2), 0, vec![event_with(event_id(975), "y"), event_with(event_id(5_000), "z")]))
        .await
        .expect("written");
    let epoch = db.store.lease("a", 0, 10).await.expect("leased").expect("free");
    let mut sizes = Vec::new();
    loop {
        match db.store.sequence(epoch, 3).await.expect("sequenced") {
            0 => break,
            taken => sizes.push(taken),
        }
        whole_log(&db).await;
    }
    assert_eq!(sizes, [3, 3, 2]);
    let log = whole_log(&db).await;
    assert_eq!(log.len(), 8);
    assert_eq!(log.last().expect("an entry").kind, "z", "the newest event comes last");
    assert_eq!(db.store.log(6, 1).await.expect("a page"), log[6..7]);
    assert_eq!(db.count("log_pending").await, 0);
}

async fn two_sequencers_at_once_give_each_place_once(db: Db) {
    let epoch = db.store.lease("a", 0, i64::MAX).await.expect("leased").expect("free");
    let writer = {
        let store = db.store.clone();
        tokio::spawn(async move {
            for round in 0..30 {
                let batch = (1..=10).map(|number| append(stream(number), round, vec![event("x")])).collect();
                assert!(store.append(batch).await.iter().all(Result::is_ok));
            }
        })
    };
    let sequencers: Vec<_> = (0..2)
        .map(|_| {
            let store = db.store.clone();
            tokio::spawn(async move {
                let mut mine = 0;
                while store.log_size().await.expect("a size") < 300 {
                    mine += store.sequence(epoch, 17).await.unwrap_or(0);
                }
                mine
            })
        })
        .collect();
    writer.await.expect("the writer");
    let mut taken = 0;
    for sequencer in sequencers {
        taken += sequencer.await.expect("a sequencer");
    }
    assert_eq!(taken, 300);
    assert_eq!(whole_log(&db).await.len(), 300);
}

async fn a_lease_is_held_by_one(db: Db) {
    assert_eq!(db.store.lease("a", 0, 10).await.expect("leased"), Some(1));
    assert_eq!(db.store.lease("a", 5, 15).await.expect("renewed"), Some(1));
    assert_eq!(db.store.lease("b", 14, 30).await.expect("asked"), None);
    assert_eq!(db.store.lease("b", 15, 30).await.expect("taken over"), Some(2));
    assert_eq!(db.store.lease("a", 20, 40).await.expect("asked"), None);
    db.one(append(stream(1), 0, vec![event("x")])).await.expect("written");
    assert_eq!(db.store.sequence(1, 10).await.expect("the old epoch writes nothing"), 0);
    assert_eq!(db.store.log_size().await.expect("a size"), 0);
    assert_eq!(db.store.sequence(2, 10).await.expect("sequenced"), 1);
    assert_eq!(db.store.sequence(2, 10).await.expect("nothing waits"), 0);
}

async fn a_missing_pending_row_is_noticed(db: Db) {
    db.one(append(stream(1), 0, vec![event("x"), event("y")])).await.expect("written");
    db.sql("DELETE FROM log_pending WHERE n = 1").await.expect("an administrator can do this");
    let epoch = db.store.lease("a", 0, 10).await.expect("leased").expect("free");
    let error = db.store.sequence(epoch, 10).await.expect_err("noticed");
    assert!(error.source.to_string().contains("event 1 of"), "{error:?}");
    assert_eq!(db.store.log_size().await.expect("a size"), 0);
}

/// Two writers, the one with the older event commits last.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_event_that_is_committed_late_is_taken_later() {
    let db = Db::new(crate::support::postgres_url().await).await;
    let direct = db.direct().await;
    let slow = direct.begin().await.expect("a transaction");
    let older = event_id(1);
    let zeros = "00".repeat(32);
    let insert = format!(
        "INSERT INTO events (stream, n, event, kind, version, organ, recorded_at, json, leaf, leaf_hash) \
         VALUES ('{}', 1, '{older}', 'x', 1, 'unit', 0, '{{}}', '', '\\x{zeros}'); \
         INSERT INTO log_pending (event, stream, n) VALUES ('{older}', '{}', 1)",
        stream(1),
        stream(1)
    );
    slow.execute_unprepared(&insert).await.expect("inserted");
    db.one(append(stream(2), 0, vec![event("y")])).await.expect("written");
    let epoch = db.store.lease("a", 0, 10).await.expect("leased").expect("free");
    assert_eq!(db.store.sequence(epoch, 10).await.expect("sequenced"), 1);
    slow.commit().await.expect("committed");
    assert_eq!(db.store.sequence(epoch, 10).await.expect("sequenced"), 1);
    let log = whole_log(&db).await;
    assert_eq!(log.iter().map(|entry| entry.stream).collect::<Vec<_>>(), [stream(2), stream(1)]);
}
