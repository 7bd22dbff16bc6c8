//! The streams of supervision notices and of inspection mandates.

use dingce_domain::case::CorruptHistory;
use dingce_domain::id::{InspectionMandateId, StreamId, SupervisionNoticeId};
use dingce_domain::mandate::{InspectionMandate, MandateEvent};
use dingce_domain::supervision::{NoticeEvent, NoticeState, SupervisionNotice};
use dingce_domain::time::Zone;

use super::json;
use crate::envelope::{Marks, Recorded};
use crate::ports::{Deadline, DeadlineChange, ReadRow};
use crate::read_rows::{MandateMemberRow, MandateRow, NoticeRow};
use crate::stream::{Follows, Loaded, Stream};

/// Name of the timer that waits for a notice to be answered.
const ANSWER: &str = "answer";

impl Stream for SupervisionNotice {
    type Id = SupervisionNoticeId;
    type Event = NoticeEvent;
    const SHAPE: u32 = 1;

    fn id(stream: StreamId) -> SupervisionNoticeId {
        SupervisionNoticeId::new(stream.value)
    }

    fn evolve(
        state: Option<Self>,
        id: SupervisionNoticeId,
        event: &Recorded<NoticeEvent>,
    ) -> Result<Self, CorruptHistory> {
        Self::evolve(state, id, &event.body)
    }

    fn marks(event: &NoticeEvent) -> Marks {
        let documents = event.documents().iter().map(|document| document.digest).collect();
        Marks { kind: event.kind(), documents, ..Marks::default() }
    }

    fn follows(id: SupervisionNoticeId, after: &Loaded<Self>, _events: &[Recorded<NoticeEvent>]) -> Follows {
        let state = &after.state;
        let row = NoticeRow {
            notice: id.to_string(),
            organ: after.tip.organ.to_string(),
            kind: state.given.notice.to_string(),
            number: state.given.number.clone(),
            unit: state.given.unit.to_string(),
            case_id: state.given.case.to_string(),
            state: state.state.to_string(),
            due_on: state.due_on.to_string(),
            overdue: state.overdue,
            issued_at: after.tip.first_at,
            notice_json: json(state),
        };
        let awaited = state.state == NoticeState::Open && !state.overdue;
        let timer = if awaited {
            let due_at = Some(Zone::SHANGHAI.end_of(state.due_on).as_millisecond());
            DeadlineChange::Set(Deadline { stream: id.into(), clock: ANSWER.to_owned(), due_at })
        } else {
            DeadlineChange::Clear { stream: id.into(), clock: ANSWER.to_owned() }
        };
        Follows { rows: vec![row.put()], deadlines: vec![timer], ..Follows::default() }
    }
}

impl Stream for InspectionMandate {
    type Id = InspectionMandateId;
    type Event = MandateEvent;
    const SHAPE: u32 = 1;

    fn id(stream: StreamId) -> InspectionMandateId {
        InspectionMandateId::new(stream.value)
    }

    fn evolve(
        state: Option<Self>,
        id: InspectionMandateId,
        event: &Recorded<MandateEvent>,
    ) -> Result<Self, CorruptHistory> {
        Self::evolve(state, id, &event.body)
    }

    fn marks(event: &MandateEvent) -> Marks {
        let documents = match event {
            MandateEvent::Entered { given, .. } => given.documents.iter().map(|document| document.digest).collect(),
            MandateEvent::Revoked { .. } => Vec::new(),
        };
        Marks { kind: event.kind(), documents, ..Marks::default() }
    }

    fn follows(id: InspectionMandateId, after: &Loaded<Self>, _events: &[Recorded<MandateEvent>]) -> Follows {
        let state = &after.state;
        let (from_on, until_on) = (state.given.from.to_string(), state.given.until.to_string());
        let revoked = state.revoked.is_some();
        let organ = after.tip.organ.to_string();
        let row = MandateRow {
            mandate: id.to_string(),
            organ: organ.clone(),
            team: state.given.team.clone(),
            from_on: from_on.clone(),
            until_on: until_on.clone(),
            revoked,
            entered_at: after.tip.first_at,
            mandate_json: json(state),
        };
        let members = state.given.members.iter().map(|person| {
            MandateMemberRow {
                mandate: id.to_string(),
                person: person.to_string(),
                organ: organ.clone(),
                from_on: from_on.clone(),
                until_on: until_on.clone(),
                revoked,
            }
            .put()
        });
        Follows { rows: [row.put()].into_iter().chain(members).collect(), ..Follows::default() }
    }
}
