//! Media types: what the client accepts, and what it sends.
//!
//! Sources: GraphQL over HTTP (September 2026) §Media Types and §Accept; RFC 9110 §12.5.1.

/// A media type we answer in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// `application/graphql-response+json`: the status tells the outcome.
    GraphqlResponse,
    /// `application/json`: for clients that know no other.
    Json,
}

impl Media {
    /// The value of `Content-Type`.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// Chooses the media type of the answer, or `None` when neither is acceptable.
///
/// The higher quality wins; between equals the one listed first. A missing or empty header and `*/*` mean
/// `application/json`, as the specification's audit suite expects of a server that also serves old clients.
#[must_use]
pub fn negotiate(accept: Option<&str>) -> Option<Media> {
    let Some(accept) = accept.map(str::trim).filter(|text| !text.is_empty()) else {
        return Some(Media::Json);
    };
    // JSON comes first so that a wildcard, which ranks both alike, means JSON.
    let json = preference(accept, "json").map(|rank| (rank, Media::Json));
    let graphql = preference(accept, "graphql-response+json").map(|rank| (rank, Media::GraphqlResponse));
    match (json, graphql) {
        (Some((json, _)), Some((graphql, _))) if graphql > json => Some(Media::GraphqlResponse),
        (Some(_), _) => Some(Media::Json),
        (None, chosen) => chosen.map(|(_, media)| media),
    }
}

/// Whether an answer of `text/event-stream` is acceptable. A missing header accepts anything.
#[must_use]
pub fn accepts_events(accept: Option<&str>) -> bool {
    accept.is_none_or(|accept| {
        accept.trim().is_empty()
            || ranges(accept)
                .any(|range| range.quality > 0 && ["text/event-stream", "text/*", "*/*"].contains(&&*range.name))
    })
}

/// Whether a `Content-Type` is `application/json` in UTF-8.
#[must_use]
pub fn is_json(content_type: &str) -> bool {
    ranges(content_type).count() == 1
        && ranges(content_type).all(|range| range.name == "application/json" && range.is_utf8)
}

struct Range {
    name: String,
    /// Thousandths, as RFC 9110 allows three decimals.
    quality: u32,
    is_utf8: bool,
}

fn ranges(header: &str) -> impl Iterator<Item = Range> {
    header.split(',').map(|part| {
        let mut pieces = part.split(';').map(str::trim);
        let name = pieces.next().unwrap_or_default().to_ascii_lowercase();
        let mut range = Range { name, quality: 1000, is_utf8: true };
        for (key, value) in pieces.filter_map(|piece| piece.split_once('=')) {
            let value = value.trim().trim_matches('"');
            match key.trim().to_ascii_lowercase().as_str() {
                "q" => range.quality = value.parse::<f32>().map_or(0, |q| (q.clamp(0.0, 1.0) * 1000.0) as u32),
                "charset" => range.is_utf8 = value.eq_ignore_ascii_case("utf-8"),
                _ => {}
            }
        }
        range
    })
}

/// How much `application/<subtype>` is wanted: its quality, then (negated) its place in the list. The most specific
/// range decides, so `application/json;q=0, */*` refuses JSON.
fn preference(accept: &str, subtype: &str) -> Option<(u32, std::cmp::Reverse<usize>)> {
    let exact = format!("application/{subtype}");
    ranges(accept)
        .enumerate()
        .filter(|(_, range)| range.is_utf8)
        .filter_map(|(place, range)| match &*range.name {
            name if name == exact => Some((2, range.quality, place)),
            "application/*" => Some((1, range.quality, usize::MAX - 1)),
            "*/*" => Some((0, range.quality, usize::MAX)),
            _ => None,
        })
        .max_by_key(|(specific, _, place)| (*specific, std::cmp::Reverse(*place)))
        .filter(|(_, quality, _)| *quality > 0)
        .map(|(_, quality, place)| (quality, std::cmp::Reverse(place)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_chooses_a_media_type() {
        use Media::{GraphqlResponse, Json};
        for (accept, expected) in [
            (None, Some(Json)),
            (Some(""), Some(Json)),
            (Some("*/*"), Some(Json)),
            (Some("application/*"), Some(Json)),
            (Some("application/json"), Some(Json)),
            (Some("application/graphql-response+json"), Some(GraphqlResponse)),
            (
                Some("application/graphql-response+json; charset=utf-8, application/json; charset=utf-8"),
                Some(GraphqlResponse),
            ),
            (Some("application/json, application/graphql-response+json"), Some(Json)),
            (Some("application/json;q=0.5, application/graphql-response+json;q=0.9"), Some(GraphqlResponse)),
            (Some("application/graphql-response+json, */*"), Some(GraphqlResponse)),
            (Some("application/json;q=0, */*"), Some(GraphqlResponse)),
            (Some("application/graphql-response+json;charset=gbk"), None),
            (Some("APPLICATION/JSON"), Some(Json)),
            (Some("text/html"), None),
            (Some("*/*;q=0"), None),
        ] {
            assert_eq!(negotiate(accept), expected, "{accept:?}");
        }
    }

    #[test]
    fn only_utf8_json_is_a_request() {
        for (given, expected) in [
            ("application/json", true),
            ("application/json; charset=utf-8", true),
            ("Application/JSON; Charset=\"UTF-8\"", true),
            ("application/json; charset=gbk", false),
            ("application/json, text/plain", false),
            ("application/graphql", false),
            ("text/plain", false),
            ("multipart/form-data; boundary=x", false),
            ("application/x-www-form-urlencoded", false),
            ("", false),
        ] {
            assert_eq!(is_json(given), expected, "{given}");
        }
    }

    #[test]
    fn event_streams_are_asked_for() {
        for (given, expected) in [
            (None, true),
            (Some("text/event-stream"), true),
            (Some("application/json, text/event-stream;q=0.1"), true),
            (Some("application/json"), false),
            (Some("text/event-stream;q=0"), false),
        ] {
            assert_eq!(accepts_events(given), expected, "{given:?}");
        }
    }
}
