//! `dingce case …`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Subcommand;
use dingce_app::use_cases::Export;
use dingce_archive::Numbering;
use dingce_domain::id::CaseId;
use dingce_domain::migration::MigrateCase;
use dingce_domain::words::Volume;
use serde_json::json;

use super::{assembled, compliance, migration};
use crate::assemble::Opening;
use crate::console::Console;
use crate::settings::Settings;

/// Commands about single cases.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Export a closed volume of a case as an archive package
    Export {
        /// The case
        case: CaseId,
        /// Which volume: decision or execution
        #[arg(long, default_value = "decision", value_parser = volume_named)]
        volume: Volume,
        /// The folder in which the package's folder is made
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// For somebody outside: leave out what is not public, and name it
        #[arg(long)]
        redacted: bool,
        /// List SM3 digests beside those of SHA-256 and SHA-512
        #[arg(long)]
        sm3: bool,
        /// Number the documents by the rule in this YAML file: rule, fonds, category, year, unit, retention, first_item
        #[arg(long, value_name = "FILE")]
        numbers: Option<PathBuf>,
        /// Add the proof of each leaf in the log, as the log stands now
        #[arg(long)]
        proofs: bool,
        /// Print what was built as JSON
        #[arg(long)]
        json: bool,
    },
    /// Move a case to another version of its definition, or tell what that would do
    ///
    /// What was done stays as it is recorded; what is still to come follows the new version. Refused, with every reason, where
    /// something stands against it. It is recorded as the act of the person who is named.
    Migrate {
        /// The case
        case: CaseId,
        /// The version, as NAME@VERSION or by its hash
        #[arg(long, value_name = "NAME@VERSION")]
        to: String,
        /// Only tell what it would do
        #[arg(long, conflicts_with_all = ["by", "reason", "basis"])]
        dry_run: bool,
        /// Who moves it, by id or by local name as key:NAME
        #[arg(long, value_name = "ID", required_unless_present = "dry_run")]
        by: Option<String>,
        /// Why
        #[arg(long, value_name = "TEXT", required_unless_present = "dry_run")]
        reason: Option<String>,
        /// What it rests on, e.g. the transition clause of the new rules
        #[arg(long, value_name = "TEXT", required_unless_present = "dry_run")]
        basis: Option<String>,
        /// Print the plan as JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the compliance sheet of a case: which rules its record shows to be kept, broken or excused
    ///
    /// Rules that do not apply, or that the matter has not come to, are left out unless all are asked for. Ends with a
    /// failure where a rule is broken.
    Compliance {
        /// The case
        case: CaseId,
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
        Command::Export { case, volume, out, redacted, sm3, numbers, proofs, json } => {
            let numbering = numbers.map(|path| numbering(&path)).transpose()?;
            export(settings, case, volume, out, Export { redacted, sm3, numbering, proofs }, json).await
        }
        Command::Migrate { case, to, dry_run: _, by, reason, basis, json } => {
            let act = by.zip(reason).zip(basis).map(|((by, reason), basis)| (by, MigrateCase { reason, basis }));
            migration::run(settings, case, &to, act, json).await
        }
        Command::Compliance { case, all, json } => {
            let assembled = assembled(settings, Opening::ToServe).await?;
            let sheet = assembled.app.compliance_of_case(case).await?;
            let sheet = sheet.with_context(|| format!("there is no case {case}"))?;
            compliance::print(&sheet, all, json)
        }
    }
}

/// The rule of archive numbers in a file.
fn numbering(path: &Path) -> anyhow::Result<Numbering> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    serde_saphyr::from_str(&text).with_context(|| format!("{} is no rule of archive numbers", path.display()))
}

async fn export(
    settings: Settings,
    case: CaseId,
    volume: Volume,
    out: PathBuf,
    how: Export,
    json: bool,
) -> anyhow::Result<bool> {
    let assembled = assembled(settings, Opening::ToServe).await?;
    std::fs::create_dir_all(&out)?;
    Console.progress(format!("exporting the {volume} volume of {case} …"));
    let report = assembled.app.export_volume_as(case, volume, &out, &how).await?;
    if json {
        Console.json(&json!({
            "path": report.path, "package": report.package.to_string(),
            "payload_files": report.payload_files, "payload_bytes": report.payload_bytes,
        }))?;
    } else {
        Console.progress("the hash below is that of the whole package; `dingce verify` prints the same");
        Console.result(format!("{}  {}", report.path.display(), report.package));
    }
    Ok(true)
}

fn volume_named(word: &str) -> Result<Volume, String> {
    Volume::from_word(word).ok_or_else(|| {
        let all: Vec<_> = Volume::ALL.iter().map(|v| v.as_str()).collect();
        format!("expected one of {}", all.join(", "))
    })
}
