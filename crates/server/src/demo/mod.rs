//! The demo: one real matter from its catalogue entry to a closed and verified volume, through the public GraphQL
//! schemas, on a clock of its own.
//!
//! [`road`] is the story; [`world`] is what it needs of the outside, so that tests drive the same road over HTTP.

pub mod road;
pub mod world;

pub use road::{Ending, play};
pub use world::{Answer, Person, World};
