//! Writing XML: escaped, indented, one form.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::volume::one_line;

/// A document while it is written, straight to its reader.
pub(super) struct Xml<'a>(Writer<&'a mut dyn Write>);

/// Attributes of an element, in their order.
pub(super) type Attributes<'a> = &'a [(&'a str, &'a str)];

impl<'a> Xml<'a> {
    /// A new document.
    pub(super) fn new(out: &'a mut dyn Write) -> io::Result<Self> {
        let mut writer = Writer::new_with_indent(out, b' ', 2);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        Ok(Self(writer))
    }

    /// Begins an element.
    pub(super) fn open(&mut self, name: &str, attributes: Attributes<'_>) -> io::Result<()> {
        self.0.write_event(Event::Start(start(name, attributes)))
    }

    /// Ends it.
    pub(super) fn close(&mut self, name: &str) -> io::Result<()> {
        self.0.write_event(Event::End(BytesEnd::new(name)))
    }

    /// An element without content.
    pub(super) fn empty(&mut self, name: &str, attributes: Attributes<'_>) -> io::Result<()> {
        self.0.write_event(Event::Empty(start(name, attributes)))
    }

    /// An element with text. Text becomes one line; a character that XML cannot hold becomes a space.
    pub(super) fn text(&mut self, name: &str, attributes: Attributes<'_>, text: &str) -> io::Result<()> {
        let text = one_line(&plain(text));
        if text.is_empty() {
            return self.empty(name, attributes);
        }
        self.0.write_event(Event::Start(start(name, attributes)))?;
        self.0.write_event(Event::Text(BytesText::new(&text)))?;
        self.close(name)
    }

    /// Ends the document with a line break.
    pub(super) fn finish(self) -> io::Result<()> {
        self.0.into_inner().write_all(b"\n")
    }
}

fn start<'n>(name: &'n str, attributes: Attributes<'_>) -> BytesStart<'n> {
    let mut start = BytesStart::new(name);
    for (key, value) in attributes {
        start.push_attribute((*key, one_line(&plain(value)).as_str()));
    }
    start
}

/// A text without the characters that XML 1.0 cannot hold (§2.2), which become spaces.
fn plain(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\u{fffe}' | '\u{ffff}') || c.is_control() { ' ' } else { c }).collect()
}

/// A path as a relative URL: everything but letters, digits and `- . _ ~ /` is percent-encoded (RFC 3986 §2.1).
pub(super) fn url(path: &str) -> String {
    let mut url = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(value: &str) -> String {
        let mut bytes: Vec<u8> = Vec::new();
        let mut xml = Xml::new(&mut bytes).unwrap();
        xml.open("a", &[("b", value)]).unwrap();
        xml.text("c", &[], value).unwrap();
        xml.close("a").unwrap();
        xml.finish().unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn hostile_texts_stay_texts() {
        let text = written("\"><x>&amp;]]>\u{0}\n'");
        assert!(!text.contains("<x>") && !text.contains('\0') && !text.contains("]]>"), "{text}");
        assert!(
            text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b=\"&quot;&gt;&lt;x&gt;&amp;amp;"),
            "{text}"
        );
        assert_eq!(url("电/a b%.txt"), "%E7%94%B5/a%20b%25.txt");
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read(value in any::<String>()) {
            use quick_xml::Reader;
            let text = written(&value);
            let mut reader = Reader::from_str(&text);
            loop {
                match reader.read_event() {
                    Ok(Event::Eof) => break,
                    Ok(Event::Start(start)) => for attribute in start.attributes() { prop_assert!(attribute.is_ok()); },
                    Ok(_) => {}
                    Err(error) => prop_assert!(false, "{error}: {text}"),
                }
            }
        }
    }
}
