//! The claims we read, and what they prove.

use super::{AuthError, Policy};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// The longest id in a claim. Unit: bytes.
const ID_BYTES_MAX: usize = 256;

/// Who a valid token speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// `sub`: the id of the person.
    pub person: String,
    /// `post`: the id of the post the person acts in; without it the person chooses, or has one only.
    pub post: Option<String>,
    /// `act`: the id of the person acted for under a delegation. Not the `act` object of RFC 8693, which names the
    /// actor.
    pub acting_for: Option<String>,
    /// `iss`.
    pub issuer: String,
    /// `exp`. Unit: seconds since 1970.
    pub expires_at: i64,
    /// `nbf`. Unit: seconds since 1970.
    pub valid_from: Option<i64>,
}

/// The claims as they stand in the token. Its signature is verified before they are looked at.
#[derive(Debug, Clone)]
pub(super) struct Claims(Map<String, Value>);

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Self)
    }
}

impl Claims {
    /// Reads every claim in its right form and holds it against the policy; the time is checked apart.
    pub(super) fn verify(&self, policy: &Policy) -> Result<Verified, AuthError> {
        let issuer = self.id("iss")?.ok_or(AuthError::Claim { claim: "iss" })?;
        if issuer != policy.issuer {
            return Err(AuthError::Issuer);
        }
        self.check_audience(&policy.audience)?;
        Ok(Verified {
            person: self.id("sub")?.ok_or(AuthError::Claim { claim: "sub" })?,
            post: self.id("post")?,
            acting_for: self.id("act")?,
            issuer,
            expires_at: self.date("exp")?.ok_or(AuthError::Claim { claim: "exp" })?,
            valid_from: self.date("nbf")?,
        })
    }

    /// `aud` is one text or a list; one of them must be ours. Without it a token for another service would do.
    fn check_audience(&self, ours: &[String]) -> Result<(), AuthError> {
        let is_ours = |value: &Value| value.as_str().is_some_and(|name| ours.iter().any(|our| our == name));
        match self.0.get("aud") {
            Some(value @ Value::String(_)) if is_ours(value) => Ok(()),
            Some(Value::Array(values)) if values.iter().any(is_ours) => Ok(()),
            Some(Value::String(_) | Value::Array(_)) => Err(AuthError::Audience),
            Some(_) | None => Err(AuthError::Claim { claim: "aud" }),
        }
    }

    fn id(&self, claim: &'static str) -> Result<Option<String>, AuthError> {
        match self.0.get(claim) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if !text.is_empty() && text.len() <= ID_BYTES_MAX => Ok(Some(text.clone())),
            Some(_) => Err(AuthError::Claim { claim }),
        }
    }

    /// A NumericDate: RFC 7519 allows fractions, which are cut off.
    fn date(&self, claim: &'static str) -> Result<Option<i64>, AuthError> {
        match self.0.get(claim) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Number(number)) => {
                let whole = number
                    .as_i64()
                    .or_else(|| number.as_f64().filter(|date| date.abs() < 1e12).map(|date| date.floor() as i64));
                whole.map(Some).ok_or(AuthError::Claim { claim })
            }
            Some(_) => Err(AuthError::Claim { claim }),
        }
    }
}

impl Verified {
    /// Whether the token holds at `now`, give or take the leeway between clocks.
    pub(super) fn check_time(&self, now: i64, leeway_s: i64) -> Result<(), AuthError> {
        if now >= self.expires_at.saturating_add(leeway_s) {
            return Err(AuthError::Expired { expired_at: self.expires_at });
        }
        match self.valid_from {
            Some(valid_from) if now < valid_from.saturating_sub(leeway_s) => Err(AuthError::NotYetValid { valid_from }),
            _ => Ok(()),
        }
    }
}
