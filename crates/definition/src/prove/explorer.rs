//! Holds live cases against the explored graph: every accepted command must be a step that the proof looked at.

use std::collections::HashSet;
use std::time::Instant;

use dingce_domain::case::Case;
use dingce_domain::definition::Definition;
use dingce_domain::verb::Verb;
use dingce_domain::words::DraftingItem;
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use super::Budget;
use super::graph::{Space, State};

/// A definition made ready to judge steps of live cases.
pub struct Explorer<'d> {
    space: Space<'d>,
}

impl<'d> Explorer<'d> {
    /// Makes a definition ready.
    pub fn new(def: &'d Definition) -> Self {
        Self { space: Space::new(def) }
    }

    /// Whether the step from one state of a case to another is one that the proof explores, or none that it could tell
    /// from standing still.
    pub fn explains(&self, before: &Case, after: &Case) -> bool {
        let (Some(from), Some(to)) = (self.state(before), self.state(after)) else { return false };
        if from == to {
            return true;
        }
        // What is done at once in life may be several steps there: stale items of drafting are answered for one by one.
        let mut seen = HashSet::from([from.clone()]);
        let mut open = vec![from];
        let mut first = true;
        while let Some(here) = open.pop() {
            for edge in self.space.steps(&here, &mut |_| {}) {
                let answers = DraftingItem::of(edge.verb).is_some();
                let reached = self.space.fold(edge.to);
                if reached == to && (first || answers) {
                    return true;
                }
                if answers && seen.insert(reached.clone()) {
                    open.push(reached);
                }
            }
            first = false;
        }
        false
    }

    /// Whether some case under the definition can be where this one is, whatever led it there; nothing where the budget is
    /// used up before that is found out.
    ///
    /// Explores from the beginning until it comes there, as the proof does: first what cases go through that ran here, then
    /// what late records add. Looking for a state that is nowhere takes as long as the proof.
    pub fn knows(&self, case: &Case, budget: Budget) -> Option<bool> {
        let begun = Instant::now();
        let Some(wanted) = self.state(case) else { return Some(false) };
        let mut states: IndexSet<State, FxBuildHasher> = IndexSet::default();
        states.extend(self.space.initial().into_iter().map(|state| self.space.fold(state)));
        let late = |verb| verb == Verb::TakeOverStage;
        let mut ran_here = 0;
        for with_late in [false, true] {
            let mut here = 0;
            while here < states.len() {
                if states.contains(&wanted) {
                    return Some(true);
                }
                let used_up = states.len() > budget.states
                    || (here.is_multiple_of(256) && begun.elapsed().as_secs_f64() > budget.seconds);
                if used_up {
                    return None;
                }
                let state = states[here].clone();
                let left = here < ran_here;
                let edges = self.space.steps_of(&state, |verb| late(verb) == left || (with_late && !left), &mut |_| {});
                states.extend(edges.into_iter().map(|edge| self.space.fold(edge.to)));
                here += 1;
            }
            ran_here = states.len();
        }
        Some(states.contains(&wanted))
    }

    /// Whether a case stands where the proof begins.
    pub fn begins(&self, case: &Case) -> bool {
        self.state(case).is_some_and(|state| self.space.initial().into_iter().any(|s| self.space.fold(s) == state))
    }

    fn state(&self, case: &Case) -> Option<State> {
        let facts = self.space.facts_at(&case.facts)?;
        let (mut running, mut paused) = (0, 0);
        for (i, clock) in self.space.def.clocks.iter().enumerate().take(64) {
            let bit = 1 << i;
            if self.space.followed() & bit != 0 && case.file.clocks.contains_key(&clock.id) {
                running |= bit;
                if case.paused(&clock.id) {
                    paused |= bit;
                }
            }
        }
        Some(self.space.fold(State { control: case.control.clone(), facts, running, paused }))
    }
}
