//! `dingce dossier …`.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Subcommand;
use dingce_domain::id::UnitId;

use super::assembled;
use crate::assemble::{Assembled, Opening};
use crate::console::Console;
use crate::settings::Settings;
use crate::{directory, dossiers, setup};

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
        /// In whose records, by id or by local name as key:NAME; needed where there are several organs
        #[arg(long, value_name = "ID")]
        organ: Option<String>,
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
        /// Of whose records, by id or by local name as key:NAME; needed where there are several organs
        #[arg(long, value_name = "ID")]
        organ: Option<String>,
    },
}

pub(super) async fn run(command: Command, settings: Settings) -> anyhow::Result<bool> {
    match command {
        Command::Import { file, organ, definition, json } => {
            let about = || format!("{} cannot be imported", file.display());
            let text = std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
            let list = dossiers::read(&text).with_context(about)?;
            let assembled = assembled(settings, Opening::ToServe).await?;
            let organ = the_organ(&assembled, organ.as_deref()).await?;
            let done = dossiers::import(&assembled, organ, definition.as_deref(), list).await.with_context(about)?;
            assembled.app.settle().await?;
            if json {
                Console.json(&done)?;
            } else {
                let dossiers::Imported { dossiers, departures, departing } = done;
                Console.result(format!("{dossiers} dossiers; {departures} departures from the rules in {departing}"));
            }
        }
        Command::Export { file, organ } => {
            let assembled = assembled(settings, Opening::ToServe).await?;
            let organ = the_organ(&assembled, organ.as_deref()).await?;
            dossiers::write(&file, &dossiers::export(&assembled, organ).await?)?;
            Console.result(file.display().to_string());
        }
    }
    Ok(true)
}

/// The organ named, or the only one there is.
pub(super) async fn the_organ(assembled: &Assembled, named: Option<&str>) -> anyhow::Result<UnitId> {
    let organs = setup::organs(assembled).await?;
    if let Some(named) = named {
        let id: UnitId = directory::resolve(&assembled.settings, UnitId::PREFIX, named)?.parse()?;
        return organs.into_iter().find(|o| *o == id).with_context(|| format!("{named} keeps no directory here"));
    }
    match organs.as_slice() {
        [one] => Ok(*one),
        [] => bail!("there is no organ yet: set up its directory with `dingce organisation import`"),
        many => bail!("there are {} organs: name one with --organ", many.len()),
    }
}
