//! The checks of a package, their words, and what they found.

use std::fmt;

/// How many problems of one check are told; the rest are counted.
const TOLD_MAX: usize = 20;

/// One check of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckId {
    /// `bagit.txt` and `bag-info.txt`.
    Declaration,
    /// The files are those of a package: none missing, none too many, no links.
    Layout,
    /// `manifest-sha256.txt`.
    PayloadSha256,
    /// `manifest-sha512.txt`.
    PayloadSha512,
    /// `manifest-sm3.txt`, where there is one.
    PayloadSm3,
    /// `tagmanifest-sha256.txt`.
    TagsSha256,
    /// `tagmanifest-sha512.txt`.
    TagsSha512,
    /// `tagmanifest-sm3.txt`, where there is one.
    TagsSm3,
    /// `volume.json`.
    Volume,
    /// METS and Dublin Core.
    Mets,
    /// PREMIS.
    Premis,
    /// Catalogue, notes and other files that follow from the description.
    Catalogue,
    /// Each leaf is canonical.
    Leaves,
    /// The leaves are a chain from 1.
    Chain,
    /// Each event agrees with its leaf.
    Envelopes,
    /// Each open body is the one its leaf refers to.
    Bodies,
    /// The documents are those that the leaves mention.
    Documents,
    /// The definition is the one the leaves name.
    Definition,
    /// The streams beside the case hold together as the case does.
    Beside,
    /// Count and root are those of the closing event.
    Closing,
    /// The proofs lead from the leaves to checkpoints of the log.
    Log,
}

impl CheckId {
    /// All checks, in the order of the report.
    pub const ALL: [Self; 21] = [
        Self::Declaration,
        Self::Layout,
        Self::PayloadSha256,
        Self::PayloadSha512,
        Self::PayloadSm3,
        Self::TagsSha256,
        Self::TagsSha512,
        Self::TagsSm3,
        Self::Volume,
        Self::Mets,
        Self::Premis,
        Self::Catalogue,
        Self::Leaves,
        Self::Chain,
        Self::Envelopes,
        Self::Bodies,
        Self::Documents,
        Self::Definition,
        Self::Beside,
        Self::Closing,
        Self::Log,
    ];

    /// Its stable id.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Declaration => "bag.declaration",
            Self::Layout => "bag.layout",
            Self::PayloadSha256 => "bag.payload-sha256",
            Self::PayloadSha512 => "bag.payload-sha512",
            Self::PayloadSm3 => "bag.payload-sm3",
            Self::TagsSha256 => "bag.tags-sha256",
            Self::TagsSha512 => "bag.tags-sha512",
            Self::TagsSm3 => "bag.tags-sm3",
            Self::Volume => "volume.description",
            Self::Mets => "package.mets",
            Self::Premis => "package.premis",
            Self::Catalogue => "package.catalogue",
            Self::Leaves => "ledger.leaves",
            Self::Chain => "ledger.chain",
            Self::Envelopes => "ledger.envelopes",
            Self::Bodies => "ledger.bodies",
            Self::Documents => "ledger.documents",
            Self::Definition => "ledger.definition",
            Self::Beside => "ledger.beside",
            Self::Closing => "ledger.closing",
            Self::Log => "ledger.log",
        }
    }

    /// What it shows, in English.
    pub const fn en(self) -> &'static str {
        match self {
            Self::Declaration => "The package declares itself as BagIt 1.0 and its summary fits its contents.",
            Self::Layout => "No file is missing, and there is none that does not belong.",
            Self::PayloadSha256 => "Every payload file has its listed SHA-256 digest.",
            Self::PayloadSha512 => "Every payload file has its listed SHA-512 digest.",
            Self::PayloadSm3 => "Every payload file has its listed SM3 digest, where the package lists them.",
            Self::TagsSha256 => "Every tag file has its listed SHA-256 digest.",
            Self::TagsSha512 => "Every tag file has its listed SHA-512 digest.",
            Self::TagsSm3 => "Every tag file has its listed SM3 digest, where the package lists them.",
            Self::Volume => "The description of the volume is complete and well formed.",
            Self::Mets => "METS and Dublin Core say what the files are, byte by byte.",
            Self::Premis => "PREMIS states size, digests and format of every file as they are.",
            Self::Catalogue => "Catalogue, notes and the other accompanying files say what the description says.",
            Self::Leaves => "Every ledger leaf is in its only valid form.",
            Self::Chain => "The leaves are numbered without gap, and each names the hash of the one before.",
            Self::Envelopes => "Every event agrees with its leaf on kind, stream, number, identity and actor.",
            Self::Bodies => "Every open text is the one that its leaf committed to.",
            Self::Documents => "The documents are exactly those that the leaves mention.",
            Self::Definition => "The workflow definition is the one the case ran under.",
            Self::Beside => "The records from beside the case are whole chains, and agree with their leaves.",
            Self::Closing => "The closing event states the count and root of all leaves before it.",
            Self::Log => "Every proof leads from its leaf to the root of the checkpoint that it names.",
        }
    }

    /// What it shows, in Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Declaration => "归档包声明为 BagIt 1.0，摘要信息与内容一致。",
            Self::Layout => "文件齐全，没有多余文件。",
            Self::PayloadSha256 => "全部内容文件的 SHA-256 校验值与清单一致。",
            Self::PayloadSha512 => "全部内容文件的 SHA-512 校验值与清单一致。",
            Self::PayloadSm3 => "全部内容文件的 SM3 校验值与清单一致（有该清单时）。",
            Self::TagsSha256 => "全部标签文件的 SHA-256 校验值与清单一致。",
            Self::TagsSha512 => "全部标签文件的 SHA-512 校验值与清单一致。",
            Self::TagsSm3 => "全部标签文件的 SM3 校验值与清单一致（有该清单时）。",
            Self::Volume => "案卷说明完整、格式正确。",
            Self::Mets => "METS 与都柏林核心元数据逐字节与文件一致。",
            Self::Premis => "PREMIS 所载各文件的大小、校验值和格式与实际一致。",
            Self::Catalogue => "文件目录、说明文件等随附文件与案卷说明一致。",
            Self::Leaves => "每条存证记录均为唯一合法格式。",
            Self::Chain => "存证记录编号连续，逐条与前一条散列衔接。",
            Self::Envelopes => "每个事件的类型、所属、编号、标识和经办人与存证记录一致。",
            Self::Bodies => "每段公开正文与存证记录的承诺值一致。",
            Self::Documents => "文件材料与存证记录所列完全一致。",
            Self::Definition => "流程定义与办理时所依据的一致。",
            Self::Beside => "事项之外随卷归档的记录各自完整衔接，并与存证记录一致。",
            Self::Closing => "封卷事件载明的条数和根散列与此前全部存证记录一致。",
            Self::Log => "每份存证证明均由其存证记录通向所载检查点的根散列。",
        }
    }
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Which check.
    pub id: CheckId,
    /// Whether it holds. A check that could not be made does not hold.
    pub ok: bool,
    /// What it shows, in Chinese.
    pub zh: &'static str,
    /// What it shows, in English.
    pub en: &'static str,
    /// What is wrong, or what was counted; may be empty.
    pub detail: String,
}

#[derive(Debug, Default)]
struct Finding {
    done: bool,
    problems: usize,
    told: Vec<String>,
}

/// What the checks found so far.
#[derive(Debug, Default)]
pub(super) struct Findings([Finding; CheckId::ALL.len()]);

impl Findings {
    /// Records something that is wrong.
    pub(super) fn problem(&mut self, id: CheckId, sentence: impl Into<String>) {
        let finding = &mut self.0[id as usize];
        finding.problems += 1;
        if finding.told.len() < TOLD_MAX {
            finding.told.push(sentence.into());
        }
    }

    /// Records something that is wrong, unless it holds.
    pub(super) fn expect(&mut self, holds: bool, id: CheckId, sentence: impl FnOnce() -> String) {
        if !holds {
            self.problem(id, sentence());
        }
    }

    /// Records that a check was made to its end, with what it counted.
    pub(super) fn done(&mut self, id: CheckId, note: impl Into<String>) {
        let finding = &mut self.0[id as usize];
        finding.done = true;
        if finding.problems == 0 {
            finding.told = vec![note.into()];
        }
    }

    /// All checks in order. One that was not made to its end does not hold.
    pub(super) fn into_checks(self) -> Vec<Check> {
        let check = |(id, finding): (CheckId, Finding)| {
            let Finding { done, problems, told } = finding;
            let mut detail = told.join("; ");
            if problems > TOLD_MAX {
                detail.push_str(&format!("; and {} more", problems - TOLD_MAX));
            }
            if !done && problems == 0 {
                "not checked, because another check failed first".clone_into(&mut detail);
            }
            Check { id, ok: done && problems == 0, zh: id.zh(), en: id.en(), detail }
        };
        CheckId::ALL.into_iter().zip(self.0).map(check).collect()
    }
}
