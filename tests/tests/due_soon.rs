//! That a last day is near is on the record: said by the timer, once, taken back by a pause, and the same in every copy of the truth.

use dingce_app::ports::{Filter, ReadRow, RowQuery, Value as Cell};
use dingce_app::read_rows::ClockRow;
use dingce_domain::event::CaseEvent;
use dingce_domain::id::CaseId;
use dingce_domain::time::{DUE_SOON_DEFAULT, Zone, latest_before_working_days};
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::on_both;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

on_both!(a_clock_says_once_that_it_is_due_soon, a_suspension_takes_it_back, a_case_from_before_stays_as_it_was);

async fn clock(node: &Node, case: CaseId, name: &str) -> ClockRow {
    let query = RowQuery::all(ClockRow::TABLE)
        .with(Filter::Eq("case_id", Cell::Text(case.to_string())))
        .with(Filter::Eq("clock", Cell::Text(name.to_owned())));
    node.app.row::<ClockRow>(query).await.expect("rows").expect("the clock")
}

/// Numbers and days of the events of this kind about a clock.
async fn said(node: &Node, case: CaseId, kind: &str, name: &str) -> Vec<(u64, Date)> {
    let about = format!("\"clock\":\"{name}\"");
    let events = node.events(case).await;
    let of = events.iter().filter(|stored| stored.event.kind == kind && stored.event.json.contains(&about));
    of.map(|stored| {
        let at = Timestamp::from_millisecond(stored.event.recorded_at).expect("an instant");
        (stored.n, Zone::SHANGHAI.date_of(at))
    })
    .collect()
}

async fn a_clock_says_once_that_it_is_due_soon(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = node.road_to("issue_decision").await;
    let row = clock(&node, case, "publication_period").await;
    let due: Date = row.due_on.as_deref().expect("a last day").parse().expect("a day");
    let warns = latest_before_working_days(&node.app.calendar(), due, DUE_SOON_DEFAULT).date().expect("a calendar");
    // The timer is that of the warning, and at the beginning of its day it fires.
    node.clock.move_to(warns.yesterday().expect("a day"), 23);
    node.app.settle().await.expect("settled");
    assert!(said(&node, case, "clock_due_soon", "publication_period").await.is_empty());
    assert!(!clock(&node, case, "publication_period").await.due_soon);
    node.clock.move_to(warns, 0);
    node.app.settle().await.expect("settled");
    let told = said(&node, case, "clock_due_soon", "publication_period").await;
    assert_eq!(told.iter().map(|(_, day)| *day).collect::<Vec<_>>(), [warns]);
    let soon = clock(&node, case, "publication_period").await;
    assert!(soon.due_soon && soon.state == "running");
    node.agrees("when it is due soon").await;
    site.replays(&node, "when it is due soon").await;

    // Every day until the last, and after it: nothing more but that it is overdue, and then it is due soon no longer.
    for _ in 0..10 {
        node.days_pass(1).await;
    }
    assert_eq!(said(&node, case, "clock_due_soon", "publication_period").await, told);
    assert_eq!(said(&node, case, "clock_overdue", "publication_period").await.len(), 1);
    let late = clock(&node, case, "publication_period").await;
    assert_eq!((late.state.as_str(), late.due_soon), ("overdue", false));
    let holds = node.app.trace_case_unchecked(case, None).await.expect("read").expect("a trace").holds;
    let held = holds.iter().find(|held| held.hold.clock.as_str() == "publication_period").expect("held");
    assert_eq!(held.hold.due_soon_n, Some(told[0].0));
    assert!(held.hold.overdue_n > held.hold.due_soon_n);
    let known = held.hold.as_known(told[0].0 - 1).expect("it ran before");
    assert_eq!(known.due_soon_n, None, "as it was known before");
    node.agrees("when it is overdue").await;
    let report = node.app.rebuild(true, &|_, _| {}).await.expect("tables are written anew");
    assert_eq!(report.differing, 0, "{:#?}", report.differences);
}

async fn a_suspension_takes_it_back(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(2).await;
    let case = node.road_to("publish_decision").await;
    let due: Date = clock(&node, case, "execution_limit").await.due_on.expect("a last day").parse().expect("a day");
    node.clock.move_to(due, 9);
    node.app.settle().await.expect("settled");
    assert!(clock(&node, case, "execution_limit").await.due_soon);
    node.done(case, "suspend_execution", Value::Null).await;
    assert!(!clock(&node, case, "execution_limit").await.due_soon, "nobody counts while it is suspended");
    node.days_pass(30).await;
    assert_eq!(said(&node, case, "clock_due_soon", "execution_limit").await.len(), 1);
    node.done(case, "resume_execution", Value::Null).await;
    node.app.settle().await.expect("settled");
    assert_eq!(said(&node, case, "clock_due_soon", "execution_limit").await.len(), 2, "it has another last day");
    assert!(clock(&node, case, "execution_limit").await.due_soon);
    node.agrees("after the suspension").await;
    site.replays(&node, "after the suspension").await;
}

/// A clock that an earlier program started says nothing of a warning: it is read as it was written, and stays silent.
async fn a_case_from_before_stays_as_it_was(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(3).await;
    let case = node.road_to("issue_decision").await;
    let runs: Vec<String> = node
        .events(case)
        .await
        .iter()
        .map(|stored| stored.event.json.clone())
        .filter(|json| json.contains("\"clock_started\""))
        .collect();
    assert!(runs.iter().any(|json| json.contains("\"warning\"")), "clocks that can be missed warn");
    let old: Value = serde_json::from_str(
        r#"{"kind":"clock_started","clock":"publication_period","holder":"office_clerk","volume":"decision",
            "run":{"kind":"cap","limit":{"working":20},"started_on":"2024-04-01","pauses":[],
                   "state":{"running":{"due":{"fixed":"2024-04-29"}}}}}"#,
    )
    .expect("JSON");
    let event: CaseEvent = serde_json::from_value(old.clone()).expect("an event of before");
    let CaseEvent::ClockStarted { run, .. } = &event else { panic!("{event:?}") };
    assert_eq!(run.warns_on(), None);
    assert_eq!(serde_json::to_value(&event).expect("JSON"), old, "and written as it was");
}
