//! The bag: its files, its manifests and the description of the volume.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use dingce_ledger::{Digest, jcs, sha256};

use super::checks::{CheckId, Findings};
use crate::eark::Derived;
use crate::fixity::Fixity;
use crate::lines::{Lines, read_small};
use crate::manifest::{self, MANIFESTS, ManifestKind, SM3_MANIFEST};
use crate::names::document_path;
use crate::tree;
use crate::volume::{CONTENT, DECLARATION, VOLUME, VolumeFile};

const TAG_FILES: [&str; 3] = ["bagit.txt", "bag-info.txt", "VERIFY.md"];

/// The files of a package and its description.
pub(super) struct Bag {
    /// Every plain file by path.
    pub(super) files: BTreeMap<String, Fixity>,
    /// `volume.json`, if it can be read.
    pub(super) volume: Option<VolumeFile>,
}

impl Bag {
    /// The payload files.
    pub(super) fn payload(&self) -> impl Iterator<Item = (&String, &Fixity)> {
        self.files.iter().filter(|(path, _)| path.starts_with("data/"))
    }

    /// The digest that stands for all bytes.
    pub(super) fn package(&self) -> Option<Digest> {
        self.files.get("tagmanifest-sha256.txt").map(|fixity| fixity.sha256)
    }
}

/// Checks the bag; `None` if its folder cannot be read.
pub(super) fn check(root: &Path, findings: &mut Findings) -> Option<Bag> {
    let tree = match tree::walk(root) {
        Ok(tree) => tree,
        Err(error) => {
            findings.problem(CheckId::Layout, format!("the folder cannot be read: {error}"));
            return None;
        }
    };
    for stray in tree.strays {
        findings.problem(CheckId::Layout, stray);
    }
    let with_sm3 = tree.files.contains_key(SM3_MANIFEST);
    let mut files = BTreeMap::new();
    for path in tree.files.into_keys() {
        match Fixity::of_file(&root.join(&path), with_sm3) {
            Ok(fixity) => {
                files.insert(path, fixity);
            }
            Err(error) => findings.problem(CheckId::Layout, format!("{path} cannot be read: {error}")),
        }
    }
    let ids = [
        CheckId::PayloadSha256,
        CheckId::PayloadSha512,
        CheckId::PayloadSm3,
        CheckId::TagsSha256,
        CheckId::TagsSha512,
        CheckId::TagsSm3,
    ];
    for (kind, id) in MANIFESTS.iter().zip(ids) {
        if kind.is_in(with_sm3) {
            check_manifest(root, kind, &files, id, findings);
        }
    }
    let mut bag = Bag { files, volume: None };
    bag.volume = read_volume(root, &bag, findings);
    if let Some(volume) = &bag.volume {
        check_layout(&bag, volume, findings);
        check_documents(&bag, volume, findings);
        check_derived(&bag, volume, findings);
        if !with_sm3 {
            for id in [CheckId::PayloadSm3, CheckId::TagsSm3] {
                findings.expect(!volume.sm3, id, || "the manifests are missing".to_owned());
                findings.done(id, "the package has no SM3 digests");
            }
        }
    }
    check_declaration(root, &bag, findings);
    Some(bag)
}

fn check_manifest(
    root: &Path,
    kind: &ManifestKind,
    files: &BTreeMap<String, Fixity>,
    id: CheckId,
    findings: &mut Findings,
) {
    let found: BTreeMap<&str, &str> = files
        .iter()
        .filter(|(path, _)| kind.lists(path))
        .map(|(path, fixity)| (path.as_str(), fixity.hex(kind.algorithm)))
        .collect();
    // A manifest with far more lines than there are files is not read to its end.
    let listed = match read_manifest(&root.join(kind.file), kind.algorithm.hex_len(), found.len() + 1000) {
        Ok(listed) => listed,
        Err(sentence) => return findings.problem(id, format!("{}: {sentence}", kind.file)),
    };
    let differences = manifest::differences(&listed, &found);
    // With the same files and digests, only the exact form is left to compare.
    if differences.is_empty() {
        let exact = sha256(manifest::render(found.iter().map(|(path, hex)| (*path, *hex))).as_bytes());
        let written = files.get(kind.file).map(|fixity| fixity.sha256);
        findings.expect(written == Some(exact), id, || format!("{} is not in its only valid form", kind.file));
    }
    for sentence in differences {
        findings.problem(id, sentence);
    }
    findings.done(id, format!("{} files", found.len()));
}

fn read_manifest(path: &Path, hex_len: usize, lines_max: usize) -> Result<BTreeMap<String, String>, String> {
    let mut lines = Lines::open(path)?;
    let mut listed = BTreeMap::new();
    while let Some(line) = lines.next_line()? {
        if listed.len() >= lines_max {
            return Err("there are far more lines than files".to_owned());
        }
        let (hex, path) = manifest::parse_line(&line, hex_len)?;
        if let Some(twice) = listed.insert(path, hex) {
            return Err(format!("a file is listed twice, first with {twice}"));
        }
    }
    Ok(listed)
}

fn read_volume(root: &Path, bag: &Bag, findings: &mut Findings) -> Option<VolumeFile> {
    let end = format!("/{CONTENT}{VOLUME}");
    // By where it lies, the description names the package; that the name is right is checked with the layout.
    let mut described = bag.files.keys().filter(|path| {
        let objid = path.strip_prefix("data/").and_then(|rest| rest.strip_suffix(&end));
        objid.is_some_and(|objid| !objid.contains('/'))
    });
    let path = match (described.next(), described.next()) {
        (Some(path), None) => path,
        (None, _) => {
            findings.problem(CheckId::Volume, "there is no volume.json");
            return None;
        }
        (Some(_), Some(_)) => {
            findings.problem(CheckId::Volume, "there is more than one volume.json");
            return None;
        }
    };
    let read = read_small(&root.join(path))
        .and_then(|bytes| jcs::parse_canonical(&bytes).map_err(|error| error.to_string()))
        .and_then(|value| serde_json::from_value::<VolumeFile>(value).map_err(|error| error.to_string()));
    match read {
        Ok(volume) => {
            for sentence in volume.problems() {
                findings.problem(CheckId::Volume, sentence);
            }
            findings.done(CheckId::Volume, format!("{}/{}", volume.case, volume.volume));
            Some(volume)
        }
        Err(sentence) => {
            findings.problem(CheckId::Volume, format!("{path}: {sentence}"));
            None
        }
    }
}

fn check_layout(bag: &Bag, volume: &VolumeFile, findings: &mut Findings) {
    let manifests = MANIFESTS.iter().filter(|kind| kind.is_in(volume.sm3)).map(|kind| kind.file.to_owned());
    let content = volume.payload().map(|path| volume.content(&path));
    let derived = Derived::of(volume).map(|derived| derived.path(volume));
    let wanted: BTreeSet<String> =
        TAG_FILES.into_iter().map(str::to_owned).chain(manifests).chain(content).chain(derived).collect();
    for path in wanted.iter().filter(|path| !bag.files.contains_key(*path)) {
        findings.problem(CheckId::Layout, format!("{path} is missing"));
    }
    for path in bag.files.keys().filter(|path| !wanted.contains(*path)) {
        findings.problem(CheckId::Layout, format!("{path} does not belong to the package"));
    }
    findings.done(CheckId::Layout, format!("{} files", bag.files.len()));
}

/// Each listed document is the file of its digest, size and name. That leaves mention it is checked with the history.
fn check_documents(bag: &Bag, volume: &VolumeFile, findings: &mut Findings) {
    let mut paths = BTreeMap::new();
    for row in &volume.documents {
        let path = paths.entry(row.digest).or_insert_with(|| document_path(&row.digest, &row.name));
        findings.expect(row.path == *path, CheckId::Documents, || {
            format!("expected the path {path}, but the document is listed as {}", row.path)
        });
        match bag.files.get(&volume.content(path)) {
            None => findings.problem(CheckId::Documents, format!("{path} is missing")),
            Some(fixity) => {
                findings.expect(fixity.sha256 == row.digest, CheckId::Documents, || {
                    format!("{path} has the digest {}", fixity.sha256)
                });
                findings.expect(fixity.size_bytes == row.size_bytes, CheckId::Documents, || {
                    format!("{path} has {} bytes, but {} are listed", fixity.size_bytes, row.size_bytes)
                });
            }
        }
    }
}

/// Each file that follows from the others is made anew, and must be what is there.
fn check_derived(bag: &Bag, volume: &VolumeFile, findings: &mut Findings) {
    for derived in Derived::of(volume) {
        let (path, id) = (derived.path(volume), derived.check());
        match (derived.digest(volume, &bag.files), bag.files.get(&path)) {
            (Err(error), _) => findings.problem(id, format!("{path} cannot be compared: {error}")),
            (Ok(_), None) => findings.problem(id, format!("{path} is missing")),
            (Ok(expected), Some(found)) => {
                findings.expect(found.sha256 == expected, id, || {
                    format!("{path} is not what the package's files call for")
                });
            }
        }
    }
    for id in [CheckId::Mets, CheckId::Premis, CheckId::Catalogue] {
        findings.done(id, format!("{} documents", volume.documents.len()));
    }
}

fn check_declaration(root: &Path, bag: &Bag, findings: &mut Findings) {
    let mut compare = |file: &str, expected: &str| match read_small(&root.join(file)) {
        Err(sentence) => findings.problem(CheckId::Declaration, format!("{file}: {sentence}")),
        Ok(bytes) => findings.expect(bytes == expected.as_bytes(), CheckId::Declaration, || {
            format!("{file} is not what the package calls for")
        }),
    };
    compare("bagit.txt", DECLARATION);
    // Without a description there is nothing to compare the summary with.
    let Some(volume) = &bag.volume else { return };
    let payload_bytes = bag.payload().map(|(_, fixity)| fixity.size_bytes).sum();
    compare("bag-info.txt", &volume.bag_info(payload_bytes, bag.payload().count()));
    findings.done(CheckId::Declaration, format!("{payload_bytes} payload bytes"));
}
