//! Matters that were under way elsewhere before they came here 中途接入.
//!
//! What was done before comes in as late records, stage by stage and in order: initiation, then the draft as a version of
//! its own, then participation, expert review and risk assessment on that draft. Legality is never presumed: the review of the
//! current draft, and all that follows it, is done here. To the gates a stage that was taken over is as if its own acts had
//! come to their end, so the proof explores it with everything else.

use jiff::civil::Date;

use super::{Bench, public_participation};
use crate::act::{OnboardedMatter, TakeOverStage};
use crate::check;
use crate::code::Code;
use crate::control::DraftState;
use crate::definition::ParameterValue;
use crate::event::CaseEvent;
use crate::occasion::{Manner, Occasion};
use crate::permits::{Item, Scene, Verdict};
use crate::rejection::Rejection;
use crate::verb::Verb;
use crate::words::{Evidence, StageKind, Status};

/// Kinds of stages that can have been done before. Legality review is not among them, nor anything after it.
const TAKEN_OVER: [StageKind; 4] =
    [StageKind::Initiation, StageKind::PublicParticipation, StageKind::ExpertReview, StageKind::RiskAssessment];

/// The event by which a case is one that was under way elsewhere.
pub(crate) fn onboarded(given: OnboardedMatter, on: &Occasion<'_>) -> Result<CaseEvent, Rejection> {
    check::text("reason", &given.reason)?;
    check::documents(&given.documents, 1)?;
    let onboarded_on = on.today();
    let yesterday = onboarded_on.yesterday().unwrap_or(onboarded_on);
    check::not_after("begun_on", given.begun_on, yesterday)?;
    Ok(CaseEvent::CaseOnboarded { given, onboarded_on })
}

pub(super) fn requires(scene: &Scene<'_>, verdict: &mut Verdict) {
    let (stage, control) = (scene.stage(), scene.control);
    let first = stage.kind == StageKind::Initiation;
    let untouched =
        stage.evidence == Evidence::None && stage.status == if first { Status::Active } else { Status::Available };
    let reviewed = control
        .stages
        .iter()
        .any(|s| s.kind == StageKind::LegalityReview && (s.status, s.evidence) != (Status::Available, Evidence::None));
    let allowed = control.onboarded && TAKEN_OVER.contains(&stage.kind) && untouched && !reviewed;
    verdict.ask(Code::LateRecordNotAllowed, allowed);
    if !first {
        verdict.ask(Code::DraftMissing, control.draft != DraftState::None);
        verdict.ask(Code::DraftToBeAmended, control.draft != DraftState::ToAmend);
    }
    // What the stage's own acts would be held against holds for its late record.
    let spec = &scene.def.stages[scene.at];
    for criterion in spec.entry.iter().chain(&spec.exit) {
        verdict.items.push(Item {
            code: Code::CriterionNotMet,
            criterion: Some(criterion.id.clone()),
            clock: None,
            met: scene.holds(criterion),
        });
    }
}

pub(super) fn decide(bench: &Bench<'_>, given: TakeOverStage) -> Result<Vec<CaseEvent>, Rejection> {
    let done_on = happened(bench)?;
    let of = bench.spec().kind;
    if of != StageKind::Initiation {
        let draft = given.draft.ok_or_else(|| Rejection::new(Code::DraftMissing).at("draft"))?;
        bench.current(draft)?;
        // What was found on a text was found after it was written.
        bench.not_before(&[Verb::AddDraftVersion])?;
    }
    let participation = of == StageKind::PublicParticipation;
    let counted = participation || of == StageKind::ExpertReview;
    belongs("draft", given.draft.is_some(), of != StageKind::Initiation)?;
    belongs("opened_on", given.opened_on.is_some(), participation)?;
    belongs("closed_on", given.closed_on.is_some(), participation)?;
    belongs("heard", given.heard.is_some(), counted)?;
    belongs("level", given.level.is_some(), of == StageKind::RiskAssessment)?;
    if given.shortening_reason.is_some() {
        belongs("shortening_reason", true, participation)?;
    }
    if let (Some(opened_on), Some(closed_on)) = (given.opened_on, given.closed_on) {
        solicited(bench, &given, opened_on, closed_on, done_on)?;
    }
    if let (StageKind::ExpertReview, Some(heard)) = (of, given.heard) {
        enough_experts(bench, heard)?;
    }
    Ok(vec![CaseEvent::StageTakenOver { stage: bench.stage(), of, given }])
}

/// The day on which it was done: on paper, between the beginning of the matter and the day on which it came here.
fn happened(bench: &Bench<'_>) -> Result<Date, Rejection> {
    let Some(came) = bench.case.file.onboarded else { return Err(Rejection::new(Code::LateRecordNotAllowed)) };
    let Manner::Offline { occurred_on, .. } = &bench.on.manner else {
        let refusal = Rejection::new(Code::DateNotAcceptable).at("offline").given("null");
        return Err(refusal.needed(format!("{}..{}", came.begun_on, came.onboarded_on)));
    };
    check::not_before("occurred_on", *occurred_on, came.begun_on)?;
    check::not_after("occurred_on", *occurred_on, came.onboarded_on)?;
    Ok(*occurred_on)
}

/// A member is there exactly for the stages that it is about.
fn belongs(path: &str, there: bool, wanted: bool) -> Result<(), Rejection> {
    if there == wanted {
        return Ok(());
    }
    let (given, needed) = if wanted { ("null", path) } else { (path, "null") };
    Err(Rejection::new(Code::InputNotAcceptable).at(path).given(given).needed(needed))
}

/// R713 art. 15 holds for what was asked before as for what is asked here.
fn solicited(
    bench: &Bench<'_>,
    given: &TakeOverStage,
    opened_on: Date,
    closed_on: Date,
    done_on: Date,
) -> Result<(), Rejection> {
    let drafted = bench.done(Verb::AddDraftVersion);
    drafted.map_or(Ok(()), |drafted| check::not_before("opened_on", opened_on, drafted))?;
    check::not_before("closed_on", closed_on, opened_on)?;
    check::not_after("closed_on", closed_on, done_on)?;
    let explained = given.shortening_reason.is_some();
    public_participation::long_enough(bench, opened_on, closed_on, explained).map_err(|refused| refused.at("closed_on"))
}

/// Where the place binds their number, so many experts gave signed opinions; one at least (R713 art. 19).
fn enough_experts(bench: &Bench<'_>, heard: u32) -> Result<(), Rejection> {
    let asked = bench.def.parameter("experts_least").filter(|p| bench.binds(p));
    let least = if let Some(ParameterValue::Count(least)) = asked.map(|p| &p.value) { (*least).max(1) } else { 1 };
    if heard < least {
        let refused = Rejection::new(Code::ExpertsTooFew).at("heard").given(heard).needed(least);
        return Err(asked.map_or(refused.clone(), |asked| bench.by_value(refused, asked)));
    }
    Ok(())
}
