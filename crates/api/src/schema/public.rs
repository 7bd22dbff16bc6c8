//! What the public may ask and do: a type set of its own, over rows that acts of publication fill and no others.

mod hearing;
mod mutation;
mod types;

use async_graphql::{Context, Description, ID, Object, Result};
use dingce_app::ports::{Direction, Filter, ReadRow, RowQuery, Value};
use dingce_app::read_rows::{PublicCatalogueRow, PublicConsultationRow, PublicDecisionRow, PublicHearingRow};
use dingce_domain::hearing::HearingState;
use jiff::ToSpan;

use super::errors::found;
use super::page::{Page, PageArgs, page};
use super::scope::Scope;
use crate::convert::Word;
use crate::convert::words::PublicState;

use hearing::{PublicApplicationReceipt, PublicHearing};
pub use mutation::PublicMutation;
use types::{PublicCatalogue, PublicConsultation, PublicDecision, PublicProposal, PublicReceipt};

/// Queries of the public. All that is found here was made public by an act.
#[derive(Debug, Clone, Copy, Default, Description)]
pub struct PublicQuery;

#[Object(name = "Query", use_type_description)]
impl PublicQuery {
    /// Decisions, the one that changed last first.
    async fn decisions(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        #[graphql(desc = "Only those in this state.")] state: Option<Word<PublicState>>,
    ) -> Result<Option<Page<PublicDecision>>> {
        let mut query = RowQuery::all(PublicDecisionRow::TABLE);
        query.filters.extend(state.map(|s| Filter::Eq("state", Value::Text(s.0.to_string()))));
        query.order = vec!["updated_at"];
        query.direction = Direction::Descending;
        let args = PageArgs::new(first, after, last, before);
        let scope = Scope::of_anybody(ctx)?;
        Ok(Some(page(scope, args, query, |row| PublicDecision::of(row, scope)).await?))
    }

    /// A decision by its permanent id.
    async fn decision(&self, ctx: &Context<'_>, id: ID) -> Result<Option<PublicDecision>> {
        let scope = Scope::of_anybody(ctx)?;
        let row = scope.one::<PublicDecisionRow>(id.as_str()).await?;
        Ok(row.map(|row| PublicDecision::of(row, scope)).transpose()?)
    }

    /// Consultations, the one that closes last first.
    async fn consultations(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        #[graphql(desc = "true: only those open today; false: only those whose last day is past.")] open: Option<bool>,
    ) -> Result<Option<Page<PublicConsultation>>> {
        let scope = Scope::of_anybody(ctx)?;
        let today = scope.app.today();
        let mut query = RowQuery::all(PublicConsultationRow::TABLE);
        match open {
            Some(true) => {
                query = query
                    .with(Filter::Ge("closes_on", Value::Text(today.to_string())))
                    .with(Filter::Lt("opens_on", Value::Text(today.saturating_add(1.day()).to_string())));
            }
            Some(false) => query = query.with(Filter::Lt("closes_on", Value::Text(today.to_string()))),
            None => {}
        }
        query.order = vec!["closes_on"];
        query.direction = Direction::Descending;
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(page(scope, args, query, |row| PublicConsultation::of(row, scope)).await?))
    }

    /// A consultation.
    async fn consultation(&self, ctx: &Context<'_>, id: ID) -> Result<Option<PublicConsultation>> {
        let scope = Scope::of_anybody(ctx)?;
        let row = scope.one::<PublicConsultationRow>(id.as_str()).await?;
        Ok(row.map(|row| PublicConsultation::of(row, scope)).transpose()?)
    }

    /// Hearings, the latest day first.
    async fn hearings(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        #[graphql(desc = "Only those so far.")] state: Option<Word<HearingState>>,
    ) -> Result<Option<Page<PublicHearing>>> {
        let scope = Scope::of_anybody(ctx)?;
        let mut query = RowQuery::all(PublicHearingRow::TABLE);
        query.filters.extend(state.map(|s| Filter::Eq("state", Value::Text(s.0.to_string()))));
        query.order = vec!["held_on"];
        query.direction = Direction::Descending;
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(page(scope, args, query, |row| PublicHearing::of(row, scope)).await?))
    }

    /// A hearing by its permanent id.
    async fn hearing(&self, ctx: &Context<'_>, id: ID) -> Result<Option<PublicHearing>> {
        let scope = Scope::of_anybody(ctx)?;
        let row = scope.one::<PublicHearingRow>(id.as_str()).await?;
        Ok(row.map(|row| PublicHearing::of(row, scope)).transpose()?)
    }

    /// What the receipt code of an application finds. Whoever has the code may ask.
    async fn hearing_receipt(&self, ctx: &Context<'_>, code: String) -> Result<Option<PublicApplicationReceipt>> {
        let scope = Scope::of_anybody(ctx)?;
        let receipt = scope.app.hearing_receipt(&code).await.map_err(|error| scope.fail(error));
        Ok(found(receipt)?.map(PublicApplicationReceipt::from))
    }

    /// Yearly catalogues, the newest year first.
    async fn catalogues(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        #[graphql(desc = "Only those for this year.")] year: Option<i32>,
    ) -> Result<Option<Page<PublicCatalogue>>> {
        let scope = Scope::of_anybody(ctx)?;
        let mut query = RowQuery::all(PublicCatalogueRow::TABLE);
        query.filters.extend(year.map(|y| Filter::Eq("year", Value::Int(y.into()))));
        query.order = vec!["year"];
        query.direction = Direction::Descending;
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(page(scope, args, query, |row: PublicCatalogueRow| Ok(PublicCatalogue::from(row))).await?))
    }

    /// A catalogue by its permanent id.
    async fn catalogue(&self, ctx: &Context<'_>, id: ID) -> Result<Option<PublicCatalogue>> {
        let scope = Scope::of_anybody(ctx)?;
        Ok(scope.one::<PublicCatalogueRow>(id.as_str()).await?.map(PublicCatalogue::from))
    }

    /// What the receipt code of a proposal finds: where it stands, and its answer. Whoever has the code may ask.
    async fn proposal_receipt(&self, ctx: &Context<'_>, code: String) -> Result<Option<PublicProposal>> {
        let scope = Scope::of_anybody(ctx)?;
        let row = scope.app.proposal_receipt(&code).await.map_err(|error| scope.fail(error));
        Ok(found(row)?.map(PublicProposal::from))
    }

    /// What a receipt code finds: that the comment came, and its answer. Whoever has the code may ask.
    async fn receipt(&self, ctx: &Context<'_>, code: String) -> Result<Option<PublicReceipt>> {
        let scope = Scope::of_anybody(ctx)?;
        let receipt = scope.app.receipt(&code).await.map_err(|error| scope.fail(error));
        Ok(found(receipt)?.map(PublicReceipt::from))
    }
}
