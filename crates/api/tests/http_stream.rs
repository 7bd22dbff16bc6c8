//! Subscriptions as server-sent events. Source: GraphQL over SSE, distinct connections mode.

use crate::http_support::*;
use dingce_api::http::{Settings, StreamEndpoint, StreamSettings, graphql_stream_endpoint};
use futures_util::StreamExt;
use poem::Endpoint;
use poem::http::Method;
use serde_json::json;
use std::time::Duration;
use tokio::sync::watch;

const EVENTS: &str = "text/event-stream";
const COMPLETE: &str = "event: complete\ndata:\n\n";

type TestStream = StreamEndpoint<async_graphql::Schema<Query, Mutation, Ticks>, Test>;

fn endpoint(streams: StreamSettings) -> (TestStream, watch::Sender<bool>, Ran) {
    let ran = Ran::default();
    let (stop, stopping) = watch::channel(false);
    let endpoint =
        graphql_stream_endpoint(streaming_schema(&ran), Test::default(), Settings::default(), streams, stopping);
    (endpoint, stop, ran)
}

fn subscribe(query: &str) -> poem::Request {
    let headers = [("content-type", JSON), ("accept", EVENTS)];
    request(Method::POST, "/graphql/stream", &headers, json!({ "query": query }).to_string())
}

#[tokio::test]
async fn results_come_as_events_and_end_with_complete() {
    let (endpoint, _stop, _) = endpoint(StreamSettings::default());
    let expected = format!(
        "event: next\ndata: {{\"data\":{{\"ticks\":0}}}}\n\nevent: next\ndata: {{\"data\":{{\"ticks\":1}}}}\n\n{COMPLETE}"
    );
    let posted = send(&endpoint, subscribe("subscription { ticks(n: 2) }")).await;
    assert_eq!(posted.text, expected);
    assert_eq!(posted.header("content-type"), Some("text/event-stream; charset=utf-8"));
    assert_eq!(posted.header("x-operation-id"), Some("op_1"));
    let uri = format!("/graphql/stream?query={}", percent("subscription { ticks(n: 2) }"));
    let got = send(&endpoint, request(Method::GET, &uri, &[("accept", EVENTS)], "")).await;
    assert_eq!(got.text, expected);
}

#[tokio::test]
async fn faults_of_the_document_are_events_and_faults_of_the_request_are_statuses() {
    let (endpoint, _stop, ran) = endpoint(StreamSettings::default());
    for (query, code) in [
        ("{", "SYNTAX_ERROR"),
        ("subscription { nothing }", "VALIDATION_FAILED"),
        ("mutation { act }", "WRONG_ENDPOINT"),
        ("subscription { ...f } fragment f on Ticks { ...f }", "FRAGMENT_CYCLE"),
    ] {
        let answer = send(&endpoint, subscribe(query)).await;
        assert_eq!(answer.status, 200, "{query}");
        assert!(answer.text.starts_with("event: next\n") && answer.text.ends_with(COMPLETE), "{}", answer.text);
        assert!(answer.text.contains(&format!("\"code\":\"{code}\"")), "{query}: {}", answer.text);
        assert!(!answer.text.contains("\"data\":"), "{query}: nothing was executed");
    }
    let mutation = format!("/graphql/stream?query={}", percent("mutation { act }"));
    for (method, uri, headers, body, status) in [
        (Method::GET, mutation.as_str(), vec![("accept", EVENTS)], "", 405),
        (Method::PUT, "/", vec![("accept", EVENTS)], "", 405),
        (Method::POST, "/", vec![("accept", JSON), ("content-type", JSON)], "{}", 406),
        (Method::POST, "/", vec![("accept", EVENTS), ("content-type", "text/plain")], "{}", 415),
        (Method::POST, "/", vec![("accept", EVENTS), ("content-type", JSON)], "{", 400),
        (Method::POST, "/", vec![("accept", EVENTS), ("content-type", JSON)], "[]", 422),
        (
            Method::POST,
            "/",
            vec![("accept", EVENTS), ("content-type", JSON), ("authorization", "Bearer bad")],
            "{}",
            401,
        ),
    ] {
        let answer = send(&endpoint, request(method, uri, &headers, body)).await;
        assert_eq!(answer.status.as_u16(), status, "{uri} {headers:?}");
        assert!(answer.header("x-operation-id").is_some());
    }
    assert_eq!(ran.times(), 0);
}

#[tokio::test]
async fn a_panic_ends_the_stream_without_its_words() {
    let (endpoint, _stop, _) = endpoint(StreamSettings::default());
    let answer = send(&endpoint, subscribe("subscription { broken }")).await;
    assert!(answer.text.contains("\"code\":\"INTERNAL\"") && answer.text.ends_with(COMPLETE), "{}", answer.text);
    assert!(!answer.text.contains("secret"));
}

#[tokio::test(start_paused = true)]
async fn a_quiet_stream_beats_and_ends_after_its_life() {
    let streams =
        StreamSettings { heartbeat: Duration::from_secs(15), lasts_max: Duration::from_secs(40), ..Default::default() };
    let (endpoint, _stop, _) = endpoint(streams);
    let answer = send(&endpoint, subscribe("subscription { silent }")).await;
    assert_eq!(answer.text, format!(":\n\n:\n\n{COMPLETE}"));
}

#[tokio::test(start_paused = true)]
async fn shutdown_completes_streams_and_refuses_new_ones() {
    let (endpoint, stop, _) = endpoint(StreamSettings::default());
    let open = endpoint.call(subscribe("subscription { silent }")).await.unwrap();
    let mut frames = Box::pin(open.into_body().into_bytes_stream());
    assert_eq!(&frames.next().await.unwrap().unwrap()[..], b":\n\n");
    stop.send(true).unwrap();
    assert_eq!(&frames.next().await.unwrap().unwrap()[..], COMPLETE.as_bytes());
    assert!(frames.next().await.is_none());
    let refused = send(&endpoint, subscribe("subscription { silent }")).await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (503, Some("5")));
}

#[tokio::test]
async fn streams_are_counted_and_given_back() {
    let (endpoint, _stop, _) = endpoint(StreamSettings { streams_max: 1, ..Default::default() });
    let open = endpoint.call(subscribe("subscription { silent }")).await.unwrap();
    let refused = send(&endpoint, subscribe("subscription { ticks(n: 1) }")).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_deref()), (503, Some("UNAVAILABLE")));
    drop(open);
    let served = send(&endpoint, subscribe("subscription { ticks(n: 1) }")).await;
    assert_eq!(served.status, 200);
}
