//! What stands in a printed list besides what we have a place for: kept as it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::check;
use crate::code::Code;
use crate::rejection::Rejection;

/// A value as printed or transcribed. Whole numbers only: what is hashed must have one form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Printed {
    /// Not seen.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Printed>),
    /// Named values.
    Map(BTreeMap<String, Printed>),
}

/// How deep values may stand in each other.
const DEPTH_MAX: usize = 8;

impl Printed {
    /// That a record can hold it: texts up to 10,000 characters, lists up to 200, whole numbers that JSON keeps exactly.
    ///
    /// # Errors
    /// A [`Rejection`] that names the place.
    pub fn acceptable(&self, path: &str) -> Result<(), Rejection> {
        self.acceptable_at(path, 0)
    }

    fn acceptable_at(&self, path: &str, depth: usize) -> Result<(), Rejection> {
        if depth > DEPTH_MAX {
            return Err(Rejection::new(Code::InputNotAcceptable).at(path).needed(format!("..{DEPTH_MAX}")));
        }
        match self {
            Self::Null | Self::Bool(_) => Ok(()),
            // RFC 8785: beyond this, a reader may see another number.
            Self::Int(n) if n.unsigned_abs() < (1 << 53) => Ok(()),
            Self::Int(n) => Err(Rejection::new(Code::InputNotAcceptable).at(path).given(n).needed("±9007199254740991")),
            Self::Text(text) => check::text_or_empty(path, text),
            Self::List(list) => {
                check::count(path, list.len(), 0)?;
                list.iter().enumerate().try_for_each(|(i, v)| v.acceptable_at(&format!("{path}.{i}"), depth + 1))
            }
            Self::Map(map) => acceptable_at(path, map, depth),
        }
    }
}

/// That a record can hold named values.
///
/// # Errors
/// As [`Printed::acceptable`].
pub fn acceptable(path: &str, map: &BTreeMap<String, Printed>) -> Result<(), Rejection> {
    acceptable_at(path, map, 0)
}

fn acceptable_at(path: &str, map: &BTreeMap<String, Printed>, depth: usize) -> Result<(), Rejection> {
    check::count(path, map.len(), 0)?;
    map.iter().try_for_each(|(name, value)| {
        check::line(path, name)?;
        value.acceptable_at(&format!("{path}.{name}"), depth + 1)
    })
}
