//! Proposals to decide 决策建议.

use async_graphql::{Context, Description, ID, InputObject, Object, Result, SimpleObject};
use dingce_app::policy::Right;
use dingce_app::ports::{Direction, Filter, ReadRow, RowQuery, Value};
use dingce_app::read_rows::{ProposalRow, TieRow};
use dingce_domain::consultation::Channel;
use dingce_domain::id::PersonId;
use dingce_domain::proposal::{
    self, ArgumentPart, DecideProposal, Decider, GiveOpinion, HandOver, OpenSender, ProposalOutcome, ProposalState,
};
use dingce_domain::tie::TieTarget;
use dingce_domain::words::Proposer;

use super::case::DecisionCase;
use super::catalogue::CatalogueEntry;
use super::directory::Unit;
use super::erasure::Erased;
use super::errors::Failure;
use super::loaders::Of;
use super::page::{Page, PageArgs, page};
use super::parts::Document;
use super::scope::Scope;
use crate::convert::{Date, Word};

/// What a unit argues for its proposal (R713 art. 10).
#[derive(Debug, Clone, SimpleObject)]
pub struct ProposalArgument {
    /// The main problem.
    main_problem: String,
    /// Reasons and basis.
    reasons_and_basis: String,
    /// The preliminary solution.
    preliminary_solution: String,
    /// Why it is necessary.
    necessity: String,
    /// Why it is feasible.
    feasibility: String,
}

/// A suggestion or conference proposal that it was made by, with a clock of its own.
#[derive(Debug, Clone, SimpleObject)]
pub struct Suggestion {
    /// Its number.
    number: String,
    /// By when it is to be answered, as its own papers say.
    reply_by: Option<Date>,
}

/// That a proposal was handed to a unit for study.
#[derive(Debug, Clone, SimpleObject)]
pub struct ProposalHandover {
    /// Id of the unit.
    unit: ID,
    /// When.
    on: Date,
    /// By when an opinion is asked for; none where nobody set a day.
    study_by: Option<Date>,
    /// What is asked.
    note: String,
}

/// The opinion of the unit that studied a proposal.
#[derive(Debug, Clone, SimpleObject)]
pub struct ProposalOpinion {
    /// Necessity, feasibility, lawfulness.
    opinion: String,
    /// What it recommends.
    recommends: Word<ProposalOutcome>,
    /// When it was given.
    on: Date,
    /// The report.
    documents: Vec<Document>,
}

/// What was decided on a proposal.
#[derive(Debug, Clone, SimpleObject)]
pub struct ProposalDecision {
    /// What.
    outcome: Word<ProposalOutcome>,
    /// Which other procedure; empty where none.
    procedure: String,
    /// Why.
    reason: String,
    /// Whether a person or a meeting decided.
    decider: Word<Decider>,
    /// Name and office of the person, or body and number of the meeting.
    decided_by: String,
    /// When.
    decided_on: Date,
    /// Whether it was taken, on paper, before any study (R713 art. 10).
    unstudied: bool,
    /// What shows it.
    documents: Vec<Document>,
}

/// That the sealed sender of a proposal was opened.
#[derive(Debug, Clone, SimpleObject)]
pub struct ProposalSenderOpening {
    /// Id of the person to whom it was told.
    by: ID,
    /// When.
    on: Date,
    /// Why.
    reason: String,
}

/// Which proposals.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ProposalFilter {
    /// Only those that stand here.
    pub state: Option<Word<ProposalState>>,
    /// Only those of such proposers.
    pub proposer: Option<Word<Proposer>>,
    /// Only those last decided so: NOT_START lists the refused ones.
    pub outcome: Option<Word<ProposalOutcome>>,
    /// Only those handed to this unit.
    pub handed_to: Option<ID>,
    /// true: only those past a day that somebody set. The law sets none: see `waitingSince` of the others.
    pub overdue: Option<bool>,
    /// Only those that wait for whoever is next since before this day.
    pub waiting_since_before: Option<Date>,
    /// Only those whose title contains this text, 1 to 200 characters; case matters.
    pub title_contains: Option<String>,
}

/// A proposal to decide 决策建议, before there is a case (R713 art. 10).
#[derive(Debug, Clone, Description)]
pub struct Proposal {
    row: ProposalRow,
    state: proposal::Proposal,
}

impl Proposal {
    /// The proposal of a row.
    ///
    /// # Errors
    /// Where the row is of another program's shape.
    pub fn of(row: ProposalRow, scope: &Scope) -> std::result::Result<Self, Failure> {
        let state = scope.read::<_, ProposalRow>(&row.proposal_json)?;
        Ok(Self { row, state })
    }

    /// The proposal with this id, where the reader may see it.
    ///
    /// # Errors
    /// Where the store fails, or the reader holds no post.
    pub async fn find(scope: &Scope, id: &str) -> std::result::Result<Option<Self>, Failure> {
        let Some(row) = scope.one::<ProposalRow>(id).await? else { return Ok(None) };
        let hats = scope.hats().await?;
        let named = row.handed_to.iter().chain(&row.proposing_unit);
        let own: Vec<_> = named.filter_map(|unit| unit.parse().ok()).collect();
        let seen = hats.iter().any(|hat| {
            hat.organ.to_string() == row.organ && scope.app.allowed_as_undertaking(hat, Right::ReadProposals, &own)
        });
        seen.then(|| Self::of(row, scope)).transpose()
    }

    /// Proposals that are tied to a case or a catalogue entry, as far as the reader may see them.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn tied_to(scope: &Scope, target: &str) -> std::result::Result<Vec<Self>, Failure> {
        let mut proposals = Vec::new();
        for tie in scope.all(Of::<TieRow>::new("target", target, "source")).await? {
            // Others that are tied to it have other ids, and none of their rows is found here.
            proposals.extend(Self::find(scope, &tie.source).await?);
        }
        Ok(proposals)
    }

    async fn ties(&self, scope: &Scope, kind: TieTarget) -> std::result::Result<Vec<String>, Failure> {
        let links = scope.all(Of::<TieRow>::new("source", &self.row.proposal, "target")).await?;
        Ok(links.into_iter().filter(|link| link.kind == kind.as_str()).map(|link| link.target).collect())
    }
}

/// Proposals that the reader may see, the latest first.
///
/// # Errors
/// `BAD_INPUT` for the arguments; where the store fails.
pub async fn proposals(
    scope: &Scope,
    args: PageArgs,
    filter: ProposalFilter,
) -> std::result::Result<Page<Proposal>, Failure> {
    let ProposalFilter { state, proposer, outcome, handed_to, overdue, waiting_since_before, title_contains } = filter;
    let text = |value: &dyn ToString| Value::Text(value.to_string());
    let hats = scope.hats().await?;
    let mut query = RowQuery::all(ProposalRow::TABLE);
    query.filters = scope.app.readable_proposals(&hats);
    query.filters.extend(state.map(|s| Filter::Eq("state", text(&s.0))));
    query.filters.extend(proposer.map(|p| Filter::Eq("proposer", text(&p.0))));
    query.filters.extend(outcome.map(|o| Filter::Eq("outcome", text(&o.0))));
    query.filters.extend(handed_to.map(|u| Filter::Eq("handed_to", text(&u.as_str()))));
    if overdue == Some(true) {
        query.filters.push(Filter::Lt("due_on", text(&scope.app.today())));
    }
    query.filters.extend(waiting_since_before.map(|day| Filter::Lt("waiting_since", text(&day.0))));
    if let Some(part) = title_contains {
        if part.is_empty() || part.chars().count() > 200 {
            return Err(Failure::bad_input("Expected titleContains to have 1 to 200 characters."));
        }
        query.filters.push(Filter::Contains("title", part));
    }
    query.order = vec!["received_at"];
    query.direction = Direction::Descending;
    page(scope, args, query, |row: ProposalRow| Proposal::of(row, scope)).await
}

#[Object(use_type_description)]
impl Proposal {
    /// Its id. Opaque.
    pub async fn id(&self) -> ID {
        self.row.proposal.as_str().into()
    }

    /// Who proposes.
    async fn proposer(&self) -> Word<Proposer> {
        Word(self.state.given.proposer)
    }

    /// Name and office of the proposer, or name of the unit; empty for the public, who are sealed apart.
    async fn proposed_by(&self) -> &str {
        &self.state.given.proposed_by
    }

    /// The unit of the directory that proposes, where it is one.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        let Some(unit) = &self.row.proposing_unit else { return Ok(None) };
        Ok(Unit::find(Scope::of(ctx)?, unit).await?)
    }

    /// How it came.
    async fn channel(&self) -> Word<Channel> {
        Word(self.state.given.channel)
    }

    /// What of it was lawfully erased; null where nothing was.
    async fn erased(&self, ctx: &Context<'_>) -> Result<Option<Erased>> {
        Ok(Erased::of(Scope::of(ctx)?, &self.row.proposal).await?)
    }

    /// The matter. `＊＊＊` where it was masked, as `erased` says; `text` likewise.
    async fn title(&self) -> &str {
        &self.state.given.title
    }

    /// What is proposed.
    async fn text(&self) -> &str {
        &self.state.given.text
    }

    /// What was argued for it.
    async fn argument(&self) -> Option<ProposalArgument> {
        let proposal::Argument { main_problem, reasons_and_basis, preliminary_solution, necessity, feasibility } =
            self.state.given.argument.clone()?;
        Some(ProposalArgument { main_problem, reasons_and_basis, preliminary_solution, necessity, feasibility })
    }

    /// What a unit did not argue, in a proposal that came on paper (R713 art. 10).
    async fn argument_missing(&self) -> Vec<Word<ArgumentPart>> {
        self.state.missing.iter().copied().map(Word).collect()
    }

    /// The suggestion that it was made by; a reference only.
    async fn suggestion(&self) -> Option<Suggestion> {
        let proposal::Suggestion { number, reply_by } = self.state.given.suggestion.clone()?;
        Some(Suggestion { number, reply_by: reply_by.map(Date) })
    }

    /// What came with it.
    async fn documents(&self) -> Vec<Document> {
        self.state.given.documents.iter().cloned().map(Document::from).collect()
    }

    /// The day on which it came.
    async fn received_on(&self) -> Date {
        Date(self.state.received_on)
    }

    /// Where it stands.
    async fn state(&self) -> Word<ProposalState> {
        Word(self.state.stands())
    }

    /// That it was handed over, the last time.
    async fn handover(&self) -> Option<ProposalHandover> {
        let (HandOver { unit, study_by, note }, on) = self.state.handed.clone()?;
        Some(ProposalHandover { unit: unit.to_string().into(), on: Date(on), study_by: study_by.map(Date), note })
    }

    /// The unit to which it is handed.
    async fn handed_to(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        let Some(unit) = &self.row.handed_to else { return Ok(None) };
        Ok(Unit::find(Scope::of(ctx)?, unit).await?)
    }

    /// The opinion of that unit.
    async fn opinion(&self) -> Option<ProposalOpinion> {
        let (GiveOpinion { opinion, recommends, documents }, on) = self.state.study.clone()?;
        let documents = documents.into_iter().map(Document::from).collect();
        Some(ProposalOpinion { opinion, recommends: Word(recommends), on: Date(on), documents })
    }

    /// Decisions, the latest last.
    async fn decisions(&self) -> Vec<ProposalDecision> {
        let told = |(given, unstudied): &(DecideProposal, bool)| {
            let DecideProposal { outcome, procedure, reason, decider, decided_by, decided_on, documents } =
                given.clone();
            ProposalDecision {
                outcome: Word(outcome),
                procedure,
                reason,
                decider: Word(decider),
                decided_by,
                decided_on: Date(decided_on),
                unstudied: *unstudied,
                documents: documents.into_iter().map(Document::from).collect(),
            }
        };
        self.state.decisions.iter().map(told).collect()
    }

    /// The answer to the proposer.
    async fn answer(&self) -> Option<&str> {
        self.state.answer.as_ref().map(|(given, _)| given.text.as_str())
    }

    /// The day of the answer.
    async fn answered_on(&self) -> Option<Date> {
        self.state.answer.as_ref().map(|(_, on)| Date(*on))
    }

    /// Who opened the sealed sender, when and why; null for those who may not open it.
    async fn sender_openings(&self, ctx: &Context<'_>) -> Result<Option<Vec<ProposalSenderOpening>>> {
        let scope = Scope::of(ctx)?;
        let hats = scope.hats().await?;
        if !scope.app.may_trace_proposals(&hats, &self.row.organ) {
            return Ok(None);
        }
        let told = |(given, by, on): &(OpenSender, PersonId, jiff::civil::Date)| ProposalSenderOpening {
            by: by.to_string().into(),
            on: Date(*on),
            reason: given.reason.clone(),
        };
        Ok(Some(self.state.openings.iter().map(told).collect()))
    }

    /// Since when it waits for whoever is next; none once it is answered.
    async fn waiting_since(&self) -> Option<Date> {
        self.state.waiting_since().map(Date)
    }

    /// How long it waits. Unit: calendar days. The law sets no period.
    async fn days_waiting(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        let today = Scope::of(ctx)?.app.today();
        Ok(self.state.waiting_since().and_then(|since| today.since(since).ok()).map(|span| span.get_days()))
    }

    /// The next day that somebody set and that is still open: for the study, or for the answer to a suggestion.
    async fn due_on(&self) -> Option<Date> {
        self.state.due_on().map(Date)
    }

    /// Whether that day is past.
    async fn overdue(&self, ctx: &Context<'_>) -> Result<bool> {
        let today = Scope::of(ctx)?.app.today();
        Ok(self.state.due_on().is_some_and(|due| due < today))
    }

    /// Cases that it is tied to, as far as the reader may see them.
    async fn cases(&self, ctx: &Context<'_>) -> Result<Option<Vec<DecisionCase>>> {
        let scope = Scope::of(ctx)?;
        let mut cases = Vec::new();
        for case in self.ties(scope, TieTarget::Case).await? {
            cases.extend(DecisionCase::find(scope, &case).await?);
        }
        Ok(Some(cases))
    }

    /// Catalogue entries that it is tied to.
    async fn entries(&self, ctx: &Context<'_>) -> Result<Option<Vec<CatalogueEntry>>> {
        let scope = Scope::of(ctx)?;
        let mut entries = Vec::new();
        for entry in self.ties(scope, TieTarget::Entry).await? {
            entries.extend(CatalogueEntry::find(scope, &entry).await?);
        }
        Ok(Some(entries))
    }
}
