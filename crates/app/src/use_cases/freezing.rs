//! Freezing a trace: the document is made of the record, kept by digest, and read back.

use bytes::Bytes;
use dingce_domain::accountability::{FrozenTrace, Subject};
use dingce_domain::catalogue::Catalogue;
use dingce_domain::definition::Definition;
use dingce_domain::id::{CatalogueId, Digest, StreamId, UnitId};
use dingce_domain::proposal::Proposal;
use dingce_domain::words::Text;
use dingce_ledger as ledger;
use futures_util::{TryStreamExt, stream};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::trace::{CaseTrace, Known, TracedHold, of_clock, text};
use crate::app::App;
use crate::envelope::{self, Recorded};
use crate::error::AppError;
use crate::frozen::{
    FORMAT, FrozenConflict, FrozenEvent, FrozenHold, FrozenMaterials, FrozenPosition, FrozenSource, FrozenUnit,
    TraceDocument,
};
use crate::ports::{Filter, ReadRow, RowQuery, StoredEvent, UploadError};
use crate::read_rows::{CaseRow, EntryRow, OpinionRow};
use crate::stream::Stream;

/// A trace that was made and is not kept yet.
#[derive(Debug, Clone)]
pub struct MadeTrace {
    /// What is in it.
    pub document: TraceDocument,
    /// Its canonical bytes.
    pub bytes: Vec<u8>,
    /// What names it.
    pub frozen: FrozenTrace,
}

fn ours(digest: ledger::Digest) -> Digest {
    Digest::new(*digest.as_bytes())
}

impl App {
    /// Makes the trace of something, as it was known at the end of a day; with `at_most` nothing after that number, which makes
    /// an earlier trace again. None where there is no such thing, or nothing of it was known yet.
    ///
    /// # Errors
    /// Where the store fails, or the record cannot be read.
    pub async fn make_trace(
        &self,
        about: Subject,
        as_known_on: Date,
        at_most: Option<u64>,
    ) -> Result<Option<MadeTrace>, AppError> {
        let Some(stream) = self.stream_of(about).await? else { return Ok(None) };
        let known = self.known(Some(as_known_on));
        let stored = self.stored_until(stream, known, at_most).await?;
        let Some(newest) = stored.last() else { return Ok(None) };
        let (n, leaf_hash) = (newest.n, Digest::new(newest.event.leaf_hash));
        let events = stored.iter().map(frozen_event).collect::<Result<Vec<_>, _>>()?;
        let first: Recorded<Value> = envelope::read(&stored[0])?;
        let organ = first.envelope.organ;
        let unreadable = || AppError::internal("reading a calendar's digest", "it is none");
        let calendar = self.calendar_digest().ok_or_else(unreadable)?;
        let mut document = TraceDocument {
            format: FORMAT.to_owned(),
            about,
            stream,
            organ,
            title: String::new(),
            as_known_on,
            n,
            leaf_hash,
            calendar,
            events,
            holds: Vec::new(),
            units: Vec::new(),
            positions: Vec::new(),
            materials: Vec::new(),
            conflicts: Vec::new(),
            matter: None,
        };
        match about {
            Subject::Case(case) => {
                let Some(trace) = self.trace_case_to(case, Some(as_known_on), Some(n)).await? else { return Ok(None) };
                document.title.clone_from(&trace.row.title);
                self.fill_case(&mut document, &trace).await?;
            }
            Subject::Entry(entry) => {
                let id = CatalogueId::new(stream.value);
                let Some(state) = replayed::<Catalogue>(id, &stored)? else { return Ok(None) };
                let Some((listed, in_force)) = state.listed(entry) else { return Ok(None) };
                document.title.clone_from(&listed.title);
                let progress = state.progress.get(&entry);
                let started = progress.is_some_and(dingce_domain::catalogue::Progress::started);
                document.matter = Some(json!({
                    "entry": listed, "listed": in_force, "started": started, "progress": progress,
                    "report_by": state.rules.report_by, "year": state.head.year,
                }));
            }
            Subject::Proposal(proposal) => {
                let Some(state) = replayed::<Proposal>(proposal, &stored)? else { return Ok(None) };
                document.title.clone_from(&state.given.title);
                document.matter = Some(json!({
                    "stands": state.stands(), "received_on": state.received_on, "handed": state.handed,
                    "study": state.study, "decisions": state.decisions, "answer": state.answer,
                }));
            }
        }
        let bytes = ledger::jcs::to_canonical(&document)
            .map_err(|error| AppError::internal("writing a trace as canonical JSON", error))?;
        let digest = ours(ledger::sha256(&bytes));
        let size_bytes = bytes.len() as u64;
        Ok(Some(MadeTrace { document, bytes, frozen: FrozenTrace { digest, size_bytes, stream, n, leaf_hash } }))
    }

    /// Keeps the bytes of a trace by their digest; harmless twice.
    pub(crate) async fn keep_trace(&self, made: &MadeTrace) -> Result<(), AppError> {
        let bytes = stream::iter([Ok(Bytes::from(made.bytes.clone()))]);
        let (size, digest) = (Some(made.frozen.size_bytes), Some(made.frozen.digest));
        match self.files.put(Box::pin(bytes), size, digest).await {
            Ok(_) => Ok(()),
            Err(UploadError::Store(error)) => Err(AppError::Unavailable(error)),
            Err(other) => Err(AppError::internal("keeping a frozen trace", other)),
        }
    }

    /// The bytes of a frozen trace, held against its digest.
    ///
    /// # Errors
    /// Where they are not there, or are others.
    pub async fn frozen_bytes(&self, frozen: &FrozenTrace) -> Result<Vec<u8>, AppError> {
        let missing = || AppError::internal("reading a frozen trace", format!("{} is missing", frozen.digest));
        let bytes = self.files.get(frozen.digest).await?.ok_or_else(missing)?;
        let pieces: Vec<Bytes> = bytes.try_collect().await?;
        let bytes = pieces.concat();
        if ours(ledger::sha256(&bytes)) != frozen.digest {
            let changed = format!("the bytes of {} are others", frozen.digest);
            return Err(AppError::internal("reading a frozen trace", changed));
        }
        Ok(bytes)
    }

    /// A frozen trace, read.
    ///
    /// # Errors
    /// As [`App::frozen_bytes`].
    pub async fn frozen_document(&self, frozen: &FrozenTrace) -> Result<TraceDocument, AppError> {
        let bytes = self.frozen_bytes(frozen).await?;
        TraceDocument::read(&bytes).map_err(|error| AppError::internal("reading a frozen trace", error))
    }

    /// The stream that is read for something.
    pub(super) async fn stream_of(&self, about: Subject) -> Result<Option<StreamId>, AppError> {
        let entry = match about {
            Subject::Case(case) => return Ok(Some(case.into())),
            Subject::Proposal(proposal) => return Ok(Some(proposal.into())),
            Subject::Entry(entry) => entry,
        };
        let query = RowQuery::all(EntryRow::TABLE).with(Filter::Eq("entry", text(entry)));
        let Some(row) = self.row::<EntryRow>(query).await? else { return Ok(None) };
        let id: CatalogueId =
            row.catalogue.parse().map_err(|error| AppError::internal("reading a catalogue's id", error))?;
        Ok(Some(id.into()))
    }

    /// The events of a stream up to what was known, and to a number.
    pub(super) async fn stored_until(
        &self,
        stream: StreamId,
        known: Known,
        at_most: Option<u64>,
    ) -> Result<Vec<StoredEvent>, AppError> {
        let mut all: Vec<StoredEvent> = Vec::new();
        loop {
            let page = self.store.events(stream, all.last().map_or(0, |e| e.n), 1000).await?;
            let full = page.len() == 1000;
            let within = |e: &StoredEvent| {
                known.until.is_none_or(|until| e.event.recorded_at <= until) && at_most.is_none_or(|n| e.n <= n)
            };
            let before = all.len();
            let read = page.len();
            all.extend(page.into_iter().take_while(within));
            // Times of a stream never go back: what follows one that is too late is too late.
            if !full || all.len() < before + read {
                return Ok(all);
            }
        }
    }

    async fn fill_case(&self, document: &mut TraceDocument, trace: &CaseTrace) -> Result<(), AppError> {
        let directory = self.directory(document.organ).await?;
        let directory = &directory.state;
        let unit_name = |unit: Option<UnitId>| directory.units.get(&unit?).map(|known| known.name.clone());
        let query = RowQuery::all(OpinionRow::TABLE).with(Filter::Eq("case_id", text(&trace.row.case_id)));
        for said in self.all_rows::<OpinionRow>(query).await? {
            let n = u64::try_from(said.n).unwrap_or(0);
            if let Ok(at) = document.events.binary_search_by_key(&n, |event| event.n) {
                document.events[at].text = Some(said.text).filter(|text| !text.is_empty());
            }
        }
        for held in &trace.holds {
            let def = self.definition(read_hash(&held.definition)?).await?;
            document.holds.push(frozen_hold(&def, held, unit_name(held.unit)));
        }
        document.units = trace
            .parties
            .iter()
            .map(|party| FrozenUnit {
                unit: party.unit,
                name: unit_name(party.unit),
                acts: party.acts,
                held_days: party.held_days,
                overrun_days: party.overrun_days,
                overdue: party.overdue,
            })
            .collect();
        for row in &trace.positions {
            let member = row.member.parse().map_err(|error| AppError::internal("reading a position", error))?;
            document.positions.push(FrozenPosition {
                n: u64::try_from(row.n).unwrap_or(0),
                member,
                name: directory.persons.get(&member).cloned(),
                position: row.position.clone(),
                against: row.against,
                statement: row.statement.clone(),
            });
        }
        document.materials = trace
            .materials
            .iter()
            .map(|had| FrozenMaterials {
                meeting: had.meeting,
                n: had.n,
                session: had.session.clone(),
                held_on: had.held_on,
                draft: had.draft,
                documents: had.draft_documents.iter().chain(&had.file).cloned().collect(),
                missing: had.missing.clone(),
                present: had.present.clone(),
                absent: had.absent.clone(),
                recused: had.recused.clone(),
            })
            .collect();
        document.conflicts = trace
            .conflicts
            .iter()
            .map(|fact| FrozenConflict {
                kind: fact.kind,
                person: fact.person,
                name: fact.name.clone().or_else(|| directory.persons.get(&fact.person?).cloned()),
                numbers: fact.numbers.clone(),
                text: fact.text.clone(),
            })
            .collect();
        Ok(())
    }

    /// The organ of something, and its row where it is a case.
    pub(super) async fn organ_of_subject(&self, about: Subject) -> Result<Option<UnitId>, AppError> {
        if let Subject::Case(case) = about {
            let query = RowQuery::all(CaseRow::TABLE).with(Filter::Eq("case_id", text(case)));
            let row = self.row::<CaseRow>(query).await?;
            return row
                .map(|row| row.organ.parse().map_err(|error| AppError::internal("reading an organ's id", error)))
                .transpose();
        }
        let Some(stream) = self.stream_of(about).await? else { return Ok(None) };
        let Some(first) = self.store.events(stream, 0, 1).await?.into_iter().next() else { return Ok(None) };
        Ok(Some(envelope::read::<Value>(&first)?.envelope.organ))
    }
}

fn read_hash(hash: &str) -> Result<Digest, AppError> {
    hash.parse().map_err(|error| AppError::internal("reading a definition's hash", error))
}

fn replayed<S: Stream>(id: S::Id, stored: &[StoredEvent]) -> Result<Option<S>, AppError> {
    let mut state = None;
    for event in stored {
        let recorded: Recorded<S::Event> = envelope::read(event)?;
        let next = S::evolve(state, id, &recorded);
        state = Some(next.map_err(|error| AppError::internal("tracing", error))?);
    }
    Ok(state)
}

fn frozen_event(stored: &StoredEvent) -> Result<FrozenEvent, AppError> {
    let Recorded { envelope, body } = envelope::read::<Value>(stored)?;
    let day = envelope.day();
    let clock = body["clock"].as_str().filter(|_| of_clock(&envelope.kind)).map(str::to_owned);
    Ok(FrozenEvent {
        n: envelope.n,
        event: envelope.event,
        kind: envelope.kind,
        clock,
        day,
        recorded_at: Timestamp::from_millisecond(stored.event.recorded_at).unwrap_or(envelope.recorded_at),
        entered_afterwards: envelope.occurred_on.is_some(),
        by: envelope.by,
        stage: envelope.stage,
        draft: envelope.draft,
        opinion: envelope.opinion,
        law: envelope.law,
        text: None,
        leaf_hash: Digest::new(stored.event.leaf_hash),
    })
}

fn frozen_hold(def: &Definition, held: &TracedHold, unit_name: Option<String>) -> FrozenHold {
    let plain = |word: &str| Text { zh: word.to_owned(), en: word.to_owned() };
    let hold = &held.hold;
    let clock = def.clocks.iter().find(|clock| clock.id == hold.clock);
    let role = def.roles.iter().find(|role| role.id == hold.holder);
    FrozenHold {
        n: hold.n,
        clock: hold.clock.to_string(),
        clock_text: clock.map_or_else(|| plain(hold.clock.as_str()), |clock| clock.text.clone()),
        source: clock.and_then(|clock| {
            let known = def.sources.get(&clock.source.source)?;
            Some(FrozenSource { cite: known.cite.clone(), article: clock.source.article.clone() })
        }),
        holder: hold.holder.to_string(),
        holder_text: role.map_or_else(|| plain(hold.holder.as_str()), |role| role.text.clone()),
        unit: held.unit,
        unit_name,
        from: hold.from,
        to: hold.end.as_ref().map(|end| end.on),
        ended_by: hold.end.as_ref().and_then(|end| end.by),
        ended_by_n: held.act,
        due_on: hold.run().and_then(|run| run.due_on()),
        limit: hold.limit(),
        held_days: held.measure.held_days(),
        paused_days: held.measure.paused_days,
        counted_days: held.measure.counted,
        days_beyond: held.measure.beyond,
        due_soon_n: hold.due_soon_n,
        overdue_n: hold.overdue_n,
    }
}
