//! The whole server killed (SIGKILL) while clients act, on SQLite and PostgreSQL: what was acknowledged is there once,
//! what was not is there once or not at all, and a repeated request settles which.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dingce_app::ports::Clock;
use dingce_domain::id::{StreamId, StreamKind};
use dingce_server::demo::world;
use dingce_server::tokens::{Issuer, TokenFor};
use dingce_server::{Assembled, ManualClock, Settings, SystemClock, assemble, directory};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, Notify};

/// How often the server is killed.
const ROUNDS: usize = 4;
/// Clients at once.
const CLIENTS: usize = 6;
/// Answers of a round after which the server is killed, with the other clients' acts under way.
const ANSWERS: usize = 15;

/// `dingce serve` as a process of its own.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    async fn start(data: &Path, database: Option<&str>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dingce"));
        command.current_dir(data).env_clear().arg("--data").arg(data).args(["--log-format", "json"]);
        if let Some(url) = database {
            command.args(["--database", url]);
        }
        command.args(["serve", "--listen", "127.0.0.1:0"]).kill_on_drop(true);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stderr.take().expect("its log")).lines();
        let mut log = String::new();
        let address = loop {
            let line = lines.next_line().await.expect("its log is read");
            let line = line.unwrap_or_else(|| panic!("the server ended before it served:\n{log}"));
            let told: Value = serde_json::from_str(&line).unwrap_or(Value::Null);
            let fields = told.get("fields").unwrap_or(&told);
            if let Some(address) = fields["address"].as_str().filter(|_| line.contains("serving")) {
                break address.parse().expect("an address");
            }
            log.push_str(&line);
            log.push('\n');
        };
        // The pipe is emptied, or a server that logs much would wait for its reader.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { child, address }
    }

    async fn kill(mut self) {
        self.child.kill().await.expect("it is killed");
    }

    async fn stop(mut self) {
        let pid = self.child.id().expect("it runs").to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status().await.expect("it is told");
        assert!(told.success());
        assert!(self.child.wait().await.expect("it ends").success(), "it stops gracefully");
    }
}

/// One client's request to open a case, which it may repeat. Gives the case, or nothing where no answer came.
async fn open(client: &reqwest::Client, address: SocketAddr, token: &str, unit: &str, key: &str) -> Option<String> {
    let input = json!({
        "title": format!("事项 {key}"), "summary": "断电测试", "class": "PLAN", "proposer": "UNIT",
        "proposalReference": "", "entry": null, "undertakingUnit": unit, "facts": [], "idempotencyKey": key,
    });
    let request = client.post(format!("http://{address}/graphql")).bearer_auth(token);
    let sent = request.json(&json!({ "query": world::mutation("openCase"), "variables": { "input": input } })).send();
    let answer: Value = sent.await.ok()?.json().await.ok()?;
    let payload = &answer["data"]["openCase"];
    assert_eq!(payload["errors"], json!([]), "{answer}");
    Some(payload["case"]["id"].as_str().expect("an id").to_owned())
}

async fn put_together(data: &Path, database: Option<&str>, clock: Arc<dyn Clock>) -> Assembled {
    let settings = Settings { database: database.map(str::to_owned), ..Settings::in_folder(data) };
    assemble(settings, clock).await.expect("the application is put together")
}

async fn killed_while_clients_act(database: Option<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let database = database.as_deref();
    let assembled = put_together(&data, database, Arc::new(SystemClock::default())).await;
    let ids = directory::set_up_demo(&assembled).await.expect("the staff is entered");
    let person = ids["office_officer"].parse().expect("a person");
    let issuer = Issuer::own(&assembled.settings).expect("the own key signs");
    let token = issuer.sign(TokenFor::person(person), assembled.clock.as_ref()).expect("a token");
    let unit = ids["water"].clone();
    assembled.store.clone().close().await.expect("it closes");
    drop(assembled);

    let _ = rustls::crypto::ring::default_provider().install_default();
    let asked: Arc<Mutex<BTreeMap<String, Option<String>>>> = Arc::default();
    for round in 0..ROUNDS {
        let server = Server::start(&data, database).await;
        let address = server.address;
        let (answered, enough) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let mut clients = Vec::new();
        for number in 0..CLIENTS {
            let (asked, answered, enough) = (Arc::clone(&asked), Arc::clone(&answered), Arc::clone(&enough));
            let (token, unit) = (token.clone(), unit.clone());
            clients.push(tokio::spawn(async move {
                let client = reqwest::Client::builder().no_proxy().build().expect("a client");
                for act in 0.. {
                    let key = format!("{round}-{number}-{act}");
                    asked.lock().await.insert(key.clone(), None);
                    let Some(case) = open(&client, address, &token, &unit, &key).await else { return };
                    asked.lock().await.insert(key, Some(case));
                    if answered.fetch_add(1, Ordering::Relaxed) + 1 == ANSWERS {
                        enough.notify_one();
                    }
                }
            }));
        }
        enough.notified().await;
        server.kill().await;
        for client in clients {
            client.await.expect("the client ends with the server");
        }
    }

    let asked = std::mem::take(&mut *asked.lock().await);
    let unanswered = asked.values().filter(|case| case.is_none()).count();
    assert!(unanswered > 0, "some acts were under way when the server was killed");
    let server = Server::start(&data, database).await;
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let mut cases = BTreeMap::new();
    for (key, told) in &asked {
        let case = open(&client, server.address, &token, &unit, key).await.expect("the server answers");
        if let Some(told) = told {
            assert_eq!(&case, told, "{key} was acknowledged: the repeated request gets the first answer");
        }
        cases.insert(case, key.clone());
    }
    server.stop().await;
    assert_eq!(cases.len(), asked.len(), "each request is one case");

    // A killed node keeps the sequencer's lease for some seconds: this one comes after them.
    let later = SystemClock::default().now() + Duration::from_secs(60);
    let assembled = put_together(&data, database, Arc::new(ManualClock::at(later))).await;
    assembled.app.settle().await.expect("what was left undone is done");
    let mut events = 0;
    for case in cases.keys() {
        let id: dingce_domain::id::CaseId = case.parse().expect("a case id");
        let stored = assembled.app.store().events(StreamId::from(id), 0, 100).await.expect("the events are read");
        assert_eq!(stored.iter().filter(|e| e.event.kind == "case_opened").count(), 1, "{case}");
        dingce_ledger::verify_chain(stored.iter().map(|e| &e.event.leaf)).expect("the chain holds");
        events += stored.len() as u64;
    }
    // Nothing stands beside what was asked for, and every event has its place in the log.
    let size = assembled.app.store().log_size().await.expect("the log is read");
    let all = assembled.app.store().log(0, size).await.expect("the log is read");
    let of_cases: Vec<_> = all.iter().filter(|e| e.stream.kind == StreamKind::Case).collect();
    assert_eq!(of_cases.iter().filter(|e| e.n == 1).count(), cases.len());
    assert_eq!(of_cases.len() as u64, events);
    let rebuilt = assembled.app.rebuild(false, &|_, _| {}).await.expect("the events are replayed");
    assert_eq!(rebuilt.differing, 0, "replay = read tables: {:?}", rebuilt.differences);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_on_sqlite_is_killed_while_clients_act() {
    killed_while_clients_act(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_on_postgresql_is_killed_while_clients_act() {
    let url = dingce_testkit::postgres::database().await;
    killed_while_clients_act(Some(url)).await;
}
