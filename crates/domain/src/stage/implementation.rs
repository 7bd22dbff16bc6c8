//! Carrying out the decision 决策执行 (R713 arts. 34-37): the executing unit reports, what the public says is answered, and
//! the head may suspend in urgency. A suspension ends: resumed, adjusted by a new decision, or ended by the meeting.
//! Nothing that was decided is taken back by any of it; the old decision stays on record.

use super::{Bench, misplaced};
use crate::act::{Act, EnterExecutionComment};
use crate::check;
use crate::code::Code;
use crate::control::{Detail, Execution};
use crate::event::CaseEvent;
use crate::permits::{Scene, Verdict};
use crate::rejection::Rejection;
use crate::verb::Verb;
use crate::words::EvaluationConclusion;

pub(super) fn requires(scene: &Scene<'_>, verb: Verb, verdict: &mut Verdict) {
    let Detail::Implementation { execution, unanswered, due } = scene.stage().detail else { return };
    verdict.ask(Code::DecisionMissing, execution != Execution::NotBegun);
    let to_do = matches!(execution, Execution::InForce | Execution::Suspended);
    match verb {
        // What people say is heard, and answered, also after the end.
        Verb::EnterExecutionComment | Verb::AnswerExecutionComment => {}
        Verb::SuspendExecution => {
            verdict.ask(Code::StageNotOpen, to_do);
            verdict.ask(Code::ExecutionSuspended, execution != Execution::Suspended);
        }
        Verb::ResumeExecution => {
            verdict.ask(Code::ExecutionNotSuspended, execution == Execution::Suspended);
            verdict.ask(Code::EvaluationNotCarriedOut, due != Some(EvaluationConclusion::Stop));
        }
        Verb::CompleteExecution => {
            verdict.ask(Code::StageNotOpen, to_do);
            verdict.ask(Code::ExecutionSuspended, execution != Execution::Suspended);
            verdict.ask(Code::CommentsUnanswered, !unanswered);
            verdict.ask(Code::EvaluationNotCarriedOut, due.is_none());
        }
        _ => verdict.ask(Code::StageNotOpen, to_do),
    }
}

pub(super) fn decide(bench: &Bench<'_>, act: Act) -> Result<Vec<CaseEvent>, Rejection> {
    let stage = bench.stage();
    let issued = bench.case.file.issued_on;
    // Nothing was carried out before it was issued, nor in days to come.
    let since_issued = |path: &str, day| {
        check::not_after(path, day, bench.on.day())?;
        issued.map_or(Ok(()), |issued| check::not_before(path, day, issued))
    };
    Ok(vec![match act {
        Act::ReportExecution(given) => {
            since_issued("as_of", given.as_of)?;
            CaseEvent::ExecutionReported { stage, given }
        }
        Act::ReportExecutionTrouble(given) => CaseEvent::ExecutionTroubleReported { stage, given },
        Act::EnterExecutionComment(given) => {
            since_issued("received_on", given.received_on)?;
            commented(bench, given)?
        }
        Act::AnswerExecutionComment(given) => {
            let comments = &bench.case.file.execution_comments;
            let refuse = |code| Err(Rejection::new(code).at("number").given(given.number));
            match comments.get(&given.number) {
                None => return refuse(Code::CommentUnknown),
                Some(true) => return refuse(Code::CommentAnswered),
                Some(false) => {}
            }
            let open = comments.values().filter(|answered| !**answered).count();
            let left_open = u32::try_from(open.saturating_sub(1)).unwrap_or(u32::MAX);
            CaseEvent::ExecutionCommentAnswered { stage, given, left_open }
        }
        Act::SuspendExecution(given) => {
            since_issued("occurred_on", bench.on.day())?;
            bench.not_before(&[Verb::ResumeExecution])?;
            CaseEvent::ExecutionSuspended { stage, given }
        }
        Act::ResumeExecution(given) => {
            bench.not_before(&[Verb::SuspendExecution])?;
            CaseEvent::ExecutionResumed { stage, given }
        }
        Act::AdjustExecution(given) => {
            if given.by_case == bench.case.file.id {
                return Err(Rejection::new(Code::AdjustmentNotDecided).at("by_case").given(given.by_case));
            }
            since_issued("issued_on", given.issued_on)?;
            CaseEvent::ExecutionAdjusted { stage, given }
        }
        Act::TerminateExecution(given) => {
            since_issued("decided_on", given.decided_on)?;
            CaseEvent::ExecutionTerminated { stage, given }
        }
        Act::CompleteExecution(given) => {
            since_issued("completed_on", given.completed_on)?;
            // What stood still was not completed meanwhile.
            let resumed = bench.done(Verb::ResumeExecution);
            resumed.map_or(Ok(()), |resumed| check::not_before("completed_on", given.completed_on, resumed))?;
            CaseEvent::ExecutionCompleted { stage, given }
        }
        other => return Err(misplaced(&other)),
    }])
}

/// Most comments on the execution of one decision that a case keeps.
const COMMENTS_MAX: usize = 10_000;

fn commented(bench: &Bench<'_>, given: EnterExecutionComment) -> Result<CaseEvent, Rejection> {
    let known = bench.case.file.execution_comments.len();
    if known >= COMMENTS_MAX {
        return Err(Rejection::new(Code::ListNotAcceptable)
            .at("text")
            .given(known)
            .needed(format!("..{COMMENTS_MAX}")));
    }
    let number = u32::try_from(known).unwrap_or(u32::MAX).saturating_add(1);
    Ok(CaseEvent::ExecutionCommentEntered { stage: bench.stage(), number, given })
}
