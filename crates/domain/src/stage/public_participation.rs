//! Public participation 公众参与: open solicitation of comments, their answers, and the report (R713 arts. 14-18).
//!
//! Comments live on the consultation's own stream; the case learns when it closed, with how many comments, and when all
//! of them are answered. Zero comments are a result like any other.

use jiff::civil::Date;

use super::{Bench, misplaced};
use crate::act::{Act, CloseSolicitation, OpenSolicitation, RecordParticipation};
use crate::check;
use crate::code::Code;
use crate::control::{Comments, Detail, DraftState, Solicitation};
use crate::event::CaseEvent;
use crate::id::{ConsultationId, DraftId};
use crate::permits::{Scene, Verdict};
use crate::rejection::Rejection;
use crate::time::days::DAYS_MAX;
use crate::time::{ClockKind, Limit, Run};
use crate::verb::Verb;
use crate::words::{ParticipationForm, Status};

pub(super) fn requires(scene: &Scene<'_>, verb: Verb, verdict: &mut Verdict) {
    let stage = scene.stage();
    let Detail::PublicParticipation { solicitation, comments, .. } = stage.detail else { return };
    match verb {
        Verb::OpenSolicitation => {
            verdict.ask(Code::DraftMissing, scene.control.draft != DraftState::None);
            verdict.ask(Code::DraftToBeAmended, scene.control.draft != DraftState::ToAmend);
            verdict.ask(Code::DraftAdopted, scene.control.adoption == crate::control::Adoption::None);
            verdict.ask(Code::SolicitationOpen, solicitation != Solicitation::Open);
            verdict.ask(Code::StageNotOpen, stage.status == Status::Available);
        }
        Verb::CloseSolicitation => verdict.ask(Code::SolicitationNotClosed, solicitation == Solicitation::Open),
        Verb::SettleComments => {
            verdict.ask(Code::SolicitationNotClosed, solicitation == Solicitation::Closed);
            verdict.ask(Code::CommentAnswered, comments == Comments::Open);
        }
        Verb::AnswerComment | Verb::EnterComment => {
            verdict.ask(Code::ConsultationClosed, solicitation != Solicitation::None);
        }
        Verb::RecordParticipation => {
            verdict.ask(Code::DraftMissing, scene.control.draft != DraftState::None);
            verdict.ask(Code::DraftAdopted, scene.control.adoption == crate::control::Adoption::None);
            verdict.ask(Code::StageNotOpen, matches!(stage.status, Status::Available | Status::Active));
        }
        verb if verb.of_hearing() => super::hearing::requires(scene, verb, verdict),
        _ => {
            verdict.ask(Code::StageNotOpen, stage.status == Status::Active);
            verdict.ask(Code::SolicitationNotClosed, solicitation == Solicitation::Closed);
            verdict.ask(Code::CommentsUnanswered, comments != Comments::Open);
            super::hearing::finished(scene, verdict);
        }
    }
}

pub(super) fn decide(bench: &Bench<'_>, act: Act) -> Result<Vec<CaseEvent>, Rejection> {
    let stage = bench.stage();
    match act {
        Act::OpenSolicitation(given) => {
            open(bench, &given)?;
            bench.released(&given.documents)?;
            let consultation = ConsultationId::new(bench.on.ids.next());
            Ok(vec![CaseEvent::SolicitationOpened { stage, consultation, given }])
        }
        Act::CloseSolicitation(given) => {
            close(bench, &given)?;
            Ok(vec![CaseEvent::SolicitationClosed { stage, given }])
        }
        Act::SettleComments(given) => {
            this_consultation(bench, given.consultation)?;
            Ok(vec![CaseEvent::CommentsSettled { stage, given }])
        }
        Act::RecordParticipation(given) => {
            bench.current(given.draft)?;
            check::not_after("held_on", given.held_on, bench.on.day())?;
            let drafted = bench.done(Verb::AddDraftVersion);
            drafted.map_or(Ok(()), |drafted| check::not_before("held_on", given.held_on, drafted))?;
            let in_time = in_time(bench, &given);
            Ok(vec![CaseEvent::ParticipationRecorded { stage, given, in_time }])
        }
        Act::ReportParticipation(given) => {
            // What the unit itself decided to hold, it holds or cancels with a reason.
            if bench.case.file.hearing_decided {
                return Err(Rejection::new(Code::HearingMissing));
            }
            Ok(vec![CaseEvent::ParticipationReported { stage, given }])
        }
        other => Err(misplaced(&other)),
    }
}

fn open(bench: &Bench<'_>, given: &OpenSolicitation) -> Result<(), Rejection> {
    let _: &DraftId = &bench.current(given.draft)?.id;
    // Nobody can be asked about a text before it is there.
    let drafted = bench.done(Verb::AddDraftVersion);
    drafted.map_or(Ok(()), |drafted| check::not_before("opens_on", given.opens_on, drafted))?;
    // Online, the notice goes out today or later; on paper it went out on the day that is stated.
    check::not_before("opens_on", given.opens_on, bench.on.day())?;
    let day_after = |days: i64| given.opens_on.saturating_add(jiff::Span::new().days(days));
    check::not_before("closes_on", given.closes_on, day_after(1))?;
    check::not_after("closes_on", given.closes_on, day_after(i64::from(DAYS_MAX)))?;
    // The check belongs here, at publication, because the law wants the reason inside the notice (trap 15).
    long_enough(bench, given.opens_on, given.closes_on, given.shortening_reason.is_some())
}

/// Whether a solicitation is as long as the special laws of the case ask (R713 art. 3) and the definition does, or its
/// notice says why not (R713 art. 15), where that helps.
pub(super) fn long_enough(
    bench: &Bench<'_>,
    opens_on: Date,
    closes_on: Date,
    explained: bool,
) -> Result<(), Rejection> {
    let too_short = |limit: Limit| {
        let run = Run::start(ClockKind::Floor, limit, opens_on, bench.on.calendar);
        let Some(earliest) = run.due_on() else {
            return Err(Rejection::new(Code::CalendarMissing).at("closes_on").given(closes_on));
        };
        let refused = Rejection::new(Code::CommentPeriodTooShort).at("closes_on").given(closes_on).needed(earliest);
        Ok((closes_on < earliest).then_some(refused))
    };
    // First: where a special law sets a plain minimum, nobody is told to give a reason.
    let overlays = bench.def.overlays_of(&bench.case.file.overlays);
    for overlay in overlays.filter(|overlay| overlay.holds_period(explained)) {
        for limit in bench.def.comment_periods(overlay) {
            if let Some(refused) = too_short(limit)? {
                return Err(refused.by(&overlay.source));
            }
        }
    }
    if explained {
        return Ok(());
    }
    for clock in bench.def.comment_floors() {
        let Some(limit) = bench.def.length(clock) else { continue };
        let parameter = clock.parameter.as_ref().and_then(|p| bench.def.parameters.get(p));
        let binding = parameter.filter(|p| bench.binds(p));
        let refused = too_short(limit)?;
        if let (Some(parameter), Some(refused)) = (binding, refused) {
            return Err(bench.by_value(refused, parameter).by(&clock.source));
        }
    }
    Ok(())
}

/// Whether materials came as long before a symposium as the definition advises (T4); it refuses nothing.
fn in_time(bench: &Bench<'_>, given: &RecordParticipation) -> Option<bool> {
    let sent = given.materials_on.filter(|_| given.form == ParticipationForm::Symposium)?;
    let asked = &bench.def.parameter("symposium_materials")?.id;
    let run = Run::start(ClockKind::Floor, bench.def.period(asked)?, sent, bench.on.calendar);
    Some(run.due_on()? <= given.held_on)
}

fn this_consultation(bench: &Bench<'_>, given: ConsultationId) -> Result<(), Rejection> {
    match &bench.case.file.consultation {
        Some(known) if known.id == given => Ok(()),
        _ => Err(Rejection::new(Code::NotFound).at("consultation").given(given)),
    }
}

fn close(bench: &Bench<'_>, given: &CloseSolicitation) -> Result<(), Rejection> {
    this_consultation(bench, given.consultation)?;
    let closes_on = bench.case.file.consultation.as_ref().map(|c| c.closes_on);
    if let Some(closes_on) = closes_on.filter(|last| bench.on.today() <= *last) {
        return Err(Rejection::new(Code::PeriodRunning).at("closes_on").given(bench.on.today()).needed(closes_on));
    }
    Ok(())
}
