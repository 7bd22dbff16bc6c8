//! That a log goes on under another key: signed by the key until then and by the next one.
//!
//! Whoever trusts the older key can so come to trust the newer one without being told by anybody else. It says nothing after the older key
//! was stolen: then whoever has it can name a successor too, and only another word, or a witness, helps.

use std::fmt;
use std::str::FromStr;

use crate::key::{KeyName, NoteSigner, NoteVerifier as _, VerifierKey};
use crate::lines;
use crate::merkle::SIZE_MAX;
use crate::note::{Note, NoteError};

/// The second line of the text.
const KIND: &str = "dingce log succession v0";

/// A signed statement that a log goes on under another key.
///
/// A signed note whose text has five lines: the name of the log, `dingce log succession v0`, `from ` and the key until then, `to ` and the
/// next one, `size ` and how many entries the log had at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    from: VerifierKey,
    to: VerifierKey,
    size: u64,
    note: Note,
}

/// Why a statement was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SuccessionError {
    /// Not a signed note with these five lines.
    #[error("expected a signed note of five lines: the log, `{KIND}`, from, to and size")]
    Lines,
    /// Two keys of different logs, or one key twice.
    #[error("expected two different keys that both bear the name {name}")]
    Names {
        /// The name of the log.
        name: String,
    },
    /// Not a note, or not signed by both.
    #[error("expected a note that both keys signed")]
    Note(#[from] NoteError),
}

impl Succession {
    /// The statement, signed by both.
    ///
    /// # Errors
    /// [`SuccessionError`] where the keys are not two of one log.
    pub fn sign(
        from: (&VerifierKey, &dyn NoteSigner),
        to: (&VerifierKey, &dyn NoteSigner),
        size: u64,
    ) -> Result<Self, SuccessionError> {
        let name = from.0.name().as_str();
        let text = format!("{name}\n{KIND}\nfrom {}\nto {}\nsize {}\n", from.0, to.0, size.min(SIZE_MAX));
        Note::sign(&text, &[from.1, to.1])?.to_string().parse()
    }

    /// The key until then.
    pub fn from(&self) -> &VerifierKey {
        &self.from
    }

    /// The key from then on.
    pub fn to(&self) -> &VerifierKey {
        &self.to
    }

    /// How many entries the log had at least.
    pub fn size(&self) -> u64 {
        self.size
    }
}

/// Read and held against both keys at once: there is none that was not signed by both.
impl FromStr for Succession {
    type Err = SuccessionError;

    fn from_str(text: &str) -> Result<Self, SuccessionError> {
        let note = Note::parse(text.as_bytes())?;
        let parts: Vec<&str> = note.text().lines().collect();
        let [name, KIND, from, to, size] = parts.as_slice() else { return Err(SuccessionError::Lines) };
        let key = |line: &str, word: &str| -> Result<VerifierKey, SuccessionError> {
            let text = line.strip_prefix(word).ok_or(SuccessionError::Lines)?;
            text.parse().map_err(|_| SuccessionError::Lines)
        };
        let (from, to) = (key(from, "from ")?, key(to, "to ")?);
        let size = size.strip_prefix("size ").and_then(lines::decimal).ok_or(SuccessionError::Lines)?;
        let of_log = |key: &VerifierKey| KeyName::new(name).is_ok_and(|name| *key.name() == name);
        if from == to || !of_log(&from) || !of_log(&to) {
            return Err(SuccessionError::Names { name: lines::shown(name) });
        }
        // Each by itself: a note is good where one known key signed it.
        note.open(&[&from])?;
        note.open(&[&to])?;
        Ok(Self { from, to, size, note })
    }
}

impl fmt::Display for Succession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}

/// The keys that are trusted because one of `trusted` named them, or one that it named, and so on; those themselves first.
pub fn follow(trusted: &[VerifierKey], statements: &[Succession]) -> Vec<VerifierKey> {
    let mut keys = trusted.to_vec();
    // Each statement adds a key at most once, so that this ends.
    while let Some(next) = statements.iter().find(|s| keys.contains(&s.from) && !keys.contains(&s.to)) {
        keys.push(next.to.clone());
    }
    keys
}
