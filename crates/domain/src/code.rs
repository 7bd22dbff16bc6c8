//! Codes of refusal. Each has a page in `docs/errors/` and an entry in the language files; none is ever reused.

use crate::words;

words! {
    /// Why an act was refused, in the order in which reasons are told when several apply.
    Code {
        /// None of the actor's roles in this case may do this.
        RoleMissing = "ROLE_MISSING",
        /// Duties are separated: the actor did something in this case that bars them from this.
        DutiesSeparated = "DUTIES_SEPARATED",
        /// The case has ended.
        CaseEnded = "CASE_ENDED",
        /// The definition has no such stage, or the stage is of another kind, or the stage must be named.
        StageUnknown = "STAGE_UNKNOWN",
        /// The stage is not open for this act: it has not begun, or is done.
        StageNotOpen = "STAGE_NOT_OPEN",
        /// The stage was recorded as not running.
        StageAbsent = "STAGE_ABSENT",
        /// The law gives no ground on which this stage may be absent.
        AbsenceNotAllowed = "ABSENCE_NOT_ALLOWED",
        /// The proposal has not been studied (R713 art. 10).
        ProposalNotStudied = "PROPOSAL_NOT_STUDIED",
        /// There is no draft.
        DraftMissing = "DRAFT_MISSING",
        /// The draft must be amended first.
        DraftToBeAmended = "DRAFT_TO_BE_AMENDED",
        /// The draft is already adopted, so it cannot be changed except to carry out the decision.
        DraftAdopted = "DRAFT_ADOPTED",
        /// The current draft has not passed legality review (R713 art. 25).
        LegalityMissing = "LEGALITY_MISSING",
        /// No earlier clearance can be confirmed for this draft.
        NothingToConfirm = "NOTHING_TO_CONFIRM",
        /// A criterion of the gate is not met.
        CriterionNotMet = "CRITERION_NOT_MET",
        /// The solicitation is still open, or was never opened.
        SolicitationNotClosed = "SOLICITATION_NOT_CLOSED",
        /// A solicitation is open.
        SolicitationOpen = "SOLICITATION_OPEN",
        /// Comments have no answer.
        CommentsUnanswered = "COMMENTS_UNANSWERED",
        /// A hearing is announced, or held, and not yet reported on.
        HearingUnderWay = "HEARING_UNDER_WAY",
        /// A hearing that must be held was not held and reported on (R713 art. 16).
        HearingMissing = "HEARING_MISSING",
        /// No hearing is announced, or the one that is has not come that far.
        HearingNotReady = "HEARING_NOT_READY",
        /// The experts have not been sent the draft and what explains it.
        ExpertMaterialsMissing = "EXPERT_MATERIALS_MISSING",
        /// Experts have not declared whether they have an interest, or have not given their opinions.
        ExpertOpinionsMissing = "EXPERT_OPINIONS_MISSING",
        /// The decision is not published, nor was it found that it must not be, and the case has not ended otherwise.
        PublicationMissing = "PUBLICATION_MISSING",
        /// Evidence is not stale, so there is nothing to reaffirm.
        NothingToReaffirm = "NOTHING_TO_REAFFIRM",
        /// A document would be published that no review found to be public (Open Government Information Regulation art. 17).
        ReleaseNotReviewed = "RELEASE_NOT_REVIEWED",
        /// The document was published; it cannot be withheld any more.
        DocumentReleased = "DOCUMENT_RELEASED",
        /// The review for fair competition was done by a body that is not the one to do it on that day.
        FairCompetitionBody = "FAIR_COMPETITION_BODY",
        /// A department does not agree, and nothing says what is disputed (R713 art. 13).
        DisputeUntold = "DISPUTE_UNTOLD",
        /// Nothing is before the reviewer.
        NothingUnderReview = "NOTHING_UNDER_REVIEW",
        /// A submission is under review.
        AlreadyUnderReview = "ALREADY_UNDER_REVIEW",
        /// No supplement was asked for.
        NoSupplementAwaited = "NO_SUPPLEMENT_AWAITED",
        /// Advisers have not been heard (R713 art. 28).
        AdviceMissing = "ADVICE_MISSING",
        /// The reviewer's conclusion asks for no response.
        NoResponseOwed = "NO_RESPONSE_OWED",
        /// The unit owes its response to the reviewer's conclusion.
        ResponseMissing = "RESPONSE_MISSING",
        /// Tabling has not come that far.
        TablingOrder = "TABLING_ORDER",
        /// The meeting has not been called, or attendance not taken.
        MeetingNotHeld = "MEETING_NOT_HELD",
        /// The meeting was called off, or its minutes are issued.
        MeetingNotOpen = "MEETING_NOT_OPEN",
        /// The matter is not on the agenda of the meeting.
        AgendaItemUnknown = "AGENDA_ITEM_UNKNOWN",
        /// Whoever is to decide in the head's place may not.
        DeciderNotAcceptable = "DECIDER_NOT_ACCEPTABLE",
        /// The meeting is already called, or decided.
        MeetingUnderWay = "MEETING_UNDER_WAY",
        /// There was no quorum.
        QuorumMissing = "QUORUM_MISSING",
        /// Members present have not spoken.
        PositionsMissing = "POSITIONS_MISSING",
        /// The organ has not found the risk controllable (R713 art. 24).
        RiskNotFound = "RISK_NOT_FOUND",
        /// The record is signed; nothing in it changes.
        RecordSigned = "RECORD_SIGNED",
        /// The meeting has not decided.
        DecisionMissing = "DECISION_MISSING",
        /// The final text is not confirmed.
        FinalTextUnconfirmed = "FINAL_TEXT_UNCONFIRMED",
        /// The body asked before issuance has not replied.
        ReportingMissing = "REPORTING_MISSING",
        /// The record of the meeting is not signed.
        RecordUnsigned = "RECORD_UNSIGNED",
        /// The execution is suspended: it is resumed, adjusted or ended first (R713 art. 37).
        ExecutionSuspended = "EXECUTION_SUSPENDED",
        /// The execution is not suspended.
        ExecutionNotSuspended = "EXECUTION_NOT_SUSPENDED",
        /// An irregularity is open.
        IrregularityOpen = "IRREGULARITY_OPEN",
        /// There is no such open irregularity.
        IrregularityUnknown = "IRREGULARITY_UNKNOWN",
        /// The volume is closed: nothing is ever added to it.
        VolumeClosed = "VOLUME_CLOSED",
        /// The decision volume is closed first.
        VolumeOrder = "VOLUME_ORDER",
        /// The execution has not ended.
        ExecutionNotEnded = "EXECUTION_NOT_ENDED",
        /// What the organ concluded from an evaluation is not carried out (R713 arts. 36, 37).
        EvaluationNotCarriedOut = "EVALUATION_NOT_CARRIED_OUT",
        /// Voices that the evaluation must hear are not answered for (R713 art. 36).
        VoicesMissing = "VOICES_MISSING",
        /// The evaluation has not been concluded.
        EvaluationNotConcluded = "EVALUATION_NOT_CONCLUDED",
        /// The volume has not been found complete.
        VolumeNotChecked = "VOLUME_NOT_CHECKED",
        /// A period still runs.
        PeriodRunning = "PERIOD_RUNNING",

        /// The period for comments is shorter than the law asks and no reason stands in the notice.
        CommentPeriodTooShort = "COMMENT_PERIOD_TOO_SHORT",
        /// A text is missing, too long, or holds control characters.
        TextNotAcceptable = "TEXT_NOT_ACCEPTABLE",
        /// A list has too few or too many members, or one twice.
        ListNotAcceptable = "LIST_NOT_ACCEPTABLE",
        /// A date is impossible here: before what it follows, or in the future.
        DateNotAcceptable = "DATE_NOT_ACCEPTABLE",
        /// The act is dated before one that the law puts before it.
        OutOfOrder = "OUT_OF_ORDER",
        /// The calendar of a year is not loaded.
        CalendarMissing = "CALENDAR_MISSING",
        /// The user saw an older draft than the current one.
        DraftMovedOn = "DRAFT_MOVED_ON",
        /// The case has no such draft.
        DraftUnknown = "DRAFT_UNKNOWN",
        /// A material change needs its reason.
        ReasonMissing = "REASON_MISSING",
        /// The first version must be declared as such, and only the first.
        ChangeNotAcceptable = "CHANGE_NOT_ACCEPTABLE",
        /// The fact is not declared, or the value is not among its values.
        FactNotAcceptable = "FACT_NOT_ACCEPTABLE",
        /// Nobody of that code, or nobody who acts, is an expert of this review.
        ExpertUnknown = "EXPERT_UNKNOWN",
        /// The expert has a direct interest, or was released (R713 art. 20).
        ExpertExcluded = "EXPERT_EXCLUDED",
        /// Somebody who has an account says this themselves: nobody else says it for them.
        NotInPerson = "NOT_IN_PERSON",
        /// The expert has not declared whether they have an interest: that comes first.
        InterestUndeclared = "INTEREST_UNDECLARED",
        /// The instant named for the draw has not come, or its seed is not recorded yet.
        DrawTooEarly = "DRAW_TOO_EARLY",
        /// The instant named for the draw is past: nobody is left out any more.
        DrawInstantPast = "DRAW_INSTANT_PAST",
        /// Those on the list are not those whose lots were drawn.
        ParticipantsNotAsDrawn = "PARTICIPANTS_NOT_AS_DRAWN",
        /// A participant did not have the materials as long before the hearing as the law asks (R713 art. 16).
        HearingMaterialsLate = "HEARING_MATERIALS_LATE",
        /// Fewer participants than a binding rule asks.
        ParticipantsTooFew = "PARTICIPANTS_TOO_FEW",
        /// Somebody spoke before the unit presented the draft (R713 art. 17).
        HearingOrder = "HEARING_ORDER",
        /// Nobody of that code takes part, or applied.
        ApplicantUnknown = "APPLICANT_UNKNOWN",
        /// The hearing has no such group of seats.
        HearingGroupUnknown = "HEARING_GROUP_UNKNOWN",
        /// It is not a day on which applications are taken.
        ApplicationsClosed = "APPLICATIONS_CLOSED",
        /// Fewer experts than a binding rule asks.
        ExpertsTooFew = "EXPERTS_TOO_FEW",
        /// The report does not say for each opinion how it was taken up (R713 art. 29).
        AdoptionIncomplete = "ADOPTION_INCOMPLETE",
        /// The report keeps silent about the experts who oppose.
        DissentUnreported = "DISSENT_UNREPORTED",
        /// A clearing conclusion contradicts a line of the review (law digest, trap 11).
        ConclusionContradicted = "CONCLUSION_CONTRADICTED",
        /// A line of the review is missing: authority, procedure and substance are all looked at.
        ReviewSheetIncomplete = "REVIEW_SHEET_INCOMPLETE",
        /// A guaranteed period runs and its holder made no statement that they finish early.
        EarlyStatementMissing = "EARLY_STATEMENT_MISSING",
        /// Nobody of that id is a member of the body on that day.
        NotAMember = "NOT_A_MEMBER",
        /// The member withdraws from this matter.
        MemberWithdrawn = "MEMBER_WITHDRAWN",
        /// The member was not present.
        MemberAbsent = "MEMBER_ABSENT",
        /// The member has already spoken; a position is not changed, a correction is a new entry before signing.
        PositionTaken = "POSITION_TAKEN",
        /// A dissent or reservation needs its reasons.
        DissentReasonMissing = "DISSENT_REASON_MISSING",
        /// The head spoke before others (R713 art. 30): recorded as an irregularity, without effect.
        HeadNotLast = "HEAD_NOT_LAST",
        /// The head decided against the majority without stating reasons (R713 art. 30).
        MajorityReasonsMissing = "MAJORITY_REASONS_MISSING",
        /// Where a ballot decides, the decision is not what the ballot came to.
        BallotNotCarried = "BALLOT_NOT_CARRIED",
        /// The outcome is not offered by the definition.
        OutcomeNotOffered = "OUTCOME_NOT_OFFERED",
        /// Another decision of the organ bears this document number.
        DocumentNumberTaken = "DOCUMENT_NUMBER_TAKEN",
        /// The executing unit and the time limit must be named.
        ExecutionMissing = "EXECUTION_MISSING",
        /// The evaluator did the main assessment before the decision (R713 art. 36).
        EvaluatorBarred = "EVALUATOR_BARRED",
        /// The meeting that decided so is not named (R713 art. 37).
        MeetingReferenceMissing = "MEETING_REFERENCE_MISSING",
        /// The case that is said to adjust this one does not name it, or is not issued (R713 art. 37).
        AdjustmentNotDecided = "ADJUSTMENT_NOT_DECIDED",
        /// A guaranteed period of the reviewer covers the day of the meeting.
        MeetingInsideReview = "MEETING_INSIDE_REVIEW",
        /// Documents that must be attached are missing.
        DocumentMissing = "DOCUMENT_MISSING",
        /// A document is not in the file store.
        DocumentUnknown = "DOCUMENT_UNKNOWN",
        /// A stage that is filed in the volume is neither finished nor recorded as not running.
        StageUnfinished = "STAGE_UNFINISHED",
        /// Whoever asks for an approval does not give it, and nobody gives it twice or in two roles.
        FourEyes = "FOUR_EYES",
        /// Materials that the definition demands of the volume are not answered for (R713 art. 33).
        MaterialsMissing = "MATERIALS_MISSING",
        /// The comment is not one of this consultation.
        CommentUnknown = "COMMENT_UNKNOWN",
        /// The comment has its answer.
        CommentAnswered = "COMMENT_ANSWERED",
        /// The matter has ended: nobody answers what is said to its consultation any more.
        ConsultationOver = "CONSULTATION_OVER",
        /// The consultation is not open.
        ConsultationClosed = "CONSULTATION_CLOSED",
        /// The undertaking unit is not named.
        UndertakingUnitMissing = "UNDERTAKING_UNIT_MISSING",
        /// The unit, post or person is not registered.
        DirectoryUnknown = "DIRECTORY_UNKNOWN",
        /// Dates or scope of a post or delegation contradict the record.
        DirectoryConflict = "DIRECTORY_CONFLICT",
        /// The catalogue has no draft under way, or has one where none may be.
        CatalogueNotOpen = "CATALOGUE_NOT_OPEN",
        /// A consent that the law asks for is not on record for the list as it stands (R713 art. 3).
        CatalogueConsentMissing = "CATALOGUE_CONSENT_MISSING",
        /// The catalogue has no such entry.
        EntryUnknown = "ENTRY_UNKNOWN",
        /// The entry is dropped or finished.
        EntryNotOpen = "ENTRY_NOT_OPEN",
        /// A unit must argue its proposal in full (R713 art. 10).
        ProposalArgumentMissing = "PROPOSAL_ARGUMENT_MISSING",
        /// The proposal is not at this point.
        ProposalNotOpen = "PROPOSAL_NOT_OPEN",
        /// Of a secret matter nothing but the stub is kept here.
        SecretStubOnly = "SECRET_STUB_ONLY",
        /// The agenda has no such item.
        PrintedItemUnknown = "PRINTED_ITEM_UNKNOWN",
        /// The print and the meeting are not of the same session.
        AgendaNotOfMeeting = "AGENDA_NOT_OF_MEETING",
        /// The adviser is not on the roster on that day.
        AdviserNotServing = "ADVISER_NOT_SERVING",
        /// The engagement is not at this point.
        EngagementNotOpen = "ENGAGEMENT_NOT_OPEN",
        /// The accountability file is not at this point.
        AccountabilityNotOpen = "ACCOUNTABILITY_NOT_OPEN",
        /// Whoever acts is a person of whom the file speaks, or of a unit that it concerns.
        AccountabilityConflict = "ACCOUNTABILITY_CONFLICT",
        /// The frozen trace has no such event of this person in this post.
        ActNotOfPerson = "ACT_NOT_OF_PERSON",
        /// The supervision notice is not at this point.
        NoticeNotOpen = "NOTICE_NOT_OPEN",
        /// Events of the stream are lost: nothing is written to it until they are back.
        RecordIncomplete = "RECORD_INCOMPLETE",
        /// What an official did is not erased while liability for it runs (PIPL art. 47 para. 2).
        ErasureNotAllowed = "ERASURE_NOT_ALLOWED",
        /// Erasure is asked for and approved in person, never for somebody else.
        ErasureNotInPerson = "ERASURE_NOT_IN_PERSON",
        /// Nobody is sealed in it, so there is nothing to erase.
        NothingToErase = "NOTHING_TO_ERASE",
        /// The request for erasure is not at this point.
        ErasureNotOpen = "ERASURE_NOT_OPEN",
        /// The thing exists already.
        AlreadyThere = "ALREADY_THERE",
        /// The thing is not there, or is not for this actor to see.
        NotFound = "NOT_FOUND",
        /// The definition is not valid, not proven, or not in force on that day.
        DefinitionNotUsable = "DEFINITION_NOT_USABLE",
        /// The case cannot be moved to this version of its definition.
        MigrationImpossible = "MIGRATION_IMPOSSIBLE",
        /// The thing changed since the user saw it.
        Conflict = "CONFLICT",
        /// The idempotency key was used for another input.
        KeyReused = "KEY_REUSED",
        /// This cannot come in as a late record.
        LateRecordNotAllowed = "LATE_RECORD_NOT_ALLOWED",
        /// The input is not of the form needed.
        InputNotAcceptable = "INPUT_NOT_ACCEPTABLE",
        /// Too many writes are waiting.
        Overloaded = "OVERLOADED",
        /// The actor is not who the act needs, or is not signed in.
        NotAuthenticated = "NOT_AUTHENTICATED",
        /// The actor may not do this.
        Forbidden = "FORBIDDEN",
        /// The upload is broken or too large.
        UploadNotAcceptable = "UPLOAD_NOT_ACCEPTABLE",
        /// Of a secret matter only a stub may be kept.
        SecretContent = "SECRET_CONTENT",
    }
}

impl Code {
    /// Whether what was given describes a breach of law, and is no mere slip of whoever entered it: done on paper, it is
    /// recorded as an irregularity.
    pub const fn breaks_law(self) -> bool {
        matches!(
            self,
            Self::CommentPeriodTooShort
                | Self::HearingMissing
                | Self::ParticipantsNotAsDrawn
                | Self::HearingMaterialsLate
                | Self::ParticipantsTooFew
                | Self::HearingOrder
                | Self::FairCompetitionBody
                | Self::ReleaseNotReviewed
                | Self::ExpertExcluded
                | Self::ExpertsTooFew
                | Self::AdoptionIncomplete
                | Self::DissentUnreported
                | Self::ConclusionContradicted
                | Self::ReviewSheetIncomplete
                | Self::EarlyStatementMissing
                | Self::MemberAbsent
                | Self::MemberWithdrawn
                | Self::HeadNotLast
                | Self::MajorityReasonsMissing
                | Self::BallotNotCarried
                | Self::FinalTextUnconfirmed
                | Self::OutOfOrder
                | Self::EvaluatorBarred
                | Self::FourEyes
                | Self::MeetingReferenceMissing
        )
    }
}
