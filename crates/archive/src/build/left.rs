//! What a build that was broken off has left.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use super::{BuildError, at, remove};
use crate::volume::VolumeFile;

/// Removes all that is in a folder but plain files that have place and size of a document of this volume. Whether they are its
/// bytes is asked when they are needed. Links are removed and never followed.
pub(super) fn clear_but_documents(partial: &Path, volume: &VolumeFile) -> Result<(), BuildError> {
    match fs::symlink_metadata(partial) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Ok(found) if !found.is_dir() => return remove(partial),
        found => found.map_err(at(partial))?,
    };
    let documents: BTreeMap<String, u64> =
        volume.documents.iter().map(|row| (volume.content(&row.path), row.size_bytes)).collect();
    clear(partial, "", &documents).map(|_| ())
}

/// Gives whether the folder holds nothing any more.
fn clear(folder: &Path, prefix: &str, documents: &BTreeMap<String, u64>) -> Result<bool, BuildError> {
    let mut empty = true;
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        let full = entry.path();
        let path = entry.file_name().to_str().map(|name| format!("{prefix}{name}"));
        let kind = entry.file_type().map_err(at(&full))?;
        let kept = match path {
            // Only where a document may lie below: what else is here may be as deep as it likes.
            Some(path) if kind.is_dir() && documents.keys().any(|document| inside(document, &path)) => {
                !clear(&full, &format!("{path}/"), documents)?
            }
            Some(path) if kind.is_file() => {
                documents.get(&path).copied() == Some(entry.metadata().map_err(at(&full))?.len())
            }
            _ => false,
        };
        if kept {
            empty = false;
        } else {
            remove(&full)?;
        }
    }
    Ok(empty)
}

fn inside(document: &str, folder: &str) -> bool {
    document.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}
