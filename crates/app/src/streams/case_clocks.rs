//! Clocks of a case: their rows and timers.

use std::collections::BTreeSet;

use dingce_domain::case::Case;
use dingce_domain::event::CaseEvent;
use dingce_domain::id::{CaseId, StreamId};
use dingce_domain::time::{ClockKind, Due, RunState, Zone};
use dingce_domain::words::ClockId;

use super::json;
use crate::envelope::Recorded;
use crate::ports::{Deadline, DeadlineChange, ReadRow, RowChange};
use crate::read_rows::ClockRow;
use crate::stream::Follows;

/// Rows and timers of every clock that the events touched, at their final state.
pub(super) fn clocks_follow(id: CaseId, after: &Case, events: &[Recorded<CaseEvent>], follows: &mut Follows) {
    let mut touched: BTreeSet<&ClockId> = events.iter().filter_map(|e| e.body.clock()).collect();
    if events.iter().any(|e| matches!(e.body, CaseEvent::VolumeClosed { .. })) {
        // Clocks that nobody stopped end with the volume: nothing is added to it any more.
        touched.extend(after.file.clocks.iter().filter(|(_, c)| after.closed(c.volume)).map(|(id, _)| id));
    }
    let stream = StreamId::from(id);
    for name in touched {
        let clear = DeadlineChange::Clear { stream, clock: name.to_string() };
        let Some(clock) = after.file.clocks.get(name) else {
            follows.rows.push(RowChange::Remove {
                table: ClockRow::TABLE,
                key: vec![crate::ports::Value::Text(id.to_string()), crate::ports::Value::Text(name.to_string())],
            });
            follows.deadlines.push(clear);
            continue;
        };
        let state = match clock.run.state() {
            _ if clock.ended => "ended",
            RunState::Paused { .. } => "paused",
            RunState::Running { due: Due::Pending { .. } } => "pending",
            RunState::Running { due: Due::Fixed(_) } => "running",
        };
        let due_on = clock.run.due_on();
        follows.rows.push(
            ClockRow {
                case_id: id.to_string(),
                clock: name.to_string(),
                kind: kind_word(clock.run.kind()).to_owned(),
                holder: clock.holder.to_string(),
                started_on: clock.run.started_on().to_string(),
                due_on: due_on.map(|d| d.to_string()),
                state: state.to_owned(),
                run_json: json(&clock.run),
            }
            .put(),
        );
        follows.deadlines.push(match state {
            "running" => DeadlineChange::Set(Deadline {
                stream,
                clock: name.to_string(),
                due_at: due_on.map(|d| Zone::SHANGHAI.end_of(d).as_millisecond()),
            }),
            "pending" => DeadlineChange::Set(Deadline { stream, clock: name.to_string(), due_at: None }),
            _ => clear,
        });
    }
}

/// The stored word of a kind of clock.
pub fn kind_word(kind: ClockKind) -> &'static str {
    match kind {
        ClockKind::Floor => "floor",
        ClockKind::Cap => "cap",
        ClockKind::Backward => "backward",
        ClockKind::Guaranteed => "guaranteed",
    }
}
