//! Packages: built, interrupted, redacted, tampered with.

mod build;
mod common;
mod evidence;
mod interrupted;
mod log_and_four;
mod redacted;
mod released;
mod tamper;
