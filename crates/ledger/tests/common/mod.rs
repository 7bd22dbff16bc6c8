//! Sample leaves.

use dingce_ledger::{BodyRef, Digest, Leaf, LeafInput, Salt, leaf_hash, sha256};

/// The leaf with the fewest members.
pub fn least() -> LeafInput {
    LeafInput {
        v: 0,
        k: "case_opened".to_owned(),
        stream: "case_0190f3c2a1b27c3d8e4f5a6b7c8d9e0f".to_owned(),
        n: 1,
        prev: None,
        event: "evt_0190f3c2a1b27c3d8e4f5a6b7c8d9e10".to_owned(),
        at: "2026-03-02T01:30:00.000Z".to_owned(),
        on: None,
        actor: None,
        post: None,
        unit: None,
        acting_for: None,
        stage: None,
        draft: None,
        op: None,
        law: None,
        cal: None,
        clock: None,
        docs: Vec::new(),
        body: BodyRef::plain(br#"{"kind":"case_opened"}"#),
        sealed: None,
        salt: Salt([0x11; 32]),
    }
}

/// The leaf with every member, following `least`.
pub fn full() -> LeafInput {
    let first = leaf_hash(&Leaf::encode(&least()).unwrap());
    LeafInput {
        k: "legality_opinion_given".to_owned(),
        n: 2,
        prev: Some(first),
        event: "evt_0190f3c2a1b27c3d8e4f5a6b7c8d9e11".to_owned(),
        at: "2026-03-11T17:59:59.999+08:00".to_owned(),
        on: Some("2026-03-10".to_owned()),
        actor: Some("person_0190f3c2a1b27c3d8e4f5a6b7c8d9e12".to_owned()),
        post: Some("post_0190f3c2a1b27c3d8e4f5a6b7c8d9e13".to_owned()),
        unit: Some("unit_0190f3c2a1b27c3d8e4f5a6b7c8d9e14".to_owned()),
        acting_for: Some("person_0190f3c2a1b27c3d8e4f5a6b7c8d9e15".to_owned()),
        stage: Some("legality_review".to_owned()),
        draft: Some("draft_0190f3c2a1b27c3d8e4f5a6b7c8d9e16".to_owned()),
        op: Some("lawful".to_owned()),
        law: Some(sha256(b"definition")),
        cal: Some(sha256(b"calendar")),
        clock: Some("legality_review:finished".to_owned()),
        docs: vec![sha256(b"opinion"), sha256(b"draft")],
        body: BodyRef::committed(&[0x22; 32], "{\"text\":\"同意\"}".as_bytes()),
        sealed: Some(BodyRef::committed(&[0x33; 32], "{\"name\":\"张三\"}".as_bytes())),
        salt: Salt([0x44; 32]),
        ..least()
    }
}

/// The bytes of `count` leaves of one stream, and their hashes.
pub fn chain(count: u64) -> (Vec<Vec<u8>>, Vec<Digest>) {
    let (mut leaves, mut hashes) = (Vec::new(), Vec::<Digest>::new());
    for n in 1..=count {
        let input = LeafInput { n, prev: hashes.last().copied(), event: format!("evt_{n:032x}"), ..least() };
        let bytes = Leaf::encode(&input).unwrap();
        hashes.push(leaf_hash(&bytes));
        leaves.push(bytes);
    }
    (leaves, hashes)
}
