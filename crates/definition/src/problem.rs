//! What can be wrong with a file: a stable rule, a place, and words for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use dingce_domain::words::Text;
use serde::Serialize;

/// A place in a file, from 1; column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Place {
    /// Which file: 0 is the one that was given, 1 the one that it stands on, and so forth.
    pub file: u8,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl Place {
    /// Where the given file begins: for what has no place of its own.
    pub(crate) const TOP: Self = Self { file: 0, line: 1, column: 1 };
}

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The rule, a stable id such as `D-ROLE-UNKNOWN`; `docs/formats/definition.md` lists all.
    pub rule: &'static str,
    /// The file, as it was named by the caller.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: Text,
    /// What is needed instead, where that can be said in a few words. What is written in a file is the same in both
    /// languages.
    pub needed: Option<Text>,
}

impl Problem {
    /// What is wrong and what is needed, in Chinese.
    pub fn zh(&self) -> String {
        let needed = self.needed.as_ref().map(|needed| format!("需要：{}。", needed.zh));
        format!("{}{}", self.message.zh, needed.unwrap_or_default())
    }

    /// The same in English.
    pub fn en(&self) -> String {
        let needed = self.needed.as_ref().map(|needed| format!(" Needed: {}.", needed.en));
        format!("{}{}", self.message.en, needed.unwrap_or_default())
    }
}

/// One line: the place, the rule, then Chinese and English.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, file, line, column, message: _, needed: _ } = self;
        write!(f, "{file}:{line}:{column}: {rule}: {} {}", self.zh(), self.en())
    }
}

/// A text in both languages.
pub(crate) fn say(zh: impl Into<String>, en: impl Into<String>) -> Text {
    Text { zh: zh.into(), en: en.into() }
}

/// What is needed, in both languages.
pub(crate) fn instead(zh: impl Into<String>, en: impl Into<String>) -> Option<Text> {
    Some(say(zh, en))
}

/// What is needed, as it is written in a file: the same in both languages.
pub(crate) fn written(this: impl fmt::Display) -> Option<Text> {
    instead(this.to_string(), this.to_string())
}

/// One of several words is needed; nothing can be said where there is none.
pub(crate) fn among<'a>(words: impl IntoIterator<Item = &'a str>) -> Option<Text> {
    let words: Vec<_> = words.into_iter().collect();
    match words.as_slice() {
        [] => None,
        [only] => written(only),
        several => instead(format!("{} 之一", several.join("、")), format!("one of {}", several.join(", "))),
    }
}

/// The known word that was perhaps meant; all of them where none is near.
pub(crate) fn suggest<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Option<Text> {
    match nearest(word, known.clone()) {
        Some(near) => perhaps(near),
        None => among(known),
    }
}

/// A word that was perhaps meant.
pub(crate) fn perhaps(word: impl fmt::Display) -> Option<Text> {
    instead(format!("可能是 {word}"), format!("perhaps {word}"))
}

/// Collects problems of a file and of those that it stands on.
#[derive(Debug)]
pub(crate) struct Problems {
    files: Vec<String>,
    list: Vec<(Place, Problem)>,
    /// Of what is told once: its position, and the lines where the same stands again.
    once: BTreeMap<String, (usize, Vec<Place>)>,
}

impl Problems {
    pub fn new(file: &str) -> Self {
        Self { files: vec![file.to_owned()], list: Vec::new(), once: BTreeMap::new() }
    }

    /// Names a further file; gives the number that its places have.
    pub fn also(&mut self, file: &str) -> u8 {
        self.files.push(file.to_owned());
        u8::try_from(self.files.len() - 1).unwrap_or(u8::MAX)
    }

    pub fn add(&mut self, rule: &'static str, at: Place, message: Text, needed: Option<Text>) {
        let file = self.files.get(usize::from(at.file)).cloned().unwrap_or_default();
        self.list.push((at, Problem { rule, file, line: at.line, column: at.column, message, needed }));
    }

    /// Adds what is one mistake wherever it shows: later places are told with the first.
    pub fn add_once(&mut self, what: String, rule: &'static str, at: Place, message: Text, needed: Option<Text>) {
        match self.once.get_mut(&what) {
            Some((_, again)) => again.push(at),
            None => {
                self.once.insert(what, (self.list.len(), Vec::new()));
                self.add(rule, at, message, needed);
            }
        }
    }

    /// How often something was wrong; what is told once counts as often as it stands there.
    pub fn len(&self) -> usize {
        self.list.len() + self.once.values().map(|(_, again)| again.len()).sum::<usize>()
    }

    /// All problems in the order of the file; those of a file that it stands on come after its own.
    pub fn into_list(mut self) -> Vec<Problem> {
        for (first, again) in std::mem::take(&mut self.once).into_values().filter(|(_, again)| !again.is_empty()) {
            let lines: BTreeSet<_> = again.iter().map(|at| (at.file, at.line)).collect();
            let own = self.list[first].0.file;
            let line = |(file, line): (u8, u32)| match self.files.get(usize::from(file)).filter(|_| file != own) {
                Some(file) => format!("{file}:{line}"),
                None => line.to_string(),
            };
            let lines: Vec<_> = lines.into_iter().map(line).collect();
            let message = &mut self.list[first].1.message;
            message.zh.push_str(&format!("同样的问题还在第 {} 行。", lines.join("、")));
            message.en.push_str(&format!(" The same on: {}.", lines.join(", ")));
        }
        self.list.sort_by_key(|(at, _)| *at);
        self.list.into_iter().map(|(_, problem)| problem).collect()
    }
}

/// The known word nearest to a mistyped one, if one is near enough to be meant.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (word.chars().count() / 3).max(1);
    known.into_iter().map(|k| (distance(word, k), k)).filter(|(d, _)| *d <= allowed).min().map(|(_, k)| k)
}

/// Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut left = i + 1;
        let mut diagonal = row[0];
        row[0] = left;
        for (j, y) in b.iter().enumerate() {
            let here = (diagonal + usize::from(x != *y)).min(left + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = here;
            left = here;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_word_is_suggested_and_a_far_one_is_not() {
        assert_eq!(nearest("particpation", ["participation", "risk"]), Some("participation"));
        assert_eq!(nearest("zzz", ["participation", "risk"]), None);
    }
}
