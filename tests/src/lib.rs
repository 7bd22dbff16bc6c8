//! What the tests of the whole share: an application over a real database with time and chance that the test moves.
//!
//! In reading order: [`between`] stands between application and store and fails on request; [`harness`] sets up nodes;
//! [`acting`] does acts with their usual input and walks the road; [`walk`] acts at random; [`look`] reads past the
//! application; [`outside`] asks other people's programs; [`packages`] finds its way in an archive package; [`log_in_memory`] is
//! where a log is published that fails on request; [`sql`] reaches the database as an administrator does; [`stories`] reads the
//! stories; [`small`] is a definition that is proven at once.

pub mod acting;
pub mod between;
pub mod harness;
pub mod log_in_memory;
pub mod look;
pub mod outside;
pub mod packages;
pub mod small;
pub mod sql;
pub mod stories;
pub mod walk;
