//! Writing the files of a package into an empty folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

use dingce_ledger::{Digest, jcs, leaf_hash, sha256};

use super::{BuildError, at, write_durably};
use crate::fixity::{Fixity, Sink, copy};
use crate::input::{BesideStream, DocumentEntry, DocumentSource, EventEntry, VolumeInput};
use crate::manifest;
use crate::names::document_path;
use crate::volume::{
    BESIDE_EVENTS, BESIDE_LEAVES, BesideRow, DECLARATION, DEFINITION, DocumentRow, EVENTS, EventLine, FORMAT,
    HOW_TO_VERIFY, LEAVES, MANIFESTS, VOLUME, VolumeFile, earlier_definition,
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
    } = input;
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
    let documents = documents.iter().map(|entry| {
        let DocumentEntry { digest, name, media_type, size_bytes, disclosure, paper } = entry;
        let path: &String = paths.entry(*digest).or_insert_with(|| document_path(digest, name));
        DocumentRow {
            digest: *digest,
            name: name.clone(),
            media_type: media_type.clone(),
            size_bytes: *size_bytes,
            path: path.clone(),
            disclosure: disclosure.clone(),
            paper: paper.clone(),
        }
    });
    let described = VolumeFile {
        format: FORMAT.to_owned(),
        case: case.clone(),
        volume: volume.clone(),
        title: title.clone(),
        closed_on: closed_on.clone(),
        count: *count,
        filed_elsewhere: events.iter().filter(|event| event.event_json.is_none()).count() as u64,
        root: *volume_root,
        last_leaf: leaf_hash(events.last().map_or(&[], |event| &event.leaf)),
        definition: sha256(definition),
        earlier_definitions: earlier.into_iter().collect(),
        documents: documents.collect(),
        beside,
        readable,
    };
    let mut problems = described.problems();
    if events.is_empty() {
        problems.push("expected at least the closing event".to_owned());
    }
    if problems.is_empty() { Ok(described) } else { Err(BuildError::Input { problems }) }
}

/// Writes all files into the new folder `root`. Nothing is held in memory but one event and 64 KiB of a document.
pub(super) fn write(
    input: &VolumeInput,
    volume: &VolumeFile,
    documents: &dyn DocumentSource,
    root: &Path,
) -> Result<(), BuildError> {
    let data = root.join("data");
    fs::create_dir_all(&data).map_err(at(&data))?;
    let mut bag = Bag { root, files: BTreeMap::new() };
    bag.put(VOLUME, &canonical(volume, "volume.json")?)?;
    bag.put(DEFINITION, &input.definition)?;
    let earlier: BTreeMap<String, &Vec<u8>> =
        input.earlier_definitions.iter().map(|text| (earlier_definition(&sha256(text)), text)).collect();
    for (path, text) in earlier {
        bag.put(&path, text)?;
    }
    write_history(&mut bag, input.events.iter(), LEAVES, EVENTS)?;
    if !input.beside.is_empty() {
        let mut beside: Vec<&BesideStream> = input.beside.iter().collect();
        beside.sort_by(|a, b| a.stream.cmp(&b.stream));
        let events = || beside.iter().flat_map(|stream| &stream.events);
        write_history(&mut bag, events(), BESIDE_LEAVES, BESIDE_EVENTS)?;
    }
    for (name, bytes) in &input.readable {
        bag.put(&format!("data/{name}"), bytes)?;
    }
    if !volume.documents.is_empty() {
        let folder = data.join("documents");
        fs::create_dir(&folder).map_err(at(&folder))?;
        write_documents(&mut bag, volume, documents)?;
        sync(&folder)?;
    }
    let payload_bytes = bag.files.values().map(|fixity| fixity.size_bytes).sum();
    let info = volume.bag_info(payload_bytes, bag.files.len());
    bag.put("bagit.txt", DECLARATION.as_bytes())?;
    bag.put("bag-info.txt", info.as_bytes())?;
    bag.put("VERIFY.md", HOW_TO_VERIFY.as_bytes())?;
    for kind in &MANIFESTS {
        let listed = bag.files.iter().filter(|(path, _)| kind.lists(path));
        let text = manifest::render(listed.map(|(path, fixity)| {
            (path.as_str(), if kind.sha512 { fixity.sha512_hex.as_str() } else { fixity.sha256_hex.as_str() })
        }));
        bag.put(kind.file, text.as_bytes())?;
    }
    sync(&data)?;
    sync(root)
}

/// Leaves and events, a line each.
fn write_history<'a>(
    bag: &mut Bag<'_>,
    entries: impl Iterator<Item = &'a EventEntry> + Clone,
    leaves: &str,
    events: &str,
) -> Result<(), BuildError> {
    let root = bag.root;
    bag.stream(leaves, |file| {
        entries.clone().try_for_each(|entry| write_line(file, &entry.leaf)).map_err(at(&root.join(leaves)))
    })?;
    bag.stream(events, |file| {
        entries.clone().try_for_each(|entry| {
            let Some(event_json) = &entry.event_json else { return Ok(()) };
            let line = event_line(entry, event_json)?;
            write_line(file, &line).map_err(at(&root.join(events)))
        })
    })?;
    Ok(())
}

/// Makes the entries of a folder durable.
fn sync(folder: &Path) -> Result<(), BuildError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))
}

fn write_line(file: &mut dyn Write, line: &[u8]) -> std::io::Result<()> {
    file.write_all(line)?;
    file.write_all(b"\n")
}

fn write_documents(bag: &mut Bag<'_>, volume: &VolumeFile, documents: &dyn DocumentSource) -> Result<(), BuildError> {
    let mut written: BTreeSet<Digest> = BTreeSet::new();
    for row in &volume.documents {
        // Rows of one digest share one file; `verify` compares the size of each row.
        if !written.insert(row.digest) {
            continue;
        }
        let unreadable = |source| BuildError::Document { digest: row.digest, name: row.name.clone(), source };
        let bytes = documents.open(&row.digest).map_err(unreadable)?;
        // One byte more than expected is enough to see that the document differs, and an endless source ends.
        let mut bytes = bytes.take(row.size_bytes.saturating_add(1));
        let fixity = bag.stream(&format!("data/{}", row.path), |file| copy(&mut bytes, file).map_err(unreadable))?;
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

/// The line of an event. The stored form must be canonical, so that it stands in the line byte by byte.
fn event_line(entry: &EventEntry, event_json: &[u8]) -> Result<Vec<u8>, BuildError> {
    let EventEntry { n, event_json: _, leaf: _, body_key, sealed_present } = entry;
    let refuse = |why: String| BuildError::Input { problems: vec![format!("event {n} cannot be packed: {why}")] };
    let value = jcs::parse_canonical(event_json).map_err(|error| refuse(error.to_string()))?;
    let serde_json::Value::Object(event) = value else {
        return Err(refuse("expected a JSON object".to_owned()));
    };
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
    /// What was written so far, by path.
    files: BTreeMap<String, Fixity>,
}

impl Bag<'_> {
    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), BuildError> {
        let full = self.root.join(path);
        self.stream(path, |file| file.write_all(bytes).map_err(at(&full))).map(|_| ())
    }

    fn stream(
        &mut self,
        path: &str,
        fill: impl FnOnce(&mut dyn Write) -> Result<(), BuildError>,
    ) -> Result<Fixity, BuildError> {
        let fixity = write_durably(&self.root.join(path), |file| {
            let mut sink = Sink::new(file);
            fill(&mut sink)?;
            Ok(sink.finish().0)
        })?;
        self.files.insert(path.to_owned(), fixity.clone());
        Ok(fixity)
    }
}
