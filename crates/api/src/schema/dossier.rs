//! Historical dossiers 历史决策案卷.

use async_graphql::{Context, Description, ID, Object, Result, SimpleObject};
use dingce_app::AppError;
use dingce_app::policy::Right;
use dingce_app::ports::{Filter, ReadRow, RowQuery, Value};
use dingce_app::read_rows::DossierRow;
use dingce_domain::dossier::{Departure as Marked, DossierEvent as Printed, EnterDossier};
use dingce_domain::id::DossierId;
use serde::de::DeserializeOwned;

use super::compliance::ComplianceSheet;
use super::errors::{Failure, StatuteRef, UserError};
use super::scope::Scope;
use crate::convert::{DateTime, Long};

/// Something that happened to the matter, as printed.
#[derive(Debug, Clone, SimpleObject)]
pub struct DossierEvent {
    /// What it was, by the word of whoever collected it.
    pub stage: String,
    /// When: a day, a month or a year, as printed; none where it is not known.
    pub date: Option<String>,
    /// What is known of it.
    pub fact: String,
}

/// What departs from the rules, as far as the record shows it. No judgement of anybody: the record may be incomplete.
#[derive(Debug, Clone, SimpleObject)]
pub struct Departure {
    /// Its number in the dossier, from 1; what `explainDeparture` takes.
    pub number: Long,
    /// The rule; `docs/errors/<code>.md` explains it.
    pub code: String,
    /// In a few words, in the language of the request.
    pub title: String,
    /// What the rule is about.
    pub message: String,
    /// Where in the record.
    pub path: Vec<String>,
    /// What the record says.
    pub given: Option<String>,
    /// What the rule asks.
    pub needed: Option<String>,
    /// By which articles.
    pub source: Vec<StatuteRef>,
    /// Why it was so; none where nobody has explained it.
    pub explanation: Option<String>,
}

/// A decision finished before it was entered, as its papers tell it. It is no live case: nothing can be done in it.
#[derive(Debug, Clone, Description)]
pub struct HistoricalDossier {
    row: DossierRow,
    given: EnterDossier,
    departures: Vec<Marked>,
}

impl HistoricalDossier {
    /// The dossier of a row.
    ///
    /// # Errors
    /// Where the row is of another program's shape.
    pub fn of(row: DossierRow, scope: &Scope) -> std::result::Result<Self, Failure> {
        fn read<T: DeserializeOwned>(json: &str, scope: &Scope) -> std::result::Result<T, Failure> {
            serde_json::from_str(json)
                .map_err(|error| scope.fail(AppError::internal("reading the row of a dossier", error)))
        }
        let (given, departures) = (read(&row.given_json, scope)?, read(&row.departures_json, scope)?);
        Ok(Self { row, given, departures })
    }

    /// The dossier with this id, where the reader may see it.
    ///
    /// # Errors
    /// Where the store fails, or the reader holds no post.
    pub async fn find(scope: &Scope, id: &str) -> std::result::Result<Option<Self>, Failure> {
        let Some(organ) = Self::readable(scope).await? else { return Ok(None) };
        let row = scope.one::<DossierRow>(id).await?.filter(|row| Value::Text(row.organ.clone()) == organ);
        row.map(|row| Self::of(row, scope)).transpose()
    }

    async fn readable(scope: &Scope) -> std::result::Result<Option<Value>, Failure> {
        let hats = scope.hats().await?;
        if !scope.app.allowed(&hats, Right::ReadDossiers) {
            return Ok(None);
        }
        Ok(Some(Value::Text(scope.organ().await?.to_string())))
    }

    /// The rows that the reader may see, oldest entry first.
    ///
    /// # Errors
    /// `FORBIDDEN` where the reader may see none.
    pub async fn query(scope: &Scope) -> std::result::Result<RowQuery, Failure> {
        scope.entitled(Right::ReadDossiers).await?;
        let organ = Value::Text(scope.organ().await?.to_string());
        let mut query = RowQuery::all(DossierRow::TABLE).with(Filter::Eq("organ", organ));
        query.order = vec!["entered_at"];
        Ok(query)
    }
}

#[Object(use_type_description)]
impl HistoricalDossier {
    /// Its id. Opaque.
    pub async fn id(&self) -> ID {
        self.row.dossier.as_str().into()
    }

    /// Name of the matter.
    async fn title(&self) -> &str {
        &self.given.title
    }

    /// Who decided or undertook it, as printed.
    async fn organ(&self) -> Option<&str> {
        self.given.organ.as_ref()?.as_deref()
    }

    /// Province, as printed.
    async fn province(&self) -> Option<&str> {
        self.given.province.as_ref()?.as_deref()
    }

    /// Where it was found; null for a page without a known address.
    async fn source_urls(&self) -> &[Option<String>] {
        &self.given.source_urls
    }

    /// About the source.
    async fn source_note(&self) -> Option<&str> {
        self.given.source_note.as_ref()?.as_deref()
    }

    /// Legal bases that its papers cite, as printed.
    async fn legal_bases_cited(&self) -> &[String] {
        self.given.legal_bases_cited.as_ref().and_then(Option::as_deref).unwrap_or_default()
    }

    /// What happened, in the order of the record.
    async fn events(&self) -> Vec<DossierEvent> {
        let told = |Printed { stage, date, fact }: Printed| DossierEvent { stage, date: date.flatten(), fact };
        self.given.events.iter().cloned().map(told).collect()
    }

    /// Remarks.
    async fn notes(&self) -> Option<&str> {
        self.given.notes.as_ref()?.as_deref()
    }

    /// Hash of the definition that it was held against when it was entered.
    async fn definition_hash(&self) -> &str {
        &self.row.definition
    }

    /// When it was entered.
    async fn entered_at(&self) -> Option<DateTime> {
        jiff::Timestamp::from_millisecond(self.row.entered_at).ok().map(DateTime)
    }

    /// The compliance sheet 程序体检表 of what its papers tell, held against the definition that it was entered under. Only what is
    /// certain whatever a vague day means is told as broken; the rest is UNTOLD. None where the reader may not see it.
    async fn compliance_sheet(&self, ctx: &Context<'_>) -> Result<Option<ComplianceSheet>> {
        let scope = Scope::of(ctx)?;
        if !scope.app.allowed(&scope.hats().await?, Right::ReadCompliance) {
            return Ok(None);
        }
        let unreadable = |_| scope.fail(AppError::internal("reading the row of a dossier", "its id cannot be read"));
        let id: DossierId = self.row.dossier.parse().map_err(unreadable)?;
        let sheet = scope.app.compliance_of_dossier(id).await.map_err(|error| scope.fail(error))?;
        Ok(sheet.map(|(sheet, def)| ComplianceSheet::of(sheet, &def, scope.lang)))
    }

    /// What departs from the rules, in the order of the record.
    async fn departures(&self, ctx: &Context<'_>) -> Result<Option<Vec<Departure>>> {
        let scope = Scope::of(ctx)?;
        let def = scope.definition(&self.row.definition).await?;
        let told = |(at, marked): (usize, &Marked)| {
            let rule = UserError::of(&marked.rule, Some(&def), scope.lang);
            let UserError { code, title, message, remedy: _, path: _, given, needed, source, gate: _ } = rule;
            let path = marked.rule.path.as_deref().map(|p| p.split('.').map(str::to_owned).collect());
            Departure {
                number: Long(at as u64 + 1),
                code,
                title,
                message,
                path: path.unwrap_or_default(),
                given,
                needed,
                source,
                explanation: marked.explained.clone(),
            }
        };
        Ok(Some(self.departures.iter().enumerate().map(told).collect()))
    }
}
