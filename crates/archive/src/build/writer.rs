//! Writing the files of a package.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use dingce_ledger::{Digest, Leaf, jcs, leaf_hash, sha256};

use super::{BuildError, Step, at, write_durably};
use crate::eark::Derived;
use crate::fixity::{Fixity, Sink, copy};
use crate::input::{BesideStream, DocumentEntry, DocumentSource, EventEntry, Redaction, VolumeInput};
use crate::manifest::{self, MANIFESTS};
use crate::names::document_path;
use crate::volume::{
    BESIDE_LEAVES, BESIDE_OPENINGS, BesideRow, DECLARATION, DEFINITION, DocumentRow, ENVELOPE, EventLine, FORMAT,
    HOW_TO_VERIFY, LEAVES, OPENINGS, OTHER, Omission, VOLUME, VolumeFile, earlier_definition,
};

/// `volume.json` of this input.
///
/// Whether the history holds together is not asked here: the finished package is verified as a whole.
pub(super) fn describe(input: &VolumeInput) -> Result<VolumeFile, BuildError> {
    // Every field is named, so that a new one cannot be forgotten.
    let VolumeInput {
        case,
        volume,
        title,
        closed_on,
        definition,
        earlier_definitions,
        events,
        beside,
        documents,
        readable,
        count,
        volume_root,
        retention,
        numbering,
        sm3,
        log,
        redaction,
    } = input;
    let redacted = redaction.as_ref().map(|redaction| omissions(input, redaction));
    let mut beside: Vec<BesideRow> = beside
        .iter()
        .map(|BesideStream { stream, events }| BesideRow {
            stream: stream.clone(),
            count: events.len() as u64,
            last_leaf: leaf_hash(events.last().map_or(&[], |event| &event.leaf)),
        })
        .collect();
    beside.sort_by(|a, b| a.stream.cmp(&b.stream));
    let earlier: BTreeSet<Digest> = earlier_definitions.iter().map(|text| sha256(text)).collect();
    let mut readable: Vec<String> = readable.iter().map(|(name, _)| name.clone()).collect();
    readable.sort();
    let mut paths = BTreeMap::new();
    let left_out =
        |digest: &Digest| redaction.as_ref().is_some_and(|redaction| redaction.documents.contains_key(digest));
    let listed = documents.iter().enumerate().filter(|(_, entry)| !left_out(&entry.digest));
    let documents = listed.map(|(place, entry)| {
        let DocumentEntry { digest, name, media_type, size_bytes, disclosure, paper, responsible, dated } = entry;
        let path: &String = paths.entry(*digest).or_insert_with(|| document_path(digest, name));
        DocumentRow {
            digest: *digest,
            name: name.clone(),
            media_type: media_type.clone(),
            size_bytes: *size_bytes,
            path: path.clone(),
            item: place as u64 + 1,
            responsible: responsible.clone(),
            dated: dated.clone(),
            disclosure: disclosure.clone(),
            paper: paper.clone(),
        }
    });
    let last = events.last().map_or(&[][..], |event| &event.leaf);
    // A leaf that cannot be read is told of when the package is verified.
    let closed_at = Leaf::parse(last).map_or_else(|_| format!("{closed_on}T00:00:00Z"), |leaf| leaf.into_input().at);
    let described = VolumeFile {
        format: FORMAT.to_owned(),
        case: case.clone(),
        volume: volume.clone(),
        title: title.clone(),
        closed_on: closed_on.clone(),
        closed_at,
        retention: retention.clone(),
        numbering: numbering.clone(),
        sm3: *sm3,
        count: *count,
        filed_elsewhere: events.iter().filter(|event| event.event_json.is_none()).count() as u64,
        root: *volume_root,
        last_leaf: leaf_hash(last),
        definition: sha256(definition),
        earlier_definitions: earlier.into_iter().collect(),
        documents: documents.collect(),
        beside,
        readable,
        log: log.keys().cloned().collect(),
        redacted,
    };
    let mut problems = described.problems();
    if events.is_empty() {
        problems.push("expected at least the closing event".to_owned());
    }
    if problems.is_empty() { Ok(described) } else { Err(BuildError::Input { problems }) }
}

/// What is left out, in ascending order: only what would be here otherwise.
fn omissions(input: &VolumeInput, redaction: &Redaction) -> Vec<Omission> {
    let of_case = input.events.iter().map(|event| (&input.case, event));
    let of_beside = input.beside.iter().flat_map(|beside| beside.events.iter().map(|event| (&beside.stream, event)));
    let openings = of_case.chain(of_beside).filter(|(_, event)| event.event_json.is_some());
    let openings = openings.filter_map(|(stream, event)| {
        let reason = *redaction.openings.get(&(stream.clone(), event.n))?;
        Some(Omission::Opening { stream: stream.clone(), n: event.n, reason })
    });
    let documents: BTreeSet<Digest> = input.documents.iter().map(|document| document.digest).collect();
    let documents = redaction.documents.iter().filter(|(digest, _)| documents.contains(digest));
    let documents = documents.map(|(digest, reason)| Omission::Document { digest: *digest, reason: *reason });
    let mut all: Vec<Omission> = openings.chain(documents).collect();
    all.sort();
    all
}

/// Writes all files into the folder `root`, in which there may be documents and nothing else. Nothing is held in memory but one event and 64 KiB of a document.
pub(super) fn write(
    input: &VolumeInput,
    volume: &VolumeFile,
    documents: &dyn DocumentSource,
    root: &Path,
    observer: &mut dyn FnMut(&Step),
) -> Result<(), BuildError> {
    let mut bag = Bag { root, volume, files: BTreeMap::new(), folders: BTreeSet::new(), observer };
    bag.put_content(VOLUME, &canonical(volume, "volume.json")?)?;
    bag.put_content(DEFINITION, &input.definition)?;
    let earlier: BTreeMap<String, &Vec<u8>> =
        input.earlier_definitions.iter().map(|text| (earlier_definition(&sha256(text)), text)).collect();
    for (path, text) in earlier {
        bag.put_content(&path, text)?;
    }
    let left_out = volume.omitted_openings();
    let of_case = || input.events.iter().map(|event| (input.case.as_str(), event));
    write_history(&mut bag, of_case(), &left_out, LEAVES, OPENINGS)?;
    if !input.beside.is_empty() {
        let mut beside: Vec<&BesideStream> = input.beside.iter().collect();
        beside.sort_by(|a, b| a.stream.cmp(&b.stream));
        let events = beside.iter().flat_map(|beside| beside.events.iter().map(|event| (beside.stream.as_str(), event)));
        write_history(&mut bag, events, &left_out, BESIDE_LEAVES, BESIDE_OPENINGS)?;
    }
    for (name, bytes) in &input.readable {
        bag.put_content(&format!("{OTHER}/{name}"), bytes)?;
    }
    for (name, bytes) in &input.log {
        bag.put_content(&format!("ledger/{name}"), bytes)?;
    }
    write_documents(&mut bag, documents)?;
    for derived in Derived::of(volume) {
        let path = derived.path(volume);
        // What it tells of is written by now, and it does not tell of itself.
        let files = std::mem::take(&mut bag.files);
        let full = root.join(&path);
        let written = bag.stream(&path, |file| derived.write(volume, &files, file).map_err(at(&full)));
        bag.files.extend(files);
        written?;
    }
    let payload_bytes = bag.files.values().map(|fixity| fixity.size_bytes).sum();
    let info = volume.bag_info(payload_bytes, bag.files.len());
    bag.put("bagit.txt", DECLARATION.as_bytes())?;
    bag.put("bag-info.txt", info.as_bytes())?;
    bag.put("VERIFY.md", HOW_TO_VERIFY.as_bytes())?;
    for kind in MANIFESTS.iter().filter(|kind| kind.is_in(volume.sm3)) {
        let listed = bag.files.iter().filter(|(path, _)| kind.lists(path));
        let text = manifest::render(listed.map(|(path, fixity)| (path.as_str(), fixity.hex(kind.algorithm))));
        bag.put(kind.file, text.as_bytes())?;
    }
    bag.folders.iter().try_for_each(|folder| sync(folder))?;
    sync(root)
}

/// Leaves and openings, a line each.
fn write_history<'a>(
    bag: &mut Bag<'_>,
    entries: impl Iterator<Item = (&'a str, &'a EventEntry)> + Clone,
    left_out: &BTreeSet<(&str, u64)>,
    leaves: &str,
    openings: &str,
) -> Result<(), BuildError> {
    let (leaves, openings) = (bag.volume.content(leaves), bag.volume.content(openings));
    let root = bag.root;
    bag.stream(&leaves, |file| {
        entries.clone().try_for_each(|(_, entry)| write_line(file, &entry.leaf)).map_err(at(&root.join(&leaves)))
    })?;
    bag.stream(&openings, |file| {
        entries.clone().try_for_each(|(stream, entry)| {
            let Some(event_json) = &entry.event_json else { return Ok(()) };
            let line = event_line(entry, event_json, left_out.contains(&(stream, entry.n)))?;
            write_line(file, &line).map_err(at(&root.join(&openings)))
        })
    })?;
    Ok(())
}

/// Makes the bytes of a file or the entries of a folder durable.
fn sync(path: &Path) -> Result<(), BuildError> {
    File::open(path).and_then(|opened| opened.sync_all()).map_err(at(path))
}

fn write_line(file: &mut dyn Write, line: &[u8]) -> std::io::Result<()> {
    file.write_all(line)?;
    file.write_all(b"\n")
}

fn write_documents(bag: &mut Bag<'_>, documents: &dyn DocumentSource) -> Result<(), BuildError> {
    let volume = bag.volume;
    let mut written: BTreeSet<Digest> = BTreeSet::new();
    for row in &volume.documents {
        // Rows of one digest share one file; `verify` compares the size of each row.
        if !written.insert(row.digest) {
            continue;
        }
        let path = volume.content(&row.path);
        if bag.keeps(&path, row)? {
            continue;
        }
        let unreadable = |source| BuildError::Document { digest: row.digest, name: row.name.clone(), source };
        let bytes = documents.open(&row.digest).map_err(unreadable)?;
        // One byte more than expected is enough to see that the document differs, and an endless source ends.
        let mut bytes = bytes.take(row.size_bytes.saturating_add(1));
        let fixity = bag.stream(&path, |file| copy(&mut bytes, file).map_err(unreadable))?;
        if fixity.sha256 != row.digest || fixity.size_bytes != row.size_bytes {
            return Err(BuildError::DocumentDiffers {
                digest: row.digest,
                name: row.name.clone(),
                size_bytes: row.size_bytes,
                found: fixity.sha256,
                found_bytes: fixity.size_bytes,
            });
        }
    }
    Ok(())
}

/// The line of an event. The stored form must be canonical, so that it stands in the line byte by byte. Of one that is left
/// out nothing stays but what its leaf says too.
fn event_line(entry: &EventEntry, event_json: &[u8], left_out: bool) -> Result<Vec<u8>, BuildError> {
    let EventEntry { n, event_json: _, leaf: _, body_key, sealed_present } = entry;
    let refuse = |why: String| BuildError::Input { problems: vec![format!("event {n} cannot be packed: {why}")] };
    let value = jcs::parse_canonical(event_json).map_err(|error| refuse(error.to_string()))?;
    let serde_json::Value::Object(mut event) = value else {
        return Err(refuse("expected a JSON object".to_owned()));
    };
    if left_out {
        event.retain(|member, _| ENVELOPE.contains(&member.as_str()));
    }
    let body_key = body_key.filter(|_| !left_out);
    let line = EventLine { n: *n, event, body_key: body_key.map(hex::encode), sealed_kept: *sealed_present };
    canonical(&line, "an event")
}

fn canonical<T: serde::Serialize>(value: &T, what: &str) -> Result<Vec<u8>, BuildError> {
    jcs::to_canonical(value)
        .map_err(|error| BuildError::Input { problems: vec![format!("{what} cannot be written: {error}")] })
}

/// The bag while it is written.
struct Bag<'a> {
    root: &'a Path,
    volume: &'a VolumeFile,
    /// What was written so far, by path.
    files: BTreeMap<String, Fixity>,
    /// The folders that were made.
    folders: BTreeSet<PathBuf>,
    observer: &'a mut dyn FnMut(&Step),
}

impl Bag<'_> {
    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), BuildError> {
        let full = self.root.join(path);
        self.stream(path, |file| file.write_all(bytes).map_err(at(&full))).map(|_| ())
    }

    /// A file below the content folder.
    fn put_content(&mut self, path: &str, bytes: &[u8]) -> Result<(), BuildError> {
        self.put(&self.volume.content(path), bytes)
    }

    /// Whether this document is here already, from a build that was broken off. One that is not whole is removed.
    fn keeps(&mut self, path: &str, row: &DocumentRow) -> Result<bool, BuildError> {
        let full = self.root.join(path);
        if !full.exists() {
            return Ok(false);
        }
        let fixity = Fixity::of_file(&full, self.volume.sm3).map_err(at(&full))?;
        if fixity.sha256 != row.digest || fixity.size_bytes != row.size_bytes {
            fs::remove_file(&full).map_err(at(&full))?;
            return Ok(false);
        }
        // Who wrote it may have ended before it was on the disk.
        sync(&full)?;
        self.folders_of(&full);
        self.files.insert(path.to_owned(), fixity);
        (self.observer)(&Step::Kept { path: path.to_owned() });
        Ok(true)
    }

    /// Notes the folders of a file, which are made durable in the end.
    fn folders_of(&mut self, full: &Path) {
        let above = full.ancestors().skip(1).take_while(|above| above.starts_with(self.root));
        self.folders.extend(above.map(Path::to_owned));
    }

    fn stream(
        &mut self,
        path: &str,
        fill: impl FnOnce(&mut dyn Write) -> Result<(), BuildError>,
    ) -> Result<Fixity, BuildError> {
        let full = self.root.join(path);
        if let Some(folder) = full.parent() {
            fs::create_dir_all(folder).map_err(at(folder))?;
        }
        self.folders_of(&full);
        let fixity = write_durably(&full, |file| {
            let mut sink = Sink::new(file, self.volume.sm3);
            fill(&mut sink)?;
            Ok(sink.finish().0)
        })?;
        self.files.insert(path.to_owned(), fixity.clone());
        (self.observer)(&Step::Written { path: path.to_owned() });
        Ok(fixity)
    }
}
