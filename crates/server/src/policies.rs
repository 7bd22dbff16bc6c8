//! Policy files: which logs and witnesses are believed.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::Context;
use dingce_ledger::Policy;
use dingce_ledger::policy::POLICY_MAX_BYTES;

/// Reads a tlog-policy file; no more of it than a policy may have.
///
/// # Errors
/// Where it cannot be read, or is no policy; the line is named.
pub fn read(file: &Path) -> anyhow::Result<Policy> {
    let mut bytes = Vec::new();
    let limit = POLICY_MAX_BYTES as u64 + 1;
    let read = File::open(file).and_then(|file| file.take(limit).read_to_end(&mut bytes));
    read.with_context(|| format!("reading {}", file.display()))?;
    Policy::parse(&bytes).with_context(|| format!("{} is no policy of a log", file.display()))
}
