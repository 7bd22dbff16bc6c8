//! What a definition must say, whatever is done under it: needs no exploration.

use dingce_domain::condition::{Condition, Facts, Path};
use dingce_domain::control::{Control, Detail, DraftState, StageControl};
use dingce_domain::definition::{Criterion, Definition, Family, StageSpec};
use dingce_domain::verb::Verb;
use dingce_domain::words::{DraftingItem, Evidence, Relation, StageKind, Status};

use super::Rule;
use crate::drive::combinations;

rules! {
    DRAFTER = "P-FLOOR-DRAFTER", "R713 art. 25", "起草者可以审查自己的草案。",
        "Whoever drafted may review the same draft.";
    SEPARATION = "P-FLOOR-SEPARATION", "R713 arts. 20, 25, 28", "承办单位可以审查自己单位的草案，或者起草者可以作为专家、法律顾问对自己的草案提出意见。",
        "The undertaking unit may review its own draft, or who drafted may speak on it as an expert or an adviser.";
    EVALUATOR = "P-FLOOR-EVALUATOR", "R713 art. 36", "承担主要论证评估工作的，可以作决策后评估。",
        "Whoever did the main assessment before the decision may evaluate it after.";
    GROUPS = "P-FLOOR-GROUPS", "R713 art. 14", "无论涉及哪些特定群体，公众参与都可以不与其沟通协商就结束。",
        "No fact makes participation wait until the groups whose interests are touched were heard.";
    HEARING_GROUND = "P-FLOOR-HEARING-GROUND", "R713 art. 16", "可以办理听证，却没有规定何时应当听证。",
        "Hearings can be held, and nothing says when one must be.";
    COMPETITION = "P-FLOOR-COMPETITION", "R713 art. 29", "任何情形下，提请审议和会议都不要求公平竞争审查。",
        "Under no facts do the tabling or the meeting ask for the review of fair competition.";
    GROUNDLESS = "P-FLOOR-GROUNDLESS", "R713 arts. 14, 19, 22, 32", "无论事实如何，阶段都可以省略。",
        "A stage may be left out whatever the facts are.";
    STUCK = "P-STUCK-FACTS", "design", "在某些事实下，有的阶段既不能办理，也不能说明不适用。",
        "Under some facts a stage can neither run nor be left out.";
}

/// Who may not do what, and the rule that says so.
const BARRED: [(Verb, Relation, &Rule); 8] = [
    (Verb::ConcludeLegalityReview, Relation::Drafted, &DRAFTER),
    (Verb::ConfirmDraft, Relation::Drafted, &DRAFTER),
    (Verb::ConcludeLegalityReview, Relation::OfUndertakingUnit, &SEPARATION),
    (Verb::ConfirmDraft, Relation::OfUndertakingUnit, &SEPARATION),
    (Verb::RecordAdvice, Relation::Drafted, &SEPARATION),
    (Verb::GiveExpertOpinion, Relation::Drafted, &SEPARATION),
    (Verb::ReportEvaluation, Relation::AssessedRisk, &EVALUATOR),
    (Verb::ReportEvaluation, Relation::OfAssessingUnit, &EVALUATOR),
];

/// The rules that a definition breaks by what it says.
pub(crate) fn of(def: &Definition) -> Vec<&'static Rule> {
    let mut found = Vec::new();
    let mut never = |rule: &'static Rule, holds: bool| {
        if holds {
            found.push(rule);
        }
    };
    let facts = combinations(def);
    never(&STUCK, def.stages.iter().any(|stage| !stage.optional && stuck(stage, &facts)));
    let major = def.family == Family::MajorDecision;
    for (verb, relation, rule) in BARRED {
        // What is shared with normative documents: nobody reviews what they drafted.
        let bars = major || (def.family == Family::NormativeDocument && rule.id == DRAFTER.id);
        let done = def.roles_for(verb).next().is_some();
        let barred = def.forbids.iter().any(|f| f.verb == verb && f.relation == relation);
        never(rule, bars && done && !barred);
    }
    if !major {
        return found;
    }
    let open = Control::opened(def.stages.iter().map(|s| s.kind));
    let at_will = |c: &Criterion| facts.iter().all(|facts| c.condition.holds(&|id| def.position(id), &open, facts));
    never(&GROUNDLESS, def.stages.iter().filter_map(|s| s.absent_if.as_ref()).any(at_will));
    for stage in def.stages.iter().filter(|s| s.kind == StageKind::PublicParticipation) {
        never(&GROUPS, !waits(def, &stage.exit, &facts, hear));
        let held = def.roles_for(Verb::ReportHearing).next().is_some();
        never(&HEARING_GROUND, held && stage.hearing_if.is_none());
    }
    let waits_for = |kind, item: DraftingItem| {
        let of = def.stages.iter().filter(move |s| s.kind == kind);
        let answered = move |control: &mut Control| answer(control, item);
        of.flat_map(|s| [&s.entry, &s.exit]).any(|criteria| waits(def, criteria, &facts, answered))
    };
    let asked = [StageKind::Tabling, StageKind::CollectiveDeliberation];
    never(&COMPETITION, !asked.into_iter().any(|kind| waits_for(kind, DraftingItem::FairCompetition)));
    found
}

/// Whether some criterion refuses, under some facts, exactly because of what is not yet done.
fn waits(def: &Definition, criteria: &[Criterion], facts: &[Facts], done: impl Fn(&mut Control)) -> bool {
    let before = under_way(def);
    let mut after = before.clone();
    done(&mut after);
    criteria.iter().any(|criterion| {
        let holds = |control, facts| criterion.condition.holds(&|id| def.position(id), control, facts);
        facts.iter().any(|facts| !holds(&before, facts) && holds(&after, facts))
    })
}

/// A case on its way: started, with a draft, nothing yet done with it.
fn under_way(def: &Definition) -> Control {
    let mut control = Control::opened(def.stages.iter().map(|s| s.kind));
    control.draft = DraftState::Working;
    for stage in &mut control.stages {
        match stage.kind {
            StageKind::Initiation => (stage.status, stage.evidence) = (Status::Completed, Evidence::Current),
            StageKind::Drafting | StageKind::PublicParticipation => stage.status = Status::Active,
            _ => {}
        }
    }
    control
}

fn hear(control: &mut Control) {
    for StageControl { detail, .. } in &mut control.stages {
        if let Detail::PublicParticipation { groups_heard, .. } = detail {
            *groups_heard = true;
        }
    }
}

fn answer(control: &mut Control, item: DraftingItem) {
    for StageControl { detail, .. } in &mut control.stages {
        if let Detail::Drafting { items } = detail {
            items[item as usize] = Evidence::Current;
        }
    }
}

/// Whether facts alone keep a stage from running, and do not let it be left out.
fn stuck(stage: &StageSpec, facts: &[Facts]) -> bool {
    let of_facts = |condition: &Condition| condition.paths().into_iter().all(|path| matches!(path, Path::Fact(_)));
    let control = Control::opened([]);
    let holds = |c: &Criterion, facts: &Facts| c.condition.holds(&|_| None, &control, facts);
    let shut =
        |facts: &Facts| stage.entry.iter().chain(&stage.exit).any(|c| of_facts(&c.condition) && !holds(c, facts));
    // An absence that rests on more than facts may come about in other ways.
    let left_out = |facts: &Facts| stage.absent_if.as_ref().is_some_and(|c| !of_facts(&c.condition) || holds(c, facts));
    facts.iter().any(|facts| shut(facts) && !left_out(facts))
}
