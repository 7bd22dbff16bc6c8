//! The static files of the log, in a folder or in any object store.

use std::path::Path as FilePath;
use std::sync::Arc;

use async_trait::async_trait;
use dingce_app::ports::{LogFolder, StoreError};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

use crate::error::Doing;

/// Keeps the files of the log in an object store.
#[derive(Debug)]
pub struct ObjectLog {
    objects: Arc<dyn ObjectStore>,
}

impl ObjectLog {
    /// Keeps them in a folder, which is made if there is none. Each file gets its name when its bytes are synchronised.
    ///
    /// # Errors
    /// If the folder cannot be made or read.
    pub fn folder(folder: &FilePath) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).doing("making the folder of the log")?;
        let files = LocalFileSystem::new_with_prefix(folder).doing("opening the folder of the log")?;
        Ok(Self { objects: Arc::new(files.with_fsync(true)) })
    }

    /// Keeps them in an object store that answers a write when it is durable.
    pub fn over(objects: Arc<dyn ObjectStore>) -> Self {
        Self { objects }
    }
}

#[async_trait]
impl LogFolder for ObjectLog {
    async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        let payload = PutPayload::from(bytes);
        self.objects.put(&Path::from(path), payload).await.doing("writing a file of the log")?;
        Ok(())
    }

    async fn get(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let doing = "reading a file of the log";
        match self.objects.get(&Path::from(path)).await {
            Ok(found) => Ok(Some(found.bytes().await.doing(doing)?.to_vec())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error).doing(doing),
        }
    }
}
