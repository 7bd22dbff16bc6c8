//! Documents: uploading, and reading those of a case or those released to the public.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dingce_api::Lang;
use dingce_api::http::{Code as TransportCode, OperationId, Refusal};
use dingce_app::AppError;
use dingce_app::ports::{ByteStream, StoreError, StoredFile};
use dingce_app::read_rows::DocumentRow;
use dingce_domain::code::Code;
use dingce_domain::id::{CaseId, Digest};
use dingce_domain::rejection::Rejection;
use futures_util::StreamExt;
use poem::http::{HeaderMap, StatusCode, header};
use poem::{Body, Endpoint, IntoEndpoint, Request, Response, endpoint, get, put};

use super::answer;
use super::session::{Caller, caller};
use crate::assemble::Assembled;
use crate::schema;

/// Why a request for or with a document was not done.
pub(super) enum Refused {
    Transport(Refusal),
    App(AppError),
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Transport(refusal)
    }
}

impl From<AppError> for Refused {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

impl From<Rejection> for Refused {
    fn from(rejection: Rejection) -> Self {
        Self::App(rejection.into())
    }
}

/// `PUT /files`.
pub(super) fn upload(assembled: Arc<Assembled>) -> impl Endpoint<Output = Response> {
    put(endpoint::make(move |request: Request| {
        let assembled = Arc::clone(&assembled);
        async move {
            let (lang, operation) = about(&request);
            let stored = take(&assembled, request).await.map(|StoredFile { digest, size_bytes }| {
                let body = serde_json::json!({"digest": digest, "size_bytes": size_bytes});
                answer::json(StatusCode::CREATED, &body)
            });
            answered(stored, lang, &operation)
        }
    }))
    .into_endpoint()
}

/// `GET /files/{case}/{digest}`.
pub(super) fn download(assembled: Arc<Assembled>) -> impl Endpoint<Output = Response> {
    get(endpoint::make(move |request: Request| {
        let assembled = Arc::clone(&assembled);
        async move {
            let (lang, operation) = about(&request);
            let given = async {
                let Caller { principal, .. } = caller(&assembled, request.headers()).await?;
                let (case, digest) = address(&request)?;
                let (row, bytes) = assembled.app.document(principal, case, digest).await?;
                Ok(document(&row, bytes, "private, no-store"))
            };
            answered(given.await, lang, &operation)
        }
    }))
    .into_endpoint()
}

/// `GET /public/files/{case}/{digest}`.
pub(super) fn public_download(assembled: Arc<Assembled>) -> impl Endpoint<Output = Response> {
    get(endpoint::make(move |request: Request| {
        let assembled = Arc::clone(&assembled);
        async move {
            let (lang, operation) = about(&request);
            let given = async {
                let (case, digest) = address(&request)?;
                let (row, bytes) = assembled.app.public_document(case, digest).await?;
                // Not for ever: a release can be withdrawn.
                Ok(document(&row, bytes, "public, max-age=300"))
            };
            answered(given.await, lang, &operation)
        }
    }))
    .into_endpoint()
}

pub(super) fn about(request: &Request) -> (Lang, OperationId) {
    let operation = request.data::<OperationId>().cloned().unwrap_or_else(|| OperationId(String::new()));
    (schema::lang(request.headers()), operation)
}

pub(super) fn answered(result: Result<Response, Refused>, lang: Lang, operation: &OperationId) -> Response {
    match result {
        Ok(response) => response,
        Err(Refused::Transport(refusal)) => answer::refused(&refusal, lang, operation),
        Err(Refused::App(error)) => answer::failed(&error, lang, operation),
    }
}

async fn take(assembled: &Assembled, request: Request) -> Result<StoredFile, Refused> {
    let Caller { principal, .. } = caller(assembled, request.headers()).await?;
    let announced_size = number(request.headers())?;
    let announced_digest = digest(request.headers())?;
    let limit_bytes = assembled.settings.upload_limit_bytes;
    if announced_size.is_some_and(|size| size > limit_bytes) {
        // Refused before the first byte is read, in the words in which the store would refuse it after the last.
        return Err(Rejection::new(Code::UploadNotAcceptable).needed(format!("..{limit_bytes} bytes")).into());
    }
    let broken = |error| StoreError::new("receiving the document", error);
    let bytes: ByteStream = request.into_body().into_bytes_stream().map(move |piece| piece.map_err(broken)).boxed();
    Ok(assembled.app.upload(principal, bytes, announced_size, announced_digest).await?)
}

fn number(headers: &HeaderMap) -> Result<Option<u64>, Refusal> {
    let Some(value) = headers.get(header::CONTENT_LENGTH) else { return Ok(None) };
    let number = value.to_str().ok().and_then(|text| text.parse().ok());
    number.map(Some).ok_or_else(|| bad("Expected Content-Length to be a number of bytes."))
}

/// The digest announced: `Repr-Digest: sha-256=:…:` or `Content-Digest` (RFC 9530), or `Digest: sha-256=…` (RFC 3230).
/// Digests by other algorithms beside it are passed over.
fn digest(headers: &HeaderMap) -> Result<Option<Digest>, Refusal> {
    for (name, quote) in [("repr-digest", ":"), ("content-digest", ":"), ("digest", "")] {
        for value in headers.get_all(name) {
            let text = value.to_str().unwrap_or_default();
            let given = text.split(',').map(str::trim).find_map(|entry| {
                let (algorithm, value) = entry.split_once('=')?;
                algorithm.eq_ignore_ascii_case("sha-256").then_some(value)
            });
            let Some(given) = given else { continue };
            let encoded = given.strip_prefix(quote).and_then(|g| g.strip_suffix(quote));
            let bytes = encoded.and_then(|e| STANDARD.decode(e).ok()).and_then(|b| <[u8; 32]>::try_from(b).ok());
            return match bytes {
                Some(bytes) => Ok(Some(Digest::new(bytes))),
                None => Err(bad(&format!("Expected the sha-256 value in {name} to be 32 bytes in base64."))),
            };
        }
    }
    Ok(None)
}

fn bad(message: &str) -> Refusal {
    Refusal::new(TransportCode::BadRequest, message)
}

fn address(request: &Request) -> Result<(CaseId, Digest), Refused> {
    let text = |name| request.raw_path_param(name).unwrap_or_default();
    // A text that is no id names nothing, and so is answered like an id that names nothing.
    let missing = |given: &str| Refused::App(AppError::not_found(given));
    let (case, digest) = (text("case"), text("digest"));
    let case = case.parse().map_err(|_| missing(case))?;
    // Written with or without the algorithm: a colon in a path is allowed but awkward.
    let full = if digest.contains(':') { digest.to_owned() } else { format!("sha256:{digest}") };
    Ok((case, full.replace("%3A", ":").replace("%3a", ":").parse().map_err(|_| missing(digest))?))
}

fn document(row: &DocumentRow, bytes: ByteStream, cache: &'static str) -> Response {
    // Never shown in the browser as part of this site: a document may be HTML with scripts.
    let disposition = format!("attachment; filename*=UTF-8''{}", percent(&row.name));
    let stream = bytes.map(|piece| piece.map_err(std::io::Error::other));
    Response::builder()
        .header(header::CONTENT_TYPE, media_type(&row.media_type))
        .header(header::CONTENT_LENGTH, row.size_bytes)
        .header(header::CONTENT_DISPOSITION, disposition)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::CACHE_CONTROL, cache)
        .header(header::ETAG, format!("\"{}\"", row.digest))
        .body(Body::from_bytes_stream(stream))
}

/// The recorded media type if it can stand in a header, else bytes.
fn media_type(recorded: &str) -> &str {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/+-.; =_".contains(&b);
    if recorded.contains('/') && recorded.bytes().all(plain) { recorded } else { "application/octet-stream" }
}

/// A name as RFC 8187 writes it.
fn percent(name: &str) -> String {
    name.bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-._~".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use poem::http::HeaderValue;

    use super::*;

    #[test]
    fn a_digest_is_read_from_each_header_that_may_announce_it() {
        let encoded = STANDARD.encode([7; 32]);
        for (name, value, expected) in [
            ("repr-digest", format!("sha-256=:{encoded}:"), Ok(Some(()))),
            ("repr-digest", format!("sha-512=:AAAA:, SHA-256=:{encoded}:"), Ok(Some(()))),
            ("content-digest", format!("sha-256=:{encoded}:"), Ok(Some(()))),
            ("digest", format!("sha-256={encoded}"), Ok(Some(()))),
            ("digest", "md5=AAAA".to_owned(), Ok(None)),
            ("repr-digest", format!("sha-256={encoded}"), Err(())),
            ("digest", "sha-256=AAAA".to_owned(), Err(())),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_str(&value).expect("a header"));
            let found = digest(&headers).map(|d| d.map(|d| assert_eq!(d.bytes(), &[7; 32]))).map_err(|_| ());
            assert_eq!(found, expected, "{name}: {value}");
        }
    }

    #[test]
    fn a_name_or_type_cannot_break_out_of_its_header() {
        assert_eq!(percent("决定\r\n\".pdf"), "%E5%86%B3%E5%AE%9A%0D%0A%22.pdf");
        assert_eq!(media_type("application/pdf"), "application/pdf");
        assert_eq!(media_type("text/html\r\nx: y"), "application/octet-stream");
        assert_eq!(media_type("pdf"), "application/octet-stream");
    }
}
