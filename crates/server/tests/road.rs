//! The road of the demo, driven over HTTP with real tokens against a real server, on SQLite and on PostgreSQL.

use std::sync::Arc;

use dingce_domain::id::CaseId;
use dingce_domain::words::Volume;
use dingce_server::demo::{HttpWorld, World, play, run};
use dingce_server::{ManualClock, Settings};
use serde_json::json;

/// What the road must have met on its way: each of these attempts was refused, for this reason and no other.
const REFUSED: [&str; 13] = [
    "LEGALITY_MISSING",         // R713 art. 25: tabling before legality review
    "COMMENT_PERIOD_TOO_SHORT", // R713 art. 15: 12 days without a reason in the notice
    "RELEASE_NOT_REVIEWED",     // Open Government Information Regulation art. 17: published unreviewed
    "EXPERT_MATERIALS_MISSING", // R713 art. 19: an opinion on what was not delivered
    "DRAW_TOO_EARLY",           // R713 art. 16: before the instant that the notice names
    "HEARING_ORDER",            // R713 art. 17: before the unit presented
    "EARLY_STATEMENT_MISSING",  // R713 art. 26: the reviewer's guaranteed time
    "CRITERION_NOT_MET",        // R713 art. 26: evidence on an older version
    "MAJORITY_REASONS_MISSING", // R713 art. 30: against the majority without reasons
    "LEGALITY_MISSING",         // R713 art. 25: issuing a text that was not confirmed
    "MATERIALS_MISSING",        // R713 art. 33: a volume said to be complete without its materials
    "EVALUATOR_BARRED",         // R713 art. 36: whoever assessed before
    "PROPOSAL_NOT_STUDIED",     // R713 art. 10: a proposal refused before anybody studied it
];

async fn the_road(database: Option<String>) -> Vec<(String, Vec<u8>)> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let settings = Settings { database, ..Settings::in_folder(&folder.path().join("data")) };
    let clock = Arc::new(ManualClock::at(run::beginning()));
    let (assembled, ids) = run::prepare(settings, Arc::clone(&clock)).await.expect("the deployment is prepared");
    let mut world = HttpWorld::start(Arc::clone(&assembled), clock, ids, Box::new(|_| {})).await.expect("it serves");

    let ending = play(&mut world).await.expect("the road runs to its end");
    assert_eq!(ending.refused, REFUSED);
    assert!(ending.accepted > 50, "{} acts were accepted", ending.accepted);

    let case: CaseId = ending.case.parse().expect("a case id");
    let out = folder.path().join("packages");
    let package =
        assembled.app.export_volume_unchecked(case, Volume::Decision, &out).await.expect("the volume is exported");
    let report = dingce_archive::verify(&package.path);
    assert!(report.ok(), "{:?}", report.checks.iter().filter(|c| !c.ok).collect::<Vec<_>>());
    let again = assembled
        .app
        .export_volume_unchecked(case, Volume::Decision, &out)
        .await
        .expect("the same volume is exported again");
    assert_eq!(package.package, again.package, "same volume, same bytes");

    let rebuilt = assembled.app.rebuild(false, &|_, _| {}).await.expect("the events are replayed");
    assert_eq!(rebuilt.differing, 0, "replay = read tables: {:?}", rebuilt.differences);

    // Nothing of the case is open to somebody outside it, and nothing of it is public but what was published.
    let unknown = ending.case.chars().rev().take(32).collect::<String>();
    let mut answers = Vec::new();
    for id in [ending.case.clone(), format!("case_{unknown}")] {
        let asked = "query($id: ID!) { case(id: $id) { id title } }";
        let answer = world.officials("finance_officer", asked, json!({ "id": id })).await;
        let told = answer.map_or_else(|error| error.to_string(), |data| data.to_string());
        assert!(!told.contains("农村生活污水"), "{told}");
        answers.push(told.replace(&id, "ID"));
    }
    let without_operation = |told: &str| told.split("op_").next().unwrap_or_default().to_owned();
    assert_eq!(without_operation(&answers[0]), without_operation(&answers[1]), "existence is not revealed");

    let bytes = every_event(&assembled, case).await;
    world.stop().await.expect("the server stops");
    bytes
}

async fn every_event(assembled: &dingce_server::Assembled, case: CaseId) -> Vec<(String, Vec<u8>)> {
    let events = assembled.app.store().events(case.into(), 0, 1000).await.expect("the events are read");
    events.into_iter().map(|e| (e.event.json, e.event.leaf)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_road_runs_over_http_on_sqlite() {
    let events = the_road(None).await;
    assert!(events.len() > 60, "{} events", events.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_road_runs_over_http_on_postgresql() {
    let url = dingce_testkit::postgres::database().await;
    let events = the_road(Some(url)).await;
    assert!(events.len() > 60, "{} events", events.len());
}
