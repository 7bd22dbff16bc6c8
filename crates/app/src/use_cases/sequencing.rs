//! The sequencer: gives committed events their places in the global log, without gaps, in batches.
//!
//! The lease is for speed, so that nodes do not race; safety is the store's compare-and-swap on size and epoch. So a
//! node may take the lease from a holder that does nothing without any danger: a clock that stepped back, or stands
//! still, would otherwise let a dead node hold it for as long.

use std::sync::PoisonError;
use std::time::Duration;

use tokio::time::Instant;

use crate::app::App;
use crate::error::AppError;

/// Events placed in one transaction.
const BATCH: u64 = 4096;
/// How long a lease lasts, in milliseconds.
const LEASE_MS: i64 = 10_000;
/// How long a lease is used before it is renewed, by the time of the process: a write for every round would be a waste.
const RENEW_AFTER: Duration = Duration::from_secs(5);
/// How long the log may stand still under another holder's lease before this node takes it.
const PATIENCE: Duration = Duration::from_secs(30);

/// What this node knows of the sequencer's lease.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lease {
    /// It has it, with this epoch, since then.
    Held { epoch: u64, since: Instant },
    /// Another node has it; the log had this size then.
    Elsewhere { size: u64, since: Instant },
}

impl App {
    /// Places all events that wait. Gives how many; 0 where another node does it.
    ///
    /// # Errors
    /// Where the store fails; events not placed stay pending.
    pub async fn sequence_log(&self) -> Result<u64, AppError> {
        let Some(epoch) = self.epoch().await? else { return Ok(0) };
        let mut placed = 0;
        loop {
            let more = self.store.sequence(epoch, BATCH).await?;
            placed += more;
            if more < BATCH {
                return Ok(placed);
            }
        }
    }

    /// The epoch to write with, where this node has the lease or can take it.
    async fn epoch(&self) -> Result<Option<u64>, AppError> {
        let known = *self.lease.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.now().as_millisecond();
        let mut as_of = now;
        match known {
            // Whoever took it since has another epoch: this one then places nothing until it is renewed, or not.
            Some(Lease::Held { epoch, since }) if since.elapsed() < RENEW_AFTER => return Ok(Some(epoch)),
            Some(Lease::Elsewhere { size, since }) if since.elapsed() >= PATIENCE => {
                if self.store.log_size().await? == size {
                    tracing::info!(size, "the log stands still; taking the sequencer's lease");
                    as_of = i64::MAX;
                }
            }
            Some(Lease::Held { .. } | Lease::Elsewhere { .. }) | None => {}
        }
        let taken = self.store.lease(&self.node, as_of, now.saturating_add(LEASE_MS)).await?;
        let since = Instant::now();
        let lease = match (taken, known) {
            (Some(epoch), _) => Lease::Held { epoch, since },
            (None, Some(elsewhere @ Lease::Elsewhere { since, .. })) if since.elapsed() < PATIENCE => elsewhere,
            (None, _) => Lease::Elsewhere { size: self.store.log_size().await?, since },
        };
        *self.lease.lock().unwrap_or_else(PoisonError::into_inner) = Some(lease);
        Ok(taken)
    }

    /// Gives the lease back, so that another node need not wait for its end.
    pub(crate) async fn release_lease(&self) {
        let known = self.lease.lock().unwrap_or_else(PoisonError::into_inner).take();
        if matches!(known, Some(Lease::Held { .. })) {
            let now = self.now().as_millisecond();
            // It ended long ago, by whatever clock another node has; and it ends by itself where this fails.
            if let Err(error) = self.store.lease(&self.node, now, 0).await {
                tracing::debug!(error = &error as &dyn std::error::Error, "the sequencer's lease was not given back");
            }
        }
    }
}
