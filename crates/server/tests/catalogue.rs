//! The catalogue over HTTP, by the very queries of the how-to; and by the command line.

use std::path::{Path, PathBuf};
use std::process::Output;

use crate::support::page::Page;
use crate::support::{Served, dingce, served};
use serde_json::{Value, json};

const HOW_TO: Page = Page(include_str!("../../../docs/how-to/keep-the-catalogue.md"));
const REAL: &str = include_str!("../../../tests/data/cases.json");

async fn ask(served: &Served, who: Option<&str>, name: &str, variables: Value) -> Value {
    HOW_TO.ask(served, who, name, variables).await
}

/// What an accepted mutation gives.
async fn done(served: &Served, who: &str, name: &str, variables: Value) -> Value {
    HOW_TO.done(served, who, name, variables).await
}

async fn refused(served: &Served, who: &str, name: &str, variables: Value) -> String {
    HOW_TO.refused(served, who, name, variables).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_queries_of_the_page_lead_from_the_call_to_an_adjusted_list() {
    let served = served(|_| ()).await;
    let (office, justice, water) = ("office_officer", "justice_reviewer", "water_officer");
    let title = "2023年度重大行政决策事项目录";
    let compile = json!({ "year": 2023, "title": title });
    assert_eq!(refused(&served, water, "compile", compile.clone()).await, "FORBIDDEN");
    let id = done(&served, justice, "compile", compile.clone()).await["id"].clone();
    assert_eq!(refused(&served, office, "compile", compile).await, "ALREADY_THERE");
    let this = json!({ "catalogue": id });
    done(&served, justice, "call", this.clone()).await;
    let units = json!([served.ids["water"]]);
    let add = json!({ "catalogue": id, "title": "区供水价格调整方案", "units": units });
    let draft = done(&served, water, "add", add.clone()).await["draft"].clone();
    assert_eq!(draft["nominations"][0]["late"], false);
    assert_eq!(refused(&served, water, "add", add).await, "ALREADY_THERE");
    let entry = draft["entries"][0]["id"].clone();
    let of_entry = json!({ "catalogue": id, "entry": entry });
    let screened = done(&served, justice, "screen", of_entry.clone()).await;
    assert_eq!(screened["draft"]["consentsMissing"], json!(["GOVERNMENT", "PARTY"]));
    assert_eq!(screened["draft"]["flags"], json!(["GOVERNMENT_CONSENT_MISSING", "PARTY_CONSENT_MISSING"]));
    let consent = |body: &str| json!({ "catalogue": id, "body": body, "number": "十届区政府第30次常务会议" });
    done(&served, office, "consent", consent("GOVERNMENT")).await;
    assert_eq!(refused(&served, office, "publish", this.clone()).await, "CATALOGUE_CONSENT_MISSING");
    let public = ask(&served, None, "public", json!({})).await;
    assert_eq!(public["catalogues"]["nodes"], json!([]), "a draft is not public");
    done(&served, office, "consent", consent("PARTY")).await;
    let published = done(&served, office, "publish", this.clone()).await;
    assert_eq!(published, json!({ "state": "PUBLISHED", "version": 1, "flags": [] }));

    done(&served, justice, "adjust", this.clone()).await;
    let change = json!({ "catalogue": id, "entry": entry, "title": "区城乡供水价格调整方案", "units": units });
    let changed = done(&served, justice, "change", change).await["draft"].clone();
    let kinds: Vec<_> = changed["differences"].as_array().into_iter().flatten().map(|d| d["change"].clone()).collect();
    assert_eq!(kinds, ["RENAMED", "TIME_CHANGED"]);
    assert_eq!(changed["consentsMissing"], json!(["GOVERNMENT", "PARTY"]), "the same consents again");
    for body in ["GOVERNMENT", "PARTY"] {
        done(&served, office, "consent", consent(body)).await;
    }
    assert_eq!(done(&served, office, "publish", this.clone()).await["version"], 2);
    let told = ask(&served, Some(water), "differences", this.clone()).await["catalogue"].clone();
    assert_eq!(told["versions"].as_array().map(Vec::len), Some(2));
    assert_eq!(told["versions"][1]["reasons"][0]["reason"], "名称按上级文件统一");
    assert_eq!(told["differences"][0]["before"], "区供水价格调整方案");

    let lists = ask(&served, Some(office), "lists", json!({ "year": 2023 })).await;
    assert_eq!(lists["neverStarted"]["totalCount"], 1);
    assert_eq!(lists["unreported"]["totalCount"], 0, "the day is not past");
    assert_eq!(lists["hearings"]["nodes"][0]["title"], "区城乡供水价格调整方案");
    assert_eq!(lists["withoutConsent"]["totalCount"], 0);
    served.clock.set("2024-02-01T01:00:00Z".parse().expect("an instant"));
    let lists = ask(&served, Some(office), "lists", json!({ "year": 2023 })).await;
    assert_eq!(lists["unreported"]["nodes"][0]["reportBy"], "2024-01-31");
    done(&served, water, "report", of_entry.clone()).await;
    let finished = done(&served, water, "finish", of_entry).await;
    assert_eq!(finished["entries"]["nodes"][0]["started"], true);
    let lists = ask(&served, Some(office), "lists", json!({ "year": 2023 })).await;
    assert_eq!(lists["neverStarted"]["totalCount"], 0);
    assert_eq!(lists["unreported"]["totalCount"], 0, "it is finished");

    let public = ask(&served, None, "public", json!({})).await["catalogues"]["nodes"][0].clone();
    assert_eq!(public["current"]["entries"][0]["title"], "区城乡供水价格调整方案");
    assert_eq!(public["hearings"]["entries"].as_array().map(Vec::len), Some(1));
    assert_eq!(public["versions"].as_array().map(Vec::len), Some(2));
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_command_line_takes_real_catalogues_over_and_writes_them_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str]| dingce(folder.path(), arguments);
    let repository = |path: &str| -> PathBuf { Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path) };
    let staff = repository("workflows/demo-organisation/organisation.yaml").to_string_lossy().into_owned();
    let cases = repository("tests/data/cases.json").to_string_lossy().into_owned();
    let person = ["--person", "key:office_officer"];
    assert!(run(&["organisation", "import", &staff]).status.success());
    let import = |file: &str| run(&["catalogue", "import", file, person[0], person[1], "--json"]);
    let first = import(&cases);
    assert!(first.status.success(), "{}", told(&first));
    let first: Value = serde_json::from_slice(&first.stdout).expect("JSON");
    let new = |done: &Value| done.as_array().into_iter().flatten().filter(|c| c["new"] == true).count();
    assert_eq!(new(&first), 16);

    for name in ["out.json", "out.csv"] {
        let written = run(&["catalogue", "export", name, person[0], person[1]]);
        assert!(written.status.success(), "{}", told(&written));
        let again = import(name);
        assert!(again.status.success(), "{}", told(&again));
        let again: Value = serde_json::from_slice(&again.stdout).expect("JSON");
        assert_eq!((again.as_array().map(Vec::len), new(&again)), (Some(16), 0), "{name} holds what is there");
        assert!(!run(&["catalogue", "export", name, person[0], person[1]]).status.success(), "it is not overwritten");
    }
    let hearings = run(&["catalogue", "export", "hearings.csv", person[0], person[1], "--hearings", "--year", "2017"]);
    assert!(hearings.status.success(), "{}", told(&hearings));
    let hearings = std::fs::read_to_string(folder.path().join("hearings.csv")).expect("read");
    assert_eq!(hearings.lines().count(), 3, "a heading, and the two of Guangzhou's twelve entries with a hearing");
    let out: Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("out.json")).expect("read")).expect("JSON");
    let sorted = |file: &Value| {
        let mut list = file["catalogues"].as_array().expect("a list").clone();
        list.sort_by_key(|c| c["title"].to_string());
        list
    };
    assert_eq!(sorted(&out), sorted(&serde_json::from_str(REAL).expect("JSON")));

    std::fs::write(folder.path().join("bad.json"), r#"[{"year": 2024, "title": "", "entries": [{"title": 3}]}]"#)
        .expect("written");
    let bad = import("bad.json");
    assert_eq!(bad.status.code(), Some(1));
    for place in ["[0].title", "[0].entries[0].title", "nothing was written"] {
        assert!(told(&bad).contains(place), "{place}: {}", told(&bad));
    }
    let forbidden = run(&["catalogue", "import", &cases, "--person", "key:water_officer"]);
    assert_eq!(forbidden.status.code(), Some(1));
    assert_eq!(import("nowhere.txt").status.code(), Some(1));
}
