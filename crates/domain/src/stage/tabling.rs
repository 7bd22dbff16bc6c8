//! Tabling 提请审议: the unit asks, the office checks the file, the deputy in charge reviews, the head decides
//! (R713 art. 29). Every step stands behind the wall of art. 25.

use super::{Bench, misplaced};
use crate::act::Act;
use crate::code::Code;
use crate::control::{Adoption, Detail, DraftState, TablingProgress};
use crate::event::CaseEvent;
use crate::permits::{Scene, Verdict};
use crate::rejection::Rejection;
use crate::verb::Verb;

pub(super) fn requires(scene: &Scene<'_>, verb: Verb, verdict: &mut Verdict) {
    let control = scene.control;
    let Detail::Tabling { progress } = scene.stage().detail else { return };
    verdict.ask(Code::LegalityMissing, control.cleared());
    verdict.ask(Code::DraftToBeAmended, control.draft != DraftState::ToAmend);
    verdict.ask(Code::DraftAdopted, control.adoption == Adoption::None);
    let needed = match verb {
        Verb::RequestTabling => TablingProgress::None,
        Verb::CheckTablingFile => TablingProgress::Requested,
        Verb::ReviewTabling => TablingProgress::Checked,
        _ => TablingProgress::Reviewed,
    };
    verdict.ask(Code::TablingOrder, progress == needed);
}

pub(super) fn decide(bench: &Bench<'_>, act: Act) -> Result<Vec<CaseEvent>, Rejection> {
    let stage = bench.stage();
    match act {
        Act::RequestTabling(given) => {
            bench.current(given.draft)?;
            // Behind the wall of art. 25, also by the days.
            Bench::in_order("occurred_on", bench.on.day(), [bench.case.file.cleared_on])?;
            super::hearing::not_owed(bench)?;
            // The system itself lays what is disputed before the meeting (R713 art. 13).
            let drafting = bench.case.file.drafting.clone();
            Ok(vec![CaseEvent::TablingRequested { stage, given, drafting }])
        }
        Act::CheckTablingFile(given) => {
            bench.not_before(&[Verb::RequestTabling])?;
            Ok(vec![CaseEvent::TablingFileChecked { stage, given }])
        }
        Act::ReviewTabling(given) => {
            bench.not_before(&[Verb::CheckTablingFile])?;
            Ok(vec![CaseEvent::TablingReviewed { stage, given }])
        }
        Act::ApproveTabling(given) => {
            bench.not_before(&[Verb::ReviewTabling])?;
            let draft = bench.case.file.current().ok_or_else(|| Rejection::new(Code::DraftMissing))?.id;
            Ok(vec![if given.approves {
                CaseEvent::TablingApproved { stage, draft, given }
            } else {
                CaseEvent::TablingDeclined { stage, given }
            }])
        }
        other => Err(misplaced(&other)),
    }
}
