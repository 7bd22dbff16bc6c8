//! Notes of the log about itself: written by the system, each as a stream of its own.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use dingce_domain::id::{Digest, IdError, LogNoteId, StreamId, UnitId};
use dingce_domain::log_note::{LogNote, LogNoteEvent};
use dingce_domain::occasion::{Actor, Manner};
use dingce_ledger as ledger;
use jiff::civil::Date;
use uuid::Uuid;

use crate::app::App;
use crate::envelope::uuid_named;
use crate::error::AppError;
use crate::ports::{Direction, Filter, LoggedHead, ReadRow as _, RowQuery, Value};
use crate::read_rows::LogNoteRow;

/// Notes are of the deployment and of no organ.
const NO_ORGAN: UnitId = UnitId::new(Uuid::nil());

/// The id of a note that there is once: of several nodes that write it, one does.
pub(super) fn note_named(name: &str) -> LogNoteId {
    LogNoteId::new(uuid_named(name.as_bytes()))
}

/// RFC 6962 root over how far each stream has come, given by the bytes of the streams' names.
///
/// One line a stream: its name, the number of its last event in the log and that event's leaf hash as 64 hexadecimal digits, joined by
/// spaces, without a line break.
pub fn heads_root<'a>(heads: impl IntoIterator<Item = (&'a str, u64, &'a [u8; 32])>) -> ledger::Digest {
    let mut range = ledger::merkle::CompactRange::new();
    for (stream, n, leaf_hash) in heads {
        let line = format!("{stream} {n} {}", ledger::Digest::from_bytes(*leaf_hash));
        range.push(ledger::leaf_hash(line.as_bytes()));
    }
    range.root()
}

impl App {
    /// Records how far every stream has come in the log, once a day. Gives whether it was recorded now.
    ///
    /// Of several nodes one does it. Reads one row a stream.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn record_heads(&self) -> Result<bool, AppError> {
        let today = self.today();
        let known = || self.heads_on.lock().unwrap_or_else(PoisonError::into_inner);
        if *known() == Some(today) {
            return Ok(false);
        }
        let id = note_named(&format!("heads\n{today}"));
        let mut written = false;
        if self.store.head(id.into()).await?.is_none() {
            let (size, heads) = self.store.logged_heads().await?;
            if size == 0 {
                return Ok(false);
            }
            let said = heads_note(today, size, &heads);
            written = self.write_note(id, said).await?;
        }
        *known() = Some(today);
        Ok(written)
    }

    /// Writes a note; `false` where it is there already.
    pub(super) async fn write_note(&self, id: LogNoteId, said: LogNoteEvent) -> Result<bool, AppError> {
        let writing = self.writing(Actor::System, Manner::Online, NO_ORGAN, None);
        let done = self
            .write::<LogNote, _>(id, writing, |loaded| match loaded {
                Some(_) => Ok(Vec::new()),
                None => Ok(vec![said.clone().into()]),
            })
            .await?;
        Ok(!done.events.is_empty())
    }

    /// A note under a new id.
    pub(super) async fn write_new_note(&self, said: LogNoteEvent) -> Result<(), AppError> {
        let id = LogNoteId::new(self.chance.id(self.now()));
        self.write_note(id, said).await.map(|_| ())
    }

    /// Every note of a kind, with its stream, in the order of their record.
    pub(super) async fn notes(&self, kind: &str) -> Result<Vec<(StreamId, LogNoteEvent)>, AppError> {
        let mut query = of_kind(kind);
        query.order = vec!["recorded_at"];
        self.all_rows::<LogNoteRow>(query).await?.into_iter().map(read).collect()
    }

    /// The newest note of a kind.
    pub(super) async fn last_note(&self, kind: &str) -> Result<Option<LogNoteEvent>, AppError> {
        let mut query = of_kind(kind);
        query.order = vec!["recorded_at"];
        query.direction = Direction::Descending;
        let row = self.row::<LogNoteRow>(query).await?;
        Ok(row.map(read).transpose()?.map(|(_, said)| said))
    }
}

fn of_kind(kind: &str) -> RowQuery {
    RowQuery::all(LogNoteRow::TABLE).with(Filter::Eq("kind", Value::Text(kind.to_owned())))
}

fn read(row: LogNoteRow) -> Result<(StreamId, LogNoteEvent), AppError> {
    let internal = |error: Box<dyn std::error::Error + Send + Sync>| AppError::internal("reading a note", error);
    let stream = row.note.parse().map_err(|error: IdError| internal(error.into()))?;
    Ok((stream, serde_json::from_str(&row.said_json).map_err(|error| internal(error.into()))?))
}

fn heads_note(on: Date, size: u64, heads: &[LoggedHead]) -> LogNoteEvent {
    let names: Vec<String> = heads.iter().map(|head| head.stream.to_string()).collect();
    let root = heads_root(names.iter().zip(heads).map(|(name, head)| (name.as_str(), head.n, &head.leaf_hash)));
    LogNoteEvent::HeadsRecorded { on, size, streams: heads.len() as u64, root: Digest::new(*root.as_bytes()) }
}

/// Holds notes of how far streams had come against the entries, while these are read in order.
pub(super) struct HeadsCheck {
    /// By how long the log was.
    notes: BTreeMap<u64, Vec<(StreamId, LogNoteEvent)>>,
    heads: BTreeMap<String, (u64, [u8; 32])>,
    size: u64,
}

impl HeadsCheck {
    pub(super) fn new(notes: Vec<(StreamId, LogNoteEvent)>) -> Self {
        let mut by_size: BTreeMap<u64, Vec<_>> = BTreeMap::new();
        for (stream, note) in notes {
            if let LogNoteEvent::HeadsRecorded { size, .. } = note {
                by_size.entry(size).or_default().push((stream, note));
            }
        }
        Self { notes: by_size, heads: BTreeMap::new(), size: 0 }
    }

    /// Takes the next entry. Gives the note that does not hold once the log is as long as it says.
    pub(super) fn take(&mut self, leaf: &[u8], leaf_hash: [u8; 32]) -> Result<(), (StreamId, Date)> {
        self.size += 1;
        if self.notes.is_empty() {
            return Ok(());
        }
        if let Ok(leaf) = ledger::Leaf::parse(leaf) {
            let input = leaf.into_input();
            self.heads.insert(input.stream, (input.n, leaf_hash));
        }
        for (stream, note) in self.notes.remove(&self.size).unwrap_or_default() {
            let LogNoteEvent::HeadsRecorded { on, streams, root, .. } = note else { continue };
            let found = heads_root(self.heads.iter().map(|(name, (n, hash))| (name.as_str(), *n, hash)));
            if (self.heads.len() as u64, found.as_bytes()) != (streams, root.bytes()) {
                return Err((stream, on));
            }
        }
        Ok(())
    }

    /// The first note that says that the log was longer than it is.
    pub(super) fn rest(self) -> Option<(StreamId, Date)> {
        let (stream, note) = self.notes.into_values().flatten().next()?;
        match note {
            LogNoteEvent::HeadsRecorded { on, .. } => Some((stream, on)),
            _ => None,
        }
    }
}
