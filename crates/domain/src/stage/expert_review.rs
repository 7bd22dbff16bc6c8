//! Expert review 专家论证 (R713 arts. 19-21): experts drawn or chosen, each free of interest before they speak, each with a
//! signed opinion of their own on one version, and a report that says how each was taken up and keeps dissent apart.
//!
//! How many they are, and how many are of the undertaking unit, is on the record beside what the definition asks; only a
//! binding least number refuses.

use super::{Bench, misplaced};
use crate::act::{
    Act, AppointExperts, DeclareInterest, EnterExpertOpinion, EnterInterestDeclaration, GiveExpertOpinion,
    ReportExpertReview,
};
use crate::check;
use crate::code::Code;
use crate::control::{Adoption, Detail, DraftState, ExpertPanel};
use crate::definition::{Parameter, ParameterValue};
use crate::draw::draw;
use crate::event::CaseEvent;
use crate::file::{PanelExpert, PanelFile};
use crate::id::DraftId;
use crate::occasion::Manner;
use crate::permits::{Scene, Verdict};
use crate::rejection::Rejection;
use crate::verb::Verb;
use crate::words::{ExpertSelection, ExpertStance, Status};

/// The group in which experts are drawn, as [`draw`] names it.
pub const GROUP: &str = "experts";

pub(super) fn requires(scene: &Scene<'_>, verb: Verb, verdict: &mut Verdict) {
    let stage = scene.stage();
    let Detail::ExpertReview { panel } = stage.detail else { return };
    match verb {
        Verb::AppointExperts => {
            verdict.ask(Code::DraftMissing, scene.control.draft != DraftState::None);
            verdict.ask(Code::DraftToBeAmended, scene.control.draft != DraftState::ToAmend);
            verdict.ask(Code::DraftAdopted, scene.control.adoption == Adoption::None);
            // Where a review runs, more experts may come, or it begins anew on a changed draft.
            verdict.ask(Code::StageNotOpen, matches!(stage.status, Status::Available | Status::Active));
        }
        Verb::GiveExpertOpinion | Verb::EnterExpertOpinion => {
            verdict.ask(Code::StageNotOpen, stage.status == Status::Active);
            verdict.ask(Code::ExpertMaterialsMissing, matches!(panel, ExpertPanel::Informed | ExpertPanel::Heard));
        }
        Verb::ReportExpertReview => {
            verdict.ask(Code::StageNotOpen, stage.status == Status::Active);
            verdict.ask(Code::ExpertOpinionsMissing, panel == ExpertPanel::Heard);
        }
        _ => verdict.ask(Code::StageNotOpen, stage.status == Status::Active),
    }
}

pub(super) fn decide(bench: &Bench<'_>, act: Act) -> Result<Vec<CaseEvent>, Rejection> {
    let stage = bench.stage();
    match act {
        Act::AppointExperts(given) => appoint(bench, given),
        Act::DeclareInterest(given) => {
            let expert = own(bench)?.code.clone();
            declare(bench, expert, false, given)
        }
        Act::EnterInterestDeclaration(given) => {
            let EnterInterestDeclaration { expert, interest, statement, documents } = given;
            declare(bench, expert, true, DeclareInterest { interest, statement, documents })
        }
        Act::ReleaseExpert(given) => {
            let expert = named(bench, &given.expert)?;
            spoken(expert)?;
            let complete = heard_after(bench, &given.expert, |e| e.released = true)?;
            Ok(vec![CaseEvent::ExpertReleased { stage, given, complete }])
        }
        Act::SendExpertMaterials(given) => {
            check::not_after("delivered_on", given.delivered_on, bench.on.day())?;
            let appointed = bench.done(Verb::AppointExperts);
            appointed.map_or(Ok(()), |day| check::not_before("delivered_on", given.delivered_on, day))?;
            Ok(vec![CaseEvent::ExpertMaterialsSent { stage, given }])
        }
        Act::GiveExpertOpinion(given) => {
            let expert = own(bench)?.code.clone();
            opine(bench, expert, false, given)
        }
        Act::EnterExpertOpinion(given) => {
            let EnterExpertOpinion { expert, draft, stance, text, documents } = given;
            opine(bench, expert, true, GiveExpertOpinion { draft, stance, text, documents })
        }
        Act::ReportExpertReview(given) => {
            bench.not_before(&[Verb::AppointExperts])?;
            report(panel(bench)?, &given)?;
            Ok(vec![CaseEvent::ExpertReviewReported { stage, given }])
        }
        other => Err(misplaced(&other)),
    }
}

fn panel<'a>(bench: &'a Bench<'_>) -> Result<&'a PanelFile, Rejection> {
    bench.case.file.panel.as_ref().ok_or_else(|| Rejection::new(Code::ExpertUnknown))
}

fn named<'a>(bench: &'a Bench<'_>, code: &str) -> Result<&'a PanelExpert, Rejection> {
    let panel = panel(bench)?;
    panel.expert(code).ok_or_else(|| {
        let codes: Vec<_> = panel.experts.iter().map(|e| e.code.as_str()).collect();
        Rejection::new(Code::ExpertUnknown).at("expert").given(code).needed(codes.join(", "))
    })
}

/// The expert who acts.
fn own<'a>(bench: &'a Bench<'_>) -> Result<&'a PanelExpert, Rejection> {
    let person = bench.on.actor.person();
    let found = panel(bench)?.experts.iter().find(|e| person.is_some() && e.person == person);
    found.ok_or_else(|| Rejection::new(Code::ExpertUnknown).given(person.map_or("null".into(), |p| p.to_string())))
}

/// Who has an account speaks for themselves; what they said on paper is entered as the offline act that it was.
fn in_person(bench: &Bench<'_>, expert: &PanelExpert, entered: bool) -> Result<(), Rejection> {
    if entered && expert.person.is_some() && matches!(bench.on.manner, Manner::Online) {
        return Err(Rejection::new(Code::NotInPerson).at("expert").given(&expert.code).needed(&expert.name));
    }
    Ok(())
}

/// What an expert said once stands.
fn spoken(expert: &PanelExpert) -> Result<(), Rejection> {
    if expert.stance.is_some() {
        return Err(Rejection::new(Code::AlreadyThere).at("expert").given(&expert.code));
    }
    Ok(())
}

/// Whether all who are left have given their opinions after a change to one of them.
fn heard_after(bench: &Bench<'_>, code: &str, change: impl FnOnce(&mut PanelExpert)) -> Result<bool, Rejection> {
    let mut after = panel(bench)?.clone();
    if let Some(expert) = after.experts.iter_mut().find(|e| e.code == code) {
        change(expert);
    }
    Ok(after.heard())
}

fn count(parameter: Option<&Parameter>) -> Option<u32> {
    match parameter?.value {
        ParameterValue::Count(count) => Some(count),
        ParameterValue::Period(_) | ParameterValue::Share { .. } | ParameterValue::Day(_) => None,
    }
}

/// Most experts of the undertaking unit among so many (T15).
fn in_house_most(parameter: Option<&Parameter>, experts: u32) -> Option<u32> {
    match parameter?.value {
        ParameterValue::Count(count) => Some(count),
        ParameterValue::Share { of, parts, exclusive: _ } => {
            u32::try_from(u64::from(experts) * u64::from(of) / u64::from(parts.max(1))).ok()
        }
        ParameterValue::Period(_) | ParameterValue::Day(_) => None,
    }
}

fn appoint(bench: &Bench<'_>, given: AppointExperts) -> Result<Vec<CaseEvent>, Rejection> {
    bench.current(given.draft)?;
    bench.not_before(&[Verb::AddDraftVersion])?;
    let here = &bench.case.control.stages[bench.at];
    let runs = here.status == Status::Active && here.on_current_draft;
    let running = bench.case.file.panel.as_ref().filter(|_| runs);
    let before: &[PanelExpert] = running.map_or(&[], |p| p.experts.as_slice());
    for (i, candidate) in given.candidates.iter().enumerate() {
        let known =
            before.iter().any(|e| e.code == candidate.code || (e.person.is_some() && e.person == candidate.person));
        if known {
            return Err(Rejection::new(Code::AlreadyThere).at(format!("candidates.{i}")).given(&candidate.code));
        }
    }
    let (appointed, seed) = match given.selection {
        ExpertSelection::Chosen => (given.chosen.clone(), None),
        ExpertSelection::Drawn => {
            // The system's own seed comes after the candidates are fixed, so nobody can try seeds out.
            let seed = given.seed.clone().unwrap_or_else(|| bench.on.ids.next().simple().to_string());
            let eligible: Vec<_> =
                given.candidates.iter().filter(|c| c.excluded.is_none()).map(|c| c.code.as_str()).collect();
            let seats = usize::try_from(given.seats).unwrap_or(usize::MAX);
            (draw(&seed, GROUP, &eligible, seats), Some(seed))
        }
    };
    let unit = bench.case.file.undertaking_unit;
    let new_in_house = given.candidates.iter().filter(|c| appointed.contains(&c.code) && c.unit == Some(unit)).count();
    let sitting = before.iter().filter(|e| e.sits());
    let in_house = sitting.clone().filter(|e| e.in_house).count() + new_in_house;
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let (experts, in_house) = (number(sitting.count() + appointed.len()), number(in_house));
    let name = if given.complex { "experts_complex_least" } else { "experts_least" };
    let asked = bench.def.parameter(name);
    let least = count(asked);
    if let (Some(least), Some(asked)) = (least, asked)
        && bench.binds(asked)
        && experts < least
    {
        let refused = Rejection::new(Code::ExpertsTooFew).at("seats").given(experts).needed(least);
        return Err(bench.by_value(refused, asked));
    }
    let in_house_most = in_house_most(bench.def.parameter("experts_in_house_most"), experts);
    let (stage, anew) = (bench.stage(), running.is_none());
    Ok(vec![CaseEvent::ExpertsAppointed {
        stage,
        given,
        anew,
        appointed,
        seed,
        experts,
        least,
        in_house,
        in_house_most,
    }])
}

fn declare(
    bench: &Bench<'_>,
    expert: String,
    entered: bool,
    given: DeclareInterest,
) -> Result<Vec<CaseEvent>, Rejection> {
    bench.not_before(&[Verb::AppointExperts])?;
    let known = named(bench, &expert)?;
    in_person(bench, known, entered)?;
    if known.released {
        return Err(Rejection::new(Code::ExpertExcluded).at("expert").given(&known.code));
    }
    // An interest that comes to light takes them out at any time; nobody declares themselves in again. What was entered for
    // somebody with an account gives way to their own word, and never takes its place.
    let own_to_come = known.interest_entered.is_some() && !entered;
    let own_is_there = entered && known.person.is_some() && known.interest_entered.is_none();
    if known.interest.is_some_and(|before| !own_to_come && (own_is_there || before || !given.interest)) {
        return Err(Rejection::new(Code::AlreadyThere).at("expert").given(&known.code));
    }
    let complete = heard_after(bench, &expert, |e| e.interest = Some(given.interest))?;
    Ok(vec![CaseEvent::InterestDeclared { stage: bench.stage(), expert, entered, given, complete }])
}

fn opine(
    bench: &Bench<'_>,
    expert: String,
    entered: bool,
    given: GiveExpertOpinion,
) -> Result<Vec<CaseEvent>, Rejection> {
    bench.not_before(&[Verb::AppointExperts])?;
    let known = named(bench, &expert)?;
    in_person(bench, known, entered)?;
    of_this_version(bench, given.draft)?;
    if !known.sits() {
        return Err(Rejection::new(Code::ExpertExcluded).at("expert").given(&known.code));
    }
    if known.interest.is_none() {
        return Err(Rejection::new(Code::InterestUndeclared).at("expert").given(&known.code));
    }
    // Their own word takes the place of what was entered for them.
    if entered || known.stance_entered.is_none() {
        spoken(known)?;
    }
    let complete = heard_after(bench, &expert, |e| e.stance = Some(given.stance))?;
    Ok(vec![CaseEvent::ExpertOpinionGiven { stage: bench.stage(), expert, entered, given, complete }])
}

/// An opinion is on the version that the experts were appointed for, also where a newer one came meanwhile.
fn of_this_version(bench: &Bench<'_>, seen: DraftId) -> Result<(), Rejection> {
    bench.known(seen)?;
    let reviewed = panel(bench)?.draft;
    if reviewed == seen {
        return Ok(());
    }
    Err(Rejection::new(Code::DraftMovedOn).at("draft").given(seen).needed(reviewed))
}

fn report(panel: &PanelFile, given: &ReportExpertReview) -> Result<(), Rejection> {
    let opinions: Vec<_> = panel.experts.iter().filter(|e| e.sits() && e.stance.is_some()).collect();
    for (i, line) in given.adoption.iter().enumerate() {
        let twice = given.adoption[..i].iter().any(|l| l.expert == line.expert);
        if twice || !opinions.iter().any(|e| e.code == line.expert) {
            let path = format!("adoption.{i}.expert");
            return Err(Rejection::new(Code::ListNotAcceptable)
                .at(path)
                .given(&line.expert)
                .needed("each opinion once"));
        }
    }
    if let Some(missing) = opinions.iter().find(|e| !given.adoption.iter().any(|l| l.expert == e.code)) {
        return Err(Rejection::new(Code::AdoptionIncomplete)
            .at("adoption")
            .given(given.adoption.len())
            .needed(&missing.code));
    }
    let opposed = opinions.iter().any(|e| e.stance == Some(ExpertStance::Oppose));
    if opposed && given.dissent.trim().is_empty() {
        return Err(Rejection::new(Code::DissentUnreported).at("dissent").given(""));
    }
    Ok(())
}
