//! What differs, laid over what it differs from: JSON Merge Patch (RFC 7396) with two additions.
//!
//! - A mapping is merged key by key, in the order of the base; what is new comes after it. `null` takes a key away.
//! - A text, a citation and the value of a parameter are one thing each, and are replaced whole.
//! - Anything else replaces what was there; a list may instead be changed by `{ add: [..], remove: [..] }`.
//!
//! Nothing is looked up, and the order of the keys in a change makes no difference but to the order of what is new.

use super::perhaps;
use crate::problem::{Problems, say, written};
use crate::tree::{Kind, Node};

/// Mappings that are one thing.
const WHOLE: [&[&str]; 3] =
    [&["zh", "en"], &["source", "article"], &["calendar_days", "working_days", "count", "share", "more_than", "day"]];

/// Whether a mapping is one thing: a text, a citation, a value. Its members are scalars, and its keys are of one of them.
pub(super) fn is_one_thing(node: &Node) -> bool {
    let entries = node.entries().unwrap_or_default();
    let all = |keys: &[&str]| {
        entries.iter().all(|(k, v)| v.scalar().is_some() && k.scalar().is_some_and(|k| keys.contains(&k)))
    };
    !entries.is_empty() && WHOLE.iter().any(|keys| all(keys))
}

/// The base with what a change says.
pub(super) fn merge(base: Node, change: Node, problems: &mut Problems) -> Node {
    match (base.kind, change.kind) {
        (Kind::Map(old), Kind::Map(new)) if !is_one_thing(&Node::new(change.at, Kind::Map(new.clone()))) => {
            // What is wrong with the two together was made wrong by the change.
            Node::new(change.at, Kind::Map(entries(old, new, problems)))
        }
        (Kind::List(old), Kind::Map(new)) if edits(&new) => Node::new(change.at, Kind::List(list(old, new, problems))),
        (_, kind) => Node::new(change.at, kind),
    }
}

fn entries(old: Vec<(Node, Node)>, new: Vec<(Node, Node)>, problems: &mut Problems) -> Vec<(Node, Node)> {
    let mut merged = old;
    for (key, change) in new {
        let name = key.scalar().unwrap_or_default();
        let there = merged.iter().position(|(k, _)| k.scalar() == Some(name));
        match (there, change.is_null()) {
            (Some(i), true) => {
                merged.remove(i);
            }
            (Some(i), false) => {
                let (_, base) = merged.remove(i);
                let value = merge(base, change, problems);
                merged.insert(i, (key, value));
            }
            (None, true) => {
                let base = Node::new(key.at, Kind::Map(merged));
                let message = say(
                    format!("所引用的定义中没有 {name}，无从删除。"),
                    format!("There is no `{name}` in what this stands on, so it cannot be taken away."),
                );
                problems.add("D-BASE-NOTHING", key.at, message, perhaps(name, &base));
                let Kind::Map(back) = base.kind else { return Vec::new() };
                merged = back;
            }
            (None, false) => merged.push((key, change)),
        }
    }
    merged
}

/// Whether a mapping says how a list changes.
fn edits(entries: &[(Node, Node)]) -> bool {
    !entries.is_empty() && entries.iter().all(|(k, _)| matches!(k.scalar(), Some("add" | "remove")))
}

fn list(old: Vec<Node>, change: Vec<(Node, Node)>, problems: &mut Problems) -> Vec<Node> {
    let mut merged = old;
    let mut items = |wanted: &str| -> Vec<Node> {
        match change.iter().find(|(k, _)| k.scalar() == Some(wanted)).map(|(_, v)| v.clone()) {
            Some(Node { kind: Kind::List(items), .. }) => items,
            Some(other) => {
                let message = say("这里需要一个列表。", "A list is needed here.");
                problems.add("D-SHAPE", other.at, message, written("[a, b]"));
                Vec::new()
            }
            None => Vec::new(),
        }
    };
    let (gone, more) = (items("remove"), items("add"));
    for item in gone {
        match merged.iter().position(|known| same(known, &item)) {
            Some(i) => {
                merged.remove(i);
            }
            None => {
                let message = say(
                    "所引用的定义的列表中没有这一项，无从删除。",
                    "The list in what this stands on has no such item, so it cannot be taken away.",
                );
                problems.add("D-BASE-NOTHING", item.at, message, None);
            }
        }
    }
    merged.extend(more);
    merged
}

/// Whether two nodes say the same, wherever they stand.
fn same(a: &Node, b: &Node) -> bool {
    match (&a.kind, &b.kind) {
        (Kind::Scalar { text: a, .. }, Kind::Scalar { text: b, .. }) => a == b,
        (Kind::List(a), Kind::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Kind::Map(entries), Kind::Map(other)) => {
            entries.len() == other.len()
                && entries.iter().all(|(k, v)| k.scalar().and_then(|k| b.get(k)).is_some_and(|other| same(v, other)))
        }
        _ => false,
    }
}
