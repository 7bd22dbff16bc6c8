//! Calendar files: YAML to [`CalendarYear`], and several years to one [`Calendar`].

use dingce_domain::time::{Calendar, CalendarFile, CalendarProblem, CalendarYear, Zone};
use sha2::{Digest as _, Sha256};

use crate::problem::{Place, Problem, Problems, instead, say};
use crate::tree::{self, Kind, Node};

/// Reads one `workflows/calendars/*.yaml`. `path` is only told in problems.
///
/// # Errors
/// All problems of the file, in the order of its lines. A file of the wrong shape tells its first mistake only: the
/// shape is small, and what it means is checked in full.
pub fn parse_calendar(bytes: &[u8], path: &str) -> Result<CalendarYear, Vec<Problem>> {
    let mut problems = Problems::new(path);
    let Some(root) = tree::read(bytes, 0, &mut problems) else { return Err(problems.into_list()) };
    if problems.len() > 0 {
        return Err(problems.into_list());
    }
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let file: CalendarFile = match serde_saphyr::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            let at = error.location().map_or(Place::TOP, |l| Place {
                file: 0,
                line: u32::try_from(l.line()).unwrap_or(1).max(1),
                column: u32::try_from(l.column()).unwrap_or(1).max(1),
            });
            let reason = error.to_string();
            let reason = reason.lines().next().unwrap_or_default().to_owned();
            problems.add(
                "D-CALENDAR-SHAPE",
                at,
                say(
                    format!("日历文件的格式不对（解析器：{reason}）。"),
                    format!("The calendar cannot be read: {reason}."),
                ),
                None,
            );
            return Err(problems.into_list());
        }
    };
    for problem in file.problems() {
        let at = find(&root, &problem);
        let needed = None;
        problems.add("D-CALENDAR", at, say(zh(&problem), problem.to_string()), needed);
    }
    if problems.len() > 0 {
        return Err(problems.into_list());
    }
    CalendarYear::try_from(file).map_err(|_| problems.into_list())
}

fn zh(problem: &CalendarProblem) -> String {
    match problem {
        CalendarProblem::YearOutOfBounds { year } => {
            format!("年份应在 1949 至 2199 之间，而不是 {year}。请更正 year。")
        }
        CalendarProblem::YearTwice { year } => {
            format!("{year} 年有两个日历。请合并，后来的通知写在 amended_by 中。")
        }
        CalendarProblem::NoHolidays { year } => format!("没有列出 {year} 年的放假安排。请按通知填写。"),
        CalendarProblem::Blank { field } => format!("{field} 是空的。请按通知填写。"),
        CalendarProblem::BadUrl { url } => {
            format!("链接应以 https:// 或 http:// 开头，而不是 {url:?}。请更正或删去。")
        }
        CalendarProblem::OutsideYear { year, date } => format!("{date} 不在 {year} 年内。请移到所属年份的文件。"),
        CalendarProblem::SpanBackwards { from, to } => format!("{from} 至 {to} 的结束日早于开始日。请更正。"),
        CalendarProblem::HolidayTwice { date } => format!("{date} 出现在两段放假安排中。请合并或缩短其中一段。"),
        CalendarProblem::WorkdayTwice { date } => format!("{date} 两次列为调休上班日。请删去一个。"),
        CalendarProblem::WorkdayNotOnWeekend { date } => {
            format!("调休上班日 {date} 不是周六或周日。请与通知核对。")
        }
        CalendarProblem::OffAndWorked { date } => format!("{date} 既列为放假又列为上班。请与通知核对。"),
    }
}

/// Where in the file a problem stands: the last place where its date is written, or its key.
fn find(root: &Node, problem: &CalendarProblem) -> Place {
    let key = |key: &str| root.get(key).map_or(root.at, |n| n.at);
    let date = |date: jiff::civil::Date| {
        let mut places = Vec::new();
        scalars(root, &date.to_string(), &mut places);
        places.last().copied().unwrap_or(root.at)
    };
    match problem {
        CalendarProblem::YearOutOfBounds { .. } | CalendarProblem::YearTwice { .. } => key("year"),
        CalendarProblem::NoHolidays { .. } => key("holidays"),
        CalendarProblem::Blank { field } => key(field.split('.').next().unwrap_or_default()),
        CalendarProblem::BadUrl { url } => {
            let mut places = Vec::new();
            scalars(root, url, &mut places);
            places.last().copied().unwrap_or(root.at)
        }
        CalendarProblem::SpanBackwards { from, .. } => date(*from),
        CalendarProblem::OutsideYear { date: day, .. }
        | CalendarProblem::HolidayTwice { date: day }
        | CalendarProblem::WorkdayTwice { date: day }
        | CalendarProblem::WorkdayNotOnWeekend { date: day }
        | CalendarProblem::OffAndWorked { date: day } => date(*day),
    }
}

fn scalars(node: &Node, wanted: &str, places: &mut Vec<Place>) {
    match &node.kind {
        Kind::Scalar { text, .. } if text == wanted => places.push(node.at),
        Kind::Scalar { .. } => {}
        Kind::List(list) => list.iter().for_each(|n| scalars(n, wanted, places)),
        Kind::Map(entries) => entries.iter().for_each(|(_, v)| scalars(v, wanted, places)),
    }
}

/// The calendar of several yearly files, in the civil time of the whole country.
///
/// # Errors
/// The problems of all files; or the year that two files speak about.
pub fn calendar(files: Vec<(String, Vec<u8>)>) -> Result<Calendar, Vec<Problem>> {
    let mut years = Vec::new();
    let mut problems = Vec::new();
    for (path, bytes) in &files {
        match parse_calendar(bytes, path) {
            Ok(year) => years.push((path, year)),
            Err(list) => problems.extend(list),
        }
    }
    for (i, (path, year)) in years.iter().enumerate() {
        if years[..i].iter().any(|(_, y)| y.year() == year.year()) {
            let mut twice = Problems::new(path);
            let problem = CalendarProblem::YearTwice { year: year.year() };
            let message = say(zh(&problem), problem.to_string());
            twice.add("D-CALENDAR", Place::TOP, message, instead("每年一个文件", "one file a year"));
            problems.extend(twice.into_list());
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let digest = |bytes: &[u8]| Sha256::digest(bytes).into();
    Calendar::new(Zone::SHANGHAI, years.into_iter().map(|(_, y)| y), digest).map_err(|_| problems)
}
