//! From an outcome to an HTTP response.

use super::accept::Media;
use super::run::Outcome;
use dingce_app::language::Language;

use super::{Code, LEGACY_REFUSAL_STATUS, OperationId, PARTIAL_STATUS, Refusal};
use crate::schema::Lang;
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
    /// The refusal as an error under `errors`, so that every outcome can be shown, in the language of the caller.
    pub(super) fn settled(self, lang: Lang) -> Self {
        let mut settled = match self {
            Self::Refused(refusal) => Self::Invalid(vec![refusal.to_error()]),
            other => other,
        };
        let errors = match &mut settled {
            Self::Invalid(errors) => errors,
            Self::Executed(response) => &mut response.errors,
            Self::Refused(_) => return settled,
        };
        errors.iter_mut().for_each(|error| translate(error, lang));
        settled
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

/// Puts an English message in the language of the caller, where the code has a sentence in it. What the English one said
/// besides is kept in the extension `detail`.
fn translate(error: &mut ServerError, lang: Lang) {
    let text = |name: &str| match error.extensions.as_ref()?.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    // Whatever was told in the caller's language already is no plain English.
    if lang == Lang::En || !error.message.is_ascii() {
        return;
    }
    let Some(code) = text("code") else { return };
    let (given, needed, path) = (text("given"), text("allowed"), text("member"));
    let slot = |name: &str| match name {
        "given" => given.clone(),
        "needed" => needed.clone(),
        "path" => path.clone(),
        _ => None,
    };
    let Some(told) = Language::shipped().tell_code_with(&code, &slot) else { return };
    let detail = std::mem::replace(&mut error.message, lang.of(told.message));
    if detail != error.message {
        error.extensions.get_or_insert_default().set("detail", detail);
    }
}

fn status(code: Code, media: Media) -> StatusCode {
    match media {
        Media::Json if code.is_about_the_document() => LEGACY_REFUSAL_STATUS,
        Media::Json | Media::GraphqlResponse => code.status(),
    }
}

/// The answer to one operation.
pub(super) fn one(outcome: Outcome, media: Media, is_get: bool, lang: Lang, operation: &OperationId) -> Response {
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
    let outcome = outcome.settled(lang);
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
pub(super) fn batch(outcomes: Vec<Outcome>, media: Media, lang: Lang, operation: &OperationId) -> Response {
    let outcomes: Vec<_> = outcomes.into_iter().map(|outcome| outcome.settled(lang)).collect();
    let shown: Vec<_> = outcomes.iter().map(Outcome::shown).collect();
    json(StatusCode::OK, media, &shown, operation)
}

/// The answer to an HTTP request refused as a whole.
pub(super) fn refused(refusal: &Refusal, media: Media, lang: Lang, operation: &OperationId) -> Response {
    let mut error = [refusal.to_error()];
    error.iter_mut().for_each(|error| translate(error, lang));
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
    headers.insert(header::VARY, HeaderValue::from_static("accept, accept-language, authorization, cookie"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(id) = HeaderValue::from_str(&operation.0) {
        headers.insert("x-operation-id", id);
    }
}
