//! The consultation stream.

use dingce_domain::case::CorruptHistory;
use dingce_domain::consultation::{Consultation, ConsultationEvent};
use dingce_domain::erasure::{ErasurePart, MASK, PersonalDataErased};
use dingce_domain::id::{CommentId, ConsultationId, StreamId};
use dingce_domain::time::Zone;
use dingce_domain::words::Uptake;

use super::case::topics;
use super::{erased, message};
use crate::envelope::{Marks, Recorded};
use crate::ports::{Deadline, DeadlineChange, ReadRow, RowChange};
use crate::read_rows::{CommentAnswerRow, CommentRow, ConsultationRow, PublicAnswerRow, PublicReceiptRow};
use crate::stream::{Follows, Loaded, Stream};

/// The one clock of a consultation: the end of its last day.
pub(crate) const CLOSING: &str = "closing";

impl Stream for Consultation {
    type Id = ConsultationId;
    type Event = ConsultationEvent;
    const SHAPE: u32 = 3;

    fn id(stream: StreamId) -> ConsultationId {
        ConsultationId::new(stream.value)
    }

    fn evolve(
        state: Option<Self>,
        id: ConsultationId,
        event: &Recorded<ConsultationEvent>,
    ) -> Result<Self, CorruptHistory> {
        Self::evolve(state, id, &event.body)
    }

    fn marks(event: &ConsultationEvent) -> Marks {
        Marks {
            kind: event.kind(),
            draft: match event {
                ConsultationEvent::Opened { draft, .. } => Some(*draft),
                _ => None,
            },
            opinion: match event {
                ConsultationEvent::CommentAnswered { given, .. } => Some(given.uptake.to_string()),
                ConsultationEvent::PersonalDataErased { given } => Some(given.ground.to_string()),
                _ => None,
            },
            committed: event.by_the_public(),
            ..Marks::default()
        }
    }

    fn follows(id: ConsultationId, after: &Loaded<Self>, events: &[Recorded<ConsultationEvent>]) -> Follows {
        let state = &after.state;
        let mut follows = Follows::default();
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        for recorded in events {
            let envelope = &recorded.envelope;
            let at = envelope.recorded_at.as_millisecond();
            match &recorded.body {
                ConsultationEvent::Opened { closes_on, .. } => {
                    follows.deadlines.push(DeadlineChange::Set(Deadline {
                        stream: id.into(),
                        clock: CLOSING.to_owned(),
                        due_at: Some(Zone::SHANGHAI.end_of(*closes_on).as_millisecond()),
                    }));
                }
                ConsultationEvent::CommentReceived { comment, receipt, late, given } => {
                    follows.rows.push(
                        CommentRow {
                            comment_id: comment.to_string(),
                            consultation: id.to_string(),
                            n: count(envelope.n),
                            channel: given.channel.to_string(),
                            clause: given.clause.clone(),
                            text: given.text.clone(),
                            late: *late,
                            suggests_hearing: given.suggests_hearing,
                            received_at: at,
                        }
                        .put(),
                    );
                    follows.rows.push(
                        PublicReceiptRow {
                            receipt: receipt.clone(),
                            comment_id: comment.to_string(),
                            consultation: id.to_string(),
                            received_at: at,
                            late: *late,
                        }
                        .put(),
                    );
                }
                ConsultationEvent::CommentAnswered { given, .. } => {
                    follows.rows.push(
                        CommentAnswerRow {
                            comment_id: given.comment.to_string(),
                            consultation: id.to_string(),
                            uptake: given.uptake.to_string(),
                            reason: given.reason.clone(),
                            answered_by: envelope.actor.map(|p| p.to_string()),
                            answered_at: at,
                        }
                        .put(),
                    );
                    follows.rows.push(
                        PublicAnswerRow {
                            comment_id: given.comment.to_string(),
                            consultation: id.to_string(),
                            uptake: given.uptake.to_string(),
                            reason: given.reason.clone(),
                            answered_at: at,
                        }
                        .put(),
                    );
                }
                // It changes nothing that is read; the record of it is the event.
                ConsultationEvent::CommenterOpened { .. } => {}
                ConsultationEvent::PersonalDataErased { given } => {
                    let known = given.subject.parse().ok().and_then(|id: CommentId| state.comments.get(&id));
                    if let Some(known) = known {
                        let (row, destroy) = erased(id, given, &known.erased, envelope);
                        follows.rows.push(row);
                        if given.parts.contains(&ErasurePart::Text) {
                            follows.rows.push(masked(id, given, known.late, known.suggests_hearing));
                        }
                        follows.outbox.push(destroy);
                    }
                }
                ConsultationEvent::Closed { received } => {
                    follows.deadlines.push(DeadlineChange::Clear { stream: id.into(), clock: CLOSING.to_owned() });
                    follows.outbox.push(message(
                        envelope.event,
                        topics::CLOSE_SOLICITATION,
                        serde_json::json!({
                            "consultation": id, "case": state.case, "received": received, "n": envelope.n,
                        }),
                    ));
                }
            }
            // A late comment counts for nothing here, so its answer settles nothing.
            let answered_now = match &recorded.body {
                ConsultationEvent::Closed { .. } => true,
                ConsultationEvent::CommentAnswered { given, .. } => {
                    state.comments.get(&given.comment).is_some_and(|comment| !comment.late)
                }
                ConsultationEvent::Opened { .. }
                | ConsultationEvent::CommentReceived { .. }
                | ConsultationEvent::CommenterOpened { .. }
                | ConsultationEvent::PersonalDataErased { .. } => false,
            };
            // Said once: by the last answer after closing, or by closing after the last answer.
            if answered_now && state.closed && state.received() > 0 && state.unanswered() == 0 {
                follows.outbox.push(message(
                    envelope.event,
                    topics::SETTLE_COMMENTS,
                    serde_json::json!({
                        "consultation": id,
                        "case": state.case,
                        "adopted": state.answered_with(Uptake::Full),
                        "partly": state.answered_with(Uptake::Partial),
                        "not_adopted": state.answered_with(Uptake::None),
                    }),
                ));
            }
        }
        follows.rows.push(
            ConsultationRow {
                consultation: id.to_string(),
                case_id: state.case.to_string(),
                draft: state.draft.to_string(),
                opens_on: state.opens_on.to_string(),
                closes_on: state.closes_on.to_string(),
                closed: state.closed,
                received: count(state.received()),
                late: count(state.comments.values().filter(|c| c.late).count() as u64),
                unanswered: count(state.unanswered()),
                hearing_suggestions: count(state.hearing_suggestions()),
            }
            .put(),
        );
        follows
    }
}

/// The row of a comment whose text was masked: what it says is in no read table any more.
fn masked(id: ConsultationId, given: &PersonalDataErased, late: bool, suggests_hearing: bool) -> RowChange {
    CommentRow {
        comment_id: given.subject.clone(),
        consultation: id.to_string(),
        n: i64::try_from(given.n).unwrap_or(i64::MAX),
        channel: given.channel.to_string(),
        clause: String::new(),
        text: MASK.to_owned(),
        late,
        suggests_hearing,
        received_at: given.received_at.as_millisecond(),
    }
    .put()
}
