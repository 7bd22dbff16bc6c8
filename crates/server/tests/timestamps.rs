//! Time stamps by file, with OpenSSL as the authority and as the judge.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use dingce_server::{ManualClock, Settings};

use crate::support::dingce;

fn openssl(folder: &Path, arguments: &[&str]) -> Output {
    Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("`openssl` runs: Debian package openssl")
}

/// Something is recorded and published.
fn publish(data: &Path) {
    tokio::runtime::Runtime::new().expect("a runtime").block_on(async {
        let clock = Arc::new(ManualClock::at("2026-11-26T01:00:00Z".parse().expect("an instant")));
        let assembled = dingce_server::assemble(Settings::in_folder(data), clock).await.expect("put together");
        dingce_server::directory::set_up_demo(&assembled).await.expect("the staff is entered");
        assembled.app.settle().await.expect("settled");
        assembled.store.clone().close().await.expect("closed");
    });
}

fn well(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// An authority of the test's own: a self-signed certificate for time stamping alone.
fn authority(folder: &Path) {
    std::fs::write(
        folder.join("tsa.cnf"),
        "[req]\ndistinguished_name=dn\nprompt=no\nx509_extensions=ext\n[dn]\nCN=Time of the test\n\
         [ext]\nbasicConstraints=CA:false\nextendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n\
         [tsa]\ndefault_tsa=conf\n[conf]\nserial=serial\nsigner_cert=tsa.pem\ncerts=tsa.pem\nsigner_key=tsa.key\n\
         signer_digest=sha256\ndefault_policy=1.2.3.4.1\ndigests=sha256\naccuracy=millisecs:500\nclock_precision_digits=3\n\
         ordering=yes\ntsa_name=yes\n",
    )
    .expect("written");
    std::fs::write(folder.join("serial"), "01\n").expect("written");
    well(&openssl(
        folder,
        &[
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.pem", "-days", "30",
            "-config", "tsa.cnf",
        ],
    ));
}

fn stamp(folder: &Path, query: &str, answer: &str) {
    well(&openssl(folder, &["ts", "-reply", "-config", "tsa.cnf", "-queryfile", query, "-out", answer]));
}

#[test]
fn openssl_stamps_and_judges_a_checkpoint() {
    let deployment = tempfile::tempdir().expect("a folder");
    let (log, work) = (deployment.path().join(".dingce/log"), tempfile::tempdir().expect("a folder"));
    authority(work.path());
    let query = work.path().join("q.tsq");
    let run = |arguments: &[&str]| dingce(deployment.path(), &[arguments, &["--log-level", "error"]].concat());
    well(&run(&["migrate"]));
    let nothing = run(&["ledger", "timestamp", "request", "--out", query.to_str().expect("text")]);
    assert!(!nothing.status.success(), "nothing is published yet");
    publish(&deployment.path().join(".dingce"));
    let asked = run(&["ledger", "timestamp", "request", "--out", query.to_str().expect("text")]);
    well(&asked);
    let size = String::from_utf8_lossy(&asked.stdout).trim().to_owned();
    stamp(work.path(), "q.tsq", "r.tsr");
    let answer = work.path().join("r.tsr");
    let add =
        |size: &str, file: &Path| run(&["ledger", "timestamp", "add", "--size", size, file.to_str().expect("text")]);
    well(&add(&size, &answer));
    well(&add(&size, &answer));

    // OpenSSL believes it, over the text that is kept beside it and that a checkpoint begins with.
    let text = std::fs::read(log.join(format!("timestamps/{size}"))).expect("the text");
    assert!(std::fs::read(log.join("checkpoint")).expect("a checkpoint").starts_with(&text));
    let (text_path, kept) = (log.join(format!("timestamps/{size}")), log.join(format!("timestamps/{size}.tsr")));
    let verify = |data: &Path| {
        let arguments = [
            "ts",
            "-verify",
            "-data",
            data.to_str().expect("text"),
            "-in",
            kept.to_str().expect("text"),
            "-CAfile",
            "tsa.pem",
        ];
        openssl(work.path(), &arguments).status.success()
    };
    assert!(verify(&text_path));
    let other = work.path().join("other");
    std::fs::write(&other, [&text[..], b"x"].concat()).expect("written");
    assert!(!verify(&other), "of this text and no other");

    // Another token, no token, no answer at all: refused, and nothing is replaced.
    let before = std::fs::read(&kept).expect("kept");
    std::fs::write(work.path().join("data"), "something else").expect("written");
    well(&openssl(work.path(), &["ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "o.tsq"]));
    stamp(work.path(), "o.tsq", "o.tsr");
    std::fs::write(work.path().join("junk"), [0x30; 5000]).expect("written");
    std::fs::write(work.path().join("empty"), "").expect("written");
    std::fs::write(work.path().join("rejected"), [0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02]).expect("written");
    let bytes = std::fs::read(&answer).expect("the answer");
    std::fs::write(work.path().join("cut"), &bytes[..bytes.len() / 2]).expect("written");
    for wrong in ["o.tsr", "junk", "empty", "rejected", "cut", "q.tsq"] {
        let refused = add(&size, &work.path().join(wrong));
        assert!(!refused.status.success(), "{wrong} was taken");
        assert!(!String::from_utf8_lossy(&refused.stderr).contains("panicked"), "{wrong}");
    }
    assert!(!add("99999", &answer).status.success(), "nothing was asked over so many");
    assert_eq!(std::fs::read(&kept).expect("kept"), before);
}
