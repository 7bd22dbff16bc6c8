//! The four layers, laid over each other.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use figment::providers::{Format, Serialized, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};
use serde::Serialize;

use super::{LogFormat, Settings};

/// The file that is read if it is there and no other is named.
pub const FILE: &str = "dingce.toml";
/// What variables of the environment begin with.
pub const PREFIX: &str = "DINGCE_";
/// Names the file, so it is no setting itself.
const CONFIG: &str = "config";

/// Settings given as flags. Absent flags leave the layers below as they are.
#[derive(Debug, Clone, Default, Serialize, clap::Args)]
pub struct Flags {
    /// The settings file [default: dingce.toml in the working folder, if it is there]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Settings")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// The database, sqlite:PATH or postgres://USER@HOST/DATABASE [default: dingce.db in the data folder]
    #[arg(long, global = true, value_name = "URL", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// The folder of documents and keys [default: .dingce]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<PathBuf>,
    /// How log lines are written [default: text]
    #[arg(long, global = true, value_name = "FORMAT", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_format: Option<LogFormat>,
    /// What is logged: a level, or directives such as info,dingce_app=debug [default: info]
    #[arg(long, global = true, value_name = "LEVEL", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_level: Option<String>,
    /// Where the server listens; commands that serve have the flag.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// Where the witness listens; its command has the flag.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness_listen: Option<SocketAddr>,
}

/// Settings, and from where each came.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// For each key, where its value came from, in words.
    pub origins: BTreeMap<String, String>,
}

/// Variables of the environment, by setting. Values are read by the kind of their setting, so an issuer `123` stays a
/// text, and lists are separated by commas.
struct Environment(Vec<(String, String)>);

impl Provider for Environment {
    fn metadata(&self) -> Metadata {
        Metadata::named("the environment").interpolater(|_, keys| format!("{PREFIX}{}", keys.join("_").to_uppercase()))
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        const LISTS: [&str; 3] = ["jwt_audience", "jwt_public_key_files", "definitions"];
        const NUMBERS: [&str; 5] = [
            "database_connections",
            "jwt_jwks_refresh_seconds",
            "upload_limit_bytes",
            "drain_seconds",
            "log_alarm_seconds",
        ];
        let mut dict = Dict::new();
        for (key, text) in &self.0 {
            let value = match text.trim().parse::<u64>() {
                _ if key == "log_sm2" => {
                    text.trim().parse::<bool>().map_or_else(|_| Value::from(text.as_str()), Value::from)
                }
                Ok(number) if NUMBERS.contains(&key.as_str()) => Value::from(number),
                _ if LISTS.contains(&key.as_str()) => {
                    Value::from(text.split(',').map(str::trim).filter(|t| !t.is_empty()).collect::<Vec<_>>())
                }
                _ => Value::from(text.as_str()),
            };
            dict.insert(key.clone(), value);
        }
        Ok(Profile::Default.collect(dict))
    }
}

impl Settings {
    /// Lays flags over environment over file over defaults. `environment` is that of the process, or a test's.
    ///
    /// # Errors
    /// A sentence that names the key and the place, where a key is unknown or a value cannot be read.
    pub fn load(flags: &Flags, environment: impl IntoIterator<Item = (String, String)>) -> anyhow::Result<Loaded> {
        let mut variables: Vec<(String, String)> = environment
            .into_iter()
            .filter_map(|(name, value)| Some((name.strip_prefix(PREFIX)?.to_ascii_lowercase(), value)))
            .collect();
        let named = variables.iter().position(|(key, _)| key == CONFIG).map(|i| PathBuf::from(variables.remove(i).1));
        let mut figment = Figment::from(Serialized::defaults(Settings::default()));
        if let Some(file) = settings_file(flags.config.clone().or(named))? {
            figment = figment.merge(file);
        }
        let figment = figment.merge(Environment(variables)).merge(Serialized::defaults(flags));
        let settings: Settings = figment.extract().map_err(|errors| told(&errors))?;
        settings.check()?;
        let origins = origins(&figment, &settings, flags)?;
        Ok(Loaded { settings, origins })
    }
}

/// The file's layer; a file that was named must be there.
fn settings_file(named: Option<PathBuf>) -> anyhow::Result<Option<figment::providers::Data<Toml>>> {
    match named {
        Some(path) if path.is_file() => Ok(Some(Toml::file_exact(path))),
        Some(path) => bail!("the settings file {} does not exist", path.display()),
        None if Path::new(FILE).is_file() => Ok(Some(Toml::file_exact(FILE))),
        None => Ok(None),
    }
}

fn told(errors: &figment::Error) -> anyhow::Error {
    let sentences: Vec<String> = errors
        .clone()
        .into_iter()
        .map(|error| {
            let place = error.metadata.as_ref().map(place).unwrap_or_default();
            let key = if error.path.is_empty() { String::new() } else { format!("{}: ", error.path.join(".")) };
            format!("{key}{}{place}", error.kind)
        })
        .collect();
    anyhow::anyhow!("the settings cannot be used: {}", sentences.join("; "))
}

fn place(metadata: &Metadata) -> String {
    match &metadata.source {
        Some(source) => format!(" (in {source})"),
        None => format!(" (in {})", metadata.name),
    }
}

fn origins(figment: &Figment, settings: &Settings, flags: &Flags) -> anyhow::Result<BTreeMap<String, String>> {
    let keys = serde_json::to_value(settings).context("listing the settings")?;
    let given = serde_json::to_value(flags).context("listing the flags")?;
    let origin = |key: &str| {
        if given.get(key).is_some() {
            return format!("flag --{}", key.replace('_', "-"));
        }
        match figment.find_metadata(key) {
            Some(m) if m.name == "the environment" => format!("environment {PREFIX}{}", key.to_uppercase()),
            Some(Metadata { source: Some(figment::Source::File(path)), .. }) => format!("file {}", path.display()),
            _ => "default".to_owned(),
        }
    };
    Ok(keys.as_object().into_iter().flatten().map(|(key, _)| (key.clone(), origin(key))).collect())
}
