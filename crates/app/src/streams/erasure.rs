//! The stream of an entry in the register of erasures.

use dingce_domain::case::CorruptHistory;
use dingce_domain::erasure::{Erasure, ErasureEvent};
use dingce_domain::id::{ErasureId, StreamId};

use super::case::topics;
use super::{json, message};
use crate::envelope::{Marks, Recorded};
use crate::ports::ReadRow;
use crate::read_rows::ErasureRow;
use crate::stream::{Follows, Loaded, Stream};

impl Stream for Erasure {
    type Id = ErasureId;
    type Event = ErasureEvent;
    const SHAPE: u32 = 1;

    fn id(stream: StreamId) -> ErasureId {
        ErasureId::new(stream.value)
    }

    fn evolve(state: Option<Self>, id: ErasureId, event: &Recorded<ErasureEvent>) -> Result<Self, CorruptHistory> {
        Self::evolve(state, id, &event.body)
    }

    fn marks(event: &ErasureEvent) -> Marks {
        let opinion = match event {
            ErasureEvent::Requested { given, .. } => Some(given.ground.to_string()),
            ErasureEvent::Approved { .. }
            | ErasureEvent::Refused { .. }
            | ErasureEvent::Withdrawn { .. }
            | ErasureEvent::CarriedOut { .. } => None,
        };
        Marks { kind: event.kind(), opinion, ..Marks::default() }
    }

    fn follows(id: ErasureId, after: &Loaded<Self>, events: &[Recorded<ErasureEvent>]) -> Follows {
        let state = &after.state;
        let mut follows = Follows::default();
        for recorded in events {
            let envelope = &recorded.envelope;
            match &recorded.body {
                ErasureEvent::Approved { .. } => follows.outbox.push(message(
                    envelope.event,
                    topics::RECORD_ERASURE,
                    serde_json::json!({ "erasure": id, "stream": state.subject.stream, "organ": envelope.organ }),
                )),
                ErasureEvent::Requested { .. }
                | ErasureEvent::Refused { .. }
                | ErasureEvent::Withdrawn { .. }
                | ErasureEvent::CarriedOut { .. } => {}
            }
        }
        let row = ErasureRow {
            erasure: id.to_string(),
            organ: after.tip.organ.to_string(),
            stream: state.subject.stream.to_string(),
            subject: state.subject.subject.clone(),
            state: state.stands().to_string(),
            requested_at: after.tip.first_at,
            updated_at: after.tip.last_at,
            erasure_json: json(state),
        };
        follows.rows.push(row.put());
        follows
    }
}
