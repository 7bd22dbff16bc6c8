//! What verifies offline beside packages: receipts, proofs, log folders, checkpoints. All but the honest is refused.

use std::fs;
use std::path::{Path, PathBuf};

use dingce_archive::{Beside, Evidence, EvidenceKind, evidence};
use dingce_ledger::key::{Cosigner as _, Ed25519Cosigner, Ed25519Signer, KeyName};
use dingce_ledger::note::SignatureLine;
use dingce_ledger::tile::{Edge, TileId, TileLevel, encode_bundle};
use dingce_ledger::witness::AddCheckpoint;
use dingce_ledger::{Checkpoint, LogProof, Policy, SignedCheckpoint, leaf_hash, merkle};
use proptest::prelude::*;
use serde_json::json;
use tempfile::TempDir;

use crate::common::Writer;

const ORIGIN: &str = "log.example.gov.cn/dingce";
/// Past a full tile, with a ragged end.
const SIZE: usize = 600;
const KEPT: usize = 300;

fn key() -> Ed25519Signer {
    Ed25519Signer::new(KeyName::new(ORIGIN).unwrap(), &[1; 32])
}

fn witness() -> Ed25519Cosigner {
    Ed25519Cosigner::new(KeyName::new("archives.example.gov.cn").unwrap(), &[9; 32])
}

/// Whose word counts: the log and its witness.
fn policy() -> Policy {
    let (log, witness) = (key(), witness());
    let text = format!("log {}\nwitness archives {}\nquorum archives\n", log.verifier(), witness.verifier());
    text.parse().unwrap()
}

/// The log's word alone.
fn key_only() -> Policy {
    format!("log {}\nquorum none\n", key().verifier()).parse().unwrap()
}

/// Leaves as the ledger writes them, of one stream.
fn leaves(size: usize, salt: &str) -> Vec<Vec<u8>> {
    let mut writer = Writer::default();
    (0..size).map(|_| writer.add("draft_reviewed", Vec::new(), &json!({ "salt": salt }), None).leaf.clone()).collect()
}

fn signed(leaves: &[Vec<u8>], cosigned: bool) -> SignedCheckpoint {
    let hashes: Vec<_> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
    let checkpoint =
        Checkpoint::new(KeyName::new(ORIGIN).unwrap(), hashes.len() as u64, merkle::root(&hashes)).unwrap();
    let signed = SignedCheckpoint::sign(checkpoint, &[&key()]).unwrap();
    if !cosigned {
        return signed;
    }
    let witness = witness();
    let signature = witness.cosign(signed.note().text(), 1_795_000_000).unwrap();
    signed.with(SignatureLine { name: witness.name().clone(), id: witness.id(), signature }).unwrap()
}

fn proof(leaves: &[Vec<u8>], index: usize, cosigned: bool) -> LogProof {
    let hashes: Vec<_> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
    let path = merkle::inclusion_proof(&hashes, index as u64).unwrap();
    LogProof::new(None, index as u64, path, signed(leaves, cosigned)).unwrap()
}

fn receipt(leaves: &[Vec<u8>], index: usize) -> serde_json::Value {
    let leaf = String::from_utf8(leaves[index].clone()).unwrap();
    json!({ "leaf": leaf, "proof": proof(leaves, index, true).to_string() })
}

/// A folder with whatever a test puts there.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// The folder of a log over these leaves, as `dingce ledger export` writes it.
    fn log(&self, name: &str, leaves: &[Vec<u8>], cosigned: bool) -> PathBuf {
        let mut edge = Edge::default();
        let mut tiles = edge.append(leaves.iter().map(|leaf| leaf_hash(leaf))).unwrap();
        tiles.extend(edge.partial());
        for (tile, bytes) in tiles {
            self.put(&format!("{name}/{tile}"), bytes);
        }
        for (index, bundle) in leaves.chunks(256).enumerate() {
            let id = TileId::new(TileLevel::Entries, index as u64, bundle.len() as u16).unwrap();
            self.put(&format!("{name}/{id}"), encode_bundle(bundle).unwrap());
        }
        self.put(&format!("{name}/checkpoint"), signed(leaves, cosigned).to_string());
        self.0.path().join(name)
    }
}

fn under(path: &Path, policy: &Policy) -> Evidence {
    evidence(path, &Beside { policy: Some(policy), ..Beside::default() })
}

fn against(found: &Evidence) -> String {
    found.against.iter().map(|told| format!("{}\n", told.en)).collect()
}

fn proven(found: &Evidence) -> String {
    found.proven.iter().map(|told| format!("{}\n", told.en)).collect()
}

fn open(found: &Evidence) -> String {
    found.not_proven.iter().map(|told| format!("{}\n", told.en)).collect()
}

#[test]
fn a_receipt_says_what_it_proves_and_what_not() {
    let (place, leaves) = (Place::new(), leaves(SIZE, "a"));
    let one = place.put("one.json", receipt(&leaves, 256).to_string());
    let found = under(&one, &policy());
    assert!(found.ok(), "{}", against(&found));
    assert_eq!(found.kind, EvidenceKind::Receipts);
    for told in ["at place 256", "over", "archives cosigned it, at 2026-11-18T11:06:40Z", "event 257 of case_"] {
        assert!(proven(&found).contains(told), "{told}: {}", proven(&found));
    }
    assert!(open(&found).contains("The log's key and enough witnesses together"), "{}", open(&found));
    assert!(open(&found).contains("not that it is true"), "{}", open(&found));
    // Whoever knows the log's key alone is told that a stolen key could deceive him.
    let alone = under(&one, &key_only());
    assert!(alone.ok() && open(&alone).contains("who stole the log's key"), "{}", open(&alone));
    assert!(open(&alone).contains("1 signature lines are of keys that the policy does not list"));
    // Who knows no key is told that nothing is proven, and the answer is no.
    let nobody = evidence(&one, &Beside::default());
    assert!(!nobody.ok() && nobody.against.is_empty());
    assert!(open(&nobody).contains("signatures prove nothing") && !nobody.not_proven[0].zh.is_ascii());
    // Under another key of the same name it is nothing.
    let other = Ed25519Signer::new(KeyName::new(ORIGIN).unwrap(), &[2; 32]);
    let other: Policy = format!("log {}\nquorum none\n", other.verifier()).parse().unwrap();
    assert!(!under(&one, &other).ok());
}

#[test]
fn many_receipts_lie_in_an_answer_of_the_api() {
    let (place, leaves) = (Place::new(), leaves(SIZE, "a"));
    let nodes: Vec<_> =
        [3, 4, 5, 9].map(|index| json!({"event": "evt_1", "logReceipt": receipt(&leaves, index)})).into();
    let answer = |nodes: &[serde_json::Value]| json!({"data": {"decisionCase": {"timeline": {"nodes": nodes}}}});
    let found = under(&place.put("answer.json", answer(&nodes).to_string()), &policy());
    assert!(found.ok(), "{}", against(&found));
    assert!(proven(&found).contains("2 pairs of neighbours"), "{}", proven(&found));
    assert_eq!(proven(&found).matches("signed this checkpoint").count(), 1, "one checkpoint is told once");
    // One that is not published yet is no proof.
    let mut early = nodes.clone();
    early[2]["logReceipt"]["proof"] = json!(null);
    let found = under(&place.put("early.json", answer(&early).to_string()), &policy());
    assert!(!found.ok() && against(&found).contains("Receipt 3 has no proof"), "{}", against(&found));
    // One with more or less than a receipt has is not passed over.
    for (name, value) in [("leaf", json!(3)), ("proof", json!({})), ("more", json!("x"))] {
        let mut odd = nodes.clone();
        odd[1]["logReceipt"][name] = value;
        assert!(!under(&place.put("odd.json", answer(&odd).to_string()), &policy()).ok(), "{name}");
    }
    // Two histories in one answer.
    let other = self::leaves(SIZE, "b");
    let both = [nodes[0].clone(), json!({"logReceipt": receipt(&other, 3)})];
    let found = under(&place.put("both.json", answer(&both).to_string()), &policy());
    assert!(against(&found).contains("Two different leaves say to be number 4"), "{}", against(&found));
    assert!(against(&found).contains("the log signed two histories"), "{}", against(&found));
    for nothing in ["{}", "[]", r#"{"data":null}"#, "[", "{\"leaf\":\"\"}"] {
        assert!(!under(&place.put("nothing.json", nothing), &policy()).ok(), "{nothing}");
    }
}

#[test]
fn a_proof_is_held_against_its_leaf() {
    let (place, leaves) = (Place::new(), leaves(SIZE, "a"));
    let (policy, file) = (policy(), place.put("act.tlog-proof", proof(&leaves, 7, true).to_string()));
    let lacking = under(&file, &policy);
    assert!(!lacking.ok() && against(&lacking).contains("act.leaf"), "{}", against(&lacking));
    let beside = |leaf: Option<&Path>, leaf_hash| Beside {
        policy: Some(&policy),
        leaf: leaf.map(Path::to_owned),
        leaf_hash,
        ..Beside::default()
    };
    assert!(evidence(&file, &beside(None, Some(leaf_hash(&leaves[7])))).ok(), "for who may not see it");
    assert!(!evidence(&file, &beside(None, Some(leaf_hash(&leaves[8])))).ok());
    let elsewhere = place.put("elsewhere", &leaves[7]);
    assert!(evidence(&file, &beside(Some(&elsewhere), None)).ok());
    place.put("act.leaf", &leaves[7]);
    assert!(under(&file, &policy).ok());
    place.put("act.leaf", &leaves[6]);
    assert!(!under(&file, &policy).ok());
    // Extra data is told to mean nothing.
    let with =
        LogProof::new(Some(b"paid".to_vec()), 7, proof(&leaves, 7, true).hashes().to_vec(), signed(&leaves, true));
    place.put("act.leaf", &leaves[7]);
    let found = under(&place.put("act.tlog-proof", with.unwrap().to_string()), &policy);
    assert!(found.ok() && open(&found).contains("4 bytes of extra data"), "{}", open(&found));
}

#[test]
fn a_log_folder_is_read_whole() {
    let (place, leaves) = (Place::new(), leaves(SIZE, "a"));
    let log = place.log("log", &leaves, true);
    let found = under(&log, &policy());
    assert!(found.ok(), "{}", against(&found));
    assert!(proven(&found).contains("The hashes of 600 entries, in 4 files"), "{}", proven(&found));
    assert!(proven(&found).contains("600 of them are leaves"), "{}", proven(&found));
    // As anybody can fetch it: without entries.
    fs::remove_dir_all(log.join("tile/entries")).unwrap();
    let found = under(&log, &policy());
    assert!(found.ok() && open(&found).contains("holds no entries"), "{}", against(&found));
    // The partial tile is no longer kept, and the full one is there: of a log that went on.
    let longer = self::leaves(768, "a");
    let on = place.log("on", &longer, true);
    place.put("on/checkpoint", signed(&longer[..SIZE], true).to_string());
    fs::remove_dir_all(on.join("tile/entries")).unwrap();
    place.put("on/tile/1/000.p/2", fs::read(log.join("tile/1/000.p/2")).unwrap());
    let found = under(&on, &policy());
    assert!(found.ok(), "{}", against(&found));
}

#[test]
fn a_change_to_any_file_of_a_log_is_found() {
    let (place, leaves) = (Place::new(), leaves(SIZE, "a"));
    let log = place.log("log", &leaves, true);
    let files = ["tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/001", "checkpoint"];
    for file in files {
        let honest = fs::read(log.join(file)).unwrap();
        for at in [0, 1, honest.len() / 2, honest.len() - 1] {
            let mut forged = honest.clone();
            forged[at] ^= 1;
            place.put(&format!("log/{file}"), forged);
            assert!(!under(&log, &policy()).ok(), "{file}, byte {at}");
        }
        for other in [&honest[1..], &[], &[honest.as_slice(), b"\0"].concat()] {
            place.put(&format!("log/{file}"), other);
            assert!(!under(&log, &policy()).ok(), "{file} of {} bytes", other.len());
        }
        fs::remove_file(log.join(file)).unwrap();
        let found = under(&log, &policy());
        assert!(!found.ok(), "{file} missing");
        place.put(&format!("log/{file}"), honest);
    }
    assert!(under(&log, &policy()).ok());
    // A size that was made up, and signed, ends with the first file that is not there.
    let checkpoint = Checkpoint::new(KeyName::new(ORIGIN).unwrap(), (1 << 63) - 1, leaf_hash(b"")).unwrap();
    place.put("log/checkpoint", SignedCheckpoint::sign(checkpoint, &[&key()]).unwrap().to_string());
    let found = under(&log, &key_only());
    assert!(against(&found).contains("lacks tile/0/002"), "{}", against(&found));
}

#[test]
fn an_older_checkpoint_shows_what_the_key_alone_does_not() {
    let (place, leaves) = (Place::new(), leaves(SIZE, "a"));
    let (log, policy, key_only) = (place.log("log", &leaves, true), policy(), key_only());
    let older = place.put("older", signed(&leaves[..KEPT], false).to_string());
    let held = |path: &Path, older: &Path, log: Option<&Path>, policy| {
        let (older, log) = (Some(older.to_owned()), log.map(Path::to_owned));
        evidence(path, &Beside { policy: Some(policy), older, log, ..Beside::default() })
    };
    let found = held(&log, &older, None, &policy);
    assert!(found.ok(), "{}", against(&found));
    assert!(proven(&found).contains("The 300 entries of the older checkpoint are the beginning of the 600"));
    assert!(open(&found).contains("The older checkpoint lacks the quorum"), "{}", open(&found));
    // Two files and the tiles; a receipt and the tiles.
    let newer = place.put("newer", signed(&leaves, true).to_string());
    assert!(held(&newer, &older, Some(&log), &policy).ok());
    let found = held(&newer, &older, None, &policy);
    assert!(!found.ok() && against(&found).contains("--log"), "{}", against(&found));
    let act = place.put("act.json", receipt(&leaves, 9).to_string());
    assert!(held(&act, &older, Some(&log), &policy).ok());
    assert!(held(&newer, &newer, None, &policy).ok(), "the same tree needs no proof");
    // The wrong order.
    let found = held(&older, &newer, Some(&log), &key_only);
    assert!(!found.ok() && against(&found).contains("went back"), "{}", against(&found));

    // Who stole the key signs another history. It is whole; the key alone does not tell.
    let forked = self::leaves(SIZE, "b");
    let fork = place.log("fork", &forked, false);
    assert!(under(&fork, &key_only).ok());
    assert!(!under(&fork, &policy).ok(), "no witness cosigned it");
    let found = held(&fork, &older, None, &key_only);
    assert!(!found.ok() && against(&found).contains("it signed two histories"), "{}", against(&found));
    let same_size = place.put("same-size", signed(&forked[..KEPT], false).to_string());
    let found = held(&same_size, &older, None, &key_only);
    assert!(against(&found).contains("the log signed two histories"), "{}", against(&found));
    // An older checkpoint that the log did not sign is no evidence of anything.
    let name = KeyName::new(ORIGIN).unwrap();
    let foreign = Ed25519Signer::new(name.clone(), &[7; 32]);
    let hashes: Vec<_> = leaves[..KEPT].iter().map(|leaf| leaf_hash(leaf)).collect();
    let checkpoint = Checkpoint::new(name, KEPT as u64, merkle::root(&hashes)).unwrap();
    let unsigned = place.put("unsigned", SignedCheckpoint::sign(checkpoint, &[&foreign]).unwrap().to_string());
    let found = held(&log, &unsigned, None, &policy);
    assert!(!found.ok() && against(&found).contains("older checkpoint is not to be believed"), "{}", against(&found));

    // The proof that went to a witness.
    let hashes: Vec<_> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
    let request = |old: usize| AddCheckpoint {
        old: old as u64,
        proof: merkle::consistency_proof(&hashes, old as u64).unwrap(),
        checkpoint: signed(&leaves, true),
    };
    let sent = place.put("sent", request(KEPT).to_string());
    assert!(held(&sent, &older, None, &policy).ok());
    assert!(!under(&sent, &policy).ok(), "it is held against what one kept");
    let sent = place.put("sent", request(KEPT + 1).to_string());
    assert!(!held(&sent, &older, None, &policy).ok());
    let mut forged = request(KEPT);
    forged.proof.swap(0, 1);
    assert!(!held(&place.put("sent", forged.to_string()), &older, None, &policy).ok());
}

/// Every byte, changed in its lowest bit, in the bit that is the case of letters, and in the highest.
#[test]
fn every_byte_of_receipt_proof_checkpoint_and_request_counts() {
    let (place, leaves, policy) = (Place::new(), leaves(SIZE, "a"), policy());
    let older = place.put("older", signed(&leaves[..KEPT], true).to_string());
    let hashes: Vec<_> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
    let request = AddCheckpoint {
        old: KEPT as u64,
        proof: merkle::consistency_proof(&hashes, KEPT as u64).unwrap(),
        checkpoint: signed(&leaves, true),
    };
    let samples = [
        ("receipt", receipt(&leaves, 300).to_string(), Beside { policy: Some(&policy), ..Beside::default() }),
        (
            "proof",
            proof(&leaves, 300, true).to_string(),
            Beside { policy: Some(&policy), leaf_hash: Some(hashes[300]), ..Beside::default() },
        ),
        ("checkpoint", signed(&leaves, true).to_string(), Beside { policy: Some(&policy), ..Beside::default() }),
        (
            "request",
            request.to_string(),
            Beside { policy: Some(&policy), older: Some(older.clone()), ..Beside::default() },
        ),
    ];
    for (name, honest, beside) in samples {
        let path = place.put(name, &honest);
        let found = evidence(&path, &beside);
        assert!(found.ok(), "{name}: {}", against(&found));
        for at in 0..honest.len() {
            for bits in [0x01, 0x20, 0x80] {
                let mut forged = honest.as_bytes().to_vec();
                forged[at] ^= bits;
                place.put(name, &forged);
                let found = evidence(&path, &beside);
                assert!(!found.ok(), "{name}, byte {at} with {bits:#x}: {}", String::from_utf8_lossy(&forged));
            }
        }
        for end in 0..honest.len() {
            place.put(name, &honest.as_bytes()[..end]);
            assert!(!evidence(&path, &beside).ok(), "{name} cut to {end}");
        }
    }
}

#[test]
fn what_never_ends_is_not_read() {
    let place = Place::new();
    for (name, head) in [("a.tlog-proof", "c2sp.org/tlog-proof@v1\n"), ("b.json", "{"), ("c", "x"), ("d", "old 0\n")] {
        let path = place.put(name, head);
        // Holes take no room on the disk.
        fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(1 << 40).unwrap();
        let found = under(&path, &policy());
        assert!(against(&found).contains("was not read"), "{name}: {}", against(&found));
    }
    let log = place.log("log", &leaves(3, "a"), true);
    for file in ["tile/entries/000.p/3", "tile/0/000.p/3", "checkpoint"] {
        let honest = fs::read(log.join(file)).unwrap();
        fs::OpenOptions::new().write(true).open(log.join(file)).unwrap().set_len(1 << 40).unwrap();
        assert!(against(&under(&log, &policy())).contains("was not read"), "{file}");
        place.put(&format!("log/{file}"), honest);
    }
    assert!(!under(Path::new("/dev/zero"), &policy()).ok());
    assert!(!under(place.0.path(), &policy()).ok(), "a folder without checkpoint");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever the bytes, it answers, and never yes.
    #[test]
    fn junk_is_refused(
        head in prop::sample::select(vec!["", "c2sp.org/tlog-proof@v1\n", "{", "[", "old ", "old 3\n", "log.example.gov.cn/dingce\n"]),
        rest in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let place = Place::new();
        let path = place.put("junk", [head.as_bytes(), &rest].concat());
        prop_assert!(!under(&path, &policy()).ok());
        let log = place.put("log/checkpoint", &rest);
        prop_assert!(!under(log.parent().unwrap(), &policy()).ok());
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Two honest sizes always agree, whichever they are.
    #[test]
    fn any_prefix_is_a_prefix(old in 0_usize..=520, new in 0_usize..=520) {
        let all = leaves(520, "a");
        let place = Place::new();
        let log = place.log("log", &all[..new], true);
        let older = place.put("older", signed(&all[..old], true).to_string());
        let policy = policy();
        let found = evidence(&log, &Beside { policy: Some(&policy), older: Some(older), ..Beside::default() });
        prop_assert_eq!(found.ok(), old <= new, "{}", against(&found));
    }
}
