//! The stream of a proposal.

use dingce_domain::case::CorruptHistory;
use dingce_domain::id::{ProposalId, StreamId};
use dingce_domain::proposal::{Proposal, ProposalEvent};

use super::{json, tied, untied};
use crate::envelope::{Marks, Recorded};
use crate::ports::ReadRow;
use crate::read_rows::{ProposalRow, PublicProposalReceiptRow, PublicProposalRow};
use crate::stream::{Follows, Loaded, Stream};

impl Stream for Proposal {
    type Id = ProposalId;
    type Event = ProposalEvent;
    const SHAPE: u32 = 3;

    fn id(stream: StreamId) -> ProposalId {
        ProposalId::new(stream.value)
    }

    fn evolve(state: Option<Self>, id: ProposalId, event: &Recorded<ProposalEvent>) -> Result<Self, CorruptHistory> {
        Self::evolve(state, id, &event.body)
    }

    fn marks(event: &ProposalEvent) -> Marks {
        Marks {
            kind: event.kind(),
            opinion: match event {
                ProposalEvent::OpinionGiven { given, .. } => Some(given.recommends.to_string()),
                ProposalEvent::Decided { given, .. } => Some(given.outcome.to_string()),
                ProposalEvent::PersonalDataErased { given } => Some(given.ground.to_string()),
                ProposalEvent::Received { .. }
                | ProposalEvent::HandedOver { .. }
                | ProposalEvent::Answered { .. }
                | ProposalEvent::Linked { .. }
                | ProposalEvent::Unlinked { .. }
                | ProposalEvent::SenderOpened { .. } => None,
            },
            documents: event.documents().iter().map(|d| d.digest).collect(),
            committed: event.by_the_public(),
            ..Marks::default()
        }
    }

    fn follows(id: ProposalId, after: &Loaded<Self>, events: &[Recorded<ProposalEvent>]) -> Follows {
        let mut follows = Follows::default();
        let state = &after.state;
        for recorded in events {
            match &recorded.body {
                ProposalEvent::Received { receipt, .. } => follows
                    .rows
                    .push(PublicProposalReceiptRow { receipt: receipt.clone(), proposal: id.to_string() }.put()),
                ProposalEvent::PersonalDataErased { given } => {
                    let (row, destroy) = super::erased(id, given, &state.erased, &recorded.envelope);
                    follows.rows.push(row);
                    follows.outbox.push(destroy);
                }
                ProposalEvent::Linked { given } => follows.rows.push(tied(id, given)),
                ProposalEvent::Unlinked { given } => follows.rows.push(untied(id, given)),
                ProposalEvent::HandedOver { .. }
                | ProposalEvent::OpinionGiven { .. }
                | ProposalEvent::Decided { .. }
                | ProposalEvent::Answered { .. }
                | ProposalEvent::SenderOpened { .. } => {}
            }
        }
        let decision = state.decision();
        let row = ProposalRow {
            proposal: id.to_string(),
            organ: after.tip.organ.to_string(),
            proposer: state.given.proposer.to_string(),
            proposing_unit: state.given.unit.map(|u| u.to_string()),
            handed_to: state.handed.as_ref().map(|(given, _)| given.unit.to_string()),
            title: state.given.title.clone(),
            state: state.stands().to_string(),
            outcome: decision.map(|d| d.outcome.to_string()),
            received_on: state.received_on.to_string(),
            waiting_since: state.waiting_since().map(|d| d.to_string()),
            due_on: state.due_on().map(|d| d.to_string()),
            received_at: after.tip.first_at,
            proposal_json: json(state),
        };
        follows.rows.push(row.put());
        // Until somebody answers, the sender learns where the proposal stands and no more.
        let answer = state.answer.as_ref();
        let told = answer.and(decision);
        let public = PublicProposalRow {
            proposal: id.to_string(),
            title: state.given.title.clone(),
            received_on: state.received_on.to_string(),
            state: state.stands().to_string(),
            outcome: told.map(|d| d.outcome.to_string()),
            procedure: told.map(|d| d.procedure.clone()).filter(|p| !p.is_empty()),
            answer: answer.map(|(given, _)| given.text.clone()),
            answered_on: answer.map(|(_, on)| on.to_string()),
        };
        follows.rows.push(public.put());
        follows
    }
}
