//! What followed, as JSON, and how it is held against what a story says.

use dingce_domain::control::Detail;
use dingce_domain::time::{Due, RunState};
use serde_json::{Map, Value, json};

use super::world::{Answer, World};

/// All that a story may speak about.
pub fn seen(world: &World, answer: Option<&Answer>) -> Value {
    let mut seen = Map::new();
    match answer {
        None => {}
        Some(Err(rejection)) => {
            let told = serde_json::to_value(rejection).unwrap_or_default();
            seen.insert("rejected".to_owned(), told["code"].clone());
            for field in ["given", "needed", "path", "stage", "criterion", "clock"] {
                seen.insert(field.to_owned(), told[field].clone());
            }
            let basis = rejection.basis.as_ref().map(|b| format!("{} {}", b.source, b.article).trim().to_owned());
            seen.insert("basis".to_owned(), json!(basis));
            let missing: Vec<_> = rejection.gate.iter().filter(|i| !i.met).map(item).collect();
            seen.insert("gate".to_owned(), json!(missing));
        }
        Some(Ok(events)) => {
            seen.insert("events".to_owned(), events.iter().map(|e| e["kind"].clone()).collect());
            if let Some(first) = events.first() {
                if first["kind"] == "irregularity_recorded" {
                    let broken = first["broken"].as_array().into_iter().flatten();
                    seen.insert("irregularity".to_owned(), broken.map(|b| b["code"].clone()).collect());
                }
                seen.insert("event".to_owned(), first.clone());
            }
        }
    }
    seen.insert("state".to_owned(), state(world));
    Value::Object(seen)
}

fn item(item: &dingce_domain::permits::Item) -> String {
    match (&item.criterion, &item.clock) {
        (Some(criterion), _) => criterion.to_string(),
        (None, Some(clock)) => clock.to_string(),
        (None, None) => item.code.to_string(),
    }
}

fn state(world: &World) -> Value {
    let Some(case) = &world.case else { return Value::Null };
    let stages: Map<String, Value> = case
        .file
        .stages
        .iter()
        .zip(&case.control.stages)
        .map(|(spec, stage)| (spec.id.to_string(), json!(format!("{}/{}", stage.status, stage.evidence))))
        .collect();
    let clocks: Map<String, Value> = world
        .def
        .clocks
        .iter()
        .map(|spec| {
            let word = match case.file.clocks.get(&spec.id) {
                None => "none".to_owned(),
                Some(clock) if clock.ended => "ended".to_owned(),
                Some(clock) => match clock.run.state() {
                    RunState::Paused { .. } => "paused".to_owned(),
                    RunState::Running { due: Due::Fixed(day) } => day.to_string(),
                    RunState::Running { due: Due::Pending { first_missing_year } } => {
                        format!("pending {first_missing_year}")
                    }
                },
            };
            (spec.id.to_string(), json!(word))
        })
        .collect();
    let meeting = case.control.stages.iter().find_map(|s| match s.detail {
        Detail::CollectiveDeliberation { meeting, majority, decided, signed, .. } => {
            Some(json!({ "is": meeting, "majority": majority, "decided": decided, "signed": signed }))
        }
        _ => None,
    });
    let comments = world.consultation.as_ref().map(|c| {
        json!({
            "received": c.received(), "late": c.comments.values().filter(|s| s.late).count(), "left": c.unanswered(),
            "closed": c.closed,
        })
    });
    let panel = case.file.panel.as_ref().map(|p| {
        let sitting = p.experts.iter().filter(|e| e.sits());
        json!({
            "experts": p.experts.len(), "sit": sitting.clone().count(), "heard": sitting.filter(|e| e.stance.is_some()).count(),
            "codes": p.experts.iter().map(|e| e.code.as_str()).collect::<Vec<_>>(),
        })
    });
    json!({
        "panel": panel, "hearing": super::hearing::seen(world), "ending": case.control.ending, "adoption": case.control.adoption, "draft": case.control.draft,
        "irregular": case.control.irregular, "cleared": case.control.cleared(), "drafts": case.file.drafts.len(),
        "rounds": case.file.review_rounds, "stages": stages, "clocks": clocks, "meeting": meeting,
        "comments": comments, "facts": case.facts, "positions": case.file.meeting.as_ref().map(|m| m.positions.len()),
        "today": world.today,
    })
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What differs between what a story says and what was seen; what it does not say may be anything.
pub fn differences(path: &str, wanted: &Value, seen: &Value) -> Vec<String> {
    match (wanted, seen) {
        (Value::Object(wanted), Value::Object(map)) => wanted
            .iter()
            .flat_map(|(key, value)| differences(&format!("{path}.{key}"), value, map.get(key).unwrap_or(&Value::Null)))
            .collect(),
        (Value::Array(wanted), Value::Array(list)) if wanted.len() == list.len() => wanted
            .iter()
            .zip(list)
            .enumerate()
            .flat_map(|(i, (wanted, seen))| differences(&format!("{path}.{i}"), wanted, seen))
            .collect(),
        _ if plain(wanted) == plain(seen) => Vec::new(),
        _ => vec![format!("{path}: expected {wanted}, but saw {seen}")],
    }
}

/// Codes in what was seen.
pub fn codes(seen: &Value) -> Vec<String> {
    let mut codes: Vec<String> = seen["rejected"].as_str().map(str::to_owned).into_iter().collect();
    codes.extend(seen["irregularity"].as_array().into_iter().flatten().map(plain));
    codes
}

/// The name of the act.
pub fn act_of(when: Option<&Value>) -> String {
    when.and_then(|w| w["act"].as_str()).unwrap_or_default().to_owned()
}

/// The text of the story with its `then`, which is its last member, as seen.
pub fn updated(text: &str, wanted: &Value, seen: &Value) -> String {
    let head = text.find("\nthen:").map_or(text, |at| &text[..at]);
    let mut then = Map::new();
    let keys = ["rejected", "needed", "path", "criterion", "clock", "irregularity", "events"];
    for key in keys {
        if !seen[key].is_null() {
            then.insert(key.to_owned(), seen[key].clone());
        }
    }
    for key in ["given", "basis", "gate", "stage", "event", "state"] {
        if !wanted[key].is_null() {
            then.insert(key.to_owned(), restricted(&wanted[key], &seen[key]));
        }
    }
    format!("{head}\nthen: {}\n", Value::Object(then))
}

/// What was seen, of the members that the story speaks about.
fn restricted(wanted: &Value, seen: &Value) -> Value {
    match (wanted, seen) {
        (Value::Object(wanted), Value::Object(map)) => {
            let of = |(key, value): (&String, &Value)| {
                (key.clone(), restricted(value, map.get(key).unwrap_or(&Value::Null)))
            };
            Value::Object(wanted.iter().map(of).collect())
        }
        _ => seen.clone(),
    }
}
