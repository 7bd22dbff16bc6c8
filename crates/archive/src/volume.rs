//! The files that describe a package: `volume.json`, the lines of `events.jsonl`, and the tag files of the bag.

use dingce_ledger::{Digest, text};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The format this crate writes and reads.
pub const FORMAT: &str = "dingce-volume/0";
/// The page that lists the volume's contents (卷内目录); every package has it.
pub const FILE_LIST: &str = "filelist.html";

pub(crate) const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
pub(crate) const HOW_TO_VERIFY: &str = include_str!("VERIFY.md");

pub(crate) const VOLUME: &str = "data/volume.json";
pub(crate) const EVENTS: &str = "data/events.jsonl";
pub(crate) const LEAVES: &str = "data/leaves.jsonl";
pub(crate) const BESIDE_EVENTS: &str = "data/beside-events.jsonl";
pub(crate) const BESIDE_LEAVES: &str = "data/beside-leaves.jsonl";
pub(crate) const DEFINITION: &str = "data/definition.yaml";

/// How the names of the files of earlier definitions begin.
pub(crate) const EARLIER_DEFINITION: &str = "earlier-definition-";

/// The file of a definition that the case ran under before it was moved to another version.
pub(crate) fn earlier_definition(digest: &Digest) -> String {
    format!("data/{EARLIER_DEFINITION}{}.yaml", digest.to_hex())
}

/// What a manifest covers, and with which digest.
pub(crate) struct ManifestKind {
    /// Its file.
    pub(crate) file: &'static str,
    /// Whether it lists tag files instead of payload files.
    pub(crate) tags: bool,
    /// Whether its digests are SHA-512 instead of SHA-256.
    pub(crate) sha512: bool,
}

/// The four manifests: those of the payload first, because those of the tag files list them.
pub(crate) const MANIFESTS: [ManifestKind; 4] = [
    ManifestKind { file: "manifest-sha256.txt", tags: false, sha512: false },
    ManifestKind { file: "manifest-sha512.txt", tags: false, sha512: true },
    ManifestKind { file: "tagmanifest-sha256.txt", tags: true, sha512: false },
    ManifestKind { file: "tagmanifest-sha512.txt", tags: true, sha512: true },
];

impl ManifestKind {
    /// Whether it lists this file: payload or tag file, but no tag manifest (RFC 8493 §2.2.1).
    pub(crate) fn lists(&self, path: &str) -> bool {
        if self.tags {
            !path.starts_with("data/") && !path.starts_with("tagmanifest-")
        } else {
            path.starts_with("data/")
        }
    }
}

/// `data/volume.json`: what this package is. Canonical JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VolumeFile {
    /// [`FORMAT`].
    pub format: String,
    /// Stream of the case.
    pub case: String,
    /// Which volume.
    pub volume: String,
    /// Title for readers.
    pub title: String,
    /// When it was closed, `YYYY-MM-DD`.
    pub closed_on: String,
    /// How many leaves of this volume come before the closing leaf.
    pub count: u64,
    /// How many leaves of the chain are filed in another volume: only the leaf is here, to keep the chain whole.
    pub filed_elsewhere: u64,
    /// The root over those leaves.
    pub root: Digest,
    /// Hash of the closing leaf, to be compared with what is known from outside.
    pub last_leaf: Digest,
    /// SHA-256 of `definition.yaml`.
    pub definition: Digest,
    /// SHA-256 of the definitions that the case ran under before, in ascending order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_definitions: Vec<Digest>,
    /// The documents, in the order of the file list.
    pub documents: Vec<DocumentRow>,
    /// Streams beside the case whose records are in the volume, in ascending order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<BesideRow>,
    /// Names of the readable pages, in ascending order.
    pub readable: Vec<String>,
}

/// A stream beside the case in `volume.json`: the proposal that it came from, an engagement of a legal adviser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BesideRow {
    /// The stream.
    pub stream: String,
    /// How many of its leaves are here, from number 1.
    pub count: u64,
    /// Hash of the last of them, to be compared with what is known from outside.
    pub last_leaf: Digest,
}

/// One document in `volume.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentRow {
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Its name as people know it.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// Its path below `data/`. Equal digests have one path, after the first name.
    pub path: String,
    /// What its newest review for release found, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disclosure: Option<Disclosure>,
    /// Where its paper original lies, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<PaperOriginal>,
}

/// How a document is disclosed; travels with it when the volume is handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclosure {
    /// `public`, `on_request` or `withheld`.
    pub attribute: String,
    /// The article it is not published by; empty where it is.
    pub basis: String,
    /// Who reviewed it.
    pub reviewed_by: String,
    /// Number of the event of the review.
    pub reviewed_n: u64,
    /// When it is to be looked at again, `YYYY-MM-DD`; none where it is published.
    pub again_on: Option<String>,
}

/// Where the paper original of a document lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperOriginal {
    /// Room, box, folder.
    pub location: String,
    /// How many pages it has.
    pub pages: u32,
    /// Who signed it; empty where nobody did.
    pub signatory: String,
    /// Whose seal it bears; empty where it bears none.
    pub seal: String,
}

/// One line of `data/events.jsonl`. Canonical JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventLine {
    /// Number in the stream, from 1.
    pub n: u64,
    /// The stored form: envelope and open body.
    pub event: Map<String, Value>,
    /// Key of the commitment to the open body, 64 lower-case hexadecimal digits, where there is one and it is not withheld.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_key: Option<String>,
    /// Whether a sealed body is kept in the store.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sealed_kept: bool,
}

impl VolumeFile {
    /// What is wrong with the description itself, a sentence each.
    pub(crate) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut expect = |holds: bool, sentence: &str| {
            if !holds {
                problems.push(sentence.to_owned());
            }
        };
        expect(self.format == FORMAT, "expected the format dingce-volume/0");
        expect(text::is_code(&self.case), "expected the case to be 1 to 256 visible ASCII characters");
        expect(text::is_code(&self.volume), "expected the volume to be 1 to 256 visible ASCII characters");
        expect(!one_line(&self.title).is_empty(), "expected a title that is not empty");
        expect(text::is_date(&self.closed_on), "expected the closing date as YYYY-MM-DD");
        expect(
            self.earlier_definitions.is_sorted_by(|a, b| a < b) && !self.earlier_definitions.contains(&self.definition),
            "expected the earlier definitions in ascending order, each once, and not that of definition.yaml",
        );
        expect(
            self.beside.iter().all(|row| text::is_code(&row.stream) && row.stream != self.case && row.count > 0),
            "expected streams beside the case of 1 to 256 visible ASCII characters, other than the case, none empty",
        );
        expect(
            self.beside.is_sorted_by(|a, b| a.stream < b.stream),
            "expected the streams beside the case in ascending order, each once",
        );
        expect(self.readable.iter().any(|name| name == FILE_LIST), "expected a page filelist.html");
        expect(self.readable.is_sorted_by(|a, b| a < b), "expected the pages in ascending order, each once");
        expect(
            self.readable.iter().all(|name| crate::names::is_page_name(name)),
            "expected page names of a-z, 0-9, dot, hyphen and underscore, unlike other files of the package",
        );
        problems
    }

    /// The payload files that this description calls for.
    pub(crate) fn payload(&self) -> impl Iterator<Item = String> + '_ {
        let documents = self.documents.iter().map(|row| format!("data/{}", row.path));
        let pages = self.readable.iter().map(|name| format!("data/{name}"));
        let beside = [BESIDE_EVENTS, BESIDE_LEAVES].into_iter().filter(|_| !self.beside.is_empty());
        let always = [VOLUME, EVENTS, LEAVES, DEFINITION].into_iter();
        let earlier = self.earlier_definitions.iter().map(earlier_definition);
        always.chain(beside).map(str::to_owned).chain(earlier).chain(documents).chain(pages)
    }

    /// `bag-info.txt` of a package with so many payload bytes and files.
    pub(crate) fn bag_info(&self, payload_bytes: u64, payload_files: usize) -> String {
        format!(
            "Bagging-Date: {}\nDingce-Format: {FORMAT}\nExternal-Description: {}\n\
             External-Identifier: {}/{}\nPayload-Oxum: {payload_bytes}.{payload_files}\n",
            self.closed_on,
            one_line(&self.title),
            self.case,
            self.volume,
        )
    }
}

/// A text on one line: control characters and line separators become spaces, and runs of white space become one.
fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_stays_on_one_line() {
        assert_eq!(one_line(" 关于\r\n垃圾分类\u{2028}的  决定\t"), "关于 垃圾分类 的 决定");
        assert_eq!(one_line("\n\u{85} \0"), "");
    }
}
