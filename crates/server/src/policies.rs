//! Policy files: which logs and witnesses are believed.

use std::path::Path;

use anyhow::Context;
use dingce_ledger::Policy;
use dingce_ledger::policy::POLICY_MAX_BYTES;

use crate::whole;

/// Reads a tlog-policy file; no more of it than a policy may have.
///
/// # Errors
/// Where it cannot be read, or is no policy; the line is named.
pub fn read(file: &Path) -> anyhow::Result<Policy> {
    Policy::parse(&whole::read_at_most(file, POLICY_MAX_BYTES)?)
        .with_context(|| format!("{} is no policy of a log", file.display()))
}
