//! Figures that an appraisal 考核 of rule-of-law government asks for (R713 arts. 8, 9), counted from the record alone.
//!
//! A figure is a list of things that were counted, each shown by an act: its numbers are the lengths of that list and are kept
//! nowhere else, so that none can differ from what it rests on. Things that stand apart, because the law excuses them, because a
//! clock still runs or because a calendar is missing, are in the list too, and in no number.
//!
//! In reading order: [`period`] is what days are asked about; [`item`] is what is counted and how it stands; `case` counts a case, `before` and
//! `after` what came before and after its decision, `clocks` the times in it, `comments` its consultations; `catalogue` and `registers` count what lies beside cases.
//!
//! A figure says what the record shows. It ranks nobody, and a share of nothing is none: neither nought nor the whole.

mod after;
mod before;
mod case;
mod catalogue;
mod clocks;
mod comments;
pub mod item;
pub mod period;
mod registers;

pub use case::{CaseRecord, Matter};
pub use catalogue::CatalogueFold;
pub use comments::CommentsFold;
pub use item::{Act, Apart, Item, Leave, Standing};
pub use period::Period;
pub use registers::{FileFold, NoticeFold};

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{EntryId, UnitId};
use crate::organisation::Organisation;
use crate::time::Calendar;
use crate::words;
use crate::words::{ClockId, StageId};

words! {
    /// What things of a figure are.
    FigureMeasure {
        /// Cases.
        Case = "case",
        /// Entries of a catalogue.
        Entry = "entry",
        /// Decisions of a meeting.
        Decision = "decision",
        /// Periods for comments.
        CommentPeriod = "comment_period",
        /// Comments.
        Comment = "comment",
        /// Hearings.
        Hearing = "hearing",
        /// Opinions of experts.
        ExpertOpinion = "expert_opinion",
        /// Submissions for legality review.
        Submission = "submission",
        /// Conclusions of legality review.
        Review = "review",
        /// Times that somebody had for an act.
        Time = "time",
        /// Positions of members.
        Position = "position",
        /// Acts.
        Act = "act",
        /// Evaluations.
        Evaluation = "evaluation",
        /// Volumes.
        Volume = "volume",
        /// Supervision notices.
        Notice = "notice",
        /// Accountability files.
        AccountabilityFile = "accountability_file",
        /// Irregularities.
        Irregularity = "irregularity",
    }
}

macro_rules! figures {
    ($($(#[$doc:meta])* $name:ident = $word:literal $measure:ident $share:ident,)+) => {
        words! {
            /// The figures, in the order in which they are told. Name, what counts and the article of each are in the language files.
            FigureCode { $($(#[$doc])* $name = $word,)+ }
        }

        impl FigureCode {
            /// What its things are.
            pub const fn measure(self) -> FigureMeasure {
                match self {
                    $(Self::$name => FigureMeasure::$measure,)+
                }
            }

            /// Whether it is a share of a whole, and not a number alone.
            pub const fn is_share(self) -> bool {
                match self {
                    $(Self::$name => figures!(@ $share),)+
                }
            }
        }
    };
    (@ share) => { true };
    (@ count) => { false };
}

figures! {
    /// Entries of the catalogue of which something came by the end of the period.
    EntriesStarted = "entries_started" Entry share,
    /// Entries that a later catalogue goes on from.
    EntriesCarriedOver = "entries_carried_over" Entry share,
    /// Entries that an adjustment dropped.
    EntriesDropped = "entries_dropped" Entry share,
    /// Entries of which nothing came, neither dropped nor carried over.
    EntriesNeverStarted = "entries_never_started" Entry share,
    /// Cases whose draft was adopted, and stands.
    CasesDecided = "cases_decided" Case count,
    /// Decisions of meetings that did not adopt the draft.
    DecisionsNotAdopted = "decisions_not_adopted" Decision share,
    /// Cases that were ended before a decision.
    CasesTerminated = "cases_terminated" Case count,
    /// Decided cases in which the public took part.
    ParticipationHeld = "participation_held" Case share,
    /// Decided cases in which experts were heard.
    ExpertsHeard = "experts_heard" Case share,
    /// Decided cases whose risk was assessed.
    RiskAssessed = "risk_assessed" Case share,
    /// Decided cases whose text was reviewed for legality.
    LegalityReviewed = "legality_reviewed" Case share,
    /// Decided cases that were reviewed before the meeting.
    ReviewedBeforeMeeting = "reviewed_before_meeting" Case share,
    /// Decided cases that a meeting discussed and decided.
    DiscussedCollectively = "discussed_collectively" Case share,
    /// Periods for comments that were as long as the law asks.
    CommentPeriods = "comment_periods" CommentPeriod share,
    /// Comments that came in time.
    CommentsReceived = "comments_received" Comment count,
    /// Comments that came in time and were answered.
    CommentsAnswered = "comments_answered" Comment share,
    /// Answered comments that were adopted in full.
    CommentsAdopted = "comments_adopted" Comment share,
    /// Answered comments that were adopted in part.
    CommentsPartlyAdopted = "comments_partly_adopted" Comment share,
    /// Answered comments that were not adopted.
    CommentsNotAdopted = "comments_not_adopted" Comment share,
    /// Hearings that were held and stand.
    HearingsHeld = "hearings_held" Hearing count,
    /// Signed opinions of experts.
    ExpertOpinions = "expert_opinions" ExpertOpinion count,
    /// Opinions of experts who opposed.
    ExpertOpinionsOpposing = "expert_opinions_opposing" ExpertOpinion share,
    /// Submissions that the reviewer returned.
    SubmissionsReturned = "submissions_returned" Submission share,
    /// Reviews that found the draft lawful.
    ReviewsLawful = "reviews_lawful" Review share,
    /// Reviews that let the draft pass with its legal risk stated.
    ReviewsRiskStated = "reviews_risk_stated" Review share,
    /// Reviews that asked for amendments.
    ReviewsToAmend = "reviews_to_amend" Review share,
    /// Reviews that the draft did not pass.
    ReviewsNotPassed = "reviews_not_passed" Review share,
    /// Reviews for which the reviewer had the time that the law guarantees.
    ReviewersHadTime = "reviewers_had_time" Review share,
    /// Acts that came before their last day, whoever held the matter.
    ActsOnTime = "acts_on_time" Time share,
    /// Positions of dissent.
    Dissents = "dissents" Position share,
    /// Positions of reservation.
    Reservations = "reservations" Position share,
    /// Decisions of the head against the majority.
    AgainstMajority = "against_majority" Decision share,
    /// Decided cases whose decision was published.
    DecisionsPublished = "decisions_published" Case share,
    /// Publications in the time that binds.
    PublishedOnTime = "published_on_time" Time share,
    /// Suspensions of an execution.
    ExecutionsSuspended = "executions_suspended" Act count,
    /// Adjustments of a decision.
    ExecutionsAdjusted = "executions_adjusted" Act count,
    /// Executions that the meeting ended.
    ExecutionsTerminated = "executions_terminated" Act count,
    /// Executions that are complete.
    ExecutionsCompleted = "executions_completed" Act count,
    /// Comments on an execution that were answered.
    ExecutionCommentsAnswered = "execution_comments_answered" Comment share,
    /// Evaluations that were started and reported on.
    EvaluationsReported = "evaluations_reported" Evaluation share,
    /// Evaluations that were reported by the day that was set.
    EvaluationsOnTime = "evaluations_on_time" Evaluation share,
    /// Evaluations that the organ concluded from.
    EvaluationsConcluded = "evaluations_concluded" Evaluation count,
    /// Volumes that were closed.
    VolumesClosed = "volumes_closed" Volume count,
    /// Volumes that were closed in their time.
    VolumesOnTime = "volumes_on_time" Time share,
    /// Irregularities on the record.
    Irregularities = "irregularities" Irregularity count,
    /// Irregularities that were cured.
    IrregularitiesCured = "irregularities_cured" Irregularity share,
    /// Supervision notices that were issued.
    NoticesIssued = "notices_issued" Notice count,
    /// Supervision notices that were answered in time.
    NoticesOnTime = "notices_on_time" Time share,
    /// Clues that were received, each with its file.
    AccountabilityFiles = "accountability_files" AccountabilityFile count,
    /// Accountability files in which the competent body stated a result.
    AccountabilityResults = "accountability_results" AccountabilityFile count,
}

impl FigureCode {
    /// Whether it is of supervision notices.
    pub const fn is_of_notices(self) -> bool {
        matches!(self, Self::NoticesIssued | Self::NoticesOnTime)
    }

    /// Whether it is of accountability files.
    pub const fn is_of_accountability(self) -> bool {
        matches!(self, Self::AccountabilityFiles | Self::AccountabilityResults)
    }
}

/// The clock of a procedure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ClockRef {
    /// Name of the procedure.
    pub definition: StageId,
    /// Its clock.
    pub clock: ClockId,
}

/// Of what a figure is: of the whole, or of one unit's time against one clock.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct About {
    /// Whether it is a part of the whole; the whole comes first.
    pub part: bool,
    /// The clock, in a part.
    pub clock: Option<ClockRef>,
    /// The unit that held the matter, in a part; absent for a role that no one unit has.
    pub unit: Option<UnitId>,
}

/// A share, as it is: no rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// How many.
    pub numerator: u64,
    /// Of how many, at least 1.
    pub denominator: u64,
}

impl Share {
    /// The share in ten-thousandths, rounded half up; for people.
    pub const fn basis_points(self) -> u64 {
        // Widened, so that no count overflows.
        ((self.numerator as u128 * 20_000 + self.denominator as u128) / (self.denominator as u128 * 2)) as u64
    }
}

/// Days of the things of a figure that have any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    /// All of them together.
    pub total: u64,
    /// The fewest.
    pub least: u32,
    /// The most.
    pub most: u32,
    /// Of how many things.
    pub of: u64,
}

/// A figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Which.
    pub code: FigureCode,
    /// Of what.
    pub about: About,
    /// Everything looked at, by day and place in the record; no thing twice.
    pub items: Vec<Item>,
}

impl Figure {
    fn of(code: FigureCode, about: About) -> Self {
        Self { code, about, items: Vec::new() }
    }

    /// How many things count.
    pub fn numerator(&self) -> u64 {
        self.items.iter().filter(|item| item.standing == Standing::Counted).count() as u64
    }

    /// Of how many; none where the figure is a number alone.
    pub fn denominator(&self) -> Option<u64> {
        let whole = || self.items.iter().filter(|item| item.standing.in_whole()).count() as u64;
        self.code.is_share().then(whole)
    }

    /// The share; none where there is nothing to be a share of.
    pub fn share(&self) -> Option<Share> {
        let denominator = self.denominator().filter(|whole| *whole > 0)?;
        Some(Share { numerator: self.numerator(), denominator })
    }

    /// How many things stand apart, by what keeps them apart.
    pub fn apart(&self) -> BTreeMap<Apart, u64> {
        let mut apart = BTreeMap::new();
        for item in &self.items {
            if let Standing::Apart(why) = item.standing {
                *apart.entry(why).or_default() += 1;
            }
        }
        apart
    }

    /// Days of the things that are in a number; none where none has days.
    pub fn days(&self) -> Option<Days> {
        let days = || self.items.iter().filter(|item| item.standing.in_whole()).filter_map(|item| item.days);
        let (least, most) = (days().min()?, days().max()?);
        Some(Days { total: days().map(u64::from).sum(), least, most, of: days().count() as u64 })
    }
}

/// What is counted with.
#[derive(Debug, Clone, Copy)]
pub struct With<'a> {
    /// The directory of the organ.
    pub directory: &'a Organisation,
    /// Working days, where a procedure sets a period for comments in them; all other days are in the record.
    pub calendar: &'a Calendar,
}

/// Counts, one thing after the other; keeps what was counted and no event.
#[derive(Debug, Clone)]
pub struct Tally {
    period: Period,
    measured_on: Date,
    own: Option<BTreeSet<UnitId>>,
    figures: BTreeMap<(FigureCode, About), Figure>,
    catalogues: Vec<CatalogueFold>,
    opened_from: BTreeMap<EntryId, Vec<Act>>,
    other_procedures: u64,
}

/// All figures, and what was left out of all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// In the order of their codes; the parts of one after its whole.
    pub list: Vec<Figure>,
    /// How many cases run under a procedure that is not one of major decisions, and are in no figure.
    pub other_procedures: u64,
}

impl Tally {
    /// Begins to count. `measured_on` is the day on which it is looked at: what was due before it and is not on record is late.
    /// With `own`, only what these units undertake is counted, and only times that they held.
    pub fn new(period: Period, measured_on: Date, own: Option<BTreeSet<UnitId>>) -> Self {
        let whole = |code: &FigureCode| ((*code, About::default()), Figure::of(*code, About::default()));
        Self {
            period,
            measured_on,
            own,
            figures: FigureCode::ALL.iter().map(whole).collect(),
            catalogues: Vec::new(),
            opened_from: BTreeMap::new(),
            other_procedures: 0,
        }
    }

    /// Whether what this unit undertakes is counted.
    fn is_own(&self, unit: UnitId) -> bool {
        self.own.as_ref().is_none_or(|own| own.contains(&unit))
    }

    fn put(&mut self, code: FigureCode, item: Item) {
        self.put_about(code, About::default(), item);
    }

    fn put_about(&mut self, code: FigureCode, about: About, item: Item) {
        let figure = self.figures.entry((code, about.clone())).or_insert_with(|| Figure::of(code, about));
        figure.items.push(item);
    }

    /// Ends the count.
    pub fn finish(mut self) -> Figures {
        self.count_catalogues();
        let mut list: Vec<Figure> = self.figures.into_values().collect();
        for figure in &mut list {
            figure.items.sort_by(|a, b| a.place().cmp(&b.place()));
        }
        Figures { list, other_procedures: self.other_procedures }
    }
}
