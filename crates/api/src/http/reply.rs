//! From an outcome to an HTTP response.

use super::accept::Media;
use super::run::Outcome;
use super::{Code, LEGACY_REFUSAL_STATUS, OperationId, PARTIAL_STATUS, Refusal};
use async_graphql::{ServerError, Value};
use poem::Response;
use poem::http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use std::collections::BTreeMap;

/// One GraphQL response. `data` is absent when nothing was executed, as the specification demands, and null when
/// execution came to nothing.
#[derive(Serialize)]
pub(super) struct Shown<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: &'a BTreeMap<String, Value>,
}

static NO_EXTENSIONS: BTreeMap<String, Value> = BTreeMap::new();

impl Outcome {
    /// The refusal as an error under `errors`, so that every outcome can be shown.
    pub(super) fn settled(self) -> Self {
        match self {
            Self::Refused(refusal) => Self::Invalid(vec![refusal.to_error()]),
            other => other,
        }
    }

    /// As JSON. Call [`Outcome::settled`] first: a bare refusal shows nothing.
    pub(super) fn shown(&self) -> Shown<'_> {
        match self {
            Self::Refused(_) => Shown { data: None, errors: &[], extensions: &NO_EXTENSIONS },
            Self::Invalid(errors) => Shown { data: None, errors, extensions: &NO_EXTENSIONS },
            Self::Executed(response) => {
                Shown { data: Some(&response.data), errors: &response.errors, extensions: &response.extensions }
            }
        }
    }

    fn status(&self, media: Media) -> StatusCode {
        match (self, media) {
            (Self::Refused(refusal), media) => status(refusal.code, media),
            (Self::Invalid(_), media) => status(Code::ValidationFailed, media),
            (Self::Executed(response), _) if response.errors.is_empty() => StatusCode::OK,
            (Self::Executed(_), _) => PARTIAL_STATUS,
        }
    }
}

fn status(code: Code, media: Media) -> StatusCode {
    match media {
        Media::Json if code.is_about_the_document() => LEGACY_REFUSAL_STATUS,
        Media::Json | Media::GraphqlResponse => code.status(),
    }
}

/// The answer to one operation.
pub(super) fn one(outcome: Outcome, media: Media, is_get: bool, operation: &OperationId) -> Response {
    let status = outcome.status(media);
    // Only a complete answer to a GET may be kept by a cache, and only if its fields say for how long.
    let cache = match &outcome {
        Outcome::Executed(response) if is_get && response.errors.is_empty() && response.cache_control.max_age > 0 => {
            response.cache_control.value()
        }
        _ => None,
    };
    let headers = match &outcome {
        Outcome::Executed(response) => response.http_headers.clone(),
        Outcome::Refused(_) | Outcome::Invalid(_) => poem::http::HeaderMap::new(),
    };
    let outcome = outcome.settled();
    let mut response = json(status, media, &outcome.shown(), operation);
    for (name, value) in &headers {
        response.headers_mut().append(name, value.clone());
    }
    if let Some(cache) = cache.and_then(|text| HeaderValue::from_str(&text).ok()) {
        response.headers_mut().insert(header::CACHE_CONTROL, cache);
    }
    response
}

/// The answer to a batch: always 200, as its parts fare differently.
pub(super) fn batch(outcomes: Vec<Outcome>, media: Media, operation: &OperationId) -> Response {
    let outcomes: Vec<_> = outcomes.into_iter().map(Outcome::settled).collect();
    let shown: Vec<_> = outcomes.iter().map(Outcome::shown).collect();
    json(StatusCode::OK, media, &shown, operation)
}

/// The answer to an HTTP request refused as a whole.
pub(super) fn refused(refusal: &Refusal, media: Media, operation: &OperationId) -> Response {
    let error = [refusal.to_error()];
    let shown = Shown { data: None, errors: &error, extensions: &NO_EXTENSIONS };
    let mut response = json(status(refusal.code, media), media, &shown, operation);
    let headers = response.headers_mut();
    if let Some(methods) = refusal.allow {
        headers.insert(header::ALLOW, HeaderValue::from_static(methods));
    }
    if let Some(seconds) = refusal.retry_after_s {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if refusal.code == Code::NotAuthenticated {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"dingce\""));
    }
    response
}

fn json(status: StatusCode, media: Media, shown: &impl Serialize, operation: &OperationId) -> Response {
    let (status, body) = match serde_json::to_vec(shown) {
        Ok(body) => (status, body),
        Err(error) => {
            tracing::error!(operation_id = %operation.0, %error, "a GraphQL response could not be written as JSON");
            (StatusCode::INTERNAL_SERVER_ERROR, Vec::new())
        }
    };
    let mut response = Response::builder().status(status).content_type(media.content_type()).body(body);
    stamp(&mut response, operation);
    response
}

/// What every response carries.
pub(super) fn stamp(response: &mut Response, operation: &OperationId) {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept, authorization, cookie"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(id) = HeaderValue::from_str(&operation.0) {
        headers.insert("x-operation-id", id);
    }
}
