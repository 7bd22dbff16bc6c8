//! A checkpoint: who signed it, and what that leaves open.

use std::path::Path;

use dingce_ledger::key::NoteVerifier as _;
use dingce_ledger::policy::VerifiedCheckpoint;
use dingce_ledger::{Policy, SignedCheckpoint, in_words};
use jiff::SignedDuration;
use jiff::civil::date;

use super::text::Text;
use super::{Beside, Evidence, PROOF_MAX_BYTES, consistency, read};

/// Reads a signed checkpoint from a file; tells why not.
pub(super) fn of_file(path: &Path, found: &mut Evidence) -> Option<SignedCheckpoint> {
    let bytes = read(path, PROOF_MAX_BYTES).map_err(|sentence| found.against.push(sentence)).ok()?;
    let parsed = SignedCheckpoint::parse(&bytes);
    let refused = |error: &dyn std::error::Error, found: &mut Evidence| {
        found.refutes(Text::Malformed, &[("path", &path.display()), ("detail", &in_words(error))]);
    };
    parsed.map_err(|error| refused(&error, found)).ok()
}

/// Judges the checkpoint that all else rests on, and tells what its signatures show. Gives whether it may be gone on with.
pub(super) fn judge(signed: &SignedCheckpoint, policy: Option<&Policy>, found: &mut Evidence) -> bool {
    found.checkpoint = Some(signed.claimed().clone());
    let Some(policy) = policy else {
        found.leaves_open(Text::NoTrust, &[]);
        return true;
    };
    match policy.verify(signed) {
        Err(error) => {
            found.refutes(Text::CheckpointRefused, &[("detail", &in_words(&error))]);
            false
        }
        Ok(verified) => {
            found.judged = true;
            tell(signed, &verified, policy, found);
            true
        }
    }
}

fn tell(signed: &SignedCheckpoint, verified: &VerifiedCheckpoint, policy: &Policy, found: &mut Evidence) {
    let checkpoint = verified.checkpoint();
    let keys: Vec<String> = verified.log_keys().iter().map(|key| key.id.to_string()).collect();
    found.proves(
        Text::LogSigned,
        &[
            ("origin", checkpoint.origin()),
            ("keys", &keys.join(", ")),
            ("size", &checkpoint.size()),
            ("root", checkpoint.root()),
        ],
    );
    for cosigned in verified.cosigned() {
        found.proves(Text::Cosigned, &[("witness", &cosigned.witness), ("time", &time(cosigned.time_s))]);
    }
    if verified.cosigned().is_empty() {
        found.leaves_open(Text::NoWitness, &[]);
    } else {
        if !policy.is_quorum(&[]) {
            found.proves(Text::QuorumMet, &[]);
        }
        found.leaves_open(Text::KeyAndWitnesses, &[]);
        found.leaves_open(Text::Clocks, &[]);
    }
    let own = policy.logs().iter().map(|log| &log.key).filter(|key| key.name() == checkpoint.origin());
    let keys: Vec<_> = own.chain(policy.witnesses().iter().map(|witness| &witness.key)).collect();
    let lines = signed.note().lines().iter();
    let others = lines.filter(|line| !keys.iter().any(|key| line.is_of(*key))).count();
    if others > 0 {
        found.leaves_open(Text::OtherLines, &[("count", &others)]);
    }
}

/// A checkpoint alone, or held against an older one with the tiles of a folder.
pub(super) fn verify(path: &Path, beside: &Beside<'_>, found: &mut Evidence) {
    let Some(signed) = of_file(path, found) else { return };
    if !judge(&signed, beside.policy, found) {
        return;
    }
    found.leaves_open(Text::NotNewest, &[]);
    match &beside.older {
        None => found.leaves_open(Text::NoOlderGiven, &[]),
        Some(older) => consistency::by_tiles(older, &signed, beside.log.as_deref(), beside.policy, found),
    }
}

/// Seconds since 1970 as an instant of RFC 3339 in UTC; as they are beyond the year 9999.
fn time(time_s: u64) -> String {
    let since = i64::try_from(time_s).ok().map(SignedDuration::from_secs);
    let instant = since.and_then(|since| date(1970, 1, 1).at(0, 0, 0, 0).checked_add(since).ok());
    instant.map_or_else(|| format!("{time_s} s"), |instant| format!("{instant}Z"))
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn instants_are_written_as_people_read_them() {
        for (seconds, expected) in [
            (1, "1970-01-01T00:00:01Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_799, "2000-02-29T23:59:59Z"),
            (1_795_000_000, "2026-11-18T11:06:40Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
            (253_402_300_800, "253402300800 s"),
            (u64::MAX, "18446744073709551615 s"),
        ] {
            assert_eq!(time(seconds), expected);
        }
    }
}
