//! What is gone from a stream, held against what its erasure events say.
//!
//! A sealed body, or a committed open body with its key, may be gone from a whole package only where an event of the same
//! stream says that it was erased (docs/formats/archive.md §14). What is gone without one was destroyed, and is reported.

use std::collections::{BTreeMap, BTreeSet};

use dingce_ledger::LeafInput;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The kind of an event by which a stream says that something of one of its bodies was erased.
pub const ERASURE_KIND: &str = "personal_data_erased";

/// A body of which something was lawfully erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasedBody {
    /// The stream.
    pub stream: String,
    /// Number of the event that held it.
    pub n: u64,
    /// Whether name and contact were erased.
    pub identity: bool,
    /// Whether its text was masked.
    pub text: bool,
    /// When it was recorded, as in the leaf.
    pub at: String,
    /// The article, as a code.
    pub article: String,
}

/// What the body of an erasure event says; its other members are for readers.
#[derive(Debug, Deserialize)]
struct Said {
    n: u64,
    parts: BTreeSet<String>,
    article: String,
}

/// What was seen of one stream.
#[derive(Debug, Default)]
pub(super) struct Gone {
    sealed_gone: BTreeSet<u64>,
    sealed_kept: BTreeSet<u64>,
    bodies_gone: BTreeSet<u64>,
    unsealed: BTreeSet<u64>,
    said: Vec<(u64, String, Said)>,
    problems: Vec<String>,
}

impl Gone {
    /// Takes an event with what was found of its bodies. `withheld` says that its open body and key are not there, and that the
    /// package does not say that it leaves them out.
    pub(super) fn take(&mut self, leaf: &LeafInput, event: &Map<String, Value>, sealed_kept: bool, withheld: bool) {
        if leaf.sealed.is_some() {
            let seen = if sealed_kept { &mut self.sealed_kept } else { &mut self.sealed_gone };
            seen.insert(leaf.n);
        } else {
            self.unsealed.insert(leaf.n);
        }
        if withheld {
            self.bodies_gone.insert(leaf.n);
        }
        if leaf.k != ERASURE_KIND {
            return;
        }
        let Some(given) = event.get("body").and_then(|body| body.get("given")) else { return };
        match Said::deserialize(given) {
            Ok(said) if said.n < leaf.n => self.said.push((leaf.n, leaf.at.clone(), said)),
            Ok(said) => self.problems.push(format!("event {}: it erases the later event {}", leaf.n, said.n)),
            Err(error) => self.problems.push(format!("event {}: what it erases cannot be read: {error}", leaf.n)),
        }
    }

    /// What was lawfully erased, in the order of the events, and what is wrong, a sentence each.
    pub(super) fn judge(self, stream: &str) -> (Vec<ErasedBody>, Vec<String>) {
        let Self { sealed_gone, sealed_kept, bodies_gone, unsealed, said, mut problems } = self;
        let mut erased: BTreeMap<u64, ErasedBody> = BTreeMap::new();
        for (by, at, Said { n, parts, article }) in said {
            let (identity, text) = (parts.contains("identity"), parts.contains("text"));
            if identity && sealed_kept.contains(&n) {
                problems.push(format!("event {by} says that event {n} was erased, but its sealed body is still kept"));
            }
            if identity && unsealed.contains(&n) {
                problems.push(format!("event {by} says that event {n} was erased, but nothing was sealed in it"));
            }
            let new = ErasedBody { stream: stream.to_owned(), n, identity: false, text: false, at, article };
            let body = erased.entry(n).or_insert(new);
            body.identity |= identity;
            body.text |= text;
        }
        let unsaid = |gone: BTreeSet<u64>, said: fn(&ErasedBody) -> bool| -> Vec<u64> {
            gone.into_iter().filter(|n| !erased.get(n).is_some_and(said)).collect()
        };
        let (sealed, bodies) = (unsaid(sealed_gone, |body| body.identity), unsaid(bodies_gone, |body| body.text));
        let destroyed = |what: &str, n: &u64| {
            format!("event {n}: its {what} is gone, and no event says that it was erased: it was lost or destroyed")
        };
        problems.extend(sealed.iter().map(|n| destroyed("sealed body", n)));
        problems.extend(bodies.iter().map(|n| destroyed("open body", n)));
        (erased.into_values().collect(), problems)
    }
}
