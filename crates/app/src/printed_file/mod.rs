//! Printed lists as files: what catalogues and agendas have in common.
//!
//! A printed list is messy. What we have a place for goes there; all else is kept as printed and comes out again. Reading
//! tells every problem of a file at once.

pub(crate) mod csv;
pub(crate) mod json;
mod table;

pub(crate) use table::line;

use std::fmt;

use dingce_domain::rejection::Rejection;

/// The largest file that is read. Unit: bytes.
pub const FILE_MAX: usize = 8 * 1024 * 1024;
/// Most problems that are told of one file.
const PROBLEMS_MAX: usize = 200;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// An object with a list of lists, a list of lists, or one list.
    Json,
    /// One line an entry, RFC 4180, UTF-8.
    Csv,
}

impl Format {
    /// By the end of a file's name.
    pub fn of_name(name: &str) -> Option<Self> {
        let end = name.rsplit('.').next()?.to_ascii_lowercase();
        match end.as_str() {
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

/// What is wrong with a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where: `line 3`, `catalogues[0].entries[2].title`.
    pub place: String,
    /// What, in Chinese.
    pub zh: String,
    /// What, in English.
    pub en: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.place, self.zh, self.en)
    }
}

/// Problems of a file, as they are found.
#[derive(Debug, Default)]
pub(crate) struct Problems(pub(crate) Vec<Problem>);

impl Problems {
    pub(crate) fn say(&mut self, place: impl ToString, zh: impl ToString, en: impl ToString) {
        if self.0.len() < PROBLEMS_MAX {
            self.0.push(Problem { place: place.to_string(), zh: zh.to_string(), en: en.to_string() });
        }
    }

    pub(crate) fn rejected(&mut self, place: &str, rejection: &Rejection) {
        let told = crate::language::Language::shipped().tell(rejection, None);
        let at = match rejection.path.as_deref() {
            Some(path) => format!("{place}.{path}"),
            None => place.to_owned(),
        };
        self.say(at, told.message.zh, told.message.en);
    }
}

/// The text of a file; `None` where it is too large or not UTF-8.
pub(crate) fn text<'a>(bytes: &'a [u8], problems: &mut Problems) -> Option<&'a str> {
    if bytes.len() > FILE_MAX {
        problems.say("file", format!("文件超过{FILE_MAX}字节。"), format!("The file has more than {FILE_MAX} bytes."));
        return None;
    }
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)).ok();
    if text.is_none() {
        problems.say(
            "file",
            "文件不是UTF-8编码，请另存为“CSV UTF-8”。",
            "The file is not UTF-8. Save it as \"CSV UTF-8\".",
        );
    }
    text
}
