//! The audit of the log: entries, their hashes, the root that was signed, and every file that was published, held against each
//! other; and the log copied out for other people's tools.
//!
//! Read tables are held against the events by `rebuild`, which reads the same events.

use std::fmt;

use dingce_ledger as ledger;
use jiff::civil::Date;
use ledger::SignedCheckpoint;
use ledger::tile::{Edge, TILE_WIDTH, TileId, TileLevel};

use super::cosigning::CosignaturesError;
use super::log_notes::HeadsCheck;
use super::publishing::{CHECKPOINT, hashes, shows};
use super::rotation::succession;
use crate::app::App;
use crate::ports::{LogFolder, StoreError};
use crate::publisher::{PublishLogError, Publisher};

/// What an audit of the log saw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogAudit {
    /// Entries in the database.
    pub entries: u64,
    /// Of those, signed.
    pub signed: u64,
    /// Files held against them.
    pub files: u64,
    /// The first difference, in the order of the log; none where all agree.
    pub difference: Option<LogDifference>,
}

/// Where the log does not agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogDifference {
    /// The bytes of an entry do not have the hash beside them.
    Entry {
        /// Its place, from 0.
        index: u64,
        /// Its stream.
        stream: String,
        /// Its number in the stream.
        n: u64,
    },
    /// Fewer entries than were signed.
    Missing {
        /// How many were signed.
        signed: u64,
        /// How many there are.
        found: u64,
    },
    /// The entries do not have the root that was signed.
    Root {
        /// Of how many.
        size: u64,
    },
    /// A note of how far streams had come does not hold of the entries before it.
    Heads {
        /// The note.
        note: String,
        /// Its day.
        on: Date,
    },
    /// Look-ups are not those whose root is in the log.
    Lookups {
        /// Number of the first of the batch.
        first: u64,
        /// Number of the last.
        last: u64,
    },
    /// A published file is missing, or is not what the entries give.
    File {
        /// Its path below the log's prefix.
        path: String,
        /// Whether it is there.
        there: bool,
    },
}

impl LogDifference {
    /// The same in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Entry { index, stream, n } => {
                format!("第{index}条存证（{stream}第{n}号事件）与其哈希不符：该行被改动。")
            }
            Self::Missing { signed, found } => {
                format!("已签署{signed}条，数据库中只有{found}条：有记录被删除，或者恢复了旧备份。")
            }
            Self::Root { size } => format!("前{size}条的根与已签署的不符：有记录被改动，或者这是另一个数据库。"),
            Self::Heads { note, on } => {
                format!("{on}登记的各事项进度（{note}）与日志不符：有事项被截短，或者登记被改动。")
            }
            Self::Lookups { first, last } => format!("第{first}至{last}号查阅记录与日志中的存证不符。"),
            Self::File { path, there: true } => format!("已公布的文件{path}与数据库不符。"),
            Self::File { path, there: false } => format!("已公布的文件{path}缺失。"),
        }
    }
}

impl fmt::Display for LogDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry { index, stream, n } => {
                write!(
                    f,
                    "Entry {index} (event {n} of {stream}) does not have the hash beside it: the row was changed."
                )
            }
            Self::Missing { signed, found } => {
                write!(
                    f,
                    "{signed} entries were signed and {found} are in the database: rows were removed, or an older backup was restored."
                )
            }
            Self::Root { size } => {
                write!(
                    f,
                    "The first {size} entries do not have the root that was signed: a row was changed, or this is another database."
                )
            }
            Self::Heads { note, on } => {
                write!(
                    f,
                    "How far each stream had come on {on} ({note}) does not agree with the entries: a stream was cut off, or the note was changed."
                )
            }
            Self::Lookups { first, last } => {
                write!(f, "Look-ups {first} to {last} are not those whose root is in the log.")
            }
            Self::File { path, there: true } => write!(f, "The published file {path} is not what the database gives."),
            Self::File { path, there: false } => write!(f, "The published file {path} is missing."),
        }
    }
}

impl App {
    /// Holds every entry against its hash, the hashes against the root that was signed, and every published file against them.
    ///
    /// Reads everything once, 256 entries at a time; the server may go on.
    ///
    /// # Errors
    /// Where database, folder or anchor cannot be read, or the anchor is not a checkpoint of this log.
    pub async fn audit_log(&self) -> Result<LogAudit, PublishLogError> {
        let mut audit = LogAudit { entries: self.store.log_size().await?, ..LogAudit::default() };
        let signed = match &self.publisher {
            Some(publisher) => publisher.anchored().await?,
            None => None,
        };
        let (signed_size, root) =
            signed.as_ref().map_or((0, None), |s| (s.claimed().size(), Some(*s.claimed().root())));
        audit.signed = signed_size;
        if signed_size > audit.entries {
            audit.difference = Some(LogDifference::Missing { signed: signed_size, found: audit.entries });
            return Ok(audit);
        }
        let width = u64::from(TILE_WIDTH);
        let mut edge = Edge::default();
        let notes = self
            .notes("log_heads_recorded")
            .await
            .map_err(|error| StoreError::new("reading notes of the log", error))?;
        let mut heads = HeadsCheck::new(notes);
        let mut start = 0;
        while start < audit.entries {
            // What was signed ends within a bundle as a rule: the rest of that bundle is looked at by itself.
            let end =
                if start < signed_size { (start + width).min(signed_size) } else { audit.entries.min(start + width) };
            let entries = self.store.log_entries(start, end - start).await?;
            let hashes = match hashes(start, &entries) {
                Ok(hashes) => hashes,
                Err(index) => {
                    audit.difference = Some(self.entry_differs(index).await?);
                    return Ok(audit);
                }
            };
            for entry in &entries {
                if let Err((note, on)) = heads.take(&entry.leaf, entry.leaf_hash) {
                    audit.difference = Some(LogDifference::Heads { note: note.to_string(), on });
                    return Ok(audit);
                }
            }
            if let (Some(publisher), true) = (&self.publisher, start < signed_size) {
                let bundle = TileId::in_tree(TileLevel::Entries, start / width, signed_size);
                let mut files: Vec<_> = edge.append(hashes)?;
                files.extend(
                    bundle
                        .map(|id| Ok::<_, PublishLogError>((id, ledger::tile::encode_bundle(&entries)?)))
                        .transpose()?,
                );
                if end == signed_size {
                    files.extend(edge.partial());
                }
                for (tile, bytes) in files {
                    audit.files += 1;
                    if let Some(difference) = file_differs(publisher, tile, &bytes).await? {
                        audit.difference = Some(difference);
                        return Ok(audit);
                    }
                }
            }
            start = end;
        }
        if let Some((note, on)) = heads.rest() {
            audit.difference = Some(LogDifference::Heads { note: note.to_string(), on });
            return Ok(audit);
        }
        let lookups = self.lookups_differ().await.map_err(|error| StoreError::new("reading look-ups", error))?;
        if let Some((first, last)) = lookups {
            audit.difference = Some(LogDifference::Lookups { first, last });
            return Ok(audit);
        }
        if root.is_some_and(|root| edge.root() != root) {
            audit.difference = Some(LogDifference::Root { size: signed_size });
        } else if let (Some(publisher), Some(signed)) = (&self.publisher, signed) {
            audit.files += 1;
            let published = publisher.folder.get(CHECKPOINT).await?;
            let there = published.is_some();
            if !self.agrees(publisher, published, &signed).await? {
                audit.difference = Some(LogDifference::File { path: CHECKPOINT.to_owned(), there });
            }
        }
        Ok(audit)
    }

    /// Whether what is published is what was signed; where witnesses must cosign first, also one before it, or none yet.
    async fn agrees(
        &self,
        publisher: &Publisher,
        published: Option<Vec<u8>>,
        signed: &SignedCheckpoint,
    ) -> Result<bool, PublishLogError> {
        let Some(bytes) = published else { return Ok(publisher.cosigning.is_some()) };
        if shows(&bytes, signed) {
            return Ok(true);
        }
        let Ok(older) = SignedCheckpoint::parse(&bytes) else { return Ok(false) };
        if publisher.cosigning.is_none() || publisher.opens(older.note()).is_err() {
            return Ok(false);
        }
        match self.is_continued(publisher, older.claimed(), signed.claimed()).await {
            Ok(()) => Ok(true),
            Err(CosignaturesError::Log(error)) => Err(error),
            Err(_) => Ok(false),
        }
    }

    async fn entry_differs(&self, index: u64) -> Result<LogDifference, StoreError> {
        let entry = self.store.log(index, 1).await?.into_iter().next();
        let (stream, n) = entry.map(|entry| (entry.stream.to_string(), entry.n)).unwrap_or_default();
        Ok(LogDifference::Entry { index, stream, n })
    }

    /// Copies what was signed of the log, entries and all, into another folder, the checkpoint last; where witnesses must cosign, what
    /// they did cosign. Gives how many files.
    ///
    /// # Errors
    /// Where something cannot be read or written, or a file of the log is missing.
    pub async fn export_log(&self, into: &dyn LogFolder) -> Result<u64, PublishLogError> {
        let Some(publisher) = &self.publisher else { return Ok(0) };
        let Some(mut signed) = publisher.anchored().await? else { return Ok(0) };
        if let Some(bytes) = publisher.folder.get(CHECKPOINT).await?
            && self.agrees(publisher, Some(bytes.clone()), &signed).await?
            && let Ok(published) = SignedCheckpoint::parse(&bytes)
        {
            signed = published;
        }
        let size = signed.claimed().size();
        let mut files = 0;
        for level in std::iter::once(TileLevel::Entries).chain((0..=ledger::tile::LEVEL_MAX).map(TileLevel::Hashes)) {
            for tile in (0..).map_while(|index| TileId::in_tree(level, index, size)) {
                let path = tile.to_string();
                let bytes = publisher.folder.get(&path).await?;
                let missing =
                    || StoreError::new("copying the log", format!("{path} is missing; run dingce ledger audit"));
                into.put(&path, bytes.ok_or_else(missing)?).await?;
                files += 1;
            }
        }
        for number in 1.. {
            let path = succession(number);
            let Some(bytes) = publisher.folder.get(&path).await? else { break };
            into.put(&path, bytes).await?;
            files += 1;
        }
        into.put(CHECKPOINT, signed.to_string().into_bytes()).await?;
        Ok(files + 1)
    }
}

async fn file_differs(publisher: &Publisher, tile: TileId, bytes: &[u8]) -> Result<Option<LogDifference>, StoreError> {
    let path = tile.to_string();
    let found = publisher.folder.get(&path).await?;
    let there = found.is_some();
    Ok((found.as_deref() != Some(bytes)).then_some(LogDifference::File { path, there }))
}
