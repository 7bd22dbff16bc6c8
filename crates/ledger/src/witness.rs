//! What a witness demands before it cosigns, and what a log makes of its answer (C2SP tlog-witness).
//!
//! A witness remembers, for each log, the last checkpoint that it cosigned. [`decide`] is the whole of its judgement; the
//! caller keeps [`Signed`] durably *before* it answers, and only if what is kept is still what it gave to [`decide`]:
//! otherwise two requests at once could make it go back.

use std::fmt;

use crate::checkpoint::{CheckpointError, SignedCheckpoint};
use crate::key::{Cosigner, NoteVerifier, SignError, VerifierKey};
use crate::merkle::{MerkleError, verify_consistency};
use crate::note::{self, NoteError, SignatureLine};
use crate::proof::{ProofError, parse_hashes};
use crate::{Digest, lines};

/// The media type of the answer 409.
pub const SIZE_MEDIA_TYPE: &str = "text/x.tlog.size";

/// The longest request, in bytes: the greatest checkpoint with the longest proof. Ours.
pub const REQUEST_MAX_BYTES: usize = note::NOTE_MAX_BYTES + 4_096;

/// A request to cosign: the size that the log believes the witness last cosigned, the consistency proof from there, and the
/// signed checkpoint.
///
/// Written and read as `old <decimal>`, one line of Base64 for each hash, an empty line, and the checkpoint. Parsing and
/// printing are inverse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size of the tree that the proof starts from; 0 for the first time.
    pub old: u64,
    /// The consistency proof, lowest hash first; empty from size 0 and to the same size. At most 63 hashes.
    pub proof: Vec<Digest>,
    /// The checkpoint to cosign.
    pub checkpoint: SignedCheckpoint,
}

/// Why a request is not one: status 400.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The first line is not `old` and a size.
    #[error("expected \"old \" and a decimal without leading zeroes, but got {given:?}")]
    Old {
        /// The line given, cut to 80 characters.
        given: String,
    },
    /// No empty line before the checkpoint.
    #[error("expected an empty line before the checkpoint")]
    Form,
    /// A line that is no hash, or more of them than any proof has.
    #[error(transparent)]
    Proof(ProofError),
    /// The checkpoint in it is not well formed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

impl AddCheckpoint {
    /// Reads the body of a request. Nothing is verified.
    ///
    /// # Errors
    /// [`RequestError`] for anything but the one form that [`fmt::Display`] writes.
    pub fn parse(bytes: &[u8]) -> Result<Self, RequestError> {
        let split = bytes.windows(2).position(|pair| pair == b"\n\n").ok_or(RequestError::Form)?;
        let head = std::str::from_utf8(&bytes[..split]).map_err(|_| RequestError::Form)?;
        let mut rest = head.split('\n');
        let first = rest.next().unwrap_or_default();
        let old = first.strip_prefix("old ").and_then(lines::decimal);
        let old = old.ok_or_else(|| RequestError::Old { given: lines::shown(first) })?;
        let proof = parse_hashes(rest).map_err(RequestError::Proof)?;
        Ok(Self { old, proof, checkpoint: SignedCheckpoint::parse(&bytes[split + 2..])? })
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { old, proof, checkpoint } = self;
        writeln!(f, "old {old}")?;
        proof.iter().try_for_each(|hash| writeln!(f, "{}", lines::base64(hash.as_bytes())))?;
        write!(f, "\n{checkpoint}")
    }
}

/// What a witness remembers of a log: the last checkpoint that it cosigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    /// The size of its tree.
    pub size: u64,
    /// The root of its tree.
    pub root: Digest,
    /// When it was cosigned, in seconds since 1970-01-01T00:00:00Z.
    pub time_s: u64,
}

/// What a witness answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 200: the line to answer with, once `next` is kept in the place of what was remembered.
    Cosigned {
        /// The cosignature; the body of the answer is the line and a line break.
        line: SignatureLine,
        /// What to remember from now on.
        next: Signed,
    },
    /// 400: the size that the proof starts from is beyond the checkpoint's.
    Backwards {
        /// The size that the proof starts from.
        old: u64,
        /// The size of the checkpoint.
        size: u64,
    },
    /// 403: no key that is trusted for this log signed, or a line that says so is bad.
    Untrusted(NoteError),
    /// 404: no key is known for this origin.
    UnknownLog,
    /// 409: the proof does not start from what was last cosigned, or the same size has another root. The body is this size
    /// in decimal and a line break, of type [`SIZE_MEDIA_TYPE`].
    Conflict {
        /// The size last cosigned; 0 for none.
        size: u64,
    },
    /// 422: the proof does not hold. With known origin and valid signature this may be proof that the log lies: keep it.
    Inconsistent(MerkleError),
    /// 503: the clock shows an earlier time than the last cosignature, or none; nothing is signed until it is set right.
    ClockBehind {
        /// The time of the last cosignature, in seconds.
        last_s: u64,
        /// The time given.
        now_s: u64,
    },
    /// 503: the witness's own key did not answer.
    KeySilent(SignError),
}

impl Answer {
    /// Its HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Cosigned { .. } => 200,
            Self::Backwards { .. } => 400,
            Self::Untrusted(_) => 403,
            Self::UnknownLog => 404,
            Self::Conflict { .. } => 409,
            Self::Inconsistent(_) => 422,
            Self::ClockBehind { .. } | Self::KeySilent(_) => 503,
        }
    }

    /// Its body; empty where the protocol gives it none.
    pub fn body(&self) -> String {
        match self {
            Self::Cosigned { line, .. } => format!("{line}\n"),
            Self::Conflict { size } => format!("{size}\n"),
            _ => String::new(),
        }
    }
}

/// What to answer to a request to cosign.
///
/// `logs` are the keys trusted, each for the origin that is its name. `last` is what this witness last cosigned *for the
/// origin of this checkpoint*. `now_s` is its clock, in seconds since 1970-01-01T00:00:00Z.
///
/// A witness that follows it never cosigns two trees of which one does not continue the other, never a smaller one after a
/// greater one, and never with an earlier time. The order in which answers take precedence is that of the specification:
/// 404, 403, 400, 409, 422; the clock is looked at last, for it is the witness's own trouble.
pub fn decide(
    request: &AddCheckpoint,
    logs: &[VerifierKey],
    last: Option<&Signed>,
    cosigner: &dyn Cosigner,
    now_s: u64,
) -> Answer {
    let AddCheckpoint { old, checkpoint: signed, .. } = request;
    let checkpoint = signed.claimed();
    let keys: Vec<&dyn NoteVerifier> =
        logs.iter().filter(|key| key.name() == checkpoint.origin()).map(|key| key as _).collect();
    if keys.is_empty() {
        return Answer::UnknownLog;
    }
    if let Err(error) = signed.note().open(&keys) {
        return Answer::Untrusted(error);
    }
    let size = checkpoint.size();
    if *old > size {
        return Answer::Backwards { old: *old, size };
    }
    let known = last.map_or(0, |last| last.size);
    let other_root = last.is_some_and(|last| last.size == size && last.root != *checkpoint.root());
    if *old != known || other_root {
        return Answer::Conflict { size: known };
    }
    if let Err(error) = consistent(request, last) {
        return Answer::Inconsistent(error);
    }
    // A time of 0 would say that the cosignature has none.
    let last_s = last.map_or(1, |last| last.time_s);
    if now_s < last_s {
        return Answer::ClockBehind { last_s, now_s };
    }
    match cosigner.cosign(signed.note().text(), now_s) {
        Err(error) => Answer::KeySilent(error),
        Ok(signature) => Answer::Cosigned {
            line: SignatureLine { name: cosigner.name().clone(), id: cosigner.id(), signature },
            next: Signed { size, root: *checkpoint.root(), time_s: now_s },
        },
    }
}

/// Whether the proof leads from what was last cosigned to the checkpoint.
fn consistent(request: &AddCheckpoint, last: Option<&Signed>) -> Result<(), MerkleError> {
    let checkpoint = request.checkpoint.claimed();
    match last {
        // Every tree continues the empty one, and nothing is to be proven.
        None | Some(Signed { size: 0, .. }) if request.proof.is_empty() => Ok(()),
        None | Some(Signed { size: 0, .. }) => Err(MerkleError::Length { found: request.proof.len() }),
        Some(last) => verify_consistency(last.size, &last.root, checkpoint.size(), checkpoint.root(), &request.proof),
    }
}

/// The cosignatures that a witness answered with, verified: lines for the log to add to its checkpoint.
///
/// Lines of other keys are ignored, as the specification asks of clients.
///
/// # Errors
/// [`NoteError`] for a body that is no sequence of signature lines, or where a line of a known key is bad;
/// [`NoteError::Unsigned`] where there is none of a known key.
pub fn read_answer(
    body: &[u8],
    checkpoint: &SignedCheckpoint,
    witnesses: &[VerifierKey],
) -> Result<Vec<SignatureLine>, NoteError> {
    let body = std::str::from_utf8(body).map_err(|error| NoteError::Characters { at: error.valid_up_to() })?;
    let keys: Vec<&dyn NoteVerifier> = witnesses.iter().map(|key| key as _).collect();
    let mut lines = note::parse_lines(body)?;
    lines.retain(|line| keys.iter().any(|key| line.is_of(*key)));
    if note::verify_lines(checkpoint.note().text(), &lines, &keys)?.is_empty() {
        return Err(NoteError::Unsigned);
    }
    Ok(lines)
}
