//! Erasure of what the public gave of themselves.

use async_graphql::{Context, ID, InputObject, Object, Result};
use dingce_app::use_cases::ErasureTarget;
use dingce_domain::code::Code;
use dingce_domain::erasure::{EndErasure, ErasureGround, ErasurePart, RequestErasure};
use dingce_domain::id::ErasureId;
use dingce_domain::occasion::Manner;
use dingce_domain::rejection::Rejection;

use super::perform::asked;
use crate::convert::{Given, Word};
use crate::schema::errors::UserError;
use crate::schema::payload::{ErasurePayload, told};
use crate::schema::scope::Scope;

/// Ask that something of a body of the public be erased. Exactly one of `comment`, `application`, `proposal` and `event` names it.
#[derive(Debug, Clone, InputObject)]
pub struct RequestErasureInput {
    /// Id of a comment.
    pub comment: Option<ID>,
    /// An application to take part in a hearing.
    pub application: Option<ApplicationInput>,
    /// Id of a proposal.
    pub proposal: Option<ID>,
    /// Id of an event of the record. What an official did is not erased.
    pub event: Option<ID>,
    /// What of it, at least one part.
    pub parts: Vec<Word<ErasurePart>>,
    /// On which ground of PIPL art. 47.
    pub ground: Word<ErasureGround>,
    /// The rule, as people cite it, where the ground is `OTHER_LAW`; left out for every other ground. One line.
    pub basis: Option<String>,
    /// Why, 1 to 10,000 characters. It is kept: name nobody in it.
    pub reason: String,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// An application to take part in a hearing, by its code.
#[derive(Debug, Clone, InputObject)]
pub struct ApplicationInput {
    /// Id of the hearing.
    pub hearing: ID,
    /// Code of the application.
    pub code: String,
}

/// Approve an erasure.
#[derive(Debug, Clone, InputObject)]
pub struct ApproveErasureInput {
    /// Id of the entry of the register.
    pub erasure: ID,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// Refuse an erasure.
#[derive(Debug, Clone, InputObject)]
pub struct RefuseErasureInput {
    /// Id of the entry of the register.
    pub erasure: ID,
    /// Why, 1 to 10,000 characters. It is kept: name nobody in it.
    pub reason: String,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// Withdraw a request for an erasure.
#[derive(Debug, Clone, InputObject)]
pub struct WithdrawErasureInput {
    /// Id of the entry of the register.
    pub erasure: ID,
    /// Why, 1 to 10,000 characters. It is kept: name nobody in it.
    pub reason: String,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// What is to be erased: exactly one of the four.
fn target(
    comment: Option<ID>,
    application: Option<ApplicationInput>,
    proposal: Option<ID>,
    event: Option<ID>,
) -> std::result::Result<ErasureTarget, Rejection> {
    match (comment, application, proposal, event) {
        (Some(comment), None, None, None) => Ok(ErasureTarget::Comment(comment.given("comment")?)),
        (None, Some(ApplicationInput { hearing, code }), None, None) => {
            Ok(ErasureTarget::Application(hearing.given("hearing_id")?, code))
        }
        (None, None, Some(proposal), None) => Ok(ErasureTarget::Proposal(proposal.given("proposal")?)),
        (None, None, None, Some(event)) => Ok(ErasureTarget::Event(event.given("event")?)),
        _ => {
            Err(Rejection::new(Code::InputNotAcceptable).at("comment").needed("comment, application, proposal, event"))
        }
    }
}

/// Acts on the register of erasures.
#[derive(Debug, Clone, Copy, Default)]
pub struct ErasureActs;

#[Object]
impl ErasureActs {
    /// Ask that name and contact of somebody of the public be erased, or a text masked that is itself personal (PIPL art. 47). In
    /// person. Nothing is erased before somebody else approves.
    async fn request_erasure(&self, ctx: &Context<'_>, input: RequestErasureInput) -> Result<Option<ErasurePayload>> {
        let scope = Scope::of(ctx)?;
        let RequestErasureInput {
            comment,
            application,
            proposal,
            event,
            parts,
            ground,
            basis,
            reason,
            idempotency_key,
            client_mutation_id,
        } = input;
        let done = async {
            let target = target(comment, application, proposal, event)?;
            let parts = parts.into_iter().map(|part| part.0).collect();
            let given = RequestErasure { parts, ground: ground.0, basis: basis.unwrap_or_default(), reason };
            let key = idempotency_key.as_deref();
            let asked = asked(scope, "requestErasure", key, Manner::Online, &(&target, &given))?;
            scope.app.request_erasure(asked, target, given).await
        };
        let outcome = told(done.await, scope, |rejection| UserError::of(rejection, None, scope.lang))?;
        Ok(Some(ErasurePayload { client_mutation_id, outcome }))
    }

    /// Approve an erasure that somebody else asked for, in person. It is carried out at once and cannot be undone.
    async fn approve_erasure(&self, ctx: &Context<'_>, input: ApproveErasureInput) -> Result<Option<ErasurePayload>> {
        let scope = Scope::of(ctx)?;
        let ApproveErasureInput { erasure, idempotency_key, client_mutation_id } = input;
        let done = async {
            let id: ErasureId = erasure.given("erasure")?;
            let asked = asked(scope, "approveErasure", idempotency_key.as_deref(), Manner::Online, &id)?;
            scope.app.approve_erasure(asked, id).await
        };
        let outcome = told(done.await, scope, |rejection| UserError::of(rejection, None, scope.lang))?;
        Ok(Some(ErasurePayload { client_mutation_id, outcome }))
    }

    /// Refuse an erasure that somebody else asked for, in person.
    async fn refuse_erasure(&self, ctx: &Context<'_>, input: RefuseErasureInput) -> Result<Option<ErasurePayload>> {
        let scope = Scope::of(ctx)?;
        let RefuseErasureInput { erasure, reason, idempotency_key, client_mutation_id } = input;
        let done = async {
            let id: ErasureId = erasure.given("erasure")?;
            let given = EndErasure { reason };
            let key = idempotency_key.as_deref();
            let asked = asked(scope, "refuseErasure", key, Manner::Online, &(id, &given))?;
            scope.app.refuse_erasure(asked, id, given).await
        };
        let outcome = told(done.await, scope, |rejection| UserError::of(rejection, None, scope.lang))?;
        Ok(Some(ErasurePayload { client_mutation_id, outcome }))
    }

    /// Withdraw a request for an erasure before anybody approved it, in person.
    async fn withdraw_erasure(&self, ctx: &Context<'_>, input: WithdrawErasureInput) -> Result<Option<ErasurePayload>> {
        let scope = Scope::of(ctx)?;
        let WithdrawErasureInput { erasure, reason, idempotency_key, client_mutation_id } = input;
        let done = async {
            let id: ErasureId = erasure.given("erasure")?;
            let given = EndErasure { reason };
            let key = idempotency_key.as_deref();
            let asked = asked(scope, "withdrawErasure", key, Manner::Online, &(id, &given))?;
            scope.app.withdraw_erasure(asked, id, given).await
        };
        let outcome = told(done.await, scope, |rejection| UserError::of(rejection, None, scope.lang))?;
        Ok(Some(ErasurePayload { client_mutation_id, outcome }))
    }
}
