//! Who held the matter, from when until when, against which clock: what a reverse trace 倒查 (R713 art. 38) adds up.
//!
//! A clock names the role that holds the matter while it runs. A [`Hold`] is one role's hold of one clock: from the start, or
//! from the day on which it was handed over, to the act that the clock waited for. Everything is told with the number of the
//! event that said it, so that a hold can also be shown as it was known earlier ([`Hold::as_known`]). Facts only: nothing here
//! says who is to blame.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::act::Act;
use crate::definition::{Definition, UnitBinding};
use crate::event::CaseEvent;
use crate::file::CaseUnits;
use crate::id::{PersonId, UnitId};
use crate::occasion::Actor;
use crate::organisation::{Organisation, Unit, UnitKind, within};
use crate::time::{Calendar, ClockKind, Limit, Run};
use crate::verb::Verb;
use crate::words;
use crate::words::{ClockId, RoleId, Volume};

words! {
    /// Why somebody may have had more than one interest in a matter: facts on the record, none of them a finding.
    ConflictKind {
        /// Acted in the case in more than one post.
        TwoPosts = "two_posts",
        /// Acted in the case for themself and in the place of another.
        InPlaceOfAnother = "in_place_of_another",
        /// Took part in a hearing and had another part in the case.
        TwoHats = "two_hats",
        /// Declared an interest.
        InterestDeclared = "interest_declared",
        /// Withdrew from the matter at the meeting 回避.
        Recused = "recused",
    }
}

/// A clock as it was from one event on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Number of the event.
    pub n: u64,
    /// The clock after it.
    pub run: Run,
}

/// How a hold ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldEnd {
    /// On which day.
    pub on: Date,
    /// Number of the event that ended it.
    pub n: u64,
    /// By which act; absent where time alone ended it, where the clock was started anew, or where it was handed over.
    pub by: Option<Verb>,
    /// Who acted; absent where time alone ended it.
    pub person: Option<PersonId>,
    /// In whose place.
    pub acting_for: Option<PersonId>,
    /// For which unit.
    pub unit: Option<UnitId>,
    /// Whether another role holds the matter from here on, on the same clock.
    pub handed_over: bool,
}

/// One role's hold of the matter against one clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Number of the event that began it. No two holds of one clock have the same.
    pub n: u64,
    /// The clock.
    pub clock: ClockId,
    /// The role that holds the matter.
    pub holder: RoleId,
    /// The day on which it began, itself not counted.
    pub from: Date,
    /// The clock, event by event; never empty.
    pub moves: Vec<Moved>,
    /// Number of the newest event that put on the record that the last day was near; absent where none did.
    pub due_soon_n: Option<u64>,
    /// Number of the event that put on the record that the last day passed without the act; absent where none did.
    pub overdue_n: Option<u64>,
    /// Volume in which the clock is filed.
    pub volume: Volume,
    /// How it ended; absent while it goes on.
    pub end: Option<HoldEnd>,
}

/// A hold in days, as of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// Calendar days from the beginning to the end, or to the day asked about.
    pub days: u32,
    /// Of these, days on which the clock was paused: nobody's.
    pub paused_days: u32,
    /// Counted days in the unit of the limit, pauses left out; none where a year's calendar is missing.
    pub counted: Option<u32>,
    /// Counted days after the last day, in the unit of the limit; none where a calendar is missing. 0 while paused.
    pub beyond: Option<u32>,
}

impl Measure {
    /// Calendar days of holding, net of pauses.
    pub const fn held_days(&self) -> u32 {
        self.days - self.paused_days
    }
}

impl Hold {
    /// The clock as it was last; none only in a hold that was read from a damaged record.
    pub fn run(&self) -> Option<&Run> {
        self.moves.last().map(|moved| &moved.run)
    }

    /// Number of the newest event that said something of it.
    pub fn last_n(&self) -> u64 {
        let moved = self.moves.last().map_or(self.n, |moved| moved.n);
        let said = self.due_soon_n.max(self.overdue_n).unwrap_or(0);
        moved.max(said).max(self.end.as_ref().map_or(0, |end| end.n))
    }

    /// Whether the last day passed without the act. Only a cap and a time before an event can be missed: a guaranteed period
    /// obliges nobody to be quicker (R713 art. 26).
    pub fn overdue(&self) -> bool {
        self.overdue_n.is_some()
    }

    /// As it was known when event `n` was the newest; none where it had not begun.
    #[must_use]
    pub fn as_known(&self, n: u64) -> Option<Self> {
        let mut known = self.clone();
        known.moves.retain(|moved| moved.n <= n);
        known.due_soon_n = known.due_soon_n.filter(|at| *at <= n);
        known.overdue_n = known.overdue_n.filter(|at| *at <= n);
        known.end = known.end.filter(|end| end.n <= n);
        (self.n <= n && !known.moves.is_empty()).then_some(known)
    }

    /// The last day of the hold, where it ended, else `today`; never before its beginning.
    pub fn until(&self, today: Date) -> Date {
        self.end.as_ref().map_or(today, |end| end.on).max(self.from)
    }

    /// Every day of the hold and whether it was paused: those after `from`, up to its end or to `today`.
    pub fn each_day(&self, today: Date) -> impl Iterator<Item = (Date, bool)> {
        let run = self.run().cloned();
        let paused = move |day| run.as_ref().is_some_and(|run| run.paused_on(day));
        days_after(self.from, self.until(today)).map(move |day| (day, paused(day)))
    }

    /// How long it lasted, or lasts as of `today`.
    pub fn measure(&self, today: Date, calendar: &Calendar) -> Measure {
        let (mut days, mut paused_days) = (0, 0);
        for (_, paused) in self.each_day(today) {
            days += 1;
            paused_days += u32::from(paused);
        }
        let until = self.until(today);
        let counted = self.run().and_then(|run| run.counted_between(self.from, until, calendar).ok());
        let beyond = self.run().and_then(|run| match run.due_on() {
            Some(due) => run.counted_between(due.max(self.from), until, calendar).ok(),
            None => Some(0),
        });
        Measure { days, paused_days, counted, beyond }
    }

    /// What it is measured against; none only in a damaged record.
    pub fn limit(&self) -> Option<Limit> {
        self.run().map(Run::limit)
    }

    fn finish(&mut self, end: HoldEnd) {
        if self.end.is_some() {
            return;
        }
        let missed = self.run().is_some_and(|run| can_be_missed(run.kind()) && run.elapsed(end.on));
        if missed && self.overdue_n.is_none() {
            self.overdue_n = Some(end.n);
        }
        self.end = Some(end);
    }
}

const fn can_be_missed(kind: ClockKind) -> bool {
    matches!(kind, ClockKind::Cap | ClockKind::Backward)
}

fn days_after(from: Date, until: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(from.tomorrow().ok(), |day| day.tomorrow().ok()).take_while(move |day| *day <= until)
}

/// The kind of unit that a role is bound to; none where it is bound to a unit that the case names, or to none.
pub const fn kind_of(bound: UnitBinding) -> Option<UnitKind> {
    match bound {
        UnitBinding::Organ => Some(UnitKind::Organ),
        UnitBinding::Office => Some(UnitKind::Office),
        UnitBinding::Justice => Some(UnitKind::Justice),
        UnitBinding::Archives => Some(UnitKind::Archives),
        UnitBinding::Supervision => Some(UnitKind::Supervision),
        UnitBinding::MarketRegulation => Some(UnitKind::MarketRegulation),
        UnitBinding::UndertakingUnit | UnitBinding::ExecutingUnit | UnitBinding::EvaluatingUnit | UnitBinding::Any => {
            None
        }
    }
}

impl Hold {
    /// The unit whose people had the role when the hold began, where it was one; where the definition binds the role to none,
    /// that of whoever ended it. `units` are those that the case names.
    pub fn unit(&self, units: CaseUnits, def: &Definition, directory: &Organisation) -> Option<UnitId> {
        let ended = self.end.as_ref().and_then(|end| end.unit);
        let Some(role) = def.roles.iter().find(|role| role.id == self.holder) else { return ended };
        match role.unit {
            UnitBinding::UndertakingUnit => Some(units.undertaking),
            UnitBinding::ExecutingUnit => units.executing,
            UnitBinding::EvaluatingUnit => units.evaluating,
            bound => {
                let Some(kind) = kind_of(bound) else { return ended };
                let there = |u: &Unit| u.kind == kind && within(self.from, u.from, u.until);
                let mut of_kind = directory.units.iter().filter(|(_, unit)| there(unit)).map(|(id, _)| *id);
                let only = of_kind.next().filter(|_| of_kind.next().is_none());
                only.or(ended)
            }
        }
    }
}

/// All holds of a case, in the order in which they began.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Holdings {
    /// The holds.
    pub list: Vec<Hold>,
    /// The day from which the newest act counts for the clocks that it moves.
    acted_on: Option<Date>,
}

impl Holdings {
    /// Takes in one event: `n` is its number, `day` that on which it was done.
    pub(crate) fn take(&mut self, n: u64, by: &Actor, day: Date, event: &CaseEvent) {
        if event.clock().is_none() {
            self.acted_on = Some(event.stated_day().unwrap_or(day));
        }
        // Clocks follow an act on the day that it counts from.
        let on = self.acted_on.unwrap_or(day);
        let end = |on, verb: Option<Verb>| {
            let (person, acting_for, unit) = match by {
                Actor::Official { person, acting_for, unit, .. } => (Some(*person), *acting_for, Some(*unit)),
                Actor::Public | Actor::System => (None, None, None),
            };
            HoldEnd { on, n, by: verb, person, acting_for, unit, handed_over: false }
        };
        match event {
            CaseEvent::ClockStarted { clock, run, holder, volume } => {
                self.open(clock).for_each(|hold| hold.finish(end(on, None)));
                // A time before an event counts from that event, which is still to come: it is held from now.
                let from = if run.kind() == ClockKind::Backward { on } else { run.started_on() };
                let moves = vec![Moved { n, run: run.clone() }];
                let (clock, holder, volume) = (clock.clone(), holder.clone(), *volume);
                let hold = Hold { n, clock, holder, from, moves, due_soon_n: None, overdue_n: None, volume, end: None };
                self.list.push(hold);
            }
            CaseEvent::ClockPaused { clock, run, .. }
            | CaseEvent::ClockResumed { clock, run, .. }
            | CaseEvent::DueDateFixed { clock, run }
            | CaseEvent::DueDateRecomputed { clock, run, .. } => {
                self.open(clock).for_each(|hold| hold.moves.push(Moved { n, run: run.clone() }));
            }
            CaseEvent::ClockDueSoon { clock, .. } => {
                self.open(clock).for_each(|hold| hold.due_soon_n = Some(n));
            }
            CaseEvent::ClockOverdue { clock, .. } => {
                self.open(clock).for_each(|hold| hold.overdue_n = hold.overdue_n.or(Some(n)));
            }
            // A guaranteed period that ran out leaves the matter with its holder; a floor that ran out is over.
            CaseEvent::ClockElapsed { clock, due_on } => {
                let over = |hold: &&mut Hold| hold.run().is_none_or(|run| run.kind() != ClockKind::Guaranteed);
                self.open(clock).filter(over).for_each(|hold| hold.finish(end(*due_on, None)));
            }
            CaseEvent::ClockStopped { clock, cause, .. } => {
                self.open(clock).for_each(|hold| hold.finish(end(on, Some(*cause))));
            }
            CaseEvent::ClockDropped { clock, .. } => {
                self.open(clock).for_each(|hold| hold.finish(end(on, None)));
            }
            CaseEvent::VolumeClosed { given, .. } => {
                let cause = Act::CloseVolume(given.clone()).verb();
                let of_volume = |hold: &&mut Hold| hold.volume == given.volume;
                self.list.iter_mut().filter(of_volume).for_each(|hold| hold.finish(end(on, Some(cause))));
            }
            CaseEvent::CaseMigrated { holders, .. } => {
                for (clock, holder) in holders {
                    let mut taken_on = Vec::new();
                    for hold in self.open(clock).filter(|hold| hold.holder != *holder) {
                        taken_on.extend(hold.run().cloned().map(|run| Hold {
                            n,
                            clock: clock.clone(),
                            holder: holder.clone(),
                            from: on.max(hold.from),
                            moves: vec![Moved { n, run }],
                            due_soon_n: None,
                            overdue_n: None,
                            volume: hold.volume,
                            end: None,
                        }));
                        hold.finish(HoldEnd { handed_over: true, ..end(on, None) });
                    }
                    self.list.append(&mut taken_on);
                }
            }
            _ => {}
        }
    }

    fn open(&mut self, clock: &ClockId) -> impl Iterator<Item = &mut Hold> {
        self.list.iter_mut().filter(move |hold| hold.clock == *clock && hold.end.is_none())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use jiff::civil::date;

    use super::*;
    use crate::time::{CalendarDays, Zone};

    /// Calendar days need no data.
    fn no_holidays() -> Calendar {
        Calendar::new(Zone::SHANGHAI, Vec::new(), |_| [0; 32]).expect("a calendar")
    }

    fn days(n: u16) -> Limit {
        Limit::Calendar(CalendarDays::new(n).expect("a period"))
    }

    fn clock() -> ClockId {
        "review".parse().expect("a word")
    }

    fn role(word: &str) -> RoleId {
        word.parse().expect("a word")
    }

    fn started(run: &Run) -> CaseEvent {
        CaseEvent::ClockStarted { clock: clock(), run: run.clone(), holder: role("reviewer"), volume: Volume::Decision }
    }

    fn paused(run: &Run) -> CaseEvent {
        CaseEvent::ClockPaused { clock: clock(), run: run.clone(), cause: Verb::RequestSupplement }
    }

    fn resumed(run: &Run) -> CaseEvent {
        CaseEvent::ClockResumed { clock: clock(), run: run.clone(), cause: Verb::SupplySupplement }
    }

    fn stopped() -> CaseEvent {
        CaseEvent::ClockStopped { clock: clock(), cause: Verb::ConcludeLegalityReview, overdue: false }
    }

    /// Five days of which three are paused; then a day too late.
    fn paused_and_late() -> (Holdings, Calendar) {
        let calendar = no_holidays();
        let run = Run::start(ClockKind::Cap, days(3), date(2024, 3, 1), &calendar);
        let at_rest = run.pause(date(2024, 3, 3)).expect("it runs");
        let again = at_rest.resume(date(2024, 3, 5), &calendar).expect("it is paused");
        let mut all = Holdings::default();
        all.take(1, &Actor::System, date(2024, 3, 1), &started(&run));
        all.take(2, &Actor::System, date(2024, 3, 3), &paused(&at_rest));
        all.take(3, &Actor::System, date(2024, 3, 5), &resumed(&again));
        all.take(4, &Actor::System, date(2024, 3, 9), &stopped());
        (all, calendar)
    }

    #[test]
    fn holding_and_pauses_add_up() {
        let (all, calendar) = paused_and_late();
        let [hold] = &all.list[..] else { panic!("one hold: {all:?}") };
        let measure = hold.measure(date(2025, 1, 1), &calendar);
        assert_eq!((measure.days, measure.paused_days, measure.held_days()), (8, 3, 5));
        // 2, 6 and 7 March are the three days; the 8th and the 9th came after the last one.
        assert_eq!(hold.run().and_then(Run::due_on), Some(date(2024, 3, 7)));
        assert_eq!((measure.counted, measure.beyond, hold.overdue()), (Some(5), Some(2), true));
    }

    #[test]
    fn what_came_later_was_not_known() {
        let (all, calendar) = paused_and_late();
        let hold = all.list[0].as_known(2).expect("it had begun");
        assert_eq!((hold.end.is_none(), hold.overdue(), hold.moves.len()), (true, false, 2));
        let measure = hold.measure(date(2024, 3, 4), &calendar);
        assert_eq!((measure.days, measure.paused_days, measure.beyond), (3, 2, Some(0)));
        assert_eq!(all.list[0].as_known(0), None);
    }

    #[test]
    fn a_clock_that_is_handed_over_has_two_holders() {
        let calendar = no_holidays();
        let run = Run::start(ClockKind::Cap, days(3), date(2024, 3, 1), &calendar);
        let mut all = Holdings::default();
        all.take(1, &Actor::System, date(2024, 3, 1), &started(&run));
        let holders = BTreeMap::from([(clock(), role("office"))]);
        let from = crate::event::DefinitionRef {
            name: "a".parse().expect("a word"),
            version: 1,
            hash: crate::id::Digest::new([1; 32]),
        };
        let migrated = CaseEvent::CaseMigrated {
            given: crate::migration::MigrateCase { reason: "x".to_owned(), basis: "x".to_owned() },
            to: from.clone(),
            from,
            stages: Vec::new(),
            facts: crate::condition::Facts::new(),
            holders,
        };
        all.take(2, &Actor::System, date(2024, 3, 3), &migrated);
        let act = CaseEvent::StageSentBack { stage: "a".parse().expect("a word") };
        all.take(3, &Actor::System, date(2024, 3, 6), &act);
        all.take(4, &Actor::System, date(2024, 3, 6), &stopped());
        let [first, second] = &all.list[..] else { panic!("two holds: {all:?}") };
        assert_eq!((first.from, first.until(date(2025, 1, 1))), (date(2024, 3, 1), date(2024, 3, 3)));
        assert_eq!((second.from, second.until(date(2025, 1, 1))), (date(2024, 3, 3), date(2024, 3, 6)));
        assert!(first.end.as_ref().is_some_and(|end| end.handed_over) && !first.overdue());
        let measure = second.measure(date(2025, 1, 1), &calendar);
        assert_eq!((measure.held_days(), measure.beyond, second.overdue()), (3, Some(2), true));
        let both: BTreeSet<Date> = all.list.iter().flat_map(|h| h.each_day(date(2025, 1, 1))).map(|d| d.0).collect();
        assert_eq!(both.len(), 5, "no day twice, none left out");
    }
}
