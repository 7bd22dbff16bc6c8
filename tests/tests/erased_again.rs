//! Backups and erasure (PIPL art. 47): one that is made afterwards holds nothing of the person; one from before brings the person
//! back, and what the published log says of the erasure carries it out again.

use std::path::Path;
use std::sync::Arc;

use dingce_app::ports::{EventStore as _, Filter, ReadRow as _, RowQuery, Value as Cell};
use dingce_app::publisher::PublishLogError;
use dingce_app::read_rows::CommentRow;
use dingce_app::use_cases::ErasureTarget;
use dingce_domain::code::Code;
use dingce_domain::consultation::Commenter;
use dingce_domain::erasure::{ErasurePart, MASK};
use dingce_domain::id::{CommentId, StreamId};
use dingce_tests::acting::{code, principal};
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::log_in_memory::{LogInMemory, accepted};
use dingce_tests::on_both;

use super::erasure::{CONTACT, IDENTITY, NAME, comment, consulted, erase, erased, holds, raw, said, sender};

on_both!(a_backup_made_afterwards_holds_nothing_of_the_person, a_backup_from_before_is_erased_again,);

/// The ciphertext of a comment's sender, the key of its commitment, and the wrapped key.
async fn secrets(node: &Node, stream: StreamId, subject: CommentId) -> [Vec<u8>; 3] {
    let events = node.events(stream).await;
    let sealed = events.into_iter().filter_map(|e| e.event.sealed).find(|s| s.subject == subject.to_string());
    let sealed = sealed.expect("a sealed body");
    let wrapped = node.store.subject_key(&subject.to_string()).await.expect("read").expect("a key");
    [sealed.bytes, sealed.commitment_key.to_vec(), wrapped]
}

async fn is_here(node: &Node, stream: StreamId, subject: CommentId) -> bool {
    let key = node.store.subject_key(&subject.to_string()).await.expect("read").is_some();
    let events = node.events(stream).await;
    let sealed = events.iter().filter_map(|e| e.event.sealed.as_ref()).any(|s| s.subject == subject.to_string());
    assert_eq!(key, sealed, "key and ciphertext go together");
    key
}

async fn text(node: &Node, subject: CommentId) -> String {
    let query = RowQuery::all(CommentRow::TABLE).with(Filter::Eq("comment_id", Cell::Text(subject.to_string())));
    node.app.row::<CommentRow>(query).await.expect("read").expect("a comment").text
}

/// All bytes of the files in a folder.
fn bytes_of(folder: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    files.flat_map(|path| std::fs::read(path).expect("a file")).collect()
}

async fn a_backup_made_afterwards_holds_nothing_of_the_person(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let (_, consultation) = consulted(&node).await;
    let (subject, _) = comment(&node, consultation, sender()).await;
    let (other, _) = comment(&node, consultation, sender()).await;
    let gone = secrets(&node, consultation.into(), subject).await;
    let (before, after) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    site.store().await.backup_database(before.path()).await.expect("copied");
    erase(&node, &ErasureTarget::Comment(subject), IDENTITY).await;
    site.store().await.backup_database(after.path()).await.expect("copied");
    if backend == Backend::Sqlite {
        let (before, after) = (bytes_of(before.path()), bytes_of(after.path()));
        assert!(gone.iter().all(|secret| holds(&before, secret)), "the search finds what is there");
        assert!(!gone.iter().any(|secret| holds(&after, secret)));
        assert!(!holds(&after, NAME.as_bytes()) && !holds(&after, CONTACT.as_bytes()));
    }
    // Brought back it says what was erased, and goes on.
    let back = site.restored().await;
    let node = back.node(2).await;
    assert!(!is_here(&node, consultation.into(), subject).await);
    assert!(is_here(&node, consultation.into(), other).await);
    assert!(erased(&node, subject).await.is_some());
    let received = node.events(consultation).await;
    let of =
        |id: CommentId| received.iter().find(|e| e.event.json.contains(&id.to_string())).expect("an event").event.event;
    let opened = node.app.open_commenter(principal("auditor"), of(subject)).await.expect("no failure");
    assert_eq!(opened.commenter, None);
    let opened = node.app.open_commenter(principal("auditor"), of(other)).await.expect("opened");
    assert_eq!(opened.commenter.expect("the other stands").name, NAME);
    erase(&node, &ErasureTarget::Comment(other), IDENTITY).await;
    node.days_pass(31).await;
    node.answer_all(consultation).await;
    node.app.settle().await.expect("background work is done");
    node.agrees("after the restoration").await;
}

async fn a_backup_from_before_is_erased_again(backend: Backend) {
    let live = Site::new(backend).await;
    let outside = Arc::new(LogInMemory::default());
    let writer = live.publishing_node(1, outside.publisher()).await;
    let (_, consultation) = consulted(&writer).await;
    let stream = StreamId::from(consultation);
    let (named, _) = comment(&writer, consultation, sender()).await;
    let (told, _) = comment(&writer, consultation, sender()).await;
    let (written, _) = comment(&writer, consultation, Commenter::default()).await;
    let (stays, _) = comment(&writer, consultation, sender()).await;
    // One was asked for before the backup, the others after it.
    let asked = super::erasure::request(&writer, "archivist", &ErasureTarget::Comment(named), IDENTITY).await;
    let asked = super::erasure::erasure(&asked.expect("it is asked for"));
    writer.app.settle().await.expect("settled");
    let mut gone = secrets(&writer, stream, named).await.to_vec();
    gone.extend(secrets(&writer, stream, told).await);
    let old = live.restored().await;

    // Since the backup: two who commented are erased, a text is masked, and one who came later is erased too.
    writer.app.approve_erasure(dingce_tests::acting::asked("reviewer"), asked).await.expect("approved");
    writer.app.settle().await.expect("it is carried out");
    let (later, _) = comment(&writer, consultation, sender()).await;
    writer.app.settle().await.expect("settled");
    let between = live.restored().await;
    let both = [ErasurePart::Identity, ErasurePart::Text];
    erase(&writer, &ErasureTarget::Comment(told), &both).await;
    erase(&writer, &ErasureTarget::Comment(written), &[ErasurePart::Text]).await;
    erase(&writer, &ErasureTarget::Comment(later), IDENTITY).await;
    let newest = live.restored().await;

    // The old backup: nobody serves it, because the log knows more; healed, it knows of every erasure of what it holds.
    let restored = |seed| old.publishing_node(seed, outside.publisher());
    let node = restored(2).await;
    node.clock.move_to(writer.app.today(), 11);
    let error = node.app.check_log().await.expect_err("it is older than what was signed");
    assert!(matches!(error, PublishLogError::Behind { .. }), "{error}");
    assert_eq!(node.app.erasures_undone().await.expect("read"), 0, "nobody knows yet");
    node.app.heal_log().await.expect("healed").expect("something was missing");
    assert_eq!(node.app.erasures_undone().await.expect("read"), 3);
    for subject in [named, told, stays] {
        assert!(is_here(&node, stream, subject).await, "the backup brought {subject} back");
    }
    if backend == Backend::Sqlite {
        assert!(gone.iter().all(|secret| holds(&raw(&old), secret)), "the search finds what is there");
    }
    assert_eq!(node.app.erase_again().await.expect("erased"), 3);
    if backend == Backend::Sqlite {
        assert!(!gone.iter().any(|secret| holds(&raw(&old), secret)));
    }
    // Broken off in between, or run by somebody who does not know: it is as it is.
    let node = restored(3).await;
    node.clock.move_to(writer.app.today(), 11);
    assert_eq!(node.app.erasures_undone().await.expect("read"), 0);
    assert_eq!(node.app.erase_again().await.expect("looked"), 0);
    for (subject, here, masked) in
        [(named, false, false), (told, false, true), (written, false, true), (stays, true, false)]
    {
        assert_eq!(is_here(&node, stream, subject).await, here, "{subject}");
        assert_eq!(text(&node, subject).await == MASK, masked, "{subject}");
        assert_eq!(erased(&node, subject).await, erased(&writer, subject).await, "readers are told the same");
    }
    node.app.check_log().await.expect("it agrees");
    node.app.settle().await.expect("settled");
    node.agrees("after it was erased again").await;
    let refused = node.app.submit_comment(None, consultation, said("还有一条"), sender()).await;
    assert_eq!(code(refused), Code::RecordIncomplete, "the stream is locked as before");

    // A backup that came after the comment and before its erasure brings somebody back, too.
    node.app.return_lost(&between.store().await).await.expect("returned");
    assert!(is_here(&node, stream, later).await);
    assert_eq!(node.app.erasures_undone().await.expect("read"), 1);
    assert_eq!(node.app.erase_again().await.expect("erased"), 1);
    assert!(!is_here(&node, stream, later).await);
    node.agrees("after some came back").await;

    // With the newest, the events themselves are back, byte by byte.
    node.app.return_lost(&newest.store().await).await.expect("returned");
    assert_eq!(node.app.lost_events().await.expect("listed"), []);
    assert_eq!(node.app.erasures_undone().await.expect("read"), 0);
    assert_eq!(node.events(consultation).await, writer.events(consultation).await);
    node.app.settle().await.expect("messages are answered a second time");
    assert_eq!(node.app.audit_log().await.expect("read").difference, None);
    accepted(outside.on_disk().path(), &[]);
    node.agrees("after all came back").await;
    node.app.submit_comment(None, consultation, said("还有一条"), sender()).await.expect("it goes on");
}
