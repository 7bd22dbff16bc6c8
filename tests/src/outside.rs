//! Programs of other people that judge what we write: the Go authors' log verifier, OpenSSL, the Library of Congress's bagit and
//! eark-validator.
//!
//! `tests/run` installs what they need. A machine without them fails these tests: they must not pass by being left out.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

pub use dingce_testkit::judge::{Verdict, openssl_sm2};
use tempfile::TempDir;

/// Has `tests/outside/go/auditlog` judge the folder of a log: see there what the folder holds.
///
/// The log's key must be of type 0x01 (Ed25519) and those of witnesses of type 0x04; every one must have signed.
///
/// # Panics
/// Where the Go compiler or `golang.org/x/mod` of the Debian packages `golang-go` and `golang-golang-x-mod-dev` is missing.
pub fn auditlog(folder: &Path, log_key: &str, witness_keys: &[String]) -> Verdict {
    let output = Command::new(program()).arg(folder).arg(log_key).args(witness_keys).output().expect("auditlog runs");
    Verdict::of(&output)
}

/// The program, built once in each process, outside the work tree.
fn program() -> &'static Path {
    static BUILT: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, program) = BUILT.get_or_init(|| {
        let folder = TempDir::new().expect("a folder");
        let program = folder.path().join("auditlog");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("outside/go/auditlog");
        // As Debian builds Go programs: from the sources of its packages, without modules and without a network.
        let built = Command::new("go")
            .args(["build", "-o"])
            .arg(&program)
            .arg(".")
            .current_dir(source)
            .env("GO111MODULE", "off")
            .env("GOPATH", "/usr/share/gocode")
            .env("GOCACHE", folder.path().join("cache"))
            .env("GOFLAGS", "")
            .env("GOPROXY", "off")
            .output()
            .expect("`go` runs: it is in the Debian package golang-go");
        let said = String::from_utf8_lossy(&built.stderr);
        assert!(built.status.success(), "auditlog was not built; is golang-golang-x-mod-dev installed? {said}");
        (folder, program)
    });
    program
}

/// Has bagit judge a bag: every digest, and that no file is missing or too many.
///
/// # Panics
/// Where `tests/run` did not install it.
pub fn bagit(folder: &Path) -> Verdict {
    judge("bag", folder)
}

/// Has eark-validator judge an information package by E-ARK CSIP 2.1, and hashlib the digests in its METS and PREMIS.
///
/// # Panics
/// Where `tests/run` did not install it.
pub fn eark_validator(folder: &Path) -> Verdict {
    judge("csip", folder)
}

fn judge(kind: &str, folder: &Path) -> Verdict {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the repository");
    let python = root.join("target/outside-python/bin/python");
    assert!(python.is_file(), "{} is missing: `bash tests/run` installs it", python.display());
    let output = Command::new(python)
        .arg(root.join("tests/outside/python/judge.py"))
        .arg(kind)
        .arg(folder)
        .output()
        .expect("Python runs");
    let verdict = Verdict::of(&output);
    let judged = verdict.accepted || verdict.said.starts_with("refused: ");
    assert!(judged, "the judge itself broke: {}", verdict.said);
    verdict
}
