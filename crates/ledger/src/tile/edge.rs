//! The right edge of a growing tree.

use super::{AuthenticTiles, HEIGHT, TILE_WIDTH, TileError, TileId, TileLevel, encode_hashes, partial_tiles};
use crate::Digest;
use crate::merkle::{self, CompactRange, SIZE_MAX};
use crate::tree::TreeError;

/// The right edge of a growing tree: the hashes of its partial tiles.
///
/// At most 8 × 255 hashes, whatever the number of leaves. All that a sequencer needs to append: it is read back from the
/// partial tiles by [`Edge::open`].
///
/// ```
/// use dingce_ledger::{leaf_hash, tile::Edge};
/// let mut edge = Edge::default();
/// let full = edge.append((0..300_u32).map(|i| leaf_hash(&i.to_be_bytes())))?;
/// assert_eq!(full.iter().map(|(tile, _)| tile.to_string()).collect::<Vec<_>>(), ["tile/0/000"]);
/// let partial = edge.partial();
/// assert_eq!(partial.iter().map(|(tile, _)| tile.to_string()).collect::<Vec<_>>(), ["tile/0/001.p/44", "tile/1/000.p/1"]);
/// assert_eq!(Edge::open(300, &edge.root(), partial)?, edge);
/// # Ok::<(), dingce_ledger::tile::TileError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    /// For each level, the hashes that fill no tile yet; fewer than 256 each, and none empty at the end.
    levels: Vec<Vec<Digest>>,
}

impl Edge {
    /// The edge of the tree of `size` leaves with this root, from its partial tiles (see [`partial_tiles`]).
    ///
    /// # Errors
    /// As [`AuthenticTiles::open`]: a tile missing, too many, of another length, or not leading to the root.
    pub fn open(
        size: u64,
        root: &Digest,
        partial: impl IntoIterator<Item = (TileId, impl AsRef<[u8]>)>,
    ) -> Result<Self, TileError> {
        let tiles = AuthenticTiles::open(size, root, partial)?;
        let mut edge = Self { size, levels: Vec::new() };
        for tile in partial_tiles(size) {
            edge.level(usize::from(tile.hash_level())).extend(tiles.hashes(tile).unwrap_or_default());
        }
        Ok(edge)
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree.
    pub fn root(&self) -> Digest {
        self.range().root()
    }

    /// The compact range of the tree.
    pub fn range(&self) -> CompactRange {
        let mut subtrees = Vec::new();
        for hashes in self.levels.iter().rev() {
            let mut rest = hashes.as_slice();
            while !rest.is_empty() {
                let (first, after) = rest.split_at(1 << rest.len().ilog2());
                subtrees.push(merkle::root(first));
                rest = after;
            }
        }
        // There is one subtree for each bit of the size: the lengths of the levels are its digits to the base 256.
        CompactRange::from_parts(self.size, subtrees).unwrap_or_default()
    }

    /// Appends leaf hashes, and gives the tiles that became full on the way, each once, with their bytes.
    ///
    /// The partial tiles at the new edge are [`Edge::partial`].
    ///
    /// # Errors
    /// [`TileError::Tree`] where the tree would have more than 2^63 − 1 leaves; those before are then appended.
    pub fn append(&mut self, leaves: impl IntoIterator<Item = Digest>) -> Result<Vec<(TileId, Vec<u8>)>, TileError> {
        let mut full = Vec::new();
        for leaf in leaves {
            if self.size == SIZE_MAX {
                return Err(TreeError::Size { size: SIZE_MAX + 1 }.into());
            }
            self.size += 1;
            let (mut level, mut hash) = (0_u8, leaf);
            loop {
                let hashes = self.level(usize::from(level));
                hashes.push(hash);
                if hashes.len() < usize::from(TILE_WIDTH) {
                    break;
                }
                hash = merkle::root(hashes);
                let bytes = encode_hashes(hashes);
                hashes.clear();
                let index = (self.size >> (level * HEIGHT) >> HEIGHT) - 1;
                full.push((TileId::new(TileLevel::Hashes(level), index, TILE_WIDTH)?, bytes));
                level += 1;
            }
        }
        Ok(full)
    }

    /// The partial tiles with their bytes, lowest level first.
    pub fn partial(&self) -> Vec<(TileId, Vec<u8>)> {
        let hashes = |tile: &TileId| self.levels.get(usize::from(tile.hash_level()));
        let tiles = partial_tiles(self.size).into_iter();
        tiles.filter_map(|tile| Some((tile, encode_hashes(hashes(&tile)?)))).collect()
    }

    fn level(&mut self, level: usize) -> &mut Vec<Digest> {
        if self.levels.len() <= level {
            self.levels.resize_with(level + 1, Vec::new);
        }
        &mut self.levels[level]
    }
}
