//! A sample volume, and a second writer of manifests that shares no code with the crate.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use dingce_archive::volume::{Disclosure, PaperOriginal};
use dingce_archive::{BesideStream, DocumentEntry, DocumentSource, EventEntry, Numbering, VerifyReport, VolumeInput};
use dingce_ledger::{BodyRef, Digest, Leaf, LeafInput, Salt, jcs, leaf_hash, merkle, sha256};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256, Sha512};

pub const CASE: &str = "case_0190f3c2a1b27c3d8e4f5a6b7c8d9e0f";
pub const PROPOSAL: &str = "prop_0190f3c2a1b27c3d8e4f5a6b7c8d9e0f";
pub const ENGAGEMENT: &str = "eng_0190f3c2a1b27c3d8e4f5a6b7c8d9e0f";
/// Where the content of the sample's package is.
pub const CONTENT: &str = "data/case_0190f3c2a1b27c3d8e4f5a6b7c8d9e0f-decision/representations/rep1/data";
const DEFINITION: &[u8] = "title: 重大行政决策\n".as_bytes();

/// Documents in memory.
#[derive(Default, Clone)]
pub struct Documents(pub BTreeMap<Digest, Vec<u8>>);

impl DocumentSource for Documents {
    fn open(&self, digest: &Digest) -> io::Result<Box<dyn Read + '_>> {
        let bytes = self.0.get(digest).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        Ok(Box::new(bytes.as_slice()))
    }
}

/// Builds a history event by event.
#[derive(Default)]
pub struct Writer {
    pub events: Vec<EventEntry>,
    pub hashes: Vec<Digest>,
    /// The stream; the case where none is named.
    pub beside: Option<&'static str>,
}

impl Writer {
    pub fn add(&mut self, kind: &str, docs: Vec<Digest>, body: &Value, key: Option<[u8; 32]>) -> &mut EventEntry {
        let n = self.hashes.len() as u64 + 1;
        let canonical = jcs::to_canonical(body).unwrap();
        let event = format!("evt_{n:032x}");
        let at = "2026-03-02T01:30:00Z";
        let stream = self.beside.unwrap_or(CASE);
        let law = self.beside.is_none().then(|| sha256(DEFINITION));
        let leaf = LeafInput {
            v: 0,
            k: kind.to_owned(),
            stream: stream.to_owned(),
            n,
            prev: self.hashes.last().copied(),
            event: event.clone(),
            at: at.to_owned(),
            on: None,
            actor: Some("person_1".to_owned()),
            post: None,
            unit: None,
            acting_for: None,
            stage: None,
            draft: None,
            op: None,
            law,
            cal: None,
            clock: None,
            docs,
            body: key.map_or_else(|| BodyRef::plain(&canonical), |key| BodyRef::committed(&key, &canonical)),
            sealed: key.map(|key| BodyRef::committed(&key, b"{}")),
            salt: Salt([n as u8; 32]),
        };
        let leaf = Leaf::encode(&leaf).unwrap();
        self.hashes.push(leaf_hash(&leaf));
        let stored = json!({
            "event": event, "kind": kind, "stream": stream, "n": n, "recorded_at": at, "actor": "person_1",
            "post": null, "by": "x", "law": law, "body": body,
        });
        self.events.push(EventEntry {
            n,
            event_json: Some(jcs::to_canonical(&stored).unwrap()),
            leaf,
            body_key: key,
            sealed_present: key.is_some(),
        });
        self.events.last_mut().unwrap()
    }

    /// Adds the closing event, and gives count and root.
    pub fn close(&mut self) -> (u64, Digest) {
        let (count, root) = (self.hashes.len() as u64, merkle::root(&self.hashes));
        self.add("volume_closed", Vec::new(), &json!({"count": count, "retention": "permanent", "root": root}), None);
        (count, root)
    }
}

/// A small volume: two documents, a committed body, and a closing event.
pub fn sample() -> (VolumeInput, Documents) {
    let (draft, opinion) = ("draft text".as_bytes().to_vec(), vec![0xff; 7]);
    let letter = b"letter".to_vec();
    let (d, o, b) = (sha256(&draft), sha256(&opinion), sha256(&letter));
    let mut writer = Writer::default();
    writer.add("case_opened", vec![d], &json!({"title": "垃圾分类"}), None);
    writer.add("comment_received", vec![o, d], &json!({"text": "同意"}), Some([9; 32]));
    let (count, volume_root) = writer.close();
    let document = |digest, name: &str, size_bytes| DocumentEntry {
        digest,
        name: name.to_owned(),
        media_type: "text/plain".to_owned(),
        size_bytes,
        disclosure: Some(Disclosure {
            attribute: "withheld".into(),
            basis: "第十六条".into(),
            reviewed_by: "区政府办公室 许八".into(),
            reviewed_n: 2,
            again_on: Some("2025-03-01".into()),
        }),
        paper: Some(PaperOriginal {
            location: "3柜2层".into(),
            pages: 4,
            signatory: String::new(),
            seal: "区政府".into(),
        }),
        responsible: Some("区水务局".to_owned()),
        dated: Some("2026-03-02".to_owned()),
    };
    let input = VolumeInput {
        case: CASE.to_owned(),
        volume: "decision".to_owned(),
        title: "关于生活垃圾分类的决定".to_owned(),
        closed_on: "2026-11-20".to_owned(),
        definition: DEFINITION.to_vec(),
        earlier_definitions: Vec::new(),
        events: writer.events,
        beside: vec![beside(PROPOSAL, b), beside(ENGAGEMENT, o)],
        documents: vec![document(o, "../意见\n100%.txt", 7), document(d, "", 10), document(b, "建议.txt", 6)],
        readable: vec![("filelist.html".to_owned(), b"<p>".to_vec())],
        count,
        volume_root,
        retention: Some("permanent".to_owned()),
        numbering: Some(Numbering {
            rule: dingce_archive::numbers::DAT22_RULE.to_owned(),
            fonds: "J001".to_owned(),
            category: "WS".to_owned(),
            year: 2026,
            unit: "BGS".to_owned(),
            retention: [("permanent".to_owned(), "Y".to_owned())].into(),
            first_item: 7,
        }),
        sm3: true,
        log: BTreeMap::new(),
        redaction: None,
    };
    (input, Documents([(d, draft), (o, opinion), (b, letter)].into()))
}

/// Two events of a stream beside the case, the first of the public, with a document.
fn beside(stream: &'static str, document: Digest) -> BesideStream {
    let mut writer = Writer { beside: Some(stream), ..Writer::default() };
    writer.add("proposal_received", vec![document], &json!({"text": "建议"}), Some([7; 32]));
    writer.add("proposal_decided", Vec::new(), &json!({"outcome": "start"}), None);
    BesideStream { stream: stream.to_owned(), events: writer.events }
}

/// A later volume of the same case: two events of the first, which are here as leaves only, one of its own, and its closing.
pub fn sample_of_second_volume() -> (VolumeInput, Documents) {
    let (first, documents) = sample();
    let mut writer = Writer::default();
    writer.add("case_opened", vec![sha256(b"draft text")], &json!({"title": "垃圾分类"}), None).event_json = None;
    writer.add("volume_closed", Vec::new(), &json!({"count": 1, "root": sha256(b"")}), None).event_json = None;
    writer.add("execution_reported", Vec::new(), &json!({"progress": "已完成"}), None);
    let own = [writer.hashes[2]];
    let (count, volume_root) = (own.len() as u64, merkle::root(&own));
    let closing = json!({"count": count, "retention": "permanent", "root": volume_root});
    writer.add("volume_closed", Vec::new(), &closing, None);
    let input = VolumeInput {
        volume: "execution".to_owned(),
        events: writer.events,
        beside: Vec::new(),
        documents: Vec::new(),
        count,
        volume_root,
        ..first
    };
    (input, documents)
}

/// All files of a folder, by path.
pub fn read_tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// Writes the manifests and the summary anew, as somebody would who wants a change to pass unnoticed.
pub fn reseal(root: &Path) {
    let payload: Vec<_> = read_tree(root).into_iter().filter(|(path, _)| path.starts_with("data/")).collect();
    let bytes: usize = payload.iter().map(|(_, bytes)| bytes.len()).sum();
    let info: PathBuf = root.join("bag-info.txt");
    let lines: Vec<String> = fs::read_to_string(&info)
        .unwrap()
        .lines()
        .map(|line| match line.starts_with("Payload-Oxum") {
            true => format!("Payload-Oxum: {bytes}.{}\n", payload.len()),
            false => format!("{line}\n"),
        })
        .collect();
    fs::write(&info, lines.concat()).unwrap();
    for tags in [false, true] {
        let files: Vec<_> = read_tree(root)
            .into_iter()
            .filter(|(path, _)| match tags {
                false => path.starts_with("data/"),
                true => !path.starts_with("data/") && !path.starts_with("tagmanifest"),
            })
            .collect();
        let write = |name: &str, digest: &dyn Fn(&[u8]) -> String| {
            let text: String = files.iter().map(|(path, bytes)| format!("{}  {path}\n", digest(bytes))).collect();
            let name = if tags { format!("tag{name}") } else { name.to_owned() };
            fs::write(root.join(name), text).unwrap();
        };
        write("manifest-sha256.txt", &|bytes| hex::encode(Sha256::digest(bytes)));
        write("manifest-sha512.txt", &|bytes| hex::encode(Sha512::digest(bytes)));
        if root.join("manifest-sm3.txt").exists() {
            write("manifest-sm3.txt", &|bytes| hex::encode(sm3::Sm3::digest(bytes)));
        }
    }
}

/// The same, without those that say that metadata no longer fit the files: who changes a file and seals the bag anew may
/// write the metadata anew too.
pub fn failed_beside_metadata(report: &VerifyReport) -> Vec<&'static str> {
    failed(report).into_iter().filter(|id| !id.starts_with("package.")).collect()
}

/// The ids of the checks that do not hold.
pub fn failed(report: &VerifyReport) -> Vec<&'static str> {
    report.checks.iter().filter(|check| !check.ok).map(|check| check.id.as_str()).collect()
}
