//! The staff of an organ from a file: a list of directory entries in which things are called by local names.
//!
//! An entry is written as it is stored (`kind: unit_registered`, …), but where an id belongs, a local name such as
//! `justice` may stand. Its id follows from the name of the organisation, the kind of thing and the local name, so the
//! same file gives the same ids everywhere, and scripts can rely on them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, bail, ensure};
use dingce_domain::id::{OrganisationId, PersonId, PostId, UnitId};
use dingce_domain::organisation::OrganisationEvent;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::assemble::Assembled;
use crate::settings::Settings;

/// The organisation that is shipped for trying things out. Every person in it is invented.
pub const DEMO: &str = include_str!("../../../workflows/demo-organisation/organisation.yaml");

/// Fields that hold an id, with the prefix of its kind.
const FIELDS: [(&str, &str); 8] = [
    ("organ", "unit"),
    ("unit", "unit"),
    ("to", "unit"),
    ("post", "post"),
    ("person", "person"),
    ("principal", "person"),
    ("agent", "person"),
    ("delegation", "deleg"),
];

/// In which kind of entry which field says a local name for the first time.
const DECLARES: [(&str, &str); 5] = [
    ("organisation_opened", "organ"),
    ("unit_registered", "unit"),
    ("post_registered", "post"),
    ("person_registered", "person"),
    ("delegation_granted", "delegation"),
];

/// A local name and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LocalName {
    /// `unit`, `post`, `person` or `deleg`.
    pub kind: String,
    /// The local name.
    pub key: String,
    /// The id.
    pub id: String,
    /// What the entry that declares it says: the name of a unit or person, or the title of a post.
    pub name: String,
}

/// A file, read.
#[derive(Debug, Clone, PartialEq)]
pub struct DirectoryFile {
    /// The organ's name.
    pub name: String,
    /// The id of its directory.
    pub id: OrganisationId,
    /// The organ.
    pub organ: UnitId,
    /// Its entries.
    pub entries: Vec<OrganisationEvent>,
    /// Its local names, in the order of the file.
    pub names: Vec<LocalName>,
}

impl DirectoryFile {
    /// Reads a file. All mistakes in names are told at once.
    ///
    /// # Errors
    /// Where it is no YAML list of entries, does not begin with `organisation_opened`, uses a local name that no entry
    /// declares, or declares one twice.
    pub fn read(yaml: &str) -> anyhow::Result<Self> {
        let mut entries: Vec<serde_json::Map<String, Value>> =
            serde_saphyr::from_str(yaml).context("expected a YAML list of directory entries")?;
        let text = |entry: &serde_json::Map<String, Value>, field: &str| {
            entry.get(field).and_then(Value::as_str).map(str::to_owned)
        };
        let first = entries.first().filter(|e| text(e, "kind").as_deref() == Some("organisation_opened"));
        let name = first.and_then(|e| text(e, "name"));
        let name = name.context("the first entry must be organisation_opened, with the name of the organ")?;
        let names = declared(&name, &entries)?;
        let mut problems = Vec::new();
        for (i, entry) in entries.iter_mut().enumerate() {
            for (field, prefix) in FIELDS {
                let Some(Value::String(given)) = entry.get_mut(field) else { continue };
                if is_id(prefix, given) {
                    continue;
                }
                match names.iter().find(|n| n.kind == prefix && n.key == *given) {
                    Some(known) => *given = known.id.clone(),
                    None => problems.push(format!("entry {}: {field}: no entry declares {given:?}", i + 1)),
                }
            }
        }
        ensure!(problems.is_empty(), "the file has problems:\n  {}", problems.join("\n  "));
        let entries = entries
            .into_iter()
            .enumerate()
            .map(|(i, entry)| {
                serde_json::from_value(Value::Object(entry)).with_context(|| format!("entry {} cannot be read", i + 1))
            })
            .collect::<anyhow::Result<Vec<OrganisationEvent>>>()?;
        let Some(OrganisationEvent::Opened { organ, .. }) = entries.first() else {
            bail!("the first entry must be organisation_opened");
        };
        let (organ, id) = (*organ, OrganisationId::new(derived(&name, OrganisationId::PREFIX, "directory")));
        Ok(Self { name, id, organ, entries, names })
    }

    /// The id that a local name of a person stands for.
    pub fn person(&self, key: &str) -> Option<PersonId> {
        self.names.iter().find(|n| n.kind == PersonId::PREFIX && n.key == key)?.id.parse().ok()
    }
}

fn is_id(prefix: &str, text: &str) -> bool {
    text.strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .is_some_and(|hex| hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// The value that a local name stands for, for ever: a version 8 UUID (RFC 9562) of a SHA-256.
fn derived(organisation: &str, prefix: &str, key: &str) -> Uuid {
    let digest = dingce_ledger::sha256(format!("dingce directory\n{organisation}\n{prefix}\n{key}").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_bytes()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

fn declared(organisation: &str, entries: &[serde_json::Map<String, Value>]) -> anyhow::Result<Vec<LocalName>> {
    let mut names = Vec::new();
    let mut seen = BTreeSet::new();
    let mut problems = Vec::new();
    for (i, entry) in entries.iter().enumerate() {
        let text = |field: &str| entry.get(field).and_then(Value::as_str);
        let Some((_, field)) = DECLARES.iter().find(|(kind, _)| text("kind") == Some(kind)) else { continue };
        let Some((_, prefix)) = FIELDS.iter().find(|(f, _)| f == field) else { continue };
        let Some(key) = text(field) else {
            problems.push(format!("entry {}: {field} is missing", i + 1));
            continue;
        };
        if is_id(prefix, key) {
            continue;
        }
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        if key.is_empty() || !key.bytes().all(plain) {
            problems.push(format!(
                "entry {}: {field}: {key:?} is not lower-case letters, digits, hyphens and underscores",
                i + 1
            ));
        }
        if !seen.insert((*prefix, key)) {
            problems.push(format!("entry {}: {field}: {key:?} is declared twice", i + 1));
        }
        let id = format!("{prefix}_{}", derived(organisation, prefix, key).simple());
        let name = text("name").or_else(|| text("title")).unwrap_or_default().to_owned();
        names.push(LocalName { kind: (*prefix).to_owned(), key: key.to_owned(), id, name });
    }
    ensure!(problems.is_empty(), "the file has problems:\n  {}", problems.join("\n  "));
    Ok(names)
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// The directory.
    pub organisation: OrganisationId,
    /// The organ.
    pub organ: UnitId,
    /// Its name.
    pub name: String,
    /// Entries made; 0 where the directory was open already.
    pub entries: usize,
    /// Definitions newly published for it.
    pub definitions: Vec<String>,
}

/// Sets up the directory of a file, publishes the shipped definitions for its organ, and keeps its local names.
///
/// Harmless twice: a directory that is open is left as it is.
///
/// # Errors
/// Where an entry is refused, a definition is not proven, or something cannot be written.
pub async fn import(assembled: &Assembled, file: &DirectoryFile) -> anyhow::Result<Imported> {
    let done = assembled.app.set_up_directory(file.id, file.entries.clone()).await?;
    let entries = done.events.len();
    assembled.app.settle().await?;
    let published = crate::setup::publish_shipped(assembled, file.organ).await?;
    keep_names(&assembled.settings, file)?;
    let definitions = published.into_iter().filter(|p| p.new).map(|p| p.name).collect();
    Ok(Imported { organisation: file.id, organ: file.organ, name: file.name.clone(), entries, definitions })
}

/// Sets up the shipped organisation for trying things out; gives the ids of its units and persons by local name.
///
/// A post has the local name of the person who holds it first, so posts are left out.
///
/// # Errors
/// As [`import`].
pub async fn set_up_demo(assembled: &Assembled) -> anyhow::Result<BTreeMap<String, String>> {
    let file = DirectoryFile::read(DEMO)?;
    import(assembled, &file).await?;
    Ok(file.names.into_iter().filter(|n| n.kind != PostId::PREFIX).map(|n| (n.key, n.id)).collect())
}

/// Local names by organisation.
pub type Names = BTreeMap<String, Vec<LocalName>>;

fn keep_names(settings: &Settings, file: &DirectoryFile) -> anyhow::Result<()> {
    let mut all = names(settings)?;
    all.insert(file.name.clone(), file.names.clone());
    let path = settings.directory_keys();
    let part = path.with_extension("part");
    let about = || format!("the local names cannot be kept in {}", path.display());
    std::fs::write(&part, serde_json::to_vec_pretty(&all)?).with_context(about)?;
    std::fs::rename(&part, &path).with_context(about)
}

/// The local names of all directories imported here; none before the first import.
///
/// # Errors
/// Where their file cannot be read.
pub fn names(settings: &Settings) -> anyhow::Result<Names> {
    let path = settings.directory_keys();
    if !path.exists() {
        return Ok(Names::new());
    }
    let read = || format!("the local names in {} cannot be read", path.display());
    serde_json::from_slice(&std::fs::read(&path).with_context(read)?).with_context(read)
}

/// An id, or `key:NAME` for the local name of one thing of that kind.
///
/// # Errors
/// Where no directory imported here has the name, or several have.
pub fn resolve(settings: &Settings, prefix: &str, given: &str) -> anyhow::Result<String> {
    let Some(key) = given.strip_prefix("key:") else { return Ok(given.to_owned()) };
    let names = names(settings)?;
    let mut found: Vec<&LocalName> = names.values().flatten().filter(|n| n.kind == prefix && n.key == key).collect();
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one.id.clone()),
        (Some(_), false) => bail!("several organisations have a {prefix} {key:?}; give the id instead"),
        (None, _) => bail!("no imported organisation has a {prefix} {key:?}; `dingce organisation show` lists them"),
    }
}
