//! The stream of a stub of a secret matter.

use dingce_domain::case::CorruptHistory;
use dingce_domain::id::{SecretStubId, StreamId};
use dingce_domain::secret::{SecretStub, SecretStubEvent};

use super::json;
use crate::envelope::{Marks, Recorded};
use crate::ports::ReadRow;
use crate::read_rows::SecretStubRow;
use crate::stream::{Follows, Loaded, Stream};

impl Stream for SecretStub {
    type Id = SecretStubId;
    type Event = SecretStubEvent;
    const SHAPE: u32 = 1;

    fn id(stream: StreamId) -> SecretStubId {
        SecretStubId::new(stream.value)
    }

    fn evolve(
        state: Option<Self>,
        id: SecretStubId,
        event: &Recorded<SecretStubEvent>,
    ) -> Result<Self, CorruptHistory> {
        Self::evolve(state, id, &event.body)
    }

    fn marks(event: &SecretStubEvent) -> Marks {
        Marks { kind: event.kind(), ..Marks::default() }
    }

    fn follows(id: SecretStubId, after: &Loaded<Self>, _events: &[Recorded<SecretStubEvent>]) -> Follows {
        let SecretStub { id: _, given, steps, ended, n: _ } = &after.state;
        let row = SecretStubRow {
            stub: id.to_string(),
            organ: after.tip.organ.to_string(),
            number: given.number.clone(),
            level: given.level.to_string(),
            classified_by: given.classified_by.to_string(),
            basis: given.basis.clone(),
            classified_on: given.classified_on.to_string(),
            secret_until: given.secret_until.map(|day| day.to_string()),
            unit: given.unit.to_string(),
            steps_json: json(steps),
            outcome: ended.map(|end| end.outcome.to_string()),
            ended_on: ended.map(|end| end.ended_on.to_string()),
            entered_at: after.tip.first_at,
        };
        Follows { rows: vec![row.put()], ..Follows::default() }
    }
}
