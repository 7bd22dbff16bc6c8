//! Issuance 印发: the text issued is the text decided, or the version that the reviewer confirmed as carrying out the
//! decision; executing unit and time limit are named.

use jiff::civil::Date;

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

/// Whether a document number names another year in 〔〕 than that of its issue: advice for whoever entered it, no refusal. A
/// number without such a year differs from none.
pub fn year_differs(document_no: &str, issued_on: Date) -> bool {
    let inside = document_no.split_once('〔').and_then(|(_, rest)| rest.split_once('〕'));
    let year = inside.and_then(|(year, _)| year.trim().parse::<i16>().ok());
    year.is_some_and(|year| year != issued_on.year())
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

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::year_differs;

    #[test]
    fn the_year_of_a_number_is_that_of_its_issue() {
        let on = date(2026, 11, 26);
        assert!(year_differs("湛麻府〔2024〕9号", on));
        for alike in ["湛麻府〔2026〕9号", "第9号", "湛麻府〔9〕", "〔二〇二四〕1号", "〕2024〔"]
        {
            assert_eq!(year_differs(alike, on), alike.contains("〔9〕"), "{alike}");
        }
    }
}
