//! Workflow definitions: from YAML to a checked and proven [`dingce_domain::definition::Definition`].
//!
//! In reading order: [`problem`] is what can be wrong with a file; [`parse`] reads a definition and tells all its
//! problems at once; [`mod@reference`] does so for one that stands on another and says only what differs; [`calendar`] does the same for the yearly calendars; [`mod@prove`] explores every state that a
//! definition allows; [`certificate`] says that it was done; [`drive`] goes a proven road with the real engine;
//! [`mod@simulate`] runs many cases at once against an auditor; [`outline()`] tells a definition to people; [`shipped`] has the texts of those that come with the program.

pub mod calendar;
pub mod certificate;
pub mod drive;
mod expr;
mod outline;
pub mod problem;
pub mod prove;
mod read;
pub mod reference;
mod rules;
pub mod shipped;
pub mod simulate;
mod slips;
mod tree;

pub use certificate::{Certificate, CertificateProblem, check_certificate};
pub use outline::outline;
pub use prove::{Budget, Proof, StoryStep, Violation, prove};
pub use read::{Whole, hash, parse, whole};
