//! What others' code says of a log that the ledger writes: accepted as it is, refused with every forgery.
//!
//! The judges are the Go authors' `note` and `tlog` (through `tests/outside/go/auditlog`) and OpenSSL; neither shares a line with
//! the ledger. Each forgery is one that a hostile database, file store or operator could try; those with a forged history are
//! signed anew with the log's key, which such an operator holds.

use std::fs;
use std::path::{Path, PathBuf};

use dingce_ledger::key::{Cosigner, Ed25519Cosigner, Ed25519Signer, KeyName, NoteSigner as _, SM2_ID, Sm2Signer};
use dingce_ledger::note::SignatureLine;
use dingce_ledger::tile::{AuthenticTiles, Edge, TileId, TileLevel, encode_bundle};
use dingce_ledger::tree::{Leaves, inclusion_proof};
use dingce_ledger::{Checkpoint, Digest, LogProof, SignedCheckpoint, leaf_hash};
use dingce_tests::outside::{Verdict, auditlog, openssl_sm2};
use tempfile::TempDir;

const ORIGIN: &str = "log.example.gov.cn/dingce";
/// Past one full tile, with a ragged end: tiles of level 0 and 1, full and partial.
const SIZE: usize = 700;
const KEPT: usize = 300;
const PROVEN: [usize; 4] = [0, 255, 256, 699];

fn name(text: &str) -> KeyName {
    KeyName::new(text).expect("a name")
}

fn log_key() -> Ed25519Signer {
    Ed25519Signer::new(name(ORIGIN), &[1; 32])
}

fn sm2_key() -> Sm2Signer {
    Sm2Signer::new(name(ORIGIN), &[2; 32]).expect("a key")
}

fn witnesses() -> [Ed25519Cosigner; 2] {
    let key = |text, seed| Ed25519Cosigner::new(name(text), &[seed; 32]);
    [key("discipline.example.gov.cn", 10), key("archives.example.gov.cn", 11)]
}

fn witness_keys() -> Vec<String> {
    witnesses().iter().map(|witness| witness.verifier().to_string()).collect()
}

/// Entries as the ledger writes them: canonical JSON.
fn entries(size: usize) -> Vec<Vec<u8>> {
    (0..size).map(|n| format!("{{\"k\":\"draft_reviewed\",\"n\":{n},\"v\":0}}").into_bytes()).collect()
}

fn leaves(entries: &[Vec<u8>]) -> Vec<Digest> {
    entries.iter().map(|entry| leaf_hash(entry)).collect()
}

/// The checkpoint over these entries, by both keys of the log and these witnesses.
fn checkpoint(entries: &[Vec<u8>], cosigners: &[Ed25519Cosigner]) -> SignedCheckpoint {
    let mut edge = Edge::default();
    edge.append(leaves(entries)).expect("leaves");
    let checkpoint = Checkpoint::new(name(ORIGIN), edge.size(), edge.root()).expect("a checkpoint");
    let mut signed = SignedCheckpoint::sign(checkpoint, &[&log_key(), &sm2_key()]).expect("signatures");
    for cosigner in cosigners {
        let signature = cosigner.cosign(signed.note().text(), 1_795_000_000).expect("a cosignature");
        let line = SignatureLine { name: cosigner.name().clone(), id: cosigner.id(), signature };
        signed = signed.with(line).expect("room");
    }
    signed
}

/// A folder of a log.
struct Folder(TempDir);

impl Folder {
    /// The log over these entries, with an older checkpoint that somebody kept of `kept`, and some proofs.
    fn written(entries: &[Vec<u8>], kept: &[Vec<u8>], cosigners: &[Ed25519Cosigner]) -> Self {
        let folder = Self(TempDir::new().expect("a folder"));
        let mut edge = Edge::default();
        let mut tiles = edge.append(leaves(entries)).expect("leaves");
        tiles.extend(edge.partial());
        AuthenticTiles::open(edge.size(), &edge.root(), tiles.clone()).expect("our own reader accepts them");
        for (tile, bytes) in tiles {
            folder.write(&tile.to_string(), &bytes);
        }
        for (index, bundle) in entries.chunks(256).enumerate() {
            let width = u16::try_from(bundle.len()).expect("at most 256");
            let id = TileId::new(TileLevel::Entries, index as u64, width).expect("a bundle");
            folder.write(&id.to_string(), &encode_bundle(bundle).expect("a bundle"));
        }
        let head = checkpoint(entries, cosigners);
        folder.write("checkpoint", head.to_string().as_bytes());
        folder.write(&format!("checkpoint.{}", kept.len()), checkpoint(kept, cosigners).to_string().as_bytes());
        let (all, size) = (leaves(entries), entries.len() as u64);
        for index in PROVEN.into_iter().filter(|index| *index < entries.len()) {
            let hashes = inclusion_proof(&Leaves(&all), index as u64, size).expect("a proof");
            let proof = LogProof::new(None, index as u64, hashes, head.clone()).expect("a proof");
            folder.write(&format!("proofs/{index}"), proof.to_string().as_bytes());
        }
        folder
    }

    fn honest() -> Self {
        Self::written(&entries(SIZE), &entries(KEPT), &witnesses())
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn write(&self, file: &str, bytes: &[u8]) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }

    fn read(&self, file: &str) -> Vec<u8> {
        fs::read(self.path(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    fn change(&self, file: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = self.read(file);
        let before = bytes.clone();
        change(&mut bytes);
        assert_ne!(before, bytes, "{file} must change");
        self.write(file, &bytes);
    }

    fn replace(&self, file: &str, from: &str, to: &str) {
        self.change(file, |bytes| {
            let text = String::from_utf8(std::mem::take(bytes)).expect("text");
            *bytes = text.replacen(from, to, 1).into_bytes();
        });
    }

    fn judged(&self) -> Verdict {
        auditlog(self.0.path(), &log_key().verifier().to_string(), &witness_keys())
    }
}

#[test]
fn the_go_authors_code_accepts_our_log() {
    let verdict = Folder::honest().judged();
    assert!(verdict.accepted, "{}", verdict.said);
    // 3 tiles of level 0 and 1 of level 1: all of them were looked at.
    assert_eq!(verdict.said, "accepted: 700 entries, 4 tiles, 1 older checkpoints, 4 proofs");
    for size in [1, 255, 256, 257, 512] {
        let verdict = Folder::written(&entries(size), &entries(1), &witnesses()).judged();
        assert!(verdict.accepted, "{size}: {}", verdict.said);
    }
}

#[test]
fn it_refuses_every_forgery() {
    let line = |number: usize| {
        let text = checkpoint(&entries(SIZE), &witnesses()).to_string();
        text.lines().nth(4 + number).expect("a signature line").to_owned()
    };
    let proof_hash = |number: usize| {
        let text = String::from_utf8(Folder::honest().read("proofs/256")).expect("text");
        text.lines().nth(2 + number).expect("a hash").to_owned()
    };
    // The bytes of an entry's digits, so that it stays JSON and of the same length.
    let one_digit = |bytes: &mut Vec<u8>| {
        let at = bytes.windows(4).position(|four| four == b"\"n\":").expect("an entry") + 4;
        bytes[at] ^= 1;
    };
    let leaf_of = |entry: &[u8]| *leaf_hash(entry).as_bytes();
    type Forgery<'a> = (&'a str, Box<dyn Fn(&Folder) + 'a>);
    let forgeries: Vec<Forgery<'_>> = vec![
        ("an entry changed", Box::new(|log| log.change("tile/entries/000", one_digit))),
        ("the last entry changed", Box::new(|log| log.change("tile/entries/002.p/188", one_digit))),
        (
            "an entry no longer canonical",
            Box::new(|log| {
                log.change("tile/entries/000", |bytes| {
                    // One space more, and its length told right.
                    bytes.insert(3, b' ');
                    bytes[1] += 1;
                })
            }),
        ),
        (
            "two entries exchanged",
            Box::new(|log| {
                log.change("tile/entries/000", |bytes| {
                    let length = usize::from(bytes[1]) + 2;
                    bytes[..2 * length].rotate_left(length);
                })
            }),
        ),
        (
            "an entry dropped",
            Box::new(|log| {
                log.change("tile/entries/000", |bytes| {
                    let length = usize::from(bytes[1]) + 2;
                    bytes.drain(..length);
                })
            }),
        ),
        ("an entry added", Box::new(|log| log.change("tile/entries/002.p/188", |bytes| bytes.extend(b"\0\x02{}")))),
        ("a bundle missing", Box::new(|log| fs::remove_file(log.path("tile/entries/001")).expect("removed"))),
        ("a leaf hash changed", Box::new(|log| log.change("tile/0/001", |bytes| bytes[77] ^= 1))),
        ("a leaf hash of the edge changed", Box::new(|log| log.change("tile/0/002.p/188", |bytes| bytes[0] ^= 1))),
        ("an upper tile changed", Box::new(|log| log.change("tile/1/000.p/2", |bytes| bytes[40] ^= 1))),
        ("a tile cut", Box::new(|log| log.change("tile/0/001", |bytes| bytes.truncate(8_160)))),
        ("a tile missing", Box::new(|log| fs::remove_file(log.path("tile/0/000")).expect("removed"))),
        (
            "an entry and its leaf hash changed together",
            Box::new(|log| {
                log.change("tile/entries/000", one_digit);
                let changed = log.read("tile/entries/000");
                let entry = &changed[2..2 + usize::from(changed[1])];
                log.change("tile/0/000", |bytes| bytes[..32].copy_from_slice(&leaf_of(entry)));
            }),
        ),
        ("the size of the checkpoint edited", Box::new(|log| log.replace("checkpoint", "\n700\n", "\n699\n"))),
        ("the origin edited", Box::new(|log| log.replace("checkpoint", "log.example", "log.exbmple"))),
        ("the root edited", Box::new(|log| log.replace("checkpoint", "\n700\n", "\n700\nA"))),
        (
            "the log's signature corrupt",
            Box::new(|log| {
                log.change("checkpoint", |bytes| {
                    let text = String::from_utf8(bytes.clone()).expect("text");
                    let at = text.find(&line(0)).expect("the line") + line(0).len() - 10;
                    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
                });
            }),
        ),
        ("the log's signature missing", Box::new(|log| log.replace("checkpoint", &format!("{}\n", line(0)), ""))),
        (
            "a cosignature corrupt",
            Box::new(|log| {
                let spoilt = line(2).replacen(' ', "  ", 1).replacen("  ", " ", 1);
                let (head, tail) = spoilt.split_at(spoilt.len() - 10);
                let flipped = if tail.starts_with('A') { "B" } else { "A" };
                log.replace("checkpoint", &line(2), &format!("{head}{flipped}{}", &tail[1..]));
            }),
        ),
        ("a cosignature missing", Box::new(|log| log.replace("checkpoint", &format!("{}\n", line(3)), ""))),
        (
            "a cosignature of another checkpoint",
            Box::new(|log| {
                let other = checkpoint(&entries(SIZE - 1), &witnesses()).to_string();
                let other = other.lines().nth(6).expect("a line").to_owned();
                log.replace("checkpoint", &line(2), &other);
            }),
        ),
        (
            "another checkpoint of the same log as head",
            Box::new(|log| {
                log.write("checkpoint", checkpoint(&entries(SIZE - 1), &witnesses()).to_string().as_bytes());
            }),
        ),
        ("a proof of another index", Box::new(|log| log.replace("proofs/256", "index 256", "index 257"))),
        ("a proof of an index past the tree", Box::new(|log| log.replace("proofs/256", "index 256", "index 700"))),
        (
            "a proof with a hash changed",
            Box::new(|log| {
                let hash = proof_hash(0);
                let flipped = if hash.starts_with('A') { "B" } else { "A" };
                log.replace("proofs/256", &hash, &format!("{flipped}{}", &hash[1..]));
            }),
        ),
        ("a proof with a hash dropped", Box::new(|log| log.replace("proofs/256", &format!("{}\n", proof_hash(0)), ""))),
        (
            "a proof with a hash added",
            Box::new(|log| {
                log.replace("proofs/256", &proof_hash(0), &format!("{0}\n{0}", proof_hash(0)));
            }),
        ),
        (
            "a proof with two hashes exchanged",
            Box::new(|log| {
                let (first, second) = (proof_hash(0), proof_hash(1));
                log.replace("proofs/256", &format!("{first}\n{second}"), &format!("{second}\n{first}"));
            }),
        ),
        (
            "a proof under a checkpoint that nobody signed",
            Box::new(|log| log.replace("proofs/256", "\n700\n", "\n701\n")),
        ),
    ];
    for (what, forge) in forgeries {
        let log = Folder::honest();
        forge(&log);
        let verdict = log.judged();
        assert!(!verdict.accepted, "{what}: {}", verdict.said);
        assert!(verdict.said.contains("refused: "), "{what}: it must refuse, not break: {}", verdict.said);
    }
}

#[test]
fn who_holds_the_log_key_is_caught_by_what_others_kept() {
    // A fork: another history, whole and well signed, even by witnesses that were deceived.
    let mut forked = entries(SIZE);
    forked[7] = entries(1)[0].clone();
    let fork = Folder::written(&forked, &entries(KEPT), &witnesses());
    let verdict = fork.judged();
    assert!(!verdict.accepted, "an older checkpoint shows it: {}", verdict.said);
    fs::remove_file(fork.path(&format!("checkpoint.{KEPT}"))).expect("removed");
    assert!(fork.judged().accepted, "who kept nothing and trusts these witnesses cannot see it");

    // A rollback: yesterday's log as today's.
    let rollback = Folder::written(&entries(KEPT), &entries(SIZE), &witnesses());
    let verdict = rollback.judged();
    assert!(!verdict.accepted && verdict.said.contains("went back from 700 to 300"), "{}", verdict.said);

    // Without the witnesses' keys, the log's alone is not enough.
    let alone = Folder::written(&forked, &forked[..KEPT], &[]);
    let verdict = alone.judged();
    assert!(!verdict.accepted && verdict.said.contains("1 of 3 keys signed"), "{}", verdict.said);
}

#[test]
fn openssl_accepts_our_sm2_line_and_nothing_like_it() {
    let signed = checkpoint(&entries(SIZE), &witnesses());
    let key = sm2_key();
    let line = signed.note().lines().iter().find(|line| line.id == key.id()).expect("a line by the SM2 key");
    let (text, point) = (signed.note().text().as_bytes(), key.verifier().public_key());
    let honest = openssl_sm2(text, &point, &line.signature, SM2_ID);
    assert!(honest.accepted, "{}", honest.said);

    let mut other_text = text.to_vec();
    other_text[0] ^= 1;
    let mut other_signature = line.signature.clone();
    other_signature[63] ^= 1;
    let other_key = Sm2Signer::new(name(ORIGIN), &[3; 32]).expect("a key").verifier().public_key();
    for (what, verdict) in [
        ("text", openssl_sm2(&other_text, &point, &line.signature, SM2_ID)),
        ("signature", openssl_sm2(text, &point, &other_signature, SM2_ID)),
        ("key", openssl_sm2(text, &other_key, &line.signature, SM2_ID)),
        ("id", openssl_sm2(text, &point, &line.signature, "8765432187654321")),
    ] {
        assert!(!verdict.accepted, "another {what}: {}", verdict.said);
        assert!(verdict.said.contains("Verification Failure"), "another {what}: {}", verdict.said);
    }
    // Many texts, so that numbers with a first bit and with leading zeroes come up.
    for n in 0..40 {
        let text = format!("text {n}\n");
        let signature = key.sign(&text).expect("a signature");
        let verdict = openssl_sm2(text.as_bytes(), &point, &signature, SM2_ID);
        assert!(verdict.accepted, "{n}: {}", verdict.said);
    }
}
