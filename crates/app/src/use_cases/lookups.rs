//! Who looked what up: whoever traces people leaves a trace.
//!
//! A look-up is on record before it is answered. Their list is put into the log batch by batch, each as one root, so that a row that is
//! taken out later is missed.

use dingce_domain::id::Digest;
use dingce_domain::log_note::LogNoteEvent;
use dingce_domain::occasion::Actor;
use dingce_domain::words;
use dingce_ledger as ledger;

use super::log_notes::note_named;
use crate::app::App;
use crate::error::AppError;
use crate::policy::Right;
use crate::ports::{Lookup, StoreError};
use crate::principal::{Hat, Principal};

words! {
    /// What was looked up.
    LookupKind {
        /// The trace of a case.
        TraceCase = "trace_case",
        /// The acts of a person.
        TracePerson = "trace_person",
        /// The acts of a unit.
        TraceUnit = "trace_unit",
        /// Who wrote a comment.
        OpenCommenter = "open_commenter",
        /// An accountability file.
        ReadAccountabilityFile = "read_accountability_file",
        /// A package of a volume.
        ExportVolume = "export_volume",
        /// The figures of a whole organ.
        TakeFigures = "take_figures",
        /// This list.
        ReadLookups = "read_lookups",
    }
}

/// The kind of the notes that a batch is put into the log by.
const BATCH_KIND: &str = "log_lookups_recorded";
/// A batch goes into the log once its first look-up is so old, in milliseconds.
const BATCH_AGE_MS: i64 = 60_000;
/// Most look-ups of a batch.
const BATCH: u64 = 4096;
/// Most look-ups that are listed at once.
pub const LOOKUPS_MAX: u64 = 200;

/// RFC 6962 root over look-ups: each as canonical JSON with the members `at` (milliseconds), `kind`, `number`, `organ`, `person`,
/// `post`, `subject`.
///
/// # Errors
/// Never for what was read from the store: the form has no floating point.
pub fn lookups_root(lookups: &[Lookup]) -> Result<ledger::Digest, ledger::jcs::JcsError> {
    let mut range = ledger::merkle::CompactRange::new();
    for lookup in lookups {
        range.push(ledger::leaf_hash(&ledger::jcs::to_canonical(lookup)?));
    }
    Ok(range.root())
}

impl App {
    /// Puts on record that somebody looks something up.
    ///
    /// # Errors
    /// Where the store fails: then it is not answered.
    pub(crate) async fn looks_up(&self, hat: &Hat, kind: LookupKind, subject: impl ToString) -> Result<(), AppError> {
        let Actor::Official { person, post, .. } = &hat.actor else { return Ok(()) };
        let lookup = Lookup {
            number: 0,
            organ: hat.organ,
            at: self.now().as_millisecond(),
            person: *person,
            post: *post,
            kind: kind.to_string(),
            subject: subject.to_string(),
        };
        self.store.put_lookup(&lookup).await?;
        Ok(())
    }

    /// The look-ups of an organ, the latest first: those before a number, `limit` at most. Reading them is one.
    ///
    /// # Errors
    /// `FORBIDDEN`; where the store fails.
    pub async fn lookups(&self, who: Principal, before: Option<u64>, limit: u64) -> Result<Vec<Lookup>, AppError> {
        let hat = self.entitled(who, Right::ReadLookups).await?;
        self.looks_up(&hat, LookupKind::ReadLookups, hat.organ).await?;
        let until = before.map_or(i64::MAX as u64, |before| before.saturating_sub(1));
        let mut found = self.store.lookups(Some(hat.organ), 0, until, limit.min(LOOKUPS_MAX)).await?;
        found.reverse();
        Ok(found)
    }

    /// Puts look-ups into the log whose batch is due. Gives how many.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn record_lookups(&self) -> Result<u64, AppError> {
        let last = self.store.last_lookup().await?;
        let mut recorded = *self.lookups_recorded();
        if last <= recorded {
            return Ok(0);
        }
        // Another node, or an earlier process, may have recorded more.
        if let Some(LogNoteEvent::LookupsRecorded { last, .. }) = self.last_note(BATCH_KIND).await? {
            recorded = last;
        }
        let first = recorded + 1;
        let batch = self.store.lookups(None, recorded, last.min(recorded + BATCH), BATCH).await?;
        let due = batch.first().is_some_and(|oldest| oldest.at + BATCH_AGE_MS <= self.now().as_millisecond());
        if !due {
            *self.lookups_recorded() = recorded;
            return Ok(0);
        }
        let last = recorded + batch.len() as u64;
        let root = lookups_root(&batch).map_err(|error| AppError::internal("recording look-ups", error))?;
        let said = LogNoteEvent::LookupsRecorded { first, last, root: Digest::new(*root.as_bytes()) };
        let written = self.write_note(note_named(&format!("lookups\n{first}")), said).await?;
        if written {
            *self.lookups_recorded() = last;
        }
        Ok(if written { last - recorded } else { 0 })
    }

    fn lookups_recorded(&self) -> std::sync::MutexGuard<'_, u64> {
        self.lookups_recorded.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Holds the list of look-ups against the batches on record. Gives first and last number of the first batch that does not agree.
    pub(super) async fn lookups_differ(&self) -> Result<Option<(u64, u64)>, AppError> {
        let mut expected = 1;
        for (_, note) in self.notes(BATCH_KIND).await? {
            let LogNoteEvent::LookupsRecorded { first, last, root } = note else { continue };
            let batch = self.store.lookups(None, first.saturating_sub(1), last, BATCH).await?;
            let found = lookups_root(&batch).map_err(|error| StoreError::new("reading look-ups", error))?;
            if first != expected || found.as_bytes() != root.bytes() {
                return Ok(Some((first, last)));
            }
            expected = last + 1;
        }
        Ok(None)
    }
}
