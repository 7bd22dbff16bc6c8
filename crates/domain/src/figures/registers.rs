//! What supervision adds to the figures: its notices, and the files that clues opened. Nothing of what is in a file is told.

use std::sync::Arc;

use jiff::civil::Date;

use super::item::{Act, Apart, Item, Standing};
use super::{FigureCode, Tally};
use crate::accountability::{AccountabilityEvent, Subject};
use crate::id::{AccountabilityFileId, CaseId, EventId, SupervisionNoticeId, UnitId};
use crate::supervision::NoticeEvent;

/// One last day of a notice.
#[derive(Debug, Clone)]
struct Asked {
    act: Act,
    asked_on: Date,
    due_on: Date,
    overdue_n: Option<u64>,
    answered: Option<(Act, Date)>,
}

/// A notice as far as it is counted.
#[derive(Debug, Clone)]
pub struct NoticeFold {
    id: SupervisionNoticeId,
    about: Option<(CaseId, UnitId)>,
    asked: Vec<Asked>,
}

impl NoticeFold {
    /// It is not issued yet.
    pub const fn new(id: SupervisionNoticeId) -> Self {
        Self { id, about: None, asked: Vec::new() }
    }

    /// Takes in one event, in the order of their numbers.
    pub fn take(&mut self, id: EventId, n: u64, day: Date, event: &NoticeEvent) {
        let act = Act { stream: self.id.into(), n, event: id, kind: event.kind().to_owned(), day };
        let asked = |act, asked_on, due_on| Asked { act, asked_on, due_on, overdue_n: None, answered: None };
        match event {
            NoticeEvent::Issued { given, due_on, .. } => {
                self.about = Some((given.case, given.unit));
                self.asked.push(asked(act, given.issued_on, *due_on));
            }
            NoticeEvent::Overdue { .. } => {
                if let Some(last) = self.asked.last_mut() {
                    last.overdue_n = Some(n);
                }
            }
            NoticeEvent::Answered { on, .. } => {
                if let Some(last) = self.asked.last_mut() {
                    last.answered = Some((act, *on));
                }
            }
            NoticeEvent::Rechecked { due_on: Some(due_on), on, .. } => self.asked.push(asked(act, *on, *due_on)),
            NoticeEvent::Rechecked { due_on: None, .. } => {}
        }
    }
}

/// A file as far as it is counted.
#[derive(Debug, Clone)]
pub struct FileFold {
    id: AccountabilityFileId,
    case: Option<CaseId>,
    received: Option<(Act, Date)>,
    results: Vec<(Act, Date)>,
}

impl FileFold {
    /// No clue came yet.
    pub const fn new(id: AccountabilityFileId) -> Self {
        Self { id, case: None, received: None, results: Vec::new() }
    }

    /// Takes in one event, in the order of their numbers.
    pub fn take(&mut self, id: EventId, n: u64, day: Date, event: &AccountabilityEvent) {
        let act = Act { stream: self.id.into(), n, event: id, kind: event.kind().to_owned(), day };
        match event {
            AccountabilityEvent::Received { given, .. } => {
                self.case = match given.about {
                    Subject::Case(case) => Some(case),
                    Subject::Entry(_) | Subject::Proposal(_) => None,
                };
                self.received = Some((act, given.received_on));
            }
            AccountabilityEvent::ResultRecorded { given, .. } => self.results.push((act, given.stated_on)),
            AccountabilityEvent::Admitted { .. }
            | AccountabilityEvent::Refused { .. }
            | AccountabilityEvent::Frozen { .. }
            | AccountabilityEvent::HarmRecorded { .. }
            | AccountabilityEvent::PersonsNamed { .. }
            | AccountabilityEvent::HandedOver { .. }
            | AccountabilityEvent::Acknowledged { .. }
            | AccountabilityEvent::Closed { .. }
            | AccountabilityEvent::Reopened { .. } => {}
        }
    }
}

fn bare(thing: String, standing: Standing, day: Date, act: Act, case: Option<CaseId>, unit: Option<UnitId>) -> Item {
    let (shown_by, days, leave) = (Vec::new(), None, Vec::new());
    Item { thing, standing, day, act, shown_by, case, title: Arc::from(""), unit, days, leave }
}

impl Tally {
    /// Counts a notice; with units of one's own, those that were sent to them.
    pub fn take_notice(&mut self, fold: NoticeFold) {
        let Some((case, unit)) = fold.about.filter(|(_, unit)| self.is_own(*unit)) else { return };
        for (i, asked) in fold.asked.into_iter().enumerate() {
            let Asked { act, asked_on, due_on, overdue_n, answered } = asked;
            if i == 0 && self.period.has(asked_on) {
                let item = bare(fold.id.to_string(), Standing::Counted, asked_on, act.clone(), Some(case), Some(unit));
                self.put(FigureCode::NoticesIssued, item);
            }
            let late = due_on < answered.as_ref().map_or(self.measured_on, |(_, on)| *on);
            let (standing, day, shows) = match answered {
                _ if late => (Standing::Missed, due_on.tomorrow().unwrap_or(due_on), None),
                Some((answer, on)) => (Standing::Counted, on, Some(answer)),
                None => (Standing::Apart(Apart::Running), asked_on, None),
            };
            let running = standing == Standing::Apart(Apart::Running) && day <= self.period.to();
            if !running && !self.period.has(day) {
                continue;
            }
            let n = act.n;
            let shown = shows.unwrap_or(act);
            let mut item = bare(format!("{}#{n}", fold.id), standing, day, shown, Some(case), Some(unit));
            item.shown_by.extend(overdue_n);
            if item.act.n != n {
                item.shown_by.push(n);
            }
            self.put(FigureCode::NoticesOnTime, item);
        }
    }

    /// Counts a file. It belongs to no unit: with units of one's own, none is counted.
    pub fn take_file(&mut self, fold: FileFold) {
        if self.own.is_some() {
            return;
        }
        let FileFold { id, case, received, results } = fold;
        if let Some((act, on)) = received.filter(|(_, on)| self.period.has(*on)) {
            let item = bare(id.to_string(), Standing::Counted, on, act, case, None);
            self.put(FigureCode::AccountabilityFiles, item);
        }
        // A file that was opened again may have two; it is one file.
        let mut inside = results.into_iter().filter(|(_, on)| self.period.has(*on));
        if let Some((act, on)) = inside.next() {
            let mut item = bare(id.to_string(), Standing::Counted, on, act, case, None);
            item.shown_by = inside.map(|(act, _)| act.n).collect();
            self.put(FigureCode::AccountabilityResults, item);
        }
    }
}
