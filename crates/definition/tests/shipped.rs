//! The shipped definition and calendars are read without a problem, and the outline tells them.

use crate::common;
use dingce_definition::outline;

/// With `UPDATE_EXPECT=1` a definition that stands on an older text of another is pinned anew: read the diff of its whole.
#[test]
fn the_shipped_definitions_are_read_without_a_problem_and_pin_what_they_stand_on() {
    for folder in common::SHIPPED {
        let path = common::file(folder);
        let text = std::fs::read_to_string(&path).unwrap();
        let Err(problems) = dingce_definition::whole(text.as_bytes(), folder, &common::bases) else { continue };
        let moved = problems.iter().find(|p| p.rule == "D-BASE-HASH" && p.file == folder);
        if let (Some(pin), Some(_)) = (moved, std::env::var_os("UPDATE_EXPECT")) {
            let base = dingce_definition::reference::based_on(text.as_bytes()).unwrap();
            let pinned = text.replace(&base.hash.to_string(), &pin.needed.as_ref().unwrap().en);
            std::fs::write(&path, pinned).unwrap();
            continue;
        }
        let list: Vec<_> = problems.iter().map(ToString::to_string).collect();
        panic!("{}\nUPDATE_EXPECT=1 pins anew what a definition stands on.", list.join("\n"));
    }
}

#[test]
fn every_folder_with_a_definition_is_shipped() {
    let folders = std::fs::read_dir(common::workflows()).unwrap().map(|entry| entry.unwrap().path());
    let with: std::collections::BTreeSet<_> = folders
        .filter(|path| path.join("definition.yaml").is_file())
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(with, common::SHIPPED.map(str::to_owned).into());
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
