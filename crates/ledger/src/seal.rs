//! Sealed bodies: encrypted under the key of one subject, so that destroying the key erases them everywhere.
//!
//! A sealed blob is `0x00 ‖ nonce[24] ‖ ciphertext ‖ tag[16]`, XChaCha20-Poly1305. The additional data of the cipher is
//! a label, a zero byte, and the caller's bytes: they say *whose* and *which* body it is, so that a blob moved to
//! another place does not open. Bodies and wrapped keys have different labels, so one never opens as the other.
//!
//! The cipher does not bind the key: two keys can be made for one blob. What was sealed is bound by the commitment in
//! the leaf (`sealed`), which the reader checks after opening.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

/// Length of a nonce in bytes. 192 bits: it may be drawn at random for every blob.
pub const NONCE_BYTES: usize = 24;
/// The format byte of version 0.
pub const SEAL_VERSION: u8 = 0x00;
/// By how many bytes a blob is longer than its plain text: format byte, nonce and tag.
pub const OVERHEAD_BYTES: usize = 1 + NONCE_BYTES + 16;

const BODY_LABEL: &[u8] = b"dingce/sealed-body/v0\0";
const KEY_LABEL: &[u8] = b"dingce/wrapped-key/v0\0";

/// The key of one subject: 32 random bytes. Destroying it erases all that it sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct SubjectKey(pub [u8; 32]);

/// The key under which subject keys are kept: 32 random bytes, never in the database.
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey(pub [u8; 32]);

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectKey(hidden)")
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(hidden)")
    }
}

/// Why a blob was not sealed or does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Too short to be a blob.
    #[error("expected at least {OVERHEAD_BYTES} bytes, but the sealed blob has {size_bytes}")]
    TooShort {
        /// Its length in bytes.
        size_bytes: usize,
    },
    /// A format byte that this crate does not know.
    #[error("expected format byte {SEAL_VERSION}, but the sealed blob has {given}")]
    Version {
        /// The byte.
        given: u8,
    },
    /// The key or the additional data is another, or the bytes were changed; the cipher cannot tell which.
    #[error("the sealed blob does not open: another key, another place, or changed bytes")]
    DoesNotOpen,
    /// The plain text is beyond what the cipher takes (256 GiB).
    #[error("the text is too long to be sealed")]
    TooLong,
    /// A wrapped blob opens, but does not hold a key.
    #[error("expected a wrapped key of 32 bytes, but the blob holds {size_bytes}")]
    NotAKey {
        /// How many bytes it holds.
        size_bytes: usize,
    },
}

/// Seals a body under its subject's key.
///
/// `nonce` must be random and new for this key. `aad` says which body of whom this is; opening needs the same bytes.
///
/// # Errors
/// [`SealError::TooLong`] beyond 256 GiB.
pub fn seal(key: &SubjectKey, nonce: [u8; NONCE_BYTES], aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
    encrypt(&key.0, nonce, BODY_LABEL, aad, plaintext)
}

/// Opens a sealed body.
///
/// # Errors
/// [`SealError`]; never panics, whatever the bytes.
pub fn open(key: &SubjectKey, aad: &[u8], blob: &[u8]) -> Result<Vec<u8>, SealError> {
    decrypt(&key.0, BODY_LABEL, aad, blob)
}

/// Wraps a subject's key under the master key. `aad` is the subject, so that keys cannot be exchanged.
///
/// # Errors
/// None that can happen with a key of 32 bytes; the type is that of [`seal`].
pub fn wrap(master: &MasterKey, nonce: [u8; NONCE_BYTES], aad: &[u8], key: &SubjectKey) -> Result<Vec<u8>, SealError> {
    encrypt(&master.0, nonce, KEY_LABEL, aad, &key.0)
}

/// Unwraps a subject's key.
///
/// # Errors
/// [`SealError`]; never panics, whatever the bytes.
pub fn unwrap(master: &MasterKey, aad: &[u8], blob: &[u8]) -> Result<SubjectKey, SealError> {
    let bytes = decrypt(&master.0, KEY_LABEL, aad, blob)?;
    let size_bytes = bytes.len();
    bytes.try_into().map(SubjectKey).map_err(|_| SealError::NotAKey { size_bytes })
}

fn encrypt(
    key: &[u8; 32],
    nonce: [u8; NONCE_BYTES],
    label: &[u8],
    aad: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, SealError> {
    let aad = [label, aad].concat();
    let sealed = XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::from(nonce), Payload { msg: plaintext, aad: &aad })
        .map_err(|_| SealError::TooLong)?;
    let mut blob = Vec::with_capacity(1 + NONCE_BYTES + sealed.len());
    blob.push(SEAL_VERSION);
    blob.extend_from_slice(&nonce);
    blob.extend_from_slice(&sealed);
    Ok(blob)
}

fn decrypt(key: &[u8; 32], label: &[u8], aad: &[u8], blob: &[u8]) -> Result<Vec<u8>, SealError> {
    let too_short = SealError::TooShort { size_bytes: blob.len() };
    if blob.len() < OVERHEAD_BYTES {
        return Err(too_short);
    }
    let (version, rest) = blob.split_first().ok_or(too_short.clone())?;
    if *version != SEAL_VERSION {
        return Err(SealError::Version { given: *version });
    }
    let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(too_short)?;
    let aad = [label, aad].concat();
    XChaCha20Poly1305::new(key.into())
        .decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: &aad })
        .map_err(|_| SealError::DoesNotOpen)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: SubjectKey = SubjectKey([1; 32]);

    #[test]
    fn opens_only_with_the_same_key_place_and_bytes() {
        let blob = seal(&KEY, [2; 24], b"evt_1", "张三 13800000000".as_bytes()).unwrap();
        assert_eq!(open(&KEY, b"evt_1", &blob).unwrap(), "张三 13800000000".as_bytes());
        assert_eq!(open(&SubjectKey([3; 32]), b"evt_1", &blob), Err(SealError::DoesNotOpen));
        assert_eq!(open(&KEY, b"evt_2", &blob), Err(SealError::DoesNotOpen));
        for i in 0..blob.len() {
            let mut changed = blob.clone();
            changed[i] ^= 1;
            assert!(open(&KEY, b"evt_1", &changed).is_err(), "byte {i}");
            assert!(open(&KEY, b"evt_1", &blob[..i]).is_err(), "cut at {i}");
        }
        assert_eq!(open(&KEY, b"", &[]), Err(SealError::TooShort { size_bytes: 0 }));
        assert_eq!(open(&KEY, b"", &[9; 64]), Err(SealError::Version { given: 9 }));
    }

    #[test]
    fn a_body_never_opens_as_a_key() {
        let master = MasterKey([1; 32]);
        let wrapped = wrap(&master, [4; 24], b"subject", &SubjectKey([5; 32])).unwrap();
        assert_eq!(unwrap(&master, b"subject", &wrapped).unwrap(), SubjectKey([5; 32]));
        assert_eq!(unwrap(&master, b"other", &wrapped), Err(SealError::DoesNotOpen));
        assert_eq!(open(&KEY, b"subject", &wrapped), Err(SealError::DoesNotOpen));
        let body = seal(&KEY, [4; 24], b"subject", &[5; 32]).unwrap();
        assert_eq!(unwrap(&master, b"subject", &body), Err(SealError::DoesNotOpen));
    }

    #[test]
    fn keys_are_not_printed() {
        assert_eq!(format!("{KEY:?} {:?}", MasterKey([7; 32])), "SubjectKey(hidden) MasterKey(hidden)");
    }
}
