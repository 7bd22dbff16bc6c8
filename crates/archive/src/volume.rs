//! The files that describe a package: `volume.json`, the lines of `openings.jsonl`, and the tag files of the bag.

use std::collections::BTreeSet;

use dingce_ledger::{Digest, text};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::names;
use crate::numbers::Numbering;

/// The format this crate writes and reads.
pub const FORMAT: &str = "dingce-volume/1";
/// The page that lists the volume's contents (卷内目录); every package has it.
pub const FILE_LIST: &str = "filelist.html";

pub(crate) const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
pub(crate) const HOW_TO_VERIFY: &str = include_str!("VERIFY.md");

// Paths below the content folder of the representation.
pub(crate) const VOLUME: &str = "ledger/volume.json";
pub(crate) const OPENINGS: &str = "ledger/openings.jsonl";
pub(crate) const LEAVES: &str = "ledger/leaves.jsonl";
pub(crate) const BESIDE_OPENINGS: &str = "ledger/beside-openings.jsonl";
pub(crate) const BESIDE_LEAVES: &str = "ledger/beside-leaves.jsonl";
pub(crate) const DEFINITION: &str = "ledger/definition.yaml";
/// Electronic records of the home transfer layout 电子档案: the documents.
pub(crate) const RECORDS: &str = "电子档案";
/// What else belongs to them in the home transfer layout 其他: readable pages.
pub(crate) const OTHER: &str = "其他";

/// Where the content of the only representation is, below the folder of the information package.
pub(crate) const CONTENT: &str = "representations/rep1/data/";

/// The file of a definition that the case ran under before it was moved to another version.
pub(crate) fn earlier_definition(digest: &Digest) -> String {
    format!("ledger/earlier-definition-{}.yaml", digest.to_hex())
}

/// `ledger/volume.json`: what this package is. Canonical JSON.
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
    /// The instant of the closing leaf: the time that the package's metadata bear.
    pub closed_at: String,
    /// How long it is kept, as the closing event states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<String>,
    /// How its documents are numbered 档号, where they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbering: Option<Numbering>,
    /// Whether there are manifests of SM3 digests.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sm3: bool,
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
    /// Names of the files of the log, in ascending order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub log: Vec<String>,
    /// What was left out of a redacted package, in ascending order; `None` where nothing was and it is no such package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redacted: Option<Vec<Omission>>,
}

/// Something that a redacted package leaves out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, tag = "what", rename_all = "snake_case")]
pub enum Omission {
    /// The opening of an event: its body and key. Its leaf is there.
    Opening {
        /// The stream.
        stream: String,
        /// Its number.
        n: u64,
        /// Why.
        reason: OmissionReason,
    },
    /// A document. The leaves that mention its digest are there.
    Document {
        /// SHA-256 of its bytes.
        digest: Digest,
        /// Why.
        reason: OmissionReason,
    },
}

/// Why something is left out of a redacted package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OmissionReason {
    /// Written by a person of the public, under a commitment.
    Personal,
    /// Erased by law: an event of its stream says so.
    Erased,
    /// Of the procedure within the organ.
    Internal,
    /// Given to who applies for it 依申请公开.
    OnRequest,
    /// Not disclosed 不予公开.
    Withheld,
    /// Nobody reviewed it for release.
    NotReviewed,
}

impl OmissionReason {
    /// The reason in Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Personal => "公众个人所写",
            Self::Erased => "已依法删除",
            Self::Internal => "内部办理过程信息",
            Self::OnRequest => "依申请公开",
            Self::Withheld => "不予公开",
            Self::NotReviewed => "未经公开审查",
        }
    }

    /// The reason in English.
    pub const fn en(self) -> &'static str {
        match self {
            Self::Personal => "written by a person of the public",
            Self::Erased => "erased by law",
            Self::Internal => "of the procedure within the organ",
            Self::OnRequest => "given to who applies for it",
            Self::Withheld => "not disclosed",
            Self::NotReviewed => "not reviewed for release",
        }
    }
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
    /// Its path below the content folder. Equal digests have one path, after the first name.
    pub path: String,
    /// Its place in the file list of the whole volume, from 1. Numbers missing between are of documents left out.
    pub item: u64,
    /// Who is responsible for it 责任者; for readers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub responsible: Option<String>,
    /// The day it came on file, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dated: Option<String>,
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

/// The members of a stored form that repeat its leaf.
pub(crate) const ENVELOPE: [&str; 15] = [
    "kind",
    "stream",
    "n",
    "event",
    "recorded_at",
    "occurred_on",
    "actor",
    "post",
    "unit",
    "acting_for",
    "stage",
    "draft",
    "opinion",
    "law",
    "cal",
];

/// One line of `ledger/openings.jsonl`. Canonical JSON.
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
        expect(self.format == FORMAT, "expected the format dingce-volume/1");
        expect(
            names::is_id_part(&self.case) && names::is_id_part(&self.volume),
            "expected case and volume of 1 to 100 of a-z, A-Z, 0-9, hyphen and underscore",
        );
        expect(!one_line(&self.title).is_empty(), "expected a title that is not empty");
        expect(text::is_date(&self.closed_on), "expected the closing date as YYYY-MM-DD");
        expect(text::is_instant(&self.closed_at), "expected the closing instant as in a leaf");
        expect(
            self.documents.iter().all(|row| row.dated.as_deref().is_none_or(text::is_date)),
            "expected the dates of documents as YYYY-MM-DD",
        );
        let items = self.documents.iter().map(|row| row.item);
        expect(
            match self.redacted {
                None => items.eq(1..=self.documents.len() as u64),
                Some(_) => items.clone().next() != Some(0) && items.is_sorted_by(|a, b| a < b),
            },
            "expected the items of the file list to be counted from 1",
        );
        expect(
            self.redacted.as_ref().is_none_or(|left_out| left_out.is_sorted_by(|a, b| a < b)),
            "expected what was left out in ascending order, each once",
        );
        expect(
            self.log.is_sorted_by(|a, b| a < b) && self.log.iter().all(|name| names::is_log_name(name)),
            "expected the files of the log in ascending order, each once, by their names",
        );
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
            self.readable.iter().all(|name| names::is_page_name(name)),
            "expected page names of a-z, 0-9, dot, hyphen and underscore",
        );
        if let Some(numbering) = &self.numbering {
            let last = self.documents.last().map_or(1, |row| row.item);
            for item in [1, last] {
                problems.extend(numbering.number(&self.retention, item).err().map(|error| error.to_string()));
            }
        }
        problems
    }

    /// The name of the information package: of its folder, and `OBJID` of its METS.
    pub fn objid(&self) -> String {
        let kind = if self.redacted.is_some() { "-redacted" } else { "" };
        format!("{}-{}{kind}", self.case, self.volume)
    }

    /// The path in the bag of something below the content folder.
    pub(crate) fn content(&self, path: &str) -> String {
        format!("data/{}/{CONTENT}{path}", self.objid())
    }

    /// The archive number 档号 of a document, where they are numbered.
    pub fn number(&self, row: &DocumentRow) -> Option<String> {
        self.numbering.as_ref().and_then(|numbering| numbering.number(&self.retention, row.item).ok())
    }

    /// What was left out.
    pub(crate) fn omissions(&self) -> &[Omission] {
        self.redacted.as_deref().unwrap_or_default()
    }

    /// The events whose openings were left out, by stream and number.
    pub(crate) fn omitted_openings(&self) -> BTreeSet<(&str, u64)> {
        let opening = |omission| match omission {
            &Omission::Opening { ref stream, n, .. } => Some((stream.as_str(), n)),
            Omission::Document { .. } => None,
        };
        self.omissions().iter().filter_map(opening).collect()
    }

    /// The documents that were left out.
    pub(crate) fn omitted_documents(&self) -> impl Iterator<Item = Digest> + '_ {
        self.omissions().iter().filter_map(|omission| match omission {
            Omission::Document { digest, .. } => Some(*digest),
            Omission::Opening { .. } => None,
        })
    }

    /// The content that this description calls for, below the content folder, without what follows from the description.
    pub(crate) fn payload(&self) -> impl Iterator<Item = String> + '_ {
        let documents = self.documents.iter().map(|row| row.path.clone());
        let pages = self.readable.iter().map(|name| format!("{OTHER}/{name}"));
        let log = self.log.iter().map(|name| format!("ledger/{name}"));
        let beside = [BESIDE_OPENINGS, BESIDE_LEAVES].into_iter().filter(|_| !self.beside.is_empty());
        let always = [VOLUME, OPENINGS, LEAVES, DEFINITION].into_iter();
        let earlier = self.earlier_definitions.iter().map(earlier_definition);
        always.chain(beside).map(str::to_owned).chain(earlier).chain(documents).chain(pages).chain(log)
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
pub(crate) fn one_line(text: &str) -> String {
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
