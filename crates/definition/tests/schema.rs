//! The published JSON Schema describes what is read: the shipped definition validates, its words are the engine's.

use crate::common;
use dingce_domain::definition::{Authority, Family, PostKind, UnitBinding};
use dingce_domain::verb::Verb;
use dingce_domain::words::{DraftingItem, Outcome, Relation, StageKind};
use serde_json::Value;

fn schema() -> Value {
    read("workflow-definition.schema.json")
}

fn read(name: &str) -> Value {
    let path = common::workflows().join("../schema").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The part of JSON Schema that our schema uses; anything else in it is a mistake of ours.
fn validate(root: &Value, schema: &Value, value: &Value, path: &str, wrong: &mut Vec<String>) {
    for (keyword, rule) in schema.as_object().unwrap() {
        let fits = match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "uniqueItems" | "pattern" | "propertyNames" => true,
            "$ref" => {
                let name = rule.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                validate(root, &root["$defs"][name], value, path, wrong);
                true
            }
            "anyOf" => rule.as_array().unwrap().iter().any(|one| {
                let mut wrong = Vec::new();
                validate(root, one, value, path, &mut wrong);
                wrong.is_empty()
            }),
            "type" => {
                let is = |name: &Value| match name.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "integer" => value.is_i64() || value.is_u64(),
                    "boolean" => value.is_boolean(),
                    "null" => value.is_null(),
                    other => panic!("{other}"),
                };
                rule.as_array().map_or_else(|| is(rule), |list| list.iter().any(is))
            }
            "enum" => rule.as_array().unwrap().contains(value),
            "minimum" => value.as_i64() >= rule.as_i64(),
            "maximum" => value.as_i64() <= rule.as_i64(),
            "minLength" => value.as_str().unwrap().chars().count() as u64 >= rule.as_u64().unwrap(),
            "maxLength" => value.as_str().unwrap().chars().count() as u64 <= rule.as_u64().unwrap(),
            "required" => rule.as_array().unwrap().iter().all(|key| value.get(key.as_str().unwrap()).is_some()),
            "items" => {
                for (i, item) in value.as_array().into_iter().flatten().enumerate() {
                    validate(root, rule, item, &format!("{path}.{i}"), wrong);
                }
                true
            }
            "properties" => {
                for (key, rule) in rule.as_object().unwrap() {
                    if let Some(value) = value.get(key) {
                        validate(root, rule, value, &format!("{path}.{key}"), wrong);
                    }
                }
                true
            }
            "additionalProperties" => {
                let known = schema.get("properties").and_then(Value::as_object);
                for (key, value) in value.as_object().into_iter().flatten() {
                    if known.is_some_and(|k| k.contains_key(key)) {
                        continue;
                    }
                    match rule {
                        Value::Bool(false) => wrong.push(format!("{path}.{key} is not known")),
                        rule => validate(root, rule, value, &format!("{path}.{key}"), wrong),
                    }
                }
                true
            }
            other => panic!("the schema uses {other}, which this test does not know"),
        };
        if !fits {
            wrong.push(format!("{path} breaks {keyword} {rule}"));
        }
    }
}

#[test]
fn the_shipped_definition_validates_and_a_damaged_one_does_not() {
    let schema = schema();
    let mut value: Value = serde_saphyr::from_str(&common::shipped_text()).unwrap();
    let mut wrong = Vec::new();
    validate(&schema, &schema, &value, "$", &mut wrong);
    assert_eq!(wrong, Vec::<String>::new());
    value["stages"]["risk"]["kind"] = "guess".into();
    value["colour"] = "red".into();
    validate(&schema, &schema, &value, "$", &mut wrong);
    assert_eq!(wrong.len(), 2);
}

#[test]
fn definitions_by_reference_and_their_wholes_validate() {
    let (by_reference, schema) = (read("workflow-definition-by-reference.schema.json"), schema());
    for folder in &common::SHIPPED[1..] {
        let text = std::fs::read_to_string(common::file(folder)).unwrap();
        if dingce_definition::reference::based_on(text.as_bytes()).is_none() {
            let (mut wrong, file): (_, Value) = (Vec::new(), serde_saphyr::from_str(&text).unwrap());
            validate(&schema, &schema, &file, "$", &mut wrong);
            assert_eq!(wrong, Vec::<String>::new(), "{folder}");
            continue;
        }
        let mut wrong = Vec::new();
        let file: Value = serde_saphyr::from_str(&text).unwrap();
        validate(&by_reference, &by_reference, &file, "$", &mut wrong);
        let whole: Value = serde_saphyr::from_str(&common::whole(folder).text).unwrap();
        validate(&schema, &schema, &whole, "$", &mut wrong);
        assert_eq!(wrong, Vec::<String>::new(), "{folder}");
        validate(&schema, &schema, &file, "$", &mut wrong);
        assert!(!wrong.is_empty(), "a difference is no whole");
    }
}

#[test]
fn the_words_of_the_schema_are_the_words_of_the_engine() {
    let schema = schema();
    let listed = |name: &str| -> Vec<String> { serde_json::from_value(schema["$defs"][name]["enum"].clone()).unwrap() };
    assert_eq!(listed("verb"), Verb::ALL.iter().map(|w| w.as_str()).collect::<Vec<_>>());
    assert_eq!(listed("authority"), Authority::ALL.iter().map(|w| w.as_str()).collect::<Vec<_>>());
    assert_eq!(listed("relation"), Relation::ALL.iter().map(|w| w.as_str()).collect::<Vec<_>>());
    assert_eq!(listed("post"), PostKind::ALL.iter().map(|w| w.as_str()).collect::<Vec<_>>());
    assert_eq!(listed("unit"), UnitBinding::ALL.iter().map(|w| w.as_str()).collect::<Vec<_>>());
    assert_eq!(listed("stage_kind"), StageKind::ALL.iter().map(|w| w.as_str()).collect::<Vec<_>>());
    assert_eq!(listed("outcome"), Outcome::ALL.iter().map(|w| w.as_str()).collect::<Vec<_>>());
    assert_eq!(listed("drafting_item"), DraftingItem::ALL.iter().map(|w| w.as_str()).collect::<Vec<_>>());
    let families: Vec<String> = serde_json::from_value(schema["properties"]["family"]["enum"].clone()).unwrap();
    assert_eq!(families, Family::ALL.iter().map(|w| w.as_str()).collect::<Vec<_>>());
}
