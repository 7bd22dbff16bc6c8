//! Verifying a package, from its folder alone.
//!
//! Everything read is taken to be hostile: paths come only from walking the folder and never from a file, links are not
//! followed, lines and small files are bounded, and no input makes it panic. The folder must not change meanwhile.
//!
//! What it shows is that all parts agree with each other and with the closing leaf. Somebody who makes a whole package
//! anew can make one that verifies; compare [`VolumeFacts::last_leaf`] with a hash known from outside.

use std::collections::BTreeMap;
use std::path::Path;

use dingce_ledger::{Digest, Policy};

use crate::format::Found;
use crate::volume::{CONTENT, Omission};

mod bag;
mod checks;
mod erasure;
mod history;
pub(crate) mod log;

use checks::Findings;
pub use checks::{Check, CheckId};
pub use erasure::{ERASURE_KIND, ErasedBody};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// One for each [`CheckId`], in that order.
    pub checks: Vec<Check>,
    /// What the package says it is; `None` if its description cannot be read. To be trusted only if [`Self::ok`].
    pub facts: Option<VolumeFacts>,
    /// SHA-256 of `tagmanifest-sha256.txt`, which stands for all bytes; `None` if there is no such file.
    pub package: Option<Digest>,
    /// How many payload files were found.
    pub payload_files: usize,
    /// How many bytes they have.
    pub payload_bytes: u64,
    /// The files of the content, in order of their paths, with what their bytes say they are.
    pub content: Vec<ContentFile>,
    /// What a redacted package says that it leaves out; empty for a whole one.
    pub omitted: Vec<Omission>,
    /// What was lawfully erased, as the record itself says.
    pub erased: Vec<ErasedBody>,
    /// How many proofs of the log there are.
    pub proofs: usize,
    /// Whether it was judged who signed their checkpoints.
    pub signatures_judged: bool,
}

/// A file of the content, as found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentFile {
    /// Its path in the package.
    pub path: String,
    /// What its bytes say it is.
    pub found: Found,
    /// Where it is a document of the volume: its name and media type on the file list.
    pub listed: Option<(String, String)>,
}

impl VerifyReport {
    /// Whether every check holds.
    pub fn ok(&self) -> bool {
        self.checks.iter().all(|check| check.ok)
    }
}

/// What a package says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VolumeFacts {
    /// Stream of the case.
    pub case: String,
    /// Which volume.
    pub volume: String,
    /// Title for readers.
    pub title: String,
    /// When it was closed, `YYYY-MM-DD`.
    pub closed_on: String,
    /// How many leaves come before the closing leaf.
    pub count: u64,
    /// The root over those leaves.
    pub root: Digest,
    /// Hash of the closing leaf.
    pub last_leaf: Digest,
    /// Whether parts are left out of it.
    pub redacted: bool,
}

/// Verifies the package in this folder.
///
/// Never fails and never panics: what cannot be read is a check that does not hold. Blocks; takes time in proportion to
/// the size of the package.
pub fn verify(path: &Path) -> VerifyReport {
    verify_under(path, None)
}

/// The same, and the proofs of the log must be signed as this policy asks. It must come from elsewhere than the package.
pub fn verify_under(path: &Path, policy: Option<&Policy>) -> VerifyReport {
    let mut findings = Findings::default();
    let bag = bag::check(path, &mut findings);
    let volume = bag.as_ref().and_then(|bag| bag.volume.as_ref());
    let erased = match (&bag, volume) {
        (Some(bag), Some(volume)) => history::check(path, bag, volume, policy, &mut findings),
        _ => Vec::new(),
    };
    VerifyReport {
        checks: findings.into_checks(),
        facts: volume.map(|volume| VolumeFacts {
            case: volume.case.clone(),
            volume: volume.volume.clone(),
            title: volume.title.clone(),
            closed_on: volume.closed_on.clone(),
            count: volume.count,
            root: volume.root,
            last_leaf: volume.last_leaf,
            redacted: volume.redacted.is_some(),
        }),
        content: bag.as_ref().map(content).unwrap_or_default(),
        omitted: volume.map(|volume| volume.omissions().to_vec()).unwrap_or_default(),
        erased,
        signatures_judged: policy.is_some(),
        proofs: volume.map_or(0, |volume| volume.log.iter().filter(|name| name.starts_with("proofs/")).count()),
        package: bag.as_ref().and_then(bag::Bag::package),
        payload_files: bag.as_ref().map_or(0, |bag| bag.payload().count()),
        payload_bytes: bag.as_ref().map_or(0, |bag| bag.payload().map(|(_, fixity)| fixity.size_bytes).sum()),
    }
}

/// The content, each document with what the file list calls it.
fn content(bag: &bag::Bag) -> Vec<ContentFile> {
    let listed: BTreeMap<String, (String, String)> = bag
        .volume
        .iter()
        .flat_map(|volume| volume.documents.iter().rev().map(|row| (volume.content(&row.path), row)))
        .map(|(path, row)| (path, (row.name.clone(), row.media_type.clone())))
        .collect();
    // `data/<id>/` and then the content folder.
    let files =
        bag.payload().filter(|(path, _)| path.splitn(3, '/').nth(2).is_some_and(|rest| rest.starts_with(CONTENT)));
    let file = |(path, fixity): (&String, &crate::fixity::Fixity)| ContentFile {
        path: path.clone(),
        found: fixity.found,
        listed: listed.get(path).cloned(),
    };
    files.map(file).collect()
}
