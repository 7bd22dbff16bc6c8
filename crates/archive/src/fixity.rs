//! Size, digests and format of a file, found while its bytes pass once.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use dingce_ledger::{Digest, Hasher};
use sha2::{Digest as _, Sha512};
use sm3::Sm3;

use crate::format::{Found, Sniffer};
use crate::manifest::Algorithm;

/// What is known of a file.
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
    /// SM3 as manifests write it, where it was asked for.
    pub(crate) sm3_hex: Option<String>,
    /// What its bytes say it is.
    pub(crate) found: Found,
}

impl Fixity {
    /// Reads a file to its end.
    pub(crate) fn of_file(path: &Path, with_sm3: bool) -> io::Result<Self> {
        let mut sink = Sink::new(io::sink(), with_sm3);
        copy(&mut File::open(path)?, &mut sink)?;
        Ok(sink.finish().0)
    }

    /// The digest by this algorithm, as manifests write it; empty where it was not asked for.
    pub(crate) fn hex(&self, algorithm: Algorithm) -> &str {
        match algorithm {
            Algorithm::Sha256 => &self.sha256_hex,
            Algorithm::Sha512 => &self.sha512_hex,
            Algorithm::Sm3 => self.sm3_hex.as_deref().unwrap_or_default(),
        }
    }
}

/// Passes bytes on to a writer and keeps count of them.
pub(crate) struct Sink<W> {
    inner: W,
    size_bytes: u64,
    sha256: Hasher,
    sha512: Sha512,
    sm3: Option<Sm3>,
    sniffer: Sniffer,
}

impl<W: Write> Sink<W> {
    /// A sink that has seen nothing.
    pub(crate) fn new(inner: W, with_sm3: bool) -> Self {
        Self {
            inner,
            size_bytes: 0,
            sha256: Hasher::new(),
            sha512: Sha512::new(),
            sm3: with_sm3.then(Sm3::new),
            sniffer: Sniffer::default(),
        }
    }

    /// What has passed, and the writer.
    pub(crate) fn finish(self) -> (Fixity, W) {
        let sha256 = self.sha256.finish();
        let fixity = Fixity {
            size_bytes: self.size_bytes,
            sha256,
            sha256_hex: sha256.to_hex(),
            sha512_hex: hex::encode(self.sha512.finalize()),
            sm3_hex: self.sm3.map(|sm3| hex::encode(sm3.finalize())),
            found: self.sniffer.finish(),
        };
        (fixity, self.inner)
    }
}

impl<W: Write> Write for Sink<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.inner.write(bytes)?;
        let bytes = &bytes[..taken];
        self.sha256.update(bytes);
        self.sha512.update(bytes);
        if let Some(sm3) = &mut self.sm3 {
            sm3.update(bytes);
        }
        self.sniffer.update(bytes);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digests_are_those_of_the_standards() {
        let mut sink = Sink::new(Vec::new(), true);
        sink.write_all(b"a").unwrap();
        sink.write_all(b"bc").unwrap();
        let (fixity, bytes) = sink.finish();
        assert_eq!((bytes.as_slice(), fixity.size_bytes), (&b"abc"[..], 3));
        // FIPS 180-2 appendices B.1 and C.1; GM/T 0004-2012 appendix A.1.
        assert_eq!(fixity.hex(Algorithm::Sha256), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(fixity.hex(Algorithm::Sha512).starts_with("ddaf35a193617abacc417349ae204131"));
        assert_eq!(fixity.hex(Algorithm::Sm3), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    }
}
