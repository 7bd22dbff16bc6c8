//! The log goes on under another key: on record under the old one, believed by whoever trusts the old one, and by nobody who does not.

use std::sync::Arc;

use dingce_app::Publisher;
use dingce_app::use_cases::RotationError;
use dingce_ledger::key::{Ed25519Signer, KeyName};
use dingce_ledger::succession::follow;
use dingce_ledger::{LogProof, Policy, Succession};
use dingce_tests::harness::{Backend, Site};
use dingce_tests::log_in_memory::{LogInMemory, ORIGIN, signer};
use dingce_tests::on_both;
use dingce_tests::outside::auditlog;

on_both!(a_rotation_is_on_record_and_believed);

fn next() -> Ed25519Signer {
    Ed25519Signer::new(KeyName::new(ORIGIN).expect("a name"), &[4; 32])
}

fn publisher(outside: &Arc<LogInMemory>, signer: Ed25519Signer) -> Publisher {
    let key = signer.verifier().clone();
    Publisher::new(key, Arc::new(signer), Arc::clone(outside) as _, Arc::clone(outside) as _)
}

fn statement(from: &Ed25519Signer, to: &Ed25519Signer, size: u64) -> Succession {
    Succession::sign((from.verifier(), from), (to.verifier(), to), size).expect("two keys of one log")
}

async fn a_rotation_is_on_record_and_believed(backend: Backend) {
    let site = Site::new(backend).await;
    let outside = Arc::new(LogInMemory::default());
    let before = site.publishing_node(1, publisher(&outside, signer())).await;
    let case = before.open_case().await;
    before.app.settle().await.expect("settled");
    let size = outside.published_size();
    let foreign = Ed25519Signer::new(KeyName::new(ORIGIN).expect("a name"), &[5; 32]);
    let refused = before.app.record_rotation(&statement(&foreign, &next(), size)).await;
    assert!(matches!(refused, Err(RotationError::Foreign { .. })), "{refused:?}");
    let said = statement(&signer(), &next(), size);
    before.app.record_rotation(&said).await.expect("recorded");
    let under_the_old = outside.checkpoint().expect("published");
    assert!(under_the_old.claimed().size() > size, "the rotation is on record under the old key");
    before.app.record_rotation(&said).await.expect("again, as after a crash");
    assert_eq!(outside.checkpoint(), Some(under_the_old.clone()), "and once");

    // A node that knows nothing of the old key finds an anchor that is not its own; one that does goes on.
    let stranger = site.publishing_node(2, publisher(&outside, next())).await;
    assert!(stranger.app.check_log().await.is_err());
    let retired = vec![signer().verifier().clone()];
    let after = site.publishing_node(3, publisher(&outside, next()).after(retired)).await;
    after.app.check_log().await.expect("it continues what the old key signed");
    // The other node is gone, and its lease ends by itself.
    after.clock.shift(60_000);
    after.done(case, "study_proposal", serde_json::json!({})).await;
    after.app.settle().await.expect("settled");
    assert_eq!(after.app.audit_log().await.expect("read").difference, None);
    let folder = outside.on_disk();
    let verdict = auditlog(folder.path(), &next().verifier().to_string(), &[]);
    assert!(verdict.accepted, "{}", verdict.said);
    assert!(!auditlog(folder.path(), &signer().verifier().to_string(), &[]).accepted, "the old key signs nothing more");

    // Whoever trusts the old key, and has the statement, believes what the new one signed.
    let file = after.app.log_file("succession/001").await.expect("read").expect("it is public");
    let read: Succession = String::from_utf8(file).expect("text").parse().expect("a statement");
    assert_eq!((read.from(), read.to(), read.size()), (signer().verifier(), next().verifier(), size));
    let keys = follow(&[signer().verifier().clone()], std::slice::from_ref(&read));
    let policy: Policy = keys
        .iter()
        .map(|key| format!("log {key}\n"))
        .chain(["quorum none\n".to_owned()])
        .collect::<String>()
        .parse()
        .expect("a policy");
    let event = after.events(case).await[1].event.event;
    let receipt = after.app.log_receipt(event).await.expect("a receipt");
    let proof = LogProof::parse(receipt.proof.expect("published").to_string().as_bytes()).expect("its form");
    proof.verify(receipt.leaf.as_bytes(), &policy).expect("it holds");
    let only_old: Policy = format!("log {}\nquorum none\n", signer().verifier()).parse().expect("a policy");
    assert!(proof.verify(receipt.leaf.as_bytes(), &only_old).is_err());
    assert_eq!(
        follow(&[foreign.verifier().clone()], std::slice::from_ref(&read)),
        [foreign.verifier().clone()],
        "nobody else is led along"
    );

    // A statement that lacks one of the two, or says something else, is none.
    let text = read.to_string();
    let lines: Vec<&str> = text.lines().collect();
    for gone in [lines.len() - 1, lines.len() - 2] {
        let short: String =
            lines.iter().enumerate().filter(|(at, _)| *at != gone).map(|(_, l)| format!("{l}\n")).collect();
        assert!(short.parse::<Succession>().is_err(), "line {gone} is gone");
    }
    assert!(text.replace(&format!("size {size}"), "size 1").parse::<Succession>().is_err());
    assert!(Succession::sign((signer().verifier(), &signer()), (signer().verifier(), &signer()), 1).is_err());
}
