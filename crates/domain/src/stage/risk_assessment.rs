//! Risk assessment 风险评估 (R713 arts. 22-24). It ends with the report and the unit's proposal; whether the risk is
//! controllable is found by the organ, at the meeting.

use super::{Bench, misplaced};
use crate::act::Act;
use crate::code::Code;
use crate::control::{Adoption, DraftState};
use crate::event::CaseEvent;
use crate::permits::{Scene, Verdict};
use crate::rejection::Rejection;
use crate::verb::Verb;
use crate::words::Status;

pub(super) fn requires(scene: &Scene<'_>, verb: Verb, verdict: &mut Verdict) {
    let stage = scene.stage();
    match verb {
        Verb::StartRiskAssessment => {
            verdict.ask(Code::DraftMissing, scene.control.draft != DraftState::None);
            verdict.ask(Code::DraftToBeAmended, scene.control.draft != DraftState::ToAmend);
            verdict.ask(Code::DraftAdopted, scene.control.adoption == Adoption::None);
            verdict.ask(Code::StageNotOpen, stage.status == Status::Available);
        }
        _ => verdict.ask(Code::StageNotOpen, stage.status == Status::Active),
    }
}

pub(super) fn decide(bench: &Bench<'_>, act: Act) -> Result<Vec<CaseEvent>, Rejection> {
    let stage = bench.stage();
    match act {
        Act::StartRiskAssessment(given) => {
            bench.current(given.draft)?;
            bench.not_before(&[Verb::AddDraftVersion])?;
            Ok(vec![CaseEvent::RiskAssessmentStarted { stage, given }])
        }
        Act::ReportRisk(given) => {
            bench.not_before(&[Verb::StartRiskAssessment])?;
            Ok(vec![CaseEvent::RiskReported { stage, given }])
        }
        other => Err(misplaced(&other)),
    }
}
