//! A sheet of deadlines that were worked out by hand, held against the clocks of the core on the shipped calendars.

use dingce_domain::time::{CalendarDays, ClockKind, Limit, Run, WorkingDays};
use jiff::civil::Date;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    law: String,
    what: String,
    kind: String,
    from: Date,
    calendar_days: Option<u16>,
    working_days: Option<u16>,
    #[serde(default)]
    paused: Vec<(Date, Date)>,
    due: Date,
    how: String,
}

impl Line {
    fn due(&self) -> Option<Date> {
        let calendar = dingce_testkit::law::calendars();
        let kind = match self.kind.as_str() {
            "floor" => ClockKind::Floor,
            "cap" => ClockKind::Cap,
            "backward" => ClockKind::Backward,
            "guaranteed" => ClockKind::Guaranteed,
            other => panic!("{other} is no kind of clock"),
        };
        let limit = match (self.calendar_days, self.working_days) {
            (Some(days), None) => Limit::Calendar(CalendarDays::new(days).expect("days")),
            (None, Some(days)) => Limit::Working(WorkingDays::new(days).expect("days")),
            _ => panic!("{}: one unit", self.what),
        };
        let run = Run::start(kind, limit, self.from, &calendar);
        let run = self.paused.iter().fold(run, |run, (from, to)| {
            run.pause(*from).expect("it runs").resume(*to, &calendar).expect("it is paused")
        });
        run.due_on()
    }
}

#[test]
fn every_deadline_that_was_worked_out_by_hand_agrees() {
    let lines: Vec<Line> = serde_saphyr::from_str(include_str!("../data/deadlines.yaml")).expect("a sheet");
    assert!(lines.len() >= 19, "{}", lines.len());
    let mut wrong = Vec::new();
    for line in &lines {
        assert!(!line.law.is_empty() && line.how.len() > 10, "{}", line.what);
        let found = line.due();
        if found != Some(line.due) {
            wrong.push(format!("{} ({}): by hand {}, found {found:?}", line.what, line.law, line.due));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
