//! What mutations answer: the thing as it is afterwards, or why nothing was done.

use async_graphql::{Context, Description, Object, Result, SimpleObject};
use dingce_app::ports::{Filter, ReadRow, RowQuery, Value};
use dingce_app::read_rows::{CommentRow, IrregularityRow};
use dingce_app::{AppError, Done};
use dingce_domain::consultation::Commenter;
use dingce_domain::id::{CaseId, CommentId, ConsultationId};

use super::accountability::{AccountabilityFile, InspectionMandate, SupervisionNotice};
use super::adviser::{Adviser, Engagement};
use super::case::DecisionCase;
use super::catalogue::Catalogue;
use super::consultation::{Consultation, PublicComment};
use super::definition::WorkflowDefinition;
use super::determination::{Determination, PrintedAgenda};
use super::dossier::HistoricalDossier;
use super::drafting::StaleCitation;
use super::erasure::{Erased, Erasure};
use super::errors::{Failure, UserError};
use super::meeting::Meeting;
use super::proposal::Proposal;
use super::scope::Scope;
use super::secret::SecretStub;
use crate::convert::Long;

/// What came of an act: it was done, or refused with reasons.
pub type Outcome<T> = std::result::Result<T, Vec<UserError>>;

/// Tells refusals from failures: refusals are data.
///
/// # Errors
/// Failures that are nobody's input.
pub fn told<T>(
    result: std::result::Result<T, AppError>,
    scope: &Scope,
    tell: impl FnOnce(&dingce_domain::rejection::Rejection) -> UserError,
) -> std::result::Result<Outcome<T>, Failure> {
    match result {
        Ok(done) => Ok(Ok(done)),
        Err(AppError::Rejected(rejection)) => Ok(Err(vec![tell(&rejection)])),
        Err(error) => Err(scope.fail(error)),
    }
}

fn errors_of<T>(outcome: &Outcome<T>) -> Vec<UserError> {
    outcome.as_ref().err().cloned().unwrap_or_default()
}

/// What came of an act on a case.
#[derive(Debug, Clone, Description)]
pub struct CaseActPayload {
    /// As given.
    pub client_mutation_id: Option<String>,
    /// What was done.
    pub outcome: Outcome<Done>,
}

#[Object(use_type_description)]
impl CaseActPayload {
    /// As given.
    async fn client_mutation_id(&self) -> Option<&str> {
        self.client_mutation_id.as_deref()
    }

    /// The case after the act; null where it was refused.
    async fn case(&self, ctx: &Context<'_>) -> Result<Option<DecisionCase>> {
        let Ok(done) = &self.outcome else { return Ok(None) };
        Ok(DecisionCase::find(Scope::of(ctx)?, &done.stream.to_string()).await?)
    }

    /// What the act cites and is stale on its day, e.g. a repealed order in a notice. A warning: the act is done all the same.
    async fn stale_citations(&self, ctx: &Context<'_>) -> Result<Vec<StaleCitation>> {
        let Ok(done) = &self.outcome else { return Ok(Vec::new()) };
        let scope = Scope::of(ctx)?;
        let before = done.n.saturating_sub(done.events.len() as u64);
        let case = CaseId::new(done.stream.value);
        let found = scope.app.stale_citations(case, before).await.map_err(|error| scope.fail(error))?;
        let own = found.into_iter().filter(|found| found.n <= done.n);
        Ok(own.map(StaleCitation::from).collect())
    }

    /// Set where the act broke a rule and, having happened on paper, was recorded as an irregularity without effect.
    async fn irregularity(&self, ctx: &Context<'_>) -> Result<Option<super::parts::Irregularity>> {
        let Ok(done) = &self.outcome else { return Ok(None) };
        let Some(at) = done.events.iter().position(|(_, kind)| kind == "irregularity_recorded") else {
            return Ok(None);
        };
        let n = done.n.saturating_sub((done.events.len() - 1 - at) as u64);
        let query = RowQuery::all(IrregularityRow::TABLE)
            .with(Filter::Eq("case_id", Value::Text(done.stream.to_string())))
            .with(Filter::Eq("n", Value::Int(i64::try_from(n).unwrap_or(i64::MAX))));
        let scope = Scope::of(ctx)?;
        let row = scope.rows::<IrregularityRow>(query).await?.into_iter().next();
        Ok(row.map(|row| super::parts::Irregularity::of(row, scope)).transpose()?)
    }

    /// Why the act was refused; empty where it was done.
    async fn errors(&self) -> Vec<UserError> {
        errors_of(&self.outcome)
    }
}

/// Declares what came of acts on streams that are no cases.
macro_rules! act_payloads {
    ($($(#[$doc:meta])* $name:ident { $(#[$field_doc:meta])* $field:ident: $kind:ident })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Description)]
        pub struct $name {
            /// As given.
            pub client_mutation_id: Option<String>,
            /// What was done.
            pub outcome: Outcome<Done>,
        }

        #[Object(use_type_description)]
        impl $name {
            /// As given.
            async fn client_mutation_id(&self) -> Option<&str> {
                self.client_mutation_id.as_deref()
            }

            $(#[$field_doc])*
            async fn $field(&self, ctx: &Context<'_>) -> Result<Option<$kind>> {
                let Ok(done) = &self.outcome else { return Ok(None) };
                Ok($kind::find(Scope::of(ctx)?, &done.stream.to_string()).await?)
            }

            /// Why the act was refused; empty where it was done.
            async fn errors(&self) -> Vec<UserError> {
                errors_of(&self.outcome)
            }
        }
    )*};
}

act_payloads! {
    /// What came of an act on a catalogue.
    CatalogueActPayload {
        /// The catalogue after the act; null where it was refused.
        catalogue: Catalogue
    }

    /// What came of an act on a historical dossier.
    DossierPayload {
        /// The dossier after the act; null where it was refused.
        dossier: HistoricalDossier
    }

    /// What came of an act on the stub of a secret matter.
    SecretStubPayload {
        /// The stub after the act; null where it was refused.
        stub: SecretStub
    }

    /// What came of an act on a meeting.
    MeetingPayload {
        /// The meeting after the act; null where it was refused.
        meeting: Meeting
    }

    /// What came of an act on a proposal.
    ProposalActPayload {
        /// The proposal after the act; null where it was refused.
        proposal: Proposal
    }

    /// What came of an act on a determination.
    DeterminationActPayload {
        /// The determination after the act; null where it was refused, or is not for the actor to read.
        determination: Determination
    }

    /// What came of an act on an agenda.
    PrintedAgendaPayload {
        /// The agenda after the act; null where it was refused.
        agenda: PrintedAgenda
    }

    /// What came of an act on the roster of advisers.
    AdviserActPayload {
        /// The adviser after the act; null where it was refused.
        adviser: Adviser
    }

    /// What came of an act on an accountability file.
    AccountabilityPayload {
        /// The file after the act; null where it was refused, or is not for the actor to read.
        file: AccountabilityFile
    }

    /// What came of an act on a supervision notice.
    NoticePayload {
        /// The notice after the act; null where it was refused.
        notice: SupervisionNotice
    }

    /// What came of an act on an inspection mandate.
    MandatePayload {
        /// The mandate after the act; null where it was refused.
        mandate: InspectionMandate
    }

    /// What came of an act on the register of erasures.
    ErasurePayload {
        /// The entry after the act; null where it was refused, or is not for the actor to read.
        erasure: Erasure
    }

    /// What came of an act on an engagement.
    EngagementActPayload {
        /// The engagement after the act; null where it was refused.
        engagement: Engagement
    }
}

/// Who sent a comment.
#[derive(Debug, Clone, SimpleObject)]
pub struct CommentSender {
    /// Name, or that of the organisation; empty where none was given.
    pub name: String,
    /// How to answer them; empty where nothing was given.
    pub contact: String,
}

/// What came of opening who sent a comment.
#[derive(Debug, Clone, Description)]
pub struct OpenCommenterPayload {
    /// As given.
    pub client_mutation_id: Option<String>,
    /// Of which comment.
    pub comment: String,
    /// What was recorded, and what was opened.
    pub outcome: Outcome<(Done, Option<Commenter>)>,
}

#[Object(use_type_description)]
impl OpenCommenterPayload {
    /// What of it was lawfully erased; null where nothing was, or it was refused.
    async fn erased(&self, ctx: &Context<'_>) -> Result<Option<Erased>> {
        if self.outcome.is_err() {
            return Ok(None);
        }
        Ok(Erased::of(Scope::of(ctx)?, &self.comment).await?)
    }

    /// As given.
    async fn client_mutation_id(&self) -> Option<&str> {
        self.client_mutation_id.as_deref()
    }

    /// The sender; null where it was refused, where they gave nothing, or where it was erased, as `erased` says.
    async fn sender(&self) -> Option<CommentSender> {
        let Commenter { name, contact } = self.outcome.as_ref().ok()?.1.clone()?;
        Some(CommentSender { name, contact })
    }

    /// Why it was refused; empty where it was opened.
    async fn errors(&self) -> Vec<UserError> {
        errors_of(&self.outcome)
    }
}

/// Which comment an act was about.
#[derive(Debug, Clone, Copy)]
pub enum CommentBy {
    /// It has this id.
    Id(CommentId),
    /// It came by this event.
    Number(u64),
}

/// What came of an act on a comment.
#[derive(Debug, Clone, Description)]
pub struct CommentPayload {
    /// As given.
    pub client_mutation_id: Option<String>,
    /// What was done.
    pub outcome: Outcome<(Done, ConsultationId, CommentBy)>,
}

#[Object(use_type_description)]
impl CommentPayload {
    /// As given.
    async fn client_mutation_id(&self) -> Option<&str> {
        self.client_mutation_id.as_deref()
    }

    /// The consultation after the act; null where it was refused.
    async fn consultation(&self, ctx: &Context<'_>) -> Result<Option<Consultation>> {
        let Ok((_, consultation, _)) = &self.outcome else { return Ok(None) };
        Ok(Consultation::find(Scope::of(ctx)?, &consultation.to_string()).await?)
    }

    /// The comment; null where the act was refused.
    async fn comment(&self, ctx: &Context<'_>) -> Result<Option<PublicComment>> {
        let Ok((_, consultation, by)) = &self.outcome else { return Ok(None) };
        let by = match by {
            CommentBy::Id(id) => Filter::Eq("comment_id", Value::Text(id.to_string())),
            CommentBy::Number(n) => Filter::Eq("n", Value::Int(i64::try_from(*n).unwrap_or(i64::MAX))),
        };
        let query = RowQuery::all(CommentRow::TABLE)
            .with(Filter::Eq("consultation", Value::Text(consultation.to_string())))
            .with(by);
        Ok(Scope::of(ctx)?.rows::<CommentRow>(query).await?.into_iter().next().map(PublicComment::from))
    }

    /// The code by which whoever sent the comment finds its answer, to be handed to them alone; set by `enterComment`.
    async fn receipt(&self) -> Option<&str> {
        self.outcome.as_ref().ok()?.0.receipt.as_deref()
    }

    /// Why the act was refused; empty where it was done.
    async fn errors(&self) -> Vec<UserError> {
        errors_of(&self.outcome)
    }
}

/// What an import did with one catalogue of a file.
#[derive(Debug, Clone, Description)]
pub struct ImportedCatalogue(dingce_app::use_cases::ImportedCatalogue);

#[Object(use_type_description)]
impl ImportedCatalogue {
    /// Whether it is new; one that was there with the same content is left as it is.
    async fn new(&self) -> bool {
        self.0.new
    }

    /// The catalogue.
    async fn catalogue(&self, ctx: &Context<'_>) -> Result<Option<Catalogue>> {
        Ok(Catalogue::find(Scope::of(ctx)?, &self.0.id.to_string()).await?)
    }
}

/// What came of an import.
#[derive(Debug, Clone, Description)]
pub struct ImportCataloguesPayload {
    /// As given.
    pub client_mutation_id: Option<String>,
    /// What was done.
    pub outcome: Outcome<Vec<dingce_app::use_cases::ImportedCatalogue>>,
}

#[Object(use_type_description)]
impl ImportCataloguesPayload {
    /// As given.
    async fn client_mutation_id(&self) -> Option<&str> {
        self.client_mutation_id.as_deref()
    }

    /// Catalogues of the file, in its order; empty where it was refused.
    async fn imported(&self) -> Vec<ImportedCatalogue> {
        self.outcome.as_ref().map(|list| list.iter().cloned().map(ImportedCatalogue).collect()).unwrap_or_default()
    }

    /// Every problem of the file, each with its place in `given`; empty where it was imported.
    async fn errors(&self) -> Vec<UserError> {
        errors_of(&self.outcome)
    }
}

/// What an import did with one agenda of a file.
#[derive(Debug, Clone, Description)]
pub struct ImportedAgenda(dingce_app::use_cases::ImportedAgenda);

#[Object(use_type_description)]
impl ImportedAgenda {
    /// Whether it is new; one that was there with the same content is left as it is.
    async fn new(&self) -> bool {
        self.0.new
    }

    /// The agenda.
    async fn agenda(&self, ctx: &Context<'_>) -> Result<Option<PrintedAgenda>> {
        Ok(PrintedAgenda::find(Scope::of(ctx)?, &self.0.id.to_string()).await?)
    }
}

/// What came of an import of agendas.
#[derive(Debug, Clone, Description)]
pub struct ImportPrintedAgendasPayload {
    /// As given.
    pub client_mutation_id: Option<String>,
    /// What was done.
    pub outcome: Outcome<Vec<dingce_app::use_cases::ImportedAgenda>>,
}

#[Object(use_type_description)]
impl ImportPrintedAgendasPayload {
    /// As given.
    async fn client_mutation_id(&self) -> Option<&str> {
        self.client_mutation_id.as_deref()
    }

    /// Agendas of the file, in its order; empty where it was refused.
    async fn imported(&self) -> Vec<ImportedAgenda> {
        self.outcome.as_ref().map(|list| list.iter().cloned().map(ImportedAgenda).collect()).unwrap_or_default()
    }

    /// Every problem of the file, each with its place in `given`; empty where it was imported.
    async fn errors(&self) -> Vec<UserError> {
        errors_of(&self.outcome)
    }
}

/// What came of entering a proposal.
#[derive(Debug, Clone, Description)]
pub struct EnterProposalPayload {
    /// As given.
    pub client_mutation_id: Option<String>,
    /// What was done.
    pub outcome: Outcome<Done>,
}

#[Object(use_type_description)]
impl EnterProposalPayload {
    /// As given.
    async fn client_mutation_id(&self) -> Option<&str> {
        self.client_mutation_id.as_deref()
    }

    /// The proposal; null where it was refused.
    async fn proposal(&self, ctx: &Context<'_>) -> Result<Option<Proposal>> {
        let Ok(done) = &self.outcome else { return Ok(None) };
        Ok(Proposal::find(Scope::of(ctx)?, &done.stream.to_string()).await?)
    }

    /// The code by which the proposer finds the answer, to be handed to them alone.
    async fn receipt(&self) -> Option<&str> {
        self.outcome.as_ref().ok()?.receipt.as_deref()
    }

    /// Why it was refused; empty where it was entered.
    async fn errors(&self) -> Vec<UserError> {
        errors_of(&self.outcome)
    }
}

/// Who of the public sent a proposal.
#[derive(Debug, Clone, SimpleObject)]
pub struct ProposalSender {
    /// Name, or that of the organisation; empty where none was given.
    pub name: String,
    /// How to answer them; empty where nothing was given.
    pub contact: String,
}

/// What came of opening who sent a proposal.
#[derive(Debug, Clone, Description)]
pub struct OpenProposalSenderPayload {
    /// As given.
    pub client_mutation_id: Option<String>,
    /// What was recorded, and what was opened.
    pub outcome: Outcome<(Done, Option<Commenter>)>,
}

#[Object(use_type_description)]
impl OpenProposalSenderPayload {
    /// As given.
    async fn client_mutation_id(&self) -> Option<&str> {
        self.client_mutation_id.as_deref()
    }

    /// The sender; null where it was refused, where they gave nothing, or where it was erased, as `erased` of the proposal says.
    async fn sender(&self) -> Option<ProposalSender> {
        let Commenter { name, contact } = self.outcome.as_ref().ok()?.1.clone()?;
        Some(ProposalSender { name, contact })
    }

    /// The proposal after the opening; null where it was refused.
    async fn proposal(&self, ctx: &Context<'_>) -> Result<Option<Proposal>> {
        let Ok((done, _)) = &self.outcome else { return Ok(None) };
        Ok(Proposal::find(Scope::of(ctx)?, &done.stream.to_string()).await?)
    }

    /// Why it was refused; empty where it was opened.
    async fn errors(&self) -> Vec<UserError> {
        errors_of(&self.outcome)
    }
}

/// What came of publishing a definition.
#[derive(Debug, Clone, Description)]
pub struct PublishDefinitionPayload {
    /// As given.
    pub client_mutation_id: Option<String>,
    /// What was done.
    pub outcome: Outcome<Done>,
}

#[Object(use_type_description)]
impl PublishDefinitionPayload {
    /// As given.
    async fn client_mutation_id(&self) -> Option<&str> {
        self.client_mutation_id.as_deref()
    }

    /// The definition; null where it was refused.
    async fn definition(&self, ctx: &Context<'_>) -> Result<Option<WorkflowDefinition>> {
        let Ok(done) = &self.outcome else { return Ok(None) };
        Ok(WorkflowDefinition::of_stream(Scope::of(ctx)?, &done.stream.to_string()).await?)
    }

    /// Every problem of the file, each with its place in `given`; empty where it was published.
    async fn errors(&self) -> Vec<UserError> {
        errors_of(&self.outcome)
    }
}

/// What came of confirming a value of a definition, or of withdrawing that.
#[derive(Debug, Clone, Description)]
pub struct ConfirmationPayload {
    /// As given.
    pub client_mutation_id: Option<String>,
    /// What was done.
    pub outcome: Outcome<Done>,
}

#[Object(use_type_description)]
impl ConfirmationPayload {
    /// As given.
    async fn client_mutation_id(&self) -> Option<&str> {
        self.client_mutation_id.as_deref()
    }

    /// The definition; null where it was refused.
    async fn definition(&self, ctx: &Context<'_>) -> Result<Option<WorkflowDefinition>> {
        let Ok(done) = &self.outcome else { return Ok(None) };
        Ok(WorkflowDefinition::of_stream(Scope::of(ctx)?, &done.stream.to_string()).await?)
    }

    /// Why it was refused; empty where it was done.
    async fn errors(&self) -> Vec<UserError> {
        errors_of(&self.outcome)
    }
}

/// What came of an entry into the register of legal bases.
#[derive(Debug, Clone, Description)]
pub struct LegalBasisPayload {
    /// As given.
    pub client_mutation_id: Option<String>,
    /// What was done.
    pub outcome: Outcome<Done>,
}

#[Object(use_type_description)]
impl LegalBasisPayload {
    /// As given.
    async fn client_mutation_id(&self) -> Option<&str> {
        self.client_mutation_id.as_deref()
    }

    /// How many entries the register has after it; null where it was refused.
    async fn version(&self) -> Option<Long> {
        self.outcome.as_ref().ok().map(|done| Long(done.n))
    }

    /// Why it was refused; empty where it was made.
    async fn errors(&self) -> Vec<UserError> {
        errors_of(&self.outcome)
    }
}

/// What came of entries into the directory.
#[derive(Debug, Clone, Description)]
pub struct EnterDirectoryPayload {
    /// As given.
    pub client_mutation_id: Option<String>,
    /// What was done.
    pub outcome: Outcome<Done>,
}

#[Object(use_type_description)]
impl EnterDirectoryPayload {
    /// As given.
    async fn client_mutation_id(&self) -> Option<&str> {
        self.client_mutation_id.as_deref()
    }

    /// Number of the directory's last event after the entries; null where they were refused.
    async fn version(&self) -> Option<Long> {
        self.outcome.as_ref().ok().map(|done| Long(done.n))
    }

    /// Why the entries were refused, all of them; empty where they were made.
    async fn errors(&self) -> Vec<UserError> {
        errors_of(&self.outcome)
    }
}
