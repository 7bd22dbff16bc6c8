//! A deployment in a folder of its own, served in this process on a free port, on a clock that the test moves.
#![allow(missing_docs)]

pub mod heavy;
pub mod page;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use dingce_server::tokens::{Issuer, TokenFor};
use dingce_server::{Assembled, ManualClock, Settings, assemble, directory, listen};
use reqwest::{Client, RequestBuilder};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Runs the program in a folder, with nothing of this environment.
pub fn dingce(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dingce"));
    command.current_dir(folder).env_clear().args(arguments).output().expect("the program runs")
}

pub struct Served {
    pub assembled: Arc<Assembled>,
    pub clock: Arc<ManualClock>,
    pub address: SocketAddr,
    pub client: Client,
    pub stop: watch::Sender<bool>,
    pub serving: JoinHandle<anyhow::Result<()>>,
    pub ids: BTreeMap<String, String>,
    pub folder: TempDir,
}

/// A deployment with the shipped organisation, under these settings.
pub async fn served(change: impl FnOnce(&mut Settings)) -> Served {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = Settings::in_folder(&folder.path().join("data"));
    change(&mut settings);
    let clock = Arc::new(ManualClock::at("2023-05-04T01:00:00Z".parse().expect("an instant")));
    let assembled = assemble(settings, Arc::clone(&clock) as _).await.expect("the application is put together");
    let assembled = Arc::new(assembled);
    let ids = directory::set_up_demo(&assembled).await.expect("the staff is entered");
    let (stop, stopping) = watch::channel(false);
    let local = SocketAddr::from(([127, 0, 0, 1], 0));
    let (address, serving) = listen(Arc::clone(&assembled), local, stopping).await.expect("it serves");
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().no_proxy().build().expect("a client");
    Served { assembled, clock, address, client, stop, serving, ids, folder }
}

impl Served {
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn token(&self, who: &str) -> String {
        let person = self.ids[who].parse().expect("a person");
        let issuer = Issuer::own(&self.assembled.settings).expect("the own key signs");
        issuer.sign(TokenFor::person(person), self.clock.as_ref()).expect("a token")
    }

    pub fn put(&self, who: &str, bytes: impl Into<reqwest::Body>) -> RequestBuilder {
        self.client.put(self.url("/files")).bearer_auth(self.token(who)).header("accept-language", "en").body(bytes)
    }

    /// A document of the file store, as a list of inputs with it alone.
    pub async fn documents(&self, name: &str) -> serde_json::Value {
        let bytes = name.as_bytes().to_vec();
        let size = bytes.len();
        let answer = self.put("water_officer", bytes).header("content-type", "text/plain").send().await;
        let kept = answer.expect("uploaded").text().await.expect("a text");
        let kept: serde_json::Value = serde_json::from_str(&kept).expect("JSON");
        serde_json::json!([{ "digest": kept["digest"], "name": name, "mediaType": "text/plain", "sizeBytes": size }])
    }

    /// How many files lie in the file store, finished or not.
    pub fn files(&self) -> usize {
        fn count(folder: &Path) -> usize {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            entries.map(|e| if e.path().is_dir() { count(&e.path()) } else { 1 }).sum()
        }
        count(&self.assembled.settings.files())
    }
}
