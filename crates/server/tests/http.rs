//! The server over real sockets: health, tokens, documents, refusals, and stopping.

use std::time::Duration;

use crate::support::{Served, served};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dingce_ledger::SignedCheckpoint;
use dingce_ledger::tile::{TileId, TileLevel};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const WHO: &str = "water_officer";
const MOST: u64 = 1_000;

fn sha256(bytes: &[u8]) -> [u8; 32] {
    *dingce_ledger::sha256(bytes).as_bytes()
}

async fn told(request: reqwest::RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.expect("an answer");
    let status = response.status();
    assert!(response.headers().contains_key("x-operation-id"), "every answer names its operation");
    (status, response.json().await.expect("JSON"))
}

/// Begins an upload of ten bytes by hand and sends five of them.
async fn half_an_upload(served: &Served) -> TcpStream {
    let mut connection = TcpStream::connect(served.address).await.expect("connected");
    let head = format!(
        "PUT /files HTTP/1.1\r\nhost: dingce\r\nauthorization: Bearer {}\r\ncontent-length: 10\r\n\r\nhello",
        served.token(WHO)
    );
    connection.write_all(head.as_bytes()).await.expect("sent");
    connection.flush().await.expect("sent");
    // The server must have begun to read before the test goes on.
    tokio::time::sleep(Duration::from_millis(300)).await;
    connection
}

#[tokio::test(flavor = "multi_thread")]
async fn it_lives_and_is_ready() {
    let served = served(|_| {}).await;
    assert_eq!(told(served.client.get(served.url("/healthz"))).await, (StatusCode::OK, json!({"alive": true})));
    let (status, ready) = told(served.client.get(served.url("/readyz"))).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(ready, json!({"ready": true, "database": "ok", "background": "ok", "log": "ok", "stopping": false}));
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_reads_the_published_log_and_nobody_its_entries() {
    let served = served(|_| {}).await;
    let get = |path: &str| served.client.get(served.url(path)).send();
    let checkpoint = loop {
        let answer = get("/log/checkpoint").await.expect("an answer");
        if answer.status() == StatusCode::OK {
            break answer;
        }
        // Published within the merge delay.
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        tokio::task::yield_now().await;
    };
    assert_eq!(checkpoint.headers()["cache-control"], "no-cache");
    let signed = SignedCheckpoint::parse(&checkpoint.bytes().await.expect("bytes")).expect("a checkpoint");
    assert_eq!(signed.claimed().origin().as_str(), "dingce.localhost/log");
    let tile = TileId::in_tree(TileLevel::Hashes(0), 0, signed.claimed().size()).expect("a tile");
    let answer = get(&format!("/log/{tile}")).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(answer.bytes().await.expect("bytes").len(), 32 * usize::from(tile.width()));
    let entries = tile.entries().expect("a bundle");
    for path in [format!("/log/{entries}"), "/log/%2e%2e/keys/log.key".into(), "/log/tile/9/000".into(), "/log/".into()]
    {
        assert_eq!(get(&path).await.expect("an answer").status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_without_its_database_lives_but_is_not_ready() {
    let served = served(|_| {}).await;
    served.assembled.store.clone().close().await.expect("the database is gone");
    let (status, ready) = told(served.client.get(served.url("/readyz"))).await;
    assert_eq!((status, &ready["database"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("failed")));
    let (status, _) = told(served.client.get(served.url("/healthz"))).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn graphql_answers_a_person_with_a_token_and_the_public_without() {
    let served = served(|_| {}).await;
    let query = json!({"query": "{ __typename }"});
    let officials = || served.client.post(served.url("/graphql")).json(&query);
    let (status, answer) = told(officials().bearer_auth(served.token(WHO))).await;
    assert_eq!(status, StatusCode::OK);
    assert!(answer["data"]["__typename"].is_string(), "{answer}");
    let (status, answer) = told(served.client.post(served.url("/public/graphql")).json(&query)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(answer["data"]["__typename"].is_string(), "{answer}");
    for (request, why) in [
        (officials(), "no token"),
        (officials().bearer_auth("a.b.c"), "no JWT"),
        (officials().basic_auth(WHO, Some("secret")), "another scheme"),
    ] {
        let (status, answer) = told(request).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{why}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "NOT_AUTHENTICATED", "{why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_ends_with_its_time_on_the_clock_of_the_program() {
    let served = served(|_| {}).await;
    let token = served.token(WHO);
    let ask = || served.client.put(served.url("/files")).bearer_auth(&token).body("a");
    assert_eq!(told(ask()).await.0, StatusCode::CREATED);
    served.clock.advance(Duration::from_secs(62 * 60));
    assert_eq!(told(ask()).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_taken_and_kept_by_its_digest() {
    let served = served(|s| s.upload_limit_bytes = MOST).await;
    let bytes = vec![7; MOST as usize];
    let digest = sha256(&bytes);
    let encoded = STANDARD.encode(digest);
    let expected = json!({"digest": format!("sha256:{}", hex::encode(digest)), "size_bytes": MOST});
    for announced in
        [None, Some(("repr-digest", format!("sha-256=:{encoded}:"))), Some(("digest", format!("sha-256={encoded}")))]
    {
        let mut request = served.put(WHO, bytes.clone());
        if let Some((name, value)) = announced {
            request = request.header(name, value);
        }
        assert_eq!(told(request).await, (StatusCode::CREATED, expected.clone()));
    }
    assert_eq!(served.files(), 1, "the same bytes are one document");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_acceptable_is_refused_and_leaves_nothing() {
    let mut served = served(|s| s.upload_limit_bytes = MOST).await;
    served.ids.insert("stranger".to_owned(), format!("person_{}", "0".repeat(32)));
    let large = vec![7; MOST as usize + 1];
    let pieces: Vec<Result<Vec<u8>, std::io::Error>> = large.chunks(100).map(|c| Ok(c.to_vec())).collect();
    let streamed = reqwest::Body::wrap_stream(futures_util::stream::iter(pieces));
    let wrong = format!("sha-256=:{}:", STANDARD.encode(sha256(b"another")));
    for (request, status, code) in [
        (served.put(WHO, large), StatusCode::PAYLOAD_TOO_LARGE, "UPLOAD_NOT_ACCEPTABLE"),
        (served.put(WHO, streamed), StatusCode::PAYLOAD_TOO_LARGE, "UPLOAD_NOT_ACCEPTABLE"),
        (served.put(WHO, "a").header("repr-digest", wrong), StatusCode::UNPROCESSABLE_ENTITY, "UPLOAD_NOT_ACCEPTABLE"),
        (served.put(WHO, "a").header("digest", "sha-256=AAAA"), StatusCode::UNPROCESSABLE_ENTITY, "BAD_REQUEST"),
        (served.client.put(served.url("/files")).body("a"), StatusCode::UNAUTHORIZED, "NOT_AUTHENTICATED"),
        // Whoever holds no post has nothing to file.
        (served.put("stranger", "a"), StatusCode::FORBIDDEN, "FORBIDDEN"),
    ] {
        let (given, body) = told(request).await;
        assert_eq!((given, body["code"].as_str()), (status, Some(code)), "{body}");
        for words in ["message", "remedy"] {
            assert!(body[words].as_str().is_some_and(|w| !w.is_empty()), "{words} of {body}");
        }
    }
    assert_eq!(served.files(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let served = served(|_| {}).await;
    drop(half_an_upload(&served).await);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(served.files(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_that_are_not_there_and_those_one_may_not_see_are_the_same_answer() {
    let served = served(|_| {}).await;
    let (case, digest) = (format!("case_{}", "0".repeat(32)), "0".repeat(64));
    let own = |path: String| served.client.get(served.url(&path)).bearer_auth(served.token(WHO));
    for request in [
        own(format!("/files/{case}/{digest}")),
        own(format!("/files/{case}/sha256:{digest}")),
        own("/files/nothing/nothing".to_owned()),
        served.client.get(served.url(&format!("/public/files/{case}/{digest}"))),
        served.client.get(served.url("/no/such/address")),
    ] {
        let (status, body) = told(request).await;
        assert_eq!((status, &body["code"]), (StatusCode::NOT_FOUND, &json!("NOT_FOUND")));
    }
    let (status, _) = told(served.client.get(served.url(&format!("/files/{case}/{digest}")))).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let (status, body) = told(served.client.delete(served.url("/files"))).await;
    assert_eq!((status, &body["code"]), (StatusCode::METHOD_NOT_ALLOWED, &json!("METHOD_NOT_ALLOWED")));
    assert!(body["remedy"].as_str().is_some_and(|remedy| remedy.contains("PUT")), "{body}");
    let answer = served.client.post(served.url("/files")).send().await.expect("an answer");
    assert_eq!(answer.headers()["allow"], "PUT");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_keeps_browsers_safe() {
    let served = served(|_| {}).await;
    for path in ["/healthz", "/graphql", "/files", "/nothing"] {
        let answer = served.client.get(served.url(path)).send().await.expect("an answer");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.headers().get(name).and_then(|v| v.to_str().ok()), Some(value), "{path}: {name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_finishes_what_is_under_way_and_takes_nothing_new() {
    let served = served(|_| {}).await;
    let mut connection = half_an_upload(&served).await;
    served.stop.send_replace(true);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(TcpStream::connect(served.address).await.is_err(), "the port is closed");
    connection.write_all(b"world").await.expect("the rest is sent");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.expect("answered");
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    tokio::time::timeout(Duration::from_secs(5), served.serving).await.expect("in time").expect("ended").expect("well");
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_does_not_wait_for_ever() {
    let served = served(|s| s.drain_seconds = 1).await;
    let _connection = half_an_upload(&served).await;
    served.stop.send_replace(true);
    let files = served.assembled.settings.files();
    tokio::time::timeout(Duration::from_secs(5), served.serving).await.expect("in time").expect("ended").expect("well");
    assert!(!files.join("sha256").exists(), "nothing of the upload is kept");
}
