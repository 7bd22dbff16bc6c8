//! `dingce witness …`: cosigning other organs' logs, over HTTP and by file.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};
use clap::Subcommand;
use dingce_app::ports::Clock;
use dingce_ledger::key::NoteVerifier as _;
use dingce_ledger::witness::{AddCheckpoint, Answer, REQUEST_MAX_BYTES};
use tokio::sync::watch;

use super::serve::Signals;
use crate::console::Console;
use crate::outside::SystemClock;
use crate::settings::Settings;
use crate::{keys, whole, witness};

/// Commands of a witness.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Cosign over HTTP until told to stop: POST /add-checkpoint of C2SP tlog-witness
    Serve {
        /// Where to listen [default: 127.0.0.1:8090]
        #[arg(long, value_name = "ADDR")]
        listen: Option<SocketAddr>,
    },
    /// Cosign by file, for separated networks
    ///
    /// Judges and remembers as over HTTP. Ends with status 1, says why and writes nothing where the request is refused.
    Cosign {
        /// What `dingce ledger cosignatures request` wrote: consistency proof and checkpoint
        #[arg(long = "in", value_name = "FILE")]
        input: PathBuf,
        /// Where the checkpoint goes with the cosignature; take it back with `dingce ledger cosignatures add`
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Print the public key of this witness, as policies take it
    Key,
    /// Print what was cosigned last of each log
    Show,
}

pub(super) async fn run(command: Command, settings: Settings) -> anyhow::Result<bool> {
    match command {
        Command::Key => {
            Console.result(keys::witness(&settings)?.verifier().to_string());
            Ok(true)
        }
        Command::Show => show(&settings),
        Command::Cosign { input, out } => cosign(&settings, &input, &out),
        Command::Serve { .. } => serve(settings).await,
    }
}

async fn serve(settings: Settings) -> anyhow::Result<bool> {
    let witness = Arc::new(witness::open(&settings)?);
    let signals = Signals::listened_for()?;
    let (stop, stopping) = watch::channel(false);
    let clock = Arc::new(SystemClock::default());
    let logs = witness.logs().len();
    let (address, serving) = witness::listen(witness, clock, settings.witness_listen, stopping).await?;
    tracing::info!(%address, logs, "cosigning");
    signals.end(&stop, serving).await.context("the witness broke off")??;
    Ok(true)
}

fn show(settings: &Settings) -> anyhow::Result<bool> {
    let witness = witness::open(settings)?;
    for log in witness.logs() {
        match witness.last(log.name())? {
            Some((_, last)) => {
                let at = i64::try_from(last.time_s).ok().and_then(|s| jiff::Timestamp::from_second(s).ok());
                let at = at.map_or_else(|| last.time_s.to_string(), |at| at.to_string());
                Console.result(format!("{} {} {} {at}", log.name(), last.size, last.root));
            }
            None => Console.result(format!("{} 0", log.name())),
        }
    }
    Ok(true)
}

fn cosign(settings: &Settings, input: &Path, out: &Path) -> anyhow::Result<bool> {
    let bytes = whole::read_at_most(input, REQUEST_MAX_BYTES)?;
    ensure!(bytes.len() <= REQUEST_MAX_BYTES, "{} has more than {REQUEST_MAX_BYTES} bytes", input.display());
    let request = AddCheckpoint::parse(&bytes)
        .with_context(|| format!("{} is no consistency proof with a checkpoint", input.display()))?;
    let now_s = u64::try_from(SystemClock::default().now().as_second()).unwrap_or_default();
    let judged = witness::open(settings)?.add_checkpoint(&request, now_s)?;
    if let Some(cosigned) = judged.cosigned {
        whole::write(out, cosigned.to_string().as_bytes())?;
        Console.result(format!("已联署。 Cosigned {} entries: {}", cosigned.claimed().size(), out.display()));
        return Ok(true);
    }
    let (zh, en) = refused(&judged.answer);
    Console.result(format!("未联署。{zh}"));
    Console.result(format!("Not cosigned. {en}"));
    if let Some(evidence) = judged.evidence {
        Console.result(format!("该请求已留作证据。 The request was kept as evidence: {}", evidence.display()));
    }
    Ok(false)
}

/// Why not, in both languages.
fn refused(answer: &Answer) -> (String, String) {
    match answer {
        Answer::Cosigned { .. } => (String::new(), String::new()),
        Answer::UnknownLog => {
            ("信任策略中没有这个总账。".to_owned(), "The policy of this witness does not list that log.".to_owned())
        }
        Answer::Untrusted(error) => {
            (format!("检查点未由该总账的密钥签署：{error}"), format!("Its log did not sign the checkpoint: {error}"))
        }
        Answer::Backwards { old, size } => (
            format!("证明从 {old} 条开始，检查点却只有 {size} 条。"),
            format!("The proof starts from {old} entries, but the checkpoint is over {size}."),
        ),
        Answer::Conflict { size } => (
            format!(
                "本见证人上次联署的是 {size} 条：请从 {size} 条起另作请求；若检查点正是 {size} 条，则其根与上次不同，总账签署了两部历史。"
            ),
            format!(
                "This witness last cosigned {size} entries: ask anew from {size}. If the checkpoint is over {size} itself, its root is another than then, and the log signed two histories."
            ),
        ),
        Answer::Inconsistent(error) => (
            format!("检查点不是上次联署的延续：{error}。总账可能签署了两部历史。"),
            format!(
                "The checkpoint does not continue the one cosigned last: {error}. The log may have signed two histories."
            ),
        ),
        Answer::ClockBehind { last_s, now_s } => (
            format!("本机时钟（{now_s}）早于上次联署（{last_s}）：请先校准时钟。"),
            format!("This machine's clock ({now_s}) is before the last cosignature ({last_s}): set it right first."),
        ),
        Answer::KeySilent(error) => (format!("密钥没有应答：{error}"), format!("The key did not answer: {error}")),
    }
}
