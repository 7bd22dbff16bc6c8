//! Checks of what people give: texts, lists, documents, dates. They only refuse.

use std::collections::BTreeSet;

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

/// How official documents mark that they are state secrets (GB/T 9704), followed by the term. What bears such a mark may not
/// be kept in a system that is not approved for it (State Secrets Law art. 31).
const SECRECY_MARKS: [&str; 3] = ["绝密★", "机密★", "秘密★"];

/// Characters that a record cannot hold: control characters, characters that turn or hide the text around them, and
/// those that Unicode gives no meaning. Joiners (U+200C, U+200D) and variation selectors stay: names and signs need them.
fn unfit(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' // turn the text
            | '\u{ad}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}' | '\u{feff}' // hide in it
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
            | '\u{fdd0}'..='\u{fdef}')
        || c as u32 & 0xfffe == 0xfffe
}

/// Whether a reader sees anything of it.
fn visible(c: char) -> bool {
    let blank = matches!(c, '\u{115f}' | '\u{1160}' | '\u{200c}' | '\u{200d}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}')
        || ('\u{fe00}'..='\u{fe0f}').contains(&c);
    !blank && !c.is_whitespace()
}

/// Whether it ends a line: also the signs U+2028 and U+2029.
const fn breaks(c: char) -> bool {
    matches!(c, '\n' | '\t' | '\u{2028}' | '\u{2029}')
}

/// The first character that cannot stay. Line ends are LF or CR LF, as forms send them.
fn bad_character(text: &str, one_line: bool) -> Option<char> {
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let line_end = c == '\r' && rest.peek() == Some(&'\n');
        let fits = if breaks(c) || line_end { !one_line } else { !unfit(c) };
        if !fits {
            return Some(c);
        }
    }
    None
}

fn text_between(path: &str, text: &str, least: usize, most: usize, one_line: bool) -> Result<(), Rejection> {
    let refuse = |given: String| {
        Err(Rejection::new(Code::TextNotAcceptable).at(path).given(given).needed(format!("{least}..{most}")))
    };
    // A character has at most four bytes: what is far too long is counted, and not looked at.
    if text.len() > most * 4 {
        return refuse(text.chars().count().to_string());
    }
    if let Some(bad) = bad_character(text, one_line) {
        return refuse(format!("U+{:04X}", u32::from(bad)));
    }
    if let Some(mark) = SECRECY_MARKS.into_iter().find(|mark| text.contains(mark)) {
        return Err(Rejection::new(Code::SecretContent).at(path).given(mark));
    }
    let length = text.chars().count();
    if length > most {
        return refuse(length.to_string());
    }
    if text.chars().filter(|c| visible(*c)).take(least).count() < least {
        return refuse(if length < least { length.to_string() } else { "only blanks".to_owned() });
    }
    Ok(())
}

/// A name or title: 1 to 200 characters on one line, not only blanks, no control characters.
pub fn line(path: &str, text: &str) -> Result<(), Rejection> {
    text_between(path, text, 1, LINE_MAX, true)
}

/// The same, or empty.
pub fn line_or_empty(path: &str, text: &str) -> Result<(), Rejection> {
    text_between(path, text, 0, LINE_MAX, true)
}

/// A text: 1 to 10,000 characters, not only blanks, no control characters but line ends and tabs.
pub fn text(path: &str, text: &str) -> Result<(), Rejection> {
    text_between(path, text, 1, TEXT_MAX, false)
}

/// The same, or empty.
pub fn text_or_empty(path: &str, text: &str) -> Result<(), Rejection> {
    text_between(path, text, 0, TEXT_MAX, false)
}

/// A list of lines with between `least` and 200 entries.
pub fn lines(path: &str, list: &[String], least: usize) -> Result<(), Rejection> {
    count(path, list.len(), least)?;
    list.iter().enumerate().try_for_each(|(i, entry)| text_between(&format!("{path}.{i}"), entry, 1, TEXT_MAX, false))
}

/// Between `least` and 200 entries.
pub fn count(path: &str, entries: usize, least: usize) -> Result<(), Rejection> {
    if (least..=LIST_MAX).contains(&entries) {
        return Ok(());
    }
    Err(Rejection::new(Code::ListNotAcceptable).at(path).given(entries).needed(format!("{least}..{LIST_MAX}")))
}

/// That a list is not too long and names nothing twice.
///
/// # Errors
/// `LIST_NOT_ACCEPTABLE`; of a repetition, at the entry that was there before.
pub fn distinct<T: Ord>(path: &str, list: &[T]) -> Result<(), Rejection> {
    count(path, list.len(), 0)?;
    let mut seen = BTreeSet::new();
    match list.iter().position(|one| !seen.insert(one)) {
        Some(twice) => Err(Rejection::new(Code::ListNotAcceptable).at(format!("{path}.{twice}"))),
        None => Ok(()),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_all_kinds_of_chinese_are_kept() {
        for good in [
            "关于调整城区供水价格的方案（试行）",
            "ＡＢＣ１２３　全角",
            "第一行\r\n第二行\n\t第三行",
            "𠮷野家、㐂、\u{e000}", // beyond the basic plane, and a sign of one's own as in rare names
            "e\u{301}\u{323} 👨\u{200d}👩\u{200d}👧 ☎\u{fe0f}",
            "ᠮᠣᠩᠭᠣᠯ\u{180e}ᠠ",
        ] {
            assert_eq!(text("t", good), Ok(()), "{good:?}");
        }
        assert_eq!(text("t", &"字".repeat(TEXT_MAX)), Ok(()));
        assert_eq!(line("t", &"字".repeat(LINE_MAX)), Ok(()));
    }

    #[test]
    fn what_hides_or_turns_text_is_refused() {
        for bad in [
            "a\0b",
            "a\u{7f}",
            "a\u{85}",
            "a\rb",
            "a\u{202e}b",
            "a\u{2066}b",
            "a\u{200f}",
            "a\u{200b}b",
            "\u{feff}a",
            "a\u{2060}",
            "a\u{ad}b",
            "a\u{fff9}",
            "a\u{fffe}",
            "a\u{1ffff}",
            "a\u{fdd0}",
            "a\u{e0041}",
        ] {
            assert_eq!(text("t", bad).unwrap_err().code, Code::TextNotAcceptable, "{bad:?}");
        }
        for blank in ["", " \n\t", "　　", "\u{200d}\u{fe0f}", "\u{3164}"] {
            assert!(text("t", blank).is_err(), "{blank:?}");
            assert!(text_or_empty("t", blank).is_ok(), "{blank:?}");
        }
    }

    #[test]
    fn a_line_is_one_line() {
        for bad in ["a\nb", "a\tb", "a\r\nb", "a\u{2028}b"] {
            assert!(line("t", bad).is_err(), "{bad:?}");
            assert!(line_or_empty("t", bad).is_err(), "{bad:?}");
            assert!(text("t", bad).is_ok(), "{bad:?}");
        }
    }

    #[test]
    fn what_is_far_too_long_is_counted_in_characters_too_and_blanks_are_named() {
        let refused = text("t", &"必要性".repeat(20_000)).unwrap_err();
        assert_eq!(refused.given.as_deref(), Some("60000"));
        assert_eq!(line("t", "   ").unwrap_err().given.as_deref(), Some("only blanks"));
        assert_eq!(line("t", "").unwrap_err().given.as_deref(), Some("0"));
    }

    #[test]
    fn what_is_far_too_long_is_refused_unread() {
        let refused = text("t", &"\0".repeat(10_000_000)).unwrap_err();
        assert_eq!(refused.given.as_deref(), Some("10000000"));
        assert!(text("t", &"字".repeat(TEXT_MAX + 1)).is_err());
    }
}
