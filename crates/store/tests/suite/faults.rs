//! The process ended at each step of an append, of giving places in the log, and of healing it: nothing is half written.

use std::process::{Command, Stdio};
use std::sync::Arc;

use dingce_app::ports::{
    Append, AppendError, Deadline, DeadlineChange, EventStore, IdempotencyRecord, KeptLeaf, OutboxMessage,
    PublishedEntry, ReadRow, STREAM_HAS_LOST_EVENTS, StoredEvent,
};
use dingce_store::{Store, StoreOptions};

use crate::support::{Db, TABLES, TownRow, append, event, on_both, stream};

on_both!(an_append_is_whole_or_not_there, places_are_given_whole_or_not, healing_is_whole_or_not);

const STEPS: [&str; 6] = ["begin", "heads", "events", "rows", "before_commit", "after_commit"];

/// Everything that one act can write.
fn act(expected_n: u64) -> Append {
    let given = event("x");
    let town = TownRow { id: format!("{expected_n}"), name: "城".into(), people: None, walled: false };
    let timer = Deadline { stream: stream(1), clock: format!("clock {expected_n}"), due_at: Some(1) };
    let record = IdempotencyRecord {
        scope: "person".into(),
        operation: "act".into(),
        key: format!("{expected_n}"),
        input_digest: "ab".into(),
        answer: "{}".into(),
    };
    Append {
        rows: vec![town.put()],
        deadlines: vec![DeadlineChange::Set(timer)],
        outbox: vec![OutboxMessage { event: given.event, topic: "t".into(), payload: "{}".into() }],
        idempotency: Some(record),
        ..append(stream(1), expected_n, vec![given])
    }
}

/// Runs a process that ends at this step of what it does.
fn end_at(db: &Db, step: &str, doing: &str) {
    let ended = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "faults::the_process_that_ends", "--nocapture"])
        .env("DINGCE_TEST_END", format!("{step} {doing} {}", db.url))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("the other process ran");
    assert!(!ended.success(), "the process ended at {step}");
}

async fn places_are_given_whole_or_not(db: Db) {
    db.one(act(0)).await.expect("written");
    db.one(act(1)).await.expect("written");
    for step in ["places_swapped", "places_given", "places_before_commit", "places_after_commit"] {
        end_at(&db, step, "places");
        let given = if step == "places_after_commit" { 2 } else { 0 };
        assert_eq!(db.count("log_entry").await, given, "places after an end at {step}");
        assert_eq!(db.count("log_pending").await, 2 - given, "waiting after an end at {step}");
        assert_eq!(db.store.log_size().await.expect("a size"), given as u64, "the size after an end at {step}");
    }
    db.one(act(2)).await.expect("the store goes on");
    let epoch = db.store.lease("another", i64::MAX, i64::MAX).await.expect("asked").expect("the lease");
    assert_eq!(db.store.sequence(epoch, 10).await.expect("sequenced"), 1);
}

/// One entry whose event is there and waits, and one whose event is lost.
fn published(kept: &StoredEvent) -> Vec<PublishedEntry> {
    let leaf = KeptLeaf { leaf: kept.event.leaf.clone(), leaf_hash: kept.event.leaf_hash };
    let there =
        PublishedEntry { event: kept.event.event, stream: kept.stream, n: 1, kind: "x".into(), leaf: leaf.clone() };
    vec![there, PublishedEntry { event: event("y").event, stream: stream(2), n: 1, kind: "x".into(), leaf }]
}

async fn healing_is_whole_or_not(db: Db) {
    db.one(act(0)).await.expect("written");
    for step in ["heal_before_commit", "heal_after_commit"] {
        end_at(&db, step, "heal");
        let done = i64::from(step == "heal_after_commit");
        for (table, rows) in [("log_entry", done), ("log_lost", done), ("log_pending", 1 - done)] {
            assert_eq!(db.count(table).await, rows, "{table} after an end at {step}");
        }
        assert_eq!(db.store.log_size().await.expect("a size"), 2 * done as u64, "the size after an end at {step}");
    }
    let refused = db.one(Append { stream: stream(2), ..act(0) }).await.expect_err("its stream is locked");
    assert!(
        matches!(&refused, AppendError::Refused { constraint } if constraint.contains(STREAM_HAS_LOST_EVENTS)),
        "{refused:?}"
    );
    db.one(act(1)).await.expect("the others go on");
}

async fn an_append_is_whole_or_not_there(db: Db) {
    let mut written = 0;
    for step in STEPS {
        end_at(&db, step, &written.to_string());
        written += i64::from(step == "after_commit");
        for table in ["events", "town", "deadlines", "outbox", "idempotency", "log_pending"] {
            assert_eq!(db.count(table).await, written, "{table} after an end at {step}");
        }
        let head = db.store.head(stream(1)).await.expect("a head").map_or(0, |head| head.n as i64);
        assert_eq!(head, written, "the head after an end at {step}");
    }
    db.one(act(1)).await.expect("the store goes on");
    assert_eq!(db.count("events").await, 2);
}

/// Does nothing by itself; started by the tests above, it ends in the middle of what it is to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_process_that_ends() {
    let Ok(asked) = std::env::var("DINGCE_TEST_END") else { return };
    let mut asked = asked.splitn(3, ' ');
    let (step, doing, url) = (asked.next(), asked.next(), asked.next());
    let (step, doing) = (step.expect("a step").to_owned(), doing.expect("what to do"));
    let mut options = StoreOptions::new(url.expect("a URL"), TABLES.to_vec());
    options.fault = Some(Arc::new(move |reached| {
        if reached == step {
            std::process::abort();
        }
    }));
    let store = Store::open(options).await.expect("opened");
    if let Ok(n) = doing.parse() {
        store.append(vec![act(n)]).await;
        return;
    }
    let epoch = store.lease("ends", i64::MAX, i64::MAX).await.expect("asked").expect("the lease");
    if doing == "places" {
        store.sequence(epoch, 10).await.expect("sequenced");
    } else {
        let kept = store.events(stream(1), 0, 1).await.expect("read").remove(0);
        store.heal(epoch, 0, published(&kept)).await.expect("healed");
    }
}
