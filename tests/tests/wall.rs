//! The wall of R713 art. 25 in the database itself: what somebody with direct access is refused, on a real case.

use dingce_app::AppError;
use dingce_app::ports::EventStore;
use dingce_domain::code::Code;
use dingce_domain::id::{CaseId, DraftId};
use dingce_tests::acting::{ask, code};
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::on_both;
use serde_json::{Value, json};
use uuid::Uuid;

on_both!(
    no_other_draft_is_tabled_adopted_or_issued,
    a_cleared_draft_of_another_case_does_not_help,
    a_changed_draft_is_behind_the_wall_again,
    what_happened_cannot_be_rewritten,
    one_decision_bears_a_document_number,
    nobody_comments_where_nobody_answers,
);

const ADOPTING: [&str; 4] = ["tabling_requested", "tabling_approved", "decision_adopted", "decision_issued"];

/// An event row as somebody would forge it, after all that the case has.
fn forged(site: &Site, case: CaseId, n: u64, kind: &str, draft: Option<DraftId>) -> String {
    let zeros = site.bytes(&"00".repeat(32));
    let draft = draft.map_or("NULL".to_owned(), |d| format!("'{d}'"));
    let event = dingce_domain::id::EventId::new(Uuid::from_u128(0xF0 + u128::from(n)));
    format!(
        "INSERT INTO events (stream, n, event, kind, version, organ, adopts_draft, recorded_at, json, leaf, leaf_hash) \
         VALUES ('{case}', {n}, '{event}', '{kind}', 1, 'unit', {draft}, 0, '{{}}', {zeros}, {zeros})"
    )
}

async fn current(node: &Node, case: CaseId) -> DraftId {
    node.case(case).await.file.current().expect("a draft").id
}

async fn no_other_draft_is_tabled_adopted_or_issued(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = node.road_to("conclude_legality_review").await;
    let n = node.events(case).await.len() as u64 + 1;
    let other = DraftId::new(Uuid::from_u128(0xDEAD));
    for kind in ADOPTING {
        for draft in [None, Some(other)] {
            let refused = site.sql(&forged(&site, case, n, kind, draft)).await;
            assert!(refused.is_err(), "{kind} of {draft:?} was written");
        }
    }
    // The same row for the draft that is cleared passes, so it is the wall that refused and nothing else.
    let cleared = current(&node, case).await;
    site.sql(&forged(&site, case, n, "tabling_requested", Some(cleared))).await.expect("the cleared draft");
}

async fn a_cleared_draft_of_another_case_does_not_help(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let cleared = node.road_to("conclude_legality_review").await;
    let open = node.road_to("record_advice").await;
    let draft = current(&node, cleared).await;
    let n = node.events(open).await.len() as u64 + 1;
    for kind in ADOPTING {
        for draft in [draft, current(&node, open).await] {
            assert!(site.sql(&forged(&site, open, n, kind, Some(draft))).await.is_err(), "{kind} of {draft}");
        }
    }
    let invented = format!("INSERT INTO legality_clearance VALUES ('{open}', '{draft}', 'evt_0', 'lawful')");
    assert!(site.sql(&invented).await.is_err(), "a clearance names an event that exists");
}

async fn a_changed_draft_is_behind_the_wall_again(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = node.road_to("conclude_legality_review").await;
    let first = current(&node, case).await;
    node.done(case, "add_draft_version", json!({ "change": "wording_only", "reason": "改正错字" })).await;
    let second = current(&node, case).await;
    assert_eq!(code(node.act(case, ask("request_tabling", Value::Null)).await), Code::LegalityMissing);
    let n = node.events(case).await.len() as u64 + 1;
    assert!(site.sql(&forged(&site, case, n, "decision_adopted", Some(second))).await.is_err());
    node.done(case, "confirm_draft", Value::Null).await;
    for (draft, kind) in [(first, "lawful"), (second, "confirmed")] {
        let row = node.store.clearance(case, draft).await.expect("read").expect("cleared");
        assert_eq!(row.kind.as_str(), kind);
    }
    node.done(case, "request_tabling", Value::Null).await;
    node.app.settle().await.expect("background work is done");
    node.agrees("after the confirmation").await;
}

/// A number is taken once in an organ, also by two acts at once on two nodes.
async fn one_decision_bears_a_document_number(backend: Backend) {
    let site = Site::new(backend).await;
    let (a, b) = (site.node(1).await, site.node(2).await);
    let mut cases = Vec::new();
    for _ in 0..3 {
        cases.push(a.road_to("record_report_reply").await);
    }
    b.clock.move_to(a.app.today(), 10);
    let issue = || ask("issue_decision", json!({ "document_no": "区府〔2024〕6号" }));
    let (one, two) = tokio::join!(a.act(cases[0], issue()), b.act(cases[1], issue()));
    let refused = match (one, two) {
        (Ok(_), Err(refused)) | (Err(refused), Ok(_)) => refused,
        both => panic!("one of two is issued: {both:?}"),
    };
    let AppError::Rejected(refused) = refused else { panic!("{refused:?}") };
    assert_eq!((refused.code, refused.given.as_deref()), (Code::DocumentNumberTaken, Some("区府〔2024〕6号")));
    assert_eq!(refused.needed.as_deref(), Some("区城镇供水价格调整方案"), "it names the other decision");
    assert_eq!(code(b.act(cases[2], issue()).await), Code::DocumentNumberTaken);
    b.act(cases[2], ask("issue_decision", json!({ "document_no": "区府〔2024〕7号" }))).await.expect("its own number");
    a.agrees("after three were issued").await;
}

/// A late comment is kept while somebody can answer it, and refused with where to turn once the volume is closed.
async fn nobody_comments_where_nobody_answers(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = node.road_to("check_volume").await;
    let consultation = node.consultation(case).await;
    node.comment(consultation, "公布以后的意见").await.expect("a late one is kept");
    node.done(case, "close_volume", Value::Null).await;
    let refused = node.comment(consultation, "封卷以后的意见").await;
    let Err(AppError::Rejected(refused)) = refused else { panic!("{refused:?}") };
    assert_eq!((refused.code, refused.needed.as_deref()), (Code::ConsultationOver, Some("区水务局办公室")));
}

async fn what_happened_cannot_be_rewritten(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = node.road_to("conclude_legality_review").await;
    node.app.settle().await.expect("the log gets its entries");
    assert!(node.store.log_size().await.expect("a log") > 20);
    let before = node.everything().await;
    for attempt in [
        format!("UPDATE events SET json = '{{}}' WHERE stream = '{case}'"),
        format!("UPDATE events SET kind = kind WHERE stream = '{case}' AND n = 1"),
        format!("DELETE FROM events WHERE stream = '{case}'"),
        "UPDATE legality_clearance SET kind = 'confirmed'".to_owned(),
        "DELETE FROM legality_clearance".to_owned(),
        "UPDATE log_entry SET kind = 'other'".to_owned(),
        "DELETE FROM log_entry".to_owned(),
    ] {
        let said = site.sql(&attempt).await.expect_err(&attempt);
        assert!(said.contains("insert-only"), "{attempt}: {said}");
    }
    assert_eq!(node.everything().await, before);
}
