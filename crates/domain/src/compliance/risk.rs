//! Risk assessment and what the organ found on it (R713 arts. 22-24).

use super::participation::ran;
use super::record::{Milestone, Record};
use super::{Against, Finding, Sketch};
use crate::event::CaseEvent;
use crate::words::StageKind;

pub(super) fn assessed(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    if against.def.positions(StageKind::RiskAssessment).next().is_none() {
        return line.not_applicable();
    }
    ran(record, line, StageKind::RiskAssessment, Milestone::Risk);
}

pub(super) fn report_whole(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let newest = record.acts.iter().rev().find_map(|entry| match entry.event {
        CaseEvent::RiskReported { given, .. } => Some((entry, given)),
        _ => None,
    });
    let Some((entry, given)) = newest else {
        if let Some((entry, _)) = record.taken_over(StageKind::RiskAssessment) {
            line.see(entry);
            line.untold();
        } else if record.absence(StageKind::RiskAssessment).is_some() {
            line.not_applicable();
        }
        return;
    };
    line.see(entry);
    for (part, text) in [("points", &given.points), ("measures", &given.measures), ("contingency", &given.contingency)]
    {
        line.hold(!text.trim().is_empty(), Finding::Missing, part, "");
    }
    line.hold(!given.documents.is_empty(), Finding::Missing, "documents", "");
}

pub(super) fn controllable(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let Some(decided) = record.adopted() else { return };
    let assessed = record.at(Milestone::Risk).any(|s| s.n < decided.entry.n);
    if !assessed {
        return line.not_applicable();
    }
    let found = record.acts.iter().rev().filter(|e| e.n < decided.entry.n).find_map(|entry| match entry.event {
        CaseEvent::RiskFound { stage, given } if stage == decided.stage => Some((entry, given)),
        _ => None,
    });
    line.see(decided.entry);
    match found {
        Some((entry, given)) => {
            line.see(entry);
            line.hold(given.controllable, Finding::Differs, &given.reason, "");
        }
        None => line.fail(Finding::Missing, "", ""),
    }
}
