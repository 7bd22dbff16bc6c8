//! Steps of the road per second over HTTP, against a plain transaction of the same database in the same run.
//!
//! `cargo bench -p dingce-server --bench road` prints both figures and their ratio. The yardstick is `pgbench` with one
//! update of a head and two inserts a transaction, as many clients, on the same PostgreSQL: the least that an act could
//! cost. Figures of one machine mean nothing on another; the ratio does.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use dingce_app::ports::Clock;
use dingce_server::demo::{HttpWorld, World, run, world};
use dingce_server::{ManualClock, Settings};
use serde_json::{Value, json};

/// Clients at once, for both.
const CLIENTS: usize = 32;
/// How long each is measured.
const SECONDS: u64 = 10;

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let url = dingce_testkit::postgres::database().await;
        let floor = pgbench(&url)?;
        let road = road(dingce_testkit::postgres::database().await).await?;
        say(&format!(
            "plain transaction (pgbench, {CLIENTS} clients): {floor:.0}/s\n\
             acts over HTTP (GraphQL, JWT, {CLIENTS} clients):  {road:.0}/s\nratio: {:.2}",
            road / floor
        ));
        Ok(())
    })
}

fn say(text: &str) {
    // The one output of a benchmark.
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn pgbench(url: &str) -> anyhow::Result<f64> {
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
        .args(["-n", "-c", &CLIENTS.to_string(), "-j", "2", "-T", &SECONDS.to_string(), "-f"])
        .arg(&script)
        .arg(url)
        .output()
        .context("pgbench could not be run")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let tps = text.lines().find(|l| l.starts_with("tps")).and_then(|l| l.split_whitespace().nth(2));
    tps.and_then(|t| t.parse().ok()).with_context(|| format!("pgbench gave no figure: {text}"))
}

async fn road(url: String) -> anyhow::Result<f64> {
    let folder = tempfile::tempdir()?;
    let settings = Settings { database: Some(url), ..Settings::in_folder(&folder.path().join("data")) };
    let clock = Arc::new(ManualClock::at(run::beginning()));
    let (assembled, ids) = run::prepare(settings, Arc::clone(&clock)).await?;
    let mut http = HttpWorld::start(Arc::clone(&assembled), Arc::clone(&clock), ids, Box::new(|_| {})).await?;
    let _: &dyn Clock = clock.as_ref();
    let document = http.upload("water_officer", "材料.txt", b"bench".to_vec()).await?;
    let unit = http.id("water")?;
    let tokens = [http.token("office_officer")?, http.token("water_officer")?, http.token("head")?];
    let done = Arc::new(AtomicU64::new(0));
    let until = Instant::now() + Duration::from_secs(SECONDS);
    let begun = Instant::now();
    let mut clients = Vec::new();
    for client in 0..CLIENTS {
        let lap = Lap {
            client: reqwest::Client::builder().no_proxy().build()?,
            address: http.address().to_string(),
            tokens: tokens.clone(),
            unit: unit.clone(),
            document: document.clone(),
            done: Arc::clone(&done),
            number: client,
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
    let figure = done.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64();
    http.stop().await?;
    Ok(figure)
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
        let draft = &drafted["case"]["currentDraft"]["id"];
        for item in ["BASIS_LIST", "DEPARTMENT_CONSULTATION", "UNIT_LEGAL_CHECK", "LEADERSHIP_MEETING"] {
            let recorded = json!({
                "caseId": case, "item": item, "draft": draft, "inOrder": true, "conclusion": "已办",
                "documents": []
            });
            self.act(1, "recordDraftingItem", recorded).await?;
        }
        Ok(())
    }
}
