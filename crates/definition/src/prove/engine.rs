//! The engine that a proof explores: the one that runs in life, unless a test puts a damaged one in its place.

use dingce_domain::condition::Facts;
use dingce_domain::control::{Control, EventClass};
use dingce_domain::definition::Definition;
use dingce_domain::permits::{self, Relations, TimeClass, Verdict};
use dingce_domain::verb::Verb;

/// What the exploration calls. As it stands it is the real engine; [`super::objections`] takes one of which a part was
/// disabled, to see whether the proof notices. No such engine makes a [`super::Proof`], so none makes a certificate.
pub trait Engine {
    /// Whether an act may happen: [`permits::ask`].
    #[allow(clippy::too_many_arguments)] // those of `permits::ask`
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
    }

    /// What an event makes of the control: [`Control::apply`].
    fn apply(&self, control: &mut Control, at: usize, class: EventClass) {
        control.apply(at, class);
    }
}

/// The engine that runs in life.
#[derive(Debug, Clone, Copy)]
pub struct InLife;

impl Engine for InLife {}
