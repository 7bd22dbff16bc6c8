//! Stubs of secret matters: that they exist, and nothing more, for supervision and the office that keeps them
//! (State Secrets Law art. 31; R713 arts. 14, 32; trap 18 of the digest of the law).

use dingce_app::ports::{ReadRow, RowQuery};
use dingce_app::read_rows::{PublicConsultationRow, PublicDecisionRow, SecretStubRow};
use dingce_app::{AppError, Done};
use dingce_domain::code::Code;
use dingce_domain::id::{SecretStubId, UnitId};
use dingce_domain::secret::{EndSecretStub, EnterSecretStub, RecordSecretStep};
use dingce_domain::words::{SecretLevel, SecretOutcome, SecretStep};
use dingce_testkit::staff;
use dingce_tests::acting::{ask, asked, code};
use dingce_tests::harness::{Backend, FIRST_DAY, Node, Site};
use dingce_tests::on_both;
use jiff::civil::date;
use serde_json::json;
use uuid::Uuid;

on_both!(
    a_stub_is_entered_followed_and_ended,
    only_a_stub_is_kept,
    what_bears_a_mark_of_secrecy_is_refused_everywhere,
    rights_to_stubs_are_default_deny,
);

fn stub(number: &str) -> EnterSecretStub {
    EnterSecretStub {
        number: number.to_owned(),
        level: SecretLevel::Secret,
        classified_by: staff::unit("committee"),
        basis: "保密事项范围2.1.3".to_owned(),
        classified_on: date(2024, 2, 1),
        secret_until: Some(date(2044, 2, 1)),
        unit: staff::unit("water"),
    }
}

async fn enter(node: &Node, by: &str, given: EnterSecretStub) -> Result<Done, AppError> {
    node.app.enter_secret_stub(asked(by), given).await
}

fn id(done: &Done) -> SecretStubId {
    done.stream.to_string().parse().expect("a stub")
}

async fn rows(node: &Node) -> Vec<SecretStubRow> {
    node.app.rows(RowQuery::all(SecretStubRow::TABLE)).await.expect("rows are read")
}

async fn a_stub_is_entered_followed_and_ended(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let stub_id = id(&enter(&node, "clerk", stub("区府密〔2024〕3号")).await.expect("a stub"));
    assert_eq!(code(enter(&node, "clerk", stub("区府密〔2024〕3号")).await), Code::AlreadyThere);
    let step = |step, done_on| RecordSecretStep { step, done_on };
    let decided = EndSecretStub { outcome: SecretOutcome::Decided, ended_on: FIRST_DAY };
    assert_eq!(code(node.app.end_secret_stub(asked("clerk"), stub_id, decided).await), Code::LegalityMissing);
    let review = step(SecretStep::LegalityReview, date(2024, 2, 20));
    node.app.record_secret_step(asked("clerk"), stub_id, review).await.expect("a step");
    let tomorrow = step(SecretStep::CollectiveDeliberation, date(2024, 3, 2));
    assert_eq!(code(node.app.record_secret_step(asked("clerk"), stub_id, tomorrow).await), Code::DateNotAcceptable);
    let meeting = step(SecretStep::CollectiveDeliberation, date(2024, 2, 28));
    node.app.record_secret_step(asked("clerk"), stub_id, meeting).await.expect("a step");
    node.app.end_secret_stub(asked("clerk"), stub_id, decided).await.expect("it is decided");
    assert_eq!(code(node.app.record_secret_step(asked("clerk"), stub_id, meeting).await), Code::AlreadyThere);
    node.app.settle().await.expect("background work is done");

    let kept = rows(&node).await;
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].level.as_str(), kept[0].outcome.as_deref()), ("secret", Some("decided")));
    assert!(kept[0].steps_json.contains("2024-02-20"), "{}", kept[0].steps_json);
    // Nothing of it is public, and read tables are those that the events make.
    assert!(
        node.app.rows::<PublicDecisionRow>(RowQuery::all(PublicDecisionRow::TABLE)).await.expect("rows").is_empty()
    );
    let consultations = RowQuery::all(PublicConsultationRow::TABLE);
    assert!(node.app.rows::<PublicConsultationRow>(consultations).await.expect("rows").is_empty());
    node.agrees("after the stub").await;
}

async fn only_a_stub_is_kept(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let refused = enter(&node, "clerk", stub("关于调整某地某项重大工程建设方案的请示")).await;
    let Err(AppError::Rejected(refused)) = refused else { panic!("{refused:?}") };
    assert_eq!((refused.code, refused.path.as_deref()), (Code::SecretContent, Some("number")));
    assert!(!refused.to_string().contains("工程"), "what was given is not repeated: {refused}");
    let basis = EnterSecretStub { basis: "该事项涉及".repeat(9), ..stub("S-1") };
    assert_eq!(code(enter(&node, "clerk", basis).await), Code::SecretContent);
    let unknown = EnterSecretStub { unit: UnitId::new(Uuid::from_u128(0xDEAD)), ..stub("S-1") };
    assert_eq!(code(enter(&node, "clerk", unknown).await), Code::DirectoryUnknown);
    assert!(rows(&node).await.is_empty(), "nothing of it is kept");
}

async fn what_bears_a_mark_of_secrecy_is_refused_everywhere(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let input = node.input(None, &ask("open_case", json!({ "title": "机密★10年 某事项" }))).await;
    let given = serde_json::from_value(input).expect("an input");
    assert_eq!(code(node.app.open_case(asked("clerk"), None, given).await), Code::SecretContent);
    let case = node.open_case().await;
    let study = ask("study_proposal", json!({ "opinion": "秘密★5年\n全文如下" }));
    assert_eq!(code(node.act(case, study).await), Code::SecretContent);
    // The words alone are no mark.
    node.act(case, ask("study_proposal", json!({ "opinion": "不涉及国家秘密、商业秘密。" })))
        .await
        .expect("it is studied");
}

async fn rights_to_stubs_are_default_deny(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    for nobody in ["auditor", "officer", "reviewer", "archivist", "head"] {
        assert_eq!(code(enter(&node, nobody, stub("S-1")).await), Code::Forbidden, "{nobody}");
    }
    let stub_id = id(&enter(&node, "clerk", stub("S-1")).await.expect("a stub"));
    let step = RecordSecretStep { step: SecretStep::RiskAssessment, done_on: FIRST_DAY };
    assert_eq!(code(node.app.record_secret_step(asked("auditor"), stub_id, step).await), Code::Forbidden);
    let nowhere = SecretStubId::new(Uuid::from_u128(0xDEAD));
    assert_eq!(code(node.app.record_secret_step(asked("clerk"), nowhere, step).await), Code::NotFound);
}
