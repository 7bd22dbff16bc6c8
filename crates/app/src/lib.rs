//! Use cases: load, check rights, decide, append. Owns the ports that `store` implements.
//!
//! In reading order: [`ports`] is what the application needs from outside; [`envelope`] is the stored form of an event;
//! [`stream`] and [`streams`] say what events mean for read tables ([`mod@read_rows`]), timers and messages;
//! `load`, [`committer`] and [`mod@write`] are the one road of every write; [`principal`] and [`policy`] are rights; [`publisher`] is what signs the log; `use_cases`
//! are the methods of [`App`] that GraphQL, pages, timers and the command line call.

pub mod agenda_file;
pub mod app;
mod cache;
pub mod catalogue_file;
pub mod catalogue_rules;
pub mod clock_history;
pub mod committer;
pub mod compliance;
pub mod determination_rules;
mod documents_on_file;
pub mod dossier;
pub mod envelope;
pub mod error;
pub mod figures;
pub mod figures_file;
pub mod frozen;
pub mod hearing_sheet;
mod held;
pub mod language;
mod load;
mod minutes;
pub mod policy;
pub mod ports;
mod prepare;
pub mod principal;
mod printed_file;
pub mod publisher;
pub mod read_rows;
mod report_page;
pub mod stream;
pub mod streams;
mod template;
pub mod use_cases;
pub mod write;

pub use app::{App, Parts};
pub use error::AppError;
pub use principal::Principal;
pub use publisher::{Cosigning, Publisher};
pub use write::{Done, RequestKey};
