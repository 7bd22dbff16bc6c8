//! Publication 公布, with policy explanation 解读 (R713 art. 32).

use super::{Bench, misplaced};
use crate::act::{Act, PublishDecision};
use crate::check;
use crate::code::Code;
use crate::event::CaseEvent;
use crate::permits::{Scene, Verdict};
use crate::rejection::Rejection;
use crate::verb::Verb;
use crate::words::{StageKind, Status};

pub(super) fn requires(scene: &Scene<'_>, verb: Verb, verdict: &mut Verdict) {
    let issued = scene.control.stages.iter().any(|s| s.kind == StageKind::Issuance && s.status == Status::Completed);
    verdict.ask(Code::DecisionMissing, issued);
    // An explanation may follow the publication, more than once.
    let needed = if verb == Verb::PublishExplanation { Status::Completed } else { Status::Available };
    verdict.ask(Code::StageNotOpen, scene.stage().status == needed);
}

/// How opinions were adopted is published where the matter is of wide concern or of technical nature (R713 art. 32): of the
/// latter are those on which experts were heard.
fn accounted(bench: &Bench<'_>, given: &PublishDecision) -> Result<(), Rejection> {
    let technical =
        bench.case.control.stages.iter().any(|s| s.kind == StageKind::ExpertReview && s.status == Status::Completed);
    let needed = match (given.wide_concern, technical) {
        (true, _) => "wide concern",
        (_, true) => "technical nature",
        _ => return Ok(()),
    };
    if given.adoption_account.is_some() {
        return Ok(());
    }
    Err(Rejection::new(Code::ReasonMissing).at("adoption_account").given("null").needed(needed))
}

pub(super) fn decide(bench: &Bench<'_>, act: Act) -> Result<Vec<CaseEvent>, Rejection> {
    match act {
        Act::PublishDecision(given) => {
            check::not_after("published_on", given.published_on, bench.on.today())?;
            Bench::in_order("published_on", given.published_on, [bench.case.file.issued_on])?;
            accounted(bench, &given)?;
            bench.released(&given.documents)?;
            Ok(vec![CaseEvent::DecisionPublished { stage: bench.stage(), given }])
        }
        Act::PublishExplanation(given) => {
            check::not_after("published_on", given.published_on, bench.on.today())?;
            let published = bench.case.file.published.as_ref().map(|p| p.on);
            published.map_or(Ok(()), |day| check::not_before("published_on", given.published_on, day))?;
            bench.released(&given.documents)?;
            Ok(vec![CaseEvent::ExplanationPublished { stage: bench.stage(), given }])
        }
        other => Err(misplaced(&other)),
    }
}
