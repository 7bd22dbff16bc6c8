//! For tests only: databases that start empty and leave nothing behind, time and chance that a test moves itself, an
//! invented staff, and the runner of stories.
//!
//! In reading order: [`law`] is the shipped definition with its calendars; [`staff`] is who acts; [`outside`] is time
//! and chance; [`scenario`] tells stories to the pure core; [`postgres`] and [`sqlite`] are the databases; [`judge`] is whom we ask
//! that did not write this.

pub mod judge;
pub mod law;
pub mod outside;
pub mod postgres;
pub mod scenario;
pub mod sqlite;
pub mod staff;
