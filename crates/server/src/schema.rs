//! Where the server meets the schemas: what each request carries to them.

use dingce_api::Lang;
use poem::http::{HeaderMap, header};

use crate::http::Caller;

/// The language that `Accept-Language` prefers among Chinese and English; Chinese where it names neither.
pub fn lang(headers: &HeaderMap) -> Lang {
    let text = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let mut best = (0, Lang::Zh);
    for part in text.split(',') {
        let mut pieces = part.split(';').map(str::trim);
        let tag = pieces.next().unwrap_or_default().to_ascii_lowercase();
        let lang = match tag.split('-').next() {
            Some("zh") => Lang::Zh,
            Some("en") => Lang::En,
            _ => continue,
        };
        let quality = thousandths(pieces.find_map(|p| p.strip_prefix("q=")));
        // Between equals the one named first.
        if quality > best.0 {
            best = (quality, lang);
        }
    }
    best.1
}

/// A quality in thousandths, as RFC 9110 allows three decimals; one that cannot be read counts nothing.
fn thousandths(quality: Option<&str>) -> u32 {
    let Some(text) = quality else { return 1000 };
    match text.split_once('.').unwrap_or((text, "")) {
        ("1", _) => 1000,
        ("0", decimals) if decimals.len() <= 3 => format!("{decimals:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

/// What an official's request carries to the resolvers.
pub fn attach_official(caller: &Caller, request: async_graphql::Request) -> async_graphql::Request {
    request.data(caller.principal).data(caller.lang)
}

/// What a request of the public carries to the resolvers.
pub fn attach_public(lang: Lang, request: async_graphql::Request) -> async_graphql::Request {
    request.data(lang)
}

#[cfg(test)]
mod tests {
    use poem::http::HeaderValue;

    use super::*;

    #[test]
    fn the_preferred_language_is_found() {
        for (header, expected) in [
            ("", Lang::Zh),
            ("en", Lang::En),
            ("en-GB,en;q=0.9", Lang::En),
            ("zh-CN,zh;q=0.9,en;q=0.8", Lang::Zh),
            ("fr, en;q=0.5, zh;q=0.4", Lang::En),
            ("en;q=0.25, zh-Hans;q=0.3", Lang::Zh),
            ("fr", Lang::Zh),
            ("en;q=0", Lang::Zh),
            ("en;q=x", Lang::Zh),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(header));
            assert_eq!(lang(&headers), expected, "{header}");
        }
    }
}
