//! The chain of one stream: numbers without gaps, each leaf naming the hash of the one before.
//!
//! A chain shows that nothing was withheld, left out or reordered *up to the last leaf given*. It cannot show that
//! there is no later leaf: for that, compare the last hash with a closing leaf, a receipt or the log.

use crate::leaf::{Leaf, LeafError};
use crate::{Digest, LeafInput};

/// Why some leaves are not a chain.
#[derive(Debug, thiserror::Error)]
#[error("leaf {n} breaks the chain")]
pub struct ChainError {
    /// The number expected at the first bad place, from 1.
    pub n: u64,
    /// What is wrong there.
    #[source]
    pub reason: ChainBreak,
}

/// What is wrong with one leaf of a chain.
#[derive(Debug, thiserror::Error)]
pub enum ChainBreak {
    /// There is no leaf at all.
    #[error("expected at least one leaf, but there is none")]
    Empty,
    /// Not a leaf.
    #[error("expected a canonical leaf")]
    Leaf(#[source] LeafError),
    /// Another number than the next one: something is missing, repeated or out of order.
    #[error("expected number {expected}, but the leaf has number {found}")]
    Number {
        /// The next number.
        expected: u64,
        /// The leaf's number.
        found: u64,
    },
    /// Another stream than that of the first leaf.
    #[error("expected stream {expected}, but the leaf is of stream {found}")]
    Stream {
        /// The stream of the first leaf.
        expected: String,
        /// The stream of this leaf.
        found: String,
    },
    /// The leaf does not follow the one before: one of the two was changed.
    #[error("expected `prev` to be {expected}, the hash of the leaf before, but it is {found}")]
    Prev {
        /// The hash of the leaf before.
        expected: Digest,
        /// What the leaf names.
        found: Digest,
    },
}

/// A chain that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainSummary {
    /// Its stream.
    pub stream: String,
    /// How many leaves it has.
    pub count: u64,
    /// Hash of the last leaf.
    pub last: Digest,
}

/// Checks a chain leaf by leaf, holding only the place it has reached.
#[derive(Debug, Clone, Default)]
pub struct ChainVerifier {
    reached: Option<ChainSummary>,
}

impl ChainVerifier {
    /// A verifier that has seen no leaf.
    pub fn new() -> Self {
        Self::default()
    }

    /// Checks the next leaf and gives what it says and its hash.
    ///
    /// # Errors
    /// [`ChainError`]; the verifier then stays where it was.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(LeafInput, Digest), ChainError> {
        let expected = self.reached.as_ref().map_or(1, |reached| reached.count + 1);
        let at = |reason| ChainError { n: expected, reason };
        let leaf = Leaf::parse(bytes).map_err(|error| at(ChainBreak::Leaf(error)))?;
        let hash = leaf.hash();
        let leaf = leaf.into_input();
        if leaf.n != expected {
            return Err(at(ChainBreak::Number { expected, found: leaf.n }));
        }
        if let Some(reached) = &self.reached {
            if leaf.stream != reached.stream {
                return Err(at(ChainBreak::Stream { expected: reached.stream.clone(), found: leaf.stream }));
            }
            // A leaf after number 1 always has `prev`; `Leaf::parse` refuses it otherwise.
            if let Some(found) = leaf.prev.filter(|prev| *prev != reached.last) {
                return Err(at(ChainBreak::Prev { expected: reached.last, found }));
            }
        }
        self.reached = Some(ChainSummary { stream: leaf.stream.clone(), count: leaf.n, last: hash });
        Ok((leaf, hash))
    }

    /// What was checked so far; `None` before the first leaf.
    pub fn reached(&self) -> Option<&ChainSummary> {
        self.reached.as_ref()
    }
}

/// Checks that these are all leaves of one stream, from number 1, without gap or change.
///
/// # Errors
/// [`ChainError`] naming the first bad number and why; an empty chain is refused.
pub fn verify_chain<I>(leaves: I) -> Result<ChainSummary, ChainError>
where
    I: IntoIterator,
    I::Item: AsRef<[u8]>,
{
    let mut verifier = ChainVerifier::new();
    for leaf in leaves {
        verifier.push(leaf.as_ref())?;
    }
    verifier.reached.ok_or(ChainError { n: 1, reason: ChainBreak::Empty })
}
