//! Keys that sign notes: names, ids, the text form of verifier keys, and signers.
//!
//! Three kinds: Ed25519 over the text, which the world's tools read; Ed25519 with a time, by which witnesses cosign; and SM2
//! with SM3, for readers bound to the national algorithms. [`NoteSigner`], [`NoteVerifier`] and [`Cosigner`] are the only
//! things the rest of the crate knows of keys, so that a key may as well be kept in a device.

mod signers;

use std::fmt;
use std::str::FromStr;

use sm2::dsa::signature::Verifier as _;

pub use signers::{Ed25519Cosigner, Ed25519Signer, Sm2Signer};

use crate::{Hasher, lines};

/// The distinguishing id of SM2 signatures here: the default one of GM/T 0009.
pub const SM2_ID: &str = "1234567812345678";
/// What follows the type byte 0xff of our SM2 keys, so that nobody else's type is taken for it (C2SP signed-note,
/// *Signature types*). A zero byte and the point follow.
pub const SM2_TYPE: &str = "GB/T 32918.2-2016 SM2-SM3 note v1";
/// The longest name of a key, in bytes. Ours; the specification has no bound.
pub const NAME_MAX_BYTES: usize = 255;

const ED25519: u8 = 0x01;
const COSIGNATURE_V1: u8 = 0x04;
const UNASSIGNED: u8 = 0xff;

/// The name of a key, and so of a log or witness: 1 to 255 bytes without Unicode spaces, plus signs and ASCII control
/// characters, for example `log.example.gov.cn/2026`.
///
/// Source: C2SP signed-note, *Format*.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

impl KeyName {
    /// The name with this text.
    ///
    /// # Errors
    /// [`KeyError::Name`] where it is not as described.
    pub fn new(text: &str) -> Result<Self, KeyError> {
        let refused = |c: char| c.is_whitespace() || c == '+' || c < ' ';
        if text.is_empty() || text.len() > NAME_MAX_BYTES || text.contains(refused) {
            return Err(KeyError::Name { given: lines::shown(text) });
        }
        Ok(Self(text.to_owned()))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The first four bytes of `SHA-256(name ‖ 0x0A ‖ type ‖ public key)`. With the name it says which key signed; it is no
/// proof of anything.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 4]);

impl KeyId {
    /// The id of the key with this name and these bytes of type and public key.
    pub fn of(name: &KeyName, type_and_key: &[u8]) -> Self {
        let mut hasher = Hasher::new();
        hasher.update(name.as_str().as_bytes());
        hasher.update(b"\n");
        hasher.update(type_and_key);
        let [a, b, c, d, ..] = *hasher.finish().as_bytes();
        Self([a, b, c, d])
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a name or key was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A name that no key may have.
    #[error(
        "expected a name of 1 to {NAME_MAX_BYTES} bytes without spaces, '+' and control characters, but got {given:?}"
    )]
    Name {
        /// The text given, cut to 80 characters.
        given: String,
    },
    /// A text that is not `name+id+key`.
    #[error("expected name+<8 lower-case hex digits>+<base64 of type and public key>, but got {given:?}")]
    Form {
        /// The text given, cut to 80 characters.
        given: String,
    },
    /// A kind of signature that is not known here.
    #[error("expected a key of type 0x01, 0x04 or our SM2 type, but got type {given:#04x}")]
    Kind {
        /// The type byte given.
        given: u8,
    },
    /// The id is not that of the name and key.
    #[error("expected the id {needed} for this name and key, but got {given}")]
    Id {
        /// The id computed.
        needed: KeyId,
        /// The id given.
        given: KeyId,
    },
    /// Bytes that are no public key, or one under which anybody can sign.
    #[error(
        "expected the public key of {kind:?} to be a point of its curve in its one encoding, and not of small order"
    )]
    Point {
        /// For which kind of signature.
        kind: KeyKind,
    },
    /// Bytes that are no secret key.
    #[error("expected a secret number from 1 to the order of the curve less 2")]
    Secret,
}

/// The kinds of signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// Type 0x01: Ed25519 (RFC 8032) over the text.
    Ed25519,
    /// Type 0x04, `cosignature/v1`: a time, and Ed25519 over time and text (C2SP tlog-cosignature).
    CosignatureV1,
    /// Type 0xff with [`SM2_TYPE`]: SM2 with SM3 (GB/T 32918.2-2016) over the text, under the id [`SM2_ID`].
    Sm2,
}

/// A public key with its name: whose word counts.
///
/// Written and read as a *vkey*: `name+<id>+<base64 of type and public key>`.
///
/// ```
/// use dingce_ledger::key::{KeyKind, VerifierKey};
/// let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
/// let key: VerifierKey = text.parse()?;
/// assert_eq!((key.kind(), key.to_string().as_str()), (KeyKind::Ed25519, text));
/// # Ok::<(), dingce_ledger::key::KeyError>(())
/// ```
#[derive(Debug, Clone)]
pub struct VerifierKey {
    name: KeyName,
    id: KeyId,
    point: Point,
}

#[derive(Debug, Clone)]
enum Point {
    Ed25519(ed25519_dalek::VerifyingKey),
    CosignatureV1(ed25519_dalek::VerifyingKey),
    Sm2(sm2::dsa::VerifyingKey),
}

/// Equal are keys of one name, kind and point: those that are written alike.
impl PartialEq for VerifierKey {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.point.type_and_key() == other.point.type_and_key()
    }
}

impl Eq for VerifierKey {}

impl Point {
    fn kind(&self) -> KeyKind {
        match self {
            Self::Ed25519(_) => KeyKind::Ed25519,
            Self::CosignatureV1(_) => KeyKind::CosignatureV1,
            Self::Sm2(_) => KeyKind::Sm2,
        }
    }

    fn type_and_key(&self) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => [&[ED25519], key.as_bytes().as_slice()].concat(),
            Self::CosignatureV1(key) => [&[COSIGNATURE_V1], key.as_bytes().as_slice()].concat(),
            Self::Sm2(key) => [&[UNASSIGNED], SM2_TYPE.as_bytes(), &[0], &key.to_sec1_bytes()].concat(),
        }
    }
}

impl VerifierKey {
    /// The key of this kind with this public key: 32 bytes of RFC 8032, or for SM2 65 bytes of SEC 1 (`0x04 ‖ x ‖ y`).
    ///
    /// # Errors
    /// [`KeyError::Point`] for bytes that are no such key.
    pub fn new(name: KeyName, kind: KeyKind, public_key: &[u8]) -> Result<Self, KeyError> {
        let point = match kind {
            KeyKind::Ed25519 => ed25519(public_key).map(Point::Ed25519),
            KeyKind::CosignatureV1 => ed25519(public_key).map(Point::CosignatureV1),
            KeyKind::Sm2 => sm2_point(public_key).map(Point::Sm2),
        };
        Ok(Self::of(name, point.ok_or(KeyError::Point { kind })?))
    }

    fn of(name: KeyName, point: Point) -> Self {
        Self { id: KeyId::of(&name, &point.type_and_key()), name, point }
    }

    /// Which kind of signatures it verifies.
    pub fn kind(&self) -> KeyKind {
        self.point.kind()
    }

    /// The public key: 32 bytes, or 65 for SM2.
    pub fn public_key(&self) -> Vec<u8> {
        match &self.point {
            Point::Ed25519(key) | Point::CosignatureV1(key) => key.as_bytes().to_vec(),
            Point::Sm2(key) => key.to_sec1_bytes().into_vec(),
        }
    }
}

/// An Ed25519 key in its one encoding that is not of small order: under such a key anybody can sign.
fn ed25519(bytes: &[u8]) -> Option<ed25519_dalek::VerifyingKey> {
    let bytes: [u8; 32] = bytes.try_into().ok()?;
    let key = ed25519_dalek::VerifyingKey::from_bytes(&bytes).ok()?;
    let canonical = key.to_edwards().compress().to_bytes() == bytes;
    (canonical && !key.is_weak()).then_some(key)
}

/// An uncompressed point of SM2's curve.
fn sm2_point(bytes: &[u8]) -> Option<sm2::dsa::VerifyingKey> {
    let uncompressed = bytes.len() == 65 && bytes[0] == 0x04;
    sm2::dsa::VerifyingKey::from_sec1_bytes(SM2_ID, bytes).ok().filter(|_| uncompressed)
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, self.id, lines::base64(&self.point.type_and_key()))
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let form = || KeyError::Form { given: lines::shown(text) };
        let (name, rest) = text.split_once('+').ok_or_else(form)?;
        let (id, key) = rest.split_once('+').ok_or_else(form)?;
        let name = KeyName::new(name)?;
        let given = key_id(id).ok_or_else(form)?;
        let key = lines::from_base64(key).ok_or_else(form)?;
        let needed = KeyId::of(&name, &key);
        if needed != given {
            return Err(KeyError::Id { needed, given });
        }
        let (kind, key) = match key.as_slice() {
            [ED25519, key @ ..] => (KeyKind::Ed25519, key),
            [COSIGNATURE_V1, key @ ..] => (KeyKind::CosignatureV1, key),
            [UNASSIGNED, rest @ ..] => {
                let key = rest.strip_prefix(SM2_TYPE.as_bytes()).and_then(|rest| rest.strip_prefix(&[0]));
                (KeyKind::Sm2, key.ok_or(KeyError::Kind { given: UNASSIGNED })?)
            }
            [given, ..] => return Err(KeyError::Kind { given: *given }),
            [] => return Err(form()),
        };
        Self::new(name, kind, key)
    }
}

fn key_id(text: &str) -> Option<KeyId> {
    let lower = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let mut bytes = [0; 4];
    hex::decode_to_slice(text, &mut bytes).ok().filter(|()| lower)?;
    Some(KeyId(bytes))
}

/// A signature that is not the key's, or not over this text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a signature by this key over this text")]
pub struct BadSignature;

/// What a valid signature says beside the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attested {
    /// When it was made by the signer's own clock, in seconds since 1970-01-01T00:00:00Z; only cosignatures say it.
    pub time_s: Option<u64>,
}

/// Checks signatures of one key.
pub trait NoteVerifier {
    /// The name of the key.
    fn name(&self) -> &KeyName;
    /// The id of the key.
    fn id(&self) -> KeyId;
    /// Checks the bytes that follow the key id in a signature line against the text of the note.
    ///
    /// # Errors
    /// [`BadSignature`] for any bytes that are not a signature by this key over this text.
    fn verify(&self, text: &str, signature: &[u8]) -> Result<Attested, BadSignature>;
}

/// A key that could not sign: a device that does not answer, for example. Says nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the key {name} could not sign: {reason}")]
pub struct SignError {
    /// The name of the key.
    pub name: KeyName,
    /// Why, for the operator.
    pub reason: String,
}

/// Signs texts with one key; the key itself may be elsewhere.
pub trait NoteSigner {
    /// The name of the key.
    fn name(&self) -> &KeyName;
    /// The id of the key.
    fn id(&self) -> KeyId;
    /// The bytes that follow the key id in the signature line over this text.
    ///
    /// # Errors
    /// [`SignError`] where the key does not answer.
    fn sign(&self, text: &str) -> Result<Vec<u8>, SignError>;
}

/// Cosigns texts with one key of kind [`KeyKind::CosignatureV1`]; the key itself may be elsewhere.
pub trait Cosigner {
    /// The name of the key.
    fn name(&self) -> &KeyName;
    /// The id of the key.
    fn id(&self) -> KeyId;
    /// The bytes that follow the key id: `u64be(time) ‖ signature over the cosigned message` (see [`cosigned_message`]).
    ///
    /// `time_s` is in seconds since 1970-01-01T00:00:00Z, 1 to 2^63 − 1.
    ///
    /// # Errors
    /// [`SignError`] where the key does not answer or the time is out of bounds.
    fn cosign(&self, text: &str, time_s: u64) -> Result<Vec<u8>, SignError>;
}

/// What a cosignature signs: `cosignature/v1`, a line with the time, and the text. Source: C2SP tlog-cosignature,
/// *Ed25519 signed message*.
pub fn cosigned_message(text: &str, time_s: u64) -> String {
    format!("cosignature/v1\ntime {time_s}\n{text}")
}

impl NoteVerifier for VerifierKey {
    fn name(&self) -> &KeyName {
        &self.name
    }

    fn id(&self) -> KeyId {
        self.id
    }

    fn verify(&self, text: &str, signature: &[u8]) -> Result<Attested, BadSignature> {
        match &self.point {
            Point::Ed25519(key) => {
                verify_strict(key, text.as_bytes(), signature)?;
                Ok(Attested { time_s: None })
            }
            Point::CosignatureV1(key) => {
                let (time, signature) = signature.split_first_chunk().ok_or(BadSignature)?;
                let time_s = u64::from_be_bytes(*time);
                // The protocol asks witnesses for a time other than 0; beyond 2^63 − 1 none may be.
                if !(1..=crate::merkle::SIZE_MAX).contains(&time_s) {
                    return Err(BadSignature);
                }
                verify_strict(key, cosigned_message(text, time_s).as_bytes(), signature)?;
                Ok(Attested { time_s: Some(time_s) })
            }
            Point::Sm2(key) => {
                let signature = sm2::dsa::Signature::from_slice(signature).map_err(|_| BadSignature)?;
                key.verify(text.as_bytes(), &signature).map_err(|_| BadSignature)?;
                Ok(Attested { time_s: None })
            }
        }
    }
}

/// RFC 8032 without its freedoms: no small-order points, so that a signature has one key and one text.
fn verify_strict(key: &ed25519_dalek::VerifyingKey, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
    let signature = ed25519_dalek::Signature::from_slice(signature).map_err(|_| BadSignature)?;
    key.verify_strict(message, &signature).map_err(|_| BadSignature)
}
