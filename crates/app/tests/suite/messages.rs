//! Messages between streams: at least once, in order for each stream, and none is lost.

use std::time::Duration;

use dingce_app::ports::{EventStore, OutboxMessage};
use dingce_domain::consultation::AnswerComment;
use dingce_domain::id::{CommentId, EventId};
use dingce_domain::words::Uptake;
use jiff::civil::date;
use uuid::Uuid;

use crate::nodes::*;

fn kinds(events: &[dingce_app::ports::StoredEvent]) -> Vec<&str> {
    events.iter().map(|e| e.event.kind.as_str()).collect()
}

#[tokio::test]
async fn a_message_delivered_twice_or_by_two_nodes_does_its_work_once() {
    let (store, one) = district().await;
    let case = case(&store, &one.app).await;
    solicit(&store, case, date(2026, 3, 20)).await;
    let two = node(&store, 2);
    let (a, b) = tokio::join!(one.app.deliver_messages(), two.app.deliver_messages());
    a.expect("delivered");
    b.expect("delivered");
    assert_eq!(kinds(&store.all(CONSULTATION)), ["consultation_opened"]);
    store.posted().into_iter().for_each(|message| store.post(message));
    one.app.deliver_messages().await.expect("delivered again");
    assert_eq!(kinds(&store.all(CONSULTATION)), ["consultation_opened"]);
    assert!(store.outbox(10).await.expect("read").is_empty());
}

#[tokio::test(start_paused = true)]
async fn closing_waits_for_a_clock_that_is_behind_and_settling_waits_for_closing() {
    let (store, one) = district().await;
    let case = case(&store, &one.app).await;
    solicit(&store, case, date(2026, 3, 20)).await;
    one.app.settle().await.expect("it settles");
    comment(&one.app, None, "意见").await.expect("received");
    let comment = comment_ids(&store)[0];
    let given = AnswerComment { comment, uptake: Uptake::Full, reason: "采纳".to_owned() };
    let answer = one.app.answer_comment(asked("officer", None), CONSULTATION, given).await;
    answer.expect("answered");
    // The clock of one node is past midnight, that of the other is not.
    let two = node(&store, 2);
    one.clock.move_to(date(2026, 3, 20), 24);
    two.clock.move_to(date(2026, 3, 20), 23);
    one.app.fire_timers().await.expect("fired");
    let before = store.all(case).len();
    assert_eq!(two.app.deliver_messages().await.expect("tried"), 0);
    assert_eq!(store.outbox(10).await.expect("read").len(), 2, "both messages wait");
    two.clock.move_to(date(2026, 3, 20), 24);
    assert_eq!(two.app.deliver_messages().await.expect("tried"), 0, "it is put off, not asked without pause");
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(two.app.deliver_messages().await.expect("delivered"), 2);
    let told: Vec<_> = store.all(case)[before..].to_vec();
    assert!(kinds(&told).contains(&"solicitation_closed"));
    assert_eq!(kinds(&told).last(), Some(&"comments_settled"));
}

#[tokio::test]
async fn a_message_that_nobody_understands_holds_up_no_other() {
    let (store, one) = district().await;
    let odd = OutboxMessage {
        event: EventId::new(Uuid::from_u128(1)),
        topic: "z_from_a_newer_program".to_owned(),
        payload: "{}".to_owned(),
    };
    store.post(odd.clone());
    let case = case(&store, &one.app).await;
    solicit(&store, case, date(2026, 3, 20)).await;
    one.app.settle().await.expect("it settles");
    assert_eq!(store.all(CONSULTATION).len(), 1);
    assert_eq!(store.outbox(10).await.expect("read"), [odd]);
}

#[tokio::test]
async fn an_answer_to_a_late_comment_settles_nothing() {
    let (store, one) = district().await;
    let case = case(&store, &one.app).await;
    solicit(&store, case, date(2026, 3, 20)).await;
    one.app.settle().await.expect("it settles");
    comment(&one.app, None, "及时").await.expect("received");
    one.clock.move_to(date(2026, 3, 20), 24);
    one.app.settle().await.expect("it settles");
    comment(&one.app, None, "迟到").await.expect("kept");
    for comment in comment_ids(&store) {
        let given = AnswerComment { comment, uptake: Uptake::None, reason: "理由".to_owned() };
        one.app.answer_comment(asked("officer", None), CONSULTATION, given).await.expect("answered");
    }
    let settling = store.posted().into_iter().filter(|m| m.topic.starts_with('c')).count();
    assert_eq!(settling, 1);
}

fn comment_ids(store: &crate::memory::MemoryStore) -> Vec<CommentId> {
    let received = store.all(CONSULTATION).into_iter().filter(|e| e.event.kind == "comment_received");
    let body =
        |json: String| serde_json::from_str::<serde_json::Value>(&json).expect("JSON")["body"]["comment"].clone();
    received.map(|e| serde_json::from_value(body(e.event.json)).expect("a comment's id")).collect()
}
