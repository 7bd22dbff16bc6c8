//! `dingce organisation …`.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Subcommand;

use super::assembled;
use crate::assemble::Opening;
use crate::console::Console;
use crate::directory::{self, DirectoryFile};
use crate::settings::Settings;

/// Commands about directories.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Set up a directory from a file, and publish the shipped definitions for its organ
    ///
    /// The file is a YAML list of entries, all or none of which are made. A directory that is open is left as it is:
    /// from then on, its registrar keeps it.
    Import {
        /// The file
        file: PathBuf,
        /// Print what was done as JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the local names of imported directories and the ids they stand for
    Show {
        /// A file to read instead; it need not have been imported
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(command: Command, settings: Settings) -> anyhow::Result<bool> {
    match command {
        Command::Import { file, json } => {
            let file = read(&file)?;
            let assembled = assembled(settings, Opening::ToServe).await?;
            Console.progress("setting up the directory and proving the shipped definitions …");
            let done = directory::import(&assembled, &file).await?;
            if json {
                Console.json(&done)?;
            } else if done.entries == 0 {
                Console.result(format!("{}: the directory is open already; nothing was entered", done.name));
            } else {
                Console.result(format!("{}: {} entries", done.name, done.entries));
            }
            if !json {
                for definition in &done.definitions {
                    Console.result(format!("published: {definition}"));
                }
            }
        }
        Command::Show { file, json } => {
            let names = match file {
                Some(path) => {
                    let file = read(&path)?;
                    directory::Names::from([(file.name, file.names)])
                }
                None => directory::names(&settings)?,
            };
            ensure!(!names.is_empty(), "no directory was imported here");
            if json {
                Console.json(&names)?;
                return Ok(true);
            }
            for (organisation, names) in names {
                Console.result(organisation);
                for name in names {
                    Console.result(format!("  {:<8} {:<20} {}  {}", name.kind, name.key, name.id, name.name));
                }
            }
        }
    }
    Ok(true)
}

fn read(path: &std::path::Path) -> anyhow::Result<DirectoryFile> {
    let yaml = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    DirectoryFile::read(&yaml).with_context(|| format!("{} cannot be imported", path.display()))
}
