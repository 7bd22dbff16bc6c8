//! Work that could not be done just now: it is tried again later and later, and holds up nothing else meanwhile.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The longest pause between two tries.
const PAUSE_MAX: Duration = Duration::from_secs(300);
/// Entries remembered at most; a node with more has other troubles, and forgetting costs one try each.
const HELD_MAX: usize = 10_000;

/// What waits for another try, with how often it failed and when it is tried again. Time is that of the process, not of
/// the injected clock: a clock that stands still must not make a failing database be asked without pause.
pub(crate) struct Held<K>(Mutex<HashMap<K, (u32, Instant)>>);

impl<K> Default for Held<K> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

impl<K: Eq + Hash> Held<K> {
    /// Whether it rests now.
    pub(crate) fn rests(&self, key: &K) -> bool {
        self.held().get(key).is_some_and(|(_, until)| Instant::now() < *until)
    }

    /// Lets it rest: a second, then twice as long each time, five minutes at most.
    pub(crate) fn put_off(&self, key: K) {
        let mut held = self.held();
        if held.len() >= HELD_MAX {
            held.clear();
        }
        let (failed, until) = held.entry(key).or_insert((0, Instant::now()));
        *until = Instant::now() + pause(*failed);
        *failed = failed.saturating_add(1);
    }

    /// It is done.
    pub(crate) fn done(&self, key: &K) {
        self.held().remove(key);
    }

    fn held(&self) -> MutexGuard<'_, HashMap<K, (u32, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long to wait after so many failures before.
pub(crate) fn pause(failed: u32) -> Duration {
    Duration::from_secs(1 << failed.min(9)).min(PAUSE_MAX)
}
