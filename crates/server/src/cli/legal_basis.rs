//! `dingce legal-basis …`.

use std::path::PathBuf;

use anyhow::Context;
use clap::Subcommand;

use super::assembled;
use super::dossier::the_organ;
use crate::assemble::Opening;
use crate::console::Console;
use crate::legal_bases;
use crate::settings::Settings;

/// Commands about the register of legal bases.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Take documents over into the register from a YAML file
    ///
    /// All or none; the first problem is told with its place. What is in the register just so is left as it is, so
    /// importing a file again is harmless.
    Import {
        /// The file; the shipped one if not given
        file: Option<PathBuf>,
        /// Into whose register, by id or by local name as key:NAME; needed where there are several organs
        #[arg(long, value_name = "ID")]
        organ: Option<String>,
    },
}

pub(super) async fn run(command: Command, settings: Settings) -> anyhow::Result<bool> {
    let Command::Import { file, organ } = command;
    let (name, text) = match &file {
        None => ("the shipped file".to_owned(), legal_bases::SHIPPED.to_owned()),
        Some(path) => {
            let name = path.display().to_string();
            (name.clone(), std::fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?)
        }
    };
    let about = || format!("{name} cannot be imported");
    let list = legal_bases::read(&text).with_context(about)?;
    let total = list.len();
    let assembled = assembled(settings, Opening::ToServe).await?;
    let organ = the_organ(&assembled, organ.as_deref()).await?;
    let done = assembled.app.import_legal_bases(organ, list).await.with_context(about)?;
    assembled.app.settle().await?;
    Console.result(format!("{total} documents in the file; {} new in the register", done.events.len()));
    Ok(true)
}
