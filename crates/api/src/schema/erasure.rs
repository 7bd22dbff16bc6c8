//! The register of erasures 个人信息删除登记, and what readers are told where something was erased.

use std::collections::BTreeSet;

use async_graphql::{ComplexObject, Context, Description, ID, Object, Result, SimpleObject};
use dingce_app::policy::Right;
use dingce_app::ports::{Direction, Filter, ReadRow, RowQuery, Value};
use dingce_app::read_rows::{ErasedRow, ErasureRow};
use dingce_domain::erasure::{self, ErasureGround, ErasurePart, ErasureRequest, ErasureState};
use dingce_domain::id::PersonId;

use super::directory::Person;
use super::errors::Failure;
use super::scope::Scope;
use crate::convert::{Date, DateTime, Long, Word};

/// That something was lawfully erased. It is gone, and is not merely missing.
#[derive(Debug, Clone, Description)]
pub struct Erased(ErasedRow);

impl Erased {
    /// What was erased of a comment, an application or a proposal; none where nothing was.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn of(scope: &Scope, subject: &str) -> std::result::Result<Option<Self>, Failure> {
        Ok(scope.one::<ErasedRow>(subject).await?.map(Self))
    }
}

#[Object(use_type_description)]
impl Erased {
    /// What of it.
    async fn parts(&self, ctx: &Context<'_>) -> Result<Vec<Word<ErasurePart>>> {
        let parts = Scope::of(ctx)?.read::<BTreeSet<ErasurePart>, ErasedRow>(&self.0.parts_json)?;
        Ok(parts.into_iter().map(Word).collect())
    }

    /// On which ground, the last time.
    async fn ground(&self) -> Option<Word<ErasureGround>> {
        ErasureGround::from_word(&self.0.ground).map(Word)
    }

    /// The article, paragraph and item, as a code of the record, e.g. `PIPL-47-1-3`.
    async fn article(&self) -> &str {
        &self.0.article
    }

    /// When the record said so, the last time.
    async fn erased_at(&self) -> DateTime {
        DateTime::of_millis(self.0.erased_at)
    }

    /// The entry of the register; null for whoever may not read it.
    async fn erasure(&self, ctx: &Context<'_>) -> Result<Option<Erasure>> {
        Ok(Erasure::find(Scope::of(ctx)?, &self.0.erasure).await?)
    }
}

/// One request for an erasure, with what came of it.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct ErasureRequested {
    /// What of it.
    pub parts: Vec<Word<ErasurePart>>,
    /// On which ground.
    pub ground: Word<ErasureGround>,
    /// The article, paragraph and item, as a code of the record.
    pub article: String,
    /// The rule that it cites, where the ground is `OTHER_LAW`; else empty.
    pub basis: String,
    /// Why.
    pub reason: String,
    /// The day on which it was asked for.
    pub requested_on: Date,
    /// Where it stands.
    pub state: Word<ErasureState>,
    /// The day on which it was approved, refused or withdrawn; none before.
    pub decided_on: Option<Date>,
    /// Why it was refused or withdrawn.
    pub against: Option<String>,
    /// Number of the event by which the record itself says that it is erased; none before it was carried out.
    pub recorded_n: Option<Long>,
    #[graphql(skip)]
    by: PersonId,
    #[graphql(skip)]
    ended_by: Option<PersonId>,
}

#[ComplexObject]
impl ErasureRequested {
    /// Who asked.
    async fn requested_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(Person::in_directory(Scope::of(ctx)?, &self.by.to_string()).await?)
    }

    /// Who approved, refused or withdrew it: never who asked for what is approved or refused.
    async fn decided_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let Some(by) = self.ended_by else { return Ok(None) };
        Ok(Person::in_directory(Scope::of(ctx)?, &by.to_string()).await?)
    }
}

impl From<ErasureRequest> for ErasureRequested {
    fn from(request: ErasureRequest) -> Self {
        let ErasureRequest { given, article, by, on, state, ended, against, approved_n: _, carried_out } = request;
        Self {
            parts: given.parts.into_iter().map(Word).collect(),
            ground: Word(given.ground),
            article,
            basis: given.basis,
            reason: given.reason,
            requested_on: Date(on),
            state: Word(state),
            decided_on: ended.map(|(_, on)| Date(on)),
            against,
            recorded_n: carried_out.map(|done| Long(done.recorded_n)),
            by,
            ended_by: ended.map(|(by, _)| by),
        }
    }
}

/// An entry of the register of erasures: one for each body of the record that somebody of the public wrote. It holds nothing of
/// what is erased.
#[derive(Debug, Clone, Description)]
pub struct Erasure {
    row: ErasureRow,
    state: erasure::Erasure,
}

impl Erasure {
    /// The entry of a row.
    ///
    /// # Errors
    /// Where the row is of another program's shape.
    pub fn of(row: ErasureRow, scope: &Scope) -> std::result::Result<Self, Failure> {
        let state = scope.read::<erasure::Erasure, ErasureRow>(&row.erasure_json)?;
        Ok(Self { row, state })
    }

    /// The entry with this id, where the reader may see it.
    ///
    /// # Errors
    /// Where the store fails, or the reader holds no post.
    pub async fn find(scope: &Scope, id: &str) -> std::result::Result<Option<Self>, Failure> {
        if !scope.app.allowed(&scope.hats().await?, Right::ReadErasures) {
            return Ok(None);
        }
        let organ = scope.organ().await?.to_string();
        let row = scope.one::<ErasureRow>(id).await?.filter(|row| row.organ == organ);
        row.map(|row| Self::of(row, scope)).transpose()
    }

    /// The rows that the reader may see, the newest first.
    ///
    /// # Errors
    /// `FORBIDDEN` where the reader may see none.
    pub async fn query(scope: &Scope, state: Option<ErasureState>) -> std::result::Result<RowQuery, Failure> {
        scope.entitled(Right::ReadErasures).await?;
        let organ = Value::Text(scope.organ().await?.to_string());
        let mut query = RowQuery::all(ErasureRow::TABLE).with(Filter::Eq("organ", organ));
        query.filters.extend(state.map(|state| Filter::Eq("state", Value::Text(state.to_string()))));
        query.order = vec!["requested_at"];
        query.direction = Direction::Descending;
        Ok(query)
    }
}

#[Object(use_type_description)]
impl Erasure {
    /// Its id. Opaque.
    pub async fn id(&self) -> ID {
        self.row.erasure.as_str().into()
    }

    /// Id of the comment, application or proposal.
    async fn subject(&self) -> ID {
        self.row.subject.as_str().into()
    }

    /// The stream that holds it: id of the consultation, hearing or proposal.
    async fn stream(&self) -> ID {
        self.row.stream.as_str().into()
    }

    /// Number of the event of that stream which holds it.
    async fn n(&self) -> Long {
        Long(self.state.subject.n)
    }

    /// Where the latest request stands.
    async fn state(&self) -> Word<ErasureState> {
        Word(self.state.stands())
    }

    /// Requests, the latest last.
    async fn requests(&self) -> Vec<ErasureRequested> {
        self.state.requests.iter().cloned().map(ErasureRequested::from).collect()
    }

    /// What was erased.
    async fn erased_parts(&self) -> Vec<Word<ErasurePart>> {
        self.state.erased.iter().copied().map(Word).collect()
    }

    /// When the first request was recorded.
    async fn requested_at(&self) -> DateTime {
        DateTime::of_millis(self.row.requested_at)
    }

    /// When something was recorded of it last.
    async fn updated_at(&self) -> DateTime {
        DateTime::of_millis(self.row.updated_at)
    }
}
