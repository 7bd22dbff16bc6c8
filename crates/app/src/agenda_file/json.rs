//! Agendas as JSON.

use dingce_domain::printed_agenda::{PrintedAgendaHead, PrintedItem};
use serde_json::{Map, Value, json};

use super::{AgendaFile, NO_ITEM, numbered};
use crate::printed_file::Problems;
use crate::printed_file::json::{self, Members, Things, put, unprinted};

/// Members that every agenda has, null where nothing was seen.
const HEAD: [&str; 3] = ["session", "organ", "held"];
/// Members that every item has.
const ITEM: [&str; 4] = ["no", "title", "reporter", "attendees"];

const AGENDAS: Things = Things { member: "agendas", one: "agenda", zh: "会议议题", en: "an agenda" };

/// Agendas of a file, each with its place.
pub(super) fn read(text: &str, problems: &mut Problems) -> Vec<(String, AgendaFile)> {
    let list = json::things(text, &AGENDAS, problems);
    list.into_iter().filter_map(|(place, value)| Some((place.clone(), agenda(&place, value, problems)?))).collect()
}

fn agenda(place: &str, value: Value, problems: &mut Problems) -> Option<AgendaFile> {
    let map = json::object(place, value, "会议议题", "an agenda", problems)?;
    let mut members = Members { place, map, problems };
    let left_out = members.left_out(&HEAD);
    let listed = members.map.remove("items");
    let mut head = PrintedAgendaHead {
        session: members.text("session").unwrap_or_default(),
        organ: members.text("organ"),
        held: members.text("held"),
        printed: Default::default(),
        left_out,
    };
    head.printed = members.rest();
    let mut items = Vec::new();
    match listed {
        Some(Value::Array(list)) => {
            for (i, value) in list.into_iter().enumerate() {
                items.extend(item(&format!("{place}.items[{i}]"), value, problems));
            }
        }
        _ => problems.say(format!("{place}.items"), "应当是议题的列表。", "Expected a list of items."),
    }
    Some(AgendaFile { head, items })
}

fn item(place: &str, value: Value, problems: &mut Problems) -> Option<PrintedItem> {
    let map = json::object(place, value, "议题", "an item", problems)?;
    let mut members = Members { place, map, problems };
    let left_out = members.left_out(&ITEM);
    let secret = members.map.remove("secret").and_then(|value| {
        let Value::String(number) = value else {
            members.wrong("secret", "涉密事项存根的编号", "the number of the stub of a secret item");
            return None;
        };
        Some(numbered(number))
    });
    let mut item = PrintedItem {
        id: NO_ITEM,
        no: members.text("no").unwrap_or_default(),
        title: members.text("title").unwrap_or_default(),
        reporter: members.text("reporter"),
        attendees: members.texts("attendees"),
        secret,
        printed: Default::default(),
        left_out,
    };
    item.printed = members.rest();
    Some(item)
}

/// The file with these agendas.
pub fn write(files: &[AgendaFile]) -> String {
    json::write(&AGENDAS, files.iter().map(written).collect())
}

fn written(file: &AgendaFile) -> Value {
    let AgendaFile { head: PrintedAgendaHead { session, organ, held, printed, left_out }, items } = file;
    let mut map = Map::new();
    put(&mut map, json!({ "session": session, "organ": organ, "held": held }), left_out);
    map.extend(printed.iter().map(|(name, value)| (name.clone(), unprinted(value))));
    map.insert("items".to_owned(), items.iter().map(written_item).collect());
    Value::Object(map)
}

fn written_item(item: &PrintedItem) -> Value {
    let PrintedItem { id: _, no, title, reporter, attendees, secret, printed, left_out } = item;
    let mut map = Map::new();
    put(&mut map, json!({ "no": no, "title": title, "reporter": reporter, "attendees": attendees }), left_out);
    map.extend(secret.as_ref().map(|secret| ("secret".to_owned(), json!(secret.number))));
    map.extend(printed.iter().map(|(name, value)| (name.clone(), unprinted(value))));
    Value::Object(map)
}
