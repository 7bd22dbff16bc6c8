//! What an act does: `permits` first, then the checks of what is given, then the events and the clocks they move.

use jiff::civil::Date;

use crate::act::{Act, Command, OpenCase};
use crate::case::Case;
use crate::check;
use crate::code::Code;
use crate::control::Ending;
use crate::definition::Definition;
use crate::event::{BrokenRule, CaseEvent};
use crate::id::{IrregularityId, UnitId};
use crate::occasion::{Manner, Occasion};
use crate::permits::{Item, Verdict, permits};
use crate::rejection::Rejection;
use crate::stage::{self, Bench};
use crate::time::{CalendarDays, ClockKind, Due, DueChange, Limit, Run, RunState};
use crate::verb::Verb;
use crate::words::{ClockId, StageId};

/// The events that open a case.
///
/// # Errors
/// A [`Rejection`] where the actor may not, or what is given cannot be accepted.
pub fn open(def: &Definition, organ: UnitId, given: OpenCase, on: &Occasion<'_>) -> Result<Vec<CaseEvent>, Rejection> {
    if !def.roles_for(Verb::OpenCase).any(|r| on.who.roles.contains(&r.id)) {
        return Err(Rejection { verb: Some(Verb::OpenCase), ..role_missing(def, Verb::OpenCase) });
    }
    let day = on.day();
    if day < def.valid_from || def.valid_to.is_some_and(|end| day >= end) {
        return Err(Rejection::new(Code::DefinitionNotUsable).at("definition").given(day).needed(def.valid_from));
    }
    let mut events = vec![stage::open(def, organ, given)?];
    events.extend(clocks_moved(def, None, Verb::OpenCase, on, None));
    Ok(events)
}

/// What this command does, on this occasion.
///
/// # Errors
/// A [`Rejection`] that says which rule stands against it, what was given and what is needed. An act that was done
/// offline and broke a rule is not refused: the answer is one `IrregularityRecorded`.
pub fn decide(def: &Definition, case: &Case, command: Command, on: &Occasion<'_>) -> Result<Vec<CaseEvent>, Rejection> {
    let verb = command.act.verb();
    let at = locate(def, verb, command.stage.as_ref())?;
    if let Manner::Offline { occurred_on, evidence } = &on.manner {
        check::not_after("occurred_on", *occurred_on, on.today())?;
        check::documents(evidence, 1)?;
    }
    let time = case.time_class(def, on.day());
    let verdict = permits(def, &case.control, &case.facts, time, &on.who, verb, at);
    if !verdict.permitted() {
        return irregular_or_refused(def, verb, at, verdict, command.act, on);
    }
    let bench = Bench { def, case, on, at };
    let mut events = stage::decide(&bench, command.act).map_err(|mut rejection| {
        rejection.verb = Some(verb);
        if verb.kind().is_some() {
            rejection.stage = Some(bench.stage());
        }
        if rejection.basis.is_none() {
            rejection.basis = verb.kind().map(|_| bench.spec().source.clone());
        }
        rejection
    })?;
    // An irregularity has no effect: it moves no clock.
    // Nothing comes after the closing of a volume, which ends its clocks itself.
    if !matches!(events.first(), Some(CaseEvent::IrregularityRecorded { .. } | CaseEvent::VolumeClosed { .. })) {
        let moved = clocks_moved(def, Some(case), verb, on, announced_period(&events));
        events.extend(moved);
    }
    Ok(events)
}

/// Position of the stage a verb is on.
fn locate(def: &Definition, verb: Verb, named: Option<&StageId>) -> Result<usize, Rejection> {
    let refuse = |given: String, needed: String| Rejection {
        verb: Some(verb),
        ..Rejection::new(Code::StageUnknown).at("stage").given(given).needed(needed)
    };
    if let Some(id) = named {
        let ids: Vec<_> = def.stages.iter().map(|s| s.id.as_str()).collect();
        return def.position(id).ok_or_else(|| refuse(id.to_string(), ids.join(", ")));
    }
    match verb.kind() {
        None if matches!(verb, Verb::RecordAbsence | Verb::ReaffirmEvidence) => {
            Err(refuse("null".into(), "stage".into()))
        }
        None => Ok(0),
        Some(kind) => {
            let positions: Vec<_> = def.positions(kind).collect();
            match positions.as_slice() {
                [only] => Ok(*only),
                [] => Err(refuse("null".into(), kind.to_string())),
                several => {
                    let ids: Vec<_> = several.iter().map(|i| def.stages[*i].id.as_str()).collect();
                    Err(refuse("null".into(), ids.join(", ")))
                }
            }
        }
    }
}

fn role_missing(def: &Definition, verb: Verb) -> Rejection {
    let roles: Vec<_> = def.roles_for(verb).map(|r| r.id.as_str()).collect();
    Rejection::new(Code::RoleMissing).needed(roles.join(", "))
}

/// Refuses; or, where the act truly happened on paper and broke a rule, records it as it was, without effect.
fn irregular_or_refused(
    def: &Definition,
    verb: Verb,
    at: usize,
    verdict: Verdict,
    act: Act,
    on: &Occasion<'_>,
) -> Result<Vec<CaseEvent>, Rejection> {
    let stage = verb.kind().and_then(|_| def.stages.get(at)).map(|s| s.id.clone());
    let broken: Vec<&Item> = verdict.items.iter().filter(|i| !i.met).collect();
    // Who may not record it at all, or where there is nothing left to record it in, is refused as ever.
    let recordable = broken
        .iter()
        .all(|i| !matches!(i.code, Code::RoleMissing | Code::DutiesSeparated | Code::CaseEnded | Code::StageUnknown));
    if recordable && verb.happens_offline() && matches!(on.manner, Manner::Offline { .. }) {
        let broken = broken
            .into_iter()
            .map(|i| BrokenRule { code: i.code, criterion: i.criterion.clone(), clock: i.clock.clone() })
            .collect();
        let irregularity = IrregularityId::new(on.ids.next());
        return Ok(vec![CaseEvent::IrregularityRecorded { stage, irregularity, verb, broken, act: Box::new(act) }]);
    }
    Err(refusal(def, verb, at, verdict))
}

/// The refusal that a verdict amounts to: its first line that is not met, and all lines.
pub fn refusal(def: &Definition, verb: Verb, at: usize, verdict: Verdict) -> Rejection {
    let spec = verb.kind().and_then(|_| def.stages.get(at));
    let first = verdict.first_obstacle().cloned();
    let mut rejection = match &first {
        None => Rejection::new(Code::InputNotAcceptable),
        Some(item) if item.code == Code::RoleMissing => role_missing(def, verb),
        Some(item) => Rejection::new(item.code),
    };
    if let Some(item) = first {
        let criteria = spec.map(|s| s.entry.iter().chain(&s.exit)).into_iter().flatten();
        let criterion = criteria.into_iter().find(|c| Some(&c.id) == item.criterion.as_ref());
        let clock = def.clocks.iter().find(|c| Some(&c.id) == item.clock.as_ref());
        let forbid = def.forbids.iter().find(|f| f.verb == verb && item.code == Code::DutiesSeparated);
        rejection.basis = criterion
            .map(|c| c.source.clone())
            .or_else(|| clock.map(|c| c.source.clone()))
            .or_else(|| forbid.map(|f| f.source.clone()))
            .or_else(|| spec.map(|s| s.source.clone()));
        rejection.criterion = item.criterion;
        rejection.clock = item.clock;
    }
    rejection.verb = Some(verb);
    rejection.stage = spec.map(|s| s.id.clone());
    rejection.gate = verdict.items;
    rejection
}

/// The period that an act announced to the public, where it did: first day and length.
fn announced_period(events: &[CaseEvent]) -> Option<(Date, Limit)> {
    let Some(CaseEvent::SolicitationOpened { given, .. }) = events.first() else { return None };
    let days = given.opens_on.until(given.closes_on).ok()?.get_days();
    let days = CalendarDays::new(u16::try_from(days).ok()?).ok()?;
    Some((given.opens_on, Limit::Calendar(days)))
}

/// The clock events that follow from a verb.
fn clocks_moved(
    def: &Definition,
    case: Option<&Case>,
    verb: Verb,
    on: &Occasion<'_>,
    announced: Option<(Date, Limit)>,
) -> Vec<CaseEvent> {
    let day = on.day();
    let mut events = Vec::new();
    for spec in &def.clocks {
        let running = case.and_then(|c| c.file.clocks.get(&spec.id));
        if spec.starts.contains(&verb) {
            let Some(limit) = def.period(&spec.parameter) else { continue };
            // A floor that was announced to the public runs as announced: longer, or shorter with the reason printed.
            let (from, limit) = announced.filter(|_| spec.kind == ClockKind::Floor).unwrap_or((day, limit));
            let run = Run::start(spec.kind, limit, from, on.calendar);
            events.push(CaseEvent::ClockStarted { clock: spec.id.clone(), run, holder: spec.holder.clone() });
            continue;
        }
        let Some(clock) = running else { continue };
        let id = || spec.id.clone();
        if spec.stops.contains(&verb) {
            let overdue = clock.run.elapsed(day);
            events.push(CaseEvent::ClockStopped { clock: id(), cause: verb, overdue });
        } else if spec.pauses.contains(&verb) {
            // A clock that ran out, or stands already, has nothing left to pause.
            if let Ok(run) = clock.run.pause(day) {
                events.push(CaseEvent::ClockPaused { clock: id(), run, cause: verb });
            }
        } else if spec.resumes.contains(&verb)
            && let Ok(run) = clock.run.resume(day, on.calendar)
        {
            events.push(CaseEvent::ClockResumed { clock: id(), run, cause: verb });
        }
    }
    events
}

/// What time alone does to a case: clocks that ran out, and due dates that new calendar data fixes or moves.
///
/// Firing twice is harmless: what is recorded is not recorded again. Nothing is added to a closed volume.
pub fn time_passes(def: &Definition, case: &Case, on: &Occasion<'_>) -> Vec<CaseEvent> {
    if case.control.ending == Ending::Closed {
        return Vec::new();
    }
    let today = on.today();
    let mut events = Vec::new();
    for (id, clock) in &case.file.clocks {
        let (run, change) = clock.run.recompute(on.calendar);
        let id = || id.clone();
        match change {
            DueChange::Fixed { .. } => events.push(CaseEvent::DueDateFixed { clock: id(), run: run.clone() }),
            DueChange::Moved { from, .. } => events.push(CaseEvent::DueDateRecomputed {
                clock: id(),
                run: run.clone(),
                from: Some(Due::Fixed(from)),
            }),
            DueChange::Unchanged | DueChange::StillPending { .. } => {}
        }
        if !clock.ended
            && let RunState::Running { due: Due::Fixed(due_on) } = run.state()
            && run.elapsed(today)
        {
            events.push(ending(def, id(), due_on, &clock.holder));
        }
    }
    events
}

fn ending(def: &Definition, clock: ClockId, due_on: Date, holder: &crate::words::RoleId) -> CaseEvent {
    let kind = def.clocks.iter().find(|c| c.id == clock).map(|c| c.kind);
    match kind {
        Some(ClockKind::Cap | ClockKind::Backward) => CaseEvent::ClockOverdue { clock, due_on, holder: holder.clone() },
        Some(ClockKind::Floor | ClockKind::Guaranteed) | None => CaseEvent::ClockElapsed { clock, due_on },
    }
}
