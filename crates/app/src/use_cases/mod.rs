//! Use cases: the functions that GraphQL, pages, timers, the demo and the command line call. None of the callers holds
//! a rule.

mod advisers;
mod availability;
mod background;
mod cases;
mod catalogues;
mod checkpoints;
mod completing;
mod compliance;
mod confirmations;
mod consultations;
mod definitions;
mod determinations;
mod dossiers;
mod hearings;
mod histories;
mod legal_bases;
pub(crate) mod managers;
mod meetings;
mod migration;
mod onboarding;
mod organisations;
mod proofs;
mod proposals;
mod rebuild;
mod receipts;
mod secrets;
pub(crate) mod sequencing;
pub(crate) mod timers;
mod uploads;
mod volumes;

pub use availability::{Availability, CaseGlance, availability};
pub use cases::Asked;
pub use catalogues::ImportedCatalogue;
pub use definitions::PublishError;
pub use determinations::ImportedAgenda;
pub(crate) use determinations::NO_ITEM;
pub use hearings::ApplicationReceipt;
pub use legal_bases::{BasisEntry, RegisterHistory, StaleCitation};
pub use migration::PlannedMigration;
pub use onboarding::{OnboardingTold, StageTold};
pub use rebuild::{Difference, RebuildReport};
pub use receipts::{OpenedComment, Receipt};
pub(crate) use volumes::Beside;
pub use volumes::ExportError;
