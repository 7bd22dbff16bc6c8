//! YAML as a tree in which every node knows its place, so that all problems of a file can be told at once.
//!
//! A small part of YAML: one document of mappings, sequences and scalars. Anchors, aliases and tags are refused, so a
//! file is as long as it looks; so are a key given twice, files over 1 MiB and nesting deeper than 12.

use std::cell::OnceCell;

use dingce_domain::words::Text;
use serde_saphyr::granit_parser::{Event, Options, Parser, ScalarStyle, Span};

use crate::problem::{Place, Problems, instead, say};
use crate::slips::{self, Mended};

/// Longest file that is read, in bytes.
pub const FILE_BYTES_MAX: usize = 1 << 20;
/// Deepest nesting that is read.
pub const DEPTH_MAX: usize = 12;

/// A node and where it begins.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub at: Place,
    pub kind: Kind,
    /// Of a key that is not known: the one that was perhaps meant. It is told, and then read as that.
    pub read_as: OnceCell<&'static str>,
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
    pub fn new(at: Place, kind: Kind) -> Self {
        Self { at, kind, read_as: OnceCell::new() }
    }

    /// What a key is read as.
    pub fn key(&self) -> Option<&str> {
        self.read_as.get().copied().or_else(|| self.scalar())
    }

    /// The text of a scalar.
    pub fn scalar(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Where the text of a scalar begins.
    pub fn inside(&self) -> Place {
        match self.kind {
            Kind::Scalar { inset, .. } => Place { column: self.at.column.saturating_add(inset), ..self.at },
            _ => self.at,
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
        self.entries()?.iter().find(|(k, _)| k.key() == Some(key)).map(|(_, v)| v)
    }
}

/// Reads a file. `None` where there is nothing that could be read further; the reason is among the problems.
///
/// `file` is its number among those of the problems.
pub(crate) fn read(bytes: &[u8], file: u8, problems: &mut Problems) -> Option<Node> {
    let top = Place { file, ..Place::TOP };
    if bytes.len() > FILE_BYTES_MAX {
        let message = say("文件超过 1 MiB。", "The file is larger than 1 MiB.");
        problems.add(
            "D-FILE-SIZE",
            top,
            message,
            instead(format!("不超过 {FILE_BYTES_MAX} 字节"), format!("at most {FILE_BYTES_MAX} bytes")),
        );
        return None;
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        problems.add("D-FILE-UTF8", top, say("文件不是 UTF-8 编码。", "The file is not UTF-8."), None);
        return None;
    };
    let before = problems.len();
    let mended = slips::yaml(text, file, problems)?;
    let guessed = problems.len() > before;
    let mut options = Options::default();
    options.set_emit_comments(false);
    Builder {
        parser: Parser::new_from_str_with_options(&mended.text, options),
        mended: &mended,
        file,
        guessed,
        torn: false,
        problems,
    }
    .document()
}

struct Builder<'a, 'p, I: serde_saphyr::granit_parser::BorrowedInput<'a>> {
    parser: Parser<'a, I>,
    file: u8,
    mended: &'a Mended,
    /// Whether something was read as what was perhaps meant.
    guessed: bool,
    /// Whether what stands under what is in doubt: then nothing further is read.
    torn: bool,
    problems: &'p mut Problems,
}

impl<'a, I: serde_saphyr::granit_parser::BorrowedInput<'a>> Builder<'a, '_, I> {
    fn place(&self, span: &Span) -> Place {
        let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let (line, column) = (small(span.start.line()).max(1), small(span.start.col()).saturating_add(1));
        self.mended.place(Place { file: self.file, line, column })
    }

    fn next(&mut self) -> Option<(Event<'a>, Span)> {
        match self.parser.next_event()? {
            Ok(event) => Some(event),
            Err(error) => {
                let mark = error.marker();
                let at = self.mended.place(Place {
                    file: self.file,
                    line: u32::try_from(mark.line()).unwrap_or(1).max(1),
                    column: u32::try_from(mark.col()).unwrap_or(0).saturating_add(1),
                });
                // What was mended may have been meant otherwise: then this is no mistake of its own.
                self.torn = true;
                if !self.guessed {
                    let (zh, needed) = syntax(&error.info());
                    let message = say(zh, format!("This is not valid YAML: {}.", error.info()));
                    self.problems.add("D-YAML-SYNTAX", at, message, needed);
                }
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
                    self.problems.add(
                        "D-YAML-DOCUMENTS",
                        self.place(&span),
                        message,
                        instead("一个文档", "one document"),
                    );
                    return root;
                }
                Event::DocumentStart(..) => {}
                event => root = Some(self.node(event, &span, 0)?),
            }
        }
        if self.torn {
            return None;
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
            self.problems.add(
                "D-YAML-DEPTH",
                at,
                message,
                instead(format!("不超过 {DEPTH_MAX} 层"), format!("at most {DEPTH_MAX} levels")),
            );
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
            // The tag took the whole value: what was meant is not known.
            self.torn |= matches!(&event, Event::Scalar(text, ..) if text.is_empty());
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
        Some(Node::new(at, kind))
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
        let mut twice = false;
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
                // Where the line above an entry is lost, all its keys are given twice: the first says it.
                self.torn = true;
                if twice {
                    continue;
                }
                twice = true;
                let message = say(
                    format!("“{name}” 出现了两次（第一次在第 {} 行）。", first.at.line),
                    format!("`{name}` is given twice, first on line {}.", first.at.line),
                );
                self.problems.add("D-DUPLICATE", key.at, message, instead("每个名称只写一次", "each name once"));
                continue;
            }
            entries.push((key, value));
        }
    }
}

/// What the parser found, in Chinese, and what is needed.
fn syntax(info: &str) -> (String, Option<Text>) {
    let has = |part: &str| info.contains(part);
    if has("tab") && !has("table") {
        return ("这里有制表符（Tab），不能用于缩进。".to_owned(), instead("空格", "spaces"));
    }
    let (zh, needed) = if has("mapping values are not allowed") {
        (
            "这里不能再有“键: 值”",
            ("检查缩进；含冒号的文字加引号", "the right indentation, or quotes around a text with a colon"),
        )
    } else if has("unclosed quote") || has("quoted scalar") && has("end of stream") {
        ("引号没有闭合", ("成对的引号", "a closing quotation mark"))
    } else if has("unclosed bracket") || has("EOF while parsing") || has("',' or") {
        (
            "括号或列表没有写完，或缺少逗号",
            ("成对的括号，各项以逗号分开", "closed brackets, and commas between what stands in them"),
        )
    } else if has("block scalar") || has("scanning a tag") {
        ("以 |、> 或 ! 开头的值有别的含义", ("给这个值加引号", "quotes around a value that begins with |, > or !"))
    } else if has("invalid trailing content") {
        ("引号之后还有别的内容", ("只有一对引号，内部的引号用 “ ”", "one pair of quotation marks"))
    } else if has("simple key") {
        ("这一行不是“键: 值”", ("冒号，其后有空格", "a colon with a space after it"))
    } else if has("indent") || has("expected key") || has("'-' indicator") {
        ("缩进不对，或这一行不是“键: 值”", ("与同级各行相同的缩进", "the indentation of the lines of the same level"))
    } else {
        return (format!("不是合法的 YAML（解析器：{info}）。"), None);
    };
    (format!("不是合法的 YAML：{zh}。"), instead(needed.0, needed.1))
}
