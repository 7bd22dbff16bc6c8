//! A cosigning witness over HTTP: C2SP tlog-witness, `POST /add-checkpoint`.
//!
//! For another organ than the one whose log it watches: it needs no database and none of the application, only a folder, a key
//! and the public keys of the logs that it cosigns for. Put a proxy with TLS before it; the answers need none, for they are signed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use dingce_app::ports::Clock;
use dingce_ledger::witness::{AddCheckpoint, Answer, REQUEST_MAX_BYTES, SIZE_MEDIA_TYPE};
use dingce_store::WitnessFolder;
use poem::http::{StatusCode, header};
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::{Endpoint, EndpointExt, IntoEndpoint, Request, Response, Route, Server, endpoint, post};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::settings::Settings;
use crate::{keys, policies};

/// How long a request may take to arrive.
const ARRIVES: Duration = Duration::from_secs(10);
/// How many requests are read and judged at once; more are told to come again.
const AT_ONCE: usize = 32;
/// How long requests under way may go on after the program was told to stop.
const DRAIN: Duration = Duration::from_secs(5);

/// The witness that these settings describe.
///
/// # Errors
/// Where no policy is named or it cannot be read, it lists no log, or key or folder cannot be used.
pub fn open(settings: &Settings) -> anyhow::Result<WitnessFolder> {
    let file = settings.witness_policy.as_ref().context(
        "witness_policy is not set: name the tlog-policy file whose log lines say for which logs this witness cosigns",
    )?;
    let policy = policies::read(file)?;
    let logs: Vec<_> = policy.logs().iter().map(|log| log.key.clone()).collect();
    anyhow::ensure!(!logs.is_empty(), "{} lists no log", file.display());
    let cosigner = keys::witness(settings)?;
    let own = cosigner.verifier().clone();
    let folder = settings.witness_memory();
    keys::private_folder(&folder)?;
    WitnessFolder::open(&folder, logs, Arc::new(cosigner), own)
        .with_context(|| format!("the folder of the witness {} cannot be used", folder.display()))
}

/// Starts serving; gives the address, which tells the port where `addr` asked for port 0. Ends as [`crate::http::listen`] does.
///
/// # Errors
/// Where the address cannot be listened on.
pub async fn listen(
    witness: Arc<WitnessFolder>,
    clock: Arc<dyn Clock>,
    addr: SocketAddr,
    mut shutdown: watch::Receiver<bool>,
) -> anyhow::Result<(SocketAddr, JoinHandle<anyhow::Result<()>>)> {
    let acceptor = TcpListener::bind(addr)
        .into_acceptor()
        .await
        .with_context(|| format!("the address {addr} cannot be listened on"))?;
    let local = acceptor.local_addr().into_iter().find_map(|a| a.as_socket_addr().copied());
    let local = local.context("the witness has no address")?;
    let told = async move {
        let _ = shutdown.wait_for(|stopping| *stopping).await;
    };
    let serving = tokio::spawn(async move {
        let server = Server::new_with_acceptor(acceptor);
        server
            .run_with_graceful_shutdown(routes(witness, clock), told, Some(DRAIN))
            .await
            .context("the witness broke off")
    });
    Ok((local, serving))
}

fn routes(witness: Arc<WitnessFolder>, clock: Arc<dyn Clock>) -> impl Endpoint<Output = Response> + 'static {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let add = endpoint::make(move |request: Request| {
        let (witness, clock, places) = (Arc::clone(&witness), Arc::clone(&clock), Arc::clone(&places));
        async move {
            match places.try_acquire() {
                Ok(_place) => answer(witness, clock, request).await,
                Err(_) => StatusCode::SERVICE_UNAVAILABLE.into(),
            }
        }
    });
    Route::new().at("/add-checkpoint", post(add).into_endpoint()).map_to_response()
}

async fn answer(witness: Arc<WitnessFolder>, clock: Arc<dyn Clock>, request: Request) -> Response {
    let body = tokio::time::timeout(ARRIVES, request.into_body().into_bytes_limit(REQUEST_MAX_BYTES)).await;
    let body = match body {
        Err(_) => return StatusCode::REQUEST_TIMEOUT.into(),
        Ok(Err(poem::error::ReadBodyError::PayloadTooLarge)) => return StatusCode::PAYLOAD_TOO_LARGE.into(),
        Ok(Err(_)) => return StatusCode::BAD_REQUEST.into(),
        Ok(Ok(body)) => body,
    };
    let Ok(request) = AddCheckpoint::parse(&body) else { return StatusCode::BAD_REQUEST.into() };
    let (origin, size) = (request.checkpoint.claimed().origin().clone(), request.checkpoint.claimed().size());
    let now_s = u64::try_from(clock.now().as_second()).unwrap_or_default();
    // Not cut short when the client goes away: what is remembered and what is answered stay together.
    let judging = tokio::task::spawn_blocking(move || witness.add_checkpoint(&request, now_s));
    let judged = match judging.await {
        Ok(Ok(judged)) => judged,
        Ok(Err(error)) => {
            tracing::error!(%origin, size, error = &error as &dyn std::error::Error, "the witness's memory cannot be used");
            return StatusCode::INTERNAL_SERVER_ERROR.into();
        }
        Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into(),
    };
    let status = judged.answer.status();
    if let Some(evidence) = &judged.evidence {
        tracing::error!(%origin, size, status, evidence = %evidence.display(), "this log may have signed two histories");
    } else if status >= 500 {
        tracing::error!(%origin, size, answer = ?judged.answer, "this witness cannot cosign");
    } else {
        tracing::info!(%origin, size, status, "asked to cosign");
    }
    let kind = match &judged.answer {
        Answer::Conflict { .. } => SIZE_MEDIA_TYPE,
        _ => "text/plain; charset=utf-8",
    };
    Response::builder()
        .status(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .header(header::CONTENT_TYPE, kind)
        .header(header::CACHE_CONTROL, "no-store")
        .body(judged.answer.body())
}
