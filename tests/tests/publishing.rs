//! The log as it is published: tiles, signed checkpoint, anchor. Every step fails once, with and without the write having landed;
//! what is there at any time is what other people's verifiers accept, and a database that is not what was signed is found out.

use std::sync::Arc;

use dingce_app::Publisher;
use dingce_app::ports::EventStore;
use dingce_app::publisher::PublishLogError;
use dingce_app::use_cases::LogDifference;
use dingce_ledger::tile::TileId;
use dingce_ledger::{Policy, SignedCheckpoint, merkle};
use dingce_store::{FileAnchor, ObjectLog};
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::log_in_memory::{LogInMemory, accepted, signer};
use dingce_tests::on_both;

on_both!(
    what_is_published_is_accepted_by_others,
    every_step_fails_and_nothing_is_lost,
    an_older_database_is_found_out,
    another_history_is_found_out,
    a_changed_row_is_found_out,
    two_nodes_publish_at_once,
    a_receipt_is_proof_without_the_system,
    an_audit_names_the_first_difference,
);

async fn node(site: &Site, seed: u64, outside: &Arc<LogInMemory>) -> Node {
    site.publishing_node(seed, outside.publisher()).await
}

/// The published root is the one over the leaf hashes in the database.
async fn whole(node: &Node, outside: &LogInMemory) {
    let size = node.store.log_size().await.expect("the log");
    let leaves = node.store.log_leaves(0, size).await.expect("leaves");
    let leaves: Vec<_> = leaves.into_iter().map(dingce_ledger::Digest::from_bytes).collect();
    let checkpoint = outside.checkpoint().expect("published");
    assert_eq!((checkpoint.claimed().size(), *checkpoint.claimed().root()), (size, merkle::root(&leaves)));
    let anchored = outside.anchor().clone();
    assert_eq!(anchored, Some(checkpoint.to_string().into_bytes()));
}

async fn what_is_published_is_accepted_by_others(backend: Backend) {
    let site = Site::new(backend).await;
    let folder = tempfile::tempdir().expect("a folder");
    let (log, anchor) = (folder.path().join("log"), folder.path().join("anchor"));
    let publisher = || {
        let files = ObjectLog::folder(&log).expect("a folder of the log");
        let anchor = FileAnchor::folder(&anchor).expect("an anchor");
        Publisher::new(signer().verifier().clone(), Arc::new(signer()), Arc::new(files), Arc::new(anchor))
    };
    let node = site.publishing_node(1, publisher()).await;
    node.app.check_log().await.expect("nothing was signed yet");
    let mut sizes = Vec::new();
    // Past a full tile, published after each.
    for _ in 0..6 {
        node.road_to("conclude_legality_review").await;
        node.app.settle().await.expect("settled");
        let bytes = std::fs::read(log.join("checkpoint")).expect("a checkpoint");
        sizes.push(SignedCheckpoint::parse(&bytes).expect("a checkpoint").claimed().size());
        assert_eq!(std::fs::read(anchor.join("checkpoint")).expect("an anchor"), bytes);
        accepted(&log, &[]);
    }
    assert!(sizes.is_sorted_by(|a, b| a < b) && *sizes.last().expect("sizes") > 256, "{sizes:?}");
    assert_eq!(node.app.publish_log().await.expect("published"), 0, "nothing new, nothing signed");
    assert!(node.app.log_file("checkpoint").await.expect("read").is_some());
    assert!(node.app.log_file("tile/0/000").await.expect("read").is_some());
    for hidden in ["tile/entries/000", "../anchor/checkpoint", "tile/0/000/../../entries/000", ""] {
        assert_eq!(node.app.log_file(hidden).await.expect("read"), None, "{hidden}: entries are read by right");
    }
    // Another node, and a folder that was lost: written anew from the database, and alike.
    let before = std::fs::read(log.join("tile/0/000")).expect("a tile");
    std::fs::remove_dir_all(&log).expect("removed");
    let again = site.publishing_node(2, publisher()).await;
    again.app.check_log().await.expect("the database holds what was signed");
    assert_eq!(std::fs::read(log.join("tile/0/000")).expect("a tile"), before);
    accepted(&log, &[]);
}

async fn every_step_fails_and_nothing_is_lost(backend: Backend) {
    let site = Site::new(backend).await;
    let first = Arc::new(LogInMemory::default());
    let node_before = node(&site, 1, &first).await;
    node_before.app.settle().await.expect("settled");
    let published = first.copy();
    let old = first.checkpoint().expect("published").claimed().size();
    node_before.road_to("conclude_legality_review").await;
    node_before.app.sequence_log().await.expect("placed");
    let mut steps = 0;
    for lands in [false, true] {
        for step in 1.. {
            let outside = Arc::new(published.copy().failing(step, lands));
            let publishing = node(&site, 3, &outside).await;
            let answer = publishing.app.publish_log().await;
            // Whatever failed: what can be read is a checkpoint that holds, over the old size or the new one.
            accepted(outside.on_disk().path(), &[]);
            if answer.is_ok() {
                steps += step - 1;
                whole(&publishing, &outside).await;
                break;
            }
            assert!(matches!(answer, Err(PublishLogError::Unavailable(_))), "{answer:?}");
            // The same node tries again, or another one after the end of this one.
            let after = if step % 2 == 0 { publishing } else { node(&site, 4, &outside).await };
            after.app.check_log().await.expect("it agrees");
            after.app.publish_log().await.expect("published");
            whole(&after, &outside).await;
            assert!(outside.checkpoint().expect("published").claimed().size() > old);
        }
    }
    // A bundle, a tile, the anchor, the checkpoint: each lost, and each written without an answer.
    assert!(steps >= 8, "{steps} steps failed");
}

async fn an_older_database_is_found_out(backend: Backend) {
    let (newer, older) = (Site::new(backend).await, Site::new(backend).await);
    let outside = Arc::new(LogInMemory::default());
    let signed = node(&newer, 1, &outside).await;
    signed.road_to("conclude_legality_review").await;
    signed.app.settle().await.expect("settled");
    let before = (outside.files().clone(), outside.anchor().clone());
    let restored = node(&older, 2, &outside).await;
    restored.app.sequence_log().await.expect("placed");
    let error = restored.app.check_log().await.expect_err("it is older");
    assert!(matches!(error, PublishLogError::Behind { .. }) && error.is_of_the_record(), "{error}");
    assert!(matches!(restored.app.publish_log().await, Err(PublishLogError::Behind { .. })));
    let after = (outside.files().clone(), outside.anchor().clone());
    assert_eq!(after, before, "nothing is signed over it");
    // The anchor is gone too: a checkpoint that was published tells.
    *outside.anchor() = None;
    assert!(matches!(restored.app.check_log().await, Err(PublishLogError::AnchorLost { .. })));
    *outside.anchor() = Some(b"something else\n".to_vec());
    assert!(matches!(restored.app.check_log().await, Err(PublishLogError::AnchorForeign { .. })));
}

async fn another_history_is_found_out(backend: Backend) {
    let (one, other) = (Site::bare(backend).await, Site::new(backend).await);
    let outside = Arc::new(LogInMemory::default());
    let signed = node(&one, 1, &outside).await;
    signed
        .app
        .set_up_directory(dingce_testkit::staff::DIRECTORY, dingce_testkit::staff::directory())
        .await
        .expect("set up");
    signed.app.settle().await.expect("settled");
    // As many entries and more, under other salts.
    let writer = other.node(99).await;
    writer.road_to("conclude_legality_review").await;
    writer.app.settle().await.expect("settled");
    let error = node(&other, 98, &outside).await.app.check_log().await.expect_err("it is another history");
    assert!(matches!(error, PublishLogError::Forked { .. }), "{error}");
}

async fn a_changed_row_is_found_out(backend: Backend) {
    let site = Site::new(backend).await;
    let outside = Arc::new(LogInMemory::default());
    let signed = node(&site, 1, &outside).await;
    signed.app.settle().await.expect("settled");
    let case = signed.open_case().await;
    signed.app.sequence_log().await.expect("placed");
    // An administrator, past the triggers, before it was signed: a leaf that is not the one that is hashed.
    site.past_triggers().await;
    site.sql(&format!("UPDATE events SET leaf = {} WHERE stream = '{case}' AND n = 1", site.bytes("7b7d")))
        .await
        .expect("changed");
    let error = signed.app.publish_log().await.expect_err("it is told");
    assert!(matches!(error, PublishLogError::Entry { .. }), "{error}");
    // After it was signed: a hash that the root does not hold.
    let zeros = site.bytes(&"00".repeat(32));
    site.sql(&format!(
        "UPDATE events SET leaf_hash = {zeros} WHERE event IN (SELECT event FROM log_entry WHERE log_index = 0)"
    ))
    .await
    .expect("changed");
    let error = node(&site, 2, &outside).await.app.check_log().await.expect_err("it is told");
    assert!(matches!(error, PublishLogError::Forked { .. }), "{error}");
}

async fn two_nodes_publish_at_once(backend: Backend) {
    let site = Site::new(backend).await;
    let outside = Arc::new(LogInMemory::default());
    let (one, two) = (node(&site, 1, &outside).await, node(&site, 2, &outside).await);
    for _ in 0..4 {
        one.road_to("conclude_legality_review").await;
        one.app.sequence_log().await.expect("placed");
        let (first, second) = tokio::join!(one.app.publish_log(), two.app.publish_log());
        let published = first.expect("published") + second.expect("published");
        // Who was second looks again, and finds it done.
        one.app.publish_log().await.expect("published");
        two.app.publish_log().await.expect("published");
        assert!(published > 0);
        whole(&one, &outside).await;
        accepted(outside.on_disk().path(), &[]);
    }
}

async fn a_receipt_is_proof_without_the_system(backend: Backend) {
    let site = Site::new(backend).await;
    let outside = Arc::new(LogInMemory::default());
    let node = node(&site, 1, &outside).await;
    let case = node.open_case().await;
    let early = node.app.log_receipt(node.events(case).await[0].event.event).await.expect("a receipt");
    assert_eq!(early.proof, None, "not published yet");
    node.go_on(case, "conclude_legality_review").await;
    node.app.settle().await.expect("settled");
    let events = node.events(case).await;
    let policy: Policy = format!("log {}\nquorum none\n", signer().verifier()).parse().expect("a policy");
    let mut places = std::collections::BTreeSet::new();
    for stored in &events {
        let receipt = node.app.log_receipt(stored.event.event).await.expect("a receipt");
        let proof = receipt.proof.expect("published");
        let read = dingce_ledger::LogProof::parse(proof.to_string().as_bytes()).expect("its own form");
        places.insert(read.verify(receipt.leaf.as_bytes(), &policy).expect("it holds").index);
        let other = receipt.leaf.replace("\"n\":", "\"n\" :");
        assert!(read.verify(other.as_bytes(), &policy).is_err(), "of this leaf and no other");
    }
    assert_eq!(places.len(), events.len());
}

async fn an_audit_names_the_first_difference(backend: Backend) {
    let site = Site::new(backend).await;
    let outside = Arc::new(LogInMemory::default());
    let node = node(&site, 1, &outside).await;
    for _ in 0..5 {
        node.road_to("report_participation").await;
    }
    node.app.settle().await.expect("settled");
    let case = node.open_case().await;
    node.app.sequence_log().await.expect("placed");
    let audit = node.app.audit_log().await.expect("read");
    assert_eq!((audit.difference.clone(), audit.entries - audit.signed), (None, 1), "{audit:?}");
    assert_eq!(audit.files, outside.files().keys().filter(|path| !older(path, audit.signed)).count() as u64);
    // Copied out, it is what others accept.
    let copy = tempfile::tempdir().expect("a folder");
    let files = node.app.export_log(&ObjectLog::folder(copy.path()).expect("a folder")).await.expect("copied");
    assert_eq!(files, audit.files);
    accepted(copy.path(), &[]);
    // Each file, changed in its last byte or gone.
    let whole = outside.files().clone();
    for path in whole.keys().filter(|path| !older(path, audit.signed)) {
        for there in [true, false] {
            match there {
                true => *outside.files().get_mut(path).unwrap().last_mut().unwrap() ^= 1,
                false => drop(outside.files().remove(path)),
            }
            let found = node.app.audit_log().await.expect("read").difference;
            assert_eq!(found, Some(LogDifference::File { path: path.clone(), there }));
            outside.files().clone_from(&whole);
        }
    }
    // An entry that nobody signed yet, changed by an administrator; and one that was signed, taken out of the log.
    site.past_triggers().await;
    site.sql(&format!("UPDATE events SET leaf = {} WHERE stream = '{case}' AND n = 1", site.bytes("7b7d")))
        .await
        .expect("changed");
    let found = node.app.audit_log().await.expect("read").difference;
    let index = audit.entries - 1;
    assert_eq!(found, Some(LogDifference::Entry { index, stream: case.to_string(), n: 1 }));
    site.sql("UPDATE log_head SET size = size - 2 WHERE id = 1").await.expect("changed");
    let found = node.app.audit_log().await.expect("read").difference;
    assert_eq!(found, Some(LogDifference::Missing { signed: audit.signed, found: audit.entries - 2 }));
}

/// A partial tile of an earlier size: nobody asks for it, and it may stay.
fn older(path: &str, size: u64) -> bool {
    path.parse::<TileId>().is_ok_and(|tile| TileId::in_tree(tile.level(), tile.index(), size) != Some(tile))
}
