//! Rules about tasks and approvals: each can end, leads to where there is something, and has somebody for each act.

use dingce_domain::definition::{Definition, StageSpec};
use dingce_domain::task::Lead;
use dingce_domain::verb::Verb;
use dingce_domain::words::{RoleId, StageKind};

use super::{Known, place};
use crate::problem::instead;
use crate::read::Reader;

/// Who may do what is not known where a role was read with a mistake; what it lacks is not told again.
pub(super) fn check(reader: &mut Reader<'_>, def: &Definition, known: Known) {
    for (at, stage) in def.stages.iter().enumerate() {
        match stage.kind {
            StageKind::Task => task(reader, def, stage),
            StageKind::Approval => approval(reader, def, stage),
            _ => {}
        }
        if known.roles {
            asked(reader, def, at, stage);
        }
    }
    if !known.roles {
        return;
    }
    bound(reader, def);
    for role in &def.roles {
        let general = |id| def.stage(id).is_some_and(|s| s.kind.is_general());
        let stands = |id| role.verbs.iter().any(|v| v.kind() == def.stage(id).map(|s| s.kind));
        if let Some(stray) = role.stages.iter().find(|id| !general(*id) || !stands(*id)) {
            let at = place(reader, &format!("roles.{}", role.id));
            reader.add(
                "D-ROLE-STAGES",
                at,
                format!("角色 {} 在 {stray} 阶段没有事项或审批行为。", role.id),
                format!("The role `{}` has no act of a task or an approval on the stage `{stray}`.", role.id),
                instead(
                    "种类为 task 或 approval、且该角色有行为可做的阶段",
                    "stages of kind task or approval on which one of its verbs stands",
                ),
            );
        }
    }
}

fn task(reader: &mut Reader<'_>, def: &Definition, stage: &StageSpec) {
    let Some(spec) = &stage.task else { return };
    let on = spec.results.iter().any(|r| r.leads == Lead::On);
    let reserved = spec.results.iter().any(|r| r.entry.id.as_str() == "none");
    if !on || reserved {
        let at = place(reader, &format!("stages.{}", stage.id));
        reader.add(
            "D-TASK-RESULTS",
            at,
            format!("事项 {} 没有可以继续的结果，或结果名为 none。", stage.id),
            format!("No result of the task `{}` leads on, or one is named `none`.", stage.id),
            instead(
                "至少一个结果写明 leads: on；结果不能名为 none",
                "at least one result with `leads: on`; no result named none",
            ),
        );
    }
    for result in &spec.results {
        leads(reader, def, stage, &result.leads);
    }
}

fn approval(reader: &mut Reader<'_>, def: &Definition, stage: &StageSpec) {
    let Some(spec) = &stage.approval else { return };
    leads(reader, def, stage, &spec.refused);
}

fn asked(reader: &mut Reader<'_>, def: &Definition, at: usize, stage: &StageSpec) {
    let Some(spec) = &stage.approval else { return };
    // Those who are asked are those who may: otherwise somebody waits for nobody, or speaks and is not counted.
    let mut may: Vec<&RoleId> = def.roles_at(Verb::GiveApproval, at).map(|r| &r.id).collect();
    let mut asked: Vec<&RoleId> = spec.roles.iter().collect();
    may.sort_unstable();
    asked.sort_unstable();
    if may != asked {
        let printed: Vec<_> = may.iter().map(|r| r.as_str()).collect();
        let place = place(reader, &format!("stages.{}.roles", stage.id));
        reader.add(
            "D-APPROVAL-ROLES",
            place,
            format!("审批 {} 所列角色与可以 give_approval 的角色不一致。", stage.id),
            format!("The roles that the approval `{}` asks are not those that may `give_approval` on it.", stage.id),
            instead(format!("roles: [{}]", printed.join(", ")), format!("roles: [{}]", printed.join(", "))),
        );
    }
}

/// Back is to where there is something to do again, in the same volume: nothing is added to a closed one.
fn leads(reader: &mut Reader<'_>, def: &Definition, stage: &StageSpec, lead: &Lead) {
    let fits = |s: &StageSpec| s.kind.is_general() && s.volume() == stage.volume();
    for id in lead.back().filter(|id| def.stage(id).is_some_and(|s| !fits(s))) {
        let key = if stage.kind == StageKind::Approval { "refused" } else { "results" };
        let at = place(reader, &format!("stages.{}.{key}", stage.id));
        reader.add(
            "D-LEAD-STAGE",
            at,
            format!("{} 的结果不能退回 {id} 阶段。", stage.id),
            format!("A result of `{}` cannot lead back to the stage `{id}`.", stage.id),
            instead("同一案卷中种类为 task 或 approval 的阶段", "stages of kind task or approval in the same volume"),
        );
    }
}

/// Each act of a task or an approval has somebody who may do it; what nobody may do is told once for all its stages.
fn bound(reader: &mut Reader<'_>, def: &Definition) {
    let at = place(reader, "roles");
    for verb in [Verb::RecordTaskProgress, Verb::CompleteTask, Verb::RequestApproval] {
        let has = |stage: &StageSpec| match verb {
            Verb::RecordTaskProgress => stage.task.as_ref().is_some_and(|task| !task.entries.is_empty()),
            Verb::CompleteTask => stage.task.is_some(),
            _ => stage.approval.is_some(),
        };
        let unbound =
            def.stages.iter().enumerate().filter(|(at, s)| has(s) && def.roles_at(verb, *at).next().is_none());
        let stages: Vec<_> = unbound.map(|(_, stage)| stage.id.as_str()).collect();
        if !stages.is_empty() {
            reader.add(
                "D-VERB-UNBOUND",
                at,
                format!("在 {} 阶段没有角色可以做 {verb}。", stages.join("、")),
                format!("No role may `{verb}` on: {}.", stages.join(", ")),
                instead(format!("有角色可以做 {verb}"), format!("a role with {verb}")),
            );
        }
    }
}
