//! The same request again: from one node, from two at once, after a lost answer.

use dingce_app::ports::EventStore;
use dingce_app::principal::FoundHats;
use dingce_app::use_cases::Asked;
use dingce_app::{Done, RequestKey};
use dingce_domain::code::Code;
use dingce_domain::id::CaseId;
use dingce_testkit::staff;
use dingce_tests::acting::{Ask, ask, asked, code, principal};
use dingce_tests::between::Failure;
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::on_both;
use serde_json::{Value, json};

on_both!(
    the_same_request_has_the_same_answer,
    a_key_is_for_one_input,
    a_refusal_is_not_kept,
    a_key_is_of_one_person_and_one_operation,
    the_same_request_at_once_is_done_once,
    a_lost_answer_is_found_by_its_key,
    a_lost_write_is_written_again,
    a_case_is_opened_once,
);

fn key(operation: &str, key: &str, input: &Value) -> RequestKey {
    RequestKey::new(staff::person("officer"), operation, key, input).expect("a key")
}

fn drafting(operation: &str, reason: &str) -> Ask {
    let over = json!({ "reason": reason });
    Ask { key: Some(key(operation, "k-1", &over)), ..ask("add_draft_version", over) }
}

async fn begun(node: &Node) -> CaseId {
    node.road_to("decide_initiation").await
}

async fn the_same_request_has_the_same_answer(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = begun(&node).await;
    let command = node.command(case, &drafting("add_draft_version", "")).await;
    let asked = || Asked { key: drafting("add_draft_version", "").key, ..asked("officer") };
    let first = node.app.act(asked(), case, command.clone()).await.expect("accepted");
    let n = node.events(case).await.len();
    assert_eq!(node.app.act(asked(), case, command.clone()).await.expect("repeated"), first);
    let other = site.node(2).await;
    assert_eq!(other.app.act(asked(), case, command).await.expect("repeated elsewhere"), first);
    assert_eq!(node.events(case).await.len(), n, "a repetition writes nothing");
    node.agrees("after repetitions").await;
}

async fn a_key_is_for_one_input(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = begun(&node).await;
    node.act(case, drafting("add_draft_version", "")).await.expect("accepted");
    let n = node.events(case).await.len();
    let other = node.act(case, drafting("add_draft_version", "另一份输入")).await;
    assert_eq!(code(other), Code::KeyReused);
    assert_eq!(node.events(case).await.len(), n);
}

async fn a_refusal_is_not_kept(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = node.road_to("study_proposal").await;
    assert_eq!(code(node.act(case, drafting("add_draft_version", "")).await), Code::StageNotOpen);
    node.done(case, "decide_initiation", Value::Null).await;
    node.act(case, drafting("add_draft_version", "")).await.expect("judged afresh");
}

async fn a_key_is_of_one_person_and_one_operation(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = begun(&node).await;
    node.act(case, drafting("add_draft_version", "")).await.expect("accepted");
    let over = json!({ "opinion": "另一操作" });
    let ask = Ask { key: Some(key("record_drafting_item", "k-1", &over)), ..ask("record_drafting_item", over) };
    assert_eq!(node.act(case, ask).await.expect("another operation").events.len(), 1);
}

async fn the_same_request_at_once_is_done_once(backend: Backend) {
    let site = Site::new(backend).await;
    let (a, b) = (site.node(1).await, site.node(2).await);
    let case = begun(&a).await;
    let command = a.command(case, &drafting("add_draft_version", "")).await;
    let asked = || Asked { key: drafting("add_draft_version", "").key, ..asked("officer") };
    let (one, two, three, four) = tokio::join!(
        a.app.act(asked(), case, command.clone()),
        b.app.act(asked(), case, command.clone()),
        a.app.act(asked(), case, command.clone()),
        b.app.act(asked(), case, command.clone()),
    );
    let answers: Vec<Done> = [one, two, three, four].into_iter().map(|d| d.expect("one answer for all")).collect();
    assert!(answers.iter().all(|d| *d == answers[0]), "{answers:#?}");
    let versions = a.kinds(case).await.iter().filter(|k| *k == "draft_version_added").count();
    assert_eq!(versions, 1);
    a.agrees("after one request from two nodes").await;
}

async fn a_lost_answer_is_found_by_its_key(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = begun(&node).await;
    node.store.fail(&[Failure::LostAfter]);
    let done = node.act(case, drafting("add_draft_version", "")).await.expect("the key knows that it was written");
    assert_eq!(done.events[0].1, "draft_version_added");
    assert_eq!(node.store.failures_left(), 0);
    node.agrees("after a lost answer").await;
    site.replays(&node, "after a lost answer").await;
}

async fn a_lost_write_is_written_again(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = begun(&node).await;
    let n = node.events(case).await.len();
    node.store.fail(&[Failure::LostBefore]);
    let lost = node.act(case, drafting("add_draft_version", "")).await;
    assert!(matches!(lost, Err(dingce_app::AppError::Unavailable(_))), "{lost:?}");
    assert_eq!(node.events(case).await.len(), n);
    node.act(case, drafting("add_draft_version", "")).await.expect("a repetition is safe");
    node.store.fail(&[Failure::LostAfter]);
    let unkeyed = node.act(case, ask("record_drafting_item", Value::Null)).await;
    assert!(matches!(unkeyed, Err(dingce_app::AppError::Unavailable(_))), "without a key nobody can know: {unkeyed:?}");
    node.agrees("after lost writes").await;
    site.replays(&node, "after lost writes").await;
}

async fn a_case_is_opened_once(backend: Backend) {
    let site = Site::new(backend).await;
    let (a, b) = (site.node(1).await, site.node(2).await);
    let input = a.input(None, &ask("open_case", Value::Null)).await;
    let given: dingce_domain::act::OpenCase = serde_json::from_value(input.clone()).expect("an act");
    let asked = || Asked {
        who: principal("clerk"),
        key: Some(RequestKey::new(staff::person("clerk"), "open_case", "k-1", &input).expect("a key")),
        manner: dingce_domain::occasion::Manner::Online,
        hats: FoundHats::default(),
    };
    let (one, two) =
        tokio::join!(a.app.open_case(asked(), None, given.clone()), b.app.open_case(asked(), None, given.clone()));
    let (one, two) = (one.expect("opened"), two.expect("opened"));
    assert_eq!(one, two, "both are told of the same case");
    let again = a.app.open_case(asked(), None, given).await.expect("repeated");
    assert_eq!(again, one);
    let cases = a.store.streams(None, 100).await.expect("streams");
    let cases = cases.iter().filter(|(s, _)| s.kind == dingce_domain::id::StreamKind::Case).count();
    assert_eq!(cases, 1);
}
