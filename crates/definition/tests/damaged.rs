//! Damaged definitions are refused, each for the rule that it breaks; harmless edits are accepted.
#![allow(clippy::print_stdout)] // sizes and times, for whoever looks

use std::collections::BTreeSet;

use crate::common;
use dingce_definition::{Budget, parse, prove};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Damage {
    name: String,
    replace: Vec<(String, String)>,
    #[serde(default)]
    expect: Option<String>,
    #[serde(default)]
    also: Vec<String>,
    why: String,
}

fn damages(file: &str) -> Vec<Damage> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/damaged").join(file);
    serde_saphyr::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn edited(damage: &Damage) -> String {
    let mut text = common::shipped_text();
    for (old, new) in &damage.replace {
        assert!(text.contains(old.as_str()), "{}: the shipped definition has no {old:?}", damage.name);
        text = text.replacen(old.as_str(), new, 1);
    }
    text
}

/// The rules that a text is refused for, by reading or else by proof.
fn refused(text: &str) -> BTreeSet<String> {
    match parse(text.as_bytes(), "definition.yaml") {
        Err(problems) => problems.iter().map(|p| p.rule.to_owned()).collect(),
        Ok(def) => prove(&def, Budget::default()).violations.into_iter().map(|v| v.rule).collect(),
    }
}

fn refused_for_its_rule(which: fn(&Damage) -> bool) {
    let damages = damages("shipped.yaml");
    assert!(damages.len() >= 40, "{}", damages.len());
    assert!(damages.iter().all(|damage| !damage.why.is_empty()));
    let damages: Vec<_> = damages.into_iter().filter(which).collect();
    let wrong = common::each(&damages, |damage| {
        let expected: BTreeSet<String> = damage.expect.iter().chain(&damage.also).cloned().collect();
        let found = refused(&edited(damage));
        (found != expected).then(|| format!("{}: expected {expected:?}, found {found:?}", damage.name))
    });
    println!("{} damages", damages.len());
    assert!(!damages.is_empty() && wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether reading tells it; the proof has the others.
fn reading_tells(damage: &Damage) -> bool {
    damage.expect.as_ref().is_some_and(|rule| rule.starts_with("D-"))
}

#[test]
fn every_damage_that_reading_finds_is_refused_for_its_rule() {
    refused_for_its_rule(reading_tells);
}

#[test]
fn every_damage_that_the_proof_finds_is_refused_for_its_rule() {
    refused_for_its_rule(|damage| !reading_tells(damage));
}

#[test]
fn harmless_edits_are_accepted() {
    let wrong = common::each(&damages("harmless.yaml"), |edit| {
        let found = refused(&edited(edit));
        (!found.is_empty()).then(|| format!("{}: {}, but found {found:?}", edit.name, edit.why))
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_file_with_forty_mistakes_has_forty_problems_on_the_right_lines() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/damaged/forty.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    // Each mistake is marked on its line: `# !<rule>`.
    let mut expected: Vec<(u32, String)> = (1u32..)
        .zip(text.lines())
        .flat_map(|(line, text)| {
            let rules = text.split_once("# !").map(|(_, rules)| rules).unwrap_or_default();
            rules.split_whitespace().map(move |rule| (line, rule.to_owned())).collect::<Vec<_>>()
        })
        .collect();
    expected.sort();
    let problems = parse(text.as_bytes(), "forty.yaml").unwrap_err();
    let mut found: Vec<_> = problems.iter().map(|p| (p.line, p.rule.to_owned())).collect();
    found.sort();
    assert_eq!(found, expected);
    assert_eq!(found.len(), 40);
    assert!(problems.iter().all(|p| !p.message.zh.is_empty() && !p.message.en.is_empty() && p.file == "forty.yaml"));
}

#[test]
fn hostile_files_are_refused_and_never_panic() {
    let deep = "a: ".to_owned() + &"[".repeat(200) + &"]".repeat(200);
    let bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n";
    let large = "#".repeat((1 << 20) + 1);
    let cases: [&[u8]; 8] =
        [b"", b"[", b"\xff\xfe", b"- 1\n- 2", b"a: b\n---\nc: d", deep.as_bytes(), bomb.as_bytes(), large.as_bytes()];
    for bytes in cases {
        assert!(!parse(bytes, "x").unwrap_err().is_empty());
    }
    let text = common::shipped_text();
    // Cut anywhere, it is refused or read, and never panics.
    for end in (0..text.len()).step_by(487) {
        let _ = parse(&text.as_bytes()[..end], "x");
    }
}
