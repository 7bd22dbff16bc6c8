//! Random walks of lawful and unlawful commands through the real `decide`: every accepted step is one that the proof
//! explored, replay equals the live case, the same seed gives the same bytes, and no forbidden state is entered.
#![allow(clippy::print_stdout)] // sizes and times, for whoever looks

use crate::common;
use dingce_definition::drive::{self, Drive};
use dingce_definition::prove::{Explorer, outcomes};
use dingce_domain::case::Case;
use dingce_domain::control::{Adoption, Ending};
use dingce_domain::definition::{Definition, Family};
use dingce_domain::occasion::Manner;
use dingce_domain::time::Calendar;
use dingce_domain::verb::Verb;
use dingce_domain::words::{StageKind, Status, Volume};
use jiff::civil::date;

/// A small generator of our own: a failing seed names its walk for ever.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % sides as u64).unwrap()
    }
}

fn forbidden(def: &Definition, case: &Case) -> bool {
    let done = |kind| case.control.stages.iter().any(|s| s.kind == kind && s.status == Status::Completed);
    let issued = done(StageKind::Issuance);
    def.family != Family::General && issued && (!case.control.cleared() || case.control.adoption == Adoption::None)
}

/// One walk; returns the serialised history and how many commands were accepted.
fn walk(
    def: &Definition,
    calendar: &Calendar,
    explorer: &Explorer<'_>,
    seed: u64,
    eager: bool,
) -> (String, usize, Ending) {
    let mut dice = Dice(seed);
    let facts = drive::combinations(def);
    let facts = facts[dice.roll(facts.len())].clone();
    let mut drive = Drive::open(def, calendar, date(2023, 1, 3), facts).unwrap();
    assert!(explorer.begins(drive.case()));
    let mut accepted = 0;
    for _ in 0..400 {
        if drive.case().control.ending == Ending::Closed {
            break;
        }
        let verb = Verb::ALL[dice.roll(Verb::ALL.len())];
        // Most walks end at once if anybody may stop them.
        if eager && matches!(verb, Verb::TerminateCase) {
            continue;
        }
        let at = match verb.kind().map(|kind| def.positions(kind).collect::<Vec<_>>()) {
            Some(there) if there.is_empty() => continue,
            Some(there) => there[dice.roll(there.len())],
            None => dice.roll(def.stages.len()),
        };
        let classes = outcomes(def, &drive.case().control, verb, at);
        if classes.is_empty() {
            continue;
        }
        let class = classes[dice.roll(classes.len())][0].1;
        if dice.roll(3) > 0 {
            drive.wait_for(verb).unwrap();
        }
        let Some(command) = drive.command(verb, at, class, dice.roll(97) as u64) else { continue };
        let other = Verb::ALL[dice.roll(Verb::ALL.len())];
        let doer = if dice.roll(12) == 0 { drive.doer(other) } else { drive.doer_at(verb, at) };
        let manner = if dice.roll(10) == 0 { drive.offline() } else { Manner::Online };
        let before = drive.case().clone();
        if drive.submit(command, doer, manner).is_ok() {
            accepted += 1;
            let after = drive.case();
            assert!(
                explorer.explains(&before, after),
                "seed {seed}: {verb} at {at}\n{:#?}\n{:#?}",
                before.control,
                after.control
            );
            assert!(!forbidden(def, after), "seed {seed}: {verb}");
        } else {
            assert_eq!(&before, drive.case(), "seed {seed}: a refused {verb} changed the case");
        }
    }
    let replayed = drive.replayed().unwrap();
    assert_eq!(replayed.as_ref(), Some(drive.case()), "seed {seed}");
    let events: Vec<_> = drive.events().iter().map(|(_, event)| event).collect();
    (serde_json::to_string(&(events, drive.case())).unwrap(), accepted, drive.case().control.ending)
}

#[test]
fn every_step_of_random_walks_was_explored() {
    let (def, calendar) = (common::shipped(), common::calendar());
    let explorer = Explorer::new(&def);
    let mut accepted = 0;
    let mut verbs = std::collections::BTreeSet::new();
    for seed in 0..60 {
        let (bytes, count, ending) = walk(&def, &calendar, &explorer, seed, seed % 4 != 0);
        accepted += count;
        verbs.insert(ending);
        if seed < 5 {
            assert_eq!(bytes, walk(&def, &calendar, &explorer, seed, seed % 4 != 0).0, "seed {seed} is not repeatable");
        }
    }
    println!("{accepted} accepted steps, endings {verbs:?}");
    assert!(accepted > 1_000);
}

/// The general kinds of stage, and a family with another floor.
#[test]
fn every_step_of_other_procedures_was_explored() {
    let calendar = common::calendar();
    for (folder, least) in [("information-request", 300), ("enforcement-dispute", 300), ("normative-document", 300)] {
        let def = common::whole(folder).definition;
        let explorer = Explorer::new(&def);
        let (mut accepted, mut endings) = (0, std::collections::BTreeSet::new());
        for seed in 0..60 {
            let (bytes, count, ending) = walk(&def, &calendar, &explorer, seed, seed % 4 != 0);
            accepted += count;
            endings.insert(ending);
            if seed < 3 {
                assert_eq!(
                    bytes,
                    walk(&def, &calendar, &explorer, seed, seed % 4 != 0).0,
                    "seed {seed} is not repeatable"
                );
            }
        }
        println!("{folder}: {accepted} accepted steps, endings {endings:?}");
        assert!(accepted > least, "{folder}: {accepted}");
        assert!(endings.contains(&Ending::Terminated), "{folder}");
    }
}

/// Roads that random walks hardly find: from each state on the proven road, every act that its stage knows is tried.
#[test]
fn every_step_off_the_road_was_explored() {
    let (def, calendar) = (common::shipped(), common::calendar());
    let explorer = Explorer::new(&def);
    let proof = dingce_definition::prove(&def, dingce_definition::Budget::default());
    let mut tried = 0;
    for facts in drive::combinations(&def) {
        for length in 0..proof.road.len() {
            let Ok(base) = prefix(&def, &calendar, &facts, &proof.road[..length]) else { continue };
            for &verb in Verb::ALL.iter().filter(|v| **v != Verb::OpenCase) {
                for at in 0..def.stages.len() {
                    if verb.kind().is_some_and(|kind| kind != def.stages[at].kind) {
                        continue;
                    }
                    for classes in outcomes(&def, &base.case().control, verb, at) {
                        let mut drive = prefix(&def, &calendar, &facts, &proof.road[..length]).unwrap();
                        let before = drive.case().clone();
                        if drive.act(verb, at, classes[0].1, 1).is_ok() {
                            tried += 1;
                            assert!(explorer.explains(&before, drive.case()), "{length}: {verb} at {at}");
                        }
                    }
                    if verb.kind().is_none() && !verb.on_any_stage() {
                        break;
                    }
                }
            }
        }
    }
    println!("{tried} steps off the road");
    assert!(tried > 200);
}

/// What comes after the decision volume is closed: the execution, evaluations and their volumes, at random.
#[test]
fn every_step_after_the_closing_was_explored() {
    let (def, calendar) = (common::shipped(), common::calendar());
    let explorer = Explorer::new(&def);
    let proof = dingce_definition::prove(&def, dingce_definition::Budget::default());
    let later: Vec<Verb> =
        Verb::ALL.iter().copied().filter(|v| v.volume().is_some_and(|volume| volume != Volume::Decision)).collect();
    let mut accepted = std::collections::BTreeSet::new();
    for seed in 0..8 {
        let mut dice = Dice(seed);
        let mut drive = drive::follow(&def, &calendar, date(2019, 9, 2), &proof.road).unwrap();
        assert_eq!(drive.case().control.ending, Ending::Closed);
        for _ in 0..800 {
            let verb = if dice.roll(9) == 0 { Verb::CureIrregularity } else { later[dice.roll(later.len())] };
            let at = verb.kind().and_then(|kind| def.positions(kind).next()).unwrap_or_default();
            let classes = outcomes(&def, &drive.case().control, verb, at);
            let class = classes[dice.roll(classes.len())][0].1;
            if dice.roll(12) == 0 {
                drive.wait(u32::try_from(dice.roll(30)).unwrap()).unwrap();
            }
            let Some(command) = drive.command(verb, at, class, 1) else { continue };
            let manner = if dice.roll(25) == 0 { drive.offline() } else { Manner::Online };
            let before = drive.case().clone();
            if drive.submit(command, drive.doer(verb), manner).is_ok() {
                accepted.insert(verb);
                assert!(explorer.explains(&before, drive.case()), "seed {seed}: {verb}\n{:#?}", drive.case().control);
                let grew = drive.case().file.count(Volume::Decision) > before.file.count(Volume::Decision);
                assert!(!grew, "seed {seed}: {verb} added to the closed decision volume");
            }
        }
    }
    let never: Vec<_> = later.into_iter().filter(|verb| !accepted.contains(verb)).collect();
    assert!(never.is_empty(), "never accepted: {never:?}");
}

fn prefix<'a>(
    def: &'a Definition,
    calendar: &'a Calendar,
    facts: &dingce_domain::condition::Facts,
    road: &[dingce_definition::prove::RoadStep],
) -> Result<Drive<'a>, drive::DriveError> {
    let mut drive = Drive::open(def, calendar, date(2024, 3, 4), facts.clone())?;
    for step in road {
        drive.step(step)?;
    }
    Ok(drive)
}
