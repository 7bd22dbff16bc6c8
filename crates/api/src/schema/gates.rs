//! What can be done in a case, and what is missing.

use std::sync::Arc;

use async_graphql::SimpleObject;
use dingce_app::language::Language;
use dingce_app::use_cases::{Availability, CaseGlance, availability};
use dingce_domain::definition::Definition;
use dingce_domain::verb::Verb;

use super::errors::{Failure, GateItem, Lang};
use super::scope::Scope;
use crate::convert::{Word, camel};

/// The gate before one act on one stage: every line that is asked, met or not.
#[derive(Debug, Clone, SimpleObject)]
pub struct Gate {
    /// The stage; none for acts on the whole case.
    pub stage: Option<String>,
    /// The act.
    pub verb: Word<Verb>,
    /// Whether it would be let through now. What is given with the act is checked when it is done.
    pub permitted: bool,
    /// The lines, in the order in which refusals are told.
    pub items: Vec<GateItem>,
}

/// An act that the reader can do now.
#[derive(Debug, Clone, SimpleObject)]
pub struct Action {
    /// The act.
    pub verb: Word<Verb>,
    /// The stage to name in the input; none for acts on the whole case.
    pub stage: Option<String>,
    /// Name of the mutation that does it.
    pub mutation: String,
    /// Its name, in the language of the request.
    pub label: String,
}

/// The mutation that does a verb; `None` for the system's own.
pub fn mutation_of(verb: Verb) -> Option<String> {
    match verb {
        Verb::CloseSolicitation | Verb::SettleComments | Verb::ChairHearing => None,
        Verb::AdoptDraft | Verb::DeclineDraft => Some("recordHeadDecision".to_owned()),
        Verb::CheckExecutionVolume | Verb::CheckEvaluationVolume => Some("checkVolume".to_owned()),
        Verb::CloseExecutionVolume | Verb::CloseEvaluationVolume => Some("closeVolume".to_owned()),
        other => Some(camel(other.as_str())),
    }
}

/// What each act would be told now, from the case's row alone.
///
/// # Errors
/// Where the reader holds no post.
pub async fn asked(scope: &Scope, def: &Arc<Definition>, glance: &CaseGlance) -> Result<Vec<Availability>, Failure> {
    let hats = scope.hats().await?;
    Ok(availability(def, glance, &hats, scope.app.today()))
}

impl Gate {
    /// A gate as people read it.
    pub fn of(asked: &Availability, def: &Definition, lang: Lang) -> Self {
        let Availability { verb, stage, verdict } = asked;
        Self {
            stage: stage.as_ref().map(ToString::to_string),
            verb: Word(*verb),
            permitted: verdict.permitted(),
            items: GateItem::list(&verdict.items, Some(*verb), stage.as_ref(), Some(def), lang),
        }
    }
}

impl Action {
    /// The act, where it is permitted and somebody's to do.
    pub fn of(asked: &Availability, lang: Lang) -> Option<Self> {
        let mutation = mutation_of(asked.verb).filter(|_| asked.verdict.permitted())?;
        Some(Self {
            verb: Word(asked.verb),
            stage: asked.stage.as_ref().map(ToString::to_string),
            mutation,
            label: lang.of(Language::shipped().word("verb", asked.verb.as_str())),
        })
    }
}
