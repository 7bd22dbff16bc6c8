//! Proofs of the log in a package, and the four checks of a transfer.

use std::collections::BTreeMap;

use crate::common::{CONTENT, Documents, failed, failed_beside_metadata, reseal, sample};
use dingce_archive::{DocumentEntry, VolumeInput, build, four_checks, verify, verify_under};
use dingce_ledger::key::{Ed25519Signer, KeyName};
use dingce_ledger::{Checkpoint, LogProof, Policy, SignedCheckpoint, leaf_hash, merkle, sha256};

const ORIGIN: &str = "log.example.gov.cn/dingce";

fn key(seed: u8) -> Ed25519Signer {
    Ed25519Signer::new(KeyName::new(ORIGIN).unwrap(), &[seed; 32])
}

fn policy(seed: u8) -> Policy {
    format!("log {}\nquorum none\n", key(seed).verifier()).parse().unwrap()
}

/// A log that holds the sample's leaves between others, with the proof of each.
fn log_of(input: &VolumeInput) -> BTreeMap<String, Vec<u8>> {
    let mut leaves = vec![sha256(b"before")];
    leaves.extend(input.events.iter().map(|event| leaf_hash(&event.leaf)));
    leaves.push(sha256(b"after"));
    let checkpoint =
        Checkpoint::new(KeyName::new(ORIGIN).unwrap(), leaves.len() as u64, merkle::root(&leaves)).unwrap();
    let signed = SignedCheckpoint::sign(checkpoint, &[&key(1)]).unwrap();
    let mut files = BTreeMap::from([
        ("checkpoint".to_owned(), signed.to_string().into_bytes()),
        ("keys/log.vkey".to_owned(), key(1).verifier().to_string().into_bytes()),
    ]);
    for index in 1..=input.events.len() as u64 {
        let hashes = merkle::inclusion_proof(&leaves, index).unwrap();
        let proof = LogProof::new(None, index, hashes, signed.clone()).unwrap();
        files.insert(format!("proofs/{index:06}.tlog-proof"), proof.to_string().into_bytes());
    }
    files
}

#[test]
fn proofs_lead_from_leaves_to_the_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("package");
    let (mut input, documents) = sample();
    input.log = log_of(&input);
    build(&input, &documents, &target).unwrap();
    let report = verify(&target);
    assert!(report.ok(), "{:?}", failed(&report));
    assert_eq!(report.proofs, 3);
    let log = |report: &dingce_archive::VerifyReport| {
        report.checks.iter().find(|check| check.id.as_str() == "ledger.log").unwrap().detail.clone()
    };
    assert_eq!(log(&report), "3 proofs, a checkpoint; who signed was not judged, for no policy was given");
    assert!(four_checks(&report).checks[0].not_proven.iter().any(|told| told.en.contains("no policy was given")));
    let judged = verify_under(&target, Some(&policy(1)));
    assert!(judged.ok(), "{:?}", failed(&judged));
    assert_eq!(log(&judged), "3 proofs, a checkpoint; signed as the policy asks");
    // The keys in the package say nothing: another log's key is not this one's.
    assert_eq!(failed(&verify_under(&target, Some(&policy(2)))), ["ledger.log"]);

    let proof = target.join(CONTENT).join("ledger/proofs/000002.tlog-proof");
    let honest = std::fs::read_to_string(&proof).unwrap();
    let first = honest.lines().nth(2).unwrap();
    let flipped = if first.starts_with('A') { "B" } else { "A" };
    for forged in [
        honest.replace("index 2", "index 3"),
        honest.replace("index 2", "index 02"),
        honest.replace("index 2", "index 9"),
        honest.replace(first, &format!("{flipped}{}", &first[1..])),
        honest.replace(&format!("{first}\n"), ""),
        honest.replace(&format!("{first}\n"), &format!("{first}\n{first}\n")),
        honest.replace("\n5\n", "\n9\n"),
        honest.replace("tlog-proof@v1", "tlog-proof@v2"),
        honest.replacen("\n\n", "\n", 1),
        String::new(),
    ] {
        assert_ne!(forged, honest);
        std::fs::write(&proof, &forged).unwrap();
        reseal(&target);
        assert_eq!(failed_beside_metadata(&verify(&target)), ["ledger.log"], "{forged}");
    }
}

#[test]
fn a_proof_without_its_leaf_and_an_unknown_file_are_not_packed() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["proofs/000009.tlog-proof", "proofs/1.tlog-proof", "other", "keys/../../x"] {
        let (mut input, documents) = sample();
        let proof = log_of(&input).remove("proofs/000001.tlog-proof").unwrap();
        input.log.insert(name.to_owned(), proof);
        assert!(build(&input, &documents, &folder.path().join("package")).is_err(), "{name}");
    }
}

/// The sample with the bytes, name and media type of its first document in the list changed.
fn with_document(bytes: &[u8], name: &str, media_type: &str) -> (VolumeInput, Documents) {
    let (sample, _) = sample();
    let digest = sha256(bytes);
    let mut writer = crate::common::Writer::default();
    writer.add("case_opened", vec![digest], &serde_json::json!({"title": "x"}), None);
    let (count, volume_root) = writer.close();
    let document = DocumentEntry {
        digest,
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        size_bytes: bytes.len() as u64,
        ..sample.documents[0].clone()
    };
    let input = VolumeInput {
        events: writer.events,
        beside: Vec::new(),
        documents: vec![document],
        count,
        volume_root,
        ..sample
    };
    (input, Documents([(digest, bytes.to_vec())].into()))
}

#[test]
fn the_four_checks_say_what_they_found() {
    let judged = |bytes: &[u8], name: &str, media_type: &str| {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("package");
        let (input, documents) = with_document(bytes, name, media_type);
        build(&input, &documents, &target).unwrap();
        let report = verify(&target);
        assert!(report.ok(), "whatever a document is, the package is whole");
        let four = four_checks(&report);
        assert_eq!(
            four.checks.each_ref().map(|check| check.id),
            ["authenticity", "completeness", "usability", "security"]
        );
        for check in &four.checks {
            assert!(!check.not_proven.is_empty() && !check.proven.is_empty(), "{check:?}");
            assert_eq!(check.ok, check.against.is_empty());
        }
        four.checks
            .into_iter()
            .filter(|check| !check.ok)
            .map(|check| (check.id, check.against[0].en.clone()))
            .collect::<Vec<_>>()
    };
    assert!(judged("正文".as_bytes(), "正文.txt", "text/plain").is_empty());
    assert!(judged(b"%PDF-1.7 pdfaid:part", "a.pdf", "application/pdf").is_empty());
    let is = |found: Vec<(&'static str, String)>, expected: &[(&str, &str)]| {
        let found: Vec<(&str, &str)> = found.iter().map(|(id, en)| (*id, en.as_str())).collect();
        assert_eq!(found, expected);
    };
    is(
        judged(b"text", "a.pdf", "application/pdf"),
        &[("usability", "a.pdf is listed as application/pdf, but is text (UTF-8)")],
    );
    is(judged(b"", "a.txt", "text/plain"), &[("usability", "a.txt: the format is not known, or the file is empty")]);
    is(
        judged(b"MZ\x90\0", "a.pdf", "application/pdf"),
        &[("usability", "a.pdf is listed as application/pdf, but is program"), ("security", "a.pdf is a program")],
    );
    is(judged(b"echo", "a.BAT", "text/plain"), &[("security", "a.BAT has an extension that systems run")]);
    is(
        judged(b"%PDF-1.7 /Launch", "a.pdf", "application/pdf"),
        &[("security", "a.pdf holds macros, scripts or launch actions")],
    );
}

#[test]
fn the_four_checks_of_a_damaged_package() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("package");
    let (input, documents) = sample();
    build(&input, &documents, &target).unwrap();
    std::fs::write(target.join("data/new.txt"), b"new").unwrap();
    let four = four_checks(&verify(&target));
    let not_ok: Vec<_> = four.checks.iter().filter(|check| !check.ok).map(|check| check.id).collect();
    assert!(!four.ok() && not_ok.contains(&"completeness") && not_ok.contains(&"security"), "{not_ok:?}");
    let nothing = four_checks(&verify(&folder.path().join("nowhere")));
    assert!(!nothing.ok() && !nothing.checks[0].ok && !nothing.checks[1].ok);
}
