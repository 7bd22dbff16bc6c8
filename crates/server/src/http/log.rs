//! The published log: files that anybody may read, for ever. Entries are not among them.

use std::sync::Arc;

use poem::http::{StatusCode, header};
use poem::{Endpoint, IntoEndpoint, Request, Response, endpoint, get};

use crate::assemble::Assembled;

/// Tiles of one size never change, partial ones neither.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const NOW: &str = "no-cache";

/// `GET /log/checkpoint`, `GET /log/tile/…`.
pub(super) fn file(assembled: Arc<Assembled>) -> impl Endpoint<Output = Response> {
    get(endpoint::make(move |request: Request| {
        let assembled = Arc::clone(&assembled);
        async move {
            let path = request.raw_path_param("path").unwrap_or_default().to_owned();
            match assembled.app.log_file(&path).await {
                Ok(Some(bytes)) if path == "checkpoint" => answered(bytes, "text/plain; charset=utf-8", NOW),
                Ok(Some(bytes)) => answered(bytes, "application/octet-stream", FOR_EVER),
                Ok(None) => StatusCode::NOT_FOUND.into(),
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, path, "a file of the log cannot be read");
                    StatusCode::SERVICE_UNAVAILABLE.into()
                }
            }
        }
    }))
    .into_endpoint()
}

fn answered(bytes: Vec<u8>, kind: &'static str, cache: &'static str) -> Response {
    Response::builder()
        .header(header::CONTENT_TYPE, kind)
        .header(header::CACHE_CONTROL, cache)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .body(bytes)
}
