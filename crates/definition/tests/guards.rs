//! Each guard of the engine is disabled in turn, and the proof notices; or a table says why it need not.
//!
//! There is no switch in the engine: the exploration calls an [`Engine`], and here it is given one that forgets a line of
//! `permits`, or what an event takes away. Guards are not listed by hand: those that the exploration of the national
//! definition asks are collected while it runs, so none is left out.
#![allow(clippy::print_stdout)] // counts and times, for whoever looks

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Mutex;
use std::time::Instant;

use crate::common;
use dingce_definition::Budget;
use dingce_definition::prove::{Engine, objections};
use dingce_domain::code::Code;
use dingce_domain::condition::Facts;
use dingce_domain::control::{Control, Detail, EventClass, StageControl};
use dingce_domain::definition::Definition;
use dingce_domain::permits::{self, Item, Relations, TimeClass, Verdict};
use dingce_domain::verb::Verb;
use dingce_domain::words::{
    DraftChange, EvaluationConclusion, Evidence, LegalityConclusion, Outcome, ReportReply, StageKind, Volume,
};
use serde::Deserialize;

/// A line of `permits`: for which act, with which code, and by which criterion or clock where it is one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Guard {
    verb: Verb,
    code: Code,
    name: String,
}

impl Guard {
    fn of(verb: Verb, item: &Item) -> Self {
        let criterion = item.criterion.as_ref().map(ToString::to_string);
        let name = criterion.or(item.clock.as_ref().map(ToString::to_string)).unwrap_or_default();
        Self { verb, code: item.code, name }
    }
}

/// Codes, as bits.
type Codes = [u64; 4];

/// How a guard was met in an exploration.
#[derive(Debug, Clone, Default)]
struct Met {
    /// In how many answers it refused.
    refused: u64,
    /// In how many of these no other did.
    alone: u64,
    /// Codes that refused whenever it did.
    with: Codes,
}

/// A line of an answer: verb, position, code, and which line it is.
type Line = (Verb, usize, Code, usize);

/// The engine as it is, watched.
#[derive(Default)]
struct Watched {
    /// By line: the same guard as long as the answer has the same lines.
    guards: RefCell<HashMap<Line, (Guard, Met)>>,
}

impl Watched {
    /// All guards, however many places they have.
    fn guards(&self) -> BTreeMap<Guard, Met> {
        let mut guards: BTreeMap<Guard, Met> = BTreeMap::new();
        for (guard, met) in self.guards.borrow().values() {
            let known = guards.entry(guard.clone()).or_insert_with(|| Met { with: [u64::MAX; 4], ..Met::default() });
            known.refused += met.refused;
            known.alone += met.alone;
            if met.refused > 0 {
                known.with.iter_mut().zip(met.with).for_each(|(known, with)| *known &= with);
            }
        }
        guards
    }
}

impl Engine for Watched {
    fn ask(
        &self,
        verdict: &mut Verdict,
        def: &Definition,
        control: &Control,
        facts: &Facts,
        time: TimeClass,
        who: &Relations,
        verb: Verb,
        at: usize,
    ) {
        permits::ask(verdict, def, control, facts, time, who, verb, at);
        let mut guards = self.guards.borrow_mut();
        let refusing = verdict.items.iter().filter(|i| !i.met).count();
        let mut codes = [0_u64; 4];
        for item in verdict.items.iter().filter(|i| !i.met) {
            codes[item.code as usize / 64] |= 1 << (item.code as usize % 64);
        }
        for (place, item) in verdict.items.iter().enumerate() {
            let (_, met) = guards
                .entry((verb, at, item.code, place))
                .or_insert_with(|| (Guard::of(verb, item), Met { with: [u64::MAX; 4], ..Met::default() }));
            if !item.met {
                met.refused += 1;
                met.alone += u64::from(refusing == 1);
                let own = item.code as usize;
                for (i, with) in met.with.iter_mut().enumerate() {
                    let others = if own / 64 == i { codes[i] & !(1 << (own % 64)) } else { codes[i] };
                    *with &= others;
                }
            }
        }
    }
}

/// The engine without one of its guards.
struct Without<'a>(&'a Guard);

impl Engine for Without<'_> {
    fn ask(
        &self,
        verdict: &mut Verdict,
        def: &Definition,
        control: &Control,
        facts: &Facts,
        time: TimeClass,
        who: &Relations,
        verb: Verb,
        at: usize,
    ) {
        permits::ask(verdict, def, control, facts, time, who, verb, at);
        if verb == self.0.verb {
            for item in verdict.items.iter_mut().filter(|i| i.code == self.0.code) {
                item.met |= Guard::of(verb, item) == *self.0;
            }
        }
    }
}

/// Guards that need not be missed, as the table says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Excuse {
    code: Code,
    verbs: Vec<Verb>,
    why: String,
}

/// Codes of lines that the exploration grants to everybody, so that it never depends on them.
const GRANTED: [(Code, &str); 3] = [
    (Code::RoleMissing, "every act is tried by somebody who holds every role that may do it"),
    (
        Code::DutiesSeparated,
        "every act is tried by somebody whom nothing bars; that the rules which bar are there is P-FLOOR-DRAFTER, -SEPARATION and -EVALUATOR",
    ),
    (Code::StageUnknown, "every act is tried where its kind of stage stands"),
];

fn codes(with: Codes) -> BTreeSet<Code> {
    Code::ALL.iter().copied().filter(|c| with[*c as usize / 64] & (1 << (*c as usize % 64)) != 0).collect()
}

/// What is found where nothing else is said; an exploration that grows without end says nothing.
const BUDGET: Budget = Budget { states: 300_000, seconds: 300.0 };

#[test]
fn every_guard_that_is_disabled_is_missed_or_another_stands_behind_it() {
    let begun = Instant::now();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guards/excused.yaml");
    let table: Vec<Excuse> = serde_saphyr::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut excused = BTreeMap::new();
    for row in &table {
        assert!(!row.why.is_empty());
        for verb in &row.verbs {
            assert!(excused.insert((*verb, row.code), &row.why).is_none(), "{verb} {} is excused twice", row.code);
        }
    }

    // The small definitions first: where a guard is alone there too, its loss is explored there.
    let defs = [common::for_tests("small").definition, common::for_tests("hearings").definition, common::shipped()];
    let met: Vec<BTreeMap<Guard, Met>> = defs
        .iter()
        .map(|def| {
            let watched = Watched::default();
            assert!(objections(def, Budget::default(), &watched, &|_| false).is_empty());
            watched.guards()
        })
        .collect();
    let national = &met[2];
    let alone = |i: usize, guard: &Guard| met[i].get(guard).is_some_and(|m| m.alone > 0);

    // A guard that never refuses alone is not missed: whatever it refuses another refuses too, or nothing does.
    let (mut granted, mut never, mut doubled) = (0, 0, 0);
    for (guard, met) in national.iter().filter(|(_, met)| met.alone == 0) {
        if GRANTED.iter().any(|(code, why)| *code == guard.code && !why.is_empty()) {
            assert_eq!(met.refused, 0, "{guard:?} refused what the exploration should be granted");
            granted += 1;
        } else if met.refused == 0 {
            never += 1;
            println!("{} {} {}: no state asks for it", guard.verb, guard.code, guard.name);
        } else {
            doubled += 1;
            println!("{} {} {}: refused together with {:?}", guard.verb, guard.code, guard.name, codes(met.with));
        }
        let key = (guard.verb, guard.code);
        assert!(!excused.contains_key(&key), "{key:?} is excused, and another guard stands with it: it need not be");
    }

    let work: Vec<(Guard, usize)> = national
        .iter()
        .filter(|(_, met)| met.alone > 0)
        .map(|(guard, _)| (guard.clone(), (0..defs.len()).find(|i| alone(*i, guard)).unwrap()))
        .collect();
    let noticed = Mutex::new(BTreeMap::new());
    let wrong = common::each(&work, |(guard, def)| {
        let found = objections(&defs[*def], BUDGET, &Without(guard), &|_| true);
        let rule = found.first().map(|violation| violation.rule.clone());
        let excuse = excused.get(&(guard.verb, guard.code));
        let name = format!("{} {} {}", guard.verb, guard.code, guard.name);
        match (rule.as_deref(), excuse) {
            (Some("P-BUDGET"), _) => Some(format!("{name}: explored without end")),
            (Some(rule), None) => {
                noticed.lock().unwrap().insert(name, rule.to_owned());
                None
            }
            (None, Some(_)) => None,
            (Some(rule), Some(_)) => Some(format!("{name}: excused, and noticed by {rule}")),
            (None, None) => Some(format!("{name}: nothing notices that it is gone")),
        }
    });
    let noticed = noticed.into_inner().unwrap();
    for (guard, rule) in &noticed {
        println!("{guard}: {rule}");
    }
    for key in excused.keys() {
        let there = work.iter().any(|(guard, _)| (guard.verb, guard.code) == *key);
        assert!(there, "{key:?} is excused, and there is no such guard");
    }
    println!(
        "{} guards: {} noticed, {} excused, {doubled} doubled by another, {never} never asked for, {granted} granted; {:.1} seconds",
        national.len(),
        noticed.len(),
        work.len() - noticed.len(),
        begun.elapsed().as_secs_f64()
    );
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), work.len(), wrong.join("\n"));
    assert!(national.len() >= 600 && noticed.len() >= 120, "{} {}", national.len(), noticed.len());
}

/// What an event takes away, or must leave behind, and the rule that notices where it does not.
struct Forgotten {
    what: &'static str,
    def: usize,
    class: fn(EventClass) -> bool,
    /// From the control before the event to the one after it.
    keep: fn(&Control, &mut Control),
    by: &'static str,
}

/// The engine that forgets it.
struct Forgetting<'a>(&'a Forgotten);

impl Engine for Forgetting<'_> {
    fn apply(&self, control: &mut Control, at: usize, class: EventClass) {
        if (self.0.class)(class) {
            let before = control.clone();
            control.apply(at, class);
            (self.0.keep)(&before, control);
        } else {
            control.apply(at, class);
        }
    }
}

fn each_stage(before: &Control, after: &mut Control, kind: StageKind, keep: impl Fn(&StageControl, &mut StageControl)) {
    before.stages.iter().zip(&mut after.stages).filter(|(was, _)| was.kind == kind).for_each(|(was, is)| keep(was, is));
}

fn evidence(before: &Control, after: &mut Control, kind: StageKind) {
    each_stage(before, after, kind, |was, is| is.evidence = was.evidence);
}

fn wholly(before: &Control, after: &mut Control, kind: StageKind) {
    each_stage(before, after, kind, |was, is| *is = *was);
}

fn clearance(before: &Control, after: &mut Control) {
    wholly(before, after, StageKind::LegalityReview);
}

const MATERIAL: fn(EventClass) -> bool = |c| c == EventClass::DraftVersionAdded(DraftChange::Material);
const WORDING: fn(EventClass) -> bool = |c| c == EventClass::DraftVersionAdded(DraftChange::WordingOnly);
const REPLIED: [fn(EventClass) -> bool; 3] = [
    |c| c == EventClass::ReportReplied(ReportReply::NotAgreed),
    |c| c == EventClass::ReportReplied(ReportReply::Returned),
    |c| c == EventClass::ReportReplied(ReportReply::WithComments),
];

macro_rules! forgotten {
    ($($what:literal, $def:literal, $class:expr, $keep:expr, $by:literal;)*) => {
        &[$(Forgotten { what: $what, def: $def, class: $class, keep: $keep, by: $by }),*]
    };
}

/// In which definition each is looked at: 0 the small one, 1 the one with hearings and late records.
const FORGOTTEN: &[Forgotten] = forgotten! {
    "a changed draft makes participation stale", 0, MATERIAL,
        |b, a| evidence(b, a, StageKind::PublicParticipation), "P-FLOOR-CHANGED";
    "a changed draft makes expert review stale", 0, MATERIAL,
        |b, a| evidence(b, a, StageKind::ExpertReview), "P-FLOOR-CHANGED";
    "a changed draft makes the risk assessment stale", 0, MATERIAL,
        |b, a| evidence(b, a, StageKind::RiskAssessment), "P-FLOOR-CHANGED";
    "a changed draft makes what was answered for it stale", 0, MATERIAL,
        |b, a| each_stage(b, a, StageKind::Drafting, |was, is| is.detail = was.detail), "P-FLOOR-CHANGED";
    "a changed draft forgets which groups were heard", 0, MATERIAL,
        |b, a| each_stage(b, a, StageKind::PublicParticipation, |was, is| is.detail = was.detail), "P-FLOOR-CHANGED";
    "a round that a changed draft overtakes is on the old one", 0, MATERIAL,
        |_, a| a.stages.iter_mut().for_each(|s| s.on_current_draft = true), "P-FLOOR-CHANGED";
    "a changed draft takes the clearance away", 0, MATERIAL, clearance, "P-FLOOR-CHANGED";
    "a changed draft takes the tabling away", 0, MATERIAL,
        |b, a| wholly(b, a, StageKind::Tabling), "P-FLOOR-CHANGED";
    "a change of words makes the clearance stale", 0, WORDING, clearance, "P-FLOOR-CHANGED";
    "a change of words takes the tabling away", 0, WORDING,
        |b, a| wholly(b, a, StageKind::Tabling), "P-FLOOR-CHANGED";
    "a text that carries out the decision makes the clearance stale", 0,
        |c| c == EventClass::DraftVersionAdded(DraftChange::CarriesOutDecision), clearance, "P-FLOOR-CHANGED";
    "a refused confirmation takes the clearance away", 0, |c| c == EventClass::ConfirmationRefused,
        |_, a| each_stage(&a.clone(), a, StageKind::LegalityReview, |_, is| is.evidence = Evidence::Current), "P-FLOOR-CHANGED";
    "a stage that opens again takes the clearance away", 0, |c| c == EventClass::StageReopened, clearance,
        "P-FLOOR-BEFORE-REVIEW";
    "a hearing that is announced takes the clearance away", 1, |c| c == EventClass::HearingNoticed, clearance,
        "P-FLOOR-BEFORE-REVIEW";
    "a submission begins without advice", 0, |c| c == EventClass::LegalitySubmitted,
        |_, a| each_stage(&a.clone(), a, StageKind::LegalityReview, |_, is| {
            if let Detail::LegalityReview { advised, .. } = &mut is.detail { *advised = true }
        }), "P-FLOOR-REVIEWED";
    "a conclusion that does not clear clears nothing", 0, |c| c == EventClass::LegalityConcluded(LegalityConclusion::Amend),
        |_, a| each_stage(&a.clone(), a, StageKind::LegalityReview, |_, is| is.evidence = Evidence::Current), "P-FLOOR-REVIEWED";
    "what the reviewer sends back is to be amended", 0,
        |c| c == EventClass::LegalityConcluded(LegalityConclusion::MustNotBeTabled), |b, a| a.draft = b.draft, "P-FLOOR-AMEND";
    "what the meeting sends back is to be amended", 0, |c| c == EventClass::HeadDecided(Outcome::Amend),
        |b, a| a.draft = b.draft, "P-FLOOR-AMEND";
    "what the meeting sends back is no longer tabled", 0, |c| c == EventClass::HeadDecided(Outcome::Amend),
        |b, a| wholly(b, a, StageKind::Tabling), "P-FLOOR-TABLED";
    "a decision not to adopt ends the matter", 0, |c| c == EventClass::HeadDecided(Outcome::Disagree),
        |b, a| a.ending = b.ending, "P-FLOOR-ENDED";
    "a reply that refuses ends the matter", 0, REPLIED[0], |b, a| a.ending = b.ending, "P-FLOOR-REPLY";
    "a reply that returns takes the decision away", 0, REPLIED[1], |b, a| a.adoption = b.adoption, "P-FLOOR-REPLY";
    "a reply with comments adopts in principle", 0, REPLIED[2], |b, a| a.adoption = b.adoption, "P-FLOOR-REPLY";
    "a reply with comments asks for another text", 0, REPLIED[2], |b, a| a.draft = b.draft, "P-FLOOR-REPLY";
    "a comment on the execution asks for an answer", 0, |c| c == EventClass::ExecutionCommentEntered,
        |b, a| wholly(b, a, StageKind::Implementation), "P-FLOOR-ANSWERED";
    "what an evaluation concludes is to be carried out", 0,
        |c| c == EventClass::EvaluationConcluded(EvaluationConclusion::Stop),
        |b, a| wholly(b, a, StageKind::Implementation), "P-FLOOR-CONCLUSION";
    "a breach of the procedure leaves a trace", 0, |c| c == EventClass::IrregularityRecorded,
        |b, a| a.irregular = b.irregular, "P-FLOOR-IRREGULAR";
    "closing the decision volume closes it", 0, |c| c == EventClass::VolumeClosed(Volume::Decision),
        |b, a| a.ending = b.ending, "P-FLOOR-VOLUME";
    "closing the execution volume closes it", 0, |c| c == EventClass::VolumeClosed(Volume::Execution),
        |b, a| wholly(b, a, StageKind::Archiving), "P-FLOOR-VOLUME";
    "closing the evaluation volume closes it", 0, |c| c == EventClass::VolumeClosed(Volume::Evaluation),
        |b, a| wholly(b, a, StageKind::Archiving), "P-FLOOR-VOLUME";
};

#[test]
fn every_effect_that_is_forgotten_is_noticed_by_its_rule() {
    let defs = [common::for_tests("small").definition, common::for_tests("hearings").definition];
    let wrong = common::each(FORGOTTEN, |forgotten| {
        let by = |rule: &str| rule == forgotten.by;
        let found = objections(&defs[forgotten.def], BUDGET, &Forgetting(forgotten), &by);
        let rules: BTreeSet<_> = found.into_iter().map(|violation| violation.rule).collect();
        (!rules.contains(forgotten.by)).then(|| format!("{}: {} is not among {rules:?}", forgotten.what, forgotten.by))
    });
    println!("{} effects", FORGOTTEN.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
