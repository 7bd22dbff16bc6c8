//! A hearing over HTTP on both databases, by the very queries of the how-to, from the notice to the public report.

use std::collections::BTreeMap;

use crate::support::{Served, served};
use dingce_domain::draw::draw;
use serde_json::{Value, json};

const HOW_TO: &str = include_str!("../../../docs/how-to/hold-a-hearing.md");

/// Queries of the page by the name in their first line.
fn queries() -> BTreeMap<&'static str, &'static str> {
    let blocks = HOW_TO.split("```graphql\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks
        .map(|block| {
            let (first, query) = block.split_once('\n').expect("a query has lines");
            (first.strip_prefix("# ").expect("a query of the page has a name"), query)
        })
        .collect()
}

async fn send(served: &Served, who: Option<&str>, query: &str, variables: Value) -> Value {
    let path = if who.is_some() { "/graphql" } else { "/public/graphql" };
    let mut request = served.client.post(served.url(path)).header("accept-language", "en");
    if let Some(who) = who {
        request = request.bearer_auth(served.token(who));
    }
    let answer = request.json(&json!({ "query": query, "variables": variables })).send().await.expect("an answer");
    let answer: Value = serde_json::from_str(&answer.text().await.expect("a text")).expect("JSON");
    assert_eq!(answer["errors"], Value::Null, "{query}: {answer}");
    answer["data"].as_object().and_then(|d| d.values().next()).expect("one field").clone()
}

async fn ask(served: &Served, who: Option<&str>, name: &str, variables: Value) -> Value {
    send(served, who, queries()[name], variables).await
}

async fn done(served: &Served, who: Option<&str>, name: &str, variables: Value) -> Value {
    let payload = ask(served, who, name, variables).await;
    assert_eq!(payload["errors"], json!([]), "{name}: {payload}");
    payload
}

async fn refused(served: &Served, who: Option<&str>, name: &str, variables: Value) -> String {
    let payload = ask(served, who, name, variables).await;
    payload["errors"][0]["code"].as_str().unwrap_or_else(|| panic!("{name} is not refused: {payload}")).to_owned()
}

/// Moves the clock, never back, and lets everything due happen.
async fn at(served: &Served, instant: &str) {
    served.clock.set(instant.parse().expect("an instant"));
    served.assembled.app.settle().await.expect("everything due happens");
}

/// A case with a draft, as the officer has it.
async fn drafted(served: &Served) -> (Value, Value) {
    let unit = &served.ids["water"];
    let opened = send(
        served,
        Some("office_officer"),
        "mutation($input: OpenCaseInput!) { openCase(input: $input) { case { id } errors { code } } }",
        json!({ "input": {
            "title": "农村生活污水治理专项规划", "summary": "规划。", "class": "PLAN", "proposer": "UNIT",
            "undertakingUnit": unit, "facts": [{ "name": "hearing_required", "bool": true }],
        } }),
    )
    .await;
    let case = opened["case"]["id"].clone();
    assert!(case.is_string(), "{opened}");
    for (who, name, mut input) in [
        ("water_officer", "studyProposal", json!({ "opinion": "必要。", "recommends": true })),
        ("head", "decideInitiation", json!({ "start": true, "undertakingUnit": unit, "reason": "同意启动。" })),
        ("water_officer", "addDraftVersion", json!({ "change": "FIRST", "reason": "" })),
    ] {
        input["caseId"] = case.clone();
        if name != "decideInitiation" {
            input["documents"] = served.documents(name).await;
        }
        let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
        let query = format!(
            "mutation($input: {kind}!) {{ {name}(input: $input) {{ case {{ currentDraft {{ id }} }} errors {{ code message }} }} }}"
        );
        let payload = send(served, Some(who), &query, json!({ "input": input })).await;
        assert_eq!(payload["errors"], json!([]), "{name}: {payload}");
        if name == "addDraftVersion" {
            return (case, payload["case"]["currentDraft"]["id"].clone());
        }
    }
    unreachable!("the last act gives the draft")
}

async fn the_page_leads_from_notice_to_report(database: Option<String>) {
    let served = served(|settings| settings.database = database).await;
    let officer = Some("water_officer");
    let (case, draft) = drafted(&served).await;
    let this = json!({ "case": case });
    done(&served, officer, "decide", this.clone()).await;
    let notice = json!({ "case": case, "draft": draft, "documents": served.documents("听证公告").await });
    at(&served, "2023-05-08T01:00:00Z").await;
    let noticed = done(&served, officer, "notice", notice).await;
    let hearing = noticed["case"]["hearing"]["id"].clone();
    at(&served, "2023-05-08T02:00:00Z").await;

    let public = ask(&served, None, "public", json!({ "hearing": hearing })).await;
    assert_eq!((&public["state"], &public["list"]), (&json!("NOTICED"), &Value::Null));
    let mut receipts = Vec::new();
    for n in 1..=6 {
        let input = json!({ "hearing": hearing, "shownAs": format!("村民{n}"), "token": format!("token-{n}") });
        let taken = done(&served, None, "apply", input.clone()).await;
        assert_eq!(taken["code"], format!("A-{n:04}"));
        assert_eq!(done(&served, None, "apply", input).await, taken, "sent twice, taken once");
        receipts.push(taken["receipt"].clone());
    }
    let exclude = |code: &str| json!({ "hearing": hearing, "code": code });
    done(&served, officer, "exclude", exclude("A-0006")).await;
    let receipt = ask(&served, None, "receipt", json!({ "code": receipts[5] })).await;
    assert_eq!((&receipt["code"], &receipt["leftOut"]), (&json!("A-0006"), &json!("不在规划范围内。")));

    at(&served, "2023-05-21T01:00:00Z").await;
    let late = json!({ "hearing": hearing, "shownAs": "村民7", "token": "token-7" });
    assert_eq!(refused(&served, None, "apply", late).await, "APPLICATIONS_CLOSED");
    assert_eq!(refused(&served, officer, "draw", this.clone()).await, "DRAW_TOO_EARLY");
    at(&served, "2023-05-22T01:00:00Z").await;
    assert_eq!(refused(&served, officer, "exclude", exclude("A-0001")).await, "DRAW_INSTANT_PAST");
    done(&served, officer, "draw", this.clone()).await;
    let drawn = ask(&served, None, "public draw", json!({ "hearing": hearing })).await;
    let made = &drawn["draw"];
    assert_eq!(made["seed"], made["checkpoint"]["root"]);
    let recorded_at = made["checkpoint"]["recordedAt"].as_str().expect("an instant");
    assert!(recorded_at >= "2023-05-22T01:00:00", "recorded at or after the instant that the notice names");
    let candidates = made["candidates"].as_array().expect("candidates");
    let codes: Vec<&str> =
        candidates.iter().filter(|c| c["leftOut"] == false).filter_map(|c| c["code"].as_str()).collect();
    let order = draw(made["seed"].as_str().expect("a seed"), "村民代表", &codes, codes.len());
    assert_eq!(made["groups"][0]["order"], json!(order), "a stranger draws the same");

    let opened = ask(&served, officer, "applicant", json!({ "hearing": hearing, "code": order[0] })).await;
    assert_eq!(opened["intake"]["applicant"]["name"], "申请人");
    at(&served, "2023-06-15T01:00:00Z").await;
    let seat =
        |code: &str, group: &str| json!({ "code": code, "group": group, "shownAs": group, "stake": "规划范围内" });
    let mut participants: Vec<Value> = order[..3].iter().map(|code| seat(code, "村民代表")).collect();
    participants.extend([seat("D-1", "人大代表"), seat("U-1", "有关部门")]);
    let list = |participants: Vec<Value>| json!({ "case": case, "participants": participants, "chair": served.ids["justice_reviewer"] });
    let mut wrong = participants.clone();
    wrong[0] = seat(&order[3], "村民代表");
    assert_eq!(refused(&served, officer, "publish", list(wrong)).await, "PARTICIPANTS_NOT_AS_DRAWN");
    let listed = done(&served, officer, "publish", list(participants)).await;
    let composition = &listed["case"]["hearing"]["composition"];
    assert_eq!(
        (&composition["interested"], &composition["warns"]),
        (&json!(3), &json!(true)),
        "five of the advised eight"
    );

    let deliver = |day: &str, documents: &Value| json!({ "case": case, "day": day, "documents": documents });
    let materials = served.documents("听证会材料").await;
    at(&served, "2023-06-20T01:00:00Z").await;
    done(&served, officer, "deliver", deliver("2023-06-20", &materials)).await;
    let mut present = order[..3].to_vec();
    present.extend(["D-1".to_owned(), "U-1".to_owned()]);
    let codes = |name: &str| json!({ "case": case, name: present });
    assert_eq!(refused(&served, officer, "open", codes("present")).await, "DATE_NOT_ACCEPTABLE");
    at(&served, "2023-06-30T01:00:00Z").await;
    done(&served, officer, "open", codes("present")).await;
    let say =
        |no: u32, speech: &str, speaker: &str| json!({ "case": case, "no": no, "speech": speech, "speaker": speaker });
    assert_eq!(refused(&served, officer, "speak", say(1, "STATES", "D-1")).await, "HEARING_ORDER");
    done(&served, officer, "speak", say(1, "PRESENTS", "陈述人")).await;
    done(&served, officer, "speak", say(2, "ASKS", &order[0])).await;
    let mut signed = codes("signed");
    signed["documents"] = served.documents("听证笔录").await;
    let held = done(&served, officer, "sign", signed).await;
    assert_eq!(held["case"]["hearing"]["state"], "HELD");
    let report = json!({ "case": case, "documents": served.documents("听证报告").await });
    let reported = done(&served, officer, "report", report).await;
    assert_eq!(reported["case"]["hearing"], json!({ "state": "REPORTED", "stands": true }));

    let public = ask(&served, None, "public", json!({ "hearing": hearing })).await;
    assert_eq!(public["list"]["participants"].as_array().map(Vec::len), Some(5));
    assert_eq!(public["list"]["composition"]["groups"][0]["listed"], 3);
    assert_eq!(public["report"]["views"][0]["uptake"], "PARTIAL");
    assert!(!public.to_string().contains("申请人"), "sealed names are nowhere public");
    let all = send(&served, None, "{ hearings(first: 10) { totalCount nodes { id } } }", json!({})).await;
    assert_eq!(all["nodes"][0]["id"], hearing);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hearing_over_http_on_sqlite() {
    the_page_leads_from_notice_to_report(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hearing_over_http_on_postgresql() {
    the_page_leads_from_notice_to_report(Some(dingce_testkit::postgres::database().await)).await;
}
