//! The stream of a meeting: its rows, and what a called-off meeting asks of the cases on its agenda.

use dingce_domain::case::CorruptHistory;
use dingce_domain::id::{CaseId, MeetingId, StreamId};
use dingce_domain::meeting::{ItemState, Meeting, MeetingEvent};

use super::{json, message, topics};
use crate::envelope::{Envelope, Marks, Recorded};
use crate::ports::{OutboxMessage, ReadRow};
use crate::read_rows::{MeetingItemRow, MeetingRow};
use crate::stream::{Follows, Loaded, Stream};

impl Stream for Meeting {
    type Id = MeetingId;
    type Event = MeetingEvent;
    const SHAPE: u32 = 1;

    fn id(stream: StreamId) -> MeetingId {
        MeetingId::new(stream.value)
    }

    fn evolve(state: Option<Self>, id: MeetingId, event: &Recorded<MeetingEvent>) -> Result<Self, CorruptHistory> {
        Self::evolve(state, id, &event.body)
    }

    fn marks(event: &MeetingEvent) -> Marks {
        Marks {
            kind: event.kind(),
            documents: event.documents().iter().map(|d| d.digest).collect(),
            ..Marks::default()
        }
    }

    fn follows(id: MeetingId, after: &Loaded<Self>, events: &[Recorded<MeetingEvent>]) -> Follows {
        let mut follows = Follows::default();
        let state = &after.state;
        let reason = state.called_off.as_deref().unwrap_or("会议纪要已印发");
        for recorded in events {
            let off = |case: CaseId| take_off(id, case, reason, &recorded.envelope);
            match &recorded.body {
                MeetingEvent::CalledOff { .. } => {
                    let waiting = state.items.iter().filter(|i| i.state == ItemState::Placed);
                    follows.outbox.extend(waiting.map(|i| off(i.case)));
                }
                // Placed while the meeting was called off or closed: the case must not wait for it.
                MeetingEvent::ItemPlaced { case, .. } if state.open().is_err() => follows.outbox.push(off(*case)),
                MeetingEvent::Called { .. }
                | MeetingEvent::Attended { .. }
                | MeetingEvent::ItemPlaced { .. }
                | MeetingEvent::ItemFollowed { .. }
                | MeetingEvent::StatementConfirmed { .. }
                | MeetingEvent::MinutesIssued { .. } => {}
            }
        }
        follows.rows.push(row(id, after).put());
        for (no, item) in (1..).zip(&state.items) {
            let row = MeetingItemRow {
                meeting: id.to_string(),
                case_id: item.case.to_string(),
                no,
                title: item.title.clone(),
                session: state.called.session.clone(),
                held_on: state.called.held_on.to_string(),
                state: item.state.to_string(),
                outcome: item.outcome.map(|o| o.to_string()),
            };
            follows.rows.push(row.put());
        }
        follows
    }
}

/// A message for one case of many: its topic names the case, so that each is answered by itself.
fn take_off(meeting: MeetingId, case: CaseId, reason: &str, envelope: &Envelope) -> OutboxMessage {
    let topic = format!("{}/{case}", topics::TAKE_OFF_AGENDA);
    message(envelope.event, topic, serde_json::json!({ "meeting": meeting, "case": case, "reason": reason }))
}

fn row(id: MeetingId, after: &Loaded<Meeting>) -> MeetingRow {
    let state = &after.state;
    let stands = if state.called_off.is_some() {
        "called_off"
    } else if state.minutes.is_some() {
        "closed"
    } else if state.attendance.is_some() {
        "held"
    } else {
        "called"
    };
    let count = |many: usize| i64::try_from(many).unwrap_or(i64::MAX);
    MeetingRow {
        meeting: id.to_string(),
        organ: after.tip.organ.to_string(),
        session: state.called.session.clone(),
        held_on: state.called.held_on.to_string(),
        state: stands.to_owned(),
        items: count(state.items.len()),
        open_items: count(state.items.iter().filter(|i| i.waits()).count()),
        meeting_json: json(state),
        n: i64::try_from(after.tip.n).unwrap_or(i64::MAX),
    }
}
