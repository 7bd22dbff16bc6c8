//! Proofs that leaves are in a log (C2SP tlog-proof).
//!
//! Without a policy only the way from the leaf to the root of the checkpoint in the proof is judged. Who signed that checkpoint
//! needs keys from outside: a package that brings its own keys proves nothing by them.

use dingce_ledger::merkle::verify_inclusion;
use dingce_ledger::proof::ProofError;
use dingce_ledger::{Digest, LogProof, Policy, in_words};

/// Whether a proof leads from this leaf to the root of its checkpoint, and the checkpoint is one that the policy accepts; a
/// sentence if not.
pub(super) fn check(proof: &[u8], leaf: &Digest, policy: Option<&Policy>) -> Result<(), String> {
    let proof = LogProof::parse(proof).map_err(|error| in_words(&error))?;
    leads(&proof, leaf, policy).map_err(|error| in_words(&error))
}

/// The same of a proof that was read.
pub(crate) fn leads(proof: &LogProof, leaf: &Digest, policy: Option<&Policy>) -> Result<(), ProofError> {
    let claimed = proof.checkpoint().claimed();
    match policy {
        Some(policy) => proof.verify_hash(leaf, policy).map(|_| ()),
        None => verify_inclusion(leaf, proof.index(), claimed.size(), proof.hashes(), claimed.root())
            .map_err(ProofError::Inclusion),
    }
}
