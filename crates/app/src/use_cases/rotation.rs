//! Rotation of the log's key, on the record: a statement signed by both keys among the public files, and a note with a leaf of its own
//! under the last checkpoint of the key until then.

use dingce_domain::log_note::LogNoteEvent;
use dingce_ledger::Succession;

use super::log_notes::note_named;
use crate::app::App;
use crate::error::AppError;
use crate::publisher::PublishLogError;

/// Why a rotation is not on the record. Nothing but what was written of it is; it is done again with the same statement.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// Nobody publishes this log.
    #[error("expected a log that is published")]
    NotPublished,
    /// A statement of another key.
    #[error("expected a statement by the key of this log that goes, {key}")]
    Foreign {
        /// The key that signs now.
        key: String,
    },
    /// Another node gives places in the log.
    #[error(
        "expected no server to run, but another node gives places in the log: stop it, wait ten seconds, and do this again"
    )]
    Busy,
    /// Too many: statements are numbered with three digits.
    #[error("expected fewer than 1000 rotations of a log's key")]
    TooMany,
    /// The note could not be written.
    #[error("the rotation could not be put on record")]
    Note(#[from] AppError),
    /// It could not be published.
    #[error("the rotation could not be published")]
    Publish(#[from] PublishLogError),
}

impl App {
    /// Puts on record that the log goes on under another key in the place of its own or of the one beside it, and publishes it under the
    /// keys until now. Doing it twice is harmless.
    ///
    /// No server may run: afterwards the old key must sign nothing more.
    ///
    /// # Errors
    /// [`RotationError`].
    pub async fn record_rotation(&self, statement: &Succession) -> Result<(), RotationError> {
        let publisher = self.publisher.as_ref().ok_or(RotationError::NotPublished)?;
        if !publisher.keys().any(|key| statement.from() == key) {
            return Err(RotationError::Foreign { key: publisher.key.to_string() });
        }
        let text = statement.to_string();
        let mut kept = false;
        for number in 1..1000 {
            let path = succession(number);
            match publisher.folder.get(&path).await.map_err(PublishLogError::from)? {
                // The same two keys: it broke off after this.
                Some(there) if names(&there, statement) => kept = true,
                Some(_) => continue,
                None => {
                    publisher.folder.put(&path, text.into_bytes()).await.map_err(PublishLogError::from)?;
                    kept = true;
                }
            }
            break;
        }
        if !kept {
            return Err(RotationError::TooMany);
        }
        let (from, to) = (statement.from().to_string(), statement.to().to_string());
        let id = note_named(&format!("rotation\n{from}\n{to}"));
        self.write_note(id, LogNoteEvent::KeyRotated { from, to }).await?;
        self.sequence_log().await?;
        if self.store.log_place(id.into(), 1).await.map_err(PublishLogError::from)?.is_none() {
            return Err(RotationError::Busy);
        }
        self.publish_log().await?;
        self.release_lease().await;
        Ok(())
    }
}

/// Where the statement with this number, from 1, stands among the files of the log.
pub(super) fn succession(number: u32) -> String {
    format!("succession/{number:03}")
}

fn names(bytes: &[u8], statement: &Succession) -> bool {
    let there = std::str::from_utf8(bytes).ok().and_then(|text| text.parse::<Succession>().ok());
    there.is_some_and(|there| there.from() == statement.from() && there.to() == statement.to())
}
