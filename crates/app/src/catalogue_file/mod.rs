//! Catalogues as files: JSON and CSV, read and written without loss (docs/formats/catalogue.md).
//!
//! A printed catalogue is messy: units are missing, dates are half known, columns are of the place's own making. What we
//! have a place for goes there; all else is kept as printed and comes out again. Reading tells every problem of a file
//! at once and writes nothing.

mod csv;
mod json;

use std::collections::{BTreeMap, BTreeSet};

use dingce_domain::catalogue::{Catalogue, CatalogueKind, ConsentBody, Entry, Head, Printed, PrintedHead};
use dingce_domain::id::EntryId;
use jiff::civil::Date;
use uuid::Uuid;

use crate::printed_file::{self, Problems};

pub use csv::write as write_csv;
pub use json::write as write_json;

pub use crate::printed_file::{FILE_MAX, Format, Problem};

/// A catalogue as it stands in a file. Ids of entries are not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueFile {
    /// What stands above the list.
    pub head: Head,
    /// What else it says of itself.
    pub printed: PrintedHead,
    /// Its entries; their ids mean nothing.
    pub entries: Vec<Entry>,
}

impl CatalogueFile {
    /// A catalogue as it is written: the list in force, or the draft where nothing is published.
    pub fn of(catalogue: &Catalogue, organ: &str) -> Self {
        let mut head = catalogue.head.clone();
        let mut printed = catalogue.printed.clone().unwrap_or_else(|| PrintedHead {
            organ: Some(organ.to_owned()),
            left_out: ["level", "province", "issued", "source_url", "source_kind", "columns"].map(str::to_owned).into(),
            ..PrintedHead::default()
        });
        let Some(version) = catalogue.current() else {
            let entries = catalogue.draft.as_ref().map(|d| d.entries.as_slice()).unwrap_or_default();
            return Self { head, printed, entries: entries.iter().map(of_nowhere).collect() };
        };
        // A print that was never adjusted says what it said; a version made here says so itself.
        if catalogue.printed.is_none() || version.number > 1 {
            head.doc_no = version.doc_no.clone();
            printed.published = version.published_on.map(|d| d.to_string());
            let stated: Vec<Printed> =
                version.consents.iter().filter(|(_, c)| c.granted).map(|(b, _)| Printed::Text(b.to_string())).collect();
            let party = version.consents.get(&ConsentBody::Party).is_some_and(|c| c.granted);
            printed.printed.insert("consent_stated".to_owned(), Printed::List(stated));
            printed.printed.insert("party_consent_stated".to_owned(), Printed::Bool(party));
        }
        Self { head, printed, entries: version.entries.iter().map(of_nowhere).collect() }
    }

    /// Day of publication, where the file knows it to the day.
    pub fn published_on(&self) -> Option<Date> {
        let text = self.printed.published.as_deref()?;
        text.parse::<Date>().ok().filter(|day| day.to_string() == text)
    }

    /// Whose consent it states: by `consent_stated`, `party_consent_stated` and, for a 常务会议, `approved_by`.
    pub fn consents(&self) -> BTreeSet<ConsentBody> {
        let mut stated = BTreeSet::new();
        let mut texts = Vec::new();
        for name in ["consent_stated", "approved_by"] {
            match self.printed.printed.get(name) {
                Some(Printed::Text(text)) => texts.push((name, text.as_str())),
                Some(Printed::List(list)) => texts.extend(list.iter().filter_map(|item| match item {
                    Printed::Text(text) => Some((name, text.as_str())),
                    Printed::Null | Printed::Bool(_) | Printed::Int(_) | Printed::List(_) | Printed::Map(_) => None,
                })),
                _ => {}
            }
        }
        let has = |text: &str, words: &[&str]| words.iter().any(|w| text.contains(w));
        for (name, text) in texts {
            if name == "consent_stated"
                && has(text, &["Party", "party", "党委", "党组", "区委", "市委", "县委", "镇委"])
            {
                stated.insert(ConsentBody::Party);
            } else if has(text, &["常务会议"]) || name == "consent_stated" && has(text, &["government", "政府"]) {
                stated.insert(ConsentBody::Government);
            }
        }
        match self.printed.printed.get("party_consent_stated") {
            Some(Printed::Bool(true)) => _ = stated.insert(ConsentBody::Party),
            Some(Printed::Bool(false)) => _ = stated.remove(&ConsentBody::Party),
            _ => {}
        }
        stated
    }
}

/// An entry without what means something here only: its id, units of the directory, entries of other catalogues.
fn of_nowhere(entry: &Entry) -> Entry {
    Entry { id: EntryId::new(Uuid::nil()), units: Vec::new(), carried_from: None, ..entry.clone() }
}

/// Reads a file.
///
/// # Errors
/// Every problem of the file, at least one and the first 200.
pub fn read(bytes: &[u8], format: Format) -> Result<Vec<CatalogueFile>, Vec<Problem>> {
    let mut problems = Problems::default();
    let Some(text) = printed_file::text(bytes, &mut problems) else { return Err(problems.0) };
    let found = match format {
        Format::Json => json::read(text, &mut problems),
        Format::Csv => csv::read(text, &mut problems),
    };
    for (place, file) in &found {
        checked(place, file, &mut problems);
    }
    twice(&found, &mut problems);
    if found.is_empty() && problems.0.is_empty() {
        problems.say("file", "文件中没有目录。", "There is no catalogue in the file.");
    }
    if problems.0.is_empty() { Ok(found.into_iter().map(|(_, file)| file).collect()) } else { Err(problems.0) }
}

fn checked(place: &str, file: &CatalogueFile, problems: &mut Problems) {
    let CatalogueFile { head, printed, entries } = file;
    for result in [head.acceptable(), printed.acceptable()] {
        if let Err(rejection) = result {
            problems.rejected(place, &rejection);
        }
    }
    if let Err(rejection) = dingce_domain::check::count("entries", entries.len(), 1) {
        problems.rejected(place, &rejection);
    }
    for (i, entry) in entries.iter().enumerate() {
        if let Err(rejection) = entry.acceptable(&format!("entries[{i}]")) {
            problems.rejected(place, &rejection);
        }
    }
}

/// The same catalogue twice in one file.
fn twice(found: &[(String, CatalogueFile)], problems: &mut Problems) {
    let mut seen: BTreeMap<(Option<&str>, CatalogueKind, i16, u16), &str> = BTreeMap::new();
    for (place, CatalogueFile { head, printed, .. }) in found {
        let key = (printed.organ.as_deref(), head.kind, head.year, head.batch);
        if let Some(before) = seen.insert(key, place) {
            problems.say(
                place,
                format!("与{before}是同一机关同一年度同一批次的目录；分批公布的，请填写批次。"),
                format!("It has organ, year and batch of {before}; where a list comes in batches, say which."),
            );
        }
    }
}
