//! Matters that were under way elsewhere, by way of application and store: late records with both their days, and no way
//! past the review (R713 arts. 25, 26).

use dingce_app::principal::FoundHats;
use dingce_app::use_cases::Asked;
use dingce_app::{AppError, Done};
use dingce_domain::act::{OnboardedMatter, OpenCase};
use dingce_domain::code::Code;
use dingce_domain::id::CaseId;
use dingce_domain::occasion::Manner;
use dingce_domain::words::{DocumentRef, Relation};
use dingce_testkit::scenario::acts;
use dingce_testkit::staff;
use dingce_tests::acting::{Ask, ask, asked, code, principal};
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::on_both;
use jiff::civil::{Date, date};
use serde_json::{Value, json};

on_both!(
    a_matter_comes_in_midway_and_is_decided_here,
    late_records_keep_their_order_and_their_days,
    rights_to_take_a_matter_in,
);

async fn documents(node: &Node, name: &str) -> Vec<DocumentRef> {
    node.upload(name).await;
    vec![serde_json::from_value(acts::document(name)).expect("a document")]
}

async fn onboard(node: &Node, by: &str) -> Result<Done, AppError> {
    let input = node.input(None, &ask("open_case", Value::Null)).await;
    let opening: OpenCase = serde_json::from_value(input).expect("an act");
    let matter = OnboardedMatter {
        begun_on: date(2023, 11, 1),
        reason: "系统启用前已经启动。".to_owned(),
        documents: documents(node, "under_way").await,
    };
    node.app.onboard_case(asked(by), None, opening, matter).await
}

async fn onboarded(node: &Node) -> CaseId {
    let done = onboard(node, "clerk").await.expect("it comes in");
    CaseId::new(done.stream.value)
}

async fn earlier(node: &Node, day: Date, act: &str, over: Value) -> Ask {
    Ask { manner: Manner::Offline { occurred_on: day, evidence: documents(node, "evidence").await }, ..ask(act, over) }
}

async fn taken(node: &Node, case: CaseId, day: Date, over: Value) -> Result<Done, AppError> {
    let late = earlier(node, day, "take_over_stage", over).await;
    node.act(case, late).await
}

fn solicited() -> Value {
    json!({ "stage": "participation", "opened_on": "2024-01-02", "closed_on": "2024-02-05", "heard": 12 })
}

async fn a_matter_comes_in_midway_and_is_decided_here(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = onboarded(&node).await;
    taken(&node, case, date(2023, 11, 10), json!({ "stage": "initiation" })).await.expect("it was begun");
    let draft = earlier(&node, date(2023, 12, 20), "add_draft_version", Value::Null).await;
    node.act(case, draft).await.expect("the draft");
    for item in ["basis_list", "department_consultation", "fair_competition", "unit_legal_check"] {
        node.done(case, "record_drafting_item", json!({ "item": item })).await;
    }
    taken(&node, case, date(2024, 2, 20), solicited()).await.expect("the public was asked");
    let experts = json!({ "stage": "expert", "heard": 5 });
    taken(&node, case, date(2024, 2, 21), experts).await.expect("experts were heard");
    let risk = json!({ "stage": "risk", "level": "low", "unit": staff::unit("water") });
    taken(&node, case, date(2024, 2, 22), risk).await.expect("the risk was assessed");
    let told = node.app.onboarding(case).await.expect("read").expect("it came here midway");
    assert_eq!((told.given.begun_on, told.onboarded_on), (date(2023, 11, 1), node.app.today()));
    assert_eq!(told.envelope.actor, Some(staff::person("clerk")));
    let stages: Vec<_> = told.stages.iter().map(|s| (s.stage.to_string(), s.envelope.occurred_on)).collect();
    let expected = [
        ("initiation", (2023, 11, 10)),
        ("participation", (2024, 2, 20)),
        ("expert", (2024, 2, 21)),
        ("risk", (2024, 2, 22)),
    ];
    let expected = expected.map(|(stage, (y, m, d))| (stage.to_owned(), Some(date(y, m, d))));
    assert_eq!(stages, expected, "each with the day on which it was done");
    let began_here = node.open_case().await;
    assert_eq!(node.app.onboarding(began_here).await.expect("read"), None);
    assert_eq!(code(node.act(case, ask("request_tabling", Value::Null)).await), Code::LegalityMissing);
    let review = taken(&node, case, date(2024, 2, 28), json!({ "stage": "legality" })).await;
    assert_eq!(code(review), Code::LateRecordNotAllowed);

    node.done(case, "submit_for_legality_review", Value::Null).await;
    for _ in ["legal_adviser", "government_lawyer"] {
        node.done(case, "record_advice", Value::Null).await;
    }
    node.done(case, "conclude_legality_review", json!({ "early_statement": "审查已完成。" })).await;
    for act in ["request_tabling", "check_tabling_file", "review_tabling", "approve_tabling", "convene_meeting"] {
        node.done(case, act, Value::Null).await;
    }
    let known = node.case(case).await;
    assert!(known.control.cleared() && known.control.onboarded);
    // Whoever assessed before does not evaluate after, also where that was before the matter came here.
    assert!(known.relations(None, Some(staff::unit("water"))).contains(&Relation::OfAssessingUnit));
    node.app.settle().await.expect("background work is done");
    node.agrees("after late records").await;
}

async fn late_records_keep_their_order_and_their_days(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = onboarded(&node).await;
    let outside = taken(&node, case, date(2023, 10, 31), json!({ "stage": "initiation" })).await;
    assert_eq!(code(outside), Code::DateNotAcceptable, "before the matter was begun");
    taken(&node, case, date(2023, 11, 10), json!({ "stage": "initiation" })).await.expect("it was begun");
    let early = earlier(&node, date(2023, 11, 5), "add_draft_version", Value::Null).await;
    assert_eq!(code(node.act(case, early).await), Code::DateNotAcceptable, "a draft before the decision to begin");
    let draft = earlier(&node, date(2024, 1, 10), "add_draft_version", Value::Null).await;
    node.act(case, draft).await.expect("the draft");
    let asked_before = taken(&node, case, date(2024, 2, 20), solicited()).await;
    assert_eq!(code(asked_before), Code::DateNotAcceptable, "nobody was asked about a text that was not there");
    let risk = json!({ "stage": "risk", "level": "low" });
    assert_eq!(code(taken(&node, case, date(2024, 1, 9), risk.clone()).await), Code::DateNotAcceptable);
    let done = taken(&node, case, date(2024, 1, 11), risk).await.expect("the risk was assessed");
    assert_eq!(done.events.len(), 1);
    let stranger = json!({ "stage": "expert", "heard": 5, "unit": "unit_00000000000000000000000000dead00" });
    assert_eq!(code(taken(&node, case, date(2024, 1, 12), stranger).await), Code::DirectoryUnknown);
    node.agrees("after refusals").await;
}

async fn rights_to_take_a_matter_in(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    for nobody in ["officer", "reviewer", "auditor"] {
        assert_eq!(code(onboard(&node, nobody).await), Code::RoleMissing, "{nobody}");
    }
    let case = onboarded(&node).await;
    let by_the_unit = earlier(&node, date(2023, 11, 10), "take_over_stage", json!({ "stage": "initiation" })).await;
    let refused = node.act(case, Ask { by: "officer".to_owned(), ..by_the_unit.clone() }).await;
    assert_eq!(code(refused), Code::RoleMissing, "the office enters what the unit's papers tell");
    let command = node.command(case, &by_the_unit).await;
    let strange =
        Asked { who: principal("finance_officer"), key: None, manner: by_the_unit.manner, hats: FoundHats::default() };
    assert_eq!(code(node.app.act(strange, case, command).await), Code::NotFound);
}
