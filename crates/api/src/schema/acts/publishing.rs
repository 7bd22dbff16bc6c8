//! Opening a case; publishing definitions.

use async_graphql::{Context, ID, InputObject, Object, Result};
use dingce_app::AppError;
use dingce_app::use_cases::PublishError;
use dingce_definition::{StoryStep, Violation};
use dingce_domain::act::{OnboardedMatter, OpenCase};
use dingce_domain::code::Code;
use dingce_domain::id::CaseId;
use dingce_domain::migration::MigrateCase;
use dingce_domain::occasion::Manner;
use dingce_domain::rejection::Rejection;
use dingce_domain::words::{MatterClass, Proposer};

use super::perform::{asked, law_of};
use crate::convert::inputs::{DocumentInput, FactInput, OfflineInput};
use crate::convert::{Date, Given, Long, Word};
use crate::schema::errors::{Lang, UserError};
use crate::schema::payload::{CaseActPayload, PublishDefinitionPayload, told};
use crate::schema::scope::Scope;

/// Open a case 立项登记.
#[derive(Debug, Clone, InputObject)]
pub struct OpenCaseInput {
    /// Name of the definition to open it under; needed only where several are in force. Its newest version is used.
    pub definition: Option<String>,
    /// Name of the matter, 1 to 200 characters.
    pub title: String,
    /// What it is about, up to 10,000 characters.
    pub summary: String,
    /// Class of decision (R713 art. 3); needed for a major decision, and for nothing else.
    pub class: Option<Word<MatterClass>>,
    /// Who proposed it (R713 art. 10).
    pub proposer: Word<Proposer>,
    /// The proposal: number and date as people cite it; empty where there is none.
    #[graphql(default)]
    pub proposal_reference: String,
    /// Id of the catalogue entry that it comes from, if any: a matter outside the catalogue still follows the procedure.
    pub entry: Option<ID>,
    /// Id of the case whose decision in force this one would take the place of, if any (R713 art. 37).
    pub adjusts: Option<ID>,
    /// Id of the proposal that it is opened from, if it is on record here and was decided to start: its study is taken
    /// over, and `proposer` must be the same.
    pub proposal: Option<ID>,
    /// Id of the unit that is to study it.
    pub undertaking_unit: ID,
    /// Facts known from the start; the rest have the definition's defaults.
    #[graphql(default)]
    pub facts: Vec<FactInput>,
    /// Names of the special laws of the definition that apply to the matter (R713 art. 3): what they settle is so from the
    /// start.
    #[graphql(default)]
    pub overlays: Vec<String>,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
    /// Where it was done earlier, on paper.
    pub offline: Option<OfflineInput>,
}

impl OpenCaseInput {
    fn given(self) -> std::result::Result<(OpenCase, Manner), Rejection> {
        let Self {
            definition: _,
            title,
            summary,
            class,
            proposer,
            proposal_reference,
            entry,
            adjusts,
            proposal,
            undertaking_unit,
            facts,
            overlays,
            idempotency_key: _,
            client_mutation_id: _,
            offline,
        } = self;
        let given = OpenCase {
            title,
            summary,
            class: class.map(|class| class.0),
            proposer: proposer.0,
            proposal_reference,
            entry: entry.given("entry")?,
            adjusts: adjusts.given("adjusts")?,
            proposal: proposal.given("proposal")?,
            undertaking_unit: undertaking_unit.given("undertaking_unit")?,
            facts: facts.given("facts")?,
            overlays: overlays.given("overlays")?,
        };
        Ok((given, OfflineInput::manner(offline)?))
    }
}

/// Open a case for a matter that is under way elsewhere.
#[derive(Debug, Clone, InputObject)]
pub struct OnboardCaseInput {
    /// As for any case.
    pub opening: OpenCaseInput,
    /// The day on which the matter was begun, before today.
    pub begun_on: Date,
    /// Why it comes here now.
    pub reason: String,
    /// What shows that it is under way, at least one.
    pub documents: Vec<DocumentInput>,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// Move a case to another version of its definition.
#[derive(Debug, Clone, InputObject)]
pub struct MigrateCaseInput {
    /// Id of the case.
    pub case_id: ID,
    /// The version: its hash, or its name and version as `NAME@VERSION`.
    pub definition: String,
    /// `version` of the plan, or of the case, as it was seen: what came in since may change what would be done.
    pub version: Long,
    /// Why, 1 to 10,000 characters.
    pub reason: String,
    /// What it rests on, e.g. the transition clause of the new rules, 1 to 10,000 characters.
    pub basis: String,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// Publish a workflow definition.
#[derive(Debug, Clone, InputObject)]
pub struct PublishDefinitionInput {
    /// The file, byte for byte: YAML. It may stand on a definition that is published here, and say only what differs.
    pub source: String,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// Acts that begin something.
#[derive(Debug, Clone, Copy, Default)]
pub struct PublishingActs;

#[Object]
impl PublishingActs {
    /// Open a case 立项登记.
    async fn open_case(&self, ctx: &Context<'_>, input: OpenCaseInput) -> Result<Option<CaseActPayload>> {
        let scope = Scope::of(ctx)?;
        let client_mutation_id = input.client_mutation_id.clone();
        let definition = input.definition.clone();
        let key = input.idempotency_key.clone();
        let done = async {
            let (given, manner) = input.given()?;
            let asked = asked(scope, "openCase", key.as_deref(), manner.clone(), &(&definition, &given, &manner))?;
            scope.app.open_case(asked, definition.as_deref(), given).await
        };
        let done = done.await;
        let def = match &done {
            // Words of the refusal only: where there is no such definition, the refusal says so itself.
            Err(AppError::Rejected(_)) => {
                scope.app.definition_in_force(definition.as_deref(), scope.app.today()).await.ok()
            }
            _ => None,
        };
        let outcome = told(done, scope, |rejection| UserError::of(rejection, def.as_deref(), scope.lang))?;
        Ok(Some(CaseActPayload { client_mutation_id, outcome }))
    }

    /// Open a case for a matter that is under way elsewhere 中途接入. What was done before comes in with `takeOverStage`; legality is
    /// never presumed, so the review of the current draft is done here.
    async fn onboard_case(&self, ctx: &Context<'_>, input: OnboardCaseInput) -> Result<Option<CaseActPayload>> {
        let scope = Scope::of(ctx)?;
        let OnboardCaseInput { opening, begun_on, reason, documents, idempotency_key, client_mutation_id } = input;
        let definition = opening.definition.clone();
        let done = async {
            let (opening, manner) = opening.given().map_err(within_opening)?;
            let matter = OnboardedMatter { begun_on: begun_on.0, reason, documents: documents.given("documents")? };
            let input = (&definition, &opening, &matter, &manner);
            let asked = asked(scope, "onboardCase", idempotency_key.as_deref(), manner.clone(), &input)?;
            scope.app.onboard_case(asked, definition.as_deref(), opening, matter).await
        };
        let done = done.await;
        let def = match &done {
            Err(AppError::Rejected(_)) => {
                scope.app.definition_in_force(definition.as_deref(), scope.app.today()).await.ok()
            }
            _ => None,
        };
        let outcome = told(done, scope, |rejection| {
            let own = ["begun_on", "reason", "documents", "idempotency_key", "opening"];
            let first = rejection.path.as_deref().and_then(|path| path.split('.').next());
            match first {
                Some(first) if !own.contains(&first) => {
                    UserError::of(&within_opening(rejection.clone()), def.as_deref(), scope.lang)
                }
                _ => UserError::of(rejection, def.as_deref(), scope.lang),
            }
        })?;
        Ok(Some(CaseActPayload { client_mutation_id, outcome }))
    }

    /// Move a case to another version of its definition 版本迁移. What was done stays as it is recorded and is not judged again; what
    /// is still to come follows the new version. Refused where something stands against it: `migrationPlan` tells all of it.
    async fn migrate_case(&self, ctx: &Context<'_>, input: MigrateCaseInput) -> Result<Option<CaseActPayload>> {
        let scope = Scope::of(ctx)?;
        let MigrateCaseInput { case_id, definition, version, reason, basis, idempotency_key, client_mutation_id } =
            input;
        let done = async {
            let case: CaseId = case_id.clone().given("case_id")?;
            let seen_n = version.0;
            let given = MigrateCase { reason, basis };
            let input = (case, &definition, seen_n, &given);
            let asked = asked(scope, "migrateCase", idempotency_key.as_deref(), Manner::Online, &input)?;
            scope.app.migrate_case(asked, case, &definition, seen_n, given).await
        };
        let done = done.await;
        let def = match &done {
            Err(AppError::Rejected(_)) => law_of(scope, &case_id).await?,
            _ => None,
        };
        let outcome = told(done, scope, |rejection| UserError::of(rejection, def.as_deref(), scope.lang))?;
        Ok(Some(CaseActPayload { client_mutation_id, outcome }))
    }

    /// Publish a workflow definition: checked, proven, and then kept unchanged. Harmless twice.
    async fn publish_definition(
        &self,
        ctx: &Context<'_>,
        input: PublishDefinitionInput,
    ) -> Result<Option<PublishDefinitionPayload>> {
        let scope = Scope::of(ctx)?;
        let PublishDefinitionInput { source, idempotency_key, client_mutation_id } = input;
        let tell = |rejection: &Rejection| UserError::of(rejection, None, scope.lang);
        let refuse = |given: String| {
            let mut rejection = Rejection::new(Code::DefinitionNotUsable).at("source");
            // In full: a problem names its place in the file first.
            rejection.given = Some(given);
            tell(&rejection)
        };
        let asked = asked(scope, "publishDefinition", idempotency_key.as_deref(), Manner::Online, &source);
        let outcome = match asked {
            Err(error) => told(Err(error), scope, tell)?,
            Ok(asked) => match scope.app.publish_definition(asked, &source).await {
                Ok(done) => Ok(done),
                Err(PublishError::App(error)) => told(Err(error), scope, tell)?,
                Err(PublishError::Problems(problems)) => {
                    Err(problems.iter().map(|problem| refuse(problem.to_string())).collect())
                }
                Err(PublishError::NotProven(proof)) if proof.violations.is_empty() => {
                    Err(vec![refuse("not proven: the exploration was not finished".to_owned())])
                }
                Err(PublishError::NotProven(proof)) => {
                    Err(proof.violations.iter().map(|violation| refuse(story(violation, scope.lang))).collect())
                }
            },
        };
        Ok(Some(PublishDefinitionPayload { client_mutation_id, outcome }))
    }
}

/// A violation with the shortest story of acts that leads to it.
fn story(violation: &Violation, lang: Lang) -> String {
    let Violation { rule, text, source, story } = violation;
    let step = |step: &StoryStep| match &step.stage {
        Some(stage) => format!("{} ({stage})", step.verb),
        None => step.verb.to_string(),
    };
    let steps: Vec<String> = story.iter().map(step).collect();
    format!("{rule}: {} [{source}] {}", lang.of(text.clone()), steps.join(" → ")).trim_end().to_owned()
}

/// What is wrong with what a case is opened with stands in the member `opening`.
fn within_opening(mut rejection: Rejection) -> Rejection {
    rejection.path = rejection.path.map(|path| format!("opening.{path}"));
    rejection
}
