//! Use cases: load, check rights, decide, append. Owns the ports that `store` implements.

pub mod ports;
