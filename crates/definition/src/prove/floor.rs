//! The legal floor of each family: what no definition can make lawful, checked on every step. That of normative documents
//! is the part of major decisions' that they share; any other procedure has that nothing comes into a closed volume, and that
//! no stage is left out without its record.

use dingce_domain::condition::Facts;
use dingce_domain::control::{
    Adoption, Control, Detail, DraftState, Ending, EventClass, Execution, Meeting, StageControl,
};
use dingce_domain::definition::{Definition, Family, StageSpec};
use dingce_domain::verb::Verb;
use dingce_domain::words::{DraftChange, Evidence, StageKind, Status, Text, Volume};

use crate::problem::say;

/// A rule of the floor: id, law, and words.
#[derive(Debug)]
pub(crate) struct Rule {
    pub id: &'static str,
    source: &'static str,
    zh: &'static str,
    en: &'static str,
}

impl Rule {
    pub fn text(&self) -> Text {
        say(self.zh, self.en)
    }

    /// By which law, in a family.
    pub const fn source(&self, family: Family) -> &'static str {
        match family {
            Family::MajorDecision => self.source,
            Family::NormativeDocument => "国办发〔2018〕37号, 115号",
            Family::General => "design",
        }
    }
}

macro_rules! rules {
    ($($name:ident = $id:literal, $source:literal, $zh:literal, $en:literal;)*) => {$(
        static $name: Rule = Rule { id: $id, source: $source, zh: $zh, en: $en };
    )*};
}

rules! {
    LEGALITY = "P-FLOOR-LEGALITY", "R713 art. 25", "未经合法性审查通过的草案被提请、讨论、通过或印发。",
        "A draft that has not passed legality review is tabled, deliberated, adopted or issued.";
    REVIEW = "P-FLOOR-BEFORE-REVIEW", "R713 art. 26", "公众参与、专家论证或风险评估未完成也未说明不适用，合法性审查却已开始或通过。",
        "Legality review begins or stands while participation, expert review or risk assessment is neither done nor absent by record.";
    FILE = "P-FLOOR-FILE", "R713 art. 29", "会议材料不全就提请审议。",
        "The draft is tabled while participation, expert review or risk assessment is neither done nor absent by record.";
    DELIBERATION = "P-FLOOR-DELIBERATION", "R713 art. 30", "决定不是由达到法定人数、成员均已发言的会议作出。",
        "A decision arises other than from a quorate meeting at which all members have spoken.";
    RISK = "P-FLOOR-RISK", "R713 art. 24", "未认定风险可控就通过了经风险评估的草案。",
        "A draft whose risk was assessed is adopted without the organ's finding that the risk is controllable.";
    REPORTING = "P-FLOOR-REPORTING", "R713 art. 31", "未经出台前请示报告就印发。",
        "The decision is issued before the reports before issuance are answered.";
    TEXT = "P-FLOOR-TEXT", "R713 art. 30", "印发的文本既不是决定的文本，也不是经确认的文本，或者没有决定就有了落实决定的文本。",
        "The text issued is neither the one decided nor one confirmed as carrying out the decision, or one carries out no decision.";
    ISSUED = "P-FLOOR-ISSUED", "R713 art. 37", "印发之后，决定或其文本又被改变。",
        "After issuance the decision or its text changes without a new procedure.";
    ABSENCE = "P-FLOOR-ABSENCE", "R713 arts. 25, 30", "不得省略的阶段被省略，或者没有依据、没有记录、已经开始之后又被省略。",
        "A stage that can never be left out is absent, or one is absent without its ground, without its record, or after it had begun.";
    CLOSED = "P-FLOOR-CLOSED", "R713 art. 33", "封卷之后仍有行为。", "Something is added to a closed volume.";
    EXECUTION = "P-FLOOR-EXECUTION", "R713 arts. 34, 37", "未印发的决策被执行，或者已终结的执行又被改变。",
        "What was not issued is carried out, or an execution that has ended changes.";
    SUSPENDED = "P-FLOOR-SUSPENDED", "R713 art. 37", "中止执行期间办结了执行。",
        "An execution is completed while it is suspended.";
    SIGNED = "P-FLOOR-SIGNED", "R713 art. 30", "会议记录签署之后，表态或决定被改变。",
        "A position or a decision is recorded after the record was signed.";
    RECORD = "P-FLOOR-RECORD", "R713 art. 30", "会议记录未签署，就再次召集会议、印发或封卷。",
        "A meeting is called again, a decision issued or the volume closed while the record of a meeting is unsigned.";
}

mod acts;
mod file;

pub(crate) use file::of as of_file;

/// Whether a kind of stage may fall away in some matters (R713 arts. 14, 19, 22, 32). A normative document that nobody
/// published is no basis for anything.
fn may_be_absent(family: Family, kind: StageKind) -> bool {
    match kind {
        StageKind::PublicParticipation | StageKind::ExpertReview | StageKind::RiskAssessment => true,
        StageKind::Publication => family == Family::MajorDecision,
        general => general.is_general() || family == Family::General,
    }
}

fn of(control: &Control, kind: StageKind) -> impl Iterator<Item = &StageControl> {
    control.stages.iter().filter(move |s| s.kind == kind)
}

/// Participation, expert review and risk assessment are done on this draft, or recorded as absent.
fn prepared(control: &Control) -> bool {
    [StageKind::PublicParticipation, StageKind::ExpertReview, StageKind::RiskAssessment]
        .into_iter()
        .flat_map(|kind| of(control, kind))
        .all(|s| s.evidence == Evidence::Current || s.status == Status::Absent)
}

/// One event of a step.
#[derive(Clone, Copy)]
pub(crate) struct Event<'a> {
    pub before: &'a Control,
    /// By which act.
    pub verb: Verb,
    pub at: usize,
    pub class: EventClass,
    pub after: &'a Control,
    /// The facts, as the act leaves them.
    pub facts: &'a Facts,
}

/// The rules of the floor that one event breaks.
pub(crate) fn broken(def: &Definition, event: Event<'_>) -> Vec<&'static Rule> {
    let Event { before, verb, at, class, after, facts } = event;
    let family = def.family;
    let major = family == Family::MajorDecision;
    // What a document is made by stands behind the wall, whatever kind of document it is.
    let walled = major || family == Family::NormativeDocument;
    let mut found = Vec::new();
    if major {
        acts::broken(def, event, &mut found);
    }
    let mut never = |rule: &'static Rule, holds: bool| {
        if holds {
            found.push(rule);
        }
    };
    let adopts = matches!(class, EventClass::HeadDecided(outcome) if outcome.adopts());
    let adopted = before.adoption == Adoption::None && after.adoption != Adoption::None;
    let behind_the_wall = adopts
        || matches!(
            class,
            EventClass::TablingRequested
                | EventClass::TablingApproved
                | EventClass::MeetingConvened
                | EventClass::DecisionIssued
        );
    never(&LEGALITY, walled && (behind_the_wall || adopted) && !before.cleared());
    never(&REVIEW, walled && matches!(class, EventClass::LegalitySubmitted) && !prepared(before));
    never(&REVIEW, walled && after.ending == Ending::Running && after.cleared() && !prepared(after));
    let tables = matches!(class, EventClass::TablingRequested | EventClass::TablingApproved);
    never(&FILE, walled && tables && !prepared(before));
    if matches!(class, EventClass::HeadDecided(_)) {
        never(&DELIBERATION, walled && !deliberated(before, at));
    }
    never(&DELIBERATION, walled && adopted && !adopts);
    let convened = before
        .stages
        .get(at)
        .is_some_and(|s| matches!(s.detail, Detail::CollectiveDeliberation { meeting: Meeting::Convened, .. }));
    never(&DELIBERATION, walled && matches!(class, EventClass::AttendanceTaken { .. }) && !convened);
    never(&RISK, walled && adopts && !risk_found(before, at));
    if matches!(class, EventClass::DecisionIssued) {
        let reported = of(before, StageKind::PreIssuanceReporting).all(|s| s.status == Status::Completed);
        let asked = of(before, StageKind::PreIssuanceReporting).next().is_some();
        never(&REPORTING, walled && (!reported || (major && !asked)));
        never(&TEXT, walled && !text_settled(before));
    }
    let final_text = matches!(class, EventClass::DraftVersionAdded(DraftChange::CarriesOutDecision));
    never(&TEXT, walled && final_text && before.adoption == Adoption::None);
    let issued = of(before, StageKind::Issuance).any(|s| s.status == Status::Completed);
    let stands = before.adoption == after.adoption
        && before.draft == after.draft
        && (after.cleared() || after.ending == Ending::Closed);
    never(&ISSUED, walled && issued && !stands);
    for (was, is) in before.stages.iter().zip(&after.stages) {
        if is.status == Status::Absent && was.status != Status::Absent {
            never(&ABSENCE, !matches!(class, EventClass::AbsenceRecorded) || !may_be_absent(family, is.kind));
            never(&ABSENCE, walled && was.status != Status::Available);
        }
    }
    let grounded = || {
        let ground = def.stages.get(at).and_then(|s| s.absent_if.as_ref());
        ground.is_some_and(|g| g.condition.holds(&|id| def.position(id), before, facts))
    };
    never(&ABSENCE, matches!(class, EventClass::AbsenceRecorded) && !grounded());
    let filed = match class {
        EventClass::VolumeChecked { volume, .. } | EventClass::VolumeClosed(volume) => Some(volume),
        // Filed in the first volume that is open; where none is, anywhere would be closed.
        EventClass::DocumentAnnotated => before.open_volume().or(Some(Volume::Decision)),
        _ => def.stages.get(at).and_then(StageSpec::volume),
    };
    // The cure of an irregularity is filed with it; a volume in which one is open is not closed.
    let cure = matches!(class, EventClass::IrregularityCured { .. });
    never(&CLOSED, !cure && filed.is_some_and(|volume| before.closed(volume)));
    never(&CLOSED, matches!(class, EventClass::VolumeClosed(_)) && before.irregular);
    let (was, is) = (before.execution(), after.execution());
    let ended = |e| matches!(e, Execution::Completed | Execution::Adjusted | Execution::Terminated);
    let begins = matches!(class, EventClass::DecisionIssued) && was == Execution::NotBegun;
    never(&EXECUTION, walled && was != is && (ended(was) || (was == Execution::NotBegun && !begins)));
    let changes = matches!(
        class,
        EventClass::ExecutionSuspended
            | EventClass::ExecutionResumed
            | EventClass::ExecutionAdjusted
            | EventClass::ExecutionTerminated
            | EventClass::ExecutionCompleted
    );
    never(&EXECUTION, walled && changes && ended(was));
    // What is recorded as irregular stands beside the road.
    let counts = verb.kind() == Some(StageKind::Implementation) && !matches!(class, EventClass::IrregularityRecorded);
    never(&EXECUTION, walled && counts && was == Execution::NotBegun);
    never(&SUSPENDED, walled && was == Execution::Suspended && is == Execution::Completed);
    let needs_record = matches!(
        class,
        EventClass::MeetingConvened | EventClass::DecisionIssued | EventClass::VolumeClosed(Volume::Decision)
    );
    never(&RECORD, walled && needs_record && before.stages.iter().any(StageControl::owes_record));
    if matches!(class, EventClass::PositionRecorded { .. } | EventClass::HeadDecided(_)) {
        let signed = before
            .stages
            .get(at)
            .is_some_and(|s| matches!(s.detail, Detail::CollectiveDeliberation { signed: true, .. }));
        never(&SIGNED, walled && signed);
    }
    found
}

fn deliberated(control: &Control, at: usize) -> bool {
    control.stages.get(at).is_some_and(|s| {
        matches!(
            s.detail,
            Detail::CollectiveDeliberation {
                meeting: Meeting::Quorate,
                positions_complete: true,
                decided: false,
                signed: false,
                ..
            }
        )
    })
}

fn risk_found(control: &Control, at: usize) -> bool {
    let assessed = of(control, StageKind::RiskAssessment).any(|s| s.status == Status::Completed);
    !assessed
        || control
            .stages
            .get(at)
            .is_some_and(|s| matches!(s.detail, Detail::CollectiveDeliberation { risk_controllable: Some(true), .. }))
}

fn text_settled(control: &Control) -> bool {
    match control.adoption {
        Adoption::None => false,
        Adoption::Agreed => matches!(control.draft, DraftState::Decided | DraftState::Confirmed),
        Adoption::InPrinciple => control.draft == DraftState::Confirmed,
    }
}
