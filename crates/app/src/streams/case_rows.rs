//! Rows that tell of one event of a case.

use dingce_domain::act::RecordDraftingItem;
use dingce_domain::case::Case;
use dingce_domain::event::CaseEvent;
use dingce_domain::id::{CaseId, Digest, DraftId, IrregularityId};
use dingce_domain::words::LegalityConclusion;

use super::json;
use crate::envelope::Recorded;
use crate::ports::{ClearanceKind, ClearanceRow};
use crate::read_rows::{DocumentRow, DraftRow, DraftingRow, IrregularityRow, PublicDecisionRow};
use crate::stream::Follows;

pub(super) fn document_row(id: CaseId, after: &Case, digest: Digest) -> Option<DocumentRow> {
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

pub(super) fn irregularity_row(id: CaseId, after: &Case, irregularity: IrregularityId) -> Option<IrregularityRow> {
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
