//! One line of a catalogue, and what stands above the list.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CatalogueKind, Printed, printed};
use crate::check;
use crate::code::Code;
use crate::id::{CatalogueId, EntryId, UnitId};
use crate::rejection::Rejection;

/// The entry of an earlier catalogue that one goes on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarriedFrom {
    /// The earlier catalogue.
    pub catalogue: CatalogueId,
    /// Its entry.
    pub entry: EntryId,
}

/// One entry of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its id; stays through all versions.
    pub id: EntryId,
    /// Its number in the list, as printed; empty where none is.
    pub no: String,
    /// Name of the matter, 1 to 200 characters.
    pub title: String,
    /// What it is about; absent where the list does not say.
    pub content: Option<String>,
    /// Undertaking unit or units, as printed, also 有关部门; absent where none is.
    pub undertaking_unit: Option<String>,
    /// The units of the directory that are meant, several or none.
    pub units: Vec<UnitId>,
    /// Procedures that the list asks for, as printed; absent where it does not say.
    pub procedures: Option<Vec<String>>,
    /// Legal and policy basis, as printed.
    pub basis: Option<String>,
    /// Whether a hearing is to be held; absent where the list does not say (GD303 art. 3 fixes it here).
    pub hearing: Option<bool>,
    /// Planned time, as printed: a month, a quarter, a range.
    pub planned_time: Option<String>,
    /// Whether it opens into several decisions, such as "十五五"系列规划.
    pub bundle: bool,
    /// The entry of an earlier catalogue that it goes on from.
    pub carried_from: Option<CarriedFrom>,
    /// Other columns, as printed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub printed: BTreeMap<String, Printed>,
    /// Members that a file left out where others say null.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
}

/// Words by which a list names no particular unit.
const VAGUE: [&str; 4] = ["有关", "相关", "各部门", "各单位"];

impl Entry {
    /// An entry of which only the name is known.
    pub fn named(id: EntryId, title: &str) -> Self {
        Self {
            id,
            no: String::new(),
            title: title.to_owned(),
            content: None,
            undertaking_unit: None,
            units: Vec::new(),
            procedures: None,
            basis: None,
            hearing: None,
            planned_time: None,
            bundle: false,
            carried_from: None,
            printed: BTreeMap::new(),
            left_out: Vec::new(),
        }
    }

    /// Whether nobody in particular is named: no unit, or only such as 有关部门.
    pub fn unit_not_named(&self) -> bool {
        self.units.is_empty()
            && self.undertaking_unit.as_deref().is_none_or(|unit| VAGUE.iter().any(|word| unit.contains(word)))
    }

    /// That a record can hold it.
    ///
    /// # Errors
    /// A [`Rejection`] that names the member under `path`.
    pub fn acceptable(&self, path: &str) -> Result<(), Rejection> {
        let Self {
            id: _,
            no,
            title,
            content,
            undertaking_unit,
            units,
            procedures,
            basis,
            hearing: _,
            planned_time,
            bundle: _,
            carried_from: _,
            printed,
            left_out,
        } = self;
        check::line_or_empty(&format!("{path}.no"), no)?;
        check::line(&format!("{path}.title"), title)?;
        optional(content, |t| check::text(&format!("{path}.content"), t))?;
        optional(undertaking_unit, |t| check::line(&format!("{path}.undertaking_unit"), t))?;
        check::count(&format!("{path}.units"), units.len(), 0)?;
        if units.iter().enumerate().any(|(i, unit)| units[..i].contains(unit)) {
            return Err(Rejection::new(Code::ListNotAcceptable).at(format!("{path}.units")).needed("each unit once"));
        }
        if let Some(procedures) = procedures {
            check::lines(&format!("{path}.procedures"), procedures, 0)?;
        }
        optional(basis, |t| check::text(&format!("{path}.basis"), t))?;
        optional(planned_time, |t| check::line(&format!("{path}.planned_time"), t))?;
        check::lines(&format!("{path}.left_out"), left_out, 0)?;
        printed::acceptable(&format!("{path}.printed"), printed)
    }
}

/// A text where there is one; an empty one is none.
pub(super) fn optional(
    text: &Option<String>,
    check: impl FnOnce(&str) -> Result<(), Rejection>,
) -> Result<(), Rejection> {
    text.as_deref().map_or(Ok(()), check)
}

/// What stands above the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// What it is a list of.
    pub kind: CatalogueKind,
    /// The year it is for, 1949 to 9999.
    pub year: i16,
    /// Which batch of the year, from 1: 第一批, 第二批.
    pub batch: u16,
    /// Title, as printed.
    pub title: String,
    /// Document number; absent where none is.
    pub doc_no: Option<String>,
}

impl Head {
    /// That a record can hold it.
    ///
    /// # Errors
    /// A [`Rejection`] that names the member.
    pub fn acceptable(&self) -> Result<(), Rejection> {
        let Self { kind: _, year, batch, title, doc_no } = self;
        if !(1949..=9999).contains(year) {
            return Err(Rejection::new(Code::DateNotAcceptable).at("year").given(year).needed("1949..9999"));
        }
        if *batch == 0 || *batch > 99 {
            return Err(Rejection::new(Code::InputNotAcceptable).at("batch").given(batch).needed("1..99"));
        }
        check::line("title", title)?;
        optional(doc_no, |t| check::line("doc_no", t))
    }
}

/// What a printed catalogue says of itself besides its head, as it was found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrintedHead {
    /// Whose it is.
    pub organ: Option<String>,
    /// Level of the organ.
    pub level: Option<String>,
    /// Province.
    pub province: Option<String>,
    /// Day of issue, as found.
    pub issued: Option<String>,
    /// Day of publication, as found.
    pub published: Option<String>,
    /// Where it was found.
    pub source_url: Option<String>,
    /// What kind of source that is.
    pub source_kind: Option<String>,
    /// Columns of the list, as printed.
    pub columns: Option<Vec<String>>,
    /// All else.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub printed: BTreeMap<String, Printed>,
    /// Members that a file left out where others say null.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
}

impl PrintedHead {
    /// That a record can hold it.
    ///
    /// # Errors
    /// A [`Rejection`] that names the member.
    pub fn acceptable(&self) -> Result<(), Rejection> {
        let Self { organ, level, province, issued, published, source_url, source_kind, columns, printed, left_out } =
            self;
        let named = [
            ("organ", organ),
            ("level", level),
            ("province", province),
            ("issued", issued),
            ("published", published),
            ("source_kind", source_kind),
        ];
        for (path, text) in named {
            optional(text, |t| check::line(path, t))?;
        }
        optional(source_url, |t| check::text("source_url", t))?;
        if let Some(columns) = columns {
            check::lines("columns", columns, 0)?;
        }
        check::lines("left_out", left_out, 0)?;
        printed::acceptable("printed", printed)
    }
}
