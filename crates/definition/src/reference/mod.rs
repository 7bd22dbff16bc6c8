//! Definitions by reference: a file that names another one, pinned by its hash, and says only what differs.
//!
//! The two are merged as data before anything is checked (`merge`), and what comes of it is written out as one file
//! ([`write`]): it is that whole that is checked, proven, hashed and published, so a case never depends on the base again.

mod merge;
mod write;

use dingce_domain::definition::Base;
use dingce_domain::id::Digest;
use dingce_domain::words::{StageId, Text};

use crate::problem::{self, Problems, instead, nearest, say, written};
use crate::read::{Reader, hash};
use crate::tree::{self, Kind, Node};

/// Longest chain of files that stand on one another.
pub const CHAIN_MAX: usize = 4;

/// A file on which another may stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseFile {
    /// How problems name it.
    pub path: String,
    /// Its bytes; it may stand on another file itself.
    pub bytes: Vec<u8>,
}

/// Where files are found on which others stand.
pub trait Bases {
    /// The file of a definition's name and version.
    fn find(&self, name: &StageId, version: u32) -> Option<BaseFile>;
}

/// No files: for those that stand on none.
#[derive(Debug, Clone, Copy)]
pub struct NoBases;

impl Bases for NoBases {
    fn find(&self, _name: &StageId, _version: u32) -> Option<BaseFile> {
        None
    }
}

impl<F: Fn(&StageId, u32) -> Option<BaseFile>> Bases for F {
    fn find(&self, name: &StageId, version: u32) -> Option<BaseFile> {
        self(name, version)
    }
}

/// A file with all that it stands on.
pub(crate) struct Expanded {
    /// The tree, each node at the place where it was written.
    pub root: Node,
    /// The whole as one file.
    pub text: String,
}

/// The definition on which a file says that it stands; `None` where it says no such thing, or not so that it can be read.
pub fn based_on(bytes: &[u8]) -> Option<Base> {
    let mut problems = Problems::new("");
    let root = tree::read(bytes, 0, &mut problems)?;
    named(&mut Reader::new(&mut problems), root.get("based_on")?)
}

/// Reads a file and all that it stands on. `None` where that cannot be done; the reason is among the problems.
pub(crate) fn expand(bytes: &[u8], bases: &dyn Bases, problems: &mut Problems) -> Option<Expanded> {
    expand_file(bytes, 0, bases, problems, &mut Vec::new())
}

fn expand_file(
    bytes: &[u8],
    file: u8,
    bases: &dyn Bases,
    problems: &mut Problems,
    chain: &mut Vec<Base>,
) -> Option<Expanded> {
    let root = tree::read(bytes, file, problems)?;
    let Some(pin) = root.get("based_on") else {
        return Some(Expanded { root, text: String::from_utf8_lossy(bytes).into_owned() });
    };
    let at = pin.at;
    own(&root, problems);
    let named = named(&mut Reader::new(problems), pin)?;
    if chain.len() >= CHAIN_MAX || chain.iter().any(|b| b.name == named.name && b.version == named.version) {
        let message = say(
            "引用的定义层次过多，或者循环引用。",
            "Too many definitions stand on one another, or they stand on one another in a circle.",
        );
        problems.add(
            "D-BASE-CHAIN",
            at,
            message,
            instead(format!("不超过 {CHAIN_MAX} 层，没有重复"), format!("at most {CHAIN_MAX}, none twice")),
        );
        return None;
    }
    let Some(found) = bases.find(&named.name, named.version) else {
        let message = say(
            format!("找不到所引用的定义 {}（第 {} 版）。", named.name, named.version),
            format!("The definition {} version {}, on which this one stands, is not here.", named.name, named.version),
        );
        problems.add(
            "D-BASE-UNKNOWN",
            at,
            message,
            instead("随程序提供的或已在此发布的定义", "a definition that is shipped or published here"),
        );
        return None;
    };
    let number = problems.also(&found.path);
    chain.push(named.clone());
    let base = expand_file(&found.bytes, number, bases, problems, chain)?;
    let is = hash(base.text.as_bytes());
    if is != named.hash {
        let message = say(
            format!("{} 第 {} 版已不是所引用的文本。核对改动后更新 hash。", named.name, named.version),
            format!(
                "{} version {} is no longer the text that was referred to. Look at what changed, then pin it anew.",
                named.name, named.version
            ),
        );
        problems.add("D-BASE-HASH", pin.get("hash").map_or(at, |n| n.at), message, written(is));
    }
    let root = merge::merge(base.root, root, problems);
    let root = standing_on(root, &Base { hash: is, ..named });
    let text = write::write(&root);
    Some(Expanded { root, text })
}

/// What a file must say of its own, and what it may not say.
fn own(root: &Node, problems: &mut Problems) {
    for key in ["name", "version", "title", "valid_from"] {
        if root.get(key).is_none_or(Node::is_null) {
            let message = say(format!("缺少字段 {key}。"), format!("The key `{key}` is missing."));
            problems.add("D-KEY-MISSING", root.at, message, written(key));
        }
    }
    for key in ["family", "stands_on"] {
        if let Some(given) = root.get(key) {
            let message = say(
                format!("引用其他定义时不能自定 {key}。"),
                format!("A definition by reference does not say `{key}`: it follows from what it stands on."),
            );
            problems.add("D-BASE-FIXED", given.at, message, instead(format!("不写 {key}"), format!("no {key}")));
        }
    }
}

fn named(reader: &mut Reader<'_>, node: &Node) -> Option<Base> {
    if !reader.fields(node, &["name", "version", "hash"]) {
        return None;
    }
    let name = reader.need(node, "name").and_then(|n| reader.name(n));
    let version = reader.need(node, "version").and_then(|n| reader.number(n, 1, i64::from(u32::MAX)));
    let given = reader.need(node, "hash");
    let hash: Option<Digest> = given.and_then(Node::scalar).and_then(|h| h.parse().ok());
    if let (Some(given), None) = (given, hash) {
        let needed = instead("sha256: 及 64 位十六进制数字", "sha256: and 64 hex digits");
        reader.add("D-BASE-HASH", given.at, "不是合法的摘要。", "This is not a hash.", needed);
    }
    Some(Base { name: name?, version: u32::try_from(version?).ok()?, hash: hash? })
}

/// Reads `stands_on` of a whole: what it was made from, the nearest first.
pub(crate) fn lineage(reader: &mut Reader<'_>, root: &Node) -> Vec<Base> {
    let mut lineage = Vec::new();
    for node in reader.list(root.get("stands_on")) {
        lineage.extend(named(reader, node));
    }
    lineage
}

/// The merged tree without its reference, and with what it was made from.
fn standing_on(mut root: Node, base: &Base) -> Node {
    let Kind::Map(entries) = &mut root.kind else { return root };
    let at = entries.iter().find(|(k, _)| k.scalar() == Some("based_on")).map_or(root.at, |(k, _)| k.at);
    entries.retain(|(k, _)| k.scalar() != Some("based_on"));
    let scalar = |text: String| Node::new(at, Kind::Scalar { text, plain: true, inset: 0 });
    let field = |key: &str, value: String| (scalar(key.to_owned()), scalar(value));
    let line = Node::new(
        at,
        Kind::Map(vec![
            field("name", base.name.to_string()),
            field("version", base.version.to_string()),
            field("hash", base.hash.to_string()),
        ]),
    );
    match entries.iter_mut().find(|(k, _)| k.scalar() == Some("stands_on")) {
        Some((_, Node { kind: Kind::List(list), .. })) => list.insert(0, line),
        _ => entries.push((scalar("stands_on".to_owned()), Node::new(at, Kind::List(vec![line])))),
    }
    root
}

/// The nearest of the known keys, for a refusal.
fn perhaps(word: &str, node: &Node) -> Option<Text> {
    let keys = node.entries().unwrap_or_default().iter().filter_map(|(k, _)| k.scalar());
    nearest(word, keys).and_then(problem::perhaps)
}
