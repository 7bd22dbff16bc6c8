//! A JWKS document kept fresh, with the keys last known to be good.

use super::{AuthError, KeySet, Now};
use futures_util::future::BoxFuture;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Mutex;

/// Fetches the JWKS document. Its error is a sentence for the log.
pub type Fetch = Arc<dyn Fn() -> BoxFuture<'static, Result<String, String>> + Send + Sync>;

/// The least time between two fetches while there are no keys at all: every request waits for them. Unit: seconds.
const FIRST_AGAIN_AFTER_S: i64 = 5;

/// When to fetch.
#[derive(Clone, Debug)]
pub struct JwksSettings {
    /// The least time between two fetches, whatever tokens arrive. Unit: seconds. Default 60.
    pub fetch_again_after_s: i64,
    /// The age at which keys are fetched anew, so that a withdrawn key stops serving. Unit: seconds. Default 900.
    pub refresh_after_s: i64,
    /// How long a fetch may take. Default 5 s.
    pub fetch_timeout: Duration,
}

impl Default for JwksSettings {
    fn default() -> Self {
        Self { fetch_again_after_s: 60, refresh_after_s: 900, fetch_timeout: Duration::from_secs(5) }
    }
}

/// The keys of an identity provider, which rotate.
///
/// Keys are fetched at first use, when they grow old, and when a token names a `kid` that is not among them; never
/// more often than the settings allow, and by one caller at a time. When a fetch fails, the last good keys serve on.
pub struct JwksCache {
    fetch: Fetch,
    now: Now,
    settings: JwksSettings,
    known: RwLock<Known>,
    /// When the last fetch began. Held while fetching.
    attempt: Mutex<Option<i64>>,
}

#[derive(Clone, Default)]
struct Known {
    keys: Option<Arc<KeySet>>,
    fetched_at: i64,
    /// Counts the documents taken over; a verified token is remembered for one of them.
    version: u64,
}

impl JwksCache {
    /// A cache that has fetched nothing yet.
    #[must_use]
    pub fn new(fetch: Fetch, now: Now, settings: JwksSettings) -> Self {
        Self { fetch, now, settings, known: RwLock::default(), attempt: Mutex::new(None) }
    }

    /// The keys and the version of their document, fetched if there are none yet or they are old.
    pub(super) async fn current(&self) -> Result<(Arc<KeySet>, u64), AuthError> {
        let known = self.known();
        let age = (self.now)().saturating_sub(known.fetched_at);
        let known = if known.keys.is_none() || age >= self.settings.refresh_after_s {
            self.refetch(known.version).await
        } else {
            known
        };
        known.keys.map(|keys| (keys, known.version)).ok_or(AuthError::KeysUnavailable)
    }

    /// The keys after a token named one that `version` lacks.
    pub(super) async fn newer_than(&self, version: u64) -> Result<(Arc<KeySet>, u64), AuthError> {
        let known = self.refetch(version).await;
        known.keys.map(|keys| (keys, known.version)).ok_or(AuthError::KeysUnavailable)
    }

    fn known(&self) -> Known {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Fetches once for all who wait, unless another has just done so or it is too soon.
    async fn refetch(&self, seen_version: u64) -> Known {
        let mut attempt = self.attempt.lock().await;
        let known = self.known();
        let now = (self.now)();
        let least = self.settings.fetch_again_after_s;
        let least = if known.keys.is_some() { least } else { least.min(FIRST_AGAIN_AFTER_S) };
        let too_soon = attempt.is_some_and(|at| now.saturating_sub(at) < least);
        if known.version != seen_version || too_soon {
            return known;
        }
        *attempt = Some(now);
        let fetched = match tokio::time::timeout(self.settings.fetch_timeout, (self.fetch)()).await {
            Ok(Ok(document)) => KeySet::from_jwks(&document).map_err(|error| error.to_string()),
            Ok(Err(reason)) => Err(reason),
            Err(_) => Err("the fetch took too long".to_owned()),
        };
        match fetched {
            Ok(keys) => {
                let taken = Known { keys: Some(Arc::new(keys)), fetched_at: now, version: known.version + 1 };
                *self.known.write().unwrap_or_else(PoisonError::into_inner) = taken.clone();
                taken
            }
            Err(reason) => {
                tracing::warn!(reason, has_keys = known.keys.is_some(), "the JWKS document could not be fetched");
                known
            }
        }
    }
}
