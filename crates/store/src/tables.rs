//! Read tables, made from their descriptions.
//!
//! A shape is the digest of the statements that make the table, kept in `read_tables`. Texts are compared by their
//! bytes on both databases, absent values come before all others, so a page of rows is the same page on both.

use std::fmt::Write as _;

use dingce_app::ports::{ColumnType, Partial, Table};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement};
use sha2::{Digest as _, Sha256};

use crate::error::OpenError;

/// Names that a read table may not take.
const FIXED: &[&str] = &[
    "events",
    "heads",
    "sealed_bodies",
    "subject_keys",
    "legality_clearance",
    "claims",
    "idempotency",
    "deadlines",
    "outbox",
    "snapshots",
    "log_pending",
    "log_entry",
    "log_head",
    "log_checkpoint",
    "schema_version",
    "read_tables",
];

/// Refuses descriptions that cannot be tables on both databases.
pub(crate) fn check(tables: &[&'static Table]) -> Result<(), OpenError> {
    for (at, table) in tables.iter().enumerate() {
        if let Some(problem) = problem(table) {
            return Err(OpenError::Table { table: table.name, problem });
        }
        if tables[..at].iter().any(|other| other.name == table.name) {
            return Err(OpenError::Table { table: table.name, problem: "two tables have this name" });
        }
    }
    Ok(())
}

fn problem(table: &Table) -> Option<&'static str> {
    let plain = |name: &str| {
        name.len() <= 50
            && name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    let partial = || table.partial.iter();
    let named = table.key.iter().chain(table.indexes.iter().copied().flatten());
    let named = named.chain(partial().flat_map(|p| p.columns)).chain(partial().map(|p| &p.when));
    let truth = |name: &str| table.columns.iter().any(|c| c.name == name && c.kind == ColumnType::Bool);
    let key = table.key.iter().filter_map(|name| table.columns.iter().find(|column| column.name == *name));
    match table {
        _ if !plain(table.name) || !table.columns.iter().all(|column| plain(column.name)) => {
            Some("names have at most 50 lower-case letters, digits and underscores, a letter first")
        }
        _ if FIXED.contains(&table.name) => Some("the name belongs to a table of the store"),
        _ if table.key.is_empty() => Some("it has no key"),
        _ if table.columns.iter().enumerate().any(|(at, c)| table.position(c.name) != Some(at)) => {
            Some("two columns have the same name")
        }
        _ if !partial().all(|p| truth(p.when)) => Some("an index over some rows asks a column that is no truth value"),
        _ if named.into_iter().any(|name| table.position(name).is_none()) => Some("a key or index names no column"),
        _ if key.into_iter().any(|column| column.nullable) => Some("a column of the key may be absent"),
        _ => None,
    }
}

/// The statements that make a table and its indexes.
fn ddl(table: &Table, backend: DbBackend) -> String {
    let sqlite = backend == DbBackend::Sqlite;
    let mut sql = format!("CREATE TABLE \"{}\" (\n", table.name);
    for column in table.columns {
        let (name, null) = (column.name, if column.nullable { "" } else { " NOT NULL" });
        let kind = match (column.kind, sqlite) {
            (ColumnType::Text, true) => "TEXT".to_owned(),
            (ColumnType::Int, true) => "INTEGER".to_owned(),
            (ColumnType::Bool, true) => format!("INTEGER CHECK (\"{name}\" IN (0, 1))"),
            (ColumnType::Text, false) => "text COLLATE \"C\"".to_owned(),
            (ColumnType::Int, false) => "bigint".to_owned(),
            (ColumnType::Bool, false) => "boolean".to_owned(),
        };
        let _ = writeln!(sql, "    \"{name}\" {kind}{null},");
    }
    let key: Vec<String> = table.key.iter().map(|name| format!("\"{name}\"")).collect();
    let _ = writeln!(sql, "    PRIMARY KEY ({})\n){};", key.join(", "), if sqlite { " STRICT" } else { "" });
    for (number, index) in table.indexes.iter().enumerate() {
        let columns: Vec<String> = index.iter().map(|name| index_column(table, name, sqlite)).collect();
        let _ =
            writeln!(sql, "CREATE INDEX \"{}_ix{number}\" ON \"{}\" ({});", table.name, table.name, columns.join(", "));
    }
    for (number, Partial { when, columns }) in table.partial.iter().enumerate() {
        let columns: Vec<String> = columns.iter().map(|name| index_column(table, name, sqlite)).collect();
        let holds = truth(when, sqlite);
        let name = table.name;
        let _ =
            writeln!(sql, "CREATE INDEX \"{name}_px{number}\" ON \"{name}\" ({}) WHERE {holds};", columns.join(", "));
    }
    sql
}

/// That a truth value is true, as a constant.
pub(crate) fn truth(column: &str, sqlite: bool) -> String {
    if sqlite { format!("\"{column}\" = 1") } else { format!("\"{column}\"") }
}

/// SQLite sorts absent values first by itself; PostgreSQL must be told, and only where they can occur.
fn index_column(table: &Table, name: &str, sqlite: bool) -> String {
    let nullable = table.columns.iter().any(|column| column.name == name && column.nullable);
    format!("\"{name}\"{}", if nullable && !sqlite { " NULLS FIRST" } else { "" })
}

fn shape(table: &Table, backend: DbBackend) -> String {
    hex::encode(Sha256::digest(ddl(table, backend)))
}

/// Makes missing tables and makes changed ones anew; gives the names of all that must be rebuilt.
///
/// A table that this program does not know is left alone: a program of another release may still read it.
pub(crate) async fn make(tx: &DatabaseTransaction, wanted: &[&'static Table]) -> Result<Vec<String>, DbErr> {
    let backend = tx.get_database_backend();
    let events = tx.query_one_raw(Statement::from_string(backend, "SELECT stream FROM heads LIMIT 1")).await?.is_some();
    for table in differing(tx, wanted).await? {
        let Some(table) = wanted.iter().find(|one| one.name == table) else { continue };
        tx.execute_unprepared(&format!("DROP TABLE IF EXISTS \"{}\"", table.name)).await?;
        tx.execute_unprepared(&ddl(table, backend)).await?;
        let sql = "INSERT INTO read_tables (name, shape, rebuild) VALUES ($1, $2, $3) \
                   ON CONFLICT (name) DO UPDATE SET shape = excluded.shape, rebuild = excluded.rebuild";
        let values = [table.name.into(), shape(table, backend).into(), i64::from(events).into()];
        tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    }
    needing_rebuild(tx).await
}

/// Names of the wanted tables that are missing or have another shape.
pub(crate) async fn differing(
    db: &impl ConnectionTrait,
    wanted: &[&'static Table],
) -> Result<Vec<&'static str>, DbErr> {
    let backend = db.get_database_backend();
    let rows = db.query_all_raw(Statement::from_string(backend, "SELECT name, shape FROM read_tables")).await?;
    let known = rows
        .iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect::<Result<Vec<(String, String)>, DbErr>>()?;
    let same = |table: &Table| known.iter().any(|(name, kept)| name == table.name && *kept == shape(table, backend));
    Ok(wanted.iter().filter(|table| !same(table)).map(|table| table.name).collect())
}

pub(crate) async fn needing_rebuild(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let sql = "SELECT name FROM read_tables WHERE rebuild = 1 ORDER BY name";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Notes that a table was filled from the events.
pub(crate) async fn rebuilt(tx: &DatabaseTransaction, table: &Table) -> Result<(), DbErr> {
    let sql = "UPDATE read_tables SET rebuild = 0 WHERE name = $1";
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, [table.name.into()])).await?;
    Ok(())
}
