//! Archiving 归档: each volume is checked for completeness and closed in its turn. Nothing is ever added to a closed volume.

use super::{Bench, misplaced};
use crate::act::Act;
use crate::code::Code;
use crate::control::{Control, Detail, Ending, Evaluation, Execution, Filing};
use crate::event::CaseEvent;
use crate::permits::{Scene, Verdict};
use crate::rejection::Rejection;
use crate::verb::Verb;
use crate::words::{StageKind, Status, Volume};

/// The road to the decision is at its end: published (or lawfully not), or the matter ended otherwise.
fn decided(control: &Control) -> bool {
    control.ending != Ending::Running
        || control
            .stages
            .iter()
            .filter(|s| s.kind == StageKind::Publication)
            .all(|s| matches!(s.status, Status::Completed | Status::Absent))
            && control.stages.iter().any(|s| s.kind == StageKind::Issuance && s.status == Status::Completed)
}

pub(super) fn requires(scene: &Scene<'_>, verb: Verb, verdict: &mut Verdict) {
    let control = scene.control;
    match verb.volume() {
        None => return,
        Some(Volume::Decision) => verdict.ask(Code::DecisionMissing, decided(control)),
        Some(Volume::Execution) => {
            verdict.ask(Code::DecisionMissing, control.execution() != Execution::NotBegun);
            verdict.ask(Code::VolumeOrder, control.closed(Volume::Decision));
            let ended = !matches!(control.execution(), Execution::InForce | Execution::Suspended);
            verdict.ask(Code::ExecutionNotEnded, ended);
            let answered =
                control.stages.iter().all(|s| !matches!(s.detail, Detail::Implementation { unanswered: true, .. }));
            verdict.ask(Code::CommentsUnanswered, answered);
        }
        Some(Volume::Evaluation) => {
            verdict.ask(Code::VolumeOrder, control.closed(Volume::Decision));
            verdict.ask(Code::EvaluationNotConcluded, control.evaluation() == Evaluation::Concluded);
        }
    }
    verdict.ask(Code::IrregularityOpen, !control.irregular);
    let closes = matches!(verb, Verb::CloseVolume | Verb::CloseExecutionVolume | Verb::CloseEvaluationVolume);
    if let Some(volume) = verb.volume().filter(|_| closes) {
        verdict.ask(Code::VolumeNotChecked, control.filing(volume) == Filing::Checked);
    }
}

pub(super) fn decide(bench: &Bench<'_>, act: Act) -> Result<Vec<CaseEvent>, Rejection> {
    let stage = bench.stage();
    match act {
        Act::CheckVolume(given) => Ok(vec![CaseEvent::VolumeChecked { stage, given }]),
        Act::CloseVolume(given) => {
            let known = bench.case.file.count(given.volume);
            if given.count != known {
                return Err(Rejection::new(Code::Conflict).at("count").given(given.count).needed(known));
            }
            let (count, root) = (given.count, given.root);
            Ok(vec![CaseEvent::VolumeClosed { stage, given, count, root }])
        }
        other => Err(misplaced(&other)),
    }
}
