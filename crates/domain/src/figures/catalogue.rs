//! What catalogues add to the figures: what became of their entries by the end of the period.
//!
//! An entry is looked at in the year of its catalogue. It is started where a case was tied to it or opened from it, or it is
//! finished; carried over where an entry of a later catalogue goes on from it; dropped where an adjustment took it out of the
//! list. It is never started where none of these is so.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::item::{Act, Item, Leave, Standing};
use super::{FigureCode, Tally};
use crate::case::CorruptHistory;
use crate::catalogue::{Catalogue, CatalogueEvent, CatalogueKind, Version};
use crate::compliance::Who;
use crate::id::{CaseId, CatalogueId, EntryId, EventId};
use crate::occasion::Actor;

/// A catalogue as it stood on the last day of the period, with the acts that show it.
#[derive(Debug, Clone)]
pub struct CatalogueFold {
    id: CatalogueId,
    until: Date,
    state: Option<Catalogue>,
    listed: BTreeMap<EntryId, Act>,
    dropped: BTreeMap<EntryId, (Act, Option<Who>)>,
    tied: BTreeMap<EntryId, BTreeMap<CaseId, Act>>,
    finished: BTreeMap<EntryId, Act>,
}

impl CatalogueFold {
    /// Nothing is known of it yet; nothing that happened after `until` will be.
    pub const fn new(id: CatalogueId, until: Date) -> Self {
        Self {
            id,
            until,
            state: None,
            listed: BTreeMap::new(),
            dropped: BTreeMap::new(),
            tied: BTreeMap::new(),
            finished: BTreeMap::new(),
        }
    }

    /// Takes in one event, in the order of their numbers; `day` is that on which it happened.
    ///
    /// # Errors
    /// [`CorruptHistory`] where the event cannot follow.
    pub fn take(
        &mut self,
        id: EventId,
        n: u64,
        day: Date,
        by: &Actor,
        event: &CatalogueEvent,
    ) -> Result<(), CorruptHistory> {
        if day > self.until {
            return Ok(());
        }
        let act = Act { stream: self.id.into(), n, event: id, kind: event.kind().to_owned(), day };
        self.state = Some(Catalogue::evolve(self.state.take(), self.id, event)?);
        match event {
            CatalogueEvent::Imported { .. } | CatalogueEvent::Published { .. } => {
                let current = self.state.as_ref().and_then(Catalogue::current);
                let ids: BTreeSet<EntryId> =
                    current.map(|version| version.entries.iter().map(|e| e.id).collect()).unwrap_or_default();
                for entry in self.listed.keys().filter(|entry| !ids.contains(entry)) {
                    self.dropped.entry(*entry).or_insert_with(|| (act.clone(), Who::of(by)));
                }
                self.dropped.retain(|entry, _| !ids.contains(entry));
                for entry in ids {
                    self.listed.entry(entry).or_insert_with(|| act.clone());
                }
            }
            CatalogueEvent::EntryLinked { given } => {
                self.tied.entry(given.entry).or_default().entry(given.case).or_insert(act);
            }
            CatalogueEvent::EntryUnlinked { given } => {
                if let Some(cases) = self.tied.get_mut(&given.entry) {
                    cases.remove(&given.case);
                }
            }
            CatalogueEvent::EntryFinished { given } => _ = self.finished.insert(given.entry, act),
            CatalogueEvent::Compiled { .. }
            | CatalogueEvent::EntriesCalled { .. }
            | CatalogueEvent::EntryAdded { .. }
            | CatalogueEvent::EntryChanged { .. }
            | CatalogueEvent::EntryMoved { .. }
            | CatalogueEvent::EntryDropped { .. }
            | CatalogueEvent::EntryScreened { .. }
            | CatalogueEvent::ConsentRecorded { .. }
            | CatalogueEvent::AdjustmentOpened { .. }
            | CatalogueEvent::AdjustmentAbandoned { .. }
            | CatalogueEvent::UnfinishedReported { .. }
            | CatalogueEvent::ReportsMissed { .. } => {}
        }
        Ok(())
    }
}

fn why(versions: &[Version], entry: EntryId) -> String {
    let said = versions.iter().rev().flat_map(|version| version.reasons.iter().rev());
    let mut of_entry = said.filter(|(id, _)| *id == entry).map(|(_, reason)| reason.clone());
    of_entry.next().unwrap_or_default()
}

impl Tally {
    /// Keeps a catalogue until all are known: one may go on from another. One that lists no decisions is not counted.
    pub fn take_catalogue(&mut self, fold: CatalogueFold) {
        if fold.state.as_ref().is_some_and(|state| state.head.kind == CatalogueKind::Decision) {
            self.catalogues.push(fold);
        }
    }

    pub(super) fn count_catalogues(&mut self) {
        let catalogues = std::mem::take(&mut self.catalogues);
        let opened_from = std::mem::take(&mut self.opened_from);
        let mut carried: BTreeMap<EntryId, Act> = BTreeMap::new();
        for fold in &catalogues {
            for (entry, act) in &fold.listed {
                let listed = fold.state.as_ref().and_then(|state| state.listed(*entry));
                if let Some(from) = listed.and_then(|(entry, _)| entry.carried_from) {
                    carried.entry(from.entry).or_insert_with(|| act.clone());
                }
            }
        }
        for fold in &catalogues {
            let Some(state) = fold.state.as_ref().filter(|state| self.period.meets_year(state.head.year)) else {
                continue;
            };
            for (id, listing) in &fold.listed {
                let Some((entry, _)) = state.listed(*id) else { continue };
                let own = self.own.as_ref().is_none_or(|own| entry.units.iter().any(|unit| own.contains(unit)));
                if !own {
                    continue;
                }
                let started: Vec<&Act> = fold
                    .tied
                    .get(id)
                    .into_iter()
                    .flat_map(BTreeMap::values)
                    .chain(opened_from.get(id).into_iter().flatten())
                    .chain(fold.finished.get(id))
                    .collect();
                let started = started.into_iter().min_by_key(|act| (act.day, act.stream, act.n));
                let (goes_on, dropped) = (carried.get(id), fold.dropped.get(id));
                let item = |holds: bool, act: Option<&Act>| Item {
                    thing: id.to_string(),
                    standing: Standing::of(holds),
                    day: listing.day,
                    act: act.unwrap_or(listing).clone(),
                    shown_by: match act {
                        Some(act) if act.stream == listing.stream && act.n != listing.n => vec![listing.n],
                        _ => Vec::new(),
                    },
                    case: None,
                    title: entry.title.as_str().into(),
                    unit: entry.units.first().copied(),
                    days: None,
                    leave: Vec::new(),
                };
                self.put(FigureCode::EntriesStarted, item(started.is_some(), started));
                self.put(FigureCode::EntriesCarriedOver, item(goes_on.is_some(), goes_on));
                let mut of_drop = item(dropped.is_some(), dropped.map(|(act, _)| act));
                if let Some((_, by)) = dropped {
                    let (by, reason) = (by.clone(), why(&state.versions, *id));
                    of_drop.leave.push(Leave { by, reason, basis: String::new() });
                }
                self.put(FigureCode::EntriesDropped, of_drop);
                let never = started.is_none() && goes_on.is_none() && dropped.is_none();
                self.put(FigureCode::EntriesNeverStarted, item(never, None));
            }
        }
    }
}
