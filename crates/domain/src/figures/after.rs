//! What a case adds to the figures after its decision, and beside it: acts as they are, execution, evaluations, irregularities.

use std::collections::BTreeMap;

use super::case::Seen;
use super::item::{Apart, Item, Standing};
use super::{FigureCode, Tally};
use crate::event::CaseEvent;
use crate::id::IrregularityId;

impl Tally {
    /// Acts that are counted as they are.
    pub(super) fn count_events(&mut self, seen: &Seen<'_>) {
        for at in &seen.record.events {
            let entry = &at.1;
            let (code, standing, day) = match entry.event {
                CaseEvent::CaseTerminated { .. } => (FigureCode::CasesTerminated, Standing::Counted, entry.day),
                CaseEvent::ExecutionSuspended { .. } => (FigureCode::ExecutionsSuspended, Standing::Counted, entry.day),
                CaseEvent::ExecutionAdjusted { given, .. } => {
                    (FigureCode::ExecutionsAdjusted, Standing::Counted, given.issued_on)
                }
                CaseEvent::ExecutionTerminated { given, .. } => {
                    (FigureCode::ExecutionsTerminated, Standing::Counted, given.decided_on)
                }
                CaseEvent::ExecutionCompleted { given, .. } => {
                    (FigureCode::ExecutionsCompleted, Standing::Counted, given.completed_on)
                }
                CaseEvent::EvaluationConcluded { .. } => {
                    (FigureCode::EvaluationsConcluded, Standing::Counted, entry.day)
                }
                CaseEvent::VolumeClosed { .. } => (FigureCode::VolumesClosed, Standing::Counted, entry.day),
                _ => continue,
            };
            if self.period.has(day) {
                self.put(code, seen.event(at, standing, day));
            }
        }
    }

    /// Comments on the execution, and evaluations.
    pub(super) fn count_execution(&mut self, seen: &Seen<'_>) {
        let events = &seen.record.events;
        for (i, at) in events.iter().enumerate() {
            let entry = &at.1;
            match entry.event {
                CaseEvent::ExecutionCommentEntered { number, given, .. } if self.period.has(given.received_on) => {
                    let answer = events.iter().find(|(_, e)| {
                        matches!(e.event, CaseEvent::ExecutionCommentAnswered { given, .. } if given.number == *number)
                    });
                    let mut item = seen.event(at, Standing::of(answer.is_some()), given.received_on);
                    item.shown_by.extend(answer.map(|(_, e)| e.n));
                    self.put(FigureCode::ExecutionCommentsAnswered, item);
                }
                CaseEvent::EvaluationStarted { given, .. } => {
                    let reported = events[i..]
                        .iter()
                        .skip(1)
                        .take_while(|(_, e)| !matches!(e.event, CaseEvent::EvaluationStarted { .. }))
                        .find(|(_, e)| matches!(e.event, CaseEvent::EvaluationReported { .. }));
                    let late = given.due_on < reported.map_or(self.measured_on, |(_, e)| e.day);
                    let shown = |mut item: Item| {
                        item.shown_by.extend(reported.map(|(_, e)| e.n));
                        item
                    };
                    if self.period.has(entry.day) {
                        let standing = match reported {
                            Some(_) => Standing::Counted,
                            None if late => Standing::Missed,
                            None => Standing::Apart(Apart::NotYet),
                        };
                        self.put(FigureCode::EvaluationsReported, shown(seen.event(at, standing, entry.day)));
                    }
                    let (standing, day) = match reported {
                        _ if late => (Standing::Missed, given.due_on.tomorrow().unwrap_or(given.due_on)),
                        Some((_, e)) => (Standing::Counted, e.day),
                        None => (Standing::Apart(Apart::Running), entry.day),
                    };
                    let running = standing == Standing::Apart(Apart::Running) && day <= self.period.to();
                    if running || self.period.has(day) {
                        self.put(FigureCode::EvaluationsOnTime, shown(seen.event(at, standing, day)));
                    }
                }
                _ => {}
            }
        }
    }

    pub(super) fn count_irregularities(&mut self, seen: &Seen<'_>) {
        let mut cured: BTreeMap<IrregularityId, u64> = BTreeMap::new();
        for (_, entry) in &seen.record.events {
            if let CaseEvent::IrregularityCured { given, .. } = entry.event {
                cured.insert(given.irregularity, entry.n);
            }
        }
        for at in &seen.record.events {
            let CaseEvent::IrregularityRecorded { irregularity, .. } = at.1.event else { continue };
            let day = at.1.day;
            if !self.period.has(day) {
                continue;
            }
            self.put(FigureCode::Irregularities, seen.event(at, Standing::Counted, day));
            let by = cured.get(irregularity);
            let mut item = seen.event(at, Standing::of(by.is_some()), day);
            item.shown_by.extend(by);
            self.put(FigureCode::IrregularitiesCured, item);
        }
    }
}
