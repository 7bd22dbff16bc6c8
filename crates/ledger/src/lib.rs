//! The ledger: what is hashed, how it is chained, and how a stranger checks it.
//!
//! Bytes in, bytes out. This crate knows no case, does no I/O, and reads neither clock nor randomness: salts, keys and
//! nonces are parameters. `docs/formats/ledger.md` specifies every byte; the format is v0 and frozen.
//!
//! In reading order: [`Digest`] and hashing; [`jcs`], the one form of JSON that is hashed; [`leaf`], one event as the
//! ledger sees it; [`body`], how a leaf refers to what was said; [`chain`], which shows that nothing of a stream is
//! missing; [`merkle`], roots and proofs; [`seal`], the encryption of bodies that can be erased.

pub mod body;
pub mod chain;
pub mod checkpoint;
mod digest;
pub mod jcs;
pub mod key;
pub mod leaf;
mod lines;
pub mod merkle;
pub mod note;
pub mod policy;
pub mod proof;
pub mod seal;
pub mod succession;
pub mod text;
pub mod tile;
pub mod tree;
pub mod witness;
mod words;

pub use body::{BodyAlg, BodyRef, body_digest, commitment};
pub use chain::{ChainError, ChainSummary, ChainVerifier, verify_chain};
pub use checkpoint::{Checkpoint, SignedCheckpoint};
pub use digest::{Digest, DigestParseError, Hasher, sha256};
pub use leaf::{Leaf, LeafError, LeafInput, Salt, leaf_hash};
pub use policy::{Policy, VerifiedCheckpoint};
pub use proof::LogProof;
pub use succession::Succession;
pub use words::in_words;
