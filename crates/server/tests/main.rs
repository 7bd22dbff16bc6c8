//! The program as others meet it, one file a matter: over HTTP, by the command line, killed.

mod accountability;
mod catalogue;
mod cli;
mod compose;
mod dossiers;
mod erasure;
mod figures;
mod hearing;
mod how_to;
mod http;
mod kill;
mod large;
mod law;
mod log_keeping;
mod midway;
mod procedures;
mod proposals;
mod reading;
mod registers;
mod road;
mod settings;
mod support;
mod timestamps;
mod tokens;
mod trace;
mod witness;
