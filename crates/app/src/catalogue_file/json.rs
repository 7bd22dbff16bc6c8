//! Catalogues as JSON.

use std::collections::BTreeMap;

use dingce_domain::catalogue::{CatalogueKind, Entry, Head, PrintedHead};
use dingce_domain::id::EntryId;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::CatalogueFile;
use crate::printed_file::Problems;
use crate::printed_file::json::{self, Members, Things, put, unprinted};

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

const CATALOGUES: Things = Things { member: "catalogues", one: "catalogue", zh: "目录", en: "a catalogue" };

/// Catalogues of a file, each with its place.
pub(super) fn read(text: &str, problems: &mut Problems) -> Vec<(String, CatalogueFile)> {
    let list = json::things(text, &CATALOGUES, problems);
    list.into_iter().filter_map(|(place, value)| Some((place.clone(), catalogue(&place, value, problems)?))).collect()
}

fn catalogue(place: &str, value: Value, problems: &mut Problems) -> Option<CatalogueFile> {
    let map = json::object(place, value, "目录", "a catalogue", problems)?;
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
    let map = json::object(place, value, "事项", "an entry", problems)?;
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

/// The file with these catalogues.
pub fn write(files: &[CatalogueFile]) -> String {
    json::write(&CATALOGUES, files.iter().map(written).collect())
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
