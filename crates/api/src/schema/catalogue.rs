//! Yearly catalogues 决策事项目录.

use async_graphql::{Context, Description, ID, Object, Result};
use dingce_app::ports::{Filter, ReadRow, RowQuery, Value};
use dingce_app::read_rows::{CaseRow, CatalogueRow, EntryRow};

use super::case::DecisionCase;
use super::loaders::Of;
use super::page::{Page, PageArgs, page};
use super::scope::Scope;
use crate::convert::{Date, Long};

/// A catalogue of the matters that an organ will decide in a year (R713 art. 3), as published.
#[derive(Debug, Clone, Description)]
pub struct Catalogue(CatalogueRow);

impl From<CatalogueRow> for Catalogue {
    fn from(row: CatalogueRow) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl Catalogue {
    /// Its id. Opaque.
    pub async fn id(&self) -> ID {
        self.0.catalogue.as_str().into()
    }

    /// The year that it is for.
    async fn year(&self) -> i64 {
        self.0.year
    }

    /// Title, as printed.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Document number; empty where there is none.
    async fn doc_no(&self) -> &str {
        &self.0.doc_no
    }

    /// Day of publication.
    async fn published_on(&self) -> Option<Date> {
        self.0.published_on.parse().ok().map(Date)
    }

    /// Whether the organ's executive meeting approved it.
    async fn government_consent(&self) -> bool {
        self.0.government_consent
    }

    /// Whether the Party committee of the same level consented, as far as the record says.
    async fn party_consent(&self) -> bool {
        self.0.party_consent
    }

    /// Its entries, in the order of the list.
    async fn entries(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<Page<CatalogueEntry>>> {
        let mut query =
            RowQuery::all(EntryRow::TABLE).with(Filter::Eq("catalogue", Value::Text(self.0.catalogue.clone())));
        query.order = vec!["position"];
        let args = PageArgs::new(first, after, last, before);
        Ok(Some(page(Scope::of(ctx)?, args, query, |row: EntryRow| Ok(CatalogueEntry(row))).await?))
    }
}

/// An entry of a catalogue.
#[derive(Debug, Clone, Description)]
pub struct CatalogueEntry(EntryRow);

impl From<EntryRow> for CatalogueEntry {
    fn from(row: EntryRow) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl CatalogueEntry {
    /// Its id. Opaque.
    pub async fn id(&self) -> ID {
        self.0.entry.as_str().into()
    }

    /// Its number in the list, as printed.
    async fn no(&self) -> &str {
        &self.0.no
    }

    /// Name of the matter.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Undertaking unit or units, as printed; empty where there is none.
    async fn undertaking_unit(&self) -> &str {
        &self.0.undertaking_unit
    }

    /// Whether a hearing is to be held; none where the list does not say.
    async fn hearing(&self) -> Option<bool> {
        self.0.hearing
    }

    /// Planned time, as printed; empty where there is none.
    async fn planned_time(&self) -> &str {
        &self.0.planned_time
    }

    /// Its place in the list, from 0.
    async fn position(&self) -> Long {
        Long::of(self.0.position)
    }

    /// The catalogue.
    async fn catalogue(&self, ctx: &Context<'_>) -> Result<Option<Catalogue>> {
        Ok(Scope::of(ctx)?.one::<CatalogueRow>(&self.0.catalogue).await?.map(Catalogue))
    }

    /// Cases that come from it, as far as the reader may see them; none yet where the matter was not begun.
    async fn cases(&self, ctx: &Context<'_>) -> Result<Option<Vec<DecisionCase>>> {
        let scope = Scope::of(ctx)?;
        let mut cases = Vec::new();
        for row in scope.all(Of::<CaseRow>::new("entry", &self.0.entry, "opened_at")).await? {
            if scope.may_read(&row).await? {
                cases.push(DecisionCase::of(row, scope)?);
            }
        }
        Ok(Some(cases))
    }
}
