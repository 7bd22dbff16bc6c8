//! Proposals to decide 决策建议: from the public and from officials, until the proposer is answered or a case comes of it.

use dingce_domain::act::{OpenCase, StudyProposal};
use dingce_domain::code::Code;
use dingce_domain::consultation::{Channel, Commenter};
use dingce_domain::id::{CaseId, EventId, ProposalId, UnitId};
use dingce_domain::occasion::{Actor, Manner};
use dingce_domain::proposal::{OpenSender, Proposal, ProposalAct, ProposalOutcome, ProposalState, SubmitProposal};
use dingce_domain::rejection::Rejection;
use dingce_domain::tie::{Tie, TieMatter};
use dingce_domain::words::Proposer;

use super::cases::Asked;
use super::consultations::{receipt_code, receipt_typed};
use crate::app::App;
use crate::error::AppError;
use crate::policy::Right;
use crate::ports::{Direction, Filter, ReadRow, RowQuery, Value};
use crate::principal::{Hat, Principal};
use crate::read_rows::{OrganRow, ProposalRow, PublicProposalReceiptRow, PublicProposalRow};
use crate::write::{Decided, Done, RequestKey, Secret, Writing};

/// Who may do an act. What is handed to a unit, that unit studies.
const fn right_of(act: &ProposalAct) -> Right {
    match act {
        ProposalAct::HandOver(_) | ProposalAct::Answer(_) | ProposalAct::Link(_) | ProposalAct::Unlink(_) => {
            Right::HandleProposal
        }
        ProposalAct::GiveOpinion(_) => Right::GiveProposalOpinion,
        ProposalAct::Decide(_) => Right::DecideProposal,
    }
}

impl App {
    /// Takes a proposal from the public, for the organ named or the only one there is. The receipt in the answer is for
    /// the sender alone.
    ///
    /// # Errors
    /// A rejection where there is no such organ or the text cannot be accepted; overloaded where too many wait.
    pub async fn submit_proposal(
        &self,
        key: Option<RequestKey>,
        organ: Option<UnitId>,
        title: String,
        text: String,
        sender: Commenter,
    ) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(key.as_ref()).await? {
            return Ok(done);
        }
        let organ = self.organ_addressed(organ).await?;
        let given = SubmitProposal {
            proposer: Proposer::Public,
            proposed_by: String::new(),
            unit: None,
            channel: Channel::Web,
            title,
            text,
            argument: None,
            suggestion: None,
            documents: Vec::new(),
        };
        let writing = Writing { lane: &self.public, key, ..self.writing(Actor::Public, Manner::Online, organ, None) };
        self.receive_proposal(writing, given, sender).await
    }

    /// Enters a proposal of a leader, a unit, a deputy, a conference member, or one of the public that came in writing.
    ///
    /// # Errors
    /// `FORBIDDEN`; `PROPOSAL_ARGUMENT_MISSING` where a unit does not argue it; a rejection of what is given.
    pub async fn enter_proposal(
        &self,
        asked: Asked,
        given: SubmitProposal,
        sender: Commenter,
    ) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        if given.proposer != Proposer::Public && sender != Commenter::default() {
            // They propose in their office: nothing of it is sealed.
            return Err(Rejection::new(Code::InputNotAcceptable).at("sender").needed(Proposer::Public).into());
        }
        let hat = self.entitled(asked.who, Right::EnterProposal).await?;
        if let Some(unit) = given.unit {
            self.unit_known(hat.organ, unit, "unit").await?;
        }
        self.documents_known(&given.documents).await?;
        self.manner_known(&asked.manner).await?;
        let writing = self.writing(hat.actor, asked.manner, hat.organ, asked.key);
        self.receive_proposal(writing, given, sender).await
    }

    async fn receive_proposal(
        &self,
        mut writing: Writing<'_>,
        given: SubmitProposal,
        sender: Commenter,
    ) -> Result<Done, AppError> {
        sender.acceptable("sender")?;
        let receipt = receipt_code(self.chance.bytes32());
        writing.receipt = Some(receipt.clone());
        let on = self.on(&writing.manner);
        let id = ProposalId::new(self.chance.id(writing.now));
        self.write::<Proposal, _>(id, writing, |_| {
            let body = Proposal::receive(given.clone(), receipt.clone(), on)?;
            Ok(vec![Decided { body, sealed: Secret::of(id, &sender)? }])
        })
        .await
    }

    /// The organ that a proposal of the public is for.
    async fn organ_addressed(&self, organ: Option<UnitId>) -> Result<UnitId, AppError> {
        let organs = self.rows::<OrganRow>(RowQuery::all(OrganRow::TABLE)).await?;
        let known: Vec<UnitId> = organs.iter().filter_map(|row| row.organ.parse().ok()).collect();
        let refused = || Rejection::new(Code::DirectoryUnknown).at("organ");
        match (organ, known.as_slice()) {
            (Some(wanted), all) if all.contains(&wanted) => Ok(wanted),
            (Some(wanted), _) => Err(refused().given(wanted).into()),
            (None, [one]) => Ok(*one),
            (None, _) => Err(refused().into()),
        }
    }

    /// Does an act on a proposal that is there.
    ///
    /// # Errors
    /// `FORBIDDEN`, `NOT_FOUND`, or a rejection by the proposal itself.
    pub async fn act_on_proposal(&self, asked: Asked, id: ProposalId, act: ProposalAct) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hats = asked.hats.keep(self.hats(asked.who, self.today()).await?);
        let missing = || AppError::not_found(id);
        let loaded = self.load::<Proposal>(id).await?.ok_or_else(missing)?;
        if !self.may_read_proposal(&hats, loaded.tip.organ, &loaded.state) {
            return Err(missing());
        }
        let right = right_of(&act);
        let handed: Vec<UnitId> = loaded.state.handed.iter().map(|(given, _)| given.unit).collect();
        let hat = hats
            .iter()
            .find(|h| h.organ == loaded.tip.organ && self.allowed_as_undertaking(h, right, &handed))
            .ok_or_else(|| Rejection::new(Code::Forbidden).given(asked.who.person).needed(right))?;
        match &act {
            ProposalAct::HandOver(given) => self.unit_known(hat.organ, given.unit, "unit").await?,
            ProposalAct::Link(given) => self.tie_known(&hats, hat.organ, given.to).await?,
            ProposalAct::GiveOpinion(_) | ProposalAct::Decide(_) | ProposalAct::Answer(_) | ProposalAct::Unlink(_) => {}
        }
        self.documents_known(act.documents()).await?;
        self.manner_known(&asked.manner).await?;
        let on = self.on(&asked.manner);
        let writing = self.writing(hat.actor.clone(), asked.manner, hat.organ, asked.key);
        self.write::<Proposal, _>(id, writing, |loaded| {
            let state = &loaded.ok_or_else(missing)?.state;
            Ok(vec![state.decide(act.clone(), on)?.into()])
        })
        .await
    }

    /// That what something is tied to is there, and for the actor to know of.
    pub(super) async fn tie_known(&self, hats: &[Hat], organ: UnitId, to: Tie) -> Result<(), AppError> {
        match to {
            Tie::Case(case) => self.readable_case(hats, case).await,
            Tie::Entry(entry) => self.entry_known(organ, entry).await.map(|_| ()),
        }
    }

    /// Whether one of the hats may read a proposal: all of the organ's for some, their own unit's for others.
    fn may_read_proposal(&self, hats: &[Hat], organ: UnitId, state: &Proposal) -> bool {
        let units: Vec<UnitId> =
            state.given.unit.into_iter().chain(state.handed.iter().map(|(given, _)| given.unit)).collect();
        hats.iter().any(|h| h.organ == organ && self.allowed_as_undertaking(h, Right::ReadProposals, &units))
    }

    /// The conditions under which lists hold only proposals of the organ that one of the hats may read.
    pub fn readable_proposals(&self, hats: &[Hat]) -> Vec<Filter> {
        let value = |id: UnitId| Value::Text(id.to_string());
        let organ = hats.first().map(|h| value(h.organ));
        let mut filters: Vec<Filter> = organ.map(|organ| Filter::Eq("organ", organ)).into_iter().collect();
        if !self.allowed(hats, Right::ReadProposals) {
            let own = hats.iter().filter(|h| self.allowed_as_undertaking(h, Right::ReadProposals, &[h.unit]));
            let units = own.flat_map(|h| h.units.iter().copied().map(value)).collect();
            filters.push(Filter::AnyIn(vec!["handed_to", "proposing_unit"], units));
        }
        filters
    }

    /// Proposals that somebody may read, the latest first; with `overdue` only those past a day that somebody set.
    ///
    /// # Errors
    /// `FORBIDDEN` where they hold no post.
    pub async fn proposals(&self, who: Principal, overdue: bool) -> Result<Vec<ProposalRow>, AppError> {
        let hats = self.hats(who, self.today()).await?;
        let mut query = RowQuery::all(ProposalRow::TABLE);
        query.filters = self.readable_proposals(&hats);
        if overdue {
            query.filters.push(Filter::Lt("due_on", Value::Text(self.today().to_string())));
        }
        query.order = vec!["received_at"];
        query.direction = Direction::Descending;
        self.all_rows(query).await
    }

    /// What a case that is opened from a proposal takes over from it.
    ///
    /// # Errors
    /// `NOT_FOUND` where the opener may not know of it; `PROPOSAL_NOT_OPEN` where it was not decided to start;
    /// `INPUT_NOT_ACCEPTABLE` where somebody else is said to have proposed.
    pub(super) async fn proposal_to_open(
        &self,
        hat: &Hat,
        given: &OpenCase,
    ) -> Result<Option<StudyProposal>, AppError> {
        let Some(id) = given.proposal else { return Ok(None) };
        let missing = || AppError::not_found(id);
        let loaded = self.load::<Proposal>(id).await?.ok_or_else(missing)?;
        let proposal = &loaded.state;
        if !self.may_read_proposal(std::slice::from_ref(hat), loaded.tip.organ, proposal) {
            return Err(missing());
        }
        if proposal.given.proposer != given.proposer {
            let refused = Rejection::new(Code::InputNotAcceptable).at("proposer").given(given.proposer);
            return Err(refused.needed(proposal.given.proposer).into());
        }
        match proposal.decision() {
            Some(decided) if decided.outcome == ProposalOutcome::Start => Ok(proposal.study_for_a_case()),
            decided => {
                let stands = decided.map_or_else(|| proposal.stands().to_string(), |d| d.outcome.to_string());
                let refused = Rejection::new(Code::ProposalNotOpen).at("proposal").given(stands);
                Err(refused.needed(ProposalOutcome::Start).into())
            }
        }
    }

    /// Ties a proposal to a case that was opened from it, as the follow-up of the case's event.
    pub(crate) async fn link_opened_proposal(
        &self,
        id: ProposalId,
        case: CaseId,
        answers: (EventId, String),
    ) -> Result<Done, AppError> {
        let organ = self.load::<Proposal>(id).await?.ok_or_else(|| AppError::not_found(id))?.tip.organ;
        let tie = TieMatter { to: Tie::Case(case), reason: "由本决策建议立项".to_owned() };
        let on = self.on(&Manner::Online);
        self.write::<Proposal, _>(id, self.follow_up(organ, answers), |loaded| {
            let state = &loaded.ok_or_else(|| AppError::not_found(id))?.state;
            // Tied by hand meanwhile: nothing is left to do.
            if state.ties.cases().any(|tied| tied == case) {
                return Ok(Vec::new());
            }
            Ok(vec![state.decide(ProposalAct::Link(tie.clone()), on)?.into()])
        })
        .await
    }

    /// What a receipt code of a proposal finds. Whoever has the code may ask.
    ///
    /// # Errors
    /// `NOT_FOUND` where there is none.
    pub async fn proposal_receipt(&self, code: &str) -> Result<PublicProposalRow, AppError> {
        let missing = || AppError::from(Rejection::new(Code::NotFound).at("receipt"));
        let code = receipt_typed(code);
        let query = RowQuery::all(PublicProposalReceiptRow::TABLE).with(Filter::Eq("receipt", Value::Text(code)));
        let receipt = self.row::<PublicProposalReceiptRow>(query).await?.ok_or_else(missing)?;
        let of = Filter::Eq("proposal", Value::Text(receipt.proposal));
        self.row(RowQuery::all(PublicProposalRow::TABLE).with(of)).await?.ok_or_else(missing)
    }

    /// Opens who of the public sent a proposal, for somebody who may trace in its organ. The opening is recorded in the
    /// proposal's own stream, with its reason, before anything is told; `None` where nothing was given, or it was erased.
    ///
    /// # Errors
    /// `FORBIDDEN` where the actor has no right to it; `NOT_FOUND` where their organ has no such proposal; a rejection where
    /// no reason is given, or the proposal is not of the public.
    pub async fn open_proposer(
        &self,
        asked: Asked,
        id: ProposalId,
        given: OpenSender,
    ) -> Result<(Done, Option<Commenter>), AppError> {
        // Asked anew at every repetition: a right that was lost opens nothing, whatever was answered before.
        let hat = self.entitled(asked.who, Right::Trace).await?;
        let missing = || AppError::not_found(id);
        let loaded = self.load::<Proposal>(id).await?.ok_or_else(missing)?;
        if loaded.tip.organ != hat.organ {
            return Err(missing());
        }
        let done = match self.first_answer(asked.key.as_ref()).await? {
            Some(done) => done,
            None => {
                let (by, today) = (asked.who.person, self.today());
                let writing = self.writing(hat.actor, Manner::Online, hat.organ, asked.key);
                self.write::<Proposal, _>(id, writing, |loaded| {
                    let state = &loaded.ok_or_else(missing)?.state;
                    Ok(vec![state.open_sender(given.clone(), by, today)?.into()])
                })
                .await?
            }
        };
        let first = self.store.events(id.into(), 0, 1).await?.into_iter().next().ok_or_else(missing)?;
        Ok((done, self.open_sealed(first.event.sealed.as_ref()).await?))
    }

    /// Where a proposal stands, for those who see what came of it; none where there is none.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn proposal_stands(&self, id: ProposalId) -> Result<Option<ProposalState>, AppError> {
        Ok(self.load::<Proposal>(id).await?.map(|loaded| loaded.state.stands()))
    }

    /// Whether somebody may open who sent the proposals of an organ, and read who opened them.
    pub fn may_trace_proposals(&self, hats: &[Hat], organ: &str) -> bool {
        let own: Vec<Hat> = hats.iter().filter(|h| h.organ.to_string() == organ).cloned().collect();
        self.allowed(&own, Right::Trace)
    }
}
