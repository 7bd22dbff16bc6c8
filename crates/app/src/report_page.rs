//! The report of a trace as a page: one HTML file without scripts and without anything from elsewhere, Chinese first.

use std::fmt::Write as _;

use dingce_domain::accountability::{AccountabilityEvent, AccountabilityFile};
use dingce_domain::occasion::Actor;
use dingce_domain::words::{DocumentRef, Text};

use crate::frozen::{FrozenEvent, FrozenHold, FrozenSource};
use crate::language::Language;
use crate::use_cases::of_clock;
use crate::use_cases::reporting::{ReportDocument, ReportRow};

const STYLE: &str = "body{font-family:system-ui,'Noto Sans SC','Microsoft YaHei',sans-serif;margin:2rem auto;max-width:76rem;\
    line-height:1.5;padding:0 1rem}table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{border:1px solid #999;\
    padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}th{background:#eee}pre{white-space:pre-wrap;\
    overflow-wrap:anywhere;font-size:.75rem}code{overflow-wrap:anywhere}.en{color:#555;font-size:.9em}\
    @media print{details{display:none}}";

/// What stands in a page as text.
fn escaped(text: impl ToString) -> String {
    let mut safe = String::new();
    for c in text.to_string().chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

fn both(text: &Text) -> String {
    if text.zh == text.en {
        return escaped(&text.zh);
    }
    format!("{} <span class=\"en\" lang=\"en\">{}</span>", escaped(&text.zh), escaped(&text.en))
}

fn phrase(word: &str) -> String {
    both(&Language::shipped().word("phrase", word))
}

fn word(section: &str, word: &str) -> String {
    both(&Language::shipped().word(section, word))
}

/// A page that grows.
struct Page(String);

impl Page {
    fn add(&mut self, html: impl AsRef<str>) {
        self.0.push_str(html.as_ref());
        self.0.push('\n');
    }

    fn heading(&mut self, of: &str) {
        self.add(format!("<h2>{}</h2>", phrase(of)));
    }

    /// A table, or that there is nothing of it.
    fn table(&mut self, columns: &[&str], rows: Vec<Vec<String>>) {
        if rows.is_empty() {
            self.add(format!("<p>{}</p>", phrase("report_none")));
            return;
        }
        let head: String = columns.iter().map(|column| format!("<th scope=\"col\">{}</th>", phrase(column))).collect();
        self.add(format!("<table><thead><tr>{head}</tr></thead><tbody>"));
        for row in rows {
            let cells: String = row.iter().map(|cell| format!("<td>{cell}</td>")).collect();
            self.add(format!("<tr>{cells}</tr>"));
        }
        self.add("</tbody></table>");
    }
}

/// The page of a report.
pub(crate) fn page(report: &ReportDocument) -> String {
    let trace = &report.trace;
    let title = Language::shipped().word("phrase", "report_title");
    let mut page = Page(String::new());
    page.add("<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\">");
    page.add(format!(
        "<title>{}：{}</title><style>{STYLE}</style></head><body>",
        escaped(&title.zh),
        escaped(&trace.title)
    ));
    page.add(format!("<h1>{}</h1>", both(&title)));
    page.add(format!("<p>{}</p>", both(&report.statement)));
    let mut facts = vec![
        vec![phrase("report_matter"), format!("{} <code>{}</code>", escaped(&trace.title), escaped(trace.about))],
        vec![phrase("report_known"), escaped(trace.as_known_on)],
        vec![phrase("report_newest"), format!("{} <code>{}</code>", trace.n, escaped(trace.leaf_hash))],
        vec![phrase("report_trace_digest"), format!("<code>{}</code>", escaped(report.trace_digest))],
    ];
    facts.push(vec![
        phrase("report_log"),
        match &report.log {
            Some(log) => {
                format!("{} · {} · <code>{}</code>", escaped(&log.origin), log.size, escaped(&log.root))
            }
            None => phrase("report_not_published"),
        },
    ]);
    page.table(&["report_what", "report_value"], facts);
    if let Some(file) = &report.file {
        the_file(&mut page, file, &report.file_rows);
    }
    page.heading("trace_acts");
    let columns = ["report_n", "report_day", "report_who", "report_act", "report_said", "report_leaf", "report_proof"];
    let clock = |name: &str| trace.holds.iter().find(|hold| hold.clock == name).map(|hold| &hold.clock_text);
    let rows = trace.events.iter().zip(&report.rows);
    let rows = rows.map(|(event, row)| event_row(event, event.clock.as_deref().and_then(clock), row)).collect();
    page.table(&columns, rows);
    if let Some(matter) = &trace.matter {
        page.heading("report_matter_then");
        page.add(format!("<pre>{}</pre>", escaped(serde_json::to_string_pretty(matter).unwrap_or_default())));
    }
    page.heading("report_holds");
    let columns =
        ["report_n", "report_unit", "report_period", "report_from_to", "report_due", "report_days", "report_overdue"];
    page.table(&columns, trace.holds.iter().map(hold_row).collect());
    page.heading("report_positions");
    let positions = trace.positions.iter().map(|said| {
        let name = said.name.clone().unwrap_or_else(|| said.member.to_string());
        vec![said.n.to_string(), escaped(name), word("position", &said.position), escaped(&said.statement)]
    });
    page.table(&["report_n", "report_who", "report_position", "report_said"], positions.collect());
    page.heading("trace_materials");
    let materials = trace.materials.iter().map(|had| {
        let missing = had.missing.join("；");
        vec![
            had.n.to_string(),
            escaped(had.held_on),
            escaped(&had.session),
            documents(&had.documents),
            escaped(missing),
        ]
    });
    let columns = ["report_n", "report_day", "report_session", "report_documents", "report_missing"];
    page.table(&columns, materials.collect());
    page.heading("trace_conflicts");
    let conflicts = trace.conflicts.iter().map(|fact| {
        let numbers = fact.numbers.iter().map(u64::to_string).collect::<Vec<_>>().join("、");
        let name = escaped(fact.name.as_deref().unwrap_or_default());
        vec![numbers, name, word("conflict_kind", fact.kind.as_str()), escaped(&fact.text)]
    });
    page.table(&["report_n", "report_who", "report_fact", "report_said"], conflicts.collect());
    page.heading("report_verify");
    page.add(format!("<p>{}</p>", phrase("report_how_to_verify")));
    page.add("</body></html>");
    page.0
}

fn the_file(page: &mut Page, file: &AccountabilityFile, rows: &[ReportRow]) {
    page.heading("report_file");
    let state = word("accountability_state", file.state.as_str());
    page.add(format!("<p><code>{}</code> · {state}</p>", escaped(file.id)));
    let steps = file.steps.iter().enumerate().map(|(i, step)| {
        let day = step.by_on().1;
        let row = rows.get(i);
        vec![
            (i + 1).to_string(),
            escaped(day),
            both(&Language::shipped().event(step.kind())),
            told(step),
            documents(step.documents()),
            row.map(|row| format!("<code>{}</code>", escaped(row.leaf_hash))).unwrap_or_default(),
            row.map(proof).unwrap_or_default(),
        ]
    });
    let columns =
        ["report_n", "report_day", "report_act", "report_said", "report_documents", "report_leaf", "report_proof"];
    page.table(&columns, steps.collect());
    page.heading("report_persons");
    page.add(format!("<p>{}</p>", phrase("report_categories")));
    let persons = file.persons().map(|(named, post)| {
        let numbers = named.acts.iter().map(u64::to_string).collect::<Vec<_>>().join("、");
        let held = format!("{} {}", escaped(&post.unit_name), escaped(&post.title));
        vec![escaped(&post.name), held, word("post_category", named.category.as_str()), numbers]
    });
    page.table(&["report_who", "report_post", "report_category", "report_acts"], persons.collect());
}

/// What a step of a file says, in the words of whoever said it.
fn told(step: &AccountabilityEvent) -> String {
    let parts: Vec<String> = match step {
        AccountabilityEvent::Received { given, .. } => {
            vec![word("clue_source", given.source.as_str()), escaped(&given.reference), escaped(&given.content)]
        }
        AccountabilityEvent::Admitted { given, .. } => vec![escaped(&given.article), escaped(&given.reason)],
        AccountabilityEvent::Refused { given, .. } => vec![escaped(&given.article), escaped(&given.reason)],
        AccountabilityEvent::Frozen { given, trace, .. } => {
            vec![escaped(given.as_known_on), trace.n.to_string(), format!("<code>{}</code>", escaped(trace.digest))]
        }
        AccountabilityEvent::HarmRecorded { given, .. } => vec![
            word("harm_kind", given.harm.as_str()),
            escaped(&given.found_by),
            escaped(given.found_on),
            escaped(&given.statement),
        ],
        AccountabilityEvent::PersonsNamed { given, .. } => vec![given.persons.len().to_string()],
        AccountabilityEvent::HandedOver { given, .. } => {
            vec![escaped(&given.body), escaped(&given.article), escaped(given.handed_on)]
        }
        AccountabilityEvent::Acknowledged { given, .. } => {
            vec![escaped(&given.received_by), escaped(given.received_on)]
        }
        AccountabilityEvent::ResultRecorded { given, .. } => {
            vec![escaped(&given.number), escaped(given.stated_on), escaped(&given.statement)]
        }
        AccountabilityEvent::Closed { given, .. } => vec![escaped(&given.reason)],
        AccountabilityEvent::Reopened { given, .. } => vec![escaped(&given.reason)],
    };
    parts.join("<br>")
}

fn documents(list: &[DocumentRef]) -> String {
    let one = |document: &DocumentRef| format!("{} <code>{}</code>", escaped(&document.name), escaped(document.digest));
    list.iter().map(one).collect::<Vec<_>>().join("<br>")
}

fn proof(row: &ReportRow) -> String {
    match &row.proof {
        Some(proof) => format!("<details><summary>tlog-proof</summary><pre>{}</pre></details>", escaped(proof)),
        None => phrase("report_not_published"),
    }
}

fn event_row(event: &FrozenEvent, clock: Option<&Text>, row: &ReportRow) -> Vec<String> {
    let who = match &event.by {
        Actor::Official { name, post_title, unit_name, .. } => {
            format!("{} {} {}", escaped(unit_name), escaped(post_title), escaped(name))
        }
        Actor::Public => phrase("report_public"),
        Actor::System if of_clock(&event.kind) => phrase("report_clock"),
        Actor::System => phrase("report_system"),
    };
    let mut act = both(&Language::shipped().event(&event.kind));
    if let Some(clock) = clock {
        let _ = write!(act, "<br>{}", both(clock));
    }
    if let Some(opinion) = &event.opinion {
        let _ = write!(act, "<br>{}", both(&Language::shipped().opinion(&event.kind, opinion)));
    }
    let afterwards =
        if event.entered_afterwards { format!("<br>{}", phrase("trace_entered_afterwards")) } else { String::new() };
    vec![
        event.n.to_string(),
        format!("{}{afterwards}", escaped(event.day)),
        who,
        act,
        escaped(event.text.as_deref().unwrap_or_default()),
        format!("<code>{}</code>", escaped(row.leaf_hash)),
        proof(row),
    ]
}

fn hold_row(held: &FrozenHold) -> Vec<String> {
    let source =
        held.source.as_ref().map(|FrozenSource { cite, article }| format!("<br>{} {}", both(cite), escaped(article)));
    let unit = escaped(held.unit_name.as_deref().unwrap_or_default());
    let beyond = match (held.overdue_n, held.days_beyond) {
        (Some(_), Some(days)) => days.to_string(),
        (Some(_), None) => "?".to_owned(),
        (None, _) => String::new(),
    };
    let to = held.to.map_or_else(|| "…".to_owned(), |day| day.to_string());
    vec![
        held.n.to_string(),
        format!("{unit} {}", both(&held.holder_text)),
        format!("{}{}", both(&held.clock_text), source.unwrap_or_default()),
        format!("{} → {}", escaped(held.from), escaped(to)),
        held.due_on.map(escaped).unwrap_or_default(),
        format!("{} / {}", held.held_days, held.paused_days),
        beyond,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_stays_text() {
        assert_eq!(escaped("<script>\"&'"), "&lt;script&gt;&quot;&amp;&#39;");
        let text = Text { zh: "<b>".to_owned(), en: "<i>".to_owned() };
        assert!(!both(&text).contains("<b>") && !both(&text).contains("<i>"));
    }
}
