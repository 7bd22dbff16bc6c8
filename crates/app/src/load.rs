//! Loading a stream: from memory, from a snapshot, or from its first event; and the events since.
//!
//! What is in memory or in a snapshot counts only where the store still has the event it ends with, under the same leaf
//! hash. After a database lost its last transactions (a failover, a restored backup) an act decided on the lost events
//! would otherwise be chained to a leaf that nobody has.

use std::sync::Arc;

use dingce_domain::case::CorruptHistory;
use dingce_domain::id::StreamId;

use crate::app::App;
use crate::envelope::{self, Recorded};
use crate::error::AppError;
use crate::ports::{Snapshot, StoredEvent};
use crate::stream::{Loaded, Stream, Tip};

/// How many events are read at once.
const PAGE: u64 = 1000;

/// Where the event stands that a known state ends with.
enum Stands {
    /// It is the last of its stream.
    Last,
    /// Others follow it.
    Within,
    /// The store does not have it.
    Not,
}

impl App {
    /// Loads a stream; `None` if it has no event.
    pub(crate) async fn load<S: Stream>(&self, id: S::Id) -> Result<Option<Arc<Loaded<S>>>, AppError> {
        let stream: StreamId = id.into();
        let cached = self.cache.get(stream).and_then(|any| any.downcast::<Loaded<S>>().ok());
        let known = match cached {
            Some(known) => Some(known),
            None => self.read_snapshot::<S>(stream).await?.map(Arc::new),
        };
        let known = match known {
            None => None,
            Some(known) => match self.stands(stream, &known.tip).await? {
                Stands::Last => {
                    self.remember(stream, &known);
                    return Ok(Some(known));
                }
                Stands::Within => Some(known),
                Stands::Not => {
                    tracing::warn!(%stream, n = known.tip.n, "the store lacks an event seen before; reading anew");
                    self.cache.forget(stream);
                    None
                }
            },
        };
        let loaded = self.catch_up::<S>(id, known).await?;
        if let Some(loaded) = &loaded {
            self.remember(stream, loaded);
        }
        Ok(loaded)
    }

    pub(crate) fn remember<S: Stream>(&self, stream: StreamId, loaded: &Arc<Loaded<S>>) {
        self.cache.put(stream, loaded.tip.n, Arc::clone(loaded) as Arc<_>);
    }

    /// Whether this node knows of nothing after this tip: another act of it may have come while one waited for its turn.
    pub(crate) fn is_latest_known(&self, stream: StreamId, tip: &Tip) -> bool {
        self.cache.last(stream) == Some(tip.n)
    }

    /// Whether the store has the event that a known state ends with.
    async fn stands(&self, stream: StreamId, tip: &Tip) -> Result<Stands, AppError> {
        Ok(match self.store.head(stream).await? {
            Some(head) if head.n == tip.n && head.leaf_hash == tip.leaf_hash => Stands::Last,
            Some(head) if head.n > tip.n => {
                let last = self.store.events(stream, tip.n.saturating_sub(1), 1).await?;
                match last.first().is_some_and(|e| e.n == tip.n && e.event.leaf_hash == tip.leaf_hash) {
                    true => Stands::Within,
                    false => Stands::Not,
                }
            }
            Some(_) | None => Stands::Not,
        })
    }

    async fn read_snapshot<S: Stream>(&self, stream: StreamId) -> Result<Option<Loaded<S>>, AppError> {
        let Some(snapshot) = self.store.snapshot(stream).await? else { return Ok(None) };
        if snapshot.shape != S::SHAPE {
            return Ok(None);
        }
        // A snapshot that cannot be read is worth nothing: replay.
        Ok(serde_json::from_str(&snapshot.json).ok())
    }

    async fn catch_up<S: Stream>(
        &self,
        id: S::Id,
        mut known: Option<Arc<Loaded<S>>>,
    ) -> Result<Option<Arc<Loaded<S>>>, AppError> {
        loop {
            let after = known.as_ref().map_or(0, |k| k.tip.n);
            let page = self.store.events(id.into(), after, PAGE).await?;
            if page.is_empty() {
                return Ok(known);
            }
            let mut loaded = known.map(Arc::unwrap_or_clone);
            for stored in &page {
                let recorded = envelope::read::<S::Event>(stored)?;
                loaded = Some(advance(id, loaded, &recorded, stored.event.leaf_hash)?);
            }
            known = loaded.map(Arc::new);
            if (page.len() as u64) < PAGE {
                return Ok(known);
            }
        }
    }

    /// Does something with every event of a stream after one number and up to another, in order; they are read a thousand at a time.
    ///
    /// # Errors
    /// Where the store fails; whatever `take` answers.
    pub(crate) async fn each_stored(
        &self,
        stream: StreamId,
        mut after: u64,
        until: u64,
        mut take: impl FnMut(StoredEvent) -> Result<(), AppError>,
    ) -> Result<(), AppError> {
        while after < until {
            let limit = PAGE.min(until - after);
            let page = self.store.events(stream, after, limit).await?;
            let last = (page.len() as u64) < limit;
            for stored in page {
                after = stored.n;
                take(stored)?;
            }
            if last {
                break;
            }
        }
        Ok(())
    }

    /// Keeps a snapshot now and then, in the background: the act is done and its answer does not wait.
    pub(crate) fn maybe_snapshot<S: Stream>(&self, stream: StreamId, before: u64, loaded: &Arc<Loaded<S>>) {
        if !S::worth_a_snapshot(loaded.tip.n) || !snapshot_between(before, loaded.tip.n) {
            return;
        }
        let (store, loaded) = (Arc::clone(&self.store), Arc::clone(loaded));
        tokio::spawn(async move {
            let Ok(json) = serde_json::to_string(&*loaded) else { return };
            let snapshot = Snapshot { n: loaded.tip.n, leaf_hash: loaded.tip.leaf_hash, shape: S::SHAPE, json };
            // A cache: failing to keep it costs a replay and nothing else.
            if let Err(error) = store.put_snapshot(stream, snapshot).await {
                tracing::warn!(%stream, error = &error as &dyn std::error::Error, "a snapshot was not kept");
            }
        });
    }
}

/// Whether a snapshot is due between two numbers of events: every 64 events at first, every eighth part of a long stream
/// later, so that all snapshots of a stream together stay a small multiple of its last one.
fn snapshot_between(before: u64, after: u64) -> bool {
    let every = (after.next_power_of_two() / 16).max(64);
    before / every != after / every
}

/// The stream after one more event.
pub(crate) fn advance<S: Stream>(
    id: S::Id,
    loaded: Option<Loaded<S>>,
    recorded: &Recorded<S::Event>,
    leaf_hash: [u8; 32],
) -> Result<Loaded<S>, AppError> {
    let envelope = &recorded.envelope;
    let at = envelope.recorded_at.as_millisecond();
    let corrupt = |source| AppError::Corrupt { stream: envelope.stream.to_string(), source };
    let (state, n, first_at, organ) = match loaded {
        Some(Loaded { state, tip }) => (Some(state), tip.n, tip.first_at, tip.organ),
        None => (None, 0, at, envelope.organ),
    };
    if envelope.n != n + 1 {
        let why = format!("event {} is missing before it", n + 1);
        return Err(corrupt(CorruptHistory { n: envelope.n, kind: envelope.kind.clone(), why }));
    }
    let state = S::evolve(state, id, recorded).map_err(|mut source| {
        source.n = envelope.n;
        corrupt(source)
    })?;
    Ok(Loaded { state, tip: Tip { n: envelope.n, leaf_hash, first_at, last_at: at, organ } })
}

#[cfg(test)]
mod tests {
    use super::snapshot_between;

    #[test]
    fn snapshots_are_not_missed_by_acts_of_several_events_and_grow_rare() {
        assert!(!snapshot_between(0, 63));
        assert!(snapshot_between(63, 65), "an act that passes the 64th event");
        assert!(!snapshot_between(64, 127));
        let kept = (1..100_000).filter(|n| snapshot_between(n - 1, *n)).count();
        assert!(kept < 200, "{kept} snapshots of 100,000 events");
    }
}
