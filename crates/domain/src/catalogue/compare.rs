//! Two versions of a list, told apart entry by entry.

use serde::{Deserialize, Serialize};

use super::{ChangeKind, Entry};
use crate::id::EntryId;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// Which entry.
    pub entry: EntryId,
    /// What differs.
    pub change: ChangeKind,
    /// As it was; absent where there was nothing.
    pub before: Option<String>,
    /// As it is; absent where there is nothing.
    pub after: Option<String>,
}

/// What a reader of the earlier list must change to have the later one: dropped entries in the order of the earlier
/// list, then the rest in the order of the later one. Two equal lists have no difference.
///
/// An entry counts as moved only against the entries that both lists have, so that a new first line moves nobody.
pub fn differences(earlier: &[Entry], later: &[Entry]) -> Vec<Difference> {
    let of = |list: &[Entry], id: EntryId| list.iter().position(|e| e.id == id);
    let common = |list: &[Entry], other: &[Entry]| -> Vec<EntryId> {
        list.iter().map(|e| e.id).filter(|id| of(other, *id).is_some()).collect()
    };
    let (stayed_before, stayed_after) = (common(earlier, later), common(later, earlier));
    let mut found = Vec::new();
    for entry in earlier.iter().filter(|e| of(later, e.id).is_none()) {
        found.push(Difference {
            entry: entry.id,
            change: ChangeKind::Dropped,
            before: Some(entry.title.clone()),
            after: None,
        });
    }
    for entry in later {
        let Some(before) = of(earlier, entry.id).and_then(|i| earlier.get(i)) else {
            found.push(Difference {
                entry: entry.id,
                change: ChangeKind::Added,
                before: None,
                after: Some(entry.title.clone()),
            });
            continue;
        };
        let mut differ = |change, before: Option<String>, after: Option<String>| {
            if before != after {
                found.push(Difference { entry: entry.id, change, before, after });
            }
        };
        let place = |list: &[EntryId]| list.iter().position(|id| *id == entry.id).map(|i| (i + 1).to_string());
        differ(ChangeKind::Moved, place(&stayed_before), place(&stayed_after));
        differ(ChangeKind::Renamed, Some(before.title.clone()), Some(entry.title.clone()));
        differ(ChangeKind::UnitChanged, unit(before), unit(entry));
        differ(ChangeKind::TimeChanged, before.planned_time.clone(), entry.planned_time.clone());
        let hearing = |e: &Entry| e.hearing.map(|h| h.to_string());
        differ(ChangeKind::HearingChanged, hearing(before), hearing(entry));
        differ(ChangeKind::OtherChanged, other(before), other(entry));
    }
    found
}

fn unit(entry: &Entry) -> Option<String> {
    let ids = entry.units.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    match (&entry.undertaking_unit, ids.is_empty()) {
        (None, true) => None,
        (None, false) => Some(ids),
        (Some(name), true) => Some(name.clone()),
        (Some(name), false) => Some(format!("{name} ({ids})")),
    }
}

/// All that has no word of its own. Every member is named, so that a new one is not forgotten.
fn other(entry: &Entry) -> Option<String> {
    let Entry {
        id: _,
        no,
        title: _,
        content,
        undertaking_unit: _,
        units: _,
        procedures,
        basis,
        hearing: _,
        planned_time: _,
        bundle,
        carried_from,
        printed,
        left_out: _,
    } = entry;
    let mut parts = Vec::new();
    let mut say = |name: &str, value: Option<String>| parts.extend(value.map(|v| format!("{name}: {v}")));
    say("no", (!no.is_empty()).then(|| no.clone()));
    say("content", content.clone());
    say("procedures", procedures.as_ref().map(|p| p.join("、")));
    say("basis", basis.clone());
    say("bundle", bundle.then(|| "true".to_owned()));
    say("carried_from", carried_from.map(|c| c.entry.to_string()));
    say("printed", (!printed.is_empty()).then(|| format!("{printed:?}")));
    (!parts.is_empty()).then(|| parts.join("; "))
}
