//! Timelines.

use dingce_app::ports::{EventQuery, EventStore, NewEvent};
use dingce_domain::id::PersonId;
use uuid::Uuid;

use crate::support::{Db, append, event, on_both, stream};

on_both!(a_persons_timeline_is_paged_newest_first, the_store_is_ready);

async fn a_persons_timeline_is_paged_newest_first(db: Db) {
    let person = PersonId::new(Uuid::from_u128(5));
    let acts = |at: i64, actor| NewEvent { actor, recorded_at: at, ..event("x") };
    for number in 1..=10 {
        // Two events at the same instant in each stream, and the same instants in all of them.
        let events =
            vec![acts(1, Some(person)), acts(1, Some(person)), acts(number as i64 % 3, Some(person)), acts(9, None)];
        db.one(append(stream(number), 0, events)).await.expect("written");
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = db.store.find_events(EventQuery::Actor(person), after, 7).await.expect("a page");
        let Some(last) = page.last() else { break };
        after = Some((last.event.recorded_at, last.stream, last.n));
        seen.extend(page.into_iter().map(|e| (e.event.recorded_at, e.stream, e.n)));
    }
    let mut sorted = seen.clone();
    sorted.sort_by(|a, b| b.cmp(a));
    sorted.dedup();
    assert_eq!((seen.len(), &seen), (30, &sorted));
    let of_stream =
        db.store.find_events(EventQuery::Stream(stream(3)), Some((0, stream(3), 2)), 9).await.expect("a page");
    assert_eq!(of_stream.iter().map(|e| e.n).collect::<Vec<_>>(), [3, 4]);
}

async fn the_store_is_ready(db: Db) {
    db.store.ready().await.expect("ready");
    db.sql("INSERT INTO schema_version (version) VALUES (999)").await.expect("a newer program migrated");
    db.store.ready().await.expect_err("another schema is not served");
    db.store.close().await.expect("closed");
}
