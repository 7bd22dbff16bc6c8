//! The shipped definition is proven, and how large its graph is.

use std::path::Path;

use dingce_definition::{Budget, prove};

#[test]
fn the_shipped_definition_is_proven() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../workflows/major-decision-national/definition.yaml");
    let def = dingce_definition::parse(&std::fs::read(path).unwrap(), "definition.yaml").unwrap();
    let proof = prove(&def, Budget::default());
    println!("{} states, {} transitions, {:.2} seconds", proof.states, proof.transitions, proof.seconds);
    for violation in &proof.violations {
        println!("{}: {} ({})", violation.rule, violation.text.en, violation.source);
        for step in &violation.story {
            println!("  {} {:?} -> {}", step.verb, step.stage, step.event);
        }
    }
    assert!(proof.holds(), "{:?}", proof.violations.iter().map(|v| &v.rule).collect::<Vec<_>>());
    assert!(proof.states < 300_000);
}
