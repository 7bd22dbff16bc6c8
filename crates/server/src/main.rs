//! The `dingce` binary.
fn main() {}
