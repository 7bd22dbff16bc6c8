//! What an operator chooses, from four places with one precedence: flags, then environment, then file, then defaults.
//!
//! `docs/how-to/configure.md` has the table. A key that no setting has is refused wherever it stands: a setting that was
//! mistyped and silently ignored is worse than a program that does not start.

mod layers;
mod places;
mod shown;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use dingce_ledger::key::KeyName;
use serde::{Deserialize, Serialize};

pub use layers::{Flags, Loaded};
pub use shown::Shown;

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The settings in effect. Every member is a key of the file, and with `DINGCE_` before it and in capitals a variable
/// of the environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The folder of this deployment: documents, keys, and the SQLite database unless another is named.
    pub data: PathBuf,
    /// `sqlite:PATH` or `postgres://…`; by default a SQLite file in the data folder.
    pub database: Option<String>,
    /// A file with the password of the PostgreSQL user, so that the URL need not hold it.
    pub database_password_file: Option<PathBuf>,
    /// Most connections to the database.
    pub database_connections: u32,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// The one issuer whose tokens are taken.
    pub jwt_issuer: String,
    /// Audiences that mean this deployment.
    pub jwt_audience: Vec<String>,
    /// PEM files of public keys that verify tokens, in place of the deployment's own key.
    pub jwt_public_key_files: Vec<PathBuf>,
    /// Where an identity provider publishes its keys, in place of the deployment's own key.
    pub jwt_jwks_url: Option<String>,
    /// The age at which the provider's keys are fetched anew. Unit: seconds.
    pub jwt_jwks_refresh_seconds: u32,
    /// The file of the master key; by default `keys/master.key` in the data folder, made at first use.
    pub master_key_file: Option<PathBuf>,
    /// The log's origin: the name under which checkpoints are signed, one for each deployment and for ever.
    pub log_origin: String,
    /// Whether checkpoints bear a second signature, by an SM2 key of the log.
    pub log_sm2: bool,
    /// The folder of the published log; by default `log` in the data folder.
    pub log_folder: Option<PathBuf>,
    /// The folder of the anchor, which is on another disk than the database and in no backup of it; by default `anchor` in the
    /// data folder.
    pub log_anchor: Option<PathBuf>,
    /// A tlog-policy file: which witnesses cosign this log's checkpoints, and how many must before one is published. None: nobody is
    /// asked.
    pub log_policy: Option<PathBuf>,
    /// After how long without a quorum readiness tells that the log is late. Unit: seconds.
    pub log_alarm_seconds: u32,
    /// The name under which this witness cosigns other organs' logs.
    pub witness_name: String,
    /// A tlog-policy file whose log lines say for which logs this witness cosigns.
    pub witness_policy: Option<PathBuf>,
    /// What this witness remembers; in no backup. By default `witness` in the data folder.
    pub witness_folder: Option<PathBuf>,
    /// Where the witness listens.
    pub witness_listen: SocketAddr,
    /// A folder with calendars that replace or add to those shipped.
    pub calendars: Option<PathBuf>,
    /// Which of the shipped definitions are published for each organ, by folder.
    pub definitions: Vec<String>,
    /// Most bytes of one document.
    pub upload_limit_bytes: u64,
    /// How long requests under way may go on after the program was told to stop. Unit: seconds.
    pub drain_seconds: u32,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// What is logged: a level, or directives such as `info,dingce_app=debug`.
    pub log_level: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data: PathBuf::from(".dingce"),
            database: None,
            database_password_file: None,
            database_connections: 8,
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            jwt_issuer: "dingce".to_owned(),
            jwt_audience: vec!["dingce".to_owned()],
            jwt_public_key_files: Vec::new(),
            jwt_jwks_url: None,
            jwt_jwks_refresh_seconds: 900,
            master_key_file: None,
            log_origin: "dingce.localhost/log".to_owned(),
            log_sm2: false,
            log_folder: None,
            log_anchor: None,
            log_policy: None,
            log_alarm_seconds: 3_600,
            witness_name: "dingce.localhost/witness".to_owned(),
            witness_policy: None,
            witness_folder: None,
            witness_listen: SocketAddr::from(([127, 0, 0, 1], 8090)),
            calendars: None,
            definitions: vec!["major-decision-national".to_owned()],
            upload_limit_bytes: 512 * 1024 * 1024,
            drain_seconds: 20,
            log_format: LogFormat::Text,
            log_level: "info".to_owned(),
        }
    }
}

impl Settings {
    /// The default settings in a data folder, for tests and the demonstration.
    pub fn in_folder(data: &Path) -> Self {
        Self { data: data.to_owned(), ..Self::default() }
    }

    /// What can be said of the values themselves, before anything is opened.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        if self.jwt_jwks_url.is_some() && !self.jwt_public_key_files.is_empty() {
            bail!("jwt_jwks_url and jwt_public_key_files are both set; tokens are verified by one or the other");
        }
        if let Some(url) = &self.jwt_jwks_url
            && !url.starts_with("https://")
            && !url.starts_with("http://127.0.0.1")
            && !url.starts_with("http://localhost")
        {
            bail!("jwt_jwks_url must begin with https://: whoever can change keys on the way can sign tokens");
        }
        if self.jwt_audience.is_empty() || self.jwt_audience.iter().any(String::is_empty) {
            bail!("jwt_audience must name at least one audience");
        }
        if self.jwt_issuer.is_empty() {
            bail!("jwt_issuer must not be empty");
        }
        KeyName::new(&self.log_origin).context("log_origin must be a name without spaces and +")?;
        KeyName::new(&self.witness_name).context("witness_name must be a name without spaces and +")?;
        if self.upload_limit_bytes == 0 || self.database_connections == 0 || self.jwt_jwks_refresh_seconds == 0 {
            bail!("upload_limit_bytes, database_connections and jwt_jwks_refresh_seconds must be at least 1");
        }
        if self.database_password_file.is_some() && !places::is_postgres(&self.database_without_password()) {
            bail!("database_password_file is set, but the database is not PostgreSQL");
        }
        places::check_url(&self.database_without_password())
    }

    /// The folder of documents.
    pub fn files(&self) -> PathBuf {
        self.data.join("files")
    }

    /// The folder of keys.
    pub fn keys(&self) -> PathBuf {
        self.data.join("keys")
    }

    /// The file of the master key.
    pub fn master_key(&self) -> PathBuf {
        self.master_key_file.clone().unwrap_or_else(|| self.keys().join("master.key"))
    }

    /// The folder of the published log.
    pub fn published_log(&self) -> PathBuf {
        self.log_folder.clone().unwrap_or_else(|| self.data.join("log"))
    }

    /// The folder of the anchor.
    pub fn anchor(&self) -> PathBuf {
        self.log_anchor.clone().unwrap_or_else(|| self.data.join("anchor"))
    }

    /// The folder of what this witness remembers.
    pub fn witness_memory(&self) -> PathBuf {
        self.witness_folder.clone().unwrap_or_else(|| self.data.join("witness"))
    }

    /// Where the ids of local names of imported directories are written down.
    pub fn directory_keys(&self) -> PathBuf {
        self.data.join("directory-keys.json")
    }

    fn database_without_password(&self) -> String {
        self.database.clone().unwrap_or_else(|| places::sqlite_url(&self.data.join("dingce.db")))
    }

    /// The database's URL, with the password from its file.
    ///
    /// # Errors
    /// Where the file cannot be read, or the URL has no user to whom the password belongs.
    pub fn database_url(&self) -> anyhow::Result<String> {
        let url = self.database_without_password();
        let Some(file) = &self.database_password_file else { return Ok(url) };
        let password = std::fs::read_to_string(file)
            .with_context(|| format!("the database's password file {} cannot be read", file.display()))?;
        places::with_password(&url, password.trim_end_matches(['\r', '\n']))
    }

    /// The SQLite file, where the database is one.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        places::sqlite_file(&self.database_without_password())
    }

    /// Every setting as shown to people: passwords are masked.
    pub(crate) fn shown_database(&self) -> String {
        places::masked(&self.database_without_password())
    }
}
