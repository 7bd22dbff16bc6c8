//! The yearly catalogue of major decisions 决策事项目录: compiled, screened, consented to, published, adjusted, followed up.
//!
//! A catalogue is drawn up as a draft, published as a version, and adjusted by another draft that takes the same road
//! (R713 art. 3; "by the procedure by which it was fixed" elsewhere). An entry is not a decision: it may be a bundle that
//! opens into several cases, a case may come from several entries, and a case may come from none (trap 19).
//!
//! In reading order: [`entry`] is one line of the list; [`acts`] is what can be done and what is recorded; [`decide`] says
//! whether it may; [`state`] is the catalogue after it; [`compare`] tells two versions apart; [`printed`] keeps what
//! stands in a printed list besides.

pub mod acts;
pub mod compare;
pub mod decide;
pub mod entry;
pub mod printed;
pub mod state;

pub use crate::occasion::On;
pub use acts::{
    AbandonAdjustment, AddEntry, CallForEntries, CatalogueAct, CatalogueEvent, ChangeEntry, CompileCatalogue,
    DropEntry, FinishEntry, ImportCatalogue, MoveEntry, OpenAdjustment, PublishCatalogue, RecordConsent,
    ReportUnfinished, Rules, ScreenEntry, TieEntry,
};
pub use compare::{Difference, differences};
pub use entry::{CarriedFrom, Entry, Head, PrintedHead};
pub use printed::Printed;
pub use state::{Catalogue, Consent, Draft, Progress, Report, Screening, Version};

use crate::words;

words! {
    /// What a list is a list of.
    CatalogueKind {
        /// Major decisions of a year 决策事项目录.
        Decision = "decision_catalogue",
        /// Matters with a hearing 听证事项目录: the second list that Guangdong Order 183 asked for.
        Hearing = "hearing_catalogue",
    }

    /// Whose consent a catalogue needs (R713 art. 3): two facts, never one.
    ConsentBody {
        /// The executive meeting of the organ 常务会议.
        Government = "government",
        /// The Party committee of the same level 同级党委.
        Party = "party",
    }

    /// What a reader of a version must know of it.
    CatalogueFlag {
        /// No consent of the organ's meeting is on record for what was published.
        GovernmentConsentMissing = "government_consent_missing",
        /// No consent of the Party committee is on record for what was published.
        PartyConsentMissing = "party_consent_missing",
        /// It was published before a consent was given.
        PublishedBeforeConsent = "published_before_consent",
        /// An entry was not screened; not required by law, told all the same.
        EntryNotScreened = "entry_not_screened",
        /// An entry was found unfit and is in the list all the same.
        EntryFoundUnfit = "entry_found_unfit",
        /// An entry names no unit, or only such as 有关部门.
        UnitNotNamed = "unit_not_named",
    }

    /// What screening found of an entry.
    ScreeningResult {
        /// A major decision, fit for the list.
        Fit = "fit",
        /// Not a major decision, or excluded.
        Unfit = "unfit",
        /// Back to the unit that named it.
        Returned = "returned",
    }

    /// What differs between two versions in one entry.
    ChangeKind {
        /// In the later list only.
        Added = "added",
        /// In the earlier list only.
        Dropped = "dropped",
        /// At another place.
        Moved = "moved",
        /// Another name.
        Renamed = "renamed",
        /// Another unit.
        UnitChanged = "unit_changed",
        /// Another planned time.
        TimeChanged = "time_changed",
        /// The hearing was fixed, dropped or said for the first time.
        HearingChanged = "hearing_changed",
        /// Something else that is printed.
        OtherChanged = "other_changed",
    }
}
