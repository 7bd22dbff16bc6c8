//! Whether the stories are complete: for every kind of stage its road, each verb, each criterion, each separation of
//! duties, each boundary of a clock and each code of refusal, computed from the shipped definitions and from what the
//! stories show.
//!
//! [`codes`] is the table of the codes that each part of the core can give; it is held against the source of the core.

#![allow(clippy::print_stdout)] // the counts are part of what this suite tells

mod codes;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use dingce_domain::code::Code;
use dingce_domain::definition::{ClockSpec, Definition, StageSpec};
use dingce_domain::time::ClockKind;
use dingce_domain::verb::Verb;
use dingce_domain::words::StageKind;
use dingce_testkit::law;
use dingce_testkit::scenario::Asked;
use dingce_testkit::scenario::asked::{Answered, Beside, Touched};
use dingce_tests::stories::{Shown, test_exists, told};

/// The definition that stories are told under where they name none.
const NATIONAL: &str = "major-decision-national";
/// The definition of a district of Guangdong.
const DISTRICT: &str = "major-decision-guangdong-district";

fn shipped() -> Vec<(&'static str, Definition)> {
    let by_reference = law::OTHERS.iter().map(|(folder, _)| (*folder, law::other(folder).definition));
    std::iter::once((NATIONAL, law::definition())).chain(by_reference).collect()
}

/// The stories told under a definition.
fn under<'a>(stories: &'a [Shown], definition: &'a str) -> impl Iterator<Item = &'a Shown> {
    stories.iter().filter(move |s| s.story.definition.as_deref().unwrap_or(NATIONAL) == definition)
}

/// All that was asked in stories, with the story.
fn asked<'a>(stories: impl Iterator<Item = &'a Shown>) -> impl Iterator<Item = (&'a Shown, &'a Asked)> {
    stories.flat_map(|s| s.told.asked.iter().map(move |asked| (s, asked)))
}

/// The `when` of a story.
fn when(shown: &Shown) -> Option<&Asked> {
    shown.told.asked.last().filter(|_| shown.told.acts)
}

/// Prints the count, and fails with what is missing.
fn report(what: &str, wanted: usize, missing: &[impl Display]) {
    println!("{what}: {} of {wanted}", wanted - missing.len());
    let listed: Vec<String> = missing.iter().map(|m| format!("  {m}")).collect();
    assert!(missing.is_empty(), "{what}: {} of {wanted} have no story:\n{}", missing.len(), listed.join("\n"));
}

#[test]
fn every_kind_of_stage_has_a_road() {
    let stories = told();
    let mut walked: BTreeMap<StageKind, Vec<&str>> = BTreeMap::new();
    for shown in stories {
        for kind in when(shown).map(|asked| asked.completed.as_slice()).unwrap_or_default() {
            if codes::folders(codes::part_of_kind(*kind)).contains(&shown.folder()) {
                walked.entry(*kind).or_default().push(&shown.name);
            }
        }
    }
    for (kind, roads) in &walked {
        println!("{kind}: {}", roads.join(", "));
    }
    let missing: Vec<_> = StageKind::ALL.iter().filter(|kind| !walked.contains_key(kind)).collect();
    report("roads of kinds of stages", StageKind::ALL.len(), &missing);
}

/// Verbs whose acts go to other streams than the case's, so that no story of the pure core can tell them, or not both that
/// they are done and that they are refused; and the tests that do.
const ELSEWHERE: &[(Verb, &str, &str, &str)] = &[
    (Verb::EnterComment, "done on the consultation's stream", HEARING, PAPER),
    (Verb::EnterHearingApplication, "done on the hearing's stream", HEARING, PAPER),
    (Verb::ExcludeHearingApplicant, "done on the hearing's stream", HEARING, PAPER),
];

const HEARING: &str = "tests/tests/hearing.rs";
const PAPER: &str = "what_comes_on_paper_is_entered_by_the_unit";

#[test]
fn every_granted_verb_is_accepted_and_refused() {
    let granted: BTreeSet<Verb> =
        shipped().iter().flat_map(|(_, def)| def.roles.iter().flat_map(|r| r.verbs.clone())).collect();
    let stories = told();
    let mut seen: BTreeSet<(Verb, bool)> = BTreeSet::new();
    for (_, asked) in asked(stories.iter()) {
        if let Some(verb) = asked.verb {
            seen.insert((verb, asked.answered == Answered::Accepted));
        }
    }
    for (verb, why, file, test) in ELSEWHERE {
        assert!(granted.contains(verb), "no shipped definition grants {verb}");
        assert!(!why.is_empty() && test_exists(file, test, &[]), "{file} has no {test} for {verb}");
        let both = seen.insert((*verb, true)) | seen.insert((*verb, false));
        assert!(both, "{verb} is told in stories and needs no mention");
    }
    let wanted: Vec<_> = granted.iter().flat_map(|verb| [(*verb, true), (*verb, false)]).collect();
    let told = |(verb, done): &&(Verb, bool)| !seen.contains(&(*verb, *done));
    let say = |(verb, done): &(Verb, bool)| format!("{verb} {}", if *done { "accepted" } else { "refused" });
    let missing: Vec<_> = wanted.iter().filter(told).map(say).collect();
    report("verbs accepted and refused", wanted.len(), &missing);
}

/// Definitions of which every criterion and every clock is told; of those by reference, one.
fn told_whole() -> impl Iterator<Item = (&'static str, Definition)> {
    let others = [DISTRICT, "normative-document", "enforcement-dispute", "information-request"];
    std::iter::once((NATIONAL, law::definition())).chain(others.map(|name| (name, law::other(name).definition)))
}

/// Every criterion of a stage, with whether a line of the gate is about it.
fn criteria(stage: &StageSpec) -> Vec<String> {
    let listed = stage.entry.iter().chain(&stage.exit).chain(&stage.hearing_if);
    let absence = stage.absent_if.as_ref().map(|_| format!("{}.absent_if", stage.id));
    listed.map(|criterion| format!("{}.{}", stage.id, criterion.id)).chain(absence).collect()
}

#[test]
fn every_criterion_refuses_and_is_met() {
    let stories = told();
    let (mut wanted, mut missing) = (0, Vec::new());
    for (name, def) in told_whole() {
        let mut seen: BTreeSet<(String, bool)> = BTreeSet::new();
        for (_, asked) in asked(under(stories, name)) {
            let Some((stage, _)) = &asked.stage else { continue };
            for line in &asked.lines {
                let named = match (&line.criterion, line.code) {
                    (Some(criterion), _) => format!("{stage}.{criterion}"),
                    (None, Code::AbsenceNotAllowed) => format!("{stage}.absent_if"),
                    _ => continue,
                };
                // Met: the act happened. Not met: it had no effect, and this is among the reasons.
                if line.met == (asked.answered == Answered::Accepted) {
                    seen.insert((named, line.met));
                }
            }
        }
        for criterion in def.stages.iter().flat_map(criteria) {
            wanted += 2;
            for met in [true, false] {
                if !seen.contains(&(criterion.clone(), met)) {
                    missing.push(format!("{name}: {criterion} {}", if met { "met" } else { "refusing" }));
                }
            }
        }
    }
    report("criteria that refuse and are met", wanted, &missing);
}

#[test]
fn every_separation_of_duties_refuses() {
    let stories = told();
    let (mut wanted, mut missing) = (0, Vec::new());
    for (name, def) in shipped() {
        let own: Vec<_> = under(stories, name).collect();
        for forbid in &def.forbids {
            wanted += 1;
            let barred = |(_, asked): (&Shown, &Asked)| {
                // To chair a hearing is no act: whoever is named as its chair is held against it.
                let named = forbid.verb == Verb::ChairHearing && asked.verb == Some(Verb::PublishHearingParticipants);
                let acts = asked.verb == Some(forbid.verb) && asked.barred.contains(&forbid.relation);
                (named || acts) && asked.codes == [Code::DutiesSeparated]
            };
            // A definition by reference takes over the separations of its base: one story of the base is enough for it.
            let told = asked(own.iter().copied()).any(barred)
                || (name != NATIONAL && asked(under(stories, NATIONAL)).any(barred));
            if !told {
                missing.push(format!("{name}: {} by one who {}", forbid.verb, forbid.relation));
            }
        }
    }
    report("separations of duties that refuse", wanted, &missing);
}

/// Which boundary of its clock a running clock shows: `Some(false)` its last day, `Some(true)` the day after.
fn boundary(spec: &ClockSpec, beside: &Beside, asked: &Asked) -> Option<bool> {
    let over = match beside.days_over {
        0 => false,
        1 => true,
        _ => return None,
    };
    let done = asked.answered == Answered::Accepted;
    let shows = match (spec.kind, beside.touched) {
        // In time on the last day and late on the next, whether it is done then or found wanting by time alone.
        (ClockKind::Cap | ClockKind::Backward, Touched::Stopped(late)) => done && late == over,
        (ClockKind::Cap | ClockKind::Backward, Touched::Fired) => over,
        (ClockKind::Cap | ClockKind::Backward, Touched::Not) => asked.act == "time_passes" && !over,
        // Too early on the last day, permitted on the next.
        (ClockKind::Floor | ClockKind::Guaranteed, Touched::Guarded(met)) => met == over,
        (ClockKind::Floor | ClockKind::Guaranteed, Touched::Stopped(elapsed)) => {
            done && elapsed == over && (over || spec.guards.is_empty())
        }
        (ClockKind::Floor | ClockKind::Guaranteed, Touched::Fired) => false,
        (_, Touched::Not | Touched::Guarded(_)) => false,
    };
    shows.then_some(over)
}

#[test]
fn every_clock_has_its_last_day_and_the_day_after() {
    let stories = told();
    let (mut wanted, mut missing) = (0, Vec::new());
    for (name, def) in told_whole() {
        let mut seen: BTreeSet<(&str, bool)> = BTreeSet::new();
        let all: Vec<_> = under(stories, name).collect();
        for (_, asked) in asked(all.iter().copied()) {
            for beside in &asked.clocks {
                let Some(spec) = def.clocks.iter().find(|c| c.id == beside.clock) else { continue };
                if let Some(over) = boundary(spec, beside, asked) {
                    seen.insert((spec.id.as_str(), over));
                }
            }
        }
        for spec in &def.clocks {
            wanted += 2;
            for over in [false, true] {
                if !seen.contains(&(spec.id.as_str(), over)) {
                    missing.push(format!(
                        "{name}: {} ({:?}) {}",
                        spec.id,
                        spec.kind,
                        if over { "day after" } else { "last day" }
                    ));
                }
            }
        }
    }
    report("boundaries of clocks", wanted, &missing);
}

#[test]
fn every_code_of_a_part_has_a_story_in_its_folder() {
    let stories = told();
    let mut first: BTreeSet<(&str, Code)> = BTreeSet::new();
    let mut lines: BTreeSet<(&str, Code)> = BTreeSet::new();
    for shown in stories {
        let Some(asked) = when(shown) else { continue };
        let Some(part) = codes::part_of(asked).filter(|part| codes::folders(part).contains(&shown.folder())) else {
            continue;
        };
        first.extend(asked.codes.iter().map(|code| (part, *code)));
        if asked.answered != Answered::Accepted {
            lines.extend(asked.lines.iter().filter(|l| !l.met).map(|l| (part, l.code)));
        }
    }
    for (part, code, file, test) in codes::ELSEWHERE {
        assert!(test_exists(file, test, &[&format!("{code:?}")]), "{file} has no {test} for {code} of {part}");
        assert!(first.insert((part, *code)), "{code} of {part} is told in a story and needs no mention");
    }
    for (part, code, by) in codes::SHADOWED {
        assert!(lines.contains(&(*part, *code)), "no story of {part} has {code} among its reasons");
        assert!(first.insert((part, *code)), "{code} of {part} is told first somewhere, not only after {by}");
    }
    let wanted: Vec<_> = codes::wanted().collect();
    let missing: Vec<_> =
        wanted.iter().filter(|pair| !first.contains(pair)).map(|(part, code)| format!("{part}: {code}")).collect();
    report("codes of refusal by part", wanted.len(), &missing);
}
