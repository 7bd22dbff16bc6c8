//! Acts on the whole case, or on any stage: opening, facts, absences, reaffirmed evidence, irregularities, ending.

use std::collections::BTreeSet;

use super::{Bench, misplaced};
use crate::act::{Act, DetermineFacts, OpenCase, ReviewDisclosure};
use crate::check;
use crate::code::Code;
use crate::condition::Facts;
use crate::control::{Adoption, Detail, HearingProgress, TablingProgress};
use crate::definition::{Definition, Family};
use crate::event::CaseEvent;
use crate::id::{Digest, UnitId};
use crate::permits::{Scene, Verdict};
use crate::rejection::Rejection;
use crate::time::{ClockKind, Run};
use crate::verb::Verb;
use crate::words::{Disclosure, Evidence, MatterClass, OverlayId, StageKind, Status};

pub(crate) fn requires(scene: &Scene<'_>, verb: Verb, verdict: &mut Verdict) {
    let control = scene.control;
    match verb {
        // Facts steer which gates apply; once tabled, the text was judged under the facts as they were.
        Verb::DetermineFacts => {
            let tabled = control
                .stages
                .iter()
                .any(|s| matches!(s.detail, Detail::Tabling { progress } if progress != TablingProgress::None));
            verdict.ask(Code::TablingOrder, !tabled);
            verdict.ask(Code::DraftAdopted, control.adoption == Adoption::None);
        }
        Verb::RecordAbsence => {
            let allowed = scene.def.stages[scene.at].absent_if.as_ref().is_some_and(|c| scene.holds(c));
            verdict.ask(Code::AbsenceNotAllowed, allowed);
            verdict.ask(Code::StageNotOpen, scene.stage().status == Status::Available);
            verdict.ask(Code::HearingUnderWay, !hearing_under_way(scene));
        }
        Verb::ReaffirmEvidence => {
            let stage = scene.stage();
            let stale = match (stage.kind, stage.detail) {
                (_, Detail::Drafting { items }) => items.contains(&Evidence::Stale),
                (StageKind::PublicParticipation | StageKind::ExpertReview | StageKind::RiskAssessment, _) => {
                    stage.evidence == Evidence::Stale && stage.status == Status::Available
                }
                // Legality has its own act of confirmation; the rest has nothing that goes stale.
                _ => false,
            };
            if stage.kind == StageKind::Drafting {
                super::drafting::items_open(scene, verdict);
            }
            verdict.ask(Code::NothingToReaffirm, stale);
            verdict.ask(Code::HearingUnderWay, !hearing_under_way(scene));
        }
        Verb::CureIrregularity => verdict.ask(Code::IrregularityUnknown, control.irregular),
        Verb::TerminateCase => verdict.ask(Code::DraftAdopted, control.adoption == Adoption::None),
        Verb::TakeOverStage => {
            super::onboarding::requires(scene, verdict);
            verdict.ask(Code::HearingUnderWay, !hearing_under_way(scene));
        }
        _ => {}
    }
}

fn hearing_under_way(scene: &Scene<'_>) -> bool {
    let Detail::PublicParticipation { hearing, .. } = scene.stage().detail else { return false };
    hearing == HearingProgress::Noticed
}

/// Facts given, held against the definition, over the facts known.
fn facts_over(def: &Definition, known: &Facts, given: &Facts) -> Result<Facts, Rejection> {
    let mut facts = known.clone();
    for (id, value) in given {
        let refuse = |needed: String| {
            let given = serde_plain(value);
            Err(Rejection::new(Code::FactNotAcceptable).at(format!("facts.{id}")).given(given).needed(needed))
        };
        let Some(spec) = def.facts.iter().find(|f| &f.id == id) else {
            let declared: Vec<_> = def.facts.iter().map(|f| f.id.as_str()).collect();
            return refuse(declared.join(", "));
        };
        if !spec.kind.values().contains(value) {
            let values: Vec<_> = spec.kind.values().iter().map(serde_plain).collect();
            return refuse(values.join(", "));
        }
        facts.insert(id.clone(), value.clone());
    }
    Ok(facts)
}

/// What a case is told: its facts as they were, and what special laws settle (R713 art. 3).
struct Settled<'a> {
    def: &'a Definition,
    known: &'a Facts,
    overlays: &'a BTreeSet<OverlayId>,
}

impl Settled<'_> {
    /// The facts afterwards.
    ///
    /// # Errors
    /// `FACT_NOT_ACCEPTABLE` by the article of the special law that settles a fact in another way than it is given.
    fn with(&self, given: &Facts) -> Result<Facts, Rejection> {
        let mut facts = facts_over(self.def, self.known, given)?;
        for overlay in self.def.overlays_of(self.overlays) {
            for (id, needed) in &overlay.facts {
                if let Some(other) = given.get(id).filter(|value| *value != needed) {
                    let refused = Rejection::new(Code::FactNotAcceptable).at(format!("facts.{id}"));
                    return Err(refused.given(serde_plain(other)).needed(serde_plain(needed)).by(&overlay.source));
                }
                facts.insert(id.clone(), needed.clone());
            }
        }
        Ok(facts)
    }
}

/// The definition knows each of these special laws.
fn overlays_known(def: &Definition, overlays: &BTreeSet<OverlayId>) -> Result<(), Rejection> {
    let known: Vec<_> = def.overlays.iter().map(|o| o.id.as_str()).collect();
    match overlays.iter().find(|id| def.overlay(id).is_none()) {
        None => Ok(()),
        Some(unknown) => {
            let needed = if known.is_empty() { "null".to_owned() } else { known.join(", ") };
            Err(Rejection::new(Code::InputNotAcceptable).at("overlays").given(unknown).needed(needed))
        }
    }
}

fn serde_plain(value: &crate::condition::FactValue) -> String {
    match value {
        crate::condition::FactValue::Bool(b) => b.to_string(),
        crate::condition::FactValue::Number(n) => n.to_string(),
        crate::condition::FactValue::Word(w) => w.clone(),
    }
}

/// The opening event of a case.
pub(crate) fn open(def: &Definition, organ: UnitId, given: OpenCase) -> Result<CaseEvent, Rejection> {
    check::line("title", &given.title)?;
    check::text("summary", &given.summary)?;
    check::line_or_empty("proposal_reference", &given.proposal_reference)?;
    let major = def.family == Family::MajorDecision;
    if given.class.is_some() != major {
        let needed = if major {
            MatterClass::ALL.iter().map(|c| c.as_str()).collect::<Vec<_>>().join(", ")
        } else {
            "null".into()
        };
        let class = given.class.map_or("null", MatterClass::as_str);
        return Err(Rejection::new(Code::InputNotAcceptable).at("class").given(class).needed(needed));
    }
    overlays_known(def, &given.overlays)?;
    let facts = Settled { def, known: &def.initial_facts(), overlays: &given.overlays }.with(&given.facts)?;
    let (definition, stages) = (def.reference(), def.stage_refs());
    Ok(CaseEvent::CaseOpened { given, organ, definition, stages, facts })
}

pub(crate) fn decide(bench: &Bench<'_>, act: Act) -> Result<Vec<CaseEvent>, Rejection> {
    match act {
        Act::DetermineFacts(given) => determine(bench, given),
        Act::RecordAbsence(given) => Ok(vec![CaseEvent::AbsenceRecorded { stage: bench.stage(), given }]),
        Act::ReaffirmEvidence(given) => {
            bench.current(given.draft)?;
            Ok(vec![CaseEvent::EvidenceReaffirmed { stage: bench.stage(), given }])
        }
        Act::CureIrregularity(given) => {
            let known = &bench.case.file.irregularities;
            if !known.get(&given.irregularity).is_some_and(|i| i.open) {
                return Err(Rejection::new(Code::IrregularityUnknown).at("irregularity").given(given.irregularity));
            }
            let open = known.values().filter(|i| i.open).count();
            let left_open = u32::try_from(open.saturating_sub(1)).unwrap_or(u32::MAX);
            Ok(vec![CaseEvent::IrregularityCured { given, left_open }])
        }
        Act::TerminateCase(given) => Ok(vec![CaseEvent::CaseTerminated { given }]),
        Act::ReviewDisclosure(given) => review_disclosure(bench, given),
        Act::RecordPaperOriginal(given) => {
            if !bench.case.file.documents.contains_key(&given.document) {
                return Err(Rejection::new(Code::DocumentUnknown).at("document").given(given.document));
            }
            Ok(vec![CaseEvent::PaperOriginalRecorded { given }])
        }
        other => Err(misplaced(&other)),
    }
}

/// What was published stays so. What is not is looked at again after the definition's `disclosure_recheck_period` (Open
/// Government Information Regulation art. 18).
fn review_disclosure(bench: &Bench<'_>, given: ReviewDisclosure) -> Result<Vec<CaseEvent>, Rejection> {
    let known = &bench.case.file.documents;
    let named: BTreeSet<Digest> = given.documents.iter().map(|d| d.digest).collect();
    if given.attribute != Disclosure::Public
        && let Some(i) = given.documents.iter().position(|d| known.get(&d.digest).is_some_and(|known| known.released))
    {
        return Err(Rejection::new(Code::DocumentReleased).at(format!("documents.{i}")).given(given.attribute));
    }
    let parameter = bench.def.parameter("disclosure_recheck_period").and_then(|p| bench.def.period(&p.id));
    let again_on = match (given.attribute, parameter) {
        (Disclosure::OnRequest | Disclosure::Withheld, Some(limit)) => {
            Run::start(ClockKind::Cap, limit, bench.on.day(), bench.on.calendar).due_on()
        }
        _ => None,
    };
    let others = known.iter().filter(|(digest, _)| !named.contains(digest));
    let next_on = others.filter_map(|(_, d)| d.disclosure.as_ref()?.again_on).chain(again_on).min();
    Ok(vec![CaseEvent::DisclosureReviewed { given, again_on, next_on }])
}

/// New facts open again every stage whose absence they no longer allow.
fn determine(bench: &Bench<'_>, given: DetermineFacts) -> Result<Vec<CaseEvent>, Rejection> {
    if let Some(overlays) = &given.overlays {
        overlays_known(bench.def, overlays)?;
    }
    let overlays = given.overlays.as_ref().unwrap_or(&bench.case.file.overlays);
    let facts = Settled { def: bench.def, known: &bench.case.facts, overlays }.with(&given.facts)?;
    let reopened = reopened_by(bench.def, &bench.case.control, &facts);
    let mut events = vec![CaseEvent::FactsDetermined { given, facts }];
    events.extend(reopened.into_iter().map(|at| CaseEvent::StageReopened { stage: bench.def.stages[at].id.clone() }));
    Ok(events)
}

/// Positions of the stages that are absent and, under these facts, may not be.
pub fn reopened_by(def: &Definition, control: &crate::control::Control, facts: &Facts) -> Vec<usize> {
    control
        .stages
        .iter()
        .enumerate()
        .filter(|(at, stage)| {
            stage.status == Status::Absent
                && !def
                    .stages
                    .get(*at)
                    .and_then(|s| s.absent_if.as_ref())
                    .is_some_and(|c| c.condition.holds(&|id| def.position(id), control, facts))
        })
        .map(|(at, _)| at)
        .collect()
}
