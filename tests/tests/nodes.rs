//! Several people and several nodes at once: nothing is lost, nothing is done twice.

use std::collections::BTreeSet;

use dingce_app::AppError;
use dingce_app::ports::EventStore;
use dingce_domain::code::Code;
use dingce_tests::acting::{Ask, ask, asked, code};
use dingce_tests::between::Failure;
use dingce_tests::harness::{Backend, FIRST_DAY, Site};
use dingce_tests::on_both;
use jiff::ToSpan;
use serde_json::{Value, json};

on_both!(
    two_officials_at_once_are_both_heard,
    of_two_contradicting_acts_one_is_refused,
    a_conflict_is_tried_five_times,
    timers_fired_by_two_nodes_write_once,
    messages_delivered_by_two_nodes_write_once,
    two_sequencers_leave_no_gap,
    comments_race_the_end_of_the_period,
    a_clock_that_steps_back_does_not_turn_time_back,
);

async fn two_officials_at_once_are_both_heard(backend: Backend) {
    let site = Site::new(backend).await;
    let (a, b) = (site.node(1).await, site.node(2).await);
    let case = a.road_to("add_draft_version").await;
    let item = |name: &str| ask("record_drafting_item", json!({ "item": name }));
    let (one, two, three, four) = tokio::join!(
        a.act(case, item("basis_list")),
        b.act(case, item("department_consultation")),
        a.act(case, item("unit_legal_check")),
        b.act(case, ask("start_risk_assessment", Value::Null)),
    );
    for done in [one, two, three, four] {
        assert_eq!(done.expect("acts that do not contradict each other all land").events.len(), 1);
    }
    let kinds = a.kinds(case).await;
    assert_eq!(kinds.iter().filter(|k| *k == "drafting_item_recorded").count(), 3, "{kinds:?}");
    assert_eq!(kinds.iter().filter(|k| *k == "risk_assessment_started").count(), 1, "{kinds:?}");
    a.agrees("after two officials at once").await;
    site.replays(&b, "after two officials at once").await;
}

async fn of_two_contradicting_acts_one_is_refused(backend: Backend) {
    let site = Site::new(backend).await;
    let (a, b) = (site.node(1).await, site.node(2).await);
    let case = a.road_to("add_draft_version").await;
    // Both saw the first version and replace it.
    let change = ask("add_draft_version", Value::Null);
    let (mine, theirs) = (a.command(case, &change).await, b.command(case, &change).await);
    let (one, two) = tokio::join!(a.app.act(asked("officer"), case, mine), b.app.act(asked("leader"), case, theirs));
    let (landed, refused) = if one.is_ok() { (one, two) } else { (two, one) };
    landed.expect("one of them lands");
    assert_eq!(code(refused), Code::DraftMovedOn);
    assert_eq!(a.case(case).await.file.drafts.len(), 2);
}

async fn a_conflict_is_tried_five_times(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = node.road_to("add_draft_version").await;
    node.store.fail(&[Failure::Conflict; 4]);
    node.done(case, "record_drafting_item", json!({ "item": "basis_list" })).await;
    assert_eq!(node.store.failures_left(), 0);
    let n = node.events(case).await.len();
    node.store.fail(&[Failure::Conflict; 5]);
    let refused = node.act(case, ask("record_drafting_item", json!({ "item": "unit_legal_check" }))).await;
    assert!(matches!(refused, Err(AppError::Rejected(_))), "the fifth conflict is told: {refused:?}");
    assert_eq!(code(refused), Code::Conflict);
    assert_eq!((node.store.failures_left(), node.events(case).await.len()), (0, n));
    node.done(case, "record_drafting_item", json!({ "item": "unit_legal_check" })).await;
}

async fn timers_fired_by_two_nodes_write_once(backend: Backend) {
    let site = Site::new(backend).await;
    let (a, b) = (site.node(1).await, site.node(2).await);
    let case = a.road_to("open_solicitation").await;
    a.app.settle().await.expect("the consultation opens");
    let consultation = a.consultation(case).await;
    for node in [&a, &b] {
        node.clock.move_to(FIRST_DAY + 40.days(), 10);
    }
    let fired = tokio::join!(a.app.fire_timers(), b.app.fire_timers(), a.app.fire_timers());
    for fired in [fired.0, fired.1, fired.2] {
        fired.expect("a timer that another node fired is no failure");
    }
    a.app.settle().await.expect("background work is done");
    b.app.settle().await.expect("background work is done");
    let kinds = a.kinds(case).await;
    assert_eq!(kinds.iter().filter(|k| *k == "clock_elapsed").count(), 1, "{kinds:?}");
    assert_eq!(a.kinds(consultation).await, ["consultation_opened", "consultation_closed"]);
    a.agrees("after timers of two nodes").await;
}

async fn messages_delivered_by_two_nodes_write_once(backend: Backend) {
    let site = Site::new(backend).await;
    let (a, b) = (site.node(1).await, site.node(2).await);
    let case = a.road_to("open_solicitation").await;
    let waiting = a.store.outbox(10).await.expect("messages");
    assert_eq!(waiting.len(), 1);
    let (one, two) = tokio::join!(a.app.deliver_messages(), b.app.deliver_messages());
    one.and(two).expect("a message that another node delivered is no failure");
    let consultation = a.consultation(case).await;
    assert_eq!(a.kinds(consultation).await, ["consultation_opened"]);
    assert!(a.store.outbox(10).await.expect("messages").is_empty());
    // Delivered again, as after a crash between the write and the mark.
    let again = match backend {
        Backend::Sqlite | Backend::Postgres => "UPDATE outbox SET done_at = NULL",
    };
    assert_eq!(site.sql(again).await.expect("the mark is taken back"), 1);
    b.app.deliver_messages().await.expect("nothing is left to write");
    assert_eq!(a.kinds(consultation).await, ["consultation_opened"]);
    assert!(a.store.outbox(10).await.expect("messages").is_empty());
    a.agrees("after messages delivered twice").await;
}

async fn two_sequencers_leave_no_gap(backend: Backend) {
    let site = Site::new(backend).await;
    let (a, b) = (site.node(1).await, site.node(2).await);
    a.road_to("conclude_legality_review").await;
    let (one, two) = tokio::join!(a.app.sequence_log(), b.app.sequence_log());
    one.and(two).expect("two sequencers");
    let case = b.road_to("decide_initiation").await;
    // The lease of whoever had it runs out; the other goes on.
    for node in [&a, &b] {
        node.clock.shift(60_000);
    }
    let (one, two) = tokio::join!(b.app.sequence_log(), a.app.sequence_log());
    one.and(two).expect("two sequencers");
    let mut events = 0;
    for (stream, _) in a.store.streams(None, 1000).await.expect("streams") {
        events += a.events(stream).await.len() as u64;
    }
    let log = a.store.log(0, 10_000).await.expect("the log");
    assert_eq!(log.len() as u64, events, "every event has its place");
    assert!(log.iter().enumerate().all(|(i, entry)| entry.log_index == i as u64), "without gaps");
    let places: BTreeSet<_> = log.iter().map(|entry| entry.event).collect();
    assert_eq!(places.len(), log.len(), "each once");
    let of_case: Vec<u64> = log.iter().filter(|e| e.stream == case.into()).map(|e| e.n).collect();
    assert!(of_case.is_sorted(), "a stream stands in the log in its own order");
}

async fn comments_race_the_end_of_the_period(backend: Backend) {
    let site = Site::new(backend).await;
    let (a, b) = (site.node(1).await, site.node(2).await);
    let case = a.road_to("open_solicitation").await;
    a.app.settle().await.expect("the consultation opens");
    let consultation = a.consultation(case).await;
    // One node's clock has passed the last midnight; the other's has a minute left.
    a.clock.move_to(FIRST_DAY + 30.days(), 24);
    b.clock.move_to(FIRST_DAY + 30.days(), 24);
    b.clock.shift(-60_000);
    let (timers, in_time, late, in_time_too) = tokio::join!(
        a.app.fire_timers(),
        b.comment(consultation, "最后一分钟"),
        a.comment(consultation, "零点以后"),
        b.comment(consultation, "最后一分钟之二"),
    );
    timers.expect("timers");
    for comment in [in_time, late, in_time_too] {
        assert!(comment.expect("no comment is dropped").receipt.is_some());
    }
    for node in [&a, &b] {
        node.clock.move_to(FIRST_DAY + 31.days(), 10);
        node.app.settle().await.expect("background work is done");
    }
    let kinds = a.kinds(consultation).await;
    assert_eq!(kinds.iter().filter(|k| *k == "comment_received").count(), 3, "{kinds:?}");
    assert_eq!(kinds.iter().filter(|k| *k == "consultation_closed").count(), 1, "{kinds:?}");
    // Whatever came first, the count of the closing event is that of the comments not marked late before it.
    let events = a.events(consultation).await;
    let body = |json: &str| serde_json::from_str::<Value>(json).expect("an event")["body"].clone();
    let closing = events.iter().position(|e| e.event.kind == "consultation_closed").expect("closed");
    let before = events[..closing].iter().map(|e| body(&e.event.json)).filter(|b| b["late"] == json!(false)).count();
    assert_eq!(body(&events[closing].event.json)["received"], json!(before));
    assert!(events[closing..].iter().map(|e| body(&e.event.json)).all(|b| b["late"] != json!(false)));
    let told = a.case(case).await.file.consultation.expect("a consultation").received;
    assert_eq!(told, Some(before as u64), "the case is told the same");
    a.agrees("after a race with midnight").await;
}

async fn a_clock_that_steps_back_does_not_turn_time_back(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = node.road_to("add_draft_version").await;
    node.clock.shift(-3_600_000);
    node.act(case, Ask { ..ask("record_drafting_item", Value::Null) }).await.expect("accepted");
    let times: Vec<i64> = node.events(case).await.iter().map(|e| e.event.recorded_at).collect();
    assert!(times.is_sorted(), "{times:?}");
    site.replays(&node, "after a clock that stepped back").await;
}
