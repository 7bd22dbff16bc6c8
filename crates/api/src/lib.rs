//! The GraphQL face of the product: how requests arrive over HTTP, who sends them, and the two schemas.
//!
//! Read [`http`] for what a request may be and what it may cost, then [`auth`] for how a bearer token becomes a
//! verified person. Neither module knows a case: both serve the console endpoint and the public endpoint alike. Then
//! [`schema`] for what can be asked and done, and [`convert`] for how inputs become acts of the domain.

pub mod auth;
pub mod convert;
pub mod http;
pub mod schema;

pub use schema::{Lang, officials_schema, officials_sdl, public_schema, public_sdl};
