//! Confirmations: a value of a definition that only advises binds one organ, from a day on, because its justice bureau
//! found the rule by which it binds there.
//!
//! A definition never changes and serves many organs, so what one organ confirms stands beside it. It binds from a day
//! after the one on which it is recorded: nobody is bound by what was confirmed after they acted. The proof of a definition
//! holds as it was: a value that binds refuses more and allows nothing more.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::check;
use crate::code::Code;
use crate::definition::{Authority, Binding, Definition, Parameter};
use crate::id::UnitId;
use crate::occasion::Actor;
use crate::rejection::Rejection;
use crate::words::{DocumentRef, ParameterId};

/// Confirm a value for one's organ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmParameter {
    /// Which value, by its name in the definition.
    pub parameter: ParameterId,
    /// The rule by which it binds here, as people cite it; one line of 1 to 200 characters.
    pub basis: String,
    /// First day on which it binds; tomorrow or later.
    pub from: Date,
    /// What shows it, e.g. the rule itself.
    pub documents: Vec<DocumentRef>,
}

/// Withdraw the confirmation of a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawConfirmation {
    /// Which value.
    pub parameter: ParameterId,
    /// Why; 1 to 10,000 characters.
    pub reason: String,
    /// First day on which it only advises again; tomorrow or later.
    pub from: Date,
}

/// That a value was confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParameterConfirmed {
    /// For which organ.
    pub organ: UnitId,
    /// How far the definition itself lets it be enforced.
    pub authority: Authority,
    /// The value, as it is printed.
    pub value: String,
    /// What was confirmed.
    pub given: ConfirmParameter,
}

/// That a confirmation was withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmationWithdrawn {
    /// For which organ.
    pub organ: UnitId,
    /// What was withdrawn.
    pub given: WithdrawConfirmation,
}

/// A confirmation, with who recorded it and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// What was confirmed, for whom.
    pub confirmed: ParameterConfirmed,
    /// The number of its event.
    pub n: u64,
    /// By whom.
    pub by: Actor,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// How it was withdrawn.
    pub withdrawn: Option<WithdrawConfirmation>,
}

impl Confirmation {
    /// First day on which it binds no longer; none while it was not withdrawn. One that was withdrawn before it began never
    /// binds.
    pub fn until(&self) -> Option<Date> {
        self.withdrawn.as_ref().map(|w| w.from)
    }

    /// Whether it binds on a day.
    pub fn is_on(&self, day: Date) -> bool {
        self.confirmed.given.from <= day && self.until().is_none_or(|until| day < until)
    }

    fn is_of(&self, organ: UnitId, parameter: &ParameterId) -> bool {
        self.confirmed.organ == organ && &self.confirmed.given.parameter == parameter
    }
}

/// All confirmations of a definition's values, of all organs, in the order of their record.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Confirmations(Vec<Confirmation>);

impl Confirmations {
    /// All of them, in the order of their record.
    pub fn iter(&self) -> impl Iterator<Item = &Confirmation> {
        self.0.iter()
    }

    /// Confirms a value for an organ.
    ///
    /// # Errors
    /// `INPUT_NOT_ACCEPTABLE` for what is no value of the definition, and `ALREADY_THERE` for what binds by itself or is
    /// confirmed, each with the names of those that can be confirmed; `DATE_NOT_ACCEPTABLE` for a day before tomorrow; a rejection
    /// of the basis or the documents.
    pub fn confirm(
        &self,
        def: &Definition,
        organ: UnitId,
        given: ConfirmParameter,
        today: Date,
    ) -> Result<ParameterConfirmed, Rejection> {
        let name = &given.parameter;
        let is_open = |p: &Parameter| !p.authority.is_hard() && self.standing(organ, &p.id).is_none();
        let refuse = |code: Code| {
            let open: Vec<_> = def.parameters.values().filter(|p| is_open(p)).map(|p| p.id.as_str()).collect();
            Rejection::new(code).at("parameter").given(name).needed(open.join(", "))
        };
        let parameter = def.parameters.get(name).ok_or_else(|| refuse(Code::InputNotAcceptable))?;
        if !is_open(parameter) {
            return Err(refuse(Code::AlreadyThere));
        }
        check::line("basis", &given.basis)?;
        check::documents(&given.documents, 0)?;
        check::not_before("from", given.from, after(today))?;
        let Parameter { authority, value, .. } = parameter;
        Ok(ParameterConfirmed { organ, authority: *authority, value: value.to_string(), given })
    }

    /// Withdraws what an organ confirmed.
    ///
    /// # Errors
    /// `INPUT_NOT_ACCEPTABLE` for what is not confirmed, with the names of what is; `DATE_NOT_ACCEPTABLE` for a day before
    /// tomorrow; a rejection of the reason.
    pub fn withdraw(
        &self,
        organ: UnitId,
        given: WithdrawConfirmation,
        today: Date,
    ) -> Result<ConfirmationWithdrawn, Rejection> {
        if self.standing(organ, &given.parameter).is_none() {
            let standing = self.0.iter().filter(|c| c.confirmed.organ == organ && c.withdrawn.is_none());
            let standing: Vec<_> = standing.map(|c| c.confirmed.given.parameter.as_str()).collect();
            let refused = Rejection::new(Code::InputNotAcceptable).at("parameter").given(&given.parameter);
            return Err(refused.needed(standing.join(", ")));
        }
        check::text("reason", &given.reason)?;
        check::not_before("from", given.from, after(today))?;
        Ok(ConfirmationWithdrawn { organ, given })
    }

    /// Takes a confirmation in.
    pub fn take(&mut self, confirmed: ParameterConfirmed, n: u64, by: Actor, recorded_at: Timestamp) {
        self.0.push(Confirmation { confirmed, n, by, recorded_at, withdrawn: None });
    }

    /// Takes a withdrawal in; `false` where nothing of the kind is confirmed.
    #[must_use]
    pub fn end(&mut self, withdrawn: ConfirmationWithdrawn) -> bool {
        let ConfirmationWithdrawn { organ, given } = withdrawn;
        let mut standing = self.0.iter_mut().filter(|c| c.is_of(organ, &given.parameter) && c.withdrawn.is_none());
        let Some(standing) = standing.next() else { return false };
        standing.withdrawn = Some(given);
        true
    }

    /// What an organ confirmed, as a definition takes it: see [`Definition::confirmed`].
    pub fn of(&self, organ: UnitId) -> BTreeMap<ParameterId, Vec<Binding>> {
        let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for confirmation in self.0.iter().filter(|c| c.confirmed.organ == organ) {
            let ConfirmParameter { parameter, basis, from, .. } = &confirmation.confirmed.given;
            let binding = Binding { from: *from, until: confirmation.until(), basis: basis.clone() };
            all.entry(parameter.clone()).or_default().push(binding);
        }
        all
    }

    fn standing(&self, organ: UnitId, parameter: &ParameterId) -> Option<&Confirmation> {
        self.0.iter().find(|c| c.is_of(organ, parameter) && c.withdrawn.is_none())
    }
}

fn after(today: Date) -> Date {
    today.tomorrow().unwrap_or(Date::MAX)
}
