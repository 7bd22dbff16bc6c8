//! The finite part of a case: all that gates look at, and how each class of event changes it.
//!
//! [`Control`] has no content: no persons, texts or numbers, only words. Its changes depend on itself and on the
//! [`EventClass`] alone, so the proof over a definition explores exactly what happens in life. The rest of a case is
//! [`crate::file::File`].

use serde::{Deserialize, Serialize};

use crate::task::{ApprovalStanding, LeadKind};
use crate::words;
use crate::words::{
    DraftChange, DraftingItem, EvaluationConclusion, Evidence, LegalityConclusion, Majority, Outcome, ReportReply,
    RiskLevel, StageKind, Status, Volume,
};

words! {
    /// What the current text is.
    DraftState {
        /// There is no draft.
        None = "none",
        /// A version to be worked on.
        Working = "working",
        /// Must be amended before it can go on; only a new version helps.
        ToAmend = "to_amend",
        /// The version that the meeting adopted.
        Decided = "decided",
        /// A version that carries out the decision and is not confirmed.
        Final = "final",
        /// The reviewer confirmed that it carries out the decision.
        Confirmed = "confirmed",
    }

    /// Whether a decision adopts the draft.
    Adoption {
        /// Not adopted.
        None = "none",
        /// Adopted as it stands.
        Agreed = "agreed",
        /// Adopted in principle: the text must be revised and confirmed.
        InPrinciple = "in_principle",
    }

    /// Whether the case still runs.
    Ending {
        /// It runs.
        Running = "running",
        /// Ended before a decision, with a reason: by the organ, or by a result that leads there.
        Terminated = "terminated",
        /// The meeting disagreed.
        NotAdopted = "not_adopted",
        /// The decision volume is closed. Carrying out the decision goes on, in its own volume.
        Closed = "closed",
    }

    /// The open solicitation of comments.
    Solicitation {
        /// Not opened.
        None = "none",
        /// Open to comments.
        Open = "open",
        /// Closed.
        Closed = "closed",
    }

    /// Whether comments have been answered.
    Comments {
        /// None were received.
        None = "none",
        /// Some are without an answer.
        Open = "open",
        /// All are answered.
        Answered = "answered",
    }

    /// How far a hearing has come.
    HearingProgress {
        /// None is announced.
        None = "none",
        /// Announced, and not yet reported on: how far it has come is content.
        Noticed = "noticed",
        /// Reported on, on the current draft.
        Reported = "reported",
    }

    /// How far the panel of experts has come.
    ExpertPanel {
        /// None is appointed.
        None = "none",
        /// Experts are appointed.
        Appointed = "appointed",
        /// They have what they are to review.
        Informed = "informed",
        /// All who are left have given their opinions.
        Heard = "heard",
    }

    /// What the reviewer has before them.
    Submission {
        /// Nothing, or what was there was returned or concluded.
        None = "none",
        /// A submission under review.
        UnderReview = "under_review",
        /// A submission waiting for a supplement.
        AwaitingSupplement = "awaiting_supplement",
    }

    /// How far tabling has come.
    TablingProgress {
        /// Not asked for.
        None = "none",
        /// The undertaking unit asks.
        Requested = "requested",
        /// The office found the file complete.
        Checked = "checked",
        /// The deputy in charge reviewed it.
        Reviewed = "reviewed",
        /// The head approved it.
        Approved = "approved",
    }

    /// How far the meeting has come.
    Meeting {
        /// Not called.
        None = "none",
        /// Called.
        Convened = "convened",
        /// Held without a quorum: nothing can be decided at it.
        Inquorate = "inquorate",
        /// Held with a quorum.
        Quorate = "quorate",
        /// Held, and over without a decision that stands: put off, to be discussed again, or overtaken by another text.
        /// Its record is still to be signed.
        Adjourned = "adjourned",
    }

    /// How far an evaluation has come (R713 art. 36).
    Evaluation {
        /// None was started.
        None = "none",
        /// Started: voices are to be heard.
        Started = "started",
        /// Every voice is answered for.
        Heard = "heard",
        /// Reported: the organ is to conclude.
        Reported = "reported",
        /// Concluded.
        Concluded = "concluded",
    }

    /// How far an approval has come.
    ApprovalProgress {
        /// Nobody asked for it, or it was refused and may be asked for again.
        None = "none",
        /// Asked for.
        Requested = "requested",
        /// Granted.
        Granted = "granted",
        /// Refused.
        Refused = "refused",
    }

    /// How far a volume is.
    Filing {
        /// Open: it takes what belongs in it.
        Open = "open",
        /// Found complete.
        Checked = "checked",
        /// Closed: nothing is ever added to it.
        Closed = "closed",
    }

    /// How far the execution of the decision has come (R713 arts. 34-37).
    Execution {
        /// Nothing is issued that could be carried out.
        NotBegun = "not_begun",
        /// To be carried out.
        InForce = "in_force",
        /// Suspended: it must be resumed, adjusted or ended.
        Suspended = "suspended",
        /// Complete.
        Completed = "completed",
        /// Another decision took its place.
        Adjusted = "adjusted",
        /// The meeting ended it.
        Terminated = "terminated",
    }
}

/// How many items drafting can answer for.
pub const ITEMS: usize = DraftingItem::ALL.len();
/// How many volumes a file has.
pub const VOLUMES: usize = Volume::ALL.len();

/// What a stage remembers beyond status and evidence; one shape a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// Initiation: whether the proposal was studied.
    Initiation {
        /// Studied.
        studied: bool,
    },
    /// Drafting: evidence for each item, in the order of [`DraftingItem::ALL`].
    Drafting {
        /// Evidence by item.
        items: [Evidence; ITEMS],
    },
    /// Public participation.
    PublicParticipation {
        /// The solicitation.
        solicitation: Solicitation,
        /// The comments.
        comments: Comments,
        /// Whether affected groups were heard on the current draft.
        groups_heard: bool,
        /// The hearing.
        hearing: HearingProgress,
    },
    /// Expert review.
    ExpertReview {
        /// The panel.
        panel: ExpertPanel,
    },
    /// Risk assessment.
    RiskAssessment {
        /// Level found on the newest report; nothing before one.
        level: Option<RiskLevel>,
    },
    /// Legality review.
    LegalityReview {
        /// What the reviewer has.
        submission: Submission,
        /// Whether advisers gave an opinion, or their absence is explained, in this round.
        advised: bool,
        /// Whether the unit still owes its response to a conclusion.
        response_due: bool,
    },
    /// Tabling.
    Tabling {
        /// How far.
        progress: TablingProgress,
    },
    /// Collective deliberation.
    CollectiveDeliberation {
        /// The meeting.
        meeting: Meeting,
        /// Whether the organ found the risk controllable; nothing before a finding.
        risk_controllable: Option<bool>,
        /// Whether all members present except the head have spoken.
        positions_complete: bool,
        /// Where those members stand.
        majority: Majority,
        /// Whether a decision was recorded at this meeting.
        decided: bool,
        /// Whether the record is signed.
        signed: bool,
    },
    /// Reporting before issuance.
    PreIssuanceReporting {
        /// The newest reply.
        reply: Option<ReportReply>,
    },
    /// Issuance: status says all.
    Issuance,
    /// Publication: status says all.
    Publication,
    /// Carrying out the decision.
    Implementation {
        /// How far.
        execution: Execution,
        /// Whether a comment on it has no answer.
        unanswered: bool,
        /// What the organ concluded from an evaluation and is still to be carried out; never to continue.
        due: Option<EvaluationConclusion>,
    },
    /// Evaluation after the decision.
    PostEvaluation {
        /// How far.
        evaluation: Evaluation,
    },
    /// Archiving.
    Archiving {
        /// How far each volume is, in the order of [`Volume::ALL`].
        filing: [Filing; VOLUMES],
    },
    /// A task.
    Task {
        /// Place of the newest result among those of the definition; kept where a stage is open again, until the next.
        result: Option<u8>,
    },
    /// An approval.
    Approval {
        /// How far.
        progress: ApprovalProgress,
    },
}

impl Detail {
    /// What a stage of this kind remembers before it begins.
    pub const fn fresh(kind: StageKind) -> Self {
        match kind {
            StageKind::Initiation => Self::Initiation { studied: false },
            StageKind::Drafting => Self::Drafting { items: [Evidence::None; ITEMS] },
            StageKind::PublicParticipation => {
                let (solicitation, comments, hearing) = (Solicitation::None, Comments::None, HearingProgress::None);
                Self::PublicParticipation { solicitation, comments, groups_heard: false, hearing }
            }
            StageKind::ExpertReview => Self::ExpertReview { panel: ExpertPanel::None },
            StageKind::RiskAssessment => Self::RiskAssessment { level: None },
            StageKind::LegalityReview => {
                Self::LegalityReview { submission: Submission::None, advised: false, response_due: false }
            }
            StageKind::Tabling => Self::Tabling { progress: TablingProgress::None },
            StageKind::CollectiveDeliberation => Self::CollectiveDeliberation {
                meeting: Meeting::None,
                risk_controllable: None,
                positions_complete: false,
                majority: Majority::Even,
                decided: false,
                signed: false,
            },
            StageKind::PreIssuanceReporting => Self::PreIssuanceReporting { reply: None },
            StageKind::Issuance => Self::Issuance,
            StageKind::Publication => Self::Publication,
            StageKind::Implementation => {
                Self::Implementation { execution: Execution::NotBegun, unanswered: false, due: None }
            }
            StageKind::PostEvaluation => Self::PostEvaluation { evaluation: Evaluation::None },
            StageKind::Archiving => Self::Archiving { filing: [Filing::Open; VOLUMES] },
            StageKind::Task => Self::Task { result: None },
            StageKind::Approval => Self::Approval { progress: ApprovalProgress::None },
        }
    }
}

/// One stage of a case, without content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StageControl {
    /// Its kind.
    pub kind: StageKind,
    /// What it is at.
    pub status: Status,
    /// What it has produced, and on which draft.
    pub evidence: Evidence,
    /// Whether the round under way is on the current draft; false once a material change overtook it.
    pub on_current_draft: bool,
    /// The rest.
    pub detail: Detail,
}

impl StageControl {
    pub(crate) fn fresh(kind: StageKind) -> Self {
        Self {
            kind,
            status: Status::Available,
            evidence: Evidence::None,
            on_current_draft: true,
            detail: Detail::fresh(kind),
        }
    }

    /// Whether a meeting of this stage was held whose record nobody has signed yet.
    pub const fn owes_record(&self) -> bool {
        matches!(
            self.detail,
            Detail::CollectiveDeliberation { meeting: Meeting::Quorate | Meeting::Adjourned, signed: false, .. }
        )
    }

    /// Back to before it began. A meeting that was held stays to be recorded (R713 art. 30).
    fn restart(&mut self) {
        let owed = self.owes_record();
        *self = Self::fresh(self.kind);
        if let (true, Detail::CollectiveDeliberation { meeting, .. }) = (owed, &mut self.detail) {
            *meeting = Meeting::Adjourned;
        }
    }

    fn announce_hearing(&mut self) {
        if self.status == Status::Completed {
            self.status = Status::Active;
            self.evidence = Evidence::None;
            // However it was finished, also where it was taken over: nobody is asked again because of a hearing.
            if let Detail::PublicParticipation { solicitation, .. } = &mut self.detail {
                *solicitation = Solicitation::Closed;
            }
        }
        self.hear(HearingProgress::Noticed);
    }

    fn hear(&mut self, now: HearingProgress) {
        if let Detail::PublicParticipation { hearing, .. } = &mut self.detail {
            *hearing = now;
        }
    }

    fn begin(&mut self) {
        *self = Self { status: Status::Active, evidence: self.evidence, ..Self::fresh(self.kind) };
    }

    fn complete(&mut self) {
        self.status = Status::Completed;
        self.evidence = if self.on_current_draft { Evidence::Current } else { Evidence::Stale };
        if !self.on_current_draft {
            self.status = Status::Available;
        }
    }

    fn done(&mut self) {
        self.status = Status::Completed;
        self.evidence = Evidence::Current;
    }

    fn file(&mut self, volume: Volume, now: Filing) {
        if let Detail::Archiving { filing } = &mut self.detail {
            filing[volume as usize] = now;
        }
    }

    /// Where a result leads.
    fn lead(&mut self, lead: LeadKind) {
        match lead {
            LeadKind::On | LeadKind::End => self.done(),
            LeadKind::Back => *self = Self::fresh(self.kind),
        }
    }

    fn execute(&mut self, now: Execution) {
        if let Detail::Implementation { execution, due, .. } = &mut self.detail {
            *execution = now;
            let carried_out = match now {
                Execution::NotBegun | Execution::InForce => false,
                Execution::Suspended => *due == Some(EvaluationConclusion::Suspend),
                Execution::Completed | Execution::Adjusted | Execution::Terminated => true,
            };
            if carried_out {
                *due = None;
            }
        }
    }

    fn evaluate(&mut self, now: Evaluation) {
        if let Detail::PostEvaluation { evaluation } = &mut self.detail {
            *evaluation = now;
        }
    }

    /// What the organ concluded is to be carried out, where there is still something to carry out.
    fn follow(&mut self, conclusion: EvaluationConclusion) {
        if let Detail::Implementation { execution, due, .. } = &mut self.detail {
            *due = match (conclusion, *execution) {
                (
                    EvaluationConclusion::Amend | EvaluationConclusion::Stop,
                    Execution::InForce | Execution::Suspended,
                )
                | (EvaluationConclusion::Suspend, Execution::InForce) => Some(conclusion),
                _ => None,
            };
        }
    }

    /// Opens the stage again because the draft changed under it.
    fn overtake(&mut self) {
        self.on_current_draft = false;
        if self.evidence == Evidence::Current {
            self.evidence = Evidence::Stale;
        }
        if self.status == Status::Completed {
            self.status = Status::Available;
        }
        if let Detail::PublicParticipation { groups_heard, hearing, .. } = &mut self.detail {
            *groups_heard = false;
            // One that is announced goes on; what was reported was on another text.
            if *hearing == HearingProgress::Reported {
                *hearing = HearingProgress::None;
            }
        }
    }
}

/// What an event is to the control of a case: its kind and what gates need of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventClass {
    /// Changes nothing that a gate looks at: clocks, corrections, facts (which are kept beside the control).
    Neutral,
    /// Something was noted of a document; filed in the first volume that is open.
    DocumentAnnotated,
    /// A proposal was studied.
    ProposalStudied,
    /// The organ decided on beginning.
    InitiationDecided {
        /// Whether to begin.
        start: bool,
    },
    /// A stage does not run.
    AbsenceRecorded,
    /// A stage recorded as not running must run after all.
    StageReopened,
    /// Evidence on an earlier version was found to hold for the current one.
    EvidenceReaffirmed,
    /// The matter was under way elsewhere before it came here.
    Onboarded,
    /// A stage of this kind was done before, on the current draft.
    StageTakenOver {
        /// Its kind.
        of: StageKind,
        /// Level found, for a risk assessment.
        level: Option<RiskLevel>,
    },
    /// A version of the draft came.
    DraftVersionAdded(DraftChange),
    /// An item of drafting was answered for, or found failing.
    DraftingItemRecorded {
        /// Which.
        item: DraftingItem,
        /// Whether it is in order.
        in_order: bool,
    },
    /// The solicitation opened.
    SolicitationOpened,
    /// The solicitation closed.
    SolicitationClosed {
        /// Whether no comment came.
        zero: bool,
    },
    /// All comments of the solicitation are answered.
    CommentsAnswered,
    /// A form of participation was held.
    ParticipationRecorded {
        /// Whether affected groups were heard at it.
        groups: bool,
    },
    /// A hearing was announced.
    HearingNoticed,
    /// It was cancelled, or set aside after it was held.
    HearingCancelled,
    /// It was reported on.
    HearingReported {
        /// Whether it was held on the current draft.
        current: bool,
    },
    /// The participation report was made.
    ParticipationReported,
    /// Experts were appointed.
    ExpertsAppointed,
    /// The experts were sent what they are to review.
    ExpertsInformed,
    /// An expert declared, was released, or gave an opinion.
    ExpertsHeard {
        /// Whether all who are left have now given their opinions.
        complete: bool,
    },
    /// The report on the expert review was made.
    ExpertReviewReported,
    /// The assessment began.
    RiskAssessmentStarted,
    /// The assessment's report was made.
    RiskReported {
        /// Level found.
        level: RiskLevel,
    },
    /// The draft was submitted for review.
    LegalitySubmitted,
    /// The reviewer returned the submission.
    LegalityReturned,
    /// The reviewer asked for a supplement.
    SupplementRequested,
    /// The supplement came.
    SupplementSupplied,
    /// An adviser advised, or their absence was explained.
    AdviceRecorded {
        /// Whether every part is answered for.
        complete: bool,
    },
    /// The reviewer concluded.
    LegalityConcluded(LegalityConclusion),
    /// The unit responded to a conclusion.
    LegalityAnswered,
    /// The reviewer confirmed that the current version does not differ in substance from a cleared one.
    DraftConfirmed,
    /// The reviewer refused to confirm.
    ConfirmationRefused,
    /// Tabling was asked for.
    TablingRequested,
    /// The office checked the file.
    TablingChecked {
        /// Whether it is complete.
        complete: bool,
    },
    /// The deputy in charge reviewed it.
    TablingReviewed {
        /// Whether it may go on.
        agreed: bool,
    },
    /// The head decided on tabling.
    TablingApproved,
    /// The head did not approve tabling, or the deputy sent it back.
    TablingDeclined,
    /// The meeting was called.
    MeetingConvened,
    /// The meeting that was called does not take place on its day.
    MeetingPostponed,
    /// Attendance was taken.
    AttendanceTaken {
        /// Whether there is a quorum.
        quorum: bool,
    },
    /// The organ found on the risk.
    RiskFound {
        /// Whether it is controllable.
        controllable: bool,
    },
    /// A member took a position.
    PositionRecorded {
        /// Whether all others than the head have now spoken.
        complete: bool,
        /// Where they stand.
        majority: Majority,
    },
    /// The head decided.
    HeadDecided(Outcome),
    /// The record of the meeting was signed.
    MeetingRecordSigned,
    /// The body asked before issuance replied.
    ReportReplied(ReportReply),
    /// The decision was issued.
    DecisionIssued,
    /// The decision was published.
    DecisionPublished,
    /// A comment on the execution came.
    ExecutionCommentEntered,
    /// It was answered.
    ExecutionCommentAnswered {
        /// Whether none is left without an answer.
        none_left: bool,
    },
    /// The head suspended the execution.
    ExecutionSuspended,
    /// It goes on.
    ExecutionResumed,
    /// Another decision took its place.
    ExecutionAdjusted,
    /// The meeting ended it.
    ExecutionTerminated,
    /// It is complete.
    ExecutionCompleted,
    /// An evaluation started.
    EvaluationStarted,
    /// A voice was answered for.
    EvaluationHeard {
        /// Whether all now are.
        complete: bool,
    },
    /// The evaluation was reported.
    EvaluationReported,
    /// The organ concluded.
    EvaluationConcluded(EvaluationConclusion),
    /// Something was recorded in a task under way.
    TaskProgressed {
        /// Its place among the entries of the definition.
        entry: u8,
    },
    /// A task was completed.
    TaskCompleted {
        /// Place of the result among those of the definition.
        result: u8,
        /// Where it leads.
        lead: LeadKind,
    },
    /// An approval was asked for.
    ApprovalRequested,
    /// Somebody approved or refused.
    ApprovalGiven {
        /// Where it stands now.
        standing: ApprovalStanding,
        /// Where a refusal leads.
        lead: LeadKind,
    },
    /// A stage of a general kind is open again, because a result led back to it.
    StageSentBack,
    /// The volume was checked.
    VolumeChecked {
        /// Which.
        volume: Volume,
        /// Whether it is complete.
        complete: bool,
    },
    /// The volume was closed.
    VolumeClosed(Volume),
    /// An irregularity was recorded.
    IrregularityRecorded,
    /// An irregularity was cured.
    IrregularityCured {
        /// Whether none is left open.
        none_left: bool,
    },
    /// The case was ended.
    CaseTerminated,
}

impl EventClass {
    /// The kind of stage on which alone such an event can stand; `None` where any stage, or none, will do.
    pub const fn kind(self) -> Option<StageKind> {
        Some(match self {
            Self::Neutral
            | Self::DocumentAnnotated
            | Self::AbsenceRecorded
            | Self::StageReopened
            | Self::EvidenceReaffirmed
            | Self::Onboarded
            | Self::IrregularityRecorded
            | Self::IrregularityCured { .. }
            | Self::StageSentBack
            | Self::CaseTerminated => return None,
            Self::StageTakenOver { of, .. } => of,
            Self::ProposalStudied | Self::InitiationDecided { .. } => StageKind::Initiation,
            Self::DraftVersionAdded(_) | Self::DraftingItemRecorded { .. } => StageKind::Drafting,
            Self::SolicitationOpened
            | Self::SolicitationClosed { .. }
            | Self::CommentsAnswered
            | Self::ParticipationRecorded { .. }
            | Self::HearingNoticed
            | Self::HearingCancelled
            | Self::HearingReported { .. }
            | Self::ParticipationReported => StageKind::PublicParticipation,
            Self::ExpertsAppointed | Self::ExpertsInformed | Self::ExpertsHeard { .. } | Self::ExpertReviewReported => {
                StageKind::ExpertReview
            }
            Self::RiskAssessmentStarted | Self::RiskReported { .. } => StageKind::RiskAssessment,
            Self::LegalitySubmitted
            | Self::LegalityReturned
            | Self::SupplementRequested
            | Self::SupplementSupplied
            | Self::AdviceRecorded { .. }
            | Self::LegalityConcluded(_)
            | Self::LegalityAnswered
            | Self::DraftConfirmed
            | Self::ConfirmationRefused => StageKind::LegalityReview,
            Self::TablingRequested
            | Self::TablingChecked { .. }
            | Self::TablingReviewed { .. }
            | Self::TablingApproved
            | Self::TablingDeclined => StageKind::Tabling,
            Self::MeetingConvened
            | Self::MeetingPostponed
            | Self::AttendanceTaken { .. }
            | Self::RiskFound { .. }
            | Self::PositionRecorded { .. }
            | Self::HeadDecided(_)
            | Self::MeetingRecordSigned => StageKind::CollectiveDeliberation,
            Self::ReportReplied(_) => StageKind::PreIssuanceReporting,
            Self::DecisionIssued => StageKind::Issuance,
            Self::DecisionPublished => StageKind::Publication,
            Self::ExecutionCommentEntered
            | Self::ExecutionCommentAnswered { .. }
            | Self::ExecutionSuspended
            | Self::ExecutionResumed
            | Self::ExecutionAdjusted
            | Self::ExecutionTerminated
            | Self::ExecutionCompleted => StageKind::Implementation,
            Self::EvaluationStarted
            | Self::EvaluationHeard { .. }
            | Self::EvaluationReported
            | Self::EvaluationConcluded(_) => StageKind::PostEvaluation,
            Self::VolumeChecked { .. } | Self::VolumeClosed(_) => StageKind::Archiving,
            Self::TaskProgressed { .. } | Self::TaskCompleted { .. } => StageKind::Task,
            Self::ApprovalRequested | Self::ApprovalGiven { .. } => StageKind::Approval,
        })
    }
}

/// The finite part of a case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Control {
    /// The stages, in the order of the definition.
    pub stages: Vec<StageControl>,
    /// What the current text is.
    pub draft: DraftState,
    /// Whether a decision adopts it.
    pub adoption: Adoption,
    /// Whether an irregularity is open.
    pub irregular: bool,
    /// Whether the matter was under way before it came here, so that earlier stages come in as late records.
    #[serde(default)]
    pub onboarded: bool,
    /// Whether the case runs.
    pub ending: Ending,
}

impl Control {
    /// The control of a case that was just opened, with stages of these kinds.
    pub fn opened(kinds: impl IntoIterator<Item = StageKind>) -> Self {
        let mut stages: Vec<_> = kinds.into_iter().map(StageControl::fresh).collect();
        for stage in &mut stages {
            if stage.kind == StageKind::Initiation {
                stage.status = Status::Active;
            }
        }
        Self {
            stages,
            draft: DraftState::None,
            adoption: Adoption::None,
            irregular: false,
            onboarded: false,
            ending: Ending::Running,
        }
    }

    /// The first stage of a kind.
    pub fn first(&self, kind: StageKind) -> Option<&StageControl> {
        self.stages.iter().find(|s| s.kind == kind)
    }

    /// Whether a volume is closed: nothing is ever added to it again.
    pub fn closed(&self, volume: Volume) -> bool {
        match volume {
            Volume::Decision => self.ending == Ending::Closed,
            other => self.filing(other) == Filing::Closed,
        }
    }

    /// The first volume that is open, in which what is noted of documents is filed; `None` where all are closed.
    pub fn open_volume(&self) -> Option<Volume> {
        Volume::ALL.iter().copied().find(|volume| !self.closed(*volume))
    }

    /// How far a volume is.
    pub fn filing(&self, volume: Volume) -> Filing {
        let found = self.stages.iter().find_map(|s| match s.detail {
            Detail::Archiving { filing } => Some(filing[volume as usize]),
            _ => None,
        });
        found.unwrap_or(Filing::Open)
    }

    /// How far the evaluation has come.
    pub fn evaluation(&self) -> Evaluation {
        let found = self.stages.iter().find_map(|s| match s.detail {
            Detail::PostEvaluation { evaluation } => Some(evaluation),
            _ => None,
        });
        found.unwrap_or(Evaluation::None)
    }

    /// How far the execution has come.
    pub fn execution(&self) -> Execution {
        let found = self.stages.iter().find_map(|s| match s.detail {
            Detail::Implementation { execution, .. } => Some(execution),
            _ => None,
        });
        found.unwrap_or(Execution::NotBegun)
    }

    /// Whether the current draft is cleared by the legality review: the wall of R713 art. 25.
    pub fn cleared(&self) -> bool {
        self.of(StageKind::LegalityReview).all(|s| s.evidence == Evidence::Current)
            && self.first(StageKind::LegalityReview).is_some()
    }

    fn of(&self, kind: StageKind) -> impl Iterator<Item = &StageControl> {
        self.stages.iter().filter(move |s| s.kind == kind)
    }

    fn of_mut(&mut self, kind: StageKind) -> impl Iterator<Item = &mut StageControl> {
        self.stages.iter_mut().filter(move |s| s.kind == kind)
    }

    fn restart(&mut self, kind: StageKind) {
        self.of_mut(kind).for_each(StageControl::restart);
    }

    /// Back to before tabling: what was asked for, and the meeting, were about another text.
    fn untable(&mut self) {
        self.restart(StageKind::Tabling);
        self.restart(StageKind::CollectiveDeliberation);
        self.restart(StageKind::PreIssuanceReporting);
        self.adoption = Adoption::None;
    }

    /// Whether an event of this class can stand next, whatever the law says of it.
    ///
    /// # Errors
    /// Why it cannot: the stage is of another kind.
    pub fn admits(&self, stage: usize, class: EventClass) -> Result<(), &'static str> {
        let kind = self.stages.get(stage).map(|s| s.kind);
        if class.kind().is_some_and(|needed| kind != Some(needed)) {
            return Err("its stage is of another kind");
        }
        if class == EventClass::StageSentBack && !kind.is_some_and(StageKind::is_general) {
            return Err("only a stage of a general kind can be sent back");
        }
        Ok(())
    }

    /// Changes the control by one event of a stage. `stage` is the position of the event's stage; events that belong
    /// to no stage give any position.
    pub fn apply(&mut self, stage: usize, class: EventClass) {
        match class {
            EventClass::Neutral | EventClass::DocumentAnnotated => {}
            EventClass::Onboarded => self.onboarded = true,
            EventClass::StageTakenOver { of: StageKind::Initiation, .. } => {
                self.apply(stage, EventClass::InitiationDecided { start: true });
            }
            EventClass::DraftVersionAdded(change) => self.new_version(change),
            EventClass::LegalityConcluded(conclusion) => self.conclude(stage, conclusion),
            // The decision stands; this text does not carry it out, and only another one can.
            EventClass::ConfirmationRefused if self.adoption != Adoption::None => self.draft = DraftState::ToAmend,
            // What was declared a change of words is one of substance.
            EventClass::ConfirmationRefused => self.new_version(DraftChange::Material),
            EventClass::DraftConfirmed => {
                self.stage(stage, |s| {
                    s.status = Status::Completed;
                    s.evidence = Evidence::Current;
                    s.on_current_draft = true;
                });
                if self.draft == DraftState::Final {
                    self.draft = DraftState::Confirmed;
                }
            }
            EventClass::TablingDeclined => {
                self.restart(StageKind::Tabling);
            }
            EventClass::HeadDecided(outcome) => self.decide(stage, outcome),
            EventClass::ReportReplied(reply) => self.replied(stage, reply),
            EventClass::InitiationDecided { start } => {
                self.stage(stage, |s| s.status = Status::Completed);
                if start {
                    self.stage(stage, |s| s.evidence = Evidence::Current);
                    for drafting in self.of_mut(StageKind::Drafting) {
                        drafting.status = Status::Active;
                    }
                } else {
                    self.ending = Ending::Terminated;
                }
            }
            EventClass::LegalitySubmitted => {
                self.stage(stage, |s| {
                    s.begin();
                    s.detail = Detail::LegalityReview {
                        submission: Submission::UnderReview,
                        advised: false,
                        response_due: false,
                    };
                });
                for drafting in self.of_mut(StageKind::Drafting) {
                    drafting.status = Status::Completed;
                }
            }
            EventClass::DecisionIssued => {
                self.stage(stage, StageControl::done);
                for implementation in self.of_mut(StageKind::Implementation) {
                    implementation.status = Status::Active;
                    implementation.execute(Execution::InForce);
                }
            }
            EventClass::EvaluationConcluded(conclusion) => {
                self.stage(stage, |s| {
                    s.evaluate(Evaluation::Concluded);
                    s.done();
                });
                // What is filed and closed is not touched again: the conclusion then stands in the evaluation's own volume.
                if !self.closed(Volume::Execution) {
                    for implementation in self.of_mut(StageKind::Implementation) {
                        implementation.follow(conclusion);
                    }
                }
            }
            EventClass::VolumeClosed(volume) => {
                self.stage(stage, |s| {
                    s.file(volume, Filing::Closed);
                    if volume == Volume::Decision {
                        s.status = Status::Completed;
                    }
                });
                if volume == Volume::Decision {
                    self.ending = Ending::Closed;
                }
            }
            EventClass::StageReopened => {
                self.stage(stage, |s| *s = StageControl::fresh(s.kind));
                // A review that took the stage for absent did not see what it must see (R713 art. 26).
                self.restart(StageKind::LegalityReview);
            }
            // Participation that was finished is open again until the hearing is reported on. A review that took it for
            // finished did not see what it must see (R713 art. 26).
            EventClass::HearingNoticed => {
                let finished = self.stages.get(stage).is_some_and(|s| s.status == Status::Completed);
                self.stage(stage, |s| s.announce_hearing());
                if finished {
                    self.restart(StageKind::LegalityReview);
                }
            }
            EventClass::TaskCompleted { result, lead } => {
                self.lead(stage, lead, Detail::Task { result: Some(result) });
            }
            EventClass::ApprovalGiven { standing: ApprovalStanding::Open, .. } => {}
            EventClass::ApprovalGiven { standing: ApprovalStanding::Granted, .. } => self.stage(stage, |s| {
                s.done();
                s.detail = Detail::Approval { progress: ApprovalProgress::Granted };
            }),
            EventClass::ApprovalGiven { standing: ApprovalStanding::Refused, lead } => {
                self.lead(stage, lead, Detail::Approval { progress: ApprovalProgress::Refused });
            }
            EventClass::IrregularityRecorded => self.irregular = true,
            EventClass::IrregularityCured { none_left } => self.irregular = !none_left,
            EventClass::CaseTerminated => self.ending = Ending::Terminated,
            other => self.stage(stage, |s| s.apply(other)),
        }
    }

    /// A result, and where it leads: an end is that of the case.
    fn lead(&mut self, stage: usize, lead: LeadKind, result: Detail) {
        self.stage(stage, |s| {
            s.lead(lead);
            s.detail = result;
        });
        if lead == LeadKind::End {
            self.ending = Ending::Terminated;
        }
    }

    fn stage(&mut self, stage: usize, change: impl FnOnce(&mut StageControl)) {
        if let Some(stage) = self.stages.get_mut(stage) {
            change(stage);
        }
    }

    fn new_version(&mut self, change: DraftChange) {
        match change {
            DraftChange::First => self.draft = DraftState::Working,
            DraftChange::Material => {
                self.draft = DraftState::Working;
                for stage in &mut self.stages {
                    match stage.kind {
                        StageKind::PublicParticipation | StageKind::ExpertReview | StageKind::RiskAssessment => {
                            stage.overtake();
                        }
                        StageKind::Drafting => stage.items_go_stale(),
                        // A clearance of another substance is no evidence at all: it cannot be reaffirmed.
                        StageKind::LegalityReview => *stage = StageControl::fresh(stage.kind),
                        _ => {}
                    }
                }
                self.untable();
            }
            DraftChange::WordingOnly => {
                self.draft = DraftState::Working;
                self.unconfirm();
                self.untable();
            }
            DraftChange::CarriesOutDecision => {
                self.draft = DraftState::Final;
                self.unconfirm();
            }
        }
        for drafting in self.of_mut(StageKind::Drafting) {
            if matches!(change, DraftChange::Material) {
                drafting.status = Status::Active;
            }
        }
    }

    /// The reviewer must answer for the changed words; a review under way is on the old text and starts again.
    fn unconfirm(&mut self) {
        for stage in self.of_mut(StageKind::LegalityReview) {
            let evidence = match stage.evidence {
                Evidence::None => Evidence::None,
                Evidence::Stale | Evidence::Current => Evidence::Stale,
            };
            *stage = StageControl { evidence, ..StageControl::fresh(StageKind::LegalityReview) };
        }
    }

    fn conclude(&mut self, stage: usize, conclusion: LegalityConclusion) {
        let clears = conclusion.clears();
        self.stage(stage, |s| {
            s.status = if clears { Status::Completed } else { Status::Available };
            s.evidence = if clears { Evidence::Current } else { Evidence::None };
            s.on_current_draft = true;
            s.detail = Detail::LegalityReview { submission: Submission::None, advised: false, response_due: !clears };
        });
        if !clears {
            for drafting in self.of_mut(StageKind::Drafting) {
                drafting.status = Status::Active;
            }
        }
        if matches!(conclusion, LegalityConclusion::Amend | LegalityConclusion::MustNotBeTabled) {
            self.draft = DraftState::ToAmend;
        }
    }

    fn decide(&mut self, stage: usize, outcome: Outcome) {
        match outcome {
            Outcome::Agree | Outcome::AgreeInPrinciple => {
                self.draft = DraftState::Decided;
                self.adoption = if outcome == Outcome::Agree { Adoption::Agreed } else { Adoption::InPrinciple };
                self.stage(stage, |s| {
                    s.evidence = Evidence::Current;
                    if let Detail::CollectiveDeliberation { decided, .. } = &mut s.detail {
                        *decided = true;
                    }
                });
            }
            Outcome::Disagree => {
                self.ending = Ending::NotAdopted;
                self.stage(stage, |s| {
                    s.status = Status::Completed;
                    // A decision like any other: its record is still to be signed.
                    if let Detail::CollectiveDeliberation { decided, .. } = &mut s.detail {
                        *decided = true;
                    }
                });
            }
            Outcome::Amend => {
                self.untable();
                self.draft = DraftState::ToAmend;
                for drafting in self.of_mut(StageKind::Drafting) {
                    drafting.status = Status::Active;
                }
            }
            // Tabling stands; only the meeting is held again.
            Outcome::Defer | Outcome::DiscussAgain => self.restart(StageKind::CollectiveDeliberation),
        }
    }

    fn replied(&mut self, stage: usize, reply: ReportReply) {
        match reply {
            ReportReply::Agreed => self.stage(stage, |s| {
                s.complete();
                s.detail = Detail::PreIssuanceReporting { reply: Some(reply) };
            }),
            ReportReply::WithComments => {
                self.stage(stage, |s| {
                    s.complete();
                    s.detail = Detail::PreIssuanceReporting { reply: Some(reply) };
                });
                self.adoption = Adoption::InPrinciple;
                // A text made before the comments does not carry them out.
                if matches!(self.draft, DraftState::Confirmed | DraftState::Final) {
                    self.draft = DraftState::Decided;
                }
            }
            ReportReply::NotAgreed => self.ending = Ending::NotAdopted,
            ReportReply::Returned => {
                self.adoption = Adoption::None;
                // A text that the reviewer refused is not to be worked on as if it had been cleared.
                if self.draft != DraftState::ToAmend {
                    self.draft = DraftState::Working;
                }
                self.restart(StageKind::CollectiveDeliberation);
                self.restart(StageKind::PreIssuanceReporting);
            }
        }
    }
}

impl StageControl {
    fn items_go_stale(&mut self) {
        if let Detail::Drafting { items } = &mut self.detail {
            for item in items {
                if *item == Evidence::Current {
                    *item = Evidence::Stale;
                }
            }
        }
    }

    /// The changes that stay within one stage. The caller has taken those that reach further.
    fn apply(&mut self, class: EventClass) {
        match (class, &mut self.detail) {
            (EventClass::ProposalStudied, Detail::Initiation { studied }) => *studied = true,
            (EventClass::AbsenceRecorded, _) => {
                self.status = Status::Absent;
                self.evidence = Evidence::None;
            }
            (EventClass::EvidenceReaffirmed, Detail::Drafting { items }) => {
                for item in items {
                    if *item == Evidence::Stale {
                        *item = Evidence::Current;
                    }
                }
            }
            (EventClass::EvidenceReaffirmed, _) => {
                self.status = Status::Completed;
                self.evidence = Evidence::Current;
                self.on_current_draft = true;
            }
            (EventClass::DraftingItemRecorded { item, in_order }, Detail::Drafting { items }) => {
                items[item as usize] = if in_order { Evidence::Current } else { Evidence::None };
            }
            (EventClass::SolicitationOpened, detail) => {
                // Groups, and a hearing, may be heard before the public is asked; a changed draft forgets them by itself.
                let (groups_heard, hearing) = match detail {
                    Detail::PublicParticipation { groups_heard, hearing, .. } => (*groups_heard, *hearing),
                    _ => (false, HearingProgress::None),
                };
                self.begin();
                let (solicitation, comments) = (Solicitation::Open, Comments::None);
                self.detail = Detail::PublicParticipation { solicitation, comments, groups_heard, hearing };
            }
            (EventClass::HearingCancelled, _) => self.hear(HearingProgress::None),
            (EventClass::HearingReported { current }, _) => {
                self.hear(if current { HearingProgress::Reported } else { HearingProgress::None });
            }
            (EventClass::ParticipationRecorded { groups }, Detail::PublicParticipation { groups_heard, .. }) => {
                *groups_heard |= groups;
            }
            (EventClass::SolicitationClosed { zero }, Detail::PublicParticipation { solicitation, comments, .. }) => {
                *solicitation = Solicitation::Closed;
                *comments = if zero { Comments::None } else { Comments::Open };
            }
            (EventClass::CommentsAnswered, Detail::PublicParticipation { comments, .. }) => {
                *comments = Comments::Answered;
            }
            (EventClass::ParticipationReported, _) => self.complete(),
            (EventClass::ExpertsAppointed, _) => {
                self.begin();
                self.detail = Detail::ExpertReview { panel: ExpertPanel::Appointed };
            }
            (EventClass::ExpertsInformed, Detail::ExpertReview { panel }) => {
                if *panel == ExpertPanel::Appointed {
                    *panel = ExpertPanel::Informed;
                }
            }
            (EventClass::ExpertsHeard { complete }, Detail::ExpertReview { panel }) => {
                if complete {
                    *panel = ExpertPanel::Heard;
                } else if *panel == ExpertPanel::Heard {
                    // An interest that came to light took out the last who had spoken.
                    *panel = ExpertPanel::Informed;
                }
            }
            (EventClass::ExpertReviewReported, _) => self.complete(),
            (EventClass::RiskAssessmentStarted, _) => self.begin(),
            (EventClass::StageTakenOver { level: found, .. }, detail) => {
                // Begun on the current draft and done at once; groups that were heard on it stay heard.
                let heard = matches!(detail, Detail::PublicParticipation { groups_heard: true, .. });
                self.begin();
                match &mut self.detail {
                    Detail::PublicParticipation { groups_heard, .. } => *groups_heard = heard,
                    Detail::RiskAssessment { level } => *level = found,
                    _ => {}
                }
                self.complete();
            }
            (EventClass::RiskReported { level }, Detail::RiskAssessment { level: known }) => {
                *known = Some(level);
                self.complete();
            }
            (EventClass::LegalityReturned, Detail::LegalityReview { submission, .. }) => {
                *submission = Submission::None;
                self.status = Status::Available;
            }
            (EventClass::SupplementRequested, Detail::LegalityReview { submission, .. }) => {
                *submission = Submission::AwaitingSupplement;
            }
            (EventClass::SupplementSupplied, Detail::LegalityReview { submission, .. }) => {
                *submission = Submission::UnderReview;
            }
            (EventClass::AdviceRecorded { complete }, Detail::LegalityReview { advised, .. }) => *advised = complete,
            (EventClass::LegalityAnswered, Detail::LegalityReview { response_due, .. }) => *response_due = false,
            (EventClass::TablingRequested, Detail::Tabling { progress }) => {
                *progress = TablingProgress::Requested;
                self.status = Status::Active;
            }
            (EventClass::TablingChecked { complete }, Detail::Tabling { progress }) => {
                *progress = if complete { TablingProgress::Checked } else { TablingProgress::None };
                self.status = if complete { Status::Active } else { Status::Available };
            }
            (EventClass::TablingReviewed { agreed }, Detail::Tabling { progress }) => {
                *progress = if agreed { TablingProgress::Reviewed } else { TablingProgress::None };
                self.status = if agreed { Status::Active } else { Status::Available };
            }
            (EventClass::TablingApproved, Detail::Tabling { progress }) => {
                *progress = TablingProgress::Approved;
                self.status = Status::Completed;
                self.evidence = Evidence::Current;
            }
            (EventClass::MeetingConvened, Detail::CollectiveDeliberation { .. }) => {
                *self = Self::fresh(self.kind);
                self.status = Status::Active;
                if let Detail::CollectiveDeliberation { meeting, .. } = &mut self.detail {
                    *meeting = Meeting::Convened;
                }
            }
            (EventClass::MeetingPostponed, Detail::CollectiveDeliberation { .. }) => *self = Self::fresh(self.kind),
            (EventClass::AttendanceTaken { quorum }, Detail::CollectiveDeliberation { meeting, .. }) => {
                *meeting = if quorum { Meeting::Quorate } else { Meeting::Inquorate };
            }
            (EventClass::RiskFound { controllable }, Detail::CollectiveDeliberation { risk_controllable, .. }) => {
                *risk_controllable = Some(controllable)
            }
            (
                EventClass::PositionRecorded { complete, majority: stands },
                Detail::CollectiveDeliberation { positions_complete, majority, .. },
            ) => {
                *positions_complete = complete;
                // Until all have spoken it is nobody's majority.
                *majority = if complete { stands } else { Majority::Even };
            }
            (EventClass::MeetingRecordSigned, Detail::CollectiveDeliberation { decided: true, signed, .. }) => {
                *signed = true;
                self.status = Status::Completed;
            }
            // Nothing was decided for good: the next meeting begins anew.
            (EventClass::MeetingRecordSigned, Detail::CollectiveDeliberation { decided: false, .. }) => {
                *self = Self::fresh(self.kind);
            }
            (EventClass::DecisionIssued | EventClass::DecisionPublished, _) => self.done(),
            (EventClass::ExecutionCommentEntered, Detail::Implementation { unanswered, .. }) => *unanswered = true,
            (EventClass::ExecutionCommentAnswered { none_left }, Detail::Implementation { unanswered, .. }) => {
                *unanswered = !none_left;
            }
            (EventClass::ExecutionSuspended, Detail::Implementation { .. }) => self.execute(Execution::Suspended),
            (EventClass::ExecutionResumed, Detail::Implementation { .. }) => self.execute(Execution::InForce),
            (EventClass::ExecutionAdjusted, Detail::Implementation { .. }) => {
                self.execute(Execution::Adjusted);
                self.done();
            }
            (EventClass::ExecutionTerminated, Detail::Implementation { .. }) => {
                self.execute(Execution::Terminated);
                self.done();
            }
            (EventClass::ExecutionCompleted, Detail::Implementation { .. }) => {
                self.execute(Execution::Completed);
                self.done();
            }
            (EventClass::EvaluationStarted, Detail::PostEvaluation { .. }) => {
                self.evaluate(Evaluation::Started);
                self.status = Status::Active;
            }
            (EventClass::EvaluationHeard { complete }, Detail::PostEvaluation { .. }) => {
                self.evaluate(if complete { Evaluation::Heard } else { Evaluation::Started });
            }
            (EventClass::EvaluationReported, Detail::PostEvaluation { .. }) => self.evaluate(Evaluation::Reported),
            (EventClass::VolumeChecked { volume, complete }, Detail::Archiving { .. }) => {
                self.file(volume, if complete { Filing::Checked } else { Filing::Open });
                if volume == Volume::Decision {
                    self.status = Status::Active;
                }
            }
            (EventClass::TaskProgressed { .. }, Detail::Task { .. }) => self.status = Status::Active,
            (EventClass::ApprovalRequested, Detail::Approval { progress }) => {
                *progress = ApprovalProgress::Requested;
                self.status = Status::Active;
            }
            (EventClass::StageSentBack, Detail::Task { .. } | Detail::Approval { .. }) => {
                *self = Self::fresh(self.kind)
            }
            // An event of another kind of stage changes nothing here; `Case::evolve` refuses it as corrupt history.
            (
                EventClass::Neutral
                | EventClass::DocumentAnnotated
                | EventClass::Onboarded
                | EventClass::StageReopened
                | EventClass::ProposalStudied
                | EventClass::InitiationDecided { .. }
                | EventClass::DraftVersionAdded(_)
                | EventClass::DraftingItemRecorded { .. }
                | EventClass::SolicitationClosed { .. }
                | EventClass::CommentsAnswered
                | EventClass::ParticipationRecorded { .. }
                | EventClass::HearingNoticed
                | EventClass::ExpertsInformed
                | EventClass::ExpertsHeard { .. }
                | EventClass::RiskReported { .. }
                | EventClass::LegalitySubmitted
                | EventClass::LegalityReturned
                | EventClass::SupplementRequested
                | EventClass::SupplementSupplied
                | EventClass::AdviceRecorded { .. }
                | EventClass::LegalityConcluded(_)
                | EventClass::LegalityAnswered
                | EventClass::DraftConfirmed
                | EventClass::ConfirmationRefused
                | EventClass::TablingRequested
                | EventClass::TablingChecked { .. }
                | EventClass::TablingReviewed { .. }
                | EventClass::TablingApproved
                | EventClass::TablingDeclined
                | EventClass::MeetingConvened
                | EventClass::MeetingPostponed
                | EventClass::AttendanceTaken { .. }
                | EventClass::RiskFound { .. }
                | EventClass::PositionRecorded { .. }
                | EventClass::HeadDecided(_)
                | EventClass::MeetingRecordSigned
                | EventClass::ReportReplied(_)
                | EventClass::ExecutionCommentEntered
                | EventClass::ExecutionCommentAnswered { .. }
                | EventClass::ExecutionSuspended
                | EventClass::ExecutionResumed
                | EventClass::ExecutionAdjusted
                | EventClass::ExecutionTerminated
                | EventClass::ExecutionCompleted
                | EventClass::EvaluationStarted
                | EventClass::EvaluationHeard { .. }
                | EventClass::EvaluationReported
                | EventClass::EvaluationConcluded(_)
                | EventClass::TaskProgressed { .. }
                | EventClass::TaskCompleted { .. }
                | EventClass::ApprovalRequested
                | EventClass::ApprovalGiven { .. }
                | EventClass::StageSentBack
                | EventClass::VolumeChecked { .. }
                | EventClass::VolumeClosed(_)
                | EventClass::IrregularityRecorded
                | EventClass::IrregularityCured { .. }
                | EventClass::CaseTerminated,
                _,
            ) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLASSES: [EventClass; 6] = [
        EventClass::ProposalStudied,
        EventClass::LegalitySubmitted,
        EventClass::MeetingRecordSigned,
        EventClass::DecisionIssued,
        EventClass::VolumeClosed(Volume::Decision),
        EventClass::RiskFound { controllable: true },
    ];

    #[test]
    fn an_event_stands_only_on_a_stage_of_its_kind() {
        let control = Control::opened(StageKind::ALL.iter().copied());
        for class in CLASSES {
            let fits = (0..control.stages.len()).filter(|at| control.admits(*at, class).is_ok()).collect::<Vec<_>>();
            let kinds: Vec<_> = fits.iter().map(|at| control.stages[*at].kind).collect();
            assert_eq!(Some(kinds), class.kind().map(|kind| vec![kind]), "{class:?}");
        }
    }
}
