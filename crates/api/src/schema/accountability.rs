//! Accountability files 责任追究案卷, supervision notices 督察建议书 and inspection mandates 督察授权 (R713 arts. 8, 9, 38-41). Facts;
//! nobody is judged.

use async_graphql::{Context, Description, ID, InputObject, Object, Result, SimpleObject};
use dingce_app::AppError;
use dingce_app::language::Language;
use dingce_app::policy::Right;
use dingce_app::ports::{Filter, Value};
use dingce_app::read_rows::{AccountabilityRow, MandateRow, NoticeRow};
use dingce_domain::accountability::{
    self, AccountabilityEvent, AccountabilityState, ClueSource, HarmKind, NamePerson, PostCategory, PostNamed, Subject,
};
use dingce_domain::mandate;
use dingce_domain::supervision::{self, NoticeEvent, NoticeKind, NoticeState};
use dingce_domain::words::DocumentRef;

use super::case::DecisionCase;
use super::catalogue::CatalogueEntry;
use super::directory::{Person, Unit, person, persons, unit, units};
use super::errors::Failure;
use super::page::{Page, PageArgs, page};
use super::parts::Document;
use super::proposal::Proposal;
use super::scope::Scope;
use crate::convert::{Date, Long, Word};

type Answer<T> = std::result::Result<T, Failure>;

fn documents(list: &[DocumentRef]) -> Vec<Document> {
    list.iter().cloned().map(Document::from).collect()
}

/// An accountability file 责任追究案卷 (R713 art. 38): a clue, whether it was admitted, frozen traces, harm as somebody found it,
/// posts and acts, to which competent body all of it was handed, and what that stated. It finds nothing itself.
#[derive(Debug, Clone, Description)]
pub struct AccountabilityFile {
    row: AccountabilityRow,
    state: accountability::AccountabilityFile,
}

/// What happened to an accountability file.
#[derive(Debug, Clone, Description)]
pub struct AccountabilityStep {
    n: usize,
    event: AccountabilityEvent,
}

/// A person by a post that they held, with events of the frozen trace. A fact, and no finding.
#[derive(Debug, Clone, Description)]
pub struct PersonByPost {
    named: NamePerson,
    post: PostNamed,
}

/// A trace as it was frozen.
#[derive(Debug, Clone, Description)]
pub struct FrozenTrace {
    number: usize,
    given: accountability::FreezeTrace,
    frozen: accountability::FrozenTrace,
}

/// The report of an accountability file. The same file at the same size of the published log gives the same bytes.
#[derive(Debug, Clone, SimpleObject)]
pub struct AccountabilityReport {
    /// Canonical JSON, to be kept as `report.json`.
    pub json: String,
    /// The same for people, Chinese first, to be kept as `report.html`.
    pub html: String,
    /// A C2SP signed note over the digests of both, by the log's key; none where this deployment publishes no log.
    pub note: Option<String>,
}

impl AccountabilityFile {
    /// The file of a row.
    ///
    /// # Errors
    /// Where the row is of another program's shape.
    pub fn of(row: AccountabilityRow, scope: &Scope) -> Answer<Self> {
        let state = scope.read::<_, AccountabilityRow>(&row.file_json)?;
        Ok(Self { row, state })
    }

    /// The file with this id, where the reader may see it.
    ///
    /// # Errors
    /// Where the store fails, or the reader holds no post.
    pub async fn find(scope: &Scope, id: &str) -> Answer<Option<Self>> {
        let Some(row) = scope.one::<AccountabilityRow>(id).await? else { return Ok(None) };
        let file = Self::of(row, scope)?;
        Ok(file.readable(scope).await?.then_some(file))
    }

    async fn readable(&self, scope: &Scope) -> Answer<bool> {
        let hats = scope.hats().await?;
        let Ok(organ) = self.row.organ.parse() else { return Ok(false) };
        Ok(scope.app.may_read_accountability(&hats, organ, &self.state))
    }
}

#[Object(use_type_description)]
impl AccountabilityFile {
    /// Its id. Opaque.
    pub async fn id(&self) -> ID {
        self.row.file.as_str().into()
    }

    /// Where it stands.
    async fn state(&self) -> Word<AccountabilityState> {
        Word(self.state.state)
    }

    /// Where the clue came from.
    async fn source(&self) -> Word<ClueSource> {
        Word(self.state.clue.source)
    }

    /// Number under which the clue is kept.
    async fn reference(&self) -> &str {
        &self.state.clue.reference
    }

    /// When the clue came.
    async fn received_on(&self) -> Date {
        Date(self.state.clue.received_on)
    }

    /// What the clue says.
    async fn content(&self) -> &str {
        &self.state.clue.content
    }

    /// The case that it is about; none where it is about something else.
    async fn case(&self, ctx: &Context<'_>) -> Result<Option<DecisionCase>> {
        let Subject::Case(case) = self.state.clue.about else { return Ok(None) };
        Ok(DecisionCase::find(Scope::of(ctx)?, &case.to_string()).await?)
    }

    /// The entry of a catalogue that it is about, e.g. one never begun; none where it is about something else.
    async fn entry(&self, ctx: &Context<'_>) -> Result<Option<CatalogueEntry>> {
        let Subject::Entry(entry) = self.state.clue.about else { return Ok(None) };
        Ok(CatalogueEntry::find(Scope::of(ctx)?, &entry.to_string()).await?)
    }

    /// The proposal that it is about, e.g. one that nobody answered; none where it is about something else.
    async fn proposal(&self, ctx: &Context<'_>) -> Result<Option<Proposal>> {
        let Subject::Proposal(proposal) = self.state.clue.about else { return Ok(None) };
        Ok(Proposal::find(Scope::of(ctx)?, &proposal.to_string()).await?)
    }

    /// Units of which the clue speaks beside those that have the matter.
    async fn units(&self, ctx: &Context<'_>) -> Result<Option<Vec<Unit>>> {
        Ok(Some(units(Scope::of(ctx)?, &self.state.clue.units).await?))
    }

    /// Persons of whom the clue speaks.
    async fn persons(&self, ctx: &Context<'_>) -> Result<Option<Vec<Person>>> {
        Ok(Some(persons(Scope::of(ctx)?, &self.state.clue.persons).await?))
    }

    /// What came with the clue.
    async fn documents(&self) -> Vec<Document> {
        documents(&self.state.clue.documents)
    }

    /// All that happened to it, the clue first.
    async fn steps(&self) -> Vec<AccountabilityStep> {
        let steps = self.state.steps.iter().cloned().enumerate();
        steps.map(|(i, event)| AccountabilityStep { n: i + 1, event }).collect()
    }

    /// Persons named by post, in the order in which they were named. Nobody is ranked.
    async fn persons_by_post(&self) -> Vec<PersonByPost> {
        self.state.persons().map(|(named, post)| PersonByPost { named: named.clone(), post: post.clone() }).collect()
    }

    /// Traces that were frozen, the newest last.
    async fn traces(&self) -> Vec<FrozenTrace> {
        let traces = self.state.traces().enumerate();
        let own = traces.map(|(i, (given, frozen))| FrozenTrace {
            number: i + 1,
            given: given.clone(),
            frozen: frozen.clone(),
        });
        own.collect()
    }

    /// The report over a frozen trace; none before one is frozen.
    async fn report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of the trace, from 1; the newest where it is left out.")] trace: Option<u32>,
    ) -> Result<Option<AccountabilityReport>> {
        let scope = Scope::of(ctx)?;
        let number = trace.map(|number| usize::try_from(number).unwrap_or(usize::MAX));
        if self.state.traces().count() < number.unwrap_or(1).max(1) || number == Some(0) {
            return Ok(None);
        }
        let who = scope.principal()?;
        let report = scope.app.accountability_report(who, self.state.id, number).await;
        let dingce_app::use_cases::Report { json, html, note } = report.map_err(|error| scope.fail(error))?;
        Ok(Some(AccountabilityReport { json, html, note }))
    }
}

#[Object(use_type_description)]
impl AccountabilityStep {
    /// Its number, from 1.
    async fn n(&self) -> Long {
        Long(self.n as u64)
    }

    /// Its kind, as stored.
    async fn kind(&self) -> &str {
        self.event.kind()
    }

    /// Name of the kind, in the language of the request.
    async fn label(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(Some(Scope::of(ctx)?.lang.of(Language::shipped().event(self.event.kind()))))
    }

    /// The day on which it was done.
    async fn on(&self) -> Date {
        Date(self.event.by_on().1)
    }

    /// Who did it.
    async fn by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(person(Scope::of(ctx)?, Some(self.event.by_on().0)).await?)
    }

    /// The article on which it rests, where it names one.
    async fn article(&self) -> Option<&str> {
        match &self.event {
            AccountabilityEvent::Admitted { given, .. } => Some(&given.article),
            AccountabilityEvent::Refused { given, .. } => Some(&given.article),
            AccountabilityEvent::HandedOver { given, .. } => Some(&given.article),
            _ => None,
        }
    }

    /// Its reason, or what was found or stated, in the words of whoever did.
    async fn text(&self) -> Option<&str> {
        match &self.event {
            AccountabilityEvent::Received { given, .. } => Some(&given.content),
            AccountabilityEvent::Admitted { given, .. } => Some(&given.reason),
            AccountabilityEvent::Refused { given, .. } => Some(&given.reason),
            AccountabilityEvent::HarmRecorded { given, .. } => Some(&given.statement),
            AccountabilityEvent::ResultRecorded { given, .. } => Some(&given.statement),
            AccountabilityEvent::Closed { given, .. } => Some(&given.reason),
            AccountabilityEvent::Reopened { given, .. } => Some(&given.reason),
            _ => None,
        }
    }

    /// Who found, received or was handed it, outside this system.
    async fn outside(&self) -> Option<&str> {
        match &self.event {
            AccountabilityEvent::HarmRecorded { given, .. } => Some(&given.found_by),
            AccountabilityEvent::HandedOver { given, .. } => Some(&given.body),
            AccountabilityEvent::Acknowledged { given, .. } => Some(&given.received_by),
            _ => None,
        }
    }

    /// When it was found, handed over, received or stated there.
    async fn outside_on(&self) -> Option<Date> {
        match &self.event {
            AccountabilityEvent::HarmRecorded { given, .. } => Some(Date(given.found_on)),
            AccountabilityEvent::HandedOver { given, .. } => Some(Date(given.handed_on)),
            AccountabilityEvent::Acknowledged { given, .. } => Some(Date(given.received_on)),
            AccountabilityEvent::ResultRecorded { given, .. } => Some(Date(given.stated_on)),
            _ => None,
        }
    }

    /// Number of the document, of a result.
    async fn number(&self) -> Option<&str> {
        match &self.event {
            AccountabilityEvent::ResultRecorded { given, .. } => Some(&given.number),
            _ => None,
        }
    }

    /// Loss or effect, where it was recorded.
    async fn harm(&self) -> Option<Word<HarmKind>> {
        match &self.event {
            AccountabilityEvent::HarmRecorded { given, .. } => Some(Word(given.harm)),
            _ => None,
        }
    }

    /// Documents that came with it.
    async fn documents(&self) -> Vec<Document> {
        documents(self.event.documents())
    }
}

#[Object(use_type_description)]
impl PersonByPost {
    /// Who.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(person(Scope::of(ctx)?, Some(self.named.person)).await?)
    }

    /// Their name, as of the naming.
    async fn name(&self) -> &str {
        &self.post.name
    }

    /// Title of the post, as of the naming.
    async fn post_title(&self) -> &str {
        &self.post.title
    }

    /// Name of the unit, as of the naming.
    async fn unit_name(&self) -> &str {
        &self.post.unit_name
    }

    /// The class of the post (R713 art. 38).
    async fn category(&self) -> Word<PostCategory> {
        Word(self.named.category)
    }

    /// Numbers of the events of the frozen trace.
    async fn acts(&self) -> Vec<Long> {
        self.named.acts.iter().copied().map(Long).collect()
    }
}

#[Object(use_type_description)]
impl FrozenTrace {
    /// Its number in the file, from 1.
    async fn number(&self) -> Long {
        Long(self.number as u64)
    }

    /// Nothing recorded after this day is in it.
    async fn as_known_on(&self) -> Date {
        Date(self.given.as_known_on)
    }

    /// Digest of its bytes.
    async fn digest(&self) -> String {
        self.frozen.digest.to_string()
    }

    /// Their size.
    async fn size_bytes(&self) -> Long {
        Long(self.frozen.size_bytes)
    }

    /// Number of the newest event in it.
    async fn n(&self) -> Long {
        Long(self.frozen.n)
    }

    /// Leaf hash of that event.
    async fn leaf_hash(&self) -> String {
        self.frozen.leaf_hash.to_string()
    }

    /// Its bytes: canonical JSON of the form `dingce.trace/v1`.
    async fn text(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let scope = Scope::of(ctx)?;
        Ok(Some(scope.app.frozen_text(&self.frozen).await.map_err(|error| scope.fail(error))?))
    }
}

/// Which accountability files.
#[derive(Debug, Clone, Default, InputObject)]
pub struct AccountabilityFileFilter {
    /// Only those that stand there.
    pub state: Option<Word<AccountabilityState>>,
    /// Only those whose clue came from there.
    pub source: Option<Word<ClueSource>>,
    /// Only those about this case, entry or proposal.
    pub about: Option<ID>,
    /// Only those with, or without, loss or effect on record.
    pub harm: Option<bool>,
}

/// Files of the reader's organ, the latest first. Those that speak of the reader are left out, and not counted.
///
/// # Errors
/// `FORBIDDEN`, and `BAD_CURSOR` for the arguments.
pub async fn files(
    scope: &Scope,
    args: PageArgs,
    filter: AccountabilityFileFilter,
) -> Answer<Page<AccountabilityFile>> {
    let AccountabilityFileFilter { state, source, about, harm } = filter;
    let who = scope.principal()?;
    let mut query = scope.app.accountability_query(who).await.map_err(|error| scope.fail(error))?;
    query.filters.extend(state.map(|s| Filter::Eq("state", Value::Text(s.0.to_string()))));
    query.filters.extend(source.map(|s| Filter::Eq("source", Value::Text(s.0.to_string()))));
    query.filters.extend(about.map(|id| Filter::Eq("subject", Value::Text(id.to_string()))));
    query.filters.extend(harm.map(|h| Filter::Eq("harm", Value::Bool(h))));
    page(scope, args, query, |row: AccountabilityRow| AccountabilityFile::of(row, scope)).await
}

fn unreadable(scope: &Scope) -> Failure {
    scope.fail(AppError::internal("reading a row of supervision", "an id cannot be read"))
}

/// A supervision notice 督察建议书、督办通知: what a unit is to correct in a case, by which article and by when; its answers, and
/// what was seen when it was looked at again.
#[derive(Debug, Clone, Description)]
pub struct SupervisionNotice {
    row: NoticeRow,
    state: supervision::SupervisionNotice,
}

/// What happened to a supervision notice.
#[derive(Debug, Clone, Description)]
pub struct SupervisionNoticeStep(NoticeEvent);

impl SupervisionNotice {
    /// The notice of a row.
    ///
    /// # Errors
    /// Where the row is of another program's shape.
    pub fn of(row: NoticeRow, scope: &Scope) -> Answer<Self> {
        let state = scope.read::<_, NoticeRow>(&row.notice_json)?;
        Ok(Self { row, state })
    }

    /// The notice with this id, where the reader may see it.
    ///
    /// # Errors
    /// Where the store fails, or the reader holds no post.
    pub async fn find(scope: &Scope, id: &str) -> Answer<Option<Self>> {
        let Some(row) = scope.one::<NoticeRow>(id).await? else { return Ok(None) };
        let hats = scope.hats().await?;
        let notice = Self::of(row, scope)?;
        let organ = notice.row.organ.parse().map_err(|_| unreadable(scope))?;
        Ok(scope.app.may_read_notice(&hats, organ, notice.state.given.unit).then_some(notice))
    }
}

#[Object(use_type_description)]
impl SupervisionNotice {
    /// Its id. Opaque.
    pub async fn id(&self) -> ID {
        self.row.notice.as_str().into()
    }

    /// Which kind.
    async fn kind(&self) -> Word<NoticeKind> {
        Word(self.state.given.notice)
    }

    /// Its number, as on paper.
    async fn number(&self) -> &str {
        &self.state.given.number
    }

    /// To which unit.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        Ok(unit(Scope::of(ctx)?, Some(self.state.given.unit)).await?)
    }

    /// About which case; none where the reader may not see it.
    async fn case(&self, ctx: &Context<'_>) -> Result<Option<DecisionCase>> {
        Ok(DecisionCase::find(Scope::of(ctx)?, &self.row.case_id).await?)
    }

    /// What is to be corrected.
    async fn correct(&self) -> &[String] {
        &self.state.given.correct
    }

    /// The article on which it rests.
    async fn article(&self) -> &str {
        &self.state.given.article
    }

    /// When it was issued.
    async fn issued_on(&self) -> Date {
        Date(self.state.given.issued_on)
    }

    /// The last day for the answer that is awaited, or was given.
    async fn due_on(&self) -> Date {
        Date(self.state.due_on)
    }

    /// Where it stands.
    async fn state(&self) -> Word<NoticeState> {
        Word(self.state.state)
    }

    /// Whether the last day passed without an answer.
    async fn overdue(&self) -> bool {
        self.state.overdue
    }

    /// How often a last day passed without an answer.
    async fn times_overdue(&self) -> Long {
        Long(self.state.times_overdue() as u64)
    }

    /// The notice as it was sent.
    async fn documents(&self) -> Vec<Document> {
        documents(&self.state.given.documents)
    }

    /// All that happened to it, that it was issued first.
    async fn steps(&self) -> Vec<SupervisionNoticeStep> {
        self.state.steps.iter().cloned().map(SupervisionNoticeStep).collect()
    }
}

#[Object(use_type_description)]
impl SupervisionNoticeStep {
    /// Its kind, as stored.
    async fn kind(&self) -> &str {
        self.0.kind()
    }

    /// Name of the kind, in the language of the request.
    async fn label(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(Some(Scope::of(ctx)?.lang.of(Language::shipped().event(self.0.kind()))))
    }

    /// When it was done; the last day, where it says that this passed.
    async fn on(&self) -> Date {
        Date(match &self.0 {
            NoticeEvent::Issued { given, .. } => given.issued_on,
            NoticeEvent::Overdue { due_on } => *due_on,
            NoticeEvent::Answered { on, .. } | NoticeEvent::Rechecked { on, .. } => *on,
        })
    }

    /// Who did it; none where a day passed.
    async fn by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let by = match &self.0 {
            NoticeEvent::Issued { by, .. } | NoticeEvent::Answered { by, .. } | NoticeEvent::Rechecked { by, .. } => {
                Some(*by)
            }
            NoticeEvent::Overdue { .. } => None,
        };
        Ok(person(Scope::of(ctx)?, by).await?)
    }

    /// What was corrected, or seen.
    async fn text(&self) -> Option<&str> {
        match &self.0 {
            NoticeEvent::Answered { given, .. } => Some(&given.correction),
            NoticeEvent::Rechecked { given, .. } => Some(&given.seen),
            NoticeEvent::Issued { .. } | NoticeEvent::Overdue { .. } => None,
        }
    }

    /// Whether an answer came after its last day.
    async fn late(&self) -> Option<bool> {
        match &self.0 {
            NoticeEvent::Answered { late, .. } => Some(*late),
            _ => None,
        }
    }

    /// Whether it was in order when it was looked at again.
    async fn passed(&self) -> Option<bool> {
        match &self.0 {
            NoticeEvent::Rechecked { given, .. } => Some(given.passed),
            _ => None,
        }
    }

    /// The last day that it sets.
    async fn due_on(&self) -> Option<Date> {
        match &self.0 {
            NoticeEvent::Issued { due_on, .. } | NoticeEvent::Overdue { due_on } => Some(Date(*due_on)),
            NoticeEvent::Rechecked { due_on, .. } => due_on.map(Date),
            NoticeEvent::Answered { .. } => None,
        }
    }

    /// Documents that came with it.
    async fn documents(&self) -> Vec<Document> {
        documents(self.0.documents())
    }
}

/// Which supervision notices.
#[derive(Debug, Clone, Default, InputObject)]
pub struct SupervisionNoticeFilter {
    /// Only those that stand there.
    pub state: Option<Word<NoticeState>>,
    /// Only those whose last day passed without an answer, or not.
    pub overdue: Option<bool>,
    /// Only those to this unit.
    pub unit: Option<ID>,
    /// Only those about this case.
    pub case: Option<ID>,
}

/// Notices that the reader may see, the latest first.
///
/// # Errors
/// `FORBIDDEN` where they hold no post, and `BAD_CURSOR` for the arguments.
pub async fn notices(
    scope: &Scope,
    args: PageArgs,
    filter: SupervisionNoticeFilter,
) -> Answer<Page<SupervisionNotice>> {
    let SupervisionNoticeFilter { state, overdue, unit, case } = filter;
    let who = scope.principal()?;
    let mut query = scope.app.notice_query(who).await.map_err(|error| scope.fail(error))?;
    query.filters.extend(state.map(|s| Filter::Eq("state", Value::Text(s.0.to_string()))));
    query.filters.extend(overdue.map(|o| Filter::Eq("overdue", Value::Bool(o))));
    query.filters.extend(unit.map(|id| Filter::Eq("unit", Value::Text(id.to_string()))));
    query.filters.extend(case.map(|id| Filter::Eq("case_id", Value::Text(id.to_string()))));
    page(scope, args, query, |row: NoticeRow| SupervisionNotice::of(row, scope)).await
}

/// An inspection mandate 督察授权: a named team may read and trace what it names, within its days, and nothing else.
#[derive(Debug, Clone, Description)]
pub struct InspectionMandate {
    row: MandateRow,
    state: mandate::InspectionMandate,
}

impl InspectionMandate {
    /// The mandate of a row.
    ///
    /// # Errors
    /// Where the row is of another program's shape.
    pub fn of(row: MandateRow, scope: &Scope) -> Answer<Self> {
        let state = scope.read::<_, MandateRow>(&row.mandate_json)?;
        Ok(Self { row, state })
    }

    /// The mandate with this id, for who may read mandates, and for the members of its team.
    ///
    /// # Errors
    /// Where the store fails, or the reader holds no post.
    pub async fn find(scope: &Scope, id: &str) -> Answer<Option<Self>> {
        let hats = scope.hats().await?;
        let organ = scope.organ().await?.to_string();
        let Some(row) = scope.one::<MandateRow>(id).await?.filter(|row| row.organ == organ) else { return Ok(None) };
        let mandate = Self::of(row, scope)?;
        let member = mandate.state.given.members.contains(&scope.principal()?.person);
        Ok((member || scope.app.allowed(&hats, Right::ReadMandates)).then_some(mandate))
    }
}

#[Object(use_type_description)]
impl InspectionMandate {
    /// Its id. Opaque.
    pub async fn id(&self) -> ID {
        self.row.mandate.as_str().into()
    }

    /// Name of the team.
    async fn team(&self) -> &str {
        &self.state.given.team
    }

    /// Who is of it.
    async fn members(&self, ctx: &Context<'_>) -> Result<Option<Vec<Person>>> {
        Ok(Some(persons(Scope::of(ctx)?, &self.state.given.members).await?))
    }

    /// Cases that it names, as far as the reader may see them.
    async fn cases(&self, ctx: &Context<'_>) -> Result<Option<Vec<DecisionCase>>> {
        let scope = Scope::of(ctx)?;
        let mut cases = Vec::new();
        for case in &self.state.given.cases {
            cases.extend(DecisionCase::find(scope, &case.to_string()).await?);
        }
        Ok(Some(cases))
    }

    /// Units whose cases it names.
    async fn units(&self, ctx: &Context<'_>) -> Result<Option<Vec<Unit>>> {
        Ok(Some(units(Scope::of(ctx)?, &self.state.given.units).await?))
    }

    /// First day.
    async fn from(&self) -> Date {
        Date(self.state.given.from)
    }

    /// Last day.
    async fn until(&self) -> Date {
        Date(self.state.given.until)
    }

    /// Who issued it.
    async fn issued_by(&self) -> &str {
        &self.state.given.issued_by
    }

    /// Number of the paper.
    async fn number(&self) -> &str {
        &self.state.given.number
    }

    /// The paper.
    async fn documents(&self) -> Vec<Document> {
        documents(&self.state.given.documents)
    }

    /// When it was revoked; none where it was not.
    async fn revoked_on(&self) -> Option<Date> {
        self.state.revoked.as_ref().map(|(_, day)| Date(*day))
    }

    /// Why it was revoked.
    async fn revoked_because(&self) -> Option<&str> {
        self.state.revoked.as_ref().map(|(given, _)| given.reason.as_str())
    }
}

/// Mandates of the reader's organ, the latest first.
///
/// # Errors
/// `FORBIDDEN`, and `BAD_CURSOR` for the arguments.
pub async fn mandates(scope: &Scope, args: PageArgs) -> Answer<Page<InspectionMandate>> {
    let who = scope.principal()?;
    let query = scope.app.mandate_query(who).await.map_err(|error| scope.fail(error))?;
    page(scope, args, query, |row: MandateRow| InspectionMandate::of(row, scope)).await
}
