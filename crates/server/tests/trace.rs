//! The reverse trace 倒查 of the demo's road, over HTTP, on both databases: who held it how long, who dissented, what members had
//! before them, what was known on an earlier day, and that nobody but those who may trace is told anything.

use std::collections::BTreeSet;
use std::sync::Arc;

use dingce_server::demo::{HttpWorld, World, play, run};
use dingce_server::{ManualClock, Settings};
use serde_json::{Value, json};

const TRACE: &str = "query($case: ID!, $on: Date) { reverseTrace(case: $case, asKnownOn: $on) { \
    version known { until day } case { id title } days { total held paused } \
    parties { unit { name } roles acts heldDays overrunDays overdue against \
              persons { person { id name } postTitles inPlaceOf { name } acts dissents reservations } holds { clock } } \
    holds { clock text kind source { cite article } holder holderName unit { name } person { name } from to endedBy dueOn \
            limitDays workingDays days heldDays pausedDays countedDays daysBeyond overdue handedOver } \
    positions { n } against: positions(against: true) { n member { id name } position statement draftVersion { number } } \
    advice { label person { name } text } \
    materials { session heldOn tabledN draftVersion { number } draftDocuments { digest } file { name digest } present { name } } \
    conflicts { kind text person { name } name numbers said } irregularities { open } } }";

const ACTS: &str = "query($case: ID!, $after: String) { reverseTrace(case: $case) { acts(first: 50, after: $after) { \
    totalCount pageInfo { hasNextPage endCursor } nodes { daysSinceBefore draftVersion { number documents { digest } } \
    held { clock heldDays } law { definition { name version } source { cite article } } \
    event { n kind actor { name postTitle unitName actingFor } opinion text recordedAt } } } } }";

const PERSON: &str = "query($person: ID!, $on: Date, $after: String) { personTrace(person: $person, asKnownOn: $on) { \
    person { name } posts { title from unit { name } } \
    against(first: 10) { totalCount nodes { case { id } position statement enteredBy { name } } } \
    acts(first: 3, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { case { id } stream n kind label \
          person { name } actingFor { name } postTitle unit { name } draftVersion { number } recordedAt } } } }";

const UNIT: &str = "query($unit: ID!) { unitTrace(unit: $unit) { unit { name } tracedWith { name } \
    acts(first: 5) { totalCount nodes { n kind person { name } } } \
    last: acts(last: 2) { nodes { recordedAt } } \
    overdue(first: 10) { nodes { clock overdue case { id } unit { name } } } } }";

async fn ask(world: &mut HttpWorld, who: &'static str, query: &str, variables: Value) -> Value {
    world.officials(who, query, variables).await.unwrap_or_else(|error| panic!("{who}: {error:#}\n{query}"))
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("a list: {value}")).clone()
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("a number: {value}"))
}

async fn the_road_is_traced_back(database: Option<String>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let settings = Settings { database, ..Settings::in_folder(&folder.path().join("data")) };
    let clock = Arc::new(ManualClock::at(run::beginning()));
    let (assembled, ids) = run::prepare(settings, Arc::clone(&clock)).await.expect("the deployment is prepared");
    let mut world =
        HttpWorld::start(Arc::clone(&assembled), clock, ids.clone(), Box::new(|_| {})).await.expect("it serves");
    let ending = play(&mut world).await.expect("the stories are played");
    let world = &mut world;

    a_case_is_told(world, &ending.case).await;
    its_acts_come_page_by_page(world, &ending.case).await;
    an_earlier_day_is_told_as_it_was(world, &ending.case).await;
    a_person_is_told(world, &ending.case, &ids["deputy_2"]).await;
    a_unit_is_told(world, &ids["water"]).await;
    others_are_told_nothing(world, &ending.case, &ids["deputy_2"], &ids["water"]).await;

    let rebuilt = assembled.app.rebuild(false, &|_, _| {}).await.expect("the events are replayed");
    assert_eq!(rebuilt.differing, 0, "replay = read tables: {:?}", rebuilt.differences);
}

async fn a_case_is_told(world: &mut HttpWorld, case: &str) {
    let trace = ask(world, "auditor", TRACE, json!({ "case": case })).await["reverseTrace"].clone();
    assert_eq!((&trace["case"]["id"], &trace["known"]["until"]), (&json!(case), &Value::Null));
    let days = &trace["days"];
    assert_eq!(number(&days["held"]) + number(&days["paused"]), number(&days["total"]), "{days}");
    let holds = list(&trace["holds"]);
    for hold in &holds {
        assert_eq!(number(&hold["heldDays"]) + number(&hold["pausedDays"]), number(&hold["days"]), "{hold}");
        assert!(
            hold["text"].is_string() && hold["holderName"].is_string() && hold["source"]["cite"].is_string(),
            "{hold}"
        );
    }
    // A supplement was asked for on 10 February and came on the 14th: those days are nobody's.
    let review = holds.iter().find(|h| h["clock"] == "legality_period" && h["pausedDays"] != 0).expect("a pause");
    assert_eq!(
        (&review["pausedDays"], &review["kind"], &review["overdue"]),
        (&json!(5), &json!("GUARANTEED"), &json!(false))
    );
    assert!(review["unit"]["name"].as_str().is_some_and(|name| name.contains("司法局")), "{review}");
    assert_eq!(review["endedBy"], "CONCLUDE_LEGALITY_REVIEW");

    let parties = list(&trace["parties"]);
    let party = |part: &str| {
        let named = |p: &&Value| p["unit"]["name"].as_str().is_some_and(|name| name.contains(part));
        parties.iter().find(named).unwrap_or_else(|| panic!("no {part}: {parties:#?}"))
    };
    for part in ["水务局", "司法局", "办公室", "人民政府"] {
        assert!(number(&party(part)["acts"]) > 0, "{part}");
    }
    assert!(parties.iter().all(|p| p["unit"]["name"] != "水务股"), "a section acts for its department");
    let covered: i64 = parties.iter().map(|p| number(&p["heldDays"])).sum();
    assert!(covered >= number(&days["held"]), "{covered} {days}");

    let against = list(&trace["against"]);
    assert!(against.len() >= 2 && against.len() < list(&trace["positions"]).len(), "{against:#?}");
    assert!(against.iter().all(|p| p["statement"].as_str().is_some_and(|said| !said.is_empty())), "{against:#?}");
    let dissents: i64 = parties.iter().flat_map(|p| list(&p["persons"])).map(|p| number(&p["dissents"])).sum();
    assert_eq!(dissents, against.iter().filter(|p| p["position"] == "DISAGREE").count() as i64);

    let materials = list(&trace["materials"]);
    assert!(
        materials.iter().any(|m| !list(&m["file"]).is_empty() && m["draftVersion"]["number"].is_number()),
        "{materials:#?}"
    );
    assert!(materials.iter().all(|m| m["tabledN"].is_number()), "{materials:#?}");
    let advice = list(&trace["advice"]);
    assert!(advice.iter().any(|a| a["person"]["name"].is_string()) && advice.len() > 3, "{advice:#?}");
}

async fn its_acts_come_page_by_page(world: &mut HttpWorld, case: &str) {
    let (mut after, mut acts) = (Value::Null, Vec::new());
    let total = loop {
        let page =
            ask(world, "auditor", ACTS, json!({ "case": case, "after": after })).await["reverseTrace"]["acts"].clone();
        acts.extend(list(&page["nodes"]));
        if page["pageInfo"]["hasNextPage"] != true {
            break number(&page["totalCount"]);
        }
        after = page["pageInfo"]["endCursor"].clone();
    };
    let numbers: Vec<i64> = acts.iter().map(|act| number(&act["event"]["n"])).collect();
    assert_eq!(numbers, (1..=total).collect::<Vec<_>>());
    let concluded: Vec<&Value> = acts.iter().filter(|a| a["event"]["kind"] == "legality_concluded").collect();
    for act in &concluded {
        let held = list(&act["held"]);
        assert!(held.iter().any(|h| h["clock"] == "legality_period"), "{act}");
        assert!(
            act["draftVersion"]["documents"][0]["digest"].is_string() && act["event"]["opinion"].is_string(),
            "{act}"
        );
        assert!(act["law"]["source"]["article"].as_str().is_some_and(|a| a.starts_with("25")), "{act}");
        assert!(act["event"]["actor"]["postTitle"].is_string() && act["event"]["text"].is_string(), "{act}");
    }
    assert!(concluded.len() > 1);
    let clocks = acts.iter().filter(|a| a["event"]["kind"].as_str().is_some_and(|k| k.starts_with("clock_")));
    assert!(clocks.clone().count() > 5 && clocks.into_iter().all(|a| a["daysSinceBefore"].is_null()));
}

async fn an_earlier_day_is_told_as_it_was(world: &mut HttpWorld, case: &str) {
    let now = ask(world, "auditor", TRACE, json!({ "case": case })).await["reverseTrace"].clone();
    let on = json!({ "case": case, "on": "2023-02-12" });
    let then = ask(world, "auditor", TRACE, on).await["reverseTrace"].clone();
    assert!(number(&then["version"]) < number(&now["version"]));
    assert_eq!(
        (&then["known"]["day"], &then["positions"], &then["materials"]),
        (&json!("2023-02-12"), &json!([]), &json!([]))
    );
    let review = list(&then["holds"]).into_iter().rfind(|h| h["clock"] == "legality_period").expect("it was under way");
    assert_eq!(
        (&review["to"], &review["dueOn"], &review["pausedDays"]),
        (&Value::Null, &Value::Null, &json!(3)),
        "{review}"
    );
    assert!(list(&then["advice"]).len() < list(&now["advice"]).len());
    let before = json!({ "case": case, "on": "2022-12-01" });
    assert_eq!(ask(world, "auditor", TRACE, before).await["reverseTrace"], Value::Null, "nothing was known");
}

async fn a_person_is_told(world: &mut HttpWorld, case: &str, person: &str) {
    let officer = world.id("water_officer").expect("a person");
    let (mut after, mut acts) = (Value::Null, Vec::new());
    let total = loop {
        let trace =
            ask(world, "auditor", PERSON, json!({ "person": officer, "after": after })).await["personTrace"].clone();
        assert!(trace["posts"][0]["title"].is_string() && trace["posts"][0]["unit"]["name"].is_string(), "{trace}");
        acts.extend(list(&trace["acts"]["nodes"]));
        if trace["acts"]["pageInfo"]["hasNextPage"] != true {
            break number(&trace["acts"]["totalCount"]);
        }
        after = trace["acts"]["pageInfo"]["endCursor"].clone();
    };
    assert_eq!(acts.len() as i64, total);
    let places: BTreeSet<(String, i64)> =
        acts.iter().map(|act| (act["stream"].as_str().expect("an id").to_owned(), number(&act["n"]))).collect();
    assert_eq!(places.len(), acts.len(), "none twice");
    let times: Vec<&str> = acts.iter().map(|act| act["recordedAt"].as_str().expect("a time")).collect();
    assert!(times.windows(2).all(|two| two[0] >= two[1]), "newest first");
    assert!(acts.iter().any(|a| a["case"]["id"] == json!(case)
        && a["kind"] == "draft_version_added"
        && a["draftVersion"]["number"] == 1));
    assert!(acts.iter().all(|a| a["person"]["name"].is_string() && a["postTitle"].is_string()), "{acts:#?}");

    let told = ask(world, "auditor", PERSON, json!({ "person": person })).await["personTrace"].clone();
    let against = list(&told["against"]["nodes"]);
    assert!(against.iter().any(|p| p["case"]["id"] == json!(case) && p["enteredBy"]["name"].is_string()), "{told}");
    let then =
        ask(world, "auditor", PERSON, json!({ "person": person, "on": "2023-03-30" })).await["personTrace"].clone();
    let earlier = list(&then["against"]["nodes"]);
    assert!(earlier.iter().all(|p| p["case"]["id"] != json!(case)), "the meeting was still to come: {then}");
}

async fn a_unit_is_told(world: &mut HttpWorld, unit: &str) {
    let told = ask(world, "auditor", UNIT, json!({ "unit": unit })).await["unitTrace"].clone();
    let with: Vec<Value> = list(&told["tracedWith"]).into_iter().map(|u| u["name"].clone()).collect();
    assert_eq!(with[0], told["unit"]["name"]);
    assert!(with.contains(&json!("水务股")), "{with:?}");
    assert!(number(&told["acts"]["totalCount"]) > 5 && list(&told["acts"]["nodes"]).len() == 5, "{told}");
    assert_eq!(list(&told["last"]["nodes"]).len(), 2);
    let overdue = list(&told["overdue"]["nodes"]);
    assert!(overdue.iter().all(|h| h["overdue"] == true && h["unit"]["name"] == told["unit"]["name"]), "{overdue:#?}");
}

async fn others_are_told_nothing(world: &mut HttpWorld, case: &str, person: &str, unit: &str) {
    let missing = "case_00000000000070008000000000000000";
    for who in ["water_officer", "office_officer", "justice_reviewer", "head"] {
        for (query, variables) in [
            (TRACE, json!({ "case": case })),
            (TRACE, json!({ "case": missing })),
            (PERSON, json!({ "person": person })),
            (UNIT, json!({ "unit": unit })),
        ] {
            let refused = world.officials(who, query, variables).await.expect_err("it is not for them");
            assert!(format!("{refused:#}").contains("FORBIDDEN"), "{who}: {refused:#}");
        }
    }
    for missing in [missing, "nonsense"] {
        let told = ask(world, "auditor", TRACE, json!({ "case": missing })).await;
        assert_eq!(told["reverseTrace"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_road_is_traced_back_on_sqlite() {
    the_road_is_traced_back(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_road_is_traced_back_on_postgresql() {
    the_road_is_traced_back(Some(dingce_testkit::postgres::database().await)).await;
}
