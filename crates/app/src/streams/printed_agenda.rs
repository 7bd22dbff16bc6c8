//! The stream of a printed agenda.

use dingce_domain::case::CorruptHistory;
use dingce_domain::id::{PrintedAgendaId, StreamId};
use dingce_domain::printed_agenda::{PrintedAgenda, PrintedAgendaEvent, TieItem};

use super::json;
use crate::envelope::{Marks, Recorded};
use crate::ports::{ReadRow, RowChange, Value};
use crate::read_rows::{PrintedAgendaRow, PrintedItemRow, PrintedItemTieRow};
use crate::stream::{Follows, Loaded, Stream};

impl Stream for PrintedAgenda {
    type Id = PrintedAgendaId;
    type Event = PrintedAgendaEvent;
    const SHAPE: u32 = 2;

    fn id(stream: StreamId) -> PrintedAgendaId {
        PrintedAgendaId::new(stream.value)
    }

    fn evolve(
        state: Option<Self>,
        id: PrintedAgendaId,
        event: &Recorded<PrintedAgendaEvent>,
    ) -> Result<Self, CorruptHistory> {
        Self::evolve(state, id, &event.body)
    }

    fn marks(event: &PrintedAgendaEvent) -> Marks {
        Marks { kind: event.kind(), ..Marks::default() }
    }

    fn follows(id: PrintedAgendaId, after: &Loaded<Self>, events: &[Recorded<PrintedAgendaEvent>]) -> Follows {
        let mut follows = Follows::default();
        for recorded in events {
            match &recorded.body {
                PrintedAgendaEvent::Imported { .. }
                | PrintedAgendaEvent::ItemAdded { .. }
                | PrintedAgendaEvent::Paired { .. }
                | PrintedAgendaEvent::Unpaired { .. } => {}
                PrintedAgendaEvent::ItemLinked { given } => {
                    let TieItem { item, to, reason } = given;
                    let row = PrintedItemTieRow {
                        item: item.to_string(),
                        target: to.to_string(),
                        kind: to.target().to_string(),
                        reason: reason.clone(),
                    };
                    follows.rows.push(row.put());
                }
                PrintedAgendaEvent::ItemUnlinked { given } => follows.rows.push(RowChange::Remove {
                    table: PrintedItemTieRow::TABLE,
                    key: vec![Value::Text(given.item.to_string()), Value::Text(given.to.to_string())],
                }),
            }
        }
        let state = &after.state;
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let (organ, imported_at) = (after.tip.organ.to_string(), after.tip.first_at);
        let linked = |item| state.ties_of(item).next().is_some();
        let unlinked = state.items.iter().filter(|item| !linked(item.id)).count();
        let row = PrintedAgendaRow {
            agenda: id.to_string(),
            organ: organ.clone(),
            session: state.head.session.clone(),
            held_on: state.head.held_on().map(|d| d.to_string()),
            items: count(state.items.len()),
            unlinked: count(unlinked),
            meeting: state.meeting.as_ref().map(|paired| paired.meeting.to_string()),
            imported_at,
            head_json: json(&state.head),
        };
        follows.rows.push(row.put());
        for (position, item) in state.items.iter().enumerate() {
            let row = PrintedItemRow {
                item: item.id.to_string(),
                agenda: id.to_string(),
                organ: organ.clone(),
                position: count(position),
                session: state.head.session.clone(),
                title: item.secret.as_ref().map_or(&item.title, |secret| &secret.number).clone(),
                added: position >= state.printed_items,
                linked: linked(item.id),
                imported_at,
                item_json: json(item),
            };
            follows.rows.push(row.put());
        }
        follows
    }
}
