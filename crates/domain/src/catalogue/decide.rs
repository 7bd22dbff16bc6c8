//! Whether an act on a catalogue may happen, and what it does.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::acts::{
    AbandonAdjustment, AddEntry, CallForEntries, CatalogueAct, CatalogueEvent, ChangeEntry, CompileCatalogue,
    DropEntry, FinishEntry, ImportCatalogue, MoveEntry, OpenAdjustment, PublishCatalogue, RecordConsent,
    ReportUnfinished, ScreenEntry, TieEntry,
};
use super::entry::optional;
use super::state::flags;
use super::{Catalogue, CatalogueFlag, Consent, Draft, Entry, ScreeningResult, differences};
use crate::check;
use crate::code::Code;
use crate::id::EntryId;
use crate::occasion::On;
use crate::rejection::Rejection;

type Decided = Result<CatalogueEvent, Rejection>;

impl Catalogue {
    /// What an act does to a catalogue, `None` for one that does not exist yet.
    ///
    /// # Errors
    /// A [`Rejection`] where it may not happen.
    pub fn decide(state: Option<&Self>, act: CatalogueAct, on: On) -> Decided {
        on.acceptable()?;
        let there = || state.ok_or_else(|| Rejection::new(Code::NotFound));
        match act {
            CatalogueAct::Compile(given) => compile(state, given, on),
            CatalogueAct::Import(given) => import(state, given, on),
            CatalogueAct::CallForEntries(given) => there()?.call(given, on),
            CatalogueAct::AddEntry(given) => there()?.add(given, on),
            CatalogueAct::ChangeEntry(given) => there()?.change(given),
            CatalogueAct::MoveEntry(given) => there()?.put_elsewhere(given),
            CatalogueAct::DropEntry(given) => there()?.take_out(given),
            CatalogueAct::ScreenEntry(given) => there()?.screen(given, on),
            CatalogueAct::RecordConsent(given) => there()?.consent(given, on),
            CatalogueAct::Publish(given) => there()?.publish(given, on),
            CatalogueAct::OpenAdjustment(given) => there()?.adjust(given, on),
            CatalogueAct::AbandonAdjustment(given) => there()?.abandon(given),
            CatalogueAct::LinkEntry(given) => there()?.link(given),
            CatalogueAct::UnlinkEntry(given) => there()?.unlink(given),
            CatalogueAct::FinishEntry(given) => there()?.finish(given, on),
            CatalogueAct::ReportUnfinished(given) => there()?.report(given, on),
        }
    }

    /// What the passing of time does: after the day for reports, unfinished entries without one are named.
    pub fn time_passes(&self, today: Date) -> Option<CatalogueEvent> {
        let due = self.rules.report_by.filter(|by| today > *by)?;
        if self.reports_closed || self.versions.is_empty() {
            return None;
        }
        let missing = |e: &&Entry| !self.progress.get(&e.id).is_some_and(|p| reported_for(p, due));
        let entries: BTreeMap<EntryId, String> =
            self.unfinished().filter(missing).map(|e| (e.id, e.title.clone())).collect();
        Some(CatalogueEvent::ReportsMissed { entries })
    }

    /// The draft under way.
    fn drafting(&self) -> Result<&Draft, Rejection> {
        self.draft.as_ref().ok_or_else(|| Rejection::new(Code::CatalogueNotOpen).needed("draft"))
    }

    fn of_draft(&self, id: EntryId) -> Result<&Entry, Rejection> {
        let draft = self.drafting()?;
        draft.entry(id).ok_or_else(|| Rejection::new(Code::EntryUnknown).at("entry").given(id))
    }

    /// An entry of the list in force.
    fn in_force(&self, id: EntryId) -> Result<&Entry, Rejection> {
        match self.listed(id) {
            Some((entry, true)) => Ok(entry),
            Some((entry, false)) => Err(Rejection::new(Code::EntryNotOpen).at("entry").given(&entry.title)),
            None => Err(Rejection::new(Code::EntryUnknown).at("entry").given(id)),
        }
    }

    /// A reason, which only an adjustment must have: the first draft is work in progress.
    fn reason(&self, reason: &str) -> Result<(), Rejection> {
        check::text_or_empty("reason", reason)?;
        if !self.versions.is_empty() && reason.trim().is_empty() {
            return Err(Rejection::new(Code::ReasonMissing).at("reason"));
        }
        Ok(())
    }

    fn call(&self, given: CallForEntries, on: On) -> Decided {
        self.drafting()?;
        check::lines("channels", &given.channels, 1)?;
        check::line("addressees", &given.addressees)?;
        check::text("text", &given.text)?;
        check::not_before("closes_on", given.closes_on, on.day)?;
        Ok(CatalogueEvent::EntriesCalled { given })
    }

    fn add(&self, given: AddEntry, on: On) -> Decided {
        let draft = self.drafting()?;
        given.entry.acceptable("entry")?;
        check::line_or_empty("nominated_by", &given.nominated_by)?;
        self.reason(&given.reason)?;
        check::count("entries", draft.entries.len() + 1, 1)?;
        same_title_twice(draft, &given.entry)?;
        if let Some(from) = given.entry.carried_from
            && from.catalogue == self.id
        {
            return Err(Rejection::new(Code::InputNotAcceptable).at("entry.carried_from").given(from.catalogue));
        }
        let late = draft.call.as_ref().is_some_and(|call| on.day > call.closes_on);
        Ok(CatalogueEvent::EntryAdded { given, late })
    }

    fn change(&self, mut given: ChangeEntry) -> Decided {
        let old = self.of_draft(given.entry.id)?;
        self.reason(&given.reason)?;
        // What a print said in columns of its own, and where an entry comes from, is no matter of wording.
        given.entry.printed = old.printed.clone();
        given.entry.left_out = old.left_out.clone();
        given.entry.carried_from = old.carried_from;
        given.entry.acceptable("entry")?;
        same_title_twice(self.drafting()?, &given.entry)?;
        if *old == given.entry {
            return Err(Rejection::new(Code::AlreadyThere).at("entry").given(old.id));
        }
        Ok(CatalogueEvent::EntryChanged { given })
    }

    fn put_elsewhere(&self, given: MoveEntry) -> Decided {
        let old = self.of_draft(given.entry)?;
        self.reason(&given.reason)?;
        let entries = &self.drafting()?.entries;
        if given.place == 0 || given.place as usize > entries.len() {
            let range = format!("1..{}", entries.len());
            return Err(Rejection::new(Code::InputNotAcceptable).at("place").given(given.place).needed(range));
        }
        if entries.get(given.place as usize - 1).is_some_and(|there| there.id == old.id) {
            return Err(Rejection::new(Code::AlreadyThere).at("place").given(given.place));
        }
        Ok(CatalogueEvent::EntryMoved { given })
    }

    fn take_out(&self, given: DropEntry) -> Decided {
        self.of_draft(given.entry)?;
        check::text("reason", &given.reason)?;
        Ok(CatalogueEvent::EntryDropped { given })
    }

    fn screen(&self, given: ScreenEntry, on: On) -> Decided {
        self.of_draft(given.entry)?;
        match given.result {
            ScreeningResult::Fit => check::text_or_empty("reason", &given.reason)?,
            ScreeningResult::Unfit | ScreeningResult::Returned => check::text("reason", &given.reason)?,
        }
        Ok(CatalogueEvent::EntryScreened { given, on: on.day })
    }

    fn consent(&self, given: RecordConsent, on: On) -> Decided {
        let draft = self.drafting()?;
        check::line("number", &given.number)?;
        check::not_after("decided_on", given.decided_on, on.today)?;
        check::documents(&given.documents, 0)?;
        match given.granted {
            true => check::text_or_empty("remarks", &given.remarks)?,
            false => check::text("remarks", &given.remarks)?,
        }
        check::count("entries", draft.entries.len(), 1)?;
        Ok(CatalogueEvent::ConsentRecorded { given, revision: draft.revision })
    }

    /// Online, a consent that is missing or later than the day of publication refuses (R713 art. 3); what was published
    /// on paper is recorded with its flags.
    fn publish(&self, given: PublishCatalogue, on: On) -> Decided {
        let draft = self.drafting()?;
        check::not_after("published_on", given.published_on, on.today)?;
        optional(&given.doc_no, |t| check::line("doc_no", t))?;
        check::lines("channels", &given.channels, 1)?;
        check::count("entries", draft.entries.len(), 1)?;
        if let Some(before) = self.current() {
            if let Some(earliest) = before.published_on {
                check::not_before("published_on", given.published_on, earliest)?;
            }
            if differences(&before.entries, &draft.entries).is_empty() {
                return Err(Rejection::new(Code::AlreadyThere).at("entries").given(before.number));
            }
        }
        let flags = draft.flags(&self.rules, Some(given.published_on));
        if !on.offline {
            let missing: Vec<_> =
                self.rules.required.iter().filter(|b| draft.consent(**b).is_none()).map(|b| b.as_str()).collect();
            if !missing.is_empty() {
                let given: Vec<_> = draft.consents.keys().map(|b| b.as_str()).collect();
                return Err(Rejection::new(Code::CatalogueConsentMissing)
                    .given(given.join(", "))
                    .needed(missing.join(", ")));
            }
            if flags.contains(&CatalogueFlag::PublishedBeforeConsent) {
                let latest = draft.consents.values().filter_map(|c| c.decided_on).max();
                let latest = latest.map_or_else(String::new, |day| format!("{day}.."));
                return Err(Rejection::new(Code::OutOfOrder)
                    .at("published_on")
                    .given(given.published_on)
                    .needed(latest));
            }
        }
        Ok(CatalogueEvent::Published { number: draft.number, given, flags })
    }

    fn adjust(&self, given: OpenAdjustment, on: On) -> Decided {
        check::text("reason", &given.reason)?;
        check::line("proposed_by", &given.proposed_by)?;
        if self.draft.is_some() {
            return Err(Rejection::new(Code::CatalogueNotOpen).needed("published"));
        }
        Ok(CatalogueEvent::AdjustmentOpened { given, on: on.day })
    }

    fn abandon(&self, given: AbandonAdjustment) -> Decided {
        check::text("reason", &given.reason)?;
        self.drafting()?;
        if self.versions.is_empty() {
            // The first draft is the catalogue itself; what is not wanted is taken out of it.
            return Err(Rejection::new(Code::CatalogueNotOpen).needed("published"));
        }
        Ok(CatalogueEvent::AdjustmentAbandoned { given })
    }

    fn link(&self, given: TieEntry) -> Decided {
        self.in_force(given.entry)?;
        check::text("reason", &given.reason)?;
        if self.progress.get(&given.entry).is_some_and(|p| p.cases.contains_key(&given.case)) {
            return Err(Rejection::new(Code::AlreadyThere).at("case").given(given.case));
        }
        Ok(CatalogueEvent::EntryLinked { given })
    }

    fn unlink(&self, given: TieEntry) -> Decided {
        check::text("reason", &given.reason)?;
        // An entry that was dropped may still be untied.
        if self.listed(given.entry).is_none() {
            return Err(Rejection::new(Code::EntryUnknown).at("entry").given(given.entry));
        }
        if !self.progress.get(&given.entry).is_some_and(|p| p.cases.contains_key(&given.case)) {
            return Err(Rejection::new(Code::NotFound).at("case").given(given.case));
        }
        Ok(CatalogueEvent::EntryUnlinked { given })
    }

    fn finish(&self, given: FinishEntry, on: On) -> Decided {
        let entry = self.in_force(given.entry)?;
        check::text("how", &given.how)?;
        check::not_after("finished_on", given.finished_on, on.today)?;
        self.still_open(entry)?;
        Ok(CatalogueEvent::EntryFinished { given })
    }

    fn report(&self, given: ReportUnfinished, on: On) -> Decided {
        let entry = self.in_force(given.entry)?;
        check::text("reason", &given.reason)?;
        check::text("progress", &given.progress)?;
        self.still_open(entry)?;
        let late = self.rules.report_by.is_some_and(|by| on.day > by);
        Ok(CatalogueEvent::UnfinishedReported { given, on: on.day, late })
    }

    fn still_open(&self, entry: &Entry) -> Result<(), Rejection> {
        if self.progress.get(&entry.id).is_some_and(|p| p.finished.is_some()) {
            return Err(Rejection::new(Code::EntryNotOpen).at("entry").given(&entry.title));
        }
        Ok(())
    }
}

/// Whether a report counts for the day: one of the year that the day closes, not a word of years before.
fn reported_for(progress: &super::Progress, due: Date) -> bool {
    progress.reports.iter().any(|r| r.on <= due)
}

fn same_title_twice(draft: &Draft, entry: &Entry) -> Result<(), Rejection> {
    let same = |e: &&Entry| e.id != entry.id && e.title == entry.title && e.undertaking_unit == entry.undertaking_unit;
    match draft.entries.iter().find(same) {
        Some(there) => Err(Rejection::new(Code::AlreadyThere).at("entry.title").given(&there.title)),
        None => Ok(()),
    }
}

fn compile(state: Option<&Catalogue>, given: CompileCatalogue, on: On) -> Decided {
    already_there(state)?;
    given.head.acceptable()?;
    Ok(CatalogueEvent::Compiled { given, on: on.day })
}

fn import(state: Option<&Catalogue>, given: ImportCatalogue, on: On) -> Decided {
    already_there(state)?;
    given.head.acceptable()?;
    given.printed.acceptable()?;
    check::count("entries", given.entries.len(), 1)?;
    let mut seen = BTreeSet::new();
    for (i, entry) in given.entries.iter().enumerate() {
        entry.acceptable(&format!("entries.{i}"))?;
        if !seen.insert(entry.id) {
            return Err(Rejection::new(Code::ListNotAcceptable).at(format!("entries.{i}.id")).given(entry.id));
        }
    }
    if let Some(day) = given.published_on {
        check::not_after("published", day, on.today)?;
    }
    let stated = Consent { granted: true, number: None, decided_on: None, remarks: String::new(), revision: 0 };
    let consent = |body| given.consents.contains(&body).then_some(&stated);
    let flags = flags(&given.rules, &given.entries, consent, given.published_on);
    Ok(CatalogueEvent::Imported { given, flags })
}

fn already_there(state: Option<&Catalogue>) -> Result<(), Rejection> {
    match state {
        None => Ok(()),
        Some(there) => Err(Rejection::new(Code::AlreadyThere).given(&there.head.title)),
    }
}
