//! Determinations, agendas, legal advisers and confirmed values over HTTP, by the very queries of the how-tos, on both databases; and by the
//! command line.

use std::path::{Path, PathBuf};
use std::process::Output;

use crate::support::page::Page;
use crate::support::{Served, dingce, served};
use serde_json::{Value, json};

const REGISTERS: Page = Page(include_str!("../../../docs/how-to/keep-determinations-and-agendas.md"));
const ADVISERS: Page = Page(include_str!("../../../docs/how-to/keep-advisers.md"));

const VALUES: Page = Page(include_str!("../../../docs/how-to/confirm-a-value.md"));

const OPEN: &str = "mutation($unit: ID!) { openCase(input: { title: \"城乡供水价格调整方案\", summary: \"调整价格。\", \
    class: PUBLIC_POLICY, proposer: UNIT, undertakingUnit: $unit }) { case { id } errors { code } } }";

async fn a_case(served: &Served) -> Value {
    let unit = json!({ "unit": served.ids["water"] });
    served.graphql(Some("office_officer"), OPEN, unit).await["openCase"]["case"]["id"].clone()
}

fn agenda() -> Value {
    json!([{
        "session": "十届区政府第30次常务会议", "held": "2023-05-10",
        "items": [
            { "no": "1", "title": "审议城乡供水价格调整方案", "reporter": "区农业农村和水务局" },
            { "no": "2", "title": "传达上级会议精神" },
            { "no": "3", "title": "", "secret": "机要〔2023〕3号" },
        ],
    }])
}

async fn nothing_on_the_table_is_left_unasked(database: Option<String>) {
    let served = served(|settings| settings.database = database).await;
    let (office, justice, water) = ("office_officer", "justice_reviewer", "water_officer");
    let page = REGISTERS;
    let excluded = |ground: &str| {
        json!({ "determination": {
            "title": "传达上级会议精神", "major": false, "ground": ground, "basis": "广东省规定第3条",
            "reason": "未提出贯彻意见。", "determinedBy": "区司法局", "determinedOn": "2023-05-04",
        } })
    };
    assert_eq!(page.refused(&served, water, "determine", excluded("SUPERIOR_DECISION")).await, "FORBIDDEN");
    let forwarded = page.done(&served, justice, "determine", excluded("SUPERIOR_DECISION")).await;
    assert_eq!(forwarded["current"]["source"]["authority"], "LOCAL_RULE");
    assert_eq!(forwarded["current"]["flags"], json!([]));
    let borrowed = page.done(&served, justice, "determine", excluded("INTERNAL_MANAGEMENT")).await;
    assert_eq!(borrowed["current"]["flags"], json!(["GROUND_NOT_BINDING"]));
    let major = json!({
        "title": "城乡供水价格调整", "major": true, "class": "PUBLIC_POLICY", "overlays": ["《价格法》第23条"],
        "reason": "涉及公众切身利益。", "determinedBy": "区司法局", "determinedOn": "2023-05-04",
    });
    let corrected = json!({ "id": borrowed["id"], "determination": major });
    let corrected = page.done(&served, justice, "correct", corrected).await;
    assert_eq!(corrected["made"].as_array().map(Vec::len), Some(2));
    assert_eq!((&corrected["made"][0]["major"], &corrected["major"]), (&json!(false), &json!(true)));
    let lists = page.ask(&served, Some(office), "lists", json!({})).await;
    assert_eq!(lists["majorWithoutCase"]["nodes"][0]["title"], "城乡供水价格调整");
    let case = a_case(&served).await;
    let tied = page.done(&served, justice, "link", json!({ "id": borrowed["id"], "case": case })).await;
    assert_eq!(tied["cases"][0]["determinations"][0]["id"], borrowed["id"]);

    let source = json!({ "source": agenda().to_string() });
    let unknown = page.ask(&served, Some(office), "import", source.clone()).await["importPrintedAgendas"].clone();
    assert_eq!(unknown["errors"][0]["code"], "NOT_FOUND", "its secret item has no stub: {unknown}");
    let stub = "mutation($unit: ID!) { enterSecretStub(input: { number: \"机要〔2023〕3号\", level: SECRET, classifiedBy: $unit, \
        basis: \"保密事项范围2.1.3\", classifiedOn: \"2023-03-03\", unit: $unit }) { stub { id } errors { code } } }";
    let stub = served.graphql(Some(office), stub, json!({ "unit": served.ids["office"] })).await;
    assert_eq!(stub["enterSecretStub"]["errors"], json!([]), "{stub}");
    let imported = page.ask(&served, Some(office), "import", source.clone()).await["importPrintedAgendas"].clone();
    assert_eq!(imported["errors"], json!([]), "{imported}");
    let taken = imported["imported"][0]["agenda"].clone();
    assert_eq!((&taken["unlinked"], &taken["heldOn"]), (&json!(3), &json!("2023-05-10")));
    assert_eq!(taken["items"][2]["secret"], json!({ "number": "机要〔2023〕3号", "stub": { "level": "SECRET" } }));
    let again = page.ask(&served, Some(office), "import", source).await["importPrintedAgendas"].clone();
    assert_eq!(again["imported"][0]["new"], false);
    let broken = json!({ "source": r#"[{"session": "s", "items": [{"title": 3}]}]"# });
    let broken = page.ask(&served, Some(office), "import", broken).await["importPrintedAgendas"].clone();
    assert!(broken["errors"].to_string().contains("[0].items[0].title"), "{broken}");
    let item = |at: usize| taken["items"][at]["id"].clone();
    let tie = json!({ "agenda": taken["id"], "item": item(0), "case": case });
    let held = page.done(&served, office, "tie", tie.clone()).await;
    assert_eq!(held["items"][0]["cases"][0]["id"], case);
    assert_eq!(page.refused(&served, office, "tie", tie).await, "ALREADY_THERE");
    let neither = json!({ "agenda": taken["id"], "item": item(1) });
    assert_eq!(page.refused(&served, office, "tie", neither).await, "INPUT_NOT_ACCEPTABLE");
    let to = json!({ "agenda": taken["id"], "item": item(1), "determination": forwarded["id"] });
    assert_eq!(page.done(&served, office, "tie", to).await["unlinked"], 1);
    let added = page.done(&served, office, "add", json!({ "agenda": taken["id"] })).await;
    assert_eq!(added["items"][3], json!({ "title": "防汛物资储备", "added": true, "linked": false }));
    let lists = page.ask(&served, Some(office), "lists", json!({})).await;
    assert_eq!(lists["unasked"]["totalCount"], 2, "the secret one, and the one that was added");
    assert_eq!(lists["majorWithoutCase"]["totalCount"], 0);

    // The session's own meeting, and the wrong one.
    let call = "mutation($held: Date!, $chair: ID!) { callMeeting(input: { session: \"十届区政府第30次常务会议\", heldOn: $held, \
        place: \"会议室\", chair: $chair, notifiedOn: \"2023-05-04\" }) { meeting { id } errors { code } } }";
    let mut meetings = Vec::new();
    for held in ["2023-05-11", "2023-05-10"] {
        let asked = json!({ "held": held, "chair": served.ids["head"] });
        let called = served.graphql(Some("meeting_secretary"), call, asked).await["callMeeting"].clone();
        assert_eq!(called["errors"], json!([]), "{called}");
        meetings.push(called["meeting"]["id"].clone());
    }
    let with = |at: usize| json!({ "agenda": taken["id"], "meeting": meetings[at] });
    assert_eq!(page.refused(&served, office, "pair", with(0)).await, "AGENDA_NOT_OF_MEETING");
    assert_eq!(page.refused(&served, justice, "pair", with(1)).await, "FORBIDDEN");
    let paired = page.done(&served, office, "pair", with(1)).await;
    assert_eq!(paired["meeting"]["session"], "十届区政府第30次常务会议");
    assert_eq!(paired["reconciliation"]["notPrinted"], json!([]));
    assert_eq!(paired["reconciliation"]["notOnMeeting"].as_array().map(Vec::len), Some(4), "{paired}");
    let back = "query($id: ID!) { meeting(id: $id) { printedAgenda { id } } }";
    let back = served.graphql(Some(office), back, json!({ "id": meetings[1] })).await;
    assert_eq!(back["meeting"]["printedAgenda"]["id"], taken["id"]);
    let rebuilt = served.assembled.app.rebuild(false, &|_, _| {}).await.expect("the events are replayed");
    assert_eq!(rebuilt.differing, 0, "{:?}", rebuilt.differences);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_on_the_table_is_left_unasked_on_sqlite() {
    nothing_on_the_table_is_left_unasked(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_on_the_table_is_left_unasked_on_postgresql() {
    nothing_on_the_table_is_left_unasked(Some(dingce_testkit::postgres::database().await)).await;
}

async fn advice_is_asked_given_and_taken_up(database: Option<String>) {
    let served = served(|settings| settings.database = database).await;
    let (justice, water) = ("justice_reviewer", "water_officer");
    let page = ADVISERS;
    let nobody = json!({ "person": null });
    assert_eq!(page.refused(&served, water, "retain", nobody.clone()).await, "FORBIDDEN");
    let adviser = page.done(&served, justice, "retain", nobody).await;
    assert_eq!(adviser["serving"], true);
    let case = a_case(&served).await;
    let asked = |stage: Option<&str>| json!({ "adviser": adviser["id"], "case": case, "stage": stage });
    assert_eq!(page.refused(&served, water, "ask", asked(Some("nowhere"))).await, "STAGE_UNKNOWN");
    let engagement = page.done(&served, water, "ask", asked(Some("drafting"))).await;
    assert_eq!((&engagement["state"], &engagement["stage"]), (&json!("ASKED"), &json!("drafting")));
    let unsigned = json!({ "engagement": engagement["id"], "documents": [] });
    assert_eq!(page.refused(&served, water, "advise", unsigned).await, "DOCUMENT_MISSING");
    let this = json!({ "engagement": engagement["id"], "documents": served.documents("意见书").await });
    let dispose =
        |uptake: &str, reason: &str| json!({ "engagement": engagement["id"], "uptake": uptake, "reason": reason });
    assert_eq!(page.refused(&served, water, "dispose", dispose("FULL", "")).await, "ENGAGEMENT_NOT_OPEN");
    assert_eq!(page.done(&served, water, "advise", this.clone()).await["state"], "ADVISED");
    assert_eq!(page.refused(&served, water, "advise", this).await, "ENGAGEMENT_NOT_OPEN");
    assert_eq!(page.refused(&served, water, "dispose", dispose("NONE", "")).await, "REASON_MISSING");
    assert_eq!(page.done(&served, water, "dispose", dispose("NONE", "条款已删除。")).await["state"], "DISPOSED");
    // Nothing is under review yet: the gate of the review is the one it was.
    let review = json!({ "case": case, "engagement": engagement["id"] });
    assert_eq!(page.refused(&served, justice, "review", review).await, "NOTHING_UNDER_REVIEW");
    let assessed = page.done(&served, justice, "assess", json!({ "adviser": adviser["id"] })).await;
    let figures = &assessed["assessments"][0]["figures"];
    assert_eq!((&figures["engagements"], &figures["notAdopted"]), (&json!(1), &json!(1)));
    let lists = page.ask(&served, Some(justice), "lists", json!({})).await;
    assert_eq!(lists["open"]["totalCount"], 0);
    assert_eq!(lists["notTakenUp"]["nodes"][0]["disposal"]["reason"], "条款已删除。");
    assert_eq!(lists["advisers"]["nodes"][0]["figures"]["notAdopted"], 1);
    let unseen = page.ask(&served, Some("finance_officer"), "lists", json!({})).await;
    assert_eq!(unseen["notTakenUp"]["totalCount"], 0, "of another unit");
    served.clock.set("2024-01-01T01:00:00Z".parse().expect("an instant"));
    assert_eq!(page.refused(&served, water, "ask", asked(None)).await, "ADVISER_NOT_SERVING");
    // The server records once a day how far streams had come: before the events are read, and not while they are.
    served.assembled.app.record_heads().await.expect("recorded");
    let rebuilt = served.assembled.app.rebuild(false, &|_, _| {}).await.expect("the events are replayed");
    assert_eq!(rebuilt.differing, 0, "{:?}", rebuilt.differences);
}

#[tokio::test(flavor = "multi_thread")]
async fn advice_is_asked_given_and_taken_up_on_sqlite() {
    advice_is_asked_given_and_taken_up(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn advice_is_asked_given_and_taken_up_on_postgresql() {
    advice_is_asked_given_and_taken_up(Some(dingce_testkit::postgres::database().await)).await;
}

async fn a_number_binds_where_and_when_it_was_confirmed(database: Option<String>) {
    let served = served(|settings| settings.database = database).await;
    let (justice, page) = ("justice_reviewer", VALUES);
    let national = async |on: &str| {
        let told = page.ask(&served, Some("water_officer"), "values", json!({ "on": on })).await;
        let nodes = told["definitions"]["nodes"].as_array().expect("definitions").clone();
        nodes.into_iter().find(|def| def["name"] == "major_decision_national").expect("the national definition")
    };
    fn of(def: &Value, name: &str) -> Value {
        def["parameters"].as_array().expect("numbers").iter().find(|p| p["id"] == name).expect("the number").clone()
    }
    // The clock stands on 4 May 2023.
    let (today, tomorrow, end) = ("2023-05-04", "2023-05-05", "2023-05-09");
    let def = national(today).await;
    let (least, period) = (of(&def, "experts_least"), of(&def, "comment_period"));
    assert_eq!((&least["value"], &least["authority"]), (&json!("5"), &json!("UNCONFIRMED")));
    assert_eq!((&least["binds"], &period["binds"]), (&json!(false), &json!(true)));
    assert_eq!(least["confirmations"], json!([]));
    let on = |from: &str| json!({ "definition": def["hash"], "from": from });
    assert_eq!(page.refused(&served, "water_officer", "confirm", on(tomorrow)).await, "FORBIDDEN");
    assert_eq!(page.refused(&served, justice, "confirm", on(today)).await, "DATE_NOT_ACCEPTABLE");
    assert_eq!(page.refused(&served, justice, "withdraw", on(tomorrow)).await, "INPUT_NOT_ACCEPTABLE");
    let nowhere = json!({ "definition": "no hash", "from": tomorrow });
    assert_eq!(page.refused(&served, justice, "confirm", nowhere).await, "INPUT_NOT_ACCEPTABLE");

    let confirmed = of(&page.done(&served, justice, "confirm", on(tomorrow)).await, "experts_least");
    assert_eq!((&confirmed["binds"], &confirmed["confirmations"][0]["from"]), (&json!(true), &json!(tomorrow)));
    let again =
        page.ask(&served, Some(justice), "confirm", on(tomorrow)).await["confirmParameter"]["errors"][0].clone();
    assert_eq!(again["code"], "ALREADY_THERE");
    assert!(again["needed"].as_str().is_some_and(|open| open.contains("experts_complex_least")), "{again}");
    let withdrawn = of(&page.done(&served, justice, "withdraw", on(end)).await, "experts_least");
    assert_eq!((&withdrawn["binds"], &withdrawn["confirmations"][0]["until"]), (&json!(false), &json!(end)));
    for (day, binds) in [(today, false), (tomorrow, true), ("2023-05-08", true), (end, false)] {
        let told = of(&national(day).await, "experts_least");
        assert_eq!(told["binds"], binds, "{day}");
        assert!(told["confirmations"][0]["by"]["postTitle"].is_string(), "{told}");
    }
    let rebuilt = served.assembled.app.rebuild(false, &|_, _| {}).await.expect("the events are replayed");
    assert_eq!(rebuilt.differing, 0, "{:?}", rebuilt.differences);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_binds_where_and_when_it_was_confirmed_on_sqlite() {
    a_number_binds_where_and_when_it_was_confirmed(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_binds_where_and_when_it_was_confirmed_on_postgresql() {
    a_number_binds_where_and_when_it_was_confirmed(Some(dingce_testkit::postgres::database().await)).await;
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_command_line_takes_agendas_over_and_lists_what_belongs_to_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str]| dingce(folder.path(), arguments);
    let staff: PathBuf =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../workflows/demo-organisation/organisation.yaml");
    assert!(run(&["organisation", "import", &staff.to_string_lossy()]).status.success());
    let person = ["--person", "key:office_officer"];
    // The secret item's stub is registered over GraphQL only; here nothing is secret.
    let mut open = agenda();
    open[0]["items"].as_array_mut().expect("items").truncate(2);
    std::fs::write(folder.path().join("agendas.json"), open.to_string()).expect("written");
    let import = |file: &str| run(&["agenda", "import", file, person[0], person[1], "--json"]);
    let first = import("agendas.json");
    assert!(first.status.success(), "{}", told(&first));
    for name in ["out.json", "out.csv"] {
        let written = run(&["agenda", "export", name, person[0], person[1]]);
        assert!(written.status.success(), "{}", told(&written));
        let again = import(name);
        let again: Value = serde_json::from_slice(&again.stdout).expect("JSON");
        assert_eq!(again[0]["new"], false, "{name} holds what is there");
        assert!(!run(&["agenda", "export", name, person[0], person[1]]).status.success(), "it is not overwritten");
    }
    let out: Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("out.json")).expect("read")).expect("JSON");
    assert_eq!(out["agendas"], open);
    let unlinked = run(&["agenda", "unlinked", person[0], person[1], "--json"]);
    let unlinked: Value = serde_json::from_slice(&unlinked.stdout).expect("JSON");
    assert_eq!(unlinked.as_array().map(Vec::len), Some(2));
    std::fs::write(folder.path().join("secret.json"), agenda().to_string()).expect("written");
    let secret = import("secret.json");
    assert_eq!(secret.status.code(), Some(1), "a secret item needs its stub: {}", told(&secret));
    for list in [
        ["proposal", "list"].as_slice(),
        &["proposal", "list", "--overdue"],
        &["determination", "list"],
        &["erasure", "list"],
        &["adviser", "figures", "--year", "2023"],
    ] {
        let listed = run(&[list, person.as_slice(), &["--json"]].concat());
        assert!(listed.status.success(), "{list:?}: {}", told(&listed));
        assert_eq!(serde_json::from_slice::<Value>(&listed.stdout).expect("JSON"), json!([]), "{list:?}");
    }
    let forbidden = run(&["agenda", "import", "agendas.json", "--person", "key:water_officer"]);
    assert_eq!(forbidden.status.code(), Some(1));
    std::fs::write(folder.path().join("bad.csv"), "session,title\r\n,事项\r\n").expect("written");
    let bad = import("bad.csv");
    assert_eq!(bad.status.code(), Some(1));
    assert!(told(&bad).contains("line 2.session") || told(&bad).contains("line 2"), "{}", told(&bad));
}
