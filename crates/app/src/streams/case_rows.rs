//! Rows that tell of one event of a case.

use dingce_domain::act::RecordDraftingItem;
use dingce_domain::case::Case;
use dingce_domain::event::CaseEvent;
use dingce_domain::id::{CaseId, Digest, DraftId, IrregularityId};
use dingce_domain::words::LegalityConclusion;

use super::case::topics;
use super::{json, message};
use crate::envelope::Recorded;
use crate::hearing_sheet::HearingSheet;
use crate::ports::{ClearanceKind, ClearanceRow, ReadRow};
use crate::read_rows::{
    DocumentRow, DraftRow, DraftingRow, HearingRow, IrregularityRow, LegalityRow, PublicDecisionRow, PublicHearingRow,
};
use crate::stream::Follows;

pub(super) fn document_row(id: CaseId, after: &Case, digest: Digest) -> Option<DocumentRow> {
    let filed = after.file.documents.get(&digest)?;
    let finding = filed.disclosure.as_ref();
    Some(DocumentRow {
        case_id: id.to_string(),
        digest: digest.to_string(),
        name: filed.document.name.clone(),
        media_type: filed.document.media_type.clone(),
        size_bytes: i64::try_from(filed.document.size_bytes).unwrap_or(i64::MAX),
        stage: filed.stage.as_ref().map(ToString::to_string),
        n: i64::try_from(filed.n).unwrap_or(i64::MAX),
        released: filed.released,
        disclosure: finding.map(|f| f.attribute.to_string()),
        disclosure_basis: finding.map(|f| f.basis.clone()),
        reviewed_by: finding.map(|f| f.by.clone()),
        reviewed_n: finding.and_then(|f| i64::try_from(f.n).ok()),
        again_on: finding.and_then(|f| f.again_on).map(|day| day.to_string()),
        paper_json: filed.paper.as_ref().map(json),
    })
}

pub(super) fn irregularity_row(
    id: CaseId,
    after: &Case,
    irregularity: IrregularityId,
    cured_n: Option<i64>,
) -> Option<IrregularityRow> {
    let known = after.file.irregularities.get(&irregularity)?;
    Some(IrregularityRow {
        irregularity: irregularity.to_string(),
        case_id: id.to_string(),
        n: i64::try_from(known.n).unwrap_or(i64::MAX),
        verb: known.verb.to_string(),
        broken_json: json(&known.broken),
        open: known.open,
        cured_n,
    })
}

pub(super) fn public_row(
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

/// The decision as the public sees it from now on.
pub(super) fn published_row(id: CaseId, after: &Case, recorded: &Recorded<CaseEvent>) -> Option<PublicDecisionRow> {
    let published = after.file.published.as_ref()?;
    let mut row = public_row(id, after, recorded, "published", json(&published.documents));
    row.document_no.clone_from(&after.file.document_no);
    row.published_on = Some(published.on.to_string());
    row.adoption_account.clone_from(&published.adoption_account);
    row.explanation.clone_from(&published.explanation);
    Some(row)
}

pub(super) fn draft_row(
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

pub(super) fn drafting_row(id: CaseId, recorded: &Recorded<CaseEvent>, given: &RecordDraftingItem) -> DraftingRow {
    let RecordDraftingItem { draft, content, documents } = given;
    let envelope = &recorded.envelope;
    DraftingRow {
        event: envelope.event.to_string(),
        case_id: id.to_string(),
        n: i64::try_from(envelope.n).unwrap_or(i64::MAX),
        item: content.item().to_string(),
        draft: draft.to_string(),
        in_order: content.in_order(),
        content_json: json(content),
        documents_json: json(documents),
        person: envelope.actor.map(|p| p.to_string()),
        recorded_at: envelope.recorded_at.as_millisecond(),
    }
}

/// The row of a step of legality review; nothing for other events.
pub(super) fn legality_row(id: CaseId, after: &Case, recorded: &Recorded<CaseEvent>) -> Option<LegalityRow> {
    let given_json = match &recorded.body {
        CaseEvent::LegalityReviewRequested { given, .. } => json(given),
        CaseEvent::LegalitySubmissionReturned { given, .. } => json(given),
        CaseEvent::SupplementRequested { given, .. } => json(given),
        CaseEvent::SupplementSupplied { given, .. } => json(given),
        CaseEvent::AdviceRecorded { given, .. } => json(given),
        CaseEvent::LegalityConcluded { given, .. } => json(given),
        CaseEvent::LegalityAnswered { given, .. } => json(given),
        _ => return None,
    };
    let envelope = &recorded.envelope;
    Some(LegalityRow {
        event: envelope.event.to_string(),
        case_id: id.to_string(),
        n: i64::try_from(envelope.n).unwrap_or(i64::MAX),
        round: i64::from(after.file.review_rounds),
        kind: envelope.kind.clone(),
        given_json,
        person: envelope.actor.map(|p| p.to_string()),
        recorded_at: envelope.recorded_at.as_millisecond(),
    })
}

pub(super) fn conclusion_kind(conclusion: LegalityConclusion) -> Option<ClearanceKind> {
    match conclusion {
        LegalityConclusion::Lawful => Some(ClearanceKind::Lawful),
        LegalityConclusion::RiskStated => Some(ClearanceKind::RiskStated),
        LegalityConclusion::Amend | LegalityConclusion::ProcedureMissing | LegalityConclusion::MustNotBeTabled => None,
    }
}

pub(super) fn clear(
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

/// What follows from the events of a hearing: its row, that of the public, and what its stream of applications is told.
pub(super) fn hearing_follows(id: CaseId, after: &Case, recorded: &Recorded<CaseEvent>, follows: &mut Follows) {
    let noticed = match &recorded.body {
        CaseEvent::HearingNoticed { .. } => true,
        CaseEvent::HearingParticipantsDrawn { .. }
        | CaseEvent::HearingParticipantsPublished { .. }
        | CaseEvent::HearingMaterialsDelivered { .. }
        | CaseEvent::HearingPostponed { .. }
        | CaseEvent::HearingCancelled { .. }
        | CaseEvent::HearingOpened { .. }
        | CaseEvent::HearingStatementRecorded { .. }
        | CaseEvent::HearingRecordSigned { .. }
        | CaseEvent::HearingReported { .. } => false,
        _ => return,
    };
    let Some(file) = &after.file.hearing else { return };
    let envelope = &recorded.envelope;
    let state = file.state().to_string();
    follows.rows.push(
        HearingRow {
            hearing: file.id.to_string(),
            case_id: id.to_string(),
            draft: file.draft().to_string(),
            state: state.clone(),
            held_on: file.held_on.to_string(),
            file_json: json(file),
        }
        .put(),
    );
    follows.rows.push(
        PublicHearingRow {
            hearing: file.id.to_string(),
            case_id: id.to_string(),
            organ: envelope.organ.to_string(),
            title: after.file.title.clone(),
            state,
            held_on: file.held_on.to_string(),
            applications_until: file.notice.applications_until.map(|day| day.to_string()),
            sheet_json: json(&HearingSheet::of(file)),
            updated_at: envelope.recorded_at.as_millisecond(),
        }
        .put(),
    );
    if noticed {
        let released: Vec<_> = after.file.documents.values().filter(|d| d.released).map(|d| &d.document).collect();
        follows.rows.push(public_row(id, after, recorded, "consulting", json(&released)).put());
    }
    let of_the_public = file.notice.applications_from.zip(file.notice.applications_until).zip(file.notice.draw_at);
    match (&recorded.body, of_the_public) {
        (CaseEvent::HearingNoticed { .. }, Some(((from, until), draw_at))) => {
            let groups: Vec<_> = file.drawn_groups().collect();
            follows.outbox.push(message(
                envelope.event,
                topics::OPEN_HEARING,
                serde_json::json!({
                    "hearing": file.id,
                    "organ": envelope.organ,
                    "opening": {
                        "case": id, "title": after.file.title, "groups": groups, "from": from, "until": until,
                        "draw_at": draw_at,
                    },
                }),
            ));
        }
        (CaseEvent::HearingPostponed { given, .. }, Some(_)) => {
            if let Some(period) = &given.applications {
                follows.outbox.push(message(
                    envelope.event,
                    topics::REOPEN_HEARING,
                    serde_json::json!({ "hearing": file.id, "applications": period }),
                ));
            }
        }
        (CaseEvent::HearingCancelled { .. }, Some(_)) => {
            follows.outbox.push(message(
                envelope.event,
                topics::END_HEARING,
                serde_json::json!({ "hearing": file.id }),
            ));
        }
        _ => {}
    }
}
