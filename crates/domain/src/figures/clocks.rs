//! Times in a case: who held it against which clock, and whether the act came before the last day.
//!
//! A time is counted once, in the period in which it was settled: on the day of the act, or on the day after the last day
//! where that passed first. An act that comes later moves it into no other period. Only what can be missed is counted: a period for
//! the public and the reviewer's guaranteed time oblige nobody to be quicker (R713 arts. 15, 26).

use jiff::civil::Date;

use super::case::{CaseRecord, Seen};
use super::item::{Apart, Item, Leave, Standing};
use super::{About, ClockRef, FigureCode, Tally, With};
use crate::definition::{ClockSpec, Definition};
use crate::holding::Hold;
use crate::time::{ClockKind, Due, RunState};
use crate::verb::Verb;
use crate::words::Volume;

/// How a time stands, and the day by which it belongs to a period.
struct Settled {
    standing: Standing,
    day: Date,
    /// Number of the event that shows it.
    n: u64,
}

impl Tally {
    pub(super) fn count_times(&mut self, record: &CaseRecord<'_>, seen: &Seen<'_>, def: &Definition, with: With<'_>) {
        for hold in &seen.holdings.list {
            let Some(spec) = def.clocks.iter().find(|spec| spec.id == hold.clock) else { continue };
            let Some(settled) = self.settled(hold, spec, record) else { continue };
            let running = matches!(settled.standing, Standing::Apart(Apart::Running | Apart::Paused | Apart::Pending));
            let inside = if running { settled.day <= self.period.to() } else { self.period.has(settled.day) };
            if !inside {
                continue;
            }
            let unit = hold.unit(seen.units_at(hold.last_n()), def, with.directory);
            if self.own.as_ref().is_some_and(|own| unit.is_none_or(|unit| !own.contains(&unit))) {
                continue;
            }
            let act = seen.act(settled.n);
            let item = Item {
                thing: format!("{}#{}#{}", record.id, hold.n, hold.clock),
                standing: settled.standing,
                day: settled.day,
                act: act.clone(),
                shown_by: if act.n == hold.n { Vec::new() } else { vec![hold.n] },
                case: Some(record.id),
                title: seen.title.clone(),
                unit,
                days: Some(held_days(hold, self.measured_on)),
                leave: self.leave_of(hold, seen),
            };
            if binds(spec, def) && spec.stops.contains(&Verb::PublishDecision) {
                self.put(FigureCode::PublishedOnTime, item.clone());
            }
            let closes = [Verb::CloseVolume, Verb::CloseExecutionVolume, Verb::CloseEvaluationVolume];
            if hold.volume == Volume::Decision && closes.iter().any(|verb| spec.stops.contains(verb)) {
                self.put(FigureCode::VolumesOnTime, item.clone());
            }
            let clock = Some(ClockRef { definition: def.name.clone(), clock: hold.clock.clone() });
            self.put_about(FigureCode::ActsOnTime, About { part: true, clock, unit }, item.clone());
            self.put(FigureCode::ActsOnTime, item);
        }
    }

    /// That a stage does not run ends the time for its act: nobody was late, and nobody acted in time.
    fn leave_of(&self, hold: &Hold, seen: &Seen<'_>) -> Vec<Leave> {
        match &hold.end {
            Some(end) if end.by == Some(Verb::RecordAbsence) => {
                let n = seen.act(end.n).n;
                seen.absences.iter().filter(|absence| absence.n == n).map(|absence| absence.leave.clone()).collect()
            }
            _ => Vec::new(),
        }
    }

    fn settled(&self, hold: &Hold, spec: &ClockSpec, record: &CaseRecord<'_>) -> Option<Settled> {
        let run = hold.run()?;
        if !matches!(run.kind(), ClockKind::Cap | ClockKind::Backward) {
            return None;
        }
        let apart = |why, day, n| Some(Settled { standing: Standing::Apart(why), day, n });
        let late_from = run.due_on().map(|due| due.tomorrow().unwrap_or(due));
        let end = hold.end.as_ref();
        // What was late when it was taken over was not this holder's to be in time for.
        if late_from.is_some_and(|late| late <= hold.from) && record.handed_over(hold) {
            return apart(Apart::TakenOverLate, hold.from, hold.n);
        }
        let missed = hold.overdue() || (end.is_none() && run.elapsed(self.measured_on));
        if let (true, Some(day)) = (missed, late_from) {
            let n = hold.overdue_n.or(end.map(|end| end.n)).unwrap_or(hold.n);
            return Some(Settled { standing: Standing::Missed, day, n });
        }
        match end {
            Some(end) if end.handed_over => None,
            Some(end) => match end.by {
                Some(Verb::RecordAbsence) => apart(Apart::Excused, end.on, end.n),
                Some(verb) if spec.stops.contains(&verb) => {
                    Some(Settled { standing: Standing::Counted, day: end.on, n: end.n })
                }
                Some(_) | None => apart(Apart::Dropped, end.on, end.n),
            },
            None => match run.state() {
                RunState::Paused { .. } => apart(Apart::Paused, hold.from, hold.n),
                RunState::Running { due: Due::Pending { .. } } => apart(Apart::Pending, hold.from, hold.n),
                RunState::Running { due: Due::Fixed(_) } => apart(Apart::Running, hold.from, hold.n),
            },
        }
    }
}

/// Whether the length of a clock binds by its own authority; one that the act itself states does.
pub(super) fn binds(spec: &ClockSpec, def: &Definition) -> bool {
    let hard = |id| def.parameters.get(id).is_some_and(|parameter| parameter.authority.is_hard());
    spec.parameter.as_ref().is_none_or(hard)
}

/// Calendar days of a hold, net of pauses.
pub(super) fn held_days(hold: &Hold, today: Date) -> u32 {
    hold.each_day(today).filter(|(_, paused)| !paused).map(|_| 1).sum()
}
