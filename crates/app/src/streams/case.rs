//! The case stream: rows, timers, messages and clearances that follow from its events.

use std::collections::{BTreeMap, BTreeSet};

use dingce_domain::case::{Case, CorruptHistory};
use dingce_domain::condition::Facts;
use dingce_domain::control::Control;
use dingce_domain::event::CaseEvent;
use dingce_domain::file::{CaseClock, PanelFile, decider};
use dingce_domain::id::{CaseId, Digest, DraftId, MeetingId, PersonId, StreamId, UnitId};
use dingce_domain::meeting::{ItemState, MeetingAct};
use dingce_domain::tie::TieTarget;
use dingce_domain::words::{ClockId, Outcome, OverlayId, Relation, Status};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::case_clocks::clocks_follow;
use super::case_holds::{holds_follow, position_row};
use super::case_rows::{
    clear, conclusion_kind, document_row, draft_row, drafting_row, hearing_follows, irregularity_row, legality_row,
    public_row, published_row,
};
use super::case_spoken::{Spoken, spoken};
use super::{json, message};
use crate::envelope::{Envelope, Marks, Recorded};
use crate::ports::{Claim, ClearanceKind, OutboxMessage, ReadRow};
use crate::read_rows::{CaseRow, ExpertSeatRow, OpinionRow, PublicConsultationRow, TieRow};
use crate::stream::{Follows, Loaded, Stream};

/// Names of messages to process managers.
pub mod topics {
    /// A solicitation opened: open its consultation.
    pub const OPEN_CONSULTATION: &str = "a_open_consultation";
    /// A consultation closed: record it in the case.
    pub const CLOSE_SOLICITATION: &str = "b_close_solicitation";
    /// All comments are answered: record it in the case.
    pub const SETTLE_COMMENTS: &str = "c_settle_comments";
    /// A case was opened from an entry of a catalogue: tie them.
    pub const LINK_ENTRY: &str = "d_link_entry";
    /// A case was opened from a proposal: tie them.
    pub const LINK_PROPOSAL: &str = "e_link_proposal";
    /// A hearing whose seats are drawn was announced: open its stream of applications.
    pub const OPEN_HEARING: &str = "h_open_hearing";
    /// A hearing was put off and is applied for again: take applications again.
    pub const REOPEN_HEARING: &str = "h_reopen_hearing";
    /// A hearing was cancelled: take no more applications.
    pub const END_HEARING: &str = "i_end_hearing";
    /// A case was placed on the agenda of a meeting: record it there.
    pub const PLACE_ON_AGENDA: &str = "e_place_on_agenda";
    /// Something became of a matter on an agenda: record it there.
    pub const FOLLOW_AGENDA: &str = "f_follow_agenda";
    /// An erasure was approved: the body's own stream says so.
    pub const RECORD_ERASURE: &str = "j_record_erasure";
    /// A body's own stream says that it is erased: destroy keys and ciphertext, and say so in the register.
    pub const DESTROY_ERASED: &str = "k_destroy_erased";
    /// A meeting was called off: take this matter off, with the case's id after a slash.
    pub const TAKE_OFF_AGENDA: &str = "g_take_off_agenda";
}

/// The part of a case that gates and checklists need, as kept in its row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseState {
    /// The finite part.
    pub control: Control,
    /// Facts.
    pub facts: Facts,
    /// What persons have been to it.
    pub hats: BTreeMap<PersonId, BTreeSet<Relation>>,
    /// Units that did the main assessment before the decision.
    pub assessing_units: BTreeSet<UnitId>,
    /// Clocks.
    pub clocks: BTreeMap<ClockId, CaseClock>,
    /// The current draft.
    pub draft: Option<DraftId>,
    /// The expert review.
    pub panel: Option<PanelFile>,
    /// Document number and day of issue, once issued.
    pub issued: Option<(String, Date)>,
    /// Which event was replaced by which: what somebody said again.
    pub replaced: BTreeMap<u64, u64>,
    /// Special laws that apply to the matter.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub overlays: BTreeSet<OverlayId>,
}

impl Stream for Case {
    type Id = CaseId;
    type Event = CaseEvent;
    const SHAPE: u32 = 9;

    fn id(stream: StreamId) -> CaseId {
        CaseId::new(stream.value)
    }

    fn evolve(state: Option<Self>, id: CaseId, event: &Recorded<CaseEvent>) -> Result<Self, CorruptHistory> {
        let envelope = &event.envelope;
        Self::evolve_on(state, id, &envelope.by, Some(envelope.day()), &event.body)
    }

    fn marks(event: &CaseEvent) -> Marks {
        Marks {
            kind: event.kind(),
            stage: event.stage().map(ToString::to_string),
            draft: event.draft(),
            adopts_draft: event.adopts_draft(),
            opinion: event.opinion().map(str::to_owned),
            clock: event.clock().map(ToString::to_string),
            documents: event.documents().iter().map(|d| d.digest).collect(),
            committed: false,
        }
    }

    fn law(&self) -> Option<Digest> {
        Some(self.file.definition.hash)
    }

    fn follows(id: CaseId, after: &Loaded<Self>, events: &[Recorded<CaseEvent>]) -> Follows {
        let mut follows = Follows::default();
        for recorded in events {
            event_follows(id, &after.state, recorded, &mut follows);
        }
        follows.rows.push(case_row(id, after).put());
        clocks_follow(id, &after.state, events, &mut follows);
        holds_follow(id, &after.state, events, &mut follows);
        follows
    }
}

fn case_row(id: CaseId, after: &Loaded<Case>) -> CaseRow {
    let Case { control, facts, file, .. } = &after.state;
    let active: Vec<_> = file
        .stages
        .iter()
        .zip(&control.stages)
        .filter(|(_, c)| c.status == Status::Active)
        .map(|(s, _)| s.id.as_str())
        .collect();
    let state = CaseState {
        control: control.clone(),
        facts: facts.clone(),
        hats: file.hats.clone(),
        assessing_units: file.assessors.units.clone(),
        clocks: file.clocks.clone(),
        draft: file.current().map(|d| d.id),
        panel: file.panel.clone(),
        issued: file.document_no.clone().zip(file.issued_on),
        replaced: file.replaced.clone(),
        overlays: file.overlays.clone(),
    };
    CaseRow {
        case_id: id.to_string(),
        organ: file.organ.to_string(),
        title: file.title.clone(),
        class: file.class.map(|c| c.to_string()).unwrap_or_default(),
        undertaking_unit: file.undertaking_unit.to_string(),
        executing_unit: file.executing_unit.map(|u| u.to_string()),
        evaluating_unit: file.evaluating_unit.map(|u| u.to_string()),
        adjusts: file.adjusts.map(|c| c.to_string()),
        entry: file.entry.map(|e| e.to_string()),
        definition: file.definition.hash.to_string(),
        ending: control.ending.to_string(),
        adoption: control.adoption.to_string(),
        stages_json: json(&active),
        draft: file.current().map(|d| d.id.to_string()),
        draft_number: file.current().map_or(0, |d| i64::from(d.number)),
        irregular: control.irregular,
        irregularities: i64::try_from(file.irregularities.len()).unwrap_or(i64::MAX),
        state_json: json(&state),
        n: i64::try_from(after.tip.n).unwrap_or(i64::MAX),
        opened_at: after.tip.first_at,
        updated_at: after.tip.last_at,
    }
}

impl CaseState {
    /// Number of the event that stands in the place of the one with this number.
    pub fn replaced_by(&self, n: i64) -> Option<i64> {
        let by = self.replaced.get(&u64::try_from(n).ok()?)?;
        i64::try_from(*by).ok()
    }
}

/// Kind of claim of a document number: one decision of the organ bears it.
pub(crate) const DOCUMENT_NO: &str = "document_no";

fn document_number(number: &str) -> Claim {
    Claim { kind: DOCUMENT_NO, name: number.trim().to_owned() }
}

fn follow_agenda(
    case: CaseId,
    meeting: MeetingId,
    state: ItemState,
    outcome: Option<Outcome>,
    envelope: &Envelope,
) -> OutboxMessage {
    let n = envelope.n;
    message(
        envelope.event,
        topics::FOLLOW_AGENDA,
        serde_json::json!({ "meeting": meeting, "act": MeetingAct::FollowItem { case, state, outcome, n } }),
    )
}

fn event_follows(id: CaseId, after: &Case, recorded: &Recorded<CaseEvent>, follows: &mut Follows) {
    let envelope = &recorded.envelope;
    let n = i64::try_from(envelope.n).unwrap_or(i64::MAX);
    let at = envelope.recorded_at.as_millisecond();
    for document in recorded.body.documents() {
        follows.rows.extend(document_row(id, after, document.digest).map(ReadRow::put));
    }
    follows.rows.extend(legality_row(id, after, recorded).map(ReadRow::put));
    hearing_follows(id, after, recorded, follows);
    let entered = match &recorded.body {
        CaseEvent::ExpertOpinionGiven { entered, .. } => *entered,
        // That nobody could advise is said by whoever records it.
        CaseEvent::AdviceRecorded { entered, given, .. } => *entered && !given.absent,
        _ => false,
    };
    if let Some(Spoken { text, details }) = spoken(&recorded.body) {
        // Whose it is: an expert's, a member's and the head's words are entered by others too.
        let whose = match &recorded.body {
            CaseEvent::ExpertOpinionGiven { expert, .. } => {
                after.file.panel.as_ref().and_then(|p| p.expert(expert)).and_then(|e| e.person)
            }
            CaseEvent::PositionRecorded { given, .. } => Some(given.member),
            CaseEvent::DecisionAdopted { members, attendance, .. }
            | CaseEvent::DecisionDeclined { members, attendance, .. } => decider(members, Some(attendance)),
            _ => None,
        };
        follows.rows.push(
            OpinionRow {
                event: envelope.event.to_string(),
                case_id: id.to_string(),
                n,
                kind: envelope.kind.clone(),
                stage: envelope.stage.clone(),
                draft: envelope.draft.map(|d| d.to_string()),
                opinion: envelope.opinion.clone(),
                // Whose opinion was entered may be nobody who has an account here; it is not that of whoever entered it.
                person: whose.or(envelope.actor.filter(|_| !entered)).map(|p| p.to_string()),
                entered_by: envelope.actor.filter(|_| entered).map(|p| p.to_string()),
                text: text.to_owned(),
                details_json: json(&details),
                recorded_at: at,
            }
            .put(),
        );
    }
    let told = |topic: &str, payload| message(envelope.event, topic, payload);
    match &recorded.body {
        CaseEvent::DraftVersionAdded { draft, number, given, .. } => {
            let (change, reason) = (given.change.to_string(), given.reason.clone());
            let row = draft_row(id, recorded, *draft, *number, change, reason, &given.documents);
            follows.rows.push(row.put());
        }
        CaseEvent::FinalTextAdded { draft, number, given, .. } => {
            let (change, reason) = ("carries_out_decision".to_owned(), given.reason.clone());
            let row = draft_row(id, recorded, *draft, *number, change, reason, &given.documents);
            follows.rows.push(row.put());
        }
        CaseEvent::CaseOpened { given, .. } => {
            let of_entry = |entry| told(topics::LINK_ENTRY, serde_json::json!({ "case": id, "entry": entry }));
            follows.outbox.extend(given.entry.map(of_entry));
            let of_proposal =
                |proposal| told(topics::LINK_PROPOSAL, serde_json::json!({ "case": id, "proposal": proposal }));
            follows.outbox.extend(given.proposal.map(of_proposal));
        }
        CaseEvent::MeetingConvened { given, .. } => {
            let act = MeetingAct::PlaceItem { case: id, title: after.file.title.clone(), n: envelope.n };
            let placed = serde_json::json!({ "meeting": given.meeting, "act": act });
            follows.outbox.push(told(topics::PLACE_ON_AGENDA, placed));
        }
        // An ended matter keeps no meeting from its minutes; where it was decided already, this changes nothing.
        CaseEvent::CaseTerminated { .. } => follows.outbox.extend(
            after
                .file
                .meeting
                .as_ref()
                .map(|m| follow_agenda(id, m.called.meeting, ItemState::TakenOff, None, envelope)),
        ),
        CaseEvent::MeetingPostponed { meeting, .. } => {
            follows.outbox.push(follow_agenda(id, *meeting, ItemState::TakenOff, None, envelope));
        }
        CaseEvent::AttendanceTaken { meeting, .. } => {
            follows.outbox.push(follow_agenda(id, *meeting, ItemState::CalledUp, None, envelope));
        }
        CaseEvent::MeetingRecordSigned { meeting, .. } => {
            follows.outbox.push(follow_agenda(id, *meeting, ItemState::Signed, None, envelope));
        }
        CaseEvent::ExpertsAppointed { .. } => {
            let was = |relations: &BTreeSet<Relation>| relations.contains(&Relation::AppointedExpert);
            let experts = after.file.hats.iter().filter(|(_, relations)| was(relations)).map(|(person, _)| person);
            let seat = |person: &PersonId| ExpertSeatRow { case_id: id.to_string(), person: person.to_string() };
            follows.rows.extend(experts.map(seat).map(ReadRow::put));
        }
        CaseEvent::PositionRecorded { meeting, given, .. } => {
            follows.rows.push(position_row(id, after, recorded, *meeting, given).put());
        }
        CaseEvent::DraftingItemRecorded { given, .. } => follows.rows.push(drafting_row(id, recorded, given).put()),
        CaseEvent::AdviceRecorded { given, .. } => {
            follows.rows.extend(given.engagement.map(|engagement| {
                let (source, target) = (engagement.to_string(), id.to_string());
                let kind = TieTarget::Case.to_string();
                TieRow { source, target, kind, reason: "合法性审查采用其意见".to_owned() }.put()
            }));
        }
        CaseEvent::LegalityConcluded { given, .. } => {
            clear(id, recorded, given.draft, conclusion_kind(given.conclusion), follows);
        }
        CaseEvent::DraftConfirmed { given, .. } => {
            clear(id, recorded, given.draft, Some(ClearanceKind::Confirmed), follows);
        }
        CaseEvent::DecisionAdopted { meeting, given, .. } | CaseEvent::DecisionDeclined { meeting, given, .. } => {
            let decided = follow_agenda(id, *meeting, ItemState::Decided, Some(given.outcome), envelope);
            follows.outbox.push(decided);
        }
        CaseEvent::IrregularityRecorded { irregularity, .. } => {
            follows.rows.extend(irregularity_row(id, after, *irregularity, None).map(ReadRow::put));
        }
        CaseEvent::IrregularityCured { given, .. } => {
            follows.rows.extend(irregularity_row(id, after, given.irregularity, Some(n)).map(ReadRow::put));
        }
        CaseEvent::SolicitationOpened { consultation, given, .. } => {
            follows.rows.push(
                PublicConsultationRow {
                    consultation: consultation.to_string(),
                    case_id: id.to_string(),
                    organ: envelope.organ.to_string(),
                    title: after.file.title.clone(),
                    opens_on: given.opens_on.to_string(),
                    closes_on: given.closes_on.to_string(),
                    shortening_reason: given.shortening_reason.clone(),
                    contact: given.contact.clone(),
                    documents_json: json(&given.documents),
                }
                .put(),
            );
            follows.rows.push(public_row(id, after, recorded, "consulting", json(&given.documents)).put());
            let opening = serde_json::json!({
                "consultation": consultation,
                "case": id,
                "draft": given.draft,
                "title": after.file.title,
                "opens_on": given.opens_on,
                "closes_on": given.closes_on,
                "organ": envelope.organ,
            });
            follows.outbox.push(told(topics::OPEN_CONSULTATION, opening));
        }
        CaseEvent::DecisionIssued { given, .. } => follows.claims.push(document_number(&given.document_no)),
        CaseEvent::DecisionPublished { .. }
        | CaseEvent::ExplanationPublished { .. }
        | CaseEvent::DisclosureReviewed { .. } => {
            follows.rows.extend(published_row(id, after, recorded).map(ReadRow::put));
        }
        CaseEvent::PaperOriginalRecorded { given } => {
            follows.rows.extend(document_row(id, after, given.document).map(ReadRow::put));
        }
        _ => {}
    }
}
