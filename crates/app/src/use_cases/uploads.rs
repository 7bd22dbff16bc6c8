//! Uploading and reading documents.

use dingce_domain::code::Code;
use dingce_domain::id::{CaseId, Digest};
use dingce_domain::rejection::Rejection;

use crate::app::App;
use crate::error::AppError;
use crate::policy::Right;
use crate::ports::{ByteStream, Filter, ReadRow, RowQuery, StoredFile, UploadError, Value};
use crate::principal::Principal;
use crate::read_rows::DocumentRow;

impl App {
    /// Takes a document as a stream. Nothing is kept of a broken one.
    ///
    /// # Errors
    /// `FORBIDDEN`; a rejection where the bytes are not those announced, or too many.
    pub async fn upload(
        &self,
        who: Principal,
        bytes: ByteStream,
        announced_size: Option<u64>,
        announced_digest: Option<Digest>,
    ) -> Result<StoredFile, AppError> {
        self.entitled(who, Right::UploadDocument).await?;
        self.files.put(bytes, announced_size, announced_digest).await.map_err(|error| match error {
            UploadError::TooLarge { limit_bytes } => {
                Rejection::new(Code::UploadNotAcceptable).needed(format!("..{limit_bytes} bytes")).into()
            }
            UploadError::Broken { announced, arrived } => {
                Rejection::new(Code::UploadNotAcceptable).given(arrived).needed(announced).into()
            }
            // What broke off is in the log of whoever sent it; there is nothing that a person could correct.
            UploadError::Interrupted(_) => Rejection::new(Code::UploadNotAcceptable).into(),
            UploadError::Store(error) => AppError::Unavailable(error),
        })
    }

    /// Reads a document of a case.
    ///
    /// # Errors
    /// `NOT_FOUND` also where the reader may not know of the case.
    pub async fn document(
        &self,
        who: Principal,
        case: CaseId,
        digest: Digest,
    ) -> Result<(DocumentRow, ByteStream), AppError> {
        self.case(who, case).await?;
        self.document_row(case, digest, false).await
    }

    /// Reads a document that an act of publication released.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn public_document(&self, case: CaseId, digest: Digest) -> Result<(DocumentRow, ByteStream), AppError> {
        self.document_row(case, digest, true).await
    }

    async fn document_row(
        &self,
        case: CaseId,
        digest: Digest,
        released_only: bool,
    ) -> Result<(DocumentRow, ByteStream), AppError> {
        let mut query = RowQuery::all(DocumentRow::TABLE)
            .with(Filter::Eq("case_id", Value::Text(case.to_string())))
            .with(Filter::Eq("digest", Value::Text(digest.to_string())));
        if released_only {
            query = query.with(Filter::Eq("released", Value::Bool(true)));
        }
        let row = self.row::<DocumentRow>(query).await?.ok_or_else(|| AppError::not_found(digest))?;
        let bytes = self.files.get(digest).await?.ok_or_else(|| AppError::not_found(digest))?;
        Ok((row, bytes))
    }
}
