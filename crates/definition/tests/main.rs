//! Definitions: how they are read, proven and walked, and what is refused of them.

mod common;
mod damaged;
mod documented;
mod guards;
mod how_to;
mod mistakes;
mod mutants;
mod onboarding;
mod overlays;
mod proof;
mod reference;
mod schema;
mod shipped;
mod simulate;
mod walks;
