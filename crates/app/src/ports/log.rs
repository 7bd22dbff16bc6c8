//! The published side of the log: a folder of static files, and the anchor outside the database.

use async_trait::async_trait;
use dingce_ledger::key::VerifierKey;
use dingce_ledger::witness::AddCheckpoint;

use super::event_store::StoreError;

/// The files of the log: checkpoint, tiles and bundles of entries, by their path below the log's prefix.
///
/// They are written again alike, never otherwise, but for `checkpoint` and the partial tiles of a size that was never
/// signed.
#[async_trait]
pub trait LogFolder: Send + Sync {
    /// Writes a file, whole or not at all; durable when it answers.
    ///
    /// # Errors
    /// Where it cannot be written.
    async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<(), StoreError>;
    /// Reads a file; `None` where there is none.
    ///
    /// # Errors
    /// Where it cannot be read.
    async fn get(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError>;
}

/// The one truth of what was signed last. It stands outside the database and is copied by no backup of it, so that an older
/// database is found out.
#[async_trait]
pub trait Anchor: Send + Sync {
    /// The checkpoint that was signed last; `None` before the first.
    ///
    /// # Errors
    /// Where it cannot be read.
    async fn read(&self) -> Result<Option<Vec<u8>>, StoreError>;
    /// Puts a checkpoint in the place of the one before; `false`, and nothing changed, where another stands there. Durable when it
    /// answers.
    ///
    /// # Errors
    /// Where it cannot be written.
    async fn swap(&self, before: Option<&[u8]>, after: &[u8]) -> Result<bool, StoreError>;
}

/// A witness that is asked over a network to cosign this log's checkpoints (C2SP tlog-witness).
#[async_trait]
pub trait Witness: Send + Sync {
    /// Its public key: no other cosignature is taken from it.
    fn key(&self) -> &VerifierKey;
    /// Sends a request and gives what is answered, within a time that the implementation bounds.
    ///
    /// # Errors
    /// Where it does not answer, or not as the protocol says.
    async fn add_checkpoint(&self, request: &AddCheckpoint) -> Result<WitnessAnswer, StoreError>;
}

/// What a witness answered. Nothing of it is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WitnessAnswer {
    /// 200: signature lines.
    Lines(Vec<u8>),
    /// 409: the size that it says to have cosigned last.
    Size(u64),
    /// Any other status.
    Refused(u16),
}
