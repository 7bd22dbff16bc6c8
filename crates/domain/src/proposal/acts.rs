//! What can be done to a proposal, and what is recorded of it.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{ArgumentPart, Decider, ProposalOutcome};
use crate::check;
use crate::consultation::Channel;
use crate::erasure::PersonalDataErased;
use crate::id::{PersonId, UnitId};
use crate::rejection::Rejection;
use crate::tie::TieMatter;
use crate::words::{DocumentRef, Proposer};

/// What a unit argues for its proposal (R713 art. 10).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Argument {
    /// The main problem.
    pub main_problem: String,
    /// Reasons and basis.
    pub reasons_and_basis: String,
    /// The preliminary solution.
    pub preliminary_solution: String,
    /// Why it is necessary.
    pub necessity: String,
    /// Why it is feasible.
    pub feasibility: String,
}

impl Argument {
    /// Each part with its text.
    pub fn parts(&self) -> [(ArgumentPart, &str); 5] {
        let Self { main_problem, reasons_and_basis, preliminary_solution, necessity, feasibility } = self;
        [
            (ArgumentPart::MainProblem, main_problem),
            (ArgumentPart::ReasonsAndBasis, reasons_and_basis),
            (ArgumentPart::PreliminarySolution, preliminary_solution),
            (ArgumentPart::Necessity, necessity),
            (ArgumentPart::Feasibility, feasibility),
        ]
    }
}

/// A suggestion of a deputy 建议 or a proposal of a conference member 提案, which has its own procedure and its own clock:
/// named here, never merged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suggestion {
    /// Its number, as people cite it.
    pub number: String,
    /// By when it is to be answered, as its own papers say; absent where they do not.
    pub reply_by: Option<Date>,
}

/// Make a proposal 决策建议.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubmitProposal {
    /// Who proposes (R713 art. 10).
    pub proposer: Proposer,
    /// Name and office of a leader, deputy or conference member, or the unit's name, as of the act. Empty for the public:
    /// who they are is sealed apart.
    pub proposed_by: String,
    /// The unit of the directory that proposes, where it is one.
    pub unit: Option<UnitId>,
    /// How it came.
    pub channel: Channel,
    /// The matter, 1 to 200 characters.
    pub title: String,
    /// What is proposed, 1 to 10,000 characters.
    pub text: String,
    /// What a unit must argue; others may.
    pub argument: Option<Argument>,
    /// The suggestion that it was made by, if any.
    pub suggestion: Option<Suggestion>,
    /// What came with it.
    pub documents: Vec<DocumentRef>,
}

impl SubmitProposal {
    /// That a record can hold it.
    ///
    /// # Errors
    /// A [`Rejection`] that names the member.
    pub(super) fn acceptable(&self) -> Result<(), Rejection> {
        let Self { proposer, proposed_by, unit: _, channel: _, title, text, argument, suggestion, documents } = self;
        match proposer {
            // Whoever of the public proposes may stay unnamed, and is never named in the open record.
            Proposer::Public if proposed_by.is_empty() => {}
            Proposer::Public => {
                return Err(Rejection::new(crate::code::Code::InputNotAcceptable)
                    .at("proposed_by")
                    .given(proposed_by)
                    .needed(""));
            }
            Proposer::Leader | Proposer::Unit | Proposer::Deputy | Proposer::ConferenceMember => {
                check::line("proposed_by", proposed_by)?;
            }
        }
        check::line("title", title)?;
        check::text("text", text)?;
        for (part, text) in argument.iter().flat_map(Argument::parts) {
            check::text_or_empty(&format!("argument.{part}"), text)?;
        }
        if let Some(Suggestion { number, reply_by: _ }) = suggestion {
            check::line("suggestion.number", number)?;
        }
        check::documents(documents, 0)
    }
}

/// Hand a proposal to the unit that is to study it 交办; again where another unit is the right one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// To whom.
    pub unit: UnitId,
    /// By when an opinion is asked for, to the end of the day; absent where nobody set a day: the law has none.
    pub study_by: Option<Date>,
    /// What is asked; on a second handing-over, why.
    pub note: String,
}

/// Give the opinion of the unit that studied the proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GiveOpinion {
    /// Necessity, feasibility, lawfulness.
    pub opinion: String,
    /// What it recommends.
    pub recommends: ProposalOutcome,
    /// The report.
    pub documents: Vec<DocumentRef>,
}

/// Record what was decided on the proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecideProposal {
    /// What.
    pub outcome: ProposalOutcome,
    /// Which other procedure; given with that outcome, and with no other.
    pub procedure: String,
    /// Why. A refusal is traced by it.
    pub reason: String,
    /// Whether a person or a meeting decided.
    pub decider: Decider,
    /// Name and office of the person, or body and number of the meeting.
    pub decided_by: String,
    /// Day of the decision, not in the future.
    pub decided_on: Date,
    /// What shows it.
    pub documents: Vec<DocumentRef>,
}

/// Answer the proposer. Whoever holds the receipt reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerProposal {
    /// The answer.
    pub text: String,
}

/// Open who of the public sent a proposal, which is sealed apart from it. The opening is an act, and is recorded before
/// anything is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenSender {
    /// Why it is necessary to know.
    pub reason: String,
}

/// An act on a proposal that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum ProposalAct {
    HandOver(HandOver),
    GiveOpinion(GiveOpinion),
    Decide(DecideProposal),
    Answer(AnswerProposal),
    Link(TieMatter),
    Unlink(TieMatter),
}

impl ProposalAct {
    /// Documents that come with it.
    pub fn documents(&self) -> &[DocumentRef] {
        match self {
            Self::GiveOpinion(GiveOpinion { documents, .. }) | Self::Decide(DecideProposal { documents, .. }) => {
                documents
            }
            Self::HandOver(_) | Self::Answer(_) | Self::Link(_) | Self::Unlink(_) => &[],
        }
    }
}

/// One event of a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum ProposalEvent {
    /// It came; `missing` is what a unit did not argue, on paper. Who of the public sent it is in the sealed body.
    #[serde(rename = "proposal_received")]
    Received { given: SubmitProposal, receipt: String, on: Date, missing: BTreeSet<ArgumentPart> },
    /// It was handed to a unit.
    #[serde(rename = "proposal_handed_over")]
    HandedOver { given: HandOver, on: Date },
    /// The unit gave its opinion.
    #[serde(rename = "proposal_opinion_given")]
    OpinionGiven { given: GiveOpinion, on: Date },
    /// It was decided; `unstudied` where that was done on paper before any study (R713 art. 10).
    #[serde(rename = "proposal_decided")]
    Decided { given: DecideProposal, unstudied: bool },
    /// The proposer was answered.
    #[serde(rename = "proposal_answered")]
    Answered { given: AnswerProposal, on: Date },
    /// It was tied to something.
    #[serde(rename = "proposal_linked")]
    Linked { given: TieMatter },
    /// It was untied.
    #[serde(rename = "proposal_unlinked")]
    Unlinked { given: TieMatter },
    /// Who of the public sent it was opened to somebody who may trace.
    #[serde(rename = "proposal_sender_opened")]
    SenderOpened { given: OpenSender, by: PersonId, on: Date },
    /// Something that the public gave with it was erased (PIPL art. 47).
    #[serde(rename = "personal_data_erased")]
    PersonalDataErased { given: PersonalDataErased },
}

impl ProposalEvent {
    /// The kind, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Received { .. } => "proposal_received",
            Self::HandedOver { .. } => "proposal_handed_over",
            Self::OpinionGiven { .. } => "proposal_opinion_given",
            Self::Decided { .. } => "proposal_decided",
            Self::Answered { .. } => "proposal_answered",
            Self::Linked { .. } => "proposal_linked",
            Self::Unlinked { .. } => "proposal_unlinked",
            Self::SenderOpened { .. } => "proposal_sender_opened",
            Self::PersonalDataErased { .. } => "personal_data_erased",
        }
    }

    /// Whether the open body was written by the public, so that the leaf holds a keyed commitment and not a digest.
    pub fn by_the_public(&self) -> bool {
        matches!(self, Self::Received { given, .. } if given.proposer == Proposer::Public)
    }

    /// Documents that came with it.
    pub fn documents(&self) -> &[DocumentRef] {
        match self {
            Self::Received { given, .. } => &given.documents,
            Self::OpinionGiven { given, .. } => &given.documents,
            Self::Decided { given, .. } => &given.documents,
            Self::HandedOver { .. }
            | Self::Answered { .. }
            | Self::Linked { .. }
            | Self::Unlinked { .. }
            | Self::SenderOpened { .. }
            | Self::PersonalDataErased { .. } => &[],
        }
    }
}
