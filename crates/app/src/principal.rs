//! Who asks, and in which of their posts they may act: the one place where rights are checked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use dingce_domain::code::Code;
use dingce_domain::definition::{Definition, PostKind, Role, UnitBinding};
use dingce_domain::file::CaseUnits;
use dingce_domain::id::{OrganisationId, PersonId, PostId, UnitId};
use dingce_domain::occasion::Actor;
use dingce_domain::organisation::{Delegation, Organisation, UnitKind, UnitRelation, within};
use dingce_domain::permits::Relations;
use dingce_domain::rejection::Rejection;
use dingce_domain::verb::Verb;
use dingce_domain::words::Relation;
use jiff::civil::Date;

use crate::app::App;
use crate::error::AppError;
use crate::policy::Right;
use crate::ports::{Filter, ReadRow, RowQuery, Value};
use crate::read_rows::{DefinitionRow, ExpertSeatRow, OrganRow, PersonRow};
use crate::stream::Loaded;

/// An authenticated person, as the token says: who, and perhaps in which post or in whose place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Principal {
    /// Who.
    pub person: PersonId,
    /// In which post; any of theirs if not said.
    pub post: Option<PostId>,
    /// In whose place; needs a delegation.
    pub acting_for: Option<PersonId>,
}

/// What persons have been to a case.
pub type Past = BTreeMap<PersonId, BTreeSet<Relation>>;

/// One post in which a person may act on a day, their own or by delegation.
#[derive(Debug, Clone)]
pub struct Hat {
    /// As it will stand in the record.
    pub actor: Actor,
    /// Kind of post.
    pub post_kind: PostKind,
    /// The unit.
    pub unit: UnitId,
    /// Units that it is part of, itself first.
    pub units: Vec<UnitId>,
    /// The organ in whose directory it stands.
    pub organ: UnitId,
    /// Kind of unit.
    pub unit_kind: UnitKind,
    /// What a delegation is limited to; empty for no limit.
    pub scope: BTreeSet<Verb>,
    /// Units of every post that the person holds on the day, and under delegation of the principal's too, with the units
    /// these are part of. Duties are separated between persons, whichever post they act in.
    pub all_units: BTreeSet<UnitId>,
}

/// The posts in which somebody may act, as last found in one request; empty at first. Clones share what they hold.
#[derive(Debug, Clone, Default)]
pub struct FoundHats(Arc<Mutex<Option<Arc<Vec<Hat>>>>>);

impl FoundHats {
    /// What was last found.
    pub fn get(&self) -> Option<Arc<Vec<Hat>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Leaves what was found. Every act finds anew, so two acts of one request each have the rights of their moment.
    pub fn keep(&self, hats: Vec<Hat>) -> Arc<Vec<Hat>> {
        let hats = Arc::new(hats);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&hats));
        hats
    }
}

impl Hat {
    /// Whether the hat is of this unit, or of a part of it.
    pub fn is_of(&self, unit: UnitId) -> bool {
        self.units.contains(&unit)
    }

    fn holds(&self, role: &Role, units: CaseUnits) -> bool {
        role.posts.contains(&self.post_kind)
            && match role.unit {
                UnitBinding::UndertakingUnit => self.is_of(units.undertaking),
                UnitBinding::ExecutingUnit => units.executing.is_some_and(|unit| self.is_of(unit)),
                UnitBinding::EvaluatingUnit => units.evaluating.is_some_and(|unit| self.is_of(unit)),
                UnitBinding::Organ => self.unit_kind == UnitKind::Organ,
                UnitBinding::Office => self.unit_kind == UnitKind::Office,
                UnitBinding::Justice => self.unit_kind == UnitKind::Justice,
                UnitBinding::Archives => self.unit_kind == UnitKind::Archives,
                UnitBinding::Supervision => self.unit_kind == UnitKind::Supervision,
                UnitBinding::MarketRegulation => self.unit_kind == UnitKind::MarketRegulation,
                UnitBinding::Any => self.unit_kind != UnitKind::Outside,
            }
    }

    /// Roles of a definition that this hat holds in a case, for a verb.
    pub fn relations(
        &self,
        def: &Definition,
        units: CaseUnits,
        mut relations: BTreeSet<Relation>,
        verb: Verb,
    ) -> Relations {
        if self.all_units.contains(&units.undertaking) {
            relations.insert(Relation::OfUndertakingUnit);
        }
        let in_scope = self.scope.is_empty() || self.scope.contains(&verb);
        let is = |role: &Role| role.relation.is_none_or(|asked| relations.contains(&asked));
        let roles = def
            .roles
            .iter()
            .filter(|role| in_scope && self.holds(role, units) && is(role))
            .map(|role| role.id.clone())
            .collect();
        Relations { roles, relations }
    }

    /// Under which conditions on the row of a clock the hat holds a role of the definition in its case; `None` where it
    /// never does. `appointed` are cases in which one of the hat's persons is or was an expert.
    fn holds_where(&self, role: &Role, appointed: &[Value]) -> Option<Vec<Filter>> {
        if !role.posts.contains(&self.post_kind) {
            return None;
        }
        let units = || self.units.iter().map(|u| Value::Text(u.to_string())).collect();
        let mut conditions = match role.unit {
            UnitBinding::UndertakingUnit => vec![Filter::In("undertaking_unit", units())],
            UnitBinding::ExecutingUnit => vec![Filter::In("executing_unit", units())],
            UnitBinding::EvaluatingUnit => vec![Filter::In("evaluating_unit", units())],
            UnitBinding::Organ
            | UnitBinding::Office
            | UnitBinding::Justice
            | UnitBinding::Archives
            | UnitBinding::Supervision
            | UnitBinding::MarketRegulation
            | UnitBinding::Any => {
                let nowhere = CaseUnits { undertaking: self.unit, executing: None, evaluating: None };
                self.holds(role, nowhere).then(Vec::new)?
            }
        };
        match role.relation {
            None => {}
            Some(Relation::AppointedExpert) => conditions.push(Filter::In("case_id", appointed.to_vec())),
            // No other relation makes a role that a clock could wait for.
            Some(_) => return None,
        }
        Some(conditions)
    }

    /// Whether the hat can carry a right outside cases: a delegation limited to certain acts carries only what those acts
    /// need, reading and uploading.
    fn carries(&self, right: Right) -> bool {
        let for_acts = matches!(right, Right::ReadCase | Right::ReadDirectory | Right::UploadDocument);
        self.scope.is_empty() || for_acts
    }

    /// The person and, under delegation, the one acted for: both bring their past into the case.
    pub fn persons(&self) -> impl Iterator<Item = PersonId> {
        let (person, acting_for) = match &self.actor {
            Actor::Official { person, acting_for, .. } => (Some(*person), *acting_for),
            Actor::Public | Actor::System => (None, None),
        };
        person.into_iter().chain(acting_for)
    }
}

/// What the system itself is to every case: the roles that no post holds.
pub(crate) fn system_relations(def: &Definition) -> Relations {
    Relations {
        roles: def.roles.iter().filter(|r| r.posts.is_empty()).map(|r| r.id.clone()).collect(),
        relations: BTreeSet::new(),
    }
}

fn no_post(person: PersonId) -> AppError {
    Rejection::new(Code::Forbidden).given(person).needed("a post on this day").into()
}

impl App {
    /// The directory of an organ.
    ///
    /// # Errors
    /// Where no directory is kept for it.
    pub async fn directory(&self, organ: UnitId) -> Result<Arc<Loaded<Organisation>>, AppError> {
        // Which stream is the directory of an organ is said by its first event and never changes, so it is read once.
        // The stream itself is held against the store each time; where the store does not have it, e.g. because it lost
        // its last transactions, what was remembered goes too.
        let remembered = self.directories.read().unwrap_or_else(PoisonError::into_inner).get(&organ).copied();
        if let Some(id) = remembered {
            if let Some(loaded) = self.load::<Organisation>(id).await?.filter(|known| known.state.organ == organ) {
                return Ok(loaded);
            }
            self.directories.write().unwrap_or_else(PoisonError::into_inner).remove(&organ);
        }
        let query = RowQuery::all(OrganRow::TABLE).with(Filter::Eq("organ", Value::Text(organ.to_string())));
        let row = self.row::<OrganRow>(query).await?.ok_or_else(|| AppError::not_found(organ))?;
        let id: OrganisationId =
            row.organisation.parse().map_err(|error| AppError::internal("reading an organ's directory", error))?;
        let loaded = self.load::<Organisation>(id).await?.ok_or_else(|| AppError::not_found(organ))?;
        self.directories.write().unwrap_or_else(PoisonError::into_inner).insert(organ, id);
        Ok(loaded)
    }

    /// The organ in whose directory a person stands.
    pub async fn organ_of(&self, person: PersonId) -> Result<UnitId, AppError> {
        let query = RowQuery::all(PersonRow::TABLE).with(Filter::Eq("person", Value::Text(person.to_string())));
        let row = self.row::<PersonRow>(query).await?.ok_or_else(|| no_post(person))?;
        row.organ.parse().map_err(|error| AppError::internal("reading a person's organ", error))
    }

    /// The first row of a query.
    pub async fn row<R: ReadRow>(&self, mut query: RowQuery) -> Result<Option<R>, AppError> {
        query.limit = 1;
        Ok(self.rows::<R>(query).await?.into_iter().next())
    }

    /// The rows of a query.
    pub async fn rows<R: ReadRow>(&self, query: RowQuery) -> Result<Vec<R>, AppError> {
        let rows = self.store.rows(&query).await?;
        rows.into_iter()
            .map(|row| {
                R::from_row(row)
                    .ok_or_else(|| AppError::internal(format!("reading {}", R::TABLE.name), "a row of another shape"))
            })
            .collect()
    }

    /// All rows of a query, however many, a thousand at a time.
    ///
    /// # Errors
    /// Where the store fails, or a row is of another program's shape.
    pub async fn all_rows<R: ReadRow>(&self, mut query: RowQuery) -> Result<Vec<R>, AppError> {
        let mut all = Vec::new();
        loop {
            let page = self.store.rows(&query).await?;
            let full = page.len() as u64 == query.limit;
            if let Some(last) = page.last() {
                let at = |name| R::TABLE.position(name).and_then(|i| last.get(i)).cloned();
                query.after = query.total_order().iter().map(|name| at(name)).collect();
            }
            for row in page {
                let shape = || AppError::internal(format!("reading {}", R::TABLE.name), "a row of another shape");
                all.push(R::from_row(row).ok_or_else(shape)?);
            }
            if !full {
                return Ok(all);
            }
        }
    }

    /// The hats in which a principal may act on a day, own posts first.
    ///
    /// # Errors
    /// `FORBIDDEN` where the person holds no post on that day, or not the one asked for.
    pub async fn hats(&self, who: Principal, day: Date) -> Result<Vec<Hat>, AppError> {
        let organ = self.organ_of(who.person).await?;
        let directory = self.directory(organ).await?;
        let hats = hats_in(&directory.state, who, day);
        if hats.is_empty() { Err(no_post(who.person)) } else { Ok(hats) }
    }

    /// Cases in which one of the hats' persons is or was appointed as an expert, as values.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn appointed_in(&self, hats: &[Hat]) -> Result<Vec<Value>, AppError> {
        let experts = hats.iter().filter(|h| h.post_kind == PostKind::Expert).flat_map(Hat::persons);
        let persons: BTreeSet<String> = experts.map(|p| p.to_string()).collect();
        if persons.is_empty() {
            return Ok(Vec::new());
        }
        let persons = persons.into_iter().map(Value::Text).collect();
        let seats = RowQuery::all(ExpertSeatRow::TABLE).with(Filter::In("person", persons));
        Ok(self.all_rows::<ExpertSeatRow>(seats).await?.into_iter().map(|seat| Value::Text(seat.case_id)).collect())
    }

    /// The condition on rows of clocks under which one of the hats holds the matter: it has the role that the clock waits
    /// for, under the definition of the case.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn holds_clock(&self, hats: &[Hat]) -> Result<Filter, AppError> {
        let appointed = self.appointed_in(hats).await?;
        let mut lists = Vec::new();
        for row in self.all_rows::<DefinitionRow>(RowQuery::all(DefinitionRow::TABLE)).await? {
            let hash = row.hash.parse().map_err(|error| AppError::internal("reading a definition's row", error))?;
            let def = self.definition(hash).await?;
            let holders: BTreeSet<_> = def.clocks.iter().map(|c| &c.holder).collect();
            for role in def.roles.iter().filter(|r| holders.contains(&r.id)) {
                for conditions in hats.iter().filter_map(|hat| hat.holds_where(role, &appointed)) {
                    let mut all = vec![
                        Filter::Eq("definition", Value::Text(row.hash.clone())),
                        Filter::Eq("holder", Value::Text(role.id.to_string())),
                    ];
                    all.extend(conditions);
                    lists.push(all);
                }
            }
        }
        Ok(Filter::Either(lists))
    }

    /// The hat that has a right outside cases.
    ///
    /// # Errors
    /// `FORBIDDEN` where none has.
    pub async fn entitled(&self, who: Principal, right: Right) -> Result<Hat, AppError> {
        let hats = self.hats(who, self.today()).await?;
        self.entitled_of(&hats, who, right).cloned()
    }

    /// The one of somebody's hats that has a right outside cases.
    ///
    /// # Errors
    /// `FORBIDDEN` where none has.
    pub(crate) fn entitled_of<'a>(&self, hats: &'a [Hat], who: Principal, right: Right) -> Result<&'a Hat, AppError> {
        hats.iter()
            .find(|h| self.allowed(std::slice::from_ref(h), right))
            .ok_or_else(|| Rejection::new(Code::Forbidden).given(who.person).needed(right).into())
    }

    /// Whether one of the hats may read a case. Whoever may not is told that it is not there.
    ///
    /// `past` is what persons have been to it: an expert reads the cases in which they were appointed.
    pub fn may_read(&self, hats: &[Hat], organ: UnitId, units: CaseUnits, past: &Past) -> bool {
        hats.iter().any(|h| {
            let own = units.all().any(|unit| h.is_of(unit));
            let appointed =
                h.persons().any(|p| past.get(&p).is_some_and(|was| was.contains(&Relation::AppointedExpert)));
            // Nobody reads the cases of an organ whose directory does not know them.
            h.organ == organ && self.policy.allows(Right::ReadCase, h.unit_kind, h.post_kind, own, appointed)
        })
    }

    /// Whether a hat has a right outside cases, also as that of one of the units that undertake the matter.
    pub fn allowed_as_undertaking(&self, hat: &Hat, right: Right, units: &[UnitId]) -> bool {
        let undertaking = units.iter().any(|unit| hat.is_of(*unit));
        hat.carries(right) && self.policy.allows(right, hat.unit_kind, hat.post_kind, undertaking, false)
    }

    /// Whether one of the hats has a right outside cases.
    pub fn allowed(&self, hats: &[Hat], right: Right) -> bool {
        hats.iter().any(|h| h.carries(right) && self.policy.allows(right, h.unit_kind, h.post_kind, false, false))
    }
}

fn hats_in(directory: &Organisation, who: Principal, day: Date) -> Vec<Hat> {
    let own = directory
        .posts_of(who.person, day)
        .filter(|_| who.acting_for.is_none())
        .filter_map(|(post, _)| hat(directory, who.person, post, None, day));
    // An actor holds a post on the day: whoever left office acts for nobody either.
    let in_office = directory.posts_of(who.person, day).next().is_some();
    let delegated = directory
        .delegations_to(who.person, day)
        .filter(|d| in_office && who.acting_for.is_none_or(|principal| principal == d.principal))
        .filter_map(|d| hat(directory, who.person, d.post, Some(d), day));
    own.chain(delegated)
        .filter(|h| match &h.actor {
            Actor::Official { post, .. } => who.post.is_none_or(|wanted| wanted == *post),
            Actor::Public | Actor::System => false,
        })
        .collect()
}

fn hat(
    directory: &Organisation,
    person: PersonId,
    post: PostId,
    delegation: Option<&Delegation>,
    day: Date,
) -> Option<Hat> {
    let known = directory.posts.get(&post)?;
    let unit = directory.units.get(&known.unit).filter(|u| within(day, u.from, u.until))?;
    let parties = std::iter::once(person).chain(delegation.map(|d| d.principal));
    let all_units = parties
        .flat_map(|party| directory.posts_of(party, day))
        .flat_map(|(_, post)| unit_and_wholes(directory, post.unit, day))
        .collect();
    Some(Hat {
        actor: Actor::Official {
            person,
            name: directory.persons.get(&person).cloned().unwrap_or_default(),
            post,
            post_title: known.title.clone(),
            unit: known.unit,
            unit_name: unit.name.clone(),
            acting_for: delegation.map(|d| d.principal),
        },
        post_kind: known.kind,
        unit: known.unit,
        units: unit_and_wholes(directory, known.unit, day),
        organ: directory.organ,
        unit_kind: unit.kind,
        scope: delegation.map(|d| d.verbs.clone()).unwrap_or_default(),
        all_units,
    })
}

/// A unit and those it is part of on a day: a section acts for the unit it belongs to.
fn unit_and_wholes(directory: &Organisation, unit: UnitId, day: Date) -> Vec<UnitId> {
    let mut units = vec![unit];
    // Every unit is looked at once, so a circle does no harm.
    let mut at = 0;
    while at < units.len() {
        let here = units[at];
        for (part, relation, whole, from, until) in &directory.relations {
            if *part == here
                && *relation == UnitRelation::BelongsTo
                && within(day, *from, *until)
                && !units.contains(whole)
            {
                units.push(*whole);
            }
        }
        at += 1;
    }
    units
}
