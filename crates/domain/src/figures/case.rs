//! What a case adds to the figures: its opening, its decision, the procedures that the law asks for before it, and its publication.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;

use super::clocks::binds;
use super::item::{Act, Apart, Item, Leave, Standing};
use super::{FigureCode, Tally, With};
use crate::compliance::{Against, Entry, Record, Rule, Verdict, Who, of_case};
use crate::definition::{Definition, Family};
use crate::event::CaseEvent;
use crate::file::CaseUnits;
use crate::holding::{Hold, Holdings};
use crate::id::{CaseId, ConsultationId, Digest, EventId, MeetingId, UnitId};
use crate::time::ClockKind;
use crate::verb::Verb;
use crate::words::{OverlayId, ReportReply, StageId, StageKind};

/// The events of a case, as far as they are looked at, in the order of their numbers.
#[derive(Debug, Clone)]
pub struct CaseRecord<'a> {
    /// The case.
    pub id: CaseId,
    /// Its events, each with its id.
    pub events: Vec<(EventId, Entry<'a>)>,
}

/// What else of a matter is counted must know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matter {
    /// The case.
    pub case: CaseId,
    /// Its name.
    pub title: Arc<str>,
    /// The unit that undertakes it.
    pub unit: UnitId,
    /// Its consultations, in order.
    pub consultations: Vec<ConsultationId>,
}

impl CaseRecord<'_> {
    /// The definition that it runs under; none of a record without events.
    pub fn definition(&self) -> Option<Digest> {
        self.events.iter().rev().find_map(|(_, entry)| match entry.event {
            CaseEvent::CaseOpened { definition, .. } => Some(definition.hash),
            CaseEvent::CaseMigrated { to, .. } => Some(to.hash),
            _ => None,
        })
    }

    /// Whether a hold began by being handed over from another role.
    pub(super) fn handed_over(&self, hold: &Hold) -> bool {
        self.events.iter().any(|(_, e)| e.n == hold.n && matches!(e.event, CaseEvent::CaseMigrated { .. }))
    }
}

/// That a stage does not run.
pub(super) struct Absence {
    pub(super) n: u64,
    stage: StageId,
    pub(super) leave: Leave,
    standing: bool,
}

/// A decision of the meeting.
#[derive(Debug, Clone, Copy)]
struct Decided {
    n: u64,
    day: Date,
}

/// A case as it was read once.
pub(super) struct Seen<'a> {
    pub(super) record: &'a CaseRecord<'a>,
    pub(super) title: Arc<str>,
    kinds: BTreeMap<StageId, StageKind>,
    units: Vec<(u64, CaseUnits)>,
    pub(super) holdings: Holdings,
    pub(super) absences: Vec<Absence>,
    decided: Option<Decided>,
    pub(super) overlays: BTreeSet<OverlayId>,
}

impl<'a> Seen<'a> {
    fn of(record: &'a CaseRecord<'a>) -> Option<Self> {
        let (_, first) = record.events.first()?;
        let CaseEvent::CaseOpened { given, stages, .. } = first.event else { return None };
        let undertaking = given.undertaking_unit;
        let mut seen = Self {
            record,
            title: given.title.as_str().into(),
            kinds: stages.iter().map(|stage| (stage.id.clone(), stage.kind)).collect(),
            units: vec![(first.n, CaseUnits { undertaking, executing: None, evaluating: None })],
            holdings: Holdings::default(),
            absences: Vec::new(),
            decided: None,
            overlays: given.overlays.clone(),
        };
        let mut called: BTreeMap<MeetingId, Date> = BTreeMap::new();
        for (_, entry) in &record.events {
            seen.holdings.take(entry.n, entry.by, entry.day, entry.event);
            let mut units = seen.units_at(u64::MAX);
            match entry.event {
                CaseEvent::InitiationDecided { given, .. } => units.undertaking = given.undertaking_unit,
                CaseEvent::DecisionIssued { given, .. } => units.executing = Some(given.executing_unit),
                CaseEvent::EvaluationStarted { given, .. } => units.evaluating = Some(given.evaluating_unit),
                CaseEvent::CaseMigrated { stages, .. } => {
                    seen.kinds.extend(stages.iter().map(|stage| (stage.id.clone(), stage.kind)));
                }
                CaseEvent::FactsDetermined { given, .. } => {
                    if let Some(overlays) = &given.overlays {
                        seen.overlays.clone_from(overlays);
                    }
                }
                CaseEvent::AbsenceRecorded { stage, given } => {
                    let (by, reason, basis) = (Who::of(entry.by), given.reason.clone(), given.basis.clone());
                    let leave = Leave { by, reason, basis };
                    seen.absences.push(Absence { n: entry.n, stage: stage.clone(), leave, standing: true });
                }
                CaseEvent::StageReopened { stage } => {
                    seen.absences.iter_mut().filter(|a| a.stage == *stage).for_each(|a| a.standing = false);
                }
                CaseEvent::MeetingConvened { given, .. } => _ = called.insert(given.meeting, given.held_on),
                // The head decided on the day of the meeting, whenever that was entered.
                CaseEvent::DecisionAdopted { meeting, .. } => {
                    let day = called.get(meeting).copied().unwrap_or(entry.day);
                    seen.decided = Some(Decided { n: entry.n, day });
                }
                CaseEvent::DecisionDeclined { .. } => seen.decided = None,
                CaseEvent::ReportReplied { given, .. }
                    if matches!(given.reply, ReportReply::Returned | ReportReply::NotAgreed) =>
                {
                    seen.decided = None;
                }
                _ => {}
            }
            if seen.units_at(u64::MAX) != units {
                seen.units.push((entry.n, units));
            }
        }
        Some(seen)
    }

    /// The units that the case names when event `n` is the newest.
    pub(super) fn units_at(&self, n: u64) -> CaseUnits {
        let known = self.units.iter().rev().find(|(from, _)| *from <= n);
        known.unwrap_or(&self.units[0]).1
    }

    /// The event of this number; of a clock that stopped, the act that stopped it.
    pub(super) fn act(&self, n: u64) -> Act {
        let events = &self.record.events;
        let at = events.iter().rposition(|(_, entry)| entry.n <= n).unwrap_or(0);
        let ended =
            |event: &CaseEvent| matches!(event, CaseEvent::ClockStopped { .. } | CaseEvent::ClockDropped { .. });
        if !ended(events[at].1.event) {
            return self.act_of(&events[at]);
        }
        let done = events[..at].iter().rev().find(|(_, entry)| entry.event.clock().is_none());
        self.act_of(done.unwrap_or(&events[at]))
    }

    fn act_of(&self, (event, entry): &(EventId, Entry<'_>)) -> Act {
        Act {
            stream: self.record.id.into(),
            n: entry.n,
            event: *event,
            kind: entry.event.kind().to_owned(),
            day: entry.day,
        }
    }

    fn item(&self, thing: String, standing: Standing, day: Date, act: Act) -> Item {
        Item {
            thing,
            standing,
            day,
            act,
            shown_by: Vec::new(),
            case: Some(self.record.id),
            title: Arc::clone(&self.title),
            unit: Some(self.units_at(u64::MAX).undertaking),
            days: None,
            leave: Vec::new(),
        }
    }

    /// A thing that is an event of the case.
    pub(super) fn event(&self, at: &(EventId, Entry<'_>), standing: Standing, day: Date) -> Item {
        self.item(format!("{}#{}", self.record.id, at.1.n), standing, day, self.act_of(at))
    }

    /// The case itself.
    fn whole(&self, standing: Standing, day: Date, act: Act) -> Item {
        self.item(self.record.id.to_string(), standing, day, act)
    }
}

impl Tally {
    /// Counts a case. Gives what its consultations are counted with; none where nothing of it is counted, because others
    /// undertake it or it is no major decision.
    pub fn take_case(&mut self, record: &CaseRecord<'_>, def: &Definition, with: With<'_>) -> Option<Matter> {
        let seen = Seen::of(record)?;
        let unit = seen.units_at(u64::MAX).undertaking;
        if !self.is_own(unit) {
            return None;
        }
        if def.family != Family::MajorDecision {
            self.other_procedures += 1;
            return None;
        }
        let told = of_case(record.events.iter().map(|(_, entry)| *entry));
        self.count_opening(&seen);
        self.count_decided(&seen, &told, def, with);
        self.count_events(&seen);
        self.count_periods(&seen, def, with);
        self.count_reviews(&seen);
        self.count_experts(&seen);
        self.count_hearings(&seen);
        self.count_positions(&seen);
        self.count_execution(&seen);
        self.count_irregularities(&seen);
        self.count_times(record, &seen, def, with);
        let consultations = record.events.iter().filter_map(|(_, entry)| match entry.event {
            CaseEvent::SolicitationOpened { consultation, .. } => Some(*consultation),
            _ => None,
        });
        Some(Matter { case: record.id, title: Arc::clone(&seen.title), unit, consultations: consultations.collect() })
    }

    /// An entry of the catalogue is started by the case that is opened from it.
    fn count_opening(&mut self, seen: &Seen<'_>) {
        let Some(first) = seen.record.events.first() else { return };
        if let CaseEvent::CaseOpened { given, .. } = first.1.event
            && let Some(entry) = given.entry
            && first.1.day <= self.period.to()
        {
            self.opened_from.entry(entry).or_default().push(seen.act_of(first));
        }
    }

    /// The decision, and the procedures that the law asks for before it.
    fn count_decided(&mut self, seen: &Seen<'_>, told: &Record<'_>, def: &Definition, with: With<'_>) {
        let Some(decided) = seen.decided.filter(|decided| self.period.has(decided.day)) else { return };
        let act = seen.act(decided.n);
        self.put(FigureCode::CasesDecided, seen.whole(Standing::Counted, decided.day, act.clone()));
        let against = Against { def, calendar: with.calendar, bases: None, as_of: self.measured_on };
        for (code, rule) in [
            (FigureCode::ParticipationHeld, Rule::ParticipationHeld),
            (FigureCode::ExpertsHeard, Rule::ExpertsHeard),
            (FigureCode::RiskAssessed, Rule::RiskAssessed),
            (FigureCode::LegalityReviewed, Rule::LegalityReviewed),
            (FigureCode::ReviewedBeforeMeeting, Rule::ReviewBeforeMeeting),
            (FigureCode::DiscussedCollectively, Rule::DecidedAtMeeting),
        ] {
            let line = rule.line(told, &against);
            let standing = match line.verdict {
                Verdict::Passed | Verdict::Advised => Standing::Counted,
                Verdict::Failed => Standing::Missed,
                Verdict::Excused => Standing::Apart(Apart::Excused),
                Verdict::NotApplicable => Standing::Apart(Apart::NotApplicable),
                Verdict::NotYet => Standing::Apart(Apart::NotYet),
                Verdict::Untold => Standing::Apart(Apart::Untold),
            };
            let mut item = seen.whole(standing, decided.day, act.clone());
            item.shown_by = line.evidence.iter().map(|e| e.n).filter(|n| *n != act.n).collect();
            item.leave = line
                .excused
                .into_iter()
                .map(|excuse| Leave { by: excuse.by, reason: excuse.reason, basis: excuse.basis })
                .collect();
            self.put(code, item);
        }
        self.count_publication(seen, def, decided, act);
    }

    fn count_publication(&mut self, seen: &Seen<'_>, def: &Definition, decided: Decided, act: Act) {
        let published = seen
            .record
            .events
            .iter()
            .find(|(_, entry)| entry.n > decided.n && matches!(entry.event, CaseEvent::DecisionPublished { .. }));
        let absence =
            seen.absences.iter().rfind(|a| a.standing && seen.kinds.get(&a.stage) == Some(&StageKind::Publication));
        // The time that binds; where none does, the one that advises.
        let waits = |hold: &Hold| {
            let spec = def.clocks.iter().find(|spec| spec.id == hold.clock)?;
            let caps = hold.run().is_some_and(|run| run.kind() == ClockKind::Cap);
            (caps && spec.stops.contains(&Verb::PublishDecision)).then(|| binds(spec, def))
        };
        let waiting: Vec<(&Hold, bool)> = seen.holdings.list.iter().filter_map(|h| Some((h, waits(h)?))).collect();
        let any_binds = waiting.iter().any(|(_, binds)| *binds);
        let overdue = waiting.iter().any(|(hold, binds)| {
            let passed = hold.end.is_none() && hold.run().is_some_and(|run| run.elapsed(self.measured_on));
            passed && (*binds || !any_binds)
        });
        let item = match (published, absence) {
            (Some(at), _) => seen.whole(Standing::Counted, decided.day, seen.act_of(at)),
            (None, Some(absence)) => {
                let standing = Standing::Apart(Apart::Excused);
                let mut item = seen.whole(standing, decided.day, seen.act(absence.n));
                item.leave.push(absence.leave.clone());
                item
            }
            (None, None) if overdue => seen.whole(Standing::Missed, decided.day, act),
            (None, None) => seen.whole(Standing::Apart(Apart::NotYet), decided.day, act),
        };
        self.put(FigureCode::DecisionsPublished, item);
    }
}
