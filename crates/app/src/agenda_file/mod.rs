//! Agendas as files: JSON and CSV, read and written without loss (docs/formats/agenda.md).

mod csv;
mod json;

use dingce_domain::id::SecretStubId;
use dingce_domain::printed_agenda::{PrintedAgenda, PrintedAgendaHead, PrintedItem};
use dingce_domain::secret::SecretRef;
use uuid::Uuid;

use crate::printed_file::{self, Problems};

pub use csv::write as write_csv;
pub use json::write as write_json;

pub use crate::printed_file::{Format, Problem};

/// An agenda as it stands in a file. Ids of items are not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgendaFile {
    /// What stands above the items.
    pub head: PrintedAgendaHead,
    /// Its items; their ids, and those of stubs, mean nothing.
    pub items: Vec<PrintedItem>,
}

impl AgendaFile {
    /// An agenda as it was printed: without items that were added, and without what items belong to.
    pub fn of(agenda: &PrintedAgenda) -> Self {
        let of_nowhere = |item: &PrintedItem| {
            let secret = item.secret.as_ref().map(|secret| numbered(secret.number.clone()));
            PrintedItem { id: NO_ITEM, secret, ..item.clone() }
        };
        Self { head: agenda.head.clone(), items: agenda.printed().iter().map(of_nowhere).collect() }
    }
}

pub(crate) use crate::use_cases::NO_ITEM;

/// What a file says of a secret item: the number of its stub. Which stub that is, is found where the file is taken over.
fn numbered(number: String) -> SecretRef {
    SecretRef { stub: SecretStubId::new(Uuid::nil()), number }
}

/// Reads a file.
///
/// # Errors
/// Every problem of the file, at least one and the first 200.
pub fn read(bytes: &[u8], format: Format) -> Result<Vec<AgendaFile>, Vec<Problem>> {
    let mut problems = Problems::default();
    let Some(text) = printed_file::text(bytes, &mut problems) else { return Err(problems.0) };
    let found = match format {
        Format::Json => json::read(text, &mut problems),
        Format::Csv => csv::read(text, &mut problems),
    };
    for (place, AgendaFile { head, items }) in &found {
        let items_there = dingce_domain::check::count("items", items.len(), 1);
        let each = items.iter().enumerate().map(|(i, item)| item.acceptable(&format!("items[{i}]")));
        for rejection in [head.acceptable(), items_there].into_iter().chain(each).filter_map(Result::err) {
            problems.rejected(place, &rejection);
        }
    }
    if found.is_empty() && problems.0.is_empty() {
        problems.say("file", "文件中没有会议议题。", "There is no agenda in the file.");
    }
    if problems.0.is_empty() { Ok(found.into_iter().map(|(_, file)| file).collect()) } else { Err(problems.0) }
}
