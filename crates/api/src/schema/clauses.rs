//! A draft traced by clause: what the public said of it, how that was answered, and what the reviewer found.
//!
//! Clauses are named as people name them, e.g. 第八条; what names none is about the whole draft and stands elsewhere.

use std::collections::BTreeMap;

use async_graphql::{Context, Description, Object, Result};
use dingce_app::envelope;
use dingce_app::ports::{Filter, ReadRow as _, RowQuery, Value};
use dingce_app::read_rows::{CommentRow, ConsultationRow};
use dingce_app::use_cases::CaseTrace;
use dingce_domain::event::CaseEvent;

use super::consultation::PublicComment;
use super::drafts::DraftVersion;
use super::errors::Failure;
use super::legality::SheetLine;
use super::loaders::Of;
use super::page::{Page, PageArgs, page};
use super::scope::Scope;
use super::trace::draft;
use crate::convert::{Long, Shown as _};

/// A clause of the draft that somebody named.
#[derive(Debug, Clone, Description)]
pub struct TraceClause {
    name: String,
    consultations: Vec<String>,
    until: Option<i64>,
    findings: Vec<ClauseFinding>,
}

/// What a reviewer found about a clause.
#[derive(Debug, Clone, Description)]
pub struct ClauseFinding {
    n: u64,
    draft: String,
    line: dingce_domain::act::SheetLine,
}

/// The clauses that comments or review sheets of a case name, by name.
///
/// # Errors
/// Where the store fails.
pub async fn clauses(scope: &Scope, trace: &CaseTrace) -> std::result::Result<Vec<TraceClause>, Failure> {
    let rows = scope.all(Of::<ConsultationRow>::new("case_id", &trace.row.case_id, "consultation")).await?;
    let consultations: Vec<String> = rows.into_iter().map(|row| row.consultation).collect();
    let until = trace.known.until;
    let mut named: BTreeMap<String, Vec<ClauseFinding>> = BTreeMap::new();
    let rows = scope.app.all_rows::<CommentRow>(comments(&consultations, until)).await;
    for row in rows.map_err(|error| scope.fail(error))?.into_iter().filter(|row| !row.clause.is_empty()) {
        named.entry(row.clause).or_default();
    }
    let concluded = trace.acts.iter().filter(|act| act.kind == "legality_concluded");
    let numbers: Vec<u64> = concluded.clone().map(|act| act.n).collect();
    if let Some(stream) = concluded.map(|act| act.stream).next() {
        let events = scope.app.store().events_at(stream, &numbers).await.map_err(|error| scope.fail(error))?;
        for stored in &events {
            let recorded = envelope::read::<CaseEvent>(stored).map_err(|error| scope.fail(error))?;
            let CaseEvent::LegalityConcluded { given, .. } = recorded.body else { continue };
            for line in given.sheet.into_iter().filter(|line| !line.clause.is_empty()) {
                let finding = ClauseFinding { n: stored.n, draft: given.draft.to_string(), line };
                named.entry(finding.line.clause.clone()).or_default().push(finding);
            }
        }
    }
    let clause = |(name, findings)| TraceClause { name, consultations: consultations.clone(), until, findings };
    Ok(named.into_iter().map(clause).collect())
}

fn comments(consultations: &[String], until: Option<i64>) -> RowQuery {
    let of = consultations.iter().map(|id| Value::Text(id.clone())).collect();
    let query = RowQuery::all(CommentRow::TABLE).with(Filter::In("consultation", of));
    match until {
        Some(until) => query.with(Filter::Lt("received_at", Value::Int(until.saturating_add(1)))),
        None => query,
    }
}

#[Object(use_type_description)]
impl TraceClause {
    /// The clause, as it was named.
    async fn name(&self) -> &str {
        &self.name
    }

    /// Comments that name it, each with its answer, in the order in which they came.
    async fn comments(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<Page<PublicComment>>> {
        let args = PageArgs::new(first, after, last, before);
        let mut query =
            comments(&self.consultations, self.until).with(Filter::Eq("clause", Value::Text(self.name.clone())));
        query.order = vec!["received_at"];
        Ok(Some(page(Scope::of(ctx)?, args, query, |row: CommentRow| Ok(PublicComment::from(row))).await?))
    }

    /// What reviewers found about it, review by review.
    async fn findings(&self) -> Vec<ClauseFinding> {
        self.findings.clone()
    }
}

#[Object(use_type_description)]
impl ClauseFinding {
    /// Number of the act in the case.
    async fn n(&self) -> Long {
        Long(self.n)
    }

    /// The version reviewed.
    async fn draft_version(&self, ctx: &Context<'_>) -> Result<Option<DraftVersion>> {
        Ok(draft(Scope::of(ctx)?, Some(&self.draft)).await?)
    }

    /// The line of the sheet.
    async fn line(&self) -> SheetLine {
        self.line.clone().shown()
    }
}
