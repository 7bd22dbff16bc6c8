//! The `dingce` program: settings, the command line, and the HTTP server around the application.
//!
//! In reading order: [`settings`] is what an operator chooses; [`outside`] gives the program its time and chance;
//! [`keys`] and [`tokens`] keep what must stay secret and say who is calling; [`assemble`](mod@assemble) puts the
//! application together for the server, the demonstration and tests alike; [`http`] serves it; [`directory`] reads the
//! staff of an organ from a file, [`dossiers`] its finished decisions; [`whole`] writes files in one piece; [`backup`] copies a deployment out and back in; [`policies`] reads whose signatures count; [`witness`] cosigns other logs, [`witnesses`] asks those of this one; [`demo`] shows it; [`cli`] is the
//! command line.
//!
//! Invariants: no rule stands here. A command calls the same use cases that GraphQL calls. Logs hold no personal data,
//! no token, no query and no text that anybody wrote.

pub mod assemble;
pub mod backup;
pub mod calendars;
pub mod cli;
pub mod console;
pub mod demo;
pub mod directory;
pub mod dossiers;
pub mod http;
pub mod keys;
pub mod legal_bases;
pub mod logging;
pub mod outside;
pub mod policies;
pub mod schema;
pub mod settings;
pub mod setup;
pub mod timestamps;
pub mod tokens;
pub mod whole;
pub mod witness;
pub mod witnesses;

pub use assemble::{Assembled, assemble, assemble_with};
pub use http::listen;
pub use outside::{ManualClock, SeededChance, SystemChance, SystemClock};
pub use settings::Settings;
