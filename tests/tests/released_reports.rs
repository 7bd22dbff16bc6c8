//! Released forms are frozen: a report that an earlier program made is accepted by who checks it as the format says, every later program
//! reads it, and writes the same bytes of the same content.
//!
//! `golden/accountability-v1` was written once by `UPDATE_EXPECT=1`, before its release. It is never edited; another form gets another
//! folder and another version, and this one must still be accepted. The page is kept and its digest signed; what words a later page says
//! the same in is not frozen.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dingce_app::Publisher;
use dingce_app::catalogue_file::{self, Format};
use dingce_app::frozen::TraceDocument;
use dingce_app::ports::{ReadRow, RowQuery};
use dingce_app::read_rows::EntryRow;
use dingce_app::use_cases::{Report, ReportDocument, report_note};
use dingce_archive::{Beside, Evidence, EvidenceKind, evidence};
use dingce_domain::accountability::{
    AccountabilityAct, AdmitClue, CloseFile, ClueSource, FreezeTrace, HandOverFile, HarmKind, NamePerson, NamePersons,
    PostCategory, ReceiveClue, RecordHarm, RecordReceipt, RecordResult, Subject,
};
use dingce_domain::consultation::Commenter;
use dingce_domain::id::{AccountabilityFileId, ProposalId};
use dingce_domain::words::DocumentRef;
use dingce_ledger::Policy;
use dingce_store::{FileAnchor, ObjectLog};
use dingce_testkit::judge::openssl_ed25519;
use dingce_testkit::staff;
use dingce_tests::acting::{asked, principal, proposal_of_a_deputy};
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::log_in_memory::signer;
use jiff::civil::date;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// A file with all its steps over the trace of a case, and two traces of what never became one.
const SAMPLES: [&str; 3] = ["case", "entry", "proposal"];

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/accountability-v1")
}

/// One report as it was handed over, with the frozen trace.
#[derive(Debug, Clone)]
struct Kept {
    json: String,
    html: String,
    note: String,
    trace: String,
}

impl Kept {
    fn read(sample: &str) -> Self {
        let read = |name: &str| {
            let path = golden().join(sample).join(name);
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        Self {
            json: read("report.json"),
            html: read("report.html"),
            note: read("report.note"),
            trace: read("trace.json"),
        }
    }
}

/// The public key of the log, as who checks a report has it from elsewhere.
fn key() -> String {
    std::fs::read_to_string(golden().join("log.vkey")).expect("a key").trim().to_owned()
}

#[test]
fn a_released_report_is_accepted_as_the_format_says() {
    for sample in SAMPLES {
        let proven = checked(&Kept::read(sample), &key()).unwrap_or_else(|why| panic!("{sample}: {why}"));
        assert!(proven > 0, "{sample}: nothing was proven");
    }
    let all = checked(&Kept::read("case"), &key()).expect("accepted");
    assert!(all > 40, "{all} events were proven");
    // What a trace of a case is about is in the sample.
    let trace = TraceDocument::read(Kept::read("case").trace.as_bytes()).expect("it is read");
    assert!(!trace.positions.is_empty() && !trace.materials.is_empty());
    assert!(
        trace.holds.iter().any(|held| held.due_soon_n.is_some())
            && trace.holds.iter().any(|held| held.overdue_n.is_some())
    );
    assert!(trace.events.iter().any(|event| event.clock.is_some() && event.kind == "clock_due_soon"));
}

#[test]
fn verify_says_who_was_late_and_where_the_log_has_it() {
    for sample in SAMPLES {
        let found = verified(&Kept::read(sample), &key());
        assert!(found.ok() && found.kind == EvidenceKind::Report, "{sample}: {:?}", found.against);
    }
    let found = verified(&Kept::read("case"), &key());
    let late: Vec<&str> =
        found.proven.iter().map(|told| told.en.as_str()).filter(|en| en.contains("overdue")).collect();
    let first = late.first().expect("a last day passed");
    assert!(
        first.contains("Time for supplements (Interim Regulation")
            && first.contains("art. 26), last day 2024-04-09, 23 beyond it"),
        "{late:?}"
    );
    // Without a key from elsewhere nothing is believed; without the note nobody vouches for the report.
    let kept = Kept::read("case");
    let folder = in_a_folder(&kept);
    assert!(!evidence(folder.path(), &Beside::default()).ok());
    std::fs::remove_file(folder.path().join("report.note")).expect("removed");
    let found = evidence(folder.path(), &Beside { policy: Some(&policy(&key())), ..Beside::default() });
    assert!(!found.ok() && found.proven.iter().all(|told| !told.en.contains("overdue")), "{:?}", found.proven);
    assert!(found.against.iter().any(|told| told.en.contains("report.note")), "{:?}", found.against);
}

fn policy(vkey: &str) -> Policy {
    format!("log {vkey}\nquorum none\n").parse().expect("a policy")
}

fn in_a_folder(kept: &Kept) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [("report.json", &kept.json), ("report.html", &kept.html), ("report.note", &kept.note)] {
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    folder
}

/// What `dingce verify` finds.
fn verified(kept: &Kept, vkey: &str) -> Evidence {
    evidence(in_a_folder(kept).path(), &Beside { policy: Some(&policy(vkey)), ..Beside::default() })
}

#[test]
fn a_change_anywhere_is_noticed() {
    let kept = Kept::read("case");
    let told: Value = serde_json::from_str(&kept.json).expect("JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let title = format!("\"title\":{},", told["trace"]["title"]);
    let row = |at: usize| text(&told["rows"][at]["leaf_hash"]);
    // Whoever changes a report signs it again, with a key of their own at best; so the note is left out of what each of these breaks.
    let within = [
        ("a name", kept.trace.replacen("\"title\":\"", "\"title\":\"另", 1), kept.json.clone()),
        ("a title in the report alone", kept.trace.clone(), kept.json.replace(&title, &title.replace(":\"", ":\"另"))),
        ("a leaf hash of a row", kept.trace.clone(), kept.json.replace(&row(3), &row(4))),
        ("another form", kept.trace.clone(), kept.json.replace("accountability-report/v1", "accountability-report/v2")),
        ("a proof of another place", kept.trace.clone(), kept.json.replacen("index 1", "index 2", 1)),
        ("a space", kept.trace.clone(), kept.json.replacen("\":", "\": ", 1)),
        ("a proof less", kept.trace.clone(), without_a_proof(&told)),
        ("an event less", kept.trace.clone(), without_an_event(&told)),
    ];
    for (what, trace, json) in within {
        assert!(trace != kept.trace || json != kept.json, "{what}: nothing was changed");
        let note = report_note(&json, &kept.html, &[&signer()]).expect("signed");
        let changed = Kept { json, note, trace, ..kept.clone() };
        assert!(checked(&changed, &key()).is_err(), "{what}");
        // The trace alone is no part of the report's folder.
        assert!(changed.json == kept.json || !verified(&changed, &key()).ok(), "{what}");
    }
    for (what, changed) in [
        ("the page", Kept { html: kept.html.replacen("<h1>", "<h1> ", 1), ..kept.clone() }),
        (
            "the note",
            Kept { note: kept.note.replacen("report.html sha256:", "report.html sha256:0", 1), ..kept.clone() },
        ),
        ("the note of another report", Kept { note: Kept::read("entry").note, ..kept.clone() }),
    ] {
        assert!(checked(&changed, &key()).is_err(), "{what}");
        assert!(!verified(&changed, &key()).ok(), "{what}");
    }
    let other = key().replacen('+', "x+", 1);
    assert!(checked(&kept, &other).is_err(), "another key");
}

#[test]
fn the_same_content_gives_the_released_bytes() {
    for sample in SAMPLES {
        let kept = Kept::read(sample);
        let trace = TraceDocument::read(kept.trace.as_bytes()).expect("it is read");
        let written = dingce_ledger::jcs::to_canonical(&trace).expect("written");
        assert!(written == kept.trace.as_bytes(), "{sample}: the trace has other bytes than those that were released");
        let report: ReportDocument = serde_json::from_str(&kept.json).expect("it is read");
        assert!(report.trace == trace, "{sample}");
        let json = report.json().expect("written");
        assert!(json == kept.json, "{sample}: the report has other bytes than those that were released");
        let note = report_note(&json, &kept.html, &[&signer()]).expect("signed");
        assert_eq!(note, kept.note, "{sample}");
        // The page may say it in other words, and says all of it: every number, leaf hash and proof.
        let page = report.html();
        for row in report.rows.iter().chain(&report.file_rows) {
            assert!(page.contains(&row.leaf_hash.to_string()), "{sample}: {row:?}");
        }
    }
}

fn without_a_proof(told: &Value) -> String {
    let mut told = told.clone();
    told["rows"][2]["proof"] = Value::from("c2sp.org/tlog-proof@v1\n");
    canonical(&told)
}

fn without_an_event(told: &Value) -> String {
    let mut told = told.clone();
    told["rows"].as_array_mut().expect("rows").remove(2);
    told["trace"]["events"].as_array_mut().expect("events").remove(2);
    let digest = Sha256::digest(canonical(&told["trace"]).as_bytes());
    told["trace_digest"] = Value::from(format!("sha256:{}", hex(&digest)));
    canonical(&told)
}

/// The steps of docs/formats/accountability.md §3, by code that is not the program's. Gives how many events were proven.
fn checked(kept: &Kept, vkey: &str) -> Result<usize, String> {
    let told: Value = serde_json::from_str(&kept.json).map_err(|error| error.to_string())?;
    expect(told["format"] == "dingce.accountability-report/v1", "the form of the report")?;
    expect(told["trace"]["format"] == "dingce.trace/v1", "the form of the trace")?;
    // 1. The note, and both digests.
    let text = signed_by(&kept.note, vkey)?;
    let line = |name: &str, of: &str| format!("{name} sha256:{}\n", hex(&Sha256::digest(of.as_bytes())));
    let (json, html) = (line("report.json", &kept.json), line("report.html", &kept.html));
    expect(text == format!("dingce.accountability-report/v1 note\n{json}{html}"), "the text of the note")?;
    // 2. Canonical forms, and the name of the trace, which the file names too.
    expect(canonical(&told) == kept.json, "the report is canonical")?;
    let trace = canonical(&told["trace"]);
    expect(trace == kept.trace, "the trace in the report is the trace that was frozen")?;
    let digest = format!("sha256:{}", hex(&Sha256::digest(trace.as_bytes())));
    expect(told["trace_digest"] == digest.as_str(), "the name of the trace")?;
    if !told["file"].is_null() {
        let steps = list(&told["file"]["steps"])?;
        let mut frozen = steps.iter().filter(|step| step["kind"] == "trace_frozen");
        expect(
            frozen.next_back().is_some_and(|step| step["trace"]["digest"] == digest.as_str()),
            "the file names the trace",
        )?;
        expect(list(&told["file_rows"])?.len() == steps.len(), "a row for each step")?;
    }
    // 3. Rows: the numbers and leaf hashes of the events, from 1 without gaps, each proven.
    let (events, rows) = (list(&told["trace"]["events"])?, list(&told["rows"])?);
    expect(events.len() == rows.len(), "a row for each event")?;
    for (n, (event, row)) in (1..).zip(events.iter().zip(rows)) {
        expect(event["n"] == n && row["n"] == n, "numbers without gaps")?;
        for member in ["event", "leaf_hash"] {
            expect(event[member] == row[member], member)?;
        }
    }
    let last = events.last().ok_or("no events")?;
    expect(told["trace"]["n"] == last["n"] && told["trace"]["leaf_hash"] == last["leaf_hash"], "the newest event")?;
    let mut proven = 0;
    let mut checkpoint: Option<String> = None;
    for row in rows.iter().chain(list(&told["file_rows"])?) {
        let proof = row["proof"].as_str().ok_or("an event is not published")?;
        let (head, signed) = proof.split_once("\n\n").ok_or("a proof without a checkpoint")?;
        if checkpoint.as_deref() != Some(signed) {
            expect(checkpoint.is_none(), "one checkpoint for all")?;
            signed_by(signed, vkey)?;
            checkpoint = Some(signed.to_owned());
        }
        let lines: Vec<&str> = signed.lines().collect();
        expect(told["log"]["origin"] == lines[0] && vkey.starts_with(lines[0]), "the name of the log")?;
        let size: u64 = lines[1].parse().map_err(|_| "a size")?;
        let root = base64(lines[2])?;
        expect(told["log"]["size"] == size && told["log"]["root"] == hex(&root), "the published log")?;
        expect(included(head, row["leaf_hash"].as_str().unwrap_or_default(), size)? == root, "a proof")?;
        proven += 1;
    }
    Ok(proven)
}

fn expect(holds: bool, what: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("not so: {what}")) }
}

fn list(value: &Value) -> Result<&Vec<Value>, String> {
    value.as_array().ok_or_else(|| "not a list".to_owned())
}

/// RFC 8785 for what stands in these files: no fractions, and names of ASCII.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let sorted: BTreeMap<&String, &Value> = members.iter().collect();
            let told = sorted.into_iter().map(|(name, value)| format!("\"{name}\":{}", canonical(value)));
            format!("{{{}}}", told.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

/// The text of a signed note, where the Ed25519 key of this vkey signed it, as OpenSSL finds.
fn signed_by<'a>(note: &'a str, vkey: &str) -> Result<&'a str, String> {
    let mut parts = vkey.splitn(3, '+');
    let (name, id, key) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let key = base64(key)?;
    let of_key = Sha256::digest([name.as_bytes(), b"\n", &key].concat());
    expect(hex(&of_key[..4]) == id && key.first() == Some(&1), "an Ed25519 key")?;
    let at = note.rfind("\n\n").ok_or("no note")? + 1;
    let (text, lines) = (&note[..at], &note[at + 1..]);
    for line in lines.lines() {
        let Some(signature) = line.strip_prefix(&format!("— {name} ")) else { continue };
        let signature = base64(signature)?;
        if signature[..4] == of_key[..4] {
            let verdict = openssl_ed25519(text.as_bytes(), &key[1..], &signature[4..]);
            return if verdict.accepted { Ok(text) } else { Err(verdict.said) };
        }
    }
    Err(format!("{name} did not sign"))
}

/// The root to which the head of a C2SP tlog-proof leads from a leaf hash (RFC 9162 §2.1.3.2).
fn included(head: &str, leaf_hash: &str, size: u64) -> Result<Vec<u8>, String> {
    let mut lines = head.lines();
    expect(lines.next() == Some("c2sp.org/tlog-proof@v1"), "a tlog-proof")?;
    let index = lines.next().and_then(|line| line.strip_prefix("index ")).ok_or("no index")?;
    let mut at: u64 = index.parse().map_err(|_| "no index")?;
    expect(at < size, "a place in the log")?;
    let mut last = size - 1;
    let mut hash = unhex(leaf_hash.strip_prefix("sha256:").unwrap_or(leaf_hash))?;
    let node = |left: &[u8], right: &[u8]| Sha256::digest([&[1], left, right].concat()).to_vec();
    for line in lines {
        let beside = base64(line)?;
        expect(last > 0, "no hash too many")?;
        if at % 2 == 1 || at == last {
            hash = node(&beside, &hash);
            while at.is_multiple_of(2) && at > 0 {
                (at, last) = (at / 2, last / 2);
            }
        } else {
            hash = node(&hash, &beside);
        }
        (at, last) = (at / 2, last / 2);
    }
    expect(last == 0, "no hash too few")?;
    Ok(hash)
}

fn base64(text: &str) -> Result<Vec<u8>, String> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for digit in text.trim_end_matches('=').bytes() {
        let six = DIGITS.iter().position(|known| *known == digit).ok_or_else(|| format!("not base64: {text}"))?;
        bits = (bits << 6 | u32::try_from(six).unwrap_or(0)) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).unwrap_or(0));
        }
    }
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Result<Vec<u8>, String> {
    let digits =
        (0..text.len()).step_by(2).map(|at| text.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok()));
    digits.collect::<Option<Vec<u8>>>().ok_or_else(|| format!("not hexadecimal: {text}"))
}

/// How the samples came about. Writes them where `UPDATE_EXPECT` is set and there are none yet; else it only shows that such reports are
/// accepted as they are made today.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_made_today_are_accepted() {
    let site = Site::new(Backend::Sqlite).await;
    let folder = tempfile::tempdir().expect("a folder");
    let files = ObjectLog::folder(&folder.path().join("log")).expect("a folder of the log");
    let anchor = FileAnchor::folder(&folder.path().join("anchor")).expect("an anchor");
    let key = signer().verifier().to_string();
    let publisher = Publisher::new(signer().verifier().clone(), Arc::new(signer()), Arc::new(files), Arc::new(anchor));
    let node = site.publishing_node(61, publisher).await;
    let made = [case(&node).await, entry(&node).await, proposal(&node).await];
    let write = std::env::var_os("UPDATE_EXPECT").is_some() && !golden().exists();
    for (sample, (report, trace)) in SAMPLES.iter().zip(made) {
        let Report { json, html, note } = report;
        let kept = Kept { json, html, note: note.expect("signed"), trace };
        checked(&kept, &key).unwrap_or_else(|why| panic!("{sample}: {why}"));
        if write {
            let folder = golden().join(sample);
            std::fs::create_dir_all(&folder).expect("a folder");
            for (name, text) in [
                ("report.json", &kept.json),
                ("report.html", &kept.html),
                ("report.note", &kept.note),
                ("trace.json", &kept.trace),
            ] {
                std::fs::write(folder.join(name), text).expect("written");
            }
            std::fs::write(golden().join("log.vkey"), format!("{key}\n")).expect("written");
        }
    }
}

async fn document(node: &Node, name: &str) -> Vec<DocumentRef> {
    node.upload(name).await;
    let digest = dingce_definition::hash(name.as_bytes());
    let (media_type, size_bytes) = ("text/plain".to_owned(), name.len() as u64);
    vec![DocumentRef { digest, name: name.to_owned(), media_type, size_bytes }]
}

/// A file from the clue to its closing, over a case that lay beyond its days.
async fn case(node: &Node) -> (Report, String) {
    let case = node.delayed().await;
    let today = node.app.today();
    let given = ReceiveClue {
        source: ClueSource::Audit,
        reference: "审线〔2024〕1号".to_owned(),
        received_on: today,
        about: Subject::Case(case),
        content: "事项久拖不决，造成损失。".to_owned(),
        units: Vec::new(),
        persons: Vec::new(),
        documents: document(node, "线索").await,
    };
    let done = node.app.receive_clue(asked("auditor"), given).await.expect("received");
    let file = AccountabilityFileId::new(done.stream.value);
    let article = "《重大行政决策程序暂行条例》第38条".to_owned();
    let papers = document(node, "损失认定书").await;
    let late = node.app.make_trace(Subject::Case(case), today, None).await.expect("read").expect("made").document;
    let overdue = late.events.iter().find(|event| event.kind == "clock_overdue").expect("a last day passed").n;
    let person = NamePerson {
        person: staff::person("leader"),
        post: staff::post("leader"),
        category: PostCategory::Head,
        acts: vec![overdue],
    };
    for act in [
        AccountabilityAct::Admit(AdmitClue { reason: "属于受理范围。".to_owned(), article: article.clone() }),
        AccountabilityAct::Freeze(FreezeTrace { as_known_on: today }),
        AccountabilityAct::RecordHarm(RecordHarm {
            harm: HarmKind::SeriousLoss,
            found_by: "区审计局".to_owned(),
            found_on: today,
            statement: "直接损失三百万元。".to_owned(),
            documents: papers.clone(),
        }),
        AccountabilityAct::NamePersons(NamePersons { persons: vec![person] }),
        AccountabilityAct::HandOver(HandOverFile {
            body: "区监察委员会".to_owned(),
            article: "《监察法》第34条".to_owned(),
            handed_on: today,
            documents: papers.clone(),
        }),
        AccountabilityAct::RecordReceipt(RecordReceipt {
            received_by: "案件监督管理室".to_owned(),
            received_on: today,
            documents: papers.clone(),
        }),
        AccountabilityAct::RecordResult(RecordResult {
            stated_on: today,
            number: "监函〔2024〕8号".to_owned(),
            statement: "已依法处理。".to_owned(),
            documents: papers,
        }),
        AccountabilityAct::Close(CloseFile { reason: "结果已反馈。".to_owned() }),
    ] {
        node.app.act_on_accountability(asked("auditor"), file, act).await.expect("accepted");
    }
    node.app.settle().await.expect("published");
    let report = node.app.accountability_report(principal("auditor"), file, None).await.expect("a report");
    let loaded = node.app.accountability_file(principal("auditor"), file).await.expect("the file");
    let frozen = loaded.state.traces().next_back().expect("frozen").1.clone();
    (report, node.app.frozen_text(&frozen).await.expect("kept"))
}

async fn traced(node: &Node, about: Subject) -> (Report, String) {
    node.app.settle().await.expect("published");
    let made = node.app.make_trace(about, node.app.today(), None).await.expect("read").expect("made");
    let report = node.app.trace_report_unchecked(about, None).await.expect("read").expect("a report");
    (report, String::from_utf8(made.bytes).expect("text"))
}

/// An entry of a catalogue that was never begun.
async fn entry(node: &Node) -> (Report, String) {
    node.clock.move_to(date(2025, 12, 1), 10);
    let files = catalogue_file::read(include_bytes!("../data/cases.json"), Format::Json).expect("a file");
    node.app.import_catalogues(asked("clerk"), files).await.expect("imported");
    let entries = node.app.rows::<EntryRow>(RowQuery::all(EntryRow::TABLE)).await.expect("rows");
    let entry = entries.iter().find(|row| !row.started).expect("one never begun");
    traced(node, Subject::Entry(entry.entry.parse().expect("an id"))).await
}

/// A proposal that nobody answered.
async fn proposal(node: &Node) -> (Report, String) {
    let done =
        node.app.enter_proposal(asked("clerk"), proposal_of_a_deputy(), Commenter::default()).await.expect("entered");
    traced(node, Subject::Proposal(ProposalId::new(done.stream.value))).await
}
