//! Read tables, described once: a row type names its table, its columns and its keys; the store creates, fills,
//! queries and compares every table from that description alone.
//!
//! Read tables are a projection of events. They are never the truth: `dingce store rebuild --check` computes them
//! again from the events and compares.

use serde::{Deserialize, Serialize};

/// The value of one column of one row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// No value.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number; instants are milliseconds since 1970-01-01T00:00Z.
    Int(i64),
    /// A text; dates are `YYYY-MM-DD`, documents with structure are JSON.
    Text(String),
}

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// UTF-8 text without U+0000.
    Text,
    /// Signed 64-bit whole number.
    Int,
    /// Truth value.
    Bool,
}

/// One column of a read table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name in SQL.
    pub name: &'static str,
    /// Its type.
    pub kind: ColumnType,
    /// Whether it may be absent.
    pub nullable: bool,
}

/// An index over the rows alone in which a truth value is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partial {
    /// The column with the truth value.
    pub when: &'static str,
    /// The columns of the index.
    pub columns: &'static [&'static str],
}

/// A read table: everything the store needs to make it and to keep it.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name in SQL.
    pub name: &'static str,
    /// Its columns, in the order of a [`Row`].
    pub columns: &'static [Column],
    /// The columns of its primary key.
    pub key: &'static [&'static str],
    /// Further indexes, each a list of columns.
    pub indexes: &'static [&'static [&'static str]],
    /// Indexes over some of the rows; a query finds them with [`Filter::Holds`].
    pub partial: &'static [Partial],
}

impl Table {
    /// Where a column stands in a row.
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == column)
    }
}

/// The values of one row, in the order of [`Table::columns`].
pub type Row = Vec<Value>;

/// A change to a read table, folded to the final value of the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowChange {
    /// Insert the row, or replace the one with the same key.
    Put {
        /// Which table.
        table: &'static Table,
        /// All values.
        row: Row,
    },
    /// Remove the row with this key, if there is one.
    Remove {
        /// Which table.
        table: &'static Table,
        /// The values of the key columns, in the order of [`Table::key`].
        key: Row,
    },
}

/// One condition on a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// The column equals the value (`Null` matches absent values).
    Eq(&'static str, Value),
    /// The column equals one of the values; an empty list matches nothing.
    In(&'static str, Vec<Value>),
    /// The column equals none of the values; an empty list leaves out nothing.
    NotIn(&'static str, Vec<Value>),
    /// At least one of these columns equals one of the values; no column, or no value, matches nothing.
    AnyIn(Vec<&'static str>, Vec<Value>),
    /// The truth value of the column is true. Said as a constant, so that an index over those rows alone serves.
    Holds(&'static str),
    /// The column is less than the value.
    Lt(&'static str, Value),
    /// The column is greater than or equal to the value.
    Ge(&'static str, Value),
    /// At least one of these lists holds as a whole; no list matches nothing, an empty one everything.
    Either(Vec<Vec<Filter>>),
    /// The text column contains this text; case-sensitive, no wildcards.
    Contains(&'static str, String),
}

/// In which direction a query runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Greatest first.
    Descending,
}

/// A page of rows: all filters hold, in the given order, after the given place.
#[derive(Debug, Clone)]
pub struct RowQuery {
    /// Which table.
    pub table: &'static Table,
    /// Conditions, all of which hold.
    pub filters: Vec<Filter>,
    /// Columns to order by; the primary key's columns are appended, so the order is total.
    pub order: Vec<&'static str>,
    /// Direction of the whole order.
    pub direction: Direction,
    /// Keyset cursor: the values of the order columns and then of the key columns of the last row seen.
    pub after: Option<Row>,
    /// How many rows at most, 1 to 1,000.
    pub limit: u64,
}

impl RowQuery {
    /// All rows of a table in key order, 1,000 at most.
    pub fn all(table: &'static Table) -> Self {
        Self {
            table,
            filters: Vec::new(),
            order: Vec::new(),
            direction: Direction::Ascending,
            after: None,
            limit: 1000,
        }
    }

    /// The same with one more condition.
    #[must_use]
    pub fn with(mut self, filter: Filter) -> Self {
        self.filters.push(filter);
        self
    }

    /// The columns of the total order: those asked for and then those of the key that are not among them.
    pub fn total_order(&self) -> Vec<&'static str> {
        let mut order = self.order.clone();
        order.extend(self.table.key.iter().copied().filter(|k| !self.order.contains(k)));
        order
    }
}

/// A row type of a read table.
pub trait ReadRow: Sized + Send + 'static {
    /// The table it is a row of.
    const TABLE: &'static Table;
    /// Its values in column order.
    fn into_row(self) -> Row;
    /// The row with these values; `None` where number or types differ from the table's.
    fn from_row(row: Row) -> Option<Self>;

    /// The change that puts this row.
    fn put(self) -> RowChange {
        RowChange::Put { table: Self::TABLE, row: self.into_row() }
    }
}

/// A Rust type that a column can hold.
pub trait ColumnValue: Sized {
    /// The column's type.
    const KIND: ColumnType;
    /// Whether the column may be absent.
    const NULLABLE: bool = false;
    /// As a value.
    fn into_value(self) -> Value;
    /// From a value of this type.
    fn from_value(value: Value) -> Option<Self>;
}

impl ColumnValue for String {
    const KIND: ColumnType = ColumnType::Text;
    fn into_value(self) -> Value {
        Value::Text(self)
    }
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl ColumnValue for i64 {
    const KIND: ColumnType = ColumnType::Int;
    fn into_value(self) -> Value {
        Value::Int(self)
    }
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Int(number) => Some(number),
            _ => None,
        }
    }
}

impl ColumnValue for bool {
    const KIND: ColumnType = ColumnType::Bool;
    fn into_value(self) -> Value {
        Value::Bool(self)
    }
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Bool(truth) => Some(truth),
            _ => None,
        }
    }
}

impl<T: ColumnValue> ColumnValue for Option<T> {
    const KIND: ColumnType = T::KIND;
    const NULLABLE: bool = true;
    fn into_value(self) -> Value {
        self.map_or(Value::Null, T::into_value)
    }
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            other => T::from_value(other).map(Some),
        }
    }
}

/// Declares row types of read tables.
///
/// ```
/// dingce_app::read_rows! {
///     /// A town.
///     TownRow in "town" key [id] indexes [[name]] {
///         /// Which one.
///         id: String,
///         /// Its name.
///         name: String,
///         /// How many live there; absent where not counted.
///         people: Option<i64>,
///     }
/// }
/// use dingce_app::ports::ReadRow;
/// assert_eq!(TownRow::TABLE.columns.len(), 3);
/// ```
#[macro_export]
macro_rules! read_rows {
    ($($(#[$doc:meta])* $name:ident in $table:literal key [$($key:ident),+] indexes [$([$($index:ident),+]),*] $(where $($when:ident [$($some:ident),+]),+)? {
        $($(#[$field_doc:meta])* $field:ident: $kind:ty,)+
    })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $kind,)+
        }

        impl $crate::ports::ReadRow for $name {
            const TABLE: &'static $crate::ports::Table = &$crate::ports::Table {
                name: $table,
                columns: &[$($crate::ports::Column {
                    name: stringify!($field),
                    kind: <$kind as $crate::ports::ColumnValue>::KIND,
                    nullable: <$kind as $crate::ports::ColumnValue>::NULLABLE,
                }),+],
                key: &[$(stringify!($key)),+],
                indexes: &[$(&[$(stringify!($index)),+]),*],
                partial: &[$($($crate::ports::Partial {
                    when: stringify!($when),
                    columns: &[$(stringify!($some)),+],
                }),+)?],
            };

            fn into_row(self) -> $crate::ports::Row {
                let Self { $($field),+ } = self;
                vec![$($crate::ports::ColumnValue::into_value($field)),+]
            }

            fn from_row(row: $crate::ports::Row) -> Option<Self> {
                let mut values = row.into_iter();
                let made = Self { $($field: $crate::ports::ColumnValue::from_value(values.next()?)?),+ };
                values.next().is_none().then_some(made)
            }
        }
    )*};
}
