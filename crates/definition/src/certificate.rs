//! The certificate that a definition was proven: stored with its bytes, checked by every server that loads it.

use dingce_domain::definition::Definition;
use dingce_domain::id::Digest;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::prove::{Proof, RULES_VERSION};

/// Says that a definition was proven, under which version of the engine's rules, and how large the proof was.
///
/// It is no signature: who can write it can forge it. It saves a server the exploration at every start; `migrate`
/// proves again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// SHA-256 of the definition's file.
    pub definition: Digest,
    /// [`RULES_VERSION`] at the time.
    pub rules_version: u32,
    /// States visited.
    pub states: u64,
    /// Steps between them.
    pub transitions: u64,
    /// When, as the caller's clock says.
    pub proven_at: Timestamp,
}

/// Why a certificate does not vouch for a definition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateProblem {
    /// It is about another file.
    #[error("Expected a certificate for {expected}, but it is for {given}. Prove the definition again.")]
    OtherDefinition {
        /// Hash of the definition.
        expected: Digest,
        /// Hash in the certificate.
        given: Digest,
    },
    /// It rests on other rules than this program's.
    #[error("Expected a proof under rules version {expected}, but it is under {given}. Prove the definition again.")]
    OtherRules {
        /// This program's version.
        expected: u32,
        /// The certificate's.
        given: u32,
    },
}

impl Certificate {
    /// The certificate of a proof that holds; `None` where it does not.
    pub fn of(def: &Definition, proof: &Proof, proven_at: Timestamp) -> Option<Self> {
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        proof.holds().then(|| Self {
            definition: def.hash,
            rules_version: RULES_VERSION,
            states: count(proof.states),
            transitions: count(proof.transitions),
            proven_at,
        })
    }
}

/// Whether a certificate vouches for a definition under this program's rules.
///
/// # Errors
/// [`CertificateProblem`]: another file, or other rules.
pub fn check_certificate(def: &Definition, certificate: &Certificate) -> Result<(), CertificateProblem> {
    if certificate.definition != def.hash {
        return Err(CertificateProblem::OtherDefinition { expected: def.hash, given: certificate.definition });
    }
    if certificate.rules_version != RULES_VERSION {
        return Err(CertificateProblem::OtherRules { expected: RULES_VERSION, given: certificate.rules_version });
    }
    Ok(())
}
