//! Any bytes are refused or read back alike, and no single changed byte changes what is believed.

use dingce_ledger::key::VerifierKey;
use dingce_ledger::note::Note;
use dingce_ledger::tile::{AuthenticTiles, Edge, TileId};
use dingce_ledger::witness::{AddCheckpoint, decide, read_answer};
use dingce_ledger::{LogProof, Policy, SignedCheckpoint, leaf_hash};
use proptest::prelude::*;

use crate::sample::{TIME, checkpoint, entry, leaves, log_key, policy, policy_text, proof, witness};

/// Reads bytes with every reader of the log. What is accepted must print as the same bytes.
fn read_all(bytes: &[u8]) {
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(note.to_string().as_bytes(), bytes);
        let _ = note.open(&[log_key().verifier()]);
    }
    if let Ok(checkpoint) = SignedCheckpoint::parse(bytes) {
        assert_eq!(checkpoint.to_string().as_bytes(), bytes);
        let _ = policy().verify(&checkpoint);
        let _ = read_answer(bytes, &checkpoint, &[witness(0).verifier().clone()]);
    }
    if let Ok(proof) = LogProof::parse(bytes) {
        assert_eq!(proof.to_string().as_bytes(), bytes);
        let _ = proof.verify(bytes, &policy());
    }
    if let Ok(request) = AddCheckpoint::parse(bytes) {
        assert_eq!(request.to_string().as_bytes(), bytes);
        let _ = decide(&request, &[log_key().verifier().clone()], None, &witness(0), TIME);
    }
    if let Ok(policy) = Policy::parse(bytes) {
        assert_eq!(policy.to_string().parse::<Policy>().unwrap(), policy);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Ok(key) = text.parse::<VerifierKey>() {
            assert_eq!(key.to_string(), text);
        }
        if let Ok(tile) = text.parse::<TileId>() {
            assert_eq!(tile.to_string(), text);
        }
    }
}

fn samples() -> Vec<String> {
    let request = AddCheckpoint { old: 0, proof: vec![], checkpoint: checkpoint(20, &[0, 1]) };
    vec![
        checkpoint(20, &[0, 1, 2]).to_string(),
        proof(5, 20, &[0, 1]).to_string(),
        request.to_string(),
        policy_text(),
        witness(0).verifier().to_string(),
        "tile/0/x001/x234/067.p/17".to_owned(),
    ]
}

/// All that one byte can become, for those bytes; every bit for the rest would be the same work many times.
fn changes(byte: u8) -> impl Iterator<Item = u8> {
    [byte ^ 1, byte ^ 0x20, byte ^ 0x80, b'\n', b' ', b'+', b'=', b'0', 0].into_iter().filter(move |new| *new != byte)
}

#[test]
fn no_changed_byte_of_a_checkpoint_changes_what_is_believed() {
    let (original, policy) = (checkpoint(20, &[0, 1, 2]), policy());
    let bytes = original.to_string().into_bytes();
    let mut refused = 0;
    for at in 0..bytes.len() {
        for new in changes(bytes[at]) {
            let mut changed = bytes.clone();
            changed[at] = new;
            match SignedCheckpoint::parse(&changed).ok().map(|signed| policy.verify(&signed)) {
                Some(Ok(verified)) => assert_eq!(verified.checkpoint(), original.claimed(), "byte {at}"),
                _ => refused += 1,
            }
        }
    }
    assert!(refused > bytes.len() * 6, "{refused}");
    // With no signature to spare, a changed byte anywhere refuses it.
    let bare: Policy = format!("log {}\nquorum none\n", log_key().verifier()).parse().unwrap();
    let signed = SignedCheckpoint::sign(original.claimed().clone(), &[&log_key()]).unwrap();
    let bytes = signed.to_string().into_bytes();
    assert!(bare.verify(&signed).is_ok());
    for at in 0..bytes.len() {
        for new in changes(bytes[at]) {
            let mut changed = bytes.clone();
            changed[at] = new;
            let accepted = SignedCheckpoint::parse(&changed).is_ok_and(|signed| bare.verify(&signed).is_ok());
            assert!(!accepted, "byte {at}");
        }
        assert!(SignedCheckpoint::parse(&bytes[..at]).is_err());
    }
}

#[test]
fn no_changed_byte_of_a_proof_changes_what_is_believed() {
    // Two witnesses and a quorum of two: no signature to spare but one of the log's two.
    let (original, policy) = (proof(5, 20, &[0, 1]), policy());
    let expected = original.verify(&entry(5), &policy).unwrap();
    let bytes = original.to_string().into_bytes();
    for at in 0..bytes.len() {
        for new in changes(bytes[at]) {
            let mut changed = bytes.clone();
            changed[at] = new;
            let read = LogProof::parse(&changed).map(|proof| proof.verify(&entry(5), &policy));
            if let Ok(Ok(verified)) = read {
                assert_eq!(verified.index, expected.index, "byte {at}");
                assert_eq!(verified.checkpoint.checkpoint(), expected.checkpoint.checkpoint(), "byte {at}");
                assert_eq!(verified.checkpoint.cosigned(), expected.checkpoint.cosigned(), "byte {at}");
            }
        }
    }
}

#[test]
fn no_changed_byte_of_a_tile_or_edge_is_read() {
    let all = leaves(300);
    let mut edge = Edge::default();
    let mut tiles = edge.append(all.iter().copied()).unwrap();
    tiles.extend(edge.partial());
    let root = edge.root();
    assert!(AuthenticTiles::open(300, &root, tiles.clone()).is_ok());
    for which in 0..tiles.len() {
        for at in 0..tiles[which].1.len() {
            let mut changed = tiles.clone();
            changed[which].1[at] ^= 1 << (at % 8);
            assert!(AuthenticTiles::open(300, &root, changed.clone()).is_err(), "{} byte {at}", tiles[which].0);
            assert!(Edge::open(300, &root, changed).is_err());
        }
    }
}

#[test]
fn no_changed_byte_of_a_request_is_cosigned_as_another() {
    let hashes = dingce_ledger::merkle::consistency_proof(&leaves(20), 7).unwrap();
    let request = AddCheckpoint { old: 7, proof: hashes, checkpoint: checkpoint(20, &[]) };
    let root = dingce_ledger::merkle::root(&leaves(7));
    let last = dingce_ledger::witness::Signed { size: 7, root, time_s: TIME };
    let keys = [log_key().verifier().clone()];
    let bytes = request.to_string().into_bytes();
    for at in 0..bytes.len() {
        for new in changes(bytes[at]) {
            let mut changed = bytes.clone();
            changed[at] = new;
            let Ok(read) = AddCheckpoint::parse(&changed) else { continue };
            let answer = decide(&read, &keys, Some(&last), &witness(0), TIME);
            if answer.status() == 200 {
                assert_eq!(read.checkpoint.claimed(), request.checkpoint.claimed(), "byte {at}");
                assert_eq!((read.old, &read.proof), (request.old, &request.proof), "byte {at}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_all(&bytes);
    }

    #[test]
    fn any_lines(lines in prop::collection::vec("(\u{2014} )?[a-z+/=0-9 ]{0,50}", 0..12)) {
        read_all(lines.join("\n").as_bytes());
    }

    #[test]
    fn mutated_samples(which in 0_usize..6, edits in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..4, any::<u8>()), 1..4)) {
        let mut bytes = samples()[which].clone().into_bytes();
        for (at, kind, byte) in edits {
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => drop(bytes.remove(at)),
                _ => bytes.truncate(at),
            }
        }
        read_all(&bytes);
    }

    #[test]
    fn another_entry_is_never_proven(bytes in prop::collection::vec(any::<u8>(), 0..60), index in 0_usize..20) {
        let proven = proof(index, 20, &[0, 1]).verify(&bytes, &policy()).is_ok();
        prop_assert_eq!(proven, leaf_hash(&bytes) == leaf_hash(&entry(index)));
    }
}
