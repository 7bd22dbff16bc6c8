//! Refusals: which rule stood against an act, what was given, what is needed.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::definition::{Citation, Definition, Parameter};
use crate::permits::Item;
use crate::verb::Verb;
use crate::words::{ClockId, CriterionId, StageId};

/// Why an act was refused. The words for people are made from it by the language files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code} (given: {given:?}, needed: {needed:?})")]
pub struct Rejection {
    /// The rule.
    pub code: Code,
    /// What was tried.
    pub verb: Option<Verb>,
    /// On which stage.
    pub stage: Option<StageId>,
    /// The criterion of the definition, where it is one.
    pub criterion: Option<CriterionId>,
    /// The clock, where it is one.
    pub clock: Option<ClockId>,
    /// What was given.
    pub given: Option<String>,
    /// What is needed.
    pub needed: Option<String>,
    /// Which field of the input, in dotted form.
    pub path: Option<String>,
    /// The article, where the definition names one.
    pub basis: Option<Citation>,
    /// The rule by which a value binds here that only advises by itself, as people cite it: see
    /// [`crate::confirmation`]. It stands in the place of the article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<String>,
    /// All lines of the gate, met and not met, where a gate refused.
    pub gate: Vec<Item>,
}

impl Rejection {
    /// A refusal by a rule.
    pub fn new(code: Code) -> Self {
        Self {
            code,
            verb: None,
            stage: None,
            criterion: None,
            clock: None,
            given: None,
            needed: None,
            path: None,
            basis: None,
            confirmed: None,
            gate: Vec::new(),
        }
    }

    /// The same, saying what was given.
    #[must_use]
    pub fn given(mut self, given: impl ToString) -> Self {
        self.given = Some(given.to_string().chars().take(200).collect());
        self
    }

    /// The same, saying what is needed.
    #[must_use]
    pub fn needed(mut self, needed: impl ToString) -> Self {
        self.needed = Some(needed.to_string());
        self
    }

    /// The same, naming the field.
    #[must_use]
    pub fn at(mut self, path: impl ToString) -> Self {
        self.path = Some(path.to_string());
        self
    }

    /// The same, naming the article.
    #[must_use]
    pub fn by(mut self, source: &Citation) -> Self {
        self.basis = Some(source.clone());
        self
    }

    /// The same, naming the article of a value that binds on a day, or the rule by which it was confirmed.
    #[must_use]
    pub fn by_value(mut self, def: &Definition, parameter: &Parameter, day: Date) -> Self {
        self.confirmed = def.confirmed_on(parameter, day).map(|binding| binding.basis.clone());
        self.by(&parameter.source)
    }
}
