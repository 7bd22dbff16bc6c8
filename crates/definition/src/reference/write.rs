//! A tree as YAML: the same tree is always the same bytes, and reading them gives the same tree.

use std::fmt::Write as _;

use super::merge::is_one_thing;
use crate::tree::{Kind, Node};

const HEAD: &str = "# Whole: made from the definitions under `stands_on`, which it needs no more.\n";

pub(super) fn write(root: &Node) -> String {
    let mut text = HEAD.to_owned();
    block(&mut text, root, 0);
    text
}

/// Whether a node is written on one line: a scalar, a text or citation, or a list or mapping without anything deeper.
fn inline(node: &Node) -> bool {
    match &node.kind {
        Kind::Scalar { .. } => true,
        Kind::List(list) => list.iter().all(|n| n.scalar().is_some()),
        Kind::Map(entries) => entries.is_empty() || is_one_thing(node),
    }
}

fn block(text: &mut String, node: &Node, depth: usize) {
    let indent = "  ".repeat(depth);
    match &node.kind {
        Kind::Map(entries) => {
            for (key, value) in entries {
                text.push_str(&indent);
                flow(text, key);
                text.push(':');
                below(text, value, depth);
            }
        }
        Kind::List(list) => {
            for item in list {
                text.push_str(&indent);
                text.push_str("- ");
                flow(text, item);
                text.push('\n');
            }
        }
        Kind::Scalar { .. } => flow(text, node),
    }
}

fn below(text: &mut String, value: &Node, depth: usize) {
    if inline(value) {
        text.push(' ');
        flow(text, value);
        text.push('\n');
    } else {
        text.push('\n');
        block(text, value, depth + 1);
    }
}

fn flow(text: &mut String, node: &Node) {
    match &node.kind {
        Kind::Scalar { text: said, plain, .. } => scalar(text, said, *plain),
        Kind::List(list) => {
            text.push('[');
            for (i, item) in list.iter().enumerate() {
                text.push_str(if i == 0 { "" } else { ", " });
                flow(text, item);
            }
            text.push(']');
        }
        Kind::Map(entries) => {
            text.push('{');
            for (i, (key, value)) in entries.iter().enumerate() {
                text.push_str(if i == 0 { " " } else { ", " });
                flow(text, key);
                text.push_str(": ");
                flow(text, value);
            }
            text.push_str(if entries.is_empty() { "}" } else { " }" });
        }
    }
}

/// Words, numbers, dates and hashes plain; everything else in quotes, as JSON writes it, which is YAML too.
fn scalar(text: &mut String, said: &str, plain: bool) {
    let simple = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let bare = said.strip_prefix("sha256:").unwrap_or(said);
    if plain && said.is_empty() {
        text.push_str("null");
    } else if plain
        && !bare.is_empty()
        && bare.chars().all(simple)
        && said.starts_with(|c: char| c.is_ascii_alphanumeric())
    {
        text.push_str(said);
    } else {
        // Writing to a string cannot fail.
        let _ = write!(text, "{}", serde_json::Value::from(said));
    }
}
