//! What the caller of this module supplies: who is calling, and what each operation carries to the resolvers.

use super::Refusal;
use crate::schema::Lang;
use async_trait::async_trait;
use poem::RequestParts;

/// The id under which one HTTP request is logged and answered. It is in the request data of every operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OperationId(pub String);

/// Binds an endpoint to the rest of the product. One value serves all requests of an endpoint.
#[async_trait]
pub trait Session: Send + Sync + 'static {
    /// Who is calling, once for the HTTP request.
    type Principal: Send + Sync;

    /// The language in which the caller is told what is refused, from the head of the request.
    fn language(&self, headers: &poem::http::HeaderMap) -> Lang {
        let _ = headers;
        Lang::En
    }

    /// Draws an id for one HTTP request. It becomes a header value: visible ASCII only, else it is not sent.
    fn operation_id(&self) -> OperationId;

    /// Finds out who is calling from the head of the request, before its body is read.
    ///
    /// An endpoint for anonymous callers returns an anonymous principal. Where a cookie proves identity, check
    /// `Origin` here: this module only guarantees that bodies are `application/json`.
    ///
    /// # Errors
    ///
    /// A refusal, usually `NOT_AUTHENTICATED`, `FORBIDDEN`, `RATE_LIMITED` or `UNAVAILABLE`.
    async fn identify(&self, head: &RequestParts, operation: &OperationId) -> Result<Self::Principal, Refusal>;

    /// Adds to one GraphQL request what resolvers need: the principal, data loaders, the view of introspection.
    /// [`OperationId`] is already there. Called once per operation of a batch.
    fn attach(
        &self,
        principal: &Self::Principal,
        operation: &OperationId,
        request: async_graphql::Request,
    ) -> async_graphql::Request;

    /// How long a stream of this principal may stay open; `None` leaves it to the settings. A principal proven by a
    /// token returns what is left of it, so that a stream does not outlive the proof.
    fn stream_lasts(&self, principal: &Self::Principal) -> Option<std::time::Duration> {
        let _ = principal;
        None
    }
}
