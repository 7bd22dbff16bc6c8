//! Special laws that prevail over part of the procedure: what they settle, and the period of comments that they set.

use dingce_domain::condition::Facts;
use dingce_domain::definition::{Overlay, ParameterValue};
use dingce_domain::time::Limit;
use dingce_domain::words::FactId;

use super::{Reader, parts};
use crate::problem::{among, instead};
use crate::tree::Node;

pub(super) fn overlays(reader: &mut Reader<'_>, root: &Node) -> Vec<Overlay> {
    let mut overlays: Vec<Overlay> = Vec::new();
    for (key, node) in reader.named(root.get("overlays")) {
        let id = reader.name(key);
        if !reader.fields(node, &["text", "source", "facts", "comment_period", "comment_period_fixed"]) {
            continue;
        }
        let before = reader.problems.len();
        let text = reader.text(node, "text");
        let source = reader.citation(node, "D-SOURCE-MISSING");
        if source.as_ref().is_some_and(|source| source.article.is_empty()) {
            reader.add(
                "D-OVERLAY-UNFOUNDED",
                key.at,
                "特别法的要求必须写明条款。",
                "What a special law asks for names the article that asks.",
                instead("条款", "an article"),
            );
        }
        let facts = settled(reader, node, &overlays);
        let comment_period = node.get("comment_period").filter(|n| !n.is_null()).and_then(|n| period(reader, n));
        let comment_period_fixed = reader.flag(node.get("comment_period_fixed"));
        if reader.problems.len() > before {
            // What is wrong is told already.
            continue;
        }
        // A fact with a mistake in it is named all the same.
        let settles = node.get("facts").and_then(Node::entries).is_some_and(|entries| !entries.is_empty());
        if !settles && comment_period.is_none() && !comment_period_fixed {
            reader.add(
                "D-OVERLAY-IDLE",
                key.at,
                "特别法没有任何效果。",
                "The special law has no effect.",
                among(["facts", "comment_period", "comment_period_fixed"]),
            );
        }
        let (Some(id), Some(source)) = (id, source) else { continue };
        reader.places.insert(format!("overlays.{id}"), key.at);
        overlays.push(Overlay { id, text, source, facts, comment_period, comment_period_fixed });
    }
    overlays
}

/// The values that facts have under it. Two special laws never settle a fact in two ways: a matter may fall under both.
fn settled(reader: &mut Reader<'_>, node: &Node, others: &[Overlay]) -> Facts {
    let mut facts = Facts::new();
    for (key, value) in reader.named(node.get("facts")) {
        let Some(fact) = reader.reference::<FactId>(key, "facts", "D-FACT-UNKNOWN") else { continue };
        // A fact with a mistake in it is told where it stands.
        let Some(kind) = reader.scope.facts.iter().find(|(id, _)| *id == fact).map(|(_, kind)| kind.clone()) else {
            continue;
        };
        let Some(value) = parts::fact_value(reader, value, &kind, "D-FACT-VALUE") else { continue };
        let other = others.iter().find(|o| o.facts.get(&fact).is_some_and(|settled| *settled != value));
        if let Some(other) = other.map(|o| o.id.to_string()) {
            reader.add(
                "D-OVERLAY-CLASH",
                key.at,
                format!("{other} 对 {fact} 的要求与此不同。"),
                format!("`{other}` settles `{fact}` in another way."),
                instead("相同的值", "the same value"),
            );
        }
        facts.insert(fact, value);
    }
    facts
}

fn period(reader: &mut Reader<'_>, node: &Node) -> Option<Limit> {
    match parts::parameter_value(reader, node)? {
        ParameterValue::Period(limit) => Some(limit),
        ParameterValue::Count(_) | ParameterValue::Share { .. } | ParameterValue::Day(_) => {
            let needed = among(["calendar_days", "working_days"]);
            reader.add("D-PARAMETER-UNIT", node.at, "这里需要期限。", "This is no period.", needed);
            None
        }
    }
}
