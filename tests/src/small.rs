//! A procedure so small that its proof takes no time.

/// Two tasks, a clock and no floor, as a file; its name is `tasks`.
pub const TWO_TASKS: &str = r#"
name: tasks
version: 1
family: general
title: { zh: "两项任务", en: "Two tasks" }
valid_from: 2019-09-01
sources:
  rule:
    cite: { zh: "内部规定", en: "House rule" }
    in_force_from: 2019-09-01
roles:
  clerk:
    text: { zh: "经办人", en: "Clerk" }
    posts: [officer]
    unit: office
    verbs: [open_case, cure_irregularity, complete_task]
  officer:
    text: { zh: "承办人", en: "Officer of the unit" }
    posts: [officer]
    unit: undertaking_unit
    verbs: [study_proposal]
  head:
    text: { zh: "首长", en: "Head" }
    posts: [head]
    unit: organ
    verbs: [decide_initiation, terminate_case]
  archivist:
    text: { zh: "档案管理员", en: "Archivist" }
    posts: [archivist]
    unit: archives
    verbs: [check_volume, close_volume]
parameters:
  beginning:
    value: { calendar_days: 10 }
    authority: LOCAL_RULE
    text: { zh: "启动期限", en: "Time to begin" }
    source: { source: rule, article: "3" }
clocks:
  beginning:
    kind: cap
    parameter: beginning
    text: { zh: "启动期限", en: "Time to begin" }
    starts: [open_case]
    stops: [decide_initiation]
    holder: head
    source: { source: rule, article: "3" }
stages:
  initiation:
    kind: initiation
    text: { zh: "启动", en: "Initiation" }
    source: { source: rule, article: "1" }
  first:
    kind: task
    text: { zh: "第一项", en: "First" }
    source: { source: rule, article: "1" }
    task:
      results:
        done:
          text: { zh: "完成", en: "Done" }
          source: { source: rule, article: "1" }
          leads: "on"
  second:
    kind: task
    text: { zh: "第二项", en: "Second" }
    source: { source: rule, article: "1" }
    task:
      results:
        done:
          text: { zh: "完成", en: "Done" }
          source: { source: rule, article: "1" }
          leads: "on"
  archiving:
    kind: archiving
    text: { zh: "归档", en: "Archiving" }
    source: { source: rule, article: "2" }
"#;

/// A task with one result, as it stands in such a file.
pub fn task(id: &str, zh: &str, en: &str) -> String {
    format!(
        "  {id}:\n    kind: task\n    text: {{ zh: \"{zh}\", en: \"{en}\" }}\n    source: {{ source: rule, article: \"1\" }}\n    \
         task:\n      results:\n        done:\n          text: {{ zh: \"完成\", en: \"Done\" }}\n          source: {{ source: rule, \
         article: \"1\" }}\n          leads: \"on\"\n"
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_task_is_written_as_it_stands_in_the_file() {
        assert!(super::TWO_TASKS.contains(&super::task("second", "第二项", "Second")));
    }
}
