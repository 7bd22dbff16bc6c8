//! Read tables: filters, keyset pages, and writing final rows.

use dingce_app::ports::{Column, ColumnType, Direction, Filter, Row, RowQuery, StoreError, Table, Value};
use sea_orm::sea_query::{
    Cond, Condition, Expr, ExprTrait, Func, NullOrdering, OnConflict, Order, Query, SelectStatement,
};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};

use crate::bind::{fits, name, parameter, placeholders, row_fits, row_of, rows_per_statement, unsigned};
use crate::error::Doing;
use crate::{Store, tables};

impl Store {
    pub(crate) async fn page(&self, query: &RowQuery) -> Result<Vec<Row>, StoreError> {
        match self.gathered.rows(query).await {
            Some(rows) => rows,
            None => read_page(&self.reader, query).await,
        }
    }

    pub(crate) async fn count_rows(&self, query: &RowQuery) -> Result<u64, StoreError> {
        let doing = format!("counting {}", query.table.name);
        let mut statement = Query::select();
        let everything = matching(query, self.backend()).doing(&doing)?;
        statement.expr(Expr::cust("count(*)")).from(name(query.table.name)).cond_where(everything);
        let row = self.reader.query_one(&statement).await.doing(&doing)?.ok_or("no row").doing(&doing)?;
        unsigned(row.try_get_by_index(0).doing(&doing)?)
    }

    pub(crate) async fn refill(&self, table: &'static Table, rows: Vec<Row>) -> Result<(), StoreError> {
        let doing = format!("replacing {}", table.name);
        if !rows.iter().all(|row| row_fits(table, row)) {
            return Err(StoreError::new(doing, "a row does not fit its table"));
        }
        let tx = self.begin().await.doing(&doing)?;
        tx.execute(Query::delete().from_table(name(table.name))).await.doing(&doing)?;
        insert(&tx, table, rows, None).await.doing(&doing)?;
        tables::rebuilt(&tx, table).await.doing(&doing)?;
        tx.commit().await.doing(&doing)
    }
}

/// The rows of a query, by a statement of its own.
pub(crate) async fn read_page(reader: &DatabaseConnection, query: &RowQuery) -> Result<Vec<Row>, StoreError> {
    let doing = format!("reading {}", query.table.name);
    let statement = page_statement(query, reader.get_database_backend()).doing(&doing)?;
    let found = reader.query_all(&statement).await.doing(&doing)?;
    found.iter().map(|row| row_of(query.table, row)).collect::<Result<_, DbErr>>().doing(&doing)
}

/// Puts final rows, each key once.
pub(crate) async fn upsert(db: &impl ConnectionTrait, table: &'static Table, rows: Vec<Row>) -> Result<(), DbErr> {
    let others: Vec<_> = table.columns.iter().map(|c| c.name).filter(|c| !table.key.contains(c)).map(name).collect();
    let mut conflict = OnConflict::columns(table.key.iter().map(|key| name(key)));
    if others.is_empty() {
        conflict.do_nothing();
    } else {
        conflict.update_columns(others);
    }
    insert(db, table, rows, Some(conflict)).await
}

async fn insert(
    db: &impl ConnectionTrait,
    table: &'static Table,
    rows: Vec<Row>,
    conflict: Option<OnConflict>,
) -> Result<(), DbErr> {
    let size = rows_per_statement(db.get_database_backend(), table.columns.len());
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let mut statement = Query::insert();
        statement.into_table(name(table.name)).columns(table.columns.iter().map(|column| name(column.name)));
        for row in rows.by_ref().take(size) {
            let values = table.columns.iter().zip(row).map(|(column, value)| Expr::val(parameter(column.kind, value)));
            statement.values(values).map_err(|error| DbErr::Custom(error.to_string()))?;
        }
        if let Some(conflict) = &conflict {
            statement.on_conflict(conflict.clone());
        }
        db.execute(&statement).await?;
    }
    Ok(())
}

/// The values of a key as parameters.
pub(crate) fn key_parameters(table: &Table, key: Row) -> Vec<sea_orm::Value> {
    let kind = |name: &&str| table.columns.iter().find(|column| column.name == *name).map(|column| column.kind);
    table.key.iter().filter_map(kind).zip(key).map(|(kind, value)| parameter(kind, value)).collect()
}

/// Removes the rows with these keys.
pub(crate) async fn delete_keys(
    db: &impl ConnectionTrait,
    table: &str,
    columns: &[&str],
    keys: Vec<Vec<sea_orm::Value>>,
) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    let names = columns.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ");
    for chunk in keys.chunks(rows_per_statement(backend, columns.len())) {
        let places = placeholders(chunk.len(), columns.len());
        let sql = format!("DELETE FROM \"{table}\" WHERE ({names}) IN (VALUES {places})");
        let values = chunk.iter().flatten().cloned();
        db.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    }
    Ok(())
}

fn page_statement(query: &RowQuery, backend: DbBackend) -> Result<SelectStatement, String> {
    let table = query.table;
    if !(1..=1000).contains(&query.limit) {
        return Err(format!("expected a page of 1 to 1,000 rows, but {} were asked for", query.limit));
    }
    let order = query.total_order().into_iter().map(|name| column(table, name)).collect::<Result<Vec<_>, _>>()?;
    let mut statement = Query::select();
    statement.columns(table.columns.iter().map(|column| name(column.name))).from(name(table.name));
    statement.cond_where(matching(query, backend)?);
    if let Some(after) = &query.after {
        statement.cond_where(beyond(&order, after, query.direction)?);
    }
    for one in order {
        // Absent values come first, last where the order is turned. Saying so where none can occur would only keep
        // PostgreSQL from using the primary key's index.
        let (order, nulls) = match query.direction {
            Direction::Ascending => (Order::Asc, NullOrdering::First),
            Direction::Descending => (Order::Desc, NullOrdering::Last),
        };
        if one.nullable {
            statement.order_by_with_nulls(name(one.name), order, nulls);
        } else {
            statement.order_by(name(one.name), order);
        }
    }
    statement.limit(query.limit);
    Ok(statement)
}

fn column(table: &'static Table, name: &str) -> Result<&'static Column, String> {
    let found = table.columns.iter().find(|column| column.name == name);
    found.ok_or_else(|| format!("the table {} has no column {name}", table.name))
}

/// The column's value as an expression, if the column can hold it.
fn bound(column: &Column, value: &Value) -> Result<Expr, String> {
    if !fits(column.kind, value) {
        return Err(format!("the column {} cannot hold the value it is compared with", column.name));
    }
    Ok(Expr::val(parameter(column.kind, value.clone())))
}

fn matching(query: &RowQuery, backend: DbBackend) -> Result<Condition, String> {
    let mut all = Cond::all();
    for filter in &query.filters {
        all = all.add(filter_condition(query.table, filter, backend)?);
    }
    Ok(all)
}

/// Comparing with an absent value is true for `Eq` and `In` where the column's value is absent too, else never.
fn filter_condition(table: &'static Table, filter: &Filter, backend: DbBackend) -> Result<Expr, String> {
    let never = || Expr::val(1).eq(0);
    Ok(match filter {
        Filter::Eq(named, value) => equal(column(table, named)?, value)?,
        Filter::In(named, values) => listed(table, named, values)?,
        Filter::NotIn(named, values) => {
            let none = listed(table, named, values)?.not();
            // An absent value is unlike all others, which SQL itself would not say.
            if values.contains(&Value::Null) {
                none
            } else {
                Expr::col(name(column(table, named)?.name)).is_null().or(none)
            }
        }
        Filter::AnyIn(columns, values) => {
            let each = columns.iter().map(|named| listed(table, named, values));
            each.reduce(|a, b| Ok(a?.or(b?))).unwrap_or_else(|| Ok(never()))?
        }
        Filter::Holds(named) => {
            let column = column(table, named)?;
            if column.kind != ColumnType::Bool {
                return Err(format!("the column {} is not a truth value", column.name));
            }
            Expr::cust(tables::truth(column.name, backend == DbBackend::Sqlite))
        }
        Filter::Lt(named, Value::Null) | Filter::Ge(named, Value::Null) => column(table, named).map(|_| never())?,
        Filter::Lt(named, value) => Expr::col(name(named)).lt(bound(column(table, named)?, value)?),
        Filter::Ge(named, value) => Expr::col(name(named)).gte(bound(column(table, named)?, value)?),
        Filter::Either(lists) => {
            let each = lists.iter().map(|list| {
                let all = list.iter().map(|filter| filter_condition(table, filter, backend));
                all.reduce(|a, b| Ok(a?.and(b?))).unwrap_or_else(|| Ok(Expr::val(1).eq(1)))
            });
            each.reduce(|a, b| Ok(a?.or(b?))).unwrap_or_else(|| Ok(never()))?
        }
        Filter::Contains(named, text) => {
            let column = column(table, named)?;
            if column.kind != ColumnType::Text {
                return Err(format!("the column {} is not a text", column.name));
            }
            let sought = bound(column, &Value::Text(text.clone()))?;
            let place = if backend == DbBackend::Sqlite { "instr" } else { "strpos" };
            Expr::expr(Func::cust(name(place)).arg(Expr::col(name(column.name))).arg(sought)).gt(0)
        }
    })
}

fn listed(table: &'static Table, named: &str, values: &[Value]) -> Result<Expr, String> {
    let column = column(table, named)?;
    let present = values.iter().filter(|value| **value != Value::Null);
    let present = present.map(|value| bound(column, value)).collect::<Result<Vec<_>, _>>()?;
    let listed = if present.is_empty() { Expr::val(1).eq(0) } else { Expr::col(name(column.name)).is_in(present) };
    Ok(if values.contains(&Value::Null) { listed.or(Expr::col(name(column.name)).is_null()) } else { listed })
}

fn equal(column: &Column, value: &Value) -> Result<Expr, String> {
    let expr = Expr::col(name(column.name));
    Ok(if *value == Value::Null { expr.is_null() } else { expr.eq(bound(column, value)?) })
}

/// The rows after a place: further in the first column, or equal there and further in the second, and so on.
fn beyond(order: &[&Column], after: &[Value], direction: Direction) -> Result<Condition, String> {
    if order.len() != after.len() {
        return Err(format!("a place has {} values, but {} were given", order.len(), after.len()));
    }
    if order.iter().all(|column| !column.nullable) {
        // One comparison of whole rows, which both databases answer from an index.
        let names = Expr::tuple(order.iter().map(|column| Expr::col(name(column.name))));
        let values =
            order.iter().zip(after).map(|(column, value)| bound(column, value)).collect::<Result<Vec<_>, _>>()?;
        let place = Expr::tuple(values);
        let further = if direction == Direction::Ascending { names.gt(place) } else { names.lt(place) };
        return Ok(Cond::all().add(further));
    }
    let mut any = Cond::any();
    for (at, (column, value)) in order.iter().zip(after).enumerate() {
        let mut all = Cond::all();
        for (before, same) in order[..at].iter().zip(after) {
            all = all.add(equal(before, same)?);
        }
        if let Some(further) = further(column, value, direction)? {
            any = any.add(all.add(further));
        }
    }
    Ok(if any.is_empty() { Cond::all().add(Expr::val(1).eq(0)) } else { any })
}

/// Values of one column that come after this one; `None` where none can.
fn further(column: &Column, value: &Value, direction: Direction) -> Result<Option<Expr>, String> {
    let expr = Expr::col(name(column.name));
    Ok(match (direction, value) {
        (Direction::Ascending, Value::Null) => Some(expr.is_not_null()),
        (Direction::Ascending, value) => Some(expr.gt(bound(column, value)?)),
        (Direction::Descending, Value::Null) => None,
        (Direction::Descending, value) if column.nullable => {
            Some(expr.clone().lt(bound(column, value)?).or(expr.is_null()))
        }
        (Direction::Descending, value) => Some(expr.lt(bound(column, value)?)),
    })
}
