//! The files of a package, as they are in its folder.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// How many files a package may have.
const FILES_MAX: usize = 1_000_000;

/// How deep folders may lie in each other: `data/<id>/representations/rep1/data/ledger/proofs` and one more.
const DEPTH_MAX: usize = 8;

/// What a folder holds.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// Plain files by path, with `/` between segments, and their sizes in bytes.
    pub(crate) files: BTreeMap<String, u64>,
    /// A sentence for each thing that has no place in any package: links, devices, empty and all too deep folders.
    pub(crate) strays: Vec<String>,
}

/// Walks a folder. Links are never followed, and folders deeper than in any package are not entered.
pub(crate) fn walk(root: &Path) -> io::Result<Tree> {
    let mut tree = Tree::default();
    visit(root, "", &mut tree)?;
    Ok(tree)
}

fn visit(folder: &Path, prefix: &str, tree: &mut Tree) -> io::Result<()> {
    let mut empty = true;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        empty = false;
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
            tree.strays.push(format!("{prefix}{:?} is not named in UTF-8", entry.file_name()));
            continue;
        };
        if tree.files.len() + tree.strays.len() >= FILES_MAX {
            return Err(io::Error::other(format!("there are more than {FILES_MAX} files")));
        }
        let path = format!("{prefix}{name}");
        // The type of the entry itself, not of what a link points to.
        let kind = entry.file_type()?;
        if kind.is_file() {
            tree.files.insert(path, entry.metadata()?.len());
        } else if kind.is_dir() && path.split('/').count() < DEPTH_MAX {
            visit(&entry.path(), &format!("{path}/"), tree)?;
        } else if kind.is_dir() {
            tree.strays.push(format!("{path} is a folder deeper than in any package"));
        } else if kind.is_symlink() {
            tree.strays.push(format!("{path} is a symbolic link"));
        } else {
            tree.strays.push(format!("{path} is neither a file nor a folder"));
        }
    }
    if empty {
        tree.strays.push(format!("the folder {prefix:?} is empty"));
    }
    Ok(())
}
