//! Receipts of acts, alone or many in one file, and log proofs beside their leaf.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dingce_ledger::{Digest, Leaf, LogProof, Policy, SignedCheckpoint, in_words, leaf_hash};
use serde_json::Value;

use super::text::Text;
use super::{Beside, Evidence, PROOF_MAX_BYTES, RECEIPTS_MAX_BYTES, checkpoint, consistency, read};
use crate::verify::log;

/// A log proof, with its leaf from beside it.
pub(super) fn proof(path: &Path, beside: &Beside<'_>, found: &mut Evidence) {
    let Ok(bytes) = read(path, PROOF_MAX_BYTES).map_err(|sentence| found.against.push(sentence)) else { return };
    let proof = match LogProof::parse(&bytes) {
        Ok(proof) => proof,
        Err(error) => {
            found.refutes(Text::Malformed, &[("path", &path.display()), ("detail", &in_words(&error))]);
            return;
        }
    };
    if !checkpoint::judge(proof.checkpoint(), beside.policy, found) {
        return;
    }
    let next_to = path.with_extension("leaf");
    let (hash, leaf) = match (beside.leaf_hash, beside.leaf.clone().or_else(|| there(&next_to))) {
        (Some(hash), _) => (hash, None),
        (None, Some(file)) => {
            let limit = dingce_ledger::tile::ENTRY_MAX_BYTES as u64;
            let Ok(leaf) = read(&file, limit).map_err(|sentence| found.against.push(sentence)) else { return };
            (leaf_hash(&leaf), Some(leaf))
        }
        (None, None) => {
            found.refutes(Text::LeafMissing, &[("path", &next_to.display())]);
            return;
        }
    };
    included(&proof, &hash, beside.policy, found);
    if let Some(leaf) = leaf.and_then(|leaf| Leaf::parse(&leaf).ok()) {
        says(&leaf, found);
    }
    leave_open(std::slice::from_ref(&proof), beside, found);
}

fn there(path: &Path) -> Option<PathBuf> {
    path.is_file().then(|| path.to_owned())
}

/// Receipts in JSON: one `{"leaf": …, "proof": …}`, or any answer of the API that holds such.
pub(super) fn receipts(path: &Path, beside: &Beside<'_>, found: &mut Evidence) {
    let Ok(bytes) = read(path, RECEIPTS_MAX_BYTES).map_err(|sentence| found.against.push(sentence)) else { return };
    let read = serde_json::from_slice::<Value>(&bytes).map_err(|error| error.to_string()).and_then(|value| {
        let mut receipts = Vec::new();
        gather(&value, &mut receipts)?;
        if receipts.is_empty() { Err("expected a receipt with leaf and proof".to_owned()) } else { Ok(receipts) }
    });
    let receipts = match read {
        Ok(receipts) => receipts,
        Err(detail) => {
            found.refutes(Text::Malformed, &[("path", &path.display()), ("detail", &detail)]);
            return;
        }
    };
    let mut proofs: Vec<LogProof> = Vec::new();
    let mut chain = Chain::default();
    for (number, Receipt { leaf, proof }) in (1_usize..).zip(&receipts) {
        let leaf = match Leaf::parse(leaf.as_bytes()) {
            Ok(leaf) => leaf,
            Err(error) => {
                found.refutes(Text::LeafNotOurs, &[("number", &number), ("detail", &in_words(&error))]);
                continue;
            }
        };
        let Some(proof) = proof else {
            found.refutes(Text::NotPublished, &[("number", &number)]);
            continue;
        };
        let proof = match LogProof::parse(proof.as_bytes()) {
            Ok(proof) => proof,
            Err(error) => {
                found.refutes(Text::Malformed, &[("path", &path.display()), ("detail", &in_words(&error))]);
                continue;
            }
        };
        // Receipts of one moment share their checkpoint: it is told once.
        let new = !proofs.iter().any(|known| known.checkpoint() == proof.checkpoint());
        if new && !checkpoint::judge(proof.checkpoint(), beside.policy, found) {
            continue;
        }
        included(&proof, &leaf.hash(), beside.policy, found);
        says(&leaf, found);
        chain.add(&leaf, found);
        if new || proofs.is_empty() {
            proofs.push(proof);
        }
    }
    chain.tell(found);
    forks(&proofs, found);
    if !proofs.is_empty() {
        leave_open(&proofs, beside, found);
    }
}

struct Receipt {
    leaf: String,
    proof: Option<String>,
}

/// Every receipt in an answer, however deep. An object with a leaf that is no receipt is refused, lest it be passed over.
fn gather(value: &Value, receipts: &mut Vec<Receipt>) -> Result<(), String> {
    match value {
        Value::Array(values) => values.iter().try_for_each(|value| gather(value, receipts)),
        Value::Object(members) if members.contains_key("leaf") || members.contains_key("proof") => {
            let known = |key: &String| ["leaf", "proof", "__typename"].contains(&key.as_str());
            match (members.get("leaf"), members.get("proof")) {
                (Some(Value::String(leaf)), Some(proof @ (Value::String(_) | Value::Null)))
                    if members.keys().all(known) =>
                {
                    receipts.push(Receipt { leaf: leaf.clone(), proof: proof.as_str().map(str::to_owned) });
                    Ok(())
                }
                _ => Err("expected a receipt to have leaf and proof, both texts, and nothing else".to_owned()),
            }
        }
        Value::Object(members) => members.values().try_for_each(|value| gather(value, receipts)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

fn included(proof: &LogProof, leaf: &Digest, policy: Option<&Policy>, found: &mut Evidence) {
    let (index, size) = (proof.index(), proof.checkpoint().claimed().size());
    let text = if policy.is_some() { Text::Included } else { Text::LeadsToRoot };
    if leads(proof, leaf, policy, found) {
        found.proves(text, &[("index", &index), ("size", &size)]);
    }
}

/// Whether the proof leads from the leaf to its checkpoint; tells where it does not.
pub(super) fn leads(proof: &LogProof, leaf: &Digest, policy: Option<&Policy>, found: &mut Evidence) -> bool {
    log::leads(proof, leaf, policy)
        .map_err(|error| {
            found.refutes(Text::NotIncluded, &[("index", &proof.index()), ("detail", &in_words(&error))]);
        })
        .is_ok()
}

fn says(leaf: &Leaf, found: &mut Evidence) {
    let input = leaf.input();
    found.proves(Text::LeafSays, &[("stream", &input.stream), ("n", &input.n), ("kind", &input.k), ("at", &input.at)]);
}

/// What no proof of inclusion shows, and the older checkpoint where one is given.
pub(super) fn leave_open(proofs: &[LogProof], beside: &Beside<'_>, found: &mut Evidence) {
    for extra in proofs.iter().filter_map(LogProof::extra) {
        found.leaves_open(Text::ExtraData, &[("bytes", &extra.len())]);
    }
    found.leaves_open(Text::OnlyRecorded, &[]);
    match &beside.older {
        None => found.leaves_open(Text::NoOlderGiven, &[]),
        Some(older) => {
            let checkpoints: Vec<&SignedCheckpoint> = proofs.iter().map(LogProof::checkpoint).collect();
            if let Some(newest) = checkpoints.iter().max_by_key(|checkpoint| checkpoint.claimed().size()) {
                consistency::by_tiles(older, newest, beside.log.as_deref(), beside.policy, found);
            }
        }
    }
}

/// Of two checkpoints of one log and size, both signed, one tells of another history if their roots differ.
fn forks(proofs: &[LogProof], found: &mut Evidence) {
    let mut roots = BTreeMap::new();
    for proof in proofs {
        let claimed = proof.checkpoint().claimed();
        let root = *roots.entry((claimed.origin().clone(), claimed.size())).or_insert(*claimed.root());
        if root != *claimed.root() {
            found.refutes(Text::Fork, &[("size", &claimed.size())]);
        }
    }
}

/// Leaves of one stream that are neighbours name each other.
#[derive(Default)]
struct Chain(BTreeMap<(String, u64), (Digest, Option<Digest>)>);

impl Chain {
    fn add(&mut self, leaf: &Leaf, found: &mut Evidence) {
        let input = leaf.input();
        let before = self.0.insert((input.stream.clone(), input.n), (leaf.hash(), input.prev));
        if before.is_some_and(|(hash, _)| hash != leaf.hash()) {
            found.refutes(Text::NumberTwice, &[("stream", &input.stream), ("n", &input.n)]);
        }
    }

    fn tell(&self, found: &mut Evidence) {
        let mut pairs = 0;
        for ((stream, n), (_, prev)) in &self.0 {
            let before = n.checked_sub(1).and_then(|n| self.0.get(&(stream.clone(), n)));
            match before {
                Some((hash, _)) if *prev == Some(*hash) => pairs += 1,
                Some(_) => found.refutes(Text::ChainBroken, &[("stream", stream), ("n", n)]),
                None => {}
            }
        }
        if pairs > 0 {
            found.proves(Text::ReceiptsChain, &[("count", &pairs)]);
        }
    }
}
