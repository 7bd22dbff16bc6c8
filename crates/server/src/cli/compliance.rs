//! A compliance sheet on the console.

use std::sync::Arc;

use dingce_app::compliance::{article, title, told};
use dingce_app::language::Language;
use dingce_domain::compliance::{Excuse, Line, Sheet, Verdict};
use dingce_domain::definition::Definition;
use serde_json::{Value, json};

use crate::console::Console;

/// Prints a sheet, and says whether no rule is broken.
pub(super) fn print((sheet, def): &(Sheet, Arc<Definition>), all: bool, as_json: bool) -> anyhow::Result<bool> {
    let kept = sheet.count(Verdict::Failed) == 0;
    if as_json {
        let lines: Vec<Value> = sheet.lines.iter().map(|line| line_json(line, def)).collect();
        let counts: serde_json::Map<String, Value> =
            Verdict::ALL.iter().map(|v| (v.to_string(), json!(sheet.count(*v)))).collect();
        Console.json(&json!({ "as_of": sheet.as_of, "counts": counts, "lines": lines }))?;
        return Ok(kept);
    }
    let words = Language::shipped();
    let silent = |v: Verdict| matches!(v, Verdict::NotApplicable | Verdict::NotYet | Verdict::Untold);
    for line in sheet.lines.iter().filter(|l| all || !silent(l.verdict)) {
        let verdict = words.word("verdict", line.verdict.as_str());
        let asks = title(line.rule);
        let by = article(line.rule, def).map(|cited| match cited.article.as_str() {
            "" => format!("  {}", cited.cite.zh),
            article => format!("  {}第{article}条", cited.cite.zh),
        });
        let by = by.unwrap_or_default();
        Console.result(format!("{} {}  {} / {}{by}", mark(line.verdict), verdict.zh, asks.zh, asks.en));
        for found in &line.found {
            let told = told(found);
            Console.result(format!("    {}  {}", told.zh, told.en));
        }
        for excuse in &line.excused {
            Console.result(format!("    {}", excused(excuse)));
        }
        if !line.evidence.is_empty() && !matches!(line.verdict, Verdict::Passed) {
            let numbers: Vec<String> = line.evidence.iter().map(|e| format!("#{}", e.n)).collect();
            Console.result(format!("    {}", numbers.join(" ")));
        }
    }
    let counts: Vec<String> =
        Verdict::ALL.iter().map(|v| format!("{} {}", words.word("verdict", v.as_str()).zh, sheet.count(*v))).collect();
    Console.result(format!("{}  {}", sheet.as_of, counts.join("，")));
    Ok(kept)
}

const fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "✓",
        Verdict::Failed => "✗",
        Verdict::Excused => "○",
        Verdict::Advised => "!",
        Verdict::NotApplicable | Verdict::NotYet | Verdict::Untold => "-",
    }
}

fn excused(excuse: &Excuse) -> String {
    let ground = Language::shipped().word("excuse_ground", excuse.ground.as_str());
    let by = excuse.by.as_ref().map(|w| format!("{} {} {}", w.unit_name, w.post_title, w.name)).unwrap_or_default();
    format!("{} / {}  {by}  {}  {}", ground.zh, ground.en, excuse.reason, excuse.basis).trim_end().to_owned()
}

fn line_json(line: &Line, def: &Definition) -> Value {
    let asks = title(line.rule);
    let found: Vec<Value> = line
        .found
        .iter()
        .map(|f| {
            let told = told(f);
            json!({ "finding": f.finding, "given": f.given, "needed": f.needed, "zh": told.zh, "en": told.en })
        })
        .collect();
    let excused: Vec<Value> = line
        .excused
        .iter()
        .map(|e| {
            let by = e.by.as_ref().map(
                |w| json!({ "person": w.person, "name": w.name, "post_title": w.post_title, "unit_name": w.unit_name }),
            );
            json!({ "ground": e.ground, "by": by, "reason": e.reason, "basis": e.basis, "n": e.n })
        })
        .collect();
    let evidence: Vec<Value> = line
        .evidence
        .iter()
        .map(|e| json!({ "n": e.n, "kind": e.kind, "day": e.day, "documents": e.documents }))
        .collect();
    json!({
        "rule": line.rule, "zh": asks.zh, "en": asks.en,
        "article": article(line.rule, def).map(|c| json!({ "zh": c.cite.zh, "en": c.cite.en, "article": c.article })),
        "authority": line.authority, "verdict": line.verdict, "found": found, "excused_by": excused, "evidence": evidence,
    })
}
