//! Signed notes: a text and lines that sign it (C2SP signed-note).

use std::fmt;

use crate::key::{Attested, KeyError, KeyId, KeyName, NoteSigner, NoteVerifier, SignError};
use crate::lines;

/// The longest note, in bytes. Ours; it leaves room for [`SIGNATURES_MAX`] post-quantum signatures.
pub const NOTE_MAX_BYTES: usize = 1_000_000;
/// The most signature lines of a note. The specification asks for at least 16; others accept 100 too.
pub const SIGNATURES_MAX: usize = 100;

const DASH: &str = "\u{2014} ";

/// A text with at least one signature line. Its text is worth nothing until [`Note::open`] says who signed it.
///
/// Parsing and printing are inverse: equal notes are equal bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    lines: Vec<SignatureLine>,
}

/// One signature line: `— <name> <base64 of key id and signature>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureLine {
    /// The name of the key that is said to have signed.
    pub name: KeyName,
    /// The id of that key.
    pub id: KeyId,
    /// The signature as the kind of key has it; at least one byte.
    pub signature: Vec<u8>,
}

/// A signature that was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedSignature {
    /// The name of the key that signed.
    pub name: KeyName,
    /// The id of that key.
    pub id: KeyId,
    /// What the signature says beside the text.
    pub attested: Attested,
}

/// Why a note was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// More bytes than a note may have.
    #[error("expected a note of at most {NOTE_MAX_BYTES} bytes, but got {found}")]
    Size {
        /// How many there are.
        found: usize,
    },
    /// Bytes that are not UTF-8, or an ASCII control character other than the line break.
    #[error("expected UTF-8 without control characters other than line breaks, but not so at byte {at}")]
    Characters {
        /// The first byte that is not.
        at: usize,
    },
    /// No text, an empty line and signature lines, each ended by a line break.
    #[error("expected a text, an empty line and at least one signature line, all ended by line breaks")]
    Form,
    /// A line among the signatures that is none.
    #[error("expected a line \"\u{2014} name base64\" with at least 5 bytes in canonical base64, but got {given:?}")]
    Line {
        /// The line given, cut to 80 characters.
        given: String,
    },
    /// A name that no key may have.
    #[error("expected the name of a key in a signature line")]
    Name(#[source] KeyError),
    /// More signature lines than a note may have.
    #[error("expected at most {SIGNATURES_MAX} signature lines, but got {found}")]
    Signatures {
        /// How many there are.
        found: usize,
    },
    /// A line that says to be of a known key, and is not.
    #[error("expected the signature of {name} ({id}) to be by that key over this text")]
    Bad {
        /// The name of the key.
        name: KeyName,
        /// The id of the key.
        id: KeyId,
    },
    /// No line of a known key.
    #[error("expected a signature by at least one of the known keys, but found none")]
    Unsigned,
    /// Two known keys of the same name and id.
    #[error("expected one known key {name} ({id}), but there are two")]
    Ambiguous {
        /// The name of the keys.
        name: KeyName,
        /// The id of the keys.
        id: KeyId,
    },
    /// A key did not sign.
    #[error("expected the key to sign")]
    Sign(#[from] SignError),
}

impl Note {
    /// Reads a note. Nothing is verified.
    ///
    /// # Errors
    /// [`NoteError`] for anything but the one form that [`fmt::Display`] writes.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > NOTE_MAX_BYTES {
            return Err(NoteError::Size { found: bytes.len() });
        }
        let whole = checked(bytes)?;
        let split = whole.rfind("\n\n").ok_or(NoteError::Form)?;
        let (text, signatures) = (&whole[..=split], &whole[split + 2..]);
        Ok(Self { text: text.to_owned(), lines: parse_lines(signatures)? })
    }

    /// Signs a text with each of these keys, in order.
    ///
    /// # Errors
    /// [`NoteError::Form`] for a text that is empty or does not end with a line break, or for no signer;
    /// [`NoteError::Characters`]; [`NoteError::Signatures`]; [`NoteError::Sign`] where a key does not answer.
    pub fn sign(text: &str, signers: &[&dyn NoteSigner]) -> Result<Self, NoteError> {
        if !text.ends_with('\n') || signers.is_empty() {
            return Err(NoteError::Form);
        }
        checked(text.as_bytes())?;
        let lines = signers.iter().map(|signer| SignatureLine::sign(text, *signer));
        let note = Self { text: text.to_owned(), lines: lines.collect::<Result<_, _>>()? };
        note.within_bounds()
    }

    /// The same note with one more signature line, at the end; a line that is there already is not repeated.
    ///
    /// # Errors
    /// [`NoteError::Signatures`] and [`NoteError::Size`] where it would be more than a note may hold.
    pub fn with(mut self, line: SignatureLine) -> Result<Self, NoteError> {
        if !self.lines.contains(&line) {
            self.lines.push(line);
        }
        self.within_bounds()
    }

    /// The same note with only those of its lines that are wanted.
    ///
    /// # Errors
    /// [`NoteError::Unsigned`] where none is left.
    pub fn keeping(mut self, wanted: impl FnMut(&SignatureLine) -> bool) -> Result<Self, NoteError> {
        self.lines.retain(wanted);
        if self.lines.is_empty() { Err(NoteError::Unsigned) } else { Ok(self) }
    }

    fn within_bounds(self) -> Result<Self, NoteError> {
        if self.lines.len() > SIGNATURES_MAX {
            return Err(NoteError::Signatures { found: self.lines.len() });
        }
        let found = self.to_string().len();
        if found > NOTE_MAX_BYTES { Err(NoteError::Size { found }) } else { Ok(self) }
    }

    /// The text that is signed, with its last line break.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines in order, verified or not.
    pub fn lines(&self) -> &[SignatureLine] {
        &self.lines
    }

    /// Which of these keys signed the text. Lines of other keys are ignored.
    ///
    /// Stricter than the specification's least: one bad line of a known key refuses the note.
    ///
    /// # Errors
    /// [`NoteError::Bad`], [`NoteError::Unsigned`], [`NoteError::Ambiguous`].
    pub fn open(&self, known: &[&dyn NoteVerifier]) -> Result<Vec<VerifiedSignature>, NoteError> {
        let verified = verify_lines(&self.text, &self.lines, known)?;
        if verified.is_empty() { Err(NoteError::Unsigned) } else { Ok(verified) }
    }
}

impl SignatureLine {
    /// The line of this key over this text.
    ///
    /// # Errors
    /// [`SignError`] where the key does not answer.
    pub fn sign(text: &str, signer: &dyn NoteSigner) -> Result<Self, SignError> {
        Ok(Self { name: signer.name().clone(), id: signer.id(), signature: signer.sign(text)? })
    }

    /// Whether it says to be of this key; that it is, [`NoteVerifier::verify`] shows.
    pub fn is_of(&self, key: &dyn NoteVerifier) -> bool {
        *key.name() == self.name && key.id() == self.id
    }
}

impl fmt::Display for SignatureLine {
    /// The line without its line break.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.id.0.as_slice(), &self.signature].concat();
        write!(f, "{DASH}{} {}", self.name, lines::base64(&bytes))
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// The text that these bytes are, where a note may hold it.
fn checked(bytes: &[u8]) -> Result<&str, NoteError> {
    let text = std::str::from_utf8(bytes).map_err(|error| NoteError::Characters { at: error.valid_up_to() })?;
    match text.bytes().position(|b| b < b' ' && b != b'\n') {
        Some(at) => Err(NoteError::Characters { at }),
        None => Ok(text),
    }
}

/// Signature lines, each ended by a line break; at least one.
pub(crate) fn parse_lines(text: &str) -> Result<Vec<SignatureLine>, NoteError> {
    let text = text.strip_suffix('\n').ok_or(NoteError::Form)?;
    let found = text.split('\n').count();
    if found > SIGNATURES_MAX {
        return Err(NoteError::Signatures { found });
    }
    text.split('\n').map(parse_line).collect()
}

fn parse_line(text: &str) -> Result<SignatureLine, NoteError> {
    let line = || NoteError::Line { given: lines::shown(text) };
    let (name, base64) = text.strip_prefix(DASH).and_then(|rest| rest.split_once(' ')).ok_or_else(line)?;
    let name = KeyName::new(name).map_err(NoteError::Name)?;
    let bytes = lines::from_base64(base64).ok_or_else(line)?;
    let (id, signature) = bytes.split_first_chunk().filter(|(_, rest)| !rest.is_empty()).ok_or_else(line)?;
    Ok(SignatureLine { name, id: KeyId(*id), signature: signature.to_vec() })
}

/// The lines of known keys, all of which must verify; those of other keys are left out.
pub(crate) fn verify_lines(
    text: &str,
    lines: &[SignatureLine],
    known: &[&dyn NoteVerifier],
) -> Result<Vec<VerifiedSignature>, NoteError> {
    let mut verified = Vec::new();
    for line @ SignatureLine { name, id, signature } in lines {
        let mut keys = known.iter().filter(|key| line.is_of(**key));
        let Some(key) = keys.next() else { continue };
        if keys.next().is_some() {
            return Err(NoteError::Ambiguous { name: name.clone(), id: *id });
        }
        let bad = |_| NoteError::Bad { name: name.clone(), id: *id };
        let attested = key.verify(text, signature).map_err(bad)?;
        verified.push(VerifiedSignature { name: name.clone(), id: *id, attested });
    }
    Ok(verified)
}
