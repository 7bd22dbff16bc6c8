//! Reading nodes into values, one problem per mistake and never stopping at the first.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use dingce_domain::definition::Citation;
use dingce_domain::words::{SourceId, Text};
use jiff::civil::Date;

use crate::expr::Scope;
use crate::problem::{Place, Problems, among, instead, nearest, perhaps, say, suggest, written};
use crate::slips;
use crate::tree::{Kind, Node};

/// Where the named things of a file stand: `roles.clerk`, `clocks.comment_period.guards`.
pub(crate) type Places = BTreeMap<String, Place>;

/// A citation that was read.
#[derive(Debug, Clone)]
pub(crate) struct Cite {
    pub source: SourceId,
    pub at: Place,
    /// The day from which what rests on it holds, where it is not that of the definition.
    pub from: Option<Date>,
}

pub(crate) struct Reader<'p> {
    pub problems: &'p mut Problems,
    pub places: Places,
    /// Every citation that was read, and where it stands.
    pub cites: Vec<Cite>,
    pub scope: Scope,
    /// Things that were read with a mistake: what they lack is not told again.
    pub broken: BTreeSet<String>,
    /// Sections of names that are not there or cannot be read, which is told.
    pub told: BTreeSet<&'static str>,
    /// Names that are declared, whether or not what stands under them can be read: a reference to a thing with a
    /// mistake in it is not a second mistake.
    pub declared: BTreeMap<&'static str, BTreeSet<String>>,
}

impl<'p> Reader<'p> {
    pub fn new(problems: &'p mut Problems) -> Self {
        Self {
            problems,
            places: Places::new(),
            cites: Vec::new(),
            scope: Scope::default(),
            broken: BTreeSet::new(),
            told: BTreeSet::new(),
            declared: BTreeMap::new(),
        }
    }

    pub fn add(
        &mut self,
        rule: &'static str,
        at: Place,
        zh: impl Into<String>,
        en: impl Into<String>,
        needed: Option<Text>,
    ) {
        self.problems.add(rule, at, say(zh, en), needed);
    }

    /// A mapping with these keys and no others. One that is not known is read as the missing one that was perhaps meant.
    pub fn fields(&mut self, node: &Node, allowed: &[&'static str]) -> bool {
        let Some(entries) = node.entries() else {
            let needed = instead(
                format!("含 {} 的一组字段", allowed.join("、")),
                format!("a mapping with {}", allowed.join(", ")),
            );
            self.add("D-SHAPE", node.at, "这里需要一组字段。", "A mapping is needed here.", needed);
            return false;
        };
        let mut strange: Vec<&Node> = Vec::new();
        for (key, _) in entries {
            let given = key.scalar().unwrap_or_default();
            if allowed.contains(&given) {
                continue;
            }
            let name = &*slips::word(given, key.inside(), self.problems);
            let missing = || allowed.iter().copied().filter(|k| node.get(k).is_none());
            if let Some(meant) = missing().find(|k| *k == name) {
                let _ = key.read_as.set(meant);
                continue;
            }
            match missing().find(|k| Some(*k) == nearest(name, missing())) {
                Some(meant) => {
                    // The cell of a key is empty until here: every mapping is read once.
                    let _ = key.read_as.set(meant);
                    self.unknown_key(key, name, perhaps(meant));
                }
                None => strange.push(key),
            }
        }
        // Where nearly all is strange, it stands in the wrong place, and it is told once.
        let elsewhere = strange.len() > 1 && strange.len() * 2 > entries.len();
        for key in strange.into_iter().take(if elsewhere { 1 } else { usize::MAX }) {
            self.unknown_key(key, key.scalar().unwrap_or_default(), among(allowed.iter().copied()));
        }
        !elsewhere
    }

    fn unknown_key(&mut self, key: &Node, name: &str, needed: Option<Text>) {
        self.add("D-KEY-UNKNOWN", key.at, format!("不认识的字段 {name}。"), format!("Unknown key `{name}`."), needed);
    }

    /// A value that must be there.
    pub fn need<'n>(&mut self, node: &'n Node, key: &'static str) -> Option<&'n Node> {
        let found = node.get(key).filter(|v| !v.is_null());
        if found.is_none() && node.entries().is_some() {
            self.add(
                "D-KEY-MISSING",
                node.at,
                format!("缺少字段 {key}。"),
                format!("The key `{key}` is missing."),
                written(key),
            );
        }
        found
    }

    /// A scalar of ASCII: a word, a number, a date. Full-width characters in it are told, and read as what was meant.
    pub fn ascii<'n>(&mut self, node: &'n Node) -> Option<Cow<'n, str>> {
        self.scalar(node).map(|text| slips::word(text, node.inside(), self.problems))
    }

    /// A scalar.
    pub fn scalar<'n>(&mut self, node: &'n Node) -> Option<&'n str> {
        let found = node.scalar();
        if found.is_none() {
            self.add("D-SHAPE", node.at, "这里需要一个值。", "A single value is needed here.", None);
        }
        found
    }

    /// A list; a missing one is empty.
    pub fn list<'n>(&mut self, node: Option<&'n Node>) -> &'n [Node] {
        match node.map(|n| (&n.kind, n)) {
            None => &[],
            Some((Kind::List(list), _)) => list,
            Some((_, n)) if n.is_null() => &[],
            Some((_, n)) => {
                self.add("D-SHAPE", n.at, "这里需要一个列表。", "A list is needed here.", written("[a, b]"));
                &[]
            }
        }
    }

    /// The entries of a mapping of names; a missing one is empty.
    pub fn named<'n>(&mut self, node: Option<&'n Node>) -> &'n [(Node, Node)] {
        match node {
            None => &[],
            Some(n) if n.is_null() => &[],
            Some(n) => match n.entries() {
                Some(entries) => entries,
                None => {
                    self.add(
                        "D-SHAPE",
                        n.at,
                        "这里需要以名称为键的一组条目。",
                        "Entries under their names are needed here.",
                        None,
                    );
                    &[]
                }
            },
        }
    }

    /// A name of the form that names have.
    pub fn name<T: FromStr>(&mut self, node: &Node) -> Option<T> {
        let text = &*self.ascii(node)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            let needed = instead(
                "以字母开头的 1 至 48 个小写字母、数字和下划线",
                "1 to 48 lower-case letters, digits and underscores, a letter first",
            );
            self.add(
                "D-NAME",
                node.at,
                format!("{text:?} 不是合法的名称。"),
                format!("{text:?} is not a name."),
                needed,
            );
        }
        parsed
    }

    /// A reference to a declared name.
    pub fn reference<T: FromStr>(&mut self, node: &Node, section: &'static str, rule: &'static str) -> Option<T> {
        let text = &*self.ascii(node)?;
        let known = self.declared.get(section).cloned().unwrap_or_default();
        if !known.contains(text) {
            // Where the section is missing that is told, and where a name is not there each use of it says the same.
            let names = || known.iter().map(String::as_str);
            // Of a name that is none, that is told.
            let misnamed = nearest(text, names()).is_some_and(|near| near.parse::<T>().is_err());
            if !misnamed && !self.told.contains(section) {
                let message =
                    say(format!("{section} 中没有 {text}。"), format!("`{text}` is not declared under `{section}`."));
                let needed = suggest(text, names());
                self.problems.add_once(format!("{section}.{text}"), rule, node.at, message, needed);
            }
            return None;
        }
        text.parse().ok()
    }

    /// One word of a fixed list.
    pub fn word<T: Copy>(
        &mut self,
        node: &Node,
        all: &[T],
        name: fn(T) -> &'static str,
        rule: &'static str,
    ) -> Option<T> {
        let text = &*self.ascii(node)?;
        let found = all.iter().copied().find(|w| name(*w) == text);
        if found.is_none() {
            self.add(
                rule,
                node.at,
                format!("不认识 {text:?}。"),
                format!("{text:?} is not one of the known words."),
                suggest(text, all.iter().map(|w| name(*w))),
            );
        }
        found
    }

    /// A set of words, none twice.
    pub fn words<T: Copy + Ord>(
        &mut self,
        node: Option<&Node>,
        all: &[T],
        name: fn(T) -> &'static str,
        rule: &'static str,
    ) -> BTreeSet<T> {
        let mut set = BTreeSet::new();
        for item in self.list(node) {
            if let Some(word) = self.word(item, all, name, rule)
                && !set.insert(word)
            {
                let name = name(word);
                self.add(
                    "D-DUPLICATE",
                    item.at,
                    format!("{name} 出现了两次。"),
                    format!("`{name}` is given twice."),
                    None,
                );
            }
        }
        set
    }

    /// Chinese and English, both there and not blank.
    pub fn text(&mut self, node: &Node, key: &'static str) -> Text {
        let blank = || Text { zh: String::new(), en: String::new() };
        let Some(value) = node.get(key) else {
            if node.entries().is_some() {
                self.add(
                    "D-TEXT-MISSING",
                    node.at,
                    format!("缺少文字 {key}。"),
                    format!("The text `{key}` is missing."),
                    instead("zh 和 en 两种文字", "zh and en"),
                );
            }
            return blank();
        };
        if !self.fields(value, &["zh", "en"]) {
            return blank();
        }
        let mut one = |lang: &'static str| {
            let text = value.get(lang).and_then(Node::scalar).unwrap_or_default().trim().to_owned();
            if text.is_empty() || text.chars().count() > 2_000 {
                self.add(
                    "D-TEXT-MISSING",
                    value.at,
                    format!("缺少 {lang} 文字，或超过 2000 字。"),
                    format!("The text in `{lang}` is missing or longer than 2000 characters."),
                    written(lang),
                );
            }
            text
        };
        Text { zh: one("zh"), en: one("en") }
    }

    /// A date.
    pub fn date(&mut self, node: &Node) -> Option<Date> {
        let text = &*self.ascii(node)?;
        let date = text.parse().ok().filter(|_| text.len() == 10);
        if date.is_none() {
            self.add(
                "D-DATE",
                node.at,
                format!("{text:?} 不是日期。"),
                format!("{text:?} is not a date."),
                written("YYYY-MM-DD"),
            );
        }
        date
    }

    /// A whole number.
    pub fn number(&mut self, node: &Node, least: i64, most: i64) -> Option<i64> {
        let text = &*self.ascii(node)?;
        let number = text.parse().ok().filter(|n| (least..=most).contains(n));
        if number.is_none() {
            self.add(
                "D-NUMBER",
                node.at,
                format!("{text:?} 不是合适的整数。"),
                format!("{text:?} is not a fitting whole number."),
                instead(format!("{least} 至 {most}"), format!("{least} to {most}")),
            );
        }
        number
    }

    /// True or false; false where it is missing.
    pub fn flag(&mut self, node: Option<&Node>) -> bool {
        match node.and_then(|n| self.ascii(n)).as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                let at = node.map_or(Place::TOP, |n| n.at);
                self.add(
                    "D-BOOL",
                    at,
                    "这里需要 true 或 false。",
                    "This must be true or false.",
                    among(["true", "false"]),
                );
                false
            }
        }
    }

    /// The `source` of something: which law, which article. `rule` is told where there is none.
    pub fn citation(&mut self, node: &Node, rule: &'static str) -> Option<Citation> {
        let Some(value) = node.get("source").filter(|v| !v.is_null()) else {
            if node.entries().is_some() {
                self.add(
                    rule,
                    node.at,
                    "没有注明法律依据。",
                    "No source is given.",
                    written("source: { source, article }"),
                );
            }
            return None;
        };
        if !self.fields(value, &["source", "article"]) {
            return None;
        }
        let named = self.need(value, "source")?;
        let source: SourceId = self.reference(named, "sources", "D-SOURCE-UNKNOWN")?;
        let article = value.get("article").and_then(Node::scalar).unwrap_or_default().trim().to_owned();
        self.cites.push(Cite { source: source.clone(), at: value.at, from: None });
        Some(Citation { source, article })
    }
}
