//! Who sends a request: bearer tokens (JWT, RFC 7519) verified against public keys.
//!
//! Only asymmetric signatures are taken ([`keys::ALGORITHMS`]): ES256, EdDSA (Ed25519), RS256 and PS256. A key decides which
//! algorithm it verifies, never the token, so a token that names `none` or signs with a public key as a shared secret
//! fails before any cryptography. Keys come from PEM files or from a JWKS document that rotates ([`JwksCache`]).
//!
//! **Invariants.** Time is the product's own clock, handed in; nothing here asks the system. No error, log line or
//! debug output holds a token. A verified token says who a person is and for which post they act; what they may do is
//! decided elsewhere.

mod bearer;
mod claims;
mod error;
mod issue;
mod jwks;
pub mod keys;
mod verifier;

pub use bearer::bearer;
pub use claims::Verified;
pub use error::AuthError;
pub use issue::{NewToken, issue};
pub use jwks::{Fetch, JwksCache, JwksSettings};
pub use keys::{KeyError, KeySet};
pub use verifier::{Keys, Policy, Verifier};

use std::sync::Arc;

/// The clock of the program. Unit: whole seconds since 1970-01-01T00:00:00Z.
pub type Now = Arc<dyn Fn() -> i64 + Send + Sync>;
