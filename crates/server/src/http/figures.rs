//! Figures for an appraisal, as files.

use std::sync::Arc;

use dingce_app::AppError;
use dingce_app::figures_file::{self, FigureFormat};
use dingce_app::use_cases::{Asking, Mark};
use dingce_domain::code::Code;
use dingce_domain::figures::Period;
use dingce_domain::id::UnitId;
use dingce_domain::rejection::Rejection;
use jiff::civil::Date;
use poem::http::header;
use poem::{Endpoint, IntoEndpoint, Request, Response, endpoint, get};
use serde::Deserialize;

use super::files::{Refused, about, answered};
use super::session::{Caller, caller};
use crate::assemble::Assembled;

/// What is asked for, as texts: what cannot be read is refused as any other input.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    from: String,
    to: String,
    taken_as: Option<String>,
}

/// `GET /figures/{organ}/{file}?from=…&to=…&taken_as=…`; the file is `figures.json`, `figures.csv`, `acts.csv` or `figures.xlsx`.
pub(super) fn download(assembled: Arc<Assembled>) -> impl Endpoint<Output = Response> {
    get(endpoint::make(move |request: Request| {
        let assembled = Arc::clone(&assembled);
        async move {
            let (lang, operation) = about(&request);
            answered(given(&assembled, &request).await, lang, &operation)
        }
    }))
    .into_endpoint()
}

async fn given(assembled: &Assembled, request: &Request) -> Result<Response, Refused> {
    let Caller { principal, .. } = caller(assembled, request.headers()).await?;
    let text = |name| request.raw_path_param(name).unwrap_or_default();
    let missing = |given: &str| Refused::App(AppError::not_found(given));
    let (organ, file) = (text("organ"), text("file"));
    let organ: UnitId = organ.parse().map_err(|_| missing(organ))?;
    let format = FigureFormat::of_name(file).ok_or_else(|| missing(file))?;
    let asked = asking(request)?;
    let taken = assembled.app.figures(principal, organ, asked).await?;
    // Making a workbook of many acts takes a while: requests that only wait for the database go on beside it.
    let bytes = tokio::task::spawn_blocking(move || figures_file::write(&taken, format).map(|bytes| (bytes, taken)));
    let (bytes, taken) = bytes.await.map_err(|error| AppError::internal("writing figures", error))??;
    let (from, to) = (taken.period.from(), taken.period.to());
    let disposition = format!("attachment; filename=\"{from}_{to}_{}\"", format.name());
    Ok(Response::builder()
        .header(header::CONTENT_TYPE, format.media_type())
        .header(header::CONTENT_DISPOSITION, disposition)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::CACHE_CONTROL, "private, no-store")
        .header("x-taken-as", taken.mark.to_string())
        .body(bytes))
}

fn asking(request: &Request) -> Result<Asking, Refused> {
    let unread = |path: &str, needed: &str| Rejection::new(Code::InputNotAcceptable).at(path).needed(needed);
    let asked: Asked = request
        .params()
        .map_err(|_| unread("from", "from=YYYY-MM-DD&to=YYYY-MM-DD, and taken_as alone beside them"))?;
    let day = |path: &str, text: &str| -> Result<Date, Rejection> {
        text.parse().map_err(|_| unread(path, "YYYY-MM-DD").given(text))
    };
    let period = Period::new(day("from", &asked.from)?, day("to", &asked.to)?)?;
    let mark: Option<Mark> = asked.taken_as.as_deref().map(str::parse).transpose()?;
    Ok(Asking { period, mark })
}
