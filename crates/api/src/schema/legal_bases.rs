//! The register of legal bases 法律依据库.

use async_graphql::{Description, InputObject, Object, Result};
use dingce_app::policy::Right;
use dingce_app::ports::{Filter, ReadRow, RowQuery, Value};
use dingce_app::read_rows::LegalBasisRow;
use dingce_domain::legal_bases::LegalBasisKind;

use super::errors::Failure;
use super::page::{Page, PageArgs, page};
use super::scope::Scope;
use crate::convert::{Date, Word};

/// A document on which decisions may rest, and from when to when it is in force.
#[derive(Debug, Clone, Description)]
pub struct LegalBasis(LegalBasisRow);

/// Which documents.
#[derive(Debug, Clone, Default, InputObject)]
pub struct LegalBasisFilter {
    /// Only those of this kind.
    pub kind: Option<Word<LegalBasisKind>>,
    /// Only those whose name contains this text, 1 to 200 characters; case matters.
    pub name_contains: Option<String>,
}

fn day(text: Option<&String>) -> Option<Date> {
    text.and_then(|day| day.parse().ok()).map(Date)
}

#[Object(use_type_description)]
impl LegalBasis {
    /// Its key in the register.
    async fn basis(&self) -> &str {
        &self.0.basis
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Document number 发文字号; empty where it has none.
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// What it is.
    async fn kind(&self) -> Option<Word<LegalBasisKind>> {
        Word::of(&self.0.kind)
    }

    /// Who issued it.
    async fn issued_by(&self) -> &str {
        &self.0.issued_by
    }

    /// First day in force; none where it is not known.
    async fn in_force_from(&self) -> Option<Date> {
        day(self.0.in_force_from.as_ref())
    }

    /// First day no longer in force; none while it is.
    async fn repealed_on(&self) -> Option<Date> {
        day(self.0.repealed_on.as_ref())
    }

    /// Key of what took its place.
    async fn succeeded_by(&self) -> Option<&str> {
        self.0.succeeded_by.as_deref()
    }

    /// What a reader must know; empty where nothing.
    async fn note(&self) -> &str {
        &self.0.note
    }
}

/// Documents of the register of the reader's organ, by name.
///
/// # Errors
/// `FORBIDDEN`, and where the store fails.
pub async fn legal_bases(scope: &Scope, args: PageArgs, filter: LegalBasisFilter) -> Result<Page<LegalBasis>, Failure> {
    scope.entitled(Right::ReadLegalBases).await?;
    let text = |value: String| Value::Text(value);
    let mut query =
        RowQuery::all(LegalBasisRow::TABLE).with(Filter::Eq("organ", text(scope.organ().await?.to_string())));
    let LegalBasisFilter { kind, name_contains } = filter;
    query.filters.extend(kind.map(|k| Filter::Eq("kind", text(k.0.to_string()))));
    if let Some(part) = name_contains {
        if part.is_empty() || part.chars().count() > 200 {
            return Err(Failure::bad_input("Expected nameContains to have 1 to 200 characters."));
        }
        query.filters.push(Filter::Contains("name", part));
    }
    query.order = vec!["name"];
    page(scope, args, query, |row: LegalBasisRow| Ok(LegalBasis(row))).await
}
