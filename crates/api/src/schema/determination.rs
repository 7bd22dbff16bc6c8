//! The register of determinations 认定登记, and of printed agendas 会议议题.

use async_graphql::{Context, Description, ID, InputObject, Object, Result, SimpleObject};
use dingce_app::AppError;
use dingce_app::policy::Right;
use dingce_app::ports::{Direction, Filter, ReadRow, RowQuery, Value};
use dingce_app::read_rows::{DeterminationRow, PrintedAgendaRow, PrintedItemRow, PrintedItemTieRow, TieRow};
use dingce_domain::determination::{self, DeterminationFlag, ExclusionGround, GroundSource, Made};
use dingce_domain::printed_agenda::{ItemTarget, PrintedAgendaHead, PrintedItem as Printed};
use dingce_domain::secret::SecretRef;
use dingce_domain::tie::TieTarget;
use dingce_domain::words::MatterClass;

use super::case::DecisionCase;
use super::catalogue::CatalogueEntry;
use super::errors::Failure;
use super::loaders::Of;
use super::meeting::{AgendaItem, Meeting};
use super::page::{Page, PageArgs, page};
use super::parts::Document;
use super::scope::Scope;
use super::secret::SecretStub;
use crate::convert::{Date, Given, Long, Word};

/// That a determination or an item of an agenda is about a secret matter: its stub, and nothing beside it.
#[derive(Debug, Clone, Description)]
pub struct SecretMatter(SecretRef);

#[Object(use_type_description)]
impl SecretMatter {
    /// Number under which the unit that holds the matter keeps it.
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// The registered stub, with level and holder; null for those who may not read stubs.
    async fn stub(&self, ctx: &Context<'_>) -> Result<Option<SecretStub>> {
        Ok(SecretStub::find(Scope::of(ctx)?, &self.0.stub.to_string()).await?)
    }
}

/// Where the ground of an exclusion stands.
#[derive(Debug, Clone, SimpleObject)]
pub struct ExclusionSource {
    /// How far it binds here: `BINDING`, `LOCAL_RULE`, `BORROWED`, `DESIGN` or `UNCONFIRMED`.
    authority: String,
    /// The text.
    cite: String,
    /// The article; empty where there is none.
    article: String,
}

/// One determination of a matter; it is never changed.
#[derive(Debug, Clone, SimpleObject)]
pub struct DeterminationMade {
    /// Its number, from 1.
    number: u32,
    /// Name of the matter; empty for a secret one.
    title: String,
    /// What it is about.
    content: String,
    /// What is kept of a secret matter.
    secret: Option<SecretMatter>,
    /// Whether it is a major decision.
    major: bool,
    /// Its class, where it is major.
    class: Option<Word<MatterClass>>,
    /// Why it is none.
    ground: Option<Word<ExclusionGround>>,
    /// The article on which the exclusion rests, as cited by whoever determined.
    basis: String,
    /// Where the ground stands by the rules of this place.
    source: Option<ExclusionSource>,
    /// Special laws that add steps of their own.
    overlays: Vec<String>,
    /// Why.
    reason: String,
    /// Who determined it.
    determined_by: String,
    /// When.
    determined_on: Date,
    /// What a reader must know.
    flags: Vec<Word<DeterminationFlag>>,
    /// What shows it.
    documents: Vec<Document>,
}

impl From<Made> for DeterminationMade {
    fn from(made: Made) -> Self {
        let Made { number, given, source, flags } = made;
        let determination::Determine {
            title,
            content,
            secret,
            major,
            class,
            ground,
            basis,
            overlays,
            reason,
            determined_by,
            determined_on,
            documents,
        } = given;
        let source = source.map(|GroundSource { authority, cite, article }| ExclusionSource {
            authority: authority.to_string(),
            cite,
            article,
        });
        Self {
            number,
            title,
            content,
            secret: secret.map(SecretMatter),
            major,
            class: class.map(Word),
            ground: ground.map(Word),
            basis,
            source,
            overlays,
            reason,
            determined_by,
            determined_on: Date(determined_on),
            flags: flags.into_iter().map(Word).collect(),
            documents: documents.into_iter().map(Document::from).collect(),
        }
    }
}

async fn register(scope: &Scope) -> std::result::Result<Option<Value>, Failure> {
    let hats = scope.hats().await?;
    if !scope.app.allowed(&hats, Right::ReadRegisters) {
        return Ok(None);
    }
    Ok(Some(Value::Text(scope.organ().await?.to_string())))
}

async fn organ_of_register(scope: &Scope) -> std::result::Result<Value, Failure> {
    scope.entitled(Right::ReadRegisters).await?;
    Ok(Value::Text(scope.organ().await?.to_string()))
}

/// Which determinations.
#[derive(Debug, Clone, Default, InputObject)]
pub struct DeterminationFilter {
    /// Only those that find so.
    pub major: Option<bool>,
    /// Only those of this class.
    pub class: Option<Word<MatterClass>>,
    /// Only those excluded on this ground.
    pub ground: Option<Word<ExclusionGround>>,
    /// true: only those with something that a reader must know.
    pub flagged: Option<bool>,
    /// false, with `major: true`: only major matters of which no case came.
    pub has_case: Option<bool>,
    /// Only those whose title contains this text, 1 to 200 characters; case matters.
    pub title_contains: Option<String>,
}

/// Whether a matter is a major decision 是否属于重大行政决策 (R713 art. 3): the determination that holds, and those before it.
#[derive(Debug, Clone, Description)]
pub struct Determination {
    row: DeterminationRow,
    state: determination::Determination,
}

impl Determination {
    /// The determination of a row.
    ///
    /// # Errors
    /// Where the row is of another program's shape.
    pub fn of(row: DeterminationRow, scope: &Scope) -> std::result::Result<Self, Failure> {
        let state = scope.read::<_, DeterminationRow>(&row.determination_json)?;
        Ok(Self { row, state })
    }

    /// The determination with this id, where the reader may see it.
    ///
    /// # Errors
    /// Where the store fails, or the reader holds no post.
    pub async fn find(scope: &Scope, id: &str) -> std::result::Result<Option<Self>, Failure> {
        let Some(organ) = register(scope).await? else { return Ok(None) };
        let row = scope.one::<DeterminationRow>(id).await?.filter(|row| Value::Text(row.organ.clone()) == organ);
        row.map(|row| Self::of(row, scope)).transpose()
    }

    /// Determinations that are tied to a case or a catalogue entry, as far as the reader may see them.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn tied_to(scope: &Scope, target: &str) -> std::result::Result<Vec<Self>, Failure> {
        let mut found = Vec::new();
        for tie in scope.all(Of::<TieRow>::new("target", target, "source")).await? {
            found.extend(Self::find(scope, &tie.source).await?);
        }
        Ok(found)
    }

    async fn ties(&self, scope: &Scope, kind: TieTarget) -> std::result::Result<Vec<String>, Failure> {
        let ties = scope.all(Of::<TieRow>::new("source", &self.row.determination, "target")).await?;
        Ok(ties.into_iter().filter(|tie| tie.kind == kind.as_str()).map(|tie| tie.target).collect())
    }
}

#[Object(use_type_description)]
impl Determination {
    /// Its id. Opaque.
    pub async fn id(&self) -> ID {
        self.row.determination.as_str().into()
    }

    /// Name of the matter, or the number under which a secret one is kept.
    async fn title(&self) -> &str {
        &self.row.title
    }

    /// Whether it is a major decision, as determined last.
    async fn major(&self) -> bool {
        self.row.major
    }

    /// The determination that holds.
    async fn current(&self) -> Option<DeterminationMade> {
        self.state.current().cloned().map(DeterminationMade::from)
    }

    /// All determinations of the matter, the first one first.
    async fn made(&self) -> Vec<DeterminationMade> {
        self.state.made.iter().cloned().map(DeterminationMade::from).collect()
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

    /// Items of agendas that it belongs to.
    async fn printed_items(&self, ctx: &Context<'_>) -> Result<Option<Vec<PrintedAgendaItem>>> {
        Ok(Some(PrintedAgendaItem::tied_to(Scope::of(ctx)?, &self.row.determination).await?))
    }
}

/// Determinations of the reader's organ, the latest first.
///
/// # Errors
/// `FORBIDDEN`, and `BAD_INPUT` or `BAD_CURSOR` for the arguments.
pub async fn determinations(
    scope: &Scope,
    args: PageArgs,
    filter: DeterminationFilter,
) -> std::result::Result<Page<Determination>, Failure> {
    let DeterminationFilter { major, class, ground, flagged, has_case, title_contains } = filter;
    let organ = organ_of_register(scope).await?;
    let mut query = RowQuery::all(DeterminationRow::TABLE).with(Filter::Eq("organ", organ));
    query.filters.extend(major.map(|m| Filter::Eq("major", Value::Bool(m))));
    query.filters.extend(class.map(|c| Filter::Eq("class", Value::Text(c.0.to_string()))));
    query.filters.extend(ground.map(|g| Filter::Eq("ground", Value::Text(g.0.to_string()))));
    query.filters.extend(flagged.map(|f| Filter::Eq("flagged", Value::Bool(f))));
    query.filters.extend(has_case.map(|h| Filter::Eq("has_case", Value::Bool(h))));
    query.filters.extend(part("titleContains", title_contains)?.map(|part| Filter::Contains("title", part)));
    query.order = vec!["recorded_at"];
    query.direction = Direction::Descending;
    page(scope, args, query, |row: DeterminationRow| Determination::of(row, scope)).await
}

fn part(name: &str, given: Option<String>) -> std::result::Result<Option<String>, Failure> {
    match given {
        Some(part) if part.is_empty() || part.chars().count() > 200 => {
            Err(Failure::bad_input(format!("Expected {name} to have 1 to 200 characters.")))
        }
        part => Ok(part),
    }
}

/// A printed agenda 会议议题 of a session, as it was taken over.
#[derive(Debug, Clone, Description)]
pub struct PrintedAgenda {
    row: PrintedAgendaRow,
    head: PrintedAgendaHead,
}

impl PrintedAgenda {
    /// The agenda of a row.
    ///
    /// # Errors
    /// Where the row is of another program's shape.
    pub fn of(row: PrintedAgendaRow, scope: &Scope) -> std::result::Result<Self, Failure> {
        let head = scope.read::<_, PrintedAgendaRow>(&row.head_json)?;
        Ok(Self { row, head })
    }

    /// The agenda with this id, where the reader may see it.
    ///
    /// # Errors
    /// Where the store fails, or the reader holds no post.
    pub async fn find(scope: &Scope, id: &str) -> std::result::Result<Option<Self>, Failure> {
        let Some(organ) = register(scope).await? else { return Ok(None) };
        let row = scope.one::<PrintedAgendaRow>(id).await?.filter(|row| Value::Text(row.organ.clone()) == organ);
        row.map(|row| Self::of(row, scope)).transpose()
    }
}

impl PrintedAgenda {
    /// The agenda that is paired with a meeting, where the reader may see it.
    ///
    /// # Errors
    /// Where the store fails, or the reader holds no post.
    pub async fn of_meeting(scope: &Scope, meeting: &str) -> std::result::Result<Option<Self>, Failure> {
        let Some(organ) = register(scope).await? else { return Ok(None) };
        let rows = scope.all(Of::<PrintedAgendaRow>::new("meeting", meeting, "imported_at")).await?;
        let own = rows.into_iter().find(|row| Value::Text(row.organ.clone()) == organ);
        own.map(|row| Self::of(row, scope)).transpose()
    }
}

#[Object(use_type_description)]
impl PrintedAgenda {
    /// Its id. Opaque.
    pub async fn id(&self) -> ID {
        self.row.agenda.as_str().into()
    }

    /// Which session, as printed.
    async fn session(&self) -> &str {
        &self.row.session
    }

    /// Whose agenda it is, as printed; none for the organ itself.
    async fn printed_organ(&self) -> Option<&str> {
        self.head.organ.as_deref()
    }

    /// When the meeting is held, as printed.
    async fn held(&self) -> Option<&str> {
        self.head.held.as_deref()
    }

    /// The day of the meeting, where the print says it to the day.
    async fn held_on(&self) -> Option<Date> {
        self.head.held_on().map(Date)
    }

    /// Items as printed, and then those added.
    async fn items(&self, ctx: &Context<'_>) -> Result<Option<Vec<PrintedAgendaItem>>> {
        let scope = Scope::of(ctx)?;
        let rows = scope.all(Of::<PrintedItemRow>::new("agenda", &self.row.agenda, "position")).await?;
        Ok(Some(rows.into_iter().map(|row| PrintedAgendaItem::of(row, scope)).collect::<std::result::Result<_, _>>()?))
    }

    /// How many items belong to no case and to no determination.
    async fn unlinked(&self) -> Long {
        Long::of(self.row.unlinked)
    }

    /// The meeting whose session it was printed for; none where nobody named one, or the reader may not see it.
    async fn meeting(&self, ctx: &Context<'_>) -> Result<Option<Meeting>> {
        let Some(meeting) = &self.row.meeting else { return Ok(None) };
        Ok(Meeting::find(Scope::of(ctx)?, meeting).await?)
    }

    /// What stands on one of print and meeting and not on the other; none where it is paired with no meeting, or the
    /// reader may not see that.
    async fn reconciliation(&self, ctx: &Context<'_>) -> Result<Option<AgendaReconciliation>> {
        let scope = Scope::of(ctx)?;
        let Some(meeting) = &self.row.meeting else { return Ok(None) };
        let Some(meeting) = Meeting::find(scope, meeting).await? else { return Ok(None) };
        let id = ID::from(self.row.agenda.as_str()).given("agenda");
        let id = id.map_err(|_| scope.fail(AppError::internal("reading an agenda", "its id cannot be read")))?;
        let state = scope.app.printed_agenda(id).await.map_err(|error| scope.fail(error))?;
        let Some(state) = state else { return Ok(None) };
        let found = state.state.reconcile(meeting.held());
        let mut not_on_meeting = Vec::new();
        for item in found.not_on_meeting {
            let row = scope.one::<PrintedItemRow>(&item.to_string()).await?;
            not_on_meeting.extend(row.map(|row| PrintedAgendaItem::of(row, scope)).transpose()?);
        }
        Ok(Some(AgendaReconciliation { not_printed: meeting.items_of(&found.not_printed), not_on_meeting }))
    }
}

/// What stands on one of a printed agenda and a meeting and not on the other. Nothing is refused for it.
#[derive(Debug, Clone, SimpleObject)]
pub struct AgendaReconciliation {
    /// Matters on the agenda of the meeting, and not taken off, that no item is tied to.
    not_printed: Vec<AgendaItem>,
    /// Items that are tied to no matter on the agenda of the meeting; the determination of one tells why it need not be.
    not_on_meeting: Vec<PrintedAgendaItem>,
}

/// One item of an agenda.
#[derive(Debug, Clone, Description)]
pub struct PrintedAgendaItem {
    row: PrintedItemRow,
    item: Printed,
}

impl PrintedAgendaItem {
    /// The item of a row.
    ///
    /// # Errors
    /// Where the row is of another program's shape.
    pub fn of(row: PrintedItemRow, scope: &Scope) -> std::result::Result<Self, Failure> {
        let item = scope.read::<_, PrintedItemRow>(&row.item_json)?;
        Ok(Self { row, item })
    }

    /// Items that belong to a case or to a determination, as far as the reader may see them.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn tied_to(scope: &Scope, target: &str) -> std::result::Result<Vec<Self>, Failure> {
        let Some(organ) = register(scope).await? else { return Ok(Vec::new()) };
        let mut items = Vec::new();
        for tie in scope.all(Of::<PrintedItemTieRow>::new("target", target, "item")).await? {
            let row = scope.one::<PrintedItemRow>(&tie.item).await?;
            let own = row.filter(|row| Value::Text(row.organ.clone()) == organ);
            items.extend(own.map(|row| Self::of(row, scope)).transpose()?);
        }
        Ok(items)
    }

    async fn ties(&self, scope: &Scope, kind: ItemTarget) -> std::result::Result<Vec<String>, Failure> {
        let ties = scope.all(Of::<PrintedItemTieRow>::new("item", &self.row.item, "target")).await?;
        Ok(ties.into_iter().filter(|tie| tie.kind == kind.as_str()).map(|tie| tie.target).collect())
    }
}

#[Object(use_type_description)]
impl PrintedAgendaItem {
    /// Its id. Opaque.
    pub async fn id(&self) -> ID {
        self.row.item.as_str().into()
    }

    /// Its number, as printed; empty where none is.
    async fn no(&self) -> &str {
        &self.item.no
    }

    /// Its title; empty for a secret one.
    async fn title(&self) -> &str {
        &self.item.title
    }

    /// What is kept of a secret item.
    async fn secret(&self) -> Option<SecretMatter> {
        self.item.secret.clone().map(SecretMatter)
    }

    /// Who reports on it, as printed.
    async fn reporter(&self) -> Option<&str> {
        self.item.reporter.as_deref()
    }

    /// Who attends for it, as printed.
    async fn attendees(&self) -> Option<&[String]> {
        self.item.attendees.as_deref()
    }

    /// Other columns, as printed: a JSON object; none where there are none.
    async fn printed(&self) -> Option<String> {
        let rest = &self.item.printed;
        (!rest.is_empty()).then(|| serde_json::to_string(rest).unwrap_or_default())
    }

    /// Whether it was added at the meeting and is not in the print.
    async fn added(&self) -> bool {
        self.row.added
    }

    /// Whether it belongs to a case or to a determination.
    async fn linked(&self) -> bool {
        self.row.linked
    }

    /// The agenda.
    async fn agenda(&self, ctx: &Context<'_>) -> Result<Option<PrintedAgenda>> {
        Ok(PrintedAgenda::find(Scope::of(ctx)?, &self.row.agenda).await?)
    }

    /// Cases that it belongs to, as far as the reader may see them.
    async fn cases(&self, ctx: &Context<'_>) -> Result<Option<Vec<DecisionCase>>> {
        let scope = Scope::of(ctx)?;
        let mut cases = Vec::new();
        for case in self.ties(scope, ItemTarget::Case).await? {
            cases.extend(DecisionCase::find(scope, &case).await?);
        }
        Ok(Some(cases))
    }

    /// Determinations that it belongs to.
    async fn determinations(&self, ctx: &Context<'_>) -> Result<Option<Vec<Determination>>> {
        let scope = Scope::of(ctx)?;
        let mut found = Vec::new();
        for determination in self.ties(scope, ItemTarget::Determination).await? {
            found.extend(Determination::find(scope, &determination).await?);
        }
        Ok(Some(found))
    }
}

/// Agendas of the reader's organ, the latest first.
///
/// # Errors
/// `FORBIDDEN`, and `BAD_INPUT` or `BAD_CURSOR` for the arguments.
pub async fn agendas(scope: &Scope, args: PageArgs) -> std::result::Result<Page<PrintedAgenda>, Failure> {
    let organ = organ_of_register(scope).await?;
    let mut query = RowQuery::all(PrintedAgendaRow::TABLE).with(Filter::Eq("organ", organ));
    query.order = vec!["imported_at"];
    query.direction = Direction::Descending;
    page(scope, args, query, |row: PrintedAgendaRow| PrintedAgenda::of(row, scope)).await
}

/// Items of the agendas of the reader's organ, in the order in which they came.
///
/// # Errors
/// As [`agendas`].
pub async fn printed_items(
    scope: &Scope,
    args: PageArgs,
    linked: Option<bool>,
    title_contains: Option<String>,
) -> std::result::Result<Page<PrintedAgendaItem>, Failure> {
    let organ = organ_of_register(scope).await?;
    let mut query = RowQuery::all(PrintedItemRow::TABLE).with(Filter::Eq("organ", organ));
    query.filters.extend(linked.map(|l| Filter::Eq("linked", Value::Bool(l))));
    query.filters.extend(part("titleContains", title_contains)?.map(|part| Filter::Contains("title", part)));
    query.order = vec!["imported_at", "agenda", "position"];
    page(scope, args, query, |row: PrintedItemRow| PrintedAgendaItem::of(row, scope)).await
}
