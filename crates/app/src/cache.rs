//! Streams kept in memory: a cache, never the truth. Whoever loads a stream holds it against the store's head first.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dingce_domain::id::StreamId;

/// Streams kept at most.
const STREAMS_MAX: usize = 4096;
/// Events behind the kept streams at most, summed. A state grows with its events, by some hundred bytes each for
/// comments and some kilobytes for acts on cases, so the cache stays within a few hundred megabytes.
const EVENTS_MAX: u64 = 200_000;

struct Kept {
    any: Arc<dyn Any + Send + Sync>,
    n: u64,
    used: u64,
}

#[derive(Default)]
struct Shelf {
    streams: HashMap<StreamId, Kept>,
    events: u64,
    /// Counts uses; the smallest was used longest ago.
    uses: u64,
}

/// The cache.
#[derive(Default)]
pub(crate) struct Cache(Mutex<Shelf>);

impl Cache {
    pub(crate) fn get(&self, stream: StreamId) -> Option<Arc<dyn Any + Send + Sync>> {
        let mut shelf = self.shelf();
        shelf.uses += 1;
        let used = shelf.uses;
        let kept = shelf.streams.get_mut(&stream)?;
        kept.used = used;
        Some(Arc::clone(&kept.any))
    }

    /// Number of the last event of a kept stream.
    pub(crate) fn last(&self, stream: StreamId) -> Option<u64> {
        self.shelf().streams.get(&stream).map(|kept| kept.n)
    }

    /// Keeps a stream as of its event `n`; an older state never replaces a newer one.
    pub(crate) fn put(&self, stream: StreamId, n: u64, any: Arc<dyn Any + Send + Sync>) {
        let mut shelf = self.shelf();
        if shelf.streams.get(&stream).is_some_and(|kept| kept.n > n) {
            return;
        }
        shelf.uses += 1;
        let used = shelf.uses;
        let before = shelf.streams.insert(stream, Kept { any, n, used });
        shelf.events = shelf.events + n - before.map_or(0, |kept| kept.n);
        shelf.make_room();
    }

    pub(crate) fn forget(&self, stream: StreamId) {
        let mut shelf = self.shelf();
        if let Some(kept) = shelf.streams.remove(&stream) {
            shelf.events -= kept.n;
        }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    /// Gives up the streams used longest ago, an eighth more than needed, so that this is done seldom.
    fn make_room(&mut self) {
        if self.streams.len() <= STREAMS_MAX && self.events <= EVENTS_MAX {
            return;
        }
        let mut by_use: Vec<(u64, StreamId)> = self.streams.iter().map(|(stream, kept)| (kept.used, *stream)).collect();
        by_use.sort_unstable();
        for (_, stream) in by_use {
            if self.streams.len() <= STREAMS_MAX * 7 / 8 && self.events <= EVENTS_MAX * 7 / 8 {
                return;
            }
            if let Some(kept) = self.streams.remove(&stream) {
                self.events -= kept.n;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use dingce_domain::id::CaseId;
    use uuid::Uuid;

    use super::*;

    fn stream(number: u128) -> StreamId {
        CaseId::new(Uuid::from_u128(number)).into()
    }

    #[test]
    fn the_streams_used_longest_ago_are_given_up() {
        let cache = Cache::default();
        for number in 0..=STREAMS_MAX as u128 {
            cache.put(stream(number), 1, Arc::new(()));
            // The first one is in use all the time.
            assert!(cache.get(stream(0)).is_some());
        }
        assert!(cache.get(stream(1)).is_none());
        assert!(cache.get(stream(STREAMS_MAX as u128)).is_some());
    }

    #[test]
    fn a_few_long_streams_fill_it_too() {
        let cache = Cache::default();
        for number in 0..3 {
            cache.put(stream(number), EVENTS_MAX / 2, Arc::new(()));
        }
        assert!(cache.get(stream(0)).is_none());
        assert!(cache.get(stream(2)).is_some());
        assert!(cache.shelf().events <= EVENTS_MAX);
    }

    #[test]
    fn an_older_state_never_replaces_a_newer_one() {
        let cache = Cache::default();
        cache.put(stream(1), 7, Arc::new(7));
        cache.put(stream(1), 5, Arc::new(5));
        let kept = cache.get(stream(1)).and_then(|any| any.downcast::<i32>().ok());
        assert_eq!(kept.as_deref(), Some(&7));
        assert_eq!(cache.last(stream(1)), Some(7));
        cache.forget(stream(1));
        assert!(cache.get(stream(1)).is_none());
        assert_eq!(cache.shelf().events, 0);
    }
}
