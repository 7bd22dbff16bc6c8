//! The proof over a definition: every state that any sequence of acts can reach is visited.
//!
//! A state is the [`Control`] of a case and its facts. A step is a verb on a stage, by
//! somebody who holds every role that may do it and no relation that bars them, and any class of event that it can
//! yield ([`outcomes`]); clocks are taken to have run out unless they are paused. That is more than can happen in life,
//! so what is safe here is safe there.

mod edges;
mod engine;
mod explorer;
mod floor;
#[cfg(test)]
mod folding;
mod graph;
mod lens;
mod residue;
mod soundness;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use dingce_domain::control::{Control, Ending, EventClass};
use dingce_domain::definition::{Criterion, Definition};
use dingce_domain::task::ApprovalStanding;
use dingce_domain::verb::{Edge, Verb};
use dingce_domain::words::{Outcome, StageId, StageKind, Status, Text, Volume};
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use crate::problem::say;
pub use edges::outcomes;
pub use engine::{Engine, InLife};
pub use explorer::Explorer;
pub(crate) use graph::{Space, State};

/// The version of the engine's rules that a proof rests on. It changes whenever `permits`, the control, the floor or
/// the exploration change, and with it every certificate is to be made anew.
pub const RULES_VERSION: u32 = 6;

/// How far a proof may go before it gives up and says "not proven".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// Most states.
    pub states: usize,
    /// Most seconds.
    pub seconds: f64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { states: 2_000_000, seconds: 600.0 }
    }
}

/// One step of a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryStep {
    /// What was done.
    pub verb: Verb,
    /// On which stage, where it is on one.
    pub stage: Option<StageId>,
    /// What came of it, as a class of event.
    pub event: String,
}

/// One step of a road that [`crate::drive`] can go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoadStep {
    /// What is done.
    pub verb: Verb,
    /// Position of the stage.
    pub at: usize,
    /// What comes of it.
    pub class: EventClass,
}

/// Something that a definition allows and must not, or does not allow and must.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// The rule, a stable id such as `P-FLOOR-LEGALITY`.
    pub rule: String,
    /// What is wrong.
    pub text: Text,
    /// By which law, or `design` where it is the soundness of the procedure itself.
    pub source: String,
    /// The shortest story of acts that leads there; empty where no single story shows it.
    pub story: Vec<StoryStep>,
}

/// What an exploration found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    /// States visited.
    pub states: usize,
    /// Steps between them.
    pub transitions: usize,
    /// How long it took.
    pub seconds: f64,
    /// What is wrong, each rule once, with its shortest story.
    pub violations: Vec<Violation>,
    /// Whether every state was visited; if not, nothing is proven.
    pub complete: bool,
    /// The shortest road from the opening to a closed volume by way of issuance, where the procedure issues something; empty
    /// where there is none.
    #[serde(skip)]
    pub road: Vec<RoadStep>,
}

impl Proof {
    /// Whether the definition is proven: all was visited and nothing is wrong.
    pub fn holds(&self) -> bool {
        self.complete && self.violations.is_empty()
    }
}

/// How a state was first reached.
#[derive(Debug, Clone, Copy)]
struct Reached {
    from: u32,
    verb: Verb,
    at: u8,
    class: Option<EventClass>,
}

/// What the exploration gathers.
pub(crate) struct Explored<'d> {
    space: Space<'d>,
    /// Which broken rule ends the exploration.
    enough: &'d dyn Fn(&str) -> bool,
    stopped: bool,
    states: IndexSet<State, FxBuildHasher>,
    reached: Vec<Option<Reached>>,
    next: Vec<Vec<u32>>,
    transitions: usize,
    permitted: BTreeSet<Verb>,
    completed: Vec<bool>,
    /// For each stage whether a decision was issued that left it out.
    left_out: Vec<bool>,
    outcomes: BTreeSet<Outcome>,
    found: BTreeMap<String, Violation>,
    complete: bool,
}

/// Explores a definition and proves its rules.
pub fn prove(def: &Definition, budget: Budget) -> Proof {
    explored(Space::new(def), budget, &|_| false)
}

/// What the proof says against a definition under another engine, the rules of this program's being all as they are: for
/// tests that disable a guard and see whether it is missed. It goes on until a rule is found broken that is `enough`. It
/// proves nothing and vouches for nothing.
pub fn objections(
    def: &Definition,
    budget: Budget,
    engine: &dyn Engine,
    enough: &dyn Fn(&str) -> bool,
) -> Vec<Violation> {
    explored(Space::of(def, engine), budget, enough).violations
}

fn explored(space: Space<'_>, budget: Budget, enough: &dyn Fn(&str) -> bool) -> Proof {
    let begun = Instant::now();
    let def = space.def;
    let mut explored = Explored {
        space,
        enough,
        stopped: false,
        states: IndexSet::default(),
        reached: Vec::new(),
        next: Vec::new(),
        transitions: 0,
        permitted: BTreeSet::new(),
        completed: vec![false; def.stages.len()],
        left_out: vec![false; def.stages.len()],
        outcomes: BTreeSet::new(),
        found: BTreeMap::new(),
        complete: true,
    };
    for rule in floor::of_file(def) {
        explored.violate(rule.id, rule.text(), rule.source(def.family), Vec::new());
    }
    explored.explore(budget, begun);
    if explored.complete {
        explored.sound();
    } else if !explored.stopped {
        let text = say("超出预算，未能证明。", "The budget is used up: not proven.");
        explored.violate("P-BUDGET", text, "design", Vec::new());
    }
    Proof {
        road: explored.road(),
        states: explored.states.len(),
        transitions: explored.transitions,
        seconds: begun.elapsed().as_secs_f64(),
        violations: explored.found.into_values().collect(),
        complete: explored.complete,
    }
}

impl Explored<'_> {
    fn violate(&mut self, rule: &str, text: Text, source: &str, story: Vec<StoryStep>) {
        self.stopped |= (self.enough)(rule);
        let violation = Violation { rule: rule.to_owned(), text, source: source.to_owned(), story };
        self.found.entry(rule.to_owned()).or_insert(violation);
    }

    fn explore(&mut self, budget: Budget, begun: Instant) {
        for state in self.space.initial() {
            self.arrive(state, None);
        }
        // First what every case can go through. Then what a matter that was under way elsewhere adds: its late records lead
        // from any of these states, and whatever can be reached by them alone is explored as all else. So the stories and
        // the road are those of cases that ran here from the beginning, and no stage counts as sound by late records.
        let late = |verb| verb == Verb::TakeOverStage;
        let mut here = 0;
        while here < self.states.len() {
            if !self.within(budget, begun, here) {
                return;
            }
            self.leave(here, |verb| !late(verb));
            here += 1;
        }
        let here_from_the_beginning = here;
        here = 0;
        while here < self.states.len() {
            if !self.within(budget, begun, here) {
                return;
            }
            if here >= here_from_the_beginning {
                self.leave(here, |verb| !late(verb));
            }
            self.leave(here, late);
            here += 1;
        }
    }

    fn within(&mut self, budget: Budget, begun: Instant, here: usize) -> bool {
        self.complete = !self.stopped
            && self.states.len() <= budget.states
            && (!here.is_multiple_of(256) || begun.elapsed().as_secs_f64() <= budget.seconds);
        self.complete
    }

    fn arrive(&mut self, state: State, by: Option<Reached>) -> u32 {
        let folded = self.space.fold(state);
        let (index, new) = self.states.insert_full(folded);
        if new {
            self.reached.push(by);
            self.next.push(Vec::new());
            // Declared invariants hold as long as a case runs.
            if let Some(by) = by.filter(|_| self.states[index].control.ending == Ending::Running) {
                let state = self.states[index].clone();
                self.uphold(&state, by);
            }
        }
        u32::try_from(index).unwrap_or(u32::MAX)
    }

    /// The declared invariants, on one state.
    fn uphold(&mut self, state: &State, by: Reached) {
        let def = self.space.def;
        let tellable = self.space.told_apart(state);
        for invariant in &def.invariants {
            let holds = |with: u16| {
                let facts = &self.space.facts[usize::from(with)];
                invariant.never.holds(&|id| def.position(id), &state.control, facts)
            };
            if tellable.iter().copied().any(holds) {
                let rule = format!("P-INV-{}", invariant.id);
                if !self.found.contains_key(&rule) {
                    let story = self.story_by(by);
                    let source = format!("{} art. {}", invariant.source.source, invariant.source.article);
                    self.violate(&rule, invariant.text.clone(), &source, story);
                }
            }
        }
    }

    fn leave(&mut self, here: usize, which: impl Fn(Verb) -> bool) {
        let state = self.states[here].clone();
        let mut permitted = Vec::new();
        let edges = self.space.steps_of(&state, which, &mut |verb| permitted.push(verb));
        self.permitted.extend(permitted);
        self.transitions += edges.len();
        let from = u32::try_from(here).unwrap_or(u32::MAX);
        let mut next = Vec::with_capacity(edges.len());
        for edge in edges {
            let class = edge.classes.last().map(|(_, class)| *class);
            let by = Reached { from, verb: edge.verb, at: u8::try_from(edge.at).unwrap_or(u8::MAX), class };
            self.check(&state, &edge, by);
            if self.space.is_summary(&edge) {
                continue;
            }
            let edge_verb = edge.verb;
            let to = self.arrive(edge.to, Some(by));
            // No case counts as one that can be finished because somebody may give it up, or record that it was done elsewhere.
            if to != from && !matches!(edge_verb, Verb::TakeOverStage | Verb::TerminateCase) {
                next.push(to);
            }
        }
        if !next.is_empty() {
            next.sort_unstable();
            next.dedup();
            self.next[here] = next;
        }
    }

    /// The rules that one step can break.
    fn check(&mut self, state: &State, edge: &graph::Edge, by: Reached) {
        if let [(at, class)] = edge.classes[..] {
            self.floor(&state.control, edge, (at, class), &edge.to.control, by);
        } else {
            let mut before = state.control.clone();
            for (at, class) in &edge.classes {
                let mut after = before.clone();
                self.space.apply(&mut after, *at, *class);
                self.floor(&before, edge, (*at, *class), &after, by);
                before = after;
            }
        }
        self.criteria(&state.control, edge, by);
        let here = edge.verb != Verb::TakeOverStage;
        for (seen, stage) in self.completed.iter_mut().zip(&edge.to.control.stages) {
            *seen |= here && stage.status == Status::Completed;
        }
        if matches!(edge.classes[..], [(_, EventClass::DecisionIssued)]) {
            for (seen, stage) in self.left_out.iter_mut().zip(&state.control.stages) {
                *seen |= stage.status == Status::Absent;
            }
        }
        // Declared invariants hold up to and including the act that ends a case; after it, only the archive moves.
        if state.control.ending == Ending::Running && edge.to.control.ending != Ending::Running {
            self.uphold(&edge.to, by);
        }
    }

    fn floor(
        &mut self,
        before: &Control,
        edge: &graph::Edge,
        (at, class): (usize, EventClass),
        after: &Control,
        by: Reached,
    ) {
        let facts = &self.space.facts[usize::from(edge.to.facts)];
        let event = floor::Event { before, verb: edge.verb, at, class, after, facts };
        for rule in floor::broken(self.space.def, event) {
            if !self.found.contains_key(rule.id) {
                let story = self.story_by(by);
                self.violate(rule.id, rule.text(), rule.source(self.space.def.family), story);
            }
        }
        if let EventClass::HeadDecided(outcome) = class {
            self.outcomes.insert(outcome);
        }
    }

    /// The criteria that the definition puts before an act hold where it is done: they are asked again, of the step.
    fn criteria(&mut self, before: &Control, edge: &graph::Edge, by: Reached) {
        if matches!(edge.classes.first(), Some((_, EventClass::IrregularityRecorded))) {
            return;
        }
        let def = self.space.def;
        let facts = &self.space.facts[usize::from(edge.to.facts)];
        let broken = criteria_of(def, before, edge.verb, edge.at)
            .find(|c| !c.condition.holds(&|id| def.position(id), before, facts));
        if let Some(criterion) = broken.filter(|_| !self.found.contains_key("P-CRITERION")) {
            let story = self.story_by(by);
            let source = format!("{} art. {}", criterion.source.source, criterion.source.article);
            self.violate("P-CRITERION", criterion.text.clone(), &source, story);
        }
    }

    /// The shortest story that ends with this step.
    fn story_by(&self, by: Reached) -> Vec<StoryStep> {
        let mut story = self.story(by.from);
        story.push(self.told(by));
        story
    }

    /// The shortest story to a state.
    fn story(&self, to: u32) -> Vec<StoryStep> {
        let mut story = Vec::new();
        let mut here = to as usize;
        while let Some(Some(by)) = self.reached.get(here) {
            story.push(self.told(*by));
            here = by.from as usize;
        }
        story.reverse();
        story
    }

    fn road(&self) -> Vec<RoadStep> {
        let issues = self.space.def.positions(StageKind::Issuance).next().is_some();
        let issued = |s: &State| {
            let done = s.control.stages.iter().any(|t| t.kind == StageKind::Issuance && t.status == Status::Completed);
            s.control.ending == Ending::Running && (done || !issues)
        };
        let closes = |next: &Vec<u32>| next.iter().any(|to| self.states[*to as usize].control.ending == Ending::Closed);
        let Some(last) = (0..self.states.len()).find(|i| issued(&self.states[*i]) && closes(&self.next[*i])) else {
            return Vec::new();
        };
        let mut road = Vec::new();
        let mut here = last;
        while let Some(Some(by)) = self.reached.get(here) {
            let class = by.class.unwrap_or(EventClass::Neutral);
            road.push(RoadStep { verb: by.verb, at: usize::from(by.at), class });
            here = by.from as usize;
        }
        road.reverse();
        let archiving = self.space.def.positions(StageKind::Archiving).next().unwrap_or_default();
        road.push(RoadStep {
            verb: Verb::CloseVolume,
            at: archiving,
            class: EventClass::VolumeClosed(Volume::Decision),
        });
        road
    }

    /// A class of event in a story: of a task by the name of its entry or result.
    fn spoken(&self, at: usize, class: EventClass) -> String {
        let word = self.space.def.stages.get(at).and_then(|s| s.word(class)).unwrap_or_default();
        match class {
            EventClass::TaskProgressed { .. } => format!("TaskProgressed({word})"),
            EventClass::TaskCompleted { lead, .. } => format!("TaskCompleted({word}, leads {lead})"),
            EventClass::ApprovalGiven { standing: ApprovalStanding::Refused, lead } => {
                format!("ApprovalGiven({word}, leads {lead})")
            }
            EventClass::ApprovalGiven { .. } => format!("ApprovalGiven({word})"),
            other => format!("{other:?}"),
        }
    }

    fn told(&self, by: Reached) -> StoryStep {
        let on_one = by.verb.kind().is_some() || by.verb.on_any_stage();
        let stage = self.space.def.stages.get(usize::from(by.at)).filter(|_| on_one).map(|s| s.id.clone());
        let event = by.class.map_or_else(String::new, |class| self.spoken(usize::from(by.at), class));
        StoryStep { verb: by.verb, stage, event }
    }
}

/// The criteria of a definition that an act is held against.
fn criteria_of<'d>(
    def: &'d Definition,
    before: &Control,
    verb: Verb,
    at: usize,
) -> impl Iterator<Item = &'d Criterion> {
    let none: &[Criterion] = &[];
    // Completed at once, a task is opened by that.
    let at_once = verb == Verb::CompleteTask && before.stages.get(at).is_some_and(|s| s.status == Status::Available);
    let (entry, exit) = match def.stages.get(at) {
        Some(spec) if at_once => (spec.entry.as_slice(), spec.exit.as_slice()),
        Some(spec) if verb == Verb::TakeOverStage => (spec.entry.as_slice(), spec.exit.as_slice()),
        Some(spec) if verb.kind().is_some() => match verb.edge() {
            Edge::Entry => (spec.entry.as_slice(), none),
            Edge::Exit => (none, spec.exit.as_slice()),
            Edge::Inside => (none, none),
        },
        _ => (none, none),
    };
    entry.iter().chain(exit)
}
