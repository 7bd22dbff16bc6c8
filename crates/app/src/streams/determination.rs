//! The stream of a determination.

use dingce_domain::case::CorruptHistory;
use dingce_domain::determination::{Determination, DeterminationEvent};
use dingce_domain::id::{DeterminationId, StreamId};

use super::{json, tied, untied};
use crate::envelope::{Marks, Recorded};
use crate::ports::ReadRow;
use crate::read_rows::DeterminationRow;
use crate::stream::{Follows, Loaded, Stream};

impl Stream for Determination {
    type Id = DeterminationId;
    type Event = DeterminationEvent;
    const SHAPE: u32 = 2;

    fn id(stream: StreamId) -> DeterminationId {
        DeterminationId::new(stream.value)
    }

    fn evolve(
        state: Option<Self>,
        id: DeterminationId,
        event: &Recorded<DeterminationEvent>,
    ) -> Result<Self, CorruptHistory> {
        Self::evolve(state, id, &event.body)
    }

    fn marks(event: &DeterminationEvent) -> Marks {
        let (opinion, documents) = match event {
            DeterminationEvent::Made { given, .. } => {
                let opinion = given.ground.map_or("major", |ground| ground.as_str());
                (Some(opinion.to_owned()), given.documents.iter().map(|d| d.digest).collect())
            }
            DeterminationEvent::Linked { .. } | DeterminationEvent::Unlinked { .. } => (None, Vec::new()),
        };
        Marks { kind: event.kind(), opinion, documents, ..Marks::default() }
    }

    fn follows(id: DeterminationId, after: &Loaded<Self>, events: &[Recorded<DeterminationEvent>]) -> Follows {
        let mut follows = Follows::default();
        for recorded in events {
            match &recorded.body {
                DeterminationEvent::Made { .. } => {}
                DeterminationEvent::Linked { given } => follows.rows.push(tied(id, given)),
                DeterminationEvent::Unlinked { given } => follows.rows.push(untied(id, given)),
            }
        }
        let state = &after.state;
        if let Some(made) = state.current() {
            let row = DeterminationRow {
                determination: id.to_string(),
                organ: after.tip.organ.to_string(),
                title: made.given.secret.as_ref().map_or(&made.given.title, |secret| &secret.number).clone(),
                major: made.given.major,
                class: made.given.class.map(|c| c.to_string()),
                ground: made.given.ground.map(|g| g.to_string()),
                determined_on: made.given.determined_on.to_string(),
                flagged: !made.flags.is_empty(),
                has_case: state.ties.cases().next().is_some(),
                recorded_at: after.tip.first_at,
                determination_json: json(state),
            };
            follows.rows.push(row.put());
        }
        follows
    }
}
