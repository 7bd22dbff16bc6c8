//! `dingce dossier …`.

use std::path::PathBuf;

use anyhow::Context;
use clap::Subcommand;
use dingce_domain::id::DossierId;

use super::{assembled, compliance, principal};
use crate::assemble::Opening;
use crate::console::Console;
use crate::settings::Settings;
use crate::{dossiers, whole};

/// Commands about historical dossiers.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Enter finished decisions from a JSON file, and mark what departs from the rules
    ///
    /// The file is a list of dossiers, or an object with such a list as `decisions`. Every problem is told at once, and
    /// a file with a problem enters nothing. Importing it again is harmless.
    Import {
        /// The file
        file: PathBuf,
        /// For whom it is done, by id or by local name as key:NAME; they must have the right to keep dossiers
        #[arg(long, value_name = "ID")]
        person: String,
        /// Name of the definition to hold them against; that under which cases are opened today if not given
        #[arg(long, value_name = "NAME")]
        definition: Option<String>,
        /// Print what was done as JSON
        #[arg(long)]
        json: bool,
    },
    /// Write all dossiers of an organ to a JSON file, as they came
    Export {
        /// The file; replaced if it is there
        file: PathBuf,
        /// For whom it is done, by id or by local name as key:NAME
        #[arg(long, value_name = "ID")]
        person: String,
    },
    /// Print the compliance sheet of a dossier: which rules its papers show to be kept, broken or explained
    ///
    /// Ends with a failure where a rule is broken for certain.
    Compliance {
        /// The dossier
        dossier: DossierId,
        /// Print every rule
        #[arg(long)]
        all: bool,
        /// Print the sheet as JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(command: Command, settings: Settings) -> anyhow::Result<bool> {
    match command {
        Command::Import { file, person, definition, json } => {
            let about = || format!("{} cannot be imported", file.display());
            let text = std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
            let list = dossiers::read(&text).with_context(about)?;
            let who = principal(&settings, &person)?;
            let assembled = assembled(settings, Opening::ToServe).await?;
            let done = dossiers::import(&assembled, who, definition.as_deref(), list).await.with_context(about)?;
            assembled.app.settle().await?;
            if json {
                Console.json(&done)?;
            } else {
                let dossiers::Imported { dossiers, departures, departing } = done;
                Console.result(format!("{dossiers} dossiers; {departures} departures from the rules in {departing}"));
            }
        }
        Command::Export { file, person } => {
            let who = principal(&settings, &person)?;
            let assembled = assembled(settings, Opening::ToServe).await?;
            let dossiers = dossiers::export(&assembled, who).await?;
            whole::write(&file, format!("{}\n", serde_json::to_string_pretty(&dossiers)?))?;
            Console.result(file.display().to_string());
        }
        Command::Compliance { dossier, all, json } => {
            let assembled = assembled(settings, Opening::ToServe).await?;
            let sheet = assembled.app.compliance_of_dossier(dossier).await?;
            let sheet = sheet.with_context(|| format!("there is no dossier {dossier}"))?;
            return compliance::print(&sheet, all, json);
        }
    }
    Ok(true)
}
