//! Values, names and statement sizes: what both databases need and neither shares with the other.

use dingce_app::ports::{ColumnType, Row, StoreError, Table, Value};
use sea_orm::sea_query::{Alias, OnConflict};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, EntityTrait, IntoActiveModel, Iterable, QueryResult};

use crate::error::Doing;

/// How many parameters one statement may have.
const fn most_parameters(backend: DbBackend) -> usize {
    match backend {
        DbBackend::Postgres => 65_535,
        _ => 32_766,
    }
}

/// How many rows of so many parameters fit into one statement; 1,000 at most, so that no statement grows too long.
pub(crate) fn rows_per_statement(backend: DbBackend, parameters_per_row: usize) -> usize {
    (most_parameters(backend) / parameters_per_row.max(1)).clamp(1, 1000)
}

/// A name of a table or column that is known only by its description.
pub(crate) fn name(name: &'static str) -> Alias {
    Alias::new(name)
}

/// Inserts all models with as few statements as the databases allow.
pub(crate) async fn insert_all<E, M>(
    db: &impl ConnectionTrait,
    models: Vec<M>,
    on_conflict: Option<OnConflict>,
) -> Result<(), DbErr>
where
    E: EntityTrait,
    M: IntoActiveModel<E::ActiveModel>,
{
    let size = rows_per_statement(db.get_database_backend(), E::Column::iter().count());
    let mut models = models.into_iter().peekable();
    while models.peek().is_some() {
        let mut insert = E::insert_many(models.by_ref().take(size).map(M::into_active_model));
        if let Some(on_conflict) = &on_conflict {
            insert = insert.on_conflict(on_conflict.clone());
        }
        insert.exec_without_returning(db).await?;
    }
    Ok(())
}

/// The placeholders of a multi-row `VALUES` list: `($1, $2), ($3, $4)`.
pub(crate) fn placeholders(rows: usize, columns: usize) -> String {
    let row = |at: usize| {
        let places: Vec<String> = (1..=columns).map(|column| format!("${}", at * columns + column)).collect();
        format!("({})", places.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// A column's value as a parameter; an absent one keeps the column's type, which PostgreSQL wants to know.
pub(crate) fn parameter(kind: ColumnType, value: Value) -> sea_orm::Value {
    match (kind, value) {
        (_, Value::Bool(truth)) => truth.into(),
        (_, Value::Int(number)) => number.into(),
        (_, Value::Text(text)) => text.into(),
        (ColumnType::Bool, Value::Null) => Option::<bool>::None.into(),
        (ColumnType::Int, Value::Null) => Option::<i64>::None.into(),
        (ColumnType::Text, Value::Null) => Option::<String>::None.into(),
    }
}

/// Whether a column can hold a value.
pub(crate) fn fits(kind: ColumnType, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(_) => kind == ColumnType::Bool,
        Value::Int(_) => kind == ColumnType::Int,
        Value::Text(text) => kind == ColumnType::Text && !has_nul(text),
    }
}

/// Whether a text holds U+0000, which PostgreSQL cannot store.
pub(crate) fn has_nul(text: &str) -> bool {
    text.as_bytes().contains(&0)
}

/// Whether the row has the table's columns, each with a value that it can hold.
pub(crate) fn row_fits(table: &Table, row: &[Value]) -> bool {
    row.len() == table.columns.len()
        && table
            .columns
            .iter()
            .zip(row)
            .all(|(column, value)| fits(column.kind, value) && (column.nullable || *value != Value::Null))
}

/// The values of the columns of a row that came back.
pub(crate) fn row_of(table: &Table, result: &QueryResult) -> Result<Row, DbErr> {
    let value = |(at, column): (usize, &dingce_app::ports::Column)| {
        Ok(match column.kind {
            ColumnType::Text => result.try_get_by_index::<Option<String>>(at)?.map(Value::Text),
            ColumnType::Int => result.try_get_by_index::<Option<i64>>(at)?.map(Value::Int),
            ColumnType::Bool => result.try_get_by_index::<Option<bool>>(at)?.map(Value::Bool),
        }
        .unwrap_or(Value::Null))
    };
    table.columns.iter().enumerate().map(value).collect()
}

/// A count or place as the databases keep it.
pub(crate) fn signed(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).doing("a number is too large for the store")
}

/// A count or place as the databases gave it.
pub(crate) fn unsigned(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).doing("the store holds a negative number")
}
