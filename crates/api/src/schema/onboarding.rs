//! How a case that was under way elsewhere came here 中途接入.

use async_graphql::{ID, SimpleObject};
use dingce_app::use_cases::{OnboardingTold, StageTold};
use dingce_domain::act::{OnboardedMatter, TakeOverStage};
use dingce_domain::words::{RiskLevel, StageKind};

use super::parts::Document;
use super::timeline::{ActorThen, actor};
use crate::convert::{Date, DateTime, Long, Word};

/// That a matter was begun elsewhere and came here midway.
#[derive(Debug, Clone, SimpleObject)]
pub struct CaseOnboarding {
    /// Who took it in.
    by: Option<ActorThen>,
    /// The day on which it came here.
    on: Date,
    /// The day on which it was begun, before that one.
    begun_on: Date,
    /// Why it came here.
    reason: String,
    /// What shows that it was under way.
    documents: Vec<Document>,
    /// Stages taken over as late records, in the order in which they were entered. All others are done here.
    stages: Vec<StageTakenOver>,
}

/// A stage that was done before the case came here, as its papers tell it.
#[derive(Debug, Clone, SimpleObject)]
pub struct StageTakenOver {
    /// Name of the stage.
    stage: String,
    /// Its kind.
    kind: Word<StageKind>,
    /// The day on which it was done.
    done_on: Option<Date>,
    /// Who did it, as the papers name them.
    done_by: String,
    /// Id of their unit, where the directory knows it.
    unit: Option<ID>,
    /// What was done and what came of it.
    account: String,
    /// First day of the solicitation of comments; for participation.
    opened_on: Option<Date>,
    /// Last day of the solicitation; for participation.
    closed_on: Option<Date>,
    /// Why that was shorter than the law asks (R713 art. 15).
    shortening_reason: Option<String>,
    /// How many comments came, or experts gave signed opinions.
    heard: Option<Long>,
    /// Level found; for a risk assessment.
    level: Option<Word<RiskLevel>>,
    /// The papers.
    documents: Vec<Document>,
    /// Who entered it here.
    entered_by: Option<ActorThen>,
    /// When it was entered.
    entered_at: DateTime,
}

impl From<OnboardingTold> for CaseOnboarding {
    fn from(told: OnboardingTold) -> Self {
        let OnboardingTold { given, onboarded_on, envelope, stages } = told;
        let OnboardedMatter { begun_on, reason, documents } = given;
        Self {
            by: actor(envelope.by),
            on: Date(onboarded_on),
            begun_on: Date(begun_on),
            reason,
            documents: documents.into_iter().map(Document::from).collect(),
            stages: stages.into_iter().map(StageTakenOver::from).collect(),
        }
    }
}

impl From<StageTold> for StageTakenOver {
    fn from(told: StageTold) -> Self {
        let StageTold { stage, of, given, envelope } = told;
        let TakeOverStage {
            draft: _,
            done_by,
            unit,
            account,
            opened_on,
            closed_on,
            shortening_reason,
            heard,
            level,
            documents,
        } = given;
        let evidence = envelope.evidence.into_iter();
        Self {
            stage: stage.to_string(),
            kind: Word(of),
            done_on: envelope.occurred_on.map(Date),
            done_by,
            unit: unit.map(|unit| unit.to_string().into()),
            account,
            opened_on: opened_on.map(Date),
            closed_on: closed_on.map(Date),
            shortening_reason,
            heard: heard.map(|heard| Long(heard.into())),
            level: level.map(Word),
            documents: documents.into_iter().chain(evidence).map(Document::from).collect(),
            entered_by: actor(envelope.by),
            entered_at: DateTime(envelope.recorded_at),
        }
    }
}
