//! Released forms are frozen: a package that an earlier program made is accepted by every later one, and the same volume gives the same
//! bytes.
//!
//! `golden/package-v1` was written by `UPDATE_EXPECT=1` before its release. From then on it is never edited; another form gets another
//! folder and another version, and this one must still be accepted.

use std::path::{Path, PathBuf};

use dingce_archive::{build, verify};

use crate::common::{read_tree, sample};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/package-v1")
}

#[test]
fn a_released_package_is_accepted() {
    let report = verify(&golden());
    assert!(report.ok(), "{report:#?}");
    assert!(report.facts.is_some());
}

#[test]
fn the_same_volume_gives_the_released_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("package-v1");
    let (input, documents) = sample();
    build(&input, &documents, &target).expect("built");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let _ = std::fs::remove_dir_all(golden());
        for (path, bytes) in read_tree(&target) {
            let file = golden().join(path);
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
            std::fs::write(file, bytes).expect("written");
        }
    }
    let (released, today) = (read_tree(&golden()), read_tree(&target));
    assert_eq!(released.keys().collect::<Vec<_>>(), today.keys().collect::<Vec<_>>());
    for (path, bytes) in &released {
        assert!(today[path] == *bytes, "{path} has other bytes than those that were released");
    }
}
