//! `dingce ledger …`: the log held against database, files and anchor; copied out; its public key.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Subcommand;
use dingce_app::App;
use dingce_app::ports::LostEvents;
use dingce_app::read_rows::TABLES;
use dingce_app::use_cases::{CosignaturesAdded, LogAudit, LogHealed, LostReturned};
use dingce_ledger::note::NOTE_MAX_BYTES;
use dingce_ledger::{Succession, sha256};
use dingce_store::{ObjectLog, Store, StoreOptions};

use super::{assembled, store};
use crate::assemble::Opening;
use crate::console::Console;
use crate::settings::Settings;
use crate::{backup, keys, policies, timestamps, whole};

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
    /// Put entries back that were published and that a restored database no longer has
    ///
    /// No server may run. Every entry is held against the signed root before anything is written. Cases of which events are lost are
    /// locked until `dingce ledger return` brings the events back. Status 1 where some are lost.
    Heal,
    /// List what is lost, and bring it back from another database
    ///
    /// No server may run. The other database is a backup that was restored elsewhere. Status 1 where something is lost still.
    Return {
        /// The other database, `sqlite:PATH` or `postgres://…`; without it, what is lost is listed
        #[arg(long, value_name = "URL")]
        from: Option<String>,
        /// Documents: the folder `files` of a backup, of which those that are missing here are copied
        #[arg(long, value_name = "DIR")]
        files: Option<PathBuf>,
    },
    /// Print the public key of the log, as tools take it
    Key {
        /// That of its SM2 key, where log_sm2 is set
        #[arg(long)]
        sm2: bool,
    },
    /// Go on under another key, on the record
    ///
    /// First without `--now`: the next key is made and its public half printed, to be added to policies and told to witnesses. Then, with no
    /// server running, with `--now`. Where log_sm2 is set, the SM2 key goes with it, and is printed on a second line.
    RotateKey {
        /// Do it
        #[arg(long)]
        now: bool,
    },
    /// Have somebody else's clock vouch for the published checkpoint, by file (RFC 3161)
    #[command(subcommand)]
    Timestamp(Timestamp),
    /// Exchange cosignatures with witnesses by file, for separated networks
    #[command(subcommand)]
    Cosignatures(Cosignatures),
}

/// Commands about time stamps by file.
#[derive(Debug, Subcommand)]
pub enum Timestamp {
    /// Write the request over the published checkpoint; prints over how many entries that is
    Request {
        /// Where it goes
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Take the authority's answer: it is held against the checkpoint, kept beside the log and put on record
    ///
    /// Its signature is not judged here: `openssl ts -verify` does, as docs/how-to/keep-the-log.md shows.
    Add {
        /// Over how many entries the checkpoint is, as the request printed
        #[arg(long, value_name = "N")]
        size: u64,
        /// What the authority answered
        file: PathBuf,
    },
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
        Command::Key { sm2: false } => {
            Console.result(keys::log(&settings)?.verifier().to_string());
            Ok(true)
        }
        Command::Key { sm2: true } => {
            let sm2 = keys::log_sm2(&settings)?.context("this log has no SM2 key: set log_sm2 = true")?;
            Console.result(sm2.verifier().to_string());
            Ok(true)
        }
        Command::Timestamp(command) => timestamp(command, settings).await,
        Command::RotateKey { now } => rotate_key(settings, now).await,
        Command::Heal => heal(settings).await,
        Command::Return { from, files } => give_back(settings, from, files).await,
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

async fn timestamp(command: Timestamp, settings: Settings) -> anyhow::Result<bool> {
    let assembled = assembled(settings, Opening::ToServe).await?;
    let app = assembled.app;
    match command {
        Timestamp::Request { out } => {
            let stamped = app.checkpoint_to_stamp().await?.context("nothing is published yet")?;
            let digest = sha256(stamped.text.as_bytes());
            let mut nonce = [0; 8];
            nonce.copy_from_slice(&assembled.chance.bytes32()[..8]);
            whole::write(&out, timestamps::query(&digest, nonce)?)?;
            Console.result(stamped.size.to_string());
        }
        Timestamp::Add { size, file } => {
            let stamped = app.text_to_stamp(size).await?;
            let stamped = stamped.with_context(|| format!("no request was made over {size} entries"))?;
            let answer = whole::read_at_most(&file, timestamps::ANSWER_MAX_BYTES)?;
            timestamps::check(&answer, &sha256(stamped.text.as_bytes()))?;
            app.record_stamp(&stamped, answer).await?;
            Console.result(format!("已留存时间戳。 Kept, over {size} entries: timestamps/{size}.tsr"));
        }
    }
    Ok(true)
}

async fn rotate_key(settings: Settings, now: bool) -> anyhow::Result<bool> {
    let (signer, next) = (keys::log(&settings)?, keys::next_log(&settings)?);
    let (from, to) = (signer.verifier(), next.verifier());
    let sm2 = keys::log_sm2(&settings)?.zip(keys::next_log_sm2(&settings)?);
    if !now {
        Console.result(to.to_string());
        if let Some((_, next)) = &sm2 {
            Console.result(next.verifier().to_string());
        }
        return Ok(true);
    }
    if let Some(file) = &settings.log_policy {
        ensure!(
            policies::read(file)?.logs().iter().any(|log| log.key == *to),
            "{} does not list the next key, so that nothing could be published afterwards: add the line \"log {to}\"",
            file.display()
        );
    }
    let app = assembled(settings.clone(), Opening::ToServe).await?.app;
    let size = app.store().log_size().await?;
    app.record_rotation(&Succession::sign((from, &signer), (to, &next), size)?).await?;
    if let Some((signer, next)) = &sm2 {
        let (from, to) = (signer.verifier(), next.verifier());
        app.record_rotation(&Succession::sign((from, signer), (to, next), size)?).await?;
    }
    keys::retire_log_keys(&settings)?;
    Console.result(format!("日志自此由新密钥签署。 The log goes on under {to}"));
    Ok(true)
}

async fn heal(settings: Settings) -> anyhow::Result<bool> {
    let app = assembled(settings, Opening::ToServe).await?.app;
    match app.heal_log().await? {
        None => Console.result("数据库不短于已签署的日志，无需修复。 The database has all that was signed."),
        Some(LogHealed { from, to, placed, lost, streams }) => {
            Console.result(format!(
                "已由公布的文件补回第 {from} 至 {to} 条：{placed} 条的事件仍在，{lost} 条的事件缺失。 Put back, entries {from} to {to}: the \
                 events of {placed} are there, those of {lost} are lost. {streams} streams are locked."
            ));
        }
    }
    erase_again(&app).await?;
    tell_lost(&app).await
}

/// A backup from before an erasure brings the person back: what the log says was erased is erased again.
async fn erase_again(app: &App) -> anyhow::Result<()> {
    match app.erase_again().await? {
        0 => Ok(()),
        erasures => {
            Console.result(format!(
                "日志载明已删除的个人信息，已重新删除 {erasures} 项。 Erased again, as the log says: {erasures}."
            ));
            Ok(())
        }
    }
}

/// Lists what is lost; `false` where something is.
async fn tell_lost(app: &App) -> anyhow::Result<bool> {
    let lost = app.lost_events().await?;
    for LostEvents { stream, first, last } in &lost {
        Console.result(format!("{stream}: {first}..{last} 缺失 lost"));
    }
    if lost.is_empty() {
        Console.result("没有缺失的事件。 Nothing is lost.");
    }
    Ok(lost.is_empty())
}

async fn give_back(settings: Settings, from: Option<String>, files: Option<PathBuf>) -> anyhow::Result<bool> {
    let documents = settings.files();
    let app = assembled(settings, Opening::ToServe).await?.app;
    if let Some(url) = from {
        let source = Store::open(StoreOptions::new(url, TABLES.to_vec())).await?;
        let LostReturned { events, streams, lost } = app.return_lost(&source).await?;
        Console.result(format!(
            "找回 {events} 条事件，{streams} 个事项完整；仍缺 {lost} 条。 {events} events came back, {streams} streams are whole; {lost} are \
             lost still."
        ));
    }
    // What came back may be of somebody whose erasure is on record, and lost still.
    erase_again(&app).await?;
    if let Some(files) = files {
        let copied = tokio::task::spawn_blocking(move || backup::copy_missing_documents(&files, &documents)).await??;
        Console.result(format!("补回 {copied} 份文件。 {copied} documents copied."));
    }
    tell_lost(&app).await
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
