//! Accountability files, supervision notices and inspection mandates through application and store, on both databases (R713 arts.
//! 8, 9, 38-41): the same trace is the same bytes, every row of a report has its proof, and nobody keeps a file on themselves.

use std::sync::Arc;

use dingce_app::Publisher;
use dingce_app::catalogue_file::{self, Format};
use dingce_app::frozen::TraceDocument;
use dingce_app::ports::{Filter, ReadRow, RowQuery, Value as Cell};
use dingce_app::read_rows::{AccountabilityRow, CaseRow, EntryRow, NoticeRow};
use dingce_app::use_cases::Report;
use dingce_app::{AppError, Done};
use dingce_domain::accountability::{
    AccountabilityAct, AccountabilityState, AdmitClue, CloseFile, ClueSource, FreezeTrace, HandOverFile, HarmKind,
    NamePerson, NamePersons, PostCategory, ReceiveClue, RecordHarm, RecordReceipt, RecordResult, RefuseClue,
    ReopenFile, Subject,
};
use dingce_domain::code::Code;
use dingce_domain::consultation::Commenter;
use dingce_domain::id::{AccountabilityFileId, CaseId, InspectionMandateId, PersonId, ProposalId, SupervisionNoticeId};
use dingce_domain::mandate::{EnterMandate, MandateAct, RevokeMandate};
use dingce_domain::occasion::Manner;
use dingce_domain::organisation::OrganisationEvent;
use dingce_domain::supervision::{AnswerNotice, IssueNotice, NoticeAct, NoticeKind, RecheckNotice};
use dingce_domain::time::{CalendarDays, Limit, WorkingDays};
use dingce_domain::words::DocumentRef;
use dingce_ledger::key::{Ed25519Signer, KeyName};
use dingce_ledger::note::Note;
use dingce_ledger::{LogProof, Policy};
use dingce_store::{FileAnchor, ObjectLog};
use dingce_testkit::staff;
use dingce_tests::acting::{asked, code, principal, proposal_of_a_deputy};
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::on_both;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde_json::Value;
use uuid::Uuid;

on_both!(
    a_clue_goes_its_road_and_is_opened_again,
    the_same_trace_is_the_same_bytes,
    every_row_of_a_report_has_its_proof,
    nobody_keeps_a_file_that_speaks_of_them,
    what_was_never_begun_and_never_answered_is_traced,
    persons_are_named_by_what_the_trace_has_of_them,
    a_notice_is_corrected_late_and_looked_at_again,
    a_mandate_opens_its_scope_in_its_days,
    rights_to_supervision_are_default_deny,
    files_that_speak_of_the_reader_are_neither_listed_nor_counted,
);

const ARTICLE: &str = "《重大行政决策程序暂行条例》第38条";

pub fn clue(about: Subject, node: &Node) -> ReceiveClue {
    ReceiveClue {
        source: ClueSource::Audit,
        reference: "审线〔2024〕1号".to_owned(),
        received_on: node.app.today(),
        about,
        content: "事项久拖不决，造成损失。".to_owned(),
        units: Vec::new(),
        persons: Vec::new(),
        documents: Vec::new(),
    }
}

pub async fn document(node: &Node, name: &str) -> Vec<DocumentRef> {
    node.upload(name).await;
    let digest = dingce_definition::hash(name.as_bytes());
    let (media_type, size_bytes) = ("text/plain".to_owned(), name.len() as u64);
    vec![DocumentRef { digest, name: name.to_owned(), media_type, size_bytes }]
}

pub fn id(done: &Done) -> AccountabilityFileId {
    AccountabilityFileId::new(done.stream.value)
}

async fn received(node: &Node, case: CaseId) -> AccountabilityFileId {
    let given = clue(Subject::Case(case), node);
    id(&node.app.receive_clue(asked("auditor"), given).await.expect("received"))
}

pub async fn act(node: &Node, file: AccountabilityFileId, act: AccountabilityAct) -> Result<Done, AppError> {
    node.app.act_on_accountability(asked("auditor"), file, act).await
}

pub fn admit() -> AccountabilityAct {
    AccountabilityAct::Admit(AdmitClue { reason: "属于受理范围。".to_owned(), article: ARTICLE.to_owned() })
}

fn freeze(day: Date) -> AccountabilityAct {
    AccountabilityAct::Freeze(FreezeTrace { as_known_on: day })
}

async fn row(node: &Node, file: AccountabilityFileId) -> AccountabilityRow {
    let query = RowQuery::all(AccountabilityRow::TABLE).with(Filter::Eq("file", Cell::Text(file.to_string())));
    node.app.row::<AccountabilityRow>(query).await.expect("rows").expect("the file")
}

fn name(person: &str, category: PostCategory, acts: &[u64]) -> NamePerson {
    NamePerson { person: staff::person(person), post: staff::post(person), category, acts: acts.to_vec() }
}

/// A case that lay with the undertaking unit beyond its day, up to the conclusion of the review.
async fn delayed(node: &Node) -> CaseId {
    let case = node.road_to("submit_for_legality_review").await;
    node.days_pass(2).await;
    node.done(case, "request_supplement", Value::Null).await;
    node.days_pass(40).await;
    node.done(case, "supply_supplement", Value::Null).await;
    node.app.settle().await.expect("background work is done");
    case
}

async fn a_clue_goes_its_road_and_is_opened_again(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = delayed(&node).await;
    let file = received(&node, case).await;
    let today = node.app.today();
    assert_eq!(code(act(&node, file, freeze(today)).await), Code::AccountabilityNotOpen, "not admitted yet");
    act(&node, file, admit()).await.expect("admitted");
    act(&node, file, freeze(today)).await.expect("frozen");
    assert_eq!(code(act(&node, file, freeze(today)).await), Code::AlreadyThere);
    let papers = document(&node, "损失认定书").await;
    let harm = RecordHarm {
        harm: HarmKind::SeriousLoss,
        found_by: "区审计局".to_owned(),
        found_on: today,
        statement: "直接损失三百万元。".to_owned(),
        documents: papers.clone(),
    };
    act(&node, file, AccountabilityAct::RecordHarm(harm)).await.expect("recorded");
    let over = HandOverFile {
        body: "区监察委员会".to_owned(),
        article: "《监察法》第34条".to_owned(),
        handed_on: today,
        documents: papers.clone(),
    };
    let unknown = HandOverFile { documents: vec![DocumentRef { size_bytes: 1, ..papers[0].clone() }], ..over.clone() };
    assert_eq!(code(act(&node, file, AccountabilityAct::HandOver(unknown)).await), Code::DocumentUnknown);
    act(&node, file, AccountabilityAct::HandOver(over)).await.expect("handed over");
    let (received_by, documents) = ("案件监督管理室".to_owned(), document(&node, "回执").await);
    let receipt = RecordReceipt { received_by, received_on: today, documents: documents.clone() };
    act(&node, file, AccountabilityAct::RecordReceipt(receipt)).await.expect("acknowledged");
    node.days_pass(30).await;
    let stated = RecordResult {
        stated_on: node.app.today(),
        number: "监函〔2024〕8号".to_owned(),
        statement: "已依法处理。".to_owned(),
        documents,
    };
    act(&node, file, AccountabilityAct::RecordResult(stated)).await.expect("a result came");
    act(&node, file, AccountabilityAct::Close(CloseFile { reason: "结果已反馈。".to_owned() })).await.expect("closed");
    let held = row(&node, file).await;
    assert_eq!((held.state.as_str(), held.harm, held.handed_to.as_deref()), ("closed", true, Some("区监察委员会")));

    // Years later: the person has left office, and the file is opened again for life.
    let left = OrganisationEvent::PostLeft {
        person: staff::person("leader"),
        post: staff::post("leader"),
        until: node.app.today(),
    };
    node.app.enter_directory(asked("registrar"), staff::DIRECTORY, vec![left]).await.expect("left office");
    node.clock.move_to(date(2031, 12, 31), 10);
    let reason = "发现新的材料。".to_owned();
    let reopen = AccountabilityAct::Reopen(ReopenFile { reason, documents: Vec::new() });
    act(&node, file, reopen.clone()).await.expect("opened again");
    assert_eq!(code(act(&node, file, reopen).await), Code::AccountabilityNotOpen);
    act(&node, file, freeze(today)).await.expect("the trace is looked at anew");
    let loaded = node.app.accountability_file(principal("auditor"), file).await.expect("the file");
    let trace = loaded.state.traces().next_back().expect("frozen").1.clone();
    let acts = node.app.frozen_document(&trace).await.expect("the trace").events;
    let clock = acts.iter().find(|event| event.kind == "clock_overdue").expect("a last day passed");
    let person = name("leader", PostCategory::Head, &[clock.n]);
    act(&node, file, AccountabilityAct::NamePersons(NamePersons { persons: vec![person] })).await.expect("named");
    let events = node.events(file).await;
    assert!(events.iter().all(|event| event.event.actor == Some(staff::person("auditor"))), "who did each step");
    assert_eq!(events.len(), 11, "nothing is lost: {:?}", node.kinds(file).await);
    let last = node.events(file).await.iter().rev().find(|e| e.event.kind == "trace_frozen").cloned().expect("frozen");
    let leaf = String::from_utf8(last.event.leaf).expect("a leaf");
    assert!(leaf.contains(trace.digest.to_string().trim_start_matches("sha256:")), "the log names the bytes: {leaf}");

    // A refused clue stays.
    let other = received(&node, case).await;
    let refuse = RefuseClue { reason: "不属于受理范围。".to_owned(), article: ARTICLE.to_owned() };
    act(&node, other, AccountabilityAct::Refuse(refuse)).await.expect("refused");
    assert_eq!(row(&node, other).await.state, AccountabilityState::Refused.as_str());
    assert_eq!(code(act(&node, other, admit()).await), Code::AccountabilityNotOpen);
    node.agrees("after two files").await;
}

async fn the_same_trace_is_the_same_bytes(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(2).await;
    let case = delayed(&node).await;
    let about = Subject::Case(case);
    let file = received(&node, case).await;
    act(&node, file, admit()).await.expect("admitted");
    let (day, before) = (node.app.today(), node.app.today().saturating_sub(30.days()));
    for day in [before, day] {
        act(&node, file, freeze(day)).await.expect("frozen");
    }
    let loaded = node.app.accountability_file(principal("auditor"), file).await.expect("the file");
    let frozen: Vec<_> = loaded.state.traces().map(|(given, trace)| (given.clone(), trace.clone())).collect();
    assert_ne!(frozen[0].1.digest, frozen[1].1.digest, "less was known earlier");
    assert!(frozen[0].1.n < frozen[1].1.n);
    // The case goes on, on the same day and later; another node makes the same traces of the record.
    for _ in 0..2 {
        node.done(case, "record_advice", Value::Null).await;
    }
    node.days_pass(20).await;
    node.done(case, "conclude_legality_review", Value::Null).await;
    node.app.settle().await.expect("settled");
    let fresh = site.node(3).await;
    fresh.clock.move_to(node.app.today().saturating_add(400.days()), 10);
    for (given, trace) in &frozen {
        let again = fresh.app.make_trace(about, given.as_known_on, Some(trace.n)).await.expect("read").expect("made");
        assert_eq!(again.frozen, *trace);
        let kept = node.app.frozen_bytes(trace).await.expect("kept");
        assert_eq!(again.bytes, kept, "byte for byte");
        let document = again.document;
        assert!(document.events.iter().all(|event| event.n <= trace.n && event.day <= given.as_known_on));
        assert_eq!(document.events.last().map(|event| event.leaf_hash), Some(trace.leaf_hash));
        let canonical = dingce_ledger::jcs::to_canonical(&document).expect("canonical");
        assert_eq!(canonical, kept, "read back and written again");
    }
    let late = node.app.frozen_document(&frozen[1].1).await.expect("read");
    let overdue: Vec<_> = late.holds.iter().filter(|held| held.overdue_n.is_some()).collect();
    assert!(overdue.iter().any(|held| held.clock == "supplement_period"), "{overdue:?}");
    assert!(late.holds.iter().all(|held| held.source.is_some() && !held.clock_text.zh.is_empty()));
    // Each number leads to the event that shows it, which names its clock.
    for (held, n) in late.holds.iter().filter_map(|held| Some((held, held.overdue_n?))) {
        let event = late.events.iter().find(|event| event.n == n).expect("it is in the trace");
        assert_eq!(event.clock.as_deref(), Some(held.clock.as_str()), "{event:?}");
    }
    // What a program before the form was frozen kept is told as that.
    let older = String::from_utf8(node.app.frozen_bytes(&frozen[1].1).await.expect("kept")).expect("text");
    let older = TraceDocument::read(older.replace("dingce.trace/v1", "dingce.trace/v0").as_bytes());
    assert!(older.expect_err("another version").to_string().contains("dingce.trace/v0"));
}

fn signer() -> Ed25519Signer {
    Ed25519Signer::new(KeyName::new("log.example.gov.cn/dingce").expect("a name"), &[3; 32])
}

async fn report(node: &Node, file: AccountabilityFileId) -> Report {
    node.app.accountability_report(principal("auditor"), file, None).await.expect("a report")
}

async fn every_row_of_a_report_has_its_proof(backend: Backend) {
    let site = Site::new(backend).await;
    let folder = tempfile::tempdir().expect("a folder");
    let files = ObjectLog::folder(&folder.path().join("log")).expect("a folder of the log");
    let anchor = FileAnchor::folder(&folder.path().join("anchor")).expect("an anchor");
    let publisher = Publisher::new(signer().verifier().clone(), Arc::new(signer()), Arc::new(files), Arc::new(anchor));
    let node = site.publishing_node(4, publisher).await;
    let case = delayed(&node).await;
    let file = received(&node, case).await;
    act(&node, file, admit()).await.expect("admitted");
    let none = node.app.accountability_report(principal("auditor"), file, None).await.map(|_| ());
    assert_eq!(code(none), Code::NotFound, "nothing is frozen yet");
    act(&node, file, freeze(node.app.today())).await.expect("frozen");
    let papers = document(&node, "<script>alert(1)</script>").await;
    let harm = RecordHarm {
        harm: HarmKind::VileEffect,
        found_by: "区人大常委会".to_owned(),
        found_on: node.app.today(),
        statement: "<b>群众反映强烈</b>".to_owned(),
        documents: papers,
    };
    act(&node, file, AccountabilityAct::RecordHarm(harm)).await.expect("recorded");

    // What came last is not published yet, and is said to be so.
    let early = report(&node, file).await;
    let told: Value = serde_json::from_str(&early.json).expect("JSON");
    let rows = told["file_rows"].as_array().expect("rows");
    assert_eq!(rows.last().expect("a row")["proof"], Value::Null);
    assert!(early.html.contains("尚未公布") && early.html.contains("not published yet"));
    node.app.settle().await.expect("published");

    let first = report(&node, file).await;
    assert_eq!(first, report(&node, file).await, "the same bytes");
    let told: Value = serde_json::from_str(&first.json).expect("JSON");
    let policy: Policy = format!("log {}\nquorum none\n", signer().verifier()).parse().expect("a policy");
    let mut proven = 0;
    for (list, stream) in [("rows", case.to_string()), ("file_rows", file.to_string())] {
        let rows = told[list].as_array().expect("rows");
        let stored = node.events(stream.parse::<dingce_domain::id::StreamId>().expect("a stream")).await;
        assert!(rows.len() <= stored.len() && !rows.is_empty());
        for (row, stored) in rows.iter().zip(&stored) {
            assert_eq!(row["event"], stored.event.event.to_string());
            let hash = dingce_ledger::leaf_hash(&stored.event.leaf);
            assert_eq!(row["leaf_hash"], hash.to_string(), "of the leaf as it is stored");
            let proof = LogProof::parse(row["proof"].as_str().expect("published").as_bytes()).expect("a proof");
            proof.verify_hash(&hash, &policy).expect("it holds");
            let other = dingce_ledger::leaf_hash(b"another leaf");
            assert!(proof.verify_hash(&other, &policy).is_err(), "of this leaf and no other");
            proven += 1;
        }
    }
    assert!(proven > 20, "{proven}");
    assert_eq!(told["trace"]["events"].as_array().map(Vec::len), told["rows"].as_array().map(Vec::len));

    // The note is by the log's key, over the digests of both, and no checkpoint.
    let note = Note::parse(first.note.as_deref().expect("signed").as_bytes()).expect("a note");
    note.open(&[signer().verifier()]).expect("by the log's key");
    for (name, text) in [("report.json", &first.json), ("report.html", &first.html)] {
        let line = format!("{name} {}\n", dingce_ledger::sha256(text.as_bytes()));
        assert!(note.text().contains(&line), "{}", note.text());
    }
    assert!(dingce_ledger::SignedCheckpoint::parse(first.note.unwrap_or_default().as_bytes()).is_err());

    // Facts in Chinese first, what people wrote as text, and no word that finds anything.
    assert!(first.html.contains("&lt;b&gt;群众反映强烈&lt;/b&gt;") && !first.html.contains("<script"));
    let (zh, en) = (first.html.find("责任追究案卷报告"), first.html.find("Report for an accountability file"));
    assert!(zh.is_some() && zh < en, "{zh:?} {en:?}");
    // Without the proofs, in whose base64 any word may stand by chance.
    let told: String =
        first.html.split("<pre>").map(|part| part.split_once("</pre>").map_or(part, |(_, rest)| rest)).collect();
    let told = told.to_lowercase();
    assert!(told.contains("法定") || told.contains("依法认定"), "{told}");
    for word in [
        "过错", "失职", "渎职", "有罪", "排名", "得分", "guilt", "blame", "fault", "culprit", "offend", "rank", "score",
    ] {
        assert!(!told.contains(word), "{word}");
    }
}

async fn nobody_keeps_a_file_that_speaks_of_them(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(5).await;
    let case = delayed(&node).await;
    let named = ReceiveClue { persons: vec![staff::person("auditor")], ..clue(Subject::Case(case), &node) };
    assert_eq!(code(node.app.receive_clue(asked("auditor"), named).await), Code::AccountabilityConflict);
    let own = ReceiveClue { units: vec![staff::unit("audit")], ..clue(Subject::Case(case), &node) };
    assert_eq!(code(node.app.receive_clue(asked("auditor"), own).await), Code::AccountabilityConflict);
    let stranger = ReceiveClue { persons: vec![PersonId::new(Uuid::from_u128(9))], ..clue(Subject::Case(case), &node) };
    assert_eq!(code(node.app.receive_clue(asked("auditor"), stranger).await), Code::DirectoryUnknown);
    let file = received(&node, case).await;
    act(&node, file, admit()).await.expect("admitted");
    // The supervisor takes a post in the undertaking unit: from then on they do nothing more on the file.
    let (person, post) = (staff::person("auditor"), staff::post("officer"));
    let taken = OrganisationEvent::PostTaken { person, post, from: node.app.today(), until: None };
    node.app.enter_directory(asked("registrar"), staff::DIRECTORY, vec![taken]).await.expect("taken");
    assert_eq!(code(act(&node, file, freeze(node.app.today())).await), Code::AccountabilityConflict);
    // Whoever acted in the case keeps no file on it, in whatever post.
    let (person, post) = (staff::person("officer"), staff::post("auditor"));
    let taken = OrganisationEvent::PostTaken { person, post, from: node.app.today(), until: None };
    node.app.enter_directory(asked("registrar"), staff::DIRECTORY, vec![taken]).await.expect("taken");
    let given = clue(Subject::Case(case), &node);
    assert_eq!(code(node.app.receive_clue(asked("officer"), given).await), Code::AccountabilityConflict);
}

async fn what_was_never_begun_and_never_answered_is_traced(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(6).await;
    let done =
        node.app.enter_proposal(asked("clerk"), proposal_of_a_deputy(), Commenter::default()).await.expect("entered");
    let proposal = ProposalId::new(done.stream.value);
    node.clock.move_to(date(2025, 12, 1), 10);
    let files = catalogue_file::read(include_bytes!("../data/cases.json"), Format::Json).expect("a file");
    node.app.import_catalogues(asked("clerk"), files).await.expect("imported");
    let entries = node.app.rows::<EntryRow>(RowQuery::all(EntryRow::TABLE)).await.expect("rows");
    let entry = entries.iter().find(|row| !row.started).expect("one never begun");
    let entry_id = entry.entry.parse().expect("an id");
    for (about, title, said) in [
        (Subject::Proposal(proposal), "关于调整供水价格的建议", ("stands", Value::from("received"))),
        (Subject::Entry(entry_id), entry.title.as_str(), ("started", Value::from(false))),
    ] {
        let given = ReceiveClue { source: ClueSource::Deputies, ..clue(about, &node) };
        let file = id(&node.app.receive_clue(asked("auditor"), given).await.expect("received"));
        act(&node, file, admit()).await.expect("admitted");
        act(&node, file, freeze(node.app.today())).await.expect("frozen");
        let loaded = node.app.accountability_file(principal("auditor"), file).await.expect("the file");
        let trace = loaded.state.traces().next_back().expect("frozen").1.clone();
        let document = node.app.frozen_document(&trace).await.expect("read");
        assert_eq!((document.title.as_str(), document.about), (title, about));
        assert_eq!(document.matter.as_ref().expect("as it was")[said.0], said.1);
        assert!(!document.events.is_empty() && document.holds.is_empty());
        let again = node.app.make_trace(about, node.app.today(), Some(trace.n)).await.expect("read").expect("made");
        assert_eq!(again.frozen.digest, trace.digest);
    }
    let missing = Subject::Case(CaseId::new(Uuid::from_u128(0xDEAD)));
    assert_eq!(code(node.app.receive_clue(asked("auditor"), clue(missing, &node)).await), Code::NotFound);
    node.agrees("after files on a proposal and an entry").await;
}

async fn persons_are_named_by_what_the_trace_has_of_them(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(7).await;
    let case = delayed(&node).await;
    let file = received(&node, case).await;
    act(&node, file, admit()).await.expect("admitted");
    let naming = |persons: Vec<NamePerson>| AccountabilityAct::NamePersons(NamePersons { persons });
    let early = naming(vec![name("officer", PostCategory::Direct, &[1])]);
    assert_eq!(code(act(&node, file, early).await), Code::AccountabilityNotOpen, "a trace is frozen first");
    act(&node, file, freeze(node.app.today())).await.expect("frozen");
    let loaded = node.app.accountability_file(principal("auditor"), file).await.expect("the file");
    let trace = loaded.state.traces().next_back().expect("frozen").1.clone();
    let events = node.app.frozen_document(&trace).await.expect("read").events;
    let of = |person: &str| {
        let person = staff::person(person);
        let own = events.iter().filter(|event| event.by.person() == Some(person));
        own.map(|event| event.n).collect::<Vec<_>>()
    };
    let (officer, reviewer) = (of("officer"), of("reviewer"));
    assert!(officer.len() > 3 && !reviewer.is_empty());
    for (wrong, refused) in [
        (name("officer", PostCategory::Direct, &reviewer), Code::ActNotOfPerson),
        (name("officer", PostCategory::Direct, &[trace.n + 1]), Code::ActNotOfPerson),
        (name("officer", PostCategory::Head, &officer), Code::InputNotAcceptable),
        (
            NamePerson { post: staff::post("head"), ..name("officer", PostCategory::Direct, &officer) },
            Code::DirectoryUnknown,
        ),
        (name("auditor", PostCategory::Direct, &officer), Code::AccountabilityConflict),
    ] {
        assert_eq!(code(act(&node, file, naming(vec![wrong.clone()])).await), refused, "{wrong:?}");
    }
    act(&node, file, naming(vec![name("officer", PostCategory::Direct, &officer)])).await.expect("named");
    let loaded = node.app.accountability_file(principal("auditor"), file).await.expect("the file");
    let (named, post) = loaded.state.persons().next().expect("a person");
    assert_eq!((named.acts.as_slice(), post.name.as_str(), post.title.as_str()), (&officer[..], "李六", "经办人"));
}

pub fn days(n: u16) -> Limit {
    Limit::Calendar(CalendarDays::new(n).expect("a period"))
}

async fn a_notice_is_corrected_late_and_looked_at_again(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(8).await;
    let case = node.open_case().await;
    let documents = document(&node, "督察建议书").await;
    let given = IssueNotice {
        notice: NoticeKind::Advice,
        number: "督建〔2024〕1号".to_owned(),
        unit: staff::unit("water"),
        case,
        correct: vec!["补充论证材料。".to_owned()],
        article: "《重大行政决策程序暂行条例》第8条".to_owned(),
        issued_on: node.app.today(),
        within: days(10),
        documents: documents.clone(),
    };
    let own = IssueNotice { unit: staff::unit("audit"), ..given.clone() };
    assert_eq!(code(node.app.issue_notice(asked("auditor"), own).await), Code::AccountabilityConflict);
    let nowhere = IssueNotice { case: CaseId::new(Uuid::from_u128(0xDEAD)), ..given.clone() };
    assert_eq!(code(node.app.issue_notice(asked("auditor"), nowhere).await), Code::NotFound);
    let done = node.app.issue_notice(asked("auditor"), given.clone()).await.expect("issued");
    let notice = SupervisionNoticeId::new(done.stream.value);
    let answer =
        || NoticeAct::Answer(AnswerNotice { correction: "已补充。".to_owned(), documents: documents.clone() });
    let recheck = |passed: bool, within: Option<Limit>| {
        let (seen, documents) = ("查看材料。".to_owned(), Vec::new());
        NoticeAct::Recheck(RecheckNotice { passed, seen, within, documents })
    };
    let early = node.app.act_on_notice(asked("auditor"), notice, recheck(true, None)).await;
    assert_eq!(code(early), Code::NoticeNotOpen);
    assert_eq!(code(node.app.act_on_notice(asked("auditor"), notice, answer()).await), Code::Forbidden);
    let other = node.app.act_on_notice(asked("finance_officer"), notice, answer()).await;
    assert_eq!(code(other), Code::NotFound, "another unit is told nothing");
    // The last day passes, and that goes on the record by itself.
    let row = |node: &Node| {
        let query = RowQuery::all(NoticeRow::TABLE).with(Filter::Eq("notice", Cell::Text(notice.to_string())));
        let app = Arc::clone(&node.app);
        async move { app.row::<NoticeRow>(query).await.expect("rows").expect("the notice") }
    };
    node.days_pass(10).await;
    node.app.settle().await.expect("settled");
    assert!(!row(&node).await.overdue, "the last day runs to its end");
    node.days_pass(1).await;
    node.app.settle().await.expect("settled");
    let held = row(&node).await;
    assert!(held.overdue && held.state == "open", "{held:?}");
    node.app.act_on_notice(asked("officer"), notice, answer()).await.expect("answered late");
    let again = recheck(false, Some(Limit::Working(WorkingDays::new(3).expect("a period"))));
    node.app.act_on_notice(asked("auditor"), notice, again).await.expect("not in order");
    let due: Date = row(&node).await.due_on.parse().expect("a day");
    let working = node.app.today().saturating_add(3.days());
    assert!(due >= working && !row(&node).await.overdue, "{due}");
    // It passes once more, and the answer comes before any timer fired.
    node.clock.move_to(due.saturating_add(1.day()), 10);
    node.app.act_on_notice(asked("officer"), notice, answer()).await.expect("answered late again");
    node.app.act_on_notice(asked("auditor"), notice, recheck(true, None)).await.expect("in order");
    let kinds = node.kinds(notice).await;
    let (issued, overdue, answered, rechecked) = (
        "supervision_notice_issued",
        "supervision_notice_overdue",
        "supervision_notice_answered",
        "supervision_notice_rechecked",
    );
    assert_eq!(kinds, [issued, overdue, answered, rechecked, overdue, answered, rechecked]);
    assert_eq!(row(&node).await.state, "passed");
    let passed = node.events(notice).await.into_iter().filter(|e| e.event.kind == overdue);
    assert!(passed.into_iter().all(|e| e.event.actor.is_none()), "that a day passed is nobody's act");
    node.agrees("after a notice").await;
}

async fn reads(node: &Node, who: &str, case: CaseId) -> (bool, bool) {
    let read = node.app.case(principal(who), case).await.is_ok();
    let traced = node.app.trace_case(principal(who), case, None).await;
    (read, traced.is_ok_and(|trace| trace.is_some()))
}

async fn a_mandate_opens_its_scope_in_its_days(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(9).await;
    let (case, other) = (node.open_case().await, node.open_case().await);
    let from = node.app.today().saturating_add(2.days());
    let given = EnterMandate {
        team: "第一督察组".to_owned(),
        members: vec![staff::person("finance_officer")],
        cases: vec![case],
        units: Vec::new(),
        from,
        until: from.saturating_add(1.day()),
        issued_by: "区委全面依法治区委员会".to_owned(),
        number: "督授〔2024〕1号".to_owned(),
        documents: document(&node, "授权书").await,
    };
    let with = |member: &str| EnterMandate { members: vec![staff::person(member)], ..given.clone() };
    assert_eq!(code(node.app.enter_mandate(asked("auditor"), with("auditor")).await), Code::FourEyes);
    let own = EnterMandate { units: vec![staff::unit("water")], ..with("officer") };
    assert_eq!(code(node.app.enter_mandate(asked("auditor"), own).await), Code::AccountabilityConflict);
    let done = node.app.enter_mandate(asked("auditor"), given.clone()).await.expect("entered");
    let mandate = InspectionMandateId::new(done.stream.value);
    let who = "finance_officer";
    assert_eq!(reads(&node, who, case).await, (false, false), "not before its first day");
    node.days_pass(2).await;
    assert_eq!(reads(&node, who, case).await, (true, true));
    assert_eq!(reads(&node, who, other).await, (false, false), "nothing outside its scope");
    assert_eq!(reads(&node, "market_officer", case).await, (false, false), "nobody outside its team");
    let person = node.app.trace_person(principal(who), staff::person("head")).await.map(|_| ());
    assert_eq!(code(person), Code::Forbidden, "cases, and no careers");
    let unit = node.app.trace_unit(principal(who), staff::unit("water")).await.map(|_| ());
    assert_eq!(code(unit), Code::Forbidden);
    assert_eq!(code(node.app.receive_clue(asked(who), clue(Subject::Case(case), &node)).await), Code::Forbidden);
    node.days_pass(1).await;
    assert_eq!(reads(&node, who, case).await, (true, true), "its last day is one of its days");
    node.days_pass(1).await;
    assert_eq!(reads(&node, who, case).await, (false, false), "it ended with its last day");

    // By unit, and revoked.
    let wide = EnterMandate {
        cases: Vec::new(),
        units: vec![staff::unit("water")],
        from: node.app.today(),
        until: node.app.today().saturating_add(30.days()),
        ..given
    };
    let done = node.app.enter_mandate(asked("auditor"), wide).await.expect("entered");
    let wide = InspectionMandateId::new(done.stream.value);
    assert_eq!((reads(&node, who, case).await, reads(&node, who, other).await), ((true, true), (true, true)));
    let hats = node.app.hats(principal(who), node.app.today()).await.expect("posts");
    let scope = node.app.mandated_scope(&hats).await.expect("a scope");
    assert_eq!(scope, [Cell::Text(staff::unit("water").to_string())], "lists hold what it names");
    // A member who comes into the unit looks into it by that post alone, and traces nothing.
    let (person, post) = (staff::person(who), staff::post("officer"));
    let taken = OrganisationEvent::PostTaken { person, post, from: node.app.today(), until: None };
    node.app.enter_directory(asked("registrar"), staff::DIRECTORY, vec![taken]).await.expect("taken");
    assert_eq!(reads(&node, who, other).await, (true, false));
    let until = node.app.today().saturating_add(1.day());
    let left = OrganisationEvent::PostLeft { person, post, until };
    node.app.enter_directory(asked("registrar"), staff::DIRECTORY, vec![left]).await.expect("left");
    node.days_pass(1).await;
    assert_eq!(reads(&node, who, other).await, (true, true));
    let revoke = || MandateAct::Revoke(RevokeMandate { reason: "任务完成。".to_owned() });
    node.app.act_on_mandate(asked("auditor"), wide, revoke()).await.expect("revoked");
    assert_eq!(reads(&node, who, other).await, (false, false));
    assert_eq!(code(node.app.act_on_mandate(asked("auditor"), wide, revoke()).await), Code::AlreadyThere);
    assert_eq!(code(node.app.act_on_mandate(asked(who), mandate, revoke()).await), Code::Forbidden);
    node.agrees("after mandates").await;
}

async fn rights_to_supervision_are_default_deny(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(10).await;
    let case = node.open_case().await;
    let file = received(&node, case).await;
    let others = || staff::PERSONS.iter().map(|person| person.key).filter(|key| *key != "auditor");
    for who in others() {
        let refused = node.app.receive_clue(asked(who), clue(Subject::Case(case), &node)).await;
        assert_eq!(code(refused), Code::Forbidden, "{who}");
        let refused = node.app.act_on_accountability(asked(who), file, admit()).await;
        assert_eq!(code(refused), Code::Forbidden, "{who}");
        let hidden = node.app.accountability_file(principal(who), file).await.map(|_| ());
        assert_eq!(code(hidden), Code::NotFound, "{who}");
        let hidden = node.app.accountability_report(principal(who), file, None).await.map(|_| ());
        assert_eq!(code(hidden), Code::NotFound, "{who}");
        let refused = node.app.mandate_query(principal(who)).await.map(|_| ());
        assert_eq!(code(refused), Code::Forbidden, "{who}");
    }
    // A request sent twice is done once.
    let key = dingce_app::RequestKey::new(staff::person("auditor"), "admitClue", "k", &"x").expect("a key");
    let twice = || dingce_app::use_cases::Asked { key: Some(key.clone()), manner: Manner::Online, ..asked("auditor") };
    let first = node.app.act_on_accountability(twice(), file, admit()).await.expect("admitted");
    let again = node.app.act_on_accountability(twice(), file, admit()).await.expect("the first answer");
    assert_eq!(first, again);
    let cases = node.app.rows::<CaseRow>(RowQuery::all(CaseRow::TABLE)).await.expect("rows");
    assert_eq!(cases.len(), 1);
}

async fn files_that_speak_of_the_reader_are_neither_listed_nor_counted(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(10).await;
    let case = node.open_case().await;
    let open = received(&node, case).await;
    let of_them = ReceiveClue { persons: vec![staff::person("officer")], ..clue(Subject::Case(case), &node) };
    let of_them = id(&node.app.receive_clue(asked("auditor"), of_them).await.expect("received"));
    // Who is spoken of comes into supervision.
    let (person, post) = (staff::person("officer"), staff::post("auditor"));
    let taken = OrganisationEvent::PostTaken { person, post, from: node.app.today(), until: None };
    node.app.enter_directory(asked("registrar"), staff::DIRECTORY, vec![taken]).await.expect("taken");
    for (who, seen) in [("auditor", vec![of_them, open]), ("officer", vec![open])] {
        let query = node.app.accountability_query(principal(who)).await.expect("may read files");
        let rows = node.app.rows::<AccountabilityRow>(query.clone()).await.expect("rows");
        let files: Vec<AccountabilityFileId> = rows.iter().map(|row| row.file.parse().expect("an id")).collect();
        assert_eq!(files, seen, "{who}");
        assert_eq!(node.app.store().count(&query).await.expect("a count"), seen.len() as u64, "{who}");
    }
}
