//! Entering historical dossiers, and explaining what departed from the rules.

use async_graphql::{Context, ID, InputObject, Object, Result};
use dingce_domain::dossier::{DossierEvent, EnterDossier, ExplainDeparture};
use dingce_domain::id::DossierId;
use dingce_domain::occasion::Manner;

use super::perform::asked;
use crate::convert::Given;
use crate::convert::inputs::DocumentInput;
use crate::schema::errors::UserError;
use crate::schema::payload::{DossierPayload, told};
use crate::schema::scope::Scope;

/// Something that happened to the matter, as printed.
#[derive(Debug, Clone, InputObject)]
pub struct DossierEventInput {
    /// What it was, e.g. `consultation_start`, `consultation_end`, `risk_assessment`, `legality_review`,
    /// `collective_decision`, `publication`; other words are kept and not judged.
    pub stage: String,
    /// When: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, or a period as two of these with a slash between; absent where it is not
    /// known.
    pub date: Option<String>,
    /// What is known of it.
    pub fact: String,
}

/// Enter a finished decision.
#[derive(Debug, Clone, InputObject)]
pub struct EnterDossierInput {
    /// Name of the matter.
    pub title: String,
    /// Who decided or undertook it, as printed.
    pub organ: Option<String>,
    /// Province, as printed.
    pub province: Option<String>,
    /// Where it was found.
    #[graphql(default)]
    pub source_urls: Vec<Option<String>>,
    /// About the source.
    pub source_note: Option<String>,
    /// Legal bases that its papers cite, as printed.
    pub legal_bases_cited: Option<Vec<String>>,
    /// What happened, at least one, in the order of the record.
    pub events: Vec<DossierEventInput>,
    /// Remarks.
    pub notes: Option<String>,
    /// Name of the definition to hold it against; absent for the one that cases are opened under today.
    pub definition: Option<String>,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// Explain a departure.
#[derive(Debug, Clone, InputObject)]
pub struct ExplainDepartureInput {
    /// Id of the dossier.
    pub dossier: ID,
    /// Number of the departure, from 1.
    pub departure: u32,
    /// The explanation.
    pub reason: String,
    /// What shows it.
    #[graphql(default)]
    pub documents: Vec<DocumentInput>,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// Acts on historical dossiers.
#[derive(Debug, Clone, Copy, Default)]
pub struct DossierActs;

#[Object]
impl DossierActs {
    /// Enter a decision that was finished before it came here, and mark what departs from the rules. It never becomes a
    /// live case.
    async fn enter_dossier(&self, ctx: &Context<'_>, input: EnterDossierInput) -> Result<Option<DossierPayload>> {
        let scope = Scope::of(ctx)?;
        let EnterDossierInput {
            title,
            organ,
            province,
            source_urls,
            source_note,
            legal_bases_cited,
            events,
            notes,
            definition,
            idempotency_key,
            client_mutation_id,
        } = input;
        let event = |DossierEventInput { stage, date, fact }| DossierEvent { stage, date: date.map(Some), fact };
        let given = EnterDossier {
            title,
            organ: organ.map(Some),
            province: province.map(Some),
            source_urls,
            source_note: source_note.map(Some),
            legal_bases_cited: legal_bases_cited.map(Some),
            events: events.into_iter().map(event).collect(),
            notes: notes.map(Some),
        };
        let done = async {
            let input = (&definition, &given);
            let asked = asked(scope, "enterDossier", idempotency_key.as_deref(), Manner::Online, &input)?;
            scope.app.enter_dossier(asked, definition.as_deref(), given).await
        };
        let outcome = told(done.await, scope, |rejection| UserError::of(rejection, None, scope.lang))?;
        Ok(Some(DossierPayload { client_mutation_id, outcome }))
    }

    /// Explain a departure of a dossier. What was marked stays.
    async fn explain_departure(
        &self,
        ctx: &Context<'_>,
        input: ExplainDepartureInput,
    ) -> Result<Option<DossierPayload>> {
        let scope = Scope::of(ctx)?;
        let ExplainDepartureInput { dossier, departure, reason, documents, idempotency_key, client_mutation_id } =
            input;
        let done = async {
            let id: DossierId = dossier.given("dossier")?;
            let given = ExplainDeparture { departure, reason, documents: documents.given("documents")? };
            let key = idempotency_key.as_deref();
            let asked = asked(scope, "explainDeparture", key, Manner::Online, &(id, &given))?;
            scope.app.explain_departure(asked, id, given).await
        };
        let outcome = told(done.await, scope, |rejection| UserError::of(rejection, None, scope.lang))?;
        Ok(Some(DossierPayload { client_mutation_id, outcome }))
    }
}
