//! Definitions that stand on another: what they take over, what they change, what they may not, and where it is told.

use std::collections::BTreeMap;

use crate::common;
use dingce_definition::reference::{BaseFile, NoBases, based_on};
use dingce_definition::{Budget, Whole, hash, parse, prove, whole};
use dingce_domain::definition::{Authority, ParameterValue};
use dingce_domain::time::Limit;
use dingce_domain::verb::Verb;
use dingce_domain::words::StageId;
use serde::Deserialize;

const OWN: &str = "name: place\nversion: 1\ntitle: { zh: \"某地\", en: \"A place\" }\nvalid_from: 2024-01-01\n";

fn pin(text: &str) -> String {
    format!("based_on: {{ name: major_decision_national, version: 1, hash: \"{}\" }}\n", hash(text.as_bytes()))
}

/// A file that stands on a base of this text.
fn read(base: &str, change: &str) -> Result<Whole, Vec<String>> {
    let bytes = base.as_bytes().to_vec();
    let bases = |_: &StageId, _: u32| Some(BaseFile { path: "base.yaml".to_owned(), bytes: bytes.clone() });
    whole(change.as_bytes(), "place.yaml", &bases)
        .map_err(|problems| problems.iter().map(|p| format!("{}:{} {}", p.file, p.line, p.rule)).collect())
}

fn place(change: &str) -> Whole {
    let base = common::shipped_text();
    read(&base, &format!("{}{OWN}{change}", pin(&base))).unwrap_or_else(|wrong| panic!("{}", wrong.join("\n")))
}

#[test]
fn what_is_not_said_is_taken_over_and_what_is_said_replaces() {
    let def = place(
        "parameters:\n  comment_period:\n    value: { working_days: 25 }\n    authority: LOCAL_RULE\n  \
         symposium_materials: null\nroles:\n  undertaking_officer:\n    verbs: { add: [cure_irregularity], remove: \
         [reaffirm_evidence] }\noutcomes: [agree, disagree]\n",
    )
    .definition;
    let national = common::shipped();
    assert_eq!(def.stages, national.stages);
    assert_eq!(def.clocks, national.clocks);
    assert_eq!(def.name.as_str(), "place");
    let comment = def.parameter("comment_period").unwrap();
    // A value is one thing: its old unit does not stay beside the new one.
    assert!(matches!(comment.value, ParameterValue::Period(Limit::Working(days)) if days.get() == 25));
    assert_eq!(comment.authority, Authority::LocalRule);
    assert_eq!(comment.text, national.parameter("comment_period").unwrap().text);
    assert!(def.parameter("symposium_materials").is_none());
    let verbs = |def: &dingce_domain::definition::Definition| {
        def.roles.iter().find(|r| r.id.as_str() == "undertaking_officer").unwrap().verbs.clone()
    };
    let mut expected = verbs(&national);
    expected.remove(&Verb::ReaffirmEvidence);
    expected.insert(Verb::CureIrregularity);
    assert_eq!(verbs(&def), expected);
    assert_eq!(def.outcomes.len(), 2);
}

#[test]
fn what_the_base_gains_later_flows_in_once_it_is_pinned_anew() {
    let base = common::shipped_text();
    let change =
        format!("{}{OWN}roles:\n  office_clerk:\n    text: {{ zh: \"办公室\", en: \"Office\" }}\n", pin(&base));
    let grown = base.replacen("      - open_case\n", "      - open_case\n      - study_proposal\n", 1);
    let refused = read(&grown, &change).unwrap_err();
    assert_eq!(refused, ["place.yaml:1 D-BASE-HASH"], "nothing changes under a definition unseen");
    let anew = change.replace(&hash(base.as_bytes()).to_string(), &hash(grown.as_bytes()).to_string());
    let def = read(&grown, &anew).unwrap().definition;
    let clerk = def.roles.iter().find(|r| r.id.as_str() == "office_clerk").unwrap();
    assert!(clerk.verbs.contains(&Verb::StudyProposal) && clerk.text.en == "Office");
}

#[test]
fn the_whole_needs_no_base_and_reads_the_same() {
    for folder in &common::SHIPPED[1..] {
        let whole = common::whole(folder);
        assert_eq!(parse(whole.text.as_bytes(), folder).as_ref(), Ok(&whole.definition), "{folder}");
        assert_eq!(whole.definition.hash, hash(whole.text.as_bytes()));
        assert_eq!(whole, common::whole(folder), "the same files are the same bytes");
        assert!(!whole.text.contains("based_on:") && !whole.text.contains('\t'));
        // Of the whole nothing is left to merge: read as a file of its own, it is itself.
        assert_eq!(dingce_definition::whole(whole.text.as_bytes(), folder, &NoBases).unwrap().text, whole.text);
    }
    let town = common::whole(common::SHIPPED[2]).definition;
    let stands_on: Vec<_> = town.stands_on.iter().map(|b| b.name.as_str()).collect();
    assert_eq!(stands_on, ["major_decision_guangdong_district", "major_decision_national"]);
    let district = common::whole(common::SHIPPED[1]).definition;
    assert_eq!(town.stands_on[0].hash, district.hash);
    assert_eq!(town.stands_on[1].hash, common::shipped().hash);
}

#[test]
fn every_odd_text_survives_being_written() {
    let odd = "a: b # c 'd' \\\"e\\\" \\\\ ~ null \\u00e9 \\u4e2d";
    let whole = place(&format!("roles:\n  office_clerk:\n    text: {{ zh: \"{odd}\", en: \"- {odd}\" }}\n"));
    assert_eq!(parse(whole.text.as_bytes(), "whole").as_ref(), Ok(&whole.definition));
    let clerk = whole.definition.roles.iter().find(|r| r.id.as_str() == "office_clerk").unwrap();
    assert_eq!(clerk.text.en, "- a: b # c 'd' \"e\" \\ ~ null é 中");
}

#[test]
fn a_base_that_is_not_here_and_a_circle_are_refused() {
    let base = common::shipped_text();
    let change = format!("{}{OWN}", pin(&base));
    let rules = |problems: Vec<dingce_definition::problem::Problem>| -> Vec<_> {
        problems.into_iter().map(|p| (p.rule, p.line)).collect()
    };
    let unknown = parse(change.as_bytes(), "place.yaml").unwrap_err();
    assert_eq!(rules(unknown), [("D-BASE-UNKNOWN", 1)]);
    let itself =
        |_: &StageId, _: u32| Some(BaseFile { path: "itself.yaml".into(), bytes: change.clone().into_bytes() });
    let circle = whole(change.as_bytes(), "place.yaml", &itself).unwrap_err();
    assert_eq!(rules(circle), [("D-BASE-CHAIN", 1)]);
    for pin in
        ["based_on: place\n", "based_on: { name: a, version: 1, hash: beef }\n", "based_on: { name: a, version: 0 }\n"]
    {
        assert!(!read(&base, &format!("{pin}{OWN}")).unwrap_err().is_empty(), "{pin}");
        assert_eq!(based_on(pin.as_bytes()), None);
    }
    let bare = read(&base, &format!("{}name: place\n", pin(&base))).unwrap_err();
    assert_eq!(bare, ["place.yaml:1 D-KEY-MISSING"; 3], "a version, a title and a first day are its own");
    assert_eq!(based_on(change.as_bytes()).unwrap().name.as_str(), "major_decision_national");
    // A mistake in the base's file is told there.
    let broken =
        base.replacen("valid_from: 2019-09-01", "valid_from: yesterday", 1).replacen("kind: tabling", "kind: x", 1);
    let refused = read(&broken, &format!("{}{OWN}", pin(&broken))).unwrap_err();
    let line = broken.lines().position(|l| l.contains("kind: x")).unwrap() + 1;
    assert_eq!(
        refused,
        [format!("base.yaml:{line} D-KIND-UNKNOWN")],
        "its own first day stands in place of the base's"
    );
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Damage {
    name: String,
    change: String,
    /// Whether the change comes with a name, a version, a title and a first day.
    #[serde(default = "yes")]
    own: bool,
    #[serde(default)]
    base: Vec<String>,
    #[serde(default)]
    proof: Vec<String>,
    why: String,
}

fn yes() -> bool {
    true
}

fn damages(proven: bool) -> Vec<Damage> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/damaged/reference.yaml");
    let all: Vec<Damage> = serde_saphyr::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    all.into_iter().filter(|d| d.proof.is_empty() != proven).collect()
}

fn damaged(damage: &Damage) -> (String, Result<Whole, Vec<String>>) {
    let base = common::shipped_text();
    let change = format!("{}{}{}", pin(&base), if damage.own { OWN } else { "" }, damage.change);
    let read = read(&base, &change);
    (change, read)
}

#[test]
fn every_unlawful_difference_is_told_where_it_was_written() {
    for damage in damages(false) {
        let (change, read) = damaged(&damage);
        let told = read.expect_err(&damage.name);
        let marked = (1..).zip(change.lines()).flat_map(|(line, text)| {
            let rules = text.split_once("# !").map(|(_, rules)| rules).unwrap_or_default();
            rules.split(['!', ' ']).filter(|r| !r.is_empty()).map(move |r| format!("place.yaml:{line} {r}"))
        });
        let mut marked: BTreeMap<String, usize> = marked.fold(BTreeMap::new(), |mut all, one| {
            *all.entry(one).or_default() += 1;
            all
        });
        let mut below = damage.base.clone();
        for problem in &told {
            if let Some(count) = marked.get_mut(problem).filter(|count| **count > 0) {
                *count -= 1;
            } else if let Some(rule) = problem.strip_prefix("base.yaml:").and_then(|p| p.split(' ').next_back()) {
                match below.iter().position(|r| r == rule) {
                    Some(i) => drop(below.remove(i)),
                    None => panic!("{}: {problem}", damage.name),
                }
            } else {
                panic!("{}: {problem}", damage.name);
            }
        }
        assert!(below.is_empty() && marked.values().all(|left| *left == 0), "{} {below:?} {told:?}", damage.name);
        assert!(!damage.why.is_empty());
    }
}

/// What a change takes from the floor of the family, reading does not see; the proof does.
#[test]
fn no_difference_lowers_the_legal_floor() {
    let damages = damages(true);
    assert!(damages.len() >= 4);
    for damage in damages {
        let whole = damaged(&damage).1.unwrap_or_else(|told| panic!("{}: {told:?}", damage.name));
        // Each is found long before all is explored.
        let proof = prove(&whole.definition, Budget { states: 20_000, seconds: 600.0 });
        let found: Vec<_> = proof.violations.into_iter().map(|v| v.rule).collect();
        let missing: Vec<_> = damage.proof.iter().filter(|rule| !found.contains(rule)).collect();
        assert!(missing.is_empty(), "{}: {missing:?} not in {found:?}", damage.name);
    }
}
