//! `dingce verify`: packages, reports, receipts, proofs, log folders and checkpoints, offline and without settings.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use dingce_archive::four::{FourCheck, Sentence};
use dingce_archive::{
    Beside, ErasedBody, Evidence, EvidenceKind, FourChecks, VerifyReport, evidence, four_checks, verify_under,
};
use dingce_ledger::key::VerifierKey;
use dingce_ledger::note::NOTE_MAX_BYTES;
use dingce_ledger::succession::follow;
use dingce_ledger::{Digest, Policy, Succession};
use serde_json::json;

use crate::console::Console;
use crate::{policies, whole};

/// What to verify, and what is held against it.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder of a package, of a report or of a log; or a file: receipts in JSON, a .tlog-proof, a checkpoint, a consistency proof
    path: PathBuf,
    /// A tlog-policy from elsewhere than what is verified: which logs and witnesses are believed
    #[arg(long, value_name = "FILE")]
    log_policy: Option<PathBuf>,
    /// In place of a policy: the log's public key, as `dingce ledger key` prints it; no witness is asked for then
    #[arg(long, value_name = "VKEY", conflicts_with = "log_policy")]
    log_key: Vec<VerifierKey>,
    /// With `--log-key`: statements that the log goes on under another key, from its folder `succession`; keys that a trusted one named are
    /// trusted
    #[arg(long, value_name = "FILE", requires = "log_key")]
    log_succession: Vec<PathBuf>,
    /// A checkpoint that you kept: what is verified must continue it
    #[arg(long, value_name = "FILE")]
    older: Option<PathBuf>,
    /// The folder of the log, with the tiles that show it
    #[arg(long, value_name = "DIR")]
    log: Option<PathBuf>,
    /// The leaf that a .tlog-proof is of [default: the file of that name that ends in .leaf]
    #[arg(long, value_name = "FILE", conflicts_with = "leaf_hash")]
    leaf: Option<PathBuf>,
    /// The hash of that leaf, for who may not see it: 64 hexadecimal digits, with or without sha256: before them
    #[arg(long, value_name = "HASH", value_parser = hash)]
    leaf_hash: Option<Digest>,
    /// Of a package: end with a failure also where something speaks against one of the four checks
    #[arg(long)]
    four: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

fn hash(text: &str) -> Result<Digest, String> {
    let digits = text.strip_prefix("sha256:").unwrap_or(text);
    Digest::from_hex(digits).map_err(|error| error.to_string())
}

/// Verifies what is given. It is well where nothing speaks against it, and what only signatures can show is shown by keys from
/// elsewhere.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<bool> {
    let Arguments { path, older, log, leaf, leaf_hash, four, json, .. } = arguments;
    let policy = policy(arguments)?;
    let kind = EvidenceKind::of(path);
    let beside = Beside {
        policy: policy.as_ref(),
        older: older.clone(),
        log: log.clone(),
        leaf: leaf.clone(),
        leaf_hash: *leaf_hash,
    };
    if kind == EvidenceKind::Package {
        if older.is_some() || log.is_some() || leaf.is_some() || leaf_hash.is_some() {
            bail!(
                "{} is verified as a package, to which --older, --log, --leaf and --leaf-hash do not apply",
                path.display()
            );
        }
        return package(path, policy.as_ref(), *four, *json);
    }
    let is_proof = kind == EvidenceKind::Proof;
    if !is_proof && (leaf.is_some() || leaf_hash.is_some()) {
        bail!("--leaf and --leaf-hash belong to a .tlog-proof, and {} is none", path.display());
    }
    if *four {
        bail!("--four belongs to packages, and {} is none", path.display());
    }
    let found = evidence(path, &beside);
    if *json {
        Console.json(&evidence_as_json(&found))?;
    } else {
        tell_evidence(&found);
    }
    Ok(found.ok())
}

/// Whose word counts. It must not come with what is verified: that would vouch for itself.
fn policy(arguments: &Arguments) -> anyhow::Result<Option<Policy>> {
    if !arguments.log_key.is_empty() {
        let mut statements = Vec::new();
        for file in &arguments.log_succession {
            let bytes = whole::read_at_most(file, NOTE_MAX_BYTES)?;
            let statement: Succession = std::str::from_utf8(&bytes)
                .map_err(anyhow::Error::from)
                .and_then(|text| Ok(text.parse()?))
                .with_context(|| format!("{} is no statement of succession", file.display()))?;
            statements.push(statement);
        }
        let trusted = follow(&arguments.log_key, &statements);
        let lines: String = trusted.iter().map(|key| format!("log {key}\n")).collect();
        let policy = format!("{lines}quorum none\n").parse();
        return policy.map(Some).context("the keys given by --log-key cannot be used");
    }
    let Some(file) = &arguments.log_policy else { return Ok(None) };
    let inside = |file: &Path| {
        let (file, verified) = (file.canonicalize().ok()?, arguments.path.canonicalize().ok()?);
        Some(file.starts_with(verified))
    };
    if inside(file) == Some(true) {
        bail!(
            "{} lies in what is verified: a policy that comes along vouches for nothing. Take it from elsewhere",
            file.display()
        );
    }
    Ok(Some(policies::read(file)?))
}

fn evidence_as_json(found: &Evidence) -> serde_json::Value {
    let checkpoint = found.checkpoint.as_ref().map(|checkpoint| {
        json!({"origin": checkpoint.origin().as_str(), "size": checkpoint.size(), "root": checkpoint.root().to_string()})
    });
    json!({"ok": found.ok(), "kind": found.kind.as_str(), "signatures_judged": found.judged, "checkpoint": checkpoint,
           "proven": sentences(&found.proven), "against": sentences(&found.against),
           "not_proven": sentences(&found.not_proven)})
}

fn tell_evidence(found: &Evidence) {
    let lists = [
        ("已证明 Proven", "✓", &found.proven),
        ("不符合 Against it", "✗", &found.against),
        ("未证明 Not proven", "?", &found.not_proven),
    ];
    for (heading, mark, list) in lists.iter().filter(|(_, _, list)| !list.is_empty()) {
        Console.result(*heading);
        for sentence in *list {
            Console.result(format!("{mark} {}", sentence.zh));
            Console.result(format!("  {}", sentence.en));
        }
    }
    Console.result(match (found.ok(), found.against.is_empty()) {
        (true, _) => "核验通过。 What is listed as proven is proven.",
        (false, true) => "无法核验：未给出密钥或信任策略。 Not verified: no key or policy was given.",
        (false, false) => "核验未通过。 It does not verify.",
    });
}

/// Verifies a package from its folder alone. It is well where every check holds, and with `four` where nothing speaks against
/// the four checks either.
fn package(path: &Path, policy: Option<&Policy>, four: bool, json: bool) -> anyhow::Result<bool> {
    let report = verify_under(path, policy);
    let checks = four_checks(&report);
    if json {
        Console.json(&package_as_json(&report, &checks))?;
    } else {
        tell_package(&report, &checks, path);
    }
    Ok(report.ok() && (!four || checks.ok()))
}

fn package_as_json(report: &VerifyReport, four: &FourChecks) -> serde_json::Value {
    let checks: Vec<_> = report
        .checks
        .iter()
        .map(|check| {
            json!({"id": check.id.as_str(), "ok": check.ok, "zh": check.zh, "en": check.en, "detail": check.detail})
        })
        .collect();
    let facts = report.facts.as_ref().map(|facts| {
        json!({"case": facts.case, "volume": facts.volume, "title": facts.title, "closed_on": facts.closed_on,
               "count": facts.count, "root": facts.root.to_string(), "last_leaf": facts.last_leaf.to_string(),
               "redacted": facts.redacted})
    });
    json!({"ok": report.ok(), "checks": checks, "facts": facts, "four_checks": four_as_json(four),
           "erased": report.erased.iter().map(erased_as_json).collect::<Vec<_>>(),
           "package": report.package.map(|p| p.to_string()),
           "payload_files": report.payload_files, "payload_bytes": report.payload_bytes})
}

fn erased_as_json(body: &ErasedBody) -> serde_json::Value {
    let ErasedBody { stream, n, identity, text, at, article } = body;
    json!({"stream": stream, "n": n, "identity": identity, "text": text, "at": at, "article": article})
}

/// Tells what was lawfully erased: that it is gone is no damage. What is gone without a word stands among the checks.
fn tell_erased(erased: &[ErasedBody]) {
    for body in erased {
        let ErasedBody { stream, n, identity, text, at, article } = body;
        let (zh, en) = match (identity, text) {
            (true, true) => (
                "姓名和联系方式已依法删除，正文已依法遮盖",
                "name and contact were lawfully erased, and its text masked",
            ),
            (true, false) => ("姓名和联系方式已依法删除", "name and contact were lawfully erased"),
            (false, _) => ("正文已依法遮盖", "its text was lawfully masked"),
        };
        Console.result(format!("– {stream} 第{n}号：{zh}（{at}，{article}）。 Event {n}: {en} at {at}, by {article}."));
    }
}

fn sentences(all: &[Sentence]) -> Vec<serde_json::Value> {
    all.iter().map(|s| json!({"zh": s.zh, "en": s.en})).collect()
}

fn four_as_json(four: &FourChecks) -> serde_json::Value {
    let check = |check: &FourCheck| {
        json!({"id": check.id, "zh": check.name.zh, "en": check.name.en, "ok": check.ok,
               "proven": sentences(&check.proven), "against": sentences(&check.against),
               "not_proven": sentences(&check.not_proven)})
    };
    json!({"ok": four.ok(), "checks": four.checks.iter().map(check).collect::<Vec<_>>()})
}

/// Tells the four checks: what speaks against each, and what was not proven. What is proven stands above, or in the JSON.
fn tell_four(four: &FourChecks) {
    Console.result("四性检测 The four checks of a transfer");
    for check in &four.checks {
        let mark = if check.ok { "✓" } else { "✗" };
        Console.result(format!("{mark} {} {}", check.name.zh, check.name.en));
        // Checks of the package are told above, one by one.
        let own = |s: &&Sentence| !s.zh.starts_with("不符合：");
        for sentence in check.against.iter().filter(own) {
            Console.result(format!("    ✗ {}  {}", sentence.zh, sentence.en));
        }
        for sentence in &check.not_proven {
            Console.result(format!("    ? {}  {}", sentence.zh, sentence.en));
        }
    }
}

/// Tells what was found. Where the folder is no package at all, what one would hold is not gone through line by line.
fn tell_package(report: &VerifyReport, four: &FourChecks, path: &Path) {
    let is_package = path.join("bagit.txt").is_file();
    let told = if is_package { report.checks.len() } else { 1 };
    for check in report.checks.iter().take(told) {
        // The sentence is what must hold.
        let (mark, zh, en) = if check.ok { ("✓", "", "") } else { ("✗", "不符合：", "Not so: ") };
        Console.result(format!("{mark} {:<22} {zh}{}  {en}{}", check.id.as_str(), check.zh, check.en));
        if !check.detail.is_empty() {
            Console.result(format!("    {}", check.detail));
        }
    }
    tell_erased(&report.erased);
    if is_package {
        tell_four(four);
    }
    if let Some(facts) = &report.facts {
        Console.result(format!("{} {} {}", facts.case, facts.closed_on, facts.title));
        Console.result(format!("last leaf {}", facts.last_leaf));
    }
    if let Some(package) = report.package {
        Console.result(format!("package   {package}"));
    }
    if !path.exists() {
        Console.result(format!("没有 {0}。 There is no {0}.", path.display()));
    } else if !is_package {
        Console.result(
            "这里没有归档包，没有总账的检查点，也没有追溯报告。 There is no package here, no checkpoint of a log, and no report.json.",
        );
    }
    Console.result(if report.ok() {
        "核验通过。 The package is whole."
    } else {
        "核验未通过。 The package is not whole, or is no package."
    });
}
