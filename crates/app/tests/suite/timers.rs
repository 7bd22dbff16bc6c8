//! Timers and the calendar; the sequencer's lease.

use std::time::Duration;

use dingce_app::ports::{Deadline, EventStore};
use dingce_domain::case::Case;
use dingce_domain::definition::Definition;
use dingce_domain::event::CaseEvent;
use dingce_domain::id::CaseId;
use dingce_domain::time::{ClockKind, Limit, Run, WorkingDays};
use dingce_domain::words::Volume;
use dingce_testkit::law;
use jiff::civil::date;
use uuid::Uuid;

use crate::nodes::*;

fn working(days: u16) -> Limit {
    Limit::Working(WorkingDays::new(days).expect("a number of days"))
}

fn review_clock(def: &Definition) -> dingce_domain::words::ClockId {
    def.clocks.iter().find(|c| c.kind == ClockKind::Guaranteed).expect("a guaranteed clock").id.clone()
}

#[tokio::test]
async fn a_consultation_closes_once_whoever_fires_first() {
    let (store, one) = district().await;
    consult(&store, date(2026, 3, 20)).await;
    let two = node(&store, 2);
    for node in [&one, &two] {
        node.clock.move_to(date(2026, 3, 20), 24);
    }
    let (a, b) = tokio::join!(one.app.fire_timers(), two.app.fire_timers());
    assert_eq!(a.expect("fired") + b.expect("fired"), 1);
    assert_eq!(store.all(CONSULTATION).len(), 2);
    assert!(store.all_deadlines().await.expect("read").is_empty());
}

#[tokio::test]
async fn a_timer_that_has_nothing_to_say_is_left_for_the_act_that_may_have_set_it() {
    let (store, one) = district().await;
    consult(&store, date(2026, 4, 30)).await;
    // As if the clock that set it were ahead of this one.
    let early = Deadline { stream: CONSULTATION.into(), clock: "closing".to_owned(), due_at: Some(0) };
    store.leave_timer(early.clone());
    assert_eq!(one.app.fire_timers().await.expect("fired"), 0);
    one.app.settle().await.expect("it settles");
    assert_eq!(store.all_deadlines().await.expect("read"), [early]);
}

#[tokio::test]
async fn a_stream_that_cannot_be_read_holds_up_no_timer_and_no_message_and_settling_ends() {
    let (store, one) = district().await;
    let case = case(&store, &one.app).await;
    consult(&store, date(2026, 3, 20)).await;
    store.alter(case.into(), 1, |event| event.event.version = 9);
    let clock = "legality_review".to_owned();
    store.leave_timer(Deadline { stream: case.into(), clock, due_at: Some(0) });
    let fresh = node(&store, 2);
    fresh.clock.move_to(date(2026, 3, 20), 24);
    fresh.app.settle().await.expect("it settles");
    assert_eq!(store.all(CONSULTATION).len(), 2, "the consultation is closed");
    assert_eq!(store.log_size().await.expect("read"), 2 + store.all(case).len() as u64 + directory_size());
}

fn directory_size() -> u64 {
    dingce_testkit::staff::directory().len() as u64
}

#[tokio::test]
async fn clocks_that_wait_for_a_year_follow_when_a_node_gets_its_calendar() {
    let (store, one) = district().await;
    let case = case(&store, &one.app).await;
    let def = law::definition();
    let clock = review_clock(&def);
    let run = Run::start(ClockKind::Guaranteed, working(7), date(2026, 12, 30), &law::calendars());
    let started = CaseEvent::ClockStarted {
        clock,
        run,
        holder: "legality_reviewer".parse().expect("a role"),
        volume: Volume::Decision,
    };
    seed::<Case>(&store, case, vec![started]).await;
    one.app.settle().await.expect("it settles");
    let before = store.all(case).len();
    one.app.use_calendar(law::calendars_with_2027());
    one.app.settle().await.expect("it settles");
    let kinds: Vec<_> = store.all(case)[before..].iter().map(|e| e.event.kind.clone()).collect();
    assert_eq!(kinds, ["due_date_fixed"]);
    one.app.settle().await.expect("firing twice is harmless");
    assert_eq!(store.all(case).len(), before + 1);
}

#[tokio::test(start_paused = true)]
async fn a_dead_node_under_a_clock_that_stands_still_does_not_keep_the_log() {
    let (store, one) = district().await;
    one.app.sequence_log().await.expect("placed");
    let two = node(&store, 2);
    publish(&two.app, None, "目录").await.expect("published");
    assert_eq!(two.app.sequence_log().await.expect("asked"), 0, "the other holds the lease");
    tokio::time::advance(Duration::from_secs(31)).await;
    assert_eq!(two.app.sequence_log().await.expect("placed"), 1);
    // The first one comes back: its epoch is over, and it places nothing until it notices.
    publish(&one.app, None, "目录").await.expect("published");
    assert_eq!(one.app.sequence_log().await.expect("asked"), 0);
    assert_eq!(two.app.sequence_log().await.expect("placed"), 1);
}

#[tokio::test(start_paused = true)]
async fn background_work_stops_when_told_and_gives_the_lease_back() {
    let (store, one) = district().await;
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let running = tokio::spawn({
        let app = std::sync::Arc::clone(&one.app);
        async move { app.run_background(stopping).await }
    });
    tokio::time::sleep(Duration::from_secs(2)).await;
    stop.send_replace(true);
    running.await.expect("it ends");
    assert!(store.log_size().await.expect("read") > 0);
    let two = node(&store, 2);
    publish(&two.app, None, "目录").await.expect("published");
    assert_eq!(two.app.sequence_log().await.expect("placed"), 1);
}

#[tokio::test]
async fn nothing_is_written_about_a_case_that_is_not_there() {
    let (store, one) = district().await;
    let stream = CaseId::new(Uuid::from_u128(0xFF)).into();
    store.leave_timer(Deadline { stream, clock: "x".to_owned(), due_at: Some(0) });
    one.app.settle().await.expect("it settles");
    assert!(store.all(stream).is_empty());
}
