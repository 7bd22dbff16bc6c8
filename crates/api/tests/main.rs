//! The schemas and their HTTP endpoint, row by row.

mod http_auth;
mod http_endpoint;
mod http_limits;
mod http_stream;
mod http_support;
mod schema_requests;
mod schema_sdl;
