//! Cosignatures of witnesses: asked for after a checkpoint is signed, and given by file.
//!
//! Where a policy asks for witnesses, publishing (`publishing.rs`) ends with the anchor, and the checkpoint waits here:
//!
//! | Step | A crash right after it leaves | Who repairs it |
//! | --- | --- | --- |
//! | a checkpoint is signed and anchored | a checkpoint that waits; what was published stays published | the next start asks the witnesses again |
//! | a witness cosigns | a cosignature that the log has not | it is asked again: it answers the same checkpoint again |
//! | the policy is fulfilled and the checkpoint is published with the cosignatures | nothing | nobody |
//!
//! No quorum, no publication: the older checkpoint stays, acts go on, and receipts rest on what is published. Nothing here signs for the log or
//! moves the anchor.

use std::panic::AssertUnwindSafe;

use dingce_ledger as ledger;
use futures_util::FutureExt;
use futures_util::future::join_all;
use ledger::checkpoint::CheckpointError;
use ledger::key::{NoteVerifier as _, VerifierKey};
use ledger::merkle::{MerkleError, verify_consistency};
use ledger::note::{NoteError, SignatureLine};
use ledger::policy::PolicyError;
use ledger::tree::ProofPlan;
use ledger::witness::{AddCheckpoint, read_answer};
use ledger::{Checkpoint, Digest, SignedCheckpoint, in_words};
use tokio::sync::watch;
use tokio::time::Instant;

use super::publishing::CHECKPOINT;
use crate::app::App;
use crate::error::AppError;
use crate::ports::{StoreError, Witness, WitnessAnswer};
use crate::publisher::{AFTER_FAILURE, Cosigning, PublishLogError, Publisher, Trouble};

/// What became of cosignatures that came by file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CosignaturesAdded {
    /// The checkpoint fulfils the policy and is now what is published.
    Published {
        /// How many entries it is over.
        size: u64,
    },
    /// They are kept; the policy is not fulfilled yet.
    Waiting {
        /// How many entries the checkpoint is over.
        size: u64,
        /// What is missing.
        missing: PolicyError,
    },
    /// They are kept; a newer checkpoint is published already.
    Older {
        /// How many entries it is over.
        size: u64,
    },
}

/// Why cosignatures that came by file are refused, or none can be asked for.
#[derive(Debug, thiserror::Error)]
pub enum CosignaturesError {
    /// No policy is set.
    #[error("expected a policy that lists witnesses: set log_policy")]
    NoPolicy,
    /// Nothing was signed yet.
    #[error("expected a checkpoint that was signed, but nothing was signed yet")]
    Nothing,
    /// The file is no checkpoint, or one that this log did not sign.
    #[error("expected a checkpoint that this log signed")]
    Checkpoint(#[source] CheckpointError),
    /// The checkpoint is of another history than what was signed here, or of more than was.
    #[error(
        "expected a checkpoint that the {anchored} entries signed here continue, but it is over {size} and they do not: keep it as evidence"
    )]
    History {
        /// How many entries it is over.
        size: u64,
        /// How many were signed here.
        anchored: u64,
    },
    /// Of more entries than were signed here.
    #[error(
        "expected a checkpoint over at most the {anchored} entries that were signed here, but it is over {size}: an older state was restored here, or it is of another deployment"
    )]
    Ahead {
        /// How many entries it is over.
        size: u64,
        /// How many were signed here.
        anchored: u64,
    },
    /// A line of a key that the policy lists is bad.
    #[error("expected every line of a key that the policy lists to be good")]
    Policy(#[source] PolicyError),
    /// No witness of the policy cosigned it.
    #[error("expected a cosignature of a witness that the policy lists")]
    Uncosigned,
    /// A proof was asked for from a size that there is not.
    #[error("expected a size from 0 to {size}, but got {old}")]
    Size {
        /// The size asked for.
        old: u64,
        /// How many entries were signed.
        size: u64,
    },
    /// Anchor, folder or tiles failed.
    #[error(transparent)]
    Log(#[from] PublishLogError),
}

impl From<StoreError> for CosignaturesError {
    fn from(error: StoreError) -> Self {
        Self::Log(error.into())
    }
}

impl From<AppError> for CosignaturesError {
    fn from(error: AppError) -> Self {
        Self::Log(PublishLogError::Cosign(Box::new(error)))
    }
}

impl App {
    /// Asks every witness for its cosignature on the checkpoint that waits, and publishes it where the policy is then fulfilled.
    /// Gives what is missing; `None` where nothing waits any more.
    ///
    /// # Errors
    /// Where folder or tiles fail. A witness that fails is told in the program's log, once for each reason.
    pub async fn cosign_log(&self) -> Result<Option<PolicyError>, PublishLogError> {
        let Some((publisher, cosigning)) = self.cosigning() else { return Ok(None) };
        // One round at a time: a witness takes one request after the other anyway.
        let _round = publisher.round.lock().await;
        let Some(waiting) = publisher.standing().waiting.as_ref().map(|waiting| waiting.signed.clone()) else {
            return Ok(None);
        };
        let gathered = self.sought(publisher, cosigning, waiting).await?;
        let missing = self.publish_cosigned(publisher, cosigning, &gathered).await?;
        let mut standing = publisher.standing();
        let is_it = |of: &SignedCheckpoint| of.note().text() == gathered.note().text();
        if let Some(waiting) = &mut standing.waiting {
            match &missing {
                None if is_it(&waiting.signed) => standing.waiting = None,
                // A newer one was signed meanwhile, and waits from now on.
                None => waiting.since = Instant::now(),
                // What was gathered need not be asked for again.
                Some(_) if is_it(&waiting.signed) => waiting.signed = gathered,
                Some(_) => {}
            }
        }
        Ok(missing)
    }

    /// Whether a checkpoint has waited for its witnesses longer than the settings find bearable. Acts go on all the same.
    pub fn log_late(&self) -> bool {
        let Some((publisher, cosigning)) = self.cosigning() else { return false };
        publisher.standing().waiting.as_ref().is_some_and(|w| w.since.elapsed() >= cosigning.alarm)
    }

    /// For the background: whenever a checkpoint was signed, and again after a while for as long as one waits.
    pub(crate) async fn run_cosigning(&self, mut stop: watch::Receiver<bool>) {
        let Some((publisher, _)) = self.cosigning() else { return };
        while !*stop.borrow_and_update() {
            let round = async {
                tokio::select! {
                    () = publisher.signed.notified() => {}
                    () = tokio::time::sleep(AFTER_FAILURE) => {}
                }
                self.cosign_log_telling(publisher).await;
            };
            tokio::select! {
                ended = AssertUnwindSafe(round).catch_unwind() => if ended.is_err() {
                    tracing::error!("asking the witnesses broke off and will be tried again");
                    tokio::time::sleep(AFTER_FAILURE).await;
                },
                changed = stop.changed() => if changed.is_err() {
                    return;
                },
            }
        }
    }

    async fn cosign_log_telling(&self, publisher: &Publisher) {
        match self.cosign_log().await {
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the witnesses could not be asked");
            }
            Ok(None) => {}
            Ok(Some(missing)) => {
                let late = self.log_late();
                let mut standing = publisher.standing();
                if let Some(waiting) = standing.waiting.as_mut().filter(|waiting| late && !waiting.told) {
                    waiting.told = true;
                    let size = waiting.signed.claimed().size();
                    tracing::error!(
                        size,
                        missing = &missing as &dyn std::error::Error,
                        "the log waits for its witnesses"
                    );
                }
            }
        }
    }

    /// What goes to a witness by file: the checkpoint signed last, with the proof that it continues the tree of `old` entries. Witnesses on
    /// the network are asked for this very checkpoint first, and their cosignatures are kept with it.
    ///
    /// # Errors
    /// [`CosignaturesError`].
    pub async fn cosignature_request(&self, old: u64) -> Result<AddCheckpoint, CosignaturesError> {
        let (publisher, cosigning) = self.cosigning().ok_or(CosignaturesError::NoPolicy)?;
        let signed = publisher.anchored().await?.ok_or(CosignaturesError::Nothing)?;
        let size = signed.claimed().size();
        if old > size {
            return Err(CosignaturesError::Size { old, size });
        }
        let gathered = self.sought(publisher, cosigning, signed.clone()).await?;
        publisher.folder.put(&kept_as(size), gathered.to_string().into_bytes()).await?;
        Ok(self.request_from(publisher, &signed, old).await?)
    }

    /// Takes cosignatures that came by file: a checkpoint of this log with the lines of witnesses. It is published where the policy is
    /// fulfilled and no newer one is.
    ///
    /// # Errors
    /// [`CosignaturesError`]; nothing is changed then.
    pub async fn add_cosignatures(&self, file: &[u8]) -> Result<CosignaturesAdded, CosignaturesError> {
        let (publisher, cosigning) = self.cosigning().ok_or(CosignaturesError::NoPolicy)?;
        let given = SignedCheckpoint::parse(file).map_err(CosignaturesError::Checkpoint)?;
        let own = |error: NoteError| CosignaturesError::Checkpoint(error.into());
        publisher.opens(given.note()).map_err(own)?;
        // A bad line of another key of this log refuses it too.
        cosigning.policy.clone().without_quorum().verify(&given).map_err(CosignaturesError::Policy)?;
        let anchored = publisher.anchored().await?.ok_or(CosignaturesError::Nothing)?;
        self.is_continued(publisher, given.claimed(), anchored.claimed()).await?;
        let lines: Vec<_> =
            given.note().lines().iter().filter(|line| time_of(cosigning, &given, line).is_some()).cloned().collect();
        if lines.is_empty() {
            return Err(CosignaturesError::Uncosigned);
        }
        let size = given.claimed().size();
        let logs = cosigning.policy.logs();
        let of_log = given
            .clone()
            .keeping(|line| logs.iter().map(|log| &log.key).chain(publisher.keys()).any(|key| line.is_of(key)));
        let of_log = of_log.map_err(CosignaturesError::Checkpoint)?;
        let mut gathered = self.gathered(publisher, cosigning, of_log).await?;
        for line in lines {
            gathered = merged(cosigning, gathered, line).map_err(CosignaturesError::Checkpoint)?;
        }
        publisher.folder.put(&kept_as(size), gathered.to_string().into_bytes()).await?;
        if published_size(publisher).await? > Some(size) {
            return Ok(CosignaturesAdded::Older { size });
        }
        Ok(match self.publish_cosigned(publisher, cosigning, &gathered).await? {
            None => CosignaturesAdded::Published { size },
            Some(missing) => CosignaturesAdded::Waiting { size, missing },
        })
    }

    fn cosigning(&self) -> Option<(&Publisher, &Cosigning)> {
        let publisher = self.publisher.as_ref()?;
        Some((publisher, publisher.cosigning.as_ref()?))
    }

    /// The checkpoint with the cosignatures that are there already and those that witnesses give now.
    async fn sought(
        &self,
        publisher: &Publisher,
        cosigning: &Cosigning,
        signed: SignedCheckpoint,
    ) -> Result<SignedCheckpoint, PublishLogError> {
        let mut gathered = self.gathered(publisher, cosigning, signed.clone()).await?;
        let lacking = |witness: &&dyn Witness| !gathered.note().lines().iter().any(|line| line.is_of(witness.key()));
        let now = Instant::now();
        let (resting, ready): (Vec<_>, Vec<_>) = {
            let troubles = publisher.troubles.lock().await;
            let rests = |witness: &&dyn Witness| {
                troubles.get(witness.key().name()).is_some_and(|trouble| now < trouble.rests_until)
            };
            cosigning.witnesses.iter().map(|witness| &**witness as &dyn Witness).filter(lacking).partition(rests)
        };
        for asked in [ready, resting] {
            let answers = join_all(asked.iter().map(|witness| self.ask(publisher, *witness, &signed))).await;
            for (witness, answer) in asked.into_iter().zip(answers) {
                for line in heard(publisher, witness.key(), answer).await {
                    gathered = merged(cosigning, gathered, line).map_err(PublishLogError::Sign)?;
                }
            }
            // One that failed a moment ago is asked where it cannot be done without it: others must not wait for who is away.
            if cosigning.policy.verify(&gathered).is_ok() {
                break;
            }
        }
        Ok(gathered)
    }

    /// Asks one witness; from the size that it says to have cosigned last, if that is another than thought.
    async fn ask(
        &self,
        publisher: &Publisher,
        witness: &dyn Witness,
        signed: &SignedCheckpoint,
    ) -> Result<Vec<SignatureLine>, String> {
        let (name, size) = (witness.key().name(), signed.claimed().size());
        let mut old = publisher.sizes.lock().await.get(name).copied().filter(|known| *known <= size).unwrap_or(0);
        // It may go on between two answers, where another node of ours asks too.
        for _ in 0..3 {
            let request = self.request_from(publisher, signed, old).await.map_err(|error| in_words(&error))?;
            let answer = witness.add_checkpoint(&request).await.map_err(|error| in_words(&error))?;
            let at = match answer {
                WitnessAnswer::Lines(body) => {
                    let lines = read_answer(&body, signed, std::slice::from_ref(witness.key()));
                    let lines = lines.map_err(|error| in_words(&error))?;
                    publisher.sizes.lock().await.insert(name.clone(), size);
                    return Ok(lines);
                }
                WitnessAnswer::Refused(status) => return Err(format!("it answered with status {status}")),
                WitnessAnswer::Size(at) => at,
            };
            if at > size {
                return Err(format!(
                    "it says that it cosigned {at} entries, and this checkpoint is over {size}: another node went on, or an older state was restored here"
                ));
            }
            if at == old {
                return Err(format!(
                    "it says that it cosigned another tree of {at} entries: two histories were signed"
                ));
            }
            old = at;
        }
        Err("the size that it cosigned last keeps changing".to_owned())
    }

    async fn request_from(
        &self,
        publisher: &Publisher,
        signed: &SignedCheckpoint,
        old: u64,
    ) -> Result<AddCheckpoint, AppError> {
        let proof = self.consistency(publisher, old, signed.claimed()).await?;
        Ok(AddCheckpoint { old, proof, checkpoint: signed.clone() })
    }

    /// The proof that this checkpoint continues the tree of `old` entries; empty where none is needed.
    async fn consistency(&self, publisher: &Publisher, old: u64, newer: &Checkpoint) -> Result<Vec<Digest>, AppError> {
        if old == 0 || old == newer.size() {
            return Ok(Vec::new());
        }
        let internal = |error: ledger::tree::TreeError| AppError::internal("making a consistency proof", error);
        let plan = ProofPlan::consistency(old, newer.size()).map_err(internal)?;
        let tiles = self.tiles(publisher, plan.nodes(), newer.size(), newer.root()).await?;
        plan.make(&tiles).map_err(internal)
    }

    /// That what was signed here continues this checkpoint.
    pub(super) async fn is_continued(
        &self,
        publisher: &Publisher,
        older: &Checkpoint,
        anchored: &Checkpoint,
    ) -> Result<(), CosignaturesError> {
        let (size, until) = (older.size(), anchored.size());
        if size > until {
            return Err(CosignaturesError::Ahead { size, anchored: until });
        }
        if size == 0 {
            return Ok(());
        }
        let proof = self.consistency(publisher, size, anchored).await?;
        let held = verify_consistency(size, older.root(), until, anchored.root(), &proof);
        held.map_err(|_: MerkleError| CosignaturesError::History { size, anchored: until })
    }

    /// The checkpoint with what is kept of its cosignatures: with what is published, and by file.
    async fn gathered(
        &self,
        publisher: &Publisher,
        cosigning: &Cosigning,
        mut signed: SignedCheckpoint,
    ) -> Result<SignedCheckpoint, PublishLogError> {
        for path in [CHECKPOINT.to_owned(), kept_as(signed.claimed().size())] {
            let bytes = publisher.folder.get(&path).await?;
            let kept = bytes.and_then(|bytes| SignedCheckpoint::parse(&bytes).ok());
            let Some(kept) = kept.filter(|kept| kept.note().text() == signed.note().text()) else { continue };
            // The folder is believed in nothing: a line that does not verify is left where it is.
            for line in kept.note().lines() {
                if time_of(cosigning, &signed, line).is_some() {
                    signed = merged(cosigning, signed, line.clone()).map_err(PublishLogError::Sign)?;
                }
            }
        }
        Ok(signed)
    }

    /// Publishes a checkpoint that fulfils the policy, unless a newer one is published; gives what is missing otherwise.
    async fn publish_cosigned(
        &self,
        publisher: &Publisher,
        cosigning: &Cosigning,
        gathered: &SignedCheckpoint,
    ) -> Result<Option<PolicyError>, PublishLogError> {
        if let Err(missing) = cosigning.policy.verify(gathered) {
            return Ok(Some(missing));
        }
        if published_size(publisher).await? <= Some(gathered.claimed().size()) {
            publisher.folder.put(CHECKPOINT, gathered.to_string().into_bytes()).await?;
        }
        Ok(None)
    }
}

/// What a witness gave, with what it failed by told once for each reason.
async fn heard(
    publisher: &Publisher,
    witness: &VerifierKey,
    answer: Result<Vec<SignatureLine>, String>,
) -> Vec<SignatureLine> {
    let name = witness.name();
    let mut troubles = publisher.troubles.lock().await;
    match answer {
        Ok(lines) => {
            if troubles.remove(name).is_some() {
                tracing::info!(witness = %name, "the witness cosigns again");
            }
            lines
        }
        Err(told) => {
            if troubles.get(name).is_none_or(|before| before.told != told) {
                tracing::warn!(witness = %name, trouble = told, "the witness does not cosign");
            }
            troubles.insert(name.clone(), Trouble { told, rests_until: Instant::now() + AFTER_FAILURE });
            Vec::new()
        }
    }
}

/// How many entries the published checkpoint is over; `None` for none that this log signed.
async fn published_size(publisher: &Publisher) -> Result<Option<u64>, StoreError> {
    let published = publisher.folder.get(CHECKPOINT).await?;
    let published = published.and_then(|bytes| SignedCheckpoint::parse(&bytes).ok());
    let own = published.filter(|published| publisher.opens(published.note()).is_ok());
    Ok(own.map(|published| published.claimed().size()))
}

/// Where cosignatures are kept that came by file.
fn kept_as(size: u64) -> String {
    format!("cosignatures/{size}")
}

/// When the witness of this line cosigned, if it is one of the policy and the line is valid.
fn time_of(cosigning: &Cosigning, signed: &SignedCheckpoint, line: &SignatureLine) -> Option<u64> {
    let witness = cosigning.policy.witnesses().iter().find(|witness| line.is_of(&witness.key))?;
    witness.key.verify(signed.note().text(), &line.signature).ok()?.time_s
}

/// The checkpoint with this line, in the place of an earlier one of the same witness; a later one stays.
fn merged(
    cosigning: &Cosigning,
    signed: SignedCheckpoint,
    line: SignatureLine,
) -> Result<SignedCheckpoint, CheckpointError> {
    let same = |known: &SignatureLine| known.name == line.name && known.id == line.id;
    let known = signed.note().lines().iter().find(|known| same(known));
    if known.is_some_and(|known| time_of(cosigning, &signed, known) >= time_of(cosigning, &signed, &line)) {
        return Ok(signed);
    }
    signed.keeping(|known| !same(known))?.with(line)
}
