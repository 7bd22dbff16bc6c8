//! What can be done to a catalogue, and what is recorded of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{CatalogueFlag, ConsentBody, Entry, Head, PrintedHead, ScreeningResult};
use crate::id::{CaseId, EntryId};
use crate::words::DocumentRef;

/// What holds for a catalogue, worked out from the rules of the place when it is begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Whose consent publication needs.
    pub required: BTreeSet<ConsentBody>,
    /// Day to whose end unfinished entries are to be reported; absent where the place has no such rule.
    pub report_by: Option<Date>,
}

/// Begin a catalogue as a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompileCatalogue {
    /// What stands above the list.
    pub head: Head,
    /// What holds for it.
    pub rules: Rules,
}

/// Take over a catalogue that was published elsewhere, as it was printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportCatalogue {
    /// What stands above the list.
    pub head: Head,
    /// What else the print says.
    pub printed: PrintedHead,
    /// What holds for it.
    pub rules: Rules,
    /// Whose consent it states; a body that is not here is flagged.
    pub consents: BTreeSet<ConsentBody>,
    /// Day of publication, where one is known to the day.
    pub published_on: Option<Date>,
    /// Entries, at least one.
    pub entries: Vec<Entry>,
}

/// Call for entries 征集.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallForEntries {
    /// Last day for naming entries, to its end; later ones are taken and marked.
    pub closes_on: Date,
    /// How entries may be named: 办公系统, 书面, 网站 …, at least one.
    pub channels: Vec<String>,
    /// Who is called: units, towns, the public.
    pub addressees: String,
    /// The text of the call.
    pub text: String,
}

/// Add an entry to the draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddEntry {
    /// The entry.
    pub entry: Entry,
    /// Who named it; empty for whoever compiles.
    pub nominated_by: String,
    /// Why; required in an adjustment.
    pub reason: String,
}

/// Change an entry of the draft: rename it, give it another unit or time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeEntry {
    /// As it shall stand, with the id it has. Odd columns of a print stay as they are.
    pub entry: Entry,
    /// Why; required in an adjustment.
    pub reason: String,
}

/// Give an entry of the draft another place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoveEntry {
    /// Which.
    pub entry: EntryId,
    /// Its new place, from 1.
    pub place: u32,
    /// Why; required in an adjustment.
    pub reason: String,
}

/// Take an entry out of the draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DropEntry {
    /// Which.
    pub entry: EntryId,
    /// Why; always required.
    pub reason: String,
}

/// Screen an entry of the draft 审核: a major decision or not (law digest §2, Screening).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScreenEntry {
    /// Which.
    pub entry: EntryId,
    /// What was found.
    pub result: ScreeningResult,
    /// Why; required unless it is fit.
    pub reason: String,
}

/// Record what a body decided on the draft as it stands (R713 art. 3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordConsent {
    /// Which body.
    pub body: ConsentBody,
    /// Whether it consented.
    pub granted: bool,
    /// Number of the meeting or of the reply.
    pub number: String,
    /// Day of the decision, not in the future.
    pub decided_on: Date,
    /// What it remarked; required where it did not consent.
    pub remarks: String,
    /// What shows it.
    pub documents: Vec<DocumentRef>,
}

/// Publish the draft as a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishCatalogue {
    /// Day of publication, not in the future.
    pub published_on: Date,
    /// Document number; absent where none is.
    pub doc_no: Option<String>,
    /// Where, at least one.
    pub channels: Vec<String>,
}

/// Begin an adjustment 动态调整: a draft that takes the road of the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenAdjustment {
    /// Why.
    pub reason: String,
    /// Who proposed it.
    pub proposed_by: String,
}

/// Give the adjustment under way up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbandonAdjustment {
    /// Why.
    pub reason: String,
}

/// Tie a published entry to a case, or untie it: an entry may open into several cases, a case come from several entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TieEntry {
    /// Which entry.
    pub entry: EntryId,
    /// Which case.
    pub case: CaseId,
    /// Why.
    pub reason: String,
}

/// Record that the matter of an entry is finished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinishEntry {
    /// Which.
    pub entry: EntryId,
    /// Day on which it was finished, not in the future.
    pub finished_on: Date,
    /// How: the document issued, or why nothing is left to decide.
    pub how: String,
}

/// Report an unfinished entry: reason and progress (law digest, T31).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportUnfinished {
    /// Which.
    pub entry: EntryId,
    /// Why it is not finished.
    pub reason: String,
    /// How far it is.
    pub progress: String,
}

/// An act on a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum CatalogueAct {
    Compile(CompileCatalogue),
    Import(ImportCatalogue),
    CallForEntries(CallForEntries),
    AddEntry(AddEntry),
    ChangeEntry(ChangeEntry),
    MoveEntry(MoveEntry),
    DropEntry(DropEntry),
    ScreenEntry(ScreenEntry),
    RecordConsent(RecordConsent),
    Publish(PublishCatalogue),
    OpenAdjustment(OpenAdjustment),
    AbandonAdjustment(AbandonAdjustment),
    LinkEntry(TieEntry),
    UnlinkEntry(TieEntry),
    FinishEntry(FinishEntry),
    ReportUnfinished(ReportUnfinished),
}

impl CatalogueAct {
    /// The published entry that it is about, for acts of whoever undertakes the entry.
    pub const fn of_entry(&self) -> Option<EntryId> {
        match self {
            Self::LinkEntry(TieEntry { entry, .. })
            | Self::UnlinkEntry(TieEntry { entry, .. })
            | Self::FinishEntry(FinishEntry { entry, .. })
            | Self::ReportUnfinished(ReportUnfinished { entry, .. }) => Some(*entry),
            Self::Compile(_)
            | Self::Import(_)
            | Self::CallForEntries(_)
            | Self::AddEntry(_)
            | Self::ChangeEntry(_)
            | Self::MoveEntry(_)
            | Self::DropEntry(_)
            | Self::ScreenEntry(_)
            | Self::RecordConsent(_)
            | Self::Publish(_)
            | Self::OpenAdjustment(_)
            | Self::AbandonAdjustment(_) => None,
        }
    }
}

/// One event of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum CatalogueEvent {
    /// It was begun as a draft.
    #[serde(rename = "catalogue_compiled")]
    Compiled { given: CompileCatalogue, on: Date },
    /// It was taken over as printed.
    #[serde(rename = "catalogue_imported")]
    Imported { given: ImportCatalogue, flags: BTreeSet<CatalogueFlag> },
    /// Units were called to name entries.
    #[serde(rename = "catalogue_entries_called")]
    EntriesCalled { given: CallForEntries },
    /// An entry was added to the draft; late if after the call's last day.
    #[serde(rename = "catalogue_entry_added")]
    EntryAdded { given: AddEntry, late: bool },
    /// An entry of the draft was changed.
    #[serde(rename = "catalogue_entry_changed")]
    EntryChanged { given: ChangeEntry },
    /// An entry of the draft got another place.
    #[serde(rename = "catalogue_entry_moved")]
    EntryMoved { given: MoveEntry },
    /// An entry was taken out of the draft.
    #[serde(rename = "catalogue_entry_dropped")]
    EntryDropped { given: DropEntry },
    /// An entry of the draft was screened.
    #[serde(rename = "catalogue_entry_screened")]
    EntryScreened { given: ScreenEntry, on: Date },
    /// A body decided on the draft as it then stood.
    #[serde(rename = "catalogue_consent_recorded")]
    ConsentRecorded { given: RecordConsent, revision: u32 },
    /// The draft was published as this version, with what is to be known of it.
    #[serde(rename = "catalogue_published")]
    Published { given: PublishCatalogue, number: u32, flags: BTreeSet<CatalogueFlag> },
    /// An adjustment was begun.
    #[serde(rename = "catalogue_adjustment_opened")]
    AdjustmentOpened { given: OpenAdjustment, on: Date },
    /// The adjustment was given up.
    #[serde(rename = "catalogue_adjustment_abandoned")]
    AdjustmentAbandoned { given: AbandonAdjustment },
    /// A published entry was tied to a case.
    #[serde(rename = "catalogue_entry_linked")]
    EntryLinked { given: TieEntry },
    /// It was untied.
    #[serde(rename = "catalogue_entry_unlinked")]
    EntryUnlinked { given: TieEntry },
    /// The matter of an entry is finished.
    #[serde(rename = "catalogue_entry_finished")]
    EntryFinished { given: FinishEntry },
    /// An unfinished entry was reported; late if after the day for it.
    #[serde(rename = "catalogue_unfinished_reported")]
    UnfinishedReported { given: ReportUnfinished, on: Date, late: bool },
    /// The day for reports is over, and these unfinished entries have none.
    #[serde(rename = "catalogue_reports_missed")]
    ReportsMissed { entries: BTreeMap<EntryId, String> },
}

impl CatalogueEvent {
    /// The kind, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Compiled { .. } => "catalogue_compiled",
            Self::Imported { .. } => "catalogue_imported",
            Self::EntriesCalled { .. } => "catalogue_entries_called",
            Self::EntryAdded { .. } => "catalogue_entry_added",
            Self::EntryChanged { .. } => "catalogue_entry_changed",
            Self::EntryMoved { .. } => "catalogue_entry_moved",
            Self::EntryDropped { .. } => "catalogue_entry_dropped",
            Self::EntryScreened { .. } => "catalogue_entry_screened",
            Self::ConsentRecorded { .. } => "catalogue_consent_recorded",
            Self::Published { .. } => "catalogue_published",
            Self::AdjustmentOpened { .. } => "catalogue_adjustment_opened",
            Self::AdjustmentAbandoned { .. } => "catalogue_adjustment_abandoned",
            Self::EntryLinked { .. } => "catalogue_entry_linked",
            Self::EntryUnlinked { .. } => "catalogue_entry_unlinked",
            Self::EntryFinished { .. } => "catalogue_entry_finished",
            Self::UnfinishedReported { .. } => "catalogue_unfinished_reported",
            Self::ReportsMissed { .. } => "catalogue_reports_missed",
        }
    }

    /// Documents that came with it.
    pub fn documents(&self) -> &[DocumentRef] {
        match self {
            Self::ConsentRecorded { given, .. } => &given.documents,
            Self::Compiled { .. }
            | Self::Imported { .. }
            | Self::EntriesCalled { .. }
            | Self::EntryAdded { .. }
            | Self::EntryChanged { .. }
            | Self::EntryMoved { .. }
            | Self::EntryDropped { .. }
            | Self::EntryScreened { .. }
            | Self::Published { .. }
            | Self::AdjustmentOpened { .. }
            | Self::AdjustmentAbandoned { .. }
            | Self::EntryLinked { .. }
            | Self::EntryUnlinked { .. }
            | Self::EntryFinished { .. }
            | Self::UnfinishedReported { .. }
            | Self::ReportsMissed { .. } => &[],
        }
    }
}
