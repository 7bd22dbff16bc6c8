//! The file store as a package reads it: a document at a time, a piece at a time, without a copy beside.

use std::io::{self, Read};
use std::sync::Arc;

use bytes::{Buf, Bytes};
use dingce_archive::DocumentSource;
use dingce_domain::id::Digest;
use dingce_ledger as ledger;
use futures_util::StreamExt;
use tokio::runtime::Handle;

use crate::ports::{ByteStream, FileStore};

/// Documents of the file store, for a thread that may block.
pub(crate) struct DocumentsOnFile {
    files: Arc<dyn FileStore>,
    runtime: Handle,
}

impl DocumentsOnFile {
    /// Reads from a file store by the runtime that is running here; to be read from outside of it.
    pub(crate) fn new(files: Arc<dyn FileStore>) -> Self {
        Self { files, runtime: Handle::current() }
    }
}

impl DocumentSource for DocumentsOnFile {
    fn open(&self, digest: &ledger::Digest) -> io::Result<Box<dyn Read + '_>> {
        let found = self.runtime.block_on(self.files.get(Digest::new(*digest.as_bytes()))).map_err(io::Error::other)?;
        let missing = || io::Error::new(io::ErrorKind::NotFound, format!("no document {digest} is on file"));
        Ok(Box::new(Pieces { bytes: found.ok_or_else(missing)?, held: Bytes::new(), runtime: &self.runtime }))
    }
}

/// The bytes of one document, of which one piece is held.
struct Pieces<'a> {
    bytes: ByteStream,
    held: Bytes,
    runtime: &'a Handle,
}

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.held.is_empty() {
            match self.runtime.block_on(self.bytes.next()) {
                Some(piece) => self.held = piece.map_err(io::Error::other)?,
                None => return Ok(0),
            }
        }
        let count = self.held.len().min(into.len());
        self.held.copy_to_slice(&mut into[..count]);
        Ok(count)
    }
}
