//! The published calendars, read without a YAML library: this crate has none, and the files keep to one layout.

use dingce_domain::time::{
    Calendar, CalendarDays, CalendarFile, CalendarYear, HolidaySpan, Limit, Notice, WorkingDays, Zone,
};
use jiff::civil::Date;

/// The files by year, in order.
pub const FILES: [(i16, &str); 8] = [
    (2019, include_str!("../../../../workflows/calendars/cn-2019.yaml")),
    (2020, include_str!("../../../../workflows/calendars/cn-2020.yaml")),
    (2021, include_str!("../../../../workflows/calendars/cn-2021.yaml")),
    (2022, include_str!("../../../../workflows/calendars/cn-2022.yaml")),
    (2023, include_str!("../../../../workflows/calendars/cn-2023.yaml")),
    (2024, include_str!("../../../../workflows/calendars/cn-2024.yaml")),
    (2025, include_str!("../../../../workflows/calendars/cn-2025.yaml")),
    (2026, include_str!("../../../../workflows/calendars/cn-2026.yaml")),
];

/// All published years.
pub fn published() -> Calendar {
    calendar(FILES.iter().map(|(_, text)| read(text)))
}

/// The calendar of these files, which must be free of problems. The digest is of no interest here.
pub fn calendar(files: impl IntoIterator<Item = CalendarFile>) -> Calendar {
    let years = files.into_iter().map(|file| CalendarYear::try_from(file).expect("a file without problems"));
    Calendar::new(Zone::default(), years, |_| [0; 32]).expect("each year once")
}

/// An invented arrangement of 2027, for counts that run past the last published year: 1 to 3 January off.
pub fn invented_2027() -> CalendarFile {
    CalendarFile {
        year: 2027,
        source: notice("invented for this test", "none"),
        amended_by: Vec::new(),
        holidays: vec![span("2027-01-01", "2027-01-03")],
        workdays: Vec::new(),
    }
}

pub fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

pub fn span(from: &str, to: &str) -> HolidaySpan {
    HolidaySpan { name_zh: "假日".to_owned(), name_en: "Holiday".to_owned(), from: day(from), to: day(to) }
}

pub fn notice(title: &str, doc_no: &str) -> Notice {
    Notice { title: title.to_owned(), doc_no: doc_no.to_owned(), url: None }
}

pub fn calendar_days(days: u16) -> CalendarDays {
    CalendarDays::new(days).expect("days in bounds")
}

pub fn working_days(days: u16) -> WorkingDays {
    WorkingDays::new(days).expect("days in bounds")
}

pub fn working(days: u16) -> Limit {
    working_days(days).into()
}

/// Reads the layout the published files keep to; any other line is a failure.
pub fn read(text: &str) -> CalendarFile {
    let mut file = CalendarFile {
        year: 0,
        source: notice("", ""),
        amended_by: Vec::new(),
        holidays: Vec::new(),
        workdays: Vec::new(),
    };
    let mut section = "";
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match line.split_once(':') {
            Some(("year", value)) => file.year = value.trim().parse().expect("a year"),
            Some((name @ ("source" | "amended_by" | "holidays" | "workdays"), "")) => section = name,
            _ => read_entry(&mut file, section, line.trim()),
        }
    }
    file
}

fn read_entry(file: &mut CalendarFile, section: &str, line: &str) {
    let (begins, entry) = line.strip_prefix("- ").map_or((false, line), |rest| (true, rest));
    match section {
        "source" => set(&mut file.source, entry),
        "amended_by" => {
            if begins {
                file.amended_by.push(notice("", ""));
            }
            set(file.amended_by.last_mut().expect("a list entry"), entry);
        }
        "holidays" => file.holidays.push(read_span(entry)),
        "workdays" => file.workdays.push(day(entry)),
        _ => panic!("a line outside every section: {line}"),
    }
}

fn set(notice: &mut Notice, entry: &str) {
    let (key, value) = entry.split_once(": ").expect("a key and a value");
    let value = value.trim_matches('"').to_owned();
    match key {
        "title" => notice.title = value,
        "doc_no" => notice.doc_no = value,
        "url" => notice.url = Some(value),
        _ => panic!("an unknown key: {key}"),
    }
}

fn read_span(entry: &str) -> HolidaySpan {
    let inner = entry.strip_prefix("{ ").and_then(|rest| rest.strip_suffix(" }")).expect("a mapping in braces");
    let mut values = inner.split(", ").map(|pair| pair.split_once(": ").expect("a key and a value"));
    let mut value_of = |key: &str| match values.next() {
        Some((found, value)) if found == key => value.trim_matches('"').to_owned(),
        other => panic!("expected {key}, found {other:?}"),
    };
    HolidaySpan {
        name_zh: value_of("name_zh"),
        name_en: value_of("name_en"),
        from: day(&value_of("from")),
        to: day(&value_of("to")),
    }
}
