//! Holds live cases against the explored graph: every accepted command must be a step that the proof looked at.

use std::collections::HashSet;

use dingce_domain::case::Case;
use dingce_domain::definition::Definition;
use dingce_domain::words::DraftingItem;

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
