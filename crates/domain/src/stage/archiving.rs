//! Archiving 归档: each volume is checked for completeness and closed in its turn. Nothing is ever added to a closed volume.

use jiff::Span;
use jiff::civil::Date;

use super::{Bench, misplaced};
use crate::act::{Act, CheckVolume};
use crate::code::Code;
use crate::control::{Adoption, Control, Detail, Ending, Evaluation, Execution, Filing, StageControl};
use crate::definition::{Definition, ParameterValue, StageSpec};
use crate::event::CaseEvent;
use crate::permits::{Scene, Verdict};
use crate::rejection::Rejection;
use crate::verb::Verb;
use crate::words::{CriterionId, Retention, StageId, StageKind, Status, Volume};

/// The road to the decision, of a procedure that issues one, is at its end: published (or lawfully not), or the matter
/// ended otherwise.
fn decided(control: &Control) -> bool {
    control.ending != Ending::Running
        || control
            .stages
            .iter()
            .filter(|s| s.kind == StageKind::Publication)
            .all(|s| matches!(s.status, Status::Completed | Status::Absent))
            && control.stages.iter().any(|s| s.kind == StageKind::Issuance && s.status == Status::Completed)
}

fn issues(control: &Control) -> bool {
    control.stages.iter().any(|s| s.kind == StageKind::Issuance)
}

/// Whether what is filed in a volume is finished: of a procedure that issues something, its tasks and approvals; of any
/// other, every stage but archiving itself. What is optional, or filed in another volume than that of the decision, is not
/// waited for before it is begun.
fn finished(scene: &Scene<'_>, volume: Volume) -> bool {
    let issues = issues(scene.control);
    let filed = scene.def.stages.iter().zip(&scene.control.stages).filter(|(spec, _)| spec.volume() == Some(volume));
    let asked = filed.filter(|(spec, _)| spec.kind.is_general() || (!issues && volume == Volume::Decision));
    asked.into_iter().all(|(spec, stage)| match stage.status {
        Status::Completed | Status::Absent => true,
        Status::Available => spec.optional || volume != Volume::Decision,
        Status::Active => false,
    })
}

/// Whether what is filed after the decision may be done: the decision is issued; of a procedure that issues nothing, its
/// stages are finished.
pub(super) fn after_the_decision(scene: &Scene<'_>, verdict: &mut Verdict) {
    if scene.def.stages[scene.at].volume() == Some(Volume::Decision) {
        return;
    }
    if issues(scene.control) {
        let done = |s: &StageControl| s.kind == StageKind::Issuance && s.status == Status::Completed;
        verdict.ask(Code::DecisionMissing, scene.control.stages.iter().any(done));
    } else {
        verdict.ask(Code::StageUnfinished, finished(scene, Volume::Decision));
    }
}

/// Whether anything of the general kinds, filed in this volume, was begun.
pub fn begun(def: &Definition, control: &Control, volume: Volume) -> bool {
    let mut stages = def.stages.iter().zip(&control.stages);
    stages.any(|(spec, stage)| {
        spec.kind.is_general()
            && spec.volume() == Some(volume)
            && matches!(stage.status, Status::Active | Status::Completed)
    })
}

pub(super) fn requires(scene: &Scene<'_>, verb: Verb, verdict: &mut Verdict) {
    let control = scene.control;
    let general = |volume| scene.def.stages.iter().any(|s| s.kind.is_general() && s.volume() == Some(volume));
    match verb.volume() {
        None => return,
        Some(Volume::Decision) => {
            if issues(control) {
                let over = decided(control);
                verdict.ask(Code::DecisionMissing, over || control.adoption != Adoption::None);
                verdict.ask(Code::PublicationMissing, over);
            }
            if general(Volume::Decision) || !issues(control) {
                let ended = control.ending != Ending::Running;
                verdict.ask(Code::StageUnfinished, ended || finished(scene, Volume::Decision));
            }
            verdict.ask(Code::RecordUnsigned, !control.stages.iter().any(StageControl::owes_record));
        }
        Some(Volume::Execution) => {
            let begun = control.execution() != Execution::NotBegun || begun(scene.def, control, Volume::Execution);
            verdict.ask(Code::DecisionMissing, begun);
            verdict.ask(Code::VolumeOrder, control.closed(Volume::Decision));
            let ended = !matches!(control.execution(), Execution::InForce | Execution::Suspended);
            verdict.ask(Code::ExecutionNotEnded, ended);
            let answered =
                control.stages.iter().all(|s| !matches!(s.detail, Detail::Implementation { unanswered: true, .. }));
            verdict.ask(Code::CommentsUnanswered, answered);
            if general(Volume::Execution) {
                verdict.ask(Code::StageUnfinished, finished(scene, Volume::Execution));
            }
        }
        Some(Volume::Evaluation) => {
            verdict.ask(Code::VolumeOrder, control.closed(Volume::Decision));
            let evaluation = control.evaluation();
            let other = evaluation == Evaluation::None && begun(scene.def, control, Volume::Evaluation);
            verdict.ask(Code::EvaluationNotConcluded, evaluation == Evaluation::Concluded || other);
            if general(Volume::Evaluation) {
                verdict.ask(Code::StageUnfinished, finished(scene, Volume::Evaluation));
            }
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
        Act::CheckVolume(given) => {
            materials(bench.def, &given)?;
            Ok(vec![CaseEvent::VolumeChecked { stage, given }])
        }
        Act::CloseVolume(given) => {
            let known = bench.case.file.count(given.volume);
            if given.count != known {
                return Err(Rejection::new(Code::Conflict).at("count").given(given.count).needed(known));
            }
            let (count, root) = (given.count, given.root);
            let retention = bench.case.file.retention.get(&given.volume).copied().unwrap_or(Retention::Permanent);
            let transfer_on = transfer(bench.def, bench.on.day());
            Ok(vec![CaseEvent::VolumeClosed { stage, given, count, root, retention, transfer_on }])
        }
        other => Err(misplaced(&other)),
    }
}

/// Materials that a definition demands of a volume: those of the stages that are filed in it, and with the decision those
/// of archiving itself.
pub fn demanded(def: &Definition, volume: Volume) -> impl Iterator<Item = (&StageId, &CriterionId)> {
    let filed = move |stage: &&StageSpec| stage.volume().unwrap_or(Volume::Decision) == volume;
    def.stages.iter().filter(filed).flat_map(|stage| stage.materials.iter().map(|m| (&stage.id, &m.id)))
}

/// A volume is complete where each material is on file, or somebody says why it is not applicable.
fn materials(def: &Definition, given: &CheckVolume) -> Result<(), Rejection> {
    let printed = |list: Vec<(&StageId, &CriterionId)>| {
        list.into_iter().map(|(stage, material)| format!("{stage}.{material}")).collect::<Vec<_>>().join(", ")
    };
    for (i, answer) in given.materials.iter().enumerate() {
        if !demanded(def, given.volume).any(|known| known == (&answer.stage, &answer.material)) {
            return Err(Rejection::new(Code::InputNotAcceptable)
                .at(format!("materials.{i}"))
                .given(format!("{}.{}", answer.stage, answer.material))
                .needed(printed(demanded(def, given.volume).collect())));
        }
    }
    let answered = |stage: &StageId, material: &CriterionId| {
        given.materials.iter().any(|a| (&a.stage, &a.material) == (stage, material))
    };
    let missing: Vec<_> = demanded(def, given.volume).filter(|(stage, material)| !answered(stage, material)).collect();
    if given.complete && !missing.is_empty() {
        return Err(Rejection::new(Code::MaterialsMissing)
            .at("materials")
            .given(given.materials.len())
            .needed(printed(missing)));
    }
    Ok(())
}

/// The day on which a volume closed on this one is due at the archives, by the definition's `transfer_years`.
fn transfer(def: &Definition, closed_on: Date) -> Option<Date> {
    match def.parameter("transfer_years")?.value {
        ParameterValue::Count(years) => closed_on.checked_add(Span::new().try_years(years).ok()?).ok(),
        ParameterValue::Period(_) | ParameterValue::Share { .. } | ParameterValue::Day(_) => None,
    }
}
