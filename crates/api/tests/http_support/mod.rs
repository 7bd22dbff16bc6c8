//! A small schema that counts what it resolves, and helpers to send it requests.
#![allow(missing_docs)]

use async_graphql::{EmptySubscription, ErrorExtensions, Object, Schema, Subscription};
use async_trait::async_trait;
use dingce_api::http::{Code, OperationId, Refusal, Session};
use futures_util::{Stream, stream};
use poem::http::{Method, StatusCode};
use poem::{Body, Endpoint, Request, RequestParts, Response};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

pub const GRAPHQL: &str = "application/graphql-response+json";
pub const JSON: &str = "application/json";

/// How many resolvers of the schema ran.
#[derive(Clone, Default)]
pub struct Ran(pub Arc<AtomicUsize>);

impl Ran {
    pub fn times(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

pub struct Query(pub Ran);
pub struct Mutation(pub Ran);
pub struct Node(pub Ran);

#[Object]
impl Query {
    async fn hello(&self, name: Option<String>) -> String {
        self.0.0.fetch_add(1, Ordering::SeqCst);
        format!("hello {}", name.unwrap_or_default())
    }

    async fn number(&self, n: i32) -> i32 {
        self.0.0.fetch_add(1, Ordering::SeqCst);
        n
    }

    async fn who(&self, ctx: &async_graphql::Context<'_>) -> String {
        let operation = ctx.data_unchecked::<OperationId>();
        format!("{} in {}", ctx.data_unchecked::<String>(), operation.0)
    }

    async fn node(&self) -> Node {
        self.0.0.fetch_add(1, Ordering::SeqCst);
        Node(self.0.clone())
    }

    async fn list(&self, first: Option<i32>, last: Option<i32>) -> Node {
        let _ = (first, last);
        self.0.0.fetch_add(1, Ordering::SeqCst);
        Node(self.0.clone())
    }

    async fn boom(&self) -> Option<String> {
        if self.0.times() < usize::MAX {
            panic!("secret words of a panic");
        }
        None
    }

    async fn fail(&self) -> async_graphql::Result<Option<String>> {
        Err("secret words of a database".into())
    }

    async fn fail_whole(&self) -> async_graphql::Result<String> {
        Err("secret words of a database".into())
    }

    async fn coded(&self) -> async_graphql::Result<Option<String>> {
        Err(async_graphql::Error::new("Nothing here.").extend_with(|_, values| values.set("code", "NOT_FOUND")))
    }

    async fn slow(&self) -> String {
        tokio::time::sleep(Duration::from_secs(3600)).await;
        "late".to_owned()
    }
}

#[Object]
impl Node {
    async fn id(&self) -> String {
        self.0.0.fetch_add(1, Ordering::SeqCst);
        "node_1".to_owned()
    }

    async fn node(&self) -> Self {
        Self(self.0.clone())
    }

    async fn edges(&self) -> Vec<Self> {
        vec![Self(self.0.clone())]
    }

    async fn list(&self, first: Option<i32>) -> Self {
        let _ = first;
        Self(self.0.clone())
    }
}

#[Object]
impl Mutation {
    async fn act(&self) -> usize {
        self.0.0.fetch_add(1, Ordering::SeqCst) + 1
    }
}

pub struct Ticks;

#[Subscription]
impl Ticks {
    async fn ticks(&self, n: usize) -> impl Stream<Item = usize> {
        stream::iter(0..n)
    }

    async fn silent(&self) -> impl Stream<Item = usize> {
        stream::pending()
    }

    async fn broken(&self) -> impl Stream<Item = usize> {
        stream::iter(0..3).map_panicking()
    }
}

trait MapPanicking: Stream<Item = usize> + Sized {
    fn map_panicking(self) -> impl Stream<Item = usize> {
        futures_util::StreamExt::map(self, |n| if n == 1 { panic!("secret words of a panic") } else { n })
    }
}

impl<S: Stream<Item = usize> + Sized> MapPanicking for S {}

pub fn schema(ran: &Ran) -> Schema<Query, Mutation, EmptySubscription> {
    Schema::new(Query(ran.clone()), Mutation(ran.clone()), EmptySubscription)
}

pub fn streaming_schema(ran: &Ran) -> Schema<Query, Mutation, Ticks> {
    Schema::new(Query(ran.clone()), Mutation(ran.clone()), Ticks)
}

/// Takes `Authorization: Bearer good` and no header; anything else is refused.
#[derive(Clone, Default)]
pub struct Test {
    pub drawn: Arc<AtomicUsize>,
}

#[async_trait]
impl Session for Test {
    type Principal = String;

    fn operation_id(&self) -> OperationId {
        OperationId(format!("op_{}", self.drawn.fetch_add(1, Ordering::SeqCst) + 1))
    }

    async fn identify(&self, head: &RequestParts, _: &OperationId) -> Result<String, Refusal> {
        match dingce_api::auth::bearer(&head.headers) {
            Ok("good") => Ok("person_1".to_owned()),
            Ok(_) => Err(Refusal::new(Code::NotAuthenticated, "Expected a good token.")),
            Err(dingce_api::auth::AuthError::Missing) => Ok("nobody".to_owned()),
            Err(error) => Err(error.into()),
        }
    }

    fn attach(&self, principal: &String, _: &OperationId, request: async_graphql::Request) -> async_graphql::Request {
        request.data(principal.clone())
    }
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub response: poem::http::HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.response.get(name).map(|value| value.to_str().unwrap())
    }

    /// The code of the first error.
    pub fn code(&self) -> Option<String> {
        self.json()["errors"][0]["extensions"]["code"].as_str().map(str::to_owned)
    }
}

pub fn request(method: Method, uri: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Request {
    let mut builder = Request::builder().method(method).uri_str(uri);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(body.into())
}

pub async fn send(endpoint: &impl Endpoint<Output = Response>, request: Request) -> Answer {
    let response = endpoint.call(request).await.expect("the endpoint answers refusals itself");
    let (parts, body) = response.into_parts();
    let text = body.into_string().await.expect("a body of text");
    Answer { status: parts.status, response: parts.headers, text }
}

/// A JSON POST.
pub async fn post(endpoint: &impl Endpoint<Output = Response>, accept: &str, body: impl Into<Body>) -> Answer {
    let headers = [("content-type", JSON), ("accept", accept)];
    send(endpoint, request(Method::POST, "/graphql", &headers, body)).await
}

/// A document alone, from a client of today.
pub async fn ask(endpoint: &impl Endpoint<Output = Response>, query: &str) -> Answer {
    post(endpoint, GRAPHQL, serde_json::json!({ "query": query }).to_string()).await
}

pub fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
