//! Background work: what follows from writes and from time, for as long as the node lives.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::app::App;
use crate::error::AppError;
use crate::held::pause;

/// How long background work rests where nothing is written.
const IDLE: Duration = Duration::from_secs(1);
/// How long background work rests between two rounds that do something. A round costs much the same for one write as for
/// twenty: some ten statements, a commit and a turn of the one writer of SQLite, all taken from the acts themselves.
/// Under load a round therefore does the work of several writes. What follows from a write is late by this at most, and
/// not at all after a time of quiet; acts do not wait for it.
const GATHER: Duration = Duration::from_millis(100);
/// How often it is looked whether look-ups wait to go into the log: a batch is gathered for a minute anyway.
const LOOKUPS: Duration = Duration::from_secs(10);
/// The longest pause after failures: a database that comes back is used within this time.
const FAILED_MAX: u32 = 5;

impl App {
    /// Runs everything that follows from writes and from time, until nothing is left to do: timers, messages, places in
    /// the log. The demo and tests call it after moving their clock.
    ///
    /// It ends, because each thing done is done once, and what cannot be done is put off and not counted.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn settle(&self) -> Result<(), AppError> {
        while self.round().await? {}
        self.publish_log().await.map_err(|error| AppError::internal("publishing the log", error))?;
        // Whoever comes next, a server after a command, need not wait for the lease to end.
        self.release_lease().await;
        Ok(())
    }

    /// One round. Gives whether anything was done.
    async fn round(&self) -> Result<bool, AppError> {
        let woken = self.fire_timers().await?;
        let answered = self.deliver_messages().await?;
        let placed = self.sequence_log().await?;
        Ok(woken > 0 || answered > 0 || placed > 0)
    }

    /// One round, and what the log notes of itself; `gathered` is when look-ups were last looked for.
    async fn round_with_notes(&self, gathered: &mut Option<Instant>) -> Result<bool, AppError> {
        let done = self.round().await?;
        self.record_heads().await?;
        if gathered.is_none_or(|at| at.elapsed() >= LOOKUPS) {
            self.record_lookups().await?;
            *gathered = Some(Instant::now());
        }
        Ok(done)
    }

    /// Runs for as long as the node lives: what [`App::settle`] does, after every write and at least once a second.
    ///
    /// A failing round, also one that panics, is tried again after a pause that grows to half a minute. Ends between
    /// two rounds once `stop` is true or its sender is gone; what is left undone stays in the store.
    pub async fn run_background(&self, stop: watch::Receiver<bool>) {
        // Witnesses may be slow: nothing else waits for them.
        let witnesses = self.run_cosigning(stop.clone());
        futures_util::future::join(self.rounds(stop), witnesses).await;
    }

    async fn rounds(&self, mut stop: watch::Receiver<bool>) {
        let mut failed = 0;
        let mut gathered = None;
        while !*stop.borrow_and_update() {
            // Listening begins before the round, so that a write during the round is not slept over.
            let written = self.written.notified();
            tokio::pin!(written);
            written.as_mut().enable();
            let round = async {
                let done = self.round_with_notes(&mut gathered).await;
                // Whatever failed: what has its place is published.
                self.publish_log_when_due().await;
                done
            };
            let waits = match AssertUnwindSafe(round).catch_unwind().await {
                Ok(Ok(true)) => {
                    failed = 0;
                    // Not woken by writes, only by being told to stop: gathering them is what it is for.
                    let told = tokio::time::timeout(GATHER, stop.changed()).await;
                    if matches!(told, Ok(Err(_))) {
                        break;
                    }
                    continue;
                }
                Ok(Ok(false)) => {
                    failed = 0;
                    IDLE
                }
                Ok(Err(error)) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        failed,
                        "background work will be retried"
                    );
                    failed = FAILED_MAX.min(failed + 1);
                    pause(failed - 1)
                }
                Err(_panic) => {
                    tracing::error!(failed, "background work broke off and will be retried");
                    failed = FAILED_MAX.min(failed + 1);
                    pause(failed - 1)
                }
            };
            tokio::select! {
                // Writes of others do not shorten the pause after a failure.
                () = &mut written, if failed == 0 => {}
                () = tokio::time::sleep(waits) => {}
                changed = stop.changed() => {
                    if changed.is_err() {
                        break;
                    }
                }
            }
        }
        self.release_lease().await;
    }
}
