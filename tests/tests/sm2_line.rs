//! A second signature line by an SM2 key: taken up later, laid down again, and judged wherever a checkpoint is.

use std::sync::Arc;

use dingce_app::Publisher;
use dingce_app::publisher::PublishLogError;
use dingce_ledger::key::{KeyName, SM2_ID, Sm2Signer};
use dingce_ledger::{LogProof, Policy};
use dingce_tests::harness::{Backend, Site};
use dingce_tests::log_in_memory::{LogInMemory, ORIGIN, accepted};
use dingce_tests::on_both;
use dingce_tests::outside::openssl_sm2;

on_both!(an_sm2_line_is_taken_up_and_laid_down, a_bad_sm2_line_is_not_gone_on_from);

fn sm2() -> Sm2Signer {
    Sm2Signer::new(KeyName::new(ORIGIN).expect("a name"), &[9; 32]).expect("a secret number")
}

fn with_sm2(outside: &Arc<LogInMemory>) -> Publisher {
    outside.publisher().signing_beside(sm2().verifier().clone(), Arc::new(sm2()))
}

async fn an_sm2_line_is_taken_up_and_laid_down(backend: Backend) {
    let site = Site::new(backend).await;
    let outside = Arc::new(LogInMemory::default());
    let before = site.publishing_node(1, outside.publisher()).await;
    let case = before.open_case().await;
    before.app.settle().await.expect("settled");
    let lines = || outside.checkpoint().expect("published").note().lines().len();
    let size = outside.published_size();
    assert_eq!(lines(), 1);

    // What was signed without it is signed again, though nothing is new: whoever reads by SM2 alone need not wait for an act.
    let node = site.publishing_node(2, with_sm2(&outside)).await;
    node.app.check_log().await.expect("it continues what was signed");
    node.app.publish_log().await.expect("published");
    assert_eq!((lines(), outside.published_size()), (2, size));
    let twice = outside.checkpoint();
    node.app.publish_log().await.expect("published");
    assert_eq!(outside.checkpoint(), twice, "and once");
    node.clock.shift(60_000);
    node.done(case, "study_proposal", serde_json::json!({})).await;
    node.app.settle().await.expect("settled");
    assert!(outside.published_size() > size && lines() == 2);
    assert_eq!(node.app.audit_log().await.expect("read").difference, None);
    accepted(outside.on_disk().path(), &[]);

    let signed = outside.checkpoint().expect("published");
    let key = sm2().verifier().clone();
    let line = signed.note().lines().iter().find(|line| line.is_of(&key)).expect("its line");
    let verdict = openssl_sm2(signed.note().text().as_bytes(), &key.public_key(), &line.signature, SM2_ID);
    assert!(verdict.accepted, "{}", verdict.said);

    // A receipt holds for who believes the SM2 key alone.
    let policy: Policy = format!("log {key}\nquorum none\n").parse().expect("a policy");
    let event = node.events(case).await[1].event.event;
    let receipt = node.app.log_receipt(event).await.expect("a receipt");
    let proof = LogProof::parse(receipt.proof.expect("published").to_string().as_bytes()).expect("its form");
    proof.verify(receipt.leaf.as_bytes(), &policy).expect("it holds");

    // And without it again, the next checkpoint has one line.
    let after = site.publishing_node(3, outside.publisher()).await;
    after.app.check_log().await.expect("a line of a key that it does not know means nothing to it");
    assert_eq!(lines(), 2, "what was published stays");
    after.clock.shift(120_000);
    after.open_case().await;
    after.app.settle().await.expect("settled");
    assert_eq!(lines(), 1);
    assert_eq!(after.app.audit_log().await.expect("read").difference, None);
}

async fn a_bad_sm2_line_is_not_gone_on_from(backend: Backend) {
    let site = Site::new(backend).await;
    let outside = Arc::new(LogInMemory::default());
    let node = site.publishing_node(1, with_sm2(&outside)).await;
    node.open_case().await;
    node.app.settle().await.expect("settled");
    let text = outside.checkpoint().expect("published").to_string();
    let last = text.lines().last().expect("a line").to_owned();
    let other = sm2_line_of_another_text(&outside);
    *outside.anchor() = Some(text.replace(&last, &other).into_bytes());
    let node = site.publishing_node(2, with_sm2(&outside)).await;
    let refused = node.app.check_log().await;
    assert!(matches!(refused, Err(PublishLogError::AnchorForeign { .. })), "{refused:?}");
    assert!(site.publishing_node(3, outside.publisher()).await.app.check_log().await.is_ok(), "others ignore it");
}

/// A line by the SM2 key that is well-formed and of another text.
fn sm2_line_of_another_text(outside: &LogInMemory) -> String {
    let text = format!("{}and more\n", outside.checkpoint().expect("published").note().text());
    dingce_ledger::note::SignatureLine::sign(&text, &sm2()).expect("signed").to_string()
}
