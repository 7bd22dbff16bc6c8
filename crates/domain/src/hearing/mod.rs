//! The hearing 听证会 (R713 arts. 16, 17): what is given with its acts, what a case remembers of it, and the stream in
//! which the public applies to take part.
//!
//! Applications have a stream of their own, as comments have, so that a flood of them never blocks the case. A seat that is
//! drawn is drawn by [`crate::draw`], with a seed that nobody could know when the list of applicants was closed: the root of
//! the log at a checkpoint recorded at or after an instant that the notice names.

pub mod acts;
mod file;
mod form;
mod intake;

pub use file::{Composition, GroupCount, HearingFile, SeatsDrawn, TwoHats};
pub(crate) use form::form;
pub use intake::{Applicant, ApplyToHearing, ExcludeApplicant, Hearing, HearingEvent, HearingOpening};

use serde::{Deserialize, Serialize};

use crate::words;

/// The declared fact that the hearing flag of a catalogue's entry states, where a definition declares it.
pub const HEARING_REQUIRED: &str = "hearing_required";

words! {
    /// For whom seats of a hearing are (law digest, trap 22: shown, never hidden in a total).
    HearingGroupKind {
        /// Interested parties 利害关系人.
        InterestedParty = "interested_party",
        /// The public 社会公众.
        Public = "public",
        /// Experts 专家学者.
        Expert = "expert",
        /// Deputies of the people's congress and members of the consultative conference 代表委员.
        Deputy = "deputy",
        /// Social organisations 社会组织.
        Organisation = "organisation",
        /// Units: departments and lower governments 有关单位.
        Unit = "unit",
    }

    /// How the seats of a group are filled.
    SeatSelection {
        /// By a public draw among those who applied.
        Drawn = "drawn",
        /// By invitation.
        Invited = "invited",
    }

    /// What somebody does at a hearing besides taking part.
    HearingRole {
        /// Chair 听证主持人.
        Chair = "chair",
        /// Presents the draft for the unit 听证陈述人.
        Presenter = "presenter",
        /// Keeps the record 听证记录员.
        Recorder = "recorder",
        /// Hearing officer 听证员.
        Officer = "officer",
        /// Watches over the hearing 听证监察人.
        Supervisor = "supervisor",
    }

    /// Why a hearing is put off.
    PostponementGround {
        /// Too few take part.
        TooFew = "too_few",
        /// Another reason.
        Other = "other",
    }

    /// Why a hearing that was announced, or held, does not count.
    CancellationGround {
        /// It does not take place.
        NotHeld = "not_held",
        /// It was held and is void; it can be announced and held again.
        Void = "void",
    }

    /// What the public sees of a hearing.
    HearingState {
        /// Announced.
        Noticed = "noticed",
        /// Its seats are drawn.
        Drawn = "drawn",
        /// Its participants are published.
        Listed = "listed",
        /// It was opened.
        Open = "open",
        /// It was held: its record is signed.
        Held = "held",
        /// It was reported on.
        Reported = "reported",
        /// It was cancelled, or set aside.
        Cancelled = "cancelled",
    }

    /// What somebody does when they speak (R713 art. 17).
    Speech {
        /// The unit presents draft, basis and facts.
        Presents = "presents",
        /// A view.
        States = "states",
        /// A question or challenge 质证.
        Asks = "asks",
        /// The unit or an expert explains.
        Answers = "answers",
        /// Debate.
        Debates = "debates",
    }
}

/// Seats of one group, as the notice announces them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HearingGroup {
    /// Its name, 1 to 200 characters, its alone in the hearing; it is a line of what the draw hashes.
    pub name: String,
    /// For whom it is.
    pub kind: HearingGroupKind,
    /// How many seats, at least 1.
    pub seats: u32,
    /// How they are filled.
    pub selection: SeatSelection,
}
