//! Proofs that leaves are in a log (C2SP tlog-proof).
//!
//! Without a policy only the way from the leaf to the root of the checkpoint in the proof is judged. Who signed that checkpoint
//! needs keys from outside: a package that brings its own keys proves nothing by them.

use dingce_ledger::merkle::verify_inclusion;
use dingce_ledger::{Digest, LogProof, Policy};

/// Whether a proof leads from this leaf to the root of its checkpoint, and the checkpoint is one that the policy accepts; a
/// sentence if not.
pub(super) fn check(proof: &[u8], leaf: &Digest, policy: Option<&Policy>) -> Result<(), String> {
    let proof = LogProof::parse(proof).map_err(told)?;
    let claimed = proof.checkpoint().claimed();
    match policy {
        Some(policy) => proof.verify_hash(leaf, policy).map(|_| ()).map_err(told),
        None => verify_inclusion(leaf, proof.index(), claimed.size(), proof.hashes(), claimed.root()).map_err(told),
    }
}

/// An error with its causes, in one sentence.
fn told(error: impl std::error::Error) -> String {
    let mut sentence = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        sentence.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    sentence
}
