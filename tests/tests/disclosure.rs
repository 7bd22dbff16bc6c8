//! Disclosure of single documents by the application, on both databases: what the public gets, what is looked at again, and
//! what travels with the volume.

use dingce_app::ports::{Filter, ReadRow, RowQuery, Value as Cell};
use dingce_app::read_rows::{ClockRow, DocumentRow, LegalityRow, PublicDecisionRow};
use dingce_domain::code::Code;
use dingce_domain::id::{CaseId, Digest};
use dingce_domain::words::Volume;
use dingce_testkit::scenario::acts::document;
use dingce_tests::acting::{ask, code, principal};
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::on_both;
use dingce_tests::packages::content;
use serde_json::{Value, json};

on_both!(the_public_gets_what_was_found_public, disclosure_travels_with_the_volume, a_review_is_read_step_by_step);

fn digest(name: &str) -> Digest {
    dingce_definition::hash(name.as_bytes())
}

async fn rows<R: ReadRow>(node: &Node, case: CaseId) -> Vec<R> {
    let query = RowQuery::all(R::TABLE).with(Filter::Eq("case_id", Cell::Text(case.to_string())));
    let rows = node.app.store().rows(&query).await.expect("rows");
    rows.into_iter().filter_map(R::from_row).collect()
}

async fn served(node: &Node, case: CaseId, name: &str) -> bool {
    node.app.public_document(case, digest(name)).await.is_ok()
}

fn withheld(names: &[&str]) -> Value {
    let documents: Vec<Value> = names.iter().map(|name| document(name)).collect();
    json!({ "attribute": "withheld", "basis": "政府信息公开条例第十六条", "reason": "过程性信息。", "documents": documents })
}

async fn the_public_gets_what_was_found_public(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let case = node.road_to("issue_decision").await;
    let unreviewed = ask("publish_decision", json!({ "documents": ["$document:published", "$document:meeting-file"] }));
    assert_eq!(code(node.act(case, unreviewed).await), Code::ReleaseNotReviewed);
    assert!(!served(node, case, "published").await, "a refused publication releases nothing");
    node.done(case, "review_disclosure", withheld(&["meeting-file"])).await;
    node.done(case, "publish_decision", Value::Null).await;
    assert!(served(node, case, "published").await);
    assert!(served(node, case, "notice").await);
    assert!(!served(node, case, "meeting-file").await, "withheld");
    assert!(!served(node, case, "draft-1").await, "never reviewed");

    let clocks = rows::<ClockRow>(node, case).await;
    let again = clocks.iter().find(|c| c.clock == "disclosure_recheck").expect("it is looked at again");
    assert!(again.due_on.is_some(), "{again:?}");
    node.done(case, "check_volume", Value::Null).await;
    node.done(case, "close_volume", Value::Null).await;
    node.days_pass(400).await;
    let kinds = node.kinds(case).await;
    assert_eq!(kinds.last().map(String::as_str), Some("clock_overdue"), "inaction is on the record: {kinds:?}");
    // What is still due is found in the closed decision volume's case, by who holds it and by its state.
    let late = RowQuery::all(ClockRow::TABLE)
        .with(Filter::Eq("case_id", Cell::Text(case.to_string())))
        .with(Filter::Eq("state", Cell::Text("overdue".to_owned())));
    for (who, holds) in [("clerk", true), ("auditor", false)] {
        let hats = node.app.hats(principal(who), node.app.today()).await.expect("hats");
        let mine = node.app.holds_clock(&hats).await.expect("a condition");
        let found = node.app.store().rows(&late.clone().with(mine)).await.expect("rows");
        let found: Vec<_> = found.into_iter().filter_map(ClockRow::from_row).map(|row| row.clock).collect();
        assert_eq!(found.contains(&"disclosure_recheck".to_owned()), holds, "{who}: {found:?}");
    }
    // Looked at again after the decision volume was closed, and found public.
    let mut public = withheld(&["meeting-file"]);
    public["attribute"] = json!("public");
    public["basis"] = json!("");
    node.done(case, "review_disclosure", public).await;
    assert!(served(node, case, "meeting-file").await, "public from then on");
    let published = rows::<PublicDecisionRow>(node, case).await;
    assert!(published[0].documents_json.contains(&digest("meeting-file").to_string()), "and listed");
    assert_eq!(code(node.act(case, ask("review_disclosure", withheld(&["published"]))).await), Code::DocumentReleased);
    let documents = rows::<DocumentRow>(node, case).await;
    let row = |name: &str| documents.iter().find(|d| d.digest == digest(name).to_string()).expect("on file");
    assert_eq!(row("meeting-file").disclosure.as_deref(), Some("public"));
    assert!(row("meeting-file").reviewed_by.as_deref().is_some_and(|by| !by.is_empty()), "who reviewed is known");
    let rebuilt = node.app.rebuild(false, &|_, _| {}).await.expect("the events are replayed");
    assert_eq!(rebuilt.differing, 0, "replay = read tables: {:?}", rebuilt.differences);
}

async fn disclosure_travels_with_the_volume(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let case = node.road_to("publish_decision").await;
    node.done(case, "review_disclosure", withheld(&["meeting-file"])).await;
    node.done(case, "record_paper_original", Value::Null).await;
    node.done(case, "check_volume", Value::Null).await;
    node.done(case, "close_volume", Value::Null).await;
    let out = tempfile::tempdir().expect("a folder");
    node.app.export_volume_unchecked(case, Volume::Decision, out.path()).await.expect("a package");
    let package = out.path().join(format!("{case}-decision"));
    assert!(dingce_archive::verify(&package).ok());
    let described = std::fs::read_to_string(content(&package).join("ledger/volume.json")).expect("a description");
    let described: Value = serde_json::from_str(&described).expect("JSON");
    let of = |name: &str| {
        let list = described["documents"].as_array().expect("documents");
        list.iter().find(|d| d["name"] == json!(format!("{name}.pdf"))).cloned().expect("a document")
    };
    assert_eq!(of("meeting-file")["disclosure"]["attribute"], json!("withheld"));
    assert_eq!(of("meeting-file")["disclosure"]["basis"], json!("政府信息公开条例第十六条"));
    assert!(of("meeting-file")["disclosure"]["again_on"].is_string());
    assert_eq!(of("published")["disclosure"]["attribute"], json!("public"));
    assert_eq!(of("published")["paper"]["location"], json!("档案室3柜2层5盒"));
    assert!(of("draft-1").get("disclosure").is_none(), "nobody reviewed it");
    let page = std::fs::read_to_string(content(&package).join("其他/filelist.html")).expect("the file list");
    for told in ["不予公开", "政府信息公开条例第十六条", "档案室3柜2层5盒", "主动公开", "已公开"]
    {
        assert!(page.contains(told), "the file list says {told}");
    }
}

async fn a_review_is_read_step_by_step(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let case = node.road_to("conclude_legality_review").await;
    let mut steps = rows::<LegalityRow>(node, case).await;
    steps.sort_by_key(|s| s.n);
    let kinds: Vec<_> = steps.iter().map(|s| s.kind.as_str()).collect();
    assert_eq!(kinds, ["legality_review_requested", "advice_recorded", "advice_recorded", "legality_concluded"]);
    assert!(steps.iter().all(|s| s.round == 1));
    assert!(steps[3].given_json.contains("sheet"), "the sheet is kept line by line");
}
