//! `dingce catalogue …`.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Subcommand;
use dingce_app::catalogue_file::{self, Format};
use dingce_app::principal::FoundHats;
use dingce_app::use_cases::Asked;
use dingce_domain::id::CatalogueId;
use dingce_domain::occasion::Manner;
use serde_json::json;

use super::{assembled, format_of, principal};
use crate::assemble::Opening;
use crate::console::Console;
use crate::settings::Settings;
use crate::whole;

/// Commands about yearly catalogues.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Take published catalogues over as they were printed, from a JSON or CSV file
    ///
    /// All problems of the file are told at once, and then nothing is written. A catalogue that is there with the same
    /// content is left as it is. Consents that a print does not state are flagged. The format: docs/formats/catalogue.md.
    Import {
        /// The file; its name ends in .json or .csv
        file: PathBuf,
        /// For whom it is done, by id or by local name as key:NAME; they must have the right to draw catalogues up
        #[arg(long, value_name = "ID")]
        person: String,
        /// Print what was done as JSON
        #[arg(long)]
        json: bool,
    },
    /// Write catalogues to a JSON or CSV file: the list in force, or the draft where nothing is published
    Export {
        /// The file; its name ends in .json or .csv. It must not exist
        file: PathBuf,
        /// For whom it is done, by id or by local name as key:NAME
        #[arg(long, value_name = "ID")]
        person: String,
        /// Only this catalogue; may be given several times
        #[arg(long, value_name = "ID")]
        catalogue: Vec<CatalogueId>,
        /// Only catalogues for this year
        #[arg(long, value_name = "YEAR", conflicts_with = "catalogue")]
        year: Option<i16>,
        /// Only entries with a hearing: the list of hearings 听证事项目录
        #[arg(long)]
        hearings: bool,
    },
}

pub(super) async fn run(command: Command, settings: Settings) -> anyhow::Result<bool> {
    match command {
        Command::Import { file, person, json } => {
            let format = format_of(&file)?;
            let who = principal(&settings, &person)?;
            let bytes = std::fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
            let files = match catalogue_file::read(&bytes, format) {
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
            let done = assembled.app.import_catalogues(asked, files).await?;
            assembled.app.settle().await?;
            if json {
                let shown = |c: &dingce_app::use_cases::ImportedCatalogue| json!({"catalogue": c.id, "title": c.title, "new": c.new, "entries": c.entries});
                Console.json(&done.iter().map(shown).collect::<Vec<_>>())?;
                return Ok(true);
            }
            for one in done {
                let new = if one.new { "imported" } else { "there already" };
                Console.result(format!("{}  {new:<13} {:>3} entries  {}", one.id, one.entries, one.title));
            }
        }
        Command::Export { file, person, catalogue, year, hearings } => {
            let format = format_of(&file)?;
            let who = principal(&settings, &person)?;
            ensure!(!file.exists(), "{} exists; it is not overwritten", file.display());
            let assembled = assembled(settings, Opening::ToServe).await?;
            let mut files = assembled.app.export_catalogues(who, &catalogue, year).await?;
            if hearings {
                files.iter_mut().for_each(|file| file.entries.retain(|entry| entry.hearing == Some(true)));
                files.retain(|file| !file.entries.is_empty());
            }
            ensure!(!files.is_empty(), "there is no catalogue to write");
            let text = match format {
                Format::Json => catalogue_file::write_json(&files),
                Format::Csv => catalogue_file::write_csv(&files),
            };
            whole::write(&file, text)?;
            Console.result(format!("{}: {} catalogues", file.display(), files.len()));
        }
    }
    Ok(true)
}
