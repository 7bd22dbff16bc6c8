//! Many cases at once against an auditor who knows every answer.

use std::time::Instant;

use dingce_definition::shipped::{self, DEFINITIONS};
use dingce_definition::simulate::simulate;
use dingce_definition::whole;
use jiff::civil::date;

use crate::calendars;
use crate::console::Console;

/// The first day of the simulated time: the shipped calendars cover the years around it.
const FIRST_DAY: jiff::civil::Date = date(2024, 1, 2);

pub(super) fn run(seed: u64, acts: u64) -> anyhow::Result<bool> {
    let calendar = calendars::load(None)?;
    let mut definitions = Vec::new();
    for (folder, text) in DEFINITIONS {
        let read = whole(text.as_bytes(), folder, &shipped::base);
        definitions.push(read.map_err(|_| anyhow::anyhow!("the shipped definition {folder} has problems"))?.definition);
    }
    Console.progress(format!("simulating {acts} acts, seed {seed} …"));
    let begun = Instant::now();
    match simulate(&definitions, &calendar, FIRST_DAY, seed, acts) {
        Ok(tally) => {
            let refused: u64 = tally.refused.values().sum();
            Console.result(format!(
                "{} acts in {:.1} seconds: {} accepted, {refused} refused; {} cases, {} closed; {} procedures drawn and proven, {} not \
                 proven",
                tally.acts,
                begun.elapsed().as_secs_f64(),
                tally.accepted,
                tally.cases,
                tally.closed,
                tally.procedures,
                tally.not_proven,
            ));
            for (code, count) in &tally.refused {
                Console.result(format!("  {code} {count}"));
            }
            Console.result(
                "无分歧。 No disagreement: every answer, every state and every replay was as the auditor said.",
            );
            Ok(true)
        }
        Err(disagreement) => {
            Console.result(format!("有分歧。 Disagreement: {disagreement}"));
            Ok(false)
        }
    }
}
