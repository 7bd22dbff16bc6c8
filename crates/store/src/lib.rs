//! The event store on SQLite and PostgreSQL, and documents kept by digest.
//!
//! One code path serves both databases; where they differ, the difference stands in one place and is named there.
//! In reading order: [`options`] and [`migrate`] make and open a database; `append` writes events and everything that
//! must be true with them in one transaction; `read`, `rows`, `trace` and `work` answer questions, small ones together (`gather`); `log` gives events their
//! places in the global log, `healing` gives them back to a database that lost them; [`files`] keeps documents; [`log_folder`] and [`anchor`] keep what is published of the log,
//! [`witness`] what a witness cosigned of others'; [`backup`] copies a database out and back in.
//! `docs/formats/store.md` describes every table.
//!
//! Invariants: an event row is never changed or removed; nothing that tables or adopts a draft is stored without the
//! clearance of that draft; no type of the database library leaves this crate.

pub mod anchor;
mod append;
pub mod backup;
mod bind;
mod checkpoint;
mod connect;
mod destroy;
mod durable;
mod entity;
pub mod error;
pub mod files;
mod gather;
mod healing;
mod log;
pub mod log_folder;
mod lookups;
pub mod migrate;
pub mod options;
mod port;
mod read;
mod rows;
mod tables;
mod trace;
pub mod witness;
mod work;

pub use anchor::FileAnchor;
pub use append::{ADOPTING_KINDS, OUTBOX_ANSWERED, TEXT_WITHOUT_NUL};
pub use connect::Store;
pub use error::OpenError;
pub use files::ObjectFiles;
pub use healing::NOT_WHAT_WAS_LOST;
pub use log_folder::ObjectLog;
pub use migrate::Migrated;
pub use options::{Fault, StoreOptions};
pub use witness::WitnessFolder;
