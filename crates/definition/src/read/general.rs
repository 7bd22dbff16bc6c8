//! The general kinds of stage: tasks, approvals, their forms; and the acts that move clocks, which may name such a stage.

use std::collections::BTreeSet;

use dingce_domain::check::TEXT_MAX;
use dingce_domain::definition::{Trigger, Triggers};
use dingce_domain::task::{
    ApprovalSpec, Entry, FIELDS_MAX, Field, FieldKind, Form, Lead, RESULTS_MAX, TaskResult, TaskSpec,
};
use dingce_domain::verb::Verb;
use dingce_domain::words::{CriterionId, RoleId, StageId, Text};

use super::Reader;
use crate::problem::{instead, written};
use crate::tree::{Kind, Node};

/// A task: what can be recorded while it is under way, and how it can end.
pub(super) fn task(reader: &mut Reader<'_>, node: &Node) -> Option<TaskSpec> {
    if !reader.fields(node, &["entries", "results"]) {
        return None;
    }
    let mut entries = Vec::new();
    for (key, node) in reader.named(node.get("entries")) {
        if reader.fields(node, &["text", "source", "form"]) {
            entries.extend(entry(reader, key, node));
        }
    }
    let mut results = Vec::new();
    reader.need(node, "results");
    for (key, node) in reader.named(node.get("results")) {
        if !reader.fields(node, &["text", "source", "form", "leads"]) {
            continue;
        }
        let leads = reader.need(node, "leads").and_then(|n| lead(reader, n));
        if let (Some(entry), Some(leads)) = (entry(reader, key, node), leads) {
            results.push(TaskResult { entry, leads });
        }
    }
    if entries.len() > RESULTS_MAX || results.len() > RESULTS_MAX {
        reader.add(
            "D-TASK-MANY",
            node.at,
            "事项的过程记录或结果过多。",
            "The task has too many entries or results.",
            instead(format!("各不超过 {RESULTS_MAX} 项"), format!("at most {RESULTS_MAX} each")),
        );
    }
    Some(TaskSpec { entries, results })
}

fn entry(reader: &mut Reader<'_>, key: &Node, node: &Node) -> Option<Entry> {
    let id = reader.name(key);
    let text = reader.text(node, "text");
    let source = reader.citation(node, "D-SOURCE-MISSING");
    let form = form(reader, node.get("form"));
    Some(Entry { id: id?, text, source: source?, form })
}

/// An approval: who is asked, how many of them must approve, and where a refusal leads.
pub(super) fn approval(reader: &mut Reader<'_>, node: &Node) -> Option<ApprovalSpec> {
    if !reader.fields(node, &["form", "roles", "needed", "refused"]) {
        return None;
    }
    let form = form(reader, node.get("form"));
    let mut roles: Vec<RoleId> = Vec::new();
    reader.need(node, "roles");
    for item in reader.list(node.get("roles")) {
        let Some(role) = reader.reference::<RoleId>(item, "roles", "D-ROLE-UNKNOWN") else { continue };
        if roles.contains(&role) {
            reader.add("D-DUPLICATE", item.at, "这个角色出现了两次。", "This role is given twice.", None);
        } else {
            roles.push(role);
        }
    }
    let most = i64::try_from(roles.len()).unwrap_or(i64::MAX).max(1);
    let needed = reader.need(node, "needed").and_then(|n| reader.number(n, 1, most));
    let refused = reader.need(node, "refused").and_then(|n| lead(reader, n));
    Some(ApprovalSpec { form, roles, needed: needed.and_then(|n| u32::try_from(n).ok())?, refused: refused? })
}

/// `on`, `end`, or `{ back: [stages] }`, where an empty list is this stage alone.
fn lead(reader: &mut Reader<'_>, node: &Node) -> Option<Lead> {
    if node.scalar().is_some() {
        let word = &*reader.ascii(node)?;
        return match word {
            "on" => Some(Lead::On),
            "end" => Some(Lead::End),
            _ => {
                reader.add(
                    "D-WORD-UNKNOWN",
                    node.at,
                    format!("不认识 {word:?}。"),
                    format!("{word:?} is not one of the known words."),
                    written("on, end, { back: [stage] }"),
                );
                None
            }
        };
    }
    if !reader.fields(node, &["back"]) {
        return None;
    }
    let stages = reader.need(node, "back").map(|n| stage_names(reader, Some(n)))?;
    Some(Lead::Back(stages))
}

/// A list of declared stages, none twice.
pub(super) fn stage_names(reader: &mut Reader<'_>, node: Option<&Node>) -> BTreeSet<StageId> {
    let mut stages = BTreeSet::new();
    for item in reader.list(node) {
        let Some(stage) = reader.reference::<StageId>(item, "stages", "D-STAGE-UNKNOWN") else { continue };
        if !stages.insert(stage) {
            reader.add("D-DUPLICATE", item.at, "这个阶段出现了两次。", "This stage is given twice.", None);
        }
    }
    stages
}

/// Acts: each a verb, or `{ verb, stage, with }`.
pub(super) fn triggers(reader: &mut Reader<'_>, node: &Node, key: &'static str) -> Triggers {
    let mut triggers = Triggers::default();
    for item in reader.list(node.get(key)) {
        let trigger = match &item.kind {
            Kind::Scalar { .. } => reader.word(item, Verb::ALL, Verb::as_str, "D-VERB-UNKNOWN").map(Trigger::from),
            _ => {
                if !reader.fields(item, &["verb", "stage", "with"]) {
                    continue;
                }
                let verb =
                    reader.need(item, "verb").and_then(|n| reader.word(n, Verb::ALL, Verb::as_str, "D-VERB-UNKNOWN"));
                let stage = reader.need(item, "stage").and_then(|n| reader.reference(n, "stages", "D-STAGE-UNKNOWN"));
                let word = item.get("with").and_then(|n| reader.name(n));
                verb.zip(stage).map(|(verb, stage)| Trigger { verb, stage: Some(stage), word })
            }
        };
        if let Some(trigger) = trigger {
            let name = trigger.verb.as_str();
            if !triggers.insert(trigger) {
                reader.add(
                    "D-DUPLICATE",
                    item.at,
                    format!("{name} 出现了两次。"),
                    format!("`{name}` is given twice."),
                    None,
                );
            }
        }
    }
    triggers
}

/// A form: the part of JSON Schema (2020-12) that every page can show, with a `text` for each field. None is a form without
/// fields.
fn form(reader: &mut Reader<'_>, node: Option<&Node>) -> Form {
    let Some(node) = node.filter(|n| !n.is_null()) else { return Form::default() };
    if !reader.fields(node, &["type", "additionalProperties", "required", "properties"]) {
        return Form::default();
    }
    for (key, wanted) in [("type", "object"), ("additionalProperties", "false")] {
        if let Some(value) = reader.need(node, key)
            && value.scalar() != Some(wanted)
        {
            reader.add(
                "D-FORM-SHAPE",
                value.at,
                "表单必须是不含其他字段的对象。",
                "A form is an object without other fields.",
                written(format_args!("{key}: {wanted}")),
            );
        }
    }
    let mut required: BTreeSet<CriterionId> = BTreeSet::new();
    for item in reader.list(node.get("required")) {
        let declared = |id: &CriterionId| node.get("properties").is_some_and(|p| p.get(id.as_str()).is_some());
        let Some(id) = reader.name::<CriterionId>(item) else { continue };
        if !declared(&id) || !required.insert(id.clone()) {
            reader.add(
                "D-FORM-REQUIRED",
                item.at,
                format!("必填字段 {id} 未声明或重复。"),
                format!("The required field `{id}` is not declared, or given twice."),
                instead("properties 中声明的字段，只写一次", "a field under properties, once"),
            );
        }
    }
    let mut fields = Vec::new();
    reader.need(node, "properties");
    for (key, node) in reader.named(node.get("properties")) {
        fields.extend(field(reader, key, node, &required));
    }
    if fields.len() > FIELDS_MAX {
        reader.add(
            "D-FORM-SHAPE",
            node.at,
            "表单字段过多。",
            "The form has too many fields.",
            instead(format!("不超过 {FIELDS_MAX} 个"), format!("at most {FIELDS_MAX}")),
        );
    }
    Form { fields }
}

fn field(reader: &mut Reader<'_>, key: &Node, node: &Node, required: &BTreeSet<CriterionId>) -> Option<Field> {
    let keys = ["type", "text", "minLength", "maxLength", "minimum", "maximum", "format", "oneOf"];
    let id: Option<CriterionId> = reader.name(key);
    if !reader.fields(node, &keys) {
        return None;
    }
    let text = reader.text(node, "text");
    let of_type = reader.need(node, "type")?;
    let given: Vec<&str> = keys[2..].iter().copied().filter(|k| node.get(k).is_some()).collect();
    let kind = match (of_type.scalar(), given.as_slice()) {
        (Some("boolean"), []) => Some(FieldKind::Flag),
        (Some("integer"), ["minimum", "maximum"]) => {
            let least = node.get("minimum").and_then(|n| reader.number(n, i64::from(i32::MIN), i64::from(i32::MAX)));
            let most = node.get("maximum").and_then(|n| reader.number(n, i64::from(i32::MIN), i64::from(i32::MAX)));
            Some(FieldKind::Number { least: least?, most: most.filter(|most| least.is_some_and(|l| l <= *most))? })
        }
        (Some("string"), ["maxLength"] | ["minLength", "maxLength"]) => {
            let bound = |reader: &mut Reader<'_>, key: &str, absent: u32| match node.get(key) {
                None => Some(absent),
                Some(n) => {
                    reader.number(n, 0, i64::try_from(TEXT_MAX).unwrap_or(i64::MAX)).and_then(|n| u32::try_from(n).ok())
                }
            };
            let (least, most) = (bound(reader, "minLength", 0), bound(reader, "maxLength", 0));
            Some(FieldKind::Text { least: least?, most: most.filter(|most| least.is_some_and(|l| l <= *most))? })
        }
        (Some("string"), ["format"]) if node.get("format").and_then(Node::scalar) == Some("date") => {
            Some(FieldKind::Day)
        }
        (Some("string"), ["oneOf"]) => Some(FieldKind::Choice(choices(reader, node.get("oneOf")))),
        _ => None,
    };
    if kind.is_none() {
        let name = key.scalar().unwrap_or_default();
        let (type_, with) = (of_type.scalar().unwrap_or_default(), given.join(", "));
        let needed = match type_ {
            "string" => instead(
                "maxLength（可加不大于它的 minLength）；或 format: date；或 oneOf: [{ const, text }]",
                "maxLength, perhaps with minLength (not below it); or format: date; or oneOf: [{ const, text }]",
            ),
            "integer" => instead(
                "minimum 和不小于它的 maximum，没有其他",
                "minimum and maximum, in this order of size, and nothing else",
            ),
            "boolean" => instead("除 type 和 text 外没有其他", "nothing beside type and text"),
            _ => instead("type: string、integer 或 boolean", "type: string, integer or boolean"),
        };
        reader.add(
            "D-FORM-FIELD",
            of_type.at,
            format!("字段 {name} 的写法（type: {type_}; {with}）不是可以展示的种类。"),
            format!("The field `{name}` (type: {type_}; {with}) is of no kind that can be shown."),
            needed,
        );
    }
    let id = id?;
    Some(Field { required: required.contains(&id), id, text, kind: kind? })
}

fn choices(reader: &mut Reader<'_>, node: Option<&Node>) -> Vec<(CriterionId, Text)> {
    let mut choices: Vec<(CriterionId, Text)> = Vec::new();
    for item in reader.list(node) {
        if !reader.fields(item, &["const", "text"]) {
            continue;
        }
        let word: Option<CriterionId> = reader.need(item, "const").and_then(|n| reader.name(n));
        let text = reader.text(item, "text");
        if let Some(word) = word {
            if choices.iter().any(|(known, _)| *known == word) {
                reader.add("D-DUPLICATE", item.at, "这个选项出现了两次。", "This choice is given twice.", None);
            }
            choices.push((word, text));
        }
    }
    choices
}
