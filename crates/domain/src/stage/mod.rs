//! Stage kinds: one file each, that knows the shape of its law and not its numbers.
//!
//! Each file has `requires`, the finite lines that [`crate::permits::permits`] asks, and `decide`, the checks of what
//! is given, which may only refuse more, and the events.

mod approval;
mod archiving;
mod collective_deliberation;
mod drafting;
mod expert_review;
mod form;
mod hearing;
mod implementation;
mod initiation;
mod issuance;
mod legality_review;
mod onboarding;
mod post_evaluation;
mod pre_issuance_reporting;
mod public_participation;
mod publication;
mod risk_assessment;
mod tabling;
mod task;
mod whole_case;

pub use archiving::{begun, demanded};
pub use collective_deliberation::take;
pub(crate) use form::form;
pub use issuance::year_differs;
pub(crate) use onboarding::onboarded;
pub use whole_case::reopened_by;
pub(crate) use whole_case::{decide as decide_whole_case, open, requires as whole_case};

use jiff::civil::Date;

use crate::act::Act;
use crate::case::Case;
use crate::check;
use crate::code::Code;
use crate::definition::{Definition, Parameter, StageSpec};
use crate::event::{BrokenRule, CaseEvent};
use crate::file::Draft;
use crate::id::{DraftId, IrregularityId};
use crate::occasion::Occasion;
use crate::permits::{Scene, Verdict};
use crate::rejection::Rejection;
use crate::task::Lead;
use crate::verb::Verb;
use crate::words::{Disclosure, DocumentRef, StageId, StageKind};

/// What a stage's `decide` looks at: the case it is in, and the occasion.
pub(crate) struct Bench<'a> {
    pub def: &'a Definition,
    pub case: &'a Case,
    pub on: &'a Occasion<'a>,
    pub at: usize,
}

impl Bench<'_> {
    pub fn spec(&self) -> &StageSpec {
        &self.def.stages[self.at]
    }

    pub fn stage(&self) -> StageId {
        self.spec().id.clone()
    }

    /// Whether a value may refuse the act: on its day it binds by itself, or because it was confirmed.
    pub fn binds(&self, parameter: &Parameter) -> bool {
        self.def.binds(parameter, self.on.day())
    }

    /// The refusal with the rule by which a value binds.
    pub fn by_value(&self, refused: Rejection, parameter: &Parameter) -> Rejection {
        refused.by_value(self.def, parameter, self.on.day())
    }

    /// The record of an act that broke rules: as it was, without effect.
    pub fn irregularity(&self, broken: Vec<BrokenRule>, act: Act) -> CaseEvent {
        let verb = act.verb();
        CaseEvent::IrregularityRecorded {
            stage: verb.kind().map(|_| self.stage()),
            irregularity: IrregularityId::new(self.on.ids.next()),
            verb,
            broken,
            act: Box::new(act),
        }
    }

    /// The current version, if it is the one that the user saw.
    pub fn current(&self, seen: DraftId) -> Result<&Draft, Rejection> {
        let current = self.case.file.current().ok_or_else(|| Rejection::new(Code::DraftMissing))?;
        if current.id == seen {
            return Ok(current);
        }
        self.known(seen)?;
        Err(Rejection::new(Code::DraftMovedOn).at("draft").given(seen).needed(current.id))
    }

    /// A version of this case.
    pub fn known(&self, seen: DraftId) -> Result<(), Rejection> {
        if self.case.file.drafts.iter().any(|d| d.id == seen) {
            return Ok(());
        }
        Err(Rejection::new(Code::DraftUnknown).at("draft").given(seen))
    }

    /// A version of this case that was there on the day of the act: an earlier day is a slip.
    pub fn there(&self, seen: DraftId) -> Result<(), Rejection> {
        self.known(seen)?;
        let added = self.case.file.drafts.iter().find(|d| d.id == seen).and_then(|d| d.added_on);
        added.map_or(Ok(()), |added| check::not_before("occurred_on", self.on.day(), added))
    }

    /// Opens again the stages to which a result leads back.
    pub fn sent_back(&self, lead: &Lead) -> impl Iterator<Item = CaseEvent> {
        lead.back().filter(|id| **id != self.spec().id).map(|stage| CaseEvent::StageSentBack { stage: stage.clone() })
    }

    /// Each of these may be released: a named review found it to be public (Open Government Information Regulation
    /// art. 17).
    pub fn released(&self, documents: &[DocumentRef]) -> Result<(), Rejection> {
        for (i, document) in documents.iter().enumerate() {
            let found = self.case.file.documents.get(&document.digest).and_then(|d| d.disclosure.as_ref());
            let attribute = found.map(|f| f.attribute);
            if attribute != Some(Disclosure::Public) {
                return Err(Rejection::new(Code::ReleaseNotReviewed)
                    .at(format!("documents.{i}"))
                    .given(attribute.map_or("null", Disclosure::as_str))
                    .needed(Disclosure::Public));
            }
        }
        Ok(())
    }

    /// The day on which an act was last done in this case.
    pub fn done(&self, verb: Verb) -> Option<Date> {
        self.case.file.days.get(&verb).copied()
    }

    /// The act cannot have happened before those that it takes up: such a day is a slip.
    pub fn not_before(&self, earlier: &[Verb]) -> Result<(), Rejection> {
        let earliest = earlier.iter().filter_map(|verb| self.done(*verb)).max();
        earliest.map_or(Ok(()), |earliest| check::not_before("occurred_on", self.on.day(), earliest))
    }

    /// A day may not lie before those of acts that the law puts first: such a day tells of a breach.
    pub fn in_order(path: &str, day: Date, first: impl IntoIterator<Item = Option<Date>>) -> Result<(), Rejection> {
        match first.into_iter().flatten().max() {
            Some(first) if day < first => {
                Err(Rejection::new(Code::OutOfOrder).at(path).given(day).needed(format!("{first}..")))
            }
            _ => Ok(()),
        }
    }
}

/// The finite lines of a verb on a stage.
pub(crate) fn requires(scene: &Scene<'_>, verb: Verb, verdict: &mut Verdict) {
    match scene.stage().kind {
        StageKind::Initiation => initiation::requires(scene, verb, verdict),
        StageKind::Drafting => drafting::requires(scene, verb, verdict),
        StageKind::PublicParticipation => public_participation::requires(scene, verb, verdict),
        StageKind::ExpertReview => expert_review::requires(scene, verb, verdict),
        StageKind::RiskAssessment => risk_assessment::requires(scene, verb, verdict),
        StageKind::LegalityReview => legality_review::requires(scene, verb, verdict),
        StageKind::Tabling => tabling::requires(scene, verb, verdict),
        StageKind::CollectiveDeliberation => collective_deliberation::requires(scene, verb, verdict),
        StageKind::PreIssuanceReporting => pre_issuance_reporting::requires(scene, verb, verdict),
        StageKind::Issuance => issuance::requires(scene, verb, verdict),
        StageKind::Publication => publication::requires(scene, verb, verdict),
        StageKind::Implementation => implementation::requires(scene, verb, verdict),
        StageKind::PostEvaluation => post_evaluation::requires(scene, verb, verdict),
        StageKind::Archiving => archiving::requires(scene, verb, verdict),
        StageKind::Task => task::requires(scene, verb, verdict),
        StageKind::Approval => approval::requires(scene, verb, verdict),
    }
}

/// Data checks and events of an act on a stage.
pub(crate) fn decide(bench: &Bench<'_>, act: Act) -> Result<Vec<CaseEvent>, Rejection> {
    match act {
        Act::StudyProposal(_) | Act::DecideInitiation(_) => initiation::decide(bench, act),
        Act::AddDraftVersion(_) | Act::AddFinalText(_) | Act::RecordDraftingItem(_) => drafting::decide(bench, act),
        Act::OpenSolicitation(_)
        | Act::CloseSolicitation(_)
        | Act::SettleComments(_)
        | Act::RecordParticipation(_)
        | Act::ReportParticipation(_) => public_participation::decide(bench, act),
        Act::DecideHearing(_)
        | Act::NoticeHearing(_)
        | Act::DrawHearingParticipants(_)
        | Act::PublishHearingParticipants(_)
        | Act::DeliverHearingMaterials(_)
        | Act::PostponeHearing(_)
        | Act::CancelHearing(_)
        | Act::OpenHearing(_)
        | Act::RecordHearingStatement(_)
        | Act::SignHearingRecord(_)
        | Act::ReportHearing(_) => hearing::decide(bench, act),
        Act::AppointExperts(_)
        | Act::DeclareInterest(_)
        | Act::EnterInterestDeclaration(_)
        | Act::ReleaseExpert(_)
        | Act::SendExpertMaterials(_)
        | Act::GiveExpertOpinion(_)
        | Act::EnterExpertOpinion(_)
        | Act::ReportExpertReview(_) => expert_review::decide(bench, act),
        Act::StartRiskAssessment(_) | Act::ReportRisk(_) => risk_assessment::decide(bench, act),
        Act::SubmitForLegalityReview(_)
        | Act::ReturnSubmission(_)
        | Act::RequestSupplement(_)
        | Act::SupplySupplement(_)
        | Act::RecordAdvice(_)
        | Act::ConcludeLegalityReview(_)
        | Act::RespondToLegalityOpinion(_)
        | Act::ConfirmDraft(_)
        | Act::RefuseConfirmation(_) => legality_review::decide(bench, act),
        Act::RequestTabling(_) | Act::CheckTablingFile(_) | Act::ReviewTabling(_) | Act::ApproveTabling(_) => {
            tabling::decide(bench, act)
        }
        Act::ConveneMeeting(_)
        | Act::PostponeMeeting(_)
        | Act::RecordAttendance(_)
        | Act::FindRisk(_)
        | Act::RecordPosition(_)
        | Act::RecordHeadDecision(_)
        | Act::SignMeetingRecord(_) => collective_deliberation::decide(bench, act),
        Act::RecordReportReply(_) => pre_issuance_reporting::decide(bench, act),
        Act::IssueDecision(_) => issuance::decide(bench, act),
        Act::PublishDecision(_) | Act::PublishExplanation(_) => publication::decide(bench, act),
        Act::ReportExecution(_)
        | Act::ReportExecutionTrouble(_)
        | Act::EnterExecutionComment(_)
        | Act::AnswerExecutionComment(_)
        | Act::SuspendExecution(_)
        | Act::ResumeExecution(_)
        | Act::AdjustExecution(_)
        | Act::TerminateExecution(_)
        | Act::CompleteExecution(_) => implementation::decide(bench, act),
        Act::StartEvaluation(_)
        | Act::RecordEvaluationVoice(_)
        | Act::ReportEvaluation(_)
        | Act::ConcludeEvaluation(_) => post_evaluation::decide(bench, act),
        Act::CheckVolume(_) | Act::CloseVolume(_) => archiving::decide(bench, act),
        Act::RecordTaskProgress(_) | Act::CompleteTask(_) => task::decide(bench, act),
        Act::RequestApproval(_) | Act::GiveApproval(_) => approval::decide(bench, act),
        Act::DetermineFacts(_)
        | Act::RecordAbsence(_)
        | Act::ReaffirmEvidence(_)
        | Act::CureIrregularity(_)
        | Act::ReviewDisclosure(_)
        | Act::RecordPaperOriginal(_)
        | Act::TerminateCase(_) => decide_whole_case(bench, act),
        Act::TakeOverStage(given) => onboarding::decide(bench, given),
    }
}

/// A stage was given an act of another kind: an error of the program.
pub(crate) fn misplaced(act: &Act) -> Rejection {
    Rejection::new(Code::StageUnknown).given(act.verb())
}
