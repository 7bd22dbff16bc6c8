//! What surrounds every request: an operation id, one line in the access log, and headers that keep browsers safe.

use std::sync::Arc;

use dingce_api::http::OperationId;
use poem::http::{HeaderName, HeaderValue, StatusCode, header};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response};
use tokio::time::Instant;

use super::answer;
use super::session::operation_id;
use crate::assemble::Assembled;
use crate::schema;

const OPERATION: &str = "x-operation-id";

/// Headers of every answer that does not say otherwise itself.
///
/// No `Strict-Transport-Security`: the server speaks HTTP behind a proxy, and the proxy that ends TLS knows the name.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Surrounds an endpoint.
pub(super) struct Around {
    assembled: Arc<Assembled>,
}

impl Around {
    pub fn new(assembled: Arc<Assembled>) -> Self {
        Self { assembled }
    }
}

impl<E: Endpoint> Middleware<E> for Around {
    type Output = Surrounded<E>;

    fn transform(&self, inner: E) -> Surrounded<E> {
        Surrounded { inner, assembled: Arc::clone(&self.assembled) }
    }
}

/// An endpoint with what surrounds it.
pub(super) struct Surrounded<E> {
    inner: E,
    assembled: Arc<Assembled>,
}

impl<E: Endpoint> Endpoint for Surrounded<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let began = Instant::now();
        let drawn = operation_id(&self.assembled);
        request.set_data(drawn.clone());
        let method = request.method().clone();
        // The path without its query: a GraphQL query by GET would stand in it.
        let path = request.uri().path().to_owned();
        let lang = schema::lang(request.headers());
        let mut response = match self.inner.call(request).await {
            Ok(response) => response.into_response(),
            Err(error) => {
                let mut response = answer::unrouted(&error, lang, &drawn);
                if response.status() == StatusCode::METHOD_NOT_ALLOWED {
                    // Documents are put at one address, and got from below it; all else of the router is got.
                    let allowed = if path == "/files" { "PUT" } else { "GET" };
                    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
                }
                response
            }
        };
        let headers = response.headers_mut();
        for (name, value) in &HEADERS {
            if !headers.contains_key(name) {
                headers.insert(name, HeaderValue::from_static(value));
            }
        }
        // GraphQL draws its own id, which its log lines have; everything else takes the one drawn here.
        let operation = match headers.get(OPERATION).and_then(|v| v.to_str().ok()) {
            Some(own) => OperationId(own.to_owned()),
            None => {
                if let Ok(value) = HeaderValue::from_str(&drawn.0) {
                    headers.insert(OPERATION, value);
                }
                drawn
            }
        };
        log(&operation, method.as_str(), &path, response.status(), began);
        Ok(response)
    }
}

fn log(operation: &OperationId, method: &str, path: &str, status: StatusCode, began: Instant) {
    let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    // A probe every few seconds would bury everything else.
    if path == "/healthz" || path == "/readyz" {
        tracing::debug!(operation_id = operation.0, method, path, status = status.as_u16(), milliseconds, "request");
    } else {
        tracing::info!(operation_id = operation.0, method, path, status = status.as_u16(), milliseconds, "request");
    }
}
