//! The publisher of the log: under which name and keys, into which folder, against which anchor.

use std::collections::BTreeMap;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use dingce_ledger::checkpoint::CheckpointError;
use dingce_ledger::key::{KeyName, NoteSigner, NoteVerifier, VerifierKey};
use dingce_ledger::note::{Note, NoteError};
use dingce_ledger::tile::{Edge, TileError};
use dingce_ledger::{Policy, SignedCheckpoint};
use tokio::sync::{Mutex, Notify};
use tokio::time::Instant;

use crate::error::AppError;
use crate::ports::{Anchor, LogFolder, StoreError, Witness};

/// A checkpoint is signed at most so often: the merge delay. Acts do not wait for it.
pub(crate) const MERGE_DELAY: Duration = Duration::from_secs(1);
/// After a failure it is tried again so late.
pub(crate) const AFTER_FAILURE: Duration = Duration::from_secs(30);

/// What publishes the log.
pub struct Publisher {
    /// The log's origin, which is also the name of its key.
    pub origin: KeyName,
    /// Its own public key: what the anchor holds was signed by it.
    pub key: VerifierKey,
    /// Keys by which it was signed before, the oldest first: what the anchor and the folder hold may be of one of them.
    pub retired: Vec<VerifierKey>,
    /// A key of another kind that signs beside it, for readers who are bound to another algorithm.
    pub beside: Option<VerifierKey>,
    /// Who signs: that key first, and the one beside it.
    pub signers: Vec<Arc<dyn NoteSigner + Send + Sync>>,
    /// Where files go.
    pub folder: Arc<dyn LogFolder>,
    /// What was signed last.
    pub anchor: Arc<dyn Anchor>,
    pub(crate) cosigning: Option<Cosigning>,
    pub(crate) state: Mutex<Published>,
    standing: std::sync::Mutex<Standing>,
    /// Held while witnesses are asked.
    pub(crate) round: Mutex<()>,
    /// What each witness cosigned last, as far as this node knows.
    pub(crate) sizes: Mutex<BTreeMap<KeyName, u64>>,
    /// Witnesses that did not cosign when they were asked last.
    pub(crate) troubles: Mutex<BTreeMap<KeyName, Trouble>>,
    /// Told whenever a checkpoint begins to wait.
    pub(crate) signed: Notify,
}

/// Why a witness did not cosign.
pub(crate) struct Trouble {
    /// As it was told.
    pub(crate) told: String,
    /// Until then it is not asked, where others are enough.
    pub(crate) rests_until: Instant,
}

/// Whose cosignatures are asked for, and when they are enough.
pub struct Cosigning {
    /// What a checkpoint must fulfil before it is published. It lists the log's own key.
    pub policy: Policy,
    /// Witnesses of the policy that can be asked over a network; others send files.
    pub witnesses: Vec<Arc<dyn Witness>>,
    /// After how long without a quorum the log is said to be late.
    pub alarm: Duration,
}

/// What this node knows of what was published.
#[derive(Default)]
pub(crate) struct Published {
    /// The edge of the tree that was signed, and the anchor's bytes; `None` before they were held against the database.
    pub(crate) open: Option<Open>,
    /// Not before then.
    pub(crate) next: Option<Instant>,
}

/// How publishing stands. It is asked for at any time, also while something is being published, and waits for nothing.
#[derive(Default)]
pub(crate) struct Standing {
    /// What stands against publishing.
    pub(crate) blocked: Option<String>,
    /// What was signed and is not published for want of cosignatures.
    pub(crate) waiting: Option<Waiting>,
}

/// A checkpoint that waits for its witnesses.
pub(crate) struct Waiting {
    /// The newest that was signed, with what was gathered.
    pub(crate) signed: SignedCheckpoint,
    /// Since when something waits.
    pub(crate) since: Instant,
    /// Whether it was told that it is late.
    pub(crate) told: bool,
}

impl Standing {
    /// From now on this one waits; the time counts from the first that did.
    pub(crate) fn waits(&mut self, signed: SignedCheckpoint) {
        let (since, told) = self.waiting.as_ref().map_or((Instant::now(), false), |before| (before.since, before.told));
        self.waiting = Some(Waiting { signed, since, told });
    }
}

pub(crate) struct Open {
    pub(crate) edge: Edge,
    pub(crate) anchored: Option<Vec<u8>>,
    /// Whether a key that signs now did not sign what is anchored: then it is signed again, though nothing is new.
    pub(crate) lacks_a_line: bool,
}

impl Publisher {
    /// A publisher that signs with this key, the log's own.
    pub fn new(
        key: VerifierKey,
        signer: Arc<dyn NoteSigner + Send + Sync>,
        folder: Arc<dyn LogFolder>,
        anchor: Arc<dyn Anchor>,
    ) -> Self {
        Self {
            origin: key.name().clone(),
            key,
            retired: Vec::new(),
            beside: None,
            signers: vec![signer],
            folder,
            anchor,
            cosigning: None,
            state: Mutex::default(),
            standing: std::sync::Mutex::default(),
            round: Mutex::default(),
            sizes: Mutex::default(),
            troubles: Mutex::default(),
            signed: Notify::new(),
        }
    }

    /// The same, whose checkpoints are published where witnesses cosigned them as a policy asks.
    #[must_use]
    pub fn with_cosigning(self, cosigning: Cosigning) -> Self {
        Self { cosigning: Some(cosigning), ..self }
    }

    /// The same, which signs everything with a key of another kind too.
    #[must_use]
    pub fn signing_beside(mut self, key: VerifierKey, signer: Arc<dyn NoteSigner + Send + Sync>) -> Self {
        self.beside = Some(key);
        self.signers.push(signer);
        self
    }

    /// The same, for a log that other keys signed before.
    #[must_use]
    pub fn after(self, retired: Vec<VerifierKey>) -> Self {
        Self { retired, ..self }
    }

    /// The keys that sign now, the log's own first.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &VerifierKey> {
        std::iter::once(&self.key).chain(&self.beside)
    }

    /// That the log's own key, or one before it, signed a note. The key beside it need not have: it may be newer than the note.
    ///
    /// # Errors
    /// Where none did, or a line of one is bad.
    pub(crate) fn opens(&self, note: &Note) -> Result<(), NoteError> {
        let (own, beside): (Vec<_>, Vec<_>) =
            self.retired.iter().chain(self.keys()).partition(|key| key.kind() == self.key.kind());
        let open = |keys: Vec<&VerifierKey>| {
            note.open(&keys.into_iter().map(|key| key as &dyn NoteVerifier).collect::<Vec<_>>()).map(|_| ())
        };
        open(own)?;
        match open(beside) {
            Err(NoteError::Unsigned) => Ok(()),
            judged => judged,
        }
    }

    /// Who signs, as notes are signed.
    pub(crate) fn signers(&self) -> Vec<&dyn NoteSigner> {
        self.signers.iter().map(|signer| &**signer as &dyn NoteSigner).collect()
    }

    /// How publishing stands.
    pub(crate) fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the anchor vouches for: a checkpoint signed by this log's own key. `None` where it is empty.
    pub(crate) async fn anchored(&self) -> Result<Option<SignedCheckpoint>, PublishLogError> {
        let Some(bytes) = self.anchor.read().await? else { return Ok(None) };
        let foreign = |source| PublishLogError::AnchorForeign { name: self.origin.clone(), source };
        let signed = SignedCheckpoint::parse(&bytes).map_err(foreign)?;
        self.opens(signed.note()).map_err(|error| foreign(error.into()))?;
        Ok(Some(signed))
    }
}

/// Why the log is not published. Each of the first four says that the record and what was signed of it do not agree.
#[derive(Debug, thiserror::Error)]
pub enum PublishLogError {
    /// The database is older than what was signed.
    #[error(
        "expected at least {anchored} entries of the log in the database, for so many were signed, but there are {found}: an older \
         state was restored, or entries were removed. Restore a newer backup, or run `dingce ledger heal`; nothing new is signed until then"
    )]
    Behind {
        /// How many entries the anchor vouches for.
        anchored: u64,
        /// How many there are.
        found: u64,
    },
    /// The database holds another history than what was signed.
    #[error(
        "expected the first {size} entries of the log to have the root that was signed for them, but they have another: entries were \
         changed, or this is another database. `dingce ledger audit` names the first difference"
    )]
    Forked {
        /// How many entries the anchor vouches for.
        size: u64,
    },
    /// A checkpoint was published, and the anchor is empty.
    #[error(
        "expected the anchor to hold the checkpoint of {size} entries that was published, but it is empty: put it back"
    )]
    AnchorLost {
        /// How many entries the published checkpoint is over.
        size: u64,
    },
    /// The anchor holds something else.
    #[error("expected the anchor to hold a checkpoint signed by the key {name} of this deployment, but it does not")]
    AnchorForeign {
        /// The log's own key.
        name: KeyName,
        /// What is wrong with it.
        #[source]
        source: CheckpointError,
    },
    /// A stored leaf is not the one that is hashed.
    #[error("expected entry {index} of the log to have the hash kept beside it, but it has another: it was changed")]
    Entry {
        /// Its place, from 0.
        index: u64,
    },
    /// A tile could not be made.
    #[error("a tile of the log could not be made")]
    Tile(#[from] TileError),
    /// A checkpoint could not be signed.
    #[error("the checkpoint could not be signed")]
    Sign(#[source] CheckpointError),
    /// No proof for the witnesses could be made.
    #[error("the witnesses could not be asked")]
    Cosign(#[source] Box<AppError>),
    /// Database, folder or anchor failed; it is tried again.
    #[error("the log could not be published")]
    Unavailable(#[from] StoreError),
}

impl PublishLogError {
    /// Whether record and signatures do not agree, rather than something being out of order for a while.
    pub const fn is_of_the_record(&self) -> bool {
        matches!(
            self,
            Self::Behind { .. }
                | Self::Forked { .. }
                | Self::AnchorLost { .. }
                | Self::AnchorForeign { .. }
                | Self::Entry { .. }
        )
    }
}
