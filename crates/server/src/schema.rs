//! Where the server meets the schemas: how they are made, and what each request carries to them.
use std::sync::Arc;

use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};
use dingce_app::App;

/// .
pub struct Query;
#[Object]
impl Query {
    async fn hello(&self) -> &str {
        "hello"
    }
}
/// The schema of the console.
pub type Officials = Schema<Query, EmptyMutation, EmptySubscription>;
/// The schema of the public.
pub type Public = Schema<Query, EmptyMutation, EmptySubscription>;
/// The schema of the console over an application.
pub fn officials(app: &Arc<App>) -> Officials {
    Schema::build(Query, EmptyMutation, EmptySubscription).data(Arc::clone(app)).finish()
}
/// The schema of the public over an application.
pub fn public(app: &Arc<App>) -> Public {
    officials(app)
}

/// In which language somebody reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// Simplified Chinese.
    Zh,
    /// English.
    En,
}

/// The language that `Accept-Language` prefers; Chinese where it names neither.
pub fn lang(headers: &poem::http::HeaderMap) -> Lang {
    let text = headers.get("accept-language").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let mut best = (0, Lang::Zh);
    for part in text.split(',') {
        let mut pieces = part.split(';').map(str::trim);
        let tag = pieces.next().unwrap_or_default().to_ascii_lowercase();
        let quality = pieces
            .find_map(|p| p.strip_prefix("q="))
            .map_or(1000, |q| q.parse::<f32>().map_or(0, |q| (q.clamp(0.0, 1.0) * 1000.0) as u32));
        let lang = match tag.split('-').next() {
            Some("zh") => Lang::Zh,
            Some("en") => Lang::En,
            _ => continue,
        };
        if quality > best.0 {
            best = (quality, lang);
        }
    }
    best.1
}

/// What an official's request carries to the resolvers.
pub fn attach_official(
    _app: &Arc<App>,
    caller: &crate::http::Caller,
    request: async_graphql::Request,
) -> async_graphql::Request {
    request.data(caller.principal).data(caller.lang)
}

/// What a request of the public carries to the resolvers.
pub fn attach_public(_app: &Arc<App>, lang: Lang, request: async_graphql::Request) -> async_graphql::Request {
    request.data(lang)
}

/// SDL.
pub fn officials_sdl() -> String {
    String::new()
}
/// SDL.
pub fn public_sdl() -> String {
    String::new()
}
