//! Volumes and what is withheld (R713 art. 33; Open Government Information Regulation art. 18).

use std::collections::BTreeSet;

use super::record::{Milestone, Record};
use super::{Against, Finding, Sketch};
use crate::event::CaseEvent;
use crate::time::{Limit, due_after_calendar_days, due_after_working_days};
use crate::words::Volume;

pub(super) fn whole(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    for entry in &record.acts {
        let CaseEvent::VolumeClosed { given: closed, .. } = entry.event else { continue };
        line.see(entry);
        let check = record.acts.iter().rev().filter(|e| e.n < entry.n).find_map(|e| match e.event {
            CaseEvent::VolumeChecked { given, .. } if given.volume == closed.volume => Some((e, given)),
            _ => None,
        });
        let Some((e, check)) = check else {
            line.fail(Finding::Missing, closed.volume, "");
            continue;
        };
        line.see(e);
        line.hold(check.complete, Finding::Missing, check.missing.join(", "), "");
        let answered: BTreeSet<_> = check.materials.iter().map(|m| (&m.stage, &m.material)).collect();
        let filed = against.def.stages.iter().filter(|s| s.volume() == Some(closed.volume));
        for (stage, material) in filed.flat_map(|s| s.materials.iter().map(move |m| (&s.id, m))) {
            if !answered.contains(&(stage, &material.id)) {
                line.fail(Finding::Missing, format!("{stage}: {}", material.text.zh), "");
            }
        }
        for left in check.materials.iter().filter(|m| !m.on_file && m.note.trim().is_empty()) {
            line.fail(Finding::Unreasoned, format!("{}: {}", left.stage, left.material), "");
        }
    }
}

pub(super) fn in_time(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    let parameter = against.def.parameter("dossier_period");
    let Some((parameter, limit)) = parameter.and_then(|p| Some((p, against.def.period(&p.id)?))) else {
        return line.not_applicable();
    };
    line.rests_on(against, parameter);
    let Some(published) = record.at(Milestone::Published).next_back().filter(|_| record.of_case) else { return };
    let due = match limit {
        Limit::Calendar(days) => Some(due_after_calendar_days(published.last, days)),
        Limit::Working(days) => due_after_working_days(against.calendar, published.last, days).date(),
    };
    let Some(due) = due else { return };
    line.step(published);
    let closed = record
        .acts
        .iter()
        .find(|e| matches!(e.event, CaseEvent::VolumeClosed { given, .. } if given.volume == Volume::Decision));
    match closed {
        Some(entry) => {
            line.see(entry);
            line.hold(entry.day <= due, Finding::Late, entry.day, due);
        }
        None if due < against.as_of => line.fail(Finding::Missing, "", due),
        None => {}
    }
}

pub(super) fn rechecked(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    if let Some(parameter) = against.def.parameter("disclosure_recheck_period") {
        line.rests_on(against, parameter);
    }
    let newest = record.acts.iter().rev().find_map(|entry| match entry.event {
        CaseEvent::DisclosureReviewed { next_on, .. } => Some((entry, *next_on)),
        _ => None,
    });
    match newest {
        Some((entry, Some(next))) => {
            line.see(entry);
            line.hold(next >= against.as_of, Finding::Missing, "", next);
        }
        Some((_, None)) => line.not_applicable(),
        None => {}
    }
}
