//! Holds live cases against the explored graph: every accepted command must be a step that the proof looked at.

use dingce_domain::case::Case;
use dingce_domain::definition::Definition;

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
        from == to || self.space.steps(&from, &mut |_| {}).into_iter().any(|edge| self.space.fold(edge.to) == to)
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
