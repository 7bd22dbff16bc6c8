//! An evaluator who assessed before is found in the directory, whatever became of the unit; a decision is adjusted only by
//! one that names it and is issued.

use dingce_domain::code::Code;
use dingce_domain::id::{OrganisationId, UnitId};
use dingce_domain::organisation::{OrganisationEvent, UnitKind, UnitRelation};
use dingce_testkit::staff;
use dingce_tests::acting::{ask, asked, code};
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::on_both;
use serde_json::{Value, json};
use uuid::Uuid;

on_both!(who_assessed_does_not_evaluate_under_another_name, a_decision_is_adjusted_by_an_issued_one);

const MERGED: UnitId = UnitId::new(Uuid::from_u128(0x1F1));
const SECTION: UnitId = UnitId::new(Uuid::from_u128(0x1F2));

async fn enter(node: &Node, entries: Vec<OrganisationEvent>) {
    let directory: OrganisationId = staff::DIRECTORY;
    node.app.enter_directory(asked("registrar"), directory, entries).await.expect("entered");
}

async fn who_assessed_does_not_evaluate_under_another_name(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = node.road_to("close_volume").await;
    let from = node.app.today();
    let unit =
        |unit, name: &str, unit_kind| OrganisationEvent::UnitRegistered { unit, name: name.into(), unit_kind, from };
    let related = |unit, relation, to| OrganisationEvent::UnitRelated { unit, relation, to, from, until: None };
    enter(
        &node,
        vec![
            unit(MERGED, "区水务和农业农村局", UnitKind::Department),
            related(MERGED, UnitRelation::SuccessorOf, staff::unit("water")),
            unit(SECTION, "绩效股", UnitKind::Section),
            related(SECTION, UnitRelation::BelongsTo, MERGED),
        ],
    )
    .await;
    for barred in [staff::unit("water"), MERGED, SECTION] {
        let start = ask("start_evaluation", json!({ "evaluating_unit": barred }));
        assert_eq!(code(node.act(case, start).await), Code::EvaluatorBarred, "{barred}");
    }
    let unknown = json!({ "evaluating_unit": UnitId::new(Uuid::from_u128(0xDEAD)) });
    assert_eq!(code(node.act(case, ask("start_evaluation", unknown)).await), Code::DirectoryUnknown);
    node.done(case, "start_evaluation", Value::Null).await;
    // The officer of the unit that was named reports; the ones who assessed are of another unit and may not.
    for voice in dingce_domain::words::EvaluationVoice::ALL {
        let mut heard = ask("record_evaluation_voice", json!({ "voice": voice }));
        heard.by = "finance_officer".to_owned();
        node.act(case, heard).await.expect("the evaluating unit hears");
    }
    for (by, told) in [("officer", Code::DutiesSeparated), ("leader", Code::DutiesSeparated)] {
        let mut report = ask("report_evaluation", Value::Null);
        report.by = by.to_owned();
        let refused = code(node.act(case, report).await);
        assert!(refused == told || refused == Code::RoleMissing, "{by}: {refused}");
    }
    let mut report = ask("report_evaluation", Value::Null);
    report.by = "finance_officer".to_owned();
    node.act(case, report).await.expect("the evaluating unit reports");
    node.done(case, "conclude_evaluation", Value::Null).await;
}

async fn a_decision_is_adjusted_by_an_issued_one(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let old = node.road_to("publish_decision").await;
    let unrelated = node.road_to("publish_decision").await;
    let adjust = |by| ask("adjust_execution", json!({ "by_case": by }));
    assert_eq!(code(node.act(old, adjust(unrelated)).await), Code::AdjustmentNotDecided, "it names no decision");
    assert_eq!(code(node.act(old, adjust(old)).await), Code::AdjustmentNotDecided, "it is the decision itself");

    let input = node.input(None, &ask("open_case", json!({ "adjusts": old }))).await;
    let given = serde_json::from_value(input).expect("an act");
    let done = node.app.open_case(asked("clerk"), None, given).await.expect("a case opens");
    let new = dingce_domain::id::CaseId::new(done.stream.value);
    assert_eq!(code(node.act(old, adjust(new)).await), Code::AdjustmentNotDecided, "it is not issued");
    let nothing = node.open_case().await;
    let input = node.input(None, &ask("open_case", json!({ "adjusts": nothing }))).await;
    let given = serde_json::from_value(input).expect("an act");
    let refused = node.app.open_case(asked("clerk"), None, given).await;
    assert_eq!(code(refused), Code::AdjustmentNotDecided, "nothing is issued that could be adjusted");

    node.go_on(new, "publish_decision").await;
    node.act(old, adjust(new)).await.expect("the old decision is adjusted");
    let (old, new) = (node.case(old).await, node.case(new).await);
    assert_eq!(old.control.execution(), dingce_domain::control::Execution::Adjusted);
    assert_eq!(new.file.adjusts, Some(old.file.id));
    assert!(old.file.issued_on.is_some() && old.file.document_no.is_some(), "the old decision stays on record");
}
