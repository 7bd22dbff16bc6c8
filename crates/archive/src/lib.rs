//! Archive packages: one closed volume as a folder that a stranger can check with public tools.
//!
//! A package is a BagIt 1.0 bag (RFC 8493) around an E-ARK information package (CSIP 2.1) with the documents in the home
//! transfer layout, the event history, the leaves that vouch for both, the workflow definition and readable pages. [`build()`]
//! makes it from bytes and [`verify()`] checks it from the folder alone; neither needs a database, a clock or a network.
//! Documents are streamed and never held in memory. `docs/formats/archive.md` specifies every file; the format is v1 and
//! frozen.
//!
//! In reading order: [`input`], what a package is made of; [`volume`], the files that describe it; [`numbers`], archive
//! numbers by rules; [`names`], how documents are called inside; [`mod@format`], what a file is by its bytes; `eark`, the
//! files that follow from the others; `manifest`, `fixity`, `lines`, `tree`, the small parts of a bag; [`mod@build`];
//! [`mod@verify`]; [`four`], the four checks of a transfer; [`mod@evidence`], what verifies beside packages: receipts, reports, log
//! folders, checkpoints.

pub mod build;
pub mod eark;
pub mod evidence;
mod fixity;
pub mod format;
pub mod four;
pub mod input;
mod lines;
mod manifest;
pub mod names;
pub mod numbers;
mod tree;
pub mod verify;
pub mod volume;

pub use build::{BuildError, PackageReport, build};
pub use evidence::{Beside, Evidence, EvidenceKind, REPORT_FORMAT, TRACE_FORMAT, evidence, report_note_text};
pub use four::{FourChecks, four_checks};
pub use input::{BesideStream, DocumentEntry, DocumentSource, EventEntry, Redaction, VolumeInput};
pub use numbers::Numbering;
pub use verify::{
    Check, CheckId, ContentFile, ERASURE_KIND, ErasedBody, VerifyReport, VolumeFacts, verify, verify_under,
};
