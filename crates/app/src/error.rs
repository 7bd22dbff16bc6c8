//! What can go wrong in a use case, for every caller the same.

use dingce_domain::case::CorruptHistory;
use dingce_domain::code::Code;
use dingce_domain::rejection::Rejection;

use crate::ports::{AppendError, CLAIM_TAKEN, STREAM_HAS_LOST_EVENTS, StoreError};

/// How the constraints begin that keep a draft without clearance from being tabled or adopted.
const WALL: &str = "events_adopts_draft";
/// The store's word for a text that no database can keep; the domain's own checks mostly come first.
const NUL: &str = "text_without_nul";

/// Why a use case gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// A rule stands against it. Expected; shown to the person with article and remedy.
    #[error("refused: {0}")]
    Rejected(Box<Rejection>),
    /// Too many writes are waiting; nothing was written.
    #[error("too many writes are waiting")]
    Overloaded,
    /// The store failed. Nothing is known to be written; a repetition with the same key is safe.
    #[error("the store is unavailable")]
    Unavailable(#[source] StoreError),
    /// The record cannot be read: damaged, or written by a newer program. The stream is not served.
    #[error("stream {stream} cannot be read")]
    Corrupt {
        /// Which stream.
        stream: String,
        /// What is wrong.
        #[source]
        source: CorruptHistory,
    },
    /// A failure that is nobody's input.
    #[error("{doing}")]
    Internal {
        /// What was being done.
        doing: String,
        /// Why it failed.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl AppError {
    /// An unexpected failure.
    pub fn internal(doing: impl Into<String>, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal { doing: doing.into(), source: source.into() }
    }

    /// Whether the store as a whole fails or is too busy, rather than one stream.
    pub fn is_of_the_store(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Overloaded)
    }

    /// A thing that is not there, or that the actor may not know of: the same answer for both.
    pub fn not_found(what: impl ToString) -> Self {
        Rejection::new(Code::NotFound).given(what).into()
    }
}

impl From<Rejection> for AppError {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(Box::new(rejection))
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error)
    }
}

impl From<AppendError> for AppError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Conflict { expected } => Rejection::new(Code::Conflict).given(expected).into(),
            AppendError::KeyTaken => Rejection::new(Code::KeyReused).into(),
            // The wall in SQL: reached only if the core and the proof both failed.
            AppendError::Refused { constraint } if constraint.starts_with(WALL) => {
                tracing::error!(constraint, "the database refused an act that the rules allowed");
                Rejection::new(Code::LegalityMissing).into()
            }
            AppendError::Refused { constraint } if constraint == NUL => {
                Rejection::new(Code::TextNotAcceptable).given("U+0000").into()
            }
            AppendError::Refused { constraint } if constraint == CLAIM_TAKEN => {
                Rejection::new(Code::DocumentNumberTaken).at("document_no").into()
            }
            AppendError::Refused { constraint } if constraint.contains(STREAM_HAS_LOST_EVENTS) => {
                Rejection::new(Code::RecordIncomplete).into()
            }
            AppendError::Refused { constraint } => Self::internal("appending events", constraint),
            AppendError::Overloaded => Self::Overloaded,
            AppendError::Unavailable(source) => Self::Unavailable(source),
        }
    }
}
