//! What people read of the stories that the demo plays: what is due after the decision, what became of every period, why
//! something was done, and what they are told when they may not. On SQLite and on PostgreSQL.

use std::sync::Arc;

use dingce_server::demo::{HttpWorld, World, play, run};
use dingce_server::{ManualClock, Settings};
use serde_json::{Value, json};

async fn ask(world: &mut HttpWorld, who: &'static str, query: &str, variables: Value) -> Value {
    world.officials(who, query, variables).await.unwrap_or_else(|error| panic!("{who}: {error:#}\n{query}"))
}

fn nodes(connection: &Value) -> Vec<Value> {
    connection["nodes"].as_array().expect("nodes").clone()
}

async fn the_stories_are_read(database: Option<String>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let settings = Settings { database, ..Settings::in_folder(&folder.path().join("data")) };
    let clock = Arc::new(ManualClock::at(run::beginning()));
    let (assembled, ids) = run::prepare(settings, Arc::clone(&clock)).await.expect("the deployment is prepared");
    let mut world = HttpWorld::start(Arc::clone(&assembled), clock, ids, Box::new(|_| {})).await.expect("it serves");
    let ending = play(&mut world).await.expect("the stories are played");
    let world = &mut world;
    let case = json!({ "case": ending.case });

    what_is_due_outlives_the_volume(world, &ending.case).await;
    every_period_has_its_end(world, &case).await;
    reasons_are_read(world, &ending.case).await;
    lines_of_gates_say_what_must_hold(world, &case).await;
    an_expert_finds_their_cases(world, &ending.case).await;
    a_sender_is_opened_by_those_who_answer(world, &case).await;
    a_receipt_is_forgiving(world, &ending.receipt).await;
    what_cannot_be_served_is_told_in_the_language_of_the_reader(world).await;

    let rebuilt = assembled.app.rebuild(false, &|_, _| {}).await.expect("the events are replayed");
    assert_eq!(rebuilt.differing, 0, "replay = read tables: {:?}", rebuilt.differences);
}

async fn what_is_due_outlives_the_volume(world: &mut HttpWorld, case: &str) {
    let soon = "query($soon: Boolean) { deadlines(first: 100, dueSoon: $soon) { nodes { name dueSoon warnsOn dueOn state case { id } } } }";
    world.at("2025-12-30T09:00").await.expect("the day before the last");
    for wanted in [true, false] {
        let found = nodes(&ask(world, "auditor", soon, json!({ "soon": wanted })).await["deadlines"]);
        assert!(found.iter().all(|c| c["dueSoon"] == wanted), "{found:?}");
        let limit = found.iter().find(|c| c["name"] == "execution_limit" && c["case"]["id"] == json!(case));
        assert_eq!(limit.is_some(), wanted, "{found:?}");
        // Due on Wednesday 31 December 2025: three working days before it is Friday.
        assert!(limit.is_none_or(|c| c["warnsOn"] == "2025-12-26" && c["state"] == "RUNNING"), "{limit:?}");
    }
    world.at("2026-06-01T09:00").await.expect("years later");
    let query = "query($state: ClockState, $mine: Boolean) { deadlines(first: 100, state: $state, mine: $mine) { \
                 nodes { name state dueOn elapsed holder case { id ending } } } }";
    let late = nodes(&ask(world, "auditor", query, json!({ "state": "OVERDUE" })).await["deadlines"]);
    let of_case = |list: &[Value]| -> Vec<String> {
        let own = list.iter().filter(|c| c["case"]["id"] == json!(case));
        own.map(|c| c["name"].as_str().expect("a name").to_owned()).collect()
    };
    assert!(of_case(&late).contains(&"execution_limit".to_owned()), "{late:?}");
    let limit = late.iter().find(|c| c["name"] == "execution_limit" && c["case"]["id"] == json!(case)).expect("it");
    assert_eq!((&limit["case"]["ending"], &limit["dueOn"]), (&json!("CLOSED"), &json!("2025-12-31")));
    assert_eq!((&limit["state"], &limit["elapsed"]), (&json!("OVERDUE"), &json!(true)));
    let all = nodes(&ask(world, "auditor", query, json!({})).await["deadlines"]);
    assert!(of_case(&all).contains(&"execution_limit".to_owned()), "{all:?}");
    assert!(all.iter().all(|c| c["state"] == "RUNNING" || c["state"] == "OVERDUE"), "{all:?}");

    // Who holds it finds it among their own; who does not, does not, although they may read it.
    let holder = limit["holder"].as_str().expect("a role");
    assert!(holder.contains("execut"), "{holder}");
    let mine = json!({ "mine": true });
    let archivist = nodes(&ask(world, "archivist", query, mine.clone()).await["deadlines"]);
    assert!(archivist.iter().all(|c| c["name"] != "execution_limit"), "{archivist:?}");
    let auditor = nodes(&ask(world, "auditor", query, mine.clone()).await["deadlines"]);
    assert_eq!(auditor, Vec::<Value>::new(), "nothing waits for the auditor");
    let mut found = false;
    for who in ["water_officer", "water_leader", "finance_officer"] {
        if let Ok(data) = world.officials(who, query, mine.clone()).await {
            found |= of_case(&nodes(&data["deadlines"])).contains(&"execution_limit".to_owned());
        }
    }
    assert!(found, "somebody of the executing unit finds it");
}

async fn every_period_has_its_end(world: &mut HttpWorld, case: &Value) {
    let query = "query($case: ID!) { case(id: $case) { \
                 open: clocks { name state } \
                 clocks(all: true) { name kind state startedOn dueOn endedOn endedBy elapsed holderName holderUnit { name } } \
                 timeline(first: 100) { nodes { kind clock { name text holder holderName unit { name } dueOn } } } } }";
    let read = ask(world, "auditor", query, case.clone()).await["case"].clone();
    let all = read["clocks"].as_array().expect("clocks");
    let archive = all.iter().find(|c| c["endedBy"] == "CLOSE_VOLUME" && c["state"] == "MET");
    let archive = archive.unwrap_or_else(|| panic!("the volume was closed in time: {all:?}"));
    assert_eq!(archive["elapsed"], json!(false), "{archive}");
    assert!(archive["endedOn"].as_str() <= archive["dueOn"].as_str(), "{archive}");
    assert!(archive["holderUnit"]["name"].is_string(), "{archive}");
    let review = all.iter().filter(|c| c["name"] == "legality_period").collect::<Vec<_>>();
    assert!(!review.is_empty() && review.iter().all(|c| c["endedOn"].is_string()), "{review:?}");
    for clock in all {
        let ended = matches!(clock["state"].as_str(), Some("MET" | "ENDED"));
        assert_eq!(ended, clock["endedOn"].is_string(), "{clock}");
        assert!(clock["state"] != "MET" || clock["endedBy"].is_string(), "{clock}");
    }
    let open = read["open"].as_array().expect("clocks");
    assert!(open.iter().all(|c| c["name"] != archive["name"]), "nothing is awaited in a closed volume: {open:?}");

    let events = nodes(&read["timeline"]);
    let of_clocks: Vec<_> =
        events.iter().filter(|e| e["kind"].as_str().is_some_and(|k| k.starts_with("clock_"))).collect();
    assert!(of_clocks.len() > 5, "{}", of_clocks.len());
    for event in &of_clocks {
        let clock = &event["clock"];
        assert!(clock["name"].is_string() && clock["text"].is_string() && clock["holderName"].is_string(), "{event}");
    }
    assert!(events.iter().filter(|e| e["kind"] == "draft_version_added").all(|e| e["clock"].is_null()));

    let query =
        "query($since: Long) { changes(since: $since, first: 100) { next size nodes { kind clock { name holder } } } }";
    let mut since = json!(0);
    let started = loop {
        let page = ask(world, "auditor", query, json!({ "since": since })).await["changes"].clone();
        if let Some(started) = nodes(&page).into_iter().find(|c| c["kind"] == "clock_started") {
            break started;
        }
        assert_ne!(page["next"], page["size"], "a clock started somewhere");
        since = page["next"].clone();
    };
    assert!(started["clock"]["name"].is_string() && started["clock"]["holder"].is_string(), "{started}");
    let query = "{ changes(since: 99999, first: 1) { next size nodes { kind } } }";
    let beyond = ask(world, "auditor", query, json!({})).await["changes"].clone();
    assert_eq!(beyond["next"], beyond["size"], "beyond the end is the end");
}

async fn reasons_are_read(world: &mut HttpWorld, first: &str) {
    let query = "query($case: ID!) { case(id: $case) { \
                 stages { id status absence { text person { name } details { part label text } } takenOver { text } } \
                 irregularities { open cure { text person { name } } broken { text met } } \
                 opinions(first: 100) { nodes { kind text opinion opinionLabel } } \
                 timeline(first: 100) { nodes { kind text item details { part text } opinion opinionLabel } } } }";
    let cases = "{ cases(first: 50) { nodes { id } } ever: cases(first: 50, filter: { everIrregular: true, titleContains: \"\" }) { nodes { id } } \
                 open: cases(first: 50, filter: { irregular: true }) { nodes { id } } }";
    let lists = ask(world, "auditor", cases, json!({})).await;
    let ever = nodes(&lists["ever"]);
    assert_eq!((ever.len(), nodes(&lists["open"]).len()), (1, 0), "one had an irregularity, and it was cured");
    assert_ne!(ever[0]["id"], json!(first), "it is the other story");
    let read = ask(world, "auditor", query, json!({ "case": ever[0]["id"] })).await["case"].clone();

    let stages = read["stages"].as_array().expect("stages");
    let expert = stages.iter().find(|s| s["id"] == "expert").expect("the stage");
    assert_eq!(
        (&expert["status"], &expert["absence"]["text"]),
        (&json!("ABSENT"), &json!("不属于专业性、技术性较强的事项。"))
    );
    let details = expert["absence"]["details"].as_array().expect("details");
    let of = |part: &str| details.iter().find(|d| d["part"] == part).map(|d| d["text"].clone());
    assert_eq!(of("GROUND"), Some(json!("依法不适用")));
    assert_eq!(of("BASIS"), Some(json!("暂行条例第十九条")));
    assert!(expert["absence"]["person"]["name"].is_string(), "{expert}");
    assert!(stages.iter().filter(|s| s["status"] != "ABSENT").all(|s| s["absence"].is_null()), "{stages:?}");

    let irregularity = &read["irregularities"][0];
    assert_eq!(irregularity["cure"]["text"], "原会议未作出决定，改期重新审议。", "{irregularity}");
    let opinions = nodes(&read["opinions"]);
    let events = nodes(&read["timeline"]);
    for kind in ["initiation_decided", "tabling_reviewed", "tabling_approved", "absence_recorded", "irregularity_cured"]
    {
        for list in [&opinions, &events] {
            let said = list.iter().find(|e| e["kind"] == kind).unwrap_or_else(|| panic!("{kind}"));
            assert!(said["text"].as_str().is_some_and(|text| !text.is_empty()), "{said}");
        }
    }
    for said in opinions.iter().chain(&events).filter(|e| e["opinion"].is_string()) {
        assert!(said["opinionLabel"].as_str().is_some_and(|label| !label.is_ascii()), "in Chinese: {said}");
    }
    let items = events.iter().filter(|e| e["kind"] == "drafting_item_recorded");
    assert!(items.clone().count() > 0 && items.clone().all(|e| e["item"].is_string()), "each says which item");
}

async fn lines_of_gates_say_what_must_hold(world: &mut HttpWorld, case: &Value) {
    let query =
        "query($case: ID!) { case(id: $case) { gates(verb: CONCLUDE_LEGALITY_REVIEW) { items { code text met } } } }";
    let read = ask(world, "justice_reviewer", query, case.clone()).await;
    let lines = read["case"]["gates"][0]["items"].as_array().expect("lines").clone();
    let role = lines.iter().find(|l| l["code"] == "ROLE_MISSING").expect("the role");
    assert_eq!((&role["text"], &role["met"]), (&json!("办理人具有办理这一步的角色"), &json!(true)));
    let mut duties: Vec<_> =
        lines.iter().filter(|l| l["code"] == "DUTIES_SEPARATED").map(|l| l["text"].to_string()).collect();
    let count = duties.len();
    duties.sort();
    duties.dedup();
    assert!(count > 1 && duties.len() == count, "each line names its duty: {duties:?}");
    assert!(lines.iter().all(|l| l["text"] != "应当回避" && l["text"] != "无权办理"), "{lines:?}");
}

async fn an_expert_finds_their_cases(world: &mut HttpWorld, case: &str) {
    let query = "{ cases(first: 20) { nodes { id availableActions { mutation } } } deadlines(first: 20) { nodes { case { id } } } }";
    let read = ask(world, "expert_water", query, json!({})).await;
    let own = nodes(&read["cases"]);
    assert_eq!(
        own.iter().map(|c| c["id"].clone()).collect::<Vec<_>>(),
        [json!(case)],
        "the case of their review alone"
    );
    let offered = own[0]["availableActions"].as_array().expect("actions");
    let review = |a: &&Value| a["mutation"] == "declareInterest" || a["mutation"] == "giveExpertOpinion";
    assert_eq!(offered.iter().find(review), None, "what they gave is not asked for again");
    assert!(nodes(&read["deadlines"]).iter().all(|c| c["case"]["id"] == json!(case)), "{read}");
}

async fn a_sender_is_opened_by_those_who_answer(world: &mut HttpWorld, case: &Value) {
    let query = "query($case: ID!) { case(id: $case) { consultations { id comments(first: 50) { nodes { id } } } } }";
    let read = ask(world, "water_officer", query, case.clone()).await;
    let all = read["case"]["consultations"].as_array().expect("consultations");
    let consultation = all.iter().find(|c| !nodes(&c["comments"]).is_empty()).expect("one was commented on").clone();
    let open = "mutation($input: OpenCommenterInput!) { openCommenter(input: $input) { sender { name contact } errors { code message path } } }";
    let mut senders = Vec::new();
    for comment in nodes(&consultation["comments"]) {
        let input =
            json!({ "consultationId": consultation["id"], "comment": comment["id"], "reason": "就意见当面核实。" });
        let asked = json!({ "input": input });
        let refused = ask(world, "auditor", open, asked.clone()).await["openCommenter"].clone();
        assert_eq!((&refused["errors"][0]["code"], &refused["sender"]), (&json!("ROLE_MISSING"), &Value::Null));
        let told = refused["errors"][0]["message"].as_str().expect("a message");
        assert!(told.contains("承办单位"), "roles have their names: {told}");
        let opened = ask(world, "water_officer", open, asked).await["openCommenter"].clone();
        assert_eq!(opened["errors"], json!([]), "{opened}");
        senders.push(opened["sender"]["name"].clone());
    }
    assert!(senders.iter().any(|name| name.as_str().is_some_and(|name| !name.is_empty())), "{senders:?}");
    let first = nodes(&consultation["comments"])[0]["id"].clone();
    let input = json!({ "consultationId": consultation["id"], "comment": first, "reason": "   " });
    let refused = ask(world, "water_officer", open, json!({ "input": input })).await["openCommenter"].clone();
    assert_eq!(refused["errors"][0]["path"], json!(["input", "reason"]));
    let told = refused["errors"][0]["message"].as_str().expect("a message");
    assert!(told.contains("只有空白") && told.contains("理由"), "{told}");
    let query = "query($since: Long) { changes(since: $since, first: 100) { next size nodes { kind } } }";
    let size = ask(world, "auditor", query, json!({ "since": 0 })).await["changes"]["size"].clone();
    let since = json!({ "since": size.as_u64().expect("a size").saturating_sub(20) });
    let kinds = nodes(&ask(world, "auditor", query, since).await["changes"]);
    assert!(kinds.iter().any(|c| c["kind"] == "commenter_opened"), "the opening is on record: {kinds:?}");
}

async fn a_receipt_is_forgiving(world: &mut HttpWorld, receipt: &str) {
    let query = "query($code: String!) { receipt(code: $code) { answer { reason } } }";
    for typed in
        [receipt.to_owned(), receipt.replace('-', ""), format!(" {} ", receipt.replace('-', " ").to_lowercase())]
    {
        let read = world.public(query, json!({ "code": typed })).await.expect("an answer");
        assert!(read["receipt"]["answer"]["reason"].is_string(), "{typed}: {read}");
    }
}

async fn what_cannot_be_served_is_told_in_the_language_of_the_reader(world: &mut HttpWorld) {
    for (query, variables, code, part) in [
        ("{ deadlines(first: 5", json!({}), "SYNTAX_ERROR", "GraphQL"),
        (
            "query($day: Date) { deadlines(first: 5, dueBefore: $day) { nodes { name } } }",
            json!({ "day": "2025-02-29" }),
            "BAD_INPUT",
            "参数：day",
        ),
        (
            "{ deadlines(first: 5, dueBefore: \"2025-02-29\") { nodes { name } } }",
            json!({}),
            "BAD_INPUT",
            "参数：dueBefore",
        ),
    ] {
        let told = world.officials("auditor", query, variables).await.expect_err("it cannot be served").to_string();
        assert!(told.contains(code) && told.contains(part), "{told}");
        let message = told.split("\"message\":\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a message");
        assert!(!message.is_ascii(), "in Chinese: {message}");
        assert!(told.contains("\"detail\":"), "the exact sentence is kept: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stories_are_read_on_sqlite() {
    the_stories_are_read(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stories_are_read_on_postgresql() {
    let url = dingce_testkit::postgres::database().await;
    the_stories_are_read(Some(url)).await;
}
