//! Whether the process lives, and whether it can serve.

use std::sync::Arc;
use std::time::Duration;

use dingce_app::ports::EventStore;
use poem::http::StatusCode;
use poem::{Endpoint, IntoEndpoint, Request, Response, get};
use serde::Serialize;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::answer;
use crate::assemble::Assembled;

/// How long the database may take to answer.
const WAIT: Duration = Duration::from_secs(5);

/// What the answers rest on.
#[derive(Clone)]
pub(crate) struct Health {
    assembled: Arc<Assembled>,
    background: AbortHandle,
    shutdown: watch::Receiver<bool>,
}

#[derive(Serialize)]
struct Ready {
    ready: bool,
    database: &'static str,
    background: &'static str,
    log: &'static str,
    stopping: bool,
}

impl Health {
    pub fn new(assembled: Arc<Assembled>, background: AbortHandle, shutdown: watch::Receiver<bool>) -> Self {
        Self { assembled, background, shutdown }
    }

    /// Says that the process lives; asks nothing of anything else, so that a database that is down restarts nobody.
    pub fn alive(&self) -> impl Endpoint<Output = Response> + use<> {
        get(poem::endpoint::make_sync(|_| answer::json(StatusCode::OK, &serde_json::json!({"alive": true}))))
            .into_endpoint()
    }

    /// Says whether requests should be sent here: the database answers with the right schema, the background work
    /// runs, the log is published, and the node is not stopping.
    pub fn ready(&self) -> impl Endpoint<Output = Response> + use<> {
        let health = self.clone();
        get(poem::endpoint::make(move |_: Request| {
            let health = health.clone();
            async move { health.answer().await }
        }))
        .into_endpoint()
    }

    async fn answer(&self) -> Response {
        let database = match tokio::time::timeout(WAIT, self.assembled.store.ready()).await {
            Ok(Ok(())) => "ok",
            Ok(Err(error)) => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "not ready: the database");
                "failed"
            }
            Err(_) => "timeout",
        };
        let background = if self.background.is_finished() { "ended" } else { "ok" };
        let stopping = *self.shutdown.borrow() || self.shutdown.has_changed().is_err();
        // What stands against it is in the program's own log, once.
        let app = &self.assembled.app;
        let log = match app.log_blocked() {
            Some(_) => "blocked",
            None if app.log_late() => "late",
            None => "ok",
        };
        // A log that waits for its witnesses is told, and hinders nobody: acts go on.
        let ready = database == "ok" && background == "ok" && log != "blocked" && !stopping;
        let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        answer::json(status, &Ready { ready, database, background, log, stopping })
    }
}
