//! Tiles that the root of a checkpoint vouches for.

use std::collections::{BTreeMap, BTreeSet};

use super::{TileError, TileId, TileLevel, decode_hashes, partial_tiles, within};
use crate::Digest;
use crate::merkle::{self, SIZE_MAX};
use crate::tree::{self, HashSource, Node, TreeError};

/// Which tiles to fetch to read these hashes from a tree of `size` leaves and check them: the tiles that hold them, all tiles
/// above those, and the partial tiles of the right edge.
///
/// Where a partial tile is no longer kept, the full tile of the same number serves as well.
///
/// # Errors
/// [`TreeError::Missing`] for a subtree that the tree does not have; [`TreeError::Size`].
pub fn tiles_for(nodes: impl IntoIterator<Item = Node>, size: u64) -> Result<BTreeSet<TileId>, TreeError> {
    if size > SIZE_MAX {
        return Err(TreeError::Size { size });
    }
    let mut tiles: BTreeSet<TileId> = partial_tiles(size).into_iter().collect();
    for node in nodes {
        let mut next = Some(TileId::of_node(node, size).ok_or(TreeError::Missing { node })?);
        while let Some(tile) = next {
            // What is above a tile that is already there, is there too.
            next = tiles.insert(tile).then(|| tile.parent(size)).flatten();
        }
    }
    Ok(tiles)
}

/// The tiles of one tree, each proven by its root: the only way from a tile's bytes to a [`HashSource`].
///
/// How they are proven: the partial tiles together give the root, so all their hashes are right; every full tile has the hash
/// that the tile above gives it, and that tile is proven before it. A tile for which this chain is broken is an error, and a
/// tile for which it is missing too: no hash is ever read from a tile just because it was sent along. (Readers that left out
/// the second step for some tiles accepted false proofs: CVE-2026-56865.)
#[derive(Debug, Clone)]
pub struct AuthenticTiles {
    size: u64,
    /// By level and number, each cut to its width in this tree.
    tiles: BTreeMap<(u8, u64), Vec<Digest>>,
}

impl AuthenticTiles {
    /// Checks these tiles against the root of the tree of `size` leaves.
    ///
    /// Order does not matter. In the place of a partial tile a wider one is read up to the width that this tree has.
    ///
    /// # Errors
    /// [`TileError`] for the first tile that is missing, not of this tree, or not what the root says; nothing is kept then.
    pub fn open(
        size: u64,
        root: &Digest,
        tiles: impl IntoIterator<Item = (TileId, impl AsRef<[u8]>)>,
    ) -> Result<Self, TileError> {
        if size > SIZE_MAX {
            return Err(TreeError::Size { size }.into());
        }
        let mut claimed: BTreeMap<TileId, Vec<Digest>> = BTreeMap::new();
        for (tile, bytes) in tiles {
            let (tile, hashes) = cut(tile, bytes.as_ref(), size)?;
            if claimed.get(&tile).is_some_and(|other| *other != hashes) {
                return Err(TileError::Twice { tile });
            }
            claimed.insert(tile, hashes);
        }
        let mut this = Self { size, tiles: BTreeMap::new() };
        // First the right edge: every hash of a partial tile is part of the root.
        for tile in partial_tiles(size) {
            let hashes = claimed.remove(&tile).ok_or(TileError::Missing { tile })?;
            this.keep(tile, hashes);
        }
        let found = tree::root(&this, size)?;
        if found != *root {
            return Err(TileError::Root { expected: *root, found });
        }
        // Then the full tiles, the highest first, so that the tile above each is already proven.
        let mut rest: Vec<_> = claimed.into_iter().collect();
        rest.sort_by_key(|(tile, _)| (std::cmp::Reverse(tile.hash_level()), tile.index()));
        for (tile, hashes) in rest {
            // A full tile always has a tile above it: that is what makes it full and not the edge.
            let above = tile.parent(size).ok_or(TileError::Foreign { tile, size })?;
            let expected = this.hashes(above).ok_or(TileError::Missing { tile: above })?;
            let place = usize::try_from(tile.index() % 256).unwrap_or(usize::MAX);
            let expected = *expected.get(place).ok_or(TileError::Foreign { tile, size })?;
            let found = merkle::root(&hashes);
            if found != expected {
                return Err(TileError::Hash { tile, expected, found });
            }
            this.keep(tile, hashes);
        }
        Ok(this)
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The proven hashes of this tile; `None` where it was not given.
    pub fn hashes(&self, tile: TileId) -> Option<&[Digest]> {
        self.tiles.get(&(tile.hash_level(), tile.index())).map(Vec::as_slice)
    }

    fn keep(&mut self, tile: TileId, hashes: Vec<Digest>) {
        self.tiles.insert((tile.hash_level(), tile.index()), hashes);
    }
}

/// The tile with its hashes as this tree has it.
fn cut(tile: TileId, bytes: &[u8], size: u64) -> Result<(TileId, Vec<Digest>), TileError> {
    let needed = match tile.level() {
        TileLevel::Entries => None,
        level => TileId::in_tree(level, tile.index(), size),
    };
    let needed = needed.filter(|needed| needed.width() <= tile.width()).ok_or(TileError::Foreign { tile, size })?;
    let mut hashes = decode_hashes(tile, bytes)?;
    hashes.truncate(usize::from(needed.width()));
    Ok((needed, hashes))
}

impl HashSource for AuthenticTiles {
    fn hash(&self, node: Node) -> Option<Digest> {
        let tile = TileId::of_node(node, self.size)?;
        within(self.hashes(tile)?, node)
    }
}
