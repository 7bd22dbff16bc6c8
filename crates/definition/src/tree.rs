//! YAML as a tree in which every node knows its place, so that all problems of a file can be told at once.
//!
//! A small part of YAML: one document of mappings, sequences and scalars. Anchors, aliases and tags are refused, so a
//! file is as long as it looks; so are a key given twice, files over 1 MiB and nesting deeper than 12.

use serde_saphyr::granit_parser::{Event, Options, Parser, ScalarStyle, Span};

use crate::problem::{Place, Problems, say};

/// Longest file that is read, in bytes.
pub const FILE_BYTES_MAX: usize = 1 << 20;
/// Deepest nesting that is read.
pub const DEPTH_MAX: usize = 12;

/// A node and where it begins.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub at: Place,
    pub kind: Kind,
}

/// What a node is.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// A scalar; `plain` where it has no quotes, `inset` columns from the node to its first character.
    Scalar {
        text: String,
        plain: bool,
        inset: u32,
    },
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// The text of a scalar.
    pub fn scalar(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Whether it is a value left empty.
    pub fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, plain: true, .. } if matches!(text.as_str(), "" | "~" | "null"))
    }

    /// The entries of a mapping.
    pub fn entries(&self) -> Option<&[(Node, Node)]> {
        match &self.kind {
            Kind::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries()?.iter().find(|(k, _)| k.scalar() == Some(key)).map(|(_, v)| v)
    }
}

/// Reads a file. `None` where there is nothing that could be read further; the reason is among the problems.
///
/// `file` is its number among those of the problems.
pub(crate) fn read(bytes: &[u8], file: u8, problems: &mut Problems) -> Option<Node> {
    let top = Place { file, ..Place::TOP };
    if bytes.len() > FILE_BYTES_MAX {
        let message = say("文件超过 1 MiB。", "The file is larger than 1 MiB.");
        problems.add("D-FILE-SIZE", top, message, Some(format!("at most {FILE_BYTES_MAX} bytes")));
        return None;
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        problems.add("D-FILE-UTF8", top, say("文件不是 UTF-8 编码。", "The file is not UTF-8."), None);
        return None;
    };
    let mut options = Options::default();
    options.set_emit_comments(false);
    Builder { parser: Parser::new_from_str_with_options(text, options), file, problems }.document()
}

struct Builder<'a, 'p, I: serde_saphyr::granit_parser::BorrowedInput<'a>> {
    parser: Parser<'a, I>,
    file: u8,
    problems: &'p mut Problems,
}

impl<'a, I: serde_saphyr::granit_parser::BorrowedInput<'a>> Builder<'a, '_, I> {
    fn place(&self, span: &Span) -> Place {
        let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let (line, column) = (small(span.start.line()).max(1), small(span.start.col()).saturating_add(1));
        Place { file: self.file, line, column }
    }

    fn next(&mut self) -> Option<(Event<'a>, Span)> {
        match self.parser.next_event()? {
            Ok(event) => Some(event),
            Err(error) => {
                let mark = error.marker();
                let at = Place {
                    file: self.file,
                    line: u32::try_from(mark.line()).unwrap_or(1).max(1),
                    column: u32::try_from(mark.col()).unwrap_or(0).saturating_add(1),
                };
                let message = say("不是合法的 YAML。", format!("This is not valid YAML: {}.", error.info()));
                self.problems.add("D-YAML-SYNTAX", at, message, None);
                None
            }
        }
    }

    fn document(mut self) -> Option<Node> {
        let mut root = None;
        let before = self.problems.len();
        while let Some((event, span)) = self.next() {
            match event {
                Event::StreamStart | Event::DocumentEnd | Event::StreamEnd => {}
                Event::DocumentStart(..) if root.is_some() => {
                    let message = say("文件只能有一个 YAML 文档。", "The file holds more than one YAML document.");
                    self.problems.add("D-YAML-DOCUMENTS", self.place(&span), message, Some("one document".into()));
                    return root;
                }
                Event::DocumentStart(..) => {}
                event => root = Some(self.node(event, &span, 0)?),
            }
        }
        if root.is_none() && before == self.problems.len() {
            let message = say("文件是空的。", "The file is empty.");
            self.problems.add("D-FILE-EMPTY", Place { file: self.file, ..Place::TOP }, message, None);
        }
        root
    }

    fn node(&mut self, event: Event<'a>, span: &Span, depth: usize) -> Option<Node> {
        let at = self.place(span);
        if depth > DEPTH_MAX {
            let message = say("嵌套过深。", "The nesting is too deep.");
            self.problems.add("D-YAML-DEPTH", at, message, Some(format!("at most {DEPTH_MAX} levels")));
            return None;
        }
        let (anchor, tagged) = match &event {
            Event::Scalar(_, _, anchor, tag) => (*anchor, tag.is_some()),
            Event::SequenceStart(_, anchor, tag) | Event::MappingStart(_, anchor, tag) => (*anchor, tag.is_some()),
            _ => (0, false),
        };
        if anchor != 0 {
            let message = say("不允许使用锚点。", "Anchors are not allowed; write the value again.");
            self.problems.add("D-YAML-ALIAS", at, message, None);
        }
        if tagged {
            let message = say(
                "不允许使用标签；以 ! 开头的值请加引号。",
                "Tags are not allowed; put a value that begins with ! in quotes.",
            );
            self.problems.add("D-YAML-TAG", at, message, None);
        }
        let kind = match event {
            Event::Scalar(text, style, ..) => {
                let plain = style == ScalarStyle::Plain;
                let inset = u32::from(matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted));
                Kind::Scalar { text: text.into_owned(), plain, inset }
            }
            Event::SequenceStart(..) => self.list(depth)?,
            Event::MappingStart(..) => self.map(depth)?,
            _ => {
                let message = say("不允许使用别名。", "Aliases are not allowed; write the value again.");
                self.problems.add("D-YAML-ALIAS", at, message, None);
                Kind::Scalar { text: String::new(), plain: true, inset: 0 }
            }
        };
        Some(Node { at, kind })
    }

    fn list(&mut self, depth: usize) -> Option<Kind> {
        let mut list = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Some(Kind::List(list)),
                (event, span) => list.push(self.node(event, &span, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Option<Kind> {
        let mut entries: Vec<(Node, Node)> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Some(Kind::Map(entries));
            }
            let key = self.node(event, &span, depth + 1)?;
            let (event, span) = self.next()?;
            let value = self.node(event, &span, depth + 1)?;
            let Some(name) = key.scalar() else {
                let message = say("键必须是文字。", "A key must be a plain word.");
                self.problems.add("D-YAML-KEY", key.at, message, None);
                continue;
            };
            if let Some((first, _)) = entries.iter().find(|(k, _)| k.scalar() == Some(name)) {
                let message = say(
                    format!("“{name}” 出现了两次（第一次在第 {} 行）。", first.at.line),
                    format!("`{name}` is given twice, first on line {}.", first.at.line),
                );
                self.problems.add("D-DUPLICATE", key.at, message, Some("each name once".into()));
                continue;
            }
            entries.push((key, value));
        }
    }
}
