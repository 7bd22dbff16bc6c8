//! What can only be read from source text: lists that have no constant of their own, and types that a check could
//! otherwise forget.
//!
//! Each scan relies on the layout that `cargo fmt` gives, and returns nothing where a file does not exist yet.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A type declared with `words!`.
pub struct Declared {
    /// Its name.
    pub name: String,
    /// The file it stands in.
    pub file: String,
    /// Its stored words.
    pub words: Vec<String>,
}

/// The types declared with `words!` in the files of a folder, and of the folders in it.
pub fn word_types(root: &Path, folder: &str) -> Vec<Declared> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return found };
    for entry in entries.flatten() {
        let file = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            found.extend(word_types(root, &file));
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            let types = declared(&text).into_iter();
            found.extend(types.map(|(name, words)| Declared { name, file: file.clone(), words }));
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// Names of the codes that gates ask for: what `Verdict::ask` is called with, wherever `permits` looks.
pub fn gate_codes(root: &Path) -> BTreeSet<String> {
    let stages = fs::read_dir(root.join("crates/domain/src/stage")).into_iter().flatten().flatten().map(|e| e.path());
    let mut codes = BTreeSet::new();
    for path in stages.chain([root.join("crates/domain/src/permits.rs")]) {
        let text = fs::read_to_string(path).unwrap_or_default();
        for after in text.split("verdict.ask(").skip(1) {
            let name = after.trim_start().strip_prefix("Code::").unwrap_or_default();
            codes.insert(name.chars().take_while(char::is_ascii_alphanumeric).collect());
        }
    }
    codes.remove("");
    codes
}

/// Names of members of inputs that refusals are about, as the rules write them into paths.
pub fn field_names(root: &Path) -> BTreeSet<String> {
    const BEFORE: [&str; 8] = [
        ".at(\"",
        ".at(format!(\"",
        "check::line(\"",
        "check::text(\"",
        "check::lines(\"",
        "check::count(\"",
        "check::not_after(\"",
        "check::not_before(\"",
    ];
    let mut names = BTreeSet::new();
    for folder in ["crates/domain/src", "crates/app/src"] {
        for text in sources(&root.join(folder)) {
            let rules = text.split("#[cfg(test)]").next().unwrap_or_default();
            for before in BEFORE {
                for after in rules.split(before).skip(1) {
                    let path = after.split('"').next().unwrap_or_default();
                    let member =
                        |name: &&str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
                    names.extend(path.split('.').filter(member).map(str::to_owned));
                }
            }
        }
    }
    names
}

fn sources(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            texts.extend(sources(&path));
        } else {
            texts.extend(fs::read_to_string(path));
        }
    }
    texts
}

fn declared(text: &str) -> Vec<(String, Vec<String>)> {
    let mut inside = false;
    let mut types: Vec<(String, Vec<String>)> = Vec::new();
    for line in text.lines() {
        match line {
            "words! {" => inside = true,
            "}" => inside = false,
            _ => {}
        }
        if !inside {
            continue;
        }
        let name = line.strip_prefix("    ").and_then(|rest| rest.strip_suffix(" {"));
        if let Some(name) = name.filter(|name| name.bytes().all(|b| b.is_ascii_alphanumeric())) {
            types.push((name.to_owned(), Vec::new()));
        } else if let Some((_, words)) = types.last_mut() {
            words.extend(quoted_after(line, " = "));
        }
    }
    types
}

/// Stored kinds of a stream's events: the renamed variants of an enum in a file.
pub fn event_kinds(root: &Path, file: &str, name: &str) -> Vec<String> {
    let text = fs::read_to_string(root.join(file)).unwrap_or_default();
    let Some((_, rest)) = text.split_once(&format!("pub enum {name} {{\n")) else { return Vec::new() };
    let body = rest.split_once("\n}").map_or(rest, |(body, _)| body);
    quoted_after(body, "rename = ")
}

/// Codes of the GraphQL endpoint.
pub fn transport_codes(root: &Path) -> Vec<String> {
    let text = fs::read_to_string(root.join("crates/api/src/http/code.rs")).unwrap_or_default();
    let code = |word: &String| word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    quoted_after(&text, " = ").into_iter().filter(code).collect()
}

fn quoted_after(text: &str, before: &str) -> Vec<String> {
    let opening = format!("{before}\"");
    text.match_indices(&opening)
        .filter_map(|(at, _)| text[at + opening.len()..].split_once('"'))
        .map(|(word, _)| word.to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_types_inside_words_are_found() {
        let text = "words! {\n    /// One.\n    First {\n        A = \"a\",\n    }\n}\n\nimpl First {\n    fn x() {\n    }\n}\n";
        assert_eq!(declared(text), [("First".to_owned(), vec!["a".to_owned()])]);
    }

    #[test]
    fn quoted_words_are_found() {
        assert_eq!(quoted_after("A = \"ONE\", X;\nB = \"TWO\", Y;", " = "), ["ONE", "TWO"]);
    }
}
