//! Programs of other people that judge what we write: the Go authors' log verifier, OpenSSL, the Library of Congress's bagit and
//! eark-validator.
//!
//! `tests/run` installs what they need. A machine without them fails these tests: they must not pass by being left out.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use tempfile::TempDir;

/// What a program said of a file or folder.
#[derive(Debug)]
pub struct Verdict {
    /// Whether it accepted.
    pub accepted: bool,
    /// What it printed, for messages.
    pub said: String,
}

impl Verdict {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        let said = format!("{} {}", text(&output.stdout), text(&output.stderr));
        Self { accepted: output.status.success(), said: said.trim().to_owned() }
    }
}

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

/// Has OpenSSL judge an SM2 signature with SM3 over a text.
///
/// `point` is the public key as 65 bytes of SEC 1, `signature` 64 bytes *r ‖ s*, `id` the distinguishing id.
///
/// # Panics
/// Where there is no `openssl` of version 3.
pub fn openssl_sm2(text: &[u8], point: &[u8], signature: &[u8], id: &str) -> Verdict {
    let folder = TempDir::new().expect("a folder");
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    };
    // SubjectPublicKeyInfo: id-ecPublicKey on SM2's curve (1.2.156.10197.1.301), and the point as a bit string.
    const SPKI: &str = "3059301306072a8648ce3d020106082a811ccf5501822d034200";
    let spki: Vec<u8> =
        (0..SPKI.len()).step_by(2).map(|i| u8::from_str_radix(&SPKI[i..i + 2], 16).expect("hex")).collect();
    let key = write("key.der", &[spki.as_slice(), point].concat());
    let (r, s) = signature.split_at(signature.len() / 2);
    let body = [der_integer(r), der_integer(s)].concat();
    let length = u8::try_from(body.len()).expect("a short signature");
    let signature = write("signature.der", &[&[0x30, length], body.as_slice()].concat());
    let text = write("text", text);
    let output = Command::new("openssl")
        .args(["pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pubin", "-keyform", "DER", "-pkeyopt"])
        .arg(format!("distid:{id}"))
        .arg("-inkey")
        .arg(key)
        .arg("-sigfile")
        .arg(signature)
        .arg("-in")
        .arg(text)
        .output()
        .expect("`openssl` runs: it is in the Debian package openssl");
    Verdict::of(&output)
}

/// A positive number in DER: without superfluous zeroes, and with one where the first bit is set.
fn der_integer(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|b| *b != 0).unwrap_or(bytes.len().saturating_sub(1));
    let mut digits = bytes[start..].to_vec();
    if digits.first().is_none_or(|b| *b >= 0x80) {
        digits.insert(0, 0);
    }
    let length = u8::try_from(digits.len()).expect("a short number");
    [&[0x02, length], digits.as_slice()].concat()
}
