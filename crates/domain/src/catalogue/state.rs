//! A catalogue as its events leave it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    CallForEntries, CatalogueEvent, CatalogueFlag, ConsentBody, Entry, Head, PrintedHead, RecordConsent, Rules,
    ScreeningResult,
};
use crate::case::CorruptHistory;
use crate::id::{CaseId, CatalogueId, EntryId};

/// A consent on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Whether it consented.
    pub granted: bool,
    /// Number of the meeting or reply; absent where a print states the consent and no number.
    pub number: Option<String>,
    /// Day; absent where a print states none.
    pub decided_on: Option<Date>,
    /// Remarks.
    pub remarks: String,
    /// The revision of the draft that it was given to.
    pub revision: u32,
}

/// A screening on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screening {
    /// What was found.
    pub result: ScreeningResult,
    /// Why.
    pub reason: String,
    /// When.
    pub on: Date,
}

/// The draft of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Number of the version that it will be.
    pub number: u32,
    /// When it was begun.
    pub opened_on: Date,
    /// Why; empty for the first.
    pub reason: String,
    /// Who proposed it; empty for the first.
    pub proposed_by: String,
    /// Raised with every change of the list: a consent is to a list as it stands (trap 8).
    pub revision: u32,
    /// The call for entries.
    pub call: Option<CallForEntries>,
    /// The list.
    pub entries: Vec<Entry>,
    /// Who named which entry.
    pub nominated_by: BTreeMap<EntryId, String>,
    /// Entries named after the call's last day.
    pub late: BTreeSet<EntryId>,
    /// Screenings; an entry that changes is screened anew.
    pub screenings: BTreeMap<EntryId, Screening>,
    /// Consents, the last of each body, also stale ones.
    pub consents: BTreeMap<ConsentBody, Consent>,
    /// Why entries were added, changed, moved or dropped, in order.
    pub reasons: Vec<(EntryId, String)>,
}

impl Draft {
    fn new(number: u32, opened_on: Date) -> Self {
        Self {
            number,
            opened_on,
            reason: String::new(),
            proposed_by: String::new(),
            revision: 0,
            call: None,
            entries: Vec::new(),
            nominated_by: BTreeMap::new(),
            late: BTreeSet::new(),
            screenings: BTreeMap::new(),
            consents: BTreeMap::new(),
            reasons: Vec::new(),
        }
    }

    /// The consent of a body to the list as it stands.
    pub fn consent(&self, body: ConsentBody) -> Option<&Consent> {
        self.consents.get(&body).filter(|c| c.granted && c.revision == self.revision)
    }

    /// The entry of this id.
    pub fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.entries.iter().find(|e| e.id == id)
    }

    /// What would have to be known of it if it were published on this day.
    pub fn flags(&self, rules: &Rules, on: Option<Date>) -> BTreeSet<CatalogueFlag> {
        let mut flags = flags(rules, &self.entries, |body| self.consent(body), on);
        for entry in &self.entries {
            match self.screenings.get(&entry.id).map(|s| s.result) {
                None => _ = flags.insert(CatalogueFlag::EntryNotScreened),
                Some(ScreeningResult::Fit) => {}
                Some(ScreeningResult::Unfit | ScreeningResult::Returned) => {
                    flags.insert(CatalogueFlag::EntryFoundUnfit);
                }
            }
        }
        flags
    }
}

/// What a list of entries and its consents show, however it came.
pub(super) fn flags<'a>(
    rules: &Rules,
    entries: &[Entry],
    consent: impl Fn(ConsentBody) -> Option<&'a Consent>,
    on: Option<Date>,
) -> BTreeSet<CatalogueFlag> {
    let mut flags = BTreeSet::new();
    for body in &rules.required {
        match consent(*body) {
            None => flags.insert(match body {
                ConsentBody::Government => CatalogueFlag::GovernmentConsentMissing,
                ConsentBody::Party => CatalogueFlag::PartyConsentMissing,
            }),
            Some(given) => {
                let later = matches!((given.decided_on, on), (Some(decided), Some(on)) if decided > on);
                later && flags.insert(CatalogueFlag::PublishedBeforeConsent)
            }
        };
    }
    if entries.iter().any(Entry::unit_not_named) {
        flags.insert(CatalogueFlag::UnitNotNamed);
    }
    flags
}

/// A published version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Its number, from 1.
    pub number: u32,
    /// Day of publication, where known to the day.
    pub published_on: Option<Date>,
    /// Document number.
    pub doc_no: Option<String>,
    /// Where it was published.
    pub channels: Vec<String>,
    /// Why it replaces the one before; empty for the first.
    pub reason: String,
    /// The list.
    pub entries: Vec<Entry>,
    /// Consents that it was published with.
    pub consents: BTreeMap<ConsentBody, Consent>,
    /// What a reader must know.
    pub flags: BTreeSet<CatalogueFlag>,
    /// Why entries differ from the version before, in order.
    pub reasons: Vec<(EntryId, String)>,
}

/// A report on an unfinished entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// When.
    pub on: Date,
    /// Why it is not finished.
    pub reason: String,
    /// How far it is.
    pub progress: String,
    /// Whether it came after the day for it.
    pub late: bool,
}

/// What became of a published entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Cases that it is tied to, and why.
    pub cases: BTreeMap<CaseId, String>,
    /// When and how it was finished.
    pub finished: Option<(Date, String)>,
    /// Reports.
    pub reports: Vec<Report>,
    /// Whether the day for reports passed without one.
    pub missed: bool,
}

impl Progress {
    /// Whether anything came of it.
    pub fn started(&self) -> bool {
        !self.cases.is_empty() || self.finished.is_some()
    }
}

/// A catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    /// Its id.
    pub id: CatalogueId,
    /// What stands above the list.
    pub head: Head,
    /// What the print says besides; absent for catalogues made here.
    pub printed: Option<PrintedHead>,
    /// What holds for it.
    pub rules: Rules,
    /// The draft under way.
    pub draft: Option<Draft>,
    /// Versions, the oldest first.
    pub versions: Vec<Version>,
    /// What became of entries that a version has or had.
    pub progress: BTreeMap<EntryId, Progress>,
    /// Whether the day for reports is over.
    pub reports_closed: bool,
    /// How many events made it.
    pub n: u64,
}

impl Catalogue {
    /// The list in force.
    pub fn current(&self) -> Option<&Version> {
        self.versions.last()
    }

    /// An entry that a version has or had, as it was last listed, and whether it still is.
    pub fn listed(&self, id: EntryId) -> Option<(&Entry, bool)> {
        let last = self.versions.len();
        self.versions
            .iter()
            .enumerate()
            .rev()
            .find_map(|(i, v)| v.entries.iter().find(|e| e.id == id).map(|e| (e, i + 1 == last)))
    }

    /// Entries of the list in force that are not finished.
    pub fn unfinished(&self) -> impl Iterator<Item = &Entry> {
        let entries = self.current().map(|v| v.entries.as_slice()).unwrap_or_default();
        entries.iter().filter(|e| self.progress.get(&e.id).is_none_or(|p| p.finished.is_none()))
    }

    /// The catalogue after one event.
    ///
    /// # Errors
    /// [`CorruptHistory`] where the event cannot follow.
    pub fn evolve(state: Option<Self>, id: CatalogueId, event: &CatalogueEvent) -> Result<Self, CorruptHistory> {
        let corrupt = |n: u64, why: &str| CorruptHistory { n, kind: event.kind().to_owned(), why: why.to_owned() };
        let Some(mut state) = state else {
            return Self::begun(id, event).ok_or_else(|| corrupt(1, "the first event must begin the catalogue"));
        };
        let n = state.n + 1;
        if !state.take(event) {
            return Err(corrupt(n, "the catalogue is not at this point, or has no such entry"));
        }
        state.n = n;
        Ok(state)
    }

    fn begun(id: CatalogueId, event: &CatalogueEvent) -> Option<Self> {
        let empty = |head: &Head, rules: &Rules| Self {
            id,
            head: head.clone(),
            printed: None,
            rules: rules.clone(),
            draft: None,
            versions: Vec::new(),
            progress: BTreeMap::new(),
            reports_closed: false,
            n: 1,
        };
        match event {
            CatalogueEvent::Compiled { given, on } => {
                let draft = Some(Draft::new(1, *on));
                Some(Self { draft, ..empty(&given.head, &given.rules) })
            }
            CatalogueEvent::Imported { given, flags } => {
                let stated = |_: &ConsentBody| Consent {
                    granted: true,
                    number: None,
                    decided_on: None,
                    remarks: String::new(),
                    revision: 0,
                };
                let version = Version {
                    number: 1,
                    published_on: given.published_on,
                    doc_no: given.head.doc_no.clone(),
                    channels: Vec::new(),
                    reason: String::new(),
                    entries: given.entries.clone(),
                    consents: given.consents.iter().map(|body| (*body, stated(body))).collect(),
                    flags: flags.clone(),
                    reasons: Vec::new(),
                };
                let progress = given.entries.iter().map(|e| (e.id, Progress::default())).collect();
                let printed = Some(given.printed.clone());
                Some(Self { printed, versions: vec![version], progress, ..empty(&given.head, &given.rules) })
            }
            _ => None,
        }
    }

    /// Takes one more event; `false` where it cannot follow.
    fn take(&mut self, event: &CatalogueEvent) -> bool {
        match event {
            CatalogueEvent::Compiled { .. } | CatalogueEvent::Imported { .. } => false,
            CatalogueEvent::AdjustmentOpened { given, on } => {
                let Some(current) = self.current().filter(|_| self.draft.is_none()) else { return false };
                let mut draft = Draft::new(current.number + 1, *on);
                draft.reason = given.reason.clone();
                draft.proposed_by = given.proposed_by.clone();
                draft.entries = current.entries.clone();
                self.draft = Some(draft);
                true
            }
            CatalogueEvent::AdjustmentAbandoned { .. } => !self.versions.is_empty() && self.draft.take().is_some(),
            CatalogueEvent::Published { given, number, flags } => {
                let Some(draft) = self.draft.take() else { return false };
                for entry in &draft.entries {
                    self.progress.entry(entry.id).or_default();
                }
                self.versions.push(Version {
                    number: *number,
                    published_on: Some(given.published_on),
                    doc_no: given.doc_no.clone(),
                    channels: given.channels.clone(),
                    reason: draft.reason,
                    entries: draft.entries,
                    consents: draft.consents.into_iter().filter(|(_, c)| c.revision == draft.revision).collect(),
                    flags: flags.clone(),
                    reasons: draft.reasons,
                });
                true
            }
            CatalogueEvent::EntriesCalled { .. }
            | CatalogueEvent::EntryAdded { .. }
            | CatalogueEvent::EntryChanged { .. }
            | CatalogueEvent::EntryMoved { .. }
            | CatalogueEvent::EntryDropped { .. }
            | CatalogueEvent::EntryScreened { .. }
            | CatalogueEvent::ConsentRecorded { .. } => self.draft.as_mut().is_some_and(|draft| draft.take(event)),
            CatalogueEvent::EntryLinked { given } => self.with(given.entry, |p| {
                p.cases.insert(given.case, given.reason.clone());
            }),
            CatalogueEvent::EntryUnlinked { given } => self.with(given.entry, |p| {
                p.cases.remove(&given.case);
            }),
            CatalogueEvent::EntryFinished { given } => {
                self.with(given.entry, |p| p.finished = Some((given.finished_on, given.how.clone())))
            }
            CatalogueEvent::UnfinishedReported { given, on, late } => self.with(given.entry, |p| {
                let (reason, progress) = (given.reason.clone(), given.progress.clone());
                p.reports.push(Report { on: *on, reason, progress, late: *late });
            }),
            CatalogueEvent::ReportsMissed { entries } => {
                self.reports_closed = true;
                entries.keys().all(|entry| self.with(*entry, |p| p.missed = true))
            }
        }
    }

    fn with(&mut self, entry: EntryId, change: impl FnOnce(&mut Progress)) -> bool {
        self.progress.get_mut(&entry).map(change).is_some()
    }
}

impl Draft {
    fn take(&mut self, event: &CatalogueEvent) -> bool {
        let place = |list: &[Entry], id: EntryId| list.iter().position(|e| e.id == id);
        let changed = match event {
            CatalogueEvent::EntriesCalled { given } => {
                self.call = Some(given.clone());
                return true;
            }
            CatalogueEvent::EntryScreened { given, on } => {
                let screening = Screening { result: given.result, reason: given.reason.clone(), on: *on };
                self.screenings.insert(given.entry, screening);
                return place(&self.entries, given.entry).is_some();
            }
            CatalogueEvent::ConsentRecorded { given, revision } => {
                let RecordConsent { body, granted, number, decided_on, remarks, documents: _ } = given.clone();
                let (number, decided_on) = (Some(number), Some(decided_on));
                self.consents.insert(body, Consent { granted, number, decided_on, remarks, revision: *revision });
                return true;
            }
            CatalogueEvent::EntryAdded { given, late } => {
                let id = given.entry.id;
                self.entries.push(given.entry.clone());
                if *late {
                    self.late.insert(id);
                }
                if !given.nominated_by.is_empty() {
                    self.nominated_by.insert(id, given.nominated_by.clone());
                }
                Some((id, &given.reason))
            }
            CatalogueEvent::EntryChanged { given } => place(&self.entries, given.entry.id).map(|at| {
                self.entries[at] = given.entry.clone();
                self.screenings.remove(&given.entry.id);
                (given.entry.id, &given.reason)
            }),
            CatalogueEvent::EntryMoved { given } => place(&self.entries, given.entry).map(|at| {
                let entry = self.entries.remove(at);
                let to = (given.place as usize).saturating_sub(1).min(self.entries.len());
                self.entries.insert(to, entry);
                (given.entry, &given.reason)
            }),
            CatalogueEvent::EntryDropped { given } => place(&self.entries, given.entry).map(|at| {
                self.entries.remove(at);
                self.screenings.remove(&given.entry);
                (given.entry, &given.reason)
            }),
            CatalogueEvent::Compiled { .. }
            | CatalogueEvent::Imported { .. }
            | CatalogueEvent::Published { .. }
            | CatalogueEvent::AdjustmentOpened { .. }
            | CatalogueEvent::AdjustmentAbandoned { .. }
            | CatalogueEvent::EntryLinked { .. }
            | CatalogueEvent::EntryUnlinked { .. }
            | CatalogueEvent::EntryFinished { .. }
            | CatalogueEvent::UnfinishedReported { .. }
            | CatalogueEvent::ReportsMissed { .. } => None,
        };
        let Some((entry, reason)) = changed else { return false };
        if !reason.is_empty() {
            self.reasons.push((entry, reason.clone()));
        }
        self.revision += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::catalogue::{
        AddEntry, CatalogueAct, CatalogueKind, ChangeEntry, CompileCatalogue, DropEntry, MoveEntry, On, OpenAdjustment,
        PublishCatalogue,
    };
    use crate::code::Code;

    const ID: CatalogueId = CatalogueId::new(Uuid::from_u128(1));

    fn on(day: Date) -> On {
        On { today: day, day, offline: false }
    }

    /// The next number of a sequence that looks random and is always the same.
    fn next(seed: &mut u64) -> usize {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(*seed >> 33).expect("31 bits")
    }

    fn begun() -> (Catalogue, Vec<CatalogueEvent>) {
        let head =
            Head { kind: CatalogueKind::Decision, year: 2024, batch: 1, title: "目录".to_owned(), doc_no: None };
        let required = [ConsentBody::Government, ConsentBody::Party].into();
        let rules = Rules { required, report_by: Some(date(2025, 1, 31)) };
        let act = CatalogueAct::Compile(CompileCatalogue { head, rules });
        let event = Catalogue::decide(None, act, on(date(2024, 1, 2))).expect("it is begun");
        (Catalogue::evolve(None, ID, &event).expect("it begins"), vec![event])
    }

    fn any_act(state: &Catalogue, seed: &mut u64) -> CatalogueAct {
        let entries = state.draft.as_ref().map(|d| d.entries.clone()).unwrap_or_default();
        let entry = entries.get(next(seed) % entries.len().max(1)).map_or(EntryId::new(Uuid::nil()), |e| e.id);
        let reason = if next(seed).is_multiple_of(4) { String::new() } else { "理由".to_owned() };
        match next(seed) % 9 {
            0 | 1 => {
                let id = EntryId::new(Uuid::from_u128(next(seed) as u128 + 10));
                let entry = Entry::named(id, &format!("事项{}", next(seed) % 20));
                CatalogueAct::AddEntry(AddEntry { entry, nominated_by: String::new(), reason })
            }
            2 => {
                let entry = Entry::named(entry, &format!("改名{}", next(seed) % 20));
                CatalogueAct::ChangeEntry(ChangeEntry { entry, reason })
            }
            3 => CatalogueAct::MoveEntry(MoveEntry { entry, place: next(seed) as u32 % 4, reason }),
            4 => CatalogueAct::DropEntry(DropEntry { entry, reason }),
            5 | 6 => CatalogueAct::RecordConsent(RecordConsent {
                body: [ConsentBody::Government, ConsentBody::Party][next(seed) % 2],
                granted: !next(seed).is_multiple_of(5),
                number: "第1次会议".to_owned(),
                decided_on: date(2024, 1, 2),
                remarks: "无".to_owned(),
                documents: Vec::new(),
            }),
            7 => CatalogueAct::Publish(PublishCatalogue {
                published_on: date(2024, 1, 2),
                doc_no: None,
                channels: vec!["网站".to_owned()],
            }),
            _ => CatalogueAct::OpenAdjustment(OpenAdjustment { reason, proposed_by: "区水务局".to_owned() }),
        }
    }

    /// Whatever is tried in whatever order: what is accepted can follow, its replay is the same, and no list is in force
    /// online without both consents to that very list (R713 art. 3).
    #[test]
    fn no_order_of_acts_leads_to_a_list_without_both_consents() {
        let (mut published, mut refused) = (0, 0);
        for start in 0..60_u64 {
            let mut seed = start;
            let (mut state, mut events) = begun();
            for _ in 0..120 {
                match Catalogue::decide(Some(&state), any_act(&state, &mut seed), on(date(2024, 1, 2))) {
                    Ok(event) => {
                        state = Catalogue::evolve(Some(state), ID, &event).expect("what is accepted can follow");
                        events.push(event);
                    }
                    Err(rejection) => {
                        refused += 1;
                        assert_ne!(rejection.code, Code::NotFound, "seed {start}");
                    }
                }
            }
            for version in &state.versions {
                published += 1;
                assert_eq!(version.consents.values().filter(|c| c.granted).count(), 2, "seed {start}");
                assert!(!version.entries.is_empty());
                assert!(!version.flags.contains(&CatalogueFlag::GovernmentConsentMissing));
                assert!(!version.flags.contains(&CatalogueFlag::PartyConsentMissing));
            }
            let mut again = None;
            for event in &events {
                again = Some(Catalogue::evolve(again, ID, event).expect("the history is whole"));
            }
            assert_eq!(again.as_ref(), Some(&state), "seed {start}");
        }
        assert!(published > 20 && refused > 500, "the walks went nowhere: {published}, {refused}");
    }

    #[test]
    fn an_event_that_cannot_follow_is_corrupt_history() {
        let (state, events) = begun();
        assert!(Catalogue::evolve(Some(state.clone()), ID, &events[0]).is_err(), "begun twice");
        let dropped = DropEntry { entry: EntryId::new(Uuid::from_u128(3)), reason: "理由".to_owned() };
        let event = CatalogueEvent::EntryDropped { given: dropped };
        assert_eq!(Catalogue::evolve(Some(state), ID, &event).unwrap_err().n, 2, "no such entry");
        assert!(Catalogue::evolve(None, ID, &event).is_err(), "not begun");
    }

    /// The last day for reports belongs to those who report: the day after says what is missing.
    #[test]
    fn the_day_for_reports_ends_with_its_day() {
        let (mut state, _) = begun();
        assert_eq!(state.time_passes(date(2025, 2, 1)), None, "nothing was published");
        let entry = Entry::named(EntryId::new(Uuid::from_u128(3)), "事项");
        state.versions.push(Version {
            number: 1,
            published_on: None,
            doc_no: None,
            channels: Vec::new(),
            reason: String::new(),
            entries: vec![entry.clone()],
            consents: BTreeMap::new(),
            flags: BTreeSet::new(),
            reasons: Vec::new(),
        });
        state.progress.insert(entry.id, Progress::default());
        assert_eq!(state.time_passes(date(2025, 1, 31)), None);
        let missed = CatalogueEvent::ReportsMissed { entries: [(entry.id, entry.title.clone())].into() };
        assert_eq!(state.time_passes(date(2025, 2, 1)), Some(missed.clone()));
        let state = Catalogue::evolve(Some(state), ID, &missed).expect("it can follow");
        assert_eq!(state.time_passes(date(2025, 2, 2)), None, "said once");
    }
}
