//! Generation and checks: pages and words that must agree with the code.
//!
//! `cargo run -p dingce-xtask -- help` lists what there is. The checks also run as a test of this package, so that a
//! stale page or a word without a name fails `cargo test`.

mod errors;
mod lang;
mod scan;
mod words;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const HELP: &str = "\
cargo run -p dingce-xtask -- <command>

  errors           write docs/errors/ from crates/app/lang/refusals.yaml and transport.yaml
  errors --check   say what is missing or stale there, and write nothing
  words --check    say which words of the domain have no name in crates/app/lang/words.yaml
  help             this text
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = root();
    let outcome = match arguments.as_slice() {
        ["errors"] => errors::write(&root),
        ["errors", "--check"] => errors::check(&root),
        ["words", "--check"] => words::check(&root),
        [] | ["help" | "--help" | "-h"] => Ok(HELP.to_owned()),
        other => Err(vec![format!("There is no command `{}`.\n\n{HELP}", other.join(" "))]),
    };
    match outcome {
        Ok(said) => {
            // Nobody is left to tell where standard output is closed.
            let _ = std::io::stdout().write_all(said.as_bytes());
            ExitCode::SUCCESS
        }
        Err(problems) => {
            let _ = writeln!(std::io::stderr(), "{}", problems.join("\n"));
            ExitCode::FAILURE
        }
    }
}

/// What a command says when all is well, or every problem at once.
type Outcome = Result<String, Vec<String>>;

fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().expect("this package lies inside the workspace").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_pages_agree_with_the_language_files() {
        if let Err(problems) = errors::check(&root()) {
            panic!("{}", problems.join("\n"));
        }
    }

    #[test]
    fn every_word_has_a_name_in_both_languages() {
        if let Err(problems) = words::check(&root()) {
            panic!("{}", problems.join("\n"));
        }
    }
}
