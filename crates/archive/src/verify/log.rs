//! Proofs that leaves are in a log (C2SP tlog-proof): from the leaf to the root of the checkpoint in the proof.
//!
//! Who signed the checkpoint is not judged here: that needs keys from outside, and a package that brings its own keys
//! proves nothing by them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dingce_ledger::Digest;
use dingce_ledger::merkle::verify_inclusion;

const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// One hash for each level of the greatest tree.
const HASHES_MAX: usize = 63;

/// Whether a proof leads from this leaf to the root of its checkpoint; a sentence if not.
pub(super) fn check(proof: &[u8], leaf: &Digest) -> Result<(), String> {
    let text = std::str::from_utf8(proof).map_err(|_| "it is not UTF-8".to_owned())?;
    let (head, checkpoint) = text.split_once("\n\n").ok_or("it has no checkpoint")?;
    let mut lines = head.split('\n').peekable();
    if lines.next() != Some(HEADER) {
        return Err(format!("expected the first line {HEADER}"));
    }
    lines.next_if(|line| line.starts_with("extra "));
    let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(decimal);
    let index = index.ok_or("expected \"index \" and a decimal")?;
    let mut hashes = Vec::new();
    for line in lines {
        if hashes.len() == HASHES_MAX {
            return Err(format!("it has more than {HASHES_MAX} hashes"));
        }
        hashes.push(hash(line).ok_or("expected a hash of 32 bytes in base64")?);
    }
    let (size, root) = checkpoint_of(checkpoint).ok_or("its checkpoint is not well formed")?;
    verify_inclusion(leaf, index, size, &hashes, &root).map_err(|error| error.to_string())
}

/// Size and root of a checkpoint: an origin, a size, a root, then extensions, an empty line and signatures.
pub(super) fn checkpoint_of(text: &str) -> Option<(u64, Digest)> {
    let (body, signatures) = text.split_once("\n\n")?;
    let mut lines = body.split('\n');
    let origin = lines.next()?;
    let (size, root) = (decimal(lines.next()?)?, hash(lines.next()?)?);
    (!origin.is_empty() && signatures.starts_with('—') && signatures.ends_with('\n')).then_some((size, root))
}

fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

fn hash(text: &str) -> Option<Digest> {
    STANDARD.decode(text).ok()?.try_into().ok().map(Digest::from_bytes)
}
