//! Acts as a reverse trace reads them: each once, newest first, from an index alone. The plans are kept in `tests/plans`.

use std::path::Path;

use dingce_app::ports::{ActPage, ActPlace, ActQuery, Direction, EventStore, NewEvent};
use dingce_domain::id::{PersonId, UnitId};
use sea_orm::DbBackend;
use uuid::Uuid;

use crate::support::{Db, append, event, on_both, organ, stream};

on_both!(
    acts_come_once_and_in_order,
    a_case_comes_by_number,
    what_was_recorded_later_is_not_told,
    every_trace_is_answered_from_an_index_alone,
);

fn person(number: u128) -> PersonId {
    PersonId::new(Uuid::from_u128(number))
}

fn unit(number: u128) -> UnitId {
    UnitId::new(Uuid::from_u128(number))
}

fn page(limit: u64) -> ActPage {
    ActPage { until: None, direction: Direction::Descending, after: None, limit }
}

/// Ten cases: in each, person 1 acts for unit 1, person 2 in place of person 1 for unit 2, person 3 for unit 3.
async fn fill(db: &Db) {
    for number in 1..=10_i64 {
        let act = |at: i64, who: u128, acting_for: Option<u128>| NewEvent {
            actor: Some(person(who)),
            acting_for: acting_for.map(person),
            unit: Some(unit(who)),
            recorded_at: at,
            ..event("x")
        };
        let clock = NewEvent { recorded_at: number % 3 + 20, ..event("clock_overdue") };
        let acts = vec![act(number % 3, 1, None), act(number % 3, 2, Some(1)), act(number % 3 + 10, 3, None), clock];
        let number = u128::try_from(number).expect("small");
        db.one(append(stream(number), 0, acts)).await.expect("written");
    }
}

async fn all(db: &Db, query: &ActQuery, direction: Direction) -> Vec<ActPlace> {
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let acts = db.store.acts(query, ActPage { direction, after, ..page(3) }).await.expect("a page");
        let Some(last) = acts.last() else { return seen };
        after = Some(last.place());
        seen.extend(acts.iter().map(dingce_app::ports::ActMark::place));
    }
}

async fn acts_come_once_and_in_order(db: Db) {
    fill(&db).await;
    let of_person = |who| ActQuery::Person { person: person(who), organ: organ() };
    let of_units = |all: &[u128]| ActQuery::Units { units: all.iter().copied().map(unit).collect(), organ: organ() };
    for (query, expected) in [
        (of_person(1), 20),
        (of_person(2), 10),
        (of_person(9), 0),
        (of_units(&[1, 3]), 20),
        (of_units(&[2]), 10),
        (of_units(&[]), 0),
    ] {
        let newest_first = all(&db, &query, Direction::Descending).await;
        assert_eq!(newest_first.len(), expected, "{query:?}");
        assert!(newest_first.windows(2).all(|two| two[0] > two[1]), "{query:?}: {newest_first:?}");
        let mut turned = all(&db, &query, Direction::Ascending).await;
        turned.reverse();
        assert_eq!(turned, newest_first, "{query:?}");
        assert_eq!(db.store.count_acts(&query, None).await.expect("a number"), expected as u64, "{query:?}");
    }
    let elsewhere = ActQuery::Person { person: person(1), organ: unit(99) };
    assert!(all(&db, &elsewhere, Direction::Descending).await.is_empty(), "another organ's streams are not looked at");
}

async fn a_case_comes_by_number(db: Db) {
    fill(&db).await;
    let query = ActQuery::Stream(stream(3));
    let numbers: Vec<u64> = all(&db, &query, Direction::Ascending).await.into_iter().map(|(_, _, n)| n).collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
    let acts = db.store.acts(&query, ActPage { direction: Direction::Ascending, ..page(10) }).await.expect("a page");
    assert_eq!((acts[1].actor, acts[1].acting_for, acts[1].unit), (Some(person(2)), Some(person(1)), Some(unit(2))));
    assert_eq!((acts[3].kind.as_str(), acts[3].actor), ("clock_overdue", None));
    let bodies = db.store.events_at(stream(3), &[4, 2, 9]).await.expect("events");
    assert_eq!(bodies.iter().map(|e| e.n).collect::<Vec<_>>(), [2, 4]);
}

async fn what_was_recorded_later_is_not_told(db: Db) {
    fill(&db).await;
    let query = ActQuery::Person { person: person(3), organ: organ() };
    let known = db.store.acts(&query, ActPage { until: Some(10), ..page(100) }).await.expect("a page");
    assert!(!known.is_empty() && known.iter().all(|act| act.recorded_at == 10), "{known:?}");
    assert_eq!(db.store.count_acts(&query, Some(10)).await.expect("a number"), known.len() as u64);
    let streams: Vec<_> = (1..=10).map(stream).collect();
    let mut at = db.store.known_at(&streams, 11).await.expect("numbers");
    at.sort_unstable();
    let expected = |number: u128| (stream(number), if number % 3 == 2 { 2 } else { 3 });
    let mut wanted: Vec<_> = (1..=10).map(expected).collect();
    wanted.sort_unstable();
    assert_eq!(at, wanted);
    assert!(db.store.known_at(&streams, -1).await.expect("numbers").is_empty());
}

async fn every_trace_is_answered_from_an_index_alone(db: Db) {
    fill(&db).await;
    let direct = db.direct().await;
    let backend = direct.get_database_backend();
    direct.close().await.expect("closed");
    let db = match backend {
        DbBackend::Postgres => {
            // So few rows are read as a whole unless that is forbidden; and only what was vacuumed need not be looked up.
            let forbid = "DO $$ BEGIN \
                EXECUTE format('ALTER DATABASE %I SET enable_seqscan = off', current_database()); \
                EXECUTE format('ALTER DATABASE %I SET enable_bitmapscan = off', current_database()); END $$";
            db.sql(forbid).await.expect("set");
            db.sql("VACUUM (ANALYZE) events").await.expect("vacuumed");
            let url = db.url.clone();
            db.store.close().await.expect("closed");
            Db::reopened(&url).await
        }
        _ => db,
    };
    let after = Some((11, stream(5), 2));
    let of_person = ActQuery::Person { person: person(1), organ: organ() };
    let of_units = ActQuery::Units { units: vec![unit(1), unit(3)], organ: organ() };
    let case = ActQuery::Stream(stream(3));
    let mut told = String::new();
    for (name, query, page) in [
        ("case", &case, ActPage { direction: Direction::Ascending, ..page(100) }),
        (
            "case, as known, next page",
            &case,
            ActPage { direction: Direction::Ascending, until: Some(15), after, limit: 100 },
        ),
        ("person", &of_person, page(50)),
        ("person, as known, next page", &of_person, ActPage { until: Some(15), after, ..page(50) }),
        ("unit with its successor", &of_units, page(50)),
        ("unit with its successor, next page", &of_units, ActPage { after, ..page(50) }),
    ] {
        let plan = db.store.explain_acts(query, page).await.expect("a plan");
        let of_events =
            |line: &&String| ["SEARCH events", "SCAN events", " on events"].iter().any(|of| line.contains(of));
        for line in plan.iter().filter(of_events) {
            let alone = line.contains("COVERING INDEX events_trace_") || line.contains("Index Only Scan");
            assert!(alone, "{name}: {plan:#?}");
        }
        // On PostgreSQL the key of an event holds what a trace of its case tells.
        let index = |line: &String| line.contains("events_trace_") || line.contains("using events_pkey");
        assert!(plan.iter().any(index), "{name}: {plan:#?}");
        // How rows are joined and counted differs between versions of a database; from where they come does not.
        let scan = |line: &&String| ["Scan", "SEARCH", "SCAN"].iter().any(|word| line.contains(word));
        let scans: Vec<&str> = plan.iter().filter(scan).map(|line| line.trim_start_matches([' ', '-', '>'])).collect();
        told += &format!("# {name}\n{}\n\n", scans.join("\n"));
    }
    let file = if backend == DbBackend::Postgres { "postgres.txt" } else { "sqlite.txt" };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plans").join(file);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &told).expect("the plans are kept");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, told, "the plans changed: look at them, then keep them with UPDATE_EXPECT=1");
}
