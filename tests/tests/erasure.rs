//! Erasure of what the public gave of themselves (PIPL art. 47): two persons decide, keys and ciphertext are gone from the very
//! bytes of the database, and every proof stands as before.

use std::path::Path;

use dingce_app::ports::{EventStore, Filter, ReadRow, RowQuery, Value as Cell};
use dingce_app::read_rows::{CommentRow, ErasedRow, ErasureRow, HearingApplicationRow, ProposalRow, PublicReceiptRow};
use dingce_app::use_cases::{ErasureTarget, Export, ExportError};
use dingce_app::{AppError, Done, RequestKey};
use dingce_archive::verify;
use dingce_domain::act::OpenCase;
use dingce_domain::code::Code;
use dingce_domain::consultation::{Channel, Commenter, SubmitComment};
use dingce_domain::definition::PostKind;
use dingce_domain::erasure::{EndErasure, ErasureGround, ErasurePart, ErasureState, MASK, RequestErasure};
use dingce_domain::hearing::{Applicant, ApplyToHearing};
use dingce_domain::id::{
    CaseId, CommentId, ConsultationId, DelegationId, ErasureId, HearingId, PostId, ProposalId, StreamId,
};
use dingce_domain::organisation::OrganisationEvent;
use dingce_domain::proposal::{
    AnswerProposal, DecideProposal, Decider, GiveOpinion, HandOver, OpenSender, ProposalAct, ProposalOutcome,
};
use dingce_domain::words::{Proposer, Volume};
use dingce_ledger as ledger;
use dingce_testkit::staff;
use dingce_tests::acting::{ask, asked, code, principal};
use dingce_tests::between::Failure;
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::on_both;
use serde_json::Value;
use uuid::Uuid;

on_both!(
    the_identity_is_destroyed_and_every_proof_stands,
    two_persons_decide_each_in_person,
    one_request_at_a_time_and_once,
    what_an_official_did_is_not_erased,
    wherever_it_is_interrupted_it_ends_the_same,
    an_applicant_of_a_hearing_is_erased,
    a_text_that_is_personal_is_masked,
    a_package_says_what_was_lawfully_erased,
);

pub const NAME: &str = "欧阳某某";
pub const CONTACT: &str = "139-8765-4321";

fn wanted(parts: &[ErasurePart]) -> RequestErasure {
    RequestErasure {
        parts: parts.iter().copied().collect(),
        ground: ErasureGround::ConsentWithdrawn,
        basis: String::new(),
        reason: "提交人书面要求删除。".to_owned(),
    }
}

pub const IDENTITY: &[ErasurePart] = &[ErasurePart::Identity];

pub async fn request(node: &Node, who: &str, target: &ErasureTarget, parts: &[ErasurePart]) -> Result<Done, AppError> {
    node.app.request_erasure(asked(who), target.clone(), wanted(parts)).await
}

pub fn erasure(done: &Done) -> ErasureId {
    ErasureId::new(done.stream.value)
}

fn end() -> EndErasure {
    EndErasure { reason: "所述理由不成立。".to_owned() }
}

/// Asks and approves, and lets it be carried out.
pub async fn erase(node: &Node, target: &ErasureTarget, parts: &[ErasurePart]) -> ErasureId {
    let id = erasure(&request(node, "archivist", target, parts).await.expect("it is asked for"));
    node.app.approve_erasure(asked("reviewer"), id).await.expect("it is approved");
    node.app.settle().await.expect("it is carried out");
    id
}

async fn state(node: &Node, id: ErasureId) -> ErasureState {
    let query = RowQuery::all(ErasureRow::TABLE).with(Filter::Eq("erasure", Cell::Text(id.to_string())));
    let row = node.app.row::<ErasureRow>(query).await.expect("read").expect("an entry");
    ErasureState::from_word(&row.state).expect("a state")
}

pub async fn erased(node: &Node, subject: impl ToString) -> Option<ErasedRow> {
    let query = RowQuery::all(ErasedRow::TABLE).with(Filter::Eq("subject", Cell::Text(subject.to_string())));
    node.app.row::<ErasedRow>(query).await.expect("read")
}

/// A case with an open consultation.
pub async fn consulted(node: &Node) -> (CaseId, ConsultationId) {
    let case = node.road_to("open_solicitation").await;
    node.app.settle().await.expect("the consultation opens");
    let consultation = node.consultation(case).await;
    (case, consultation)
}

pub fn sender() -> Commenter {
    Commenter { name: NAME.to_owned(), contact: CONTACT.to_owned() }
}

pub fn said(text: &str) -> SubmitComment {
    SubmitComment {
        channel: Channel::Web, clause: "第三条".to_owned(), text: text.to_owned(), suggests_hearing: false
    }
}

pub async fn comment(node: &Node, consultation: ConsultationId, sender: Commenter) -> (CommentId, Done) {
    let done = node.app.submit_comment(None, consultation, said("阶梯水价过高"), sender).await.expect("it is taken");
    let query = RowQuery::all(CommentRow::TABLE)
        .with(Filter::Eq("consultation", Cell::Text(consultation.to_string())))
        .with(Filter::Eq("n", Cell::Int(i64::try_from(done.n).expect("small"))));
    let row = node.app.row::<CommentRow>(query).await.expect("read").expect("a comment");
    (row.comment_id.parse().expect("an id"), done)
}

/// All bytes of the database: the file, and its write-ahead log. PostgreSQL's files are its own; its rows are looked at instead.
pub fn raw(site: &Site) -> Vec<u8> {
    let path = site.url.trim_start_matches("sqlite://");
    let mut bytes = std::fs::read(path).expect("the database file");
    bytes.extend(std::fs::read(format!("{path}-wal")).unwrap_or_default());
    bytes
}

pub fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

async fn the_identity_is_destroyed_and_every_proof_stands(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let (_, consultation) = consulted(&node).await;
    let key = |text: &str| {
        let input = (consultation, said(text), sender());
        RequestKey::new("form-1", "submitComment", "k1", &input).expect("a key")
    };
    let submit = |text: &'static str| node.app.submit_comment(Some(key(text)), consultation, said(text), sender());
    let done = submit("阶梯水价过高").await.expect("it is taken");
    assert_eq!(submit("阶梯水价过高").await.expect("the first answer"), done);
    let (receipt, event) = (done.receipt.clone().expect("a receipt"), done.events[0].0);
    let (other, _) = comment(&node, consultation, sender()).await;
    node.app.settle().await.expect("background work is done");
    let received = node.app.receipt(&receipt).await.expect("found");
    let subject: CommentId = received.received.comment_id.parse().expect("an id");

    let before = node.everything().await;
    let size = node.store.log_size().await.expect("a size");
    let leaves = node.store.log_leaves(0, size).await.expect("leaves");
    let sealed = node.store.event(event).await.expect("read").expect("there").event.sealed.expect("sealed");
    let wrapped = node.store.subject_key(&sealed.subject).await.expect("read").expect("a key");
    let digest = key("阶梯水价过高").input_digest;
    let secrets = [sealed.bytes.clone(), sealed.commitment_key.to_vec(), wrapped, digest.into_bytes()];
    if backend == Backend::Sqlite {
        let raw = raw(&site);
        assert!(secrets.iter().all(|secret| holds(&raw, secret)), "the search finds what is there");
        assert!(!holds(&raw, NAME.as_bytes()) && !holds(&raw, CONTACT.as_bytes()), "no name ever lies open");
    }

    let id = erase(&node, &ErasureTarget::Comment(subject), IDENTITY).await;
    assert_eq!(state(&node, id).await, ErasureState::CarriedOut);
    assert_eq!(
        node.kinds(id).await,
        ["erasure_requested", "erasure_approved", "erasure_carried_out"],
        "asked for, approved and done are three acts"
    );
    if backend == Backend::Sqlite {
        let raw = raw(&site);
        let left: Vec<_> = secrets.iter().map(|secret| holds(&raw, secret)).collect();
        assert_eq!(left, [false; 4], "ciphertext, key of the commitment, wrapped key, digest of the input");
        assert!(!holds(&raw, NAME.as_bytes()) && !holds(&raw, CONTACT.as_bytes()));
    }
    for table in ["sealed_bodies", "subject_keys"] {
        let left = site.sql(&format!("DELETE FROM {table} WHERE subject = '{subject}'")).await.expect("SQL");
        assert_eq!(left, 0, "nothing was left in {table}");
    }
    let stored = node.store.event(event).await.expect("read").expect("there").event;
    assert_eq!(stored.sealed, None);
    assert_eq!(code(submit("阶梯水价过高").await), Code::KeyReused, "it is not taken twice either");

    // Whoever looks is told that it was erased, and the text and the other comment stand.
    let opened = node.app.open_commenter(principal("auditor"), event).await.expect("no failure");
    assert_eq!((opened.comment, opened.commenter), (subject, None));
    let told = erased(&node, subject).await.expect("it is said");
    assert_eq!((told.parts_json.as_str(), told.article.as_str()), ("[\"identity\"]", "PIPL-47-1-3"));
    assert_eq!(told.erasure, id.to_string());
    assert!(erased(&node, other).await.is_none());
    assert_eq!(node.app.receipt(&receipt).await.expect("found"), received, "the receipt is as it was");
    let texts = node.app.rows::<CommentRow>(RowQuery::all(CommentRow::TABLE)).await.expect("read");
    assert!(texts.iter().all(|row| row.text == "阶梯水价过高"), "the text is a statutory record");
    assert!(stored.json.contains("阶梯水价过高"));
    let mut before_and_after = node.everything().await;
    before_and_after.retain(|place, _| before.contains_key(place));
    assert_eq!(before_and_after, before, "not a byte of what was recorded changed");

    // The log goes on from the tree that it had, and each stream is one chain.
    let grown = node.store.log_size().await.expect("a size");
    assert!(grown > size);
    assert_eq!(node.store.log_leaves(0, size).await.expect("leaves"), leaves);
    for stream in [StreamId::from(consultation), id.into()] {
        let events = node.events(stream).await;
        let chain = ledger::verify_chain(events.iter().map(|e| &e.event.leaf)).expect("a chain");
        assert_eq!(chain.last.as_bytes(), &events.last().expect("an event").event.leaf_hash);
    }
    let events = node.events(consultation).await;
    let of = |kind: &str| events.iter().filter(|e| e.event.kind == kind).collect::<Vec<_>>();
    let [recorded] = of("personal_data_erased")[..] else { panic!("it is said once") };
    let leaf = String::from_utf8(recorded.event.leaf.clone()).expect("text");
    assert!(leaf.is_ascii() && leaf.contains("\"op\":\"consent_withdrawn\""), "codes and digests only: {leaf}");
    let body: Value = serde_json::from_str(&recorded.event.json).expect("JSON");
    let approved = node.events(id).await[1].event.leaf_hash;
    assert_eq!(body["body"]["given"]["approved_leaf"], ledger::Digest::from_bytes(approved).to_string());
    assert!(!recorded.event.json.contains("书面要求"), "the reason stands in the register alone");

    // Nothing brings it back: neither a rebuild nor a restart; and the matter goes on.
    node.agrees("after an erasure").await;
    let fresh = site.node(2).await;
    fresh.app.settle().await.expect("nothing is left to do");
    fresh.app.rebuild(true, &|_, _| {}).await.expect("rebuilt");
    assert_eq!(erased(&fresh, subject).await, Some(told));
    assert_eq!(fresh.app.open_commenter(principal("auditor"), event).await.expect("no failure").commenter, None);
    fresh.days_pass(31).await;
    fresh.answer_all(consultation).await;
    fresh.app.settle().await.expect("background work is done");
    fresh.agrees("after the answers").await;
}

async fn two_persons_decide_each_in_person(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let (_, consultation) = consulted(&node).await;
    let (subject, _) = comment(&node, consultation, sender()).await;
    let target = ErasureTarget::Comment(subject);
    for nobody in ["officer", "head", "reviewer", "auditor", "expert_1"] {
        assert_eq!(code(request(&node, nobody, &target, IDENTITY).await), Code::Forbidden, "{nobody}");
    }
    let id = erasure(&request(&node, "clerk", &target, IDENTITY).await.expect("the office asks"));
    for nobody in ["clerk", "archivist", "officer", "head"] {
        assert_eq!(code(node.app.approve_erasure(asked(nobody), id).await), Code::Forbidden, "{nobody}");
        assert_eq!(code(node.app.refuse_erasure(asked(nobody), id, end()).await), Code::Forbidden, "{nobody}");
    }
    assert_eq!(code(node.app.withdraw_erasure(asked("auditor"), id, end()).await), Code::Forbidden);

    // A second post gives the same person no second voice, and nobody stands in for another.
    let post = PostId::new(Uuid::from_u128(0xE2));
    let (from, today) = (staff::FROM, node.app.today());
    let granted = |n: u128, principal: &str, agent: &str| OrganisationEvent::DelegationGranted {
        delegation: DelegationId::new(Uuid::from_u128(n)),
        principal: staff::person(principal),
        post: staff::post(principal),
        agent: staff::person(agent),
        verbs: Default::default(),
        from: today,
        until: today.tomorrow().expect("a day"),
        basis: "单位负责人书面委托".to_owned(),
    };
    let second = OrganisationEvent::PostRegistered {
        post,
        unit: staff::unit("justice"),
        title: "审查员".to_owned(),
        post_kind: PostKind::Officer,
        member_of_body: false,
        from,
    };
    let taken = OrganisationEvent::PostTaken { person: staff::person("clerk"), post, from, until: None };
    let entries = vec![second, taken, granted(1, "auditor", "officer"), granted(2, "archivist", "leader")];
    node.app.enter_directory(asked("registrar"), staff::DIRECTORY, entries).await.expect("entered");
    assert_eq!(code(node.app.approve_erasure(asked("clerk"), id).await), Code::FourEyes, "in another post");
    assert_eq!(code(node.app.approve_erasure(asked("officer"), id).await), Code::ErasureNotInPerson);
    let (second, _) = comment(&node, consultation, sender()).await;
    let by_delegation = request(&node, "leader", &ErasureTarget::Comment(second), IDENTITY).await;
    assert_eq!(code(by_delegation), Code::ErasureNotInPerson);
    assert_eq!(state(&node, id).await, ErasureState::Requested, "refusals change nothing");
    assert!(node.store.subject_key(&subject.to_string()).await.expect("read").is_some());

    node.app.approve_erasure(asked("auditor"), id).await.expect("supervision approves");
    node.app.settle().await.expect("it is carried out");
    assert_eq!(state(&node, id).await, ErasureState::CarriedOut);
    node.agrees("after two persons decided").await;
}

async fn one_request_at_a_time_and_once(backend: Backend) {
    let site = Site::new(backend).await;
    let (node, other) = (site.node(1).await, site.node(2).await);
    let (_, consultation) = consulted(&node).await;
    let (subject, _) = comment(&node, consultation, sender()).await;
    let target = ErasureTarget::Comment(subject);

    // Two at once, on two nodes: one is taken, and one approval is.
    let both =
        tokio::join!(request(&node, "clerk", &target, IDENTITY), request(&other, "archivist", &target, IDENTITY));
    let (won, lost) = match both {
        (Ok(won), Err(lost)) | (Err(lost), Ok(won)) => (won, lost),
        other => panic!("{other:?}"),
    };
    assert_eq!(code::<Done>(Err(lost)), Code::ErasureNotOpen);
    let id = erasure(&won);
    node.app.refuse_erasure(asked("reviewer"), id, end()).await.expect("it is refused");
    assert_eq!(state(&node, id).await, ErasureState::Refused);
    assert_eq!(code(node.app.approve_erasure(asked("auditor"), id).await), Code::ErasureNotOpen);
    assert_eq!(erasure(&request(&node, "clerk", &target, IDENTITY).await.expect("asked for again")), id);
    node.app.withdraw_erasure(asked("archivist"), id, end()).await.expect("it is withdrawn");
    assert_eq!(state(&node, id).await, ErasureState::Withdrawn);
    node.app.settle().await.expect("nothing is carried out");
    assert!(erased(&node, subject).await.is_none(), "neither erases anything");
    request(&node, "clerk", &target, IDENTITY).await.expect("asked for a third time");
    let both =
        tokio::join!(node.app.approve_erasure(asked("reviewer"), id), other.app.approve_erasure(asked("auditor"), id));
    let lost = match both {
        (Ok(_), Err(lost)) | (Err(lost), Ok(_)) => lost,
        other => panic!("{other:?}"),
    };
    assert_eq!(code::<Done>(Err(lost)), Code::ErasureNotOpen);
    // Both nodes carry it out at once; it is done once.
    let both = tokio::join!(node.app.settle(), other.app.settle());
    assert!(both.0.is_ok() && both.1.is_ok(), "{both:?}");
    node.app.settle().await.expect("nothing is left");
    assert_eq!(state(&node, id).await, ErasureState::CarriedOut);
    let said = node.kinds(consultation).await.into_iter().filter(|kind| kind == "personal_data_erased").count();
    assert_eq!(said, 1);
    assert_eq!(code(request(&node, "clerk", &target, IDENTITY).await), Code::AlreadyThere, "it is erased once");

    let (unnamed, _) = comment(&node, consultation, Commenter::default()).await;
    let unnamed = ErasureTarget::Comment(unnamed);
    assert_eq!(code(request(&node, "clerk", &unnamed, IDENTITY).await), Code::NothingToErase);
    let nowhere = Uuid::from_u128(0xDEAD);
    for unknown in [
        ErasureTarget::Comment(CommentId::new(nowhere)),
        ErasureTarget::Application(HearingId::new(nowhere), "A-0001".to_owned()),
        ErasureTarget::Proposal(ProposalId::new(nowhere)),
        ErasureTarget::Event(dingce_domain::id::EventId::new(nowhere)),
    ] {
        assert_eq!(code(request(&node, "clerk", &unknown, IDENTITY).await), Code::NotFound, "{unknown:?}");
    }
    assert_eq!(code(node.app.approve_erasure(asked("reviewer"), ErasureId::new(nowhere)).await), Code::NotFound);
    node.agrees("after requests of every kind").await;
}

async fn what_an_official_did_is_not_erased(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let (case, consultation) = consulted(&node).await;
    let (subject, done) = comment(&node, consultation, sender()).await;
    for stream in [StreamId::from(case), consultation.into()] {
        let first = node.events(stream).await.remove(0).event;
        let refused = request(&node, "archivist", &ErasureTarget::Event(first.event), IDENTITY).await;
        let Err(AppError::Rejected(refused)) = refused else { panic!("{refused:?}") };
        assert_eq!((refused.code, refused.given.as_deref()), (Code::ErasureNotAllowed, Some(first.kind.as_str())));
    }
    let unit = dingce_domain::proposal::SubmitProposal {
        proposer: Proposer::Deputy,
        proposed_by: "区人大代表某某".to_owned(),
        unit: None,
        channel: Channel::Letter,
        title: "关于供水价格的建议".to_owned(),
        text: "建议按成本调整。".to_owned(),
        argument: None,
        suggestion: None,
        documents: Vec::new(),
    };
    let entered = node.app.enter_proposal(asked("clerk"), unit, Commenter::default()).await.expect("entered");
    let in_office = ErasureTarget::Proposal(ProposalId::new(entered.stream.value));
    assert_eq!(code(request(&node, "archivist", &in_office, IDENTITY).await), Code::ErasureNotAllowed);
    let told = dingce_app::language::Language::shipped();
    let rejection = dingce_domain::rejection::Rejection::new(Code::ErasureNotAllowed);
    let articles = told.tell(&rejection, None).sources;
    assert_eq!(articles.len(), 2, "liability, and the law that bounds erasure: {articles:?}");
    // What came of the public is found by its event too.
    let by_event = ErasureTarget::Event(done.events[0].0);
    let id = erase(&node, &by_event, IDENTITY).await;
    assert_eq!(erased(&node, subject).await.expect("erased").erasure, id.to_string());
}

/// How a step fails, and which.
#[derive(Debug, Clone, Copy)]
enum At {
    Recording(Failure),
    Destroying(Failure),
    CarryingOut(Failure),
}

async fn wherever_it_is_interrupted_it_ends_the_same(backend: Backend) {
    let losses = [Failure::LostBefore, Failure::LostAfter, Failure::Conflict];
    let all =
        losses.map(At::Recording).into_iter().chain(losses.map(At::Destroying)).chain(losses.map(At::CarryingOut));
    let site = Site::new(backend).await;
    let mut node = site.node(1).await;
    let (_, consultation) = consulted(&node).await;
    for (round, at) in (2..).zip(all) {
        let (subject, _) = comment(&node, consultation, sender()).await;
        let target = ErasureTarget::Comment(subject);
        let id = erasure(&request(&node, "clerk", &target, IDENTITY).await.expect("asked for"));
        node.app.approve_erasure(asked("auditor"), id).await.expect("approved");
        match at {
            At::Recording(failure) => node.store.fail(&[failure]),
            At::Destroying(failure) => node.store.fail_destroying(&[failure]),
            At::CarryingOut(failure) => {
                // The step before is interrupted too, so that the next append is the last one.
                node.store.fail_destroying(&[Failure::LostAfter]);
                let _ = node.app.settle().await;
                node = site.node(100 + round).await;
                node.store.fail(&[failure]);
            }
        }
        let _ = node.app.settle().await;
        assert_eq!(node.store.failures_left(), 0, "{at:?} was met");
        // The process is gone here, and another goes on where it stood.
        node = site.node(round).await;
        node.app.settle().await.expect("it is carried out");
        assert_eq!(state(&node, id).await, ErasureState::CarriedOut, "{at:?}");
        assert_eq!(node.kinds(id).await.len(), 3, "{at:?}: each step is recorded once");
        let said = node
            .events(consultation)
            .await
            .into_iter()
            .filter(|e| e.event.kind == "personal_data_erased" && e.event.json.contains(&subject.to_string()));
        assert_eq!(said.count(), 1, "{at:?}");
        assert_eq!(node.store.subject_key(&subject.to_string()).await.expect("read"), None, "{at:?}");
        let sealed = node.events(consultation).await;
        assert!(sealed.iter().all(|e| e.event.sealed.as_ref().is_none_or(|s| s.subject != subject.to_string())));
        assert!(node.store.outbox(10).await.expect("read").is_empty(), "{at:?}: no message is left");
    }
    node.agrees("after every interruption").await;
}

async fn an_applicant_of_a_hearing_is_erased(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = node.road_to("add_draft_version").await;
    node.done(case, "notice_hearing", Value::Null).await;
    node.app.settle().await.expect("the stream of applications opens");
    let hearing = node.case(case).await.file.hearing.expect("a hearing").id;
    for n in 1..=2 {
        let given = ApplyToHearing {
            channel: Channel::Web,
            group: "居民代表".to_owned(),
            shown_as: format!("居民欧某{n}"),
            stake: format!("我是欧某{n}，用水大户。"),
        };
        let applicant = Applicant { name: NAME.to_owned(), contact: CONTACT.to_owned() };
        node.app.apply_to_hearing(None, hearing, given, applicant).await.expect("taken");
    }
    let open = |code: &'static str| node.app.open_applicant(principal("officer"), hearing, code);
    assert_eq!(open("A-0001").await.expect("opened").expect("somebody").name, NAME);
    let target = ErasureTarget::Application(hearing, "A-0001".to_owned());
    erase(&node, &target, &[ErasurePart::Identity, ErasurePart::Text]).await;
    assert_eq!(open("A-0001").await.expect("no failure"), None);
    assert_eq!(open("A-0002").await.expect("opened").expect("somebody").name, NAME, "the other stands");
    let rows = node.app.rows::<HearingApplicationRow>(RowQuery::all(HearingApplicationRow::TABLE)).await.expect("read");
    let shown = |code: &str| {
        let row = rows.iter().find(|row| row.code == code).expect("a row");
        (row.shown_as.clone(), row.stake.clone())
    };
    assert_eq!(shown("A-0001"), (MASK.to_owned(), MASK.to_owned()));
    assert_eq!(shown("A-0002").0, "居民欧某2");
    let first = rows.iter().find(|row| row.code == "A-0001").expect("a row");
    let told = erased(&node, &first.application).await.expect("it is said");
    assert_eq!(told.parts_json, "[\"identity\",\"text\"]");
    node.agrees("after an applicant was erased").await;
    // The hearing goes on: the code is still in the draw.
    node.days_pass(12).await;
    node.done(case, "draw_hearing_participants", Value::Null).await;
    node.agrees("after the draw").await;
}

async fn a_text_that_is_personal_is_masked(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let (_, consultation) = consulted(&node).await;
    let given = SubmitComment { suggests_hearing: true, ..said("我是住在某某路5号的欧阳某某") };
    let done = node.app.submit_comment(None, consultation, given, Commenter::default()).await.expect("it is taken");
    let row = || async {
        let query = RowQuery::all(CommentRow::TABLE);
        node.app.rows::<CommentRow>(query).await.expect("read").into_iter().next().expect("a comment")
    };
    let before = row().await;
    let target = ErasureTarget::Event(done.events[0].0);
    let id = erase(&node, &target, &[ErasurePart::Text]).await;
    assert_eq!(state(&node, id).await, ErasureState::CarriedOut);
    let after = row().await;
    let masked = CommentRow { text: MASK.to_owned(), clause: String::new(), ..before };
    assert_eq!(after, masked, "everything else of it stands");
    let receipts = node.app.rows::<PublicReceiptRow>(RowQuery::all(PublicReceiptRow::TABLE)).await.expect("read");
    assert_eq!(receipts.len(), 1, "its sender still finds it");
    // The event itself is a statutory record, which nothing changes: the gap that ADR 0033 writes down.
    assert!(node.events(consultation).await.iter().any(|e| e.event.json.contains("某某路5号")));
    assert_eq!(code(request(&node, "clerk", &target, &[ErasurePart::Text]).await), Code::AlreadyThere);
    node.agrees("after a text was masked").await;

    let sent = node.app.submit_proposal(None, None, "我家门口".to_owned(), "我是欧阳某某".to_owned(), sender()).await;
    let proposal = ProposalId::new(sent.expect("it is taken").stream.value);
    erase(&node, &ErasureTarget::Proposal(proposal), &[ErasurePart::Text]).await;
    let query = RowQuery::all(ProposalRow::TABLE).with(Filter::Eq("proposal", Cell::Text(proposal.to_string())));
    let held = node.app.row::<ProposalRow>(query).await.expect("read").expect("a proposal");
    assert!(!held.proposal_json.contains("欧阳") && held.title == MASK, "{}", held.proposal_json);
    let why = OpenSender { reason: "核查。".to_owned() };
    let opened = node.app.open_proposer(asked("auditor"), proposal, why).await.expect("opened").1;
    assert_eq!(opened, Some(sender()), "who wrote it was not erased, and stays sealed");
    erase(&node, &ErasureTarget::Proposal(proposal), IDENTITY).await;
    let why = OpenSender { reason: "核查。".to_owned() };
    assert_eq!(node.app.open_proposer(asked("auditor"), proposal, why).await.expect("no failure").1, None);
    assert_eq!(erased(&node, proposal).await.expect("said").parts_json, "[\"identity\",\"text\"]");
    node.agrees("after a proposal was erased").await;
}

/// A closed case that came from a proposal of the public.
pub async fn closed_from_a_proposal(node: &Node) -> (CaseId, ProposalId) {
    let sent =
        node.app.submit_proposal(None, None, "调整水价".to_owned(), "建议按成本调整。".to_owned(), sender()).await;
    let proposal = ProposalId::new(sent.expect("it is taken").stream.value);
    let study =
        GiveOpinion {
            opinion: "确有必要。".to_owned(), recommends: ProposalOutcome::Start, documents: Vec::new()
        };
    let decided = DecideProposal {
        outcome: ProposalOutcome::Start,
        procedure: String::new(),
        reason: "同意启动。".to_owned(),
        decider: Decider::Person,
        decided_by: "区长".to_owned(),
        decided_on: node.app.today(),
        documents: Vec::new(),
    };
    let hand = HandOver { unit: staff::unit("water"), study_by: None, note: "请研究。".to_owned() };
    for (who, act) in [
        ("clerk", ProposalAct::HandOver(hand)),
        ("officer", ProposalAct::GiveOpinion(study)),
        ("clerk", ProposalAct::Decide(decided)),
    ] {
        node.app.act_on_proposal(asked(who), proposal, act).await.expect("done");
    }
    let input = node.input(None, &ask("open_case", Value::Null)).await;
    let given: OpenCase = serde_json::from_value(input).expect("an act");
    let given = OpenCase { proposal: Some(proposal), proposer: Proposer::Public, ..given };
    let opened = node.app.open_case(asked("clerk"), None, given).await.expect("opened");
    let case = CaseId::new(opened.stream.value);
    node.app.settle().await.expect("background work is done");
    node.go_on_after(case, "study_proposal", "close_volume").await;
    node.app.settle().await.expect("background work is done");
    (case, proposal)
}

fn all_of(folder: &Path) -> String {
    let mut all = String::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all.push_str(&all_of(&path));
        } else {
            all.push_str(&String::from_utf8_lossy(&std::fs::read(&path).expect("a file")));
        }
    }
    all
}

async fn a_package_says_what_was_lawfully_erased(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let (case, proposal) = closed_from_a_proposal(&node).await;
    let answer = AnswerProposal { text: "您的建议已立项。".to_owned() };
    node.days_pass(1).await;
    node.app.act_on_proposal(asked("clerk"), proposal, ProposalAct::Answer(answer)).await.expect("answered later");
    let out = tempfile::tempdir().expect("a folder");
    let export = |name: &str, how: Export| {
        let (to, app) = (out.path().join(name), &node.app);
        let kind = if how.redacted { "-redacted" } else { "" };
        let package = to.join(format!("{case}-decision{kind}"));
        async move { app.export_volume_as(case, Volume::Decision, &to, &how).await.map(|_| package) }
    };
    let redacted = || Export { redacted: true, ..Export::default() };
    let whole = export("before", Export::default()).await.expect("a package");
    let report = verify(&whole);
    assert!(report.ok() && report.erased.is_empty(), "{:#?}", report.checks);
    let leaf = report.facts.expect("a description").last_leaf;
    assert!(!all_of(&whole).contains("您的建议已立项"), "what came after the closing is not in it");

    erase(&node, &ErasureTarget::Proposal(proposal), &[ErasurePart::Identity, ErasurePart::Text]).await;
    for (name, how) in [("after", Export::default()), ("after-redacted", redacted())] {
        let package = export(name, how).await.expect("a package");
        let report = verify(&package);
        assert!(report.ok(), "{name}: {:#?}", report.checks);
        assert_eq!(report.facts.expect("a description").last_leaf, leaf, "{name}: the case is as it was");
        let [told] = &report.erased[..] else { panic!("{name}: {:?}", report.erased) };
        assert_eq!((told.stream.clone(), told.n), (proposal.to_string(), 1), "{name}");
        assert!(
            told.identity && told.text && told.at.starts_with("2024-") && told.article == "PIPL-47-1-3",
            "{told:?}"
        );
        let all = all_of(&package);
        for gone in [NAME, CONTACT, "建议按成本调整"] {
            assert!(!all.contains(gone), "{name} holds {gone}");
        }
    }
    assert!(all_of(&whole).contains("建议按成本调整"), "a package that was given away is not called back");
    assert!(verify(&whole).ok(), "and still verifies");

    // Destroyed without a word, a body is no erased one: the package is not made, and says why.
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let (other, of_another) = closed_from_a_proposal(&node).await;
    let sql = format!("DELETE FROM sealed_bodies WHERE subject = '{of_another}'");
    assert_eq!(site.sql(&sql).await.expect("SQL"), 1);
    let refused = node.app.export_volume_unchecked(other, Volume::Decision, out.path()).await;
    let Err(ExportError::Build(problem)) = refused else { panic!("{refused:?}") };
    let problem = problem.to_string();
    assert!(problem.contains("lost or destroyed"), "{problem}");
}
