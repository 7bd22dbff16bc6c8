//! Proposals to decide 决策建议, as officials enter and handle them (R713 art. 10).

use async_graphql::{Context, ID, InputObject, Object, Result};
use dingce_app::use_cases::Asked;
use dingce_app::{App, AppError, Done};
use dingce_domain::code::Code;
use dingce_domain::consultation::{Channel, Commenter};
use dingce_domain::id::ProposalId;
use dingce_domain::occasion::Manner;
use dingce_domain::proposal::{
    AnswerProposal, Argument, DecideProposal, Decider, GiveOpinion, HandOver, OpenSender, ProposalAct, ProposalOutcome,
    SubmitProposal, Suggestion,
};
use dingce_domain::rejection::Rejection;
use dingce_domain::tie::{Tie, TieMatter};
use dingce_domain::words::Proposer;

use super::perform::{StreamAct, asked};
use super::stream_acts;
use crate::convert::inputs::{DocumentInput, OfflineInput};
use crate::convert::{Date, Given, Word};
use crate::schema::errors::UserError;
use crate::schema::payload::{EnterProposalPayload, OpenProposalSenderPayload, told};
use crate::schema::scope::Scope;

/// What a unit argues for its proposal, all five (R713 art. 10).
#[derive(Debug, Clone, InputObject)]
pub struct ProposalArgumentInput {
    /// The main problem.
    #[graphql(default)]
    pub main_problem: String,
    /// Reasons and basis.
    #[graphql(default)]
    pub reasons_and_basis: String,
    /// The preliminary solution.
    #[graphql(default)]
    pub preliminary_solution: String,
    /// Why it is necessary.
    #[graphql(default)]
    pub necessity: String,
    /// Why it is feasible.
    #[graphql(default)]
    pub feasibility: String,
}

impl From<ProposalArgumentInput> for Argument {
    fn from(input: ProposalArgumentInput) -> Self {
        let ProposalArgumentInput { main_problem, reasons_and_basis, preliminary_solution, necessity, feasibility } =
            input;
        Self { main_problem, reasons_and_basis, preliminary_solution, necessity, feasibility }
    }
}

/// A suggestion 建议 or conference proposal 提案 that it was made by, with a clock of its own.
#[derive(Debug, Clone, InputObject)]
pub struct SuggestionInput {
    /// Its number.
    pub number: String,
    /// By when it is to be answered, as its own papers say.
    pub reply_by: Option<Date>,
}

/// Who of the public proposes: sealed apart, under a key that can be erased.
#[derive(Debug, Clone, Default, InputObject)]
pub struct SenderInput {
    /// Name, up to 200 characters.
    #[graphql(default)]
    pub name: String,
    /// How to answer them, up to 200 characters.
    #[graphql(default)]
    pub contact: String,
}

/// Enter a proposal.
#[derive(Debug, Clone, InputObject)]
pub struct EnterProposalInput {
    /// Who proposes.
    pub proposer: Word<Proposer>,
    /// Name and office of the leader, deputy or conference member, or name of the unit; empty for the public.
    #[graphql(default)]
    pub proposed_by: String,
    /// Id of the unit of the directory that proposes, where it is one.
    pub unit: Option<ID>,
    /// How it came.
    pub channel: Word<Channel>,
    /// The matter, 1 to 200 characters.
    pub title: String,
    /// What is proposed, 1 to 10,000 characters.
    pub text: String,
    /// What a unit must argue; others may.
    pub argument: Option<ProposalArgumentInput>,
    /// The suggestion that it was made by; a reference only.
    pub suggestion: Option<SuggestionInput>,
    /// Who of the public sent it; absent where they did not say.
    pub sender: Option<SenderInput>,
    /// What came with it.
    #[graphql(default)]
    pub documents: Vec<DocumentInput>,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
    /// Where it came earlier than it is entered.
    pub offline: Option<OfflineInput>,
}

/// Open who of the public sent a proposal.
#[derive(Debug, Clone, InputObject)]
pub struct OpenProposalSenderInput {
    /// The proposal.
    pub proposal_id: ID,
    /// Why it is necessary to know, 1 to 10,000 characters. It is recorded with who asked, and when.
    pub reason: String,
    /// A key under which the request may be sent again and is recorded once, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// Entering a proposal.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProposalEntry;

#[Object]
impl ProposalEntry {
    /// Enter a proposal 决策建议 (R713 art. 10).
    async fn enter_proposal(
        &self,
        ctx: &Context<'_>,
        input: EnterProposalInput,
    ) -> Result<Option<EnterProposalPayload>> {
        let scope = Scope::of(ctx)?;
        let EnterProposalInput {
            proposer,
            proposed_by,
            unit,
            channel,
            title,
            text,
            argument,
            suggestion,
            sender,
            documents,
            idempotency_key,
            client_mutation_id,
            offline,
        } = input;
        let done = async {
            let manner = OfflineInput::manner(offline)?;
            let given = SubmitProposal {
                proposer: proposer.0,
                proposed_by,
                unit: unit.given("unit")?,
                channel: channel.0,
                title,
                text,
                argument: argument.map(Argument::from),
                suggestion: suggestion.map(|s| Suggestion { number: s.number, reply_by: s.reply_by.map(|day| day.0) }),
                documents: documents.given("documents")?,
            };
            let SenderInput { name, contact } = sender.unwrap_or_default();
            let sender = Commenter { name, contact };
            let input = (&given, &sender, &manner);
            let asked = asked(scope, "enterProposal", idempotency_key.as_deref(), manner.clone(), &input)?;
            scope.app.enter_proposal(asked, given, sender).await
        };
        let outcome = told(done.await, scope, |rejection| UserError::of(rejection, None, scope.lang))?;
        Ok(Some(EnterProposalPayload { client_mutation_id, outcome }))
    }

    /// Open who of the public sent a proposal: for those who may trace in its organ. The opening is itself an act on the
    /// proposal, recorded with its reason before anything is told; the proposal goes on as it stands.
    async fn open_proposal_sender(
        &self,
        ctx: &Context<'_>,
        input: OpenProposalSenderInput,
    ) -> Result<Option<OpenProposalSenderPayload>> {
        let scope = Scope::of(ctx)?;
        let OpenProposalSenderInput { proposal_id, reason, idempotency_key, client_mutation_id } = input;
        let done = async {
            let id: ProposalId = proposal_id.given("proposal_id")?;
            let given = OpenSender { reason };
            let key = idempotency_key.as_deref();
            let asked = asked(scope, "openProposalSender", key, Manner::Online, &(id, &given))?;
            scope.app.open_proposer(asked, id, given).await
        };
        let outcome = told(done.await, scope, |rejection| UserError::of(rejection, None, scope.lang))?;
        Ok(Some(OpenProposalSenderPayload { client_mutation_id, outcome }))
    }
}

impl StreamAct for ProposalAct {
    type Id = ProposalId;

    async fn act(self, app: &App, asked: Asked, id: ProposalId) -> std::result::Result<Done, AppError> {
        app.act_on_proposal(asked, id, self).await
    }
}

/// Exactly one of a case and a catalogue entry.
pub(super) fn tie(case: Option<ID>, entry: Option<ID>, reason: String) -> std::result::Result<TieMatter, Rejection> {
    let to = match (case, entry) {
        (Some(case), None) => Tie::Case(case.given("case")?),
        (None, Some(entry)) => Tie::Entry(entry.given("entry")?),
        _ => return Err(Rejection::new(Code::InputNotAcceptable).at("case").needed("case | entry")),
    };
    Ok(TieMatter { to, reason })
}

stream_acts! {
    /// Acts on a proposal.
    ProposalActs on proposal_id, "The proposal.", ProposalActPayload from ProposalAct {
        /// Hand a proposal to the unit that is to study it 交办; again where another unit is the right one.
        hand_over_proposal as "handOverProposal" from HandOverProposalInput {
            /// Id of the unit.
            unit: ID,
            /// By when an opinion is asked for, to the end of the day; absent where nobody set a day: the law has none.
            study_by: Option<Date>,
            /// What is asked; on a second handing-over, why.
            note: String,
        } => ProposalAct::HandOver(HandOver {
            unit: unit.given("unit")?,
            study_by: study_by.map(|day| day.0),
            note,
        });

        /// Give the opinion of the unit that studied the proposal. The study inside a case is `studyProposal`.
        give_proposal_opinion as "giveProposalOpinion" from GiveProposalOpinionInput {
            /// Necessity, feasibility, lawfulness.
            opinion: String,
            /// What it recommends.
            recommends: Word<ProposalOutcome>,
            /// The report.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        } => ProposalAct::GiveOpinion(GiveOpinion {
            opinion,
            recommends: recommends.0,
            documents: documents.given("documents")?,
        });

        /// Record what was decided on the proposal, by which person or meeting. A refusal stays, with its reasons, and may
        /// be taken up again by a new decision.
        decide_proposal as "decideProposal" from DecideProposalInput {
            /// What was decided.
            outcome: Word<ProposalOutcome>,
            /// Which other procedure; with that outcome only.
            #[graphql(default)]
            procedure: String,
            /// Why.
            reason: String,
            /// Whether a person or a meeting decided.
            decider: Word<Decider>,
            /// Name and office of the person, or body and number of the meeting.
            decided_by: String,
            /// Day of the decision.
            decided_on: Date,
            /// What shows it.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        } => ProposalAct::Decide(DecideProposal {
            outcome: outcome.0,
            procedure,
            reason,
            decider: decider.0,
            decided_by,
            decided_on: decided_on.0,
            documents: documents.given("documents")?,
        });

        /// Answer the proposer, once for each decision. Whoever holds the receipt reads it.
        answer_proposal as "answerProposal" from AnswerProposalInput {
            /// The answer.
            text: String,
        } => ProposalAct::Answer(AnswerProposal { text });

        /// Tie a proposal to a case or to a catalogue entry. A case that is opened with `proposal` is tied by itself.
        link_proposal as "linkProposal" from LinkProposalInput {
            /// Id of the case.
            case: Option<ID>,
            /// Id of the catalogue entry.
            entry: Option<ID>,
            /// Why.
            reason: String,
        } => ProposalAct::Link(tie(case, entry, reason)?);

        /// Untie a proposal from a case or from a catalogue entry.
        unlink_proposal as "unlinkProposal" from UnlinkProposalInput {
            /// Id of the case.
            case: Option<ID>,
            /// Id of the catalogue entry.
            entry: Option<ID>,
            /// Why.
            reason: String,
        } => ProposalAct::Unlink(tie(case, entry, reason)?);
    }
}
