//! Time stamps of RFC 3161 beside the log: what is stamped is the text of the published checkpoint, without signatures, which may grow.

use dingce_domain::id::Digest;
use dingce_domain::log_note::LogNoteEvent;
use dingce_ledger as ledger;
use ledger::SignedCheckpoint;

use super::log_notes::note_named;
use super::publishing::CHECKPOINT;
use crate::app::App;
use crate::error::AppError;

/// A checkpoint to be stamped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToStamp {
    /// Over how many entries.
    pub size: u64,
    /// Its text: origin, size and root, a line each. This is what a stamp is over, by its SHA-256.
    pub text: String,
}

fn text_of(size: u64) -> String {
    format!("timestamps/{size}")
}

impl App {
    /// The published checkpoint, its text kept beside the log for whoever checks the stamp; none where nothing is published.
    ///
    /// # Errors
    /// Where the folder fails.
    pub async fn checkpoint_to_stamp(&self) -> Result<Option<ToStamp>, AppError> {
        let Some(publisher) = &self.publisher else { return Ok(None) };
        let Some(bytes) = publisher.folder.get(CHECKPOINT).await? else { return Ok(None) };
        let signed = SignedCheckpoint::parse(&bytes).map_err(|error| AppError::internal("stamping", error))?;
        let (size, text) = (signed.claimed().size(), signed.note().text().to_owned());
        publisher.folder.put(&text_of(size), text.clone().into_bytes()).await?;
        Ok(Some(ToStamp { size, text }))
    }

    /// The text of a checkpoint over so many entries that was to be stamped; none where it was not.
    ///
    /// # Errors
    /// Where the folder fails.
    pub async fn text_to_stamp(&self, size: u64) -> Result<Option<ToStamp>, AppError> {
        let Some(publisher) = &self.publisher else { return Ok(None) };
        let Some(bytes) = publisher.folder.get(&text_of(size)).await? else { return Ok(None) };
        let text = String::from_utf8(bytes).map_err(|error| AppError::internal("stamping", error))?;
        Ok(Some(ToStamp { size, text }))
    }

    /// Keeps the answer of an authority beside the log, and puts it on record. Doing it twice is harmless. The caller has held it against
    /// the text.
    ///
    /// # Errors
    /// Where folder or store fail.
    pub async fn record_stamp(&self, stamped: &ToStamp, answer: Vec<u8>) -> Result<(), AppError> {
        let Some(publisher) = &self.publisher else { return Ok(()) };
        let (checkpoint, token) = (ledger::sha256(stamped.text.as_bytes()), ledger::sha256(&answer));
        publisher.folder.put(&format!("{}.tsr", text_of(stamped.size)), answer).await?;
        let [checkpoint, token] = [checkpoint, token].map(|digest| Digest::new(*digest.as_bytes()));
        let id = note_named(&format!("timestamp\n{}\n{token}", stamped.size));
        self.write_note(id, LogNoteEvent::Timestamped { size: stamped.size, checkpoint, token }).await?;
        Ok(())
    }
}
