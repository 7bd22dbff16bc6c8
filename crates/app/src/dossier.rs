//! The readable part of a package: the file list 卷内目录 and the history of the case, as one page without scripts.

use std::fmt::Write;

use dingce_domain::case::Case;
use dingce_domain::event::CaseEvent;
use dingce_domain::occasion::Actor;
use dingce_domain::words::DocumentRef;

use crate::envelope::Recorded;
use crate::language::Language;

/// Text as HTML: everything that could be markup is not.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The page.
pub fn file_list(case: &Case, documents: &[DocumentRef], events: &[Recorded<CaseEvent>]) -> String {
    let words = Language::shipped();
    let mut page = String::new();
    let title = escape(&case.file.title);
    // Writing into a String cannot fail.
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<title>卷内目录 · {title}</title>\n\
         <style>body{{font-family:\"Noto Serif CJK SC\",\"SimSun\",serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}\
         table{{border-collapse:collapse;width:100%}}th,td{{border:1px solid #999;padding:.3rem .5rem;text-align:left;\
         vertical-align:top}}td.digest{{font-family:monospace;font-size:.7rem;word-break:break-all}}</style>\n</head>\n\
         <body>\n<h1>{title}</h1>\n<h2>卷内目录 <span lang=\"en\">File list</span></h2>\n<table>\n\
         <tr><th>序号</th><th>文件 Document</th><th>大小 Bytes</th><th>SHA-256</th></tr>\n"
    );
    for (i, document) in documents.iter().enumerate() {
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"digest\">{}</td></tr>",
            i + 1,
            escape(&document.name),
            document.size_bytes,
            document.digest
        );
    }
    page.push_str("</table>\n");
    if let Some(CaseEvent::VolumeClosed { given, retention, transfer_on, .. }) = events.last().map(|r| &r.body) {
        let volume = words.word("volume", given.volume.as_str());
        let kept = words.word("retention", retention.as_str());
        let transfer = transfer_on.map_or_else(|| "—".to_owned(), |day| day.to_string());
        let _ = writeln!(
            page,
            "<p>{} <span lang=\"en\">{}</span> · 保管期限 {} <span lang=\"en\">Retention: {}</span> · 移交日期 {transfer} \
             <span lang=\"en\">Due at the archives</span></p>",
            volume.zh, volume.en, kept.zh, kept.en,
        );
    }
    page.push_str(
        "<h2>办理过程 <span lang=\"en\">History</span></h2>\n<table>\n\
         <tr><th>序号</th><th>记录时间 Recorded</th><th>发生日期 Occurred</th><th>事项 Act</th><th>办理人 By</th></tr>\n",
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
        let label = words.event(&envelope.kind);
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{} <span lang=\"en\">{}</span></td><td>{}</td></tr>",
            envelope.n,
            envelope.recorded_at,
            envelope.occurred_on.map(|d| d.to_string()).unwrap_or_default(),
            escape(&label.zh),
            escape(&label.en),
            escape(&by)
        );
    }
    page.push_str("</table>\n</body>\n</html>\n");
    page
}
