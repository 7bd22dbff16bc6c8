//! The stream of an accountability file.

use dingce_domain::accountability::{AccountabilityEvent, AccountabilityFile};
use dingce_domain::case::CorruptHistory;
use dingce_domain::id::{AccountabilityFileId, StreamId};

use super::json;
use crate::envelope::{Marks, Recorded};
use crate::ports::ReadRow;
use crate::read_rows::AccountabilityRow;
use crate::stream::{Follows, Loaded, Stream};

impl Stream for AccountabilityFile {
    type Id = AccountabilityFileId;
    type Event = AccountabilityEvent;
    const SHAPE: u32 = 1;

    fn id(stream: StreamId) -> AccountabilityFileId {
        AccountabilityFileId::new(stream.value)
    }

    fn evolve(
        state: Option<Self>,
        id: AccountabilityFileId,
        event: &Recorded<AccountabilityEvent>,
    ) -> Result<Self, CorruptHistory> {
        Self::evolve(state, id, &event.body)
    }

    fn marks(event: &AccountabilityEvent) -> Marks {
        let mut documents: Vec<_> = event.documents().iter().map(|document| document.digest).collect();
        // The leaf names the frozen trace, so that the log shows which bytes were frozen when.
        if let AccountabilityEvent::Frozen { trace, .. } = event {
            documents.push(trace.digest);
        }
        let opinion = match event {
            AccountabilityEvent::Received { given, .. } => Some(given.source.as_str()),
            AccountabilityEvent::HarmRecorded { given, .. } => Some(given.harm.as_str()),
            _ => None,
        };
        Marks { kind: event.kind(), opinion: opinion.map(str::to_owned), documents, ..Marks::default() }
    }

    fn follows(id: AccountabilityFileId, after: &Loaded<Self>, _events: &[Recorded<AccountabilityEvent>]) -> Follows {
        let state = &after.state;
        let handed = state.steps.iter().rev().find_map(|step| match step {
            AccountabilityEvent::HandedOver { given, .. } => Some(given.body.clone()),
            _ => None,
        });
        let row = AccountabilityRow {
            file: id.to_string(),
            organ: after.tip.organ.to_string(),
            source: state.clue.source.to_string(),
            reference: state.clue.reference.clone(),
            subject_kind: state.clue.about.kind().to_string(),
            subject: state.clue.about.to_string(),
            state: state.state.to_string(),
            received_on: state.clue.received_on.to_string(),
            harm: state.steps.iter().any(|step| matches!(step, AccountabilityEvent::HarmRecorded { .. })),
            handed_to: handed,
            received_at: after.tip.first_at,
            file_json: json(state),
        };
        Follows { rows: vec![row.put()], ..Follows::default() }
    }
}
