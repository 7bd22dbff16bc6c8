//! Reads the GraphQL requests out of an HTTP request. Never holds more than the limit of a body in memory.

use super::{Code, Refusal, Settings};
use async_graphql::Variables;
use futures_util::StreamExt;
use poem::http::{HeaderMap, header};
use poem::{Body, Request};
use serde_json::{Map, Value};
use std::pin::pin;

/// One well-formed GraphQL request, its document not yet looked at.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) query: String,
    pub(super) operation_name: Option<String>,
    pub(super) variables: Variables,
}

/// What the HTTP request holds.
#[derive(Debug)]
pub(super) enum Wires {
    One(Wire),
    /// A JSON array: the answer is one too.
    Batch(Vec<Wire>),
}

/// Reads the parameters of a GET from its query string.
pub(super) fn from_url(request: &Request, settings: &Settings) -> Result<Wire, Refusal> {
    let length = request.uri().query().map_or(0, str::len);
    if length > settings.url_query_bytes_max {
        let (given, allowed) = (length as u64, settings.url_query_bytes_max as u64);
        return Err(Refusal::over(Code::UrlTooLong, "bytes of query string", given, allowed));
    }
    let pairs: Vec<(String, String)> = request
        .params()
        .map_err(|_| Refusal::new(Code::BadRequest, "Expected form-encoded parameters in the query string."))?;
    let mut object = Map::new();
    for (name, text) in pairs {
        let value = match name.as_str() {
            "query" => Value::String(text),
            // An empty text stands for an absent one; `operationName=null` names an operation called null.
            "operationName" | "variables" | "extensions" if text.is_empty() => Value::Null,
            "operationName" => Value::String(text),
            "variables" | "extensions" => serde_json::from_str(&text)
                .map_err(|_| Refusal::new(Code::BadJson, format!("Expected JSON in the parameter {name}.")))?,
            _ => continue,
        };
        if object.insert(name.clone(), value).is_some() {
            return Err(Refusal::new(Code::BadRequest, format!("Expected the parameter {name} once.")));
        }
    }
    wire(Value::Object(object))
}

/// Reads the body of a POST. The caller bounds the time.
pub(super) async fn from_body(headers: &HeaderMap, body: Body, settings: &Settings) -> Result<Wires, Refusal> {
    let limit = settings.body_bytes_max;
    let too_large = |given: u64| Refusal::over(Code::BodyTooLarge, "bytes of body", given, limit as u64);
    // An honest length is refused before anything is read.
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if let Some(given) = declared.filter(|given| *given > limit as u64) {
        return Err(too_large(given));
    }
    let mut bytes = Vec::new();
    let mut chunks = pin!(body.into_bytes_stream());
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Refusal::new(Code::BadRequest, "The body ended before it was complete."))?;
        if bytes.len() + chunk.len() > limit {
            return Err(too_large((bytes.len() + chunk.len()) as u64));
        }
        bytes.extend_from_slice(&chunk);
    }
    let json: Value = serde_json::from_slice(&bytes)
        .map_err(|error| Refusal::new(Code::BadJson, format!("Expected a body of JSON, but {error}.")))?;
    match json {
        Value::Array(items) => batch(items, settings.batch_max).map(Wires::Batch),
        json => wire(json).map(Wires::One),
    }
}

fn batch(items: Vec<Value>, allowed: usize) -> Result<Vec<Wire>, Refusal> {
    if allowed <= 1 {
        return Err(Refusal::new(Code::BatchRefused, "Expected one GraphQL request: this endpoint takes no batches."));
    }
    if items.len() > allowed {
        return Err(Refusal::over(Code::BatchRefused, "requests in a batch", items.len() as u64, allowed as u64));
    }
    if items.is_empty() {
        return Err(Refusal::new(Code::BatchRefused, "Expected a request in the batch, but it is empty."));
    }
    items.into_iter().map(wire).collect()
}

/// A JSON object as a request. Properties we do not know are ignored, as is the content of `extensions`.
fn wire(json: Value) -> Result<Wire, Refusal> {
    let wrong = |what: &str| Refusal::new(Code::BadRequest, what);
    let Value::Object(mut object) = json else {
        return Err(wrong(
            "Expected a JSON object with query, and optionally operationName, variables and extensions.",
        ));
    };
    let Some(Value::String(query)) = object.remove("query") else {
        return Err(wrong("Expected query to be a string."));
    };
    let operation_name = match object.remove("operationName") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name).filter(|name| !name.is_empty()),
        Some(_) => return Err(wrong("Expected operationName to be a string.")),
    };
    let variables = match object.remove("variables") {
        None | Some(Value::Null) => Variables::default(),
        Some(variables @ Value::Object(_)) => Variables::from_json(variables),
        Some(_) => return Err(wrong("Expected variables to be an object.")),
    };
    match object.remove("extensions") {
        None | Some(Value::Null | Value::Object(_)) => Ok(Wire { query, operation_name, variables }),
        Some(_) => Err(wrong("Expected extensions to be an object.")),
    }
}
