//! `dingce serve`.

use std::sync::Arc;

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

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
    assembled.app.check_log().await.context("the record is not what was signed of it: docs/how-to/keep-the-log.md")?;
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be listened for")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be listened for")?;
    let (stop, stopping) = watch::channel(false);
    let (address, mut serving) = listen(Arc::clone(&assembled), assembled.settings.listen, stopping).await?;
    tracing::info!(%address, definitions = checked, "serving");
    let ended = tokio::select! {
        ended = &mut serving => ended,
        _ = terminate.recv() => stopped("SIGTERM", &stop, serving).await,
        _ = interrupt.recv() => stopped("SIGINT", &stop, serving).await,
    };
    ended.context("the server broke off")??;
    // Every request is answered and the background work has ended; calls that still run are waited for.
    let store = assembled.store.clone();
    store.close().await.context("the database did not close")?;
    tracing::info!("stopped");
    Ok(true)
}

async fn stopped(
    name: &str,
    stop: &watch::Sender<bool>,
    serving: tokio::task::JoinHandle<anyhow::Result<()>>,
) -> Result<anyhow::Result<()>, tokio::task::JoinError> {
    tracing::info!(signal = name, "stopping: requests under way are finished first");
    stop.send_replace(true);
    serving.await
}
