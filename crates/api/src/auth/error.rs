//! Why a token was not believed.

use crate::http::{Code, Refusal};
use thiserror::Error;

/// Why a caller is not authenticated. Messages are for the client's developer and never contain the token.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AuthError {
    /// There is no `Authorization` header.
    #[error("Expected an Authorization header with a bearer token, but there is none.")]
    Missing,
    /// The header is not `Bearer <token>`, or there are several.
    #[error("Expected one header \"Authorization: Bearer <token>\", but it has another form.")]
    NotBearer,
    /// The token is longer than any we issue or expect.
    #[error("Expected a token of at most {allowed} bytes, but it has {given}.")]
    TooLong {
        /// Length of the token. Unit: bytes.
        given: usize,
        /// The bound. Unit: bytes.
        allowed: usize,
    },
    /// Not a JWT: its three parts, their encoding or their JSON are wrong.
    #[error("Expected a JSON web token, but its form is wrong.")]
    Malformed,
    /// `alg` names no algorithm we take. `none` and the shared-secret algorithms are among those refused.
    #[error("Expected a token signed with ES256, EdDSA, RS256 or PS256, but it names another algorithm.")]
    Algorithm,
    /// No key has the id (`kid`) the token names, or none can verify its algorithm.
    #[error("Expected a token signed with a known key, but no key fits its kid and alg.")]
    UnknownKey,
    /// The signature does not fit the content.
    #[error("Expected a valid signature, but it does not fit the token.")]
    Signature,
    /// A required claim is missing or has the wrong form.
    #[error("Expected the claim {claim} in its right form, but it is missing or malformed.")]
    Claim {
        /// Name of the claim.
        claim: &'static str,
    },
    /// `exp` has passed.
    #[error("The token expired at {expired_at} (seconds since 1970). Get a new one.")]
    Expired {
        /// The claim `exp`. Unit: seconds since 1970.
        expired_at: i64,
    },
    /// `nbf` lies ahead.
    #[error("The token is valid only from {valid_from} (seconds since 1970). Check the clock of its issuer.")]
    NotYetValid {
        /// The claim `nbf`. Unit: seconds since 1970.
        valid_from: i64,
    },
    /// `iss` is not our issuer.
    #[error("Expected a token of our issuer, but iss names another.")]
    Issuer,
    /// `aud` does not name us.
    #[error("Expected a token for this service, but aud names another.")]
    Audience,
    /// The keys could not be fetched even once. The token may be good.
    #[error("The keys that verify tokens cannot be reached now. Try again later.")]
    KeysUnavailable,
}

impl AuthError {
    /// The code clients see.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::KeysUnavailable => Code::Unavailable,
            Self::Missing
            | Self::NotBearer
            | Self::TooLong { .. }
            | Self::Malformed
            | Self::Algorithm
            | Self::UnknownKey
            | Self::Signature
            | Self::Claim { .. }
            | Self::Expired { .. }
            | Self::NotYetValid { .. }
            | Self::Issuer
            | Self::Audience => Code::NotAuthenticated,
        }
    }
}

impl From<AuthError> for Refusal {
    fn from(error: AuthError) -> Self {
        let refusal = Self::new(error.code(), error.to_string());
        match error {
            AuthError::KeysUnavailable => refusal.retry_after_s(10),
            _ => refusal,
        }
    }
}
