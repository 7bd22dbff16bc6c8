//! The command line. Every command ends with status 0 if and only if it did what was asked.

mod agenda;
mod case;
mod catalogue;
mod compliance;
mod copies;
mod demo;
mod dossier;
mod draw;
mod figures;
mod ledger;
mod legal_basis;
mod migration;
mod organisation;
mod registers;
mod serve;
mod simulate;
mod store;
mod trace;
mod verify;
mod witness;
mod workflow;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use dingce_app::catalogue_file::Format;
use dingce_app::language::Language;
use dingce_app::{AppError, Principal};
use dingce_domain::id::{PersonId, PostId};

use crate::assemble::{Assembled, Opening, assemble_with};
use crate::console::Console;
use crate::outside::{SystemChance, SystemClock};
use crate::settings::{Flags, Loaded, Settings};
use crate::tokens::{Issuer, TokenFor};
use crate::{directory, logging};

/// Dingce 定策 runs major administrative decisions: their procedure, their record and their archive.
///
/// Settings come from flags, then environment variables DINGCE_*, then the settings file, then defaults;
/// `dingce config show` prints those in effect. Results go to standard output, everything else to standard error.
/// A command ends with status 0 only if it did what was asked.
#[derive(Debug, Parser)]
#[command(name = "dingce", version, max_term_width = 100, arg_required_else_help = true)]
pub struct Cli {
    /// Settings as flags.
    #[command(flatten)]
    pub flags: Flags,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve GraphQL and documents over HTTP until told to stop
    ///
    /// An empty database is given its schema. A database of an older or newer program is refused. SIGTERM or SIGINT
    /// stops the server: the port is closed, requests under way are finished, at most for drain_seconds.
    Serve {
        /// Where to listen [default: 127.0.0.1:8080]
        #[arg(long, value_name = "ADDR")]
        listen: Option<SocketAddr>,
    },
    /// Bring the database to this program: schema, read tables, shipped definitions, and their proofs
    ///
    /// Doing it twice is harmless. Back up first. Nodes of the older program must be stopped.
    Migrate,
    /// Set up and show the directory of an organ: its units, posts and persons
    #[command(subcommand)]
    Organisation(organisation::Command),
    /// Take yearly catalogues over from files, and write them to files
    #[command(subcommand)]
    Catalogue(catalogue::Command),
    /// Take printed agendas of meetings over, write them, and list what belongs to nothing
    #[command(subcommand)]
    Agenda(agenda::Command),
    /// List proposals to decide
    #[command(subcommand)]
    Proposal(registers::Proposals),
    /// List determinations whether matters are major decisions
    #[command(subcommand)]
    Determination(registers::Determinations),
    /// List erasures of personal data
    #[command(subcommand)]
    Erasure(registers::Erasures),
    /// List legal advisers and what the record says of their year
    #[command(subcommand)]
    Adviser(registers::Advisers),
    /// Run many cases of many procedures at once against an auditor who knows every answer; needs no database
    ///
    /// Of all shipped procedures, and of others of tasks and approvals that are drawn at random. The same seed gives the same acts.
    /// Ends with status 1 at the first answer, state, replay or read row that is not as it must be.
    Simulate {
        /// Where chance begins
        #[arg(long, value_name = "N", default_value_t = 1)]
        seed: u64,
        /// How many acts
        #[arg(long, value_name = "M", default_value_t = 100_000)]
        acts: u64,
    },
    /// Show a whole decision in a deployment of its own, with an invented staff
    Demo {
        /// Serve the deployment afterwards
        #[arg(long)]
        serve: bool,
        /// Where to listen [default: 127.0.0.1:8080]
        #[arg(long, value_name = "ADDR")]
        listen: Option<SocketAddr>,
    },
    /// Sign a bearer token with the deployment's own key, and print it
    ///
    /// For scripts and for trying things out. Whoever may read the key file may sign in as anybody.
    Token {
        /// The person, by id or by local name as key:NAME
        #[arg(long, value_name = "ID")]
        person: String,
        /// The post they act in, by id or as key:NAME; any of theirs if not given
        #[arg(long, value_name = "ID")]
        post: Option<String>,
        /// In whose place they act, by id or as key:NAME; needs a delegation
        #[arg(long, value_name = "ID")]
        acting_for: Option<String>,
        /// How long the token is valid
        #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=1_440))]
        minutes: u32,
    },
    /// Check and outline workflow definitions; needs no database
    #[command(subcommand)]
    Workflow(workflow::Command),
    /// Work with single cases
    #[command(subcommand)]
    Case(case::Command),
    /// Keep decisions that were finished before they came here
    #[command(subcommand)]
    Dossier(dossier::Command),
    /// Compute a public draw again; needs no database and no settings
    #[command(subcommand)]
    Draw(draw::Command),
    /// Keep the register of legal bases
    #[command(subcommand)]
    LegalBasis(legal_basis::Command),
    /// Trace back who did what: in a case, as a person in any post, or for a unit with its successors
    ///
    /// Facts alone: who, in which post, on which draft, with which advice, holding the matter how long. It says nothing of who
    /// is to blame. Whoever runs the deployment reads all of it; over GraphQL the right to trace is asked for.
    Trace {
        /// A case, a person or a unit, by id; persons and units also by local name as key:NAME. With --report a case, a proposal, an
        /// entry of a catalogue, or an accountability file, by id
        #[arg(value_name = "CASE|PERSON|UNIT")]
        what: String,
        /// Only what was recorded up to the end of this day
        #[arg(long, value_name = "YYYY-MM-DD")]
        as_known_on: Option<jiff::civil::Date>,
        /// How many acts of a person or unit, the newest first
        #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=1_000))]
        first: u64,
        /// Print as JSON
        #[arg(long)]
        json: bool,
        /// Write a report with proofs into this folder: report.json, report.html and, signed by the log's key, report.note
        #[arg(long, value_name = "FOLDER", conflicts_with_all = ["json", "first"])]
        report: Option<PathBuf>,
        /// Of a case: also write the receipts of all its acts into this file, for `dingce verify` on another machine
        #[arg(long, value_name = "FILE", conflicts_with = "report")]
        receipts: Option<PathBuf>,
    },
    /// Take the figures that an appraisal asks for, each with the acts from which it is counted, and write them to a file
    ///
    /// Without --out, a table is printed. The same figures give the same bytes; --taken-as takes them again as they were. Whoever runs the
    /// deployment reads all of them; over GraphQL and HTTP the right to do so is asked for.
    Figures {
        /// The organ, by id or by local name as key:NAME [default: the only one]
        #[arg(long, value_name = "ID")]
        organ: Option<String>,
        /// First day
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: jiff::civil::Date,
        /// Last day, itself included
        #[arg(long, value_name = "YYYY-MM-DD")]
        to: jiff::civil::Date,
        /// As they were taken before
        #[arg(long, value_name = "MARK")]
        taken_as: Option<String>,
        /// How they are written
        #[arg(long, value_enum, default_value_t = figures::Form::Xlsx, requires = "out")]
        format: figures::Form,
        /// The file to write
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Verify a package, a report, receipts, a log proof, a log folder or checkpoints, offline; needs no database and no settings
    ///
    /// Tells what is proven and what is not. Ends with status 1 where something speaks against it, and where signatures would
    /// have to show it and no key or policy from elsewhere was given.
    Verify(verify::Arguments),
    /// Keep the store in order
    #[command(subcommand)]
    Store(store::Command),
    /// Hold the log of all events against the database; copy it out; print its key
    #[command(subcommand)]
    Ledger(ledger::Command),
    /// Cosign other organs' logs, over HTTP or by file; needs no database
    #[command(subcommand)]
    Witness(witness::Command),
    /// Copy database, documents and keys into a folder, with a manifest of digests
    ///
    /// The copy is of one moment; the server may go on serving. It holds the keys: keep it as safe as the deployment.
    Backup {
        /// A folder that is empty or does not exist
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Bring a backup back into an empty place, after checking every digest
    Restore {
        /// The folder of the backup
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
    },
    /// Show the settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print the GraphQL schema
    Sdl {
        /// The schema of the public endpoint, not that of the console
        #[arg(long)]
        public: bool,
    },
}

/// Commands about settings.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print the settings in effect and where each came from; secrets are masked
    Show {
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
}

/// Runs the program: arguments, environment and exit status of the process.
pub fn main() -> ExitCode {
    // Flags that settings have are told in full at the commands they belong to; `--help` shows them everywhere.
    let matches = Cli::command().get_matches();
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    match run(cli) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            Console.failure(&in_words(error));
            ExitCode::FAILURE
        }
    }
}

/// A refusal is told here as everywhere: in both languages, with what to do.
fn in_words(error: anyhow::Error) -> anyhow::Error {
    let Some(AppError::Rejected(rejection)) = error.downcast_ref::<AppError>() else { return error };
    let told = Language::shipped().tell(rejection, None);
    let (message, remedy) = (told.message, told.remedy);
    anyhow::anyhow!("{}\n  {}{}\n  {} {}", told.code, message.zh, remedy.zh, message.en, remedy.en)
}

/// Runs one command; gives whether it did what was asked, where that is told already.
fn run(cli: Cli) -> anyhow::Result<bool> {
    let Cli { mut flags, command } = cli;
    match &command {
        // These work on files alone: settings that cannot be read must not stand in their way.
        Command::Verify(arguments) => return verify::run(arguments),
        Command::Draw(command) => return draw::run(command),
        Command::Workflow(command) => return workflow::run(command),
        Command::Simulate { seed, acts } => return simulate::run(*seed, *acts),
        Command::Serve { listen } | Command::Demo { listen, .. } => flags.listen = *listen,
        Command::Witness(witness::Command::Serve { listen }) => flags.witness_listen = *listen,
        _ => {}
    }
    let demo = matches!(command, Command::Demo { .. });
    if demo && flags.data.is_none() {
        // A deployment of its own, so that nobody's work is mixed with invented cases.
        flags.data = Some(PathBuf::from(".dingce-demo"));
    }
    let environment = std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)));
    let mut loaded = Settings::load(&flags, environment)?;
    if demo && loaded.origins.get("log_level").is_some_and(|from| from == "default") {
        // The story is what one came for; a line for each of its requests would bury it.
        loaded.settings.log_level = "warn".to_owned();
    }
    logging::start(&loaded.settings)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run_with(command, loaded))
}

async fn run_with(command: Command, loaded: Loaded) -> anyhow::Result<bool> {
    let settings = loaded.settings.clone();
    match command {
        Command::Serve { .. } => serve::run(settings).await,
        Command::Migrate => store::migrate(settings).await,
        Command::Organisation(command) => organisation::run(command, settings).await,
        Command::Demo { serve, .. } => demo::run(settings, serve).await,
        Command::Token { person, post, acting_for, minutes } => {
            let wanted = TokenFor {
                person: directory::resolve(&settings, PersonId::PREFIX, &person)?.parse()?,
                post: post
                    .map(|p| directory::resolve(&settings, PostId::PREFIX, &p)?.parse().map_err(anyhow::Error::from))
                    .transpose()?,
                acting_for: acting_for
                    .map(|p| directory::resolve(&settings, PersonId::PREFIX, &p)?.parse().map_err(anyhow::Error::from))
                    .transpose()?,
                minutes,
            };
            Console.result(Issuer::own(&settings)?.sign(wanted, &SystemClock::default())?);
            Ok(true)
        }
        Command::Catalogue(command) => catalogue::run(command, settings).await,
        Command::Agenda(command) => agenda::run(command, settings).await,
        Command::Proposal(command) => registers::proposals(command, settings).await,
        Command::Determination(command) => registers::determinations(command, settings).await,
        Command::Erasure(command) => registers::erasures(command, settings).await,
        Command::Adviser(command) => registers::advisers(command, settings).await,
        Command::Case(command) => case::run(command, settings).await,
        Command::Dossier(command) => dossier::run(command, settings).await,
        Command::LegalBasis(command) => legal_basis::run(command, settings).await,
        Command::Ledger(command) => ledger::run(command, settings).await,
        Command::Trace { what, as_known_on, report: Some(folder), .. } => {
            trace::report(settings, &what, as_known_on, &folder).await
        }
        Command::Trace { what, as_known_on, first, json, report: None, receipts } => {
            trace::run(settings, &what, trace::Shown { as_known_on, first, json, receipts }).await
        }
        Command::Figures { organ, from, to, taken_as, format, out } => {
            let asked = figures::Asked { organ, from, to, taken_as };
            figures::run(settings, asked, format, out.as_deref()).await
        }
        Command::Store(command) => store::run(command, settings).await,
        Command::Witness(command) => witness::run(command, settings).await,
        Command::Backup { out } => copies::backup(settings, &out).await,
        Command::Restore { from } => copies::restore(settings, &from).await,
        Command::Config(ConfigCommand::Show { json }) => show(&loaded, json),
        Command::Sdl { public } => {
            Console.result(if public { dingce_api::public_sdl() } else { dingce_api::officials_sdl() }.trim_end());
            Ok(true)
        }
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Draw(command) => draw::run(&command),
        Command::Workflow(command) => workflow::run(&command),
        Command::Simulate { seed, acts } => simulate::run(seed, acts),
    }
}

fn show(loaded: &Loaded, json: bool) -> anyhow::Result<bool> {
    let shown = loaded.shown()?;
    if json {
        Console.json(&shown)?;
        return Ok(true);
    }
    for (key, setting) in shown {
        Console.result(format!("{key} = {}  # {}", setting.value, setting.from));
    }
    Ok(true)
}

/// Somebody by id or by local name as key:NAME, in any of their posts.
fn principal(settings: &Settings, person: &str) -> anyhow::Result<Principal> {
    let id = directory::resolve(settings, PersonId::PREFIX, person)?;
    let person = id.parse().with_context(|| format!("{person} is not the id of a person"))?;
    Ok(Principal { person, post: None, acting_for: None })
}

/// How a file of printed lists is written, by the end of its name.
fn format_of(file: &Path) -> anyhow::Result<Format> {
    let name = file.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    Format::of_name(name).with_context(|| format!("{}: the name must end in .json or .csv", file.display()))
}

/// The application on the machine's own clock.
async fn assembled(settings: Settings, opening: Opening) -> anyhow::Result<Assembled> {
    assemble_with(settings, Arc::new(SystemClock::default()), Arc::new(SystemChance::default()), opening).await
}
