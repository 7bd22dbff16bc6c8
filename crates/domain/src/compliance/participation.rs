//! Public participation (R713 arts. 14-18).

use jiff::civil::Date;

use super::record::{Milestone, Record};
use super::{Against, ExcuseGround, Finding, Rule, Sketch};
use crate::event::CaseEvent;
use crate::time::{
    CalendarDays, Limit, due_after_calendar_days, due_after_working_days, latest_before, latest_before_working_days,
};
use crate::words::{ParticipationForm, StageKind};

/// A branch that runs unless its absence is recorded: kept, excused, or missing once the matter was decided.
pub(super) fn ran(record: &Record<'_>, line: &mut Sketch, kind: StageKind, done: Milestone) {
    if let Some((entry, given)) = record.absence(kind) {
        return line.excuse(ExcuseGround::Absence, entry, &given.reason, &given.basis);
    }
    let until = if record.of_case { record.until_decided() } else { u64::MAX };
    match (record.at(done).find(|s| s.n < until), record.decided()) {
        (Some(step), _) => {
            line.step(step);
            line.keep();
        }
        (None, Some(decided)) if record.of_case => {
            line.see(decided.entry);
            line.fail(Finding::Missing, "", "");
        }
        _ => {}
    }
}

pub(super) fn held(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    if against.def.positions(StageKind::PublicParticipation).next().is_none() {
        return line.not_applicable();
    }
    ran(record, line, StageKind::PublicParticipation, Milestone::Participation);
}

/// The last day of a period that begins on `first`, as the definition counts it.
fn last_day(against: &Against<'_>, limit: Limit, first: Date) -> Option<Date> {
    match limit {
        Limit::Calendar(days) => Some(due_after_calendar_days(first, days)),
        Limit::Working(days) => due_after_working_days(against.calendar, first, days).date(),
    }
}

pub(super) fn comment_period(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    let Some((parameter, least)) =
        against.def.parameter("comment_period").and_then(|p| Some((p, against.def.period(&p.id)?)))
    else {
        return line.not_applicable();
    };
    line.rests_on(against, parameter);
    if record.periods.is_empty() && record.absence(StageKind::PublicParticipation).is_some() {
        return line.not_applicable();
    }
    let overlays = record.overlays();
    for period in &record.periods {
        line.saw(period.n);
        // A special law of the matter goes before (R713 art. 3): where it sets a plain minimum, no reason excuses.
        let by_special_law = against.def.overlays_of(&overlays).find_map(|overlay| {
            let holds = overlay.holds_period(period.reason.is_some());
            let short = |limit: &Limit| last_day(against, *limit, period.first).is_some_and(|due| period.last < due);
            Some((overlay, against.def.comment_periods(overlay).filter(|_| holds).find(short)?))
        });
        if let Some((overlay, limit)) = by_special_law {
            line.rests_on_law(&overlay.source);
            let days = period.first.until(period.last).map_or(0, |s| s.get_days());
            line.fail(Finding::TooFew, days, days_of(limit));
            continue;
        }
        let Some(due) = last_day(against, least, period.first) else { continue };
        if period.last >= due {
            line.keep();
            continue;
        }
        let explained = record
            .explained
            .iter()
            .find(|e| e.rules.contains(&Rule::CommentPeriod) && e.at.is_none_or(|at| at == period.n));
        match (period.reason, explained) {
            (Some(reason), _) => {
                line.excuse_by(ExcuseGround::ShorterPeriod, period.by.clone(), reason, "", period.n);
            }
            (None, Some(e)) => line.excuse_by(ExcuseGround::Explained, e.by.clone(), &e.reason, "", e.n),
            (None, None) => {
                let days = period.first.until(period.last).map_or(0, |s| s.get_days());
                line.fail(Finding::TooFew, days, days_of(least));
            }
        }
    }
}

pub(super) fn days_of(limit: Limit) -> u16 {
    match limit {
        Limit::Calendar(days) => CalendarDays::get(days),
        Limit::Working(days) => days.get(),
    }
}

pub(super) fn kept_open(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let mut last = None;
    for entry in &record.acts {
        match entry.event {
            CaseEvent::SolicitationOpened { given, .. } => last = Some(given.closes_on),
            CaseEvent::SolicitationClosed { .. } => {
                line.see(entry);
                if let Some(last) = last {
                    line.hold(entry.day > last, Finding::Early, entry.day, last);
                }
            }
            _ => {}
        }
    }
}

pub(super) fn comments_answered(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let until = record.until_decided();
    let mut open: Option<(u64, u64)> = None;
    for entry in record.acts.iter().filter(|e| e.n < until) {
        match entry.event {
            CaseEvent::SolicitationClosed { given, .. } => {
                line.see(entry);
                open = (given.received > 0).then_some((entry.n, given.received));
                if open.is_none() {
                    line.keep();
                }
            }
            CaseEvent::CommentsSettled { given, .. } => {
                line.see(entry);
                let Some((_, received)) = open.take() else { continue };
                let answered = given.adopted.saturating_add(given.partly).saturating_add(given.not_adopted);
                line.hold(answered == received, Finding::Unanswered, answered, received);
            }
            _ => {}
        }
    }
    if let (Some((_, received)), true) = (open, record.decided().is_some() || reported_on(record)) {
        line.fail(Finding::Unanswered, 0, received);
    }
}

fn reported_on(record: &Record<'_>) -> bool {
    record.acts.iter().any(|e| matches!(e.event, CaseEvent::ParticipationReported { .. }))
}

pub(super) fn reported(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    if record.absence(StageKind::PublicParticipation).is_some() {
        return line.not_applicable();
    }
    if let Some((entry, _)) = record.taken_over(StageKind::PublicParticipation) {
        line.see(entry);
        return line.untold();
    }
    let mut closed = None;
    for entry in &record.acts {
        match entry.event {
            CaseEvent::SolicitationClosed { .. } => closed = Some(entry.day),
            CaseEvent::ParticipationReported { given, .. } => {
                line.see(entry);
                line.hold(!given.feedback.trim().is_empty(), Finding::Missing, "", "");
                if let Some(closed) = closed.filter(|closed| *closed > entry.day) {
                    line.fail(Finding::Early, entry.day, closed);
                }
            }
            _ => {}
        }
    }
}

pub(super) fn groups_heard(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    if !record.is("groups_affected") {
        if record.of_case && record.decided().is_some() {
            line.not_applicable();
        }
        return;
    }
    let until = record.until_decided();
    let heard = record.acts.iter().filter(|e| e.n < until).find(
        |e| matches!(e.event, CaseEvent::ParticipationRecorded { given, .. } if given.groups.iter().any(|g| !g.trim().is_empty())),
    );
    match (heard, record.decided()) {
        (Some(entry), _) => {
            line.see(entry);
            line.keep();
        }
        (None, Some(decided)) => {
            line.see(decided.entry);
            line.fail(Finding::Missing, "", "");
        }
        (None, None) => {}
    }
}

pub(super) fn materials(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    let parameter = against.def.parameter("symposium_materials");
    let Some((parameter, limit)) = parameter.and_then(|p| Some((p, against.def.period(&p.id)?))) else {
        return line.not_applicable();
    };
    line.rests_on(against, parameter);
    let mut any = false;
    for entry in &record.acts {
        let CaseEvent::ParticipationRecorded { given, .. } = entry.event else { continue };
        if given.form != ParticipationForm::Symposium {
            continue;
        }
        any = true;
        // Nobody has to send anything beforehand; what was sent came in time or not.
        let Some(had) = given.materials_on else { continue };
        let latest = match limit {
            Limit::Calendar(days) => Some(latest_before(given.held_on, days)),
            Limit::Working(days) => latest_before_working_days(against.calendar, given.held_on, days).date(),
        };
        if let Some(latest) = latest {
            line.see(entry);
            line.hold(had <= latest, Finding::Late, had, latest);
        }
    }
    if !any && record.of_case && record.decided().is_some() {
        line.not_applicable();
    }
}
