//! The meeting (R713 art. 30; Organic Law art. 78).

use std::collections::BTreeSet;

use super::record::{Decided, Milestone, Record};
use super::{Against, Finding, Sketch};
use crate::act::ConveneMeeting;
use crate::definition::ParameterValue;
use crate::event::CaseEvent;
use crate::id::PersonId;
use crate::time::{Limit, due_after_calendar_days};
use crate::words::{Majority, Outcome, Position};

fn called<'a>(record: &Record<'a>, decided: &Decided<'_, 'a>) -> Option<(u64, &'a ConveneMeeting)> {
    record.acts.iter().rev().filter(|e| e.n < decided.entry.n).find_map(|entry| match entry.event {
        CaseEvent::MeetingConvened { given, .. } if given.meeting == decided.meeting => Some((entry.n, given)),
        _ => None,
    })
}

/// Members in the room who do not withdraw.
fn present(decided: &Decided<'_, '_>) -> BTreeSet<PersonId> {
    let members: BTreeSet<PersonId> = decided.members.iter().map(|m| m.person).collect();
    let out: BTreeSet<PersonId> = decided.attendance.recused.iter().map(|r| r.person).collect();
    decided.attendance.present.iter().copied().filter(|p| members.contains(p) && !out.contains(p)).collect()
}

/// Who decides: whom the head entrusted, or the head.
fn decides(decided: &Decided<'_, '_>) -> Option<PersonId> {
    let head = decided.members.iter().find(|m| m.head).map(|m| m.person);
    decided.attendance.entrusted.as_ref().map(|e| e.person).or(head)
}

/// How many of these a share, or a count, asks for.
fn share(value: &ParameterValue, members: u64) -> Option<u64> {
    match value {
        ParameterValue::Share { of, parts, exclusive } => {
            let (exact, parts) = (members.saturating_mul((*of).into()), u64::from((*parts).max(1)));
            Some(if *exclusive { exact / parts + 1 } else { exact.div_ceil(parts) })
        }
        ParameterValue::Count(count) => Some((*count).into()),
        _ => None,
    }
}

fn named(decided: &Decided<'_, '_>, person: PersonId) -> String {
    let member = decided.members.iter().find(|m| m.person == person);
    member.map_or_else(|| person.to_string(), |m| m.name.clone())
}

pub(super) fn held(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    if !record.of_case {
        if let Some(step) = record.at(Milestone::Decided).next() {
            line.step(step);
            line.keep();
        } else if let (Some(issued), false) = (record.at(Milestone::Issued).next(), record.told) {
            line.step(issued);
            line.fail(Finding::Missing, "", "");
        }
        return;
    }
    let Some(decided) = record.decided() else {
        if let Some(issued) = record.at(Milestone::Issued).next() {
            line.step(issued);
            line.fail(Finding::Missing, "", "");
        }
        return;
    };
    line.see(decided.entry);
    let Some((n, given)) = called(record, &decided) else {
        return line.fail(Finding::Missing, "meeting_convened", "");
    };
    line.saw(n);
    let taken = record
        .acts
        .iter()
        .rev()
        .filter(|e| e.n < decided.entry.n)
        .find(|e| matches!(e.event, CaseEvent::AttendanceTaken { meeting, .. } if *meeting == decided.meeting));
    match taken {
        Some(entry) => {
            line.see(entry);
            line.hold(decided.entry.day >= given.held_on, Finding::Early, decided.entry.day, given.held_on);
        }
        None => line.fail(Finding::Missing, "attendance_taken", ""),
    }
}

pub(super) fn quorum(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    let Some(decided) = record.decided() else { return };
    let members = u64::try_from(decided.members.len()).unwrap_or(u64::MAX);
    // Without a quorum there was no meeting, whoever wrote the share down; without a share more than half are one.
    let needed = against.def.parameter("meeting_quorum").and_then(|p| share(&p.value, members));
    let needed = needed.unwrap_or(members / 2 + 1);
    let there = u64::try_from(present(&decided).len()).unwrap_or(u64::MAX);
    line.see(decided.entry);
    line.hold(there >= needed, Finding::TooFew, there, needed);
}

pub(super) fn only_members(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let Some(decided) = record.decided() else { return };
    line.see(decided.entry);
    line.keep();
    let members: BTreeSet<PersonId> = decided.members.iter().map(|m| m.person).collect();
    if let Some((n, given)) = called(record, &decided) {
        line.saw(n);
        let known: BTreeSet<PersonId> = given.members.iter().map(|m| m.person).collect();
        for added in members.difference(&known) {
            line.fail(Finding::NotEntitled, named(&decided, *added), "");
        }
    }
    let observers = decided.members.iter().filter(|m| decided.attendance.observers.iter().any(|o| o.name == m.name));
    for observer in observers {
        line.fail(Finding::NotEntitled, &observer.name, "");
    }
    let counted = decided.attendance.present.iter().chain(decided.positions.iter().map(|p| &p.member));
    let strangers: BTreeSet<&PersonId> = counted.filter(|p| !members.contains(p)).collect();
    for stranger in strangers {
        line.fail(Finding::NotEntitled, named(&decided, *stranger), "");
    }
    let here = |person: &PersonId| {
        decided.attendance.present.contains(person) || decided.attendance.recused.iter().any(|r| r.person == *person)
    };
    for away in decided.positions.iter().filter(|p| members.contains(&p.member) && !here(&p.member)) {
        line.fail(Finding::NotEntitled, named(&decided, away.member), "");
    }
}

pub(super) fn recused_silent(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let Some(decided) = record.decided() else { return };
    if decided.attendance.recused.is_empty() {
        return line.not_applicable();
    }
    line.see(decided.entry);
    for recused in &decided.attendance.recused {
        let spoke = decided.positions.iter().any(|p| p.member == recused.person);
        line.hold(!spoke, Finding::NotEntitled, named(&decided, recused.person), "");
    }
}

pub(super) fn positions(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let Some(decided) = record.decided() else { return };
    line.see(decided.entry);
    let decider = decides(&decided);
    for person in present(&decided).into_iter().filter(|p| Some(*p) != decider) {
        let spoke = decided.positions.iter().any(|p| p.member == person);
        line.hold(spoke, Finding::Missing, named(&decided, person), "");
    }
}

pub(super) fn dissent(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let Some(decided) = record.decided() else { return };
    let apart = |p: &&crate::act::RecordPosition| matches!(p.position, Position::Disagree | Position::Reserve);
    let mut any = false;
    for position in decided.positions.iter().filter(apart) {
        any = true;
        line.see(decided.entry);
        let reasoned = !position.statement.trim().is_empty();
        line.hold(reasoned, Finding::Unreasoned, named(&decided, position.member), "");
    }
    if !any {
        line.not_applicable();
    }
    // What was said in the room is what the decision carries (R713 art. 30: different views are set down).
    for entry in record.acts.iter().filter(|e| e.n < decided.entry.n) {
        let CaseEvent::PositionRecorded { meeting, given, .. } = entry.event else { continue };
        if *meeting != decided.meeting || !apart(&given) {
            continue;
        }
        let kept = decided.positions.iter().any(|p| p.member == given.member && p.position == given.position);
        if !kept {
            line.see(entry);
            line.see(decided.entry);
            line.fail(Finding::Missing, named(&decided, given.member), given.position);
        }
    }
}

pub(super) fn head_last(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let Some(decided) = record.decided() else { return };
    line.see(decided.entry);
    line.keep();
    for position in decided.positions.iter().filter(|p| p.spoken_no > decided.given.spoken_no) {
        line.fail(
            Finding::Early,
            decided.given.spoken_no,
            format!("{} {}", position.spoken_no, named(&decided, position.member)),
        );
    }
}

pub(super) fn decider(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let Some(decided) = record.decided() else { return };
    line.see(decided.entry);
    let Some(decider) = decides(&decided) else { return line.fail(Finding::Missing, "", "") };
    line.hold(present(&decided).contains(&decider), Finding::NotEntitled, named(&decided, decider), "");
    if decided.attendance.entrusted.as_ref().is_some_and(|e| e.basis.trim().is_empty()) {
        line.fail(Finding::Unreasoned, named(&decided, decider), "");
    }
}

pub(super) fn majority(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let Some(decided) = record.decided() else { return };
    let decider = decides(&decided);
    let said = |wanted: &[Position]| {
        decided.positions.iter().filter(|p| Some(p.member) != decider && wanted.contains(&p.position)).count()
    };
    let (for_it, against_it) = (said(&[Position::Agree, Position::AgreeWithChanges]), said(&[Position::Disagree]));
    let majority = match for_it.cmp(&against_it) {
        std::cmp::Ordering::Greater => Majority::For,
        std::cmp::Ordering::Less => Majority::Against,
        std::cmp::Ordering::Equal => Majority::Even,
    };
    let outcome = decided.given.outcome;
    let against_majority = match majority {
        Majority::For => outcome == Outcome::Disagree,
        Majority::Against => outcome.adopts(),
        Majority::Even => false,
    };
    if !against_majority {
        return line.not_applicable();
    }
    line.see(decided.entry);
    let reasoned = decided.given.reasons.as_deref().is_some_and(|r| !r.trim().is_empty());
    line.hold(reasoned, Finding::Unreasoned, format!("{outcome} {against_it}:{for_it}"), "");
}

/// Where a place decides by ballot 票决, the votes decide and not the head alone: adopting needs so many of all members.
pub(super) fn ballot(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    let Some(parameter) = against.def.parameter("ballot_majority") else { return line.not_applicable() };
    line.rests_on(against, parameter);
    let Some(decided) = record.decided() else { return };
    let members = u64::try_from(decided.members.len()).unwrap_or(u64::MAX);
    let Some(needed) = share(&parameter.value, members) else { return line.not_applicable() };
    let others =
        decided.positions.iter().filter(|p| matches!(p.position, Position::Agree | Position::AgreeWithChanges));
    let others = u64::try_from(others.count()).unwrap_or(u64::MAX);
    line.see(decided.entry);
    // Whoever decides votes as they decide.
    match decided.given.outcome {
        outcome if outcome.adopts() => line.hold(others + 1 >= needed, Finding::TooFew, others + 1, needed),
        Outcome::Disagree => line.hold(others < needed, Finding::TooMany, others, needed),
        _ => line.not_applicable(),
    }
}

pub(super) fn deferral(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    let parameter = against.def.parameter("deferral_period");
    let Some((parameter, Limit::Calendar(days))) = parameter.and_then(|p| Some((p, against.def.period(&p.id)?))) else {
        return line.not_applicable();
    };
    line.rests_on(against, parameter);
    let mut any = false;
    for entry in &record.acts {
        let CaseEvent::DecisionDeclined { given, .. } = entry.event else { continue };
        if given.outcome != Outcome::Defer {
            continue;
        }
        any = true;
        line.see(entry);
        let due = due_after_calendar_days(entry.day, days);
        let again = record.acts.iter().find(|e| {
            let ends = matches!(e.event, CaseEvent::MeetingConvened { .. } | CaseEvent::CaseTerminated { .. });
            e.n > entry.n && ends
        });
        match again {
            Some(again) => {
                line.see(again);
                line.hold(again.day <= due, Finding::Late, again.day, due);
            }
            None if due < against.as_of => line.fail(Finding::Missing, "", due),
            None => {}
        }
    }
    if !any && record.decided().is_some() {
        line.not_applicable();
    }
}

pub(super) fn recorded(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let Some(decided) = record.decided() else { return };
    line.see(decided.entry);
    let signed = record
        .acts
        .iter()
        .filter(|e| e.n > decided.entry.n)
        .find(|e| matches!(e.event, CaseEvent::MeetingRecordSigned { meeting, .. } if *meeting == decided.meeting));
    match signed {
        Some(entry) => {
            line.see(entry);
            line.hold(!entry.event.documents().is_empty(), Finding::Missing, "documents", "");
            line.hold(entry.day >= decided.entry.day, Finding::Early, entry.day, decided.entry.day);
        }
        None if record.at(Milestone::Issued).next().is_some() => line.fail(Finding::Missing, "", ""),
        None => {}
    }
}
