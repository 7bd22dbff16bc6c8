//! Where things are in an archive package.

use std::path::{Path, PathBuf};

/// The only information package in the bag.
///
/// # Panics
/// Where there is none, or more than one.
pub fn information_package(package: &Path) -> PathBuf {
    let mut inside = std::fs::read_dir(package.join("data")).expect("a bag has a payload");
    let only = inside.next().expect("an information package").expect("an entry").path();
    assert!(inside.next().is_none(), "there is more than one information package");
    only
}

/// The folder of its content: documents, other files, and the ledger.
///
/// # Panics
/// As [`information_package`].
pub fn content(package: &Path) -> PathBuf {
    information_package(package).join("representations/rep1/data")
}
