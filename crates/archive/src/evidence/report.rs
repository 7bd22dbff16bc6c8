//! The report of a trace or of an accountability file: `docs/formats/accountability.md` §3, step by step.

use std::path::Path;

use dingce_ledger::key::NoteVerifier;
use dingce_ledger::note::{NOTE_MAX_BYTES, Note};
use dingce_ledger::{Digest, LogProof, Policy, in_words, jcs, sha256};
use serde_json::Value;

use super::text::Text;
use super::{Beside, Evidence, checkpoint, read, receipt};
use crate::four::Sentence;

/// The file by which the folder of a report is known.
pub(super) const REPORT: &str = "report.json";
/// The most bytes of a report, as JSON and as a page: 64 MiB.
const REPORT_MAX_BYTES: u64 = 64 * 1024 * 1024;
/// Name and version of the form of a report.
pub const REPORT_FORMAT: &str = "dingce.accountability-report/v1";
/// Name and version of the form of the trace in it.
pub const TRACE_FORMAT: &str = "dingce.trace/v1";

/// The text that `report.note` signs: the digests of the other two files. No checkpoint of a log begins so, so that neither is ever taken
/// for the other.
pub fn report_note_text(json: &[u8], html: &[u8]) -> String {
    format!("{REPORT_FORMAT} note\nreport.json {}\nreport.html {}\n", sha256(json), sha256(html))
}

/// A report in its folder: who vouches for it, that it holds together, and that its events are in the log.
pub(super) fn verify(folder: &Path, beside: &Beside<'_>, found: &mut Evidence) {
    let file = |name: &str, limit| read(&folder.join(name), limit);
    let (json, html) = match (file(REPORT, REPORT_MAX_BYTES), file("report.html", REPORT_MAX_BYTES)) {
        (Ok(json), Ok(html)) => (json, html),
        (json, html) => return found.against.extend(json.err().into_iter().chain(html.err())),
    };
    let path = folder.join(REPORT);
    let malformed = |detail: String, found: &mut Evidence| {
        found.refutes(Text::Malformed, &[("path", &path.display()), ("detail", &detail)])
    };
    let report = match whole(&json) {
        Ok(report) => report,
        Err(detail) => return malformed(detail, found),
    };
    let note = folder.join("report.note");
    let signed = if note.exists() {
        match read(&note, NOTE_MAX_BYTES as u64) {
            Ok(note) => vouched(&note, &json, &html, beside.policy, found),
            Err(sentence) => return found.against.push(sentence),
        }
    } else {
        found.refutes(Text::ReportUnsigned, &[]);
        false
    };
    let places = match included(&report, beside, found) {
        Ok(places) => places,
        Err(detail) => return malformed(detail, found),
    };
    if signed && found.against.is_empty() {
        delays(&report["trace"], &places, found);
    }
    found.leaves_open(Text::ReportWord, &[]);
}

/// Steps 2 and 3: canonical forms, names and numbers. Gives the report, or what is wrong with it.
fn whole(json: &[u8]) -> Result<Value, String> {
    let holds = |holds: bool, what: &str| if holds { Ok(()) } else { Err(format!("expected {what}")) };
    let report = jcs::parse_canonical(json).map_err(|error| in_words(&error))?;
    let trace = &report["trace"];
    let formats = report["format"] == REPORT_FORMAT && trace["format"] == TRACE_FORMAT;
    holds(formats, &format!("{REPORT_FORMAT} with {TRACE_FORMAT}"))?;
    let digest = sha256(&jcs::to_canonical(trace).map_err(|error| in_words(&error))?).to_string();
    holds(report["trace_digest"] == digest.as_str(), "trace_digest to be the digest of trace")?;
    let (events, rows) = (list(&trace["events"])?, list(&report["rows"])?);
    holds(events.len() == rows.len(), "a row for each event of the trace")?;
    for (n, (event, row)) in (1_u64..).zip(events.iter().zip(rows)) {
        let same = event["n"] == n && ["n", "event", "leaf_hash"].iter().all(|member| event[*member] == row[*member]);
        holds(same, &format!("event {n} in its place, with the row of the same event"))?;
    }
    let last = events.last().ok_or("expected an event")?;
    holds(trace["n"] == last["n"] && trace["leaf_hash"] == last["leaf_hash"], "n and leaf_hash of the newest event")?;
    if !report["file"].is_null() {
        let steps = list(&report["file"]["steps"])?;
        let frozen = steps.iter().rfind(|step| step["kind"] == "trace_frozen");
        let named = frozen.is_some_and(|step| step["trace"]["digest"] == digest.as_str());
        holds(named, "the file to name the trace that it froze last")?;
        holds(list(&report["file_rows"])?.len() == steps.len(), "a row for each step of the file")?;
    }
    Ok(report)
}

fn list(value: &Value) -> Result<&[Value], String> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| "expected a list".to_owned())
}

/// Step 1: the note. Gives whether a log that is trusted vouches for the report as a whole.
fn vouched(note: &[u8], json: &[u8], html: &[u8], policy: Option<&Policy>, found: &mut Evidence) -> bool {
    let note = match Note::parse(note) {
        Ok(note) => note,
        Err(error) => {
            found.refutes(Text::ReportRefused, &[("detail", &in_words(&error))]);
            return false;
        }
    };
    if note.text() != report_note_text(json, html) {
        found.refutes(Text::ReportRefused, &[("detail", &"expected the digests of report.json and report.html")]);
        return false;
    }
    let Some(policy) = policy else { return false };
    let keys: Vec<&dyn NoteVerifier> = policy.logs().iter().map(|log| &log.key as &dyn NoteVerifier).collect();
    match note.open(&keys) {
        Ok(signatures) => {
            let names: Vec<String> = signatures.iter().map(|by| format!("{} ({})", by.name, by.id)).collect();
            found.proves(Text::ReportSigned, &[("keys", &names.join(", "))]);
            true
        }
        Err(error) => {
            found.refutes(Text::ReportRefused, &[("detail", &in_words(&error))]);
            false
        }
    }
}

/// Proof and leaf hash of a row; none where its event is not published yet.
fn proof_of(row: &Value) -> Result<Option<(LogProof, Digest)>, String> {
    let Some(proof) = row["proof"].as_str() else { return Ok(None) };
    let proof = LogProof::parse(proof.as_bytes()).map_err(|error| in_words(&error))?;
    let hash = row["leaf_hash"].as_str().and_then(|hash| hash.strip_prefix("sha256:"));
    let hash = hash.and_then(|hash| Digest::from_hex(hash).ok());
    Ok(Some((proof, hash.ok_or("expected leaf_hash as sha256: and 64 hexadecimal digits")?)))
}

/// Step 4: every row that has a proof is in the log, as of one checkpoint. Gives the places in the log of the events of the trace,
/// by number, or what is wrong.
fn included(report: &Value, beside: &Beside<'_>, found: &mut Evidence) -> Result<Vec<Option<u64>>, String> {
    let rows = list(&report["rows"])?;
    let of_file = report["file_rows"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut first: Option<LogProof> = None;
    let mut places = Vec::new();
    let mut proven = 0_u64;
    for row in rows.iter().chain(of_file) {
        let Some((proof, hash)) = proof_of(row)? else {
            places.push(None);
            continue;
        };
        let one = match &first {
            Some(first) => first.checkpoint() == proof.checkpoint(),
            None => is_of(&proof, &report["log"]),
        };
        if !one {
            return Err("expected all proofs to end with the one checkpoint that log names".to_owned());
        }
        if first.is_none() && !checkpoint::judge(proof.checkpoint(), beside.policy, found) {
            return Ok(Vec::new());
        }
        places.push(Some(proof.index()));
        proven += u64::from(receipt::leads(&proof, &hash, beside.policy, found));
        first = first.or(Some(proof));
    }
    let unpublished = places.iter().filter(|place| place.is_none()).count();
    if unpublished > 0 {
        found.leaves_open(Text::RowsUnpublished, &[("count", &unpublished)]);
    }
    if let Some(proof) = first {
        let size = proof.checkpoint().claimed().size();
        found.proves(Text::RowsIncluded, &[("count", &proven), ("size", &size)]);
        receipt::leave_open(std::slice::from_ref(&proof), beside, found);
    }
    Ok(places)
}

fn is_of(proof: &LogProof, log: &Value) -> bool {
    let claimed = proof.checkpoint().claimed();
    log["origin"] == claimed.origin().as_str()
        && log["size"] == claimed.size()
        && log["root"] == claimed.root().to_hex().as_str()
}

/// What the signed report says of last days that passed, each with the event that put it on record.
fn delays(trace: &Value, places: &[Option<u64>], found: &mut Evidence) {
    let text = |value: &Value| value.as_str().unwrap_or("–").to_owned();
    for hold in trace["holds"].as_array().map(Vec::as_slice).unwrap_or_default() {
        let Some(n) = hold["overdue_n"].as_u64() else { continue };
        let place = usize::try_from(n).ok().and_then(|n| *places.get(n.checked_sub(1)?)?);
        let Some(place) = place else { continue };
        let said = |language: &str| {
            Text::ReportOverdue.say(&[
                ("unit", &text(&hold["unit_name"])),
                ("holder", &text(&hold["holder_text"][language])),
                ("clock", &text(&hold["clock_text"][language])),
                ("cite", &text(&hold["source"]["cite"][language])),
                ("article", &text(&hold["source"]["article"])),
                ("due", &text(&hold["due_on"])),
                ("days", &hold["days_beyond"]),
                ("as_of", &text(&trace["as_known_on"])),
                ("n", &n),
                ("place", &place),
            ])
        };
        found.proven.push(Sentence { zh: said("zh").zh, en: said("en").en });
    }
}
