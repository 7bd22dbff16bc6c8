//! Documents: what arrives whole is kept, what does not leaves nothing.

use std::path::Path;

use bytes::Bytes;
use dingce_app::ports::{ByteStream, FileStore, StoreError, UploadError};
use dingce_domain::id::Digest;
use dingce_store::ObjectFiles;
use futures_util::StreamExt;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

/// Little more than the size from which documents are stored in parts.
const LIMIT: u64 = 9 * 1024 * 1024;

fn store() -> (TempDir, ObjectFiles) {
    let folder = tempfile::tempdir().expect("a folder");
    let files = ObjectFiles::folder(&folder.path().join("files"), LIMIT).expect("a file store");
    (folder, files)
}

fn digest(bytes: &[u8]) -> Digest {
    Digest::new(Sha256::digest(bytes).into())
}

fn document(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at * 31 % 251) as u8).collect()
}

/// The bytes in chunks, and after them an error where the sender breaks off.
fn sending(bytes: &[u8], breaks_off: bool) -> ByteStream {
    let mut chunks: Vec<Result<Bytes, StoreError>> =
        bytes.chunks(1_000_003).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    if breaks_off {
        chunks.push(Err(StoreError::new("receiving", "the line went dead")));
    }
    futures_util::stream::iter(chunks).boxed()
}

fn files_in(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() { found.extend(files_in(&entry.path())) } else { found.push(entry.path()) }
    }
    found
}

#[tokio::test]
async fn a_document_comes_back_by_its_digest() {
    let (folder, files) = store();
    for size in [0, 5, 8 * 1024 * 1024 + 1] {
        let bytes = document(size);
        let own = digest(&bytes);
        assert_eq!(files.stat(own).await.expect("asked"), None);
        assert!(files.get(own).await.expect("asked").is_none());
        for _ in 0..2 {
            let kept = files.put(sending(&bytes, false), Some(size as u64), Some(own)).await.expect("kept");
            assert_eq!((kept.digest, kept.size_bytes), (own, size as u64));
        }
        assert_eq!(files.stat(own).await.expect("asked").map(|file| file.size_bytes), Some(size as u64));
        let mut back = Vec::new();
        let mut stream = files.get(own).await.expect("asked").expect("there");
        while let Some(chunk) = stream.next().await {
            back.extend_from_slice(&chunk.expect("a chunk"));
        }
        assert!(back == bytes, "{size} bytes");
    }
    let names = files_in(folder.path());
    assert_eq!(names.len(), 3, "one file for each document: {names:?}");
    let hex = own_name(&document(5));
    assert!(folder.path().join(format!("files/sha256/{}/{}/{hex}", &hex[..2], &hex[2..4])).is_file());
}

fn own_name(bytes: &[u8]) -> String {
    digest(bytes).to_string().trim_start_matches("sha256:").to_owned()
}

#[tokio::test]
async fn a_broken_upload_leaves_nothing() {
    let (folder, files) = store();
    for size in [100_usize, 9_000_000] {
        let bytes = document(size);
        let whole = Some(size as u64);
        let refused = files.put(sending(&bytes, true), whole, None).await;
        assert!(matches!(refused, Err(UploadError::Interrupted(_))), "{refused:?}");
        for announced in [size as u64 - 1, size as u64 + 1] {
            let refused = files.put(sending(&bytes, false), Some(announced), None).await;
            assert!(matches!(refused, Err(UploadError::Broken { .. })), "{refused:?}");
        }
        let refused = files.put(sending(&bytes, false), whole, Some(digest(b"other"))).await;
        assert!(matches!(refused, Err(UploadError::Broken { .. })), "{refused:?}");
    }
    let large = document(LIMIT as usize + 1);
    let refused = files.put(sending(&large, false), None, None).await;
    assert!(matches!(refused, Err(UploadError::TooLarge { limit_bytes: LIMIT })), "{refused:?}");
    let refused = files.put(sending(b"", false), Some(LIMIT + 1), None).await;
    assert!(matches!(refused, Err(UploadError::TooLarge { .. })), "{refused:?}");
    assert_eq!(files_in(folder.path()), Vec::<std::path::PathBuf>::new());
    files.put(sending(&large[..LIMIT as usize], false), None, None).await.expect("as large as allowed");
}

#[tokio::test]
async fn an_altered_document_is_noticed_while_reading() {
    let (folder, files) = store();
    let kept = files.put(sending(b"text", false), None, None).await.expect("kept");
    let path = files_in(folder.path()).pop().expect("a file");
    std::fs::write(path, b"test").expect("altered");
    let chunks: Vec<_> = files.get(kept.digest).await.expect("asked").expect("there").collect().await;
    assert!(chunks.last().expect("a chunk").is_err());
}
