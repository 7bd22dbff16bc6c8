//! What each act can make of a case: the classes of events that it can yield.

use dingce_domain::control::{Control, DraftState, EventClass};
use dingce_domain::definition::Definition;
use dingce_domain::task::{ApprovalStanding, Lead, TaskResult};
use dingce_domain::verb::Verb;
use dingce_domain::words::{
    DraftChange, DraftingItem, EvaluationConclusion, LegalityConclusion, Majority, ReportReply, RiskLevel, StageKind,
    Volume,
};

/// What a result yields, with the stages to which it leads back.
fn led(def: &Definition, at: usize, class: EventClass, lead: &Lead) -> Vec<(usize, EventClass)> {
    let others = lead.back().filter_map(|id| def.position(id)).filter(|other| *other != at);
    std::iter::once((at, class)).chain(others.map(|other| (other, EventClass::StageSentBack))).collect()
}

/// Every sequence of event classes, with the stage of each, that a permitted act can yield.
///
/// An over-approximation of `decide`: whatever people write into the act, and whatever the file holds, the events are
/// among these. `DetermineFacts` yields what does not depend on the facts; the stages that new facts open again are
/// added by the exploration. Acts on a consultation's stream yield nothing here.
pub fn outcomes(def: &Definition, control: &Control, verb: Verb, at: usize) -> Vec<Vec<(usize, EventClass)>> {
    let one = |class| vec![vec![(at, class)]];
    let each = |classes: &mut dyn Iterator<Item = EventClass>| classes.map(|class| vec![(at, class)]).collect();
    let both = [true, false];
    match verb {
        Verb::OpenCase
        | Verb::AnswerComment
        | Verb::EnterComment
        | Verb::EnterHearingApplication
        | Verb::ExcludeHearingApplicant
        | Verb::ChairHearing => Vec::new(),
        Verb::DetermineFacts => one(EventClass::Neutral),
        Verb::RecordAbsence => one(EventClass::AbsenceRecorded),
        Verb::ReaffirmEvidence => one(EventClass::EvidenceReaffirmed),
        Verb::TakeOverStage => {
            let of = def.stages[at].kind;
            let taken = |level| EventClass::StageTakenOver { of, level };
            match of {
                StageKind::Initiation | StageKind::PublicParticipation | StageKind::ExpertReview => one(taken(None)),
                StageKind::RiskAssessment => each(&mut RiskLevel::ALL.iter().map(|level| taken(Some(*level)))),
                _ => Vec::new(),
            }
        }
        Verb::CureIrregularity => {
            each(&mut both.into_iter().map(|none_left| EventClass::IrregularityCured { none_left }))
        }
        Verb::TerminateCase => one(EventClass::CaseTerminated),
        Verb::StudyProposal => one(EventClass::ProposalStudied),
        Verb::DecideInitiation => each(&mut both.into_iter().map(|start| EventClass::InitiationDecided { start })),
        Verb::AddDraftVersion if control.draft == DraftState::None => {
            one(EventClass::DraftVersionAdded(DraftChange::First))
        }
        Verb::AddDraftVersion => {
            each(&mut [DraftChange::Material, DraftChange::WordingOnly].into_iter().map(EventClass::DraftVersionAdded))
        }
        Verb::AddFinalText => one(EventClass::DraftVersionAdded(DraftChange::CarriesOutDecision)),
        Verb::RecordBasisList
        | Verb::RecordAlternatives
        | Verb::RecordDepartmentConsultation
        | Verb::RecordCostBenefit
        | Verb::RecordFairCompetition
        | Verb::RecordUnitLegalCheck
        | Verb::RecordCountersign
        | Verb::RecordLeadershipMeeting => DraftingItem::of(verb)
            .into_iter()
            .flat_map(|item| both.map(|in_order| (item, in_order)))
            .filter(|(item, in_order)| *in_order || item.can_fail())
            .map(|(item, in_order)| vec![(at, EventClass::DraftingItemRecorded { item, in_order })])
            .collect(),
        Verb::OpenSolicitation => one(EventClass::SolicitationOpened),
        Verb::CloseSolicitation => each(&mut both.into_iter().map(|zero| EventClass::SolicitationClosed { zero })),
        Verb::SettleComments => one(EventClass::CommentsAnswered),
        Verb::RecordParticipation => {
            each(&mut both.into_iter().map(|groups| EventClass::ParticipationRecorded { groups }))
        }
        Verb::DecideHearing
        | Verb::DrawHearingParticipants
        | Verb::PublishHearingParticipants
        | Verb::DeliverHearingMaterials
        | Verb::PostponeHearing
        | Verb::OpenHearing
        | Verb::RecordHearingStatement
        | Verb::SignHearingRecord => one(EventClass::Neutral),
        Verb::NoticeHearing => one(EventClass::HearingNoticed),
        Verb::CancelHearing => one(EventClass::HearingCancelled),
        Verb::ReportHearing => each(&mut both.into_iter().map(|current| EventClass::HearingReported { current })),
        Verb::ReportParticipation => one(EventClass::ParticipationReported),
        Verb::AppointExperts => one(EventClass::ExpertsAppointed),
        Verb::DeclareInterest
        | Verb::EnterInterestDeclaration
        | Verb::ReleaseExpert
        | Verb::GiveExpertOpinion
        | Verb::EnterExpertOpinion => each(&mut both.into_iter().map(|complete| EventClass::ExpertsHeard { complete })),
        Verb::SendExpertMaterials => one(EventClass::ExpertsInformed),
        Verb::ReportExpertReview => one(EventClass::ExpertReviewReported),
        Verb::StartRiskAssessment => one(EventClass::RiskAssessmentStarted),
        Verb::ReportRisk => each(&mut RiskLevel::ALL.iter().map(|level| EventClass::RiskReported { level: *level })),
        Verb::SubmitForLegalityReview => one(EventClass::LegalitySubmitted),
        Verb::ReturnSubmission => one(EventClass::LegalityReturned),
        Verb::RequestSupplement => one(EventClass::SupplementRequested),
        Verb::SupplySupplement => one(EventClass::SupplementSupplied),
        Verb::RecordAdvice => each(&mut both.into_iter().map(|complete| EventClass::AdviceRecorded { complete })),
        Verb::ConcludeLegalityReview => {
            each(&mut LegalityConclusion::ALL.iter().copied().map(EventClass::LegalityConcluded))
        }
        Verb::RespondToLegalityOpinion => one(EventClass::LegalityAnswered),
        Verb::ConfirmDraft => one(EventClass::DraftConfirmed),
        Verb::RefuseConfirmation => one(EventClass::ConfirmationRefused),
        Verb::RequestTabling => one(EventClass::TablingRequested),
        Verb::CheckTablingFile => each(&mut both.into_iter().map(|complete| EventClass::TablingChecked { complete })),
        Verb::ReviewTabling => each(&mut both.into_iter().map(|agreed| EventClass::TablingReviewed { agreed })),
        Verb::ApproveTabling => each(&mut [EventClass::TablingApproved, EventClass::TablingDeclined].into_iter()),
        Verb::ConveneMeeting => one(EventClass::MeetingConvened),
        Verb::PostponeMeeting => one(EventClass::MeetingPostponed),
        Verb::RecordAttendance => each(&mut both.into_iter().map(|quorum| EventClass::AttendanceTaken { quorum })),
        Verb::FindRisk => each(&mut both.into_iter().map(|controllable| EventClass::RiskFound { controllable })),
        Verb::RecordPosition => both
            .iter()
            .flat_map(|complete| {
                Majority::ALL
                    .iter()
                    .map(|majority| EventClass::PositionRecorded { complete: *complete, majority: *majority })
            })
            .map(|class| vec![(at, class)])
            .collect(),
        Verb::AdoptDraft | Verb::DeclineDraft => def
            .outcomes
            .iter()
            .filter(|o| o.adopts() == (verb == Verb::AdoptDraft))
            .map(|o| EventClass::HeadDecided(*o))
            // Where the head spoke before others it is recorded as it was, without effect.
            .chain([EventClass::IrregularityRecorded])
            .map(|class| vec![(at, class)])
            .collect(),
        Verb::SignMeetingRecord => one(EventClass::MeetingRecordSigned),
        Verb::RecordReportReply => each(&mut ReportReply::ALL.iter().copied().map(EventClass::ReportReplied)),
        Verb::IssueDecision => one(EventClass::DecisionIssued),
        Verb::PublishDecision => one(EventClass::DecisionPublished),
        Verb::ReviewDisclosure | Verb::RecordPaperOriginal => one(EventClass::DocumentAnnotated),
        Verb::PublishExplanation | Verb::ReportExecution | Verb::ReportExecutionTrouble => one(EventClass::Neutral),
        Verb::EnterExecutionComment => one(EventClass::ExecutionCommentEntered),
        Verb::AnswerExecutionComment => {
            each(&mut both.into_iter().map(|none_left| EventClass::ExecutionCommentAnswered { none_left }))
        }
        Verb::SuspendExecution => one(EventClass::ExecutionSuspended),
        Verb::ResumeExecution => one(EventClass::ExecutionResumed),
        Verb::AdjustExecution => one(EventClass::ExecutionAdjusted),
        Verb::TerminateExecution => one(EventClass::ExecutionTerminated),
        Verb::CompleteExecution => one(EventClass::ExecutionCompleted),
        Verb::StartEvaluation => one(EventClass::EvaluationStarted),
        Verb::RecordEvaluationVoice => {
            each(&mut both.into_iter().map(|complete| EventClass::EvaluationHeard { complete }))
        }
        Verb::ReportEvaluation => one(EventClass::EvaluationReported),
        Verb::ConcludeEvaluation => {
            each(&mut EvaluationConclusion::ALL.iter().copied().map(EventClass::EvaluationConcluded))
        }
        Verb::RecordTaskProgress => {
            let entries = def.stages[at].task.as_ref().map_or(0, |task| task.entries.len());
            each(
                &mut (0..entries)
                    .filter_map(|i| u8::try_from(i).ok())
                    .map(|entry| EventClass::TaskProgressed { entry }),
            )
        }
        Verb::CompleteTask => {
            let results = def.stages[at].task.iter().flat_map(|task| &task.results);
            let completed = |(result, spec): (u8, &TaskResult)| {
                led(def, at, EventClass::TaskCompleted { result, lead: spec.leads.kind() }, &spec.leads)
            };
            (0..).zip(results).map(completed).collect()
        }
        Verb::RequestApproval => one(EventClass::ApprovalRequested),
        Verb::GiveApproval => {
            let Some(spec) = &def.stages[at].approval else { return Vec::new() };
            let lead = spec.refused.kind();
            let given = |standing: &ApprovalStanding| EventClass::ApprovalGiven { standing: *standing, lead };
            let mut all: Vec<_> = ApprovalStanding::ALL.iter().map(given).map(|class| vec![(at, class)]).collect();
            if let Some(refused) = all.last_mut() {
                *refused = led(def, at, given(&ApprovalStanding::Refused), &spec.refused);
            }
            all
        }
        Verb::CheckVolume | Verb::CheckExecutionVolume | Verb::CheckEvaluationVolume => {
            let volume = verb.volume().unwrap_or(Volume::Decision);
            each(&mut both.into_iter().map(|complete| EventClass::VolumeChecked { volume, complete }))
        }
        Verb::CloseVolume | Verb::CloseExecutionVolume | Verb::CloseEvaluationVolume => {
            one(EventClass::VolumeClosed(verb.volume().unwrap_or(Volume::Decision)))
        }
    }
}
