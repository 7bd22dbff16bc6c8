//! What a file is, by its own bytes: the format by its signature, and whether it holds something that runs.
//!
//! A signature says how a file begins, not that it is well formed: nothing here opens or validates a file. What a file
//! claims of itself (PDF/A) is called a claim.

use memchr::memmem;

/// How many first bytes are kept.
const HEAD_BYTES: usize = 1024;
/// How many last bytes are kept, so that a word across two pieces is found. Longer than every word looked for.
const CARRY_BYTES: usize = 40;

/// A format as told by its signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Format {
    /// There is no byte.
    Empty,
    /// UTF-8 without zero bytes.
    Text,
    /// Text that begins as XML does.
    Xml,
    /// Text that begins as HTML does.
    Html,
    /// PDF.
    Pdf,
    /// PDF that claims to be PDF/A in its metadata.
    PdfA,
    /// A ZIP with the entry `OFD.xml` (GB/T 33190).
    Ofd,
    /// A ZIP with the main part of a Word document.
    Docx,
    /// A ZIP with the main part of an Excel workbook.
    Xlsx,
    /// A ZIP with the main part of a PowerPoint presentation.
    Pptx,
    /// Any other ZIP.
    Zip,
    /// The compound file of older office programs.
    Compound,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// TIFF.
    Tiff,
    /// A program: Windows, ELF, Mach-O, Java class, or a script with `#!`.
    Program,
    /// None of these.
    #[default]
    Unknown,
}

impl Format {
    /// Its media type, as the package's metadata names it.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain",
            Self::Xml => "application/xml",
            Self::Html => "text/html",
            Self::Pdf | Self::PdfA => "application/pdf",
            Self::Ofd => "application/ofd",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Zip => "application/zip",
            Self::Compound => "application/x-ole-storage",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Tiff => "image/tiff",
            Self::Empty | Self::Program | Self::Unknown => "application/octet-stream",
        }
    }

    /// Its name, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Text => "text (UTF-8)",
            Self::Xml => "XML",
            Self::Html => "HTML",
            Self::Pdf => "PDF",
            Self::PdfA => "PDF, claims PDF/A",
            Self::Ofd => "OFD",
            Self::Docx => "DOCX",
            Self::Xlsx => "XLSX",
            Self::Pptx => "PPTX",
            Self::Zip => "ZIP",
            Self::Compound => "older office format",
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Tiff => "TIFF",
            Self::Program => "program",
            Self::Unknown => "unknown",
        }
    }

    /// Whether it is one of those usually taken for keeping: text, XML, PDF/A, OFD, PNG, JPEG, TIFF.
    pub const fn is_for_keeping(self) -> bool {
        matches!(self, Self::Text | Self::Xml | Self::PdfA | Self::Ofd | Self::Png | Self::Jpeg | Self::Tiff)
    }

    /// Whether a file of this format may be called this media type. Types that no signature here tells of may be anything
    /// but a program.
    pub fn agrees_with(self, media_type: &str) -> bool {
        let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match media_type.as_str() {
            "application/pdf" => matches!(self, Self::Pdf | Self::PdfA),
            "application/ofd" => self == Self::Ofd,
            "image/png" => self == Self::Png,
            "image/jpeg" => self == Self::Jpeg,
            "image/tiff" => self == Self::Tiff,
            "application/xml" | "text/xml" => self == Self::Xml,
            "text/plain" => matches!(self, Self::Text | Self::Xml | Self::Html),
            "text/html" => matches!(self, Self::Html | Self::Text | Self::Xml),
            "application/zip" => matches!(self, Self::Zip | Self::Ofd | Self::Docx | Self::Xlsx | Self::Pptx),
            "application/msword" => self == Self::Compound,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => self == Self::Docx,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => self == Self::Xlsx,
            "application/vnd.openxmlformats-officedocument.presentationml.presentation" => self == Self::Pptx,
            _ => self != Self::Program,
        }
    }
}

/// What the bytes of a file say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Found {
    /// Its format.
    pub format: Format,
    /// Whether it has words of something that runs when it is opened: macros of office programs, scripts or launches in a PDF,
    /// scripts in HTML.
    pub active: bool,
}

/// Words that are looked for anywhere in containers, and what each means.
const WORDS: [(&[u8], Word); 9] = [
    (b"OFD.xml", Word::Is(Format::Ofd)),
    (b"word/document.xml", Word::Is(Format::Docx)),
    (b"xl/workbook.xml", Word::Is(Format::Xlsx)),
    (b"ppt/presentation.xml", Word::Is(Format::Pptx)),
    (b"vbaProject.bin", Word::Runs),
    (b"pdfaid:part", Word::PdfA),
    (b"/JavaScript", Word::RunsInPdf),
    (b"/Launch", Word::RunsInPdf),
    (b"<script", Word::RunsInPage),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Is(Format),
    Runs,
    PdfA,
    RunsInPdf,
    RunsInPage,
}

impl Word {
    /// Whether it means something in a file that begins like this.
    fn counts_in(self, format: Format) -> bool {
        match self {
            Self::Is(_) | Self::Runs => format == Format::Zip,
            Self::PdfA | Self::RunsInPdf => format == Format::Pdf,
            Self::RunsInPage => matches!(format, Format::Html | Format::Xml),
        }
    }
}

/// Reads the bytes of a file once, in pieces of any size.
#[derive(Debug)]
pub(crate) struct Sniffer {
    head: Vec<u8>,
    carry: Vec<u8>,
    /// The bytes of a character that goes on in the next piece; `None` once the bytes are not text.
    pending: Option<Vec<u8>>,
    found: [bool; WORDS.len()],
}

impl Default for Sniffer {
    fn default() -> Self {
        Self { head: Vec::new(), carry: Vec::new(), pending: Some(Vec::new()), found: [false; WORDS.len()] }
    }
}

impl Sniffer {
    /// The next bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        let wanted = HEAD_BYTES.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..wanted]);
        self.read_text(bytes);
        let begins = signature(&self.head);
        // Before the head says what it is, the last bytes are kept all the same.
        for (n, (word, means)) in WORDS.iter().enumerate() {
            if self.found[n] || !means.counts_in(begins) {
                continue;
            }
            self.found[n] = memmem::find(bytes, word).is_some() || {
                let across = [self.carry.as_slice(), &bytes[..bytes.len().min(CARRY_BYTES)]].concat();
                memmem::find(&across, word).is_some()
            };
        }
        if bytes.len() >= CARRY_BYTES {
            self.carry = bytes[bytes.len() - CARRY_BYTES..].to_vec();
        } else {
            self.carry.extend_from_slice(bytes);
            let over = self.carry.len().saturating_sub(CARRY_BYTES);
            self.carry.drain(..over);
        }
    }

    fn read_text(&mut self, bytes: &[u8]) {
        let Some(mut pending) = self.pending.take() else { return };
        if memchr::memchr(0, bytes).is_some() {
            return;
        }
        let joined;
        let text = if pending.is_empty() {
            bytes
        } else {
            pending.extend_from_slice(bytes);
            joined = pending;
            &joined
        };
        match std::str::from_utf8(text) {
            Ok(_) => self.pending = Some(Vec::new()),
            Err(error) if error.error_len().is_none() => self.pending = Some(text[error.valid_up_to()..].to_vec()),
            Err(_) => {}
        }
    }

    /// What was found.
    pub(crate) fn finish(self) -> Found {
        let mut found = Found { format: signature(&self.head), active: false };
        let is_text = self.pending.as_ref().is_some_and(Vec::is_empty);
        if found.format == Format::Unknown && is_text {
            found.format = Format::Text;
        } else if matches!(found.format, Format::Xml | Format::Html) && !is_text {
            found.format = Format::Unknown;
        }
        for ((_, means), seen) in WORDS.iter().zip(self.found) {
            match means {
                _ if !seen => {}
                // The first that is found stands: a package of office programs has one main part.
                Word::Is(format) if found.format == Format::Zip => found.format = *format,
                Word::Is(_) => {}
                Word::PdfA => found.format = Format::PdfA,
                Word::Runs | Word::RunsInPdf | Word::RunsInPage => found.active = true,
            }
        }
        found
    }
}

/// The format that the first bytes tell; text is told by all bytes.
fn signature(head: &[u8]) -> Format {
    let starts = |bytes: &[u8]| head.starts_with(bytes);
    let text = || {
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        let lower = text[..text.len().min(15)].to_ascii_lowercase();
        if lower.starts_with(b"<?xml") {
            Format::Xml
        } else if lower.starts_with(b"<!doctype html") || lower.starts_with(b"<html") || lower.starts_with(b"<script") {
            Format::Html
        } else {
            Format::Unknown
        }
    };
    match head {
        [] => Format::Empty,
        // Only what is long enough to be a program's header: a text may begin with these two letters.
        [b'M', b'Z', rest @ ..] if rest.contains(&0) => Format::Program,
        _ if starts(b"\x7fELF") || starts(b"#!") || starts(b"\xca\xfe\xba\xbe") => Format::Program,
        _ if starts(b"\xcf\xfa\xed\xfe") || starts(b"\xce\xfa\xed\xfe") => Format::Program,
        _ if starts(b"%PDF-") => Format::Pdf,
        _ if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") => Format::Zip,
        _ if starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") => Format::Compound,
        _ if starts(b"\x89PNG\r\n\x1a\n") => Format::Png,
        _ if starts(b"\xff\xd8\xff") => Format::Jpeg,
        _ if starts(b"II*\0") || starts(b"MM\0*") => Format::Tiff,
        _ => text(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(bytes: &[u8]) -> Found {
        let mut sniffer = Sniffer::default();
        sniffer.update(bytes);
        sniffer.finish()
    }

    #[test]
    fn formats_are_told_by_their_bytes() {
        for (bytes, format, active) in [
            (&b""[..], Format::Empty, false),
            ("意见".as_bytes(), Format::Text, false),
            (b"MZ is how this text begins", Format::Text, false),
            (b"MZ\x90\0\x03", Format::Program, false),
            (b"\x7fELF\x02\x01", Format::Program, false),
            (b"#!/bin/sh\n", Format::Program, false),
            (b"%PDF-1.7 no more", Format::Pdf, false),
            (b"%PDF-1.4 <pdfaid:part>1</pdfaid:part>", Format::PdfA, false),
            (b"%PDF-1.7 /OpenAction << /S /JavaScript >>", Format::Pdf, true),
            (b"PK\x03\x04....OFD.xml...", Format::Ofd, false),
            (b"PK\x03\x04....word/document.xml", Format::Docx, false),
            (b"PK\x03\x04....word/document.xml word/vbaProject.bin", Format::Docx, true),
            (b"PK\x03\x04....xl/workbook.xml", Format::Xlsx, false),
            (b"PK\x03\x04....ppt/presentation.xml", Format::Pptx, false),
            (b"PK\x03\x04....other", Format::Zip, false),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Format::Compound, false),
            (b"\x89PNG\r\n\x1a\n...", Format::Png, false),
            (b"\xff\xd8\xff\xe0", Format::Jpeg, false),
            (b"II*\0", Format::Tiff, false),
            (b"MM\0*", Format::Tiff, false),
            (b"\xef\xbb\xbf<?xml version=\"1.0\"?>", Format::Xml, false),
            (b"<!DOCTYPE html><script>x</script>", Format::Html, true),
            (b"<?xml \xff", Format::Unknown, false),
            (b"\xff\xfe", Format::Unknown, false),
            (b"a\0b", Format::Unknown, false),
            ("半个字".as_bytes().split_last().unwrap().1, Format::Unknown, false),
        ] {
            assert_eq!(found(bytes), Found { format, active }, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn what_a_file_is_called_must_fit() {
        assert!(Format::PdfA.agrees_with("application/pdf") && !Format::Text.agrees_with("application/pdf"));
        assert!(Format::Text.agrees_with("text/plain; charset=utf-8") && !Format::Program.agrees_with("text/plain"));
        assert!(Format::Unknown.agrees_with("video/mp4") && !Format::Program.agrees_with("video/mp4"));
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(
            start in prop::sample::select(vec![&b"PK\x03\x04"[..], b"%PDF-1.4", b"<?xml ", b"", "意".as_bytes()]),
            words in prop::collection::vec(prop::sample::select(vec![
                "OFD.xml", "vbaProject.bin", "pdfaid:part", "/Launch", "<script", "word/document.xml", "见", "\0",
            ]), 0..6),
            sizes in prop::collection::vec(1usize..9, 1..200),
        ) {
            let bytes = [start, words.join(" 填 ").as_bytes()].concat();
            let mut sniffer = Sniffer::default();
            let mut rest = bytes.as_slice();
            for size in sizes.iter().cycle() {
                if rest.is_empty() { break; }
                let (piece, after) = rest.split_at((*size).min(rest.len()));
                sniffer.update(piece);
                rest = after;
            }
            prop_assert_eq!(sniffer.finish(), found(&bytes));
        }
    }
}
