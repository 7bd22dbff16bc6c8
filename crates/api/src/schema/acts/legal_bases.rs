//! Entries into the register of legal bases.

use async_graphql::{Context, InputObject, Object, Result};
use dingce_app::use_cases::BasisEntry;
use dingce_domain::legal_bases::{AddLegalBasis, LegalBasisKind, RepealLegalBasis};
use dingce_domain::occasion::Manner;
use dingce_domain::rejection::Rejection;
use serde::Serialize;

use super::perform::asked;
use crate::convert::{Date, Given, Word};
use crate::schema::errors::UserError;
use crate::schema::payload::{LegalBasisPayload, told};
use crate::schema::scope::Scope;

/// Add a document to the register of legal bases.
#[derive(Debug, Clone, InputObject)]
pub struct AddLegalBasisInput {
    /// Its key: 1 to 48 lower-case letters, digits and underscores; never used for another.
    pub basis: String,
    /// Name of the document.
    pub name: String,
    /// Its number 发文字号; empty where it has none.
    #[graphql(default)]
    pub number: String,
    /// What it is.
    pub kind: Word<LegalBasisKind>,
    /// Who issued it.
    pub issued_by: String,
    /// First day in force; absent where it is not known.
    pub in_force_from: Option<Date>,
    /// First day no longer in force, if it is repealed.
    pub repealed_on: Option<Date>,
    /// Key of what took its place, if anything did.
    pub succeeded_by: Option<String>,
    /// What a reader must know; empty where nothing.
    #[graphql(default)]
    pub note: String,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// Record that a document is repealed.
#[derive(Debug, Clone, InputObject)]
pub struct RepealLegalBasisInput {
    /// Its key.
    pub basis: String,
    /// First day no longer in force.
    pub repealed_on: Date,
    /// Key of what took its place, if anything did.
    pub succeeded_by: Option<String>,
    /// By which document.
    pub by: String,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

async fn enter(
    ctx: &Context<'_>,
    operation: &str,
    (key, client_mutation_id): (Option<String>, Option<String>),
    entry: std::result::Result<(BasisEntry, impl Serialize), Rejection>,
) -> Result<Option<LegalBasisPayload>> {
    let scope = Scope::of(ctx)?;
    let done = async {
        let (entry, input) = entry?;
        let asked = asked(scope, operation, key.as_deref(), Manner::Online, &input)?;
        scope.app.enter_legal_basis(asked, entry).await
    };
    let outcome = told(done.await, scope, |rejection| UserError::of(rejection, None, scope.lang))?;
    Ok(Some(LegalBasisPayload { client_mutation_id, outcome }))
}

/// Acts on the register of legal bases.
#[derive(Debug, Clone, Copy, Default)]
pub struct LegalBasisActs;

#[Object]
impl LegalBasisActs {
    /// Add a document to the register of legal bases of the asker's organ. Harmless twice.
    async fn add_legal_basis(&self, ctx: &Context<'_>, input: AddLegalBasisInput) -> Result<Option<LegalBasisPayload>> {
        let AddLegalBasisInput {
            basis,
            name,
            number,
            kind,
            issued_by,
            in_force_from,
            repealed_on,
            succeeded_by,
            note,
            idempotency_key,
            client_mutation_id,
        } = input;
        let given = || {
            let given = AddLegalBasis {
                basis: basis.given("basis")?,
                name,
                number,
                kind: kind.0,
                issued_by,
                in_force_from: in_force_from.map(|d| d.0),
                repealed_on: repealed_on.map(|d| d.0),
                succeeded_by: succeeded_by.given("succeeded_by")?,
                note,
            };
            Ok((BasisEntry::Add(given.clone()), given))
        };
        enter(ctx, "addLegalBasis", (idempotency_key, client_mutation_id), given()).await
    }

    /// Record that a document of the register is repealed. Recorded again, the newer record stands; what was done before
    /// keeps how the document stood then.
    async fn repeal_legal_basis(
        &self,
        ctx: &Context<'_>,
        input: RepealLegalBasisInput,
    ) -> Result<Option<LegalBasisPayload>> {
        let RepealLegalBasisInput { basis, repealed_on, succeeded_by, by, idempotency_key, client_mutation_id } = input;
        let given = || {
            let given = RepealLegalBasis {
                basis: basis.given("basis")?,
                repealed_on: repealed_on.0,
                succeeded_by: succeeded_by.given("succeeded_by")?,
                by,
            };
            Ok((BasisEntry::Repeal(given.clone()), given))
        };
        enter(ctx, "repealLegalBasis", (idempotency_key, client_mutation_id), given()).await
    }
}
