//! Drafting 拟订决策草案: versions of the draft, and the items that drafting answers for (R713 arts. 12-13).
//!
//! A version is the hinge of a case: every opinion, report and conclusion names one. After adoption only a text that
//! carries out the decision may come.

use super::{Bench, misplaced};
use crate::act::{Act, AddDraftVersion};
use crate::check;
use crate::code::Code;
use crate::control::{Adoption, Detail, DraftState, Submission};
use crate::definition::ParameterValue;
use crate::drafting::{DraftingContent, FairCompetition, FairCompetitionReviewer, MeasureIssuer};
use crate::event::CaseEvent;
use crate::id::DraftId;
use crate::permits::{Scene, Verdict};
use crate::rejection::Rejection;
use crate::verb::Verb;
use crate::words::{DraftChange, StageKind, Status};

pub(super) fn requires(scene: &Scene<'_>, verb: Verb, verdict: &mut Verdict) {
    let control = scene.control;
    let begun = matches!(scene.stage().status, Status::Active | Status::Completed);
    verdict.ask(Code::StageNotOpen, begun);
    match verb {
        // After adoption only where the reviewer refused the text that should carry it out: a new round then.
        Verb::AddDraftVersion => {
            let open = control.adoption == Adoption::None || control.draft == DraftState::ToAmend;
            verdict.ask(Code::DraftAdopted, open);
        }
        Verb::AddFinalText => {
            verdict.ask(Code::DecisionMissing, control.adoption != Adoption::None);
            // What was issued is changed only by a new procedure (R713 art. 37).
            let issued = control.stages.iter().any(|s| s.kind == StageKind::Issuance && s.status == Status::Completed);
            verdict.ask(Code::AlreadyThere, !issued);
        }
        _ => {
            verdict.ask(Code::DraftMissing, control.draft != DraftState::None);
            items_open(scene, verdict);
        }
    }
}

/// Whether items may be answered for, or reaffirmed: what the reviewer has before them, and what the meeting adopted,
/// stays as they saw it (R713 arts. 26, 30).
pub(super) fn items_open(scene: &Scene<'_>, verdict: &mut Verdict) {
    let control = scene.control;
    verdict.ask(Code::DraftAdopted, control.adoption == Adoption::None);
    let reviewed = control
        .stages
        .iter()
        .any(|s| matches!(s.detail, Detail::LegalityReview { submission, .. } if submission != Submission::None));
    verdict.ask(Code::AlreadyUnderReview, !reviewed);
}

pub(super) fn decide(bench: &Bench<'_>, act: Act) -> Result<Vec<CaseEvent>, Rejection> {
    let stage = bench.stage();
    let number = || u32::try_from(bench.case.file.drafts.len()).unwrap_or(u32::MAX).saturating_add(1);
    match act {
        Act::AddDraftVersion(given) => {
            version_follows(bench, &given)?;
            bench.not_before(&[Verb::DecideInitiation, Verb::AddDraftVersion])?;
            let draft = DraftId::new(bench.on.ids.next());
            Ok(vec![CaseEvent::DraftVersionAdded { stage, draft, number: number(), given }])
        }
        Act::AddFinalText(given) => {
            bench.current(given.replaces)?;
            bench.not_before(&[Verb::AddDraftVersion])?;
            let held = bench.case.file.meeting.as_ref().map(|m| m.called.held_on);
            held.map_or(Ok(()), |held| check::not_before("occurred_on", bench.on.day(), held))?;
            let draft = DraftId::new(bench.on.ids.next());
            Ok(vec![CaseEvent::FinalTextAdded { stage, draft, number: number(), given }])
        }
        Act::RecordDraftingItem(given) => {
            bench.current(given.draft)?;
            bench.not_before(&[Verb::AddDraftVersion])?;
            for (path, day) in given.content.days() {
                check::not_after(&path, day, bench.on.day())?;
            }
            if let DraftingContent::FairCompetition(review) = &given.content {
                right_body(bench, review)?;
            }
            Ok(vec![CaseEvent::DraftingItemRecorded { stage, given }])
        }
        other => Err(misplaced(&other)),
    }
}

/// Who reviews for fair competition: until the day that the definition names, the unit itself; from then on, for what the
/// government issues, the market-regulation department of its level, and for what a department issues, still the unit
/// (Fair Competition Review Regulation arts. 13-14; trap 24).
fn right_body(bench: &Bench<'_>, review: &FairCompetition) -> Result<(), Rejection> {
    let Some(rule) = bench.def.parameter("market_regulation_review_from") else { return Ok(()) };
    let ParameterValue::Day(from) = rule.value else { return Ok(()) };
    let needed = if review.issuer == MeasureIssuer::Government && bench.on.day() >= from {
        FairCompetitionReviewer::MarketRegulation
    } else {
        FairCompetitionReviewer::UndertakingUnit
    };
    if review.reviewer == needed || !bench.binds(rule) {
        return Ok(());
    }
    let refused = Rejection::new(Code::FairCompetitionBody).at("reviewer").given(review.reviewer).needed(needed);
    Err(bench.by_value(refused, rule))
}

fn version_follows(bench: &Bench<'_>, given: &AddDraftVersion) -> Result<(), Rejection> {
    let none_yet = bench.case.file.drafts.is_empty();
    let needed = if none_yet { "first" } else { "material, wording_only" };
    let fits = match given.change {
        DraftChange::First => none_yet,
        DraftChange::Material | DraftChange::WordingOnly => !none_yet,
        DraftChange::CarriesOutDecision => false,
    };
    if !fits {
        return Err(Rejection::new(Code::ChangeNotAcceptable).at("change").given(given.change).needed(needed));
    }
    match given.replaces {
        Some(seen) => bench.current(seen).map(|_| ()).map_err(|refused| refused.at("replaces")),
        None if none_yet => Ok(()),
        None => {
            let current = bench.case.file.current().map(|d| d.id.to_string()).unwrap_or_default();
            Err(Rejection::new(Code::DraftMovedOn).at("replaces").given("null").needed(current))
        }
    }
}
