//! What the command line itself says: results on standard output, progress and refusals on standard error.
//!
//! Everything else goes to the log. Results alone are on standard output, so that they can be piped.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::io::Write;

use serde::Serialize;

/// The terminal, or whatever the streams lead to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Console;

impl Console {
    /// One line of a result.
    ///
    /// A reader that went away, as `head` does, is not an error.
    pub fn result(self, line: impl AsRef<str>) {
        let _ = writeln!(std::io::stdout(), "{}", line.as_ref());
    }

    /// A result as indented JSON.
    ///
    /// # Errors
    /// Where the value has no JSON form.
    pub fn json(self, value: &impl Serialize) -> anyhow::Result<()> {
        self.result(serde_json::to_string_pretty(value)?);
        Ok(())
    }

    /// What is going on, for whoever waits.
    pub fn progress(self, line: impl AsRef<str>) {
        let _ = writeln!(std::io::stderr(), "{}", line.as_ref());
    }

    /// Why a command did not succeed: the error and its causes.
    pub fn failure(self, error: &anyhow::Error) {
        let mut told = format!("dingce: {error}");
        for cause in error.chain().skip(1) {
            told.push_str(&format!("\n  because: {cause}"));
        }
        self.progress(told);
    }
}
