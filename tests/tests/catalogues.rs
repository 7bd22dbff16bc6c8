//! Yearly catalogues through application and store: real lists in and out without loss, and the road of a list from the
//! call for entries to next year's list (R713 art. 3; law digest §2).

use std::collections::BTreeMap;

use dingce_app::catalogue_file::{self, CatalogueFile, Format};
use dingce_app::ports::{Filter, ReadRow, RowQuery, Value as Cell};
use dingce_app::read_rows::{CatalogueLinkRow, CatalogueRow, EntryRow, PublicCatalogueRow, PublicCatalogueVersionRow};
use dingce_app::use_cases::Asked;
use dingce_app::{AppError, Done};
use dingce_domain::catalogue::{
    AbandonAdjustment, AddEntry, CallForEntries, CarriedFrom, CatalogueAct, CatalogueFlag, CatalogueKind, ChangeEntry,
    ConsentBody, Draft, DropEntry, Entry, FinishEntry, Head, MoveEntry, OpenAdjustment, PublishCatalogue,
    RecordConsent, ReportUnfinished, ScreenEntry, ScreeningResult, TieEntry,
};
use dingce_domain::code::Code;
use dingce_domain::id::{CatalogueId, EntryId};
use dingce_domain::occasion::Manner;
use dingce_domain::words::DocumentRef;
use dingce_testkit::staff;
use dingce_tests::acting::{ask, asked, code, principal};
use dingce_tests::harness::{Backend, FIRST_DAY, Node, Site};
use dingce_tests::on_both;
use jiff::civil::{Date, date};
use serde_json::{Value, json};
use uuid::Uuid;

/// Real catalogues and decisions, as collected from public pages; the catalogues are what is read here.
const CASES: &str = include_str!("../data/cases.json");

on_both!(
    every_real_catalogue_comes_out_as_it_went_in,
    the_same_by_way_of_csv,
    an_import_is_all_or_nothing,
    a_list_goes_from_the_call_to_publication,
    publication_needs_both_consents_to_the_list_as_it_stands,
    what_was_published_on_paper_is_recorded_with_its_flags,
    an_adjustment_takes_the_road_of_the_first_list,
    entries_and_cases_are_tied_many_to_many,
    a_case_that_comes_from_an_entry_is_tied_to_it_by_the_system,
    unfinished_entries_are_reported_or_named,
    an_unfinished_entry_is_carried_over,
    rights_to_catalogues_are_default_deny,
);

/// A day after the last of them was published.
const LATER: Date = date(2025, 12, 1);

fn real() -> Value {
    serde_json::from_str(CASES).expect("the fixture is JSON")
}

/// Catalogues of a JSON text by title, because the order of an export is its own.
fn by_title(file: &Value) -> BTreeMap<String, Value> {
    let list = file["catalogues"].as_array().expect("a list");
    let named: BTreeMap<_, _> =
        list.iter().map(|c| (c["title"].as_str().expect("a title").to_owned(), c.clone())).collect();
    assert_eq!(named.len(), list.len(), "titles tell catalogues apart");
    named
}

async fn import(node: &Node, files: Vec<CatalogueFile>) -> usize {
    let done = node.app.import_catalogues(asked("clerk"), files).await.expect("they are taken over");
    done.iter().filter(|c| c.new).count()
}

async fn exported(node: &Node) -> Vec<CatalogueFile> {
    node.app.export_catalogues(principal("clerk"), &[], None).await.expect("they are written")
}

async fn every_real_catalogue_comes_out_as_it_went_in(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    node.clock.move_to(LATER, 10);
    let files = catalogue_file::read(CASES.as_bytes(), Format::Json).expect("the whole file is accepted");
    assert_eq!(import(&node, files.clone()).await, 16);
    let text = catalogue_file::write_json(&exported(&node).await);
    let out: Value = serde_json::from_str(&text).expect("JSON is written");
    assert_eq!(by_title(&out), by_title(&real()));
    // Harmless twice, and on another node, which reads all of it from the events.
    let other = site.node(2).await;
    other.clock.move_to(LATER, 10);
    assert_eq!(import(&other, files).await, 0);
    let again = catalogue_file::write_json(&exported(&other).await);
    assert_eq!(again, text);
    node.app.settle().await.expect("background work is done");
    node.agrees("after the import").await;
    // What a print does not state is flagged: 麻章区 states the government's consent only, 花都区 both.
    let row = |title: &str| {
        let query = RowQuery::all(CatalogueRow::TABLE).with(Filter::Contains("title", title.to_owned()));
        let app = node.app.clone();
        async move { app.row::<CatalogueRow>(query).await.expect("rows are read").expect("it is there") }
    };
    let mazhang = row("麻章区").await;
    assert!(mazhang.government_consent && !mazhang.party_consent && mazhang.consent_missing);
    assert!(mazhang.flags_json.contains("party_consent_missing"), "{}", mazhang.flags_json);
    let huadu = row("花都区").await;
    assert!(huadu.government_consent && huadu.party_consent && !huadu.consent_missing);
    let zhaohua = row("2022年度重大行政决策事项目录").await;
    assert!(zhaohua.flags_json.contains("government_consent_missing"), "{}", zhaohua.flags_json);
}

async fn the_same_by_way_of_csv(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let files = catalogue_file::read(CASES.as_bytes(), Format::Json).expect("the file is accepted");
    node.clock.move_to(LATER, 10);
    let csv = catalogue_file::write_csv(&files);
    let read = catalogue_file::read(csv.as_bytes(), Format::Csv).unwrap_or_else(|p| panic!("{p:?}"));
    assert_eq!(read, files, "CSV loses nothing");
    assert_eq!(import(&node, read).await, 16);
    let out: Value = serde_json::from_str(&catalogue_file::write_json(&exported(&node).await)).expect("JSON");
    assert_eq!(by_title(&out), by_title(&real()));
    let csv = catalogue_file::write_csv(&exported(&node).await);
    let read = catalogue_file::read(csv.as_bytes(), Format::Csv).expect("what is written is read");
    assert_eq!(read, exported(&node).await);
}

async fn an_import_is_all_or_nothing(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let list = |title: &str, entry: &str| json!({ "year": 2024, "title": title, "organ": title, "entries": [{ "no": "1", "title": entry }] });
    let read = |value: Value| catalogue_file::read(value.to_string().as_bytes(), Format::Json);
    let files = read(json!([list("甲区目录", "事项"), list("乙区目录", "事项")])).expect("a list of catalogues");
    assert_eq!(import(&node, files).await, 2);
    // One that is there with another content refuses all, also those before it.
    let files = read(json!([list("丙区目录", "事项"), list("乙区目录", "别的事项")])).expect("a list");
    let refused = node.app.import_catalogues(asked("clerk"), files).await;
    let Err(AppError::Rejected(rejection)) = refused else { panic!("{refused:?}") };
    assert_eq!(rejection.code, Code::AlreadyThere);
    assert_eq!(rejection.path.as_deref(), Some("catalogues.1"));
    assert_eq!(exported(&node).await.len(), 2, "nothing of it was written");
    // A day of publication that has not come is told before anything is written.
    let mut late = list("丁区目录", "事项");
    late["published"] = json!("2999-01-01");
    let files = read(json!([list("戊区目录", "事项"), late])).expect("a list");
    assert_eq!(code(node.app.import_catalogues(asked("clerk"), files).await), Code::DateNotAcceptable);
    assert_eq!(exported(&node).await.len(), 2);
}

/// The draft of a catalogue, as its row has it.
async fn draft(node: &Node, id: CatalogueId) -> Draft {
    let row = row(node, id).await;
    serde_json::from_str(row.draft_json.as_deref().expect("a draft is under way")).expect("it is a draft")
}

async fn row(node: &Node, id: CatalogueId) -> CatalogueRow {
    let query = RowQuery::all(CatalogueRow::TABLE).with(Filter::Eq("catalogue", Cell::Text(id.to_string())));
    node.app.row(query).await.expect("rows are read").expect("the catalogue is there")
}

async fn entry_rows(node: &Node, id: CatalogueId) -> Vec<EntryRow> {
    let mut query = RowQuery::all(EntryRow::TABLE).with(Filter::Eq("catalogue", Cell::Text(id.to_string())));
    query.order = vec!["position"];
    node.app.rows(query).await.expect("rows are read")
}

async fn act(node: &Node, who: &str, id: CatalogueId, act: CatalogueAct) -> Result<Done, AppError> {
    node.app.act_on_catalogue(asked(who), id, act).await
}

async fn done(node: &Node, who: &str, id: CatalogueId, this: CatalogueAct) {
    let said = format!("{this:?}");
    act(node, who, id, this).await.unwrap_or_else(|error| panic!("{said}: {error:?}"));
}

fn head(year: i16, batch: u16) -> Head {
    Head {
        kind: CatalogueKind::Decision,
        year,
        batch,
        title: format!("区人民政府{year}年度重大行政决策事项目录（第{batch}批）"),
        doc_no: None,
    }
}

async fn compiled(node: &Node, year: i16, batch: u16) -> CatalogueId {
    let done = node.app.compile_catalogue(asked("reviewer"), head(year, batch)).await.expect("it is begun");
    CatalogueId::new(done.stream.value)
}

fn entry(title: &str) -> Entry {
    Entry {
        undertaking_unit: Some("区水务局".to_owned()),
        units: vec![staff::unit("water")],
        ..Entry::named(EntryId::new(Uuid::nil()), title)
    }
}

fn add(entry: Entry) -> CatalogueAct {
    CatalogueAct::AddEntry(AddEntry { entry, nominated_by: String::new(), reason: "工作需要".to_owned() })
}

fn consent(body: ConsentBody, on: Date) -> CatalogueAct {
    CatalogueAct::RecordConsent(RecordConsent {
        body,
        granted: true,
        number: "第3次会议".to_owned(),
        decided_on: on,
        remarks: String::new(),
        documents: Vec::new(),
    })
}

fn publish(on: Date) -> CatalogueAct {
    let doc_no = Some("区府〔2024〕1号".to_owned());
    CatalogueAct::Publish(PublishCatalogue { published_on: on, doc_no, channels: vec!["区政府网站".to_owned()] })
}

async fn consented(node: &Node, id: CatalogueId) {
    for body in [ConsentBody::Government, ConsentBody::Party] {
        done(node, "clerk", id, consent(body, node.app.today())).await;
    }
}

/// A published catalogue with these entries.
async fn published(node: &Node, year: i16, batch: u16, titles: &[&str]) -> (CatalogueId, Vec<EntryId>) {
    let id = compiled(node, year, batch).await;
    for title in titles {
        done(node, "reviewer", id, add(entry(title))).await;
    }
    consented(node, id).await;
    done(node, "clerk", id, publish(node.app.today())).await;
    let rows = entry_rows(node, id).await;
    (id, rows.iter().map(|r| r.entry.parse().expect("an id")).collect())
}

async fn a_list_goes_from_the_call_to_publication(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let id = compiled(&node, 2024, 1).await;
    assert_eq!(code(node.app.compile_catalogue(asked("clerk"), head(2024, 1)).await), Code::AlreadyThere);
    compiled(&node, 2024, 2).await;
    let call = CallForEntries {
        closes_on: date(2024, 3, 15),
        channels: vec!["办公自动化系统".to_owned()],
        addressees: "各镇街、区直各单位".to_owned(),
        text: "请于2024年3月15日前报送。".to_owned(),
    };
    done(&node, "reviewer", id, CatalogueAct::CallForEntries(call)).await;
    // A department names one; another comes after the last day, and is taken and marked.
    done(&node, "officer", id, add(entry("供水价格调整方案"))).await;
    node.days_pass(15).await;
    let late = Entry {
        undertaking_unit: Some("有关部门".to_owned()),
        units: Vec::new(),
        bundle: true,
        ..entry("“十五五”系列规划")
    };
    done(&node, "officer", id, add(late)).await;
    assert_eq!(code(act(&node, "officer", id, add(entry("供水价格调整方案"))).await), Code::AlreadyThere);
    let list = draft(&node, id).await;
    assert_eq!(list.late.iter().collect::<Vec<_>>(), [&list.entries[1].id]);
    let screen = |entry, result, reason: &str| {
        CatalogueAct::ScreenEntry(ScreenEntry { entry, result, reason: reason.to_owned() })
    };
    let first = list.entries[0].id;
    done(&node, "reviewer", id, screen(first, ScreeningResult::Fit, "")).await;
    let unfounded = screen(list.entries[1].id, ScreeningResult::Returned, "");
    assert_eq!(code(act(&node, "reviewer", id, unfounded).await), Code::TextNotAcceptable);
    done(&node, "reviewer", id, screen(list.entries[1].id, ScreeningResult::Returned, "请明确承办单位")).await;
    assert!(row(&node, id).await.version == 0 && entry_rows(&node, id).await.is_empty(), "nothing is listed yet");
    consented(&node, id).await;
    done(&node, "clerk", id, publish(node.app.today())).await;
    let after = row(&node, id).await;
    assert_eq!((after.state.as_str(), after.version, after.entries), ("published", 1, 2));
    let flags: Vec<CatalogueFlag> = serde_json::from_str(&after.flags_json).expect("flags");
    assert_eq!(flags, [CatalogueFlag::EntryFoundUnfit, CatalogueFlag::UnitNotNamed]);
    let public = RowQuery::all(PublicCatalogueRow::TABLE);
    let public: Vec<PublicCatalogueRow> = node.app.rows(public).await.expect("rows");
    assert_eq!(public.iter().map(|p| p.batch).collect::<Vec<_>>(), [1], "the draft of batch 2 is not public");
    node.agrees("after publication").await;
}

async fn publication_needs_both_consents_to_the_list_as_it_stands(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let id = compiled(&node, 2024, 1).await;
    assert_eq!(code(act(&node, "clerk", id, publish(FIRST_DAY)).await), Code::ListNotAcceptable, "an empty list");
    done(&node, "reviewer", id, add(entry("事项一"))).await;
    let refused = |result: Result<Done, AppError>| match result {
        Err(AppError::Rejected(r)) => (r.code, r.needed.unwrap_or_default()),
        other => panic!("{other:?}"),
    };
    let missing = |needed: &str| (Code::CatalogueConsentMissing, needed.to_owned());
    assert_eq!(refused(act(&node, "clerk", id, publish(FIRST_DAY)).await), missing("government, party"));
    done(&node, "clerk", id, consent(ConsentBody::Government, FIRST_DAY)).await;
    assert_eq!(refused(act(&node, "clerk", id, publish(FIRST_DAY)).await), missing("party"));
    // What was refused is no consent, and needs its remarks.
    let mut against = consent(ConsentBody::Party, FIRST_DAY);
    if let CatalogueAct::RecordConsent(given) = &mut against {
        given.granted = false;
    }
    assert_eq!(code(act(&node, "clerk", id, against.clone()).await), Code::TextNotAcceptable);
    if let CatalogueAct::RecordConsent(given) = &mut against {
        given.remarks = "事项一暂缓".to_owned();
    }
    done(&node, "clerk", id, against).await;
    assert_eq!(refused(act(&node, "clerk", id, publish(FIRST_DAY)).await), missing("party"));
    done(&node, "clerk", id, consent(ConsentBody::Party, FIRST_DAY)).await;
    // A list that changed after the consents needs them again (trap 8).
    done(&node, "reviewer", id, add(entry("事项二"))).await;
    assert_eq!(refused(act(&node, "clerk", id, publish(FIRST_DAY)).await), missing("government, party"));
    consented(&node, id).await;
    let before = act(&node, "clerk", id, publish(date(2024, 2, 29))).await;
    assert_eq!(code(before), Code::OutOfOrder, "before the day of the consents");
    done(&node, "clerk", id, publish(FIRST_DAY)).await;
    assert_eq!(code(act(&node, "clerk", id, publish(FIRST_DAY)).await), Code::CatalogueNotOpen);
}

async fn what_was_published_on_paper_is_recorded_with_its_flags(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let id = compiled(&node, 2023, 1).await;
    done(&node, "reviewer", id, add(entry("事项一"))).await;
    done(&node, "clerk", id, consent(ConsentBody::Government, FIRST_DAY)).await;
    node.upload("notice").await;
    let evidence = DocumentRef {
        digest: dingce_definition::hash(b"notice"),
        name: "公告.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        size_bytes: 6,
    };
    let manner = Manner::Offline { occurred_on: date(2024, 2, 20), evidence: vec![evidence] };
    let offline = Asked { manner, ..asked("clerk") };
    node.app.act_on_catalogue(offline, id, publish(date(2024, 2, 20))).await.expect("what happened is recorded");
    let after = row(&node, id).await;
    let flags: Vec<CatalogueFlag> = serde_json::from_str(&after.flags_json).expect("flags");
    let expected =
        [CatalogueFlag::PartyConsentMissing, CatalogueFlag::PublishedBeforeConsent, CatalogueFlag::EntryNotScreened];
    assert_eq!(flags, expected);
    assert!(after.government_consent && !after.party_consent && after.consent_missing);
    let query = RowQuery::all(PublicCatalogueVersionRow::TABLE);
    let public: PublicCatalogueVersionRow = node.app.row(query).await.expect("rows").expect("it is public");
    assert_eq!(public.flags_json, r#"["party_consent_missing","published_before_consent"]"#, "told to the public too");
}

async fn an_adjustment_takes_the_road_of_the_first_list(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let (id, entries) = published(&node, 2024, 1, &["事项一", "事项二", "事项三"]).await;
    let open = OpenAdjustment { reason: "机构职能调整".to_owned(), proposed_by: "区水务局".to_owned() };
    let rename = |reason: &str| {
        let entry =
            Entry { id: entries[0], planned_time: Some("四季度".to_owned()), ..entry("事项一（修订）") };
        CatalogueAct::ChangeEntry(ChangeEntry { entry, reason: reason.to_owned() })
    };
    assert_eq!(code(act(&node, "reviewer", id, rename("更名")).await), Code::CatalogueNotOpen);
    done(&node, "reviewer", id, CatalogueAct::OpenAdjustment(open.clone())).await;
    assert_eq!(
        code(act(&node, "reviewer", id, CatalogueAct::OpenAdjustment(open.clone())).await),
        Code::CatalogueNotOpen
    );
    assert_eq!(code(act(&node, "reviewer", id, rename(" ")).await), Code::ReasonMissing);
    done(&node, "reviewer", id, rename("名称按上级文件统一")).await;
    let moved = MoveEntry { entry: entries[2], place: 1, reason: "调整顺序".to_owned() };
    done(&node, "reviewer", id, CatalogueAct::MoveEntry(moved)).await;
    let dropped = DropEntry { entry: entries[1], reason: "已并入事项一".to_owned() };
    done(&node, "reviewer", id, CatalogueAct::DropEntry(dropped)).await;
    done(&node, "reviewer", id, add(entry("事项四"))).await;
    assert_eq!(row(&node, id).await.state, "adjusting");
    assert_eq!(entry_rows(&node, id).await.len(), 3, "the list in force stays until the new one is published");
    assert_eq!(code(act(&node, "clerk", id, publish(FIRST_DAY)).await), Code::CatalogueConsentMissing);
    consented(&node, id).await;
    done(&node, "clerk", id, publish(FIRST_DAY)).await;
    let rows = entry_rows(&node, id).await;
    let stand: Vec<_> = rows.iter().map(|r| (r.title.as_str(), r.state.as_str())).collect();
    assert!(stand.contains(&("事项二", "dropped")) && stand.contains(&("事项一（修订）", "listed")), "{stand:?}");
    assert_eq!(row(&node, id).await.version, 2);
    // An adjustment given up leaves the list as it is.
    done(&node, "reviewer", id, CatalogueAct::OpenAdjustment(open)).await;
    done(&node, "reviewer", id, CatalogueAct::DropEntry(DropEntry { entry: entries[0], reason: "试".to_owned() }))
        .await;
    let give_up = AbandonAdjustment { reason: "未获同意".to_owned() };
    done(&node, "reviewer", id, CatalogueAct::AbandonAdjustment(give_up)).await;
    assert_eq!(entry_rows(&node, id).await, rows);
    let query = RowQuery::all(PublicCatalogueVersionRow::TABLE);
    let versions: Vec<PublicCatalogueVersionRow> = node.app.rows(query).await.expect("rows");
    assert_eq!(versions.iter().map(|v| v.number).collect::<Vec<_>>(), [1, 2], "both versions are public");
    node.agrees("after adjustments").await;
}

async fn entries_and_cases_are_tied_many_to_many(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let (id, entries) = published(&node, 2024, 1, &["系列规划", "另一事项"]).await;
    let (one, two) = (node.open_case().await, node.open_case().await);
    let link = |entry, case| TieEntry { entry, case, reason: "本系列规划之一".to_owned() };
    for (entry, case) in [(entries[0], one), (entries[0], two), (entries[1], two)] {
        done(&node, "officer", id, CatalogueAct::LinkEntry(link(entry, case))).await;
    }
    let again = act(&node, "officer", id, CatalogueAct::LinkEntry(link(entries[0], one))).await;
    assert_eq!(code(again), Code::AlreadyThere);
    let links = || async {
        let links: Vec<CatalogueLinkRow> = node.app.rows(RowQuery::all(CatalogueLinkRow::TABLE)).await.expect("rows");
        links.into_iter().map(|l| (l.entry, l.case_id)).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(links().await.len(), 3);
    assert!(entry_rows(&node, id).await.iter().all(|r| r.started));
    let silent = TieEntry { reason: String::new(), ..link(entries[1], two) };
    assert_eq!(code(act(&node, "officer", id, CatalogueAct::UnlinkEntry(silent)).await), Code::TextNotAcceptable);
    done(&node, "officer", id, CatalogueAct::UnlinkEntry(link(entries[1], two))).await;
    assert_eq!(links().await.len(), 2);
    assert_eq!(entry_rows(&node, id).await.iter().map(|r| r.started).collect::<Vec<_>>(), [true, false]);
    let strange = dingce_domain::id::CaseId::new(Uuid::from_u128(0xDEAD));
    let unknown = act(&node, "officer", id, CatalogueAct::LinkEntry(link(entries[1], strange))).await;
    assert_eq!(code(unknown), Code::NotFound);
    node.agrees("after ties").await;
}

async fn a_case_that_comes_from_an_entry_is_tied_to_it_by_the_system(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let (id, entries) = published(&node, 2024, 1, &["供水价格调整方案"]).await;
    let opening = |entry: EntryId| {
        let node = &node;
        async move {
            let input = node.input(None, &ask("open_case", json!({ "entry": entry }))).await;
            node.app.open_case(asked("clerk"), None, serde_json::from_value(input).expect("an act")).await
        }
    };
    let strange = opening(EntryId::new(Uuid::from_u128(0xDEAD))).await;
    assert_eq!(code(strange), Code::EntryUnknown);
    let done = opening(entries[0]).await.expect("a case opens");
    node.app.settle().await.expect("background work is done");
    let links: Vec<CatalogueLinkRow> = node.app.rows(RowQuery::all(CatalogueLinkRow::TABLE)).await.expect("rows");
    let tied: Vec<_> = links.iter().map(|l| (l.entry.clone(), l.case_id.clone())).collect();
    assert_eq!(tied, [(entries[0].to_string(), done.stream.to_string())]);
    assert!(entry_rows(&node, id).await[0].started, "the entry is under way");
    // Settling again, or on another node, ties nothing twice.
    site.node(2).await.app.settle().await.expect("background work is done");
    let again = node.app.rows::<CatalogueLinkRow>(RowQuery::all(CatalogueLinkRow::TABLE)).await.expect("rows");
    assert_eq!(again.len(), 1);
    node.agrees("after the tie").await;
}

async fn unfinished_entries_are_reported_or_named(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let (id, entries) = published(&node, 2024, 1, &["办结的", "报告的", "未报告的", "迟报的"]).await;
    assert_eq!(row(&node, id).await.report_by.as_deref(), Some("2025-01-31"), "T31");
    let finish = FinishEntry { entry: entries[0], finished_on: FIRST_DAY, how: "区府〔2024〕9号".to_owned() };
    done(&node, "officer", id, CatalogueAct::FinishEntry(finish.clone())).await;
    assert_eq!(code(act(&node, "officer", id, CatalogueAct::FinishEntry(finish)).await), Code::EntryNotOpen);
    let report = |entry| {
        let (reason, progress) = ("资金未落实".to_owned(), "已完成初稿".to_owned());
        CatalogueAct::ReportUnfinished(ReportUnfinished { entry, reason, progress })
    };
    assert_eq!(code(act(&node, "officer", id, report(entries[0])).await), Code::EntryNotOpen);
    node.days_pass(336).await; // 31 January 2025
    assert_eq!(node.app.today(), date(2025, 1, 31));
    done(&node, "officer", id, report(entries[1])).await;
    let missed = || async {
        let rows = entry_rows(&node, id).await;
        rows.into_iter().filter(|r| r.progress_json.contains("\"missed\":true")).map(|r| r.title).collect::<Vec<_>>()
    };
    assert!(missed().await.is_empty(), "the day is not over");
    node.days_pass(1).await;
    assert_eq!(missed().await, ["未报告的", "迟报的"]);
    done(&node, "officer", id, report(entries[3])).await;
    let rows = entry_rows(&node, id).await;
    let reported: Vec<_> = rows.iter().map(|r| (r.finished, r.reported)).collect();
    assert_eq!(reported, [(true, false), (false, true), (false, false), (false, false)], "a late report stays late");
    // Said once, however often time passes.
    node.days_pass(40).await;
    let said = node.kinds(id).await.iter().filter(|k| *k == "catalogue_reports_missed").count();
    assert_eq!(said, 1);
    node.agrees("after the day").await;
}

async fn an_unfinished_entry_is_carried_over(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let (old, entries) = published(&node, 2023, 1, &["未完成", "已完成"]).await;
    let finish = FinishEntry { entry: entries[1], finished_on: FIRST_DAY, how: "已印发".to_owned() };
    done(&node, "officer", old, CatalogueAct::FinishEntry(finish)).await;
    let id = compiled(&node, 2024, 1).await;
    let carried = |entry_id| {
        let from = CarriedFrom { catalogue: old, entry: entry_id };
        add(Entry { carried_from: Some(from), ..entry("结转事项") })
    };
    assert_eq!(code(act(&node, "reviewer", id, carried(entries[1])).await), Code::EntryNotOpen);
    let unknown = EntryId::new(Uuid::from_u128(9));
    assert_eq!(code(act(&node, "reviewer", id, carried(unknown)).await), Code::EntryUnknown);
    done(&node, "reviewer", id, carried(entries[0])).await;
    consented(&node, id).await;
    done(&node, "clerk", id, publish(FIRST_DAY)).await;
    let rows = entry_rows(&node, id).await;
    assert_eq!(rows[0].carried_from.as_deref(), Some(entries[0].to_string().as_str()));
    // Backwards in time it does not go.
    let before = compiled(&node, 2022, 1).await;
    assert_eq!(code(act(&node, "reviewer", before, carried(entries[0])).await), Code::DateNotAcceptable);
}

async fn rights_to_catalogues_are_default_deny(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    assert_eq!(code(node.app.compile_catalogue(asked("officer"), head(2024, 1)).await), Code::Forbidden);
    let (id, entries) = published(&node, 2024, 1, &["事项"]).await;
    let open = OpenAdjustment { reason: "理由".to_owned(), proposed_by: "区水务局".to_owned() };
    assert_eq!(code(act(&node, "officer", id, CatalogueAct::OpenAdjustment(open)).await), Code::Forbidden);
    assert_eq!(code(act(&node, "reviewer", id, consent(ConsentBody::Party, FIRST_DAY)).await), Code::Forbidden);
    assert_eq!(code(act(&node, "officer", id, publish(FIRST_DAY)).await), Code::Forbidden);
    let finish = FinishEntry { entry: entries[0], finished_on: FIRST_DAY, how: "已印发".to_owned() };
    let stranger = act(&node, "finance_officer", id, CatalogueAct::FinishEntry(finish)).await;
    assert_eq!(code(stranger), Code::Forbidden, "the entry is not of that unit");
    let files = catalogue_file::read(CASES.as_bytes(), Format::Json).expect("the file");
    assert_eq!(code(node.app.import_catalogues(asked("officer"), files).await), Code::Forbidden);
    assert_eq!(code(node.app.export_catalogues(principal("officer"), &[], None).await), Code::Forbidden);
    let missing = CatalogueId::new(Uuid::from_u128(7));
    assert_eq!(code(act(&node, "clerk", missing, publish(FIRST_DAY)).await), Code::NotFound);
}

/// Every problem of a file at once, each with its place; nothing of it can be imported.
#[test]
fn problems_of_a_file_are_told_at_once() {
    let bad = json!({ "catalogues": [
        { "year": "2024", "title": "", "entries": [{ "no": 1, "title": "x" }, "y"] },
        { "title": "无年度", "entries": [], "notes": 1.5 },
    ] });
    let problems = catalogue_file::read(bad.to_string().as_bytes(), Format::Json).expect_err("it is bad");
    let places: Vec<_> = problems.iter().map(|p| p.place.as_str()).collect();
    for place in [
        "catalogues[0].year",
        "catalogues[0].entries[0].no",
        "catalogues[0].entries[1]",
        "catalogues[0].title",
        "catalogues[1].year",
        "catalogues[1].notes",
        "catalogues[1].entries",
    ] {
        assert!(places.contains(&place), "{place} is missing in {places:?}");
    }
    let bad = "年度,目录名称,序号,决策事项名称,是否听证\n2024,目录,1,甲,是\n,,2,乙,也许\n二零二四,目录二,1,丙,否\n2024,目录,1,丁,否,多\n";
    let problems = catalogue_file::read(bad.as_bytes(), Format::Csv).expect_err("it is bad");
    let places: Vec<_> = problems.iter().map(|p| p.place.as_str()).collect();
    assert_eq!(places, ["line 3, hearing", "line 4, year", "line 5"]);
    for (bytes, place) in
        [(&b"{\"catalogues\": [}"[..], "line 1, column 17"), (b"\xff\xfe", "file"), (b"[]", "file"), (b"3", "file")]
    {
        let problems = catalogue_file::read(bytes, Format::Json).expect_err("it is bad");
        assert_eq!(problems[0].place, place, "{problems:?}");
    }
    let twice = json!([{ "year": 2024, "title": "甲", "entries": [{ "title": "x" }] }, { "year": 2024, "title": "乙", "entries": [{ "title": "x" }] }]);
    assert_eq!(catalogue_file::read(twice.to_string().as_bytes(), Format::Json).expect_err("twice").len(), 1);
}

/// A clerk's sheet: Chinese headings, the catalogue named on its first line only, a column of the place's own.
#[test]
fn a_plain_sheet_is_read() {
    let sheet = "\u{feff}年度,目录名称,序号,决策事项名称,承办单位,是否听证,分管领导\r\n2024,区目录,1,甲,区水务局,是,王某\r\n,,2,乙,有关部门,,\r\n";
    let files = catalogue_file::read(sheet.as_bytes(), Format::Csv).unwrap_or_else(|p| panic!("{p:?}"));
    assert_eq!(files.len(), 1);
    let entries = &files[0].entries;
    assert_eq!(entries.len(), 2);
    assert_eq!(entries.iter().map(|e| e.hearing).collect::<Vec<_>>(), [Some(true), None]);
    assert!(!entries[0].unit_not_named() && entries[1].unit_not_named());
    assert!(entries[0].printed.contains_key("分管领导") && entries[1].printed.is_empty());
    assert_eq!(catalogue_file::read(catalogue_file::write_csv(&files).as_bytes(), Format::Csv), Ok(files));
}
