//! The words of the compliance sheet: what each rule asks, by which article, and findings as sentences.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use dingce_domain::compliance::{Found, Rule};
use dingce_domain::definition::{Definition, Family};
use dingce_domain::words::Text;
use serde::Deserialize;

use crate::language::{Cited, Language};
use crate::template::filled;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asks {
    zh: String,
    en: String,
    law: Option<String>,
    article: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    rules: BTreeMap<String, Asks>,
    findings: BTreeMap<String, Text>,
    parts: BTreeMap<String, Text>,
}

fn shipped() -> &'static Words {
    static SHIPPED: OnceLock<Words> = OnceLock::new();
    SHIPPED.get_or_init(|| {
        serde_saphyr::from_str(include_str!("../lang/compliance.yaml")).expect("compliance.yaml can be read")
    })
}

fn plain(text: &str) -> Text {
    Text { zh: text.to_owned(), en: text.to_owned() }
}

/// What a rule asks: what must hold.
pub fn title(rule: Rule) -> Text {
    let asks = shipped().rules.get(rule.as_str());
    asks.map_or_else(|| plain(rule.as_str()), |asks| Text { zh: asks.zh.clone(), en: asks.en.clone() })
}

/// Short name of the law and the article that a rule rests on; nothing where it rests on practice alone.
pub fn rests_on(rule: Rule) -> Option<(&'static str, &'static str)> {
    let asks = shipped().rules.get(rule.as_str())?;
    Some((asks.law.as_deref()?, &asks.article))
}

/// The article that a rule rests on in a procedure, as people cite it. Procedures other than that of major decisions name
/// articles of their own for their stages; nothing where neither does.
pub fn article(rule: Rule, def: &Definition) -> Option<Cited> {
    if def.family == Family::MajorDecision {
        let (law, article) = rests_on(rule)?;
        return Some(Cited { cite: Language::shipped().source(law), article: article.to_owned() });
    }
    let at = &def.stages[def.positions(*rule.needs().last()?).next()?].source;
    let cite = def.sources.get(&at.source)?.cite.clone();
    Some(Cited { cite, article: at.article.clone() })
}

/// Sections of the language files whose words findings speak.
const SECTIONS: [&str; 16] = [
    "stage_kind",
    "legality_aspect",
    "legality_conclusion",
    "legality_finding",
    "adviser_kind",
    "evaluation_voice",
    "evaluation_conclusion",
    "separation",
    "relation",
    "position",
    "outcome",
    "report_reply",
    "volume",
    "disclosure",
    "hearing_role",
    "fair_competition_reviewer",
];

/// One word as people know it; itself where it is a name, a day or a number.
fn word(text: &str) -> Text {
    if let Some(part) = shipped().parts.get(text) {
        return part.clone();
    }
    let language = Language::shipped();
    let found = SECTIONS.iter().map(|section| language.word(section, text)).find(|told| told.zh != text);
    found.unwrap_or_else(|| language.event(text))
}

/// What stands in a finding: words are told as people know them, also where a name or a number stands beside them.
fn value(text: &str) -> Option<Text> {
    if text.is_empty() {
        return None;
    }
    let split = |text: &str, by: &str| -> Text {
        let told: Vec<Text> = text.split(by).map(word).collect();
        Text {
            zh: told.iter().map(|t| t.zh.as_str()).collect::<Vec<_>>().join(by),
            en: told.iter().map(|t| t.en.as_str()).collect::<Vec<_>>().join(by),
        }
    };
    Some(if text.contains(": ") { split(text, ": ") } else { split(text, " ") })
}

/// A finding as a sentence.
pub fn told(found: &Found) -> Text {
    let Some(template) = shipped().findings.get(found.finding.as_str()) else { return plain(found.finding.as_str()) };
    let (given, needed) = (value(&found.given), value(&found.needed));
    let slot = |pick: fn(&Text) -> &String| {
        let (given, needed) = (given.clone(), needed.clone());
        move |name: &str| match name {
            "given" => given.as_ref().map(|t| pick(t).clone()),
            "needed" => needed.as_ref().map(|t| pick(t).clone()),
            _ => None,
        }
    };
    Text { zh: filled(&template.zh, &slot(|t| &t.zh)), en: filled(&template.en, &slot(|t| &t.en)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dingce_domain::compliance::Finding;

    #[test]
    fn every_rule_and_finding_is_told_in_both_languages_and_nothing_else_is() {
        let words = shipped();
        let rules: Vec<&str> = Rule::ALL.iter().map(|r| r.as_str()).collect();
        let findings: Vec<&str> = Finding::ALL.iter().map(|f| f.as_str()).collect();
        for name in words.rules.keys() {
            assert!(rules.contains(&name.as_str()), "{name} is no rule");
        }
        for name in words.findings.keys() {
            assert!(findings.contains(&name.as_str()), "{name} is no finding");
        }
        for rule in Rule::ALL {
            let title = title(*rule);
            assert!(!title.zh.is_ascii() && title.en.is_ascii() && !title.en.is_empty(), "{rule}: {title:?}");
            if let Some((law, article)) = rests_on(*rule) {
                let cite = Language::shipped().source(law);
                assert!(cite.zh.starts_with('《') && !article.is_empty(), "{rule} rests on {law} {article}");
            }
        }
        for finding in Finding::ALL {
            let found = Found { finding: *finding, given: "2024-03-01".to_owned(), needed: "30".to_owned() };
            let told = told(&found);
            for text in [&told.zh, &told.en] {
                assert!(text.contains("2024-03-01") && text.contains("30") && !text.contains('{'), "{finding}: {text}");
            }
        }
    }

    #[test]
    fn a_finding_speaks_of_stages_and_parts_as_people_do() {
        let found = |given: &str, needed: &str| {
            told(&Found { finding: Finding::Differs, given: given.to_owned(), needed: needed.to_owned() }).zh
        };
        let told = found("risk_assessment v1", "v2");
        assert!(told.contains("风险评估 v1") && told.contains("v2"), "{told}");
        let told = found("must_not_be_tabled", "lawful");
        assert!(!told.is_ascii() && !told.contains("must_not_be_tabled"), "{told}");
    }
}
