//! A draw computed again by whoever doubts it: from what the public page of a hearing shows, or from seed and codes alone.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Subcommand;
use dingce_domain::draw::{draw, lot};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::console::Console;

/// Commands about draws.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Draw again from what the public endpoint answers about a hearing, and compare
    ///
    /// The file holds the answer to the query "public draw" of docs/how-to/hold-a-hearing.md, as it came.
    Verify {
        /// The file
        path: PathBuf,
    },
    /// Print the lots of some codes, smallest first
    Lots {
        /// The seed
        #[arg(long)]
        seed: String,
        /// The group
        #[arg(long)]
        group: String,
        /// The codes of all who took part
        #[arg(required = true)]
        codes: Vec<String>,
    },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Hearing {
    draw_at: Timestamp,
    draw: Option<Draw>,
}

#[derive(Debug, Deserialize)]
struct Draw {
    seed: String,
    checkpoint: Checkpoint,
    candidates: Vec<Candidate>,
    groups: Vec<Lots>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Checkpoint {
    root: String,
    recorded_at: Timestamp,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    code: String,
    group: String,
    left_out: bool,
}

#[derive(Debug, Deserialize)]
struct Lots {
    group: String,
    seats: usize,
    order: Vec<String>,
}

pub(super) fn run(command: &Command) -> anyhow::Result<bool> {
    match command {
        Command::Verify { path } => {
            let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
            for line in verified(&text)? {
                Console.result(line);
            }
        }
        Command::Lots { seed, group, codes } => {
            let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
            for code in draw(seed, group, &codes, codes.len()) {
                Console.result(format!("{}  {code}", hex::encode(lot(seed, group, &code))));
            }
        }
    }
    Ok(true)
}

/// What was drawn in each group, where it is what the lots say.
fn verified(text: &str) -> anyhow::Result<Vec<String>> {
    let answer: Value = serde_json::from_str(text).context("expected the JSON that the endpoint answered")?;
    let found = ["/data/hearing", "/hearing"].iter().find_map(|path| answer.pointer(path)).unwrap_or(&answer);
    let hearing: Hearing = serde_json::from_value(found.clone())
        .context("expected drawAt and draw { seed checkpoint { root recordedAt } candidates { code group leftOut } groups { group seats order } }")?;
    let made = hearing.draw.context("the hearing has not been drawn")?;
    ensure!(made.seed == made.checkpoint.root, "the seed is not the root of the checkpoint");
    ensure!(
        made.checkpoint.recorded_at >= hearing.draw_at,
        "the checkpoint was recorded at {}, before the instant that the notice names, {}",
        made.checkpoint.recorded_at,
        hearing.draw_at
    );
    let mut lines = Vec::new();
    for group in &made.groups {
        let of = |c: &&Candidate| c.group == group.group && !c.left_out;
        let codes: Vec<&str> = made.candidates.iter().filter(of).map(|c| c.code.as_str()).collect();
        let order = draw(&made.seed, &group.group, &codes, codes.len());
        ensure!(
            order == group.order,
            "in the group {} the lots give {}, but the page shows {}",
            group.group,
            order.join(", "),
            group.order.join(", ")
        );
        let drawn = order[..group.seats.min(order.len())].join(", ");
        lines.push(format!("{}: {drawn}", group.group));
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(order: &str) -> String {
        format!(
            r#"{{"data": {{"hearing": {{"drawAt": "2024-03-13T01:00:00Z", "draw": {{
                "seed": "2024-05-01", "checkpoint": {{"root": "2024-05-01", "recordedAt": "2024-03-13T01:00:00Z"}},
                "candidates": [{{"code": "E-01", "group": "experts", "leftOut": false}},
                    {{"code": "E-03", "group": "experts", "leftOut": true}},
                    {{"code": "E-02", "group": "experts", "leftOut": false}}],
                "groups": [{{"group": "experts", "seats": 1, "order": {order}}}]}}}}}}}}"#
        )
    }

    #[test]
    fn a_true_draw_is_told_and_a_false_one_is_found() {
        assert_eq!(verified(&page(r#"["E-01", "E-02"]"#)).unwrap(), ["experts: E-01"]);
        assert!(verified(&page(r#"["E-02", "E-01"]"#)).unwrap_err().to_string().contains("E-01, E-02"));
        let early =
            page(r#"["E-01", "E-02"]"#).replace(r#""recordedAt": "2024-03-13T01"#, r#""recordedAt": "2024-03-13T00"#);
        assert!(verified(&early).unwrap_err().to_string().contains("before the instant"));
        assert!(verified("[]").is_err());
    }
}
