//! The wall in SQL: what an administrator with direct access is refused.

use dingce_app::ports::{Append, AppendError, ClearanceKind, EventStore, NewEvent};
use dingce_store::ADOPTING_KINDS;

use crate::support::{Db, append, case, clearing, draft, event, on_both, stream};

on_both!(
    nothing_is_adopted_without_clearance,
    direct_inserts_meet_the_wall,
    what_was_recorded_cannot_be_changed,
    the_first_clearance_stands,
);

fn adopting(kind: &str, number: u128, expected_n: u64, adopts: Option<u128>) -> Append {
    let given = NewEvent { adopts_draft: adopts.map(draft), ..event(kind) };
    append(stream(number), expected_n, vec![given])
}

async fn nothing_is_adopted_without_clearance(db: Db) {
    db.one(clearing(1, 0, draft(1), ClearanceKind::Lawful)).await.expect("cleared");
    for kind in ADOPTING_KINDS {
        for (adopts, wall) in [(None, "events_adopts_draft_named"), (Some(2), "events_adopts_draft_cleared")] {
            let answer = db.one(adopting(kind, 1, 1, adopts)).await;
            let said = format!("{answer:?}");
            assert!(matches!(answer, Err(AppendError::Refused { .. })) && said.contains(wall), "{kind}: {said}");
        }
        let elsewhere = db.one(adopting(kind, 2, 0, Some(1))).await;
        assert!(elsewhere.is_err(), "the clearance of another case does not count");
    }
    for (n, kind) in (1..).zip(ADOPTING_KINDS) {
        db.one(adopting(kind, 1, n, Some(1))).await.expect("a cleared draft goes on");
    }
    let innocent = append(stream(5), 0, vec![event("x")]);
    let answers = db.store.append(vec![adopting("decision_issued", 4, 0, Some(1)), innocent]).await;
    assert!(answers[0].is_err() && answers[1].is_ok());
}

const COLUMNS: &str = "stream, n, event, kind, version, organ, adopts_draft, recorded_at, json, leaf, leaf_hash";

/// An event row as SQL; the hash is 32 zero bytes on both databases.
fn row(db: &Db, n: u64, kind: &str, adopts: Option<u128>) -> String {
    let zeros = "00".repeat(32);
    let hash = if db.url.starts_with("sqlite") { format!("x'{zeros}'") } else { format!("'\\x{zeros}'") };
    let adopts = adopts.map_or("NULL".to_owned(), |number| format!("'{}'", draft(number)));
    let id = event("x").event;
    format!("('{}', {n}, '{id}', '{kind}', 1, 'unit', {adopts}, 0, '{{}}', {hash}, {hash})", stream(1))
}

async fn direct_inserts_meet_the_wall(db: Db) {
    db.one(clearing(1, 0, draft(1), ClearanceKind::RiskStated)).await.expect("cleared");
    let insert = |row: String| format!("INSERT INTO events ({COLUMNS}) VALUES {row}");
    for kind in ADOPTING_KINDS {
        assert!(db.sql(&insert(row(&db, 2, kind, None))).await.is_err(), "{kind} without a draft");
        assert!(db.sql(&insert(row(&db, 2, kind, Some(2)))).await.is_err(), "{kind} of a draft not cleared");
    }
    assert!(db.sql(&insert(row(&db, 2, "anything", Some(2)))).await.is_err(), "no kind adopts without clearance");
    db.sql(&insert(row(&db, 2, "decision_issued", Some(1)))).await.expect("a cleared draft may be adopted");
    let invented = |kind: &str, event: &str| {
        format!("INSERT INTO legality_clearance VALUES ('{}', '{}', '{event}', '{kind}')", stream(1), draft(3))
    };
    let known = db.store.events(stream(1), 0, 1).await.expect("events")[0].event.event.to_string();
    for kind in ["unlawful", "pending", "", "LAWFUL"] {
        assert!(db.sql(&invented(kind, &known)).await.is_err(), "{kind:?} clears nothing");
    }
    assert!(db.sql(&invented("lawful", "evt_0")).await.is_err(), "a clearance names an event that exists");
    assert_eq!(db.count("legality_clearance").await, 1);
}

async fn what_was_recorded_cannot_be_changed(db: Db) {
    db.one(clearing(1, 0, draft(1), ClearanceKind::Confirmed)).await.expect("cleared");
    let epoch = db.store.lease("a", 0, 10).await.expect("leased").expect("free");
    assert_eq!(db.store.sequence(epoch, 10).await.expect("sequenced"), 1);
    let mut attempts: Vec<String> = Vec::new();
    for (table, column) in [("events", "kind"), ("legality_clearance", "draft"), ("log_entry", "kind")] {
        attempts.push(format!("UPDATE {table} SET {column} = 'other'"));
        attempts.push(format!("UPDATE {table} SET {column} = {column}"));
        attempts.push(format!("DELETE FROM {table}"));
        if db.url.starts_with("postgres") {
            attempts.push(format!("TRUNCATE {table} CASCADE"));
        }
    }
    if db.url.starts_with("sqlite") {
        attempts.push(format!("INSERT OR REPLACE INTO events ({COLUMNS}) VALUES {}", row(&db, 1, "other", None)));
        attempts.push("INSERT OR REPLACE INTO log_entry VALUES (0, 'evt_0', 'case_0', 1, 'other')".to_owned());
    }
    for attempt in attempts {
        let said = db.sql(&attempt).await.expect_err(&attempt).to_string();
        assert!(said.contains("insert-only"), "{attempt}: {said}");
    }
    let kept = db.store.events(stream(1), 0, 10).await.expect("events");
    assert_eq!((kept.len(), kept[0].event.kind.as_str()), (1, "legality_review_concluded"));
}

async fn the_first_clearance_stands(db: Db) {
    let first = clearing(1, 0, draft(1), ClearanceKind::RiskStated);
    let row = first.clearances[0].clone();
    db.one(first).await.expect("cleared");
    db.one(clearing(1, 1, draft(1), ClearanceKind::Lawful)).await.expect("a second clearance is passed over");
    assert_eq!(db.store.clearance(case(1), draft(1)).await.expect("read"), Some(row));
    assert_eq!(db.store.clearance(case(1), draft(2)).await.expect("read"), None);
    if db.url.starts_with("sqlite") {
        let known = db.store.events(stream(1), 0, 1).await.expect("events")[0].event.event;
        let replace = format!(
            "INSERT OR REPLACE INTO legality_clearance VALUES ('{}', '{}', '{known}', 'lawful')",
            stream(1),
            draft(1)
        );
        db.sql(&replace).await.expect("passed over");
        let kept = db.store.clearance(case(1), draft(1)).await.expect("read").expect("there");
        assert_eq!(kept.kind, ClearanceKind::RiskStated);
    }
}
