//! Versions of a draft, and what was said about them.

use async_graphql::{Context, Description, ID, Object, Result, SimpleObject};
use dingce_app::language::Language;
use dingce_app::read_rows::{DraftRow, OpinionRow};
use dingce_app::streams::{CaseState, Detail, SaidPart};
use dingce_domain::words::{DocumentRef, DraftChange};

use super::case::DecisionCase;
use super::directory::{Person, person};
use super::errors::{Failure, Lang};
use super::parts::Document;
use super::scope::Scope;
use crate::convert::{DateTime, Word};

/// A version of a draft 决策草案. Every opinion, report and conclusion names the version it is about.
#[derive(Debug, Clone, Description)]
pub struct DraftVersion {
    row: DraftRow,
    documents: Vec<DocumentRef>,
}

impl DraftVersion {
    /// The version of a row of a case that the reader may see.
    ///
    /// # Errors
    /// Where the row is of another program's shape.
    pub fn of(row: DraftRow, scope: &Scope) -> Result<Self, Failure> {
        let documents = serde_json::from_str(&row.documents_json)
            .map_err(|error| scope.fail(dingce_app::AppError::internal("reading a draft's row", error)))?;
        Ok(Self { row, documents })
    }

    /// A version of a case that the reader may see.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn find(scope: &Scope, id: &str) -> Result<Option<Self>, Failure> {
        let Some(row) = scope.one::<DraftRow>(id).await? else { return Ok(None) };
        match scope.case_row(&row.case_id).await? {
            Some(_) => Self::of(row, scope).map(Some),
            None => Ok(None),
        }
    }

    /// What tells it from others.
    pub fn key(&self) -> &str {
        &self.row.draft
    }
}

#[Object(use_type_description)]
impl DraftVersion {
    /// Its id. Opaque.
    pub async fn id(&self) -> ID {
        self.row.draft.as_str().into()
    }

    /// Its number in the case, from 1.
    async fn number(&self) -> i64 {
        self.row.number
    }

    /// How it relates to the one before.
    async fn change(&self) -> Option<Word<DraftChange>> {
        Word::of(&self.row.change)
    }

    /// What changed and why.
    async fn reason(&self) -> &str {
        &self.row.reason
    }

    /// The text and what explains it.
    async fn documents(&self) -> Vec<Document> {
        self.documents.iter().cloned().map(Document::from).collect()
    }

    /// Who added it.
    async fn added_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(person(Scope::of(ctx)?, self.row.added_by.as_deref()).await?)
    }

    /// When.
    async fn added_at(&self) -> DateTime {
        DateTime::of_millis(self.row.added_at)
    }

    /// The case.
    async fn case(&self, ctx: &Context<'_>) -> Result<Option<DecisionCase>> {
        Ok(DecisionCase::find(Scope::of(ctx)?, &self.row.case_id).await?)
    }
}

/// What was said beside the main text of an act: on what ground and basis, by whom it was done, on which days.
#[derive(Debug, Clone, SimpleObject)]
pub struct SaidDetail {
    /// Which part.
    pub part: Word<SaidPart>,
    /// Name of the part, in the language of the request.
    pub label: String,
    /// What was said; a word of the system's own is in the language of the request.
    pub text: String,
}

impl SaidDetail {
    /// Details as people read them.
    pub fn list(details: Vec<Detail>, lang: Lang) -> Vec<Self> {
        let language = Language::shipped();
        let told = |Detail { part, text, label, said }: Detail| Self {
            label: lang.of(label.unwrap_or_else(|| language.word("said_part", part.as_str()))),
            text: match (part, said) {
                (_, Some(said)) => lang.of(said),
                (SaidPart::Ground, None) => lang.of(language.word("absence_ground", &text)),
                (SaidPart::Level, None) => lang.of(language.word("risk_level", &text)),
                (_, None) => text,
            },
            part: Word(part),
        };
        details.into_iter().map(told).collect()
    }
}

/// An opinion, conclusion or result in the language of the request: a word of the system's own, or one that the definition
/// names.
pub fn opinion_label(kind: &str, word: &str, details: &[Detail], lang: Lang) -> String {
    let named = details.iter().find(|d| d.part == SaidPart::Result && d.text == word).and_then(|d| d.said.clone());
    lang.of(named.unwrap_or_else(|| Language::shipped().opinion(kind, word)))
}

/// An opinion, report, conclusion, position, decision or reply, or the reason of an act.
#[derive(Debug, Clone, Description)]
pub struct Opinion(OpinionRow, Option<i64>);

/// What nothing else is said in place of: a reason, an account, a cure.
impl From<OpinionRow> for Opinion {
    fn from(row: OpinionRow) -> Self {
        Self(row, None)
    }
}

impl Opinion {
    /// The opinion of a row, with what stands in its place in its case.
    pub fn of(row: OpinionRow, state: &CaseState) -> Self {
        let by = state.replaced_by(row.n);
        Self(row, by)
    }

    /// What tells it from others.
    pub fn key(&self) -> &str {
        &self.0.event
    }
}

#[Object(use_type_description)]
impl Opinion {
    /// Kind of the event by which it came, e.g. `legality_concluded`.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// Name of that kind, in the language of the request.
    async fn label(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(Some(Scope::of(ctx)?.lang.of(Language::shipped().event(&self.0.kind))))
    }

    /// The stage.
    async fn stage(&self) -> Option<&str> {
        self.0.stage.as_deref()
    }

    /// The version that it is about.
    async fn draft(&self, ctx: &Context<'_>) -> Result<Option<DraftVersion>> {
        let Some(draft) = &self.0.draft else { return Ok(None) };
        let scope = Scope::of(ctx)?;
        Ok(scope.one::<DraftRow>(draft).await?.map(|row| DraftVersion::of(row, scope)).transpose()?)
    }

    /// The opinion as a stored word, e.g. `lawful`, `disagree`, `medium`; none where it is in the text alone.
    async fn opinion(&self) -> Option<&str> {
        self.0.opinion.as_deref()
    }

    /// Whose: of positions and decisions the member's, of an expert's or adviser's opinion that somebody else entered
    /// theirs, where they have an account; else of who recorded it.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(person(Scope::of(ctx)?, self.0.person.as_deref()).await?)
    }

    /// The opinion in the language of the request; none where it is in the text alone.
    async fn opinion_label(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let scope = Scope::of(ctx)?;
        let details: Vec<Detail> = scope.read::<_, OpinionRow>(&self.0.details_json)?;
        Ok(self.0.opinion.as_ref().map(|word| opinion_label(&self.0.kind, word, &details, scope.lang)))
    }

    /// Who entered it from paper, where it is the opinion of an expert or adviser who did not give it here themselves.
    async fn entered_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(person(Scope::of(ctx)?, self.0.entered_by.as_deref()).await?)
    }

    /// Number of the event that stands in its place, where the same was said again: an expert's own opinion after one that
    /// was entered for them, the newest of an adviser. Both stay on the record.
    async fn replaced_by(&self) -> Option<i64> {
        self.1
    }

    /// What was said.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// What was said beside it.
    async fn details(&self, ctx: &Context<'_>) -> Result<Vec<SaidDetail>> {
        let scope = Scope::of(ctx)?;
        Ok(SaidDetail::list(scope.read::<_, OpinionRow>(&self.0.details_json)?, scope.lang))
    }

    /// Number of its event in the case.
    async fn n(&self) -> i64 {
        self.0.n
    }

    /// When it was recorded.
    async fn recorded_at(&self) -> DateTime {
        DateTime::of_millis(self.0.recorded_at)
    }
}
