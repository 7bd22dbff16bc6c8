//! The day-count convention on real years.

use dingce_domain::time::{
    Calendar, Due, NoCalendarData, due_after_calendar_days, due_after_working_days, latest_before,
    latest_before_working_days, working_days_between, working_days_elapsed,
};
use jiff::civil::{Date, date};

use crate::reader::{FILES, calendar, calendar_days, day, invented_2027, published, read, working_days};

/// Start, days, last day; the starting day is not counted.
const CALENDAR_DAYS: [(&str, u16, &str); 6] = [
    ("2023-01-31", 30, "2023-03-02"),
    ("2024-01-31", 30, "2024-03-01"),
    ("2020-01-30", 30, "2020-02-29"),
    ("2024-02-28", 1, "2024-02-29"),
    ("2024-02-29", 365, "2025-02-28"),
    // The last day is a public holiday and stays.
    ("2023-09-01", 30, "2023-10-01"),
];

/// Start, working days, last day, and what makes the case interesting.
const WORKING_DAYS: [(&str, u16, &str, &str); 10] = [
    ("2022-12-30", 7, "2023-01-11", "New Year 2023: 31 December to 2 January off"),
    ("2023-01-20", 1, "2023-01-28", "Spring Festival 2023; Saturday 28 January is worked"),
    ("2023-01-20", 2, "2023-01-29", "Sunday 29 January is worked"),
    ("2023-01-20", 7, "2023-02-03", "Spring Festival inside a legality review"),
    ("2023-01-24", 1, "2023-01-28", "a start on a holiday"),
    ("2024-02-28", 1, "2024-02-29", "a leap day is worked"),
    ("2020-02-28", 1, "2020-03-02", "a leap day on a Saturday"),
    ("2020-01-23", 1, "2020-02-03", "the extended Spring Festival 2020"),
    ("2019-04-30", 1, "2019-05-05", "a make-up Sunday after Labour Day 2019"),
    ("2024-09-30", 20, "2024-11-01", "publication across National Day and a make-up Saturday"),
];

#[test]
fn calendar_days_count_every_day_but_the_first() {
    for (start, days, due) in CALENDAR_DAYS {
        assert_eq!(due_after_calendar_days(day(start), calendar_days(days)), day(due), "{start} + {days}");
    }
}

#[test]
fn working_days_count_working_days_but_the_first() {
    let calendar = published();
    for (start, days, due, why) in WORKING_DAYS {
        let found = due_after_working_days(&calendar, day(start), working_days(days));
        assert_eq!(found, Due::Fixed(day(due)), "{start} + {days}: {why}");
    }
}

#[test]
fn seven_days_before_the_20th_is_the_13th() {
    assert_eq!(latest_before(date(2024, 5, 20), calendar_days(7)), date(2024, 5, 13));
    assert_eq!(latest_before(date(2024, 3, 7), calendar_days(7)), date(2024, 2, 29));
    assert_eq!(latest_before(date(2023, 1, 3), calendar_days(7)), date(2022, 12, 27));
}

#[test]
fn working_days_before_an_event_skip_holidays() {
    let calendar = published();
    let latest = |event, days| latest_before_working_days(&calendar, day(event), working_days(days));
    assert_eq!(latest("2023-01-30", 1), Due::Fixed(day("2023-01-29")));
    assert_eq!(latest("2023-01-30", 3), Due::Fixed(day("2023-01-20")));
    assert_eq!(latest("2019-01-02", 1), Due::Pending { first_missing_year: 2018 });
}

#[test]
fn a_count_into_an_unknown_year_waits_for_its_data() {
    let (start, days) = (day("2026-12-28"), working_days(7));
    assert_eq!(due_after_working_days(&published(), start, days), Due::Pending { first_missing_year: 2027 });
    let files = FILES.iter().map(|(_, text)| read(text)).chain([invented_2027()]);
    assert_eq!(due_after_working_days(&calendar(files), start, days), Due::Fixed(day("2027-01-07")));
    // Three working days are left in 2026, so this one does not wait.
    assert_eq!(due_after_working_days(&published(), start, working_days(3)), Due::Fixed(day("2026-12-31")));
}

#[test]
fn a_gap_between_known_years_stops_the_count_too() {
    let gap = calendar([read(FILES[0].1), read(FILES[2].1)]);
    let due = due_after_working_days(&gap, day("2019-12-31"), working_days(1));
    assert_eq!(due, Due::Pending { first_missing_year: 2020 });
    assert_eq!(working_days_between(&gap, day("2019-12-01"), day("2021-01-31")), Err(NoCalendarData { year: 2020 }));
}

#[test]
fn between_start_and_due_lie_exactly_the_days_asked_for() {
    let calendar = published();
    for start in every_day(2019, 2025) {
        for n in [1, 2, 3, 5, 7, 10, 15, 20, 30, 60] {
            let Due::Fixed(due) = due_after_working_days(&calendar, start, working_days(n)) else {
                panic!("{start} + {n} must end in a known year");
            };
            let n = u32::from(n);
            assert_eq!(working_days_between(&calendar, start, due), Ok(n), "{start} to {due}");
            // The due day is the first with that property: it is itself a working day, and not over yet.
            assert_eq!(calendar.is_working(due), Ok(true), "{due}");
            assert_eq!(working_days_elapsed(&calendar, start, due), Ok(n - 1), "{start} to {due}");
            assert_eq!(working_days_elapsed(&calendar, start, due.tomorrow().unwrap()), Ok(n), "{start} to {due}");
        }
    }
}

#[test]
fn backward_and_forward_counts_mirror_each_other() {
    let calendar = published();
    for event in every_day(2020, 2026) {
        for n in [1, 5, 7, 10] {
            let Due::Fixed(latest) = latest_before_working_days(&calendar, event, working_days(n)) else {
                panic!("{n} before {event} must lie in a known year");
            };
            // Counted from the latest day itself up to the day before the event.
            let found = working_days_between(&calendar, latest.yesterday().unwrap(), event.yesterday().unwrap());
            assert_eq!(found, Ok(u32::from(n)), "{latest} before {event}");
            let days = calendar_days(n);
            assert_eq!(due_after_calendar_days(latest_before(event, days), days), event);
        }
    }
}

#[test]
fn a_later_start_never_ends_earlier() {
    let calendar = published();
    let due = |start| due_after_working_days(&calendar, start, working_days(7)).date().unwrap();
    for start in every_day(2019, 2025) {
        assert!(due(start) <= due(start.tomorrow().unwrap()), "{start}");
    }
}

#[test]
fn nothing_lies_between_a_day_and_an_earlier_one() {
    let calendar: Calendar = published();
    assert_eq!(working_days_between(&calendar, day("2024-05-10"), day("2024-05-10")), Ok(0));
    assert_eq!(working_days_between(&calendar, day("2024-05-10"), day("2024-05-06")), Ok(0));
    assert_eq!(working_days_elapsed(&calendar, day("2024-05-10"), day("2024-05-10")), Ok(0));
}

#[test]
fn dates_saturate_at_the_last_one() {
    assert_eq!(due_after_calendar_days(Date::MAX, calendar_days(30)), Date::MAX);
    assert_eq!(latest_before(Date::MIN, calendar_days(7)), Date::MIN);
}

fn every_day(from_year: i16, to_year: i16) -> impl Iterator<Item = Date> {
    date(from_year, 1, 1).series(jiff::ToSpan::day(1)).take_while(move |date| date.year() <= to_year)
}
