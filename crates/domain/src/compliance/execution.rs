//! Execution, and evaluation after the decision (R713 arts. 34-37).

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::record::{Entry, Record};
use super::{Against, ExcuseGround, Finding, Sketch};
use crate::act::IssueDecision;
use crate::event::CaseEvent;
use crate::id::{PersonId, UnitId};
use crate::words::{EvaluationVoice, StageKind, Volume};

fn issued<'r, 'a>(record: &'r Record<'a>) -> Option<(&'r Entry<'a>, &'a IssueDecision)> {
    record.acts.iter().rev().find_map(|entry| match entry.event {
        CaseEvent::DecisionIssued { given, .. } => Some((entry, given)),
        _ => None,
    })
}

pub(super) fn reported(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    let Some((entry, given)) = issued(record) else { return };
    let report = record.acts.iter().find(|e| {
        e.n > entry.n
            && matches!(
                e.event,
                CaseEvent::ExecutionReported { .. }
                    | CaseEvent::ExecutionTroubleReported { .. }
                    | CaseEvent::ExecutionCompleted { .. }
            )
    });
    let ended = record
        .acts
        .iter()
        .find(|e| matches!(e.event, CaseEvent::ExecutionAdjusted { .. } | CaseEvent::ExecutionTerminated { .. }));
    match (report, ended) {
        (Some(report), _) => {
            line.see(report);
            line.keep();
        }
        (None, Some(ended)) => {
            line.see(ended);
            line.not_applicable();
        }
        (None, None) if given.execution_due_on < against.as_of => {
            line.see(entry);
            line.fail(Finding::Missing, "", given.execution_due_on);
        }
        (None, None) => {}
    }
}

pub(super) fn in_time(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    let Some((entry, given)) = issued(record) else { return };
    line.see(entry);
    let due = given.execution_due_on;
    let mut suspended: Option<(&Entry<'_>, &str)> = None;
    let mut open: Option<Date> = None;
    let mut lost = 0;
    for e in record.acts.iter().filter(|e| e.n > entry.n) {
        match e.event {
            CaseEvent::ExecutionSuspended { given, .. } => {
                suspended = Some((e, &given.reason));
                open = Some(e.day);
            }
            CaseEvent::ExecutionResumed { .. } => {
                lost += open.take().and_then(|from| from.until(e.day).ok()).map_or(0, |s| s.get_days());
            }
            CaseEvent::ExecutionAdjusted { given, .. } => {
                return line.excuse(ExcuseGround::ExecutionChanged, e, &given.reason, &given.document_no);
            }
            CaseEvent::ExecutionTerminated { given, .. } => {
                return line.excuse(ExcuseGround::ExecutionChanged, e, &given.reason, &given.meeting);
            }
            CaseEvent::ExecutionCompleted { given, .. } => {
                line.see(e);
                let days_late = due.until(given.completed_on).map_or(0, |s| s.get_days());
                return match suspended {
                    _ if days_late <= 0 => line.keep(),
                    Some((by, reason)) if days_late <= lost => {
                        line.excuse(ExcuseGround::ExecutionChanged, by, reason, "");
                    }
                    _ => line.fail(Finding::Late, given.completed_on, due),
                };
            }
            _ => {}
        }
    }
    let late = due < against.as_of;
    match suspended {
        Some((by, reason)) if late && open.is_some() => line.excuse(ExcuseGround::ExecutionChanged, by, reason, ""),
        _ if late => line.fail(Finding::Missing, "", due),
        _ => {}
    }
}

pub(super) fn answered(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let mut open: BTreeMap<u32, u64> = BTreeMap::new();
    let mut any = false;
    let mut over = false;
    for entry in &record.acts {
        match entry.event {
            CaseEvent::ExecutionCommentEntered { number, .. } => {
                any = true;
                line.see(entry);
                open.insert(*number, entry.n);
            }
            CaseEvent::ExecutionCommentAnswered { given, .. } => {
                line.see(entry);
                open.remove(&given.number);
                line.hold(!given.handling.trim().is_empty(), Finding::Missing, given.number, "");
            }
            CaseEvent::ExecutionCompleted { .. } => over = true,
            CaseEvent::VolumeClosed { given, .. } if given.volume == Volume::Execution => over = true,
            _ => {}
        }
    }
    if over {
        for number in open.keys() {
            line.fail(Finding::Unanswered, number, "");
        }
        if !any {
            line.not_applicable();
        }
    }
}

pub(super) fn ended_by_meeting(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let mut any = false;
    for entry in &record.acts {
        match entry.event {
            CaseEvent::ExecutionTerminated { given, .. } => {
                any = true;
                line.see(entry);
                line.hold(!given.meeting.trim().is_empty(), Finding::Missing, "meeting", "");
                line.hold(!given.documents.is_empty(), Finding::Missing, "documents", "");
                if given.decided_on > entry.day {
                    line.fail(Finding::Late, given.decided_on, entry.day);
                }
            }
            CaseEvent::EvaluationConcluded { given, .. } if given.conclusion.needs_meeting() => {
                any = true;
                line.see(entry);
                let met = given.meeting.as_deref().is_some_and(|m| !m.trim().is_empty());
                line.hold(met, Finding::Missing, given.conclusion, "meeting");
                line.hold(!given.documents.is_empty(), Finding::Missing, "documents", "");
            }
            _ => {}
        }
    }
    if !any && issued(record).is_some() {
        line.not_applicable();
    }
}

pub(super) fn evaluator_apart(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let mut units: BTreeSet<UnitId> = BTreeSet::new();
    let mut persons: BTreeSet<PersonId> = BTreeSet::new();
    let mut parties: BTreeSet<&str> = BTreeSet::new();
    let mut commissioned = false;
    for entry in &record.acts {
        match entry.event {
            CaseEvent::RiskAssessmentStarted { given, .. } => {
                commissioned = given.third_party.is_some();
                parties.extend(given.third_party.as_deref().map(str::trim));
            }
            // A unit that let a third party assess did not assess itself.
            CaseEvent::RiskReported { .. } => {
                units.extend(entry.by.unit().filter(|_| !commissioned));
                persons.extend(entry.by.person());
            }
            CaseEvent::StageTakenOver { of: StageKind::RiskAssessment, given, .. } => {
                units.extend(given.unit);
                parties.insert(given.done_by.trim());
            }
            CaseEvent::EvaluationStarted { given, .. } => {
                line.see(entry);
                line.keep();
                let mut evaluators = given.lineage.iter().chain([&given.evaluating_unit]);
                if let Some(barred) = evaluators.find(|u| units.contains(u)) {
                    line.fail(Finding::NotEntitled, barred, "assessed_risk");
                }
                if let Some(barred) = given.third_party.as_deref().filter(|p| parties.contains(p.trim())) {
                    line.fail(Finding::NotEntitled, barred, "assessed_risk");
                }
            }
            CaseEvent::EvaluationReported { .. } => {
                line.see(entry);
                if entry.by.person().is_some_and(|p| persons.contains(&p)) {
                    let name = super::line::who(entry.by).map(|w| w.name).unwrap_or_default();
                    line.fail(Finding::NotEntitled, name, "assessed_risk");
                }
            }
            _ => {}
        }
    }
}

pub(super) fn voices(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let mut heard: BTreeMap<EvaluationVoice, (&Entry<'_>, bool, &str)> = BTreeMap::new();
    for entry in &record.acts {
        match entry.event {
            CaseEvent::EvaluationStarted { .. } => heard.clear(),
            CaseEvent::EvaluationVoiceRecorded { given, .. } => {
                heard.insert(given.voice, (entry, given.heard, &given.summary));
            }
            CaseEvent::EvaluationReported { .. } => {
                line.see(entry);
                for voice in EvaluationVoice::ALL {
                    match heard.get(voice) {
                        Some((e, true, _)) => {
                            line.see(e);
                            line.keep();
                        }
                        Some((e, false, why)) if !why.trim().is_empty() => {
                            line.excuse(ExcuseGround::NotHeard, e, why, "");
                        }
                        Some((_, false, _)) => line.fail(Finding::Unreasoned, voice, ""),
                        None => line.fail(Finding::Missing, voice, ""),
                    }
                }
            }
            _ => {}
        }
    }
}
