//! Size and both digests of a file, computed while its bytes pass.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use dingce_ledger::{Digest, Hasher};
use sha2::{Digest as _, Sha512};

/// Size and digests of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fixity {
    /// Size in bytes.
    pub(crate) size_bytes: u64,
    /// SHA-256.
    pub(crate) sha256: Digest,
    /// SHA-256 as manifests write it.
    pub(crate) sha256_hex: String,
    /// SHA-512 as manifests write it.
    pub(crate) sha512_hex: String,
}

impl Fixity {
    /// Reads a file to its end.
    pub(crate) fn of_file(path: &Path) -> io::Result<Self> {
        let mut sink = Sink::new(io::sink());
        copy(&mut File::open(path)?, &mut sink)?;
        Ok(sink.finish().0)
    }
}

/// Passes bytes on to a writer and keeps count of them.
pub(crate) struct Sink<W> {
    inner: W,
    size_bytes: u64,
    sha256: Hasher,
    sha512: Sha512,
}

impl<W: Write> Sink<W> {
    /// A sink that has seen nothing.
    pub(crate) fn new(inner: W) -> Self {
        Self { inner, size_bytes: 0, sha256: Hasher::new(), sha512: Sha512::new() }
    }

    /// What has passed, and the writer.
    pub(crate) fn finish(self) -> (Fixity, W) {
        let sha256 = self.sha256.finish();
        let fixity = Fixity {
            size_bytes: self.size_bytes,
            sha256,
            sha256_hex: sha256.to_hex(),
            sha512_hex: hex::encode(self.sha512.finalize()),
        };
        (fixity, self.inner)
    }
}

impl<W: Write> Write for Sink<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.inner.write(bytes)?;
        self.sha256.update(&bytes[..taken]);
        self.sha512.update(&bytes[..taken]);
        self.size_bytes += taken as u64;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Copies all bytes through a buffer of 64 KiB.
pub(crate) fn copy(from: &mut dyn Read, to: &mut dyn Write) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => to.write_all(&buffer[..count])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
