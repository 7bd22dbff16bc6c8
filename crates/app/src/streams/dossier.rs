//! The stream of a historical dossier.

use dingce_domain::case::CorruptHistory;
use dingce_domain::dossier::{HistoricalDossier, HistoricalDossierEvent};
use dingce_domain::id::{Digest, DossierId, StreamId};

use super::json;
use crate::envelope::{Marks, Recorded};
use crate::ports::ReadRow;
use crate::read_rows::DossierRow;
use crate::stream::{Follows, Loaded, Stream};

impl Stream for HistoricalDossier {
    type Id = DossierId;
    type Event = HistoricalDossierEvent;
    const SHAPE: u32 = 1;

    fn id(stream: StreamId) -> DossierId {
        DossierId::new(stream.value)
    }

    fn evolve(
        state: Option<Self>,
        id: DossierId,
        event: &Recorded<HistoricalDossierEvent>,
    ) -> Result<Self, CorruptHistory> {
        Self::evolve(state, id, &event.body)
    }

    fn marks(event: &HistoricalDossierEvent) -> Marks {
        Marks { kind: event.kind(), ..Marks::default() }
    }

    fn follows(id: DossierId, after: &Loaded<Self>, _events: &[Recorded<HistoricalDossierEvent>]) -> Follows {
        let HistoricalDossier { id: _, given, definition, departures, n: _ } = &after.state;
        let count = |many: usize| i64::try_from(many).unwrap_or(i64::MAX);
        let row = DossierRow {
            dossier: id.to_string(),
            organ: after.tip.organ.to_string(),
            title: given.title.clone(),
            definition: definition.to_string(),
            departures: count(departures.len()),
            unexplained: count(after.state.unexplained()),
            given_json: json(given),
            departures_json: json(departures),
            entered_at: after.tip.first_at,
        };
        Follows { rows: vec![row.put()], ..Follows::default() }
    }

    fn law(&self) -> Option<Digest> {
        Some(self.definition)
    }
}
