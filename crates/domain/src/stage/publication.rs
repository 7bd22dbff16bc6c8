//! Publication 公布, with policy explanation 解读 (R713 art. 32).

use super::{Bench, misplaced};
use crate::act::Act;
use crate::check;
use crate::code::Code;
use crate::event::CaseEvent;
use crate::permits::{Scene, Verdict};
use crate::rejection::Rejection;
use crate::verb::Verb;
use crate::words::{StageKind, Status};

pub(super) fn requires(scene: &Scene<'_>, _verb: Verb, verdict: &mut Verdict) {
    let issued = scene.control.stages.iter().any(|s| s.kind == StageKind::Issuance && s.status == Status::Completed);
    verdict.ask(Code::DecisionMissing, issued);
    verdict.ask(Code::StageNotOpen, scene.stage().status == Status::Available);
}

pub(super) fn decide(bench: &Bench<'_>, act: Act) -> Result<Vec<CaseEvent>, Rejection> {
    match act {
        Act::PublishDecision(given) => {
            check::not_after("published_on", given.published_on, bench.on.today())?;
            Bench::in_order("published_on", given.published_on, [bench.case.file.issued_on])?;
            Ok(vec![CaseEvent::DecisionPublished { stage: bench.stage(), given }])
        }
        other => Err(misplaced(&other)),
    }
}
