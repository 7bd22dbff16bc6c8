//! Rules about roles: every act has somebody who may do it, and nobody reviews what they drafted.

use dingce_domain::definition::{Definition, Role, UnitBinding};
use dingce_domain::verb::Verb;
use dingce_domain::words::{Outcome, StageKind};

use super::{Known, place};
use crate::problem::{instead, written};
use crate::read::Reader;

/// Acts that the system does, following another stream; a role for them alone has no posts. A matter is taken off an
/// agenda by people too, and by the system where its whole meeting is called off.
const OF_THE_SYSTEM: [Verb; 3] = [Verb::CloseSolicitation, Verb::SettleComments, Verb::PostponeMeeting];

pub(super) fn check(reader: &mut Reader<'_>, def: &Definition, known: Known) {
    for role in &def.roles {
        if role.posts.is_empty() && role.verbs.iter().any(|v| !OF_THE_SYSTEM.contains(v)) {
            let at = place(reader, &format!("roles.{}", role.id));
            reader.add(
                "D-ROLE-POSTLESS",
                at,
                format!("角色 {} 没有岗位。", role.id),
                format!("No post holds the role `{}`.", role.id),
                written("posts"),
            );
        }
    }
    drafter_reviews(reader, def);
    if known.stages {
        unbound(reader, def);
    }
}

fn drafter_reviews(reader: &mut Reader<'_>, def: &Definition) {
    // A role of any unit is held in the unit of the other too.
    let meet = |a: &Role, b: &Role| a.unit == b.unit || [a.unit, b.unit].contains(&UnitBinding::Any);
    let same = |a: &Role, b: &Role| a.id == b.id || (meet(a, b) && !a.posts.is_disjoint(&b.posts));
    let drafters: Vec<_> = def.roles_for(Verb::AddDraftVersion).collect();
    let reviewers: Vec<_> = def.roles_for(Verb::ConcludeLegalityReview).collect();
    for reviewer in reviewers {
        if let Some(drafter) = drafters.iter().find(|d| same(d, reviewer)) {
            let at = place(reader, &format!("roles.{}", reviewer.id));
            reader.add(
                "D-ROLE-DRAFTER-REVIEWS",
                at,
                format!("{} 与 {} 是同一岗位：起草者不能作合法性审查结论。", reviewer.id, drafter.id),
                format!(
                    "`{}` and `{}` are the same posts: who drafts would conclude the legality review.",
                    reviewer.id, drafter.id
                ),
                instead("不同的岗位或单位", "different posts or units"),
            );
        }
    }
}

/// Acts of the stages that the definition has, and of every case, that nobody may do.
fn unbound(reader: &mut Reader<'_>, def: &Definition) {
    let at = place(reader, "roles");
    let filed = |verb: Verb| verb.volume().is_none_or(|volume| def.stages.iter().any(|s| s.volume() == Some(volume)));
    for &verb in Verb::ALL {
        let offered = match verb {
            Verb::OpenCase | Verb::CureIrregularity => true,
            Verb::DetermineFacts => !def.facts.is_empty(),
            Verb::RecordAbsence => def.stages.iter().any(|s| s.absent_if.is_some()),
            // Nothing is laid before the public that no review found to be public (Open Government Information Regulation
            // art. 17).
            Verb::ReviewDisclosure => [StageKind::PublicParticipation, StageKind::Publication]
                .into_iter()
                .any(|kind| def.positions(kind).next().is_some()),
            Verb::ReaffirmEvidence | Verb::TerminateCase | Verb::TakeOverStage => false,
            Verb::AdoptDraft => def.outcomes.iter().any(|o| o.adopts()),
            Verb::DeclineDraft => def.outcomes.iter().any(|o: &Outcome| !o.adopts()),
            // Who chairs is named, and acts by nothing.
            Verb::ChairHearing => false,
            // A place without hearings has none of their acts.
            hearing if hearing.of_hearing() => def.roles.iter().any(|r| r.verbs.iter().any(|v| v.of_hearing())),
            // Asked of each such stage: see `general`.
            general if general.kind().is_some_and(StageKind::is_general) => false,
            // A volume in which no stage files anything is neither checked nor closed.
            other => other.kind().is_some_and(|kind| def.positions(kind).next().is_some()) && filed(other),
        };
        if offered && def.roles_for(verb).next().is_none() {
            reader.add(
                "D-VERB-UNBOUND",
                at,
                format!("没有角色可以做 {verb}。"),
                format!("No role may `{verb}`."),
                instead(format!("有角色可以做 {verb}"), format!("a role with {verb}")),
            );
        }
    }
}
