//! The streams of legal advisers and of their engagements.

use dingce_domain::adviser::{Adviser, AdviserEvent};
use dingce_domain::case::CorruptHistory;
use dingce_domain::engagement::{Engagement, EngagementEvent, EngagementState};
use dingce_domain::id::{AdviserId, EngagementId, StreamId};

use super::json;
use crate::envelope::{Marks, Recorded};
use crate::ports::ReadRow;
use crate::read_rows::{AdviserRow, EngagementRow};
use crate::stream::{Follows, Loaded, Stream};

impl Stream for Adviser {
    type Id = AdviserId;
    type Event = AdviserEvent;
    const SHAPE: u32 = 1;

    fn id(stream: StreamId) -> AdviserId {
        AdviserId::new(stream.value)
    }

    fn evolve(state: Option<Self>, id: AdviserId, event: &Recorded<AdviserEvent>) -> Result<Self, CorruptHistory> {
        Self::evolve(state, id, &event.body)
    }

    fn marks(event: &AdviserEvent) -> Marks {
        let documents = event.documents().iter().map(|d| d.digest).collect();
        Marks { kind: event.kind(), documents, ..Marks::default() }
    }

    fn follows(id: AdviserId, after: &Loaded<Self>, _events: &[Recorded<AdviserEvent>]) -> Follows {
        let state = &after.state;
        let row = state.term().map(|term| AdviserRow {
            adviser: id.to_string(),
            organ: after.tip.organ.to_string(),
            name: term.name.clone(),
            kind: term.kind.to_string(),
            serves_until: state.last_day().map(|d| d.to_string()),
            retained_at: after.tip.first_at,
            adviser_json: json(state),
        });
        Follows { rows: row.map(ReadRow::put).into_iter().collect(), ..Follows::default() }
    }
}

impl Stream for Engagement {
    type Id = EngagementId;
    type Event = EngagementEvent;
    const SHAPE: u32 = 1;

    fn id(stream: StreamId) -> EngagementId {
        EngagementId::new(stream.value)
    }

    fn evolve(
        state: Option<Self>,
        id: EngagementId,
        event: &Recorded<EngagementEvent>,
    ) -> Result<Self, CorruptHistory> {
        Self::evolve(state, id, &event.body)
    }

    fn marks(event: &EngagementEvent) -> Marks {
        Marks {
            kind: event.kind(),
            stage: match event {
                EngagementEvent::Asked { given, .. } => given.stage.as_ref().map(ToString::to_string),
                EngagementEvent::Advised { .. }
                | EngagementEvent::Declined { .. }
                | EngagementEvent::Disposed { .. } => None,
            },
            opinion: match event {
                EngagementEvent::Disposed { given, .. } => Some(given.uptake.to_string()),
                EngagementEvent::Asked { .. } | EngagementEvent::Advised { .. } | EngagementEvent::Declined { .. } => {
                    None
                }
            },
            documents: event.documents().iter().map(|d| d.digest).collect(),
            ..Marks::default()
        }
    }

    fn follows(id: EngagementId, after: &Loaded<Self>, _events: &[Recorded<EngagementEvent>]) -> Follows {
        let state = &after.state;
        let waits = state.stands() == EngagementState::Asked;
        let row = EngagementRow {
            engagement: id.to_string(),
            organ: after.tip.organ.to_string(),
            adviser: state.given.adviser.to_string(),
            person: state.whom.person.map(|p| p.to_string()),
            by_unit: state.whom.by_unit.to_string(),
            case_id: state.given.case.map(|c| c.to_string()),
            state: state.stands().to_string(),
            uptake: state.uptake().map(|u| u.to_string()),
            asked_on: state.asked_on.to_string(),
            due_on: state.given.reply_by.filter(|_| waits).map(|d| d.to_string()),
            asked_at: after.tip.first_at,
            engagement_json: json(state),
        };
        Follows { rows: vec![row.put()], ..Follows::default() }
    }
}
