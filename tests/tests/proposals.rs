//! Proposals to decide through application and store: from whoever proposes to the answer, and to a case (R713 art. 10).

use dingce_app::ports::{Filter, ReadRow, RowQuery, Value as Cell};
use dingce_app::read_rows::{ProposalRow, TieRow};
use dingce_app::{AppError, Done};
use dingce_domain::act::OpenCase;
use dingce_domain::code::Code;
use dingce_domain::consultation::Commenter;
use dingce_domain::id::{CaseId, ProposalId};
use dingce_domain::proposal::{
    AnswerProposal, Argument, DecideProposal, Decider, GiveOpinion, HandOver, OpenSender, ProposalAct, ProposalOutcome,
    SubmitProposal,
};
use dingce_domain::tie::{Tie, TieMatter};
use dingce_domain::words::Proposer;
use dingce_testkit::staff;
use dingce_tests::acting::{ask, asked, code, proposal_of_a_deputy};
use dingce_tests::harness::{Backend, FIRST_DAY, Node, Site};
use dingce_tests::on_both;
use jiff::civil::date;
use serde_json::Value;

on_both!(
    the_public_proposes_unnamed_and_finds_the_answer,
    a_unit_argues_what_it_proposes,
    a_case_is_opened_from_a_decided_proposal,
    a_refusal_is_traced,
    rights_to_proposals_are_default_deny,
);

fn proposal(proposer: Proposer) -> SubmitProposal {
    let deputy = proposal_of_a_deputy();
    let proposed_by = if proposer == Proposer::Public { String::new() } else { deputy.proposed_by };
    SubmitProposal { proposer, proposed_by, ..deputy }
}

fn id(done: &Done) -> ProposalId {
    ProposalId::new(done.stream.value)
}

async fn row(node: &Node, id: ProposalId) -> ProposalRow {
    let query = RowQuery::all(ProposalRow::TABLE).with(Filter::Eq("proposal", Cell::Text(id.to_string())));
    node.app.row(query).await.expect("rows are read").expect("the proposal is there")
}

async fn act(node: &Node, who: &str, id: ProposalId, act: ProposalAct) -> Result<Done, AppError> {
    node.app.act_on_proposal(asked(who), id, act).await
}

async fn done(node: &Node, who: &str, id: ProposalId, this: ProposalAct) {
    let said = format!("{this:?}");
    act(node, who, id, this).await.unwrap_or_else(|error| panic!("{said}: {error:?}"));
}

fn hand() -> ProposalAct {
    ProposalAct::HandOver(HandOver {
        unit: staff::unit("water"),
        study_by: Some(date(2024, 3, 20)),
        note: "请研究。".to_owned(),
    })
}

fn opinion() -> ProposalAct {
    ProposalAct::GiveOpinion(GiveOpinion {
        opinion: "有必要，可行。".to_owned(),
        recommends: ProposalOutcome::Start,
        documents: Vec::new(),
    })
}

fn decision(node: &Node, outcome: ProposalOutcome) -> ProposalAct {
    ProposalAct::Decide(DecideProposal {
        outcome,
        procedure: String::new(),
        reason: "经集体研究。".to_owned(),
        decider: Decider::Meeting,
        decided_by: "区政府第30次常务会议".to_owned(),
        decided_on: node.app.today(),
        documents: Vec::new(),
    })
}

/// A proposal of the public is handled to its answer; its sender may stay unnamed, and is sealed where they do not.
async fn the_public_proposes_unnamed_and_finds_the_answer(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let submit = |sender: Commenter| {
        node.app.submit_proposal(None, None, "增设公交线路".to_owned(), "城东缺少公交。".to_owned(), sender)
    };
    let named = Commenter { name: "王某".to_owned(), contact: "138 0000 0000".to_owned() };
    let first = submit(named.clone()).await.expect("it is taken");
    let unnamed = submit(Commenter::default()).await.expect("it is taken without a name");
    let receipt = first.receipt.clone().expect("a receipt");
    assert_eq!(node.app.proposal_receipt(&receipt.to_lowercase()).await.expect("it is found").state, "received");
    assert_eq!(code(node.app.proposal_receipt("AAAAA-AAAAA").await), Code::NotFound);
    // Who sent it stands in no row and no open body; whoever may trace opens it.
    let held = row(&node, id(&first)).await;
    assert!(!held.proposal_json.contains("王某"), "{}", held.proposal_json);
    let events = node.app.store().events(first.stream, 0, 10).await.expect("events are read");
    assert!(events.iter().all(|e| !e.event.json.contains("王某") && e.event.body_key.is_some()));
    let why = || OpenSender { reason: "核查同一人重复反映的问题。".to_owned() };
    let open = |who: &str, id: ProposalId| node.app.open_proposer(asked(who), id, why());
    let (done_on, told) = open("auditor", id(&first)).await.expect("opened");
    assert_eq!(told, Some(named));
    assert_eq!(done_on.events.iter().map(|(_, kind)| kind.as_str()).collect::<Vec<_>>(), ["proposal_sender_opened"]);
    assert_eq!(open("auditor", id(&unnamed)).await.expect("opened").1, None);
    for who in ["clerk", "officer", "reviewer", "head", "archivist"] {
        assert_eq!(code(open(who, id(&first)).await), Code::Forbidden, "{who}");
    }
    let silent = node.app.open_proposer(asked("auditor"), id(&first), OpenSender { reason: String::new() }).await;
    assert_eq!(code(silent), Code::TextNotAcceptable, "whoever asks says why");
    let events = node.app.store().events(first.stream, 0, 10).await.expect("events are read");
    let kept: Vec<_> = events.iter().filter(|e| e.event.json.contains("proposal_sender_opened")).collect();
    assert_eq!(kept.len(), 1, "one opening, and no attempt");
    assert!(
        kept[0].event.json.contains("核查同一人") && !kept[0].event.json.contains("王某"),
        "{}",
        kept[0].event.json
    );

    done(&node, "clerk", id(&first), hand()).await;
    node.days_pass(25).await;
    let late = row(&node, id(&first)).await;
    assert_eq!((late.state.as_str(), late.due_on.as_deref()), ("under_study", Some("2024-03-20")));
    assert_eq!(row(&node, id(&unnamed)).await.due_on, None, "no day is invented");
    done(&node, "officer", id(&first), opinion()).await;
    done(&node, "clerk", id(&first), decision(&node, ProposalOutcome::NotStart)).await;
    let told = node.app.proposal_receipt(&receipt).await.expect("it is found");
    assert_eq!((told.state.as_str(), told.outcome, told.answer), ("decided", None, None), "told with the answer");
    let answer = ProposalAct::Answer(AnswerProposal { text: "已纳入公交规划研究。".to_owned() });
    done(&node, "clerk", id(&first), answer).await;
    let told = node.app.proposal_receipt(&receipt).await.expect("it is found");
    assert_eq!(told.outcome.as_deref(), Some("not_start"));
    assert_eq!(told.answer.as_deref(), Some("已纳入公交规划研究。"));
    node.agrees("after the answer").await;
}

async fn a_unit_argues_what_it_proposes(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let unit = Some(staff::unit("water"));
    let short = SubmitProposal { unit, proposed_by: "区水务局".to_owned(), ..proposal(Proposer::Unit) };
    let refused = node.app.enter_proposal(asked("officer"), short.clone(), Commenter::default()).await;
    assert_eq!(code(refused), Code::ProposalArgumentMissing);
    let text = || "说明。".to_owned();
    let argument = Argument {
        main_problem: text(),
        reasons_and_basis: text(),
        preliminary_solution: text(),
        necessity: text(),
        feasibility: text(),
    };
    let whole = SubmitProposal { argument: Some(argument), ..short };
    let entered = node.app.enter_proposal(asked("officer"), whole, Commenter::default()).await.expect("it is entered");
    assert_eq!(row(&node, id(&entered)).await.state, "studied");
    // Nothing of an office is sealed.
    let sender = Commenter { name: "李某".to_owned(), contact: String::new() };
    let refused = node.app.enter_proposal(asked("clerk"), proposal(Proposer::Deputy), sender).await;
    assert_eq!(code(refused), Code::InputNotAcceptable);
    let why = OpenSender { reason: "核查。".to_owned() };
    let refused = node.app.open_proposer(asked("auditor"), id(&entered), why).await;
    assert_eq!(code(refused), Code::InputNotAcceptable, "and nothing of it can be opened");
}

async fn open_from(node: &Node, id: ProposalId, proposer: Proposer) -> Result<Done, AppError> {
    let input = node.input(None, &ask("open_case", Value::Null)).await;
    let given: OpenCase = serde_json::from_value(input).expect("an act");
    node.app.open_case(asked("clerk"), None, OpenCase { proposal: Some(id), proposer, ..given }).await
}

/// The study is taken over and not asked for twice; both know of each other.
async fn a_case_is_opened_from_a_decided_proposal(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let entered = node.app.enter_proposal(asked("clerk"), proposal(Proposer::Deputy), Commenter::default()).await;
    let id = id(&entered.expect("it is entered"));
    assert_eq!(code(act(&node, "officer", id, opinion()).await), Code::NotFound, "not theirs to know of");
    done(&node, "clerk", id, hand()).await;
    assert_eq!(code(open_from(&node, id, Proposer::Deputy).await), Code::ProposalNotOpen);
    done(&node, "officer", id, opinion()).await;
    done(&node, "clerk", id, decision(&node, ProposalOutcome::Start)).await;
    assert_eq!(code(open_from(&node, id, Proposer::Leader).await), Code::InputNotAcceptable);
    let opened = open_from(&node, id, Proposer::Deputy).await.expect("a case is opened");
    let kinds: Vec<_> = opened.events.iter().map(|(_, kind)| kind.as_str()).collect();
    assert!(kinds.starts_with(&["case_opened"]) && kinds.contains(&"proposal_studied"), "{kinds:?}");
    node.app.settle().await.expect("background work is done");
    let case = CaseId::new(opened.stream.value);
    let links = RowQuery::all(TieRow::TABLE).with(Filter::Eq("target", Cell::Text(case.to_string())));
    let links = node.app.rows::<TieRow>(links).await.expect("rows are read");
    assert_eq!(links.iter().map(|l| l.source.clone()).collect::<Vec<_>>(), [id.to_string()]);
    // The case goes on from there, and the decision is no longer taken back.
    assert_eq!(code(node.act(case, ask("study_proposal", Value::Null)).await), Code::AlreadyThere);
    node.done(case, "decide_initiation", Value::Null).await;
    let again = act(&node, "clerk", id, decision(&node, ProposalOutcome::NotStart)).await;
    assert_eq!(code(again), Code::AlreadyThere);
    let by_hand = TieMatter { to: Tie::Case(case), reason: "同一事项".to_owned() };
    assert_eq!(code(act(&node, "clerk", id, ProposalAct::Link(by_hand.clone())).await), Code::AlreadyThere);
    done(&node, "clerk", id, ProposalAct::Unlink(by_hand.clone())).await;
    done(&node, "clerk", id, ProposalAct::Link(by_hand)).await;
    node.agrees("after the ties").await;
}

async fn a_refusal_is_traced(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let entered = node.app.enter_proposal(asked("clerk"), proposal(Proposer::ConferenceMember), Commenter::default());
    let id = id(&entered.await.expect("it is entered"));
    assert_eq!(code(act(&node, "clerk", id, decision(&node, ProposalOutcome::Start)).await), Code::ProposalNotStudied);
    done(&node, "clerk", id, hand()).await;
    done(&node, "officer", id, opinion()).await;
    done(&node, "clerk", id, decision(&node, ProposalOutcome::NotStart)).await;
    let refused = RowQuery::all(ProposalRow::TABLE).with(Filter::Eq("outcome", Cell::Text("not_start".to_owned())));
    assert_eq!(node.app.rows::<ProposalRow>(refused).await.expect("rows are read").len(), 1);
    assert_eq!(code(open_from(&node, id, Proposer::ConferenceMember).await), Code::ProposalNotOpen);
    // Taken up again, on another node, which reads all of it from the events.
    let other = site.node(2).await;
    other.clock.move_to(date(2024, 9, 2), 10);
    done(&other, "clerk", id, decision(&other, ProposalOutcome::Start)).await;
    let held = row(&other, id).await;
    assert_eq!((held.state.as_str(), held.outcome.as_deref()), ("decided", Some("start")));
    assert_eq!(held.waiting_since.as_deref(), Some("2024-09-02"));
    assert!(held.proposal_json.contains(&FIRST_DAY.to_string()), "the refusal stays: {}", held.proposal_json);
}

async fn rights_to_proposals_are_default_deny(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let entered = node.app.enter_proposal(asked("clerk"), proposal(Proposer::Leader), Commenter::default()).await;
    let id = id(&entered.expect("it is entered"));
    assert_eq!(code(act(&node, "reviewer", id, hand()).await), Code::Forbidden, "the office hands over");
    done(&node, "clerk", id, hand()).await;
    assert_eq!(code(act(&node, "clerk", id, opinion()).await), Code::Forbidden, "the unit studies");
    done(&node, "officer", id, opinion()).await;
    let decide = decision(&node, ProposalOutcome::Start);
    assert_eq!(code(act(&node, "officer", id, decide).await), Code::Forbidden, "the unit does not decide");
}
