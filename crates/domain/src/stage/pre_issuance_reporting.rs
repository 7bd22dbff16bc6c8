//! Reporting before issuance 出台前请示报告 (R713 art. 31): the body asked is outside the system; the office records its
//! reply with number and scan. "Decided" is not "issued" (trap 10).

use super::{Bench, misplaced};
use crate::act::Act;
use crate::check;
use crate::code::Code;
use crate::control::Adoption;
use crate::event::CaseEvent;
use crate::permits::{Scene, Verdict};
use crate::rejection::Rejection;
use crate::verb::Verb;
use crate::words::Status;

pub(super) fn requires(scene: &Scene<'_>, _verb: Verb, verdict: &mut Verdict) {
    verdict.ask(Code::DecisionMissing, scene.control.adoption != Adoption::None);
    verdict.ask(Code::StageNotOpen, matches!(scene.stage().status, Status::Available | Status::Active));
    let issued = scene
        .control
        .stages
        .iter()
        .any(|s| s.kind == crate::words::StageKind::Issuance && s.status == Status::Completed);
    verdict.ask(Code::AlreadyThere, !issued);
}

pub(super) fn decide(bench: &Bench<'_>, act: Act) -> Result<Vec<CaseEvent>, Rejection> {
    match act {
        Act::RecordReportReply(given) => {
            check::not_after("replied_on", given.replied_on, bench.on.today())?;
            Ok(vec![CaseEvent::ReportReplied { stage: bench.stage(), given }])
        }
        other => Err(misplaced(&other)),
    }
}
