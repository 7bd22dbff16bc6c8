//! A checkpoint: who signed it, and what that leaves open.

use std::path::Path;

use dingce_ledger::key::NoteVerifier as _;
use dingce_ledger::policy::VerifiedCheckpoint;
use dingce_ledger::{Policy, SignedCheckpoint};

use super::text::Text;
use super::{Beside, Evidence, PROOF_MAX_BYTES, consistency, read, told};

/// Reads a signed checkpoint from a file; tells why not.
pub(super) fn of_file(path: &Path, found: &mut Evidence) -> Option<SignedCheckpoint> {
    let bytes = read(path, PROOF_MAX_BYTES).map_err(|sentence| found.against.push(sentence)).ok()?;
    let parsed = SignedCheckpoint::parse(&bytes);
    let refused = |error: &dyn std::error::Error, found: &mut Evidence| {
        found.refutes(Text::Malformed, &[("path", &path.display()), ("detail", &told(error))]);
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
            found.refutes(Text::CheckpointRefused, &[("detail", &told(&error))]);
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
    let others = lines.filter(|line| !keys.iter().any(|key| *key.name() == line.name && key.id() == line.id)).count();
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
    if time_s >= 253_402_300_800 {
        return format!("{time_s} s");
    }
    let (days, rest) = (time_s / 86_400, time_s % 86_400);
    // Years that begin in March, in eras of 400 years, so that the leap day is the last.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
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
