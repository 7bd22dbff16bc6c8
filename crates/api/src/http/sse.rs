//! Subscriptions as server-sent events, one connection per operation.
//!
//! Source: GraphQL over SSE, "distinct connections mode": events `next` (one result each) and `complete`. Faults of the
//! HTTP request answer with its status; faults of the document are a `next` event, because a browser's `EventSource`
//! tells a page nothing about a refused connection.
//!
//! Bounds: results are pulled only as fast as the client reads, so nothing piles up here; connections per endpoint and
//! the life of each are limited; shutdown ends them with `complete`, after which a client reconnects elsewhere.

use super::accept::{self, Media};
use super::body::{Wire, Wires};
use super::document::Documents;
use super::run::{self, Outcome};
use super::{Code, OperationId, Refusal, Session, Settings, handler, reply};
use crate::schema::Lang;
use async_graphql::{Executor, Response as GraphqlResponse};
use async_graphql_parser::types::OperationType;
use futures_util::stream::{self, BoxStream, StreamExt};
use futures_util::{FutureExt, Stream};
use poem::http::{HeaderValue, header};
use poem::{Body, Endpoint, Request, Response};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until};

/// What bounds the streams of one endpoint.
#[derive(Clone, Debug)]
pub struct StreamSettings {
    /// How often a comment is sent while nothing happens, so that proxies keep the connection. Default 15 s.
    pub heartbeat: Duration,
    /// How many streams may be open. Default 256; more are refused with 503.
    pub streams_max: usize,
    /// How long one stream may last before it is completed. Default 1 h.
    pub lasts_max: Duration,
}

impl Default for StreamSettings {
    fn default() -> Self {
        Self { heartbeat: Duration::from_secs(15), streams_max: 256, lasts_max: Duration::from_secs(3600) }
    }
}

/// Serves subscriptions (and queries, once) of one schema. Made by [`graphql_stream_endpoint`].
pub struct StreamEndpoint<E, S> {
    executor: E,
    session: S,
    settings: Settings,
    streams: StreamSettings,
    documents: Documents,
    open: Arc<Semaphore>,
    shutdown: watch::Receiver<bool>,
}

/// An endpoint for subscriptions over `executor`, by POST or GET.
///
/// `shutdown` turning true, or its sender going away, completes every stream and refuses new ones.
pub fn graphql_stream_endpoint<E: Executor, S: Session>(
    executor: E,
    session: S,
    settings: Settings,
    streams: StreamSettings,
    shutdown: watch::Receiver<bool>,
) -> StreamEndpoint<E, S> {
    let documents = Documents::new(settings.limits.clone(), settings.documents_cached_max);
    let open = Arc::new(Semaphore::new(streams.streams_max));
    StreamEndpoint { executor, session, settings, streams, documents, open, shutdown }
}

impl<E: Executor, S: Session> Endpoint for StreamEndpoint<E, S> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let operation = self.session.operation_id();
        let lang = self.session.language(request.headers());
        let answered = self.answer(request, lang, &operation).await;
        // A client of events alone still gets its refusal as JSON: there is no better type to refuse in.
        Ok(answered.unwrap_or_else(|refusal| reply::refused(&refusal, Media::GraphqlResponse, lang, &operation)))
    }
}

impl<E: Executor, S: Session> StreamEndpoint<E, S> {
    async fn answer(&self, request: Request, lang: Lang, operation: &OperationId) -> Result<Response, Refusal> {
        let is_get = handler::check_method(&request)?;
        if !accept::accepts_events(handler::joined(request.headers(), header::ACCEPT).as_deref()) {
            return Err(Refusal::new(Code::NotAcceptable, "Expected Accept to allow text/event-stream."));
        }
        let (wires, principal) = handler::read(request, &self.session, &self.settings, operation).await?;
        let Wires::One(wire) = wires else {
            return Err(Refusal::new(Code::BatchRefused, "Expected one subscription per stream."));
        };
        let busy = |message| Refusal::new(Code::Unavailable, message).retry_after_s(5);
        if self.is_stopping() {
            return Err(busy("This node is stopping. Connect again."));
        }
        let permit = Arc::clone(&self.open)
            .try_acquire_owned()
            .map_err(|_| busy("Too many streams are open. Connect again later."))?;
        let results = self.results(wire, &principal, operation, is_get)?;
        let lasts = self.session.stream_lasts(&principal).unwrap_or(self.streams.lasts_max).min(self.streams.lasts_max);
        let mut heartbeat = interval_at(Instant::now() + self.streams.heartbeat, self.streams.heartbeat);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let events = events(Open {
            results,
            heartbeat,
            ends: Instant::now() + lasts,
            shutdown: self.shutdown.clone(),
            lang,
            operation: operation.clone(),
            _permit: permit,
        });
        let mut response = Response::builder()
            .content_type("text/event-stream; charset=utf-8")
            .header("x-accel-buffering", "no")
            .body(Body::from_bytes_stream(events.map(Ok::<_, std::io::Error>)));
        reply::stamp(&mut response, operation);
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform"));
        Ok(response)
    }

    fn is_stopping(&self) -> bool {
        *self.shutdown.borrow() || self.shutdown.has_changed().is_err()
    }

    fn results(
        &self,
        wire: Wire,
        principal: &S::Principal,
        operation: &OperationId,
        is_get: bool,
    ) -> Result<BoxStream<'static, Outcome>, Refusal> {
        let prepared = match run::prepare(&self.documents, &wire) {
            Ok(prepared) => prepared,
            Err(refusal) => return Ok(once(refusal)),
        };
        if prepared.operation_type == OperationType::Mutation {
            if is_get {
                let message = "Expected POST to the plain endpoint: a stream runs no mutations.";
                return Err(Refusal::new(Code::MethodNotAllowed, message).allow("POST"));
            }
            return Ok(once(Refusal::new(Code::WrongEndpoint, "Expected a subscription: a stream runs no mutations.")));
        }
        let request = run::request(wire, prepared, &self.session, principal, operation);
        let operation = operation.clone();
        let results = self.executor.execute_stream(request, None);
        Ok(caught(results, operation.clone()).map(move |response| run::sort(response, &operation)).boxed())
    }
}

fn once(refusal: Refusal) -> BoxStream<'static, Outcome> {
    stream::once(async { Outcome::Refused(refusal) }).boxed()
}

/// The stream until it ends or panics; a panic becomes its last response.
fn caught(
    results: BoxStream<'static, GraphqlResponse>,
    operation: OperationId,
) -> impl Stream<Item = GraphqlResponse> + Send {
    stream::unfold(Some(results), move |results| {
        let operation = operation.clone();
        async move {
            let mut results = results?;
            match AssertUnwindSafe(results.next()).catch_unwind().await {
                Ok(response) => response.map(|response| (response, Some(results))),
                Err(panic) => Some((run::panicked(&*panic, &operation), None)),
            }
        }
    })
}

struct Open {
    results: BoxStream<'static, Outcome>,
    heartbeat: Interval,
    ends: Instant,
    shutdown: watch::Receiver<bool>,
    lang: Lang,
    operation: OperationId,
    /// Given back when the client goes away and the stream is dropped.
    _permit: OwnedSemaphorePermit,
}

/// The frames of one stream. The state is `None` once `complete` was sent.
fn events(open: Open) -> impl Stream<Item = Vec<u8>> + Send {
    stream::unfold(Some(open), |open| async move {
        let mut open = open?;
        let frame = tokio::select! {
            biased;
            _ = open.shutdown.wait_for(|stopping| *stopping) => None,
            () = sleep_until(open.ends) => None,
            outcome = open.results.next() => outcome.map(|outcome| next(outcome, open.lang, &open.operation)),
            _ = open.heartbeat.tick() => Some(b":\n\n".to_vec()),
        };
        Some(match frame {
            Some(frame) => (frame, Some(open)),
            // `data` stays, though empty: without it a browser does not raise the event.
            None => (b"event: complete\ndata:\n\n".to_vec(), None),
        })
    })
}

fn next(outcome: Outcome, lang: Lang, operation: &OperationId) -> Vec<u8> {
    let outcome = outcome.settled(lang);
    let mut frame = b"event: next\ndata: ".to_vec();
    // Compact JSON has no line breaks, so one `data` line holds it.
    match serde_json::to_vec(&outcome.shown()) {
        Ok(json) => frame.extend_from_slice(&json),
        Err(error) => {
            tracing::error!(operation_id = %operation.0, %error, "a GraphQL result could not be written as JSON");
            frame.extend_from_slice(br#"{"errors":[{"message":"Something unexpected failed on our side.","extensions":{"code":"INTERNAL"}}]}"#);
        }
    }
    frame.extend_from_slice(b"\n\n");
    frame
}
