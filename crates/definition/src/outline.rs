//! A definition as text for people who know the procedure and read no YAML.

use std::fmt::Write as _;

use dingce_domain::condition::FactValue;
use dingce_domain::definition::{Citation, Criterion, Definition, ParameterValue, StageSpec, Trigger, Triggers};
use dingce_domain::task::{Form, Lead};
use dingce_domain::words::{RoleId, StageId, Text};

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

    fn settled(&self, value: &FactValue) -> String {
        match value {
            FactValue::Bool(true) => self.w("是", "yes").to_owned(),
            FactValue::Bool(false) => self.w("否", "no").to_owned(),
            FactValue::Number(number) => number.to_string(),
            FactValue::Word(word) => word.clone(),
        }
    }

    fn criteria(&self, text: &mut String, head: &str, list: &[Criterion]) -> std::fmt::Result {
        for criterion in list {
            writeln!(text, "   {head}: {} [{}]", self.t(&criterion.text), self.cite(&criterion.source))?;
        }
        Ok(())
    }

    /// What a task or an approval asks, and where it leads.
    fn general(&self, text: &mut String, stage: &StageSpec) -> std::fmt::Result {
        if stage.optional {
            writeln!(text, "   {}", self.w("可以不办理", "need not be begun"))?;
        }
        let form = |form: &Form| {
            let fields: Vec<_> = form.fields.iter().map(|f| self.t(&f.text)).collect();
            if fields.is_empty() { String::new() } else { format!(" ({})", fields.join(self.w("、", "; "))) }
        };
        let lead = |lead: &Lead| {
            let stages = lead.back().chain(std::iter::once(&stage.id)).map(|id| self.stage(id));
            match lead {
                Lead::On => self.w("进入下一环节", "leads on").to_owned(),
                Lead::End => self.w("终结", "ends the case").to_owned(),
                Lead::Back(_) => {
                    let names: Vec<_> = stages.collect();
                    format!("{}{}", self.w("退回：", "back to "), names.join(self.w("、", ", ")))
                }
            }
        };
        for entry in stage.task.iter().flat_map(|task| &task.entries) {
            let head = self.w("过程记载", "recorded on the way");
            writeln!(text, "   {head}: {}{} [{}]", self.t(&entry.text), form(&entry.form), self.cite(&entry.source))?;
        }
        for result in stage.task.iter().flat_map(|task| &task.results) {
            let (entry, leads) = (&result.entry, lead(&result.leads));
            let head = self.w("结果", "result");
            let said = format!("{}{}", self.t(&entry.text), form(&entry.form));
            writeln!(text, "   {head}: {said} → {leads} [{}]", self.cite(&entry.source))?;
        }
        if let Some(approval) = &stage.approval {
            let roles: Vec<_> = approval.roles.iter().map(|id| self.role(id)).collect();
            let (needed, of) = (approval.needed, roles.join(self.w("、", ", ")));
            let head = self.w("审批", "approved by");
            writeln!(text, "   {head}: {needed}/{} · {of}{}", approval.roles.len(), form(&approval.form))?;
            writeln!(text, "   {}: {}", self.w("未获批准", "refused"), lead(&approval.refused))?;
        }
        Ok(())
    }

    fn stage<'t>(&'t self, id: &'t StageId) -> &'t str {
        self.def.stage(id).map_or(id.as_str(), |s| self.t(&s.text))
    }

    fn role<'t>(&'t self, id: &'t RoleId) -> &'t str {
        self.def.roles.iter().find(|r| r.id == *id).map_or(id.as_str(), |r| self.t(&r.text))
    }

    /// What moves a clock.
    fn moves(&self, text: &mut String, head: &str, triggers: &Triggers) -> std::fmt::Result {
        if triggers.is_empty() {
            return Ok(());
        }
        let told = |t: &Trigger| {
            let stage = t.stage.as_ref().map(|id| format!(" @ {}", self.stage(id))).unwrap_or_default();
            let word = t.word.as_ref().map(|word| format!(" = {word}")).unwrap_or_default();
            format!("{}{stage}{word}", t.verb)
        };
        let list: Vec<_> = triggers.iter().map(told).collect();
        writeln!(text, "   {head}: {}", list.join(self.w("、", ", ")))
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
            self.general(text, stage)?;
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
                    format!("{} ({})", self.t(&parameter.value.text()), parameter.authority)
                }
            };
            let holder = def.roles.iter().find(|r| r.id == clock.holder).map_or("", |r| self.t(&r.text));
            writeln!(text, "- {}: {length}; {holder} [{}]", self.t(&clock.text), self.cite(&clock.source))?;
            self.moves(text, self.w("开始", "starts"), &clock.starts)?;
            self.moves(text, self.w("停止", "stops"), &clock.stops)?;
            self.moves(text, self.w("暂停", "pauses"), &clock.pauses)?;
            self.moves(text, self.w("恢复", "resumes"), &clock.resumes)?;
            self.moves(text, self.w("届满前不得", "waits for it"), &clock.guards)?;
            if let Some(lead) = clock.warn_before.as_ref().and_then(|lead| def.parameters.get(lead)) {
                let head = self.w("提前提醒", "warns before");
                writeln!(text, "   {head}: {} ({})", self.t(&lead.value.text()), lead.authority)?;
            }
        }
        writeln!(text, "\n{}", self.w("角色", "Roles"))?;
        for role in &def.roles {
            let verbs: Vec<_> = role.verbs.iter().map(|v| v.as_str()).collect();
            writeln!(text, "- {}: {}", self.t(&role.text), verbs.join(", "))?;
            if !role.stages.is_empty() {
                let stages: Vec<_> = role.stages.iter().map(|id| self.stage(id)).collect();
                writeln!(text, "   {}: {}", self.w("限于", "only on"), stages.join(self.w("、", ", ")))?;
            }
        }
        if !def.facts.is_empty() {
            writeln!(text, "\n{}", self.w("事项情形", "Facts"))?;
        }
        for fact in &def.facts {
            writeln!(text, "- {} [{}]", self.t(&fact.text), self.cite(&fact.source))?;
        }
        if !def.overlays.is_empty() {
            writeln!(text, "\n{}", self.w("适用的特别法", "Special laws"))?;
        }
        for overlay in &def.overlays {
            writeln!(text, "- {}: {} [{}]", overlay.id, self.t(&overlay.text), self.cite(&overlay.source))?;
            for (id, value) in &overlay.facts {
                let asked = def.facts.iter().find(|f| f.id == *id).map_or(id.as_str(), |f| self.t(&f.text));
                writeln!(text, "   {asked} {}", self.settled(value))?;
            }
            if let Some(limit) = overlay.comment_period {
                let least = ParameterValue::Period(limit).text();
                let least = self.t(&least);
                writeln!(text, "   {}: {least}", self.w("征求意见期限不少于", "comments at least"))?;
            }
            if overlay.comment_period_fixed {
                writeln!(text, "   {}", self.w("征求意见期限不得缩短", "no reason shortens the period of comments"))?;
            }
        }
        writeln!(text, "\n{}", self.w("永远不得", "Never"))?;
        for invariant in &def.invariants {
            writeln!(text, "- {} [{}]", self.t(&invariant.text), self.cite(&invariant.source))?;
        }
        writeln!(text)
    }
}
