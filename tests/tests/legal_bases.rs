//! The register of legal bases by the application, on both databases: who keeps it, what citing acts keep of it, and who
//! reviews for fair competition.

use dingce_app::AppError;
use dingce_app::ports::{ReadRow, RowQuery};
use dingce_app::read_rows::{DraftingRow, LegalBasisRow};
use dingce_app::use_cases::BasisEntry;
use dingce_domain::code::Code;
use dingce_domain::drafting::DraftingContent;
use dingce_domain::id::CaseId;
use dingce_domain::legal_bases::{AddLegalBasis, BasisStanding, BasisState, LegalBasisKind, RepealLegalBasis};
use dingce_domain::words::StageKind;
use dingce_testkit::staff;
use dingce_tests::acting::{ask, asked, code};
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::on_both;
use jiff::civil::{Date, date};
use serde_json::json;

on_both!(
    a_citation_keeps_how_it_stood,
    a_free_text_that_cites_what_is_repealed_is_told,
    the_register_is_kept_by_justice,
    the_regulator_is_one,
    an_import_twice_is_harmless,
);

const ORDER: &str = "粤府令第183号";

fn document(key: &str, number: &str, from: Date) -> AddLegalBasis {
    AddLegalBasis {
        basis: key.parse().expect("a key"),
        name: "广东省重大行政决策听证规定".to_owned(),
        number: number.to_owned(),
        kind: LegalBasisKind::GovernmentRule,
        issued_by: "广东省人民政府".to_owned(),
        in_force_from: Some(from),
        repealed_on: None,
        succeeded_by: None,
        note: String::new(),
    }
}

fn repealed(key: &str, on: Date, successor: &str) -> BasisEntry {
    BasisEntry::Repeal(RepealLegalBasis {
        basis: key.parse().expect("a key"),
        repealed_on: on,
        succeeded_by: Some(successor.parse().expect("a key")),
        by: "粤府令第303号".to_owned(),
    })
}

/// The lists of bases of a case, oldest first, as they stand in the read table: of each the first citation.
async fn standings(node: &Node, case: CaseId) -> Vec<BasisStanding> {
    let rows = node.app.store().rows(&RowQuery::all(DraftingRow::TABLE)).await.expect("rows");
    let mut rows: Vec<_> = rows.into_iter().filter_map(DraftingRow::from_row).collect();
    rows.retain(|r| r.case_id == case.to_string() && r.item == "basis_list");
    rows.sort_by_key(|r| r.n);
    let first = |row: DraftingRow| match serde_json::from_str(&row.content_json).expect("an item") {
        DraftingContent::BasisList(list) => list.bases[0].standing.clone().expect("it was looked up"),
        other => panic!("{other:?}"),
    };
    rows.into_iter().map(first).collect()
}

async fn a_citation_keeps_how_it_stood(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    for given in [document("gd303", "粤府令第303号", date(2024, 1, 1)), document("gd183", ORDER, date(2013, 6, 1))]
    {
        node.app.enter_legal_basis(asked("reviewer"), BasisEntry::Add(given)).await.expect("it is kept");
    }
    let case = node.road_to("add_draft_version").await;
    let cite = || {
        let basis = json!({
            "name": "广东省重大行政决策听证规定", "number": ORDER, "articles": "", "supports": "听证", "standing": null,
        });
        json!({ "item": "basis_list", "bases": [basis] })
    };
    node.done(case, "record_drafting_item", cite()).await;
    // The repeal becomes known only afterwards. What was done before keeps what was known then.
    let repeal = repealed("gd183", date(2024, 1, 1), "gd303");
    node.app.enter_legal_basis(asked("reviewer"), repeal).await.expect("it is kept");
    node.done(case, "record_drafting_item", cite()).await;
    let [before, after] = standings(node, case).await.try_into().expect("two lists");
    assert_eq!((before.state, before.is_stale(), before.register_version), (BasisState::InForce, false, 2));
    assert_eq!((after.state, after.is_stale(), after.register_version), (BasisState::Repealed, true, 3));
    assert_eq!(after.succeeded_by.as_deref(), Some("广东省重大行政决策听证规定（粤府令第303号）"));
    assert!(after.repealed_on == Some(date(2024, 1, 1)), "{after:?}");
    // An act of an earlier day is held against the register as of that day.
    let mut offline = ask("record_drafting_item", cite());
    offline.manner = dingce_domain::occasion::Manner::Offline {
        occurred_on: node.app.today(),
        evidence: vec![
            serde_json::from_value(dingce_testkit::scenario::acts::document("evidence")).expect("a document"),
        ],
    };
    node.upload("evidence").await;
    node.act(case, offline).await.expect("accepted");
    let stage = node.case(case).await.control.first(StageKind::Drafting).copied().expect("the stage");
    assert_eq!(stage.kind, StageKind::Drafting, "a stale citation stops nothing");
    let rebuilt = node.app.rebuild(false, &|_, _| {}).await.expect("the events are replayed");
    assert_eq!(rebuilt.differing, 0, "replay = read tables: {:?}", rebuilt.differences);
}

/// What people write in an absence, a notice or a review sheet is what they wrote: it is told that it is stale, and goes on.
async fn a_free_text_that_cites_what_is_repealed_is_told(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    for given in [document("gd303", "粤府令第303号", date(2024, 1, 1)), document("gd183", ORDER, date(2013, 6, 1))]
    {
        node.app.enter_legal_basis(asked("reviewer"), BasisEntry::Add(given)).await.expect("it is kept");
    }
    let repeal = repealed("gd183", date(2024, 1, 1), "gd303");
    node.app.enter_legal_basis(asked("reviewer"), repeal).await.expect("it is kept");
    let case = node.road_to("add_draft_version").await;
    let absent = |basis: &str| json!({ "stage": "expert", "reason": "专业性、技术性不强。", "basis": basis });
    let fresh = node.done(case, "record_absence", absent("《广东省重大行政决策听证规定》第四条")).await;
    assert_eq!(node.app.stale_citations(case, 0).await.expect("read"), [], "the one of that name in force");
    let decided = json!({ "hold": false, "reasons": "不属于应当听证的事项。", "basis": "省政府《广东省重大行政决策听证规定》（省政府令第183号）第八条" });
    let stale = node.done(case, "decide_hearing", decided).await;
    let found = node.app.stale_citations(case, fresh.n).await.expect("read");
    let [found] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((found.n, found.kind.as_str(), found.path.as_str()), (stale.n, "hearing_decided", "basis"));
    assert_eq!(found.standing.state, BasisState::Repealed);
    assert_eq!(found.standing.succeeded_by.as_deref(), Some("广东省重大行政决策听证规定（粤府令第303号）"));
    assert_eq!(found.cited, "广东省重大行政决策听证规定（粤府令第183号）");
}

async fn the_register_is_kept_by_justice(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let add = |who: &'static str| async move {
        node.app.enter_legal_basis(asked(who), BasisEntry::Add(document("gd183", ORDER, date(2013, 6, 1)))).await
    };
    assert_eq!(code(add("officer").await), Code::Forbidden);
    assert_eq!(code(add("clerk").await), Code::Forbidden);
    add("reviewer").await.expect("the justice bureau keeps it");
    assert!(add("reviewer").await.expect("twice is harmless").events.is_empty());
    let other = BasisEntry::Add(document("gd183", "粤府令第1号", date(2013, 6, 1)));
    assert_eq!(code(node.app.enter_legal_basis(asked("reviewer"), other).await), Code::AlreadyThere);
    let unknown = node.app.enter_legal_basis(asked("reviewer"), repealed("gd1", date(2024, 1, 1), "gd183")).await;
    assert_eq!(code(unknown), Code::NotFound);
    let rows = node.app.store().rows(&RowQuery::all(LegalBasisRow::TABLE)).await.expect("rows");
    assert_eq!(rows.len(), 1);
}

async fn the_regulator_is_one(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let case = node.road_to("add_draft_version").await;
    node.days_pass(160).await;
    assert!(node.app.today() >= date(2024, 8, 1), "under the Regulation");
    let by = async |unit: &str, who: &str| -> Result<_, AppError> {
        let over = json!({ "item": "fair_competition", "reviewing_unit": staff::unit(unit) });
        let mut asked = ask("record_drafting_item", over);
        asked.by = who.to_owned();
        node.act(case, asked).await
    };
    assert_eq!(code(by("finance", "officer").await), Code::DirectoryUnknown, "a department like others is none");
    assert_eq!(code(by("market", "finance_officer").await), Code::NotFound, "nobody of another department");
    by("market", "market_officer").await.expect("the regulator records its own review");
    by("market", "officer").await.expect("or the unit does, with what the regulator wrote");
}

async fn an_import_twice_is_harmless(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let list =
        || vec![document("gd303", "粤府令第303号", date(2024, 1, 1)), document("gd183", ORDER, date(2013, 6, 1))];
    let organ = staff::unit("organ");
    assert_eq!(node.app.import_legal_bases(organ, list()).await.expect("taken over").events.len(), 2);
    assert!(node.app.import_legal_bases(organ, list()).await.expect("harmless").events.is_empty());
    let clash = vec![document("gd500", "粤府令第500号", date(2025, 1, 1)), document("gd303", ORDER, date(2024, 1, 1))];
    match node.app.import_legal_bases(organ, clash).await {
        Err(AppError::Rejected(refused)) => {
            assert_eq!((refused.code, refused.path.as_deref()), (Code::AlreadyThere, Some("bases.1.basis")));
        }
        other => panic!("expected a refusal, but got {other:?}"),
    }
    assert_eq!(node.app.legal_bases(organ).await.expect("the register").bases.len(), 2, "all or none");
}
