//! Chance that anybody can repeat: the same seed gives the same throws for ever.

/// A linear congruential generator (Knuth, MMIX).
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        // The first throws of close seeds are close; a few are thrown away.
        let mut dice = Self(seed ^ 0x9E37_79B9_7F4A_7C15);
        (0..4).for_each(|_| {
            dice.roll(2);
        });
        dice
    }

    /// A number below `sides`; 0 where there is none.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % (sides.max(1) as u64)).unwrap_or_default()
    }

    /// Whether something comes about once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.roll(times) == 0
    }

    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.roll(list.len()))
    }
}
