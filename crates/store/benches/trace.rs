//! How long a reverse trace takes over many acts: p50 and p99 of its statements, on SQLite and on PostgreSQL.
//!
//! `cargo bench -p dingce-store --bench trace` fills a store with acts of 100 a case, in the order of time over all cases and
//! not case by case, which is the worst for locality, and asks for cases, persons, units and overdue holds at random. Nothing
//! is held against a bound: figures of one machine mean nothing on another. What must not change, that each statement is
//! answered from an index alone, is held by `crates/store/tests/suite/trace.rs`.
//!
//! `DINGCE_BENCH_ACTS` is how many acts are filled in [default: 100000]; of several numbers with commas each is filled up to and
//! measured, in one run. `DINGCE_BENCH_ONLY` is one of `sqlite` and `postgres`,
//! `DINGCE_BENCH_DATABASE` the URL of an empty PostgreSQL database to use instead of one of a server of its own.
//! 10 and 100 million are the same command with another number: docs/performance.md says what they need.

use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use dingce_app::ports::{
    ActPage, ActQuery, Append, Direction, EventStore, Filter, Millis, NewEvent, ReadRow, Row, RowQuery, Value,
};
use dingce_app::read_rows::{HoldRow, PositionRow, TABLES};
use dingce_domain::id::{CaseId, EventId, PersonId, PostId, StreamId, UnitId};
use dingce_store::{Store, StoreOptions};
use uuid::Uuid;

/// Acts of one case.
const OF_CASE: u64 = 100;
/// Persons who act, and units for which they do.
const PERSONS: u64 = 2_000;
const UNITS: u64 = 100;
/// Cases that one append of the store writes to at once.
const AT_ONCE: u64 = 1_000;
/// How often each question is asked.
const ASKED: u64 = 500;

fn main() -> anyhow::Result<()> {
    let acts = std::env::var("DINGCE_BENCH_ACTS").unwrap_or_else(|_| "100000".to_owned());
    let acts = acts
        .split(',')
        .map(|number| number.trim().parse::<u64>().context("DINGCE_BENCH_ACTS is no number, or numbers"));
    let acts = acts.collect::<anyhow::Result<Vec<u64>>>()?;
    ensure!(acts.iter().all(|acts| *acts >= OF_CASE), "DINGCE_BENCH_ACTS must be at least {OF_CASE}");
    ensure!(acts.is_sorted(), "DINGCE_BENCH_ACTS must grow from number to number");
    let only = std::env::var("DINGCE_BENCH_ONLY").ok();
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        if wanted("sqlite") {
            let (_folder, url) = dingce_testkit::sqlite::database();
            measure("SQLite", &url, &acts).await?;
        }
        if wanted("postgres") {
            let url = match std::env::var("DINGCE_BENCH_DATABASE") {
                Ok(given) => given,
                Err(_) => dingce_testkit::postgres::database().await,
            };
            measure("PostgreSQL", &url, &acts).await?;
        }
        Ok(())
    })
}

/// Numbers that look random and are the same at every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// An id whose order says nothing of its number.
fn uuid(kind: u64, number: u64) -> Uuid {
    let mut dice = Dice(kind.wrapping_mul(0x00C0_FFEE).wrapping_add(number));
    Uuid::from_u64_pair(dice.below(u64::MAX), number ^ (kind << 56))
}

fn case(number: u64) -> CaseId {
    CaseId::new(uuid(1, number))
}

fn person(number: u64) -> PersonId {
    PersonId::new(uuid(2, number))
}

fn unit(number: u64) -> UnitId {
    UnitId::new(uuid(3, number))
}

fn organ() -> UnitId {
    UnitId::new(uuid(3, u64::from(u32::MAX)))
}

fn act(number: u64, n: u64, at: Millis, dice: &mut Dice) -> NewEvent {
    let who = dice.below(PERSONS);
    let id = uuid(4, number * OF_CASE + n);
    NewEvent {
        event: EventId::new(id),
        kind: "drafting_item_recorded".to_owned(),
        version: 1,
        actor: Some(person(who)),
        post: Some(PostId::new(uuid(5, who))),
        unit: Some(unit(who % UNITS)),
        acting_for: (dice.below(20) == 0).then(|| person((who + 1) % PERSONS)),
        stage: Some("drafting".to_owned()),
        draft: None,
        adopts_draft: None,
        opinion: None,
        occurred_on: None,
        recorded_at: at,
        json: format!("{{\"body\":\"{}\"}}", "x".repeat(800)),
        leaf: vec![b'x'; 500],
        leaf_hash: [7; 32],
        body_key: None,
        sealed: None,
    }
}

fn hold(number: u64, dice: &mut Dice) -> HoldRow {
    let who = dice.below(PERSONS);
    HoldRow {
        case_id: case(number).to_string(),
        n: 1,
        clock: "legality_period".to_owned(),
        organ: organ().to_string(),
        definition: "sha256:0".to_owned(),
        undertaking_unit: unit(who % UNITS).to_string(),
        executing_unit: None,
        evaluating_unit: None,
        holder: "undertaking_officer".to_owned(),
        from_on: format!("20{:02}-{:02}-{:02}", dice.below(30), 1 + dice.below(12), 1 + dice.below(28)),
        to_on: None,
        due_on: None,
        overdue: dice.below(10) == 0,
        paused_days: None,
        overrun_days: None,
        person: None,
        unit: None,
        hold_json: "{}".to_owned(),
    }
}

fn position(number: u64, dice: &mut Dice) -> PositionRow {
    let against = dice.below(20) == 0;
    PositionRow {
        event: EventId::new(uuid(6, number)).to_string(),
        case_id: case(number).to_string(),
        organ: organ().to_string(),
        n: 2,
        member: person(dice.below(50)).to_string(),
        position: if against { "disagree" } else { "agree" }.to_owned(),
        against,
        statement: "x".repeat(100),
        draft: None,
        meeting: "meeting".to_owned(),
        entered_by: None,
        occurred_on: None,
        recorded_at: i64::try_from(number).unwrap_or(0),
    }
}

async fn fill(store: &Store, begun: u64, cases: u64) -> anyhow::Result<()> {
    let mut dice = Dice(begun + 1);
    let mut at: Millis = 1_700_000_000_000 + i64::try_from(begun * OF_CASE)?;
    for n in 1..=OF_CASE {
        let mut from = begun;
        while from < cases {
            let until = (from + AT_ONCE).min(cases);
            let batch: Vec<Append> = (from..until)
                .map(|number| {
                    at += 1;
                    let first = n == 1;
                    let rows = first.then(|| vec![hold(number, &mut dice).put(), position(number, &mut dice).put()]);
                    Append {
                        stream: case(number).into(),
                        organ: organ(),
                        expected_n: n - 1,
                        events: vec![act(number, n, at, &mut dice)],
                        rows: rows.unwrap_or_default(),
                        deadlines: Vec::new(),
                        outbox: Vec::new(),
                        answers: None,
                        clearances: Vec::new(),
                        claims: Vec::new(),
                        idempotency: None,
                        subject_keys: Vec::new(),
                    }
                })
                .collect();
            for answer in store.append(batch).await {
                answer.context("an act was not written")?;
            }
            from = until;
        }
    }
    Ok(())
}

/// p50 and p99 of a question, and how many rows it gave in all.
async fn ask<F>(name: &str, mut question: impl FnMut(&mut Dice) -> F) -> anyhow::Result<()>
where
    F: Future<Output = anyhow::Result<usize>>,
{
    let mut dice = Dice(7);
    let mut took: Vec<Duration> = Vec::new();
    let mut rows = 0;
    for _ in 0..ASKED {
        let since = Instant::now();
        rows += question(&mut dice).await?;
        took.push(since.elapsed());
    }
    took.sort_unstable();
    let at = |part: usize| took[(took.len() - 1) * part / 100].as_secs_f64() * 1000.0;
    let mut out = std::io::stdout();
    writeln!(out, "  {name:<44} p50 {:>8.2} ms  p99 {:>8.2} ms  {rows} rows in {ASKED} answers", at(50), at(99))?;
    Ok(())
}

async fn measure(database: &str, url: &str, acts: &[u64]) -> anyhow::Result<()> {
    let options = StoreOptions::new(url, TABLES.to_vec());
    Store::migrate(&options).await?;
    let store = Store::open(options).await?;
    let mut begun = 0;
    for acts in acts {
        let cases = acts / OF_CASE;
        let since = Instant::now();
        fill(&store, begun, cases).await?;
        let seconds = since.elapsed().as_secs_f64();
        let (more, all) = ((cases - begun) * OF_CASE, cases * OF_CASE);
        writeln!(
            std::io::stdout(),
            "{database}: {all} acts of {cases} cases, {more} of them filled in now, in {seconds:.0} s"
        )?;
        ask_all(&store, cases).await?;
        begun = cases;
    }
    Ok(())
}

async fn ask_all(store: &Store, cases: u64) -> anyhow::Result<()> {
    let newest = |limit| ActPage { until: None, direction: Direction::Descending, after: None, limit };
    let organ = organ();
    ask("a case, all of it", |dice| {
        let query = ActQuery::Stream(StreamId::from(case(dice.below(cases))));
        let page = ActPage { direction: Direction::Ascending, ..newest(1000) };
        async move { Ok(store.acts(&query, page).await?.len()) }
    })
    .await?;
    ask("a person, newest 50, and in their place", |dice| {
        let query = ActQuery::Person { person: person(dice.below(PERSONS)), organ };
        async move { Ok(store.acts(&query, newest(50)).await?.len()) }
    })
    .await?;
    ask("a person, newest 1,000", |dice| {
        let query = ActQuery::Person { person: person(dice.below(PERSONS)), organ };
        async move { Ok(store.acts(&query, newest(1000)).await?.len()) }
    })
    .await?;
    ask("a unit with two before it, newest 50", |dice| {
        let first = dice.below(UNITS);
        let units = (0..3).map(|more| unit((first + more) % UNITS)).collect();
        let query = ActQuery::Units { units, organ };
        async move { Ok(store.acts(&query, newest(50)).await?.len()) }
    })
    .await?;
    let rows =
        |query: RowQuery| async move { Ok(store.rows(&query).await?.iter().map(Row::len).filter(|n| *n > 0).count()) };
    ask("overdue holds of a unit, newest 50", |dice| {
        let mut query = RowQuery::all(HoldRow::TABLE)
            .with(Filter::Holds("overdue"))
            .with(Filter::Eq("organ", Value::Text(organ.to_string())))
            .with(Filter::Eq("undertaking_unit", Value::Text(unit(dice.below(UNITS)).to_string())));
        (query.order, query.direction, query.limit) = (vec!["from_on"], Direction::Descending, 50);
        rows(query)
    })
    .await?;
    ask("dissents of a member, newest 50", |dice| {
        let mut query = RowQuery::all(PositionRow::TABLE)
            .with(Filter::Holds("against"))
            .with(Filter::Eq("member", Value::Text(person(dice.below(50)).to_string())));
        (query.order, query.direction, query.limit) = (vec!["recorded_at"], Direction::Descending, 50);
        rows(query)
    })
    .await
}
