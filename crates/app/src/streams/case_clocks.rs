//! Clocks of a case: their rows and timers.

use std::collections::BTreeSet;

use dingce_domain::act::Act;
use dingce_domain::case::Case;
use dingce_domain::event::CaseEvent;
use dingce_domain::id::{CaseId, StreamId};
use dingce_domain::time::{ClockKind, Due, RunState, Zone};
use dingce_domain::words::ClockId;
use jiff::Timestamp;

use super::json;
use crate::envelope::Recorded;
use crate::ports::{Deadline, DeadlineChange, ReadRow, RowChange};
use crate::read_rows::{ClockEventRow, ClockRow};
use crate::stream::Follows;

/// Rows and timers of every clock that the events touched, at their final state.
pub(super) fn clocks_follow(id: CaseId, after: &Case, events: &[Recorded<CaseEvent>], follows: &mut Follows) {
    follows.rows.extend(events.iter().filter_map(|e| clock_event_row(id, e)).map(ReadRow::put));
    let mut touched: BTreeSet<&ClockId> = events.iter().filter_map(|e| e.body.clock()).collect();
    let names_unit = |e: &Recorded<CaseEvent>| {
        matches!(
            e.body,
            CaseEvent::InitiationDecided { .. }
                | CaseEvent::DecisionIssued { .. }
                | CaseEvent::EvaluationStarted { .. }
                | CaseEvent::StageTakenOver { .. }
        )
    };
    let moves = |e: &Recorded<CaseEvent>| matches!(e.body, CaseEvent::CaseMigrated { .. });
    if events.iter().any(|e| names_unit(e) || moves(e)) {
        // A clock's row says whose case it is, and under which definition.
        touched.extend(after.file.clocks.keys());
    }
    if events.iter().any(|e| matches!(e.body, CaseEvent::VolumeClosed { .. })) {
        // Clocks that nobody stopped end with the volume: nothing is added to it any more.
        touched.extend(after.file.clocks.iter().filter(|(_, c)| after.closed(c.volume)).map(|(id, _)| id));
    }
    let stream = StreamId::from(id);
    for name in touched {
        let clear = DeadlineChange::Clear { stream, clock: name.to_string() };
        let Some(clock) = after.file.clocks.get(name).filter(|clock| !after.closed(clock.volume)) else {
            follows.rows.push(RowChange::Remove {
                table: ClockRow::TABLE,
                key: vec![crate::ports::Value::Text(id.to_string()), crate::ports::Value::Text(name.to_string())],
            });
            follows.deadlines.push(clear);
            continue;
        };
        let state = match clock.run.state() {
            _ if clock.ended && matches!(clock.run.kind(), ClockKind::Cap | ClockKind::Backward) => "overdue",
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
                organ: after.file.organ.to_string(),
                undertaking_unit: after.file.undertaking_unit.to_string(),
                executing_unit: after.file.executing_unit.map(|u| u.to_string()),
                evaluating_unit: after.file.evaluating_unit.map(|u| u.to_string()),
                definition: after.file.definition.hash.to_string(),
                kind: kind_word(clock.run.kind()).to_owned(),
                holder: clock.holder.to_string(),
                started_on: clock.run.started_on().to_string(),
                due_on: due_on.map(|d| d.to_string()),
                state: state.to_owned(),
                due_soon: state == "running" && clock.due_soon,
                run_json: json(&clock.run),
            }
            .put(),
        );
        follows.deadlines.push(match state {
            "running" => DeadlineChange::Set(Deadline {
                stream,
                clock: name.to_string(),
                due_at: clock.speaks_at(Zone::SHANGHAI).map(Timestamp::as_millisecond),
            }),
            "pending" => DeadlineChange::Set(Deadline { stream, clock: name.to_string(), due_at: None }),
            _ => clear,
        });
    }
}

/// What an event says of clocks; nothing for others.
fn clock_event_row(id: CaseId, recorded: &Recorded<CaseEvent>) -> Option<ClockEventRow> {
    let Recorded { envelope, body } = recorded;
    let row = ClockEventRow {
        case_id: id.to_string(),
        n: i64::try_from(envelope.n).unwrap_or(i64::MAX),
        kind: envelope.kind.clone(),
        day: body.stated_day().unwrap_or_else(|| envelope.day()).to_string(),
        clock: body.clock().map(ToString::to_string),
        holder: None,
        volume: None,
        cause: None,
        run_json: None,
    };
    Some(match body {
        CaseEvent::ClockStarted { run, holder, volume, .. } => ClockEventRow {
            holder: Some(holder.to_string()),
            volume: Some(volume.to_string()),
            run_json: Some(json(run)),
            ..row
        },
        CaseEvent::ClockPaused { run, cause, .. } | CaseEvent::ClockResumed { run, cause, .. } => {
            ClockEventRow { cause: Some(cause.to_string()), run_json: Some(json(run)), ..row }
        }
        CaseEvent::DueDateFixed { run, .. } | CaseEvent::DueDateRecomputed { run, .. } => {
            ClockEventRow { run_json: Some(json(run)), ..row }
        }
        CaseEvent::ClockStopped { cause, .. } => ClockEventRow { cause: Some(cause.to_string()), ..row },
        CaseEvent::ClockDueSoon { .. }
        | CaseEvent::ClockElapsed { .. }
        | CaseEvent::ClockOverdue { .. }
        | CaseEvent::ClockDropped { .. } => row,
        CaseEvent::VolumeClosed { given, .. } => {
            let cause = Act::CloseVolume(given.clone()).verb();
            ClockEventRow { volume: Some(given.volume.to_string()), cause: Some(cause.to_string()), ..row }
        }
        other => return other.stated_day().map(|_| row),
    })
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
