//! Conditions of gates: a small closed language over the control and the declared facts of a case.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::control::{Control, Detail};
use crate::words::{DraftingItem, FactId, StageId};

/// The value of a declared fact, or of a path into the control.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FactValue {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// One of a list of words.
    Word(String),
}

/// The declared facts of a case.
pub type Facts = BTreeMap<FactId, FactValue>;

/// What a condition may look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Path {
    /// Status of a stage: a word of [`crate::words::Status`].
    Status(StageId),
    /// Evidence of a stage: a word of [`crate::words::Evidence`].
    Evidence(StageId),
    /// Evidence for an item of the (first) drafting stage.
    Item(DraftingItem),
    /// Risk level on the newest report of a stage: a word of [`crate::words::RiskLevel`], or `none`.
    RiskLevel(StageId),
    /// Reply of a reporting stage: a word of [`crate::words::ReportReply`], or `none`.
    Reply(StageId),
    /// Whether a legality stage still waits for the unit's response.
    ResponseDue(StageId),
    /// Whether the meeting of a deliberation stage found the risk controllable: `yes`, `no` or `none`.
    RiskControllable(StageId),
    /// Whether affected groups were heard on the current draft, in a participation stage.
    GroupsHeard(StageId),
    /// Newest result of a task: one of these words, in the order of the definition, or `none`; of an approval, a word of
    /// [`crate::control::ApprovalProgress`].
    Result {
        /// The stage.
        stage: StageId,
        /// The names of its results.
        results: Vec<String>,
    },
    /// State of the current text: a word of [`crate::control::DraftState`].
    Draft,
    /// Adoption: a word of [`crate::control::Adoption`].
    Adoption,
    /// Whether an irregularity is open.
    Irregular,
    /// Whether the current draft is cleared by every legality review.
    Cleared,
    /// A declared fact.
    Fact(FactId),
}

/// How a value is compared with constants.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// Is one of these.
    In(Vec<FactValue>),
    /// A number, and less than this.
    Less(i64),
    /// A number, and at most this.
    AtMost(i64),
    /// A number, and greater than this.
    Greater(i64),
    /// A number, and at least this.
    AtLeast(i64),
}

/// A condition. Evaluation is total: a path that does not exist makes its test false.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// All of them.
    All(Vec<Condition>),
    /// At least one of them.
    Any(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// A test on a value.
    Test(Path, Test),
}

impl Condition {
    /// Whether it holds. `stages` names the stages in the order of the control.
    pub fn holds(&self, stages: &dyn Fn(&StageId) -> Option<usize>, control: &Control, facts: &Facts) -> bool {
        match self {
            Self::All(list) => list.iter().all(|c| c.holds(stages, control, facts)),
            Self::Any(list) => list.iter().any(|c| c.holds(stages, control, facts)),
            Self::Not(inner) => !inner.holds(stages, control, facts),
            Self::Test(path, test) => path.value(stages, control, facts).is_some_and(|value| test.holds(value)),
        }
    }

    /// All paths it looks at.
    pub fn paths(&self) -> Vec<&Path> {
        match self {
            Self::All(list) | Self::Any(list) => list.iter().flat_map(Self::paths).collect(),
            Self::Not(inner) => inner.paths(),
            Self::Test(path, _) => vec![path],
        }
    }
}

/// What stands at a path, borrowed: a gate is asked far more often than it is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen<'a> {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A word.
    Word(&'a str),
}

impl<'a> From<&'a FactValue> for Seen<'a> {
    fn from(value: &'a FactValue) -> Self {
        match value {
            FactValue::Bool(b) => Self::Bool(*b),
            FactValue::Number(n) => Self::Number(*n),
            FactValue::Word(w) => Self::Word(w),
        }
    }
}

impl Path {
    /// The value at the path.
    pub fn value<'a>(
        &'a self,
        stages: &dyn Fn(&StageId) -> Option<usize>,
        control: &Control,
        facts: &'a Facts,
    ) -> Option<Seen<'a>> {
        let word = Seen::Word;
        let stage = |id: &StageId| stages(id).and_then(|i| control.stages.get(i));
        Some(match self {
            Self::Status(id) => word(stage(id)?.status.as_str()),
            Self::Evidence(id) => word(stage(id)?.evidence.as_str()),
            Self::Item(item) => control.stages.iter().find_map(|s| match s.detail {
                Detail::Drafting { items } => Some(word(items[*item as usize].as_str())),
                _ => None,
            })?,
            Self::RiskLevel(id) => match stage(id)?.detail {
                Detail::RiskAssessment { level } => word(level.map_or("none", |l| l.as_str())),
                _ => return None,
            },
            Self::Reply(id) => match stage(id)?.detail {
                Detail::PreIssuanceReporting { reply } => word(reply.map_or("none", |r| r.as_str())),
                _ => return None,
            },
            Self::ResponseDue(id) => match stage(id)?.detail {
                Detail::LegalityReview { response_due, .. } => Seen::Bool(response_due),
                _ => return None,
            },
            Self::RiskControllable(id) => match stage(id)?.detail {
                Detail::CollectiveDeliberation { risk_controllable, .. } => word(match risk_controllable {
                    Some(true) => "yes",
                    Some(false) => "no",
                    None => "none",
                }),
                _ => return None,
            },
            Self::GroupsHeard(id) => match stage(id)?.detail {
                Detail::PublicParticipation { groups_heard, .. } => Seen::Bool(groups_heard),
                _ => return None,
            },
            Self::Result { stage: id, results } => match stage(id)?.detail {
                Detail::Approval { progress } => word(progress.as_str()),
                Detail::Task { result: None } => word("none"),
                Detail::Task { result: Some(place) } => word(results.get(usize::from(place))?),
                _ => return None,
            },
            Self::Draft => word(control.draft.as_str()),
            Self::Adoption => word(control.adoption.as_str()),
            Self::Irregular => Seen::Bool(control.irregular),
            Self::Cleared => Seen::Bool(control.cleared()),
            Self::Fact(id) => facts.get(id)?.into(),
        })
    }
}

impl Test {
    /// Whether the value passes.
    pub fn holds(&self, value: Seen<'_>) -> bool {
        match (self, value) {
            (Self::In(list), value) => list.iter().any(|one| Seen::from(one) == value),
            (Self::Less(bound), Seen::Number(n)) => n < *bound,
            (Self::AtMost(bound), Seen::Number(n)) => n <= *bound,
            (Self::Greater(bound), Seen::Number(n)) => n > *bound,
            (Self::AtLeast(bound), Seen::Number(n)) => n >= *bound,
            _ => false,
        }
    }
}
