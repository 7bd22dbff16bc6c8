//! The demo: one real matter from its catalogue entry to a closed and verified volume, through the public GraphQL
//! schemas, on a clock of its own.
//!
//! [`road`] is the story; [`world`] is what it needs of the outside, so that tests drive the same road over HTTP.

pub mod http_world;
mod prices;
pub mod road;
pub mod run;
mod suggested;
pub mod world;

pub use http_world::HttpWorld;
pub use road::{Ending, play};
pub use run::{Played, run};
pub use world::{Answer, Person, World};
