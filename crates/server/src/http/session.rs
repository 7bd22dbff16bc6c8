//! Who is calling, for every address alike.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use dingce_api::Lang;
use dingce_api::auth::bearer;
use dingce_api::http::{Code, OperationId, Refusal, Session};
use dingce_app::Principal;
use poem::RequestParts;
use poem::http::HeaderMap;

use crate::assemble::Assembled;
use crate::schema;
use crate::tokens;

/// A caller whose token was verified.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// Who, and in which post.
    pub principal: Principal,
    /// In which language they read.
    pub lang: Lang,
    /// When their token ends. Unit: seconds since 1970.
    pub expires_at: i64,
}

/// Verifies the token in these headers.
pub(super) async fn caller(assembled: &Assembled, headers: &HeaderMap) -> Result<Caller, Refusal> {
    let verified = assembled.verifier.verify(bearer(headers)?).await?;
    let principal = tokens::principal(&verified).map_err(|claim| {
        let message = format!("Expected the claim {claim} to be an id of this deployment, but it is another text.");
        Refusal::new(Code::NotAuthenticated, message)
    })?;
    Ok(Caller { principal, lang: schema::lang(headers), expires_at: verified.expires_at })
}

/// A fresh operation id.
pub(super) fn operation_id(assembled: &Assembled) -> OperationId {
    OperationId(format!("op_{}", assembled.chance.id(assembled.clock.now()).simple()))
}

/// Sessions of the console.
pub(super) struct OfficialSession {
    assembled: Arc<Assembled>,
}

impl OfficialSession {
    pub fn new(assembled: Arc<Assembled>) -> Self {
        Self { assembled }
    }
}

#[async_trait]
impl Session for OfficialSession {
    type Principal = Caller;

    fn language(&self, headers: &HeaderMap) -> Lang {
        schema::lang(headers)
    }

    fn operation_id(&self) -> OperationId {
        operation_id(&self.assembled)
    }

    async fn identify(&self, head: &RequestParts, _: &OperationId) -> Result<Caller, Refusal> {
        caller(&self.assembled, &head.headers).await
    }

    fn attach(&self, caller: &Caller, _: &OperationId, request: async_graphql::Request) -> async_graphql::Request {
        schema::attach_official(caller, request)
    }

    fn stream_lasts(&self, caller: &Caller) -> Option<Duration> {
        let left = caller.expires_at.saturating_sub(self.assembled.clock.now().as_second());
        Some(Duration::from_secs(u64::try_from(left).unwrap_or_default()))
    }
}

/// Sessions of the public: nobody says who they are.
pub(super) struct PublicSession {
    assembled: Arc<Assembled>,
}

impl PublicSession {
    pub fn new(assembled: Arc<Assembled>) -> Self {
        Self { assembled }
    }
}

#[async_trait]
impl Session for PublicSession {
    type Principal = Lang;

    fn language(&self, headers: &HeaderMap) -> Lang {
        schema::lang(headers)
    }

    fn operation_id(&self) -> OperationId {
        operation_id(&self.assembled)
    }

    async fn identify(&self, head: &RequestParts, _: &OperationId) -> Result<Lang, Refusal> {
        Ok(schema::lang(&head.headers))
    }

    fn attach(&self, lang: &Lang, _: &OperationId, request: async_graphql::Request) -> async_graphql::Request {
        schema::attach_public(*lang, request)
    }
}
