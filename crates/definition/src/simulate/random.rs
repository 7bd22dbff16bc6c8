//! Procedures that nobody thought of: tasks and approvals at random, as a file. Most are proven; those that are not are none.

use std::fmt::Write as _;

use super::dice::Dice;

const SOURCE: &str = "{ source: own, article: \"1\" }";

fn text(word: &str) -> String {
    format!("{{ zh: \"{word}\", en: \"{word}\" }}")
}

/// A definition as text.
pub(super) fn definition(dice: &mut Dice, number: u64) -> String {
    let count = 2 + dice.roll(5);
    let approvals: Vec<bool> = (0..count).map(|i| i > 0 && dice.once_in(3)).collect();
    let mut stages = String::new();
    for (i, approval) in approvals.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = stage(&mut stages, dice, i, *approval, &approvals);
    }
    let on: Vec<String> = (0..count).filter(|i| approvals[*i]).map(|i| format!("s{i}")).collect();
    let approvers = if on.is_empty() { String::new() } else { roles(&on.join(", ")) };
    let clock = if dice.once_in(2) {
        format!(
            "parameters:\n  days: {{ value: {{ working_days: {} }}, authority: DESIGN, text: {}, source: {SOURCE} }}\n\
             clocks:\n  c0:\n    kind: cap\n    parameter: days\n    text: {}\n    starts: [open_case]\n    stops:\n      \
             - {{ verb: complete_task, stage: s0 }}\n    holder: clerk\n    source: {SOURCE}\n",
            1 + dice.roll(20),
            text("期限"),
            text("期限"),
        )
    } else {
        String::new()
    };
    let asks = if on.is_empty() { "" } else { ", request_approval" };
    format!(
        "name: random_{number}\nversion: 1\nfamily: general\ntitle: {}\nvalid_from: 2020-01-01\n\
         sources:\n  own: {{ cite: {}, in_force_from: 2019-01-01 }}\n\
         facts:\n  f: {{ kind: bool, default: false, text: {}, source: {SOURCE} }}\n\
         roles:\n  clerk: {{ text: {}, posts: [officer], unit: office, verbs: [open_case, determine_facts, record_task_progress, \
         complete_task{asks}, terminate_case, cure_irregularity] }}\n{approvers}  archivist: {{ text: {}, posts: [archivist], unit: \
         archives, verbs: [check_volume, close_volume] }}\n{clock}stages:\n{stages}  archiving: {{ kind: archiving, text: {}, source: \
         {SOURCE} }}\n",
        text("随机程序"),
        text("虚构规则"),
        text("情形"),
        text("经办人"),
        text("档案管理员"),
        text("归档"),
    )
}

fn roles(on: &str) -> String {
    let role = |id: &str, post: &str, unit: &str| {
        format!(
            "  {id}: {{ text: {}, posts: [{post}], unit: {unit}, verbs: [give_approval], stages: [{on}] }}\n",
            text(id)
        )
    };
    role("a0", "unit_leader", "office") + &role("a1", "deputy_head", "organ") + &role("a2", "head", "organ")
}

fn stage(out: &mut String, dice: &mut Dice, i: usize, approval: bool, approvals: &[bool]) -> std::fmt::Result {
    let kind = if approval { "approval" } else { "task" };
    writeln!(out, "  s{i}:\n    kind: {kind}\n    text: {}\n    source: {SOURCE}", text("阶段"))?;
    if dice.once_in(4) {
        writeln!(out, "    optional: true")?;
    }
    if i > 0 && !dice.once_in(4) {
        let earlier = dice.roll(i);
        let when = match (approvals[earlier], dice.roll(3)) {
            (false, 0) => format!("stage.s{earlier}.result == 'r0'"),
            (true, 0) => format!("stage.s{earlier}.result == 'granted'"),
            (_, 1) => format!("stage.s{earlier}.status == 'completed' || fact.f"),
            _ => format!("stage.s{earlier}.status == 'completed'"),
        };
        writeln!(out, "    entry:\n      e: {{ when: \"{when}\", text: {}, source: {SOURCE} }}", text("条件"))?;
    }
    if dice.once_in(5) {
        writeln!(out, "    exit:\n      x: {{ when: \"!fact.f\", text: {}, source: {SOURCE} }}", text("条件"))?;
    }
    let lead = |dice: &mut Dice| match dice.roll(4) {
        0 => "end".to_owned(),
        1 => format!("{{ back: [s{}] }}", dice.roll(i + 1)),
        _ => "\"on\"".to_owned(),
    };
    if approval {
        let needed = 1 + dice.roll(3);
        let refused = lead(dice);
        return writeln!(out, "    approval: {{ roles: [a0, a1, a2], needed: {needed}, refused: {refused} }}");
    }
    writeln!(out, "    task:")?;
    if dice.once_in(2) {
        writeln!(out, "      entries:\n        n0: {{ text: {}, source: {SOURCE} }}", text("过程"))?;
    }
    writeln!(out, "      results:")?;
    for r in 0..=dice.roll(3) {
        let leads = if r == 0 { "\"on\"".to_owned() } else { lead(dice) };
        writeln!(
            out,
            "        r{r}:\n          text: {}\n          source: {SOURCE}\n          leads: {leads}",
            text("结果")
        )?;
        if dice.once_in(3) {
            writeln!(
                out,
                "          form: {{ type: object, additionalProperties: false, required: [q], properties: {{ q: {{ type: integer, \
                 minimum: 1, maximum: 9, text: {} }} }} }}",
                text("数量")
            )?;
        }
    }
    Ok(())
}
