//! Accountability over HTTP, by the very queries of the how-to, on both databases; and the report by the command line.

use dingce_ledger::note::Note;
use serde_json::{Value, json};

use crate::support::page::Page;
use crate::support::{Served, served};

const PAGE: Page = Page(include_str!("../../../docs/how-to/hold-to-account.md"));

const OPEN: &str = "mutation($unit: ID!) { openCase(input: { title: \"城乡供水价格调整方案\", summary: \"调整价格。\", \
    class: PUBLIC_POLICY, proposer: UNIT, undertakingUnit: $unit }) { case { id } errors { code } } }";
const STUDY: &str = "mutation($case: ID!, $documents: [DocumentInput!]!) { studyProposal(input: { caseId: $case, \
    opinion: \"有必要。\", recommends: true, documents: $documents }) { case { id } errors { code } } }";

async fn a_case(served: &Served) -> Value {
    let unit = json!({ "unit": served.ids["water"] });
    let case = served.graphql(Some("office_officer"), OPEN, unit).await["openCase"]["case"]["id"].clone();
    let study = json!({ "case": case, "documents": served.documents("研究论证报告").await });
    let studied = served.graphql(Some("water_officer"), STUDY, study).await;
    assert_eq!(studied["studyProposal"]["errors"], json!([]), "{studied}");
    case
}

async fn from_clue_to_result(served: &Served, case: &Value) -> Value {
    let (page, auditor, day) = (PAGE, "auditor", "2023-05-04");
    for who in ["water_officer", "office_officer", "head"] {
        assert_eq!(page.refused(served, who, "receive", json!({ "case": case })).await, "FORBIDDEN");
    }
    let spoken_of = json!({ "case": case, "persons": [served.ids["auditor"]] });
    assert_eq!(page.refused(served, auditor, "receive", spoken_of).await, "ACCOUNTABILITY_CONFLICT");
    let own = served.put(auditor, "回执").header("content-type", "text/plain").send().await.expect("an answer");
    assert!(own.status().is_success(), "supervision files its own papers: {}", own.status());
    let two = json!({ "case": case, "entry": "entry_00000000000000000000000000000000" });
    assert_eq!(page.refused(served, auditor, "receive", two).await, "INPUT_NOT_ACCEPTABLE");
    let file = page.done(served, auditor, "receive", json!({ "case": case })).await;
    assert_eq!((&file["state"], &file["case"]["title"]), (&json!("RECEIVED"), &json!("城乡供水价格调整方案")));
    let this = json!({ "file": file["id"] });
    assert_eq!(page.refused(served, auditor, "close", this.clone()).await, "ACCOUNTABILITY_NOT_OPEN");
    let admitted = page.done(served, auditor, "admit", this.clone()).await;
    assert_eq!(admitted["steps"][1]["by"]["name"], "谭核实");
    let frozen = page.done(served, auditor, "freeze", json!({ "file": file["id"], "day": day })).await;
    let trace = &frozen["traces"][0];
    let text = trace["text"].as_str().expect("its text");
    assert_eq!(trace["digest"], dingce_ledger::sha256(text.as_bytes()).to_string());
    let trace: Value = serde_json::from_str(text).expect("JSON");
    let events = trace["events"].as_array().expect("events");
    let own = |event: &&Value| event["by"]["person"] == served.ids["water_officer"].as_str();
    let studied = events.iter().find(own).expect("the water officer acted");
    let documents = served.documents("材料").await;
    let paper = json!({ "file": file["id"], "day": day, "documents": documents });
    let harmed = page.done(served, auditor, "harm", paper.clone()).await;
    assert_eq!(harmed["steps"][3]["outside"], "区审计局");
    let named = |n: &Value| {
        let post = &studied["by"]["post"];
        let one = json!({ "person": served.ids["water_officer"], "post": post, "category": "DIRECT", "acts": [n] });
        json!({ "file": file["id"], "persons": [one] })
    };
    assert_eq!(page.refused(served, auditor, "name", named(&json!(999))).await, "ACT_NOT_OF_PERSON");
    let persons = page.done(served, auditor, "name", named(&studied["n"])).await;
    assert_eq!(persons["personsByPost"][0]["name"], "周渠成");
    assert_eq!(page.done(served, auditor, "hand", paper.clone()).await["state"], "HANDED_OVER");
    let handed = page.ask(served, Some(auditor), "files", json!({ "case": case })).await;
    assert_eq!(
        (&handed["accountabilityFiles"]["totalCount"], &handed["handed"]["nodes"][0]["id"]),
        (&json!(1), &file["id"])
    );
    assert_eq!(page.refused(served, auditor, "result", paper.clone()).await, "ACCOUNTABILITY_NOT_OPEN");
    page.done(served, auditor, "receipt", paper.clone()).await;
    page.done(served, auditor, "result", paper).await;
    assert_eq!(page.done(served, auditor, "close", this.clone()).await["state"], "CLOSED");
    assert_eq!(page.done(served, auditor, "reopen", this.clone()).await["state"], "ADMITTED");
    // A second clue, refused; it stays.
    let other = page.done(served, auditor, "receive", json!({ "case": case })).await;
    assert_eq!(page.done(served, auditor, "refuse", json!({ "file": other["id"] })).await["state"], "REFUSED");
    let both = page.ask(served, Some(auditor), "files", json!({ "case": case })).await;
    assert_eq!(both["accountabilityFiles"]["totalCount"], 2);
    file["id"].clone()
}

async fn the_report(served: &Served, file: &Value) {
    let none = PAGE.ask(served, Some("water_officer"), "report", json!({ "file": file })).await;
    assert_eq!(none["accountabilityFile"], Value::Null, "a file is for supervision alone");
    let told = PAGE.ask(served, Some("auditor"), "report", json!({ "file": file })).await;
    let report = &told["accountabilityFile"]["report"];
    let text = |name: &str| report[name].as_str().unwrap_or_else(|| panic!("no {name}: {report}")).to_owned();
    let note = Note::parse(text("note").as_bytes()).expect("a note");
    for name in ["json", "html"] {
        let line = format!("report.{name} {}\n", dingce_ledger::sha256(text(name).as_bytes()));
        assert!(note.text().contains(&line), "{}", note.text());
    }
    assert!(text("html").contains("周渠成") && text("html").contains("直接责任人员"));
    let told: Value = serde_json::from_str(&text("json")).expect("JSON");
    assert_eq!(told["format"], "dingce.accountability-report/v1");
    assert_eq!(told["trace"]["events"].as_array().map(Vec::len), told["rows"].as_array().map(Vec::len));
}

/// What is answered, with what went wrong.
async fn raw(served: &Served, who: &str, query: &str, variables: Value) -> Value {
    let request = served.client.post(served.url("/graphql")).bearer_auth(served.token(who));
    let answer = request.json(&json!({ "query": query, "variables": variables })).send().await.expect("an answer");
    serde_json::from_str(&answer.text().await.expect("a text")).expect("JSON")
}

async fn a_notice_and_a_mandate(served: &Served, case: &Value) {
    let (page, auditor) = (PAGE, "auditor");
    let documents = served.documents("通知").await;
    let issue = json!({ "unit": served.ids["water"], "case": case, "documents": documents });
    assert_eq!(page.refused(served, "justice_reviewer", "issue", issue.clone()).await, "FORBIDDEN");
    let notice = page.done(served, auditor, "issue", issue).await;
    assert_eq!((&notice["state"], &notice["dueOn"]), (&json!("OPEN"), &json!("2023-06-03")));
    let answer = json!({ "notice": notice["id"], "documents": documents });
    assert_eq!(page.refused(served, "finance_officer", "answer", answer.clone()).await, "NOT_FOUND");
    assert_eq!(page.done(served, "water_officer", "answer", answer.clone()).await["state"], "ANSWERED");
    let recheck = |passed: bool, within: Value| json!({ "notice": notice["id"], "passed": passed, "within": within });
    assert_eq!(page.refused(served, auditor, "recheck", recheck(false, Value::Null)).await, "INPUT_NOT_ACCEPTABLE");
    let again = page.done(served, auditor, "recheck", recheck(false, json!({ "days": 5, "working": true }))).await;
    assert_eq!((&again["state"], &again["dueOn"]), (&json!("OPEN"), &json!("2023-05-10")), "a make-up Saturday counts");
    page.done(served, "water_officer", "answer", answer).await;
    assert_eq!(page.done(served, auditor, "recheck", recheck(true, Value::Null)).await["state"], "PASSED");
    let overdue = page.ask(served, Some(auditor), "notices", json!({})).await;
    assert_eq!(overdue["supervisionNotices"]["totalCount"], 0);

    let member = "finance_officer";
    let trace = |who: &'static str| raw(served, who, PAGE.query("trace"), json!({ "case": case }));
    assert!(trace(member).await.to_string().contains("FORBIDDEN"));
    let enter = |who: &str| json!({ "member": served.ids[who], "case": case, "documents": documents });
    assert_eq!(page.refused(served, auditor, "enter", enter("auditor")).await, "FOUR_EYES");
    let mandate = page.done(served, auditor, "enter", enter(member)).await;
    let told = trace(member).await;
    assert_eq!(told["data"]["reverseTrace"]["case"]["title"], "城乡供水价格调整方案", "{told}");
    let listed = served.graphql(Some(member), "{ cases(first: 5) { nodes { id } } }", json!({})).await;
    assert_eq!(listed["cases"]["nodes"], json!([{ "id": case }]));
    let revoke = json!({ "mandate": mandate["id"] });
    assert_eq!(page.refused(served, member, "revoke", revoke.clone()).await, "FORBIDDEN");
    assert_eq!(page.done(served, auditor, "revoke", revoke).await["revokedOn"], "2023-05-04");
    assert!(trace(member).await.to_string().contains("FORBIDDEN"));
    let listed = served.graphql(Some(member), "{ cases(first: 5) { nodes { id } } }", json!({})).await;
    assert_eq!(listed["cases"]["nodes"], json!([]));
}

async fn somebody_is_held_to_account(database: Option<String>) {
    let on_sqlite = database.is_none();
    let served = served(|settings| settings.database = database).await;
    let case = a_case(&served).await;
    let file = from_clue_to_result(&served, &case).await;
    the_report(&served, &file).await;
    a_notice_and_a_mandate(&served, &case).await;
    let rebuilt = served.assembled.app.rebuild(false, &|_, _| {}).await.expect("the events are replayed");
    assert_eq!(rebuilt.differing, 0, "{:?}", rebuilt.differences);
    if !on_sqlite {
        return;
    }
    // By the command line, for whoever runs the deployment.
    let Served { folder, stop, serving, assembled, .. } = served;
    stop.send(true).expect("it is told to stop");
    serving.await.expect("it ends").expect("it stopped");
    drop(assembled);
    let (data, report) = (folder.path().join("data"), folder.path().join("report"));
    for what in [&file, &case] {
        let what = what.as_str().expect("an id");
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_dingce"));
        command.current_dir(folder.path()).env_clear().args(["trace", what, "--report"]).arg(&report);
        let told = command.arg("--data").arg(&data).output().expect("the program runs");
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        for name in ["report.json", "report.html", "report.note"] {
            assert!(std::fs::metadata(report.join(name)).is_ok_and(|file| file.len() > 100), "{what}: {name}");
        }
        let html = std::fs::read_to_string(report.join("report.html")).expect("a page");
        assert!(html.contains("城乡供水价格调整方案"), "{what}");
        assert_eq!(html.contains("审线〔2023〕1号"), what.starts_with("acct_"), "a case alone has no file");
        std::fs::remove_dir_all(&report).expect("removed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_held_to_account_on_sqlite() {
    somebody_is_held_to_account(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_held_to_account_on_postgresql() {
    somebody_is_held_to_account(Some(dingce_testkit::postgres::database().await)).await;
}
