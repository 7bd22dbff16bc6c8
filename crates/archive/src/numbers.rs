//! Archive numbers 档号 by rules that are data.
//!
//! A rule is a text with fields in braces, after DA/T 22-2015: 全宗号-档案门类代码·年度-保管期限-机构（问题）代码-件号. The shape follows
//! published summaries of that standard; it was not compared with the standard's own text.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The rule that follows DA/T 22-2015.
pub const DAT22_RULE: &str = "{fonds}-{category}·{year}-{retention}-{unit}-{item:4}";

/// The longest rule or value, in bytes.
const TEXT_MAX_BYTES: usize = 200;

/// A rule and its values, for one volume.
///
/// ```
/// use dingce_archive::numbers::Numbering;
/// let given = r#"{"rule": "{fonds}-{category}·{year}-{retention}-{unit}-{item:4}", "fonds": "J001", "category": "WS",
///     "year": 2026, "unit": "BGS", "retention": {"permanent": "Y", "years_30": "D30"}, "first_item": 17}"#;
/// let numbering: Numbering = serde_json::from_str(given).unwrap();
/// assert_eq!(numbering.number(&Some("permanent".to_owned()), 2).unwrap(), "J001-WS·2026-Y-BGS-0018");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Numbering {
    /// The rule: text, and the fields `{fonds}`, `{category}`, `{year}`, `{retention}`, `{unit}` and `{item:WIDTH}`, each at
    /// most once and `{item:WIDTH}` exactly once.
    #[serde(default = "default_rule")]
    pub rule: String,
    /// The fonds 全宗号.
    pub fonds: String,
    /// The category of archives 档案门类代码, e.g. `WS`.
    pub category: String,
    /// The year 年度.
    pub year: u16,
    /// The unit or subject 机构（问题）代码.
    pub unit: String,
    /// The code of each retention period 保管期限, by the words `permanent`, `years_30`, `years_10`.
    pub retention: BTreeMap<String, String>,
    /// The number 件号 of the first document of the volume; the others follow.
    pub first_item: u64,
}

fn default_rule() -> String {
    DAT22_RULE.to_owned()
}

/// Why a rule gives no number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// A brace without its partner, or a field that there is not.
    #[error(
        "expected one of {{fonds}} {{category}} {{year}} {{retention}} {{unit}} {{item:WIDTH}} in the rule, but got {given:?}"
    )]
    Field {
        /// What the rule has there.
        given: String,
    },
    /// A field that is there twice, or no `{item:WIDTH}`.
    #[error("expected the field {field} {needed} in the rule")]
    Times {
        /// Which.
        field: &'static str,
        /// How often it should be.
        needed: &'static str,
    },
    /// A value that is empty, too long or has white space, control characters or a separator of the rule's own.
    #[error("expected {field} of 1 to 200 bytes without white space, braces or control characters, but got {given:?}")]
    Value {
        /// Whose.
        field: &'static str,
        /// What was given.
        given: String,
    },
    /// A retention period without a code.
    #[error("expected a code for the retention period {given:?}")]
    Retention {
        /// The period; empty where the volume states none.
        given: String,
    },
    /// A number with more digits than the rule has places.
    #[error("expected an item of at most {width} digits from 1, but got {given}")]
    Item {
        /// How many places.
        width: usize,
        /// The number.
        given: u64,
    },
}

/// A piece of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Fonds,
    Category,
    Year,
    Retention,
    Unit,
    Item(usize),
}

fn parse(rule: &str) -> Result<Vec<Piece>, NumberError> {
    let field = |given: &str| NumberError::Field { given: given.chars().take(80).collect() };
    let mut pieces = Vec::new();
    let mut rest = rule;
    while !rest.is_empty() {
        let text = &rest[..rest.find(['{', '}']).unwrap_or(rest.len())];
        if !text.is_empty() {
            value("the text of the rule", text)?;
            pieces.push(Piece::Text(text.to_owned()));
            rest = &rest[text.len()..];
            continue;
        }
        let end = rest.find('}').filter(|end| *end > 0).ok_or_else(|| field(rest))?;
        let name = &rest[1..end];
        let piece = match name {
            "fonds" => Piece::Fonds,
            "category" => Piece::Category,
            "year" => Piece::Year,
            "retention" => Piece::Retention,
            "unit" => Piece::Unit,
            _ => {
                match name.strip_prefix("item:").and_then(|width| width.as_bytes().first().filter(|_| width.len() == 1))
                {
                    Some(width @ b'1'..=b'9') => Piece::Item(usize::from(width - b'0')),
                    _ => return Err(field(&rest[..=end])),
                }
            }
        };
        pieces.push(piece);
        rest = &rest[end + 1..];
    }
    let times = |wanted: fn(&Piece) -> bool| pieces.iter().filter(|piece| wanted(piece)).count();
    if times(|piece| matches!(piece, Piece::Item(_))) != 1 {
        return Err(NumberError::Times { field: "{item:WIDTH}", needed: "exactly once" });
    }
    for (wanted, name) in [
        (Piece::Fonds, "{fonds}"),
        (Piece::Category, "{category}"),
        (Piece::Year, "{year}"),
        (Piece::Retention, "{retention}"),
        (Piece::Unit, "{unit}"),
    ] {
        if pieces.iter().filter(|piece| **piece == wanted).count() > 1 {
            return Err(NumberError::Times { field: name, needed: "at most once" });
        }
    }
    Ok(pieces)
}

fn value<'a>(field: &'static str, text: &'a str) -> Result<&'a str, NumberError> {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '{' | '}');
    if (1..=TEXT_MAX_BYTES).contains(&text.len()) && text.chars().all(plain) {
        Ok(text)
    } else {
        Err(NumberError::Value { field, given: text.chars().take(80).collect() })
    }
}

impl Numbering {
    /// The number of the document at this place of the file list, from 1, in a volume that is kept so long.
    ///
    /// # Errors
    /// [`NumberError`] where the rule or a value that it needs is wrong.
    pub fn number(&self, retention: &Option<String>, place: u64) -> Result<String, NumberError> {
        let mut number = String::new();
        for piece in parse(&self.rule)? {
            match piece {
                Piece::Text(text) => number.push_str(&text),
                Piece::Fonds => number.push_str(value("the fonds", &self.fonds)?),
                Piece::Category => number.push_str(value("the category", &self.category)?),
                Piece::Year => number.push_str(&format!("{:04}", self.year)),
                Piece::Unit => number.push_str(value("the unit", &self.unit)?),
                Piece::Retention => {
                    let period = retention.as_deref().unwrap_or_default();
                    let code = self.retention.get(period);
                    let code = code.ok_or_else(|| NumberError::Retention { given: period.to_owned() })?;
                    number.push_str(value("the code of a retention period", code)?);
                }
                Piece::Item(width) => {
                    let item = self.first_item.saturating_add(place).saturating_sub(1);
                    let digits = format!("{item:0width$}");
                    if self.first_item == 0 || place == 0 || digits.len() > width {
                        return Err(NumberError::Item { width, given: item });
                    }
                    number.push_str(&digits);
                }
            }
        }
        Ok(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn numbering(rule: &str) -> Numbering {
        Numbering {
            rule: rule.to_owned(),
            fonds: "J001".to_owned(),
            category: "WS".to_owned(),
            year: 2026,
            unit: "BGS".to_owned(),
            retention: [("permanent".to_owned(), "Y".to_owned())].into(),
            first_item: 9998,
        }
    }

    #[test]
    fn numbers_follow_the_rule() {
        let permanent = Some("permanent".to_owned());
        let by = |rule: &str, place| numbering(rule).number(&permanent, place);
        assert_eq!(by(DAT22_RULE, 2).unwrap(), "J001-WS·2026-Y-BGS-9999");
        assert_eq!(by(DAT22_RULE, 3), Err(NumberError::Item { width: 4, given: 10_000 }));
        assert_eq!(by("{item:6}", 3).unwrap(), "010000");
        for wrong in ["{item:4", "item:4}", "{item}", "{item:0}", "{item:12}", "{other}-{item:4}", "{{item:4}}", "{}"] {
            assert!(matches!(by(wrong, 1), Err(NumberError::Field { .. })), "{wrong}");
        }
        for wrong in ["", "{fonds}", "{item:4}{item:4}", "{fonds}{fonds}{item:4}"] {
            assert!(matches!(by(wrong, 1), Err(NumberError::Times { .. })), "{wrong}");
        }
        assert!(matches!(by("a b{item:4}", 1), Err(NumberError::Value { .. })));
        let years = Some("years_10".to_owned());
        assert!(matches!(numbering(DAT22_RULE).number(&years, 1), Err(NumberError::Retention { .. })));
        assert!(matches!(numbering(DAT22_RULE).number(&None, 1), Err(NumberError::Retention { .. })));
        for fonds in ["", "J 1", "J\n", "{unit}"] {
            let numbering = Numbering { fonds: fonds.to_owned(), ..numbering(DAT22_RULE) };
            assert!(matches!(numbering.number(&permanent, 1), Err(NumberError::Value { .. })), "{fonds:?}");
        }
    }

    proptest! {
        #[test]
        fn no_rule_makes_it_panic(rule in "[{}a-z:0-9意 ]{0,40}", place in any::<u64>()) {
            let _ = numbering(&rule).number(&None, place);
        }
    }
}
