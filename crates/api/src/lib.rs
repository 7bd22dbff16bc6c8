//! The GraphQL face of the product: how requests arrive over HTTP, who sends them, and (later) the schema.
//!
//! Read [`http`] for what a request may be and what it may cost, then [`auth`] for how a bearer token becomes a
//! verified person. Neither module knows a case: both serve the console endpoint and the public endpoint alike.

pub mod auth;
pub mod http;
