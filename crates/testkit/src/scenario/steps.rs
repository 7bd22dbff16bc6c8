//! The steps of `given`: named shorthands for acts with their usual input, and the passing of time.
//!
//! A step is a name, or a map of one name to its argument. Besides the names below, every act can be a step by its own
//! name, with the fields in which it differs from the usual. `road_to: NAME` walks the shortest lawful road up to and
//! including a step.

use dingce_domain::file::PanelExpert;
use dingce_domain::words::{DraftingItem, StageKind};
use jiff::ToSpan;
use serde_json::{Map, Value, json};

use super::world::World;

/// The shortest lawful road, in order.
pub const ROAD: [&str; 29] = [
    "case_opened",
    "initiated",
    "draft_v1",
    "expert_absent",
    "drafting_items_in_order",
    "solicitation_opened",
    "solicitation_closed_with",
    "comments_settled",
    "participation_reported",
    "risk_started",
    "risk_reported",
    "submitted",
    "advised",
    "cleared",
    "tabling_requested",
    "tabling_checked",
    "tabling_reviewed",
    "tabling_approved",
    "meeting_convened",
    "quorate",
    "risk_found",
    "positions",
    "adopted",
    "signed",
    "party_agreed",
    "issued",
    "published",
    "volume_checked",
    "volume_closed",
];

/// Plays one step.
///
/// # Errors
/// Where it is refused, or no step has that name.
pub fn play(world: &mut World, step: &Value) -> Result<(), String> {
    match step {
        Value::String(name) => named(world, name, &Value::Null),
        Value::Object(map) if map.len() == 1 => {
            map.iter().try_for_each(|(name, argument)| named(world, name, argument))
        }
        _ => Err("a step is a name, or a map of one name".to_owned()),
    }
}

fn act(world: &mut World, name: &str, over: Value) -> Result<(), String> {
    let mut when = over.as_object().cloned().unwrap_or_default();
    when.insert("act".to_owned(), json!(name));
    match world.attempt(&Value::Object(when))? {
        Ok(_) => Ok(()),
        Err(rejection) => Err(format!("{name} is refused: {rejection} at {:?}", rejection.path)),
    }
}

fn with(fixed: Value, argument: &Value) -> Value {
    let mut map = fixed.as_object().cloned().unwrap_or_default();
    map.extend(argument.as_object().cloned().unwrap_or_else(Map::new));
    Value::Object(map)
}

fn to_the_day_after(world: &mut World, day: jiff::civil::Date) {
    if world.today <= day {
        world.today = day.saturating_add(1.day());
    }
}

fn due_day(world: &World, clock: &Value) -> Result<jiff::civil::Date, String> {
    let clock = clock.as_str().and_then(|c| c.parse().ok()).ok_or("a clock has a name")?;
    world.open()?.file.clocks.get(&clock).and_then(|c| c.run.due_on()).ok_or_else(|| format!("{clock} has no due day"))
}

fn named(world: &mut World, name: &str, argument: &Value) -> Result<(), String> {
    if let Some(played) = super::hearing::step(world, name, argument, &act) {
        return played;
    }
    let early = json!({ "early_statement": "审查已完成，提前出具意见。" });
    match name {
        "road_to" => {
            let last = argument.as_str().ok_or("`road_to` names a step")?;
            let last = ROAD.iter().position(|s| *s == last).ok_or_else(|| format!("{last} is not on the road"))?;
            let there = |step: &&str, kind: StageKind, steps: &[&str]| {
                !steps.contains(step) || world.def.positions(kind).next().is_some()
            };
            let has = |step: &&&str| {
                there(step, StageKind::RiskAssessment, &["risk_started", "risk_reported", "risk_found"])
                    && there(step, StageKind::PreIssuanceReporting, &["party_agreed"])
            };
            let road: Vec<&str> = ROAD[..=last].iter().filter(has).copied().collect();
            road.into_iter().try_for_each(|step| {
                if step == "issued" && world.def.stages.iter().any(|s| s.id.as_str() == "registration") {
                    named(world, "registered", &Value::Null)?;
                }
                named(world, step, &Value::Null)
            })
        }
        // Of a normative document: unified registration and number.
        "registered" => {
            let answers = json!({ "registration_no": "ZJMZ-2025-1", "in_force_on": "2025-08-01" });
            let over =
                json!({ "by": "justice_officer", "stage": "registration", "result": "registered", "answers": answers });
            act(world, "complete_task", with(over, argument))
        }
        "on" => {
            world.today = argument.as_str().and_then(|d| d.parse().ok()).ok_or("`on` is a date")?;
            Ok(())
        }
        "days_pass" => {
            world.pass(argument.as_i64().and_then(|n| i32::try_from(n).ok()).ok_or("`days_pass` is a number")?);
            Ok(())
        }
        "timers_fire" => world.time_passes().map(|_| ()),
        "calendar_2027_arrives" => {
            world.calendar = crate::law::calendars_with_2027();
            Ok(())
        }
        "last_day" => {
            world.today = due_day(world, argument)?;
            Ok(())
        }
        "period_over" => {
            let due = due_day(world, argument)?;
            to_the_day_after(world, due);
            Ok(())
        }
        "case_opened" => act(world, "open_case", argument.clone()),
        "onboarded" => act(world, "onboard_case", argument.clone()),
        "initiation_taken_over" => {
            act(world, "take_over_stage", with(json!({ "stage": "initiation", "offline": "2023-11-10" }), argument))
        }
        "old_draft" => act(world, "add_draft_version", with(json!({ "offline": "2023-12-20" }), argument)),
        "participation_taken_over" => {
            let asked = json!({
                "stage": "participation", "offline": "2024-02-20", "opened_on": "2024-01-02", "closed_on": "2024-02-05", "heard": 12,
            });
            act(world, "take_over_stage", with(asked, argument))
        }
        "experts_taken_over" => {
            let heard = json!({ "stage": "expert", "offline": "2024-02-21", "heard": 5 });
            act(world, "take_over_stage", with(heard, argument))
        }
        "risk_taken_over" => {
            let assessed = json!({ "stage": "risk", "offline": "2024-02-22", "level": "low", "unit": "$unit:water" });
            act(world, "take_over_stage", with(assessed, argument))
        }
        // Everything before the legality review.
        "taken_over" => {
            for step in ["onboarded", "initiation_taken_over", "old_draft", "drafting_items_in_order"] {
                named(world, step, &Value::Null)?;
            }
            for step in ["participation_taken_over", "experts_taken_over", "risk_taken_over"] {
                named(world, step, &Value::Null)?;
            }
            Ok(())
        }
        "initiated" => {
            act(world, "study_proposal", Value::Null)?;
            act(world, "decide_initiation", argument.clone())
        }
        // What will be published is reviewed for release beforehand.
        "draft_v1" => {
            act(world, "add_draft_version", argument.clone())?;
            act(world, "review_disclosure", Value::Null)
        }
        "material_change" => act(world, "add_draft_version", with(json!({ "change": "material" }), argument)),
        "wording_change" => act(world, "add_draft_version", with(json!({ "change": "wording_only" }), argument)),
        "drafting_items_in_order" => {
            let mut items = DraftingItem::ALL.iter().filter(|i| **i != DraftingItem::Alternatives);
            items.try_for_each(|item| act(world, "record_drafting_item", json!({ "item": item })))
        }
        "solicitation_opened" => act(world, "open_solicitation", argument.clone()),
        "solicitation_closed_with" => {
            let last = world.open()?.file.consultation.as_ref().ok_or("no solicitation was opened")?.closes_on;
            to_the_day_after(world, last);
            world.time_passes()?;
            let received = if argument.is_null() { json!(2) } else { argument.clone() };
            act(world, "close_solicitation", json!({ "received": received }))
        }
        "comments_settled" => act(world, "settle_comments", argument.clone()),
        "participation_reported" => act(world, "report_participation", argument.clone()),
        "participation_done" => {
            for step in
                ["solicitation_opened", "solicitation_closed_with", "comments_settled", "participation_reported"]
            {
                named(world, step, &Value::Null)?;
            }
            Ok(())
        }
        "expert_absent" => {
            let over = json!({ "stage": "expert", "reason": "专业性、技术性不强。", "basis": "暂行条例第十九条" });
            act(world, "record_absence", with(over, argument))
        }
        "experts_appointed" => act(world, "appoint_experts", argument.clone()),
        "interests_declared" => {
            while_left(world, |e| e.interest.is_none(), ["declare_interest", "enter_interest_declaration"], argument)
        }
        "experts_informed" => act(world, "send_expert_materials", argument.clone()),
        "opinions_given" => {
            while_left(world, |e| e.stance.is_none(), ["give_expert_opinion", "enter_expert_opinion"], argument)
        }
        "expert_reported" => act(world, "report_expert_review", argument.clone()),
        "expert_heard" => {
            for step in ["experts_appointed", "interests_declared", "experts_informed", "opinions_given"] {
                named(world, step, &Value::Null)?;
            }
            Ok(())
        }
        "expert_done" => {
            named(world, "expert_heard", &Value::Null)?;
            named(world, "expert_reported", argument)
        }
        "risk_started" => act(world, "start_risk_assessment", argument.clone()),
        "risk_reported" => match argument {
            Value::String(level) => act(world, "report_risk", json!({ "level": level })),
            other => act(world, "report_risk", other.clone()),
        },
        "risk_done" => {
            named(world, "risk_started", &Value::Null)?;
            named(world, "risk_reported", argument)
        }
        "submitted" => act(world, "submit_for_legality_review", argument.clone()),
        "advised" => {
            act(world, "record_advice", argument.clone())?;
            act(world, "record_advice", argument.clone())
        }
        "cleared" => act(world, "conclude_legality_review", with(early, argument)),
        "concluded" => {
            let conclusion = json!({ "conclusion": argument, "early_statement": early["early_statement"] });
            act(world, "conclude_legality_review", conclusion)
        }
        "reviewed_again" => {
            for step in ["submitted", "advised", "cleared"] {
                named(world, step, &Value::Null)?;
            }
            Ok(())
        }
        "tabling_requested" => act(world, "request_tabling", argument.clone()),
        "tabling_checked" => act(world, "check_tabling_file", argument.clone()),
        "tabling_reviewed" => act(world, "review_tabling", argument.clone()),
        "tabling_approved" => act(world, "approve_tabling", argument.clone()),
        "tabled" => ROAD[14..=17].iter().try_for_each(|step| named(world, step, &Value::Null)),
        "meeting_convened" => act(world, "convene_meeting", argument.clone()),
        "quorate" => act(world, "record_attendance", argument.clone()),
        "present" => attendance(world, argument),
        "risk_found" => act(world, "find_risk", argument.clone()),
        "positions" => positions(world, argument),
        "adopted" => act(world, "record_head_decision", argument.clone()),
        "adopted_in_principle" => {
            let decision = json!({ "outcome": "agree_in_principle", "amendments": "第三条按会议意见修改。" });
            act(world, "record_head_decision", with(decision, argument))
        }
        "declined" => {
            let decision = json!({ "outcome": argument, "amendments": "见会议意见。", "reasons": "尚不成熟。" });
            act(world, "record_head_decision", decision)
        }
        "signed" => act(world, "sign_meeting_record", argument.clone()),
        "final_text" => act(world, "add_final_text", argument.clone()),
        "confirmed" => act(world, "confirm_draft", argument.clone()),
        "party_agreed" => act(world, "record_report_reply", argument.clone()),
        "issued" => act(world, "issue_decision", argument.clone()),
        "published" => act(world, "publish_decision", argument.clone()),
        "voices_heard" => dingce_domain::words::EvaluationVoice::ALL
            .iter()
            .try_for_each(|voice| act(world, "record_evaluation_voice", json!({ "voice": voice }))),
        "evaluated" => {
            act(world, "start_evaluation", Value::Null)?;
            named(world, "voices_heard", &Value::Null)?;
            act(world, "report_evaluation", argument.clone())
        }
        // Carried out, and its volume closed after that of the decision.
        "execution_closed" => {
            act(world, "complete_execution", Value::Null)?;
            act(world, "check_volume", json!({ "volume": "execution" }))?;
            act(world, "close_volume", json!({ "volume": "execution", "count": "$filed:execution" }))
        }
        "volume_checked" => act(world, "check_volume", argument.clone()),
        "volume_closed" => act(world, "close_volume", argument.clone()),
        "commented" => act(world, "submit_comment", argument.clone()),
        "consultation_closed" => {
            let last = world.open()?.file.consultation.as_ref().ok_or("no solicitation was opened")?.closes_on;
            to_the_day_after(world, last);
            act(world, "consultation_time_passes", Value::Null)
        }
        other => act(world, other, argument.clone()),
    }
}

/// Does an act for each expert who sits and is so: who has an account does it themselves, for others it is entered.
fn while_left(
    world: &mut World,
    is: impl Fn(&PanelExpert) -> bool,
    [own, entered]: [&str; 2],
    argument: &Value,
) -> Result<(), String> {
    let panel = world.open()?.file.panel.as_ref().ok_or("no experts were appointed")?;
    let left: Vec<_> =
        panel.experts.iter().filter(|e| e.sits() && is(e)).map(|e| (e.code.clone(), e.person.is_some())).collect();
    left.iter().try_for_each(|(code, account)| match code.strip_prefix("E-0").filter(|_| *account) {
        Some(number) => act(world, own, with(json!({ "by": format!("expert_{number}") }), argument)),
        None => act(world, entered, with(json!({ "expert": code }), argument)),
    })
}

/// Attendance with only these members present; all others are absent with a reason.
fn attendance(world: &mut World, present: &Value) -> Result<(), String> {
    let present: Vec<&str> = present.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let there = |here: bool| crate::staff::members().filter(move |m| present.contains(&m.key) == here);
    let persons: Vec<_> = there.clone()(true).map(|m| crate::staff::person(m.key)).collect();
    let absent: Vec<_> =
        there(false).map(|m| json!({ "person": crate::staff::person(m.key), "reason": "公出" })).collect();
    // Whoever is there first in the list presides.
    let chair = persons.first().copied().unwrap_or_else(|| crate::staff::person("head"));
    act(world, "record_attendance", json!({ "present": persons, "absent": absent, "chair": chair }))
}

/// Positions of deputy, member_1, member_2, member_3, in this order of speaking; all agree where nothing is said.
fn positions(world: &mut World, said: &Value) -> Result<(), String> {
    let agree = json!(["agree", "agree", "agree", "agree"]);
    let said = if said.is_null() { &agree } else { said };
    let list = said.as_array().ok_or("`positions` is a list")?.clone();
    for (i, (key, position)) in ["deputy", "member_1", "member_2", "member_3"].iter().zip(&list).enumerate() {
        if position.is_null() {
            continue;
        }
        let member = crate::staff::person(key);
        act(world, "record_position", json!({ "member": member, "position": position, "spoken_no": i + 1 }))?;
    }
    Ok(())
}
