//! Rows fetched together: however many things a page shows, what they point to is read by one statement a table.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use dingce_app::App;
use dingce_app::ports::{Filter, ReadRow, Row, RowQuery, Value};

use super::errors::{Failure, Lang};

/// How many rows one statement gives at most.
const STATEMENT: usize = 1000;

/// The row of `R` with this value in the first column of its key.
pub struct Key<R>(pub String, PhantomData<fn() -> R>);

/// The rows of `R` with this value in a column, in the order of another.
pub struct Of<R> {
    column: &'static str,
    order: &'static str,
    value: String,
    kind: PhantomData<fn() -> R>,
}

impl<R> Key<R> {
    /// The key with this value.
    pub fn new(value: impl ToString) -> Self {
        Self(value.to_string(), PhantomData)
    }
}

impl<R> Of<R> {
    /// The rows with this value in `column`, by `order`.
    pub fn new(column: &'static str, value: impl ToString, order: &'static str) -> Self {
        Self { column, order, value: value.to_string(), kind: PhantomData }
    }
}

impl<R> Clone for Key<R> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<R> PartialEq for Key<R> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<R> Eq for Key<R> {}

impl<R> Hash for Key<R> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<R> Clone for Of<R> {
    fn clone(&self) -> Self {
        Self { column: self.column, order: self.order, value: self.value.clone(), kind: PhantomData }
    }
}

impl<R> PartialEq for Of<R> {
    fn eq(&self, other: &Self) -> bool {
        self.column == other.column && self.order == other.order && self.value == other.value
    }
}

impl<R> Eq for Of<R> {}

impl<R> Hash for Of<R> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.column, self.order, &self.value).hash(state);
    }
}

/// Loads rows of the read tables. What a request may see is checked where the rows are used.
pub struct Rows {
    /// The application.
    pub app: Arc<App>,
    /// Language of failures.
    pub lang: Lang,
    /// Operation under which failures are logged.
    pub operation: String,
}

impl Rows {
    async fn rows(&self, query: &RowQuery) -> Result<Vec<Row>, Failure> {
        self.app.store().rows(query).await.map_err(|error| Failure::of(error.into(), self.lang, &self.operation))
    }

    fn read<R: ReadRow>(&self, row: Row) -> Result<R, Failure> {
        R::from_row(row).ok_or_else(|| {
            let error = dingce_app::AppError::internal(format!("reading {}", R::TABLE.name), "a row of another shape");
            Failure::of(error, self.lang, &self.operation)
        })
    }
}

fn texts<'a>(values: impl Iterator<Item = &'a String>) -> Vec<Value> {
    values.map(|v| Value::Text(v.clone())).collect()
}

impl<R: ReadRow + Clone + Sync> Loader<Key<R>> for Rows {
    type Value = R;
    type Error = Failure;

    async fn load(&self, keys: &[Key<R>]) -> Result<HashMap<Key<R>, R>, Failure> {
        let column = R::TABLE.key[0];
        let at = R::TABLE.position(column).unwrap_or(0);
        let mut found = HashMap::with_capacity(keys.len());
        for some in keys.chunks(STATEMENT) {
            let query = RowQuery::all(R::TABLE).with(Filter::In(column, texts(some.iter().map(|k| &k.0))));
            for row in self.rows(&query).await? {
                if let Some(Value::Text(key)) = row.get(at) {
                    let key = Key::new(key);
                    found.insert(key, self.read::<R>(row)?);
                }
            }
        }
        Ok(found)
    }
}

impl<R: ReadRow + Clone + Sync> Loader<Of<R>> for Rows {
    type Value = Vec<R>;
    type Error = Failure;

    async fn load(&self, keys: &[Of<R>]) -> Result<HashMap<Of<R>, Vec<R>>, Failure> {
        let mut found: HashMap<Of<R>, Vec<R>> = keys.iter().map(|k| (k.clone(), Vec::new())).collect();
        let mut alike: HashMap<(&str, &str), Vec<&Of<R>>> = HashMap::new();
        for key in keys {
            alike.entry((key.column, key.order)).or_default().push(key);
        }
        for some in alike.values().flat_map(|keys| keys.chunks(STATEMENT)) {
            self.load_alike(some, &mut found).await?;
        }
        Ok(found)
    }
}

impl Rows {
    /// Rows for keys of one column and order, at most as many as a statement takes.
    async fn load_alike<R: ReadRow>(&self, keys: &[&Of<R>], found: &mut HashMap<Of<R>, Vec<R>>) -> Result<(), Failure> {
        let Some(Of { column, order, .. }) = keys.first().copied().cloned() else { return Ok(()) };
        let at = R::TABLE.position(column).unwrap_or(0);
        let mut query = RowQuery::all(R::TABLE).with(Filter::In(column, texts(keys.iter().map(|k| &k.value))));
        query.order = vec![order];
        loop {
            let rows = self.rows(&query).await?;
            let last = rows.last().filter(|_| rows.len() >= STATEMENT).map(|row| place(&query, row));
            for row in rows {
                if let Some(Value::Text(value)) = row.get(at) {
                    let key = Of::new(column, value, order);
                    found.entry(key).or_default().push(self.read::<R>(row)?);
                }
            }
            match last {
                Some(place) => query.after = Some(place),
                None => return Ok(()),
            }
        }
    }
}

/// Where a row stands in the total order of a query.
pub fn place(query: &RowQuery, row: &[Value]) -> Row {
    query
        .total_order()
        .into_iter()
        .map(|column| query.table.position(column).and_then(|at| row.get(at)).cloned().unwrap_or(Value::Null))
        .collect()
}
