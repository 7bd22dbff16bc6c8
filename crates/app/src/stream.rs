//! A stream as the application loads and writes it: how its events are read, what they mean, and what follows from
//! them in read tables, timers and messages. One implementation a kind of stream, in `streams/`.

use dingce_domain::case::CorruptHistory;
use dingce_domain::id::{Digest, StreamId, UnitId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::envelope::{Marks, Recorded};
use crate::ports::{Claim, ClearanceRow, DeadlineChange, Millis, OutboxMessage, RowChange};

/// What is remembered of a stream besides its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Tip {
    /// Number of the last event.
    pub n: u64,
    /// Its leaf hash.
    pub leaf_hash: [u8; 32],
    /// When the first event was recorded.
    pub first_at: Millis,
    /// When the last event was recorded.
    pub last_at: Millis,
    /// The organ.
    pub organ: UnitId,
}

/// A loaded stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Loaded<S> {
    /// Its state.
    pub state: S,
    /// Its tip.
    pub tip: Tip,
}

/// What follows from events, written with them.
#[derive(Debug, Default)]
pub struct Follows {
    /// Read rows, in the order of the events; a later one for the same key wins.
    pub rows: Vec<RowChange>,
    /// Timers.
    pub deadlines: Vec<DeadlineChange>,
    /// Messages.
    pub outbox: Vec<OutboxMessage>,
    /// Clearances.
    pub clearances: Vec<ClearanceRow>,
    /// Names that the stream claims among those of its organ.
    pub claims: Vec<Claim>,
}

/// A kind of stream.
pub trait Stream: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its id.
    type Id: Copy + Into<StreamId> + Send + Sync + 'static;
    /// Its events.
    type Event: Clone + Serialize + DeserializeOwned + Send + Sync + 'static;
    /// Version of the snapshot's shape; raise it with every change of the state's form.
    const SHAPE: u32;

    /// The id behind a stream's name.
    fn id(stream: StreamId) -> Self::Id;

    /// The state after one event.
    ///
    /// # Errors
    /// [`CorruptHistory`] where the event cannot follow.
    fn evolve(state: Option<Self>, id: Self::Id, event: &Recorded<Self::Event>) -> Result<Self, CorruptHistory>;

    /// What ledger and index columns need of an event.
    fn marks(event: &Self::Event) -> Marks;

    /// What follows from events, given the state after the last of them. Depends on nothing else, so that a rebuild
    /// computes the same.
    fn follows(id: Self::Id, after: &Loaded<Self>, events: &[Recorded<Self::Event>]) -> Follows;

    /// The definition it runs under, where there is one.
    fn law(&self) -> Option<Digest> {
        None
    }

    /// Whether snapshots pay: streams that stay short are replayed.
    fn worth_a_snapshot(n: u64) -> bool {
        n >= 64
    }
}
