//! A dossier of as many bytes as asked: the demo's road, on which each document is a large one.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, ensure};
use async_trait::async_trait;
use bytes::Bytes;
use dingce_server::demo::world::Line;
use dingce_server::demo::{HttpWorld, Person, World, play, run};
use dingce_server::{ManualClock, Settings};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

/// How large a piece of a document is when it is sent. Unit: bytes.
const PIECE_BYTES: u64 = 1024 * 1024;
/// The least size of a document. Unit: bytes.
const LEAST_BYTES: u64 = 4 * 1024;

/// Plays the road in the folder `data`, over HTTP; its first document has `largest` bytes, each later one a quarter of what is
/// missing for `total`. Reads the first document back, and gives the id of the case.
///
/// # Errors
/// Where the road cannot be played, or the document that is read is another one.
pub async fn dossier(data: &Path, total: u64, largest: u64) -> anyhow::Result<String> {
    let settings = Settings { upload_limit_bytes: largest.max(total), ..Settings::in_folder(data) };
    let clock = Arc::new(ManualClock::at(run::beginning()));
    let (assembled, ids) = run::prepare(settings, Arc::clone(&clock)).await?;
    let http = HttpWorld::start(assembled, clock, ids, Box::new(|_| {})).await?;
    let block = Bytes::from("重大行政决策程序暂行条例。\n".repeat(PIECE_BYTES as usize / 40 + 1));
    let mut heavy = Heavy {
        http,
        block,
        next: Some(largest),
        left: total.saturating_sub(largest),
        first: None,
        sent: BTreeMap::new(),
    };
    let ending = play(&mut heavy).await?;
    let (who, first) = heavy.first.take().context("the road has no document")?;
    let read = heavy.read(who, &ending.case, &first).await?;
    ensure!(read == largest, "{largest} bytes were sent, and {read} came back");
    heavy.http.stop().await?;
    Ok(ending.case)
}

/// A world whose documents are large.
struct Heavy {
    http: HttpWorld,
    /// What documents are made of.
    block: Bytes,
    /// Size of the next document, where it is set.
    next: Option<u64>,
    /// What is missing for the whole.
    left: u64,
    /// Who sent the first document, and its digest.
    first: Option<(Person, String)>,
    /// What was sent, by the bytes that the road gives: the same again is the same document.
    sent: BTreeMap<Vec<u8>, Value>,
}

impl Heavy {
    async fn read(&self, who: Person, case: &str, digest: &str) -> anyhow::Result<u64> {
        let hex = digest.rsplit(':').next().unwrap_or_default();
        let asked = client()?.get(format!("http://{}/files/{case}/{hex}", self.http.address()));
        let answer = asked.bearer_auth(self.http.token(who)?).send().await?.error_for_status()?;
        let (mut pieces, mut read) = (answer.bytes_stream(), 0);
        while let Some(piece) = pieces.next().await {
            read += piece?.len() as u64;
        }
        Ok(read)
    }
}

fn client() -> anyhow::Result<reqwest::Client> {
    Ok(reqwest::Client::builder().no_proxy().build()?)
}

#[async_trait]
impl World for Heavy {
    async fn at(&mut self, local_time: &str) -> anyhow::Result<()> {
        self.http.at(local_time).await
    }

    async fn officials(&mut self, who: Person, query: &str, variables: Value) -> anyhow::Result<Value> {
        self.http.officials(who, query, variables).await
    }

    async fn public(&mut self, query: &str, variables: Value) -> anyhow::Result<Value> {
        self.http.public(query, variables).await
    }

    async fn upload(&mut self, who: Person, name: &str, bytes: Vec<u8>) -> anyhow::Result<Value> {
        if let Some(known) = self.sent.get(&bytes) {
            return Ok(known.clone());
        }
        let size = self.next.take().unwrap_or_else(|| {
            let size = (self.left / 4).max(LEAST_BYTES);
            self.left = self.left.saturating_sub(size);
            size
        });
        // What the road gives makes each document another one.
        let (head, block) = (Bytes::from(bytes.clone()), self.block.clone());
        let body = stream::unfold((head, size), move |(piece, left)| {
            let block = block.clone();
            async move {
                let piece = piece.slice(..piece.len().min(usize::try_from(left).unwrap_or(usize::MAX)));
                let left = left - piece.len() as u64;
                (!piece.is_empty()).then_some((anyhow::Ok(piece), (block, left)))
            }
        });
        let sent = client()?.put(format!("http://{}/files", self.http.address())).bearer_auth(self.http.token(who)?);
        let answer = sent.body(reqwest::Body::wrap_stream(body)).send().await?;
        let status = answer.status();
        let stored: Value = answer.json().await?;
        ensure!(status.is_success(), "the upload of {name} was refused: {status} {stored}");
        ensure!(stored["size_bytes"] == size, "{size} bytes were sent: {stored}");
        if self.first.is_none() {
            self.first = Some((who, stored["digest"].as_str().unwrap_or_default().to_owned()));
        }
        let document =
            json!({ "digest": stored["digest"], "name": name, "mediaType": "text/plain", "sizeBytes": size });
        self.sent.insert(bytes, document.clone());
        Ok(document)
    }

    fn id(&self, key: &str) -> anyhow::Result<String> {
        self.http.id(key)
    }

    fn tell(&mut self, line: Line<'_>) {
        self.http.tell(line);
    }
}
