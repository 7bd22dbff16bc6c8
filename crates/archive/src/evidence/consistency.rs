//! That one checkpoint continues another, by a proof that was sent along or by the tiles of a log folder.

use std::path::Path;

use dingce_ledger::merkle::{MerkleError, verify_consistency};
use dingce_ledger::policy::PolicyError;
use dingce_ledger::tree::ProofPlan;
use dingce_ledger::witness::AddCheckpoint;
use dingce_ledger::{Checkpoint, Digest, Policy, SignedCheckpoint, in_words};

use super::text::Text;
use super::{Beside, Evidence, PROOF_MAX_BYTES, checkpoint, folder, read};

/// A consistency proof with its checkpoint, held against an older checkpoint that somebody kept.
pub(super) fn request(path: &Path, beside: &Beside<'_>, found: &mut Evidence) {
    let Ok(bytes) = read(path, PROOF_MAX_BYTES).map_err(|sentence| found.against.push(sentence)) else { return };
    let request = match AddCheckpoint::parse(&bytes) {
        Ok(request) => request,
        Err(error) => {
            found.refutes(Text::Malformed, &[("path", &path.display()), ("detail", &in_words(&error))]);
            return;
        }
    };
    if !checkpoint::judge(&request.checkpoint, beside.policy, found) {
        return;
    }
    found.leaves_open(Text::NotNewest, &[]);
    let Some(older) = &beside.older else {
        found.refutes(Text::NoOlder, &[]);
        return;
    };
    let Some(older) = judged_older(older, &request.checkpoint, beside.policy, found) else { return };
    if request.old != older.size() {
        found.refutes(Text::OtherStart, &[("old", &request.old), ("given", &older.size())]);
        return;
    }
    held(&older, request.checkpoint.claimed(), &request.proof, found);
}

/// An older checkpoint in this file held against a newer one, by the tiles of a log folder.
pub(super) fn by_tiles(
    older: &Path,
    newer: &SignedCheckpoint,
    log: Option<&Path>,
    policy: Option<&Policy>,
    found: &mut Evidence,
) {
    let Some(older) = judged_older(older, newer, policy, found) else { return };
    let newer = newer.claimed();
    let mut proof = Vec::new();
    // Every tree continues the empty one, and one of the same size needs no proof.
    if older.size() > 0 && older.size() < newer.size() {
        let Some(log) = log else {
            found.refutes(Text::NoTiles, &[]);
            return;
        };
        let made =
            ProofPlan::consistency(older.size(), newer.size()).map_err(|error| in_words(&error)).and_then(|plan| {
                let tiles = folder::authentic(log, plan.nodes(), newer)?;
                plan.make(&tiles).map_err(|error| in_words(&error))
            });
        match made {
            Ok(hashes) => proof = hashes,
            Err(detail) => {
                found.refutes(Text::FileDiffers, &[("path", &log.display()), ("detail", &detail)]);
                return;
            }
        }
    }
    held(&older, newer, &proof, found);
}

/// The older checkpoint, where it is one of the same log and not greater.
fn judged_older(
    path: &Path,
    newer: &SignedCheckpoint,
    policy: Option<&Policy>,
    found: &mut Evidence,
) -> Option<Checkpoint> {
    let older = checkpoint::of_file(path, found)?;
    let (was, is) = (older.claimed(), newer.claimed());
    if was.origin() != is.origin() {
        found.refutes(Text::OtherLog, &[("older", was.origin()), ("newer", is.origin())]);
        return None;
    }
    match policy.map(|policy| policy.verify(&older).or_else(|error| without_quorum(error, policy, &older, found))) {
        None => found.leaves_open(Text::OlderUnjudged, &[]),
        Some(Ok(_)) => found.proves(Text::OlderSigned, &[("size", &was.size()), ("root", was.root())]),
        Some(Err(error)) => {
            found.refutes(Text::OlderRefused, &[("detail", &in_words(&error))]);
            return None;
        }
    }
    if was.size() > is.size() {
        found.refutes(Text::WentBack, &[("old", &was.size()), ("new", &is.size())]);
        return None;
    }
    Some(was.clone())
}

/// An older checkpoint need not have the quorum: that somebody kept it is what makes it worth something.
fn without_quorum(
    error: PolicyError,
    policy: &Policy,
    older: &SignedCheckpoint,
    found: &mut Evidence,
) -> Result<dingce_ledger::VerifiedCheckpoint, PolicyError> {
    if !matches!(error, PolicyError::Quorum { .. }) {
        return Err(error);
    }
    found.leaves_open(Text::OlderQuorum, &[]);
    policy.clone().without_quorum().verify(older)
}

fn held(older: &Checkpoint, newer: &Checkpoint, proof: &[Digest], found: &mut Evidence) {
    let (old, new) = (older.size(), newer.size());
    if old == new {
        if older.root() == newer.root() && proof.is_empty() {
            found.proves(Text::SameTree, &[("size", &new)]);
        } else if older.root() == newer.root() {
            let error = MerkleError::Length { found: proof.len() };
            found.refutes(Text::NotContinued, &[("old", &old), ("new", &new), ("detail", &error)]);
        } else {
            found.refutes(Text::Fork, &[("size", &new)]);
        }
        return;
    }
    let holds = match old {
        0 if proof.is_empty() => Ok(()),
        0 => Err(MerkleError::Length { found: proof.len() }),
        _ => verify_consistency(old, older.root(), new, newer.root(), proof),
    };
    match holds {
        Ok(()) => found.proves(Text::Continues, &[("old", &old), ("new", &new)]),
        Err(error) => found.refutes(Text::NotContinued, &[("old", &old), ("new", &new), ("detail", &in_words(&error))]),
    }
}
