//! Group commit: acts on different streams share one transaction.
//!
//! A lane is a bounded queue and one task. A full lane refuses early, so that latency stays bounded under overload.
//! Officials and the public have lanes of their own: a flood of comments never blocks officials.
//!
//! Acts on one stream take turns, because a second one decided on the same head would only lose its transaction. An act
//! of the public first waits for its turn among the public and then for the stream, so an official who acts on a
//! consultation in a flood waits for one comment, not for the queue of them. One consultation therefore takes as many
//! comments a second as the store commits transactions one after the other (a few hundred on a good disk), per node.
//! Several comments in one append would raise that; but a request's key is kept with its append, one key an append, and
//! losing keys is worse than a queue.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use dingce_domain::id::StreamId;
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::ports::{Append, AppendError, Appended, EventStore, StoreError};

/// Most appends of one transaction.
const BATCH_MAX: usize = 64;
/// Acts that may be under way in a lane, waiting ones included.
const QUEUE_MAX: usize = 1024;

struct Job {
    append: Append,
    answer: oneshot::Sender<Result<Appended, AppendError>>,
}

/// Turns at streams, first come, first served.
#[derive(Clone, Default)]
pub(crate) struct Turns(Arc<Mutex<HashMap<StreamId, Weak<tokio::sync::Mutex<()>>>>>);

impl Turns {
    /// Waits until nobody else has the turn; it ends when the guard is dropped.
    pub(crate) async fn wait(&self, stream: StreamId) -> OwnedMutexGuard<()> {
        let turn = {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if known.len() > QUEUE_MAX {
                known.retain(|_, turn| turn.strong_count() > 0);
            }
            let current = known.get(&stream).and_then(Weak::upgrade);
            current.unwrap_or_else(|| {
                let turn = Arc::default();
                known.insert(stream, Arc::downgrade(&turn));
                turn
            })
        };
        turn.lock_owned().await
    }
}

/// A place in a lane and the turn at a stream in it.
pub(crate) struct Place {
    _place: OwnedSemaphorePermit,
    _turn: OwnedMutexGuard<()>,
}

/// One lane. Cheap to clone; the task ends when the last clone is dropped and the queue is empty.
#[derive(Clone)]
pub struct Lane {
    queue: mpsc::Sender<Job>,
    places: Arc<Semaphore>,
    turns: Turns,
}

impl Lane {
    /// Opens a lane over a store. Must be called inside a tokio runtime.
    pub fn open(store: Arc<dyn EventStore>) -> Self {
        let (queue, receiver) = mpsc::channel(QUEUE_MAX);
        tokio::spawn(run(store, receiver));
        Self { queue, places: Arc::new(Semaphore::new(QUEUE_MAX)), turns: Turns::default() }
    }

    /// Takes a place in the lane and waits for the turn at a stream among those of the lane.
    ///
    /// # Errors
    /// [`AppendError::Overloaded`] at once where the lane is full.
    pub(crate) async fn enter(&self, stream: StreamId) -> Result<Place, AppendError> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| AppendError::Overloaded)?;
        Ok(Place { _place: place, _turn: self.turns.wait(stream).await })
    }

    /// Writes an append together with whatever else waits.
    ///
    /// # Errors
    /// [`AppendError`]; after `Unavailable` the outcome may be unknown and is resolved by key or by reading again.
    pub async fn commit(&self, append: Append) -> Result<Appended, AppendError> {
        let (answer, wait) = oneshot::channel();
        self.queue.try_send(Job { append, answer }).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => AppendError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => no_answer(),
        })?;
        wait.await.unwrap_or_else(|_| Err(no_answer()))
    }
}

/// Nothing is known of what became of it: never to be mistaken for "nothing was written".
fn no_answer() -> AppendError {
    AppendError::Unavailable(StoreError::new("appending events", "the write ended without an answer"))
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
        let writer = Arc::clone(&store);
        // A task of its own: if the store panics, this batch has no answer, and the lane goes on.
        let results = tokio::spawn(async move { writer.append(appends).await }).await.unwrap_or_else(|error| {
            tracing::error!(%error, "a batch of writes broke off");
            Vec::new()
        });
        for (answer, result) in answers.into_iter().zip(results) {
            // The asker may be gone; the act stands all the same.
            let _ = answer.send(result);
        }
    }
}
