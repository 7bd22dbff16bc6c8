//! The files of the log: tiles of hashes and bundles of entries (C2SP tlog-tiles).
//!
//! A tile of level *l* holds up to 256 consecutive hashes of the tree's level *8 l*. Full tiles never change. At the right
//! edge each level has at most one partial tile, named by its width. [`Edge`] appends leaves and gives the tiles to write;
//! [`AuthenticTiles`] reads hashes back, and keeps none that the root does not vouch for.

mod authentic;
mod bundle;
mod edge;

use std::fmt;
use std::str::FromStr;

pub use authentic::{AuthenticTiles, tiles_for};
pub use bundle::{ENTRY_MAX_BYTES, check_bundle, decode_bundle, encode_bundle};
pub use edge::Edge;

use crate::merkle::{self, SIZE_MAX};
use crate::tree::{Node, TreeError};
use crate::{Digest, lines};

/// Hashes in a full tile, entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;
/// Bytes of a full tile.
pub const TILE_BYTES: usize = 8_192;
/// The greatest level of tiles: a tree of less than 2^63 leaves has no hash above it.
pub const LEVEL_MAX: u8 = 7;

/// How many levels of the tree a tile spans.
const HEIGHT: u8 = 8;
const HASH_BYTES: usize = 32;

/// What a file of the log holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileLevel {
    /// Entries, of which level 0 holds the leaf hashes.
    Entries,
    /// Hashes of the tree's level 8 · this number, from 0 to [`LEVEL_MAX`].
    Hashes(u8),
}

/// Which tile or bundle: level, number in the level, and width.
///
/// Written and read as its path below the log's prefix: `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`, the number
/// in groups of three digits, all but the last after an `x`, and the width only where it is below 256.
/// Source: C2SP tlog-tiles, *Merkle Tree*, *Partial Tiles*, *Log entries*.
///
/// ```
/// use dingce_ledger::tile::{TileId, TileLevel};
/// let tile = TileId::new(TileLevel::Hashes(0), 1_234_067, 256)?;
/// assert_eq!(tile.to_string(), "tile/0/x001/x234/067");
/// assert_eq!("tile/entries/000.p/112".parse(), TileId::new(TileLevel::Entries, 0, 112));
/// # Ok::<(), dingce_ledger::tile::TileError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    level: TileLevel,
    index: u64,
    width: u16,
}

/// Why a tile or bundle was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// Level, number or width that no tree has.
    #[error("expected a level up to {LEVEL_MAX}, a width of 1 to 256 and leaves below 2^63, but got {given}")]
    Bounds {
        /// What was given.
        given: String,
    },
    /// A text that is not the path of a tile, or not in its one spelling.
    #[error("expected a path such as tile/0/x001/234.p/5 or tile/entries/000, but got {given:?}")]
    Path {
        /// The text given, cut to 80 characters.
        given: String,
    },
    /// The number of bytes does not fit the width.
    #[error("expected {needed} bytes in {tile}, but got {found}")]
    Bytes {
        /// Which tile.
        tile: TileId,
        /// How many the width takes.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// A tile that a tree of this size does not have.
    #[error("expected a tile of a tree of {size} leaves, but got {tile}")]
    Foreign {
        /// Which tile.
        tile: TileId,
        /// The size of the tree.
        size: u64,
    },
    /// A tile without which nothing can be checked.
    #[error("expected {tile} too, because the hashes given cannot be checked without it")]
    Missing {
        /// Which tile.
        tile: TileId,
    },
    /// Two tiles for one place with different hashes.
    #[error("expected one content of {tile}, but got two")]
    Twice {
        /// Which tile.
        tile: TileId,
    },
    /// The right edge does not lead to the root. At least one of its tiles is false; which one cannot be known.
    #[error("expected tiles that lead to the root {expected}, but they lead to {found}")]
    Root {
        /// The root of the checkpoint.
        expected: Digest,
        /// The root computed.
        found: Digest,
    },
    /// A full tile does not have the hash that the tile above it gives it.
    #[error("expected {tile} to have the hash {expected}, but it has {found}")]
    Hash {
        /// Which tile.
        tile: TileId,
        /// The hash in the tile above.
        expected: Digest,
        /// The hash computed.
        found: Digest,
    },
    /// An entry that no bundle can hold.
    #[error("expected an entry of at most {ENTRY_MAX_BYTES} bytes, but got {found}")]
    Entry {
        /// How many bytes it has.
        found: usize,
    },
    /// A bundle that ends inside an entry or has another number of entries than its width.
    #[error("expected {needed} whole entries, but the bundle holds {found}")]
    Entries {
        /// How many the width says.
        needed: usize,
        /// How many whole entries were read, up to one more than needed.
        found: usize,
    },
    /// An entry is not the one whose hash is in the log.
    #[error("expected the entry {place} of the bundle to have the leaf hash {expected}, but it has {found}")]
    Leaf {
        /// Its place in the bundle, from 0.
        place: usize,
        /// The hash in the log.
        expected: Digest,
        /// The hash computed.
        found: Digest,
    },
    /// The tree can take no more leaves, or the size given is beyond 2^63 − 1.
    #[error(transparent)]
    Tree(#[from] TreeError),
}

impl TileId {
    /// The tile with these coordinates.
    ///
    /// # Errors
    /// [`TileError::Bounds`] for a width other than 1 to 256, a level above [`LEVEL_MAX`], or leaves beyond 2^63.
    pub fn new(level: TileLevel, index: u64, width: u16) -> Result<Self, TileError> {
        let tile = Self { level, index, width };
        let inside = tile.hash_level() <= LEVEL_MAX
            && (1..=TILE_WIDTH).contains(&width)
            && index < 1 << (63 - tile.shift())
            && Node::new(tile.shift(), (index << HEIGHT) + u64::from(width) - 1).is_some();
        if inside { Ok(tile) } else { Err(TileError::Bounds { given: format!("{level:?}, {index}, {width}") }) }
    }

    /// What it holds.
    pub fn level(self) -> TileLevel {
        self.level
    }

    /// Its number in its level, from 0.
    pub fn index(self) -> u64 {
        self.index
    }

    /// How many hashes or entries it holds, 1 to 256.
    pub fn width(self) -> u16 {
        self.width
    }

    /// Whether it is full, and so never changes.
    pub fn is_full(self) -> bool {
        self.width == TILE_WIDTH
    }

    /// The bundle of the entries whose leaf hashes are in this tile; `None` above level 0.
    pub fn entries(self) -> Option<Self> {
        (self.hash_level() == 0).then_some(Self { level: TileLevel::Entries, ..self })
    }

    /// The tile of hashes, or bundle, with this number in a tree of `size` leaves; `None` where the tree has none of it.
    pub fn in_tree(level: TileLevel, index: u64, size: u64) -> Option<Self> {
        let mut tile = Self::new(level, index, 1).ok()?;
        let hashes = size.min(SIZE_MAX) >> tile.shift();
        let rest = hashes.checked_sub(index << HEIGHT).filter(|rest| *rest > 0)?;
        tile.width = u16::try_from(rest).unwrap_or(TILE_WIDTH).min(TILE_WIDTH);
        Some(tile)
    }

    /// The tile that the hash of this subtree is read from, in a tree of `size` leaves; `None` for a subtree outside it.
    pub fn of_node(node: Node, size: u64) -> Option<Self> {
        let level = node.level() / HEIGHT;
        let index = node.index() >> (HEIGHT - node.level() % HEIGHT);
        if node.is_in(size) { Self::in_tree(TileLevel::Hashes(level), index, size) } else { None }
    }

    /// The tile above, which holds the hash of this one where this one is full; `None` at the top or for a partial tile.
    fn parent(self, size: u64) -> Option<Self> {
        if !self.is_full() || self.hash_level() == LEVEL_MAX {
            return None;
        }
        Self::in_tree(TileLevel::Hashes(self.hash_level() + 1), self.index >> HEIGHT, size)
    }

    fn hash_level(self) -> u8 {
        match self.level {
            TileLevel::Entries => 0,
            TileLevel::Hashes(level) => level,
        }
    }

    /// The level in the tree of the hashes it holds.
    fn shift(self) -> u8 {
        self.hash_level() * HEIGHT
    }
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            TileLevel::Entries => f.write_str("tile/entries/")?,
            TileLevel::Hashes(level) => write!(f, "tile/{level}/")?,
        }
        let digits = format!("{:03}", self.index);
        // Zeroes in front make whole groups of three.
        let digits = format!("{digits:0>width$}", width = digits.len().div_ceil(3) * 3);
        let last = digits.len() - 3;
        for start in (0..last).step_by(3) {
            write!(f, "x{}/", &digits[start..start + 3])?;
        }
        f.write_str(&digits[last..])?;
        if self.is_full() { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

impl FromStr for TileId {
    type Err = TileError;

    fn from_str(text: &str) -> Result<Self, TileError> {
        let tile = parse_path(text).ok_or_else(|| TileError::Path { given: lines::shown(text) })?;
        // One spelling of each: what is not written like this is refused.
        if tile.to_string() == text { Ok(tile) } else { Err(TileError::Path { given: lines::shown(text) }) }
    }
}

fn parse_path(text: &str) -> Option<TileId> {
    let (level, rest) = text.strip_prefix("tile/")?.split_once('/')?;
    let level = if level == "entries" {
        TileLevel::Entries
    } else {
        TileLevel::Hashes(u8::try_from(lines::decimal(level)?).ok()?)
    };
    let (number, width) = match rest.split_once(".p/") {
        Some((number, width)) => (number, u16::try_from(lines::decimal(width)?).ok()?),
        None => (rest, TILE_WIDTH),
    };
    let mut index = 0_u64;
    for group in number.split('/') {
        let digits = group.strip_prefix('x').unwrap_or(group);
        if digits.len() != 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        index = index.checked_mul(1_000)?.checked_add(digits.parse().ok()?)?;
    }
    TileId::new(level, index, width).ok()
}

/// The bytes of a tile with these hashes.
pub fn encode_hashes(hashes: &[Digest]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

/// The hashes of a tile. They are as good as who sent them: see [`AuthenticTiles`].
///
/// # Errors
/// [`TileError::Bytes`] where there are more or fewer bytes than 32 for each hash.
pub fn decode_hashes(tile: TileId, bytes: &[u8]) -> Result<Vec<Digest>, TileError> {
    let (hashes, rest) = bytes.as_chunks::<HASH_BYTES>();
    if hashes.len() != usize::from(tile.width) || !rest.is_empty() {
        let needed = usize::from(tile.width) * HASH_BYTES;
        return Err(TileError::Bytes { tile, needed, found: bytes.len() });
    }
    Ok(hashes.iter().copied().map(Digest::from_bytes).collect())
}

/// The partial tiles of hashes at the right edge of a tree of this size, lowest level first. Together they make its root.
pub fn partial_tiles(size: u64) -> Vec<TileId> {
    let width = |level: u8| size.min(SIZE_MAX) >> (level * HEIGHT);
    let levels = (0..=LEVEL_MAX).map(|level| TileId::in_tree(TileLevel::Hashes(level), width(level) >> HEIGHT, size));
    levels.flatten().collect()
}

/// The tiles of hashes to write when a tree grows from `old` to `new` leaves: those that became full, and the partial ones at
/// the new right edge. Empty where it does not grow.
///
/// As many as the new leaves ask for; the caller bounds the batch.
pub fn new_tiles(old: u64, new: u64) -> Vec<TileId> {
    let mut tiles = Vec::new();
    for level in 0..=LEVEL_MAX {
        let (old, new) = (old >> (level * HEIGHT), new.min(SIZE_MAX) >> (level * HEIGHT));
        if old < new {
            let numbers = old >> HEIGHT..=(new - 1) >> HEIGHT;
            tiles.extend(
                numbers.filter_map(|index| TileId::in_tree(TileLevel::Hashes(level), index, new << (level * HEIGHT))),
            );
        }
    }
    tiles
}

/// The hash of one complete subtree within the hashes of a tile.
fn within(hashes: &[Digest], node: Node) -> Option<Digest> {
    let height = node.level() % HEIGHT;
    let first = usize::try_from((node.index() << height) % u64::from(TILE_WIDTH)).ok()?;
    hashes.get(first..first + (1 << height)).map(merkle::root)
}
