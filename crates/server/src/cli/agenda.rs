//! `dingce agenda …`.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Subcommand;
use dingce_app::agenda_file::{self, Format};
use dingce_app::principal::FoundHats;
use dingce_app::use_cases::{Asked, ImportedAgenda};
use dingce_domain::id::PrintedAgendaId;
use dingce_domain::occasion::Manner;
use serde_json::json;

use super::{assembled, format_of, principal};
use crate::assemble::Opening;
use crate::console::Console;
use crate::settings::Settings;
use crate::whole;

/// Commands about printed agendas of executive meetings.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Take printed agendas over as they are, from a JSON or CSV file
    ///
    /// All problems of the file are told at once, and then nothing is written. An agenda that is there with the same
    /// content is left as it is. The format: docs/formats/agenda.md.
    Import {
        /// The file; its name ends in .json or .csv
        file: PathBuf,
        /// For whom it is done, by id or by local name as key:NAME; they must have the right to keep agendas
        #[arg(long, value_name = "ID")]
        person: String,
        /// Print what was done as JSON
        #[arg(long)]
        json: bool,
    },
    /// Write agendas to a JSON or CSV file, as they were printed
    Export {
        /// The file; its name ends in .json or .csv. It must not exist
        file: PathBuf,
        /// For whom it is done, by id or by local name as key:NAME
        #[arg(long, value_name = "ID")]
        person: String,
        /// Only this agenda; may be given several times
        #[arg(long, value_name = "ID")]
        agenda: Vec<PrintedAgendaId>,
    },
    /// List items that belong to no case and to no determination: nobody asked yet whether they are major decisions
    Unlinked {
        /// For whom it is done, by id or by local name as key:NAME
        #[arg(long, value_name = "ID")]
        person: String,
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(command: Command, settings: Settings) -> anyhow::Result<bool> {
    match command {
        Command::Import { file, person, json } => {
            let format = format_of(&file)?;
            let who = principal(&settings, &person)?;
            let bytes = std::fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
            let files = match agenda_file::read(&bytes, format) {
                Ok(files) => files,
                Err(problems) => {
                    for problem in &problems {
                        Console.progress(format!("{}: {problem}", file.display()));
                    }
                    anyhow::bail!("{} has {} problems; nothing was written", file.display(), problems.len());
                }
            };
            let assembled = assembled(settings, Opening::ToServe).await?;
            let asked = Asked { who, key: None, manner: Manner::Online, hats: FoundHats::default() };
            let done = assembled.app.import_agendas(asked, files).await?;
            assembled.app.settle().await?;
            if json {
                let shown =
                    |a: &ImportedAgenda| json!({"agenda": a.id, "session": a.session, "new": a.new, "items": a.items});
                Console.json(&done.iter().map(shown).collect::<Vec<_>>())?;
                return Ok(true);
            }
            for one in done {
                let new = if one.new { "imported" } else { "there already" };
                Console.result(format!("{}  {new:<13} {:>3} items  {}", one.id, one.items, one.session));
            }
        }
        Command::Export { file, person, agenda } => {
            let format = format_of(&file)?;
            let who = principal(&settings, &person)?;
            ensure!(!file.exists(), "{} exists; it is not overwritten", file.display());
            let assembled = assembled(settings, Opening::ToServe).await?;
            let files = assembled.app.export_agendas(who, &agenda).await?;
            ensure!(!files.is_empty(), "there is no agenda to write");
            let text = match format {
                Format::Json => agenda_file::write_json(&files),
                Format::Csv => agenda_file::write_csv(&files),
            };
            whole::write(&file, text)?;
            Console.result(format!("{}: {} agendas", file.display(), files.len()));
        }
        Command::Unlinked { person, json } => {
            let who = principal(&settings, &person)?;
            let assembled = assembled(settings, Opening::ToServe).await?;
            let items = assembled.app.unlinked_items(who).await?;
            if json {
                let shown = items.iter().map(|item| {
                    json!({"agenda": item.agenda, "session": item.session, "item": item.item, "title": item.title})
                });
                Console.json(&shown.collect::<Vec<_>>())?;
                return Ok(true);
            }
            for item in items {
                Console.result(format!("{}  {}  {}", item.item, item.session, item.title));
            }
        }
    }
    Ok(true)
}
