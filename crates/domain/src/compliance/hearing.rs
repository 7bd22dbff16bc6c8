//! The hearing (R713 arts. 16, 17).

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::participation::days_of;
use super::record::{Entry, HearingDays, Milestone, Record};
use super::{Against, Finding, Sketch};
use crate::definition::ParameterValue;
use crate::event::CaseEvent;
use crate::hearing::acts::PublishHearingParticipants;
use crate::hearing::{HEARING_REQUIRED, HearingGroupKind, HearingRole};
use crate::time::{Limit, due_after_calendar_days, due_after_working_days, latest_before, latest_before_working_days};
use crate::words::Uptake;

/// Hearings that were not cancelled or set aside.
fn standing<'r, 'a>(record: &'r Record<'a>) -> impl Iterator<Item = &'r HearingDays> + use<'r, 'a> {
    record.hearings.iter().filter(|h| !h.cancelled)
}

/// Nothing to look at: no hearing where the record is whole, or one that is not told.
fn none(record: &Record<'_>, line: &mut Sketch) {
    if record.of_case && record.decided().is_some() {
        line.not_applicable();
    }
}

pub(super) fn held(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let until = record.until_decided();
    let decision = record.acts.iter().rev().find_map(|entry| match entry.event {
        CaseEvent::HearingDecided { given, .. } if entry.n < until => Some((entry, given.hold)),
        _ => None,
    });
    let required = record.is(HEARING_REQUIRED);
    if !required && !decision.is_some_and(|(_, hold)| hold) {
        return none(record, line);
    }
    let signed =
        record.acts.iter().rev().find(|e| e.n < until && matches!(e.event, CaseEvent::HearingRecordSigned { .. }));
    let stands = signed.filter(|signed| {
        !record
            .acts
            .iter()
            .any(|e| e.n > signed.n && e.n < until && matches!(e.event, CaseEvent::HearingCancelled { .. }))
    });
    if let Some((entry, _)) = decision {
        line.see(entry);
    }
    match (stands, record.decided()) {
        (Some(entry), _) => {
            line.see(entry);
            line.keep();
        }
        // A hearing that only the unit wanted may be cancelled with its reason.
        (None, Some(_)) if !required && record.hearings.iter().any(|h| h.cancelled) => line.keep(),
        (None, Some(decided)) => {
            line.see(decided.entry);
            line.fail(Finding::Missing, "", "");
        }
        (None, None) => {}
    }
}

/// Something that must come so many days before the hearing.
fn before(
    record: &Record<'_>,
    against: &Against<'_>,
    line: &mut Sketch,
    parameter: &str,
    of: impl Fn(&HearingDays) -> Option<(Date, u64)>,
) {
    let parameter = against.def.parameter(parameter);
    let Some((parameter, limit)) = parameter.and_then(|p| Some((p, against.def.period(&p.id)?))) else {
        return line.not_applicable();
    };
    line.rests_on(against, parameter);
    if standing(record).next().is_none() {
        return none(record, line);
    }
    for hearing in standing(record) {
        let (Some((held, n)), was) = (hearing.held, of(hearing)) else { continue };
        let latest = match limit {
            Limit::Calendar(days) => Some(latest_before(held, days)),
            Limit::Working(days) => latest_before_working_days(against.calendar, held, days).date(),
        };
        line.saw(n);
        match (was, latest) {
            (Some((day, n)), Some(latest)) => {
                line.saw(n);
                line.hold(day <= latest, Finding::Late, day, latest);
            }
            (None, Some(latest)) if record.of_case && latest < against.as_of => {
                line.fail(Finding::Missing, "", days_of(limit));
            }
            _ => {}
        }
    }
}

pub(super) fn noticed(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    before(record, against, line, "hearing_notice", |h| h.noticed);
}

pub(super) fn listed(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    before(record, against, line, "hearing_list", |h| h.listed);
}

pub(super) fn materials(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    before(record, against, line, "hearing_materials", |h| h.delivered);
    // A hearing that was opened, and participants who never had them.
    let (mut listed, mut had): (BTreeSet<&str>, BTreeSet<&str>) = Default::default();
    for entry in &record.acts {
        match entry.event {
            CaseEvent::HearingNoticed { .. } => (listed, had) = Default::default(),
            CaseEvent::HearingParticipantsPublished { given, .. } => {
                listed = given.participants.iter().map(|p| p.code.as_str()).collect();
            }
            CaseEvent::HearingMaterialsDelivered { to, .. } => had.extend(to.iter().map(String::as_str)),
            CaseEvent::HearingOpened { .. } if !had.is_empty() => {
                for code in listed.difference(&had) {
                    line.see(entry);
                    line.fail(Finding::Missing, code, "");
                }
            }
            _ => {}
        }
    }
}

pub(super) fn attended(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    let Some(parameter) = against.def.parameter("hearing_attendance_least") else { return line.not_applicable() };
    let ParameterValue::Count(least) = parameter.value else { return line.not_applicable() };
    line.rests_on(against, parameter);
    if standing(record).next().is_none() {
        return none(record, line);
    }
    for entry in &record.acts {
        if let CaseEvent::HearingOpened { given, .. } = entry.event {
            line.see(entry);
            let there = u32::try_from(given.present.len()).unwrap_or(u32::MAX);
            line.hold(there >= least, Finding::TooFew, there, least);
        }
    }
}

/// The newest list of participants of a hearing.
fn list<'r, 'a>(record: &'r Record<'a>) -> Option<(&'r Entry<'a>, &'a PublishHearingParticipants)> {
    record.acts.iter().rev().find_map(|entry| match entry.event {
        CaseEvent::HearingParticipantsPublished { given, .. } => Some((entry, given)),
        _ => None,
    })
}

fn count(list: usize) -> u32 {
    u32::try_from(list).unwrap_or(u32::MAX)
}

pub(super) fn seats(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    let Some(parameter) = against.def.parameter("hearing_participants_least") else { return line.not_applicable() };
    let ParameterValue::Count(least) = parameter.value else { return line.not_applicable() };
    line.rests_on(against, parameter);
    let Some((entry, given)) = list(record) else { return none(record, line) };
    line.see(entry);
    let listed = count(given.participants.len());
    line.hold(listed >= least, Finding::TooFew, listed, least);
}

pub(super) fn interested(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    let Some(parameter) = against.def.parameter("hearing_interested_least") else { return line.not_applicable() };
    let ParameterValue::Share { of, parts, .. } = parameter.value else { return line.not_applicable() };
    line.rests_on(against, parameter);
    let Some((entry, given)) = list(record) else { return none(record, line) };
    let groups = record.acts.iter().rev().filter(|e| e.n < entry.n).find_map(|e| match e.event {
        CaseEvent::HearingNoticed { given, .. } => Some(&given.groups),
        _ => None,
    });
    let of_interest = |group: &str| {
        groups.into_iter().flatten().any(|g| g.name == group && g.kind == HearingGroupKind::InterestedParty)
    };
    line.see(entry);
    let listed = count(given.participants.len());
    let sitting = count(given.participants.iter().filter(|p| of_interest(&p.group)).count());
    let least = (u64::from(listed) * u64::from(of)).div_ceil(u64::from(parts.max(1)));
    line.hold(u64::from(sitting) >= least, Finding::TooFew, format!("{sitting}/{listed}"), least);
}

pub(super) fn reported_in_time(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    let parameter = against.def.parameter("hearing_report");
    let Some((parameter, limit)) = parameter.and_then(|p| Some((p, against.def.period(&p.id)?))) else {
        return line.not_applicable();
    };
    line.rests_on(against, parameter);
    if standing(record).next().is_none() {
        return none(record, line);
    }
    for hearing in standing(record) {
        let (Some((held, n)), Some((reported, at))) = (hearing.held, hearing.reported) else { continue };
        let due = match limit {
            Limit::Calendar(days) => Some(due_after_calendar_days(held, days)),
            Limit::Working(days) => due_after_working_days(against.calendar, held, days).date(),
        };
        let Some(due) = due else { continue };
        line.saw(n);
        line.saw(at);
        line.hold(reported <= due, Finding::Late, reported, due);
    }
}

pub(super) fn chair_apart(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    if standing(record).next().is_none() {
        return none(record, line);
    }
    let drafted = |person| {
        record
            .acts
            .iter()
            .any(|e| matches!(e.event, CaseEvent::DraftVersionAdded { .. }) && e.by.person() == Some(person))
    };
    for entry in &record.acts {
        let CaseEvent::HearingParticipantsPublished { given, .. } = entry.event else { continue };
        for chair in given.staff.iter().filter(|s| s.role == HearingRole::Chair) {
            line.see(entry);
            line.keep();
            let other = given.staff.iter().find(|s| {
                s.role != HearingRole::Chair && s.name == chair.name && (s.person == chair.person || s.person.is_none())
            });
            // The national law leaves it open who presides: it is told, and refuses nothing (trap 21).
            if let Some(other) = other {
                line.advise(Finding::NotEntitled, &chair.name, other.role);
            } else if chair.person.is_some_and(drafted) {
                line.advise(Finding::NotEntitled, &chair.name, "drafted");
            }
        }
    }
}

pub(super) fn recorded(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    if standing(record).next().is_none() {
        return none(record, line);
    }
    let mut open = None;
    for entry in &record.acts {
        match entry.event {
            CaseEvent::HearingOpened { .. } => open = Some(entry.n),
            CaseEvent::HearingCancelled { .. } => open = None,
            CaseEvent::HearingRecordSigned { given, .. } => {
                line.see(entry);
                line.hold(!given.documents.is_empty(), Finding::Missing, "", "");
                for left in given.unsigned.iter().filter(|u| u.reason.trim().is_empty()) {
                    line.fail(Finding::Unreasoned, &left.code, "");
                }
                open = None;
            }
            _ => {}
        }
    }
    // The draft went on while nobody had signed.
    let went_on = |n: u64| record.at(Milestone::Submitted).chain(record.at(Milestone::Decided)).any(|s| s.n > n);
    if let Some(n) = open.filter(|n| went_on(*n)) {
        line.saw(n);
        line.fail(Finding::Missing, "", "");
    }
}

pub(super) fn views_answered(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    if standing(record).next().is_none() {
        return none(record, line);
    }
    let (mut held, mut told) = (None, false);
    for entry in &record.acts {
        match entry.event {
            CaseEvent::HearingRecordSigned { .. } => (held, told) = (Some(entry.n), false),
            CaseEvent::HearingCancelled { .. } => held = None,
            CaseEvent::HearingReported { given, .. } => {
                told = true;
                line.see(entry);
                line.keep();
                for view in given.views.iter().filter(|v| v.uptake != Uptake::Full && v.reason.trim().is_empty()) {
                    line.fail(Finding::Unreasoned, &view.view, "");
                }
                if given.mostly_opposed && given.further_study.trim().is_empty() {
                    line.fail(Finding::Missing, "mostly_opposed", "");
                }
            }
            _ => {}
        }
    }
    let decided = record.decided().map_or(0, |d| d.entry.n);
    if let Some(n) = held.filter(|n| !told && *n < decided) {
        line.saw(n);
        line.fail(Finding::Missing, "", "");
    }
}
