//! An approval 审批: somebody asks for it, and so many of the roles that the definition names give it. Two pairs of eyes see
//! what is approved: nobody approves what they asked for, and nobody speaks twice or in two roles.

use std::collections::BTreeSet;

use super::{Bench, misplaced};
use crate::act::{Act, GiveApproval};
use crate::code::Code;
use crate::control::{ApprovalProgress, Detail};
use crate::event::CaseEvent;
use crate::id::PersonId;
use crate::permits::{Scene, Verdict};
use crate::rejection::Rejection;
use crate::task::{ApprovalSpec, ApprovalStanding};
use crate::verb::Verb;
use crate::words::{RoleId, Status};

pub(super) fn requires(scene: &Scene<'_>, verb: Verb, verdict: &mut Verdict) {
    let Detail::Approval { progress } = scene.stage().detail else { return };
    super::archiving::after_the_decision(scene, verdict);
    let open = match verb {
        Verb::RequestApproval => scene.stage().status == Status::Available,
        _ => progress == ApprovalProgress::Requested,
    };
    verdict.ask(Code::StageNotOpen, open);
}

pub(super) fn decide(bench: &Bench<'_>, act: Act) -> Result<Vec<CaseEvent>, Rejection> {
    let stage = bench.stage();
    let Some(spec) = &bench.spec().approval else { return Err(misplaced(&act)) };
    match act {
        Act::RequestApproval(given) => {
            spec.form.check(&given.answers)?;
            let filled = spec.form.filled(&given.answers);
            Ok(vec![CaseEvent::ApprovalRequested { stage, filled, given }])
        }
        Act::GiveApproval(given) => {
            let role = speaks_as(bench, spec)?;
            let (approved, refused) = counted(bench, &given);
            let standing = spec.standing(approved, refused);
            let back = bench.sent_back(&spec.refused).filter(|_| standing == ApprovalStanding::Refused);
            let lead = spec.refused.kind();
            let event = CaseEvent::ApprovalGiven { stage, role, standing, lead, given };
            Ok(std::iter::once(event).chain(back).collect())
        }
        other => Err(misplaced(&other)),
    }
}

/// The role in which the actor speaks: the first of those asked that is theirs and for which nobody has spoken.
fn speaks_as(bench: &Bench<'_>, spec: &ApprovalSpec) -> Result<RoleId, Rejection> {
    let asked = bench.case.file.approvals.get(&bench.spec().id);
    let same = |persons: &BTreeSet<PersonId>| bench.on.actor.persons().any(|one| persons.contains(&one));
    let refuse = |who: &str| {
        let free = spec.roles.iter().filter(|role| !asked.is_some_and(|a| a.given.iter().any(|v| v.role == **role)));
        let free: Vec<_> = free.map(RoleId::as_str).collect();
        Rejection::new(Code::FourEyes).given(who).needed(free.join(", "))
    };
    if asked.is_some_and(|a| same(&a.asked_by)) {
        return Err(refuse("asked_by"));
    }
    if asked.is_some_and(|a| a.given.iter().any(|v| same(&v.persons))) {
        return Err(refuse("given"));
    }
    let free = |role: &&RoleId| !asked.is_some_and(|a| a.given.iter().any(|v| v.role == **role));
    let held = spec.roles.iter().filter(|role| bench.on.who.roles.contains(role));
    held.clone().find(free).cloned().ok_or_else(|| refuse(held.map(RoleId::as_str).next().unwrap_or("null")))
}

/// How many have approved and refused, with this one.
fn counted(bench: &Bench<'_>, given: &GiveApproval) -> (usize, usize) {
    let before = bench.case.file.approvals.get(&bench.spec().id).map_or(&[][..], |a| &a.given);
    let approved = before.iter().filter(|v| v.approves).count() + usize::from(given.approves);
    (approved, before.len() + 1 - approved)
}
