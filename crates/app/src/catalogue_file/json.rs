//! Catalogues as JSON.

use std::collections::BTreeMap;

use dingce_domain::catalogue::{CatalogueKind, Entry, Head, Printed, PrintedHead};
use dingce_domain::id::EntryId;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{CatalogueFile, Problems};

/// Members that every entry has, null where nothing was seen.
const ENTRY: [&str; 6] = ["no", "title", "undertaking_unit", "procedures", "hearing", "planned_time"];
/// Members that every catalogue has.
const HEAD: [&str; 12] = [
    "organ",
    "level",
    "province",
    "year",
    "title",
    "doc_no",
    "issued",
    "published",
    "source_url",
    "source_kind",
    "columns",
    "kind",
];

/// Catalogues of a file, each with its place.
pub(super) fn read(text: &str, problems: &mut Problems) -> Vec<(String, CatalogueFile)> {
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => {
            let place = format!("line {}, column {}", error.line(), error.column());
            problems.say(place, "不是有效的JSON。", format!("This is no JSON: {error}."));
            return Vec::new();
        }
    };
    let list = match value {
        Value::Array(list) => list.into_iter().enumerate().map(|(i, v)| (format!("[{i}]"), v)).collect(),
        Value::Object(mut map) => match map.remove("catalogues") {
            Some(Value::Array(list)) => {
                list.into_iter().enumerate().map(|(i, v)| (format!("catalogues[{i}]"), v)).collect()
            }
            Some(_) => {
                problems.say("catalogues", "应当是列表。", "Expected a list.");
                Vec::new()
            }
            None => vec![("catalogue".to_owned(), Value::Object(map))],
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            problems.say("file", "应当是目录或者目录的列表。", "Expected a catalogue or a list of them.");
            Vec::new()
        }
    };
    list.into_iter().filter_map(|(place, value)| Some((place.clone(), catalogue(&place, value, problems)?))).collect()
}

/// A JSON object whose members are taken one by one; the rest is kept as printed.
struct Members<'a> {
    place: &'a str,
    map: Map<String, Value>,
    problems: &'a mut Problems,
}

impl Members<'_> {
    fn wrong(&mut self, name: &str, zh: &str, en: &str) {
        self.problems.say(format!("{}.{name}", self.place), format!("应当是{zh}。"), format!("Expected {en}."));
    }

    /// A text; null and absent are none.
    fn text(&mut self, name: &str) -> Option<String> {
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
    fn text_or_printed(&mut self, name: &str) -> Option<String> {
        if self.map.get(name).is_some_and(Value::is_null) { None } else { self.text(name) }
    }

    fn truth(&mut self, name: &str) -> Option<bool> {
        match self.map.remove(name) {
            None | Some(Value::Null) => None,
            Some(Value::Bool(truth)) => Some(truth),
            Some(_) => {
                self.wrong(name, "true、false或null", "true, false or null");
                None
            }
        }
    }

    fn texts(&mut self, name: &str) -> Option<Vec<String>> {
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

    fn number<T: TryFrom<i64>>(&mut self, name: &str) -> Option<T> {
        let value = self.map.remove(name)?;
        let number = value.as_i64().and_then(|n| T::try_from(n).ok());
        if number.is_none() {
            self.wrong(name, "整数", "a whole number in its range");
        }
        number
    }

    /// What was not taken.
    fn rest(self) -> BTreeMap<String, Printed> {
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

    fn left_out(&self, names: &[&str]) -> Vec<String> {
        names.iter().filter(|name| !self.map.contains_key(**name)).map(|name| (*name).to_owned()).collect()
    }
}

fn catalogue(place: &str, value: Value, problems: &mut Problems) -> Option<CatalogueFile> {
    let Value::Object(map) = value else {
        problems.say(place, "应当是目录（对象）。", "Expected a catalogue, which is an object.");
        return None;
    };
    let mut members = Members { place, map, problems };
    let left_out = members.left_out(&HEAD);
    let listed = members.map.remove("entries");
    let year = members.number::<i16>("year");
    if left_out.iter().any(|name| name == "year") {
        members.wrong("year", "年度", "the year");
    }
    let batch = members.number::<u16>("batch").unwrap_or(1);
    let kind = match members.text("kind") {
        None => CatalogueKind::Decision,
        Some(word) => CatalogueKind::from_word(&word).unwrap_or_else(|| {
            members.wrong("kind", "decision_catalogue或hearing_catalogue", "decision_catalogue or hearing_catalogue");
            CatalogueKind::Decision
        }),
    };
    let title = members.text("title").unwrap_or_default();
    let doc_no = members.text("doc_no");
    let mut printed = PrintedHead {
        organ: members.text("organ"),
        level: members.text("level"),
        province: members.text("province"),
        issued: members.text("issued"),
        published: members.text("published"),
        source_url: members.text("source_url"),
        source_kind: members.text("source_kind"),
        columns: members.texts("columns"),
        printed: BTreeMap::new(),
        left_out,
    };
    printed.printed = members.rest();
    let head = Head { kind, year: year.unwrap_or(1949), batch, title, doc_no };
    let mut entries = Vec::new();
    match listed {
        Some(Value::Array(list)) => {
            for (i, value) in list.into_iter().enumerate() {
                entries.extend(entry(&format!("{place}.entries[{i}]"), value, problems));
            }
        }
        _ => problems.say(format!("{place}.entries"), "应当是事项的列表。", "Expected a list of entries."),
    }
    Some(CatalogueFile { head, printed, entries })
}

fn entry(place: &str, value: Value, problems: &mut Problems) -> Option<Entry> {
    let Value::Object(map) = value else {
        problems.say(place, "应当是事项（对象）。", "Expected an entry, which is an object.");
        return None;
    };
    let mut members = Members { place, map, problems };
    let left_out = members.left_out(&ENTRY);
    let title = members.text("title").unwrap_or_default();
    let no = members.text("no").unwrap_or_default();
    let mut entry = Entry {
        no,
        undertaking_unit: members.text("undertaking_unit"),
        procedures: members.texts("procedures"),
        hearing: members.truth("hearing"),
        planned_time: members.text("planned_time"),
        content: members.text_or_printed("content"),
        basis: members.text_or_printed("basis"),
        left_out,
        ..Entry::named(EntryId::new(Uuid::nil()), &title)
    };
    if members.map.get("bundle") == Some(&Value::Bool(true)) {
        members.map.remove("bundle");
        entry.bundle = true;
    }
    entry.printed = members.rest();
    Some(entry)
}

/// A JSON value as printed; `None` for numbers that are not whole.
pub(super) fn printed(value: Value) -> Option<Printed> {
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
pub(super) fn unprinted(value: &Printed) -> Value {
    match value {
        Printed::Null => Value::Null,
        Printed::Bool(truth) => json!(truth),
        Printed::Int(number) => json!(number),
        Printed::Text(text) => json!(text),
        Printed::List(list) => list.iter().map(unprinted).collect(),
        Printed::Map(map) => map.iter().map(|(name, value)| (name.clone(), unprinted(value))).collect(),
    }
}

/// The file with these catalogues: `{"catalogues": […]}`, indented by one blank, with a line end.
pub fn write(files: &[CatalogueFile]) -> String {
    let catalogues: Vec<Value> = files.iter().map(written).collect();
    let mut out = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b" ");
    let mut writer = serde_json::Serializer::with_formatter(&mut out, formatter);
    match serde::Serialize::serialize(&json!({ "catalogues": catalogues }), &mut writer) {
        Ok(()) => {}
        Err(error) => tracing::error!(%error, "a catalogue has no JSON form"),
    }
    out.push(b'\n');
    String::from_utf8(out).unwrap_or_default()
}

fn written(file: &CatalogueFile) -> Value {
    let CatalogueFile { head: Head { kind, year, batch, title, doc_no }, printed, entries } = file;
    let PrintedHead {
        organ,
        level,
        province,
        issued,
        published,
        source_url,
        source_kind,
        columns,
        printed: rest,
        left_out,
    } = printed;
    let mut map = Map::new();
    let members = json!({
        "organ": organ, "level": level, "province": province, "year": year, "title": title, "doc_no": doc_no,
        "issued": issued, "published": published, "source_url": source_url, "source_kind": source_kind,
        "columns": columns, "kind": kind,
    });
    put(&mut map, members, left_out);
    if *batch != 1 {
        map.insert("batch".to_owned(), json!(batch));
    }
    map.extend(rest.iter().map(|(name, value)| (name.clone(), unprinted(value))));
    map.insert("entries".to_owned(), entries.iter().map(written_entry).collect());
    Value::Object(map)
}

fn written_entry(entry: &Entry) -> Value {
    let Entry {
        id: _,
        no,
        title,
        content,
        undertaking_unit,
        // Ids of this deployment's directory mean nothing elsewhere, and nor do those of other catalogues.
        units: _,
        procedures,
        basis,
        hearing,
        planned_time,
        bundle,
        carried_from: _,
        printed,
        left_out,
    } = entry;
    let mut map = Map::new();
    let members = json!({
        "no": no, "title": title, "undertaking_unit": undertaking_unit, "procedures": procedures, "hearing": hearing,
        "planned_time": planned_time,
    });
    put(&mut map, members, left_out);
    map.extend(content.as_ref().map(|t| ("content".to_owned(), json!(t))));
    map.extend(basis.as_ref().map(|t| ("basis".to_owned(), json!(t))));
    map.extend(bundle.then(|| ("bundle".to_owned(), json!(true))));
    map.extend(printed.iter().map(|(name, value)| (name.clone(), unprinted(value))));
    Value::Object(map)
}

/// Adds members; those that the file left out stay out while they have no value.
fn put(map: &mut Map<String, Value>, members: Value, left_out: &[String]) {
    let Value::Object(members) = members else { return };
    for (name, value) in members {
        let nothing = value.is_null() || value == "" || (name == "kind" && value == "decision_catalogue");
        if !(nothing && left_out.contains(&name)) {
            map.insert(name, value);
        }
    }
}
