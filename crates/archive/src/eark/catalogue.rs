//! What the home transfer layout asks for beside the documents: 说明文件.TXT and 文件目录.XML; Dublin Core for the envelope;
//! and the list of what a redacted package leaves out.
//!
//! Which items a catalogue has follows published copies of the annex to 《电子档案移交与接收办法》; the names of its elements are
//! ours, for the annex gives none that we could compare with.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::xml::Xml;
use crate::volume::{DocumentRow, FORMAT, Omission, OmissionReason, VolumeFile, one_line};

/// A retention period in Chinese; other words stay as they are.
fn retention(volume: &VolumeFile) -> &str {
    match volume.retention.as_deref() {
        Some("permanent") => "永久",
        Some("years_30") => "30年",
        Some("years_10") => "10年",
        Some(other) => other,
        None => "",
    }
}

fn disclosure(row: &DocumentRow) -> &str {
    match row.disclosure.as_ref().map(|found| found.attribute.as_str()) {
        Some("public") => OPEN,
        Some("on_request") => OmissionReason::OnRequest.zh(),
        Some("withheld") => OmissionReason::Withheld.zh(),
        Some(other) => other,
        None => OmissionReason::NotReviewed.zh(),
    }
}

const OPEN: &str = "主动公开";

/// `文件目录.XML`.
pub(super) fn catalogue(volume: &VolumeFile, out: &mut dyn Write) -> io::Result<()> {
    let mut xml = Xml::new(out)?;
    xml.open("文件目录", &[("xmlns", "urn:dingce:catalogue:1")])?;
    xml.text("案卷标识", &[], &volume.objid())?;
    xml.text("案卷题名", &[], &volume.title)?;
    xml.text("封卷日期", &[], &volume.closed_on)?;
    xml.text("保管期限", &[], retention(volume))?;
    for row in &volume.documents {
        let DocumentRow { digest, name, media_type, size_bytes, path, item, responsible, dated, disclosure: _, paper } =
            row;
        xml.open("文件", &[])?;
        xml.text("顺序号", &[], &item.to_string())?;
        xml.text("档号", &[], &volume.number(row).unwrap_or_default())?;
        xml.text("责任者", &[], responsible.as_deref().unwrap_or_default())?;
        xml.text("题名", &[], name)?;
        xml.text("日期", &[], dated.as_deref().unwrap_or_default())?;
        // No secret document is ever in this system: a secret matter is a stub without content.
        xml.text("密级", &[], "")?;
        xml.text("公开属性", &[], disclosure(row))?;
        xml.text("页数", &[], &paper.as_ref().map(|paper| paper.pages.to_string()).unwrap_or_default())?;
        xml.text("纸质原件", &[], paper.as_ref().map(|paper| paper.location.as_str()).unwrap_or_default())?;
        xml.text("文件路径", &[], path)?;
        xml.text("文件格式", &[], media_type)?;
        xml.text("文件大小", &[("单位", "字节")], &size_bytes.to_string())?;
        xml.text("校验值", &[("算法", "SHA-256")], &digest.to_hex())?;
        xml.close("文件")?;
    }
    xml.close("文件目录")?;
    xml.finish()
}

/// `说明文件.TXT`.
pub(super) fn notes(volume: &VolumeFile, out: &mut dyn Write) -> io::Result<()> {
    // One file may be on the list under two names.
    let mut files = BTreeSet::new();
    let bytes: u64 = volume
        .documents
        .iter()
        .filter(|row| files.insert(row.digest))
        .map(|row| row.size_bytes)
        .fold(0, u64::saturating_add);
    let mut numbers = volume.documents.iter().filter_map(|row| volume.number(row));
    let first = numbers.next();
    let numbers = match (first, numbers.next_back()) {
        (Some(first), Some(last)) => format!("{first} 至 {last}"),
        (Some(only), None) => only,
        (None, _) => "未编制，由档案部门接收时编制".to_owned(),
    };
    let kept = retention(volume);
    for (name, value) in [
        ("移交说明", one_line(&volume.title)),
        ("案卷标识", volume.objid()),
        ("封卷日期", volume.closed_on.clone()),
        ("保管期限", if kept.is_empty() { "未载明".to_owned() } else { one_line(kept) }),
        ("档号", numbers),
        ("文件件数", volume.documents.len().to_string()),
        ("电子文件字节数", bytes.to_string()),
        ("数据格式", FORMAT.to_owned()),
        ("目录结构", "电子档案：文件材料；其他：卷内目录等可读页面；ledger：办理过程记录及其存证".to_owned()),
        ("校验", "见 documentation/VERIFY.md".to_owned()),
        ("软硬件环境", "文本、XML 与网页可用任何通用软件阅读；文件材料依各自格式".to_owned()),
    ] {
        writeln!(out, "{name}：{value}")?;
    }
    if volume.redacted.is_some() {
        writeln!(out, "删减：本包有未提供的内容，见 其他/{}", super::OMITTED)?;
    }
    Ok(())
}

/// `metadata/descriptive/dc.xml`.
pub(super) fn dublin_core(volume: &VolumeFile, out: &mut dyn Write) -> io::Result<()> {
    let mut xml = Xml::new(out)?;
    xml.open(
        "metadata",
        &[("xmlns:dc", "http://purl.org/dc/elements/1.1/"), ("xmlns:dcterms", "http://purl.org/dc/terms/")],
    )?;
    xml.text("dc:identifier", &[], &volume.objid())?;
    xml.text("dc:title", &[], &volume.title)?;
    xml.text("dc:date", &[], &volume.closed_on)?;
    xml.text("dc:type", &[], "Collection")?;
    xml.text("dc:language", &[], "zh-CN")?;
    xml.text("dcterms:conformsTo", &[], FORMAT)?;
    for number in volume.documents.iter().filter_map(|row| volume.number(row)) {
        xml.text("dcterms:hasPart", &[], &number)?;
    }
    xml.close("metadata")?;
    xml.finish()
}

/// The list of what a redacted package leaves out, and why.
pub(super) fn omitted(volume: &VolumeFile, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "未提供的内容。其存证记录仍在包内，可以核验。 What is left out; its leaves are here and verify.")?;
    for omission in volume.omissions() {
        match omission {
            Omission::Opening { stream, n, reason } => {
                writeln!(out, "{stream} #{n}：{} {}", reason.zh(), reason.en())?;
            }
            Omission::Document { digest, reason } => writeln!(out, "{digest}：{} {}", reason.zh(), reason.en())?,
        }
    }
    Ok(())
}
