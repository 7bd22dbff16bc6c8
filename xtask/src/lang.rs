//! The language files, as far as generation and checks need them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Where the language files lie.
pub const DIRECTORY: &str = "crates/app/lang";

/// A text in two languages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// What people are told in one language.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// A few words.
    pub title: String,
    /// What was expected and what was given; a template.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// The line of a checklist: what must hold. Exactly the codes that a gate asks for have one.
    #[serde(default)]
    pub line: Option<String>,
}

/// A place in a legal source.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Short name, as in `sources.yaml`.
    pub cite: String,
    /// Number of the article.
    pub article: String,
}

/// One entry of `refusals.yaml` or `transport.yaml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Simplified Chinese.
    pub zh: Told,
    /// English.
    pub en: Told,
    /// Usual legal sources.
    pub source: Vec<Source>,
    /// Sections of `words.yaml` in which stored words are looked up.
    pub words: Vec<String>,
    /// What the code means.
    pub meaning: String,
    /// When it happens.
    pub cause: String,
}

/// Names of stored words, by section and word.
pub type Words = BTreeMap<String, BTreeMap<String, Text>>;

/// All language files.
pub struct Lang {
    /// Refusals of acts, by code.
    pub refusals: BTreeMap<String, Entry>,
    /// Refusals and failures of GraphQL requests, by code.
    pub transport: BTreeMap<String, Entry>,
    /// Legal sources, by short name.
    pub sources: BTreeMap<String, Text>,
    /// Names of stored words.
    pub words: Words,
}

impl Lang {
    /// Reads the files under the root of the repository.
    pub fn load(root: &Path) -> Result<Self, Vec<String>> {
        Ok(Self {
            refusals: read(root, "refusals.yaml")?,
            transport: read(root, "transport.yaml")?,
            sources: read(root, "sources.yaml")?,
            words: read(root, "words.yaml")?,
        })
    }
}

fn read<T: DeserializeOwned>(root: &Path, name: &str) -> Result<T, Vec<String>> {
    let path = root.join(DIRECTORY).join(name);
    let text = fs::read_to_string(&path).map_err(|why| vec![format!("Could not read {DIRECTORY}/{name}: {why}.")])?;
    serde_saphyr::from_str(&text).map_err(|why| vec![format!("{DIRECTORY}/{name} is not as expected: {why}")])
}
