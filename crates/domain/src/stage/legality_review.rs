//! Legality review 合法性审查 (R713 arts. 25-28): submission, supplement, advice, conclusion, response; and the
//! reviewer's confirmation of a version that does not differ in substance.
//!
//! Nothing replaces the reviewer's own conclusion on the version itself. The reviewer's time is a floor that protects
//! them (trap 1): it can only be ended early by their own statement.

use super::{Bench, misplaced};
use crate::act::{Act, ConcludeLegalityReview, RecordAdvice, SheetLine, SubmitForLegalityReview};
use crate::code::Code;
use crate::control::{Adoption, Detail, DraftState, Submission};
use crate::definition::{Material, Role};
use crate::event::CaseEvent;
use crate::occasion::Manner;
use crate::permits::{Scene, Verdict};
use crate::rejection::Rejection;
use crate::time::ClockKind;
use crate::verb::Verb;
use crate::words::{AdviserKind, Evidence, LegalityAspect, LegalityConclusion, LegalityFinding, Status};

pub(super) fn requires(scene: &Scene<'_>, verb: Verb, verdict: &mut Verdict) {
    let stage = scene.stage();
    let control = scene.control;
    let Detail::LegalityReview { submission, advised, response_due } = stage.detail else { return };
    match verb {
        Verb::SubmitForLegalityReview => {
            verdict.ask(Code::DraftMissing, control.draft != DraftState::None);
            verdict.ask(Code::DraftToBeAmended, control.draft != DraftState::ToAmend);
            verdict.ask(Code::DraftAdopted, control.adoption == Adoption::None);
            verdict.ask(Code::AlreadyUnderReview, submission == Submission::None);
            verdict.ask(Code::StageNotOpen, stage.status == Status::Available);
            verdict.ask(Code::ResponseMissing, !response_due);
        }
        // Also while a supplement is awaited: it may never come.
        Verb::ReturnSubmission => verdict.ask(Code::NothingUnderReview, submission != Submission::None),
        Verb::RequestSupplement => verdict.ask(Code::NothingUnderReview, submission == Submission::UnderReview),
        Verb::SupplySupplement => {
            verdict.ask(Code::NoSupplementAwaited, submission == Submission::AwaitingSupplement);
        }
        Verb::RecordAdvice => verdict.ask(Code::NothingUnderReview, submission != Submission::None),
        Verb::ConcludeLegalityReview => {
            verdict.ask(Code::NothingUnderReview, submission == Submission::UnderReview);
            verdict.ask(Code::AdviceMissing, advised);
        }
        Verb::RespondToLegalityOpinion => verdict.ask(Code::NoResponseOwed, response_due),
        // Confirming, or refusing to: only where something was cleared before and the words changed since.
        _ => {
            verdict.ask(Code::AlreadyUnderReview, submission == Submission::None);
            verdict.ask(Code::NothingToConfirm, stage.evidence == Evidence::Stale);
            // A text that was refused stays refused.
            verdict.ask(Code::DraftToBeAmended, control.draft != DraftState::ToAmend);
        }
    }
}

pub(super) fn decide(bench: &Bench<'_>, act: Act) -> Result<Vec<CaseEvent>, Rejection> {
    let stage = bench.stage();
    match act {
        Act::SubmitForLegalityReview(given) => {
            bench.current(given.draft)?;
            bench.not_before(&[Verb::AddDraftVersion])?;
            materials(bench, &given)?;
            // Participation and assessment come before the review (R713 art. 26).
            let first = [bench.done(Verb::ReportParticipation), bench.done(Verb::ReportRisk)];
            Bench::in_order("occurred_on", bench.on.day(), first)?;
            super::hearing::not_owed(bench)?;
            let round = bench.case.file.review_rounds.saturating_add(1);
            Ok(vec![CaseEvent::LegalityReviewRequested { stage, round, given }])
        }
        Act::ReturnSubmission(given) => {
            bench.not_before(&[Verb::SubmitForLegalityReview])?;
            Ok(vec![CaseEvent::LegalitySubmissionReturned { stage, given }])
        }
        Act::RequestSupplement(given) => {
            bench.not_before(&[Verb::SubmitForLegalityReview, Verb::SupplySupplement])?;
            Ok(vec![CaseEvent::SupplementRequested { stage, given }])
        }
        Act::SupplySupplement(given) => {
            bench.not_before(&[Verb::RequestSupplement])?;
            Ok(vec![CaseEvent::SupplementSupplied { stage, given }])
        }
        Act::RecordAdvice(given) => {
            bench.not_before(&[Verb::SubmitForLegalityReview])?;
            let entered = advice(bench, &given)?;
            let heard = |kind: &AdviserKind| *kind == given.kind || bench.case.file.advised(*kind);
            let complete = AdviserKind::ALL.iter().all(heard);
            Ok(vec![CaseEvent::AdviceRecorded { stage, entered, given, complete }])
        }
        Act::ConcludeLegalityReview(mut given) => {
            // Blanks state nothing.
            given.early_statement = given.early_statement.filter(|said| !said.trim().is_empty());
            conclude(bench, &given)?;
            Ok(vec![CaseEvent::LegalityConcluded { stage, given }])
        }
        Act::RespondToLegalityOpinion(given) => {
            bench.not_before(&[Verb::ConcludeLegalityReview])?;
            Ok(vec![CaseEvent::LegalityAnswered { stage, given }])
        }
        Act::ConfirmDraft(given) => {
            bench.current(given.draft)?;
            bench.not_before(&[Verb::AddDraftVersion])?;
            let (against, _) =
                bench.case.file.cleared.ok_or_else(|| Rejection::new(Code::NothingToConfirm).at("draft"))?;
            Ok(vec![CaseEvent::DraftConfirmed { stage, against, given }])
        }
        Act::RefuseConfirmation(given) => {
            bench.current(given.draft)?;
            bench.not_before(&[Verb::AddDraftVersion])?;
            Ok(vec![CaseEvent::ConfirmationRefused { stage, given }])
        }
        other => Err(misplaced(&other)),
    }
}

/// Whether somebody other than the adviser enters it. An adviser speaks in the part of their own post, and the reviewer's
/// side says who could not; what an adviser said on paper is entered as the offline act that it was, with the signed
/// original, or taken over from an engagement (R713 art. 28).
fn advice(bench: &Bench<'_>, given: &RecordAdvice) -> Result<bool, Rejection> {
    let refused = |needed: Vec<&Role>| {
        let needed: Vec<_> = needed.iter().map(|r| r.id.as_str()).collect();
        Rejection::new(Code::RoleMissing).at("kind").given(given.kind).needed(needed.join(", "))
    };
    let roles = || bench.def.roles_for(Verb::RecordAdvice);
    let held = || roles().filter(|r| bench.on.who.roles.contains(&r.id));
    let speaks = held().any(|r| r.advises().next().is_some());
    let of_the_reviewer = roles().filter(|r| r.advises().next().is_none()).collect::<Vec<_>>();
    if speaks && given.absent && !of_the_reviewer.is_empty() {
        return Err(refused(of_the_reviewer));
    }
    if speaks && !held().any(|r| r.advises().any(|kind| kind == given.kind)) {
        return Err(refused(roles().filter(|r| r.advises().any(|kind| kind == given.kind)).collect()));
    }
    if speaks || given.absent || given.engagement.is_some() {
        return Ok(!speaks);
    }
    if given.documents.is_empty() {
        return Err(Rejection::new(Code::DocumentMissing).at("documents").given(0).needed(1));
    }
    if matches!(bench.on.manner, Manner::Online) {
        return Err(Rejection::new(Code::NotInPerson).at("kind").given(given.kind).needed(given.kind));
    }
    Ok(true)
}

/// Each material that the definition demands of the stage is enclosed, or it is said why not (R713 art. 26).
fn materials(bench: &Bench<'_>, given: &SubmitForLegalityReview) -> Result<(), Rejection> {
    let demanded = &bench.spec().materials;
    let printed = |list: Vec<&Material>| list.iter().map(|m| m.id.as_str()).collect::<Vec<_>>().join(", ");
    for (i, answer) in given.materials.iter().enumerate() {
        if !demanded.iter().any(|m| m.id == answer.material) {
            return Err(Rejection::new(Code::InputNotAcceptable)
                .at(format!("materials.{i}.material"))
                .given(&answer.material)
                .needed(printed(demanded.iter().collect())));
        }
    }
    let answered = |m: &&Material| given.materials.iter().any(|a| a.material == m.id);
    let missing: Vec<_> = demanded.iter().filter(|m| !answered(m)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Rejection::new(Code::MaterialsMissing).at("materials").given(given.materials.len()).needed(printed(missing)))
}

fn conclude(bench: &Bench<'_>, given: &ConcludeLegalityReview) -> Result<(), Rejection> {
    bench.current(given.draft)?;
    bench.not_before(&[Verb::SubmitForLegalityReview, Verb::SupplySupplement])?;
    // The advisers are heard before the reviewer concludes (R713 art. 28).
    Bench::in_order("occurred_on", bench.on.day(), [bench.done(Verb::RecordAdvice)])?;
    if let Some(missing) = LegalityAspect::ALL.iter().find(|a| !given.sheet.iter().any(|l| l.aspect == **a)) {
        return Err(Rejection::new(Code::ReviewSheetIncomplete).at("sheet").needed(missing));
    }
    // The line of the procedure: a hearing that must be held was (R713 art. 27).
    if given.conclusion.clears() {
        super::hearing::not_owed(bench)?;
    }
    let finds = |finding| given.sheet.iter().any(|l| l.finding == finding);
    let contradicted = |why: &str| {
        Err(Rejection::new(Code::ConclusionContradicted).at("conclusion").given(given.conclusion).needed(why))
    };
    match given.conclusion {
        LegalityConclusion::Lawful if finds(LegalityFinding::Conflict) => return contradicted("no line in conflict"),
        LegalityConclusion::Lawful if finds(LegalityFinding::NoRule) => return contradicted("risk_stated"),
        LegalityConclusion::RiskStated => {
            // Not a way past "unlawful" (trap 11).
            if finds(LegalityFinding::Conflict) {
                return contradicted("no line in conflict");
            }
            if !finds(LegalityFinding::NoRule) {
                return contradicted("a line that finds no rule");
            }
            // A gap in the law gives nobody authority.
            let lacks =
                |line: &SheetLine| line.aspect == LegalityAspect::Authority && line.finding != LegalityFinding::Lawful;
            if given.sheet.iter().any(lacks) {
                return contradicted("authority found lawful");
            }
        }
        // What sends the draft back says which line does.
        LegalityConclusion::Amend | LegalityConclusion::ProcedureMissing | LegalityConclusion::MustNotBeTabled
            if !finds(LegalityFinding::Conflict) && !finds(LegalityFinding::NoRule) =>
        {
            return contradicted("a line not found lawful");
        }
        LegalityConclusion::Lawful
        | LegalityConclusion::Amend
        | LegalityConclusion::ProcedureMissing
        | LegalityConclusion::MustNotBeTabled => {}
    }
    early(bench, given)
}

/// The guaranteed time: its holder may end it, by a statement of their own.
fn early(bench: &Bench<'_>, given: &ConcludeLegalityReview) -> Result<(), Rejection> {
    if given.early_statement.is_some() {
        return Ok(());
    }
    let day = bench.on.day();
    for spec in bench
        .def
        .clocks
        .iter()
        .filter(|c| c.kind == ClockKind::Guaranteed && c.stops.contains(&Verb::ConcludeLegalityReview))
    {
        let running = bench.case.file.clocks.get(&spec.id).filter(|c| !c.run.elapsed(day));
        if let Some(clock) = running {
            let due = clock.run.due_on().map_or_else(|| "—".to_owned(), |d| d.to_string());
            return Err(Rejection::new(Code::EarlyStatementMissing)
                .at("early_statement")
                .given(day)
                .needed(due)
                .by(&spec.source));
        }
    }
    Ok(())
}
