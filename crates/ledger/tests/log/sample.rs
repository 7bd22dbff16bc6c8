//! A sample log: keys, entries, checkpoints, proofs.

use dingce_ledger::key::{Cosigner, Ed25519Cosigner, Ed25519Signer, KeyName, NoteSigner, Sm2Signer};
use dingce_ledger::merkle::{inclusion_proof, root};
use dingce_ledger::note::SignatureLine;
use dingce_ledger::{Checkpoint, Digest, LogProof, Policy, SignedCheckpoint, leaf_hash};

pub const ORIGIN: &str = "log.example.gov.cn/dingce";
pub const TIME: u64 = 1_795_000_000;

pub fn name(text: &str) -> KeyName {
    KeyName::new(text).unwrap()
}

pub fn log_key() -> Ed25519Signer {
    Ed25519Signer::new(name(ORIGIN), &[1; 32])
}

pub fn sm2_key() -> Sm2Signer {
    Sm2Signer::new(name(ORIGIN), &[2; 32]).unwrap()
}

pub fn witness(number: u8) -> Ed25519Cosigner {
    let names = ["discipline", "archives", "audit"];
    Ed25519Cosigner::new(name(&format!("{}.example.gov.cn", names[usize::from(number)])), &[10 + number; 32])
}

pub fn entry(index: usize) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

pub fn leaves(count: usize) -> Vec<Digest> {
    (0..count).map(|index| leaf_hash(&entry(index))).collect()
}

/// The checkpoint of the sample log at this size, signed by both keys of the log and cosigned by these witnesses.
pub fn checkpoint(size: usize, witnesses: &[u8]) -> SignedCheckpoint {
    let checkpoint = Checkpoint::new(name(ORIGIN), size as u64, root(&leaves(size))).unwrap();
    let mut signed = SignedCheckpoint::sign(checkpoint, &[&log_key(), &sm2_key()]).unwrap();
    for number in witnesses {
        signed = cosign(signed, &witness(*number), TIME + u64::from(*number));
    }
    signed
}

pub fn cosign(signed: SignedCheckpoint, key: &Ed25519Cosigner, time_s: u64) -> SignedCheckpoint {
    let signature = key.cosign(signed.note().text(), time_s).unwrap();
    let (name, id) = (key.name().clone(), key.id());
    signed.with(SignatureLine { name, id, signature }).unwrap()
}

pub fn proof(index: usize, size: usize, witnesses: &[u8]) -> LogProof {
    let hashes = inclusion_proof(&leaves(size), index as u64).unwrap();
    LogProof::new(None, index as u64, hashes, checkpoint(size, witnesses)).unwrap()
}

/// The log by either key, and two of three witnesses.
pub fn policy_text() -> String {
    format!(
        "# who may speak\nlog {}\nlog {}\n\nwitness discipline {}\nwitness archives {}\nwitness audit {}\n\
         group supervisors 2 discipline archives audit\nquorum supervisors\n",
        log_key().verifier(),
        sm2_key().verifier(),
        witness(0).verifier(),
        witness(1).verifier(),
        witness(2).verifier(),
    )
}

pub fn policy() -> Policy {
    policy_text().parse().unwrap()
}

/// The line of a signer over a text.
pub fn line(text: &str, signer: &dyn NoteSigner) -> SignatureLine {
    SignatureLine::sign(text, signer).unwrap()
}
