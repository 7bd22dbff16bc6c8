//! Units and zones: bounds, printed and stored forms.

use dingce_domain::time::{CalendarDays, DaysOutOfBounds, Limit, WorkingDays, Zone, days::DAYS_MAX};
use jiff::{Timestamp, civil::date};
use serde::{
    Deserialize,
    de::{IntoDeserializer, value::Error},
};

#[test]
fn periods_hold_one_day_to_ten_years() {
    assert_eq!(CalendarDays::new(0), Err(DaysOutOfBounds { given: 0 }));
    assert_eq!(WorkingDays::new(DAYS_MAX + 1), Err(DaysOutOfBounds { given: DAYS_MAX + 1 }));
    assert_eq!(WorkingDays::new(DAYS_MAX).map(WorkingDays::get), Ok(DAYS_MAX));
}

#[test]
fn a_stored_period_is_checked_when_read() {
    let read = |days: u16| CalendarDays::deserialize(IntoDeserializer::<Error>::into_deserializer(days));
    assert_eq!(read(30), Ok(CalendarDays::new(30).unwrap()));
    let problem = read(0).unwrap_err().to_string();
    assert_eq!(problem, "Expected a period of 1 to 3660 days, but 0 were given. Correct the number of days.");
}

#[test]
fn periods_print_their_unit() {
    assert_eq!(CalendarDays::new(1).unwrap().to_string(), "1 calendar day");
    assert_eq!(Limit::from(WorkingDays::new(20).unwrap()).to_string(), "20 working days");
}

#[test]
fn a_day_runs_from_local_midnight_to_local_midnight() {
    let zone = Zone::default();
    let leap_day = date(2024, 2, 29);
    let (start, end) = (zone.start_of(leap_day), zone.end_of(leap_day));
    assert_eq!(start.to_string(), "2024-02-28T16:00:00Z");
    assert_eq!(end.to_string(), "2024-02-29T16:00:00Z");
    assert_eq!(zone.date_of(start), leap_day);
    assert_eq!(zone.date_of(end), date(2024, 3, 1));
    assert_eq!(zone.date_of(Timestamp::from_second(end.as_second() - 1).unwrap()), leap_day);
}

#[test]
fn an_offset_has_one_spelling() {
    for text in ["+08:00", "-03:30", "+00:00", "+14:00", "-12:00"] {
        assert_eq!(text.parse::<Zone>().unwrap().to_string(), text);
    }
    for text in ["", "8", "08:00", "+8:00", "+08:60", "-00:00", "+14:01", "+0a:00", "+08:00:00", "时区"] {
        assert!(text.parse::<Zone>().is_err(), "{text}");
    }
    assert_eq!(Zone::from_minutes(480), Ok(Zone::SHANGHAI));
}

#[test]
fn the_ends_of_writable_time_do_not_fail() {
    use jiff::civil::Date;
    assert_eq!(Zone::default().end_of(Date::MAX), Timestamp::MAX);
    assert_eq!(Zone::default().start_of(Date::MIN), Timestamp::MIN);
}
