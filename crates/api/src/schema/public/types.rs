//! Types of the public's schema.

use async_graphql::{Context, Description, ID, Object, Result, SimpleObject};
use dingce_app::language::Told;
use dingce_app::read_rows::{
    PublicAnswerRow, PublicCatalogueRow, PublicCatalogueVersionRow, PublicConsultationRow, PublicDecisionRow,
    PublicHearingRow, PublicProposalRow, PublicReceiptRow,
};
use dingce_app::use_cases::Receipt;
use dingce_domain::catalogue::{CatalogueFlag, CatalogueKind, ChangeKind, Difference, Entry, differences};
use dingce_domain::proposal::{ProposalOutcome, ProposalState};
use dingce_domain::rejection::Rejection;
use dingce_domain::words::{DocumentRef, Uptake};

use super::hearing::PublicHearing;
use crate::convert::words::PublicState;
use crate::convert::{Date, DateTime, Long, Word};
use crate::schema::errors::{Failure, Lang, StatuteRef, path};
use crate::schema::loaders::Of;
use crate::schema::scope::Scope;

fn day(text: &str) -> Option<Date> {
    text.parse().ok().map(Date)
}

/// A document that an act of publication released.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name = "Document")]
pub struct PublicDocument {
    /// SHA-256 of its bytes, `sha256:` and 64 hex digits: what anybody can check it against.
    digest: String,
    /// Its name.
    name: String,
    /// Media type.
    media_type: String,
    /// Its size. Unit: bytes.
    size_bytes: Long,
}

impl From<DocumentRef> for PublicDocument {
    fn from(document: DocumentRef) -> Self {
        let DocumentRef { digest, name, media_type, size_bytes } = document;
        Self { digest: digest.to_string(), name, media_type, size_bytes: Long(size_bytes) }
    }
}

/// A decision matter 决策事项 as the public sees it.
#[derive(Debug, Clone, Description)]
pub struct PublicDecision {
    row: PublicDecisionRow,
    documents: Vec<DocumentRef>,
}

impl PublicDecision {
    /// The decision of a row.
    ///
    /// # Errors
    /// Where the row is of another program's shape.
    pub fn of(row: PublicDecisionRow, scope: &Scope) -> Result<Self, Failure> {
        let documents = scope.read::<_, PublicDecisionRow>(&row.documents_json)?;
        Ok(Self { row, documents })
    }
}

#[Object(name = "Decision", use_type_description)]
impl PublicDecision {
    /// Its id: the permanent address. Opaque.
    async fn id(&self) -> ID {
        self.row.case_id.as_str().into()
    }

    /// Name of the matter.
    async fn title(&self) -> &str {
        &self.row.title
    }

    /// What the public sees of it.
    async fn state(&self) -> Option<Word<PublicState>> {
        Word::of(&self.row.state)
    }

    /// Document number 发文字号, once it is published.
    async fn document_no(&self) -> Option<&str> {
        self.row.document_no.as_deref()
    }

    /// Day of publication.
    async fn published_on(&self) -> Option<Date> {
        self.row.published_on.as_deref().and_then(day)
    }

    /// How opinions of the public and of experts were adopted 采纳情况 (R713 art. 32).
    async fn adoption_account(&self) -> Option<&str> {
        self.row.adoption_account.as_deref()
    }

    /// Policy explanation 解读 (R713 art. 32).
    async fn explanation(&self) -> Option<&str> {
        self.row.explanation.as_deref()
    }

    /// Documents released.
    async fn documents(&self) -> Vec<PublicDocument> {
        self.documents.iter().cloned().map(PublicDocument::from).collect()
    }

    /// Its consultations, oldest first.
    async fn consultations(&self, ctx: &Context<'_>) -> Result<Option<Vec<PublicConsultation>>> {
        let scope = Scope::of_anybody(ctx)?;
        let of = Of::<PublicConsultationRow>::new("case_id", &self.row.case_id, "opens_on");
        let rows = scope.all(of).await?;
        Ok(Some(rows.into_iter().map(|row| PublicConsultation::of(row, scope)).collect::<Result<_, _>>()?))
    }

    /// Its hearings, in the order of their notices.
    async fn hearings(&self, ctx: &Context<'_>) -> Result<Option<Vec<PublicHearing>>> {
        let scope = Scope::of_anybody(ctx)?;
        let rows = scope.all(Of::<PublicHearingRow>::new("case_id", &self.row.case_id, "hearing")).await?;
        Ok(Some(rows.into_iter().map(|row| PublicHearing::of(row, scope)).collect::<Result<_, _>>()?))
    }

    /// When this last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime::of_millis(self.row.updated_at)
    }
}

/// A public consultation 公开征求意见.
#[derive(Debug, Clone, Description)]
pub struct PublicConsultation {
    row: PublicConsultationRow,
    documents: Vec<DocumentRef>,
}

impl PublicConsultation {
    /// The consultation of a row.
    ///
    /// # Errors
    /// Where the row is of another program's shape.
    pub fn of(row: PublicConsultationRow, scope: &Scope) -> Result<Self, Failure> {
        let documents = scope.read::<_, PublicConsultationRow>(&row.documents_json)?;
        Ok(Self { row, documents })
    }
}

#[Object(name = "Consultation", use_type_description)]
impl PublicConsultation {
    /// Its id; what `submitComment` takes. Opaque.
    async fn id(&self) -> ID {
        self.row.consultation.as_str().into()
    }

    /// Name of the matter.
    async fn title(&self) -> &str {
        &self.row.title
    }

    /// First day.
    async fn opens_on(&self) -> Option<Date> {
        day(&self.row.opens_on)
    }

    /// Last day, to its end.
    async fn closes_on(&self) -> Option<Date> {
        day(&self.row.closes_on)
    }

    /// Whether today is one of its days. Comments after the last day are taken too, and marked late.
    async fn open(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        let today = Scope::of_anybody(ctx)?.app.today().to_string();
        Ok(Some(self.row.opens_on <= today && today <= self.row.closes_on))
    }

    /// Why it is shorter than usual, as the notice says (R713 art. 15).
    async fn shortening_reason(&self) -> Option<&str> {
        self.row.shortening_reason.as_deref()
    }

    /// Whom to ask, and how to comment otherwise than here.
    async fn contact(&self) -> &str {
        &self.row.contact
    }

    /// Notice, draft and explanation.
    async fn documents(&self) -> Vec<PublicDocument> {
        self.documents.iter().cloned().map(PublicDocument::from).collect()
    }

    /// The decision that it is about.
    async fn decision(&self, ctx: &Context<'_>) -> Result<Option<PublicDecision>> {
        let scope = Scope::of_anybody(ctx)?;
        let row = scope.one::<PublicDecisionRow>(&self.row.case_id).await?;
        Ok(row.map(|row| PublicDecision::of(row, scope)).transpose()?)
    }
}

/// An entry of a catalogue, as published.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name = "CatalogueEntry")]
pub struct PublicEntry {
    /// Its id; the same in all versions. Opaque.
    id: ID,
    /// Its number in the list; empty where none is.
    no: String,
    /// Name of the matter.
    title: String,
    /// What it is about.
    content: Option<String>,
    /// Undertaking unit or units.
    undertaking_unit: Option<String>,
    /// Procedures that the list asks for.
    procedures: Option<Vec<String>>,
    /// Legal and policy basis.
    basis: Option<String>,
    /// Whether a hearing is to be held; none where the list does not say.
    hearing: Option<bool>,
    /// Planned time.
    planned_time: Option<String>,
}

impl From<Entry> for PublicEntry {
    fn from(entry: Entry) -> Self {
        let Entry {
            id,
            no,
            title,
            content,
            undertaking_unit,
            units: _,
            procedures,
            basis,
            hearing,
            planned_time,
            bundle: _,
            carried_from: _,
            printed: _,
            left_out: _,
        } = entry;
        let id = id.to_string().into();
        Self { id, no, title, content, undertaking_unit, procedures, basis, hearing, planned_time }
    }
}

/// A version of a catalogue as published.
#[derive(Debug, Clone)]
pub struct PublicCatalogueVersion {
    row: PublicCatalogueVersionRow,
    flags: Vec<CatalogueFlag>,
    entries: Vec<Entry>,
}

impl PublicCatalogueVersion {
    fn of(row: PublicCatalogueVersionRow, scope: &Scope) -> Result<Self, Failure> {
        let flags = scope.read::<_, PublicCatalogueVersionRow>(&row.flags_json)?;
        let entries = scope.read::<_, PublicCatalogueVersionRow>(&row.entries_json)?;
        Ok(Self { row, flags, entries })
    }
}

/// A version of a catalogue as published.
#[Object(name = "CatalogueVersion")]
impl PublicCatalogueVersion {
    /// Its number, from 1.
    async fn number(&self) -> i64 {
        self.row.number
    }

    /// Document number.
    async fn doc_no(&self) -> Option<&str> {
        self.row.doc_no.as_deref()
    }

    /// Day of publication, where known to the day.
    async fn published_on(&self) -> Option<Date> {
        self.row.published_on.as_deref().and_then(day)
    }

    /// Why it replaced the version before; empty for the first.
    async fn reason(&self) -> &str {
        &self.row.reason
    }

    /// What a reader must know: consents that are not on record (R713 art. 3).
    async fn flags(&self) -> Vec<Word<CatalogueFlag>> {
        self.flags.iter().copied().map(Word).collect()
    }

    /// Its list; all of it, because it was published as one list.
    async fn entries(
        &self,
        #[graphql(desc = "true: only those with a hearing: the list of hearings.")] hearing: Option<bool>,
    ) -> Vec<PublicEntry> {
        let wanted = |e: &&Entry| hearing.is_none_or(|h| e.hearing == Some(h));
        self.entries.iter().filter(wanted).cloned().map(PublicEntry::from).collect()
    }
}

/// What differs in one entry between two published lists.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name = "CatalogueDifference")]
pub struct PublicDifference {
    /// Id of the entry.
    entry: ID,
    /// What differs.
    change: Word<ChangeKind>,
    /// As it was; none where there was nothing.
    before: Option<String>,
    /// As it is; none where there is nothing.
    after: Option<String>,
}

/// A yearly catalogue 决策事项目录 (R713 art. 3), as published.
#[derive(Debug, Clone, Description)]
pub struct PublicCatalogue(PublicCatalogueRow);

impl From<PublicCatalogueRow> for PublicCatalogue {
    fn from(row: PublicCatalogueRow) -> Self {
        Self(row)
    }
}

impl PublicCatalogue {
    async fn all_versions(&self, scope: &Scope) -> Result<Vec<PublicCatalogueVersion>, Failure> {
        let rows = scope.all(Of::<PublicCatalogueVersionRow>::new("catalogue", &self.0.catalogue, "number")).await?;
        rows.into_iter().map(|row| PublicCatalogueVersion::of(row, scope)).collect()
    }
}

#[Object(name = "Catalogue", use_type_description)]
impl PublicCatalogue {
    /// Its id. Opaque.
    async fn id(&self) -> ID {
        self.0.catalogue.as_str().into()
    }

    /// What it is a list of.
    async fn kind(&self) -> Option<Word<CatalogueKind>> {
        Word::of(&self.0.kind)
    }

    /// The year that it is for.
    async fn year(&self) -> i64 {
        self.0.year
    }

    /// Which batch of the year, from 1.
    async fn batch(&self) -> i64 {
        self.0.batch
    }

    /// Title, as printed.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Whose it is, as a print says; none for the organ itself.
    async fn organ(&self) -> Option<&str> {
        self.0.printed_organ.as_deref()
    }

    /// Day of publication as a print says it, where it is not known to the day or not adjusted here.
    async fn published(&self) -> Option<&str> {
        self.0.printed_published.as_deref()
    }

    /// The version in force.
    async fn current(&self, ctx: &Context<'_>) -> Result<Option<PublicCatalogueVersion>> {
        Ok(self.all_versions(Scope::of_anybody(ctx)?).await?.pop())
    }

    /// Versions, the oldest first.
    async fn versions(&self, ctx: &Context<'_>) -> Result<Option<Vec<PublicCatalogueVersion>>> {
        Ok(Some(self.all_versions(Scope::of_anybody(ctx)?).await?))
    }

    /// What differs between two versions.
    async fn differences(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of the earlier version.")] from: i64,
        #[graphql(desc = "Number of the later version.")] to: i64,
    ) -> Result<Option<Vec<PublicDifference>>> {
        let versions = self.all_versions(Scope::of_anybody(ctx)?).await?;
        let of = |number: i64| {
            let missing = || Failure::bad_input(format!("Expected the number of a version, but got {number}."));
            versions.iter().find(|v| v.row.number == number).ok_or_else(missing)
        };
        let shown = |difference: Difference| {
            let Difference { entry, change, before, after } = difference;
            PublicDifference { entry: entry.to_string().into(), change: Word(change), before, after }
        };
        Ok(Some(differences(&of(from)?.entries, &of(to)?.entries).into_iter().map(shown).collect()))
    }
}

/// The answer to a comment.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name = "Answer")]
pub struct PublicAnswer {
    /// How it was taken up.
    uptake: Option<Word<Uptake>>,
    /// Why.
    reason: String,
    /// When.
    answered_at: DateTime,
}

/// That a comment was received.
#[derive(Debug, Clone, Description)]
pub struct PublicReceipt(Receipt);

impl From<Receipt> for PublicReceipt {
    fn from(receipt: Receipt) -> Self {
        Self(receipt)
    }
}

#[Object(name = "Receipt", use_type_description)]
impl PublicReceipt {
    /// When it came.
    async fn received_at(&self) -> DateTime {
        DateTime::of_millis(self.0.received.received_at)
    }

    /// Whether it came after the last day.
    async fn late(&self) -> bool {
        self.0.received.late
    }

    /// The answer; none yet.
    async fn answer(&self) -> Option<PublicAnswer> {
        let PublicAnswerRow { comment_id: _, consultation: _, uptake, reason, answered_at } = self.0.answer.clone()?;
        Some(PublicAnswer { uptake: Word::of(&uptake), reason, answered_at: DateTime::of_millis(answered_at) })
    }

    /// The consultation.
    async fn consultation(&self, ctx: &Context<'_>) -> Result<Option<PublicConsultation>> {
        let scope = Scope::of_anybody(ctx)?;
        let PublicReceiptRow { consultation, .. } = &self.0.received;
        let row = scope.one::<PublicConsultationRow>(consultation).await?;
        Ok(row.map(|row| PublicConsultation::of(row, scope)).transpose()?)
    }
}

/// A proposal to decide 决策建议, as whoever holds its receipt sees it.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name = "ProposalReceipt")]
pub struct PublicProposal {
    /// The matter, as given.
    title: String,
    /// The day on which it came.
    received_on: Option<Date>,
    /// Where it stands.
    state: Option<Word<ProposalState>>,
    /// What was decided on it; told with the answer.
    outcome: Option<Word<ProposalOutcome>>,
    /// Which other procedure it was passed to; none where it was not.
    procedure: Option<String>,
    /// The answer; none yet.
    answer: Option<String>,
    /// The day of the answer.
    answered_on: Option<Date>,
}

impl From<PublicProposalRow> for PublicProposal {
    fn from(row: PublicProposalRow) -> Self {
        let PublicProposalRow { proposal: _, title, received_on, state, outcome, procedure, answer, answered_on } = row;
        Self {
            title,
            received_on: day(&received_on),
            state: Word::of(&state),
            outcome: outcome.as_deref().and_then(Word::of),
            procedure,
            answer,
            answered_on: answered_on.as_deref().and_then(day),
        }
    }
}

/// Why something was not taken: which rule, and what to do. Nothing was written.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name = "UserError")]
pub struct PublicUserError {
    /// The rule; stable.
    code: String,
    /// In a few words, in the language of the request.
    title: String,
    /// What was wrong.
    message: String,
    /// What to do.
    remedy: String,
    /// The member of the input that it is about, from `input` on; empty where it is about none.
    path: Vec<String>,
    /// What was given.
    given: Option<String>,
    /// What is needed.
    needed: Option<String>,
    /// By which articles.
    source: Vec<StatuteRef>,
}

impl PublicUserError {
    /// A refusal as people read it.
    pub fn of(rejection: &Rejection, lang: Lang) -> Self {
        let Told { code, title, message, remedy, sources } =
            dingce_app::language::Language::shipped().tell(rejection, None);
        Self {
            code,
            title: lang.of(title),
            message: lang.of(message),
            remedy: lang.of(remedy),
            path: rejection.path.as_deref().map(path).unwrap_or_default(),
            given: rejection.given.clone(),
            needed: rejection.needed.clone(),
            source: StatuteRef::list(sources, lang),
        }
    }
}
