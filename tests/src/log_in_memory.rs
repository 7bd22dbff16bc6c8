//! A folder and an anchor of a log in memory, whose writes fail as a test orders.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use dingce_app::Publisher;
use dingce_app::ports::{Anchor, LogFolder, StoreError};
use dingce_ledger::SignedCheckpoint;
use dingce_ledger::key::{Ed25519Signer, KeyName};
use tempfile::TempDir;

use crate::outside::auditlog;

/// The name of the log of tests.
pub const ORIGIN: &str = "log.example.gov.cn/dingce";

/// Its key.
///
/// # Panics
/// Never: the name is one.
pub fn signer() -> Ed25519Signer {
    Ed25519Signer::new(KeyName::new(ORIGIN).expect("a name"), &[3; 32])
}

/// Has Go's own code accept the folder of this log, with the keys of its witnesses.
///
/// # Panics
/// If it does not.
pub fn accepted(folder: &Path, witnesses: &[String]) {
    let verdict = auditlog(folder, &signer().verifier().to_string(), witnesses);
    assert!(verdict.accepted, "{}", verdict.said);
}

/// Files of a log by their paths.
pub type LogFiles = BTreeMap<String, Vec<u8>>;

/// A folder and an anchor in memory, one write of which may fail, landed or not.
#[derive(Default)]
pub struct LogInMemory {
    files: Mutex<LogFiles>,
    anchor: Mutex<Option<Vec<u8>>>,
    done: AtomicU64,
    fails_at: u64,
    lands: bool,
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl LogInMemory {
    /// Another with the same content, no write of which fails.
    pub fn copy(&self) -> Self {
        let (files, anchor) = (self.files().clone(), self.anchor().clone());
        Self { files: Mutex::new(files), anchor: Mutex::new(anchor), ..Self::default() }
    }

    /// The same, whose write with this number, from 1, fails; whether it is done all the same.
    #[must_use]
    pub fn failing(self, at: u64, lands: bool) -> Self {
        Self { fails_at: at, lands, ..self }
    }

    /// Who publishes the log of tests here.
    pub fn publisher(self: &Arc<Self>) -> Publisher {
        let key = signer().verifier().clone();
        Publisher::new(key, Arc::new(signer()), Arc::clone(self) as _, Arc::clone(self) as _)
    }

    /// What the folder holds.
    pub fn files(&self) -> MutexGuard<'_, LogFiles> {
        locked(&self.files)
    }

    /// What the anchor holds.
    pub fn anchor(&self) -> MutexGuard<'_, Option<Vec<u8>>> {
        locked(&self.anchor)
    }

    /// The published checkpoint.
    ///
    /// # Panics
    /// If what is published is none.
    pub fn checkpoint(&self) -> Option<SignedCheckpoint> {
        self.files().get("checkpoint").map(|bytes| SignedCheckpoint::parse(bytes).expect("a checkpoint"))
    }

    /// How many entries the published checkpoint is over; 0 where there is none.
    ///
    /// # Panics
    /// As [`LogInMemory::checkpoint`].
    pub fn published_size(&self) -> u64 {
        self.checkpoint().map_or(0, |signed| signed.claimed().size())
    }

    /// How many entries the anchor vouches for; 0 where it is empty.
    ///
    /// # Panics
    /// If what it holds is no checkpoint.
    pub fn anchored_size(&self) -> u64 {
        let signed = |bytes: &Vec<u8>| SignedCheckpoint::parse(bytes).expect("a checkpoint");
        self.anchor().as_ref().map_or(0, |bytes| signed(bytes).claimed().size())
    }

    /// The files in a folder on disk, for programs.
    ///
    /// # Panics
    /// If they cannot be written.
    pub fn on_disk(&self) -> TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, bytes) in &*self.files() {
            let file = folder.path().join(path);
            std::fs::create_dir_all(file.parent().expect("a parent")).expect("a folder");
            std::fs::write(file, bytes).expect("a file");
        }
        folder
    }

    /// Whether this write is done, and whether it answers.
    fn write(&self) -> (bool, Result<(), StoreError>) {
        let failed = self.done.fetch_add(1, Ordering::SeqCst) + 1 == self.fails_at;
        let lands = !failed || self.lands;
        (lands, if failed { Err(StoreError::new("writing", "the disk is full")) } else { Ok(()) })
    }
}

#[async_trait]
impl LogFolder for LogInMemory {
    async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        let (lands, answer) = self.write();
        if lands {
            self.files().insert(path.to_owned(), bytes);
        }
        answer
    }

    async fn get(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.files().get(path).cloned())
    }
}

#[async_trait]
impl Anchor for LogInMemory {
    async fn read(&self) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.anchor().clone())
    }

    async fn swap(&self, before: Option<&[u8]>, after: &[u8]) -> Result<bool, StoreError> {
        if self.anchor().as_deref() != before {
            return Ok(false);
        }
        let (lands, answer) = self.write();
        if lands {
            *self.anchor() = Some(after.to_vec());
        }
        answer.map(|()| true)
    }
}
