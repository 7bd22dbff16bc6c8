//! Who looked what up: on record before it is answered, in the log as roots, and missed where a row is taken out.

use std::sync::Arc;

use dingce_app::ports::EventStore as _;
use dingce_app::use_cases::{Asking, LOOKUPS_MAX, LogDifference};
use dingce_domain::code::Code;
use dingce_domain::figures::Period;
use dingce_domain::id::PersonId;
use dingce_testkit::staff;
use dingce_tests::acting::{code, principal};
use dingce_tests::harness::{Backend, Site};
use dingce_tests::log_in_memory::LogInMemory;
use dingce_tests::on_both;

on_both!(
    a_look_up_is_on_record,
    figures_of_a_whole_organ_are_a_look_up,
    what_is_taken_out_is_missed,
    many_at_once_have_no_gap,
);

async fn a_look_up_is_on_record(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = node.open_case().await;
    let auditor = principal("auditor");
    let person: PersonId = staff::person("deputy");
    node.app.trace_case(auditor, case, None).await.expect("traced").expect("a case");
    node.app.trace_person(auditor, person).await.expect("traced").expect("a person");
    // Who may not trace is refused and has looked nothing up.
    assert_eq!(code(node.app.trace_case(principal("officer"), case, None).await), Code::Forbidden);
    let found = node.app.lookups(auditor, None, LOOKUPS_MAX).await.expect("listed");
    let told: Vec<_> = found.iter().map(|l| (l.number, l.kind.as_str(), l.subject.clone(), l.person)).collect();
    let who = auditor.person;
    assert_eq!(
        told,
        [
            (3, "read_lookups", staff::unit("organ").to_string(), who),
            (2, "trace_person", person.to_string(), who),
            (1, "trace_case", case.to_string(), who),
        ]
    );
    let older = node.app.lookups(auditor, Some(2), LOOKUPS_MAX).await.expect("listed");
    assert_eq!(older.iter().map(|l| l.number).collect::<Vec<_>>(), [1]);
    assert_eq!(code(node.app.lookups(principal("head"), None, 1).await), Code::Forbidden);
}

async fn figures_of_a_whole_organ_are_a_look_up(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    node.open_case().await;
    let (organ, period) = (staff::unit("organ"), Period::of_year(2024).expect("a year"));
    let take = |who: &'static str, mark| node.app.figures(principal(who), organ, Asking { period, mark });
    let mark = take("head", None).await.expect("taken").mark;
    take("auditor", Some(mark)).await.expect("the same again");
    // A unit counts what it works on; who may count nothing has looked nothing up.
    take("officer", None).await.expect("of the own unit");
    assert_eq!(code(take("archivist", None).await), Code::Forbidden);
    let found = node.app.lookups(principal("auditor"), Some(3), LOOKUPS_MAX).await.expect("listed");
    let told: Vec<_> = found.iter().map(|l| (l.number, l.kind.as_str(), l.subject.clone(), l.person)).collect();
    let subject = format!("2024-01-01/2024-12-31 {mark}");
    let by = |who| principal(who).person;
    assert_eq!(told, [(2, "take_figures", subject.clone(), by("auditor")), (1, "take_figures", subject, by("head"))]);
}

async fn what_is_taken_out_is_missed(backend: Backend) {
    let site = Site::new(backend).await;
    let outside = Arc::new(LogInMemory::default());
    let node = site.publishing_node(1, outside.publisher()).await;
    let case = node.open_case().await;
    let auditor = principal("auditor");
    for _ in 0..5 {
        node.app.trace_case(auditor, case, None).await.expect("traced");
    }
    assert_eq!(node.app.record_lookups().await.expect("looked"), 0, "a batch is gathered for a minute");
    node.clock.shift(61_000);
    assert_eq!(node.app.record_lookups().await.expect("recorded"), 5);
    assert_eq!(node.app.record_lookups().await.expect("looked"), 0, "once");
    node.app.trace_case(auditor, case, None).await.expect("traced");
    node.clock.shift(61_000);
    // Another node, which knows of no batch yet.
    let other = site.publishing_node(2, outside.publisher()).await;
    other.clock.shift(200_000);
    assert_eq!(other.app.record_lookups().await.expect("recorded"), 1);
    assert_eq!(node.app.record_lookups().await.expect("looked"), 0);
    node.app.settle().await.expect("settled");
    assert_eq!(node.app.audit_log().await.expect("read").difference, None);
    node.agrees("with look-ups").await;
    // Only an administrator past the triggers can change them, and the audit says so.
    assert!(site.sql("DELETE FROM lookups WHERE number = 3").await.is_err());
    assert!(site.sql("UPDATE lookups SET subject = 'x' WHERE number = 3").await.is_err());
    site.past_triggers_of("lookups").await;
    site.sql("UPDATE lookups SET person = 'person_00000000000000000000000000000000' WHERE number = 3")
        .await
        .expect("changed");
    let found = node.app.audit_log().await.expect("read").difference;
    assert_eq!(found, Some(LogDifference::Lookups { first: 1, last: 5 }));
}

async fn many_at_once_have_no_gap(backend: Backend) {
    let site = Site::new(backend).await;
    let (one, two) = (site.node(1).await, site.node(2).await);
    let case = one.open_case().await;
    let auditor = principal("auditor");
    let nodes = [&one, &two];
    let asked = (0..40).map(|at| nodes[at % 2].app.trace_case(auditor, case, None));
    for answer in futures_util::future::join_all(asked).await {
        answer.expect("traced").expect("a case");
    }
    let found = one.store.lookups(None, 0, 1000, 1000).await.expect("listed");
    assert_eq!(found.iter().map(|l| l.number).collect::<Vec<_>>(), (1..=40).collect::<Vec<_>>());
}
