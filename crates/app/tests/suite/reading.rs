//! Reading streams: what is unknown stops only its stream, and a snapshot is never the truth.

use dingce_app::AppError;
use dingce_app::ports::EventStore;
use jiff::civil::date;

use crate::nodes::*;

#[tokio::test]
async fn an_unknown_event_version_stops_only_its_stream() {
    let (store, one) = district().await;
    consult(&store, date(2026, 4, 30)).await;
    let case = case(&store, &one.app).await;
    store.alter(case.into(), 1, |event| event.event.version = 9);
    let fresh = node(&store, 2);
    let read = fresh.app.case(principal("officer"), case).await;
    assert!(matches!(read, Err(AppError::Corrupt { .. })), "{read:?}");
    comment(&fresh.app, None, "意见").await.expect("other streams are served");
}

#[tokio::test]
async fn a_missing_event_is_told_as_damage() {
    let (store, one) = district().await;
    consult(&store, date(2026, 4, 30)).await;
    for i in 0..2 {
        comment(&one.app, None, &format!("意见 {i}")).await.expect("received");
    }
    store.alter(CONSULTATION.into(), 2, |event| event.n = 9);
    let fresh = node(&store, 2);
    assert!(matches!(comment(&fresh.app, None, "意见").await, Err(AppError::Corrupt { .. })));
}

#[tokio::test]
async fn a_snapshot_helps_and_one_of_another_shape_is_passed_over() {
    let (store, one) = district().await;
    consult(&store, date(2026, 4, 30)).await;
    for i in 0..70 {
        comment(&one.app, None, &format!("意见 {i}")).await.expect("received");
    }
    tokio::task::yield_now().await;
    let stream = CONSULTATION.into();
    let snapshot = store.snapshot(stream).await.expect("read").expect("a snapshot at the 64th event");
    assert_eq!(snapshot.n, 64);
    let two = node(&store, 2);
    assert_eq!(comment(&two.app, None, "意见").await.expect("from the snapshot").n, 72);
    store.spoil_snapshot(stream);
    let three = node(&store, 3);
    assert_eq!(comment(&three.app, None, "意见").await.expect("from the start").n, 73);
}
