//! `dingce serve`.

use std::sync::Arc;

use anyhow::{Context, ensure};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinHandle};

use super::assembled;
use crate::assemble::{Assembled, Opening};
use crate::http::listen;
use crate::settings::Settings;

pub(super) async fn run(settings: Settings) -> anyhow::Result<bool> {
    let assembled = Arc::new(assembled(settings, Opening::ToServe).await?);
    serve(assembled).await
}

/// Serves until the process is told to stop.
pub(super) async fn serve(assembled: Arc<Assembled>) -> anyhow::Result<bool> {
    let checked = assembled
        .app
        .check_certificates()
        .await
        .context("a published definition is not proven under the rules of this program: run `dingce migrate`")?;
    assembled
        .app
        .check_clock()
        .await
        .context("acts would be dated wrongly: docs/how-to/recover/a-clock-that-steps.md")?;
    assembled.app.check_log().await.context("the record is not what was signed of it: docs/how-to/keep-the-log.md")?;
    let undone = assembled.app.erasures_undone().await?;
    ensure!(
        undone == 0,
        "expected no personal data of which the log says that it was erased, but {undone} erasures are undone by a backup that was \
         restored: run `dingce ledger heal` (docs/how-to/recover/an-older-backup.md)"
    );
    let signals = Signals::listened_for()?;
    let (stop, stopping) = watch::channel(false);
    let (address, serving) = listen(Arc::clone(&assembled), assembled.settings.listen, stopping).await?;
    tracing::info!(%address, definitions = checked, "serving");
    signals.end(&stop, serving).await.context("the server broke off")??;
    // Every request is answered and the background work has ended; calls that still run are waited for.
    let store = assembled.store.clone();
    store.close().await.context("the database did not close")?;
    tracing::info!("stopped");
    Ok(true)
}

/// The signals that tell a server to stop.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// From now on they are listened for.
    pub(super) fn listened_for() -> anyhow::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate()).context("SIGTERM cannot be listened for")?,
            interrupt: signal(SignalKind::interrupt()).context("SIGINT cannot be listened for")?,
        })
    }

    /// Waits until a server ends by itself, or is told to and has.
    pub(super) async fn end(
        mut self,
        stop: &watch::Sender<bool>,
        mut serving: JoinHandle<anyhow::Result<()>>,
    ) -> Result<anyhow::Result<()>, JoinError> {
        let name = tokio::select! {
            ended = &mut serving => return ended,
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        };
        tracing::info!(signal = name, "stopping: requests under way are finished first");
        stop.send_replace(true);
        serving.await
    }
}
