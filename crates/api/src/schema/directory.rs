//! Units, posts and persons.

use async_graphql::{Context, Description, ID, Object, Result, SimpleObject};
use dingce_app::policy::Right;
use dingce_app::read_rows::{DelegationRow, OrganRow, PersonRow, UnitRow};
use dingce_domain::definition::PostKind;
use dingce_domain::id::{PersonId, UnitId};
use dingce_domain::occasion::Actor;
use dingce_domain::organisation::UnitKind;
use dingce_domain::verb::Verb;
use futures_util::future::try_join_all;

use super::errors::Failure;
use super::loaders::Of;
use super::scope::Scope;
use crate::convert::{Date, Word};

/// A person that something readable names.
///
/// # Errors
/// Where the store fails.
pub async fn person(scope: &Scope, id: Option<impl ToString>) -> Result<Option<Person>, Failure> {
    let Some(id) = id else { return Ok(None) };
    Ok(scope.one::<PersonRow>(id).await?.map(Person::from))
}

/// Those persons of a list that are there.
///
/// # Errors
/// Where the store fails.
pub async fn persons(scope: &Scope, ids: &[PersonId]) -> Result<Vec<Person>, Failure> {
    let all = try_join_all(ids.iter().map(|id| person(scope, Some(id)))).await?;
    Ok(all.into_iter().flatten().collect())
}

/// A unit that something readable names.
///
/// # Errors
/// Where the store fails.
pub async fn unit(scope: &Scope, id: Option<impl ToString>) -> Result<Option<Unit>, Failure> {
    let Some(id) = id else { return Ok(None) };
    Ok(scope.one::<UnitRow>(id).await?.map(Unit::from))
}

/// Those units of a list that are there.
///
/// # Errors
/// Where the store fails.
pub async fn units(scope: &Scope, ids: &[UnitId]) -> Result<Vec<Unit>, Failure> {
    let all = try_join_all(ids.iter().map(|id| unit(scope, Some(id)))).await?;
    Ok(all.into_iter().flatten().collect())
}

/// A unit 单位: an organ, a department, a section, an outside body.
#[derive(Debug, Clone, Description)]
pub struct Unit(UnitRow);

impl From<UnitRow> for Unit {
    fn from(row: UnitRow) -> Self {
        Self(row)
    }
}

impl Unit {
    /// A unit that something readable names.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn find(scope: &Scope, id: &str) -> Result<Option<Self>, Failure> {
        Ok(scope.one::<UnitRow>(id).await?.map(Self))
    }

    /// A unit of the reader's own directory.
    ///
    /// # Errors
    /// `FORBIDDEN` where the reader may not read the directory.
    pub async fn in_directory(scope: &Scope, id: &str) -> Result<Option<Self>, Failure> {
        scope.entitled(Right::ReadDirectory).await?;
        let organ = scope.organ().await?.to_string();
        Ok(scope.one::<UnitRow>(id).await?.filter(|row| row.organ == organ).map(Self))
    }
}

#[Object(use_type_description)]
impl Unit {
    /// Its id. Opaque.
    pub async fn id(&self) -> ID {
        self.0.unit.as_str().into()
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is for the decision organ.
    async fn kind(&self) -> Option<Word<UnitKind>> {
        Word::of(&self.0.kind)
    }

    /// First day.
    async fn valid_from(&self) -> Option<Date> {
        self.0.valid_from.parse().ok().map(Date)
    }

    /// First day no longer; none for a unit that goes on.
    async fn valid_until(&self) -> Option<Date> {
        self.0.valid_until.as_ref()?.parse().ok().map(Date)
    }
}

/// A natural person in the directory.
#[derive(Debug, Clone, Description)]
pub struct Person(PersonRow);

impl From<PersonRow> for Person {
    fn from(row: PersonRow) -> Self {
        Self(row)
    }
}

impl Person {
    /// A person of the reader's own directory.
    ///
    /// # Errors
    /// `FORBIDDEN` where the reader may not read the directory.
    pub async fn in_directory(scope: &Scope, id: &str) -> Result<Option<Self>, Failure> {
        scope.entitled(Right::ReadDirectory).await?;
        let organ = scope.organ().await?.to_string();
        Ok(scope.one::<PersonRow>(id).await?.filter(|row| row.organ == organ).map(Self))
    }
}

#[Object(use_type_description)]
impl Person {
    /// Its id, never used again for another. Opaque.
    pub async fn id(&self) -> ID {
        self.0.person.as_str().into()
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }
}

/// A post in which the reader may act today, their own or by delegation.
#[derive(Debug, Clone, SimpleObject)]
pub struct MyPost {
    /// Id of the post.
    pub post: ID,
    /// Its title.
    pub title: String,
    /// Its kind.
    pub kind: Word<PostKind>,
    /// Id of the unit.
    pub unit: ID,
    /// Name of the unit.
    pub unit_name: String,
    /// Kind of the unit.
    pub unit_kind: Word<UnitKind>,
    /// Id of the person in whose place, where by delegation.
    pub acting_for: Option<ID>,
}

/// A delegation 代理 from or to the reader.
#[derive(Debug, Clone, Description)]
pub struct DelegationEntry(DelegationRow);

#[Object(name = "Delegation", use_type_description)]
impl DelegationEntry {
    /// Its id. Opaque.
    pub async fn id(&self) -> ID {
        self.0.delegation.as_str().into()
    }

    /// Who lets another act.
    async fn principal(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(Scope::of(ctx)?.one::<PersonRow>(&self.0.principal).await?.map(Person))
    }

    /// Who acts.
    async fn agent(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(Scope::of(ctx)?.one::<PersonRow>(&self.0.agent).await?.map(Person))
    }

    /// Id of the post.
    async fn post(&self) -> ID {
        self.0.post.as_str().into()
    }

    /// What may be done; empty for all that the post may.
    async fn verbs(&self) -> Vec<Word<Verb>> {
        serde_json::from_str::<Vec<Verb>>(&self.0.verbs_json).unwrap_or_default().into_iter().map(Word).collect()
    }

    /// First day.
    async fn valid_from(&self) -> Option<Date> {
        self.0.valid_from.parse().ok().map(Date)
    }

    /// First day no longer.
    async fn valid_until(&self) -> Option<Date> {
        self.0.valid_until.parse().ok().map(Date)
    }
}

/// Who asks.
#[derive(Debug, Clone, Copy, Description)]
pub struct Me;

#[Object(use_type_description)]
impl Me {
    /// The person that the token names.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let scope = Scope::of(ctx)?;
        Ok(scope.one::<PersonRow>(scope.principal()?.person).await?.map(Person))
    }

    /// The decision organ in whose directory they stand.
    async fn organ(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        let scope = Scope::of(ctx)?;
        Ok(Unit::find(scope, &scope.organ().await?.to_string()).await?)
    }

    /// Id of that directory; what `enterDirectory` takes.
    async fn directory(&self, ctx: &Context<'_>) -> Result<Option<ID>> {
        let scope = Scope::of(ctx)?;
        Ok(scope.one::<OrganRow>(scope.organ().await?).await?.map(|row| row.organisation.into()))
    }

    /// The posts in which they may act today, their own first.
    async fn posts(&self, ctx: &Context<'_>) -> Result<Option<Vec<MyPost>>> {
        let hats = Scope::of(ctx)?.hats().await?;
        let posts = hats.iter().filter_map(|hat| match &hat.actor {
            Actor::Official { person: _, name: _, post, post_title, unit, unit_name, acting_for } => Some(MyPost {
                post: post.to_string().into(),
                title: post_title.clone(),
                kind: Word(hat.post_kind),
                unit: unit.to_string().into(),
                unit_name: unit_name.clone(),
                unit_kind: Word(hat.unit_kind),
                acting_for: acting_for.map(|p| p.to_string().into()),
            }),
            Actor::Public | Actor::System => None,
        });
        Ok(Some(posts.collect()))
    }

    /// Delegations from and to them, past ones too.
    async fn delegations(&self, ctx: &Context<'_>) -> Result<Option<Vec<DelegationEntry>>> {
        let scope = Scope::of(ctx)?;
        let person = scope.principal()?.person;
        let mut list = scope.all(Of::<DelegationRow>::new("agent", person, "valid_from")).await?;
        list.extend(scope.all(Of::<DelegationRow>::new("principal", person, "valid_from")).await?);
        list.sort_by(|a, b| a.valid_from.cmp(&b.valid_from).then_with(|| a.delegation.cmp(&b.delegation)));
        list.dedup_by(|a, b| a.delegation == b.delegation);
        Ok(Some(list.into_iter().map(DelegationEntry).collect()))
    }
}
