//! Ports: what the application needs from the outside, as traits that `store` and tests implement.
//!
//! [`event_store`] writes and reads events and everything that is written in the same transaction; [`rows`] describes
//! read tables once for both databases; [`files`] keeps documents by digest; [`log`] is the published side of the log; [`outside`] gives time, random ids and
//! the master key.

pub mod event_store;
pub mod files;
pub mod log;
pub mod outside;
pub mod rows;

pub use event_store::*;
pub use files::*;
pub use log::*;
pub use outside::*;
pub use rows::*;
