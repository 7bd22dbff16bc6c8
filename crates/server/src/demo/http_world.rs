//! A world over HTTP: a real server on a loopback port, with a clock that can be moved. The demo and the tests play the
//! road in it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use async_trait::async_trait;
use dingce_domain::id::PersonId;
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::world::{Line, Person, World};
use crate::assemble::Assembled;
use crate::outside::ManualClock;
use crate::tokens::{Issuer, TokenFor};

/// A server that was started for this world alone.
pub struct HttpWorld {
    assembled: Arc<Assembled>,
    clock: Arc<ManualClock>,
    client: reqwest::Client,
    address: SocketAddr,
    issuer: Issuer,
    ids: BTreeMap<String, String>,
    stop: watch::Sender<bool>,
    serving: JoinHandle<anyhow::Result<()>>,
    teller: Box<dyn FnMut(Line<'_>) + Send>,
}

impl HttpWorld {
    /// Starts a server on a free loopback port. `ids` are the ids of units, posts and persons by their keys.
    ///
    /// # Errors
    /// Where no port is free or the keys cannot be read.
    pub async fn start(
        assembled: Arc<Assembled>,
        clock: Arc<ManualClock>,
        ids: BTreeMap<String, String>,
        teller: Box<dyn FnMut(Line<'_>) + Send>,
    ) -> anyhow::Result<Self> {
        let (stop, stopped) = watch::channel(false);
        let local = SocketAddr::from(([127, 0, 0, 1], 0));
        let (address, serving) = crate::http::listen(Arc::clone(&assembled), local, stopped).await?;
        let issuer = Issuer::own(&assembled.settings)?;
        // Another part of the process may have installed it already; either is the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().context("no HTTP client could be made")?;
        Ok(Self { assembled, clock, client, address, issuer, ids, stop, serving, teller })
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The application behind the server.
    pub fn assembled(&self) -> &Arc<Assembled> {
        &self.assembled
    }

    /// A token for a person, by key, at the world's time.
    ///
    /// # Errors
    /// Where there is no such person.
    pub fn token(&self, who: &str) -> anyhow::Result<String> {
        let person: PersonId = self.id(who)?.parse()?;
        self.issuer.sign(TokenFor::person(person), self.clock.as_ref())
    }

    /// Stops the server and waits until all is written.
    ///
    /// # Errors
    /// Where the server broke off.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.send_replace(true);
        self.serving.await.context("the server broke off")?
    }

    async fn post(
        &mut self,
        path: &str,
        token: Option<String>,
        query: &str,
        variables: Value,
    ) -> anyhow::Result<Value> {
        let mut request = self
            .client
            .post(format!("http://{}{path}", self.address))
            .header("accept", "application/graphql-response+json")
            .header("accept-language", "zh-CN")
            .json(&json!({ "query": query, "variables": variables }));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.context("the server does not answer")?;
        let status = response.status();
        let answer: Value = response.json().await.context("the server answers no JSON")?;
        if let Some(errors) = answer.get("errors") {
            bail!("{status}: {errors}");
        }
        ensure!(status.is_success(), "{status}: {answer}");
        Ok(answer["data"].clone())
    }
}

#[async_trait]
impl World for HttpWorld {
    async fn at(&mut self, local_time: &str) -> anyhow::Result<()> {
        let local: DateTime = local_time.parse().with_context(|| format!("{local_time} is no local time"))?;
        let zone = self.assembled.app.calendar().zone();
        let midnight = zone.start_of(local.date());
        let since = local.time().duration_since(jiff::civil::Time::midnight());
        let instant: Timestamp = midnight.checked_add(since).context("the time is out of range")?;
        ensure!(instant >= self.assembled.app.now(), "the clock of the road does not go back: {local_time}");
        self.clock.set(instant);
        // What is due by now happens before anybody acts, as it would have in the meantime.
        self.assembled.app.settle().await?;
        Ok(())
    }

    async fn officials(&mut self, who: Person, query: &str, variables: Value) -> anyhow::Result<Value> {
        let token = self.token(who)?;
        let data = self.post("/graphql", Some(token), query, variables).await?;
        self.assembled.app.settle().await?;
        Ok(data)
    }

    async fn public(&mut self, query: &str, variables: Value) -> anyhow::Result<Value> {
        self.post("/public/graphql", None, query, variables).await
    }

    async fn upload(&mut self, who: Person, name: &str, bytes: Vec<u8>) -> anyhow::Result<Value> {
        let token = self.token(who)?;
        let response = self
            .client
            .put(format!("http://{}/files", self.address))
            .bearer_auth(token)
            .body(bytes)
            .send()
            .await
            .context("the server does not answer")?;
        let status = response.status();
        let answer: Value = response.json().await.context("the server answers no JSON")?;
        ensure!(status.is_success(), "the upload of {name} was refused: {status} {answer}");
        Ok(json!({
            "digest": answer["digest"], "name": name, "mediaType": "text/plain", "sizeBytes": answer["size_bytes"]
        }))
    }

    fn id(&self, key: &str) -> anyhow::Result<String> {
        self.ids.get(key).cloned().with_context(|| format!("the directory has no {key}"))
    }

    fn tell(&mut self, line: Line<'_>) {
        (self.teller)(line);
    }
}
