//! The log: its tree, tiles, notes, checkpoints, policies, proofs and witnesses, held against other people's code
//! (`ct-merkle`, `tlog_tiles`, `signed_note`) and against every small change.

mod arbitrary;
mod notes;
mod policies;
mod proofs;
mod sample;
mod tiles;
mod tree;
#[path = "../common/vector.rs"]
mod vector;
mod vectors;
mod witnesses;
