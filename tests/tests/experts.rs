//! An expert review by the application, on both databases: who may act and read, and in which order of days.

use dingce_app::AppError;
use dingce_app::ports::{Filter, ReadRow, RowQuery, Value as Cell};
use dingce_app::read_rows::OpinionRow;
use dingce_domain::code::Code;
use dingce_domain::id::CaseId;
use dingce_domain::occasion::Manner;
use dingce_domain::organisation::OrganisationEvent;
use dingce_domain::words::{Evidence, ExpertStance, StageKind};
use dingce_testkit::scenario::acts::document;
use dingce_testkit::staff;
use dingce_tests::acting::{Ask, ask, asked, code, principal};
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::on_both;
use serde_json::{Value, json};

on_both!(
    an_expert_acts_for_themselves,
    nobody_types_for_an_expert,
    days_follow_each_other,
    the_directory_knows_the_candidates,
    the_pool_is_kept,
);

async fn drafted(node: &Node) -> CaseId {
    let case = node.open_case().await;
    for act in ["study_proposal", "decide_initiation", "add_draft_version"] {
        node.done(case, act, Value::Null).await;
    }
    case
}

fn two() -> Value {
    json!({ "seats": 2, "chosen": ["E-01", "E-04"], "candidates": ["$candidate:1", "$candidate:2", "$candidate:4"] })
}

async fn by(node: &Node, case: CaseId, who: &str, act: &str) -> Result<dingce_app::Done, AppError> {
    let mut asked = ask(act, Value::Null);
    asked.by = who.to_owned();
    node.act(case, asked).await
}

async fn an_expert_acts_for_themselves(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let case = drafted(node).await;
    let stranger = node.app.case(principal("expert_1"), case).await;
    assert_eq!(code(stranger), Code::NotFound, "nobody is an expert of a case before they are appointed");
    assert_eq!(code(by(node, case, "expert_1", "declare_interest").await), Code::NotFound);

    node.done(case, "appoint_experts", two()).await;
    assert!(node.app.case(principal("expert_1"), case).await.is_ok(), "who is appointed reads the case");
    assert_eq!(code(node.app.case(principal("expert_2"), case).await), Code::NotFound, "a mere candidate does not");
    assert_eq!(code(by(node, case, "expert_2", "give_expert_opinion").await), Code::NotFound);
    assert_eq!(code(by(node, case, "expert_1", "report_expert_review").await), Code::RoleMissing);
    assert_eq!(
        code(by(node, case, "officer", "give_expert_opinion").await),
        Code::RoleMissing,
        "nobody speaks for them"
    );

    node.done(case, "declare_interest", Value::Null).await;
    node.done(case, "enter_interest_declaration", json!({ "expert": "E-04" })).await;
    node.done(case, "send_expert_materials", Value::Null).await;
    node.days_pass(12).await;
    node.done(case, "give_expert_opinion", json!({ "stance": "oppose" })).await;
    node.done(case, "enter_expert_opinion", json!({ "expert": "E-04" })).await;
    node.done(case, "report_expert_review", Value::Null).await;

    let state = node.case(case).await;
    let panel = state.file.panel.as_ref().expect("a panel");
    let stances: Vec<_> = panel.experts.iter().map(|e| e.stance).collect();
    assert_eq!(stances, [Some(ExpertStance::Oppose), Some(ExpertStance::Support)]);
    let stage = state.control.first(StageKind::ExpertReview).expect("the stage");
    assert_eq!(stage.evidence, Evidence::Current);
    let rebuilt = node.app.rebuild(false, &|_, _| {}).await.expect("the events are replayed");
    assert_eq!(rebuilt.differing, 0, "replay = read tables: {:?}", rebuilt.differences);
}

async fn nobody_types_for_an_expert(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let case = drafted(node).await;
    node.done(case, "appoint_experts", two()).await;
    let declared = || ask("enter_interest_declaration", json!({ "expert": "E-01", "interest": true }));
    assert_eq!(code(node.act(case, declared()).await), Code::NotInPerson);
    node.done(case, "declare_interest", Value::Null).await;
    node.done(case, "enter_interest_declaration", json!({ "expert": "E-04" })).await;
    node.done(case, "send_expert_materials", Value::Null).await;
    node.days_pass(12).await;
    let typed = || ask("enter_expert_opinion", json!({ "expert": "E-01" }));
    assert_eq!(code(node.act(case, typed()).await), Code::NotInPerson);

    let evidence = document("evidence");
    node.upload_all(&evidence).await;
    let evidence = vec![serde_json::from_value(evidence).expect("a document")];
    let manner = Manner::Offline { occurred_on: node.app.today(), evidence };
    let paper = node.act(case, Ask { manner, ..typed() }).await.expect("what they said on paper is entered").n;
    let own = node.act(case, ask("give_expert_opinion", json!({ "stance": "oppose" }))).await.expect("their own").n;
    let state = node.case(case).await;
    let stance = state.file.panel.as_ref().and_then(|p| p.expert("E-01")).and_then(|e| e.stance);
    assert_eq!((stance, state.file.replaced.get(&paper)), (Some(ExpertStance::Oppose), Some(&own)), "theirs stands");
    let query = RowQuery::all(OpinionRow::TABLE).with(Filter::Eq("case_id", Cell::Text(case.to_string())));
    let rows = node.app.rows::<OpinionRow>(query).await.expect("rows are read");
    let rows: Vec<_> = rows.iter().filter(|r| r.kind == "expert_opinion_given").collect();
    let person = |key: &str| Some(staff::person(key).to_string());
    let told: Vec<_> = rows.iter().map(|r| (r.person.clone(), r.entered_by.clone())).collect();
    assert_eq!(
        told,
        [(person("expert_1"), person("officer")), (person("expert_1"), None)],
        "whose, and who entered it"
    );
    node.agrees("after an opinion on paper").await;
}

async fn days_follow_each_other(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let case = drafted(node).await;
    let before = node.app.today();
    node.days_pass(4).await;
    node.done(case, "appoint_experts", two()).await;
    let sent = ask("send_expert_materials", json!({ "delivered_on": before }));
    assert_eq!(
        code(node.act(case, sent).await),
        Code::DateNotAcceptable,
        "nobody had materials before they were appointed"
    );
}

async fn the_directory_knows_the_candidates(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let case = drafted(node).await;
    let mut unknown = two();
    let mut candidate = json!({
        "code": "E-01", "name": "某人", "field": "水务", "employer": "", "unit": null, "excluded": null,
        "person": dingce_domain::id::PersonId::new(uuid::Uuid::from_u128(0xDEAD)),
    });
    unknown["candidates"][0] = candidate.clone();
    assert_eq!(code(node.act(case, ask("appoint_experts", unknown.clone())).await), Code::DirectoryUnknown);
    candidate["person"] = json!(staff::person("expert_1"));
    candidate["unit"] = json!(dingce_domain::id::UnitId::new(uuid::Uuid::from_u128(0xDEAD)));
    unknown["candidates"][0] = candidate;
    assert_eq!(code(node.act(case, ask("appoint_experts", unknown)).await), Code::DirectoryUnknown);
}

async fn the_pool_is_kept(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let entered = |code: &str, person: Option<&str>| OrganisationEvent::ExpertEntered {
        expert: code.to_owned(),
        person: person.map(staff::person),
        name: format!("专家{}", &code[3..]),
        field: "给排水".to_owned(),
        employer: "某大学".to_owned(),
        from: staff::FROM,
        reason: "公开征集，经审核入库。".to_owned(),
    };
    let enter = async |entries: Vec<OrganisationEvent>| {
        node.app.enter_directory(asked("registrar"), staff::DIRECTORY, entries).await
    };
    enter(vec![entered("E-01", Some("expert_1")), entered("E-04", None)]).await.expect("they enter");
    assert_eq!(code(enter(vec![entered("E-04", None)]).await), Code::AlreadyThere);
    assert_eq!(
        code(enter(vec![entered("E-07", Some("expert_1"))]).await),
        Code::DirectoryConflict,
        "one person, one code"
    );

    let case = drafted(node).await;
    node.done(case, "appoint_experts", two()).await;
    let events = node.app.store().events(case.into(), 0, 100).await.expect("events");
    let appointed = events.iter().find(|e| e.event.json.contains("experts_appointed")).expect("the appointment");
    assert!(appointed.event.json.contains("\"pool_version\":2"), "the version of the pool is in the appointment");

    let until = node.app.today();
    let left =
        || OrganisationEvent::ExpertLeft {
            expert: "E-04".to_owned(), until, reason: "信用考核不合格。".to_owned()
        };
    enter(vec![left()]).await.expect("they leave");
    assert_eq!(code(enter(vec![left()]).await), Code::DirectoryConflict);
    let case = drafted(node).await;
    let gone = node.act(case, ask("appoint_experts", two())).await;
    assert_eq!(code(gone), Code::DirectoryConflict, "who left the pool is no candidate from it");
}
