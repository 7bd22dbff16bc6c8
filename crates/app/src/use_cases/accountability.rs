//! Accountability files: clues received and decided on, traces frozen, what was handed over and what came back.

use std::collections::{BTreeMap, BTreeSet};

use dingce_domain::accountability::{
    AccountabilityAct, AccountabilityFile, Concerned, Found, Held, Keeper, PostNamed, ReceiveClue, Subject,
};
use dingce_domain::case::Case;
use dingce_domain::catalogue::Catalogue;
use dingce_domain::code::Code;
use dingce_domain::definition::PostKind;
use dingce_domain::id::{AccountabilityFileId, CatalogueId, PersonId, PostId, UnitId};
use dingce_domain::organisation::Organisation;
use dingce_domain::proposal::Proposal;
use dingce_domain::rejection::Rejection;

use super::cases::Asked;
use super::lookups::LookupKind;
use super::trace::text;
use crate::app::App;
use crate::error::AppError;
use crate::policy::Right;
use crate::ports::{ActMark, Direction, Filter, ReadRow, RowQuery, Value};
use crate::principal::{Hat, Principal};
use crate::read_rows::{AccountabilityRow, PositionRow};
use crate::stream::Loaded;
use crate::write::Done;

/// Whoever acts, with what could bind them to a matter.
pub(super) fn keeper(hat: &Hat) -> Result<Keeper, AppError> {
    let mut persons = hat.persons();
    let nobody = || AppError::internal("acting", "nobody acts");
    let person = persons.next().ok_or_else(nobody)?;
    Ok(Keeper { person, acting_for: persons.next(), units: hat.all_units.clone() })
}

impl App {
    /// Receives a clue, which opens a file.
    ///
    /// # Errors
    /// `FORBIDDEN`; `NOT_FOUND` where the organ has nothing that it could be about; `ACCOUNTABILITY_CONFLICT`; a rejection of what
    /// is given.
    pub async fn receive_clue(&self, asked: Asked, given: ReceiveClue) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hat = self.entitled(asked.who, Right::KeepAccountability).await?;
        let missing = || AppError::from(Rejection::new(Code::NotFound).at("about").given(given.about));
        if self.organ_of_subject(given.about).await? != Some(hat.organ) {
            return Err(missing());
        }
        let directory = self.directory(hat.organ).await?;
        for (i, person) in given.persons.iter().enumerate() {
            if !directory.state.persons.contains_key(person) {
                let unknown = Rejection::new(Code::DirectoryUnknown).at(format!("persons.{i}"));
                return Err(unknown.given(person).into());
            }
        }
        for (i, unit) in given.units.iter().enumerate() {
            self.unit_known(hat.organ, *unit, &format!("units.{i}")).await?;
        }
        self.documents_known(&given.documents).await?;
        self.manner_known(&asked.manner).await?;
        let concerned = self.concerned(given.about, &given.units, &directory.state).await?;
        let (on, keeper) = (self.on(&asked.manner), keeper(&hat)?);
        let writing = self.writing(hat.actor, asked.manner, hat.organ, asked.key);
        let id = AccountabilityFileId::new(self.chance.id(writing.now));
        self.write::<AccountabilityFile, _>(id, writing, |_| {
            Ok(vec![AccountabilityFile::receive(given.clone(), &keeper, &concerned, on)?.into()])
        })
        .await
    }

    /// Does an act on a file that is there.
    ///
    /// # Errors
    /// `FORBIDDEN`, `NOT_FOUND`, or a rejection by the file itself.
    pub async fn act_on_accountability(
        &self,
        asked: Asked,
        id: AccountabilityFileId,
        act: AccountabilityAct,
    ) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hats = asked.hats.keep(self.hats(asked.who, self.today()).await?);
        let missing = || AppError::not_found(id);
        let loaded = self.load::<AccountabilityFile>(id).await?.ok_or_else(missing)?;
        let hat = self.of_register(&hats, loaded.tip.organ, Right::KeepAccountability, missing)?;
        self.documents_known(act.documents()).await?;
        self.manner_known(&asked.manner).await?;
        let directory = self.directory(hat.organ).await?;
        let file = &loaded.state;
        let mut found = Found {
            concerned: self.concerned(file.clue.about, &file.clue.units, &directory.state).await?,
            ..Found::default()
        };
        match &act {
            AccountabilityAct::Freeze(given) => {
                // Beyond today nothing is known; the file refuses it.
                let day = given.as_known_on.min(self.today());
                if let Some(made) = self.make_trace(file.clue.about, day, None).await? {
                    // The bytes are durable before anything names them; nothing names those of an act that is refused.
                    self.keep_trace(&made).await?;
                    found.trace = Some(made.frozen);
                }
            }
            AccountabilityAct::NamePersons(given) => {
                if let Some((_, frozen)) = file.traces().next_back() {
                    found.events = self.frozen_document(frozen).await?.events_by_number();
                }
                let wanted = given.persons.iter().map(|one| (one.person, one.post));
                found.posts = posts_held(&directory.state, wanted);
            }
            _ => {}
        }
        let (on, keeper) = (self.on(&asked.manner), keeper(hat)?);
        let writing = self.writing(hat.actor.clone(), asked.manner, hat.organ, asked.key);
        self.write::<AccountabilityFile, _>(id, writing, |loaded| {
            let state = &loaded.ok_or_else(missing)?.state;
            Ok(vec![state.decide(act.clone(), &keeper, &found, on)?.into()])
        })
        .await
    }

    /// Of whom a matter speaks: units that have or had it, with those that are traced with them, and everybody who acted in it.
    pub(super) async fn concerned(
        &self,
        about: Subject,
        named: &[UnitId],
        directory: &Organisation,
    ) -> Result<Concerned, AppError> {
        let mut units: BTreeSet<UnitId> = named.iter().copied().collect();
        let mut persons = BTreeSet::new();
        let missing = || AppError::not_found(about);
        let stream = self.stream_of(about).await?.ok_or_else(missing)?;
        match about {
            Subject::Case(case) => {
                let loaded = self.load::<Case>(case).await?.ok_or_else(missing)?;
                units.extend(loaded.state.file.units().all());
                let query = RowQuery::all(PositionRow::TABLE).with(Filter::Eq("case_id", text(case)));
                let members = self.all_rows::<PositionRow>(query).await?;
                persons.extend(members.iter().filter_map(|row| row.member.parse::<PersonId>().ok()));
            }
            Subject::Proposal(proposal) => {
                let loaded = self.load::<Proposal>(proposal).await?.ok_or_else(missing)?;
                let state = &loaded.state;
                units.extend(state.given.unit);
                units.extend(state.handed.iter().map(|(given, _)| given.unit));
            }
            Subject::Entry(entry) => {
                let loaded = self.load::<Catalogue>(CatalogueId::new(stream.value)).await?.ok_or_else(missing)?;
                units.extend(loaded.state.listed(entry).into_iter().flat_map(|(listed, _)| listed.units.clone()));
            }
        }
        let acts = self.known_acts(stream, self.known(None)).await?;
        persons.extend(acts.iter().flat_map(|act: &ActMark| act.actor.into_iter().chain(act.acting_for)));
        let line: Vec<UnitId> = units.iter().flat_map(|unit| directory.traced_with(*unit)).collect();
        units.extend(line);
        Ok(Concerned { units, persons })
    }

    /// Whether somebody may read a file: they may read those of its organ, and it speaks neither of them nor of a unit of theirs.
    pub fn may_read_accountability(&self, hats: &[Hat], organ: UnitId, file: &AccountabilityFile) -> bool {
        let reads =
            |hat: &Hat| hat.organ == organ && self.allowed(std::slice::from_ref(hat), Right::ReadAccountability);
        let of_unit = |hat: &Hat| file.clue.units.iter().any(|unit| hat.all_units.contains(unit));
        let spoken_of = hats.iter().any(|hat| of_unit(hat) || hat.persons().any(|person| file.speaks_of(person)));
        hats.iter().any(reads) && !spoken_of
    }

    /// A file that somebody may read.
    ///
    /// # Errors
    /// `FORBIDDEN` where they hold no post; `NOT_FOUND` also where they may not know of it.
    pub async fn accountability_file(
        &self,
        who: Principal,
        id: AccountabilityFileId,
    ) -> Result<std::sync::Arc<Loaded<AccountabilityFile>>, AppError> {
        let hats = self.hats(who, self.today()).await?;
        let missing = || AppError::not_found(id);
        let loaded = self.load::<AccountabilityFile>(id).await?.ok_or_else(missing)?;
        if !self.may_read_accountability(&hats, loaded.tip.organ, &loaded.state) {
            return Err(missing());
        }
        if let Some(hat) = hats.iter().find(|hat| hat.organ == loaded.tip.organ) {
            self.looks_up(hat, LookupKind::ReadAccountabilityFile, id).await?;
        }
        Ok(loaded)
    }

    /// A file, for who has the database anyway; none where there is none.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn accountability_file_unchecked(
        &self,
        id: AccountabilityFileId,
    ) -> Result<Option<std::sync::Arc<Loaded<AccountabilityFile>>>, AppError> {
        self.load::<AccountabilityFile>(id).await
    }

    /// The query of the files that somebody may read, those of their organ without those that speak of them, the latest first.
    ///
    /// # Errors
    /// `FORBIDDEN`; where the store fails.
    pub async fn accountability_query(&self, who: Principal) -> Result<RowQuery, AppError> {
        let hats = self.hats(who, self.today()).await?;
        let organ = self.entitled_of(&hats, who, Right::ReadAccountability)?.organ;
        let of_organ = RowQuery::all(AccountabilityRow::TABLE).with(Filter::Eq("organ", text(organ)));
        let persons = hats.iter().flat_map(Hat::persons).map(|id| id.to_string());
        let units = hats.iter().flat_map(|hat| &hat.all_units).map(|id| id.to_string());
        let names = persons.chain(units).map(|id| vec![Filter::Contains("file_json", id)]).collect();
        let mut hidden = Vec::new();
        for row in self.all_rows::<AccountabilityRow>(of_organ.clone().with(Filter::Either(names))).await? {
            let file = serde_json::from_str(&row.file_json)
                .map_err(|error| AppError::internal("reading an accountability file's row", error))?;
            if !self.may_read_accountability(&hats, organ, &file) {
                hidden.push(Value::Text(row.file));
            }
        }
        let mut query = of_organ.with(Filter::NotIn("file", hidden));
        query.order = vec!["received_at"];
        query.direction = Direction::Descending;
        Ok(query)
    }
}

/// Posts that persons hold or held.
fn posts_held(
    directory: &Organisation,
    wanted: impl Iterator<Item = (PersonId, PostId)>,
) -> BTreeMap<(PersonId, PostId), Held> {
    wanted
        .filter_map(|(person, id)| {
            let post = directory.posts.get(&id)?;
            let of = directory.holdings.iter().filter(|held| held.person == person && held.post == id);
            let terms: Vec<_> = of.map(|held| (held.from, held.until)).collect();
            let named = PostNamed {
                name: directory.persons.get(&person)?.clone(),
                title: post.title.clone(),
                unit: post.unit,
                unit_name: directory.units.get(&post.unit)?.name.clone(),
            };
            let heads = matches!(post.kind, PostKind::Head | PostKind::UnitLeader);
            (!terms.is_empty()).then_some(((person, id), Held { named, heads, terms }))
        })
        .collect()
}
