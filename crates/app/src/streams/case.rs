//! The case stream: rows, timers, messages and clearances that follow from its events.

use std::collections::{BTreeMap, BTreeSet};

use dingce_domain::case::{Case, CorruptHistory};
use dingce_domain::condition::Facts;
use dingce_domain::control::{Control, Ending};
use dingce_domain::event::CaseEvent;
use dingce_domain::file::CaseClock;
use dingce_domain::id::{CaseId, Digest, DraftId, IrregularityId, PersonId, StreamId};
use dingce_domain::time::{ClockKind, Due, RunState, Zone};
use dingce_domain::words::{ClockId, LegalityConclusion, Relation, Status};
use serde::{Deserialize, Serialize};

use super::json;
use crate::envelope::{Marks, Recorded};
use crate::ports::{ClearanceKind, ClearanceRow, Deadline, DeadlineChange, OutboxMessage, ReadRow, RowChange};
use crate::read_rows::{
    CaseRow, ClockRow, DocumentRow, DraftRow, IrregularityRow, OpinionRow, PublicConsultationRow, PublicDecisionRow,
};
use crate::stream::{Follows, Loaded, Stream};

/// Names of messages to process managers.
pub mod topics {
    /// A solicitation opened: open its consultation.
    pub const OPEN_CONSULTATION: &str = "a_open_consultation";
    /// A consultation closed: record it in the case.
    pub const CLOSE_SOLICITATION: &str = "b_close_solicitation";
    /// All comments are answered: record it in the case.
    pub const SETTLE_COMMENTS: &str = "c_settle_comments";
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
    /// Clocks.
    pub clocks: BTreeMap<ClockId, CaseClock>,
    /// The current draft.
    pub draft: Option<DraftId>,
}

impl Stream for Case {
    type Id = CaseId;
    type Event = CaseEvent;
    const SHAPE: u32 = 2;

    fn id(stream: StreamId) -> CaseId {
        CaseId::new(stream.value)
    }

    fn evolve(state: Option<Self>, id: CaseId, event: &Recorded<CaseEvent>) -> Result<Self, CorruptHistory> {
        let envelope = &event.envelope;
        let day = envelope.occurred_on.unwrap_or_else(|| Zone::SHANGHAI.date_of(envelope.recorded_at));
        Self::evolve_on(state, id, &envelope.by, Some(day), &event.body)
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
        clocks: file.clocks.clone(),
        draft: file.current().map(|d| d.id),
    };
    CaseRow {
        case_id: id.to_string(),
        organ: file.organ.to_string(),
        title: file.title.clone(),
        class: file.class.to_string(),
        undertaking_unit: file.undertaking_unit.to_string(),
        entry: file.entry.map(|e| e.to_string()),
        definition: file.definition.hash.to_string(),
        ending: control.ending.to_string(),
        adoption: control.adoption.to_string(),
        stages_json: json(&active),
        draft: file.current().map(|d| d.id.to_string()),
        draft_number: file.current().map_or(0, |d| i64::from(d.number)),
        irregular: control.irregular,
        state_json: json(&state),
        n: i64::try_from(after.tip.n).unwrap_or(i64::MAX),
        opened_at: after.tip.first_at,
        updated_at: after.tip.last_at,
    }
}

fn event_follows(id: CaseId, after: &Case, recorded: &Recorded<CaseEvent>, follows: &mut Follows) {
    let envelope = &recorded.envelope;
    let n = i64::try_from(envelope.n).unwrap_or(i64::MAX);
    let at = envelope.recorded_at.as_millisecond();
    for document in recorded.body.documents() {
        follows.rows.extend(document_row(id, after, document.digest).map(ReadRow::put));
    }
    let mut opinion = |person: Option<PersonId>, text: &str| {
        follows.rows.push(
            OpinionRow {
                event: envelope.event.to_string(),
                case_id: id.to_string(),
                n,
                kind: envelope.kind.clone(),
                stage: envelope.stage.clone(),
                draft: envelope.draft.map(|d| d.to_string()),
                opinion: envelope.opinion.clone(),
                person: person.or(envelope.actor).map(|p| p.to_string()),
                text: text.to_owned(),
                recorded_at: at,
            }
            .put(),
        );
    };
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
        CaseEvent::ProposalStudied { given, .. } => opinion(None, &given.opinion),
        CaseEvent::ParticipationReported { given, .. } => opinion(None, &given.summary),
        CaseEvent::RiskReported { given, .. } => opinion(None, &given.points),
        CaseEvent::AdviceRecorded { given, .. } => opinion(None, &given.text),
        CaseEvent::LegalityConcluded { given, .. } => {
            opinion(None, &given.opinion);
            clear(id, recorded, given.draft, conclusion_kind(given.conclusion), follows);
        }
        CaseEvent::LegalityAnswered { given, .. } => opinion(None, &given.reasons),
        CaseEvent::DraftConfirmed { given, .. } => {
            opinion(None, &given.statement);
            clear(id, recorded, given.draft, Some(ClearanceKind::Confirmed), follows);
        }
        CaseEvent::ConfirmationRefused { given, .. } => opinion(None, &given.reason),
        CaseEvent::TablingReviewed { given, .. } => opinion(None, &given.opinion),
        CaseEvent::RiskFound { given, .. } => opinion(None, &given.reason),
        CaseEvent::PositionRecorded { given, .. } => opinion(Some(given.member), &given.statement),
        CaseEvent::DecisionAdopted { given, members, .. } | CaseEvent::DecisionDeclined { given, members, .. } => {
            opinion(members.iter().find(|m| m.head).map(|m| m.person), &given.statement);
        }
        CaseEvent::ReportReplied { given, .. } => opinion(None, &given.comments),
        CaseEvent::IrregularityRecorded { irregularity, .. } => {
            follows.rows.extend(irregularity_row(id, after, *irregularity).map(ReadRow::put));
        }
        CaseEvent::IrregularityCured { given, .. } => {
            follows.rows.extend(irregularity_row(id, after, given.irregularity).map(ReadRow::put));
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
            follows.outbox.push(OutboxMessage {
                event: envelope.event,
                topic: topics::OPEN_CONSULTATION.to_owned(),
                payload: json(&serde_json::json!({
                    "consultation": consultation,
                    "case": id,
                    "draft": given.draft,
                    "title": after.file.title,
                    "opens_on": given.opens_on,
                    "closes_on": given.closes_on,
                    "organ": envelope.organ,
                })),
            });
        }
        CaseEvent::DecisionPublished { given, .. } => {
            let mut row = public_row(id, after, recorded, "published", json(&given.documents));
            row.document_no.clone_from(&after.file.document_no);
            row.published_on = Some(given.published_on.to_string());
            row.adoption_account = Some(given.adoption_account.clone());
            row.explanation = Some(given.explanation.clone());
            follows.rows.push(row.put());
        }
        _ => {}
    }
}

fn document_row(id: CaseId, after: &Case, digest: Digest) -> Option<DocumentRow> {
    let filed = after.file.documents.get(&digest)?;
    Some(DocumentRow {
        case_id: id.to_string(),
        digest: digest.to_string(),
        name: filed.document.name.clone(),
        media_type: filed.document.media_type.clone(),
        size_bytes: i64::try_from(filed.document.size_bytes).unwrap_or(i64::MAX),
        stage: filed.stage.as_ref().map(ToString::to_string),
        n: i64::try_from(filed.n).unwrap_or(i64::MAX),
        released: filed.released,
    })
}

fn irregularity_row(id: CaseId, after: &Case, irregularity: IrregularityId) -> Option<IrregularityRow> {
    let known = after.file.irregularities.get(&irregularity)?;
    Some(IrregularityRow {
        irregularity: irregularity.to_string(),
        case_id: id.to_string(),
        n: i64::try_from(known.n).unwrap_or(i64::MAX),
        verb: known.verb.to_string(),
        broken_json: json(&known.broken),
        open: known.open,
    })
}

fn public_row(
    id: CaseId,
    after: &Case,
    recorded: &Recorded<CaseEvent>,
    state: &str,
    documents_json: String,
) -> PublicDecisionRow {
    PublicDecisionRow {
        case_id: id.to_string(),
        organ: recorded.envelope.organ.to_string(),
        title: after.file.title.clone(),
        state: state.to_owned(),
        document_no: None,
        published_on: None,
        adoption_account: None,
        explanation: None,
        documents_json,
        updated_at: recorded.envelope.recorded_at.as_millisecond(),
    }
}

fn draft_row(
    id: CaseId,
    recorded: &Recorded<CaseEvent>,
    draft: DraftId,
    number: u32,
    change: String,
    reason: String,
    documents: &[dingce_domain::words::DocumentRef],
) -> DraftRow {
    DraftRow {
        draft: draft.to_string(),
        case_id: id.to_string(),
        number: i64::from(number),
        change,
        reason,
        documents_json: json(documents),
        added_by: recorded.envelope.actor.map(|p| p.to_string()),
        added_at: recorded.envelope.recorded_at.as_millisecond(),
    }
}

fn conclusion_kind(conclusion: LegalityConclusion) -> Option<ClearanceKind> {
    match conclusion {
        LegalityConclusion::Lawful => Some(ClearanceKind::Lawful),
        LegalityConclusion::RiskStated => Some(ClearanceKind::RiskStated),
        LegalityConclusion::Amend | LegalityConclusion::ProcedureMissing | LegalityConclusion::MustNotBeTabled => None,
    }
}

fn clear(
    case: CaseId,
    recorded: &Recorded<CaseEvent>,
    draft: DraftId,
    kind: Option<ClearanceKind>,
    follows: &mut Follows,
) {
    if let Some(kind) = kind {
        follows.clearances.push(ClearanceRow { case, draft, event: recorded.envelope.event, kind });
    }
}

/// Rows and timers of every clock that the events touched, at their final state.
fn clocks_follow(id: CaseId, after: &Case, events: &[Recorded<CaseEvent>], follows: &mut Follows) {
    let mut touched: BTreeSet<&ClockId> = events.iter().filter_map(|e| e.body.clock()).collect();
    let closed = after.control.ending == Ending::Closed;
    if closed {
        // Clocks that nobody stopped end with the volume: nothing is added to it any more.
        touched.extend(after.file.clocks.keys());
    }
    let stream = StreamId::from(id);
    for name in touched {
        let clear = DeadlineChange::Clear { stream, clock: name.to_string() };
        let Some(clock) = after.file.clocks.get(name) else {
            follows.rows.push(RowChange::Remove {
                table: ClockRow::TABLE,
                key: vec![crate::ports::Value::Text(id.to_string()), crate::ports::Value::Text(name.to_string())],
            });
            follows.deadlines.push(clear);
            continue;
        };
        let state = match clock.run.state() {
            _ if clock.ended || closed => "ended",
            RunState::Paused { .. } => "paused",
            RunState::Running { due: Due::Pending { .. } } => "pending",
            RunState::Running { due: Due::Fixed(_) } => "running",
        };
        let due_on = clock.run.due_on();
        follows.rows.push(
            ClockRow {
                case_id: id.to_string(),
                clock: name.to_string(),
                kind: kind_word(clock.run.kind()).to_owned(),
                holder: clock.holder.to_string(),
                started_on: clock.run.started_on().to_string(),
                due_on: due_on.map(|d| d.to_string()),
                state: state.to_owned(),
                run_json: json(&clock.run),
            }
            .put(),
        );
        follows.deadlines.push(match state {
            "running" => DeadlineChange::Set(Deadline {
                stream,
                clock: name.to_string(),
                due_at: due_on.map(|d| Zone::SHANGHAI.end_of(d).as_millisecond()),
            }),
            "pending" => DeadlineChange::Set(Deadline { stream, clock: name.to_string(), due_at: None }),
            _ => clear,
        });
    }
}

/// The stored word of a kind of clock.
pub fn kind_word(kind: ClockKind) -> &'static str {
    match kind {
        ClockKind::Floor => "floor",
        ClockKind::Cap => "cap",
        ClockKind::Backward => "backward",
        ClockKind::Guaranteed => "guaranteed",
    }
}
