//! Reading files that may be hostile: whole small files and single lines, each of bounded length.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// The longest line or small file that is read into memory, in bytes: 16 MiB.
pub(crate) const LIMIT_BYTES: u64 = 16 * 1024 * 1024;

/// All bytes of a file of at most [`LIMIT_BYTES`]; a sentence otherwise.
pub(crate) fn read_small(path: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| format!("the file cannot be read: {error}"))?;
    file.take(LIMIT_BYTES + 1).read_to_end(&mut bytes).map_err(|error| format!("the file cannot be read: {error}"))?;
    if bytes.len() as u64 > LIMIT_BYTES {
        Err(format!("the file has more than {LIMIT_BYTES} bytes"))
    } else {
        Ok(bytes)
    }
}

/// The lines of a file.
pub(crate) struct Lines<R> {
    reader: R,
    number: u64,
}

impl Lines<BufReader<File>> {
    /// The lines of the file at this path; a sentence if it cannot be opened.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let file = File::open(path).map_err(|error| format!("the file cannot be read: {error}"))?;
        Ok(Self::new(BufReader::new(file)))
    }
}

impl<R: BufRead> Lines<R> {
    /// The lines of a reader.
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, number: 0 }
    }

    /// The next line without its LF, `None` at the end.
    ///
    /// A sentence where a line is longer than [`LIMIT_BYTES`], does not end with LF, or cannot be read.
    pub(crate) fn next_line(&mut self) -> Result<Option<Vec<u8>>, String> {
        self.number += 1;
        let mut line = Vec::new();
        let taken = (&mut self.reader).take(LIMIT_BYTES + 1).read_until(b'\n', &mut line);
        taken.map_err(|error| format!("line {} cannot be read: {error}", self.number))?;
        if line.is_empty() {
            return Ok(None);
        }
        if line.pop() == Some(b'\n') {
            return Ok(Some(line));
        }
        if line.len() as u64 >= LIMIT_BYTES {
            return Err(format!("line {} has more than {LIMIT_BYTES} bytes", self.number));
        }
        Err(format!("line {} does not end with a line break: the file was cut short", self.number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_with_a_line_break_and_are_bounded() {
        let mut lines = Lines::new(&b"one\n\ntwo\r\nthr"[..]);
        assert_eq!(lines.next_line(), Ok(Some(b"one".to_vec())));
        assert_eq!(lines.next_line(), Ok(Some(Vec::new())));
        assert_eq!(lines.next_line(), Ok(Some(b"two\r".to_vec())));
        assert!(lines.next_line().unwrap_err().starts_with("line 4 does not end"));
        assert_eq!(Lines::new(&b""[..]).next_line(), Ok(None));
        let endless = BufReader::new(std::io::repeat(b'x'));
        assert!(Lines::new(endless).next_line().unwrap_err().contains("more than"));
    }
}
