//! What an act does: `permits` first, then the checks of what is given, then the events and the clocks they move.

use jiff::civil::Date;

use crate::act::{Act, Command, OnboardedMatter, OpenCase, StudyProposal};
use crate::case::Case;
use crate::check;
use crate::code::Code;
use crate::definition::{ClockSpec, Definition, Triggers};
use crate::event::{BrokenRule, CaseEvent};
use crate::id::{CaseId, UnitId};
use crate::occasion::{Ids, Manner, Occasion};
use crate::permits::{Item, Relations, Verdict, permits};
use crate::rejection::Rejection;
use crate::stage::{self, Bench};
use crate::task::{ApprovalStanding, LeadKind};
use crate::time::{CalendarDays, ClockKind, Due, DueChange, Limit, Run, RunState};
use crate::verb::Verb;
use crate::words::{ClockId, Outcome, ReportReply, StageId, StageKind};

/// The events that open a case.
///
/// # Errors
/// A [`Rejection`] where the actor may not, or what is given cannot be accepted.
pub fn open(def: &Definition, organ: UnitId, given: OpenCase, on: &Occasion<'_>) -> Result<Vec<CaseEvent>, Rejection> {
    if !def.roles_for(Verb::OpenCase).any(|r| on.who.roles.contains(&r.id)) {
        return Err(Rejection { verb: Some(Verb::OpenCase), ..role_missing(def, Verb::OpenCase, 0) });
    }
    happened(on)?;
    let day = on.day();
    if day < def.valid_from || def.valid_to.is_some_and(|end| day >= end) {
        return Err(Rejection::new(Code::DefinitionNotUsable).at("definition").given(day).needed(def.valid_from));
    }
    let mut events = vec![stage::open(def, organ, given)?];
    events.extend(clocks_moved(def, None, Verb::OpenCase, &events[0], on));
    Ok(events)
}

/// The events that open a case from a proposal that was studied before (R713 art. 10): where the case asks for a study,
/// that one is taken over, as by the role whose act it is.
///
/// # Errors
/// As [`open`].
///
/// # Panics
/// If what opening decides could not follow: an error of the program.
pub fn open_from_proposal(
    def: &Definition,
    organ: UnitId,
    given: OpenCase,
    study: StudyProposal,
    on: &Occasion<'_>,
) -> Result<Vec<CaseEvent>, Rejection> {
    let mut events = open(def, organ, given, on)?;
    let Some(at) = def.positions(StageKind::Initiation).next() else { return Ok(events) };
    let mut case = None;
    for event in &events {
        let next = Case::evolve_on(case, CaseId::new(uuid::Uuid::nil()), &on.actor, Some(on.day()), event);
        case = Some(next.expect("what opening decides follows on nothing"));
    }
    let Some(case) = case else { return Ok(events) };
    let roles = def.roles_for(Verb::StudyProposal).map(|role| role.id.clone()).collect();
    let on = Occasion {
        actor: on.actor.clone(),
        who: Relations { roles, relations: Default::default() },
        now: on.now,
        manner: on.manner.clone(),
        calendar: on.calendar,
        ids: Ids::new([]),
    };
    let time = case.time_class(def, on.day());
    if permits(def, &case.control, &case.facts, time, &on.who, Verb::StudyProposal, at).permitted() {
        let command = Command { stage: Some(def.stages[at].id.clone()), act: Act::StudyProposal(study) };
        events.extend(decide(def, &case, command, &on)?);
    }
    Ok(events)
}

/// The events that open a case for a matter that is under way elsewhere: those of any case, and that it is so.
///
/// # Errors
/// As [`open`]; a [`Rejection`] where what is given does not show that the matter was begun before.
pub fn onboard(
    def: &Definition,
    organ: UnitId,
    opening: OpenCase,
    given: OnboardedMatter,
    on: &Occasion<'_>,
) -> Result<Vec<CaseEvent>, Rejection> {
    let mut events = open(def, organ, opening, on)?;
    events.insert(1, stage::onboarded(given, on)?);
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
    happened(on)?;
    let time = case.time_class(def, on.day());
    let verdict = permits(def, &case.control, &case.facts, time, &on.who, verb, at);
    let bench = Bench { def, case, on, at };
    if !verdict.permitted() {
        return irregular_or_refused(&bench, verdict, command.act);
    }
    let offline = verb.happens_offline() && matches!(on.manner, Manner::Offline { .. });
    let told = offline.then(|| command.act.clone());
    let done = stage::form(&command.act).and_then(|()| stage::decide(&bench, command.act));
    let events = match (done, told) {
        (Ok(events), _) => events,
        // It truly happened, and broke a rule that only what was given can tell.
        (Err(rejection), Some(act)) if rejection.code.breaks_law() => {
            let broken = BrokenRule { code: rejection.code, criterion: None, clock: None };
            vec![bench.irregularity(vec![broken], act)]
        }
        (Err(rejection), _) => return Err(explained(&bench, verb, rejection)),
    };
    let events = followed(&bench, verb, events);
    // `permits` knows it already; whatever it may have missed is not added to a closed volume either.
    if let Some(volume) = events.iter().map(|e| case.volume_of(e)).find(|volume| case.closed(*volume)) {
        let refused = Rejection::new(Code::VolumeClosed).given(volume);
        return Err(explained(&bench, verb, refused));
    }
    Ok(events)
}

/// A rejection that says what was tried, where, and by which law.
fn explained(bench: &Bench<'_>, verb: Verb, mut rejection: Rejection) -> Rejection {
    rejection.verb = Some(verb);
    if verb.kind().is_some() {
        rejection.stage = Some(bench.stage());
        rejection.basis = rejection.basis.or_else(|| Some(bench.spec().source.clone()));
    }
    rejection
}

/// What is entered afterwards has happened, and something shows it.
fn happened(on: &Occasion<'_>) -> Result<(), Rejection> {
    let Manner::Offline { occurred_on, evidence } = &on.manner else { return Ok(()) };
    check::not_after("occurred_on", *occurred_on, on.today())?;
    check::documents(evidence, 1)
}

/// The events with those of the clocks that they move.
fn followed(bench: &Bench<'_>, verb: Verb, mut events: Vec<CaseEvent>) -> Vec<CaseEvent> {
    let Bench { def, case, on, .. } = *bench;
    let Some(first) = events.first() else { return events };
    let moved = match first {
        // An irregularity has no effect: it moves no clock. Nothing comes into a volume after its closing, which ends its
        // clocks itself.
        CaseEvent::IrregularityRecorded { .. } | CaseEvent::VolumeClosed { .. } => Vec::new(),
        // Nobody waits for anything in a case that has ended.
        ending if ends(ending) => {
            case.file.clocks.iter().map(|(id, clock)| stopped(id, verb, clock.run.elapsed(day_of(first, on)))).collect()
        }
        _ => {
            let mut moved = clocks_moved(def, Some(case), verb, first, on);
            // Explained together with the publication: nobody waits for an explanation.
            if matches!(first, CaseEvent::DecisionPublished { given, .. } if given.explanation.is_some()) {
                let waits = |clock: &ClockId| {
                    def.clocks.iter().any(|c| c.id == *clock && c.stops.contains(&Verb::PublishExplanation))
                };
                moved.retain(|e| !matches!(e, CaseEvent::ClockStarted { clock, .. } if waits(clock)));
            }
            // A review that begins anew has nothing before it: its clocks stop as when a submission is returned.
            if events.iter().any(|e| matches!(e, CaseEvent::StageReopened { .. })) {
                let waits = def.clocks.iter().filter(|c| c.stops.contains(&Verb::ReturnSubmission));
                let running = waits.filter_map(|c| case.file.clocks.get(&c.id).map(|run| (&c.id, run)));
                moved.extend(running.map(|(id, clock)| stopped(id, verb, clock.run.elapsed(on.day()))));
            }
            moved
        }
    };
    events.extend(moved);
    events
}

/// Whether an event ends the case, apart from its closing.
fn ends(event: &CaseEvent) -> bool {
    match event {
        CaseEvent::CaseTerminated { .. } | CaseEvent::TaskCompleted { lead: LeadKind::End, .. } => true,
        CaseEvent::ApprovalGiven { standing: ApprovalStanding::Refused, lead: LeadKind::End, .. } => true,
        CaseEvent::InitiationDecided { given, .. } => !given.start,
        CaseEvent::DecisionDeclined { given, .. } => given.outcome == Outcome::Disagree,
        CaseEvent::ReportReplied { given, .. } => given.reply == ReportReply::NotAgreed,
        _ => false,
    }
}

/// The day from which clocks count: the one that the act itself states, or the one on which it was done.
fn day_of(event: &CaseEvent, on: &Occasion<'_>) -> Date {
    event.stated_day().unwrap_or_else(|| on.day())
}

/// The day of what is to come, from which a backward clock counts back; for other acts the day of the act.
fn day_ahead(event: &CaseEvent, on: &Occasion<'_>) -> Date {
    match event {
        CaseEvent::HearingNoticed { given, .. } => given.held_on,
        CaseEvent::HearingPostponed { given, .. } => given.held_on,
        other => day_of(other, on),
    }
}

fn stopped(clock: &ClockId, cause: Verb, overdue: bool) -> CaseEvent {
    CaseEvent::ClockStopped { clock: clock.clone(), cause, overdue }
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
        None if verb.on_any_stage() => Err(refuse("null".into(), "stage".into())),
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

fn role_missing(def: &Definition, verb: Verb, at: usize) -> Rejection {
    let roles: Vec<_> = def.roles_at(verb, at).map(|r| r.id.as_str()).collect();
    Rejection::new(Code::RoleMissing).needed(roles.join(", "))
}

/// Refuses; or, where the act truly happened on paper and broke a rule, records it as it was, without effect.
fn irregular_or_refused(bench: &Bench<'_>, verdict: Verdict, act: Act) -> Result<Vec<CaseEvent>, Rejection> {
    let verb = act.verb();
    let broken = || verdict.items.iter().filter(|i| !i.met);
    // Who may not record it at all, or where there is nothing left to record it in, is refused as ever.
    let recordable = |i: &Item| {
        !matches!(
            i.code,
            Code::RoleMissing | Code::DutiesSeparated | Code::CaseEnded | Code::VolumeClosed | Code::StageUnknown
        )
    };
    // That an irregularity is open is a state of this record and no rule that a meeting could break.
    let rules: Vec<BrokenRule> = broken()
        .filter(|i| i.code != Code::IrregularityOpen)
        .map(|i| BrokenRule { code: i.code, criterion: i.criterion.clone(), clock: i.clock.clone() })
        .collect();
    let offline = verb.happens_offline() && matches!(bench.on.manner, Manner::Offline { .. });
    if offline && broken().all(recordable) && !rules.is_empty() {
        let fit = stage::form(&act).and_then(|()| act.draft().map_or(Ok(()), |seen| bench.there(seen)));
        fit.map_err(|rejection| explained(bench, verb, rejection))?;
        return Ok(vec![bench.irregularity(rules, act)]);
    }
    Err(refusal(bench.def, verb, bench.at, verdict))
}

/// The refusal that a verdict amounts to: its first line that is not met, and all lines.
pub fn refusal(def: &Definition, verb: Verb, at: usize, verdict: Verdict) -> Rejection {
    let spec = verb.kind().and_then(|_| def.stages.get(at));
    let first = verdict.first_obstacle().cloned();
    let mut rejection = match &first {
        None => Rejection::new(Code::InputNotAcceptable),
        Some(item) if item.code == Code::RoleMissing => role_missing(def, verb, at),
        Some(item) => Rejection::new(item.code),
    };
    if let Some(item) = first {
        let criteria = spec.map(|s| s.entry.iter().chain(&s.exit).chain(&s.hearing_if)).into_iter().flatten();
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

/// The period that an act itself states, where it does: the day from which it counts, and its length.
///
/// That of comments as announced to the public, the time limit of execution, and the day on which what is withheld is
/// looked at again.
fn stated_period(event: &CaseEvent, on: &Occasion<'_>) -> Option<(Date, Limit)> {
    let (from, to) = match event {
        CaseEvent::SolicitationOpened { given, .. } => (given.opens_on, given.closes_on),
        CaseEvent::DecisionIssued { given, .. } => (given.issued_on, given.execution_due_on),
        CaseEvent::DisclosureReviewed { next_on: Some(next_on), .. } => (on.day(), *next_on),
        _ => return None,
    };
    let days = CalendarDays::new(u16::try_from(from.until(to).ok()?.get_days()).ok()?).ok()?;
    Some((from, Limit::Calendar(days)))
}

/// The days that an act gives to the clocks that it moves.
struct Days {
    /// Of the act.
    of: Date,
    /// Of what it announces, from which one counts back.
    ahead: Date,
    /// The period that it states itself.
    stated: Option<(Date, Limit)>,
}

/// From which day a clock counts, and how long; `None` where it has no length.
fn length(def: &Definition, spec: &ClockSpec, verb: Verb, days: &Days) -> Option<(Date, Limit)> {
    let Some(parameter) = &spec.parameter else { return days.stated };
    let limit = def.period(parameter)?;
    // A floor that was announced to the public runs as announced: longer, or shorter with the reason printed.
    let announced = days.stated.filter(|_| spec.kind == ClockKind::Floor && verb == Verb::OpenSolicitation);
    let from = if spec.kind == ClockKind::Backward { days.ahead } else { days.of };
    Some(announced.unwrap_or((from, limit)))
}

/// What the meeting decided, where an event says so.
fn outcome(event: &CaseEvent) -> Option<Outcome> {
    match event {
        CaseEvent::DecisionAdopted { given, .. } | CaseEvent::DecisionDeclined { given, .. } => Some(given.outcome),
        _ => None,
    }
}

/// The clock events that follow from what a verb did.
fn clocks_moved(
    def: &Definition,
    case: Option<&Case>,
    verb: Verb,
    done: &CaseEvent,
    on: &Occasion<'_>,
) -> Vec<CaseEvent> {
    let days = Days { of: day_of(done, on), ahead: day_ahead(done, on), stated: stated_period(done, on) };
    let (day, outcome) = (days.of, outcome(done));
    let takes = |triggers: &Triggers| triggers.take(verb, done.stage(), done.word());
    let mut events = Vec::new();
    for spec in &def.clocks {
        let running = case.and_then(|c| c.file.clocks.get(&spec.id));
        if takes(&spec.starts) {
            // Nothing comes into a closed volume, no clock either; and what was done for the first day is not to be done
            // again for another.
            let closed = case.is_some_and(|c| c.closed(def.volume_of(spec)));
            if closed || (verb == Verb::PostponeHearing && running.is_none()) {
                continue;
            }
            if !spec.outcomes.is_empty() && outcome.is_none_or(|o| !spec.outcomes.contains(&o)) {
                continue;
            }
            let Some((from, limit)) = length(def, spec, verb, &days) else {
                // The act states no period: nothing is left to wait for.
                events.extend(running.map(|clock| stopped(&spec.id, verb, clock.run.elapsed(day))));
                continue;
            };
            let (clock, volume) = (spec.id.clone(), def.volume_of(spec));
            let run = Run::start(spec.kind, limit, from, on.calendar);
            let run = match def.lead(spec) {
                // From the day on which somebody holds the matter: a time before an event counts back from that event.
                Some(before) => run.warning(before, day, on.calendar),
                None => run,
            };
            events.push(CaseEvent::ClockStarted { clock, run, holder: spec.holder.clone(), volume });
            continue;
        }
        // A clock of a closed volume ended with it.
        let Some(clock) = running.filter(|clock| case.is_some_and(|c| !c.closed(clock.volume))) else { continue };
        let id = || spec.id.clone();
        if takes(&spec.stops) {
            events.push(stopped(&spec.id, verb, clock.run.elapsed(day)));
        } else if takes(&spec.pauses) {
            // A clock that ran out, or stands already, has nothing left to pause.
            if let Ok(run) = clock.run.pause(day) {
                events.push(CaseEvent::ClockPaused { clock: id(), run, cause: verb });
            }
        } else if takes(&spec.resumes)
            && let Ok(run) = clock.run.resume(day, on.calendar)
        {
            events.push(CaseEvent::ClockResumed { clock: id(), run, cause: verb });
        }
    }
    events
}

/// What time alone does to a case: clocks whose last day is near, clocks that ran out, and due dates that new calendar data fixes or moves.
///
/// That a last day is near is said once for that day or an earlier one, on the day of the warning or whenever time is asked next, and
/// never once the last day is past. Firing twice is harmless: what is recorded is not recorded again. Nothing is added to a closed volume.
pub fn time_passes(def: &Definition, case: &Case, on: &Occasion<'_>) -> Vec<CaseEvent> {
    let today = on.today();
    let mut events = Vec::new();
    for (id, clock) in case.file.clocks.iter().filter(|(_, c)| !case.closed(c.volume)) {
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
        if clock.says_soon(&run, today)
            && let Some(due_on) = run.due_on()
        {
            events.push(CaseEvent::ClockDueSoon { clock: id(), due_on, holder: clock.holder.clone() });
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
