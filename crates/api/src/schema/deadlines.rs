//! What is due: clocks of cases that the reader may see, the earliest first.

use dingce_app::ports::{Filter, ReadRow, RowQuery, Value};
use dingce_app::read_rows::{CaseRow, ClockRow};
use dingce_domain::control::Ending;

use super::errors::Failure;
use super::page::{Page, PageArgs, page};
use super::parts::Clock;
use super::scope::Scope;
use crate::convert::Date;
use crate::convert::words::ClockState;

/// How many running cases one reader's list of deadlines looks at: those written to last.
const CASES_MAX: u64 = 1000;

/// A page of clocks with a last day.
///
/// A clock's row does not say whose case it is, so the reader's running cases are found first.
///
/// # Errors
/// `BAD_INPUT` and `BAD_CURSOR` for the arguments; where the store fails.
pub async fn deadlines(
    scope: &Scope,
    args: PageArgs,
    holder: Option<String>,
    before: Option<Date>,
    state: Option<ClockState>,
) -> Result<Page<Clock>, Failure> {
    let mut cases = RowQuery::all(CaseRow::TABLE);
    cases.filters = scope.readable().await?;
    cases.filters.push(Filter::Eq("ending", Value::Text(Ending::Running.to_string())));
    cases.order = vec!["updated_at"];
    cases.direction = dingce_app::ports::Direction::Descending;
    cases.limit = CASES_MAX;
    let cases = scope.rows::<CaseRow>(cases).await?;
    let mut query = RowQuery::all(ClockRow::TABLE)
        .with(Filter::In("case_id", cases.into_iter().map(|c| Value::Text(c.case_id)).collect()))
        // Whatever has a last day at all: days are texts that begin with a digit.
        .with(Filter::Ge("due_on", Value::Text("0".to_owned())));
    query.filters.extend(holder.map(|h| Filter::Eq("holder", Value::Text(h))));
    query.filters.extend(before.map(|d| Filter::Lt("due_on", Value::Text(d.0.to_string()))));
    query.filters.extend(state.map(|s| Filter::Eq("state", Value::Text(s.to_string()))));
    query.order = vec!["due_on"];
    page(scope, args, query, |row: ClockRow| Clock::of(row, scope)).await
}
