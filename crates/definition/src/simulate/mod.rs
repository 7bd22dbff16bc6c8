//! Simulation: many cases of many procedures at once, lawful and unlawful actors, and an auditor who knows every answer
//! beforehand. Of the engine the real `decide` and `evolve` run, on a clock of their own; the same seed gives the same acts.
//!
//! The procedures are those shipped that are made of tasks and approvals, and others that are drawn at random. Each answer is
//! held against the auditor's, who has a small model of their own; after each act the case is held against the model, and
//! when a case is put away its history is replayed and held against the living one.

mod auditor;
mod dice;
mod random;

use std::collections::BTreeMap;
use std::fmt;

use dingce_domain::act::{Act, Command};
use dingce_domain::case::Case;
use dingce_domain::control::{Ending, EventClass};
use dingce_domain::definition::{Definition, Family};
use dingce_domain::occasion::{Actor, Manner};
use dingce_domain::permits::Relations;
use dingce_domain::time::Calendar;
use dingce_domain::verb::Verb;
use jiff::civil::Date;

use crate::drive::{self, Drive, DriveError};
use crate::prove::{Budget, outcomes, prove};
use crate::read::parse;
use auditor::{Auditor, Expected};
use dice::Dice;

/// Cases that are under way at once.
const AT_ONCE: usize = 16;
/// After so many acts a case is put away, wherever it is.
const ACTS_OF_A_CASE: u64 = 400;
/// What is done in the procedures that are simulated.
const VERBS: [Verb; 8] = [
    Verb::RecordTaskProgress,
    Verb::CompleteTask,
    Verb::RequestApproval,
    Verb::GiveApproval,
    Verb::DetermineFacts,
    Verb::TerminateCase,
    Verb::CheckVolume,
    Verb::CloseVolume,
];

/// What a simulation saw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Acts that were tried.
    pub acts: u64,
    /// Of those, accepted.
    pub accepted: u64,
    /// Refused, by code.
    pub refused: BTreeMap<&'static str, u64>,
    /// Cases that were opened.
    pub cases: u64,
    /// Of those, closed.
    pub closed: u64,
    /// Procedures that were drawn and proven.
    pub procedures: u64,
    /// Procedures that were drawn and are not proven, so that no case runs under them.
    pub not_proven: u64,
}

/// An answer, or a case, that is not as the auditor says it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// With which seed.
    pub seed: u64,
    /// At which act, from 1.
    pub act: u64,
    /// Under which definition; of one that was drawn its whole text.
    pub definition: String,
    /// What was tried, and how the answers differ.
    pub what: String,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, act, definition, what } = self;
        write!(f, "seed {seed}, act {act}: {what}\n{definition}")
    }
}

struct Procedure {
    def: Definition,
    text: Option<String>,
}

struct Running<'a> {
    procedure: &'a Procedure,
    drive: Drive<'a>,
    auditor: Auditor<'a>,
    acts: u64,
}

/// Simulates so many acts. `day` is the one on which the first cases are opened.
///
/// # Errors
/// The first answer, state or replay that is not as the auditor says it must be.
pub fn simulate(
    shipped: &[Definition],
    calendar: &Calendar,
    day: Date,
    seed: u64,
    acts: u64,
) -> Result<Tally, Box<Disagreement>> {
    let mut dice = Dice::new(seed);
    let mut tally = Tally::default();
    let mut procedures: Vec<Procedure> = shipped
        .iter()
        .filter(|def| def.family == Family::General)
        .map(|def| Procedure { def: def.clone(), text: None })
        .collect();
    // Of those that are drawn many cannot be finished; they are none.
    let wanted = 4 + (acts / 20_000).min(60);
    for number in 0..wanted * 20 {
        if tally.procedures == wanted {
            break;
        }
        let text = random::definition(&mut dice, number);
        match parse(text.as_bytes(), "drawn") {
            Ok(def) if prove(&def, Budget::default()).holds() => {
                tally.procedures += 1;
                procedures.push(Procedure { def, text: Some(text) });
            }
            Ok(_) => tally.not_proven += 1,
            Err(problems) => {
                let what = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
                return Err(Box::new(Disagreement { seed, act: 0, definition: text, what }));
            }
        }
    }
    let mut running: Vec<Running<'_>> = Vec::new();
    while tally.acts < acts {
        if running.len() < AT_ONCE {
            running.push(open(&procedures, calendar, day, &mut dice, seed, tally.acts)?);
            tally.cases += 1;
            continue;
        }
        let which = dice.roll(running.len());
        let case = &mut running[which];
        let act = tally.acts + 1;
        let disagree = |what: String, procedure: &Procedure| {
            let definition = procedure.text.clone().unwrap_or_else(|| procedure.def.name.to_string());
            Box::new(Disagreement { seed, act, definition, what })
        };
        one(case, &mut dice, &mut tally).map_err(|what| disagree(what, case.procedure))?;
        case.acts += 1;
        let over = case.drive.case().control.ending == Ending::Closed;
        if over || case.acts >= ACTS_OF_A_CASE {
            tally.closed += u64::from(over);
            replays(&case.drive).map_err(|what| disagree(what, case.procedure))?;
            running.swap_remove(which);
        }
    }
    for case in &running {
        replays(&case.drive).map_err(|what| {
            Box::new(Disagreement { seed, act: tally.acts, definition: case.procedure.def.name.to_string(), what })
        })?;
    }
    Ok(tally)
}

fn open<'a>(
    procedures: &'a [Procedure],
    calendar: &'a Calendar,
    day: Date,
    dice: &mut Dice,
    seed: u64,
    act: u64,
) -> Result<Running<'a>, Box<Disagreement>> {
    let procedure = &procedures[dice.roll(procedures.len())];
    let combinations = drive::combinations(&procedure.def);
    let facts = combinations[dice.roll(combinations.len())].clone();
    let day = day.max(procedure.def.valid_from);
    let drive = Drive::open(&procedure.def, calendar, day, facts.clone()).map_err(|error| {
        let (definition, what) = (procedure.def.name.to_string(), format!("a case cannot be opened: {error}"));
        Box::new(Disagreement { seed, act, definition, what })
    })?;
    Ok(Running { procedure, drive, auditor: Auditor::new(&procedure.def, facts), acts: 0 })
}

/// One act, by somebody; what differs, where something does.
fn one(running: &mut Running<'_>, dice: &mut Dice, tally: &mut Tally) -> Result<(), String> {
    if dice.once_in(12) {
        let days = 1 + u32::try_from(dice.roll(9)).unwrap_or_default();
        running.drive.wait(days).map_err(|error| format!("waiting: {error}"))?;
    }
    // Half of the actors look for something that is theirs to do; the others try whatever comes to their mind.
    let tries = if dice.once_in(2) { 8 } else { 1 };
    let mut found = None;
    for _ in 0..tries {
        let Some((command, doer)) = idea(running, dice) else { continue };
        let expected = running.auditor.expects(&command, &doer.0, &doer.1);
        let lawful = expected == Expected::Accepted;
        found = Some((command, doer, expected));
        if lawful {
            break;
        }
    }
    let Some((command, doer, expected)) = found else { return Ok(()) };
    let verb = command.act.verb();
    tally.acts += 1;
    let before = running.drive.case().clone();
    match (running.drive.submit(command.clone(), doer.clone(), Manner::Online), expected) {
        (Ok(()), Expected::Accepted) => {
            tally.accepted += 1;
            running.auditor.take(&command, &doer.0, &doer.1);
        }
        (Err(DriveError::Refused { rejection, .. }), Expected::Refused(_)) => {
            *tally.refused.entry(rejection.code.as_str()).or_default() += 1;
            if *running.drive.case() != before {
                return Err(format!("a refused {verb} changed the case"));
            }
        }
        (Ok(()), Expected::Refused(why)) => return Err(format!("{command:?} was accepted, and must not be: {why}")),
        (Err(error), expected) => return Err(format!("{command:?} gave {error:?}, and must be {expected:?}")),
    }
    running.auditor.differs(running.drive.case()).map_or(Ok(()), |what| Err(format!("after {command:?}: {what}")))
}

/// Something to do, and who would do it.
fn idea(running: &Running<'_>, dice: &mut Dice) -> Option<(Command, (Actor, Relations))> {
    let def = &running.procedure.def;
    let verb = VERBS[dice.roll(VERBS.len())];
    // Whoever ends a case ends its simulation, so it is done seldom.
    if verb == Verb::TerminateCase && !dice.once_in(40) {
        return None;
    }
    let there: Vec<usize> = match verb.kind() {
        Some(kind) => def.positions(kind).collect(),
        None => vec![0],
    };
    let at = *dice.pick(&there)?;
    let command = command(running, verb, at, dice)?;
    let doer = if dice.once_in(6) {
        running.drive.held(&def.roles[dice.roll(def.roles.len())])
    } else {
        running.drive.doer_at(verb, at)
    };
    Some((command, doer))
}

/// A command that could be lawful, and is spoilt now and then.
fn command(running: &Running<'_>, verb: Verb, at: usize, dice: &mut Dice) -> Option<Command> {
    let def = &running.procedure.def;
    let classes = outcomes(def, &running.drive.case().control, verb, at);
    let class = classes.get(dice.roll(classes.len())).and_then(|one| one.first()).map(|(_, class)| *class);
    let class = class.unwrap_or(EventClass::Neutral);
    let mut command = running.drive.command(verb, at, class, dice.roll(97) as u64)?;
    if dice.once_in(10) {
        match &mut command.act {
            Act::CompleteTask(given) if dice.once_in(2) => given.answers.clear(),
            Act::CompleteTask(given) => given.result = "forgotten".parse().ok()?,
            Act::RecordTaskProgress(given) if dice.once_in(2) => given.answers.clear(),
            Act::RecordTaskProgress(given) => given.entry = "forgotten".parse().ok()?,
            Act::RequestApproval(given) => given.answers.clear(),
            Act::GiveApproval(given) => given.reason.clear(),
            _ => {}
        }
    } else if dice.once_in(20) {
        command.stage =
            def.stages.get(dice.roll(def.stages.len())).map(|s| s.id.clone()).filter(|_| verb.kind().is_some());
    }
    Some(command)
}

fn replays(drive: &Drive<'_>) -> Result<(), String> {
    let mut replayed = None;
    for (actor, event) in drive.events() {
        let next = Case::evolve(replayed, drive.case().file.id, actor, event);
        replayed = Some(next.map_err(|error| format!("the history cannot be replayed: {error}"))?);
    }
    if replayed.as_ref() == Some(drive.case()) { Ok(()) } else { Err("replay gives another case".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const APPROVED: &str = "name: approved\nversion: 1\nfamily: general\ntitle: { zh: a, en: a }\nvalid_from: 2020-01-01\n\
        sources:\n  own: { cite: { zh: a, en: a }, in_force_from: 2019-01-01 }\n\
        roles:\n  clerk: { text: { zh: a, en: a }, posts: [officer], unit: office, verbs: [open_case, complete_task, request_approval, \
        cure_irregularity, terminate_case] }\n  a0: { text: { zh: a, en: a }, posts: [unit_leader], unit: office, verbs: [give_approval] }\n  \
        a1: { text: { zh: a, en: a }, posts: [head], unit: organ, verbs: [give_approval] }\n  archivist: { text: { zh: a, en: a }, posts: \
        [archivist], unit: archives, verbs: [check_volume, close_volume] }\nstages:\n  work:\n    kind: task\n    text: { zh: a, en: a }\n    \
        source: { source: own }\n    task:\n      results:\n        done: { text: { zh: a, en: a }, source: { source: own }, leads: \"on\" }\n  \
        leave:\n    kind: approval\n    text: { zh: a, en: a }\n    source: { source: own }\n    entry:\n      worked: { when: \
        \"stage.work.status == 'completed'\", text: { zh: a, en: a }, source: { source: own } }\n    approval: { roles: [a0, a1], needed: 2, \
        refused: { back: [work] } }\n  archiving: { kind: archiving, text: { zh: a, en: a }, source: { source: own } }\n";

    /// Runs a case of one text under an auditor who has another.
    fn held_against(text: &str, auditor: &str, acts: usize) -> Result<(), String> {
        let read = |text: &str| parse(text.as_bytes(), "test").unwrap();
        let (procedure, other) = (Procedure { def: read(text), text: None }, read(auditor));
        let calendar = crate::calendar::calendar(Vec::new()).unwrap();
        let mut dice = Dice::new(3);
        let mut tally = Tally::default();
        for _ in 0..acts / 40 {
            let facts = procedure.def.initial_facts();
            let drive = Drive::open(&procedure.def, &calendar, jiff::civil::date(2024, 1, 2), facts.clone()).unwrap();
            let mut running = Running { procedure: &procedure, drive, auditor: Auditor::new(&other, facts), acts: 0 };
            for _ in 0..40 {
                one(&mut running, &mut dice, &mut tally)?;
            }
        }
        Ok(())
    }

    #[test]
    fn an_engine_that_differs_in_one_thing_is_found_out() {
        assert_eq!(held_against(APPROVED, APPROVED, 2_000), Ok(()));
        for (of, other) in [
            ("needed: 2", "needed: 1"),
            ("refused: { back: [work] }", "refused: { back: [] }"),
            ("roles: [a0, a1]", "roles: [a1, a0]"),
            ("== 'completed'", "== 'available'"),
            ("    kind: approval\n", "    kind: approval\n    optional: true\n"),
        ] {
            assert!(APPROVED.contains(of), "{of}");
            let damaged = APPROVED.replacen(of, other, 1);
            let found = held_against(APPROVED, &damaged, 20_000);
            // In which order roles are asked makes no difference that anybody could see.
            assert_eq!(found.is_err(), !of.starts_with("roles"), "{other}: {found:?}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_procedures() {
        let text = |seed| random::definition(&mut Dice::new(seed), 1);
        assert_eq!(text(7), text(7));
        assert_ne!(text(7), text(8));
    }
}
