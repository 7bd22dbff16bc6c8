//! Tiles and bundles: paths, contents, and above all what is refused.

use dingce_ledger::merkle::{SIZE_MAX, root, verify_consistency, verify_inclusion};
use dingce_ledger::tile::{
    AuthenticTiles, ENTRY_MAX_BYTES, Edge, TileError, TileId, TileLevel, check_bundle, decode_bundle, decode_hashes,
    encode_bundle, encode_hashes, new_tiles, partial_tiles, tiles_for,
};
use dingce_ledger::tree::{HashSource, Leaves, Node, ProofPlan, TreeError, consistency_proof, inclusion_proof};
use dingce_ledger::{Digest, sha256};
use proptest::prelude::*;

use crate::sample::{entry, leaves};

type Tiles = Vec<(TileId, Vec<u8>)>;

/// All tiles of hashes of the tree over these leaves, made from their definition alone: MTH over each range.
fn defined_tiles(all: &[Digest]) -> Tiles {
    let mut tiles = Vec::new();
    for level in 0..4_u8 {
        let span = 256_usize.pow(u32::from(level));
        let hashes: Vec<Digest> = all.chunks_exact(span).map(root).collect();
        for (index, hashes) in hashes.chunks(256).enumerate() {
            let tile = TileId::new(TileLevel::Hashes(level), index as u64, hashes.len() as u16).unwrap();
            tiles.push((tile, encode_hashes(hashes)));
        }
    }
    tiles
}

fn open(all: &[Digest], tiles: Tiles) -> Result<AuthenticTiles, TileError> {
    AuthenticTiles::open(all.len() as u64, &root(all), tiles)
}

fn tile(text: &str) -> TileId {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn paths() {
    for right in [
        "tile/0/000",
        "tile/0/000.p/1",
        "tile/0/255.p/255",
        "tile/entries/000",
        "tile/entries/x001/x234/067.p/17",
        "tile/1/x001/000",
        "tile/2/x123/x456/789",
        "tile/7/000.p/127",
        "tile/7/000.p/128",
        "tile/0/x036/x028/x797/x018/x963/967",
    ] {
        let parsed = tile(right);
        assert_eq!(parsed.to_string(), right);
        if parsed.level() != TileLevel::Entries && !right.contains("/7/") {
            let theirs = tlog_tiles::Tile::new(
                8,
                match parsed.level() {
                    TileLevel::Hashes(level) => level,
                    TileLevel::Entries => unreachable!("left out above"),
                },
                parsed.index(),
                u32::from(parsed.width()),
                false,
            );
            assert_eq!(theirs.path(), right.replacen("tile/", "tile/8/", 1));
        }
    }
    for wrong in [
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/1000",
        "tile/0/x000/001",
        "tile/0/001/x000",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/00/000",
        "tile/8/000",
        "tile/63/000",
        "tile/-1/000",
        "tile/data/000",
        "tile/Entries/000",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/1/",
        "tile/0/000.p/1.p/1",
        "tile/0/../000",
        "tile/0/+01",
        "tile/0/ 01",
        "tile/0/٠٠٠",
        "tile/7/000",
        "tile/7/000.p/129",
        "tile/7/001.p/1",
        "tile/0/x036/x028/x797/x018/x963/968",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert!(wrong.parse::<TileId>().is_err(), "{wrong}");
    }
}

#[test]
fn the_tiles_of_seventy_thousand() {
    // The example of the specification: 273 full tiles and one of 112, one full and one of 17, one of 1.
    let partial: Vec<String> = partial_tiles(70_000).iter().map(TileId::to_string).collect();
    assert_eq!(partial, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);
    let all = new_tiles(0, 70_000);
    assert_eq!(all.iter().filter(|tile| tile.level() == TileLevel::Hashes(0)).count(), 274);
    assert_eq!(all.iter().filter(|tile| tile.is_full()).count(), 274);
    assert_eq!(partial_tiles(256).iter().map(TileId::to_string).collect::<Vec<_>>(), ["tile/1/000.p/1"]);
    assert_eq!(new_tiles(0, 256).iter().map(TileId::to_string).collect::<Vec<_>>(), ["tile/0/000", "tile/1/000.p/1"]);
    assert_eq!(partial_tiles(0), []);
    assert_eq!(new_tiles(5, 5), []);
    assert_eq!(new_tiles(6, 5), []);
    assert_eq!(partial_tiles(u64::MAX), partial_tiles(SIZE_MAX));
    assert_eq!(partial_tiles(SIZE_MAX).len(), 8);
}

/// Sizes around every edge that 8 and 16 levels have.
const SIZES: [usize; 12] = [0, 1, 2, 255, 256, 257, 511, 512, 515, 1_000, 65_536, 66_052];

#[test]
fn an_edge_writes_the_defined_tiles() {
    let all = leaves(66_052);
    let mut edge = Edge::default();
    let mut written: Tiles = Vec::new();
    let mut old = 0;
    for size in SIZES {
        let full = edge.append(all[old..size].iter().copied()).unwrap();
        let expected: Vec<TileId> = new_tiles(old as u64, size as u64);
        let mut made: Vec<TileId> = full.iter().map(|(tile, _)| *tile).collect();
        written.extend(full);
        made.extend(edge.partial().iter().map(|(tile, _)| *tile));
        made.sort();
        let mut sorted = expected.clone();
        sorted.sort();
        // A partial tile that did not change since is not new.
        assert!(sorted.iter().all(|tile| made.contains(tile)), "{size}");
        assert!(made.iter().all(|tile| sorted.contains(tile) || !tile.is_full()), "{size}");

        let mut now: Tiles = written.iter().cloned().chain(edge.partial()).collect();
        now.sort();
        let mut defined = defined_tiles(&all[..size]);
        defined.sort();
        assert_eq!(now, defined, "{size}");
        assert_eq!((edge.size(), edge.root()), (size as u64, root(&all[..size])));
        assert_eq!(Edge::open(size as u64, &edge.root(), edge.partial()).unwrap(), edge);
        old = size;
    }
}

#[test]
fn proofs_from_tiles_hold() {
    let all = leaves(66_052);
    for size in [1, 2, 256, 257, 515, 1_000, 66_052] {
        let tree = &all[..size];
        let (n, top) = (size as u64, root(tree));
        let everything = defined_tiles(tree);
        for index in [0, 1, 255, 256, 513, 999, 40_000, 65_535, 65_536, 66_051].into_iter().filter(|i| *i < n) {
            // Only the tiles that are asked for.
            let plan = ProofPlan::inclusion(index, n).unwrap();
            let own = Node::new(0, index).unwrap();
            let needed = tiles_for(plan.nodes().chain([own]), n).unwrap();
            let some: Tiles = everything.iter().filter(|(tile, _)| needed.contains(tile)).cloned().collect();
            assert_eq!(some.len(), needed.len());
            let tiles = open(tree, some).unwrap();
            assert_eq!(tiles.hash(own), Some(tree[index as usize]));
            let proof = plan.make(&tiles).unwrap();
            assert_eq!(proof, inclusion_proof(&Leaves(tree), index, n).unwrap());
            assert_eq!(verify_inclusion(&tree[index as usize], index, n, &proof, &top), Ok(()));

            let old = index + 1;
            let plan = ProofPlan::consistency(old, n).unwrap();
            let needed = tiles_for(plan.nodes(), n).unwrap();
            let some: Tiles = everything.iter().filter(|(tile, _)| needed.contains(tile)).cloned().collect();
            let proof = plan.make(&open(tree, some).unwrap()).unwrap();
            assert_eq!(proof, consistency_proof(&Leaves(tree), old, n).unwrap());
            assert_eq!(verify_consistency(old, &root(&tree[..old as usize]), n, &top, &proof), Ok(()));
        }
    }
}

/// Tree shapes in which readers that check the first tiles only would take a forged one: several subtrees of the root lie in
/// one partial tile, so that there are more of them than tiles (CVE-2026-56865).
#[test]
fn no_forged_tile_is_read_whatever_the_shape() {
    let all = leaves(1_300);
    for size in [257, 259, 263, 271, 511, 515, 519, 767, 775, 1_023, 1_279, 1_300] {
        let tree = &all[..size];
        let honest = defined_tiles(tree);
        assert!(open(tree, honest.clone()).is_ok());
        for forged in 0..honest.len() {
            let (id, bytes) = &honest[forged];
            for place in [0, bytes.len() / 2, bytes.len() - 1] {
                let mut tiles = honest.clone();
                tiles[forged].1[place] ^= 1;
                let error = open(tree, tiles.clone()).unwrap_err();
                let seen = match &error {
                    TileError::Root { .. } => !id.is_full(),
                    TileError::Hash { tile, .. } => tile == id,
                    _ => false,
                };
                assert!(seen, "{size} {id}: {error}");
                // Nor where it is the only one sent beside the edge, and nor where it comes first or last.
                tiles.retain(|(tile, _)| tile == id || !tile.is_full());
                assert!(open(tree, tiles.clone()).is_err());
                tiles.reverse();
                assert!(open(tree, tiles).is_err());
            }
        }
    }
}

#[test]
fn a_forged_leaf_with_its_forged_path_is_refused() {
    // The whole way up is made to fit, but for the root, which the checkpoint holds.
    let mut all = leaves(66_052);
    let top = root(&all);
    all[70] = sha256(b"another decision");
    let forged = defined_tiles(&all);
    let honest = defined_tiles(&leaves(66_052));
    assert!(matches!(AuthenticTiles::open(66_052, &top, forged.clone()), Err(TileError::Root { .. })));
    // The forged path below the honest top: refused where the two meet, at each level.
    for levels in 1..=2 {
        let low = |tile: &TileId| matches!(tile.level(), TileLevel::Hashes(level) if level < levels);
        let mixed: Tiles = forged
            .iter()
            .filter(|(tile, _)| low(tile))
            .chain(honest.iter().filter(|(tile, _)| !low(tile)))
            .cloned()
            .collect();
        let refused = AuthenticTiles::open(66_052, &top, mixed);
        assert!(matches!(refused, Err(TileError::Hash { .. })), "{levels}: {refused:?}");
    }
}

#[test]
fn what_is_missing_or_foreign_is_named() {
    let tree = leaves(66_052);
    let honest = defined_tiles(&tree);
    let without = |name: &str| honest.iter().filter(|(id, _)| *id != tile(name)).cloned().collect::<Tiles>();
    let missing = |name: &str| TileError::Missing { tile: tile(name) };
    for edge in ["tile/0/x000/258.p/4", "tile/0/258.p/4", "tile/1/001.p/2", "tile/2/000.p/1"] {
        if let Ok(id) = edge.parse::<TileId>() {
            assert_eq!(open(&tree, without(edge)).unwrap_err(), TileError::Missing { tile: id });
        }
    }
    assert_eq!(open(&tree, without("tile/1/000")).unwrap_err(), missing("tile/1/000"));
    // A full tile that nobody asks for may be missing; its hashes are then not to be had.
    let tiles = open(&tree, without("tile/0/007")).unwrap();
    assert_eq!(tiles.hash(Node::new(0, 7 * 256).unwrap()), None);
    assert_eq!(tiles.hash(Node::new(8, 7).unwrap()), Some(root(&tree[7 * 256..8 * 256])));
    let plan = ProofPlan::inclusion(7 * 256, 66_052).unwrap();
    assert!(matches!(plan.make(&tiles), Err(TreeError::Missing { .. })));

    let with = |name: &str, bytes: Vec<u8>| {
        let mut tiles = honest.clone();
        tiles.push((tile(name), bytes));
        open(&tree, tiles).unwrap_err()
    };
    for (foreign, bytes) in [
        ("tile/0/300", vec![0; 8_192]),
        ("tile/0/258.p/3", vec![0; 96]),
        ("tile/3/000.p/1", vec![0; 32]),
        ("tile/entries/000", vec![]),
        ("tile/0/001.p/9", vec![0; 288]),
    ] {
        assert_eq!(with(foreign, bytes), TileError::Foreign { tile: tile(foreign), size: 66_052 });
    }
    let first = tile("tile/0/000");
    assert_eq!(with("tile/0/000", vec![0; 8_192]), TileError::Twice { tile: first });
    assert_eq!(with("tile/0/000", vec![0; 8_191]), TileError::Bytes { tile: first, needed: 8_192, found: 8_191 });
    assert!(matches!(AuthenticTiles::open(u64::MAX, &root(&tree), honest.clone()), Err(TileError::Tree(_))));
    assert!(AuthenticTiles::open(66_051, &root(&tree), honest).is_err());
    assert!(AuthenticTiles::open(0, &sha256(b""), Tiles::new()).is_ok());
    assert!(AuthenticTiles::open(0, &sha256(b"x"), Tiles::new()).is_err());
}

#[test]
fn a_full_tile_serves_for_a_partial_one_no_longer_kept() {
    let all = leaves(600);
    let now: Tiles = defined_tiles(&all).into_iter().filter(|(tile, _)| tile.is_full()).collect();
    let mut tiles = now;
    let tree = &all[..500];
    tiles.push((tile("tile/1/000.p/2"), defined_tiles(&all).pop().unwrap().1));
    let opened = open(tree, tiles).unwrap();
    assert_eq!(opened.hash(Node::new(0, 499).unwrap()), Some(all[499]));
    assert_eq!(opened.hash(Node::new(0, 500).unwrap()), None, "it is not in this tree");
    assert_eq!(opened.hash(Node::new(8, 1).unwrap()), None);
}

#[test]
fn bundles() {
    let entries: Vec<Vec<u8>> = (0..5).map(entry).collect();
    let bytes = encode_bundle(&entries).unwrap();
    assert_eq!(&bytes[..9], b"\x00\x07entry 0");
    let id = tile("tile/entries/000.p/5");
    assert_eq!(decode_bundle(id, &bytes).unwrap(), entries);
    assert_eq!(check_bundle(id, &bytes, &leaves(5)).unwrap(), entries);
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(check_bundle(id, &changed, &leaves(5)).is_err(), "{at}");
        assert!(decode_bundle(id, &bytes[..at]).is_err(), "{at}");
    }
    assert_eq!(decode_bundle(tile("tile/entries/000.p/4"), &bytes), Err(TileError::Entries { needed: 4, found: 5 }));
    assert_eq!(decode_bundle(tile("tile/entries/000.p/6"), &bytes), Err(TileError::Entries { needed: 6, found: 5 }));
    assert_eq!(check_bundle(id, &bytes, &leaves(4)), Err(TileError::Entries { needed: 4, found: 5 }));

    let longest = encode_bundle(&[vec![7; ENTRY_MAX_BYTES], vec![]]).unwrap();
    assert_eq!(decode_bundle(tile("tile/entries/000.p/2"), &longest).unwrap()[0].len(), ENTRY_MAX_BYTES);
    let too_long = [vec![7; ENTRY_MAX_BYTES + 1]];
    assert_eq!(encode_bundle(&too_long), Err(TileError::Entry { found: ENTRY_MAX_BYTES + 1 }));
    assert!(encode_bundle(&Vec::<Vec<u8>>::new()).is_err());
    assert!(encode_bundle(&vec![vec![]; 257]).is_err());
    assert_eq!(tile("tile/0/004.p/9").entries(), Some(tile("tile/entries/004.p/9")));
    assert_eq!(tile("tile/1/004.p/9").entries(), None);
}

#[test]
fn questions_outside_the_tree_are_refused() {
    let outside = Node::new(0, 5).unwrap();
    assert_eq!(tiles_for([outside], 5), Err(TreeError::Missing { node: outside }));
    assert_eq!(tiles_for([], u64::MAX), Err(TreeError::Size { size: u64::MAX }));
    assert!(decode_hashes(tile("tile/0/000.p/2"), &[0; 63]).is_err());
    assert!(decode_hashes(tile("tile/0/000.p/2"), &[0; 65]).is_err());
    for (level, index, width) in [(0, 0, 0), (0, 0, 257), (8, 0, 1), (255, 0, 1), (7, 0, 129), (0, u64::MAX, 1)] {
        assert!(TileId::new(TileLevel::Hashes(level), index, width).is_err(), "{level} {index} {width}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_tile_has_one_path(level in 0_u8..=7, index in any::<u64>(), width in 1_u16..=256, entries in any::<bool>()) {
        let level = if entries { TileLevel::Entries } else { TileLevel::Hashes(level) };
        let shift = if let TileLevel::Hashes(level) = level { 8 * level } else { 0 };
        if let Ok(tile) = TileId::new(level, (index >> 8 >> shift).min(SIZE_MAX >> 8 >> shift), width) {
            prop_assert_eq!(tile.to_string().parse::<TileId>().unwrap(), tile);
        }
    }

    #[test]
    fn arbitrary_paths_are_refused_or_printed_alike(text in "(tile/)?([0-9]{1,2}|entries)/(x?[0-9]{3}/){0,3}[0-9]{3}(\\.p/[0-9]{1,3})?") {
        if let Ok(tile) = text.parse::<TileId>() {
            prop_assert_eq!(tile.to_string(), text);
        }
    }

    #[test]
    fn arbitrary_tiles_are_refused(size in 1_u64..2_000, bytes in prop::collection::vec(any::<u8>(), 0..400), pick in any::<prop::sample::Index>()) {
        let ids = new_tiles(0, size);
        let id = ids[pick.index(ids.len())];
        let tree = leaves(size as usize);
        prop_assert!(open(&tree, vec![(id, bytes.clone())]).is_err());
        let mut tiles = defined_tiles(&tree);
        let honest = tiles.iter().find(|(tile, _)| *tile == id).unwrap().1.clone();
        tiles.retain(|(tile, _)| *tile != id);
        tiles.push((id, bytes.clone()));
        prop_assert_eq!(open(&tree, tiles).is_ok(), bytes == honest);
    }

    #[test]
    fn arbitrary_bundles_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), width in 1_u16..=256) {
        let id = TileId::new(TileLevel::Entries, 0, width).unwrap();
        if let Ok(entries) = decode_bundle(id, &bytes) {
            prop_assert_eq!(encode_bundle(&entries).unwrap(), bytes);
        }
    }
}
