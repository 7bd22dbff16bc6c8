//! What a package is made of.

use std::collections::BTreeMap;
use std::io::{self, Read};

use dingce_ledger::Digest;

use crate::numbers::Numbering;
use crate::volume::{Disclosure, OmissionReason, PaperOriginal};

/// One closed volume, ready to be packed. The same input gives the same bytes.
#[derive(Debug, Clone)]
pub struct VolumeInput {
    /// Stream of the case; the stream of every leaf. A code (see [`dingce_ledger::text::is_code`]).
    pub case: String,
    /// Which volume, e.g. `decision`. A code.
    pub volume: String,
    /// Title for readers. Not empty.
    pub title: String,
    /// When the volume was closed, `YYYY-MM-DD`; also the bagging date.
    pub closed_on: String,
    /// The bytes of the workflow definition that the case ran under when the volume was closed; their SHA-256 is `law` of
    /// the leaves.
    pub definition: Vec<u8>,
    /// The bytes of those that it ran under before it was moved to another version; leaves of that time name them.
    pub earlier_definitions: Vec<Vec<u8>>,
    /// All events of the stream from number 1 to the closing event, in order; of those that are filed in another volume
    /// only the leaf.
    pub events: Vec<EventEntry>,
    /// Streams beside the case whose records belong to the volume.
    pub beside: Vec<BesideStream>,
    /// All documents that the leaves mention, in the order of the file list.
    pub documents: Vec<DocumentEntry>,
    /// Pages for readers: file name and bytes. One must be [`crate::volume::FILE_LIST`]; names follow
    /// [`crate::names::is_page_name`].
    pub readable: Vec<(String, Vec<u8>)>,
    /// How many leaves of this volume come before the closing leaf.
    pub count: u64,
    /// The root over those leaves.
    pub volume_root: Digest,
    /// How long the volume is kept, as the closing event states it.
    pub retention: Option<String>,
    /// How its documents are numbered 档号, where they are.
    pub numbering: Option<Numbering>,
    /// Whether SM3 digests are listed beside those of SHA-256 and SHA-512.
    pub sm3: bool,
    /// Files of the log by name (see [`crate::names::is_log_name`]): proofs, checkpoint, policy, keys. May be none.
    pub log: BTreeMap<String, Vec<u8>>,
    /// What a redacted package leaves out; `None` for a whole one.
    pub redaction: Option<Redaction>,
}

/// What a redacted package leaves out. Leaves and proofs always stay.
#[derive(Debug, Clone, Default)]
pub struct Redaction {
    /// The events whose openings are left out, by stream and number. Never the closing event.
    pub openings: BTreeMap<(String, u64), OmissionReason>,
    /// The documents that are left out.
    pub documents: BTreeMap<Digest, OmissionReason>,
}

/// One event of the stream.
#[derive(Debug, Clone)]
pub struct EventEntry {
    /// Its number, from 1.
    pub n: u64,
    /// Its stored form, canonical JSON: envelope, and the open body as member `body`.
    ///
    /// A committed body that was erased is left out, and so is its key; a later event of the stream says so. `None` for an event that is filed in
    /// another volume.
    pub event_json: Option<Vec<u8>>,
    /// Its leaf.
    pub leaf: Vec<u8>,
    /// The key of the commitment to the open body, where the leaf holds a commitment.
    pub body_key: Option<[u8; 32]>,
    /// Whether a sealed body is kept in the store. Sealed bodies themselves are never packed.
    pub sealed_present: bool,
}

/// A stream beside the case: all its events from number 1 to some event, none left out.
#[derive(Debug, Clone)]
pub struct BesideStream {
    /// The stream of every leaf. A code, and not the case.
    pub stream: String,
    /// Its events.
    pub events: Vec<EventEntry>,
}

/// One document of the volume.
#[derive(Debug, Clone)]
pub struct DocumentEntry {
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Its name as people know it: any text.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// What its newest review for release found.
    pub disclosure: Option<Disclosure>,
    /// Where its paper original lies.
    pub paper: Option<PaperOriginal>,
    /// Who is responsible for it 责任者.
    pub responsible: Option<String>,
    /// The day it came on file, `YYYY-MM-DD`.
    pub dated: Option<String>,
}

/// Where the bytes of documents come from.
pub trait DocumentSource {
    /// The bytes of a document, from the first one.
    ///
    /// # Errors
    /// Where the document is missing or cannot be read.
    fn open(&self, digest: &Digest) -> io::Result<Box<dyn Read + '_>>;
}
