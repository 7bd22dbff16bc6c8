//! Small files that are replaced as a whole, under a lock of the operating system.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

/// Waits for the lock of this name. It is released when the file is closed, also by a crash.
pub(crate) fn lock(path: &Path) -> std::io::Result<File> {
    let lock = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    lock.lock()?;
    Ok(lock)
}

/// Puts these bytes in the place of the file's: a crash leaves the old ones or the new ones. Durable when it returns.
///
/// Of two that do it at once for one name, one may fail: hold a lock.
pub(crate) fn replace(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let part = folder.join(format!("{name}.part"));
    let mut file = File::create(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&part, folder.join(name))?;
    File::open(folder)?.sync_all()
}
