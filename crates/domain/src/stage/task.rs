//! A task 事项办理: something is done; what happens on the way is recorded as often as it happens; it ends with one of the
//! results that the definition names, which leads on, ends the case, or leads back.

use super::{Bench, misplaced};
use crate::act::Act;
use crate::code::Code;
use crate::event::CaseEvent;
use crate::permits::{Scene, Verdict};
use crate::rejection::Rejection;
use crate::verb::Verb;
use crate::words::{CriterionId, Status};

pub(super) fn requires(scene: &Scene<'_>, verb: Verb, verdict: &mut Verdict) {
    super::archiving::after_the_decision(scene, verdict);
    let open = matches!(scene.stage().status, Status::Available | Status::Active);
    // Where the definition names nothing to record on the way, nothing is.
    let asked = verb != Verb::RecordTaskProgress
        || scene.def.stages[scene.at].task.as_ref().is_some_and(|task| !task.entries.is_empty());
    verdict.ask(Code::StageNotOpen, open && asked);
}

pub(super) fn decide(bench: &Bench<'_>, act: Act) -> Result<Vec<CaseEvent>, Rejection> {
    let stage = bench.stage();
    let Some(spec) = &bench.spec().task else { return Err(misplaced(&act)) };
    match act {
        Act::RecordTaskProgress(given) => {
            let known = spec.entry(&given.entry);
            let (place, entry) =
                known.ok_or_else(|| unknown("entry", &given.entry, spec.entries.iter().map(|e| &e.id)))?;
            entry.form.check(&given.answers)?;
            let (name, filled) = (entry.text.clone(), entry.form.filled(&given.answers));
            Ok(vec![CaseEvent::TaskProgressed { stage, place, name, filled, given }])
        }
        Act::CompleteTask(given) => {
            let known = spec.result(&given.result);
            let (place, result) =
                known.ok_or_else(|| unknown("result", &given.result, spec.results.iter().map(|r| &r.entry.id)))?;
            result.entry.form.check(&given.answers)?;
            let back = bench.sent_back(&result.leads);
            let (name, filled) = (result.entry.text.clone(), result.entry.form.filled(&given.answers));
            let lead = result.leads.kind();
            let completed = CaseEvent::TaskCompleted { stage, place, lead, name, filled, given };
            Ok(std::iter::once(completed).chain(back).collect())
        }
        other => Err(misplaced(&other)),
    }
}

fn unknown<'a>(path: &str, given: &CriterionId, known: impl Iterator<Item = &'a CriterionId>) -> Rejection {
    let known: Vec<_> = known.map(CriterionId::as_str).collect();
    Rejection::new(Code::InputNotAcceptable).at(path).given(given).needed(known.join(", "))
}
