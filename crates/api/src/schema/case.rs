//! A case as officials see it: from its row, so that a list of cases costs as many statements as one.

use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object, Result, SimpleObject};
use dingce_app::policy::Right;
use dingce_app::principal::Hat;
use dingce_app::read_rows::{
    CaseRow, CatalogueLinkRow, ClockRow, ConsultationRow, DocumentRow, DraftRow, DraftingRow, EngagementRow,
    HearingRow, IrregularityRow, LegalityRow, MeetingItemRow, OpinionRow,
};
use dingce_app::use_cases::CaseGlance;
use dingce_domain::control::{Adoption, Detail, Ending};
use dingce_domain::definition::Definition;
use dingce_domain::id::{CaseId, PersonId, UnitId};
use dingce_domain::proposal::ProposalState;
use dingce_domain::verb::Verb;
use dingce_domain::words::MatterClass;

use super::adviser::Engagement;
use super::catalogue::CatalogueEntry;
use super::compliance::ComplianceSheet;
use super::consultation::Consultation;
use super::definition::DefinitionSummary;
use super::determination::{Determination, PrintedAgendaItem};
use super::directory::Unit;
use super::drafting::{DraftingRecord, StaleCitation};
use super::drafts::{DraftVersion, Opinion};
use super::errors::Failure;
use super::expert::ExpertReview;
use super::gates::{Action, Gate, asked};
use super::hearing::Hearing;
use super::law::Overlay;
use super::legality::LegalityStep;
use super::loaders::Of;
use super::meeting::CaseMeeting;
use super::onboarding::CaseOnboarding;
use super::page::{Page, PageArgs, page_by_number, page_of};
use super::parts::{Clock, Document, Fact, Irregularity, Stage};
use super::proposal::Proposal;
use super::scope::Scope;
use super::task::{Approval, Task};
use super::timeline::TimelineEvent;
use crate::convert::{Date, DateTime, Long, Word};

/// A record beside the case that goes into its decision volume.
#[derive(Debug, Clone, SimpleObject)]
pub struct RecordBeside {
    /// Its id. Opaque.
    id: ID,
    /// Whether it came to its end: the proposer is answered; the opinion is taken up or not, or was declined.
    ready: bool,
    /// The proposal; none where it is none, or the reader may not see it.
    proposal: Option<Proposal>,
    /// The engagement; none where it is none, or the reader may not see it.
    engagement: Option<Engagement>,
}

/// Kind of the event by which an expert's opinion comes.
const EXPERT_OPINION: &str = "expert_opinion_given";

/// A decision matter 决策事项 and all on file. Only who may read it finds it.
#[derive(Debug, Clone, Description)]
pub struct DecisionCase {
    row: CaseRow,
    glance: CaseGlance,
}

impl DecisionCase {
    /// The case of a row that the reader may see.
    ///
    /// # Errors
    /// Where the row is of another program's shape.
    pub fn of(row: CaseRow, scope: &Scope) -> Result<Self, Failure> {
        let glance = CaseGlance::of(&row).map_err(|error| scope.fail(error))?;
        Ok(Self { row, glance })
    }

    fn id_of(&self, scope: &Scope) -> Result<CaseId, Failure> {
        let unreadable = || scope.fail(dingce_app::AppError::internal("reading a case's row", "its id cannot be read"));
        self.row.case_id.parse().map_err(|_| unreadable())
    }

    /// A case that the reader may see.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn find(scope: &Scope, id: &str) -> Result<Option<Self>, Failure> {
        scope.case_row(id).await?.map(|row| Self::of(row, scope)).transpose()
    }

    async fn def(&self, scope: &Scope) -> Result<Arc<Definition>, Failure> {
        scope.definition(&self.row.definition).await
    }

    /// Whether what experts said is sealed from the reader: an expert of the review whose own opinion is still asked for
    /// must give it without the others' (R713 art. 20: independently).
    async fn sealed(&self, scope: &Scope) -> Result<bool, Failure> {
        let Some(panel) = &self.glance.state.panel else { return Ok(false) };
        let hats = scope.hats().await?;
        let own = |person: PersonId| hats.iter().any(|h| h.persons().any(|p| p == person));
        Ok(panel.experts.iter().any(|e| e.sits() && e.stance.is_none() && e.person.is_some_and(own)))
    }

    /// Whether the reader, where they are an expert of the review, still owes it a declaration of interest and an opinion.
    async fn owed_by_expert(&self, scope: &Scope) -> Result<Option<(bool, bool)>, Failure> {
        let Some(panel) = &self.glance.state.panel else { return Ok(None) };
        let hats = scope.hats().await?;
        let own = |person: PersonId| hats.iter().any(|h| h.persons().any(|p| p == person));
        let mut seats = panel.experts.iter().filter(|e| e.person.is_some_and(own)).peekable();
        if seats.peek().is_none() {
            return Ok(None);
        }
        let owed = seats.fold((false, false), |(interest, opinion), e| {
            (interest || (!e.released && e.interest.is_none()), opinion || (e.sits() && e.stance.is_none()))
        });
        Ok(Some(owed))
    }

    async fn all_hearings(&self, scope: &Scope) -> Result<Vec<Hearing>, Failure> {
        let rows = scope.all(Of::<HearingRow>::new("case_id", &self.row.case_id, "hearing")).await?;
        rows.into_iter().map(|row| Hearing::of(row, scope)).collect()
    }
}

/// The issuance 印发 of a decision.
#[derive(Debug, Clone, SimpleObject)]
pub struct Issuance {
    /// Document number 发文字号; one decision of the organ bears it.
    pub document_no: String,
    /// Day of issue.
    pub issued_on: Date,
    /// Whether the number names another year in 〔〕 than that of its issue: advice to look at it again.
    pub year_differs: bool,
}

#[Object(use_type_description)]
impl DecisionCase {
    /// Its id. Opaque.
    pub async fn id(&self) -> ID {
        self.row.case_id.as_str().into()
    }

    /// Name of the matter.
    async fn title(&self) -> &str {
        &self.row.title
    }

    /// Class of decision (R713 art. 3).
    async fn class(&self) -> Option<Word<MatterClass>> {
        Word::of(&self.row.class)
    }

    /// Whether it still runs.
    async fn ending(&self) -> Word<Ending> {
        Word(self.glance.state.control.ending)
    }

    /// Whether a decision adopts the draft.
    async fn adoption(&self) -> Word<Adoption> {
        Word(self.glance.state.control.adoption)
    }

    /// The decision organ.
    async fn organ(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        Ok(Unit::find(Scope::of(ctx)?, &self.row.organ).await?)
    }

    /// The undertaking unit 承办单位 (R713 art. 11).
    async fn undertaking_unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        Ok(Unit::find(Scope::of(ctx)?, &self.row.undertaking_unit).await?)
    }

    /// The unit that carries the decision out 决策执行单位 (R713 art. 34); none before issuance.
    async fn executing_unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        let Some(unit) = &self.row.executing_unit else { return Ok(None) };
        Ok(Unit::find(Scope::of(ctx)?, unit).await?)
    }

    /// The unit named to evaluate the decision (R713 art. 36); none before an evaluation started.
    async fn evaluating_unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        let Some(unit) = &self.row.evaluating_unit else { return Ok(None) };
        Ok(Unit::find(Scope::of(ctx)?, unit).await?)
    }

    /// Id of the case whose decision this one would take the place of (R713 art. 37); none where it adjusts none.
    async fn adjusts(&self) -> Option<ID> {
        self.row.adjusts.clone().map(ID)
    }

    /// The catalogue entry that it comes from; none for a matter outside the catalogue.
    async fn catalogue_entry(&self, ctx: &Context<'_>) -> Result<Option<CatalogueEntry>> {
        let Some(entry) = &self.row.entry else { return Ok(None) };
        Ok(CatalogueEntry::find(Scope::of(ctx)?, entry).await?)
    }

    /// Proposals that it is tied to, as far as the reader may see them.
    async fn proposals(&self, ctx: &Context<'_>) -> Result<Option<Vec<Proposal>>> {
        Ok(Some(Proposal::tied_to(Scope::of(ctx)?, &self.row.case_id).await?))
    }

    /// Citations in the free texts of notices, absences, reviews for release and the legality review that were stale on the
    /// day of the act, by the register of legal bases as it is now. Advice only.
    async fn stale_citations(&self, ctx: &Context<'_>) -> Result<Vec<StaleCitation>> {
        let scope = Scope::of(ctx)?;
        let found = scope.app.stale_citations(self.id_of(scope)?, 0).await.map_err(|error| scope.fail(error))?;
        Ok(found.into_iter().map(StaleCitation::from).collect())
    }

    /// That the matter was under way elsewhere and came here midway: by whom, when, and which stages were taken over. None for
    /// a case that began here.
    async fn onboarding(&self, ctx: &Context<'_>) -> Result<Option<CaseOnboarding>> {
        let scope = Scope::of(ctx)?;
        let case = self.id_of(scope)?;
        let told = scope.app.onboarding(case).await.map_err(|error| scope.fail(error))?;
        Ok(told.map(CaseOnboarding::from))
    }

    /// What is recorded beside the case and goes into its decision volume as it stands when that is closed: the proposal that
    /// it came from, then the engagements of legal advisers. For whoever checks the volume.
    async fn records_beside(&self, ctx: &Context<'_>) -> Result<Vec<RecordBeside>> {
        let scope = Scope::of(ctx)?;
        let (proposal, engagements) =
            scope.app.streams_beside(self.id_of(scope)?).await.map_err(|error| scope.fail(error))?;
        let mut records = Vec::new();
        if let Some(id) = proposal {
            let state = scope.app.proposal_stands(id).await.map_err(|error| scope.fail(error))?;
            let (ready, id) = (state == Some(ProposalState::Answered), id.to_string());
            let proposal = Proposal::find(scope, &id).await?;
            records.push(RecordBeside { id: id.into(), ready, proposal, engagement: None });
        }
        for id in engagements {
            let id = id.to_string();
            let Some(row) = scope.one::<EngagementRow>(&id).await? else { continue };
            let ready = matches!(row.state.as_str(), "disposed" | "declined");
            let engagement = Engagement::find(scope, &id).await?;
            records.push(RecordBeside { id: id.into(), ready, proposal: None, engagement });
        }
        Ok(records)
    }

    /// The compliance sheet 程序体检表: rule by rule whether the record shows that the procedure was kept, who excused what,
    /// and which events show it. A second opinion made from the record alone. None where the reader may not see it.
    async fn compliance_sheet(&self, ctx: &Context<'_>) -> Result<Option<ComplianceSheet>> {
        let scope = Scope::of(ctx)?;
        let undertaking: Vec<UnitId> = self.row.undertaking_unit.parse().into_iter().collect();
        let hats = scope.hats().await?;
        let allowed = |hat: &Hat| scope.app.allowed_as_undertaking(hat, Right::ReadCompliance, &undertaking);
        // What experts said is sealed from whoever still owes an opinion, here too.
        if !hats.iter().any(allowed) || self.sealed(scope).await? {
            return Ok(None);
        }
        let sheet = scope.app.compliance_of_case(self.id_of(scope)?).await.map_err(|error| scope.fail(error))?;
        Ok(sheet.map(|(sheet, def)| ComplianceSheet::of(sheet, &def, scope.lang)))
    }

    /// Determinations that it is tied to, as far as the reader may see them.
    async fn determinations(&self, ctx: &Context<'_>) -> Result<Option<Vec<Determination>>> {
        Ok(Some(Determination::tied_to(Scope::of(ctx)?, &self.row.case_id).await?))
    }

    /// Items of agendas that belong to it, as far as the reader may see them.
    async fn printed_items(&self, ctx: &Context<'_>) -> Result<Option<Vec<PrintedAgendaItem>>> {
        Ok(Some(PrintedAgendaItem::tied_to(Scope::of(ctx)?, &self.row.case_id).await?))
    }

    /// What legal advisers were asked in it, at whatever stage, as far as the reader may see them (R713 art. 28).
    async fn engagements(&self, ctx: &Context<'_>) -> Result<Option<Vec<Engagement>>> {
        Ok(Some(Engagement::in_case(Scope::of(ctx)?, &self.row.case_id).await?))
    }

    /// All catalogue entries that it is tied to: several, where one decision serves several of them.
    async fn catalogue_entries(&self, ctx: &Context<'_>) -> Result<Option<Vec<CatalogueEntry>>> {
        let scope = Scope::of(ctx)?;
        let mut entries = Vec::new();
        for link in scope.all(Of::<CatalogueLinkRow>::new("case_id", &self.row.case_id, "entry")).await? {
            entries.extend(CatalogueEntry::find(scope, &link.entry).await?);
        }
        Ok(Some(entries))
    }

    /// The definition that it runs under, for as long as it runs.
    async fn definition(&self, ctx: &Context<'_>) -> Result<Option<DefinitionSummary>> {
        let scope = Scope::of(ctx)?;
        Ok(Some(DefinitionSummary::of(&*self.def(scope).await?, scope.lang)))
    }

    /// The current version of the draft; none before the first.
    async fn current_draft(&self, ctx: &Context<'_>) -> Result<Option<DraftVersion>> {
        let Some(draft) = &self.row.draft else { return Ok(None) };
        let scope = Scope::of(ctx)?;
        Ok(scope.one::<DraftRow>(draft).await?.map(|row| DraftVersion::of(row, scope)).transpose()?)
    }

    /// All versions of the draft, oldest first.
    async fn drafts(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<Page<DraftVersion>>> {
        let scope = Scope::of(ctx)?;
        let rows = scope.all(Of::<DraftRow>::new("case_id", &self.row.case_id, "number")).await?;
        let list = rows.into_iter().map(|row| DraftVersion::of(row, scope)).collect::<Result<Vec<_>, _>>()?;
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(page_of(scope.lang, &args, list, |draft| draft.key().to_owned())?))
    }

    /// What drafting answered for besides the draft, in the order of entry; of each item the newest stands.
    async fn drafting(&self, ctx: &Context<'_>) -> Result<Option<Vec<DraftingRecord>>> {
        let scope = Scope::of(ctx)?;
        let rows = scope.all(Of::<DraftingRow>::new("case_id", &self.row.case_id, "n")).await?;
        Ok(Some(DraftingRecord::all(rows, scope)?))
    }

    /// The legality review, step by step over all rounds, in the order of entry.
    async fn legality(&self, ctx: &Context<'_>) -> Result<Option<Vec<LegalityStep>>> {
        let scope = Scope::of(ctx)?;
        let rows = scope.all(Of::<LegalityRow>::new("case_id", &self.row.case_id, "n")).await?;
        Ok(Some(
            rows.into_iter().map(|row| LegalityStep::of(row, &self.glance.state, scope)).collect::<Result<_, _>>()?,
        ))
    }

    /// Its stages, in the order in which people read them.
    async fn stages(&self, ctx: &Context<'_>) -> Result<Option<Vec<Stage>>> {
        let scope = Scope::of(ctx)?;
        let def = self.def(scope).await?;
        let lang = scope.lang;
        let stages = def.stages.iter().zip(&self.glance.state.control.stages).map(|(spec, control)| Stage {
            result: match control.detail {
                Detail::Task { result: Some(place) } => Task::of(spec, lang).and_then(|task| task.result(place)),
                _ => None,
            },
            task: Task::of(spec, lang),
            approval: Approval::of(spec, &def, lang),
            id: spec.id.to_string(),
            kind: Word(spec.kind),
            name: scope.lang.of(spec.text.clone()),
            status: Word(control.status),
            evidence: Word(control.evidence),
            case: self.row.case_id.clone(),
        });
        Ok(Some(stages.collect()))
    }

    /// Its declared facts.
    async fn facts(&self, ctx: &Context<'_>) -> Result<Option<Vec<Fact>>> {
        let scope = Scope::of(ctx)?;
        let def = self.def(scope).await?;
        let facts = self.glance.state.facts.iter();
        Ok(Some(facts.map(|(name, value)| Fact::of(name.as_str(), value, &def, scope.lang)).collect()))
    }

    /// Special laws 特别法 that apply to the matter (R713 art. 3), with what each settles.
    async fn overlays(&self, ctx: &Context<'_>) -> Result<Option<Vec<Overlay>>> {
        let scope = Scope::of(ctx)?;
        let def = self.def(scope).await?;
        let named = def.overlays_of(&self.glance.state.overlays);
        Ok(Some(named.map(|overlay| Overlay::of(overlay, &def, scope.lang)).collect()))
    }

    /// Its clocks that run, are paused, or ran out, in volumes that are open. With `all`, also those that an act or the
    /// closing of a volume ended, with the day and the act, in the order in which they started.
    async fn clocks(
        &self,
        ctx: &Context<'_>,
        #[graphql(default, desc = "Also those that ended.")] all: bool,
    ) -> Result<Option<Vec<Clock>>> {
        let scope = Scope::of(ctx)?;
        if all {
            let def = self.def(scope).await?;
            return Ok(Some(Clock::all(scope, &self.row.case_id, &def).await?));
        }
        let rows = scope.all(Of::<ClockRow>::new("case_id", &self.row.case_id, "clock")).await?;
        Ok(Some(rows.into_iter().map(|row| Clock::of(row, scope)).collect::<Result<_, _>>()?))
    }

    /// Its irregularities, open and cured, oldest first.
    async fn irregularities(&self, ctx: &Context<'_>) -> Result<Option<Vec<Irregularity>>> {
        let scope = Scope::of(ctx)?;
        let rows = scope.all(Of::<IrregularityRow>::new("case_id", &self.row.case_id, "n")).await?;
        Ok(Some(rows.into_iter().map(|row| Irregularity::of(row, scope)).collect::<Result<_, _>>()?))
    }

    /// The number under which the decision was issued, and when; none before.
    async fn issuance(&self) -> Option<Issuance> {
        let (document_no, issued_on) = self.glance.state.issued.clone()?;
        let year_differs = dingce_domain::stage::year_differs(&document_no, issued_on);
        Some(Issuance { document_no, issued_on: Date(issued_on), year_differs })
    }

    /// Opinions, reports, conclusions, positions, decisions and replies, and why acts were done, in the order of their
    /// entry.
    async fn opinions(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<Page<Opinion>>> {
        let scope = Scope::of(ctx)?;
        let mut rows = scope.all(Of::<OpinionRow>::new("case_id", &self.row.case_id, "n")).await?;
        if self.sealed(scope).await? {
            rows.retain(|row| row.kind != EXPERT_OPINION);
        }
        let list = rows.into_iter().map(|row| Opinion::of(row, &self.glance.state)).collect();
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(page_of(scope.lang, &args, list, |opinion| opinion.key().to_owned())?))
    }

    /// All documents on file, in the order in which they came.
    async fn documents(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<Page<Document>>> {
        let scope = Scope::of(ctx)?;
        let mut rows = scope.all(Of::<DocumentRow>::new("case_id", &self.row.case_id, "n")).await?;
        if self.sealed(scope).await? {
            let opinions = scope.all(Of::<OpinionRow>::new("case_id", &self.row.case_id, "n")).await?;
            rows.retain(|row| !opinions.iter().any(|o| o.n == row.n && o.kind == EXPERT_OPINION));
        }
        let list = rows.into_iter().map(Document::from).collect();
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(page_of(scope.lang, &args, list, |document: &Document| document.digest.clone())?))
    }

    /// Everything that happened, in the order in which it was recorded. Each event's number `n` runs from 1 without
    /// gaps.
    async fn timeline(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<Page<TimelineEvent>>> {
        let scope = Scope::of(ctx)?;
        let args = PageArgs::new(first, after, last, before);
        let total = Long::of(self.row.n).0;
        let case = self.id_of(scope)?;
        let sealed = self.sealed(scope).await?;
        let fetch = |after, limit| async move {
            let events = scope.app.store().events(case.into(), after, limit).await.map_err(|e| scope.fail(e))?;
            let seen = |event| {
                let seen = TimelineEvent::of(event, scope)?;
                Ok(if sealed && seen.kind == EXPERT_OPINION { seen.without_content() } else { seen })
            };
            events.iter().map(seen).collect::<Result<Vec<_>, Failure>>()
        };
        Ok(Some(page_by_number(scope.lang, &args, total, TimelineEvent::number, fetch).await?))
    }

    /// The newest consultation of the public; none before the first.
    async fn consultation(&self, ctx: &Context<'_>) -> Result<Option<Consultation>> {
        let rows = Scope::of(ctx)?.all(Of::<ConsultationRow>::new("case_id", &self.row.case_id, "opens_on")).await?;
        Ok(rows.into_iter().next_back().map(Consultation::from))
    }

    /// All consultations of the public, oldest first.
    async fn consultations(&self, ctx: &Context<'_>) -> Result<Option<Vec<Consultation>>> {
        let rows = Scope::of(ctx)?.all(Of::<ConsultationRow>::new("case_id", &self.row.case_id, "opens_on")).await?;
        Ok(Some(rows.into_iter().map(Consultation::from).collect()))
    }

    /// The newest hearing 听证会; none before the first notice.
    async fn hearing(&self, ctx: &Context<'_>) -> Result<Option<Hearing>> {
        Ok(self.all_hearings(Scope::of(ctx)?).await?.pop())
    }

    /// All hearings, oldest first.
    async fn hearings(&self, ctx: &Context<'_>) -> Result<Option<Vec<Hearing>>> {
        Ok(Some(self.all_hearings(Scope::of(ctx)?).await?))
    }

    /// What each act would be told now, asked for the reader: the same rules that would refuse. Ordered by stage.
    async fn gates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only the gates of this stage.")] stage: Option<String>,
        #[graphql(desc = "Only the gates of this act.")] verb: Option<Word<Verb>>,
    ) -> Result<Option<Vec<Gate>>> {
        let scope = Scope::of(ctx)?;
        let def = self.def(scope).await?;
        let all = asked(scope, &def, &self.glance).await?;
        let wanted = all
            .iter()
            .filter(|a| stage.as_ref().is_none_or(|s| a.stage.as_ref().is_some_and(|own| own.as_str() == s)))
            .filter(|a| verb.is_none_or(|v| v.0 == a.verb));
        Ok(Some(wanted.map(|a| Gate::of(a, &def, scope.lang)).collect()))
    }

    /// What the reader can do now. What is given with an act is checked when it is done.
    async fn available_actions(&self, ctx: &Context<'_>) -> Result<Option<Vec<Action>>> {
        let scope = Scope::of(ctx)?;
        let def = self.def(scope).await?;
        let all = asked(scope, &def, &self.glance).await?;
        let owed = self.owed_by_expert(scope).await?;
        let open = |verb: Verb| match verb {
            Verb::DeclareInterest => owed.is_none_or(|(interest, _)| interest),
            Verb::GiveExpertOpinion => owed.is_none_or(|(_, opinion)| opinion),
            _ => true,
        };
        let open = all.iter().filter(|a| open(a.verb));
        Ok(Some(open.filter_map(|a| Action::of(a, scope.lang)).collect()))
    }

    /// The expert review 专家论证 that runs or was held last; none before the first appointment. Where an expert's own
    /// opinion is still asked for, the others' are sealed from them, here and everywhere.
    async fn expert_review(&self, ctx: &Context<'_>) -> Result<Option<ExpertReview>> {
        let Some(mut panel) = self.glance.state.panel.clone() else { return Ok(None) };
        let heard = panel.heard();
        if self.sealed(Scope::of(ctx)?).await? {
            panel.experts.iter_mut().for_each(|e| (e.stance, e.stance_entered) = (None, None));
        }
        Ok(Some(ExpertReview { heard, ..ExpertReview::from(panel) }))
    }

    /// Meetings on whose agenda it was placed, by day.
    async fn meetings(&self, ctx: &Context<'_>) -> Result<Option<Vec<CaseMeeting>>> {
        let rows = Scope::of(ctx)?.all(Of::<MeetingItemRow>::new("case_id", &self.row.case_id, "held_on")).await?;
        Ok(Some(rows.into_iter().map(CaseMeeting::from).collect()))
    }

    /// Whether an irregularity is open.
    async fn irregular(&self) -> bool {
        self.row.irregular
    }

    /// When it was opened.
    async fn opened_at(&self) -> DateTime {
        DateTime::of_millis(self.row.opened_at)
    }

    /// When its last event was recorded.
    async fn updated_at(&self) -> DateTime {
        DateTime::of_millis(self.row.updated_at)
    }

    /// Number of its last event; grows with every act.
    async fn version(&self) -> Long {
        Long::of(self.row.n)
    }
}
