//! For tests only: databases that start empty and leave nothing behind.

pub mod postgres;
pub mod sqlite;
