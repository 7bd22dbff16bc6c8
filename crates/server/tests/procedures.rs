//! Other procedures over HTTP, by the very queries of the how-to, on both databases: they are data alone.

use std::process::Output;

use crate::support::page::Page;
use crate::support::{Served, dingce, served};
use dingce_domain::id::{CaseId, StreamId};
use dingce_server::setup;
use serde_json::{Value, json};

const PAGE: Page = Page(include_str!("../../../docs/how-to/run-another-procedure.md"));

const OFFICE: &str = "office_officer";
const JUSTICE: &str = "justice_officer";

async fn with_all(database: Option<String>) -> Served {
    served(|settings| {
        settings.database = database;
        settings.definitions =
            ["major-decision-national", "enforcement-dispute", "information-request"].map(str::to_owned).to_vec();
    })
    .await
}

async fn open(served: &Served, who: &str, definition: &str, title: &str, unit: &str) -> Value {
    let asked = json!({ "definition": definition, "title": title, "unit": served.ids[unit] });
    PAGE.done(served, who, "open", asked).await["id"].clone()
}

fn task(case: &Value, stage: &str, result: &str, answers: Value) -> Value {
    json!({ "case": case, "stage": stage, "result": result, "reason": "符合规定。", "answers": answers, "documents": [] })
}

fn stage<'a>(case: &'a Value, id: &str) -> &'a Value {
    case["stages"].as_array().and_then(|all| all.iter().find(|s| s["id"] == id)).expect("the stage")
}

fn clock<'a>(case: &'a Value, id: &str) -> Option<&'a Value> {
    case["clocks"].as_array().and_then(|all| all.iter().find(|c| c["name"] == id))
}

/// Checks and closes the decision volume, and holds the read tables against the
/// events.
async fn file_away(served: &Served, case: &Value, stages: &[(&str, &str)]) {
    let answer =
        |(stage, material): &(&str, &str)| json!({ "stage": stage, "material": material, "onFile": true, "note": "" });
    let check = "mutation($case: ID!, $materials: [MaterialAnswerInput!]!) { checkVolume(input: { caseId: $case, \
        volume: DECISION, complete: true, missing: [], retention: YEARS_30, materials: $materials }) { errors { code message needed } } }";
    let materials: Vec<Value> = stages.iter().map(answer).collect();
    let checked = served.graphql(Some("archivist"), check, json!({ "case": case, "materials": materials })).await;
    assert_eq!(checked["checkVolume"]["errors"], json!([]), "{checked}");
    let close = "mutation($case: ID!) { closeVolume(input: { caseId: $case, volume: DECISION }) { case { ending } errors { code message } } }";
    let closed = served.graphql(Some("archivist"), close, json!({ "case": case })).await;
    assert_eq!(closed["closeVolume"]["errors"], json!([]), "{closed}");
    assert_eq!(closed["closeVolume"]["case"]["ending"], "CLOSED");
    let rebuilt = served.assembled.app.rebuild(false, &|_, _| {}).await.expect("the events are replayed");
    assert_eq!(rebuilt.differing, 0, "{:?}", rebuilt.differences);
}

async fn information_is_asked_for(database: Option<String>) {
    let served = with_all(database).await;
    let unnamed = "mutation($unit: ID!) { openCase(input: { title: \"某申请\", summary: \"见附件。\", proposer: PUBLIC, \
        undertakingUnit: $unit }) { errors { code path needed } } }";
    let unnamed = served.graphql(Some(OFFICE), unnamed, json!({ "unit": served.ids["office"] })).await;
    assert_ne!(unnamed["openCase"]["errors"], json!([]), "of several definitions one is named");
    let case = open(&served, OFFICE, "information_request", "关于城乡供水成本监审报告的公开申请", "office").await;

    let asked = PAGE.ask(&served, Some(OFFICE), "asked", json!({ "case": case })).await["case"].clone();
    let acceptance = stage(&asked, "acceptance");
    assert_eq!(acceptance["kind"], "TASK");
    assert_eq!(acceptance["task"]["entries"][0]["form"][1]["kind"], "DAY");
    assert_eq!(acceptance["task"]["results"][1]["leads"], "END");
    let can = asked["availableActions"].to_string();
    assert!(can.contains("completeTask") && !can.contains("giveApproval"), "{can}");

    let supplement = |answers: Value| json!({ "case": case, "stage": "acceptance", "entry": "supplement_requested", "answers": answers });
    let incomplete = supplement(json!([{ "field": "missing", "text": "请写明报告年度。" }]));
    assert_eq!(PAGE.refused(&served, OFFICE, "record", incomplete).await, "INPUT_NOT_ACCEPTABLE");
    let two = supplement(json!([{ "field": "missing", "text": "请写明报告年度。", "flag": true }]));
    assert_eq!(PAGE.refused(&served, OFFICE, "record", two).await, "INPUT_NOT_ACCEPTABLE");
    let told = supplement(json!([
        { "field": "missing", "text": "请写明报告年度。" }, { "field": "due_on", "text": "2023-05-19" },
    ]));
    let told = PAGE.done(&served, OFFICE, "record", told).await;
    assert!(clock(&told, "reply_period").is_none(), "what is unclear has no time for a reply yet: {told}");
    let received = json!({ "case": case, "stage": "acceptance", "entry": "supplement_received", "answers": [] });
    let received = PAGE.done(&served, OFFICE, "record", received).await;
    assert_eq!(clock(&received, "reply_period").map(|c| &c["dueOn"]), Some(&json!("2023-05-31")), "{received}");
    let accepted = PAGE.done(&served, OFFICE, "complete", task(&case, "acceptance", "accepted", json!([]))).await;
    assert_eq!(stage(&accepted, "acceptance")["result"]["name"], "Accepted");

    let extension =
        json!({ "case": case, "stage": "extension", "answers": [{ "field": "told_on", "text": "2023-05-30" }] });
    PAGE.done(&served, OFFICE, "request", extension).await;
    let approve = json!({ "case": case, "stage": "extension", "approves": true, "reason": "同意延长。" });
    assert_eq!(PAGE.refused(&served, OFFICE, "approve", approve.clone()).await, "ROLE_MISSING");
    let extended = PAGE.done(&served, "office_leader", "approve", approve).await;
    assert!(clock(&extended, "reply_period").is_none() && clock(&extended, "longest_period").is_some(), "{extended}");

    let way = |word: &str| json!([{ "field": "way", "text": word }]);
    assert_eq!(
        PAGE.refused(&served, OFFICE, "complete", task(&case, "reply", "disclosed", way("fax"))).await,
        "INPUT_NOT_ACCEPTABLE"
    );
    let mut reply = task(&case, "reply", "disclosed", way("mail"));
    reply["documents"] = served.documents("reply.txt").await;
    let replied = PAGE.done(&served, OFFICE, "complete", reply).await;
    assert!(clock(&replied, "longest_period").is_none(), "{replied}");

    let register = PAGE.ask(&served, Some(OFFICE), "register", json!({ "definition": "information_request" })).await;
    assert_eq!(register["cases"]["totalCount"], 1);
    let node = &register["cases"]["nodes"][0];
    let records = stage(node, "reply")["records"].clone();
    assert_eq!(records[0]["opinionLabel"], "Disclosed");
    assert_eq!(records[0]["details"][1], json!({ "label": "How it is given", "text": "By mail" }));
    let none = PAGE.ask(&served, Some(OFFICE), "register", json!({ "definition": "nothing" })).await;
    assert_eq!(none["cases"]["totalCount"], 0);
    let outsider =
        PAGE.ask(&served, Some("finance_officer"), "register", json!({ "definition": "information_request" })).await;
    assert_eq!(outsider["cases"]["totalCount"], 0, "a unit that has no part in it does not see it");

    let filed = [("acceptance", "request"), ("third_party", "third_party_opinion"), ("reply", "reply")];
    file_away(&served, &case, &filed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn information_is_asked_for_on_sqlite() {
    information_is_asked_for(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn information_is_asked_for_on_postgresql() {
    information_is_asked_for(Some(dingce_testkit::postgres::database().await)).await;
}

async fn a_dispute_is_coordinated(database: Option<String>) {
    let served = with_all(database).await;
    let case = open(&served, JUSTICE, "enforcement_dispute", "渔船渔港执法职责争议", "water").await;
    let admit = task(
        &case,
        "application",
        "admitted",
        json!([
            { "field": "dispute", "text": "overstepping" }, { "field": "other_party", "text": "区财政局" },
        ]),
    );
    assert_eq!(PAGE.refused(&served, "water_officer", "complete", admit.clone()).await, "ROLE_MISSING");
    PAGE.done(&served, JUSTICE, "complete", admit).await;
    let statement = |side: &str| {
        json!({ "case": case, "stage": "statements", "entry": "statement", "answers": [
            { "field": "side", "text": side }, { "field": "position", "text": "应当由我方管辖。" }, { "field": "basis", "text": "渔业法" },
        ] })
    };
    PAGE.done(&served, "water_officer", "record", statement("applicant")).await;
    PAGE.done(&served, JUSTICE, "record", statement("other")).await;
    PAGE.done(&served, JUSTICE, "complete", task(&case, "statements", "both_heard", json!([]))).await;
    let back = PAGE.done(&served, JUSTICE, "complete", task(&case, "coordination", "more_statements", json!([]))).await;
    assert_eq!(stage(&back, "statements")["status"], "AVAILABLE", "they must say more");
    PAGE.done(&served, JUSTICE, "complete", task(&case, "statements", "both_heard", json!([]))).await;
    PAGE.done(&served, JUSTICE, "complete", task(&case, "coordination", "agreed", json!([]))).await;
    let opinion = json!({ "case": case, "stage": "opinion", "answers": [{ "field": "opinion_no", "text": "湛司协〔2023〕1号" }] });
    PAGE.done(&served, JUSTICE, "request", opinion).await;
    let approve = json!({ "case": case, "stage": "opinion", "approves": true, "reason": "" });
    let one = PAGE.done(&served, "justice_leader", "approve", approve.clone()).await;
    assert_eq!(stage(&one, "opinion")["status"], "ACTIVE", "two must approve");
    assert_eq!(PAGE.refused(&served, "justice_leader", "approve", approve.clone()).await, "FOUR_EYES");
    let unexplained = json!({ "case": case, "stage": "opinion", "approves": false, "reason": "" });
    assert_eq!(PAGE.refused(&served, "deputy_3", "approve", unexplained).await, "TEXT_NOT_ACCEPTABLE");
    let two = PAGE.done(&served, "deputy_3", "approve", approve).await;
    assert_eq!(stage(&two, "opinion")["status"], "COMPLETED");
    let done = PAGE.done(&served, "water_officer", "complete", task(&case, "execution", "executed", json!([]))).await;
    assert_eq!(stage(&done, "execution")["result"]["leads"], "ON");
    let filed = [
        ("application", "application"),
        ("statements", "statements"),
        ("opinion", "opinion"),
        ("decision", "decision"),
        ("execution", "execution_report"),
    ];
    file_away(&served, &case, &filed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_is_coordinated_on_sqlite() {
    a_dispute_is_coordinated(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_is_coordinated_on_postgresql() {
    a_dispute_is_coordinated(Some(dingce_testkit::postgres::database().await)).await;
}

/// The program on the same database, as a script sees it.
fn console(served: &Served, case: &Value, to: &str, more: &[&str]) -> Output {
    let case = case.as_str().expect("an id");
    let words = ["--data", "data", "case", "migrate", case, "--to", to];
    dingce(served.folder.path(), &[&words, more].concat())
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_moved_on_the_console() {
    let served = with_all(None).await;
    let app = &served.assembled.app;
    let case = open(&served, OFFICE, "information_request", "关于某项目环评文件的公开申请", "office").await;
    PAGE.done(&served, OFFICE, "complete", task(&case, "acceptance", "accepted", json!([]))).await;
    let first = include_str!("../../../workflows/information-request/definition.yaml");
    let second = first.replacen("version: 1", "version: 2", 1).replacen("working_days: 20", "working_days: 15", 1);
    // Here no request was ever accepted: the result has another name.
    let third = first.replacen("version: 1", "version: 3", 1);
    let third = third.replacen("        accepted:\n", "        taken:\n", 1).replace("'accepted'", "'taken'");
    let organs = setup::organs(&served.assembled).await.expect("the organs are read");
    for text in [&second, &third] {
        app.set_up_definition(organs[0], text).await.expect("it is proven");
    }
    app.settle().await.expect("background work is done");
    let id: CaseId = case.as_str().expect("an id").parse().expect("an id");
    let events = async || app.store().events(StreamId::from(id), 0, 100).await.expect("the events are read").len();
    let before = events().await;

    let by = ["--by", served.ids[OFFICE].as_str(), "--reason", "新规施行。", "--basis", "新规第三十条"];
    let plan = console(&served, &case, "information_request@2", &["--dry-run"]);
    assert!(plan.status.success(), "{}", said(&plan));
    for part in
        ["information_request@1 → information_request@2", "= acceptance", "20个工作日", "15个工作日", "可以变更版本"]
    {
        assert!(said(&plan).contains(part), "{part}: {}", said(&plan));
    }
    let plan = console(&served, &case, "information_request@3", &["--dry-run", "--json"]);
    assert_eq!(plan.status.code(), Some(1), "something stands against it");
    let plan: Value = serde_json::from_slice(&plan.stdout).expect("JSON");
    assert_eq!(plan["obstacles"], json!([{ "code": "result_moved", "name": "acceptance" }]));
    let refused = console(&served, &case, "information_request@3", &by);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("不能变更版本"), "{}", said(&refused));
    let unsaid = console(&served, &case, "information_request@2", &by[..2]);
    assert_eq!(unsaid.status.code(), Some(2), "a move has its reason and its basis: {}", said(&unsaid));
    let outsider = ["--by", served.ids["water_officer"].as_str(), by[2], by[3], by[4], by[5]];
    assert_eq!(console(&served, &case, "information_request@2", &outsider).status.code(), Some(1));
    assert_eq!(events().await, before, "nothing was done until here");

    let moved = console(&served, &case, "information_request@2", &by);
    assert!(moved.status.success(), "{}", said(&moved));
    let after = events().await;
    assert!(after > before);
    let again = console(&served, &case, "information_request@2", &by);
    assert_eq!(again.status.code(), Some(1), "it has that version");
    assert!(said(&again).contains("不能变更版本"), "{}", said(&again));
    assert_eq!(events().await, after, "twice does nothing");
    let rebuilt = app.rebuild(false, &|_, _| {}).await.expect("the events are replayed");
    assert_eq!(rebuilt.differing, 0, "{:?}", rebuilt.differences);
}
