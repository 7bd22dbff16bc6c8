//! The Merkle tree against the recursive definitions of RFC 6962, and its proofs against every small change.

use dingce_ledger::merkle::{
    CompactRange, MerkleError, consistency_proof, inclusion_proof, node_hash, root, verify_consistency,
    verify_inclusion,
};
use dingce_ledger::{Digest, leaf_hash, sha256};
use proptest::prelude::*;

/// `MTH` as RFC 6962 §2.1 writes it.
fn defined_root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => sha256(b""),
        [one] => *one,
        _ => {
            let mut k = 1;
            while k * 2 < leaves.len() {
                k *= 2;
            }
            node_hash(&defined_root(&leaves[..k]), &defined_root(&leaves[k..]))
        }
    }
}

fn leaves(count: usize) -> Vec<Digest> {
    (0..count).map(|i| leaf_hash(&i.to_be_bytes())).collect()
}

fn flipped(digest: &Digest, bit: usize) -> Digest {
    let mut bytes = *digest.as_bytes();
    bytes[bit / 8 % 32] ^= 1 << (bit % 8);
    Digest::from_bytes(bytes)
}

#[test]
fn known_roots() {
    // The test data of RFC 6962 implementations: eight leaves, and the root after each number of them.
    let inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut range = CompactRange::new();
    for (input, expected) in inputs.iter().zip(roots) {
        let bytes: Vec<u8> =
            (0..input.len()).step_by(2).map(|i| u8::from_str_radix(&input[i..i + 2], 16).unwrap()).collect();
        range.push(leaf_hash(&bytes));
        assert_eq!(range.root().to_hex(), expected, "size {}", range.size());
    }
}

#[test]
fn every_proof_of_every_small_tree_holds() {
    let all = leaves(40);
    for size in 0..=all.len() {
        let tree = &all[..size];
        let top = root(tree);
        assert_eq!(top, defined_root(tree));
        for index in 0..size {
            let proof = inclusion_proof(tree, index as u64).unwrap();
            assert_eq!(verify_inclusion(&tree[index], index as u64, size as u64, &proof, &top), Ok(()));
            for other in (0..size).filter(|other| *other != index) {
                assert!(verify_inclusion(&tree[index], other as u64, size as u64, &proof, &top).is_err());
            }
        }
        for old in 1..=size {
            let proof = consistency_proof(tree, old as u64).unwrap();
            let old_root = root(&tree[..old]);
            assert_eq!(verify_consistency(old as u64, &old_root, size as u64, &top, &proof), Ok(()), "{old} {size}");
        }
    }
}

#[test]
fn impossible_questions_are_refused() {
    let tree = leaves(5);
    let top = root(&tree);
    assert_eq!(inclusion_proof(&tree, 5), Err(MerkleError::Index { index: 5, size: 5 }));
    assert_eq!(inclusion_proof(&[], 0), Err(MerkleError::Index { index: 0, size: 0 }));
    assert_eq!(verify_inclusion(&top, 0, 0, &[], &top), Err(MerkleError::Index { index: 0, size: 0 }));
    assert_eq!(consistency_proof(&tree, 0), Err(MerkleError::Sizes { old: 0, new: 5 }));
    assert_eq!(consistency_proof(&tree, 6), Err(MerkleError::Sizes { old: 6, new: 5 }));
    assert_eq!(verify_consistency(0, &top, 5, &top, &[]), Err(MerkleError::Sizes { old: 0, new: 5 }));
    assert_eq!(verify_consistency(6, &top, 5, &top, &[]), Err(MerkleError::Sizes { old: 6, new: 5 }));
    assert!(verify_consistency(5, &top, 5, &top, &[top]).is_err());
    // The greatest sizes end, too.
    assert!(verify_inclusion(&top, u64::MAX - 1, u64::MAX, &[top; 64], &top).is_err());
    assert!(verify_consistency(1, &top, u64::MAX, &top, &[top; 64]).is_err());
    assert!(verify_consistency(u64::MAX - 1, &top, u64::MAX, &top, &[top; 65]).is_err());
}

proptest! {
    #[test]
    fn incremental_root_is_the_defined_root(size in 0_usize..600) {
        let tree = leaves(size);
        prop_assert_eq!(root(&tree), defined_root(&tree));
    }

    #[test]
    fn inclusion_refuses_any_flipped_bit(size in 1_usize..300, pick in any::<prop::sample::Index>(), bit in 0_usize..256) {
        let tree = leaves(size);
        let (index, top) = (pick.index(size), root(&tree));
        let proof = inclusion_proof(&tree, index as u64).unwrap();
        let holds = |leaf: &Digest, proof: &[Digest], top: &Digest| {
            verify_inclusion(leaf, index as u64, size as u64, proof, top).is_ok()
        };
        prop_assert!(holds(&tree[index], &proof, &top));
        prop_assert!(!holds(&flipped(&tree[index], bit), &proof, &top));
        prop_assert!(!holds(&tree[index], &proof, &flipped(&top, bit)));
        for i in 0..proof.len() {
            let mut changed = proof.clone();
            changed[i] = flipped(&changed[i], bit);
            prop_assert!(!holds(&tree[index], &changed, &top));
            prop_assert!(!holds(&tree[index], &proof[..i], &top));
        }
        prop_assert!(!holds(&tree[index], &[proof, vec![top]].concat(), &top));
    }

    #[test]
    fn consistency_refuses_any_flipped_bit(size in 1_usize..300, pick in any::<prop::sample::Index>(), bit in 0_usize..256) {
        let tree = leaves(size);
        let old = pick.index(size) + 1;
        let (old_root, top) = (root(&tree[..old]), root(&tree));
        let proof = consistency_proof(&tree, old as u64).unwrap();
        let holds = |old_root: &Digest, top: &Digest, proof: &[Digest]| {
            verify_consistency(old as u64, old_root, size as u64, top, proof).is_ok()
        };
        prop_assert!(holds(&old_root, &top, &proof));
        prop_assert!(!holds(&flipped(&old_root, bit), &top, &proof));
        prop_assert!(!holds(&old_root, &flipped(&top, bit), &proof));
        for i in 0..proof.len() {
            let mut changed = proof.clone();
            changed[i] = flipped(&changed[i], bit);
            prop_assert!(!holds(&old_root, &top, &changed));
            prop_assert!(!holds(&old_root, &top, &proof[..i]));
        }
        prop_assert!(!holds(&old_root, &top, &[proof, vec![top]].concat()));
    }
}
