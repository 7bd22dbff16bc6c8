//! An invented district: its units, posts and persons, with ids that never change.

use std::collections::BTreeSet;

use dingce_domain::definition::PostKind;
use dingce_domain::id::{OrganisationId, PersonId, PostId, UnitId};
use dingce_domain::occasion::Actor;
use dingce_domain::organisation::{OrganisationEvent, UnitKind};
use dingce_domain::words::RoleId;
use jiff::civil::{Date, date};
use uuid::Uuid;

/// The directory.
pub const DIRECTORY: OrganisationId = OrganisationId::new(Uuid::from_u128(0xD1));
/// First day of everything in the directory.
pub const FROM: Date = date(2019, 1, 1);

/// A unit of the invented district.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitSpec {
    /// Its name in stories.
    pub key: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// Its kind.
    pub kind: UnitKind,
}

/// A person of the invented district, who holds one post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonSpec {
    /// Their name in stories.
    pub key: &'static str,
    /// Their name for people.
    pub name: &'static str,
    /// Title of the post.
    pub title: &'static str,
    /// Kind of the post.
    pub post_kind: PostKind,
    /// The unit.
    pub unit: &'static str,
    /// Role in cases under the national definition; empty for none.
    pub role: &'static str,
}

const fn unit_spec(key: &'static str, name: &'static str, kind: UnitKind) -> UnitSpec {
    UnitSpec { key, name, kind }
}

const fn person_spec(
    key: &'static str,
    name: &'static str,
    title: &'static str,
    post_kind: PostKind,
    unit: &'static str,
    role: &'static str,
) -> PersonSpec {
    PersonSpec { key, name, title, post_kind, unit, role }
}

/// Units, the organ first.
pub const UNITS: [UnitSpec; 10] = [
    unit_spec("organ", "区人民政府", UnitKind::Organ),
    unit_spec("office", "区政府办公室", UnitKind::Office),
    unit_spec("justice", "区司法局", UnitKind::Justice),
    unit_spec("water", "区水务局", UnitKind::Department),
    unit_spec("finance", "区财政局", UnitKind::Department),
    unit_spec("archives", "区档案馆", UnitKind::Archives),
    unit_spec("audit", "区审计局", UnitKind::Supervision),
    unit_spec("committee", "区委", UnitKind::Outside),
    unit_spec("pool", "区重大行政决策咨询论证专家库", UnitKind::Section),
    unit_spec("market", "区市场监督管理局", UnitKind::MarketRegulation),
];

/// Persons. Head and deputies are the members of the executive meeting; bureau directors attend (Organic Law art. 78).
pub const PERSONS: [PersonSpec; 22] = [
    person_spec("head", "林一", "区长", PostKind::Head, "organ", "administrative_head"),
    person_spec("deputy", "陈二", "副区长", PostKind::DeputyHead, "organ", "deputy_head"),
    person_spec("member_1", "黄三", "副区长", PostKind::DeputyHead, "organ", "deputy_head"),
    person_spec("member_2", "梁四", "副区长", PostKind::DeputyHead, "organ", "deputy_head"),
    person_spec("member_3", "吴五", "副区长", PostKind::DeputyHead, "organ", "deputy_head"),
    person_spec("officer", "李六", "经办人", PostKind::Officer, "water", "undertaking_officer"),
    person_spec("leader", "张七", "局长", PostKind::UnitLeader, "water", "undertaking_officer"),
    person_spec("clerk", "许八", "经办人", PostKind::Officer, "office", "office_clerk"),
    person_spec("secretary", "何九", "会议秘书", PostKind::MeetingSecretary, "office", "meeting_secretary"),
    person_spec("registrar", "蔡十", "目录管理员", PostKind::Registrar, "office", ""),
    person_spec("reviewer", "郑甲", "审查员", PostKind::LegalityReviewer, "justice", "legality_reviewer"),
    person_spec("adviser", "邓乙", "法律顾问", PostKind::LegalAdviser, "justice", "legal_adviser"),
    person_spec("lawyer", "苏丙", "公职律师", PostKind::GovernmentLawyer, "justice", "government_lawyer"),
    person_spec("archivist", "胡丁", "档案管理员", PostKind::Archivist, "archives", "archivist"),
    person_spec("auditor", "罗戊", "审计人员", PostKind::Auditor, "audit", "auditor"),
    person_spec("finance_officer", "马己", "预算经办人", PostKind::Officer, "finance", ""),
    person_spec("expert_1", "秦庚", "给排水专家", PostKind::Expert, "pool", "expert"),
    person_spec("expert_2", "尤辛", "法学专家", PostKind::Expert, "pool", "expert"),
    person_spec("market_officer", "沈壬", "审查经办人", PostKind::Officer, "market", "fair_competition_reviewer"),
    person_spec("office_leader", "潘癸", "主任", PostKind::UnitLeader, "office", "office_clerk"),
    person_spec("justice_officer", "钟子", "执法协调监督人员", PostKind::Officer, "justice", ""),
    person_spec("justice_leader", "韦丑", "局长", PostKind::UnitLeader, "justice", ""),
];

fn place<T>(list: &[T], is: impl Fn(&T) -> bool, key: &str) -> u128 {
    let at = list.iter().position(is).unwrap_or_else(|| panic!("nobody and nothing is called {key}"));
    u128::try_from(at).expect("a short list") + 1
}

/// The unit of this name.
pub fn unit(key: &str) -> UnitId {
    UnitId::new(Uuid::from_u128(0x0100 + place(&UNITS, |u| u.key == key, key)))
}

/// The person of this name.
pub fn person(key: &str) -> PersonId {
    PersonId::new(Uuid::from_u128(0x0200 + place(&PERSONS, |p| p.key == key, key)))
}

/// The post of the person of this name.
pub fn post(key: &str) -> PostId {
    PostId::new(Uuid::from_u128(0x0300 + place(&PERSONS, |p| p.key == key, key)))
}

/// All about the person of this name.
pub fn spec(key: &str) -> &'static PersonSpec {
    PERSONS.iter().find(|p| p.key == key).unwrap_or_else(|| panic!("nobody is called {key}"))
}

/// Names of the members of the executive meeting, the head first.
pub fn members() -> impl Iterator<Item = &'static PersonSpec> {
    PERSONS.iter().filter(|p| matches!(p.post_kind, PostKind::Head | PostKind::DeputyHead))
}

/// The person as an actor.
pub fn actor(key: &str) -> Actor {
    let spec = spec(key);
    let unit_spec = UNITS.iter().find(|u| u.key == spec.unit).expect("every person is of a unit");
    Actor::Official {
        person: person(key),
        name: spec.name.to_owned(),
        post: post(key),
        post_title: spec.title.to_owned(),
        unit: unit(spec.unit),
        unit_name: unit_spec.name.to_owned(),
        acting_for: None,
    }
}

/// Roles of the person in cases that the water bureau undertakes and carries out.
pub fn roles(key: &str) -> BTreeSet<RoleId> {
    let spec = spec(key);
    // The water bureau carries out what it undertook.
    let executes = (spec.role == "undertaking_officer").then_some("executing_officer");
    [Some(spec.role), executes].into_iter().flatten().filter_map(|role| role.parse().ok()).collect()
}

/// The entries that open the directory of the district.
pub fn directory() -> Vec<OrganisationEvent> {
    let mut entries =
        vec![OrganisationEvent::Opened { organ: unit("organ"), name: UNITS[0].name.to_owned(), from: FROM }];
    for spec in &UNITS[1..] {
        let (unit, name, unit_kind) = (unit(spec.key), spec.name.to_owned(), spec.kind);
        entries.push(OrganisationEvent::UnitRegistered { unit, name, unit_kind, from: FROM });
    }
    for spec in &PERSONS {
        let (person, post) = (person(spec.key), post(spec.key));
        entries.push(OrganisationEvent::PostRegistered {
            post,
            unit: unit(spec.unit),
            title: spec.title.to_owned(),
            post_kind: spec.post_kind,
            member_of_body: matches!(spec.post_kind, PostKind::Head | PostKind::DeputyHead),
            from: FROM,
        });
        entries.push(OrganisationEvent::PersonRegistered { person, name: spec.name.to_owned() });
        entries.push(OrganisationEvent::PostTaken { person, post, from: FROM, until: None });
    }
    entries
}
