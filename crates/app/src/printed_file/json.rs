//! What JSON files of printed lists have in common: members taken one by one, the rest kept as printed.

use std::collections::BTreeMap;

use dingce_domain::catalogue::Printed;
use serde_json::{Map, Value, json};

use super::Problems;

/// What a file is a file of, in its own words and in those of both languages.
pub(crate) struct Things {
    /// The member that lists them: `catalogues`.
    pub(crate) member: &'static str,
    /// The name of one: `catalogue`.
    pub(crate) one: &'static str,
    /// 目录.
    pub(crate) zh: &'static str,
    /// `a catalogue`.
    pub(crate) en: &'static str,
}

/// Things of a file, each with its place: an object with a list of them, a list, or one.
pub(crate) fn things(text: &str, of: &Things, problems: &mut Problems) -> Vec<(String, Value)> {
    let Things { member, one, zh, en } = of;
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => {
            let place = format!("line {}, column {}", error.line(), error.column());
            problems.say(place, "不是有效的JSON。", format!("This is no JSON: {error}."));
            return Vec::new();
        }
    };
    match value {
        Value::Array(list) => list.into_iter().enumerate().map(|(i, v)| (format!("[{i}]"), v)).collect(),
        Value::Object(mut map) => match map.remove(*member) {
            Some(Value::Array(list)) => {
                list.into_iter().enumerate().map(|(i, v)| (format!("{member}[{i}]"), v)).collect()
            }
            Some(_) => {
                problems.say(member, "应当是列表。", "Expected a list.");
                Vec::new()
            }
            None => vec![((*one).to_owned(), Value::Object(map))],
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            problems.say("file", format!("应当是{zh}或者{zh}的列表。"), format!("Expected {en} or a list of them."));
            Vec::new()
        }
    }
}

/// The members of a thing.
pub(crate) fn object(
    place: &str,
    value: Value,
    zh: &str,
    en: &str,
    problems: &mut Problems,
) -> Option<Map<String, Value>> {
    let Value::Object(map) = value else {
        problems.say(place, format!("应当是{zh}（对象）。"), format!("Expected {en}, which is an object."));
        return None;
    };
    Some(map)
}

/// A JSON object whose members are taken one by one; the rest is kept as printed.
pub(crate) struct Members<'a> {
    /// Where the object stands.
    pub(crate) place: &'a str,
    /// Members that nobody took yet.
    pub(crate) map: Map<String, Value>,
    /// What is wrong with the file.
    pub(crate) problems: &'a mut Problems,
}

impl Members<'_> {
    pub(crate) fn wrong(&mut self, name: &str, zh: &str, en: &str) {
        self.problems.say(format!("{}.{name}", self.place), format!("应当是{zh}。"), format!("Expected {en}."));
    }

    /// A text; null and absent are none.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        match self.map.remove(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text),
            Some(_) => {
                self.wrong(name, "文本或null", "a text or null");
                None
            }
        }
    }

    /// A text for which null is something to keep apart from absence.
    pub(crate) fn text_or_printed(&mut self, name: &str) -> Option<String> {
        if self.map.get(name).is_some_and(Value::is_null) { None } else { self.text(name) }
    }

    pub(crate) fn truth(&mut self, name: &str) -> Option<bool> {
        match self.map.remove(name) {
            None | Some(Value::Null) => None,
            Some(Value::Bool(truth)) => Some(truth),
            Some(_) => {
                self.wrong(name, "true、false或null", "true, false or null");
                None
            }
        }
    }

    pub(crate) fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        match self.map.remove(name) {
            None | Some(Value::Null) => None,
            Some(Value::Array(list)) => {
                let texts: Option<Vec<_>> = list.iter().map(|v| v.as_str().map(str::to_owned)).collect();
                if texts.is_none() {
                    self.wrong(name, "文本的列表", "a list of texts");
                }
                texts
            }
            Some(_) => {
                self.wrong(name, "文本的列表或null", "a list of texts or null");
                None
            }
        }
    }

    pub(crate) fn number<T: TryFrom<i64>>(&mut self, name: &str) -> Option<T> {
        let value = self.map.remove(name)?;
        let number = value.as_i64().and_then(|n| T::try_from(n).ok());
        if number.is_none() {
            self.wrong(name, "整数", "a whole number in its range");
        }
        number
    }

    /// What was not taken.
    pub(crate) fn rest(self) -> BTreeMap<String, Printed> {
        let Self { place, map, problems } = self;
        let mut rest = BTreeMap::new();
        for (name, value) in map {
            match printed(value) {
                Some(value) => _ = rest.insert(name, value),
                None => problems.say(
                    format!("{place}.{name}"),
                    "只能使用整数，小数请写成文本。",
                    "Only whole numbers can be kept; write others as texts.",
                ),
            }
        }
        rest
    }

    pub(crate) fn left_out(&self, names: &[&str]) -> Vec<String> {
        names.iter().filter(|name| !self.map.contains_key(**name)).map(|name| (*name).to_owned()).collect()
    }
}

/// A JSON value as printed; `None` for numbers that are not whole.
pub(crate) fn printed(value: Value) -> Option<Printed> {
    Some(match value {
        Value::Null => Printed::Null,
        Value::Bool(truth) => Printed::Bool(truth),
        Value::Number(number) => Printed::Int(number.as_i64()?),
        Value::String(text) => Printed::Text(text),
        Value::Array(list) => Printed::List(list.into_iter().map(printed).collect::<Option<_>>()?),
        Value::Object(map) => {
            Printed::Map(map.into_iter().map(|(name, value)| Some((name, printed(value)?))).collect::<Option<_>>()?)
        }
    })
}

/// As JSON.
pub(crate) fn unprinted(value: &Printed) -> Value {
    match value {
        Printed::Null => Value::Null,
        Printed::Bool(truth) => json!(truth),
        Printed::Int(number) => json!(number),
        Printed::Text(text) => json!(text),
        Printed::List(list) => list.iter().map(unprinted).collect(),
        Printed::Map(map) => map.iter().map(|(name, value)| (name.clone(), unprinted(value))).collect(),
    }
}

/// A file of things: `{"member": […]}`, indented by one blank, with a line end.
pub(crate) fn write(of: &Things, things: Vec<Value>) -> String {
    let mut out = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b" ");
    let mut writer = serde_json::Serializer::with_formatter(&mut out, formatter);
    let file = Map::from_iter([(of.member.to_owned(), Value::Array(things))]);
    match serde::Serialize::serialize(&file, &mut writer) {
        Ok(()) => {}
        Err(error) => tracing::error!(%error, "a printed list has no JSON form"),
    }
    out.push(b'\n');
    String::from_utf8(out).unwrap_or_default()
}

/// Adds members; those that the file left out stay out while they have no value.
pub(crate) fn put(map: &mut Map<String, Value>, members: Value, left_out: &[String]) {
    let Value::Object(members) = members else { return };
    for (name, value) in members {
        let nothing = value.is_null() || value == "" || (name == "kind" && value == "decision_catalogue");
        if !(nothing && left_out.contains(&name)) {
            map.insert(name, value);
        }
    }
}
