//! `dingce trace`: who did what, and who held a matter how long.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use dingce_app::App;
use dingce_app::language::Language;
use dingce_app::ports::{ActMark, ActPage, ActQuery, Direction, Filter, ReadRow, RowQuery, Value as Cell};
use dingce_app::read_rows::{HoldRow, OpinionRow, PersonRow, PositionRow, PostRow, UnitRow};
use dingce_app::use_cases::{CaseTrace, EventReceipt, Known, TracedHold, of_clock};
use dingce_domain::accountability::Subject;
use dingce_domain::definition::{Citation, Definition};
use dingce_domain::id::{AccountabilityFileId, CaseId, PersonId, UnitId};
use dingce_domain::time::Limit;
use dingce_domain::words::Text;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::assembled;
use crate::assemble::Opening;
use crate::console::Console;
use crate::directory;
use crate::settings::Settings;
use crate::whole;

/// What is asked for besides whom to trace.
pub(super) struct Shown {
    /// Only what was recorded up to the end of this day.
    pub as_known_on: Option<Date>,
    /// How many acts.
    pub first: u64,
    /// As JSON.
    pub json: bool,
    /// Where the receipts of a case go.
    pub receipts: Option<PathBuf>,
}

pub(super) async fn run(settings: Settings, what: &str, shown: Shown) -> anyhow::Result<bool> {
    let resolved = |prefix| directory::resolve(&settings, prefix, what).ok();
    // A local name is that of a person or of a unit; an id says itself what it is of.
    let person = resolved(PersonId::PREFIX).and_then(|id| id.parse::<PersonId>().ok());
    let unit = resolved(UnitId::PREFIX).and_then(|id| id.parse::<UnitId>().ok());
    let case = what.parse::<CaseId>().ok();
    let assembled = assembled(settings, Opening::ToServe).await?;
    let app = &assembled.app;
    match (case, person, unit) {
        (Some(case), _, _) => {
            let told = of_case(app, case, &shown).await?;
            if let Some(file) = shown.receipts.as_deref().filter(|_| told) {
                write_receipts(app, case, file).await?;
            }
            Ok(told)
        }
        (None, ..) if shown.receipts.is_some() => anyhow::bail!("--receipts is for a case, by id"),
        (None, Some(person), _) => of_person(app, person, &shown).await,
        (None, None, Some(unit)) => of_unit(app, unit, &shown).await,
        (None, None, None) => {
            anyhow::bail!("{what} is not the id of a case, a person or a unit, nor a local name of one")
        }
    }
}

/// Writes the receipts of all acts of a case as JSON, each with its number.
async fn write_receipts(app: &App, case: CaseId, file: &Path) -> anyhow::Result<()> {
    let receipts = app.receipts_of(case.into()).await?;
    let unpublished = receipts.iter().filter(|(_, receipt)| receipt.proof.is_none()).count();
    let told = receipts.into_iter().map(|(n, EventReceipt { leaf, proof })| {
        json!({ "n": n, "receipt": { "leaf": leaf, "proof": proof.map(|proof| proof.to_string()) } })
    });
    let told = json!({ "case": case, "receipts": told.collect::<Vec<_>>() });
    whole::write(file, serde_json::to_string_pretty(&told)?)
        .with_context(|| format!("{} cannot be written", file.display()))?;
    Console.result(file.display().to_string());
    if unpublished > 0 {
        Console.result(phrase("trace_unpublished", &[&unpublished]));
    }
    Ok(())
}

/// Writes the report of an accountability file, or of a trace that is made now and belongs to none.
pub(super) async fn report(
    settings: Settings,
    what: &str,
    as_known_on: Option<Date>,
    folder: &Path,
) -> anyhow::Result<bool> {
    let assembled = assembled(settings, Opening::ToServe).await?;
    let app = &assembled.app;
    let about = what.parse().map(Subject::Case).or_else(|_| what.parse().map(Subject::Entry));
    let about = about.or_else(|_| what.parse().map(Subject::Proposal));
    let report = match (what.parse::<AccountabilityFileId>(), about) {
        (Ok(_), _) if as_known_on.is_some() => {
            anyhow::bail!("a file has its own frozen traces: leave --as-known-on out, or name the case")
        }
        (Ok(file), _) => app.accountability_report_unchecked(file).await?,
        (Err(_), Ok(about)) => app.trace_report_unchecked(about, as_known_on).await?,
        (Err(_), Err(_)) => {
            anyhow::bail!("{what} is not the id of an accountability file, a case, an entry or a proposal")
        }
    };
    let report = report.with_context(|| format!("there is no {what}, or nothing of it was recorded by then"))?;
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let files = [("report.json", Some(report.json)), ("report.html", Some(report.html)), ("report.note", report.note)];
    for (name, text) in files {
        let Some(text) = text else { continue };
        let path = folder.join(name);
        whole::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
        Console.result(path.display().to_string());
    }
    Ok(true)
}

/// Names of the directory, read once.
struct Names {
    persons: BTreeMap<String, String>,
    posts: BTreeMap<String, String>,
    units: BTreeMap<String, String>,
}

impl Names {
    async fn of(app: &App, organ: &str) -> anyhow::Result<Self> {
        let of = |table| RowQuery::all(table).with(Filter::Eq("organ", Cell::Text(organ.to_owned())));
        let persons = app.all_rows::<PersonRow>(of(PersonRow::TABLE)).await?;
        let posts = app.all_rows::<PostRow>(of(PostRow::TABLE)).await?;
        let units = app.all_rows::<UnitRow>(of(UnitRow::TABLE)).await?;
        Ok(Self {
            persons: persons.into_iter().map(|row| (row.person, row.name)).collect(),
            posts: posts.into_iter().map(|row| (row.post, row.title)).collect(),
            units: units.into_iter().map(|row| (row.unit, row.name)).collect(),
        })
    }

    fn named<'a>(map: &'a BTreeMap<String, String>, id: Option<&impl ToString>) -> Option<&'a str> {
        map.get(&id?.to_string()).map(String::as_str)
    }

    fn person(&self, id: Option<&PersonId>) -> Option<&str> {
        Self::named(&self.persons, id)
    }

    fn unit(&self, id: Option<&UnitId>) -> Option<&str> {
        Self::named(&self.units, id)
    }

    /// Who acted, in one line.
    fn actor(&self, act: &ActMark) -> String {
        let parts = [
            self.unit(act.unit.as_ref()),
            Self::named(&self.posts, act.post.as_ref()),
            self.person(act.actor.as_ref()),
        ];
        let who = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        match self.person(act.acting_for.as_ref()) {
            Some(principal) => format!("{who} ({})", phrase("trace_for", &[&principal])),
            None => who,
        }
    }
}

/// A phrase of the language file, both languages, with numbers or names in its gaps `{1}`, `{2}`.
fn phrase(word: &str, gaps: &[&dyn ToString]) -> String {
    let Text { mut zh, mut en } = Language::shipped().word("phrase", word);
    for (number, gap) in (1..).zip(gaps) {
        let (place, gap) = (format!("{{{number}}}"), gap.to_string());
        zh = zh.replace(&place, &gap);
        en = en.replace(&place, &gap);
    }
    both(&Text { zh, en })
}

fn both(text: &Text) -> String {
    if text.zh == text.en { text.zh.clone() } else { format!("{} / {}", text.zh, text.en) }
}

fn clock_and_role(def: &Definition, held: &TracedHold) -> (Text, Text) {
    let plain = |word: &str| Text { zh: word.to_owned(), en: word.to_owned() };
    let clock = def.clocks.iter().find(|c| c.id == held.hold.clock).map(|c| c.text.clone());
    let role = def.roles.iter().find(|r| r.id == held.hold.holder).map(|r| r.text.clone());
    (clock.unwrap_or_else(|| plain(held.hold.clock.as_str())), role.unwrap_or_else(|| plain(held.hold.holder.as_str())))
}

fn hold_line(def: &Definition, held: &TracedHold, names: &Names) -> String {
    let (clock, role) = clock_and_role(def, held);
    let unit = names.unit(held.unit.as_ref()).unwrap_or_default();
    let to = held.hold.end.as_ref().map_or_else(|| "…".to_owned(), |end| end.on.to_string());
    let limit = match held.hold.limit() {
        Some(Limit::Working(days)) => phrase("trace_limit_working", &[&days.get()]),
        Some(Limit::Calendar(days)) => phrase("trace_limit_calendar", &[&days.get()]),
        None => String::new(),
    };
    let days = phrase("trace_held", &[&held.measure.held_days(), &held.measure.paused_days]);
    let mut line = format!("  {unit} {}  {}  {} → {to}  {days}  {limit}", both(&role), both(&clock), held.hold.from);
    if let Some(due_on) = held.hold.run().and_then(|run| run.due_on()) {
        line += &format!("  {}", phrase("trace_due", &[&due_on]));
    }
    if let Some(article) = article_of(def, held) {
        line += &format!("  {}", both(&article));
    }
    if held.hold.overdue() {
        let beyond = held.measure.beyond.map_or_else(|| "?".to_owned(), |days| days.to_string());
        let n = held.hold.overdue_n.map_or_else(|| "?".to_owned(), |n| n.to_string());
        line += &format!("  ✗ {}", phrase("trace_overdue", &[&beyond, &n]));
    }
    line
}

/// By which article the clock runs.
fn article_of(def: &Definition, held: &TracedHold) -> Option<Text> {
    let Citation { source, article } = &def.clocks.iter().find(|clock| clock.id == held.hold.clock)?.source;
    let cite = &def.sources.get(source)?.cite;
    Some(Text { zh: format!("{}第{article}条", cite.zh), en: format!("{}, art. {article}", cite.en) })
}

fn hold_json(def: &Definition, held: &TracedHold, names: &Names) -> Value {
    let (clock, role) = clock_and_role(def, held);
    json!({
        "case": held.case, "clock": held.hold.clock, "clock_text": clock, "holder": held.hold.holder, "holder_text": role,
        "unit": held.unit, "unit_name": names.unit(held.unit.as_ref()),
        "from": held.hold.from, "to": held.hold.end.as_ref().map(|end| end.on),
        "ended_by": held.hold.end.as_ref().and_then(|end| end.by),
        "person": held.hold.end.as_ref().and_then(|end| end.person),
        "person_name": names.person(held.hold.end.as_ref().and_then(|end| end.person).as_ref()),
        "act": held.act, "due_on": held.hold.run().and_then(|run| run.due_on()), "limit": held.hold.limit(),
        "days": held.measure.days, "held_days": held.measure.held_days(), "paused_days": held.measure.paused_days,
        "counted_days": held.measure.counted, "days_beyond": held.measure.beyond, "overdue": held.hold.overdue(),
    })
}

fn act_json(act: &ActMark, names: &Names) -> Value {
    json!({
        "stream": act.stream, "n": act.n, "kind": act.kind, "person": act.actor,
        "person_name": names.person(act.actor.as_ref()), "acting_for": act.acting_for, "post": act.post,
        "post_title": Names::named(&names.posts, act.post.as_ref()), "unit": act.unit,
        "unit_name": names.unit(act.unit.as_ref()), "stage": act.stage, "draft": act.draft, "opinion": act.opinion,
        "occurred_on": act.occurred_on, "day": act.day(), "recorded_at": act.recorded_at,
    })
}

fn act_line(act: &ActMark, names: &Names) -> String {
    let label = both(&Language::shipped().event(&act.kind));
    let day = act.day().map(|day| day.to_string()).unwrap_or_default();
    let opinion = act.opinion.as_deref().map(|word| format!("  [{word}]")).unwrap_or_default();
    let later =
        act.occurred_on.as_ref().map(|_| format!("  {}", phrase("trace_entered_afterwards", &[]))).unwrap_or_default();
    format!("{day}  {}  {label}{opinion}{later}", names.actor(act))
}

async fn of_case(app: &App, case: CaseId, shown: &Shown) -> anyhow::Result<bool> {
    let trace = app.trace_case_unchecked(case, shown.as_known_on).await?;
    let trace = trace.with_context(|| format!("there is no case {case}, or nothing of it was recorded by then"))?;
    let names = Names::of(app, &trace.row.organ).await?;
    let opinions = RowQuery::all(OpinionRow::TABLE).with(Filter::Eq("case_id", Cell::Text(case.to_string())));
    let said: BTreeMap<i64, String> =
        app.all_rows::<OpinionRow>(opinions).await?.into_iter().map(|row| (row.n, row.text)).collect();
    if shown.json {
        Console.json(&case_json(&trace, &names, &said))?;
        return Ok(true);
    }
    Console.result(format!("{}  {}", trace.row.case_id, trace.row.title));
    told_until(trace.known);
    if trace.holds.iter().any(|held| held.hold.overdue()) {
        Console.result(format!("\n{}", phrase("trace_overdue_holds", &[&trace.known.day])));
        for held in trace.holds.iter().filter(|held| held.hold.overdue()) {
            Console.result(hold_line(&trace.def, held, &names));
        }
    }
    heading("trace_acts");
    for act in trace.acts.iter().filter(|act| !of_clock(&act.kind)) {
        let waited = trace.days_since_before(act.n).filter(|days| *days > 0);
        let waited = waited.map(|days| format!("  {}", phrase("trace_waited", &[&days]))).unwrap_or_default();
        let number = act.draft.and_then(|draft| trace.draft(draft)).map(|row| row.number);
        let draft = number.map(|n| format!("  {}", phrase("trace_version", &[&n]))).unwrap_or_default();
        Console.result(format!("#{} {}{draft}{waited}", act.n, act_line(act, &names)));
        let n = i64::try_from(act.n).unwrap_or(i64::MAX);
        if let Some(text) = said.get(&n).filter(|text| !text.is_empty()) {
            Console.result(format!("    {}", text.replace('\n', "\n    ")));
        }
        for held in trace.holds.iter().filter(|held| held.act == Some(act.n)) {
            Console.result(hold_line(&trace.def, held, &names));
        }
    }
    heading("trace_parties");
    for party in &trace.parties {
        let unit = names.unit(party.unit.as_ref()).unwrap_or("—");
        let counts: [&dyn ToString; 5] =
            [&party.acts, &party.held_days, &party.overdue, &party.overrun_days, &party.against];
        Console.result(format!("{unit}  {}", phrase("trace_party", &counts)));
        for held in trace.holds.iter().filter(|held| held.unit == party.unit) {
            Console.result(hold_line(&trace.def, held, &names));
        }
    }
    let days = trace.days;
    Console.result(phrase("trace_days", &[&days.total, &days.held, &days.paused]));
    heading("trace_against");
    for row in trace.positions.iter().filter(|row| row.against) {
        Console.result(position_line(row, &names));
    }
    heading("trace_materials");
    for meeting in &trace.materials {
        Console.result(format!("{}  {}", meeting.held_on, meeting.session));
        for document in meeting.draft_documents.iter().chain(&meeting.file) {
            Console.result(format!("  {}  {}", document.name, document.digest));
        }
        for missing in &meeting.missing {
            Console.result(format!("  {}", phrase("trace_missing", &[missing])));
        }
    }
    heading("trace_conflicts");
    for conflict in &trace.conflicts {
        let kind = both(&Language::shipped().word("conflict_kind", conflict.kind.as_str()));
        let who = names.person(conflict.person.as_ref()).or(conflict.name.as_deref()).unwrap_or_default();
        let numbers: Vec<String> = conflict.numbers.iter().map(|n| format!("#{n}")).collect();
        Console.result(format!("{who}  {kind}  {}  {}", numbers.join(" "), conflict.text));
    }
    Ok(true)
}

fn heading(word: &str) {
    Console.result(format!("\n{}", phrase(word, &[])));
}

fn told_until(known: Known) {
    if known.until.is_some() {
        Console.result(phrase("trace_known", &[&known.day]));
    }
}

fn position_line(row: &PositionRow, names: &Names) -> String {
    let position = both(&Language::shipped().word("position", &row.position));
    let member = names.persons.get(&row.member).map_or(row.member.as_str(), String::as_str);
    format!("{} #{}  {member}  {position}  {}", row.case_id, row.n, row.statement)
}

fn position_json(row: &PositionRow, names: &Names) -> Value {
    json!({
        "case": row.case_id, "n": row.n, "member": row.member, "member_name": names.persons.get(&row.member),
        "position": row.position, "against": row.against, "statement": row.statement, "draft": row.draft,
        "meeting": row.meeting, "entered_by": row.entered_by, "recorded_at": row.recorded_at,
    })
}

fn case_json(trace: &CaseTrace, names: &Names, said: &BTreeMap<i64, String>) -> Value {
    let acts: Vec<Value> = trace
        .acts
        .iter()
        .map(|act| {
            let mut told = act_json(act, names);
            let n = i64::try_from(act.n).unwrap_or(i64::MAX);
            told["text"] = json!(said.get(&n));
            told["days_since_before"] = json!(trace.days_since_before(act.n));
            told["draft_number"] = json!(act.draft.and_then(|draft| trace.draft(draft)).map(|row| row.number));
            told
        })
        .collect();
    let parties: Vec<Value> = trace
        .parties
        .iter()
        .map(|party| {
            let persons: Vec<Value> = party
                .persons
                .iter()
                .map(|(id, did)| {
                    json!({
                        "person": id, "name": names.person(Some(id)), "posts": did.posts, "in_place_of": did.in_place_of,
                        "acts": did.acts, "dissents": did.dissents, "reservations": did.reservations,
                    })
                })
                .collect();
            json!({
                "unit": party.unit, "unit_name": names.unit(party.unit.as_ref()), "roles": party.roles, "persons": persons,
                "acts": party.acts, "held_days": party.held_days, "overrun_days": party.overrun_days,
                "overdue": party.overdue, "against": party.against,
            })
        })
        .collect();
    let holds: Vec<Value> = trace.holds.iter().map(|held| hold_json(&trace.def, held, names)).collect();
    let positions: Vec<Value> = trace.positions.iter().map(|row| position_json(row, names)).collect();
    let materials: Vec<Value> = trace
        .materials
        .iter()
        .map(|m| {
            json!({
                "meeting": m.meeting, "session": m.session, "held_on": m.held_on, "tabled_n": m.tabled_n, "draft": m.draft,
                "draft_documents": m.draft_documents, "file": m.file, "missing": m.missing, "disputes": m.disputes,
                "present": m.present, "absent": m.absent, "recused": m.recused,
            })
        })
        .collect();
    let conflicts: Vec<Value> = trace
        .conflicts
        .iter()
        .map(|c| {
            json!({
                "kind": c.kind, "person": c.person, "name": c.name, "numbers": c.numbers, "text": c.text, "parts": c.parts,
            })
        })
        .collect();
    json!({
        "case": trace.row.case_id, "title": trace.row.title, "known_until": trace.known.until, "day": trace.known.day,
        "days": { "total": trace.days.total, "held": trace.days.held, "paused": trace.days.paused },
        "acts": acts, "parties": parties, "holds": holds, "positions": positions, "materials": materials,
        "conflicts": conflicts,
    })
}

async fn newest(app: &App, query: ActQuery, known: Known, first: u64) -> anyhow::Result<Vec<ActMark>> {
    let page = ActPage { until: known.until, direction: Direction::Descending, after: None, limit: first };
    Ok(app.store().acts(&query, page).await?)
}

async fn of_person(app: &App, person: PersonId, shown: &Shown) -> anyhow::Result<bool> {
    let row = app.traced_person(person).await?.with_context(|| format!("there is no person {person}"))?;
    let known = app.known(shown.as_known_on);
    let names = Names::of(app, &row.organ).await?;
    let acts = newest(app, ActQuery::Person { person, organ: row.organ.parse()? }, known, shown.first).await?;
    let mut against = RowQuery::all(PositionRow::TABLE)
        .with(Filter::Holds("against"))
        .with(Filter::Eq("member", Cell::Text(row.person.clone())));
    against.order = vec!["recorded_at"];
    let mut against = app.all_rows::<PositionRow>(against).await?;
    against.retain(|row| known.until.is_none_or(|until| row.recorded_at <= until));
    if shown.json {
        let acts: Vec<Value> = acts.iter().map(|act| act_json(act, &names)).collect();
        let against: Vec<Value> = against.iter().map(|row| position_json(row, &names)).collect();
        Console.json(&json!({ "person": row.person, "name": row.name, "acts": acts, "against": against }))?;
        return Ok(true);
    }
    Console.result(format!("{}  {}", row.person, row.name));
    told_until(known);
    heading("trace_newest");
    acts.iter().for_each(|act| Console.result(format!("{} #{} {}", act.stream, act.n, act_line(act, &names))));
    heading("trace_against");
    against.iter().for_each(|row| Console.result(position_line(row, &names)));
    Ok(true)
}

async fn of_unit(app: &App, unit: UnitId, shown: &Shown) -> anyhow::Result<bool> {
    let found = app.traced_unit(unit).await?;
    let (row, units) = found.with_context(|| format!("there is no unit {unit}"))?;
    let known = app.known(shown.as_known_on);
    let organ: UnitId = row.organ.parse()?;
    let names = Names::of(app, &row.organ).await?;
    let acts = newest(app, ActQuery::Units { units: units.clone(), organ }, known, shown.first).await?;
    let mut query = app.overdue_of_units(organ, &units).await?;
    query.limit = shown.first;
    let rows: Vec<HoldRow> = app.rows(query).await?;
    let late: Vec<TracedHold> =
        app.overdue_as_known(organ, &units, &rows, known).await?.into_iter().flatten().collect();
    let mut lines = Vec::with_capacity(late.len());
    for held in &late {
        let def = app.definition(held.definition.parse()?).await?;
        lines.push((hold_line(&def, held, &names), hold_json(&def, held, &names)));
    }
    if shown.json {
        let acts: Vec<Value> = acts.iter().map(|act| act_json(act, &names)).collect();
        let overdue: Vec<Value> = lines.into_iter().map(|(_, told)| told).collect();
        Console.json(
            &json!({ "unit": row.unit, "name": row.name, "traced_with": units, "acts": acts, "overdue": overdue }),
        )?;
        return Ok(true);
    }
    Console.result(format!("{}  {}", row.unit, row.name));
    told_until(known);
    heading("trace_with");
    units.iter().for_each(|id| Console.result(format!("{id}  {}", names.unit(Some(id)).unwrap_or_default())));
    heading("trace_late");
    for (held, (line, _)) in late.iter().zip(&lines) {
        Console.result(format!("{} {line}", held.case));
    }
    heading("trace_newest");
    acts.iter().for_each(|act| Console.result(format!("{} #{} {}", act.stream, act.n, act_line(act, &names))));
    Ok(true)
}
