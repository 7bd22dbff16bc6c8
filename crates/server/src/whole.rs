//! Files that are whole or not there.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use anyhow::Context;

/// Writes a file beside and renames it: after a crash it is whole, or as it was.
///
/// # Errors
/// Where it cannot be written.
pub fn write(path: &Path, bytes: impl AsRef<[u8]>) -> anyhow::Result<()> {
    fill(path, |file| file.write_all(bytes.as_ref()).with_context(|| format!("{} cannot be written", path.display())))
}

/// The same with what a function writes. Where that fails, there is no file under the name that was not there before.
///
/// # Errors
/// Where it cannot be written, or the function fails.
pub fn fill(path: &Path, fill: impl FnOnce(&mut File) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let about = || format!("{} cannot be written", path.display());
    let name = path.file_name().with_context(about)?;
    let mut beside = name.to_owned();
    beside.push(".part");
    let part = path.with_file_name(beside);
    let mut file = File::create(&part).with_context(about)?;
    if let Err(error) = fill(&mut file) {
        // The first error is the one to tell.
        let _ = std::fs::remove_file(&part);
        return Err(error);
    }
    file.sync_all().with_context(about)?;
    std::fs::rename(&part, path).with_context(about)?;
    // The name itself is on the disk once its folder is.
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).with_context(about)
}

/// Reads a file, and of a longer one than this no more than shows that it is.
///
/// # Errors
/// Where it cannot be read.
pub fn read_at_most(path: &Path, limit_bytes: usize) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(limit_bytes as u64 + 1).read_to_end(&mut bytes));
    read.with_context(|| format!("reading {}", path.display()))?;
    Ok(bytes)
}
