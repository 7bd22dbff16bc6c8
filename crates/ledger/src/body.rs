//! How a leaf refers to what was said: by plain digest, or by a commitment that can be forgotten.

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::{Digest, sha256};

/// By which function a leaf refers to a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BodyAlg {
    /// SHA-256 of the canonical body: any holder of the text can check it. For what officials wrote.
    #[serde(rename = "sha-256")]
    Sha256,
    /// HMAC-SHA-256 of the canonical body under a random key: once the key is destroyed, the text can no longer be
    /// confirmed by guessing. For what citizens, experts and third parties wrote.
    #[serde(rename = "hmac-sha-256")]
    HmacSha256,
}

/// A leaf's reference to a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BodyRef {
    /// By which function.
    pub alg: BodyAlg,
    /// Its result.
    pub c: Digest,
}

/// Why a body is not the one that a leaf refers to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// The leaf holds a commitment, and its key was not given.
    #[error("expected the key of the commitment, but none was given")]
    KeyMissing,
    /// The leaf holds a plain digest, and a key was given.
    #[error("expected no key, because the leaf holds a plain digest")]
    KeyNotExpected,
    /// Another body, or another key.
    #[error("expected a body that gives {expected}, but it gives {found}")]
    Differs {
        /// What the leaf holds.
        expected: Digest,
        /// What the body gives.
        found: Digest,
    },
}

impl BodyRef {
    /// The reference by plain digest to these canonical bytes.
    pub fn plain(canonical: &[u8]) -> Self {
        Self { alg: BodyAlg::Sha256, c: body_digest(canonical) }
    }

    /// The reference by commitment to these canonical bytes.
    pub fn committed(key: &[u8; 32], canonical: &[u8]) -> Self {
        Self { alg: BodyAlg::HmacSha256, c: commitment(key, canonical) }
    }

    /// Whether this reference is to these canonical bytes.
    ///
    /// `key` is that of the commitment, and must be absent for a plain digest.
    ///
    /// # Errors
    /// [`BodyError`], naming what was expected.
    pub fn verify(&self, canonical: &[u8], key: Option<&[u8; 32]>) -> Result<(), BodyError> {
        let found = match (self.alg, key) {
            (BodyAlg::Sha256, None) => body_digest(canonical),
            (BodyAlg::Sha256, Some(_)) => return Err(BodyError::KeyNotExpected),
            (BodyAlg::HmacSha256, Some(key)) => commitment(key, canonical),
            (BodyAlg::HmacSha256, None) => return Err(BodyError::KeyMissing),
        };
        if found == self.c { Ok(()) } else { Err(BodyError::Differs { expected: self.c, found }) }
    }
}

/// SHA-256 of a body in canonical form (see [`crate::jcs`]).
pub fn body_digest(canonical: &[u8]) -> Digest {
    sha256(canonical)
}

/// HMAC-SHA-256 (RFC 2104) of a body in canonical form, under 32 random bytes used for no other body.
pub fn commitment(key: &[u8; 32], canonical: &[u8]) -> Digest {
    // HMAC pads a key to the block of the hash with zeros (RFC 2104 §2); done here, the length is right by type.
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    mac.update(canonical);
    Digest::from_bytes(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commitment_is_rfc_2104() {
        // RFC 4231 §4.3 test case 2: a key shorter than a block is padded with zeros, so padding it to 32 bytes here
        // changes nothing.
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        assert_eq!(
            commitment(&key, b"what do ya want for nothing?").to_hex(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn verify_wants_the_right_body_and_key() {
        let (key, body) = ([7; 32], br#"{"text":"\u540c\u610f"}"#);
        let plain = BodyRef::plain(body);
        let committed = BodyRef::committed(&key, body);
        assert_eq!(plain.verify(body, None), Ok(()));
        assert_eq!(committed.verify(body, Some(&key)), Ok(()));
        assert_eq!(plain.verify(body, Some(&key)), Err(BodyError::KeyNotExpected));
        assert_eq!(committed.verify(body, None), Err(BodyError::KeyMissing));
        assert!(matches!(plain.verify(b"{}", None), Err(BodyError::Differs { .. })));
        assert!(matches!(committed.verify(b"{}", Some(&key)), Err(BodyError::Differs { .. })));
        assert!(matches!(committed.verify(body, Some(&[8; 32])), Err(BodyError::Differs { .. })));
    }
}
