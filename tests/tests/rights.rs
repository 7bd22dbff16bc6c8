//! Rights outside the acts of a case, and what only the application can know: files and the directory.

use bytes::Bytes;
use dingce_domain::code::Code;
use dingce_domain::definition::PostKind;
use dingce_domain::id::PersonId;
use dingce_domain::organisation::OrganisationEvent;
use dingce_testkit::staff;
use dingce_tests::acting::{ask, asked, code, principal};
use dingce_tests::harness::{Backend, Site};
use dingce_tests::on_both;
use futures_util::stream;
use serde_json::{Value, json};
use uuid::Uuid;

on_both!(
    a_document_must_be_in_the_file_store,
    the_directory_refuses_what_it_does_not_know,
    the_directory_refuses_what_contradicts_it,
    only_the_registrar_keeps_the_directory,
    a_broken_upload_is_refused,
    a_case_is_hidden_from_those_who_may_not_read_it,
    a_deputy_acts_in_the_name_of_another_only_while_delegated,
);

async fn a_document_must_be_in_the_file_store(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = node.road_to("decide_initiation").await;
    let mut command = node.command(case, &ask("add_draft_version", Value::Null)).await;
    let dingce_domain::act::Act::AddDraftVersion(given) = &mut command.act else { panic!("another act") };
    given.documents[0].size_bytes += 1;
    assert_eq!(code(node.app.act(asked("officer"), case, command.clone()).await), Code::DocumentUnknown);
    let dingce_domain::act::Act::AddDraftVersion(given) = &mut command.act else { panic!("another act") };
    given.documents[0].size_bytes -= 1;
    given.documents[0].digest = dingce_definition::hash(b"never uploaded");
    assert_eq!(code(node.app.act(asked("officer"), case, command).await), Code::DocumentUnknown);
}

fn taken(person: &str, post: &str) -> OrganisationEvent {
    OrganisationEvent::PostTaken {
        person: staff::person(person),
        post: staff::post(post),
        from: staff::FROM,
        until: None,
    }
}

async fn the_directory_refuses_what_it_does_not_know(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let stranger = OrganisationEvent::PostTaken {
        person: PersonId::new(Uuid::from_u128(0xDEAD)),
        post: staff::post("clerk"),
        from: staff::FROM,
        until: None,
    };
    let entries = vec![taken("adviser", "lawyer"), stranger];
    let refused = node.app.enter_directory(asked("registrar"), staff::DIRECTORY, entries).await;
    assert_eq!(code(refused), Code::DirectoryUnknown);
    let entries = vec![taken("adviser", "lawyer")];
    let done = node.app.enter_directory(asked("registrar"), staff::DIRECTORY, entries).await;
    assert_eq!(done.expect("nothing was entered before").events.len(), 1, "entries are made all or none");
    let unknown = json!({ "undertaking_unit": dingce_domain::id::UnitId::new(Uuid::from_u128(0xDEAD)) });
    let case = node.road_to("study_proposal").await;
    assert_eq!(code(node.act(case, ask("decide_initiation", unknown)).await), Code::DirectoryUnknown);
}

async fn the_directory_refuses_what_contradicts_it(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let again = node.app.enter_directory(asked("registrar"), staff::DIRECTORY, vec![taken("clerk", "clerk")]).await;
    assert_eq!(code(again), Code::DirectoryConflict, "a post already held is not taken again");
    let left = OrganisationEvent::PostLeft {
        person: staff::person("officer"),
        post: staff::post("clerk"),
        until: node.app.today(),
    };
    let refused = node.app.enter_directory(asked("registrar"), staff::DIRECTORY, vec![left]).await;
    assert_eq!(code(refused), Code::DirectoryConflict, "a post never held is not left");
}

async fn only_the_registrar_keeps_the_directory(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    for spec in staff::PERSONS.iter().filter(|p| p.post_kind != PostKind::Registrar) {
        let entries = vec![taken("adviser", "lawyer")];
        let refused = node.app.enter_directory(asked(spec.key), staff::DIRECTORY, entries).await;
        assert_eq!(code(refused), Code::Forbidden, "{}", spec.key);
    }
}

async fn a_broken_upload_is_refused(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let pieces = || Box::pin(stream::iter([Ok(Bytes::from_static(b"half a document"))]));
    let broken = node.app.upload(principal("officer"), pieces(), Some(30), None).await;
    assert_eq!(code(broken), Code::UploadNotAcceptable);
    let digest = dingce_definition::hash(b"the whole document");
    let other = node.app.upload(principal("officer"), pieces(), None, Some(digest)).await;
    assert_eq!(code(other), Code::UploadNotAcceptable);
    let large = Bytes::from(vec![0; usize::try_from(dingce_tests::harness::DOCUMENT_MAX).expect("small") + 1]);
    let large = node.app.upload(principal("officer"), Box::pin(stream::iter([Ok(large)])), None, None).await;
    assert_eq!(code(large), Code::UploadNotAcceptable);
    assert!(node.app.files().stat(digest).await.expect("the file store answers").is_none());
}

async fn a_case_is_hidden_from_those_who_may_not_read_it(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = node.road_to("decide_initiation").await;
    let stranger = node.app.case(principal("finance_officer"), case).await;
    assert_eq!(code(stranger), Code::NotFound);
    let missing = dingce_domain::id::CaseId::new(Uuid::from_u128(0xDEAD));
    assert_eq!(code(node.app.case(principal("clerk"), missing).await), Code::NotFound);
    let command = node.command(case, &ask("add_draft_version", Value::Null)).await;
    assert_eq!(code(node.app.act(asked("finance_officer"), case, command).await), Code::NotFound);
}

async fn a_deputy_acts_in_the_name_of_another_only_while_delegated(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = node.road_to("study_proposal").await;
    let by_deputy = || dingce_tests::acting::Ask { by: "deputy".to_owned(), ..ask("decide_initiation", Value::Null) };
    assert_eq!(code(node.act(case, by_deputy()).await), Code::RoleMissing);
    let today = node.app.today();
    let granted = OrganisationEvent::DelegationGranted {
        delegation: dingce_domain::id::DelegationId::new(Uuid::from_u128(1)),
        principal: staff::person("head"),
        post: staff::post("head"),
        agent: staff::person("deputy"),
        verbs: Default::default(),
        from: today,
        until: today.tomorrow().expect("a day"),
        basis: "区政府党组会议决定".to_owned(),
    };
    node.app.enter_directory(asked("registrar"), staff::DIRECTORY, vec![granted]).await.expect("a delegation");
    node.days_pass(1).await;
    assert_eq!(code(node.act(case, by_deputy()).await), Code::RoleMissing, "its last day is over");
    node.clock.shift(-24 * 3600 * 1000);
    node.act(case, by_deputy()).await.expect("while delegated");
    let last = node.events(case).await.pop().expect("an event").event;
    assert_eq!(last.acting_for, Some(staff::person("head")));
}
