//! Matters that were under way elsewhere: their late records are steps of the proof, and lead past no gate.

use crate::common;
use dingce_definition::drive::{Drive, DriveError};
use dingce_definition::prove::{Explorer, outcomes};
use dingce_definition::{Budget, prove};
use dingce_domain::code::Code;
use dingce_domain::control::{Ending, EventClass};
use dingce_domain::definition::Definition;
use dingce_domain::occasion::Manner;
use dingce_domain::time::Calendar;
use dingce_domain::verb::Verb;
use dingce_domain::words::{DraftChange, DraftingItem, Evidence, RiskLevel, StageKind, Status};
use jiff::civil::date;

fn at(def: &Definition, kind: StageKind) -> usize {
    def.positions(kind).next().unwrap()
}

fn done(of: StageKind) -> EventClass {
    EventClass::StageTakenOver { of, level: None }
}

fn assessed() -> EventClass {
    EventClass::StageTakenOver { of: StageKind::RiskAssessment, level: Some(RiskLevel::Low) }
}

fn onboarded<'a>(def: &'a Definition, calendar: &'a Calendar) -> Drive<'a> {
    Drive::onboard(def, calendar, date(2023, 11, 1), date(2024, 3, 4), def.initial_facts()).unwrap()
}

/// On paper: initiation and the texts in the autumn before, everything else today.
fn on_paper(drive: &Drive<'_>, verb: Verb, class: EventClass) -> Manner {
    let Manner::Offline { occurred_on, evidence } = drive.offline() else { panic!("acts on paper have a day") };
    let occurred_on = match (verb, class) {
        (Verb::TakeOverStage, EventClass::StageTakenOver { of: StageKind::Initiation, .. }) => date(2023, 11, 2),
        (Verb::AddDraftVersion, _) => date(2023, 11, 3),
        _ => occurred_on,
    };
    Manner::Offline { occurred_on, evidence }
}

/// A late record; the refusal, where it is refused.
fn take_over(drive: &mut Drive<'_>, at: usize, class: EventClass) -> Result<(), Code> {
    let command = drive.command(Verb::TakeOverStage, at, class, 0).unwrap();
    let manner = on_paper(drive, Verb::TakeOverStage, class);
    match drive.submit(command, drive.doer(Verb::TakeOverStage), manner) {
        Ok(()) => Ok(()),
        Err(DriveError::Refused { rejection, .. }) => Err(rejection.code),
        Err(other) => panic!("{other}"),
    }
}

fn add(drive: &mut Drive<'_>, def: &Definition, change: DraftChange) {
    let class = EventClass::DraftVersionAdded(change);
    let command = drive.command(Verb::AddDraftVersion, at(def, StageKind::Drafting), class, 0).unwrap();
    let manner = on_paper(drive, Verb::AddDraftVersion, class);
    drive.submit(command, drive.doer(Verb::AddDraftVersion), manner).unwrap();
}

/// As far as the legality review: everything before it comes in as late records.
fn prepared(drive: &mut Drive<'_>, def: &Definition) {
    take_over(drive, at(def, StageKind::Initiation), done(StageKind::Initiation)).unwrap();
    add(drive, def, DraftChange::First);
    for &item in DraftingItem::ALL {
        let class = EventClass::DraftingItemRecorded { item, in_order: true };
        drive.act(item.verb(), at(def, StageKind::Drafting), class, 0).unwrap();
    }
    take_over(drive, at(def, StageKind::PublicParticipation), done(StageKind::PublicParticipation)).unwrap();
    take_over(drive, at(def, StageKind::ExpertReview), done(StageKind::ExpertReview)).unwrap();
    let low = assessed();
    take_over(drive, at(def, StageKind::RiskAssessment), low).unwrap();
}

#[test]
fn what_was_done_before_comes_in_and_the_rest_is_done_here() {
    let (def, calendar) = (common::shipped(), common::calendar());
    let mut drive = onboarded(&def, &calendar);
    prepared(&mut drive, &def);
    for kind in [StageKind::PublicParticipation, StageKind::ExpertReview, StageKind::RiskAssessment] {
        let stage = drive.case().control.stages[at(&def, kind)];
        assert_eq!((stage.status, stage.evidence), (Status::Completed, Evidence::Current), "{kind}");
    }
    // Legality is never presumed, nor anything after it.
    let later = |k: &StageKind| *k as usize >= StageKind::LegalityReview as usize && !k.is_general();
    for kind in StageKind::ALL.iter().copied().filter(later) {
        assert_eq!(take_over(&mut drive, at(&def, kind), done(kind)), Err(Code::LateRecordNotAllowed), "{kind}");
    }
    let tabled = drive.act(Verb::RequestTabling, at(&def, StageKind::Tabling), EventClass::TablingRequested, 0);
    assert!(matches!(tabled, Err(DriveError::Refused { rejection, .. }) if rejection.code == Code::LegalityMissing));
    // From here on it goes the road of any other case.
    let road = prove(&def, Budget::default()).road;
    let review = road.iter().position(|step| step.verb == Verb::SubmitForLegalityReview).unwrap();
    assert!(road.iter().all(|step| step.verb != Verb::TakeOverStage), "the road is that of a case that began here");
    for step in &road[review..] {
        if step.verb == Verb::AdoptDraft {
            // The shortest road has no risk to find; this matter was assessed.
            let class = EventClass::RiskFound { controllable: true };
            drive.act(Verb::FindRisk, at(&def, StageKind::CollectiveDeliberation), class, 0).unwrap();
        }
        if step.verb == Verb::CheckVolume {
            // Nor is that one published, which this one is, once its documents are reviewed for release.
            drive.act(Verb::ReviewDisclosure, 0, EventClass::DocumentAnnotated, 0).unwrap();
            drive
                .act(Verb::PublishDecision, at(&def, StageKind::Publication), EventClass::DecisionPublished, 0)
                .unwrap();
        }
        drive.step(step).unwrap();
    }
    assert_eq!(drive.case().control.ending, Ending::Closed);
}

#[test]
fn late_records_come_in_order_and_once_and_not_after_the_review_began() {
    let (def, calendar) = (common::shipped(), common::calendar());
    let low = assessed();
    let (initiation, risk) = (at(&def, StageKind::Initiation), at(&def, StageKind::RiskAssessment));
    let mut drive = onboarded(&def, &calendar);
    assert_eq!(take_over(&mut drive, risk, low), Err(Code::DraftMissing));
    take_over(&mut drive, initiation, done(StageKind::Initiation)).unwrap();
    let again = take_over(&mut drive, initiation, done(StageKind::Initiation));
    assert_eq!(again, Err(Code::LateRecordNotAllowed));
    add(&mut drive, &def, DraftChange::First);
    drive.act(Verb::StartRiskAssessment, risk, EventClass::RiskAssessmentStarted, 0).unwrap();
    assert_eq!(take_over(&mut drive, risk, low), Err(Code::LateRecordNotAllowed), "it was begun here");

    let mut drive = onboarded(&def, &calendar);
    prepared(&mut drive, &def);
    // A text that changed in substance was never assessed, and no late record says that it was.
    add(&mut drive, &def, DraftChange::Material);
    assert_eq!(drive.case().control.stages[risk].evidence, Evidence::Stale);
    assert_eq!(take_over(&mut drive, risk, low), Err(Code::LateRecordNotAllowed));

    // A case that began here has nothing to take over.
    let mut drive = Drive::open(&def, &calendar, date(2024, 3, 4), def.initial_facts()).unwrap();
    let refused = take_over(&mut drive, initiation, done(StageKind::Initiation));
    assert_eq!(refused, Err(Code::LateRecordNotAllowed));
}

#[test]
fn every_late_record_is_a_step_that_the_proof_explored() {
    let (def, calendar) = (common::shipped(), common::calendar());
    let explorer = Explorer::new(&def);
    let mut seed: u64 = 7;
    let mut roll = |sides: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((seed >> 33) % sides as u64).unwrap()
    };
    let mut taken = std::collections::BTreeSet::new();
    for _ in 0..12 {
        let mut drive = onboarded(&def, &calendar);
        assert!(explorer.begins(drive.case()));
        for _ in 0..120 {
            let late = roll(3) == 0;
            let verb = if late { Verb::TakeOverStage } else { Verb::ALL[roll(Verb::ALL.len())] };
            if verb == Verb::TerminateCase {
                continue;
            }
            let stage = match verb.kind() {
                Some(kind) if kind.is_general() => continue,
                Some(kind) => at(&def, kind),
                None => roll(def.stages.len()),
            };
            let classes = outcomes(&def, &drive.case().control, verb, stage);
            if classes.is_empty() {
                continue;
            }
            let class = classes[roll(classes.len())][0].1;
            let Some(command) = drive.command(verb, stage, class, 1) else { continue };
            let before = drive.case().clone();
            let manner = on_paper(&drive, verb, class);
            if drive.submit(command, drive.doer(verb), manner).is_ok() {
                assert!(explorer.explains(&before, drive.case()), "{verb} at {stage}: {class:?}");
                if verb == Verb::TakeOverStage {
                    taken.insert(def.stages[stage].kind);
                }
            }
        }
    }
    assert_eq!(taken.len(), 4, "{taken:?}");
}
