//! Steps of the road per second over HTTP, against a plain transaction of the same database in the same run.
//!
//! `cargo bench -p dingce-server --bench road` prints both figures and their ratio for PostgreSQL as in use, for
//! PostgreSQL that does not wait for the disk (as tests run it, which shows the cost of computing alone), and for SQLite.
//! The yardstick is one update of a head and two inserts a transaction: the least that an act could cost. On PostgreSQL
//! `pgbench` does it with as many clients; on SQLite, which has one writer, the command `sqlite3` does it one after the
//! other, with the settings the store uses. Figures of one machine mean nothing on another; the ratio does.
//!
//! `DINGCE_BENCH_LEDGER=both` measures each database a second time without T2 and T3: a rule or trigger of that database makes every
//! pending row vanish, so nothing gets a place in the log and nothing is published. What the chain costs an act (leaf, hash) is measured
//! beside it and taken off by calculation, because the program has no switch for it. The ratio of the two is printed.
//!
//! `DINGCE_BENCH_CLIENTS` sets the number of clients and `DINGCE_BENCH_ONLY` names the one database to measure:
//! `durable`, `memory` or `sqlite`. `DINGCE_BENCH_ROAD=opening` ends each case with its first draft: four acts that the
//! program has always had, for comparing it with its older self.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use dingce_app::ports::Clock;
use dingce_ledger::leaf::LEAF_VERSION;
use dingce_ledger::{BodyRef, Digest, Leaf, LeafInput, Salt, leaf_hash};
use dingce_server::demo::{HttpWorld, World, run, world};
use dingce_server::{ManualClock, Settings};
use serde_json::{Value, json};

/// How long each is measured.
const SECONDS: u64 = 10;
/// Clients at once, for both, if nothing else is said.
const CLIENTS: usize = 32;
/// Transactions of the yardstick on SQLite.
const SQLITE_TRANSACTIONS: usize = 10_000;

fn main() -> anyhow::Result<()> {
    let clients = match std::env::var("DINGCE_BENCH_CLIENTS") {
        Ok(given) => given.parse().context("DINGCE_BENCH_CLIENTS is not a number")?,
        Err(_) => CLIENTS,
    };
    let only = std::env::var("DINGCE_BENCH_ONLY").ok();
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let both = std::env::var("DINGCE_BENCH_LEDGER").is_ok_and(|ledger| ledger == "both");
        if wanted("durable") {
            let floor = pgbench(&dingce_testkit::postgres::durable_database().await, clients)?;
            let with = road(dingce_testkit::postgres::durable_database().await, clients, true).await?;
            tell("PostgreSQL", clients, floor, with);
            if both {
                compare(with, road(dingce_testkit::postgres::durable_database().await, clients, false).await?)?;
            }
        }
        if wanted("memory") {
            let floor = pgbench(&dingce_testkit::postgres::database().await, clients)?;
            let with = road(dingce_testkit::postgres::database().await, clients, true).await?;
            tell("PostgreSQL, not waiting for the disk", clients, floor, with);
            if both {
                compare(with, road(dingce_testkit::postgres::database().await, clients, false).await?)?;
            }
        }
        if wanted("sqlite") {
            let floor = sqlite_floor()?;
            let (_folder, url) = dingce_testkit::sqlite::database();
            let with = road(url, clients, true).await?;
            tell("SQLite", clients, floor, with);
            if both {
                let (_folder, url) = dingce_testkit::sqlite::database();
                compare(with, road(url, clients, false).await?)?;
            }
        }
        Ok(())
    })
}

fn tell(database: &str, clients: usize, floor: f64, road: Measured) {
    let road = road.acts;
    say(&format!(
        "{database}, {clients} clients: plain transactions {floor:.0}/s, acts over HTTP (GraphQL, JWT) {road:.0}/s, \
         ratio {:.2}",
        road / floor
    ));
}

/// What was measured of the road.
#[derive(Clone, Copy)]
struct Measured {
    /// Acts a second.
    acts: f64,
    /// Events that an act has on the average: itself, and the clocks that it starts, pauses or stops.
    events_of_act: f64,
}

/// With chain, T2 and T3 over the same path without them.
fn compare(with: Measured, without_log: Measured) -> anyhow::Result<()> {
    let (with, events_of_act, without_log) = (with.acts, with.events_of_act, without_log.acts);
    let of_chain = chain_cost()?.as_secs_f64() * events_of_act;
    let processors = std::thread::available_parallelism()?.get() as f64;
    // Without the chain an act takes so much less of the processors, which are what is short.
    let without_any = 1.0 / (1.0 / without_log - of_chain / processors);
    say(&format!(
        "  without T2 and T3 {without_log:.0}/s; the chain takes {:.1} µs of an act, so without any {without_any:.0}/s; ratio {:.2}",
        of_chain * 1e6,
        with / without_any
    ));
    Ok(())
}

/// What leaf and hash of one event cost.
fn chain_cost() -> anyhow::Result<Duration> {
    const TIMES: u32 = 20_000;
    let sample = LeafInput {
        v: LEAF_VERSION,
        k: "draft_version_added".to_owned(),
        stream: format!("case_{}", "0".repeat(32)),
        n: 4,
        prev: Some(Digest::from_bytes([7; 32])),
        event: format!("evt_{}", "1".repeat(32)),
        at: "2026-11-26T01:00:00Z".to_owned(),
        on: None,
        actor: Some(format!("person_{}", "2".repeat(32))),
        post: Some(format!("post_{}", "3".repeat(32))),
        unit: Some(format!("unit_{}", "4".repeat(32))),
        acting_for: None,
        stage: Some("drafting".to_owned()),
        draft: Some(format!("draft_{}", "5".repeat(32))),
        op: None,
        law: Some(Digest::from_bytes([8; 32])),
        cal: Some(Digest::from_bytes([9; 32])),
        clock: None,
        docs: vec![Digest::from_bytes([6; 32])],
        body: BodyRef::plain(b"{}"),
        sealed: None,
        salt: Salt([5; 32]),
    };
    let begun = Instant::now();
    let mut last = Digest::from_bytes([0; 32]);
    for _ in 0..TIMES {
        let leaf = LeafInput { prev: Some(last), ..sample.clone() };
        last = leaf_hash(&Leaf::encode(&leaf)?);
    }
    ensure!(last != Digest::from_bytes([0; 32]), "nothing was hashed");
    Ok(begun.elapsed() / TIMES)
}

/// Makes every row vanish that waits for a place in the log.
fn without_log(url: &str) -> anyhow::Result<()> {
    let (program, arguments) = match url.strip_prefix("sqlite:") {
        Some(path) => (
            "sqlite3",
            vec![
                path.trim_start_matches("//"),
                "CREATE TRIGGER bench_without_log BEFORE INSERT ON log_pending BEGIN SELECT RAISE(IGNORE); END;",
            ],
        ),
        None => (
            "psql",
            vec![
                url,
                "-v",
                "ON_ERROR_STOP=1",
                "-q",
                "-c",
                "CREATE RULE bench_without_log AS ON INSERT TO log_pending DO INSTEAD NOTHING",
            ],
        ),
    };
    let done = Command::new(program).args(arguments).status().with_context(|| format!("{program} could not be run"))?;
    ensure!(done.success(), "{program} failed");
    Ok(())
}

fn say(text: &str) {
    // The one output of a benchmark.
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn pgbench(url: &str, clients: usize) -> anyhow::Result<f64> {
    let folder = tempfile::tempdir()?;
    let script = folder.path().join("act.sql");
    std::fs::write(
        &script,
        "\\set id random(1, 5000)\nBEGIN;\nUPDATE bench_head SET n = n + 1 WHERE id = :id;\n\
         INSERT INTO bench_event (id, body) VALUES (:id, repeat('x', 900));\n\
         INSERT INTO bench_row (id, body) VALUES (:id, repeat('y', 300));\nCOMMIT;\n",
    )?;
    let setup = "CREATE TABLE bench_head (id int PRIMARY KEY, n bigint NOT NULL); \
        INSERT INTO bench_head SELECT i, 0 FROM generate_series(1, 5000) i; \
        CREATE TABLE bench_event (k bigserial PRIMARY KEY, id int, body text); \
        CREATE TABLE bench_row (k bigserial PRIMARY KEY, id int, body text);";
    let psql = Command::new("psql").args([url, "-v", "ON_ERROR_STOP=1", "-q", "-c", setup]).status()?;
    ensure!(psql.success(), "psql failed");
    let program = ["/usr/bin/pgbench", "/usr/lib/postgresql/15/bin/pgbench"]
        .into_iter()
        .map(PathBuf::from)
        .find(|p| p.exists())
        .unwrap_or_else(|| PathBuf::from("pgbench"));
    let output = Command::new(program)
        .args(["-n", "-c", &clients.to_string(), "-j", "2", "-T", &SECONDS.to_string(), "-f"])
        .arg(&script)
        .arg(url)
        .output()
        .context("pgbench could not be run")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let tps = text.lines().find(|l| l.starts_with("tps")).and_then(|l| l.split_whitespace().nth(2));
    tps.and_then(|t| t.parse().ok()).with_context(|| format!("pgbench gave no figure: {text}"))
}

/// The yardstick on SQLite, from the program's start to its end.
fn sqlite_floor() -> anyhow::Result<f64> {
    let folder = tempfile::tempdir()?;
    let mut script = String::from(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;\n\
         CREATE TABLE bench_head (id INTEGER PRIMARY KEY, n INTEGER NOT NULL);\n\
         CREATE TABLE bench_event (k INTEGER PRIMARY KEY, id INTEGER, body TEXT);\n\
         CREATE TABLE bench_row (k INTEGER PRIMARY KEY, id INTEGER, body TEXT);\n\
         WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 5000) \
         INSERT INTO bench_head SELECT i, 0 FROM c;\n",
    );
    let (event, row) = ("x".repeat(900), "y".repeat(300));
    for at in 0..SQLITE_TRANSACTIONS {
        let id = at * 7 % 5000 + 1;
        script.push_str(&format!(
            "BEGIN IMMEDIATE; UPDATE bench_head SET n = n + 1 WHERE id = {id}; \
             INSERT INTO bench_event (id, body) VALUES ({id}, '{event}'); \
             INSERT INTO bench_row (id, body) VALUES ({id}, '{row}'); COMMIT;\n"
        ));
    }
    let path = folder.path().join("acts.sql");
    std::fs::write(&path, script)?;
    let begun = Instant::now();
    let done = Command::new("sqlite3")
        .arg("-bail")
        .arg(folder.path().join("floor.sqlite"))
        .stdin(std::fs::File::open(&path)?)
        .stdout(std::process::Stdio::null())
        .status()
        .context("sqlite3 could not be run: install the Debian package of this name")?;
    ensure!(done.success(), "sqlite3 failed");
    Ok(SQLITE_TRANSACTIONS as f64 / begun.elapsed().as_secs_f64())
}

async fn road(url: String, number_of_clients: usize, with_log: bool) -> anyhow::Result<Measured> {
    let folder = tempfile::tempdir()?;
    let settings = Settings { database: Some(url.clone()), ..Settings::in_folder(&folder.path().join("data")) };
    let clock = Arc::new(ManualClock::at(run::beginning()));
    let (assembled, ids) = run::prepare(settings, Arc::clone(&clock)).await?;
    if !with_log {
        without_log(&url)?;
    }
    let mut http = HttpWorld::start(Arc::clone(&assembled), Arc::clone(&clock), ids, Box::new(|_| {})).await?;
    let _: &dyn Clock = clock.as_ref();
    let document = http.upload("water_officer", "材料.txt", b"bench".to_vec()).await?;
    let unit = http.id("water")?;
    let opening_only = std::env::var("DINGCE_BENCH_ROAD").is_ok_and(|road| road == "opening");
    let tokens = [http.token("office_officer")?, http.token("water_officer")?, http.token("head")?];
    let before = assembled.app.store().log_size().await?;
    let done = Arc::new(AtomicU64::new(0));
    let until = Instant::now() + Duration::from_secs(SECONDS);
    let begun = Instant::now();
    let mut clients = Vec::new();
    for client in 0..number_of_clients {
        let lap = Lap {
            client: reqwest::Client::builder().no_proxy().build()?,
            address: http.address().to_string(),
            tokens: tokens.clone(),
            unit: unit.clone(),
            document: document.clone(),
            done: Arc::clone(&done),
            number: client,
            opening_only,
        };
        clients.push(tokio::spawn(async move {
            while Instant::now() < until {
                lap.run().await?;
            }
            anyhow::Ok(())
        }));
    }
    for client in clients {
        client.await??;
    }
    let (acts, seconds) = (done.load(Ordering::Relaxed) as f64, begun.elapsed().as_secs_f64());
    http.stop().await?;
    assembled.app.settle().await?;
    let events = assembled.app.store().log_size().await?.saturating_sub(before);
    Ok(Measured { acts: acts / seconds, events_of_act: events as f64 / acts })
}

/// One client's way through the first acts of a case, again and again.
struct Lap {
    client: reqwest::Client,
    address: String,
    tokens: [String; 3],
    unit: String,
    document: Value,
    done: Arc<AtomicU64>,
    number: usize,
    opening_only: bool,
}

impl Lap {
    async fn act(&self, who: usize, name: &str, input: Value) -> anyhow::Result<Value> {
        let answer: Value = self
            .client
            .post(format!("http://{}/graphql", self.address))
            .bearer_auth(&self.tokens[who])
            .json(&json!({ "query": world::mutation(name), "variables": { "input": input } }))
            .send()
            .await?
            .json()
            .await?;
        let payload = &answer["data"][name];
        ensure!(payload["errors"].as_array().is_some_and(Vec::is_empty), "client {}: {answer}", self.number);
        self.done.fetch_add(1, Ordering::Relaxed);
        Ok(payload.clone())
    }

    async fn run(&self) -> anyhow::Result<()> {
        let opened = self
            .act(
                0,
                "openCase",
                json!({
                    "title": "基准事项", "summary": "基准", "class": "PLAN", "proposer": "UNIT",
                    "proposalReference": "", "entry": null, "undertakingUnit": self.unit, "facts": []
                }),
            )
            .await?;
        let case = &opened["case"]["id"];
        let studied = json!({ "caseId": case, "opinion": "可行", "recommends": true, "documents": [self.document] });
        self.act(1, "studyProposal", studied).await?;
        let begun = json!({ "caseId": case, "start": true, "undertakingUnit": self.unit, "reason": "启动" });
        self.act(2, "decideInitiation", begun).await?;
        let first = json!({
            "caseId": case, "change": "FIRST", "reason": "", "replaces": null, "documents": [self.document]
        });
        let drafted = self.act(1, "addDraftVersion", first).await?;
        if self.opening_only {
            return Ok(());
        }
        let draft = &drafted["case"]["currentDraft"]["id"];
        let items = [
            ("recordBasisList", json!({ "bases": [{ "name": "水法", "supports": "整体" }] })),
            ("recordDepartmentConsultation", json!({ "noneReason": "不涉及其他部门职责" })),
            ("recordUnitLegalCheck", json!({ "checkedBy": "法规股", "lawful": true, "opinion": "已办" })),
            (
                "recordCountersign",
                json!({ "signed": [
                { "unit": "财政局", "signatory": "局长", "signedOn": "2022-12-14", "agrees": true }
            ] }),
            ),
        ];
        for (name, mut recorded) in items {
            recorded["caseId"] = case.clone();
            recorded["draft"] = draft.clone();
            self.act(1, name, recorded).await?;
        }
        Ok(())
    }
}
