//! A case that came here midway says so over HTTP, on both databases.

use crate::support::{Served, served};
use serde_json::{Value, json};

/// A document on file.
async fn paper(served: &Served, name: &str) -> Value {
    let answer =
        served.put("office_officer", "立项批复").header("content-type", "text/plain").send().await.expect("uploaded");
    let kept: Value = answer.json().await.expect("JSON");
    json!({ "digest": kept["digest"], "name": name, "mediaType": "text/plain", "sizeBytes": "立项批复".len() })
}

const TOLD: &str = "query($id: ID!) { case(id: $id) { onboarding { on begunOn reason by { name unitName } documents { name } \
    stages { stage kind doneOn doneBy enteredBy { name } documents { name } } } } }";

async fn a_case_says_that_it_came_midway(database: Option<String>) {
    let served = served(|settings| settings.database = database).await;
    let paper = paper(&served, "立项批复.txt").await;
    let opening = json!({
        "title": "供水价格调整", "summary": "调整供水价格。", "class": "PUBLIC_POLICY", "proposer": "UNIT",
        "undertakingUnit": served.ids["water"]
    });
    let onboard =
        "mutation($input: OnboardCaseInput!) { onboardCase(input: $input) { case { id } errors { code path } } }";
    let input = json!({
        "opening": opening, "begunOn": "2023-03-01", "reason": "系统启用前已经启动。", "documents": [paper]
    });
    let taken = served.graphql(Some("office_officer"), onboard, json!({ "input": input })).await["onboardCase"].clone();
    assert_eq!(taken["errors"], json!([]), "{taken}");
    let case = json!({ "id": taken["case"]["id"] });
    let take = "mutation($input: TakeOverStageInput!) { takeOverStage(input: $input) { errors { code path } } }";
    let input = json!({
        "caseId": taken["case"]["id"], "stage": "initiation", "doneBy": "区长", "account": "同意启动。", "documents": [paper],
        "offline": { "occurredOn": "2023-03-10", "evidence": [paper] }
    });
    let late = served.graphql(Some("office_officer"), take, json!({ "input": input })).await["takeOverStage"].clone();
    assert_eq!(late["errors"], json!([]), "{late}");

    let told = served.graphql(Some("auditor"), TOLD, case.clone()).await["case"]["onboarding"].clone();
    assert_eq!((&told["begunOn"], &told["on"]), (&json!("2023-03-01"), &json!("2023-05-04")), "{told}");
    assert_eq!(told["reason"], "系统启用前已经启动。");
    assert!(told["by"]["name"].is_string() && told["documents"][0]["name"] == "立项批复.txt", "{told}");
    let stage = &told["stages"][0];
    assert_eq!((&stage["stage"], &stage["kind"]), (&json!("initiation"), &json!("INITIATION")));
    assert_eq!((&stage["doneOn"], &stage["doneBy"]), (&json!("2023-03-10"), &json!("区长")));
    assert!(stage["enteredBy"]["name"].is_string(), "{stage}");

    // Whoever may not read the case learns nothing, and a case that began here has none.
    let hidden = served.graphql(Some("finance_officer"), TOLD, case).await;
    assert_eq!(hidden["case"], Value::Null);
    let open =
        "mutation($input: OpenCaseInput!) { openCase(input: $input) { case { onboarding { on } } errors { code } } }";
    let here = served.graphql(Some("office_officer"), open, json!({ "input": opening })).await["openCase"].clone();
    assert_eq!(here, json!({ "case": { "onboarding": null }, "errors": [] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_says_that_it_came_midway_on_sqlite() {
    a_case_says_that_it_came_midway(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_says_that_it_came_midway_on_postgresql() {
    a_case_says_that_it_came_midway(Some(dingce_testkit::postgres::database().await)).await;
}
