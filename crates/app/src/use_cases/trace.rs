//! Reverse trace 倒查 (R713 art. 38): who, in which post, on which draft, with which advice, holding the matter how long; by case,
//! person and unit, also as it was known on an earlier day. The answers are what the record says. Who is to blame is for those
//! to find who may (arts. 38-41); nothing here ranks or judges.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use dingce_domain::act::RecordAttendance;
use dingce_domain::definition::{Definition, UnitBinding};
use dingce_domain::event::CaseEvent;
use dingce_domain::file::CaseUnits;
use dingce_domain::holding::{ConflictKind, Hold, Measure, kind_of};
use dingce_domain::id::{CaseId, DraftId, MeetingId, PersonId, PostId, StreamId, UnitId};
use dingce_domain::organisation::{Organisation, UnitKind, UnitRelation, within};
use dingce_domain::time::Zone;
use dingce_domain::words::DocumentRef;
use jiff::Timestamp;
use jiff::civil::Date;

use super::lookups::LookupKind;
use crate::app::App;
use crate::envelope::{self, Recorded};
use crate::error::AppError;
use crate::policy::Right;
use crate::ports::{ActMark, ActPage, ActQuery, Direction, Filter, Millis, ReadRow, RowQuery, Value};
use crate::principal::{Hat, Principal};
use crate::read_rows::{CaseRow, DefinitionRow, DraftRow, HoldRow, PersonRow, PositionRow, UnitRow};

/// How much of the record is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Nothing recorded after this instant; absent for all there is.
    pub until: Option<Millis>,
    /// The day on which what still goes on is measured.
    pub day: Date,
}

/// One role's hold of the matter, with what it comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TracedHold {
    /// The case.
    pub case: CaseId,
    /// The hold, as known.
    pub hold: Hold,
    /// The unit whose people had the role, where it was one; where the definition binds the role to none, that of whoever
    /// ended it.
    pub unit: Option<UnitId>,
    /// Hash of the definition that names its clock and role.
    pub definition: String,
    /// In days.
    pub measure: Measure,
    /// Number of the act that ended it; absent where time or nobody did.
    pub act: Option<u64>,
}

/// What one person did in a case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartyPerson {
    /// In which posts.
    pub posts: BTreeSet<PostId>,
    /// In whose place, where by delegation.
    pub in_place_of: BTreeSet<PersonId>,
    /// How many acts.
    pub acts: u64,
    /// Dissents at meetings.
    pub dissents: u64,
    /// Reservations at meetings.
    pub reservations: u64,
}

/// What one unit had to do with a case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Party {
    /// The unit, with its sections; absent for roles that no one unit has.
    pub unit: Option<UnitId>,
    /// Roles in which it held the matter.
    pub roles: BTreeSet<String>,
    /// Its people.
    pub persons: BTreeMap<PersonId, PartyPerson>,
    /// How many acts.
    pub acts: u64,
    /// Different days on which it held the matter, net of pauses.
    pub held_days: u64,
    /// Different days on which it held the matter after a last day had passed.
    pub overrun_days: u64,
    /// How many last days passed without its act.
    pub overdue: u64,
    /// Dissents and reservations of its people at meetings.
    pub against: u64,
}

/// The days between the first start and the last end of the clocks of a case on which any of them was there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CaseDays {
    /// All of them.
    pub total: u64,
    /// On which somebody held the matter.
    pub held: u64,
    /// On which every clock that was there was paused.
    pub paused: u64,
}

/// What members had before them at a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingMaterials {
    /// The meeting.
    pub meeting: MeetingId,
    /// Number of the event that placed the matter on its agenda.
    pub n: u64,
    /// Its session.
    pub session: String,
    /// Its day.
    pub held_on: Date,
    /// Number of the request with which the file was tabled; absent where none was before the meeting.
    pub tabled_n: Option<u64>,
    /// The version tabled.
    pub draft: Option<DraftId>,
    /// Documents of that version.
    pub draft_documents: Vec<DocumentRef>,
    /// The file for the meeting.
    pub file: Vec<DocumentRef>,
    /// What the check of the file found missing.
    pub missing: Vec<String>,
    /// Points on which departments did not agree, as tabled.
    pub disputes: Vec<String>,
    /// Members present.
    pub present: Vec<PersonId>,
    /// Members absent.
    pub absent: Vec<PersonId>,
    /// Members who withdrew.
    pub recused: Vec<PersonId>,
}

/// That somebody may have had more than one interest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Which fact.
    pub kind: ConflictKind,
    /// Who, where they are in the directory.
    pub person: Option<PersonId>,
    /// Name, where the record gives it.
    pub name: Option<String>,
    /// Numbers of the events that say so.
    pub numbers: Vec<u64>,
    /// What was said of it.
    pub text: String,
    /// Posts of the person in the case, or their parts at a hearing as words.
    pub parts: Vec<String>,
}

/// The trace of a case.
#[derive(Debug, Clone)]
pub struct CaseTrace {
    /// Its row, as it is now.
    pub row: CaseRow,
    /// Its definition.
    pub def: Arc<Definition>,
    /// How much of the record was looked at.
    pub known: Known,
    /// Its events, by number.
    pub acts: Vec<ActMark>,
    /// Who held it.
    pub holds: Vec<TracedHold>,
    /// Units, in the order in which they came in.
    pub parties: Vec<Party>,
    /// Its days.
    pub days: CaseDays,
    /// Positions at meetings.
    pub positions: Vec<PositionRow>,
    /// What members had before them.
    pub materials: Vec<MeetingMaterials>,
    /// Conflicts.
    pub conflicts: Vec<Conflict>,
    /// Versions of the draft.
    pub drafts: Vec<DraftRow>,
}

/// Whether an event is of a clock and not an act.
pub fn of_clock(kind: &str) -> bool {
    kind.starts_with("clock_") || kind.starts_with("due_date_")
}

impl ActMark {
    /// The day on which it happened.
    pub fn day(&self) -> Option<Date> {
        match &self.occurred_on {
            Some(day) => day.parse().ok(),
            None => Timestamp::from_millisecond(self.recorded_at).ok().map(|at| Zone::SHANGHAI.date_of(at)),
        }
    }
}

impl CaseTrace {
    /// Number of the newest event that was known.
    pub fn n(&self) -> u64 {
        self.acts.last().map_or(0, |act| act.n)
    }

    /// Days from the act before this one to it: how long nobody did anything. None for the first, and for events of clocks.
    pub fn days_since_before(&self, n: u64) -> Option<u32> {
        let is = |act: &&ActMark| !of_clock(&act.kind);
        let own = self.acts.iter().find(|act| act.n == n).filter(is)?;
        let before = self.acts.iter().rev().filter(is).find(|act| act.n < n)?;
        let days = (own.day()? - before.day()?).get_days();
        Some(u32::try_from(days).unwrap_or(0))
    }

    /// The version of the draft with this id.
    pub fn draft(&self, draft: DraftId) -> Option<&DraftRow> {
        let id = draft.to_string();
        self.drafts.iter().find(|row| row.draft == id)
    }
}

pub(super) fn text(value: impl ToString) -> Value {
    Value::Text(value.to_string())
}

fn unreadable(what: &str) -> AppError {
    AppError::internal("tracing", format!("{what} cannot be read"))
}

impl App {
    /// How much of the record is looked at: what was recorded up to the end of a day, or all.
    pub fn known(&self, as_known_on: Option<Date>) -> Known {
        let today = self.today();
        let until = as_known_on.map(|day| Zone::SHANGHAI.end_of(day).as_millisecond().saturating_sub(1));
        Known { until, day: as_known_on.map_or(today, |day| day.min(today)) }
    }

    /// The post in which somebody may trace.
    ///
    /// # Errors
    /// `FORBIDDEN`, whatever is asked for.
    pub async fn tracer(&self, who: Principal) -> Result<Hat, AppError> {
        self.entitled(who, Right::Trace).await
    }

    /// The trace of a case, for somebody who may trace in its organ; none where there is no such case for them, or none was
    /// known yet.
    ///
    /// # Errors
    /// `FORBIDDEN`; where the store fails.
    pub async fn trace_case(
        &self,
        who: Principal,
        case: CaseId,
        as_known_on: Option<Date>,
    ) -> Result<Option<CaseTrace>, AppError> {
        let organ = match self.tracer(who).await {
            Ok(hat) => {
                self.looks_up(&hat, LookupKind::TraceCase, case).await?;
                hat.organ.to_string()
            }
            // A team traces what its mandate names, and is told of nothing else.
            Err(refused) => {
                let hats = self.hats(who, self.today()).await?;
                let query = RowQuery::all(CaseRow::TABLE).with(Filter::Eq("case_id", text(case)));
                let Some(row) = self.row::<CaseRow>(query).await? else { return Err(refused) };
                let organ = row.organ.parse().map_err(|_| unreadable("an organ's id"))?;
                let units = row.units().map_err(|_| unreadable("a unit's id"))?;
                if !self.mandated(&hats, organ, case, units).await? {
                    return Err(refused);
                }
                if let Some(hat) = hats.first() {
                    self.looks_up(hat, LookupKind::TraceCase, case).await?;
                }
                row.organ
            }
        };
        let traced = self.trace_case_unchecked(case, as_known_on).await?;
        Ok(traced.filter(|trace| trace.row.organ == organ))
    }

    /// The trace of a case, for who has the database anyway.
    ///
    /// # Errors
    /// Where the store fails, or the record cannot be read.
    pub async fn trace_case_unchecked(
        &self,
        case: CaseId,
        as_known_on: Option<Date>,
    ) -> Result<Option<CaseTrace>, AppError> {
        self.trace_case_to(case, as_known_on, None).await
    }

    /// The same, of no event after number `at_most`: an earlier trace, made again.
    pub(super) async fn trace_case_to(
        &self,
        case: CaseId,
        as_known_on: Option<Date>,
        at_most: Option<u64>,
    ) -> Result<Option<CaseTrace>, AppError> {
        let of_case = |query: RowQuery| query.with(Filter::Eq("case_id", text(case)));
        let Some(row) = self.row::<CaseRow>(of_case(RowQuery::all(CaseRow::TABLE))).await? else { return Ok(None) };
        let known = self.known(as_known_on);
        let mut acts = self.known_acts(case.into(), known).await?;
        acts.retain(|act| at_most.is_none_or(|n| act.n <= n));
        let Some(n) = acts.last().map(|act| act.n) else { return Ok(None) };
        let at_most = Filter::Lt("n", Value::Int(i64::try_from(n).unwrap_or(i64::MAX).saturating_add(1)));
        let hash = row.definition.parse().map_err(|_| unreadable("a definition's hash"))?;
        let def = self.definition(hash).await?;
        let rows = self.all_rows::<HoldRow>(of_case(RowQuery::all(HoldRow::TABLE)).with(at_most.clone())).await?;
        let organ = row.organ.parse().map_err(|_| unreadable("an organ's id"))?;
        let directory = self.directory(organ).await?;
        let mut holds = Vec::new();
        for row in rows {
            holds.extend(self.traced(&row, Some(n), known.day, &directory.state).await?);
        }
        holds.sort_by_key(|held| held.hold.n);
        for held in &mut holds {
            held.act =
                held.hold.end.as_ref().filter(|end| end.by.is_some()).and_then(|end| {
                    acts.iter().rev().find(|act| act.n <= end.n && !of_clock(&act.kind)).map(|act| act.n)
                });
        }
        let mut positions = RowQuery::all(PositionRow::TABLE);
        positions.order = vec!["n"];
        let positions = self.all_rows::<PositionRow>(of_case(positions).with(at_most)).await?;
        let mut drafts = RowQuery::all(DraftRow::TABLE);
        drafts.order = vec!["number"];
        let drafts = self.all_rows::<DraftRow>(of_case(drafts)).await?;
        let told = self.bodies(case.into(), &acts).await?;
        let parties = parties(&acts, &holds, &positions, &directory.state, known.day);
        let days = case_days(&holds, known.day);
        let materials = materials(&told, &drafts);
        let conflicts = conflicts(&acts, &told);
        Ok(Some(CaseTrace { row, def, known, acts, holds, parties, days, positions, materials, conflicts, drafts }))
    }

    pub(super) async fn known_acts(&self, stream: StreamId, known: Known) -> Result<Vec<ActMark>, AppError> {
        let mut acts: Vec<ActMark> = Vec::new();
        loop {
            let after = acts.last().map(ActMark::place);
            let page = ActPage { until: known.until, direction: Direction::Ascending, after, limit: 1000 };
            let found = self.store.acts(&ActQuery::Stream(stream), page).await?;
            let full = found.len() == 1000;
            acts.extend(found);
            if !full {
                return Ok(acts);
            }
        }
    }

    /// The events whose content a trace tells.
    async fn bodies(&self, stream: StreamId, acts: &[ActMark]) -> Result<Vec<Recorded<CaseEvent>>, AppError> {
        const KINDS: [&str; 7] = [
            "tabling_requested",
            "tabling_file_checked",
            "meeting_convened",
            "attendance_taken",
            "hearing_participants_published",
            "experts_appointed",
            "interest_declared",
        ];
        let numbers: Vec<u64> = acts.iter().filter(|a| KINDS.contains(&a.kind.as_str())).map(|a| a.n).collect();
        let stored = self.store.events_at(stream, &numbers).await?;
        stored.iter().map(envelope::read::<CaseEvent>).collect()
    }

    /// A hold as known at event `n` of its case, measured on a day; none where it had not begun.
    async fn traced(
        &self,
        row: &HoldRow,
        n: Option<u64>,
        day: Date,
        directory: &Organisation,
    ) -> Result<Option<TracedHold>, AppError> {
        let whole: Hold =
            serde_json::from_str(&row.hold_json).map_err(|error| AppError::internal("reading hold_view", error))?;
        let Some(hold) = n.map_or(Some(whole.clone()), |n| whole.as_known(n)) else { return Ok(None) };
        let hash = row.definition.parse().map_err(|_| unreadable("a definition's hash"))?;
        let def = self.definition(hash).await?;
        let unit = unit_of(row, &hold, &def, directory)?;
        let measure = hold.measure(day, &self.calendar());
        let case = row.case_id.parse().map_err(|_| unreadable("a case's id"))?;
        Ok(Some(TracedHold { case, hold, unit, definition: row.definition.clone(), measure, act: None }))
    }

    /// Holds as known, of rows of several cases, each in its place: none for one that was not overdue then, or that was another
    /// unit's.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn overdue_as_known(
        &self,
        organ: UnitId,
        units: &[UnitId],
        rows: &[HoldRow],
        known: Known,
    ) -> Result<Vec<Option<TracedHold>>, AppError> {
        let wanted = |held: &TracedHold| held.hold.overdue() && held.unit.is_none_or(|unit| units.contains(&unit));
        let directory = self.directory(organ).await?;
        let mut at: BTreeMap<StreamId, u64> = BTreeMap::new();
        if let Some(until) = known.until {
            let cases: Result<BTreeSet<StreamId>, _> =
                rows.iter().map(|row| row.case_id.parse::<CaseId>().map(StreamId::from)).collect();
            let cases: Vec<StreamId> = cases.map_err(|_| unreadable("a case's id"))?.into_iter().collect();
            at.extend(self.store.known_at(&cases, until).await?);
        }
        let mut holds = Vec::with_capacity(rows.len());
        for row in rows {
            let case: CaseId = row.case_id.parse().map_err(|_| unreadable("a case's id"))?;
            let n = known.until.map(|_| at.get(&case.into()).copied().unwrap_or(0));
            holds.push(self.traced(row, n, known.day, &directory.state).await?.filter(wanted));
        }
        Ok(holds)
    }

    /// A person of the tracer's organ; none where there is none.
    ///
    /// # Errors
    /// `FORBIDDEN`; where the store fails.
    pub async fn trace_person(&self, who: Principal, person: PersonId) -> Result<Option<PersonRow>, AppError> {
        let hat = self.tracer(who).await?;
        self.looks_up(&hat, LookupKind::TracePerson, person).await?;
        let organ = hat.organ.to_string();
        let row = self.traced_person(person).await?;
        Ok(row.filter(|row| row.organ == organ))
    }

    /// A person, for who has the database anyway.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn traced_person(&self, person: PersonId) -> Result<Option<PersonRow>, AppError> {
        self.row::<PersonRow>(RowQuery::all(PersonRow::TABLE).with(Filter::Eq("person", text(person)))).await
    }

    /// A unit of the tracer's organ, with the units that are traced with it, itself first.
    ///
    /// # Errors
    /// `FORBIDDEN`; where the store fails.
    pub async fn trace_unit(&self, who: Principal, unit: UnitId) -> Result<Option<(UnitRow, Vec<UnitId>)>, AppError> {
        let hat = self.tracer(who).await?;
        self.looks_up(&hat, LookupKind::TraceUnit, unit).await?;
        let organ = hat.organ.to_string();
        Ok(self.traced_unit(unit).await?.filter(|(row, _)| row.organ == organ))
    }

    /// A unit with those that are traced with it, for who has the database anyway.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn traced_unit(&self, unit: UnitId) -> Result<Option<(UnitRow, Vec<UnitId>)>, AppError> {
        let query = RowQuery::all(UnitRow::TABLE).with(Filter::Eq("unit", text(unit)));
        let Some(row) = self.row::<UnitRow>(query).await? else { return Ok(None) };
        let organ: UnitId = row.organ.parse().map_err(|_| unreadable("an organ's id"))?;
        let directory = self.directory(organ).await?;
        Ok(Some((row, directory.state.traced_with(unit))))
    }

    /// The rows of overdue holds of roles that people of these units may have had, newest first: bound to a unit that the case
    /// names, or to a kind of unit. [`App::overdue_as_known`] leaves out what was another unit's of that kind.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn overdue_of_units(&self, organ: UnitId, units: &[UnitId]) -> Result<RowQuery, AppError> {
        let directory = self.directory(organ).await?;
        let named = || units.iter().map(text).collect::<Vec<_>>();
        let kinds: BTreeSet<UnitKind> =
            units.iter().filter_map(|unit| directory.state.units.get(unit).map(|known| known.kind)).collect();
        let mut lists = Vec::new();
        for row in self.all_rows::<DefinitionRow>(RowQuery::all(DefinitionRow::TABLE)).await? {
            let hash = row.hash.parse().map_err(|_| unreadable("a definition's hash"))?;
            let def = self.definition(hash).await?;
            let holders: BTreeSet<_> = def.clocks.iter().map(|c| &c.holder).collect();
            for role in def.roles.iter().filter(|role| holders.contains(&role.id)) {
                let mut list = vec![
                    Filter::Eq("definition", Value::Text(row.hash.clone())),
                    Filter::Eq("holder", Value::Text(role.id.to_string())),
                ];
                match role.unit {
                    UnitBinding::UndertakingUnit => list.push(Filter::In("undertaking_unit", named())),
                    UnitBinding::ExecutingUnit => list.push(Filter::In("executing_unit", named())),
                    UnitBinding::EvaluatingUnit => list.push(Filter::In("evaluating_unit", named())),
                    UnitBinding::Any => list.push(Filter::In("unit", named())),
                    bound => {
                        if kind_of(bound).is_none_or(|kind| !kinds.contains(&kind)) {
                            continue;
                        }
                    }
                }
                lists.push(list);
            }
        }
        let mut query = RowQuery::all(HoldRow::TABLE)
            .with(Filter::Holds("overdue"))
            .with(Filter::Eq("organ", text(organ)))
            .with(Filter::Either(lists));
        query.order = vec!["from_on"];
        query.direction = Direction::Descending;
        Ok(query)
    }
}

/// The unit whose people had the role when the hold began.
fn unit_of(row: &HoldRow, hold: &Hold, def: &Definition, directory: &Organisation) -> Result<Option<UnitId>, AppError> {
    let read = |unit: Option<&str>| unit.map(str::parse).transpose().map_err(|_| unreadable("a unit's id"));
    let undertaking = row.undertaking_unit.parse().map_err(|_| unreadable("a unit's id"))?;
    let (executing, evaluating) = (read(row.executing_unit.as_deref())?, read(row.evaluating_unit.as_deref())?);
    Ok(hold.unit(CaseUnits { undertaking, executing, evaluating }, def, directory))
}

/// The unit that a section acts for on a day: the whole that it is part of; every other unit acts for itself.
fn acts_for(directory: &Organisation, unit: UnitId, day: Date) -> UnitId {
    let section = |unit: UnitId| directory.units.get(&unit).is_some_and(|known| known.kind == UnitKind::Section);
    let mut passed = vec![unit];
    loop {
        let here = passed[passed.len() - 1];
        let whole = directory.relations.iter().find_map(|(part, relation, whole, from, until)| {
            let is = *part == here && *relation == UnitRelation::BelongsTo && within(day, *from, *until);
            (is && !passed.contains(whole)).then_some(*whole)
        });
        match whole {
            Some(whole) if section(here) => passed.push(whole),
            _ => return here,
        }
    }
}

fn parties(
    acts: &[ActMark],
    holds: &[TracedHold],
    positions: &[PositionRow],
    directory: &Organisation,
    today: Date,
) -> Vec<Party> {
    let mut parties: Vec<Party> = Vec::new();
    let mut at = |unit: Option<UnitId>| match parties.iter().position(|party| party.unit == unit) {
        Some(at) => at,
        None => {
            parties.push(Party { unit, ..Party::default() });
            parties.len() - 1
        }
    };
    // First who came in, in the order of the record; then what each of them did.
    let of_acts: Vec<(usize, &ActMark)> = acts
        .iter()
        .filter(|act| !of_clock(&act.kind))
        .filter_map(|act| Some((at(Some(acts_for(directory, act.unit?, act.day()?))), act)))
        .collect();
    let of_holds: Vec<(usize, &TracedHold)> = holds.iter().map(|held| (at(held.unit), held)).collect();
    let of_positions: Vec<(usize, PersonId, &PositionRow)> = positions
        .iter()
        .filter_map(|row| {
            let member: PersonId = row.member.parse().ok()?;
            let recorded = Timestamp::from_millisecond(row.recorded_at).ok()?;
            let day = row.occurred_on.as_ref().and_then(|day| day.parse().ok());
            let day = day.unwrap_or_else(|| Zone::SHANGHAI.date_of(recorded));
            let mut posts = directory.posts_of(member, day).map(|(_, post)| post).collect::<Vec<_>>();
            posts.sort_by_key(|post| !post.member_of_body);
            let unit = posts.first().map(|post| acts_for(directory, post.unit, day));
            Some((at(unit), member, row))
        })
        .collect();
    for (at, act) in of_acts {
        let party = &mut parties[at];
        party.acts += 1;
        let Some(person) = act.actor else { continue };
        let did = party.persons.entry(person).or_default();
        did.acts += 1;
        did.posts.extend(act.post);
        did.in_place_of.extend(act.acting_for);
    }
    for (at, member, row) in of_positions {
        let party = &mut parties[at];
        let said = party.persons.entry(member).or_default();
        let dissent = row.against && row.position == dingce_domain::words::Position::Disagree.as_str();
        said.dissents += u64::from(dissent);
        said.reservations += u64::from(row.against && !dissent);
        party.against += u64::from(row.against);
    }
    let mut days: BTreeMap<usize, (BTreeSet<Date>, BTreeSet<Date>)> = BTreeMap::new();
    for (at, held) in of_holds {
        let party = &mut parties[at];
        party.roles.insert(held.hold.holder.to_string());
        party.overdue += u64::from(held.hold.overdue());
        let (all, late) = days.entry(at).or_default();
        let due = held.hold.run().and_then(|run| run.due_on()).filter(|_| held.hold.overdue());
        for (day, _) in held.hold.each_day(today).filter(|(_, paused)| !paused) {
            all.insert(day);
            if due.is_some_and(|due| due < day) {
                late.insert(day);
            }
        }
    }
    for (at, (all, late)) in days {
        parties[at].held_days = all.len() as u64;
        parties[at].overrun_days = late.len() as u64;
    }
    parties
}

fn case_days(holds: &[TracedHold], today: Date) -> CaseDays {
    let (mut total, mut held) = (BTreeSet::new(), BTreeSet::new());
    for (day, paused) in holds.iter().flat_map(|held| held.hold.each_day(today)) {
        total.insert(day);
        if !paused {
            held.insert(day);
        }
    }
    let paused = (total.len() - held.len()) as u64;
    CaseDays { total: total.len() as u64, held: held.len() as u64, paused }
}

fn materials(told: &[Recorded<CaseEvent>], drafts: &[DraftRow]) -> Vec<MeetingMaterials> {
    let convened = told.iter().filter_map(|one| match &one.body {
        CaseEvent::MeetingConvened { given, .. } => Some((one.envelope.n, given)),
        _ => None,
    });
    convened
        .map(|(n, called)| {
            let attendance = told.iter().find_map(|one| match &one.body {
                CaseEvent::AttendanceTaken { meeting, given, .. }
                    if *meeting == called.meeting && one.envelope.n > n =>
                {
                    Some((one.envelope.n, given))
                }
                _ => None,
            });
            // What members had is the file as it was when the matter was called up; before that, as it is.
            let before = attendance.map_or(u64::MAX, |(n, _)| n);
            let earlier = || told.iter().rev().filter(|one| one.envelope.n < before);
            let tabled = earlier().find_map(|one| match &one.body {
                CaseEvent::TablingRequested { given, drafting, .. } => Some((one.envelope.n, given, drafting)),
                _ => None,
            });
            let missing = earlier().find_map(|one| match &one.body {
                CaseEvent::TablingFileChecked { given, .. } if tabled.is_some_and(|(t, ..)| one.envelope.n > t) => {
                    Some(given.missing.clone())
                }
                _ => None,
            });
            let draft = tabled.map(|(_, given, _)| given.draft);
            let row = draft.and_then(|draft| drafts.iter().find(|row| row.draft == draft.to_string()));
            let members = |which: fn(&RecordAttendance) -> Vec<PersonId>| {
                attendance.map(|(_, given)| which(given)).unwrap_or_default()
            };
            MeetingMaterials {
                meeting: called.meeting,
                n,
                session: called.session.clone(),
                held_on: called.held_on,
                tabled_n: tabled.map(|(n, ..)| n),
                draft,
                draft_documents: row.and_then(|r| serde_json::from_str(&r.documents_json).ok()).unwrap_or_default(),
                file: tabled.map(|(_, given, _)| given.documents.clone()).unwrap_or_default(),
                missing: missing.unwrap_or_default(),
                disputes: tabled
                    .map(|(.., d)| d.disputes.iter().map(|d| format!("{}：{}", d.unit, d.point.point)).collect())
                    .unwrap_or_default(),
                present: members(|a| a.present.clone()),
                absent: members(|a| a.absent.iter().map(|m| m.person).collect()),
                recused: members(|a| a.recused.iter().map(|m| m.person).collect()),
            }
        })
        .collect()
}

fn conflicts(acts: &[ActMark], told: &[Recorded<CaseEvent>]) -> Vec<Conflict> {
    let mut found = Vec::new();
    let mut people: BTreeMap<PersonId, Vec<&ActMark>> = BTreeMap::new();
    for act in acts.iter().filter(|act| !of_clock(&act.kind)) {
        if let Some(person) = act.actor {
            people.entry(person).or_default().push(act);
        }
    }
    for (person, acts) in people {
        let own = acts.iter().filter(|act| act.acting_for.is_none());
        let posts: BTreeSet<PostId> = own.filter_map(|act| act.post).collect();
        let numbers = acts.iter().map(|act| act.n).collect();
        let parts = posts.iter().map(ToString::to_string).collect();
        let fact = |kind, numbers, parts| Conflict {
            kind,
            person: Some(person),
            name: None,
            numbers,
            text: String::new(),
            parts,
        };
        if posts.len() > 1 {
            found.push(fact(ConflictKind::TwoPosts, numbers, parts));
        }
        let for_others: Vec<u64> = acts.iter().filter(|act| act.acting_for.is_some()).map(|act| act.n).collect();
        if !for_others.is_empty() && !posts.is_empty() {
            let of = acts.iter().filter_map(|act| act.acting_for).map(|p| p.to_string()).collect::<BTreeSet<_>>();
            found.push(fact(ConflictKind::InPlaceOfAnother, for_others, of.into_iter().collect()));
        }
    }
    let mut experts: BTreeMap<&str, (Option<PersonId>, &str)> = BTreeMap::new();
    for Recorded { envelope, body } in told {
        match body {
            CaseEvent::ExpertsAppointed { given, .. } => {
                experts.extend(given.candidates.iter().map(|c| (c.code.as_str(), (c.person, c.name.as_str()))));
            }
            CaseEvent::InterestDeclared { expert, given, .. } if given.interest => {
                let (person, name) = experts.get(expert.as_str()).copied().unwrap_or((None, expert.as_str()));
                found.push(Conflict {
                    kind: ConflictKind::InterestDeclared,
                    person,
                    name: Some(name.to_owned()),
                    numbers: vec![envelope.n],
                    text: given.statement.clone(),
                    parts: Vec::new(),
                });
            }
            CaseEvent::HearingParticipantsPublished { hats, .. } => {
                found.extend(hats.iter().map(|hat| {
                    Conflict {
                        kind: ConflictKind::TwoHats,
                        person: None,
                        name: Some(hat.name.clone()),
                        numbers: vec![envelope.n],
                        text: String::new(),
                        parts: hat
                            .roles
                            .iter()
                            .map(ToString::to_string)
                            .chain(hat.relations.iter().map(ToString::to_string))
                            .collect(),
                    }
                }));
            }
            CaseEvent::AttendanceTaken { given, .. } => {
                found.extend(given.recused.iter().map(|member| Conflict {
                    kind: ConflictKind::Recused,
                    person: Some(member.person),
                    name: None,
                    numbers: vec![envelope.n],
                    text: member.reason.clone(),
                    parts: Vec::new(),
                }));
            }
            _ => {}
        }
    }
    found
}
