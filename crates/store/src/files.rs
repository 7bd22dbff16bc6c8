//! Documents kept by digest, in a folder or in any object store.
//!
//! A document of up to 8 MiB is held in memory until its size and digest are checked and is then written under
//! `sha256/ab/cd/<digest>` at once. A larger one is written in parts under `uploads/<random>` and moved once it is
//! whole. In a folder each step is durable before the next one: the bytes are synchronised, then the name, then the
//! folder that holds the name. A refused or broken upload is taken back. A process that ended in the middle
//! leaves at most a file under `uploads/` or one whose name ends in `#` and a number; no digest names either, and both
//! may be removed while no upload runs.

use std::path::Path as FilePath;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use dingce_app::ports::{ByteStream, FileStore, StoreError, StoredFile, UploadError};
use dingce_domain::id::Digest;
use futures_util::stream::{self, StreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload};
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;

use crate::error::Doing;

/// Documents up to this size are written at once, larger ones in parts of it. Unit: bytes.
const PART_BYTES: usize = 8 * 1024 * 1024;

/// Keeps documents by digest in an object store.
#[derive(Debug)]
pub struct ObjectFiles {
    objects: Arc<dyn ObjectStore>,
    limit_bytes: u64,
    /// In a folder, documents get their names one after the other: a folder that another upload has just made is
    /// synchronised before a name in it is answered for.
    naming: Option<Mutex<()>>,
}

impl ObjectFiles {
    /// Keeps documents of at most `limit_bytes` bytes in a folder, which is made if there is none.
    ///
    /// # Errors
    /// If the folder cannot be made or read.
    pub fn folder(folder: &FilePath, limit_bytes: u64) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).doing("making the folder for documents")?;
        let files = LocalFileSystem::new_with_prefix(folder).doing("opening the folder for documents")?;
        let objects = Arc::new(files.with_fsync(true));
        Ok(Self { objects, limit_bytes, naming: Some(Mutex::new(())) })
    }

    /// Keeps documents of at most `limit_bytes` bytes in an object store that answers a write when it is durable.
    pub fn over(objects: Arc<dyn ObjectStore>, limit_bytes: u64) -> Self {
        Self { objects, limit_bytes, naming: None }
    }

    /// Takes the stream into parts; the caller gives up the upload if this fails.
    async fn receive(
        &self,
        mut bytes: ByteStream,
        announced_size: Option<u64>,
        incoming: &mut Incoming,
    ) -> Result<StoredFile, UploadError> {
        let mut hasher = Sha256::new();
        let mut size_bytes = 0;
        while let Some(chunk) = bytes.next().await {
            let chunk = chunk.map_err(UploadError::Interrupted)?;
            size_bytes += chunk.len() as u64;
            if size_bytes > self.limit_bytes {
                return Err(UploadError::TooLarge { limit_bytes: self.limit_bytes });
            }
            if announced_size.is_some_and(|announced| size_bytes > announced) {
                return Err(broken(announced_size, format!("at least {size_bytes} bytes")));
            }
            hasher.update(&chunk);
            incoming.take(self.objects.as_ref(), chunk).await.map_err(UploadError::Store)?;
        }
        if announced_size.is_some_and(|announced| size_bytes != announced) {
            return Err(broken(announced_size, format!("{size_bytes} bytes")));
        }
        Ok(StoredFile { digest: Digest::new(hasher.finalize().into()), size_bytes })
    }
}

#[async_trait]
impl FileStore for ObjectFiles {
    async fn put(
        &self,
        bytes: ByteStream,
        announced_size: Option<u64>,
        announced_digest: Option<Digest>,
    ) -> Result<StoredFile, UploadError> {
        if announced_size.is_some_and(|announced| announced > self.limit_bytes) {
            return Err(UploadError::TooLarge { limit_bytes: self.limit_bytes });
        }
        let mut incoming = Incoming::default();
        let received = self.receive(bytes, announced_size, &mut incoming).await.and_then(|file| match announced_digest
            .filter(|announced| *announced != file.digest)
        {
            Some(announced) => {
                Err(UploadError::Broken { announced: announced.to_string(), arrived: file.digest.to_string() })
            }
            None => Ok(file),
        });
        match received {
            Ok(file) => {
                let _one = match &self.naming {
                    Some(naming) => Some(naming.lock().await),
                    None => None,
                };
                incoming.name(self.objects.as_ref(), &place(file.digest)).await.map_err(UploadError::Store)?;
                Ok(file)
            }
            Err(refused) => {
                incoming.give_up().await;
                Err(refused)
            }
        }
    }

    async fn stat(&self, digest: Digest) -> Result<Option<StoredFile>, StoreError> {
        match self.objects.head(&place(digest)).await {
            Ok(found) => Ok(Some(StoredFile { digest, size_bytes: found.size })),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(StoreError::new("looking for a document", error)),
        }
    }

    /// The stream ends with an error where the bytes kept are not those of the digest.
    async fn get(&self, digest: Digest) -> Result<Option<ByteStream>, StoreError> {
        let found = match self.objects.get(&place(digest)).await {
            Ok(found) => found.into_stream(),
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(StoreError::new("opening a document", error)),
        };
        let state = Some((found, Sha256::new()));
        let checked = stream::unfold(state, move |state| async move {
            let (mut found, mut hasher) = state?;
            match found.next().await {
                Some(Ok(chunk)) => {
                    hasher.update(&chunk);
                    Some((Ok(chunk), Some((found, hasher))))
                }
                Some(Err(error)) => Some((Err(StoreError::new("reading a document", error)), None)),
                None if Digest::new(hasher.finalize().into()) == digest => None,
                None => Some((Err(StoreError::new("reading a document", format!("{digest} was altered"))), None)),
            }
        });
        Ok(Some(checked.boxed()))
    }
}

fn place(digest: Digest) -> Path {
    let hex = hex::encode(digest.bytes());
    Path::from(format!("sha256/{}/{}/{hex}", &hex[..2], &hex[2..4]))
}

fn broken(announced: Option<u64>, arrived: String) -> UploadError {
    UploadError::Broken { announced: format!("{} bytes", announced.unwrap_or_default()), arrived }
}

/// A document on its way in: in memory, and in parts once it is large.
#[derive(Default)]
struct Incoming {
    held: Vec<Bytes>,
    held_bytes: usize,
    parts: Option<(Path, Box<dyn MultipartUpload>)>,
}

impl Incoming {
    async fn take(&mut self, objects: &dyn ObjectStore, chunk: Bytes) -> Result<(), StoreError> {
        self.held_bytes += chunk.len();
        self.held.push(chunk);
        if self.held_bytes > PART_BYTES { self.flush(objects).await } else { Ok(()) }
    }

    async fn flush(&mut self, objects: &dyn ObjectStore) -> Result<(), StoreError> {
        let doing = "storing a part of a document";
        if self.parts.is_none() {
            let path = Path::from(format!("uploads/{}", uuid::Uuid::new_v4().simple()));
            let upload = objects.put_multipart(&path).await.doing(doing)?;
            self.parts = Some((path, upload));
        }
        let held: PutPayload = std::mem::take(&mut self.held).into_iter().collect();
        self.held_bytes = 0;
        match &mut self.parts {
            Some((_, upload)) => upload.put_part(held).await.doing(doing),
            None => Ok(()),
        }
    }

    /// Gives the whole document its name.
    async fn name(mut self, objects: &dyn ObjectStore, place: &Path) -> Result<(), StoreError> {
        let doing = "storing a document";
        if self.parts.is_none() {
            let whole: PutPayload = self.held.into_iter().collect();
            objects.put(place, whole).await.doing(doing)?;
            return Ok(());
        }
        if self.held_bytes > 0
            && let Err(error) = self.flush(objects).await
        {
            self.give_up().await;
            return Err(error);
        }
        let Some((path, mut upload)) = self.parts else { return Ok(()) };
        if let Err(error) = upload.complete().await {
            give_up(upload.as_mut()).await;
            return Err(StoreError::new(doing, error));
        }
        let moved = objects.rename(&path, place).await;
        if moved.is_err()
            && let Err(error) = objects.delete(&path).await
        {
            tracing::warn!(%error, "a broken upload could not be removed");
        }
        moved.doing(doing)
    }

    async fn give_up(self) {
        if let Some((_, mut upload)) = self.parts {
            give_up(upload.as_mut()).await;
        }
    }
}

async fn give_up(upload: &mut dyn MultipartUpload) {
    if let Err(error) = upload.abort().await {
        tracing::warn!(%error, "a broken upload could not be removed");
    }
}
