//! Time that a test moves and chance that a seed decides.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use dingce_app::ports::{Chance, Clock};
use dingce_domain::time::Zone;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use uuid::Uuid;

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that stands at ten in the morning of a day.
    pub fn at(day: Date) -> Self {
        Self(AtomicI64::new(instant(day, 10).as_millisecond()))
    }

    /// Moves it to a full hour of a day, forward or back; hour 24 is the first instant of the next day.
    pub fn move_to(&self, day: Date, hour: i64) {
        self.0.store(instant(day, hour).as_millisecond(), Ordering::SeqCst);
    }

    /// Moves it by milliseconds, forward or back.
    pub fn shift(&self, milliseconds: i64) {
        self.0.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

/// A full hour of a day where the organ is.
pub fn instant(day: Date, hour: i64) -> Timestamp {
    Zone::SHANGHAI.start_of(day) + hour.hours()
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).expect("a manual clock stands in our time")
    }
}

/// Chance that the seed decides: SplitMix64. The same seed draws the same values in the same order.
#[derive(Debug)]
pub struct SeededChance(AtomicU64);

impl SeededChance {
    /// Chance from a seed.
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// The next 64 bits.
    pub fn bits(&self) -> u64 {
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut z = self.0.fetch_add(STEP, Ordering::SeqCst).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which is not 0.
    pub fn below(&self, bound: usize) -> usize {
        let bound = u64::try_from(bound).expect("a small bound");
        usize::try_from(self.bits() % bound).expect("below a small bound")
    }

    fn fill<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        for piece in bytes.chunks_mut(8) {
            let drawn = self.bits().to_be_bytes();
            piece.copy_from_slice(&drawn[..piece.len()]);
        }
        bytes
    }
}

impl Chance for SeededChance {
    /// Sorts by time, as ids of the real implementation do.
    fn id(&self, now: Timestamp) -> Uuid {
        let time = u128::try_from(now.as_millisecond()).expect("a time after 1970") << 80;
        Uuid::from_u128(time | u128::from(self.bits()))
    }

    fn bytes32(&self) -> [u8; 32] {
        self.fill()
    }

    fn bytes24(&self) -> [u8; 24] {
        self.fill()
    }
}
