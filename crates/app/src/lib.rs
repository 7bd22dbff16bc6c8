//! Use cases: load, check rights, decide, append. Owns the ports that `store` implements.

pub mod envelope;
pub mod error;
pub mod ports;
pub mod read_rows;
pub mod stream;
pub mod streams;
