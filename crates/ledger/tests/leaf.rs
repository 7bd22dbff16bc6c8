//! What a leaf accepts and refuses, and that chains notice every change.

mod common;

use common::{chain, full, least};
use dingce_ledger::chain::ChainBreak;
use dingce_ledger::jcs::JcsError;
use dingce_ledger::{Leaf, LeafError, LeafInput, leaf_hash, sha256, verify_chain};
use proptest::prelude::*;

#[test]
fn encoding_and_parsing_agree() {
    for input in [least(), full()] {
        let bytes = Leaf::encode(&input).unwrap();
        let leaf = Leaf::parse(&bytes).unwrap();
        assert_eq!(leaf.input(), &input);
        assert_eq!(leaf.bytes(), bytes);
        assert_eq!(leaf.hash(), sha256(&[&[0], bytes.as_slice()].concat()));
    }
}

#[test]
fn each_broken_rule_is_named() {
    let refused = |change: fn(&mut LeafInput)| {
        let mut input = full();
        change(&mut input);
        Leaf::encode(&input).unwrap_err()
    };
    assert!(matches!(refused(|l| l.v = 1), LeafError::Version { given: 1 }));
    assert!(matches!(refused(|l| l.n = 0), LeafError::Number { given: 0 }));
    assert!(matches!(refused(|l| l.n = (1 << 53) + 1), LeafError::Number { .. }));
    assert!(matches!(refused(|l| l.prev = None), LeafError::Prev { n: 2 }));
    assert!(matches!(refused(|l| l.n = 1), LeafError::Prev { n: 1 }));
    let text = |change: fn(&mut LeafInput)| match refused(change) {
        LeafError::Text { member, .. } => member,
        other => panic!("{other}"),
    };
    assert_eq!(text(|l| l.k = String::new()), "k");
    assert_eq!(text(|l| l.stream = "case one".to_owned()), "stream");
    assert_eq!(text(|l| l.event = "x".repeat(257)), "event");
    assert_eq!(text(|l| l.actor = Some("张三".to_owned())), "actor");
    assert_eq!(text(|l| l.post = Some("a\n".to_owned())), "post");
    assert_eq!(text(|l| l.unit = Some(String::new())), "unit");
    assert_eq!(text(|l| l.acting_for = Some(" ".to_owned())), "for");
    assert_eq!(text(|l| l.stage = Some("审".to_owned())), "stage");
    assert_eq!(text(|l| l.draft = Some("\0".to_owned())), "draft");
    assert_eq!(text(|l| l.op = Some("we agree".to_owned())), "op");
    assert_eq!(text(|l| l.clock = Some("a b".to_owned())), "clock");
    assert_eq!(text(|l| l.at = "2026-03-11".to_owned()), "at");
    assert_eq!(text(|l| l.on = Some("2026-02-30".to_owned())), "on");
    assert!(Leaf::encode(&LeafInput { n: 1 << 53, ..full() }).is_ok());
}

#[test]
fn a_leaf_has_at_most_65_535_bytes() {
    let with = |docs: usize| LeafInput { docs: vec![sha256(b""); docs], ..full() };
    let one = Leaf::encode(&with(3)).unwrap().len() - Leaf::encode(&with(2)).unwrap().len();
    let most = 2 + (65_535 - Leaf::encode(&with(2)).unwrap().len()) / one;
    let bytes = Leaf::encode(&with(most)).unwrap();
    assert!(bytes.len() <= 65_535 && Leaf::parse(&bytes).is_ok());
    assert!(matches!(Leaf::encode(&with(most + 1)), Err(LeafError::TooLong { .. })));
    assert!(matches!(Leaf::parse(&vec![b' '; 70_000]), Err(LeafError::TooLong { size_bytes: 70_000 })));
}

#[test]
fn only_the_canonical_spelling_is_a_leaf() {
    let right = String::from_utf8(Leaf::encode(&full()).unwrap()).unwrap();
    assert!(Leaf::parse(right.as_bytes()).is_ok());
    let spelled = [
        format!("{right}\n"),
        format!(" {right}"),
        right.replacen(',', ", ", 1),
        right.replace("\"n\":2", "\"n\":2.0"),
        right.replace("\"op\":\"lawful\"", "\"op\":\"\\u006cawful\""),
        right.replace("\"v\":0}", "\"v\":0,\"zz\":1}"),
        right.replace("\"v\":0}", "\"v\":0,\"v\":0}"),
        right.replace("\"op\":\"lawful\"", "\"op\":null"),
        right.replace(&"44".repeat(32), &"4A".repeat(32)),
        right.replace("\"n\":2", "\"n\":\"2\""),
        right.replace("sha-256", "sha-512"),
        right.replace(',', ""),
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
    ];
    for wrong in spelled {
        assert_ne!(wrong, right);
        assert!(Leaf::parse(wrong.as_bytes()).is_err(), "{wrong}");
    }
    // Members in another order are the same object, but not the same leaf.
    let value: serde_json::Value = serde_json::from_str(&right).unwrap();
    let backwards: Vec<String> = value.as_object().unwrap().iter().rev().map(|(k, v)| format!("{k:?}:{v}")).collect();
    let backwards = format!("{{{}}}", backwards.join(","));
    assert!(matches!(Leaf::parse(backwards.as_bytes()), Err(LeafError::Json(JcsError::NotCanonical { .. }))));
    // An empty list is left out, not written.
    let least = String::from_utf8(Leaf::encode(&least()).unwrap()).unwrap();
    let listed = least.replace("\"event\"", "\"docs\":[],\"event\"");
    assert!(Leaf::parse(listed.as_bytes()).is_err());
}

#[test]
fn a_chain_names_its_first_bad_leaf() {
    let (leaves, hashes) = chain(5);
    let summary = verify_chain(&leaves).unwrap();
    assert_eq!((summary.count, summary.last), (5, hashes[4]));
    assert_eq!(summary.stream, least().stream);

    let error = verify_chain(Vec::<Vec<u8>>::new()).unwrap_err();
    assert!(matches!(error.reason, ChainBreak::Empty));

    let mut missing = leaves.clone();
    missing.remove(2);
    let error = verify_chain(&missing).unwrap_err();
    assert!(error.n == 3 && matches!(error.reason, ChainBreak::Number { expected: 3, found: 4 }), "{error:?}");

    let error = verify_chain(&leaves[1..]).unwrap_err();
    assert!(error.n == 1 && matches!(error.reason, ChainBreak::Number { expected: 1, found: 2 }), "{error:?}");

    let mut swapped = leaves.clone();
    swapped.swap(1, 2);
    assert_eq!(verify_chain(&swapped).unwrap_err().n, 2);

    // Leaf 2 is replaced by another well-formed leaf 2: leaf 3 shows it.
    let mut replaced = leaves.clone();
    let other = LeafInput { n: 2, prev: Some(hashes[0]), event: "evt_other".to_owned(), ..least() };
    replaced[1] = Leaf::encode(&other).unwrap();
    let error = verify_chain(&replaced).unwrap_err();
    assert!(error.n == 3 && matches!(error.reason, ChainBreak::Prev { .. }), "{error:?}");

    let mut foreign = leaves.clone();
    foreign[3] =
        Leaf::encode(&LeafInput { n: 4, prev: Some(hashes[2]), stream: "case_other".to_owned(), ..least() }).unwrap();
    let error = verify_chain(&foreign).unwrap_err();
    assert!(error.n == 4 && matches!(error.reason, ChainBreak::Stream { .. }), "{error:?}");

    let mut broken = leaves;
    broken[4].push(b' ');
    let error = verify_chain(&broken).unwrap_err();
    assert!(error.n == 5 && matches!(error.reason, ChainBreak::Leaf(_)), "{error:?}");
}

#[test]
fn every_flipped_byte_of_a_chain_is_noticed_or_moves_the_last_hash() {
    let (leaves, hashes) = chain(3);
    for (i, leaf) in leaves.iter().enumerate() {
        for byte in 0..leaf.len() {
            let mut changed = leaves.clone();
            changed[i][byte] ^= 0x01;
            if let Ok(summary) = verify_chain(&changed) {
                assert_eq!(i, 2, "byte {byte} of leaf {} was changed unnoticed", i + 1);
                assert_ne!(summary.last, hashes[2]);
            }
        }
    }
}

proptest! {
    #[test]
    fn parsing_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Leaf::parse(&bytes).is_err());
    }

    #[test]
    fn a_changed_leaf_is_refused_or_has_another_hash(place in any::<prop::sample::Index>(), value in any::<u8>()) {
        let right = Leaf::encode(&full()).unwrap();
        let mut changed = right.clone();
        let at = place.index(right.len());
        changed[at] = value;
        match Leaf::parse(&changed) {
            Ok(leaf) => prop_assert_eq!(leaf.hash() == leaf_hash(&right), changed == right),
            Err(_) => prop_assert_ne!(changed, right),
        }
    }
}
