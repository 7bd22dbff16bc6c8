//! Rules about clocks.

use std::collections::BTreeSet;

use dingce_domain::definition::{Authority, ClockSpec, Definition, Family};
use dingce_domain::task::ApprovalStanding;
use dingce_domain::time::{ClockKind, Limit};
use dingce_domain::verb::Verb;

use super::{Known, place};
use crate::problem::{among, instead, say, written};
use crate::read::Reader;

/// Acts that state the last day of a period themselves.
const STATES_A_DAY: [Verb; 3] = [Verb::OpenSolicitation, Verb::IssueDecision, Verb::ReviewDisclosure];
/// Acts that announce the day from which a backward clock counts back.
const ANNOUNCES_A_DAY: [Verb; 2] = [Verb::NoticeHearing, Verb::PostponeHearing];

pub(super) fn check(reader: &mut Reader<'_>, def: &Definition, known: Known) {
    let before = reader.problems.len();
    for clock in &def.clocks {
        if !reader.broken.contains(&format!("clocks.{}", clock.id)) {
            one(reader, def, clock, known);
        }
    }
    circles(reader, def);
    let whole = reader.declared.get("clocks").is_none_or(|names| names.len() == def.clocks.len());
    // What a clock with a mistake in it would count is not known.
    let whole = whole && !reader.broken.iter().any(|name| name.starts_with("clocks."));
    if known.stages && known.roles && whole && reader.problems.len() == before && def.family == Family::MajorDecision {
        floor(reader, def);
    }
}

/// Acts that name a stage: one of a general kind, on which the verb stands, and a word that is said there.
fn triggers(reader: &mut Reader<'_>, def: &Definition, clock: &ClockSpec) {
    let all = [
        ("starts", &clock.starts),
        ("stops", &clock.stops),
        ("pauses", &clock.pauses),
        ("resumes", &clock.resumes),
        ("guards", &clock.guards),
    ];
    for (key, trigger) in all.iter().flat_map(|(key, triggers)| triggers.iter().map(move |t| (*key, t))) {
        let Some(stage) = trigger.stage.as_ref().and_then(|id| def.stage(id)) else { continue };
        let stands = |verb: Verb| verb.on_any_stage() || (stage.kind.is_general() && verb.kind() == Some(stage.kind));
        let task = stage.task.as_ref();
        let said: Vec<&str> = match trigger.verb {
            Verb::RecordTaskProgress => task.into_iter().flat_map(|t| &t.entries).map(|e| e.id.as_str()).collect(),
            Verb::CompleteTask => task.into_iter().flat_map(|t| &t.results).map(|r| r.entry.id.as_str()).collect(),
            Verb::GiveApproval => ApprovalStanding::ALL.iter().map(|s| s.as_str()).collect(),
            _ => Vec::new(),
        };
        let needed = match &trigger.word {
            _ if !stands(trigger.verb) => {
                let verbs: Vec<_> = Verb::ALL.iter().filter(|v| stands(**v)).map(|v| v.as_str()).collect();
                among(verbs)
            }
            Some(_) if key == "guards" => instead("guards 中不写 with", "no `with` under guards"),
            Some(word) if !said.contains(&word.as_str()) && said.is_empty() => instead("不写 with", "no `with`"),
            Some(word) if !said.contains(&word.as_str()) => among(said),
            _ => continue,
        };
        let at = place(reader, &format!("clocks.{}.{key}", clock.id));
        let (verb, on) = (trigger.verb, &stage.id);
        let with = trigger.word.as_ref().map(|word| format!(" ({word})")).unwrap_or_default();
        let message = say(
            format!("时钟 {} 的 {key} 所写的 {verb}{with} 在 {on} 阶段不会这样发生。", clock.id),
            format!(
                "The clock `{}` names under {key} a `{verb}`{with} on the stage `{on}` that does not come about there.",
                clock.id
            ),
        );
        let what = match &trigger.word {
            Some(word) if stands(verb) && key != "guards" => format!("stages.{on}.{word}"),
            _ => format!("{at:?} {verb}{with} {on}"),
        };
        reader.problems.add_once(what, "D-CLOCK-TRIGGER", at, message, needed);
    }
}

fn one(reader: &mut Reader<'_>, def: &Definition, clock: &ClockSpec, known: Known) {
    if known.stages {
        triggers(reader, def, clock);
    }
    let at = place(reader, &format!("clocks.{}", clock.id));
    let id = &clock.id;
    if clock.starts.is_empty() {
        reader.add(
            "D-CLOCK-STARTS",
            at,
            format!("时钟 {id} 没有起点。"),
            format!("Nothing starts the clock `{id}`."),
            written("starts"),
        );
    }
    // A floor runs out by itself; a deadline that nothing meets is overdue for ever.
    if clock.stops.is_empty() && matches!(clock.kind, ClockKind::Cap | ClockKind::Backward) {
        reader.add(
            "D-CLOCK-STOPS",
            at,
            format!("时钟 {id} 没有终点。"),
            format!("Nothing stops the clock `{id}`: it would be overdue for ever."),
            written("stops"),
        );
    }
    let by_decision = |v: Verb| matches!(v, Verb::AdoptDraft | Verb::DeclineDraft);
    if !clock.outcomes.is_empty() && !clock.starts.verbs().all(by_decision) {
        reader.add(
            "D-CLOCK-OUTCOMES",
            at,
            format!("时钟 {id} 限于某些会议结果，但其起点不是会议决定。"),
            format!("The clock `{id}` waits for an outcome of the meeting, but other acts start it too."),
            instead(
                "starts 中只有 adopt_draft 和 decline_draft，或不写 outcomes",
                "only adopt_draft and decline_draft under starts, or no outcomes",
            ),
        );
    }
    let parameter = clock.parameter.as_ref().and_then(|p| def.parameters.get(p));
    if clock.parameter.is_none() && !clock.starts.verbs().all(|v| STATES_A_DAY.contains(&v)) {
        reader.add(
            "D-CLOCK-STATED",
            at,
            format!("启动时钟 {id} 的行为没有载明期限。"),
            format!("An act that starts the clock `{id}` states no day by which it is to be done."),
            among(STATES_A_DAY.map(Verb::as_str)),
        );
    }
    if parameter.is_some() && def.length(clock).is_none() {
        reader.add(
            "D-CLOCK-PARAMETER",
            at,
            format!("时钟 {id} 的参数不是期限。"),
            format!("The parameter of the clock `{id}` is not a period."),
            instead("calendar_days 或 working_days", "calendar_days or working_days"),
        );
    }
    let binding = parameter.is_some_and(|p| p.authority == Authority::Binding);
    if clock.kind == ClockKind::Floor && clock.guards.is_empty() && binding {
        reader.add(
            "D-CLOCK-FLOOR-IDLE",
            at,
            format!("时钟 {id} 是必须遵守的最短期限，却没有行为等待其届满。"),
            format!("The clock `{id}` is a binding floor, and no act waits until it has run out."),
            instead("写明 guards，或改用另一种类", "guards, or another kind"),
        );
    }
    if !clock.guards.is_empty() {
        if matches!(clock.kind, ClockKind::Cap | ClockKind::Backward) {
            reader.add(
                "D-CLOCK-GUARD-ON-CAP",
                at,
                format!("时钟 {id} 是上限，不能让行为等待其届满。"),
                format!("The clock `{id}` is a cap: no act waits until it has run out."),
                instead("不写 guards，或改为 floor", "no guards, or a floor"),
            );
        } else if let Some(p) = parameter.filter(|p| !p.authority.is_hard()) {
            reader.add(
                "D-CLOCK-GUARD-NOT-HARD",
                at,
                format!("参数 {} 的效力为 {}，不能据以拒绝。", p.id, p.authority),
                format!("`{}` is {} and may not refuse anything until it is confirmed.", p.id, p.authority),
                instead("BINDING 或 LOCAL_RULE，或不写 guards", "BINDING or LOCAL_RULE, or no guards"),
            );
        }
    }
    if let Some(lead) = &clock.warn_before {
        let at = place(reader, &format!("clocks.{id}.warn_before"));
        if matches!(clock.kind, ClockKind::Floor | ClockKind::Guaranteed) {
            reader.add(
                "D-CLOCK-WARNING",
                at,
                format!("时钟 {id} 届满时无人逾期，不作提醒。"),
                format!("Nobody is late when the clock `{id}` ends: there is nothing to warn of."),
                instead("不写 warn_before，或改为 cap 或 backward", "no warn_before, or a cap or backward clock"),
            );
        } else if def.parameters.contains_key(lead) && !matches!(def.period(lead), Some(Limit::Working(_))) {
            reader.add(
                "D-CLOCK-WARNING",
                at,
                format!("时钟 {id} 的提醒参数不是工作日期限。"),
                format!("The parameter by which the clock `{id}` warns is not a number of working days."),
                instead("working_days", "working_days"),
            );
        }
    }
    if clock.pauses.is_empty() != clock.resumes.is_empty() {
        reader.add(
            "D-CLOCK-PAUSES",
            at,
            format!("时钟 {id} 的暂停与恢复必须成对。"),
            format!("The clock `{id}` pauses without resuming, or resumes without pausing."),
            instead("pauses 和 resumes 都写，或都不写", "both pauses and resumes, or neither"),
        );
    }
    if clock.kind == ClockKind::Backward && !clock.starts.verbs().all(|v| ANNOUNCES_A_DAY.contains(&v)) {
        reader.add(
            "D-CLOCK-BACKWARD",
            at,
            format!("启动倒计时钟 {id} 的行为没有载明日期。"),
            format!("An act that starts the backward clock `{id}` announces no day to count back from."),
            among(ANNOUNCES_A_DAY.map(Verb::as_str)),
        );
    }
    if clock.kind == ClockKind::Backward && !clock.pauses.is_empty() {
        reader.add(
            "D-CLOCK-PAUSES",
            at,
            format!("倒计时钟 {id} 不能暂停。"),
            format!("The backward clock `{id}` cannot pause."),
            None,
        );
    }
    let sets = [&clock.starts, &clock.stops, &clock.pauses, &clock.resumes];
    let twice: BTreeSet<Verb> = sets
        .iter()
        .enumerate()
        .flat_map(|(i, a)| sets[i + 1..].iter().flat_map(move |b| a.meets(b)))
        .map(|trigger| trigger.verb)
        .collect();
    for verb in twice {
        reader.add(
            "D-CLOCK-VERB-TWICE",
            at,
            format!("{verb} 不能同时启动、停止、暂停或恢复时钟 {id}。"),
            format!("`{verb}` moves the clock `{id}` in two ways."),
            instead("starts、stops、pauses、resumes 之一", "one of starts, stops, pauses, resumes"),
        );
    }
}

/// A clock that is paused counts as running, so what resumes it may not wait for it, nor for one that waits for it.
fn circles(reader: &mut Reader<'_>, def: &Definition) {
    let waits = |a: &ClockSpec, b: &ClockSpec| !b.resumes.is_empty() && b.resumes.within(&a.guards);
    for (i, a) in def.clocks.iter().enumerate() {
        let circle = waits(a, a) || def.clocks.iter().skip(i + 1).any(|b| waits(a, b) && waits(b, a));
        if circle {
            let at = place(reader, &format!("clocks.{}", a.id));
            reader.add(
                "D-CLOCK-CIRCLE",
                at,
                format!("恢复时钟 {} 的行为要等待它自己届满。", a.id),
                format!(
                    "What resumes the clock `{}` waits, directly or by another clock, for that clock to run out.",
                    a.id
                ),
                instead("不受等待约束的恢复行为", "a resuming act that is not guarded"),
            );
        }
    }
}

/// R713 arts. 15, 16 and 26 give the public, those heard and the reviewer their time; the Open Government Information
/// Regulation, art. 26, gives publication its last day.
fn floor(reader: &mut Reader<'_>, def: &Definition) {
    let at = place(reader, "clocks");
    let comment = def.clocks.iter().any(|c| {
        c.kind == ClockKind::Floor
            && c.starts.contains(&Verb::OpenSolicitation)
            && c.guards.contains(&Verb::CloseSolicitation)
    });
    if !comment {
        reader.add(
            "D-CLOCK-MISSING",
            at,
            "缺少公开征求意见的最短期限（第713号令第十五条）。",
            "The least period for public comments is missing (Decree No. 713, art. 15).",
            instead(
                "由 open_solicitation 启动、并让 close_solicitation 等待的 floor 时钟",
                "a floor that open_solicitation starts and that guards close_solicitation",
            ),
        );
    }
    let review = def.clocks.iter().any(|c| {
        c.kind == ClockKind::Guaranteed
            && c.starts.contains(&Verb::SubmitForLegalityReview)
            && c.stops.contains(&Verb::ConcludeLegalityReview)
    });
    if !review {
        reader.add(
            "D-CLOCK-MISSING",
            at,
            "缺少合法性审查的保障期限（第713号令第二十六条）。",
            "The reviewer's guaranteed time is missing (Decree No. 713, art. 26).",
            instead(
                "从 submit_for_legality_review 到 conclude_legality_review 的 guaranteed 时钟",
                "a guaranteed clock from submit_for_legality_review to conclude_legality_review",
            ),
        );
    }
    let hears = def.roles_for(Verb::DeliverHearingMaterials).next().is_some();
    let materials = def.clocks.iter().any(|c| {
        c.kind == ClockKind::Backward
            && c.starts.contains(&Verb::NoticeHearing)
            && c.stops.contains(&Verb::DeliverHearingMaterials)
    });
    if hears && !materials {
        reader.add(
            "D-CLOCK-MISSING",
            at,
            "缺少听证会材料送达期限（第713号令第十六条）。",
            "The time by which materials reach those heard is missing (Decree No. 713, art. 16).",
            instead(
                "从 notice_hearing 到 deliver_hearing_materials 的 backward 时钟",
                "a backward clock from notice_hearing to deliver_hearing_materials",
            ),
        );
    }
    let publication = def.clocks.iter().any(|c| {
        // One that was read with a mistake is told as that.
        let hard = |p| def.parameters.get(p).is_none_or(|p| p.authority.is_hard());
        c.kind == ClockKind::Cap
            && c.starts.contains(&Verb::IssueDecision)
            && c.stops.contains(&Verb::PublishDecision)
            && c.parameter.as_ref().is_some_and(hard)
    });
    if !publication {
        reader.add(
            "D-CLOCK-MISSING",
            at,
            "缺少公布期限（政府信息公开条例第二十六条）。",
            "The last day of publication is missing (Open Government Information Regulation, art. 26).",
            instead(
                "从 issue_decision 到 publish_decision 的 cap 时钟，效力为 BINDING 或 LOCAL_RULE",
                "a cap from issue_decision to publish_decision, BINDING or LOCAL_RULE",
            ),
        );
    }
}
