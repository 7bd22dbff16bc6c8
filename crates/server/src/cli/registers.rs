//! `dingce proposal …`, `dingce determination …`, `dingce erasure …` and `dingce adviser …`: what stands in registers, for lists and reports.

use clap::Subcommand;
use serde_json::json;

use super::{assembled, principal};
use crate::assemble::Opening;
use crate::console::Console;
use crate::settings::Settings;

/// Commands about proposals.
#[derive(Debug, Subcommand)]
pub enum Proposals {
    /// List proposals, the latest first, with how long each has waited
    List {
        /// For whom it is done, by id or by local name as key:NAME; they see what they may see in GraphQL
        #[arg(long, value_name = "ID")]
        person: String,
        /// Only those past a day that somebody set: the law sets none
        #[arg(long)]
        overdue: bool,
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
}

/// Commands about determinations.
#[derive(Debug, Subcommand)]
pub enum Determinations {
    /// List determinations, the latest first, as they hold
    List {
        /// For whom it is done, by id or by local name as key:NAME
        #[arg(long, value_name = "ID")]
        person: String,
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
}

/// Commands about erasures of personal data.
#[derive(Debug, Subcommand)]
pub enum Erasures {
    /// List the register, the latest first. Kept beside a backup, it says what to erase again where an older one is restored
    List {
        /// For whom it is done, by id or by local name as key:NAME
        #[arg(long, value_name = "ID")]
        person: String,
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
}

/// Commands about legal advisers.
#[derive(Debug, Subcommand)]
pub enum Advisers {
    /// List the roster, with what the record says of a year
    Figures {
        /// For whom it is done, by id or by local name as key:NAME
        #[arg(long, value_name = "ID")]
        person: String,
        /// The year
        #[arg(long, value_name = "YEAR")]
        year: i16,
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn proposals(command: Proposals, settings: Settings) -> anyhow::Result<bool> {
    let Proposals::List { person, overdue, json } = command;
    let who = principal(&settings, &person)?;
    let assembled = assembled(settings, Opening::ToServe).await?;
    let rows = assembled.app.proposals(who, overdue).await?;
    if json {
        let shown = rows.iter().map(|row| {
            json!({
                "proposal": row.proposal, "proposer": row.proposer, "title": row.title, "state": row.state,
                "outcome": row.outcome, "received_on": row.received_on, "waiting_since": row.waiting_since,
                "due_on": row.due_on,
            })
        });
        Console.json(&shown.collect::<Vec<_>>())?;
        return Ok(true);
    }
    for row in rows {
        let since = row.waiting_since.as_deref().unwrap_or("—");
        let due = row.due_on.as_deref().unwrap_or("—");
        Console.result(format!("{}  {:<11} since {since}  due {due}  {}", row.proposal, row.state, row.title));
    }
    Ok(true)
}

pub(super) async fn erasures(command: Erasures, settings: Settings) -> anyhow::Result<bool> {
    let Erasures::List { person, json } = command;
    let who = principal(&settings, &person)?;
    let assembled = assembled(settings, Opening::ToServe).await?;
    let entries = assembled.app.erasures(who).await?;
    if json {
        let shown = entries.iter().map(|entry| {
            json!({
                "erasure": entry.id, "stream": entry.subject.stream, "n": entry.subject.n, "subject": entry.subject.subject,
                "state": entry.stands(), "erased": entry.erased, "article": entry.latest().map(|last| &last.article),
            })
        });
        Console.json(&shown.collect::<Vec<_>>())?;
        return Ok(true);
    }
    for entry in entries {
        let parts: Vec<&str> = entry.latest().iter().flat_map(|l| &l.given.parts).map(|part| part.as_str()).collect();
        let article = entry.latest().map_or("—", |last| last.article.as_str());
        let (state, of) = (entry.stands(), &entry.subject.subject);
        Console.result(format!("{}  {:<11} {}  {article}  {of}", entry.id, state.as_str(), parts.join("+")));
    }
    Ok(true)
}

pub(super) async fn determinations(command: Determinations, settings: Settings) -> anyhow::Result<bool> {
    let Determinations::List { person, json } = command;
    let who = principal(&settings, &person)?;
    let assembled = assembled(settings, Opening::ToServe).await?;
    let rows = assembled.app.determinations(who).await?;
    if json {
        let shown = rows.iter().map(|row| {
            json!({
                "determination": row.determination, "title": row.title, "major": row.major, "class": row.class,
                "ground": row.ground, "determined_on": row.determined_on, "flagged": row.flagged,
                "has_case": row.has_case,
            })
        });
        Console.json(&shown.collect::<Vec<_>>())?;
        return Ok(true);
    }
    for row in rows {
        let found = row.class.or(row.ground).unwrap_or_default();
        let major = if row.major { "major" } else { "not major" };
        Console.result(format!("{}  {major:<9} {found:<18} {}  {}", row.determination, row.determined_on, row.title));
    }
    Ok(true)
}

pub(super) async fn advisers(command: Advisers, settings: Settings) -> anyhow::Result<bool> {
    let Advisers::Figures { person, year, json } = command;
    let who = principal(&settings, &person)?;
    let assembled = assembled(settings, Opening::ToServe).await?;
    let advisers = assembled.app.advisers(who, year).await?;
    if json {
        let shown = advisers.iter().map(|(row, figures)| {
            json!({
                "adviser": row.adviser, "name": row.name, "kind": row.kind, "serves_until": row.serves_until,
                "year": year, "figures": figures, "undisposed": figures.undisposed(),
                "unanswered": figures.unanswered(),
            })
        });
        Console.json(&shown.collect::<Vec<_>>())?;
        return Ok(true);
    }
    for (row, figures) in advisers {
        Console.result(format!(
            "{}  asked {:>3}  opinions {:>3}  adopted {:>3}  in part {:>3}  not adopted {:>3}  {}",
            row.adviser,
            figures.engagements,
            figures.opinions,
            figures.adopted,
            figures.partly,
            figures.not_adopted,
            row.name
        ));
    }
    Ok(true)
}
