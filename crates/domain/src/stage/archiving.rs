//! Archiving 归档: the volume is checked for completeness and closed. Nothing is ever added to a closed volume.

use super::{Bench, misplaced};
use crate::act::Act;
use crate::code::Code;
use crate::control::{Control, Detail, Ending, StageControl};
use crate::event::CaseEvent;
use crate::permits::{Scene, Verdict};
use crate::rejection::Rejection;
use crate::verb::Verb;
use crate::words::{StageKind, Status};

/// The road is at its end: published (or lawfully not), or the matter ended otherwise.
fn at_end(control: &Control) -> bool {
    control.ending != Ending::Running
        || control
            .stages
            .iter()
            .filter(|s| s.kind == StageKind::Publication)
            .all(|s| matches!(s.status, Status::Completed | Status::Absent))
            && control.stages.iter().any(|s| s.kind == StageKind::Issuance && s.status == Status::Completed)
}

pub(super) fn requires(scene: &Scene<'_>, verb: Verb, verdict: &mut Verdict) {
    let Detail::Archiving { checked } = scene.stage().detail else { return };
    verdict.ask(Code::DecisionMissing, at_end(scene.control));
    verdict.ask(Code::IrregularityOpen, !scene.control.irregular);
    verdict.ask(Code::RecordUnsigned, !scene.control.stages.iter().any(StageControl::owes_record));
    if verb == Verb::CloseVolume {
        verdict.ask(Code::VolumeNotChecked, checked);
    }
}

pub(super) fn decide(bench: &Bench<'_>, act: Act) -> Result<Vec<CaseEvent>, Rejection> {
    let stage = bench.stage();
    match act {
        Act::CheckVolume(given) => Ok(vec![CaseEvent::VolumeChecked { stage, given }]),
        Act::CloseVolume(given) => {
            if given.count != bench.case.n {
                return Err(Rejection::new(Code::Conflict).at("count").given(given.count).needed(bench.case.n));
            }
            let (count, root) = (given.count, given.root);
            Ok(vec![CaseEvent::VolumeClosed { stage, given, count, root }])
        }
        other => Err(misplaced(&other)),
    }
}
