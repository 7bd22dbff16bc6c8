//! Sources, facts, roles, separations of duties, parameters and clocks.

use std::collections::{BTreeMap, BTreeSet};

use dingce_domain::condition::FactValue;
use dingce_domain::definition::{
    Authority, ClockSpec, FactKind, FactSpec, Forbid, Parameter, ParameterValue, PostKind, Role, Source, UnitBinding,
};
use dingce_domain::time::{CalendarDays, ClockKind, Limit, WorkingDays, days::DAYS_MAX};
use dingce_domain::verb::Verb;
use dingce_domain::words::{Outcome, ParameterId, Relation, SourceId};

use super::{Reader, general};
use crate::problem::{among, instead, written};
use crate::tree::{Kind, Node};

pub(super) fn sources(reader: &mut Reader<'_>, root: &Node) -> BTreeMap<SourceId, Source> {
    let mut sources = BTreeMap::new();
    reader.need(root, "sources");
    for (key, node) in reader.named(root.get("sources")) {
        let id = reader.name(key);
        if !reader.fields(node, &["cite", "in_force_from", "repealed_on"]) {
            continue;
        }
        let cite = reader.text(node, "cite");
        let in_force_from = reader.need(node, "in_force_from").and_then(|n| reader.date(n));
        let repealed_on = node.get("repealed_on").filter(|n| !n.is_null()).and_then(|n| reader.date(n));
        if let (Some(id), Some(in_force_from)) = (id, in_force_from) {
            sources.insert(id, Source { cite, in_force_from, repealed_on });
        }
    }
    sources
}

pub(super) fn facts(reader: &mut Reader<'_>, root: &Node) -> Vec<FactSpec> {
    let mut facts = Vec::new();
    for (key, node) in reader.named(root.get("facts")) {
        let id = reader.name(key);
        if !reader.fields(node, &["kind", "words", "from", "to", "default", "text", "source"]) {
            continue;
        }
        let kind = fact_kind(reader, node);
        let default = reader
            .need(node, "default")
            .and_then(|n| kind.as_ref().and_then(|k| fact_value(reader, n, k, "D-FACT-DEFAULT")));
        let text = reader.text(node, "text");
        let source = reader.citation(node, "D-SOURCE-MISSING");
        if let (Some(id), Some(kind), Some(default), Some(source)) = (id, kind, default, source) {
            facts.push(FactSpec { id, kind, default, text, source });
        }
    }
    facts
}

fn fact_kind(reader: &mut Reader<'_>, node: &Node) -> Option<FactKind> {
    let kind = reader.need(node, "kind")?;
    match kind.scalar() {
        Some("bool") => Some(FactKind::Bool),
        Some("word") => {
            let mut words = Vec::new();
            for item in reader.list(node.get("words")) {
                let word: Option<dingce_domain::words::CriterionId> = reader.name(item);
                words.extend(word.map(|w| w.to_string()).filter(|w| !words.contains(w)));
            }
            if words.is_empty() || words.len() > 64 {
                reader.add(
                    "D-FACT-RANGE",
                    node.at,
                    "需要 1 至 64 个词。",
                    "A word needs 1 to 64 words.",
                    written("words: [a, b]"),
                );
                return None;
            }
            Some(FactKind::Word(words))
        }
        Some("number") => {
            let from = reader.need(node, "from").and_then(|n| reader.number(n, -1_000_000, 1_000_000))?;
            let to = reader.need(node, "to").and_then(|n| reader.number(n, -1_000_000, 1_000_000))?;
            if to < from || to - from >= 64 {
                reader.add(
                    "D-FACT-RANGE",
                    node.at,
                    "数字事实最多 64 个值。",
                    "A number has 1 to 64 values.",
                    written("from <= to < from + 64"),
                );
                return None;
            }
            Some(FactKind::Number(from, to))
        }
        _ => {
            reader.add(
                "D-WORD-UNKNOWN",
                kind.at,
                "不认识的事实种类。",
                "This is not a kind of fact.",
                among(["bool", "word", "number"]),
            );
            None
        }
    }
}

/// A value of a fact; `rule` is told where the fact cannot have it.
pub(super) fn fact_value(
    reader: &mut Reader<'_>,
    node: &Node,
    kind: &FactKind,
    rule: &'static str,
) -> Option<FactValue> {
    let text = &*reader.ascii(node)?;
    let value = match kind {
        FactKind::Bool => text.parse().ok().map(FactValue::Bool),
        FactKind::Number(..) => text.parse().ok().map(FactValue::Number),
        FactKind::Word(_) => Some(FactValue::Word(text.to_owned())),
    };
    let found = value.filter(|v| kind.values().contains(v));
    if found.is_none() {
        let values: Vec<_> = match kind {
            FactKind::Bool => vec!["true".to_owned(), "false".to_owned()],
            FactKind::Word(words) => words.clone(),
            FactKind::Number(from, to) => vec![format!("{from} to {to}")],
        };
        reader.add(
            rule,
            node.at,
            format!("{text:?} 不在该事实允许的值之中。"),
            format!("{text:?} is not among the fact's values."),
            among(values.iter().map(String::as_str)),
        );
    }
    found
}

pub(super) fn roles(reader: &mut Reader<'_>, root: &Node) -> Vec<Role> {
    let mut roles = Vec::new();
    reader.need(root, "roles");
    for (key, node) in reader.named(root.get("roles")) {
        let id = reader.name(key);
        if !reader.fields(node, &["text", "posts", "unit", "relation", "verbs", "stages", "reads_only"]) {
            continue;
        }
        let text = reader.text(node, "text");
        let posts = reader.words(node.get("posts"), PostKind::ALL, PostKind::as_str, "D-WORD-UNKNOWN");
        let unit = reader
            .need(node, "unit")
            .and_then(|n| reader.word(n, UnitBinding::ALL, UnitBinding::as_str, "D-WORD-UNKNOWN"));
        let relation =
            node.get("relation").and_then(|n| reader.word(n, Relation::ALL, Relation::as_str, "D-WORD-UNKNOWN"));
        let verbs = verbs(reader, node, "verbs");
        let stages = general::stage_names(reader, node.get("stages"));
        let before = reader.problems.len();
        let reads_only = reader.flag(node.get("reads_only"));
        if reader.problems.len() > before {
            // Whether it only reads is not known; one mistake is told once.
        } else if verbs.is_empty() != reads_only
            && node.get("verbs").is_none_or(|v| v.is_null() || matches!(&v.kind, Kind::List(l) if l.is_empty()))
        {
            reader.add(
                "D-ROLE-EMPTY",
                key.at,
                "角色没有任何行为；只读角色请写 reads_only: true。",
                "The role may do nothing; a role that only reads says `reads_only: true`.",
                instead("verbs，或 reads_only: true", "verbs, or reads_only: true"),
            );
        } else if reads_only && !verbs.is_empty() {
            reader.add("D-ROLE-EMPTY", key.at, "只读角色不能有行为。", "A role that only reads has no verbs.", None);
        }
        if let (Some(id), Some(unit)) = (id, unit) {
            roles.push(Role { id, text, posts, unit, relation, verbs, stages });
        }
    }
    roles
}

fn verbs(reader: &mut Reader<'_>, node: &Node, key: &'static str) -> BTreeSet<Verb> {
    reader.words(node.get(key), Verb::ALL, Verb::as_str, "D-VERB-UNKNOWN")
}

pub(super) fn forbids(reader: &mut Reader<'_>, root: &Node) -> Vec<Forbid> {
    let mut forbids: Vec<Forbid> = Vec::new();
    for node in reader.list(root.get("forbids")) {
        if !reader.fields(node, &["verb", "relation", "source"]) {
            continue;
        }
        let verb = reader.need(node, "verb").and_then(|n| reader.word(n, Verb::ALL, Verb::as_str, "D-VERB-UNKNOWN"));
        let relation = reader
            .need(node, "relation")
            .and_then(|n| reader.word(n, Relation::ALL, Relation::as_str, "D-WORD-UNKNOWN"));
        let source = reader.citation(node, "D-SOURCE-MISSING");
        if let (Some(verb), Some(relation), Some(source)) = (verb, relation, source) {
            if forbids.iter().any(|f| f.verb == verb && f.relation == relation) {
                reader.add("D-DUPLICATE", node.at, "这条回避规则出现了两次。", "This separation is given twice.", None);
            }
            forbids.push(Forbid { verb, relation, source });
        }
    }
    forbids
}

pub(super) fn parameters(reader: &mut Reader<'_>, root: &Node) -> BTreeMap<ParameterId, Parameter> {
    let mut parameters = BTreeMap::new();
    for (key, node) in reader.named(root.get("parameters")) {
        let id: Option<ParameterId> = reader.name(key);
        if !reader.fields(node, &["value", "authority", "text", "source"]) {
            continue;
        }
        let value = reader.need(node, "value").and_then(|n| parameter_value(reader, n));
        let authority = reader
            .need(node, "authority")
            .and_then(|n| reader.word(n, Authority::ALL, Authority::as_str, "D-WORD-UNKNOWN"));
        let text = reader.text(node, "text");
        let source = reader.citation(node, "D-PARAMETER-UNSOURCED");
        if let (Some(Authority::Binding), Some(cited)) = (authority, &source)
            && cited.article.is_empty()
        {
            reader.add(
                "D-PARAMETER-UNFOUNDED",
                key.at,
                "BINDING 的数值必须写明条款。",
                "A value that is BINDING names the article that binds.",
                instead("条款，或另一种效力", "an article, or another authority"),
            );
        }
        // What begins on a later day may rest on what is in force only then.
        if let (Some(ParameterValue::Day(day)), Some(_), Some(cite)) = (&value, &source, reader.cites.last_mut()) {
            cite.from = Some(*day);
        }
        if let (Some(id), Some(value), Some(authority), Some(source)) = (id, value, authority, source) {
            parameters.insert(id.clone(), Parameter { id, value, authority, text, source });
        }
    }
    parameters
}

pub(super) fn parameter_value(reader: &mut Reader<'_>, node: &Node) -> Option<ParameterValue> {
    // With a key that is not known, its unit is not either.
    let before = reader.problems.len();
    let units = ["calendar_days", "working_days", "count", "share", "more_than", "day"];
    if !reader.fields(node, &units) || reader.problems.len() > before {
        return None;
    }
    let given: Vec<_> = ["calendar_days", "working_days", "count", "share", "day"]
        .into_iter()
        .filter(|k| node.get(k).is_some())
        .collect();
    let [unit] = given.as_slice() else {
        let needed = instead(
            "calendar_days、working_days、count、share、day 中的一个，且只有一个",
            "exactly one of calendar_days, working_days, count, share, day",
        );
        reader.add("D-PARAMETER-UNIT", node.at, "数值必须有且只有一个单位。", "A value has exactly one unit.", needed);
        return None;
    };
    let value = node.get(unit)?;
    match *unit {
        "share" => share(reader, value, node),
        "day" => reader.date(value).map(ParameterValue::Day),
        "count" => reader.number(value, 1, 100_000).and_then(|n| u32::try_from(n).ok()).map(ParameterValue::Count),
        days => {
            let n = reader.number(value, 1, i64::from(DAYS_MAX)).and_then(|n| u16::try_from(n).ok())?;
            Some(ParameterValue::Period(if days == "calendar_days" {
                Limit::Calendar(CalendarDays::new(n).ok()?)
            } else {
                Limit::Working(WorkingDays::new(n).ok()?)
            }))
        }
    }
}

fn share(reader: &mut Reader<'_>, value: &Node, node: &Node) -> Option<ParameterValue> {
    let text = reader.ascii(value)?;
    let parsed = text.split_once('/').and_then(|(a, b)| Some((a.parse::<u32>().ok()?, b.parse::<u32>().ok()?)));
    match parsed {
        Some((of, parts)) if of >= 1 && of <= parts && parts <= 1_000 => {
            let exclusive = reader.flag(node.get("more_than"));
            Some(ParameterValue::Share { of, parts, exclusive })
        }
        _ => {
            reader.add(
                "D-PARAMETER-UNIT",
                value.at,
                "不是分数。",
                "This is not a share.",
                instead("分数，例如 \"1/2\"", "a fraction such as \"1/2\""),
            );
            None
        }
    }
}

fn clock_kind(kind: ClockKind) -> &'static str {
    match kind {
        ClockKind::Floor => "floor",
        ClockKind::Cap => "cap",
        ClockKind::Backward => "backward",
        ClockKind::Guaranteed => "guaranteed",
    }
}

pub(super) fn clocks(reader: &mut Reader<'_>, root: &Node) -> Vec<ClockSpec> {
    let all = [ClockKind::Floor, ClockKind::Cap, ClockKind::Backward, ClockKind::Guaranteed];
    let mut clocks = Vec::new();
    for (key, node) in reader.named(root.get("clocks")) {
        let id = reader.name(key);
        let keys = [
            "kind",
            "parameter",
            "stated",
            "text",
            "starts",
            "outcomes",
            "stops",
            "pauses",
            "resumes",
            "guards",
            "warn_before",
            "holder",
            "source",
        ];
        if !reader.fields(node, &keys) {
            continue;
        }
        for name in ["starts", "stops", "pauses", "resumes", "guards", "warn_before"] {
            if let (Some(value), Some(clock)) = (node.get(name), key.scalar()) {
                reader.places.insert(format!("clocks.{clock}.{name}"), value.at);
            }
        }
        let before = reader.problems.len();
        let kind = reader.need(node, "kind").and_then(|n| reader.word(n, &all, clock_kind, "D-WORD-UNKNOWN"));
        // As the act that starts it states, or a parameter: exactly one of them.
        let unsaid = reader.problems.len();
        let stated = reader.flag(node.get("stated")) || reader.problems.len() > unsaid;
        let parameter = if stated {
            if let Some(given) = node.get("parameter") {
                reader.add(
                    "D-CLOCK-STATED",
                    given.at,
                    "期限由行为载明的时钟没有参数。",
                    "A clock whose length is stated by the act has no parameter.",
                    instead("stated: true 或一个参数，二者只取其一", "stated: true, or a parameter"),
                );
            }
            Some(None)
        } else {
            let given = reader.need(node, "parameter");
            given.and_then(|n| reader.reference(n, "parameters", "D-PARAMETER-UNKNOWN")).map(Some)
        };
        let text = reader.text(node, "text");
        let starts = general::triggers(reader, node, "starts");
        let outcomes = reader.words(node.get("outcomes"), Outcome::ALL, Outcome::as_str, "D-WORD-UNKNOWN");
        let stops = general::triggers(reader, node, "stops");
        let pauses = general::triggers(reader, node, "pauses");
        let resumes = general::triggers(reader, node, "resumes");
        let guards = general::triggers(reader, node, "guards");
        let warn_before =
            node.get("warn_before").and_then(|n| reader.reference(n, "parameters", "D-PARAMETER-UNKNOWN"));
        let holder = reader.need(node, "holder").and_then(|n| reader.reference(n, "roles", "D-ROLE-UNKNOWN"));
        let source = reader.citation(node, "D-SOURCE-MISSING");
        if reader.problems.len() > before || !reader.told.is_empty() {
            reader.broken.insert(format!("clocks.{}", key.scalar().unwrap_or_default()));
        }
        if let (Some(id), Some(kind), Some(parameter), Some(holder), Some(source)) =
            (id, kind, parameter, holder, source)
        {
            clocks.push(ClockSpec {
                id,
                kind,
                parameter,
                text,
                starts,
                outcomes,
                stops,
                pauses,
                resumes,
                guards,
                warn_before,
                holder,
                source,
            });
        }
    }
    clocks
}
