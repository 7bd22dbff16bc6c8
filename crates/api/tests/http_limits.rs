//! Limits hold before any resolver runs, through fragments and variables, and in time linear in the document.

use crate::http_support::*;
use async_graphql::Variables;
use dingce_api::http::{Limits, Settings, graphql_endpoint};
use serde_json::json;
use std::fmt::Write;
use std::time::{Duration, Instant};

/// `opening` written `times` times around `core`, then as many closing braces.
fn nested(opening: &str, times: usize, core: &str) -> String {
    format!("{}{core}{}", opening.repeat(times), "}".repeat(times))
}

/// Fragments that spread the next one twice: 2^levels fields in few words.
fn doubling(levels: usize) -> String {
    let mut text = "{ node { ...f0 } }".to_owned();
    for level in 0..levels {
        let next = level + 1;
        write!(text, " fragment f{level} on Node {{ ...f{next} ...f{next} }}").unwrap();
    }
    write!(text, " fragment f{levels} on Node {{ id }}").unwrap();
    text
}

#[tokio::test]
async fn a_document_over_a_limit_runs_nothing() {
    let aliases: String = (0..31).map(|n| format!("a{n}: id ")).collect();
    let fields: String = (0..21).map(|n| format!("hello(name: \"{n}\") ")).collect();
    let rows = [
        ("depth", nested("{ node ", 16, "{ id }"), "DEPTH_EXCEEDED", Some((17, 15))),
        (
            "depth through a fragment",
            format!("{} fragment f on Node {}", nested("{ node ", 8, "{ ...f }"), nested("{ node ", 8, "{ id }")),
            "DEPTH_EXCEEDED",
            Some((17, 15)),
        ),
        ("braces by the ten thousand", nested("{ node ", 10_000, "{ id }"), "DOCUMENT_TOO_LARGE", None),
        ("braces that fit the bytes", "{".repeat(10_000), "DEPTH_EXCEEDED", Some((49, 48))),
        (
            "lists by the ten thousand",
            format!("{{ hello(name: {}", "[".repeat(10_000)),
            "DEPTH_EXCEEDED",
            Some((49, 48)),
        ),
        ("aliases", format!("{{ node {{ {aliases} }} }}"), "ALIASES_EXCEEDED", Some((31, 30))),
        (
            "aliases of a fragment used twice",
            format!(
                "{{ node {{ ...f node {{ ...f }} }} }} fragment f on Node {{ {} }}",
                aliases.split("a16").next().unwrap()
            ),
            "ALIASES_EXCEEDED",
            Some((32, 30)),
        ),
        ("root fields", format!("{{ {fields} }}"), "ROOT_FIELDS_EXCEEDED", Some((21, 20))),
        (
            "root fields of a fragment",
            format!("{{ ...f }} fragment f on Query {{ {fields} }}"),
            "ROOT_FIELDS_EXCEEDED",
            Some((21, 20)),
        ),
        (
            "directives",
            format!("{{ hello {} }}", "@skip(if: false) ".repeat(51)),
            "DIRECTIVES_EXCEEDED",
            Some((51, 50)),
        ),
        ("tokens", format!("{{ {} }}", "hello ".repeat(5_000)), "TOKENS_EXCEEDED", Some((5_001, 5_000))),
        ("cost", "{ list(first: 20000) { id } }".to_owned(), "COST_EXCEEDED", Some((20_001, 20_000))),
        (
            "cost of pages in pages",
            "{ list(first: 100) { edges { list(first: 100) { edges { id } } } } }".to_owned(),
            "COST_EXCEEDED",
            Some((20_201, 20_000)),
        ),
        (
            "cost of unsaid pages",
            "{ list { edges { list { edges { id } } } } }".to_owned(),
            "COST_EXCEEDED",
            Some((20_201, 20_000)),
        ),
        (
            "cost that overflows",
            "{ list(first: 9000000000000000000) { list(first: 9000000000000000000) { id } } }".to_owned(),
            "COST_EXCEEDED",
            None,
        ),
        (
            "a fragment in itself",
            "{ node { ...f } } fragment f on Node { node { ...f } }".to_owned(),
            "FRAGMENT_CYCLE",
            None,
        ),
        (
            "fragments in a circle",
            "{ node { ...f } } fragment f on Node { ...g } fragment g on Node { ...f }".to_owned(),
            "FRAGMENT_CYCLE",
            None,
        ),
        ("fragments that double", doubling(20), "COST_EXCEEDED", None),
        ("fragments in a long chain", doubling(300), "DEPTH_EXCEEDED", None),
    ];
    let ran = Ran::default();
    let endpoint = graphql_endpoint(schema(&ran), Test::default(), Settings::default());
    for (story, query, code, bound) in rows {
        let began = Instant::now();
        let answer = ask(&endpoint, &query).await;
        assert!(began.elapsed() < Duration::from_secs(2), "{story} took {:?}", began.elapsed());
        assert_eq!(answer.code().as_deref(), Some(code), "{story}: {}", answer.text);
        assert_eq!(answer.status, 422, "{story}");
        let extensions = &answer.json()["errors"][0]["extensions"];
        if let Some((given, allowed)) = bound {
            assert_eq!((&extensions["given"], &extensions["allowed"]), (&json!(given), &json!(allowed)), "{story}");
        }
    }
    assert_eq!(ran.times(), 0);
}

#[tokio::test]
async fn an_operation_not_chosen_is_measured_too() {
    let ran = Ran::default();
    let endpoint = graphql_endpoint(schema(&ran), Test::default(), Settings::default());
    let query = format!("query A {{ hello }} query B {}", nested("{ node ", 16, "{ id }"));
    let body = json!({ "query": query, "operationName": "A" }).to_string();
    assert_eq!(post(&endpoint, GRAPHQL, body).await.code().as_deref(), Some("DEPTH_EXCEEDED"));
}

#[test]
fn costs_are_counted_as_documented() {
    let limits = Limits { cost_max: u64::MAX, ..Limits::default() };
    let none = json!({});
    for (document, variables, expected) in [
        ("{ hello }", &none, 1),
        ("{ a b c }", &none, 3),
        ("{ list(first: 10) { id } }", &none, 11),
        ("{ list(first: 10, last: 20) { id } }", &none, 21),
        ("{ list(first: 0) { id } }", &none, 2),
        ("{ list(first: -5) { id } }", &none, 2),
        ("{ list { id } }", &none, 2),
        ("{ list { edges { id } } }", &none, 201),
        ("{ list { nodes { id } } }", &none, 201),
        ("{ list { ...f } } fragment f on N { edges { id } }", &none, 201),
        ("{ list { ... { edges { id } } } }", &none, 201),
        ("{ list(first: null) { id } }", &none, 101),
        ("{ list(first: \"x\") { id } }", &none, 101),
        ("query($n: Int) { list(first: $n) { id } }", &json!({ "n": 7 }), 8),
        ("query($n: Int = 5) { list(first: $n) { id } }", &none, 6),
        ("query($n: Int = 5) { list(first: $n) { id } }", &json!({ "n": 9 }), 10),
        ("query($n: Int) { list(first: $n) { id } }", &none, 101),
        ("{ nodes(ids: [\"a\", \"b\", \"c\"]) { id } }", &none, 4),
        ("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", &json!({ "ids": ["a", "b"] }), 3),
        ("{ list(first: 10) { list(first: 10) { id } } }", &none, 111),
    ] {
        let cost = limits.check(document, &Variables::from_json(variables.clone())).expect(document);
        assert_eq!(cost, expected, "{document}");
    }
}

/// The introspection query that tools send, with the nine levels of `ofType` of recent ones.
#[tokio::test]
async fn introspection_fits() {
    let of_type = nested("ofType { kind name ", 9, "");
    let query = format!(
        "query IntrospectionQuery {{ __schema {{ queryType {{ name }} mutationType {{ name }} types {{ ...FullType }} \
         directives {{ name locations args {{ ...InputValue }} }} }} }} \
         fragment FullType on __Type {{ kind name fields(includeDeprecated: true) {{ name args {{ ...InputValue }} type {{ ...TypeRef }} }} \
         inputFields {{ ...InputValue }} interfaces {{ ...TypeRef }} enumValues(includeDeprecated: true) {{ name }} possibleTypes {{ ...TypeRef }} }} \
         fragment InputValue on __InputValue {{ name type {{ ...TypeRef }} defaultValue }} \
         fragment TypeRef on __Type {{ kind name {of_type} }}"
    );
    let ran = Ran::default();
    let endpoint = graphql_endpoint(schema(&ran), Test::default(), Settings::default());
    let answer = ask(&endpoint, &query).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.code(), None);
}
