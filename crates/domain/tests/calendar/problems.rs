//! Every way a calendar file can be wrong is found, and all of them at once.

use dingce_domain::time::{Calendar, CalendarFile, CalendarProblem, CalendarYear, Zone};

use crate::reader::{day, invented_2027, notice, span};

fn check(change: impl FnOnce(&mut CalendarFile), expected: CalendarProblem) {
    let mut file = invented_2027();
    change(&mut file);
    assert_eq!(file.problems(), [expected]);
    assert!(CalendarYear::try_from(file).is_err());
}

#[test]
fn years_and_texts() {
    check(|file| file.year = 20_27 * 10, CalendarProblem::YearOutOfBounds { year: 20_270 });
    check(|file| file.source = notice(" ", "none"), CalendarProblem::Blank { field: "source.title" });
    check(|file| file.amended_by = vec![notice("t", "")], CalendarProblem::Blank { field: "source.doc_no" });
    check(|file| file.holidays[0].name_zh.clear(), CalendarProblem::Blank { field: "holidays.name_zh" });
    let url = "gov.cn".to_owned();
    check(|file| file.source.url = Some("gov.cn".to_owned()), CalendarProblem::BadUrl { url });
}

#[test]
fn holidays() {
    check(|file| file.holidays.clear(), CalendarProblem::NoHolidays { year: 2027 });
    check(
        |file| file.holidays.push(span("2027-12-31", "2028-01-02")),
        CalendarProblem::OutsideYear { year: 2027, date: day("2028-01-02") },
    );
    check(
        |file| file.holidays.push(span("2027-05-05", "2027-05-01")),
        CalendarProblem::SpanBackwards { from: day("2027-05-05"), to: day("2027-05-01") },
    );
    check(
        |file| file.holidays.push(span("2027-01-03", "2027-01-04")),
        CalendarProblem::HolidayTwice { date: day("2027-01-03") },
    );
}

#[test]
fn make_up_workdays() {
    check(
        |file| file.workdays = vec![day("2026-12-27")],
        CalendarProblem::OutsideYear { year: 2027, date: day("2026-12-27") },
    );
    check(
        |file| file.workdays = vec![day("2027-01-05")],
        CalendarProblem::WorkdayNotOnWeekend { date: day("2027-01-05") },
    );
    check(|file| file.workdays = vec![day("2027-01-03")], CalendarProblem::OffAndWorked { date: day("2027-01-03") });
    check(
        |file| file.workdays = vec![day("2027-01-10"), day("2027-01-10")],
        CalendarProblem::WorkdayTwice { date: day("2027-01-10") },
    );
}

#[test]
fn all_problems_of_a_file_are_reported_in_reading_order() {
    let mut file = invented_2027();
    file.source.title.clear();
    file.workdays = vec![day("2027-01-05")];
    let problems = CalendarYear::try_from(file).unwrap_err();
    assert_eq!(
        problems.to_string(),
        "Expected a text in `source.title`, but it is blank. Enter it as the notice has it. Expected make-up workdays \
         on a Saturday or Sunday, but 2027-01-05 is neither. Check it against the notice."
    );
}

#[test]
fn a_year_is_given_once() {
    let year = || CalendarYear::try_from(invented_2027()).unwrap();
    let problem = Calendar::new(Zone::default(), [year(), year()], |_| [0; 32]).unwrap_err();
    assert_eq!(problem, CalendarProblem::YearTwice { year: 2027 });
}
