//! What CSV files of printed lists have in common: headings, cells, lists and odd columns.

use std::collections::BTreeMap;

use dingce_domain::catalogue::Printed;
use serde_json::Value;

use super::{Problems, json, table};

/// A column: its name, and other headings under which it is read.
pub(crate) type Column = (&'static str, &'static [&'static str]);

/// A record by the names of its columns.
pub(crate) struct Line {
    /// Where it stands.
    pub(crate) place: String,
    /// What stands under headings that are known.
    pub(crate) cells: BTreeMap<&'static str, String>,
    /// What stands under others.
    pub(crate) odd: BTreeMap<String, Printed>,
}

impl Line {
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        self.cells.remove(name).filter(|cell| !cell.is_empty())
    }

    pub(crate) fn wrong(&self, name: &str, zh: &str, en: &str, problems: &mut Problems) {
        problems.say(format!("{}, {name}", self.place), format!("应当是{zh}。"), format!("Expected {en}."));
    }

    pub(crate) fn truth(&mut self, name: &str, problems: &mut Problems) -> Option<bool> {
        let cell = self.take(name)?;
        match cell.trim() {
            "是" | "true" | "TRUE" | "True" | "1" | "yes" => Some(true),
            "否" | "false" | "FALSE" | "False" | "0" | "no" => Some(false),
            _ => {
                self.wrong(name, "是、否或者空白", "是 (yes), 否 (no) or nothing", problems);
                None
            }
        }
    }

    /// A list: a JSON list, or texts with 、 or ； between.
    pub(crate) fn list(&mut self, name: &str, problems: &mut Problems) -> Option<Vec<String>> {
        let cell = self.take(name)?;
        if !cell.starts_with('[') {
            return Some(cell.split(['、', '；', ';']).map(|t| t.trim().to_owned()).collect());
        }
        let list = serde_json::from_str(&cell).ok();
        if list.is_none() {
            self.wrong(name, "JSON文本列表", "a JSON list of texts", problems);
        }
        list
    }

    pub(crate) fn map(&mut self, name: &str, problems: &mut Problems) -> BTreeMap<String, Printed> {
        let Some(cell) = self.take(name) else { return BTreeMap::new() };
        let map = serde_json::from_str::<Value>(&cell).ok().and_then(json::printed);
        let Some(Printed::Map(map)) = map else {
            self.wrong(name, "JSON对象（只用整数）", "a JSON object with whole numbers only", problems);
            return BTreeMap::new();
        };
        map
    }
}

/// What the lines of a file are about: its columns, those that must be there, and how many of them are those of a thing.
pub(crate) struct Sheet {
    /// All columns, those of a thing first.
    pub(crate) columns: &'static [Column],
    /// Columns without which nothing is read.
    pub(crate) needed: &'static [&'static str],
    /// How many columns are those of a thing.
    pub(crate) of_thing: usize,
}

/// Things of a file, each with the place of its first line: lines whose cells of a thing are equal are of one. A sheet may
/// say whose list it is on its first line only.
pub(crate) fn read<T>(
    text: &str,
    sheet: &Sheet,
    problems: &mut Problems,
    begin: impl Fn(&mut Line, &mut Problems) -> T,
    add: impl Fn(&mut T, Line, &mut Problems),
) -> Vec<(String, T)> {
    let records = match table::parse(text) {
        Ok(records) => records,
        Err(line) => {
            problems.say(format!("line {line}"), "引号没有闭合。", "A quote is opened and never closed.");
            return Vec::new();
        }
    };
    let mut records = records.into_iter();
    let Some((first, heading)) = records.next() else { return Vec::new() };
    let Some(names) = headings(first, &heading, sheet, problems) else { return Vec::new() };
    let mut found: Vec<(String, T)> = Vec::new();
    let mut heads: Vec<Vec<String>> = Vec::new();
    for (line, record) in records {
        let place = format!("line {line}");
        if record.len() > names.len() {
            let (given, most) = (record.len(), names.len());
            problems.say(
                &place,
                format!("有{given}列，表头只有{most}列。"),
                format!("It has {given} fields under {most} headings."),
            );
            continue;
        }
        let mut line = Line { place, cells: BTreeMap::new(), odd: BTreeMap::new() };
        for (name, cell) in names.iter().zip(record) {
            match name {
                Heading::Known(name) => _ = line.cells.insert(name, cell),
                Heading::Odd(_) if cell.is_empty() => {}
                Heading::Odd(name) => _ = line.odd.insert(name.clone(), Printed::Text(cell)),
            }
        }
        let of_thing = sheet.columns.iter().take(sheet.of_thing);
        let head: Vec<String> = of_thing.map(|(name, _)| line.cells.get(name).cloned().unwrap_or_default()).collect();
        let at = match heads.iter().position(|h| *h == head) {
            Some(at) => at,
            None if head.iter().all(String::is_empty) && !heads.is_empty() => heads.len() - 1,
            None => {
                heads.push(head);
                found.push((line.place.clone(), begin(&mut line, problems)));
                heads.len() - 1
            }
        };
        if let Some((_, thing)) = found.get_mut(at) {
            add(thing, line, problems);
        }
    }
    found
}

enum Heading {
    Known(&'static str),
    Odd(String),
}

fn headings(line: usize, given: &[String], sheet: &Sheet, problems: &mut Problems) -> Option<Vec<Heading>> {
    let Sheet { columns, needed, of_thing: _ } = sheet;
    let mut names: Vec<Heading> = Vec::new();
    let before = problems.0.len();
    for text in given {
        let text = text.trim();
        let known = columns.iter().find(|(name, also)| *name == text || also.contains(&text)).map(|(name, _)| *name);
        let twice = names.iter().any(|n| match n {
            Heading::Known(name) => known == Some(*name),
            Heading::Odd(name) => known.is_none() && name == text,
        });
        if twice || text.is_empty() {
            let place = format!("line {line}");
            problems.say(
                place,
                format!("表头“{text}”为空或者重复。"),
                format!("The heading {text:?} is empty or given twice."),
            );
        }
        names.push(known.map_or_else(|| Heading::Odd(text.to_owned()), Heading::Known));
    }
    for needed in needed.iter() {
        if !names.iter().any(|n| matches!(n, Heading::Known(name) if name == needed)) {
            let also = columns.iter().find(|(name, _)| name == needed).and_then(|(_, also)| also.first());
            problems.say(
                format!("line {line}"),
                format!("缺少列“{}”。", also.unwrap_or(needed)),
                format!("There is no column {needed}."),
            );
        }
    }
    (problems.0.len() == before).then_some(names)
}

/// A file with these lines under these columns, with a byte-order mark, by which spreadsheets know UTF-8.
pub(crate) fn write(columns: &[Column], lines: impl Iterator<Item = Vec<String>>) -> String {
    let heading: Vec<String> = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut out = String::from("\u{feff}") + &table::line(&heading);
    lines.for_each(|fields| out.push_str(&table::line(&fields)));
    out
}

/// A list as JSON, nothing for none: an empty list is something.
pub(crate) fn list(list: Option<&Vec<String>>) -> String {
    list.map_or_else(String::new, crate::streams::json)
}

pub(crate) fn map(map: &BTreeMap<String, Printed>) -> String {
    if map.is_empty() { String::new() } else { json::unprinted(&Printed::Map(map.clone())).to_string() }
}
