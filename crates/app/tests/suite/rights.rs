//! Hats: who may act in which post, for whom, until when, and what they may see.

use std::collections::BTreeSet;

use dingce_app::Principal;
use dingce_app::policy::Right;
use dingce_domain::code::Code;
use dingce_domain::definition::PostKind;
use dingce_domain::file::CaseUnits;
use dingce_domain::id::{DelegationId, OrganisationId, PersonId, PostId, UnitId};
use dingce_domain::organisation::{OrganisationEvent, UnitKind, UnitRelation};
use dingce_domain::verb::Verb;
use dingce_domain::words::Relation;
use dingce_testkit::{law, staff};
use jiff::civil::{Date, date};
use uuid::Uuid;

use crate::nodes::*;

const UNTIL: Date = date(2026, 3, 10);

async fn enter(node: &Node, entries: Vec<OrganisationEvent>) {
    node.app.enter_directory(asked("registrar", None), staff::DIRECTORY, entries).await.expect("entered");
}

fn delegation(principal: &str, agent: &str, verbs: &[Verb]) -> OrganisationEvent {
    OrganisationEvent::DelegationGranted {
        delegation: DelegationId::new(Uuid::from_u128(0xDE)),
        principal: staff::person(principal),
        post: staff::post(principal),
        agent: staff::person(agent),
        verbs: verbs.iter().copied().collect(),
        from: TODAY,
        until: UNTIL,
        basis: "委托书".to_owned(),
    }
}

fn for_another(agent: &str, principal: &str) -> Principal {
    Principal { acting_for: Some(staff::person(principal)), ..principal_of(agent) }
}

fn principal_of(who: &str) -> Principal {
    principal(who)
}

#[tokio::test]
async fn a_delegation_ends_at_midnight_of_its_last_day() {
    let (_, one) = district().await;
    enter(&one, vec![delegation("reviewer", "lawyer", &[])]).await;
    let who = for_another("lawyer", "reviewer");
    for (day, hour, acts) in
        [(date(2026, 3, 1), 23, false), (TODAY, 0, true), (date(2026, 3, 9), 23, true), (date(2026, 3, 9), 24, false)]
    {
        one.clock.move_to(day, hour);
        let hats = one.app.hats(who, one.app.today()).await;
        assert_eq!(hats.is_ok(), acts, "{day} {hour}");
    }
}

#[tokio::test]
async fn an_agent_brings_the_conflicts_of_both() {
    let (_, one) = district().await;
    // An officer of the water bureau acts for the reviewer of the justice bureau.
    enter(&one, vec![delegation("reviewer", "officer", &[])]).await;
    let def = law::definition();
    let hats = one.app.hats(for_another("officer", "reviewer"), TODAY).await.expect("a hat");
    assert_eq!(hats.len(), 1);
    assert_eq!(
        hats[0].persons().collect::<BTreeSet<_>>(),
        [staff::person("officer"), staff::person("reviewer")].into()
    );
    let who = hats[0].relations(&def, of("water"), BTreeSet::new(), Verb::ConcludeLegalityReview);
    assert!(who.roles.contains(&"legality_reviewer".parse().expect("a role")), "the post is the reviewer's");
    assert!(who.relations.contains(&Relation::OfUndertakingUnit), "the agent is of the undertaking unit");
    let elsewhere = hats[0].relations(&def, of("finance"), BTreeSet::new(), Verb::ConcludeLegalityReview);
    assert!(!elsewhere.relations.contains(&Relation::OfUndertakingUnit));
}

#[tokio::test]
async fn a_second_post_does_not_hide_the_first() {
    let (_, one) = district().await;
    let post = PostId::new(Uuid::from_u128(0x399));
    enter(
        &one,
        vec![
            OrganisationEvent::PostRegistered {
                post,
                unit: staff::unit("water"),
                title: "兼职".to_owned(),
                post_kind: PostKind::Officer,
                member_of_body: false,
                from: staff::FROM,
            },
            OrganisationEvent::PostTaken { person: staff::person("reviewer"), post, from: TODAY, until: None },
        ],
    )
    .await;
    let def = law::definition();
    let hats = one.app.hats(principal("reviewer"), TODAY).await.expect("two hats");
    assert_eq!(hats.len(), 2);
    for hat in hats {
        let who = hat.relations(&def, of("water"), BTreeSet::new(), Verb::ConcludeLegalityReview);
        assert!(who.relations.contains(&Relation::OfUndertakingUnit));
    }
}

#[tokio::test]
async fn a_limited_delegation_carries_its_acts_and_no_other_rights() {
    let (_, one) = district().await;
    enter(&one, vec![delegation("registrar", "clerk", &[Verb::OpenCase])]).await;
    let limited = one.app.hats(for_another("clerk", "registrar"), TODAY).await.expect("a hat");
    assert!(!one.app.allowed(&limited, Right::KeepDirectory));
    assert!(one.app.allowed(&limited, Right::UploadDocument), "acts need documents");
    assert_eq!(code(one.app.entitled(for_another("clerk", "registrar"), Right::KeepDirectory).await), Code::Forbidden);
    let def = law::definition();
    let roles = |verb| limited[0].relations(&def, of("water"), BTreeSet::new(), verb).roles;
    assert!(roles(Verb::IssueDecision).is_empty(), "out of scope");
}

#[tokio::test]
async fn who_left_office_acts_for_nobody() {
    let (_, one) = district().await;
    let left =
        OrganisationEvent::PostLeft { person: staff::person("lawyer"), post: staff::post("lawyer"), until: TODAY };
    enter(&one, vec![delegation("reviewer", "lawyer", &[]), left]).await;
    assert_eq!(code(one.app.hats(for_another("lawyer", "reviewer"), TODAY).await), Code::Forbidden);
}

#[tokio::test]
async fn a_section_acts_for_the_unit_it_is_part_of() {
    let (store, one) = district().await;
    let (section, post) = (UnitId::new(Uuid::from_u128(0x199)), PostId::new(Uuid::from_u128(0x399)));
    let person = PersonId::new(Uuid::from_u128(0x299));
    enter(
        &one,
        vec![
            OrganisationEvent::UnitRegistered {
                unit: section,
                name: "水资源科".to_owned(),
                unit_kind: UnitKind::Section,
                from: staff::FROM,
            },
            OrganisationEvent::UnitRelated {
                unit: section,
                relation: UnitRelation::BelongsTo,
                to: staff::unit("water"),
                from: staff::FROM,
                until: None,
            },
            OrganisationEvent::PostRegistered {
                post,
                unit: section,
                title: "科员".to_owned(),
                post_kind: PostKind::Officer,
                member_of_body: false,
                from: staff::FROM,
            },
            OrganisationEvent::PersonRegistered { person, name: "周七".to_owned() },
            OrganisationEvent::PostTaken { person, post, from: TODAY, until: None },
        ],
    )
    .await;
    let case = case(&store, &one.app).await;
    let who = Principal { person, post: None, acting_for: None };
    one.app.case(who, case).await.expect("a section sees the cases of its unit");
    let hats = one.app.hats(who, TODAY).await.expect("a hat");
    let who = hats[0].relations(&law::definition(), of("water"), BTreeSet::new(), Verb::StudyProposal);
    assert!(who.roles.contains(&"undertaking_officer".parse().expect("a role")));
    // Another department does not learn that the case is there.
    assert_eq!(code(one.app.case(principal("finance_officer"), case).await), Code::NotFound);
}

#[tokio::test]
async fn another_organ_sees_nothing() {
    let (store, one) = district().await;
    let case = case(&store, &one.app).await;
    let (organ, post) = (UnitId::new(Uuid::from_u128(0x1_0001)), PostId::new(Uuid::from_u128(0x1_0003)));
    let (audit, person) = (UnitId::new(Uuid::from_u128(0x1_0002)), PersonId::new(Uuid::from_u128(0x1_0004)));
    let entries = vec![
        OrganisationEvent::Opened { organ, name: "邻区人民政府".to_owned(), from: staff::FROM },
        OrganisationEvent::UnitRegistered {
            unit: audit,
            name: "邻区审计局".to_owned(),
            unit_kind: UnitKind::Supervision,
            from: staff::FROM,
        },
        OrganisationEvent::PostRegistered {
            post,
            unit: audit,
            title: "审计人员".to_owned(),
            post_kind: PostKind::Auditor,
            member_of_body: false,
            from: staff::FROM,
        },
        OrganisationEvent::PersonRegistered { person, name: "外人".to_owned() },
        OrganisationEvent::PostTaken { person, post, from: staff::FROM, until: None },
    ];
    let directory = OrganisationId::new(Uuid::from_u128(0xD2));
    one.app.set_up_directory(directory, entries).await.expect("a second organ");
    let who = Principal { person, post: None, acting_for: None };
    assert_eq!(code(one.app.case(who, case).await), Code::NotFound);
    // The same answer as for a case that was never there.
    let nowhere = dingce_domain::id::CaseId::new(Uuid::from_u128(0xFFFF));
    assert_eq!(code(one.app.case(who, nowhere).await), Code::NotFound);
    consult(&store, date(2026, 4, 30)).await;
    let event = comment(&one.app, None, "意见").await.expect("received").events[0].0;
    assert_eq!(code(one.app.open_commenter(who, event).await), Code::NotFound);
    one.app.open_commenter(principal("auditor"), event).await.expect("the organ's own auditor may");
    let of_a_case = store.all(case)[0].event.event;
    assert_eq!(code(one.app.open_commenter(principal("auditor"), of_a_case).await), Code::NotFound);
}

/// A case that a unit undertakes, not issued yet.
fn of(unit: &str) -> CaseUnits {
    CaseUnits { undertaking: staff::unit(unit), executing: None, evaluating: None }
}

#[tokio::test]
async fn the_executing_unit_is_bound_once_it_is_named() {
    let (_, one) = district().await;
    let (def, role) = (law::definition(), "executing_officer".parse().expect("a role"));
    let hats = one.app.hats(principal("finance_officer"), TODAY).await.expect("a hat");
    let roles = |units| hats[0].relations(&def, units, BTreeSet::new(), Verb::ReportExecution).roles;
    assert!(!roles(of("water")).contains(&role), "nothing is issued");
    let named = CaseUnits { executing: Some(staff::unit("finance")), ..of("water") };
    assert!(roles(named).contains(&role), "R713 art. 34 names the unit");
    assert!(one.app.may_read(&hats, staff::unit("organ"), named), "who carries it out reads it");
    assert!(!one.app.may_read(&hats, staff::unit("organ"), of("water")));
}
