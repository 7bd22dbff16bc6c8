//! The stream of a register of legal bases.

use std::collections::BTreeSet;

use dingce_domain::case::CorruptHistory;
use dingce_domain::id::{LegalBasesId, StreamId};
use dingce_domain::legal_bases::{AddLegalBasis, LegalBases, LegalBasisEvent};

use crate::envelope::{Marks, Recorded};
use crate::ports::{ReadRow, RowChange};
use crate::read_rows::LegalBasisRow;
use crate::stream::{Follows, Loaded, Stream};

impl Stream for LegalBases {
    type Id = LegalBasesId;
    type Event = LegalBasisEvent;
    const SHAPE: u32 = 1;

    fn id(stream: StreamId) -> LegalBasesId {
        LegalBasesId::new(stream.value)
    }

    fn evolve(state: Option<Self>, _: LegalBasesId, event: &Recorded<LegalBasisEvent>) -> Result<Self, CorruptHistory> {
        Self::evolve(state, &event.body)
    }

    fn marks(event: &LegalBasisEvent) -> Marks {
        Marks { kind: event.kind(), ..Marks::default() }
    }

    fn follows(_: LegalBasesId, after: &Loaded<Self>, events: &[Recorded<LegalBasisEvent>]) -> Follows {
        let touched: BTreeSet<_> = events.iter().map(|recorded| recorded.body.basis()).collect();
        let organ = after.tip.organ.to_string();
        let rows = touched.into_iter().filter_map(|key| after.state.bases.get(key)).map(|basis| row(&organ, basis));
        Follows { rows: rows.collect(), ..Follows::default() }
    }
}

fn row(organ: &str, basis: &AddLegalBasis) -> RowChange {
    let AddLegalBasis { basis, name, number, kind, issued_by, in_force_from, repealed_on, succeeded_by, note } = basis;
    LegalBasisRow {
        organ: organ.to_owned(),
        basis: basis.to_string(),
        name: name.clone(),
        number: number.clone(),
        kind: kind.to_string(),
        issued_by: issued_by.clone(),
        in_force_from: in_force_from.map(|day| day.to_string()),
        repealed_on: repealed_on.map(|day| day.to_string()),
        succeeded_by: succeeded_by.as_ref().map(ToString::to_string),
        note: note.clone(),
    }
    .put()
}
