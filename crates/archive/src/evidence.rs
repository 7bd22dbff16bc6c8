//! What verifies offline beside packages: receipts, reports, log proofs, log folders, and that one checkpoint continues another.
//!
//! Everything read is taken to be hostile, as in [`mod@crate::verify`]: no input makes it panic, no file is read beyond a bound, and
//! a folder of any size is read a tile at a time. Whose signatures count comes from a [`Policy`] that the caller has from
//! elsewhere; without one nothing is believed, and [`Evidence::ok`] says so.
//!
//! `docs/formats/log.md` specifies the files, `docs/formats/accountability.md` those of a report.

mod checkpoint;
mod consistency;
mod folder;
mod receipt;
mod report;
mod text;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use dingce_ledger::proof::PROOF_HEADER;
use dingce_ledger::{Checkpoint, Digest, Policy};

use crate::four::Sentence;
pub use report::{REPORT_FORMAT, TRACE_FORMAT, report_note_text};
use text::Text;

/// The most bytes of a file of receipts: 8 MiB.
pub const RECEIPTS_MAX_BYTES: u64 = 8 * 1024 * 1024;
/// The most bytes of a proof, checkpoint or consistency proof.
pub const PROOF_MAX_BYTES: u64 = 1_200_000;
/// How many findings are told of each sort; the rest are counted.
const TOLD_MAX: usize = 40;
/// Name of the file with a log's newest checkpoint.
const CHECKPOINT: &str = "checkpoint";

/// What was given to be verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EvidenceKind {
    /// The folder of a package: verified by [`crate::verify()`], not here.
    Package,
    /// The folder of a log: `checkpoint` and tiles, with or without entries.
    LogFolder,
    /// The folder of a report on a trace or on an accountability file.
    Report,
    /// A C2SP tlog-proof.
    Proof,
    /// Receipts as the API gives them, in JSON.
    Receipts,
    /// A consistency proof with its checkpoint, as it is sent to witnesses.
    Consistency,
    /// A signed checkpoint.
    Checkpoint,
    /// Nothing that is known.
    Unknown,
}

impl EvidenceKind {
    /// Its name in reports for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Package => "package",
            Self::LogFolder => "log",
            Self::Report => "report",
            Self::Proof => "proof",
            Self::Receipts => "receipts",
            Self::Consistency => "consistency",
            Self::Checkpoint => "checkpoint",
            Self::Unknown => "unknown",
        }
    }

    /// What lies at this path, by its first bytes. What is not there counts as a package, whose verifier tells it.
    pub fn of(path: &Path) -> Self {
        if path.is_dir() {
            let holds = |name: &str| path.join(name).is_file();
            return match (path.join("bagit.txt").exists(), holds(CHECKPOINT), holds(report::REPORT)) {
                (false, true, _) => Self::LogFolder,
                (false, false, true) => Self::Report,
                _ => Self::Package,
            };
        }
        if !path.exists() {
            return Self::Package;
        }
        let mut head = Vec::new();
        let read = open_plain(path).and_then(|file| file.take(64).read_to_end(&mut head));
        if read.is_err() {
            return Self::Unknown;
        }
        let first = head.iter().find(|byte| !byte.is_ascii_whitespace());
        match first {
            _ if head.starts_with(PROOF_HEADER.as_bytes()) => Self::Proof,
            _ if head.starts_with(b"old ") => Self::Consistency,
            Some(b'{' | b'[') => Self::Receipts,
            Some(_) => Self::Checkpoint,
            None => Self::Unknown,
        }
    }
}

/// What the caller has beside the thing itself, from elsewhere.
#[derive(Debug, Clone, Default)]
pub struct Beside<'a> {
    /// Whose signatures count.
    pub policy: Option<&'a Policy>,
    /// A checkpoint that somebody kept.
    pub older: Option<PathBuf>,
    /// A log folder with the tiles, where the thing itself is none.
    pub log: Option<PathBuf>,
    /// The leaf that a proof is of: its file.
    pub leaf: Option<PathBuf>,
    /// The leaf that a proof is of: its hash, for who may not see it.
    pub leaf_hash: Option<Digest>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What was verified.
    pub kind: EvidenceKind,
    /// What holds.
    pub proven: Vec<Sentence>,
    /// What speaks against it.
    pub against: Vec<Sentence>,
    /// What was not examined or cannot be known, so that nobody takes it for proven.
    pub not_proven: Vec<Sentence>,
    /// Whether it was judged who signed.
    pub judged: bool,
    /// The checkpoint that all rests on; to be trusted only if [`Self::ok`].
    pub checkpoint: Option<Checkpoint>,
}

impl Evidence {
    /// Whether what was asked is proven: nothing speaks against it, and signatures were judged by keys from elsewhere.
    pub fn ok(&self) -> bool {
        self.judged && self.against.is_empty() && !self.proven.is_empty()
    }

    fn new(kind: EvidenceKind) -> Self {
        Self { kind, proven: Vec::new(), against: Vec::new(), not_proven: Vec::new(), judged: false, checkpoint: None }
    }

    fn proves(&mut self, text: Text, values: &[(&str, &dyn std::fmt::Display)]) {
        self.proven.push(text.say(values));
    }

    fn refutes(&mut self, text: Text, values: &[(&str, &dyn std::fmt::Display)]) {
        self.against.push(text.say(values));
    }

    fn leaves_open(&mut self, text: Text, values: &[(&str, &dyn std::fmt::Display)]) {
        self.not_proven.push(text.say(values));
    }

    /// Each list cut to what is told.
    fn closed(mut self) -> Self {
        for list in [&mut self.proven, &mut self.against, &mut self.not_proven] {
            let more = list.len().saturating_sub(TOLD_MAX);
            if more > 0 {
                list.truncate(TOLD_MAX);
                list.push(Text::More.say(&[("count", &more)]));
            }
        }
        self
    }
}

/// Verifies receipts, a report, a proof, a log folder, a consistency proof or a checkpoint; packages are [`crate::verify()`]'s.
///
/// Never fails and never panics: what cannot be read speaks against it. Blocks.
pub fn evidence(path: &Path, beside: &Beside<'_>) -> Evidence {
    let kind = EvidenceKind::of(path);
    let mut found = Evidence::new(kind);
    match kind {
        EvidenceKind::LogFolder => folder::verify(path, beside, &mut found),
        EvidenceKind::Report => report::verify(path, beside, &mut found),
        EvidenceKind::Proof => receipt::proof(path, beside, &mut found),
        EvidenceKind::Receipts => receipt::receipts(path, beside, &mut found),
        EvidenceKind::Consistency => consistency::request(path, beside, &mut found),
        EvidenceKind::Checkpoint => checkpoint::verify(path, beside, &mut found),
        EvidenceKind::Package | EvidenceKind::Unknown => {
            let detail =
                if path.is_dir() { "a folder without checkpoint or report" } else { "empty, or no plain file" };
            found.refutes(Text::Unrecognised, &[("path", &path.display()), ("detail", &detail)]);
        }
    }
    found.closed()
}

/// A plain file, opened: a pipe or device is none, for reading it may never end.
fn open_plain(path: &Path) -> std::io::Result<File> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, "expected a plain file"));
    }
    File::open(path)
}

/// All bytes of a file of at most so many; what is told otherwise.
fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Sentence> {
    let failed = |error: std::io::Error| Text::CannotRead.say(&[("path", &path.display()), ("detail", &error)]);
    let mut bytes = Vec::new();
    let file = open_plain(path).map_err(failed)?;
    file.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit {
        return Err(Text::TooLarge.say(&[("path", &path.display()), ("limit", &limit)]));
    }
    Ok(bytes)
}
