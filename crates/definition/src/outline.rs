//! A definition as text for people who know the procedure and read no YAML.

use std::fmt::Write as _;

use dingce_domain::definition::{Citation, Criterion, Definition, Parameter, ParameterValue};
use dingce_domain::time::Limit;
use dingce_domain::words::Text;

#[derive(Clone, Copy)]
enum Language {
    Zh,
    En,
}

/// Stages, criteria with their articles, clocks and roles: first in Chinese, then in English.
pub fn outline(def: &Definition) -> String {
    let mut text = String::new();
    for language in [Language::Zh, Language::En] {
        // Writing to a string cannot fail.
        let _ = Outline { def, language }.write(&mut text);
    }
    text
}

struct Outline<'a> {
    def: &'a Definition,
    language: Language,
}

impl Outline<'_> {
    fn t<'t>(&self, text: &'t Text) -> &'t str {
        match self.language {
            Language::Zh => &text.zh,
            Language::En => &text.en,
        }
    }

    fn w(&self, zh: &'static str, en: &'static str) -> &'static str {
        match self.language {
            Language::Zh => zh,
            Language::En => en,
        }
    }

    fn cite(&self, citation: &Citation) -> String {
        let name = self.def.sources.get(&citation.source).map_or(citation.source.as_str(), |s| self.t(&s.cite));
        match (citation.article.as_str(), self.language) {
            ("", _) => name.to_owned(),
            (article, Language::Zh) => format!("{name}第{article}条"),
            (article, Language::En) => format!("{name}, art. {article}"),
        }
    }

    fn value(&self, parameter: &Parameter) -> String {
        match (parameter.value.clone(), self.language) {
            (ParameterValue::Period(Limit::Calendar(days)), Language::Zh) => format!("{}日", days.get()),
            (ParameterValue::Period(Limit::Working(days)), Language::Zh) => format!("{}个工作日", days.get()),
            (ParameterValue::Period(limit), Language::En) => limit.to_string(),
            (ParameterValue::Count(count), _) => count.to_string(),
            (ParameterValue::Day(day), _) => day.to_string(),
            (ParameterValue::Share { of, parts, exclusive }, _) => {
                format!("{} {of}/{parts}", if exclusive { ">" } else { "≥" })
            }
        }
    }

    fn criteria(&self, text: &mut String, head: &str, list: &[Criterion]) -> std::fmt::Result {
        for criterion in list {
            writeln!(text, "   {head}: {} [{}]", self.t(&criterion.text), self.cite(&criterion.source))?;
        }
        Ok(())
    }

    fn write(&self, text: &mut String) -> std::fmt::Result {
        let def = self.def;
        writeln!(text, "{}", self.t(&def.title))?;
        let valid = self.w("生效", "valid from");
        writeln!(text, "{} v{} · {valid} {}\n", def.name, def.version, def.valid_from)?;
        writeln!(text, "{}", self.w("阶段", "Stages"))?;
        for (i, stage) in def.stages.iter().enumerate() {
            writeln!(text, "{}. {} [{}]", i + 1, self.t(&stage.text), self.cite(&stage.source))?;
            self.criteria(text, self.w("进入条件", "to enter"), &stage.entry)?;
            self.criteria(text, self.w("完成条件", "to finish"), &stage.exit)?;
            self.criteria(text, self.w("可不适用", "may be absent"), stage.absent_if.as_slice())?;
            self.criteria(text, self.w("应当听证", "a hearing is due"), stage.hearing_if.as_slice())?;
            for material in &stage.materials {
                let head = self.w("材料", "material");
                writeln!(text, "   {head}: {} [{}]", self.t(&material.text), self.cite(&material.source))?;
            }
        }
        writeln!(text, "\n{}", self.w("期限", "Clocks"))?;
        for clock in &def.clocks {
            let length = match &clock.parameter {
                None => self.w("以文件载明为准", "as stated").to_owned(),
                Some(parameter) => {
                    let Some(parameter) = def.parameters.get(parameter) else { continue };
                    format!("{} ({})", self.value(parameter), parameter.authority)
                }
            };
            let holder = def.roles.iter().find(|r| r.id == clock.holder).map_or("", |r| self.t(&r.text));
            writeln!(text, "- {}: {length}; {holder} [{}]", self.t(&clock.text), self.cite(&clock.source))?;
        }
        writeln!(text, "\n{}", self.w("角色", "Roles"))?;
        for role in &def.roles {
            let verbs: Vec<_> = role.verbs.iter().map(|v| v.as_str()).collect();
            writeln!(text, "- {}: {}", self.t(&role.text), verbs.join(", "))?;
        }
        writeln!(text, "\n{}", self.w("永远不得", "Never"))?;
        for invariant in &def.invariants {
            writeln!(text, "- {} [{}]", self.t(&invariant.text), self.cite(&invariant.source))?;
        }
        writeln!(text)
    }
}
