//! `dingce ledger …`: the log held against database, files and anchor; copied out; its public key.

use std::path::PathBuf;

use clap::Subcommand;
use dingce_app::use_cases::{CosignaturesAdded, LogAudit};
use dingce_ledger::note::NOTE_MAX_BYTES;
use dingce_store::ObjectLog;

use super::{assembled, store};
use crate::assemble::Opening;
use crate::console::Console;
use crate::settings::Settings;
use crate::{keys, whole};

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
    /// Exchange cosignatures with witnesses by file, for separated networks
    #[command(subcommand)]
    Cosignatures(Cosignatures),
}

/// Commands about cosignatures by file.
#[derive(Debug, Subcommand)]
pub enum Cosignatures {
    /// Write what a witness needs: the checkpoint signed last, and the proof that it continues what the witness cosigned before
    ///
    /// Witnesses with an address in the policy are asked for this checkpoint at once, so that their cosignatures are with it.
    Request {
        /// How many entries the witness cosigned last, as `dingce witness show` prints there; 0 for the first time
        #[arg(long, value_name = "N")]
        old: u64,
        /// Where it goes
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Take a checkpoint back with cosignatures, and publish it where the policy is then fulfilled
    ///
    /// Ends with status 1 where something is still missing.
    Add {
        /// What `dingce witness cosign` wrote
        file: PathBuf,
    },
}

pub(super) async fn run(command: Command, settings: Settings) -> anyhow::Result<bool> {
    match command {
        Command::Key => {
            Console.result(keys::log(&settings)?.verifier().to_string());
            Ok(true)
        }
        Command::Cosignatures(command) => cosignatures(command, settings).await,
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

async fn cosignatures(command: Cosignatures, settings: Settings) -> anyhow::Result<bool> {
    let app = assembled(settings, Opening::ToServe).await?.app;
    match command {
        Cosignatures::Request { old, out } => {
            let request = app.cosignature_request(old).await?;
            whole::write(&out, request.to_string())?;
            let size = request.checkpoint.claimed().size();
            Console.result(format!("已写出 {size} 条的检查点。 Written, over {size} entries: {}", out.display()));
            Ok(true)
        }
        Cosignatures::Add { file } => match app.add_cosignatures(&whole::read_at_most(&file, NOTE_MAX_BYTES)?).await? {
            CosignaturesAdded::Published { size } => {
                Console.result(format!("已公布 {size} 条的检查点。 Published, over {size} entries."));
                Ok(true)
            }
            CosignaturesAdded::Older { size } => {
                Console.result(format!(
                        "已留存；较新的检查点已经公布，{size} 条的不再公布。 Kept; a newer checkpoint than that over {size} entries is published already."
                    ));
                Ok(true)
            }
            CosignaturesAdded::Waiting { size, missing } => {
                Console
                    .result(format!("已留存，{size} 条的检查点仍缺见证人联署。 Kept; over {size} entries: {missing}"));
                Ok(false)
            }
        },
    }
}
