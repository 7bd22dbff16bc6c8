//! Real finished decisions go into the records and come out as they came, messy as they are, on both databases.

use crate::support::{Served, served};
use dingce_app::Principal;
use dingce_server::dossiers;
use serde_json::{Value, json};

/// Decisions of several places as their governments published them.
const REAL: &str = include_str!("data/decisions.json");

impl Served {
    async fn ask(&self, who: &str, query: &str, variables: Value) -> Value {
        let request = self.client.post(self.url("/graphql")).bearer_auth(self.token(who));
        let request = request.header("accept-language", "en").json(&json!({ "query": query, "variables": variables }));
        request.send().await.expect("it answers").json().await.expect("JSON")
    }

    /// Who keeps the dossiers.
    fn keeper(&self) -> Principal {
        let person = self.ids["office_officer"].parse().expect("a person");
        Principal { person, post: None, acting_for: None }
    }
}

const LIST: &str = "query($unexplained: Boolean) { dossiers(first: 100, unexplained: $unexplained) { totalCount edges { node { \
    id title organ province sourceUrls legalBasesCited notes events { stage date fact } \
    departures { number code title given needed path explanation source { cite article } } } } } }";

const EXPLAIN: &str = "mutation($input: ExplainDepartureInput!) { explainDeparture(input: $input) { \
    dossier { title departures { number explanation } } errors { code path needed } } }";

const SHEET: &str = "query($id: ID!) { dossier(id: $id) { complianceSheet { failed lines { rule verdict article { article } \
    found { given needed text } excusedBy { ground name unitName reason n } evidence { n kind day } } } } }";

/// The line of the sheet on the comment period.
fn period(sheet: &Value) -> Value {
    let lines = sheet["data"]["dossier"]["complianceSheet"]["lines"].as_array().expect("a sheet");
    lines.iter().find(|l| l["rule"] == "comment_period").expect("a line a rule").clone()
}

async fn real_decisions_come_out_as_they_came(database: Option<String>) {
    let served = served(|settings| settings.database = database).await;
    let real: Value = serde_json::from_str(REAL).expect("JSON");
    let list = dossiers::read(REAL).expect("every decision is read");
    let done = dossiers::import(&served.assembled, served.keeper(), None, list.clone()).await.expect("imported");
    assert_eq!(done.dossiers, real["decisions"].as_array().expect("a list").len());
    let again = dossiers::import(&served.assembled, served.keeper(), None, list).await.expect("imported again");
    assert_eq!(again, done);
    let out = dossiers::export(&served.assembled, served.keeper()).await.expect("exported");
    assert_eq!(out, real, "nothing is lost, nothing is there twice");
    let water = Principal { person: served.ids["water_officer"].parse().expect("a person"), ..served.keeper() };
    let list = dossiers::read(REAL).expect("read");
    let refused = dossiers::import(&served.assembled, water, None, list).await.expect_err("no right to it");
    assert!(format!("{refused:#}").contains("FORBIDDEN"), "{refused:#}");
    dossiers::export(&served.assembled, water).await.expect_err("no right to read them");

    let all = served.ask("office_officer", LIST, json!({})).await;
    assert_eq!(all["data"]["dossiers"]["totalCount"], done.dossiers, "{all}");
    let departing = served.ask("office_officer", LIST, json!({ "unexplained": true })).await;
    let nodes = departing["data"]["dossiers"]["edges"].as_array().expect("a list");
    assert_eq!(nodes.len(), done.departing);
    let short = nodes.iter().map(|e| &e["node"]).find(|n| n["title"] == "湘阴县农村公路建设管理办法");
    let short = short.expect("a comment period of 6 days departs from R713 art. 15");
    assert_eq!(short["departures"][0]["code"], "COMMENT_PERIOD_TOO_SHORT");
    assert_eq!((&short["departures"][0]["given"], &short["departures"][0]["needed"]), (&json!("6"), &json!("30")));
    assert_eq!(short["departures"][0]["source"][0]["article"], "15");

    let sheet = served.ask("auditor", SHEET, json!({ "id": short["id"] })).await;
    let line = period(&sheet);
    assert_eq!((&line["verdict"], &line["found"][0]["given"]), (&json!("FAILED"), &json!("6")), "{sheet}");
    assert_eq!(line["article"]["article"], "15");
    assert_eq!(line["evidence"][0]["kind"], "consultation_end");
    assert_eq!(sheet["data"]["dossier"]["complianceSheet"]["failed"], 1);
    let input = json!({ "dossier": short["id"], "departure": 1, "reason": "公告另有说明。" });
    let explained = served.ask("archivist", EXPLAIN, json!({ "input": input })).await;
    let payload = &explained["data"]["explainDeparture"];
    assert_eq!(payload["dossier"]["departures"][0]["explanation"], "公告另有说明。", "{explained}");
    let sheet = served.ask("archivist", SHEET, json!({ "id": short["id"] })).await;
    let line = period(&sheet);
    assert_eq!((&line["verdict"], &line["found"]), (&json!("EXCUSED"), &json!([])), "{sheet}");
    let excuse = &line["excusedBy"][0];
    assert_eq!((&excuse["ground"], &excuse["reason"]), (&json!("EXPLAINED"), &json!("公告另有说明。")));
    assert!(excuse["name"].is_string() && excuse["unitName"].is_string(), "{excuse}");
    let wrong = json!({ "dossier": short["id"], "departure": 9, "reason": "另有说明。" });
    let refused = served.ask("archivist", EXPLAIN, json!({ "input": wrong })).await;
    assert_eq!(refused["data"]["explainDeparture"]["errors"][0]["code"], "NOT_FOUND", "{refused}");
    let foreign = json!({ "dossier": short["id"], "departure": 1, "reason": "不相干。" });
    let refused = served.ask("water_officer", EXPLAIN, json!({ "input": foreign })).await;
    assert_eq!(refused["data"]["explainDeparture"]["errors"][0]["code"], "FORBIDDEN", "{refused}");
    let unseen = served
        .ask("water_officer", "query($id: ID!) { dossier(id: $id) { title } }", json!({ "id": short["id"] }))
        .await;
    assert_eq!(unseen["data"]["dossier"], Value::Null, "{unseen}");

    let rest = served.ask("office_officer", LIST, json!({ "unexplained": true })).await;
    assert_eq!(rest["data"]["dossiers"]["edges"].as_array().map(Vec::len), Some(done.departing - 1));
    let out = dossiers::export(&served.assembled, served.keeper()).await.expect("exported");
    assert_eq!(out, real, "an explanation stands beside the record, not in it");
    let rebuilt = served.assembled.app.rebuild(false, &|_, _| {}).await.expect("the events are replayed");
    assert_eq!(rebuilt.differing, 0, "{:?}", rebuilt.differences);
}

#[tokio::test(flavor = "multi_thread")]
async fn real_decisions_come_out_as_they_came_on_sqlite() {
    real_decisions_come_out_as_they_came(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn real_decisions_come_out_as_they_came_on_postgresql() {
    real_decisions_come_out_as_they_came(Some(dingce_testkit::postgres::database().await)).await;
}

#[test]
fn every_problem_of_a_file_is_told_at_once() {
    let bad = json!([
        { "title": "甲", "organ": null, "source_urls": [], "events": [], "extra": 1 },
        { "title": "乙", "source_urls": 3, "events": [{ "stage": "hearing", "date": null, "fact": "办过" }] },
        { "organ": null, "source_urls": [], "events": [] },
    ]);
    let told = dossiers::read(&bad.to_string()).expect_err("refused").to_string();
    for part in
        ["3 problem(s)", "decisions[0]: unknown field `extra`", "decisions[1]", "decisions[2]: missing field `title`"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
    for file in ["", "{}", "[]", "{\"decisions\": 3}", "\"text\""] {
        dossiers::read(file).expect_err(file);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_an_impossible_date_enters_nothing() {
    let served = served(|_| {}).await;
    let event = |date: &str| json!({ "stage": "collective_decision", "date": date, "fact": "第3次常务会议" });
    let dossier = |title: &str, date: &str| json!({ "title": title, "organ": null, "source_urls": [null], "events": [event(date)] });
    let file = json!([
        dossier("甲", "2023-01-05"),
        dossier("乙", "2023-02-30"),
        dossier("丙", "2023-13"),
        dossier("丁", "去年秋天")
    ])
    .to_string();
    let list = dossiers::read(&file).expect("the form is right");
    let told = dossiers::import(&served.assembled, served.keeper(), None, list).await.expect_err("refused").to_string();
    assert!(told.contains("2 problem(s)") && told.contains("2023-02-30") && told.contains("2023-13"), "{told}");
    let out = dossiers::export(&served.assembled, served.keeper()).await.expect("exported");
    assert_eq!(out, json!({ "decisions": [] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_certainly_departs_is_marked_and_what_may_be_well_is_not() {
    let served = served(|_| {}).await;
    let dossier = |title: &str, events: &[(&str, &str)]| {
        let event = |(stage, date): &(&str, &str)| json!({ "stage": stage, "date": date, "fact": "见公告" });
        json!({ "title": title, "organ": null, "source_urls": [], "events": events.iter().map(event).collect::<Vec<_>>() })
    };
    let asked = [("consultation_start", "2024-02-01"), ("consultation_end", "2024-03-02")];
    let review = [("legality_review", "2024-04-01"), ("collective_decision", "2024-04-20"), ("publication", "2024-04")];
    let well = [asked.as_slice(), &review].concat();
    let cases = [
        ("合规", well.clone(), vec![]),
        (
            "28日",
            vec![("consultation_start", "2024-02-01"), ("consultation_end", "2024-02-29")],
            vec!["COMMENT_PERIOD_TOO_SHORT"],
        ),
        // From 1 to 31 May would be 30 days, so nothing is certain.
        ("月份不明", vec![("consultation_start", "2024-05"), ("consultation_end", "2024-05")], vec![]),
        ("起止连写", vec![("consultation", "2021-04-23/2021-05-06")], vec!["COMMENT_PERIOD_TOO_SHORT"]),
        ("条例施行前", vec![("consultation_start", "2017-11-18"), ("consultation_end", "2017-11-24")], vec![]),
        (
            "审查在后",
            vec![("legality_review", "2024-05-01"), ("collective_decision", "2024-04-20")],
            vec!["OUT_OF_ORDER"],
        ),
        ("无审查记录", vec![("collective_decision", "2024-04-20")], vec!["LEGALITY_MISSING"]),
        ("公告已述", vec![("procedures", "2024-04-21"), ("collective_decision", "2024-04-20")], vec![]),
        (
            "先公布后决定",
            [
                asked.as_slice(),
                &[
                    ("legality_review", "2024-04-01"),
                    ("collective_decision", "2024-04-20"),
                    ("publication", "2024-04-10"),
                ],
            ]
            .concat(),
            vec!["OUT_OF_ORDER"],
        ),
    ];
    let file = Value::from(cases.iter().map(|(title, events, _)| dossier(title, events)).collect::<Vec<_>>());
    let list = dossiers::read(&file.to_string()).expect("read");
    dossiers::import(&served.assembled, served.keeper(), None, list).await.expect("imported");
    let all = served.ask("auditor", LIST, json!({})).await;
    let edges = all["data"]["dossiers"]["edges"].as_array().expect("a list");
    for (title, _, wanted) in cases {
        let node = edges.iter().map(|e| &e["node"]).find(|n| n["title"] == title).expect("it is there");
        let codes: Vec<_> = node["departures"].as_array().expect("a list").iter().map(|d| d["code"].clone()).collect();
        assert_eq!(codes, wanted, "{title}: {node}");
    }
}

/// The examples of the how-to page are run as they stand there.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_says_what_works() {
    let page = include_str!("../../../docs/how-to/keep-historical-dossiers.md");
    let examples: Vec<&str> = page.split("```graphql\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let served = served(|_| {}).await;
    let entered = served.ask("office_officer", examples[0], json!({})).await;
    let dossier = &entered["data"]["enterDossier"]["dossier"];
    assert_eq!(
        dossier["departures"][0],
        json!({ "number": 1, "code": "COMMENT_PERIOD_TOO_SHORT", "given": "8", "needed": "30" }),
        "{entered}"
    );
    let explained = served.ask("archivist", examples[1], json!({ "dossier": dossier["id"] })).await;
    let departures = &explained["data"]["explainDeparture"]["dossier"]["departures"];
    assert_eq!(departures[0]["explanation"], "公告正文载明因汛期紧急缩短。", "{explained}");
}
