//! Each shipped definition is proven; its road is gone in full by the real engine; a certificate says so.
#![allow(clippy::print_stdout)] // sizes and times, for whoever looks

use crate::common;
use dingce_definition::{Budget, Certificate, check_certificate, drive, prove};
use dingce_domain::control::Ending;
use dingce_domain::definition::Definition;
use dingce_domain::words::StageKind;
use jiff::civil::date;

/// Proves a definition and goes its road.
fn proven(folder: &str) -> (Definition, Certificate) {
    let def = common::whole(folder).definition;
    let proof = prove(&def, Budget::default());
    println!("{folder}: {} states, {} transitions, {:.2} seconds", proof.states, proof.transitions, proof.seconds);
    assert!(proof.holds(), "{:#?}", proof.violations);
    assert!(proof.states < 300_000);

    let calendar = common::calendar();
    let day = date(2024, 9, 2).max(def.valid_from);
    let gone = drive::follow(&def, &calendar, day, &proof.road).unwrap();
    assert_eq!(gone.case().control.ending, Ending::Closed);
    let issues = def.positions(StageKind::Issuance).next().is_some();
    assert_eq!(gone.case().file.issued_on.is_some(), issues);

    let certificate = Certificate::of(&def, &proof, "2024-03-01T00:00:00Z".parse().unwrap()).unwrap();
    assert_eq!(check_certificate(&def, &certificate), Ok(()));
    (def, certificate)
}

#[test]
fn the_district_definition_is_proven_and_its_road_can_be_gone() {
    let (district, certificate) = proven("major-decision-guangdong-district");
    assert!(check_certificate(&common::shipped(), &certificate).is_err(), "that of the base says nothing of it");
    assert_eq!(district.stands_on.len(), 1);
}

#[test]
fn every_other_definition_is_proven_and_its_road_can_be_gone() {
    common::each(&common::SHIPPED[2..], |folder| {
        proven(folder);
        None
    });
}

#[test]
fn the_national_definition_is_proven_and_its_road_can_be_gone() {
    let (def, certificate) = proven(common::SHIPPED[0]);
    let other = Certificate { rules_version: 0, ..certificate.clone() };
    assert!(check_certificate(&def, &other).is_err());
    let text = common::shipped_text().replace("version: 1", "version: 2");
    let other = dingce_definition::parse(text.as_bytes(), "definition.yaml").unwrap();
    assert!(check_certificate(&other, &certificate).is_err());
}

#[test]
fn a_budget_that_is_used_up_proves_nothing() {
    let proof = prove(&common::shipped(), Budget { states: 100, seconds: 60.0 });
    assert!(!proof.complete && !proof.holds());
    assert_eq!(proof.violations[0].rule, "P-BUDGET");
}
