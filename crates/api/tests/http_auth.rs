//! Bearer tokens: what is believed, what is refused and with which words. Source: RFC 7519, RFC 8725 §3.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dingce_api::auth::{
    AuthError, Fetch, JwksCache, JwksSettings, KeyError, KeySet, Keys, NewToken, Now, Policy, Verifier, issue,
};
use dingce_api::http::{Code, Refusal};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, spki::der::pem::LineEnding};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

const NOW: i64 = 1_800_000_000;
const ISSUER: &str = "https://id.example";

/// A public key whose private half was thrown away after signing the two tokens below, which expire at 2,000,000,000.
const RSA_PUBLIC_PEM: &str = "\
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA1jzGGNkky9KqcE9/MFOD
LUfDeZbr7SFEMgDi+OHWJj7XBMHN4g/D7RTFsKKIhDdofCytxqmQvgqufddb+aBZ
MbPNIn5uMGmAlvbW/ufvkDwcjkHaYuI95JruAx9tYQp6DgdD+hM8+Br2Bh4S5snU
BrnoG4s5Hpths61QxrR1s64fWzAw3N/rK3ktcQRJqwPBtEjyU6pznMsf+VP2r/Bs
WjX0JxLumwfNH+7coIOohK0oAlcAE1rR2DEggELRD181g4xeZOL8FXPCa5hf5DRC
OW6IQkmtUjyHwhpcB93cExnRjoDmDE6arLIRiFuOEsmrMrWlhvLoRzOMTvsjcUMn
bQIDAQAB
-----END PUBLIC KEY-----
";
const RS256_TOKEN: &str = concat!(
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJwZXJzb25fMSIsImlzcyI6Imh0dHBzOi8vaWQuZXhhbXBsZSI",
    "sImF1ZCI6ImRpbmdjZSIsImV4cCI6MjAwMDAwMDAwMH0.mN4FWM2qnhK56r60oaqLT3B132w8HBectzByiv7SYJWaQ5ceLWN",
    "kUfF-3wK93s4EoMplGc-Z-CmFC1lrkDHzK2yo8A_6MFDVfDcfQACOMjIdjoaHEXk25_PZyff4WsaZyJT-tWGcyb-liA9Rzh1",
    "32oFCGhIamCL54cG80zkl8z-s8PgRI03FymIE9kcOZaNo5-GTxp-tHuzlbl2ec2tStnN8Hh1jRTJsGcjksmgvOG2-tQBUeHM",
    "GyAskYxesIDyTb_HKcThOd0F4_lBK7LUUdT6dIBuTFZgwN-IzyZHMYoiMYOtrMaZtRZksVj-1K2YQsy6gmugBwBqA2mGeVXG",
    "TMA",
);
const PS256_TOKEN: &str = concat!(
    "eyJhbGciOiJQUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJwZXJzb25fMSIsImlzcyI6Imh0dHBzOi8vaWQuZXhhbXBsZSI",
    "sImF1ZCI6ImRpbmdjZSIsImV4cCI6MjAwMDAwMDAwMH0.XnR3ih5LS62_xC_1IM0duD8NGf1puk1uBBsEDJzl9ZamR-jxzvA",
    "SWijYz3ZXdIWJ7PD_a0GZWhKO6SLmafxLJA8QXCgNW7WJA21UilwnYVDXWKuWN1BaGc5EnLSyNuFJBcBdECxrHon39hk6XOs",
    "Bl3QC8mSvPQWBKHd38_KHjH-57l8fZWMwMvpeCruRi5Wmg34E3hBQ_IiUyWZDZ-aMy6Kl-v2pBHkdHUwcaRoAd47pUtZd9Dg",
    "eRSzdytm8rwNVhAGK30iR_EBGljbyWUVTiEZiRQjYWxskPILuXIUM9fa6lMw9lUDoVX4fG6rp_SDrrnjkWKt4P3f3GCmWMGs",
    "3qA",
);

/// A clock the test moves.
#[derive(Clone)]
struct Clock(Arc<AtomicI64>);

impl Clock {
    fn new() -> Self {
        Self(Arc::new(AtomicI64::new(NOW)))
    }

    fn set(&self, now: i64) {
        self.0.store(now, Ordering::SeqCst);
    }

    fn now(&self) -> Now {
        let clock = self.clone();
        Arc::new(move || clock.0.load(Ordering::SeqCst))
    }
}

struct Ed {
    private: String,
    public: String,
    x: String,
}

fn ed(seed: u8) -> Ed {
    let key = SigningKey::from_bytes(&[seed; 32]);
    Ed {
        private: key.to_pkcs8_pem(LineEnding::LF).unwrap().to_string(),
        public: key.verifying_key().to_public_key_pem(LineEnding::LF).unwrap(),
        x: URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes()),
    }
}

fn jwk(key: &Ed, kid: &str) -> Value {
    json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid, "x": key.x })
}

fn policy() -> Policy {
    Policy { issuer: ISSUER.into(), audience: vec!["dingce".into(), "dingce-public".into()], leeway_s: 30 }
}

fn fixed(keys: KeySet, clock: &Clock) -> Verifier {
    Verifier::new(policy(), Keys::Fixed(Arc::new(keys)), clock.now())
}

fn claims() -> Value {
    json!({ "sub": "person_1", "iss": ISSUER, "aud": "dingce", "exp": NOW + 600, "nbf": NOW - 10 })
}

fn sign(key: &Ed, header: &Header, claims: &Value) -> String {
    encode(header, claims, &EncodingKey::from_ed_pem(key.private.as_bytes()).unwrap()).unwrap()
}

fn signed(key: &Ed, change: Value) -> String {
    let mut all = claims();
    for (name, value) in change.as_object().unwrap() {
        match value {
            Value::Null => all.as_object_mut().unwrap().remove(name),
            value => all.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    sign(key, &Header::new(Algorithm::EdDSA), &all)
}

/// A token of any header and claims with a signature of any bytes.
fn raw(header: &Value, claims: &Value, signature: &[u8]) -> String {
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    format!("{}.{}.{}", part(header.to_string().as_bytes()), part(claims.to_string().as_bytes()), part(signature))
}

#[tokio::test]
async fn an_issued_token_says_who_and_for_whom() {
    let key = ed(1);
    let verifier = fixed(KeySet::from_pem(&key.public, None).unwrap(), &Clock::new());
    let token = NewToken {
        person: "person_1".into(),
        issuer: ISSUER.into(),
        audience: "dingce".into(),
        issued_at: NOW,
        expires_at: NOW + 600,
        post: Some("post_2".into()),
        acting_for: Some("person_3".into()),
    };
    let text = issue(&key.private, Some("k1"), &token).unwrap();
    let verified = verifier.verify(&text).await.unwrap();
    assert_eq!(verified.person, "person_1");
    assert_eq!(verified.post.as_deref(), Some("post_2"));
    assert_eq!(verified.acting_for.as_deref(), Some("person_3"));
    assert_eq!((verified.expires_at, verified.valid_from), (NOW + 600, Some(NOW)));
    assert_eq!(issue(&key.public, None, &token), Err(KeyError::SigningKey));
}

#[tokio::test]
async fn claims_are_held_against_the_policy() {
    let key = ed(1);
    let verifier = fixed(KeySet::from_pem(&key.public, None).unwrap(), &Clock::new());
    let claim = |claim| Err(AuthError::Claim { claim });
    for (change, expected) in [
        (json!({}), Ok(())),
        (json!({ "aud": ["other", "dingce-public"] }), Ok(())),
        (json!({ "nbf": null }), Ok(())),
        (json!({ "exp": 1_800_000_600.5 }), Ok(())),
        // The leeway is 30 seconds on both sides.
        (json!({ "exp": NOW - 29 }), Ok(())),
        (json!({ "exp": NOW - 30 }), Err(AuthError::Expired { expired_at: NOW - 30 })),
        (json!({ "nbf": NOW + 30 }), Ok(())),
        (json!({ "nbf": NOW + 31 }), Err(AuthError::NotYetValid { valid_from: NOW + 31 })),
        (json!({ "exp": null }), claim("exp")),
        (json!({ "exp": "tomorrow" }), claim("exp")),
        (json!({ "exp": 1e300 }), claim("exp")),
        (json!({ "nbf": "yesterday" }), claim("nbf")),
        (json!({ "sub": null }), claim("sub")),
        (json!({ "sub": "" }), claim("sub")),
        (json!({ "sub": 7 }), claim("sub")),
        (json!({ "post": ["a"] }), claim("post")),
        (json!({ "act": { "sub": "person_3" } }), claim("act")),
        (json!({ "iss": "https://other.example" }), Err(AuthError::Issuer)),
        (json!({ "iss": null }), claim("iss")),
        (json!({ "aud": "other" }), Err(AuthError::Audience)),
        (json!({ "aud": [] }), Err(AuthError::Audience)),
        (json!({ "aud": null }), claim("aud")),
    ] {
        let verified = verifier.verify(&signed(&key, change.clone())).await.map(|_| ());
        assert_eq!(verified, expected, "{change}");
    }
}

#[tokio::test]
async fn forged_tokens_are_refused() {
    let (key, other) = (ed(1), ed(2));
    let verifier = fixed(KeySet::from_pem(&key.public, None).unwrap(), &Clock::new());
    let good = signed(&key, json!({}));
    let (rest, signature) = good.rsplit_once('.').unwrap();
    let (header, _) = rest.split_once('.').unwrap();
    let changed =
        URL_SAFE_NO_PAD.encode(json!({ "sub": "mayor", "iss": ISSUER, "aud": "dingce", "exp": NOW + 600 }).to_string());
    let secret = EncodingKey::from_secret(key.public.as_bytes());
    let confused = encode(&Header::new(Algorithm::HS256), &claims(), &secret).unwrap();
    let critical = Header { crit: Some(vec!["exp".into()]), ..Header::new(Algorithm::EdDSA) };
    for (story, token, expected) in [
        ("another's signature", signed(&other, json!({})), AuthError::Signature),
        ("changed claims", format!("{header}.{changed}.{signature}"), AuthError::Signature),
        ("no signature", format!("{rest}."), AuthError::Signature),
        ("half a signature", format!("{rest}.{}", &signature[..40]), AuthError::Signature),
        ("alg none", raw(&json!({ "alg": "none" }), &claims(), b""), AuthError::Algorithm),
        ("alg None", raw(&json!({ "alg": "None" }), &claims(), b""), AuthError::Algorithm),
        ("no alg", raw(&json!({ "typ": "JWT" }), &claims(), b""), AuthError::Algorithm),
        ("the public key as a secret", confused, AuthError::Algorithm),
        ("HS512", raw(&json!({ "alg": "HS512" }), &claims(), b"x"), AuthError::Algorithm),
        ("RS512", raw(&json!({ "alg": "RS512" }), &claims(), b"x"), AuthError::Algorithm),
        ("ES256 with no such key", raw(&json!({ "alg": "ES256" }), &claims(), b"x"), AuthError::UnknownKey),
        ("a critical extension", sign(&key, &critical, &claims()), AuthError::Malformed),
        ("two parts", rest.to_owned(), AuthError::Malformed),
        ("nothing", String::new(), AuthError::Malformed),
        ("not base64", "***.***.***".to_owned(), AuthError::Malformed),
        ("a long text", "a".repeat(9_000), AuthError::TooLong { given: 9_000, allowed: 8_192 }),
    ] {
        let error = verifier.verify(&token).await.expect_err(story);
        assert_eq!(error, expected, "{story}");
        let refusal = Refusal::from(error);
        assert_eq!(refusal.code, Code::NotAuthenticated, "{story}");
        assert!(token.is_empty() || !refusal.message.contains(&token), "{story}: the token is never shown");
    }
}

#[tokio::test]
async fn each_algorithm_verifies() {
    let clock = Clock::new();
    let secret = p256::SecretKey::from_slice(&[3; 32]).unwrap();
    let private = p256::pkcs8::EncodePrivateKey::to_pkcs8_pem(&secret, LineEnding::LF).unwrap();
    let public = p256::pkcs8::EncodePublicKey::to_public_key_pem(&secret.public_key(), LineEnding::LF).unwrap();
    let es256 =
        encode(&Header::new(Algorithm::ES256), &claims(), &EncodingKey::from_ec_pem(private.as_bytes()).unwrap())
            .unwrap();
    let key = ed(1);
    let keys = KeySet::from_pem(&public, None)
        .unwrap()
        .and(KeySet::from_pem(&key.public, None).unwrap())
        .and(KeySet::from_pem(RSA_PUBLIC_PEM, None).unwrap());
    let verifier = fixed(keys, &clock);
    for token in [es256.as_str(), &signed(&key, json!({})), RS256_TOKEN, PS256_TOKEN] {
        assert_eq!(verifier.verify(token).await.map(|verified| verified.person.clone()), Ok("person_1".to_owned()));
    }
}

#[test]
fn keys_that_cannot_verify_are_refused_when_loaded() {
    let key = ed(1);
    for pem in ["", "not a key", &key.private, &key.public[..60], &RSA_PUBLIC_PEM.replace("PUBLIC", "PRIVATE")] {
        assert_eq!(KeySet::from_pem(pem, None).err(), Some(KeyError::Pem));
    }
    let usable = jwk(&key, "a");
    for (document, expected) in [
        (json!({ "keys": [usable] }), None),
        (json!([]), Some(KeyError::Jwks)),
        (json!({ "keys": [] }), Some(KeyError::NoUsableKey)),
        (json!({ "keys": [{ "kty": "oct", "k": "c2VjcmV0" }] }), Some(KeyError::NoUsableKey)),
        (json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": "c2hvcnQ" }] }), Some(KeyError::NoUsableKey)),
        (json!({ "keys": [{ "kty": "RSA", "n": "AQAB", "e": "AQAB" }] }), Some(KeyError::NoUsableKey)),
        (
            json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "use": "enc", "x": key.x }] }),
            Some(KeyError::NoUsableKey),
        ),
        (json!({ "keys": [{ "kty": "new" }, 7, usable] }), None),
    ] {
        assert_eq!(KeySet::from_jwks(&document.to_string()).err(), expected, "{document}");
    }
}

/// An identity provider whose document the test changes; `None` is an outage.
#[derive(Clone, Default)]
struct Provider {
    document: Arc<Mutex<Option<String>>>,
    fetched: Arc<AtomicUsize>,
}

impl Provider {
    fn publish(&self, keys: &[Value]) {
        *self.document.lock().unwrap() = Some(json!({ "keys": keys }).to_string());
    }

    fn fails(&self) {
        *self.document.lock().unwrap() = None;
    }

    fn times(&self) -> usize {
        self.fetched.load(Ordering::SeqCst)
    }

    fn verifier(&self, clock: &Clock) -> Verifier {
        let provider = self.clone();
        let fetch: Fetch = Arc::new(move || {
            provider.fetched.fetch_add(1, Ordering::SeqCst);
            let document = provider.document.lock().unwrap().clone();
            Box::pin(async move {
                tokio::task::yield_now().await;
                document.ok_or_else(|| "the provider is away".to_owned())
            })
        });
        let cache = JwksCache::new(fetch, clock.now(), JwksSettings::default());
        Verifier::new(policy(), Keys::Jwks(Arc::new(cache)), clock.now())
    }
}

fn with_kid(key: &Ed, kid: &str) -> String {
    sign(key, &Header { kid: Some(kid.into()), ..Header::new(Algorithm::EdDSA) }, &claims())
}

#[tokio::test]
async fn an_unknown_kid_fetches_once_and_then_waits() {
    let (clock, provider, old, new) = (Clock::new(), Provider::default(), ed(1), ed(2));
    provider.publish(&[jwk(&old, "old")]);
    let verifier = provider.verifier(&clock);
    assert!(verifier.verify(&with_kid(&old, "old")).await.is_ok());
    assert_eq!(provider.times(), 1);

    provider.publish(&[jwk(&old, "old"), jwk(&new, "new")]);
    let token = with_kid(&new, "new");
    assert_eq!(verifier.verify(&token).await.err(), Some(AuthError::UnknownKey), "too soon to ask again");
    assert_eq!(provider.times(), 1);

    clock.set(NOW + 60);
    let (first, second, third) =
        tokio::join!(verifier.verify(&token), verifier.verify(&token), verifier.verify(&token));
    assert!(first.is_ok() && second.is_ok() && third.is_ok());
    assert_eq!(provider.times(), 2, "one fetch serves all who wait");

    clock.set(NOW + 120);
    for _ in 0..5 {
        assert_eq!(verifier.verify(&with_kid(&ed(9), "made-up")).await.err(), Some(AuthError::UnknownKey));
    }
    assert_eq!(provider.times(), 3, "made-up ids cannot make us fetch more often than the interval");
}

#[tokio::test]
async fn the_last_good_keys_serve_through_an_outage() {
    let (clock, provider, key) = (Clock::new(), Provider::default(), ed(1));
    let verifier = provider.verifier(&clock);
    let token = with_kid(&key, "a");
    assert_eq!(verifier.verify(&token).await.err(), Some(AuthError::KeysUnavailable));
    assert_eq!(Refusal::from(AuthError::KeysUnavailable).code, Code::Unavailable);
    provider.publish(&[jwk(&key, "a")]);
    assert_eq!(verifier.verify(&token).await.err(), Some(AuthError::KeysUnavailable), "too soon to ask again");
    clock.set(NOW + 5);
    assert!(verifier.verify(&token).await.is_ok());
    provider.fails();
    clock.set(NOW + 500);
    assert!(verifier.verify(&with_kid(&key, "a")).await.is_ok());
    let late = sign(
        &key,
        &Header { kid: Some("a".into()), ..Header::new(Algorithm::EdDSA) },
        &json!({
            "sub": "person_1", "iss": ISSUER, "aud": "dingce", "exp": NOW + 9_000,
        }),
    );
    clock.set(NOW + 2_000);
    assert!(verifier.verify(&late).await.is_ok(), "the fetch failed and the old keys serve");
    assert_eq!(provider.times(), 3);
}

#[tokio::test]
async fn a_withdrawn_key_stops_serving_when_the_keys_are_refreshed() {
    let (clock, provider, old, new) = (Clock::new(), Provider::default(), ed(1), ed(2));
    provider.publish(&[jwk(&old, "old")]);
    let verifier = provider.verifier(&clock);
    let mut claims = claims();
    claims["exp"] = json!(NOW + 9_000);
    let token = sign(&old, &Header { kid: Some("old".into()), ..Header::new(Algorithm::EdDSA) }, &claims);
    assert!(verifier.verify(&token).await.is_ok());
    provider.publish(&[jwk(&new, "new")]);
    clock.set(NOW + 899);
    assert!(verifier.verify(&token).await.is_ok());
    clock.set(NOW + 900);
    assert_eq!(verifier.verify(&token).await.err(), Some(AuthError::UnknownKey), "not remembered across key sets");
}

#[tokio::test]
async fn a_remembered_token_still_expires() {
    let (clock, key) = (Clock::new(), ed(1));
    let verifier = fixed(KeySet::from_pem(&key.public, None).unwrap(), &clock);
    let token = signed(&key, json!({}));
    let first = verifier.verify(&token).await.unwrap();
    let second = verifier.verify(&token).await.unwrap();
    assert!(Arc::ptr_eq(&first, &second), "the second answer is the remembered one");
    clock.set(NOW + 630);
    assert_eq!(verifier.verify(&token).await.err(), Some(AuthError::Expired { expired_at: NOW + 600 }));
    clock.set(NOW - 100);
    assert_eq!(verifier.verify(&token).await.err(), Some(AuthError::NotYetValid { valid_from: NOW - 10 }));
}
