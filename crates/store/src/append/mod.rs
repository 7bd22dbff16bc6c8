//! Group commit: many acts in one transaction, each accepted or refused on its own.
//!
//! The steps, and what a crash right after each leaves behind:
//!
//! 1. `begin`, `heads`, `events`, `rows`, `before_commit`: everything is in one open transaction, so nothing is left.
//!    The senders got no answer and send again.
//! 2. `after_commit`: everything is there, no sender was told. A repeated request finds its first answer by its
//!    idempotency key; a request without one meets a moved head.
//!
//! Where a constraint refuses a row, the whole transaction is rolled back and each append is written alone, so that
//! only the guilty one is refused. Transactions that got in each other's way are repeated a few times.

mod check;
mod fold;
mod heads;
mod write;

use std::collections::BTreeSet;
use std::time::Duration;

use dingce_app::ports::{Append, AppendError, Appended, CLAIM_TAKEN, StoreError};

use crate::Store;
use crate::error::{Constraint, Failure};

/// Kinds of events that table or adopt a draft: they must name it, and it must be cleared.
///
/// The database checks the same list (`events_adopts_draft_named`); changing it takes a migration.
pub const ADOPTING_KINDS: &[&str] = &["tabling_requested", "tabling_approved", "decision_adopted", "decision_issued"];

/// The constraint of [`AppendError::Refused`] where the outbox message that the act answers is done already, or is
/// not there. Nothing is written: somebody else has answered it, so the sender has nothing left to do.
pub use dingce_app::ports::OUTBOX_ANSWERED;

/// The constraint of [`AppendError::Refused`] where a text holds U+0000, which PostgreSQL cannot store. Both databases
/// refuse it before any SQL runs.
pub const TEXT_WITHOUT_NUL: &str = "text_without_nul";

/// How often a transaction is tried that others get in the way of.
const TRIES: u32 = 6;

impl Store {
    pub(crate) async fn append_batch(&self, batch: Vec<Append>) -> Vec<Result<Appended, AppendError>> {
        let mut streams = BTreeSet::new();
        let checked: Vec<Option<AppendError>> = batch
            .iter()
            .map(|append| {
                check::problem(append, &self.tables)
                    .map(|constraint| AppendError::Refused { constraint: constraint.to_owned() })
                    // Only one append of a stream can be decided on its head; a second one has lost already.
                    .or_else(|| (!streams.insert(append.stream)).then(|| conflict(append)))
            })
            .collect();
        let sound: Vec<&Append> =
            batch.iter().zip(&checked).filter(|(_, no)| no.is_none()).map(|(yes, _)| yes).collect();
        let mut written = self.write(&sound).await.into_iter();
        let answer = |refused: Option<AppendError>| match refused {
            Some(error) => Err(error),
            None => written.next().unwrap_or(Err(AppendError::Overloaded)),
        };
        checked.into_iter().map(answer).collect()
    }

    /// Writes appends together, or each alone where a constraint refused one of them.
    async fn write(&self, batch: &[&Append]) -> Vec<Result<Appended, AppendError>> {
        if batch.is_empty() {
            return Vec::new();
        }
        match self.write_patiently(batch).await {
            Ok(won) => batch.iter().zip(won).map(|(append, won)| outcome(append, won)).collect(),
            Err(Failure::Constraint(constraint)) if batch.len() == 1 => vec![Err(refusal(batch[0], constraint))],
            Err(Failure::Constraint(constraint)) => {
                tracing::debug!(?constraint, appends = batch.len(), "a constraint refused a batch; writing one by one");
                self.write_one_by_one(batch).await
            }
            Err(Failure::Transient(error) | Failure::Broken(error)) => {
                tracing::warn!(%error, appends = batch.len(), "appends could not be written");
                batch.iter().map(|_| Err(unavailable(error.clone()))).collect()
            }
        }
    }

    async fn write_one_by_one(&self, batch: &[&Append]) -> Vec<Result<Appended, AppendError>> {
        let mut answers = Vec::with_capacity(batch.len());
        for (at, append) in batch.iter().enumerate() {
            match self.write_patiently(&[append]).await {
                Ok(won) => answers.push(outcome(append, won == [true])),
                Err(Failure::Constraint(constraint)) => answers.push(Err(refusal(append, constraint))),
                Err(Failure::Transient(error) | Failure::Broken(error)) => {
                    tracing::warn!(%error, "appends could not be written");
                    // The next ones would wait for the same broken database.
                    answers.extend(batch[at..].iter().map(|_| Err(unavailable(error.clone()))));
                    break;
                }
            }
        }
        answers
    }

    /// Repeats a transaction that others get in the way of.
    async fn write_patiently(&self, batch: &[&Append]) -> Result<Vec<bool>, Failure> {
        for attempt in 1..TRIES {
            match self.write_once(batch).await {
                Err(Failure::Transient(error)) => {
                    tracing::debug!(%error, attempt, "another transaction got in the way");
                    tokio::time::sleep(Duration::from_millis(4 << attempt)).await;
                }
                done => return done,
            }
        }
        self.write_once(batch).await
    }
}

fn outcome(append: &Append, won: bool) -> Result<Appended, AppendError> {
    if won { Ok(Appended { n: append.expected_n + append.events.len() as u64 }) } else { Err(conflict(append)) }
}

fn conflict(append: &Append) -> AppendError {
    AppendError::Conflict { expected: append.expected_n }
}

fn refusal(append: &Append, constraint: Constraint) -> AppendError {
    match constraint {
        Constraint::IdempotencyKey => AppendError::KeyTaken,
        // PostgreSQL says the name of the key, SQLite its columns.
        Constraint::Other(said) if said == "claims_pkey" || said.starts_with("claims.") => {
            AppendError::Refused { constraint: CLAIM_TAKEN.to_owned() }
        }
        Constraint::Other(constraint) => AppendError::Refused { constraint },
        // SQLite does not say which foreign key it was; of those that an append can offend, the wall comes first.
        Constraint::UnnamedForeignKey => {
            let adopts = append.events.iter().any(|event| event.adopts_draft.is_some());
            let name = if adopts { "events_adopts_draft_cleared" } else { "foreign key" };
            AppendError::Refused { constraint: name.to_owned() }
        }
    }
}

fn unavailable(error: sea_orm::DbErr) -> AppendError {
    AppendError::Unavailable(StoreError::new("appending events", error))
}
