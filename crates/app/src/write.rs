//! The one road of every write: load, decide, append; again where another act came in between.

use std::sync::Arc;

use dingce_domain::code::Code;
use dingce_domain::id::{Digest, EventId, StreamId, UnitId};
use dingce_domain::occasion::{Actor, Manner};
use dingce_domain::rejection::Rejection;
use dingce_ledger as ledger;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::committer::Lane;
use crate::envelope::{self, Act, Drawn, Recorded};
use crate::error::AppError;
use crate::ports::{Append, AppendError, IdempotencyRecord, OUTBOX_ANSWERED, SealedBody, Snapshot};
use crate::stream::{Loaded, Stream, Tip};

/// How often an act is decided anew when another one came in between.
const TRIES: u32 = 5;
/// How many events are read at once.
const PAGE: u64 = 1000;

/// The key under which a request may be repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// Who asks: a person's id, or a form token of the public.
    pub scope: String,
    /// Which operation.
    pub operation: String,
    /// The key given, 1 to 200 characters.
    pub key: String,
    /// Digest of the canonical input.
    pub input_digest: String,
}

impl RequestKey {
    /// The key of a request with this input.
    ///
    /// # Errors
    /// Where the key is empty, too long or holds control characters.
    pub fn new(
        scope: impl ToString,
        operation: impl ToString,
        key: &str,
        input: &impl Serialize,
    ) -> Result<Self, AppError> {
        dingce_domain::check::line("idempotency_key", key)?;
        let canonical = ledger::jcs::to_canonical(input)
            .map_err(|error| AppError::internal("writing a request as canonical JSON", error))?;
        Ok(Self {
            scope: scope.to_string(),
            operation: operation.to_string(),
            key: key.to_owned(),
            input_digest: ledger::sha256(&canonical).to_string(),
        })
    }
}

/// What an accepted act gives back; kept under the request's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The stream written.
    pub stream: StreamId,
    /// Number of its last event.
    pub n: u64,
    /// The events, with their kinds.
    pub events: Vec<(EventId, String)>,
    /// A code for the asker alone, e.g. the receipt of a comment.
    pub receipt: Option<String>,
}

/// One event that an act decided on.
pub(crate) struct Decided<E> {
    pub body: E,
    pub sealed: Option<Secret>,
}

/// What goes into a sealed body.
pub(crate) struct Secret {
    pub subject: String,
    pub plain: serde_json::Value,
}

impl<E> From<E> for Decided<E> {
    fn from(body: E) -> Self {
        Self { body, sealed: None }
    }
}

/// Everything about an act but what it decides.
pub(crate) struct Writing<'a> {
    pub lane: &'a Lane,
    pub actor: Actor,
    pub manner: Manner,
    pub now: Timestamp,
    pub organ: UnitId,
    pub key: Option<RequestKey>,
    /// The message that it answers.
    pub answers: Option<(EventId, String)>,
    pub receipt: Option<String>,
}

impl App {
    /// Loads a stream: from memory, snapshot or from the start, and then the events since.
    pub(crate) async fn load<S: Stream>(&self, id: S::Id) -> Result<Option<Arc<Loaded<S>>>, AppError> {
        let stream: StreamId = id.into();
        let cached = self
            .cache
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .get(&stream)
            .cloned()
            .and_then(|any| any.downcast::<Loaded<S>>().ok());
        let known = match cached {
            Some(known) => Some(known),
            None => self.read_snapshot::<S>(stream).await?.map(Arc::new),
        };
        let after = known.as_ref().map_or(0, |k| k.tip.n);
        let loaded = self.catch_up::<S>(id, known, after).await?;
        if let Some(loaded) = &loaded {
            self.remember(stream, Arc::clone(loaded));
        }
        Ok(loaded)
    }

    fn remember<S: Stream>(&self, stream: StreamId, loaded: Arc<Loaded<S>>) {
        /// Streams kept in memory.
        const KEPT: usize = 4096;
        let mut cache = self.cache.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if cache.len() >= KEPT && !cache.contains_key(&stream) {
            // Whichever comes first: the cache is no truth, and an evicted stream is read again.
            if let Some(victim) = cache.keys().next().copied() {
                cache.remove(&victim);
            }
        }
        cache.insert(stream, loaded);
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
        mut after: u64,
    ) -> Result<Option<Arc<Loaded<S>>>, AppError> {
        loop {
            let page = self.store.events(id.into(), after, PAGE).await?;
            let read = page.len() as u64;
            if read == 0 {
                return Ok(known);
            }
            let mut loaded = known.map(|k| Arc::try_unwrap(k).unwrap_or_else(|k| (*k).clone()));
            for stored in &page {
                let recorded = envelope::read::<S::Event>(stored)?;
                loaded = Some(advance(id, loaded, &recorded, stored.event.leaf_hash)?);
            }
            after += read;
            known = loaded.map(Arc::new);
            if read < PAGE {
                return Ok(known);
            }
        }
    }

    /// Decides and appends; again, up to five times, where the head moved in between.
    pub(crate) async fn write<S, F>(&self, id: S::Id, writing: Writing<'_>, decide: F) -> Result<Done, AppError>
    where
        S: Stream,
        F: Fn(Option<&Loaded<S>>) -> Result<Vec<Decided<S::Event>>, AppError>,
    {
        if let Some(done) = self.answered_before(&writing).await? {
            return Ok(done);
        }
        for tried in 1.. {
            let loaded = self.load::<S>(id).await?;
            let decided = decide(loaded.as_deref())?;
            if decided.is_empty() {
                return Ok(nothing_new(id.into(), loaded.as_deref()));
            }
            let (append, done, after) = self.prepare::<S>(id, loaded.as_deref(), decided, &writing)?;
            match writing.lane.commit(append).await {
                Ok(_) => {
                    let after = Arc::new(after);
                    self.remember(id.into(), Arc::clone(&after));
                    self.written.notify_waiters();
                    self.maybe_snapshot(id.into(), &after).await;
                    return Ok(done);
                }
                Err(AppendError::Conflict { .. }) if tried < TRIES => {}
                Err(AppendError::KeyTaken) => {
                    // Somebody else, perhaps another node, took the key between our look and our write.
                    return match self.answered_before(&writing).await? {
                        Some(done) => Ok(done),
                        None => Ok(nothing_new(id.into(), loaded.as_deref())),
                    };
                }
                Err(AppendError::Refused { constraint }) if constraint == OUTBOX_ANSWERED => {
                    return Ok(nothing_new(id.into(), loaded.as_deref()));
                }
                Err(AppendError::Unavailable(error)) => {
                    // The outcome may be unknown: if it was written after all, the key knows.
                    if let Ok(Some(done)) = self.answered_before(&writing).await {
                        return Ok(done);
                    }
                    return Err(AppError::Unavailable(error));
                }
                Err(other) => return Err(other.into()),
            }
        }
        unreachable!("the loop returns at its last try")
    }

    /// The first answer, if this request was accepted before.
    async fn answered_before(&self, writing: &Writing<'_>) -> Result<Option<Done>, AppError> {
        let Some(key) = &writing.key else { return Ok(None) };
        let Some(record) = self.store.idempotency(&key.scope, &key.operation, &key.key).await? else {
            return Ok(None);
        };
        if record.input_digest != key.input_digest {
            return Err(Rejection::new(Code::KeyReused).at("idempotency_key").given(&key.key).into());
        }
        serde_json::from_str(&record.answer)
            .map(Some)
            .map_err(|error| AppError::internal("reading a kept answer", error))
    }

    #[allow(clippy::type_complexity)]
    fn prepare<S: Stream>(
        &self,
        id: S::Id,
        loaded: Option<&Loaded<S>>,
        decided: Vec<Decided<S::Event>>,
        writing: &Writing<'_>,
    ) -> Result<(Append, Done, Loaded<S>), AppError> {
        let stream: StreamId = id.into();
        let expected_n = loaded.map_or(0, |l| l.tip.n);
        let calendar: Option<Digest> = format!("sha256:{}", self.calendar().digest()).parse().ok();
        // Times of a stream never go back, even where another node's clock was ahead of this one's.
        let last_at = loaded.and_then(|l| Timestamp::from_millisecond(l.tip.last_at).ok());
        let now = last_at.map_or(writing.now, |last| writing.now.max(last));
        let mut state: Option<Loaded<S>> = loaded.cloned();
        let mut events = Vec::with_capacity(decided.len());
        let mut recorded = Vec::with_capacity(decided.len());
        let mut subject_keys = Vec::new();
        for Decided { body, sealed } in decided {
            let act = Act {
                stream,
                organ: writing.organ,
                actor: &writing.actor,
                manner: &writing.manner,
                now,
                law: state.as_ref().and_then(|l| l.state.law()),
                cal: calendar,
            };
            let n = state.as_ref().map_or(0, |l| l.tip.n) + 1;
            let prev = state.as_ref().map(|l| l.tip.leaf_hash);
            let drawn = Drawn {
                event: EventId::new(self.chance.id(now)),
                salt: self.chance.bytes32(),
                body_key: self.chance.bytes32(),
            };
            let (sealed, commitment) = match sealed {
                None => (None, None),
                Some(secret) => {
                    let (sealed, commitment, wrapped) = self.seal(secret)?;
                    subject_keys.push((sealed.subject.clone(), wrapped));
                    (Some(sealed), Some(commitment))
                }
            };
            let marks = S::marks(&body);
            let (envelope, event) = envelope::record(&act, n, prev, &body, marks, drawn, sealed, commitment)?;
            let one = Recorded { envelope, body };
            state = Some(advance(id, state, &one, event.leaf_hash)?);
            events.push(event);
            recorded.push(one);
        }
        let after = state.ok_or_else(|| AppError::internal("appending", "no event was decided"))?;
        let follows = S::follows(id, &after, &recorded);
        let done = Done {
            stream,
            n: after.tip.n,
            events: recorded.iter().map(|r| (r.envelope.event, r.envelope.kind.clone())).collect(),
            receipt: writing.receipt.clone(),
        };
        let answer = serde_json::to_string(&done).map_err(|error| AppError::internal("keeping an answer", error))?;
        let idempotency = writing.key.as_ref().map(|key| IdempotencyRecord {
            scope: key.scope.clone(),
            operation: key.operation.clone(),
            key: key.key.clone(),
            input_digest: key.input_digest.clone(),
            answer,
        });
        let append = Append {
            stream,
            organ: writing.organ,
            expected_n,
            events,
            rows: follows.rows,
            deadlines: follows.deadlines,
            outbox: follows.outbox,
            answers: writing.answers.clone(),
            clearances: follows.clearances,
            idempotency,
            subject_keys,
        };
        Ok((append, done, after))
    }

    /// Encrypts a secret under a new key of its subject.
    fn seal(&self, secret: Secret) -> Result<(SealedBody, ledger::BodyRef, Vec<u8>), AppError> {
        let internal = |error: ledger::seal::SealError| AppError::internal("sealing a body", error);
        let plain =
            ledger::jcs::to_canonical(&secret.plain).map_err(|error| AppError::internal("sealing a body", error))?;
        let key = ledger::seal::SubjectKey(self.chance.bytes32());
        let master = ledger::seal::MasterKey(self.master.0);
        let subject = secret.subject.as_bytes();
        let bytes = ledger::seal::seal(&key, self.chance.bytes24(), subject, &plain).map_err(internal)?;
        let wrapped = ledger::seal::wrap(&master, self.chance.bytes24(), subject, &key).map_err(internal)?;
        let commitment_key = self.chance.bytes32();
        let commitment = ledger::BodyRef::committed(&commitment_key, &plain);
        Ok((SealedBody { subject: secret.subject, bytes, commitment_key }, commitment, wrapped))
    }

    async fn maybe_snapshot<S: Stream>(&self, stream: StreamId, loaded: &Arc<Loaded<S>>) {
        /// Events between two snapshots.
        const EVERY: u64 = 64;
        let n = loaded.tip.n;
        if !S::worth_a_snapshot(n) || !n.is_multiple_of(EVERY) {
            return;
        }
        let Ok(json) = serde_json::to_string(&**loaded) else { return };
        let snapshot = Snapshot { n, leaf_hash: loaded.tip.leaf_hash, shape: S::SHAPE, json };
        // A cache: failing to keep it costs a replay and nothing else.
        if let Err(error) = self.store.put_snapshot(stream, snapshot).await {
            tracing::warn!(%stream, error = &error as &dyn std::error::Error, "a snapshot was not kept");
        }
    }
}

fn nothing_new<S>(stream: StreamId, loaded: Option<&Loaded<S>>) -> Done {
    Done { stream, n: loaded.map_or(0, |l| l.tip.n), events: Vec::new(), receipt: None }
}

/// The stream after one more event.
pub(crate) fn advance<S: Stream>(
    id: S::Id,
    loaded: Option<Loaded<S>>,
    recorded: &Recorded<S::Event>,
    leaf_hash: [u8; 32],
) -> Result<Loaded<S>, AppError> {
    let at = recorded.envelope.recorded_at.as_millisecond();
    let (state, first_at, organ) = match loaded {
        Some(Loaded { state, tip }) => (Some(state), tip.first_at, tip.organ),
        None => (None, at, recorded.envelope.organ),
    };
    let state = S::evolve(state, id, recorded).map_err(|mut source| {
        source.n = recorded.envelope.n;
        AppError::Corrupt { stream: recorded.envelope.stream.to_string(), source }
    })?;
    Ok(Loaded { state, tip: Tip { n: recorded.envelope.n, leaf_hash, first_at, last_at: at, organ } })
}
