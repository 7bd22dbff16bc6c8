//! SHA-256 digests and how they are written.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

const PREFIX: &str = "sha256:";

/// A SHA-256 digest (FIPS 180-4).
///
/// 32 bytes. Written as `sha256:` and 64 lower-case hexadecimal digits; no other spelling is accepted, so that equal
/// digests are equal texts.
///
/// ```
/// use dingce_ledger::{Digest, sha256};
/// let digest: Digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".parse()?;
/// assert_eq!(digest, sha256(b""));
/// # Ok::<(), dingce_ledger::DigestParseError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest with these 32 bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Its 64 lower-case hexadecimal digits, without prefix: the form of file names and manifests.
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
    }

    /// The digest written as 64 lower-case hexadecimal digits, without prefix.
    ///
    /// # Errors
    /// [`DigestParseError`] for any other length, digit or case.
    pub fn from_hex(text: &str) -> Result<Self, DigestParseError> {
        lower_hex_32(text).map(Self).ok_or_else(|| DigestParseError::new(text))
    }
}

/// The 32 bytes written as 64 lower-case hexadecimal digits; upper case is refused.
pub(crate) fn lower_hex_32(text: &str) -> Option<[u8; 32]> {
    if !text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
        return None;
    }
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}

/// A text that should have been a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a digest of the form sha256:<64 lower-case hex digits>, but got {given:?}")]
pub struct DigestParseError {
    /// The text given, cut to 80 characters.
    pub given: String,
}

impl DigestParseError {
    fn new(text: &str) -> Self {
        Self { given: text.chars().take(80).collect() }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.to_hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = DigestParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hex = text.strip_prefix(PREFIX).ok_or_else(|| DigestParseError::new(text))?;
        Self::from_hex(hex).map_err(|_| DigestParseError::new(text))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// SHA-256 of some bytes.
pub fn sha256(bytes: &[u8]) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update(bytes);
    hasher.finish()
}

/// SHA-256 of bytes that arrive in pieces.
///
/// ```
/// use dingce_ledger::{Hasher, sha256};
/// let mut hasher = Hasher::new();
/// hasher.update(b"one ");
/// hasher.update(b"two");
/// assert_eq!(hasher.finish(), sha256(b"one two"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Hasher(Sha256);

impl Hasher {
    /// A hasher that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all bytes taken.
    pub fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fips_180_4_example_abc() {
        assert_eq!(sha256(b"abc").to_hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn only_one_spelling_is_accepted() {
        let right = sha256(b"abc").to_string();
        assert_eq!(right.parse(), Ok(sha256(b"abc")));
        for wrong in [
            String::new(),
            right.to_uppercase(),
            right.replace("ba78", "BA78"),
            right.replace("sha256:", ""),
            right.replace("sha256:", "sm3:"),
            right[..right.len() - 1].to_owned(),
            format!("{right}0"),
            right.replace('b', "g"),
            "sha256:定策".to_owned(),
        ] {
            let error = wrong.parse::<Digest>().expect_err(&wrong);
            assert!(error.to_string().starts_with("expected a digest of the form sha256:<64"), "{error}");
        }
        assert_eq!("x".repeat(500).parse::<Digest>().unwrap_err().given.len(), 80);
    }

    #[test]
    fn serde_uses_the_same_text() {
        let json = serde_json::to_string(&sha256(b"")).unwrap();
        assert_eq!(json, format!("\"{}\"", sha256(b"")));
        assert_eq!(serde_json::from_str::<Digest>(&json).unwrap(), sha256(b""));
        assert!(serde_json::from_str::<Digest>("\"sha256:00\"").is_err());
    }
}
