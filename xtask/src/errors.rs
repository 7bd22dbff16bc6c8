//! One page a code in `docs/errors/`, made from the language files.

mod page;
mod template;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use dingce_domain::code::Code;

use crate::Outcome;
use crate::lang::{DIRECTORY, Entry, Lang};
use crate::scan;

const PAGES: &str = "docs/errors";
const COMMAND: &str = "cargo run -p dingce-xtask -- errors";

/// Writes the pages, and removes those that no code has any more.
pub fn write(root: &Path) -> Outcome {
    let lang = Lang::load(root)?;
    let problems = incomplete(root, &lang);
    if !problems.is_empty() {
        return Err(problems);
    }
    let pages = page::all(&lang);
    let directory = root.join(PAGES);
    let told = |what: &str, why: std::io::Error| vec![format!("Could not {what} {PAGES}: {why}.")];
    fs::create_dir_all(&directory).map_err(|why| told("make", why))?;
    for name in names(&directory).into_iter().filter(|name| !pages.contains_key(name)) {
        fs::remove_file(directory.join(&name)).map_err(|why| told("tidy", why))?;
    }
    for (name, text) in &pages {
        fs::write(directory.join(name), text).map_err(|why| told("write", why))?;
    }
    Ok(format!("{} pages are written to {PAGES}.\n", pages.len()))
}

/// Says which codes lack an entry, which entries are not as they should be, and which pages are stale.
pub fn check(root: &Path) -> Outcome {
    let lang = Lang::load(root)?;
    let mut problems = incomplete(root, &lang);
    if problems.is_empty() {
        problems = stale(&root.join(PAGES), &page::all(&lang));
    }
    if problems.is_empty() {
        return Ok(format!("Every code has its entry and its page in {PAGES}.\n"));
    }
    Err(problems)
}

fn incomplete(root: &Path, lang: &Lang) -> Vec<String> {
    let domain: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let transport = scan::transport_codes(root);
    let transport: Vec<&str> = transport.iter().map(String::as_str).collect();
    let mut problems = without_entry("refusals.yaml", &domain, &lang.refusals);
    problems.extend(without_entry("transport.yaml", &transport, &lang.transport));
    problems.extend(lang.refusals.keys().filter(|code| !domain.contains(&code.as_str())).map(|code| {
        format!(
            "{DIRECTORY}/refusals.yaml has an entry `{code}`, but crates/domain/src/code.rs has no such code. Correct \
             its spelling; a code that was released is never removed."
        )
    }));
    for (file, entries) in [("refusals.yaml", &lang.refusals), ("transport.yaml", &lang.transport)] {
        for (code, entry) in entries {
            problems.extend(flaws(entry, lang).map(|flaw| format!("{DIRECTORY}/{file}, {code}: {flaw}")));
        }
    }
    problems
}

fn without_entry(file: &str, codes: &[&str], entries: &BTreeMap<String, Entry>) -> Vec<String> {
    let missing = codes.iter().filter(|code| !entries.contains_key(**code));
    missing
        .map(|code| {
            format!(
                "The code {code} has no entry in {DIRECTORY}/{file}, so people would see a bare word. Add zh and en \
                 (title, message, remedy), source, words, meaning and cause, then run `{COMMAND}`."
            )
        })
        .collect()
}

fn flaws<'a>(entry: &'a Entry, lang: &'a Lang) -> impl Iterator<Item = String> + 'a {
    let unknown_source = entry
        .source
        .iter()
        .filter(|source| !lang.sources.contains_key(&source.cite))
        .map(|source| format!("it cites `{}`, which {DIRECTORY}/sources.yaml does not have.", source.cite));
    let unknown_words = entry
        .words
        .iter()
        .filter(|section| !lang.words.contains_key(*section))
        .map(|section| format!("it names the words `{section}`, which {DIRECTORY}/words.yaml does not have."));
    unknown_source.chain(unknown_words).chain(template::flaws(entry))
}

fn stale(directory: &Path, pages: &BTreeMap<String, String>) -> Vec<String> {
    let there: BTreeSet<String> = names(directory).into_iter().collect();
    let surplus = there
        .iter()
        .filter(|name| !pages.contains_key(*name))
        .map(|name| format!("{PAGES}/{name} belongs to no code. Run `{COMMAND}` to remove it."));
    let differing = pages
        .iter()
        .filter(|(name, text)| fs::read_to_string(directory.join(name)).ok().as_ref() != Some(*text))
        .map(|(name, _)| format!("{PAGES}/{name} is missing or stale. Run `{COMMAND}` and commit what it writes."));
    surplus.chain(differing).collect()
}

/// Names of the pages in a directory.
fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).filter(|name| name.ends_with(".md")).collect()
}
