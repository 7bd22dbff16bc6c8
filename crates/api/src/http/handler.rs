//! The endpoint for queries and mutations.

use super::accept::{self, Media};
use super::body::{self, Wire, Wires};
use super::document::Documents;
use super::run::{self, Outcome};
use super::{Code, OperationId, Refusal, Session, Settings, reply};
use crate::schema::Lang;
use async_graphql::Executor;
use async_graphql_parser::types::OperationType;
use poem::http::{HeaderMap, Method, header};
use poem::{Endpoint, Request, Response};
use tokio::time::Instant;

/// Serves queries and mutations of one schema. Made by [`graphql_endpoint`].
pub struct GraphqlEndpoint<E, S> {
    executor: E,
    session: S,
    settings: Settings,
    documents: Documents,
}

/// An endpoint for queries and mutations over `executor`, usually an `async_graphql::Schema`.
///
/// It answers every method itself, so mount it for all of them: `Route::new().at("/graphql", graphql_endpoint(…))`.
pub fn graphql_endpoint<E: Executor, S: Session>(executor: E, session: S, settings: Settings) -> GraphqlEndpoint<E, S> {
    let documents = Documents::new(settings.limits.clone(), settings.documents_cached_max);
    GraphqlEndpoint { executor, session, settings, documents }
}

impl<E: Executor, S: Session> Endpoint for GraphqlEndpoint<E, S> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let operation = self.session.operation_id();
        let media = accept::negotiate(joined(request.headers(), header::ACCEPT).as_deref());
        let lang = self.session.language(request.headers());
        let answered = self.answer(request, media, lang, &operation).await;
        Ok(answered.unwrap_or_else(|refusal| reply::refused(&refusal, media.unwrap_or(Media::Json), lang, &operation)))
    }
}

impl<E: Executor, S: Session> GraphqlEndpoint<E, S> {
    async fn answer(
        &self,
        request: Request,
        media: Option<Media>,
        lang: Lang,
        operation: &OperationId,
    ) -> Result<Response, Refusal> {
        let is_get = check_method(&request)?;
        let media = media.ok_or_else(|| {
            let message = "Expected Accept to allow application/graphql-response+json or application/json.";
            Refusal::new(Code::NotAcceptable, message)
        })?;
        let (wires, principal) = read(request, &self.session, &self.settings, operation).await?;
        let ends = Instant::now() + self.settings.execute_timeout;
        match wires {
            Wires::One(wire) => {
                let outcome =
                    self.one(wire, &principal, operation, ends, &mut self.documents.cost_max(), is_get).await?;
                Ok(reply::one(outcome, media, is_get, lang, operation))
            }
            Wires::Batch(wires) => {
                // One after another, as mutations of one caller may build on each other; one budget of cost and time.
                let mut budget = self.documents.cost_max();
                let mut outcomes = Vec::with_capacity(wires.len());
                for wire in wires {
                    outcomes.push(self.one(wire, &principal, operation, ends, &mut budget, is_get).await?);
                }
                Ok(reply::batch(outcomes, media, lang, operation))
            }
        }
    }

    /// Errs only when the HTTP request as a whole is wrong.
    async fn one(
        &self,
        wire: Wire,
        principal: &S::Principal,
        operation: &OperationId,
        ends: Instant,
        budget: &mut u64,
        is_get: bool,
    ) -> Result<Outcome, Refusal> {
        let prepared = match run::prepare(&self.documents, &wire) {
            Ok(prepared) => prepared,
            Err(refusal) => return Ok(Outcome::Refused(refusal)),
        };
        match prepared.operation_type {
            OperationType::Query => {}
            OperationType::Mutation | OperationType::Subscription if is_get => {
                let message = "Expected POST: GET is for queries only.";
                return Err(Refusal::new(Code::MethodNotAllowed, message).allow("POST"));
            }
            OperationType::Mutation => {}
            OperationType::Subscription => {
                let message = "Expected a query or a mutation. Subscriptions are served at the stream address.";
                return Ok(Outcome::Refused(Refusal::new(Code::WrongEndpoint, message)));
            }
        }
        if prepared.cost > *budget {
            let given = self.documents.cost_max().saturating_sub(*budget).saturating_add(prepared.cost);
            let refusal =
                Refusal::over(Code::CostExceeded, "values by cost in a batch", given, self.documents.cost_max());
            return Ok(Outcome::Refused(refusal));
        }
        *budget -= prepared.cost;
        let request = run::request(wire, prepared, &self.session, principal, operation);
        let left = ends.saturating_duration_since(Instant::now());
        Ok(run::execute(&self.executor, request, left, operation).await)
    }
}

/// Whether it is a GET; anything but GET and POST is refused.
pub(super) fn check_method(request: &Request) -> Result<bool, Refusal> {
    match *request.method() {
        Method::GET => Ok(true),
        Method::POST => Ok(false),
        _ => Err(Refusal::new(Code::MethodNotAllowed, "Expected GET or POST.").allow("GET, POST")),
    }
}

/// Checks the content type, finds out who calls, and only then reads the body.
pub(super) async fn read<S: Session>(
    request: Request,
    session: &S,
    settings: &Settings,
    operation: &OperationId,
) -> Result<(Wires, S::Principal), Refusal> {
    check_content_type(&request)?;
    let from_url = match *request.method() {
        Method::GET => Some(body::from_url(&request, settings)?),
        _ => None,
    };
    let (head, body) = request.into_parts();
    let principal = session.identify(&head, operation).await?;
    let wires = match from_url {
        Some(wire) => Wires::One(wire),
        None => {
            let reading = body::from_body(&head.headers, body, settings);
            tokio::time::timeout(settings.read_timeout, reading)
                .await
                .map_err(|_| Refusal::new(Code::RequestTimeout, "The body did not arrive in time."))??
        }
    };
    Ok((wires, principal))
}

/// A GET has no body, so any content type it names must be one that a foreign page cannot send without asking first.
fn check_content_type(request: &Request) -> Result<(), Refusal> {
    let wrong = || {
        Refusal::new(
            Code::UnsupportedMediaType,
            "Expected Content-Type: application/json, in UTF-8 and not compressed.",
        )
    };
    let headers = request.headers();
    let encoded = headers.get(header::CONTENT_ENCODING).is_some_and(|value| value != "identity");
    match joined(headers, header::CONTENT_TYPE) {
        _ if encoded => Err(wrong()),
        Some(given) if accept::is_json(&given) => Ok(()),
        None if *request.method() == Method::GET => Ok(()),
        Some(_) | None => Err(wrong()),
    }
}

/// The values of a header as one list; repeated headers mean the same as one with commas. Bytes that are not visible
/// ASCII make the value unknown rather than absent.
pub(super) fn joined(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    let values: Vec<_> = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?")).collect();
    (!values.is_empty()).then(|| values.join(", "))
}
