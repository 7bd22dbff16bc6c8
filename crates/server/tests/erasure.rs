//! Erasure over HTTP, by the very queries of the how-to, on both databases; in both languages.

use crate::support::page::Page;
use crate::support::{Served, served};
use serde_json::{Value, json};

const PAGE: Page = Page(include_str!("../../../docs/how-to/erase-personal-data.md"));
const COMMENTS: [&str; 2] = ["阶梯水价过高", "建议分步实施"];

/// An act of a case that must be done.
async fn act(served: &Served, who: &str, name: &str, input: Value) -> Value {
    let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let query = format!(
        "mutation($input: {kind}!) {{ {name}(input: $input) {{ \
         case {{ id currentDraft {{ id }} consultation {{ id }} }} errors {{ code message path }} }} }}"
    );
    let payload = served.graphql(Some(who), &query, json!({ "input": input })).await[name].clone();
    assert_eq!(payload["errors"], json!([]), "{name}: {payload}");
    payload["case"].clone()
}

/// A consultation with two comments by one person; gives the consultation and the comments.
async fn consulted(served: &Served) -> (Value, Vec<Value>) {
    let unit = &served.ids["water"];
    let opening = json!({
        "title": "城乡供水价格调整方案", "summary": "调整价格。", "class": "PUBLIC_POLICY", "proposer": "UNIT", "undertakingUnit": unit,
    });
    let case = act(served, "office_officer", "openCase", opening).await["id"].clone();
    let of = |mut input: Value| {
        input["caseId"] = case.clone();
        input
    };
    let papers = served.documents("公开征求意见公告").await;
    let study = json!({ "opinion": "必要。", "recommends": true, "documents": served.documents("研究意见").await });
    act(served, "water_officer", "studyProposal", of(study)).await;
    let start = json!({ "start": true, "undertakingUnit": unit, "reason": "同意启动。" });
    act(served, "head", "decideInitiation", of(start)).await;
    let version = json!({ "change": "FIRST", "reason": "", "documents": papers });
    let draft = act(served, "water_officer", "addDraftVersion", of(version)).await["currentDraft"]["id"].clone();
    let found = json!({ "attribute": "PUBLIC", "reason": "不涉及国家秘密。", "documents": papers });
    act(served, "water_officer", "reviewDisclosure", of(found)).await;
    let notice = json!({
        "draft": draft, "opensOn": "2023-05-04", "closesOn": "2023-06-05", "channels": ["区政府门户网站"],
        "contact": "区农业农村和水务局水务股", "documents": papers,
    });
    act(served, "water_officer", "openSolicitation", of(notice)).await;
    served.assembled.app.settle().await.expect("the consultation opens");
    let query = "query($id: ID!) { case(id: $id) { consultation { id } } }";
    let told = served.graphql(Some("office_officer"), query, json!({ "id": case })).await;
    let consultation = told["case"]["consultation"]["id"].clone();
    let submit =
        "mutation($input: SubmitCommentInput!) { submitComment(input: $input) { receipt errors { code message } } }";
    for (n, text) in COMMENTS.iter().enumerate() {
        let input = json!({
            "consultationId": consultation, "text": text, "name": "欧阳某某", "contact": "139-8765-4321", "formToken": format!("t{n}"),
        });
        let sent = served.graphql(None, submit, json!({ "input": input })).await["submitComment"].clone();
        assert_eq!(sent["errors"], json!([]), "{sent}");
    }
    let told = comments(served, &consultation).await;
    assert!(told.iter().all(|comment| comment["erased"].is_null()), "{told:?}");
    (consultation, told)
}

async fn comments(served: &Served, consultation: &Value) -> Vec<Value> {
    let told = PAGE.ask(served, Some("office_officer"), "comments", json!({ "consultation": consultation })).await;
    told["consultation"]["comments"]["nodes"].as_array().expect("comments").clone()
}

/// The whole log, as somebody sees it.
async fn changes(served: &Served, who: &str) -> Vec<Value> {
    let query = "query($since: Long!) { changes(since: $since, first: 100) { nodes { eventId kind } next size } }";
    let (mut all, mut since) = (Vec::new(), json!(0));
    loop {
        let page = served.graphql(Some(who), query, json!({ "since": since })).await["changes"].clone();
        all.extend(page["nodes"].as_array().into_iter().flatten().cloned());
        if page["next"] == page["size"] {
            return all;
        }
        since = page["next"].clone();
    }
}

async fn the_page_erases_a_commenter(database: Option<String>) {
    let served = served(|settings| settings.database = database).await;
    let (office, justice, water) = ("office_officer", "justice_reviewer", "water_officer");
    let (consultation, both) = consulted(&served).await;
    let comment = both[0]["id"].clone();
    let open = json!({ "consultation": consultation, "comment": comment });
    let opened = PAGE.ask(&served, Some(water), "open", open.clone()).await["openCommenter"].clone();
    assert_eq!(opened["sender"], json!({ "name": "欧阳某某", "contact": "139-8765-4321" }), "{opened}");

    let this = json!({ "comment": comment });
    assert_eq!(PAGE.refused(&served, water, "request", this.clone()).await, "FORBIDDEN", "who answers does not erase");
    let asked = PAGE.done(&served, office, "request", this.clone()).await;
    assert_eq!(asked["state"], "REQUESTED");
    assert_eq!(asked["requests"][0]["article"], "PIPL-47-1-3");
    assert_eq!(PAGE.refused(&served, "archivist", "request", this.clone()).await, "ERASURE_NOT_OPEN");
    let erasure = json!({ "erasure": asked["id"] });
    assert_eq!(PAGE.refused(&served, office, "approve", erasure.clone()).await, "FORBIDDEN");
    assert_eq!(PAGE.done(&served, justice, "refuse", erasure.clone()).await["state"], "REFUSED");
    PAGE.done(&served, office, "request", this.clone()).await;
    assert_eq!(PAGE.done(&served, office, "withdraw", erasure.clone()).await["state"], "WITHDRAWN");
    PAGE.done(&served, "archivist", "request", this.clone()).await;
    let waiting = PAGE.ask(&served, Some("auditor"), "waiting", json!({})).await["erasures"]["nodes"].clone();
    assert_eq!((waiting.as_array().map(Vec::len), &waiting[0]["subject"]), (Some(1), &comment), "{waiting}");
    assert_eq!(waiting[0]["requests"].as_array().map(Vec::len), Some(3), "what was refused and withdrawn stays");
    assert!(!waiting.to_string().contains("欧阳"), "the register holds nothing of it");
    PAGE.done(&served, justice, "approve", erasure.clone()).await;
    served.assembled.app.settle().await.expect("it is carried out");

    let done = PAGE.ask(&served, Some(office), "done", erasure.clone()).await["erasure"].clone();
    assert_eq!((&done["state"], &done["erasedParts"]), (&json!("CARRIED_OUT"), &json!(["IDENTITY"])), "{done}");
    assert!(done["requests"][2]["recordedN"].is_number(), "{done}");
    let (by, asker) = (&done["requests"][2]["decidedBy"]["name"], &asked["requests"][0]["requestedBy"]["name"]);
    assert!(by.is_string() && by != asker, "two persons: {done}");
    let opened = PAGE.ask(&served, Some(water), "open", open).await["openCommenter"].clone();
    assert_eq!(opened["sender"], Value::Null);
    assert_eq!(opened["erased"]["parts"], json!(["IDENTITY"]), "erased, and not merely missing: {opened}");
    assert_eq!(opened["erased"]["article"], "PIPL-47-1-3");
    let told = comments(&served, &consultation).await;
    assert_eq!(told[0]["text"], COMMENTS[0], "the text is a statutory record");
    assert!(told[0]["erased"]["erasedAt"].is_string() && told[1]["erased"].is_null(), "{told:?}");
    assert_eq!(PAGE.refused(&served, office, "request", this).await, "ALREADY_THERE");

    // A text, by its event; exactly one of the four names it; and nobody without the right reads the register.
    let by = "mutation($input: RequestErasureInput!) { requestErasure(input: $input) { erasure { id } errors { code title source { cite article } } } }";
    let ask = |mut named: Value| {
        named["parts"] = json!(["TEXT"]);
        named["ground"] = json!("OTHER_LAW");
        named["basis"] = json!("某条例第三条");
        named["reason"] = json!("正文含住址。");
        json!({ "input": named })
    };
    let none = served.graphql(Some(office), by, ask(json!({}))).await["requestErasure"].clone();
    assert_eq!(none["errors"][0]["code"], "INPUT_NOT_ACCEPTABLE", "{none}");
    let text =
        served.graphql(Some(office), by, ask(json!({ "comment": both[1]["id"] }))).await["requestErasure"].clone();
    let text = json!({ "erasure": text["erasure"]["id"] });
    PAGE.done(&served, "auditor", "approve", text).await;
    served.assembled.app.settle().await.expect("it is carried out");
    let told = comments(&served, &consultation).await;
    assert_eq!((&told[1]["text"], &told[1]["erased"]["parts"]), (&json!("＊＊＊"), &json!(["TEXT"])), "{told:?}");
    let hidden = PAGE.ask(&served, Some(water), "done", erasure.clone()).await;
    assert_eq!(hidden["erasure"], Value::Null);
    let node = "query($id: ID!) { node(id: $id) { __typename } }";
    let found = served.graphql(Some(justice), node, json!({ "id": erasure["erasure"] })).await;
    assert_eq!(found["node"]["__typename"], "Erasure");
    for (who, sees) in [(justice, true), (water, false)] {
        let log = changes(&served, who).await;
        let has = |kind: &str| log.iter().any(|change| change["kind"] == kind);
        assert_eq!((has("erasure_carried_out"), has("personal_data_erased")), (sees, true), "{who}");
    }

    // An official's act is refused with the articles, in the asker's language.
    let acts = changes(&served, office).await;
    let act = acts.iter().find(|act| act["kind"] == "draft_version_added").expect("an act");
    let body = json!({ "query": by, "variables": ask(json!({ "event": act["eventId"] })) });
    for (language, title) in [("zh-CN", "公务行为的记录不得删除"), ("en", "What an official did is not erased")]
    {
        let request = served.client.post(served.url("/graphql")).header("accept-language", language);
        let answer = request.bearer_auth(served.token(office)).json(&body).send().await.expect("an answer");
        let answer: Value = serde_json::from_str(&answer.text().await.expect("a text")).expect("JSON");
        let refused = &answer["data"]["requestErasure"]["errors"][0];
        assert_eq!((&refused["code"], &refused["title"]), (&json!("ERASURE_NOT_ALLOWED"), &json!(title)), "{answer}");
        assert_eq!(refused["source"].as_array().map(Vec::len), Some(2), "{answer}");
    }
    let rebuilt = served.assembled.app.rebuild(false, &|_, _| {}).await.expect("the events are replayed");
    assert_eq!(rebuilt.differing, 0, "{:?}", rebuilt.differences);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_erases_a_commenter_on_sqlite() {
    the_page_erases_a_commenter(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_erases_a_commenter_on_postgresql() {
    the_page_erases_a_commenter(Some(dingce_testkit::postgres::database().await)).await;
}
