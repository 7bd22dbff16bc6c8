//! Planned proofs against those made from all leaves, and against `ct-merkle` and `tlog_tiles`.

use std::cell::RefCell;
use std::collections::BTreeSet;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use dingce_ledger::Digest;
use dingce_ledger::merkle::{self, MerkleError, SIZE_MAX, verify_consistency, verify_inclusion};
use dingce_ledger::tree::{
    HashSource, Leaves, Node, ProofPlan, TreeError, compact_range, consistency_proof, inclusion_proof, root, root_nodes,
};
use proptest::prelude::*;
use sha2::Sha256;
use tlog_tiles::{Hash, HashReader};

use crate::sample::{entry, leaves};

/// What `tlog_tiles` stores: all complete subtrees in its own order.
struct Stored(RefCell<Vec<Hash>>);

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|index| self.0.borrow()[*index as usize]).collect())
    }
}

fn stored(count: usize) -> Stored {
    let all = Stored(RefCell::default());
    for index in 0..count {
        let hashes = tlog_tiles::stored_hashes(index as u64, &entry(index), &all).unwrap();
        all.0.borrow_mut().extend(hashes);
    }
    all
}

fn theirs(digest: &Digest) -> Hash {
    Hash(*digest.as_bytes())
}

fn by_ct_merkle(count: usize) -> MemoryBackedTree<Sha256, Vec<u8>> {
    let mut tree = MemoryBackedTree::new();
    (0..count).for_each(|index| tree.push(entry(index)));
    tree
}

#[test]
fn planned_proofs_are_those_from_all_leaves() {
    let all = leaves(70);
    for size in 0..=all.len() {
        let tree = &all[..size];
        assert_eq!(root(&Leaves(tree), size as u64).unwrap(), merkle::root(tree));
        for index in 0..size as u64 {
            let made = inclusion_proof(&Leaves(tree), index, size as u64).unwrap();
            assert_eq!(made, merkle::inclusion_proof(tree, index).unwrap());
        }
        for old in 1..=size as u64 {
            let made = consistency_proof(&Leaves(tree), old, size as u64).unwrap();
            assert_eq!(made, merkle::consistency_proof(tree, old).unwrap());
        }
    }
}

#[test]
fn nodes_have_bounds() {
    assert_eq!(Node::new(63, 0).map(Node::end_leaf), Some(1 << 63));
    assert_eq!(Node::new(0, SIZE_MAX).map(Node::end_leaf), Some(1 << 63));
    for (level, index) in [(63, 1), (64, 0), (255, 0), (0, 1 << 63), (0, u64::MAX), (8, 1 << 55)] {
        assert_eq!(Node::new(level, index), None, "{level} {index}");
    }
    assert_eq!(Leaves(&leaves(5)).hash(Node::new(1, 2).unwrap()), None, "half of it is not there");
    assert!(Leaves(&leaves(6)).hash(Node::new(1, 2).unwrap()).is_some());
}

#[test]
fn impossible_plans_are_refused() {
    assert_eq!(root_nodes(SIZE_MAX + 1), Err(TreeError::Size { size: SIZE_MAX + 1 }));
    assert_eq!(ProofPlan::inclusion(5, 5), Err(MerkleError::Index { index: 5, size: 5 }.into()));
    assert_eq!(ProofPlan::inclusion(0, u64::MAX), Err(TreeError::Size { size: u64::MAX }));
    assert_eq!(ProofPlan::consistency(0, 5), Err(MerkleError::Sizes { old: 0, new: 5 }.into()));
    assert_eq!(ProofPlan::consistency(6, 5), Err(MerkleError::Sizes { old: 6, new: 5 }.into()));
    assert_eq!(ProofPlan::consistency(6, u64::MAX), Err(TreeError::Size { size: u64::MAX }));
    let lacking = inclusion_proof(&Leaves(&leaves(4)), 0, 8);
    assert_eq!(lacking, Err(TreeError::Missing { node: Node::new(2, 1).unwrap() }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_greatest_plans_are_short(index in 0..SIZE_MAX, old in 1..=SIZE_MAX) {
        let inclusion: BTreeSet<_> = ProofPlan::inclusion(index, SIZE_MAX).unwrap().nodes().collect();
        let consistency: BTreeSet<_> = ProofPlan::consistency(old, SIZE_MAX).unwrap().nodes().collect();
        for nodes in [inclusion, consistency] {
            prop_assert!(nodes.len() <= 126);
            prop_assert!(nodes.into_iter().all(|node| node.is_in(SIZE_MAX)));
        }
    }

    #[test]
    fn ct_merkle_agrees(size in 1_usize..400, pick in any::<prop::sample::Index>()) {
        let (all, other) = (leaves(size), by_ct_merkle(size));
        let ours = root(&Leaves(&all), size as u64).unwrap();
        let top = other.root();
        prop_assert_eq!(&ours.as_bytes()[..], &top.as_bytes()[..]);

        let index = pick.index(size);
        let mine = inclusion_proof(&Leaves(&all), index as u64, size as u64).unwrap();
        let bytes: Vec<u8> = mine.iter().flat_map(|hash| *hash.as_bytes()).collect();
        let theirs = other.prove_inclusion(index);
        prop_assert_eq!(theirs.as_bytes(), bytes.as_slice());
        let foreign = ct_merkle::InclusionProof::try_from_bytes(bytes).unwrap();
        prop_assert!(top.verify_inclusion(&entry(index), index as u64, &foreign).is_ok());

        let old = index + 1;
        let mine = consistency_proof(&Leaves(&all), old as u64, size as u64).unwrap();
        let bytes: Vec<u8> = mine.iter().flat_map(|hash| *hash.as_bytes()).collect();
        if old < size {
            let theirs = other.prove_consistency(size - old);
            prop_assert_eq!(theirs.as_bytes(), bytes.as_slice());
        }
        let old_root = merkle::root(&all[..old]);
        prop_assert_eq!(verify_consistency(old as u64, &old_root, size as u64, &ours, &mine), Ok(()));
    }

    #[test]
    fn tlog_tiles_agrees(size in 1_usize..400, pick in any::<prop::sample::Index>()) {
        let (all, other) = (leaves(size), stored(size));
        let (n, index) = (size as u64, pick.index(size) as u64);
        let ours = root(&Leaves(&all), n).unwrap();
        prop_assert_eq!(theirs(&ours), tlog_tiles::tree_hash(n, &other).unwrap());

        let mine = inclusion_proof(&Leaves(&all), index, n).unwrap();
        let proof = tlog_tiles::prove_record(n, index, &other).unwrap();
        prop_assert_eq!(mine.iter().map(theirs).collect::<Vec<_>>(), proof.clone());
        let leaf = theirs(&all[index as usize]);
        prop_assert!(tlog_tiles::check_record(&proof, n, theirs(&ours), index, leaf).is_ok());
        prop_assert_eq!(verify_inclusion(&all[index as usize], index, n, &mine, &ours), Ok(()));

        let old = index + 1;
        let mine = consistency_proof(&Leaves(&all), old, n).unwrap();
        prop_assert_eq!(mine.iter().map(theirs).collect::<Vec<_>>(), tlog_tiles::prove_tree(n, old, &other).unwrap());
    }

    #[test]
    fn a_range_read_back_goes_on(size in 0_usize..300, more in 0_usize..100) {
        let all = leaves(size + more);
        let mut range = compact_range(&Leaves(&all[..size]), size as u64).unwrap();
        range.extend(all[size..].iter().copied());
        prop_assert_eq!(range.root(), merkle::root(&all));
    }
}
