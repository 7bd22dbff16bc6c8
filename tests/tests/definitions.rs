//! Definitions that stand on another, by way of application and store: found, proven whole, kept whole.

use dingce_app::AppError;
use dingce_app::ports::{Filter, ReadRow, RowQuery, Value as Cell};
use dingce_app::read_rows::DefinitionRow;
use dingce_app::use_cases::PublishError;
use dingce_definition::hash;
use dingce_domain::act::OpenCase;
use dingce_domain::code::Code;
use dingce_domain::id::UnitId;
use dingce_testkit::staff;
use dingce_tests::acting::{ask, asked};
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::on_both;
use dingce_tests::small::TWO_TASKS as BASE;

on_both!(
    one_that_stands_on_another_is_proven_and_kept_whole,
    what_it_stands_on_must_be_published_as_it_was_pinned,
    no_difference_is_published_that_lowers_the_floor,
);

fn standing_on(base: &str, name: &str, change: &str) -> String {
    let of = if base == BASE { "tasks" } else { "major_decision_national" };
    format!(
        "based_on: {{ name: {of}, version: 1, hash: \"{}\" }}\nname: {name}\nversion: 1\ntitle: {{ zh: \"某地\", en: \"A \
         place\" }}\nvalid_from: 2024-01-01\n{change}",
        hash(base.as_bytes())
    )
}

async fn rules(node: &Node, source: &str) -> Vec<String> {
    match node.app.publish_definition(asked("reviewer"), source).await {
        Err(PublishError::Problems(problems)) => problems.iter().map(|p| p.rule.to_owned()).collect(),
        Err(PublishError::NotProven(proof)) => proof.violations.into_iter().map(|v| v.rule).collect(),
        other => panic!("{other:?}"),
    }
}

async fn row(node: &Node, name: &str) -> DefinitionRow {
    let query = RowQuery::all(DefinitionRow::TABLE).with(Filter::Eq("name", Cell::Text(name.to_owned())));
    node.app.row(query).await.expect("rows are read").expect("it is published")
}

async fn one_that_stands_on_another_is_proven_and_kept_whole(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    node.app.publish_definition(asked("reviewer"), BASE).await.expect("the base is proven");
    let change = standing_on(BASE, "place", "roles:\n  clerk:\n    text: { zh: \"某地经办人\", en: \"Clerk here\" }\n");
    let done = node.app.publish_definition(asked("reviewer"), &change).await.expect("it is proven");
    assert_eq!(done.events.len(), 1);
    let again = node.app.publish_definition(asked("reviewer"), &change).await.expect("harmless twice");
    assert!(again.events.is_empty());
    node.app.settle().await.expect("background work is done");

    let kept = row(&node, "place").await;
    assert!(kept.source.contains("某地经办人") && kept.source.contains("check_volume"), "{}", kept.source);
    assert_eq!(hash(kept.source.as_bytes()).to_string(), kept.hash, "what is hashed is the whole");
    // Another node, which never saw the base's file, reads the whole and opens a case under it.
    let other = site.node(2).await;
    assert_eq!(other.app.check_certificates().await.expect("certificates"), 3);
    let def = other.app.definition(kept.hash.parse().expect("a hash")).await.expect("it is read");
    assert_eq!(def.stands_on.len(), 1);
    assert_eq!(def.stands_on[0].hash, hash(BASE.as_bytes()));
    let input = other.input(None, &ask("open_case", serde_json::json!({}))).await;
    let given: OpenCase = serde_json::from_value(input).expect("an input");
    let both = other.app.open_case(asked("clerk"), None, given.clone()).await;
    assert!(matches!(both, Err(AppError::Rejected(r)) if r.code == Code::DefinitionNotUsable), "which of them?");
    // What is no major decision has no class of one.
    let given = OpenCase { class: None, ..given };
    other.app.open_case(asked("clerk"), Some("place"), given).await.expect("a case is opened under it");
    node.agrees("after publication").await;
}

async fn what_it_stands_on_must_be_published_as_it_was_pinned(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let change = standing_on(BASE, "place", "");
    assert_eq!(rules(&node, &change).await, ["D-BASE-UNKNOWN"]);
    let shipped: UnitId = staff::unit("organ");
    let other = BASE.replace("House rule", "Another rule");
    node.app.set_up_definition(shipped, &other).await.expect("it is proven");
    assert_eq!(rules(&node, &change).await, ["D-BASE-HASH"], "another text has the name and the version");
}

async fn no_difference_is_published_that_lowers_the_floor(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let national = dingce_testkit::law::NATIONAL;
    let without_review = standing_on(national, "place", "stages:\n  legality: null\n");
    assert_eq!(rules(&node, &without_review).await, ["D-STAGE-MISSING"]);
    let general = standing_on(national, "place", "family: general\n");
    assert_eq!(rules(&node, &general).await, ["D-BASE-FIXED"]);
    let query = RowQuery::all(DefinitionRow::TABLE);
    assert_eq!(node.app.rows::<DefinitionRow>(query).await.expect("rows").len(), 1, "nothing was published");
}
