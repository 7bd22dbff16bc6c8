//! What officials can ask.

use async_graphql::{Context, Description, ID, InputObject, Interface, Object, Result, SimpleObject, Subscription};
use dingce_app::policy::Right;
use dingce_app::ports::{Direction, Filter, ReadRow, RowQuery, Value};
use dingce_app::read_rows::{
    CaseRow, DefinitionRow, DossierRow, ErasureRow, MeetingRow, PersonRow, SecretStubRow, UnitRow,
};
use dingce_domain::control::Ending;
use dingce_domain::erasure::ErasureState;
use dingce_domain::id::{
    AccountabilityFileId, AdviserId, CaseId, CatalogueId, ConsultationId, DeterminationId, DossierId, DraftId,
    EngagementId, EntryId, ErasureId, InspectionMandateId, MeetingId, PersonId, PrintedAgendaId, ProposalId,
    SecretStubId, SupervisionNoticeId, UnitId,
};
use dingce_domain::organisation::UnitKind;
use futures_util::Stream;

use super::accountability::{
    self, AccountabilityFile, AccountabilityFileFilter, InspectionMandate, SupervisionNotice, SupervisionNoticeFilter,
};
use super::adviser::{self, Adviser, Engagement, EngagementFilter};
use super::case::DecisionCase;
use super::catalogue::{self, Catalogue, CatalogueEntry, CatalogueEntryFilter, CatalogueFilter};
use super::changes::{Change, ChangePage, Tail, visible};
use super::consultation::Consultation;
use super::deadlines::{Wanted, deadlines};
use super::definition::WorkflowDefinition;
use super::determination::{self, Determination, DeterminationFilter, PrintedAgenda, PrintedAgendaItem};
use super::directory::{Me, Person, Unit};
use super::dossier::HistoricalDossier;
use super::drafting::BasisStanding;
use super::drafts::DraftVersion;
use super::erasure::Erasure;
use super::errors::{Failure, found};
use super::expert::ExpertPool;
use super::figures::AppraisalFigures;
use super::hearing::Hearing;
use super::legal_bases::{self, LegalBasis, LegalBasisFilter};
use super::log::{self, LogNote, Lookup};
use super::meeting::{Meeting, MeetingFilter, listed};
use super::migration::MigrationPlan;
use super::page::{Page, PageArgs, page};
use super::parts::Clock;
use super::proposal::{self, Proposal, ProposalFilter};
use super::scope::{Scope, UNITS, units};
use super::secret::SecretStub;
use super::trace::{PersonTrace, ReverseTrace, UnitTrace};
use crate::convert::words::ClockState;
use crate::convert::{Date, Long, Shown, Word};

/// A thing with an id of its own, found again by `node`.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Its id. Opaque."))]
pub enum Node {
    /// A case.
    DecisionCase(Box<DecisionCase>),
    /// A catalogue.
    Catalogue(Box<Catalogue>),
    /// An entry of a catalogue.
    CatalogueEntry(Box<CatalogueEntry>),
    /// A consultation.
    Consultation(Box<Consultation>),
    /// A version of a draft.
    DraftVersion(Box<DraftVersion>),
    /// A historical dossier.
    HistoricalDossier(Box<HistoricalDossier>),
    /// A proposal.
    Proposal(Box<Proposal>),
    /// A determination.
    Determination(Box<Determination>),
    /// A printed agenda.
    PrintedAgenda(Box<PrintedAgenda>),
    /// A legal adviser.
    Adviser(Box<Adviser>),
    /// An engagement of a legal adviser.
    Engagement(Box<Engagement>),
    /// An accountability file.
    AccountabilityFile(Box<AccountabilityFile>),
    /// A supervision notice.
    SupervisionNotice(Box<SupervisionNotice>),
    /// An inspection mandate.
    InspectionMandate(Box<InspectionMandate>),
    /// A meeting.
    Meeting(Box<Meeting>),
    /// The stub of a secret matter.
    SecretStub(Box<SecretStub>),
    /// An entry of the register of erasures.
    Erasure(Box<Erasure>),
    /// A unit.
    Unit(Box<Unit>),
    /// A person.
    Person(Box<Person>),
}

/// Which cases.
#[derive(Debug, Clone, Default, InputObject)]
pub struct CaseFilter {
    /// Only those with this ending.
    pub ending: Option<Word<Ending>>,
    /// Only those of this undertaking unit.
    pub undertaking_unit: Option<ID>,
    /// Only those that come from this catalogue entry.
    pub entry: Option<ID>,
    /// Only those under a definition of this name, in whatever version: the register of one procedure.
    pub definition: Option<String>,
    /// Only those whose title contains this text, 1 to 200 characters; case matters.
    pub title_contains: Option<String>,
    /// Only those that a unit of the reader undertakes.
    pub mine: Option<bool>,
    /// Only those with an open irregularity; `false`, only those without.
    pub irregular: Option<bool>,
    /// Only those in which an irregularity was ever recorded, open or cured; `false`, only those without.
    pub ever_irregular: Option<bool>,
}

/// In which order cases are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, async_graphql::Enum)]
pub enum CaseOrder {
    /// The one written to last comes first.
    #[default]
    Updated,
}

/// The clock of the system.
#[derive(Debug, Clone, SimpleObject)]
pub struct Now {
    /// The present day where the organ is.
    pub today: Date,
    /// The present instant.
    pub instant: crate::convert::DateTime,
}

/// Queries of officials. A thing that is not there and one that is not for the reader get the same answer: null.
#[derive(Debug, Clone, Copy, Default, Description)]
pub struct Query;

async fn node(scope: &Scope, id: &str) -> Result<Option<Node>, Failure> {
    let prefix = id.split('_').next().unwrap_or_default();
    Ok(match prefix {
        CaseId::PREFIX => DecisionCase::find(scope, id).await?.map(|n| Node::DecisionCase(Box::new(n))),
        CatalogueId::PREFIX => Catalogue::find(scope, id).await?.map(|n| Node::Catalogue(Box::new(n))),
        EntryId::PREFIX => CatalogueEntry::find(scope, id).await?.map(|n| Node::CatalogueEntry(Box::new(n))),
        ConsultationId::PREFIX => Consultation::find(scope, id).await?.map(|n| Node::Consultation(Box::new(n))),
        DraftId::PREFIX => DraftVersion::find(scope, id).await?.map(|n| Node::DraftVersion(Box::new(n))),
        DossierId::PREFIX => HistoricalDossier::find(scope, id).await?.map(|n| Node::HistoricalDossier(Box::new(n))),
        ProposalId::PREFIX => Proposal::find(scope, id).await?.map(|n| Node::Proposal(Box::new(n))),
        DeterminationId::PREFIX => Determination::find(scope, id).await?.map(|n| Node::Determination(Box::new(n))),
        PrintedAgendaId::PREFIX => PrintedAgenda::find(scope, id).await?.map(|n| Node::PrintedAgenda(Box::new(n))),
        AdviserId::PREFIX => Adviser::find(scope, id).await?.map(|n| Node::Adviser(Box::new(n))),
        EngagementId::PREFIX => Engagement::find(scope, id).await?.map(|n| Node::Engagement(Box::new(n))),
        AccountabilityFileId::PREFIX => {
            AccountabilityFile::find(scope, id).await?.map(|n| Node::AccountabilityFile(Box::new(n)))
        }
        SupervisionNoticeId::PREFIX => {
            SupervisionNotice::find(scope, id).await?.map(|n| Node::SupervisionNotice(Box::new(n)))
        }
        InspectionMandateId::PREFIX => {
            InspectionMandate::find(scope, id).await?.map(|n| Node::InspectionMandate(Box::new(n)))
        }
        MeetingId::PREFIX => Meeting::find(scope, id).await?.map(|n| Node::Meeting(Box::new(n))),
        ErasureId::PREFIX => Erasure::find(scope, id).await?.map(|n| Node::Erasure(Box::new(n))),
        SecretStubId::PREFIX => SecretStub::find(scope, id).await?.map(|n| Node::SecretStub(Box::new(n))),
        UnitId::PREFIX => Unit::in_directory(scope, id).await?.map(|n| Node::Unit(Box::new(n))),
        PersonId::PREFIX => Person::in_directory(scope, id).await?.map(|n| Node::Person(Box::new(n))),
        _ => None,
    })
}

fn text(value: impl ToString) -> Value {
    Value::Text(value.to_string())
}

#[Object(use_type_description)]
impl Query {
    /// A thing by its id.
    async fn node(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Node>> {
        let scope = Scope::of(ctx)?;
        Ok(found(node(scope, &id).await)?.flatten())
    }

    /// Things by their ids, at most 100, each in its place; null where there is none.
    async fn nodes(&self, ctx: &Context<'_>, ids: Vec<ID>) -> Result<Option<Vec<Option<Node>>>> {
        let scope = Scope::of(ctx)?;
        if ids.len() > 100 {
            return Err(Failure::bad_input(format!("Expected at most 100 ids, but got {}.", ids.len())).into());
        }
        let all = ids.iter().map(|id| async move { Ok::<_, Failure>(found(node(scope, id).await)?.flatten()) });
        Ok(Some(futures_util::future::try_join_all(all).await?))
    }

    /// A case.
    async fn case(&self, ctx: &Context<'_>, id: ID) -> Result<Option<DecisionCase>> {
        Ok(DecisionCase::find(Scope::of(ctx)?, &id).await?)
    }

    /// What moving a case to another version of its definition would do, and what stands against it. `definition` is the hash
    /// of a published version, or its name and version as `NAME@VERSION`. For who may move cases; nothing is done by asking. It
    /// may take seconds: where nothing else stands against it, the states of the version are gone through as for its proof.
    async fn migration_plan(
        &self,
        ctx: &Context<'_>,
        case_id: ID,
        definition: String,
    ) -> Result<Option<MigrationPlan>> {
        let scope = Scope::of(ctx)?;
        let Ok(case) = case_id.parse::<CaseId>() else { return Ok(None) };
        let planned = scope.app.plan_migration(scope.principal()?, case, &definition).await;
        let planned = found(planned.map_err(|error| scope.fail(error)))?;
        Ok(planned.map(|planned| MigrationPlan::of(planned, scope.lang)))
    }

    /// Cases that the reader may see.
    async fn cases(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<CaseFilter>,
        #[graphql(default)] order_by: CaseOrder,
    ) -> Result<Option<Page<DecisionCase>>> {
        let scope = Scope::of(ctx)?;
        let CaseFilter { ending, undertaking_unit, entry, definition, title_contains, mine, irregular, ever_irregular } =
            filter.unwrap_or_default();
        let mut query = RowQuery::all(CaseRow::TABLE);
        query.filters = scope.readable().await?;
        query.filters.extend(ending.map(|e| Filter::Eq("ending", text(e.0))));
        query.filters.extend(undertaking_unit.map(|u| Filter::Eq("undertaking_unit", text(u.as_str()))));
        query.filters.extend(entry.map(|e| Filter::Eq("entry", text(e.as_str()))));
        if let Some(name) = definition {
            let mut named = RowQuery::all(DefinitionRow::TABLE);
            named.filters.push(Filter::Eq("name", text(&name)));
            let versions = scope.rows::<DefinitionRow>(named).await?;
            let hashes = versions.into_iter().map(|row| Value::Text(row.hash)).collect();
            query.filters.push(Filter::In("definition", hashes));
        }
        query.filters.extend(irregular.map(|is| Filter::Eq("irregular", Value::Bool(is))));
        query.filters.extend(ever_irregular.map(|was| match was {
            true => Filter::Ge("irregularities", Value::Int(1)),
            false => Filter::Lt("irregularities", Value::Int(1)),
        }));
        if let Some(part) = title_contains.filter(|part| !part.is_empty()) {
            if part.chars().count() > 200 {
                return Err(Failure::bad_input("Expected titleContains to have up to 200 characters.").into());
            }
            query.filters.push(Filter::Contains("title", part));
        }
        if mine == Some(true) {
            query.filters.push(Filter::AnyIn(UNITS.to_vec(), units(scope.hats().await?.iter())));
        }
        match order_by {
            CaseOrder::Updated => {
                query.order = vec!["updated_at"];
                query.direction = Direction::Descending;
            }
        }
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(page(scope, args, query, |row: CaseRow| DecisionCase::of(row, scope)).await?))
    }

    /// Catalogues of the reader's organ, newest year first.
    async fn catalogues(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        #[graphql(desc = "Only those for this year.")] year: Option<i32>,
        filter: Option<CatalogueFilter>,
    ) -> Result<Option<Page<Catalogue>>> {
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(catalogue::catalogues(Scope::of(ctx)?, args, year, filter.unwrap_or_default()).await?))
    }

    /// A catalogue.
    async fn catalogue(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Catalogue>> {
        Ok(Catalogue::find(Scope::of(ctx)?, &id).await?)
    }

    /// Entries of catalogues, by year and place: what was never begun, what is unfinished and unreported, the list of
    /// hearings.
    async fn catalogue_entries(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<CatalogueEntryFilter>,
    ) -> Result<Option<Page<CatalogueEntry>>> {
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(catalogue::entries(Scope::of(ctx)?, args, filter.unwrap_or_default()).await?))
    }

    /// A hearing.
    async fn hearing(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Hearing>> {
        Ok(Hearing::find(Scope::of(ctx)?, id.as_str()).await?)
    }

    /// A consultation.
    async fn consultation(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Consultation>> {
        Ok(Consultation::find(Scope::of(ctx)?, &id).await?)
    }

    /// Units of the reader's directory.
    async fn units(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        #[graphql(desc = "Only those of this kind.")] kind: Option<Word<UnitKind>>,
    ) -> Result<Option<Page<Unit>>> {
        let scope = Scope::of(ctx)?;
        scope.entitled(Right::ReadDirectory).await?;
        let mut query = RowQuery::all(UnitRow::TABLE).with(Filter::Eq("organ", text(scope.organ().await?)));
        query.filters.extend(kind.map(|k| Filter::Eq("kind", text(k.0))));
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(page(scope, args, query, |row: UnitRow| Ok(Unit::from(row))).await?))
    }

    /// The pool of experts 专家库 in the reader's directory (R713 art. 21), also those who left it.
    async fn expert_pool(&self, ctx: &Context<'_>) -> Result<Option<ExpertPool>> {
        let scope = Scope::of(ctx)?;
        scope.entitled(Right::ReadDirectory).await?;
        let organ = scope.organ().await?;
        let directory = scope.app.directory(organ).await.map_err(|error| scope.fail(error))?;
        Ok(Some(ExpertPool::of(&directory.state)))
    }

    /// Persons of the reader's directory.
    async fn persons(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        #[graphql(desc = "Only those whose name contains this text, 1 to 200 characters.")] name_contains: Option<
            String,
        >,
    ) -> Result<Option<Page<Person>>> {
        let scope = Scope::of(ctx)?;
        scope.entitled(Right::ReadDirectory).await?;
        let mut query = RowQuery::all(PersonRow::TABLE).with(Filter::Eq("organ", text(scope.organ().await?)));
        if let Some(part) = name_contains {
            if part.is_empty() || part.chars().count() > 200 {
                return Err(Failure::bad_input("Expected nameContains to have 1 to 200 characters.").into());
            }
            query.filters.push(Filter::Contains("name", part));
        }
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(page(scope, args, query, |row: PersonRow| Ok(Person::from(row))).await?))
    }

    /// Who asks, and in which posts they may act today.
    async fn me(&self, ctx: &Context<'_>) -> Result<Option<Me>> {
        Scope::of(ctx)?.principal()?;
        Ok(Some(Me))
    }

    /// The time by which the system counts days.
    async fn now(&self, ctx: &Context<'_>) -> Result<Option<Now>> {
        let app = &Scope::of(ctx)?.app;
        Ok(Some(Now { today: Date(app.today()), instant: crate::convert::DateTime(app.now()) }))
    }

    /// A published definition by its hash, `sha256:` and 64 hex digits.
    async fn definition(&self, ctx: &Context<'_>, hash: String) -> Result<Option<WorkflowDefinition>> {
        let scope = Scope::of(ctx)?;
        scope.hats().await?;
        Ok(WorkflowDefinition::find(scope, &hash).await?)
    }

    /// Published definitions, by name and version.
    async fn definitions(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<Page<WorkflowDefinition>>> {
        let scope = Scope::of(ctx)?;
        scope.hats().await?;
        let mut query = RowQuery::all(DefinitionRow::TABLE);
        query.order = vec!["name", "version"];
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(page(scope, args, query, |row: DefinitionRow| Ok(WorkflowDefinition::from(row))).await?))
    }

    /// The register of legal bases 法律依据库 of the reader's organ, by name.
    async fn legal_bases(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<LegalBasisFilter>,
    ) -> Result<Option<Page<LegalBasis>>> {
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(legal_bases::legal_bases(Scope::of(ctx)?, args, filter.unwrap_or_default()).await?))
    }

    /// How a document that is cited so stands on a day, by the register of legal bases: to look before one cites.
    async fn legal_basis_standing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its name.")] name: String,
        #[graphql(desc = "Its number; it says which of several of one name is meant.", default)] number: String,
        #[graphql(desc = "The day; today if not given.")] on: Option<Date>,
    ) -> Result<Option<BasisStanding>> {
        let scope = Scope::of(ctx)?;
        scope.entitled(Right::ReadLegalBases).await?;
        let register = scope.app.legal_bases(scope.organ().await?).await.map_err(|error| scope.fail(error))?;
        Ok(Some(register.standing(&name, &number, on.map_or_else(|| scope.app.today(), |d| d.0)).shown()))
    }

    /// A historical dossier.
    async fn dossier(&self, ctx: &Context<'_>, id: ID) -> Result<Option<HistoricalDossier>> {
        Ok(HistoricalDossier::find(Scope::of(ctx)?, &id).await?)
    }

    /// Historical dossiers, in the order in which they were entered.
    async fn dossiers(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        #[graphql(desc = "Only those with a departure that nobody has explained.")] unexplained: Option<bool>,
    ) -> Result<Option<Page<HistoricalDossier>>> {
        let scope = Scope::of(ctx)?;
        let mut query = HistoricalDossier::query(scope).await?;
        if unexplained == Some(true) {
            query.filters.push(Filter::Ge("unexplained", Value::Int(1)));
        }
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(page(scope, args, query, |row: DossierRow| HistoricalDossier::of(row, scope)).await?))
    }

    /// A proposal.
    async fn proposal(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Proposal>> {
        Ok(Proposal::find(Scope::of(ctx)?, &id).await?)
    }

    /// Proposals that the reader may see, the latest first.
    async fn proposals(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<ProposalFilter>,
    ) -> Result<Option<Page<Proposal>>> {
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(proposal::proposals(Scope::of(ctx)?, args, filter.unwrap_or_default()).await?))
    }

    /// Whether a matter is a major decision.
    async fn determination(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Determination>> {
        Ok(Determination::find(Scope::of(ctx)?, &id).await?)
    }

    /// Determinations, the latest first.
    async fn determinations(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<DeterminationFilter>,
    ) -> Result<Option<Page<Determination>>> {
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(determination::determinations(Scope::of(ctx)?, args, filter.unwrap_or_default()).await?))
    }

    /// A printed agenda.
    async fn printed_agenda(&self, ctx: &Context<'_>, id: ID) -> Result<Option<PrintedAgenda>> {
        Ok(PrintedAgenda::find(Scope::of(ctx)?, &id).await?)
    }

    /// Printed agendas, the latest first.
    async fn printed_agendas(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<Page<PrintedAgenda>>> {
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(determination::agendas(Scope::of(ctx)?, args).await?))
    }

    /// Items of printed agendas, in the order in which they came.
    async fn printed_items(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        #[graphql(desc = "false: only those that belong to no case and to no determination.")] linked: Option<bool>,
        #[graphql(desc = "Only those whose title contains this text, 1 to 200 characters.")] title_contains: Option<
            String,
        >,
    ) -> Result<Option<Page<PrintedAgendaItem>>> {
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(determination::printed_items(Scope::of(ctx)?, args, linked, title_contains).await?))
    }

    /// An accountability file 责任追究案卷.
    async fn accountability_file(&self, ctx: &Context<'_>, id: ID) -> Result<Option<AccountabilityFile>> {
        Ok(AccountabilityFile::find(Scope::of(ctx)?, &id).await?)
    }

    /// Accountability files, the latest first. Those that speak of the reader are left out, and not counted.
    async fn accountability_files(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<AccountabilityFileFilter>,
    ) -> Result<Option<Page<AccountabilityFile>>> {
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(accountability::files(Scope::of(ctx)?, args, filter.unwrap_or_default()).await?))
    }

    /// A supervision notice 督察建议书、督办通知.
    async fn supervision_notice(&self, ctx: &Context<'_>, id: ID) -> Result<Option<SupervisionNotice>> {
        Ok(SupervisionNotice::find(Scope::of(ctx)?, &id).await?)
    }

    /// Supervision notices, the latest first: all of the organ's for supervision, its own for a unit.
    async fn supervision_notices(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<SupervisionNoticeFilter>,
    ) -> Result<Option<Page<SupervisionNotice>>> {
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(accountability::notices(Scope::of(ctx)?, args, filter.unwrap_or_default()).await?))
    }

    /// An inspection mandate 督察授权.
    async fn inspection_mandate(&self, ctx: &Context<'_>, id: ID) -> Result<Option<InspectionMandate>> {
        Ok(InspectionMandate::find(Scope::of(ctx)?, &id).await?)
    }

    /// Inspection mandates, the latest first.
    async fn inspection_mandates(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<Page<InspectionMandate>>> {
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(accountability::mandates(Scope::of(ctx)?, args).await?))
    }

    /// What the log has on record about itself, the latest first: how far each stream had come on a day, that it was restored, by which key it
    /// goes on.
    async fn log_notes(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<Page<LogNote>>> {
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(log::notes(Scope::of(ctx)?, args).await?))
    }

    /// Who traced whom and looked what up, the latest first, 200 at most: those with a number below `before`. Asking is a look-up itself.
    async fn lookups(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        before: Option<Long>,
    ) -> Result<Option<Vec<Lookup>>> {
        Ok(Some(log::lookups(Scope::of(ctx)?, before, first).await?))
    }

    /// A legal adviser.
    async fn adviser(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Adviser>> {
        Ok(Adviser::find(Scope::of(ctx)?, &id).await?)
    }

    /// The roster of legal advisers (R713 art. 28), also those who left it.
    async fn advisers(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<Page<Adviser>>> {
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(adviser::advisers(Scope::of(ctx)?, args).await?))
    }

    /// An engagement of a legal adviser.
    async fn engagement(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Engagement>> {
        Ok(Engagement::find(Scope::of(ctx)?, &id).await?)
    }

    /// Engagements of legal advisers that the reader may see, the latest first.
    async fn engagements(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<EngagementFilter>,
    ) -> Result<Option<Page<Engagement>>> {
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(adviser::engagements(Scope::of(ctx)?, args, filter.unwrap_or_default()).await?))
    }

    /// A meeting of the deciding body.
    async fn meeting(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Meeting>> {
        Ok(Meeting::find(Scope::of(ctx)?, &id).await?)
    }

    /// Meetings, by day.
    async fn meetings(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<MeetingFilter>,
    ) -> Result<Option<Page<Meeting>>> {
        let scope = Scope::of(ctx)?;
        let query = listed(scope, filter.unwrap_or_default()).await?;
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(page(scope, args, query, |row: MeetingRow| Meeting::of(row, scope)).await?))
    }

    /// Stubs of secret matters, in the order in which they were entered. For supervision, and for the office that keeps them.
    async fn secret_stubs(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<Page<SecretStub>>> {
        let scope = Scope::of(ctx)?;
        let query = SecretStub::query(scope).await?;
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(page(scope, args, query, |row: SecretStubRow| SecretStub::of(row, scope)).await?))
    }

    /// An entry of the register of erasures.
    async fn erasure(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Erasure>> {
        Ok(Erasure::find(Scope::of(ctx)?, &id).await?)
    }

    /// The register of erasures (PIPL art. 47), the newest first; of one state where one is given.
    async fn erasures(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        #[graphql(desc = "Only those whose latest request stands so.")] state: Option<Word<ErasureState>>,
    ) -> Result<Option<Page<Erasure>>> {
        let scope = Scope::of(ctx)?;
        let query = Erasure::query(scope, state.map(|state| state.0)).await?;
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(page(scope, args, query, |row: ErasureRow| Erasure::of(row, scope)).await?))
    }

    /// The reverse trace 倒查 of a case (R713 art. 38), for who may trace. None where there is no such case for them, or none was
    /// recorded yet.
    async fn reverse_trace(
        &self,
        ctx: &Context<'_>,
        case: ID,
        #[graphql(desc = "Only what was recorded up to the end of this day.")] as_known_on: Option<Date>,
    ) -> Result<Option<ReverseTrace>> {
        Ok(ReverseTrace::find(Scope::of(ctx)?, &case, as_known_on).await?)
    }

    /// What a person did in any post and by delegation, for who may trace.
    async fn person_trace(
        &self,
        ctx: &Context<'_>,
        person: ID,
        #[graphql(desc = "Only what was recorded up to the end of this day.")] as_known_on: Option<Date>,
    ) -> Result<Option<PersonTrace>> {
        Ok(PersonTrace::find(Scope::of(ctx)?, &person, as_known_on).await?)
    }

    /// What was done for a unit, with its successors and parts, for who may trace.
    async fn unit_trace(
        &self,
        ctx: &Context<'_>,
        unit: ID,
        #[graphql(desc = "Only what was recorded up to the end of this day.")] as_known_on: Option<Date>,
    ) -> Result<Option<UnitTrace>> {
        Ok(UnitTrace::find(Scope::of(ctx)?, &unit, as_known_on).await?)
    }

    /// Figures for an appraisal 考核 (R713 arts. 8, 9), counted from the record as it stands, or as it stood when they were taken
    /// before: for the organ's leaders, its office, the justice bureau and supervision; a unit sees those of what it undertakes itself.
    async fn figures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organ; the reader's own where absent.")] organ: Option<ID>,
        #[graphql(desc = "First day.")] from: Date,
        #[graphql(desc = "Last day, itself included; ten years after the first at most.")] to: Date,
        #[graphql(
            desc = "As they were taken before: `takenAs` of an earlier answer. Pages of acts belong together only so."
        )]
        taken_as: Option<String>,
    ) -> Result<Option<AppraisalFigures>> {
        Ok(Some(AppraisalFigures::take(Scope::of(ctx)?, organ, from, to, taken_as).await?))
    }

    /// The log from a place on, as far as the reader may see it: what a copy elsewhere reads to keep up.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first place to look at; 0 for the beginning.")] since: Option<Long>,
        #[graphql(desc = "How many places to look at, 1 to 100.")] first: i32,
    ) -> Result<Option<ChangePage>> {
        let scope = Scope::of(ctx)?;
        let limit = u64::try_from(first)
            .ok()
            .filter(|n| (1..=100).contains(n))
            .ok_or_else(|| Failure::bad_input(format!("Expected first to be 1 to 100, but got {first}.")))?;
        let (nodes, next) = visible(scope, since.map_or(0, |l| l.0), limit).await?;
        let size = scope.app.store().log_size().await.map_err(|error| scope.fail(error))?;
        Ok(Some(ChangePage { nodes, next: Long(next), size: Long(size) }))
    }

    /// Clocks with a last day that run or are overdue, of cases that the reader may see, the earliest first: the work that
    /// is due, also after the decision and its volume.
    async fn deadlines(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        #[graphql(desc = "Only those that this role of the definition holds.")] holder: Option<String>,
        #[graphql(desc = "Only those whose last day is before this one.")] due_before: Option<Date>,
        #[graphql(desc = "Only those of which it is on the record that their last day is near, or only the others.")]
        due_soon: Option<bool>,
        #[graphql(desc = "Only those in this state; where absent, those that run and those that are overdue.")]
        state: Option<Word<ClockState>>,
        #[graphql(
            desc = "Only those that the reader holds: in one of their posts they have the role that it waits for."
        )]
        mine: Option<bool>,
    ) -> Result<Option<Page<Clock>>> {
        let args = PageArgs::new(first, after, last, before);
        let wanted = Wanted { mine, holder, due_before, due_soon, state };
        Ok(Some(deadlines(Scope::of(ctx)?, args, wanted).await?))
    }
}

/// What officials can follow.
#[derive(Debug, Clone, Copy, Default, Description)]
pub struct Follow;

#[Subscription(name = "Subscription", use_type_description)]
impl Follow {
    /// Entries of the log from a place on, and then each as it comes, as far as the reader may see it. After a break go
    /// on with one more than the last `logIndex`.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first place; where absent, what comes from now on.")] since: Option<Long>,
    ) -> Result<impl Stream<Item = Result<Change>> + use<>> {
        let first = Scope::of(ctx)?;
        let mut lengths = ctx.data::<Tail>()?.listen(&first.app);
        let mut at = match since {
            Some(since) => since.0,
            None => first.app.store().log_size().await.map_err(|error| first.fail(error))?,
        };
        let scope = first.afresh();
        Ok(async_stream(move |sender| async move {
            loop {
                // Rights are asked anew every time: a post may end while the stream runs.
                let looked = visible(&scope.afresh(), at, 100).await;
                let before = at;
                match looked {
                    Ok((changes, next)) => {
                        at = next;
                        for change in changes {
                            if sender.send(Ok(change)).await.is_err() {
                                return;
                            }
                        }
                    }
                    Err(failure) => {
                        let _ = sender.send(Err(failure.into())).await;
                        return;
                    }
                }
                if at == before && lengths.changed().await.is_err() {
                    return;
                }
            }
        }))
    }
}

/// A stream of what a task sends; the task ends with the stream.
fn async_stream<T, F>(task: impl FnOnce(tokio::sync::mpsc::Sender<T>) -> F) -> impl Stream<Item = T>
where
    T: Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let (sender, receiver) = tokio::sync::mpsc::channel(16);
    let task = Box::pin(task(sender));
    futures_util::stream::unfold((receiver, Some(task)), |(mut receiver, task)| async move {
        let Some(mut running) = task else { return receiver.recv().await.map(|item| (item, (receiver, None))) };
        tokio::select! {
            biased;
            item = receiver.recv() => item.map(|item| (item, (receiver, Some(running)))),
            () = &mut running => receiver.recv().await.map(|item| (item, (receiver, None))),
        }
    })
}
