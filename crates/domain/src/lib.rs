//! The rules of a major administrative decision: pure, finite where gates are concerned, and without I/O, clock,
//! chance or database.
//!
//! In reading order: [`id`] and [`mod@words`] name things; [`time`] counts days; [`definition`] and [`condition`] are the
//! law of a place as data; [`control`] is the finite state that gates look at; [`mod@permits`] says whether an act may
//! happen; [`act`] and [`event`] are what people ask and what happened; [`case`] and [`mod@file`] are a case; [`mod@decide`]
//! makes events of acts; [`migration`] moves a case to another version of its definition; [`drafting`] is what drafting answers for; [`task`] is the shape of the general kinds of stage; [`draw`] is the lot that anyone can draw again.
//! [`consultation`], [`hearing`], [`meeting`], [`organisation`], [`catalogue`], [`dossier`], [`legal_bases`], [`secret`], [`proposal`],
//! [`determination`], [`printed_agenda`], [`adviser`] and [`engagement`] are the other streams, [`tie`] what binds some of them to a matter.
//! [`holding`] says who held a matter, how long, against which clock; [`accountability`] keeps the file that a clue opens,
//! [`supervision`] the notices that ask a unit to correct, [`mandate`] what an inspection team may look into.
//! [`log_note`] is what the log has on record about itself.
//! [`erasure`] destroys what the public gave of themselves, and leaves the record whole.
//! [`confirmation`] makes a value that only advises bind one organ.
//! [`compliance`] reads what all of them recorded, apart from every rule that judged it.
//! [`figures`] counts what an appraisal asks for, each number from the acts that show it.
//! The stub in [`secret`] is all that is kept of a secret one, and the registers name it.

pub mod accountability;
pub mod act;
pub mod adviser;
pub mod case;
pub mod catalogue;
pub mod check;
pub mod code;
pub mod compliance;
pub mod condition;
pub mod confirmation;
pub mod consultation;
pub mod control;
pub mod decide;
pub mod definition;
pub mod determination;
pub mod dossier;
pub mod drafting;
pub mod draw;
pub mod engagement;
pub mod erasure;
pub mod event;
pub mod figures;
pub mod file;
pub mod hearing;
pub mod holding;
pub mod id;
pub mod law_in_force;
pub mod legal_bases;
pub mod log_note;
pub mod mandate;
pub mod meeting;
pub mod migration;
pub mod occasion;
pub mod organisation;
pub mod permits;
pub mod printed_agenda;
pub mod proposal;
pub mod rejection;
pub mod secret;
pub mod stage;
pub mod supervision;
pub mod task;
pub mod tie;
pub mod time;
pub mod verb;
pub mod words;
