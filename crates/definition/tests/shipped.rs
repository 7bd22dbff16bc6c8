//! The shipped definition and calendars are read without a problem.

use std::path::{Path, PathBuf};

fn workflows() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../workflows")
}

#[test]
fn the_shipped_definition_is_read_without_a_problem() {
    let bytes = std::fs::read(workflows().join("major-decision-national/definition.yaml")).unwrap();
    if let Err(problems) = dingce_definition::parse(&bytes, "definition.yaml") {
        let list: Vec<_> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", list.join("\n"));
    }
}

#[test]
fn the_shipped_calendars_make_one_calendar() {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(workflows().join("calendars")).unwrap() {
        let path = entry.unwrap().path();
        files.push((path.display().to_string(), std::fs::read(path).unwrap()));
    }
    let calendar = dingce_definition::calendar::calendar(files).unwrap();
    assert!(calendar.covers(2019) && calendar.covers(2026));
}
