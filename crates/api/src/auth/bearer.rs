//! The `Authorization` header.

use super::AuthError;
use poem::http::{HeaderMap, header};

/// The bearer token of a request (RFC 6750 §2.1). The scheme is read in any case, as RFC 9110 demands.
///
/// # Errors
///
/// [`AuthError::Missing`] without the header; [`AuthError::NotBearer`] for another scheme, an empty token, characters
/// no token has, or more than one header.
pub fn bearer(headers: &HeaderMap) -> Result<&str, AuthError> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().ok_or(AuthError::Missing)?;
    if values.next().is_some() {
        return Err(AuthError::NotBearer);
    }
    let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(AuthError::NotBearer)?;
    let token = token.trim_matches(' ');
    let is_token =
        !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte));
    if scheme.eq_ignore_ascii_case("bearer") && is_token { Ok(token) } else { Err(AuthError::NotBearer) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poem::http::HeaderValue;

    #[test]
    fn the_header_is_read_strictly() {
        for (values, expected) in [
            (vec!["Bearer abc.def.ghi"], Ok("abc.def.ghi")),
            (vec!["bearer  abc"], Ok("abc")),
            (vec![], Err(AuthError::Missing)),
            (vec!["Basic abc"], Err(AuthError::NotBearer)),
            (vec!["Bearer"], Err(AuthError::NotBearer)),
            (vec!["Bearer "], Err(AuthError::NotBearer)),
            (vec!["Bearer a b"], Err(AuthError::NotBearer)),
            (vec!["Bearer a, Bearer b"], Err(AuthError::NotBearer)),
            (vec!["Bearer a", "Bearer b"], Err(AuthError::NotBearer)),
        ] {
            let mut headers = HeaderMap::new();
            for value in &values {
                headers.append(header::AUTHORIZATION, HeaderValue::from_static(value));
            }
            assert_eq!(bearer(&headers), expected, "{values:?}");
        }
    }
}
