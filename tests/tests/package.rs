//! A closed volume as a package: repeatable, verified from its folder alone, and no byte of it can change unnoticed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dingce_app::use_cases::Export;
use dingce_app::{Done, Publisher};
use dingce_archive::{verify, verify_under};
use dingce_domain::act::OpenCase;
use dingce_domain::adviser::RetainAdviser;
use dingce_domain::code::Code;
use dingce_domain::consultation::Commenter;
use dingce_domain::engagement::{AskAdviser, DisposeAdvice, EngagementAct, GiveAdvice};
use dingce_domain::id::{AdviserId, CaseId, EngagementId, ProposalId};
use dingce_domain::proposal::{
    AnswerProposal, DecideProposal, Decider, GiveOpinion, HandOver, ProposalAct, ProposalOutcome,
};
use dingce_domain::words::{AdviserKind, DocumentRef, Proposer, Uptake, Volume};
use dingce_ledger::Policy;
use dingce_ledger::key::{Ed25519Signer, KeyName};
use dingce_store::{FileAnchor, ObjectLog};
use dingce_testkit::staff;
use dingce_tests::acting::{ask, asked, code, principal};
use dingce_tests::harness::{Backend, Site};
use dingce_tests::on_both;
use dingce_tests::packages::content;
use serde_json::{Value, json};

on_both!(
    a_closed_volume_is_one_package,
    an_open_volume_is_not_exported,
    volumes_are_closed_in_turn,
    a_volume_holds_what_came_from_beside_the_case,
    a_redacted_volume_has_what_was_announced,
    proofs_of_the_log_go_with_a_volume,
);

fn files_in(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("inside").to_path_buf();
                files.insert(name, std::fs::read(&path).expect("a file"));
            }
        }
    }
    files
}

/// Names that a careless program would follow, run or garble.
const HOSTILE: [&str; 4] =
    ["../../etc/passwd", "-rf *.pdf", "<script>alert(1)</script>.html", "CON\u{3000}方案 %00.pdf"];

async fn a_closed_volume_is_one_package(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = node.road_to("publish_decision").await;
    node.app.settle().await.expect("background work is done");
    node.done(case, "check_volume", Value::Null).await;
    node.done(case, "close_volume", Value::Null).await;
    let out = [tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder")];
    let mut packages = Vec::new();
    for (out, exporter) in out.iter().zip([&node, &site.node(2).await]) {
        exporter.app.export_volume_unchecked(case, Volume::Decision, out.path()).await.expect("a package");
        packages.push(out.path().join(format!("{case}-decision")));
    }
    let files = files_in(&packages[0]);
    assert_eq!(files, files_in(&packages[1]), "the same volume gives the same bytes, on every node");
    let report = verify(&packages[0]);
    assert!(report.ok(), "{:#?}", report.checks);
    let facts = report.facts.expect("a description");
    let events = node.events(case).await;
    let last = events.last().expect("an event");
    assert_eq!(facts.last_leaf.as_bytes(), &last.event.leaf_hash);
    let filed = node.case(case).await.file;
    assert_eq!((facts.count + 1, facts.case), (filed.count(Volume::Decision), case.to_string()));
    // The clocks of what comes after the decision were started by its issuance, and are filed with what they wait for.
    assert_eq!(events.len() as u64 - filed.count(Volume::Decision), 2);
    flip_one_byte_of_each(&packages[1], &files);
    let auditor = node.app.export_volume(principal("officer"), case, Volume::Decision, out[0].path()).await;
    assert!(files.len() > 20, "a decision volume has its documents: {:?}", files.keys());
    let Err(dingce_app::use_cases::ExportError::App(refused)) = auditor else { panic!("an officer exported it") };
    assert_eq!(code::<()>(Err(refused)), Code::Forbidden);
}

/// The decision volume is one package whatever comes after it, and what comes after it is a package of its own.
async fn volumes_are_closed_in_turn(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = node.road_to("publish_decision").await;
    node.app.settle().await.expect("background work is done");
    // Carried out while the archivist still has the decision volume before them.
    node.done(case, "report_execution", Value::Null).await;
    node.done(case, "check_volume", Value::Null).await;
    node.done(case, "close_volume", Value::Null).await;
    let out = tempfile::tempdir().expect("a folder");
    node.app.export_volume_unchecked(case, Volume::Decision, &out.path().join("then")).await.expect("a package");
    let execution = node.app.export_volume_unchecked(case, Volume::Execution, out.path()).await;
    let Err(dingce_app::use_cases::ExportError::App(refused)) = execution else { panic!("it is open") };
    assert_eq!(code::<()>(Err(refused)), Code::VolumeNotChecked);

    node.done(case, "suspend_execution", Value::Null).await;
    node.days_pass(70).await;
    assert_eq!(code(node.act(case, ask("complete_execution", Value::Null)).await), Code::ExecutionSuspended);
    node.done(case, "resume_execution", Value::Null).await;
    node.days_pass(70).await;
    let events: Vec<_> = node.events(case).await.into_iter().map(|e| e.event.kind).collect();
    assert!(events.iter().any(|kind| kind == "clock_overdue"), "the time limit passed: {events:?}");
    let early = ask("check_volume", json!({ "volume": "execution" }));
    assert_eq!(code(node.act(case, early).await), Code::ExecutionNotEnded);
    node.done(case, "complete_execution", Value::Null).await;
    node.done(case, "check_volume", json!({ "volume": "execution" })).await;
    node.done(case, "close_volume", json!({ "volume": "execution", "count": "$filed:execution" })).await;
    assert_eq!(code(node.act(case, ask("enter_execution_comment", Value::Null)).await), Code::VolumeClosed);
    node.days_pass(400).await;

    for (volume, exporter) in [(Volume::Decision, &node), (Volume::Execution, &site.node(2).await)] {
        exporter.app.export_volume_unchecked(case, volume, &out.path().join("now")).await.expect("a package");
    }
    let package = |when: &str, volume: &str| out.path().join(when).join(format!("{case}-{volume}"));
    assert_eq!(
        files_in(&package("then", "decision")),
        files_in(&package("now", "decision")),
        "the decision volume is the same whatever came after"
    );
    let report = verify(&package("now", "execution"));
    assert!(report.ok(), "{:#?}", report.checks);
    let facts = report.facts.expect("a description");
    let events = node.events(case).await;
    let closing = events.iter().rfind(|e| e.event.kind == "volume_closed").expect("a closing");
    assert_eq!(facts.last_leaf.as_bytes(), &closing.event.leaf_hash, "nothing came into it after its closing");
    let filed = node.case(case).await.file;
    assert_eq!(facts.count + 1, filed.count(Volume::Execution));
    let all: u64 = Volume::ALL.iter().map(|volume| filed.count(*volume)).sum();
    assert_eq!(all, events.len() as u64, "every event is filed once");
    flip_one_byte_of_each(&package("now", "execution"), &files_in(&package("now", "execution")));
}

fn stream_of(done: &Done) -> uuid::Uuid {
    done.stream.value
}

/// The proposal with its study and answer, and each engagement with its opinion and what became of it, as they stood when the
/// volume was closed; who sent the proposal stays sealed.
async fn a_volume_holds_what_came_from_beside_the_case(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let sender = Commenter { name: "王某某".to_owned(), contact: "wang@example.org".to_owned() };
    let sent = node.app.submit_proposal(None, None, "调整水价".to_owned(), "建议按成本调整。".to_owned(), sender).await;
    let proposal = ProposalId::new(stream_of(&sent.expect("it is taken")));
    let on = |who: &'static str, act: ProposalAct| {
        let app = &node.app;
        async move { app.act_on_proposal(asked(who), proposal, act).await.expect("done") }
    };
    let hand = HandOver { unit: staff::unit("water"), study_by: None, note: "请研究。".to_owned() };
    on("clerk", ProposalAct::HandOver(hand)).await;
    let report = dingce_testkit::scenario::acts::document("proposal-study");
    node.upload_all(&json!({ "documents": [report] })).await;
    let report: DocumentRef = serde_json::from_value(report).expect("a document");
    let study = GiveOpinion {
        opinion: "确有必要，研究论证可行。".to_owned(),
        recommends: ProposalOutcome::Start,
        documents: vec![report],
    };
    on("officer", ProposalAct::GiveOpinion(study)).await;
    let decided = DecideProposal {
        outcome: ProposalOutcome::Start,
        procedure: String::new(),
        reason: "同意启动。".to_owned(),
        decider: Decider::Person,
        decided_by: "区长".to_owned(),
        decided_on: node.app.today(),
        documents: Vec::new(),
    };
    on("clerk", ProposalAct::Decide(decided)).await;
    on("clerk", ProposalAct::Answer(AnswerProposal { text: "您的建议已立项。".to_owned() })).await;

    let input = node.input(None, &ask("open_case", Value::Null)).await;
    let given: OpenCase = serde_json::from_value(input).expect("an act");
    let given = OpenCase { proposal: Some(proposal), proposer: Proposer::Public, ..given };
    let case = CaseId::new(stream_of(&node.app.open_case(asked("clerk"), None, given).await.expect("opened")));
    node.app.settle().await.expect("background work is done");
    node.go_on_after(case, "study_proposal", "publish_decision").await;

    let retained = RetainAdviser {
        kind: AdviserKind::LegalAdviser,
        person: None,
        name: "邓律师".to_owned(),
        firm_or_post: "某某律师事务所".to_owned(),
        specialities: vec!["行政法".to_owned()],
        from: node.app.today(),
        until: None,
        basis: "聘任合同".to_owned(),
        documents: Vec::new(),
    };
    let adviser =
        AdviserId::new(stream_of(&node.app.retain_adviser(asked("reviewer"), retained).await.expect("retained")));
    let question = AskAdviser {
        adviser,
        case: Some(case),
        stage: None,
        question: "公布稿是否合法？".to_owned(),
        reply_by: None,
        documents: Vec::new(),
    };
    let engagement = node.app.ask_adviser(asked("reviewer"), question).await.expect("asked");
    let engagement = EngagementId::new(stream_of(&engagement));
    let act = |act: EngagementAct| node.app.act_on_engagement(asked("reviewer"), engagement, act);
    let signed = dingce_testkit::scenario::acts::document("signed-advice");
    node.upload_all(&json!({ "documents": [signed] })).await;
    let signed: DocumentRef = serde_json::from_value(signed).expect("a document");
    let advice = GiveAdvice { opinion: "第七条宜补充依据。".to_owned(), documents: vec![signed] };
    act(EngagementAct::Give(advice)).await.expect("advised");

    node.done(case, "check_volume", Value::Null).await;
    node.done(case, "close_volume", Value::Null).await;
    let out = tempfile::tempdir().expect("a folder");
    let export = |name: &str| {
        let to = out.path().join(name);
        let app = &node.app;
        async move {
            app.export_volume_unchecked(case, Volume::Decision, &to).await.expect("a package");
            to.join(format!("{case}-decision"))
        }
    };
    let package = export("then").await;
    let report_of = verify(&package);
    assert!(report_of.ok(), "{:#?}", report_of.checks);
    let files = files_in(&package);
    let text = |name: &str| std::fs::read_to_string(content(&package).join(name)).expect("a file");
    let (events, page) = (text("ledger/beside-openings.jsonl"), text("其他/filelist.html"));
    for told in ["建议按成本调整", "研究论证可行", "同意启动", "您的建议已立项", "公布稿是否合法", "第七条宜补充依据"]
    {
        assert!(events.contains(told) && page.contains(told), "{told}");
    }
    assert!(page.contains("proposal-study.pdf"), "its report is on the list");
    let packed = files.keys().filter(|name| name.to_string_lossy().ends_with("proposal-study.pdf")).count();
    assert_eq!(packed, 1, "and in the package");
    let all: String = files.values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
    assert!(!all.contains("王某某") && !all.contains("wang@example.org"), "who sent it stays sealed");
    flip_one_byte_of_each(&package, &files);

    // What became of the advice later is not in the closed volume.
    node.days_pass(3).await;
    let taken = DisposeAdvice { uptake: Uptake::Full, reason: String::new() };
    act(EngagementAct::Dispose(taken)).await.expect("taken up");
    assert_eq!(files_in(&export("later").await), files, "the volume is the same whatever came after");
}

/// Flips one byte in the middle of every file; every flip is noticed, and taken back.
fn flip_one_byte_of_each(package: &Path, files: &BTreeMap<PathBuf, Vec<u8>>) {
    assert!(files.len() > 12, "a package has more files: {:?}", files.keys());
    for (name, bytes) in files {
        assert!(!bytes.is_empty(), "{} is empty", name.display());
        let mut flipped = bytes.clone();
        flipped[bytes.len() / 2] ^= 1;
        std::fs::write(package.join(name), &flipped).expect("written");
        assert!(!verify(package).ok(), "a flipped byte of {} was not noticed", name.display());
        std::fs::remove_file(package.join(name)).expect("removed");
        assert!(!verify(package).ok(), "{} was not missed", name.display());
        std::fs::write(package.join(name), bytes).expect("written");
    }
    assert!(verify(package).ok());
    std::fs::write(package.join("data/added.txt"), "added").expect("written");
    assert!(!verify(package).ok(), "a file that was added was not noticed");
}

async fn an_open_volume_is_not_exported(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = node.road_to("publish_decision").await;
    let out = tempfile::tempdir().expect("a folder");
    let Err(dingce_app::use_cases::ExportError::App(refused)) =
        node.app.export_volume_unchecked(case, Volume::Decision, out.path()).await
    else {
        panic!("an open volume was exported");
    };
    assert_eq!(code::<()>(Err(refused)), Code::VolumeNotChecked);
    assert!(files_in(out.path()).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_with_hostile_names_stay_inside_their_package() {
    let site = Site::new(Backend::Sqlite).await;
    let node = site.node(1).await;
    let case = node.road_to("add_draft_version").await;
    for (n, name) in HOSTILE.iter().enumerate() {
        let content = format!("hostile-{n}");
        node.upload(&content).await;
        let document = json!({
            "digest": dingce_definition::hash(content.as_bytes()), "name": name, "media_type": "application/pdf",
            "size_bytes": content.len(),
        });
        let mut command = node.command(case, &ask("add_draft_version", Value::Null)).await;
        let dingce_domain::act::Act::AddDraftVersion(given) = &mut command.act else { panic!("another act") };
        given.documents = vec![serde_json::from_value(document).expect("a document")];
        node.app.act(asked("officer"), case, command).await.expect("accepted");
    }
    node.done(case, "terminate_case", Value::Null).await;
    node.done(case, "check_volume", Value::Null).await;
    node.done(case, "close_volume", Value::Null).await;
    let out = tempfile::tempdir().expect("a folder");
    let inner = out.path().join("a/b/c");
    std::fs::create_dir_all(&inner).expect("a folder");
    node.app.export_volume_unchecked(case, Volume::Decision, &inner).await.expect("a package");
    let package = inner.join(format!("{case}-decision"));
    let report = verify(&package);
    assert!(report.ok(), "{:#?}", report.checks);
    let package_of = format!("a/b/c/{case}-decision");
    // Beside the package only the lock of its builder stays.
    let outside = files_in(out.path()).into_keys().filter(|f| !f.starts_with(&package_of));
    let outside: Vec<_> = outside.filter(|f| !f.ends_with(".dingce-archive.lock")).collect();
    assert!(outside.is_empty(), "written outside the package: {outside:?}");
    for (name, bytes) in files_in(&package) {
        let name = name.to_string_lossy().into_owned();
        assert!(name.split('/').all(|segment| segment != ".."), "{name}");
        assert!(!name.chars().any(|c| c.is_control() || "<>*%\\".contains(c)), "{name}");
        if name.ends_with(".html") {
            let page = String::from_utf8(bytes).expect("a page");
            assert!(!page.contains("<script>"), "{name} holds markup that came as a name");
        }
    }
}

/// For somebody outside: what was announced is open, everything else is a leaf and a line in the list of what is left out.
async fn a_redacted_volume_has_what_was_announced(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = node.road_to("publish_decision").await;
    node.app.settle().await.expect("background work is done");
    node.done(case, "check_volume", Value::Null).await;
    node.done(case, "close_volume", Value::Null).await;
    let out = tempfile::tempdir().expect("a folder");
    node.app.export_volume_unchecked(case, Volume::Decision, out.path()).await.expect("a package");
    let how = Export { redacted: true, sm3: true, ..Export::default() };
    let built = node.app.export_volume_as(case, Volume::Decision, out.path(), &how).await.expect("a package");
    assert!(built.path.ends_with(format!("{case}-decision-redacted")), "{}", built.path.display());
    let report = verify(&built.path);
    assert!(report.ok(), "{:#?}", report.checks);
    let (whole, redacted) = (content(&out.path().join(format!("{case}-decision"))), content(&built.path));
    let read = |folder: &Path, name: &str| std::fs::read_to_string(folder.join(name)).expect("a file");
    assert_eq!(read(&whole, "ledger/leaves.jsonl"), read(&redacted, "ledger/leaves.jsonl"), "leaves stay");
    let described: Value = serde_json::from_str(&read(&redacted, "ledger/volume.json")).expect("JSON");
    let kept: Vec<&str> =
        described["documents"].as_array().expect("a list").iter().filter_map(|d| d["name"].as_str()).collect();
    assert!(kept.contains(&"published.pdf") && !kept.contains(&"meeting-file.pdf"), "{kept:?}");
    let openings = read(&redacted, "ledger/openings.jsonl");
    let open: Vec<String> = openings
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
        .filter(|line| line["event"].get("body").is_some())
        .map(|line| line["event"]["kind"].as_str().expect("a kind").to_owned())
        .collect();
    assert!(
        open.contains(&"decision_published".to_owned()) && open.last().is_some_and(|k| k == "volume_closed"),
        "{open:?}"
    );
    assert!(!open.iter().any(|kind| kind == "position_recorded" || kind == "legality_concluded"), "{open:?}");
    let all: String = files_in(&built.path).values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
    let whole_openings = read(&whole, "ledger/openings.jsonl");
    assert!(whole_openings.contains("meeting-file.pdf"), "the whole volume names it");
    assert!(!all.contains("meeting-file.pdf"), "nothing names what is not public");
    assert!(read(&redacted, "其他/omitted.txt").contains("内部办理过程信息"));
    flip_one_byte_of_each(&built.path, &files_in(&built.path));
}

/// What the server signed of its log goes along when it is asked for, and holds under the log's key.
async fn proofs_of_the_log_go_with_a_volume(backend: Backend) {
    let site = Site::new(backend).await;
    let log = tempfile::tempdir().expect("a folder");
    let files = ObjectLog::folder(&log.path().join("log")).expect("a folder of the log");
    let anchor = FileAnchor::folder(&log.path().join("anchor")).expect("an anchor");
    let key = Ed25519Signer::new(KeyName::new("log.example.gov.cn/dingce").expect("a name"), &[3; 32]);
    let policy: Policy = format!("log {}\nquorum none\n", key.verifier()).parse().expect("a policy");
    let publisher = Publisher::new(key.verifier().clone(), Arc::new(key), Arc::new(files), Arc::new(anchor));
    let node = site.publishing_node(1, publisher).await;
    node.app.check_log().await.expect("nothing was signed yet");
    let case = node.road_to("publish_decision").await;
    node.done(case, "check_volume", Value::Null).await;
    node.done(case, "close_volume", Value::Null).await;
    node.app.settle().await.expect("background work is done");
    let out = tempfile::tempdir().expect("a folder");
    let how = Export { proofs: true, ..Export::default() };
    node.app.publish_log().await.expect("published");
    let built = node.app.export_volume_as(case, Volume::Decision, out.path(), &how).await.expect("a package");
    let report = verify_under(&built.path, Some(&policy));
    assert!(report.ok(), "{:#?}", report.checks);
    let leaves = std::fs::read_to_string(content(&built.path).join("ledger/leaves.jsonl")).expect("leaves");
    assert_eq!(report.proofs, leaves.lines().count(), "one for each leaf");
    // Without a published log there is nothing to prove with, and that is said.
    let silent = site.node(2).await;
    let refused = silent.app.export_volume_as(case, Volume::Decision, &out.path().join("other"), &how).await;
    assert!(refused.is_err(), "no proofs were made up");
}
