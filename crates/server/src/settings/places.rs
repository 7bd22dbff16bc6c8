//! Database URLs: told apart, given a password, shown without one.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

pub(super) fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

pub(super) fn check_url(url: &str) -> anyhow::Result<()> {
    if is_postgres(url) || sqlite_file(url).is_some() {
        return Ok(());
    }
    bail!("the database URL must have the form sqlite:PATH or postgres://USER@HOST/DATABASE")
}

/// The URL of a SQLite file; what a URL would read otherwise is percent-encoded.
pub(super) fn sqlite_url(path: &Path) -> String {
    format!("sqlite:{}", path.display().to_string().replace('%', "%25").replace('?', "%3F"))
}

/// The file that a SQLite URL names.
pub(super) fn sqlite_file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"))?;
    if path.is_empty() || path == ":memory:" || path.contains('?') {
        return None;
    }
    let mut bytes = Vec::new();
    let mut rest = path.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first == b'%' {
            bytes.push(*hex::decode(tail.get(..2)?).ok()?.first()?);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok().map(PathBuf::from)
}

/// Splits `scheme://user:password@rest` into what stands before the password, the password and what stands after.
fn parts(url: &str) -> Option<(&str, Option<&str>, &str)> {
    let at = url.find("://")? + 3;
    let authority = url[at..].split(['/', '?']).next().unwrap_or_default();
    let end = at + authority.rfind('@')?;
    match url[at..end].split_once(':') {
        Some((user, password)) => Some((&url[..at + user.len()], Some(password), &url[end..])),
        None => Some((&url[..end], None, &url[end..])),
    }
}

pub(super) fn with_password(url: &str, password: &str) -> anyhow::Result<String> {
    let (before, old, after) =
        parts(url).context("the database URL names no user to whom the password in the file belongs")?;
    if old.is_some() {
        bail!("the database URL holds a password, and database_password_file is set too; use one of them");
    }
    // Everything but letters and digits is encoded, so no character can be taken for a part of the URL.
    let encoded: String = password
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect();
    Ok(format!("{before}:{encoded}{after}"))
}

pub(super) fn masked(url: &str) -> String {
    let shown = match parts(url) {
        Some((before, Some(_), after)) => format!("{before}:***{after}"),
        _ => url.to_owned(),
    };
    // A password may also be given as a parameter.
    match shown.split_once("password=") {
        Some((before, after)) => {
            let rest = after.find('&').map_or("", |i| &after[i..]);
            format!("{before}password=***{rest}")
        }
        None => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_put_in_encoded_and_never_shown() {
        let given = with_password("postgres://dingce@db:5432/dingce", "a@b/c:d").expect("a user is named");
        assert_eq!(given, "postgres://dingce:a%40b%2Fc%3Ad@db:5432/dingce");
        assert_eq!(masked(&given), "postgres://dingce:***@db:5432/dingce");
        assert_eq!(
            masked("postgres://db/dingce?user=a&password=b&x=1"),
            "postgres://db/dingce?user=a&password=***&x=1"
        );
        assert_eq!(masked("sqlite:a.db"), "sqlite:a.db");
        assert!(with_password("postgres://db/dingce", "a").is_err());
        assert!(with_password("postgres://a:b@db/dingce", "a").is_err());
    }

    #[test]
    fn a_path_comes_back_from_its_url() {
        for path in ["/var/lib/dingce.db", "a b.db", "100%?.db", "定策.db"] {
            assert_eq!(sqlite_file(&sqlite_url(Path::new(path))), Some(PathBuf::from(path)));
        }
        for url in ["sqlite:", "sqlite::memory:", "sqlite:a?b", "postgres://a@b/c", "mysql://a"] {
            assert_eq!(sqlite_file(url), None, "{url}");
        }
    }
}
