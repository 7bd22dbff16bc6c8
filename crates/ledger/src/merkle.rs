//! The Merkle tree of RFC 6962 §2.1 over leaf hashes: roots, inclusion proofs and consistency proofs.
//!
//! All functions take *leaf hashes* (see [`crate::leaf_hash`]), not leaves. Roots of volumes and the log over all streams
//! use this one tree; [`crate::tree`] makes the same proofs where not all leaf hashes are at hand.

use crate::{Digest, Hasher, sha256};

/// The greatest size of a tree: 2^63 − 1 leaves, the most that the readers in other languages can count.
pub const SIZE_MAX: u64 = (1 << 63) - 1;

/// Why a proof could not be made or does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MerkleError {
    /// The place asked for is outside the tree.
    #[error("expected an index below {size}, but got {index}")]
    Index {
        /// The index given, from 0.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The older tree is empty or greater than the newer one.
    #[error("expected an older size from 1 to {new}, but got {old}")]
    Sizes {
        /// The older size.
        old: u64,
        /// The newer size.
        new: u64,
    },
    /// A proof of another length than these sizes need.
    #[error("expected a proof of another length than {found}")]
    Length {
        /// How many hashes it has.
        found: usize,
    },
    /// The proof leads to another root.
    #[error("expected the root {expected}, but the proof leads to {found}")]
    Root {
        /// The root given.
        expected: Digest,
        /// The root computed.
        found: Digest,
    },
}

/// The hash of an inner node: `SHA-256(0x01 ‖ left ‖ right)`.
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update(&[0x01]);
    hasher.update(left.as_bytes());
    hasher.update(right.as_bytes());
    hasher.finish()
}

/// The root of a growing tree, from the hashes of its complete subtrees alone.
///
/// Holds at most 64 hashes, whatever the number of leaves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompactRange {
    size: u64,
    /// Roots of the complete subtrees from left to right: one for each set bit of `size`, greatest first.
    subtrees: Vec<Digest>,
}

impl CompactRange {
    /// The empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends one leaf hash.
    pub fn push(&mut self, leaf: Digest) {
        let mut hash = leaf;
        // Each trailing 1 of the old size is a complete subtree as great as the one just made: join them.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.subtrees.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.subtrees.push(hash);
        self.size += 1;
    }

    /// The range of so many leaves whose complete subtrees have these roots, greatest first; `None` where there are more or
    /// fewer of them than such a size has, or where the size is beyond [`SIZE_MAX`].
    pub fn from_parts(size: u64, subtrees: Vec<Digest>) -> Option<Self> {
        let whole = size <= SIZE_MAX && usize::try_from(size.count_ones()) == Ok(subtrees.len());
        whole.then_some(Self { size, subtrees })
    }

    /// Roots of its complete subtrees, greatest first.
    pub fn subtrees(&self) -> &[Digest] {
        &self.subtrees
    }

    /// How many leaves it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Its root; that of the empty tree is `SHA-256("")`.
    pub fn root(&self) -> Digest {
        let mut subtrees = self.subtrees.iter().rev();
        match subtrees.next() {
            None => sha256(b""),
            Some(last) => subtrees.fold(*last, |right, left| node_hash(left, &right)),
        }
    }
}

impl Extend<Digest> for CompactRange {
    fn extend<I: IntoIterator<Item = Digest>>(&mut self, leaves: I) {
        leaves.into_iter().for_each(|leaf| self.push(leaf));
    }
}

/// The root of the tree over these leaf hashes.
pub fn root(leaves: &[Digest]) -> Digest {
    let mut range = CompactRange::new();
    range.extend(leaves.iter().copied());
    range.root()
}

/// The greatest power of two below `size`, which must be at least 2.
fn split(size: usize) -> usize {
    1 << (size - 1).ilog2()
}

/// The proof that the leaf at `index` (from 0) is in the tree: `PATH` of RFC 6962 §2.1.1, lowest hash first.
///
/// # Errors
/// [`MerkleError::Index`] for an index outside the tree.
pub fn inclusion_proof(leaves: &[Digest], index: u64) -> Result<Vec<Digest>, MerkleError> {
    let size = leaves.len() as u64;
    let inside = usize::try_from(index).ok().filter(|place| *place < leaves.len());
    let mut place = inside.ok_or(MerkleError::Index { index, size })?;
    let mut rest = leaves;
    let mut proof = Vec::new();
    while rest.len() > 1 {
        let (left, right) = rest.split_at(split(rest.len()));
        if place < left.len() {
            proof.push(root(right));
            rest = left;
        } else {
            proof.push(root(left));
            place -= left.len();
            rest = right;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// Checks that `leaf` is at `index` in the tree of `size` leaves with this root.
///
/// # Errors
/// [`MerkleError`]; never panics, whatever the numbers.
pub fn verify_inclusion(
    leaf: &Digest,
    index: u64,
    size: u64,
    proof: &[Digest],
    expected: &Digest,
) -> Result<(), MerkleError> {
    if index >= size {
        return Err(MerkleError::Index { index, size });
    }
    // `place` and `last` are the numbers of our node and of the last node of its level.
    let (mut place, mut last) = (index, size - 1);
    let mut hash = *leaf;
    let mut steps = proof.iter();
    while last > 0 {
        // The right-most node of an odd level has no sibling and moves up as it is.
        if place % 2 == 1 || place < last {
            let sibling = steps.next().ok_or(MerkleError::Length { found: proof.len() })?;
            hash = if place % 2 == 1 { node_hash(sibling, &hash) } else { node_hash(&hash, sibling) };
        }
        place /= 2;
        last /= 2;
    }
    if steps.next().is_some() {
        return Err(MerkleError::Length { found: proof.len() });
    }
    same_root(expected, hash)
}

/// The proof that the tree over the first `old` leaves is a prefix of this one: `PROOF` of RFC 6962 §2.1.2.
///
/// Empty where `old` is the whole size.
///
/// # Errors
/// [`MerkleError::Sizes`] where `old` is 0 or beyond the size.
pub fn consistency_proof(leaves: &[Digest], old: u64) -> Result<Vec<Digest>, MerkleError> {
    let new = leaves.len() as u64;
    let inside = usize::try_from(old).ok().filter(|size| (1..=leaves.len()).contains(size));
    let mut size = inside.ok_or(MerkleError::Sizes { old, new })?;
    let mut rest = leaves;
    let mut whole = true;
    let mut proof = Vec::new();
    while size < rest.len() {
        let (left, right) = rest.split_at(split(rest.len()));
        if size <= left.len() {
            proof.push(root(right));
            rest = left;
        } else {
            proof.push(root(left));
            size -= left.len();
            rest = right;
            whole = false;
        }
    }
    // Where the old tree is one complete subtree, the verifier knows its root, and it is left out.
    if !whole {
        proof.push(root(rest));
    }
    proof.reverse();
    Ok(proof)
}

/// Checks that the tree of `new` leaves only added leaves to the tree of `old` leaves.
///
/// # Errors
/// [`MerkleError`]; never panics, whatever the numbers.
pub fn verify_consistency(
    old: u64,
    old_root: &Digest,
    new: u64,
    new_root: &Digest,
    proof: &[Digest],
) -> Result<(), MerkleError> {
    if old == 0 || old > new {
        return Err(MerkleError::Sizes { old, new });
    }
    let wrong_length = MerkleError::Length { found: proof.len() };
    if old == new {
        return if proof.is_empty() { same_root(old_root, *new_root) } else { Err(wrong_length) };
    }
    let mut steps = proof.iter();
    // Start at the greatest complete subtree that ends where the old tree ends.
    let level = old.trailing_zeros();
    let (mut place, mut last) = ((old - 1) >> level, (new - 1) >> level);
    let start = if place == 0 { *old_root } else { *steps.next().ok_or(wrong_length.clone())? };
    let (mut in_old, mut in_new) = (start, start);
    while last > 0 {
        if place % 2 == 1 {
            let left = steps.next().ok_or(wrong_length.clone())?;
            in_old = node_hash(left, &in_old);
            in_new = node_hash(left, &in_new);
        } else if place < last {
            let right = steps.next().ok_or(wrong_length.clone())?;
            in_new = node_hash(&in_new, right);
        }
        place /= 2;
        last /= 2;
    }
    if steps.next().is_some() {
        return Err(wrong_length);
    }
    same_root(old_root, in_old)?;
    same_root(new_root, in_new)
}

fn same_root(expected: &Digest, found: Digest) -> Result<(), MerkleError> {
    if *expected == found { Ok(()) } else { Err(MerkleError::Root { expected: *expected, found }) }
}
