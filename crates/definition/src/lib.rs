//! Workflow definitions: from YAML to a checked and proven [`dingce_domain::definition::Definition`].
//!
//! In reading order: [`problem`] is what can be wrong with a file; [`mod@parse`] reads a definition and tells all its
//! problems at once; [`calendar`] does the same for the yearly calendars.

pub mod calendar;
mod expr;
pub mod problem;
pub mod prove;
mod read;
mod rules;
mod tree;

pub use prove::{Budget, Proof, StoryStep, Violation, prove};
pub use read::{hash, parse};
