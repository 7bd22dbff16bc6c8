//! After issuance what led there is over: nothing of it changes any more (R713 art. 37). All that it still does is to
//! make conditions true or false that are asked later; where two pasts leave the same of these, they are one.

use std::cell::RefCell;
use std::collections::HashMap;

use dingce_domain::condition::{Condition, Facts, Path};
use dingce_domain::control::{Adoption, Control, Detail, DraftState, Ending, StageControl, Submission};
use dingce_domain::definition::Definition;
use dingce_domain::words::{Evidence, StageKind, Status};

/// Kinds of stages that go on after issuance; a task or an approval may.
const LATER: [StageKind; 6] = [
    StageKind::Publication,
    StageKind::Implementation,
    StageKind::PostEvaluation,
    StageKind::Archiving,
    StageKind::Task,
    StageKind::Approval,
];

/// The first past that was seen with what it leaves.
#[derive(Debug)]
struct Past {
    stages: Vec<StageControl>,
    draft: DraftState,
    adoption: Adoption,
    facts: u16,
}

/// The pasts of issued decisions, by what they leave of the conditions that are still asked.
#[derive(Debug)]
pub(crate) struct Pasts<'d> {
    def: &'d Definition,
    asked: Vec<&'d Condition>,
    seen: RefCell<HashMap<String, Past>>,
}

impl<'d> Pasts<'d> {
    pub fn new(def: &'d Definition) -> Self {
        let later = def.stages.iter().filter(|s| LATER.contains(&s.kind));
        let criteria = later.flat_map(|s| s.entry.iter().chain(&s.exit).chain(&s.absent_if)).map(|c| &c.condition);
        let asked = criteria.chain(def.invariants.iter().map(|i| &i.never)).collect();
        Self { def, asked, seen: RefCell::default() }
    }

    /// Puts in place of the past of an issued decision the first that leaves the same.
    pub fn fold(&self, control: &mut Control, facts: &mut u16, known: &[Facts]) {
        if control.ending != Ending::Running || !over(control) {
            return;
        }
        let mut left = String::new();
        for condition in &self.asked {
            match self.left_of(condition, control, &known[usize::from(*facts)]) {
                Ok(known) => left.push(if known { '1' } else { '0' }),
                Err(open) => left.push_str(&open),
            }
            left.push(';');
        }
        let mut seen = self.seen.borrow_mut();
        let past = seen.entry(left).or_insert_with(|| Past {
            stages: control.stages.clone(),
            draft: control.draft,
            adoption: control.adoption,
            facts: *facts,
        });
        (control.draft, control.adoption, *facts) = (past.draft, past.adoption, past.facts);
        for (stage, was) in control.stages.iter_mut().zip(&past.stages) {
            if !LATER.contains(&stage.kind) {
                *stage = *was;
            }
        }
    }

    /// What is left of a condition once the past is known: its truth, or what it still asks.
    fn left_of(&self, condition: &Condition, control: &Control, facts: &Facts) -> Result<bool, String> {
        let each = |list: &[Condition], settles: bool, sign: char| {
            let mut open = Vec::new();
            for condition in list {
                match self.left_of(condition, control, facts) {
                    Ok(known) if known == settles => return Ok(settles),
                    Ok(_) => {}
                    Err(asked) => open.push(asked),
                }
            }
            if open.is_empty() { Ok(!settles) } else { Err(format!("{sign}({})", open.join(","))) }
        };
        match condition {
            Condition::All(list) => each(list, false, '&'),
            Condition::Any(list) => each(list, true, '|'),
            Condition::Not(inner) => {
                self.left_of(inner, control, facts).map(|known| !known).map_err(|open| format!("!{open}"))
            }
            Condition::Test(path, _) if self.changes_still(path) => Err(format!("{condition:?}")),
            Condition::Test(..) => Ok(condition.holds(&|id| self.def.position(id), control, facts)),
        }
    }

    fn changes_still(&self, path: &Path) -> bool {
        match path {
            Path::Status(id)
            | Path::Evidence(id)
            | Path::RiskLevel(id)
            | Path::Reply(id)
            | Path::ResponseDue(id)
            | Path::RiskControllable(id)
            | Path::GroupsHeard(id)
            | Path::Result { stage: id, .. } => {
                let stage = self.def.position(id).and_then(|at| self.def.stages.get(at));
                stage.is_some_and(|s| LATER.contains(&s.kind))
            }
            Path::Irregular => true,
            Path::Item(_) | Path::Draft | Path::Adoption | Path::Cleared | Path::Fact(_) => false,
        }
    }
}

/// Whether the decision is issued and nothing that led there is left to do: no record to sign, no answer to give, no
/// evidence to reaffirm, no absence to record.
fn over(control: &Control) -> bool {
    let at_rest = |stage: &StageControl| match (stage.kind, stage.detail) {
        (kind, _) if LATER.contains(&kind) => true,
        (StageKind::PublicParticipation | StageKind::ExpertReview | StageKind::RiskAssessment, _) => {
            stage.status == Status::Absent || (stage.status == Status::Completed && stage.evidence == Evidence::Current)
        }
        (_, Detail::LegalityReview { submission, response_due, .. }) => {
            submission == Submission::None && !response_due && stage.evidence == Evidence::Current
        }
        (_, Detail::CollectiveDeliberation { decided, signed, .. }) => decided && signed,
        (StageKind::Issuance, _) => stage.status == Status::Completed,
        _ => true,
    };
    control.stages.iter().any(|s| s.kind == StageKind::Issuance)
        && control.adoption != Adoption::None
        && control.stages.iter().all(at_rest)
}
