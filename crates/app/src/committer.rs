//! Group commit: acts on different streams share one transaction.
//!
//! A lane is a bounded queue and one task. A full queue refuses early, so that latency stays bounded under overload.
//! Officials and the public have lanes of their own: a flood of comments never blocks officials.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use crate::ports::{Append, AppendError, Appended, EventStore};

/// Most appends of one transaction.
const BATCH_MAX: usize = 64;
/// Appends that may wait in a lane.
const QUEUE_MAX: usize = 1024;

struct Job {
    append: Append,
    answer: oneshot::Sender<Result<Appended, AppendError>>,
}

/// One lane. Cheap to clone; the task ends when the last clone is dropped and the queue is empty.
#[derive(Clone)]
pub struct Lane(mpsc::Sender<Job>);

impl Lane {
    /// Opens a lane over a store. Must be called inside a tokio runtime.
    pub fn open(store: Arc<dyn EventStore>) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE_MAX);
        tokio::spawn(run(store, receiver));
        Self(sender)
    }

    /// Writes an append together with whatever else waits.
    ///
    /// # Errors
    /// [`AppendError`]; after `Unavailable` the outcome may be unknown and is resolved by key or by reading again.
    pub async fn commit(&self, append: Append) -> Result<Appended, AppendError> {
        let (answer, wait) = oneshot::channel();
        self.0.try_send(Job { append, answer }).map_err(|_| AppendError::Overloaded)?;
        wait.await.unwrap_or(Err(AppendError::Overloaded))
    }
}

async fn run(store: Arc<dyn EventStore>, mut queue: mpsc::Receiver<Job>) {
    let mut waiting: Vec<Job> = Vec::new();
    loop {
        if waiting.is_empty() {
            match queue.recv().await {
                Some(job) => waiting.push(job),
                None => return,
            }
        }
        while waiting.len() < BATCH_MAX {
            match queue.try_recv() {
                Ok(job) => waiting.push(job),
                Err(_) => break,
            }
        }
        // One append a stream: a second one was decided on a head that the first is about to move.
        let mut streams = HashSet::new();
        let (batch, later): (Vec<Job>, Vec<Job>) =
            waiting.into_iter().partition(|job| streams.insert(job.append.stream));
        waiting = later;
        let (appends, answers): (Vec<_>, Vec<_>) = batch.into_iter().map(|job| (job.append, job.answer)).unzip();
        let results = store.append(appends).await;
        for (answer, result) in answers.into_iter().zip(results) {
            // The asker may be gone; the act stands all the same.
            let _ = answer.send(result);
        }
    }
}
