//! The sequencer: gives committed events their places in the global log, without gaps, in batches.
//!
//! The lease is for speed, so that nodes do not race; safety is the store's compare-and-swap on size and epoch.

use crate::app::App;
use crate::error::AppError;

/// Events placed in one transaction.
const BATCH: u64 = 4096;
/// How long a lease lasts, in milliseconds.
const LEASE_MS: i64 = 10_000;

impl App {
    /// Places all events that wait. Gives how many; 0 where another node does it.
    ///
    /// # Errors
    /// Where the store fails; events not placed stay pending.
    pub async fn sequence_log(&self) -> Result<u64, AppError> {
        let now = self.now().as_millisecond();
        let Some(epoch) = self.store.lease(&self.node, now, now + LEASE_MS).await? else { return Ok(0) };
        let mut placed = 0;
        loop {
            let more = self.store.sequence(epoch, BATCH).await?;
            placed += more;
            if more < BATCH {
                return Ok(placed);
            }
        }
    }
}
