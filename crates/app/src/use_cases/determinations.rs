//! The register of determinations, and of printed agendas whose items belong to a case or to a determination.

use std::collections::BTreeSet;
use std::sync::Arc;

use dingce_domain::code::Code;
use dingce_domain::determination::{Determination, DeterminationAct, Determine, GroundSource};
use dingce_domain::id::{DeterminationId, MeetingId, PrintedAgendaId, PrintedItemId, UnitId};
use dingce_domain::meeting::Meeting;
use dingce_domain::printed_agenda::{
    AddItem, HeldSession, ImportAgenda, ItemTie, PrintedAgenda, PrintedAgendaAct, PrintedAgendaHead, PrintedItem,
    TieItem,
};
use dingce_domain::rejection::Rejection;
use uuid::Uuid;

use super::cases::Asked;
use super::catalogues::derived;
use crate::Principal;
use crate::agenda_file::AgendaFile;
use crate::app::App;
use crate::determination_rules::DeterminationRules;
use crate::error::AppError;
use crate::policy::Right;
use crate::ports::{Direction, Filter, ReadRow, RowQuery, Value};
use crate::principal::Hat;
use crate::read_rows::{DeterminationRow, PrintedAgendaRow, PrintedItemRow};
use crate::stream::Loaded;
use crate::write::{Done, RequestKey};

/// The id of the agenda of a session: two at once are one stream, and one of them is told. `printed` is the organ that a
/// print names, empty for the organ itself.
fn agenda_id(organ: UnitId, head: &PrintedAgendaHead) -> PrintedAgendaId {
    let printed = head.organ.as_deref().unwrap_or_default();
    PrintedAgendaId::new(derived(&["dingce agenda", &organ.to_string(), printed, &head.session]))
}

/// What an import did with one agenda of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedAgenda {
    /// The agenda.
    pub id: PrintedAgendaId,
    /// Its session.
    pub session: String,
    /// Whether it is new; one that was there with the same content is left as it is.
    pub new: bool,
    /// Number of printed items.
    pub items: usize,
}

impl App {
    /// Determines whether a matter is a major decision, for the first time.
    ///
    /// # Errors
    /// `FORBIDDEN`, or a rejection of what is given.
    pub async fn determine(&self, asked: Asked, mut given: Determine) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hat = self.entitled(asked.who, Right::Determine).await?;
        self.secret_named(hat.organ, given.secret.as_mut()).await?;
        self.documents_known(&given.documents).await?;
        self.manner_known(&asked.manner).await?;
        let (on, source) = (self.on(&asked.manner), ground_source(&given));
        let writing = self.writing(hat.actor, asked.manner, hat.organ, asked.key);
        let id = DeterminationId::new(self.chance.id(writing.now));
        self.write::<Determination, _>(id, writing, |_| {
            Ok(vec![Determination::determine(None, given.clone(), source.clone(), on)?.into()])
        })
        .await
    }

    /// Determines a matter anew, or ties its determination to a case or a catalogue entry.
    ///
    /// # Errors
    /// `FORBIDDEN`, `NOT_FOUND`, or a rejection by the determination itself.
    pub async fn act_on_determination(
        &self,
        asked: Asked,
        id: DeterminationId,
        mut act: DeterminationAct,
    ) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hats = asked.hats.keep(self.hats(asked.who, self.today()).await?);
        let missing = || AppError::not_found(id);
        let loaded = self.load::<Determination>(id).await?.ok_or_else(missing)?;
        let hat = self.of_register(&hats, loaded.tip.organ, Right::Determine, missing)?;
        match &mut act {
            DeterminationAct::Correct(given) => {
                self.secret_named(hat.organ, given.secret.as_mut()).await?;
                self.documents_known(&given.documents).await?;
            }
            DeterminationAct::Link(given) => self.tie_known(&hats, hat.organ, given.to).await?,
            DeterminationAct::Unlink(_) => {}
        }
        self.manner_known(&asked.manner).await?;
        let on = self.on(&asked.manner);
        let writing = self.writing(hat.actor.clone(), asked.manner, hat.organ, asked.key);
        self.write::<Determination, _>(id, writing, |loaded| {
            let state = &loaded.ok_or_else(missing)?.state;
            let event = match act.clone() {
                DeterminationAct::Correct(given) => {
                    let source = ground_source(&given);
                    Determination::determine(Some(state), given, source, on)?
                }
                DeterminationAct::Link(given) => state.link(given)?,
                DeterminationAct::Unlink(given) => state.unlink(given)?,
            };
            Ok(vec![event.into()])
        })
        .await
    }

    /// The hat for an act on a register of an organ: whoever is of another organ is told that it is not there.
    pub(super) fn of_register<'a>(
        &self,
        hats: &'a [Hat],
        organ: UnitId,
        right: Right,
        missing: impl Fn() -> AppError,
    ) -> Result<&'a Hat, AppError> {
        let mut own = hats.iter().filter(|h| h.organ == organ).peekable();
        if own.peek().is_none() {
            return Err(missing());
        }
        own.find(|h| self.allowed(std::slice::from_ref(h), right))
            .ok_or_else(|| Rejection::new(Code::Forbidden).needed(right).into())
    }

    /// Takes printed agendas over, as they are: all that can be known beforehand is checked of all of them before any is
    /// written. Harmless twice: one that is there with the same content is left as it is.
    ///
    /// # Errors
    /// `FORBIDDEN`; a rejection that names the agenda by its place, `ALREADY_THERE` where one of that session is there with
    /// another content.
    pub async fn import_agendas(&self, asked: Asked, files: Vec<AgendaFile>) -> Result<Vec<ImportedAgenda>, AppError> {
        let hat = self.entitled(asked.who, Right::KeepAgendas).await?;
        let at = |i: usize, mut rejection: Rejection| {
            let inner = rejection.path.take().map_or_else(String::new, |path| format!(".{path}"));
            rejection.at(format!("agendas.{i}{inner}"))
        };
        let mut wanted = Vec::new();
        let mut seen = BTreeSet::new();
        for (i, file) in files.into_iter().enumerate() {
            let id = agenda_id(hat.organ, &file.head);
            if !seen.insert(id) {
                let twice = Rejection::new(Code::ListNotAcceptable).at(format!("agendas.{i}"));
                return Err(twice.given(&file.head.session).into());
            }
            let there = self.load::<PrintedAgenda>(id).await?;
            let new = there.as_ref().is_none_or(|there| AgendaFile::of(&there.state) != file);
            let mut items = Vec::new();
            for (j, item) in file.items.into_iter().enumerate() {
                let secret = match &item.secret {
                    None => None,
                    Some(secret) => match self.secret_numbered(hat.organ, &secret.number).await {
                        Err(AppError::Rejected(refused)) => {
                            return Err(at(i, refused.at(format!("items.{j}.secret"))).into());
                        }
                        found => Some(found?),
                    },
                };
                items.push(PrintedItem { id: PrintedItemId::new(self.chance.id(self.now())), secret, ..item });
            }
            let given = ImportAgenda { head: file.head, items };
            if new {
                PrintedAgenda::import(there.as_ref().map(|l| &l.state), given.clone())
                    .map_err(|refused| at(i, refused))?;
            }
            wanted.push((id, given, new));
        }
        let mut imported = Vec::new();
        for (i, (id, given, new)) in wanted.into_iter().enumerate() {
            let (session, items) = (given.head.session.clone(), given.items.len());
            if new {
                // Each agenda is a stream of its own, so each has its own key.
                let key = asked.key.clone().map(|k| RequestKey { operation: format!("{}.{i}", k.operation), ..k });
                let writing = self.writing(hat.actor.clone(), asked.manner.clone(), hat.organ, key);
                self.write::<PrintedAgenda, _>(id, writing, |loaded| {
                    Ok(vec![PrintedAgenda::import(loaded.map(|l| &l.state), given.clone())?.into()])
                })
                .await?;
            }
            imported.push(ImportedAgenda { id, session, new, items });
        }
        Ok(imported)
    }

    /// Agendas of the asker's organ as they were printed, in the order in which they came. None named means all.
    ///
    /// # Errors
    /// `FORBIDDEN`; `NOT_FOUND` for one that is not there.
    pub async fn export_agendas(
        &self,
        who: Principal,
        wanted: &[PrintedAgendaId],
    ) -> Result<Vec<AgendaFile>, AppError> {
        let hat = self.entitled(who, Right::ReadRegisters).await?;
        let mut ids = wanted.to_vec();
        if ids.is_empty() {
            let mut query =
                RowQuery::all(PrintedAgendaRow::TABLE).with(Filter::Eq("organ", Value::Text(hat.organ.to_string())));
            query.order = vec!["imported_at"];
            for row in self.all_rows::<PrintedAgendaRow>(query).await? {
                ids.push(row.agenda.parse().map_err(|error| AppError::internal("reading an agenda's id", error))?);
            }
        }
        let mut files = Vec::new();
        for id in ids {
            let missing = || AppError::not_found(id);
            let loaded =
                self.load::<PrintedAgenda>(id).await?.filter(|l| l.tip.organ == hat.organ).ok_or_else(missing)?;
            files.push(AgendaFile::of(&loaded.state));
        }
        Ok(files)
    }

    /// A printed agenda as it stands; none where there is none.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn printed_agenda(&self, id: PrintedAgendaId) -> Result<Option<Arc<Loaded<PrintedAgenda>>>, AppError> {
        self.load::<PrintedAgenda>(id).await
    }

    /// Items that belong to no case and to no determination, in the order of agendas and items.
    ///
    /// # Errors
    /// `FORBIDDEN`.
    pub async fn unlinked_items(&self, who: Principal) -> Result<Vec<PrintedItemRow>, AppError> {
        let hat = self.entitled(who, Right::ReadRegisters).await?;
        let mut query = RowQuery::all(PrintedItemRow::TABLE)
            .with(Filter::Eq("organ", Value::Text(hat.organ.to_string())))
            .with(Filter::Eq("linked", Value::Bool(false)));
        query.order = vec!["imported_at", "agenda", "position"];
        self.all_rows(query).await
    }

    /// Determinations of somebody's organ, the latest first.
    ///
    /// # Errors
    /// `FORBIDDEN`.
    pub async fn determinations(&self, who: Principal) -> Result<Vec<DeterminationRow>, AppError> {
        let hat = self.entitled(who, Right::ReadRegisters).await?;
        let mut query =
            RowQuery::all(DeterminationRow::TABLE).with(Filter::Eq("organ", Value::Text(hat.organ.to_string())));
        query.order = vec!["recorded_at"];
        query.direction = Direction::Descending;
        self.all_rows(query).await
    }

    /// Does an act on an agenda. The id of an added item is drawn here; one that is given is not used.
    ///
    /// # Errors
    /// `FORBIDDEN`, `NOT_FOUND`, or a rejection by the agenda itself.
    pub async fn act_on_agenda(
        &self,
        asked: Asked,
        id: PrintedAgendaId,
        mut act: PrintedAgendaAct,
    ) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hats = asked.hats.keep(self.hats(asked.who, self.today()).await?);
        let missing = || AppError::not_found(id);
        let loaded = self.load::<PrintedAgenda>(id).await?.ok_or_else(missing)?;
        let hat = self.of_register(&hats, loaded.tip.organ, Right::KeepAgendas, missing)?;
        let mut session = None;
        match &mut act {
            PrintedAgendaAct::AddItem(AddItem { item, .. }) => {
                item.id = PrintedItemId::new(self.chance.id(self.now()));
                self.secret_named(hat.organ, item.secret.as_mut()).await?;
            }
            PrintedAgendaAct::Link(TieItem { to: ItemTie::Case(case), .. }) => self.readable_case(&hats, *case).await?,
            PrintedAgendaAct::Link(TieItem { to: ItemTie::Determination(determination), .. }) => {
                let known = self.load::<Determination>(*determination).await?;
                known.filter(|l| l.tip.organ == hat.organ).ok_or_else(|| AppError::not_found(*determination))?;
            }
            PrintedAgendaAct::Pair(given) => {
                session = Some(self.session_for(hat, id, given.meeting).await?);
            }
            PrintedAgendaAct::Unlink(_) | PrintedAgendaAct::Unpair(_) => {}
        }
        self.manner_known(&asked.manner).await?;
        let on = self.on(&asked.manner);
        let writing = self.writing(hat.actor.clone(), asked.manner, hat.organ, asked.key);
        self.write::<PrintedAgenda, _>(id, writing, |loaded| {
            let state = &loaded.ok_or_else(missing)?.state;
            Ok(vec![state.decide(act.clone(), session.as_ref(), on)?.into()])
        })
        .await
    }

    /// What is known of a meeting that an agenda is to be paired with.
    ///
    /// # Errors
    /// `NOT_FOUND` where the organ has no such meeting; `ALREADY_THERE` where another agenda is paired with it.
    async fn session_for(&self, hat: &Hat, agenda: PrintedAgendaId, id: MeetingId) -> Result<HeldSession, AppError> {
        let meeting = self.load::<Meeting>(id).await?.filter(|l| l.tip.organ == hat.organ);
        let called = &meeting.ok_or_else(|| AppError::not_found(id))?.state.called;
        let paired = RowQuery::all(PrintedAgendaRow::TABLE).with(Filter::Eq("meeting", Value::Text(id.to_string())));
        let paired = self.rows::<PrintedAgendaRow>(paired).await?;
        if let Some(other) = paired.iter().find(|row| row.agenda != agenda.to_string()) {
            return Err(Rejection::new(Code::AlreadyThere).at("meeting").given(&other.session).into());
        }
        let directory = self.directory(hat.organ).await?;
        let organ = directory.state.units.get(&hat.organ).map(|unit| unit.name.clone());
        let body = called.body.as_ref().and_then(|code| directory.state.body(code, called.held_on));
        let organs = organ.into_iter().chain(body.map(|body| body.name.clone())).collect();
        Ok(HeldSession { held_on: called.held_on, organs })
    }
}

/// Where the ground of an exclusion stands in this place.
fn ground_source(given: &Determine) -> Option<GroundSource> {
    given.ground.and_then(|ground| DeterminationRules::shipped().source_of(ground))
}

/// The id of an item that means nothing yet.
pub(crate) const NO_ITEM: PrintedItemId = PrintedItemId::new(Uuid::nil());
