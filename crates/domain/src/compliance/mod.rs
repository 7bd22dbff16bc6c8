//! The compliance sheet 程序体检表 of a decision: rule by rule whether the record shows that the procedure was kept, who
//! excused what on which ground, and which events show it.
//!
//! It is a second opinion. Nothing here asks what an act is told when it is done, nor looks at the state that gates look
//! at: it reads what was recorded, with the days on which it happened, against the numbers of the definition, the calendar
//! and the register of legal bases. So it also finds what no gate ever judged: late records, acts on paper, stages taken
//! over from elsewhere, and decisions that were finished before they were entered (see `docs/adr/0021-compliance-sheet.md`).
//!
//! In reading order: `record` is what both a case and a historical dossier are read into, [`of_case`] and [`of_dossier`]
//! read them; `line` is what a rule says; the other files hold the rules, a group of the law each.
//!
//! It says nothing of liability, and a record may be incomplete: where the record tells nothing, the line says so
//! ([`Verdict::Untold`]) and accuses nobody.

mod archiving;
mod drafting;
mod execution;
mod experts;
mod hearing;
mod legality;
mod line;
mod meeting;
mod of_case;
mod of_dossier;
mod order;
mod outcome;
mod participation;
mod record;
mod risk;
mod tabling;
mod whole;

pub use line::{Evidence, Excuse, Found, Line, Who};
pub use of_case::of_case;
pub use of_dossier::of_dossier;
pub use record::{Entry, Record};

use jiff::civil::Date;

use crate::definition::Definition;
use crate::legal_bases::LegalBases;
use crate::time::Calendar;
use crate::words;
use crate::words::StageKind;
use line::Sketch;

words! {
    /// What became of a rule in a decision.
    Verdict {
        /// The record shows that it was kept.
        Passed = "passed",
        /// The record shows that it was broken.
        Failed = "failed",
        /// It was not kept as it stands, and somebody recorded the ground on which the law allows that.
        Excused = "excused",
        /// The record departs from a number that only advises.
        Advised = "advised",
        /// It does not apply to this matter.
        NotApplicable = "not_applicable",
        /// The matter has not come so far.
        NotYet = "not_yet",
        /// The record does not tell.
        Untold = "untold",
    }

    /// In which way the record departs from a rule.
    Finding {
        /// What the rule asks for is not on record.
        Missing = "missing",
        /// It came after the day on which it was due.
        Late = "late",
        /// It came before the day on which it was allowed.
        Early = "early",
        /// It is less than the rule asks.
        TooFew = "too_few",
        /// It is more than the rule allows.
        TooMany = "too_many",
        /// It is another than the rule asks for.
        Differs = "differs",
        /// Somebody, or something, has no place there.
        NotEntitled = "not_entitled",
        /// The reason that the rule asks for is not on record.
        Unreasoned = "unreasoned",
        /// It waits for an answer.
        Unanswered = "unanswered",
    }

    /// On which ground a rule was excused.
    ExcuseGround {
        /// A stage does not run, with ground, reason and article.
        Absence = "absence",
        /// The reason for a shorter period stands in the notice.
        ShorterPeriod = "shorter_period",
        /// The reviewer stated that they needed less time.
        EarlyStatement = "early_statement",
        /// Evidence on an earlier version was reaffirmed.
        Reaffirmed = "reaffirmed",
        /// The reviewer confirmed the version.
        Confirmed = "confirmed",
        /// An irregularity was cured.
        Cured = "cured",
        /// Nobody of that part could be heard, with the reason.
        NotHeard = "not_heard",
        /// The execution was suspended, adjusted or ended.
        ExecutionChanged = "execution_changed",
        /// The departure of a historical dossier was explained.
        Explained = "explained",
    }
}

/// What a record is held against.
#[derive(Debug, Clone, Copy)]
pub struct Against<'a> {
    /// The definition with its numbers and how far each may be enforced.
    pub def: &'a Definition,
    /// Working days.
    pub calendar: &'a Calendar,
    /// The organ's register of legal bases; citations are not looked at without one, nor is what the record says of them.
    pub bases: Option<&'a LegalBases>,
    /// The day on which it is looked at: what was due before it and is not on record is late.
    pub as_of: Date,
}

macro_rules! rules {
    ($($group:ident { $($(#[$doc:meta])* $rule:ident = $word:literal => $judge:ident,)+ })+) => {
        words! {
            /// The rules of the sheet, in the order of the procedure. Title and article of each are in the language files.
            Rule { $($($(#[$doc])* $rule = $word,)+)+ }
        }

        impl Rule {
            fn judge(self, record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
                match self {
                    $($(Self::$rule => $group::$judge(record, against, line),)+)+
                }
            }
        }
    };
}

rules! {
    order {
        /// The decision to begin comes before the first draft.
        BegunBeforeDraft = "begun_before_draft" => begun_before_draft,
        /// Public participation ends before the draft goes to the reviewer.
        ParticipationBeforeReview = "participation_before_review" => participation_before_review,
        /// Experts are heard before the draft goes to the reviewer.
        ExpertsBeforeReview = "experts_before_review" => experts_before_review,
        /// The risk is assessed before the draft goes to the reviewer.
        RiskBeforeReview = "risk_before_review" => risk_before_review,
        /// The reviewer concludes before the meeting.
        ReviewBeforeMeeting = "review_before_meeting" => review_before_meeting,
        /// Tabling is approved before the meeting.
        TabledBeforeMeeting = "tabled_before_meeting" => tabled_before_meeting,
        /// It is decided before it is issued.
        DecidedBeforeIssue = "decided_before_issue" => decided_before_issue,
        /// It is issued before it is published.
        IssuedBeforePublication = "issued_before_publication" => issued_before_publication,
    }
    drafting {
        /// Bases that are cited were in force on that day.
        BasesInForce = "bases_in_force" => bases_in_force,
        /// Departments whose duties are touched were asked, or why none.
        DepartmentsAsked = "departments_asked" => departments_asked,
        /// What departments dispute is laid before the meeting.
        DisputesTabled = "disputes_tabled" => disputes_tabled,
        /// Fair competition was reviewed by whom it is to be, and nothing stands against the measure.
        FairCompetitionReviewed = "fair_competition_reviewed" => fair_competition_reviewed,
        /// The unit checked the draft itself before it went to the reviewer.
        UnitChecked = "unit_checked" => unit_checked,
        /// Participation, experts and risk are on the text that was decided, or were reaffirmed.
        EvidenceOnText = "evidence_on_text" => evidence_on_text,
    }
    participation {
        /// The public took part, or why not.
        ParticipationHeld = "participation_held" => held,
        /// The public had the days that the law gives, or the notice says why not.
        CommentPeriod = "comment_period" => comment_period,
        /// The solicitation was not closed before its last day was over.
        SolicitationKeptOpen = "solicitation_kept_open" => kept_open,
        /// Every comment is answered for; none is a result too.
        CommentsAnswered = "comments_answered" => comments_answered,
        /// What came is reported, and people were told.
        ParticipationReported = "participation_reported" => reported,
        /// Groups that are touched were heard.
        GroupsHeard = "groups_heard" => groups_heard,
        /// Materials that were sent before a symposium came as long before as is asked.
        SymposiumMaterials = "symposium_materials" => materials,
    }
    hearing {
        /// A hearing was held where one is due or was decided on.
        HearingHeld = "hearing_held" => held,
        /// It was announced as long before as is asked.
        HearingNoticed = "hearing_noticed" => noticed,
        /// The list was published as long before as is asked.
        HearingListed = "hearing_listed" => listed,
        /// Materials reached everybody as long before as the law asks.
        HearingMaterials = "hearing_materials" => materials,
        /// Enough were there.
        HearingAttended = "hearing_attended" => attended,
        /// Enough participants are on the list.
        HearingSeats = "hearing_seats" => seats,
        /// As many of them are interested parties as are asked for.
        HearingInterested = "hearing_interested" => interested,
        /// Who presides did not draft and does not present.
        HearingChairApart = "hearing_chair_apart" => chair_apart,
        /// Its record was signed.
        HearingRecorded = "hearing_recorded" => recorded,
        /// Its report says what became of each view.
        HearingViewsAnswered = "hearing_views_answered" => views_answered,
        /// It was reported on in time.
        HearingReportedInTime = "hearing_reported_in_time" => reported_in_time,
    }
    experts {
        /// Experts were heard, or why not.
        ExpertsHeard = "experts_heard" => heard,
        /// As many as are asked for.
        ExpertsEnough = "experts_enough" => enough,
        /// Not more of the undertaking unit than is allowed.
        ExpertsApart = "experts_apart" => apart,
        /// Who has an interest, or declared nothing, gives no opinion.
        ExpertsWithoutInterest = "experts_without_interest" => without_interest,
        /// Who was left out before the selection does not sit.
        ExpertsNotExcluded = "experts_not_excluded" => not_excluded,
        /// Every expert's opinion is there, signed.
        ExpertsSigned = "experts_signed" => signed,
        /// It is told what became of every opinion.
        ExpertsAnswered = "experts_answered" => answered,
        /// Who opposes is told apart in the report.
        ExpertDissentTold = "expert_dissent_told" => dissent_told,
        /// Experts had time to study.
        ExpertsHadTime = "experts_had_time" => had_time,
    }
    risk {
        /// The risk was assessed, or why not.
        RiskAssessed = "risk_assessed" => assessed,
        /// The report says points, measures and contingency plan.
        RiskReportWhole = "risk_report_whole" => report_whole,
        /// The organ found the risk controllable before it adopted.
        RiskControllable = "risk_controllable" => controllable,
    }
    legality {
        /// The text that was decided had been found lawful, or its risk stated.
        LegalityReviewed = "legality_reviewed" => reviewed,
        /// What was found not to be tabled was not tabled.
        NotBarred = "not_barred" => not_barred,
        /// The reviewer had the days that the law gives.
        ReviewerTime = "reviewer_time" => time,
        /// Authority, procedure and substance were looked at, and the conclusion follows from them.
        ReviewWhole = "review_whole" => whole,
        /// Legal advisers and government lawyers were heard, or why not.
        AdvisersHeard = "advisers_heard" => advisers,
        /// A conclusion with conditions was answered.
        OpinionAnswered = "opinion_answered" => answered,
        /// Who reviews did not draft, advise, or belong to the undertaking unit.
        ReviewerApart = "reviewer_apart" => apart,
        /// Who confirms, advises or gives an expert opinion was nothing to the case that is kept apart from it.
        DutiesApart = "duties_apart" => duties_apart,
    }
    tabling {
        /// The file was found complete, then the deputy agreed, then the head approved.
        TabledInOrder = "tabled_in_order" => in_order,
        /// What was decided is what was tabled.
        TabledText = "tabled_text" => text,
    }
    meeting {
        /// It was decided at a meeting that was called and held.
        DecidedAtMeeting = "decided_at_meeting" => held,
        /// More members than the quorum were there; attendees are not counted.
        Quorum = "quorum" => quorum,
        /// Only members were counted and took positions.
        OnlyMembers = "only_members" => only_members,
        /// Who withdraws takes no position.
        RecusedSilent = "recused_silent" => recused_silent,
        /// Every member who was there said where they stand.
        PositionsTaken = "positions_taken" => positions,
        /// A dissent or reservation is on record with its reasons.
        DissentReasoned = "dissent_reasoned" => dissent,
        /// The head spoke last.
        HeadLast = "head_last" => head_last,
        /// The head decided, or whom the head entrusted.
        DeciderEntitled = "decider_entitled" => decider,
        /// A decision against the majority has its reasons.
        MajorityAnswered = "majority_answered" => majority,
        /// Where a place decides by ballot, the decision is what the ballot came to.
        BallotKept = "ballot_kept" => ballot,
        /// A matter that was put off was called again, or ended, in time.
        DeferralFollowed = "deferral_followed" => deferral,
        /// The record of the meeting was signed.
        MeetingRecorded = "meeting_recorded" => recorded,
    }
    outcome {
        /// It was reported, and answered, before it was issued.
        ReportedBeforeIssue = "reported_before_issue" => reported,
        /// The text that was issued is the one decided, or the reviewer confirmed it.
        IssuedText = "issued_text" => issued_text,
        /// It says who carries it out and by when.
        ExecutionNamed = "execution_named" => execution_named,
        /// Its document number is its alone in the file.
        DocumentNumberAlone = "document_number_alone" => number_alone,
        /// It was published in time, or why it is not public.
        PublishedInTime = "published_in_time" => published,
        /// It was published as early as is aimed at.
        PublicationTarget = "publication_target" => target,
        /// What was published is what was issued.
        PublishedText = "published_text" => published_text,
        /// What was published had been reviewed for release.
        ReleaseReviewed = "release_reviewed" => release_reviewed,
        /// It is told how opinions were adopted, where the law asks for it.
        AdoptionTold = "adoption_told" => adoption_told,
        /// It was explained with its publication or soon after.
        Explained = "explained" => explained,
    }
    execution {
        /// The executing unit reported.
        ExecutionReported = "execution_reported" => reported,
        /// It was carried out in the time that the decision names.
        ExecutionInTime = "execution_in_time" => in_time,
        /// What people said of the execution was answered.
        ExecutionAnswered = "execution_answered" => answered,
        /// Only the meeting ended or amended it.
        EndedByMeeting = "ended_by_meeting" => ended_by_meeting,
        /// Who assessed before the decision does not evaluate it.
        EvaluatorApart = "evaluator_apart" => evaluator_apart,
        /// The evaluation heard whom the law names, or says why not.
        VoicesHeard = "voices_heard" => voices,
    }
    archiving {
        /// Volumes were found complete before they were closed.
        VolumesWhole = "volumes_whole" => whole,
        /// The decision's volume was closed in time.
        VolumeInTime = "volume_in_time" => in_time,
        /// What is withheld is looked at again when it is due.
        WithheldRechecked = "withheld_rechecked" => rechecked,
    }
    whole {
        /// Stages that do not run may not run, with ground, reason and article.
        AbsencesGrounded = "absences_grounded" => absences,
        /// Irregularities were cured.
        IrregularitiesCured = "irregularities_cured" => irregularities,
        /// What was entered afterwards is shown by a document.
        LateRecordsShown = "late_records_shown" => late_records,
        /// Other periods were kept.
        PeriodsKept = "periods_kept" => periods,
    }
}

impl Rule {
    /// What it says of a record.
    pub fn line(self, record: &Record<'_>, against: &Against<'_>) -> Line {
        let mut sketch = Sketch::of(record);
        if self.needs().iter().all(|kind| against.def.positions(*kind).next().is_some()) {
            self.judge(record, against, &mut sketch);
        } else {
            sketch.not_applicable();
        }
        sketch.line(self, record)
    }

    /// The kinds of stages that it speaks of: in a procedure that lacks one of them it does not apply. The last one is that
    /// whose article a procedure of its own names for it.
    pub const fn needs(self) -> &'static [StageKind] {
        use StageKind as Kind;
        match self {
            Self::BegunBeforeDraft => &[Kind::Initiation, Kind::Drafting],
            Self::ParticipationBeforeReview => &[Kind::PublicParticipation, Kind::LegalityReview],
            Self::ExpertsBeforeReview => &[Kind::ExpertReview, Kind::LegalityReview],
            Self::RiskBeforeReview => &[Kind::RiskAssessment, Kind::LegalityReview],
            Self::ReviewBeforeMeeting => &[Kind::LegalityReview, Kind::CollectiveDeliberation],
            Self::TabledBeforeMeeting => &[Kind::Tabling, Kind::CollectiveDeliberation],
            Self::DecidedBeforeIssue => &[Kind::CollectiveDeliberation, Kind::Issuance],
            Self::IssuedBeforePublication => &[Kind::Issuance, Kind::Publication],
            Self::DepartmentsAsked | Self::FairCompetitionReviewed => &[Kind::Drafting],
            Self::DisputesTabled => &[Kind::Drafting, Kind::Tabling],
            Self::UnitChecked => &[Kind::Drafting, Kind::LegalityReview],
            Self::ParticipationHeld
            | Self::CommentPeriod
            | Self::SolicitationKeptOpen
            | Self::CommentsAnswered
            | Self::ParticipationReported
            | Self::GroupsHeard
            | Self::SymposiumMaterials
            | Self::HearingHeld
            | Self::HearingNoticed
            | Self::HearingListed
            | Self::HearingMaterials
            | Self::HearingAttended
            | Self::HearingSeats
            | Self::HearingInterested
            | Self::HearingChairApart
            | Self::HearingRecorded
            | Self::HearingViewsAnswered
            | Self::HearingReportedInTime => &[Kind::PublicParticipation],
            Self::ExpertsHeard
            | Self::ExpertsEnough
            | Self::ExpertsApart
            | Self::ExpertsWithoutInterest
            | Self::ExpertsNotExcluded
            | Self::ExpertsSigned
            | Self::ExpertsAnswered
            | Self::ExpertDissentTold
            | Self::ExpertsHadTime => &[Kind::ExpertReview],
            Self::RiskAssessed | Self::RiskReportWhole => &[Kind::RiskAssessment],
            Self::RiskControllable => &[Kind::RiskAssessment, Kind::CollectiveDeliberation],
            Self::LegalityReviewed
            | Self::NotBarred
            | Self::ReviewerTime
            | Self::ReviewWhole
            | Self::AdvisersHeard
            | Self::OpinionAnswered
            | Self::ReviewerApart => &[Kind::LegalityReview],
            Self::TabledInOrder => &[Kind::Tabling],
            Self::TabledText => &[Kind::CollectiveDeliberation, Kind::Tabling],
            Self::DecidedAtMeeting
            | Self::Quorum
            | Self::OnlyMembers
            | Self::RecusedSilent
            | Self::PositionsTaken
            | Self::DissentReasoned
            | Self::HeadLast
            | Self::DeciderEntitled
            | Self::MajorityAnswered
            | Self::BallotKept
            | Self::DeferralFollowed
            | Self::MeetingRecorded => &[Kind::CollectiveDeliberation],
            Self::ReportedBeforeIssue => &[Kind::Issuance, Kind::PreIssuanceReporting],
            Self::IssuedText | Self::DocumentNumberAlone => &[Kind::Issuance],
            Self::PublishedInTime
            | Self::PublicationTarget
            | Self::PublishedText
            | Self::ReleaseReviewed
            | Self::AdoptionTold
            | Self::Explained => &[Kind::Publication],
            Self::ExecutionNamed
            | Self::ExecutionReported
            | Self::ExecutionInTime
            | Self::ExecutionAnswered
            | Self::EndedByMeeting => &[Kind::Implementation],
            Self::EvaluatorApart | Self::VoicesHeard => &[Kind::PostEvaluation],
            Self::VolumesWhole | Self::VolumeInTime => &[Kind::Archiving],
            Self::BasesInForce
            | Self::EvidenceOnText
            | Self::DutiesApart
            | Self::WithheldRechecked
            | Self::AbsencesGrounded
            | Self::IrregularitiesCured
            | Self::LateRecordsShown
            | Self::PeriodsKept => &[],
        }
    }
}

/// A sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The day on which it was looked at.
    pub as_of: Date,
    /// One line a rule, in the order of the procedure.
    pub lines: Vec<Line>,
}

impl Sheet {
    /// Holds a record against the rules.
    pub fn of(record: &Record<'_>, against: &Against<'_>) -> Self {
        let lines = Rule::ALL.iter().map(|rule| rule.line(record, against)).collect();
        Self { as_of: against.as_of, lines }
    }

    /// The line of a rule.
    pub fn line(&self, rule: Rule) -> Option<&Line> {
        self.lines.iter().find(|l| l.rule == rule)
    }

    /// The lines of a verdict.
    pub fn with(&self, verdict: Verdict) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |l| l.verdict == verdict)
    }

    /// How many lines have a verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.with(verdict).count()
    }
}
