//! Checks of what people give: texts, lists, documents, dates. They only refuse.

use jiff::civil::Date;

use crate::code::Code;
use crate::rejection::Rejection;
use crate::words::DocumentRef;

/// Longest line of text, in characters: names, titles, references.
pub const LINE_MAX: usize = 200;
/// Longest text, in characters.
pub const TEXT_MAX: usize = 10_000;
/// Most entries of a list.
pub const LIST_MAX: usize = 200;

fn bad_character(text: &str) -> Option<char> {
    text.chars().find(|c| (c.is_control() && !matches!(c, '\n' | '\t')) || ('\u{fdd0}'..='\u{fdef}').contains(c))
}

fn text_between(path: &str, text: &str, least: usize, most: usize) -> Result<(), Rejection> {
    let length = text.chars().count();
    let refuse = |given: String| {
        Err(Rejection::new(Code::TextNotAcceptable).at(path).given(given).needed(format!("{least}..{most}")))
    };
    if let Some(bad) = bad_character(text) {
        return refuse(format!("U+{:04X}", u32::from(bad)));
    }
    if length > most || text.trim().chars().count() < least {
        return refuse(length.to_string());
    }
    Ok(())
}

/// A name or title: 1 to 200 characters, not only blanks, no control characters.
pub fn line(path: &str, text: &str) -> Result<(), Rejection> {
    text_between(path, text, 1, LINE_MAX)
}

/// The same, or empty.
pub fn line_or_empty(path: &str, text: &str) -> Result<(), Rejection> {
    text_between(path, text, 0, LINE_MAX)
}

/// A text: 1 to 10,000 characters, not only blanks, no control characters but line ends and tabs.
pub fn text(path: &str, text: &str) -> Result<(), Rejection> {
    text_between(path, text, 1, TEXT_MAX)
}

/// The same, or empty.
pub fn text_or_empty(path: &str, text: &str) -> Result<(), Rejection> {
    text_between(path, text, 0, TEXT_MAX)
}

/// A list of lines with between `least` and 200 entries.
pub fn lines(path: &str, list: &[String], least: usize) -> Result<(), Rejection> {
    count(path, list.len(), least)?;
    list.iter().enumerate().try_for_each(|(i, entry)| text_between(&format!("{path}.{i}"), entry, 1, TEXT_MAX))
}

/// Between `least` and 200 entries.
pub fn count(path: &str, entries: usize, least: usize) -> Result<(), Rejection> {
    if (least..=LIST_MAX).contains(&entries) {
        return Ok(());
    }
    Err(Rejection::new(Code::ListNotAcceptable).at(path).given(entries).needed(format!("{least}..{LIST_MAX}")))
}

/// Documents with between `least` and 200 entries, none twice, each with a name and a media type.
pub fn documents(list: &[DocumentRef], least: usize) -> Result<(), Rejection> {
    if list.len() < least {
        return Err(Rejection::new(Code::DocumentMissing).at("documents").given(list.len()).needed(least));
    }
    count("documents", list.len(), least)?;
    for (i, document) in list.iter().enumerate() {
        line(&format!("documents.{i}.name"), &document.name)?;
        line(&format!("documents.{i}.media_type"), &document.media_type)?;
        if list[..i].iter().any(|d| d.digest == document.digest) {
            return Err(Rejection::new(Code::ListNotAcceptable)
                .at(format!("documents.{i}"))
                .given(document.digest)
                .needed("each document once"));
        }
    }
    Ok(())
}

/// A date not after another.
pub fn not_after(path: &str, date: Date, latest: Date) -> Result<(), Rejection> {
    if date <= latest {
        return Ok(());
    }
    Err(Rejection::new(Code::DateNotAcceptable).at(path).given(date).needed(format!("..{latest}")))
}

/// A date not before another.
pub fn not_before(path: &str, date: Date, earliest: Date) -> Result<(), Rejection> {
    if date >= earliest {
        return Ok(());
    }
    Err(Rejection::new(Code::DateNotAcceptable).at(path).given(date).needed(format!("{earliest}..")))
}
