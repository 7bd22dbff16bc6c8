//! Which codes of refusal each part of the core can give: read from `crates/domain/src/stage/*.rs`, from what
//! `permits` and `decide` ask of every act, and from the form of what is given.

use std::collections::BTreeSet;
use std::path::Path;

use dingce_domain::code::Code::{self, *};
use dingce_domain::verb::Verb;
use dingce_domain::words::StageKind;
use dingce_testkit::scenario::Asked;

/// What `permits` asks of every act on a stage, and that every act has a text.
const EVERY: [Code; 4] = [RoleMissing, CaseEnded, StageUnknown, TextNotAcceptable];

/// A part of the core: the file in `crates/domain/src/stage` of its name, and the folder of stories.
///
/// A row holds what the part's own file names, what it calls names ([`CALLED`]), and what the form of its acts asks. What
/// [`EVERY`] act can meet is added.
const PARTS: &[(&str, &[Code])] = &[
    ("initiation", &[StageNotOpen, AlreadyThere, ProposalNotStudied, OutOfOrder]),
    (
        "drafting",
        &[
            StageNotOpen,
            DraftAdopted,
            DecisionMissing,
            AlreadyThere,
            DraftMissing,
            AlreadyUnderReview,
            FairCompetitionBody,
            ChangeNotAcceptable,
            DraftMovedOn,
            DraftUnknown,
            DateNotAcceptable,
            ReasonMissing,
            DocumentMissing,
            ListNotAcceptable,
            DisputeUntold,
            InputNotAcceptable,
        ],
    ),
    (
        "public_participation",
        &[
            StageAbsent,
            CriterionNotMet,
            PeriodRunning,
            DraftMissing,
            DraftToBeAmended,
            DraftAdopted,
            SolicitationOpen,
            StageNotOpen,
            SolicitationNotClosed,
            CommentAnswered,
            ConsultationClosed,
            CommentsUnanswered,
            CommentUnknown,
            HearingMissing,
            HearingUnderWay,
            NotFound,
            CommentPeriodTooShort,
            CalendarMissing,
            DateNotAcceptable,
            DraftMovedOn,
            DraftUnknown,
            ReleaseNotReviewed,
            ListNotAcceptable,
            DocumentMissing,
        ],
    ),
    (
        "hearing",
        &[
            StageAbsent,
            CriterionNotMet,
            DutiesSeparated,
            DraftMissing,
            DraftToBeAmended,
            DraftAdopted,
            TablingOrder,
            AlreadyUnderReview,
            HearingUnderWay,
            HearingNotReady,
            HearingMissing,
            InputNotAcceptable,
            DateNotAcceptable,
            DrawTooEarly,
            AlreadyThere,
            HearingGroupUnknown,
            ParticipantsTooFew,
            ParticipantsNotAsDrawn,
            ListNotAcceptable,
            ApplicantUnknown,
            RecordSigned,
            HearingMaterialsLate,
            HearingOrder,
            DraftMovedOn,
            DraftUnknown,
            DocumentMissing,
            ReasonMissing,
        ],
    ),
    (
        "expert_review",
        &[
            StageAbsent,
            DutiesSeparated,
            DraftMissing,
            DraftToBeAmended,
            DraftAdopted,
            StageNotOpen,
            ExpertMaterialsMissing,
            ExpertOpinionsMissing,
            ExpertUnknown,
            ExpertExcluded,
            NotInPerson,
            ExpertsTooFew,
            InterestUndeclared,
            AlreadyThere,
            AdoptionIncomplete,
            DissentUnreported,
            DraftMovedOn,
            DraftUnknown,
            DateNotAcceptable,
            ListNotAcceptable,
            ReasonMissing,
            DocumentMissing,
        ],
    ),
    (
        "risk_assessment",
        &[
            StageAbsent,
            DraftMissing,
            DraftToBeAmended,
            DraftAdopted,
            StageNotOpen,
            DraftMovedOn,
            DraftUnknown,
            DateNotAcceptable,
            DocumentMissing,
        ],
    ),
    (
        "legality_review",
        &[
            CriterionNotMet,
            DutiesSeparated,
            DraftMissing,
            DraftToBeAmended,
            DraftAdopted,
            AlreadyUnderReview,
            StageNotOpen,
            ResponseMissing,
            NothingUnderReview,
            NoResponseOwed,
            NotInPerson,
            NoSupplementAwaited,
            AdviceMissing,
            NothingToConfirm,
            InputNotAcceptable,
            MaterialsMissing,
            ReviewSheetIncomplete,
            ConclusionContradicted,
            EarlyStatementMissing,
            HearingMissing,
            OutOfOrder,
            DateNotAcceptable,
            DraftMovedOn,
            DraftUnknown,
            ListNotAcceptable,
            ReasonMissing,
            DocumentMissing,
        ],
    ),
    (
        "tabling",
        &[
            CriterionNotMet,
            LegalityMissing,
            DraftToBeAmended,
            DraftAdopted,
            TablingOrder,
            HearingMissing,
            DraftMissing,
            OutOfOrder,
            DateNotAcceptable,
            DraftMovedOn,
            DraftUnknown,
            ListNotAcceptable,
            DocumentMissing,
        ],
    ),
    (
        "collective_deliberation",
        &[
            CriterionNotMet,
            PeriodRunning,
            LegalityMissing,
            TablingOrder,
            MeetingUnderWay,
            RecordUnsigned,
            MeetingNotHeld,
            QuorumMissing,
            RecordSigned,
            PositionsMissing,
            IrregularityOpen,
            RiskNotFound,
            DecisionMissing,
            MemberAbsent,
            MemberWithdrawn,
            NotAMember,
            HeadNotLast,
            PositionTaken,
            OutcomeNotOffered,
            MajorityReasonsMissing,
            BallotNotCarried,
            DissentReasonMissing,
            DeciderNotAcceptable,
            DraftMissing,
            DateNotAcceptable,
            OutOfOrder,
            ListNotAcceptable,
            ReasonMissing,
            DocumentMissing,
        ],
    ),
    (
        "pre_issuance_reporting",
        &[DecisionMissing, StageNotOpen, AlreadyThere, DateNotAcceptable, ReasonMissing, DocumentMissing],
    ),
    (
        "issuance",
        &[
            DecisionMissing,
            LegalityMissing,
            FinalTextUnconfirmed,
            ReportingMissing,
            RecordUnsigned,
            IrregularityOpen,
            StageNotOpen,
            DateNotAcceptable,
            OutOfOrder,
            DraftMovedOn,
            DraftUnknown,
            DraftMissing,
            ExecutionMissing,
            DocumentMissing,
        ],
    ),
    (
        "publication",
        &[
            StageAbsent,
            CriterionNotMet,
            DecisionMissing,
            StageNotOpen,
            ReasonMissing,
            DateNotAcceptable,
            OutOfOrder,
            ReleaseNotReviewed,
            ListNotAcceptable,
            DocumentMissing,
        ],
    ),
    (
        "implementation",
        &[
            VolumeClosed,
            DecisionMissing,
            StageNotOpen,
            ExecutionSuspended,
            ExecutionNotSuspended,
            EvaluationNotCarriedOut,
            CommentsUnanswered,
            CommentUnknown,
            CommentAnswered,
            AdjustmentNotDecided,
            DateNotAcceptable,
            ListNotAcceptable,
            DocumentMissing,
        ],
    ),
    (
        "post_evaluation",
        &[
            VolumeClosed,
            DutiesSeparated,
            DecisionMissing,
            VolumeOrder,
            StageNotOpen,
            VoicesMissing,
            EvaluatorBarred,
            MeetingReferenceMissing,
            DateNotAcceptable,
            ListNotAcceptable,
            DocumentMissing,
        ],
    ),
    (
        "archiving",
        &[
            VolumeClosed,
            DecisionMissing,
            PublicationMissing,
            RecordUnsigned,
            VolumeOrder,
            ExecutionNotEnded,
            CommentsUnanswered,
            EvaluationNotConcluded,
            StageUnfinished,
            IrregularityOpen,
            VolumeNotChecked,
            Conflict,
            InputNotAcceptable,
            MaterialsMissing,
            ListNotAcceptable,
            ReasonMissing,
        ],
    ),
    ("task", &[CriterionNotMet, StageNotOpen, InputNotAcceptable, ListNotAcceptable]),
    ("approval", &[CriterionNotMet, StageNotOpen, FourEyes, InputNotAcceptable, ListNotAcceptable]),
    (
        "whole_case",
        &[
            DefinitionNotUsable,
            InputNotAcceptable,
            TablingOrder,
            DraftAdopted,
            AbsenceNotAllowed,
            StageNotOpen,
            HearingUnderWay,
            NothingToReaffirm,
            IrregularityUnknown,
            FactNotAcceptable,
            DocumentReleased,
            DocumentUnknown,
            DraftMissing,
            DraftMovedOn,
            DraftUnknown,
            ListNotAcceptable,
            ReasonMissing,
            DocumentMissing,
        ],
    ),
    (
        "onboarding",
        &[
            LateRecordNotAllowed,
            CriterionNotMet,
            HearingUnderWay,
            DraftMissing,
            DraftToBeAmended,
            DraftMovedOn,
            DraftUnknown,
            DateNotAcceptable,
            InputNotAcceptable,
            CommentPeriodTooShort,
            CalendarMissing,
            ExpertsTooFew,
            DocumentMissing,
        ],
    ),
];

/// What a part can give through what it calls: the call, and the codes behind it.
const CALLED: &[(&str, &[Code])] = &[
    ("bench.current(", &[DraftMissing, DraftMovedOn, DraftUnknown]),
    ("bench.known(", &[DraftUnknown]),
    ("bench.released(", &[ReleaseNotReviewed]),
    ("bench.not_before(", &[DateNotAcceptable]),
    ("check::not_before(", &[DateNotAcceptable]),
    ("check::not_after(", &[DateNotAcceptable]),
    ("Bench::in_order(", &[OutOfOrder]),
    ("hearing::not_owed(", &[HearingMissing]),
    ("hearing::finished(", &[HearingUnderWay, HearingMissing]),
    ("long_enough(", &[CommentPeriodTooShort, CalendarMissing]),
    ("everyone_once(", &[NotAMember, ListNotAcceptable]),
    ("decider(members", &[DeciderNotAcceptable]),
];

/// Codes that no story of the pure core under a shipped definition can reach, and the tests that reach them.
pub const ELSEWHERE: &[(&str, Code, &str, &str)] = &[
    ("public_participation", CalendarMissing, LAW, "a_period_in_working_days_of_an_unknown_year_is_not_announced"),
    ("onboarding", CalendarMissing, LAW, "a_period_in_working_days_of_an_unknown_year_is_not_taken_over"),
    ("hearing", ParticipantsTooFew, LAW, "a_place_may_bind_a_hearing"),
    ("implementation", ListNotAcceptable, LAW, "a_case_keeps_ten_thousand_comments_on_its_execution"),
];

/// The tests under a definition that differs from those shipped.
const LAW: &str = "tests/tests/another_law.rs";

/// Codes of a part that are never told first, because another line of the same gate is told before them whenever they are
/// not met; and by which. Some story has them among its reasons.
pub const SHADOWED: &[(&str, Code, Code)] = &[
    ("tabling", DraftToBeAmended, LegalityMissing),
    ("pre_issuance_reporting", AlreadyThere, StageNotOpen),
    ("onboarding", DraftToBeAmended, LateRecordNotAllowed),
];

/// Codes in the source of a part that its acts can never give, and why.
const UNREACHED: &[(&str, Code, &str)] = &[
    ("hearing", HearingMissing, "asked of the report on participation, of submission and of tabling, and told there"),
    ("hearing", InputNotAcceptable, "nobody chairs a hearing by an act here: who chairs is named with the list"),
    ("tabling", DraftMissing, "without a draft nothing is cleared, and that is told first"),
    ("collective_deliberation", DraftMissing, "without a draft nothing is cleared, and that is told first"),
    ("issuance", DraftMissing, "without a draft nothing is decided, and that is told first"),
    ("whole_case", DraftMissing, "without a draft no evidence is stale, and that is told first"),
];

/// The part of a kind of stage.
pub fn part_of_kind(kind: StageKind) -> &'static str {
    kind.as_str()
}

/// The part that answers what was asked.
pub fn part_of(asked: &Asked) -> Option<&'static str> {
    let late = matches!(asked.act.as_str(), "onboard_case" | "take_over_stage");
    let verb = asked.verb.or_else(|| (asked.act == "submit_comment").then_some(Verb::AnswerComment))?;
    Some(match verb.kind() {
        _ if late => "onboarding",
        _ if verb.of_hearing() => "hearing",
        None => "whole_case",
        Some(kind) => part_of_kind(kind),
    })
}

/// The folders of stories of a part.
pub fn folders(part: &str) -> Vec<&str> {
    match part {
        // A hearing is within participation, and what stands open when that is reported on is told with it.
        "public_participation" => vec!["public_participation", "hearing"],
        other => vec![other],
    }
}

/// Every part with every code that it can give and that a story must show.
pub fn wanted() -> impl Iterator<Item = (&'static str, Code)> {
    let all = |(part, codes): &(&'static str, &'static [Code])| {
        let part = *part;
        EVERY.iter().chain(*codes).map(move |code| (part, *code)).collect::<Vec<_>>()
    };
    PARTS.iter().flat_map(all).filter(|(part, code)| !UNREACHED.iter().any(|(p, c, _)| p == part && c == code))
}

/// The codes that the source of a part names, by itself and through what it calls.
fn named(part: &str) -> BTreeSet<Code> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/domain/src/stage").join(format!("{part}.rs"));
    let source = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let word = |rest: &str| rest.chars().take_while(char::is_ascii_alphanumeric).collect::<String>();
    let told: BTreeSet<String> = source.split("Code::").skip(1).map(word).collect();
    let own = Code::ALL.iter().filter(|code| told.contains(&format!("{code:?}")));
    let called = CALLED.iter().filter(|(call, _)| source.contains(call)).flat_map(|(_, codes)| codes.iter());
    own.chain(called).copied().collect()
}

#[test]
fn the_table_holds_every_code_that_the_core_names() {
    let mut files: BTreeSet<String> = BTreeSet::new();
    for file in
        std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/domain/src/stage")).expect("core")
    {
        let name = file.expect("a file").file_name().into_string().expect("a name");
        files.insert(name.trim_end_matches(".rs").to_owned());
    }
    let mut left_out = Vec::new();
    for part in files.iter().filter(|name| !matches!(name.as_str(), "mod" | "form")) {
        let row = PARTS.iter().find(|(name, _)| name == part).unwrap_or_else(|| panic!("no row for {part}")).1;
        left_out.extend(named(part).into_iter().filter(|c| !row.contains(c) && !EVERY.contains(c)).map(|c| (part, c)));
        let twice = row.iter().enumerate().find(|(i, code)| row[..*i].contains(code));
        assert!(twice.is_none(), "{part}: {twice:?} twice");
    }
    assert!(left_out.is_empty(), "the table leaves out {left_out:?}");
    for (part, code, why) in UNREACHED {
        assert!(named(part).contains(code) || EVERY.contains(code), "{part} does not name {code}: {why}");
    }
}
