//! Witnesses over real sockets and by file, and what a stranger verifies of what they cosigned.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use dingce_app::ports::EventStore as _;
use dingce_ledger::key::{Ed25519Signer, KeyName, NoteSigner as _};
use dingce_ledger::witness::{AddCheckpoint, REQUEST_MAX_BYTES};
use dingce_ledger::{Checkpoint, Digest, Policy, SignedCheckpoint, merkle};
use dingce_server::{ManualClock, Settings, keys, witness};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::sync::watch;

use crate::support::{Served, dingce, served};

/// Its status, and what it said.
fn said(output: &Output) -> (bool, String) {
    let both = [output.stdout.as_slice(), &output.stderr].concat();
    (output.status.success(), String::from_utf8(both).expect("UTF-8"))
}

/// A witness that is served, with a folder of its own.
struct Watching {
    folder: TempDir,
    address: SocketAddr,
    key: String,
    /// Going away, it stops the witness.
    _stop: watch::Sender<bool>,
}

impl Watching {
    /// A witness for the log with this key, on a free port.
    async fn start(log: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("logs"), format!("log {log}\nquorum none\n")).expect("written");
        let mut settings = Settings::in_folder(&folder.path().join("data"));
        settings.witness_name = "archives.example.gov.cn".to_owned();
        settings.witness_policy = Some(folder.path().join("logs"));
        let key = keys::witness(&settings).expect("a key").verifier().to_string();
        let witness = Arc::new(witness::open(&settings).expect("a witness"));
        let (stop, stopping) = watch::channel(false);
        let clock = Arc::new(ManualClock::at("2026-11-26T01:00:00Z".parse().expect("an instant")));
        let local = SocketAddr::from(([127, 0, 0, 1], 0));
        let (address, _) = witness::listen(witness, clock, local, stopping).await.expect("it serves");
        Self { folder, address, key, _stop: stop }
    }

    /// The policy under which only what it cosigned is published.
    fn policy(&self, log: &str) -> String {
        format!("log {log}\nwitness archives {} http://{}/\nquorum archives\n", self.key, self.address)
    }

    async fn post(&self, body: impl Into<reqwest::Body>) -> (StatusCode, String, String) {
        let client = Client::builder().no_proxy().build().expect("a client");
        let answer = client.post(format!("http://{}/add-checkpoint", self.address)).body(body).send().await;
        let answer = answer.expect("an answer");
        let kind = answer.headers().get("content-type").map(|kind| kind.to_str().expect("text").to_owned());
        (answer.status(), kind.unwrap_or_default(), answer.text().await.expect("a text"))
    }
}

const ORIGIN: &str = "log.example.gov.cn/dingce";

fn log(seed: u8) -> Ed25519Signer {
    Ed25519Signer::new(KeyName::new(ORIGIN).expect("a name"), &[seed; 32])
}

fn leaves(size: u8, kind: u8) -> Vec<Digest> {
    (0..size).map(|n| Digest::from_bytes([n ^ kind; 32])).collect()
}

fn request(old: u64, leaves: &[Digest], signer: &Ed25519Signer) -> AddCheckpoint {
    let proof = if old == 0 { Vec::new() } else { merkle::consistency_proof(leaves, old).expect("a proof") };
    let checkpoint = Checkpoint::new(signer.name().clone(), leaves.len() as u64, merkle::root(leaves));
    let checkpoint = SignedCheckpoint::sign(checkpoint.expect("a checkpoint"), &[signer]).expect("signed");
    AddCheckpoint { old, proof, checkpoint }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_of_the_protocol_has_its_status() {
    rustls_ready();
    let watching = Watching::start(&log(1).verifier().to_string()).await;
    let seen = leaves(9, 0);
    let first = request(0, &seen[..5], &log(1));
    let (status, _, body) = watching.post(first.to_string()).await;
    assert_eq!(status, StatusCode::OK);
    let key = watching.key.parse().expect("a key");
    let lines = dingce_ledger::witness::read_answer(body.as_bytes(), &first.checkpoint, &[key]).expect("its own line");
    assert_eq!(lines.len(), 1);
    // The answer was lost: the log is told the size, and answered for the same checkpoint; for another of that size never.
    let (status, kind, body) = watching.post(first.to_string()).await;
    assert_eq!((status, kind.as_str(), body.as_str()), (StatusCode::CONFLICT, "text/x.tlog.size", "5\n"));
    assert_eq!(watching.post(request(5, &seen[..5], &log(1)).to_string()).await.0, StatusCode::OK);
    assert_eq!(watching.post(request(5, &leaves(5, 64), &log(1)).to_string()).await.0, StatusCode::CONFLICT);
    let mut other = request(5, &leaves(9, 64), &log(1));
    assert_eq!(watching.post(other.to_string()).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    other.old = 10;
    assert_eq!(watching.post(other.to_string()).await.0, StatusCode::BAD_REQUEST);
    // The order is that of the protocol: who is not known is not told more.
    assert_eq!(watching.post(request(3, &seen, &log(2)).to_string()).await.0, StatusCode::FORBIDDEN);
    let stranger = Ed25519Signer::new(KeyName::new("other.example/log").expect("a name"), &[1; 32]);
    assert_eq!(watching.post(request(3, &seen, &stranger).to_string()).await.0, StatusCode::NOT_FOUND);
    assert_eq!(watching.post(request(3, &seen, &log(1)).to_string()).await.0, StatusCode::CONFLICT);
    for junk in ["", "old", "old 0\n\n", "old 05\n\nx", "{}", "\n\n\n"] {
        assert_eq!(watching.post(junk).await.0, StatusCode::BAD_REQUEST, "{junk:?}");
    }
    assert_eq!(watching.post(vec![b'x'; REQUEST_MAX_BYTES + 1]).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    let client = Client::builder().no_proxy().build().expect("a client");
    let got = client.get(format!("http://{}/add-checkpoint", watching.address)).send().await.expect("an answer");
    assert_eq!(got.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(watching.post(request(5, &seen, &log(1)).to_string()).await.0, StatusCode::OK);
    // Both requests that show the log to lie are kept, and nothing else.
    let memory = watching.folder.path().join("data/witness");
    let evidence = files(&memory).into_iter().filter(|file| file.to_string_lossy().ends_with(".add-checkpoint"));
    assert_eq!(evidence.count(), 2);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn rustls_ready() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// A deployment whose log this witness cosigns.
async fn watched() -> (Served, Watching, Policy) {
    let mut started = None;
    let served = served(|settings| {
        let own = keys::log(settings).expect("a key").verifier().to_string();
        let runtime = tokio::runtime::Handle::current();
        let watching = tokio::task::block_in_place(|| runtime.block_on(Watching::start(&own)));
        let policy = watching.policy(&own);
        let file = watching.folder.path().join("policy");
        std::fs::write(&file, &policy).expect("written");
        settings.log_policy = Some(file);
        started = Some((watching, policy.parse().expect("a policy")));
    })
    .await;
    let (watching, policy) = started.expect("a witness");
    (served, watching, policy)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_published_as_its_witness_cosigned_it_and_a_stranger_verifies_it() {
    let (served, watching, policy) = watched().await;
    // The background asks by itself.
    loop {
        let answer = served.client.get(served.url("/log/checkpoint")).send().await.expect("an answer");
        if answer.status() == StatusCode::OK {
            break;
        }
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        tokio::task::yield_now().await;
    }
    served.assembled.app.settle().await.expect("settled");
    let published = served.client.get(served.url("/log/checkpoint")).send().await.expect("an answer");
    assert_eq!(published.status(), StatusCode::OK);
    let published = SignedCheckpoint::parse(&published.bytes().await.expect("bytes")).expect("a checkpoint");
    let verified = policy.verify(&published).expect("log and witness signed");
    assert_eq!(verified.cosigned().iter().map(|c| c.witness.as_str()).collect::<Vec<_>>(), ["archives"]);

    // What a stranger has: a policy, the exported log, a receipt.
    let (outside, data) = (tempfile::tempdir().expect("a folder"), served.folder.path().join("data"));
    let (outside, data) = (outside.path(), data.to_string_lossy().into_owned());
    let policy_file = watching.folder.path().join("policy").to_string_lossy().into_owned();
    let key = keys::log(&served.assembled.settings).expect("a key").verifier().to_string();
    let (done, told) = said(&dingce(outside, &["ledger", "export", "log", "--data", &data]));
    assert!(done, "{told}");
    let (done, told) = said(&dingce(outside, &["verify", "log", "--log-policy", &policy_file]));
    assert!(done, "{told}");
    for expected in ["核验通过", "archives", "The bytes of", "Not proven", "another history", "未证明"] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
    let (done, told) = said(&dingce(outside, &["verify", "log", "--log-key", &key]));
    assert!(done && told.contains("stole the log's key"), "{told}");
    let (done, told) = said(&dingce(outside, &["verify", "log"]));
    assert!(!done && told.contains("signatures prove nothing") && told.contains("无法核验"), "{told}");
    std::fs::write(outside.join("log/policy"), policy.to_string()).expect("written");
    let (done, told) = said(&dingce(outside, &["verify", "log", "--log-policy", "log/policy"]));
    assert!(!done && told.contains("vouches for nothing"), "a policy that came along: {told}");

    let entry = served.assembled.store.log(3, 1).await.expect("read").remove(0);
    let receipt = served.assembled.app.log_receipt(entry.event).await.expect("a receipt");
    let proof = receipt.proof.expect("published").to_string();
    let as_given = json!({"data": {"x": [{"logReceipt": {"leaf": receipt.leaf, "proof": proof}}]}});
    std::fs::write(outside.join("receipt.json"), as_given.to_string()).expect("written");
    let arguments = ["verify", "receipt.json", "--log-policy", &policy_file, "--json"];
    let output = dingce(outside, &arguments);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(output.status.success(), "{report}");
    assert_eq!((&report["ok"], &report["kind"]), (&json!(true), &json!("receipts")));
    assert_eq!(report["checkpoint"]["size"], json!(published.claimed().size()));
    std::fs::write(outside.join("act.tlog-proof"), &proof).expect("written");
    let (done, told) = said(&dingce(outside, &["verify", "act.tlog-proof", "--log-policy", &policy_file]));
    assert!(!done && told.contains("act.leaf"), "{told}");
    std::fs::write(outside.join("act.leaf"), &receipt.leaf).expect("written");
    let (done, told) = said(&dingce(outside, &["verify", "act.tlog-proof", "--log-policy", &policy_file]));
    assert!(done, "{told}");
    // The checkpoint that one kept, and the log as it is now.
    std::fs::write(outside.join("kept"), published.to_string()).expect("written");
    let (done, told) = said(&dingce(outside, &["verify", "log", "--older", "kept", "--log-policy", &policy_file]));
    assert!(done && told.contains("Both checkpoints are of one tree"), "{told}");
    let (done, told) = said(&dingce(outside, &["verify", "kept", "--leaf", "act.leaf"]));
    assert!(!done && told.contains("belong to a .tlog-proof"), "{told}");
    assert!(!outside.join(".dingce").exists(), "verifying makes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_whose_witness_is_away_is_late_and_serves_on() {
    let served = served(|settings| {
        let own = keys::log(settings).expect("a key").verifier().to_string();
        let elsewhere = keys::witness(settings).expect("a key").verifier().to_string();
        // Nobody listens on the port of nothing.
        let policy = format!("log {own}\nwitness archives {elsewhere} http://127.0.0.1:9\nquorum archives\n");
        let file = settings.data.with_file_name("policy");
        std::fs::write(&file, policy).expect("written");
        settings.log_policy = Some(file);
        settings.log_alarm_seconds = 0;
    })
    .await;
    served.assembled.app.settle().await.expect("acts go on");
    let answer = served.client.get(served.url("/readyz")).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    let ready: Value = answer.json().await.expect("JSON");
    assert_eq!((&ready["ready"], &ready["log"]), (&json!(true), &json!("late")));
    let published = served.client.get(served.url("/log/checkpoint")).send().await.expect("an answer");
    assert_eq!(published.status(), StatusCode::NOT_FOUND, "no quorum, no publication");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_does_not_list_the_own_log_is_refused_at_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let other = log(7).verifier().to_string();
    std::fs::write(folder.path().join("policy"), format!("log {other}\nquorum none\n")).expect("written");
    std::fs::write(folder.path().join("dingce.toml"), "log_policy = \"policy\"\n").expect("written");
    let (done, told) = said(&dingce(folder.path(), &["ledger", "audit"]));
    assert!(!done && told.contains("does not list the key of this log"), "{told}");
}

#[test]
fn a_witness_in_a_network_of_its_own_cosigns_by_file() {
    let (one, two) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (log_side, witness_side) = (one.path(), two.path());
    let run = |folder: &Path, arguments: &[&str]| said(&dingce(folder, arguments));
    let log_key = run(log_side, &["ledger", "key", "--log-level", "error"]).1.trim().to_owned();
    std::fs::write(witness_side.join("logs"), format!("log {log_key}\nquorum none\n")).expect("written");
    let (done, told) = run(witness_side, &["witness", "show"]);
    assert!(!done && told.contains("witness_policy is not set"), "{told}");
    let settings = "witness_policy = \"logs\"\nwitness_name = \"archives.example.gov.cn\"\nlog_level = \"error\"\n";
    std::fs::write(witness_side.join("dingce.toml"), settings).expect("written");
    let (done, witness_key) = run(witness_side, &["witness", "key"]);
    assert!(done && witness_key.starts_with("archives.example.gov.cn+"), "{witness_key}");
    let policy = format!("log {log_key}\nwitness archives {}\nquorum archives\n", witness_key.trim());
    std::fs::write(log_side.join("policy"), policy).expect("written");
    std::fs::write(log_side.join("dingce.toml"), "log_policy = \"policy\"\nlog_level = \"error\"\n").expect("written");
    // Something is recorded and signed: the shipped organisation, by the demonstration's own road.
    let (done, told) = run(log_side, &["migrate"]);
    assert!(done, "{told}");
    let (done, told) = run(log_side, &["ledger", "cosignatures", "request", "--old", "0", "--out", "to-witness"]);
    assert!(!done && told.contains("nothing was signed yet"), "{told}");
    tokio::runtime::Runtime::new().expect("a runtime").block_on(async {
        let mut settings = Settings::in_folder(&log_side.join(".dingce"));
        settings.log_policy = Some(log_side.join("policy"));
        let clock = Arc::new(ManualClock::at("2026-11-26T01:00:00Z".parse().expect("an instant")));
        let assembled = dingce_server::assemble(settings, clock).await.expect("put together");
        dingce_server::directory::set_up_demo(&assembled).await.expect("the staff is entered");
        assembled.app.settle().await.expect("settled");
        assembled.store.clone().close().await.expect("closed");
    });
    assert!(!log_side.join(".dingce/log/checkpoint").exists(), "no quorum, no publication");
    let (done, told) = run(log_side, &["ledger", "audit"]);
    assert!(done, "{told}");
    let (done, told) = run(log_side, &["ledger", "cosignatures", "request", "--old", "0", "--out", "to-witness"]);
    assert!(done, "{told}");
    std::fs::copy(log_side.join("to-witness"), witness_side.join("in")).expect("carried over");
    let (done, told) = run(witness_side, &["witness", "cosign", "--in", "in", "--out", "out"]);
    assert!(done && told.contains("已联署"), "{told}");
    let (done, told) = run(witness_side, &["witness", "cosign", "--in", "in", "--out", "again"]);
    assert!(!done && told.contains("ask anew from") && !witness_side.join("again").exists(), "{told}");
    let (done, told) = run(witness_side, &["witness", "show"]);
    assert!(done && told.starts_with("dingce.localhost/log "), "{told}");
    std::fs::copy(witness_side.join("out"), log_side.join("from-witness")).expect("carried back");
    let (done, told) = run(log_side, &["ledger", "cosignatures", "add", "to-witness"]);
    assert!(!done && told.contains("expected a checkpoint that this log signed"), "{told}");
    let (done, told) = run(log_side, &["ledger", "cosignatures", "add", "from-witness"]);
    assert!(done && told.contains("已公布"), "{told}");
    let (done, told) = run(log_side, &["verify", ".dingce/log", "--log-policy", "policy", "--older", "from-witness"]);
    assert!(done && told.contains("archives cosigned it"), "{told}");
}

/// `dingce witness serve` as a process of its own.
async fn process(folder: &Path) -> (tokio::process::Child, SocketAddr) {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_dingce"));
    command.current_dir(folder).env_clear().args(["--log-format", "json", "witness", "serve"]);
    command.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().expect("the program starts");
    let mut lines = BufReader::new(child.stderr.take().expect("its log")).lines();
    loop {
        let line = lines.next_line().await.expect("its log is read").expect("it serves");
        let told: Value = serde_json::from_str(&line).unwrap_or(Value::Null);
        let fields = told.get("fields").unwrap_or(&told);
        if let Some(address) = fields["address"].as_str().filter(|_| line.contains("cosigning")) {
            let address = address.parse().expect("an address");
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return (child, address);
        }
    }
}

/// The size that the answer 409 tells, or none where it was another.
async fn asked(address: SocketAddr, request: &AddCheckpoint) -> (StatusCode, Option<u64>) {
    let client = Client::builder().no_proxy().build().expect("a client");
    let sent = client.post(format!("http://{address}/add-checkpoint")).body(request.to_string()).send().await;
    let answer = sent.expect("an answer");
    let status = answer.status();
    (status, answer.text().await.expect("a text").trim_end().parse().ok().filter(|_| status == StatusCode::CONFLICT))
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_it_cosigns_one_history() {
    rustls_ready();
    let folder = tempfile::tempdir().expect("a folder");
    let logs = format!("log {}\nquorum none\n", log(1).verifier());
    std::fs::write(folder.path().join("logs"), logs).expect("written");
    std::fs::write(folder.path().join("dingce.toml"), "witness_policy = \"logs\"\n").expect("written");
    // Two histories that part after four entries; each round offers the next size of one, and kills.
    let history = |kind: u8| -> Vec<Digest> {
        (0..60).map(|n| Digest::from_bytes([if n < 4 { n } else { n ^ kind }; 32])).collect()
    };
    let (ours, theirs) = (history(0), history(64));
    let (mut last, mut moved) = (0_u64, 0);
    for round in 0_u64..12 {
        let size = usize::try_from(8 + 4 * round).expect("small");
        let (mut child, address) = process(folder.path()).await;
        let next = request(last, &ours[..size], &log(1)).to_string();
        let mut connection = tokio::net::TcpStream::connect(address).await.expect("connected");
        let head = format!("POST /add-checkpoint HTTP/1.1\r\nhost: witness\r\ncontent-length: {}\r\n\r\n", next.len());
        connection.write_all([head.as_bytes(), next.as_bytes()].concat().as_slice()).await.expect("sent");
        // From before the request is read until after it is answered.
        tokio::time::sleep(Duration::from_millis(round * round / 3)).await;
        child.kill().await.expect("killed");
        let (mut child, address) = process(folder.path()).await;
        // It stands before or after, never between, and answers the same checkpoint; the other history never.
        let (status, stands) = asked(address, &request(0, &ours[..size], &log(1))).await;
        let stands =
            if status == StatusCode::OK { u64::try_from(size).expect("small") } else { stands.expect("a size") };
        assert!(stands == last || stands == size as u64, "round {round}: it stands at {stands}");
        moved += u64::from(stands == size as u64);
        if stands > 0 {
            let other = asked(address, &request(stands, &theirs[..size], &log(1))).await.0;
            assert!(
                other == StatusCode::CONFLICT || other == StatusCode::UNPROCESSABLE_ENTITY,
                "round {round}: {other}"
            );
        }
        let again = asked(address, &request(stands, &ours[..size], &log(1))).await.0;
        assert_eq!(again, StatusCode::OK, "round {round}");
        last = size as u64;
        child.kill().await.expect("killed");
    }
    assert!(moved > 0, "some were killed after they remembered");
}
