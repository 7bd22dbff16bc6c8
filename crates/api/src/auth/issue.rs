//! Signs tokens, for the command line and for tests. A production installation usually has an identity provider.

use super::KeyError;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde::Serialize;

/// What a token shall say. Names as in [`Verified`](super::Verified).
#[derive(Clone, Debug, Serialize)]
pub struct NewToken {
    /// `sub`: the id of the person.
    #[serde(rename = "sub")]
    pub person: String,
    /// `iss`.
    #[serde(rename = "iss")]
    pub issuer: String,
    /// `aud`.
    #[serde(rename = "aud")]
    pub audience: String,
    /// `iat`, and `nbf`: the present. Unit: seconds since 1970.
    #[serde(rename = "iat")]
    pub issued_at: i64,
    /// `exp`. Unit: seconds since 1970.
    #[serde(rename = "exp")]
    pub expires_at: i64,
    /// `post`: the post the person acts in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post: Option<String>,
    /// `act`: the person acted for.
    #[serde(rename = "act", skip_serializing_if = "Option::is_none")]
    pub acting_for: Option<String>,
}

#[derive(Serialize)]
struct Signed<'a> {
    #[serde(flatten)]
    token: &'a NewToken,
    nbf: i64,
}

/// Signs a token with an Ed25519 private key (PKCS#8 PEM). `key_id` becomes `kid`, which a verifier with rotating
/// keys needs.
///
/// # Errors
///
/// [`KeyError::SigningKey`] if the PEM holds no such key.
pub fn issue(private_key_pem: &str, key_id: Option<&str>, token: &NewToken) -> Result<String, KeyError> {
    let key = EncodingKey::from_ed_pem(private_key_pem.as_bytes()).map_err(|_| KeyError::SigningKey)?;
    let header = Header { kid: key_id.map(str::to_owned), ..Header::new(Algorithm::EdDSA) };
    encode(&header, &Signed { token, nbf: token.issued_at }, &key).map_err(|_| KeyError::SigningKey)
}
