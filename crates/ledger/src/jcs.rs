//! The one form of JSON that is hashed: RFC 8785 (JCS), with two rules of our own.
//!
//! JCS numbers are IEEE 754 doubles, so a number beyond ±2^53 may be read differently by two programs: it is refused
//! and must be written as a string. A repeated member name is refused too, because readers differ on which one counts.

use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde::{Deserializer, Serialize};
use serde_json::{Map, Number, Value};

/// The greatest whole number that every JSON reader keeps exactly: 2^53.
pub const MAX_EXACT: u64 = 1 << 53;

/// Why some JSON has no canonical form, or is not in it.
#[derive(Debug, thiserror::Error)]
pub enum JcsError {
    /// Not JSON, or not I-JSON: bad syntax, bad UTF-8, lone surrogate, nested deeper than 127, or a repeated member.
    #[error("expected JSON with unique member names")]
    NotJson(#[source] serde_json::Error),
    /// The value given cannot be written as JSON.
    #[error("the value cannot be written as JSON")]
    NotWritable(#[source] serde_json::Error),
    /// A number beyond ±2^53.
    #[error("expected numbers of at most 2^53 in absolute value, but got {number}; write it as a string")]
    NumberTooLarge {
        /// The number, as read.
        number: String,
    },
    /// JSON, but not in the canonical form.
    #[error("expected canonical JSON (RFC 8785), but the bytes differ from the canonical form at byte {at}")]
    NotCanonical {
        /// Offset of the first difference, from 0.
        at: usize,
    },
}

/// The canonical bytes of a value.
///
/// # Errors
/// [`JcsError::NotWritable`] if it cannot be written; [`JcsError::NumberTooLarge`] beyond ±2^53.
///
/// ```
/// let bytes = dingce_ledger::jcs::to_canonical(&serde_json::json!({"b": 2, "a": 1.0}))?;
/// assert_eq!(bytes, br#"{"a":1,"b":2}"#);
/// # Ok::<(), dingce_ledger::jcs::JcsError>(())
/// ```
pub fn to_canonical<T: Serialize>(value: &T) -> Result<Vec<u8>, JcsError> {
    let value = serde_json::to_value(value).map_err(JcsError::NotWritable)?;
    write(&value)
}

/// The canonical bytes of an object with one more member, whose value is canonical already.
///
/// # Errors
/// As [`to_canonical`]; [`JcsError::NotJson`] where `value` is no object, or has the member.
pub fn to_canonical_with<T: Serialize>(value: &T, member: &str, canonical: &[u8]) -> Result<Vec<u8>, JcsError> {
    use serde::de::Error as _;
    let not_json = |why: &str| JcsError::NotJson(serde_json::Error::custom(why));
    let Value::Object(mut members) = serde_json::to_value(value).map_err(JcsError::NotWritable)? else {
        return Err(not_json("expected an object"));
    };
    if members.contains_key(member) {
        return Err(not_json("the member is there twice"));
    }
    if !members.keys().all(|name| name.is_ascii()) || !member.is_ascii() {
        let value: Value = serde_json::from_slice(canonical).map_err(JcsError::NotJson)?;
        members.insert(member.to_owned(), value);
        return write(&Value::Object(members));
    }
    let mut names: Vec<&str> = members.keys().map(String::as_str).chain([member]).collect();
    names.sort_unstable();
    let mut out = Vec::with_capacity(canonical.len() + 1024);
    for (at, name) in names.into_iter().enumerate() {
        out.push(if at == 0 { b'{' } else { b',' });
        out.extend(write(&Value::String(name.to_owned()))?);
        out.push(b':');
        match members.get(name) {
            Some(value) => out.extend(write(value)?),
            None => out.extend_from_slice(canonical),
        }
    }
    out.push(b'}');
    Ok(out)
}

/// The canonical form of some JSON.
///
/// # Errors
/// As [`parse`].
pub fn canonicalize(json: &[u8]) -> Result<Vec<u8>, JcsError> {
    write(&parse(json)?)
}

/// Reads JSON that must already be canonical, and gives its value.
///
/// # Errors
/// As [`parse`], and [`JcsError::NotCanonical`] where writing the value again gives other bytes.
pub fn parse_canonical(json: &[u8]) -> Result<Value, JcsError> {
    let value = parse(json)?;
    let canonical = write(&value)?;
    match first_difference(json, &canonical) {
        None => Ok(value),
        Some(at) => Err(JcsError::NotCanonical { at }),
    }
}

/// Reads JSON and refuses repeated member names and numbers beyond ±2^53.
///
/// # Errors
/// [`JcsError::NotJson`] or [`JcsError::NumberTooLarge`].
pub fn parse(json: &[u8]) -> Result<Value, JcsError> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let value = Unique.deserialize(&mut reader).map_err(JcsError::NotJson)?;
    reader.end().map_err(JcsError::NotJson)?;
    check_numbers(&value)?;
    Ok(value)
}

/// Writes a value whose numbers are checked first.
///
/// Members of a [`Map`] are kept in the order of their names' bytes, which for ASCII is that of JCS, and `serde_json` escapes texts
/// as JCS does: where all names are ASCII and no number is a fraction, its compact form is the canonical one, for a third of the time.
fn write(value: &Value) -> Result<Vec<u8>, JcsError> {
    check_numbers(value)?;
    if is_plain(value) {
        return serde_json::to_vec(value).map_err(JcsError::NotWritable);
    }
    serde_json_canonicalizer::to_vec(value).map_err(JcsError::NotWritable)
}

/// Whether the compact form is the canonical one.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => true,
        Value::Number(number) => number.is_u64() || number.is_i64(),
        Value::Array(items) => items.iter().all(is_plain),
        // Held against the order itself: another build of the map could keep the order in which members came.
        Value::Object(members) => {
            members.keys().all(|name| name.is_ascii()) && members.keys().is_sorted() && members.values().all(is_plain)
        }
    }
}

fn check_numbers(value: &Value) -> Result<(), JcsError> {
    match value {
        Value::Number(number) if !is_exact(number) => Err(JcsError::NumberTooLarge { number: number.to_string() }),
        Value::Array(items) => items.iter().try_for_each(check_numbers),
        Value::Object(members) => members.values().try_for_each(check_numbers),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

fn is_exact(number: &Number) -> bool {
    match (number.as_u64(), number.as_i64(), number.as_f64()) {
        (Some(whole), _, _) => whole <= MAX_EXACT,
        (None, Some(whole), _) => whole.unsigned_abs() <= MAX_EXACT,
        // 2^53 is a double itself, so the cast loses nothing.
        (None, None, Some(real)) => real.abs() <= MAX_EXACT as f64,
        (None, None, None) => false,
    }
}

/// Offset of the first byte in which two texts differ; `None` if they are equal.
pub(crate) fn first_difference(a: &[u8], b: &[u8]) -> Option<usize> {
    let common = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    (common < a.len() || common < b.len()).then_some(common)
}

/// Builds a [`Value`] and refuses repeated member names, of which `serde_json` alone would keep the last.
struct Unique;

impl<'de> DeserializeSeed<'de> for Unique {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number is not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(Unique)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if members.contains_key(&name) {
                return Err(serde::de::Error::custom(format_args!("the member {name:?} appears twice")));
            }
            let value = map.next_value_seed(Unique)?;
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(json: &str) -> String {
        String::from_utf8(canonicalize(json.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn rfc_8785_examples() {
        // RFC 8785 §3.2.2 and §3.2.3, with the number beyond 2^53 left out.
        assert_eq!(
            canonical(r#"{"numbers":[4.50, 2e-3, 0.000000000000000000000000001, -0.0],"literals":[null,true,false]}"#),
            r#"{"literals":[null,true,false],"numbers":[4.5,0.002,1e-27,0]}"#
        );
        assert_eq!(
            canonical(r#"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#),
            "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"\u{f6}\":7,\"\u{20ac}\":1,\"\u{1f600}\":5,\"\u{fb33}\":3}"
        );
    }

    #[test]
    fn the_short_way_gives_the_same_bytes() {
        let texts = ["", "a\"b\\c/\u{7}\u{8}\t\n\u{c}\r\u{1f}\u{7f}", "决策\u{2028}\u{1f600}", "{\"x\":1}"];
        let mut values: Vec<Value> = texts.iter().map(|text| Value::from(*text)).collect();
        values.extend([Value::Null, true.into(), 0.into(), (-7).into(), MAX_EXACT.into(), 1.5.into(), 1.0.into()]);
        let all = serde_json::json!({
            "z": values, "a": {"b": {"Z": 1, "_": [], "": {}}}, "A": texts, "决": {"策": 1}, "10": 1, "9": [[-1]],
        });
        let plain = serde_json::json!({ "b": texts, "a": { "y": 1, "x": [true, null, -3] }, "B": {} });
        for value in values.iter().chain([&all, &plain]) {
            let by_the_library = serde_json_canonicalizer::to_vec(value).unwrap();
            assert_eq!(write(value).unwrap(), by_the_library, "{value}");
            for member in ["body", "", "zz", "决"] {
                let around =
                    serde_json::json!({ "a": 1, "by": plain, "\u{1f600}".repeat(usize::from(member == "zz")): texts });
                let mut whole = around.clone();
                whole[member] = value.clone();
                let together = to_canonical_with(&around, member, &by_the_library);
                if around.get(member).is_some() {
                    assert!(together.is_err(), "{member:?} is there twice");
                } else {
                    assert_eq!(
                        together.unwrap(),
                        serde_json_canonicalizer::to_vec(&whole).unwrap(),
                        "{member:?} {value}"
                    );
                }
            }
        }
        assert!(to_canonical_with(&1, "body", b"1").is_err());
    }

    #[test]
    fn refuses_what_readers_disagree_on() {
        let twice = canonicalize(br#"{"a":{"b":1,"b":1}}"#).unwrap_err();
        assert!(matches!(twice, JcsError::NotJson(_)), "{twice}");
        for large in ["9007199254740993", "-9007199254740993", "1e21", "18446744073709551615", "1e300"] {
            let error = canonicalize(format!("[{large}]").as_bytes()).unwrap_err();
            assert!(matches!(error, JcsError::NumberTooLarge { .. }), "{large}: {error}");
            assert!(to_canonical(&serde_json::from_str::<Value>(large).unwrap()).is_err());
        }
        assert_eq!(canonical("[9007199254740992,-9007199254740992]"), "[9007199254740992,-9007199254740992]");
        for wrong in ["", "{", "[1]x", "\"\\ud800\"", "{\"a\":1}{}", &"[".repeat(100_000)] {
            assert!(matches!(parse(wrong.as_bytes()), Err(JcsError::NotJson(_))));
        }
        assert!(parse(b"\"\xff\"").is_err());
    }

    #[test]
    fn names_the_first_byte_that_is_not_canonical() {
        assert!(parse_canonical(br#"{"a":1,"b":"x"}"#).is_ok());
        for (json, offset) in
            [(r#"{"a": 1}"#, 5), (r#"{"b":1,"a":2}"#, 2), (r#"[1.0]"#, 2), (r#"["\u0041"]"#, 2), ("[1]\n", 3)]
        {
            match parse_canonical(json.as_bytes()) {
                Err(JcsError::NotCanonical { at }) => assert_eq!(at, offset, "{json}"),
                other => panic!("{json}: {other:?}"),
            }
        }
    }
}
