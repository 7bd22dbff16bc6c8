//! The finite graph: states, what leads from each to which, and the shortest story to each.

use std::cell::RefCell;
use std::collections::BTreeSet;

use dingce_domain::code::Code;
use dingce_domain::condition::{FactValue, Facts, Path};
use dingce_domain::control::{Control, Ending, EventClass};
use dingce_domain::definition::{Criterion, Definition, Family, StageSpec, Triggers};
use dingce_domain::permits::{Relations, TimeClass, Verdict};
use dingce_domain::stage::reopened_by;
use dingce_domain::time::ClockKind;
use dingce_domain::verb::{Edge as Edge_, Verb};
use dingce_domain::words::{FactId, StageId, StageKind, Status};

use super::edges::outcomes;
use super::engine::{Engine, InLife};
use super::lens::Lens;
use super::residue::Pasts;

/// A state of the graph.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub control: Control,
    /// Position among all combinations of facts.
    pub facts: u16,
    /// Clocks that may run; only those that can be paused and that something waits for.
    pub running: u64,
    /// Of those, the ones that are paused: what waits for them must wait.
    pub paused: u64,
}

/// One step.
#[derive(Debug, Clone)]
pub(crate) struct Edge {
    pub verb: Verb,
    pub at: usize,
    pub classes: Vec<(usize, EventClass)>,
    /// Where it leads, as it truly is; [`Space::fold`] makes the representative.
    pub to: State,
}

/// A definition made ready for exploration.
pub(crate) struct Space<'d> {
    pub def: &'d Definition,
    pub facts: Vec<Facts>,
    engine: &'d dyn Engine,
    lens: Lens,
    pasts: Pasts<'d>,
    /// For each combination of facts the one that stands for it once the facts are fixed.
    late: Vec<u16>,
    acts: Vec<Doable>,
    tracked: u64,
    /// For each stage whose absence rests on facts alone, the combinations under which it may be left out.
    may_be_absent: Vec<Option<Vec<bool>>>,
    /// The last answer, to be written over.
    verdict: RefCell<Verdict>,
}

/// A verb at a stage, by somebody who holds every role that may do it.
struct Doable {
    verb: Verb,
    at: usize,
    who: Relations,
    /// Whether its criteria look at facts.
    asks_facts: bool,
    /// For each combination of facts the first that differs in nothing that its criteria, or anything later, looks at.
    alike: Vec<u16>,
}

impl<'d> Space<'d> {
    pub fn new(def: &'d Definition) -> Self {
        Self::of(def, &InLife)
    }

    /// The same for another engine.
    pub fn of(def: &'d Definition, engine: &'d dyn Engine) -> Self {
        let mut facts = vec![def.initial_facts()];
        for spec in &def.facts {
            facts = facts
                .into_iter()
                .flat_map(|known| {
                    spec.kind.values().into_iter().map(move |value| {
                        let mut facts = known.clone();
                        facts.insert(spec.id.clone(), value);
                        facts
                    })
                })
                .collect();
        }
        let later = later(def);
        let mut acts = Vec::new();
        for &verb in Verb::ALL.iter().filter(|v| **v != Verb::OpenCase && def.roles_for(**v).next().is_some()) {
            for at in positions(def, verb) {
                let roles = def.roles_at(verb, at).map(|r| r.id.clone()).collect();
                let who = Relations { roles, relations: Default::default() };
                let asked = asked(def, verb, at);
                let alike = alike(&facts, &asked.union(&later).copied().collect());
                acts.push(Doable { verb, at, who, asks_facts: !asked.is_empty(), alike });
            }
        }
        let mut tracked = 0;
        for (i, clock) in def.clocks.iter().enumerate().take(64) {
            let waits = matches!(clock.kind, ClockKind::Floor | ClockKind::Guaranteed);
            if waits && !clock.pauses.is_empty() && !clock.guards.is_empty() {
                tracked |= 1 << i;
            }
        }
        let lens = Lens::new(def);
        let every = (0..facts.len()).map(|i| u16::try_from(i).unwrap_or(u16::MAX)).collect();
        let late = if lens.facts_told { every } else { alike(&facts, &later) };
        let may_be_absent = def.stages.iter().map(|stage| rests_on_facts(stage, &facts)).collect();
        Self {
            def,
            facts,
            engine,
            lens,
            pasts: Pasts::new(def),
            late,
            acts,
            tracked,
            may_be_absent,
            verdict: RefCell::default(),
        }
    }

    /// What an event makes of a control.
    pub fn apply(&self, control: &mut Control, at: usize, class: EventClass) {
        self.engine.apply(control, at, class);
    }

    /// Position of a combination of facts.
    pub fn facts_at(&self, facts: &Facts) -> Option<u16> {
        self.facts.iter().position(|f| f == facts).and_then(|i| u16::try_from(i).ok())
    }

    /// The clocks that are followed.
    pub fn followed(&self) -> u64 {
        self.tracked
    }

    /// Every state in which a case can be opened.
    pub fn initial(&self) -> Vec<State> {
        let control = Control::opened(self.def.stages.iter().map(|s| s.kind));
        let (running, paused) = self.moved(0, 0, Moving::of(Verb::OpenCase))[0];
        (0..self.facts.len())
            .map(|i| State { control: control.clone(), facts: u16::try_from(i).unwrap_or(u16::MAX), running, paused })
            .collect()
    }

    /// The representative of a state.
    pub fn fold(&self, mut state: State) -> State {
        if self.lens.fold(&mut state.control) {
            state.facts = 0;
        } else {
            state.facts = self.late[usize::from(state.facts)];
            self.pasts.fold(&mut state.control, &mut state.facts, &self.facts);
        }
        if state.control.ending != Ending::Running {
            state.running = 0;
            state.paused = 0;
        }
        // Any matter may have been under way before it came here.
        state.control.onboarded = true;
        state
    }

    /// The combinations of facts that a representative stands for.
    pub fn facts_of(&self, state: &State) -> Vec<u16> {
        if !self.lens.facts_free(&state.control) {
            return vec![state.facts];
        }
        let absent: Vec<usize> = (0..self.def.stages.len())
            .filter(|at| state.control.stages.get(*at).is_some_and(|s| s.status == Status::Absent))
            .collect();
        // An absence that rests on no fact says nothing of them.
        let stands =
            |with: usize| absent.iter().all(|at| self.may_be_absent[*at].as_ref().is_none_or(|allowed| allowed[with]));
        (0..self.facts.len()).filter(|i| stands(*i)).map(|i| u16::try_from(i).unwrap_or(u16::MAX)).collect()
    }

    /// Of those, one for each that an invariant can tell from the others.
    pub fn told_apart(&self, state: &State) -> Vec<u16> {
        once(&self.facts_of(state), &self.late)
    }

    /// Every step from a representative, and the verbs that are permitted in it.
    pub fn steps(&self, state: &State, permitted: &mut dyn FnMut(Verb)) -> Vec<Edge> {
        self.steps_of(state, |_| true, permitted)
    }

    /// The same of these verbs alone.
    pub fn steps_of(&self, state: &State, which: impl Fn(Verb) -> bool, permitted: &mut dyn FnMut(Verb)) -> Vec<Edge> {
        let mut edges = Vec::new();
        let facts = self.facts_of(state);
        for act in self.acts.iter().filter(|act| which(act.verb)) {
            // Facts that are free and that nothing here looks at are tried once, and told apart afterwards.
            let tried = if act.asks_facts { once(&facts, &act.alike) } else { facts[..1].to_vec() };
            let mut taken = Vec::new();
            for with in tried {
                let here = State { facts: with, ..state.clone() };
                self.act(&here, act, &mut taken, permitted);
            }
            for edge in taken {
                let told = act.asks_facts || self.lens.facts_free(&edge.to.control) || act.verb == Verb::DetermineFacts;
                if !told {
                    for with in once(&facts, &self.late).into_iter().filter(|with| *with != edge.to.facts) {
                        let to = State { facts: with, ..edge.to.clone() };
                        self.push(state, Edge { to, classes: edge.classes.clone(), ..edge }, &mut edges);
                    }
                }
                self.push(state, edge, &mut edges);
            }
        }
        edges
    }

    /// Whether a step only does at once what others do one by one.
    pub fn is_summary(&self, edge: &Edge) -> bool {
        let of_drafting = self.def.stages.get(edge.at).is_some_and(|s| s.kind == StageKind::Drafting);
        edge.verb == Verb::ReaffirmEvidence && of_drafting && self.lens.answered_one_by_one()
    }

    /// Adds a step; where an irregularity begins to matter, once with and once without one that was open before.
    fn push(&self, from: &State, edge: Edge, edges: &mut Vec<Edge>) {
        let begins = !self.lens.irregular_matters(&from.control) && self.lens.irregular_matters(&edge.to.control);
        if begins {
            let mut other = edge.clone();
            other.to.control.irregular = !other.to.control.irregular;
            edges.push(other);
        }
        edges.push(edge);
    }

    fn act(&self, state: &State, act: &Doable, edges: &mut Vec<Edge>, permitted: &mut dyn FnMut(Verb)) {
        let (verb, at) = (act.verb, act.at);
        let facts = &self.facts[usize::from(state.facts)];
        let mut verdict = self.verdict.borrow_mut();
        self.engine.ask(&mut verdict, self.def, &state.control, facts, TimeClass(state.paused), &act.who, verb, at);
        let mut irregular = verb.happens_offline() && self.lens.irregular_matters(&state.control);
        if verdict.permitted() {
            permitted(verb);
            self.permitted_steps(state, verb, at, edges);
            // The same act on paper: too early, out of order, or in breach of what only its content tells.
        } else {
            irregular &= verdict.items.iter().filter(|i| !i.met).all(|i| {
                !matches!(
                    i.code,
                    Code::RoleMissing
                        | Code::DutiesSeparated
                        | Code::CaseEnded
                        | Code::VolumeClosed
                        | Code::StageUnknown
                )
            });
        }
        if irregular && !state.control.irregular {
            let mut to = state.clone();
            self.engine.apply(&mut to.control, at, EventClass::IrregularityRecorded);
            edges.push(Edge { verb, at, classes: vec![(at, EventClass::IrregularityRecorded)], to });
        }
    }

    fn permitted_steps(&self, state: &State, verb: Verb, at: usize, edges: &mut Vec<Edge>) {
        if verb == Verb::DetermineFacts {
            return self.fact_steps(state, edges);
        }
        for classes in outcomes(self.def, &state.control, verb, at) {
            let mut control = state.control.clone();
            for (stage, class) in &classes {
                self.engine.apply(&mut control, *stage, *class);
            }
            // An irregularity moves no clock.
            let spec = &self.def.stages[at];
            let stage = (verb.kind().is_some() || verb.on_any_stage()).then_some(&spec.id);
            let word = classes.first().and_then(|(_, class)| spec.word(*class));
            let moved = if matches!(classes.first(), Some((_, EventClass::IrregularityRecorded))) {
                vec![(state.running, state.paused)]
            } else {
                self.moved(state.running, state.paused, Moving { verb, stage, word })
            };
            for (running, paused) in moved {
                let to = State { control: control.clone(), facts: state.facts, running, paused };
                edges.push(Edge { verb, at, classes: classes.clone(), to });
            }
        }
    }

    fn fact_steps(&self, state: &State, edges: &mut Vec<Edge>) {
        let mut seen = BTreeSet::new();
        for (i, facts) in self.facts.iter().enumerate() {
            let mut classes = vec![(0, EventClass::Neutral)];
            let reopened = reopened_by(self.def, &state.control, facts);
            // Facts stay free after it, so what opens the same stages leads to the same state.
            if !seen.insert(reopened.clone()) {
                continue;
            }
            classes.extend(reopened.into_iter().map(|at| (at, EventClass::StageReopened)));
            let mut control = state.control.clone();
            for (stage, class) in &classes {
                self.engine.apply(&mut control, *stage, *class);
            }
            // A review that begins anew stops its clocks as a returned submission does.
            let anew = if classes.len() > 1 { Verb::ReturnSubmission } else { Verb::DetermineFacts };
            for (running, paused) in self.moved(state.running, state.paused, Moving::of(anew)) {
                let facts = u16::try_from(i).unwrap_or(u16::MAX);
                let to = State { control: control.clone(), facts, running, paused };
                edges.push(Edge { verb: Verb::DetermineFacts, at: 0, classes: classes.clone(), to });
            }
        }
    }

    /// What a verb makes of the clocks that are followed: one or two possibilities.
    fn moved(&self, running: u64, paused: u64, by: Moving<'_>) -> Vec<(u64, u64)> {
        if self.tracked == 0 {
            return vec![(0, 0)];
        }
        let (mut on, mut off) = (running, paused);
        let mut perhaps = 0;
        for (i, clock) in self.def.clocks.iter().enumerate().take(64) {
            let bit = 1 << i;
            if self.tracked & bit == 0 {
                continue;
            }
            if by.among(&clock.starts) {
                on |= bit;
                off &= !bit;
            } else if on & bit == 0 {
                continue;
            } else if by.among(&clock.stops) {
                on &= !bit;
                off &= !bit;
            } else if by.among(&clock.pauses) && off & bit == 0 {
                // It may have run out already; then there is nothing to pause.
                perhaps |= bit;
            } else if by.among(&clock.resumes) {
                off &= !bit;
            }
        }
        let mut moved = vec![(on, off)];
        for bit in (0..64).map(|i| 1_u64 << i).filter(|bit| perhaps & bit != 0) {
            moved.extend(moved.clone().into_iter().map(|(on, off)| (on, off | bit)));
        }
        moved
    }
}

/// An act, as clocks know it.
#[derive(Clone, Copy)]
struct Moving<'a> {
    verb: Verb,
    stage: Option<&'a StageId>,
    word: Option<&'a str>,
}

impl Moving<'_> {
    const fn of(verb: Verb) -> Self {
        Moving { verb, stage: None, word: None }
    }

    fn among(&self, triggers: &Triggers) -> bool {
        triggers.take(self.verb, self.stage, self.word)
    }
}

/// Facts are fixed from tabling on, and then participation, expert review and risk assessment are done or absent: the
/// floor (R713 art. 29) says so on every step to there, and only a change that frees the facts again opens them. So
/// nothing asks what their criteria ask, and combinations that differ in nothing else are one.
fn later(def: &Definition) -> BTreeSet<&FactId> {
    let prepares =
        |kind| matches!(kind, StageKind::PublicParticipation | StageKind::ExpertReview | StageKind::RiskAssessment);
    let asked = def.stages.iter().filter(|s| def.family != Family::MajorDecision || !prepares(s.kind));
    let criteria = asked.flat_map(|s| s.entry.iter().chain(&s.exit).chain(&s.absent_if)).map(|c| &c.condition);
    criteria
        .chain(def.invariants.iter().map(|i| &i.never))
        .flat_map(dingce_domain::condition::Condition::paths)
        .filter_map(fact)
        .collect()
}

/// Under which combinations a stage may be left out, where nothing but facts says so.
fn rests_on_facts(stage: &StageSpec, facts: &[Facts]) -> Option<Vec<bool>> {
    let condition = &stage.absent_if.as_ref()?.condition;
    let control = Control::opened([]);
    let alone = condition.paths().into_iter().all(|path| fact(path).is_some());
    alone.then(|| facts.iter().map(|facts| condition.holds(&|_| None, &control, facts)).collect())
}

fn fact(path: &Path) -> Option<&FactId> {
    if let Path::Fact(id) = path { Some(id) } else { None }
}

/// For each combination of facts the first that has the same values of these.
fn alike(facts: &[Facts], looked_at: &BTreeSet<&FactId>) -> Vec<u16> {
    let seen = |all: &Facts| all.iter().filter(|(id, _)| looked_at.contains(id)).map(|(_, v)| v.clone()).collect();
    let seen: Vec<Vec<FactValue>> = facts.iter().map(seen).collect();
    let first = |one: &Vec<FactValue>| seen.iter().position(|other| other == one);
    seen.iter().map(|one| first(one).and_then(|i| u16::try_from(i).ok()).unwrap_or(u16::MAX)).collect()
}

/// Of combinations that are alike, one.
fn once(facts: &[u16], alike: &[u16]) -> Vec<u16> {
    let mut seen = vec![false; alike.len()];
    let new = |with: &u16| !std::mem::replace(&mut seen[usize::from(alike[usize::from(*with)])], true);
    facts.iter().copied().filter(new).collect()
}

/// The facts that the criteria of an act look at.
fn asked(def: &Definition, verb: Verb, at: usize) -> BTreeSet<&FactId> {
    let spec = &def.stages[at];
    let asked: Vec<&Criterion> = match (verb.kind(), verb) {
        (None, Verb::RecordAbsence) => spec.absent_if.iter().collect(),
        (None, Verb::TakeOverStage) if spec.kind == StageKind::PublicParticipation => {
            spec.entry.iter().chain(&spec.exit).chain(&spec.absent_if).collect()
        }
        (None, Verb::TakeOverStage) => spec.entry.iter().chain(&spec.exit).collect(),
        (None, _) => Vec::new(),
        // Completed at once, a task is opened by that.
        (Some(_), Verb::CompleteTask) => spec.entry.iter().chain(&spec.exit).collect(),
        (Some(_), Verb::ReportParticipation) => spec.exit.iter().chain(&spec.hearing_if).collect(),
        // The floor asks whether the matter may be public at all.
        (Some(_), Verb::OpenSolicitation | Verb::NoticeHearing | Verb::PublishDecision) => {
            spec.entry.iter().chain(&spec.absent_if).collect()
        }
        (Some(_), _) => match verb.edge() {
            Edge_::Entry => spec.entry.iter().collect(),
            Edge_::Exit => spec.exit.iter().collect(),
            Edge_::Inside => Vec::new(),
        },
    };
    asked.into_iter().flat_map(|c| c.condition.paths()).filter_map(fact).collect()
}

fn positions(def: &Definition, verb: Verb) -> Vec<usize> {
    match verb.kind() {
        Some(kind) => def.positions(kind).collect(),
        None => match verb {
            Verb::RecordAbsence => (0..def.stages.len()).filter(|i| def.stages[*i].absent_if.is_some()).collect(),
            Verb::ReaffirmEvidence | Verb::TakeOverStage => (0..def.stages.len()).collect(),
            _ => vec![0],
        },
    }
}
