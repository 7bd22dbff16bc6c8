//! Confirmations of a definition's values by the justice bureau.

use async_graphql::{Context, InputObject, Object, Result};
use dingce_app::{AppError, Done};
use dingce_domain::confirmation::{ConfirmParameter, WithdrawConfirmation};
use dingce_domain::id::Digest;
use dingce_domain::occasion::Manner;
use dingce_domain::rejection::Rejection;

use super::perform::asked;
use crate::convert::inputs::DocumentInput;
use crate::convert::{Date, Given};
use crate::schema::errors::UserError;
use crate::schema::payload::{ConfirmationPayload, told};
use crate::schema::scope::Scope;

/// Confirm that a value of a definition binds the confirmer's organ.
#[derive(Debug, Clone, InputObject)]
pub struct ConfirmParameterInput {
    /// Printed hash of the definition.
    pub definition: String,
    /// Name of the value: `id` of one of the definition's `parameters`.
    pub parameter: String,
    /// The rule by which it binds here, as people cite it, 1 to 200 characters.
    pub basis: String,
    /// First day on which it binds; tomorrow or later.
    pub from: Date,
    /// What shows it, e.g. the rule itself.
    #[graphql(default)]
    pub documents: Vec<DocumentInput>,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// Withdraw the confirmation of a value.
#[derive(Debug, Clone, InputObject)]
pub struct WithdrawConfirmationInput {
    /// Printed hash of the definition.
    pub definition: String,
    /// Name of the value.
    pub parameter: String,
    /// Why, 1 to 10,000 characters.
    pub reason: String,
    /// First day on which it only advises again; tomorrow or later.
    pub from: Date,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

fn given_hash(text: &str) -> std::result::Result<Digest, Rejection> {
    text.to_owned().given("definition")
}

async fn answer(
    scope: &Scope,
    definition: &str,
    client_mutation_id: Option<String>,
    done: std::result::Result<Done, AppError>,
) -> Result<Option<ConfirmationPayload>> {
    let def = match (&done, given_hash(definition)) {
        (Err(AppError::Rejected(_)), Ok(hash)) => scope.app.definition(hash).await.ok(),
        _ => None,
    };
    let outcome = told(done, scope, |rejection| UserError::of(rejection, def.as_deref(), scope.lang))?;
    Ok(Some(ConfirmationPayload { client_mutation_id, outcome }))
}

/// Acts on the values of definitions.
#[derive(Debug, Clone, Copy, Default)]
pub struct ConfirmationActs;

#[Object]
impl ConfirmationActs {
    /// Confirm that a value of a definition, which by itself only advises, binds the organ of the justice bureau that
    /// confirms it, from a day after this one. Running cases are bound too, for what is done from that day on.
    async fn confirm_parameter(
        &self,
        ctx: &Context<'_>,
        input: ConfirmParameterInput,
    ) -> Result<Option<ConfirmationPayload>> {
        let scope = Scope::of(ctx)?;
        let ConfirmParameterInput {
            definition,
            parameter: name,
            basis,
            from,
            documents,
            idempotency_key,
            client_mutation_id,
        } = input;
        let done = async {
            let documents = documents.given("documents")?;
            let given = ConfirmParameter { parameter: name.given("parameter")?, basis, from: from.0, documents };
            let input = (&definition, &given);
            let asked = asked(scope, "confirmParameter", idempotency_key.as_deref(), Manner::Online, &input)?;
            scope.app.confirm_parameter(asked, given_hash(&definition)?, given.clone()).await
        };
        answer(scope, &definition, client_mutation_id, done.await).await
    }

    /// Withdraw what the organ confirmed, from a day after this one: from then on the value only advises again.
    async fn withdraw_confirmation(
        &self,
        ctx: &Context<'_>,
        input: WithdrawConfirmationInput,
    ) -> Result<Option<ConfirmationPayload>> {
        let scope = Scope::of(ctx)?;
        let WithdrawConfirmationInput {
            definition,
            parameter: name,
            reason,
            from,
            idempotency_key,
            client_mutation_id,
        } = input;
        let done = async {
            let given = WithdrawConfirmation { parameter: name.given("parameter")?, reason, from: from.0 };
            let input = (&definition, &given);
            let asked = asked(scope, "withdrawConfirmation", idempotency_key.as_deref(), Manner::Online, &input)?;
            scope.app.withdraw_confirmation(asked, given_hash(&definition)?, given.clone()).await
        };
        answer(scope, &definition, client_mutation_id, done.await).await
    }
}
