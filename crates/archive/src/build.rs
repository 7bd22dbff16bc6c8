//! Building a package.
//!
//! 1. Lock the parent folder. A crash frees the lock.
//! 2. Of what a crash left in `.<name>.partial`, keep files that have place and size of a document, and remove the rest. Fill the
//!    folder: a document that is there is read, and stays if it has its digest; all else is written anew. A crash here leaves the
//!    folder for the next run.
//! 3. Verify it as a stranger would. A package that does not verify never gets its name.
//!    A crash here leaves it likewise.
//! 4. Rename it to its name. A crash before leaves step 2's folder; a crash after leaves a finished package, and the next
//!    run finds it byte-identical and is content.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use dingce_ledger::Digest;

use crate::input::{DocumentSource, VolumeInput};
use crate::tree;
use crate::verify::{VolumeFacts, verify};

mod left;
mod writer;

/// The file beside packages that is locked while one of them is built. It is empty and stays.
pub const LOCK_FILE: &str = ".dingce-archive.lock";

/// A finished package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageReport {
    /// Its folder.
    pub path: PathBuf,
    /// SHA-256 of `tagmanifest-sha256.txt`, which stands for all its bytes.
    pub package: Digest,
    /// How many payload files it has.
    pub payload_files: usize,
    /// How many bytes they have.
    pub payload_bytes: u64,
    /// What it holds.
    pub facts: VolumeFacts,
}

/// Why a package was not built. Nothing is left under its name.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The target is not a folder name inside an existing folder.
    #[error("expected a target like folder/name, but got {path}")]
    Target {
        /// The target given.
        path: PathBuf,
    },
    /// The input contradicts itself.
    #[error("the volume cannot be packed: {}", problems.join("; "))]
    Input {
        /// A sentence for each problem.
        problems: Vec<String>,
    },
    /// A document cannot be read from its source.
    #[error("the document {digest} ({name}) cannot be read")]
    Document {
        /// Which one.
        digest: Digest,
        /// Its name.
        name: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The bytes of a document are not those of its digest and size.
    #[error(
        "expected the document {digest} ({name}) to have {size_bytes} bytes, but found {found_bytes} bytes of {found}"
    )]
    DocumentDiffers {
        /// Which one.
        digest: Digest,
        /// Its name.
        name: String,
        /// The size it should have.
        size_bytes: u64,
        /// The digest of its bytes.
        found: Digest,
        /// How many bytes there are; counting stops one past the size it should have.
        found_bytes: u64,
    },
    /// The package was written, but does not verify: the history given does not hold together.
    #[error("the package does not verify: {}", problems.join("; "))]
    DoesNotVerify {
        /// A sentence for each check that failed.
        problems: Vec<String>,
    },
    /// There is another package, or something else, under this name.
    #[error("{path} already exists and differs from what would be written")]
    Exists {
        /// The target.
        path: PathBuf,
    },
    /// The file system failed.
    #[error("{path} could not be written")]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Names the path in an error of the file system.
fn at(path: &Path) -> impl FnOnce(io::Error) -> BuildError + '_ {
    move |source| BuildError::Io { path: path.to_owned(), source }
}

/// Something that a build has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// What a crash left is removed but for documents, and the lock is held.
    Cleared,
    /// A document that an earlier run wrote is whole, and on the disk.
    Kept {
        /// Its path in the package.
        path: String,
    },
    /// A file is on the disk.
    Written {
        /// Its path in the package.
        path: String,
    },
    /// All files and folders are on the disk.
    Complete,
    /// The package verifies.
    Verified,
    /// It has its name.
    Named,
}

/// Builds the package of a volume as the folder `target`.
///
/// The same input gives the same bytes. A build that was broken off goes on with the documents that it had written. Where `target` is already that package, nothing changes and the same report is
/// given. Builders of packages in one folder wait for each other. Blocks; takes time in proportion to the documents, and
/// memory in proportion to the events, not to the documents' bytes.
///
/// # Errors
/// [`BuildError`]; `target` is then as it was.
pub fn build(input: &VolumeInput, documents: &dyn DocumentSource, target: &Path) -> Result<PackageReport, BuildError> {
    build_observed(input, documents, target, &mut |_| {})
}

/// As [`build`], telling each step when it is done. Whatever step the program dies after, `target` is as it was or whole, and
/// the next build goes through.
///
/// # Errors
/// [`BuildError`]; `target` is then as it was.
pub fn build_observed(
    input: &VolumeInput,
    documents: &dyn DocumentSource,
    target: &Path,
    observer: &mut dyn FnMut(&Step),
) -> Result<PackageReport, BuildError> {
    let refuse = || BuildError::Target { path: target.to_owned() };
    let name = target.file_name().ok_or_else(refuse)?;
    let parent = match target.parent().ok_or_else(refuse)? {
        empty if empty.as_os_str().is_empty() => Path::new("."),
        parent => parent,
    };
    if !parent.is_dir() {
        return Err(refuse());
    }
    let volume = writer::describe(input)?;

    let lock_path = parent.join(LOCK_FILE);
    let lock = OpenOptions::new().create(true).append(true).open(&lock_path).map_err(at(&lock_path))?;
    lock.lock().map_err(at(&lock_path))?;

    let mut partial_name = std::ffi::OsString::from(".");
    partial_name.push(name);
    partial_name.push(".partial");
    let partial = parent.join(partial_name);
    left::clear_but_documents(&partial, &volume)?;
    observer(&Step::Cleared);
    let result = writer::write(input, &volume, documents, &partial, observer).and_then(|()| {
        observer(&Step::Complete);
        let report = check(&partial)?;
        observer(&Step::Verified);
        place(&partial, target, parent)?;
        observer(&Step::Named);
        Ok(PackageReport { path: target.to_owned(), ..report })
    });
    if result.is_err() {
        // The first error is the one to tell; a folder that cannot be removed now is removed by the next run.
        let _ = remove(&partial);
    }
    result
}

/// Verifies the new package as a stranger would.
fn check(partial: &Path) -> Result<PackageReport, BuildError> {
    let report = verify(partial);
    match (report.ok(), report.facts, report.package) {
        (true, Some(facts), Some(package)) => Ok(PackageReport {
            path: partial.to_owned(),
            package,
            payload_files: report.payload_files,
            payload_bytes: report.payload_bytes,
            facts,
        }),
        _ => {
            let failed = report.checks.iter().filter(|check| !check.ok);
            let problems = failed.map(|check| format!("{}: {}", check.id, check.detail)).collect();
            Err(BuildError::DoesNotVerify { problems })
        }
    }
}

/// Gives the new package its name, or finds that it is already there.
fn place(partial: &Path, target: &Path, parent: &Path) -> Result<(), BuildError> {
    // Not `exists()`: a broken link under this name is something, too.
    if fs::symlink_metadata(target).is_err() {
        fs::rename(partial, target).map_err(at(target))?;
        return File::open(parent).and_then(|folder| folder.sync_all()).map_err(at(parent));
    }
    if !is_identical(partial, target).map_err(at(target))? {
        return Err(BuildError::Exists { path: target.to_owned() });
    }
    remove(partial)
}

fn remove(folder: &Path) -> Result<(), BuildError> {
    match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(at(folder)(error)),
        Ok(found) if found.is_dir() => fs::remove_dir_all(folder).map_err(at(folder)),
        Ok(_) => fs::remove_file(folder).map_err(at(folder)),
    }
}

/// Whether two folders hold the same files with the same bytes.
fn is_identical(new: &Path, old: &Path) -> io::Result<bool> {
    if !fs::symlink_metadata(old)?.is_dir() {
        return Ok(false);
    }
    let (new_tree, old_tree) = (tree::walk(new)?, tree::walk(old)?);
    if new_tree.files != old_tree.files || !old_tree.strays.is_empty() {
        return Ok(false);
    }
    for path in new_tree.files.keys() {
        if !same_bytes(&new.join(path), &old.join(path))? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn same_bytes(a: &Path, b: &Path) -> io::Result<bool> {
    let (mut a, mut b) = (BufReader::new(File::open(a)?), BufReader::new(File::open(b)?));
    let (mut chunk_a, mut chunk_b) = (Vec::new(), Vec::new());
    loop {
        chunk_a.clear();
        chunk_b.clear();
        a.by_ref().take(64 * 1024).read_to_end(&mut chunk_a)?;
        b.by_ref().take(64 * 1024).read_to_end(&mut chunk_b)?;
        if chunk_a != chunk_b {
            return Ok(false);
        }
        if chunk_a.is_empty() {
            return Ok(true);
        }
    }
}

/// A new file whose bytes are on the disk when it is finished.
fn write_durably<T>(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> Result<T, BuildError>,
) -> Result<T, BuildError> {
    let mut file = BufWriter::new(File::create_new(path).map_err(at(path))?);
    let value = fill(&mut file)?;
    file.flush().map_err(at(path))?;
    file.get_ref().sync_all().map_err(at(path))?;
    Ok(value)
}
