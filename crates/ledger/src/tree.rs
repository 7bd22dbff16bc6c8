//! Roots and proofs of the tree of RFC 6962 §2.1 from hashes that are kept elsewhere.
//!
//! [`crate::merkle`] makes proofs from all leaf hashes. A log is too long for that: here a proof is first *planned*, as the
//! list of inner hashes that it takes, so that the caller can fetch them from where they are kept, and then made from a
//! [`HashSource`]. Nothing here fetches; [`crate::tile::AuthenticTiles`] is the source that checks what was fetched.

use crate::Digest;
use crate::merkle::{self, CompactRange, MerkleError, SIZE_MAX};

/// A complete subtree: the hash over leaves `index · 2^level` up to, not including, `(index + 1) · 2^level`.
///
/// All its leaves are below 2^63. Level 0 is a leaf hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    level: u8,
    index: u64,
}

impl Node {
    /// The subtree with these coordinates; `None` where its end is beyond 2^63.
    pub fn new(level: u8, index: u64) -> Option<Self> {
        (level <= 63 && index < 1 << (63 - level)).then_some(Self { level, index })
    }

    /// Its height: it has 2^level leaves.
    pub fn level(self) -> u8 {
        self.level
    }

    /// Its number among the subtrees of its level, from 0.
    pub fn index(self) -> u64 {
        self.index
    }

    /// The index of its first leaf.
    pub fn first_leaf(self) -> u64 {
        self.index << self.level
    }

    /// The index after its last leaf, at most 2^63.
    pub fn end_leaf(self) -> u64 {
        (self.index + 1) << self.level
    }

    /// Whether a tree of so many leaves has all its leaves.
    pub fn is_in(self, size: u64) -> bool {
        self.end_leaf() <= size
    }
}

/// Where hashes of complete subtrees come from.
///
/// A source answers for one tree. Proofs are no better than their source: one whose hashes are not checked gives proofs that
/// do not verify, and never a wrong acceptance, because the verifier computes the root anew.
pub trait HashSource {
    /// The hash of this subtree; `None` where the source has it not.
    fn hash(&self, node: Node) -> Option<Digest>;
}

/// All leaf hashes of a tree, as a source; inner hashes are computed.
#[derive(Debug, Clone, Copy)]
pub struct Leaves<'a>(
    /// The leaf hashes, from index 0.
    pub &'a [Digest],
);

impl HashSource for Leaves<'_> {
    fn hash(&self, node: Node) -> Option<Digest> {
        let range = usize::try_from(node.first_leaf()).ok()?..usize::try_from(node.end_leaf()).ok()?;
        self.0.get(range).map(merkle::root)
    }
}

/// Why a root or proof could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// The question has no answer in such a tree.
    #[error(transparent)]
    Question(#[from] MerkleError),
    /// A tree greater than any.
    #[error("expected a tree of at most {SIZE_MAX} leaves, but got {size}")]
    Size {
        /// The size given.
        size: u64,
    },
    /// The source lacks a hash.
    #[error("expected the hash of subtree {} of level {}, but the source does not have it", .node.index(), .node.level())]
    Missing {
        /// Which one.
        node: Node,
    },
}

/// The complete subtrees that make up leaves `from` to `to`, greatest first.
///
/// `from` must be a multiple of the least power of two that is not below the number of leaves, as it is for each range of
/// RFC 6962's recursion.
fn span(from: u64, to: u64) -> Vec<Node> {
    let mut at = from;
    let bits = (0..64).rev().filter(|bit| (to - from) >> bit & 1 == 1);
    bits.map(|level| {
        let node = Node { level, index: at >> level };
        at += 1 << level;
        node
    })
    .collect()
}

/// The complete subtrees of a tree of this size, greatest first: one for each bit set in `size`. Their hashes make its root.
///
/// # Errors
/// [`TreeError::Size`] beyond 2^63 − 1.
pub fn root_nodes(size: u64) -> Result<Vec<Node>, TreeError> {
    if size > SIZE_MAX { Err(TreeError::Size { size }) } else { Ok(span(0, size)) }
}

/// Which hashes a proof takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofPlan {
    /// One for each hash of the proof, lowest first: the subtrees that are joined to it, greatest first.
    parts: Vec<Vec<Node>>,
}

/// The greatest power of two below `count`, which is at least 2.
fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

impl ProofPlan {
    /// For the proof that the leaf at `index` is in the tree of `size` leaves: `PATH` of RFC 6962 §2.1.1.
    ///
    /// # Errors
    /// [`TreeError::Question`] for an index outside the tree; [`TreeError::Size`].
    pub fn inclusion(index: u64, size: u64) -> Result<Self, TreeError> {
        if size > SIZE_MAX {
            return Err(TreeError::Size { size });
        }
        if index >= size {
            return Err(MerkleError::Index { index, size }.into());
        }
        let (mut from, mut to) = (0, size);
        let mut parts = Vec::new();
        while to - from > 1 {
            let middle = from + split(to - from);
            if index < middle {
                parts.push(span(middle, to));
                to = middle;
            } else {
                parts.push(span(from, middle));
                from = middle;
            }
        }
        parts.reverse();
        Ok(Self { parts })
    }

    /// For the proof that the tree of `old` leaves is a prefix of the tree of `new` leaves: `PROOF` of RFC 6962 §2.1.2.
    ///
    /// # Errors
    /// [`TreeError::Question`] where `old` is 0 or beyond `new`; [`TreeError::Size`].
    pub fn consistency(old: u64, new: u64) -> Result<Self, TreeError> {
        if new > SIZE_MAX {
            return Err(TreeError::Size { size: new });
        }
        if old == 0 || old > new {
            return Err(MerkleError::Sizes { old, new }.into());
        }
        let (mut from, mut to) = (0, new);
        let mut parts = Vec::new();
        while old < to {
            let middle = from + split(to - from);
            if old <= middle {
                parts.push(span(middle, to));
                to = middle;
            } else {
                parts.push(span(from, middle));
                from = middle;
            }
        }
        // Where the old tree is one complete subtree, the verifier knows its root, and it is left out.
        if from > 0 {
            parts.push(span(from, to));
        }
        parts.reverse();
        Ok(Self { parts })
    }

    /// The subtrees whose hashes are needed.
    pub fn nodes(&self) -> impl Iterator<Item = Node> + '_ {
        self.parts.iter().flatten().copied()
    }

    /// The proof, lowest hash first.
    ///
    /// # Errors
    /// [`TreeError::Missing`] where the source lacks a hash.
    pub fn make(&self, source: &(impl HashSource + ?Sized)) -> Result<Vec<Digest>, TreeError> {
        self.parts.iter().map(|nodes| join(source, nodes)).collect()
    }
}

/// The hash over consecutive complete subtrees, greatest first.
fn join(source: &(impl HashSource + ?Sized), nodes: &[Node]) -> Result<Digest, TreeError> {
    Ok(range(source, nodes)?.root())
}

fn range(source: &(impl HashSource + ?Sized), nodes: &[Node]) -> Result<CompactRange, TreeError> {
    let mut leaves = 0;
    let mut hashes = Vec::with_capacity(nodes.len());
    for &node in nodes {
        hashes.push(source.hash(node).ok_or(TreeError::Missing { node })?);
        leaves += 1 << node.level;
    }
    CompactRange::from_parts(leaves, hashes).ok_or(TreeError::Size { size: leaves })
}

/// The compact range of the first `size` leaves, ready to take more.
///
/// # Errors
/// [`TreeError::Size`]; [`TreeError::Missing`].
pub fn compact_range(source: &(impl HashSource + ?Sized), size: u64) -> Result<CompactRange, TreeError> {
    range(source, &root_nodes(size)?)
}

/// The root over the first `size` leaves; that of the empty tree is `SHA-256("")`.
///
/// # Errors
/// [`TreeError::Size`]; [`TreeError::Missing`].
pub fn root(source: &(impl HashSource + ?Sized), size: u64) -> Result<Digest, TreeError> {
    Ok(compact_range(source, size)?.root())
}

/// The proof that the leaf at `index` is in the tree of `size` leaves, lowest hash first: see [`ProofPlan::inclusion`].
///
/// Verified by [`merkle::verify_inclusion`].
///
/// # Errors
/// [`TreeError`].
pub fn inclusion_proof(source: &(impl HashSource + ?Sized), index: u64, size: u64) -> Result<Vec<Digest>, TreeError> {
    ProofPlan::inclusion(index, size)?.make(source)
}

/// The proof that the tree of `new` leaves only added to the tree of `old` leaves: see [`ProofPlan::consistency`].
///
/// Verified by [`merkle::verify_consistency`].
///
/// # Errors
/// [`TreeError`].
pub fn consistency_proof(source: &(impl HashSource + ?Sized), old: u64, new: u64) -> Result<Vec<Digest>, TreeError> {
    ProofPlan::consistency(old, new)?.make(source)
}
