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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn list(ids: &[u128]) -> Vec<Entry> {
        ids.iter().map(|n| Entry::named(EntryId::new(Uuid::from_u128(*n)), &format!("事项{n}"))).collect()
    }

    fn kinds(earlier: &[Entry], later: &[Entry]) -> Vec<ChangeKind> {
        differences(earlier, later).into_iter().map(|d| d.change).collect()
    }

    #[test]
    fn equal_lists_do_not_differ_and_a_new_first_line_moves_nobody() {
        assert_eq!(kinds(&list(&[1, 2, 3]), &list(&[1, 2, 3])), []);
        assert_eq!(kinds(&list(&[1, 2]), &list(&[9, 1, 2])), [ChangeKind::Added]);
        assert_eq!(kinds(&list(&[1, 2, 3]), &list(&[2, 3])), [ChangeKind::Dropped]);
        assert_eq!(kinds(&list(&[1, 2]), &list(&[2, 1])), [ChangeKind::Moved, ChangeKind::Moved]);
    }

    /// Over all pairs of lists of up to four entries: what is added one way is dropped the other way, nothing is told of
    /// an entry that both lists have at the same place, and moves are as many in both directions.
    #[test]
    fn the_way_back_undoes_the_way_there() {
        let mut lists: Vec<Vec<u128>> = vec![Vec::new()];
        for at in 0.. {
            let Some(list) = lists.get(at).cloned() else { break };
            if list.len() == 4 {
                continue;
            }
            lists.extend((1..=4).filter(|n| !list.contains(n)).map(|n| [list.clone(), vec![n]].concat()));
        }
        assert_eq!(lists.len(), 65);
        for a in &lists {
            for b in &lists {
                let (there, back) = (kinds(&list(a), &list(b)), kinds(&list(b), &list(a)));
                let count = |list: &[ChangeKind], kind| list.iter().filter(|k| **k == kind).count();
                assert_eq!(count(&there, ChangeKind::Added), count(&back, ChangeKind::Dropped), "{a:?} {b:?}");
                assert_eq!(count(&there, ChangeKind::Moved), count(&back, ChangeKind::Moved), "{a:?} {b:?}");
                assert_eq!(there.is_empty(), a == b, "{a:?} {b:?}");
            }
        }
    }

    /// Whatever member of an entry changes, something is told; only what a file left out is nothing to readers.
    #[test]
    fn no_member_changes_in_silence() {
        let one = list(&[1]);
        type Change = fn(&mut Entry);
        let changes: [(Change, ChangeKind); 9] = [
            (|e| e.title.push('改'), ChangeKind::Renamed),
            (|e| e.undertaking_unit = Some("区水务局".to_owned()), ChangeKind::UnitChanged),
            (|e| e.units.push(crate::id::UnitId::new(Uuid::from_u128(5))), ChangeKind::UnitChanged),
            (|e| e.planned_time = Some("四季度".to_owned()), ChangeKind::TimeChanged),
            (|e| e.hearing = Some(false), ChangeKind::HearingChanged),
            (|e| e.no.push('1'), ChangeKind::OtherChanged),
            (|e| e.procedures = Some(Vec::new()), ChangeKind::OtherChanged),
            (|e| e.basis = Some("依据".to_owned()), ChangeKind::OtherChanged),
            (|e| e.bundle = true, ChangeKind::OtherChanged),
        ];
        for (change, kind) in changes {
            let mut other = one.clone();
            change(&mut other[0]);
            assert_eq!(kinds(&one, &other), [kind]);
        }
    }
}
