//! The file that proves, without any network, that an entry is in a log (C2SP tlog-proof).

use std::fmt;

use crate::checkpoint::{CheckpointError, SignedCheckpoint};
use crate::merkle::{MerkleError, verify_inclusion};
use crate::policy::{Policy, PolicyError, VerifiedCheckpoint};
use crate::{Digest, leaf_hash, lines};

/// The first line of a proof.
pub const PROOF_HEADER: &str = "c2sp.org/tlog-proof@v1";
/// The most hashes of a proof: one for each level of the greatest tree.
pub const PROOF_MAX_HASHES: usize = 63;
/// The most extra data, in bytes. Ours.
pub const EXTRA_MAX_BYTES: usize = 65_536;

/// Which leaf, its inclusion proof, and the signed checkpoint that it leads to.
///
/// Written and read as `c2sp.org/tlog-proof@v1`, optionally `extra <base64>`, `index <decimal>`, one line of Base64 for each
/// hash, an empty line, and the checkpoint. Parsing and printing are inverse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogProof {
    extra: Option<Vec<u8>>,
    index: u64,
    hashes: Vec<Digest>,
    checkpoint: SignedCheckpoint,
}

/// Why a proof was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Another first line.
    #[error("expected the first line {PROOF_HEADER}")]
    Header,
    /// A line that is missing or not of its form.
    #[error("expected {needed}, but got {given:?}")]
    Line {
        /// What should be there.
        needed: &'static str,
        /// The line given, cut to 80 characters.
        given: String,
    },
    /// More hashes than any proof has.
    #[error("expected at most {PROOF_MAX_HASHES} hashes")]
    Hashes,
    /// More extra data than is read.
    #[error("expected at most {EXTRA_MAX_BYTES} bytes of extra data, but got {found}")]
    Extra {
        /// How many there are.
        found: usize,
    },
    /// The checkpoint in it is not well formed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The checkpoint is not to be believed.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The leaf is not at that place in the tree of the checkpoint.
    #[error("expected the leaf to be in the tree of the checkpoint")]
    Inclusion(#[source] MerkleError),
}

/// A leaf that is proven to be in a log. Only [`LogProof::verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedInclusion {
    /// Its place in the log, from 0.
    pub index: u64,
    /// The checkpoint that covers it, with who signed.
    pub checkpoint: VerifiedCheckpoint,
}

impl LogProof {
    /// The proof of the leaf at `index`. Whether it holds, [`LogProof::verify`] says.
    ///
    /// `extra` is not protected by anything: whoever passes the proof on may change it.
    ///
    /// # Errors
    /// [`ProofError::Hashes`], [`ProofError::Extra`]; [`ProofError::Line`] for an index beyond 2^63 − 1 or extra data that is
    /// there and empty.
    pub fn new(
        extra: Option<Vec<u8>>,
        index: u64,
        hashes: Vec<Digest>,
        checkpoint: SignedCheckpoint,
    ) -> Result<Self, ProofError> {
        if hashes.len() > PROOF_MAX_HASHES {
            return Err(ProofError::Hashes);
        }
        match extra.as_ref().map(Vec::len) {
            Some(0) => return Err(line("extra data, or no line for it", "")),
            Some(found) if found > EXTRA_MAX_BYTES => return Err(ProofError::Extra { found }),
            _ => {}
        }
        if index > crate::merkle::SIZE_MAX {
            return Err(line("an index below 2^63", &index.to_string()));
        }
        Ok(Self { extra, index, hashes, checkpoint })
    }

    /// Reads a proof. Nothing is verified.
    ///
    /// # Errors
    /// [`ProofError`] for anything but the one form that [`fmt::Display`] writes.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProofError> {
        // The checkpoint may have empty lines of its own; the first one ends the proof.
        let split = bytes.windows(2).position(|pair| pair == b"\n\n");
        let split = split.ok_or_else(|| line("an empty line before the checkpoint", ""))?;
        let head = std::str::from_utf8(&bytes[..split]).map_err(|_| ProofError::Header)?;
        let mut rest = head.split('\n');
        if rest.next() != Some(PROOF_HEADER) {
            return Err(ProofError::Header);
        }
        let mut next = rest.next().unwrap_or_default();
        let mut extra = None;
        if let Some(base64) = next.strip_prefix("extra ") {
            extra = Some(lines::from_base64(base64).ok_or_else(|| line("extra data in canonical base64", next))?);
            next = rest.next().unwrap_or_default();
        }
        let index = next.strip_prefix("index ").and_then(lines::decimal);
        let index = index.ok_or_else(|| line("\"index \" and a decimal without leading zeroes", next))?;
        let hashes = parse_hashes(rest)?;
        Self::new(extra, index, hashes, SignedCheckpoint::parse(&bytes[split + 2..])?)
    }

    /// Opaque data that came along and nobody vouches for.
    pub fn extra(&self) -> Option<&[u8]> {
        self.extra.as_deref()
    }

    /// The place of the leaf in the log, from 0, as claimed.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The inclusion proof, lowest hash first.
    pub fn hashes(&self) -> &[Digest] {
        &self.hashes
    }

    /// The checkpoint, unverified.
    pub fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// Checks that this entry is in a log that the policy accepts: the log signed the checkpoint, enough witnesses cosigned
    /// it, and the proof leads from the entry to its root.
    ///
    /// # Errors
    /// [`ProofError::Policy`], [`ProofError::Inclusion`].
    pub fn verify(&self, entry: &[u8], policy: &Policy) -> Result<VerifiedInclusion, ProofError> {
        self.verify_hash(&leaf_hash(entry), policy)
    }

    /// As [`LogProof::verify`], for who has only the leaf hash: a receipt whose holder may not see the entry.
    ///
    /// # Errors
    /// [`ProofError::Policy`], [`ProofError::Inclusion`].
    pub fn verify_hash(&self, leaf: &Digest, policy: &Policy) -> Result<VerifiedInclusion, ProofError> {
        // First the signatures: size and root are worth nothing before.
        let verified = policy.verify(&self.checkpoint)?;
        let checkpoint = verified.checkpoint();
        verify_inclusion(leaf, self.index, checkpoint.size(), &self.hashes, checkpoint.root())
            .map_err(ProofError::Inclusion)?;
        Ok(VerifiedInclusion { index: self.index, checkpoint: verified })
    }
}

/// Lines of hashes, at most 63.
pub(crate) fn parse_hashes<'a>(texts: impl Iterator<Item = &'a str>) -> Result<Vec<Digest>, ProofError> {
    let mut hashes = Vec::new();
    for text in texts {
        if hashes.len() == PROOF_MAX_HASHES {
            return Err(ProofError::Hashes);
        }
        hashes.push(lines::hash(text).ok_or_else(|| line("a hash of 32 bytes in canonical base64", text))?);
    }
    Ok(hashes)
}

fn line(needed: &'static str, given: &str) -> ProofError {
    ProofError::Line { needed, given: lines::shown(given) }
}

impl fmt::Display for LogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { extra, index, hashes, checkpoint } = self;
        writeln!(f, "{PROOF_HEADER}")?;
        if let Some(extra) = extra {
            writeln!(f, "extra {}", lines::base64(extra))?;
        }
        writeln!(f, "index {index}")?;
        hashes.iter().try_for_each(|hash| writeln!(f, "{}", lines::base64(hash.as_bytes())))?;
        write!(f, "\n{checkpoint}")
    }
}
