//! Reverse trace 倒查 (R713 art. 38): by case, person and unit, also as it was known on an earlier day. Facts; nobody is judged.

use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object, Result, SimpleObject};
use dingce_app::envelope;
use dingce_app::language::Language;
use dingce_app::ports::{ActMark, ActQuery, Filter, ReadRow, RowQuery, StoredEvent, Value};
use dingce_app::read_rows::{
    DraftRow, HoldRow, HoldingRow, IrregularityRow, OpinionRow, PersonRow, PositionRow, PostRow, UnitRow,
};
use dingce_app::use_cases::{CaseGlance, CaseTrace, Conflict, Known, MeetingMaterials, Party, PartyPerson, TracedHold};
use dingce_domain::definition::Citation;
use dingce_domain::event::CaseEvent;
use dingce_domain::holding::ConflictKind;
use dingce_domain::id::{PersonId, UnitId};
use dingce_domain::time::Limit;
use dingce_domain::verb::Verb;
use dingce_domain::words::Position;

use super::case::DecisionCase;
use super::clauses::{TraceClause, clauses};
use super::definition::DefinitionSummary;
use super::directory::{Person, Unit, person, persons, unit, units};
use super::drafts::{DraftVersion, Opinion};
use super::errors::{Failure, StatuteRef};
use super::loaders::Of;
use super::page::{Page, PageArgs, fetch, page, page_by_number, page_of_acts};
use super::parts::{Document, Irregularity};
use super::scope::Scope;
use super::timeline::TimelineEvent;
use crate::convert::{Date, DateTime, Long, Word};

/// Kinds of events by which somebody advised.
const ADVICE: [&str; 8] = [
    "expert_opinion_given",
    "risk_reported",
    "advice_recorded",
    "legality_concluded",
    "legality_answered",
    "draft_confirmed",
    "confirmation_refused",
    "tabling_reviewed",
];

pub(super) async fn draft(scope: &Scope, id: Option<impl ToString>) -> Result<Option<DraftVersion>, Failure> {
    let Some(id) = id else { return Ok(None) };
    scope.one::<DraftRow>(id).await?.map(|row| DraftVersion::of(row, scope)).transpose()
}

/// How much of the record a trace looked at.
#[derive(Debug, Clone, SimpleObject)]
pub struct TraceKnown {
    /// Nothing recorded after this instant; none where all of the record was looked at.
    pub until: Option<DateTime>,
    /// The day on which what still goes on is measured.
    pub day: Date,
}

impl From<Known> for TraceKnown {
    fn from(known: Known) -> Self {
        Self { until: known.until.map(DateTime::of_millis), day: Date(known.day) }
    }
}

/// The reverse trace 倒查 of a case (R713 art. 38): who, in which post, on which draft, with which advice, holding it how long.
/// It shows what was recorded and never says who is to blame.
#[derive(Debug, Clone, Description)]
pub struct ReverseTrace(Arc<CaseTrace>);

/// Days of a case on which any of its clocks was there: `total` = `held` + `paused`.
#[derive(Debug, Clone, SimpleObject)]
pub struct TraceDays {
    /// All of them, each once.
    pub total: Long,
    /// On which somebody held the matter.
    pub held: Long,
    /// On which every clock that was there was paused.
    pub paused: Long,
}

/// The definition that bound an act, and the article that asks for its stage.
#[derive(Debug, Clone, SimpleObject)]
pub struct TraceLaw {
    /// The definition, as of the act.
    pub definition: DefinitionSummary,
    /// The article that asks for the stage; none for an act of no stage.
    pub source: Option<StatuteRef>,
}

/// One act in the trace of a case.
#[derive(Debug, Clone, Description)]
pub struct TraceAct {
    trace: Arc<CaseTrace>,
    event: TimelineEvent,
    law: Option<TraceLaw>,
}

/// What one person did in a case.
#[derive(Debug, Clone, Description)]
pub struct TracePartyPerson {
    person: PersonId,
    did: PartyPerson,
}

/// What one unit had to do with a case.
#[derive(Debug, Clone, Description)]
pub struct TraceParty {
    trace: Arc<CaseTrace>,
    party: Party,
}

/// One role's hold of the matter against one clock.
#[derive(Debug, Clone, Description)]
pub struct TraceHold(TracedHold);

/// A position that a member took at a meeting.
#[derive(Debug, Clone, Description)]
pub struct TracePosition(PositionRow);

/// What members had before them at a meeting.
#[derive(Debug, Clone, Description)]
pub struct TraceMaterials(MeetingMaterials);

/// A fact on the record by which somebody may have had more than one interest.
#[derive(Debug, Clone, Description)]
pub struct TraceConflict(Conflict);

/// An act of a person or for a unit, in whatever case or register.
#[derive(Debug, Clone, Description)]
pub struct TraceMark(ActMark);

/// What a person did, in any post and by delegation.
#[derive(Debug, Clone, Description)]
pub struct PersonTrace {
    row: PersonRow,
    known: Known,
}

/// What was done for a unit, and for those that it came from, went into, or has as parts.
#[derive(Debug, Clone, Description)]
pub struct UnitTrace {
    row: UnitRow,
    units: Vec<UnitId>,
    known: Known,
}

/// A post that a person held, as one entry of the directory says; a later entry for the same post and first day stands.
#[derive(Debug, Clone, SimpleObject)]
pub struct TracePost {
    /// Title of the post.
    pub title: Option<String>,
    /// Its unit.
    pub unit: Option<Unit>,
    /// First day.
    pub from: Option<Date>,
    /// First day no longer; none while it goes on, as far as the entry says.
    pub until: Option<Date>,
    /// Since when the entry is known.
    pub known_from: DateTime,
}

impl ReverseTrace {
    /// The trace of a case, for who may trace.
    ///
    /// # Errors
    /// `FORBIDDEN`; where the store fails.
    pub async fn find(scope: &Scope, case: &str, as_known_on: Option<Date>) -> Result<Option<Self>, Failure> {
        let who = scope.principal()?;
        // Whoever may trace is told that there is no such case; everybody else is told nothing.
        let Ok(case) = case.parse() else {
            scope.entitled(dingce_app::policy::Right::Trace).await?;
            return Ok(None);
        };
        let traced = scope.app.trace_case(who, case, as_known_on.map(|day| day.0)).await;
        Ok(traced.map_err(|error| scope.fail(error))?.map(|trace| Self(Arc::new(trace))))
    }
}

async fn law(scope: &Scope, event: &StoredEvent) -> Result<Option<TraceLaw>, Failure> {
    let recorded = envelope::read::<CaseEvent>(event).map_err(|error| scope.fail(error))?;
    let Some(hash) = recorded.envelope.law else { return Ok(None) };
    let def = scope.app.definition(hash).await.map_err(|error| scope.fail(error))?;
    let stage = recorded.envelope.stage.as_deref();
    let cited = stage.and_then(|stage| def.stages.iter().find(|s| s.id.as_str() == stage)).and_then(|stage| {
        let Citation { source, article } = &stage.source;
        let known = def.sources.get(source)?;
        Some(StatuteRef { cite: scope.lang.of(known.cite.clone()), article: article.clone() })
    });
    Ok(Some(TraceLaw { definition: DefinitionSummary::of(&def, scope.lang), source: cited }))
}

#[Object(use_type_description)]
impl ReverseTrace {
    /// The case, as it is now.
    async fn case(&self, ctx: &Context<'_>) -> Result<Option<DecisionCase>> {
        Ok(Some(DecisionCase::of(self.0.row.clone(), Scope::of(ctx)?)?))
    }

    /// How much of the record was looked at.
    async fn known(&self) -> TraceKnown {
        self.0.known.into()
    }

    /// Number of the newest event that was known.
    async fn version(&self) -> Long {
        Long(self.0.n())
    }

    /// Everything that was recorded, in order: acts and what became of clocks.
    async fn acts(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<Page<TraceAct>>> {
        let scope = Scope::of(ctx)?;
        let args = PageArgs::new(first, after, last, before);
        let stream = self.0.acts.first().map(|act| act.stream);
        let fetch = |after, limit| async move {
            let Some(stream) = stream else { return Ok::<_, Failure>(Vec::new()) };
            let events = scope.app.store().events(stream, after, limit).await.map_err(|e| scope.fail(e))?;
            let mut acts = Vec::with_capacity(events.len());
            for event in &events {
                let (law, event) = (law(scope, event).await?, TimelineEvent::of(event, scope)?);
                acts.push(TraceAct { trace: Arc::clone(&self.0), event, law });
            }
            Ok(acts)
        };
        let number = |act: &TraceAct| act.event.number();
        Ok(Some(page_by_number(scope.lang, &args, self.0.n(), number, fetch).await?))
    }

    /// Units that acted or held the matter, in the order in which they came in.
    async fn parties(&self) -> Vec<TraceParty> {
        let party = |party: &Party| TraceParty { trace: Arc::clone(&self.0), party: party.clone() };
        self.0.parties.iter().map(party).collect()
    }

    /// Its days.
    async fn days(&self) -> TraceDays {
        let days = self.0.days;
        TraceDays { total: Long(days.total), held: Long(days.held), paused: Long(days.paused) }
    }

    /// Who held the matter against which clock, in the order in which they began. At one time several may: clocks overlap.
    async fn holds(&self) -> Vec<TraceHold> {
        self.0.holds.iter().cloned().map(TraceHold).collect()
    }

    /// Positions that members took at meetings, in order.
    async fn positions(
        &self,
        #[graphql(default, desc = "Only dissents and reservations.")] against: bool,
    ) -> Vec<TracePosition> {
        self.0.positions.iter().filter(|row| row.against || !against).cloned().map(TracePosition).collect()
    }

    /// What experts, assessors, advisers and reviewers said, and how the undertaking unit answered; in order.
    async fn advice(&self, ctx: &Context<'_>) -> Result<Option<Vec<Opinion>>> {
        let scope = Scope::of(ctx)?;
        let glance = CaseGlance::of(&self.0.row).map_err(|error| scope.fail(error))?;
        let rows = scope.all(Of::<OpinionRow>::new("case_id", &self.0.row.case_id, "n")).await?;
        let known = |row: &OpinionRow| Long::of(row.n).0 <= self.0.n() && ADVICE.contains(&row.kind.as_str());
        Ok(Some(rows.into_iter().filter(known).map(|row| Opinion::of(row, &glance.state)).collect()))
    }

    /// Clauses of the draft that comments or review sheets name, by name: what was said and found of each.
    async fn clauses(&self, ctx: &Context<'_>) -> Result<Option<Vec<TraceClause>>> {
        Ok(Some(clauses(Scope::of(ctx)?, &self.0).await?))
    }

    /// What members had before them, meeting by meeting.
    async fn materials(&self) -> Vec<TraceMaterials> {
        self.0.materials.iter().cloned().map(TraceMaterials).collect()
    }

    /// Facts by which somebody may have had more than one interest.
    async fn conflicts(&self) -> Vec<TraceConflict> {
        self.0.conflicts.iter().cloned().map(TraceConflict).collect()
    }

    /// Irregularities, oldest first; one that was cured later was open.
    async fn irregularities(&self, ctx: &Context<'_>) -> Result<Option<Vec<Irregularity>>> {
        let scope = Scope::of(ctx)?;
        let rows = scope.all(Of::<IrregularityRow>::new("case_id", &self.0.row.case_id, "n")).await?;
        let known = |n: i64| Long::of(n).0 <= self.0.n();
        let as_known = rows.into_iter().filter(|row| known(row.n)).map(|mut row| {
            if row.cured_n.is_some_and(|n| !known(n)) {
                (row.open, row.cured_n) = (true, None);
            }
            Irregularity::of(row, scope)
        });
        Ok(Some(as_known.collect::<Result<_, _>>()?))
    }
}

#[Object(use_type_description)]
impl TraceAct {
    /// What was recorded: who as posted then, when, what was said and attached.
    async fn event(&self) -> &TimelineEvent {
        &self.event
    }

    /// The version of the draft that it is about, with its documents and their digests.
    async fn draft_version(&self, ctx: &Context<'_>) -> Result<Option<DraftVersion>> {
        let scope = Scope::of(ctx)?;
        let Some(id) = &self.event.draft else { return Ok(None) };
        let row = id.parse().ok().and_then(|draft| self.trace.draft(draft)).cloned();
        Ok(row.map(|row| DraftVersion::of(row, scope)).transpose()?)
    }

    /// Holds of the matter that it ended: how long, against which last day.
    async fn held(&self) -> Vec<TraceHold> {
        let n = Some(self.event.number());
        self.trace.holds.iter().filter(|held| held.act == n).cloned().map(TraceHold).collect()
    }

    /// Days since the act before it, during which nothing was recorded as done, whether a clock ran or not; 0 where it happened
    /// before that one and was entered afterwards. None for the first act and for what became of a clock.
    async fn days_since_before(&self) -> Option<u32> {
        self.trace.days_since_before(self.event.number())
    }

    /// By which law it was done.
    async fn law(&self) -> Option<&TraceLaw> {
        self.law.as_ref()
    }
}

#[Object(use_type_description)]
impl TraceParty {
    /// The unit, under its name of today; none for a role that no one unit has.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        Ok(unit(Scope::of(ctx)?, self.party.unit).await?)
    }

    /// Roles of the definition in which it held the matter.
    async fn roles(&self) -> Vec<&str> {
        self.party.roles.iter().map(String::as_str).collect()
    }

    /// Its people who acted or took a position.
    async fn persons(&self) -> Vec<TracePartyPerson> {
        self.party.persons.iter().map(|(person, did)| TracePartyPerson { person: *person, did: did.clone() }).collect()
    }

    /// How many acts they did.
    async fn acts(&self) -> Long {
        Long(self.party.acts)
    }

    /// Different calendar days on which it held the matter, net of pauses.
    async fn held_days(&self) -> Long {
        Long(self.party.held_days)
    }

    /// Different calendar days on which it went on holding after a last day had passed.
    async fn overrun_days(&self) -> Long {
        Long(self.party.overrun_days)
    }

    /// How many last days passed without its act.
    async fn overdue(&self) -> Long {
        Long(self.party.overdue)
    }

    /// Dissents and reservations of its people at meetings.
    async fn against(&self) -> Long {
        Long(self.party.against)
    }

    /// Its holds, with the limit of each.
    async fn holds(&self) -> Vec<TraceHold> {
        let own = self.trace.holds.iter().filter(|held| held.unit == self.party.unit);
        own.cloned().map(TraceHold).collect()
    }
}

#[Object(use_type_description)]
impl TracePartyPerson {
    /// Who.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(person(Scope::of(ctx)?, Some(self.person)).await?)
    }

    /// Titles of the posts in which they acted.
    async fn post_titles(&self, ctx: &Context<'_>) -> Result<Option<Vec<String>>> {
        let scope = Scope::of(ctx)?;
        let rows = self.did.posts.iter().map(|post| scope.one::<PostRow>(post));
        let rows = futures_util::future::try_join_all(rows).await?;
        Ok(Some(rows.into_iter().flatten().map(|row| row.title).collect()))
    }

    /// In whose place they acted, where by delegation.
    async fn in_place_of(&self, ctx: &Context<'_>) -> Result<Option<Vec<Person>>> {
        let scope = Scope::of(ctx)?;
        let all = self.did.in_place_of.iter().map(|principal| person(scope, Some(*principal)));
        Ok(Some(futures_util::future::try_join_all(all).await?.into_iter().flatten().collect()))
    }

    /// How many acts.
    async fn acts(&self) -> Long {
        Long(self.did.acts)
    }

    /// Dissents at meetings (R713 art. 38).
    async fn dissents(&self) -> Long {
        Long(self.did.dissents)
    }

    /// Reservations 保留意见 at meetings.
    async fn reservations(&self) -> Long {
        Long(self.did.reservations)
    }
}

#[Object(use_type_description)]
impl TraceHold {
    /// The case.
    async fn case(&self, ctx: &Context<'_>) -> Result<Option<DecisionCase>> {
        Ok(DecisionCase::find(Scope::of(ctx)?, &self.0.case.to_string()).await?)
    }

    /// The clock, by its name in the definition.
    async fn clock(&self) -> &str {
        self.0.hold.clock.as_str()
    }

    /// What it counts, in the language of the request.
    async fn text(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let scope = Scope::of(ctx)?;
        let def = scope.definition(&self.0.definition).await?;
        Ok(def.clocks.iter().find(|c| c.id == self.0.hold.clock).map(|c| scope.lang.of(c.text.clone())))
    }

    /// What its end means.
    async fn kind(&self) -> Option<Word<crate::convert::words::ClockKind>> {
        self.0.hold.run().and_then(|run| Word::of(dingce_app::streams::kind_word(run.kind())))
    }

    /// The article that sets it.
    async fn source(&self, ctx: &Context<'_>) -> Result<Option<StatuteRef>> {
        let scope = Scope::of(ctx)?;
        let def = scope.definition(&self.0.definition).await?;
        let Some(clock) = def.clocks.iter().find(|c| c.id == self.0.hold.clock) else { return Ok(None) };
        let known = def.sources.get(&clock.source.source);
        Ok(known
            .map(|known| StatuteRef { cite: scope.lang.of(known.cite.clone()), article: clock.source.article.clone() }))
    }

    /// The role that held the matter.
    async fn holder(&self) -> &str {
        self.0.hold.holder.as_str()
    }

    /// Name of that role, in the language of the request.
    async fn holder_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let scope = Scope::of(ctx)?;
        let def = scope.definition(&self.0.definition).await?;
        Ok(def.roles.iter().find(|r| r.id == self.0.hold.holder).map(|r| scope.lang.of(r.text.clone())))
    }

    /// The unit whose people had that role on the first day; where the definition binds it to no unit, that of whoever ended it.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        Ok(unit(Scope::of(ctx)?, self.0.unit).await?)
    }

    /// Who ended it; none while it goes on, and where time alone did.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let ended = self.0.hold.end.as_ref().and_then(|end| end.person);
        Ok(person(Scope::of(ctx)?, ended).await?)
    }

    /// The day on which it began, itself not counted.
    async fn from(&self) -> Date {
        Date(self.0.hold.from)
    }

    /// The day on which it ended; none while it goes on.
    async fn to(&self) -> Option<Date> {
        self.0.hold.end.as_ref().map(|end| Date(end.on))
    }

    /// The act that ended it; none where time alone did, where it was handed over, or while it goes on.
    async fn ended_by(&self) -> Option<Word<Verb>> {
        self.0.hold.end.as_ref().and_then(|end| end.by).map(Word)
    }

    /// Whether another role holds the matter on the same clock from its end on.
    async fn handed_over(&self) -> bool {
        self.0.hold.end.as_ref().is_some_and(|end| end.handed_over)
    }

    /// The last day, with pauses; none while paused, or pending for want of a year's holiday arrangement.
    async fn due_on(&self) -> Option<Date> {
        self.0.hold.run().and_then(|run| run.due_on()).map(Date)
    }

    /// How many days the clock gives.
    async fn limit_days(&self) -> Option<u32> {
        self.0.hold.limit().map(Limit::count)
    }

    /// Whether those are working days.
    async fn working_days(&self) -> bool {
        matches!(self.0.hold.limit(), Some(Limit::Working(_)))
    }

    /// Calendar days from its beginning to its end, or to the day of the trace: `heldDays` + `pausedDays`.
    async fn days(&self) -> u32 {
        self.0.measure.days
    }

    /// Of these, days on which it was held.
    async fn held_days(&self) -> u32 {
        self.0.measure.held_days()
    }

    /// Of these, days of a pause.
    async fn paused_days(&self) -> u32 {
        self.0.measure.paused_days
    }

    /// Days that count, in the unit of the limit, net of pauses; none where a year's holiday arrangement is missing.
    async fn counted_days(&self) -> Option<u32> {
        self.0.measure.counted
    }

    /// Days that count after the last day, in the unit of the limit. After a guaranteed period this is no delay: nobody was
    /// obliged to be quicker.
    async fn days_beyond(&self) -> Option<u32> {
        self.0.measure.beyond
    }

    /// Number of the event that put on the record that the last day was near; none where none did.
    async fn due_soon_n(&self) -> Option<Long> {
        self.0.hold.due_soon_n.map(Long)
    }

    /// Number of the event that put on the record that the last day passed without the act; none where none did.
    async fn overdue_n(&self) -> Option<Long> {
        self.0.hold.overdue_n.map(Long)
    }

    /// Whether the last day passed without the act. Only for periods that somebody had to keep.
    async fn overdue(&self) -> bool {
        self.0.hold.overdue()
    }
}

#[Object(use_type_description)]
impl TracePosition {
    /// The case.
    async fn case(&self, ctx: &Context<'_>) -> Result<Option<DecisionCase>> {
        Ok(DecisionCase::find(Scope::of(ctx)?, &self.0.case_id).await?)
    }

    /// Number of its event in the case.
    async fn n(&self) -> Long {
        Long::of(self.0.n)
    }

    /// Whose.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(Scope::of(ctx)?.one::<PersonRow>(&self.0.member).await?.map(Person::from))
    }

    /// Which.
    async fn position(&self) -> Option<Word<Position>> {
        Word::of(&self.0.position)
    }

    /// What was said.
    async fn statement(&self) -> &str {
        &self.0.statement
    }

    /// The version that was before the meeting.
    async fn draft_version(&self, ctx: &Context<'_>) -> Result<Option<DraftVersion>> {
        Ok(draft(Scope::of(ctx)?, self.0.draft.as_ref()).await?)
    }

    /// Who entered it.
    async fn entered_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let Some(id) = &self.0.entered_by else { return Ok(None) };
        Ok(Scope::of(ctx)?.one::<PersonRow>(id).await?.map(Person::from))
    }

    /// When it was taken, where it was entered afterwards.
    async fn occurred_on(&self) -> Option<Date> {
        self.0.occurred_on.as_ref()?.parse().ok().map(Date)
    }

    /// When it was recorded.
    async fn recorded_at(&self) -> DateTime {
        DateTime::of_millis(self.0.recorded_at)
    }
}

#[Object(use_type_description)]
impl TraceMaterials {
    /// Id of the meeting.
    async fn meeting(&self) -> ID {
        self.0.meeting.to_string().into()
    }

    /// Its session.
    async fn session(&self) -> &str {
        &self.0.session
    }

    /// Its day.
    async fn held_on(&self) -> Date {
        Date(self.0.held_on)
    }

    /// Number of the request with which the file was tabled; none where none was before the matter was called up.
    async fn tabled_n(&self) -> Option<Long> {
        self.0.tabled_n.map(Long)
    }

    /// The version tabled.
    async fn draft_version(&self, ctx: &Context<'_>) -> Result<Option<DraftVersion>> {
        Ok(draft(Scope::of(ctx)?, self.0.draft).await?)
    }

    /// Documents of the version tabled.
    async fn draft_documents(&self) -> Vec<Document> {
        self.0.draft_documents.iter().cloned().map(Document::from).collect()
    }

    /// The file for the meeting (R713 art. 29).
    async fn file(&self) -> Vec<Document> {
        self.0.file.iter().cloned().map(Document::from).collect()
    }

    /// What the check of the file found missing.
    async fn missing(&self) -> &[String] {
        &self.0.missing
    }

    /// Points on which departments did not agree, as tabled.
    async fn disputes(&self) -> &[String] {
        &self.0.disputes
    }

    /// Members present.
    async fn present(&self, ctx: &Context<'_>) -> Result<Option<Vec<Person>>> {
        Ok(Some(persons(Scope::of(ctx)?, &self.0.present).await?))
    }

    /// Members absent.
    async fn absent(&self, ctx: &Context<'_>) -> Result<Option<Vec<Person>>> {
        Ok(Some(persons(Scope::of(ctx)?, &self.0.absent).await?))
    }

    /// Members who withdrew 回避.
    async fn recused(&self, ctx: &Context<'_>) -> Result<Option<Vec<Person>>> {
        Ok(Some(persons(Scope::of(ctx)?, &self.0.recused).await?))
    }
}

#[Object(use_type_description)]
impl TraceConflict {
    /// Which fact.
    async fn kind(&self) -> Word<ConflictKind> {
        Word(self.0.kind)
    }

    /// Name of the fact, in the language of the request.
    async fn text(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let scope = Scope::of(ctx)?;
        Ok(Some(scope.lang.of(Language::shipped().word("conflict_kind", self.0.kind.as_str()))))
    }

    /// Who, where they are in the directory.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(person(Scope::of(ctx)?, self.0.person).await?)
    }

    /// Name, as the record gives it; none where the directory does.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// Numbers of the events that show it.
    async fn numbers(&self) -> Vec<Long> {
        self.0.numbers.iter().copied().map(Long).collect()
    }

    /// What was said of it.
    async fn said(&self) -> Option<&str> {
        Some(self.0.text.as_str()).filter(|said| !said.is_empty())
    }
}

#[Object(use_type_description)]
impl TraceMark {
    /// Id of the stream in which it is recorded: of a case, a catalogue, a meeting.
    async fn stream(&self) -> ID {
        self.0.stream.to_string().into()
    }

    /// The case; none for an act in a register.
    async fn case(&self, ctx: &Context<'_>) -> Result<Option<DecisionCase>> {
        Ok(DecisionCase::find(Scope::of(ctx)?, &self.0.stream.to_string()).await?)
    }

    /// Its number in the stream.
    async fn n(&self) -> Long {
        Long(self.0.n)
    }

    /// Its kind, as stored.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// Name of the kind, in the language of the request.
    async fn label(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(Some(Scope::of(ctx)?.lang.of(Language::shipped().event(&self.0.kind))))
    }

    /// Who acted.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(person(Scope::of(ctx)?, self.0.actor).await?)
    }

    /// In whose place, where by delegation.
    async fn acting_for(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(person(Scope::of(ctx)?, self.0.acting_for).await?)
    }

    /// Title of the post in which they acted.
    async fn post_title(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let Some(post) = self.0.post else { return Ok(None) };
        Ok(Scope::of(ctx)?.one::<PostRow>(post).await?.map(|row| row.title))
    }

    /// The unit for which they acted.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        Ok(unit(Scope::of(ctx)?, self.0.unit).await?)
    }

    /// The stage.
    async fn stage(&self) -> Option<&str> {
        self.0.stage.as_deref()
    }

    /// The version of the draft that it is about.
    async fn draft_version(&self, ctx: &Context<'_>) -> Result<Option<DraftVersion>> {
        Ok(draft(Scope::of(ctx)?, self.0.draft).await?)
    }

    /// Opinion, conclusion, position or outcome in it, as a stored word.
    async fn opinion(&self) -> Option<&str> {
        self.0.opinion.as_deref()
    }

    /// When it happened, for what was entered afterwards.
    async fn occurred_on(&self) -> Option<Date> {
        self.0.occurred_on.as_ref()?.parse().ok().map(Date)
    }

    /// When it was recorded.
    async fn recorded_at(&self) -> DateTime {
        DateTime::of_millis(self.0.recorded_at)
    }
}

impl PersonTrace {
    /// The trace of a person, for who may trace.
    ///
    /// # Errors
    /// `FORBIDDEN`; where the store fails.
    pub async fn find(scope: &Scope, id: &str, as_known_on: Option<Date>) -> Result<Option<Self>, Failure> {
        let who = scope.principal()?;
        scope.entitled(dingce_app::policy::Right::Trace).await?;
        let Ok(person) = id.parse() else { return Ok(None) };
        let row = scope.app.trace_person(who, person).await.map_err(|error| scope.fail(error))?;
        let known = scope.app.known(as_known_on.map(|day| day.0));
        Ok(row.map(|row| Self { row, known }))
    }

    fn ids(&self, scope: &Scope) -> Result<(PersonId, UnitId), Failure> {
        let wrong = || scope.fail(dingce_app::AppError::internal("reading a person's row", "an id cannot be read"));
        Ok((self.row.person.parse().map_err(|_| wrong())?, self.row.organ.parse().map_err(|_| wrong())?))
    }
}

#[Object(use_type_description)]
impl PersonTrace {
    /// Who.
    async fn person(&self) -> Person {
        Person::from(self.row.clone())
    }

    /// How much of the record is looked at.
    async fn known(&self) -> TraceKnown {
        self.known.into()
    }

    /// What they did, and what others did in their place, newest first.
    async fn acts(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<Page<TraceMark>>> {
        let scope = Scope::of(ctx)?;
        let (person, organ) = self.ids(scope)?;
        let args = PageArgs::new(first, after, last, before);
        let query = ActQuery::Person { person, organ };
        Ok(Some(page_of_acts(scope, args, query, self.known.until, TraceMark).await?))
    }

    /// Their dissents and reservations at meetings, newest first, whoever entered them.
    async fn against(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<Page<TracePosition>>> {
        let scope = Scope::of(ctx)?;
        let mut query = RowQuery::all(PositionRow::TABLE)
            .with(Filter::Holds("against"))
            .with(Filter::Eq("member", Value::Text(self.row.person.clone())))
            .with(Filter::Eq("organ", Value::Text(self.row.organ.clone())));
        let later = |until: i64| Filter::Lt("recorded_at", Value::Int(until.saturating_add(1)));
        query.filters.extend(self.known.until.map(later));
        query.order = vec!["recorded_at"];
        query.direction = dingce_app::ports::Direction::Descending;
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(page(scope, args, query, |row| Ok(TracePosition(row))).await?))
    }

    /// Posts that they held, entry by entry of the directory, by first day.
    async fn posts(&self, ctx: &Context<'_>) -> Result<Option<Vec<TracePost>>> {
        let scope = Scope::of(ctx)?;
        let mut rows = scope.all(Of::<HoldingRow>::new("person", &self.row.person, "valid_from")).await?;
        rows.retain(|row| self.known.until.is_none_or(|until| row.known_from <= until));
        let posts = rows.iter().map(|row| async move {
            let post = scope.one::<PostRow>(&row.post).await?;
            let unit = match &post {
                Some(post) => Unit::find(scope, &post.unit).await?,
                None => None,
            };
            Ok::<_, Failure>(TracePost {
                title: post.map(|post| post.title),
                unit,
                from: row.valid_from.parse().ok().map(Date),
                until: row.valid_until.as_ref().and_then(|day| day.parse().ok()).map(Date),
                known_from: DateTime::of_millis(row.known_from),
            })
        });
        Ok(Some(futures_util::future::try_join_all(posts).await?))
    }
}

impl UnitTrace {
    /// The trace of a unit, for who may trace.
    ///
    /// # Errors
    /// `FORBIDDEN`; where the store fails.
    pub async fn find(scope: &Scope, id: &str, as_known_on: Option<Date>) -> Result<Option<Self>, Failure> {
        let who = scope.principal()?;
        scope.entitled(dingce_app::policy::Right::Trace).await?;
        let Ok(unit) = id.parse() else { return Ok(None) };
        let found = scope.app.trace_unit(who, unit).await.map_err(|error| scope.fail(error))?;
        let known = scope.app.known(as_known_on.map(|day| day.0));
        Ok(found.map(|(row, units)| Self { row, units, known }))
    }

    fn organ(&self, scope: &Scope) -> Result<UnitId, Failure> {
        let wrong = |_| scope.fail(dingce_app::AppError::internal("reading a unit's row", "an id cannot be read"));
        self.row.organ.parse().map_err(wrong)
    }
}

#[Object(use_type_description)]
impl UnitTrace {
    /// The unit.
    async fn unit(&self) -> Unit {
        Unit::from(self.row.clone())
    }

    /// All units that are traced: itself first, then those before and after it by succession, and the parts of all of them; as
    /// the directory knows them today.
    async fn traced_with(&self, ctx: &Context<'_>) -> Result<Option<Vec<Unit>>> {
        Ok(Some(units(Scope::of(ctx)?, &self.units).await?))
    }

    /// How much of the record is looked at.
    async fn known(&self) -> TraceKnown {
        self.known.into()
    }

    /// What was done for them, newest first.
    async fn acts(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<Page<TraceMark>>> {
        let scope = Scope::of(ctx)?;
        let args = PageArgs::new(first, after, last, before);
        let query = ActQuery::Units { units: self.units.clone(), organ: self.organ(scope)? };
        Ok(Some(page_of_acts(scope, args, query, self.known.until, TraceMark).await?))
    }

    /// Holds whose last day passed without the act, newest first, in any case. A page may have less than was asked for where
    /// one of its rows was not overdue yet as known, or was held by another unit of the same kind; `totalCount` counts those too.
    async fn overdue(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<Page<TraceHold>>> {
        let scope = Scope::of(ctx)?;
        let organ = self.organ(scope)?;
        let query = scope.app.overdue_of_units(organ, &self.units).await.map_err(|error| scope.fail(error))?;
        let args = PageArgs::new(first, after, last, before);
        let fetched = fetch::<HoldRow>(scope, args, query).await?;
        let rows: Vec<HoldRow> = fetched.rows.iter().map(|(_, row)| row.clone()).collect();
        let holds = scope.app.overdue_as_known(organ, &self.units, &rows, self.known).await;
        let holds = holds.map_err(|error| scope.fail(error))?;
        Ok(Some(fetched.page(holds.into_iter().map(|held| Ok(held.map(TraceHold))))?))
    }
}
