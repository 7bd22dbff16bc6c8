//! Checkpoints of the log: how long it was at a moment, and its root.
//!
//! They are recorded where somebody named a moment beforehand, as a notice of a hearing does; signing them, and recording
//! them at all times, comes on top of the same rows.

use dingce_domain::draw::Checkpoint;
use dingce_domain::id::{Digest, StreamId};
use dingce_ledger as ledger;
use jiff::Timestamp;

use crate::app::App;
use crate::error::AppError;
use crate::ports::StoredCheckpoint;

/// Leaves read at once.
const PAGE: u64 = 4096;

impl App {
    /// The first checkpoint recorded at or after an instant that covers an event; recorded now, where there is none and the
    /// instant has come. `None` while the event has no place in the log.
    ///
    /// Whoever asks, and whenever, is given the same one.
    ///
    /// # Errors
    /// Where the store fails.
    pub(crate) async fn checkpoint_after(
        &self,
        at: Timestamp,
        covers: (StreamId, u64),
    ) -> Result<Option<Checkpoint>, AppError> {
        let (stream, n) = covers;
        let Some(place) = self.store.log_place(stream, n).await? else { return Ok(None) };
        loop {
            if let Some(known) = self.store.checkpoint(at.as_millisecond(), place + 1).await? {
                return Ok(Some(told(&known)?));
            }
            if self.now() < at {
                return Ok(None);
            }
            self.record_checkpoint().await?;
        }
    }

    /// Records how long the log is now, and its root. Where another node was faster, its checkpoint stands and nothing is
    /// written.
    async fn record_checkpoint(&self) -> Result<(), AppError> {
        let last = self.store.last_checkpoint().await?;
        let mut range = match &last {
            None => ledger::merkle::CompactRange::new(),
            Some(last) => range_of(last)?,
        };
        let size = self.store.log_size().await?;
        while range.size() < size {
            let limit = PAGE.min(size - range.size());
            let page = self.store.log_leaves(range.size(), limit).await?;
            if page.is_empty() {
                return Err(AppError::internal("recording a checkpoint", "the log is shorter than it says"));
            }
            range.extend(page.into_iter().map(ledger::Digest::from_bytes));
        }
        // Times never go back, even where another node's clock was ahead of this one's.
        let now = self.now().as_millisecond();
        let checkpoint = StoredCheckpoint {
            number: last.as_ref().map_or(0, |last| last.number) + 1,
            size: range.size(),
            root: *range.root().as_bytes(),
            subtrees: range.subtrees().iter().flat_map(|hash| *hash.as_bytes()).collect(),
            recorded_at: last.map_or(now, |last| last.recorded_at.max(now)),
        };
        self.store.put_checkpoint(checkpoint).await?;
        Ok(())
    }
}

fn range_of(checkpoint: &StoredCheckpoint) -> Result<ledger::merkle::CompactRange, AppError> {
    let (hashes, rest) = checkpoint.subtrees.as_chunks::<32>();
    let subtrees = hashes.iter().copied().map(ledger::Digest::from_bytes).collect();
    let range = ledger::merkle::CompactRange::from_parts(checkpoint.size, subtrees).filter(|_| rest.is_empty());
    let whole = range.filter(|range| *range.root().as_bytes() == checkpoint.root);
    whole.ok_or_else(|| AppError::internal("reading a checkpoint", "its subtrees do not make its root"))
}

fn told(stored: &StoredCheckpoint) -> Result<Checkpoint, AppError> {
    let recorded_at = Timestamp::from_millisecond(stored.recorded_at)
        .map_err(|error| AppError::internal("reading a checkpoint", error))?;
    Ok(Checkpoint { number: stored.number, size: stored.size, root: Digest::new(stored.root), recorded_at })
}
