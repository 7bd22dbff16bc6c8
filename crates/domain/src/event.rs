//! What happened in a case: past facts, each with what was given and what followed from it.
//!
//! An event carries results, not ingredients: the due date, not "30 days"; so replay needs no calendar and no
//! definition. The serde form of [`CaseEvent`] is what is stored, exported and archived.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::act;
use crate::act::Act;
use crate::code::Code;
use crate::condition::Facts;
use crate::control::EventClass;
use crate::drafting::DraftingFile;
use crate::hearing::{Composition, SeatsDrawn, TwoHats, acts as hearing};
use crate::id::{ConsultationId, Digest, DraftId, HearingId, IrregularityId, MeetingId, UnitId};
use crate::migration::MigrateCase;
use crate::task::{ApprovalAnswer, ApprovalStanding, Filled, LeadKind};
use crate::time::{Due, Run};
use crate::verb::Verb;
use crate::words::{
    ClockId, CriterionId, DocumentRef, DraftChange, Majority, Retention, RoleId, StageId, StageKind, Text, Volume,
};

/// Which definition a case runs under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinitionRef {
    /// Its name.
    pub name: StageId,
    /// Its version.
    pub version: u32,
    /// SHA-256 of its file.
    pub hash: Digest,
}

/// A stage by name and kind, copied into the opening event so that replay needs no definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageRef {
    /// Its name.
    pub id: StageId,
    /// Its kind.
    pub kind: StageKind,
    /// The volume in which it is filed, where the definition names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume: Option<Volume>,
}

impl StageRef {
    /// The volume in which its events are filed; `None` for archiving, whose events are filed in the volume that they name.
    pub const fn volume(&self) -> Option<Volume> {
        match self.volume {
            Some(volume) => Some(volume),
            None => self.kind.volume(),
        }
    }
}

/// A rule that an irregular act broke.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokenRule {
    /// The refusal it would have met.
    pub code: Code,
    /// The criterion of the definition, where it is one.
    pub criterion: Option<CriterionId>,
    /// The clock, where it is one.
    pub clock: Option<ClockId>,
}

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $kind:literal { $($field:ident: $type:ty,)* })*) => {
        /// One event of a case.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "kind", deny_unknown_fields)]
        #[allow(missing_docs)] // fields repeat the names of the types that document them
        pub enum CaseEvent {
            $($(#[$doc])* #[serde(rename = $kind)] $name { $($field: $type,)* },)*
        }

        impl CaseEvent {
            /// Every kind of event, as stored.
            pub const KINDS: &'static [&'static str] = &[$($kind),*];

            /// The kind, as stored.
            pub const fn kind(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $kind,)*
                }
            }
        }
    };
}

events! {
    /// The case was opened.
    CaseOpened = "case_opened" {
        given: act::OpenCase,
        organ: UnitId,
        definition: DefinitionRef,
        stages: Vec<StageRef>,
        facts: Facts,
    }
    /// The case was moved to another version of its definition. `stages` and `facts` are all of them afterwards, `holders`
    /// those of running clocks that another role holds there.
    CaseMigrated = "case_migrated" {
        given: MigrateCase,
        from: DefinitionRef,
        to: DefinitionRef,
        stages: Vec<StageRef>,
        facts: Facts,
        holders: BTreeMap<ClockId, RoleId>,
    }
    /// The case was under way elsewhere before it came here, on this day.
    CaseOnboarded = "case_onboarded" { given: act::OnboardedMatter, onboarded_on: Date, }
    /// A stage was taken over: a late record. `of` is its kind, so that replay needs no definition.
    StageTakenOver = "stage_taken_over" { stage: StageId, of: StageKind, given: act::TakeOverStage, }
    /// Facts were determined; `facts` are all facts afterwards.
    FactsDetermined = "facts_determined" { given: act::DetermineFacts, facts: Facts, }
    /// A stage recorded as not running must run after all, because facts changed.
    StageReopened = "stage_reopened" { stage: StageId, }
    /// A stage does not run.
    AbsenceRecorded = "absence_recorded" { stage: StageId, given: act::RecordAbsence, }
    /// Earlier evidence holds for the current version.
    EvidenceReaffirmed = "evidence_reaffirmed" { stage: StageId, given: act::ReaffirmEvidence, }
    /// An act that broke a rule, recorded as it was, without effect.
    IrregularityRecorded = "irregularity_recorded" {
        stage: Option<StageId>,
        irregularity: IrregularityId,
        verb: Verb,
        broken: Vec<BrokenRule>,
        act: Box<Act>,
    }
    /// An irregularity was cured.
    IrregularityCured = "irregularity_cured" { given: act::CureIrregularity, left_open: u32, }
    /// The case was ended.
    CaseTerminated = "case_terminated" { given: act::TerminateCase, }
    /// The proposal was studied.
    ProposalStudied = "proposal_studied" { stage: StageId, given: act::StudyProposal, }
    /// The organ decided on beginning.
    InitiationDecided = "initiation_decided" { stage: StageId, given: act::DecideInitiation, }
    /// A version of the draft came.
    DraftVersionAdded = "draft_version_added" {
        stage: StageId,
        draft: DraftId,
        number: u32,
        given: act::AddDraftVersion,
    }
    /// The text that carries out the decision came.
    FinalTextAdded = "final_text_added" { stage: StageId, draft: DraftId, number: u32, given: act::AddFinalText, }
    /// An item of drafting was answered for.
    DraftingItemRecorded = "drafting_item_recorded" { stage: StageId, given: act::RecordDraftingItem, }
    /// The solicitation opened.
    SolicitationOpened = "solicitation_opened" {
        stage: StageId,
        consultation: ConsultationId,
        given: act::OpenSolicitation,
    }
    /// The solicitation closed.
    SolicitationClosed = "solicitation_closed" { stage: StageId, given: act::CloseSolicitation, }
    /// All comments are answered.
    CommentsSettled = "comments_settled" { stage: StageId, given: act::SettleComments, }
    /// A form of participation was held; `in_time` says whether materials came as long before as is advised, where they
    /// came before and the definition says how long.
    ParticipationRecorded = "participation_recorded" {
        stage: StageId,
        given: act::RecordParticipation,
        in_time: Option<bool>,
    }
    /// It was decided whether a hearing is held.
    HearingDecided = "hearing_decided" { stage: StageId, given: hearing::DecideHearing, }
    /// A hearing was announced; `in_time` says whether as long before as the definition names, where it does.
    HearingNoticed = "hearing_noticed" {
        stage: StageId,
        hearing: HearingId,
        given: hearing::NoticeHearing,
        in_time: Option<bool>,
    }
    /// Participants were drawn; `seed` is that of the draw, `drawn` all lots by group.
    HearingParticipantsDrawn = "hearing_participants_drawn" {
        stage: StageId,
        hearing: HearingId,
        given: hearing::DrawHearingParticipants,
        seed: String,
        drawn: Vec<SeatsDrawn>,
    }
    /// The list was published; `hats` are those who wear more than one.
    HearingParticipantsPublished = "hearing_participants_published" {
        stage: StageId,
        hearing: HearingId,
        given: hearing::PublishHearingParticipants,
        composition: Composition,
        in_time: Option<bool>,
        hats: Vec<TwoHats>,
    }
    /// Materials were delivered to those named in `to`.
    HearingMaterialsDelivered = "hearing_materials_delivered" {
        stage: StageId,
        hearing: HearingId,
        given: hearing::DeliverHearingMaterials,
        to: Vec<String>,
        in_time: Option<bool>,
    }
    /// The hearing was put off.
    HearingPostponed = "hearing_postponed" { stage: StageId, hearing: HearingId, given: hearing::PostponeHearing, }
    /// It was cancelled, or set aside.
    HearingCancelled = "hearing_cancelled" { stage: StageId, hearing: HearingId, given: hearing::CancelHearing, }
    /// It was opened; `present` take part, and `least` is the number that the definition names.
    HearingOpened = "hearing_opened" {
        stage: StageId,
        hearing: HearingId,
        given: hearing::OpenHearing,
        present: u32,
        least: Option<u32>,
    }
    /// Somebody spoke.
    HearingStatementRecorded = "hearing_statement_recorded" {
        stage: StageId,
        hearing: HearingId,
        given: hearing::RecordHearingStatement,
    }
    /// The record was signed: the hearing was held.
    HearingRecordSigned = "hearing_record_signed" {
        stage: StageId,
        hearing: HearingId,
        given: hearing::SignHearingRecord,
    }
    /// It was reported on; `current` says whether on the current draft.
    HearingReported = "hearing_reported" {
        stage: StageId,
        hearing: HearingId,
        given: hearing::ReportHearing,
        current: bool,
    }
    /// Participation was reported on.
    ParticipationReported = "participation_reported" { stage: StageId, given: act::ReportParticipation, }
    /// Experts were appointed, to a review that runs or `anew`. `appointed` are their codes; `seed` is the one of the draw. `least` is the number that the
    /// definition asks for and `in_house_most` the most of the undertaking unit; both may advise only.
    ExpertsAppointed = "experts_appointed" {
        stage: StageId,
        given: act::AppointExperts,
        anew: bool,
        appointed: Vec<String>,
        seed: Option<String>,
        experts: u32,
        least: Option<u32>,
        in_house: u32,
        in_house_most: Option<u32>,
    }
    /// An expert declared whether they have an interest; `entered` where it came on paper.
    InterestDeclared = "interest_declared" {
        stage: StageId,
        expert: String,
        entered: bool,
        given: act::DeclareInterest,
        complete: bool,
    }
    /// An expert was released.
    ExpertReleased = "expert_released" { stage: StageId, given: act::ReleaseExpert, complete: bool, }
    /// The experts were sent what they are to review.
    ExpertMaterialsSent = "expert_materials_sent" { stage: StageId, given: act::SendExpertMaterials, }
    /// An expert gave their opinion; `entered` where it came on paper.
    ExpertOpinionGiven = "expert_opinion_given" {
        stage: StageId,
        expert: String,
        entered: bool,
        given: act::GiveExpertOpinion,
        complete: bool,
    }
    /// The expert review was reported on.
    ExpertReviewReported = "expert_review_reported" { stage: StageId, given: act::ReportExpertReview, }
    /// The risk assessment began.
    RiskAssessmentStarted = "risk_assessment_started" { stage: StageId, given: act::StartRiskAssessment, }
    /// The risk assessment was reported.
    RiskReported = "risk_reported" { stage: StageId, given: act::ReportRisk, }
    /// The draft was submitted for review.
    LegalityReviewRequested = "legality_review_requested" {
        stage: StageId,
        round: u32,
        given: act::SubmitForLegalityReview,
    }
    /// The submission was returned.
    LegalitySubmissionReturned = "legality_submission_returned" { stage: StageId, given: act::ReturnSubmission, }
    /// A supplement was asked for.
    SupplementRequested = "supplement_requested" { stage: StageId, given: act::RequestSupplement, }
    /// The supplement came.
    SupplementSupplied = "supplement_supplied" { stage: StageId, given: act::SupplySupplement, }
    /// Advice was recorded, or why there is none; `entered` where somebody other than the adviser entered it, `complete`
    /// where every part is answered for in this round.
    AdviceRecorded = "advice_recorded" { stage: StageId, entered: bool, given: act::RecordAdvice, complete: bool, }
    /// The review was concluded.
    LegalityConcluded = "legality_concluded" { stage: StageId, given: act::ConcludeLegalityReview, }
    /// The unit responded.
    LegalityAnswered = "legality_answered" { stage: StageId, given: act::RespondToLegalityOpinion, }
    /// The version was confirmed against the one named.
    DraftConfirmed = "draft_confirmed" { stage: StageId, against: DraftId, given: act::ConfirmDraft, }
    /// Confirmation was refused.
    ConfirmationRefused = "confirmation_refused" { stage: StageId, given: act::RefuseConfirmation, }
    /// Tabling was asked for. Adopts no draft, but stands behind the same wall. What drafting left disputed, its
    /// alternatives and the fair-competition status are copied by value: nobody can leave them out (R713 arts. 13, 29).
    TablingRequested = "tabling_requested" { stage: StageId, given: act::RequestTabling, drafting: DraftingFile, }
    /// The file was checked.
    TablingFileChecked = "tabling_file_checked" { stage: StageId, given: act::CheckTablingFile, }
    /// The deputy reviewed it.
    TablingReviewed = "tabling_reviewed" { stage: StageId, given: act::ReviewTabling, }
    /// The head approved tabling of this draft.
    TablingApproved = "tabling_approved" { stage: StageId, draft: DraftId, given: act::ApproveTabling, }
    /// The head declined tabling.
    TablingDeclined = "tabling_declined" { stage: StageId, given: act::ApproveTabling, }
    /// The meeting was called.
    MeetingConvened = "meeting_convened" { stage: StageId, given: act::ConveneMeeting, }
    /// The meeting that was called was put off.
    MeetingPostponed = "meeting_postponed" { stage: StageId, meeting: MeetingId, given: act::PostponeMeeting, }
    /// Attendance was taken; `needed` members make the quorum.
    AttendanceTaken = "attendance_taken" {
        stage: StageId,
        meeting: MeetingId,
        given: act::RecordAttendance,
        needed: u32,
        quorum: bool,
    }
    /// The organ found on the risk.
    RiskFound = "risk_found" { stage: StageId, given: act::FindRisk, }
    /// A member took a position.
    PositionRecorded = "position_recorded" {
        stage: StageId,
        meeting: MeetingId,
        given: act::RecordPosition,
        complete: bool,
        majority: Majority,
    }
    /// The head decided to adopt this draft; attendance and positions are copied by value.
    DecisionAdopted = "decision_adopted" {
        stage: StageId,
        meeting: MeetingId,
        draft: DraftId,
        given: act::RecordHeadDecision,
        members: Vec<act::Member>,
        attendance: act::RecordAttendance,
        positions: Vec<act::RecordPosition>,
        majority: Majority,
        against_majority: bool,
    }
    /// The head decided otherwise.
    DecisionDeclined = "decision_declined" {
        stage: StageId,
        meeting: MeetingId,
        draft: DraftId,
        given: act::RecordHeadDecision,
        members: Vec<act::Member>,
        attendance: act::RecordAttendance,
        positions: Vec<act::RecordPosition>,
        majority: Majority,
        against_majority: bool,
    }
    /// The record of the meeting was signed.
    MeetingRecordSigned = "meeting_record_signed" {
        stage: StageId,
        meeting: MeetingId,
        given: act::SignMeetingRecord,
    }
    /// The body asked before issuance replied.
    ReportReplied = "report_replied" { stage: StageId, given: act::RecordReportReply, }
    /// The decision was issued.
    DecisionIssued = "decision_issued" { stage: StageId, given: act::IssueDecision, }
    /// The decision was published.
    DecisionPublished = "decision_published" { stage: StageId, given: act::PublishDecision, }
    /// An explanation was published.
    ExplanationPublished = "explanation_published" { stage: StageId, given: act::PublishExplanation, }
    /// Documents were reviewed for release. What is not published is looked at again on `again_on`; `next_on` is the first
    /// such day of all documents of the case.
    DisclosureReviewed = "disclosure_reviewed" {
        given: act::ReviewDisclosure,
        again_on: Option<Date>,
        next_on: Option<Date>,
    }
    /// It is known where a paper original lies.
    PaperOriginalRecorded = "paper_original_recorded" { given: act::RecordPaperOriginal, }
    /// Progress of execution was reported.
    ExecutionReported = "execution_reported" { stage: StageId, given: act::ReportExecution, }
    /// Something that stands in the way of the decision's aim was reported.
    ExecutionTroubleReported = "execution_trouble_reported" { stage: StageId, given: act::ReportExecutionTrouble, }
    /// A comment on the execution came.
    ExecutionCommentEntered = "execution_comment_entered" {
        stage: StageId,
        number: u32,
        given: act::EnterExecutionComment,
    }
    /// It was answered.
    ExecutionCommentAnswered = "execution_comment_answered" {
        stage: StageId,
        given: act::AnswerExecutionComment,
        left_open: u32,
    }
    /// The head suspended the execution.
    ExecutionSuspended = "execution_suspended" { stage: StageId, given: act::SuspendExecution, }
    /// It goes on.
    ExecutionResumed = "execution_resumed" { stage: StageId, given: act::ResumeExecution, }
    /// Another decision took the place of this one.
    ExecutionAdjusted = "execution_adjusted" { stage: StageId, given: act::AdjustExecution, }
    /// The meeting ended the execution.
    ExecutionTerminated = "execution_terminated" { stage: StageId, given: act::TerminateExecution, }
    /// The execution is complete.
    ExecutionCompleted = "execution_completed" { stage: StageId, given: act::CompleteExecution, }
    /// An evaluation started.
    EvaluationStarted = "evaluation_started" { stage: StageId, given: act::StartEvaluation, }
    /// A voice was heard, or why not; `complete` where every voice is answered for.
    EvaluationVoiceRecorded = "evaluation_voice_recorded" {
        stage: StageId,
        given: act::RecordEvaluationVoice,
        complete: bool,
    }
    /// The evaluation was reported.
    EvaluationReported = "evaluation_reported" { stage: StageId, given: act::ReportEvaluation, }
    /// The organ concluded from it.
    EvaluationConcluded = "evaluation_concluded" { stage: StageId, given: act::ConcludeEvaluation, }
    /// Something was recorded in a task under way; `place` is that of the entry in the definition, `name` and
    /// `filled` are what people read.
    TaskProgressed = "task_progressed" {
        stage: StageId,
        place: u8,
        name: Text,
        filled: Vec<Filled>,
        given: act::RecordTaskProgress,
    }
    /// A task was completed; `place` is that of the result in the definition, `lead` where it leads.
    TaskCompleted = "task_completed" {
        stage: StageId,
        place: u8,
        lead: LeadKind,
        name: Text,
        filled: Vec<Filled>,
        given: act::CompleteTask,
    }
    /// An approval was asked for.
    ApprovalRequested = "approval_requested" { stage: StageId, filled: Vec<Filled>, given: act::RequestApproval, }
    /// Somebody approved or refused, in this role; `standing` says where it stands now, `lead` where a refusal leads.
    ApprovalGiven = "approval_given" {
        stage: StageId,
        role: RoleId,
        standing: ApprovalStanding,
        lead: LeadKind,
        given: act::GiveApproval,
    }
    /// A stage is open again, because the result of another led back to it.
    StageSentBack = "stage_sent_back" { stage: StageId, }
    /// The volume was checked.
    VolumeChecked = "volume_checked" { stage: StageId, given: act::CheckVolume, }
    /// The volume was closed: the last event of its volume.
    VolumeClosed = "volume_closed" {
        stage: StageId,
        given: act::CloseVolume,
        count: u64,
        root: Digest,
        retention: Retention,
        transfer_on: Option<Date>,
    }
    /// A clock started, or started anew. All that becomes of it is filed in the volume that it names.
    ClockStarted = "clock_started" { clock: ClockId, run: Run, holder: RoleId, volume: Volume, }
    /// A clock paused.
    ClockPaused = "clock_paused" { clock: ClockId, run: Run, cause: Verb, }
    /// A clock resumed with a new due date.
    ClockResumed = "clock_resumed" { clock: ClockId, run: Run, cause: Verb, }
    /// A clock stopped because what it waited for was done.
    ClockStopped = "clock_stopped" { clock: ClockId, cause: Verb, overdue: bool, }
    /// A clock stopped because the version of the definition that the case was moved to does not have it.
    ClockDropped = "clock_dropped" { clock: ClockId, overdue: bool, }
    /// A floor or guaranteed period ran out: what waited for it may go on.
    ClockElapsed = "clock_elapsed" { clock: ClockId, due_on: Date, }
    /// The last day of a clock is near, and the act is not done.
    ClockDueSoon = "clock_due_soon" { clock: ClockId, due_on: Date, holder: RoleId, }
    /// A cap passed without the act: inaction is on the record.
    ClockOverdue = "clock_overdue" { clock: ClockId, due_on: Date, holder: RoleId, }
    /// The due date of a clock became known when calendar data was loaded.
    DueDateFixed = "due_date_fixed" { clock: ClockId, run: Run, }
    /// The due date of a clock moved with an amended calendar.
    DueDateRecomputed = "due_date_recomputed" { clock: ClockId, run: Run, from: Option<Due>, }
}

impl CaseEvent {
    /// The stage it belongs to.
    pub const fn stage(&self) -> Option<&StageId> {
        match self {
            Self::CaseOpened { .. }
            | Self::CaseMigrated { .. }
            | Self::FactsDetermined { .. }
            | Self::CaseOnboarded { .. }
            | Self::IrregularityCured { .. }
            | Self::CaseTerminated { .. }
            | Self::DisclosureReviewed { .. }
            | Self::PaperOriginalRecorded { .. }
            | Self::ClockStarted { .. }
            | Self::ClockPaused { .. }
            | Self::ClockResumed { .. }
            | Self::ClockStopped { .. }
            | Self::ClockDropped { .. }
            | Self::ClockElapsed { .. }
            | Self::ClockDueSoon { .. }
            | Self::ClockOverdue { .. }
            | Self::DueDateFixed { .. }
            | Self::DueDateRecomputed { .. } => None,
            Self::IrregularityRecorded { stage, .. } => stage.as_ref(),
            Self::StageReopened { stage }
            | Self::AbsenceRecorded { stage, .. }
            | Self::StageTakenOver { stage, .. }
            | Self::EvidenceReaffirmed { stage, .. }
            | Self::ProposalStudied { stage, .. }
            | Self::InitiationDecided { stage, .. }
            | Self::DraftVersionAdded { stage, .. }
            | Self::FinalTextAdded { stage, .. }
            | Self::DraftingItemRecorded { stage, .. }
            | Self::SolicitationOpened { stage, .. }
            | Self::SolicitationClosed { stage, .. }
            | Self::CommentsSettled { stage, .. }
            | Self::ParticipationRecorded { stage, .. }
            | Self::HearingDecided { stage, .. }
            | Self::HearingNoticed { stage, .. }
            | Self::HearingParticipantsDrawn { stage, .. }
            | Self::HearingParticipantsPublished { stage, .. }
            | Self::HearingMaterialsDelivered { stage, .. }
            | Self::HearingPostponed { stage, .. }
            | Self::HearingCancelled { stage, .. }
            | Self::HearingOpened { stage, .. }
            | Self::HearingStatementRecorded { stage, .. }
            | Self::HearingRecordSigned { stage, .. }
            | Self::HearingReported { stage, .. }
            | Self::ParticipationReported { stage, .. }
            | Self::ExpertsAppointed { stage, .. }
            | Self::InterestDeclared { stage, .. }
            | Self::ExpertReleased { stage, .. }
            | Self::ExpertMaterialsSent { stage, .. }
            | Self::ExpertOpinionGiven { stage, .. }
            | Self::ExpertReviewReported { stage, .. }
            | Self::RiskAssessmentStarted { stage, .. }
            | Self::RiskReported { stage, .. }
            | Self::LegalityReviewRequested { stage, .. }
            | Self::LegalitySubmissionReturned { stage, .. }
            | Self::SupplementRequested { stage, .. }
            | Self::SupplementSupplied { stage, .. }
            | Self::AdviceRecorded { stage, .. }
            | Self::LegalityConcluded { stage, .. }
            | Self::LegalityAnswered { stage, .. }
            | Self::DraftConfirmed { stage, .. }
            | Self::ConfirmationRefused { stage, .. }
            | Self::TablingRequested { stage, .. }
            | Self::TablingFileChecked { stage, .. }
            | Self::TablingReviewed { stage, .. }
            | Self::TablingApproved { stage, .. }
            | Self::TablingDeclined { stage, .. }
            | Self::MeetingConvened { stage, .. }
            | Self::MeetingPostponed { stage, .. }
            | Self::AttendanceTaken { stage, .. }
            | Self::RiskFound { stage, .. }
            | Self::PositionRecorded { stage, .. }
            | Self::DecisionAdopted { stage, .. }
            | Self::DecisionDeclined { stage, .. }
            | Self::MeetingRecordSigned { stage, .. }
            | Self::ReportReplied { stage, .. }
            | Self::DecisionIssued { stage, .. }
            | Self::DecisionPublished { stage, .. }
            | Self::ExplanationPublished { stage, .. }
            | Self::ExecutionReported { stage, .. }
            | Self::ExecutionTroubleReported { stage, .. }
            | Self::ExecutionCommentEntered { stage, .. }
            | Self::ExecutionCommentAnswered { stage, .. }
            | Self::ExecutionSuspended { stage, .. }
            | Self::ExecutionResumed { stage, .. }
            | Self::ExecutionAdjusted { stage, .. }
            | Self::ExecutionTerminated { stage, .. }
            | Self::ExecutionCompleted { stage, .. }
            | Self::EvaluationStarted { stage, .. }
            | Self::EvaluationVoiceRecorded { stage, .. }
            | Self::EvaluationReported { stage, .. }
            | Self::EvaluationConcluded { stage, .. }
            | Self::TaskProgressed { stage, .. }
            | Self::TaskCompleted { stage, .. }
            | Self::ApprovalRequested { stage, .. }
            | Self::ApprovalGiven { stage, .. }
            | Self::StageSentBack { stage }
            | Self::VolumeChecked { stage, .. }
            | Self::VolumeClosed { stage, .. } => Some(stage),
        }
    }

    /// What it is to the control.
    pub fn class(&self) -> EventClass {
        match self {
            Self::CaseOpened { .. }
            | Self::CaseMigrated { .. }
            | Self::FactsDetermined { .. }
            | Self::ClockStarted { .. }
            | Self::ClockPaused { .. }
            | Self::ClockResumed { .. }
            | Self::ClockStopped { .. }
            | Self::ClockDropped { .. }
            | Self::ClockElapsed { .. }
            | Self::ClockDueSoon { .. }
            | Self::ClockOverdue { .. }
            | Self::DueDateFixed { .. }
            | Self::DueDateRecomputed { .. }
            | Self::HearingDecided { .. }
            | Self::HearingParticipantsDrawn { .. }
            | Self::HearingParticipantsPublished { .. }
            | Self::HearingMaterialsDelivered { .. }
            | Self::HearingPostponed { .. }
            | Self::HearingOpened { .. }
            | Self::HearingStatementRecorded { .. }
            | Self::HearingRecordSigned { .. }
            | Self::ExecutionReported { .. }
            | Self::ExplanationPublished { .. }
            | Self::ExecutionTroubleReported { .. } => EventClass::Neutral,
            Self::DisclosureReviewed { .. } | Self::PaperOriginalRecorded { .. } => EventClass::DocumentAnnotated,
            Self::CaseOnboarded { .. } => EventClass::Onboarded,
            Self::StageTakenOver { of, given, .. } => EventClass::StageTakenOver { of: *of, level: given.level },
            Self::StageReopened { .. } => EventClass::StageReopened,
            Self::AbsenceRecorded { .. } => EventClass::AbsenceRecorded,
            Self::EvidenceReaffirmed { .. } => EventClass::EvidenceReaffirmed,
            Self::IrregularityRecorded { .. } => EventClass::IrregularityRecorded,
            Self::IrregularityCured { left_open, .. } => EventClass::IrregularityCured { none_left: *left_open == 0 },
            Self::CaseTerminated { .. } => EventClass::CaseTerminated,
            Self::ProposalStudied { .. } => EventClass::ProposalStudied,
            Self::InitiationDecided { given, .. } => EventClass::InitiationDecided { start: given.start },
            Self::DraftVersionAdded { given, .. } => EventClass::DraftVersionAdded(given.change),
            Self::FinalTextAdded { .. } => EventClass::DraftVersionAdded(DraftChange::CarriesOutDecision),
            Self::DraftingItemRecorded { given, .. } => {
                let content = &given.content;
                EventClass::DraftingItemRecorded { item: content.item(), in_order: content.in_order() }
            }
            Self::SolicitationOpened { .. } => EventClass::SolicitationOpened,
            Self::SolicitationClosed { given, .. } => EventClass::SolicitationClosed { zero: given.received == 0 },
            Self::CommentsSettled { .. } => EventClass::CommentsAnswered,
            Self::ParticipationRecorded { given, .. } => {
                EventClass::ParticipationRecorded { groups: !given.groups.is_empty() }
            }
            Self::HearingNoticed { .. } => EventClass::HearingNoticed,
            Self::HearingCancelled { .. } => EventClass::HearingCancelled,
            Self::HearingReported { current, .. } => EventClass::HearingReported { current: *current },
            Self::ParticipationReported { .. } => EventClass::ParticipationReported,
            Self::ExpertsAppointed { .. } => EventClass::ExpertsAppointed,
            Self::InterestDeclared { complete, .. }
            | Self::ExpertReleased { complete, .. }
            | Self::ExpertOpinionGiven { complete, .. } => EventClass::ExpertsHeard { complete: *complete },
            Self::ExpertMaterialsSent { .. } => EventClass::ExpertsInformed,
            Self::ExpertReviewReported { .. } => EventClass::ExpertReviewReported,
            Self::RiskAssessmentStarted { .. } => EventClass::RiskAssessmentStarted,
            Self::RiskReported { given, .. } => EventClass::RiskReported { level: given.level },
            Self::LegalityReviewRequested { .. } => EventClass::LegalitySubmitted,
            Self::LegalitySubmissionReturned { .. } => EventClass::LegalityReturned,
            Self::SupplementRequested { .. } => EventClass::SupplementRequested,
            Self::SupplementSupplied { .. } => EventClass::SupplementSupplied,
            Self::AdviceRecorded { complete, .. } => EventClass::AdviceRecorded { complete: *complete },
            Self::LegalityConcluded { given, .. } => EventClass::LegalityConcluded(given.conclusion),
            Self::LegalityAnswered { .. } => EventClass::LegalityAnswered,
            Self::DraftConfirmed { .. } => EventClass::DraftConfirmed,
            Self::ConfirmationRefused { .. } => EventClass::ConfirmationRefused,
            Self::TablingRequested { .. } => EventClass::TablingRequested,
            Self::TablingFileChecked { given, .. } => EventClass::TablingChecked { complete: given.complete },
            Self::TablingReviewed { given, .. } => EventClass::TablingReviewed { agreed: given.agrees },
            Self::TablingApproved { .. } => EventClass::TablingApproved,
            Self::TablingDeclined { .. } => EventClass::TablingDeclined,
            Self::MeetingConvened { .. } => EventClass::MeetingConvened,
            Self::MeetingPostponed { .. } => EventClass::MeetingPostponed,
            Self::AttendanceTaken { quorum, .. } => EventClass::AttendanceTaken { quorum: *quorum },
            Self::RiskFound { given, .. } => EventClass::RiskFound { controllable: given.controllable },
            Self::PositionRecorded { complete, majority, .. } => {
                EventClass::PositionRecorded { complete: *complete, majority: *majority }
            }
            Self::DecisionAdopted { given, .. } | Self::DecisionDeclined { given, .. } => {
                EventClass::HeadDecided(given.outcome)
            }
            Self::MeetingRecordSigned { .. } => EventClass::MeetingRecordSigned,
            Self::ReportReplied { given, .. } => EventClass::ReportReplied(given.reply),
            Self::DecisionIssued { .. } => EventClass::DecisionIssued,
            Self::DecisionPublished { .. } => EventClass::DecisionPublished,
            Self::ExecutionCommentEntered { .. } => EventClass::ExecutionCommentEntered,
            Self::ExecutionCommentAnswered { left_open, .. } => {
                EventClass::ExecutionCommentAnswered { none_left: *left_open == 0 }
            }
            Self::ExecutionSuspended { .. } => EventClass::ExecutionSuspended,
            Self::ExecutionResumed { .. } => EventClass::ExecutionResumed,
            Self::ExecutionAdjusted { .. } => EventClass::ExecutionAdjusted,
            Self::ExecutionTerminated { .. } => EventClass::ExecutionTerminated,
            Self::ExecutionCompleted { .. } => EventClass::ExecutionCompleted,
            Self::EvaluationStarted { .. } => EventClass::EvaluationStarted,
            Self::EvaluationVoiceRecorded { complete, .. } => EventClass::EvaluationHeard { complete: *complete },
            Self::EvaluationReported { .. } => EventClass::EvaluationReported,
            Self::EvaluationConcluded { given, .. } => EventClass::EvaluationConcluded(given.conclusion),
            Self::VolumeChecked { given, .. } => {
                EventClass::VolumeChecked { volume: given.volume, complete: given.complete }
            }
            Self::VolumeClosed { given, .. } => EventClass::VolumeClosed(given.volume),
            Self::TaskProgressed { place, .. } => EventClass::TaskProgressed { entry: *place },
            Self::TaskCompleted { place, lead, .. } => EventClass::TaskCompleted { result: *place, lead: *lead },
            Self::ApprovalRequested { .. } => EventClass::ApprovalRequested,
            Self::ApprovalGiven { standing, lead, .. } => {
                EventClass::ApprovalGiven { standing: *standing, lead: *lead }
            }
            Self::StageSentBack { .. } => EventClass::StageSentBack,
        }
    }

    /// The draft version it is about.
    pub const fn draft(&self) -> Option<DraftId> {
        match self {
            Self::DraftVersionAdded { draft, .. }
            | Self::FinalTextAdded { draft, .. }
            | Self::TablingApproved { draft, .. }
            | Self::DecisionAdopted { draft, .. }
            | Self::DecisionDeclined { draft, .. } => Some(*draft),
            Self::EvidenceReaffirmed { given, .. } => Some(given.draft),
            Self::DraftingItemRecorded { given, .. } => Some(given.draft),
            Self::SolicitationOpened { given, .. } => Some(given.draft),
            Self::ParticipationRecorded { given, .. } => Some(given.draft),
            Self::HearingNoticed { given, .. } => Some(given.draft),
            Self::ExpertsAppointed { given, .. } => Some(given.draft),
            Self::ExpertOpinionGiven { given, .. } => Some(given.draft),
            Self::RiskAssessmentStarted { given, .. } => Some(given.draft),
            Self::LegalityReviewRequested { given, .. } => Some(given.draft),
            Self::LegalityConcluded { given, .. } => Some(given.draft),
            Self::DraftConfirmed { given, .. } => Some(given.draft),
            Self::ConfirmationRefused { given, .. } => Some(given.draft),
            Self::TablingRequested { given, .. } => Some(given.draft),
            Self::DecisionIssued { given, .. } => Some(given.draft),
            _ => None,
        }
    }

    /// The draft version that the event tables, adopts or issues; such an event cannot be stored without a clearance
    /// of that version (R713 art. 25).
    pub const fn adopts_draft(&self) -> Option<DraftId> {
        match self {
            Self::TablingRequested { given, .. } => Some(given.draft),
            Self::TablingApproved { draft, .. } | Self::DecisionAdopted { draft, .. } => Some(*draft),
            Self::DecisionIssued { given, .. } => Some(given.draft),
            _ => None,
        }
    }

    /// Opinion, position, conclusion or outcome in it, as a word.
    pub fn opinion(&self) -> Option<&str> {
        match self {
            Self::TaskProgressed { given, .. } => Some(given.entry.as_str()),
            Self::TaskCompleted { given, .. } => Some(given.result.as_str()),
            Self::ApprovalGiven { given, .. } => {
                let answer = if given.approves { ApprovalAnswer::Approve } else { ApprovalAnswer::Refuse };
                Some(answer.as_str())
            }
            Self::LegalityConcluded { given, .. } => Some(given.conclusion.as_str()),
            Self::PositionRecorded { given, .. } => Some(given.position.as_str()),
            Self::DecisionAdopted { given, .. } | Self::DecisionDeclined { given, .. } => Some(given.outcome.as_str()),
            Self::ReportReplied { given, .. } => Some(given.reply.as_str()),
            Self::DisclosureReviewed { given, .. } => Some(given.attribute.as_str()),
            Self::ExpertOpinionGiven { given, .. } => Some(given.stance.as_str()),
            Self::RiskReported { given, .. } => Some(given.level.as_str()),
            Self::LegalityAnswered { given, .. } => Some(given.uptake.as_str()),
            Self::ExecutionTroubleReported { given, .. } => Some(given.trouble.as_str()),
            Self::ExecutionSuspended { given, .. } => Some(given.trouble.as_str()),
            Self::EvaluationReported { given, .. } => Some(given.proposal.as_str()),
            Self::EvaluationConcluded { given, .. } => Some(given.conclusion.as_str()),
            _ => None,
        }
    }

    /// Documents attached by it.
    pub fn documents(&self) -> &[DocumentRef] {
        match self {
            Self::AbsenceRecorded { given, .. } => &given.documents,
            Self::CaseOnboarded { given, .. } => &given.documents,
            Self::StageTakenOver { given, .. } => &given.documents,
            Self::EvidenceReaffirmed { given, .. } => &given.documents,
            Self::IrregularityRecorded { act, .. } => act.documents(),
            Self::IrregularityCured { given, .. } => &given.documents,
            Self::ProposalStudied { given, .. } => &given.documents,
            Self::DraftVersionAdded { given, .. } => &given.documents,
            Self::FinalTextAdded { given, .. } => &given.documents,
            Self::DraftingItemRecorded { given, .. } => &given.documents,
            Self::SolicitationOpened { given, .. } => &given.documents,
            Self::ParticipationRecorded { given, .. } => &given.documents,
            Self::HearingDecided { given, .. } => &given.documents,
            Self::HearingNoticed { given, .. } => &given.documents,
            Self::HearingParticipantsPublished { given, .. } => &given.documents,
            Self::HearingMaterialsDelivered { given, .. } => &given.documents,
            Self::HearingPostponed { given, .. } => &given.documents,
            Self::HearingCancelled { given, .. } => &given.documents,
            Self::HearingOpened { given, .. } => &given.documents,
            Self::HearingRecordSigned { given, .. } => &given.documents,
            Self::HearingReported { given, .. } => &given.documents,
            Self::ParticipationReported { given, .. } => &given.documents,
            Self::ExpertsAppointed { given, .. } => &given.documents,
            Self::InterestDeclared { given, .. } => &given.documents,
            Self::ExpertMaterialsSent { given, .. } => &given.documents,
            Self::ExpertOpinionGiven { given, .. } => &given.documents,
            Self::ExpertReviewReported { given, .. } => &given.documents,
            Self::RiskAssessmentStarted { given, .. } => &given.documents,
            Self::RiskReported { given, .. } => &given.documents,
            Self::LegalityReviewRequested { given, .. } => &given.documents,
            Self::SupplementSupplied { given, .. } => &given.documents,
            Self::AdviceRecorded { given, .. } => &given.documents,
            Self::LegalityConcluded { given, .. } => &given.documents,
            Self::LegalityAnswered { given, .. } => &given.documents,
            Self::DraftConfirmed { given, .. } => &given.documents,
            Self::TablingRequested { given, .. } => &given.documents,
            Self::MeetingRecordSigned { given, .. } => &given.documents,
            Self::ReportReplied { given, .. } => &given.documents,
            Self::DecisionIssued { given, .. } => &given.documents,
            Self::DecisionPublished { given, .. } => &given.documents,
            Self::ExplanationPublished { given, .. } => &given.documents,
            Self::DisclosureReviewed { given, .. } => &given.documents,
            Self::ExecutionReported { given, .. } => &given.documents,
            Self::ExecutionTroubleReported { given, .. } => &given.documents,
            Self::ExecutionCommentAnswered { given, .. } => &given.documents,
            Self::ExecutionSuspended { given, .. } => &given.documents,
            Self::ExecutionResumed { given, .. } => &given.documents,
            Self::ExecutionTerminated { given, .. } => &given.documents,
            Self::ExecutionCompleted { given, .. } => &given.documents,
            Self::EvaluationStarted { given, .. } => &given.documents,
            Self::EvaluationVoiceRecorded { given, .. } => &given.documents,
            Self::EvaluationReported { given, .. } => &given.documents,
            Self::EvaluationConcluded { given, .. } => &given.documents,
            Self::TaskProgressed { given, .. } => &given.documents,
            Self::TaskCompleted { given, .. } => &given.documents,
            Self::ApprovalRequested { given, .. } => &given.documents,
            Self::ApprovalGiven { given, .. } => &given.documents,
            _ => &[],
        }
    }

    /// The day that the act itself states, from which clocks count; none where that is the day on which it was done.
    pub const fn stated_day(&self) -> Option<Date> {
        match self {
            Self::ExpertMaterialsSent { given, .. } => Some(given.delivered_on),
            Self::HearingMaterialsDelivered { given, .. } => Some(given.delivered_on),
            Self::HearingParticipantsPublished { given, .. } => Some(given.published_on),
            Self::DecisionIssued { given, .. } => Some(given.issued_on),
            Self::DecisionPublished { given, .. } => Some(given.published_on),
            Self::ExplanationPublished { given, .. } => Some(given.published_on),
            _ => None,
        }
    }

    /// The word by which clocks tell acts of one kind on one stage apart: entry or result of a task, where an approval
    /// stands.
    pub fn word(&self) -> Option<&str> {
        match self {
            Self::TaskProgressed { given, .. } => Some(given.entry.as_str()),
            Self::TaskCompleted { given, .. } => Some(given.result.as_str()),
            Self::ApprovalGiven { standing, .. } => Some(standing.as_str()),
            _ => None,
        }
    }

    /// The clock it is about.
    pub const fn clock(&self) -> Option<&ClockId> {
        match self {
            Self::ClockStarted { clock, .. }
            | Self::ClockPaused { clock, .. }
            | Self::ClockResumed { clock, .. }
            | Self::ClockStopped { clock, .. }
            | Self::ClockDropped { clock, .. }
            | Self::ClockElapsed { clock, .. }
            | Self::ClockDueSoon { clock, .. }
            | Self::ClockOverdue { clock, .. }
            | Self::DueDateFixed { clock, .. }
            | Self::DueDateRecomputed { clock, .. } => Some(clock),
            _ => None,
        }
    }
}
