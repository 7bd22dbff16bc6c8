//! Folds the changes of a batch to one final value for each row, because one statement may touch a row only once.

use std::collections::BTreeMap;

use dingce_app::ports::{Append, DeadlineChange, Millis, Row, RowChange, Table};

/// The final rows of one table by key; absent where the row is removed.
pub(super) type FinalRows = BTreeMap<Row, Option<Row>>;

/// The final rows of all tables, tables and keys in order, so that two nodes lock them in the same order.
pub(super) fn rows(winners: &[&Append]) -> Vec<(&'static Table, FinalRows)> {
    let mut tables: BTreeMap<&'static str, (&'static Table, FinalRows)> = BTreeMap::new();
    for change in winners.iter().flat_map(|append| &append.rows) {
        let (table, key, row) = match change {
            RowChange::Put { table, row } => (*table, key_of(table, row), Some(row.clone())),
            RowChange::Remove { table, key } => (*table, key.clone(), None),
        };
        tables.entry(table.name).or_insert_with(|| (table, FinalRows::new())).1.insert(key, row);
    }
    tables.into_values().collect()
}

fn key_of(table: &Table, row: &Row) -> Row {
    table.key.iter().filter_map(|name| row.get(table.position(name)?).cloned()).collect()
}

/// The final timers by stream and clock; the outer `None` removes the timer.
pub(super) fn deadlines(winners: &[&Append]) -> BTreeMap<(String, String), Option<Option<Millis>>> {
    let change = |change: &DeadlineChange| match change {
        DeadlineChange::Set(timer) => ((timer.stream.to_string(), timer.clock.clone()), Some(timer.due_at)),
        DeadlineChange::Clear { stream, clock } => ((stream.to_string(), clock.clone()), None),
    };
    winners.iter().flat_map(|append| &append.deadlines).map(change).collect()
}
