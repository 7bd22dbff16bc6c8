//! Clocks of a case from first to last: who held the matter, from when until when, and what ended it.

use dingce_domain::definition::Definition;
use dingce_domain::time::{ClockKind, Due, Run, RunState};
use dingce_domain::verb::Verb;
use jiff::civil::Date;

use crate::error::AppError;
use crate::read_rows::ClockEventRow;

/// How a clock ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockEnd {
    /// On which day.
    pub on: Date,
    /// By which act; absent where its time was over, or where it was started anew.
    pub by: Option<Verb>,
}

/// A clock from its start to its end. One that is started anew is another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockSpan {
    /// Name.
    pub clock: String,
    /// Role that held the matter.
    pub holder: String,
    /// The clock as it was last.
    pub run: Run,
    /// Whether it is on the record that the last day that it has is near.
    pub due_soon: bool,
    /// Whether it is on the record that its last day passed without the act.
    pub overdue: bool,
    /// How it ended; absent where it did not.
    pub end: Option<ClockEnd>,
    volume: String,
}

/// Where a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockStanding {
    /// Counting.
    Running,
    /// Not counting.
    Paused,
    /// Its last day waits for calendar data.
    Pending,
    /// Its last day passed without the act.
    Overdue,
    /// The act that it waited for was done.
    Met,
    /// Its time is over, or nobody waits for it any more.
    Ended,
}

impl ClockSpan {
    /// Where it stands, under the definition of its case.
    pub fn standing(&self, def: &Definition) -> ClockStanding {
        let waits_for = |verb| def.clocks.iter().any(|c| c.id.as_str() == self.clock && c.stops.contains(&verb));
        match (self.end, self.run.state()) {
            (Some(ClockEnd { by: Some(verb), .. }), _) if waits_for(verb) => ClockStanding::Met,
            (Some(_), _) => ClockStanding::Ended,
            (None, _) if self.overdue => ClockStanding::Overdue,
            (None, RunState::Paused { .. }) => ClockStanding::Paused,
            (None, RunState::Running { due: Due::Pending { .. } }) => ClockStanding::Pending,
            (None, RunState::Running { due: Due::Fixed(_) }) => ClockStanding::Running,
        }
    }

    fn finish(&mut self, on: Date, by: Option<Verb>) {
        if self.end.is_none() {
            self.overdue |= matches!(self.run.kind(), ClockKind::Cap | ClockKind::Backward) && self.run.elapsed(on);
            self.end = Some(ClockEnd { on, by });
        }
    }
}

/// All clocks of a case, in the order in which they started. The rows are those of one case, by number.
///
/// # Errors
/// Where a row is of another program's shape: rebuild the read tables.
pub fn clock_history(rows: &[ClockEventRow]) -> Result<Vec<ClockSpan>, AppError> {
    let wrong = |what: &str| AppError::internal("reading what became of a clock", what.to_owned());
    let mut spans: Vec<ClockSpan> = Vec::new();
    // The day that an act states counts for the clocks that it moves: they follow it without a gap.
    let mut stated: Option<(i64, Date)> = None;
    for row in rows {
        let day: Date = row.day.parse().map_err(|_| wrong("no day"))?;
        let run = || -> Result<Run, AppError> {
            let json = row.run_json.as_deref().ok_or_else(|| wrong("no clock"))?;
            serde_json::from_str(json).map_err(|error| AppError::internal("reading what became of a clock", error))
        };
        let by = row.cause.as_deref().map(|verb| Verb::from_word(verb).ok_or_else(|| wrong("no act"))).transpose()?;
        let Some(clock) = &row.clock else {
            if let Some(volume) = &row.volume {
                spans.iter_mut().filter(|s| s.volume == *volume).for_each(|s| s.finish(day, by));
            }
            stated = Some((row.n, day));
            continue;
        };
        stated = stated.filter(|(n, _)| n.saturating_add(1) == row.n).map(|(_, day)| (row.n, day));
        let on = stated.map_or(day, |(_, day)| day);
        let at = spans.iter().rposition(|s| s.clock == *clock);
        if row.kind == "clock_started" {
            if let Some(before) = at {
                spans[before].finish(on, None);
            }
            spans.push(ClockSpan {
                clock: clock.clone(),
                holder: row.holder.clone().ok_or_else(|| wrong("no holder"))?,
                run: run()?,
                due_soon: false,
                overdue: false,
                end: None,
                volume: row.volume.clone().ok_or_else(|| wrong("no volume"))?,
            });
            continue;
        }
        let span = at.and_then(|at| spans.get_mut(at)).ok_or_else(|| wrong("a clock that was not started"))?;
        match row.kind.as_str() {
            "clock_due_soon" => span.due_soon = true,
            "clock_overdue" => span.overdue = true,
            "clock_elapsed" => {
                let last = span.run.due_on().unwrap_or(on);
                span.finish(last, None);
            }
            "clock_stopped" => span.finish(on, by),
            "clock_dropped" => span.finish(on, None),
            _ => {
                let run = run()?;
                span.due_soon &= run.due_no_later_than(&span.run);
                span.run = run;
            }
        }
    }
    Ok(spans)
}
