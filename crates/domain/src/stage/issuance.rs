//! Issuance 印发: the text issued is the text decided, or the version that the reviewer confirmed as carrying out the
//! decision; executing unit and time limit are named.

use super::{Bench, misplaced};
use crate::act::Act;
use crate::check;
use crate::code::Code;
use crate::control::{Adoption, Control, DraftState};
use crate::event::CaseEvent;
use crate::occasion::Manner;
use crate::permits::{Scene, Verdict};
use crate::rejection::Rejection;
use crate::verb::Verb;
use crate::words::{StageKind, Status};

/// Whether the current text is the one decided, or one confirmed as carrying it out.
fn text_settled(control: &Control) -> bool {
    match control.adoption {
        Adoption::None => false,
        Adoption::Agreed => matches!(control.draft, DraftState::Decided | DraftState::Confirmed),
        Adoption::InPrinciple => control.draft == DraftState::Confirmed,
    }
}

pub(super) fn requires(scene: &Scene<'_>, _verb: Verb, verdict: &mut Verdict) {
    let control = scene.control;
    verdict.ask(Code::DecisionMissing, control.adoption != Adoption::None);
    verdict.ask(Code::LegalityMissing, control.cleared());
    verdict.ask(Code::FinalTextUnconfirmed, text_settled(control));
    let reported = control
        .stages
        .iter()
        .filter(|s| s.kind == StageKind::PreIssuanceReporting)
        .all(|s| matches!(s.status, Status::Completed | Status::Absent));
    verdict.ask(Code::ReportingMissing, reported);
    let signed = control
        .stages
        .iter()
        .filter(|s| s.kind == StageKind::CollectiveDeliberation)
        .all(|s| s.status == Status::Completed);
    verdict.ask(Code::RecordUnsigned, signed);
    verdict.ask(Code::IrregularityOpen, !control.irregular);
    verdict.ask(Code::StageNotOpen, scene.stage().status == Status::Available);
}

pub(super) fn decide(bench: &Bench<'_>, act: Act) -> Result<Vec<CaseEvent>, Rejection> {
    match act {
        Act::IssueDecision(given) => {
            let file = &bench.case.file;
            bench.current(given.draft).map_err(|rejection| match (&bench.on.manner, rejection.code) {
                // What went out on paper was another text than the one decided.
                (Manner::Offline { .. }, Code::DraftMovedOn) => {
                    Rejection { code: Code::FinalTextUnconfirmed, ..rejection }
                }
                _ => rejection,
            })?;
            check::not_after("issued_on", given.issued_on, bench.on.today())?;
            // Decided, confirmed and reported on before it goes out (R713 arts. 25, 30, 31).
            let held = file.meeting.as_ref().map(|m| m.called.held_on);
            let first = [held, file.cleared_on, bench.done(Verb::RecordReportReply)];
            Bench::in_order("issued_on", given.issued_on, first)?;
            Ok(vec![CaseEvent::DecisionIssued { stage: bench.stage(), given }])
        }
        other => Err(misplaced(&other)),
    }
}
