//! Consultations and comments as officials see them: without identity or contact of who commented.

use async_graphql::{Context, Description, ID, Object, Result};
use dingce_app::ports::{Filter, ReadRow, RowQuery, Value};
use dingce_app::read_rows::{CommentAnswerRow, CommentRow, ConsultationRow, DraftRow};
use dingce_domain::consultation::Channel;
use dingce_domain::words::Uptake;

use super::case::DecisionCase;
use super::directory::{Person, person};
use super::drafts::DraftVersion;
use super::erasure::Erased;
use super::errors::Failure;
use super::page::{Page, PageArgs, page};
use super::scope::Scope;
use crate::convert::{Date, DateTime, Long, Word};

/// A public consultation 公开征求意见 on a version of a draft.
#[derive(Debug, Clone, Description)]
pub struct Consultation(ConsultationRow);

impl From<ConsultationRow> for Consultation {
    fn from(row: ConsultationRow) -> Self {
        Self(row)
    }
}

impl Consultation {
    /// A consultation of a case that the reader may see.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn find(scope: &Scope, id: &str) -> Result<Option<Self>, Failure> {
        Ok(scope.consultation_row(id).await?.map(Self))
    }
}

fn day(text: &str) -> Option<Date> {
    text.parse().ok().map(Date)
}

#[Object(use_type_description)]
impl Consultation {
    /// Its id. Opaque.
    pub async fn id(&self) -> ID {
        self.0.consultation.as_str().into()
    }

    /// First day.
    async fn opens_on(&self) -> Option<Date> {
        day(&self.0.opens_on)
    }

    /// Last day, to its end.
    async fn closes_on(&self) -> Option<Date> {
        day(&self.0.closes_on)
    }

    /// Whether its closing is recorded. Comments after it are kept and marked late.
    async fn closed(&self) -> bool {
        self.0.closed
    }

    /// How many comments came in time. Zero is normal.
    async fn received(&self) -> Long {
        Long::of(self.0.received)
    }

    /// How many came after the last day.
    async fn late(&self) -> Long {
        Long::of(self.0.late)
    }

    /// How many of those in time have no answer.
    async fn unanswered(&self) -> Long {
        Long::of(self.0.unanswered)
    }

    /// How many comments suggest a hearing. The law names no number from which one must be held: each is studied and answered.
    async fn hearing_suggestions(&self) -> Long {
        Long::of(self.0.hearing_suggestions)
    }

    /// The version that was consulted on.
    async fn draft(&self, ctx: &Context<'_>) -> Result<Option<DraftVersion>> {
        let scope = Scope::of(ctx)?;
        Ok(scope.one::<DraftRow>(&self.0.draft).await?.map(|row| DraftVersion::of(row, scope)).transpose()?)
    }

    /// The case.
    async fn case(&self, ctx: &Context<'_>) -> Result<Option<DecisionCase>> {
        Ok(DecisionCase::find(Scope::of(ctx)?, &self.0.case_id).await?)
    }

    /// The comments, in the order in which they came.
    async fn comments(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        #[graphql(desc = "true: only those that suggest a hearing; false: only the others.")] suggests_hearing: Option<
            bool,
        >,
    ) -> Result<Option<Page<PublicComment>>> {
        let mut query =
            RowQuery::all(CommentRow::TABLE).with(Filter::Eq("consultation", Value::Text(self.0.consultation.clone())));
        query.filters.extend(suggests_hearing.map(|suggests| Filter::Eq("suggests_hearing", Value::Bool(suggests))));
        query.order = vec!["n"];
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(page(Scope::of(ctx)?, args, query, |row: CommentRow| Ok(PublicComment(row))).await?))
    }
}

/// A comment of the public 公众意见. Who sent it is sealed apart and is not here.
#[derive(Debug, Clone, Description)]
pub struct PublicComment(CommentRow);

impl From<CommentRow> for PublicComment {
    fn from(row: CommentRow) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl PublicComment {
    /// Its id. Opaque.
    pub async fn id(&self) -> ID {
        self.0.comment_id.as_str().into()
    }

    /// How it came.
    async fn channel(&self) -> Option<Word<Channel>> {
        Word::of(&self.0.channel)
    }

    /// Which clause it is about; empty for the whole.
    async fn clause(&self) -> &str {
        &self.0.clause
    }

    /// What of it was lawfully erased; null where nothing was.
    async fn erased(&self, ctx: &Context<'_>) -> Result<Option<Erased>> {
        Ok(Erased::of(Scope::of(ctx)?, &self.0.comment_id).await?)
    }

    /// What it says. Plain text of strangers: show it as text. `＊＊＊` where it was masked, as `erased` says.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// Whether it came after the last day.
    async fn late(&self) -> bool {
        self.0.late
    }

    /// Whether it suggests a hearing.
    async fn suggests_hearing(&self) -> bool {
        self.0.suggests_hearing
    }

    /// When it came.
    async fn received_at(&self) -> DateTime {
        DateTime::of_millis(self.0.received_at)
    }

    /// Its answer; none yet.
    async fn answer(&self, ctx: &Context<'_>) -> Result<Option<CommentAnswer>> {
        let answer = Scope::of(ctx)?.one::<CommentAnswerRow>(&self.0.comment_id).await?;
        Ok(answer.map(CommentAnswer))
    }
}

/// The answer to a comment; whoever has the receipt reads it too (R713 art. 18).
#[derive(Debug, Clone, Description)]
pub struct CommentAnswer(CommentAnswerRow);

#[Object(use_type_description)]
impl CommentAnswer {
    /// How it was taken up.
    async fn uptake(&self) -> Option<Word<Uptake>> {
        Word::of(&self.0.uptake)
    }

    /// Why.
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// Who answered.
    async fn answered_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(person(Scope::of(ctx)?, self.0.answered_by.as_deref()).await?)
    }

    /// When.
    async fn answered_at(&self) -> DateTime {
        DateTime::of_millis(self.0.answered_at)
    }
}
