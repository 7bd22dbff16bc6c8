//! Golden vectors: the bytes and results that every implementation of the format must give.
//!
//! `tests/golden/*.json` is read as data. `UPDATE_EXPECT=1` writes the vectors again; once the format is frozen, samples
//! are added and never edited.

mod common;
#[path = "common/vector.rs"]
mod vector;

use dingce_ledger::merkle::{consistency_proof, inclusion_proof, root};
use dingce_ledger::seal::{MasterKey, SubjectKey, seal, wrap};
use dingce_ledger::{BodyRef, Leaf, LeafInput, body_digest, commitment, jcs, leaf_hash};
use serde_json::{Value, json};
use vector::check;

fn leaf_vector(input: &LeafInput) -> Value {
    let bytes = Leaf::encode(input).unwrap();
    json!({
        "leaf": String::from_utf8(bytes.clone()).unwrap(),
        "leaf_hex": hex::encode(&bytes),
        "leaf_hash": leaf_hash(&bytes),
    })
}

#[test]
fn leaves() {
    check("leaf-v0-least.json", &leaf_vector(&common::least()));
    check("leaf-v0-full.json", &leaf_vector(&common::full()));
}

#[test]
fn bodies() {
    let given = r#"{"text": "同意", "n": 1.50, "a": ["\u0007", "\ud83d\ude00", null]}"#;
    let canonical = jcs::canonicalize(given.as_bytes()).unwrap();
    let key = [0x22; 32];
    assert_eq!(BodyRef::plain(&canonical).c, body_digest(&canonical));
    check(
        "body-v0.json",
        &json!({
            "given": given,
            "canonical_hex": hex::encode(&canonical),
            "sha-256": body_digest(&canonical),
            "key_hex": hex::encode(key),
            "hmac-sha-256": commitment(&key, &canonical),
        }),
    );
}

#[test]
fn chain_and_root() {
    let (leaves, hashes) = common::chain(7);
    let texts: Vec<String> = leaves.into_iter().map(|leaf| String::from_utf8(leaf).unwrap()).collect();
    check(
        "chain-v0.json",
        &json!({
            "leaves": texts,
            "leaf_hashes": hashes,
            "roots_by_size": (0..=7).map(|size| root(&hashes[..size])).collect::<Vec<_>>(),
            "inclusion_of_index_4_in_7": inclusion_proof(&hashes, 4).unwrap(),
            "consistency_of_3_with_7": consistency_proof(&hashes, 3).unwrap(),
            "consistency_of_4_with_7": consistency_proof(&hashes, 4).unwrap(),
        }),
    );
}

#[test]
fn sealed() {
    let (subject, master) = (SubjectKey([0x55; 32]), MasterKey([0x66; 32]));
    let plain = "{\"name\":\"张三\"}".as_bytes();
    check(
        "seal-v0.json",
        &json!({
            "subject_key_hex": hex::encode(subject.0),
            "master_key_hex": hex::encode(master.0),
            "body_nonce_hex": hex::encode([0x77; 24]),
            "body_aad": "evt_1",
            "body_plain_hex": hex::encode(plain),
            "body_blob_hex": hex::encode(seal(&subject, [0x77; 24], b"evt_1", plain).unwrap()),
            "key_nonce_hex": hex::encode([0x88; 24]),
            "key_aad": "person_1",
            "key_blob_hex": hex::encode(wrap(&master, [0x88; 24], b"person_1", &subject).unwrap()),
        }),
    );
}
