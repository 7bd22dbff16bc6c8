//! Which differences between two states can ever matter under a definition; the rest is made equal, so that the graph
//! stays small.
//!
//! Two states that this makes equal permit the same acts and lead to states that it makes equal again. Tests drive cases
//! with the real engine and check at every step that the representative of the one leads to that of the next.

use std::collections::BTreeSet;

use dingce_domain::condition::{Condition, FactValue, Path, Test};
use dingce_domain::control::{
    Adoption, Comments, Control, Detail, DraftState, Ending, Execution, ExpertPanel, HearingProgress, Meeting,
    Solicitation, StageControl, Submission, TablingProgress,
};
use dingce_domain::definition::Definition;
use dingce_domain::words::{DraftingItem, Evidence, FactId, Majority, StageKind, Status, Volume};

use crate::drive::combinations;

/// Whether a test tells no evidence from stale evidence.
fn splits(test: &Test) -> bool {
    let has =
        |word: Evidence| matches!(test, Test::In(list) if list.contains(&FactValue::Word(word.as_str().to_owned())));
    has(Evidence::None) != has(Evidence::Stale)
}

/// Whether a condition looks at facts alone, at none on which an absence rests, and some combination of them makes it
/// false: then it can be made false whatever is on record.
fn avoidable(def: &Definition, condition: &Condition) -> bool {
    let facts = |c: &Condition| -> Option<BTreeSet<FactId>> {
        c.paths().into_iter().map(|path| if let Path::Fact(id) = path { Some(id.clone()) } else { None }).collect()
    };
    let Some(asked) = facts(condition) else { return false };
    let rests = def.stages.iter().filter_map(|s| s.absent_if.as_ref()).flat_map(|c| c.condition.paths());
    let apart = rests.into_iter().all(|path| !matches!(path, Path::Fact(id) if asked.contains(id)));
    let control = Control::opened([]);
    apart && combinations(def).iter().any(|facts| !condition.holds(&|_| None, &control, facts))
}

/// An item of drafting that nothing looks at yet. Whenever it can be reaffirmed it can be answered for as well, unless
/// nobody may, or a period stands before it.
fn item_of(def: &Definition, item: DraftingItem) -> WatchedItem {
    let verb = item.verb();
    let given = def.roles_for(verb).next().is_some() && !def.clocks.iter().any(|c| c.guards.contains(&verb));
    WatchedItem { looked_at: false, none_or_stale: !given }
}

/// What conditions of a definition look at.
#[derive(Debug)]
pub(crate) struct Lens {
    items: Vec<WatchedItem>,
    irregular: bool,
    stages: Vec<Watched>,
    /// Archiving has criteria: an ended case is not folded.
    archive_asks: bool,
    /// A stage that is filed in another volume than that of the decision has criteria: what they look at matters also after
    /// that one is closed.
    later_asks: bool,
    /// An absence rests on more than facts: which facts stand beside one on record is not one act away, so they are told.
    pub facts_told: bool,
    /// No state needs a hearing for good: other facts are one act away under which participation is finished without one.
    hearing_free: bool,
}

#[derive(Debug, Clone, Copy, Default)]
struct WatchedItem {
    /// Some condition looks at it.
    looked_at: bool,
    /// Some condition tells no answer from a stale one, or nobody may give it anew at any time: then it matters that a
    /// stale one can be reaffirmed.
    none_or_stale: bool,
}

#[derive(Debug, Clone, Copy, Default)]
struct Watched {
    /// The volume in which it is filed.
    volume: Option<Volume>,
    status: bool,
    /// Some condition tells no evidence from stale evidence.
    none_or_stale: bool,
    detail: bool,
}

impl Lens {
    pub fn new(def: &Definition) -> Self {
        let mut lens = Self {
            items: DraftingItem::ALL.iter().map(|item| item_of(def, *item)).collect(),
            irregular: false,
            stages: def.stages.iter().map(|s| Watched { volume: s.volume(), ..Watched::default() }).collect(),
            archive_asks: def
                .stages
                .iter()
                .any(|s| s.kind == StageKind::Archiving && !(s.entry.is_empty() && s.exit.is_empty())),
            later_asks: def
                .stages
                .iter()
                .any(|s| s.volume() != Some(Volume::Decision) && s.entry.iter().chain(&s.exit).next().is_some()),
            facts_told: def.stages.iter().filter_map(|s| s.absent_if.as_ref()).any(|c| {
                let facts = |path: &&Path| matches!(path, Path::Fact(_));
                let paths = c.condition.paths();
                paths.iter().any(facts) && !paths.iter().all(facts)
            }),
            hearing_free: def.stages.iter().filter_map(|s| s.hearing_if.as_ref()).all(|c| avoidable(def, &c.condition)),
        };
        for stage in &def.stages {
            for criterion in stage.entry.iter().chain(&stage.exit).chain(&stage.absent_if).chain(&stage.hearing_if) {
                lens.watch(def, &criterion.condition);
            }
        }
        for invariant in &def.invariants {
            lens.watch(def, &invariant.never);
        }
        lens
    }

    fn watch(&mut self, def: &Definition, condition: &Condition) {
        match condition {
            Condition::All(list) | Condition::Any(list) => list.iter().for_each(|c| self.watch(def, c)),
            Condition::Not(inner) => self.watch(def, inner),
            Condition::Test(path, test) => self.path(def, path, test),
        }
    }

    fn path(&mut self, def: &Definition, path: &Path, test: &Test) {
        match path {
            Path::Item(item) => {
                let watched = &mut self.items[*item as usize];
                watched.looked_at = true;
                watched.none_or_stale |= splits(test);
            }
            Path::Status(id) => self.at(def, id, |w| w.status = true),
            Path::Evidence(id) => {
                if splits(test) {
                    self.at(def, id, |w| w.none_or_stale = true);
                }
            }
            Path::RiskLevel(id) | Path::Reply(id) | Path::RiskControllable(id) | Path::GroupsHeard(id) => {
                self.at(def, id, |w| w.detail = true)
            }
            Path::Result { stage, .. } => self.at(def, stage, |w| w.detail = true),
            Path::Irregular => self.irregular = true,
            Path::ResponseDue(_) | Path::Draft | Path::Adoption | Path::Cleared | Path::Fact(_) => {}
        }
    }

    /// Whether to reaffirm stale items is no more than to answer for each of them anew.
    pub fn answered_one_by_one(&self) -> bool {
        self.items.iter().all(|item| !(item.looked_at && item.none_or_stale))
    }

    fn at(&mut self, def: &Definition, id: &dingce_domain::words::StageId, set: impl FnOnce(&mut Watched)) {
        if let Some(watched) = def.position(id).and_then(|at| self.stages.get_mut(at)) {
            set(watched);
        }
    }

    /// Whether an open irregularity can make a difference here. Where it cannot, one may be open or not, and both are
    /// one state; it is told apart again by the step after which it matters.
    pub fn irregular_matters(&self, control: &Control) -> bool {
        self.irregular
            || control.ending != Ending::Running
            || control.adoption != Adoption::None
            || control
                .stages
                .iter()
                .any(|s| matches!(s.detail, Detail::CollectiveDeliberation { meeting: Meeting::Quorate, .. }))
    }

    /// Whether facts can be determined anew. As long as they can, every combination that allows the absences on record
    /// is one act away, and all of them are one state.
    pub fn facts_free(&self, control: &Control) -> bool {
        !self.facts_told
            && control.ending == Ending::Running
            && control.adoption == Adoption::None
            && control
                .stages
                .iter()
                .all(|s| !matches!(s.detail, Detail::Tabling { progress } if progress != TablingProgress::None))
    }

    /// The representative of a state; `true` where even the facts no longer matter.
    pub fn fold(&self, control: &mut Control) -> bool {
        if !self.irregular_matters(control) {
            control.irregular = false;
        }
        let issued = control.stages.iter().any(|s| s.kind == StageKind::Issuance && s.status == Status::Completed);
        // Of a procedure that issues something, nothing comes after the decision volume unless it was issued.
        let issues = control.stages.iter().any(|s| s.kind == StageKind::Issuance);
        let later_asks = self.later_asks && (issued || !issues);
        match control.ending {
            Ending::Running => {}
            Ending::Closed if !later_asks => {
                self.fold_closed(control);
                return true;
            }
            Ending::Terminated | Ending::NotAdopted if !(self.archive_asks || issued || later_asks) => {
                self.fold_ended(control);
                return true;
            }
            Ending::Closed | Ending::Terminated | Ending::NotAdopted => {}
        }
        for (stage, watched) in control.stages.iter_mut().zip(&self.stages) {
            self.fold_stage(stage, *watched);
        }
        self.facts_free(control)
    }

    /// After the decision volume is closed only what is filed elsewhere changes.
    fn fold_closed(&self, control: &mut Control) {
        let kinds: Vec<_> = control.stages.iter().map(|s| s.kind).collect();
        let closed = Control { ending: Ending::Closed, irregular: control.irregular, ..Control::opened(kinds) };
        let before = std::mem::replace(control, closed);
        for ((stage, was), watched) in control.stages.iter_mut().zip(before.stages).zip(&self.stages) {
            if watched.volume != Some(Volume::Decision) {
                *stage = was;
                self.fold_stage(stage, *watched);
            }
        }
    }

    /// An ended case is only signed, cured and archived.
    fn fold_ended(&self, control: &mut Control) {
        control.draft = DraftState::None;
        control.adoption = Adoption::None;
        for stage in &mut control.stages {
            let mut fresh = StageControl {
                kind: stage.kind,
                status: Status::Available,
                evidence: Evidence::None,
                on_current_draft: true,
                detail: Detail::fresh(stage.kind),
            };
            match (stage.detail, &mut fresh.detail) {
                (Detail::Archiving { .. }, _) => continue,
                // Only an unsigned record leaves anything to do.
                (_, Detail::CollectiveDeliberation { meeting, .. }) if stage.owes_record() => {
                    *meeting = Meeting::Adjourned;
                }
                _ => {}
            }
            *stage = fresh;
        }
    }

    fn fold_stage(&self, stage: &mut StageControl, watched: Watched) {
        let active = stage.status == Status::Active;
        if !active {
            stage.on_current_draft = true;
        }
        let produces =
            matches!(stage.kind, StageKind::PublicParticipation | StageKind::ExpertReview | StageKind::RiskAssessment);
        if active && produces && stage.evidence == Evidence::Stale && !watched.none_or_stale {
            // The round under way will put its own evidence in place of the old.
            stage.evidence = Evidence::None;
        }
        match &mut stage.detail {
            Detail::Drafting { items } => {
                for (item, watched) in items.iter_mut().zip(&self.items) {
                    if !watched.looked_at {
                        *item = Evidence::None;
                    } else if !watched.none_or_stale && *item == Evidence::None {
                        // Both are answered for in the same way, and to reaffirm a stale one is no more than that.
                        *item = Evidence::Stale;
                    }
                }
                if stage.status == Status::Completed && !watched.status {
                    stage.status = Status::Active;
                }
            }
            Detail::PublicParticipation { solicitation, comments, groups_heard, hearing } => {
                // Before the report another hearing may be announced after one as before any; after it a hearing that was
                // reported on is asked for no more: only a new one, or a changed draft, opens the stage.
                let done = matches!(stage.status, Status::Completed | Status::Absent);
                if *hearing == HearingProgress::Reported && (done || self.hearing_free) {
                    *hearing = HearingProgress::None;
                }
                // Asked at the report alone. A hearing that is announced after it asks again, and those who were heard on
                // this draft stay heard; a stage that must run after all begins anew.
                if !watched.detail || stage.status == Status::Absent {
                    *groups_heard = false;
                }
                if stage.status == Status::Completed {
                    // A hearing that is announced now finds it so, however it was finished.
                    (*solicitation, *comments) = (Solicitation::Closed, Comments::None);
                } else if !active && *solicitation == Solicitation::Closed && *comments != Comments::Open {
                    *solicitation = Solicitation::None;
                }
                if *comments == Comments::Answered || (!active && *solicitation == Solicitation::None) {
                    *comments = Comments::None;
                }
            }
            Detail::ExpertReview { panel } => {
                // Only a review under way asks how far it has come; an appointment begins it anew.
                if !active {
                    *panel = ExpertPanel::None;
                }
            }
            Detail::RiskAssessment { level } => {
                if !watched.detail {
                    *level = None;
                }
            }
            Detail::LegalityReview { submission, advised, .. } => {
                if *submission == Submission::None {
                    *advised = false;
                }
            }
            Detail::CollectiveDeliberation { risk_controllable, positions_complete, majority, decided, .. } => {
                *majority = Majority::Even;
                if *decided {
                    *positions_complete = false;
                    if !watched.detail {
                        *risk_controllable = None;
                    }
                }
            }
            Detail::PreIssuanceReporting { reply } => {
                if !watched.detail {
                    *reply = None;
                }
            }
            Detail::Implementation { execution, .. } => {
                // Ended is ended.
                if matches!(execution, Execution::Adjusted | Execution::Terminated) {
                    *execution = Execution::Completed;
                }
            }
            Detail::Initiation { studied } => {
                // Only the decision asks for the study.
                *studied |= stage.status == Status::Completed;
            }
            Detail::Task { result } => {
                if !watched.detail {
                    *result = None;
                }
            }
            Detail::Tabling { .. }
            | Detail::Approval { .. }
            | Detail::PostEvaluation { .. }
            | Detail::Issuance
            | Detail::Publication
            | Detail::Archiving { .. } => {}
        }
    }
}
