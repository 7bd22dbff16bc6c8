//! What is due: clocks of cases that the reader may see, the earliest first.

use dingce_app::ports::{Filter, ReadRow, RowQuery, Value};
use dingce_app::read_rows::ClockRow;

use super::errors::Failure;
use super::page::{Page, PageArgs, page};
use super::parts::Clock;
use super::scope::Scope;
use crate::convert::words::ClockState;
use crate::convert::{Date, Word};

/// Which clocks to list.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only those that the reader holds.
    pub mine: Option<bool>,
    /// Only those that this role of the definition holds.
    pub holder: Option<String>,
    /// Only those whose last day is before this one.
    pub due_before: Option<Date>,
    /// Only those of which it is on the record that their last day is near, or only the others.
    pub due_soon: Option<bool>,
    /// Only those in this state; where absent, those that run and those that are overdue.
    pub state: Option<Word<ClockState>>,
}

/// A page of clocks with a last day, whether their case still runs or not: what is due after the decision is due.
///
/// # Errors
/// `BAD_INPUT` and `BAD_CURSOR` for the arguments; where the store fails.
pub async fn deadlines(scope: &Scope, args: PageArgs, wanted: Wanted) -> Result<Page<Clock>, Failure> {
    let Wanted { mine, holder, due_before, due_soon, state } = wanted;
    let text = |word: &str| Value::Text(word.to_owned());
    let mut query = RowQuery::all(ClockRow::TABLE);
    query.filters = scope.readable().await?;
    // Whatever has a last day at all: days are texts that begin with a digit.
    query.filters.push(Filter::Ge("due_on", text("0")));
    query.filters.push(match state {
        Some(state) => Filter::Eq("state", Value::Text(state.0.to_string())),
        None => Filter::In("state", vec![text("running"), text("overdue")]),
    });
    query.filters.extend(holder.map(|h| Filter::Eq("holder", Value::Text(h))));
    query.filters.extend(due_before.map(|d| Filter::Lt("due_on", Value::Text(d.0.to_string()))));
    query.filters.extend(due_soon.map(|soon| Filter::Eq("due_soon", Value::Bool(soon))));
    if mine == Some(true) {
        let hats = scope.hats().await?;
        query.filters.push(scope.app.holds_clock(&hats).await.map_err(|error| scope.fail(error))?);
    }
    query.order = vec!["due_on"];
    page(scope, args, query, |row: ClockRow| Clock::of(row, scope)).await
}
