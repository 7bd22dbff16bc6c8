//! Under which law an act was done: what the definition that decided it names for its stage, and for the periods that it
//! moves or waits for. Told to people; nothing is refused for it.

use jiff::civil::Date;

use crate::act::Act;
use crate::condition::Facts;
use crate::definition::{Citation, ClockSpec, Definition, Source};
use crate::event::CaseEvent;
use crate::legal_bases::BasisState;
use crate::verb::Verb;
use crate::words;
use crate::words::{ClockId, Outcome, OverlayId, StageKind, Text};

words! {
    /// For what of an act a definition names an article.
    LawUse {
        /// The stage of the act.
        Stage = "stage",
        /// That the stage may be left out.
        Absence = "absence",
        /// A fact that was stated.
        Fact = "fact",
        /// A special law that was named.
        Overlay = "overlay",
        /// A clock that the act moves or waits for.
        Clock = "clock",
        /// The length of such a clock.
        Parameter = "parameter",
    }
}

/// An article under which an act was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActLaw {
    /// For what.
    pub of: LawUse,
    /// The stage, fact, special law, clock or parameter.
    pub name: String,
    /// The same for people.
    pub text: Text,
    /// The article.
    pub citation: Citation,
}

impl Source {
    /// How it stood on a day, as the definition says.
    pub fn state_on(&self, day: Date) -> BasisState {
        if day < self.in_force_from {
            BasisState::NotYet
        } else if self.repealed_on.is_some_and(|end| day >= end) {
            BasisState::Repealed
        } else {
            BasisState::InForce
        }
    }
}

/// What a definition names for an event of a case that runs under it, in the order of [`LawUse`].
pub fn law_of(def: &Definition, event: &CaseEvent) -> Vec<ActLaw> {
    let mut laws = Vec::new();
    let mut name = |of: LawUse, name: &str, text: &Text, citation: &Citation| {
        let law = ActLaw { of, name: name.to_owned(), text: text.clone(), citation: citation.clone() };
        if !laws.contains(&law) {
            laws.push(law);
        }
    };
    if let Some(spec) = event.stage().and_then(|id| def.stage(id)) {
        name(LawUse::Stage, spec.id.as_str(), &spec.text, &spec.source);
        if let (CaseEvent::AbsenceRecorded { .. }, Some(ground)) = (event, &spec.absent_if) {
            name(LawUse::Absence, spec.id.as_str(), &ground.text, &ground.source);
        }
    }
    let (facts, overlays) = stated(event);
    for spec in def.facts.iter().filter(|spec| facts.is_some_and(|facts| facts.contains_key(&spec.id))) {
        name(LawUse::Fact, spec.id.as_str(), &spec.text, &spec.source);
    }
    let named = |id: &OverlayId| overlays.is_some_and(|overlays| overlays.contains(id));
    for overlay in def.overlays.iter().filter(|overlay| named(&overlay.id)) {
        name(LawUse::Overlay, overlay.id.as_str(), &overlay.text, &overlay.source);
    }
    let clocks = || def.clocks.iter().filter(|clock| concerns(def, clock, event));
    for clock in clocks() {
        name(LawUse::Clock, clock.id.as_str(), &clock.text, &clock.source);
    }
    for parameter in clocks().filter_map(|clock| def.parameters.get(clock.parameter.as_ref()?)) {
        name(LawUse::Parameter, parameter.id.as_str(), &parameter.text, &parameter.source);
    }
    laws
}

/// Facts and special laws that an event states.
fn stated(event: &CaseEvent) -> (Option<&Facts>, Option<&std::collections::BTreeSet<OverlayId>>) {
    match event {
        CaseEvent::CaseOpened { given, .. } => (Some(&given.facts), Some(&given.overlays)),
        CaseEvent::FactsDetermined { given, .. } => (Some(&given.facts), given.overlays.as_ref()),
        _ => (None, None),
    }
}

/// Whether an event is about a clock, or is of an act that moves it or waits for it.
fn concerns(def: &Definition, clock: &ClockSpec, event: &CaseEvent) -> bool {
    let own: Option<&ClockId> = event.clock();
    if own.is_some() {
        return own == Some(&clock.id);
    }
    // An irregularity moves no clock, and broke what its own lines say.
    if matches!(event, CaseEvent::IrregularityRecorded { .. }) {
        return false;
    }
    let Some(verb) = verb_of(event) else { return false };
    let word = event.stage().and_then(|id| def.stage(id)).and_then(|spec| spec.word(event.class()));
    let outcome: Option<Outcome> = match event {
        CaseEvent::DecisionAdopted { given, .. } | CaseEvent::DecisionDeclined { given, .. } => Some(given.outcome),
        _ => None,
    };
    let begins = clock.starts.take(verb, event.stage(), word)
        && (clock.outcomes.is_empty() || outcome.is_some_and(|outcome| clock.outcomes.contains(&outcome)));
    let moves = [&clock.stops, &clock.pauses, &clock.resumes].iter().any(|t| t.take(verb, event.stage(), word));
    begins || moves || clock.guards.take(verb, event.stage(), None)
}

/// The act of an event; none where time or another act brought it about.
#[allow(clippy::too_many_lines)] // one arm an event
pub fn verb_of(event: &CaseEvent) -> Option<Verb> {
    Some(match event {
        CaseEvent::CaseOpened { .. } => Verb::OpenCase,
        // Moving a case is no act of its procedure; coming midway is told by its opening.
        CaseEvent::CaseMigrated { .. } | CaseEvent::CaseOnboarded { .. } => return None,
        CaseEvent::StageReopened { .. } | CaseEvent::StageSentBack { .. } => return None,
        CaseEvent::ClockStarted { .. }
        | CaseEvent::ClockDropped { .. }
        | CaseEvent::ClockElapsed { .. }
        | CaseEvent::ClockDueSoon { .. }
        | CaseEvent::ClockOverdue { .. }
        | CaseEvent::DueDateFixed { .. }
        | CaseEvent::DueDateRecomputed { .. } => return None,
        CaseEvent::ClockPaused { cause, .. }
        | CaseEvent::ClockResumed { cause, .. }
        | CaseEvent::ClockStopped { cause, .. } => *cause,
        CaseEvent::IrregularityRecorded { verb, .. } => *verb,
        // As if its own acts had been done to the end.
        CaseEvent::StageTakenOver { of, .. } => match of {
            StageKind::Initiation => Verb::DecideInitiation,
            StageKind::PublicParticipation => Verb::ReportParticipation,
            StageKind::ExpertReview => Verb::ReportExpertReview,
            StageKind::RiskAssessment => Verb::ReportRisk,
            _ => Verb::TakeOverStage,
        },
        CaseEvent::FactsDetermined { .. } => Verb::DetermineFacts,
        CaseEvent::AbsenceRecorded { .. } => Verb::RecordAbsence,
        CaseEvent::EvidenceReaffirmed { .. } => Verb::ReaffirmEvidence,
        CaseEvent::IrregularityCured { .. } => Verb::CureIrregularity,
        CaseEvent::CaseTerminated { .. } => Verb::TerminateCase,
        CaseEvent::ProposalStudied { .. } => Verb::StudyProposal,
        CaseEvent::InitiationDecided { .. } => Verb::DecideInitiation,
        CaseEvent::DraftVersionAdded { .. } => Verb::AddDraftVersion,
        CaseEvent::FinalTextAdded { .. } => Verb::AddFinalText,
        CaseEvent::DraftingItemRecorded { given, .. } => given.content.item().verb(),
        CaseEvent::SolicitationOpened { .. } => Verb::OpenSolicitation,
        CaseEvent::SolicitationClosed { .. } => Verb::CloseSolicitation,
        CaseEvent::CommentsSettled { .. } => Verb::SettleComments,
        CaseEvent::ParticipationRecorded { .. } => Verb::RecordParticipation,
        CaseEvent::HearingDecided { .. } => Verb::DecideHearing,
        CaseEvent::HearingNoticed { .. } => Verb::NoticeHearing,
        CaseEvent::HearingParticipantsDrawn { .. } => Verb::DrawHearingParticipants,
        CaseEvent::HearingParticipantsPublished { .. } => Verb::PublishHearingParticipants,
        CaseEvent::HearingMaterialsDelivered { .. } => Verb::DeliverHearingMaterials,
        CaseEvent::HearingPostponed { .. } => Verb::PostponeHearing,
        CaseEvent::HearingCancelled { .. } => Verb::CancelHearing,
        CaseEvent::HearingOpened { .. } => Verb::OpenHearing,
        CaseEvent::HearingStatementRecorded { .. } => Verb::RecordHearingStatement,
        CaseEvent::HearingRecordSigned { .. } => Verb::SignHearingRecord,
        CaseEvent::HearingReported { .. } => Verb::ReportHearing,
        CaseEvent::ParticipationReported { .. } => Verb::ReportParticipation,
        CaseEvent::ExpertsAppointed { .. } => Verb::AppointExperts,
        CaseEvent::InterestDeclared { entered: false, .. } => Verb::DeclareInterest,
        CaseEvent::InterestDeclared { entered: true, .. } => Verb::EnterInterestDeclaration,
        CaseEvent::ExpertReleased { .. } => Verb::ReleaseExpert,
        CaseEvent::ExpertMaterialsSent { .. } => Verb::SendExpertMaterials,
        CaseEvent::ExpertOpinionGiven { entered: false, .. } => Verb::GiveExpertOpinion,
        CaseEvent::ExpertOpinionGiven { entered: true, .. } => Verb::EnterExpertOpinion,
        CaseEvent::ExpertReviewReported { .. } => Verb::ReportExpertReview,
        CaseEvent::RiskAssessmentStarted { .. } => Verb::StartRiskAssessment,
        CaseEvent::RiskReported { .. } => Verb::ReportRisk,
        CaseEvent::LegalityReviewRequested { .. } => Verb::SubmitForLegalityReview,
        CaseEvent::LegalitySubmissionReturned { .. } => Verb::ReturnSubmission,
        CaseEvent::SupplementRequested { .. } => Verb::RequestSupplement,
        CaseEvent::SupplementSupplied { .. } => Verb::SupplySupplement,
        CaseEvent::AdviceRecorded { .. } => Verb::RecordAdvice,
        CaseEvent::LegalityConcluded { .. } => Verb::ConcludeLegalityReview,
        CaseEvent::LegalityAnswered { .. } => Verb::RespondToLegalityOpinion,
        CaseEvent::DraftConfirmed { .. } => Verb::ConfirmDraft,
        CaseEvent::ConfirmationRefused { .. } => Verb::RefuseConfirmation,
        CaseEvent::TablingRequested { .. } => Verb::RequestTabling,
        CaseEvent::TablingFileChecked { .. } => Verb::CheckTablingFile,
        CaseEvent::TablingReviewed { .. } => Verb::ReviewTabling,
        CaseEvent::TablingApproved { .. } | CaseEvent::TablingDeclined { .. } => Verb::ApproveTabling,
        CaseEvent::MeetingConvened { .. } => Verb::ConveneMeeting,
        CaseEvent::MeetingPostponed { .. } => Verb::PostponeMeeting,
        CaseEvent::AttendanceTaken { .. } => Verb::RecordAttendance,
        CaseEvent::RiskFound { .. } => Verb::FindRisk,
        CaseEvent::PositionRecorded { .. } => Verb::RecordPosition,
        CaseEvent::DecisionAdopted { .. } => Verb::AdoptDraft,
        CaseEvent::DecisionDeclined { .. } => Verb::DeclineDraft,
        CaseEvent::MeetingRecordSigned { .. } => Verb::SignMeetingRecord,
        CaseEvent::ReportReplied { .. } => Verb::RecordReportReply,
        CaseEvent::DecisionIssued { .. } => Verb::IssueDecision,
        CaseEvent::DecisionPublished { .. } => Verb::PublishDecision,
        CaseEvent::ExplanationPublished { .. } => Verb::PublishExplanation,
        CaseEvent::DisclosureReviewed { .. } => Verb::ReviewDisclosure,
        CaseEvent::PaperOriginalRecorded { .. } => Verb::RecordPaperOriginal,
        CaseEvent::ExecutionReported { .. } => Verb::ReportExecution,
        CaseEvent::ExecutionTroubleReported { .. } => Verb::ReportExecutionTrouble,
        CaseEvent::ExecutionCommentEntered { .. } => Verb::EnterExecutionComment,
        CaseEvent::ExecutionCommentAnswered { .. } => Verb::AnswerExecutionComment,
        CaseEvent::ExecutionSuspended { .. } => Verb::SuspendExecution,
        CaseEvent::ExecutionResumed { .. } => Verb::ResumeExecution,
        CaseEvent::ExecutionAdjusted { .. } => Verb::AdjustExecution,
        CaseEvent::ExecutionTerminated { .. } => Verb::TerminateExecution,
        CaseEvent::ExecutionCompleted { .. } => Verb::CompleteExecution,
        CaseEvent::EvaluationStarted { .. } => Verb::StartEvaluation,
        CaseEvent::EvaluationVoiceRecorded { .. } => Verb::RecordEvaluationVoice,
        CaseEvent::EvaluationReported { .. } => Verb::ReportEvaluation,
        CaseEvent::EvaluationConcluded { .. } => Verb::ConcludeEvaluation,
        CaseEvent::TaskProgressed { .. } => Verb::RecordTaskProgress,
        CaseEvent::TaskCompleted { .. } => Verb::CompleteTask,
        CaseEvent::ApprovalRequested { .. } => Verb::RequestApproval,
        CaseEvent::ApprovalGiven { .. } => Verb::GiveApproval,
        CaseEvent::VolumeChecked { given, .. } => Act::CheckVolume(given.clone()).verb(),
        CaseEvent::VolumeClosed { given, .. } => Act::CloseVolume(given.clone()).verb(),
    })
}
