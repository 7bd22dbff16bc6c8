//! A public draw that anyone can compute again: from a seed, a group and the codes of all who took part.
//!
//! `docs/formats/draw.md` says the same for strangers, with a test vector and a line of shell.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::id::Digest;

/// First line of what is hashed: the name and version of the method.
const METHOD: &str = "dingce-draw/v0";

/// How long the log was at a moment, and its root: a seed that nobody knew before, where the moment was named beforehand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// Its number among the checkpoints of the deployment, from 1, without gaps.
    pub number: u64,
    /// How many entries the log had.
    pub size: u64,
    /// RFC 6962 root over their leaf hashes.
    pub root: Digest,
    /// When it was recorded; never before the one before it.
    pub recorded_at: Timestamp,
}

impl Checkpoint {
    /// The seed that it gives: its root, as printed.
    pub fn seed(&self) -> String {
        self.root.to_string()
    }
}

/// The lot of one code: SHA-256 over four lines, each ended by LF: the method, the seed, the group, the code.
///
/// Lines hold no line ends, so no two draws share their bytes.
pub fn lot(seed: &str, group: &str, code: &str) -> [u8; 32] {
    Sha256::digest(format!("{METHOD}\n{seed}\n{group}\n{code}\n")).into()
}

/// The codes that are drawn: those with the smallest lots, as big-endian numbers, smallest first; as many as there are
/// seats, or all where there are fewer.
///
/// ```
/// use dingce_domain::draw::draw;
/// let drawn = draw("2024-05-01", "experts", &["E-01", "E-02", "E-03", "E-04", "E-05"], 3);
/// assert_eq!(drawn, ["E-01", "E-02", "E-04"]);
/// ```
pub fn draw(seed: &str, group: &str, codes: &[&str], seats: usize) -> Vec<String> {
    let mut lots: Vec<_> = codes.iter().map(|code| (lot(seed, group, code), *code)).collect();
    lots.sort_unstable();
    lots.into_iter().take(seats).map(|(_, code)| code.to_owned()).collect()
}
