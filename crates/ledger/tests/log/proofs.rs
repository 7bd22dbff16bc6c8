//! Proof files, offline.

use dingce_ledger::merkle::MerkleError;
use dingce_ledger::policy::PolicyError;
use dingce_ledger::proof::{EXTRA_MAX_BYTES, ProofError};
use dingce_ledger::{LogProof, leaf_hash};

use crate::sample::{checkpoint, entry, leaves, policy, proof};

#[test]
fn every_entry_is_proven() {
    for size in [1, 2, 7, 20] {
        for index in 0..size {
            let made = proof(index, size, &[0, 2]);
            let read = LogProof::parse(made.to_string().as_bytes()).unwrap();
            assert_eq!(read, made);
            let verified = read.verify(&entry(index), &policy()).unwrap();
            assert_eq!((verified.index, verified.checkpoint.checkpoint().size()), (index as u64, size as u64));
            assert_eq!(read.verify_hash(&leaf_hash(&entry(index)), &policy()).unwrap(), verified);
            for other in (0..size).filter(|other| *other != index) {
                assert!(matches!(read.verify(&entry(other), &policy()), Err(ProofError::Inclusion(_))));
            }
        }
    }
}

#[test]
fn signatures_come_first() {
    let unwitnessed = proof(3, 20, &[1]);
    assert!(matches!(unwitnessed.verify(&entry(3), &policy()), Err(ProofError::Policy(PolicyError::Quorum { .. }))));
    // A proof that leads to another root, under a checkpoint that is true.
    let hashes = proof(3, 19, &[]).hashes().to_vec();
    let mixed = LogProof::new(None, 3, hashes, checkpoint(20, &[0, 1])).unwrap();
    assert!(matches!(mixed.verify(&entry(3), &policy()), Err(ProofError::Inclusion(_))));
    let outside = LogProof::new(None, 20, vec![], checkpoint(20, &[0, 1])).unwrap();
    let expected = MerkleError::Index { index: 20, size: 20 };
    assert_eq!(outside.verify(&entry(20), &policy()), Err(ProofError::Inclusion(expected)));
}

#[test]
fn extra_data_is_kept_and_proves_nothing() {
    let plain = proof(5, 20, &[0, 1]);
    let hashes = plain.hashes().to_vec();
    let extra = |bytes: Vec<u8>| LogProof::new(Some(bytes), 5, hashes.clone(), plain.checkpoint().clone());
    let with = extra(b"what it is about".to_vec()).unwrap();
    let text = with.to_string();
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nextra d2hhdCBpdCBpcyBhYm91dA==\nindex 5\n"), "{text}");
    let read = LogProof::parse(text.as_bytes()).unwrap();
    assert_eq!(read.extra(), Some(&b"what it is about"[..]));
    assert_eq!(read.verify(&entry(5), &policy()), plain.verify(&entry(5), &policy()));
    assert!(matches!(extra(vec![]), Err(ProofError::Line { .. })));
    assert_eq!(extra(vec![0; EXTRA_MAX_BYTES + 1]), Err(ProofError::Extra { found: EXTRA_MAX_BYTES + 1 }));
    assert!(extra(vec![0; EXTRA_MAX_BYTES]).is_ok());
}

#[test]
fn proofs_have_one_form() {
    let good = proof(5, 20, &[0, 1]).to_string();
    let refused = |text: String| assert!(LogProof::parse(text.as_bytes()).is_err(), "{text}");
    refused(String::new());
    refused(good.replacen("@v1", "@v2", 1));
    refused(good.replacen("c2sp", " c2sp", 1));
    refused(good.replacen("index 5", "index 05", 1));
    refused(good.replacen("index 5", "index +5", 1));
    refused(good.replacen("index 5", "index  5", 1));
    refused(good.replacen("index 5", "index 5 ", 1));
    refused(good.replacen("index 5", "Index 5", 1));
    refused(good.replacen("index 5", "index 9223372036854775808", 1));
    refused(good.replacen("index 5", "extra \nindex 5", 1));
    refused(good.replacen("index 5", "extra AA\nindex 5", 1));
    refused(good.replacen("index 5", "index 5\nextra AA==", 1));
    refused(good.replacen("index 5", "extra AA==\nextra AA==\nindex 5", 1));
    refused(good.replacen("index 5\n", "", 1));
    refused(good.replacen("\n\n", "\n", 1));
    refused(good.replacen("\n\n", "\n\n\n", 1));
    refused(good.replace('\n', "\r\n"));
    refused(format!("{good}\n"));
    refused(good.trim_end().to_owned());
    let hash = leaves(1)[0];
    // It has five hashes, and 63 are the most.
    let line = good.lines().nth(2).unwrap();
    assert!(LogProof::parse(good.replacen(line, &[line; 59].join("\n"), 1).as_bytes()).is_ok());
    refused(good.replacen(line, &[line; 60].join("\n"), 1));
    assert_eq!(LogProof::new(None, 5, vec![hash; 64], checkpoint(20, &[])), Err(ProofError::Hashes));
}
