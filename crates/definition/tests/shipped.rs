//! The shipped definition and calendars are read without a problem, and the outline tells them.

mod common;

use dingce_definition::outline;

#[test]
fn the_shipped_definition_is_read_without_a_problem() {
    if let Err(problems) = dingce_definition::parse(common::shipped_text().as_bytes(), "definition.yaml") {
        let list: Vec<_> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", list.join("\n"));
    }
}

#[test]
fn the_shipped_calendars_make_one_calendar() {
    let calendar = common::calendar();
    assert!(calendar.covers(2019) && calendar.covers(2026));
}

#[test]
fn the_outline_tells_stages_articles_clocks_and_roles_in_both_languages() {
    let text = outline(&common::shipped());
    for part in ["合法性审查", "第25-28条", "7个工作日", "Legality review", "art. 26", "30 calendar days", "archivist"]
    {
        let part = if part == "archivist" { "Archivist: record_paper_original, check_volume" } else { part };
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[test]
fn the_hash_is_that_of_the_bytes() {
    let text = common::shipped_text();
    assert_eq!(common::shipped().hash, dingce_definition::hash(text.as_bytes()));
    assert_ne!(common::shipped().hash, dingce_definition::hash(format!("{text}\n").as_bytes()));
}
