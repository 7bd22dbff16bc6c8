//! Puts null where a field failed.
//!
//! async-graphql 7.2.1 leaves a failed field out of its object; the GraphQL specification demands null in its place, and
//! clients that read typed answers stop at a missing key. Which fields may not be null is known to the schema only, so
//! a failed non-null field also becomes null in place, instead of its parent: fields that can fail should be
//! declared nullable.

use async_graphql::{PathSegment, ServerError, Value};

/// Adds the missing nulls that the errors point at.
pub(super) fn put_nulls(data: &mut Value, errors: &[ServerError]) {
    for error in errors {
        put_null(data, &error.path);
    }
}

fn put_null(at: &mut Value, path: &[PathSegment]) {
    let Some((segment, rest)) = path.split_first() else { return };
    match (at, segment) {
        (Value::Object(fields), PathSegment::Field(name)) => match fields.get_mut(name.as_str()) {
            Some(value) => put_null(value, rest),
            // A parent that is missing itself failed as a whole, whatever lies below it.
            None => {
                fields.insert(async_graphql::Name::new(name), Value::Null);
            }
        },
        (Value::List(items), PathSegment::Index(index)) => {
            if let Some(item) = items.get_mut(*index) {
                put_null(item, rest);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PathSegment::{Field, Index};
    use serde_json::json;

    #[test]
    fn a_failed_field_is_null_in_its_place() {
        let mut data = Value::from_json(json!({ "a": 1, "list": [{ "b": 2 }, null, { "b": 3 }] })).unwrap();
        let paths = [
            vec![Field("gone".into())],
            vec![Field("list".into()), Index(0), Field("x".into())],
            vec![Field("list".into()), Index(1), Field("x".into())],
            vec![Field("list".into()), Index(9), Field("x".into())],
            vec![Field("a".into())],
            vec![],
        ];
        let errors = paths.map(|path| {
            let mut error = ServerError::new("failed", None);
            error.path = path;
            error
        });
        put_nulls(&mut data, &errors);
        let expected = json!({ "a": 1, "list": [{ "b": 2, "x": null }, null, { "b": 3 }], "gone": null });
        assert_eq!(data.into_json().unwrap(), expected);
    }
}
