//! `dingce workflow …`.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::Subcommand;
use dingce_definition::problem::Problem;
use dingce_definition::prove::RULES_VERSION;
use dingce_definition::reference::BaseFile;
use dingce_definition::{Budget, Proof, StoryStep, Violation, Whole, hash, outline, prove, shipped, whole};
use dingce_domain::definition::{Base, Definition};
use dingce_domain::words::StageId;
use serde::Serialize;

use crate::console::Console;

/// Commands about definitions.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check a definition and prove it: every state that any sequence of acts can reach is visited
    ///
    /// Ends with status 1 where the file has problems, where a story is possible that must not be, or where the proof
    /// was not finished.
    Check {
        /// The definition, or the folder in which definition.yaml stands
        path: PathBuf,
        /// Print the report as JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the whole of a definition that stands on another: what is proven, published and hashed
    Show {
        /// The definition, or the folder in which definition.yaml stands
        path: PathBuf,
    },
    /// Tell a definition to people who know the procedure and read no YAML
    Outline {
        /// The definition, or the folder in which definition.yaml stands
        path: PathBuf,
    },
}

/// What a check found. The members and their names are fixed: scripts read them.
#[derive(Debug, Serialize)]
struct Report {
    definition: Option<String>,
    hash: String,
    rules_version: u32,
    states: usize,
    transitions: usize,
    seconds: f64,
    violations: Vec<ReportedViolation>,
    problems: Vec<Problem>,
}

#[derive(Debug, Serialize)]
struct ReportedViolation {
    rule: String,
    story: Vec<StoryStep>,
}

pub(super) fn run(command: &Command) -> anyhow::Result<bool> {
    match command {
        Command::Check { path, json } => check(&file(path)?, *json),
        Command::Show { path } => tell(&file(path)?, |whole| whole.text.trim_end().to_owned()),
        Command::Outline { path } => tell(&file(path)?, |whole| outline(&whole.definition).trim_end().to_owned()),
    }
}

/// Tells something of a definition that has no problems.
fn tell(path: &Path, what: fn(&Whole) -> String) -> anyhow::Result<bool> {
    match load(path)? {
        Ok(whole) => {
            Console.result(what(&whole));
            Ok(true)
        }
        Err(problems) => {
            tell_problems(&problems);
            Ok(false)
        }
    }
}

/// Reads a definition with what it stands on: definitions in the folders beside its own, else those that are shipped.
fn load(path: &Path) -> anyhow::Result<Result<Whole, Vec<Problem>>> {
    let folders = path.parent().unwrap_or(Path::new("")).join("..");
    let bases = |name: &StageId, version: u32| {
        let beside = folders.join(name.as_str().replace('_', "-")).join("definition.yaml");
        match std::fs::read(&beside) {
            Ok(bytes) => Some(BaseFile { path: beside.display().to_string(), bytes }),
            Err(_) => shipped::base(name, version),
        }
    };
    Ok(whole(&read(path)?, &path.display().to_string(), &bases))
}

fn file(path: &Path) -> anyhow::Result<PathBuf> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    let inside = path.join("definition.yaml");
    ensure!(inside.is_file(), "{} has no definition.yaml", path.display());
    Ok(inside)
}

/// The file; where there is none and a shipped definition has that name, that one.
fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let shipped = shipped::DEFINITIONS.iter().find(|(folder, _)| path == Path::new(folder));
    if let (Some((_, text)), false) = (shipped, path.exists()) {
        return Ok(text.as_bytes().to_vec());
    }
    std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

fn check(path: &Path, json: bool) -> anyhow::Result<bool> {
    let loaded = load(path)?;
    let mut report = Report {
        definition: None,
        // Of the file where it has problems, of the whole where it has none.
        hash: match &loaded {
            Ok(whole) => whole.definition.hash,
            Err(_) => hash(&read(path)?),
        }
        .to_string(),
        rules_version: RULES_VERSION,
        states: 0,
        transitions: 0,
        seconds: 0.0,
        violations: Vec::new(),
        problems: Vec::new(),
    };
    let proven = match loaded {
        Err(problems) => {
            if !json {
                tell_problems(&problems);
            }
            report.problems = problems;
            false
        }
        Ok(Whole { definition: def, .. }) => {
            Console.progress(format!("proving {} …", def.name));
            let proof = prove(&def, Budget::default());
            if !json {
                tell_proof(&def, &proof);
            }
            let holds = proof.holds();
            report.definition = Some(def.name.to_string());
            report.states = proof.states;
            report.transitions = proof.transitions;
            report.seconds = proof.seconds;
            report.violations =
                proof.violations.into_iter().map(|v| ReportedViolation { rule: v.rule, story: v.story }).collect();
            holds
        }
    };
    if json {
        Console.json(&report)?;
    }
    Ok(proven)
}

fn tell_problems(problems: &[Problem]) {
    for problem in problems {
        let Problem { rule, file, line, column, message: _, needed: _ } = problem;
        Console.result(format!("{file}:{line}:{column}: {rule}: {}", problem.zh()));
        Console.result(format!("    {}", problem.en()));
    }
    Console.result(match problems.len() {
        1 => "1 problem".to_owned(),
        n => format!("{n} problems"),
    });
}

fn tell_proof(def: &Definition, proof: &Proof) {
    Console.result(format!("{} version {}  {}", def.name, def.version, def.title.zh));
    Console.result(format!("hash {}", def.hash));
    for Base { name, version, hash } in &def.stands_on {
        Console.result(format!("stands on {name} version {version}, {hash}"));
    }
    let Proof { states, transitions, seconds, violations, complete, road: _ } = proof;
    Console.result(format!("{states} states, {transitions} transitions, {seconds:.1} seconds"));
    for Violation { rule, text, source, story } in violations {
        Console.result(format!("\n{rule} ({source})\n  {}\n  {}", text.zh, text.en));
        for (i, step) in story.iter().enumerate() {
            let StoryStep { verb, stage, event } = step;
            let stage = stage.as_ref().map(|s| format!(" on {s}")).unwrap_or_default();
            let event = if event.is_empty() { String::new() } else { format!("  → {event}") };
            Console.result(format!("  {:>3}. {verb}{stage}{event}", i + 1));
        }
    }
    Console.result(if proof.holds() {
        "已证明。 Proven: no sequence of acts breaks a rule, and every case can be finished."
    } else if *complete {
        "未证明。 Not proven: the stories above must not be."
    } else {
        "未证明。 Not proven: the budget was used up before every state was visited."
    });
}
