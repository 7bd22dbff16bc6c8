//! A database that is older than its published log: healed from the published files, its streams locked where events are lost, and
//! made whole from a backup. What was published keeps its places, whatever happens.

use std::sync::Arc;

use dingce_app::ports::{EventStore as _, HealError, KeptLeaf, LostEvents, PublishedEntry};
use dingce_app::publisher::PublishLogError;
use dingce_app::use_cases::{ClockError, HealLogError, LogDifference, LogHealed, LostReturned};
use dingce_domain::code::Code;
use dingce_domain::id::{CaseId, StreamId};
use dingce_ledger::tile::{TileId, TileLevel, decode_bundle};
use dingce_ledger::{Leaf, LogProof, Policy};
use dingce_tests::acting::code;
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::log_in_memory::{LogInMemory, accepted, signer};
use dingce_tests::on_both;
use serde_json::json;

on_both!(
    a_stream_with_lost_events_is_locked_until_they_return,
    healing_that_broke_off_goes_on,
    what_cannot_be_healed_is_left_alone,
    nothing_is_lost_where_only_places_were,
    how_far_streams_had_come_is_on_record,
    a_clock_that_was_set_back_is_found_out,
);

async fn node(site: &Site, seed: u64, outside: &Arc<LogInMemory>) -> Node {
    site.publishing_node(seed, outside.publisher()).await
}

impl Past {
    /// A node over the restored database, today.
    async fn restored(&self, seed: u64) -> Node {
        let node = node(&self.old, seed, &self.outside).await;
        node.clock.move_to(self.writer.app.today(), 11);
        node
    }
}

/// Yesterday: a case, published; a backup. Since then: the case goes on, and another begins, both published.
struct Past {
    live: Site,
    old: Site,
    outside: Arc<LogInMemory>,
    writer: Node,
    case: CaseId,
    later: CaseId,
    before: u64,
}

async fn past(backend: Backend, roads: usize) -> Past {
    let live = Site::new(backend).await;
    let outside = Arc::new(LogInMemory::default());
    let writer = node(&live, 1, &outside).await;
    let case = writer.open_case().await;
    writer.app.settle().await.expect("settled");
    let before = outside.published_size();
    let old = live.restored().await;
    writer.go_on(case, "conclude_legality_review").await;
    let later = writer.open_case().await;
    for _ in 0..roads {
        writer.road_to("conclude_legality_review").await;
    }
    writer.app.settle().await.expect("settled");
    Past { live, old, outside, writer, case, later, before }
}

async fn a_stream_with_lost_events_is_locked_until_they_return(backend: Backend) {
    let past = past(backend, 0).await;
    let Past { live, outside, writer, case, later, before, .. } = &past;
    let (case, later, before) = (*case, *later, *before);
    let size = outside.published_size();
    let events = writer.events(case).await;
    let receipt = writer.app.log_receipt(events[events.len() - 1].event.event).await.expect("a receipt");
    let restored = past.restored(2).await;
    let error = restored.app.check_log().await.expect_err("it is older than what was signed");
    assert!(
        matches!(error, PublishLogError::Behind { anchored, found } if (anchored, found) == (size, before)),
        "{error}"
    );
    let healed = restored.app.heal_log().await.expect("healed").expect("something was missing");
    let LogHealed { from, to, placed, lost, streams } = healed;
    assert_eq!((from, to, placed + lost), (before, size, size - before));
    assert!(lost > 0 && streams >= 2, "{healed:?}");
    assert_eq!(restored.app.heal_log().await.expect("looked"), None, "nothing is missing any more");

    // The log goes on from where it was, and every proof that was given holds.
    let restored = past.restored(3).await;
    restored.app.check_log().await.expect("it agrees");
    restored.app.settle().await.expect("settled");
    assert!(outside.published_size() > size, "the restoration itself is on record");
    accepted(outside.on_disk().path(), &[]);
    assert_eq!(restored.app.audit_log().await.expect("read").difference, None);
    let policy: Policy = format!("log {}\nquorum none\n", signer().verifier()).parse().expect("a policy");
    let proof = receipt.proof.expect("published");
    let read = LogProof::parse(proof.to_string().as_bytes()).expect("its form");
    let place = read.verify(receipt.leaf.as_bytes(), &policy).expect("it holds still").index;
    assert_eq!(restored.store.log_place(case.into(), events.len() as u64).await.expect("read"), Some(place));

    // What is lost is locked, and said so; everything else goes on.
    let listed = restored.app.lost_events().await.expect("listed");
    let kept = restored.events(case).await.len() as u64;
    let (first, last) = (kept + 1, events.len() as u64);
    assert!(listed.contains(&LostEvents { stream: case.into(), first, last }), "{listed:?}");
    let refused = restored.act(case, dingce_tests::acting::ask("study_proposal", json!({}))).await;
    assert_eq!(code(refused), Code::RecordIncomplete);
    assert_eq!(restored.events(case).await.len() as u64, kept, "nothing was written");
    let fresh = restored.road_to("conclude_legality_review").await;
    restored.app.settle().await.expect("settled");

    // A newer backup brings the events back, each in its place.
    let backup = live.restored().await;
    let returned = restored.app.return_lost(&backup.store().await).await.expect("returned");
    assert_eq!(returned, LostReturned { events: lost, streams, lost: 0 });
    assert_eq!(restored.app.lost_events().await.expect("listed"), []);
    for id in [StreamId::from(case), later.into()] {
        let (here, there) = (restored.events(id).await, writer.events(id).await);
        assert_eq!(here, there, "{id}");
    }
    assert_eq!(restored.case(case).await, writer.case(case).await);
    restored.agrees("after the return").await;
    let again = past.restored(4).await;
    again.app.check_log().await.expect("it agrees");
    again.go_on_after(case, "conclude_legality_review", "convene_meeting").await;
    again.app.settle().await.expect("settled");
    assert_eq!(again.app.audit_log().await.expect("read").difference, None);
    accepted(outside.on_disk().path(), &[]);
    again.agrees("after going on").await;
    again.case(fresh).await;
    let nothing = again.app.return_lost(&backup.store().await).await.expect("looked");
    assert_eq!(nothing, LostReturned::default());
}

/// The entries of one published bundle.
fn bundle(outside: &LogInMemory, path: &str) -> Vec<PublishedEntry> {
    let bytes = outside.files().get(path).expect("a bundle").clone();
    let entries = decode_bundle(path.parse().expect("a path"), &bytes).expect("a bundle");
    let entry = |bytes: &[u8]| {
        let leaf = Leaf::parse(bytes).expect("a leaf");
        let kept = KeptLeaf { leaf: bytes.to_vec(), leaf_hash: *leaf.hash().as_bytes() };
        let input = leaf.into_input();
        PublishedEntry {
            event: input.event.parse().expect("an id"),
            stream: input.stream.parse().expect("an id"),
            n: input.n,
            kind: input.k,
            leaf: kept,
        }
    };
    entries.into_iter().map(entry).collect()
}

async fn healing_that_broke_off_goes_on(backend: Backend) {
    let past = past(backend, 6).await;
    let Past { outside, before, .. } = &past;
    let before = *before;
    let size = outside.published_size();
    assert!(before < 256 && size > 256, "more than one bundle is missing: {before}..{size}");
    // A process that ended after the first part.
    let crashed = past.restored(2).await;
    let epoch = crashed.store.lease("crashed", i64::MAX, i64::MAX).await.expect("asked").expect("the lease");
    let first: Vec<_> = bundle(outside, "tile/entries/000").into_iter().skip(before as usize).collect();
    let wrong = crashed.store.heal(epoch + 1, before, first.clone()).await;
    assert!(matches!(wrong, Err(HealError::Moved { .. })), "another epoch writes: {wrong:?}");
    let wrong = crashed.store.heal(epoch, before + 1, first.clone()).await;
    assert!(matches!(wrong, Err(HealError::Moved { .. })), "no gap: {wrong:?}");
    crashed.store.heal(epoch, before, first).await.expect("the first part");
    let error = past.restored(3).await.app.check_log().await.expect_err("not all of it");
    assert!(matches!(error, PublishLogError::Behind { found: 256, .. }), "{error}");
    let healed = past.restored(4).await.app.heal_log().await.expect("healed").expect("something was missing");
    assert_eq!((healed.from, healed.to), (256, size));
    let whole = past.restored(5).await;
    whole.app.check_log().await.expect("it agrees");
    whole.app.settle().await.expect("settled");
    assert_eq!(whole.app.audit_log().await.expect("read").difference, None);
    accepted(outside.on_disk().path(), &[]);
}

async fn what_cannot_be_healed_is_left_alone(backend: Backend) {
    let past = past(backend, 0).await;
    let Past { old, outside, case, before, .. } = &past;
    let (case, before) = (*case, *before);
    let restored = past.restored(2).await;
    let whole = outside.files().clone();
    let size = outside.published_size();
    let path = TileId::in_tree(TileLevel::Entries, (size - 1) / 256, size).expect("a bundle").to_string();
    // The file is gone, cut short, or says something else.
    drop(outside.files().remove(&path));
    let gone = restored.app.heal_log().await.expect_err("gone");
    assert!(matches!(&gone, HealLogError::File { path: named } if *named == path), "{gone}");
    outside.files().clone_from(&whole);
    outside.files().get_mut(&path).expect("there").pop();
    assert!(matches!(restored.app.heal_log().await, Err(HealLogError::File { .. })));
    outside.files().clone_from(&whole);
    let other = String::from_utf8_lossy(&whole[&path]).rfind("\"n\":").expect("a number");
    outside.files().get_mut(&path).expect("there")[other + 4] = b'9';
    let error = restored.app.heal_log().await.expect_err("changed");
    assert!(matches!(error, HealLogError::Root { .. } | HealLogError::File { .. }), "{error}");
    outside.files().clone_from(&whole);
    assert_eq!(restored.store.log_size().await.expect("read"), before, "nothing was written");
    assert_eq!(restored.app.lost_events().await.expect("listed"), []);
    // Somebody went on writing in the restored database: two histories, and none is given up for the other.
    let careless = old.node(9).await;
    careless.done(case, "study_proposal", json!({})).await;
    let error = restored.app.heal_log().await.expect_err("two histories");
    assert!(
        matches!(&error, HealLogError::Store(HealError::Other { stream, .. }) if *stream == case.into()),
        "{error}"
    );
    assert_eq!(restored.store.log_size().await.expect("read"), before);
    // Without a signature there is nothing to heal to.
    assert!(matches!(careless.app.heal_log().await, Err(HealLogError::NothingSigned)));
    let empty = Arc::new(LogInMemory::default());
    assert!(matches!(node(old, 3, &empty).await.app.heal_log().await, Err(HealLogError::NothingSigned)));
}

/// A backup taken between the act and its place in the log: the event is there and keeps the place that was published.
async fn nothing_is_lost_where_only_places_were(backend: Backend) {
    let live = Site::new(backend).await;
    let outside = Arc::new(LogInMemory::default());
    let writer = node(&live, 1, &outside).await;
    writer.app.settle().await.expect("settled");
    let case = writer.open_case().await;
    let old = live.restored().await;
    writer.app.settle().await.expect("settled");
    let restored = node(&old, 2, &outside).await;
    let healed = restored.app.heal_log().await.expect("healed").expect("places were missing");
    assert_eq!((healed.lost, healed.streams), (0, 0), "{healed:?}");
    assert!(healed.placed > 0);
    restored.app.settle().await.expect("settled");
    accepted(outside.on_disk().path(), &[]);
    restored.done(case, "study_proposal", json!({})).await;
    restored.app.settle().await.expect("settled");
    assert_eq!(restored.app.audit_log().await.expect("read").difference, None);
}

async fn how_far_streams_had_come_is_on_record(backend: Backend) {
    let site = Site::new(backend).await;
    let outside = Arc::new(LogInMemory::default());
    let (one, two) = (node(&site, 1, &outside).await, node(&site, 2, &outside).await);
    let case = one.open_case().await;
    one.app.sequence_log().await.expect("placed");
    // What has no place yet is not in it.
    one.done(case, "study_proposal", json!({})).await;
    assert!(one.app.record_heads().await.expect("recorded"));
    assert!(!one.app.record_heads().await.expect("looked"), "once a day");
    assert!(!two.app.record_heads().await.expect("looked"), "by one node");
    one.app.settle().await.expect("settled");
    assert_eq!(one.app.audit_log().await.expect("read").difference, None);
    two.days_pass(1).await;
    assert!(two.app.record_heads().await.expect("recorded"));
    two.app.settle().await.expect("settled");
    assert_eq!(two.app.audit_log().await.expect("read").difference, None);
    two.agrees("with notes").await;
    // A note that was changed to hide how far a stream had come.
    site.sql("UPDATE log_note_view SET said_json = replace(said_json, '\"streams\":', '\"streams\":1')")
        .await
        .expect("changed");
    let found = two.app.audit_log().await.expect("read").difference;
    assert!(matches!(found, Some(LogDifference::Heads { .. })), "{found:?}");
}

async fn a_clock_that_was_set_back_is_found_out(backend: Backend) {
    let site = Site::new(backend).await;
    let outside = Arc::new(LogInMemory::default());
    let writer = node(&site, 1, &outside).await;
    writer.days_pass(1).await;
    writer.open_case().await;
    writer.app.settle().await.expect("settled");
    // Another node, whose clock stands a day before.
    let error = node(&site, 2, &outside).await.app.check_clock().await.expect_err("its clock is behind");
    assert!(matches!(error, ClockError::Behind { .. }), "{error}");
    let right = node(&site, 3, &outside).await;
    right.days_pass(1).await;
    right.app.check_clock().await.expect("its clock is right");
}
