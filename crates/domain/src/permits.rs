//! May this act happen here at all? One finite answer for refusals, checklists and the proof.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::condition::Facts;
use crate::control::{Control, Ending, StageControl};
use crate::definition::{Criterion, Definition, StageSpec};
use crate::stage;
use crate::verb::{Edge, Verb};
use crate::words::{ClockId, CriterionId, Relation, RoleId, Status, Volume};

/// Which clocks still run, as a class: an act that waits for one of these must wait.
///
/// Positions in [`Definition::clocks`]; at most 64 clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct TimeClass(pub u64);

impl TimeClass {
    /// Whether the clock at this position still runs.
    pub const fn runs(self, clock: usize) -> bool {
        clock < 64 && self.0 & (1 << clock) != 0
    }

    /// The same with this clock running.
    #[must_use]
    pub const fn with(self, clock: usize) -> Self {
        if clock < 64 { Self(self.0 | (1 << clock)) } else { self }
    }
}

/// What the actor is to the case: roles of the definition, and relations that separate duties.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Relations {
    /// Roles held in this case on this day.
    pub roles: BTreeSet<RoleId>,
    /// Relations; of the actor and, under delegation, of the person acted for.
    pub relations: BTreeSet<Relation>,
}

/// One line of a checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What it is about, and the refusal if it is not met.
    pub code: Code,
    /// The criterion of the definition, where it is one.
    pub criterion: Option<CriterionId>,
    /// The clock, where it is one.
    pub clock: Option<ClockId>,
    /// Whether it is met.
    pub met: bool,
}

/// The answer: every line that was asked, in the order in which reasons are told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// The lines.
    pub items: Vec<Item>,
}

impl Verdict {
    /// Whether the act may happen.
    pub fn permitted(&self) -> bool {
        self.items.iter().all(|i| i.met)
    }

    /// The first line that is not met.
    pub fn first_obstacle(&self) -> Option<&Item> {
        self.items.iter().find(|i| !i.met)
    }

    pub(crate) fn ask(&mut self, code: Code, met: bool) {
        self.items.push(Item { code, criterion: None, clock: None, met });
    }
}

/// All that a stage's rules may look at.
pub struct Scene<'a> {
    /// The definition.
    pub def: &'a Definition,
    /// The control.
    pub control: &'a Control,
    /// The facts.
    pub facts: &'a Facts,
    /// Position of the stage.
    pub at: usize,
}

impl Scene<'_> {
    /// The stage.
    pub fn stage(&self) -> &StageControl {
        &self.control.stages[self.at]
    }

    /// Whether a criterion holds.
    pub fn holds(&self, criterion: &Criterion) -> bool {
        criterion.condition.holds(&|id| self.def.position(id), self.control, self.facts)
    }
}

/// May this verb happen on the stage at this position? For verbs on the whole case the position is not looked at.
///
/// Finite: depends on words and booleans only. Lines come in the order: role, separation of duties, the case runs, the
/// stage's own rules, criteria of the definition, periods.
pub fn permits(
    def: &Definition,
    control: &Control,
    facts: &Facts,
    time: TimeClass,
    who: &Relations,
    verb: Verb,
    at: usize,
) -> Verdict {
    let mut verdict = Verdict::default();
    ask(&mut verdict, def, control, facts, time, who, verb, at);
    verdict
}

/// The same, written over an earlier answer: for whoever asks millions of times.
#[allow(clippy::too_many_arguments)] // those of `permits`, and the answer
pub fn ask(
    verdict: &mut Verdict,
    def: &Definition,
    control: &Control,
    facts: &Facts,
    time: TimeClass,
    who: &Relations,
    verb: Verb,
    at: usize,
) {
    verdict.items.clear();
    verdict.ask(Code::RoleMissing, def.roles_at(verb, at).any(|r| who.roles.contains(&r.id)));
    for forbid in def.forbids.iter().filter(|f| f.verb == verb) {
        verdict.ask(Code::DutiesSeparated, !who.relations.contains(&forbid.relation));
    }
    let volume = def.volume(verb, at);
    verdict.ask(Code::CaseEnded, running_for(control, verb, volume));

    let kind_fits = match verb.kind() {
        None => !verb.on_any_stage() || (at < control.stages.len() && at < def.stages.len()),
        Some(kind) => control.stages.get(at).is_some_and(|s| s.kind == kind) && def.stages.len() > at,
    };
    verdict.ask(Code::StageUnknown, kind_fits);
    if !kind_fits {
        return;
    }
    let scene = Scene { def, control, facts, at };
    if let Some(volume) = volume.filter(|v| *v != Volume::Decision) {
        verdict.ask(Code::VolumeClosed, !control.closed(volume));
    }
    if verb.kind().is_some() {
        verdict.ask(Code::StageAbsent, scene.stage().status != Status::Absent);
        stage::requires(&scene, verb, verdict);
        for criterion in criteria(&def.stages[at], verb, scene.stage().status) {
            verdict.items.push(Item {
                code: Code::CriterionNotMet,
                criterion: Some(criterion.id.clone()),
                clock: None,
                met: scene.holds(criterion),
            });
        }
    } else {
        stage::whole_case(&scene, verb, verdict);
    }
    let stage = (verb.kind().is_some() || verb.on_any_stage()).then(|| &def.stages[at].id);
    for (position, clock) in def.clocks.iter().enumerate().filter(|(_, c)| c.guards.take(verb, stage, None)) {
        verdict.items.push(Item {
            code: Code::PeriodRunning,
            criterion: None,
            clock: Some(clock.id.clone()),
            met: !time.runs(position),
        });
    }
}

/// The criteria that a verb is asked: those of the end of the stage at which it stands. A task that is completed at once is
/// opened by that.
fn criteria(spec: &StageSpec, verb: Verb, status: Status) -> impl Iterator<Item = &Criterion> {
    let opens = verb.edge() == Edge::Entry || (verb == Verb::CompleteTask && status == Status::Available);
    let closes = verb.edge() == Edge::Exit;
    let entry = spec.entry.iter().filter(move |_| opens);
    entry.chain(spec.exit.iter().filter(move |_| closes))
}

/// A case that ended is only archived. A closed decision volume takes nothing: what comes after is of other volumes.
fn running_for(control: &Control, verb: Verb, volume: Option<Volume>) -> bool {
    match control.ending {
        Ending::Running => true,
        Ending::Terminated | Ending::NotAdopted => matches!(
            verb,
            Verb::CheckVolume
                | Verb::CloseVolume
                | Verb::CureIrregularity
                | Verb::SignMeetingRecord
                | Verb::PublishDecision
                | Verb::ReviewDisclosure
                | Verb::RecordPaperOriginal
        ),
        // What is noted of documents goes on in the volumes that are open.
        Ending::Closed if matches!(verb, Verb::ReviewDisclosure | Verb::RecordPaperOriginal) => {
            control.open_volume().is_some()
        }
        Ending::Closed => verb == Verb::CureIrregularity || volume.is_some_and(|v| v != Volume::Decision),
    }
}
