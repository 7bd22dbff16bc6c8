//! Whose word is enough: which logs, which witnesses, and how many of them (C2SP tlog-policy).

mod parse;

use std::collections::HashSet;
use std::fmt;

use crate::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::key::{KeyError, KeyName, NoteVerifier, VerifierKey};
use crate::note::{NoteError, VerifiedSignature};

/// The longest policy file, in bytes. Ours.
pub const POLICY_MAX_BYTES: usize = 262_144;
/// The most logs, the most witnesses, and the most groups. Ours; the specification recommends at least 32 of each.
pub const POLICY_MAX_ITEMS: usize = 256;

/// Whose word is enough.
///
/// A text of lines, in any order but that names are defined before they are used; `#` begins a comment line:
///
/// ```
/// use dingce_ledger::Policy;
/// let policy: Policy = "\
/// log PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW
/// quorum none
/// ".parse()?;
/// assert_eq!((policy.logs().len(), policy.witnesses().len()), (1, 0));
/// # Ok::<(), dingce_ledger::policy::PolicyError>(())
/// ```
///
/// `log <vkey> [<url>]`, `witness <name> <vkey> [<url>]`, `group <name> all|any|<k> <member>…`, and once
/// `quorum <name>|none`. Printing gives the same policy without comments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    groups: Vec<Group>,
    quorum: Quorum,
}

/// A log whose checkpoints are accepted where its key signed them under its own name as origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyLog {
    /// Its key, of kind Ed25519 or SM2; the key's name is the origin.
    pub key: VerifierKey,
    /// Where it is reached; without meaning here.
    pub url: Option<String>,
}

/// A witness whose cosignatures count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyWitness {
    /// Its name in this policy alone.
    pub name: String,
    /// Its key, of kind cosignature/v1.
    pub key: VerifierKey,
    /// Where it is reached; without meaning here.
    pub url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    name: String,
    /// How many of its members are enough, 1 to their number.
    threshold: usize,
    members: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Quorum {
    None,
    Name(String),
}

/// Why a policy was refused, or a checkpoint under it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// More bytes than a policy may have.
    #[error("expected a policy of at most {POLICY_MAX_BYTES} bytes, but got {found}")]
    Size {
        /// How many there are.
        found: usize,
    },
    /// A line that is not one of a policy.
    #[error("line {line}: {problem}")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        problem: LineProblem,
    },
    /// A policy that does not say what is enough.
    #[error("expected a line \"quorum <name>\" or \"quorum none\"")]
    NoQuorum,
    /// No listed log has the origin of the checkpoint as its name.
    #[error("expected the origin of a listed log, but got {origin}")]
    Origin {
        /// The origin of the checkpoint.
        origin: KeyName,
    },
    /// The log did not sign, or a known key's signature is bad.
    #[error("expected a checkpoint that its log signed")]
    Log(#[source] NoteError),
    /// A known witness's signature is bad.
    #[error("expected valid cosignatures")]
    Witness(#[source] NoteError),
    /// Too few witnesses cosigned.
    #[error("expected cosignatures that fulfil the quorum {quorum}, but only these cosigned: {cosigned:?}")]
    Quorum {
        /// The witness or group that must have witnessed.
        quorum: String,
        /// The witnesses that did cosign.
        cosigned: Vec<String>,
    },
}

/// What is wrong with a line of a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineProblem {
    /// A byte that no policy may have: a control character other than tab and line break, or no UTF-8.
    #[error("expected UTF-8 without control characters other than tab")]
    Characters,
    /// Not one of the four kinds, or with too few or too many items.
    #[error(
        "expected log <vkey> [<url>], witness <name> <vkey> [<url>], group <name> all|any|<k> <member>..., or quorum <name>"
    )]
    Form,
    /// A key that is none.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A key that may not sign what is asked of it.
    #[error("expected an Ed25519 or SM2 key for a log, and a cosignature/v1 key for a witness")]
    Kind,
    /// A public key that is listed already, under whatever name.
    #[error("expected each public key once, but this one is listed already")]
    DuplicateKey,
    /// A name that is defined already, or `none`.
    #[error("expected a new name other than none, but got {name:?}")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// A name that no earlier line defines.
    #[error("expected the name of a witness or group on an earlier line, but got {name:?}")]
    Unknown {
        /// The name.
        name: String,
    },
    /// A name that is a member already, of this group or another.
    #[error("expected each name as a member at most once, but {name:?} is one already")]
    DuplicateMember {
        /// The name.
        name: String,
    },
    /// A number that no such group can fulfil, or that all fulfil.
    #[error("expected a number from 1 to {members}, all, or any, but got {given:?}")]
    Threshold {
        /// What was given.
        given: String,
        /// How many members there are.
        members: usize,
    },
    /// A second line for the quorum.
    #[error("expected one quorum line, but this is the second")]
    SecondQuorum,
    /// More logs, witnesses or groups than a policy may have.
    #[error("expected at most {POLICY_MAX_ITEMS} logs, witnesses and groups each")]
    Many,
}

/// A checkpoint that a policy accepts. Only [`Policy::verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedCheckpoint {
    checkpoint: Checkpoint,
    log_keys: Vec<VerifiedSignature>,
    cosigned: Vec<Cosigned>,
}

/// A witness that cosigned a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigned {
    /// Its name in the policy.
    pub witness: String,
    /// When, by its own clock, in seconds since 1970-01-01T00:00:00Z; the latest where it cosigned more than once.
    pub time_s: u64,
}

impl VerifiedCheckpoint {
    /// What is true: the log signed this, and enough witnesses saw it.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The keys of the log that signed, at least one.
    pub fn log_keys(&self) -> &[VerifiedSignature] {
        &self.log_keys
    }

    /// The listed witnesses that cosigned, in the order of the policy; more than the quorum asks for, where more did.
    ///
    /// Times are not judged here, because this crate has no clock: one in the future is the caller's to doubt.
    pub fn cosigned(&self) -> &[Cosigned] {
        &self.cosigned
    }
}

impl Policy {
    /// The logs in the order of the file.
    pub fn logs(&self) -> &[PolicyLog] {
        &self.logs
    }

    /// The witnesses in the order of the file.
    pub fn witnesses(&self) -> &[PolicyWitness] {
        &self.witnesses
    }

    /// Whether these witnesses, by their names in this policy, are enough.
    pub fn is_quorum(&self, cosigned: &[&str]) -> bool {
        let Quorum::Name(quorum) = &self.quorum else { return true };
        let known = self.witnesses.iter().map(|witness| witness.name.as_str());
        let mut witnessed: HashSet<&str> = known.filter(|name| cosigned.contains(name)).collect();
        // Members come before their group, so one pass decides.
        for Group { name, threshold, members } in &self.groups {
            if members.iter().filter(|member| witnessed.contains(member.as_str())).count() >= *threshold {
                witnessed.insert(name);
            }
        }
        witnessed.contains(quorum.as_str())
    }

    /// The same logs and witnesses, of which none need have cosigned: for a checkpoint that is believed on other grounds, such as
    /// that one kept it.
    #[must_use]
    pub fn without_quorum(self) -> Self {
        Self { quorum: Quorum::None, ..self }
    }

    /// Decides whether a checkpoint is to be believed: signed by a listed log under its own name, and cosigned by enough
    /// witnesses. Signatures of other keys are ignored; one bad signature of a listed key refuses the whole.
    ///
    /// # Errors
    /// [`PolicyError::Origin`], [`PolicyError::Log`], [`PolicyError::Witness`], [`PolicyError::Quorum`].
    pub fn verify(&self, signed: &SignedCheckpoint) -> Result<VerifiedCheckpoint, PolicyError> {
        let checkpoint = signed.claimed();
        let origin = checkpoint.origin();
        // Only keys under the name of the origin: a listed log must not speak for another.
        let logs: Vec<&dyn NoteVerifier> =
            self.logs.iter().filter(|log| log.key.name() == origin).map(|log| &log.key as _).collect();
        if logs.is_empty() {
            return Err(PolicyError::Origin { origin: origin.clone() });
        }
        let log_keys = signed.note().open(&logs).map_err(PolicyError::Log)?;
        let cosigned = self.cosigned(signed)?;
        let names: Vec<&str> = cosigned.iter().map(|cosigned| cosigned.witness.as_str()).collect();
        match &self.quorum {
            Quorum::Name(quorum) if !self.is_quorum(&names) => {
                let cosigned = names.into_iter().map(str::to_owned).collect();
                Err(PolicyError::Quorum { quorum: quorum.clone(), cosigned })
            }
            _ => Ok(VerifiedCheckpoint { checkpoint: checkpoint.clone(), log_keys, cosigned }),
        }
    }

    fn cosigned(&self, signed: &SignedCheckpoint) -> Result<Vec<Cosigned>, PolicyError> {
        let keys: Vec<&dyn NoteVerifier> = self.witnesses.iter().map(|witness| &witness.key as _).collect();
        let verified = match signed.note().open(&keys) {
            Err(NoteError::Unsigned) => Vec::new(),
            verified => verified.map_err(PolicyError::Witness)?,
        };
        let times = |witness: &PolicyWitness| {
            let own = |line: &&VerifiedSignature| line.name == *witness.key.name() && line.id == witness.key.id();
            verified.iter().filter(own).filter_map(|line| line.attested.time_s).max()
        };
        let cosigned = self
            .witnesses
            .iter()
            .filter_map(|witness| times(witness).map(|time_s| Cosigned { witness: witness.name.clone(), time_s }));
        Ok(cosigned.collect())
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = |url: &Option<String>| url.as_ref().map_or_else(String::new, |url| format!(" {url}"));
        for log in &self.logs {
            writeln!(f, "log {}{}", log.key, url(&log.url))?;
        }
        for witness in &self.witnesses {
            writeln!(f, "witness {} {}{}", witness.name, witness.key, url(&witness.url))?;
        }
        for Group { name, threshold, members } in &self.groups {
            writeln!(f, "group {name} {threshold} {}", members.join(" "))?;
        }
        match &self.quorum {
            Quorum::None => writeln!(f, "quorum none"),
            Quorum::Name(name) => writeln!(f, "quorum {name}"),
        }
    }
}
