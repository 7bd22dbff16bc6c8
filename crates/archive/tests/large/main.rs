//! A large document passes in pieces: the most memory that is ever taken does not grow with it.
//!
//! The only test of its program, because it asks how much the whole process took.
#![cfg(target_os = "linux")]

#[allow(dead_code)] // the rest is for the other tests
#[path = "../common/mod.rs"]
mod common;

use std::io::{self, Read};

use dingce_archive::{DocumentEntry, DocumentSource, VolumeInput, build};
use dingce_ledger::{Digest, Hasher, merkle};
use serde_json::json;

/// The size of the document. Unit: bytes.
const SIZE_BYTES: u64 = 200 * 1024 * 1024;
/// The most memory that the process may have taken in the end. Unit: KiB. A tenth and more of the document is far above what
/// a process takes that only begins, and far below what one takes that holds it.
const PEAK_KIB_MAX: u64 = 40 * 1024;

/// One document of as many bytes, made while it is read.
struct Generated;

impl DocumentSource for Generated {
    fn open(&self, _: &Digest) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(io::repeat(b'a').take(SIZE_BYTES)))
    }
}

/// The most memory that this process ever had at once. Unit: KiB.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse().unwrap()
}

#[test]
fn a_large_document_takes_no_more_memory_than_a_small_one() {
    let mut hasher = Hasher::new();
    let piece = vec![b'a'; 1024 * 1024];
    for _ in 0..SIZE_BYTES / piece.len() as u64 {
        hasher.update(&piece);
    }
    let digest = hasher.finish();
    let (sample, _) = common::sample();
    let mut writer = common::Writer::default();
    writer.add("case_opened", vec![digest], &json!({"title": "x"}), None);
    let volume_root = merkle::root(&writer.hashes);
    let (count, _) = writer.close();
    let large =
        DocumentEntry {
            digest, name: "大文件.txt".to_owned(), size_bytes: SIZE_BYTES, ..sample.documents[0].clone()
        };
    let input = VolumeInput {
        events: writer.events,
        beside: Vec::new(),
        documents: vec![large],
        count,
        volume_root,
        sm3: false,
        ..sample
    };
    let folder = tempfile::tempdir().unwrap();
    // Building verifies what it built, too.
    let built = build(&input, &Generated, &folder.path().join("package")).unwrap();
    assert!(built.payload_bytes > SIZE_BYTES);
    assert!(peak_kib() < PEAK_KIB_MAX, "{} KiB were taken at once", peak_kib());
}
