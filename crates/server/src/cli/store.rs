//! `dingce migrate` and `dingce store …`.

use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context;
use clap::Subcommand;
use dingce_app::use_cases::{Difference, RebuildReport};
use dingce_store::Store;
use serde_json::json;

use super::assembled;
use crate::assemble::{Assembled, Opening, store_options};
use crate::console::Console;
use crate::settings::Settings;
use crate::{keys, setup};

/// Commands about the store.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Compute read tables and timers again from the events, and replace what is stored
    ///
    /// Stop the server first. With --check nothing is written, and the server may go on; status 1 tells of differences.
    Rebuild {
        /// Compare only
        #[arg(long)]
        check: bool,
        /// Print the report as JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(command: Command, settings: Settings) -> anyhow::Result<bool> {
    let Command::Rebuild { check, json } = command;
    let assembled = assembled(settings, Opening::ToRebuild).await?;
    let report = rebuild(&assembled, !check).await?;
    if json {
        Console.json(&as_json(&report))?;
    } else {
        tell(&report);
    }
    Ok(report.differing == 0)
}

pub(super) async fn rebuild(assembled: &Assembled, replace: bool) -> anyhow::Result<RebuildReport> {
    let told = AtomicU64::new(0);
    let progress = |streams: u64, events: u64| {
        // A line every 10,000 events: enough to see it move.
        if events / 10_000 > told.load(Ordering::Relaxed) {
            told.store(events / 10_000, Ordering::Relaxed);
            Console.progress(format!("{streams} streams, {events} events …"));
        }
    };
    Ok(assembled.app.rebuild(replace, &progress).await?)
}

fn as_json(report: &RebuildReport) -> serde_json::Value {
    let RebuildReport { streams, events, rows, differences, differing } = report;
    let differences: Vec<_> = differences
        .iter()
        .map(|Difference { table, key, stored, computed }| {
            json!({"table": table, "key": key, "stored": stored, "computed": computed})
        })
        .collect();
    json!({"streams": streams, "events": events, "rows": rows, "differing": differing, "differences": differences})
}

pub(super) fn tell(report: &RebuildReport) {
    let RebuildReport { streams, events, rows, differences, differing } = report;
    Console.result(format!("{streams} streams, {events} events, {rows} rows, {differing} differences"));
    for Difference { table, key, stored, computed } in differences {
        // Keys only: rows may hold what people wrote. JSON shows them to whoever asks for it.
        let what = match (stored, computed) {
            (None, _) => "is missing",
            (_, None) => "should not be there",
            _ => "differs",
        };
        let key = serde_json::to_string(key).unwrap_or_default();
        Console.result(format!("  {table} {key} {what}"));
    }
}

/// Brings a database to this program. Every step may be repeated.
pub(super) async fn migrate(settings: Settings) -> anyhow::Result<bool> {
    keys::private_folder(&settings.data)?;
    if let Some(folder) =
        settings.sqlite_file().as_deref().and_then(|f| f.parent()).filter(|f| !f.as_os_str().is_empty())
    {
        keys::private_folder(folder)?;
    }
    let done = Store::migrate(&store_options(&settings)?).await.context("the database was not migrated")?;
    Console.result(match done.from == done.to {
        true => format!("the schema has version {} already", done.to),
        false => format!("the schema was brought from version {} to {}", done.from, done.to),
    });
    let assembled = assembled(settings, Opening::ToRebuild).await?;
    if !done.rebuild.is_empty() {
        Console.progress(format!("filling read tables of a new shape: {} …", done.rebuild.join(", ")));
        let report = rebuild(&assembled, true).await?;
        Console.result(format!("{} rows were computed from {} events", report.rows, report.events));
    }
    for organ in setup::organs(&assembled).await? {
        Console.progress("proving the shipped definitions …");
        for published in setup::publish_shipped(&assembled, organ).await?.into_iter().filter(|p| p.new) {
            Console.result(format!("published for {organ}: {}", published.name));
        }
    }
    Console.progress("proving the published definitions again …");
    let proven = assembled.app.prove_again().await.map_err(|error| setup::told("published here", error))?;
    Console.result(format!("{proven} published definitions are proven"));
    Ok(true)
}
