//! The log as its operator keeps it, by commands alone: another key, an older backup, lost events.

use std::path::Path;
use std::process::Output;
use std::sync::Arc;

use dingce_ledger::SignedCheckpoint;
use dingce_ledger::key::{SM2_ID, VerifierKey};
use dingce_ledger::note::SignatureLine;
use dingce_server::demo::world::mutation;
use dingce_server::demo::{HttpWorld, World as _, run};
use dingce_server::{ManualClock, Settings};
use dingce_testkit::judge::openssl_sm2;
use serde_json::{Value, json};

use crate::support::{self, served};

struct Told {
    done: bool,
    text: String,
}

fn dingce(folder: &Path, arguments: &[&str]) -> Told {
    let Output { status, stdout, stderr } = support::dingce(folder, &[arguments, &["--log-level", "error"]].concat());
    let text = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(!text.contains("panicked"), "{text}");
    Told { done: status.success(), text }
}

fn well(told: Told) -> String {
    assert!(told.done, "{}", told.text);
    told.text
}

/// Opens cases, over HTTP, and gives their ids; all is published. After each something is done by command.
async fn cases(data: &Path, titles: &[&str], after_each: impl Fn(&str)) -> Vec<String> {
    let clock = Arc::new(ManualClock::at(run::beginning()));
    let (assembled, ids) = run::prepare(Settings::in_folder(data), Arc::clone(&clock)).await.expect("prepared");
    let mut http = HttpWorld::start(Arc::clone(&assembled), clock, ids, Box::new(|_| {})).await.expect("served");
    let unit = http.id("water").expect("a unit");
    let mut opened = Vec::new();
    for title in titles {
        let input = json!({
            "title": title, "summary": "概要", "class": "PLAN", "proposer": "UNIT", "proposalReference": "", "entry": null,
            "undertakingUnit": unit, "facts": []
        });
        let answer = http.officials("office_officer", &mutation("openCase"), json!({ "input": input })).await;
        let answer: Value = answer.expect("opened");
        assert_eq!(answer["openCase"]["errors"], json!([]), "{answer}");
        opened.push(answer["openCase"]["case"]["id"].as_str().expect("an id").to_owned());
        assembled.app.settle().await.expect("settled");
        tokio::task::block_in_place(|| after_each(title));
    }
    http.stop().await.expect("stopped");
    assembled.store.clone().close().await.expect("closed");
    opened
}

#[test]
fn a_key_is_rotated_and_a_stranger_follows() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let case = runtime.block_on(cases(&at.join(".dingce"), &["轮换"], |_| {})).remove(0);
    let old = well(dingce(at, &["ledger", "key"])).trim().to_owned();
    let next = well(dingce(at, &["ledger", "rotate-key"])).trim().to_owned();
    assert_eq!(well(dingce(at, &["ledger", "rotate-key"])).trim(), next, "the next key stays until it is used");
    assert_eq!(well(dingce(at, &["ledger", "key"])).trim(), old, "and is not in use yet");
    // A policy that does not know the next key would stop publishing: told before anything is done.
    std::fs::write(at.join("policy"), format!("log {old}\nquorum none\n")).expect("written");
    std::fs::write(at.join("dingce.toml"), "log_policy = \"policy\"\n").expect("written");
    let refused = dingce(at, &["ledger", "rotate-key", "--now"]);
    assert!(!refused.done && refused.text.contains(&next), "{}", refused.text);
    std::fs::write(at.join("policy"), format!("log {old}\nlog {next}\nquorum none\n")).expect("written");
    well(dingce(at, &["ledger", "rotate-key", "--now"]));
    assert_eq!(well(dingce(at, &["ledger", "key"])).trim(), next);
    assert!(!at.join(".dingce/keys/log-next.key").exists());
    well(dingce(at, &["ledger", "audit"]));

    // Under the old key's last checkpoint, and on: whoever knew only the old key is led to the new one by the statement.
    well(dingce(at, &["trace", &case, "--receipts", "receipts.json"]));
    let succession = ".dingce/log/succession/001";
    well(dingce(at, &["verify", "receipts.json", "--log-key", &old]));
    runtime.block_on(async {
        let clock = Arc::new(ManualClock::at("2026-11-26T01:00:00Z".parse().expect("an instant")));
        let assembled =
            dingce_server::assemble(Settings::in_folder(&at.join(".dingce")), clock).await.expect("put together");
        assert!(assembled.app.record_heads().await.expect("recorded"));
        assembled.app.settle().await.expect("settled");
        let audit = assembled.app.audit_log().await.expect("read");
        assert_eq!((audit.difference.clone(), audit.signed), (None, audit.entries), "{audit:?}");
        assembled.store.clone().close().await.expect("closed");
    });
    let checkpoint = std::fs::read(at.join(".dingce/log/checkpoint")).expect("a checkpoint");
    let checkpoint = SignedCheckpoint::parse(&checkpoint).expect("a checkpoint");
    let key: VerifierKey = next.parse().expect("a key");
    checkpoint.note().open(&[&key]).expect("the next key signed it");
    well(dingce(at, &["trace", &case, "--receipts", "later.json"]));
    assert!(!dingce(at, &["verify", "later.json", "--log-key", &old]).done, "another key signed it");
    well(dingce(at, &["verify", "later.json", "--log-key", &next]));
    well(dingce(at, &["verify", "later.json", "--log-key", &old, "--log-succession", succession]));
    well(dingce(at, &["ledger", "export", "copy"]));
    well(dingce(at, &["verify", "copy", "--log-key", &old, "--log-succession", "copy/succession/001"]));
    let nonsense = dingce(at, &["verify", "later.json", "--log-key", &old, "--log-succession", "policy"]);
    assert!(!nonsense.done && nonsense.text.contains("succession"), "{}", nonsense.text);
    // The retired key is in a backup, or a restored deployment would not know its own past.
    well(dingce(at, &["backup", "--out", "kept"]));
    assert!(at.join("kept/keys/log-retired.txt").exists());
}

/// The checkpoint that a server with these settings has published after a day's heads are on record.
async fn a_day_later(settings: Settings, day: &str) {
    let clock = Arc::new(ManualClock::at(format!("{day}T01:00:00Z").parse().expect("an instant")));
    let assembled = dingce_server::assemble(settings, clock).await.expect("put together");
    assembled.app.check_log().await.expect("it continues what was signed");
    assert!(assembled.app.record_heads().await.expect("recorded"));
    assembled.app.settle().await.expect("settled");
    let audit = assembled.app.audit_log().await.expect("read");
    assert_eq!((audit.difference.clone(), audit.signed), (None, audit.entries), "{audit:?}");
    assembled.store.clone().close().await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_bears_an_sm2_line_where_it_is_asked_for() {
    for asked in [false, true] {
        let served = served(|settings| settings.log_sm2 = asked).await;
        served.assembled.app.settle().await.expect("settled");
        let answer = served.client.get(served.url("/log/checkpoint")).send().await.expect("answered");
        let checkpoint = SignedCheckpoint::parse(&answer.bytes().await.expect("bytes")).expect("a checkpoint");
        assert_eq!(checkpoint.note().lines().len(), if asked { 2 } else { 1 }, "{checkpoint}");
        assert_eq!(served.folder.path().join("data/keys/log-sm2.key").exists(), asked);
    }
}

#[test]
fn an_sm2_key_is_taken_up_later_and_rotated_with_the_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let case = runtime.block_on(cases(&at.join(".dingce"), &["国密"], |_| {})).remove(0);
    let refused = dingce(at, &["ledger", "key", "--sm2"]);
    assert!(!refused.done && refused.text.contains("log_sm2"), "{}", refused.text);
    std::fs::write(at.join("dingce.toml"), "log_sm2 = true\n").expect("written");
    let sm2 = well(dingce(at, &["ledger", "key", "--sm2"])).trim().to_owned();
    let key = well(dingce(at, &["ledger", "key"])).trim().to_owned();
    let mut settings = Settings::in_folder(&at.join(".dingce"));
    settings.log_sm2 = true;
    runtime.block_on(a_day_later(settings.clone(), "2026-11-26"));

    // Both lines, each judged by who did not write it.
    let checkpoint = at.join(".dingce/log/checkpoint");
    let read = || SignedCheckpoint::parse(&std::fs::read(&checkpoint).expect("read")).expect("a checkpoint");
    let (signed, public): (_, VerifierKey) = (read(), sm2.parse().expect("a key"));
    signed.note().open(&[&key.parse::<VerifierKey>().expect("a key")]).expect("the log's own key signed");
    let line = signed.note().lines().iter().find(|line| line.is_of(&public)).expect("the SM2 key signed");
    let text = signed.note().text().as_bytes();
    let good = openssl_sm2(text, &public.public_key(), &line.signature, SM2_ID);
    assert!(good.accepted, "{}", good.said);
    let mut flipped = line.signature.clone();
    flipped[40] ^= 1;
    let bad = openssl_sm2(text, &public.public_key(), &flipped, SM2_ID);
    assert!(!bad.accepted && bad.said.contains("Verification Failure"), "{}", bad.said);

    // `dingce verify` judges by either key; a bad line of the key that it was given is held against the log.
    well(dingce(at, &["trace", &case, "--receipts", "receipts.json"]));
    for key in [&key, &sm2] {
        well(dingce(at, &["verify", "receipts.json", "--log-key", key]));
        well(dingce(at, &["verify", ".dingce/log", "--log-key", key]));
    }
    let spoilt = SignatureLine { signature: flipped, ..line.clone() };
    let spoilt = signed.to_string().replace(&line.to_string(), &spoilt.to_string());
    std::fs::write(at.join("spoilt"), spoilt).expect("written");
    assert!(!dingce(at, &["verify", "spoilt", "--log-key", &sm2]).done, "a bad SM2 line");
    well(dingce(at, &["verify", "spoilt", "--log-key", &key]));

    // Both keys are succeeded, each by a statement of its own, and a backup has the retired and the new ones.
    let next = well(dingce(at, &["ledger", "rotate-key"]));
    let [next, next_sm2] = next.lines().collect::<Vec<_>>()[..] else { panic!("two keys: {next}") };
    well(dingce(at, &["ledger", "rotate-key", "--now"]));
    assert_eq!(well(dingce(at, &["ledger", "key"])).trim(), next);
    assert_eq!(well(dingce(at, &["ledger", "key", "--sm2"])).trim(), next_sm2);
    runtime.block_on(a_day_later(settings, "2026-11-27"));
    well(dingce(at, &["ledger", "audit"]));
    well(dingce(at, &["verify", ".dingce/log", "--log-key", next]));
    well(dingce(at, &["verify", ".dingce/log", "--log-key", next_sm2]));
    assert!(!dingce(at, &["verify", ".dingce/log", "--log-key", &sm2]).done, "the older SM2 key signs nothing more");
    let statement = ".dingce/log/succession/002";
    well(dingce(at, &["verify", ".dingce/log", "--log-key", &sm2, "--log-succession", statement]));
    well(dingce(at, &["backup", "--out", "kept"]));
    assert!(at.join("kept/keys/log-sm2.key").exists());
    let retired = std::fs::read_to_string(at.join("kept/keys/log-retired.txt")).expect("a list");
    assert!(retired.contains(&key) && retired.contains(&sm2), "{retired}");
}

#[test]
fn an_older_backup_is_healed_and_made_whole_by_commands() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let backup = |out: &str| drop(well(dingce(at, &["backup", "--out", out])));
    let opened = runtime.block_on(cases(&at.join(".dingce"), &["yesterday", "today"], backup));
    let [first, later] = opened.as_slice() else { panic!("two cases") };
    // The disk with the database is gone; log and anchor are on others.
    std::fs::create_dir(at.join("new")).expect("made");
    for part in ["log", "anchor"] {
        std::fs::rename(at.join(".dingce").join(part), at.join("new").join(part)).expect("moved");
    }
    std::fs::remove_dir_all(at.join(".dingce")).expect("gone");
    well(dingce(at, &["restore", "--from", "yesterday", "--data", "new"]));
    let with_new = |arguments: &[&str]| dingce(at, &[arguments, &["--data", "new"]].concat());
    let audit = with_new(&["ledger", "audit"]);
    assert!(!audit.done && audit.text.contains("older backup"), "{}", audit.text);
    let healed = with_new(&["ledger", "heal"]);
    assert!(!healed.done && healed.text.contains(later), "something is lost: {}", healed.text);
    assert!(!healed.text.contains(&format!("{first}:")), "{}", healed.text);
    well(with_new(&["ledger", "audit"]));
    assert!(!with_new(&["ledger", "return"]).done, "it is lost still");
    // The newer backup, brought back elsewhere.
    well(dingce(at, &["restore", "--from", "today", "--data", "elsewhere"]));
    let database = format!("sqlite:{}", at.join("elsewhere/dingce.db").display());
    let files = at.join("elsewhere/files");
    let files = files.to_str().expect("text");
    let told = well(with_new(&["ledger", "return", "--from", &database, "--files", files]));
    assert!(told.contains("没有缺失的事件"), "{told}");
    well(with_new(&["ledger", "audit"]));
    let trace = well(with_new(&["trace", later]));
    assert!(trace.contains("today"), "{trace}");
    assert!(well(with_new(&["ledger", "heal"])).contains("无需修复"));
}
