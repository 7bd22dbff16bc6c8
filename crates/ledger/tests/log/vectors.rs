//! Golden vectors of the log: `docs/formats/log.md` refers to them.

use dingce_ledger::merkle::consistency_proof;
use dingce_ledger::tile::{Edge, TileId, TileLevel, encode_bundle};
use dingce_ledger::witness::{AddCheckpoint, Signed, decide};
use dingce_ledger::{leaf_hash, merkle, sha256};
use serde_json::{Value, json};

use crate::sample::{TIME, checkpoint, entry, leaves, log_key, policy_text, proof, sm2_key, witness};
use crate::vector::check;

#[test]
fn keys_and_signed_texts() {
    let vkeys = [0, 1, 2].map(|number| witness(number).verifier().to_string());
    let text = checkpoint(7, &[]).claimed().to_string();
    let hashes = consistency_proof(&leaves(7), 3).unwrap();
    let request = AddCheckpoint { old: 3, proof: hashes, checkpoint: checkpoint(7, &[]) };
    let last = Signed { size: 3, root: merkle::root(&leaves(3)), time_s: TIME };
    let answer = decide(&request, &[log_key().verifier().clone()], Some(&last), &witness(0), TIME);
    check(
        "log-v0-notes.json",
        &json!({
            "log_ed25519_seed_hex": hex::encode([1; 32]),
            "log_ed25519_vkey": log_key().verifier().to_string(),
            "log_sm2_secret_hex": hex::encode([2; 32]),
            "log_sm2_vkey": sm2_key().verifier().to_string(),
            "witness_seeds_hex": [hex::encode([10; 32]), hex::encode([11; 32]), hex::encode([12; 32])],
            "witness_vkeys": vkeys,
            "time_s": TIME,
            "entries": (0..7).map(|index| String::from_utf8(entry(index)).unwrap()).collect::<Vec<_>>(),
            "leaf_hashes": leaves(7),
            "checkpoint_text": text,
            "checkpoint": checkpoint(7, &[0, 1]).to_string(),
            "policy": policy_text(),
            "proof_of_index_4": proof(4, 7, &[0, 1]).to_string(),
            "add_checkpoint_request": request.to_string(),
            "add_checkpoint_answer": answer.body(),
        }),
    );
}

#[test]
fn tiles_of_six_hundred() {
    let mut edge = Edge::default();
    let mut tiles = edge.append(leaves(600)).unwrap();
    tiles.extend(edge.partial());
    for (index, entries) in (0..600).map(entry).collect::<Vec<_>>().chunks(256).enumerate() {
        let id = TileId::new(TileLevel::Entries, index as u64, entries.len() as u16).unwrap();
        tiles.push((id, encode_bundle(entries).unwrap()));
    }
    let files: serde_json::Map<String, Value> = tiles
        .iter()
        .map(|(tile, bytes)| (tile.to_string(), json!({ "bytes": bytes.len(), "sha256": sha256(bytes).to_hex() })))
        .collect();
    let (_, small) = tiles.iter().find(|(tile, _)| tile.to_string() == "tile/1/000.p/2").unwrap();
    check(
        "log-v0-tiles.json",
        &json!({
            "entries": "\"entry 0\" to \"entry 599\"",
            "first_entry_bundle_begins_hex": hex::encode(encode_bundle(&[entry(0), entry(1)]).unwrap()),
            "first_leaf_hash": leaf_hash(&entry(0)),
            "root": edge.root(),
            "files": files,
            "tile/1/000.p/2_hex": hex::encode(small),
        }),
    );
}
