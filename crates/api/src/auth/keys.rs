//! Public keys that verify tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind};
use serde_json::Value;
use thiserror::Error;

/// The algorithms a token may be signed with.
pub const ALGORITHMS: [&str; 4] = ["ES256", "EdDSA", "RS256", "PS256"];

/// The smallest RSA modulus we take. Unit: bytes. Source: NIST SP 800-131A: 2048 bits.
const RSA_MODULUS_BYTES_MIN: usize = 256;

/// Why keys could not be read. Nothing of a key is shown.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Not the PEM of a public key for one of [`ALGORITHMS`]. A private key or a certificate does not serve.
    #[error("Expected the PEM of an Ed25519, P-256 or RSA (2048 bits or more) public key (BEGIN PUBLIC KEY).")]
    Pem,
    /// Not a JWKS document.
    #[error("Expected a JWKS document: a JSON object with a list \"keys\".")]
    Jwks,
    /// No key in it can verify tokens.
    #[error("Expected a key that verifies ES256, EdDSA, RS256 or PS256, but the document has none.")]
    NoUsableKey,
    /// Not the PEM of an Ed25519 private key.
    #[error("Expected the PEM of an Ed25519 private key in PKCS#8 form (BEGIN PRIVATE KEY).")]
    SigningKey,
}

/// Some keys, each bound to the algorithms it verifies.
#[derive(Clone, Default)]
pub struct KeySet(Vec<Key>);

#[derive(Clone)]
pub(super) struct Key {
    id: Option<String>,
    algorithms: Vec<Algorithm>,
    pub(super) key: DecodingKey,
}

impl std::fmt::Debug for KeySet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| key.id.as_deref().unwrap_or("(no kid)"))).finish()
    }
}

impl KeySet {
    /// The key of one PEM text. With an `id` it serves tokens of that `kid` only; without, tokens of any or none.
    ///
    /// # Errors
    ///
    /// [`KeyError::Pem`].
    pub fn from_pem(pem: &str, id: Option<String>) -> Result<Self, KeyError> {
        if !pem.contains("-----BEGIN PUBLIC KEY-----") {
            return Err(KeyError::Pem);
        }
        let bytes = pem.as_bytes();
        let key = DecodingKey::from_ed_pem(bytes)
            .or_else(|_| DecodingKey::from_ec_pem(bytes))
            .or_else(|_| DecodingKey::from_rsa_pem(bytes))
            .map_err(|_| KeyError::Pem)?;
        Key::new(id, key).map(|key| Self(vec![key])).ok_or(KeyError::Pem)
    }

    /// The keys of a JWKS document (RFC 7517). Keys for other purposes, other algorithms and shared secrets are left
    /// out, so that a provider may publish them beside.
    ///
    /// # Errors
    ///
    /// [`KeyError::Jwks`] and [`KeyError::NoUsableKey`].
    pub fn from_jwks(document: &str) -> Result<Self, KeyError> {
        let document: Value = serde_json::from_str(document).map_err(|_| KeyError::Jwks)?;
        let keys = document.get("keys").and_then(Value::as_array).ok_or(KeyError::Jwks)?;
        let keys: Vec<_> = keys
            .iter()
            .filter_map(|key| serde_json::from_value::<Jwk>(key.clone()).ok())
            .filter_map(|jwk| Key::from_jwk(&jwk))
            .collect();
        if keys.is_empty() { Err(KeyError::NoUsableKey) } else { Ok(Self(keys)) }
    }

    /// The keys of both.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The keys that may have signed a token of this header. A key without id fits any `kid`; a token without `kid`
    /// fits any key.
    pub(super) fn candidates(&self, kid: Option<&str>, algorithm: Algorithm) -> impl Iterator<Item = &Key> {
        self.0.iter().filter(move |key| {
            key.algorithms.contains(&algorithm)
                && match (&key.id, kid) {
                    (Some(id), Some(kid)) => id == kid,
                    (None, _) | (_, None) => true,
                }
        })
    }
}

impl Key {
    fn new(id: Option<String>, key: DecodingKey) -> Option<Self> {
        let algorithms = match (key.family(), key.kind()) {
            (AlgorithmFamily::Ed, DecodingKeyKind::SecretOrDer(bytes)) if bytes.len() == 32 => vec![Algorithm::EdDSA],
            // An uncompressed point of P-256; P-384 has 97 bytes.
            (AlgorithmFamily::Ec, DecodingKeyKind::SecretOrDer(bytes)) if bytes.len() == 65 => vec![Algorithm::ES256],
            (AlgorithmFamily::Rsa, DecodingKeyKind::SecretOrDer(bytes)) if bytes.len() > RSA_MODULUS_BYTES_MIN => {
                vec![Algorithm::RS256, Algorithm::PS256]
            }
            (AlgorithmFamily::Rsa, DecodingKeyKind::RsaModulusExponent { n, .. }) => {
                let modulus = n.iter().skip_while(|byte| **byte == 0).count();
                if modulus < RSA_MODULUS_BYTES_MIN {
                    return None;
                }
                vec![Algorithm::RS256, Algorithm::PS256]
            }
            _ => return None,
        };
        Some(Self { id, algorithms, key })
    }

    fn from_jwk(jwk: &Jwk) -> Option<Self> {
        if !matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
            return None;
        }
        match &jwk.algorithm {
            AlgorithmParameters::EllipticCurve(point) if point.curve == EllipticCurve::P256 => {}
            // The length is checked here because the verifier would slice a short key out of its bounds.
            AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => {
                URL_SAFE_NO_PAD.decode(&pair.x).ok().filter(|x| x.len() == 32)?;
            }
            AlgorithmParameters::RSA(_) => {}
            _ => return None,
        }
        let key = DecodingKey::from_jwk(jwk).ok()?;
        let mut key = Self::new(jwk.common.key_id.clone(), key)?;
        if let Some(only) = jwk.common.key_algorithm {
            key.algorithms.retain(|algorithm| names(*algorithm) == Some(only));
        }
        (!key.algorithms.is_empty()).then_some(key)
    }
}

/// The name of an algorithm in a JWK, for those we take.
fn names(algorithm: Algorithm) -> Option<KeyAlgorithm> {
    match algorithm {
        Algorithm::ES256 => Some(KeyAlgorithm::ES256),
        Algorithm::EdDSA => Some(KeyAlgorithm::EdDSA),
        Algorithm::RS256 => Some(KeyAlgorithm::RS256),
        Algorithm::PS256 => Some(KeyAlgorithm::PS256),
        _ => None,
    }
}
