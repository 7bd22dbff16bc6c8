//! How a case that was under way elsewhere came here.

use dingce_domain::act::{OnboardedMatter, TakeOverStage};
use dingce_domain::case::Case;
use dingce_domain::event::CaseEvent;
use dingce_domain::id::CaseId;
use dingce_domain::words::{StageId, StageKind};
use jiff::civil::Date;

use crate::app::App;
use crate::envelope::{self, Envelope};
use crate::error::AppError;

/// That a matter came here midway, and what was taken over of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnboardingTold {
    /// As it was given.
    pub given: OnboardedMatter,
    /// The day on which it came here.
    pub onboarded_on: Date,
    /// Who recorded that, and when.
    pub envelope: Envelope,
    /// Stages taken over, in the order in which they were recorded.
    pub stages: Vec<StageTold>,
}

/// A stage that was taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageTold {
    /// Which.
    pub stage: StageId,
    /// Its kind.
    pub of: StageKind,
    /// As it was given.
    pub given: TakeOverStage,
    /// Who recorded it, and when; `occurred_on` is the day on which it was done.
    pub envelope: Envelope,
}

impl App {
    /// How a case came here midway, from its own events; none where it began here.
    ///
    /// # Errors
    /// Where the store fails, or the record cannot be read.
    pub async fn onboarding(&self, case: CaseId) -> Result<Option<OnboardingTold>, AppError> {
        let Some(loaded) = self.load::<Case>(case).await? else { return Ok(None) };
        if loaded.state.file.onboarded.is_none() {
            return Ok(None);
        }
        let mut told = None::<OnboardingTold>;
        self.each_stored(case.into(), 0, u64::MAX, |stored| {
            if !matches!(stored.event.kind.as_str(), "case_onboarded" | "stage_taken_over") {
                return Ok(());
            }
            let recorded = envelope::read::<CaseEvent>(&stored)?;
            let envelope = recorded.envelope;
            match (recorded.body, &mut told) {
                (CaseEvent::CaseOnboarded { given, onboarded_on }, _) => {
                    told = Some(OnboardingTold { given, onboarded_on, envelope, stages: Vec::new() });
                }
                (CaseEvent::StageTakenOver { stage, of, given }, Some(told)) => {
                    told.stages.push(StageTold { stage, of, given, envelope });
                }
                _ => {}
            }
            Ok(())
        })
        .await?;
        Ok(told)
    }
}
