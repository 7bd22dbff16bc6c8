//! A hearing as officials see it.

use std::collections::BTreeMap;

use async_graphql::{Context, Description, ID, Object, Result, SimpleObject};
use dingce_app::ports::{Filter, ReadRow, RowQuery, Value};
use dingce_app::read_rows::{DraftRow, HearingApplicationRow, HearingIntakeRow, HearingRow};
use dingce_app::{AppError, Done};
use dingce_domain::consultation::Channel;
use dingce_domain::draw::Checkpoint;
use dingce_domain::hearing::acts::{HearingParticipant, HearingStaff, HearingView, ReportHearing};
use dingce_domain::hearing::{
    Composition, GroupCount, HearingFile, HearingGroup, HearingGroupKind, HearingRole, HearingState, SeatSelection,
    SeatsDrawn,
};
use dingce_domain::id::HearingId;
use dingce_domain::words::Uptake;

use super::acts::law_of;
use super::case::DecisionCase;
use super::drafts::DraftVersion;
use super::erasure::Erased;
use super::errors::{Failure, UserError, found};
use super::page::{Page, PageArgs, page};
use super::parts::Document;
use super::payload::Outcome;
use super::scope::Scope;
use crate::convert::{Date, DateTime, Given, Long, Word};

/// A hearing 听证会 on a version of a draft (R713 arts. 16, 17).
#[derive(Debug, Clone, Description)]
pub struct Hearing {
    row: HearingRow,
    file: HearingFile,
}

impl Hearing {
    /// The hearing of a row.
    ///
    /// # Errors
    /// Where the row is of another program's shape.
    pub fn of(row: HearingRow, scope: &Scope) -> std::result::Result<Self, Failure> {
        let file = serde_json::from_str(&row.file_json)
            .map_err(|error| scope.fail(AppError::internal("reading a hearing's row", error)))?;
        Ok(Self { row, file })
    }

    /// A hearing of a case that the reader may see.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn find(scope: &Scope, id: &str) -> std::result::Result<Option<Self>, Failure> {
        let Some(row) = scope.one::<HearingRow>(id).await? else { return Ok(None) };
        if scope.case_row(&row.case_id).await?.is_none() {
            return Ok(None);
        }
        Self::of(row, scope).map(Some)
    }
}

#[Object(use_type_description)]
impl Hearing {
    /// Its id. Opaque.
    pub async fn id(&self) -> ID {
        self.row.hearing.as_str().into()
    }

    /// How far it is.
    async fn state(&self) -> Option<Word<HearingState>> {
        Word::of(&self.row.state)
    }

    /// Day of the hearing, after postponements.
    async fn held_on(&self) -> Date {
        Date(self.file.held_on)
    }

    /// When it begins, as printed.
    async fn starts_at(&self) -> &str {
        &self.file.starts_at
    }

    /// Where.
    async fn place(&self) -> &str {
        &self.file.place
    }

    /// How participants are selected 遴选办法.
    async fn selection_method(&self) -> &str {
        &self.file.notice.selection_method
    }

    /// Seats by group.
    async fn groups(&self) -> Vec<HearingSeats> {
        self.file.notice.groups.iter().cloned().map(HearingSeats::from).collect()
    }

    /// How often it was put off.
    async fn put_off(&self) -> u32 {
        self.file.postponed
    }

    /// Why it was last put off, or cancelled.
    async fn change_reason(&self) -> Option<&str> {
        self.file.change_reason.as_deref()
    }

    /// The version on which it is held.
    async fn draft(&self, ctx: &Context<'_>) -> Result<Option<DraftVersion>> {
        let scope = Scope::of(ctx)?;
        Ok(scope.one::<DraftRow>(&self.row.draft).await?.map(|row| DraftVersion::of(row, scope)).transpose()?)
    }

    /// The case.
    async fn case(&self, ctx: &Context<'_>) -> Result<Option<DecisionCase>> {
        Ok(DecisionCase::find(Scope::of(ctx)?, &self.row.case_id).await?)
    }

    /// Applications of the public, in numbers; none where no seats are drawn.
    async fn intake(&self, ctx: &Context<'_>) -> Result<Option<HearingIntake>> {
        Ok(Scope::of(ctx)?.one::<HearingIntakeRow>(&self.row.hearing).await?.map(HearingIntake))
    }

    /// The draw; none before it.
    async fn draw(&self) -> Option<HearingDraw> {
        HearingDraw::of(self.file.checkpoint.clone()?, self.file.drawn.clone())
    }

    /// Participants on the list, in the order of the list.
    async fn participants(&self) -> Vec<ListedParticipant> {
        self.file.participants().iter().map(|p| ListedParticipant::of(p, &self.file)).collect()
    }

    /// Those with a part of their own.
    async fn staff(&self) -> Vec<ListedStaff> {
        self.file.staff().iter().cloned().map(ListedStaff::from).collect()
    }

    /// Who sits there, in numbers, beside what is advised; none before the list.
    async fn composition(&self) -> Option<HearingComposition> {
        self.file.composition.clone().map(HearingComposition::from)
    }

    /// Codes of participants present; none before it is opened.
    async fn present(&self) -> Option<&[String]> {
        self.file.present.as_deref()
    }

    /// The report; none before it.
    async fn report(&self) -> Option<HearingReport> {
        self.file.report.clone().map(HearingReport::from)
    }

    /// Whether what was heard stands for the current draft.
    async fn stands(&self) -> bool {
        self.file.stands
    }
}

/// Seats of one group of a hearing.
#[derive(Debug, Clone, SimpleObject)]
pub struct HearingSeats {
    /// Its name.
    name: String,
    /// For whom it is.
    kind: Word<HearingGroupKind>,
    /// How many seats.
    seats: u32,
    /// How they are filled.
    selection: Word<SeatSelection>,
}

impl From<HearingGroup> for HearingSeats {
    fn from(group: HearingGroup) -> Self {
        let HearingGroup { name, kind, seats, selection } = group;
        Self { name, kind: Word(kind), seats, selection: Word(selection) }
    }
}

/// How long the log was at a moment, and its root: what fixes the seed of a draw.
#[derive(Debug, Clone, SimpleObject)]
pub struct LogCheckpoint {
    /// Its number, from 1, without gaps.
    number: Long,
    /// How many entries the log had.
    size: Long,
    /// RFC 6962 root over their leaf hashes, `sha256:` and 64 hex digits.
    root: String,
    /// When it was recorded.
    recorded_at: DateTime,
}

impl From<Checkpoint> for LogCheckpoint {
    fn from(checkpoint: Checkpoint) -> Self {
        let Checkpoint { number, size, root, recorded_at } = checkpoint;
        Self { number: Long(number), size: Long(size), root: root.to_string(), recorded_at: DateTime(recorded_at) }
    }
}

/// The lots of one group, smallest first. docs/formats/draw.md says how anyone draws again.
#[derive(Debug, Clone, SimpleObject)]
pub struct GroupLots {
    /// The group.
    group: String,
    /// How many seats.
    seats: u32,
    /// Codes of all who took part, by their lots: the first ones are drawn, the others follow where somebody declines.
    order: Vec<String>,
}

impl From<SeatsDrawn> for GroupLots {
    fn from(drawn: SeatsDrawn) -> Self {
        let SeatsDrawn { group, seats, order } = drawn;
        Self { group, seats, order }
    }
}

/// A draw, as anyone can compute it again.
#[derive(Debug, Clone, SimpleObject)]
pub struct HearingDraw {
    /// The checkpoint that fixed the seed.
    checkpoint: LogCheckpoint,
    /// The seed.
    seed: String,
    /// The lots, by group.
    groups: Vec<GroupLots>,
}

impl HearingDraw {
    fn of(checkpoint: Checkpoint, drawn: Vec<SeatsDrawn>) -> Option<Self> {
        let seed = checkpoint.seed();
        let groups = drawn.into_iter().map(GroupLots::from).collect();
        Some(Self { checkpoint: checkpoint.into(), seed, groups })
    }
}

/// A participant on the list.
#[derive(Debug, Clone, SimpleObject)]
pub struct ListedParticipant {
    /// Code.
    code: String,
    /// Group.
    group: String,
    /// As on the public list.
    shown_as: String,
    /// Who they are to the matter.
    stake: String,
    /// Day on which they first had the materials; none before.
    delivered_on: Option<Date>,
}

impl ListedParticipant {
    fn of(participant: &HearingParticipant, file: &HearingFile) -> Self {
        let HearingParticipant { code, group, shown_as, stake } = participant.clone();
        let delivered_on = file.delivered.get(&code).copied().map(Date);
        Self { code, group, shown_as, stake, delivered_on }
    }
}

/// Somebody with a part of their own at a hearing.
#[derive(Debug, Clone, SimpleObject)]
pub struct ListedStaff {
    /// Which part.
    role: Word<HearingRole>,
    /// Name.
    name: String,
    /// Unit and post.
    title: String,
}

impl ListedStaff {
    /// Somebody as the list shows them.
    pub fn of(role: HearingRole, name: String, title: String) -> Self {
        Self { role: Word(role), name, title }
    }
}

impl From<HearingStaff> for ListedStaff {
    fn from(staff: HearingStaff) -> Self {
        let HearingStaff { role, person: _, name, post } = staff;
        Self::of(role, name, post)
    }
}

/// How many of a group are on the list.
#[derive(Debug, Clone, SimpleObject)]
pub struct GroupOnList {
    /// The group.
    name: String,
    /// For whom it is.
    kind: Word<HearingGroupKind>,
    /// How many seats.
    seats: u32,
    /// How many on the list.
    listed: u32,
}

impl From<GroupCount> for GroupOnList {
    fn from(count: GroupCount) -> Self {
        let GroupCount { name, kind, seats, listed } = count;
        Self { name, kind: Word(kind), seats, listed }
    }
}

/// Who sits at a hearing, in numbers: shown by group, never hidden in a total.
#[derive(Debug, Clone, SimpleObject)]
pub struct HearingComposition {
    /// By group, also those without anybody.
    groups: Vec<GroupOnList>,
    /// How many in all.
    participants: u32,
    /// Least number that is advised; none where nothing is.
    participants_least: Option<u32>,
    /// How many are interested parties.
    interested: u32,
    /// Least number of interested parties that is advised; none where nothing is.
    interested_least: Option<u32>,
    /// Whether fewer take part, or fewer interested parties, than is advised.
    warns: bool,
}

impl From<Composition> for HearingComposition {
    fn from(composition: Composition) -> Self {
        let Composition { groups, participants, participants_least, interested, interested_least } = composition;
        let warns =
            participants_least.is_some_and(|n| participants < n) || interested_least.is_some_and(|n| interested < n);
        let groups = groups.into_iter().map(GroupOnList::from).collect();
        Self { groups, participants, participants_least, interested, interested_least, warns }
    }
}

/// A view that was heard, and what became of it.
#[derive(Debug, Clone, SimpleObject)]
pub struct HeardView {
    /// The view.
    view: String,
    /// How it was taken up.
    uptake: Word<Uptake>,
    /// What was changed, or why not.
    reason: String,
}

impl From<HearingView> for HeardView {
    fn from(view: HearingView) -> Self {
        let HearingView { view, uptake, reason } = view;
        Self { view, uptake: Word(uptake), reason }
    }
}

/// The report on a hearing 听证报告.
#[derive(Debug, Clone, SimpleObject)]
pub struct HearingReport {
    /// When, where, who took part, how it went.
    summary: String,
    /// Views and what became of them.
    views: Vec<HeardView>,
    /// Whether most were against the draft.
    mostly_opposed: bool,
    /// What was studied further; empty where nothing was.
    further_study: String,
    /// How participants were told.
    feedback: String,
    /// Documents.
    documents: Vec<Document>,
}

impl From<ReportHearing> for HearingReport {
    fn from(report: ReportHearing) -> Self {
        let ReportHearing { summary, views, mostly_opposed, further_study, feedback, documents } = report;
        let views = views.into_iter().map(HeardView::from).collect();
        let documents = documents.into_iter().map(Document::from).collect();
        Self { summary, views, mostly_opposed, further_study, feedback, documents }
    }
}

/// Applications to a hearing, in numbers.
#[derive(Debug, Clone, Description)]
pub struct HearingIntake(HearingIntakeRow);

#[Object(use_type_description)]
impl HearingIntake {
    /// First day.
    async fn opens_on(&self) -> Option<Date> {
        self.0.opens_on.parse().ok().map(Date)
    }

    /// Last day, to its end.
    async fn closes_on(&self) -> Option<Date> {
        self.0.closes_on.parse().ok().map(Date)
    }

    /// The instant that fixes the seed of the draw.
    async fn draw_at(&self) -> DateTime {
        DateTime::of_millis(self.0.draw_at)
    }

    /// How many applications came.
    async fn received(&self) -> Long {
        Long::of(self.0.received)
    }

    /// Whether closing is recorded.
    async fn closed(&self) -> bool {
        self.0.closed
    }

    /// The checkpoint that fixed the seed; none before.
    async fn checkpoint(&self, ctx: &Context<'_>) -> Result<Option<LogCheckpoint>> {
        let Some(json) = &self.0.checkpoint_json else { return Ok(None) };
        let read = serde_json::from_str::<Checkpoint>(json);
        let scope = Scope::of(ctx)?;
        Ok(Some(read.map_err(|error| scope.fail(AppError::internal("reading a checkpoint", error)))?.into()))
    }

    /// Applications, in the order in which they came. Who applied is sealed apart.
    async fn applications(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<Page<HearingApplication>>> {
        let mut query = RowQuery::all(HearingApplicationRow::TABLE)
            .with(Filter::Eq("hearing", Value::Text(self.0.hearing.clone())));
        query.order = vec!["n"];
        let args = PageArgs::new(first, after, last, before);
        let scope = Scope::of(ctx)?;
        let excluded: BTreeMap<String, String> = serde_json::from_str(&self.0.excluded_json)
            .map_err(|error| scope.fail(AppError::internal("reading applications", error)))?;
        let node = |row: HearingApplicationRow| {
            let excluded = excluded.get(&row.code).cloned();
            Ok(HearingApplication { row, excluded })
        };
        Ok(Some(page(scope, args, query, node).await?))
    }

    /// Who applied under a code: for those who list participants, because they must tell them. None where it was erased, as
    /// `erased` of the application says.
    async fn applicant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code.")] code: String,
    ) -> Result<Option<HearingApplicant>> {
        let scope = Scope::of(ctx)?;
        let hearing: HearingId = ID::from(self.0.hearing.as_str())
            .given("hearing_id")
            .map_err(|_| scope.fail(AppError::internal("reading applications", "its id cannot be read")))?;
        let opened = scope.app.open_applicant(scope.principal()?, hearing, &code).await;
        let def = match &opened {
            Err(AppError::Rejected(_)) => law_of(scope, &self.0.case_id).await?,
            _ => None,
        };
        let told = |error| Failure::of_case(error, def.as_deref(), scope.lang, scope.operation());
        let opened = found(opened.map_err(told))?.flatten();
        Ok(opened.map(|applicant| HearingApplicant { name: applicant.name, contact: applicant.contact }))
    }
}

/// Who applied to take part in a hearing.
#[derive(Debug, Clone, SimpleObject)]
pub struct HearingApplicant {
    /// Name.
    name: String,
    /// How to reach them.
    contact: String,
}

/// An application to take part in a hearing. Who sent it is sealed apart and is not here.
#[derive(Debug, Clone, Description)]
pub struct HearingApplication {
    row: HearingApplicationRow,
    excluded: Option<String>,
}

#[Object(use_type_description)]
impl HearingApplication {
    /// Its id. Opaque.
    pub async fn id(&self) -> ID {
        self.row.application.as_str().into()
    }

    /// Code under which it enters the draw: the next number, which nobody chooses.
    async fn code(&self) -> &str {
        &self.row.code
    }

    /// Name of the group of seats.
    async fn group(&self) -> &str {
        &self.row.seat_group
    }

    /// How it came.
    async fn channel(&self) -> Option<Word<Channel>> {
        Word::of(&self.row.channel)
    }

    /// How the applicant appears on the public list if they take part.
    async fn shown_as(&self) -> &str {
        &self.row.shown_as
    }

    /// What of it was lawfully erased; null where nothing was.
    async fn erased(&self, ctx: &Context<'_>) -> Result<Option<Erased>> {
        Ok(Erased::of(Scope::of(ctx)?, &self.row.application).await?)
    }

    /// What the matter is to them. Plain text of strangers: show it as text. `＊＊＊` where it was masked, as `erased` says.
    async fn stake(&self) -> &str {
        &self.row.stake
    }

    /// Why they are left out of the draw; none where they are not.
    async fn excluded(&self) -> Option<&str> {
        self.excluded.as_deref()
    }

    /// When it came.
    async fn received_at(&self) -> DateTime {
        DateTime::of_millis(self.row.received_at)
    }
}

/// What came of an act on an application.
#[derive(Debug, Clone, Description)]
pub struct HearingApplicationPayload {
    /// As given.
    pub client_mutation_id: Option<String>,
    /// What was done.
    pub outcome: Outcome<Done>,
}

#[Object(use_type_description)]
impl HearingApplicationPayload {
    /// As given.
    async fn client_mutation_id(&self) -> Option<&str> {
        self.client_mutation_id.as_deref()
    }

    /// The hearing after the act; null where it was refused.
    async fn hearing(&self, ctx: &Context<'_>) -> Result<Option<Hearing>> {
        let Ok(done) = &self.outcome else { return Ok(None) };
        Ok(Hearing::find(Scope::of(ctx)?, &done.stream.to_string()).await?)
    }

    /// The code by which the applicant finds the application again, to be handed to them alone.
    async fn receipt(&self) -> Option<&str> {
        self.outcome.as_ref().ok()?.receipt.as_deref()
    }

    /// Why the act was refused; empty where it was done.
    async fn errors(&self) -> Vec<UserError> {
        self.outcome.as_ref().err().cloned().unwrap_or_default()
    }
}
