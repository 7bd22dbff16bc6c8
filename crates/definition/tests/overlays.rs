//! Special laws of a definition: what is read of them, what is told of them, and what a place makes of those of another.

use crate::common;
use dingce_definition::{Whole, hash, outline, parse, whole};
use dingce_domain::condition::FactValue;
use dingce_domain::definition::Overlay;
use dingce_domain::time::Limit;

/// What is wrong with a file: rule and line.
fn wrong(text: &str) -> Vec<(&'static str, u32)> {
    let problems = parse(text.as_bytes(), "definition.yaml").expect_err("it is refused");
    problems.iter().map(|p| (p.rule, p.line)).collect()
}

fn place(change: &str) -> Whole {
    let pin = hash(common::shipped_text().as_bytes());
    let text = format!(
        "based_on: {{ name: major_decision_national, version: 1, hash: \"{pin}\" }}\nname: place\nversion: 1\n\
         title: {{ zh: 某地, en: A place }}\nvalid_from: 2025-08-01\n{change}"
    );
    whole(text.as_bytes(), "place.yaml", &common::bases).unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

fn named<'d>(overlays: &'d [Overlay], id: &str) -> &'d Overlay {
    overlays.iter().find(|o| o.id.as_str() == id).unwrap_or_else(|| panic!("no {id}"))
}

#[test]
fn the_national_definition_has_the_special_laws_of_the_digest() {
    let def = common::shipped();
    let told: Vec<_> = def
        .overlays
        .iter()
        .map(|o| (o.id.as_str(), o.source.source.as_str(), o.source.article.as_str(), o.comment_period_fixed))
        .collect();
    assert_eq!(
        told,
        [
            ("urban_and_rural_plan", "planning_law", "26", true),
            ("house_expropriation", "house_expropriation", "10-12", true),
            ("government_set_price", "price_law", "23", false),
            ("environmental_plan", "eia_law", "11", false),
            ("large_government_investment", "government_investment", "11", false),
        ]
    );
    for id in ["urban_and_rural_plan", "house_expropriation"] {
        let period = named(&def.overlays, id).comment_period;
        assert!(matches!(period, Some(Limit::Calendar(days)) if days.get() == 30), "{id}: {period:?}");
    }
    let settled = |id: &str| named(&def.overlays, id).facts.iter().map(|(f, v)| (f.as_str(), v)).collect::<Vec<_>>();
    let yes = &FactValue::Bool(true);
    assert_eq!(settled("urban_and_rural_plan"), []);
    assert_eq!(settled("house_expropriation"), [("harm_possible", yes)]);
    assert_eq!(settled("government_set_price"), [("hearing_required", yes)]);
    assert_eq!(settled("environmental_plan"), [("hearing_required", yes)]);
    assert_eq!(settled("large_government_investment"), [("harm_possible", yes), ("technical", yes)]);
    for source in ["planning_law", "house_expropriation", "price_law", "eia_law", "government_investment"] {
        let source = &def.sources[source.parse().as_ref().unwrap()];
        assert!(source.in_force_from <= def.valid_from && source.repealed_on.is_none(), "{source:?}");
    }
}

#[test]
fn the_outline_tells_them_in_both_languages() {
    let text = outline(&common::shipped());
    for part in [
        "适用的特别法",
        "价格法第23条",
        "征求意见期限不得缩短",
        "Special laws",
        "Price Law, art. 23",
        "30 calendar days",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[test]
fn a_place_takes_them_over_adds_its_own_and_takes_some_away() {
    let national = common::shipped().overlays;
    assert_eq!(place("").definition.overlays, national);
    let own = place(
        "overlays:\n  environmental_plan: null\n  house_expropriation: { comment_period: { working_days: 30 } }\n  \
         own_rule:\n    text: { zh: 本地规定, en: A rule of the place }\n    source: { source: r713, article: \"3\" }\n    \
         comment_period: { calendar_days: 45 }\n",
    );
    let overlays = own.definition.overlays;
    assert_eq!(overlays.len(), national.len());
    assert!(overlays.iter().all(|o| o.id.as_str() != "environmental_plan"));
    let expropriation = named(&overlays, "house_expropriation");
    assert!(matches!(expropriation.comment_period, Some(Limit::Working(days)) if days.get() == 30));
    assert_eq!(expropriation.facts, named(&national, "house_expropriation").facts, "what is not said stays");
    let longer = named(&overlays, "own_rule");
    assert!(longer.holds_period(false) && !longer.holds_period(true), "a reason helps where it is no plain minimum");
    assert!(expropriation.holds_period(true));
    // The whole is read as what both say together.
    assert_eq!(parse(own.text.as_bytes(), "whole.yaml").unwrap().overlays, overlays);
}

#[test]
fn every_mistake_is_told_where_it_stands() {
    let text = common::shipped_text();
    let first = u32::try_from(text.lines().position(|line| line == "overlays:").unwrap()).unwrap() + 1;
    let add = |more: &str| text.replacen("\noverlays:\n", &format!("\noverlays:\n{more}"), 1);
    let law = "    text: { zh: 法, en: A law }\n    source: { source: r713, article: \"3\" }\n";
    assert_eq!(wrong(&add(&format!("  x:\n{law}"))), [("D-OVERLAY-IDLE", first + 1)]);
    assert_eq!(wrong(&add(&format!("  x:\n{law}    facts: {{ weather: true }}\n"))), [("D-FACT-UNKNOWN", first + 4)]);
    assert_eq!(wrong(&add(&format!("  x:\n{law}    facts: {{ technical: 3 }}\n"))), [("D-FACT-VALUE", first + 4)]);
    let period = |value: &str| wrong(&add(&format!("  x:\n{law}    comment_period: {value}\n")));
    assert_eq!(period("{ count: 3 }"), [("D-PARAMETER-UNIT", first + 4)]);
    assert_eq!(period("{ calendar_days: 0 }"), [("D-NUMBER", first + 4)]);
    assert_eq!(wrong(&add(&format!("  x:\n{law}    comment_period_fixed: sometimes\n"))), [("D-BOOL", first + 4)]);
    let unfounded = law.replace("\"3\"", "\"\"");
    let fixed = "    comment_period_fixed: true\n";
    assert_eq!(wrong(&add(&format!("  x:\n{unfounded}{fixed}"))), [("D-OVERLAY-UNFOUNDED", first + 1)]);
    assert_eq!(wrong(&add(&format!("  x:\n{law}{fixed}    hearing: true\n"))), [("D-KEY-UNKNOWN", first + 5)]);
    let silent = "  x:\n    source: { source: r713, article: \"3\" }\n    comment_period_fixed: true\n";
    assert_eq!(wrong(&add(silent)), [("D-TEXT-MISSING", first + 2)]);
    let unsourced = format!("  x:\n    text: {{ zh: 法, en: A law }}\n{fixed}");
    assert_eq!(wrong(&add(&unsourced)), [("D-SOURCE-MISSING", first + 2)]);
    // What is not in force when the definition begins settles nothing.
    let later = law.replace("r713", "fcr");
    assert_eq!(wrong(&add(&format!("  x:\n{later}{fixed}"))), [("D-SOURCE-NOT-YET", first + 3)]);
    let clash = wrong(&add(&format!("  x:\n{law}    facts: {{ harm_possible: false }}\n")));
    assert!(clash.len() == 2 && clash.iter().all(|(rule, _)| *rule == "D-OVERLAY-CLASH"), "both others: {clash:?}");
}

#[test]
fn a_period_of_comments_needs_somebody_who_asks() {
    let text = std::fs::read_to_string(common::file("information-request")).unwrap();
    let overlays = |effect: &str| {
        format!(
            "{text}\noverlays:\n  x:\n    text: {{ zh: 法, en: A law }}\n    source: {{ source: ogi, article: \"29\" }}\n    {effect}\n"
        )
    };
    for effect in ["comment_period_fixed: true", "comment_period: { calendar_days: 30 }"] {
        let rules: Vec<_> = wrong(&overlays(effect)).into_iter().map(|(rule, _)| rule).collect();
        assert_eq!(rules, ["D-OVERLAY-PERIOD"], "{effect}");
    }
    let settles = overlays("facts: { third_party: true }");
    assert_eq!(parse(settles.as_bytes(), "definition.yaml").unwrap().overlays.len(), 1);
}
