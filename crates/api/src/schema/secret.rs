//! Stubs of secret matters 涉密事项存根.

use std::collections::BTreeMap;

use async_graphql::{Context, Description, ID, Object, Result, SimpleObject};
use dingce_app::AppError;
use dingce_app::policy::Right;
use dingce_app::ports::Filter;
use dingce_app::ports::{ReadRow, RowQuery, Value};
use dingce_app::read_rows::SecretStubRow;
use dingce_domain::secret::NOT_APPLICABLE;
use dingce_domain::words::{SecretLevel, SecretOutcome, SecretStep, StageKind};

use super::directory::Unit;
use super::errors::Failure;
use super::scope::Scope;
use crate::convert::{Date, DateTime, Word};

/// A step of a secret matter that was done offline.
#[derive(Debug, Clone, SimpleObject)]
pub struct SecretStepDone {
    /// Which.
    pub step: Word<SecretStep>,
    /// When.
    pub done_on: Date,
}

/// The stub of a secret matter: that it exists, who classified it and who holds it. It has no content, no documents and no
/// public side, and it is handled offline.
#[derive(Debug, Clone, Description)]
pub struct SecretStub {
    row: SecretStubRow,
    steps: BTreeMap<SecretStep, jiff::civil::Date>,
}

impl SecretStub {
    /// The stub of a row.
    ///
    /// # Errors
    /// Where the row is of another program's shape.
    pub fn of(row: SecretStubRow, scope: &Scope) -> std::result::Result<Self, Failure> {
        let steps = serde_json::from_str(&row.steps_json)
            .map_err(|error| scope.fail(AppError::internal("reading the row of a stub", error)))?;
        Ok(Self { row, steps })
    }

    /// The stub with this id, where the reader may see it.
    ///
    /// # Errors
    /// Where the store fails, or the reader holds no post.
    pub async fn find(scope: &Scope, id: &str) -> std::result::Result<Option<Self>, Failure> {
        if !scope.app.allowed(&scope.hats().await?, Right::ReadSecretStubs) {
            return Ok(None);
        }
        let organ = scope.organ().await?.to_string();
        let row = scope.one::<SecretStubRow>(id).await?.filter(|row| row.organ == organ);
        row.map(|row| Self::of(row, scope)).transpose()
    }

    /// The rows that the reader may see, oldest entry first.
    ///
    /// # Errors
    /// `FORBIDDEN` where the reader may see none.
    pub async fn query(scope: &Scope) -> std::result::Result<RowQuery, Failure> {
        scope.entitled(Right::ReadSecretStubs).await?;
        let organ = Value::Text(scope.organ().await?.to_string());
        let mut query = RowQuery::all(SecretStubRow::TABLE).with(Filter::Eq("organ", organ));
        query.order = vec!["entered_at"];
        Ok(query)
    }
}

#[Object(use_type_description)]
impl SecretStub {
    /// Its id. Opaque.
    pub async fn id(&self) -> ID {
        self.row.stub.as_str().into()
    }

    /// Number under which the unit that holds the matter keeps it.
    async fn number(&self) -> &str {
        &self.row.number
    }

    /// Level.
    async fn level(&self) -> Option<Word<SecretLevel>> {
        SecretLevel::from_word(&self.row.level).map(Word)
    }

    /// Who classified it.
    async fn classified_by(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        Ok(Unit::in_directory(Scope::of(ctx)?, &self.row.classified_by).await?)
    }

    /// Item of the list of what is secret by which it was classified.
    async fn basis(&self) -> &str {
        &self.row.basis
    }

    /// Day of the classification.
    async fn classified_on(&self) -> Option<Date> {
        self.row.classified_on.parse().ok().map(Date)
    }

    /// Day on which the secrecy ends; none where no day is set.
    async fn secret_until(&self) -> Option<Date> {
        self.row.secret_until.as_ref()?.parse().ok().map(Date)
    }

    /// The unit that holds the matter and handles it offline.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        Ok(Unit::in_directory(Scope::of(ctx)?, &self.row.unit).await?)
    }

    /// Steps that were done offline, with their days.
    async fn steps(&self) -> Vec<SecretStepDone> {
        self.steps.iter().map(|(step, day)| SecretStepDone { step: Word(*step), done_on: Date(*day) }).collect()
    }

    /// Stages that such a matter does not have.
    async fn not_applicable(&self) -> Vec<Word<StageKind>> {
        NOT_APPLICABLE.map(Word).to_vec()
    }

    /// How it ended; none where it runs.
    async fn outcome(&self) -> Option<Word<SecretOutcome>> {
        SecretOutcome::from_word(self.row.outcome.as_ref()?).map(Word)
    }

    /// When it ended; none where it runs.
    async fn ended_on(&self) -> Option<Date> {
        self.row.ended_on.as_ref()?.parse().ok().map(Date)
    }

    /// When it was entered.
    async fn entered_at(&self) -> Option<DateTime> {
        jiff::Timestamp::from_millisecond(self.row.entered_at).ok().map(DateTime)
    }
}
