//! The rules.
pub mod id;
