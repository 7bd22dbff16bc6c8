//! The process ended at each step of an append: nothing is half written.

use std::process::{Command, Stdio};
use std::sync::Arc;

use dingce_app::ports::{Append, Deadline, DeadlineChange, EventStore, IdempotencyRecord, OutboxMessage, ReadRow};
use dingce_store::{Store, StoreOptions};

use crate::support::{Db, TABLES, TownRow, append, event, on_both, stream};

on_both!(an_append_is_whole_or_not_there);

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

async fn an_append_is_whole_or_not_there(db: Db) {
    let mut written = 0;
    for step in STEPS {
        let ended = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "faults::the_process_that_ends", "--nocapture"])
            .env("DINGCE_TEST_END", format!("{step} {written} {}", db.url))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("the other process ran");
        assert!(!ended.success(), "the process ended at {step}");
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

/// Does nothing by itself; started by the test above, it ends in the middle of an append.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_process_that_ends() {
    let Ok(asked) = std::env::var("DINGCE_TEST_END") else { return };
    let mut asked = asked.splitn(3, ' ');
    let (step, n, url) = (asked.next(), asked.next(), asked.next());
    let (step, n) = (step.expect("a step").to_owned(), n.expect("a head").parse().expect("a number"));
    let mut options = StoreOptions::new(url.expect("a URL"), TABLES.to_vec());
    options.fault = Some(Arc::new(move |reached| {
        if reached == step {
            std::process::abort();
        }
    }));
    let store = Store::open(options).await.expect("opened");
    store.append(vec![act(n)]).await;
}
