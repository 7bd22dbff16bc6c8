//! One road for every write: conflicts, keys, unknown outcomes, overload, turns.

use std::sync::Arc;

use dingce_app::AppError;
use dingce_domain::code::Code;
use dingce_domain::organisation::OrganisationEvent;
use dingce_testkit::staff;
use jiff::civil::date;

use crate::memory::Fault;
use crate::nodes::*;

#[tokio::test]
async fn a_clash_on_a_head_is_decided_anew_four_times_and_then_told() {
    let (store, one) = district().await;
    store.fault(&[Fault::Conflict; 4]);
    publish(&one.app, None, "目录").await.expect("the fifth try is written");
    store.fault(&[Fault::Conflict; 5]);
    assert_eq!(code(publish(&one.app, None, "目录").await), Code::Conflict);
}

#[tokio::test]
async fn one_key_on_two_nodes_at_once_is_one_act_with_one_answer() {
    let (store, one) = district().await;
    let two = node(&store, 2);
    let (a, b) = tokio::join!(
        publish(&one.app, key("clerk", "k", "same"), "目录"),
        publish(&two.app, key("clerk", "k", "same"), "目录")
    );
    let a = a.expect("accepted");
    assert_eq!(a, b.expect("the first answer"));
    assert_eq!(a.events.len(), 1);
    assert_eq!(code(publish(&two.app, key("clerk", "k", "other"), "目录").await), Code::KeyReused);
}

#[tokio::test]
async fn the_same_request_twice_on_one_stream_is_the_first_answer_even_where_it_would_now_be_refused() {
    let (store, one) = district().await;
    let two = node(&store, 2);
    let unit = OrganisationEvent::UnitRegistered {
        unit: dingce_domain::id::UnitId::new(uuid::Uuid::from_u128(0x999)),
        name: "新单位".to_owned(),
        unit_kind: dingce_domain::organisation::UnitKind::Department,
        from: TODAY,
    };
    let enter = |app: Arc<dingce_app::App>| {
        let entries = vec![unit.clone()];
        async move {
            app.enter_directory(asked("registrar", key("registrar", "k", "unit")), staff::DIRECTORY, entries).await
        }
    };
    let (a, b) = tokio::join!(enter(Arc::clone(&one.app)), enter(Arc::clone(&two.app)));
    assert_eq!(a.expect("accepted"), b.expect("the first answer"));
    // Without the key it is refused: the unit is there.
    let again = one.app.enter_directory(asked("registrar", None), staff::DIRECTORY, vec![unit.clone()]).await;
    assert_eq!(code(again), Code::AlreadyThere);
}

#[tokio::test]
async fn what_was_accepted_is_answered_also_after_the_asker_lost_the_post() {
    let (_, one) = district().await;
    let first = publish(&one.app, key("clerk", "k", "same"), "目录").await.expect("accepted");
    let left = OrganisationEvent::PostLeft { person: staff::person("clerk"), post: staff::post("clerk"), until: TODAY };
    one.app.enter_directory(asked("registrar", None), staff::DIRECTORY, vec![left]).await.expect("left");
    assert_eq!(publish(&one.app, key("clerk", "k", "same"), "目录").await.expect("the first answer"), first);
    assert_eq!(code(publish(&one.app, key("clerk", "k2", "same"), "目录").await), Code::Forbidden);
}

#[tokio::test]
async fn a_refusal_is_not_kept() {
    let (_, one) = district().await;
    assert_eq!(code(publish(&one.app, key("clerk", "k", "same"), "").await), Code::TextNotAcceptable);
    publish(&one.app, key("clerk", "k", "same"), "目录").await.expect("evaluated afresh");
}

#[tokio::test]
async fn an_unknown_outcome_is_resolved_by_the_key() {
    let (store, one) = district().await;
    store.fault(&[Fault::AnswerLost]);
    let first = publish(&one.app, key("clerk", "a", "x"), "目录").await.expect("it was written after all");
    assert_eq!(publish(&one.app, key("clerk", "a", "x"), "目录").await.expect("again"), first);
    store.fault(&[Fault::AnswerLost, Fault::Lost]);
    assert!(matches!(publish(&one.app, None, "目录").await, Err(AppError::Unavailable(_))));
    assert!(matches!(publish(&one.app, key("clerk", "b", "x"), "目录").await, Err(AppError::Unavailable(_))));
    publish(&one.app, key("clerk", "b", "x"), "目录").await.expect("nothing was written before");
}

#[tokio::test]
async fn a_full_lane_refuses_early_and_the_other_lane_goes_on() {
    let (store, one) = district().await;
    consult(&store, date(2026, 4, 30)).await;
    let held = store.hold().await;
    let tasks: Vec<_> = (0..1100)
        .map(|i| {
            let app = Arc::clone(&one.app);
            tokio::spawn(async move { comment(&app, None, &format!("意见 {i}")).await })
        })
        .collect();
    tokio::task::yield_now().await;
    let officials = tokio::spawn({
        let app = Arc::clone(&one.app);
        async move { publish(&app, None, "目录").await }
    });
    drop(held);
    let mut overloaded = 0;
    for task in tasks {
        match task.await.expect("no panic") {
            Ok(_) => {}
            Err(AppError::Overloaded) => overloaded += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(overloaded, 1100 - 1024);
    officials.await.expect("no panic").expect("officials are not held up");
    let (_, conflicts) = store.tried();
    assert_eq!(conflicts, 0, "comments take turns");
}

#[tokio::test]
async fn after_lost_events_acts_are_chained_to_what_the_store_has() {
    let (store, one) = district().await;
    consult(&store, date(2026, 4, 30)).await;
    let two = node(&store, 2);
    comment(&one.app, None, "失去的意见").await.expect("received");
    store.lose_last(CONSULTATION.into());
    comment(&two.app, None, "另一节点的意见").await.expect("received");
    comment(&one.app, None, "后来的意见").await.expect("received");
    let events = store.all(CONSULTATION);
    assert_eq!(events.len(), 3);
    for pair in events.windows(2) {
        let leaf: serde_json::Value = serde_json::from_slice(&pair[1].event.leaf).expect("a leaf");
        let prev = leaf["prev"].as_str().expect("a leaf before it").to_owned();
        assert!(prev.contains(&hex::encode(pair[0].event.leaf_hash)), "{prev}");
    }
}
