//! What a damaged or newer record does: it stops its own stream, says so, and nothing else.

use dingce_app::AppError;
use dingce_app::ports::{Append, EventStore, NewEvent, Snapshot};
use dingce_domain::id::{EventId, StreamId};
use dingce_ledger as ledger;
use dingce_tests::acting::{ask, principal};
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::on_both;
use serde_json::Value;
use uuid::Uuid;

on_both!(
    a_snapshot_of_another_shape_is_ignored,
    an_event_of_an_unknown_version_stops_its_stream_only,
    an_erased_key_takes_the_commenter_and_nothing_else,
);

async fn a_snapshot_of_another_shape_is_ignored(backend: Backend) {
    for (shape, json) in [(9_999, "{\"state\": \"of another program\"}"), (9_998, "no JSON at all")] {
        let site = Site::new(backend).await;
        let node = site.node(1).await;
        let case = node.road_to("add_draft_version").await;
        let head = node.store.head(case.into()).await.expect("read").expect("a head");
        let snapshot = Snapshot { n: head.n, leaf_hash: head.leaf_hash, shape, json: json.to_owned() };
        node.store.put_snapshot(case.into(), snapshot).await.expect("kept");
        let fresh = site.node(2).await;
        assert_eq!(fresh.case(case).await, node.case(case).await, "shape {shape}");
        fresh.done(case, "record_drafting_item", Value::Null).await;
        site.replays(&fresh, "beside a snapshot of another shape").await;
    }
}

/// An event that a newer program would write.
async fn from_the_future(node: &Node, stream: StreamId, template: &NewEvent) {
    let head = node.store.head(stream).await.expect("read").expect("a head");
    let event = NewEvent {
        event: EventId::new(Uuid::from_u128(u128::MAX - 7)),
        kind: "draft_version_added".to_owned(),
        version: 2,
        adopts_draft: None,
        sealed: None,
        ..template.clone()
    };
    let append = Append {
        stream,
        organ: dingce_testkit::staff::unit("organ"),
        expected_n: head.n,
        events: vec![event],
        rows: vec![],
        deadlines: vec![],
        outbox: vec![],
        answers: None,
        clearances: vec![],
        claims: Vec::new(),
        idempotency: None,
        subject_keys: vec![],
    };
    let answers = node.store.append(vec![append]).await;
    assert!(answers[0].is_ok(), "{answers:?}");
}

async fn an_event_of_an_unknown_version_stops_its_stream_only(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let newer = node.road_to("open_solicitation").await;
    let other = node.road_to("open_solicitation").await;
    node.app.settle().await.expect("consultations open");
    let template = node.events(newer).await.pop().expect("an event").event;
    from_the_future(&node, newer.into(), &template).await;
    for reader in [&node, &site.node(2).await] {
        match reader.app.case(principal("auditor"), newer).await {
            Err(error @ AppError::Corrupt { .. }) => {
                assert!(error.to_string().contains(&newer.to_string()), "{error}");
                let cause = std::error::Error::source(&error).expect("a cause").to_string();
                assert!(cause.contains("version 2"), "{cause}");
            }
            answer => panic!("a stream that cannot be read was served: {answer:?}"),
        }
        reader.case(other).await;
    }
    let command = node.command(other, &ask("record_drafting_item", Value::Null)).await;
    let refused = node.app.act(dingce_tests::acting::asked("officer"), newer, command).await;
    assert!(matches!(refused, Err(AppError::Corrupt { .. })), "nothing is written either: {refused:?}");
    // Timers and messages of other streams go on beside it.
    node.days_pass(31).await;
    assert!(node.case(other).await.file.consultation.expect("a consultation").received.is_some());
}

async fn an_erased_key_takes_the_commenter_and_nothing_else(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = node.road_to("open_solicitation").await;
    node.app.settle().await.expect("the consultation opens");
    let consultation = node.consultation(case).await;
    let done = node.comment(consultation, "阶梯水价过高").await.expect("a comment is taken");
    let event = done.events[0].0;
    let opened = node.app.open_commenter(principal("auditor"), event).await.expect("an auditor may");
    assert_eq!(opened.commenter.expect("a name was given").name, "王某");
    let refused = node.app.open_commenter(principal("officer"), event).await;
    assert_eq!(dingce_tests::acting::code(refused), dingce_domain::code::Code::Forbidden);
    let sealed = node.store.event(event).await.expect("read").expect("there").event.sealed.expect("sealed");
    assert!(!sealed.bytes.windows(6).any(|w| w == "王某".as_bytes()), "no name lies open");
    site.sql(&format!("DELETE FROM subject_keys WHERE subject = '{}'", sealed.subject)).await.expect("erased");
    let erased = node.app.open_commenter(principal("auditor"), event).await.expect("no failure");
    assert_eq!(erased.commenter, None);
    let stored = node.events(consultation).await;
    assert!(stored.iter().any(|e| e.event.json.contains("阶梯水价过高")), "the comment is a statutory record");
    assert!(!stored.iter().any(|e| e.event.json.contains("王某")));
    let chain = ledger::verify_chain(stored.iter().map(|e| &e.event.leaf)).expect("the chain still verifies");
    let last = stored.last().expect("an event");
    assert_eq!((chain.count, chain.last.as_bytes()), (last.n, &last.event.leaf_hash));
    node.days_pass(31).await;
    node.answer_all(consultation).await;
    node.app.settle().await.expect("background work is done");
    node.agrees("after an erasure").await;
}
