//! Checkpoints: what a log signs about its tree (C2SP tlog-checkpoint).

use std::fmt;
use std::str::FromStr;

use crate::key::{KeyError, KeyName, NoteSigner};
use crate::merkle::SIZE_MAX;
use crate::note::{Note, NoteError, SignatureLine};
use crate::{Digest, lines, sha256};

/// The head of a log: origin, size and root.
///
/// Written and read as at least three lines, each ended by a line break: origin, size in decimal, root in Base64. Further
/// lines are *extension lines*: kept, signed, and never given a meaning here; we write none.
///
/// The origin names the log. It is held to the rules for names of keys ([`KeyName`]), because a policy binds the two.
///
/// ```
/// use dingce_ledger::Checkpoint;
/// let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
/// let checkpoint: Checkpoint = text.parse()?;
/// assert_eq!((checkpoint.size(), checkpoint.to_string().as_str()), (20_852_163, text));
/// # Ok::<(), dingce_ledger::checkpoint::CheckpointError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: KeyName,
    size: u64,
    root: Digest,
    extensions: Vec<String>,
}

/// Why a checkpoint was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not three or more lines, or an empty one, or no line break at the end.
    #[error("expected lines for origin, size and root, none empty and each ended by a line break")]
    Lines,
    /// A name that no log may have.
    #[error("expected the origin to be a name as keys have")]
    Origin(#[source] KeyError),
    /// No number, or not in its one spelling.
    #[error("expected a size from 0 to {SIZE_MAX} in decimal without leading zeroes, but got {given:?}")]
    Size {
        /// The line given, cut to 80 characters.
        given: String,
    },
    /// No hash, or not in its one spelling.
    #[error("expected a root of 32 bytes in canonical base64, but got {given:?}")]
    Root {
        /// The line given, cut to 80 characters.
        given: String,
    },
    /// The empty tree has one root.
    #[error("expected the root of the empty tree for size 0, but got {given}")]
    Empty {
        /// The root given.
        given: Digest,
    },
    /// The signed note around it is not well formed.
    #[error(transparent)]
    Note(#[from] NoteError),
}

impl Checkpoint {
    /// The checkpoint of a tree.
    ///
    /// # Errors
    /// [`CheckpointError::Size`] beyond 2^63 − 1; [`CheckpointError::Empty`] for size 0 with any root but `SHA-256("")`.
    pub fn new(origin: KeyName, size: u64, root: Digest) -> Result<Self, CheckpointError> {
        if size > SIZE_MAX {
            return Err(CheckpointError::Size { given: size.to_string() });
        }
        if size == 0 && root != sha256(b"") {
            return Err(CheckpointError::Empty { given: root });
        }
        Ok(Self { origin, size, root, extensions: Vec::new() })
    }

    /// The name of the log.
    pub fn origin(&self) -> &KeyName {
        &self.origin
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree.
    pub fn root(&self) -> &Digest {
        &self.root
    }

    /// The lines after the root, without meaning.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { origin, size, root, extensions } = self;
        write!(f, "{origin}\n{size}\n{}\n", lines::base64(root.as_bytes()))?;
        extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let mut rest = text.strip_suffix('\n').ok_or(CheckpointError::Lines)?.split('\n');
        let mut line = || rest.next().ok_or(CheckpointError::Lines);
        let (origin, size, root) = (line()?, line()?, line()?);
        let extensions: Vec<String> = rest.map(str::to_owned).collect();
        // A carriage return is a control character and would be refused in a note; so it is here.
        let broken = |line: &String| line.is_empty() || line.contains(|c: char| c < ' ');
        if extensions.iter().any(broken) {
            return Err(CheckpointError::Lines);
        }
        let origin = KeyName::new(origin).map_err(CheckpointError::Origin)?;
        let size = lines::decimal(size).ok_or_else(|| CheckpointError::Size { given: lines::shown(size) })?;
        let root = lines::hash(root).ok_or_else(|| CheckpointError::Root { given: lines::shown(root) })?;
        Ok(Self { extensions, ..Self::new(origin, size, root)? })
    }
}

/// A checkpoint with signature lines, of which nothing is verified yet.
///
/// What it claims becomes true by [`crate::Policy::verify`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    /// Reads a signed checkpoint. Nothing is verified.
    ///
    /// # Errors
    /// [`CheckpointError`] for anything but the one form that [`fmt::Display`] writes.
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let note = Note::parse(bytes)?;
        Ok(Self { checkpoint: note.text().parse()?, note })
    }

    /// Signs a checkpoint with each of these keys, in order.
    ///
    /// Before it is signed, the caller has made sure that no checkpoint inconsistent with it was ever signed: a log that
    /// signs two such checkpoints is caught lying.
    ///
    /// # Errors
    /// [`CheckpointError::Note`] where there is no key, or one does not answer.
    pub fn sign(checkpoint: Checkpoint, signers: &[&dyn NoteSigner]) -> Result<Self, CheckpointError> {
        let note = Note::sign(&checkpoint.to_string(), signers)?;
        Ok(Self { checkpoint, note })
    }

    /// The same checkpoint with one more signature line.
    ///
    /// # Errors
    /// [`CheckpointError::Note`] where it would be more than a note may hold.
    pub fn with(self, line: SignatureLine) -> Result<Self, CheckpointError> {
        Ok(Self { note: self.note.with(line)?, ..self })
    }

    /// The same checkpoint with only those of its signature lines that are wanted.
    ///
    /// # Errors
    /// [`CheckpointError::Note`] where none is left.
    pub fn keeping(self, wanted: impl FnMut(&SignatureLine) -> bool) -> Result<Self, CheckpointError> {
        Ok(Self { note: self.note.keeping(wanted)?, ..self })
    }

    /// What it claims, verified or not.
    pub fn claimed(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note that it is.
    pub fn note(&self) -> &Note {
        &self.note
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}
