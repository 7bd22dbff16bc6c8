//! Refusals outside GraphQL: JSON `{code, message, remedy}` with the status that fits.

use dingce_api::Lang;
use dingce_api::http::{Code as TransportCode, OperationId, Refusal};
use dingce_app::AppError;
use dingce_app::language::{Language, Told};
use dingce_domain::code::Code;
use dingce_domain::rejection::Rejection;
use dingce_domain::words::Text;
use poem::Response;
use poem::http::{StatusCode, header};
use serde::Serialize;

#[derive(Serialize)]
struct Body<'a> {
    code: &'a str,
    message: &'a str,
    remedy: &'a str,
    operation: &'a str,
}

/// JSON with a status. Nothing of it may be kept by a cache.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    let body = serde_json::to_vec(value).unwrap_or_default();
    Response::builder()
        .status(status)
        .content_type("application/json; charset=utf-8")
        .header(header::CACHE_CONTROL, "no-store")
        .body(body)
}

fn pick(lang: Lang, text: &Text) -> &str {
    match lang {
        Lang::Zh => &text.zh,
        Lang::En => &text.en,
    }
}

fn told(status: StatusCode, told: &Told, lang: Lang, operation: &OperationId) -> Response {
    let body = Body {
        code: &told.code,
        message: pick(lang, &told.message),
        remedy: pick(lang, &told.remedy),
        operation: &operation.0,
    };
    json(status, &body)
}

/// A refusal of the transport, e.g. of a token.
pub(super) fn refused(refusal: &Refusal, lang: Lang, operation: &OperationId) -> Response {
    let code = refusal.code.as_str();
    let words = Language::shipped().tell_code(code);
    let remedy = words.as_ref().map(|t| pick(lang, &t.remedy).to_owned()).unwrap_or_default();
    // What is told more exactly is told in English alone.
    let own = words.as_ref().filter(|_| lang == Lang::Zh).map(|t| t.message.zh.as_str());
    let message = own.unwrap_or(&refusal.message);
    let body = Body { code, message, remedy: &remedy, operation: &operation.0 };
    let mut response = json(refusal.code.status(), &body);
    if refusal.code == TransportCode::NotAuthenticated {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer realm=\"dingce\""));
    }
    if let Some(seconds) = refusal.retry_after_s {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    }
    response
}

/// A refusal of the application. Unexpected failures are logged here, once, and show nothing internal.
pub(super) fn failed(error: &AppError, lang: Lang, operation: &OperationId) -> Response {
    let language = Language::shipped();
    let code = match error {
        AppError::Rejected(rejection) => {
            return told(status(rejection), &language.tell(rejection, None), lang, operation);
        }
        AppError::Overloaded => {
            tracing::warn!(operation_id = operation.0, "refused: too many writes are waiting");
            return unexpected(StatusCode::SERVICE_UNAVAILABLE, "OVERLOADED", lang, operation);
        }
        AppError::Unavailable(source) => {
            let source: &dyn std::error::Error = source;
            tracing::error!(operation_id = operation.0, error = source, "the store is unavailable");
            "UNAVAILABLE"
        }
        AppError::Corrupt { .. } | AppError::Internal { .. } => {
            let source: &dyn std::error::Error = error;
            tracing::error!(operation_id = operation.0, error = source, "an operation failed unexpectedly");
            return unexpected(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", lang, operation);
        }
    };
    unexpected(StatusCode::SERVICE_UNAVAILABLE, code, lang, operation)
}

/// What the router answers: no such address, or not by this method. In the form of every other refusal.
pub(super) fn unrouted(error: &poem::Error, lang: Lang, operation: &OperationId) -> Response {
    match error.status() {
        StatusCode::METHOD_NOT_ALLOWED => {
            unexpected(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", lang, operation)
        }
        StatusCode::NOT_FOUND => {
            let rejection = Rejection::new(Code::NotFound);
            told(StatusCode::NOT_FOUND, &Language::shipped().tell(&rejection, None), lang, operation)
        }
        _ => {
            tracing::error!(operation_id = operation.0, %error, "a request failed outside every operation");
            unexpected(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", lang, operation)
        }
    }
}

fn unexpected(status: StatusCode, code: &str, lang: Lang, operation: &OperationId) -> Response {
    let mut response = match Language::shipped().tell_code(code) {
        Some(words) => told(status, &words, lang, operation),
        None => json(status, &Body { code, message: code, remedy: "", operation: &operation.0 }),
    };
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(5));
    }
    response
}

fn status(rejection: &Rejection) -> StatusCode {
    match rejection.code {
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::Forbidden => StatusCode::FORBIDDEN,
        // Only a document over the limit is refused without looking at what arrived.
        Code::UploadNotAcceptable if rejection.given.is_none() => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}
