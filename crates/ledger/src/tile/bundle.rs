//! Bundles of entries: `(u16be length ‖ entry)*`.

use super::{TILE_WIDTH, TileError, TileId};
use crate::{Digest, leaf_hash};

/// The longest entry: what a length of 16 bits can say.
pub const ENTRY_MAX_BYTES: usize = 65_535;

/// The bytes of a bundle of these entries: before each, its length as 16 bits, most significant first.
///
/// Source: C2SP tlog-tiles, *Log entries*.
///
/// # Errors
/// [`TileError::Entry`] for an entry of more than 65,535 bytes; [`TileError::Entries`] for none or more than 256.
pub fn encode_bundle(entries: &[impl AsRef<[u8]>]) -> Result<Vec<u8>, TileError> {
    if entries.is_empty() || entries.len() > usize::from(TILE_WIDTH) {
        return Err(TileError::Entries { needed: usize::from(TILE_WIDTH), found: entries.len() });
    }
    let mut bytes = Vec::new();
    for entry in entries.iter().map(AsRef::as_ref) {
        let length = u16::try_from(entry.len()).map_err(|_| TileError::Entry { found: entry.len() })?;
        bytes.extend(length.to_be_bytes());
        bytes.extend(entry);
    }
    Ok(bytes)
}

/// The entries of a bundle of this width. They are as good as who sent them: see [`check_bundle`].
///
/// # Errors
/// [`TileError::Entries`] where the bytes end inside an entry, or hold another number of entries than the width says.
pub fn decode_bundle(bundle: TileId, bytes: &[u8]) -> Result<Vec<&[u8]>, TileError> {
    let needed = usize::from(bundle.width());
    let mut entries = Vec::with_capacity(needed);
    let mut rest = bytes;
    while !rest.is_empty() {
        let whole = rest
            .split_first_chunk::<2>()
            .and_then(|(length, rest)| rest.split_at_checked(usize::from(u16::from_be_bytes(*length))));
        let Some((entry, after)) = whole.filter(|_| entries.len() < needed) else {
            // One more than is needed counts as found, so that the message says there are too many.
            let found = entries.len() + usize::from(whole.is_some());
            return Err(TileError::Entries { needed, found });
        };
        entries.push(entry);
        rest = after;
    }
    if entries.len() == needed { Ok(entries) } else { Err(TileError::Entries { needed, found: entries.len() }) }
}

/// The entries of a bundle, each of which has the leaf hash given: those of an *authentic* level 0 tile.
///
/// # Errors
/// [`TileError::Entries`]; [`TileError::Leaf`] for the first entry with another hash.
pub fn check_bundle<'a>(bundle: TileId, bytes: &'a [u8], leaves: &[Digest]) -> Result<Vec<&'a [u8]>, TileError> {
    let entries = decode_bundle(bundle, bytes)?;
    if entries.len() != leaves.len() {
        return Err(TileError::Entries { needed: leaves.len(), found: entries.len() });
    }
    for (place, (entry, expected)) in entries.iter().zip(leaves).enumerate() {
        let found = leaf_hash(entry);
        if found != *expected {
            return Err(TileError::Leaf { place, expected: *expected, found });
        }
    }
    Ok(entries)
}
