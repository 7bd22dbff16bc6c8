//! Settings as shown to people: what is in effect, from where, and no secrets.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::Loaded;

/// One setting as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// The value in effect; a password is masked.
    pub value: Value,
    /// Where it came from.
    pub from: String,
}

impl Loaded {
    /// Every setting by key. What follows from other settings is filled in, so that the page tells what will be used.
    ///
    /// # Errors
    /// Where a path is not UTF-8.
    pub fn shown(&self) -> anyhow::Result<BTreeMap<String, Shown>> {
        let Self { settings, origins } = self;
        let mut effective = settings.clone();
        effective.database = Some(settings.shown_database());
        effective.master_key_file = Some(settings.master_key());
        effective.log_folder = Some(settings.published_log());
        effective.log_anchor = Some(settings.anchor());
        effective.witness_folder = Some(settings.witness_memory());
        let values = serde_json::to_value(&effective)?;
        let shown = values.as_object().into_iter().flatten().map(|(key, value)| {
            let from = origins.get(key).cloned().unwrap_or_else(|| "default".to_owned());
            (key.clone(), Shown { value: value.clone(), from })
        });
        Ok(shown.collect())
    }
}
