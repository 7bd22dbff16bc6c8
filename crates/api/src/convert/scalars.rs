//! Scalars: days, instants, and whole numbers beyond 32 bits.

use async_graphql::{Description, InputValueError, InputValueResult, Scalar, ScalarType, Value};
use jiff::{Timestamp, civil};

/// A day where the organ is, `YYYY-MM-DD`. Days that do not exist, such as 2023-02-30, are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Description)]
pub struct Date(pub civil::Date);

#[Scalar(use_type_description = true, specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        let shape = text.len() == 10
            && text.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
        let shown: String = text.chars().take(40).collect();
        if !shape {
            return Err(InputValueError::custom(format!("Expected a day as YYYY-MM-DD, but got {shown:?}.")));
        }
        text.parse()
            .map(Self)
            .map_err(|_| InputValueError::custom(format!("Expected a day of the calendar, but there is no {shown}.")))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// An instant, RFC 3339, in UTC, to the millisecond, e.g. `2023-01-05T01:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Description)]
pub struct DateTime(pub Timestamp);

impl DateTime {
    /// The instant that the store keeps as milliseconds since 1970.
    pub fn of_millis(millis: i64) -> Self {
        Self(Timestamp::from_millisecond(millis).unwrap_or_default())
    }
}

#[Scalar(use_type_description = true, specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        text.parse().map(Self).map_err(|_| {
            let shown: String = text.chars().take(40).collect();
            InputValueError::custom(format!("Expected an instant as RFC 3339 says, but got {shown:?}."))
        })
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A whole number from 0 to 9007199254740991 (2^53 - 1), as a JSON number: sizes in bytes and places in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Description)]
pub struct Long(pub u64);

impl Long {
    /// The largest value: what every JSON reader keeps exactly.
    pub const MAX: u64 = (1 << 53) - 1;

    /// The number that the store keeps as signed.
    pub fn of(number: i64) -> Self {
        Self(u64::try_from(number).unwrap_or(0))
    }
}

#[Scalar(use_type_description = true)]
impl ScalarType for Long {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => number.as_u64().filter(|n| *n <= Self::MAX).map(Self).ok_or_else(|| {
                InputValueError::custom(format!("Expected a whole number from 0 to {}, but got {number}.", Self::MAX))
            }),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Number(self.0.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_does_not_exist_is_refused_with_its_name() {
        let told = |text: &str| Date::parse(Value::String(text.to_owned())).map_err(|e| format!("{e:?}"));
        assert!(told("2024-02-29").is_ok());
        assert!(told("2023-02-30").unwrap_err().contains("there is no 2023-02-30"));
        assert!(told("20230105").unwrap_err().contains("YYYY-MM-DD"));
        assert!(told("2023-1-5").is_err());
    }

    #[test]
    fn a_long_is_what_every_reader_keeps_exactly() {
        assert!(Long::parse(Value::from(Long::MAX)).is_ok());
        assert!(Long::parse(Value::from(Long::MAX + 1)).is_err());
        assert!(Long::parse(Value::from(-1)).is_err());
    }
}
