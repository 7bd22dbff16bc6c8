//! Yearly catalogues: drawing up, publishing and following them; files in and out.

use dingce_domain::catalogue::{Catalogue, CatalogueAct, CompileCatalogue, Entry, Head, ImportCatalogue, TieEntry};
use dingce_domain::code::Code;
use dingce_domain::id::{CaseId, CatalogueId, EntryId, EventId, UnitId};
use dingce_domain::occasion::Manner;
use dingce_domain::rejection::Rejection;
use dingce_ledger as ledger;
use uuid::Uuid;

use super::cases::Asked;
use crate::app::App;
use crate::catalogue_file::CatalogueFile;
use crate::catalogue_rules::CatalogueRules;
use crate::error::AppError;
use crate::policy::Right;
use crate::ports::{Filter, ReadRow, RowQuery, Value};
use crate::principal::Hat;
use crate::read_rows::{CatalogueRow, EntryRow};
use crate::write::{Done, RequestKey};

/// Who may do an act. What is tied to an entry, its undertaking units may do too.
const fn right_of(act: &CatalogueAct) -> Right {
    match act {
        CatalogueAct::Compile(_)
        | CatalogueAct::Import(_)
        | CatalogueAct::CallForEntries(_)
        | CatalogueAct::ChangeEntry(_)
        | CatalogueAct::MoveEntry(_)
        | CatalogueAct::DropEntry(_)
        | CatalogueAct::OpenAdjustment(_)
        | CatalogueAct::AbandonAdjustment(_) => Right::CompileCatalogue,
        CatalogueAct::AddEntry(_) => Right::NominateEntry,
        CatalogueAct::ScreenEntry(_) => Right::ScreenEntry,
        CatalogueAct::RecordConsent(_) => Right::RecordConsent,
        CatalogueAct::Publish(_) => Right::PublishCatalogue,
        CatalogueAct::LinkEntry(_)
        | CatalogueAct::UnlinkEntry(_)
        | CatalogueAct::FinishEntry(_)
        | CatalogueAct::ReportUnfinished(_) => Right::FollowEntry,
    }
}

/// A value that follows from names, for ever: a version 8 UUID (RFC 9562) of a SHA-256.
pub(super) fn derived(parts: &[&str]) -> Uuid {
    let digest = ledger::sha256(parts.join("\n").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_bytes()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// The id of the catalogue of an organ for a kind, year and batch: two at once are one stream, and one of them is told.
/// `printed` is the organ that a print names, empty for the organ itself.
fn catalogue_id(organ: UnitId, printed: &str, head: &Head) -> CatalogueId {
    let (year, batch) = (head.year.to_string(), head.batch.to_string());
    CatalogueId::new(derived(&["dingce catalogue", &organ.to_string(), printed, head.kind.as_str(), &year, &batch]))
}

/// What an import did with one catalogue of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedCatalogue {
    /// The catalogue.
    pub id: CatalogueId,
    /// Its title.
    pub title: String,
    /// Whether it is new; one that was there with the same content is left as it is.
    pub new: bool,
    /// Number of entries.
    pub entries: usize,
}

impl App {
    /// Begins a catalogue as a draft.
    ///
    /// # Errors
    /// `FORBIDDEN`; `ALREADY_THERE` where the organ has one of that kind, year and batch; a rejection of the head.
    pub async fn compile_catalogue(&self, asked: Asked, head: Head) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hat = self.entitled(asked.who, Right::CompileCatalogue).await?;
        let id = catalogue_id(hat.organ, "", &head);
        let rules = CatalogueRules::shipped().of_year(head.year);
        let act = CatalogueAct::Compile(CompileCatalogue { head, rules });
        self.on_catalogue(hat, asked.key, asked.manner, id, act).await
    }

    /// Does an act on a catalogue that is there. The id of an added entry is drawn here; one that is given is not used.
    ///
    /// # Errors
    /// `FORBIDDEN`, `NOT_FOUND`, or a rejection by the catalogue itself.
    pub async fn act_on_catalogue(
        &self,
        asked: Asked,
        id: CatalogueId,
        mut act: CatalogueAct,
    ) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hats = self.hats(asked.who, self.today()).await?;
        let missing = || AppError::not_found(id);
        let loaded = self.load::<Catalogue>(id).await?.ok_or_else(missing)?;
        if hats.iter().all(|h| h.organ != loaded.tip.organ) {
            return Err(missing());
        }
        let state = &loaded.state;
        let units: &[UnitId] =
            act.of_entry().and_then(|entry| state.listed(entry)).map_or(&[], |(entry, _)| entry.units.as_slice());
        let right = right_of(&act);
        let hat = hats
            .iter()
            .find(|h| h.organ == loaded.tip.organ && self.allowed_as_undertaking(h, right, units))
            .ok_or_else(|| Rejection::new(Code::Forbidden).given(asked.who.person).needed(right))?;
        match &mut act {
            CatalogueAct::AddEntry(given) => {
                given.entry.id = EntryId::new(self.chance.id(self.now()));
                self.units_known(hat.organ, &given.entry).await?;
                self.carried(hat.organ, state, &given.entry).await?;
            }
            CatalogueAct::ChangeEntry(given) => self.units_known(hat.organ, &given.entry).await?,
            CatalogueAct::LinkEntry(TieEntry { case, .. }) => {
                self.readable_case(&hats, *case).await?;
            }
            CatalogueAct::Compile(_)
            | CatalogueAct::Import(_)
            | CatalogueAct::CallForEntries(_)
            | CatalogueAct::MoveEntry(_)
            | CatalogueAct::DropEntry(_)
            | CatalogueAct::ScreenEntry(_)
            | CatalogueAct::RecordConsent(_)
            | CatalogueAct::Publish(_)
            | CatalogueAct::OpenAdjustment(_)
            | CatalogueAct::AbandonAdjustment(_)
            | CatalogueAct::UnlinkEntry(_)
            | CatalogueAct::FinishEntry(_)
            | CatalogueAct::ReportUnfinished(_) => {}
        }
        if let CatalogueAct::RecordConsent(given) = &act {
            self.documents_known(&given.documents).await?;
        }
        self.on_catalogue(hat.clone(), asked.key, asked.manner, id, act).await
    }

    /// Takes printed catalogues over, as they are: all that can be known beforehand is checked of all of them before any
    /// is written. Harmless twice: one that is there with the same content is left as it is.
    ///
    /// # Errors
    /// `FORBIDDEN`; a rejection that names the catalogue by its place, `ALREADY_THERE` where one of that organ, kind, year
    /// and batch is there with another content.
    pub async fn import_catalogues(
        &self,
        asked: Asked,
        files: Vec<CatalogueFile>,
    ) -> Result<Vec<ImportedCatalogue>, AppError> {
        let hat = self.entitled(asked.who, Right::CompileCatalogue).await?;
        let organ_name = self.directory(hat.organ).await?.state.units.get(&hat.organ).map(|u| u.name.clone());
        let mut wanted = Vec::new();
        for (i, file) in files.into_iter().enumerate() {
            let given = self.as_import(hat.organ, organ_name.as_deref(), file);
            let (id, given) = given.map_err(|rejection| at_catalogue(i, rejection))?;
            let there = self.load::<Catalogue>(id).await?;
            let new = match &there {
                Some(there) if same(&there.state, &given) => false,
                there => {
                    let act = CatalogueAct::Import(given.clone());
                    let on = self.on(&asked.manner);
                    let state = there.as_ref().map(|l| &l.state);
                    Catalogue::decide(state, act, on).map_err(|rejection| at_catalogue(i, rejection))?;
                    true
                }
            };
            wanted.push((id, given, new));
        }
        let mut imported = Vec::new();
        for (i, (id, given, new)) in wanted.into_iter().enumerate() {
            let (title, entries) = (given.head.title.clone(), given.entries.len());
            if new {
                // Each catalogue is a stream of its own, so each has its own key.
                let key = asked.key.clone().map(|k| RequestKey { operation: format!("{}.{i}", k.operation), ..k });
                let act = CatalogueAct::Import(given);
                self.on_catalogue(hat.clone(), key, asked.manner.clone(), id, act).await?;
            }
            imported.push(ImportedCatalogue { id, title, new, entries });
        }
        Ok(imported)
    }

    /// Catalogues of the asker's organ as they are written to files, by year, batch and title. None named means all.
    ///
    /// # Errors
    /// `FORBIDDEN`; `NOT_FOUND` for one that is not there.
    pub async fn export_catalogues(
        &self,
        who: crate::Principal,
        wanted: &[CatalogueId],
        year: Option<i16>,
    ) -> Result<Vec<CatalogueFile>, AppError> {
        let hat = self.entitled(who, Right::CompileCatalogue).await?;
        let organ_name = self.directory(hat.organ).await?.state.units.get(&hat.organ).map(|u| u.name.clone());
        let mut ids = wanted.to_vec();
        if ids.is_empty() {
            let mut query =
                RowQuery::all(CatalogueRow::TABLE).with(Filter::Eq("organ", Value::Text(hat.organ.to_string())));
            query.order = vec!["year", "batch", "title"];
            query.filters.extend(year.map(|y| Filter::Eq("year", Value::Int(y.into()))));
            for row in self.all_rows::<CatalogueRow>(query).await? {
                ids.push(row.catalogue.parse().map_err(|error| AppError::internal("reading a catalogue's id", error))?);
            }
        }
        let mut files = Vec::new();
        for id in ids {
            let missing = || AppError::not_found(id);
            let loaded = self.load::<Catalogue>(id).await?.filter(|l| l.tip.organ == hat.organ).ok_or_else(missing)?;
            files.push(CatalogueFile::of(&loaded.state, organ_name.as_deref().unwrap_or_default()));
        }
        Ok(files)
    }

    /// Ties an entry to a case that was opened from it, as the follow-up of the case's event.
    pub(crate) async fn link_opened_case(
        &self,
        entry: EntryId,
        case: CaseId,
        answers: (EventId, String),
    ) -> Result<Done, AppError> {
        let query = RowQuery::all(EntryRow::TABLE).with(Filter::Eq("entry", Value::Text(entry.to_string())));
        let unknown = || Rejection::new(Code::EntryUnknown).given(entry);
        let row = self.row::<EntryRow>(query).await?.ok_or_else(unknown)?;
        let id: CatalogueId =
            row.catalogue.parse().map_err(|error| AppError::internal("reading an entry's catalogue", error))?;
        let organ = self.load::<Catalogue>(id).await?.ok_or_else(|| AppError::not_found(id))?.tip.organ;
        let act = CatalogueAct::LinkEntry(TieEntry { entry, case, reason: "依本目录事项立项".to_owned() });
        let on = self.on(&Manner::Online);
        self.write::<Catalogue, _>(id, self.follow_up(organ, answers), |loaded| {
            let state = loaded.map(|l| &l.state);
            // Tied by hand meanwhile: nothing is left to do.
            if state.and_then(|s| s.progress.get(&entry)).is_some_and(|p| p.cases.contains_key(&case)) {
                return Ok(Vec::new());
            }
            Ok(vec![Catalogue::decide(state, act.clone(), on)?.into()])
        })
        .await
    }

    /// That a case is opened from an entry that a catalogue of the organ has; whether a hearing is to be held, as the entry
    /// says it.
    pub(crate) async fn entry_known(&self, organ: UnitId, entry: EntryId) -> Result<Option<bool>, AppError> {
        let query = RowQuery::all(EntryRow::TABLE)
            .with(Filter::Eq("entry", Value::Text(entry.to_string())))
            .with(Filter::Eq("organ", Value::Text(organ.to_string())));
        match self.row::<EntryRow>(query).await? {
            Some(row) => Ok(row.hearing),
            None => Err(Rejection::new(Code::EntryUnknown).at("entry").given(entry).into()),
        }
    }

    async fn on_catalogue(
        &self,
        hat: Hat,
        key: Option<RequestKey>,
        manner: Manner,
        id: CatalogueId,
        act: CatalogueAct,
    ) -> Result<Done, AppError> {
        self.manner_known(&manner).await?;
        let on = self.on(&manner);
        let writing = self.writing(hat.actor, manner, hat.organ, key);
        self.write::<Catalogue, _>(id, writing, |loaded| {
            Ok(vec![Catalogue::decide(loaded.map(|l| &l.state), act.clone(), on)?.into()])
        })
        .await
    }

    /// That units of an entry stand in the directory.
    async fn units_known(&self, organ: UnitId, entry: &Entry) -> Result<(), AppError> {
        if entry.units.is_empty() {
            return Ok(());
        }
        let directory = self.directory(organ).await?;
        match entry.units.iter().find(|unit| !directory.state.units.contains_key(unit)) {
            Some(unit) => Err(Rejection::new(Code::DirectoryUnknown).at("entry.units").given(unit).into()),
            None => Ok(()),
        }
    }

    /// That an entry is carried over from an unfinished entry in force of an earlier catalogue of the organ.
    async fn carried(&self, organ: UnitId, to: &Catalogue, entry: &Entry) -> Result<(), AppError> {
        let Some(from) = entry.carried_from else { return Ok(()) };
        let refuse = |code: Code| Rejection::new(code).at("entry.carried_from").given(from.entry);
        let loaded = self.load::<Catalogue>(from.catalogue).await?.filter(|l| l.tip.organ == organ);
        let loaded = loaded.ok_or_else(|| refuse(Code::NotFound))?;
        let earlier = &loaded.state;
        let Some((_, in_force)) = earlier.listed(from.entry) else { return Err(refuse(Code::EntryUnknown).into()) };
        let finished = earlier.progress.get(&from.entry).is_some_and(|p| p.finished.is_some());
        if !in_force || finished {
            return Err(refuse(Code::EntryNotOpen).into());
        }
        if (earlier.head.year, earlier.head.batch) >= (to.head.year, to.head.batch) {
            let given = earlier.head.year;
            let needed = format!("..{}", to.head.year);
            return Err(refuse(Code::DateNotAcceptable).given(given).needed(needed).into());
        }
        Ok(())
    }

    fn as_import(
        &self,
        organ: UnitId,
        organ_name: Option<&str>,
        file: CatalogueFile,
    ) -> Result<(CatalogueId, ImportCatalogue), Rejection> {
        let (consents, published_on) = (file.consents(), file.published_on());
        let CatalogueFile { head, printed, mut entries } = file;
        let named = printed.organ.as_deref().filter(|name| organ_name != Some(*name)).unwrap_or_default();
        let id = catalogue_id(organ, named, &head);
        for (i, entry) in entries.iter_mut().enumerate() {
            entry.id = EntryId::new(derived(&["dingce catalogue entry", &id.to_string(), &i.to_string()]));
        }
        let mut rules = CatalogueRules::shipped().of_year(head.year);
        // A day that was past when the catalogue came here asks nothing of anybody here.
        rules.report_by = rules.report_by.filter(|by| *by >= self.today());
        Ok((id, ImportCatalogue { head, printed, rules, consents, published_on, entries }))
    }
}

/// Whether a catalogue is the one of an import, as it was taken over.
fn same(there: &Catalogue, given: &ImportCatalogue) -> bool {
    let first = there.versions.first();
    there.head == given.head
        && there.printed.as_ref() == Some(&given.printed)
        && first.is_some_and(|v| v.entries == given.entries)
}

fn at_catalogue(i: usize, mut rejection: Rejection) -> AppError {
    let inner = rejection.path.take().map(|p| format!(".{p}")).unwrap_or_default();
    rejection.at(format!("catalogues.{i}{inner}")).into()
}
