//! The witnesses of this deployment's log, over HTTP: C2SP tlog-witness, from the log's side.
//!
//! What they answer is verified by the application; here it is only fetched, of bounded length and within a bounded time.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use async_trait::async_trait;
use dingce_app::Cosigning;
use dingce_app::ports::{StoreError, Witness, WitnessAnswer};
use dingce_ledger::key::VerifierKey;
use dingce_ledger::witness::AddCheckpoint;
use reqwest::{Client, Url};

use crate::policies;
use crate::settings::Settings;

/// How long a witness may take to answer.
const WAIT: Duration = Duration::from_secs(5);
/// The longest answer that is read, in bytes: a hundred signature lines.
const ANSWER_MAX_BYTES: usize = 65_536;
const ASKING: &str = "asking a witness";

/// A witness at an address.
struct HttpWitness {
    key: VerifierKey,
    url: Url,
    client: Client,
}

/// Who is asked to cosign under these settings; `None` where no policy is set.
///
/// # Errors
/// Where the policy cannot be read or does not list the log's own key, or an address in it is none.
pub fn cosigning(settings: &Settings, own: &VerifierKey) -> anyhow::Result<Option<Cosigning>> {
    let Some(file) = &settings.log_policy else { return Ok(None) };
    let policy = policies::read(file)?;
    ensure!(
        policy.logs().iter().any(|log| log.key == *own),
        "{} does not list the key of this log, so that nothing could be published under it: add the line \"log {own}\"",
        file.display()
    );
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(WAIT)
        .build()
        .context("the client that asks witnesses cannot be made")?;
    let mut witnesses: Vec<Arc<dyn Witness>> = Vec::new();
    for witness in policy.witnesses() {
        let Some(url) = &witness.url else { continue };
        let address = format!("{}/add-checkpoint", url.trim_end_matches('/'));
        let url = address.parse().with_context(|| format!("the address of the witness {} is no URL", witness.name))?;
        witnesses.push(Arc::new(HttpWitness { key: witness.key.clone(), url, client: client.clone() }));
    }
    let alarm = Duration::from_secs(u64::from(settings.log_alarm_seconds));
    Ok(Some(Cosigning { policy, witnesses, alarm }))
}

#[async_trait]
impl Witness for HttpWitness {
    fn key(&self) -> &VerifierKey {
        &self.key
    }

    async fn add_checkpoint(&self, request: &AddCheckpoint) -> Result<WitnessAnswer, StoreError> {
        let failed = |error: reqwest::Error| StoreError::new(ASKING, error.without_url());
        let mut answer = self.client.post(self.url.clone()).body(request.to_string()).send().await.map_err(failed)?;
        let status = answer.status().as_u16();
        if status != 200 && status != 409 {
            return Ok(WitnessAnswer::Refused(status));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > ANSWER_MAX_BYTES {
                return Err(StoreError::new(ASKING, format!("the answer has more than {ANSWER_MAX_BYTES} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        if status == 200 {
            return Ok(WitnessAnswer::Lines(body));
        }
        let size = std::str::from_utf8(&body).ok().and_then(|text| text.strip_suffix('\n')).and_then(|text| {
            let size: u64 = text.parse().ok()?;
            (size.to_string() == text).then_some(size)
        });
        size.map(WitnessAnswer::Size)
            .ok_or_else(|| StoreError::new(ASKING, "the answer 409 does not say which size was cosigned last"))
    }
}
