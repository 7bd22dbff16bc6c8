//! The legality review, and how a draft comes to the table.

use std::collections::BTreeSet;

use dingce_domain::act::Act;
use dingce_domain::control::{Adoption, DraftState, Submission};
use dingce_domain::occasion::Actor;
use dingce_domain::permits::Relations;
use dingce_domain::verb::Verb;
use dingce_domain::words::{AdviserKind, LegalityConclusion, Relation, StageKind};

use super::{Auditor, Sheet, rule};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Review {
    pub submission: Submission,
    /// The parts of advisers that are answered for in this round.
    advice: BTreeSet<AdviserKind>,
    pub answer_owed: bool,
    /// The newest words that were cleared.
    pub cleared: Option<u32>,
}

impl Default for Review {
    fn default() -> Self {
        Self { submission: Submission::None, advice: BTreeSet::new(), answer_owed: false, cleared: None }
    }
}

impl Review {
    pub fn runs(&self) -> bool {
        self.submission != Submission::None
    }

    pub fn advised(&self) -> bool {
        AdviserKind::ALL.iter().all(|kind| self.advice.contains(kind))
    }

    /// Nothing is before the reviewer any more.
    pub fn leave(&mut self) {
        *self = Self { cleared: self.cleared, ..Self::default() };
    }
}

impl Auditor<'_> {
    /// Every review cleared the words as they are.
    pub(super) fn cleared(&self) -> bool {
        let clears = |sheet: &Sheet| matches!(sheet, Sheet::Review(r) if r.cleared == Some(self.text.words));
        self.has(StageKind::LegalityReview) && self.of(StageKind::LegalityReview).all(|(_, seen)| clears(&seen.sheet))
    }

    pub(super) fn under_review(&self) -> bool {
        self.stages.iter().any(|seen| matches!(&seen.sheet, Sheet::Review(review) if review.runs()))
    }

    /// On its way to the table, or on it.
    pub(super) fn tabled(&self) -> bool {
        self.stages.iter().any(|seen| matches!(&seen.sheet, Sheet::Tabling(steps) if *steps > 0))
    }

    /// What stood on the table is off it, and what was decided of it is undone.
    pub(super) fn untable(&mut self) {
        self.again(StageKind::Tabling);
        self.break_off();
        self.again(StageKind::PreIssuanceReporting);
        self.adopted = Adoption::None;
    }

    pub(super) fn reviews(&self, act: &Act, at: usize, who: &Relations) -> Result<(), &'static str> {
        let Sheet::Review(review) = &self.stages[at].sheet else { return Err("another stage's") };
        let before = |is: Submission| rule(review.submission == is, "not before the reviewer");
        match act {
            Act::SubmitForLegalityReview(_) => {
                rule(self.text.state != DraftState::None, "no draft")?;
                rule(self.text.state != DraftState::ToAmend, "a draft that must be amended")?;
                rule(self.adopted == Adoption::None && !review.runs(), "adopted, or under review")?;
                rule(review.cleared != Some(self.text.words), "cleared")?;
                rule(!review.answer_owed, "an answer is owed")?;
                self.enters(at)?;
                rule(!self.hearing_missing(), "a hearing that must be held")
            }
            Act::ReturnSubmission(_) => rule(review.runs(), "not before the reviewer"),
            Act::RequestSupplement(_) => before(Submission::UnderReview),
            Act::SupplySupplement(_) => before(Submission::AwaitingSupplement),
            Act::RecordAdvice(given) => {
                rule(review.runs(), "not before the reviewer")?;
                let roles = || self.def.roles.iter().filter(|role| role.verbs.contains(&Verb::RecordAdvice));
                let own: Vec<_> =
                    roles().filter(|role| who.roles.contains(&role.id)).flat_map(|r| r.advises()).collect();
                let others = roles().any(|role| role.advises().next().is_none());
                // That nobody advises is not an adviser's to say, and each speaks as what they are.
                rule(own.is_empty() || !(given.absent && others), "not an adviser's to say")?;
                rule(own.is_empty() || own.contains(&given.kind), "not their part")
            }
            Act::ConcludeLegalityReview(given) => {
                before(Submission::UnderReview)?;
                rule(review.advised(), "advisers were not heard")?;
                self.leaves(at)?;
                rule(!(given.conclusion.clears() && self.hearing_missing()), "a hearing that must be held")
            }
            Act::RespondToLegalityOpinion(_) => rule(review.answer_owed, "no answer is owed"),
            Act::ConfirmDraft(_) | Act::RefuseConfirmation(_) => {
                rule(!review.runs(), "under review")?;
                let other_words = review.cleared.is_some_and(|words| words != self.text.words);
                rule(other_words && self.text.state != DraftState::ToAmend, "nothing to confirm")
            }
            _ => Err("another stage's"),
        }
    }

    pub(super) fn reviewed(&mut self, act: &Act, at: usize, actor: &Actor) {
        let words = self.text.words;
        let Sheet::Review(review) = &mut self.stages[at].sheet else { return };
        match act {
            Act::SubmitForLegalityReview(_) => {
                review.leave();
                review.submission = Submission::UnderReview;
                for seen in &mut self.stages {
                    if let Sheet::Drafting { handed_in, .. } = &mut seen.sheet {
                        *handed_in = true;
                    }
                }
            }
            Act::ReturnSubmission(_) => review.submission = Submission::None,
            Act::RequestSupplement(_) => review.submission = Submission::AwaitingSupplement,
            Act::SupplySupplement(_) => review.submission = Submission::UnderReview,
            Act::RecordAdvice(given) => {
                review.advice.insert(given.kind);
            }
            Act::ConcludeLegalityReview(given) => {
                review.leave();
                let clears = matches!(given.conclusion, LegalityConclusion::Lawful | LegalityConclusion::RiskStated);
                (review.answer_owed, review.cleared) = (!clears, clears.then_some(words));
                if !clears {
                    self.draft_again();
                }
                if !clears && given.conclusion != LegalityConclusion::ProcedureMissing {
                    self.text.state = DraftState::ToAmend;
                }
                self.wear(actor, Relation::ReviewedLegality);
            }
            Act::RespondToLegalityOpinion(_) => review.answer_owed = false,
            Act::ConfirmDraft(_) => {
                review.cleared = Some(words);
                if self.text.state == DraftState::Final {
                    self.text.state = DraftState::Confirmed;
                }
                self.wear(actor, Relation::ReviewedLegality);
            }
            Act::RefuseConfirmation(_) => {
                self.wear(actor, Relation::ReviewedLegality);
                if self.adopted == Adoption::None {
                    // What was called a change of words is one of substance.
                    self.changed();
                } else {
                    self.text.state = DraftState::ToAmend;
                }
            }
            _ => {}
        }
    }

    pub(super) fn tables(&self, act: &Act, at: usize) -> Result<(), &'static str> {
        let Sheet::Tabling(steps) = &self.stages[at].sheet else { return Err("another stage's") };
        rule(self.cleared(), "not cleared")?;
        rule(self.text.state != DraftState::ToAmend && self.adopted == Adoption::None, "to be amended, or adopted")?;
        let (step, gate) = match act {
            Act::RequestTabling(_) => (0, self.enters(at)),
            Act::CheckTablingFile(_) => (1, Ok(())),
            Act::ReviewTabling(_) => (2, Ok(())),
            Act::ApproveTabling(_) => (3, self.leaves(at)),
            _ => return Err("another stage's"),
        };
        rule(*steps == step, "not in order")?;
        gate?;
        rule(step > 0 || !self.hearing_missing(), "a hearing that must be held")
    }

    pub(super) fn tabling(&mut self, act: &Act, at: usize) {
        let Sheet::Tabling(steps) = &mut self.stages[at].sheet else { return };
        *steps = match act {
            Act::RequestTabling(_) => 1,
            Act::CheckTablingFile(given) if given.complete => 2,
            Act::ReviewTabling(given) if given.agrees => 3,
            Act::ApproveTabling(given) if given.approves => 4,
            _ => 0,
        };
    }
}
