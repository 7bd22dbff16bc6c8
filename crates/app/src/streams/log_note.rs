//! The stream of a note of the log about itself.

use dingce_domain::case::CorruptHistory;
use dingce_domain::id::{LogNoteId, StreamId};
use dingce_domain::log_note::{LogNote, LogNoteEvent};

use super::json;
use crate::envelope::{Marks, Recorded};
use crate::ports::ReadRow;
use crate::read_rows::LogNoteRow;
use crate::stream::{Follows, Loaded, Stream};

impl Stream for LogNote {
    type Id = LogNoteId;
    type Event = LogNoteEvent;
    const SHAPE: u32 = 1;

    fn id(stream: StreamId) -> LogNoteId {
        LogNoteId::new(stream.value)
    }

    fn evolve(state: Option<Self>, id: LogNoteId, event: &Recorded<LogNoteEvent>) -> Result<Self, CorruptHistory> {
        Self::evolve(state, id, &event.body)
    }

    fn marks(event: &LogNoteEvent) -> Marks {
        Marks { kind: event.kind(), documents: event.digest().into_iter().collect(), ..Marks::default() }
    }

    fn follows(id: LogNoteId, after: &Loaded<Self>, _events: &[Recorded<LogNoteEvent>]) -> Follows {
        let row = LogNoteRow {
            note: id.to_string(),
            kind: after.state.said.kind().to_owned(),
            said_json: json(&after.state.said),
            recorded_at: after.tip.first_at,
        };
        Follows { rows: vec![row.put()], ..Follows::default() }
    }
}
