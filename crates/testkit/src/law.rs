//! The shipped definitions and calendars.

use std::sync::OnceLock;

use dingce_definition::reference::BaseFile;
use dingce_definition::{Whole, calendar::calendar, parse, whole};
use dingce_domain::definition::Definition;
use dingce_domain::time::Calendar;
use dingce_domain::words::StageId;

/// The national definition, as it is shipped.
pub const NATIONAL: &str = include_str!("../../../workflows/major-decision-national/definition.yaml");

macro_rules! by_reference {
    ($($folder:literal),+ $(,)?) => {
        /// The shipped definitions that stand on another, by folder.
        pub const BY_REFERENCE: &[(&str, &str)] =
            &[$(($folder, include_str!(concat!("../../../workflows/", $folder, "/definition.yaml")))),+];
    };
}

by_reference!(
    "major-decision-guangdong-district",
    "major-decision-guangdong-town",
    "major-decision-department",
    "major-decision-shandong",
    "major-decision-hunan",
    "major-decision-functional-zone",
    "major-decision-county-ballot",
    "major-decision-panyu",
    "major-decision-nansha",
    "major-decision-pengjiang",
);

const CALENDARS: [(&str, &str); 8] = [
    ("cn-2019.yaml", include_str!("../../../workflows/calendars/cn-2019.yaml")),
    ("cn-2020.yaml", include_str!("../../../workflows/calendars/cn-2020.yaml")),
    ("cn-2021.yaml", include_str!("../../../workflows/calendars/cn-2021.yaml")),
    ("cn-2022.yaml", include_str!("../../../workflows/calendars/cn-2022.yaml")),
    ("cn-2023.yaml", include_str!("../../../workflows/calendars/cn-2023.yaml")),
    ("cn-2024.yaml", include_str!("../../../workflows/calendars/cn-2024.yaml")),
    ("cn-2025.yaml", include_str!("../../../workflows/calendars/cn-2025.yaml")),
    ("cn-2026.yaml", include_str!("../../../workflows/calendars/cn-2026.yaml")),
];

/// A 2027 that no notice has arranged: for tests of what happens when a year's calendar arrives.
const INVENTED_2027: &str = "year: 2027\nsource: { title: 虚构, doc_no: 虚构 }\nholidays:\n  \
     - { name_zh: 元旦, name_en: New Year's Day, from: 2027-01-01, to: 2027-01-03 }\nworkdays: [2027-01-09]\n";

/// The national definition, read.
///
/// # Panics
/// If the shipped file has problems.
pub fn definition() -> Definition {
    static READ: OnceLock<Definition> = OnceLock::new();
    let read = || parse(NATIONAL.as_bytes(), "definition.yaml").unwrap_or_else(|problems| panic!("{problems:?}"));
    READ.get_or_init(read).clone()
}

/// A shipped definition that stands on another, with all that it stands on.
///
/// # Panics
/// If no folder has that name, or the shipped file has problems.
pub fn by_reference(folder: &str) -> Whole {
    let text = |wanted: &str| BY_REFERENCE.iter().find(|(name, _)| *name == wanted).map(|(_, text)| *text);
    let bases = |name: &StageId, _: u32| {
        let folder = name.as_str().replace('_', "-");
        let bytes = text(&folder).unwrap_or(NATIONAL).as_bytes().to_vec();
        Some(BaseFile { path: folder, bytes })
    };
    let file = text(folder).unwrap_or_else(|| panic!("no definition {folder} is shipped"));
    whole(file.as_bytes(), folder, &bases).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// The shipped calendars, 2019 to 2026.
pub fn calendars() -> Calendar {
    static READ: OnceLock<Calendar> = OnceLock::new();
    READ.get_or_init(|| read(&[])).clone()
}

/// The same and an invented 2027, in which 1 to 3 January are off and Saturday 9 January is worked.
pub fn calendars_with_2027() -> Calendar {
    read(&[("cn-2027.yaml", INVENTED_2027)])
}

fn read(more: &[(&str, &str)]) -> Calendar {
    let files = CALENDARS.iter().chain(more).map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
    calendar(files.collect()).unwrap_or_else(|problems| panic!("{problems:?}"))
}
