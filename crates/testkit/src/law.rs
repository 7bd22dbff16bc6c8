//! The shipped definitions and calendars.

use std::sync::OnceLock;

use dingce_definition::shipped::{self, DEFINITIONS};
use dingce_definition::{Whole, calendar::calendar, parse, whole};
use dingce_domain::definition::Definition;
use dingce_domain::time::Calendar;

/// The national definition, as it is shipped.
pub const NATIONAL: &str = DEFINITIONS[0].1;

/// The other shipped definitions, by folder.
pub const OTHERS: &[(&str, &str)] = DEFINITIONS.split_at(1).1;

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

/// One of the other shipped definitions, with all that it stands on.
///
/// # Panics
/// If no folder has that name, or the shipped file has problems.
pub fn other(folder: &str) -> Whole {
    let (_, text) =
        OTHERS.iter().find(|(name, _)| *name == folder).unwrap_or_else(|| panic!("no definition {folder} is shipped"));
    whole(text.as_bytes(), folder, &shipped::base).unwrap_or_else(|problems| panic!("{problems:?}"))
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
