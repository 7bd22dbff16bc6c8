//! Acts as a reverse trace reads them: from the covering indexes of `events` alone, never from its rows. One statement a page,
//! however many units or roads to a person it asks for: each road gives its own first rows, and the page is made of those.

use dingce_app::ports::{ActMark, ActPage, ActQuery, Direction, Millis, StoreError};
use dingce_domain::id::StreamId;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement, Value};

use crate::Store;
use crate::bind::{rows_per_statement, signed, unsigned};
use crate::error::Doing;
use crate::read::parse;

const COLUMNS: &str = "stream, n, kind, actor, acting_for, post, unit, stage, draft, opinion, occurred_on, recorded_at";

/// Parameters in the order of their places.
#[derive(Default)]
struct Bound(Vec<Value>);

impl Bound {
    fn place(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("${}", self.0.len())
    }
}

fn roads(query: &ActQuery, bound: &mut Bound) -> Vec<String> {
    match query {
        ActQuery::Stream(stream) => vec![format!("stream = {}", bound.place(stream.to_string()))],
        ActQuery::Person { person, organ } => {
            let (person, organ) = (bound.place(person.to_string()), bound.place(organ.to_string()));
            vec![
                format!("actor = {person} AND organ = {organ}"),
                format!("acting_for = {person} AND organ = {organ} AND (actor IS NULL OR actor <> {person})"),
            ]
        }
        ActQuery::Units { units, organ } => {
            let organ = bound.place(organ.to_string());
            units.iter().map(|unit| format!("unit = {} AND organ = {organ}", bound.place(unit.to_string()))).collect()
        }
    }
}

fn order(query: &ActQuery, direction: Direction) -> (&'static str, &'static str) {
    match (query, direction) {
        (ActQuery::Stream(_), Direction::Ascending) => ("n", ">"),
        (ActQuery::Stream(_), Direction::Descending) => ("n DESC", "<"),
        (_, Direction::Ascending) => ("recorded_at, stream, n", ">"),
        (_, Direction::Descending) => ("recorded_at DESC, stream DESC, n DESC", "<"),
    }
}

/// The statement of a page; `None` where there is no road.
fn page_statement(query: &ActQuery, page: ActPage, backend: DbBackend) -> Result<Option<Statement>, StoreError> {
    let mut bound = Bound::default();
    let roads = roads(query, &mut bound);
    let (order, beyond) = order(query, page.direction);
    let mut more = String::new();
    // Going back from a place that was known, nothing later comes: the place alone is the bound, and the index begins at it.
    let implied = page.direction == Direction::Descending && page.after.is_some_and(|(at, ..)| Some(at) <= page.until);
    if let Some(until) = page.until.filter(|_| !implied) {
        more += &format!(" AND recorded_at <= {}", bound.place(until));
    }
    if let Some((at, stream, n)) = page.after {
        let n = bound.place(signed(n)?);
        more += &match query {
            ActQuery::Stream(_) => format!(" AND n {beyond} {n}"),
            _ => {
                let (at, stream) = (bound.place(at), bound.place(stream.to_string()));
                format!(" AND (recorded_at, stream, n) {beyond} ({at}, {stream}, {n})")
            }
        };
    }
    let limit = page.limit;
    let road = |condition: &String| {
        format!("SELECT {COLUMNS} FROM events WHERE {condition}{more} ORDER BY {order} LIMIT {limit}")
    };
    let sql = match &roads[..] {
        [] => return Ok(None),
        [one] => road(one),
        many => {
            let legs: Vec<String> = many.iter().map(|one| format!("SELECT * FROM ({}) AS road", road(one))).collect();
            format!("SELECT {COLUMNS} FROM ({}) AS acts ORDER BY {order} LIMIT {limit}", legs.join(" UNION ALL "))
        }
    };
    Ok(Some(Statement::from_sql_and_values(backend, sql, bound.0)))
}

impl Store {
    pub(crate) async fn read_acts(&self, query: &ActQuery, page: ActPage) -> Result<Vec<ActMark>, StoreError> {
        let Some(statement) = page_statement(query, page, self.backend())? else { return Ok(Vec::new()) };
        let rows = self.reader.query_all_raw(statement).await.doing("tracing acts")?;
        rows.iter().map(mark).collect()
    }

    pub(crate) async fn number_of_acts(&self, query: &ActQuery, until: Option<Millis>) -> Result<u64, StoreError> {
        let mut bound = Bound::default();
        let roads = roads(query, &mut bound);
        let until = until.map(|until| format!(" AND recorded_at <= {}", bound.place(until))).unwrap_or_default();
        let counts: Vec<String> =
            roads.iter().map(|road| format!("(SELECT count(*) FROM events WHERE {road}{until})")).collect();
        if counts.is_empty() {
            return Ok(0);
        }
        let sql = format!("SELECT {}", counts.join(" + "));
        let row = self.reader.query_one_raw(Statement::from_sql_and_values(self.backend(), sql, bound.0)).await;
        let row = row.doing("counting acts")?.ok_or("no row").doing("counting acts")?;
        unsigned(row.try_get_by_index(0).doing("counting acts")?)
    }

    pub(crate) async fn read_known_at(
        &self,
        streams: &[StreamId],
        at: Millis,
    ) -> Result<Vec<(StreamId, u64)>, StoreError> {
        let doing = "asking what was known";
        let mut known = Vec::with_capacity(streams.len());
        for some in streams.chunks(rows_per_statement(self.backend(), 1)) {
            let mut bound = Bound::default();
            let at = bound.place(at);
            let places: Vec<String> = some.iter().map(|stream| bound.place(stream.to_string())).collect();
            let sql = format!(
                "SELECT stream, max(n) FROM events WHERE stream IN ({}) AND recorded_at <= {at} GROUP BY stream",
                places.join(", ")
            );
            let statement = Statement::from_sql_and_values(self.backend(), sql, bound.0);
            for row in self.reader.query_all_raw(statement).await.doing(doing)? {
                let stream: String = row.try_get_by_index(0).doing(doing)?;
                known.push((parse(&stream)?, unsigned(row.try_get_by_index(1).doing(doing)?)?));
            }
        }
        Ok(known)
    }

    /// How the database would find a page of acts, line by line, as it says itself. For operators and for the tests that hold
    /// every trace to an index.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn explain_acts(&self, query: &ActQuery, page: ActPage) -> Result<Vec<String>, StoreError> {
        let doing = "explaining a trace";
        let Some(Statement { sql, values, db_backend }) = page_statement(query, page, self.backend())? else {
            return Ok(Vec::new());
        };
        let (sql, column) = match db_backend {
            DbBackend::Sqlite => (format!("EXPLAIN QUERY PLAN {sql}"), 3),
            _ => (format!("EXPLAIN (COSTS OFF) {sql}"), 0),
        };
        let statement = Statement { sql, values, db_backend };
        let rows = self.reader.query_all_raw(statement).await.doing(doing)?;
        rows.iter().map(|row| row.try_get_by_index(column)).collect::<Result<_, DbErr>>().doing(doing)
    }
}

fn mark(row: &QueryResult) -> Result<ActMark, StoreError> {
    let doing = "reading an act";
    let text = |at: usize| -> Result<Option<String>, StoreError> { row.try_get_by_index(at).doing(doing) };
    let number = |at: usize| -> Result<i64, StoreError> { row.try_get_by_index(at).doing(doing) };
    let said = |at: usize| -> Result<String, StoreError> { text(at)?.ok_or("no value").doing(doing) };
    Ok(ActMark {
        stream: parse(&said(0)?)?,
        n: unsigned(number(1)?)?,
        kind: said(2)?,
        actor: text(3)?.map(|id| parse(&id)).transpose()?,
        acting_for: text(4)?.map(|id| parse(&id)).transpose()?,
        post: text(5)?.map(|id| parse(&id)).transpose()?,
        unit: text(6)?.map(|id| parse(&id)).transpose()?,
        stage: text(7)?,
        draft: text(8)?.map(|id| parse(&id)).transpose()?,
        opinion: text(9)?,
        occurred_on: text(10)?,
        recorded_at: number(11)?,
    })
}
