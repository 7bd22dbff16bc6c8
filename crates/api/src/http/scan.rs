//! Counts brackets and tokens of a document before the parser sees it.
//!
//! The parser descends once per bracket and has no bound of its own until the text is fully matched, so ten thousand
//! braces would overflow the stack. This scan is a loop: it can be run on anything.

use super::{Code, Limits, Refusal};

/// How deep brackets of any kind may nest. More than any document within the depth limit needs: a selection set, its
/// arguments and an input object within are three brackets for one level of depth at most.
pub(super) const BRACKETS_DEEP_MAX: u64 = 48;

/// Refuses a document that is too long, has too many tokens, nests brackets too deep, or leaves a string open.
///
/// Strings are read exactly as the parser reads them. An open string is refused here because the parser would take its
/// quotation marks for an empty string and descend into what follows.
pub(super) fn scan(text: &str, limits: &Limits) -> Result<(), Refusal> {
    if text.len() > limits.document_bytes_max {
        let (given, allowed) = (text.len() as u64, limits.document_bytes_max as u64);
        return Err(Refusal::over(Code::DocumentTooLarge, "bytes of document", given, allowed));
    }
    let bytes = text.as_bytes();
    let (mut at, mut tokens, mut deep) = (0, 0_u64, 0_u64);
    while let Some(&byte) = bytes.get(at) {
        let starts = at;
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => at += 1,
            b'#' => at = end_of_line(bytes, at),
            b'"' => at = end_of_string(bytes, at).ok_or_else(open_string)?,
            b'{' | b'[' | b'(' => {
                deep += 1;
                at += 1;
            }
            b'}' | b']' | b')' => {
                deep = deep.saturating_sub(1);
                at += 1;
            }
            _ if is_word(byte) => at += bytes[at..].iter().take_while(|byte| is_word(**byte)).count(),
            _ => at += 1,
        }
        if deep > BRACKETS_DEEP_MAX {
            return Err(Refusal::over(Code::DepthExceeded, "nested brackets", deep, BRACKETS_DEEP_MAX));
        }
        tokens += u64::from(!matches!(bytes[starts], b' ' | b'\t' | b'\r' | b'\n' | b',' | b'#'));
        if tokens > limits.tokens_max {
            // Counting stops here: "given" is a lower bound, and reading on would only serve the sender.
            return Err(Refusal::over(Code::TokensExceeded, "tokens", tokens, limits.tokens_max));
        }
    }
    Ok(())
}

fn open_string() -> Refusal {
    Refusal::new(
        Code::SyntaxError,
        "Expected every string to be closed, but one runs to the end of its line or of the document.",
    )
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn end_of_line(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|byte| !matches!(byte, b'\n' | b'\r')).count()
}

/// The index after the string that opens at `at`, or `None` if it stays open.
fn end_of_string(bytes: &[u8], at: usize) -> Option<usize> {
    let is_block = bytes[at..].starts_with(br#"""""#);
    let mut at = at + if is_block { 3 } else { 1 };
    loop {
        let rest = bytes.get(at..)?;
        at += match (rest.first()?, is_block) {
            (b'\\', true) if rest.starts_with(br#"\""""#) => 4,
            (b'"', true) if rest.starts_with(br#"""""#) => return Some(at + 3),
            (b'"', false) => return Some(at + 1),
            (b'\\', false) => 2,
            (b'\n' | b'\r', false) => return None,
            _ => 1,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Option<Code> {
        scan(text, &Limits::default()).err().map(|refusal| refusal.code)
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_nest() {
        let many = "{".repeat(100);
        for text in [
            format!(r#"{{ a(b: "{many}") }}"#),
            format!(r#"{{ a(b: """{many}""") }}"#),
            format!(r#"{{ a(b: """ \""" {many}""") }}"#),
            format!("{{ a # {many}\n }}"),
        ] {
            assert_eq!(code(&text), None, "{text}");
        }
    }

    #[test]
    fn deep_and_open_texts_are_refused() {
        for (text, expected) in [
            ("{".repeat(10_000), Code::DepthExceeded),
            (format!("{{ a(b: {}", "[".repeat(10_000)), Code::DepthExceeded),
            (format!("query($a: {}", "[".repeat(10_000)), Code::DepthExceeded),
            (format!(r#"{{ a(b: [""""{}"#, "{a:".repeat(10_000)), Code::SyntaxError),
            ("{ a(b: \"\n\") }".to_owned(), Code::SyntaxError),
            ("a ".repeat(5_001), Code::TokensExceeded),
            (" ".repeat(70_000), Code::DocumentTooLarge),
        ] {
            assert_eq!(code(&text), Some(expected));
        }
    }
}
