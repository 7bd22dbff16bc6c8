//! Manifests of RFC 8493 §2.1.3: a line per file, digest, two spaces, path.
//!
//! RFC 8493 lets digests be of either case, separators vary and lines come in any order. Our packages have one form, so
//! that every changed byte shows: lower case, two spaces, sorted by path, each line ending with LF.

use std::collections::BTreeMap;

/// A digest that manifests list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Sha256,
    Sha512,
    /// GM/T 0004-2012, where the package has it.
    Sm3,
}

impl Algorithm {
    /// How many hexadecimal digits it has.
    pub(crate) const fn hex_len(self) -> usize {
        match self {
            Self::Sha256 | Self::Sm3 => 64,
            Self::Sha512 => 128,
        }
    }
}

/// What a manifest covers, and with which digest.
pub(crate) struct ManifestKind {
    /// Its file.
    pub(crate) file: &'static str,
    /// Whether it lists tag files instead of payload files.
    pub(crate) tags: bool,
    /// The digest.
    pub(crate) algorithm: Algorithm,
}

/// The manifests: those of the payload first, because those of the tag files list them.
pub(crate) const MANIFESTS: [ManifestKind; 6] = [
    ManifestKind { file: "manifest-sha256.txt", tags: false, algorithm: Algorithm::Sha256 },
    ManifestKind { file: "manifest-sha512.txt", tags: false, algorithm: Algorithm::Sha512 },
    ManifestKind { file: SM3_MANIFEST, tags: false, algorithm: Algorithm::Sm3 },
    ManifestKind { file: "tagmanifest-sha256.txt", tags: true, algorithm: Algorithm::Sha256 },
    ManifestKind { file: "tagmanifest-sha512.txt", tags: true, algorithm: Algorithm::Sha512 },
    ManifestKind { file: "tagmanifest-sm3.txt", tags: true, algorithm: Algorithm::Sm3 },
];

/// The manifest that says that a package has SM3 digests.
pub(crate) const SM3_MANIFEST: &str = "manifest-sm3.txt";

impl ManifestKind {
    /// Whether it lists this file: payload or tag file, but no tag manifest (RFC 8493 §2.2.1).
    pub(crate) fn lists(&self, path: &str) -> bool {
        if self.tags {
            !path.starts_with("data/") && !path.starts_with("tagmanifest-")
        } else {
            path.starts_with("data/")
        }
    }

    /// Whether a package with or without SM3 has it.
    pub(crate) fn is_in(&self, with_sm3: bool) -> bool {
        with_sm3 || self.algorithm != Algorithm::Sm3
    }
}

/// The manifest with these digests by path.
pub(crate) fn render<'a>(entries: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    entries.into_iter().map(|(path, hex)| format!("{hex}  {}\n", encode_path(path))).collect()
}

/// Percent-encodes CR, LF and `%`, as RFC 8493 §2.1.3 asks, and nothing else.
pub(crate) fn encode_path(path: &str) -> String {
    path.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The path that a manifest writes; `None` for any other use of `%`.
fn decode_path(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut path = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        path.push(match part.get(..2)? {
            "25" => '%',
            "0D" | "0d" => '\r',
            "0A" | "0a" => '\n',
            _ => return None,
        });
        path.push_str(&part[2..]);
    }
    Some(path)
}

/// Whether a path stays inside the bag: relative, and without `.`, `..`, empty or home segments.
pub(crate) fn is_inside(path: &str) -> bool {
    !path.starts_with('~')
        && !path.contains(['\\', '\0'])
        && path.split('/').all(|segment| !matches!(segment, "" | "." | ".."))
}

/// Digest and path of one line, without its LF; a sentence if it is not a manifest line.
///
/// `hex_len` is the length of the digest in digits.
pub(crate) fn parse_line(line: &[u8], hex_len: usize) -> Result<(String, String), String> {
    let shown = || String::from_utf8_lossy(line).chars().take(120).collect::<String>();
    let refuse = || format!("expected {hex_len} hex digits, two spaces and a path, but got {:?}", shown());
    let text = std::str::from_utf8(line).map_err(|_| refuse())?;
    let (hex, path) = text.split_once("  ").ok_or_else(refuse)?;
    if hex.len() != hex_len || !hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
        return Err(refuse());
    }
    let path = decode_path(path).ok_or_else(refuse)?;
    if !is_inside(&path) {
        return Err(format!("the path {:?} leads out of the package", path.chars().take(120).collect::<String>()));
    }
    Ok((hex.to_owned(), path))
}

/// What differs between a manifest and the files, a sentence each.
pub(crate) fn differences(listed: &BTreeMap<String, String>, files: &BTreeMap<&str, &str>) -> Vec<String> {
    let mut problems = Vec::new();
    for (path, hex) in listed {
        match files.get(path.as_str()) {
            None => problems.push(format!("{path} is listed but missing")),
            Some(found) if found != hex => problems.push(format!("{path} was changed: listed {hex}, found {found}")),
            Some(_) => {}
        }
    }
    problems
        .extend(files.keys().filter(|path| !listed.contains_key(**path)).map(|path| format!("{path} is not listed")));
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hostile_lines_are_refused() {
        let hex = "ab".repeat(32);
        assert_eq!(parse_line(format!("{hex}  data/a  b").as_bytes(), 64), Ok((hex.clone(), "data/a  b".to_owned())));
        for path in
            ["../x", "data/../../x", "/etc/passwd", "~/x", "data//x", "data/./x", "data\\x", "", "data/", "a%2Fb", "a%"]
        {
            assert!(parse_line(format!("{hex}  {path}").as_bytes(), 64).is_err(), "{path}");
        }
        for line in ["", "  ", &hex, &format!("{hex} data/x"), &format!("{}  data/x", hex.to_uppercase()), "ab  data/x"]
        {
            assert!(parse_line(line.as_bytes(), 64).is_err(), "{line}");
        }
        assert!(parse_line(b"\xff\xff  data/x", 64).is_err());
    }

    proptest! {
        #[test]
        fn encoded_paths_decode(path in any::<String>()) {
            let encoded = encode_path(&path);
            prop_assert!(!encoded.contains(['\r', '\n']));
            prop_assert_eq!(decode_path(&encoded), Some(path));
        }

        #[test]
        fn parsing_never_panics(line in prop::collection::vec(any::<u8>(), 0..120)) {
            let _ = parse_line(&line, 64);
        }
    }
}
