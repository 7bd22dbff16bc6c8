//! Clocks: what their end means, pauses, and dates that become known or move.

use dingce_domain::time::{
    Calendar, ClockKind, ClockProblem, Due, DueChange, Limit, NoCalendarData, Pause, Run, RunState,
    due_after_working_days,
};
use jiff::{ToSpan, civil::date};

use crate::reader::{FILES, calendar, calendar_days, day, invented_2027, published, read, working, working_days};

fn review(on: &str, calendar: &Calendar) -> Run {
    Run::start(ClockKind::Guaranteed, working(7), day(on), calendar)
}

#[test]
fn a_floor_permits_from_the_day_after_its_last() {
    let calendar = published();
    let comment = Run::start(ClockKind::Floor, calendar_days(30).into(), day("2023-01-31"), &calendar);
    assert_eq!(comment.due_on(), Some(day("2023-03-02")));
    assert!(!comment.elapsed(day("2023-03-02")), "the last day runs to 24:00");
    assert!(comment.elapsed(day("2023-03-03")));
    assert_eq!(comment.permitted_from(), Some(day("2023-03-03")));
    assert_eq!(comment.days_left(day("2023-01-31"), &calendar), Ok(30));
    assert_eq!(comment.days_left(day("2023-03-02"), &calendar), Ok(0));
    assert_eq!(comment.days_left(day("2023-04-01"), &calendar), Ok(0));
}

#[test]
fn a_cap_is_late_from_the_day_after_its_last_and_says_by_how_much() {
    let calendar = published();
    let publication = Run::start(ClockKind::Cap, working(20), day("2024-09-30"), &calendar);
    assert_eq!(publication.due_on(), Some(day("2024-11-01")));
    assert!(!publication.elapsed(day("2024-11-01")) && publication.elapsed(day("2024-11-02")));
    assert_eq!(publication.days_used(day("2024-11-05"), &calendar), Ok(22));
    assert_eq!(publication.permitted_from(), None);
}

#[test]
fn a_backward_clock_counts_down_to_delivery() {
    let calendar = published();
    let materials = Run::start(ClockKind::Backward, calendar_days(7).into(), day("2024-05-20"), &calendar);
    assert_eq!(materials.due_on(), Some(day("2024-05-13")));
    assert_eq!(materials.days_left(day("2024-05-10"), &calendar), Ok(3));
    assert_eq!(materials.days_left(day("2024-05-13"), &calendar), Ok(0));
    assert!(!materials.elapsed(day("2024-05-13")) && materials.elapsed(day("2024-05-14")));
    assert_eq!(materials.pause(day("2024-05-11")), Err(ClockProblem::CannotPause));
}

#[test]
fn a_clock_warns_so_many_working_days_before_its_last() {
    let calendar = published();
    let three = working_days(3);
    // Due Friday 1 November 2024: Thursday, Wednesday, Tuesday.
    let start = |days: Limit, on| Run::start(ClockKind::Cap, days, day(on), &calendar);
    let publication = start(working(20), "2024-09-30").warning(three, day("2024-09-30"), &calendar);
    assert_eq!(publication.warns_on(), Some(day("2024-10-29")));
    assert_eq!(start(working(20), "2024-09-30").warns_on(), None, "only where it is asked to");
    // One that would warn on its first day does not; a day longer does, on the day after.
    for (days, warns) in [(2, None), (3, None), (4, Some(day("2024-06-04")))] {
        let short = start(working(days), "2024-06-03").warning(three, day("2024-06-03"), &calendar);
        assert_eq!(short.warns_on(), warns, "{days}");
        assert_eq!(serde_json::to_string(&short).unwrap().contains("warning"), warns.is_some());
    }
    // A time before an event, from the day of its notice: due 13 May, so 10, 9, 8 May; 11 May 2024 is a working Saturday.
    let materials = Run::start(ClockKind::Backward, calendar_days(7).into(), day("2024-05-20"), &calendar);
    assert_eq!(materials.clone().warning(three, day("2024-04-30"), &calendar).warns_on(), Some(day("2024-05-09")));
    assert_eq!(materials.warning(three, day("2024-05-09"), &calendar).warns_on(), None, "noticed that late");
    // A pause takes it back; afterwards it is counted to the new last day.
    let paused = publication.pause(day("2024-10-30")).unwrap();
    assert_eq!(paused.warns_on(), None);
    let resumed = paused.resume(day("2024-11-04"), &calendar).unwrap();
    assert_eq!((resumed.due_on(), resumed.warns_on()), (Some(day("2024-11-07")), Some(day("2024-11-04"))));
}

#[test]
fn a_warning_follows_a_last_day_that_becomes_known() {
    let before = published();
    let pending = Run::start(ClockKind::Cap, working(7), day("2026-12-28"), &before);
    let pending = pending.warning(working_days(3), day("2026-12-28"), &before);
    assert!(matches!(pending.due(), Some(Due::Pending { .. })) && pending.warns_on().is_none());
    let loaded = calendar(FILES.iter().map(|(_, text)| read(text)).chain([invented_2027()]));
    let (fixed, change) = pending.recompute(&loaded);
    assert!(matches!(change, DueChange::Fixed { .. }) && fixed.warns_on() < fixed.due_on(), "{fixed:?}");
    assert!(fixed.warns_on().is_some());
    // A last day in a year without a calendar can be known where every day counts: as many calendar days before it.
    let all = Run::start(ClockKind::Cap, calendar_days(30).into(), day("2026-12-04"), &before);
    let all = all.warning(working_days(3), day("2026-12-04"), &before);
    assert_eq!((all.due_on(), all.warns_on()), (Some(day("2027-01-03")), Some(day("2026-12-31"))));
}

#[test]
fn neither_the_day_of_the_request_nor_the_day_of_receipt_counts() {
    let calendar = published();
    // Monday 3 June 2024; Monday 10 June is a holiday. Counted: 4 and 5 June, then five days from 14 June.
    let started = review("2024-06-03", &calendar);
    assert_eq!(started.due_on(), Some(day("2024-06-13")));
    let paused = started.pause(day("2024-06-06")).unwrap();
    assert_eq!(paused.state(), RunState::Paused { since: day("2024-06-06") });
    assert_eq!(paused.due(), None);
    assert_eq!(paused.days_left(day("2024-06-12"), &calendar), Ok(5));
    assert!(!paused.elapsed(day("2024-12-31")));
    let resumed = paused.resume(day("2024-06-13"), &calendar).unwrap();
    assert_eq!(resumed.pauses(), [Pause { from: day("2024-06-06"), to: day("2024-06-13") }]);
    assert_eq!(resumed.due_on(), Some(day("2024-06-20")));
    assert_eq!(resumed.days_left(day("2024-06-13"), &calendar), Ok(5));
}

#[test]
fn a_pause_across_a_holiday_costs_only_working_days() {
    let calendar = published();
    // Paused over Spring Festival 2023: only 18, 19, 20 and 28 January were worked, two of them paused in part.
    let run = review("2023-01-16", &calendar).pause(day("2023-01-18")).unwrap();
    let run = run.resume(day("2023-01-28"), &calendar).unwrap();
    // Counted: 17 January, then Sunday 29 January, 30 and 31 January, 1, 2 and 3 February.
    assert_eq!(run.due_on(), Some(day("2023-02-03")));
}

#[test]
fn a_request_answered_the_same_day_costs_that_day() {
    let calendar = published();
    let run = review("2024-07-01", &calendar);
    let run = run.pause(day("2024-07-03")).unwrap().resume(day("2024-07-03"), &calendar).unwrap();
    assert_eq!(run.due_on(), Some(day("2024-07-11")), "one day later than 10 July");
}

#[test]
fn pausing_on_the_last_day_keeps_it_and_after_it_is_too_late() {
    let calendar = published();
    let run = review("2024-07-01", &calendar);
    let resumed = run.pause(day("2024-07-10")).unwrap().resume(day("2024-07-12"), &calendar).unwrap();
    assert_eq!(resumed.due_on(), Some(day("2024-07-15")));
    let late = ClockProblem::AlreadyElapsed { given: day("2024-07-11"), due_on: day("2024-07-10") };
    assert_eq!(run.pause(day("2024-07-11")), Err(late));
}

#[test]
fn pauses_follow_each_other() {
    let calendar = published();
    let run = review("2024-07-01", &calendar);
    assert_eq!(run.resume(day("2024-07-03"), &calendar), Err(ClockProblem::NotPaused));
    let early = ClockProblem::TooEarly { given: day("2024-06-30"), earliest: day("2024-07-01") };
    assert_eq!(run.pause(day("2024-06-30")), Err(early));
    let paused = run.pause(day("2024-07-03")).unwrap();
    let twice = ClockProblem::AlreadyPaused { since: day("2024-07-03") };
    assert_eq!(paused.pause(day("2024-07-04")), Err(twice));
    let early = ClockProblem::TooEarly { given: day("2024-07-02"), earliest: day("2024-07-03") };
    assert_eq!(paused.resume(day("2024-07-02"), &calendar), Err(early));
    // Asked again on the day of receipt: that day is paused once, not twice.
    let again = paused.resume(day("2024-07-04"), &calendar).unwrap().pause(day("2024-07-04")).unwrap();
    assert_eq!(again.resume(day("2024-07-05"), &calendar).unwrap().due_on(), Some(day("2024-07-15")));
}

#[test]
fn no_pause_ever_shortens_a_guaranteed_time() {
    let calendar = published();
    for start in date(2023, 1, 1).series(1.day()).take(366) {
        let run = Run::start(ClockKind::Guaranteed, working(7), start, &calendar);
        let due = run.due_on().unwrap();
        for from in start.series(1.day()).take_while(|day| *day <= due) {
            for to in from.series(1.day()).take(9) {
                let resumed = run.pause(from).unwrap().resume(to, &calendar).unwrap();
                let new_due = resumed.due_on().unwrap();
                assert!(new_due >= due, "{start}: {from} to {to}");
                assert_eq!(resumed.days_used(new_due, &calendar), Ok(7), "{start}: {from} to {to}");
                // Nothing falls due on the day of receipt itself.
                let after = due_after_working_days(&calendar, to, working_days(1)).date().unwrap();
                assert!(new_due >= after, "{start}: {from} to {to}");
            }
        }
    }
}

#[test]
fn a_pending_clock_is_fixed_when_its_year_is_loaded() {
    let known = published();
    let run = review("2026-12-28", &known);
    assert_eq!(run.due(), Some(Due::Pending { first_missing_year: 2027 }));
    assert!(!run.elapsed(day("2027-03-01")), "an unknown day has not passed");
    assert_eq!(run.days_left(day("2026-12-31"), &known), Ok(4));
    assert_eq!(run.days_left(day("2027-01-04"), &known), Err(NoCalendarData { year: 2027 }));
    assert_eq!(run.recompute(&known), (run.clone(), DueChange::Unchanged));

    let loaded = calendar(FILES.iter().map(|(_, text)| read(text)).chain([invented_2027()]));
    let (fixed, change) = run.recompute(&loaded);
    assert_eq!(change, DueChange::Fixed { due_on: day("2027-01-07") });
    assert_eq!(fixed.due_on(), Some(day("2027-01-07")));
    assert_eq!(fixed.recompute(&loaded), (fixed.clone(), DueChange::Unchanged));
    assert_eq!(fixed.recompute(&known), (fixed.clone(), DueChange::Unchanged), "missing data refutes nothing");
}

#[test]
fn a_long_count_waits_for_one_year_after_another() {
    let only_2025 = calendar([read(FILES[6].1)]);
    let run = Run::start(ClockKind::Cap, working(400), day("2025-06-02"), &only_2025);
    assert_eq!(run.due(), Some(Due::Pending { first_missing_year: 2026 }));
    let (_, change) = run.recompute(&published());
    assert_eq!(change, DueChange::StillPending { first_missing_year: 2027 });
}

#[test]
fn an_amended_notice_moves_the_day_also_through_past_pauses() {
    // Before 国办发明电〔2020〕1号, 31 January 2020 and Saturday 1 February were worked.
    let mut announced = read(FILES[1].1);
    announced.holidays[1].to = day("2020-01-30");
    announced.workdays.push(day("2020-02-01"));
    let (announced, amended) = (calendar([announced]), calendar([read(FILES[1].1)]));

    let run = review("2020-01-20", &announced);
    assert_eq!(run.due_on(), Some(day("2020-02-04")));
    assert_eq!(run.recompute(&amended).1, DueChange::Moved { from: day("2020-02-04"), to: day("2020-02-06") });

    // The days the amendment took away were counted before the pause; they are given back.
    let run = run.pause(day("2020-02-03")).unwrap();
    assert_eq!(run.recompute(&amended).1, DueChange::Unchanged);
    let run = run.resume(day("2020-02-10"), &announced).unwrap();
    assert_eq!(run.recompute(&amended).1, DueChange::Moved { from: day("2020-02-12"), to: day("2020-02-14") });
}

#[test]
fn a_backward_working_day_clock_answers_in_its_own_unit() {
    let calendar = published();
    let notice = Run::start(ClockKind::Backward, Limit::Working(working_days(3)), day("2023-01-30"), &calendar);
    assert_eq!(notice.due_on(), Some(day("2023-01-20")));
    assert_eq!(notice.days_left(day("2023-01-18"), &calendar), Ok(2));
    assert_eq!(notice.days_used(day("2023-01-19"), &calendar), Ok(0));
}
