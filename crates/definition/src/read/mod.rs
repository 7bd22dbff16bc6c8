//! From the tree of a file to a [`Definition`], with every mistake told.

mod general;
mod overlays;
mod parts;
mod reader;
mod stages;

use std::collections::BTreeSet;

use dingce_domain::definition::{Definition, Family};
use dingce_domain::id::Digest;
use dingce_domain::words::{DraftingItem, Outcome, StageId, StageKind};
use jiff::civil::date;
use sha2::{Digest as _, Sha256};

use crate::problem::{Problem, Problems};
use crate::reference::{self, Bases, Expanded, NoBases};
use crate::rules;
use crate::tree::Node;
pub(crate) use reader::{Cite, Reader};

const KEYS: &[&str] = &[
    "name",
    "version",
    "family",
    "title",
    "valid_from",
    "valid_to",
    "sources",
    "facts",
    "roles",
    "forbids",
    "parameters",
    "clocks",
    "stages",
    "outcomes",
    "drafting_items",
    "invariants",
    "overlays",
    "stands_on",
];

/// SHA-256 of a file's bytes: what a case and a certificate name a definition by.
pub fn hash(bytes: &[u8]) -> Digest {
    Digest::new(Sha256::digest(bytes).into())
}

/// A definition with its whole text: what is proven, published and hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// The file; for one that stands on another, both together.
    pub text: String,
    /// What it says.
    pub definition: Definition,
}

/// Reads a definition that stands on no other, and holds it against the rules that need no exploration. `path` is only
/// told in problems.
///
/// # Errors
/// All problems of the file at once, in the order of its lines.
pub fn parse(bytes: &[u8], path: &str) -> Result<Definition, Vec<Problem>> {
    whole(bytes, path, &NoBases).map(|whole| whole.definition)
}

/// The same for one that may stand on another, which is looked for in `bases`.
///
/// # Errors
/// All problems at once, each in the file where it was written; those of the given file first.
pub fn whole(bytes: &[u8], path: &str, bases: &dyn Bases) -> Result<Whole, Vec<Problem>> {
    let mut problems = Problems::new(path);
    let read = reference::expand(bytes, bases, &mut problems).and_then(|Expanded { root, text }| {
        let def = definition(&mut Reader::new(&mut problems), &root, hash(text.as_bytes()))?;
        Some(Whole { text, definition: def })
    });
    match (read, problems.len()) {
        (Some(whole), 0) => Ok(whole),
        _ => Err(problems.into_list()),
    }
}

fn declare(reader: &mut Reader<'_>, root: &Node) {
    for section in ["sources", "facts", "roles", "parameters", "clocks", "stages"] {
        let given = root.get(section).filter(|n| !n.is_null());
        if given.map_or(["sources", "roles", "stages"].contains(&section), |n| n.entries().is_none()) {
            reader.told.insert(section);
            reader.scope.told.insert(section);
        }
        let names: BTreeSet<String> = root
            .get(section)
            .and_then(Node::entries)
            .into_iter()
            .flatten()
            .filter_map(|(k, _)| k.scalar().map(str::to_owned))
            .collect();
        for (key, _) in root.get(section).and_then(Node::entries).into_iter().flatten() {
            let name = key.scalar().unwrap_or_default();
            reader.places.insert(format!("{section}.{name}"), key.at);
        }
        reader.scope.declared.extend(names.iter().map(|name| format!("{section}.{name}")));
        reader.declared.insert(section, names);
    }
    for (key, value) in root.get("stages").and_then(Node::entries).into_iter().flatten() {
        let id: Option<StageId> = key.scalar().and_then(|k| k.parse().ok());
        let results = value.get("task").and_then(|task| task.get("results")).and_then(Node::entries);
        if let Some(id) = &id {
            let names = results.into_iter().flatten().filter_map(|(k, _)| k.scalar().map(str::to_owned));
            reader.scope.results.push((id.clone(), names.collect()));
        }
        let kind = value.get("kind").and_then(Node::scalar).and_then(StageKind::from_word);
        if let (Some(id), Some(kind)) = (id, kind) {
            reader.scope.stages.push((id, kind));
        }
    }
}

fn definition(reader: &mut Reader<'_>, root: &Node, hash: Digest) -> Option<Definition> {
    if !reader.fields(root, KEYS) {
        return None;
    }
    for (key, value) in root.entries().unwrap_or_default() {
        reader.places.insert(key.scalar().unwrap_or_default().to_owned(), value.at);
    }
    declare(reader, root);
    let name = reader.need(root, "name").and_then(|n| reader.name(n));
    let version = reader.need(root, "version").and_then(|n| reader.number(n, 1, i64::from(u32::MAX)));
    let family =
        reader.need(root, "family").and_then(|n| reader.word(n, Family::ALL, Family::as_str, "D-WORD-UNKNOWN"));
    let title = reader.text(root, "title");
    let valid_from = reader.need(root, "valid_from").and_then(|n| reader.date(n));
    let valid_to = root.get("valid_to").filter(|n| !n.is_null()).and_then(|n| reader.date(n));
    let sources = parts::sources(reader, root);
    let facts = parts::facts(reader, root);
    reader.scope.facts = facts.iter().map(|f| (f.id.clone(), f.kind.clone())).collect();
    let before_roles = reader.problems.len();
    let roles = parts::roles(reader, root);
    let roles_sound = reader.problems.len() == before_roles;
    let forbids = parts::forbids(reader, root);
    let parameters = parts::parameters(reader, root);
    let clocks = parts::clocks(reader, root);
    let before_stages = reader.problems.len();
    reader.need(root, "stages");
    let stages = stages::stages(reader, root);
    let stages_sound = reader.problems.len() == before_stages;
    let before_outcomes = reader.problems.len();
    let outcomes = reader.words(root.get("outcomes"), Outcome::ALL, Outcome::as_str, "D-WORD-UNKNOWN");
    let outcomes_sound = reader.problems.len() == before_outcomes;
    let drafting_items =
        reader.words(root.get("drafting_items"), DraftingItem::ALL, DraftingItem::as_str, "D-WORD-UNKNOWN");
    let invariants = stages::invariants(reader, root);
    let overlays = overlays::overlays(reader, root);
    let stands_on = reference::lineage(reader, root);
    let dated = valid_from.is_some();
    let def = Definition {
        name: name.clone().or_else(|| "unnamed".parse().ok())?,
        version: version.and_then(|v| u32::try_from(v).ok()).unwrap_or(1),
        hash,
        family: family.unwrap_or(Family::General),
        title,
        valid_from: valid_from.unwrap_or(date(9999, 1, 1)),
        valid_to,
        sources,
        facts,
        roles,
        forbids,
        parameters,
        clocks,
        stages,
        outcomes,
        drafting_items,
        invariants,
        overlays,
        stands_on,
        confirmed: Default::default(),
    };
    rules::check(
        reader,
        &def,
        rules::Known { dated, roles: roles_sound, stages: stages_sound, outcomes: outcomes_sound },
    );
    Some(def)
}
