//! Publishing the log: tiles, a signed checkpoint, and the anchor outside the database.
//!
//! An act is in the database with its place pending (T1), then has its place (T2, `sequencing.rs`), and is then published here
//! (T3), in this order:
//!
//! | Step | A crash right after it leaves | Who repairs it |
//! | --- | --- | --- |
//! | tiles and bundles of the new size are written | files that no checkpoint names | nobody: they are written again alike |
//! | the checkpoint is signed | nothing: it was in memory | nobody |
//! | the anchor is moved from the old checkpoint to the new one | a signed size that nobody can read | the next start publishes it |
//! | the checkpoint is published | nothing | nobody |
//!
//! Where a policy asks for witnesses, the last step is theirs (`cosigning.rs`): until they cosigned, what is published stays.
//!
//! What was signed can never be taken back, so the database is held against the anchor before anything is signed: it must hold
//! at least as many entries, with the same root. Recovery takes the same road: opening, staging, publishing.
//! Of two nodes that publish at once one moves the anchor; the other opens it anew.

use dingce_domain::id::{EventId, StreamId};
use dingce_ledger as ledger;
use ledger::tile::{Edge, TILE_WIDTH, TileId, TileLevel};
use ledger::tree::{Node, ProofPlan};
use ledger::{Checkpoint, LogProof, SignedCheckpoint};
use tokio::time::Instant;

use crate::app::App;
use crate::error::AppError;
use crate::ports::{KeptLeaf, StoreError};
use crate::publisher::{AFTER_FAILURE, MERGE_DELAY, Open, PublishLogError, Published, Publisher};

/// What shows anybody that an event is in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogReceipt {
    /// The leaf: canonical JSON, the bytes that are hashed.
    pub leaf: String,
    /// That it is in the published log: C2SP tlog-proof. `None` while it is not published.
    pub proof: Option<LogProof>,
}

/// Leaf hashes read at once.
const PAGE: u64 = 4096;
/// Name of the file with the newest checkpoint.
pub(super) const CHECKPOINT: &str = "checkpoint";

impl App {
    /// Holds the database against what was signed of it, before anything is served.
    ///
    /// Reads the leaf hashes of all entries that were signed, some ten million a minute on a small machine.
    ///
    /// # Errors
    /// [`PublishLogError`] where they do not agree, or cannot be read.
    pub async fn check_log(&self) -> Result<(), PublishLogError> {
        let Some(publisher) = &self.publisher else { return Ok(()) };
        let mut state = publisher.state.lock().await;
        if state.open.is_none() {
            state.open = Some(self.open_log(publisher).await?);
        }
        Ok(())
    }

    /// Signs and publishes all entries that have their places; with witnesses, asks them, and leaves what is published as it is
    /// where too few cosign. Gives how many were not signed before.
    ///
    /// # Errors
    /// [`PublishLogError`]; what was published stays so.
    pub async fn publish_log(&self) -> Result<u64, PublishLogError> {
        let Some(publisher) = &self.publisher else { return Ok(0) };
        let signed = self.publish(publisher, &mut *publisher.state.lock().await).await?;
        self.cosign_log().await?;
        Ok(signed)
    }

    /// The same at most once in the merge delay, for the background: what stands against it is told once and tried again.
    pub(crate) async fn publish_log_when_due(&self) {
        let Some(publisher) = &self.publisher else { return };
        let mut state = publisher.state.lock().await;
        let now = Instant::now();
        if state.next.is_some_and(|next| now < next) {
            return;
        }
        match self.publish(publisher, &mut state).await {
            Ok(published) => {
                publisher.standing().blocked = None;
                state.next = (published > 0).then_some(now + MERGE_DELAY);
            }
            Err(error) => {
                let told = error.to_string();
                if publisher.standing().blocked.replace(told.clone()) != Some(told) {
                    tracing::error!(error = &error as &dyn std::error::Error, "the log is not published");
                }
                state.next = Some(now + AFTER_FAILURE);
            }
        }
    }

    /// What stands against publishing the log, in words; `None` where nothing does.
    pub fn log_blocked(&self) -> Option<String> {
        self.publisher.as_ref()?.standing().blocked.clone()
    }

    /// A file of the published log that anybody may read: the checkpoint, a tile of hashes, a statement of succession,
    /// or a time stamp and what it is over. `None` where there is none, and for
    /// entries: those are read by right.
    ///
    /// # Errors
    /// Where the folder fails.
    pub async fn log_file(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let hashes = |tile: TileId| matches!(tile.level(), TileLevel::Hashes(_));
        let public = path == CHECKPOINT
            || path.strip_prefix("succession/").is_some_and(|n| n.len() == 3 && is_number(n))
            || path.strip_prefix("timestamps/").is_some_and(|n| is_number(n.strip_suffix(".tsr").unwrap_or(n)))
            || path.parse::<TileId>().is_ok_and(hashes);
        match &self.publisher {
            Some(publisher) if public => publisher.folder.get(path).await,
            _ => Ok(None),
        }
    }

    /// What shows anybody that an event is in the published log. Whoever may read the event may have it; the caller sees to that.
    ///
    /// # Errors
    /// `NOT_FOUND` where there is no such event; else where store or folder fail, or the folder is damaged.
    pub async fn log_receipt(&self, event: EventId) -> Result<LogReceipt, AppError> {
        let stored = self.store.event(event).await?.ok_or_else(|| AppError::not_found(event))?;
        let leaf = leaf_text(stored.event.leaf)?;
        Ok(LogReceipt { leaf, proof: self.log_proof(stored.stream, stored.n).await? })
    }

    /// The receipts of all events of a stream, in order, for who has the database anyway.
    ///
    /// # Errors
    /// As [`App::log_receipt`].
    pub async fn receipts_of(&self, stream: StreamId) -> Result<Vec<(u64, LogReceipt)>, AppError> {
        let mut leaves = Vec::new();
        self.each_stored(stream, 0, u64::MAX, |stored| {
            leaves.push((stored.n, leaf_text(stored.event.leaf)?));
            Ok(())
        })
        .await?;
        let places: Vec<_> = leaves.iter().map(|(n, _)| (stream, *n)).collect();
        let (_, proofs) = self.log_proofs(&places).await?;
        Ok(leaves.into_iter().zip(proofs).map(|((n, leaf), proof)| (n, LogReceipt { leaf, proof })).collect())
    }

    /// The proof of an event by its place in its stream; `None` while it is not published.
    pub(crate) async fn log_proof(&self, stream: StreamId, n: u64) -> Result<Option<LogProof>, AppError> {
        Ok(self.log_proofs(&[(stream, n)]).await?.1.into_iter().flatten().next())
    }

    /// Proofs of events, each in its place, and the published checkpoint that they all lead to; none for what is not in it.
    pub(super) async fn log_proofs(
        &self,
        events: &[(StreamId, u64)],
    ) -> Result<(Option<SignedCheckpoint>, Vec<Option<LogProof>>), AppError> {
        let nothing = || (None, vec![None; events.len()]);
        let Some(publisher) = &self.publisher else { return Ok(nothing()) };
        let Some(bytes) = publisher.folder.get(CHECKPOINT).await? else { return Ok(nothing()) };
        let checkpoint =
            SignedCheckpoint::parse(&bytes).map_err(|error| AppError::internal("making a proof", error))?;
        let mut proofs = Vec::with_capacity(events.len());
        for (stream, n) in events {
            proofs.push(self.proof_in(publisher, &checkpoint, *stream, *n).await?);
        }
        Ok((Some(checkpoint), proofs))
    }

    async fn proof_in(
        &self,
        publisher: &Publisher,
        checkpoint: &SignedCheckpoint,
        stream: StreamId,
        n: u64,
    ) -> Result<Option<LogProof>, AppError> {
        let Some(index) = self.store.log_place(stream, n).await? else { return Ok(None) };
        let internal = |error: Box<dyn std::error::Error + Send + Sync>| AppError::internal("making a proof", error);
        let size = checkpoint.claimed().size();
        if index >= size {
            return Ok(None);
        }
        let plan = ProofPlan::inclusion(index, size).map_err(|error| internal(error.into()))?;
        let root = checkpoint.claimed().root();
        let tiles = self.tiles(publisher, plan.nodes(), size, root).await?;
        let hashes = plan.make(&tiles).map_err(|error| internal(error.into()))?;
        LogProof::new(None, index, hashes, checkpoint.clone()).map(Some).map_err(|error| internal(error.into()))
    }

    /// The tiles that these hashes are read from, held against the root.
    pub(super) async fn tiles(
        &self,
        publisher: &Publisher,
        nodes: impl Iterator<Item = Node>,
        size: u64,
        root: &ledger::Digest,
    ) -> Result<ledger::tile::AuthenticTiles, AppError> {
        let internal = |error: ledger::tile::TileError| AppError::internal("reading the published log", error);
        let wanted = ledger::tile::tiles_for(nodes, size).map_err(|error| internal(error.into()))?;
        let mut read = Vec::with_capacity(wanted.len());
        for tile in wanted {
            let bytes = publisher.folder.get(&tile.to_string()).await?;
            let missing = || AppError::internal("reading the published log", format!("{tile} is missing"));
            read.push((tile, bytes.ok_or_else(missing)?));
        }
        ledger::tile::AuthenticTiles::open(size, root, read).map_err(internal)
    }

    async fn publish(&self, publisher: &Publisher, state: &mut Published) -> Result<u64, PublishLogError> {
        let open = match state.open.take() {
            Some(open) => open,
            None => self.open_log(publisher).await?,
        };
        let (size, found) = (open.edge.size(), self.store.log_size().await?);
        if found < size {
            return Err(PublishLogError::Behind { anchored: size, found });
        }
        if found == size && !open.lacks_a_line {
            state.open = Some(open);
            return Ok(0);
        }
        let mut edge = open.edge;
        self.stage(publisher, &mut edge, found).await?;
        let signed = sign(publisher, &edge)?;
        if !publisher.anchor.swap(open.anchored.as_deref(), signed.to_string().as_bytes()).await? {
            // Another node signed meanwhile; what it signed is held against the database next time.
            return Ok(0);
        }
        let anchored = Some(signed.to_string().into_bytes());
        self.hand_on(publisher, signed).await?;
        state.open = Some(Open { edge, anchored, lacks_a_line: false });
        Ok(found - size)
    }

    /// Publishes what is signed and anchored, or lets it wait for its witnesses.
    async fn hand_on(&self, publisher: &Publisher, signed: SignedCheckpoint) -> Result<(), PublishLogError> {
        if publisher.cosigning.is_some() {
            publisher.standing().waits(signed);
            publisher.signed.notify_one();
        } else {
            publisher.folder.put(CHECKPOINT, signed.to_string().into_bytes()).await?;
        }
        Ok(())
    }

    /// Holds anchor, database and folder against each other, and hands on what was signed and not published.
    async fn open_log(&self, publisher: &Publisher) -> Result<Open, PublishLogError> {
        let published = publisher.folder.get(CHECKPOINT).await?;
        let Some(signed) = publisher.anchored().await? else {
            if let Some(size) = published.and_then(|bytes| SignedCheckpoint::parse(&bytes).ok()) {
                return Err(PublishLogError::AnchorLost { size: size.claimed().size() });
            }
            return Ok(Open { edge: Edge::default(), anchored: None, lacks_a_line: false });
        };
        let (size, root) = (signed.claimed().size(), *signed.claimed().root());
        let found = self.store.log_size().await?;
        if found < size {
            return Err(PublishLogError::Behind { anchored: size, found });
        }
        let edge = self.edge_of(size).await?;
        if edge.root() != root {
            return Err(PublishLogError::Forked { size });
        }
        if !self.has_edge(publisher, size, &root).await? {
            tracing::warn!(size, "files of the log are missing; they are written anew");
            self.stage(publisher, &mut Edge::default(), size).await?;
        }
        let anchored = Some(signed.to_string().into_bytes());
        let lacks_a_line = publisher.keys().any(|key| signed.note().open(&[key]).is_err());
        if !published.is_some_and(|bytes| shows(&bytes, &signed)) {
            self.hand_on(publisher, signed).await?;
        }
        Ok(Open { edge, anchored, lacks_a_line })
    }

    /// The edge of the tree over the first entries of the database.
    pub(super) async fn edge_of(&self, size: u64) -> Result<Edge, PublishLogError> {
        let mut edge = Edge::default();
        while edge.size() < size {
            let page = self.store.log_leaves(edge.size(), PAGE.min(size - edge.size())).await?;
            if page.is_empty() {
                return Err(PublishLogError::Behind { anchored: size, found: edge.size() });
            }
            edge.append(page.into_iter().map(ledger::Digest::from_bytes))?;
        }
        Ok(edge)
    }

    /// Whether the folder has the right edge of the tree that was signed. That all older tiles are there and right, an audit
    /// shows.
    async fn has_edge(&self, publisher: &Publisher, size: u64, root: &ledger::Digest) -> Result<bool, PublishLogError> {
        let mut read = Vec::new();
        for tile in ledger::tile::partial_tiles(size) {
            match publisher.folder.get(&tile.to_string()).await? {
                Some(bytes) => read.push((tile, bytes)),
                None => return Ok(false),
            }
        }
        Ok(Edge::open(size, root, read).is_ok())
    }

    /// Writes the tiles and bundles that a tree of this size has and the edge has not, and appends to the edge.
    async fn stage(&self, publisher: &Publisher, edge: &mut Edge, size: u64) -> Result<(), PublishLogError> {
        let width = u64::from(TILE_WIDTH);
        let mut start = edge.size() - edge.size() % width;
        while start < size {
            let limit = width.min(size - start);
            let entries = self.store.log_entries(start, limit).await?;
            if entries.len() as u64 != limit {
                return Err(PublishLogError::Behind { anchored: size, found: start + entries.len() as u64 });
            }
            let hashes = hashes(start, &entries).map_err(|index| PublishLogError::Entry { index })?;
            if let Some(bundle) = TileId::in_tree(TileLevel::Entries, start / width, size) {
                publisher.folder.put(&bundle.to_string(), ledger::tile::encode_bundle(&entries)?).await?;
            }
            let known = usize::try_from(edge.size() - start).unwrap_or(usize::MAX);
            for (tile, bytes) in edge.append(hashes.into_iter().skip(known))? {
                publisher.folder.put(&tile.to_string(), bytes).await?;
            }
            start += limit;
        }
        for (tile, bytes) in edge.partial() {
            publisher.folder.put(&tile.to_string(), bytes).await?;
        }
        Ok(())
    }
}

/// The hashes of these leaves, the first of them at place `start`; else the place of the first that has not the hash kept
/// beside it.
pub(super) fn hashes(start: u64, entries: &[KeptLeaf]) -> Result<Vec<ledger::Digest>, u64> {
    let hash = |(index, kept): (u64, &KeptLeaf)| {
        let hash = ledger::leaf_hash(&kept.leaf);
        if *hash.as_bytes() == kept.leaf_hash { Ok(hash) } else { Err(index) }
    };
    (start..).zip(entries).map(hash).collect()
}

fn leaf_text(leaf: Vec<u8>) -> Result<String, AppError> {
    String::from_utf8(leaf).map_err(|error| AppError::internal("reading the leaf of an event", error))
}

/// Whether these bytes are that checkpoint with all its lines; witnesses' lines may be among them.
pub(super) fn shows(bytes: &[u8], signed: &SignedCheckpoint) -> bool {
    let Ok(published) = SignedCheckpoint::parse(bytes) else { return false };
    let (published, signed) = (published.note(), signed.note());
    published.text() == signed.text() && signed.lines().iter().all(|line| published.lines().contains(line))
}

/// Whether a part of a path is a number in digits, of at most 20.
fn is_number(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn sign(publisher: &Publisher, edge: &Edge) -> Result<SignedCheckpoint, PublishLogError> {
    let checkpoint = Checkpoint::new(publisher.origin.clone(), edge.size(), edge.root());
    let signed = checkpoint.and_then(|checkpoint| SignedCheckpoint::sign(checkpoint, &publisher.signers()));
    signed.map_err(PublishLogError::Sign)
}
