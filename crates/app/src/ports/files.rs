//! Documents, kept by digest.

use async_trait::async_trait;
use bytes::Bytes;
use dingce_domain::id::Digest;
use futures_util::stream::BoxStream;

use super::event_store::StoreError;

/// A stream of the bytes of a document.
pub type ByteStream = BoxStream<'static, Result<Bytes, StoreError>>;

/// A document as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Digest of all its bytes, which is also its address.
    pub digest: Digest,
    /// Size in bytes.
    pub size_bytes: u64,
}

/// Why an upload was refused.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// More bytes than a document may have.
    #[error("the document has more than {limit_bytes} bytes")]
    TooLarge {
        /// The limit.
        limit_bytes: u64,
    },
    /// The bytes that came are not those announced: a broken upload. Nothing is kept.
    #[error("the upload was announced as {announced} but {arrived} arrived")]
    Broken {
        /// Size or digest announced.
        announced: String,
        /// Size or digest that arrived.
        arrived: String,
    },
    /// The sender's stream ended with an error. Nothing is kept.
    #[error("the upload broke off")]
    Interrupted(#[source] StoreError),
    /// The file store failed. Nothing is kept.
    #[error("the document could not be stored")]
    Store(#[source] StoreError),
}

/// Keeps documents by digest. Nothing is visible under its digest before all its bytes are durable.
#[async_trait]
pub trait FileStore: Send + Sync {
    /// Takes a document as a stream; checks announced size and digest where given.
    async fn put(
        &self,
        bytes: ByteStream,
        announced_size: Option<u64>,
        announced_digest: Option<Digest>,
    ) -> Result<StoredFile, UploadError>;
    /// Size of a document; `None` if it is not here.
    async fn stat(&self, digest: Digest) -> Result<Option<StoredFile>, StoreError>;
    /// The bytes of a document; `None` if it is not here.
    async fn get(&self, digest: Digest) -> Result<Option<ByteStream>, StoreError>;
}
