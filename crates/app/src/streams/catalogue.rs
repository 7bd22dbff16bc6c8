//! The catalogue stream.

use dingce_domain::case::CorruptHistory;
use dingce_domain::catalogue::{Catalogue, CatalogueEvent, CatalogueFlag, ConsentBody, Entry, Version};
use dingce_domain::id::{CatalogueId, EntryId, StreamId};
use dingce_domain::time::Zone;

use super::json;
use crate::envelope::{Marks, Recorded};
use crate::ports::{Deadline, DeadlineChange, ReadRow, RowChange, Value};
use crate::read_rows::{
    CatalogueLinkRow, CatalogueRow, CatalogueVersionRow, EntryRow, PublicCatalogueRow, PublicCatalogueVersionRow,
};
use crate::stream::{Follows, Loaded, Stream};

/// The one clock of a catalogue: the last day for reports on unfinished entries.
pub(crate) const REPORTS: &str = "reports";

impl Stream for Catalogue {
    type Id = CatalogueId;
    type Event = CatalogueEvent;
    const SHAPE: u32 = 2;

    fn id(stream: StreamId) -> CatalogueId {
        CatalogueId::new(stream.value)
    }

    fn evolve(state: Option<Self>, id: CatalogueId, event: &Recorded<CatalogueEvent>) -> Result<Self, CorruptHistory> {
        Self::evolve(state, id, &event.body)
    }

    fn marks(event: &CatalogueEvent) -> Marks {
        Marks {
            kind: event.kind(),
            documents: event.documents().iter().map(|d| d.digest).collect(),
            ..Marks::default()
        }
    }

    fn follows(id: CatalogueId, after: &Loaded<Self>, events: &[Recorded<CatalogueEvent>]) -> Follows {
        let mut follows = Follows::default();
        let state = &after.state;
        for recorded in events {
            match &recorded.body {
                CatalogueEvent::EntryUnlinked { given } => follows.rows.push(RowChange::Remove {
                    table: CatalogueLinkRow::TABLE,
                    key: vec![Value::Text(given.entry.to_string()), Value::Text(given.case.to_string())],
                }),
                CatalogueEvent::Imported { .. } | CatalogueEvent::Published { .. } => {
                    if let Some(day) = state.rules.report_by.filter(|_| !state.reports_closed) {
                        follows.deadlines.push(DeadlineChange::Set(Deadline {
                            stream: id.into(),
                            clock: REPORTS.to_owned(),
                            due_at: Some(Zone::SHANGHAI.end_of(day).as_millisecond()),
                        }));
                    }
                }
                CatalogueEvent::ReportsMissed { .. } => {
                    follows.deadlines.push(DeadlineChange::Clear { stream: id.into(), clock: REPORTS.to_owned() });
                }
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
                | CatalogueEvent::EntryLinked { .. }
                | CatalogueEvent::EntryFinished { .. }
                | CatalogueEvent::UnfinishedReported { .. } => {}
            }
        }
        let organ = after.tip.organ.to_string();
        follows.rows.push(catalogue_row(id, after, &organ).put());
        follows.rows.extend(public_row(id, state, &organ).map(ReadRow::put));
        for version in &state.versions {
            follows.rows.push(
                CatalogueVersionRow {
                    catalogue: id.to_string(),
                    number: version.number.into(),
                    organ: organ.clone(),
                    version_json: json(version),
                }
                .put(),
            );
            follows.rows.push(public_version(id, version).put());
        }
        for entry in state.progress.keys() {
            follows.rows.extend(entry_row(id, state, *entry, &organ).map(ReadRow::put));
            for (case, reason) in state.progress.get(entry).into_iter().flat_map(|p| &p.cases) {
                follows.rows.push(
                    CatalogueLinkRow {
                        entry: entry.to_string(),
                        case_id: case.to_string(),
                        catalogue: id.to_string(),
                        reason: reason.clone(),
                    }
                    .put(),
                );
            }
        }
        follows
    }
}

fn catalogue_row(id: CatalogueId, after: &Loaded<Catalogue>, organ: &str) -> CatalogueRow {
    let state = &after.state;
    let current = state.current();
    let consented = |body| current.is_some_and(|v| v.consents.get(&body).is_some_and(|c| c.granted));
    let missing = |v: &Version| {
        v.flags.contains(&CatalogueFlag::GovernmentConsentMissing)
            || v.flags.contains(&CatalogueFlag::PartyConsentMissing)
    };
    let stands = match (current, &state.draft) {
        (None, _) => "draft",
        (Some(_), None) => "published",
        (Some(_), Some(_)) => "adjusting",
    };
    CatalogueRow {
        catalogue: id.to_string(),
        organ: organ.to_owned(),
        kind: state.head.kind.to_string(),
        year: state.head.year.into(),
        batch: state.head.batch.into(),
        title: state.head.title.clone(),
        doc_no: current.map_or_else(|| state.head.doc_no.clone(), |v| v.doc_no.clone()),
        state: stands.to_owned(),
        version: current.map_or(0, |v| v.number.into()),
        published_on: current.and_then(|v| v.published_on).map(|d| d.to_string()),
        government_consent: consented(ConsentBody::Government),
        party_consent: consented(ConsentBody::Party),
        consent_missing: current.is_some_and(missing),
        flags_json: json(&current.map(|v| v.flags.clone()).unwrap_or_default()),
        entries: current.map_or(0, |v| i64::try_from(v.entries.len()).unwrap_or(i64::MAX)),
        report_by: state.rules.report_by.map(|d| d.to_string()),
        draft_json: state.draft.as_ref().map(json),
        rules_json: json(&state.rules),
        printed_json: state.printed.as_ref().map(json),
        n: i64::try_from(after.tip.n).unwrap_or(i64::MAX),
    }
}

fn entry_row(id: CatalogueId, state: &Catalogue, entry: EntryId, organ: &str) -> Option<EntryRow> {
    let (listed, in_force) = state.listed(entry)?;
    let progress = state.progress.get(&entry)?;
    let last = state.versions.iter().rev().find_map(|v| v.entries.iter().position(|e| e.id == entry));
    let report_by = state.rules.report_by;
    Some(EntryRow {
        entry: entry.to_string(),
        catalogue: id.to_string(),
        organ: organ.to_owned(),
        year: state.head.year.into(),
        position: last.and_then(|i| i64::try_from(i).ok()).unwrap_or(i64::MAX),
        no: listed.no.clone(),
        title: listed.title.clone(),
        hearing: listed.hearing,
        state: if in_force { "listed" } else { "dropped" }.to_owned(),
        started: progress.started(),
        finished: progress.finished.is_some(),
        reported: progress.reports.iter().any(|r| report_by.is_none_or(|by| r.on <= by)),
        report_by: report_by.map(|d| d.to_string()),
        carried_from: listed.carried_from.map(|c| c.entry.to_string()),
        entry_json: json(listed),
        progress_json: json(progress),
    })
}

fn public_row(id: CatalogueId, state: &Catalogue, organ: &str) -> Option<PublicCatalogueRow> {
    let version = state.current()?;
    let printed = state.printed.as_ref();
    Some(PublicCatalogueRow {
        catalogue: id.to_string(),
        organ: organ.to_owned(),
        kind: state.head.kind.to_string(),
        year: state.head.year.into(),
        batch: state.head.batch.into(),
        title: state.head.title.clone(),
        version: version.number.into(),
        printed_organ: printed.and_then(|p| p.organ.clone()),
        printed_published: printed.filter(|_| version.number == 1).and_then(|p| p.published.clone()),
    })
}

/// Odd columns of a print may hold a transcriber's remarks: they are not for the public.
fn public_version(id: CatalogueId, version: &Version) -> PublicCatalogueVersionRow {
    let entries: Vec<Entry> = version
        .entries
        .iter()
        .map(|e| Entry { printed: Default::default(), left_out: Vec::new(), ..e.clone() })
        .collect();
    let told = [
        CatalogueFlag::GovernmentConsentMissing,
        CatalogueFlag::PartyConsentMissing,
        CatalogueFlag::PublishedBeforeConsent,
    ];
    let flags: Vec<_> = version.flags.iter().filter(|f| told.contains(f)).collect();
    PublicCatalogueVersionRow {
        catalogue: id.to_string(),
        number: version.number.into(),
        doc_no: version.doc_no.clone(),
        published_on: version.published_on.map(|d| d.to_string()),
        reason: version.reason.clone(),
        flags_json: json(&flags),
        entries_json: json(&entries),
    }
}
