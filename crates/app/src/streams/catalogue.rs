//! The catalogue stream.

use dingce_domain::case::CorruptHistory;
use dingce_domain::catalogue::{Catalogue, CatalogueEvent};
use dingce_domain::id::{CatalogueId, StreamId};

use super::json;
use crate::envelope::{Marks, Recorded};
use crate::ports::ReadRow;
use crate::read_rows::{CatalogueRow, EntryRow, PublicCatalogueRow};
use crate::stream::{Follows, Loaded, Stream};

impl Stream for Catalogue {
    type Id = CatalogueId;
    type Event = CatalogueEvent;
    const SHAPE: u32 = 1;

    fn id(stream: StreamId) -> CatalogueId {
        CatalogueId::new(stream.value)
    }

    fn evolve(state: Option<Self>, id: CatalogueId, event: &Recorded<CatalogueEvent>) -> Result<Self, CorruptHistory> {
        Self::evolve(state, id, &event.body)
    }

    fn marks(event: &CatalogueEvent) -> Marks {
        Marks { kind: event.kind(), ..Marks::default() }
    }

    fn follows(id: CatalogueId, after: &Loaded<Self>, _events: &[Recorded<CatalogueEvent>]) -> Follows {
        let given = &after.state.published;
        let organ = after.tip.organ.to_string();
        let mut follows = Follows::default();
        follows.rows.push(
            CatalogueRow {
                catalogue: id.to_string(),
                organ: organ.clone(),
                year: i64::from(given.year),
                title: given.title.clone(),
                doc_no: given.doc_no.clone(),
                published_on: given.published_on.to_string(),
                government_consent: given.government_consent,
                party_consent: given.party_consent,
                entries: i64::try_from(given.entries.len()).unwrap_or(i64::MAX),
            }
            .put(),
        );
        follows.rows.push(
            PublicCatalogueRow {
                catalogue: id.to_string(),
                organ: organ.clone(),
                year: i64::from(given.year),
                title: given.title.clone(),
                doc_no: given.doc_no.clone(),
                published_on: given.published_on.to_string(),
                entries_json: json(&given.entries),
            }
            .put(),
        );
        for (position, entry) in given.entries.iter().enumerate() {
            follows.rows.push(
                EntryRow {
                    entry: entry.id.to_string(),
                    catalogue: id.to_string(),
                    organ: organ.clone(),
                    position: i64::try_from(position).unwrap_or(i64::MAX),
                    no: entry.no.clone(),
                    title: entry.title.clone(),
                    undertaking_unit: entry.undertaking_unit.clone(),
                    hearing: entry.hearing,
                    planned_time: entry.planned_time.clone(),
                }
                .put(),
            );
        }
        follows
    }
}
