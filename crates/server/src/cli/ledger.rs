//! `dingce ledger …`: the log held against database, files and anchor; copied out; its public key.

use std::path::PathBuf;

use clap::Subcommand;
use dingce_app::use_cases::LogAudit;
use dingce_store::ObjectLog;

use super::{assembled, store};
use crate::assemble::Opening;
use crate::console::Console;
use crate::keys;
use crate::settings::Settings;

/// Commands about the log.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Hold entries, hashes, root, tiles, anchor and read tables against each other
    ///
    /// Nothing is written, and the server may go on. Ends with status 1 at the first difference, which it names.
    Audit,
    /// Copy the log with all its entries into a folder, for other people's tools
    ///
    /// Entries say who acted in which post: hand the folder to those alone who may read them.
    Export {
        /// A folder; what is there of an earlier export is written again
        #[arg(value_name = "DIR")]
        into: PathBuf,
    },
    /// Print the public key of the log, as tools take it
    Key,
}

pub(super) async fn run(command: Command, settings: Settings) -> anyhow::Result<bool> {
    match command {
        Command::Key => {
            Console.result(keys::log(&settings)?.verifier().to_string());
            Ok(true)
        }
        Command::Export { into } => {
            let assembled = assembled(settings, Opening::ToServe).await?;
            let files = assembled.app.export_log(&ObjectLog::folder(&into)?).await?;
            Console.result(format!("{files} files"));
            Ok(true)
        }
        Command::Audit => {
            let assembled = assembled(settings, Opening::ToServe).await?;
            let LogAudit { entries, signed, files, difference } = assembled.app.audit_log().await?;
            Console.result(format!("{entries} entries, {signed} of them signed, {files} files"));
            if let Some(difference) = difference {
                Console.result(format!("不一致。{} {difference}", difference.zh()));
                return Ok(false);
            }
            let report = store::rebuild(&assembled, false).await?;
            store::tell(&report);
            if report.differing > 0 {
                return Ok(false);
            }
            Console.result("一致。 All agree: entries, hashes, root, files, anchor and read tables.");
            Ok(true)
        }
    }
}
