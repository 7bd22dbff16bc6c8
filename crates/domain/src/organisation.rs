//! The directory of an organ: units, posts, persons, who held which post when, and delegations.
//!
//! Facts have two times: from when to when they were so (`from`, `until`, by the day, half-open) and when they became
//! known (the time of the event). Names are as of then; nothing is deleted and no person's id is used again (trap 20).

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::CorruptHistory;
use crate::check;
use crate::code::Code;
use crate::definition::PostKind;
use crate::id::{DelegationId, OrganisationId, PersonId, PostId, UnitId};
use crate::rejection::Rejection;
use crate::verb::Verb;
use crate::words;

words! {
    /// What a unit is for the decision organ.
    UnitKind {
        /// The decision organ itself, e.g. the district government.
        Organ = "organ",
        /// Its office.
        Office = "office",
        /// The unit in charge of justice.
        Justice = "justice",
        /// The archives.
        Archives = "archives",
        /// Audit and supervision bodies.
        Supervision = "supervision",
        /// The market-regulation department 市场监督管理部门.
        MarketRegulation = "market_regulation",
        /// A department.
        Department = "department",
        /// A section inside a unit.
        Section = "section",
        /// A body outside the government: no rights in cases.
        Outside = "outside",
    }

    /// How one unit stands to another. Not a tree: each relation has its own dates.
    UnitRelation {
        /// Is part of.
        BelongsTo = "belongs_to",
        /// Is led by.
        LedBy = "led_by",
        /// Is guided by.
        GuidedBy = "guided_by",
        /// Is dispatched by.
        DispatchedBy = "dispatched_by",
        /// Is under vertical management of.
        ManagedBy = "managed_by",
        /// Took over from.
        SuccessorOf = "successor_of",
    }
}

/// One entry into the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum OrganisationEvent {
    /// The directory was opened for an organ.
    #[serde(rename = "organisation_opened")]
    Opened { organ: UnitId, name: String, from: Date },
    /// A unit is known.
    #[serde(rename = "unit_registered")]
    UnitRegistered { unit: UnitId, name: String, unit_kind: UnitKind, from: Date },
    /// A unit stands in a relation to another.
    #[serde(rename = "unit_related")]
    UnitRelated { unit: UnitId, relation: UnitRelation, to: UnitId, from: Date, until: Option<Date> },
    /// A unit ended.
    #[serde(rename = "unit_ended")]
    UnitEnded { unit: UnitId, until: Date },
    /// A post is known. `member_of_body` says whether its holder is a member of the organ's executive meeting.
    #[serde(rename = "post_registered")]
    PostRegistered { post: PostId, unit: UnitId, title: String, post_kind: PostKind, member_of_body: bool, from: Date },
    /// A body that meets and decides is known, or known with other posts from a day on: a plenary meeting 全体会议, a joint
    /// meeting 联席会议, an office meeting 办公会议. The executive meeting needs no entry: its posts say so themselves.
    #[serde(rename = "body_registered")]
    BodyRegistered { body: String, name: String, posts: Vec<PostId>, from: Date, basis: String },
    /// A person is known.
    #[serde(rename = "person_registered")]
    PersonRegistered { person: PersonId, name: String },
    /// A person took a post.
    #[serde(rename = "post_taken")]
    PostTaken { person: PersonId, post: PostId, from: Date, until: Option<Date> },
    /// A person left a post.
    #[serde(rename = "post_left")]
    PostLeft { person: PersonId, post: PostId, until: Date },
    /// A holder of a post lets another person act in their place 代理.
    #[serde(rename = "delegation_granted")]
    DelegationGranted {
        delegation: DelegationId,
        principal: PersonId,
        post: PostId,
        agent: PersonId,
        verbs: BTreeSet<Verb>,
        from: Date,
        until: Date,
        basis: String,
    },
    /// A delegation ended early.
    #[serde(rename = "delegation_ended")]
    DelegationEnded { delegation: DelegationId, until: Date },
    /// An expert entered the pool 专家库 (R713 art. 21), and why. `person` is their account, if they have one.
    #[serde(rename = "expert_entered")]
    ExpertEntered {
        expert: String,
        person: Option<PersonId>,
        name: String,
        field: String,
        employer: String,
        from: Date,
        reason: String,
    },
    /// An expert left the pool, and why.
    #[serde(rename = "expert_left")]
    ExpertLeft { expert: String, until: Date, reason: String },
}

impl OrganisationEvent {
    /// The kind, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "organisation_opened",
            Self::UnitRegistered { .. } => "unit_registered",
            Self::UnitRelated { .. } => "unit_related",
            Self::UnitEnded { .. } => "unit_ended",
            Self::PostRegistered { .. } => "post_registered",
            Self::BodyRegistered { .. } => "body_registered",
            Self::PersonRegistered { .. } => "person_registered",
            Self::PostTaken { .. } => "post_taken",
            Self::PostLeft { .. } => "post_left",
            Self::DelegationGranted { .. } => "delegation_granted",
            Self::DelegationEnded { .. } => "delegation_ended",
            Self::ExpertEntered { .. } => "expert_entered",
            Self::ExpertLeft { .. } => "expert_left",
        }
    }
}

/// A unit as known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: UnitKind,
    /// First day.
    pub from: Date,
    /// First day no longer.
    pub until: Option<Date>,
}

/// A post as known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Unit.
    pub unit: UnitId,
    /// Title.
    pub title: String,
    /// Kind.
    pub kind: PostKind,
    /// Whether its holder is a member of the executive meeting.
    pub member_of_body: bool,
    /// First day.
    pub from: Date,
}

/// A post held by a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// Who.
    pub person: PersonId,
    /// Which post.
    pub post: PostId,
    /// First day.
    pub from: Date,
    /// First day no longer.
    pub until: Option<Date>,
}

/// A delegation as known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// Who lets another act.
    pub principal: PersonId,
    /// In which post.
    pub post: PostId,
    /// Who acts.
    pub agent: PersonId,
    /// What they may do; empty for all that the post may.
    pub verbs: BTreeSet<Verb>,
    /// First day.
    pub from: Date,
    /// First day no longer.
    pub until: Date,
}

/// A body that meets, as known from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Its code.
    pub body: String,
    /// Name.
    pub name: String,
    /// Posts whose holders are its members.
    pub posts: Vec<PostId>,
    /// First day.
    pub from: Date,
}

/// An expert of the pool as known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolExpert {
    /// Their account, if they have one.
    pub person: Option<PersonId>,
    /// Name.
    pub name: String,
    /// Field of knowledge.
    pub field: String,
    /// Where they work.
    pub employer: String,
    /// First day.
    pub from: Date,
    /// First day no longer.
    pub until: Option<Date>,
}

/// The directory of one organ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// The organ.
    pub organ: UnitId,
    /// Units.
    pub units: BTreeMap<UnitId, Unit>,
    /// Relations.
    pub relations: Vec<(UnitId, UnitRelation, UnitId, Date, Option<Date>)>,
    /// Posts.
    pub posts: BTreeMap<PostId, Post>,
    /// Bodies that meet, in the order of entry; a later one for the same code and an earlier day stands beside it.
    pub bodies: Vec<Body>,
    /// Persons and their names.
    pub persons: BTreeMap<PersonId, String>,
    /// Posts held.
    pub holdings: Vec<Holding>,
    /// Delegations.
    pub delegations: BTreeMap<DelegationId, Delegation>,
    /// The pool of experts, by code; a code is never used again for another.
    pub pool: BTreeMap<String, PoolExpert>,
    /// Version of the pool: how many entries were made into it.
    pub pool_version: u32,
    /// How many events made it.
    pub n: u64,
}

/// Whether a day lies in a half-open interval.
pub fn within(day: Date, from: Date, until: Option<Date>) -> bool {
    from <= day && until.is_none_or(|end| day < end)
}

impl Organisation {
    /// Units that count as one with a unit: those that it came from or went into by succession, its parts, and what it is
    /// part of; however far, on whatever day. Without the unit itself.
    ///
    /// What a unit did is remembered after it was merged or renamed, and a section acts for its department (R713 art. 36;
    /// the digest's traps 20 and 23).
    pub fn lineage(&self, unit: UnitId) -> Vec<UnitId> {
        let mut line = vec![unit];
        // Every unit is looked at once, so a circle does no harm.
        let mut at = 0;
        while at < line.len() {
            let here = line[at];
            for (part, relation, whole, _, _) in &self.relations {
                let one = matches!(relation, UnitRelation::SuccessorOf | UnitRelation::BelongsTo);
                let related = [(*part, *whole), (*whole, *part)].into_iter().find(|(unit, _)| one && *unit == here);
                if let Some((_, other)) = related.filter(|(_, other)| !line.contains(other)) {
                    line.push(other);
                }
            }
            at += 1;
        }
        line.split_off(1)
    }

    /// Units whose acts are traced with those of a unit: itself first, then those that it came from or went into by succession,
    /// and the parts of all of them; however far, on whatever day. What it is itself a part of is not among them.
    pub fn traced_with(&self, unit: UnitId) -> Vec<UnitId> {
        let mut line = vec![unit];
        // Every unit is looked at once, so a circle does no harm.
        let mut at = 0;
        while at < line.len() {
            let here = line[at];
            for (one, relation, other, _, _) in &self.relations {
                let found = match relation {
                    UnitRelation::SuccessorOf if *one == here => Some(*other),
                    UnitRelation::SuccessorOf | UnitRelation::BelongsTo if *other == here => Some(*one),
                    UnitRelation::SuccessorOf
                    | UnitRelation::BelongsTo
                    | UnitRelation::LedBy
                    | UnitRelation::GuidedBy
                    | UnitRelation::DispatchedBy
                    | UnitRelation::ManagedBy => None,
                };
                if let Some(found) = found.filter(|found| !line.contains(found)) {
                    line.push(found);
                }
            }
            at += 1;
        }
        line
    }

    /// The directory after one entry.
    ///
    /// # Errors
    /// [`CorruptHistory`] where the entry cannot follow.
    pub fn evolve(state: Option<Self>, id: OrganisationId, event: &OrganisationEvent) -> Result<Self, CorruptHistory> {
        let corrupt = |n: u64, why: &str| CorruptHistory { n, kind: event.kind().to_owned(), why: why.to_owned() };
        let Some(mut state) = state else {
            let OrganisationEvent::Opened { organ, name, from } = event else {
                return Err(corrupt(1, "the first entry must open the directory"));
            };
            let unit = Unit { name: name.clone(), kind: UnitKind::Organ, from: *from, until: None };
            return Ok(Self {
                id,
                organ: *organ,
                units: BTreeMap::from([(*organ, unit)]),
                relations: Vec::new(),
                posts: BTreeMap::new(),
                bodies: Vec::new(),
                persons: BTreeMap::new(),
                holdings: Vec::new(),
                delegations: BTreeMap::new(),
                pool: BTreeMap::new(),
                pool_version: 0,
                n: 1,
            });
        };
        state.n += 1;
        let n = state.n;
        match event.clone() {
            OrganisationEvent::Opened { .. } => return Err(corrupt(n, "the directory is already open")),
            OrganisationEvent::UnitRegistered { unit, name, unit_kind, from } => {
                state.units.insert(unit, Unit { name, kind: unit_kind, from, until: None });
            }
            OrganisationEvent::UnitRelated { unit, relation, to, from, until } => {
                state.relations.push((unit, relation, to, from, until));
            }
            OrganisationEvent::UnitEnded { unit, until } => {
                state.units.get_mut(&unit).ok_or_else(|| corrupt(n, "no such unit"))?.until = Some(until);
            }
            OrganisationEvent::PostRegistered { post, unit, title, post_kind, member_of_body, from } => {
                state.posts.insert(post, Post { unit, title, kind: post_kind, member_of_body, from });
            }
            OrganisationEvent::BodyRegistered { body, name, posts, from, basis: _ } => {
                state.bodies.push(Body { body, name, posts, from });
            }
            OrganisationEvent::PersonRegistered { person, name } => {
                state.persons.insert(person, name);
            }
            OrganisationEvent::PostTaken { person, post, from, until } => {
                state.holdings.push(Holding { person, post, from, until });
            }
            OrganisationEvent::PostLeft { person, post, until } => {
                let open = |h: &&mut Holding| h.person == person && h.post == post && within(until, h.from, h.until);
                state.holdings.iter_mut().find(open).ok_or_else(|| corrupt(n, "no such holding"))?.until = Some(until);
            }
            OrganisationEvent::DelegationGranted { delegation, principal, post, agent, verbs, from, until, .. } => {
                state.delegations.insert(delegation, Delegation { principal, post, agent, verbs, from, until });
            }
            OrganisationEvent::DelegationEnded { delegation, until } => {
                state.delegations.get_mut(&delegation).ok_or_else(|| corrupt(n, "no such delegation"))?.until = until;
            }
            OrganisationEvent::ExpertEntered { expert, person, name, field, employer, from, reason: _ } => {
                state.pool_version += 1;
                state.pool.insert(expert, PoolExpert { person, name, field, employer, from, until: None });
            }
            OrganisationEvent::ExpertLeft { expert, until, reason: _ } => {
                state.pool_version += 1;
                state.pool.get_mut(&expert).ok_or_else(|| corrupt(n, "no such expert"))?.until = Some(until);
            }
        }
        Ok(state)
    }

    /// Whether an entry may be made.
    ///
    /// # Errors
    /// A [`Rejection`] where it names what is not registered, exists already, or contradicts the record.
    pub fn accept(&self, entry: &OrganisationEvent) -> Result<(), Rejection> {
        let unknown = |path: &str, given: String| Err(Rejection::new(Code::DirectoryUnknown).at(path).given(given));
        let there = |path: &str, given: String| Err(Rejection::new(Code::AlreadyThere).at(path).given(given));
        let conflict = |path: &str, given: String| Err(Rejection::new(Code::DirectoryConflict).at(path).given(given));
        let unit_known = |path: &str, unit: &UnitId| {
            if self.units.contains_key(unit) { Ok(()) } else { unknown(path, unit.to_string()) }
        };
        match entry {
            OrganisationEvent::Opened { organ, .. } => there("organ", organ.to_string()),
            OrganisationEvent::UnitRegistered { unit, name, .. } => {
                check::line("name", name)?;
                if self.units.contains_key(unit) { there("unit", unit.to_string()) } else { Ok(()) }
            }
            OrganisationEvent::UnitRelated { unit, to, from, until, .. } => {
                unit_known("unit", unit)?;
                unit_known("to", to)?;
                if unit == to || until.is_some_and(|end| end <= *from) {
                    return conflict("to", to.to_string());
                }
                Ok(())
            }
            OrganisationEvent::UnitEnded { unit, until } => match self.units.get(unit) {
                None => unknown("unit", unit.to_string()),
                Some(known) if known.until.is_some() || *until <= known.from => conflict("until", until.to_string()),
                Some(_) => Ok(()),
            },
            OrganisationEvent::PostRegistered { post, unit, title, .. } => {
                check::line("title", title)?;
                unit_known("unit", unit)?;
                if self.posts.contains_key(post) { there("post", post.to_string()) } else { Ok(()) }
            }
            OrganisationEvent::BodyRegistered { body, name, posts, from: _, basis } => {
                check::line("body", body)?;
                check::line("name", name)?;
                check::line("basis", basis)?;
                check::count("posts", posts.len(), 1)?;
                if let Some(post) = posts.iter().find(|post| !self.posts.contains_key(post)) {
                    return unknown("posts", post.to_string());
                }
                match posts.iter().enumerate().find(|(i, post)| posts[..*i].contains(post)) {
                    Some((_, twice)) => conflict("posts", twice.to_string()),
                    None => Ok(()),
                }
            }
            OrganisationEvent::PersonRegistered { person, name } => {
                check::line("name", name)?;
                if self.persons.contains_key(person) { there("person", person.to_string()) } else { Ok(()) }
            }
            OrganisationEvent::PostTaken { person, post, from, until } => {
                if !self.persons.contains_key(person) {
                    return unknown("person", person.to_string());
                }
                let Some(known) = self.posts.get(post) else { return unknown("post", post.to_string()) };
                let overlaps = self.holdings.iter().any(|h| {
                    h.person == *person
                        && h.post == *post
                        && until.is_none_or(|end| h.from < end)
                        && h.until.is_none_or(|end| *from < end)
                });
                if overlaps || *from < known.from || until.is_some_and(|end| end <= *from) {
                    return conflict("from", from.to_string());
                }
                Ok(())
            }
            OrganisationEvent::PostLeft { person, post, until } => {
                let held = self.holdings.iter().any(|h| {
                    h.person == *person && h.post == *post && *until > h.from && within(*until, h.from, h.until)
                });
                if held { Ok(()) } else { conflict("until", until.to_string()) }
            }
            OrganisationEvent::DelegationGranted { principal, post, agent, from, until, basis, delegation, .. } => {
                check::line("basis", basis)?;
                if self.delegations.contains_key(delegation) {
                    return there("delegation", delegation.to_string());
                }
                if !self.persons.contains_key(agent) {
                    return unknown("agent", agent.to_string());
                }
                let held = self
                    .holdings
                    .iter()
                    .any(|h| h.person == *principal && h.post == *post && within(*from, h.from, h.until));
                if !held || agent == principal || until <= from {
                    return conflict("principal", principal.to_string());
                }
                Ok(())
            }
            OrganisationEvent::DelegationEnded { delegation, until } => match self.delegations.get(delegation) {
                None => unknown("delegation", delegation.to_string()),
                Some(known) if *until < known.from || *until > known.until => conflict("until", until.to_string()),
                Some(_) => Ok(()),
            },
            OrganisationEvent::ExpertEntered { expert, person, name, field, employer, from, reason } => {
                check::line("expert", expert)?;
                check::line("name", name)?;
                check::line("field", field)?;
                check::line_or_empty("employer", employer)?;
                check::text("reason", reason)?;
                if let Some(person) = person.filter(|p| !self.persons.contains_key(p)) {
                    return unknown("person", person.to_string());
                }
                match self.pool.get(expert) {
                    None => {}
                    // Whoever left may come back, under the code that was always theirs.
                    Some(known) if known.until.is_some_and(|left| left <= *from) && known.person == *person => {}
                    Some(_) => return there("expert", expert.clone()),
                }
                let same = |(code, known): (&String, &PoolExpert)| code != expert && known.person == *person;
                if person.is_some() && self.pool.iter().any(same) {
                    return conflict("person", expert.clone());
                }
                Ok(())
            }
            OrganisationEvent::ExpertLeft { expert, until, reason } => {
                check::text("reason", reason)?;
                match self.pool.get(expert) {
                    None => unknown("expert", expert.clone()),
                    Some(known) if known.until.is_some() || *until <= known.from => {
                        conflict("until", until.to_string())
                    }
                    Some(_) => Ok(()),
                }
            }
        }
    }

    /// Posts that a person holds on a day.
    pub fn posts_of(&self, person: PersonId, day: Date) -> impl Iterator<Item = (PostId, &Post)> {
        self.holdings
            .iter()
            .filter(move |h| h.person == person && within(day, h.from, h.until))
            .filter_map(|h| self.posts.get(&h.post).map(|p| (h.post, p)))
    }

    /// Delegations under which a person may act on a day.
    pub fn delegations_to(&self, agent: PersonId, day: Date) -> impl Iterator<Item = &Delegation> {
        self.delegations.values().filter(move |d| {
            d.agent == agent
                && within(day, d.from, Some(d.until))
                // A principal who no longer holds the post has nothing to delegate.
                && self.holdings.iter().any(|h| {
                    h.person == d.principal && h.post == d.post && within(day, h.from, h.until)
                })
        })
    }

    /// A body as it is on a day.
    pub fn body(&self, code: &str, day: Date) -> Option<&Body> {
        self.bodies.iter().filter(|b| b.body == code && b.from <= day).max_by_key(|b| b.from)
    }

    /// Members of a body on a day: holders of its posts; of the executive meeting where none is named, whose posts say so
    /// themselves (Organic Law art. 78).
    pub fn body_members(&self, body: Option<&Body>, day: Date) -> Vec<(PersonId, &Post)> {
        let is_of = |id: PostId, post: &Post| body.map_or(post.member_of_body, |b| b.posts.contains(&id));
        self.holdings
            .iter()
            .filter(|h| within(day, h.from, h.until))
            .filter_map(|h| self.posts.get(&h.post).filter(|p| is_of(h.post, p)).map(|p| (h.person, p)))
            .collect()
    }
}
