//! Entries into the directory of an organ.

use async_graphql::{Context, ID, InputObject, Object, OneofObject, Result};
use dingce_domain::definition::PostKind;
use dingce_domain::id::OrganisationId;
use dingce_domain::occasion::Manner;
use dingce_domain::organisation::{OrganisationEvent, UnitKind, UnitRelation};
use dingce_domain::rejection::Rejection;
use dingce_domain::verb::Verb;

use super::perform::asked;
use crate::convert::{Date, Given, Word};
use crate::schema::errors::UserError;
use crate::schema::payload::{EnterDirectoryPayload, told};
use crate::schema::scope::Scope;

/// A unit is known.
#[derive(Debug, Clone, InputObject)]
pub struct UnitRegisteredInput {
    /// Its new id, drawn by the client: `unit_` and 32 random hex digits.
    pub unit: ID,
    /// Name.
    pub name: String,
    /// Kind.
    pub unit_kind: Word<UnitKind>,
    /// First day.
    pub from: Date,
}

/// A unit stands in a relation to another.
#[derive(Debug, Clone, InputObject)]
pub struct UnitRelatedInput {
    /// Id of the unit.
    pub unit: ID,
    /// How it stands to the other.
    pub relation: Word<UnitRelation>,
    /// Id of the other.
    pub to: ID,
    /// First day.
    pub from: Date,
    /// First day no longer; absent where no end is known.
    pub until: Option<Date>,
}

/// A unit ended.
#[derive(Debug, Clone, InputObject)]
pub struct UnitEndedInput {
    /// Id of the unit.
    pub unit: ID,
    /// First day no longer.
    pub until: Date,
}

/// A post is known.
#[derive(Debug, Clone, InputObject)]
pub struct PostRegisteredInput {
    /// Its new id, drawn by the client: `post_` and 32 random hex digits.
    pub post: ID,
    /// Id of the unit.
    pub unit: ID,
    /// Title.
    pub title: String,
    /// Kind.
    pub post_kind: Word<PostKind>,
    /// Whether its holder is a member of the organ's executive meeting.
    pub member_of_body: bool,
    /// First day.
    pub from: Date,
}

/// A body that meets and decides is known, or known with other posts from a day on.
#[derive(Debug, Clone, InputObject)]
pub struct BodyRegisteredInput {
    /// Its code, e.g. `plenary`; what `callMeeting` takes.
    pub body: String,
    /// Name, e.g. 区政府全体会议.
    pub name: String,
    /// Ids of the posts whose holders are its members, at least one.
    pub posts: Vec<ID>,
    /// First day.
    pub from: Date,
    /// By which law or rule it is composed so.
    pub basis: String,
}

/// A person is known.
#[derive(Debug, Clone, InputObject)]
pub struct PersonRegisteredInput {
    /// Their new id, drawn by the client: `person_` and 32 random hex digits; never used again for another.
    pub person: ID,
    /// Name.
    pub name: String,
}

/// A person took a post.
#[derive(Debug, Clone, InputObject)]
pub struct PostTakenInput {
    /// Id of the person.
    pub person: ID,
    /// Id of the post.
    pub post: ID,
    /// First day.
    pub from: Date,
    /// First day no longer; absent where no end is known.
    pub until: Option<Date>,
}

/// A person left a post.
#[derive(Debug, Clone, InputObject)]
pub struct PostLeftInput {
    /// Id of the person.
    pub person: ID,
    /// Id of the post.
    pub post: ID,
    /// First day no longer.
    pub until: Date,
}

/// A holder of a post lets another person act in their place 代理.
#[derive(Debug, Clone, InputObject)]
pub struct DelegationGrantedInput {
    /// Its new id, drawn by the client: `deleg_` and 32 random hex digits.
    pub delegation: ID,
    /// Id of who lets another act.
    pub principal: ID,
    /// Id of the post.
    pub post: ID,
    /// Id of who acts.
    pub agent: ID,
    /// What they may do; empty for all that the post may.
    #[graphql(default)]
    pub verbs: Vec<Word<Verb>>,
    /// First day.
    pub from: Date,
    /// First day no longer.
    pub until: Date,
    /// On what basis.
    pub basis: String,
}

/// A delegation ended early.
#[derive(Debug, Clone, InputObject)]
pub struct DelegationEndedInput {
    /// Id of the delegation.
    pub delegation: ID,
    /// First day no longer.
    pub until: Date,
}

/// An expert entered the pool 专家库 (R713 art. 21).
#[derive(Debug, Clone, InputObject)]
pub struct ExpertEnteredInput {
    /// Their code; never used again for another.
    pub expert: String,
    /// Id of their account, if they have one.
    pub person: Option<ID>,
    /// Name.
    pub name: String,
    /// Field of knowledge.
    pub field: String,
    /// Where they work.
    #[graphql(default)]
    pub employer: String,
    /// First day.
    pub from: Date,
    /// Why they were taken in.
    pub reason: String,
}

/// An expert left the pool.
#[derive(Debug, Clone, InputObject)]
pub struct ExpertLeftInput {
    /// Their code.
    pub expert: String,
    /// First day no longer.
    pub until: Date,
    /// Why.
    pub reason: String,
}

/// One entry into the directory: exactly one of these.
#[derive(Debug, Clone, OneofObject)]
pub enum DirectoryEntryInput {
    /// A unit is known.
    UnitRegistered(UnitRegisteredInput),
    /// A unit stands in a relation to another.
    UnitRelated(UnitRelatedInput),
    /// A unit ended.
    UnitEnded(UnitEndedInput),
    /// A post is known.
    PostRegistered(PostRegisteredInput),
    /// A body that meets and decides is known.
    BodyRegistered(BodyRegisteredInput),
    /// A person is known.
    PersonRegistered(PersonRegisteredInput),
    /// A person took a post.
    PostTaken(PostTakenInput),
    /// A person left a post.
    PostLeft(PostLeftInput),
    /// A holder of a post lets another person act in their place.
    DelegationGranted(DelegationGrantedInput),
    /// A delegation ended early.
    DelegationEnded(DelegationEndedInput),
    /// An expert entered the pool.
    ExpertEntered(ExpertEnteredInput),
    /// An expert left the pool.
    ExpertLeft(ExpertLeftInput),
}

impl Given<OrganisationEvent> for DirectoryEntryInput {
    fn given(self, at: &str) -> std::result::Result<OrganisationEvent, Rejection> {
        let in_entry = |member: &str| format!("{at}.{member}");
        Ok(match self {
            Self::UnitRegistered(UnitRegisteredInput { unit, name, unit_kind, from }) => {
                OrganisationEvent::UnitRegistered {
                    unit: unit.given(&in_entry("unit"))?,
                    name,
                    unit_kind: unit_kind.0,
                    from: from.0,
                }
            }
            Self::UnitRelated(UnitRelatedInput { unit, relation, to, from, until }) => OrganisationEvent::UnitRelated {
                unit: unit.given(&in_entry("unit"))?,
                relation: relation.0,
                to: to.given(&in_entry("to"))?,
                from: from.0,
                until: until.map(|d| d.0),
            },
            Self::UnitEnded(UnitEndedInput { unit, until }) => {
                OrganisationEvent::UnitEnded { unit: unit.given(&in_entry("unit"))?, until: until.0 }
            }
            Self::PostRegistered(PostRegisteredInput { post, unit, title, post_kind, member_of_body, from }) => {
                OrganisationEvent::PostRegistered {
                    post: post.given(&in_entry("post"))?,
                    unit: unit.given(&in_entry("unit"))?,
                    title,
                    post_kind: post_kind.0,
                    member_of_body,
                    from: from.0,
                }
            }
            Self::BodyRegistered(BodyRegisteredInput { body, name, posts, from, basis }) => {
                OrganisationEvent::BodyRegistered {
                    body,
                    name,
                    posts: posts.given(&in_entry("posts"))?,
                    from: from.0,
                    basis,
                }
            }
            Self::PersonRegistered(PersonRegisteredInput { person, name }) => {
                OrganisationEvent::PersonRegistered { person: person.given(&in_entry("person"))?, name }
            }
            Self::PostTaken(PostTakenInput { person, post, from, until }) => OrganisationEvent::PostTaken {
                person: person.given(&in_entry("person"))?,
                post: post.given(&in_entry("post"))?,
                from: from.0,
                until: until.map(|d| d.0),
            },
            Self::PostLeft(PostLeftInput { person, post, until }) => OrganisationEvent::PostLeft {
                person: person.given(&in_entry("person"))?,
                post: post.given(&in_entry("post"))?,
                until: until.0,
            },
            Self::DelegationGranted(DelegationGrantedInput {
                delegation,
                principal,
                post,
                agent,
                verbs,
                from,
                until,
                basis,
            }) => OrganisationEvent::DelegationGranted {
                delegation: delegation.given(&in_entry("delegation"))?,
                principal: principal.given(&in_entry("principal"))?,
                post: post.given(&in_entry("post"))?,
                agent: agent.given(&in_entry("agent"))?,
                verbs: verbs.into_iter().map(|v| v.0).collect(),
                from: from.0,
                until: until.0,
                basis,
            },
            Self::ExpertEntered(ExpertEnteredInput { expert, person, name, field, employer, from, reason }) => {
                OrganisationEvent::ExpertEntered {
                    expert,
                    person: person.given(&in_entry("person"))?,
                    name,
                    field,
                    employer,
                    from: from.0,
                    reason,
                }
            }
            Self::ExpertLeft(ExpertLeftInput { expert, until, reason }) => {
                OrganisationEvent::ExpertLeft { expert, until: until.0, reason }
            }
            Self::DelegationEnded(DelegationEndedInput { delegation, until }) => OrganisationEvent::DelegationEnded {
                delegation: delegation.given(&in_entry("delegation"))?,
                until: until.0,
            },
        })
    }
}

/// Make entries into a directory, all or none.
#[derive(Debug, Clone, InputObject)]
pub struct EnterDirectoryInput {
    /// Id of the directory, as `me` tells it.
    pub directory: ID,
    /// The entries, at least one, each on the directory as the ones before leave it.
    pub entries: Vec<DirectoryEntryInput>,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// Acts of the registrar.
#[derive(Debug, Clone, Copy, Default)]
pub struct RegistryActs;

#[Object]
impl RegistryActs {
    /// Make entries into a directory, all or none. For the registrar.
    async fn enter_directory(
        &self,
        ctx: &Context<'_>,
        input: EnterDirectoryInput,
    ) -> Result<Option<EnterDirectoryPayload>> {
        let scope = Scope::of(ctx)?;
        let EnterDirectoryInput { directory, entries, idempotency_key, client_mutation_id } = input;
        let done = async {
            let id: OrganisationId = directory.given("directory")?;
            let entries: Vec<OrganisationEvent> = entries.given("entries")?;
            let key = idempotency_key.as_deref();
            let asked = asked(scope, "enterDirectory", key, Manner::Online, &(id, &entries))?;
            scope.app.enter_directory(asked, id, entries).await
        };
        let outcome = told(done.await, scope, |rejection| UserError::of(rejection, None, scope.lang))?;
        Ok(Some(EnterDirectoryPayload { client_mutation_id, outcome }))
    }
}
