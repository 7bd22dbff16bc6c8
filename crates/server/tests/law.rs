//! Special laws of a case, and under which law each of its acts was done, over HTTP on both databases.

use std::time::Duration;

use crate::support::{Served, served};
use serde_json::{Value, json};

const OFFICE: &str = "office_officer";
const JUSTICE: &str = "justice_reviewer";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const NATIONAL: &str = include_str!("../../../workflows/major-decision-national/definition.yaml");

async fn payload(served: &Served, who: &str, query: &str, input: Value) -> Value {
    let data = served.graphql(Some(who), query, json!({ "input": input })).await;
    data.as_object().and_then(|d| d.values().next()).expect("one field").clone()
}

async fn done(served: &Served, who: &str, query: &str, input: Value) -> Value {
    let payload = payload(served, who, query, input).await;
    assert_eq!(payload["errors"], json!([]), "{query}");
    payload
}

async fn refused(served: &Served, who: &str, query: &str, input: Value) -> Value {
    let payload = payload(served, who, query, input).await;
    payload["errors"].get(0).unwrap_or_else(|| panic!("{query} was done: {payload}")).clone()
}

const OVERLAYS: &str = "overlays { id text source { cite article inForceFrom repealedOn } facts { name bool } \
                        commentPeriod commentPeriodFixed }";
const ERRORS: &str = "errors { code path given needed message source { cite article } }";

fn open() -> String {
    format!(
        "mutation($input: OpenCaseInput!) {{ openCase(input: $input) {{ case {{ id facts {{ name bool }} {OVERLAYS} }} {ERRORS} }} }}"
    )
}

fn determine() -> String {
    format!(
        "mutation($input: DetermineFactsInput!) {{ determineFacts(input: $input) {{ case {{ version facts {{ name bool }} {OVERLAYS} }} {ERRORS} }} }}"
    )
}

fn opening(served: &Served) -> Value {
    json!({
        "title": "供水价格调整", "summary": "调整供水价格。", "class": "PUBLIC_POLICY", "proposer": "UNIT",
        "undertakingUnit": served.ids["water"], "overlays": ["government_set_price"],
    })
}

fn is_true(case: &Value, fact: &str) -> bool {
    let facts = case["facts"].as_array().expect("facts");
    facts.iter().any(|f| f["name"] == fact && f["bool"] == true)
}

async fn a_special_law_holds_while_it_applies(database: Option<String>) {
    let served = served(|settings| settings.database = database).await;
    // Against the law that is named nothing is opened, and the refusal says which law that is.
    let mut against = opening(&served);
    against["facts"] = json!([{ "name": "hearing_required", "bool": false }]);
    let told = refused(&served, OFFICE, &open(), against).await;
    assert_eq!((&told["code"], &told["needed"]), (&json!("FACT_NOT_ACCEPTABLE"), &json!("true")), "{told}");
    assert_eq!(told["source"], json!([{ "cite": "Price Law", "article": "23" }]));
    for (overlays, code) in [(json!(["weather"]), "INPUT_NOT_ACCEPTABLE"), (json!(["A b"]), "INPUT_NOT_ACCEPTABLE")] {
        let mut unknown = opening(&served);
        unknown["overlays"] = overlays;
        assert_eq!(refused(&served, OFFICE, &open(), unknown).await["code"], code);
    }
    let mut twice = opening(&served);
    twice["overlays"] = json!(["government_set_price", "government_set_price"]);
    assert_eq!(refused(&served, OFFICE, &open(), twice).await["code"], "LIST_NOT_ACCEPTABLE");

    let case = done(&served, OFFICE, &open(), opening(&served)).await["case"].clone();
    assert!(is_true(&case, "hearing_required"), "{case}");
    let price = &case["overlays"][0];
    assert_eq!((&price["id"], &price["source"]["inForceFrom"]), (&json!("government_set_price"), &json!("1998-05-01")));
    assert_eq!(price["facts"], json!([{ "name": "hearing_required", "bool": true }]));
    assert_eq!((&price["commentPeriod"], &price["commentPeriodFixed"]), (&Value::Null, &json!(false)));

    let of = |facts: Value, overlays: Value| json!({ "caseId": case["id"], "facts": facts, "overlays": overlays, "reason": "经核实。" });
    let no_hearing = json!([{ "name": "hearing_required", "bool": false }]);
    let kept = refused(&served, OFFICE, &determine(), of(no_hearing.clone(), Value::Null)).await;
    assert_eq!(kept["code"], "FACT_NOT_ACCEPTABLE", "{kept}");
    let nothing = refused(&served, OFFICE, &determine(), of(json!([]), Value::Null)).await;
    assert_eq!(nothing["code"], "LIST_NOT_ACCEPTABLE", "{nothing}");
    let other = of(no_hearing, json!(["house_expropriation"]));
    let moved = done(&served, OFFICE, &determine(), other).await["case"].clone();
    assert!(!is_true(&moved, "hearing_required"), "{moved}");
    let expropriation = &moved["overlays"][0];
    assert_eq!(moved["overlays"].as_array().map(Vec::len), Some(1));
    assert_eq!(expropriation["commentPeriod"], "30 calendar days");
    assert_eq!(expropriation["commentPeriodFixed"], true);

    // The definition tells all that a case can name, and the list of cases reads it back from rows alone.
    let told = "query($id: ID!) { case(id: $id) { overlays { id } \
                timeline(first: 50) { nodes { kind details { part text } } } } \
                definitions(first: 50) { nodes { name overlays { id source { cite article } } } } }";
    let told = served.graphql(Some("auditor"), told, json!({ "id": case["id"] })).await;
    assert_eq!(told["case"]["overlays"], json!([{ "id": "house_expropriation" }]));
    let nodes = told["case"]["timeline"]["nodes"].as_array().expect("events");
    let changed = nodes.iter().find(|e| e["kind"] == "facts_determined").expect("it is on record");
    assert_eq!(changed["details"], json!([{ "part": "OVERLAYS", "text": "house_expropriation" }]));
    let definitions = told["definitions"]["nodes"].as_array().expect("definitions");
    let national = definitions.iter().find(|d| d["name"] == "major_decision_national").expect("it is published");
    assert_eq!(national["overlays"].as_array().map(Vec::len), Some(5), "{national}");

    let rebuilt = served.assembled.app.rebuild(false, &|_, _| {}).await.expect("the events are replayed");
    assert_eq!(rebuilt.differing, 0, "replay = read tables: {:?}", rebuilt.differences);
}

const LAW: &str = "query($id: ID!) { case(id: $id) { timeline(first: 100) { nodes { n kind lawInForce { on \
    definition { name version hash } sources { of name text cite article inForceFrom repealedOn standing \
    registerThen { state basis repealedOn registerVersion } registerNow { state basis repealedOn registerVersion } } } } } } }";

/// An event of a kind with its law.
fn law<'v>(nodes: &'v [Value], kind: &str) -> &'v Value {
    let event = nodes.iter().find(|e| e["kind"] == kind).unwrap_or_else(|| panic!("no {kind}: {nodes:#?}"));
    &event["lawInForce"]
}

/// A source of a law.
fn source<'v>(law: &'v Value, of: &str, name: &str) -> &'v Value {
    let sources = law["sources"].as_array().expect("sources");
    let found = sources.iter().find(|s| s["of"] == of && s["name"] == name);
    found.unwrap_or_else(|| panic!("no {of} {name}: {law:#}"))
}

async fn every_act_says_under_which_law_it_was_done(database: Option<String>) {
    let served = served(|settings| settings.database = database).await;
    let add = "mutation($input: AddLegalBasisInput!) { addLegalBasis(input: $input) { errors { code path } } }";
    let r713 = json!({
        "basis": "r713", "name": "重大行政决策程序暂行条例", "number": "国务院令第713号",
        "kind": "ADMINISTRATIVE_REGULATION", "issuedBy": "国务院", "inForceFrom": "2019-09-01",
    });
    done(&served, JUSTICE, add, r713).await;
    let case = done(&served, OFFICE, &open(), opening(&served)).await["case"]["id"].clone();
    let facts = json!([{ "name": "groups_affected", "bool": true }]);
    let stated = json!({ "caseId": case, "facts": facts, "reason": "涉及低收入家庭。" });
    let version = done(&served, OFFICE, &determine(), stated).await["case"]["version"].clone();

    // Afterwards the case goes on under another version, and the register learns of a repeal.
    served.clock.advance(DAY);
    let publish =
        "mutation($input: PublishDefinitionInput!) { publishDefinition(input: $input) { errors { code message } } }";
    let second = NATIONAL.replacen("\nversion: 1\n", "\nversion: 2\n", 1);
    done(&served, JUSTICE, publish, json!({ "source": second })).await;
    let migrate = "mutation($input: MigrateCaseInput!) { migrateCase(input: $input) { errors { code message } } }";
    let moved = json!({
        "caseId": case, "definition": "major_decision_national@2", "version": version, "reason": "新规施行。", "basis": "新规第三十条。",
    });
    done(&served, OFFICE, migrate, moved).await;
    let study = "mutation($input: StudyProposalInput!) { studyProposal(input: $input) { errors { code message } } }";
    let studied = json!({ "caseId": case, "opinion": "必要、可行、合法。", "recommends": true, "documents": [] });
    done(&served, "water_officer", study, studied).await;
    served.clock.advance(DAY);
    let repeal =
        "mutation($input: RepealLegalBasisInput!) { repealLegalBasis(input: $input) { errors { code path } } }";
    let repealed = json!({ "basis": "r713", "repealedOn": "2023-05-05", "by": "测试用新条例" });
    done(&served, JUSTICE, repeal, repealed).await;

    let told = served.graphql(Some("auditor"), LAW, json!({ "id": case })).await;
    let nodes = told["case"]["timeline"]["nodes"].as_array().expect("events");
    assert!(nodes.iter().all(|e| e["lawInForce"]["definition"]["hash"].is_string()), "{nodes:#?}");
    let under = |kind: &str| law(nodes, kind)["definition"]["version"].clone();
    let versions = ["case_opened", "facts_determined", "case_migrated", "proposal_studied"].map(under);
    assert_eq!(versions, [json!(1), json!(1), json!(1), json!(2)], "each keeps the version that decided it");

    let opened = law(nodes, "case_opened");
    assert_eq!(opened["on"], "2023-05-04");
    let price = source(opened, "OVERLAY", "government_set_price");
    assert_eq!((&price["cite"], &price["article"]), (&json!("Price Law"), &json!("23")));
    assert_eq!((&price["inForceFrom"], &price["standing"]), (&json!("1998-05-01"), &json!("IN_FORCE")));
    assert_eq!((&price["registerThen"], &price["registerNow"]), (&Value::Null, &Value::Null), "it is not registered");
    let fact = source(law(nodes, "facts_determined"), "FACT", "groups_affected");
    assert_eq!(fact["article"], "14");

    // On its day the regulation was in force by the definition and by the register as it was known; the repeal shows now.
    let stage = source(law(nodes, "proposal_studied"), "STAGE", "initiation");
    assert_eq!(stage["standing"], "IN_FORCE");
    assert_eq!(
        (&stage["registerThen"]["state"], &stage["registerThen"]["registerVersion"]),
        (&json!("IN_FORCE"), &json!(1))
    );
    assert_eq!(
        (&stage["registerNow"]["state"], &stage["registerNow"]["registerVersion"]),
        (&json!("REPEALED"), &json!(2))
    );
    assert_eq!(stage["registerNow"]["basis"], "r713");
    // The day before the repeal it was in force whatever became known later.
    assert_eq!(fact["registerNow"]["state"], "IN_FORCE");

    // Whoever may not read the case learns nothing of it.
    let hidden = served.graphql(Some("finance_officer"), LAW, json!({ "id": case })).await;
    assert_eq!(hidden["case"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_special_law_holds_while_it_applies_on_sqlite() {
    a_special_law_holds_while_it_applies(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_special_law_holds_while_it_applies_on_postgresql() {
    a_special_law_holds_while_it_applies(Some(dingce_testkit::postgres::database().await)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_act_says_under_which_law_it_was_done_on_sqlite() {
    every_act_says_under_which_law_it_was_done(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_act_says_under_which_law_it_was_done_on_postgresql() {
    every_act_says_under_which_law_it_was_done(Some(dingce_testkit::postgres::database().await)).await;
}
