//! Read tables and timers computed again from the events: to compare, and to replace where a shape changed.

use std::collections::BTreeMap;

use dingce_domain::id::StreamId;

use super::lost_erasures::LostErasure;
use crate::app::App;
use crate::envelope;
use crate::error::AppError;
use crate::load::advance;
use crate::ports::{Deadline, DeadlineChange, Direction, Row, RowChange, RowQuery, Table, Value};
use crate::read_rows::TABLES;
use crate::stream::{Loaded, Stream};
use crate::streams::by_kind;

/// One row that is not what the events say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which table.
    pub table: &'static str,
    /// Its key.
    pub key: Vec<Value>,
    /// What is stored; `None` where it is missing.
    pub stored: Option<Row>,
    /// What the events give; `None` where they give nothing.
    pub computed: Option<Row>,
}

/// What a rebuild found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RebuildReport {
    /// Streams read.
    pub streams: u64,
    /// Events read.
    pub events: u64,
    /// Rows computed.
    pub rows: u64,
    /// Differences, the first 100.
    pub differences: Vec<Difference>,
    /// How many there are in all.
    pub differing: u64,
}

/// Tables as computed: by table and key.
#[derive(Default)]
struct Computed {
    tables: BTreeMap<&'static str, BTreeMap<Row, Row>>,
    deadlines: BTreeMap<(StreamId, String), Deadline>,
    streams: u64,
    events: u64,
}

impl Computed {
    fn take(&mut self, follows: crate::stream::Follows) {
        for change in follows.rows {
            match change {
                RowChange::Put { table, row } => {
                    self.tables.entry(table.name).or_default().insert(key_of(table, &row), row);
                }
                RowChange::Remove { table, key } => {
                    self.tables.entry(table.name).or_default().remove(&key);
                }
            }
        }
        for change in follows.deadlines {
            match change {
                DeadlineChange::Set(deadline) => {
                    self.deadlines.insert((deadline.stream, deadline.clock.clone()), deadline);
                }
                DeadlineChange::Clear { stream, clock } => {
                    self.deadlines.remove(&(stream, clock));
                }
            }
        }
    }
}

fn key_of(table: &Table, row: &Row) -> Row {
    table.key.iter().filter_map(|k| table.position(k).and_then(|i| row.get(i)).cloned()).collect()
}

impl App {
    /// Computes all read tables from the events; compares them with those stored, or replaces those.
    ///
    /// Events written while it runs show as differences: run it while nothing is written, or compare again. Replacing
    /// while something is written would lose those rows, so nothing may be written then. Replacing is one transaction a
    /// table; broken off between two of them, it is run again.
    ///
    /// All rows are held in memory at once, about twice the size of the read tables, most of it the text of comments
    /// and opinions; events are read a thousand at a time.
    ///
    /// # Errors
    /// Where the store fails or a stream cannot be read.
    pub async fn rebuild(
        &self,
        replace: bool,
        progress: &(dyn Fn(u64, u64) + Send + Sync),
    ) -> Result<RebuildReport, AppError> {
        let mut computed = Computed::default();
        let lost = self.lost_erasures().await?;
        let mut after = None;
        loop {
            let page = self.store.streams(after, 500).await?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            for (stream, _) in page {
                by_kind!(stream.kind, S => self.replay::<S>(stream, &lost, &mut computed).await)?;
                computed.streams += 1;
                progress(computed.streams, computed.events);
            }
        }
        if replace {
            for table in TABLES {
                let rows = computed.tables.get(table.name).map(|t| t.values().cloned().collect()).unwrap_or_default();
                self.store.replace_rows(table, rows).await?;
            }
            self.store.replace_deadlines(computed.deadlines.values().cloned().collect()).await?;
        }
        self.compare(computed).await
    }

    /// One stream, event by event: what followed from each act is what follows now. So it is for erasures that are on record in the
    /// log only.
    async fn replay<S: Stream>(
        &self,
        stream: StreamId,
        lost: &[LostErasure],
        computed: &mut Computed,
    ) -> Result<(), AppError> {
        let id = S::id(stream);
        let mut state: Option<Loaded<S>> = None;
        self.each_stored(stream, 0, u64::MAX, |stored| {
            let recorded = envelope::read::<S::Event>(&stored)?;
            let next = advance(id, state.take(), &recorded, stored.event.leaf_hash)?;
            computed.take(S::follows(id, &next, std::slice::from_ref(&recorded)));
            computed.events += 1;
            state = Some(next);
            Ok(())
        })
        .await?;
        for LostErasure { stored, .. } in lost.iter().filter(|lost| lost.stored.stream == stream) {
            let recorded = envelope::read::<S::Event>(stored)?;
            // Numbers between may be missing: what is lost before it changes nothing of what it says.
            let before = state.take().map(|mut known| {
                known.tip.n = stored.n - 1;
                known
            });
            let next = advance(id, before, &recorded, stored.event.leaf_hash)?;
            computed.take(S::follows(id, &next, std::slice::from_ref(&recorded)));
            state = Some(next);
        }
        Ok(())
    }

    async fn compare(&self, mut computed: Computed) -> Result<RebuildReport, AppError> {
        let mut report =
            RebuildReport { streams: computed.streams, events: computed.events, ..RebuildReport::default() };
        let mut differ = |difference: Difference| {
            report.differing += 1;
            if report.differences.len() < 100 {
                report.differences.push(difference);
            }
        };
        let mut rows = 0;
        for table in TABLES.iter().copied() {
            let mut wanted = computed.tables.remove(table.name).unwrap_or_default();
            rows += wanted.len() as u64;
            let mut query = RowQuery { direction: Direction::Ascending, ..RowQuery::all(table) };
            loop {
                let page = self.store.rows(&query).await?;
                let Some(last) = page.last() else { break };
                query.after = Some(key_of(table, last));
                for stored in page {
                    let key = key_of(table, &stored);
                    let expected = wanted.remove(&key);
                    if expected.as_ref() != Some(&stored) {
                        differ(Difference { table: table.name, key, stored: Some(stored), computed: expected });
                    }
                }
            }
            for (key, row) in wanted {
                differ(Difference { table: table.name, key, stored: None, computed: Some(row) });
            }
        }
        let row = |d: &Deadline| {
            vec![
                Value::Text(d.stream.to_string()),
                Value::Text(d.clock.clone()),
                d.due_at.map_or(Value::Null, Value::Int),
            ]
        };
        for stored in self.store.all_deadlines().await? {
            let key = (stored.stream, stored.clock.clone());
            let expected = computed.deadlines.remove(&key);
            if expected.as_ref() != Some(&stored) {
                differ(Difference {
                    table: "deadlines",
                    key: row(&stored)[..2].to_vec(),
                    stored: Some(row(&stored)),
                    computed: expected.as_ref().map(row),
                });
            }
        }
        for missing in computed.deadlines.values() {
            differ(Difference {
                table: "deadlines",
                key: row(missing)[..2].to_vec(),
                stored: None,
                computed: Some(row(missing)),
            });
        }
        report.rows = rows;
        Ok(report)
    }
}
