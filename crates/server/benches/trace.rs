//! How long a reverse trace takes among many acts: p50 and p99 over GraphQL, on SQLite and on PostgreSQL.
//!
//! `cargo bench -p dingce-server --bench trace` plays the demo's road once and fills the database with copies of what it left: the
//! same events, drafts, opinions, holds and positions under other ids, in the order of time over all matters and not matter by
//! matter, which is the worst for locality. Then an auditor asks the running server about cases, persons and units at random, as
//! `docs/how-to/trace-accountability.md` does. Nothing is held against a bound: figures of one machine mean nothing on another. What
//! must not change, that each statement is answered from an index alone, is held by `crates/store/tests/suite/trace.rs`.
//!
//! `DINGCE_BENCH_ACTS` is how many acts are filled in [default: 100000]; of several numbers with commas each is filled up to and
//! measured, in one run. `DINGCE_BENCH_ONLY` is one of `sqlite` and `postgres`. `DINGCE_BENCH_DATABASE` is the URL of an empty
//! PostgreSQL database to use instead of one of a server of its own; its user must be a superuser, because constraints are not
//! checked again for copies of what passed them. `DINGCE_BENCH_FOLDER` is where the SQLite file lies.
//! 10 and 100 million are the same command with another number: docs/performance.md says what they need.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::io::{BufWriter, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use dingce_app::ports::{EventStore, RowQuery, StoredEvent, Value};
use dingce_app::read_rows::TABLES;
use dingce_domain::id::{CaseId, StreamId, StreamKind, UnitId};
use dingce_server::demo::{HttpWorld, road, run};
use dingce_server::{ManualClock, Settings};
use serde_json::json;

/// How often each question is asked.
const ASKED: usize = 300;
/// Copies of one row that are written by one statement of SQLite.
const ROWS_OF_STATEMENT: u64 = 200;
/// Who and in which post, unit and organ: the same in every copy.
const OF_THE_DIRECTORY: [&str; 4] = ["org", "unit", "post", "person"];
/// Streams of a matter.
const OF_A_MATTER: [StreamKind; 4] =
    [StreamKind::Case, StreamKind::Consultation, StreamKind::Hearing, StreamKind::Meeting];

const CASE: &str = "query($id: ID!) { reverseTrace(case: $id) { days { total held paused } parties { unit { name } acts heldDays \
    overrunDays overdue persons { person { name } postTitles acts } } holds { holderName unit { name } person { name } text \
    source { cite article } from to endedBy heldDays pausedDays dueOn daysBeyond overdue } } }";
const ACTS: &str = "query($id: ID!) { reverseTrace(case: $id) { acts(first: 50) { nodes { daysSinceBefore event { n label actor { \
    name postTitle unitName actingFor } opinionLabel text occurredOn recordedAt } draftVersion { number } held { text heldDays overdue } \
    law { definition { name version } source { cite article } } } } } }";
const PERSON: &str = "query($id: ID!) { personTrace(person: $id) { person { name } posts { title unit { name } from until } acts(last: 50) \
    { nodes { label case { id title } postTitle unit { name } actingFor { name } draftVersion { number } opinion recordedAt } } \
    against(last: 20) { nodes { case { title } position statement recordedAt } } } }";
const UNIT: &str = "query($id: ID!) { unitTrace(unit: $id) { tracedWith { name } overdue(last: 20) { nodes { case { id title } holderName \
    text from to dueOn daysBeyond } } acts(last: 50) { nodes { label case { title } person { name } postTitle recordedAt } } } }";

fn main() -> anyhow::Result<()> {
    let acts = std::env::var("DINGCE_BENCH_ACTS").unwrap_or_else(|_| "100000".to_owned());
    let acts = acts
        .split(',')
        .map(|number| number.trim().parse::<u64>().context("DINGCE_BENCH_ACTS is no number, or numbers"));
    let acts = acts.collect::<anyhow::Result<Vec<u64>>>()?;
    ensure!(acts.is_sorted(), "DINGCE_BENCH_ACTS must grow from number to number");
    let only = std::env::var("DINGCE_BENCH_ONLY").ok();
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        if wanted("sqlite") {
            let folder = match std::env::var_os("DINGCE_BENCH_FOLDER") {
                Some(given) => tempfile::tempdir_in(given)?,
                None => tempfile::tempdir()?,
            };
            let url = format!("sqlite:{}", folder.path().join("bench.db").display());
            measure("SQLite", url, &acts).await?;
        }
        if wanted("postgres") {
            let url = match std::env::var("DINGCE_BENCH_DATABASE") {
                Ok(given) => given,
                Err(_) => dingce_testkit::postgres::database().await,
            };
            measure("PostgreSQL", url, &acts).await?;
        }
        Ok(())
    })
}

/// Numbers that look random and are the same at every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.roll() % bound as u64) as usize
    }
}

/// The ids that are others in every copy.
#[derive(Default)]
struct Born {
    places: HashMap<String, usize>,
    prefixes: Vec<String>,
}

impl Born {
    fn add(&mut self, id: &str) {
        let prefix = id.split('_').next().unwrap_or_default();
        if !OF_THE_DIRECTORY.contains(&prefix) && !self.places.contains_key(id) {
            self.places.insert(id.to_owned(), self.prefixes.len());
            self.prefixes.push(prefix.to_owned());
        }
    }

    /// The id in a copy; its order says nothing of the copy's number.
    fn in_copy(&self, place: usize, copy: u64, out: &mut String) {
        let (mut high, mut low) = (Dice(copy << 16 | place as u64), Dice(!copy ^ (place as u64) << 40));
        let _ = write!(out, "{}_{:016x}{:016x}", self.prefixes[place], high.roll(), low.roll());
    }

    fn id_in_copy(&self, id: &str, copy: u64) -> String {
        let mut out = String::new();
        self.in_copy(self.places[id], copy, &mut out);
        out
    }
}

/// Where in a text ids stand, `prefix_<32 hex digits>`.
fn ids(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if bytes[at] == b'_' && bytes.get(at + 1..at + 33).is_some_and(|digits| digits.iter().all(hex)) {
            let letters = bytes[..at].iter().rev().take_while(|byte| byte.is_ascii_lowercase()).count();
            if letters > 0 {
                found.push((at - letters, at + 33));
            }
            at += 33;
        } else {
            at += 1;
        }
    }
    found
}

/// A value of a row that is written again and again.
enum Cell {
    Null,
    Int(i64),
    Bytes(Vec<u8>),
    /// Pieces of text, and which id follows each.
    Text(Vec<(String, Option<usize>)>),
}

impl Cell {
    fn text(text: &str, born: &Born) -> Self {
        let mut pieces = Vec::new();
        let mut from = 0;
        for (start, end) in ids(text) {
            if let Some(place) = born.places.get(&text[start..end]) {
                pieces.push((text[from..start].to_owned(), Some(*place)));
                from = end;
            }
        }
        pieces.push((text[from..].to_owned(), None));
        Self::Text(pieces)
    }

    fn optional(text: Option<impl ToString>, born: &Born) -> Self {
        text.map_or(Self::Null, |text| Self::text(&text.to_string(), born))
    }

    fn of(value: &Value, born: &Born) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(truth) => Self::Int(i64::from(*truth)),
            Value::Int(number) => Self::Int(*number),
            Value::Text(text) => Self::text(text, born),
        }
    }

    fn in_copy(pieces: &[(String, Option<usize>)], born: &Born, copy: u64) -> String {
        let mut text = String::new();
        for (piece, place) in pieces {
            text.push_str(piece);
            if let Some(place) = place {
                born.in_copy(*place, copy, &mut text);
            }
        }
        text
    }
}

/// A row of a table, to be written again and again.
struct Template {
    table: &'static str,
    columns: Vec<&'static str>,
    cells: Vec<Cell>,
}

/// Everything that one matter leaves.
struct Matter {
    born: Born,
    /// Heads, clearances and read tables.
    rows: Vec<Template>,
    /// In the order of time.
    events: Vec<Template>,
    cases: Vec<String>,
    persons: Vec<String>,
    units: Vec<String>,
}

impl Matter {
    async fn of(store: &dyn EventStore) -> anyhow::Result<Self> {
        let mut streams: Vec<(StreamId, UnitId, Vec<StoredEvent>)> = Vec::new();
        let mut after = None;
        loop {
            let page = store.streams(after, 1000).await?;
            after = page.last().map(|(stream, _)| *stream);
            if page.is_empty() {
                break;
            }
            for (stream, organ) in page {
                if OF_A_MATTER.contains(&stream.kind) {
                    streams.push((stream, organ, store.events(stream, 0, 1000).await?));
                }
            }
        }
        let mut born = Born::default();
        for (stream, _, events) in &streams {
            born.add(&stream.to_string());
            for stored in events {
                born.add(&stored.event.event.to_string());
                ids(&stored.event.json).into_iter().for_each(|(from, to)| born.add(&stored.event.json[from..to]));
            }
        }
        let mut rows = Vec::new();
        for (stream, organ, events) in &streams {
            let last = events.last().context("a stream without events")?;
            let head = vec![
                Cell::text(&stream.to_string(), &born),
                Cell::text(&organ.to_string(), &born),
                Cell::Int(i64::try_from(last.n)?),
                Cell::Bytes(last.event.leaf_hash.to_vec()),
            ];
            rows.push(Template { table: "heads", columns: vec!["stream", "organ", "n", "leaf_hash"], cells: head });
            let drafts: BTreeSet<_> = events.iter().filter_map(|stored| stored.event.draft).collect();
            for draft in drafts {
                let Some(cleared) = store.clearance(CaseId::new(stream.value), draft).await? else { continue };
                let columns = vec!["case_stream", "draft", "event", "kind"];
                let cells = [stream.to_string(), draft.to_string(), cleared.event.to_string()];
                let mut cells: Vec<Cell> = cells.iter().map(|id| Cell::text(id, &born)).collect();
                cells.push(Cell::text(cleared.kind.as_str(), &born));
                rows.push(Template { table: "legality_clearance", columns, cells });
            }
        }
        // What the public sees has keys of its own, and no trace reads it.
        for table in TABLES.iter().filter(|table| !table.name.starts_with("public_")) {
            for row in store.rows(&RowQuery::all(table)).await? {
                // A row is of the matter where its key is, so that the copies of its key differ too.
                let own = table.key.iter().filter_map(|key| row.get(table.position(key)?)).any(|value| match value {
                    Value::Text(id) => born.places.contains_key(id),
                    _ => false,
                });
                if own {
                    let columns = table.columns.iter().map(|column| column.name).collect();
                    let cells = row.iter().map(|value| Cell::of(value, &born)).collect();
                    rows.push(Template { table: table.name, columns, cells });
                }
            }
        }
        let cases = streams.iter().filter(|(stream, ..)| stream.kind == StreamKind::Case);
        let cases = cases.map(|(stream, ..)| stream.to_string()).collect();
        let mut events: Vec<(UnitId, StoredEvent)> = Vec::new();
        for (_, organ, of_stream) in streams {
            events.extend(of_stream.into_iter().map(|stored| (organ, stored)));
        }
        events.sort_by_key(|(_, stored)| (stored.event.recorded_at, stored.stream, stored.n));
        let persons: BTreeSet<String> =
            events.iter().filter_map(|(_, e)| e.event.actor).map(|id| id.to_string()).collect();
        let units: BTreeSet<String> =
            events.iter().filter_map(|(_, e)| e.event.unit).map(|id| id.to_string()).collect();
        let events = events.iter().map(|(organ, stored)| event(*organ, stored, &born)).collect::<Result<_, _>>()?;
        Ok(Self {
            born,
            rows,
            events,
            cases,
            persons: persons.into_iter().collect(),
            units: units.into_iter().collect(),
        })
    }
}

fn event(organ: UnitId, stored: &StoredEvent, born: &Born) -> anyhow::Result<Template> {
    let event = &stored.event;
    let text = |text: &str| Cell::text(text, born);
    let cells = vec![
        ("stream", text(&stored.stream.to_string())),
        ("n", Cell::Int(i64::try_from(stored.n)?)),
        ("event", text(&event.event.to_string())),
        ("kind", text(&event.kind)),
        ("version", Cell::Int(event.version.into())),
        ("organ", text(&organ.to_string())),
        ("actor", Cell::optional(event.actor, born)),
        ("post", Cell::optional(event.post, born)),
        ("unit", Cell::optional(event.unit, born)),
        ("acting_for", Cell::optional(event.acting_for, born)),
        ("stage", Cell::optional(event.stage.as_deref(), born)),
        ("draft", Cell::optional(event.draft, born)),
        ("adopts_draft", Cell::optional(event.adopts_draft, born)),
        ("opinion", Cell::optional(event.opinion.as_deref(), born)),
        ("occurred_on", Cell::optional(event.occurred_on.as_deref(), born)),
        ("recorded_at", Cell::Int(event.recorded_at)),
        ("json", text(&event.json)),
        ("leaf", Cell::Bytes(event.leaf.clone())),
        ("leaf_hash", Cell::Bytes(event.leaf_hash.to_vec())),
        ("body_key", event.body_key.map_or(Cell::Null, |key| Cell::Bytes(key.to_vec()))),
    ];
    let (columns, cells) = cells.into_iter().unzip();
    Ok(Template { table: "events", columns, cells })
}

/// The database's own command, fed with rows.
struct Sink {
    command: Child,
    input: BufWriter<ChildStdin>,
    postgres: bool,
}

impl Sink {
    fn open(url: &str) -> anyhow::Result<Self> {
        let sqlite = url.strip_prefix("sqlite:");
        let mut command = match sqlite {
            Some(path) => {
                let mut command = Command::new("sqlite3");
                command.args(["-bail", path]);
                command
            }
            None => {
                let mut command = Command::new(dingce_testkit::postgres::programs().join("psql"));
                command.args([url, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]);
                command
            }
        };
        let mut command = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().context("psql or sqlite3")?;
        let input = command.stdin.take().context("the command takes no input")?;
        let mut sink = Self { command, input: BufWriter::with_capacity(1 << 20, input), postgres: sqlite.is_none() };
        sink.input.write_all(if sink.postgres {
            // Constraints are not checked again: these are copies of rows that passed them.
            b"SET session_replication_role = replica;\n"
        } else {
            b"PRAGMA busy_timeout = 60000; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000;\n"
        })?;
        Ok(sink)
    }

    /// Writes the copies with these numbers of one row.
    fn copies(&mut self, template: &Template, born: &Born, numbers: std::ops::Range<u64>) -> anyhow::Result<()> {
        let names = template.columns.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        let mut line = String::new();
        if self.postgres {
            writeln!(self.input, "COPY {} ({names}) FROM STDIN;", template.table)?;
            for copy in numbers {
                line.clear();
                copy_line(&template.cells, born, copy, &mut line);
                self.input.write_all(line.as_bytes())?;
            }
            self.input.write_all(b"\\.\n")?;
            return Ok(());
        }
        self.input.write_all(b"BEGIN;\n")?;
        for copy in numbers.clone() {
            line.clear();
            let at = (copy - numbers.start) % ROWS_OF_STATEMENT;
            match at {
                0 => write!(line, "INSERT INTO {} ({names}) VALUES\n(", template.table)?,
                _ => line.push('('),
            }
            values(&template.cells, born, copy, &mut line);
            line.push_str(if at == ROWS_OF_STATEMENT - 1 || copy + 1 == numbers.end { ");\n" } else { "),\n" });
            self.input.write_all(line.as_bytes())?;
        }
        Ok(self.input.write_all(b"COMMIT;\n")?)
    }

    /// Waits until everything is written, and the database knows what it has.
    fn close(mut self) -> anyhow::Result<()> {
        // Index-only plans need to know which pages everybody sees; a server's autovacuum says so in time.
        self.input.write_all(if self.postgres {
            b"VACUUM (ANALYZE);\n"
        } else {
            b"PRAGMA wal_checkpoint(TRUNCATE);\n"
        })?;
        self.input.flush()?;
        drop(self.input);
        let ended = self.command.wait()?;
        ensure!(ended.success(), "the database refused a row");
        Ok(())
    }
}

/// A row of `COPY … FROM STDIN`.
fn copy_line(cells: &[Cell], born: &Born, copy: u64, out: &mut String) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push('\t');
        }
        match cell {
            Cell::Null => out.push_str("\\N"),
            Cell::Int(number) => {
                let _ = write!(out, "{number}");
            }
            Cell::Bytes(bytes) => {
                let _ = write!(out, "\\\\x{}", hex::encode(bytes));
            }
            Cell::Text(pieces) => {
                for symbol in Cell::in_copy(pieces, born, copy).chars() {
                    match symbol {
                        '\\' => out.push_str("\\\\"),
                        '\n' => out.push_str("\\n"),
                        '\r' => out.push_str("\\r"),
                        '\t' => out.push_str("\\t"),
                        other => out.push(other),
                    }
                }
            }
        }
    }
    out.push('\n');
}

/// The values of a row as SQLite reads them.
fn values(cells: &[Cell], born: &Born, copy: u64, out: &mut String) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        let _ = match cell {
            Cell::Null => write!(out, "NULL"),
            Cell::Int(number) => write!(out, "{number}"),
            Cell::Bytes(bytes) => write!(out, "X'{}'", hex::encode(bytes)),
            Cell::Text(pieces) => write!(out, "'{}'", Cell::in_copy(pieces, born, copy).replace('\'', "''")),
        };
    }
}

fn fill(url: &str, matter: &Matter, numbers: std::ops::Range<u64>) -> anyhow::Result<()> {
    let mut sink = Sink::open(url)?;
    for template in matter.rows.iter().chain(&matter.events) {
        sink.copies(template, &matter.born, numbers.clone())?;
    }
    sink.close()
}

async fn measure(database: &str, url: String, acts: &[u64]) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let settings = Settings { database: Some(url.clone()), ..Settings::in_folder(&folder.path().join("data")) };
    let clock = Arc::new(ManualClock::at(run::beginning()));
    let (assembled, ids) = run::prepare(settings, Arc::clone(&clock)).await?;
    let mut world = HttpWorld::start(Arc::clone(&assembled), clock, ids, Box::new(|_| {})).await?;
    road::play(&mut world).await?;
    let matter = Matter::of(assembled.app.store().as_ref()).await?;
    let of_matter = matter.events.len() as u64;
    let mut copies = 0;
    for acts in acts {
        let wanted = (acts / of_matter).max(copies + 1);
        let since = Instant::now();
        let matter = &matter;
        tokio::task::block_in_place(|| fill(&url, matter, copies..wanted))?;
        writeln!(
            std::io::stdout(),
            "{database}: {} events of {} cases; {} of them filled in now, in {:.0} s",
            (wanted + 1) * of_matter,
            (wanted + 1) * matter.cases.len() as u64,
            (wanted - copies) * of_matter,
            since.elapsed().as_secs_f64()
        )?;
        copies = wanted;
        ask_all(&world, matter, copies).await?;
    }
    world.stop().await
}

async fn ask_all(world: &HttpWorld, matter: &Matter, copies: u64) -> anyhow::Result<()> {
    let address = format!("http://{}/graphql", world.address());
    let auditor =
        Auditor { client: reqwest::Client::builder().no_proxy().build()?, address, token: world.token("auditor")? };
    let case = |dice: &mut Dice| {
        let case = &matter.cases[dice.below(matter.cases.len())];
        matter.born.id_in_copy(case, dice.roll() % copies)
    };
    let one_of = |list: &[String], dice: &mut Dice| list[dice.below(list.len())].clone();
    auditor.asks("a case: days, parties, who held it", CASE, "reverseTrace", case).await?;
    auditor.asks("a case: its first 50 acts with law and draft", ACTS, "reverseTrace", case).await?;
    let person = |dice: &mut Dice| one_of(&matter.persons, dice);
    auditor.asks("a person: posts, newest 50 acts, 20 dissents", PERSON, "personTrace", person).await?;
    let unit = |dice: &mut Dice| one_of(&matter.units, dice);
    auditor.asks("a unit: newest 50 acts, 20 overdue", UNIT, "unitTrace", unit).await
}

/// Who may trace, at the running server.
struct Auditor {
    client: reqwest::Client,
    address: String,
    token: String,
}

impl Auditor {
    /// p50 and p99 of a question, and how long the answers are.
    async fn asks(
        &self,
        name: &str,
        query: &str,
        field: &str,
        mut about: impl FnMut(&mut Dice) -> String,
    ) -> anyhow::Result<()> {
        let mut dice = Dice(7);
        let mut took: Vec<Duration> = Vec::new();
        let mut length = 0;
        for _ in 0..ASKED {
            let body = json!({ "query": query, "variables": { "id": about(&mut dice) } });
            let since = Instant::now();
            let answer = self.client.post(&self.address).bearer_auth(&self.token).json(&body).send().await?;
            let answer = answer.bytes().await?;
            took.push(since.elapsed());
            length += answer.len();
            let answer: serde_json::Value = serde_json::from_slice(&answer)?;
            let told = answer["errors"].is_null() && !answer["data"][field].is_null();
            ensure!(told, "{body} was answered with {answer}");
        }
        took.sort_unstable();
        let at = |part: usize| took[(took.len() - 1) * part / 100].as_secs_f64() * 1000.0;
        let (p50, p99, length) = (at(50), at(99), length / ASKED);
        writeln!(std::io::stdout(), "  {name:<46} p50 {p50:>7.1} ms  p99 {p99:>7.1} ms  {length} bytes an answer")?;
        Ok(())
    }
}
