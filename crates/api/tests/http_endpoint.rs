//! GraphQL over HTTP, row by row. Source: GraphQL over HTTP, September 2026, §Request, §Response and §Status Codes.

use crate::http_support::*;
use dingce_api::http::{Code, GraphqlEndpoint, Limits, Settings, graphql_endpoint};
use futures_util::stream;
use poem::Body;
use poem::http::Method;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

type TestEndpoint = GraphqlEndpoint<async_graphql::Schema<Query, Mutation, async_graphql::EmptySubscription>, Test>;

fn endpoint() -> (TestEndpoint, Ran) {
    with(Settings::default())
}

fn with(settings: Settings) -> (TestEndpoint, Ran) {
    let ran = Ran::default();
    (graphql_endpoint(schema(&ran), Test::default(), settings), ran)
}

/// Story, method, address, headers, body, expected status, expected code.
type Row<'a> = (&'a str, Method, String, &'a [(&'a str, &'a str)], String, u16, Option<&'a str>);

#[tokio::test]
async fn each_fault_of_the_request_has_its_status() {
    let q = |text: &str| format!("/graphql?query={}", percent(text));
    let hello = json!({ "query": "{ hello }" }).to_string();
    let json_headers: &[(&str, &str)] = &[("content-type", JSON), ("accept", GRAPHQL)];
    let get_headers: &[(&str, &str)] = &[("accept", GRAPHQL)];
    let rows: Vec<Row<'_>> = vec![
        ("a query by POST", Method::POST, "/graphql".into(), json_headers, hello.clone(), 200, None),
        ("a query by GET", Method::GET, q("{ hello }"), get_headers, String::new(), 200, None),
        (
            "a mutation by GET",
            Method::GET,
            q("mutation { act }"),
            get_headers,
            String::new(),
            405,
            Some("METHOD_NOT_ALLOWED"),
        ),
        (
            "a subscription by GET",
            Method::GET,
            q("subscription { ticks(n: 1) }"),
            get_headers,
            String::new(),
            405,
            Some("METHOD_NOT_ALLOWED"),
        ),
        ("HEAD", Method::HEAD, q("{ hello }"), get_headers, String::new(), 405, Some("METHOD_NOT_ALLOWED")),
        ("PUT", Method::PUT, "/graphql".into(), json_headers, hello.clone(), 405, Some("METHOD_NOT_ALLOWED")),
        ("DELETE", Method::DELETE, "/graphql".into(), json_headers, hello.clone(), 405, Some("METHOD_NOT_ALLOWED")),
        ("PATCH", Method::PATCH, "/graphql".into(), json_headers, hello.clone(), 405, Some("METHOD_NOT_ALLOWED")),
        (
            "text/plain",
            Method::POST,
            "/graphql".into(),
            &[("content-type", "text/plain"), ("accept", GRAPHQL)],
            hello.clone(),
            415,
            Some("UNSUPPORTED_MEDIA_TYPE"),
        ),
        (
            "multipart",
            Method::POST,
            "/graphql".into(),
            &[("content-type", "multipart/form-data; boundary=x"), ("accept", GRAPHQL)],
            hello.clone(),
            415,
            Some("UNSUPPORTED_MEDIA_TYPE"),
        ),
        (
            "a form",
            Method::POST,
            "/graphql".into(),
            &[("content-type", "application/x-www-form-urlencoded"), ("accept", GRAPHQL)],
            "query={hello}".into(),
            415,
            Some("UNSUPPORTED_MEDIA_TYPE"),
        ),
        (
            "application/graphql",
            Method::POST,
            "/graphql".into(),
            &[("content-type", "application/graphql"), ("accept", GRAPHQL)],
            "{ hello }".into(),
            415,
            Some("UNSUPPORTED_MEDIA_TYPE"),
        ),
        (
            "another charset",
            Method::POST,
            "/graphql".into(),
            &[("content-type", "application/json; charset=gbk"), ("accept", GRAPHQL)],
            hello.clone(),
            415,
            Some("UNSUPPORTED_MEDIA_TYPE"),
        ),
        (
            "no content type",
            Method::POST,
            "/graphql".into(),
            get_headers,
            hello.clone(),
            415,
            Some("UNSUPPORTED_MEDIA_TYPE"),
        ),
        (
            "a compressed body",
            Method::POST,
            "/graphql".into(),
            &[("content-type", JSON), ("content-encoding", "gzip"), ("accept", GRAPHQL)],
            hello.clone(),
            415,
            Some("UNSUPPORTED_MEDIA_TYPE"),
        ),
        (
            "GET with a form's content type",
            Method::GET,
            q("{ hello }"),
            &[("content-type", "text/plain"), ("accept", GRAPHQL)],
            String::new(),
            415,
            Some("UNSUPPORTED_MEDIA_TYPE"),
        ),
        (
            "Accept: text/html",
            Method::POST,
            "/graphql".into(),
            &[("content-type", JSON), ("accept", "text/html")],
            hello.clone(),
            406,
            Some("NOT_ACCEPTABLE"),
        ),
        ("not JSON", Method::POST, "/graphql".into(), json_headers, "NONSENSE".into(), 400, Some("BAD_JSON")),
        ("half of JSON", Method::POST, "/graphql".into(), json_headers, "{\"query\":".into(), 400, Some("BAD_JSON")),
        ("no body", Method::POST, "/graphql".into(), json_headers, String::new(), 400, Some("BAD_JSON")),
        (
            "JSON nested without end",
            Method::POST,
            "/graphql".into(),
            json_headers,
            "[".repeat(100_000),
            400,
            Some("BAD_JSON"),
        ),
        (
            "no query",
            Method::POST,
            "/graphql".into(),
            json_headers,
            json!({"qeury": "{ hello }"}).to_string(),
            422,
            Some("BAD_REQUEST"),
        ),
        (
            "query is a number",
            Method::POST,
            "/graphql".into(),
            json_headers,
            json!({"query": 1}).to_string(),
            422,
            Some("BAD_REQUEST"),
        ),
        (
            "variables is a list",
            Method::POST,
            "/graphql".into(),
            json_headers,
            json!({"query": "{ hello }", "variables": [7]}).to_string(),
            422,
            Some("BAD_REQUEST"),
        ),
        (
            "variables is a text",
            Method::POST,
            "/graphql".into(),
            json_headers,
            json!({"query": "{ hello }", "variables": "{}"}).to_string(),
            422,
            Some("BAD_REQUEST"),
        ),
        (
            "operationName is a number",
            Method::POST,
            "/graphql".into(),
            json_headers,
            json!({"query": "{ hello }", "operationName": 1}).to_string(),
            422,
            Some("BAD_REQUEST"),
        ),
        (
            "extensions is a text",
            Method::POST,
            "/graphql".into(),
            json_headers,
            json!({"query": "{ hello }", "extensions": "x"}).to_string(),
            422,
            Some("BAD_REQUEST"),
        ),
        (
            "a JSON string",
            Method::POST,
            "/graphql".into(),
            json_headers,
            "\"{ hello }\"".into(),
            422,
            Some("BAD_REQUEST"),
        ),
        (
            "unknown extensions and properties",
            Method::POST,
            "/graphql".into(),
            json_headers,
            json!({"query": "{ hello }", "extensions": {"x": 1}, "more": 2}).to_string(),
            200,
            None,
        ),
        (
            "nulls for what is optional",
            Method::POST,
            "/graphql".into(),
            json_headers,
            json!({"query": "{ hello }", "variables": null, "operationName": null, "extensions": null}).to_string(),
            200,
            None,
        ),
        ("a batch", Method::POST, "/graphql".into(), json_headers, format!("[{hello}]"), 422, Some("BATCH_REFUSED")),
        (
            "a document that does not parse",
            Method::POST,
            "/graphql".into(),
            json_headers,
            json!({"query": "{"}).to_string(),
            400,
            Some("SYNTAX_ERROR"),
        ),
        (
            "an unknown field",
            Method::POST,
            "/graphql".into(),
            json_headers,
            json!({"query": "{ nothing }"}).to_string(),
            422,
            Some("VALIDATION_FAILED"),
        ),
        (
            "a missing variable",
            Method::POST,
            "/graphql".into(),
            json_headers,
            json!({"query": "query($n: Int!) { number(n: $n) }"}).to_string(),
            422,
            Some("VALIDATION_FAILED"),
        ),
        (
            "a variable of the wrong type",
            Method::POST,
            "/graphql".into(),
            json_headers,
            json!({"query": "query($n: Int!) { number(n: $n) }", "variables": {"n": "x"}}).to_string(),
            422,
            Some("VALIDATION_FAILED"),
        ),
        (
            "an unknown operation",
            Method::POST,
            "/graphql".into(),
            json_headers,
            json!({"query": "query A { hello }", "operationName": "B"}).to_string(),
            422,
            Some("UNKNOWN_OPERATION"),
        ),
        (
            "two operations and no name",
            Method::POST,
            "/graphql".into(),
            json_headers,
            json!({"query": "query A { hello } query B { hello }"}).to_string(),
            422,
            Some("UNKNOWN_OPERATION"),
        ),
        (
            "a subscription by POST",
            Method::POST,
            "/graphql".into(),
            json_headers,
            json!({"query": "subscription { ticks(n: 1) }"}).to_string(),
            422,
            Some("WRONG_ENDPOINT"),
        ),
        ("GET without query", Method::GET, "/graphql".into(), get_headers, String::new(), 422, Some("BAD_REQUEST")),
        (
            "GET with query twice",
            Method::GET,
            "/graphql?query=%7Bhello%7D&query=%7Bhello%7D".into(),
            get_headers,
            String::new(),
            422,
            Some("BAD_REQUEST"),
        ),
        (
            "GET with variables that are not JSON",
            Method::GET,
            q("{ hello }") + "&variables=%7B",
            get_headers,
            String::new(),
            400,
            Some("BAD_JSON"),
        ),
        (
            "GET with variables that are a list",
            Method::GET,
            q("{ hello }") + "&variables=%5B%5D",
            get_headers,
            String::new(),
            422,
            Some("BAD_REQUEST"),
        ),
        (
            "GET too long",
            Method::GET,
            q(&format!("{{ hello }} #{}", "x".repeat(20_000))),
            get_headers,
            String::new(),
            414,
            Some("URL_TOO_LONG"),
        ),
        (
            "a bad token",
            Method::POST,
            "/graphql".into(),
            &[("content-type", JSON), ("accept", GRAPHQL), ("authorization", "Bearer bad")],
            hello.clone(),
            401,
            Some("NOT_AUTHENTICATED"),
        ),
    ];
    let (endpoint, ran) = endpoint();
    for (story, method, uri, headers, body, status, code) in rows {
        let before = ran.times();
        let answer = send(&endpoint, request(method, &uri, headers, body)).await;
        assert_eq!(answer.status.as_u16(), status, "{story}: {}", answer.text);
        assert_eq!(answer.code().as_deref(), code, "{story}");
        assert!(answer.header("x-operation-id").is_some_and(|id| id.starts_with("op_")), "{story}");
        assert_eq!(ran.times() > before, code.is_none(), "{story}: a refused request runs nothing");
        assert_eq!(answer.json().get("data").is_some(), code.is_none(), "{story}: data is absent when nothing ran");
    }
}

#[tokio::test]
async fn refusals_say_which_methods_would_do() {
    let (endpoint, _) = endpoint();
    let put = send(&endpoint, request(Method::PUT, "/graphql", &[], "")).await;
    assert_eq!(put.header("allow"), Some("GET, POST"));
    let uri = format!("/graphql?query={}", percent("mutation { act }"));
    let mutation = send(&endpoint, request(Method::GET, &uri, &[], "")).await;
    assert_eq!(mutation.header("allow"), Some("POST"));
    let bad = [("content-type", JSON), ("authorization", "Basic eDp5")];
    let unknown = send(&endpoint, request(Method::POST, "/graphql", &bad, "{}")).await;
    assert!(unknown.header("www-authenticate").is_some_and(|value| value.starts_with("Bearer")));
}

#[tokio::test]
async fn get_honours_the_operation_name() {
    let (endpoint, ran) = endpoint();
    let document = percent("query A { hello(name: \"a\") } query B { hello(name: \"b\") } mutation C { act }");
    for (name, expected) in [("A", "hello a"), ("B", "hello b")] {
        let uri = format!("/graphql?query={document}&operationName={name}&variables=");
        let answer = send(&endpoint, request(Method::GET, &uri, &[("accept", GRAPHQL)], "")).await;
        assert_eq!(answer.json(), json!({ "data": { "hello": expected } }));
    }
    let before = ran.times();
    let uri = format!("/graphql?query={document}&operationName=C");
    assert_eq!(send(&endpoint, request(Method::GET, &uri, &[], "")).await.status, 405);
    assert_eq!(ran.times(), before);
}

#[tokio::test]
async fn get_reads_variables() {
    let (endpoint, _) = endpoint();
    let document = percent("query($n: Int!) { number(n: $n) }");
    let uri = format!("/graphql?query={document}&variables={}", percent(r#"{"n": 7}"#));
    let answer = send(&endpoint, request(Method::GET, &uri, &[], "")).await;
    assert_eq!(answer.json(), json!({ "data": { "number": 7 } }));
}

#[tokio::test]
async fn clients_of_plain_json_get_200_for_a_well_formed_request() {
    let (endpoint, _) = endpoint();
    for (body, status) in [
        (json!({ "query": "{ hello }" }), 200),
        (json!({ "query": "{" }), 200),
        (json!({ "query": "{ nothing }" }), 200),
        (json!({ "query": "query A { hello }", "operationName": "B" }), 200),
        (json!({ "qeury": "{ hello }" }), 422),
        (json!([{ "query": "{ hello }" }]), 422),
    ] {
        let answer = post(&endpoint, JSON, body.to_string()).await;
        assert_eq!(answer.status.as_u16(), status, "{body}");
        assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    }
}

#[tokio::test]
async fn the_answer_has_the_media_type_asked_for() {
    let (endpoint, _) = endpoint();
    for (accept, expected) in [
        (Some(GRAPHQL), "application/graphql-response+json; charset=utf-8"),
        (Some(JSON), "application/json; charset=utf-8"),
        (Some("*/*"), "application/json; charset=utf-8"),
        (None, "application/json; charset=utf-8"),
    ] {
        let mut headers = vec![("content-type", JSON)];
        headers.extend(accept.map(|accept| ("accept", accept)));
        let body = json!({ "query": "{ hello }" }).to_string();
        let answer = send(&endpoint, request(Method::POST, "/graphql", &headers, body)).await;
        assert_eq!(answer.header("content-type"), Some(expected), "{accept:?}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[tokio::test]
async fn a_large_body_is_refused_while_it_streams() {
    let (endpoint, ran) = endpoint();
    let sent = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&sent);
    // 10 MB without a declared length, in pieces of 64 KiB.
    let chunks = stream::iter((0..160).map(move |_| {
        counting.fetch_add(1, Ordering::SeqCst);
        Ok::<_, std::io::Error>(vec![b' '; 64 * 1024])
    }));
    let answer = post(&endpoint, GRAPHQL, Body::from_bytes_stream(chunks)).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_deref()), (413, Some("BODY_TOO_LARGE")));
    assert!(sent.load(Ordering::SeqCst) <= 18, "reading stopped near the bound of 1 MiB");
    let declared = [("content-type", JSON), ("content-length", "10000000")];
    let answer = send(&endpoint, request(Method::POST, "/graphql", &declared, "")).await;
    assert_eq!(answer.status, 413);
    assert_eq!(ran.times(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_arrives_is_given_up() {
    let (endpoint, _) = endpoint();
    let never = stream::pending::<Result<Vec<u8>, std::io::Error>>();
    let answer = post(&endpoint, GRAPHQL, Body::from_bytes_stream(never)).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_deref()), (408, Some("REQUEST_TIMEOUT")));
}

#[tokio::test]
async fn resolvers_know_who_calls_and_in_which_operation() {
    let (endpoint, _) = endpoint();
    let headers = [("content-type", JSON), ("authorization", "Bearer good")];
    let body = json!({ "query": "{ who }" }).to_string();
    let answer = send(&endpoint, request(Method::POST, "/graphql", &headers, body)).await;
    assert_eq!(answer.json(), json!({ "data": { "who": "person_1 in op_1" } }));
    assert_eq!(answer.header("x-operation-id"), Some("op_1"));
}

#[tokio::test]
async fn failures_inside_stay_inside() {
    let (endpoint, _) = endpoint();
    // (document, data, code)
    for (query, data, code) in [
        ("{ boom }", json!(null), "INTERNAL"),
        ("{ hello fail }", json!({ "hello": "hello ", "fail": null }), "INTERNAL"),
        ("{ failWhole }", json!(null), "INTERNAL"),
        ("{ hello coded }", json!({ "hello": "hello ", "coded": null }), "NOT_FOUND"),
    ] {
        let answer = ask(&endpoint, query).await;
        assert_eq!(answer.status, dingce_api::http::PARTIAL_STATUS, "{query}");
        assert_eq!(answer.json()["data"], data, "{query}");
        assert!(answer.json().as_object().is_some_and(|answer| answer.contains_key("data")), "{query}");
        assert_eq!(answer.code().as_deref(), Some(code), "{query}");
        assert!(!answer.text.contains("secret"), "{query}: {}", answer.text);
        if code == "INTERNAL" {
            assert_eq!(
                answer.json()["errors"][0]["extensions"]["operationId"].as_str(),
                answer.header("x-operation-id")
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_operation_ends_at_its_deadline() {
    let (endpoint, _) = with(Settings { execute_timeout: Duration::from_secs(2), ..Settings::default() });
    let answer = ask(&endpoint, "{ slow }").await;
    assert_eq!((answer.status.as_u16(), answer.code().as_deref()), (200, Some("TIMEOUT")));
    assert!(answer.json()["data"].is_null());
}

#[tokio::test]
async fn batches_run_where_they_are_allowed_and_share_one_budget() {
    let limits = Limits { cost_max: 250, ..Limits::default() };
    let (endpoint, ran) = with(Settings { batch_max: 3, limits, ..Settings::default() });
    let batch =
        |queries: &[&str]| json!(queries.iter().map(|query| json!({ "query": query })).collect::<Vec<_>>()).to_string();

    let answer = post(&endpoint, GRAPHQL, batch(&["{ hello }", "mutation { act }", "{"])).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()[0], json!({ "data": { "hello": "hello " } }));
    assert_eq!(answer.json()[1], json!({ "data": { "act": 2 } }));
    assert_eq!(answer.json()[2]["errors"][0]["extensions"]["code"], "SYNTAX_ERROR");

    let before = ran.times();
    for body in [batch(&["{ hello }"; 4]), batch(&[])] {
        let answer = post(&endpoint, GRAPHQL, body).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_deref()), (422, Some("BATCH_REFUSED")));
    }
    assert_eq!(ran.times(), before);

    let answer = post(&endpoint, GRAPHQL, batch(&["{ list(first: 100) { id } }"; 3])).await;
    assert_eq!(answer.json()[2]["errors"][0]["extensions"]["code"], "COST_EXCEEDED");
    assert_eq!(answer.json()[2]["errors"][0]["extensions"]["given"], 303);
}

#[test]
fn codes_are_distinct_and_written_down() {
    let page = include_str!("../../../docs/formats/http.md");
    for (at, code) in Code::ALL.iter().enumerate() {
        assert!(Code::ALL[..at].iter().all(|other| other.as_str() != code.as_str()), "{code:?} is there twice");
        assert!(page.contains(&format!("| `{}` |", code.as_str())), "docs/formats/http.md explains {code:?}");
    }
}
