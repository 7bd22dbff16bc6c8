//! What people said with an act: why, on what basis, by whom it was done. One place for lists, timelines and stages.

use std::collections::BTreeSet;

use dingce_domain::event::CaseEvent;
use dingce_domain::task::Filled;
use dingce_domain::words;
use dingce_domain::words::{CriterionId, OverlayId, Text};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

words! {
    /// What is said beside the main text of an act.
    SaidPart {
        /// On which ground a stage does not run: a word of `AbsenceGround`.
        Ground = "ground",
        /// On what basis.
        Basis = "basis",
        /// Who did it before the case came here.
        DoneBy = "done_by",
        /// First day.
        OpenedOn = "opened_on",
        /// Last day.
        ClosedOn = "closed_on",
        /// Why a period was shorter.
        ShorteningReason = "shortening_reason",
        /// How many were heard.
        Heard = "heard",
        /// Level of risk: a word of `RiskLevel`.
        Level = "level",
        /// What was recorded of a task, or how it ended, as the definition names it.
        Result = "result",
        /// A field of a form.
        Field = "field",
        /// Special laws that apply from then on, by name; empty where none does any more.
        Overlays = "overlays",
    }
}

/// What is said beside the main text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// Which part.
    pub part: SaidPart,
    /// What was said; of a ground and a level the stored word.
    pub text: String,
    /// The name of the part, where the definition gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Text>,
    /// What was said, where the definition gives the words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Text>,
}

/// What somebody said with an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken<'a> {
    /// The opinion, report, reason or account.
    pub text: &'a str,
    /// What is said beside it.
    pub details: Vec<Detail>,
}

/// What was said with an event; nothing where an act gives no text of its own.
pub fn spoken(event: &CaseEvent) -> Option<Spoken<'_>> {
    let detail = |part: SaidPart, text: &dyn ToString| Detail { part, text: text.to_string(), label: None, said: None };
    let named = |word: &CriterionId, name: &Text| {
        let said = Some(name.clone());
        Detail { part: SaidPart::Result, text: word.to_string(), label: None, said }
    };
    let field = |filled: &Filled| Detail {
        part: SaidPart::Field,
        text: filled.value.zh.clone(),
        label: Some(filled.label.clone()),
        said: Some(filled.value.clone()),
    };
    let day = |part: SaidPart, day: Option<Date>| day.map(|day| detail(part, &day));
    let mut details = Vec::new();
    let text = match event {
        CaseEvent::AbsenceRecorded { given, .. } => {
            details.extend([detail(SaidPart::Ground, &given.ground), detail(SaidPart::Basis, &given.basis)]);
            &given.reason
        }
        CaseEvent::StageTakenOver { given, .. } => {
            details.push(detail(SaidPart::DoneBy, &given.done_by));
            details.extend(day(SaidPart::OpenedOn, given.opened_on));
            details.extend(day(SaidPart::ClosedOn, given.closed_on));
            details.extend(given.shortening_reason.as_ref().map(|why| detail(SaidPart::ShorteningReason, why)));
            details.extend(given.heard.map(|heard| detail(SaidPart::Heard, &heard)));
            details.extend(given.level.map(|level| detail(SaidPart::Level, &level)));
            &given.account
        }
        CaseEvent::CaseOnboarded { given, .. } => &given.reason,
        CaseEvent::CaseMigrated { given, .. } => {
            details.push(detail(SaidPart::Basis, &given.basis));
            &given.reason
        }
        CaseEvent::FactsDetermined { given, .. } => {
            let named = |all: &BTreeSet<OverlayId>| all.iter().map(OverlayId::as_str).collect::<Vec<_>>().join(", ");
            details.extend(given.overlays.as_ref().map(|all| detail(SaidPart::Overlays, &named(all))));
            &given.reason
        }
        CaseEvent::EvidenceReaffirmed { given, .. } => &given.reason,
        CaseEvent::IrregularityCured { given, .. } => &given.how,
        CaseEvent::CaseTerminated { given, .. } => {
            details.push(detail(SaidPart::Basis, &given.basis));
            &given.reason
        }
        CaseEvent::ProposalStudied { given, .. } => &given.opinion,
        CaseEvent::InitiationDecided { given, .. } => &given.reason,
        CaseEvent::ParticipationRecorded { given, .. } => &given.views,
        CaseEvent::ParticipationReported { given, .. } => &given.summary,
        CaseEvent::HearingDecided { given, .. } => &given.reasons,
        CaseEvent::HearingReported { given, .. } => &given.summary,
        CaseEvent::ExpertReleased { given, .. } => &given.reason,
        CaseEvent::ExpertOpinionGiven { given, .. } => &given.text,
        CaseEvent::ExpertReviewReported { given, .. } => &given.summary,
        CaseEvent::RiskReported { given, .. } => &given.points,
        CaseEvent::LegalitySubmissionReturned { given, .. } => &given.reason,
        CaseEvent::AdviceRecorded { given, .. } => &given.text,
        CaseEvent::LegalityConcluded { given, .. } => &given.opinion,
        CaseEvent::LegalityAnswered { given, .. } => &given.reasons,
        CaseEvent::DraftConfirmed { given, .. } => &given.statement,
        CaseEvent::ConfirmationRefused { given, .. } => &given.reason,
        CaseEvent::TablingReviewed { given, .. } => &given.opinion,
        CaseEvent::TablingApproved { given, .. } | CaseEvent::TablingDeclined { given, .. } => &given.opinion,
        CaseEvent::MeetingPostponed { given, .. } => &given.reason,
        CaseEvent::RiskFound { given, .. } => &given.reason,
        CaseEvent::PositionRecorded { given, .. } => &given.statement,
        CaseEvent::DecisionAdopted { given, .. } | CaseEvent::DecisionDeclined { given, .. } => &given.statement,
        CaseEvent::ReportReplied { given, .. } => &given.comments,
        CaseEvent::ExecutionReported { given, .. } => &given.progress,
        CaseEvent::ExecutionTroubleReported { given, .. } => &given.description,
        CaseEvent::ExecutionCommentEntered { given, .. } => &given.text,
        CaseEvent::ExecutionCommentAnswered { given, .. } => &given.handling,
        CaseEvent::ExecutionSuspended { given, .. } => &given.reason,
        CaseEvent::ExecutionResumed { given, .. } => &given.reason,
        CaseEvent::ExecutionAdjusted { given, .. } => &given.reason,
        CaseEvent::ExecutionTerminated { given, .. } => &given.reason,
        CaseEvent::ExecutionCompleted { given, .. } => &given.summary,
        CaseEvent::EvaluationStarted { given, .. } => &given.reason,
        CaseEvent::EvaluationVoiceRecorded { given, .. } => &given.summary,
        CaseEvent::EvaluationReported { given, .. } => &given.results,
        CaseEvent::EvaluationConcluded { given, .. } => &given.reasons,
        CaseEvent::TaskProgressed { name, filled, given, .. } => {
            details.push(named(&given.entry, name));
            details.extend(filled.iter().map(field));
            &given.note
        }
        CaseEvent::TaskCompleted { name, filled, given, .. } => {
            details.push(named(&given.result, name));
            details.extend(filled.iter().map(field));
            &given.reason
        }
        CaseEvent::ApprovalRequested { filled, given, .. } => {
            details.extend(filled.iter().map(field));
            &given.reason
        }
        CaseEvent::ApprovalGiven { given, .. } => &given.reason,
        _ => return None,
    };
    Some(Spoken { text, details })
}
