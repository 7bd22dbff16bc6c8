//! What is asked of the record as a whole: absences, irregularities, late records, periods.

use std::collections::BTreeMap;

use super::record::Record;
use super::{Against, ExcuseGround, Finding, Sketch};
use crate::condition::{Condition, FactValue, Facts, Path, Test};
use crate::event::CaseEvent;
use crate::time::ClockKind;

/// Whether a condition holds, as far as declared facts alone tell; nothing where something else is asked. It is told from
/// the facts and from nothing else: where a stage stood is what gates look at.
fn by_facts(condition: &Condition, facts: &Facts) -> Option<bool> {
    match condition {
        Condition::All(list) => all(list.iter().map(|c| by_facts(c, facts))),
        Condition::Any(list) => all(list.iter().map(|c| by_facts(c, facts).map(|b| !b))).map(|b| !b),
        Condition::Not(inner) => by_facts(inner, facts).map(|b| !b),
        Condition::Test(Path::Fact(fact), test) => facts.get(fact).map(|value| meets(test, value)),
        Condition::Test(..) => None,
    }
}

/// All of them: false where one is, and not known where one is not known.
fn all(mut each: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    each.try_fold(Some(true), |sum, one| match one {
        Some(false) => Err(Some(false)),
        None => Ok(None),
        Some(true) => Ok(sum),
    })
    .unwrap_or_else(|done| done)
}

fn meets(test: &Test, value: &FactValue) -> bool {
    let number = |than: fn(i64, i64) -> bool, limit: i64| matches!(value, FactValue::Number(n) if than(*n, limit));
    match test {
        Test::In(list) => list.contains(value),
        Test::Less(limit) => number(|n, l| n < l, *limit),
        Test::AtMost(limit) => number(|n, l| n <= l, *limit),
        Test::Greater(limit) => number(|n, l| n > l, *limit),
        Test::AtLeast(limit) => number(|n, l| n >= l, *limit),
    }
}

pub(super) fn absences(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    for entry in &record.acts {
        let CaseEvent::AbsenceRecorded { stage, given } = entry.event else { continue };
        line.see(entry);
        line.keep();
        for (part, text) in [("reason", &given.reason), ("basis", &given.basis)] {
            if text.trim().is_empty() {
                line.fail(Finding::Unreasoned, stage, part);
            }
        }
        // Reopened, it counts no more: its ground fell away later.
        let reopened = record
            .acts
            .iter()
            .any(|e| e.n > entry.n && matches!(e.event, CaseEvent::StageReopened { stage: of } if of == stage));
        match against.def.stage(stage).map(|spec| &spec.absent_if) {
            Some(None) => line.fail(Finding::NotEntitled, stage, ""),
            Some(Some(allowed)) if !reopened => {
                let until = record.until_decided().max(entry.n);
                let holds = record.facts(until).and_then(|facts| by_facts(&allowed.condition, facts));
                if holds == Some(false) {
                    line.fail(Finding::NotEntitled, stage, &allowed.text.zh);
                }
            }
            _ => {}
        }
    }
    if record.acts.iter().all(|e| !matches!(e.event, CaseEvent::AbsenceRecorded { .. })) && record.decided().is_some() {
        line.not_applicable();
    }
}

pub(super) fn irregularities(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let mut open = BTreeMap::new();
    for entry in &record.acts {
        match entry.event {
            CaseEvent::IrregularityRecorded { irregularity, broken, .. } => {
                line.see(entry);
                open.insert(*irregularity, broken.iter().map(|b| b.code.as_str()).collect::<Vec<_>>().join(", "));
            }
            CaseEvent::IrregularityCured { given, .. } => {
                open.remove(&given.irregularity);
                line.excuse(ExcuseGround::Cured, entry, &given.how, "");
            }
            _ => {}
        }
    }
    for codes in open.values() {
        line.fail(Finding::Unanswered, codes, "");
    }
    if record.of_case {
        line.not_applicable();
    }
}

pub(super) fn late_records(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    if record.of_case {
        line.not_applicable();
    }
    for entry in &record.acts {
        let shown = match entry.event {
            CaseEvent::StageTakenOver { given, .. } => !given.documents.is_empty(),
            CaseEvent::CaseOnboarded { given, .. } => !given.documents.is_empty(),
            // One act may give several events; the clocks that it moves are shown with it.
            _ if entry.offline && entry.event.clock().is_none() => !entry.evidence.is_empty(),
            _ => continue,
        };
        line.see(entry);
        line.hold(shown, Finding::Missing, entry.event.kind(), "documents");
    }
}

/// Parameters that another rule judges, so that nothing is told twice.
const JUDGED: [&str; 9] = [
    "publication_period",
    "publication_target",
    "explanation_period",
    "dossier_period",
    "hearing_notice",
    "hearing_list",
    "hearing_materials",
    "hearing_report",
    "deferral_period",
];

pub(super) fn periods(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    for entry in &record.acts {
        let (clock, due_on) = match entry.event {
            CaseEvent::ClockOverdue { clock, due_on, .. } => (clock, Some(*due_on)),
            CaseEvent::ClockStopped { clock, overdue: false, .. } => (clock, None),
            _ => continue,
        };
        let Some(spec) = against.def.clocks.iter().find(|c| &c.id == clock) else { continue };
        // A period that the act itself states is judged where that act is.
        let Some(parameter) = spec.parameter.as_ref().filter(|p| !JUDGED.contains(&p.as_str())) else { continue };
        if matches!(spec.kind, ClockKind::Floor | ClockKind::Guaranteed) {
            continue;
        }
        line.see(entry);
        let Some(due_on) = due_on else {
            line.keep();
            continue;
        };
        let hard = against.def.parameters.get(parameter).is_some_and(|p| against.def.binds(p, entry.day));
        if hard {
            line.fail(Finding::Late, clock, due_on);
        } else {
            line.advise(Finding::Late, clock, due_on);
        }
    }
    if record.of_case {
        line.not_applicable();
    }
}
