//! Archive packages: one closed volume as a folder that a stranger can check with public tools.
//!
//! A package is a BagIt 1.0 bag (RFC 8493) with the documents, the event history, the leaves that vouch for both, the
//! workflow definition and readable pages. [`build()`] makes it from bytes and [`verify()`] checks it from the folder alone;
//! neither needs a database, a clock or a network. Documents are streamed and never held in memory.
//! `docs/formats/archive.md` specifies every file; the format is v0 and not yet frozen.
//!
//! In reading order: [`input`], what a package is made of; [`volume`], the files that describe it; [`names`], how
//! documents are called inside; `manifest`, `fixity`, `lines`, `tree`, the small parts of a bag; [`mod@build`]; [`mod@verify`].

pub mod build;
mod fixity;
pub mod input;
mod lines;
mod manifest;
pub mod names;
mod tree;
pub mod verify;
pub mod volume;

pub use build::{BuildError, PackageReport, build};
pub use input::{BesideStream, DocumentEntry, DocumentSource, EventEntry, VolumeInput};
pub use verify::{Check, CheckId, VerifyReport, VolumeFacts, verify};
