//! Stages, their criteria and materials, and declared invariants.

use std::collections::BTreeSet;

use dingce_domain::condition::Condition;
use dingce_domain::definition::{Authority, Criterion, Invariant, Material, StageSpec};
use dingce_domain::words::{CriterionId, StageKind, Volume};

use super::{Reader, general};
use crate::expr;
use crate::problem::instead;
use crate::tree::Node;

pub(super) fn stages(reader: &mut Reader<'_>, root: &Node) -> Vec<StageSpec> {
    let mut stages = Vec::new();
    for (key, node) in reader.named(root.get("stages")) {
        let id = reader.name(key);
        let keys = [
            "kind",
            "text",
            "source",
            "entry",
            "exit",
            "absent_if",
            "hearing_if",
            "materials",
            "volume",
            "optional",
            "task",
            "approval",
        ];
        if !reader.fields(node, &keys) {
            continue;
        }
        let kind =
            reader.need(node, "kind").and_then(|n| reader.word(n, StageKind::ALL, StageKind::as_str, "D-KIND-UNKNOWN"));
        let text = reader.text(node, "text");
        let source = reader.citation(node, "D-SOURCE-MISSING");
        let mut names = BTreeSet::new();
        let entry = criteria(reader, node.get("entry"), &mut names);
        let exit = criteria(reader, node.get("exit"), &mut names);
        let absent_if = node.get("absent_if").filter(|n| !n.is_null()).and_then(|n| named(reader, n, "absence"));
        let hearing_if = node.get("hearing_if").filter(|n| !n.is_null()).and_then(|n| named(reader, n, "hearing"));
        let materials = materials(reader, node.get("materials"), &mut names);
        if let (Some(id), Some(kind), Some(source)) = (id, kind, source) {
            let volume = node.get("volume").and_then(|n| reader.word(n, Volume::ALL, Volume::as_str, "D-WORD-UNKNOWN"));
            let optional = reader.flag(node.get("optional"));
            let task = node.get("task").and_then(|n| general::task(reader, n));
            let approval = node.get("approval").and_then(|n| general::approval(reader, n));
            for (section, key) in [("approval", "roles"), ("approval", "refused"), ("task", "results")] {
                if let Some(value) = node.get(section).and_then(|part| part.get(key)) {
                    reader.places.insert(format!("stages.{id}.{key}"), value.at);
                }
            }
            fits(reader, kind, node);
            stages.push(StageSpec {
                id,
                kind,
                text,
                source,
                entry,
                exit,
                absent_if,
                hearing_if,
                materials,
                volume,
                optional,
                task,
                approval,
            });
        }
    }
    stages
}

/// What is done in a task, and what is approved in an approval, is said there and nowhere else; only they choose their volume.
fn fits(reader: &mut Reader<'_>, kind: StageKind, node: &Node) {
    for (key, wanted) in [("task", kind == StageKind::Task), ("approval", kind == StageKind::Approval)] {
        match node.get(key) {
            None if wanted => {
                reader.need(node, key);
            }
            Some(stray) if !wanted => reader.add(
                "D-KIND-CONTENT",
                stray.at,
                format!("{kind} 类阶段不能有 {key}。"),
                format!("A `{kind}` stage has no `{key}`."),
                instead(format!("kind: {key}"), format!("kind: {key}")),
            ),
            _ => {}
        }
    }
    for key in ["volume", "optional"] {
        if let Some(stray) = node.get(key).filter(|_| !kind.is_general()) {
            reader.add(
                "D-KIND-CONTENT",
                stray.at,
                format!("{kind} 类阶段的 {key} 由本系统规定。"),
                format!("What a `{kind}` stage is under `{key}` follows from its kind."),
                instead(
                    format!("仅当 kind 为 task 或 approval 时才写 {key}"),
                    format!("{key} only where kind is task or approval"),
                ),
            );
        }
    }
}

/// The same criterion may stand at the entry and at the exit of a stage: refusals name it, so its words must be the same.
fn criteria(reader: &mut Reader<'_>, node: Option<&Node>, names: &mut BTreeSet<String>) -> Vec<Criterion> {
    let mut criteria = Vec::new();
    for (key, node) in reader.named(node) {
        let id: Option<CriterionId> = reader.name(key);
        criteria.extend(criterion(reader, node, id.clone()));
        if let Some(id) = id.filter(|id| !names.insert(id.to_string())) {
            reader.add(
                "D-DUPLICATE",
                key.at,
                format!("本阶段已有名为 {id} 的条件。"),
                format!("The stage already has a criterion `{id}`."),
                instead("另一个名称", "another name"),
            );
        }
    }
    criteria
}

/// A criterion that has its place and not a name of its own.
fn named(reader: &mut Reader<'_>, node: &Node, name: &str) -> Option<Criterion> {
    criterion(reader, node, name.parse().ok())
}

fn criterion(reader: &mut Reader<'_>, node: &Node, id: Option<CriterionId>) -> Option<Criterion> {
    if !reader.fields(node, &["when", "text", "source", "authority"]) {
        return None;
    }
    let condition = condition(reader, node, "when");
    let text = reader.text(node, "text");
    let source = reader.citation(node, "D-SOURCE-MISSING");
    if let Some(given) = node.get("authority")
        && let Some(authority) = reader.word(given, Authority::ALL, Authority::as_str, "D-WORD-UNKNOWN")
        && !authority.is_hard()
    {
        reader.add(
            "D-CRITERION-NOT-HARD",
            given.at,
            format!("{authority} 的要求不能作为拒绝的条件，只能作为材料提示。"),
            format!(
                "A criterion refuses, and what is {authority} may not; list it under `materials` until it is confirmed."
            ),
            instead("BINDING 或 LOCAL_RULE", "BINDING or LOCAL_RULE"),
        );
    }
    Some(Criterion { id: id?, condition: condition?, text, source: source? })
}

fn condition(reader: &mut Reader<'_>, node: &Node, key: &'static str) -> Option<Condition> {
    let value = reader.need(node, key)?;
    let text = reader.scalar(value)?;
    expr::compile(text, value.inside(), &reader.scope, reader.problems)
}

fn materials(reader: &mut Reader<'_>, node: Option<&Node>, names: &mut BTreeSet<String>) -> Vec<Material> {
    let mut materials = Vec::new();
    for (key, node) in reader.named(node) {
        let id: Option<CriterionId> = reader.name(key);
        if !reader.fields(node, &["text", "source"]) {
            continue;
        }
        let text = reader.text(node, "text");
        let source = reader.citation(node, "D-SOURCE-MISSING");
        if let Some(id) = &id
            && !names.insert(id.to_string())
        {
            reader.add(
                "D-DUPLICATE",
                key.at,
                format!("本阶段已有名为 {id} 的条目。"),
                format!("The stage already has an entry `{id}`."),
                instead("另一个名称", "another name"),
            );
        }
        if let (Some(id), Some(source)) = (id, source) {
            materials.push(Material { id, text, source });
        }
    }
    materials
}

pub(super) fn invariants(reader: &mut Reader<'_>, root: &Node) -> Vec<Invariant> {
    let mut invariants = Vec::new();
    for (key, node) in reader.named(root.get("invariants")) {
        let id = reader.name(key);
        if !reader.fields(node, &["never", "text", "source"]) {
            continue;
        }
        let never = condition(reader, node, "never");
        let text = reader.text(node, "text");
        let source = reader.citation(node, "D-SOURCE-MISSING");
        if let (Some(id), Some(never), Some(source)) = (id, never, source) {
            invariants.push(Invariant { id, never, text, source });
        }
    }
    invariants
}
