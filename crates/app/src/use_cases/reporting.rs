//! The report of a trace and of its file: JSON and HTML, with a proof for every row, and a note by which the log's key signs both.
//!
//! A report is made of frozen bytes and of the published log alone: the same file at the same size of the log gives the same
//! bytes. It lists facts by their numbers and ranks nobody.

use dingce_archive::{REPORT_FORMAT, report_note_text};
use dingce_domain::accountability::{AccountabilityFile, FreezeTrace, FrozenTrace, Subject};
use dingce_domain::id::{AccountabilityFileId, Digest, EventId, StreamId};
use dingce_domain::words::Text;
use dingce_ledger as ledger;
use dingce_ledger::key::NoteSigner;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;
use crate::frozen::TraceDocument;
use crate::language::Language;
use crate::principal::Principal;
use crate::report_page;
use crate::stream::Loaded;

/// A report, ready to be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Canonical JSON.
    pub json: String,
    /// The same for people.
    pub html: String,
    /// A C2SP signed note over the digests of both; none where this deployment publishes no log, and so has no key for it.
    pub note: Option<String>,
}

/// All that a report says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportDocument {
    /// [`REPORT_FORMAT`].
    pub format: String,
    /// What it is, and what it is not.
    pub statement: Text,
    /// The file; none for a trace alone.
    pub file: Option<AccountabilityFile>,
    /// The events of the file, with their proofs.
    pub file_rows: Vec<ReportRow>,
    /// Digest of the frozen trace.
    pub trace_digest: Digest,
    /// The frozen trace.
    pub trace: TraceDocument,
    /// The events of the trace, with their proofs.
    pub rows: Vec<ReportRow>,
    /// The published log that the proofs lead to; none where nothing is published.
    pub log: Option<ReportLog>,
}

/// An event with its proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportRow {
    /// Its number in its stream.
    pub n: u64,
    /// Its id.
    pub event: EventId,
    /// Hash of its leaf in the log.
    pub leaf_hash: Digest,
    /// That it is in the published log: C2SP tlog-proof. None while it is not published.
    pub proof: Option<String>,
}

/// The published log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportLog {
    /// Its name.
    pub origin: String,
    /// How many entries it had.
    pub size: u64,
    /// Its root over them, in hex.
    pub root: String,
}

impl App {
    /// The report of a file, over one of its frozen traces: the one of this number, from 1, or the newest.
    ///
    /// # Errors
    /// `NOT_FOUND` where the reader has no such file, or it no such trace; else where the store or the published log fails.
    pub async fn accountability_report(
        &self,
        who: Principal,
        id: AccountabilityFileId,
        trace: Option<usize>,
    ) -> Result<Report, AppError> {
        let loaded = self.accountability_file(who, id).await?;
        self.report_of(&loaded, trace).await
    }

    /// The same for who has the database anyway; none where there is no such file.
    ///
    /// # Errors
    /// As [`App::accountability_report`].
    pub async fn accountability_report_unchecked(&self, id: AccountabilityFileId) -> Result<Option<Report>, AppError> {
        match self.accountability_file_unchecked(id).await? {
            Some(loaded) => self.report_of(&loaded, None).await.map(Some),
            None => Ok(None),
        }
    }

    /// The report of a trace that is made now and belongs to no file, for who has the database anyway; none where there is no
    /// such thing.
    ///
    /// # Errors
    /// Where the store or the published log fails.
    pub async fn trace_report_unchecked(
        &self,
        about: Subject,
        as_known_on: Option<Date>,
    ) -> Result<Option<Report>, AppError> {
        let today = self.today();
        let day = as_known_on.map_or(today, |day| day.min(today));
        let Some(made) = self.make_trace(about, day, None).await? else { return Ok(None) };
        self.report(None, made.document, made.frozen.digest).await.map(Some)
    }

    /// A frozen trace of a file as its text.
    ///
    /// # Errors
    /// Where the bytes are not there, or are others.
    pub async fn frozen_text(&self, frozen: &FrozenTrace) -> Result<String, AppError> {
        let bytes = self.frozen_bytes(frozen).await?;
        String::from_utf8(bytes).map_err(|error| AppError::internal("reading a frozen trace", error))
    }

    async fn report_of(&self, loaded: &Loaded<AccountabilityFile>, trace: Option<usize>) -> Result<Report, AppError> {
        let traces: Vec<(&FreezeTrace, &FrozenTrace)> = loaded.state.traces().collect();
        let at = trace.map_or(traces.len().checked_sub(1), |number| number.checked_sub(1));
        let wanted = at.and_then(|at| traces.get(at));
        let (_, frozen) = wanted.ok_or_else(|| AppError::not_found(loaded.state.id))?;
        let document = self.frozen_document(frozen).await?;
        self.report(Some(&loaded.state), document, frozen.digest).await
    }

    async fn report(
        &self,
        file: Option<&AccountabilityFile>,
        trace: TraceDocument,
        trace_digest: Digest,
    ) -> Result<Report, AppError> {
        let mut all: Vec<(StreamId, u64)> = trace.events.iter().map(|event| (trace.stream, event.n)).collect();
        let mut own = Vec::new();
        if let Some(file) = file {
            let stream = StreamId::from(file.id);
            for stored in self.stored_until(stream, self.known(None), None).await? {
                own.push((stored.n, stored.event.event, Digest::new(stored.event.leaf_hash)));
                all.push((stream, stored.n));
            }
        }
        // One checkpoint for all of them, whatever is published meanwhile.
        let (checkpoint, proofs) = self.log_proofs(&all).await?;
        let mut proofs = proofs.into_iter().map(|proof| proof.map(|proof| proof.to_string()));
        let mut row = |n, event, leaf_hash| ReportRow { n, event, leaf_hash, proof: proofs.next().flatten() };
        let rows = trace.events.iter().map(|event| row(event.n, event.event, event.leaf_hash)).collect();
        let file_rows = own.into_iter().map(|(n, event, leaf_hash)| row(n, event, leaf_hash)).collect();
        let log = checkpoint.map(|signed| {
            let claimed = signed.claimed();
            let (origin, root) = (claimed.origin().to_string(), hex::encode(claimed.root().as_bytes()));
            ReportLog { origin, size: claimed.size(), root }
        });
        let statement = Language::shipped().word("phrase", "report_statement");
        let file = file.cloned();
        let format = REPORT_FORMAT.to_owned();
        let document = ReportDocument { format, statement, file, file_rows, trace_digest, trace, rows, log };
        let (json, html) = (document.json()?, document.html());
        let note =
            self.publisher.as_ref().map(|publisher| report_note(&json, &html, &publisher.signers())).transpose()?;
        Ok(Report { json, html, note })
    }
}

impl ReportDocument {
    /// `report.json`: canonical JSON.
    ///
    /// # Errors
    /// Where it cannot be written as such.
    pub fn json(&self) -> Result<String, AppError> {
        let json = ledger::jcs::to_canonical(self)
            .map_err(|error| AppError::internal("writing a report as canonical JSON", error))?;
        String::from_utf8(json).map_err(|error| AppError::internal("writing a report", error))
    }

    /// `report.html`: the same for people.
    pub fn html(&self) -> String {
        report_page::page(self)
    }
}

/// `report.note`: a signed note over the digests of the other two files.
///
/// # Errors
/// Where a key does not sign.
pub fn report_note(json: &str, html: &str, signers: &[&dyn NoteSigner]) -> Result<String, AppError> {
    let note = ledger::note::Note::sign(&report_note_text(json.as_bytes(), html.as_bytes()), signers);
    note.map(|note| note.to_string()).map_err(|error| AppError::internal("signing a report", error))
}
