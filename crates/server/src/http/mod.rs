//! The HTTP server: addresses, what surrounds each request, and stopping without breaking what is under way.
//!
//! | Address | What |
//! | --- | --- |
//! | `POST`, `GET /graphql` | the console, with a bearer token |
//! | `POST`, `GET /graphql/stream` | its subscriptions, as server-sent events |
//! | `POST`, `GET /public/graphql` | the public |
//! | `PUT /files` | takes a document, with a bearer token |
//! | `GET /files/{case}/{digest}` | a document of a case that the caller may read |
//! | `GET /figures/{organ}/{file}?from=…&to=…` | figures as a file, for whoever may read them |
//! | `GET /public/files/{case}/{digest}` | a document that an act of publication released |
//! | `GET /log/checkpoint`, `GET /log/tile/…` | the published log: the signed checkpoint, and tiles of hashes |
//! | `GET /healthz`, `GET /readyz` | whether the process lives, and whether it can serve |

mod answer;
mod around;
mod figures;
mod files;
mod health;
mod log;
mod session;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use dingce_api::http::{Settings as GraphqlSettings, StreamSettings, graphql_endpoint, graphql_stream_endpoint};
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::{Endpoint, EndpointExt, Response, Route, Server};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::assemble::Assembled;
use health::Health;
use session::{OfficialSession, PublicSession};

pub use session::Caller;

/// Starts serving and the background work; gives the address, which tells the port where `addr` asked for port 0.
///
/// `shutdown` turning true, or its sender going away, ends it: the port is closed, streams are completed, requests under
/// way are finished within `drain_seconds`, the background work ends after its present round, and the task is done.
///
/// # Errors
/// Where the address cannot be listened on.
pub async fn listen(
    assembled: Arc<Assembled>,
    addr: SocketAddr,
    shutdown: watch::Receiver<bool>,
) -> anyhow::Result<(SocketAddr, JoinHandle<anyhow::Result<()>>)> {
    let acceptor = TcpListener::bind(addr)
        .into_acceptor()
        .await
        .with_context(|| format!("the address {addr} cannot be listened on"))?;
    let local = acceptor
        .local_addr()
        .into_iter()
        .find_map(|a| a.as_socket_addr().copied())
        .context("the server has no address")?;
    // Background work goes on while requests drain: what they write should be followed up.
    let (stop_background, background_stops) = watch::channel(false);
    let app = Arc::clone(&assembled.app);
    let background = tokio::spawn(async move { app.run_background(background_stops).await });
    let health = Health::new(Arc::clone(&assembled), background.abort_handle(), shutdown.clone());
    let endpoint = routes(Arc::clone(&assembled), health, shutdown.clone());
    let drain = Duration::from_secs(u64::from(assembled.settings.drain_seconds));
    let serving = tokio::spawn(async move {
        let told = told_to_stop(shutdown);
        let served = Server::new_with_acceptor(acceptor).run_with_graceful_shutdown(endpoint, told, Some(drain)).await;
        stop_background.send_replace(true);
        background.await.context("the background work broke off")?;
        served.context("the server broke off")
    });
    Ok((local, serving))
}

async fn told_to_stop(mut shutdown: watch::Receiver<bool>) {
    // An error means that the sender is gone, which says the same.
    let _ = shutdown.wait_for(|stopping| *stopping).await;
}

/// All addresses, with what surrounds them.
pub(crate) fn routes(
    assembled: Arc<Assembled>,
    health: Health,
    shutdown: watch::Receiver<bool>,
) -> impl Endpoint<Output = Response> + 'static {
    let graphql = GraphqlSettings::default;
    let officials = || OfficialSession::new(Arc::clone(&assembled));
    let public = || PublicSession::new(Arc::clone(&assembled));
    let stream = graphql_stream_endpoint(
        assembled.officials.clone(),
        officials(),
        graphql(),
        StreamSettings::default(),
        shutdown,
    );
    Route::new()
        .at("/graphql", graphql_endpoint(assembled.officials.clone(), officials(), graphql()))
        .at("/graphql/stream", stream)
        .at("/public/graphql", graphql_endpoint(assembled.public.clone(), public(), graphql()))
        .at("/files", files::upload(Arc::clone(&assembled)))
        .at("/files/:case/:digest", files::download(Arc::clone(&assembled)))
        .at("/figures/:organ/:file", figures::download(Arc::clone(&assembled)))
        .at("/public/files/:case/:digest", files::public_download(Arc::clone(&assembled)))
        .at("/log/*path", log::file(Arc::clone(&assembled)))
        .at("/healthz", health.alive())
        .at("/readyz", health.ready())
        .with(around::Around::new(Arc::clone(&assembled)))
}
