//! Programs of other people that judge what we write. A machine without them fails these tests: they must not pass by being left out.

use std::process::{Command, Output};

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
    /// Reads it off its status and what it wrote.
    pub fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        let said = format!("{} {}", text(&output.stdout), text(&output.stderr));
        Self { accepted: output.status.success(), said: said.trim().to_owned() }
    }
}

/// Has OpenSSL judge an SM2 signature with SM3 over a text.
///
/// `point` is the public key as 65 bytes of SEC 1, `signature` 64 bytes *r ‖ s*, `id` the distinguishing id.
///
/// # Panics
/// Where there is no `openssl` of version 3.
pub fn openssl_sm2(text: &[u8], point: &[u8], signature: &[u8], id: &str) -> Verdict {
    // SubjectPublicKeyInfo: id-ecPublicKey on SM2's curve (1.2.156.10197.1.301), and the point as a bit string.
    const SPKI: &str = "3059301306072a8648ce3d020106082a811ccf5501822d034200";
    let spki: Vec<u8> =
        (0..SPKI.len()).step_by(2).map(|i| u8::from_str_radix(&SPKI[i..i + 2], 16).expect("hex")).collect();
    let (r, s) = signature.split_at(signature.len() / 2);
    let body = [der_integer(r), der_integer(s)].concat();
    let length = u8::try_from(body.len()).expect("a short signature");
    let signature = [&[0x30, length], body.as_slice()].concat();
    let distid = format!("distid:{id}");
    pkeyutl(text, &[spki.as_slice(), point].concat(), &signature, &["-digest", "sm3", "-pkeyopt", &distid])
}

/// Has OpenSSL judge an Ed25519 signature of 64 bytes over a text; the public key is 32 bytes.
///
/// # Panics
/// Where there is no `openssl` of version 3.
pub fn openssl_ed25519(text: &[u8], public_key: &[u8], signature: &[u8]) -> Verdict {
    // SubjectPublicKeyInfo: id-Ed25519 (1.3.101.112), and the key as a bit string.
    const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    pkeyutl(text, &[&SPKI, public_key].concat(), signature, &[])
}

fn pkeyutl(text: &[u8], spki: &[u8], signature: &[u8], how: &[&str]) -> Verdict {
    let folder = TempDir::new().expect("a folder");
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    };
    let output = Command::new("openssl")
        .args(["pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER"])
        .args(how)
        .arg("-inkey")
        .arg(write("key.der", spki))
        .arg("-sigfile")
        .arg(write("signature", signature))
        .arg("-in")
        .arg(write("text", text))
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
