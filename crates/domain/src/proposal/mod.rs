//! Proposals to decide 决策建议, before there is a case (R713 art. 10): who proposed what, which unit studied it, what was
//! decided on it and by whom, and what the proposer was told.
//!
//! A unit argues its own proposal; every other one is handed to a unit for study. A refusal is a decision like any other,
//! with its reasons, and stays on record. R713 sets no period for an answer: a day is shown only where somebody set one.
//! The study and decision inside a case (`study_proposal`, `decide_initiation`) are acts of that case; a case that is
//! opened from a decided proposal takes its study over ([`Proposal::study_for_a_case`]).

mod acts;

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::act::StudyProposal;
use crate::case::CorruptHistory;
use crate::check;
use crate::code::Code;
use crate::erasure::{ErasurePart, MASK, PersonalDataErased};
use crate::id::{PersonId, ProposalId};
use crate::occasion::On;
use crate::rejection::Rejection;
use crate::tie::Ties;
use crate::words;
use crate::words::Proposer;

pub use acts::{
    AnswerProposal, Argument, DecideProposal, GiveOpinion, HandOver, OpenSender, ProposalAct, ProposalEvent,
    SubmitProposal, Suggestion,
};

words! {
    /// What a unit argues for its proposal (R713 art. 10).
    ArgumentPart {
        /// The main problem.
        MainProblem = "main_problem",
        /// Reasons and basis.
        ReasonsAndBasis = "reasons_and_basis",
        /// The preliminary solution.
        PreliminarySolution = "preliminary_solution",
        /// Necessity.
        Necessity = "necessity",
        /// Feasibility.
        Feasibility = "feasibility",
    }

    /// What is decided on a proposal, or recommended.
    ProposalOutcome {
        /// To start the procedure of a major decision.
        Start = "start",
        /// Not to start it.
        NotStart = "not_start",
        /// Another procedure.
        OtherProcedure = "other_procedure",
    }

    /// Where a proposal stands.
    ProposalState {
        /// It came, and nobody studies it yet.
        Received = "received",
        /// A unit studies it.
        UnderStudy = "under_study",
        /// It is studied, or argued by the unit that proposes, and waits for a decision.
        Studied = "studied",
        /// It is decided, and the proposer waits for an answer.
        Decided = "decided",
        /// The proposer is answered.
        Answered = "answered",
    }

    /// Who decided.
    Decider {
        /// A person in office.
        Person = "person",
        /// A meeting.
        Meeting = "meeting",
    }
}

/// A proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Its id.
    pub id: ProposalId,
    /// As it came.
    pub given: SubmitProposal,
    /// The day on which it came.
    pub received_on: Date,
    /// What a unit did not argue.
    pub missing: BTreeSet<ArgumentPart>,
    /// To whom it is handed, and when.
    pub handed: Option<(HandOver, Date)>,
    /// The opinion of that unit, and when it was given.
    pub study: Option<(GiveOpinion, Date)>,
    /// Decisions, the latest last; whether each was taken unstudied.
    pub decisions: Vec<(DecideProposal, bool)>,
    /// The answer to the latest decision, and when it was given.
    pub answer: Option<(AnswerProposal, Date)>,
    /// What it is tied to, and why.
    pub ties: Ties,
    /// Openings of its sealed sender: why, to whom and when.
    pub openings: Vec<(OpenSender, PersonId, Date)>,
    /// What of it was erased. A text that was masked is masked here too.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub erased: BTreeSet<ErasurePart>,
    /// How many events made it.
    pub n: u64,
}

impl Proposal {
    /// The proposal after one event.
    ///
    /// # Errors
    /// [`CorruptHistory`] where the event cannot follow.
    pub fn evolve(state: Option<Self>, id: ProposalId, event: &ProposalEvent) -> Result<Self, CorruptHistory> {
        let n = state.as_ref().map_or(0, |s| s.n) + 1;
        let corrupt = |why: &str| CorruptHistory { n, kind: event.kind().to_owned(), why: why.to_owned() };
        let mut state = match (state, event) {
            (None, ProposalEvent::Received { given, receipt: _, on, missing }) => {
                return Ok(Self {
                    id,
                    given: given.clone(),
                    received_on: *on,
                    missing: missing.clone(),
                    handed: None,
                    study: None,
                    decisions: Vec::new(),
                    answer: None,
                    ties: Ties::default(),
                    openings: Vec::new(),
                    erased: BTreeSet::new(),
                    n,
                });
            }
            (None, _) => return Err(corrupt("the first event must be that it came")),
            (Some(state), _) => state,
        };
        match event {
            ProposalEvent::Received { .. } => return Err(corrupt("it is there already")),
            ProposalEvent::HandedOver { given, on } => {
                state.handed = Some((given.clone(), *on));
                state.study = None;
            }
            ProposalEvent::OpinionGiven { given, on } => state.study = Some((given.clone(), *on)),
            ProposalEvent::Decided { given, unstudied } => {
                state.decisions.push((given.clone(), *unstudied));
                state.answer = None;
            }
            ProposalEvent::Answered { given, on } => state.answer = Some((given.clone(), *on)),
            ProposalEvent::SenderOpened { given, by, on } => state.openings.push((given.clone(), *by, *on)),
            ProposalEvent::PersonalDataErased { given } => state = state.without(given),
            ProposalEvent::Linked { given } => state.ties.tie(given),
            ProposalEvent::Unlinked { given } if state.ties.untie(given) => {}
            ProposalEvent::Unlinked { .. } => return Err(corrupt("it is not tied to that")),
        }
        state.n = n;
        Ok(state)
    }

    /// The proposal without what was erased of it.
    #[must_use]
    pub fn without(mut self, erased: &PersonalDataErased) -> Self {
        self.erased.extend(erased.parts.iter().copied());
        if erased.parts.contains(&ErasurePart::Text) {
            MASK.clone_into(&mut self.given.title);
            MASK.clone_into(&mut self.given.text);
        }
        self
    }

    /// Where it stands.
    pub fn stands(&self) -> ProposalState {
        match (&self.answer, self.decisions.is_empty(), &self.study, &self.handed) {
            (Some(_), ..) => ProposalState::Answered,
            (None, false, ..) => ProposalState::Decided,
            (None, true, Some(_), _) => ProposalState::Studied,
            (None, true, None, Some(_)) => ProposalState::UnderStudy,
            (None, true, None, None) if self.argued() => ProposalState::Studied,
            (None, true, None, None) => ProposalState::Received,
        }
    }

    /// Whether it needs no other study: a unit argued its own proposal in full (R713 art. 10).
    fn argued(&self) -> bool {
        self.given.proposer == Proposer::Unit && self.missing.is_empty()
    }

    /// The latest decision.
    pub fn decision(&self) -> Option<&DecideProposal> {
        self.decisions.last().map(|(given, _)| given)
    }

    /// The day since which it waits for whoever is next; none once the proposer is answered.
    pub fn waiting_since(&self) -> Option<Date> {
        match self.stands() {
            ProposalState::Received => Some(self.received_on),
            ProposalState::UnderStudy => self.handed.as_ref().map(|(_, on)| *on),
            ProposalState::Studied => Some(self.study.as_ref().map_or(self.received_on, |(_, on)| *on)),
            ProposalState::Decided => self.decision().map(|d| d.decided_on),
            ProposalState::Answered => None,
        }
    }

    /// The next day that somebody set and that is still open: for the study, or for the answer to a suggestion.
    pub fn due_on(&self) -> Option<Date> {
        let study = self.handed.as_ref().filter(|_| self.stands() == ProposalState::UnderStudy);
        let study = study.and_then(|(given, _)| given.study_by);
        let reply = self.given.suggestion.as_ref().filter(|_| self.answer.is_none()).and_then(|s| s.reply_by);
        study.into_iter().chain(reply).min()
    }

    /// What a case that is opened from it takes over as its own study: the unit's opinion, or what the proposing unit
    /// argued. None where the procedure is not to be started.
    pub fn study_for_a_case(&self) -> Option<StudyProposal> {
        self.decision().filter(|d| d.outcome == ProposalOutcome::Start)?;
        if let Some((given, _)) = &self.study {
            let (opinion, documents) = (given.opinion.clone(), given.documents.clone());
            return Some(StudyProposal { opinion, recommends: given.recommends == ProposalOutcome::Start, documents });
        }
        let argument = self.given.argument.as_ref().filter(|_| self.argued())?;
        let opinion = argument.parts().map(|(_, text)| text).join("\n");
        // What was argued at length stands in the proposal's own record; a study is a text of 10,000 characters at most.
        let opinion = opinion.chars().take(check::TEXT_MAX).collect();
        Some(StudyProposal { opinion, recommends: true, documents: self.given.documents.clone() })
    }

    /// A proposal comes. `receipt` is a random code drawn by the application, by which its sender finds the answer.
    ///
    /// # Errors
    /// A [`Rejection`] where a unit does not argue it (R713 art. 10), or a record cannot hold it.
    pub fn receive(given: SubmitProposal, receipt: String, on: On) -> Result<ProposalEvent, Rejection> {
        given.acceptable()?;
        on.acceptable()?;
        let argued = given.argument.clone().unwrap_or_default();
        let missing: BTreeSet<ArgumentPart> = match given.proposer {
            Proposer::Unit => argued.parts().iter().filter(|(_, t)| t.trim().is_empty()).map(|(p, _)| *p).collect(),
            Proposer::Leader | Proposer::Deputy | Proposer::ConferenceMember | Proposer::Public => BTreeSet::new(),
        };
        // What came on paper came as it was.
        if !missing.is_empty() && !on.offline {
            let needed: Vec<_> = missing.iter().map(|part| part.as_str()).collect();
            return Err(Rejection::new(Code::ProposalArgumentMissing).at("argument").needed(needed.join(", ")));
        }
        Ok(ProposalEvent::Received { given, receipt, on: on.day, missing })
    }

    /// What an act does to it.
    ///
    /// # Errors
    /// A [`Rejection`] where it may not happen.
    pub fn decide(&self, act: ProposalAct, on: On) -> Result<ProposalEvent, Rejection> {
        on.acceptable()?;
        check::documents(act.documents(), 0)?;
        match act {
            ProposalAct::HandOver(given) => self.hand_over(given, on),
            ProposalAct::GiveOpinion(given) => {
                check::text("opinion", &given.opinion)?;
                self.stand(&[ProposalState::UnderStudy])?;
                if let Some((_, handed_on)) = &self.handed {
                    check::not_before("occurred_on", on.day, *handed_on)?;
                }
                Ok(ProposalEvent::OpinionGiven { given, on: on.day })
            }
            ProposalAct::Decide(given) => self.decision_on(given, on),
            ProposalAct::Answer(given) => {
                check::text("text", &given.text)?;
                self.stand(&[ProposalState::Decided])?;
                if let Some(decided) = self.decision() {
                    check::not_before("occurred_on", on.day, decided.decided_on)?;
                }
                Ok(ProposalEvent::Answered { given, on: on.day })
            }
            ProposalAct::Link(given) => {
                self.ties.may_tie(&given)?;
                Ok(ProposalEvent::Linked { given })
            }
            ProposalAct::Unlink(given) => {
                self.ties.may_untie(&given)?;
                Ok(ProposalEvent::Unlinked { given })
            }
        }
    }

    /// Who of the public sent it is opened to `by`, today. Others propose in their office, and nothing of them is sealed.
    ///
    /// # Errors
    /// A [`Rejection`] where nobody is sealed, or no reason is given.
    pub fn open_sender(&self, given: OpenSender, by: PersonId, today: Date) -> Result<ProposalEvent, Rejection> {
        check::text("reason", &given.reason)?;
        if self.given.proposer != Proposer::Public {
            let refused = Rejection::new(Code::InputNotAcceptable).at("proposal_id").given(self.given.proposer);
            return Err(refused.needed(Proposer::Public));
        }
        Ok(ProposalEvent::SenderOpened { given, by, on: today })
    }

    /// Something that the public gave with it is erased. Harmless twice: nothing where all of it was erased before.
    ///
    /// # Errors
    /// `ERASURE_NOT_ALLOWED` where whoever proposed did so in their office.
    pub fn erase(&self, given: PersonalDataErased) -> Result<Option<ProposalEvent>, Rejection> {
        if self.given.proposer != Proposer::Public {
            return Err(Rejection::new(Code::ErasureNotAllowed).given(self.given.proposer));
        }
        let new = !given.parts.is_subset(&self.erased);
        Ok(new.then_some(ProposalEvent::PersonalDataErased { given }))
    }

    fn stand(&self, states: &[ProposalState]) -> Result<(), Rejection> {
        let stands = self.stands();
        if states.contains(&stands) {
            return Ok(());
        }
        let needed: Vec<_> = states.iter().map(|s| s.as_str()).collect();
        Err(Rejection::new(Code::ProposalNotOpen).given(stands).needed(needed.join(", ")))
    }

    fn hand_over(&self, given: HandOver, on: On) -> Result<ProposalEvent, Rejection> {
        check::text("note", &given.note)?;
        self.stand(&[ProposalState::Received, ProposalState::UnderStudy, ProposalState::Studied])?;
        check::not_before("occurred_on", on.day, self.received_on)?;
        if let Some(day) = given.study_by {
            check::not_before("study_by", day, on.day)?;
        }
        Ok(ProposalEvent::HandedOver { given, on: on.day })
    }

    /// R713 art. 10 puts the study before the decision: online it refuses, on paper it is recorded as it was. A decision
    /// may be taken anew, with its own reasons, until a case is opened.
    fn decision_on(&self, given: DecideProposal, on: On) -> Result<ProposalEvent, Rejection> {
        check::text("reason", &given.reason)?;
        check::line("decided_by", &given.decided_by)?;
        match given.outcome {
            ProposalOutcome::OtherProcedure => check::line("procedure", &given.procedure)?,
            ProposalOutcome::Start | ProposalOutcome::NotStart if given.procedure.is_empty() => {}
            ProposalOutcome::Start | ProposalOutcome::NotStart => {
                return Err(Rejection::new(Code::InputNotAcceptable)
                    .at("procedure")
                    .given(&given.procedure)
                    .needed(ProposalOutcome::OtherProcedure));
            }
        }
        check::not_after("decided_on", given.decided_on, on.today)?;
        check::not_before("decided_on", given.decided_on, self.received_on)?;
        if let Some(case) = self.ties.cases().next() {
            return Err(Rejection::new(Code::AlreadyThere).at("case").given(case));
        }
        let studied_on = self.study.as_ref().map(|(_, on)| *on).or(self.argued().then_some(self.received_on));
        let unstudied = studied_on.is_none_or(|day| given.decided_on < day);
        if unstudied && !on.offline {
            return Err(match studied_on {
                None => Rejection::new(Code::ProposalNotStudied),
                Some(day) => {
                    let needed = format!("{day}..");
                    Rejection::new(Code::OutOfOrder).at("decided_on").given(given.decided_on).needed(needed)
                }
            });
        }
        Ok(ProposalEvent::Decided { given, unstudied })
    }
}

#[cfg(test)]
mod tests;
