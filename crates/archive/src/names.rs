//! How documents and pages are called inside a package.

use dingce_ledger::Digest;

use crate::volume::RECORDS;

/// The longest safe name, in bytes. With digest and hyphen a file name stays below the 255 bytes of common file systems.
pub const NAME_MAX_BYTES: usize = 150;

/// The longest extension that survives the shortening of a name, in bytes.
const EXTENSION_MAX_BYTES: usize = 16;

/// The path of a document below the content folder: `电子档案/<sha256>-<safe name>`.
///
/// The digest makes it unique, so names may repeat.
pub fn document_path(digest: &Digest, name: &str) -> String {
    format!("{RECORDS}/{}-{}", digest.to_hex(), safe_name(name))
}

/// A name that is one plain path segment on every common system.
///
/// Path separators, control and direction characters, line separators and what Windows forbids become `_`. So does `%`,
/// which RFC 8493 would have us encode in manifests and which public tools decode differently. Dots and spaces at
/// either end go. What is too long loses its middle and keeps its extension. What is empty is called `document`.
///
/// ```
/// use dingce_archive::names::safe_name;
/// assert_eq!(safe_name("../../etc/passwd"), "_.._etc_passwd");
/// assert_eq!(safe_name("征求意见稿（第2版）.pdf"), "征求意见稿（第2版）.pdf");
/// ```
pub fn safe_name(name: &str) -> String {
    let plain: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let trimmed = plain.trim_matches([' ', '.']);
    if trimmed.is_empty() {
        return "document".to_owned();
    }
    if trimmed.len() <= NAME_MAX_BYTES {
        return trimmed.to_owned();
    }
    let extension = match trimmed.rfind('.') {
        Some(dot) if trimmed.len() - dot <= EXTENSION_MAX_BYTES => &trimmed[dot..],
        _ => "",
    };
    let kept = trimmed.floor_char_boundary(NAME_MAX_BYTES - extension.len());
    format!("{}{extension}", trimmed[..kept].trim_end_matches([' ', '.']))
}

fn is_plain(c: char) -> bool {
    let forbidden = matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '%');
    let invisible = matches!(c,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fffe}'..='\u{ffff}');
    !forbidden && !invisible && !c.is_control()
}

/// Whether a text may name a readable page: 1 to 100 of `a-z 0-9 . _ -`, not starting with a dot, and not
/// [`crate::eark::OMITTED`], which the package makes itself.
pub fn is_page_name(name: &str) -> bool {
    (1..=100).contains(&name.len())
        && !name.starts_with('.')
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-'))
        && name != crate::eark::OMITTED
}

/// Whether a text may be part of the package's id: 1 to 100 of `a-z A-Z 0-9 _ -`.
pub fn is_id_part(text: &str) -> bool {
    (1..=100).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

/// Whether a text may name a file of the log below `ledger/`: `checkpoint`, `policy`, `proofs/<leaf number, at least 6
/// digits>.tlog-proof`, or a plain name in `keys/`, `consistency/` or `timestamps/`.
pub fn is_log_name(name: &str) -> bool {
    match name.split_once('/') {
        None => matches!(name, "checkpoint" | "policy"),
        Some(("proofs", file)) => proof_number(file).is_some(),
        Some(("keys" | "consistency" | "timestamps", file)) => is_page_name(file),
        Some(_) => false,
    }
}

/// The number of the leaf whose proof this file of `proofs/` is.
pub(crate) fn proof_number(file: &str) -> Option<u64> {
    let number = file.strip_suffix(".tlog-proof")?.parse().ok()?;
    (number > 0 && file == proof_file(number)).then_some(number)
}

/// The file in `proofs/` of the leaf with this number.
pub(crate) fn proof_file(n: u64) -> String {
    format!("{n:06}.tlog-proof")
}

#[cfg(test)]
mod tests {
    use super::*;
    use dingce_ledger::sha256;
    use proptest::prelude::*;

    #[test]
    fn hostile_names_become_plain() {
        for (given, expected) in [
            ("", "document"),
            ("..", "document"),
            (" . ", "document"),
            ("a/b\\c:d", "a_b_c_d"),
            ("100%.pdf", "100_.pdf"),
            ("line\r\nbreak\u{2028}.txt", "line__break_.txt"),
            ("\u{202e}fdp.exe", "_fdp.exe"),
            ("nul\0.doc", "nul_.doc"),
            ("  会议纪要.docx. ", "会议纪要.docx"),
        ] {
            assert_eq!(safe_name(given), expected);
        }
        let long = safe_name(&format!("{}.pdf", "长".repeat(200)));
        assert!(long.len() <= NAME_MAX_BYTES && long.ends_with("长.pdf"), "{long}");
        assert!(safe_name(&"a.".repeat(300)).len() <= NAME_MAX_BYTES);
        let path = document_path(&sha256(b""), "名");
        assert_eq!(path, "电子档案/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855-名");
    }

    #[test]
    fn page_names() {
        assert!(is_page_name("filelist.html") && is_page_name("history-2.html"));
        for wrong in ["", ".html", "a/b", "A.html", "omitted.txt", "页.html", "..", &"a".repeat(101)] {
            assert!(!is_page_name(wrong), "{wrong}");
        }
        assert!(is_id_part("case_0190-x") && !is_id_part("a/b") && !is_id_part("..") && !is_id_part(""));
        for right in ["checkpoint", "policy", "proofs/000001.tlog-proof", "proofs/1234567.tlog-proof", "keys/log.vkey"]
        {
            assert!(is_log_name(right), "{right}");
        }
        for wrong in
            ["", "proofs/1.tlog-proof", "proofs/000000.tlog-proof", "keys/../x", "keys/", "other/x", "volume.json"]
        {
            assert!(!is_log_name(wrong), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_name_becomes_one_short_segment(name in any::<String>()) {
            let safe = safe_name(&name);
            prop_assert!((1..=NAME_MAX_BYTES).contains(&safe.len()));
            prop_assert!(!safe.contains(['/', '\\', '%', '\0', '\r', '\n']));
            prop_assert!(safe != "." && safe != "..");
            prop_assert_eq!(safe_name(&safe), safe);
        }
    }
}
