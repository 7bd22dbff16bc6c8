//! Holds variables against their definitions before execution.
//!
//! async-graphql finds a missing or mistyped variable only when a resolver asks for it, by when its siblings have run;
//! the specification wants the request refused (`CoerceVariableValues`). Only the built-in scalars, lists and null
//! can be judged without the schema: the rest is left to it.

use super::{Code, Refusal};
use async_graphql::{Value, Variables};
use async_graphql_parser::types::{BaseType, OperationDefinition, Type};

/// Refuses a variable that is required and absent, or a value that cannot be of its type.
pub(super) fn check(operation: &OperationDefinition, variables: &Variables) -> Result<(), Refusal> {
    for definition in &operation.variable_definitions {
        let (name, expected) = (&definition.node.name.node, &definition.node.var_type.node);
        let given = variables.get(name);
        let fits = match given {
            Some(value) => fits(expected, value),
            None => expected.nullable || definition.node.default_value.is_some(),
        };
        if !fits {
            let problem = if given.is_some() { "the value given is of another type" } else { "none was given" };
            let message = format!("Expected the variable ${name} to be {expected}, but {problem}.");
            return Err(Refusal { locations: vec![definition.pos], ..Refusal::new(Code::ValidationFailed, message) });
        }
    }
    Ok(())
}

/// Whether a value can be of a type, as far as can be told without the schema. A single value stands for a list of it.
fn fits(expected: &Type, value: &Value) -> bool {
    match (&expected.base, value) {
        (_, Value::Null) => expected.nullable,
        (BaseType::List(item), Value::List(values)) => values.iter().all(|value| fits(item, value)),
        (BaseType::List(item), value) => fits(item, value),
        (BaseType::Named(name), value) => match (name.as_str(), value) {
            ("Int", Value::Number(number)) => {
                number.as_i64().is_some_and(|whole| i32::try_from(whole).is_ok())
                    || number.as_f64().is_some_and(|real| real.fract() == 0.0 && real.abs() <= f64::from(i32::MAX))
            }
            ("Float", Value::Number(_)) | ("String", Value::String(_)) | ("Boolean", Value::Boolean(_)) => true,
            ("ID", Value::String(_)) => true,
            ("ID", Value::Number(number)) => number.is_i64() || number.is_u64(),
            ("Int" | "Float" | "String" | "Boolean" | "ID", _) => false,
            _ => true,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_held_against_types() {
        for (expected, value, fits_it) in [
            ("Int!", json!(1), true),
            ("Int!", json!(null), false),
            ("Int", json!(null), true),
            ("Int", json!(2_147_483_648_i64), false),
            ("Int", json!(1.0), true),
            ("Int", json!(1.5), false),
            ("Int", json!("1"), false),
            ("Float", json!(1), true),
            ("String", json!(1), false),
            ("Boolean", json!("true"), false),
            ("ID!", json!(7), true),
            ("ID!", json!(7.5), false),
            ("[ID!]!", json!(["a", "b"]), true),
            ("[ID!]!", json!("a"), true),
            ("[ID!]!", json!(["a", null]), false),
            ("[[Int]]", json!([[1], null]), true),
            ("[[Int]]", json!([["x"]]), false),
            ("SubmitInput!", json!({ "a": 1 }), true),
            ("SubmitInput!", json!(null), false),
        ] {
            let parsed = Type::new(expected).expect(expected);
            assert_eq!(fits(&parsed, &Value::from_json(value.clone()).unwrap()), fits_it, "{expected}: {value}");
        }
    }
}
