//! The usual inputs of the acts of a hearing, and its steps.

use dingce_domain::hearing::acts::HearingParticipant;
use dingce_domain::hearing::{HearingFile, SeatSelection};
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::acts::document;
use super::world::World;
use crate::outside::instant;
use crate::staff;

/// Days from the notice to the end of applications, to the draw, and to the hearing.
const UNTIL: i64 = 10;
const DRAW: i64 = 12;
const HELD: i64 = 40;

/// The groups of the usual notice: six interested parties are drawn, the others invited.
fn groups() -> Value {
    json!([
        { "name": "居民代表", "kind": "interested_party", "seats": 6, "selection": "drawn" },
        { "name": "消费者组织", "kind": "organisation", "seats": 2, "selection": "invited" },
        { "name": "有关部门", "kind": "unit", "seats": 2, "selection": "invited" },
    ])
}

fn file(world: &World) -> Option<&HearingFile> {
    world.case.as_ref().and_then(|c| c.file.hearing.as_ref())
}

fn participant(code: &str, group: &str) -> HearingParticipant {
    let shown_as = format!("{group}{code}");
    HearingParticipant {
        code: code.to_owned(), group: group.to_owned(), shown_as, stake: "与本事项有关。".to_owned()
    }
}

/// Those whose lots were drawn, and everybody who is invited.
fn participants(hearing: &HearingFile) -> Vec<HearingParticipant> {
    let mut all = Vec::new();
    for group in &hearing.notice.groups {
        match group.selection {
            SeatSelection::Drawn => {
                all.extend(hearing.seated(&group.name, &[]).iter().map(|c| participant(c, &group.name)));
            }
            SeatSelection::Invited => {
                let code = |i| format!("{}-{i}", group.kind.as_str());
                all.extend((1..=group.seats).map(|i| participant(&code(i), &group.name)));
            }
        }
    }
    all
}

fn codes(world: &World) -> Vec<String> {
    file(world).into_iter().flat_map(|h| h.participants()).map(|p| p.code.clone()).collect()
}

fn staffed(role: &str, key: &str) -> Value {
    let spec = staff::spec(key);
    json!({ "role": role, "person": staff::person(key), "name": spec.name, "post": spec.title })
}

/// The usual input of an act of a hearing; `None` where no act has that name.
pub(super) fn usual(world: &World, act: &str, draft: &Value) -> Option<Value> {
    let today = world.today;
    let day = |days: i64| today.saturating_add(days.days());
    let docs = |name: &str| json!([document(name)]);
    let presenter = staff::spec("officer").name;
    Some(match act {
        "decide_hearing" => json!({
            "hold": true, "reasons": "涉及居民切身利益，决定举行听证。", "basis": "暂行条例第十六条", "suggested_by": "居民来信3件",
            "documents": [],
        }),
        "notice_hearing" => json!({
            "draft": draft, "held_on": day(HELD), "starts_at": "上午9:00", "place": "区政府一楼会议室",
            "selection_method": "居民代表自愿报名，公开抽取；其余由有关组织、单位推荐。", "groups": groups(),
            "applications_from": today, "applications_until": day(UNTIL), "draw_at": instant(day(DRAW), 9),
            "channels": ["区政府门户网站"], "contact": "区水务局办公室", "documents": docs("hearing-notice"),
        }),
        "draw_hearing_participants" => {
            let recorded_at = file(world).and_then(|h| h.notice.draw_at);
            let candidate = |i: u32| {
                json!({
                    "code": format!("A-{i:04}"), "group": "居民代表", "shown_as": format!("居民{i}"),
                    "excluded": (i == 12).then_some("不是本区居民"),
                })
            };
            json!({
                "checkpoint": {
                    "number": 7, "size": 1234, "root": dingce_definition::hash(b"root"),
                    "recorded_at": recorded_at.unwrap_or_else(|| instant(today, 9)),
                },
                "candidates": (1..=12).map(candidate).collect::<Vec<_>>(), "seed_n": 15,
                "seed_leaf": dingce_definition::hash(b"seed"),
            })
        }
        "publish_hearing_participants" => json!({
            "participants": file(world).map(participants).unwrap_or_else(|| vec![participant("X", "居民代表")]),
            "declined": [],
            "staff": [staffed("chair", "reviewer"), staffed("presenter", "officer"), staffed("recorder", "clerk")],
            "published_on": today, "channels": ["区政府门户网站"], "documents": docs("hearing-list"),
        }),
        "deliver_hearing_materials" => {
            json!({ "delivered_on": today, "to": [], "note": "草案、说明，专人送达。", "documents": docs("hearing-materials") })
        }
        "postpone_hearing" => json!({
            "ground": "too_few", "reason": "到会人数不足。",
            "held_on": file(world).map_or(today, |h| h.held_on).saturating_add(14.days()), "starts_at": "上午9:00",
            "place": "区政府一楼会议室", "documents": docs("hearing-postponed"),
        }),
        "cancel_hearing" => json!({ "ground": "not_held", "reason": "方案撤回修改。", "documents": [] }),
        "open_hearing" => {
            json!({ "present": codes(world), "absent": [], "listeners": 5, "documents": docs("attendance") })
        }
        "record_hearing_statement" => {
            let spoken = file(world).map_or(0, |h| h.statements.len());
            let speaker = codes(world).into_iter().next().unwrap_or_else(|| "A-0001".to_owned());
            json!({
                "spoken_no": spoken + 1, "speech": if spoken == 0 { "presents" } else { "states" },
                "speaker": if spoken == 0 { presenter.to_owned() } else { speaker }, "text": "发言内容。",
            })
        }
        "sign_hearing_record" => {
            let present = file(world).and_then(|h| h.present.clone()).unwrap_or_default();
            json!({ "signed": present, "unsigned": [], "documents": docs("hearing-record") })
        }
        "report_hearing" => json!({
            "summary": "听证会于区政府举行，10人参加。",
            "views": [{ "view": "第一阶梯水价过高", "uptake": "partial", "reason": "增设保障水量。" }],
            "mostly_opposed": false, "further_study": "", "feedback": "书面反馈听证参加人。",
            "documents": docs("hearing-report"),
        }),
        _ => return None,
    })
}

fn held_on(world: &World) -> Result<Date, String> {
    file(world).map(|h| h.held_on).ok_or_else(|| "no hearing was announced".to_owned())
}

/// The steps of a hearing, in order; each with the day on which it usually is.
const ROAD: [&str; 8] = [
    "hearing_noticed",
    "hearing_drawn",
    "hearing_listed",
    "hearing_delivered",
    "hearing_opened",
    "hearing_spoken",
    "hearing_signed",
    "hearing_reported",
];

/// Plays a step of a hearing; `None` where the step is not one of those. `hearing_to: NAME` plays all up to and including it.
pub(super) fn step(
    world: &mut World,
    name: &str,
    argument: &Value,
    act: &dyn Fn(&mut World, &str, Value) -> Result<(), String>,
) -> Option<Result<(), String>> {
    let given = || argument.clone();
    Some(match name {
        "hearing_to" => (|| {
            let last = argument.as_str().ok_or("`hearing_to` names a step")?;
            let last = ROAD.iter().position(|s| *s == last).ok_or_else(|| format!("{last} is no step of a hearing"))?;
            ROAD[..=last].iter().try_for_each(|name| step(world, name, &Value::Null, act).unwrap_or(Ok(())))
        })(),
        "hearing_noticed" => act(world, "notice_hearing", given()),
        "hearing_drawn" => (|| {
            world.today = world.today.max(held_on(world)?.saturating_add((DRAW - HELD).days()));
            act(world, "draw_hearing_participants", given())
        })(),
        "hearing_listed" => act(world, "publish_hearing_participants", given()),
        "hearing_delivered" => act(world, "deliver_hearing_materials", given()),
        "hearing_opened" => (|| {
            world.today = held_on(world)?;
            act(world, "open_hearing", given())
        })(),
        "hearing_spoken" => act(world, "record_hearing_statement", Value::Null)
            .and_then(|()| act(world, "record_hearing_statement", given())),
        "hearing_signed" => act(world, "sign_hearing_record", given()),
        "hearing_reported" => act(world, "report_hearing", given()),
        _ => return None,
    })
}

/// What a story may say of the hearing.
pub(super) fn seen(world: &World) -> Value {
    let Some(hearing) = file(world) else { return Value::Null };
    json!({
        "state": hearing.state(), "held_on": hearing.held_on, "participants": hearing.participants().len(),
        "present": hearing.present.as_ref().map(Vec::len), "statements": hearing.statements.len(),
        "stands": hearing.stands, "put_off": hearing.postponed,
    })
}
