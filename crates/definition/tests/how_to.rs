//! The definition that the how-to page writes is proven as it stands there, and the story that it promises is found.

use crate::common;
use dingce_definition::{Budget, parse, prove};

fn written() -> String {
    let page = std::fs::read_to_string(common::workflows().join("../docs/how-to/write-a-definition.md")).unwrap();
    let blocks = page.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.collect::<Vec<_>>().join("\n")
}

fn wrong(text: &str) -> Vec<String> {
    match parse(text.as_bytes(), "how-to") {
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
        Ok(def) => prove(&def, Budget::default()).violations.into_iter().map(|v| v.rule).collect(),
    }
}

#[test]
fn the_definition_of_the_page_is_proven() {
    assert_eq!(wrong(&written()), Vec::<String>::new());
}

#[test]
fn without_its_gate_the_promised_story_is_found() {
    let (before, rest) =
        written().split_once("    entry:\n      released:\n").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let (_, after) = rest.split_once("    task:\n").unwrap();
    assert_eq!(wrong(&format!("{before}    task:\n{after}")), ["P-INV-nothing_leaves_unreleased"]);
}
