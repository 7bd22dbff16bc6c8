//! What the tests of this crate share: the shipped files.
#![allow(dead_code)] // each test file uses its part

use std::path::{Path, PathBuf};

use dingce_domain::definition::Definition;
use dingce_domain::time::Calendar;

pub fn workflows() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../workflows")
}

pub fn shipped_text() -> String {
    std::fs::read_to_string(workflows().join("major-decision-national/definition.yaml")).unwrap()
}

pub fn shipped() -> Definition {
    dingce_definition::parse(shipped_text().as_bytes(), "definition.yaml").unwrap()
}

pub fn calendar() -> Calendar {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(workflows().join("calendars")).unwrap() {
        let path = entry.unwrap().path();
        files.push((path.display().to_string(), std::fs::read(path).unwrap()));
    }
    dingce_definition::calendar::calendar(files).unwrap()
}
