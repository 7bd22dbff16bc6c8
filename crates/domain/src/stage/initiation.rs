//! Initiation 决策启动: the proposal is studied, the organ decides whether to begin and names the undertaking unit
//! (R713 arts. 10-11).

use super::{Bench, misplaced};
use crate::act::Act;
use crate::check;
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
        Act::StudyProposal(given) => {
            check::text("opinion", &given.opinion)?;
            check::documents(&given.documents, 0)?;
            Ok(vec![CaseEvent::ProposalStudied { stage, given }])
        }
        Act::DecideInitiation(given) => {
            check::text("reason", &given.reason)?;
            Ok(vec![CaseEvent::InitiationDecided { stage, given }])
        }
        other => Err(misplaced(&other)),
    }
}
