//! Bearer tokens: whose are believed, and how the deployment signs its own.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use dingce_api::auth::{
    Fetch, JwksCache, JwksSettings, KeySet, Keys, NewToken, Now, Policy, Verified, Verifier, issue,
};
use dingce_app::Principal;
use dingce_app::ports::Clock;
use dingce_domain::id::{PersonId, PostId};

use crate::keys::{self, TokenKey};
use crate::settings::Settings;

/// How far our clock and the issuer's may differ. Unit: seconds.
const LEEWAY_S: i64 = 30;
/// More than any key document has. Unit: bytes.
const JWKS_BYTES_MAX: usize = 1024 * 1024;

/// The clock in the form that the verifier wants.
pub fn seconds(clock: Arc<dyn Clock>) -> Now {
    Arc::new(move || clock.now().as_second())
}

/// Who verifies tokens under these settings.
///
/// The deployment's own key counts only where neither key files nor a provider are configured: with a provider,
/// nobody should be able to sign in past it.
///
/// # Errors
/// Where a key cannot be read.
pub fn verifier(settings: &Settings, clock: Arc<dyn Clock>) -> anyhow::Result<Verifier> {
    let now = seconds(clock);
    let keys = if let Some(url) = &settings.jwt_jwks_url {
        let every =
            JwksSettings { refresh_after_s: i64::from(settings.jwt_jwks_refresh_seconds), ..JwksSettings::default() };
        Keys::Jwks(Arc::new(JwksCache::new(fetch(url)?, Arc::clone(&now), every)))
    } else if settings.jwt_public_key_files.is_empty() {
        Keys::Fixed(Arc::new(KeySet::from_pem(&keys::token(settings)?.public_pem, None)?))
    } else {
        let mut all = KeySet::default();
        for file in &settings.jwt_public_key_files {
            let about = || format!("the public key {} cannot be read", file.display());
            let pem = std::fs::read_to_string(file).with_context(about)?;
            all = all.and(KeySet::from_pem(&pem, None).with_context(about)?);
        }
        Keys::Fixed(Arc::new(all))
    };
    let policy =
        Policy { issuer: settings.jwt_issuer.clone(), audience: settings.jwt_audience.clone(), leeway_s: LEEWAY_S };
    Ok(Verifier::new(policy, keys, now))
}

/// Fetches a provider's keys over TLS. Redirects are not followed: they could lead to keys of somebody else.
fn fetch(url: &str) -> anyhow::Result<Fetch> {
    // Another part of the process may have installed it already; either is the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(5))
        .build()
        .context("the client that fetches keys cannot be made")?;
    let url: reqwest::Url = url.parse().context("jwt_jwks_url is not a URL")?;
    Ok(Arc::new(move || {
        let (client, url) = (client.clone(), url.clone());
        Box::pin(async move {
            let told = |error: reqwest::Error| error.without_url().to_string();
            let mut answer =
                client.get(url).send().await.and_then(reqwest::Response::error_for_status).map_err(told)?;
            let mut body = Vec::new();
            while let Some(piece) = answer.chunk().await.map_err(told)? {
                body.extend_from_slice(&piece);
                if body.len() > JWKS_BYTES_MAX {
                    return Err("the key document is too large".to_owned());
                }
            }
            String::from_utf8(body).map_err(|_| "the key document is not UTF-8".to_owned())
        })
    }))
}

/// Who a token speaks for, as the application knows them.
///
/// # Errors
/// The claim that is no id of ours.
pub fn principal(verified: &Verified) -> Result<Principal, &'static str> {
    let Verified { person, post, acting_for, issuer: _, expires_at: _, valid_from: _ } = verified;
    Ok(Principal {
        person: person.parse().map_err(|_| "sub")?,
        post: post.as_deref().map(str::parse).transpose().map_err(|_| "post")?,
        acting_for: acting_for.as_deref().map(str::parse).transpose().map_err(|_| "act")?,
    })
}

/// Signs tokens with the deployment's own key.
#[derive(Debug)]
pub struct Issuer {
    key: TokenKey,
    issuer: String,
    audience: String,
}

/// What a token shall say, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenFor {
    /// Who.
    pub person: PersonId,
    /// In which post.
    pub post: Option<PostId>,
    /// In whose place.
    pub acting_for: Option<PersonId>,
    /// Unit: minutes, at least 1.
    pub minutes: u32,
}

impl TokenFor {
    /// A person in any of their posts, for an hour.
    pub fn person(person: PersonId) -> Self {
        Self { person, post: None, acting_for: None, minutes: 60 }
    }
}

impl Issuer {
    /// The deployment's issuer.
    ///
    /// # Errors
    /// Where its tokens would not be believed, because others' keys are configured; or where its key cannot be read.
    pub fn own(settings: &Settings) -> anyhow::Result<Self> {
        if settings.jwt_jwks_url.is_some() || !settings.jwt_public_key_files.is_empty() {
            bail!("tokens of this deployment come from its identity provider; it does not believe its own key");
        }
        let audience = settings.jwt_audience.first().cloned().context("jwt_audience names no audience")?;
        Ok(Self { key: keys::token(settings)?, issuer: settings.jwt_issuer.clone(), audience })
    }

    /// Signs a token that begins now.
    ///
    /// # Errors
    /// Where the key does not sign.
    pub fn sign(&self, wanted: TokenFor, clock: &dyn Clock) -> anyhow::Result<String> {
        let TokenFor { person, post, acting_for, minutes } = wanted;
        let issued_at = clock.now().as_second();
        let token = NewToken {
            person: person.to_string(),
            issuer: self.issuer.clone(),
            audience: self.audience.clone(),
            issued_at,
            expires_at: issued_at + i64::from(minutes.max(1)) * 60,
            post: post.map(|p| p.to_string()),
            acting_for: acting_for.map(|p| p.to_string()),
        };
        Ok(issue(&self.key.private_pem, None, &token)?)
    }
}
