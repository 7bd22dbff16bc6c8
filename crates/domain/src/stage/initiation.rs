//! Initiation 决策启动: the proposal is studied, the organ decides whether to begin and names the undertaking unit
//! (R713 arts. 10-11).

use super::{Bench, misplaced};
use crate::act::Act;
use crate::code::Code;
use crate::control::Detail;
use crate::event::CaseEvent;
use crate::permits::{Scene, Verdict};
use crate::rejection::Rejection;
use crate::verb::Verb;
use crate::words::Status;

pub(super) fn requires(scene: &Scene<'_>, verb: Verb, verdict: &mut Verdict) {
    let stage = scene.stage();
    let Detail::Initiation { studied } = stage.detail else { return };
    verdict.ask(Code::StageNotOpen, stage.status == Status::Active);
    match verb {
        Verb::StudyProposal => verdict.ask(Code::AlreadyThere, !studied),
        _ => verdict.ask(Code::ProposalNotStudied, studied),
    }
}

pub(super) fn decide(bench: &Bench<'_>, act: Act) -> Result<Vec<CaseEvent>, Rejection> {
    let stage = bench.stage();
    match act {
        Act::StudyProposal(given) => Ok(vec![CaseEvent::ProposalStudied { stage, given }]),
        Act::DecideInitiation(given) => {
            // Decided on paper before the study was made: R713 art. 10 puts the study first.
            Bench::in_order("occurred_on", bench.on.day(), [bench.done(Verb::StudyProposal)])?;
            Ok(vec![CaseEvent::InitiationDecided { stage, given }])
        }
        other => Err(misplaced(&other)),
    }
}
