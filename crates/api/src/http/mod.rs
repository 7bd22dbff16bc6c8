//! GraphQL over HTTP: one small handler over an [`async_graphql::Executor`].
//!
//! The road of a request: method, `Accept` and `Content-Type` ([`accept`]) → who calls ([`Session`]) → body within its
//! bound (`body`) → brackets and tokens counted before the parser sees them, the document parsed once and measured
//! ([`limits`]) → execution under a deadline, with panics caught (`run`) → status and media type (`reply`).
//! Subscriptions take the same road and end in [`sse`].
//!
//! **Invariants.** A mutation never runs by GET. Only `application/json` bodies are read, so that a plain form on
//! another site cannot send one. No resolver runs for a document over any limit. Every response names its operation in
//! `x-operation-id`. Nothing here reads a clock other than for waiting.
//!
//! `docs/formats/http.md` lists every status and code; `docs/adr/0004-graphql-over-http.md` says why.

pub mod accept;
mod body;
mod code;
mod document;
mod handler;
pub mod limits;
mod measure;
mod nulls;
mod reply;
mod run;
mod scan;
mod session;
pub mod sse;
mod variables;

pub use code::{Code, Refusal};
pub use handler::{GraphqlEndpoint, graphql_endpoint};
pub use limits::Limits;
pub use session::{OperationId, Session};
pub use sse::{StreamEndpoint, StreamSettings, graphql_stream_endpoint};

use poem::http::StatusCode;
use std::time::Duration;

/// The status of a response that carries `data` (even null) together with errors of execution.
///
/// The September 2026 edition of the specification recommends the unregistered 294 in §Status Codes and still shows 200
/// in its examples. Proxies and monitoring on government networks are known to rewrite unregistered codes, so we answer
/// 200, which the specification allows ("SHOULD"). Clients read `errors`, never the status.
pub const PARTIAL_STATUS: StatusCode = StatusCode::OK;

/// The status of a refused but well-formed request when the client accepts only `application/json`.
///
/// A client of that age takes any other status for a failure of the network and hides the message from the person.
/// Clients that accept `application/graphql-response+json` get the exact 4xx.
pub const LEGACY_REFUSAL_STATUS: StatusCode = StatusCode::OK;

/// What one endpoint accepts. The defaults are the published numbers of `docs/formats/http.md`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The largest request body. Unit: bytes. Default 1 MiB.
    pub body_bytes_max: usize,
    /// The longest query string of a GET. Unit: bytes. Default 16 KiB.
    pub url_query_bytes_max: usize,
    /// How many operations one JSON array may hold. Default 1: arrays are refused.
    pub batch_max: usize,
    /// How long the body may take to arrive. Default 20 s.
    pub read_timeout: Duration,
    /// How long one HTTP request may execute, batches included. Default 30 s.
    pub execute_timeout: Duration,
    /// What a document may contain.
    pub limits: Limits,
    /// How many parsed documents are remembered. Default 256.
    pub documents_cached_max: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            body_bytes_max: 1024 * 1024,
            url_query_bytes_max: 16 * 1024,
            batch_max: 1,
            read_timeout: Duration::from_secs(20),
            execute_timeout: Duration::from_secs(30),
            limits: Limits::default(),
            documents_cached_max: 256,
        }
    }
}
