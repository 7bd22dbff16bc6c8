//! Time, chance and keys: what `domain` may not ask for itself.

use jiff::Timestamp;
use uuid::Uuid;

/// The one clock of the program. A test or the demo gives a clock that it moves itself.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// Draws random values.
pub trait Chance: Send + Sync {
    /// A new id; ids drawn later sort later where the implementation can.
    fn id(&self, now: Timestamp) -> Uuid;
    /// 32 random bytes.
    fn bytes32(&self) -> [u8; 32];
    /// 24 random bytes.
    fn bytes24(&self) -> [u8; 24];
}

/// The master key that wraps the keys of subjects.
#[derive(Clone)]
pub struct MasterKey(pub [u8; 32]);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}
