//! One event as the ledger sees it: ids, codes, instants and digests, no free text and no personal data.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::body::BodyRef;
use crate::digest::lower_hex_32;
use crate::jcs::{self, JcsError, MAX_EXACT};
use crate::text::{is_code, is_date, is_instant};
use crate::{Digest, Hasher};

/// The longest leaf, in bytes: an entry bundle of the log writes each length in 16 bits (C2SP tlog-tiles).
pub const LEAF_MAX_BYTES: usize = 65_535;

/// The version of the leaf format that this crate writes and reads.
pub const LEAF_VERSION: u8 = 0;

/// 32 random bytes that make a leaf impossible to guess from its hash.
///
/// Written as 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Salt(pub [u8; 32]);

impl Serialize for Salt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.0))
    }
}

impl<'de> Deserialize<'de> for Salt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        lower_hex_32(&text)
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("expected a salt of 64 lower-case hex digits"))
    }
}

/// What a leaf says. Absent members are left out of the encoding.
///
/// Codes and ids are 1 to 256 visible ASCII characters without space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeafInput {
    /// Format version: [`LEAF_VERSION`].
    pub v: u8,
    /// Kind of event, e.g. `draft_version_added`.
    pub k: String,
    /// Stream, e.g. `case_` and 32 hexadecimal digits.
    pub stream: String,
    /// Number in the stream, from 1, at most 2^53.
    pub n: u64,
    /// Leaf hash of number `n - 1`; absent for number 1 and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev: Option<Digest>,
    /// Id of the event.
    pub event: String,
    /// When it was recorded: an instant of RFC 3339.
    pub at: String,
    /// When it happened, `YYYY-MM-DD`, for an act done away from the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// Who acted; absent for clocks and for the anonymous public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// In which post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<String>,
    /// Of which unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// In whose place: the delegator, where the actor acted by delegation.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub acting_for: Option<String>,
    /// Stage of the procedure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// Draft version that the act is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<String>,
    /// Opinion, position or conclusion code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub op: Option<String>,
    /// Digest of the workflow definition that the case runs under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<Digest>,
    /// Digest of the working-day calendar that was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cal: Option<Digest>,
    /// State of the clock that the act started, stopped or met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<String>,
    /// Digests of the documents that the act brought or was about, in the order of the act.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub docs: Vec<Digest>,
    /// Reference to the open body.
    pub body: BodyRef,
    /// Reference to the sealed body, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<BodyRef>,
    /// Random bytes, drawn for this leaf alone.
    pub salt: Salt,
}

/// Why something is not a leaf.
#[derive(Debug, thiserror::Error)]
pub enum LeafError {
    /// Another version than this crate knows.
    #[error("expected leaf version {LEAF_VERSION}, but got {given}")]
    Version {
        /// The version given.
        given: u8,
    },
    /// The number is 0 or beyond 2^53.
    #[error("expected a number from 1 to 2^53, but got {given}")]
    Number {
        /// The number given.
        given: u64,
    },
    /// `prev` is missing after number 1, or present at number 1.
    #[error("expected `prev` in every leaf but number 1, and not there; number {n} breaks this")]
    Prev {
        /// The number of the leaf.
        n: u64,
    },
    /// A member is not a code, a date or an instant.
    #[error("expected {wanted} in member `{member}`, but got {given:?}")]
    Text {
        /// The member.
        member: &'static str,
        /// What it must be.
        wanted: &'static str,
        /// What it is, cut to 80 characters.
        given: String,
    },
    /// The encoding is too long.
    #[error("expected a leaf of at most {LEAF_MAX_BYTES} bytes, but it has {size_bytes}")]
    TooLong {
        /// Its length in bytes.
        size_bytes: usize,
    },
    /// Not an object with the members of a leaf.
    #[error("expected a JSON object with the members of a leaf")]
    Shape(#[source] serde_json::Error),
    /// Not canonical JSON.
    #[error("expected a leaf in canonical JSON")]
    Json(#[from] JcsError),
}

/// A leaf together with its bytes; only ever well formed and canonical.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    input: LeafInput,
    bytes: Vec<u8>,
}

impl Leaf {
    /// The bytes of a leaf: RFC 8785 canonical JSON, at most [`LEAF_MAX_BYTES`].
    ///
    /// # Errors
    /// [`LeafError`], for the first rule that is broken, in the order of the enum.
    pub fn encode(input: &LeafInput) -> Result<Vec<u8>, LeafError> {
        check(input)?;
        let bytes = jcs::to_canonical(input)?;
        check_size(bytes.len())?;
        Ok(bytes)
    }

    /// Reads a leaf and refuses every spelling but the canonical one.
    ///
    /// # Errors
    /// [`LeafError`]; never panics, whatever the bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, LeafError> {
        check_size(bytes.len())?;
        let input: LeafInput = serde_json::from_slice(bytes).map_err(LeafError::Shape)?;
        let canonical = Self::encode(&input)?;
        match jcs::first_difference(bytes, &canonical) {
            None => Ok(Self { input, bytes: canonical }),
            Some(at) => Err(JcsError::NotCanonical { at }.into()),
        }
    }

    /// What it says.
    pub fn input(&self) -> &LeafInput {
        &self.input
    }

    /// Its canonical bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its [`leaf_hash`].
    pub fn hash(&self) -> Digest {
        leaf_hash(&self.bytes)
    }

    /// What it says, without the bytes.
    pub fn into_input(self) -> LeafInput {
        self.input
    }
}

/// The hash of a leaf: `SHA-256(0x00 ‖ bytes)` (RFC 6962 §2.1). The `0x00` keeps leaves and tree nodes apart.
pub fn leaf_hash(bytes: &[u8]) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update(&[0x00]);
    hasher.update(bytes);
    hasher.finish()
}

fn check_size(size_bytes: usize) -> Result<(), LeafError> {
    if size_bytes > LEAF_MAX_BYTES { Err(LeafError::TooLong { size_bytes }) } else { Ok(()) }
}

fn check(input: &LeafInput) -> Result<(), LeafError> {
    // Every member is named, so that a new one cannot be forgotten here.
    let LeafInput {
        v,
        k,
        stream,
        n,
        prev,
        event,
        at,
        on,
        actor,
        post,
        unit,
        acting_for,
        stage,
        draft,
        op,
        law: _,
        cal: _,
        clock,
        docs: _,
        body: _,
        sealed: _,
        salt: _,
    } = input;
    if *v != LEAF_VERSION {
        return Err(LeafError::Version { given: *v });
    }
    if *n == 0 || *n > MAX_EXACT {
        return Err(LeafError::Number { given: *n });
    }
    if prev.is_some() != (*n > 1) {
        return Err(LeafError::Prev { n: *n });
    }
    let codes = [
        ("k", Some(k)),
        ("stream", Some(stream)),
        ("event", Some(event)),
        ("actor", actor.as_ref()),
        ("post", post.as_ref()),
        ("unit", unit.as_ref()),
        ("for", acting_for.as_ref()),
        ("stage", stage.as_ref()),
        ("draft", draft.as_ref()),
        ("op", op.as_ref()),
        ("clock", clock.as_ref()),
    ];
    for (member, given) in codes {
        check_text(member, "1 to 256 visible ASCII characters without space", given, is_code)?;
    }
    check_text("at", "an instant of RFC 3339", Some(at), is_instant)?;
    check_text("on", "a date YYYY-MM-DD", on.as_ref(), is_date)
}

fn check_text(
    member: &'static str,
    wanted: &'static str,
    given: Option<&String>,
    holds: fn(&str) -> bool,
) -> Result<(), LeafError> {
    match given {
        Some(text) if !holds(text) => Err(LeafError::Text { member, wanted, given: text.chars().take(80).collect() }),
        _ => Ok(()),
    }
}
