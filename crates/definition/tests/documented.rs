//! Every rule that the code can tell stands in the format's page, and the page names no other.

use std::collections::BTreeSet;
use std::path::Path;

use crate::common;

fn rules(text: &str, quote: char) -> BTreeSet<String> {
    text.split(quote)
        .filter(|word| (word.starts_with("D-") || word.starts_with("P-")) && word.len() > 3)
        .filter(|word| word.bytes().all(|b| b.is_ascii_uppercase() || b == b'-' || b.is_ascii_digit()))
        .map(str::to_owned)
        .collect()
}

fn read(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, text);
        } else {
            text.push_str(&std::fs::read_to_string(path).unwrap());
            text.push('\n');
        }
    }
}

#[test]
fn every_rule_is_documented_and_none_besides() {
    let mut code = String::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut code);
    let page = std::fs::read_to_string(common::workflows().join("../docs/formats/definition.md")).unwrap();
    assert_eq!(rules(&code, '"'), rules(&page, '`'));
}

#[test]
fn every_floor_and_clock_rule_has_a_source_or_says_design() {
    let page = std::fs::read_to_string(common::workflows().join("../docs/formats/definition.md")).unwrap();
    for line in page.lines().filter(|l| l.starts_with("| `P-")) {
        let source = line.trim_end_matches(" |").rsplit("| ").next().unwrap();
        assert!(source.contains("art") || source == "design" || source == "their own", "{line}");
    }
}
