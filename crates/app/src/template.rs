//! Sentences of the language files with their slots, and amounts in words.

use dingce_domain::words::Text;

/// What bounds, sizes and instants say: `1..200`, `2024-01-01..`, `..100 bytes`, `at least 5 bytes`; `None` for all else.
pub(crate) fn range(value: &str) -> Option<Text> {
    if let Some(told) = instant(value) {
        return Some(told);
    }
    let (value, zh_unit, en_unit) = match value.strip_suffix(" bytes") {
        Some(bytes) => (bytes, "字节", " bytes"),
        None => (value, "", ""),
    };
    let text = |zh: String, en: String| Some(Text { zh, en });
    let is_number = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let is_date = |t: &str| t.parse::<jiff::civil::Date>().is_ok();
    if let Some(least) = value.strip_prefix("at least ").filter(|t| is_number(t)) {
        return text(format!("至少{least}{zh_unit}"), format!("at least {least}{en_unit}"));
    }
    let Some((from, to)) = value.split_once("..") else {
        return (!en_unit.is_empty() && is_number(value))
            .then(|| Text { zh: format!("{value}{zh_unit}"), en: format!("{value}{en_unit}") });
    };
    match (from, to) {
        ("", to) if is_number(to) => text(format!("至多{to}{zh_unit}"), format!("{to}{en_unit} at most")),
        ("", to) if is_date(to) => text(format!("不晚于{to}"), format!("{to} or earlier")),
        (from, "") if is_number(from) => text(format!("至少{from}{zh_unit}"), format!("at least {from}{en_unit}")),
        (from, "") if is_date(from) => text(format!("不早于{from}"), format!("{from} or later")),
        (from, to) if is_number(from) && is_number(to) => {
            text(format!("{from}至{to}{zh_unit}"), format!("{from} to {to}{en_unit}"))
        }
        (from, to) if is_date(from) && is_date(to) => text(format!("{from}至{to}"), format!("{from} to {to}")),
        _ => None,
    }
}

/// Instants as people read them where the organs are: in Beijing time. An open range says so.
fn instant(value: &str) -> Option<Text> {
    let beijing = |text: &str| {
        let at: jiff::Timestamp = text.parse().ok()?;
        Some(jiff::tz::offset(8).to_datetime(at).strftime("%Y-%m-%d %H:%M:%S").to_string())
    };
    if let Some(at) = value.strip_suffix("..").and_then(beijing) {
        return Some(Text { zh: format!("不早于北京时间{at}"), en: format!("{at} Beijing time or later") });
    }
    if let Some(at) = value.strip_prefix("..").and_then(beijing) {
        return Some(Text { zh: format!("不晚于北京时间{at}"), en: format!("{at} Beijing time or earlier") });
    }
    let at = beijing(value)?;
    Some(Text { zh: format!("北京时间{at}"), en: format!("{at} Beijing time") })
}

/// A template with its slots filled. A sentence that names an absent slot is left out.
pub(crate) fn filled(template: &str, slot: &dyn Fn(&str) -> Option<String>) -> String {
    let mut whole = String::new();
    for sentence in sentences(template) {
        let mut out = String::new();
        let mut rest = sentence;
        let complete = loop {
            let Some(open) = rest.find('{') else {
                out.push_str(rest);
                break true;
            };
            let Some(close) = rest[open..].find('}') else {
                out.push_str(rest);
                break true;
            };
            out.push_str(&rest[..open]);
            match slot(&rest[open + 1..open + close]) {
                Some(value) => out.push_str(&value),
                None => break false,
            }
            rest = &rest[open + close + 1..];
        };
        if complete {
            whole.push_str(&out);
        }
    }
    whole.trim().to_owned()
}

/// Sentences end with "。", or with a full stop before a blank or the end.
fn sentences(text: &str) -> Vec<&str> {
    let mut list = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let ends = match c {
            '。' => true,
            '.' => chars.peek().is_none_or(|(_, next)| next.is_whitespace()),
            _ => false,
        };
        if ends {
            let mut end = i + c.len_utf8();
            if let Some((at, ' ')) = chars.peek().copied() {
                end = at + 1;
                chars.next();
            }
            list.push(&text[start..end]);
            start = end;
        }
    }
    if start < text.len() {
        list.push(&text[start..]);
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_and_sizes_are_told_in_words() {
        for (value, zh, en) in [
            ("1..200", "1至200", "1 to 200"),
            ("..2026-01-31", "不晚于2026-01-31", "2026-01-31 or earlier"),
            ("2026-01-31..", "不早于2026-01-31", "2026-01-31 or later"),
            ("..100 bytes", "至多100字节", "100 bytes at most"),
            ("at least 5 bytes", "至少5字节", "at least 5 bytes"),
            ("7 bytes", "7字节", "7 bytes"),
        ] {
            assert_eq!(range(value), Some(Text { zh: zh.to_owned(), en: en.to_owned() }), "{value}");
        }
        let told = range("2026-12-10T16:00:00Z..").expect("an instant");
        assert_eq!(told.zh, "不早于北京时间2026-12-11 00:00:00");
        assert_eq!(range("2026-12-10T16:00:00.5Z").expect("one").en, "2026-12-11 00:00:00 Beijing time");
        for value in ["12", "U+0000", "2026-01-31", "…", "..", "a..b", "bytes"] {
            assert_eq!(range(value), None, "{value}");
        }
    }

    #[test]
    fn a_sentence_that_names_an_absent_slot_is_left_out() {
        let given = |name: &str| (name == "given").then(|| "12".to_owned());
        assert_eq!(filled("Too short. Given {given}. Needed {needed}.", &given), "Too short. Given 12.");
        assert_eq!(filled("过短。给出：{given}。需要：{needed}。", &given), "过短。给出：12。");
    }
}
