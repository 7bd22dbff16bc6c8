//! Collective deliberation and decision 集体讨论决定 (R713 art. 30): meeting, quorum, positions, the head's decision.
//!
//! The outcome is the head's decision after the discussion, not a count of votes (trap 4). Only members count (trap 5).
//! The order that counts is the order in which people spoke; where the head spoke first, that is recorded as it was, as
//! an irregularity without effect (trap 6).

use super::{Bench, misplaced};
use crate::act::{Act, ConveneMeeting, RecordAttendance, RecordHeadDecision, RecordPosition};
use crate::check;
use crate::code::Code;
use crate::control::{Adoption, Control, Detail, DraftState, Ending, Meeting};
use crate::definition::{Definition, ParameterValue};
use crate::event::{BrokenRule, CaseEvent};
use crate::file::MeetingFile;
use crate::id::PersonId;
use crate::meeting::{decider, everyone_once};
use crate::occasion::Manner;
use crate::permits::{Scene, Verdict};
use crate::rejection::Rejection;
use crate::verb::Verb;
use crate::words::{Majority, Outcome, Position, StageKind, Status};

pub(super) fn requires(scene: &Scene<'_>, verb: Verb, verdict: &mut Verdict) {
    let control = scene.control;
    let Detail::CollectiveDeliberation { meeting, risk_controllable, positions_complete, decided, signed, .. } =
        scene.stage().detail
    else {
        return;
    };
    let discussing = control.adoption == Adoption::None && control.draft != DraftState::ToAmend;
    match verb {
        Verb::ConveneMeeting => {
            verdict.ask(Code::LegalityMissing, control.cleared());
            verdict.ask(Code::TablingOrder, tabled(scene));
            // A meeting that failed may be held again; one that decided may not.
            verdict.ask(
                Code::MeetingUnderWay,
                !decided
                    && (matches!(meeting, Meeting::None | Meeting::Inquorate | Meeting::Adjourned)
                        || control.irregular),
            );
            verdict.ask(Code::RecordUnsigned, !scene.stage().owes_record());
        }
        // Also of a text that is no longer cleared: such a meeting is just what must be put off.
        Verb::PostponeMeeting => {
            verdict.ask(Code::MeetingNotHeld, !matches!(meeting, Meeting::None | Meeting::Adjourned));
            verdict.ask(Code::MeetingUnderWay, meeting == Meeting::Convened);
        }
        Verb::RecordAttendance => {
            verdict.ask(Code::LegalityMissing, control.cleared());
            verdict.ask(Code::MeetingNotHeld, meeting == Meeting::Convened);
        }
        Verb::FindRisk | Verb::RecordPosition => {
            verdict.ask(Code::LegalityMissing, control.cleared());
            quorate(meeting, verdict);
            verdict.ask(Code::MeetingUnderWay, !decided && discussing);
            verdict.ask(Code::RecordSigned, !signed);
        }
        Verb::AdoptDraft | Verb::DeclineDraft => {
            verdict.ask(Code::LegalityMissing, control.cleared());
            verdict.ask(Code::TablingOrder, tabled(scene));
            quorate(meeting, verdict);
            verdict.ask(Code::MeetingUnderWay, !decided && discussing);
            verdict.ask(Code::RecordSigned, !signed);
            verdict.ask(Code::PositionsMissing, positions_complete);
            verdict.ask(Code::IrregularityOpen, !control.irregular);
            if verb == Verb::AdoptDraft {
                let assessed =
                    control.stages.iter().any(|s| s.kind == StageKind::RiskAssessment && s.status == Status::Completed);
                verdict.ask(Code::RiskNotFound, !assessed || risk_controllable == Some(true));
            }
        }
        _ => {
            verdict.ask(Code::DecisionMissing, decided || over(control, meeting));
            verdict.ask(Code::RecordSigned, !signed);
        }
    }
}

/// Whether a meeting that was held is over without a decision that stands: put off, overtaken, ended with the case, or
/// broken off by an irregularity.
fn over(control: &Control, meeting: Meeting) -> bool {
    let broken_off = control.irregular || control.ending != Ending::Running;
    meeting == Meeting::Adjourned || (meeting == Meeting::Quorate && broken_off)
}

fn quorate(meeting: Meeting, verdict: &mut Verdict) {
    verdict.ask(Code::MeetingNotHeld, matches!(meeting, Meeting::Quorate | Meeting::Inquorate));
    verdict.ask(Code::QuorumMissing, meeting == Meeting::Quorate);
}

fn tabled(scene: &Scene<'_>) -> bool {
    scene.control.stages.iter().filter(|s| s.kind == StageKind::Tabling).all(|s| s.status == Status::Completed)
}

pub(super) fn decide(bench: &Bench<'_>, act: Act) -> Result<Vec<CaseEvent>, Rejection> {
    let stage = bench.stage();
    match act {
        Act::ConveneMeeting(given) => {
            convene(bench, &given)?;
            Ok(vec![CaseEvent::MeetingConvened { stage, given }])
        }
        Act::PostponeMeeting(given) => {
            let meeting = meeting(bench)?.called.meeting;
            if let Some(meant) = given.meeting.filter(|meant| *meant != meeting) {
                return Err(Rejection::new(Code::MeetingNotHeld).at("meeting").given(meant).needed(meeting));
            }
            Ok(vec![CaseEvent::MeetingPostponed { stage, meeting, given }])
        }
        Act::RecordAttendance(given) => {
            let called = meeting(bench)?;
            attendance(called, &given)?;
            at_the_table(bench, called)?;
            let members = u32::try_from(called.called.members.len()).unwrap_or(u32::MAX);
            let present = u32::try_from(given.present.len()).unwrap_or(u32::MAX);
            let needed = quorum_needed(bench.def, members);
            let quorum = present >= needed;
            let meeting = called.called.meeting;
            Ok(vec![CaseEvent::AttendanceTaken { stage, meeting, given, needed, quorum }])
        }
        Act::FindRisk(given) => {
            at_the_table(bench, meeting(bench)?)?;
            Ok(vec![CaseEvent::RiskFound { stage, given }])
        }
        Act::RecordPosition(given) => {
            let called = meeting(bench)?;
            at_the_table(bench, called)?;
            position(bench, called, &given)?;
            let mut positions = called.positions.clone();
            take(&mut positions, given.clone());
            let (complete, majority) = standing(called, &positions);
            let meeting = called.called.meeting;
            Ok(vec![CaseEvent::PositionRecorded { stage, meeting, given, complete, majority }])
        }
        Act::RecordHeadDecision(given) => head_decides(bench, given),
        Act::SignMeetingRecord(given) => {
            let called = meeting(bench)?;
            at_the_table(bench, called)?;
            let meeting = called.called.meeting;
            Ok(vec![CaseEvent::MeetingRecordSigned { stage, meeting, given }])
        }
        other => Err(misplaced(&other)),
    }
}

fn meeting<'a>(bench: &'a Bench<'_>) -> Result<&'a MeetingFile, Rejection> {
    bench.case.file.meeting.as_ref().ok_or_else(|| Rejection::new(Code::MeetingNotHeld))
}

/// How many members make a quorum. More than half unless the definition says otherwise (T20).
fn quorum_needed(def: &Definition, members: u32) -> u32 {
    let asked = def.parameter("meeting_quorum").and_then(|p| share_of(&p.value, members));
    asked.unwrap_or(members / 2 + 1)
}

/// How many of these a share, or a count, asks for; nothing where the value is neither.
fn share_of(value: &ParameterValue, members: u32) -> Option<u32> {
    let needed = match value {
        ParameterValue::Share { of, parts, exclusive } => {
            let (exact, parts) = (u64::from(members) * u64::from(*of), u64::from((*parts).max(1)));
            if *exclusive { exact / parts + 1 } else { exact.div_ceil(parts) }
        }
        ParameterValue::Count(count) => u64::from(*count),
        _ => return None,
    };
    Some(u32::try_from(needed).unwrap_or(u32::MAX))
}

/// What stands against a decision where the place decides by ballot 票决: adopting needs the votes of so many of all
/// members, whoever decides among them; with that many for it the meeting cannot disagree. To have it amended, put off
/// or discussed again is no ballot. A value that only advises binds nobody.
fn ballot(bench: &Bench<'_>, called: &MeetingFile, given: &RecordHeadDecision) -> Option<Rejection> {
    let parameter = bench.def.parameter("ballot_majority").filter(|p| bench.binds(p))?;
    let members = u32::try_from(called.called.members.len()).unwrap_or(u32::MAX);
    let needed = share_of(&parameter.value, members)?;
    let others = u32::try_from(in_favour(&called.positions)).unwrap_or(u32::MAX);
    let adopts = given.outcome.adopts();
    let votes = others.saturating_add(u32::from(adopts));
    let carried = votes >= needed;
    let agrees = if adopts { carried } else { given.outcome != Outcome::Disagree || !carried };
    let refused = || Rejection::new(Code::BallotNotCarried).at("outcome").given(votes).needed(needed);
    (!agrees).then(|| bench.by_value(refused(), parameter))
}

fn convene(bench: &Bench<'_>, given: &ConveneMeeting) -> Result<(), Rejection> {
    check::not_before("held_on", given.held_on, bench.on.day())?;
    // A meeting held before the review was over, or before the head put the matter on its table (R713 arts. 25, 29).
    let first = [bench.case.file.cleared_on, bench.done(Verb::ApproveTabling)];
    Bench::in_order("held_on", given.held_on, first)
}

/// What is said at a meeting is said on its day; what is written about it, not before.
fn at_the_table(bench: &Bench<'_>, meeting: &MeetingFile) -> Result<(), Rejection> {
    let path = if matches!(bench.on.manner, Manner::Online) { "held_on" } else { "occurred_on" };
    check::not_before(path, bench.on.day(), meeting.called.held_on)
}

/// A corrected position stands in place of the one that it corrects; both stay on the record.
pub fn take(positions: &mut Vec<RecordPosition>, given: RecordPosition) {
    positions.retain(|p| p.member != given.member);
    positions.push(given);
}

fn attendance(called: &MeetingFile, given: &RecordAttendance) -> Result<(), Rejection> {
    let members = &called.called.members;
    let away = given.absent.iter().map(|a| &a.person).chain(given.recused.iter().map(|r| &r.person));
    everyone_once(members, given.present.iter().chain(away))?;
    if !given.present.contains(&given.chair) {
        return Err(Rejection::new(Code::MemberAbsent).at("chair").given(given.chair));
    }
    given.entrusted.as_ref().map_or(Ok(()), |entrusted| decider(members, &given.present, entrusted))
}

fn position(bench: &Bench<'_>, called: &MeetingFile, given: &RecordPosition) -> Result<(), Rejection> {
    if !called.called.members.iter().any(|m| m.person == given.member) {
        return Err(Rejection::new(Code::NotAMember).at("member").given(given.member));
    }
    // The word of whoever decides is the decision, not a position among others.
    if called.decider() == Some(given.member) {
        return Err(Rejection::new(Code::HeadNotLast).at("member").given(given.member));
    }
    present(called, "member", given.member)?;
    // A slip of whoever typed is put right from the written record of the meeting, and only so (trap 7).
    let from_paper = matches!(bench.on.manner, Manner::Offline { .. });
    if !from_paper && called.positions.iter().any(|p| p.member == given.member) {
        return Err(Rejection::new(Code::PositionTaken).at("member").given(given.member));
    }
    if called.positions.iter().any(|p| p.spoken_no == given.spoken_no && p.member != given.member) {
        return Err(Rejection::new(Code::ListNotAcceptable).at("spoken_no").given(given.spoken_no));
    }
    Ok(())
}

fn present(called: &MeetingFile, path: &str, person: PersonId) -> Result<(), Rejection> {
    if called.attendance.as_ref().is_some_and(|a| a.present.contains(&person)) {
        return Ok(());
    }
    let withdrew = called.attendance.as_ref().is_some_and(|a| a.recused.iter().any(|r| r.person == person));
    let code = if withdrew { Code::MemberWithdrawn } else { Code::MemberAbsent };
    let name = called.called.members.iter().find(|m| m.person == person).map(|m| m.name.clone());
    Err(Rejection::new(code).at(path).given(name.unwrap_or_else(|| person.to_string())))
}

fn in_favour(positions: &[RecordPosition]) -> usize {
    positions.iter().filter(|p| matches!(p.position, Position::Agree | Position::AgreeWithChanges)).count()
}

/// Whether all members present but the one who decides have spoken, and where they stand.
fn standing(called: &MeetingFile, positions: &[RecordPosition]) -> (bool, Majority) {
    let decider = called.decider();
    let present = called.attendance.as_ref().map(|a| a.present.as_slice()).unwrap_or_default();
    let complete = present.iter().filter(|p| Some(**p) != decider).all(|p| positions.iter().any(|q| q.member == *p));
    let for_it = in_favour(positions);
    let against = positions.iter().filter(|p| p.position == Position::Disagree).count();
    let majority = match for_it.cmp(&against) {
        std::cmp::Ordering::Greater => Majority::For,
        std::cmp::Ordering::Less => Majority::Against,
        std::cmp::Ordering::Equal => Majority::Even,
    };
    (complete, majority)
}

fn head_decides(bench: &Bench<'_>, given: RecordHeadDecision) -> Result<Vec<CaseEvent>, Rejection> {
    let stage = bench.stage();
    let called = meeting(bench)?;
    at_the_table(bench, called)?;
    let attendance = called.attendance.clone().ok_or_else(|| Rejection::new(Code::MeetingNotHeld))?;
    if !bench.def.outcomes.contains(&given.outcome) {
        let offered: Vec<_> = bench.def.outcomes.iter().map(|o| o.as_str()).collect();
        return Err(Rejection::new(Code::OutcomeNotOffered)
            .at("outcome")
            .given(given.outcome)
            .needed(offered.join(", ")));
    }
    if called.positions.iter().any(|p| p.spoken_no == given.spoken_no) {
        return Err(Rejection::new(Code::ListNotAcceptable).at("spoken_no").given(given.spoken_no));
    }
    let draft = bench.case.file.current().ok_or_else(|| Rejection::new(Code::DraftMissing))?.id;
    let (_, majority) = standing(called, &called.positions);
    let against_majority = match majority {
        Majority::For => matches!(given.outcome, Outcome::Disagree),
        Majority::Against => given.outcome.adopts(),
        Majority::Even => false,
    };
    let mut broken = breaches(called, &given, against_majority, majority);
    broken.extend(ballot(bench, called, &given));
    let head_first = broken.iter().any(|b| b.code == Code::HeadNotLast);
    if head_first || (matches!(bench.on.manner, Manner::Offline { .. }) && !broken.is_empty()) {
        // A refusal would invite a false record; it is kept as it was, and gives no decision.
        let broken = broken.iter().map(|b| BrokenRule { code: b.code, criterion: None, clock: None }).collect();
        return Ok(vec![bench.irregularity(broken, Act::RecordHeadDecision(given))]);
    }
    if let Some(first) = broken.into_iter().next() {
        return Err(first);
    }
    let (meeting, members, positions) =
        (called.called.meeting, called.called.members.clone(), called.positions.clone());
    Ok(vec![if given.outcome.adopts() {
        CaseEvent::DecisionAdopted {
            stage,
            meeting,
            draft,
            given,
            members,
            attendance,
            positions,
            majority,
            against_majority,
        }
    } else {
        CaseEvent::DecisionDeclined {
            stage,
            meeting,
            draft,
            given,
            members,
            attendance,
            positions,
            majority,
            against_majority,
        }
    }])
}

/// The rules of R713 art. 30 that the head's decision broke, as it was given.
fn breaches(
    called: &MeetingFile,
    given: &RecordHeadDecision,
    against_majority: bool,
    majority: Majority,
) -> Vec<Rejection> {
    let mut broken = Vec::new();
    // Only the head decides, or whoever the head has entrusted, on what was said in the room.
    broken.extend(called.decider().and_then(|decider| present(called, "head", decider).err()));
    if called.positions.iter().any(|p| p.spoken_no > given.spoken_no) {
        broken.push(Rejection::new(Code::HeadNotLast).at("spoken_no").given(given.spoken_no));
    }
    if against_majority && given.reasons.as_deref().is_none_or(|r| r.trim().is_empty()) {
        broken.push(Rejection::new(Code::MajorityReasonsMissing).at("reasons").given(given.outcome).needed(majority));
    }
    broken
}
