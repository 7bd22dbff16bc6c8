//! The folder of a log: every hash and, where they are there, every entry, read a tile at a time.

use std::path::Path;

use dingce_ledger::tile::{
    AuthenticTiles, ENTRY_MAX_BYTES, Edge, TILE_BYTES, TILE_WIDTH, TileId, TileLevel, check_bundle, decode_hashes,
    tiles_for,
};
use dingce_ledger::tree::Node;
use dingce_ledger::{Checkpoint, Leaf, in_words};

use super::text::Text;
use super::{Beside, CHECKPOINT, Evidence, checkpoint, consistency, read};
use crate::four::Sentence;

/// The most bytes of a bundle: 256 entries, each with its length.
const BUNDLE_MAX_BYTES: u64 = TILE_WIDTH as u64 * (ENTRY_MAX_BYTES as u64 + 2);

/// Verifies a whole folder, and that its checkpoint continues an older one where one is given.
pub(super) fn verify(path: &Path, beside: &Beside<'_>, found: &mut Evidence) {
    let Some(signed) = checkpoint::of_file(&path.join(CHECKPOINT), found) else { return };
    if !checkpoint::judge(&signed, beside.policy, found) {
        return;
    }
    let mut walk = Walk { folder: path, checkpoint: signed.claimed(), edge: Edge::default(), files: 0, leaves: 0 };
    let with_entries = path.join("tile/entries").is_dir();
    match walk.all(with_entries) {
        Err(sentence) => {
            found.against.push(sentence);
            return;
        }
        Ok(()) => {
            let size = walk.checkpoint.size();
            found.proves(Text::TilesHold, &[("size", &size), ("files", &walk.files)]);
            if with_entries {
                found.proves(Text::EntriesHold, &[("size", &size), ("leaves", &walk.leaves)]);
            }
        }
    }
    if !with_entries {
        found.leaves_open(Text::NoEntries, &[]);
    }
    found.leaves_open(Text::StreamsUnread, &[]);
    found.leaves_open(Text::OtherFiles, &[]);
    found.leaves_open(Text::NotNewest, &[]);
    match &beside.older {
        None => found.leaves_open(Text::NoOlderGiven, &[]),
        Some(older) => consistency::by_tiles(older, &signed, Some(path), beside.policy, found),
    }
}

struct Walk<'a> {
    folder: &'a Path,
    checkpoint: &'a Checkpoint,
    edge: Edge,
    files: u64,
    leaves: u64,
}

impl Walk<'_> {
    /// Appends every leaf hash anew, compares every tile that comes of it, and the root at the end.
    ///
    /// A size that was made up ends with the first file that is not there: each step takes a file of its own.
    fn all(&mut self, with_entries: bool) -> Result<(), Sentence> {
        let size = self.checkpoint.size();
        for index in 0.. {
            let Some(tile) = TileId::in_tree(TileLevel::Hashes(0), index, size) else { break };
            let bytes = bytes_of(self.folder, tile)?;
            let hashes = decode_hashes(tile, &bytes).map_err(|error| differs(tile, &in_words(&error)))?;
            self.files += 1;
            if let (true, Some(bundle)) = (with_entries, tile.entries()) {
                let bytes = file(self.folder, bundle, BUNDLE_MAX_BYTES)?;
                let entries =
                    check_bundle(bundle, &bytes, &hashes).map_err(|error| differs(bundle, &in_words(&error)))?;
                self.leaves += entries.iter().filter(|entry| Leaf::parse(entry).is_ok()).count() as u64;
            }
            let full = self.edge.append(hashes).map_err(|error| differs(tile, &in_words(&error)))?;
            self.compare(full.into_iter().filter(|(above, _)| *above != tile))?;
        }
        // The partial tile of level 0 was read already, and is what it is.
        let partial = self.edge.partial();
        self.compare(partial.into_iter().filter(|(tile, _)| tile.level() != TileLevel::Hashes(0)))?;
        let (found, root) = (self.edge.root(), self.checkpoint.root());
        if found == *root { Ok(()) } else { Err(Text::RootDiffers.say(&[("found", &found), ("root", root)])) }
    }

    fn compare(&mut self, tiles: impl Iterator<Item = (TileId, Vec<u8>)>) -> Result<(), Sentence> {
        for (tile, expected) in tiles {
            self.files += 1;
            if bytes_of(self.folder, tile)? != expected {
                return Err(differs(tile, "its hashes are not those of the tiles below it"));
            }
        }
        Ok(())
    }
}

fn differs(tile: TileId, detail: &str) -> Sentence {
    Text::FileDiffers.say(&[("path", &tile), ("detail", &detail)])
}

/// The bytes of a tile of hashes; where its partial form is no longer kept, those of the full one, cut to its width.
fn bytes_of(folder: &Path, tile: TileId) -> Result<Vec<u8>, Sentence> {
    let path = tile.to_string();
    if !tile.is_full()
        && !folder.join(&path).exists()
        && let Ok(full) = TileId::new(tile.level(), tile.index(), TILE_WIDTH)
        && folder.join(full.to_string()).exists()
    {
        let mut bytes = file(folder, full, TILE_BYTES as u64)?;
        bytes.truncate(usize::from(tile.width()) * (TILE_BYTES / usize::from(TILE_WIDTH)));
        return Ok(bytes);
    }
    file(folder, tile, TILE_BYTES as u64)
}

fn file(folder: &Path, tile: TileId, limit: u64) -> Result<Vec<u8>, Sentence> {
    let path = folder.join(tile.to_string());
    if !path.exists() {
        return Err(Text::FileMissing.say(&[("path", &tile)]));
    }
    read(&path, limit)
}

/// The tiles that these hashes are read from, held against the checkpoint's root; a sentence otherwise.
pub(super) fn authentic(
    folder: &Path,
    nodes: impl Iterator<Item = Node>,
    checkpoint: &Checkpoint,
) -> Result<AuthenticTiles, String> {
    let (size, root) = (checkpoint.size(), checkpoint.root());
    let wanted = tiles_for(nodes, size).map_err(|error| in_words(&error))?;
    let mut read = Vec::with_capacity(wanted.len());
    for tile in wanted {
        read.push((tile, bytes_of(folder, tile).map_err(|sentence| sentence.en)?));
    }
    AuthenticTiles::open(size, root, read).map_err(|error| in_words(&error))
}
