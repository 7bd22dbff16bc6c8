//! The four checks of a transfer 四性检测 (Archives Law art. 39): authentic 真实, complete 完整, usable 可用, safe 安全.
//!
//! They sum up what [`crate::verify()`] found, add what the bytes of the documents say, and say in words what was not proven.
//! After the idea of DA/T 70; its item codes were not compared with the standard's text.

use crate::format::Format;
use crate::names::safe_name;
use crate::verify::{CheckId, ContentFile, VerifyReport};
use crate::volume::RECORDS;

/// How many findings of one check are told; the rest are counted.
const TOLD_MAX: usize = 20;

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

fn sentence(zh: impl Into<String>, en: impl Into<String>) -> Sentence {
    Sentence { zh: zh.into(), en: en.into() }
}

/// One of the four.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FourCheck {
    /// `authenticity`, `completeness`, `usability` or `security`.
    pub id: &'static str,
    /// Its name.
    pub name: Sentence,
    /// Whether nothing speaks against it.
    pub ok: bool,
    /// What holds.
    pub proven: Vec<Sentence>,
    /// What speaks against it.
    pub against: Vec<Sentence>,
    /// What was not examined, so that nobody takes it for proven.
    pub not_proven: Vec<Sentence>,
}

/// The four, in their order in the law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FourChecks {
    /// Authenticity, completeness, usability, security.
    pub checks: [FourCheck; 4],
}

impl FourChecks {
    /// Whether nothing speaks against any of them.
    pub fn ok(&self) -> bool {
        self.checks.iter().all(|check| check.ok)
    }
}

/// The four checks of a package that was verified.
pub fn four_checks(report: &VerifyReport) -> FourChecks {
    let redacted = report.facts.as_ref().is_some_and(|facts| facts.redacted);
    FourChecks {
        checks: [authenticity(report), completeness(report, redacted), usability(&report.content), security(report)],
    }
}

/// A check from those of the verifier.
fn from(report: &VerifyReport, id: &'static str, name: Sentence, ids: &[CheckId]) -> FourCheck {
    let mut check = from_nothing(id, name);
    for found in report.checks.iter().filter(|found| ids.contains(&found.id)) {
        if found.ok {
            check.proven.push(sentence(found.zh, found.en));
        } else {
            check.against.push(sentence(
                format!("不符合：{}（{}）", found.zh, found.detail),
                format!("Not so: {} ({})", found.en, found.detail),
            ));
        }
    }
    check
}

fn closed(mut check: FourCheck) -> FourCheck {
    check.ok = check.against.is_empty();
    let more = check.against.len().saturating_sub(TOLD_MAX);
    if more > 0 {
        check.against.truncate(TOLD_MAX);
        check.against.push(sentence(format!("另有 {more} 项"), format!("and {more} more")));
    }
    check
}

fn authenticity(report: &VerifyReport) -> FourCheck {
    let ids = [
        CheckId::Leaves,
        CheckId::Chain,
        CheckId::Envelopes,
        CheckId::Bodies,
        CheckId::Documents,
        CheckId::Definition,
        CheckId::Beside,
        CheckId::Log,
    ];
    let mut check = from(report, "authenticity", sentence("真实性", "Authenticity"), &ids);
    check.not_proven.push(sentence(
        "未证明整包不是另行制作的：须将最后一条存证记录的散列与包外留存的比对。",
        "That the whole was not made anew: compare the last leaf's hash with one kept outside.",
    ));
    check
        .not_proven
        .push(sentence("未核验个人电子签名和时间戳。", "Personal signatures and time stamps were not judged."));
    if report.proofs == 0 {
        check.not_proven.push(sentence("包内没有总账存证证明。", "The package carries no proofs of the log."));
    } else if !report.signatures_judged {
        check.not_proven.push(sentence(
            "未核验总账检查点由谁签名：未给出信任策略。",
            "Who signed the log's checkpoints was not judged: no policy was given.",
        ));
    }
    closed(check)
}

fn completeness(report: &VerifyReport, redacted: bool) -> FourCheck {
    let ids = [
        CheckId::Declaration,
        CheckId::Layout,
        CheckId::PayloadSha256,
        CheckId::PayloadSha512,
        CheckId::PayloadSm3,
        CheckId::TagsSha256,
        CheckId::TagsSha512,
        CheckId::TagsSm3,
        CheckId::Volume,
        CheckId::Mets,
        CheckId::Premis,
        CheckId::Catalogue,
        CheckId::Closing,
    ];
    let mut check = from(report, "completeness", sentence("完整性", "Completeness"), &ids);
    if redacted {
        let count = report.omitted.len();
        check.not_proven.push(sentence(
            format!("本包为删减包：{count} 项内容未提供，见 其他/omitted.txt。"),
            format!("This is a redacted package: {count} things are left out, listed in 其他/omitted.txt."),
        ));
    }
    check.not_proven.push(sentence(
        "未证明系统外形成的材料都已归档。",
        "That what came about outside the system was filed at all.",
    ));
    closed(check)
}

fn documents(content: &[ContentFile]) -> impl Iterator<Item = (&ContentFile, &str, &str)> {
    content.iter().filter_map(|file| {
        let (name, media_type) = file.listed.as_ref()?;
        Some((file, name.as_str(), media_type.as_str()))
    })
}

fn usability(content: &[ContentFile]) -> FourCheck {
    let mut check = from_nothing("usability", sentence("可用性", "Usability"));
    let mut counts = std::collections::BTreeMap::new();
    for (file, name, media_type) in documents(content) {
        let format = file.found.format;
        *counts.entry(format).or_insert(0u64) += 1;
        if matches!(format, Format::Empty | Format::Unknown) {
            check.against.push(sentence(
                format!("《{name}》的格式无法识别或文件为空"),
                format!("{name}: the format is not known, or the file is empty"),
            ));
        } else if !format.agrees_with(media_type) {
            check.against.push(sentence(
                format!("《{name}》登记为 {media_type}，实为 {}", format.name()),
                format!("{name} is listed as {media_type}, but is {}", format.name()),
            ));
        }
    }
    for (format, count) in counts {
        let keeping = format.is_for_keeping();
        check.proven.push(sentence(
            format!("{count} 份 {}{}", format.name(), if keeping { "（适于长期保存）" } else { "（非长期保存格式）" }),
            format!(
                "{count} {}{}",
                format.name(),
                if keeping { ", fit for keeping" } else { ", not a format for keeping" }
            ),
        ));
    }
    check.not_proven.push(sentence(
        "格式仅按文件特征识别，未打开、未校验；“声称 PDF/A”未经验证。",
        "Formats are told by their signatures; no file was opened or validated, and a claim of PDF/A was not tested.",
    ));
    closed(check)
}

fn from_nothing(id: &'static str, name: Sentence) -> FourCheck {
    FourCheck { id, name, ok: true, proven: Vec::new(), against: Vec::new(), not_proven: Vec::new() }
}

/// Names that Windows takes for devices.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix).is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
}

/// Extensions that common systems run when the file is opened.
const RUNS: [&str; 20] = [
    "exe", "com", "bat", "cmd", "scr", "pif", "msi", "dll", "js", "jse", "vbs", "vbe", "wsf", "ps1", "hta", "jar",
    "lnk", "sh", "reg", "cpl",
];

fn security(report: &VerifyReport) -> FourCheck {
    let mut check = from(report, "security", sentence("安全性", "Security"), &[CheckId::Layout]);
    let mut examined = 0u64;
    for file in &report.content {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        let is_document = file.path.contains(&format!("/{RECORDS}/"));
        // The list of contents is ours and has no scripts; all the more is a script in it told of.
        examined += 1;
        let mut against = |zh: &str, en: &str| {
            let shown = file.listed.as_ref().map_or(name, |(name, _)| name.as_str());
            check.against.push(sentence(format!("《{shown}》{zh}"), format!("{shown} {en}")));
        };
        if file.found.format == Format::Program {
            against("是可执行程序", "is a program");
        }
        if file.found.active {
            against("含宏、脚本或启动动作", "holds macros, scripts or launch actions");
        }
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        if is_document && extension.is_some_and(|extension| RUNS.contains(&extension.as_str())) {
            against("的扩展名会被系统当作程序运行", "has an extension that systems run");
        }
        let original = file.listed.as_ref().map(|(name, _)| name.as_str());
        if let Some(original) = original.filter(|original| safe_name(original) != **original || is_device(original)) {
            let safe = safe_name(original);
            check.proven.push(sentence(
                format!("原名不安全的文件以 {safe} 存放"),
                format!("a document whose own name is not safe is kept as {safe}"),
            ));
        }
    }
    check.proven.push(sentence(
        format!("已查 {examined} 个文件的特征与扩展名"),
        format!("signature and extension of {examined} files were looked at"),
    ));
    check.not_proven.push(sentence(
        "未做病毒查杀；压缩包内的文件未逐一检查。",
        "No scan for malware was made, and what is inside archives was not looked at.",
    ));
    closed(check)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_known() {
        for name in ["CON", "con.pdf", "COM1.txt", "lpt9", "Nul .doc"] {
            assert!(is_device(name), "{name}");
        }
        for name in ["CONTRACT.pdf", "COM10", "LPT", "方案.pdf"] {
            assert!(!is_device(name), "{name}");
        }
    }
}
