//! Evaluation after the decision 决策后评估 (R713 art. 36): the organ starts it and names who evaluates, never one who did the
//! main assessment before; voices are heard; the report proposes; the organ concludes. What changes or ends the decision
//! is the meeting's to decide (art. 37), and is then carried out in the execution.

use super::{Bench, misplaced};
use crate::act::{Act, StartEvaluation};
use crate::check;
use crate::code::Code;
use crate::control::{Detail, Evaluation, Execution};
use crate::event::CaseEvent;
use crate::file::plain_name;
use crate::permits::{Scene, Verdict};
use crate::rejection::Rejection;
use crate::verb::Verb;
use crate::words::{EvaluationVoice, Volume};

pub(super) fn requires(scene: &Scene<'_>, verb: Verb, verdict: &mut Verdict) {
    let Detail::PostEvaluation { evaluation } = scene.stage().detail else { return };
    verdict.ask(Code::DecisionMissing, scene.control.execution() != Execution::NotBegun);
    // Who evaluates has the whole file of the decision before them.
    verdict.ask(Code::VolumeOrder, scene.control.closed(Volume::Decision));
    match verb {
        Verb::StartEvaluation => {
            verdict.ask(Code::StageNotOpen, matches!(evaluation, Evaluation::None | Evaluation::Concluded));
        }
        Verb::RecordEvaluationVoice => {
            verdict.ask(Code::StageNotOpen, matches!(evaluation, Evaluation::Started | Evaluation::Heard));
        }
        Verb::ReportEvaluation => {
            verdict.ask(Code::StageNotOpen, matches!(evaluation, Evaluation::Started | Evaluation::Heard));
            verdict.ask(Code::VoicesMissing, evaluation == Evaluation::Heard);
        }
        _ => verdict.ask(Code::StageNotOpen, evaluation == Evaluation::Reported),
    }
}

pub(super) fn decide(bench: &Bench<'_>, act: Act) -> Result<Vec<CaseEvent>, Rejection> {
    let stage = bench.stage();
    Ok(vec![match act {
        Act::StartEvaluation(given) => {
            check::not_before("due_on", given.due_on, bench.on.day())?;
            independent(bench, &given)?;
            CaseEvent::EvaluationStarted { stage, given }
        }
        Act::RecordEvaluationVoice(given) => {
            bench.not_before(&[Verb::StartEvaluation])?;
            let known = &bench.case.file.voices;
            let complete = EvaluationVoice::ALL.iter().all(|v| *v == given.voice || known.contains(v));
            CaseEvent::EvaluationVoiceRecorded { stage, given, complete }
        }
        Act::ReportEvaluation(given) => {
            bench.not_before(&[Verb::StartEvaluation])?;
            CaseEvent::EvaluationReported { stage, given }
        }
        Act::ConcludeEvaluation(given) => {
            bench.not_before(&[Verb::ReportEvaluation])?;
            if given.conclusion.needs_meeting() && (given.meeting.is_none() || given.documents.is_empty()) {
                let path = if given.meeting.is_none() { "meeting" } else { "documents" };
                return Err(Rejection::new(Code::MeetingReferenceMissing).at(path).given(given.conclusion));
            }
            CaseEvent::EvaluationConcluded { stage, given }
        }
        other => return Err(misplaced(&other)),
    }])
}

/// Nobody evaluates what they assessed before: the unit itself, one that it came from or went into, or the third party.
fn independent(bench: &Bench<'_>, given: &StartEvaluation) -> Result<(), Rejection> {
    let barred = &bench.case.file.assessors;
    let refuse = |path: &str| Rejection::new(Code::EvaluatorBarred).at(path);
    let mut line = std::iter::once(&given.evaluating_unit).chain(&given.lineage);
    if line.any(|unit| barred.units.contains(unit)) {
        return Err(refuse("evaluating_unit").given(given.evaluating_unit));
    }
    match &given.third_party {
        Some(party) if barred.third_parties.contains(&plain_name(party)) => Err(refuse("third_party").given(party)),
        _ => Ok(()),
    }
}
