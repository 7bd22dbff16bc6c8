//! Another place, another law: the same core under a definition that differs from the national one.

use dingce_domain::code::Code;
use dingce_domain::definition::{Authority, Binding, Definition, Forbid, ParameterValue};
use dingce_domain::time::{Limit, WorkingDays};
use dingce_domain::verb::Verb;
use dingce_domain::words::{Outcome, Relation};
use dingce_testkit::law;
use dingce_testkit::scenario::{World, steps};
use jiff::civil::Date;
use serde_json::{Value, json};

fn world_under(def: Definition, given: &[Value]) -> World {
    let mut world = World::default();
    world.def = def;
    for step in given {
        steps::play(&mut world, step).unwrap_or_else(|why| panic!("{step}: {why}"));
    }
    world
}

#[test]
fn an_outcome_that_a_place_does_not_offer_is_refused() {
    let mut def = law::definition();
    def.outcomes.remove(&Outcome::Defer);
    let mut world = world_under(def, &[json!({ "road_to": "positions" })]);
    let defer = json!({ "act": "record_head_decision", "outcome": "defer" });
    let refused = world.attempt(&defer).expect("an act").expect_err("not offered");
    assert_eq!(refused.code, Code::OutcomeNotOffered);
    assert!(!refused.needed.expect("what is offered").contains("defer"));
    let agree = json!({ "act": "record_head_decision" });
    assert!(world.attempt(&agree).expect("an act").is_ok(), "what is offered is accepted");
}

#[test]
fn a_period_in_working_days_of_an_unknown_year_is_not_announced() {
    let mut def = law::definition();
    for (id, parameter) in &mut def.parameters {
        if id.as_str() == "comment_period" {
            let days = WorkingDays::new(20).expect("a period");
            parameter.value = ParameterValue::Period(Limit::Working(days));
        }
    }
    let given = [json!({ "on": "2026-12-20" }), json!({ "road_to": "draft_v1" })];
    let mut world = world_under(def, &given);
    let open = json!({ "act": "open_solicitation" });
    let refused = world.attempt(&open).expect("an act").expect_err("nobody knows the last day");
    assert_eq!(refused.code, Code::CalendarMissing);
    steps::play(&mut world, &json!("calendar_2027_arrives")).expect("a calendar");
    assert!(world.attempt(&open).expect("an act").is_ok(), "30 days cover 20 working days of January");
}

#[test]
fn a_period_in_working_days_of_an_unknown_year_is_not_taken_over() {
    let mut def = law::definition();
    for (id, parameter) in &mut def.parameters {
        if id.as_str() == "comment_period" {
            let days = WorkingDays::new(20).expect("a period");
            parameter.value = ParameterValue::Period(Limit::Working(days));
        }
    }
    let given = [
        json!({ "on": "2027-03-01" }),
        json!({ "onboarded": { "begun_on": "2026-11-02" } }),
        json!({ "initiation_taken_over": { "offline": "2026-11-03" } }),
        json!({ "old_draft": { "offline": "2026-12-20" } }),
    ];
    let mut world = world_under(def, &given);
    let taken_over = json!({
        "act": "take_over_stage", "stage": "participation", "offline": "2027-02-10", "opened_on": "2026-12-21",
        "closed_on": "2027-01-29", "heard": 3,
    });
    let refused = world.attempt(&taken_over).expect("an act").expect_err("nobody knows whether it was long enough");
    assert_eq!((refused.code, refused.path.as_deref()), (Code::CalendarMissing, Some("closed_on")));
    steps::play(&mut world, &json!("calendar_2027_arrives")).expect("a calendar");
    assert!(world.attempt(&taken_over).expect("an act").is_ok(), "39 days cover 20 working days of January");
}

#[test]
fn a_case_keeps_ten_thousand_comments_on_its_execution() {
    let mut world = world_under(law::definition(), &[json!({ "road_to": "published" })]);
    let comments = &mut world.case.as_mut().expect("a case").file.execution_comments;
    comments.extend((1..=9_999).map(|number| (number, true)));
    let comment = json!({ "act": "enter_execution_comment" });
    assert!(world.attempt(&comment).expect("an act").is_ok(), "the ten thousandth");
    let refused = world.attempt(&comment).expect("an act").expect_err("one more than a case keeps");
    assert_eq!((refused.code, refused.given.as_deref()), (Code::ListNotAcceptable, Some("10000")));
}

#[test]
fn a_place_may_bind_the_number_of_experts() {
    let mut def = law::definition();
    for (id, parameter) in &mut def.parameters {
        if id.as_str() == "experts_least" {
            parameter.authority = Authority::LocalRule;
        }
    }
    let mut world = world_under(def, &[json!("case_opened"), json!("initiated"), json!("draft_v1")]);
    let four = json!({ "act": "appoint_experts", "seats": 4, "chosen": ["E-01", "E-02", "E-03", "E-04"] });
    let refused = world.attempt(&four).expect("an act").expect_err("too few");
    assert_eq!((refused.code, refused.needed.as_deref()), (Code::ExpertsTooFew, Some("5")));
    let mut on_paper = four.clone();
    on_paper["offline"] = json!(true);
    let events = world.attempt(&on_paper).expect("an act").expect("it happened");
    assert_eq!(events[0]["kind"], "irregularity_recorded", "what was done on paper is kept, without effect");
    let five = json!({ "act": "appoint_experts" });
    assert!(world.attempt(&five).expect("an act").is_ok());
}

#[test]
fn a_place_may_bind_a_hearing() {
    let mut def = law::definition();
    for (id, parameter) in &mut def.parameters {
        if matches!(id.as_str(), "hearing_participants_least" | "hearing_attendance_least" | "hearing_notice") {
            parameter.authority = Authority::LocalRule;
        }
    }
    let source = def.stages[0].source.clone();
    def.forbids.push(Forbid { verb: Verb::ChairHearing, relation: Relation::Drafted, source });
    let mut world = world_under(def, &[json!("case_opened"), json!("initiated"), json!("draft_v1")]);
    let seven = json!([{ "name": "村民", "kind": "interested_party", "seats": 7, "selection": "invited" }]);
    let none = Value::Null;
    let invited = json!({
        "act": "notice_hearing", "groups": seven, "applications_from": none, "applications_until": none, "draw_at": none,
    });
    let mut late = invited.clone();
    late["held_on"] = json!("2024-03-30");
    assert_eq!(world.attempt(&late).expect("an act").expect_err("29 days").code, Code::DateNotAcceptable);
    assert!(world.attempt(&invited).expect("an act").is_ok());
    let refused =
        world.attempt(&json!({ "act": "publish_hearing_participants" })).expect("an act").expect_err("too few");
    assert_eq!((refused.code, refused.needed.as_deref()), (Code::ParticipantsTooFew, Some("8")));
    for step in [json!({ "cancel_hearing": {} }), json!("hearing_noticed"), json!("hearing_drawn")] {
        steps::play(&mut world, &step).unwrap_or_else(|why| panic!("{step}: {why}"));
    }
    let staff = json!([
        { "role": "chair", "person": dingce_testkit::staff::person("officer"), "name": "起草人", "post": "科长" },
        { "role": "presenter", "person": none, "name": "陈述人", "post": "科员" },
        { "role": "recorder", "person": none, "name": "记录人", "post": "科员" },
    ]);
    let chaired = json!({ "act": "publish_hearing_participants", "staff": staff });
    let refused = world.attempt(&chaired).expect("an act").expect_err("whoever drafted does not chair there");
    assert_eq!((refused.code, refused.path.as_deref()), (Code::DutiesSeparated, Some("staff.0")));
    for step in ["hearing_listed", "hearing_delivered"] {
        steps::play(&mut world, &json!(step)).unwrap_or_else(|why| panic!("{step}: {why}"));
    }
    steps::play(&mut world, &json!({ "on": "2024-04-10" })).expect("a day");
    let codes: Vec<String> = {
        let hearing = world.open().expect("a case").file.hearing.as_ref().expect("a hearing");
        hearing.participants().iter().map(|p| p.code.clone()).collect()
    };
    let absent: Vec<_> = codes[7..].iter().map(|code| json!({ "code": code, "reason": "未到" })).collect();
    let open = json!({ "act": "open_hearing", "present": codes[..7], "absent": absent });
    let refused = world.attempt(&open).expect("an act").expect_err("seven of eight");
    assert_eq!((refused.code, refused.given.as_deref()), (Code::ParticipantsTooFew, Some("7")));
}

/// A number that only advises, and what it refuses once it is confirmed.
struct Confirmed {
    /// Folder of the shipped definition; the national one where nothing is said.
    definition: Option<&'static str>,
    number: &'static str,
    given: Value,
    act: Value,
    refused: Code,
}

fn confirmed() -> Vec<Confirmed> {
    let begun = || json!(["case_opened", "initiated", "draft_v1"]);
    let none = Value::Null;
    let seven = json!([{ "name": "村民", "kind": "interested_party", "seats": 7, "selection": "invited" }]);
    let mut invited = json!({
        "act": "notice_hearing", "groups": seven, "applications_from": none, "applications_until": none, "draw_at": none,
    });
    let noticed_late = {
        let mut late = invited.clone();
        late["held_on"] = json!("2024-03-30");
        late
    };
    let played = invited.as_object_mut().and_then(|i| i.remove("act")).map(|_| json!({ "hearing_noticed": invited }));
    let mut listed = begun();
    listed.as_array_mut().expect("steps").extend(played);
    let mut delivered_late = begun();
    delivered_late.as_array_mut().expect("steps").extend([
        json!({ "hearing_to": "hearing_listed" }),
        json!({ "on": "2024-04-04" }),
        json!("hearing_delivered"),
        json!({ "on": "2024-04-10" }),
    ]);
    let entry = |number, given, act, refused| Confirmed { definition: None, number, given, act, refused };
    vec![
        entry(
            "experts_least",
            begun(),
            json!({ "act": "appoint_experts", "seats": 4, "chosen": ["E-01", "E-02", "E-03", "E-04"] }),
            Code::ExpertsTooFew,
        ),
        entry(
            "experts_least",
            json!(["onboarded", "initiation_taken_over", "old_draft"]),
            json!({ "act": "take_over_stage", "stage": "expert", "offline": "2024-02-21", "heard": 4 }),
            Code::ExpertsTooFew,
        ),
        entry(
            "comment_period",
            json!([{ "road_to": "draft_v1" }]),
            json!({ "act": "open_solicitation", "closes_on": "2024-03-30" }),
            Code::CommentPeriodTooShort,
        ),
        entry("hearing_notice", begun(), noticed_late, Code::DateNotAcceptable),
        entry(
            "hearing_participants_least",
            listed,
            json!({ "act": "publish_hearing_participants" }),
            Code::ParticipantsTooFew,
        ),
        entry("hearing_materials", delivered_late, json!({ "act": "open_hearing" }), Code::HearingMaterialsLate),
        entry(
            "market_regulation_review_from",
            json!([{ "road_to": "draft_v1" }, { "on": "2024-08-01" }]),
            json!({
                "act": "record_drafting_item", "item": "fair_competition", "reviewer": "undertaking_unit",
                "reviewing_unit": none,
            }),
            Code::FairCompetitionBody,
        ),
        Confirmed {
            definition: Some("major-decision-county-ballot"),
            number: "ballot_majority",
            given: json!([{ "road_to": "risk_found" }, { "positions": ["disagree", "disagree", "reserve", "agree"] }]),
            act: json!({ "act": "record_head_decision", "reasons": "供水安全优先" }),
            refused: Code::BallotNotCarried,
        },
    ]
}

#[test]
fn a_confirmed_number_refuses_on_the_days_on_which_it_binds() {
    let basis = "《某区重大行政决策程序规定》";
    for Confirmed { definition, number, given, act, refused } in confirmed() {
        let attempt = |bindings: Vec<Binding>| {
            let mut def = definition.map_or_else(law::definition, |folder| law::other(folder).definition);
            let id = def.parameter(number).expect("the number").id.clone();
            def.parameters.get_mut(&id).expect("the number").authority = Authority::Unconfirmed;
            let mut world = world_under(def, given.as_array().expect("steps"));
            let day = act["offline"].as_str().map_or(world.today, |day| day.parse().expect("a day"));
            world.def.confirmed.insert(id, bindings);
            (world.attempt(&act).expect("an act"), day)
        };
        let (plain, day) = attempt(Vec::new());
        assert!(plain.is_ok(), "{number}: a number that only advises refuses nothing: {plain:?}");
        let binding = |from: Date, until: Option<Date>| Binding { from, until, basis: basis.to_owned() };
        let (before, after) = (day.yesterday().expect("a day"), day.tomorrow().expect("a day"));
        for bindings in [vec![binding(after, None)], vec![binding(before, Some(day))], vec![binding(day, Some(day))]] {
            let (free, _) = attempt(bindings.clone());
            assert!(free.is_ok(), "{number} does not bind on {day}: {bindings:?}: {free:?}");
        }
        for bindings in [vec![binding(day, None)], vec![binding(before, Some(after))]] {
            let (bound, _) = attempt(bindings);
            let bound = bound.expect_err(number);
            assert_eq!((bound.code, bound.confirmed.as_deref()), (refused, Some(basis)), "{number}");
        }
    }
}
