//! The readable part of a package: the file list 卷内目录 and the history of the case, as one page without scripts.

use std::fmt::Write;

use dingce_domain::case::Case;
use dingce_domain::event::CaseEvent;
use dingce_domain::file::FiledDocument;
use dingce_domain::occasion::Actor;
use dingce_domain::words::{DocumentRef, Text};

use crate::envelope::{Envelope, Recorded};
use crate::language::Language;
use crate::use_cases::Beside;

/// Text as HTML: everything that could be markup is not.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Both languages, Chinese first.
fn both(text: &Text) -> String {
    format!("{} <span lang=\"en\">{}</span>", escape(&text.zh), escape(&text.en))
}

const STYLE: &str = "body{font-family:\"Noto Serif CJK SC\",\"SimSun\",serif;max-width:70rem;margin:2rem auto;padding:0 1rem}\
    table{border-collapse:collapse;width:100%;margin-bottom:1.5rem}\
    th,td{border:1px solid #999;padding:.3rem .5rem;text-align:left;vertical-align:top}\
    th{background:#eee}span[lang=en]{color:#555;font-size:.85em}\
    td.digest{font-family:monospace;font-size:.7rem;word-break:break-all}td.number{text-align:right}\
    @media print{body{max-width:none;margin:0}tr{break-inside:avoid}thead{display:table-header-group}}";

/// The page.
pub(crate) fn file_list(
    case: &Case,
    documents: &[DocumentRef],
    events: &[Recorded<CaseEvent>],
    beside: &Beside,
) -> String {
    let title = escape(&case.file.title);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<title>卷内目录 · {title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    );
    about(&mut page, case, documents.len(), events);
    contents(&mut page, case, documents, events);
    tabled(&mut page, events);
    from_beside(&mut page, beside);
    history(&mut page, events);
    page.push_str("</body>\n</html>\n");
    page
}

/// What the volume is: number of the decision, how long it is kept, when it is handed over.
fn about(page: &mut String, case: &Case, documents: usize, events: &[Recorded<CaseEvent>]) {
    let words = Language::shipped();
    let mut rows: Vec<(&str, String)> = Vec::new();
    if let Some(number) = &case.file.document_no {
        rows.push(("发文字号 <span lang=\"en\">Document number</span>", escape(number)));
    }
    if let Some(CaseEvent::VolumeClosed { given, retention, transfer_on, .. }) = events.last().map(|r| &r.body) {
        let transfer = transfer_on.map_or_else(|| "—".to_owned(), |day| day.to_string());
        rows.push(("案卷 <span lang=\"en\">Volume</span>", both(&words.word("volume", given.volume.as_str()))));
        rows.push(("保管期限 <span lang=\"en\">Retention</span>", both(&words.word("retention", retention.as_str()))));
        rows.push(("移交日期 <span lang=\"en\">Due at the archives</span>", transfer));
    }
    rows.push(("文件 <span lang=\"en\">Documents</span>", documents.to_string()));
    page.push_str("<table>\n");
    for (name, value) in rows {
        // Writing into a String cannot fail.
        let _ = writeln!(page, "<tr><th>{name}</th><td>{value}</td></tr>");
    }
    page.push_str("</table>\n");
}

fn contents(page: &mut String, case: &Case, documents: &[DocumentRef], events: &[Recorded<CaseEvent>]) {
    page.push_str(
        "<h2>卷内目录 <span lang=\"en\">File list</span></h2>\n<table>\n<thead><tr><th>序号</th>\
         <th>文件 <span lang=\"en\">Document</span></th><th>环节 <span lang=\"en\">Stage</span></th>\
         <th>形成 <span lang=\"en\">Came with</span></th><th>公开属性 <span lang=\"en\">Disclosure</span></th>\
         <th>纸质原件 <span lang=\"en\">Paper original</span></th><th>字节 <span lang=\"en\">Bytes</span></th><th>SHA-256</th>\
         </tr></thead>\n",
    );
    for (i, document) in documents.iter().enumerate() {
        let filed = case.file.documents.get(&document.digest);
        let _ = writeln!(
            page,
            "<tr><td class=\"number\">{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>\
             <td class=\"number\">{}</td><td class=\"digest\">{}</td></tr>",
            i + 1,
            escape(&document.name),
            filed.map_or_else(|| "—".to_owned(), |f| stage(case, f)),
            filed.map_or_else(|| "—".to_owned(), |f| came(f, events)),
            filed.map_or_else(|| "—".to_owned(), disclosure),
            filed.map_or_else(|| "—".to_owned(), paper),
            document.size_bytes,
            document.digest
        );
    }
    page.push_str("</table>\n");
}

fn stage(case: &Case, filed: &FiledDocument) -> String {
    let kind = filed.stage.as_ref().and_then(|id| case.file.stages.iter().find(|s| s.id == *id)).map(|s| s.kind);
    kind.map_or_else(|| "—".to_owned(), |kind| both(&Language::shipped().word("stage_kind", kind.as_str())))
}

fn came(filed: &FiledDocument, events: &[Recorded<CaseEvent>]) -> String {
    let envelope = events.iter().map(|r| &r.envelope).find(|e| e.n == filed.n);
    envelope.map_or_else(|| format!("#{}", filed.n), |e| format!("#{} {}", e.n, day(e)))
}

fn disclosure(filed: &FiledDocument) -> String {
    let Some(found) = &filed.disclosure else {
        return "未审查 <span lang=\"en\">not reviewed</span>".to_owned();
    };
    let mut told = both(&Language::shipped().word("disclosure", found.attribute.as_str()));
    if !found.basis.is_empty() {
        let _ = write!(told, "<br>{}", escape(&found.basis));
    }
    let _ = write!(told, "<br>审查 <span lang=\"en\">reviewed</span> {} (#{})", escape(&found.by), found.n);
    if let Some(day) = found.again_on {
        let _ = write!(told, "<br>重新评估 <span lang=\"en\">again</span> {day}");
    }
    if filed.released {
        told.push_str("<br>已公开 <span lang=\"en\">released</span>");
    }
    told
}

fn paper(filed: &FiledDocument) -> String {
    let Some(paper) = &filed.paper else { return "—".to_owned() };
    let mut told = format!("{}<br>{}页 <span lang=\"en\">pages</span>", escape(&paper.location), paper.pages);
    for (label, text) in [
        ("签字 <span lang=\"en\">signed</span>", &paper.signatory),
        ("印章 <span lang=\"en\">seal</span>", &paper.seal),
    ] {
        if !text.is_empty() {
            let _ = write!(told, "<br>{label} {}", escape(text));
        }
    }
    told
}

/// What was laid before the meeting by the record itself: disputes between departments, and what of the reviewer's opinion
/// was not taken up.
fn tabled(page: &mut String, events: &[Recorded<CaseEvent>]) {
    let newest = events.iter().rev().find_map(|r| match &r.body {
        CaseEvent::TablingRequested { drafting, .. } => Some(drafting),
        _ => None,
    });
    let Some(drafting) = newest.filter(|d| !d.disputes.is_empty() || !d.not_adopted.is_empty()) else { return };
    page.push_str("<h2>随件报会事项 <span lang=\"en\">Laid before the meeting</span></h2>\n<table>\n");
    for dispute in &drafting.disputes {
        let point = &dispute.point;
        let _ = writeln!(
            page,
            "<tr><th>部门分歧 <span lang=\"en\">Dispute</span></th><td>{}：{}<br>对方意见：{}<br>承办单位意见：{}<br>理由：{}</td></tr>",
            escape(&dispute.unit),
            escape(&point.point),
            escape(&point.their_view),
            escape(&point.our_view),
            escape(&point.reasons)
        );
    }
    for response in &drafting.not_adopted {
        let uptake = both(&Language::shipped().word("uptake", response.uptake.as_str()));
        let _ = writeln!(
            page,
            "<tr><th>合法性审查意见 <span lang=\"en\">Legality opinion</span></th><td>{uptake}：{}</td></tr>",
            escape(&response.reasons)
        );
    }
    page.push_str("</table>\n");
}

/// What came from beside the case: the proposal with its study and answer, and what legal advisers were asked.
fn from_beside(page: &mut String, beside: &Beside) {
    let words = Language::shipped();
    if let Some(proposal) = &beside.proposal {
        let given = &proposal.given;
        let proposer = both(&words.word("proposer", given.proposer.as_str()));
        let mut rows = vec![
            ("建议事项 <span lang=\"en\">Matter</span>", escape(&given.title)),
            ("建议内容 <span lang=\"en\">Proposal</span>", escape(&given.text)),
            ("提出人 <span lang=\"en\">Proposer</span>", format!("{proposer} {}", escape(&given.proposed_by))),
            ("收到 <span lang=\"en\">Received</span>", proposal.received_on.to_string()),
        ];
        if let Some((study, on)) = &proposal.study {
            let recommends = both(&words.word("proposal_outcome", study.recommends.as_str()));
            rows.push((
                "研究论证 <span lang=\"en\">Study</span>",
                format!("{on} {recommends}：{}", escape(&study.opinion)),
            ));
        }
        for (decision, _) in &proposal.decisions {
            let outcome = both(&words.word("proposal_outcome", decision.outcome.as_str()));
            let (by, on) = (escape(&decision.decided_by), decision.decided_on);
            let told = format!("{on} {by} {outcome}：{}", escape(&decision.reason));
            rows.push(("决定 <span lang=\"en\">Decision</span>", told));
        }
        if let Some((answer, on)) = &proposal.answer {
            rows.push(("答复 <span lang=\"en\">Answer</span>", format!("{on} {}", escape(&answer.text))));
        }
        page.push_str("<h2>决策建议 <span lang=\"en\">The proposal that the matter came from</span></h2>\n<table>\n");
        for (name, told) in rows {
            let _ = writeln!(page, "<tr><th>{name}</th><td>{told}</td></tr>");
        }
        page.push_str("</table>\n");
    }
    if beside.engagements.is_empty() {
        return;
    }
    page.push_str(
        "<h2>法律顾问意见 <span lang=\"en\">Legal advisers</span></h2>\n<table>\n<thead><tr><th>征询 Asked</th>\
         <th>顾问 Adviser</th><th>问题 Question</th><th>意见 Opinion</th><th>采纳 Taken up</th></tr></thead>\n",
    );
    for engagement in &beside.engagements {
        let opinion = match (&engagement.advice, &engagement.declined) {
            (Some((advice, on)), _) => format!("{on} {}", escape(&advice.opinion)),
            (None, Some((declined, on))) => {
                format!("{on} 未提供意见 <span lang=\"en\">declined</span>：{}", escape(&declined.reason))
            }
            (None, None) => "—".to_owned(),
        };
        let uptake = engagement.disposal.as_ref().map_or_else(
            || "—".to_owned(),
            |(taken, on)| {
                let uptake = both(&words.word("uptake", taken.uptake.as_str()));
                format!("{on} {uptake} {}", escape(&taken.reason))
            },
        );
        let kind = both(&words.word("adviser_kind", engagement.whom.kind.as_str()));
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td>{kind} {}</td><td>{}</td><td>{opinion}</td><td>{uptake}</td></tr>",
            engagement.asked_on,
            escape(&engagement.whom.name),
            escape(&engagement.given.question)
        );
    }
    page.push_str("</table>\n");
}

fn day(envelope: &Envelope) -> String {
    envelope.day().to_string()
}

fn history(page: &mut String, events: &[Recorded<CaseEvent>]) {
    let words = Language::shipped();
    page.push_str(
        "<h2>办理过程 <span lang=\"en\">History</span></h2>\n<table>\n\
         <thead><tr><th>序号</th><th>记录时间 Recorded</th><th>发生日期 Occurred</th><th>事项 Act</th><th>办理人 By</th></tr></thead>\n",
    );
    for recorded in events {
        let envelope = &recorded.envelope;
        let by = match &envelope.by {
            Actor::Official { name, post_title, unit_name, acting_for, .. } => {
                let acting = if acting_for.is_some() { "(代)" } else { "" };
                format!("{unit_name} {post_title} {name}{acting}")
            }
            Actor::Public => "公众 public".to_owned(),
            Actor::System => "系统 system".to_owned(),
        };
        let _ = writeln!(
            page,
            "<tr><td class=\"number\">{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            envelope.n,
            envelope.recorded_at,
            envelope.occurred_on.map(|d| d.to_string()).unwrap_or_default(),
            both(&words.event(&envelope.kind)),
            escape(&by)
        );
    }
    page.push_str("</table>\n");
}
