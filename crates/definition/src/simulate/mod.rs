//! Simulation: many cases of many procedures at once, lawful and unlawful actors, and an auditor who knows every answer
//! beforehand. Of the engine the real `decide` and `evolve` run, on a clock of their own; the same seed gives the same acts.
//!
//! The procedures are those shipped, and others of tasks and approvals that are drawn at random. Each answer is held against the
//! auditor's, who has a small model of their own; after each act the case is held against the model, and when a case is
//! put away its history is replayed and held against the living one. Whoever simulates may look into each history too.
//!
//! Acts are done here and now: late records, acts on paper and matters taken in midway are not simulated.

mod auditor;
mod dice;
mod random;

use std::collections::BTreeMap;
use std::fmt;

use dingce_domain::act::{Act, Command};
use dingce_domain::control::{Ending, EventClass};
use dingce_domain::definition::{Definition, Role, StageSpec, UnitBinding};
use dingce_domain::occasion::{Actor, Manner};
use dingce_domain::permits::Relations;
use dingce_domain::time::Calendar;
use dingce_domain::verb::Verb;
use dingce_domain::words::{DraftChange, Outcome, ReportReply, Volume};
use jiff::ToSpan;
use jiff::civil::Date;

use crate::drive::{self, Drive, DriveError};
use crate::prove::{Budget, outcomes, prove};
use crate::read::parse;
use auditor::{Auditor, Expected};
use dice::Dice;

/// Cases that are under way at once.
const AT_ONCE: usize = 16;
/// After so many acts a case is put away, wherever it is.
const ACTS_OF_A_CASE: u64 = 1_500;
/// After so many days a case is put away: calendars of the years to come are not published yet.
const DAYS_OF_A_CASE: i64 = 900;

/// What a simulation saw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Acts that were tried.
    pub acts: u64,
    /// Of those, accepted.
    pub accepted: u64,
    /// Accepted, by verb.
    pub done: BTreeMap<&'static str, u64>,
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
    last_day: Date,
}

/// Simulates so many acts. `day` is the one on which cases are opened; `look` sees each case when it is put away, and may say what is
/// wrong with it.
///
/// # Errors
/// The first answer, state or replay that is not as the auditor says it must be.
pub fn simulate(
    shipped: &[Definition],
    calendar: &Calendar,
    day: Date,
    seed: u64,
    acts: u64,
    look: &mut dyn FnMut(&Drive<'_>) -> Result<(), String>,
) -> Result<Tally, Box<Disagreement>> {
    let mut dice = Dice::new(seed);
    let mut tally = Tally::default();
    let mut procedures: Vec<Procedure> = shipped.iter().map(|def| Procedure { def: def.clone(), text: None }).collect();
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
            tally.cases += 1;
            running.push(open(&procedures, calendar, tally.cases, day, &mut dice, seed, tally.acts)?);
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
        let control = &case.drive.case().control;
        let closed = control.ending == Ending::Closed;
        // Where something comes after the decision, it is mostly waited for.
        let goes_on = control.open_volume().is_some() && case.procedure.def.stages.iter().any(later);
        let over = closed && (!goes_on || dice.once_in(400));
        if over || case.acts >= ACTS_OF_A_CASE || case.drive.today() > case.last_day {
            tally.closed += u64::from(closed);
            let seen = replays(&case.drive).and_then(|()| look(&case.drive));
            seen.map_err(|what| disagree(what, case.procedure))?;
            running.swap_remove(which);
        }
    }
    for case in &running {
        replays(&case.drive).and_then(|()| look(&case.drive)).map_err(|what| {
            Box::new(Disagreement { seed, act: tally.acts, definition: case.procedure.def.name.to_string(), what })
        })?;
    }
    Ok(tally)
}

/// Filed in a volume of its own, after the decision.
fn later(stage: &StageSpec) -> bool {
    stage.volume().is_some_and(|volume| volume != Volume::Decision)
}

fn open<'a>(
    procedures: &'a [Procedure],
    calendar: &'a Calendar,
    number: u64,
    day: Date,
    dice: &mut Dice,
    seed: u64,
    act: u64,
) -> Result<Running<'a>, Box<Disagreement>> {
    let procedure = &procedures[dice.roll(procedures.len())];
    let combinations = drive::combinations(&procedure.def);
    let facts = combinations[dice.roll(combinations.len())].clone();
    let day = day.max(procedure.def.valid_from);
    let drive = Drive::numbered(&procedure.def, calendar, number, day, facts.clone()).map_err(|error| {
        let (definition, what) = (procedure.def.name.to_string(), format!("a case cannot be opened: {error}"));
        Box::new(Disagreement { seed, act, definition, what })
    })?;
    let auditor = Auditor::new(&procedure.def, facts, drive::unit(UnitBinding::UndertakingUnit));
    Ok(Running { procedure, drive, auditor, acts: 0, last_day: day.saturating_add(DAYS_OF_A_CASE.days()) })
}

/// One act, by somebody; what differs, where something does.
fn one(running: &mut Running<'_>, dice: &mut Dice, tally: &mut Tally) -> Result<(), String> {
    if dice.once_in(12) {
        let days = 1 + u32::try_from(dice.roll(9)).unwrap_or_default();
        running.drive.wait(days).map_err(|error| format!("waiting: {error}"))?;
    }
    // Most actors look for something that is theirs to do; the others try whatever comes to their mind.
    let tries = if dice.once_in(3) { 1 } else { 40 };
    let mut found = None;
    for _ in 0..tries {
        let Some((command, doer)) = idea(running, dice)? else { continue };
        let expected = running.auditor.expects(&command, &doer.0, &doer.1, running.drive.today());
        let lawful = expected == Expected::Accepted;
        found = Some((command, doer, expected));
        if lawful {
            break;
        }
    }
    let Some((command, doer, expected)) = found else { return Ok(()) };
    let verb = command.act.verb();
    tally.acts += 1;
    let (before, today) = (running.drive.case().clone(), running.drive.today());
    match (running.drive.submit(command.clone(), doer.clone(), Manner::Online), expected) {
        (Ok(()), Expected::Accepted) => {
            tally.accepted += 1;
            *tally.done.entry(verb.as_str()).or_default() += 1;
            running.auditor.take(&command, &doer.0, &doer.1, today);
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
#[allow(clippy::type_complexity)]
fn idea(running: &mut Running<'_>, dice: &mut Dice) -> Result<Option<(Command, (Actor, Relations))>, String> {
    let def = &running.procedure.def;
    let verb = Verb::ALL[dice.roll(Verb::ALL.len())];
    let there: Vec<usize> = match verb.kind() {
        Some(kind) => def.positions(kind).collect(),
        None if verb.on_any_stage() => (0..def.stages.len()).collect(),
        None => vec![0],
    };
    let Some(at) = dice.pick(&there).copied() else { return Ok(None) };
    // What waits for a day is mostly done when the day has come.
    if matches!(verb, Verb::CloseSolicitation | Verb::OpenHearing) && dice.once_in(4) {
        running.drive.wait_for(verb).map_err(|error| format!("waiting: {error}"))?;
    }
    let Some(command) = command(running, verb, at, dice) else { return Ok(None) };
    if !dice.once_in(seldom(&command.act)) {
        return Ok(None);
    }
    let anybody = |dice: &mut Dice| &def.roles[dice.roll(def.roles.len())];
    let doer = if dice.once_in(12) {
        running.drive.held(anybody(dice))
    } else if dice.once_in(12) {
        two_hats(&running.drive, anybody(dice), def.roles_at(verb, at).next())
    } else {
        running.drive.doer_at(verb, at)
    };
    Ok(Some((command, doer)))
}

/// Somebody of one role who was given another too.
fn two_hats(drive: &Drive<'_>, role: &Role, other: Option<&Role>) -> (Actor, Relations) {
    let (actor, mut who) = drive.held(role);
    who.roles.extend(other.map(|other| other.id.clone()));
    (actor, who)
}

/// Once in how many times somebody does what they could: what ends a case, or leads it back, is done seldom, or no case would
/// ever come far.
fn seldom(act: &Act) -> usize {
    match act {
        Act::TerminateCase(_) => 400,
        Act::AddDraftVersion(given) if given.change != DraftChange::First => 150,
        Act::DetermineFacts(_) => 100,
        Act::NoticeHearing(_) | Act::DecideHearing(_) => 40,
        Act::ReleaseExpert(_) => 40,
        Act::DecideInitiation(given) if !given.start => 20,
        Act::RefuseConfirmation(_) | Act::ReturnSubmission(_) => 20,
        Act::ConcludeLegalityReview(given) if !given.conclusion.clears() => 12,
        Act::AppointExperts(_) | Act::RequestSupplement(_) | Act::PostponeMeeting(_) => 12,
        Act::PostponeHearing(_) | Act::CancelHearing(_) | Act::RecordPaperOriginal(_) => 12,
        Act::ReviewTabling(given) if !given.agrees => 12,
        Act::ApproveTabling(given) if !given.approves => 12,
        Act::RecordHeadDecision(given) if given.outcome == Outcome::Disagree => 12,
        Act::RecordHeadDecision(given) if !given.outcome.adopts() || given.spoken_no == 1 => 6,
        Act::ReviewDisclosure(_) | Act::AddFinalText(_) => 10,
        Act::CheckTablingFile(given) if !given.complete => 6,
        Act::RecordAttendance(given) if !given.absent.is_empty() => 4,
        Act::FindRisk(given) if !given.controllable => 4,
        Act::RecordReportReply(given) => match given.reply {
            ReportReply::NotAgreed => 20,
            ReportReply::Returned => 8,
            ReportReply::WithComments => 3,
            ReportReply::Agreed => 1,
        },
        Act::RecordDraftingItem(_) | Act::PublishHearingParticipants(_) | Act::DeliverHearingMaterials(_) => 6,
        Act::CheckVolume(_) | Act::RecordParticipation(_) | Act::RecordHearingStatement(_) => 4,
        Act::EnterExecutionComment(_) | Act::ReportExecution(_) | Act::ReportExecutionTrouble(_) => 6,
        Act::SendExpertMaterials(_) | Act::EnterInterestDeclaration(_) | Act::RecordAdvice(_) => 2,
        Act::PublishExplanation(_) => 4,
        _ => 1,
    }
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
            Act::OpenSolicitation(given) => {
                given.closes_on = given.opens_on.saturating_add(7.days());
                given.shortening_reason = dice.once_in(2).then(|| "情况紧急。".into());
            }
            Act::RecordHeadDecision(given) => given.reasons = None,
            Act::ReportExpertReview(given) if dice.once_in(2) => given.dissent.clear(),
            Act::ReportExpertReview(given) => {
                given.adoption.pop();
            }
            _ => {}
        }
    } else if dice.once_in(20) {
        command.stage =
            def.stages.get(dice.roll(def.stages.len())).map(|s| s.id.clone()).filter(|_| verb.kind().is_some());
    }
    Some(command)
}

fn replays(drive: &Drive<'_>) -> Result<(), String> {
    let replayed = drive.replayed().map_err(|error| format!("the history cannot be replayed: {error}"))?;
    if replayed.as_ref() == Some(drive.case()) { Ok(()) } else { Err("replay gives another case".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shipped::DEFINITIONS;
    use crate::whole;

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

    /// Runs cases under one definition, before an auditor who has another.
    fn held_against(def: Definition, other: &Definition, acts: usize) -> Result<(), String> {
        let procedure = Procedure { def, text: None };
        let calendar = crate::calendar::calendar(Vec::new()).unwrap();
        let (mut dice, mut tally) = (Dice::new(3), Tally::default());
        let combinations = drive::combinations(&procedure.def);
        let day = jiff::civil::date(2024, 1, 2);
        for number in 1..=acts / 400 {
            let facts = combinations[dice.roll(combinations.len())].clone();
            let drive = Drive::numbered(&procedure.def, &calendar, number as u64, day, facts.clone()).unwrap();
            let auditor = Auditor::new(other, facts, drive::unit(UnitBinding::UndertakingUnit));
            let last_day = day.saturating_add(DAYS_OF_A_CASE.days());
            let mut running = Running { procedure: &procedure, drive, auditor, acts: 0, last_day };
            for _ in 0..400 {
                one(&mut running, &mut dice, &mut tally)?;
            }
        }
        Ok(())
    }

    #[test]
    fn an_engine_that_differs_in_one_thing_is_found_out() {
        let read = |text: &str| parse(text.as_bytes(), "test").unwrap();
        assert_eq!(held_against(read(APPROVED), &read(APPROVED), 2_000), Ok(()));
        for (of, other) in [
            ("needed: 2", "needed: 1"),
            ("refused: { back: [work] }", "refused: { back: [] }"),
            ("roles: [a0, a1]", "roles: [a1, a0]"),
            ("== 'completed'", "== 'available'"),
            ("    kind: approval\n", "    kind: approval\n    optional: true\n"),
        ] {
            assert!(APPROVED.contains(of), "{of}");
            let found = held_against(read(APPROVED), &read(&APPROVED.replacen(of, other, 1)), 20_000);
            // Also the order in which roles are asked: whoever holds two speaks in the first.
            assert!(found.is_err(), "{other}");
        }
    }

    #[test]
    fn a_decision_that_differs_in_one_thing_is_found_out() {
        let (folder, text) = DEFINITIONS.iter().find(|(name, _)| *name == "major-decision-national").unwrap();
        let read = |text: &str| whole(text.as_bytes(), folder, &crate::shipped::base).unwrap().definition;
        assert_eq!(held_against(read(text), &read(text), 8_000), Ok(()));
        for (of, other) in [
            ("\"!fact.groups_affected || stage.participation.groups_heard\"", "\"!fact.groups_affected\""),
            ("when: \"!fact.technical\"", "when: \"fact.technical\""),
            (
                "when: stage.risk.evidence == 'current' || stage.risk.status == 'absent'",
                "when: stage.risk.status == 'absent'",
            ),
            ("value: { share: \"1/2\", more_than: true }", "value: { share: \"1/4\" }"),
            ("when: fact.hearing_required", "when: \"!fact.hearing_required\""),
            (
                "    kind: tabling\n",
                "    kind: tabling\n    absent_if: { when: fact.technical, text: { zh: a, en: a }, source: { source: r713, article: \"29\" } }\n",
            ),
        ] {
            assert!(text.contains(of), "{of}");
            let found = held_against(read(text), &read(&text.replace(of, other)), 80_000);
            assert!(found.is_err(), "{other}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_procedures() {
        let text = |seed| random::definition(&mut Dice::new(seed), 1);
        assert_eq!(text(7), text(7));
        assert_ne!(text(7), text(8));
    }
}
