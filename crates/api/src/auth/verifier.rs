//! From a token to a verified person.

use super::claims::Claims;
use super::{AuthError, JwksCache, KeySet, Now, Verified};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use lru::LruCache;
use sha2::{Digest, Sha256};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

/// The longest token we look at. Unit: bytes.
const TOKEN_BYTES_MAX: usize = 8 * 1024;

/// How many verified tokens are remembered.
const REMEMBERED_MAX: NonZeroUsize = NonZeroUsize::new(4_096).expect("4,096 is not zero");

/// Whose tokens we take.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The one value of `iss`.
    pub issuer: String,
    /// The values of `aud` that mean us.
    pub audience: Vec<String>,
    /// How far the clocks of the issuer and ours may differ. Unit: seconds. 30 is usual.
    pub leeway_s: i64,
}

/// Where keys come from.
#[derive(Clone)]
pub enum Keys {
    /// Fixed for the life of the program, from PEM files.
    Fixed(Arc<KeySet>),
    /// An identity provider's, which rotate.
    Jwks(Arc<JwksCache>),
}

/// Verifies tokens and remembers the good ones until they expire or the keys change.
pub struct Verifier {
    policy: Policy,
    keys: Keys,
    now: Now,
    remembered: Mutex<Remembered>,
}

/// Good tokens by their SHA-256, so that memory holds no token, each with the version of the keys it was verified by.
type Remembered = LruCache<[u8; 32], (u64, Arc<Verified>)>;

impl Verifier {
    /// A verifier with an empty memory. `now` is the program's clock in seconds since 1970.
    #[must_use]
    pub fn new(policy: Policy, keys: Keys, now: Now) -> Self {
        Self { policy, keys, now, remembered: Mutex::new(LruCache::new(REMEMBERED_MAX)) }
    }

    /// Verifies one token: form, algorithm, key, signature, claims, then time.
    ///
    /// # Errors
    ///
    /// The first [`AuthError`] in that order. All but `KeysUnavailable` are final for this token or mean waiting for
    /// its `nbf`.
    pub async fn verify(&self, token: &str) -> Result<Arc<Verified>, AuthError> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(AuthError::TooLong { given: token.len(), allowed: TOKEN_BYTES_MAX });
        }
        let (keys, version) = match &self.keys {
            Keys::Fixed(keys) => (Arc::clone(keys), 0),
            Keys::Jwks(cache) => cache.current().await?,
        };
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        if let Some(verified) = self.recall(&digest, version) {
            verified.check_time((self.now)(), self.policy.leeway_s)?;
            return Ok(verified);
        }
        let (kid, algorithm) = read_header(token)?;
        let (claims, version) = match (check(token, &keys, kid.as_deref(), algorithm), &self.keys) {
            (Err(AuthError::UnknownKey), Keys::Jwks(cache)) => {
                let (keys, version) = cache.newer_than(version).await?;
                (check(token, &keys, kid.as_deref(), algorithm)?, version)
            }
            (claims, _) => (claims?, version),
        };
        let verified = Arc::new(claims.verify(&self.policy)?);
        verified.check_time((self.now)(), self.policy.leeway_s)?;
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.put(digest, (version, Arc::clone(&verified)));
        Ok(verified)
    }

    fn recall(&self, digest: &[u8; 32], version: u64) -> Option<Arc<Verified>> {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.get(digest).filter(|(of, _)| *of == version).map(|(_, verified)| Arc::clone(verified))
    }
}

/// The key id and algorithm a token names. A header that marks extensions as critical is refused: we know none.
fn read_header(token: &str) -> Result<(Option<String>, Algorithm), AuthError> {
    let header = decode_header(token).map_err(|error| match error.kind() {
        // An `alg` outside the library's list, such as `none`, fails to parse; so does a header that is not JSON.
        ErrorKind::Json(error) if error.is_data() => AuthError::Algorithm,
        _ => AuthError::Malformed,
    })?;
    if header.crit.is_some() {
        return Err(AuthError::Malformed);
    }
    match header.alg {
        Algorithm::ES256 | Algorithm::EdDSA | Algorithm::RS256 | Algorithm::PS256 => Ok((header.kid, header.alg)),
        _ => Err(AuthError::Algorithm),
    }
}

/// The claims of a token whose signature one of the keys confirms.
fn check(token: &str, keys: &KeySet, kid: Option<&str>, algorithm: Algorithm) -> Result<Claims, AuthError> {
    // Only the signature is left to the library: its time is the system's, and its audience rule lets a token
    // without `aud` pass.
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let mut found = AuthError::UnknownKey;
    for candidate in keys.candidates(kid, algorithm) {
        match decode::<Claims>(token, &candidate.key, &validation) {
            Ok(data) => return Ok(data.claims),
            Err(error) => {
                found = match error.kind() {
                    ErrorKind::InvalidSignature => AuthError::Signature,
                    ErrorKind::InvalidToken | ErrorKind::Base64(_) | ErrorKind::Json(_) | ErrorKind::Utf8(_) => {
                        AuthError::Malformed
                    }
                    _ => AuthError::Signature,
                }
            }
        }
    }
    Err(found)
}
