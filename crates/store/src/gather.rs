//! Small reads of many requests, made together.
//!
//! Around each act a handful of single rows are read: heads of streams, the asker, the thing that is shown. Each costs a statement, and
//! under load the statements cost more than what they find. So while one read of a kind is under way, whoever asks waits, and all who
//! wait are answered by the next one. Who asks alone waits for nobody. A read begins after everybody whom it answers has asked, so each
//! sees whatever was committed before they did.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use dingce_app::ports::{ColumnType, Direction, Filter, Head, Row, RowQuery, StoreError, Table, Value};
use dingce_domain::id::StreamId;
use futures_util::FutureExt;
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter};
use tokio::sync::{mpsc, oneshot};

use crate::bind::{has_nul, unsigned};
use crate::entity::event::heads;
use crate::error::Doing;
use crate::read::{hash, parse};
use crate::rows::read_page;

/// Most keys that are gathered for one statement. Who asks for more asks alone.
const TOGETHER: usize = 64;

type Found<K, V> = Result<Arc<HashMap<K, V>>, Arc<StoreError>>;

struct Ask<K, V> {
    keys: Vec<K>,
    answer: oneshot::Sender<Found<K, V>>,
}

/// Reads of one kind.
struct Gather<K, V> {
    asks: mpsc::UnboundedSender<Ask<K, V>>,
}

impl<K, V> Gather<K, V>
where
    K: Clone + Ord + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Must be called inside a tokio runtime; the task ends when this is dropped.
    fn new<F, R>(read: F) -> Self
    where
        F: Fn(Vec<K>) -> R + Send + Sync + 'static,
        R: Future<Output = Result<HashMap<K, V>, StoreError>> + Send + 'static,
    {
        let (asks, waiting) = mpsc::unbounded_channel();
        tokio::spawn(run(waiting, read));
        Self { asks }
    }

    /// What there is for each of these keys, in their order.
    async fn ask(&self, keys: Vec<K>) -> Result<Vec<V>, StoreError> {
        let none = || StoreError::new("reading", "the read ended without an answer");
        let (answer, wait) = oneshot::channel();
        self.asks.send(Ask { keys: keys.clone(), answer }).map_err(|_| none())?;
        let found = wait.await.map_err(|_| none())?;
        // The cause is shared by all who asked; its words are what each needs.
        let found = found.map_err(|error| StoreError::new(error.doing.clone(), error.source.to_string()))?;
        Ok(keys.iter().filter_map(|key| found.get(key).cloned()).collect())
    }
}

async fn run<K, V, F, R>(mut waiting: mpsc::UnboundedReceiver<Ask<K, V>>, read: F)
where
    K: Ord + Hash,
    F: Fn(Vec<K>) -> R,
    R: Future<Output = Result<HashMap<K, V>, StoreError>>,
{
    while let Some(first) = waiting.recv().await {
        // Whoever can run now may ask too.
        tokio::task::yield_now().await;
        let (mut keys, mut answers) = (BTreeSet::from_iter(first.keys), vec![first.answer]);
        while keys.len() < TOGETHER
            && let Ok(ask) = waiting.try_recv()
        {
            keys.extend(ask.keys);
            answers.push(ask.answer);
        }
        // A read that panics answers nobody, and the next one is made all the same.
        let read = AssertUnwindSafe(read(keys.into_iter().collect()));
        let Ok(found) = read.catch_unwind().await else { continue };
        let found = found.map(Arc::new).map_err(Arc::new);
        for answer in answers {
            // The asker may be gone.
            let _ = answer.send(found.clone());
        }
    }
}

/// All reads that are gathered.
pub(crate) struct Gathered {
    heads: Gather<StreamId, Head>,
    rows: HashMap<&'static str, Gather<String, Row>>,
}

impl Gathered {
    /// Those of a store with these read tables.
    pub(crate) fn over(reader: &DatabaseConnection, tables: &[&'static Table]) -> Self {
        let rows = tables.iter().filter_map(|table| Some((table.name, rows_by_key(reader, table)?))).collect();
        let reader = reader.clone();
        let heads = Gather::new(move |streams| {
            let reader = reader.clone();
            async move { heads_of(&reader, streams).await }
        });
        Self { heads, rows }
    }

    pub(crate) async fn head(&self, stream: StreamId) -> Result<Option<Head>, StoreError> {
        Ok(self.heads.ask(vec![stream]).await?.pop())
    }

    /// The rows of a query, if it asks for nothing but rows with certain keys; else `None`.
    pub(crate) async fn rows(&self, query: &RowQuery) -> Option<Result<Vec<Row>, StoreError>> {
        let gather = self.rows.get(query.table.name)?;
        Some(gather.ask(keys_of(query)?).await)
    }
}

/// The keys that a query names, in the order of its answer, if it asks for nothing else.
fn keys_of(query: &RowQuery) -> Option<Vec<String>> {
    let RowQuery { table, filters, order, direction, after, limit } = query;
    let [key] = table.key else { return None };
    let sought = match &filters[..] {
        [Filter::Eq(column, value)] if column == key => std::slice::from_ref(value),
        [Filter::In(column, values)] if column == key => values,
        _ => return None,
    };
    let text = |value: &Value| match value {
        Value::Text(text) if !has_nul(text) => Some(text.clone()),
        _ => None,
    };
    let keys: BTreeSet<String> = sought.iter().map(text).collect::<Option<_>>()?;
    let whole = after.is_none() && (1..=1000).contains(limit) && keys.len() as u64 <= *limit;
    let plain = order.is_empty() && *direction == Direction::Ascending;
    (whole && plain && (1..=TOGETHER).contains(&keys.len())).then(|| keys.into_iter().collect())
}

/// For a table whose key is one text.
fn rows_by_key(reader: &DatabaseConnection, table: &'static Table) -> Option<Gather<String, Row>> {
    let [key] = *table.key else { return None };
    let at = table.position(key)?;
    if table.columns.get(at)?.kind != ColumnType::Text {
        return None;
    }
    let reader = reader.clone();
    Some(Gather::new(move |keys| {
        let (reader, keys) = (reader.clone(), evened(keys).into_iter().map(Value::Text).collect());
        async move {
            let found = read_page(&reader, &RowQuery::all(table).with(Filter::In(key, keys))).await?;
            let by_key = |row: Row| match row.get(at) {
                Some(Value::Text(key)) => Some((key.clone(), row)),
                _ => None,
            };
            Ok(found.into_iter().filter_map(by_key).collect())
        }
    }))
}

async fn heads_of(reader: &DatabaseConnection, streams: Vec<StreamId>) -> Result<HashMap<StreamId, Head>, StoreError> {
    let streams = evened(streams).into_iter().map(|stream| stream.to_string());
    let found = heads::Entity::find().filter(heads::Column::Stream.is_in(streams)).all(reader).await;
    let head =
        |row: heads::Model| Ok((parse(&row.stream)?, Head { n: unsigned(row.n)?, leaf_hash: hash(row.leaf_hash)? }));
    found.doing("reading heads")?.into_iter().map(head).collect()
}

/// The same keys, the last one repeated until they are 1, 2, 4, 8 …: a handful of statements, which the databases keep prepared.
fn evened<K: Clone>(mut keys: Vec<K>) -> Vec<K> {
    if let Some(last) = keys.last().cloned() {
        keys.resize(keys.len().next_power_of_two(), last);
    }
    keys
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Semaphore;

    use super::*;

    /// Doubles numbers; each read waits until it is let through. Zero makes it panic, and odd numbers are not there.
    fn doubling(gate: &Arc<Semaphore>, reads: &Arc<AtomicUsize>) -> Gather<u32, u32> {
        let (gate, reads) = (Arc::clone(gate), Arc::clone(reads));
        Gather::new(move |keys| {
            let (gate, reads) = (Arc::clone(&gate), Arc::clone(&reads));
            async move {
                gate.acquire().await.expect("open").forget();
                reads.fetch_add(1, Ordering::Relaxed);
                assert!(!keys.contains(&0), "as the test asked");
                Ok(keys.into_iter().filter(|key| key % 2 == 0).map(|key| (key, key * 2)).collect())
            }
        })
    }

    #[tokio::test]
    async fn whoever_asks_during_a_read_is_answered_by_the_next() {
        let (gate, reads) = (Arc::new(Semaphore::new(0)), Arc::default());
        let gather = Arc::new(doubling(&gate, &reads));
        let ask = |keys: Vec<u32>| {
            let gather = Arc::clone(&gather);
            tokio::spawn(async move { gather.ask(keys).await.expect("read") })
        };
        let first = ask(vec![2]);
        // The first read is under way: the current-thread runtime runs everything that can run.
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        let later: Vec<_> = (0..20).map(|at| ask(vec![4 + 2 * (at % 3), 5, 4])).collect();
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        gate.add_permits(2);
        assert_eq!(first.await.expect("ran"), [4]);
        for (at, one) in (0..20).zip(later) {
            assert_eq!(
                one.await.expect("ran"),
                [2 * (4 + 2 * (at % 3)), 8],
                "in the order of the keys, absent ones left out"
            );
        }
        assert_eq!(reads.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn a_read_that_breaks_off_holds_nobody_up() {
        let (gate, reads) = (Arc::new(Semaphore::new(9)), Arc::default());
        let gather = doubling(&gate, &reads);
        gather.ask(vec![0]).await.expect_err("it broke off");
        assert_eq!(gather.ask(vec![6]).await.expect("read"), [12]);
    }

    #[test]
    fn keys_are_evened_to_powers_of_two() {
        let lengths = |length: usize| evened(vec!["key"; length]).len();
        assert_eq!([0, 1, 2, 3, 5, 33, 64].map(lengths), [0, 1, 2, 4, 8, 64, 64]);
    }
}
