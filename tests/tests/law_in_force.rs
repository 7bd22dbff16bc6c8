//! Under which law an act was done: what the definition names for the events of a whole road.

use dingce_definition::hash;
use dingce_domain::case::Case;
use dingce_domain::control::Ending;
use dingce_domain::definition::Definition;
use dingce_domain::event::CaseEvent;
use dingce_domain::law_in_force::{ActLaw, LawUse, law_of, verb_of};
use dingce_domain::legal_bases::BasisState;
use dingce_domain::migration::{MigrationChange, MigrationObstacle, plan};
use dingce_testkit::law;
use dingce_testkit::scenario::{World, steps};
use jiff::civil::date;
use serde_json::{Value, json};

fn after(given: &[Value]) -> World {
    let mut world = World::default();
    for step in given {
        steps::play(&mut world, step).unwrap_or_else(|why| panic!("{step}: {why}"));
    }
    world
}

fn of(laws: &[ActLaw], of: LawUse) -> Vec<&str> {
    laws.iter().filter(|law| law.of == of).map(|law| law.name.as_str()).collect()
}

/// Clocks that an act moves are named with it: what the act did says so itself.
#[test]
fn every_act_names_its_stage_and_the_clocks_that_it_moves() {
    let world = after(&[json!({ "road_to": "volume_closed" })]);
    assert_eq!(world.case.as_ref().map(|case| case.control.ending), Some(Ending::Closed));
    let (mut moved, mut acts) = (0, 0);
    let mut named: Vec<ActLaw> = Vec::new();
    for (_, _, event) in &world.history {
        let laws = law_of(&world.def, event);
        assert_eq!(of(&laws, LawUse::Stage), event.stage().map(|id| id.as_str()).into_iter().collect::<Vec<_>>());
        let of_time = matches!(
            event,
            CaseEvent::ClockDueSoon { .. }
                | CaseEvent::ClockElapsed { .. }
                | CaseEvent::ClockOverdue { .. }
                | CaseEvent::DueDateFixed { .. }
        );
        match event.clock() {
            None => {
                acts += 1;
                named = laws;
            }
            Some(clock) => {
                assert_eq!(of(&laws, LawUse::Clock), [clock.as_str()], "{event:?}");
                if !of_time {
                    moved += 1;
                    assert!(of(&named, LawUse::Clock).contains(&clock.as_str()), "{clock} is moved by {named:#?}");
                }
            }
        }
    }
    assert!(acts > 30 && moved > 8, "{acts} acts moved {moved} clocks");
    let opened = world.history.iter().find(|(_, _, e)| matches!(e, CaseEvent::SolicitationOpened { .. }));
    let laws = law_of(&world.def, &opened.expect("it was opened").2);
    let period = laws.iter().find(|law| law.of == LawUse::Parameter).expect("its length");
    assert_eq!((period.name.as_str(), period.citation.article.as_str()), ("comment_period", "15"));
    for (_, _, event) in &world.history {
        let caused = matches!(
            event,
            CaseEvent::ClockStopped { .. } | CaseEvent::ClockPaused { .. } | CaseEvent::ClockResumed { .. }
        );
        assert_eq!(verb_of(event).is_some(), event.clock().is_none() || caused, "{event:?}");
    }
}

#[test]
fn facts_special_laws_and_grounds_are_named_where_they_are_stated() {
    let world = after(&[
        json!({ "case_opened": { "overlays": ["urban_and_rural_plan"], "facts": { "groups_affected": true } } }),
        json!("initiated"),
        json!("draft_v1"),
        json!("expert_absent"),
        json!({ "determine_facts": { "facts": {}, "overlays": ["large_government_investment"] } }),
    ]);
    let laws = |kind: &str| {
        let found = world.history.iter().find(|(_, _, e)| e.kind() == kind);
        law_of(&world.def, &found.unwrap_or_else(|| panic!("no {kind}")).2)
    };
    assert_eq!(of(&laws("case_opened"), LawUse::Overlay), ["urban_and_rural_plan"]);
    assert_eq!(of(&laws("case_opened"), LawUse::Fact), ["groups_affected"]);
    assert_eq!(of(&laws("absence_recorded"), LawUse::Absence), ["expert"]);
    let determined = laws("facts_determined");
    assert_eq!(of(&determined, LawUse::Overlay), ["large_government_investment"]);
    let overlay = determined.iter().find(|law| law.of == LawUse::Overlay).expect("it is named");
    assert_eq!((overlay.citation.source.as_str(), overlay.citation.article.as_str()), ("government_investment", "11"));
}

#[test]
fn a_source_stands_as_its_days_say() {
    let mut source = law::definition().sources["r713".parse().as_ref().expect("a name")].clone();
    assert_eq!(source.state_on(date(2019, 8, 31)), BasisState::NotYet);
    assert_eq!(source.state_on(date(2019, 9, 1)), BasisState::InForce);
    source.repealed_on = Some(date(2026, 1, 1));
    assert_eq!(source.state_on(date(2025, 12, 31)), BasisState::InForce);
    assert_eq!(source.state_on(date(2026, 1, 1)), BasisState::Repealed);
}

// What becomes of the special laws of a case that is moved.

fn second() -> Definition {
    Definition { version: 2, hash: hash(b"second"), ..law::definition() }
}

fn priced() -> Case {
    after(&[json!({ "case_opened": { "overlays": ["government_set_price"] } })]).case.expect("a case")
}

#[test]
fn no_version_that_is_silent_about_a_special_law_takes_its_cases() {
    let (from, mut to) = (law::definition(), second());
    assert!(plan(&from, &to, &priced()).obstacles.is_empty());
    to.overlays.retain(|overlay| overlay.id.as_str() != "government_set_price");
    let silent = plan(&from, &to, &priced());
    let told: Vec<_> = silent.obstacles.iter().map(|o| (o.why, o.name.as_deref())).collect();
    assert_eq!(told, [(MigrationObstacle::OverlayUnknown, Some("government_set_price"))]);
    let gone = silent.changes.iter().find(|c| c.what == MigrationChange::Overlay).expect("it is told");
    assert_eq!((gone.name.as_str(), gone.after.is_none()), ("government_set_price", true));
    let other = after(&[json!("case_opened")]).case.expect("a case");
    assert!(plan(&from, &to, &other).obstacles.is_empty(), "a case that does not name it is free to go");
}

#[test]
fn what_a_special_law_settles_in_another_way_there_is_so_from_then_on() {
    let (from, mut to) = (law::definition(), second());
    let technical: dingce_domain::words::FactId = "technical".parse().expect("a name");
    let at = to.overlays.iter().position(|o| o.id.as_str() == "government_set_price").expect("it is there");
    to.overlays[at].facts.insert(technical.clone(), dingce_domain::condition::FactValue::Bool(true));
    let settled = plan(&from, &to, &priced());
    assert_eq!(settled.obstacles, []);
    let moved = settled.moved(&priced());
    assert_eq!(moved.facts[&technical], dingce_domain::condition::FactValue::Bool(true));
    let told = settled.changes.iter().any(|c| c.what == MigrationChange::Overlay && c.name == "government_set_price");
    assert!(told, "{:#?}", settled.changes);
    // Where a stage was left out under the facts as they were, the move would make the record untrue.
    let left_out = after(&[
        json!({ "case_opened": { "overlays": ["government_set_price"] } }),
        json!("initiated"),
        json!("draft_v1"),
        json!("expert_absent"),
    ]);
    let against = plan(&from, &to, &left_out.case.expect("a case")).obstacles;
    let told: Vec<_> = against.iter().map(|o| (o.why, o.name.as_deref())).collect();
    assert_eq!(told, [(MigrationObstacle::AbsenceNotAllowed, Some("expert"))]);
}

/// Events of before these laws read and are written as they were.
#[test]
fn events_without_special_laws_are_stored_as_before() {
    let world = after(&[json!("case_opened"), json!({ "determine_facts": {} })]);
    for (_, _, event) in world.history.iter().filter(|(_, _, e)| e.clock().is_none()) {
        let stored = serde_json::to_value(event).expect("JSON");
        assert!(stored["given"].is_object() && stored["given"].get("overlays").is_none(), "{stored}");
    }
    let case = serde_json::to_value(world.case.expect("a case")).expect("JSON");
    assert!(case["file"].get("overlays").is_none(), "nor does a snapshot change");
}
