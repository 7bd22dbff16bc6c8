//! Expert review (R713 arts. 19-21, 29).

use std::collections::{BTreeMap, BTreeSet};

use super::participation::ran;
use super::record::{Entry, Milestone, Record};
use super::{Against, Finding, Sketch};
use crate::act::{ExpertCandidate, ReportExpertReview};
use crate::definition::ParameterValue;
use crate::event::CaseEvent;
use crate::time::{Limit, due_after_calendar_days, due_after_working_days};
use crate::words::{DocumentRef, ExpertStance, StageKind, Uptake};

/// The panel that reviewed last, as the record makes it.
struct Panel<'r, 'a> {
    appointed_at: Vec<&'r Entry<'a>>,
    candidates: BTreeMap<&'a str, &'a ExpertCandidate>,
    appointed: BTreeSet<&'a str>,
    released: BTreeSet<&'a str>,
    interest: BTreeMap<&'a str, (bool, u64)>,
    opinions: BTreeMap<&'a str, (&'r Entry<'a>, ExpertStance, &'a [DocumentRef])>,
    materials: Option<(jiff::civil::Date, u64)>,
    report: Option<(&'r Entry<'a>, &'a ReportExpertReview)>,
    complex: bool,
}

impl<'a> Panel<'_, 'a> {
    fn sits(&self, code: &str) -> bool {
        self.appointed.contains(code)
            && !self.released.contains(code)
            && !self.interest.get(code).is_some_and(|(interest, _)| *interest)
    }

    fn sitting(&self) -> impl Iterator<Item = &'a str> {
        self.appointed.iter().copied().filter(|code| self.sits(code))
    }

    fn named(&self, code: &str) -> String {
        self.candidates.get(code).map_or_else(|| code.to_owned(), |c| format!("{code} {}", c.name))
    }
}

fn panel<'r, 'a>(record: &'r Record<'a>) -> Option<Panel<'r, 'a>> {
    let until = record.until_decided();
    let mut panel: Option<Panel<'r, 'a>> = None;
    for entry in record.acts.iter().filter(|e| e.n < until) {
        if let CaseEvent::ExpertsAppointed { given, anew, appointed, .. } = entry.event {
            let fresh = || Panel {
                appointed_at: Vec::new(),
                candidates: BTreeMap::new(),
                appointed: BTreeSet::new(),
                released: BTreeSet::new(),
                interest: BTreeMap::new(),
                opinions: BTreeMap::new(),
                materials: None,
                report: None,
                complex: false,
            };
            if *anew || panel.is_none() {
                panel = Some(fresh());
            }
            let Some(panel) = &mut panel else { continue };
            panel.appointed_at.push(entry);
            panel.complex |= given.complex;
            panel.candidates.extend(given.candidates.iter().map(|c| (c.code.as_str(), c)));
            panel.appointed.extend(appointed.iter().map(String::as_str));
            continue;
        }
        let Some(panel) = &mut panel else { continue };
        match entry.event {
            CaseEvent::InterestDeclared { expert, given, .. } => {
                panel.interest.insert(expert, (given.interest, entry.n));
            }
            CaseEvent::ExpertReleased { given, .. } => {
                panel.released.insert(&given.expert);
            }
            CaseEvent::ExpertMaterialsSent { given, .. } => panel.materials = Some((given.delivered_on, entry.n)),
            CaseEvent::ExpertOpinionGiven { expert, given, .. } => {
                panel.opinions.insert(expert, (entry, given.stance, &given.documents));
            }
            CaseEvent::ExpertReviewReported { given, .. } => panel.report = Some((entry, given)),
            _ => {}
        }
    }
    panel
}

/// The panel, or what else the record says of experts.
fn sat<'r, 'a>(record: &'r Record<'a>, line: &mut Sketch) -> Option<Panel<'r, 'a>> {
    let panel = panel(record);
    if let Some(panel) = &panel {
        panel.appointed_at.iter().for_each(|entry| line.see(entry));
    } else if let Some((entry, _)) = record.taken_over(StageKind::ExpertReview) {
        line.see(entry);
        line.untold();
    } else if record.absence(StageKind::ExpertReview).is_some() {
        line.not_applicable();
    }
    panel
}

pub(super) fn heard(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    if against.def.positions(StageKind::ExpertReview).next().is_none() {
        return line.not_applicable();
    }
    ran(record, line, StageKind::ExpertReview, Milestone::Experts);
}

pub(super) fn enough(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    let Some(panel) = sat(record, line) else { return };
    let name = if panel.complex { "experts_complex_least" } else { "experts_least" };
    let Some(parameter) = against.def.parameter(name) else { return line.not_applicable() };
    let ParameterValue::Count(least) = parameter.value else { return line.not_applicable() };
    line.rests_on(against, parameter);
    let sitting = u32::try_from(panel.sitting().count()).unwrap_or(u32::MAX);
    line.hold(sitting >= least, Finding::TooFew, sitting, least);
}

pub(super) fn apart(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    let Some(panel) = sat(record, line) else { return };
    let Some(parameter) = against.def.parameter("experts_in_house_most") else { return line.not_applicable() };
    let ParameterValue::Share { of, parts, .. } = parameter.value else { return line.not_applicable() };
    line.rests_on(against, parameter);
    let undertaking = record.acts.iter().rev().find_map(|entry| match entry.event {
        CaseEvent::InitiationDecided { given, .. } => Some(given.undertaking_unit),
        CaseEvent::CaseOpened { given, .. } => Some(given.undertaking_unit),
        _ => None,
    });
    let of_unit = |code: &&str| panel.candidates.get(code).is_some_and(|c| c.unit.is_some() && c.unit == undertaking);
    let in_house: Vec<&str> = panel.sitting().filter(of_unit).collect();
    let sitting = panel.sitting().count() as u64;
    let most = sitting * u64::from(of) / u64::from(parts.max(1));
    let named: Vec<String> = in_house.iter().map(|code| panel.named(code)).collect();
    let given = format!("{}/{sitting} {}", in_house.len(), named.join(", "));
    line.hold(in_house.len() as u64 <= most, Finding::TooMany, given.trim(), most);
}

pub(super) fn without_interest(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let Some(panel) = sat(record, line) else { return };
    for (code, (entry, ..)) in &panel.opinions {
        line.keep();
        match panel.interest.get(code) {
            Some((false, n)) => line.saw(*n),
            Some((true, n)) => {
                line.saw(*n);
                line.see(entry);
                line.fail(Finding::NotEntitled, panel.named(code), "");
            }
            None => {
                line.see(entry);
                line.fail(Finding::Missing, panel.named(code), "");
            }
        }
    }
}

pub(super) fn not_excluded(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let Some(panel) = sat(record, line) else { return };
    line.keep();
    for code in &panel.appointed {
        if let Some(why) = panel.candidates.get(code).and_then(|c| c.excluded.as_deref()) {
            line.fail(Finding::NotEntitled, format!("{}: {why}", panel.named(code)), "");
        }
    }
}

pub(super) fn signed(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let Some(panel) = sat(record, line) else { return };
    let Some((report, _)) = panel.report else { return };
    for code in panel.sitting() {
        match panel.opinions.get(code) {
            Some((entry, _, documents)) => {
                line.see(entry);
                line.hold(!documents.is_empty(), Finding::Missing, panel.named(code), "");
            }
            None => {
                line.see(report);
                line.fail(Finding::Missing, panel.named(code), "");
            }
        }
    }
}

pub(super) fn answered(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let Some(panel) = sat(record, line) else { return };
    let Some((report, given)) = panel.report else { return };
    line.see(report);
    for code in panel.sitting().filter(|code| panel.opinions.contains_key(code)) {
        match given.adoption.iter().find(|a| a.expert == code) {
            None => line.fail(Finding::Unanswered, panel.named(code), ""),
            Some(told) if told.uptake != Uptake::Full && told.reason.trim().is_empty() => {
                line.fail(Finding::Unreasoned, panel.named(code), "");
            }
            Some(_) => line.keep(),
        }
    }
}

pub(super) fn dissent_told(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let Some(panel) = sat(record, line) else { return };
    let Some((report, given)) = panel.report else { return };
    let mut opposed = panel
        .sitting()
        .filter(|code| panel.opinions.get(code).is_some_and(|(_, stance, _)| *stance == ExpertStance::Oppose));
    match opposed.next() {
        None => line.not_applicable(),
        Some(code) => {
            line.see(report);
            line.hold(!given.dissent.trim().is_empty(), Finding::Missing, panel.named(code), "");
        }
    }
}

pub(super) fn had_time(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    let Some(panel) = sat(record, line) else { return };
    let parameter = against.def.parameter("expert_study_period");
    let Some((parameter, limit)) = parameter.and_then(|p| Some((p, against.def.period(&p.id)?))) else {
        return line.not_applicable();
    };
    line.rests_on(against, parameter);
    let (Some((sent, n)), Some((report, _))) = (panel.materials, panel.report) else { return };
    line.saw(n);
    line.see(report);
    let earliest = match limit {
        Limit::Calendar(days) => Some(due_after_calendar_days(sent, days)),
        Limit::Working(days) => due_after_working_days(against.calendar, sent, days).date(),
    };
    if let Some(earliest) = earliest {
        line.hold(report.day >= earliest, Finding::Early, report.day, earliest);
    }
}
