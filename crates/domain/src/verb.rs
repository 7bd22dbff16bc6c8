//! Every act of law that can be done in a case, as a word.

use crate::words;
use crate::words::{StageKind, Volume};

words! {
    /// What somebody does. One verb is one legal act and one mutation of the API.
    Verb {
        /// Open a case 立项登记.
        OpenCase = "open_case",
        /// State or correct declared facts, e.g. whether operators are touched.
        DetermineFacts = "determine_facts",
        /// Record that a stage does not run, why and on what basis.
        RecordAbsence = "record_absence",
        /// Record why evidence on an earlier version holds for the current one.
        ReaffirmEvidence = "reaffirm_evidence",
        /// Record how an irregularity was cured.
        CureIrregularity = "cure_irregularity",
        /// End the case before a decision, with a reason.
        TerminateCase = "terminate_case",
        /// Review documents for release: whether and how each is disclosed.
        ReviewDisclosure = "review_disclosure",
        /// Record where the paper original of a document lies.
        RecordPaperOriginal = "record_paper_original",
        /// Take over a stage that was done before the case came here, as a late record 补录.
        TakeOverStage = "take_over_stage",
        /// Give the study opinion on the proposal.
        StudyProposal = "study_proposal",
        /// Decide whether to begin, and name the undertaking unit.
        DecideInitiation = "decide_initiation",
        /// Add a version of the draft.
        AddDraftVersion = "add_draft_version",
        /// Add the text that carries out the meeting's decision.
        AddFinalText = "add_final_text",
        /// Record the list of legal and policy bases.
        RecordBasisList = "record_basis_list",
        /// Record several solutions, where views differ widely.
        RecordAlternatives = "record_alternatives",
        /// Record the consultation of departments and lower governments.
        RecordDepartmentConsultation = "record_department_consultation",
        /// Record the analysis of costs and benefits.
        RecordCostBenefit = "record_cost_benefit",
        /// Record the fair-competition review.
        RecordFairCompetition = "record_fair_competition",
        /// Record the unit's own legal check.
        RecordUnitLegalCheck = "record_unit_legal_check",
        /// Record the countersigning by the departments concerned.
        RecordCountersign = "record_countersign",
        /// Record the unit's leadership meeting.
        RecordLeadershipMeeting = "record_leadership_meeting",
        /// Open the solicitation of public comments.
        OpenSolicitation = "open_solicitation",
        /// Record that the solicitation closed.
        CloseSolicitation = "close_solicitation",
        /// Record that all comments are answered.
        SettleComments = "settle_comments",
        /// Answer a public comment: adopted or not, and why. Done on the consultation's stream.
        AnswerComment = "answer_comment",
        /// Enter a comment that came by letter, telephone or visit. Done on the consultation's stream.
        EnterComment = "enter_comment",
        /// Record a symposium, visit, written consultation, questionnaire or poll.
        RecordParticipation = "record_participation",
        /// Decide whether a hearing is held, and answer those who suggested one.
        DecideHearing = "decide_hearing",
        /// Announce a hearing.
        NoticeHearing = "notice_hearing",
        /// Enter an application to take part that came by letter, telephone or visit. Done on the hearing's stream.
        EnterHearingApplication = "enter_hearing_application",
        /// Leave an applicant out of the draw, with a reason. Done on the hearing's stream.
        ExcludeHearingApplicant = "exclude_hearing_applicant",
        /// Draw the participants among those who applied.
        DrawHearingParticipants = "draw_hearing_participants",
        /// Publish the list of participants, and who has which part.
        PublishHearingParticipants = "publish_hearing_participants",
        /// Record that the materials were delivered to participants.
        DeliverHearingMaterials = "deliver_hearing_materials",
        /// Put the hearing off to another day.
        PostponeHearing = "postpone_hearing",
        /// Cancel the hearing, or set aside one that was held.
        CancelHearing = "cancel_hearing",
        /// Open the hearing and take attendance.
        OpenHearing = "open_hearing",
        /// Chair the hearing. Nobody does it here: who chairs is named on the list, and `forbids` is asked of them.
        ChairHearing = "chair_hearing",
        /// Record what somebody said at the hearing.
        RecordHearingStatement = "record_hearing_statement",
        /// Confirm and sign the record of the hearing.
        SignHearingRecord = "sign_hearing_record",
        /// Report on the hearing.
        ReportHearing = "report_hearing",
        /// Report on public participation.
        ReportParticipation = "report_participation",
        /// Appoint experts, drawn or chosen from candidates; more of them where a review runs.
        AppointExperts = "appoint_experts",
        /// Declare, as an expert, whether one has a direct interest.
        DeclareInterest = "declare_interest",
        /// Enter an expert's declaration that came on paper.
        EnterInterestDeclaration = "enter_interest_declaration",
        /// Release an expert who cannot or does not give an opinion, with a reason.
        ReleaseExpert = "release_expert",
        /// Send the experts the draft and what explains it.
        SendExpertMaterials = "send_expert_materials",
        /// Give one's signed opinion as an expert.
        GiveExpertOpinion = "give_expert_opinion",
        /// Enter an expert's signed opinion that came on paper.
        EnterExpertOpinion = "enter_expert_opinion",
        /// Report on the expert review, with the adoption of each opinion.
        ReportExpertReview = "report_expert_review",
        /// Begin the risk assessment.
        StartRiskAssessment = "start_risk_assessment",
        /// Report the risk assessment.
        ReportRisk = "report_risk",
        /// Submit the draft for legality review.
        SubmitForLegalityReview = "submit_for_legality_review",
        /// Return a deficient submission.
        ReturnSubmission = "return_submission",
        /// Ask for a supplement.
        RequestSupplement = "request_supplement",
        /// Supply it.
        SupplySupplement = "supply_supplement",
        /// Record the opinion of an adviser, or why there is none.
        RecordAdvice = "record_advice",
        /// Conclude the legality review.
        ConcludeLegalityReview = "conclude_legality_review",
        /// Respond to the conclusion: what was taken up, and why not the rest.
        RespondToLegalityOpinion = "respond_to_legality_opinion",
        /// Confirm that the current version does not differ in substance from a cleared one.
        ConfirmDraft = "confirm_draft",
        /// Refuse to confirm it.
        RefuseConfirmation = "refuse_confirmation",
        /// Ask to table the draft.
        RequestTabling = "request_tabling",
        /// Check the file for completeness.
        CheckTablingFile = "check_tabling_file",
        /// Review as deputy in charge.
        ReviewTabling = "review_tabling",
        /// Decide as head whether to table.
        ApproveTabling = "approve_tabling",
        /// Call the meeting.
        ConveneMeeting = "convene_meeting",
        /// Put off a meeting that was called.
        PostponeMeeting = "postpone_meeting",
        /// Take attendance.
        RecordAttendance = "record_attendance",
        /// Record the organ's finding on the risk.
        FindRisk = "find_risk",
        /// Record a member's position.
        RecordPosition = "record_position",
        /// Record the head's decision that adopts the draft.
        AdoptDraft = "adopt_draft",
        /// Record the head's decision that does not.
        DeclineDraft = "decline_draft",
        /// Sign the record of the meeting.
        SignMeetingRecord = "sign_meeting_record",
        /// Record the reply of the body asked before issuance.
        RecordReportReply = "record_report_reply",
        /// Issue the decision.
        IssueDecision = "issue_decision",
        /// Publish it.
        PublishDecision = "publish_decision",
        /// Publish an explanation of it.
        PublishExplanation = "publish_explanation",
        /// Report on the progress of execution.
        ReportExecution = "report_execution",
        /// Report a problem, a great change of circumstances, or force majeure.
        ReportExecutionTrouble = "report_execution_trouble",
        /// Enter what a citizen or organisation says of the execution.
        EnterExecutionComment = "enter_execution_comment",
        /// Answer it.
        AnswerExecutionComment = "answer_execution_comment",
        /// Suspend the execution, in urgency, as head.
        SuspendExecution = "suspend_execution",
        /// Let it go on.
        ResumeExecution = "resume_execution",
        /// Record that a new decision takes the place of this one.
        AdjustExecution = "adjust_execution",
        /// Record that the meeting ended the execution.
        TerminateExecution = "terminate_execution",
        /// Report that the execution is complete.
        CompleteExecution = "complete_execution",
        /// Start an evaluation and name who evaluates.
        StartEvaluation = "start_evaluation",
        /// Record whom the evaluation heard, or why not.
        RecordEvaluationVoice = "record_evaluation_voice",
        /// Report the evaluation.
        ReportEvaluation = "report_evaluation",
        /// Conclude from it as organ.
        ConcludeEvaluation = "conclude_evaluation",
        /// Record something that happened in a task under way.
        RecordTaskProgress = "record_task_progress",
        /// Complete a task, with its result.
        CompleteTask = "complete_task",
        /// Ask for an approval.
        RequestApproval = "request_approval",
        /// Approve or refuse, as one of those who are asked.
        GiveApproval = "give_approval",
        /// Check the decision volume for completeness.
        CheckVolume = "check_volume",
        /// Close the decision volume.
        CloseVolume = "close_volume",
        /// Check the execution volume for completeness.
        CheckExecutionVolume = "check_execution_volume",
        /// Close the execution volume.
        CloseExecutionVolume = "close_execution_volume",
        /// Check the evaluation volume for completeness.
        CheckEvaluationVolume = "check_evaluation_volume",
        /// Close the evaluation volume.
        CloseEvaluationVolume = "close_evaluation_volume",
    }

    /// Which end of a stage a verb stands at: criteria of entry are asked at its opening, of exit at its closing.
    Edge {
        /// It opens the stage.
        Entry = "entry",
        /// It closes the stage.
        Exit = "exit",
        /// It stands inside.
        Inside = "inside",
    }
}

impl Verb {
    /// The kind of stage the verb belongs to; `None` for verbs on the whole case or on any stage.
    pub const fn kind(self) -> Option<StageKind> {
        Some(match self {
            Self::OpenCase
            | Self::DetermineFacts
            | Self::RecordAbsence
            | Self::ReaffirmEvidence
            | Self::CureIrregularity
            | Self::TerminateCase
            | Self::ReviewDisclosure
            | Self::RecordPaperOriginal
            | Self::TakeOverStage => return None,
            Self::StudyProposal | Self::DecideInitiation => StageKind::Initiation,
            Self::AddDraftVersion
            | Self::AddFinalText
            | Self::RecordBasisList
            | Self::RecordAlternatives
            | Self::RecordDepartmentConsultation
            | Self::RecordCostBenefit
            | Self::RecordFairCompetition
            | Self::RecordUnitLegalCheck
            | Self::RecordCountersign
            | Self::RecordLeadershipMeeting => StageKind::Drafting,
            Self::OpenSolicitation
            | Self::CloseSolicitation
            | Self::SettleComments
            | Self::AnswerComment
            | Self::EnterComment
            | Self::RecordParticipation
            | Self::DecideHearing
            | Self::NoticeHearing
            | Self::EnterHearingApplication
            | Self::ExcludeHearingApplicant
            | Self::DrawHearingParticipants
            | Self::PublishHearingParticipants
            | Self::DeliverHearingMaterials
            | Self::PostponeHearing
            | Self::CancelHearing
            | Self::OpenHearing
            | Self::ChairHearing
            | Self::RecordHearingStatement
            | Self::SignHearingRecord
            | Self::ReportHearing
            | Self::ReportParticipation => StageKind::PublicParticipation,
            Self::AppointExperts
            | Self::DeclareInterest
            | Self::EnterInterestDeclaration
            | Self::ReleaseExpert
            | Self::SendExpertMaterials
            | Self::GiveExpertOpinion
            | Self::EnterExpertOpinion
            | Self::ReportExpertReview => StageKind::ExpertReview,
            Self::StartRiskAssessment | Self::ReportRisk => StageKind::RiskAssessment,
            Self::SubmitForLegalityReview
            | Self::ReturnSubmission
            | Self::RequestSupplement
            | Self::SupplySupplement
            | Self::RecordAdvice
            | Self::ConcludeLegalityReview
            | Self::RespondToLegalityOpinion
            | Self::ConfirmDraft
            | Self::RefuseConfirmation => StageKind::LegalityReview,
            Self::RequestTabling | Self::CheckTablingFile | Self::ReviewTabling | Self::ApproveTabling => {
                StageKind::Tabling
            }
            Self::ConveneMeeting
            | Self::PostponeMeeting
            | Self::RecordAttendance
            | Self::FindRisk
            | Self::RecordPosition
            | Self::AdoptDraft
            | Self::DeclineDraft
            | Self::SignMeetingRecord => StageKind::CollectiveDeliberation,
            Self::RecordReportReply => StageKind::PreIssuanceReporting,
            Self::IssueDecision => StageKind::Issuance,
            Self::PublishDecision | Self::PublishExplanation => StageKind::Publication,
            Self::ReportExecution
            | Self::ReportExecutionTrouble
            | Self::EnterExecutionComment
            | Self::AnswerExecutionComment
            | Self::SuspendExecution
            | Self::ResumeExecution
            | Self::AdjustExecution
            | Self::TerminateExecution
            | Self::CompleteExecution => StageKind::Implementation,
            Self::StartEvaluation | Self::RecordEvaluationVoice | Self::ReportEvaluation | Self::ConcludeEvaluation => {
                StageKind::PostEvaluation
            }
            Self::CheckVolume
            | Self::CloseVolume
            | Self::CheckExecutionVolume
            | Self::CloseExecutionVolume
            | Self::CheckEvaluationVolume
            | Self::CloseEvaluationVolume => StageKind::Archiving,
            Self::RecordTaskProgress | Self::CompleteTask => StageKind::Task,
            Self::RequestApproval | Self::GiveApproval => StageKind::Approval,
        })
    }

    /// Whether the verb is on any stage, which whoever acts must name.
    pub const fn on_any_stage(self) -> bool {
        matches!(self, Self::RecordAbsence | Self::ReaffirmEvidence | Self::TakeOverStage)
    }

    /// The volume in which what the verb does is filed, where the definition names no other for the stage; `None` for verbs
    /// on the whole case or on any stage. [`Definition::volume`](crate::definition::Definition::volume) knows the stage.
    pub const fn volume(self) -> Option<Volume> {
        match self {
            Self::CheckVolume | Self::CloseVolume => Some(Volume::Decision),
            Self::CheckExecutionVolume | Self::CloseExecutionVolume => Some(Volume::Execution),
            Self::CheckEvaluationVolume | Self::CloseEvaluationVolume => Some(Volume::Evaluation),
            other => match other.kind() {
                Some(kind) => kind.volume(),
                None => None,
            },
        }
    }

    /// Where in its stage the verb stands.
    pub const fn edge(self) -> Edge {
        match self {
            Self::AddDraftVersion
            | Self::OpenSolicitation
            | Self::NoticeHearing
            | Self::AppointExperts
            | Self::StartRiskAssessment
            | Self::SubmitForLegalityReview
            | Self::RequestTabling
            | Self::ConveneMeeting
            | Self::RecordReportReply
            | Self::IssueDecision
            | Self::PublishDecision
            | Self::StartEvaluation
            | Self::RecordTaskProgress
            | Self::RequestApproval
            | Self::CheckVolume => Edge::Entry,
            Self::DecideInitiation
            | Self::ReportParticipation
            | Self::ReportExpertReview
            | Self::ReportRisk
            | Self::ConcludeLegalityReview
            | Self::ApproveTabling
            | Self::AdoptDraft
            | Self::CompleteExecution
            | Self::ConcludeEvaluation
            | Self::CompleteTask
            | Self::GiveApproval
            | Self::CloseVolume => Edge::Exit,
            _ => Edge::Inside,
        }
    }

    /// Whether it is an act of a hearing: a definition may have none, but all or none of them.
    pub const fn of_hearing(self) -> bool {
        matches!(
            self,
            Self::DecideHearing
                | Self::NoticeHearing
                | Self::EnterHearingApplication
                | Self::ExcludeHearingApplicant
                | Self::DrawHearingParticipants
                | Self::PublishHearingParticipants
                | Self::DeliverHearingMaterials
                | Self::PostponeHearing
                | Self::CancelHearing
                | Self::OpenHearing
                | Self::ChairHearing
                | Self::RecordHearingStatement
                | Self::SignHearingRecord
                | Self::ReportHearing
        )
    }

    /// Whether the act can truly have happened on paper, so that a breach of rule is recorded as an irregularity and
    /// not refused. Acts that exist only in this system are refused.
    pub const fn happens_offline(self) -> bool {
        matches!(
            self,
            Self::DecideInitiation
                | Self::RecordFairCompetition
                | Self::OpenSolicitation
                | Self::NoticeHearing
                | Self::PublishHearingParticipants
                | Self::OpenHearing
                | Self::RecordHearingStatement
                | Self::SignHearingRecord
                | Self::ReportHearing
                | Self::ReportParticipation
                | Self::AppointExperts
                | Self::EnterExpertOpinion
                | Self::ReportExpertReview
                | Self::ReportRisk
                | Self::SubmitForLegalityReview
                | Self::ConcludeLegalityReview
                | Self::ConfirmDraft
                | Self::RequestTabling
                | Self::ApproveTabling
                | Self::ConveneMeeting
                | Self::RecordAttendance
                | Self::FindRisk
                | Self::RecordPosition
                | Self::AdoptDraft
                | Self::DeclineDraft
                | Self::RecordReportReply
                | Self::IssueDecision
                | Self::PublishDecision
                | Self::PublishExplanation
                | Self::SuspendExecution
                | Self::ResumeExecution
                | Self::TerminateExecution
                | Self::CompleteExecution
                | Self::StartEvaluation
                | Self::ReportEvaluation
                | Self::ConcludeEvaluation
                | Self::CompleteTask
                | Self::GiveApproval
        )
    }
}
