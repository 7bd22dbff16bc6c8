//! Placeholder map; filled as the crate grows.
