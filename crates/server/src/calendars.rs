//! Working days: the national calendars that are shipped, and those of a folder that stand in their place.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail};
use dingce_domain::time::Calendar;

macro_rules! shipped {
    ($($name:literal),+ $(,)?) => {
        /// The calendars that are shipped, by file name.
        pub const SHIPPED: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../workflows/calendars/", $name)))),+];
    };
}

shipped!(
    "cn-2019.yaml",
    "cn-2020.yaml",
    "cn-2021.yaml",
    "cn-2022.yaml",
    "cn-2023.yaml",
    "cn-2024.yaml",
    "cn-2025.yaml",
    "cn-2026.yaml",
);

/// The calendar of the shipped years and of a folder. A file of the folder replaces the shipped one of the same name.
///
/// # Errors
/// Where a file cannot be read or has problems; each is told with file and line.
pub fn load(folder: Option<&Path>) -> anyhow::Result<Calendar> {
    let mut files: BTreeMap<String, (String, Vec<u8>)> = SHIPPED
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (format!("(shipped) {name}"), text.as_bytes().to_vec())))
        .collect();
    if let Some(folder) = folder {
        let entries = std::fs::read_dir(folder)
            .with_context(|| format!("the folder of calendars {} cannot be read", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|e| e == "yaml")
                && let Some(name) = path.file_name().and_then(|n| n.to_str())
            {
                let bytes = std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
                files.insert(name.to_owned(), (path.display().to_string(), bytes));
            }
        }
    }
    match dingce_definition::calendar::calendar(files.into_values().collect()) {
        Ok(calendar) => Ok(calendar),
        Err(problems) => {
            let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
            bail!("the calendars have problems:\n  {}", told.join("\n  "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_calendar_in_the_folder_is_shipped_and_can_be_read() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../workflows/calendars");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder of calendars")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .filter(|name| name.ends_with(".yaml"))
            .collect();
        names.sort();
        let shipped: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, shipped);
        assert!(load(None).expect("the shipped calendars").covers(2024));
    }
}
