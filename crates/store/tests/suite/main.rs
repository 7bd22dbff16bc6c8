//! The same suite on SQLite and on PostgreSQL.

mod support;

mod append;
mod backup;
mod faults;
mod files;
mod gather;
mod log;
mod open;
mod reads;
mod rows;
mod trace;
mod wall;
