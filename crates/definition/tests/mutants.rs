//! Mutants of the shipped definitions: each is cut by an operator from a place, and refused by the rule that the operator
//! and the place call for, or accepted for the reason that stands there.
#![allow(clippy::print_stdout)] // counts and times, for whoever looks

mod operators;
mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use crate::common;
use dingce_definition::prove::{InLife, objections};
use dingce_definition::{Budget, parse, whole};
use dingce_domain::definition::Family;
use operators::{Bench, Expect, Mutant};
use tree::Tree;

/// What is done to a definition.
type Operator = fn(&mut Bench<'_>);

/// The shipped definitions of which mutants are made, and the small one that stands on the national one and stands for it
/// where a mutant has to be explored wholly.
const WORK: [(&str, &[Operator]); 5] = [
    (
        "major-decision-national",
        &[
            operators::texts,
            operators::citations,
            operators::sources,
            operators::facts,
            operators::overlays,
            operators::parameters,
            operators::clocks,
            operators::roles,
            operators::duties,
            operators::separations,
            operators::gates,
            operators::hearings,
            operators::stages,
            operators::outcomes,
        ],
    ),
    ("major-decision-guangdong-district", &[operators::sources, operators::duties, operators::separations]),
    ("major-decision-shandong", &[operators::sources, operators::facts, operators::duties, operators::separations]),
    ("major-decision-hunan", &[operators::duties, operators::separations, operators::outcomes]),
    (
        "small",
        &[
            operators::defaults,
            operators::other_overlays,
            operators::advice,
            operators::warnings,
            operators::harmless_duties,
            operators::separations,
            operators::gates,
            operators::second_gates,
            operators::dead_ends,
            operators::absences,
            operators::stricter,
            operators::order,
            operators::offered,
            operators::invariants,
            operators::undeclared,
        ],
    ),
];

fn text_of(base: &str) -> String {
    if base == "small" { common::for_tests(base).text } else { common::whole(base).text }
}

fn mutants() -> Vec<Mutant> {
    let mut all = Vec::new();
    for (base, operators) in WORK {
        let text = text_of(base);
        let tree = Tree::read(&text);
        let mut bench = Bench { base, tree: &tree, made: Vec::new() };
        // Written anew it is still the same definition, but for the hash.
        let (mut again, was) = (parse(tree.write().as_bytes(), base).unwrap(), parse(text.as_bytes(), base).unwrap());
        again.hash = was.hash;
        assert_eq!(again, was);
        operators.iter().for_each(|operator| operator(&mut bench));
        all.extend(bench.made);
    }
    all
}

/// The rules for which a mutant is refused. The exploration ends with the rule that is expected; without one, it is whole.
fn refused(mutant: &Mutant) -> BTreeSet<String> {
    let def = match parse(mutant.text.as_bytes(), mutant.base) {
        Err(problems) => return problems.iter().map(|p| p.rule.to_owned()).collect(),
        Ok(def) => def,
    };
    let wanted = |rule: &str| matches!(&mutant.expect, Expect::Refused { by, .. } if *by == rule);
    let found = objections(&def, Budget::default(), &InLife, &wanted);
    found.into_iter().map(|violation| violation.rule).collect()
}

/// What is wrong with the outcome of a mutant.
fn judged(mutant: &Mutant) -> Option<String> {
    let found = refused(mutant);
    let as_expected = match &mutant.expect {
        Expect::Accepted { .. } => found.is_empty(),
        // What reading tells is all of it; an exploration may come across other breaches before the one that is expected.
        Expect::Refused { by, also } => {
            let other = |rule: &String| rule.starts_with("D-") && rule != by && !also.contains(&rule.as_str());
            found.contains(*by) && !found.iter().any(other)
        }
    };
    let Mutant { base, operator, place, expect, .. } = mutant;
    (!as_expected).then(|| format!("{base}: {operator} at {place}: {expect:?}, but found {found:?}"))
}

#[test]
fn every_harmful_mutant_is_refused_by_its_rule_and_every_harmless_one_accepted() {
    let begun = Instant::now();
    let mutants = mutants();
    let mut counts: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    for mutant in &mutants {
        let (bad, good) = counts.entry((mutant.operator, mutant.base)).or_default();
        match mutant.expect {
            Expect::Refused { .. } => *bad += 1,
            Expect::Accepted { why } => {
                assert!(!why.is_empty());
                *good += 1;
            }
        }
    }
    let wrong = common::each(&mutants, judged);
    for ((operator, base), (bad, good)) in &counts {
        println!("{operator}: {bad} harmful, {good} harmless ({base})");
    }
    let (bad, good) = counts.values().fold((0, 0), |(b, g), (bad, good)| (b + bad, g + good));
    println!("{} mutants: {bad} harmful, {good} harmless, {:.1} seconds", mutants.len(), begun.elapsed().as_secs_f64());
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), mutants.len(), wrong.join("\n"));
    // Besides the damages that are written by hand.
    assert!(bad >= 600 && good >= 40, "{bad} {good}");
}

/// The same unlawful difference, said by a definition that stands on each of the shipped ones.
#[test]
fn no_definition_that_stands_on_a_shipped_one_lets_the_drafter_review() {
    let differences = [
        ("D-ROLE-DRAFTER-REVIEWS", "roles: { legality_reviewer: { posts: [officer], unit: undertaking_unit } }"),
        ("D-ROLE-DRAFTER-REVIEWS", "roles: { undertaking_officer: { verbs: { add: [conclude_legality_review] } } }"),
        ("D-CLOCK-MISSING", "clocks: { legality_period: null }"),
        ("D-STAGE-MISSING", "stages: { legality: null }"),
    ];
    let mut made = 0;
    for folder in common::SHIPPED {
        let base = common::whole(folder);
        if base.definition.family != Family::MajorDecision {
            continue;
        }
        for (rule, difference) in differences {
            let (name, version, hash) = (&base.definition.name, base.definition.version, base.definition.hash);
            let text = format!(
                "based_on: {{ name: {name}, version: {version}, hash: \"{hash}\" }}\nname: place\nversion: 1\n\
                 title: {{ zh: 某地, en: A place }}\nvalid_from: 2025-08-01\n{difference}\n"
            );
            let problems = whole(text.as_bytes(), "place", &common::bases).unwrap_err();
            let found: BTreeSet<_> = problems.iter().map(|p| p.rule).collect();
            assert_eq!(found, BTreeSet::from([rule]), "{folder}: {difference}");
            made += 1;
        }
    }
    println!("{made} differences");
    assert!(made >= 40);
}
