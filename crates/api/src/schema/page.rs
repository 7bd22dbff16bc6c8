//! Pages of rows: `first` with `after`, or `last` with `before`; by keyset, so that a page costs the same wherever it is.

use std::sync::Arc;

use async_graphql::connection::{Connection, Edge};
use async_graphql::{Object, OutputType};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dingce_app::App;
use dingce_app::ports::{
    ActMark, ActPage, ActPlace, ActQuery, ColumnType, Direction, Millis, ReadRow, Row, RowQuery, Value,
};

use super::errors::{Failure, Lang};
use super::loaders::place;
use super::scope::Scope;
use crate::convert::Long;

/// A page of things.
pub type Page<T> = Connection<String, T, Total>;

/// The largest page.
const PAGE_MAX: i32 = 100;

/// Which page is asked for.
#[derive(Debug, Clone, Default)]
pub struct PageArgs {
    /// How many from the beginning, 1 to 100.
    pub first: Option<i32>,
    /// After this cursor.
    pub after: Option<String>,
    /// How many from the end, 1 to 100.
    pub last: Option<i32>,
    /// Before this cursor.
    pub before: Option<String>,
}

impl PageArgs {
    /// The arguments of a connection.
    pub fn new(first: Option<i32>, after: Option<String>, last: Option<i32>, before: Option<String>) -> Self {
        Self { first, after, last, before }
    }

    fn size(&self) -> Result<(usize, bool, Option<&str>), Failure> {
        let (size, backward, cursor, other) = match (self.first, self.last) {
            (Some(first), None) => (first, false, &self.after, &self.before),
            (None, Some(last)) => (last, true, &self.before, &self.after),
            _ => return Err(Failure::bad_input("Expected exactly one of first and last, from 1 to 100.")),
        };
        if other.is_some() {
            return Err(Failure::bad_input("Expected after only with first, and before only with last."));
        }
        match usize::try_from(size) {
            Ok(size @ 1..) if self.first.or(self.last) <= Some(PAGE_MAX) => Ok((size, backward, cursor.as_deref())),
            _ => Err(Failure::bad_input(format!("Expected a page of 1 to 100, but {size} was asked for."))),
        }
    }
}

/// What a connection tells besides its page.
pub struct Total(Counted);

enum Counted {
    Known(u64),
    Query { app: Arc<App>, query: RowQuery, lang: Lang },
    Acts { app: Arc<App>, query: ActQuery, until: Option<Millis>, lang: Lang },
}

#[Object(name = "ConnectionTotal")]
impl Total {
    /// How many there are in all, whatever the page.
    async fn total_count(&self) -> async_graphql::Result<Option<Long>> {
        match &self.0 {
            Counted::Known(count) => Ok(Some(Long(*count))),
            Counted::Query { app, query, lang } => match app.store().count(query).await {
                Ok(count) => Ok(Some(Long(count))),
                Err(error) => Err(Failure::of(error.into(), *lang, "").into()),
            },
            Counted::Acts { app, query, until, lang } => match app.store().count_acts(query, *until).await {
                Ok(count) => Ok(Some(Long(count))),
                Err(error) => Err(Failure::of(error.into(), *lang, "").into()),
            },
        }
    }
}

fn encode(query: &RowQuery, row: &Row) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&(query.table.name, place(query, row))).unwrap_or_default())
}

/// The place that a cursor names; it must be one of this table and order.
fn decode(query: &RowQuery, cursor: &str, lang: Lang) -> Result<Row, Failure> {
    let bad = || Failure::of_code("BAD_CURSOR", lang);
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| bad())?;
    let (table, place): (String, Row) = serde_json::from_slice(&bytes).map_err(|_| bad())?;
    let order = query.total_order();
    let fits = order.len() == place.len()
        && order.iter().zip(&place).all(|(column, value)| {
            let kind = query.table.columns.iter().find(|c| c.name == *column).map(|c| c.kind);
            matches!(
                (kind, value),
                (Some(ColumnType::Text), Value::Text(_))
                    | (Some(ColumnType::Int), Value::Int(_))
                    | (Some(ColumnType::Bool), Value::Bool(_))
            )
        });
    if table == query.table.name && fits { Ok(place) } else { Err(bad()) }
}

fn turned(direction: Direction) -> Direction {
    match direction {
        Direction::Ascending => Direction::Descending,
        Direction::Descending => Direction::Ascending,
    }
}

/// A page of rows as it was fetched.
pub struct Fetched<R> {
    /// The rows with their cursors, in order.
    pub rows: Vec<(String, R)>,
    before: bool,
    after: bool,
    total: Counted,
}

impl<R> Fetched<R> {
    /// The page of what is made of each row; a row of which nothing is made is left out.
    ///
    /// # Errors
    /// Those of the making.
    pub fn page<T: OutputType>(
        self,
        made: impl IntoIterator<Item = Result<Option<T>, Failure>>,
    ) -> Result<Page<T>, Failure> {
        let mut page = Connection::with_additional_fields(self.before, self.after, Total(self.total));
        for ((cursor, _), made) in self.rows.into_iter().zip(made) {
            page.edges.extend(made?.map(|node| Edge::new(cursor, node)));
        }
        Ok(page)
    }
}

/// The rows of a page of a query, by one statement; the count, where it is asked for, by another.
///
/// # Errors
/// `BAD_INPUT` and `BAD_CURSOR` for the arguments; where the store fails.
pub async fn fetch<R: ReadRow>(scope: &Scope, args: PageArgs, mut query: RowQuery) -> Result<Fetched<R>, Failure> {
    let (size, backward, cursor) = args.size()?;
    let total = Counted::Query { app: Arc::clone(&scope.app), query: query.clone(), lang: scope.lang };
    query.after = cursor.map(|c| decode(&query, c, scope.lang)).transpose()?;
    if backward {
        query.direction = turned(query.direction);
    }
    query.limit = size as u64 + 1;
    let mut rows = scope.app.store().rows(&query).await.map_err(|error| scope.fail(error))?;
    let more = rows.len() > size;
    rows.truncate(size);
    if backward {
        rows.reverse();
    }
    let (before, after) = if backward { (more, cursor.is_some()) } else { (cursor.is_some(), more) };
    let mut fetched = Fetched { rows: Vec::with_capacity(rows.len()), before, after, total };
    for row in rows {
        let cursor = encode(&query, &row);
        let row = R::from_row(row).ok_or_else(|| {
            scope.fail(dingce_app::AppError::internal(format!("reading {}", R::TABLE.name), "a row of another shape"))
        })?;
        fetched.rows.push((cursor, row));
    }
    Ok(fetched)
}

/// A page of the rows of a query, by one statement; the count, where it is asked for, by another.
///
/// # Errors
/// `BAD_INPUT` and `BAD_CURSOR` for the arguments; where the store fails.
pub async fn page<R, T>(
    scope: &Scope,
    args: PageArgs,
    query: RowQuery,
    node: impl Fn(R) -> Result<T, Failure>,
) -> Result<Page<T>, Failure>
where
    R: ReadRow,
    T: OutputType,
{
    let Fetched { rows, before, after, total } = fetch::<R>(scope, args, query).await?;
    let mut page = Connection::with_additional_fields(before, after, Total(total));
    for (cursor, row) in rows {
        page.edges.push(Edge::new(cursor, node(row)?));
    }
    Ok(page)
}

/// A page of acts, newest first: by one statement, from an index.
///
/// # Errors
/// `BAD_INPUT` and `BAD_CURSOR` for the arguments; where the store fails.
pub async fn page_of_acts<T: OutputType>(
    scope: &Scope,
    args: PageArgs,
    query: ActQuery,
    until: Option<Millis>,
    node: impl Fn(ActMark) -> T,
) -> Result<Page<T>, Failure> {
    const CURSOR: &str = "acts";
    let (size, backward, cursor) = args.size()?;
    let at = |cursor: &str| -> Result<ActPlace, Failure> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
        let read = bytes.and_then(|bytes| serde_json::from_slice::<(String, i64, String, u64)>(&bytes).ok());
        let place = read.filter(|(kind, _, _, n)| kind == CURSOR && *n <= Long::MAX);
        let place = place.and_then(|(_, at, stream, n)| Some((at, stream.parse().ok()?, n)));
        place.ok_or_else(|| Failure::of_code("BAD_CURSOR", scope.lang))
    };
    let after = cursor.map(at).transpose()?;
    let direction = if backward { Direction::Ascending } else { Direction::Descending };
    let page = ActPage { until, direction, after, limit: size as u64 + 1 };
    let mut acts = scope.app.store().acts(&query, page).await.map_err(|error| scope.fail(error))?;
    let more = acts.len() > size;
    acts.truncate(size);
    if backward {
        acts.reverse();
    }
    let (before, after) = if backward { (more, cursor.is_some()) } else { (cursor.is_some(), more) };
    let total = Counted::Acts { app: Arc::clone(&scope.app), query, until, lang: scope.lang };
    let mut page = Connection::with_additional_fields(before, after, Total(total));
    for act in acts {
        let (at, stream, n) = act.place();
        let cursor = serde_json::to_vec(&(CURSOR, at, stream.to_string(), n)).unwrap_or_default();
        page.edges.push(Edge::new(URL_SAFE_NO_PAD.encode(cursor), node(act)));
    }
    Ok(page)
}

/// A page of things that are all at hand, in order. Each has a key that no other has.
///
/// # Errors
/// `BAD_INPUT` and `BAD_CURSOR` for the arguments.
pub fn page_of<T: OutputType>(
    lang: Lang,
    args: &PageArgs,
    list: Vec<T>,
    key: impl Fn(&T) -> String,
) -> Result<Page<T>, Failure> {
    let (size, backward, cursor) = args.size()?;
    let at = |cursor: &str| {
        let wanted = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|b| String::from_utf8(b).ok());
        list.iter().position(|item| Some(key(item)) == wanted).ok_or_else(|| Failure::of_code("BAD_CURSOR", lang))
    };
    let total = list.len();
    let (from, to) = match (backward, cursor.map(at).transpose()?) {
        (false, None) => (0, size.min(total)),
        (false, Some(at)) => (at + 1, (at + 1 + size).min(total)),
        (true, None) => (total.saturating_sub(size), total),
        (true, Some(at)) => (at.saturating_sub(size), at),
    };
    let mut page = Connection::with_additional_fields(from > 0, to < total, Total(Counted::Known(total as u64)));
    for item in list.into_iter().skip(from).take(to.saturating_sub(from)) {
        page.edges.push(Edge::new(URL_SAFE_NO_PAD.encode(key(&item)), item));
    }
    Ok(page)
}

/// A page of things that were fetched as a page: `size` of them asked for after a place, one more fetched.
///
/// # Errors
/// `BAD_INPUT` and `BAD_CURSOR` for the arguments.
pub async fn page_by_number<T, F>(
    lang: Lang,
    args: &PageArgs,
    total: u64,
    number: impl Fn(&T) -> u64,
    fetch: impl FnOnce(u64, u64) -> F,
) -> Result<Page<T>, Failure>
where
    T: OutputType,
    F: Future<Output = Result<Vec<T>, Failure>>,
{
    let (size, backward, cursor) = args.size()?;
    let size = size as u64;
    let at = |cursor: &str| {
        let text = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|b| String::from_utf8(b).ok());
        let number = text.and_then(|t| t.strip_prefix("n:")?.parse::<u64>().ok());
        number.filter(|n| *n <= Long::MAX).ok_or_else(|| Failure::of_code("BAD_CURSOR", lang))
    };
    // Numbers run from 1 to the total without gaps, so that a page from the end is a page after a place too.
    let (after, until) = match (backward, cursor.map(at).transpose()?) {
        (false, place) => {
            let after = place.unwrap_or(0);
            (after, after.saturating_add(size).min(total))
        }
        (true, place) => {
            let until = place.map_or(total, |p| p.saturating_sub(1)).min(total);
            (until.saturating_sub(size), until)
        }
    };
    let items = if until > after { fetch(after, until - after).await? } else { Vec::new() };
    let mut page = Connection::with_additional_fields(after > 0, until < total, Total(Counted::Known(total)));
    for item in items {
        page.edges.push(Edge::new(URL_SAFE_NO_PAD.encode(format!("n:{}", number(&item))), item));
    }
    Ok(page)
}
