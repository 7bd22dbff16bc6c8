//! The anchor in a file: the checkpoint that was signed last, changed under a lock of the operating system.
//!
//! One machine's file serves the nodes of that machine, and those that share its file system where locks work there. The file
//! is written whole under another name, synchronised, and renamed; a crash leaves the old one or the new one.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use dingce_app::ports::{Anchor, StoreError};

use crate::durable;
use crate::error::Doing;

const NAME: &str = "checkpoint";

/// The anchor in a folder of its own: `checkpoint`, and `lock` beside it.
#[derive(Debug, Clone)]
pub struct FileAnchor {
    folder: PathBuf,
}

impl FileAnchor {
    /// The anchor in this folder, which is made if there is none. It belongs on another disk than the database, and in none of
    /// its backups.
    ///
    /// # Errors
    /// If the folder cannot be made.
    pub fn folder(folder: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).doing("making the folder of the anchor")?;
        Ok(Self { folder: folder.to_owned() })
    }

    fn current(&self) -> std::io::Result<Option<Vec<u8>>> {
        match std::fs::read(self.folder.join(NAME)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn swapped(&self, before: Option<&[u8]>, after: &[u8]) -> std::io::Result<bool> {
        let _lock = durable::lock(&self.folder.join("lock"))?;
        if self.current()?.as_deref() != before {
            return Ok(false);
        }
        durable::replace(&self.folder, NAME, after)?;
        Ok(true)
    }
}

#[async_trait]
impl Anchor for FileAnchor {
    async fn read(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let anchor = self.clone();
        let read = tokio::task::spawn_blocking(move || anchor.current()).await;
        read.doing("reading the anchor")?.doing("reading the anchor")
    }

    async fn swap(&self, before: Option<&[u8]>, after: &[u8]) -> Result<bool, StoreError> {
        let (anchor, before, after) = (self.clone(), before.map(<[u8]>::to_vec), after.to_vec());
        let swapped = tokio::task::spawn_blocking(move || anchor.swapped(before.as_deref(), &after)).await;
        swapped.doing("moving the anchor")?.doing("moving the anchor")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_anchor_moves_only_from_where_it_stands() {
        let folder = tempfile::tempdir().expect("a folder");
        let anchor = FileAnchor::folder(&folder.path().join("anchor")).expect("an anchor");
        assert_eq!(anchor.read().await.expect("read"), None);
        assert!(anchor.swap(None, b"one").await.expect("moved"));
        assert!(!anchor.swap(None, b"other").await.expect("not moved"), "another node signed meanwhile");
        assert!(!anchor.swap(Some(b"two"), b"three").await.expect("not moved"));
        assert!(anchor.swap(Some(b"one"), b"two").await.expect("moved"));
        assert_eq!(anchor.read().await.expect("read").as_deref(), Some(b"two".as_slice()));
        // Half a write of a process that ended is not the anchor.
        std::fs::write(folder.path().join("anchor/checkpoint.part"), b"thr").expect("written");
        assert_eq!(anchor.read().await.expect("read").as_deref(), Some(b"two".as_slice()));
    }

    #[tokio::test]
    async fn of_many_that_move_it_at_once_one_does() {
        let folder = tempfile::tempdir().expect("a folder");
        let anchor = FileAnchor::folder(folder.path()).expect("an anchor");
        let moves = (0..16_u8).map(|i| {
            let anchor = anchor.clone();
            tokio::spawn(async move { anchor.swap(None, &[i]).await.expect("answered") })
        });
        let mut moved = 0;
        for one in moves.collect::<Vec<_>>() {
            moved += usize::from(one.await.expect("ended"));
        }
        assert_eq!(moved, 1);
    }
}
