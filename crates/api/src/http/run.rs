//! Executes operations: under a deadline, with panics caught, and with what failed inside kept inside.

use super::body::Wire;
use super::document::{Documents, Prepared};
use super::{Code, OperationId, Refusal, Session, nulls};
use async_graphql::{Executor, Request, Response, ServerError};
use async_graphql_parser::types::Selection;
use async_graphql_value::Value;
use futures_util::FutureExt;
use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

/// What came of one operation.
pub(super) enum Outcome {
    /// Nothing was executed.
    Refused(Refusal),
    /// Refused by the schema: parsed and within limits, but not valid.
    Invalid(Vec<ServerError>),
    /// Executed, perhaps with errors.
    Executed(Response),
}

/// A request ready for the executor.
pub(super) fn request<S: Session>(
    wire: Wire,
    prepared: Prepared,
    session: &S,
    principal: &S::Principal,
    operation: &OperationId,
) -> Request {
    let mut request = Request::new(wire.query).variables(wire.variables).data(operation.clone());
    request.operation_name = wire.operation_name;
    request.set_parsed_query(prepared.document);
    session.attach(principal, operation, request)
}

/// Parses, checks and measures one request.
pub(super) fn prepare(documents: &Documents, wire: &Wire) -> Result<Prepared, Refusal> {
    documents.prepare(&wire.query, wire.operation_name.as_deref(), &wire.variables)
}

/// Executes one request within `left`.
///
/// A deadline or a panic does not say how far the operation came: whoever sent a mutation asks again with the same
/// idempotency key.
pub(super) async fn execute<E: Executor>(
    executor: &E,
    mut request: Request,
    left: Duration,
    operation: &OperationId,
) -> Outcome {
    let given = Given::of(&mut request);
    let running = AssertUnwindSafe(executor.execute(request)).catch_unwind();
    match tokio::time::timeout(left, running).await {
        Ok(Ok(mut response)) => {
            response.errors.iter_mut().for_each(|error| given.name_member(error));
            sort(response, operation)
        }
        Ok(Err(panic)) => Outcome::Executed(panicked(&*panic, operation)),
        Err(_) => {
            let allowed_ms = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
            tracing::warn!(operation_id = %operation.0, allowed_ms, "a GraphQL operation was stopped at its deadline");
            let refusal = Refusal::new(
                Code::Timeout,
                "Execution took longer than allowed and was stopped. If this was a mutation, its outcome is unknown: \
                 send it again with the same idempotency key.",
            );
            Outcome::Executed(failed(&refusal, operation))
        }
    }
}

/// The texts and numbers given with a request, each with the member that it stands in: what a scalar could not read does not
/// say where it stood.
struct Given(Vec<(String, String)>);

impl Given {
    fn of(request: &mut Request) -> Self {
        let mut given = Vec::new();
        for (name, value) in request.variables.iter() {
            leaves(name, &value.clone().into(), &mut given);
        }
        let Ok(document) = request.parsed_query() else { return Self(given) };
        for (_, operation) in document.operations.iter() {
            for selection in &operation.node.selection_set.node.items {
                let Selection::Field(field) = &selection.node else { continue };
                for (name, value) in &field.node.arguments {
                    leaves(&name.node, &value.node, &mut given);
                }
            }
        }
        Self(given)
    }

    /// Names the member of a value that could not be read, where only one holds what the message quotes.
    fn name_member(&self, error: &mut ServerError) {
        if !error.message.starts_with("Failed to parse \"") {
            return;
        }
        let quoted = |text: &&(String, String)| error.message.contains(&text.1);
        let Some(longest) = self.0.iter().filter(quoted).map(|(_, text)| text.len()).max() else { return };
        let mut members =
            self.0.iter().filter(|given| quoted(given) && given.1.len() == longest).map(|(member, _)| member);
        if let (Some(member), None) = (members.next().cloned(), members.next()) {
            error.message = format!("{} The member is {member}.", error.message);
            error.extensions.get_or_insert_default().set("member", member);
        }
    }
}

fn leaves(at: &str, value: &Value, given: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) if !text.is_empty() => given.push((at.to_owned(), text.clone())),
        Value::Number(number) => given.push((at.to_owned(), number.to_string())),
        Value::Enum(name) => given.push((at.to_owned(), name.to_string())),
        Value::List(list) => {
            list.iter().enumerate().for_each(|(i, value)| leaves(&format!("{at}.{i}"), value, given));
        }
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| leaves(&format!("{at}.{name}"), value, given));
        }
        _ => {}
    }
}

/// The answer when a resolver panicked. What it said goes to the log only.
pub(super) fn panicked(panic: &(dyn Any + Send), operation: &OperationId) -> Response {
    let said = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(operation_id = %operation.0, panic = said.unwrap_or("no message"), "a GraphQL operation panicked");
    failed(&unexpected(), operation)
}

fn unexpected() -> Refusal {
    Refusal::new(Code::Internal, "Something unexpected failed on our side. Quote the operation id when you report it.")
}

fn failed(refusal: &Refusal, operation: &OperationId) -> Response {
    let mut error = refusal.to_error();
    name_operation(&mut error, operation);
    Response::from_errors(vec![error])
}

/// Tells errors of the request from errors of execution, and gives every error a code.
///
/// async-graphql marks neither: it leaves `path` empty on errors found before execution, and sets it on those found
/// during it.
pub(super) fn sort(mut response: Response, operation: &OperationId) -> Outcome {
    let nothing_ran = response.data == async_graphql::Value::Null && !response.errors.is_empty();
    if nothing_ran && response.errors.iter().all(|error| error.path.is_empty()) {
        for error in &mut response.errors {
            if code_of(error).is_none() {
                error.extensions.get_or_insert_default().set("code", Code::ValidationFailed.as_str());
            }
        }
        return Outcome::Invalid(response.errors);
    }
    nulls::put_nulls(&mut response.data, &response.errors);
    for error in &mut response.errors {
        if code_of(error).is_none() {
            classify(error, operation);
        }
    }
    Outcome::Executed(response)
}

fn code_of(error: &ServerError) -> Option<&async_graphql::Value> {
    error.extensions.as_ref()?.get("code")
}

/// An error of execution without a code is either a scalar that could not read its argument, whose message is ours and
/// helps, or an unforeseen failure, whose message may hold anything and is replaced.
fn classify(error: &mut ServerError, operation: &OperationId) {
    if error.message.starts_with("Failed to parse \"") {
        error.extensions.get_or_insert_default().set("code", Code::BadInput.as_str());
        return;
    }
    tracing::error!(operation_id = %operation.0, path = ?error.path, error = %error.message, "a resolver failed unexpectedly");
    let shown = unexpected().to_error();
    *error =
        ServerError { locations: std::mem::take(&mut error.locations), path: std::mem::take(&mut error.path), ..shown };
    name_operation(error, operation);
}

fn name_operation(error: &mut ServerError, operation: &OperationId) {
    error.extensions.get_or_insert_default().set("operationId", operation.0.as_str());
}
