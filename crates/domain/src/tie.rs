//! Ties between streams: a proposal or a determination and the case or catalogue entry that it is about. Each is made by
//! an act with a reason, and may be unmade by another.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::check;
use crate::code::Code;
use crate::id::{CaseId, EntryId};
use crate::rejection::Rejection;
use crate::words;

words! {
    /// What a tie leads to.
    TieTarget {
        /// A case.
        Case = "case",
        /// An entry of a catalogue.
        Entry = "entry",
    }
}

/// What something is tied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tie {
    /// A case.
    Case(CaseId),
    /// An entry of a catalogue.
    Entry(EntryId),
}

impl Tie {
    /// What kind of thing it is.
    pub const fn target(self) -> TieTarget {
        match self {
            Self::Case(_) => TieTarget::Case,
            Self::Entry(_) => TieTarget::Entry,
        }
    }
}

impl std::fmt::Display for Tie {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Case(case) => std::fmt::Display::fmt(case, f),
            Self::Entry(entry) => std::fmt::Display::fmt(entry, f),
        }
    }
}

/// Tie something to a case or a catalogue entry, or untie it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TieMatter {
    /// To what.
    pub to: Tie,
    /// Why.
    pub reason: String,
}

/// All that something is tied to, and why, by id.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ties(BTreeMap<String, TieMatter>);

impl Ties {
    /// Ties of one kind of thing come together, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &TieMatter> {
        self.0.values()
    }

    /// Cases among them.
    pub fn cases(&self) -> impl Iterator<Item = CaseId> {
        self.iter().filter_map(|tie| match tie.to {
            Tie::Case(case) => Some(case),
            Tie::Entry(_) => None,
        })
    }

    /// That a tie may be made.
    ///
    /// # Errors
    /// A [`Rejection`] where it is there already, or has no reason.
    pub fn may_tie(&self, given: &TieMatter) -> Result<(), Rejection> {
        check::text("reason", &given.reason)?;
        if self.0.contains_key(&given.to.to_string()) {
            return Err(Rejection::new(Code::AlreadyThere).at("to").given(given.to));
        }
        Ok(())
    }

    /// That a tie may be unmade.
    ///
    /// # Errors
    /// A [`Rejection`] where it is not there, or no reason is given.
    pub fn may_untie(&self, given: &TieMatter) -> Result<(), Rejection> {
        check::text("reason", &given.reason)?;
        if !self.0.contains_key(&given.to.to_string()) {
            return Err(Rejection::new(Code::NotFound).at("to").given(given.to));
        }
        Ok(())
    }

    /// Makes a tie.
    pub fn tie(&mut self, given: &TieMatter) {
        self.0.insert(given.to.to_string(), given.clone());
    }

    /// Unmakes a tie; `false` where there is none.
    pub fn untie(&mut self, given: &TieMatter) -> bool {
        self.0.remove(&given.to.to_string()).is_some()
    }
}
