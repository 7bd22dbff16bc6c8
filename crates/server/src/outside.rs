//! Time and chance, for the running program and for tests and demonstrations that must be repeatable.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use dingce_app::ports::{Chance, Clock};
use jiff::Timestamp;
use uuid::Uuid;

/// The machine's clock, in whole milliseconds. It never goes back: while the machine's clock is behind, it stands still.
///
/// The order of events comes from their numbers and not from this, but no record should say that an act was recorded
/// before the one it follows.
#[derive(Debug, Default)]
pub struct SystemClock {
    latest: AtomicI64,
}

impl SystemClock {
    fn at_least(&self, read: i64) -> i64 {
        self.latest.fetch_max(read, Ordering::SeqCst).max(read)
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let now = self.at_least(Timestamp::now().as_millisecond());
        Timestamp::from_millisecond(now).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// A clock that stands until it is set.
#[derive(Debug)]
pub struct ManualClock {
    milliseconds: AtomicI64,
}

impl ManualClock {
    /// A clock that shows this instant.
    pub fn at(instant: Timestamp) -> Self {
        Self { milliseconds: AtomicI64::new(instant.as_millisecond()) }
    }

    /// Sets the clock, also back.
    pub fn set(&self, instant: Timestamp) {
        self.milliseconds.store(instant.as_millisecond(), Ordering::SeqCst);
    }

    /// Moves the clock on.
    pub fn advance(&self, by: std::time::Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.milliseconds.fetch_add(by, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.milliseconds.load(Ordering::SeqCst)).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// How many ids one millisecond has: the counter's 12 bits.
const IDS_PER_MILLISECOND: u16 = 1 << 12;

/// Gives ids of one program their order: milliseconds, then a counter (RFC 9562 §6.2, method 1).
#[derive(Debug, Default)]
struct Order(Mutex<(u64, u16)>);

impl Order {
    fn id(&self, now: Timestamp, random: [u8; 32]) -> Uuid {
        let now = u64::try_from(now.as_millisecond()).unwrap_or_default();
        let (milliseconds, counter) = {
            let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            *last = match *last {
                // A new millisecond begins in the lower half, so that ids of two nodes differ here too.
                (then, _) if now > then => (now, u16::from_be_bytes([random[30] & 0x07, random[31]])),
                (then, n) if n + 1 < IDS_PER_MILLISECOND => (then, n + 1),
                (then, _) => (then + 1, 0),
            };
            *last
        };
        let mut bytes = [0; 10];
        bytes.copy_from_slice(&random[..10]);
        bytes[..2].copy_from_slice(&counter.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &bytes).into_uuid()
    }
}

/// The operating system's randomness.
#[derive(Debug, Default)]
pub struct SystemChance {
    order: Order,
}

impl SystemChance {
    fn fill<const N: usize>() -> [u8; N] {
        let mut bytes = [0; N];
        // Without randomness no key may be made, and nothing can be answered; going on would be worse than stopping.
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
        bytes
    }
}

impl Chance for SystemChance {
    fn id(&self, now: Timestamp) -> Uuid {
        self.order.id(now, Self::fill())
    }

    fn bytes32(&self) -> [u8; 32] {
        Self::fill()
    }

    fn bytes24(&self) -> [u8; 24] {
        Self::fill()
    }
}

/// The same values in the same order for the same seed: for demonstrations and tests, never for a deployment.
#[derive(Debug)]
pub struct SeededChance {
    seed: u64,
    drawn: AtomicU64,
    order: Order,
}

impl SeededChance {
    /// Begins anew from a seed.
    pub fn new(seed: u64) -> Self {
        Self { seed, drawn: AtomicU64::new(0), order: Order::default() }
    }

    fn draw(&self) -> [u8; 32] {
        let n = self.drawn.fetch_add(1, Ordering::SeqCst);
        let text = format!("dingce seeded chance {} {n}", self.seed);
        *dingce_ledger::sha256(text.as_bytes()).as_bytes()
    }
}

impl Chance for SeededChance {
    fn id(&self, now: Timestamp) -> Uuid {
        self.order.id(now, self.draw())
    }

    fn bytes32(&self) -> [u8; 32] {
        self.draw()
    }

    fn bytes24(&self) -> [u8; 24] {
        let mut bytes = [0; 24];
        bytes.copy_from_slice(&self.draw()[..24]);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_drawn_later_sort_later_even_when_the_clock_stands_or_steps_back() {
        let chance = SystemChance::default();
        let at = |ms| Timestamp::from_millisecond(ms).expect("an instant");
        let instants = std::iter::repeat_n(at(1_700_000_000_000), 10_000).chain([at(1_600_000_000_000)]);
        let ids: Vec<Uuid> = instants.map(|now| chance.id(now)).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn the_same_seed_gives_the_same_values_and_another_seed_gives_others() {
        let now = Timestamp::UNIX_EPOCH;
        let draw = |seed| {
            let chance = SeededChance::new(seed);
            (chance.id(now), chance.bytes32(), chance.bytes24())
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn the_clock_stands_still_while_the_machines_is_behind() {
        let clock = SystemClock::default();
        assert_eq!(clock.at_least(1_000), 1_000);
        assert_eq!(clock.at_least(400), 1_000);
        assert_eq!(clock.at_least(1_001), 1_001);
    }
}
