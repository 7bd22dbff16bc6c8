use jiff::civil::date;
use uuid::Uuid;

use super::*;
use crate::consultation::Channel;
use crate::id::{CaseId, UnitId};
use crate::tie::{Tie, TieMatter};

const ID: ProposalId = ProposalId::new(Uuid::from_u128(1));
const FIRST: Date = date(2024, 3, 1);

fn on(day: Date) -> On {
    On { today: day, day, offline: false }
}

fn proposal(proposer: Proposer, argument: Option<Argument>) -> SubmitProposal {
    let proposed_by = if proposer == Proposer::Public { String::new() } else { "区水务局".to_owned() };
    SubmitProposal {
        proposer,
        proposed_by,
        unit: None,
        channel: Channel::Letter,
        title: "调整供水价格".to_owned(),
        text: "建议调整。".to_owned(),
        argument,
        suggestion: None,
        documents: Vec::new(),
    }
}

fn argued() -> Argument {
    let text = || "说明".to_owned();
    Argument {
        main_problem: text(),
        reasons_and_basis: text(),
        preliminary_solution: text(),
        necessity: text(),
        feasibility: text(),
    }
}

fn received(given: SubmitProposal) -> Proposal {
    let event = Proposal::receive(given, "R".to_owned(), on(FIRST)).expect("it comes");
    Proposal::evolve(None, ID, &event).expect("it begins")
}

fn then(state: Proposal, act: ProposalAct, day: Date) -> Proposal {
    let event = state.decide(act, on(day)).expect("it may happen");
    Proposal::evolve(Some(state), ID, &event).expect("it can follow")
}

fn hand() -> ProposalAct {
    ProposalAct::HandOver(HandOver {
        unit: UnitId::new(Uuid::from_u128(7)),
        study_by: Some(date(2024, 3, 20)),
        note: "请研究".to_owned(),
    })
}

fn opinion(recommends: ProposalOutcome) -> ProposalAct {
    ProposalAct::GiveOpinion(GiveOpinion { opinion: "必要、可行".to_owned(), recommends, documents: Vec::new() })
}

fn decision(outcome: ProposalOutcome, day: Date) -> ProposalAct {
    let procedure = if outcome == ProposalOutcome::OtherProcedure { "规范性文件制定程序" } else { "" };
    ProposalAct::Decide(DecideProposal {
        outcome,
        procedure: procedure.to_owned(),
        reason: "经研究".to_owned(),
        decider: Decider::Meeting,
        decided_by: "区政府第30次常务会议".to_owned(),
        decided_on: day,
        documents: Vec::new(),
    })
}

/// R713 art. 10: a unit argues five things, each; nobody else has to.
#[test]
fn a_unit_argues_all_five_parts() {
    let refused = Proposal::receive(proposal(Proposer::Unit, None), "R".to_owned(), on(FIRST)).unwrap_err();
    assert_eq!(refused.code, Code::ProposalArgumentMissing);
    assert_eq!(
        refused.needed.as_deref(),
        Some("main_problem, reasons_and_basis, preliminary_solution, necessity, feasibility")
    );
    let short = Argument { feasibility: "　".to_owned(), ..argued() };
    let refused = Proposal::receive(proposal(Proposer::Unit, Some(short.clone())), "R".to_owned(), on(FIRST));
    assert_eq!(refused.unwrap_err().needed.as_deref(), Some("feasibility"));
    let paper = On { offline: true, ..on(FIRST) };
    let event = Proposal::receive(proposal(Proposer::Unit, Some(short)), "R".to_owned(), paper).expect("it came so");
    let ProposalEvent::Received { missing, .. } = &event else { panic!("{event:?}") };
    assert_eq!(missing.iter().collect::<Vec<_>>(), [&ArgumentPart::Feasibility]);
    let state = Proposal::evolve(None, ID, &event).expect("it begins");
    assert_eq!(state.stands(), ProposalState::Received, "it needs a study all the same");
    assert_eq!(received(proposal(Proposer::Unit, Some(argued()))).stands(), ProposalState::Studied);
    for other in [Proposer::Leader, Proposer::Deputy, Proposer::ConferenceMember, Proposer::Public] {
        assert_eq!(received(proposal(other, None)).stands(), ProposalState::Received, "{other}");
    }
}

/// R713 art. 10: handed over, studied, then decided; online no step is left out.
#[test]
fn the_study_comes_before_the_decision() {
    let state = received(proposal(Proposer::Public, None));
    let refused = state.decide(decision(ProposalOutcome::Start, FIRST), on(FIRST)).unwrap_err();
    assert_eq!(refused.code, Code::ProposalNotStudied);
    let refused = state.decide(opinion(ProposalOutcome::Start), on(FIRST)).unwrap_err();
    assert_eq!((refused.code, refused.needed.as_deref()), (Code::ProposalNotOpen, Some("under_study")));
    let state = then(state, hand(), date(2024, 3, 5));
    assert_eq!(state.due_on(), Some(date(2024, 3, 20)));
    let state = then(state, opinion(ProposalOutcome::Start), date(2024, 3, 18));
    assert_eq!((state.due_on(), state.waiting_since()), (None, Some(date(2024, 3, 18))));
    let early = state.decide(decision(ProposalOutcome::Start, date(2024, 3, 17)), on(date(2024, 3, 25))).unwrap_err();
    assert_eq!((early.code, early.needed.as_deref()), (Code::OutOfOrder, Some("2024-03-18..")));
    // On paper it happened so, and is recorded so.
    let paper = On { offline: true, ..on(date(2024, 3, 25)) };
    let event = state.decide(decision(ProposalOutcome::Start, date(2024, 3, 17)), paper).expect("it happened");
    assert!(matches!(event, ProposalEvent::Decided { unstudied: true, .. }));
    let state = then(state, decision(ProposalOutcome::Start, date(2024, 3, 25)), date(2024, 3, 25));
    let study = state.study_for_a_case().expect("a case takes the study over");
    assert_eq!((study.opinion.as_str(), study.recommends), ("必要、可行", true));
}

/// A refusal keeps its reasons and may be taken up again, until a case comes of it; each decision is answered.
#[test]
fn a_refusal_stays_and_may_be_taken_up_again() {
    let state = then(received(proposal(Proposer::Deputy, None)), hand(), FIRST);
    let state = then(state, opinion(ProposalOutcome::NotStart), FIRST);
    let state = then(state, decision(ProposalOutcome::NotStart, FIRST), FIRST);
    assert_eq!(state.study_for_a_case(), None);
    let answer = ProposalAct::Answer(AnswerProposal { text: "暂不启动。".to_owned() });
    let state = then(state, answer.clone(), date(2024, 3, 9));
    assert_eq!(state.waiting_since(), None);
    assert_eq!(state.decide(answer, on(date(2024, 3, 9))).unwrap_err().code, Code::ProposalNotOpen);
    let state = then(state, decision(ProposalOutcome::Start, date(2024, 6, 3)), date(2024, 6, 3));
    assert_eq!((state.stands(), state.decisions.len()), (ProposalState::Decided, 2));
    let case = CaseId::new(Uuid::from_u128(9));
    let tie = TieMatter { to: Tie::Case(case), reason: "由本建议立项".to_owned() };
    let state = then(state, ProposalAct::Link(tie.clone()), date(2024, 6, 4));
    assert_eq!(state.decide(ProposalAct::Link(tie), on(date(2024, 6, 4))).unwrap_err().code, Code::AlreadyThere);
    let again = state.decide(decision(ProposalOutcome::NotStart, date(2024, 6, 5)), on(date(2024, 6, 5)));
    assert_eq!(again.unwrap_err().code, Code::AlreadyThere);
}

/// The clock of a suggestion is its own: shown until the answer, and refusing nothing.
#[test]
fn the_day_of_a_suggestion_is_a_reference() {
    let suggestion =
        Some(Suggestion { number: "区人大建字〔2024〕12号".to_owned(), reply_by: Some(date(2024, 6, 1)) });
    let state = received(SubmitProposal { suggestion, ..proposal(Proposer::Deputy, None) });
    assert_eq!(state.due_on(), Some(date(2024, 6, 1)));
    let state = then(state, hand(), date(2024, 3, 10));
    assert_eq!(state.due_on(), Some(date(2024, 3, 20)), "the earlier of the two");
    let state = then(state, opinion(ProposalOutcome::OtherProcedure), date(2024, 7, 1));
    assert_eq!(state.due_on(), Some(date(2024, 6, 1)));
    let state = then(state, decision(ProposalOutcome::OtherProcedure, date(2024, 7, 2)), date(2024, 7, 2));
    let state = then(state, ProposalAct::Answer(AnswerProposal { text: "转办。".to_owned() }), date(2024, 7, 2));
    assert_eq!(state.due_on(), None);
}

#[test]
fn whoever_of_the_public_proposes_is_never_named_in_the_open_record() {
    let given = SubmitProposal { proposed_by: "王某".to_owned(), ..proposal(Proposer::Public, None) };
    let refused = Proposal::receive(given, "R".to_owned(), on(FIRST)).unwrap_err();
    assert_eq!(refused.path.as_deref(), Some("proposed_by"));
}
