//! Who held the matter, and what members of the meeting said against it: the rows that a reverse trace reads.

use dingce_domain::act::RecordPosition;
use dingce_domain::case::Case;
use dingce_domain::event::CaseEvent;
use dingce_domain::holding::Hold;
use dingce_domain::id::{CaseId, MeetingId};
use dingce_domain::time::Run;
use dingce_domain::words::Position;

use super::json;
use crate::envelope::Recorded;
use crate::ports::ReadRow;
use crate::read_rows::{HoldRow, PositionRow};
use crate::stream::Follows;

/// Rows of every hold that the events touched, at their final state; those that go on also where a unit of the case or its
/// definition changes.
pub(super) fn holds_follow(id: CaseId, after: &Case, events: &[Recorded<CaseEvent>], follows: &mut Follows) {
    let Some(first) = events.first().map(|e| e.envelope.n) else { return };
    let changes_all = |e: &Recorded<CaseEvent>| {
        matches!(
            e.body,
            CaseEvent::InitiationDecided { .. }
                | CaseEvent::DecisionIssued { .. }
                | CaseEvent::EvaluationStarted { .. }
                | CaseEvent::StageTakenOver { .. }
                | CaseEvent::CaseMigrated { .. }
        )
    };
    let all = events.iter().any(changes_all);
    let touched = after.file.holdings.list.iter().filter(|h| h.last_n() >= first || (all && h.end.is_none()));
    follows.rows.extend(touched.map(|hold| hold_row(id, after, hold).put()));
}

fn hold_row(id: CaseId, after: &Case, hold: &Hold) -> HoldRow {
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let due_on = hold.run().and_then(Run::due_on);
    let days = |from: jiff::civil::Date, to: jiff::civil::Date| i64::from((to - from).get_days().max(0));
    let paused = |on| hold.each_day(on).filter(|(_, paused)| *paused).count();
    HoldRow {
        case_id: id.to_string(),
        n: number(hold.n),
        clock: hold.clock.to_string(),
        organ: after.file.organ.to_string(),
        definition: after.file.definition.hash.to_string(),
        undertaking_unit: after.file.undertaking_unit.to_string(),
        executing_unit: after.file.executing_unit.map(|u| u.to_string()),
        evaluating_unit: after.file.evaluating_unit.map(|u| u.to_string()),
        holder: hold.holder.to_string(),
        from_on: hold.from.to_string(),
        to_on: hold.end.as_ref().map(|end| end.on.to_string()),
        due_on: due_on.map(|d| d.to_string()),
        overdue: hold.overdue(),
        paused_days: hold.end.as_ref().map(|end| i64::try_from(paused(end.on)).unwrap_or(i64::MAX)),
        overrun_days: hold.end.as_ref().zip(due_on).map(|(end, due)| days(due.max(hold.from), end.on)),
        person: hold.end.as_ref().and_then(|end| end.person).map(|p| p.to_string()),
        unit: hold.end.as_ref().and_then(|end| end.unit).map(|u| u.to_string()),
        hold_json: json(hold),
    }
}

/// The row of a position.
pub(super) fn position_row(
    id: CaseId,
    after: &Case,
    recorded: &Recorded<CaseEvent>,
    meeting: MeetingId,
    given: &RecordPosition,
) -> PositionRow {
    let envelope = &recorded.envelope;
    PositionRow {
        event: envelope.event.to_string(),
        case_id: id.to_string(),
        organ: after.file.organ.to_string(),
        n: i64::try_from(envelope.n).unwrap_or(i64::MAX),
        member: given.member.to_string(),
        position: given.position.to_string(),
        against: matches!(given.position, Position::Disagree | Position::Reserve),
        statement: given.statement.clone(),
        draft: after.file.current().map(|d| d.id.to_string()),
        meeting: meeting.to_string(),
        entered_by: envelope.actor.map(|p| p.to_string()),
        occurred_on: envelope.occurred_on.map(|d| d.to_string()),
        recorded_at: envelope.recorded_at.as_millisecond(),
    }
}
