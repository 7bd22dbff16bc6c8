//! Stubs of secret matters. No input here has a member in which content could stand.

use async_graphql::{Context, ID, InputObject, Object, Result};
use dingce_domain::id::SecretStubId;
use dingce_domain::occasion::Manner;
use dingce_domain::secret::{EndSecretStub, EnterSecretStub, RecordSecretStep};
use dingce_domain::words::{SecretLevel, SecretOutcome, SecretStep};

use super::perform::asked;
use crate::convert::{Date, Given, Word};
use crate::schema::errors::UserError;
use crate::schema::payload::{SecretStubPayload, told};
use crate::schema::scope::Scope;

/// Enter the stub of a secret matter.
#[derive(Debug, Clone, InputObject)]
pub struct EnterSecretStubInput {
    /// Number under which the unit that holds the matter keeps it: 1 to 40 characters, at most 8 of them Chinese. No title.
    pub number: String,
    /// Level.
    pub level: Word<SecretLevel>,
    /// Id of the unit that classified it.
    pub classified_by: ID,
    /// Item of the list of what is secret by which it was classified, 1 to 40 characters. Nothing of what the item is about.
    pub basis: String,
    /// Day of the classification.
    pub classified_on: Date,
    /// Day on which the secrecy ends, where a day is set.
    pub secret_until: Option<Date>,
    /// Id of the unit that holds the matter and handles it offline.
    pub unit: ID,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// Record that a step was done offline.
#[derive(Debug, Clone, InputObject)]
pub struct RecordSecretStepInput {
    /// Id of the stub.
    pub stub: ID,
    /// Which. Participation and publication are not among them: they do not apply.
    pub step: Word<SecretStep>,
    /// When.
    pub done_on: Date,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// End the stub of a secret matter.
#[derive(Debug, Clone, InputObject)]
pub struct EndSecretStubInput {
    /// Id of the stub.
    pub stub: ID,
    /// How.
    pub outcome: Word<SecretOutcome>,
    /// When.
    pub ended_on: Date,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// Acts on stubs of secret matters.
#[derive(Debug, Clone, Copy, Default)]
pub struct SecretActs;

#[Object]
impl SecretActs {
    /// Enter the stub of a secret matter. Content of it must not be kept here: it is handled offline (State Secrets Law art. 31).
    async fn enter_secret_stub(
        &self,
        ctx: &Context<'_>,
        input: EnterSecretStubInput,
    ) -> Result<Option<SecretStubPayload>> {
        let scope = Scope::of(ctx)?;
        let EnterSecretStubInput {
            number,
            level,
            classified_by,
            basis,
            classified_on,
            secret_until,
            unit,
            idempotency_key,
            client_mutation_id,
        } = input;
        let done = async {
            let given = EnterSecretStub {
                number,
                level: level.0,
                classified_by: classified_by.given("classified_by")?,
                basis,
                classified_on: classified_on.0,
                secret_until: secret_until.map(|day| day.0),
                unit: unit.given("unit")?,
            };
            let asked = asked(scope, "enterSecretStub", idempotency_key.as_deref(), Manner::Online, &given)?;
            scope.app.enter_secret_stub(asked, given).await
        };
        let outcome = told(done.await, scope, |rejection| UserError::of(rejection, None, scope.lang))?;
        Ok(Some(SecretStubPayload { client_mutation_id, outcome }))
    }

    /// Record that a step of a secret matter was done offline.
    async fn record_secret_step(
        &self,
        ctx: &Context<'_>,
        input: RecordSecretStepInput,
    ) -> Result<Option<SecretStubPayload>> {
        let scope = Scope::of(ctx)?;
        let RecordSecretStepInput { stub, step, done_on, idempotency_key, client_mutation_id } = input;
        let done = async {
            let id: SecretStubId = stub.given("stub")?;
            let given = RecordSecretStep { step: step.0, done_on: done_on.0 };
            let key = idempotency_key.as_deref();
            let asked = asked(scope, "recordSecretStep", key, Manner::Online, &(id, &given))?;
            scope.app.record_secret_step(asked, id, given).await
        };
        let outcome = told(done.await, scope, |rejection| UserError::of(rejection, None, scope.lang))?;
        Ok(Some(SecretStubPayload { client_mutation_id, outcome }))
    }

    /// End the stub of a secret matter: decided, given up, or declassified. Declassified, it may come in as any other matter.
    async fn end_secret_stub(&self, ctx: &Context<'_>, input: EndSecretStubInput) -> Result<Option<SecretStubPayload>> {
        let scope = Scope::of(ctx)?;
        let EndSecretStubInput { stub, outcome, ended_on, idempotency_key, client_mutation_id } = input;
        let done = async {
            let id: SecretStubId = stub.given("stub")?;
            let given = EndSecretStub { outcome: outcome.0, ended_on: ended_on.0 };
            let key = idempotency_key.as_deref();
            let asked = asked(scope, "endSecretStub", key, Manner::Online, &(id, &given))?;
            scope.app.end_secret_stub(asked, id, given).await
        };
        let outcome = told(done.await, scope, |rejection| UserError::of(rejection, None, scope.lang))?;
        Ok(Some(SecretStubPayload { client_mutation_id, outcome }))
    }
}
